package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// The geometry of charts. Across, a chart has 1000 units that are stretched to
// whatever room there is; down, units are pixels, so that letters and lines keep
// their size on a phone.
const (
	chartWidth  = 1000.0
	barTop      = 22.0 // of the histogram; above it stands the name of the limit
	barBase     = 182.0
	curveTop    = 206.0 // of the cumulative curve
	curveBase   = 286.0
	chartHeight = 312

	mostBars    = 50
	tailGap     = 0.6 // before the tail, in bars
	fewestBars  = 7   // fewer make a wall, not a histogram
	curvePoints = 240 // as many as pixels can show on a phone
	mostTicks   = 6
)

// series is one of the sets of numbers that a chart lays over each other.
type series struct {
	Name string
	of   *stats.Histogram
}

// chart is a histogram with the cumulative curve below it.
type chart struct {
	ID, Title, Desc string
	Height          int
	Several         bool // series: shares are compared, not counts
	Series          []drawnSeries
	XTicks          []xTick
	YTicks          []yTick
	Hits            []hit
	Limit           *limitLine
	Notes           []string

	axis
}

type drawnSeries struct {
	Name    string
	Number  int        // from 1: what it looks like
	Bars    []drawnBar // of the first series
	Outline string     // of the others
	Curve   string
	Marks   []mark
	Legend  string
}

type drawnBar struct{ X, Y, W, H string }

// mark is where a percentile lies on the curve. Where is in percent of the width.
type mark struct {
	Name, Value, Where, Y, Base string
	LabelY                      string // empty: the label is left to the legend
	Anchor                      string
}

type xTick struct {
	Where, Label, Anchor string
	Wide                 bool // only where there is room
}

type yTick struct {
	Y, Label string
	Strong   bool // a base line
}

// hit is a strip of the chart that tells what is in it.
type hit struct{ X, W, Tip string }

type limitLine struct{ Where, Label, Anchor string }

// newChart draws series over each other. unit is what is counted, such as tokens.
// It returns nil if there is nothing but zeros.
func newChart(id, title, unit string, limit int, list []series) *chart {
	histograms := make([]*stats.Histogram, len(list))
	most := int64(0)
	for i := range list {
		histograms[i] = list[i].of
		s := list[i].of.Summary()
		most = max(most, s.Max)
	}
	if most == 0 {
		return nil
	}
	ranges := stats.SharedRanges(mostBars, histograms...)
	c := &chart{ID: id, Title: title, Height: chartHeight, Several: len(list) > 1, axis: newAxis(ranges[0], limit)}
	c.bars(list, ranges)
	for i := range list {
		c.curve(i, list[i].of)
	}
	c.xTicks()
	c.limit(limit, unit, list)
	c.hits(unit, list, ranges)
	var says []string
	for _, s := range c.Series {
		says = append(says, s.Name+": "+s.Legend)
	}
	c.Desc = "Histogram and cumulative share of examples. " + strings.Join(says, "; ")
	return c
}

// bars draws the histogram: the first series filled, the others as outlines.
func (c *chart) bars(list []series, ranges [][]stats.Range) {
	highest := 0.0
	value := func(i, j int) float64 {
		if !c.Several {
			return float64(ranges[i][j].Count)
		}
		return 100 * part(ranges[i][j].Count, count(ranges[i]))
	}
	for i := range list {
		for j := range ranges[i] {
			highest = max(highest, value(i, j))
		}
	}
	step := niceStep(highest/3, !c.Several)
	top := math.Ceil(highest/step) * step
	height := func(v float64) float64 {
		h := (barBase - barTop) * v / top
		if v > 0 {
			h = max(h, 1.5) // one of a million is something too
		}
		return h
	}
	for v := 0.0; v <= top+step/2; v += step {
		c.YTicks = append(c.YTicks, yTick{units(barBase - (barBase-barTop)*v/top), c.yLabel(v, top), v == 0})
	}
	for i := range list {
		s := drawnSeries{Name: list[i].Name, Number: i + 1}
		var outline strings.Builder
		up := false // the outline is above the base
		for j := range ranges[i] {
			x, w := c.span(&ranges[i][j])
			h := height(value(i, j))
			if i == 0 {
				if h > 0 {
					s.Bars = append(s.Bars, drawnBar{units(x), units(barBase - h), units(w), units(h)})
				}
				continue
			}
			if up && (h == 0 || ranges[i][j].Open) {
				fmt.Fprintf(&outline, "V%s", units(barBase))
				up = false
			}
			if h == 0 {
				continue
			}
			if !up {
				fmt.Fprintf(&outline, "M%s %s", units(x), units(barBase))
				up = true
			}
			fmt.Fprintf(&outline, "V%sH%s", units(barBase-h), units(x+w))
		}
		if up {
			fmt.Fprintf(&outline, "V%s", units(barBase))
		}
		s.Outline = outline.String()
		c.Series = append(c.Series, s)
	}
}

