package report

import (
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// figures are what is told of the examples of a file, and of a job on it.
type figures struct {
	*stats.Figures
	file     *lint.FileResult
	forecast stats.Forecast // of a training file
	training bool
}

// figuresOf returns the figures of a file that was counted.
func figuresOf(f *lint.FileResult) (figures, bool) {
	n, ok := f.Figures.(*stats.Figures)
	if !ok || !f.Form.Lines() || f.Settings.Method == 0 {
		return figures{}, false
	}
	figs := figures{Figures: n, file: f, training: !f.Settings.Validation}
	if figs.training {
		figs.forecast = stats.NewForecast(&f.Settings, &n.Tokens)
	}
	return figs, true
}

// Counted reports whether the examples of a file were counted, and there are any.
func Counted(f *lint.FileResult) bool {
	n, ok := figuresOf(f)
	return ok && n.Examples > 0
}

// notCounted returns how many lines of the file are no examples.
func (n *figures) notCounted() int64 { return n.file.Examples() - n.Examples }

// quarterBytes is what Azure has reported in place of tokens for files with
// images. It is 0 for others.
func (n *figures) quarterBytes() int64 {
	if n.Images == 0 || n.file.Settings.Provider&dataset.Azure == 0 {
		return 0
	}
	return n.file.Bytes / 4
}

// bill is what one provider asks for a job.
type bill struct {
	provider  dataset.Provider
	tokens    int64 // of the file
	certainty dataset.Certainty
	stats.Charge
}

// bills returns what each provider asks for a job on a training file, the
// provider of the run first.
func (n *figures) bills() []bill {
	list := []bill{
		{provider: dataset.Azure, tokens: n.Azure, certainty: n.AzureCertainty},
		{provider: dataset.OpenAI, tokens: n.OpenAI, certainty: n.OpenAICertainty},
	}
	if n.file.Settings.Provider == dataset.OpenAI {
		list[0], list[1] = list[1], list[0]
	}
	for i := range list {
		list[i].Charge = n.forecast.ChargeOf(&n.file.Settings, list[i].provider, &n.Tokens)
	}
	return list
}

// providerName is how a provider is called in texts.
func providerName(p dataset.Provider) string {
	if p == dataset.OpenAI {
		return "OpenAI"
	}
	return "Azure"
}

// allFigures returns the figures of all files that have examples.
func allFigures(r *lint.Result) []figures {
	var list []figures
	for i := range r.Files {
		if n, ok := figuresOf(&r.Files[i]); ok && n.Examples > 0 {
			list = append(list, n)
		}
	}
	return list
}

// together returns the figures of several files as if they were one, or nil if
// they are not several.
func together(list []figures) *stats.Figures {
	if len(list) < 2 {
		return nil
	}
	var names []string
	var all []*stats.Figures
	for i := range list {
		names = append(names, list[i].file.Name)
		all = append(all, list[i].Figures)
	}
	return stats.Together(names, all)
}

// totals are the figures of all files.
type totals struct {
	settings        *lint.Settings // nil: nothing was counted
	tokens, trained int64
	certainty       dataset.Certainty
	doubts          dataset.Doubts
	jobs            int64   // training files: each is a job of its own
	dollars         float64 // of these
	priced, hourly  bool    // all jobs have a price; one is priced by the hour
}

func totalsOf(list []figures) (t totals) {
	for i := range list {
		n := &list[i]
		if t.settings == nil {
			t.settings = &n.file.Settings
			t.priced = true
		}
		t.tokens += n.Tokens.Tokens
		t.trained += n.Trained
		t.certainty = max(t.certainty, n.Certainty)
		t.doubts |= n.Doubts
		if n.training {
			t.jobs++
			t.dollars += n.forecast.Dollars
			t.priced = t.priced && n.forecast.Priced
			t.hourly = t.hourly || n.forecast.Hourly
		}
	}
	t.priced = t.priced && t.jobs > 0
	return t
}

// price writes what training costs, or nothing if there is nothing to train.
func (t *totals) price() string {
	switch {
	case t.jobs == 0:
		return ""
	case t.priced && t.jobs > 1:
		return "about " + stats.Dollars(t.dollars) + " for " + Plural(t.jobs, "job")
	case t.priced:
		return "about " + stats.Dollars(t.dollars)
	case t.hourly:
		return "priced by the hour"
	case t.settings.Model == nil:
		return "no price known without --model"
	}
	return "no price known"
}

// accountingName says whose accounting the tokens go by.
func accountingName(p dataset.Provider) string {
	switch p {
	case dataset.Azure:
		return "Azure's accounting"
	case dataset.OpenAI:
		return "OpenAI's accounting"
	}
	return "Azure's or OpenAI's accounting, whichever gives more"
}

// tokenTotal writes the figures of all files.
func (t *text) tokenTotal(all *totals) {
	if all.settings != nil {
		parts := []string{Plural(all.tokens, "token") + " (" + all.certainty.String() + ")", lint.FormatCount(all.trained) + " trained"}
		if cost := all.price(); cost != "" {
			parts = append(parts, cost)
		}
		t.wrapped("", strings.Join(parts, " · "))
	}
}

// fileTokens writes the figures of a file.
func (t *text) fileTokens(f *lint.FileResult) {
	n, ok := figuresOf(f)
	if !ok {
		return
	}
	parts := []string{Plural(n.Tokens.Tokens, "token"), lint.FormatCount(n.Trained) + " trained"}
	if n.Cut > 0 {
		parts = append(parts, Plural(n.Cut, "example")+" over the limit")
	}
	if n.training {
		epochs := Plural(n.forecast.Epochs, "epoch")
		if n.forecast.Auto {
			epochs += " (auto)"
		}
		parts = append(parts, epochs, Plural(n.forecast.Steps, "step"))
		if n.forecast.Priced {
			parts = append(parts, "about "+stats.Dollars(n.forecast.Dollars))
		}
	}
	t.dimWrapped("    ", strings.Join(parts, " · "))
	if quarter := n.quarterBytes(); quarter > 0 {
		t.dimWrapped("    ", quarterText+lint.FormatCount(quarter))
	}
}

const quarterText = "of files with images Azure has reported a quarter of the bytes: "

// tokenBasis writes what the figures rest on.
func (t *text) tokenBasis(all *totals) {
	if all.settings != nil {
		t.dimWrapped("  ", term.Sanitize(basis(all)))
	}
}

// dimWrapped writes text with less contrast, broken at spaces to fit the width.
func (t *text) dimWrapped(indent, s string) { t.styleWrapped(indent, s, t.style.Dim) }

// styleWrapped writes text in a style, broken at spaces to fit the width.
func (t *text) styleWrapped(indent, s string, style func(string) string) {
	var b strings.Builder
	wrap.Write(&b, indent, indent, s, t.Width)
	for line := range strings.Lines(b.String()) {
		t.print(style(strings.TrimSuffix(line, "\n")), "\n")
	}
}

// basis says what the figures rest on.
func basis(all *totals) string {
	s := all.settings
	encoding, assumed := stats.Encoding(s)
	text := "counted in " + encoding
	switch {
	case s.Model == nil:
		text += " with a limit of " + lint.FormatCount(stats.AssumedLimit) + " tokens, as no model was named"
	case assumed:
		text += ", as the encoding of " + s.Model.Name + " is not known"
	}
	if limit, _ := stats.ExampleLimit(s); limit == 0 {
		text += ", without a limit on examples, as none is known of this model"
	}
	text += ", by " + accountingName(s.Provider)
	switch {
	case all.certainty == dataset.Exact:
		return text
	case all.doubts != 0:
		return text + "; nobody has measured what these cost: " + all.doubts.String()
	}
	return text + "; nobody has measured it for this model"
}
