package rules

import (
	"bytes"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rules on preference pairs (FTP).

// missingParts names the keys that a preference line lacks, or returns "".
func missingParts(e *dataset.Example) string {
	missing := 0
	if !e.Preference.Input.Present() {
		missing |= 1
	}
	if !e.Preference.Preferred.Present() {
		missing |= 2
	}
	if !e.Preference.NonPreferred.Present() {
		missing |= 4
	}
	return [...]string{
		"", "`input`", "`preferred_output`", "`input` and `preferred_output`",
		"`non_preferred_output`", "`input` and `non_preferred_output`", "`preferred_output` and `non_preferred_output`",
		"`input`, `preferred_output` and `non_preferred_output`",
	}[missing]
}

var dpoMissingKey = lint.Rule{
	ID: "FTP001", Name: "dpo-missing-key", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedObject,
	Doc: lint.Doc{
		Title: "A preference example lacks one of its three parts",
		Why:   "Each example needs input, preferred_output and non_preferred_output, or there is nothing to compare. The service refuses the file: \"Example 1 is missing key 'input'\".",
		Help:  "add what is missing; check the spelling of the keys",
		Bad:   []string{`{"input":{"messages":[` + userMsg + `]},"preferred_output":[` + botMsg + `]}`},
		Good:  []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Shape != dataset.ShapePreference && e.Shape != dataset.ShapeUnknown {
			return // FTF020, FTE014
		}
		switch missing := missingParts(e); {
		case missing == "":
		case !e.Preference.Input.Present() && e.Keys.Has(dataset.KeyMessages):
			p.Report(e.Top, "missing: %s; the messages belong under `input`: {\"input\": {\"messages\": ...}}", lint.Text(missing))
		default:
			p.Report(e.Top, "missing: %s", lint.Text(missing))
		}
	},
}

var dpoOldKeys = lint.Rule{
	ID: "FTP002", Name: "dpo-old-keys", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedExample,
	Doc: lint.Doc{
		Title: "The outputs stand under their old names",
		Why:   "A specification of December 2024 called the outputs preferred_completion and non_preferred_completion. The guide and the present specification call them preferred_output and non_preferred_output, and require these.",
		Help:  "rename the keys",
		Bad:   []string{`{"input":{"messages":[` + userMsg + `]},"preferred_completion":[` + botMsg + `],"non_preferred_completion":[` + badMsg + `]}`},
		Good:  []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if !e.Preference.OldNames {
			return
		}
		for _, f := range e.Fields {
			switch string(e.Text(f.Key)) {
			case "preferred_completion":
				told := p.ReportField(f, `%s is an old name: it is "preferred_output" now`, lint.JSON(f.Key))
				fixOldName(told, e, f, "preferred_output")
			case "non_preferred_completion":
				told := p.ReportField(f, `%s is an old name: it is "non_preferred_output" now`, lint.JSON(f.Key))
				fixOldName(told, e, f, "non_preferred_output")
			}
		}
	},
}

// fixOldName renames a member of a pair, unless there is one of that name already
// or another to be renamed.
func fixOldName(told lint.Reported, e *dataset.Example, f dataset.Field, name string) {
	same := 0
	for _, other := range e.Fields {
		if other.ID == f.ID {
			same++
		}
	}
	if same == 1 {
		told.Fix(lint.SafeFix, rename(f, name))
	}
}

// inputKeys are the keys that the input of a preference example may have.
var inputKeys = dataset.KeySet(dataset.KeyMessages, dataset.KeyTools, dataset.KeyParallelToolCalls)

var dpoInputShape = lint.Rule{
	ID: "FTP003", Name: "dpo-input-shape", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The input of a preference example is not as documented",
		Why:   "The documented schema wants an object with messages (at least one) and, if need be, tools and parallel_tool_calls, and nothing else.",
		Help:  "write the input as {\"messages\": [...]}",
		Bad:   []string{pair(`[`+userMsg+`]`, `[`+botMsg+`]`, `[`+badMsg+`]`)},
		Good:  []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		pref := &e.Preference
		switch in := pref.Input; in.Kind {
		case dataset.Absent: // FTP001
			return
		case dataset.Object:
		case dataset.Array:
			p.Report(in, "is an array, but must be an object: put the array under `messages` in it")
			return
		default:
			p.Report(in, "is %s, but must be an object with `messages`", lint.Text(in.Kind.String()))
			return
		}
		if !pref.InputKeys.Has(dataset.KeyMessages) {
			p.Report(pref.Input, "`messages` is missing")
			return // other keys may be meant for it
		}
		switch list := pref.Messages; {
		case list.Kind == dataset.Absent:
		case list.Kind != dataset.Array:
			p.Report(list.Value, "is %s, but must be an array of messages", lint.Text(list.Kind.String()))
		case len(list.Items) == 0:
			p.Report(list.Value, "is empty: the input has at least one message")
		}
		for _, f := range pref.InputFields {
			if !inputKeys.Has(f.ID) {
				p.ReportField(f, "%s is not a key of the input: it has `messages`, `tools` and `parallel_tool_calls`", lint.JSON(f.Key))
			}
		}
	},
}

