package lint_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// byteCounter takes every byte of a line for a token.
type byteCounter struct{ counted, bounded *atomic.Int64 }

func (c byteCounter) Count(e *dataset.Example, m dataset.Method, counts *dataset.Counts) {
	c.counted.Add(1)
	counts.Reset()
	counts.Method = m
	counts.Messages = append(counts.Messages, dataset.MessageCounts{Text: len(e.Line)})
}

func (c byteCounter) Bound(e *dataset.Example, _ dataset.Method, _ int) int {
	c.bounded.Add(1)
	return len(e.Line)
}

// tokenRule reports lines with more than 100 tokens.
func tokenRule(id string) lint.Rule {
	return lint.Rule{
		ID: id, Name: strings.ToLower(id), Severity: lint.Warning, Evidence: lint.Inferred,
		Providers: dataset.AllProviders, Methods: dataset.AllMethods, Needs: lint.NeedTokens,
		Example: func(p *lint.Pass, e *dataset.Example) {
			if e.MayExceed(100) && e.Counts().Tokens(dataset.Azure) > 100 {
				p.Report(e.Top, "is long")
			}
		},
	}
}

// byteSum adds up tokens.
type byteSum struct{ tokens, lines int64 }

func (s *byteSum) Add(e *dataset.Example) {
	s.tokens += int64(e.Counts().Tokens(dataset.Azure))
	s.lines++
}

func (s *byteSum) Merge(next lint.Collector, _ int64) {
	s.tokens += next.(*byteSum).tokens
	s.lines += next.(*byteSum).lines
}

func (*byteSum) Finish(*lint.Pass, *lint.File) {}

const (
	shortLine = `{"messages":[{"role":"user","content":"a"}]}` + "\n"
	toolLine  = `{"messages":[{"role":"user","content":"a"}],"tools":[]}` + "\n"
)

// TestCounter: lines are counted where a rule cannot do without, once for all
// rules, with a counter for each worker that is made when it is needed.
func TestCounter(t *testing.T) {
	long := strings.Replace(shortLine, `"a"`, `"`+strings.Repeat("a", 200)+`"`, 1)
	for _, test := range []struct {
		name                          string
		content                       string
		figures                       bool
		counters, counted, bounded, n int64
	}{
		{"short lines", strings.Repeat(shortLine, 1000), false, 0, 0, 0, 0},
		{"a long line", strings.Repeat(shortLine, 1000) + long, false, 1, 1, 0, 2},
		{"tools", strings.Repeat(shortLine, 10) + toolLine, false, 1, 0, 2, 0},
		{"figures", strings.Repeat(shortLine, 10) + long, true, 1, 11, 0, 2},
		{"lines of another kind", strings.Repeat(shortLine, 10) + `{"prompt":"` + strings.Repeat("a", 200) + `","completion":"b"}` + "\n", true, 1, 10, 0, 0},
	} {
		var counters, counted, bounded atomic.Int64
		options := lint.Options{
			Rules: []lint.Rule{tokenRule("T1"), tokenRule("T2")}, Workers: 1,
			Read: jsonl.Options{Stdin: strings.NewReader(test.content)},
			Counter: func() dataset.Counter {
				counters.Add(1)
				return byteCounter{&counted, &bounded}
			},
		}
		if test.figures {
			options.Figures = func(*lint.Settings) lint.Collector { return &byteSum{} }
		}
		result, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, options)
		if err != nil {
			t.Fatal(err)
		}
		got := [4]int64{counters.Load(), counted.Load(), bounded.Load(), result.Count(lint.Info)}
		if want := [4]int64{test.counters, test.counted, test.bounded, test.n}; got != want {
			t.Errorf("%s: counters, lines counted, bounds and findings are %v, want %v", test.name, got, want)
		}
		if figures, ok := result.Files[0].Figures.(*byteSum); ok != test.figures {
			t.Errorf("%s: figures %v", test.name, result.Files[0].Figures)
		} else if ok && figures.lines != test.counted {
			t.Errorf("%s: figures of %d lines, want %d", test.name, figures.lines, test.counted)
		}
	}
}

// TestCounterOfEachWorker: no two workers share a counter, and the figures do
// not depend on how many there are.
func TestCounterOfEachWorker(t *testing.T) {
	path := writeFile(t, "x.jsonl", strings.Repeat(shortLine, 3000))
	for _, workers := range []int{1, 2, 8} {
		var counters, counted, bounded atomic.Int64
		options := lint.Options{
			Workers: workers, Read: jsonl.Options{ChunkBytes: 1000},
			Counter: func() dataset.Counter {
				counters.Add(1)
				return byteCounter{&counted, &bounded}
			},
			Figures: func(*lint.Settings) lint.Collector { return &byteSum{} },
		}
		result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options)
		if err != nil {
			t.Fatal(err)
		}
		figures := result.Files[0].Figures.(*byteSum)
		if want := int64(3000 * (len(shortLine) - 1)); figures.tokens != want || counted.Load() != 3000 {
			t.Errorf("%d workers: %d tokens, %d lines counted; want %d, 3000", workers, figures.tokens, counted.Load(), want)
		}
		if n := counters.Load(); n < 1 || n > int64(workers) {
			t.Errorf("%d counters for %d workers", n, workers)
		}
	}
}

// TestTokenRuleWithoutCounter: it is told before anything is read.
func TestTokenRuleWithoutCounter(t *testing.T) {
	input := []lint.Input{{Path: "-"}}
	options := lint.Options{Rules: []lint.Rule{tokenRule("T1")}, Read: jsonl.Options{Stdin: strings.NewReader(shortLine)}}
	if _, err := lint.Run(context.Background(), input, options); err == nil || !strings.Contains(err.Error(), "rule T1 counts tokens, but Options.Counter is not set") {
		t.Errorf("error %v", err)
	}
	options.Severity = map[string]lint.Severity{"T1": lint.Off}
	if _, err := lint.Run(context.Background(), input, options); err != nil {
		t.Errorf("a rule that is off needs a counter: %v", err)
	}
}

// TestApplies: a rule runs only on files whose settings it wants.
func TestApplies(t *testing.T) {
	rule := tokenRule("T1")
	rule.Applies = func(s *lint.Settings) bool { return s.Validation && s.Bytes >= lint.LargeFile }
	rule.Needs, rule.Example = 0, nil
	rule.File = func(p *lint.Pass, _ *lint.File) { p.ReportFile("runs") }
	large := strings.Repeat(shortLine, lint.LargeFile/len(shortLine)+1)
	for _, test := range []struct {
		content    string
		validation bool
		want       int64
	}{{shortLine, true, 0}, {large, false, 0}, {large, true, 1}} {
		path := writeFile(t, "x.jsonl", test.content)
		result, err := lint.Run(context.Background(), []lint.Input{{Path: path, Validation: test.validation}}, lint.Options{Rules: []lint.Rule{rule}})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Count(lint.Info); got != test.want {
			t.Errorf("%d bytes, validation %v: %d findings, want %d", len(test.content), test.validation, got, test.want)
		}
	}
}
