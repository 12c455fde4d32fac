package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rules on reinforcement data (FTR).

var rftLastUser = lint.Rule{
	ID: "FTR001", Name: "rft-last-user", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.Azure, Methods: dataset.RFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The last message of a task is not the user's",
		Why:   "In reinforcement the model writes the next message itself, so there must be something to answer. Azure documents that the last message must have the role user.",
		Help:  "remove the answer from the messages; what the grader compares with belongs into a field of its own",
		Bad:   []string{`{"messages":[` + userMsg + `,` + botMsg + `],"reference_answer":"Lima"}`},
		Good:  []string{goodTask},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if len(m) == 0 {
			return
		}
		if last := &m[len(m)-1]; last.Role != dataset.RoleUser && known(last) {
			p.Report(last.Value, "the last message has the role %s, but must be the user's", lint.Text(last.Role.String()))
		}
	},
}

// fieldsCollector gathers the additional fields of a file for the rule whose
// findings finish reports.
type fieldsCollector struct {
	stats.Fields
	finish func(*lint.Pass, *stats.Fields)
}

func (c *fieldsCollector) Merge(next lint.Collector, lines int64) {
	c.Fields.Merge(&next.(*fieldsCollector).Fields, lines)
}

func (c *fieldsCollector) Finish(p *lint.Pass, f *lint.File) {
	if !unusable(f) && c.Examples > 0 {
		c.finish(p, &c.Fields)
	}
}

func collectFields(finish func(*lint.Pass, *stats.Fields)) func(*lint.Settings) lint.Collector {
	return func(*lint.Settings) lint.Collector { return &fieldsCollector{finish: finish} }
}

// maxShownKey is how many bytes of a key are shown.
const maxShownKey = 60

// shown is a key as it is shown in messages that no line belongs to.
func shown(key string) lint.Arg {
	if len(key) > maxShownKey {
		cut := maxShownKey
		for !utf8.RuneStart(key[cut]) {
			cut--
		}
		key = key[:cut] + "…"
	}
	return lint.Text(strconv.Quote(key))
}

var rftFieldsInconsistent = lint.Rule{
	ID: "FTR003", Name: "rft-fields-inconsistent", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.RFT,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "Additional fields differ from example to example",
		Why: "The grader reads the additional fields by their names ({{item.answer}}): where one is missing or of another type it cannot grade, or grades wrongly. Microsoft's notes ask for the same fields everywhere. " +
			"This is advice: no service is known to refuse the file.",
		Help: "give every example the same fields with values of the same types",
		BadFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string {
				if i == 7 {
					return fmt.Sprintf(`,"reference_answer":"%d","level":%d`, 2*i+7, i%3)
				}
				return fmt.Sprintf(`,"reference_answer":%d,"level":%d`, 2*i+7, i%3)
			})
		}),
		GoodFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string {
				return fmt.Sprintf(`,"reference_answer":%d,"level":%d`, 2*i+7, i%3)
			})
		}),
	},
	Collector: collectFields(func(p *lint.Pass, s *stats.Fields) {
		if s.Overflow {
			p.ReportFile("the examples have more than %s different additional fields", lint.Int(stats.MaxFields))
			return
		}
		for i := range s.All {
			f := &s.All[i]
			switch absent := s.Examples - f.Present; {
			case absent == 0:
			case absent <= f.Present:
				p.ReportLine(f.FirstAbsent, "the field %s is missing here (examples that have it: %s, that lack it: %s)", shown(f.Key), lint.Int(f.Present), lint.Int(absent))
			default:
				p.ReportLine(f.FirstPresent(), "the field %s is here but not in most examples (examples that have it: %s, that lack it: %s)", shown(f.Key), lint.Int(f.Present), lint.Int(absent))
			}
			if usual, other, line := f.Types(); line > 0 {
				p.ReportLine(line, "the field %s is %s here and %s in other examples", shown(f.Key), lint.Text(other.String()), lint.Text(usual.String()))
			}
		}
	}),
}

// constantExamples is the number of examples from which on a field with one
// value is worth a word.
const constantExamples = minExamples

var rftConstantField = lint.Rule{
	ID: "FTR004", Name: "rft-constant-field", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.RFT,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "An additional field has the same value in every example",
		Why: "If the grader compares with it, the same answer always wins and the model learns to give it without a look at the task. A label that no grader reads does no harm. Microsoft's notes warn of constant references. " +
			"This is advice: no service is known to refuse it. Files of fewer than 10 examples are not looked at.",
		Help: "check that the field was filled in; leave it out if no grader reads it",
		BadFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string {
				return fmt.Sprintf(`,"reference_answer":"7","level":%d`, i%3)
			})
		}),
		GoodFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string {
				return fmt.Sprintf(`,"reference_answer":"%d","level":%d`, 2*i+7, i%3)
			})
		}),
	},
	Collector: collectFields(func(p *lint.Pass, s *stats.Fields) {
		if s.Examples < constantExamples {
			return
		}
		for i := range s.All {
			if f := &s.All[i]; f.Constant && f.Present == s.Examples {
				p.ReportFile("the field %s has the same value in all %s examples", shown(f.Key), lint.Int(f.Present))
			}
		}
	}),
}

