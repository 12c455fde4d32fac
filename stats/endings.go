package stats

import (
	"hash/maphash"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint/dataset"
)

// MaxSuffix is how many bytes of a common suffix are kept.
const MaxSuffix = 64

// Suffix finds the common ending of texts. The zero value has seen none.
type Suffix struct {
	any  bool
	text []byte
}

// Add takes one text.
func (s *Suffix) Add(text []byte) {
	if !s.any {
		s.any = true
		s.text = slices.Clone(text[max(0, len(text)-MaxSuffix):])
		return
	}
	n := 0
	for n < len(s.text) && n < len(text) && s.text[len(s.text)-1-n] == text[len(text)-1-n] {
		n++
	}
	s.text = s.text[len(s.text)-n:]
}

// Merge takes over what next has found.
func (s *Suffix) Merge(next *Suffix) {
	if next.any {
		s.Add(next.text)
	}
}

// String returns the common ending, at most MaxSuffix bytes of it, from the
// first whole character on.
func (s *Suffix) String() string {
	text := s.text
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return string(text)
}

// MaxDistinct is how many different completions an Endings tells apart. It
// bounds the memory: about 20 bytes for each.
const MaxDistinct = 1 << 16

// Endings looks at how the prompts and completions of completion examples end.
// The zero value is empty and ready to use.
type Endings struct {
	Examples    int64  // examples whose prompt and completion are strings
	Prompted    int64  // of these, examples whose prompt is not empty
	Prompts     Suffix // of those that are not empty
	Completions Suffix

	distinct map[uint64]struct{} // hashes of completions
	overflow bool                // there are more than MaxDistinct
}

// Add takes one example.
func (s *Endings) Add(e *dataset.Example) {
	if e.Prompt.Kind != dataset.String || e.Completion.Kind != dataset.String {
		return
	}
	s.Examples++
	prompt, completion := e.Text(e.Prompt), e.Text(e.Completion)
	if len(prompt) > 0 {
		s.Prompted++
		s.Prompts.Add(prompt)
	}
	s.Completions.Add(completion)
	if !s.overflow {
		if s.distinct == nil {
			s.distinct = make(map[uint64]struct{})
		}
		s.distinct[maphash.Bytes(valueSeed, completion)] = struct{}{}
		s.bound()
	}
}

// Merge takes over what next, which has seen the lines that follow, has found.
// next must not be used again.
func (s *Endings) Merge(next *Endings) {
	s.Examples += next.Examples
	s.Prompted += next.Prompted
	s.Prompts.Merge(&next.Prompts)
	s.Completions.Merge(&next.Completions)
	switch {
	case s.overflow:
	case next.overflow:
		s.overflow, s.distinct = true, nil
	case s.distinct == nil:
		s.distinct = next.distinct
	default:
		maps.Copy(s.distinct, next.distinct)
		s.bound()
	}
}

func (s *Endings) bound() {
	if len(s.distinct) > MaxDistinct {
		s.overflow, s.distinct = true, nil
	}
}

// Classes reports whether the completions are classes rather than texts: fewer
// than a third of them differ. That is how OpenAI's prepare_data told.
func (s *Endings) Classes() bool {
	return !s.overflow && 3*int64(len(s.distinct)) < s.Examples
}
