package tokens_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/internal/randtext"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/tokens"
	"github.com/ftlint/ftlint/tokenize"
)

func encoding(tb testing.TB, name string) *tokenize.Encoding {
	tb.Helper()
	e, err := tokenize.Get(name)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// written returns what is written of texts. Each is added in stretches that are
// parted by |.
func written(tb testing.TB, o tokens.Options, texts ...string) string {
	tb.Helper()
	var b bytes.Buffer
	w := tokens.NewWriter(&b, o)
	for i, text := range texts {
		w.Begin(string(rune('a' + i)))
		for stretch := range strings.SplitSeq(text, "|") {
			if err := w.Add([]byte(stretch)); err != nil {
				tb.Fatal(err)
			}
		}
		if _, err := w.End(nil); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestPieces(t *testing.T) {
	e := encoding(t, "o200k_base")
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"words", "hello world", "hello│ world\n"},
		{"stretches", "hello| world", "hello│ world\n"},
		{"line ends", "a\n\nb\n", "a│\\n\n\\n\n│b│\\n\n"},
		{"within a character", "\u9f98", "<E9 BE>│<98>\n"},
		{"behind a space", " \u9f98", " <E9>│<BE>│<98>\n"},
		{"not UTF-8", "a\xff\xfe", "a│<FF>│<FE>\n"},
		{"terminal escape", "\x1b[31m\x07\u202e", "\\x1b│[│31│m│\\x07│\\u202e\n"},
		{"mark", "xq\u0301", "x│q│◌\u0301\n"},
		{"tab and CR", "\ta\r\n", "\\ta│\\r\\n\n"},
	} {
		if diff := cmp.Diff(test.want, written(t, tokens.Options{Encoding: e, What: tokens.Pieces}, test.text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
	got := written(t, tokens.Options{Encoding: e, What: tokens.Pieces, Several: true}, "hello", "", "world\n")
	if want := "==> a <==\nhello\n\n==> b <==\n\n==> c <==\nworld│\\n\n"; got != want {
		t.Errorf("several texts: %q, want %q", got, want)
	}
}

// TestColors: neighbours have other colours, also beyond a stretch, and none
// goes on behind a line.
func TestColors(t *testing.T) {
	got := written(t, tokens.Options{Encoding: encoding(t, "o200k_base"), What: tokens.Pieces, Color: true}, "one two| three\n\nfour")
	var colors, texts []string
	for part := range strings.SplitSeq(got, "\x1b[38;5;16;48;5;") {
		if part == "" {
			continue
		}
		color, text, _ := strings.Cut(part, "m")
		text, after, ok := strings.Cut(text, "\x1b[39;49m")
		if !ok || strings.Trim(after, "\n") != "" {
			t.Errorf("the background of %q is not ended", part)
		}
		colors, texts = append(colors, color), append(texts, text)
	}
	if diff := cmp.Diff([]string{"one", " two", " three", `\n`, `\n`, "four"}, texts); diff != "" {
		t.Errorf("pieces (-want +got)\n%s", diff)
	}
	for i := 1; i < len(colors); i++ {
		same := texts[i] == `\n` && texts[i-1] == `\n` // one token
		if (colors[i] == colors[i-1]) != same {
			t.Errorf("%q and %q have the colours %s and %s", texts[i-1], texts[i], colors[i-1], colors[i])
		}
	}
}

// TestPiecesAreHarmless: whatever the text, nothing gets to the terminal but
// visible characters, line ends and our own colours.
func TestPiecesAreHarmless(t *testing.T) {
	e := encoding(t, "cl100k_base")
	g := randtext.New(5)
	for range 500 {
		text := g.Next() + "\x1b]0;x\x07\x9b31m\xe4\xb8" + g.Next()
		for _, color := range []bool{false, true} {
			got := written(t, tokens.Options{Encoding: e, What: tokens.Pieces, Color: color}, text)
			if color {
				for _, c := range []string{"183", "157", "223", "217", "159"} {
					got = strings.ReplaceAll(got, "\x1b[38;5;16;48;5;"+c+"m", "")
				}
				got = strings.ReplaceAll(got, "\x1b[39;49m", "")
			}
			for line := range strings.SplitSeq(got, "\n") {
				if line != term.Sanitize(line) {
					t.Fatalf("%q is shown as %q", text, line)
				}
			}
		}
	}
}

func TestIDs(t *testing.T) {
	e := encoding(t, "o200k_base")
	got := written(t, tokens.Options{Encoding: e, What: tokens.IDs, Several: true}, "hello world", "", "hello| world")
	if want := "24912 2375\n\n24912 2375\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCounts(t *testing.T) {
	e := encoding(t, "o200k_base")
	if got := written(t, tokens.Options{Encoding: e}, "hello| world"); got != "2\n" {
		t.Errorf("standard input: %q", got)
	}
	got := written(t, tokens.Options{Encoding: e, Named: true, Several: true, Width: 4}, "hello| world", "", "a\xffb")
	if want := "   2 a\n   0 b\n   3 c\n   5 total\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestJSONIsTheText: pieces are the text, byte by byte, and ids its tokens.
func TestJSONIsTheText(t *testing.T) {
	e := encoding(t, "o200k_base")
	type file struct {
		Name   string
		IDs    []uint32
		Pieces []struct {
			ID    uint32
			Text  string
			Bytes []int
		}
		Bytes, Characters, Tokens int
		Invalid                   int `json:"invalid_bytes"`
	}
	var out struct {
		Encoding string
		Files    []file
		Total    file
	}
	parse := func(text string) {
		t.Helper()
		out.Files, out.Total = nil, file{}
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	g := randtext.New(9)
	for i := range 300 {
		text := strings.ReplaceAll(g.Next(), "|", "") // one stretch
		if i%10 == 0 {
			text += "\xff\xe4\xb8<>&\u2028"
		}
		want, invalid := e.AppendTokens(nil, []byte(text)), 0
		if i%10 == 0 {
			invalid = 3
		}
		parse(written(t, tokens.Options{Encoding: e, What: tokens.Pieces, JSON: true, Color: true}, text))
		var got []byte
		var ids []uint32
		for _, p := range out.Files[0].Pieces {
			got = append(got, p.Text...)
			for _, b := range p.Bytes {
				got = append(got, byte(b))
			}
			ids = append(ids, p.ID)
		}
		if string(got) != text {
			t.Errorf("the pieces of %q are %q", text, got)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("%q: ids of the pieces (-want +got)\n%s", text, diff)
		}
		parse(written(t, tokens.Options{Encoding: e, What: tokens.IDs, JSON: true}, text, "x"))
		first := out.Files[0]
		if diff := cmp.Diff(want, append([]uint32(nil), first.IDs...)); diff != "" {
			t.Errorf("%q: ids (-want +got)\n%s", text, diff)
		}
		if out.Encoding != "o200k_base" || first.Name != "a" || first.Tokens != len(want) || first.Bytes != len(text) ||
			first.Characters != len([]rune(text)) || first.Invalid != invalid || out.Total.Tokens != len(want)+1 || out.Total.Bytes != len(text)+1 {
			t.Errorf("%q: counts are %+v, in all %+v", text, first, out.Total)
		}
	}
}

// TestUnread: of a text that could not be read to its end no count is written,
// but in JSON, with the reason, and the total leaves it out.
func TestUnread(t *testing.T) {
	e := encoding(t, "o200k_base")
	for _, test := range []struct {
		options tokens.Options
		want    string
	}{
		{tokens.Options{Named: true, Several: true}, "1 b\n1 total\n"},
		{tokens.Options{What: tokens.IDs, Several: true}, "24912\n87\n"},
		{tokens.Options{What: tokens.Pieces, Several: true}, "==> a <==\nhello\n\n==> b <==\nx\n"},
		{tokens.Options{JSON: true}, `{
  "schema_version": 1,
  "encoding": "o200k_base",
  "files": [
    {"name": "missing", "bytes": 0, "characters": 0, "tokens": 0, "invalid_bytes": 0, "error": "no"},
    {"name": "a", "bytes": 5, "characters": 5, "tokens": 1, "invalid_bytes": 0, "error": "cut off"},
    {"name": "b", "bytes": 1, "characters": 1, "tokens": 1, "invalid_bytes": 0}
  ],
  "total": {"bytes": 1, "characters": 1, "tokens": 1, "invalid_bytes": 0}
}
`},
	} {
		test.options.Encoding = e
		var b bytes.Buffer
		w := tokens.NewWriter(&b, test.options)
		w.Begin("missing")
		w.End(errors.New("no"))
		w.Begin("a")
		w.Add([]byte("hello"))
		w.End(errors.New("cut off"))
		w.Begin("b")
		w.Add([]byte("x"))
		w.End(nil)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", test.options, diff)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestWriteError: nothing more is counted when nobody reads on.
func TestWriteError(t *testing.T) {
	w := tokens.NewWriter(brokenPipe{}, tokens.Options{Encoding: encoding(t, "o200k_base"), What: tokens.IDs})
	w.Begin("a")
	if err := w.Add([]byte("hello")); err == nil {
		t.Error("an error of the output is not told")
	}
}