var rftItemField = lint.Rule{
	ID: "FTR002", Name: "rft-item-field", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.RFT,
	Needs:    lint.NeedExample,
	Applies:  func(s *lint.Settings) bool { return len(s.GraderFields) > 0 },
	OnlyWith: "--grader",
	Doc: lint.Doc{
		Title:    "An example lacks a field that the grader reads",
		Why:      "The grader's templates name the fields of an example as {{item.name}}. Where an example has no such field, there is nothing to grade its answer by. It is looked for with --grader FILE only.",
		Help:     "add the field to the example, or correct its name in the grader",
		BadFile:  &lint.Sample{Content: func() string { return taskFile(50, referenceAnswer) }, Settings: gradedBy("expected_answer")},
		GoodFile: &lint.Sample{Content: func() string { return taskFile(50, referenceAnswer) }, Settings: gradedBy("reference_answer")},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, name := range p.GraderFields {
			if !slices.ContainsFunc(e.Fields, func(f dataset.Field) bool { return string(e.Text(f.Key)) == name }) {
				p.Report(e.Top, "the grader reads {{item.%s}}, and the example has no such field", lint.Text(name))
			}
		}
	},
}

// gradedBy are the settings of a job whose grader reads a field.
func gradedBy(field string) func(*lint.Settings) {
	return func(s *lint.Settings) {
		s.Method, s.Declared, s.GraderFields = dataset.RFT, true, []string{field}
	}
}

func referenceAnswer(i int) string { return fmt.Sprintf(`,"reference_answer":"%d"`, 2*i+7) }

var rftNoExtra = lint.Rule{
	ID: "FTR005", Name: "rft-no-extra", Since: since,
	Severity: lint.Info, Evidence: lint.Measured,
	Providers: dataset.AllProviders, Methods: dataset.RFT,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title:   "The examples have no additional fields",
		Why:     "It is accepted: a grader can judge by the messages alone ({{item.messages}}), as one of OpenAI's cookbooks does. A grader that compares with a reference needs a field for it. One finding stands for the whole file; where only some examples lack fields FTR003 tells it.",
		Help:    "nothing need be done if your grader reads the messages only",
		BadFile: sampleFor(dataset.RFT, func() string { return taskFile(50, func(int) string { return "" }) }),
		GoodFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string { return fmt.Sprintf(`,"reference_answer":"%d"`, 2*i+7) })
		}),
	},
	Collector: collectFields(func(p *lint.Pass, s *stats.Fields) {
		if s.Bare == s.Examples {
			p.ReportLine(s.FirstBare, "no fields but the messages, for a grader to compare with (examples: %s)", lint.Int(s.Bare))
		}
	}),
}

var rftNeedsValidation = lint.Rule{
	ID: "FTR006", Name: "rft-needs-validation", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.Azure, Methods: dataset.RFT,
	Doc: lint.Doc{
		Title: "A reinforcement job has no validation file",
		Why:   "Azure documents that reinforcement needs both a training and a validation file.",
		Help:  "give a validation file (--validation); a few examples that are not in the training file will do",
		BadFile: &lint.Sample{
			Content: func() string {
				return taskFile(50, func(i int) string { return fmt.Sprintf(`,"reference_answer":"%d"`, 2*i+7) })
			},
			Settings: func(s *lint.Settings) {
				s.Method, s.Declared, s.Job = dataset.RFT, true, true
			},
		},
		GoodFile: &lint.Sample{
			Content: func() string {
				return taskFile(50, func(i int) string { return fmt.Sprintf(`,"reference_answer":"%d"`, 2*i+7) })
			},
			Settings: func(s *lint.Settings) {
				s.Method, s.Declared, s.Job, s.HasValidation = dataset.RFT, true, true, true
			},
		},
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && p.Method == dataset.RFT && p.Job && !p.HasValidation && !p.Validation {
			p.ReportFile("no validation file: Azure's reinforcement jobs need one")
		}
	},
}

// Limits on the examples of reinforcement jobs on Azure, from one source.
const (
	maxTasks           = 50_000
	maxValidationTasks = 1_000
)

