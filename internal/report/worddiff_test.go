package report

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWordDiff(t *testing.T) {
	write := func(pieces []wordPiece) string {
		var b strings.Builder
		for _, p := range pieces {
			b.WriteString([...]string{"", "[-", "{+"}[p.op] + p.text + [...]string{"", "-]", "+}"}[p.op])
		}
		return b.String()
	}
	for _, tt := range []struct{ old, fresh, want string }{
		{"", "", ""},
		{"a", "a", "a"},
		{"", "a b", "{+a b+}"},
		{"a b", "", "[-a b-]"},
		{"The capital is Lima.", "The capital is Cusco.", "The capital is [-Lima-]{+Cusco+}."},
		{"one two three", "one three", "one [-two -]three"},
		{"first thing to say here, and last", "second thing to say here, and least", "[-first-]{+second+} thing to say here, and [-last-]{+least+}"},
		{"red is it", "blue is she", "[-red is it-]{+blue is she+}"},
		{"東京は首都です", "京都は首都です", "[-東京-]{+京都+}は首都です"},
	} {
		if got := write(wordDiff(tt.old, tt.fresh)); got != tt.want {
			t.Errorf("%q, %q: %s, want %s", tt.old, tt.fresh, got, tt.want)
		}
	}
}

// TestWordDiffIsWhole: what is the same and what is removed is the old text, what is the
// same and what is added the new one, however far they are apart.
func TestWordDiffIsWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := []string{"a", "bb", "lorem", " ", " ", "\n", ".", "中", "é"}
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(vocabulary[random.IntN(len(vocabulary))])
		}
		return b.String()
	}
	for i := range 3000 {
		size := 1 + random.IntN(40)
		if i%300 == 0 {
			size = 3000 // more edits than are looked for
		}
		shared := text(random.IntN(20))
		old, fresh := text(random.IntN(size))+shared+text(random.IntN(size)), text(random.IntN(size))+shared+text(random.IntN(size))
		var a, b strings.Builder
		pieces := wordDiff(old, fresh)
		for _, p := range pieces {
			if p.op != wordAdded {
				a.WriteString(p.text)
			}
			if p.op != wordRemoved {
				b.WriteString(p.text)
			}
			if p.text == "" {
				t.Fatalf("%q, %q: an empty piece", old, fresh)
			}
		}
		if a.String() != old || b.String() != fresh {
			t.Fatalf("%q, %q: %v", old, fresh, pieces)
		}
	}
}
