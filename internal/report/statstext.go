package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// statsText writes the figures of each file, then those of all.
type statsText struct{ *text }

func openStatsText(w *writer) Report {
	return &statsText{&text{writer: w, style: term.NewStyle(w.Color)}}
}

// Finding is not called: the result has all that is written.
func (*statsText) Finding(*lint.Finding) error { return nil }

// Finish writes everything.
func (t *statsText) Finish(r *lint.Result) error {
	list := allFigures(r)
	if len(list) <= manyFiles {
		for i := range list {
			t.file(&list[i])
		}
	} else {
		t.brief(list)
	}
	if all := together(list); all != nil {
		t.print(t.style.Bold(Plural(int64(len(list)), "file")+" together"), " · ", Plural(all.Examples, "example"), "\n\n")
		encoding, _ := stats.Encoding(&list[0].file.Settings)
		t.figures(all, encoding)
	}
	t.totals(r, list)
	return t.flush()
}

// brief writes a line for each of many files.
func (t *statsText) brief(list []figures) {
	rows := [][]string{{"examples", "tokens", "trained", "p50", "max", "cost", "file"}}
	for i := range list {
		n := &list[i]
		s := n.Summary(stats.MeasureTokens)
		cost := "-"
		if n.forecast.Priced {
			cost = stats.Dollars(n.forecast.Dollars)
		}
		rows = append(rows, []string{
			lint.FormatCount(n.Examples), lint.FormatCount(n.Tokens.Tokens), share(n.Trained, n.Tokens.Tokens),
			number(s.Percentile(50)), lint.FormatCount(s.Max), cost, term.Sanitize(n.file.Name),
		})
	}
	const name = 6
	room := t.Width - tableWidth(rows) + widths(rows)[name]
	for _, row := range rows {
		row[name] = clipLeft(row[name], max(20, room))
	}
	t.columns("", rows, 0, 1, 2, 3, 4, 5)
	t.print("\n")
}

// file writes the figures of one file.
func (t *statsText) file(n *figures) {
	f := n.file
	t.styleWrapped("", term.Sanitize(f.Name)+" · "+ReadAs(f)+" · "+Plural(n.Examples, "example")+" · "+Bytes(f.Bytes), t.style.Bold)
	if lines := n.notCounted(); lines > 0 {
		t.styleWrapped("  ", Plural(lines, "line")+" not counted: no examples of this format (ftlint check says why)", t.style.Yellow)
	}
	t.print("\n")
	if n.training {
		t.forecast(n)
	}
	encoding, _ := stats.Encoding(&f.Settings)
	t.figures(n.Figures, encoding)
}

// forecast writes what a job on the file will be like, and what each provider
// asks for it.
func (t *statsText) forecast(n *figures) {
	c := &n.forecast
	auto := func(s string, auto bool) string {
		if auto {
			return s + " (auto)"
		}
		return s
	}
	batches := "one example at a time"
	if c.BatchSize > 1 {
		batches = lint.FormatCount(c.BatchSize) + " examples at a time"
	}
	t.heading("job")
	t.wrapped("    ", auto(Plural(c.Epochs, "epoch"), c.Auto)+" · "+auto(batches, c.AutoBatch)+" · "+Plural(c.Steps, "step"))
	rows := [][]string{{"", "tokens", "billed", "", "cost"}}
	var sources []string
	for _, b := range n.bills() {
		name := providerName(b.provider)
		rows = append(rows, []string{name, lint.FormatCount(b.tokens), lint.FormatCount(b.Tokens), b.certainty.String(), charge(&n.file.Settings, &b.Charge)})
		if b.PriceSource != "" {
			sources = append(sources, name+": "+term.Sanitize(b.PriceSource))
		} else if n.file.Settings.Model != nil && !b.Hourly {
			sources = append(sources, name+": none known, --prices gives one")
		}
	}
	t.columns("    ", rows, 1, 2)
	if len(sources) > 0 {
		t.dimWrapped("    ", "prices of "+strings.Join(sources, "; "))
	}
	if quarter := n.quarterBytes(); quarter > 0 {
		t.dimWrapped("    ", quarterText+lint.FormatCount(quarter))
	}
	t.print("\n")
}

// charge writes what a provider asks.
func charge(s *lint.Settings, c *stats.Charge) string {
	switch {
	case c.Priced:
		return "about " + stats.Dollars(c.Dollars)
	case c.HourDollars > 0:
		return stats.Dollars(c.HourDollars) + " an hour"
	case c.Hourly:
		return "priced by the hour"
	case s.Model == nil:
		return "not known without --model"
	}
	return "no price known"
}