var dpoInputEndsAssistant = lint.Rule{
	ID: "FTP004", Name: "dpo-input-ends-assistant", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The input ends with an assistant message",
		Why: "The outputs are the assistant's answers to the input, so the input should end with a question or a tool's result. Often the answer was copied into the input as well. " +
			"This is advice, after another service's check: no service is known to refuse it.",
		Help: "remove the last message of the input, or add the one that the outputs answer",
		Bad:  []string{pair(input(sysMsg, userMsg, `{"role":"assistant","content":"Let me see."}`), `[`+botMsg+`]`, `[`+badMsg+`]`)},
		Good: []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if m := e.Preference.Messages.Items; len(m) > 0 && m[len(m)-1].Role == dataset.RoleAssistant {
			p.Report(m[len(m)-1].Value, "the input ends with an assistant message, which the outputs should be")
		}
	},
}

// outputs returns the two lists of outputs.
func outputs(e *dataset.Example) [2]*dataset.List {
	return [...]*dataset.List{&e.Preference.Preferred, &e.Preference.NonPreferred}
}

var dpoOutputCount = lint.Rule{
	ID: "FTP005", Name: "dpo-output-count", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "An output is not an array of one message",
		Why:   "OpenAI's schema allows exactly one message in each output (an error there); Azure's page says \"at least one\", so several are a warning in the profile azure. None at all, or something else than an array, fits neither and is an error everywhere.",
		Help:  "keep the one message that is to be compared; what comes before it belongs into the input",
		Bad:   []string{pair(input(sysMsg, userMsg), `[`+botMsg+`,{"role":"assistant","content":"Ask me more."}]`, `[`+badMsg+`]`)},
		Good:  []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, list := range outputs(e) {
			n := len(list.Items)
			switch {
			case !list.Present() || list.Kind == dataset.Array && n == 1:
			case list.Kind != dataset.Array:
				p.ReportAs(lint.Error, list.Value, "is %s, but must be an array with one message", lint.Text(list.Kind.String()))
			case n == 0:
				p.ReportAs(lint.Error, list.Value, "is empty, but must hold one message")
			case p.Provider&dataset.OpenAI != 0:
				p.ReportAs(lint.Error, list.Value, "holds %s messages: OpenAI takes one", lint.Int(int64(n)))
			default:
				p.Report(list.Value, "holds %s messages: one is usual, and OpenAI takes no more", lint.Int(int64(n)))
			}
		}
	},
}

var dpoOutputRole = lint.Rule{
	ID: "FTP006", Name: "dpo-output-role", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "An output has a role that is not the assistant's",
		Why:   "Outputs are what the model says. OpenAI's schema allows assistant messages only; Azure's page allows the roles assistant and tool.",
		Help:  "use the role assistant, or move the message into the input",
		Bad:   []string{pair(input(sysMsg, userMsg), `[{"role":"user","content":"Lima."}]`, `[`+badMsg+`]`)},
		Good:  []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, list := range outputs(e) {
			for i := range list.Items {
				m := &list.Items[i]
				switch {
				case m.Role == dataset.RoleAssistant || !known(m):
				case p.Provider&dataset.OpenAI != 0:
					p.Report(m.RoleValue, "%s is not a role of an output: it must be an assistant message", lint.JSON(m.RoleValue))
				case m.Role != dataset.RoleTool:
					p.Report(m.RoleValue, "%s is not a role of an output: it must be an assistant or a tool message", lint.JSON(m.RoleValue))
				}
			}
		}
	},
}

