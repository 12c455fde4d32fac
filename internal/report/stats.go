package report

import (
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// figures are the tokens of a file, and what a job on it will be like.
type figures struct {
	*stats.Tokens
	forecast stats.Forecast // of a training file
	training bool
	bytes    int64
}

// figuresOf returns the tokens of a file that was counted.
func figuresOf(f *lint.FileResult) (figures, bool) {
	t, ok := f.Figures.(*stats.Tokens)
	if !ok || !f.Form.Lines() || f.Settings.Method == 0 {
		return figures{}, false
	}
	n := figures{Tokens: t, training: !f.Settings.Validation, bytes: f.Bytes}
	if n.training {
		n.forecast = stats.NewForecast(&f.Settings, f.Examples(), t.Tokens)
	}
	return n, true
}

// totals are the figures of all files.
type totals struct {
	settings        *lint.Settings // nil: nothing was counted
	tokens, trained int64
	certainty       dataset.Certainty
	doubts          dataset.Doubts
	dollars         float64 // of the training files
	priced          bool
}

func totalsOf(r *lint.Result) (t totals) {
	for i := range r.Files {
		f := &r.Files[i]
		n, ok := figuresOf(f)
		if !ok {
			continue
		}
		if t.settings == nil {
			t.settings = &f.Settings
			t.priced = f.Settings.Model != nil && f.Settings.Model.Dollars > 0
		}
		t.tokens += n.Tokens.Tokens
		t.trained += n.Trained
		t.certainty = max(t.certainty, n.Certainty)
		t.doubts |= n.Doubts
		t.dollars += n.forecast.Dollars
	}
	return t
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
		t.wrapped("", Plural(all.tokens, "token")+" ("+all.certainty.String()+") · "+lint.FormatCount(all.trained)+" trained · "+price(all.settings, all.priced, all.dollars))
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
	if n.Images > 0 && f.Settings.Provider&dataset.Azure != 0 {
		t.dimWrapped("    ", "of files with images Azure has reported a quarter of the bytes: "+lint.FormatCount(n.bytes/4))
	}
}

// tokenBasis writes what the figures rest on.
func (t *text) tokenBasis(all *totals) {
	if all.settings != nil {
		t.dimWrapped("  ", term.Sanitize(basis(all)))
	}
}

// dimWrapped writes text with less contrast, broken at spaces to fit the width.
func (t *text) dimWrapped(indent, s string) {
	var b strings.Builder
	wrap.Write(&b, indent, indent, s, t.Width)
	for line := range strings.Lines(b.String()) {
		t.print(t.style.Dim(strings.TrimSuffix(line, "\n")), "\n")
	}
}

// price writes what training costs.
func price(s *lint.Settings, priced bool, dollars float64) string {
	switch {
	case priced:
		return "about " + stats.Dollars(dollars)
	case s.Model == nil:
		return "no price known without --model"
	case s.Model.Hourly:
		return "priced by the hour"
	}
	return "no price known"
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

type jsonStats struct {
	Accounting      string   `json:"accounting"`
	Encoding        string   `json:"encoding"`
	EncodingAssumed bool     `json:"encoding_assumed"`
	Limit           int      `json:"limit,omitempty"`
	LimitAssumed    bool     `json:"limit_assumed"`
	Tokens          int64    `json:"tokens"`
	Trained         int64    `json:"trained_tokens"`
	Certainty       string   `json:"certainty"`
	CostUSD         *float64 `json:"cost_usd,omitempty"`
}

type jsonFileStats struct {
	Examples     int64         `json:"examples"`
	Tokens       int64         `json:"tokens"`
	Trained      int64         `json:"trained_tokens"`
	Cut          int64         `json:"cut_examples"`
	Azure        int64         `json:"azure_tokens"`
	OpenAI       int64         `json:"openai_tokens"`
	Images       int64         `json:"images"`
	ImageTokens  int64         `json:"image_tokens"`
	QuarterBytes int64         `json:"quarter_bytes,omitempty"`
	Certainty    string        `json:"certainty"`
	Unmeasured   string        `json:"unmeasured,omitempty"`
	Forecast     *jsonForecast `json:"forecast,omitempty"`
}

type jsonForecast struct {
	Epochs     int64    `json:"epochs"`
	EpochsAuto bool     `json:"epochs_auto"`
	BatchSize  int64    `json:"batch_size"`
	Steps      int64    `json:"steps"`
	Tokens     int64    `json:"tokens"`
	CostUSD    *float64 `json:"cost_usd,omitempty"`
}

// statsJSON returns the figures of all files, if they were counted.
func statsJSON(r *lint.Result) *jsonStats {
	all := totalsOf(r)
	if all.settings == nil {
		return nil
	}
	j := &jsonStats{Accounting: all.settings.Provider.String(), Tokens: all.tokens, Trained: all.trained, Certainty: all.certainty.String()}
	j.Encoding, j.EncodingAssumed = stats.Encoding(all.settings)
	j.Limit, j.LimitAssumed = stats.ExampleLimit(all.settings)
	if all.priced {
		j.CostUSD = &all.dollars
	}
	return j
}

// fileStatsJSON returns the figures of a file, if it was counted.
func fileStatsJSON(f *lint.FileResult) *jsonFileStats {
	n, ok := figuresOf(f)
	if !ok {
		return nil
	}
	j := &jsonFileStats{
		Examples: n.Examples, Tokens: n.Tokens.Tokens, Trained: n.Trained, Cut: n.Cut, Azure: n.Azure, OpenAI: n.OpenAI,
		Images: n.Images, ImageTokens: n.ImageTokens, Certainty: n.Certainty.String(), Unmeasured: n.Doubts.String(),
	}
	if n.Images > 0 {
		j.QuarterBytes = n.bytes / 4
	}
	if n.training {
		j.Forecast = &jsonForecast{Epochs: n.forecast.Epochs, EpochsAuto: n.forecast.Auto, BatchSize: n.forecast.BatchSize, Steps: n.forecast.Steps, Tokens: n.forecast.Tokens}
		if n.forecast.Priced {
			j.Forecast.CostUSD = &n.forecast.Dollars
		}
	}
	return j
}
