package stats

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// TestAuto has what real jobs were given, and the edges.
func TestAuto(t *testing.T) {
	for _, test := range []struct{ examples, epochs, batch int64 }{
		{0, 3, 1},
		{1, 25, 1},
		{3, 25, 1},
		{4, 25, 1},
		{10, 10, 1},
		{13, 7, 1},
		{21, 4, 1},
		{33, 3, 1},
		{34, 3, 1},
		{103, 3, 1},
		{1_262, 3, 2},
		{1_700, 3, 3},
		{2_072, 3, 4},
		{3_000, 3, 6},
		{8_333, 3, 16},
		{8_334, 2, 16},
		{12_501, 1, 25},
		{1_000_000, 1, 256},
	} {
		if got := [2]int64{Epochs(test.examples), BatchSize(test.examples)}; got != [2]int64{test.epochs, test.batch} {
			t.Errorf("%d examples: %d epochs, batches of %d; want %d, %d", test.examples, got[0], got[1], test.epochs, test.batch)
		}
	}
	if got := Steps(1_262, 2, 3); got != 631*3 {
		t.Errorf("%d steps", got)
	}
	if got := Steps(3, 2, 5); got != 10 {
		t.Errorf("%d steps, but a batch that is not full is a step too", got)
	}
	if got := Steps(0, 1, 3); got != 0 {
		t.Errorf("%d steps without examples", got)
	}
}

func TestForecast(t *testing.T) {
	s := &lint.Settings{Provider: dataset.OpenAI, Model: &lint.Model{OpenAI: lint.Terms{Dollars: 25}}}
	if diff := cmp.Diff(Forecast{Epochs: 3, Auto: true, BatchSize: 1, AutoBatch: true, Steps: 300, Charge: Charge{Tokens: 3_000_000, Dollars: 75, Priced: true}}, NewForecast(s, &Tokens{Examples: 100, OpenAI: 1_000_000, Tokens: 1_000_000})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Forecast{Epochs: 2, BatchSize: 25, Steps: 8, Charge: Charge{Tokens: 2_000_000}}, NewForecast(&lint.Settings{Provider: dataset.Azure, Epochs: 2, BatchSize: 25}, &Tokens{Examples: 100, Azure: 1_000_000})); diff != "" {
		t.Errorf("no model, two epochs: %s", diff)
	}
	for amount, want := range map[float64]string{0: "$0.00", 75: "$75.00", 1234.567: "$1234.57", 0.75: "$0.75", 0.5: "$0.50", 0.0123: "$0.012", 0.00051: "$0.00051"} {
		if got := Dollars(amount); got != want {
			t.Errorf("%g dollars are written %s, want %s", amount, got, want)
		}
	}
	if n, assumed := ExampleLimit(&lint.Settings{}); n != AssumedLimit || !assumed {
		t.Errorf("without a model: %d, %v", n, assumed)
	}
	if n, assumed := ExampleLimit(&lint.Settings{Provider: dataset.Azure, Model: &lint.Model{Azure: lint.Terms{ExampleTokens: 7}}}); n != 7 || assumed {
		t.Errorf("with a model: %d, %v", n, assumed)
	}
}

