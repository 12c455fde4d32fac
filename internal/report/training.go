package report

import (
	"bytes"
	"cmp"
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ftlint/ftlint/lint"
)

// Training is what the page on a fine-tuning job tells.
type Training struct {
	Job, Status, Model, NewModel, Endpoint string
	// Verdict says what the losses mean, and Overfits whether that is bad.
	Verdict  string
	Overfits bool
	// Best is the step where overfitting begins; 0: nowhere.
	Best        int64
	Steps       int64
	Charts      []TrainingChart
	Checkpoints []TrainingCheckpoint
	Version     string // of ftlint
}

// TrainingChart are curves over the steps of a job.
type TrainingChart struct {
	Title  string
	Share  bool // values are shares, written in percent
	Curves []TrainingCurve
}

// TrainingCurve is what was measured at steps, in their order.
type TrainingCurve struct {
	Name   string
	Points []TrainingPoint
	// Apart says that each point stands for itself, if they are few.
	Apart bool
}

// TrainingPoint is a value at a step.
type TrainingPoint struct {
	Step  int64
	Value float64
}

// TrainingCheckpoint is a model that a job has left on its way. Losses that were not
// measured are NaN.
type TrainingCheckpoint struct {
	Step                 int64
	TrainLoss, ValidLoss float64
	ID, Model            string
	Preferred            bool
}

//go:embed training.tmpl
var trainingTemplate string

