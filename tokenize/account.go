package tokenize

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint/dataset"
)

// DefaultEncoding is the encoding that is taken where no model is named: that of
// the models that can be fine-tuned today.
const DefaultEncoding = "o200k_base"

// defaultImageModel is the model whose rule for images is taken where no model,
// or one without a rule, is named: with it images can be fine-tuned.
const defaultImageModel = "gpt-4.1"

// Accounting says how the tokens of examples are counted for a model. The zero
// value counts as where no model is named.
type Accounting struct {
	Encoding string            // empty: DefaultEncoding
	Images   catalog.ImageRule // zero: that of gpt-4.1
	// FetchImage gets the image behind a URL, whose size is then known. nil: the most
	// that it can have is counted.
	FetchImage func(url string) dataset.FetchedImage
	// Measured are the providers for which the figures of text were compared with
	// what jobs of this model were billed.
	Measured dataset.Provider
}

// AccountingFor returns how the examples for a model are counted. A model whose
// encoding is not known is counted in DefaultEncoding; known tells. An encoding
// that there is not, which a user's catalogue may have, is an error.
func AccountingFor(c *catalog.Catalog, model string) (a Accounting, known bool, err error) {
	a.Encoding, known = c.Encoding(model)
	if _, ok := encodings[a.Encoding]; known && !ok {
		return Accounting{}, false, fmt.Errorf("model %s: unknown encoding %q", model, a.Encoding)
	}
	if !known {
		a.Encoding = DefaultEncoding
		return a, false, nil
	}
	a.Images, _ = c.ImageTokens(model)
	if c.Measured(model, catalog.Azure) {
		a.Measured |= dataset.Azure
	}
	if c.Measured(model, catalog.OpenAI) {
		a.Measured |= dataset.OpenAI
	}
	return a, true, nil
}

// What goes with each example and message beside its texts. OpenAI: the
// trained_tokens of 13 of 13 public jobs equal 1 + the sum of 4 + content over
// messages. Azure: those of a public job equal the formula of OpenAI's notebook,
// 3 + the sum of 3 + role + content [+ name + 1].
const (
	openAIExample = 1
	openAIMessage = 4
	azureExample  = 3
	azureMessage  = 3
	nameFrame     = 1
	toolsFrame    = -2 // a measured list of tools: the tokens of its text less 2
)

// exampleCounter counts the tokens of examples.
type exampleCounter struct {
	accounting Accounting
	counter    *Counter
	characters *dataset.Characters   // of the example at hand: gets those of its texts
	roles      [dataset.NumRoles]int // tokens of each role, once counted
	scratch    []byte
	tools      definitions
	seen       map[string]seenTools
	seenBytes  int
}

// seenTools is what is known of a list of tools: most files have few different
// ones.
type seenTools struct {
	bytes  int // of its text
	tokens int // -1: not counted yet
}

// Bounds of what is kept of lists of tools.
const (
	maxSeenTools = 1 << 20 // bytes, all together
	maxOneTools  = 1 << 16 // bytes of one
)

// keepScratch is how many bytes of unescaped text are kept for the next one.
const keepScratch = 8 << 20

// NewCounter returns a counter of examples, for one goroutine. It takes little
// until it counts: the vocabulary is loaded for the first text.
func (a Accounting) NewCounter() dataset.Counter {
	if a.Encoding == "" {
		a.Encoding = DefaultEncoding
	}
	return &exampleCounter{accounting: a, seen: map[string]seenTools{}}
}

// Count fills in the counts of e, an example for method m.
func (x *exampleCounter) Count(e *dataset.Example, m dataset.Method, c *dataset.Counts) {
	c.Reset()
	x.characters = c.Characters
	c.Method, c.Measured = m, x.accounting.Measured
	switch m.Shape() {
	case dataset.ShapeCompletion:
		c.Doubts |= dataset.DoubtCompletion
		c.Messages = append(c.Messages,
			dataset.MessageCounts{Text: x.value(e, e.Prompt)},
			dataset.MessageCounts{Text: x.value(e, e.Completion), Trained: true})
		return
	case dataset.ShapePreference:
		c.Doubts |= dataset.DoubtPreference
		for _, list := range [...]*dataset.List{&e.Preference.Messages, &e.Preference.Preferred, &e.Preference.NonPreferred} {
			for i := range list.Items {
				x.message(e, &list.Items[i], c)
			}
		}
	default:
		if m == dataset.RFT {
			c.Doubts |= dataset.DoubtTask
		}
		for i := range e.Messages.Items {
			x.message(e, &e.Messages.Items[i], c)
		}
	}
	if e.Facts&dataset.FactTools != 0 {
		tools, functions := toolLists(e)
		if c.Tools = x.toolTokens(tools, functions).tokens; c.Tools > 0 {
			c.Doubts |= dataset.DoubtTools
		}
	}
	c.Frame = dataset.Bill{Azure: azureExample + c.Tools, OpenAI: openAIExample + c.Tools}
	if c.Images > 0 {
		c.QuarterBytes = (len(e.Line) + 1 + 3) / 4
	}
	if cap(x.scratch) > keepScratch {
		x.scratch = nil
	}
}

