package term

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// marked returns a line without the brackets around what is marked in it.
func marked(s string) (line []byte, start, end int) {
	before, rest, _ := strings.Cut(s, "⟦")
	in, after, _ := strings.Cut(rest, "⟧")
	return []byte(before + in + after), len(before), len(before) + len(in)
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		width      int
		want       string
		carets     string // as they stand under want
	}{
		{"fits", `{"a":⟦true⟧}`, 20, `{"a":true}`, `     ^^^^`},
		{"fits exactly", `{"a":⟦true⟧}`, 10, `{"a":true}`, `     ^^^^`},
		{"both ends cut", `aaaaaaaaaaaaaaaa⟦bbb⟧cccccccccccccccc`, 11, `…aaabbbccc…`, `    ^^^`},
		{"beginning", `⟦bbb⟧cccccccccccccccc`, 10, `bbbcccccc…`, `^^^`},
		{"end", `aaaaaaaaaaaaaaaa⟦bbb⟧`, 10, `…aaaaaabbb`, `       ^^^`},
		{"near the end", `aaaaaaaaaaaaaaaa⟦bbb⟧c`, 10, `…aaaaabbbc`, `      ^^^`},
		{"long span", `aaaaaaaaaa⟦bbbbbbbbbbbbbbbbbbbb⟧ccccc`, 10, `…abbbbbbb…`, `  ^^^^^^^`},
		{"whole line marked", `⟦bbbbbbbbbbbbbbbbbbbb⟧`, 10, `bbbbbbbbb…`, `^^^^^^^^^`},
		{"empty span", `{"a":⟦⟧true}`, 20, `{"a":true}`, `     ^`},
		{"empty span at the end", `{"a":tru⟦⟧`, 20, `{"a":tru`, `        ^`},
		{"empty span at the end, cut", `aaaaaaaaaaaaaaaaaaaaa⟦⟧`, 8, `…aaaaaa`, `       ^`},
		{"empty line", `⟦⟧`, 8, ``, `^`},
		{"wide characters", `日本⟦語⟧テキスト`, 20, `日本語テキスト`, `    ^^`},
		{"wide characters, cut", `日本日本日本日本⟦語⟧テキストテキスト`, 10, `…本語テキ…`, `   ^^`},
		{"a column left over", `日本日本⟦語⟧テキスト`, 9, `…本語テ…`, `   ^^`},
		{"combining mark", "ae\u0301⟦b⟧c", 20, "ae\u0301bc", `  ^`},
		{"part of a character", "a⟦e⟧\u0301bc", 20, "ae\u0301bc", ` ^`},
		{"mark alone", "\u0301⟦b⟧", 20, "\\u0301b", `      ^`},
		{"flags", "🇩🇪🇫🇷⟦🇮🇹⟧🇪🇸", 20, "🇩🇪🇫🇷🇮🇹🇪🇸", `    ^^`},
		{"escape before", "\x1b[31m⟦b⟧c", 20, `\x1b[31mbc`, `        ^`},
		{"escape marked", "a⟦\u202e⟧b", 20, `a\u202eb`, ` ^^^^^^`},
		{"byte-order mark", "⟦\ufeff⟧{}", 20, `\ufeff{}`, `^^^^^^`},
		{"escape is not split", "aaaaaaaaaaaa⟦b⟧\u200bcccccccc", 10, `…aaaaaaab…`, `        ^`},
		{"no room for the escape", "aa⟦\u200b⟧bb", 5, `…`, `^`},
		{"invalid UTF-8", "a⟦\xb0\xb2⟧b", 20, `a\xb0\xb2b`, ` ^^^^^^^^`},
		{"one column", `a⟦b⟧c`, 1, `…`, `^`},
		{"too many marks", "a⟦e" + strings.Repeat("\u0301", 100) + "⟧b", 20, "a\ufffdb", ` ^`},
	} {
		line, start, end := marked(tt.line)
		text, col, n := Clip(line, start, end, tt.width)
		carets := strings.Repeat(" ", col) + strings.Repeat("^", n)
		if text != tt.want || carets != tt.carets {
			t.Errorf("%s:\n got %s|\n     %s|\nwant %s|\n     %s|", tt.name, text, carets, tt.want, tt.carets)
		}
	}
	if text, col, n := Clip([]byte("abc"), 1, 2, 0); text != "" || col != 0 || n != 0 {
		t.Errorf("no columns: %q, %d, %d", text, col, n)
	}
	if text, col, n := Clip([]byte("abc"), -5, 99, 10); text != "abc" || col != 0 || n != 3 {
		t.Errorf("span beyond the line: %q, %d, %d", text, col, n)
	}
}

