package stats

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// Beginnings finds the longest beginning that the prompts of most examples share:
// what caching of prompts on the deployed model is about. It looks at a random
// sample of the examples, chosen by their own bytes, so that it is the same in
// every run and however the lines are split; with no more examples than that it
// looks at all of them. The zero value is empty and ready to use.
type Beginnings struct {
	examples int64
	// sample holds the examples with the least hashes of their lines: to be sorted,
	// the same line perhaps several times.
	sample []prompt
	above  bool   // examples were left out, which have hashes above
	limit  uint64 // this
	arena  []byte // the texts of the sample's prompts, as Add has written them
}

const (
	// sampled is how many different examples are in the sample.
	sampled = 128
	// firstArena is how many bytes are made ready for prompts.
	firstArena = 64 << 10
	// maxPrompt is how many bytes of a prompt are looked at.
	maxPrompt = 128 << 10
)

// prompt is the prompt of an example: its messages one after the other, with
// bytes between them that are in no UTF-8 text.
type prompt struct {
	hash  uint64 // of the line
	count int64  // examples with this very line
	text  []byte
}

const (
	markImage   = 0xFC // then a number that stands for the image
	markTools   = 0xFD // then a number that stands for the definitions, and their tokens
	markMessage = 0xFE // then the role, if one begins and does not go on, and markText
	markText    = 0xFF // then the text
)

// Add takes an example.
func (b *Beginnings) Add(e *dataset.Example, c *dataset.Counts) {
	b.examples++
	hash := xxh3.Hash(e.Line)
	if b.leavesOut(hash) {
		return
	}
	if b.arena == nil {
		b.arena = make([]byte, 0, firstArena)
	}
	start := len(b.arena)
	b.arena = appendPrompt(b.arena, e, c)
	b.keep(prompt{hash: hash, count: 1, text: b.arena[start:len(b.arena):len(b.arena)]})
}

func (b *Beginnings) leavesOut(hash uint64) bool { return b.above && hash > b.limit }

func (b *Beginnings) keep(p prompt) {
	if len(b.sample) == 2*sampled {
		b.settle()
	}
	b.sample = append(b.sample, p)
}

// settle makes the sample what it is to be: each line once, sorted by their
// hashes, and not too many.
func (b *Beginnings) settle() {
	slices.SortFunc(b.sample, func(x, y prompt) int { return cmp.Compare(x.hash, y.hash) })
	n := 0
	for i, p := range b.sample {
		switch {
		case i > 0 && p.hash == b.sample[n-1].hash:
			b.sample[n-1].count += p.count
		default:
			b.sample[n] = p
			n++
		}
	}
	clear(b.sample[n:])
	b.sample = b.sample[:n]
	if n > sampled {
		clear(b.sample[sampled:])
		b.sample = b.sample[:sampled]
		b.above, b.limit = true, b.sample[sampled-1].hash
	}
}

// Merge takes over what next has found, which stays as it is.
func (b *Beginnings) Merge(next *Beginnings) {
	b.examples += next.examples
	if next.above && (!b.above || next.limit < b.limit) {
		b.above, b.limit = true, next.limit
		b.sample = slices.DeleteFunc(b.sample, func(p prompt) bool { return b.leavesOut(p.hash) })
	}
	for _, p := range next.sample {
		if !b.leavesOut(p.hash) {
			p.text = bytes.Clone(p.text) // the others of next need not stay in memory for it
			b.keep(p)
		}
	}
}

// reuse takes over the memory of old, which is not used again.
func (b *Beginnings) reuse(old *Beginnings) {
	clear(old.sample)
	b.sample, b.arena = old.sample[:0], old.arena[:0]
}

