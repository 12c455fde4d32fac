package tokenize

import (
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
	if !readVector(&vector, &padded, n, more, &v.looks[0], v.glue) {
		if isOrdinary(padded[:n], more) {
			t.Errorf("not read: %+q", padded[:n])
		}
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

// isOrdinary reports whether text is characters of up to three bytes; the last one
// may be cut off if more follows.
func isOrdinary(text []byte, more bool) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if size == 1 && r == utf8.RuneError {
			return more && text[0] < 0xf0 && !utf8.FullRune(text)
		}
		if size > 3 {
			return false
		}
		text = text[size:]
	}
	return true
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

// TestReadVector compares the two ways to read windows on strings of all kinds, with
// bytes that are changed or lost.
func TestReadVector(t *testing.T) {
	all := vocabularies(t)
	r := rand.New(rand.NewPCG(7, 8))
	g := randtext.New(9)
	var text strings.Builder
	for range 200_000 {
		text.Reset()
		for text.Len() <= windowBytes+windowPadding && r.IntN(8) > 0 {
			text.WriteString(g.Next())
		}
		b := []byte(text.String())
		if len(b) > 0 && r.IntN(4) == 0 {
			b[r.IntN(min(len(b), windowBytes))] = byte(r.IntN(256))
		}
		if len(b) == 0 {
			continue
		}
		sameRead(t, all[r.IntN(len(all))], string(b[min(r.IntN(3), len(b)-1):]))
		if t.Failed() {
			return
		}
	}
}

func FuzzReadVector(f *testing.F) {
	all := vocabularies(f)
	for _, seed := range []string{"a", "The 1st: \t\r\n", "中文，。 слово é٣\u0301\u00a0", strings.Repeat("字", 30), strings.Repeat("é", 40), "\xe4\xb8", "\xed\xa0\x80\xe0\x80\x80\xc0\x80", "😀"} {
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