var dpoIdentical = lint.Rule{
	ID: "FTP007", Name: "dpo-identical", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The preferred and the non-preferred output are the same",
		Why: "Preference training learns the difference of the two: where there is none the example costs tokens and teaches nothing. Microsoft's notes warn of it. " +
			"This is advice: no service is known to refuse it. White space around the text is not looked at.",
		Help: "remove the example or restore the right outputs",
		Bad:  []string{pair(input(sysMsg, userMsg), `[`+botMsg+`]`, `[`+botMsg+`]`)},
		Good: []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		a, b := e.Preference.Preferred, e.Preference.NonPreferred
		if len(a.Items) == 0 || len(a.Items) != len(b.Items) {
			return
		}
		for i := range a.Items {
			if !sameOutput(e, &a.Items[i], &b.Items[i]) {
				return
			}
		}
		p.Report(b.Value, "the same as `preferred_output`: nothing can be learnt from the pair")
	},
}

// sameOutput reports whether two outputs say the same. Outputs that say nothing
// are not compared: that is FTP012's.
func sameOutput(e *dataset.Example, a, b *dataset.Message) bool {
	if a.Role != b.Role || a.Content.Kind != b.Content.Kind || hasCalls(a) != hasCalls(b) || emptyOutput(e, a) {
		return false
	}
	if hasCalls(a) && (!bytes.Equal(e.Raw(a.ToolCalls), e.Raw(b.ToolCalls)) || !bytes.Equal(e.Raw(a.FunctionCall), e.Raw(b.FunctionCall))) {
		return false
	}
	switch a.Content.Kind {
	case dataset.Absent:
		return hasCalls(a) || a.Refusal.Filled() && bytes.Equal(e.Raw(a.Refusal), e.Raw(b.Refusal))
	case dataset.String:
		return bytes.Equal(bytes.TrimSpace(e.Text(a.Content)), bytes.TrimSpace(e.Text(b.Content)))
	case dataset.Null:
		return hasCalls(a) || a.Refusal.Filled() && bytes.Equal(e.Raw(a.Refusal), e.Raw(b.Refusal))
	}
	return bytes.Equal(e.Raw(a.Content), e.Raw(b.Content))
}

var dpoImage = lint.Rule{
	ID: "FTP008", Name: "dpo-image", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages, When: dataset.FactImage | dataset.FactParts,
	Doc: lint.Doc{
		Title: "A preference example holds an image",
		Why:   "Preference training is documented for text only.",
		Help:  "remove the image, or train by the supervised method",
		Bad: []string{pair(input(sysMsg, `{"role":"user","content":[{"type":"text","text":"Which city is it?"},{"type":"image_url","image_url":{"url":"https://example.com/lima.png"}}]}`),
			`[`+botMsg+`]`, `[`+badMsg+`]`)},
		Good: []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			for j := range m.Parts {
				if kindOfPart(e, &m.Parts[j]) == partImage {
					p.Report(m.Parts[j].Value, "an image: preference training takes text only")
				}
			}
		}
	},
}

var dpoWeight = lint.Rule{
	ID: "FTP009", Name: "dpo-weight", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages, When: dataset.FactWeight,
	Doc: lint.Doc{
		Title: "An output has a weight",
		Why:   "The documented schema of the outputs has no weight: both outputs always count. Only assistant messages of the input may have one.",
		Help:  "remove the weight: what is trained does not change",
		Bad:   []string{pair(input(sysMsg, userMsg), `[{"role":"assistant","content":"Lima.","weight":1}]`, `[`+badMsg+`]`)},
		Good:  []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			if m := &all[i]; output(m) && m.Weight.Present() {
				p.Report(m.Weight, "an output has no weight").Fix(lint.SafeFix, remove(m.Weight))
			}
		}
	},
}

// emptyOutput reports whether an output is text, and the text is blank.
func emptyOutput(e *dataset.Example, m *dataset.Message) bool {
	return !contentOptional(m) && blankContent(e, m)
}

var dpoOutputEmpty = lint.Rule{
	ID: "FTP012", Name: "dpo-output-empty", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages, When: dataset.FactContentOdd | dataset.FactParts,
	Doc: lint.Doc{
		Title: "An output is empty",
		Why: "An empty preferred output teaches the model to say nothing; an empty non-preferred one is no mistake that it could make. Mostly text got lost on the way. " +
			"This is advice: no service is known to refuse it.",
		Help: "restore the text or remove the example",
		Bad:  []string{pair(input(sysMsg, userMsg), `[`+botMsg+`]`, `[{"role":"assistant","content":""}]`)},
		Good: []string{goodPair},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			if m := &all[i]; output(m) && emptyOutput(e, m) {
				p.Report(m.Content, "is empty, and there are no tool calls in its place")
			}
		}
	},
}

