//go:build !purego

package dataset

// skipPlain does what skipWords does, sixteen bytes at a time where as many are left.
func skipPlain(b []byte, i int) (end int, escaped bool) {
	end, escaped = skipVectors(b, i, &plainEscape)
	if end+16 <= len(b) {
		return end, escaped
	}
	end, words := skipWords(b, end)
	return end, escaped || words
}

// skipVectors is skipWords for as long as sixteen bytes are left. escapes are those that
// it goes past.
//
//go:noescape
func skipVectors(b []byte, i int, escapes *[256]bool) (end int, escaped bool)