// Bound returns a number that the tokens of e do not exceed. Text has no more
// tokens than bytes, and unescaping makes none longer. What goes with an example
// or a message is less than the brackets, quotes and keys without which it is
// not counted: {"messages":[]} is 15 bytes for 3 tokens, {"role":""} 11 for 4,
// "name":"" 9 for 1. So the bytes of the line are a bound, but for three things:
// invalid UTF-8, of which U+FFFD with three bytes may stand for one; the text
// of tools, which is added here; and images, of which the most is taken in place
// of their URLs.
func (x *exampleCounter) Bound(e *dataset.Example, m dataset.Method, enough int) int {
	n := len(e.Line)
	pictures := 0
	if e.Facts&dataset.FactImage != 0 {
		for i := range e.All {
			for j := range e.All[i].Parts {
				if p := &e.All[i].Parts[j]; p.ImageURL.Present() {
					n -= p.URL.Len()
					_, most := x.imageRule().Range(lowDetail(e, p))
					pictures += most
				}
			}
		}
	}
	if e.Facts&dataset.FactFault != 0 {
		n *= len("\uFFFD")
	}
	if e.Facts&dataset.FactTools != 0 {
		tools, functions := toolLists(e)
		// What a list is written as is not as long as toolsGrow times its JSON: the
		// worst is a property of a few bytes, {"a":{}}, in maxSchemaDepth objects.
		const toolsGrow, toolsFrame = 16, 64
		if rough := n + pictures + toolsGrow*(len(tools)+len(functions)) + toolsFrame; rough <= enough {
			return rough
		}
		n += x.toolBytes(tools, functions)
	}
	return n + pictures
}

// message counts one message. What is no message, having neither a role nor
// anything to say, costs nothing.
func (x *exampleCounter) message(e *dataset.Example, m *dataset.Message, c *dataset.Counts) {
	if !m.Says() {
		return
	}
	c.Messages = append(c.Messages, dataset.MessageCounts{
		List: m.List, Role: m.Role, Trained: trained(e, m, c.Method),
		Frame: dataset.Bill{Azure: azureMessage + x.role(e, m), OpenAI: openAIMessage},
	})
	mc := &c.Messages[len(c.Messages)-1]
	switch m.Role {
	case dataset.RoleSystem, dataset.RoleUser, dataset.RoleAssistant:
	case dataset.RoleTool, dataset.RoleFunction:
		c.Doubts |= dataset.DoubtTool
	default:
		c.Doubts |= dataset.DoubtRole
	}
	if m.Name.Kind == dataset.String {
		c.Doubts |= dataset.DoubtName
		n := x.aside(func() int { return x.value(e, m.Name) }) + nameFrame
		mc.Frame.Azure += n
		mc.Frame.OpenAI += n
	}
	mc.Text = x.value(e, m.Content)
	if m.Content.Kind == dataset.Array {
		c.Doubts |= dataset.DoubtParts
		for i := range m.Parts {
			x.part(e, &m.Parts[i], c, mc)
		}
	}
	if m.Refusal.Kind == dataset.String {
		c.Doubts |= dataset.DoubtRefusal
		mc.Text += x.value(e, m.Refusal)
	}
	if len(m.Calls) > 0 {
		c.Doubts |= dataset.DoubtTools
		for i := range m.Calls {
			mc.Text += x.value(e, m.Calls[i].Name) + x.value(e, m.Calls[i].Arguments)
		}
	}
	if m.FunctionCall.Kind == dataset.Object {
		c.Doubts |= dataset.DoubtTools
		for key, value := range dataset.Members(e.Raw(m.FunctionCall)) {
			if text, ok := dataset.Inside(value); ok && (string(key) == `"name"` || string(key) == `"arguments"`) {
				mc.Text += x.text(text, bytes.IndexByte(text, '\\') >= 0, !utf8.Valid(text))
			}
		}
	}
}

// trained reports whether the model learns to write a message.
func trained(e *dataset.Example, m *dataset.Message, method dataset.Method) bool {
	switch {
	case m.Role != dataset.RoleAssistant:
		return false
	case method == dataset.DPO:
		return m.List == dataset.ListPreferred || m.List == dataset.ListNonPreferred
	case method == dataset.RFT:
		return false
	}
	return !e.ZeroWeight(m)
}

