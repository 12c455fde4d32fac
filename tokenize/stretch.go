package tokenize

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// stretchBytes is about how long a stretch is: long enough that the calls
	// cost nothing, short enough that it is counted in an instant.
	stretchBytes = 1 << 20
	// maxStretchBytes bounds the memory for text without any place to cut it.
	maxStretchBytes = 64 << 20
)

// ErrUncut is the error for text that cannot be cut into stretches.
var ErrUncut = errors.New("no place to cut the text")

// Stretches reads text and returns it in stretches of about 1 MiB, whose tokens
// one after the other are the tokens of the whole: it is cut only where a piece
// of the split pattern ends whatever comes before and after. A stretch is valid
// until the next one. Text that has no such place within 64 MiB ends in an error
// that wraps ErrUncut; ordinary text has one in nearly every word.
func (e *Encoding) Stretches(r io.Reader) iter.Seq2[[]byte, error] {
	return e.stretches(r, stretchBytes, maxStretchBytes)
}

func (e *Encoding) stretches(r io.Reader, size, most int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		buf := make([]byte, 0, size)
		offset := int64(0) // of buf in the text
		searched := 0      // there is no cut in this much of buf
		for {
			if len(buf) == cap(buf) {
				if len(buf) >= most {
					yield(nil, fmt.Errorf("%w into parts: from byte %d on, %d bytes have neither a space nor a line end that surely parts two tokens", ErrUncut, offset, len(buf)))
					return
				}
				bigger := make([]byte, len(buf), min(2*cap(buf), most))
				copy(bigger, buf)
				buf = bigger
			}
			n, err := r.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
			if err != nil {
				if len(buf) > 0 && !yield(buf, nil) {
					return
				}
				if err != io.EOF {
					yield(nil, err)
				}
				return
			}
			if len(buf) < cap(buf) {
				continue
			}
			cut := e.lastCut(buf, searched)
			if cut == 0 {
				// The last character may be incomplete, so its places count again.
				searched = max(0, len(buf)-utf8.UTFMax)
				continue
			}
			if !yield(buf[:cut:cut], nil) {
				return
			}
			offset += int64(cut)
			buf = buf[:copy(buf, buf[cut:])]
			searched = 0
		}
	}
}

// lastCut returns the last place behind from where text can be cut, or 0.
func (e *Encoding) lastCut(text []byte, from int) int {
	lines := e.partsLines()
	for i := len(text) - 1; i > from; i-- {
		if canCut(text, i, lines) {
			return i
		}
	}
	return 0
}

// partsLines reports whether the split pattern has \s*[\r\n]+, as those since
// cl100k_base have.
func (e *Encoding) partsLines() bool { return !strings.HasSuffix(e.name, "50k_base") }

// canCut reports whether text can be cut between the characters x and y that
// meet at i, which is to say that pieces(text[:i]) and pieces(text[i:]) are
// together pieces(text), whatever the rest of text is.
//
// The patterns have no lookbehind, so what follows a piece does not depend on
// what was before it. It is enough to show that (1) no piece has x and y in it
// and (2) up to x the pattern matches the same whether y follows or nothing.
// All alternatives of all encodings are of these kinds, where L, M, N are
// letters, marks and numbers:
//
//	'(?i:[sdmt]|ll|ve|re)                contractions, alone or behind a word
//	 ?L+  [^\r\n L N]?[L M]+             words, with one character before them
//	N{1,3}   ?N+                         numbers
//	 ?[^\s L N]+[\r\n/]*                 the rest, line ends and slashes behind it
//	\s*[\r\n]+  \s+(?!\S)  \s+           white space
//
// a) x is not white space and y is a space. A space is only ever the first of a
// piece or among white space: (1). Loops stop at it as they do at the end, and
// (?!\S) is never tried at i, as what it follows, \s+, cannot have matched x: (2).
//
// b) x is an ASCII letter or digit, and y is ASCII and neither of these nor an
// apostrophe. Behind a letter or number a piece goes on with letters, marks,
// numbers or an apostrophe only: (1). Loops and contractions stop at y as at the
// end, and again white space does not reach i: (2).
//
// c) x is \n, y is neither white space nor a slash, and the pattern has
// \s*[\r\n]+. Behind \n a piece goes on with white space or a slash only: (1).
// White space that ends with x always matches \s*[\r\n]+ up to x, before
// (?!\S), which tells y from the end, is tried; [\r\n/]* stops at both: (2).
//
// This needs of Unicode only what is white space, which does not change from
// version to version. Both characters have to be valid UTF-8, so that no cut
// depends on how other bytes are treated.
func canCut(text []byte, i int, lines bool) bool {
	y := text[i]
	switch x := text[i-1]; {
	case y == ' ':
		return dark(utf8.DecodeLastRune(text[:i])) // a
	case alphanumeric(x):
		return y < utf8.RuneSelf && !alphanumeric(y) && y != '\'' // b
	case x == '\n' && lines:
		return y != '/' && dark(utf8.DecodeRune(text[i:])) // c
	}
	return false
}

// dark reports whether a character that was decoded is one, and not white space.
// What only looks like white space, or was taken for it once, is not dark.
func dark(r rune, n int) bool {
	return !(r == utf8.RuneError && n < 2) && !unicode.IsSpace(r) && r != '\u180E' && r != '\uFEFF'
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