var dpoPairDuplicate = lint.Rule{
	ID: "FTP010", Name: "dpo-pair-duplicate", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The same pair stands elsewhere the other way round",
		Why: "For one input an output is preferred on one line and not preferred on another, with the same other output: what the one teaches the other takes back. " +
			"This is advice: no service is known to refuse it. Pairs that are the same altogether are FTQ001's.",
		Help:     "decide which output is preferred, and remove the other line",
		BadFile:  sampleFor(dataset.DPO, func() string { return pairFile(50, 25) + swappedPair }),
		GoodFile: sampleFor(dataset.DPO, func() string { return pairFile(50, 25) }),
	},
	Gathers: rows,
	Across: func(p *lint.Pass, files []lint.Gathered) {
		training, validation := sides(files)
		swappedPairs(p, &training)
		swappedPairs(p, &validation)
	},
}

// swappedPair is the second to last line of pairFile the other way round.
var swappedPair = pair(input(sysMsg, `{"role":"user","content":"What is 50 plus 53?"}`),
	`[{"role":"assistant","content":"I think that is 104."}]`, `[{"role":"assistant","content":"It is 103."}]`) + "\n"

// swappedPairs reports pairs that stand on an earlier line the other way round.
func swappedPairs(p *lint.Pass, s *side) {
	x := stats.NewIndex(s.n)
	s.each(p, func(i int, row *stats.Row) {
		if row.Other == 0 || row.Answer == row.Other {
			return
		}
		hash := row.Prompt ^ (row.Answer + row.Other) // the same the other way round
		same := func(answer, other uint64) func(int) bool {
			return func(j int) bool {
				r := s.row(j)
				return r.Prompt == row.Prompt && r.Answer == answer && r.Other == other
			}
		}
		if first := x.Find(hash, -1, same(row.Other, row.Answer)); first >= 0 {
			_, here := s.find(i)
			s.reportOther(p, here, row.Line, first, "the pair of line %s the other way round", "the pair of line %s of %s the other way round")
			return
		}
		x.Find(hash, i, same(row.Answer, row.Other))
	})
}

// The shares of pairs whose preferred output is the longer one from which on the length
// tells which is preferred, and how many pairs there must be.
const (
	mostLonger  = 0.8
	leastLonger = 0.2
	biasedPairs = 20
)

var dpoLengthBias = lint.Rule{
	ID: "FTP011", Name: "dpo-length-bias", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.DPO,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The preferred output is nearly always the longer one, or the shorter one",
		Why: "If it is so in more than 80 % of the pairs, the model can learn the length in place of what makes an answer good: a known weakness of direct preference optimization. Files of fewer than 20 pairs are not looked at. " +
			"This is advice: no service is known to refuse it.",
		Help:     "add pairs in which it is the other way round, unless length is what you want to teach",
		BadFile:  sampleFor(dataset.DPO, func() string { return pairFile(50, 45) }),
		GoodFile: sampleFor(dataset.DPO, func() string { return pairFile(50, 25) }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &lengthBias{} },
}

// lengthBias counts which output of the pairs is the longer one.
type lengthBias struct{ pairs, longer, shorter int64 }

// Add takes one pair.
func (c *lengthBias) Add(e *dataset.Example) {
	var length [2]int
	for i, list := range outputs(e) {
		if len(list.Items) != 1 || list.Items[0].Content.Kind != dataset.String {
			return
		}
		length[i] = utf8.RuneCount(e.Text(list.Items[0].Content))
	}
	c.pairs++
	switch {
	case length[0] > length[1]:
		c.longer++
	case length[0] < length[1]:
		c.shorter++
	}
}

// Merge takes over what next has counted.
func (c *lengthBias) Merge(next lint.Collector, _ int64) {
	n := next.(*lengthBias)
	c.pairs += n.pairs
	c.longer += n.longer
	c.shorter += n.shorter
}

// Finish reports a bias.
func (c *lengthBias) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || c.pairs < biasedPairs {
		return
	}
	switch {
	case float64(c.longer) > mostLonger*float64(c.pairs):
		p.ReportFile("the preferred output is the longer one in %s of %s pairs", lint.Int(c.longer), lint.Int(c.pairs))
	case float64(c.longer) < leastLonger*float64(c.pairs) && float64(c.shorter) > mostLonger*float64(c.pairs):
		p.ReportFile("the preferred output is the shorter one in %s of %s pairs", lint.Int(c.shorter), lint.Int(c.pairs))
	}
}