// heading begins a part.
func (t *statsText) heading(s string) { t.print("  ", t.style.Bold(s), "\n") }

// figures writes what there is to know of examples.
func (t *statsText) figures(n *stats.Figures, encoding string) {
	t.heading("tokens per example")
	t.histogram(n)
	t.limit(n)
	t.print("\n")
	t.heading("distributions")
	t.distributions(n)
	t.wrapped("    ", "trained: "+lint.FormatCount(n.Trained)+" of "+Plural(n.Tokens.Tokens, "token")+" ("+share(n.Trained, n.Tokens.Tokens)+")")
	t.print("\n")
	t.longest(n)
	t.texts(n)
	t.tools(n)
	t.rest(n, encoding)
}

// histogramRows is how many bars a histogram has at most.
const histogramRows = 12

// histogram draws how many examples have how many tokens.
func (t *statsText) histogram(n *stats.Figures) {
	ranges := n.Distributions[stats.MeasureTokens].Ranges(histogramRows)
	most := int64(0)
	var names, counts []string
	nameWidth, countWidth := 0, 0
	for _, r := range ranges {
		most = max(most, r.Count)
		name := lint.FormatCount(int64(r.Low))
		switch {
		case r.Open:
			name += " +"
		case r.High > r.Low:
			name += " – " + lint.FormatCount(int64(r.High))
		}
		names, counts = append(names, name), append(counts, lint.FormatCount(r.Count))
		nameWidth, countWidth = max(nameWidth, term.StringWidth(name)), max(countWidth, len(counts[len(counts)-1]))
	}
	const shareWidth, gaps = 7, 4 + 2 + 2 + 2
	room := max(8, min(60, t.Width-nameWidth-countWidth-shareWidth-gaps))
	for i, r := range ranges {
		drawn := bar(r.Count, most, room)
		t.print("    ", strings.Repeat(" ", nameWidth-term.StringWidth(names[i])), names[i], "  ",
			t.style.Blue(drawn), strings.Repeat(" ", room-term.StringWidth(drawn)), "  ",
			strings.Repeat(" ", countWidth-len(counts[i])), counts[i], t.style.Dim(fmt.Sprintf("  %*s", shareWidth, share(r.Count, n.Examples))), "\n")
	}
}

// limit writes how the examples stand to the model's limit.
func (t *statsText) limit(n *stats.Figures) {
	limit := n.Limit()
	if limit == 0 {
		return
	}
	text := "the limit is " + Plural(int64(limit), "token") + ": "
	if n.Cut+n.AtLimit+n.NearLimit == 0 {
		t.dimWrapped("    ", text+"no example is over it or near it")
		return
	}
	var parts []string
	for _, p := range []struct {
		count int64
		what  string
	}{{n.Cut, "over it"}, {n.AtLimit, "just at it"}, {n.NearLimit, "within 5 % below it"}} {
		if p.count > 0 {
			parts = append(parts, Plural(p.count, "example")+" "+p.what)
		}
	}
	text += strings.Join(parts, ", ")
	if n.Cut > 0 {
		text += "; " + Plural(n.CutTokens, "token") + " will be cut off, " + lint.FormatCount(n.CutTrained) + " of them trained"
	}
	t.styleWrapped("    ", text, t.style.Yellow)
}

// shownMeasures are the measures that text shows, in this order.
var shownMeasures = []stats.Measure{
	stats.MeasureTokens, stats.MeasureTrained, stats.MeasureSystem, stats.MeasureDeveloper, stats.MeasureUser, stats.MeasureAssistant,
	stats.MeasureTool, stats.MeasureFunction, stats.MeasureOther, stats.MeasurePreferred, stats.MeasureNonPreferred, stats.MeasurePrompt,
	stats.MeasureCompletion, stats.MeasureDefinitions, stats.MeasureImageTokens, stats.MeasureImages, stats.MeasureMessages,
	stats.MeasureCharacters, stats.MeasureBytes,
}

// shortName is what a measure is called where there is little room: a role by its
// name alone.
func shortName(m stats.Measure) string {
	switch m {
	case stats.MeasureOther:
		return "other roles"
	case stats.MeasureNonPreferred:
		return "non-preferred"
	case stats.MeasureDefinitions:
		return "definitions"
	case stats.MeasureTokens, stats.MeasureImageTokens:
		return strings.ReplaceAll(m.String(), "_", " ")
	}
	return strings.TrimSuffix(m.String(), "_tokens")
}