// part counts one part of a content array.
func (x *exampleCounter) part(e *dataset.Example, p *dataset.Part, c *dataset.Counts, mc *dataset.MessageCounts) {
	mc.Text += x.value(e, p.Value) // a string where a part should be
	mc.Text += x.value(e, p.Text)
	if p.Refusal.Kind == dataset.String {
		c.Doubts |= dataset.DoubtRefusal
		mc.Text += x.value(e, p.Refusal)
	}
	if !p.ImageURL.Present() {
		return
	}
	c.Doubts |= dataset.DoubtImage
	c.Images++
	rule, low := x.imageRule(), lowDetail(e, p)
	least, n := rule.Range(low)
	if least != n { // else the size does not matter
		info, err := dataset.ImageInfo{}, error(images.ErrNoDataURI)
		if raw, ok := dataset.Inside(e.Raw(p.URL)); ok {
			info, err = images.Read(raw)
			if fetch := x.accounting.FetchImage; fetch != nil && errors.Is(err, images.ErrRemote) {
				if fetched := fetch(string(e.Text(p.URL))); fetched.Width > 0 {
					info, err = fetched.ImageInfo, nil
				}
			}
		}
		if err == nil {
			n = rule.Tokens(low, info.Width, info.Height)
		} else {
			c.Doubts |= dataset.DoubtUnknownImage
			c.SpareTokens += n - least
		}
	}
	c.ImageTokens += n
	mc.Images += n
}

func lowDetail(e *dataset.Example, p *dataset.Part) bool {
	return p.Detail.Kind == dataset.String && string(e.Raw(p.Detail)) == `"low"`
}

// imageRule returns how images are counted.
func (x *exampleCounter) imageRule() catalog.ImageRule {
	if x.accounting.Images.Rule == "" {
		c, err := catalog.Load()
		if err != nil {
			panic(err) // it is part of the program
		}
		x.accounting.Images, _ = c.ImageTokens(defaultImageModel)
	}
	return x.accounting.Images
}

// role counts the role of a message.
func (x *exampleCounter) role(e *dataset.Example, m *dataset.Message) int {
	if m.Role == dataset.RoleOther {
		return x.aside(func() int { return x.value(e, m.RoleValue) })
	}
	if m.Role != dataset.RoleNone && x.roles[m.Role] == 0 {
		x.roles[m.Role] = x.aside(func() int { return x.count([]byte(m.Role.String())) })
	}
	return x.roles[m.Role]
}

// aside counts what is none of the texts of an example.
func (x *exampleCounter) aside(count func() int) int {
	characters := x.characters
	x.characters = nil
	n := count()
	x.characters = characters
	return n
}

// value counts a string value; other values have no text.
func (x *exampleCounter) value(e *dataset.Example, v dataset.Value) int {
	if v.Kind != dataset.String {
		return 0
	}
	return x.text(e.Line[v.Start+1:v.End-1], v.Flags&dataset.FlagEscaped != 0, v.Flags&dataset.FlagBroken != 0)
}

// text counts the inside of a JSON string: where it lies, if it is its own text.
func (x *exampleCounter) text(raw []byte, escaped, broken bool) int {
	if escaped {
		x.scratch = dataset.AppendUnescaped(x.scratch[:0], raw)
		raw = x.scratch
	}
	if broken {
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	return x.count(raw)
}

// count counts text, for which it loads the vocabulary if it is the first.
func (x *exampleCounter) count(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	if x.counter == nil {
		encoding, err := Get(x.accounting.Encoding)
		if err != nil {
			panic(err) // it is part of the program
		}
		x.counter = encoding.NewCounter()
	}
	x.counter.characters = x.characters
	return x.counter.Count(text)
}

// toolLists returns the definitions of tools, and of functions, of an example.
func toolLists(e *dataset.Example) (tools, functions []byte) {
	for _, f := range e.ToolFields() {
		switch {
		case f.Value.Kind != dataset.Array:
		case f.ID == dataset.KeyTools:
			tools = e.Raw(f.Value)
		case f.ID == dataset.KeyFunctions:
			functions = e.Raw(f.Value)
		}
	}
	return tools, functions
}

// toolBytes returns the length of the text of tool definitions.
func (x *exampleCounter) toolBytes(tools, functions []byte) int {
	key := x.toolKey(tools, functions)
	if known, ok := x.seen[string(key)]; ok {
		return known.bytes
	}
	known := seenTools{bytes: len(x.tools.write(tools, functions)), tokens: -1}
	x.remember(key, known)
	return known.bytes
}

// toolTokens counts tool definitions.
func (x *exampleCounter) toolTokens(tools, functions []byte) seenTools {
	key := x.toolKey(tools, functions)
	known, ok := x.seen[string(key)]
	if ok && known.tokens >= 0 {
		return known
	}
	text := x.tools.write(tools, functions)
	known = seenTools{bytes: len(text)}
	if len(text) > 0 {
		if !utf8.Valid(text) {
			text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
		}
		known.tokens = max(0, x.aside(func() int { return x.count(text) })+toolsFrame)
	}
	x.remember(key, known)
	return known
}

// toolKey returns what lists of tools are known by.
func (x *exampleCounter) toolKey(tools, functions []byte) []byte {
	if functions == nil {
		return tools
	}
	x.scratch = append(append(append(x.scratch[:0], tools...), '+'), functions...)
	return x.scratch
}

func (x *exampleCounter) remember(key []byte, known seenTools) {
	if len(key) > maxOneTools {
		return
	}
	if x.seenBytes += len(key); x.seenBytes > maxSeenTools {
		clear(x.seen)
		x.seenBytes = len(key)
	}
	x.seen[string(key)] = known
}
