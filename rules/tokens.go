package rules

import (
	"strings"
	"sync"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rules on tokens and what they cost. A line is counted only
// where its bytes do not tell already that it is short enough.

// limitText says whose limit it is, and in what was counted.
func limitText(p *lint.Pass) string {
	switch m := p.Model; {
	case m == nil:
		return "assumed without --model (o200k_base)"
	case m.Encoding == "":
		return "that " + m.Name + " takes (counted in o200k_base, as its encoding is not known)"
	default:
		return "that " + m.Name + " takes"
	}
}

// countText says a number of tokens, and how sure it is.
func countText(p *lint.Pass, c *dataset.Counts, n int) string {
	return [...]string{"", "about ", "at most "}[c.Certainty(p.Provider)] + lint.FormatCount(int64(n))
}

// exceeds reports whether an example is certainly longer than limit, whatever
// the size of its images.
func exceeds(p *lint.Pass, c *dataset.Counts, limit int) bool {
	return c.Longest(p.Provider) > limit+c.SpareTokens
}

// targetLost reports whether all that an example would train is cut off.
func targetLost(p *lint.Pass, c *dataset.Counts, limit int) bool {
	if p.Method != dataset.SFT || c.Trained() == 0 || !exceeds(p, c, limit) {
		return false
	}
	_, trained := c.Within(p.Provider, limit+c.SpareTokens)
	return trained == 0
}

// longChat is a chat file whose first line is longer than the others: by a
// question or an answer of so many words more.
func longChat(question, answer int) string {
	return bom + `{"messages":[{"role":"system","content":"You do sums."},{"role":"user","content":"What is 1` + strings.Repeat(" plus 1", question) +
		`?"},{"role":"assistant","content":"That is 1` + strings.Repeat(" plus 1", answer) + `."}]}` + "\n" + strings.TrimPrefix(goodFile(), bom)
}

// limited are the settings of samples: a model that takes so many tokens.
func limited(tokens int) func(*lint.Settings) {
	return func(s *lint.Settings) {
		s.Model = &lint.Model{Name: "a-small-model", Encoding: "o200k_base", Azure: lint.Terms{ExampleTokens: tokens}, OpenAI: lint.Terms{ExampleTokens: tokens}}
	}
}

var overLimit = lint.Rule{
	ID: "FTK001", Name: "over-limit", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedTokens,
	Doc: lint.Doc{
		Title: "An example has more tokens than the model takes",
		Why: "The services cut such an example at its end, where the answer stands, and say nothing: \"Examples longer than the default are truncated to the maximum context length, which removes tokens from the end of the training example\". " +
			"The limits of models are in ftlint models, with their date; without --model 65,536 tokens of o200k_base are assumed, as most models take. " +
			"Of a preference pair the prompt counts with the longer output. Where all that is trained would be cut off, FTK002 says so instead.",
		Help:     "shorten the example, or part it into several",
		BadFile:  &lint.Sample{Content: func() string { return longChat(0, 50) }, Settings: limited(100), Under: "where the model takes 100 tokens"},
		GoodFile: &lint.Sample{Content: func() string { return longChat(0, 10) }, Settings: limited(100)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		limit, _ := stats.ExampleLimit(p.Settings)
		if limit == 0 || !e.MayExceed(limit) {
			return
		}
		if c := e.Counts(); exceeds(p, c, limit) && !targetLost(p, c, limit) {
			p.Report(e.Top, "%s tokens, more than the %s %s: the end of the example is cut off",
				lint.Text(countText(p, c, c.Longest(p.Provider))), lint.Int(int64(limit)), lint.Text(limitText(p)))
		}
	},
}

var targetTruncated = lint.Rule{
	ID: "FTK002", Name: "target-truncated", Since: since,
	Severity: lint.Error, Evidence: lint.Documented | lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedTokens,
	Doc: lint.Doc{
		Title: "All that an example trains lies behind the limit on tokens",
		Why: "The services cut a long example at its end, as their documentation says of examples over the limit. Here every assistant message that is trained begins behind the cut, " +
			"so it follows that the example is paid for and nothing of it is learnt. Without --model a limit of 65,536 tokens of o200k_base is assumed.",
		Help:     "shorten what stands before the answer",
		BadFile:  &lint.Sample{Content: func() string { return longChat(50, 0) }, Settings: limited(100), Under: "where the model takes 100 tokens"},
		GoodFile: &lint.Sample{Content: func() string { return longChat(10, 0) }, Settings: limited(100)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		limit, _ := stats.ExampleLimit(p.Settings)
		if limit == 0 || !e.MayExceed(limit) {
			return
		}
		if c := e.Counts(); targetLost(p, c, limit) {
			p.Report(e.Top, "%s tokens, and what is trained begins behind the %s %s: nothing of the example is learnt",
				lint.Text(countText(p, c, c.Longest(p.Provider))), lint.Int(int64(limit)), lint.Text(limitText(p)))
		}
	},
}

var nearLimit = lint.Rule{
	ID: "FTK003", Name: "near-limit", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedTokens,
	Doc: lint.Doc{
		Title: "An example is so near the limit on tokens that it may be over it",
		Why: "Above 95 % of the limit the error of an estimate decides: nobody has measured what tools, names, parts and preference pairs cost exactly, and the widely used ways of counting text differ by up to 4.5 %. " +
			"Reported is also an example that is over the limit only if images whose size is not known (behind a URL, or unreadable) are as large as can be. This is advice: no service says so.",
		Help:     "shorten the example if its end must not be lost",
		BadFile:  &lint.Sample{Content: func() string { return longChat(0, 23) }, Settings: limited(100), Under: "where the model takes 100 tokens"},
		GoodFile: &lint.Sample{Content: func() string { return longChat(0, 10) }, Settings: limited(100)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		limit, _ := stats.ExampleLimit(p.Settings)
		near := int(int64(limit) * stats.NearPercent / 100)
		if limit == 0 || !e.MayExceed(near) {
			return
		}
		c := e.Counts()
		n := c.Longest(p.Provider)
		switch {
		case n <= near || exceeds(p, c, limit):
		case n > limit:
			p.Report(e.Top, "%s tokens, more than the %s %s if its images are large: their size is not known",
				lint.Text(countText(p, c, n)), lint.Int(int64(limit)), lint.Text(limitText(p)))
		default:
			p.Report(e.Top, "%s tokens, near the %s %s",
				lint.Text(countText(p, c, n)), lint.Int(int64(limit)), lint.Text(limitText(p)))
		}
	},
}

// jobTokens is the most tokens that a job of Azure may train, epochs included,
// where the settings say nothing else. A test holds it to the catalogue.
const jobTokens = 2_000_000_000

func jobLimit(s *lint.Settings) int64 {
	if s.JobTokens > 0 {
		return s.JobTokens
	}
	return jobTokens
}

// training reports whether the settings are those of a training file.
func training(s *lint.Settings) bool { return !s.Validation }

var jobOver2B = lint.Rule{
	ID: "FTK004", Name: "job-over-2b", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.Azure, Methods: dataset.AllMethods,
	Needs: lint.NeedTokens, Applies: training,
	Doc: lint.Doc{
		Title: "A job has more than two billion tokens",
		Why: "Azure's limits allow a job 2,000,000,000 tokens, which are those of the training file times the epochs. Each training file is taken for a job of its own; without --epochs its epochs are those that the service would choose. " +
			"Tokens are counted only where the size of the file allows so many. Of compressed files and standard input that is not known in advance: if there proves to be room for so many, the rule says as information that nothing was counted. Where it depends on images whose size is not known, it is a warning.",
		Help: "train on fewer epochs or examples",
		BadFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) {
			s.Stats, s.JobTokens = true, 2000
		}},
		GoodFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) { s.Stats = true }},
	},
	Collector: func(s *lint.Settings) lint.Collector {
		return &jobCollector{tokens: stats.NewTokens(s), counts: s.Stats || s.MaxCost > 0 || s.Bytes > jobLimit(s)/mostEpochs(s)}
	},
}

