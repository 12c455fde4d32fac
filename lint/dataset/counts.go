package dataset

import "strings"

// Certainty says how far a figure of tokens can be relied on.
type Certainty uint8

// The certainties, best first.
const (
	// Exact: the way of counting gave what the service billed, to the token, in
	// every job that was compared.
	Exact Certainty = iota
	// Estimate: nobody has compared it with what a service billed.
	Estimate
	// UpperBound: the size of an image is not known, and its most is counted.
	UpperBound
)

// String returns the certainty as output writes it.
func (c Certainty) String() string { return [...]string{"exact", "estimate", "upper bound"}[c] }

// Doubts are the things in an example of which nobody has measured what they
// cost.
type Doubts uint16

// The doubts.
const (
	DoubtName         Doubts = 1 << iota // a message has a name
	DoubtTool                            // a tool or function message
	DoubtRefusal                         // a refusal
	DoubtParts                           // content as parts
	DoubtTools                           // definitions of tools, or calls
	DoubtImage                           // images
	DoubtUnknownImage                    // an image of unknown size: its most is counted
	DoubtRole                            // a role other than system, user and assistant
	DoubtPreference                      // a preference pair
	DoubtCompletion                      // a completion line
	DoubtTask                            // a reinforcement task
	DoubtCut                             // it is over the limit, which whoever adds examples up knows

	numDoubts = iota
)

// String names the doubts in d, joined with ", ".
func (d Doubts) String() string {
	var set []string
	for i, name := range [numDoubts]string{
		"names", "tool messages", "refusals", "text parts", "tools", "images", "images of unknown size",
		"roles other than system, user and assistant", "preference pairs", "completions", "reinforcement tasks",
		"examples over the limit",
	} {
		if d&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, ", ")
}

// Counts holds the tokens of one example, as each provider bills them. It is
// filled in by a [Counter] and reused from example to example.
type Counts struct {
	Method   Method
	Frame    Bill // of the example as a whole: tool definitions and what goes with each example
	Messages []MessageCounts
	Tools    int // of the definitions of tools; part of Frame
	Images   int // images in the example
	// ImageTokens is part of the tokens of the messages.
	ImageTokens int
	// SpareTokens is how much of ImageTokens is counted only because the sizes of
	// images are not known: the example may have as many tokens less.
	SpareTokens int
	// QuarterBytes is, for an example with images, a quarter of the line's bytes
	// with its line end, rounded up. Azure has reported this in place of image
	// tokens for two vision jobs; whether it is invoiced is not known.
	QuarterBytes int
	// Measured are the providers for which the way of counting was compared with
	// what jobs of this model were billed.
	Measured Provider
	Doubts   Doubts
	// Characters gets the characters of the texts that are counted, if it is not
	// nil: contents, refusals, calls, prompts and completions.
	Characters *Characters
}

// MessageCounts holds the tokens of one message. The prompt and the completion
// of a completion line count as messages too, without a role.
type MessageCounts struct {
	List ListID
	Role Role
	// Trained: the model learns to write this text. In supervised examples these
	// are the assistant messages whose weight is not 0; in preference pairs both
	// outputs, as the preference is learnt from the two; in completion lines the
	// completion; in reinforcement tasks nothing, as the model is trained on
	// answers of its own.
	Trained bool
	Text    int  // content, refusal, calls (function name and arguments)
	Images  int  // tokens of images
	Frame   Bill // role, name and what goes with each message
}

// Bill is a number of tokens by each provider's accounting.
type Bill struct{ Azure, OpenAI int }

// For returns the tokens by the accounting of p; of several providers the
// greatest number.
func (b Bill) For(p Provider) int {
	n := 0
	if p&Azure != 0 {
		n = b.Azure
	}
	if p&OpenAI != 0 {
		n = max(n, b.OpenAI)
	}
	return n
}

// Tokens returns how many tokens the message has by the accounting of p.
func (m *MessageCounts) Tokens(p Provider) int { return m.Frame.For(p) + m.Text + m.Images }

// TrainedTokens returns how many tokens of its text are trained: without role
// and framing, as the providers' tutorials count.
func (m *MessageCounts) TrainedTokens() int {
	if !m.Trained {
		return 0
	}
	return m.Text
}

// Reset makes c empty and keeps its memory, and Characters.
func (c *Counts) Reset() { *c = Counts{Messages: c.Messages[:0], Characters: c.Characters} }

// Certainty says how far the figures for p can be relied on.
func (c *Counts) Certainty(p Provider) Certainty {
	switch {
	case c.Doubts&DoubtUnknownImage != 0:
		return UpperBound
	case c.Doubts != 0 || p&^c.Measured != 0:
		return Estimate
	}
	return Exact
}

// Tokens returns how many tokens the example has by the accounting of p: each
// text of a preference pair once.
func (c *Counts) Tokens(p Provider) int {
	n := c.Frame.For(p)
	for i := range c.Messages {
		n += c.Messages[i].Tokens(p)
	}
	return n
}

// Trained returns how many tokens are trained, before anything is cut off.
func (c *Counts) Trained() int {
	n := 0
	for i := range c.Messages {
		n += c.Messages[i].TrainedTokens()
	}
	return n
}

// Longest returns how many tokens the longest sequence has that the model is
// given: that is what the limit on examples applies to. It is the whole example,
// but for a preference pair its prompt with the longer output.
func (c *Counts) Longest(p Provider) int {
	var lists [ListNonPreferred + 1]int
	for i := range c.Messages {
		m := &c.Messages[i]
		lists[m.List] += m.Tokens(p)
	}
	return c.Frame.For(p) + lists[ListMessages] + lists[ListInput] + max(lists[ListPreferred], lists[ListNonPreferred])
}