var rftCaps = lint.Rule{
	ID: "FTR007", Name: "rft-caps", Since: since,
	Severity: lint.Warning, Evidence: lint.Weak,
	Providers: dataset.Azure, Methods: dataset.RFT,
	Doc: lint.Doc{
		Title: "A reinforcement file has very many examples",
		Why: "One secondary source says that Azure takes at most 50,000 training and 1,000 validation examples for reinforcement. " +
			"This is advice: the provider's own pages do not say so and no refusal is known. Validation runs again and again, so a long file costs.",
		Help: "use fewer examples, above all for validation",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if unusable(f) || p.Method != dataset.RFT {
			return
		}
		switch n := f.Examples(); {
		case p.Validation && n > maxValidationTasks:
			p.ReportFile("%s validation examples: one source gives 1,000 as the limit on Azure", lint.Int(n))
		case !p.Validation && n > maxTasks:
			p.ReportFile("%s training examples: one source gives 50,000 as the limit on Azure", lint.Int(n))
		}
	},
}

// reasoningPhrases ask a model to lay its reasoning open. Ordinary requests to
// think step by step, or to explain an answer, are not among them.
var reasoningPhrases = []string{
	"chain of thought",
	"chain-of-thought",
	"show your reasoning",
	"reveal your reasoning",
	"output your reasoning",
	"your hidden reasoning",
	"your internal reasoning",
}

var rftCOTPhrases = lint.Rule{
	ID: "FTR008", Name: "rft-cot-phrases", Since: since,
	Severity: lint.Warning, Evidence: lint.Seen,
	Providers: dataset.Azure, Methods: dataset.RFT | dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactPhrase,
	Phrases: reasoningPhrases,
	Doc: lint.Doc{
		Title: "The text asks for the model's chain of thought",
		Why:   "Azure has refused training files with too many such texts: \"This training file was blocked because too many examples were flagged ... with respect to model reasoning extraction\" (unsafe_file). How many are too many is not known.",
		Help:  "ask for a short explanation of the answer instead",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":"What is 17 times 3? Show your reasoning."}`, `{"role":"assistant","content":"51, because 17 times 2 is 34."}`)},
		Good:  []string{chat(sysMsg, `{"role":"user","content":"What is 17 times 3? Think step by step."}`, `{"role":"assistant","content":"51, because 17 times 2 is 34."}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			reportPhrase(p, e, m.Content)
			for j := range m.Parts {
				reportPhrase(p, e, m.Parts[j].Text)
			}
		}
	},
}

// reportPhrase reports the first phrase that stands in a string.
func reportPhrase(p *lint.Pass, e *dataset.Example, v dataset.Value) {
	if v.Kind != dataset.String {
		return
	}
	text := e.Text(v)
	best := -1
	var phrase string
	for _, s := range reasoningPhrases {
		if i := indexFold(text, s); i >= 0 && (best < 0 || i < best) {
			best, phrase = i, s
		}
	}
	if best < 0 {
		return
	}
	at := within(e, v, string(text[best:best+len(phrase)]))
	p.Report(at, `"%s" asks for the model's reasoning, which Azure's moderation flags`, lint.Text(phrase))
}

// indexFold returns where s, which is ASCII in lower case, stands in text
// without regard to case, or -1.
func indexFold(text []byte, s string) int {
	for i := 0; i+len(s) <= len(text); i++ {
		j := bytes.IndexAny(text[i:len(text)-len(s)+1], string([]byte{s[0], s[0] &^ 0x20}))
		if j < 0 {
			return -1
		}
		i += j
		if bytes.EqualFold(text[i:i+len(s)], []byte(s)) {
			return i
		}
	}
	return -1
}

var rftReservedKey = lint.Rule{
	ID: "FTR009", Name: "rft-reserved-key", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.RFT,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "A field's name cannot be used in a grader's template",
		Why: "Graders read fields as {{item.name}} and the model's answer as {{sample.output_text}}. A field called item or sample, or one with dots or white space in its name, can hardly be named there. " +
			"This is advice inferred from the templates: no service is known to refuse it.",
		Help: "rename the field: letters, digits and underscores are safe",
		BadFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string {
				return fmt.Sprintf(`,"reference answer":"%d"`, 2*i+7)
			})
		}),
		GoodFile: sampleFor(dataset.RFT, func() string {
			return taskFile(50, func(i int) string {
				return fmt.Sprintf(`,"reference_answer":"%d"`, 2*i+7)
			})
		}),
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Fields {
			if !stats.Extra(f) {
				continue
			}
			key := e.Text(f.Key)
			switch {
			case string(key) == "item" || string(key) == "sample":
				p.ReportField(f, "%s has a meaning of its own in the templates of graders", lint.JSON(f.Key))
			case len(key) == 0:
				p.ReportField(f, "a field without a name cannot be used in the templates of graders")
			case bytes.ContainsAny(key, ". \t\r\n\u00A0\u3000"):
				p.ReportField(f, "%s has dots or white space, which the templates of graders cannot name", lint.JSON(f.Key))
			}
		}
	},
}
