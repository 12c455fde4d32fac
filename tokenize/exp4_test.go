package tokenize

import (
	"fmt"
	"sort"
	"testing"
	"unicode"
	"unicode/utf8"
)

func script(p []byte) string {
	i := 0
	for i < len(p) {
		r, n := utf8.DecodeRune(p[i:])
		i += n
		for _, s := range []string{"Latin", "Cyrillic", "Arabic", "Hebrew", "Han", "Hiragana", "Katakana", "Hangul", "Thai", "Devanagari", "Bengali", "Greek", "Georgian", "Armenian", "Tamil", "Khmer", "Myanmar", "Lao", "Tibetan", "Ethiopic", "Telugu","Kannada","Malayalam"} {
			if unicode.Is(unicode.Scripts[s], r) {
				return s
			}
		}
	}
	return "other"
}

func TestExpStats2(t *testing.T) {
	m := msgs("chat_multilingual")
	e, _ := Get("o200k_base")
	type st struct{ calls, bytes, toks, chars int }
	by := map[string]*st{}
	lens := map[string]*st{}
	seen := map[string]bool{}
	for _, s := range m {
		for i := 0; i < len(s); {
			end := e.next([]byte(s[i:]), 0) + i
			p := []byte(s[i:end])
			i = end
			start := 0
			left := rune(-1)
			do := func(q []byte) {
				if len(q) <= 30 {
					if seen[string(q)] {
						return
					}
					seen[string(q)] = true
				}
				sc := script(q)
				if by[sc] == nil {
					by[sc] = &st{}
				}
				l := "<=15"
				if len(q) > 15 {
					l = "<=30"
				}
				if len(q) > 30 {
					l = "<=95"
				}
				if len(q) >= 96 {
					l = ">=96"
				}
				if lens[l] == nil {
					lens[l] = &st{}
				}
				for _, x := range []*st{by[sc], lens[l]} {
					x.calls++
					x.bytes += len(q)
					x.chars += utf8.RuneCount(q)
					x.toks += len(e.AppendTokens(nil, q))
				}
			}
			for j := 0; j < len(p); {
				if p[j] < 128 {
					left = -1
					j++
					continue
				}
				r, n := utf8.DecodeRune(p[j:])
				if n == 1 {
					r = -1
				} else if left >= 0 && e.glue.cuts(left, r) {
					do(p[start:j])
					start = j
				}
				left = r
				j += n
			}
			do(p[start:])
		}
	}
	for _, mm := range []map[string]*st{by, lens} {
		var ks []string
		for k := range mm {
			ks = append(ks, k)
		}
		sort.Slice(ks, func(i, j int) bool { return mm[ks[i]].bytes > mm[ks[j]].bytes })
		for _, k := range ks {
			fmt.Println(k, *mm[k])
		}
	}
}