// Sums are sums over the messages of an example.
type Sums struct {
	Tokens  Bill // as Counts.Tokens
	Longest Bill // as Counts.Longest
	Trained int  // as Counts.Trained
}

// Sums returns what Tokens, Longest and Trained do for each provider, in one go.
func (c *Counts) Sums() (s Sums) {
	var preferred, nonPreferred Bill
	s.Longest = c.Frame
	for i := range c.Messages {
		m := &c.Messages[i]
		azure, openAI := m.Tokens(Azure), m.Tokens(OpenAI)
		list := &s.Longest
		switch m.List {
		case ListPreferred:
			list = &preferred
		case ListNonPreferred:
			list = &nonPreferred
		}
		list.Azure += azure
		list.OpenAI += openAI
		s.Trained += m.TrainedTokens()
	}
	s.Tokens.Azure = s.Longest.Azure + preferred.Azure + nonPreferred.Azure
	s.Tokens.OpenAI = s.Longest.OpenAI + preferred.OpenAI + nonPreferred.OpenAI
	s.Longest.Azure += max(preferred.Azure, nonPreferred.Azure)
	s.Longest.OpenAI += max(preferred.OpenAI, nonPreferred.OpenAI)
	return s
}

// SumsFor returns Tokens and Longest for p, which may be several providers.
func (c *Counts) SumsFor(p Provider, s *Sums) (tokens, longest int) {
	switch p {
	case Azure:
		return s.Tokens.Azure, s.Longest.Azure
	case OpenAI:
		return s.Tokens.OpenAI, s.Longest.OpenAI
	}
	return c.Tokens(p), c.Longest(p)
}

// endFrame is how much of a message's framing stands behind its text: the mark
// that ends the message.
const endFrame = 1

// Within returns what is left of the example where a service cuts examples of
// more than limit tokens at their end: the tokens, and how many of them are
// trained. A limit of 0 is none.
func (c *Counts) Within(p Provider, limit int) (tokens, trained int) {
	if limit <= 0 || c.Longest(p) <= limit {
		return c.Tokens(p), c.Trained()
	}
	tokens = min(c.Frame.For(p), limit)
	at, prompt, list := c.Frame.For(p), 0, ListMessages
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.List != list {
			if list = m.List; list == ListPreferred || list == ListNonPreferred {
				// Each output follows the prompt, which ends where the first one begins.
				if prompt == 0 {
					prompt = at
				}
				at = prompt
			}
		}
		n := m.Tokens(p)
		tokens += max(0, min(n, limit-at))
		if m.Trained {
			text := at + max(0, m.Frame.For(p)-endFrame) + m.Images
			trained += max(0, min(m.Text, limit-text))
		}
		at += n
	}
	return tokens, trained
}

// Counter counts the tokens of examples. It belongs to one goroutine.
type Counter interface {
	// Count fills in the counts of e, an example for method m.
	Count(e *Example, m Method, counts *Counts)
	// Bound returns a number of tokens that the longest sequence of e does not
	// exceed by any provider's accounting. It counts nothing and loads no
	// vocabulary. A rough number will do as long as it is not above enough.
	Bound(e *Example, m Method, enough int) int
}

// Tokens counts the tokens of examples when somebody wants to know them, and
// then once for all. It belongs to one goroutine.
type Tokens struct {
	New    func() Counter // called when the first example needs it
	Method Method

	counter Counter
	counts  Counts
}

func (t *Tokens) get() Counter {
	if t.counter == nil {
		t.counter = t.New()
	}
	return t.counter
}

// CountWith says with what the tokens of e are counted.
func (e *Example) CountWith(t *Tokens) { e.tokens = t }

// Counts returns the tokens of e. They are counted at the first call. The result
// is valid until the counts of another example are asked for.
func (e *Example) Counts() *Counts {
	if !e.counted {
		e.counted = true
		e.tokens.get().Count(e, e.tokens.Method, &e.tokens.counts)
	}
	return &e.tokens.counts
}

// CountsWith is Counts, and adds the characters of the texts that are counted to
// characters. ok says whether it did: they had not been counted before.
func (e *Example) CountsWith(characters *Characters) (counts *Counts, ok bool) {
	if e.counted {
		return &e.tokens.counts, false
	}
	e.tokens.counts.Characters = characters
	counts = e.Counts()
	counts.Characters = nil
	return counts, true
}

// MayExceed reports whether e may have a sequence of more than n tokens. Mostly
// it needs no counter to know: a text never has more tokens than bytes, and no
// message, key or bracket of a line costs more tokens than it has bytes, unless
// it stands for something else (definitions of tools, images) or was mended for
// counting (invalid UTF-8).
func (e *Example) MayExceed(n int) bool {
	if e.Facts&(FactTools|FactImage|FactFault) == 0 {
		return len(e.Line) > n
	}
	if e.counted {
		return true
	}
	return e.tokens.get().Bound(e, e.tokens.Method, n) > n
}

// ZeroWeight reports whether a message has the weight 0, so that it is not
// trained.
func (e *Example) ZeroWeight(m *Message) bool {
	if m.Weight.Kind != Int {
		return false
	}
	w := e.Raw(m.Weight)
	return string(w) == "0" || string(w) == "-0"
}