// distributions writes a table of the measures, with as many columns as fit.
func (t *statsText) distributions(n *stats.Figures) {
	type column struct {
		name   string
		weight int // the lightest give way first
		value  func(s *stats.Summary) string
	}
	percentile := func(p int) func(*stats.Summary) string {
		return func(s *stats.Summary) string { return number(s.Percentile(p)) }
	}
	columns := []column{
		{"examples", 2, func(s *stats.Summary) string { return lint.FormatCount(s.Count) }},
		{"mean", 8, func(s *stats.Summary) string { return number(s.Mean) }},
		{"sd", 1, func(s *stats.Summary) string { return number(s.StdDev) }},
		{"min", 9, func(s *stats.Summary) string { return lint.FormatCount(s.Min) }},
		{"p1", 0, percentile(1)},
		{"p5", 6, percentile(5)},
		{"p10", 0, percentile(10)},
		{"p25", 3, percentile(25)},
		{"p50", 9, percentile(50)},
		{"p75", 3, percentile(75)},
		{"p90", 0, percentile(90)},
		{"p95", 7, percentile(95)},
		{"p99", 5, percentile(99)},
		{"max", 9, func(s *stats.Summary) string { return lint.FormatCount(s.Max) }},
	}
	header := []string{""}
	for _, c := range columns {
		header = append(header, c.name)
	}
	rows := [][]string{header}
	for _, m := range shownMeasures {
		s := n.Summary(m)
		if s.Count == 0 {
			continue
		}
		row := []string{shortName(m)}
		for _, c := range columns {
			row = append(row, c.value(&s))
		}
		rows = append(rows, row)
	}
	const indent = "    "
	for len(indent)+tableWidth(rows) > t.Width && len(columns) > 1 {
		lightest := 0
		for i, c := range columns {
			if c.weight <= columns[lightest].weight { // the last of them: least is lost
				lightest = i
			}
		}
		columns = slices.Delete(columns, lightest, lightest+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], lightest+1, lightest+2)
		}
	}
	right := make([]int, len(columns))
	for i := range right {
		right[i] = i + 1
	}
	t.columns(indent, rows, right...)
}

// fewLongest is how many of the longest examples text shows.
const fewLongest = 5

func (t *statsText) longest(n *stats.Figures) {
	t.heading("longest examples")
	rows := [][]string{{"line", "tokens", "trained", "bytes", ""}}
	for _, e := range n.Longest()[:min(fewLongest, len(n.Longest()))] {
		place := strconv.FormatInt(e.Line, 10)
		if e.File != "" {
			const room = 30
			place = clipLeft(term.Sanitize(e.File), room) + ":" + place
		}
		over := ""
		if e.Over {
			over = "over the limit"
		}
		rows = append(rows, []string{place, lint.FormatCount(int64(e.Tokens)), lint.FormatCount(int64(e.Trained)), lint.FormatCount(int64(e.Bytes)), over})
	}
	t.columns("    ", rows, 0, 1, 2, 3)
	t.print("\n")
}

// fewTexts is how many system messages and tools text shows.
const fewTexts = 5

func (t *statsText) texts(n *stats.Figures) {
	s := &n.Systems
	if s.Total == 0 {
		return
	}
	distinct, more := s.Distinct()
	t.heading("system messages")
	t.wrapped("    ", Plural(s.Total, "example")+", "+different(distinct, more))
	const indent = "    "
	rows := [][]string{{"examples", "tokens", "first line"}}
	commonest := s.Commonest(fewTexts)
	for _, c := range commonest {
		first := strconv.FormatInt(c.First, 10)
		if n.Files() > 1 {
			first = ""
		}
		rows = append(rows, []string{lint.FormatCount(c.Count), lint.FormatCount(int64(c.Tokens)), first})
	}
	if n.Files() > 1 {
		for i := range rows {
			rows[i] = rows[i][:2]
		}
	}
	if t.Snippets {
		room := t.Width - len(indent) - tableWidth(rows) - 2
		rows[0] = append(rows[0], "beginning")
		for i, c := range commonest {
			beginning := strings.Join(strings.Fields(t.beginning(&c)), " ")
			rows[i+1] = append(rows[i+1], clipText(term.Sanitize(beginning), max(10, room)))
		}
	}
	t.columns(indent, rows, 0, 1, 2)
	t.print("\n")
}

// different says how many different things there are.
func different(n int, more bool) string {
	switch {
	case more:
		return "more than " + lint.FormatCount(int64(n)) + " different"
	case n == 1:
		return "all the same"
	}
	return lint.FormatCount(int64(n)) + " different"
}

