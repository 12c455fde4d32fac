package tokenize_test

import (
	"math/rand/v2"
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
