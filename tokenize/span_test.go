package tokenize_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/tokenize"
)

// TestRuns counts runs of one character after another, as tables, headings and
// tables of contents have them: long pieces with tokens of 64 bytes and more.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	characters := []string{".", "-", "=", "*", " ", "\u3000", "\ufeff", "é", " x"}
	for _, name := range tokenize.Names() {
		e, err := tokenize.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			var text strings.Builder
			few := []string{characters[r.IntN(len(characters))], characters[r.IntN(len(characters))], characters[r.IntN(len(characters))]}
			for range r.IntN(40) {
				text.WriteString(strings.Repeat(few[r.IntN(len(few))], []int{1, 2, 4, 8, 48, 64, 100, 200}[r.IntN(8)]))
			}
			tokens := e.AppendTokens(nil, []byte(text.String()))
			if got := e.Decode(tokens); got != text.String() {
				t.Fatalf("%s: the tokens of %d bytes are those of %d others: %q", name, text.Len(), len(got), text.String())
			}
			if got := e.CountString(text.String()); got != len(tokens) {
				t.Fatalf("%s: %d tokens are counted, but %d there are: %q", name, got, len(tokens), text.String())
			}
		}
	}
}

// TestByteTooMany: a byte that continues no character may make a token with the
// last byte of the character before it, which then is no token by itself.
func TestByteTooMany(t *testing.T) {
	for _, test := range []struct {
		encoding, text string
		want           []uint32
	}{
		{"o200k_base", "\u0093\x9d", []uint32{126, 41311}},      // C2, 93 9D: lower than C2 93
		{"cl100k_base", "\u00bb\xbf", []uint32{126, 3299}},      // C2, BB BF
		{"p50k_base", "\u00a3\x8f", []uint32{126, 6408}},        // C2, A3 8F
		{"p50k_base", "\u00a3 \x8f", []uint32{14988, 220, 237}}, // C2 A3, space, 8F
	} {
		e, err := tokenize.Get(test.encoding)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.AppendTokens(nil, []byte(test.text)); !slices.Equal(got, test.want) {
			t.Errorf("%s: the tokens of %q are %d, want %d", test.encoding, test.text, got, test.want)
		}
	}
}
