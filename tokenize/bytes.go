package tokenize

import (
	"iter"
	"unicode/utf8"
)

// AppendBytes is AppendTokens for text that need not be UTF-8: a byte that is
// part of no character is a token by itself, and parts the text before it from
// that behind it. It also returns how many such bytes there are.
func (e *Encoding) AppendBytes(dst []uint32, text []byte) (tokens []uint32, invalid int) {
	var alone *[256]uint32
	for part, valid := range runs(text) {
		if valid {
			dst = e.AppendTokens(dst, part)
			continue
		}
		if alone == nil {
			alone = e.byteTokens()
		}
		for _, b := range part {
			dst = append(dst, alone[b])
		}
		invalid += len(part)
	}
	return dst, invalid
}

// CountBytes is Count for text that need not be UTF-8: a byte that is part of no
// character counts as one token. It also returns how many of these there are.
func (c *Counter) CountBytes(text []byte) (tokens, invalid int) {
	for part, valid := range runs(text) {
		if valid {
			tokens += c.Count(part)
		} else {
			invalid += len(part)
		}
	}
	return tokens + invalid, invalid
}

// byteTokens returns the tokens of single bytes. In all encodings these are the
// first 256, in an order of each one's own.
func (e *Encoding) byteTokens() *[256]uint32 {
	var tokens [256]uint32
	for id := range uint32(256) {
		if text := e.Decode([]uint32{id}); len(text) == 1 {
			tokens[text[0]] = id
		}
	}
	return &tokens
}

// runs parts text into what is valid UTF-8 and what is not.
func runs(text []byte) iter.Seq2[[]byte, bool] {
	return func(yield func([]byte, bool) bool) {
		for len(text) > 0 {
			n := invalidAt(text)
			if n > 0 && !yield(text[:n], true) {
				return
			}
			text = text[n:]
			n = 0
			for n < len(text) && invalidByte(text[n:]) {
				n++
			}
			if n > 0 && !yield(text[:n], false) {
				return
			}
			text = text[n:]
		}
	}
}

// invalidAt returns where the first byte of text is that is not UTF-8, or its
// length.
func invalidAt(text []byte) int {
	if utf8.Valid(text) { // Fast path: it looks at many bytes at once.
		return len(text)
	}
	at := 0
	for !invalidByte(text[at:]) {
		_, n := utf8.DecodeRune(text[at:])
		at += n
	}
	return at
}

// invalidByte reports whether text begins with a byte that is part of no
// character.
func invalidByte(text []byte) bool {
	r, n := utf8.DecodeRune(text)
	return r == utf8.RuneError && n == 1
}
