//go:build !amd64 || purego

package tokenize

const hasVectors = false

func readVector(*window, *[windowBytes + windowPadding]byte, int, bool, *look, *glue) bool {
	return false
}
