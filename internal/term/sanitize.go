package term

import (
	"strconv"
	"unicode/utf8"
)

// Sanitize makes text from a dataset safe to print on a terminal: what would
// move the cursor, change colours, turn the direction of writing or not be seen
// at all is written as an escape. These are control characters (\n, \x1b,
// \u0085), bidirectional controls, zero-width characters and other invisible
// format characters (\u200b), line and paragraph separators, tags (\U000e0041)
// and bytes that are not UTF-8 (\xff). Zero-width joiners are escaped too, so
// that the width of what is shown is the same on every terminal. Backslashes
// stay as they are.
func Sanitize(s string) string {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unsafe(r, n) {
			return string(AppendSanitized([]byte(s[:i]), []byte(s[i:])))
		}
		i += n
	}
	return s
}

// AppendSanitized appends text to dst as Sanitize does.
func AppendSanitized(dst, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if unsafe(r, n) {
			dst = appendEscape(dst, r, n, text[0])
		} else {
			dst = append(dst, text[:n]...)
		}
		text = text[n:]
	}
	return dst
}

// unsafe reports whether a rune that was decoded from n bytes is escaped.
func unsafe(r rune, n int) bool {
	switch {
	case r < 0x20 || 0x7F <= r && r < 0xA0:
		return true // control characters
	case r < 0x061C:
		return r == 0xAD // soft hyphen
	case r < 0x2000:
		return r == 0x061C || r == 0x180E
	case r < 0x2070:
		return 0x200B <= r && r <= 0x200F || // zero-width, direction marks
			0x2028 <= r && r <= 0x202E || // separators, embeddings, overrides
			0x2060 <= r // word joiner, invisible operators, isolates, deprecated controls
	case r == utf8.RuneError:
		return n < 2 // a byte that is not UTF-8
	case r < 0xFEFF:
		return false
	}
	return r == 0xFEFF || // byte-order mark
		0xFFF9 <= r && r <= 0xFFFB || // annotations
		0x1BCA0 <= r && r <= 0x1BCA3 || // shorthand format controls
		0x1D173 <= r && r <= 0x1D17A || // musical format controls
		0xE0000 <= r && r <= 0xE007F // tags
}

// appendEscape appends the escape of r, which was decoded from n bytes of which
// b is the first.
func appendEscape(dst []byte, r rune, n int, b byte) []byte {
	switch {
	case r == utf8.RuneError && n < 2:
		return appendHex(append(dst, `\x`...), uint32(b), 2)
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r == '\t':
		return append(dst, `\t`...)
	case r < 0x80:
		return appendHex(append(dst, `\x`...), uint32(r), 2)
	case r < 0x10000:
		return appendHex(append(dst, `\u`...), uint32(r), 4)
	}
	return appendHex(append(dst, `\U`...), uint32(r), 8)
}

func appendHex(dst []byte, v uint32, digits int) []byte {
	s := strconv.FormatUint(uint64(v), 16)
	for range digits - len(s) {
		dst = append(dst, '0')
	}
	return append(dst, s...)
}
