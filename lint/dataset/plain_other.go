//go:build !amd64 || purego

package dataset

func skipPlain(b []byte, i int) (end int, escaped bool) { return skipWords(b, i) }