// mostEpochs returns how many epochs a job can have whose tokens are too many.
func mostEpochs(s *lint.Settings) int64 {
	// Whatever the number n of examples, the epochs that the service chooses are
	// one, or n times the epochs is at most 25,000.
	const mostExamples, most = 25_000, 25
	limit, _ := stats.ExampleLimit(s)
	switch {
	case s.Epochs > 0:
		return s.Epochs
	case limit > 0 && int64(limit)*mostExamples <= jobLimit(s):
		return 1
	}
	return most
}

type jobCollector struct {
	tokens *stats.Tokens
	counts bool
}

func (c *jobCollector) Add(e *dataset.Example) {
	if c.counts {
		c.tokens.Add(e)
	}
}

func (c *jobCollector) Merge(next lint.Collector, lines int64) {
	c.tokens.Merge(next.(*jobCollector).tokens, lines)
}

func (c *jobCollector) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) {
		return
	}
	limit := jobLimit(p.Settings)
	if c.counts {
		forecast := stats.NewForecast(p.Settings, c.tokens)
		switch least := forecast.Tokens - c.tokens.Spare*forecast.Epochs; {
		case least > limit:
			p.ReportFile("%s tokens in %s epochs, more than the %s that a job may have",
				lint.Int(forecast.Tokens), lint.Int(forecast.Epochs), lint.Int(limit))
		case forecast.Tokens > limit:
			p.ReportFileAs(lint.Warning, "up to %s tokens in %s epochs, more than the %s that a job may have if its images are large: their size is not known",
				lint.Int(forecast.Tokens), lint.Int(forecast.Epochs), lint.Int(limit))
		}
		return
	}
	// No text has more tokens than bytes, but a URL of few bytes can stand for an
	// image of many tokens.
	room := f.Bytes
	if longest, _ := stats.ExampleLimit(p.Settings); longest > 0 && (f.Images > 0 || room > f.Examples()*int64(longest)) {
		room = f.Examples() * int64(longest)
	}
	epochs := p.Epochs
	if epochs == 0 {
		epochs = stats.Epochs(f.Examples())
	}
	if room > limit/epochs {
		p.ReportFileAs(lint.Info, "the file has room for more than the %s tokens that a job may have in %s epochs; they were not counted: --stats counts them",
			lint.Int(limit), lint.Int(epochs))
	}
}

