package tokenize

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/randtext"
)

// sameRead reads a window of text with vector instructions and without, and fails if
// they differ.
func sameRead(t *testing.T, v *vocabulary, text string) {
	t.Helper()
	var padded [windowBytes + windowPadding]byte
	n := min(copy(padded[:], text), windowBytes)
	more := len(text) >= windowBytes
	var plain, vector window
	for i := range vector.rows { // what the window before it leaves
		vector.rows[i], vector.runes[i] = ^uint64(0), -1
	}
	vector.beyond, vector.rest, vector.cuts, vector.one, vector.two, vector.n, vector.more = 1, 2, 3, 4, 5, 6, !more
	plain.readPlain(&padded, n, more, v)
	read := readVector(&vector, &padded, n, more, &v.looks[0], v.glue)
	ordinary, whole := ordinaryText(padded[:n])
	switch {
	case !read && ordinary && (whole || more):
		t.Errorf("not read: %+q", padded[:n])
	case !read, vector.n < plain.n && ordinary && !whole: // what seems to go on does not
		return
	}
	copy(vector.rows[rows:], plain.rows[rows:]) // no rows
	for i := range plain.runes {
		if plain.runes[i] == 0 { // behind the last one
			vector.runes[i] = 0
		}
	}
	if plain != vector {
		t.Errorf("%+q, %d bytes\nplain  %+v\nvector %+v", padded, n, plain, vector)
	}
}

// ordinaryText reports whether text is characters of up to three bytes, and whether
// the last one is whole.
func ordinaryText(text []byte) (ordinary, whole bool) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if size == 1 && r == utf8.RuneError {
			return text[0] < 0xf0 && !utf8.FullRune(text), false
		}
		if size > 3 {
			return false, false
		}
		text = text[size:]
	}
	return true, true
}

func vocabularies(t testing.TB) (all []*vocabulary) {
	if !hasVectors {
		t.Skip("this processor has no AVX-512, or the build does without")
	}
	for _, name := range []string{"o200k_base", "cl100k_base"} {
		e, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.vocabulary)
	}
	return all
}

// TestReadVector compares the two ways to read windows on strings of all kinds, and
// on such as vectors can read; with bytes that are changed or lost.
func TestReadVector(t *testing.T) {
	all := vocabularies(t)
	r := rand.New(rand.NewPCG(7, 8))
	g := randtext.New(9)
	for i := range 200_000 {
		var b []byte
		for len(b) <= windowBytes+windowPadding && r.IntN(20) > 0 {
			switch {
			case i%2 == 0:
				b = append(b, g.Next()...)
			case r.IntN(3) == 0:
				b = append(b, byte(r.IntN(utf8.RuneSelf)))
			default:
				b = utf8.AppendRune(b, rune(r.IntN(0x100<<r.IntN(9))))
			}
		}
		if len(b) > 0 && r.IntN(4) == 0 {
			b[r.IntN(min(len(b), windowBytes))] = byte(r.IntN(256))
		}
		if b = b[min(r.IntN(3), len(b)):]; len(b) > 0 {
			sameRead(t, all[r.IntN(len(all))], string(b))
		}
		if t.Failed() {
			return
		}
	}
}

func FuzzReadVector(f *testing.F) {
	all := vocabularies(f)
	for _, seed := range []string{"a", "The 1st: \t\r\n", "中文，。 слово é٣\u0301\u00a0", strings.Repeat("字", 30), strings.Repeat("é", 40), strings.Repeat("a", 63) + "\xc3a", "\xe4\xb8", "\xed\xa0\x80\xe0\x80\x80\xc0\x80", "😀"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		for _, v := range all {
			sameRead(t, v, text)
		}
	})
}

// TestLooks counts each character of the BMP alone.
func TestLooks(t *testing.T) {
	for _, name := range []string{"o200k_base", "cl100k_base", "r50k_base"} {
		e, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for r := rune(utf8.RuneSelf); r < 1<<16; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			want := len(e.AppendTokens(nil, []byte(string(r))))
			if got := int(e.looks[r] >> tokensShift); got != want {
				t.Fatalf("%s: U+%04X is %d tokens, not %d", name, r, want, got)
			}
			if got := class(e.looks[r] & classMask); got != classOf(r) {
				t.Fatalf("%s: U+%04X is of class %d, not %d", name, r, classOf(r), got)
			}
		}
	}
}

