package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
)

// TestSelection: what is rare is listed, errors go before the rest, groups get even
// shares, and the list is in order.
func TestSelection(t *testing.T) {
	loud := &lint.Rule{ID: "FTX001"}
	other := &lint.Rule{ID: "FTX002"}
	rare := &lint.Rule{ID: "FTX003"}
	s := newSelection(100)
	add := func(rule *lint.Rule, severity lint.Severity, line int64, shape string) {
		s.add(&lint.Finding{Rule: rule, Severity: severity, File: "a", Line: line, Shape: shape, Reason: "r", Snippet: lint.Snippet{Text: make([]byte, 10)}})
	}
	for i := range int64(10_000) {
		add(loud, lint.Error, i, "x")
		add(loud, lint.Warning, i, fmt.Sprintf("k%d", i)) // a key of its own in each line
		if i%100 == 0 {
			add(other, lint.Error, i, "x")
		}
		if i == 7777 {
			add(rare, lint.Info, i, "x")
		}
	}
	count := map[string]int{}
	lines := []int64{}
	for _, f := range s.list() {
		count[f.Rule.ID+" "+f.Severity.String()]++
		lines = append(lines, f.Line)
		if f.Snippet.Text != nil {
			t.Error("a line of the data is kept")
		}
	}
	if s.seen != 20_101 {
		t.Errorf("%d seen", s.seen)
	}
	if !slices.IsSorted(lines) {
		t.Errorf("the list is not in order: %v", lines)
	}
	// Firsts: 2 groups of errors, 65 of warnings, the rare one. The room that is left
	// goes to the two groups of errors.
	want := map[string]int{"FTX001 error": 17, "FTX002 error": 17, "FTX001 warning": 65, "FTX003 info": 1}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("listed %v, want %v", count, want)
	}
	if len(s.groups) > 70 {
		t.Errorf("%d groups are told apart", len(s.groups))
	}
}

func TestFromRoot(t *testing.T) {
	base := t.TempDir()
	w := &writer{Options: Options{Root: base, Dir: filepath.Join(base, "data")}}
	for _, c := range []struct {
		name, want string
		below      bool
	}{
		{"train.jsonl", "data/train.jsonl", true},
		{"./x/../train.jsonl", "data/train.jsonl", true},
		{"../train.jsonl", "train.jsonl", true},
		{filepath.Join(base, "a", "b"), "a/b", true},
		{filepath.Join("..", "..", "b"), filepath.ToSlash(filepath.Join(filepath.Dir(base), "b")), false},
		{"..a", "data/..a", true},
		{stdinName, stdinName, true},
	} {
		if got, below := w.fromRoot(c.name); got != c.want || below != c.below {
			t.Errorf("%q: %q %v, want %q %v", c.name, got, below, c.want, c.below)
		}
	}
	w = &writer{}
	if got, below := w.fromRoot("./../a"); got != "../a" || below {
		t.Errorf("without a root: %q %v", got, below)
	}
}

func TestEscapes(t *testing.T) {
	for _, c := range [][3]string{
		{"URI", escapeURI("a b/ü:%?#\xff.jsonl"), "a%20b/%C3%BC%3A%25%3F%23%FF.jsonl"},
		{"property", escapeProperty("a:b,c%\r\n\x1b"), `a%3Ab%2Cc%25%0D%0A\x1b`},
		{"data", escapeData("a:b,c%0A\r\n\u202e"), `a:b,c%250A%0D%0A\u202e`},
		{"code", code("<b>|`*@x www.a [l](u)\n", 100), `<code>&#60;b&#62;&#124;&#96;&#42;&#64;x www&#46;a &#91;l&#93;(u)&#92;n</code>`},
	} {
		if c[1] != c[2] {
			t.Errorf("%s: %s, want %s", c[0], c[1], c[2])
		}
	}
}

// TestSummaryIsSmall: with as much of everything as there can be, the summary is well
// below what GitHub takes.
func TestSummaryIsSmall(t *testing.T) {
	const many = 2000
	long := strings.Repeat("|", 10_000)
	r := &lint.Result{}
	for i := range many {
		rule := &lint.Rule{ID: fmt.Sprintf("FTX%03d", i), Name: "rule", Doc: lint.Doc{Title: strings.Repeat("*", 100)}}
		finding := lint.Finding{Rule: rule, Severity: lint.Error, File: long, Line: 1, Column: 1, Path: long, Message: long, Snippet: lint.Snippet{Text: []byte(long), End: 1000}}
		r.Rules = append(r.Rules, lint.RuleTotal{Rule: rule, Severity: lint.Error, Findings: 1, Lines: 1, FirstFile: long, FirstLine: 1})
		r.Files = append(r.Files, lint.FileResult{
			File: lint.File{Name: long}, Err: fmt.Errorf("%s", long),
			Groups: []*lint.Group{{Findings: []lint.Finding{finding}, Count: 1, Lines: 1, First: []int64{1}, Last: 1}},
		})
	}
	var out strings.Builder
	f, _ := Lookup(Formats(), "markdown")
	if err := f.Open(&out, Options{Snippets: true}).Finish(r); err != nil {
		t.Fatal(err)
	}
	if n := out.Len(); n > 600_000 || n < 50_000 {
		t.Errorf("%d bytes", n)
	}
	for _, more := range []string{"1,800 more rules", "1,960 more groups", "1,950 more files"} {
		if !strings.Contains(out.String(), more) {
			t.Errorf("it does not say %q", more)
		}
	}
}

// TestWithoutUnset: only members go, whatever text looks like.
func TestWithoutUnset(t *testing.T) {
	for text, want := range map[string]string{
		`{"index":-1,"a":1,"parentIndex":-1}`: `{"a":1}`,
		`{"index":-1}`:                        `{}`,
		`[{"fixes":[],"rank":-1,"id":-10,"results":[],"taxa":[{}]}]`: `[{"id":-10,"results":[],"taxa":[{}]}]`,
		`{"text":",\"index\":-1","b":"{\"index\":-1,"}`:              `{"text":",\"index\":-1","b":"{\"index\":-1,"}`,
		`{"text":"x,","index":-1,"b":"\\","fixes":[]}`:               `{"text":"x,","b":"\\"}`,
	} {
		if got := string(withoutUnset([]byte(text))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