// appendPrompt appends the prompt of an example: what stands before the first
// answer.
func appendPrompt(dst []byte, e *dataset.Example, c *dataset.Counts) []byte {
	before := len(dst)
	if c.Method == dataset.Completion {
		return appendText(append(dst, markMessage, markText), e, e.Prompt)
	}
	if c.Tools > 0 {
		var lists uint64
		for _, f := range e.ToolFields() {
			if f.ID == dataset.KeyTools || f.ID == dataset.KeyFunctions {
				lists ^= xxh3.HashSeed(e.Raw(f.Value), uint64(f.ID))
			}
		}
		dst = fmt.Appendf(append(dst, markTools), "%x:%d", lists, c.Tools)
	}
	messages := e.Messages.Items
	if c.Method.Shape() == dataset.ShapePreference {
		messages = e.Preference.Messages.Items
	}
	for i := range messages {
		m := &messages[i]
		if m.Role == dataset.RoleAssistant || len(dst) >= before+maxPrompt {
			break
		}
		dst = append(append(append(dst, markMessage), m.Role.String()...), markText)
		dst = appendText(dst, e, m.Content)
		for j := range m.Parts {
			dst = appendText(dst, e, m.Parts[j].Text)
			if url := m.Parts[j].URL; url.Present() {
				// Another image is another prompt. The message goes on after it.
				dst = fmt.Appendf(append(dst, markImage), "%x", xxh3.Hash(e.Raw(url)))
				dst = append(dst, markMessage, markText)
			}
		}
	}
	return dst[:min(len(dst), before+maxPrompt)]
}

func appendText(dst []byte, e *dataset.Example, v dataset.Value) []byte {
	text := e.Text(v)
	text = text[:min(len(text), maxPrompt)]
	if v.Flags&dataset.FlagBroken != 0 {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD")) // it must not look like a mark
	}
	return append(dst, text...)
}

// Shared is the longest beginning that most prompts share.
type Shared struct {
	Tokens   int     // at the least 0: none
	AtLeast  bool    // it is longer than what is looked at of a prompt
	Share    float64 // of the examples that were looked at, those that have it
	Looked   int64   // examples that were looked at
	Examples int64   // examples in all
}

// Exact reports whether all examples were looked at.
func (s Shared) Exact() bool { return s.Looked == s.Examples }

// Shared returns the longest beginning that more than half of the prompts share.
// encoding is the name of the encoding that it is counted in.
func (b *Beginnings) Shared(encoding string) Shared {
	b.settle()
	s := Shared{Examples: b.examples}
	if len(b.sample) == 0 {
		return s
	}
	alive := make([]*prompt, len(b.sample))
	for i := range b.sample {
		alive[i] = &b.sample[i]
		s.Looked += b.sample[i].count
	}
	have, length := s.Looked, 0
	for {
		// At most one byte goes on in more than half of them.
		var weight [256]int64
		for _, p := range alive {
			if length < len(p.text) {
				weight[p.text[length]] += p.count
			}
		}
		next := 0
		for c := range weight {
			if weight[c] > weight[next] {
				next = c
			}
		}
		if 2*weight[next] <= s.Looked {
			break
		}
		if weight[next] < have {
			have = weight[next]
			alive = slices.DeleteFunc(alive, func(p *prompt) bool { return length >= len(p.text) || p.text[length] != byte(next) })
		}
		length++
	}
	counted, err := tokenize.Get(encoding)
	if err != nil || b.examples < 2 {
		return s
	}
	// A role alone is nothing that anybody would call a beginning.
	text := alive[0].text
	s.AtLeast = length == maxPrompt
	cut := length < len(text) && text[length] < markImage || s.AtLeast
	s.Tokens = sharedTokens(text[:length], cut, counted)
	if s.Tokens > 0 {
		s.Share = float64(have) / float64(s.Looked)
	}
	return s
}

// sharedTokens counts what a beginning has: the messages that are begun, and
// definitions of tools if all of them are there. cut says that it may end within a
// token.
func sharedTokens(text []byte, cut bool, encoding *tokenize.Encoding) int {
	n := 0
	if len(text) > 0 && text[0] == markTools {
		end := bytes.IndexByte(text, markMessage)
		if end < 0 {
			return 0
		}
		var hash uint64
		fmt.Sscanf(string(text[1:end]), "%x:%d", &hash, &n)
		text = text[end:]
	}
	messages := bytes.Split(text, []byte{markMessage})
	for i, message := range messages {
		role, content, ok := bytes.Cut(message, []byte{markText})
		if !ok {
			continue
		}
		content, _, _ = bytes.Cut(content, []byte{markImage})
		tokens := encoding.Count(bytes.ToValidUTF8(content, nil))
		if cut && i == len(messages)-1 {
			tokens-- // the last one may go on
		}
		if tokens > 0 {
			if n += tokens; len(role) > 0 {
				n += 3 // the marks and the role in front of a text
			}
		}
	}
	return n
}
