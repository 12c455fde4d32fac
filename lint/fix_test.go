package lint_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// memorySink is a sink that keeps the new file in memory, and what was changed.
type memorySink struct {
	bytes.Buffer
	old     bytes.Buffer
	changes []string
	kept    int
}

func (s *memorySink) Begin(*jsonl.Source) error { return nil }

func (s *memorySink) Keep(data []byte) error {
	s.old.Write(data)
	s.Write(data)
	s.kept += len(data)
	return nil
}

func (s *memorySink) Change(_ int64, old, fresh []byte) error {
	s.old.Write(old)
	s.Write(fresh)
	s.changes = append(s.changes, string(old)+"=> "+string(fresh))
	return nil
}

func (s *memorySink) End() error { return nil }

func (s *memorySink) Convert(jsonl.Form) (io.Writer, error) { return s, nil }

// editing is a rule that reports every line, with a fix.
func editing(id string, edit func(*lint.Editor, *dataset.Example)) lint.Rule {
	return lint.Rule{
		ID: id, Severity: lint.Error, Fix: lint.UnsafeFix, Providers: dataset.AllProviders, Methods: dataset.AllMethods,
		Example: func(p *lint.Pass, e *dataset.Example) {
			if !e.Broken {
				p.Report(e.Top, "is edited").Fix(lint.UnsafeFix, func(ed *lint.Editor) { edit(ed, e) })
			}
		},
	}
}

// field returns a top-level member.
func field(e *dataset.Example, key string) dataset.Value {
	for _, f := range e.Fields {
		if string(e.Text(f.Key)) == key {
			return f.Value
		}
	}
	return dataset.Value{}
}

// removing removes a member, if it is there.
func removing(id, key string) lint.Rule {
	return editing(id, func(ed *lint.Editor, e *dataset.Example) {
		if v := field(e, key); v.Present() {
			ed.Remove(v)
		}
	})
}

func fixText(t *testing.T, content string, options lint.Options, fix lint.FixOptions) (string, *lint.Fixed, *memorySink) {
	t.Helper()
	sink := &memorySink{}
	fix.Sink = sink
	fixed, err := lint.Fix(context.Background(), lint.Input{Path: writeFile(t, "f.jsonl", content)}, options, fix)
	if err != nil {
		t.Fatal(err)
	}
	if fixed.Err != nil {
		t.Fatal(fixed.Err)
	}
	return sink.String(), fixed, sink
}

