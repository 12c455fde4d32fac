package report

import (
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

func histogramOf(numbers ...int) *stats.Histogram {
	h := &stats.Histogram{}
	for _, n := range numbers {
		h.Add(n)
	}
	return h
}

// upTo returns the numbers from 1 to n.
func upTo(n int) *stats.Histogram {
	h := &stats.Histogram{}
	for i := range n {
		h.Add(i + 1)
	}
	return h
}

func TestChartLimit(t *testing.T) {
	tail := upTo(1000)
	tail.Add(100_000_000)
	for _, test := range []struct {
		name  string
		of    *stats.Histogram
		limit int
		where string // of the line, or beginning of the note
	}{
		{"within", upTo(1000), 500, "47.67%"},
		{"the last number", upTo(999), 999, "99.95%"},
		{"close behind", upTo(999), 1100, "97.10%"},
		{"far", upTo(999), 65_536, "The longest example has 1.52% of the limit of 65,536 tokens"},
		{"before all", histogramOf(500, 501, 510), 20, "All examples have more than the limit of 20 tokens"},
		{"not known", upTo(1000), 0, ""},
		{"in the tail", tail, 50_000_000, "97.69%"},
		{"behind the tail", tail, 200_000_000, "The longest example has 50.0% of the limit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newChart("x", "Title", "tokens", test.limit, []series{{"train.jsonl", test.of}})
			got := strings.Join(c.Notes, " ")
			if c.Limit != nil {
				got += c.Limit.Where
			}
			if !strings.HasPrefix(got, test.where) || test.where == "" && got != "" {
				t.Errorf("got %q, want %q", got, test.where)
			}
		})
	}
}

func TestChartShape(t *testing.T) {
	t.Run("nothing but zeros", func(t *testing.T) {
		if c := newChart("x", "Title", "tokens", 100, []series{{"a", histogramOf(0, 0)}, {"b", histogramOf()}}); c != nil {
			t.Errorf("got a chart: %+v", c)
		}
	})
	t.Run("counts of one series", func(t *testing.T) {
		c := newChart("x", "Title", "tokens", 0, []series{{"a", histogramOf(7, 7, 7, 9)}})
		if got := len(c.Series[0].Bars); got != 2 {
			t.Errorf("%d bars, want 2", got)
		}
		if got := c.Series[0].Bars[0]; got.Y != "22" || got.H != "160" { // three of three
			t.Errorf("the bar of 7 is %+v", got)
		}
		if got := c.YTicks[len(c.YTicks)-1].Label; got != "3" {
			t.Errorf("the highest count is %s, want 3", got)
		}
		if got, want := c.Hits[0].Tip, "7 tokens\n3 examples (75.0%), 75.0% up to here"; got != want {
			t.Errorf("says %q, want %q", got, want)
		}
		if got, want := c.Series[0].Legend, "p50 7 · p95 8.7 · p99 8.9 · max 9"; got != want {
			t.Errorf("legend %q, want %q", got, want)
		}
	})
	t.Run("shares of several", func(t *testing.T) {
		c := newChart("x", "Title", "tokens", 0, []series{{"a", upTo(1000)}, {"b", histogramOf(5, 5)}})
		if c.Series[1].Bars != nil || !strings.HasPrefix(c.Series[1].Outline, "M") {
			t.Errorf("the second series is %+v", c.Series[1])
		}
		if got := c.YTicks[len(c.YTicks)-1].Label; got != "100%" {
			t.Errorf("the highest share is %s, want 100%%", got)
		}
		if got, want := c.Hits[0].Tip, "0 to 49 tokens\n49 examples (4.90%), 4.90% up to here\ta\n2 examples (100.0%), 100.0% up to here\tb"; got != want {
			t.Errorf("says %q, want %q", got, want)
		}
	})
	t.Run("a tail", func(t *testing.T) {
		h := upTo(1000)
		h.Add(100_000_000)
		c := newChart("x", "Title", "tokens", 0, []series{{"a", h}})
		last := c.Hits[len(c.Hits)-1]
		if !strings.HasPrefix(last.Tip, "1,000 tokens or more\n2 examples") {
			t.Errorf("says %q", last.Tip)
		}
		if got := c.XTicks[len(c.XTicks)-1].Label; got != "≥ 1,000" {
			t.Errorf("the last label is %q", got)
		}
		bars := c.Series[0].Bars
		if bars[len(bars)-1].H == "0" {
			t.Error("the tail is not seen")
		}
	})
	t.Run("at most so many", func(t *testing.T) {
		h := upTo(100_000)
		c := newChart("x", "Title", "tokens", 65_536, []series{{"a", h}})
		if len(c.Hits) > mostBars || len(c.XTicks) > mostTicks+1 || strings.Count(c.Series[0].Curve, "V") > curvePoints+2 {
			t.Errorf("%d bars, %d labels, %d steps", len(c.Hits), len(c.XTicks), strings.Count(c.Series[0].Curve, "V"))
		}
	})
}

func TestAxisNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.5: "0.5", 25_000: "25,000", 120_000: "120k", 1_500_000: "1.5M", 4e9: "4G"} {
		if got := shortNumber(v); got != want {
			t.Errorf("shortNumber(%v) is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]float64{0.3: 1, 1: 1, 1.1: 2, 3: 5, 6: 10, 20: 20, 21: 50, 700: 1000} {
		if got := niceStep(v, true); got != want {
			t.Errorf("niceStep(%v) is %v, want %v", v, got, want)
		}
	}
	if got := niceStep(0.3, false); got != 0.5 {
		t.Errorf("niceStep(0.3) is %v, want 0.5", got)
	}
}

func TestShortened(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"short", 9, "short"},
		{"123456789", 9, "123456789"},
		{"1234567890", 9, "123456…890"},
		{"äöüäöüäöü", 9, "äöüäöüäöü"},
		{strings.Repeat("漢", 1_000_000), 9, "漢漢漢漢漢漢…漢漢漢"},
		{"\xff\xff\xff", 9, "\xff\xff\xff"},
	} {
		if got := shortened(test.text, test.most); got != test.want {
			t.Errorf("%.20q to %d: %q, want %q", test.text, test.most, got, test.want)
		}
	}
}

func TestSnippetOf(t *testing.T) {
	long := strings.Repeat("é", 300)
	s := snippetOf(&lint.Snippet{Text: []byte(long + "X" + long), Start: 600, End: 601, CutLeft: true, CutRight: true})
	if want := "…" + strings.Repeat("é", 100); s.Before != want || s.Marked != "X" || s.After != strings.Repeat("é", 100)+"…" {
		t.Errorf("got %+v", s)
	}
	s = snippetOf(&lint.Snippet{Text: []byte("abc"), Start: 3, End: 3})
	if s.Before != "abc" || s.Marked != "" || s.After != "" {
		t.Errorf("at the end: %+v", s)
	}
}
