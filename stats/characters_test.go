package stats

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/randtext"
	"github.com/ftlint/ftlint/lint/dataset"
)

// plainly counts as Characters does, one character after the other.
func plainly(text []byte) (n int64, byScript map[string]int64) {
	byScript = map[string]int64{}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		i += size
		n++
		for name, table := range unicode.Scripts {
			if name != "Common" && name != "Inherited" && unicode.Is(table, r) {
				byScript[name]++
			}
		}
	}
	return n, byScript
}

// sameCharacters holds what a Characters has counted against counting plainly.
func sameCharacters(t *testing.T, raw []byte, escaped bool) {
	t.Helper()
	text := raw
	if escaped {
		text = dataset.AppendUnescaped(nil, raw)
	}
	want, byScript := plainly(text)
	var c Characters
	c.Add(raw, escaped)
	if c.Count != want {
		t.Fatalf("%q, escaped %v: %d characters, want %d", raw, escaped, c.Count, want)
	}
	list, all := c.Scripts()
	for _, s := range list {
		if n := byScript[underscores(s.Name)]; n != s.Characters {
			t.Fatalf("%q, escaped %v: %d characters of %s, want %d", raw, escaped, s.Characters, s.Name, n)
		}
		all -= s.Characters
	}
	if len(list) != len(byScript) || all != 0 {
		t.Fatalf("%q, escaped %v: scripts %v, want %v", raw, escaped, list, byScript)
	}
}

func underscores(name string) string {
	b := []byte(name)
	for i := range b {
		if b[i] == ' ' {
			b[i] = '_'
		}
	}
	return string(b)
}

func TestCharacters(t *testing.T) {
	for _, text := range []string{
		"", "a", "abcdefgh", "ABCXYZ@[`{123", "a\\nb", `\u0041\u0042`, `\ud83d\ude00`, `\ud83d`, `\ud83dabcdefgh`, `\ud83d\u0041x`, `\u4e2d\u6587 \"quoted\"`,
		"中文 and 한국어, русский", "e\u0301\u200d", "\U00020000\U0001F600", `1234567\n`, `12345678\\n9`,
	} {
		sameCharacters(t, []byte(text), true)
		sameCharacters(t, []byte(text), false)
	}
	r, texts := rand.New(rand.NewPCG(11, 12)), randtext.New(13)
	for range 3000 {
		raw := bytes.ToValidUTF8([]byte(texts.Next()), nil)
		if r.IntN(3) == 0 {
			raw = append(raw, fmt.Sprintf(`\u%04x\n`, r.IntN(0x10000))...)
		}
		sameCharacters(t, raw, false)
	}
	for range 3000 { // JSON, where every backslash begins an escape
		var raw []byte
		for range r.IntN(12) {
			switch r.IntN(4) {
			case 0:
				raw = fmt.Appendf(raw, `\u%04X`, r.IntN(0x10000))
			case 1:
				raw = append(raw, []string{`\n`, `\\`, `\"`, `\/`, `\t`}[r.IntN(5)]...)
			case 2:
				raw = utf8.AppendRune(raw, rune(r.IntN(0x3000))+0x80)
			default:
				raw = append(raw, "abcdefghijklmnop"[:r.IntN(16)]...)
			}
		}
		sameCharacters(t, raw, true)
	}
}