func TestEditor(t *testing.T) {
	replace := func(key, text string) func(*lint.Editor, *dataset.Example) {
		return func(ed *lint.Editor, e *dataset.Example) {
			if v := field(e, key); v.Present() && string(e.Raw(v)) != text {
				ed.Replace(v, text)
			}
		}
	}
	for _, test := range []struct {
		name        string
		rules       []lint.Rule
		line, fixed string
	}{
		{"replace", []lint.Rule{editing("FTX001", replace("a", "2"))}, `{"a":1, "b":1}`, `{"a":2, "b":1}`},
		{"remove the first", []lint.Rule{removing("FTX001", "a")}, `{ "a" : 1 , "b":1}`, `{ "b":1}`},
		{"remove the last", []lint.Rule{removing("FTX001", "b")}, `{"a":1 , "b":1 }`, `{"a":1  }`},
		{"remove one between", []lint.Rule{removing("FTX001", "b")}, `{"a":1, "b":1, "c":1}`, `{"a":1, "c":1}`},
		{"remove the only one", []lint.Rule{removing("FTX001", "b")}, `{"b":{"x":[1,2]}}`, `{}`},
		{"remove all", []lint.Rule{removing("FTX001", "b"), removing("FTX002", "a"), removing("FTX003", "c")}, `{"a":1, "b":1, "c":1}`, `{}`},
		{"remove the first two", []lint.Rule{removing("FTX001", "b"), removing("FTX002", "a")}, `{"a":1, "b":1, "c":1}`, `{"c":1}`},
		{"remove the last two", []lint.Rule{removing("FTX001", "b"), removing("FTX002", "c")}, `{"a":1, "b":1, "c":1}`, `{"a":1}`},
		{"a key with quotes", []lint.Rule{removing("FTX001", `x":\"y\`)}, `{"a":1,"x\":\\\"y\\":2,"c":3}`, `{"a":1,"c":3}`},
		{"two of one value", []lint.Rule{editing("FTX001", replace("a", "2")), removing("FTX002", "a")}, `{"a":1,"b":1}`, `{"b":1}`},
		{"insert", []lint.Rule{editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
			if !field(e, "n").Present() {
				ed.Insert(e.Top, `"n":1`)
			}
		})}, `{"a":1 }`, `{"a":1,"n":1 }`},
		{"insert into nothing, while that is emptied", []lint.Rule{editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
			if !field(e, "n").Present() {
				ed.Insert(e.Top, `"n":1`)
			}
		}), removing("FTX002", "a")}, `{"a":1}`, `{"n":1}`},
		{"wrap, with another inside", []lint.Rule{
			editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
				if v := field(e, "a"); v.Kind == dataset.Object {
					ed.Wrap(v, "[", "]")
				}
			}),
			editing("FTX002", func(ed *lint.Editor, e *dataset.Example) {
				if i := bytes.Index(e.Line, []byte("10")); i >= 0 {
					ed.ReplaceBytes(uint32(i), uint32(i+2), "7")
				}
			}),
		}, `{"a":{"x":10}}`, `{"a":[{"x":7}]}`},
		{"rename", []lint.Rule{editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
			if v := field(e, "old"); v.Present() {
				ed.Rename(v, "new")
			}
		})}, `{"a":1,"old" : 1}`, `{"a":1,"new" : 1}`},
		{"a member for another", []lint.Rule{editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
			if v := field(e, "a"); v.Present() {
				ed.ReplaceMember(v, `"x":1,"y":2`)
			}
		})}, `{"a":null,"b":1}`, `{"x":1,"y":2,"b":1}`},
		{"the line", []lint.Rule{editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
			if len(e.Fields) > 0 {
				ed.ReplaceLine("{}")
			}
		}), removing("FTX002", "a")}, `{"a":1,"b":1}`, `{}`},
		{"not at rest", []lint.Rule{editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
			ed.Replace(field(e, "a"), string(e.Raw(field(e, "a")))+"0")
		})}, `{"a":1}`, `{"a":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := lint.Options{Rules: test.rules, Settings: lint.Settings{Method: dataset.SFT}}
			got, fixed, _ := fixText(t, test.line+"\n", options, lint.FixOptions{Kind: lint.UnsafeFix})
			if diff := cmp.Diff(test.fixed+"\n", got); diff != "" {
				t.Error("fixed otherwise (-want +got):\n", diff)
			}
			if got != test.line+"\n" && !fixed.Changed || (fixed.Unstable == 1) != (test.name == "not at rest") {
				t.Errorf("changed %t, not at rest %d", fixed.Changed, fixed.Unstable)
			}
			if got, fixed, _ := fixText(t, test.line+"\n", options, lint.FixOptions{Kind: lint.SafeFix}); got != test.line+"\n" || fixed.Changed {
				t.Errorf("an unsafe fix was made in a run for safe ones: %s", got)
			}
		})
	}
}

// TestFixLines has what happens to whole lines.
func TestFixLines(t *testing.T) {
	dropped := editing("FTX001", func(ed *lint.Editor, e *dataset.Example) {
		if field(e, "drop").Present() {
			ed.DropLine()
		}
	})
	split := editing("FTX002", func(ed *lint.Editor, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultLoneCR {
				ed.Split(f.Start, f.End)
			}
		}
	})
	options := lint.Options{Rules: []lint.Rule{dropped, split, removing("FTX003", "x")}, Settings: lint.Settings{Method: dataset.SFT}}
	content := `{"a":1}` + "\n" + `{"x":1,"drop":1}` + "\r\n\n" + `{"x":1,"b":1}` + "\r \r" + `{"drop":0}` + "\r" + `{"c":1,"x":2}` + "\r\n" + `{"d":1}`
	want := `{"a":1}` + "\n\n" + `{"b":1}` + "\n" + `{"c":1}` + "\r\n" + `{"d":1}`
	var dropLines []int64
	got, fixed, sink := fixText(t, content, options, lint.FixOptions{Kind: lint.UnsafeFix})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("fixed otherwise (-want +got):\n", diff)
	}
	if sink.old.String() != content {
		t.Errorf("the sink was told another old file: %q", sink.old.String())
	}
	if len(sink.changes) != 2 || sink.kept != len(`{"a":1}`)+2+len(`{"d":1}`) {
		t.Errorf("%d bytes kept, changes: %q", sink.kept, sink.changes)
	}
	var counts []int64
	for _, r := range fixed.Rules {
		counts = append(counts, r.Findings)
	}
	if diff := cmp.Diff([]int64{2, 2, 2}, counts); diff != "" {
		t.Error("fixes are counted otherwise (-want +got):\n", diff)
	}
	// All lines have an error that stays, so that all are rejected.
	got, _, _ = fixText(t, content, options, lint.FixOptions{Kind: lint.UnsafeFix, Reject: func(r *lint.Rejected) error {
		dropLines = append(dropLines, r.Line)
		if len(r.Findings) == 0 || r.Findings[0].Line != r.Line {
			t.Errorf("line %d is rejected without a reason", r.Line)
		}
		return nil
	}})
	if got != "\n" || cmp.Diff([]int64{1, 2, 4, 4, 4, 5}, dropLines) != "" {
		t.Errorf("left is %q, rejected were %d", got, dropLines)
	}
}

// TestBrokenFix sees that a fix that would break a line is a bug that is told.
func TestBrokenFix(t *testing.T) {
	rule := editing("FTX001", func(ed *lint.Editor, e *dataset.Example) { ed.ReplaceBytes(0, 1, "[") })
	_, err := lint.Fix(context.Background(), lint.Input{Path: writeFile(t, "f.jsonl", "{}\n{}\n")},
		lint.Options{Rules: []lint.Rule{rule}, Settings: lint.Settings{Method: dataset.SFT}}, lint.FixOptions{Kind: lint.UnsafeFix, Sink: &memorySink{}})
	if err == nil || !strings.Contains(err.Error(), "f.jsonl:1") || !strings.Contains(err.Error(), "fixes left no JSON") {
		t.Errorf("the error is %v", err)
	}
}