// WriteTraining writes a page that needs no other, nothing from elsewhere and no script.
func WriteTraining(out io.Writer, t *Training) error {
	functions := pageFunctions()
	functions["loss"] = func(v float64) string {
		if math.IsNaN(v) {
			return "–"
		}
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	page, err := template.New("training").Funcs(functions).Parse(trainingTemplate)
	if err != nil {
		return err
	}
	data := struct {
		*Training
		CSS    template.CSS
		Policy string
		Drawn  []*lossChart
	}{t, template.CSS(htmlCSS), "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hashOf(htmlCSS), nil}
	for i := range t.Charts {
		if c := newLossChart(fmt.Sprintf("chart%d", i+1), &t.Charts[i], t.Best); c != nil {
			data.Drawn = append(data.Drawn, c)
		}
	}
	var text bytes.Buffer
	if err := page.Execute(&text, data); err != nil {
		return err
	}
	_, err = out.Write(text.Bytes())
	return err
}

// The geometry of these charts: see htmlchart.go.
const (
	lossTop    = 22.0
	lossBase   = 262.0
	lossHeight = 288
)

// lossChart is a chart that is drawn.
type lossChart struct {
	ID, Title, Desc string
	Height          int
	Curves          []drawnCurve
	YTicks          []yTick
	XTicks          []xTick
	Best            *limitLine

	first, last int64
	low, high   float64
}

type drawnCurve struct {
	Number       int
	Name, Legend string
	Path         string
	Dots         []dot
}

// dot is a point that stands for itself. X is in percent.
type dot struct{ X, Y string }

// newLossChart draws curves. It returns nil if there is nothing to draw.
func newLossChart(id string, t *TrainingChart, best int64) *lossChart {
	c := &lossChart{ID: id, Title: t.Title, Height: lossHeight, first: math.MaxInt64, low: math.Inf(1), high: math.Inf(-1)}
	for _, curve := range t.Curves {
		for _, p := range curve.Points {
			c.first, c.last = min(c.first, p.Step), max(c.last, p.Step)
			c.low, c.high = min(c.low, p.Value), max(c.high, p.Value)
		}
	}
	if c.last <= c.first {
		return nil
	}
	c.yTicks(t.Share)
	c.xTicks()
	var says []string
	for _, curve := range t.Curves {
		if d := c.curve(&curve, len(c.Curves)+1, t.Share); d != nil {
			c.Curves = append(c.Curves, *d)
			says = append(says, curve.Name+": "+d.Legend)
		}
	}
	c.Desc = "Over the steps of the job. " + strings.Join(says, "; ")
	if best > c.first && best < c.last {
		line := &limitLine{Where: percentOf(c.x(best)), Label: "overfitting begins", Anchor: "start"}
		if c.x(best) > chartWidth*0.6 {
			line.Anchor = "end"
		}
		c.Best = line
	}
	return c
}

// x and y are where a step and a value lie.
func (c *lossChart) x(step int64) float64 {
	return chartWidth * float64(step-c.first) / float64(c.last-c.first)
}

func (c *lossChart) y(v float64) float64 {
	return lossBase - (lossBase-lossTop)*(v-c.low)/(c.high-c.low)
}

// yTicks sets the range of values, to whole ticks, and names them.
func (c *lossChart) yTicks(share bool) {
	if c.high-c.low < 1e-6 {
		c.low, c.high = c.low-0.05, c.high+0.05
	}
	step := niceStep((c.high-c.low)/5, false)
	c.low, c.high = math.Floor(c.low/step+1e-9)*step, math.Ceil(c.high/step-1e-9)*step
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	for i := range int(math.Round((c.high-c.low)/step)) + 1 {
		v := c.low + float64(i)*step
		label := strconv.FormatFloat(v, 'f', digits, 64)
		if share {
			label = strconv.FormatFloat(100*v, 'f', max(0, digits-2), 64) + "%"
		}
		c.YTicks = append(c.YTicks, yTick{units(c.y(v)), label, i == 0})
	}
}

// xTicks names steps.
func (c *lossChart) xTicks() {
	step := int64(niceStep(float64(c.last-c.first)/mostTicks, true))
	for at := (c.first + step - 1) / step * step; at <= c.last; at += step {
		x, anchor := c.x(at), "middle"
		switch {
		case x < 30:
			anchor = "start"
		case x > chartWidth-30:
			anchor = "end"
		}
		c.XTicks = append(c.XTicks, xTick{percentOf(x), lint.FormatCount(at), anchor, (at/step)%2 == 1})
	}
}

// curve draws a curve, of at most as many points as can be seen: of those that fall
// together their mean.
func (c *lossChart) curve(t *TrainingCurve, number int, share bool) *drawnCurve {
	if len(t.Points) == 0 {
		return nil
	}
	value := func(v float64) string {
		if share {
			return strconv.FormatFloat(100*v, 'f', 1, 64) + "%"
		}
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	best := slices.MinFunc(t.Points, func(a, b TrainingPoint) int {
		if share {
			a, b = b, a
		}
		return cmp.Compare(a.Value, b.Value)
	})
	d := &drawnCurve{Number: number, Name: t.Name}
	word := "lowest"
	if share {
		word = "highest"
	}
	d.Legend = fmt.Sprintf("%s at the end, %s %s (step %s)", value(t.Points[len(t.Points)-1].Value), word, value(best.Value), lint.FormatCount(best.Step))
	if t.Apart && len(t.Points) <= mostCurvePoints/5 {
		for _, p := range t.Points {
			d.Dots = append(d.Dots, dot{percentOf(c.x(p.Step)), units(c.y(p.Value))})
		}
		return d
	}
	var path strings.Builder
	for at := 0; at < len(t.Points); {
		column, x, y, n := int(c.x(t.Points[at].Step)*mostCurvePoints/chartWidth), 0.0, 0.0, 0.0
		for ; at < len(t.Points) && int(c.x(t.Points[at].Step)*mostCurvePoints/chartWidth) == column; at++ {
			x, y, n = x+c.x(t.Points[at].Step), y+c.y(t.Points[at].Value), n+1
		}
		command := "L"
		if path.Len() == 0 {
			command = "M"
		}
		fmt.Fprintf(&path, "%s%s %s", command, units(x/n), units(y/n))
	}
	d.Path = path.String()
	return d
}

// mostCurvePoints is how many points a curve has at most.
const mostCurvePoints = 500