// withStats reports whether figures were asked for.
func withStats(s *lint.Settings) bool { return s.Stats }

// Examples are outliers with more than manyTimes the median of trained tokens,
// or with fewTokens at most where that is less than 99 % of the examples have.
const (
	manyTimes = 20
	fewTokens = 2
)

var assistantOutlier = lint.Rule{
	ID: "FTK005", Name: "assistant-outlier", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedTokens, Applies: withStats,
	OnlyWith: "--stats",
	Doc: lint.Doc{
		Title: "An example trains far fewer or far more tokens than the others",
		Why: "One or two trained tokens where 99 % of the examples have more are often an answer that was lost on the way; more than 20 times the median are often a dump of something else. " +
			"This is advice, inferred from what such examples turn out to be; it is given only with --stats, as every line has to be counted. It keeps 12 bytes for each example.",
		Help:     "look at the line: is this the answer that the model is to learn?",
		BadFile:  &lint.Sample{Content: func() string { return longChat(0, 60) }, Settings: func(s *lint.Settings) { s.Stats = true }},
		GoodFile: &lint.Sample{Content: func() string { return longChat(0, 10) }, Settings: func(s *lint.Settings) { s.Stats = true }},
	},
	Collector: func(*lint.Settings) lint.Collector { return &outlierCollector{} },
}

type outlierCollector struct{ stats.Lengths }

func (c *outlierCollector) Add(e *dataset.Example) {
	if n := e.Counts().Trained(); n > 0 { // nothing trained: FTE006, FTE012
		c.Lengths.Add(e.Number, n)
	}
}

func (c *outlierCollector) Merge(next lint.Collector, lines int64) {
	c.Lengths.Merge(&next.(*outlierCollector).Lengths, lines)
}

func (c *outlierCollector) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) {
		return
	}
	quantiles := c.Quantiles(0.01, 0.5)
	lowest, median := quantiles[0], quantiles[1]
	c.Each(func(line int64, n int) {
		switch {
		case n <= fewTokens && float64(n) < lowest:
			p.ReportLine(line, "trained tokens: %s; half of the examples have %s or more", lint.Int(int64(n)), lint.Int(int64(median)))
		case float64(n) > manyTimes*median:
			p.ReportLine(line, "trained tokens: %s, more than 20 times the median of %s", lint.Int(int64(n)), lint.Int(int64(median)))
		}
	})
}

