package lint_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// badContent reports contents that hold a word, and files with too few lines.
var badContent = []lint.Rule{
	{
		ID: "T001", Severity: lint.Error, Providers: dataset.AllProviders, Methods: dataset.AllMethods, Needs: lint.NeedMessages,
		Example: func(p *lint.Pass, e *dataset.Example) {
			for i := range e.All {
				if m := &e.All[i]; bytes.Contains(e.Text(m.Content), []byte("bad")) {
					p.Report(m.Content, "is bad")
				}
			}
		},
	},
	{
		ID: "T002", Severity: lint.Warning, Providers: dataset.AllProviders, Methods: dataset.AllMethods,
		File: func(p *lint.Pass, f *lint.File) {
			if f.Lines < 5 {
				p.ReportFile("few lines")
			}
		},
	},
}

func accepting(t *testing.T, content string, accept func(string) lint.Acceptor, workers int) *lint.Result {
	t.Helper()
	result, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
		Rules: badContent, Settings: lint.Settings{Method: dataset.SFT}, Accept: accept, Workers: workers,
		Read: jsonl.Options{Stdin: strings.NewReader(content), StdinName: "a.jsonl", ChunkBytes: 512},
	})
	if err != nil || result.Err() != nil {
		t.Fatal(err, result.Err())
	}
	return result
}

func line(content string) string {
	return fmt.Sprintf(`{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":%q}]}`+"\n", content)
}

func lines(n int, content string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(fmt.Sprint(content, i)))
	}
	return b.String()
}

// TestBaseline: what a baseline has is not told, wherever it has moved; what is new is.
func TestBaseline(t *testing.T) {
	record := func(content string, to *lint.Baseline) *lint.Baseline {
		r := lint.NewRecorder(to)
		if result := accepting(t, content, r.File, 3); len(result.Files[0].Groups) > 0 {
			t.Error("a recorder tells something")
		}
		var b bytes.Buffer
		if err := r.Baseline().Write(&b); err != nil {
			t.Fatal(err)
		}
		read, err := lint.ReadBaseline(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatalf("%v\n%s", err, &b)
		}
		var again bytes.Buffer
		if err := read.Write(&again); err != nil || again.String() != b.String() {
			t.Errorf("written again it is\n%s\nnot\n%s", &again, &b)
		}
		return read
	}
	all := func(string) bool { return true }
	content := line("good") + line("bad 1") + line("bad 2")
	for _, test := range []struct {
		name, now string
		told      int64
		accepted  int64
		stale     int64
	}{
		{"the same", content, 0, 3, 0},
		{"moved, spaced and with other escapes", line("bad 2") + strings.Replace(strings.ReplaceAll(line("bad 1"), ":", ": "), "bad", `b\u0061d`, 1), 0, 3, 0},
		{"one more", content + line("bad 3"), 1, 3, 0},
		{"one gone", line("bad 1"), 0, 2, 1},
		{"long", content + lines(9, "good"), 0, 2, 1},
	} {
		b := record(content, nil)
		result := accepting(t, test.now, b.File, 2)
		if got := result.Count(lint.Info); got != test.told || result.Accepted != test.accepted || b.Stale(all) != test.stale {
			t.Errorf("%s: %d told, %d accepted, %d stale", test.name, got, result.Accepted, b.Stale(all))
		}
		if n := b.Prune(all); n != test.stale || b.Stale(all) != 0 {
			t.Errorf("%s: %d pruned", test.name, n)
		}
	}
	// Of very many there is a number.
	b := record(lines(1500, "bad"), nil)
	if list := b.Entries(); len(list) != 1 || list[0] != (lint.BaselineEntry{File: "a.jsonl", Rule: "T001", Findings: 1500}) {
		t.Errorf("%+v", list)
	}
	if result := accepting(t, lines(1499, "worse and bad"), b.File, 2); result.Count(lint.Info) != 0 || b.Stale(all) != 1 {
		t.Errorf("%d told, %d stale", result.Count(lint.Info), b.Stale(all))
	}
	b = record(lines(1500, "bad"), nil)
	result := accepting(t, lines(1502, "bad"), b.File, 2)
	if got := result.Files[0].Groups; len(got) != 1 || !strings.HasPrefix(got[0].Findings[0].Message, "2 findings more than were accepted") {
		t.Errorf("%+v", got)
	}
	// An update adds.
	b = record(line("bad 1"), record(content, nil))
	if result := accepting(t, content, b.File, 1); result.Count(lint.Info) != 0 {
		t.Error("an update forgets")
	}
	for _, bad := range []string{"", "{}", `{"schema_version":2,"files":{}}`, `{"schema_version":1,"files":{"a":{"T001":{}}}}`, `{"schema_version":1,"files":{"a":{"T001":{"fingerprints":["x"]}}}}`, `{"schema_version":1,"more":1}`} {
		if _, err := lint.ReadBaseline(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is a baseline", bad)
		}
	}
}

func TestSuppressions(t *testing.T) {
	content := line("bad 1") + line("bad 2") + lines(5, "good") + `{"messages":[{"role":"user","content":"bad"},{"role":"assistant","content":"x"}]}` + "\n"
	hash := ""
	accepting(t, line("bad 2"), func(string) lint.Acceptor {
		return told(func(c *lint.Candidate) {
			if c.Line != nil {
				hash = c.LineHashText()
			}
		})
	}, 1)
	ids := map[string]bool{"T001": true}
	for _, test := range []struct {
		name string
		s    *lint.Suppression
		told int64
	}{
		{"the rule", &lint.Suppression{Rules: ids}, 0},
		{"another rule", &lint.Suppression{Rules: map[string]bool{"T009": true}}, 3},
		{"another file", &lint.Suppression{Rules: ids, File: func(name string) bool { return name == "b.jsonl" }}, 3},
		{"the place", &lint.Suppression{Rules: ids, Where: "messages[*].content"}, 0},
		{"another place", &lint.Suppression{Rules: ids, Where: "messages[*].name"}, 3},
		{"the line", &lint.Suppression{Rules: ids, LineHash: hash}, 2},
	} {
		result := accepting(t, content, func(file string) lint.Acceptor { return lint.Suppressions([]*lint.Suppression{test.s}, file) }, 2)
		if got := result.Count(lint.Info); got != test.told || test.s.Used() != 3-test.told {
			t.Errorf("%s: %d told, used %d times", test.name, got, test.s.Used())
		}
	}
	known := lint.KnownLines{lint.HashLine([]byte(strings.TrimSuffix(line("bad 2"), "\n"))): {}}
	result := accepting(t, content, func(string) lint.Acceptor { return lint.Acceptors(known) }, 2)
	if result.Count(lint.Info) != 2 || result.Accepted != 1 {
		t.Errorf("with a known line: %d told", result.Count(lint.Info))
	}
}

// told is an acceptor that looks on.
type told func(*lint.Candidate)

func (f told) Accepts(c *lint.Candidate) bool { f(c); return false }
func (f told) Excess() map[string]int64       { return nil }

// TestIgnoredRules: a rule that does not hold for a file is not called for it.
func TestIgnoredRules(t *testing.T) {
	result, err := lint.Run(context.Background(), []lint.Input{{Path: "-", Ignore: []string{"T002"}}}, lint.Options{
		Rules: badContent, Read: jsonl.Options{Stdin: strings.NewReader(line("bad"))},
	})
	if err != nil || result.Count(lint.Info) != 1 || result.Rules[0].Rule.ID != "T001" {
		t.Errorf("%+v, %v", result, err)
	}
}
