package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// htmlFigures are the sections on examples.
type htmlFigures struct {
	Keys          []htmlKey
	Forecast      *htmlForecast // nil: no training file
	Charts        []*chart
	Notes         []string // on the limit
	Stacks        []htmlStack
	StackRows     []htmlStackRow
	StackNotes    []string
	Distributions []htmlDistributions
	Columns       []string
	Longest       []stats.LongExample
	LongestFiles  bool // with the names of files
	LongestOver   bool // some are over the limit
	Units         []htmlUnit
	SeveralUnits  bool
}

// figures fills in what is told of examples. Each file in the list has some.
func (h *html) figures(list []figures) *htmlFigures {
	settings := &list[0].file.Settings
	encoding, _ := stats.Encoding(settings)
	f := &htmlFigures{}
	f.keys(list)
	f.forecast(list)
	f.charts(list, settings)
	f.limitNotes(list, settings)
	units := unitsOf(list, mostUnits)
	f.stacks(units)
	f.distributions(units, together(list), settings.Provider)
	f.longest(list)
	f.SeveralUnits = len(units) > 1
	for i := range units {
		if u := h.unit(&units[i], encoding); u.Has() {
			f.Units = append(f.Units, u)
		}
	}
	return f
}

// charts draws the distributions of tokens and of trained tokens.
func (f *htmlFigures) charts(list []figures, settings *lint.Settings) {
	limit, _ := stats.ExampleLimit(settings)
	var tokens, trained []series
	for _, u := range unitsOf(list, mostSeries) {
		tokens = append(tokens, series{u.name, &u.Distributions[stats.MeasureTokens]})
		trained = append(trained, series{u.name, &u.Distributions[stats.MeasureTrained]})
	}
	for _, c := range []*chart{
		newChart("tokens", "Tokens per example", "tokens", limit, tokens),
		newChart("trained", "Trained tokens per example", "trained tokens", 0, trained),
	} {
		if c != nil {
			f.Charts = append(f.Charts, c)
		}
	}
}

// limitNotes tells how the examples stand to the limit.
func (f *htmlFigures) limitNotes(list []figures, settings *lint.Settings) {
	limit, _ := stats.ExampleLimit(settings)
	if limit == 0 {
		return
	}
	var cut, at, near, tokens, trained, notCounted int64
	preference := false
	for i := range list {
		n := &list[i]
		cut, at, near = cut+n.Cut, at+n.AtLimit, near+n.NearLimit
		tokens, trained, notCounted = tokens+n.CutTokens, trained+n.CutTrained, notCounted+n.notCounted()
		preference = preference || n.Method().Shape() == dataset.ShapePreference
	}
	name := lint.FormatCount(int64(limit)) + " tokens"
	if cut == 0 {
		f.Notes = append(f.Notes, "No example is over the limit of "+name+".")
	} else {
		f.Notes = append(f.Notes, fmt.Sprintf("%s over the limit of %s: %s will be cut off, %s of them trained ones.",
			isOrAre(cut, "example"), name, Plural(tokens, "token"), lint.FormatCount(trained)))
	}
	if at > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s at the limit exactly.", isOrAre(at, "example")))
	}
	if near > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s close below it, above %d%%.", isOrAre(near, "example"), stats.NearPercent))
	}
	if preference {
		f.Notes = append(f.Notes, "Of a preference pair the limit applies to the prompt with the longer output, while its tokens are those of both outputs.")
	}
	if notCounted > 0 {
		f.Notes = append(f.Notes, notExamples(notCounted))
	}
}

func notExamples(n int64) string {
	if n == 1 {
		return "1 line is no example, and is not counted."
	}
	return Plural(n, "line") + " are no examples, and are not counted."
}

func isOrAre(n int64, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return Plural(n, what) + " are"
}

// htmlDistributions is the table of a unit.
type htmlDistributions struct {
	Name string
	Open bool // shown at once
	Rows []htmlRow
}

type htmlRow struct {
	Name  string
	Cells []string
}

// distributions makes a table of each unit, and one of all together.
func (f *htmlFigures) distributions(units []unit, all *stats.Figures, provider dataset.Provider) {
	f.Columns = []string{"examples", "min"}
	for _, p := range stats.Percents {
		f.Columns = append(f.Columns, fmt.Sprintf("p%d", p))
	}
	f.Columns = append(f.Columns, "max", "mean", "std. dev.")
	if all != nil && len(units) > 1 {
		units = append(units[:len(units):len(units)], unit{"All files together", all, true})
	}
	for i := range units {
		d := htmlDistributions{Name: units[i].name, Open: i == 0}
		for m := range stats.Measure(stats.NumMeasures) {
			s := units[i].Summary(m)
			if s.Count == 0 || s.Max == 0 || provider == dataset.Azure && m == stats.MeasureTokensAzure || provider == dataset.OpenAI && m == stats.MeasureTokensOpenAI {
				continue
			}
			cells := []string{lint.FormatCount(s.Count), lint.FormatCount(s.Min)}
			for _, p := range s.Percentiles {
				cells = append(cells, number(p))
			}
			d.Rows = append(d.Rows, htmlRow{measureTitle(m), append(cells, lint.FormatCount(s.Max), number(s.Mean), number(s.StdDev))})
		}
		f.Distributions = append(f.Distributions, d)
	}
}

// measureTitle says what a measure is called in tables.
func measureTitle(m stats.Measure) string {
	switch m {
	case stats.MeasureTokensAzure:
		return "tokens, Azure's accounting"
	case stats.MeasureTokensOpenAI:
		return "tokens, OpenAI's accounting"
	case stats.MeasureAssistantText:
		return "tokens of assistant text"
	}
	return strings.ReplaceAll(m.String(), "_", " ")
}

// longest lists the longest examples of all files.
func (f *htmlFigures) longest(list []figures) {
	f.Longest = list[0].Longest()
	if all := together(list); all != nil {
		f.Longest, f.LongestFiles = all.Longest(), true
	}
	f.LongestOver = slices.ContainsFunc(f.Longest, func(e stats.LongExample) bool { return e.Over })
}