// TestWindowPieces sees that the pieces of windows are those of the pattern, and that
// where a window cuts within one the pattern goes on to the same end.
func TestWindowPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	kinds := []string{
		"中", "文", "は", "ค", "ำ", "ั", "ि", "क", "한", "ー", "ا", "\u0301", "ʰ", "ª", "ǅ", "ſ", "'ſ", "É", "é", "A", "a", "7", "٣", "½", "'s", "'", "'LL", "，", " ",
		"  ", "\u3000", "\u00a0", "\u0085", "\n", "\r\n", "/", "😀", "\xe4\xb8", "\xff", "\xad", "𠀀", "\U00010400", "\U0001D7CE", "\u200d", "!", "\u20dd",
	}
	var all []*Encoding
	for _, name := range []string{"cl100k_base", "o200k_base"} {
		e, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	within := 0
	for range 200_000 {
		few := make([]string, 1+r.IntN(3))
		for i := range few {
			few[i] = kinds[r.IntN(len(kinds))]
		}
		var text []byte
		for length := 1 + r.IntN(140); len(text) < length; {
			if len(text) == 0 || r.IntN(20) == 0 {
				text = append(text, kinds[r.IntN(len(kinds))]...)
			}
			text = append(text, few[r.IntN(len(few))]...)
		}
		var padded [windowBytes + windowPadding]byte
		copy(padded[:], text)
		more := len(text) >= windowBytes
		e := all[r.IntN(len(all))]
		var w window
		w.read(&padded, min(len(text), windowBytes), more, e.vocabulary)
		if b := w.bounds(&padded, e.cased); b != 0 {
			var want uint64
			for i := 0; i < bits.Len64(b)-1; {
				i = e.next(text, i)
				want |= 1 << i
			}
			// At the end of a text the pattern of cl100k_base is another, see nextCL100k.
			if b != want && (more || e.cased) {
				t.Fatalf("%s: %+q: pieces end at %b, not %b", e.name, text, want, b)
			}
			continue
		}
		if b := w.within(e.cased); b != 0 {
			within++
			i, end := bits.TrailingZeros64(b), e.next(text, 0)
			if i >= end || i+e.next(text[i:], 0) != end {
				t.Fatalf("%s: %+q: the piece ends at %d, from %d on at %d", e.name, text, end, i, i+e.next(text[i:], 0))
			}
		}
	}
	if within < 1000 {
		t.Errorf("%d windows were cut within a piece", within)
	}
}

// TestTails has the tokens that begin with the last bytes of a character after bytes
// that make one of them and bytes that do not.
func TestTails(t *testing.T) {
	for _, name := range []string{"cl100k_base", "o200k_base"} {
		e, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		c := e.NewCounter()
		var text []byte
		var tokens []uint32
		for token, p := range e.parts {
			if p.right == none {
				continue
			}
			tail := e.appendBytes(nil, uint32(token))
			if utf8.RuneStart(tail[0]) || len(bytes.TrimLeftFunc(tail, func(r rune) bool { return r == utf8.RuneError })) == 0 {
				continue
			}
			for first := range 256 {
				for _, second := range []string{"", "\x80", "\x9f", "\xa0", "\xbf", "a"} {
					text = append(append(append(text[:0], byte(first)), second...), tail...)
					tokens = e.AppendTokens(tokens[:0], text)
					if n := c.Count(text); n != len(tokens) {
						t.Fatalf("%s: %+q is %d tokens, not %d", name, text, len(tokens), n)
					}
				}
			}
		}
	}
}

// TestFullBuckets counts pieces that begin alike and have two buckets for all of
// them.
func TestFullBuckets(t *testing.T) {
	e, err := Get("o200k_base")
	if err != nil {
		t.Fatal(err)
	}
	var pieces []string
	for i := range 4_000_000 {
		piece := []byte(" questio")
		for ; i > 0; i /= 26 {
			piece = append(piece, byte('a'+i%26))
		}
		var padded [16]byte
		copy(padded[:], piece)
		_, hash := newKey(binary.LittleEndian.Uint64(padded[:]), binary.LittleEndian.Uint64(padded[8:]), len(piece))
		if hash>>7&(1<<backBits-1) < 2 {
			pieces = append(pieces, string(piece))
		}
	}
	c := e.NewCounter()
	for range 3 {
		for _, piece := range pieces {
			if n, want := c.CountString(piece), len(e.AppendTokens(nil, []byte(piece))); n != want {
				t.Fatalf("%q is %d tokens, not %d", piece, want, n)
			}
		}
		clear(c.front)
	}
	if len(pieces) < 2*len(bucket{}) {
		t.Errorf("only %d pieces", len(pieces))
	}
}
