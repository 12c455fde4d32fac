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