// weakPercent is the share of trained tokens below which most of the money goes
// into prompts.
const weakPercent = 2

var weakSignal = lint.Rule{
	ID: "FTK006", Name: "weak-signal", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedTokens, Applies: withStats,
	OnlyWith: "--stats",
	Doc: lint.Doc{
		Title: "Less than 2 % of the tokens are trained",
		Why: "All tokens of an example are billed, but only those of assistant messages are learnt. Where they are few, nearly all of the money goes into prompts. " +
			"Images of unknown size are taken for the smallest that there can be. " +
			"This is advice that follows from how jobs are billed; it is given only with --stats.",
		Help:     "shorten the prompts, or let more of each conversation be trained",
		BadFile:  &lint.Sample{Content: func() string { return wordyFile() }, Settings: func(s *lint.Settings) { s.Stats = true }},
		GoodFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) { s.Stats = true }},
	},
	Collector: func(s *lint.Settings) lint.Collector { return &weakCollector{stats.NewTokens(s)} },
}

// wordyFile is a file whose prompts are much longer than its answers.
var wordyFile = sync.OnceValue(func() string {
	return strings.ReplaceAll(goodFile(), "You do sums.", "You do sums."+strings.Repeat(" You are exact, you are friendly, and you never explain.", 25))
})

type weakCollector struct{ *stats.Tokens }

func (c *weakCollector) Merge(next lint.Collector, lines int64) {
	c.Tokens.Merge(next.(*weakCollector).Tokens, lines)
}

func (c *weakCollector) Finish(p *lint.Pass, f *lint.File) {
	least := c.Tokens.Tokens - c.Spare
	if unusable(f) || c.Trained == 0 || c.Trained*100 >= least*weakPercent {
		return
	}
	billed := lint.FormatCount(least)
	if c.Spare > 0 {
		billed = "at least " + billed
	}
	p.ReportFile("of %s billed tokens %s are trained, less than 2 %", lint.Text(billed), lint.Int(c.Trained))
}

var costBudget = lint.Rule{
	ID: "FTK008", Name: "cost-budget", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs:    lint.NeedTokens,
	Applies:  func(s *lint.Settings) bool { return s.MaxCost > 0 && training(s) },
	OnlyWith: "--max-cost",
	Doc: lint.Doc{
		Title: "Training would cost more than the budget",
		Why: "The estimate is tokens times epochs times the price of the model's training, as of the date of the price list (ftlint models). Each training file is taken for a job of its own; validation files cost nothing. " +
			"It is given only with --max-cost, and no service refuses a job for it: it is a gate of your own, so the level is advice. Where no price is known the budget cannot be kept: that is never a pass.",
		Help: "train on fewer epochs or examples, or raise the budget",
		BadFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) {
			s.MaxCost, s.Model = 0.01, &lint.Model{Name: "gpt-4.1", Azure: lint.Terms{Dollars: 25}, OpenAI: lint.Terms{Dollars: 25}}
		}},
		GoodFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) {
			s.MaxCost, s.Model = 1, &lint.Model{Name: "gpt-4.1", Azure: lint.Terms{Dollars: 25}, OpenAI: lint.Terms{Dollars: 25}}
		}},
	},
	Collector: func(s *lint.Settings) lint.Collector { return &costCollector{stats.NewTokens(s)} },
}

type costCollector struct{ *stats.Tokens }

func (c *costCollector) Merge(next lint.Collector, lines int64) {
	c.Tokens.Merge(next.(*costCollector).Tokens, lines)
}

func (c *costCollector) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) {
		return
	}
	forecast := stats.NewForecast(p.Settings, c.Tokens)
	switch {
	case forecast.Hourly:
		p.ReportFile("such a job is priced by the hour: whether the budget is kept cannot be said")
	case !forecast.Priced:
		p.ReportFile("no price is known: whether the budget is kept cannot be said")
	case forecast.Dollars > p.MaxCost:
		p.ReportFile("training costs %s (%s tokens), more than the budget of %s",
			lint.Text("about "+stats.Dollars(forecast.Dollars)), lint.Int(forecast.Tokens), lint.Text(stats.Dollars(p.MaxCost)))
	}
}
