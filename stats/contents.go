package stats

import (
	"math"
	"sync"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// Entry is an example of a file, as far as versions of the file are compared.
type Entry struct {
	// Whole is what dataset.Identity says of the whole line.
	Whole dataset.Hash
	// Prompt and Answer are what dataset.Identity says; the answer of a preference pair
	// is both outputs.
	Prompt, Answer uint64
	// Question is what was asked last: the last message of a user before the answer. 0:
	// there is none.
	Question uint64
	Line     int64
	// Tokens and Trained are what the example adds to those of Tokens. Of an example
	// with more than 4,294,967,295 of them they are that.
	Tokens, Trained uint32
}

// OtherLine is a line that is no example of the file's method, and is not blank.
type OtherLine struct {
	Hash    dataset.Hash // canonical: white space and the order of keys do not count
	Line    int64
	Invalid bool // it is not JSON
}

// Contents is all that is in a file, so that it can be compared with another version of
// it: 56 bytes for each example. It is a lint.Collector and a lint.OtherLines, for
// lint.Options.Figures.
type Contents struct {
	Tokens
	// Method is what the file is for; of a file that is no dataset 0.
	Method dataset.Method

	entries segmented[Entry]
	others  segmented[OtherLine]
	id      dataset.Identifier
	scratch []byte
	pool    *sync.Pool // where it goes once merged into others, if anywhere
}

// NewContents returns the contents of a file with the settings, still empty.
func NewContents(s *lint.Settings) *Contents {
	return &Contents{Tokens: *NewTokens(s), Method: s.Method}
}

// ContentsMaker returns what makes contents for lint.Options.Figures. As with
// FiguresMaker, those that have been merged into others are used again.
func ContentsMaker() func(*lint.Settings) lint.Collector {
	pool := &sync.Pool{}
	return func(s *lint.Settings) lint.Collector {
		fresh := NewContents(s)
		fresh.pool = pool
		if before, _ := pool.Get().(*Contents); before != nil {
			fresh.entries, fresh.others, fresh.id, fresh.scratch = before.entries, before.others, before.id, before.scratch
			fresh.entries.clear()
			fresh.others.clear()
		}
		return fresh
	}
}

// Add takes one example of a chunk.
func (c *Contents) Add(e *dataset.Example) {
	if c.Method == 0 { // of no method, so that nothing could be counted
		c.AddOther(e)
		return
	}
	counts := e.Counts()
	sums := counts.Sums()
	tokens, trained := c.add(counts, &sums)
	id := c.id.Identify(e)
	c.entries.append(Entry{
		Whole: id.Whole, Prompt: id.Prompt, Answer: bothOutputs(id.Answer, id.Other), Question: c.question(e),
		Line: e.Number, Tokens: saturated(tokens), Trained: saturated(trained),
	})
}

// bothOutputs makes one hash of those of two outputs, of which the other may be 0.
func bothOutputs(preferred, other uint64) uint64 {
	if other == 0 {
		return preferred
	}
	mixed := preferred*0x9E3779B97F4A7C15 + other
	return max(1, mixed^mixed>>32)
}

func saturated(n int) uint32 { return uint32(min(n, math.MaxUint32)) }

// question returns the hash of what was asked last.
func (c *Contents) question(e *dataset.Example) uint64 {
	var list []dataset.Message
	switch e.Shape {
	case dataset.ShapeChat:
		list = e.Messages.Items
	case dataset.ShapePreference:
		list = e.Preference.Messages.Items
	}
	for i := len(list) - 1; i >= 0; i-- {
		if m := &list[i]; m.Role == dataset.RoleUser && m.Content.Present() {
			var sum dataset.Hash
			sum, c.scratch = dataset.CanonicalHash(e.Raw(m.Content), c.scratch)
			return max(1, sum.Lo)
		}
	}
	return 0
}

// AddOther takes a line of a chunk that is no example.
func (c *Contents) AddOther(e *dataset.Example) {
	var sum dataset.Hash
	sum, c.scratch = dataset.CanonicalHash(e.Line, c.scratch)
	c.others.append(OtherLine{sum, e.Number, e.Broken})
}

// Merge takes over the contents of next, those of the lines that follow, which must not
// be used again.
func (c *Contents) Merge(next lint.Collector, lines int64) {
	n := next.(*Contents)
	c.Tokens.Merge(&n.Tokens, lines)
	for i := range n.entries.len() {
		one := *n.entries.at(i)
		one.Line += lines
		c.entries.append(one)
	}
	for i := range n.others.len() {
		one := *n.others.at(i)
		one.Line += lines
		c.others.append(one)
	}
	if n.pool != nil {
		n.pool.Put(n)
	}
}

// Len returns the number of examples.
func (c *Contents) Len() int { return c.entries.len() }

// At returns an example, in the order of their lines.
func (c *Contents) At(i int) *Entry { return c.entries.at(i) }

// Others returns the number of lines that are no examples.
func (c *Contents) Others() int { return c.others.len() }

// OtherAt returns a line that is no example, in their order.
func (c *Contents) OtherAt(i int) *OtherLine { return c.others.at(i) }
