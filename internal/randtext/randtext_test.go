package randtext_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/randtext"
)

// TestNext: strings are valid, mostly short, sometimes long, and of everything.
func TestNext(t *testing.T) {
	g := randtext.New(1)
	seen := map[string]int{}
	classes := map[string]func(s string) bool{
		"empty":          func(s string) bool { return s == "" },
		"long":           func(s string) bool { return utf8.RuneCountInString(s) > 500 },
		"long s":         func(s string) bool { return strings.Contains(s, "'ſ") },
		"capital clitic": func(s string) bool { return strings.Contains(s, "'LL") },
		"slash":          func(s string) bool { return strings.Contains(s, "!\n/") },
		"joiner":         func(s string) bool { return strings.Contains(s, "\u200D") },
		"special token":  func(s string) bool { return strings.Contains(s, "<|endoftext|>") },
		"extension I": func(s string) bool {
			return strings.ContainsFunc(s, func(r rune) bool { return 0x2EBF0 <= r && r <= 0x2EE5D })
		},
		"last plane": func(s string) bool { return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x100000 }) },
		"Garay digit": func(s string) bool {
			return strings.ContainsFunc(s, func(r rune) bool { return 0x10D40 <= r && r <= 0x10D49 })
		},
	}
	for name, table := range unicode.Categories {
		if len(name) == 2 && name != "Cs" && name != "Cn" && name != "LC" {
			classes[name] = func(s string) bool { return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(table, r) }) }
		}
	}
	for _, r := range "\t\n\v\f\r\u0085\u00A0\u1680\u2000\u200A\u2028\u2029\u202F\u205F\u3000" {
		classes[string(r)] = func(s string) bool { return strings.ContainsRune(s, r) }
	}
	const n = 20_000
	characters := 0
	for range n {
		s := g.Next()
		if !utf8.ValidString(s) {
			t.Fatalf("%q is not valid UTF-8", s)
		}
		count := utf8.RuneCountInString(s)
		if count > 5000 {
			t.Fatalf("a string has %d characters", count)
		}
		characters += count
		for name, is := range classes {
			if is(s) {
				seen[name]++
			}
		}
	}
	for name := range classes {
		if seen[name] == 0 {
			t.Errorf("none of %d strings has %q", n, name)
		}
	}
	if seen["long"] > n/50 || characters/n > 60 {
		t.Errorf("%d of %d strings are long, %d characters each", seen["long"], n, characters/n)
	}
}

func TestSeed(t *testing.T) {
	a, b, other := randtext.New(7), randtext.New(7), randtext.New(8)
	differ := 0
	for range 100 {
		s := a.Next()
		if got := b.Next(); got != s {
			t.Fatalf("the same seed gives %q and %q", s, got)
		}
		if other.Next() != s {
			differ++
		}
	}
	if differ < 50 {
		t.Errorf("of another seed only %d of 100 strings are others", differ)
	}
}

func BenchmarkNext(b *testing.B) {
	g := randtext.New(1)
	n := 0
	for b.Loop() {
		n += len(g.Next())
	}
	b.ReportMetric(float64(n)/float64(b.N), "bytes/string")
}
