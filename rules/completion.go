package rules

import (
	"bytes"
	"slices"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rules on legacy completion data (FTC).

var completionKeySet = dataset.KeySet(dataset.KeyPrompt, dataset.KeyCompletion)

var completionKeys = lint.Rule{
	ID: "FTC001", Name: "cpl-keys", Since: since,
	Severity: lint.Error, Evidence: lint.Documented | lint.Seen, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.Completion,
	Needs: lint.NeedObject,
	Doc: lint.Doc{
		Title: "The keys are not prompt and completion",
		Why:   "A completion example has exactly these two. Azure refuses others: \"Each line's json may only contain two properties: (\"context\" or \"prompt\") and \"completion\"\". By that message it takes context for prompt too.",
		Help:  "keep prompt and completion, remove or rename the rest",
		Bad:   []string{`{"prompt":"Capital of Peru? ->","completion":" Lima END","id":7}`},
		Good:  []string{goodCompletion},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Shape != dataset.ShapeCompletion && e.Shape != dataset.ShapeUnknown {
			return // FTF020, FTE014
		}
		prompt, completion := e.Prompt.Present(), e.Completion.Present()
		context := dataset.Field{}
		if !prompt && p.Provider == dataset.Azure {
			context = fieldNamed(e, e.Fields, "context")
			prompt = context.Value.Kind == dataset.String
		}
		// A key that is missing may be there misspelt: that is one fault.
		switch {
		case !prompt && !completion:
			p.Report(e.Top, "`prompt` and `completion` are missing")
			return
		case !prompt:
			if f := fieldLike(e, "prompt", "prompts", "question", "instruction"); f.Key.Present() {
				p.ReportField(f, "%s is not a key of completion examples; did you mean `prompt`?", lint.JSON(f.Key)).Fix(lint.UnsafeFix, rename(f, "prompt"))
			} else {
				p.Report(e.Top, "`prompt` is missing")
			}
			return
		case !completion:
			if f := fieldLike(e, "completion", "completions", "response", "answer", "output"); f.Key.Present() {
				p.ReportField(f, "%s is not a key of completion examples; did you mean `completion`?", lint.JSON(f.Key)).Fix(lint.UnsafeFix, rename(f, "completion"))
			} else {
				p.Report(e.Top, "`completion` is missing")
			}
			return
		}
		for _, f := range e.Fields {
			if !completionKeySet.Has(f.ID) && (context.Key.Kind == dataset.Absent || f.Key != context.Key) {
				p.ReportField(f, "%s is not a key of completion examples: they have `prompt` and `completion` only", lint.JSON(f.Key)).Fix(lint.UnsafeFix, remove(f.Value))
			}
		}
	},
}

// fieldLike returns the first top-level member whose key is one of names, but
// for capitals and blanks around it.
func fieldLike(e *dataset.Example, names ...string) dataset.Field {
	for _, f := range e.Fields {
		if slices.Contains(names, string(bytes.ToLower(bytes.TrimSpace(e.Text(f.Key))))) {
			return f
		}
	}
	return dataset.Field{}
}

var completionType = lint.Rule{
	ID: "FTC002", Name: "cpl-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.Completion,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "prompt or completion is not a string",
		Why:   "The documented schema wants two strings. Exports from tables often write class numbers as numbers.",
		Help:  "write the value as a string",
		Bad:   []string{`{"prompt":"Capital of Peru? ->","completion":7}`},
		Good:  []string{goodCompletion},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, v := range [...]dataset.Value{e.Prompt, e.Completion} {
			if v.Present() && v.Kind != dataset.String {
				p.Report(v, "is %s, but must be a string", lint.Text(v.Kind.String()))
			}
		}
	},
}

var completionEmpty = lint.Rule{
	ID: "FTC003", Name: "cpl-empty", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.Completion,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "prompt or completion is empty",
		Why:   "Azure refused a file with empty prompts: \"Validation of jsonl file failed: No valid json line found in file\". An empty completion leaves nothing to train. At OpenAI an empty prompt was once the way to train free text, so there it is a warning.",
		Help:  "fill in the text or remove the line",
		Bad:   []string{`{"prompt":"","completion":" Lima END"}`},
		Good:  []string{goodCompletion},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if emptyString(e.Completion) {
			p.Report(e.Completion, "is empty: there is nothing to train")
		}
		switch {
		case !emptyString(e.Prompt):
		case p.Provider&dataset.Azure != 0:
			p.Report(e.Prompt, "is empty, which Azure refuses")
		default:
			p.ReportAs(lint.Warning, e.Prompt, "is empty")
		}
	},
}

