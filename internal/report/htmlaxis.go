package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/ftlint/ftlint/stats"
)

// axis maps numbers to places.
type axis struct {
	ranges     []stats.Range // those of one width
	open       *stats.Range  // the tail behind them
	width      float64       // of a range
	begin, end float64       // numbers at the ends of the part before the tail
	room       float64       // of that part, in units
}

// newAxis makes an axis for ranges; limit is drawn in if it lies within or close
// behind them.
func newAxis(ranges []stats.Range, limit int) axis {
	a := axis{ranges: ranges}
	if last := len(ranges) - 1; ranges[last].Open {
		a.open, a.ranges = &ranges[last], ranges[:last]
	}
	a.width = float64(a.ranges[0].High-a.ranges[0].Low) + 1
	a.begin = float64(a.ranges[0].Low)
	n := float64(len(a.ranges))
	for before := true; n < fewestBars; before = !before {
		if before && a.begin >= a.width {
			a.begin -= a.width
		}
		n++
	}
	a.end = a.begin + n*a.width
	a.room = chartWidth
	if a.open != nil {
		a.end = float64(a.open.Low)
		n = (a.end - a.begin) / a.width
		a.room = chartWidth * n / (n + 1 + tailGap)
		return a
	}
	if span := a.end - a.begin; float64(limit) >= a.end && float64(limit) < a.begin+1.3*span {
		a.end = float64(limit) + span/30
	}
	return a
}

// edge returns the place where the numbers from n on begin.
func (a *axis) edge(n float64) float64 {
	return min(1, (n-a.begin)/(a.end-a.begin)) * a.room
}

// center returns the place of a number: it takes up what is between n and n+1.
// The tail has a scale of its own.
func (a *axis) center(n float64) float64 {
	if a.open == nil || n < a.end {
		return a.edge(n + 0.5)
	}
	x, w := a.span(a.open)
	return x + w*min(1, (n-a.end+0.5)/(float64(a.open.High)-a.end+1))
}

// span returns where a range begins and how wide it is drawn.
func (a *axis) span(r *stats.Range) (x, w float64) {
	if r.Open {
		w = (chartWidth - a.room) / (1 + tailGap)
		return chartWidth - w, w
	}
	x = a.edge(float64(r.Low))
	return x, a.edge(float64(r.High)+1) - x
}

// niceStep returns the least of 1, 2 and 5 times powers of ten that is not below
// least. A whole one is at least 1.
func niceStep(least float64, whole bool) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	step := 10 * power
	for _, m := range []float64{1, 2, 5} {
		if m*power >= least*(1-1e-9) {
			step = m * power
			break
		}
	}
	if whole {
		step = max(1, step)
	}
	return step
}

// units writes a place in a chart.
func units(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 1, 64), "0"), ".")
}

// percentOf writes a place as part of the width.
func percentOf(x float64) string {
	return strconv.FormatFloat(100*x/chartWidth, 'f', 2, 64) + "%"
}

// shortNumber writes a number for an axis: 500, 25,000, 120k, 1.5M.
func shortNumber(v float64) string {
	switch {
	case v < 100_000:
		return number(v)
	case v < 1e6:
		return strconv.FormatFloat(v/1e3, 'f', -1, 64) + "k"
	case v < 1e9:
		return strconv.FormatFloat(v/1e6, 'f', -1, 64) + "M"
	}
	return strconv.FormatFloat(v/1e9, 'f', -1, 64) + "G"
}
