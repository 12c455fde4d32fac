package dataset

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns the text of a string value: its bytes between the quotes, with
// the escapes resolved. Without escapes these are the bytes of the line. The
// text is valid until the next line is decoded. An escape of a lone surrogate
// gives U+FFFD. For a value that is not a string Text returns nil.
func (e *Example) Text(v Value) []byte {
	if v.Kind != String {
		return nil
	}
	raw := e.Line[v.Start+1 : v.End-1]
	if v.Flags&FlagEscaped == 0 {
		return raw
	}
	if len(raw) > largeText {
		return e.large(v, raw)
	}
	start := len(e.text)
	e.text = AppendUnescaped(e.text, raw)
	return e.text[start:len(e.text):len(e.text)]
}

// largeText is the length in bytes above which a text is made once for all
// rules: there are few such texts in a line.
const largeText = 64 << 10

type placedText struct {
	start uint32
	text  []byte
}

// large returns the text of a long string.
func (e *Example) large(v Value, raw []byte) []byte {
	for _, t := range e.largeTexts {
		if t.start == v.Start {
			return t.text
		}
	}
	text := AppendUnescaped(make([]byte, 0, len(raw)), raw) // no escape is shorter than what it stands for
	e.largeTexts = append(e.largeTexts, placedText{v.Start, text})
	return text
}

// Raw returns the JSON text of a value.
func (e *Example) Raw(v Value) []byte { return e.Line[v.Start:v.End] }

// Blank reports whether a string is empty or holds nothing but white space.
func (e *Example) Blank(v Value) bool {
	if v.Kind != String {
		return false
	}
	for text := e.Line[v.Start+1 : v.End-1]; len(text) > 0; {
		if c := text[0]; ' ' < c && c < utf8.RuneSelf && c != '\\' {
			return false
		} else if c == '\\' {
			escape := min(len(text), 2)
			if escape == 2 && text[1] == 'u' {
				escape = min(len(text), 6)
			}
			var buf [8]byte
			if r, _ := utf8.DecodeRune(AppendUnescaped(buf[:0], text[:escape])); !isSpace(r) {
				return false
			}
			text = text[escape:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		if !isSpace(r) {
			return false
		}
		text = text[n:]
	}
	return true
}

// isSpace is unicode.White_Space, which has not changed since Unicode 4.
func isSpace(r rune) bool {
	switch {
	case r == ' ', '\t' <= r && r <= '\r', r == 0x85, r == 0xA0, r == 0x1680,
		0x2000 <= r && r <= 0x200A, r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000:
		return true
	}
	return false
}

// AppendUnescaped appends to dst the text of raw, the inside of a JSON string.
// Escapes that are not JSON are kept as they are; a lone surrogate gives U+FFFD.
func AppendUnescaped(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' || i+1 == len(raw) {
			j := len(raw)
			if n := bytes.IndexByte(raw[i+1:], '\\'); n >= 0 {
				j = i + 1 + n
			}
			dst = append(dst, raw[i:j]...)
			i = j
			continue
		}
		c := raw[i+1]
		i += 2
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, n := escapedRune(raw[i-2:])
			if n == 0 {
				dst = append(dst, '\\', 'u')
				continue
			}
			i += n - 2
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, '\\', c)
		}
	}
	return dst
}

// escapedRune returns the character that raw begins with, in the form of a \u and
// four hexadecimal digits or, of two surrogates, of two such, and the length of
// that: 6 or 12 bytes, or 0 where there is none. A lone surrogate gives U+FFFD.
func escapedRune(raw []byte) (r rune, n int) {
	r, ok := hex4(raw, 2)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		low, ok := hex4(raw, 8)
		if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// hex4 reads the four hexadecimal digits at b[i:].
func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, c := range b[i : i+4] {
		d := hexDigit[c]
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

// hexDigit is the value of each hexadecimal digit, and -1 for other bytes.
var hexDigit = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range 10 {
		t['0'+i] = int8(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = int8(10+i), int8(10+i)
	}
	return t
}()