func (c *chart) yLabel(v, top float64) string {
	if !c.Several {
		return shortNumber(v)
	}
	digits := 0
	for most := 3.0; top < most && digits < 4; most /= 10 {
		digits++
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + "%"
}

// curve draws what share of examples has at most so many.
func (c *chart) curve(i int, h *stats.Histogram) {
	s := &c.Series[i]
	bins, summary := h.Bins(), h.Summary()
	all := summary.Count
	if all == 0 {
		return
	}
	y := func(share float64) string { return units(curveBase - (curveBase-curveTop)*share) }
	var path strings.Builder
	fmt.Fprintf(&path, "M0 %s", y(0))
	below, last := int64(0), 0.0
	for _, b := range bins {
		n := float64(b.Value)
		if n >= c.end {
			break
		}
		// A step for each number, but no more of them than can be seen.
		if x := c.center(n); last == 0 || x-last >= chartWidth/curvePoints {
			fmt.Fprintf(&path, "V%sH%s", y(part(below, all)), units(x))
			last = x
		}
		below += b.Count
	}
	fmt.Fprintf(&path, "V%sH%s", y(part(below, all)), units(c.room))
	if c.open != nil {
		x, _ := c.span(c.open)
		fmt.Fprintf(&path, "H%sL%s %s", units(x), units(chartWidth), y(1))
	}
	s.Curve = path.String()
	var says []string
	end, row := 0.0, 0
	for _, percent := range []int{50, 95, 99} {
		name, value := fmt.Sprintf("p%d", percent), number(summary.Percentile(percent))
		says = append(says, name+" "+value)
		x := c.center(summary.Percentile(percent))
		m := mark{
			Name: name, Value: value, Where: percentOf(x), Y: y(float64(percent) / 100), Base: units(curveBase), Anchor: "start",
		}
		if i == 0 { // the labels of several would lie over each other
			const label = 110 // units that it takes on a phone
			from := x
			if x > chartWidth-label {
				m.Anchor = "end"
				from = x - label
			}
			if row++; from >= end {
				row = 0
			}
			end = from + label
			m.LabelY = units(curveBase - 6 - 13*float64(row))
		}
		s.Marks = append(s.Marks, m)
	}
	says = append(says, "max "+lint.FormatCount(summary.Max))
	s.Legend = strings.Join(says, " · ")
}

func (c *chart) xTicks() {
	step := niceStep((c.end-c.begin)/mostTicks, true)
	roomEnd := chartWidth
	if c.open != nil {
		roomEnd = c.room
	}
	for n := math.Ceil(c.begin/step) * step; n <= c.end; n += step {
		if n == c.end && c.width == 1 {
			break // no number of the chart
		}
		x := c.edge(n)
		if c.width == 1 {
			x = c.center(n)
		}
		t := xTick{Where: percentOf(x), Label: shortNumber(n), Anchor: "middle"}
		switch {
		case c.open != nil && x > 0.92*roomEnd && x > 860:
			continue
		case c.open != nil && x > 760:
			t.Wide = true
		case x < 25:
			t.Anchor = "start"
		case x > 950:
			t.Anchor = "end"
		}
		c.XTicks = append(c.XTicks, t)
	}
	if c.open != nil {
		c.XTicks = append(c.XTicks, xTick{Where: "100%", Label: "≥ " + shortNumber(float64(c.open.Low)), Anchor: "end"})
	}
}

// limit draws the limit in, or says how far away it is.
func (c *chart) limit(limit int, unit string, list []series) {
	if limit <= 0 {
		return
	}
	last := c.end
	if c.open != nil {
		last = float64(c.open.High)
	}
	if n := float64(limit); c.begin <= n && n <= last {
		x := c.center(n)
		c.Limit = &limitLine{percentOf(x), "limit " + lint.FormatCount(int64(limit)), "start"}
		if x > 600 {
			c.Limit.Anchor = "end"
		}
		return
	}
	longest := int64(0)
	for i := range list {
		s := list[i].of.Summary()
		longest = max(longest, s.Max)
	}
	name := "the limit of " + lint.FormatCount(int64(limit)) + " " + unit
	if longest < int64(limit) {
		c.Notes = append(c.Notes, "The longest example has "+share(longest, int64(limit))+" of "+name+", which lies beyond the chart.")
	} else {
		c.Notes = append(c.Notes, "All examples have more than "+name+", which lies before the chart.")
	}
}

// hits makes the strips that tell their values.
func (c *chart) hits(unit string, list []series, ranges [][]stats.Range) {
	below := make([]int64, len(list))
	for j := range ranges[0] {
		r := &ranges[0][j]
		x, w := c.span(r)
		says := []string{lint.FormatCount(int64(r.Low)) + " to " + lint.FormatCount(int64(r.High)) + " " + unit}
		switch {
		case r.Open:
			says[0] = lint.FormatCount(int64(r.Low)) + " " + unit + " or more"
		case r.Low == r.High:
			says[0] = lint.FormatCount(int64(r.Low)) + " " + unit
		}
		for i := range list {
			n, all := ranges[i][j].Count, count(ranges[i])
			below[i] += n
			line := Plural(n, "example") + " (" + share(n, all) + "), " + share(below[i], all) + " up to here"
			if c.Several {
				line += "\t" + term.Sanitize(list[i].Name)
			}
			says = append(says, line)
		}
		c.Hits = append(c.Hits, hit{units(x), units(w), strings.Join(says, "\n")})
	}
}

func count(ranges []stats.Range) (n int64) {
	for i := range ranges {
		n += ranges[i].Count
	}
	return n
}

func part(n, all int64) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