// A line of any length costs what its snippet costs.
func TestClipLongLine(t *testing.T) {
	for _, unit := range []string{"a", "日", "e\u0301", "\u0301", "🇩🇪", "\x1b", "\xff", "👍🏽", "\u200d", "क्ष"} {
		line := []byte(strings.Repeat(unit, 4<<20/len(unit)))
		at := len(line) / 2
		begin := time.Now()
		text, col, n := Clip(line, at, at+len(unit), 80)
		check(t, line, at, at+len(unit), 80, text, col, n)
		if d := time.Since(begin); d > time.Second {
			t.Errorf("%q: %v", unit, d)
		}
		if allocs := testing.AllocsPerRun(1, func() { Clip(line, at, at+len(unit), 80) }); allocs > 20_000 {
			t.Errorf("%q: %v allocations", unit, allocs)
		}
	}
}

func FuzzClip(f *testing.F) {
	f.Add([]byte(`{"messages":[{"role":"user","content":"hi"}]}`), 13, 17, 20)
	f.Add([]byte("日本語\x1b[0m\u202e🇩🇪🇫🇷e\u0301\xff👨\u200d👩\u200d👧"), 3, 12, 9)
	f.Add([]byte(strings.Repeat("🇩🇪", 300)), 1203, 1210, 15)
	f.Add([]byte("e"+strings.Repeat("\u0301", 2000)), 1001, 1001, 12)
	f.Add([]byte("\u0600\x00क्षि❤\ufe0f1\ufe0f\u20e3\u1100\u1161\u11a8"), 2, 9, 30)
	f.Fuzz(func(t *testing.T, line []byte, start, end, width int) {
		if width > 1000 {
			width %= 1000
		}
		text, col, n := Clip(line, start, end, width)
		check(t, line, start, end, width, text, col, n)
	})
}

func check(t *testing.T, line []byte, start, end, width int, text string, col, n int) {
	t.Helper()
	if width <= 0 {
		if text != "" || col != 0 || n != 0 {
			t.Errorf("no columns, but %q, %d, %d", text, col, n)
		}
		return
	}
	shown := StringWidth(text)
	if shown > width {
		t.Errorf("%q takes %d of %d columns", text, shown, width)
	}
	if col < 0 || n < 1 || col+n > width {
		t.Errorf("carets %d+%d are not within %d columns", col, n, width)
	}
	if col+n > shown && !(max(start, 0) >= len(line) && col == shown && n == 1) {
		t.Errorf("carets %d+%d are not under %q (%d columns)", col, n, text, shown)
	}
	if !utf8.ValidString(text) || Sanitize(text) != text {
		t.Errorf("%q is not safe", text)
	}
}

func FuzzSanitize(f *testing.F) {
	f.Add([]byte("\x1b[31m\u202e\xff日本"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := AppendSanitized(nil, text)
		if !utf8.Valid(got) || string(AppendSanitized(nil, got)) != string(got) || Sanitize(string(text)) != string(got) {
			t.Errorf("%q becomes %q", text, got)
		}
		if bytes.ContainsAny(got, "\x00\x1b\r\n\u202e\u200b") {
			t.Errorf("%q is not safe", got)
		}
	})
}

// No cluster of a clipped line is a part of one of the line.
func TestClipWholeCharacters(t *testing.T) {
	line := []byte(strings.Repeat("e\u0301日🇩🇪🇫🇷👍🏽क्षि\u1100\u1161\u11a8x", 40))
	whole := map[string]bool{"…": true}
	for g := graphemes.FromBytes(line); g.Next(); {
		whole[string(g.Value())] = true
	}
	for start := 0; start < len(line); start += 7 {
		for _, width := range []int{2, 3, 10, 41, 80} {
			text, col, n := Clip(line, start, start+3, width)
			check(t, line, start, start+3, width, text, col, n)
			for g := graphemes.FromString(text); g.Next(); {
				if !whole[g.Value()] {
					t.Fatalf("at %d, width %d: %q is half of a character, in %q", start, width, g.Value(), text)
				}
			}
		}
	}
}

func BenchmarkClip(b *testing.B) {
	line := []byte(strings.Repeat(`{"role":"user","content":"日本語 text"},`, 30_000))
	b.ReportAllocs()
	for b.Loop() {
		Clip(line, len(line)/2, len(line)/2+10, 80)
	}
}
