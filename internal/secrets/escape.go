package secrets

import (
	"bytes"
	"strconv"
)

// unescape returns text with the escapes of JSON that stand for a slash, or by their
// number for another visible byte of ASCII, replaced by it; and from, where each byte
// comes from: byte i from text[from[i]:from[i+1]]. JSON within JSON has more than one
// backslash before an escape. Without any escape the result is text itself.
func unescape(text []byte) (plain []byte, from []int) {
	if bytes.IndexByte(text, '\\') < 0 {
		return text, nil
	}
	plain, from = make([]byte, 0, len(text)), make([]int, 0, len(text)+1)
	for i := 0; i < len(text); {
		c, n := text[i], 1
		if c == '\\' {
			c, n = escape(text[i:])
		}
		if n > 1 && c == '\\' { // backslashes that belong to no such escape
			for k := range n {
				plain, from = append(plain, c), append(from, i+k)
			}
		} else {
			plain, from = append(plain, c), append(from, i)
		}
		i += n
	}
	return plain, append(from, len(text))
}

// endOfEscape returns where the escape by number (\u53f7) ends that has its digit at i; 0
// if that is not part of one. It is one that is written with one backslash, or with two
// as in JSON within JSON.
func endOfEscape(text []byte, i int) int {
	for k := i - 1; k >= max(1, i-4); k-- {
		if text[k] == 'u' && text[k-1] == '\\' && k+5 <= len(text) && run(text[k+1:k+5], hexDigit) == 4 {
			return k + 5
		}
	}
	return 0
}

// escape returns the byte that the escape at the beginning of text stands for, and its
// length; for another escape a backslash, and how many there are.
func escape(text []byte) (c byte, n int) {
	for n < len(text) && text[n] == '\\' {
		n++
	}
	rest := text[n:]
	switch {
	case len(rest) > 0 && rest[0] == '/':
		return '/', n + 1
	case len(rest) >= 5 && rest[0] == 'u':
		code, err := strconv.ParseUint(string(rest[1:5]), 16, 16)
		if err == nil && '!' <= code && code <= '~' && code != '"' && code != '\\' {
			return byte(code), n + 5
		}
	}
	return '\\', n
}
