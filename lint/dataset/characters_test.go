package dataset

import (
	"maps"
	"strings"
	"testing"
	"unicode"
)

// TestCharacters holds the scripts of characters to the tables of unicode, asked
// one after the other.
func TestCharacters(t *testing.T) {
	for _, text := range []string{
		"", "a", "abcXYZ @[`{ 123\n", "中文 and 한국어, русский", "e\u0301\u200d é × ÷", "\U00020000\U0001F600\U00010300", "\uFFFD",
	} {
		want := map[string]int64{}
		n, inScripts := int64(0), int64(0)
		for _, r := range text {
			n++
			for name, table := range unicode.Scripts {
				if name != "Common" && name != "Inherited" && unicode.Is(table, r) {
					want[strings.ReplaceAll(name, "_", " ")]++
					inScripts++
				}
			}
		}
		var c, half Characters
		c.Add([]byte(text))
		list, all := c.Scripts()
		got := map[string]int64{}
		for i, s := range list {
			got[s.Name] = s.Characters
			if i > 0 && list[i-1].Characters < s.Characters {
				t.Errorf("%q: %v is not sorted", text, list)
			}
		}
		if c.Count != n || all != inScripts || !maps.Equal(got, want) {
			t.Errorf("%q: %d characters, %d in %v; want %d, %d in %v", text, c.Count, all, got, n, inScripts, want)
		}
		half.Merge(&c)
		half.Merge(&c)
		if _, twice := half.Scripts(); half.Count != 2*n || twice != 2*all {
			t.Errorf("%q: merged twice: %d characters, %d in scripts", text, half.Count, twice)
		}
	}
}

// TestScriptsAbove: above the basic plane scripts are those of unicode's tables too, and
// no table is asked of emoji, of which texts can be full.
func TestScriptsAbove(t *testing.T) {
	table := scripts()
	want := map[rune]string{}
	for name, of := range unicode.Scripts {
		if name == "Common" || name == "Inherited" {
			continue
		}
		for _, r := range of.R32 {
			for c := r.Lo; c <= r.Hi; c += r.Stride {
				want[rune(c)] = strings.ReplaceAll(name, "_", " ")
			}
		}
	}
	for r := rune(1 << 16); r <= unicode.MaxRune; r++ {
		if got := table.names[table.of(r)]; got != want[r] {
			t.Fatalf("U+%X is %q, want %q", r, got, want[r])
		}
	}
	for _, r := range "😀🚀🤖" {
		if of := table.above[r>>8]; len(of) > 0 {
			t.Errorf("%c: %d tables are asked", r, len(of))
		}
	}
}

// TestWriting: one text after the other is counted as Characters counts it.
func TestWriting(t *testing.T) {
	var w Writing
	for _, text := range []string{"", "abc", "Привет, мир", "東京は日本です abc", "123 …", "𐌰 é ע", "abc"} {
		var c Characters
		c.Add([]byte(text))
		w.Count([]byte(text))
		got, n := map[string]int64{}, 0
		w.Each(func(script string, characters int) { got[script] = int64(characters); n++ })
		list, _ := c.Scripts()
		if n != len(list) {
			t.Errorf("%q: %d scripts, want %v", text, n, list)
		}
		for _, s := range list {
			if got[s.Name] != s.Characters {
				t.Errorf("%q: %d characters of %s, want %d", text, got[s.Name], s.Name, s.Characters)
			}
		}
	}
}