// TestTokensMerge: the figures are the same however the lines are split.
func TestTokensMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	settings := &lint.Settings{Provider: dataset.OpenAI, Model: &lint.Model{OpenAI: lint.Terms{ExampleTokens: 15}}}
	kinds := []string{
		`{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"yes"}]}`,
		`{"messages":[{"role":"user","content":"hello hello hello hello"},{"role":"assistant","content":"yes yes yes yes"}]}`,
		`{"messages":[{"role":"user","name":"bob","content":[{"type":"image_url","image_url":{"url":"https://a/b","detail":"low"}}]}]}`,
		`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b"}}]}]}`,
	}
	tokens := dataset.Tokens{New: tokenize.Accounting{}.NewCounter, Method: dataset.SFT}
	decoder := dataset.NewDecoder(dataset.Options{Messages: true})
	sum := func(lines []string) *Tokens {
		s := NewTokens(settings)
		for _, line := range lines {
			e := decoder.Decode([]byte(line))
			e.CountWith(&tokens)
			s.Add(e)
		}
		return s
	}
	merge := func(a, b *Tokens) *Tokens {
		a.Merge(b, 0)
		return a
	}
	options := cmp.AllowUnexported(Tokens{})
	for range 300 {
		lines := make([]string, r.IntN(8))
		for i := range lines {
			lines[i] = kinds[r.IntN(len(kinds))]
		}
		whole := sum(lines)
		splits(r, lines, func(a, b, c []string) {
			if diff := cmp.Diff(whole, merge(merge(sum(a), sum(b)), sum(c)), options); diff != "" {
				t.Fatalf("%q, %q, %q: merged from the left (-whole +merged)\n%s", a, b, c, diff)
			}
			if diff := cmp.Diff(whole, merge(sum(a), merge(sum(b), sum(c))), options); diff != "" {
				t.Fatalf("%q, %q, %q: merged from the right (-whole +merged)\n%s", a, b, c, diff)
			}
		})
	}
	// 1 + 5 + 5 = 11. 1 + 8 + 8 = 17, of which 15 stay: the last word of the answer
	// and the mark that ends it are cut off.
	got := sum(kinds[:2])
	want := &Tokens{Examples: 2, Tokens: 11 + 15, Trained: 1 + 3, Cut: 1, Azure: 13 + 19, OpenAI: 11 + 15, Certainty: dataset.Estimate, AzureCertainty: dataset.Estimate, OpenAICertainty: dataset.Estimate, Doubts: dataset.DoubtCut, provider: dataset.OpenAI, limit: 15, limits: [2]int{0, 15}}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestCutIsNotExact: what is exact of examples is an estimate of those that are
// over the limit.
func TestCutIsNotExact(t *testing.T) {
	tokens := dataset.Tokens{New: tokenize.Accounting{Measured: dataset.OpenAI}.NewCounter, Method: dataset.SFT}
	for limit, want := range map[int]dataset.Certainty{11: dataset.Exact, 10: dataset.Estimate} {
		s := NewTokens(&lint.Settings{Provider: dataset.OpenAI, Model: &lint.Model{OpenAI: lint.Terms{ExampleTokens: limit}}})
		e := dataset.NewDecoder(dataset.Options{Messages: true}).Decode([]byte(`{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"yes"}]}`))
		e.CountWith(&tokens)
		s.Add(e)
		if s.Certainty != want {
			t.Errorf("11 tokens, at most %d: %s, want %s", limit, s.Certainty, want)
		}
	}
}

func TestLengthsMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	options := cmp.Options{cmp.AllowUnexported(Lengths{}), cmpopts.EquateEmpty()}
	gather := func(values []string) *Lengths {
		l := &Lengths{}
		for i, v := range values {
			l.Add(int64(i+1), len(v))
		}
		return l
	}
	merge := func(a, b *Lengths, lines int) *Lengths {
		a.Merge(b, int64(lines))
		return a
	}
	for range 300 {
		values := make([]string, r.IntN(10))
		for i := range values {
			values[i] = strings.Repeat("x", r.IntN(5))
		}
		whole := gather(values)
		splits(r, values, func(a, b, c []string) {
			left := merge(merge(gather(a), gather(b), len(a)), gather(c), len(a)+len(b))
			right := merge(gather(a), merge(gather(b), gather(c), len(b)), len(a))
			if diff := cmp.Diff(whole, left, options) + cmp.Diff(whole, right, options); diff != "" {
				t.Fatalf("%q, %q, %q\n%s", a, b, c, diff)
			}
		})
	}
}

// TestQuantiles has figures of numpy.quantile.
func TestQuantiles(t *testing.T) {
	l := &Lengths{}
	if got := fmt.Sprint(l.Quantiles(0.5)); got != "[0]" {
		t.Errorf("of nothing: %s", got)
	}
	for i, n := range []int{9, 1, 4, 7} {
		l.Add(int64(i+1), n)
	}
	if got := fmt.Sprint(l.Quantiles(0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)); got != "[1 1.9000000000000001 3.25 5.5 7.5 8.4 9]" {
		t.Errorf("quantiles %s", got)
	}
	lines := ""
	l.Each(func(line int64, n int) { lines += fmt.Sprint(line, ":", n, " ") })
	if lines != "1:9 2:1 3:4 4:7 " {
		t.Errorf("lines %s", lines)
	}
}
