package dataset

import (
	"bytes"
	"iter"
)

// This file walks through JSON text that the decoder has accepted, without
// allocating: what the record model does not look into. Values and keys are their
// JSON text.

// Members yields the keys and values of the object raw.
func Members(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		if len(raw) == 0 || raw[0] != '{' {
			return
		}
		for i := NextValue(raw, 1); i < len(raw) && raw[i] == '"'; {
			end := SkipValue(raw, i)
			key := raw[i:end]
			i = NextValue(raw, end+bytes.IndexByte(raw[end:], ':')+1)
			end = SkipValue(raw, i)
			if !yield(key, raw[i:end]) {
				return
			}
			i = NextValue(raw, end)
		}
	}
}

// Elements yields the values of the array raw.
func Elements(raw []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if len(raw) == 0 || raw[0] != '[' {
			return
		}
		for i := NextValue(raw, 1); i < len(raw) && raw[i] != ']'; {
			end := SkipValue(raw, i)
			if !yield(raw[i:end]) {
				return
			}
			i = NextValue(raw, end)
		}
	}
}

// FirstValue returns the JSON text of the value that raw begins with.
func FirstValue(raw []byte) []byte { return raw[:SkipValue(raw, 0)] }

// NextValue returns the first place from i on that is neither white space nor a comma.
func NextValue(raw []byte, i int) int {
	for i < len(raw) && (raw[i] <= ' ' || raw[i] == ',') {
		i++
	}
	return i
}

// SkipValue returns the end of the value that begins at i.
func SkipValue(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			i = skipString(raw, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
			continue
		default: // a number or a word
			for i < len(raw) && raw[i] > ' ' && raw[i] != ',' && raw[i] != '}' && raw[i] != ']' {
				i++
			}
		}
		if depth <= 0 {
			return i
		}
	}
	return len(raw)
}

// skipString returns the end of the string that begins at i.
func skipString(raw []byte, i int) int {
	for start := i + 1; ; i++ {
		n := bytes.IndexByte(raw[i+1:], '"')
		if n < 0 {
			return len(raw)
		}
		i += n
		// The quote at i+1 ends the string unless a backslash stands before it that no
		// other one stands for.
		before := i + 1
		for before > start && raw[before-1] == '\\' {
			before--
		}
		if (i+1-before)%2 == 0 {
			return i + 2
		}
	}
}

// Inside returns what stands between the quotes of a string, and whether raw is
// one.
func Inside(raw []byte) ([]byte, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return nil, false
	}
	return raw[1 : len(raw)-1], true
}