func emptyString(v dataset.Value) bool { return v.Kind == dataset.String && v.Len() == len(`""`) }

var completionSpace = lint.Rule{
	ID: "FTC004", Name: "cpl-space", Since: since,
	Severity: lint.Off, Evidence: lint.Peers, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.Completion,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "The completion does not begin with a space",
		Why: "The tokenizers of the old models have words with a space before them as one token, and OpenAI's prepare_data tool advised to begin completions with a space. It does not hold for newer ones, so the rule is off unless you name it. " +
			"This is advice: no service is known to refuse it.",
		Help: "begin the completion with a space",
		Bad:  []string{`{"prompt":"Capital of Peru? ->","completion":"Lima END"}`},
		Good: []string{goodCompletion},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if text := e.Text(e.Completion); len(text) > 0 && text[0] != ' ' && text[0] != '\n' && text[0] != '\t' {
			at := e.Completion.Start + 1
			p.Report(e.Completion, "does not begin with a space").Fix(lint.UnsafeFix, func(ed *lint.Editor) { ed.ReplaceBytes(at, at, " ") })
		}
	},
}

var completionSuffix = lint.Rule{
	ID: "FTC005", Name: "cpl-suffix", Since: since,
	Severity: lint.Info, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.Completion,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "Prompts or completions have no common ending",
		Why: "A fixed ending of the prompts shows the model where the answer begins, and one of the completions where to stop; without them it may go on with the prompt or not stop. OpenAI's prepare_data tool advised both, but no ending for completions that are classes. " +
			"This is advice: no service is known to refuse it.",
		Help:     "end every prompt with the same separator, such as \" ->\", and every completion with the same stop text, such as \" END\"",
		BadFile:  sample(func() string { return completionFile(50, "", "") }),
		GoodFile: sample(func() string { return completionFile(50, " ->", " END") }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &endingsCollector{} },
}

type endingsCollector struct{ stats.Endings }

func (c *endingsCollector) Merge(next lint.Collector, _ int64) {
	c.Endings.Merge(&next.(*endingsCollector).Endings)
}

func (c *endingsCollector) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || c.Examples < minExamples {
		return
	}
	if c.Prompted > 0 && c.Prompts.String() == "" {
		p.ReportFile("the prompts have no common ending that shows where the completion begins")
	}
	if c.Completions.String() == "" && !c.Classes() {
		p.ReportFile("the completions have no common ending that shows where to stop")
	}
}

var completionLegacyModel = lint.Rule{
	ID: "FTC006", Name: "cpl-legacy-model", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented,
	Providers: dataset.OpenAI, Methods: dataset.Completion,
	Doc: lint.Doc{
		Title: "The model for completion data is retired",
		Why:   "Completion data can only train babbage-002 and davinci-002, which OpenAI's page of deprecations lists: they can no longer be trained or will soon be shut down.",
		Help:  "convert the data to chat examples and choose a chat model",
		BadFile: &lint.Sample{Content: func() string { return completionFile(50, " ->", " END")[len(bom):] }, Settings: func(s *lint.Settings) {
			s.Provider = dataset.OpenAI
			s.Model = &lint.Model{Name: "davinci-002"}
		}},
		GoodFile: &lint.Sample{Content: func() string { return completionFile(50, " ->", " END")[len(bom):] }, Settings: forOpenAI},
	},
	File: func(p *lint.Pass, f *lint.File) {
		if unusable(f) || p.Model == nil || p.Method != dataset.Completion {
			return
		}
		switch p.Model.Name {
		case "babbage-002", "davinci-002":
			if when := p.Model.Retired; when != "" {
				if when[0] < '0' || '9' < when[0] { // words, such as "a retired model"
					p.ReportFile("%s is %s", lint.Text(p.Model.Name), lint.Text(when))
				} else {
					p.ReportFile("%s is retired (%s)", lint.Text(p.Model.Name), lint.Text(when))
				}
			} else {
				p.ReportFile("%s is deprecated: it can no longer be trained, or will soon be shut down", lint.Text(p.Model.Name))
			}
		}
	},
}
