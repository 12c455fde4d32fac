package stats

import (
	"bytes"
	"iter"
	"sync"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// Measure is something that each example has a number of.
type Measure uint8

// The measures. Tokens are those of whole examples, before anything is cut off.
const (
	MeasureTokens       Measure = iota // by the accounting of the run
	MeasureTokensAzure                 // by Azure's accounting
	MeasureTokensOpenAI                // by OpenAI's
	MeasureTrained                     // tokens of the text that is trained
	MeasureSystem                      // tokens of messages with this role, by the accounting of the run
	MeasureDeveloper
	MeasureUser
	MeasureAssistant
	MeasureTool
	MeasureFunction
	MeasureOther         // of messages with no role, or another
	MeasurePreferred     // of the messages of the preferred output
	MeasureNonPreferred  // of the other one
	MeasurePrompt        // of the prompt of a completion line
	MeasureCompletion    // of its completion
	MeasureDefinitions   // tokens of definitions of tools
	MeasureImageTokens   // of images
	MeasureAssistantText // tokens of the text of all assistant messages, trained or not
	MeasureMessages
	MeasureImages
	MeasureBytes      // of the line, without its line end
	MeasureCharacters // code points of the text

	NumMeasures = int(iota)
)

// measures says of each measure what it is called, and whether only those
// examples count that have any.
var measures = [NumMeasures]struct {
	name     string
	optional bool
}{
	{"tokens", false},
	{"tokens_azure", false},
	{"tokens_openai", false},
	{"trained_tokens", false},
	{"system_tokens", true},
	{"developer_tokens", true},
	{"user_tokens", true},
	{"assistant_tokens", true},
	{"tool_tokens", true},
	{"function_tokens", true},
	{"other_tokens", true},
	{"preferred_tokens", true},
	{"non_preferred_tokens", true},
	{"prompt_tokens", true},
	{"completion_tokens", true},
	{"tool_definition_tokens", true},
	{"image_tokens", true},
	{"assistant_text_tokens", false},
	{"messages", false},
	{"images", true},
	{"bytes", false},
	{"characters", false},
}

// String returns the name of the measure as output writes it.
func (m Measure) String() string { return measures[m].name }

// roleMeasure returns the measure of messages with a role.
func roleMeasure(r dataset.Role) Measure {
	switch r {
	case dataset.RoleSystem:
		return MeasureSystem
	case dataset.RoleDeveloper:
		return MeasureDeveloper
	case dataset.RoleUser:
		return MeasureUser
	case dataset.RoleAssistant:
		return MeasureAssistant
	case dataset.RoleTool:
		return MeasureTool
	case dataset.RoleFunction:
		return MeasureFunction
	}
	return MeasureOther
}

// NearPercent is the share of the limit above which an example is near it: the
// ways of counting that are in use differ by up to 4.5 %.
const NearPercent = 95

// Figures is all that is told of the examples of a file. It is a lint.Collector,
// for lint.Options.Figures.
type Figures struct {
	Tokens
	Weights    Weights
	Systems    Frequencies // system or developer messages: the first of each example
	Tools      ToolNames
	Characters dataset.Characters
	Prompts    Beginnings

	Distributions [NumMeasures]Histogram
	// AtLimit and NearLimit are examples that have as many tokens as the model takes,
	// or less but more than 95 % of it. Those with more are in Cut.
	AtLimit, NearLimit int64
	// CutTokens and CutTrained are what is cut off, in tokens.
	CutTokens, CutTrained int64

	longest  longest
	tutorial Histogram // tokens as the Azure tutorial's script counts them
	untaught int64     // examples that it does not take
	method   dataset.Method
	scratch  []byte
	files    int        // that are together, if they are
	pool     *sync.Pool // where they go once merged into others, if anywhere
}

// Weights counts what messages say of weight.
type Weights struct {
	Messages int64 // assistant messages
	One      int64 // of these, those with weight 1
	Zero     int64 // with weight 0: not trained
	Other    int64 // with another weight
	Examples int64 // with a weight anywhere
}

// NewFigures returns empty figures for a file with the settings.
func NewFigures(s *lint.Settings) *Figures {
	return &Figures{Tokens: *NewTokens(s), method: s.Method}
}

// FiguresMaker returns what makes figures for lint.Options.Figures. Those that have
// been merged into others are used again, so that the many parts of a large file
// need no memory each.
func FiguresMaker() func(*lint.Settings) lint.Collector {
	pool := &sync.Pool{}
	return func(s *lint.Settings) lint.Collector {
		f, _ := pool.Get().(*Figures)
		if f == nil {
			f = &Figures{}
		}
		f.reset(s)
		f.pool = pool
		return f
	}
}

// reset makes f empty and keeps its memory.
func (f *Figures) reset(s *lint.Settings) {
	before := *f
	*f = *NewFigures(s)
	for m := range f.Distributions {
		f.Distributions[m].recent = before.Distributions[m].recent[:0]
	}
	f.Systems.reuse(&before.Systems)
	f.Prompts.reuse(&before.Prompts)
}

// Add counts an example.
func (f *Figures) Add(e *dataset.Example) {
	before := f.Characters.Count
	c, ok := e.CountsWith(&f.Characters)
	if !ok {
		f.characters(e)
	}
	f.Distributions[MeasureCharacters].Add(int(f.Characters.Count - before))
	sums := c.Sums()
	f.add(c, &sums)
	total, sequence := c.SumsFor(f.provider, &sums)
	over := f.nearness(c, &sums, sequence)
	f.Distributions[MeasureTokens].Add(total)
	f.Distributions[MeasureTokensAzure].Add(sums.Tokens.Azure)
	f.Distributions[MeasureTokensOpenAI].Add(sums.Tokens.OpenAI)
	f.Distributions[MeasureTrained].Add(sums.Trained)
	f.roles(c)
	f.Distributions[MeasureBytes].Add(len(e.Line))
	f.weights(e)
	f.system(e, c)
	if f.method.Shape() == dataset.ShapeChat {
		f.tutorial.Add(sums.Tokens.Azure - c.Tools - c.ImageTokens)
		if !f.taught(e) {
			f.untaught++
		}
	}
	f.Tools.Add(e, f.method)
	f.Prompts.Add(e, c)
	f.longest.add(LongExample{Line: e.Number, Tokens: total, Trained: sums.Trained, Bytes: len(e.Line), Over: over})
}

// nearness looks at how an example with a sequence of n tokens stands to the
// limit, and reports whether it is over it.
func (f *Figures) nearness(c *dataset.Counts, sums *dataset.Sums, n int) (over bool) {
	switch {
	case f.limit <= 0:
	case n > f.limit:
		all, _ := c.SumsFor(f.provider, sums)
		tokens, trained := c.Within(f.provider, f.limit)
		f.CutTokens += int64(all - tokens)
		f.CutTrained += int64(sums.Trained - trained)
		return true
	case n == f.limit:
		f.AtLimit++
	case n > f.limit*NearPercent/100:
		f.NearLimit++
	}
	return false
}

// roles counts the tokens of each role, and of what else an example can have.
func (f *Figures) roles(c *dataset.Counts) {
	var tokens [MeasureImages + 1]int
	for i := range c.Messages {
		m := &c.Messages[i]
		n := m.Tokens(f.provider)
		switch {
		case c.Method == dataset.Completion && i == 0:
			tokens[MeasurePrompt] += n
		case c.Method == dataset.Completion:
			tokens[MeasureCompletion] += n
		default:
			tokens[roleMeasure(m.Role)] += n
		}
		if m.Role == dataset.RoleAssistant {
			tokens[MeasureAssistantText] += m.Text
		}
		switch m.List {
		case dataset.ListPreferred:
			tokens[MeasurePreferred] += n
		case dataset.ListNonPreferred:
			tokens[MeasureNonPreferred] += n
		}
	}
	tokens[MeasureDefinitions] = c.Tools
	tokens[MeasureImageTokens] = c.ImageTokens
	tokens[MeasureImages] = c.Images
	if c.Method != dataset.Completion {
		f.Distributions[MeasureMessages].Add(len(c.Messages))
		f.Distributions[MeasureAssistantText].Add(tokens[MeasureAssistantText])
	}
	for m, n := range tokens {
		if n > 0 && measures[m].optional {
			f.Distributions[m].Add(n)
		}
	}
}

// characters counts the characters of an example whose tokens somebody else has
// had counted.
func (f *Figures) characters(e *dataset.Example) {
	if f.method == dataset.Completion {
		f.text(e, e.Prompt)
		f.text(e, e.Completion)
		return
	}
	for m := range messages(e, f.method) {
		f.text(e, m.Content)
		f.text(e, m.Refusal)
		for j := range m.Parts {
			f.text(e, m.Parts[j].Value) // a string where a part should be
			f.text(e, m.Parts[j].Text)
			f.text(e, m.Parts[j].Refusal)
		}
		for j := range m.Calls {
			f.text(e, m.Calls[j].Name)
			f.text(e, m.Calls[j].Arguments)
		}
		if m.FunctionCall.Kind != dataset.Object {
			continue
		}
		for key, value := range dataset.Members(e.Raw(m.FunctionCall)) {
			if text, ok := dataset.Inside(value); ok && (string(key) == `"name"` || string(key) == `"arguments"`) {
				f.Characters.Add(bytes.ToValidUTF8(dataset.AppendUnescaped(nil, text), []byte("\uFFFD")))
			}
		}
	}
}

func (f *Figures) text(e *dataset.Example, v dataset.Value) {
	if text := e.Text(v); v.Flags&dataset.FlagBroken != 0 {
		f.Characters.Add(bytes.ToValidUTF8(text, []byte("\uFFFD"))) // as it is counted
	} else {
		f.Characters.Add(text)
	}
}

// weights looks at the weights of an example.
func (f *Figures) weights(e *dataset.Example) {
	some := false
	for m := range messages(e, f.method) {
		some = some || m.Weight.Present()
		if m.Role != dataset.RoleAssistant {
			continue
		}
		f.Weights.Messages++
		switch {
		case !m.Weight.Present():
		case e.ZeroWeight(m):
			f.Weights.Zero++
		case m.Weight.Kind == dataset.Int && string(e.Raw(m.Weight)) == "1":
			f.Weights.One++
		default:
			f.Weights.Other++
		}
	}
	if some {
		f.Weights.Examples++
	}
}

// system counts the first system or developer message of an example that says
// anything.
func (f *Figures) system(e *dataset.Example, c *dataset.Counts) {
	at := 0 // in the counts, which have no messages that say nothing
	for m := range messages(e, f.method) {
		if !m.Says() {
			continue
		}
		counts := &c.Messages[at]
		at++
		if m.Role != dataset.RoleSystem && m.Role != dataset.RoleDeveloper || counts.Text == 0 {
			continue
		}
		text := e.Text(m.Content)
		if len(m.Parts) > 0 {
			f.scratch = f.scratch[:0]
			for i := range m.Parts {
				f.scratch = append(append(f.scratch, e.Text(m.Parts[i].Text)...), '\n')
			}
			text = f.scratch
		}
		f.Systems.Add(text, counts.Text, e.Number)
		return
	}
}

// messages yields the messages that belong to an example for a method: a line can
// have other lists of messages beside.
func messages(e *dataset.Example, m dataset.Method) iter.Seq[*dataset.Message] {
	return func(yield func(*dataset.Message) bool) {
		lists := [3]*dataset.List{}
		switch m.Shape() {
		case dataset.ShapeChat:
			lists[0] = &e.Messages
		case dataset.ShapePreference:
			lists = [3]*dataset.List{&e.Preference.Messages, &e.Preference.Preferred, &e.Preference.NonPreferred}
		}
		for _, list := range lists {
			if list == nil {
				return
			}
			for i := range list.Items {
				if !yield(&list.Items[i]) {
					return
				}
			}
		}
	}
}

// Merge takes over the figures of next, a *Figures, which must not be used again.
func (f *Figures) Merge(next lint.Collector, lines int64) {
	n := next.(*Figures)
	f.merge(n, lines)
	if n.pool != nil {
		n.pool.Put(n)
	}
}

// merge adds the figures of n, which stay as they are.
func (f *Figures) merge(n *Figures, lines int64) {
	f.Tokens.Merge(&n.Tokens, lines)
	f.Weights.Messages += n.Weights.Messages
	f.Weights.One += n.Weights.One
	f.Weights.Zero += n.Weights.Zero
	f.Weights.Other += n.Weights.Other
	f.Weights.Examples += n.Weights.Examples
	f.Systems.Merge(&n.Systems, lines)
	f.Tools.Merge(&n.Tools)
	f.Characters.Merge(&n.Characters)
	f.Prompts.Merge(&n.Prompts)
	for m := range f.Distributions {
		f.Distributions[m].Merge(&n.Distributions[m])
	}
	f.tutorial.Merge(&n.tutorial)
	f.untaught += n.untaught
	f.AtLimit += n.AtLimit
	f.NearLimit += n.NearLimit
	f.CutTokens += n.CutTokens
	f.CutTrained += n.CutTrained
	f.longest.merge(n.longest, lines)
}

// Longest returns the longest examples, the longest first.
func (f *Figures) Longest() []LongExample { return f.longest }

// Limit returns how many tokens of an example are trained. 0: not known.
func (f *Figures) Limit() int { return f.limit }

// Method returns the method that the examples are for; of several files that are
// for different methods, 0.
func (f *Figures) Method() dataset.Method { return f.method }

// Files returns of how many files the figures are.
func (f *Figures) Files() int { return max(1, f.files) }

// Summary describes the distribution of a measure.
func (f *Figures) Summary(m Measure) Summary { return f.Distributions[m].Summary() }

// Together returns the figures of several files as if they were one. names are
// the names of the files. Line numbers mean nothing in them, but for those of
// the longest examples.
func Together(names []string, files []*Figures) *Figures {
	all := &Figures{Tokens: Tokens{provider: files[0].provider, limit: files[0].limit, limits: files[0].limits}, method: files[0].method, files: len(files)}
	for i, f := range files {
		before := f.longest
		f.longest = make(longest, len(before))
		for j, e := range before {
			e.File = names[i]
			f.longest[j] = e
		}
		all.merge(f, 0)
		f.longest = before
		if f.method != all.method {
			all.method = 0
		}
	}
	return all
}

// Tutorial is what the Azure tutorial's script prints of a distribution. What it
// labels p5 and p95 are the quantiles 0.1 and 0.9.
type Tutorial struct {
	Min, Max     int64
	Mean, Median float64
	P10, P90     float64
}

// Tutorial returns what the Azure tutorial's script prints of chat examples, in the
// encoding that it counts in (o200k_base). Examples that it does not take, see
// ForTutorial, have figures all the same. ok says whether there are chat examples,
// counted in that encoding.
func (f *Figures) Tutorial(encoding string) (total, assistant Tutorial, ok bool) {
	if f.method.Shape() != dataset.ShapeChat || f.method == 0 || encoding != "o200k_base" || f.Examples == 0 {
		return Tutorial{}, Tutorial{}, false
	}
	of := func(h *Histogram) Tutorial {
		s := h.Summary()
		return Tutorial{s.Min, s.Max, s.Mean, s.Percentile(50), s.Percentile(10), s.Percentile(90)}
	}
	return of(&f.tutorial), of(&f.Distributions[MeasureAssistantText]), true
}

// ForTutorial reports whether the Azure tutorial's script takes all examples. At
// content that is no string, weights, calls and special tokens it stops with an
// error, and of a further key with a string it counts the string.
func (f *Figures) ForTutorial() bool { return f.untaught == 0 }

// taught reports whether the tutorial's script takes an example.
func (f *Figures) taught(e *dataset.Example) bool {
	const perhaps = dataset.FactFault | dataset.FactOddMessage | dataset.FactContentOdd | dataset.FactParts | dataset.FactKeys | dataset.FactMarker
	if e.Facts&perhaps == 0 {
		return true
	}
	const most = 1<<dataset.KeyRole | 1<<dataset.KeyContent | 1<<dataset.KeyName
	for m := range messages(e, f.method) {
		if m.Kind != dataset.Object || m.Keys&^most != 0 || len(m.Other) > 0 || m.RoleValue.Kind != dataset.String || m.Content.Kind != dataset.String ||
			m.Name.Present() && m.Name.Kind != dataset.String {
			return false
		}
		if text := e.Text(m.Content); bytes.Contains(text, []byte("<|endoftext|>")) || bytes.Contains(text, []byte("<|endofprompt|>")) {
			return false
		}
	}
	return e.Facts&dataset.FactFault == 0
}