func (t *statsText) tools(n *stats.Figures) {
	tools, all := n.Tools.Commonest(fewTexts)
	if all == 0 {
		return
	}
	t.heading("tools")
	t.wrapped("    ", Plural(n.Tools.Offering, "example")+" with definitions, "+lint.FormatCount(n.Tools.Calling)+" with calls; "+
		Plural(n.Tools.Calls, "call")+", "+different(all, n.Tools.More))
	rows := [][]string{{"calls", "defined in", "name"}}
	for _, tool := range tools {
		rows = append(rows, []string{lint.FormatCount(tool.Called), lint.FormatCount(tool.Offered), clipText(term.Sanitize(t.masked(tool.Name)), max(10, t.Width-30))})
	}
	t.columns("    ", rows, 0, 1)
	t.print("\n")
}

// rest writes what has a line each.
func (t *statsText) rest(n *stats.Figures, encoding string) {
	var lines []string
	if s := n.Prompts.Shared(encoding); s.Tokens > 0 {
		atLeast := ""
		if s.AtLeast {
			atLeast = "at least "
		}
		line := "prompts: " + percent(s.Share) + " begin with the same " + atLeast + Plural(int64(s.Tokens), "token")
		if !s.Exact() {
			line += " (sample of " + lint.FormatCount(s.Looked) + ")"
		}
		lines = append(lines, line)
	}
	if w := &n.Weights; w.Examples > 0 {
		line := "weights: in " + Plural(w.Examples, "example") + "; of " + Plural(w.Messages, "assistant message") + " " +
			lint.FormatCount(w.Zero) + " have weight 0, " + lint.FormatCount(w.One) + " weight 1"
		if w.Other > 0 {
			line += ", " + lint.FormatCount(w.Other) + " another weight"
		}
		lines = append(lines, line)
	}
	if list, all := n.Characters.Scripts(); all > 0 {
		const few = 5
		var parts []string
		for _, s := range list[:min(few, len(list))] {
			parts = append(parts, s.Name+" "+share(s.Characters, all))
		}
		line := "writing systems: " + strings.Join(parts, ", ")
		if more := len(list) - few; more > 0 {
			line += " and " + lint.FormatCount(int64(more)) + " more"
		}
		lines = append(lines, line)
	}
	if total, assistant, ok := n.Tutorial(encoding); ok && n.Method() == dataset.SFT && n.ForTutorial() {
		lines = append(lines, "as the Azure tutorial prints it: "+tutorial("total tokens", &total)+"; "+tutorial("assistant tokens", &assistant))
	}
	if len(lines) == 0 {
		return
	}
	t.heading("more")
	for _, line := range lines {
		t.wrapped("    ", line)
	}
	t.print("\n")
}

// tutorial writes figures as the Azure tutorial's script does, but for the label
// of the last two.
func tutorial(what string, t *stats.Tutorial) string {
	return fmt.Sprintf("%s min / max %d / %d, mean / median %s / %s, 0.1 / 0.9 quantile %s / %s", what, t.Min, t.Max,
		decimal(t.Mean), decimal(t.Median), decimal(t.P10), decimal(t.P90))
}

// decimal writes a number with as many digits as it takes, at most two behind the
// point.
func decimal(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }

func percent(x float64) string { return share(int64(math.Round(x*1e6)), 1e6) }

// totals writes the figures of all files, what they rest on, and of a budget
// whether it is kept.
func (t *statsText) totals(r *lint.Result, list []figures) {
	t.print(Plural(int64(len(r.Files)), "file"), " · ", Plural(r.Lines, "line"), " · ", Bytes(r.Bytes))
	if t.Elapsed != nil {
		t.elapsed(r, t.Elapsed())
	}
	t.print("\n")
	all := totalsOf(list)
	t.tokenTotal(&all)
	t.tokenBasis(&all)
	if unread := unreadFiles(r); unread > 0 {
		t.print(t.style.Red("INCOMPLETE"), "  ", Plural(unread, "file"), " not read to the end\n")
	}
	for i := range r.Files {
		f := &r.Files[i]
		for _, g := range f.Groups {
			for j := range g.Findings {
				t.print(t.style.Red("OVER BUDGET"), "\n")
				t.wrapped("  ", term.Sanitize(f.Name)+": "+term.Sanitize(g.Findings[j].Message))
			}
		}
	}
}

// elapsed writes how long it took.
func (t *text) elapsed(r *lint.Result, d time.Duration) {
	fmt.Fprintf(t, " · %.2g s", d.Seconds())
	if r.Bytes > 10e6 {
		fmt.Fprintf(t, " (%.0f MB/s)", float64(r.Bytes)/1e6/d.Seconds())
	}
}
