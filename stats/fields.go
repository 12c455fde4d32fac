// Package stats holds accumulators over the examples of a dataset: each adds
// one example at a time, merges with the accumulator of the lines that follow,
// and gives the same figures however the lines were split.
package stats

import (
	"hash/maphash"

	"github.com/ftlint/ftlint/lint/dataset"
)

// MaxFields is how many different fields a Fields tells apart. It bounds the
// memory that a file with ever new keys can take: about 200 bytes per field and
// worker.
const MaxFields = 1024

// Fields counts the additional top-level fields of reinforcement examples: all
// but messages and tools. The zero value is empty and ready to use.
type Fields struct {
	Examples  int64 // examples seen
	FirstLine int64 // line of the first of them
	Bare      int64 // examples without any additional field
	FirstBare int64 // line of the first of them

	// All holds the fields in the order of their first appearance.
	All []FieldStats
	// Overflow says that there are more than MaxFields fields; All is then empty.
	Overflow bool

	index map[string]int // by key, in All
}

// FieldStats is what a Fields knows of one field.
type FieldStats struct {
	Key         string
	Present     int64 // examples that have it
	FirstAbsent int64 // line of the first example that lacks it, 0 if none does
	Kinds       [NumFieldKinds]KindStats
	Constant    bool // its value is written in the same way wherever it is present

	value uint64 // hash of the first value
	last  int64  // the number of the last example that has it, within this accumulator
}

// KindStats counts the examples in which a field has one type of value.
type KindStats struct {
	Lines int64
	First int64 // line of the first
}

// FieldKind is a type of value as JSON has them.
type FieldKind uint8

// The types of values.
const (
	FieldNull FieldKind = iota
	FieldBool
	FieldNumber
	FieldString
	FieldArray
	FieldObject

	NumFieldKinds = int(iota)
)

// String returns the name of the type as JSON users say it.
func (k FieldKind) String() string {
	return [NumFieldKinds]string{"null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

func fieldKind(k dataset.Kind) FieldKind {
	switch k {
	case dataset.True, dataset.False:
		return FieldBool
	case dataset.Int, dataset.Float:
		return FieldNumber
	case dataset.String:
		return FieldString
	case dataset.Array:
		return FieldArray
	case dataset.Object:
		return FieldObject
	default:
		return FieldNull
	}
}

// valueSeed is of this process: nobody can prepare values that collide.
var valueSeed = maphash.MakeSeed()

// Extra reports whether a top-level member of a reinforcement example is an
// additional one, which the grader may read.
func Extra(f dataset.Field) bool { return f.ID != dataset.KeyMessages && f.ID != dataset.KeyTools }

// Add counts an example.
func (s *Fields) Add(e *dataset.Example) {
	if s.Examples++; s.Examples == 1 {
		s.FirstLine = e.Number
	}
	extra := false
	for _, f := range e.Fields {
		if Extra(f) {
			extra = true
			s.field(e, f)
		}
	}
	if !extra {
		if s.Bare++; s.Bare == 1 {
			s.FirstBare = e.Number
		}
	}
	for i := range s.All {
		if f := &s.All[i]; f.last != s.Examples && f.FirstAbsent == 0 {
			f.FirstAbsent = e.Number
		}
	}
}

// field counts one additional field of the example.
func (s *Fields) field(e *dataset.Example, member dataset.Field) {
	if s.Overflow {
		return
	}
	key, value := e.Text(member.Key), maphash.Bytes(valueSeed, e.Raw(member.Value))
	at, ok := s.index[string(key)]
	if !ok {
		if at = s.add(FieldStats{Key: string(key), Constant: true, value: value}); at < 0 {
			return
		}
		if s.Examples > 1 {
			s.All[at].FirstAbsent = s.FirstLine
		}
	}
	f := &s.All[at]
	if f.last == s.Examples {
		return // the same key once more
	}
	f.last = s.Examples
	f.Present++
	kind := &f.Kinds[fieldKind(member.Value.Kind)]
	if kind.Lines++; kind.Lines == 1 {
		kind.First = e.Number
	}
	f.Constant = f.Constant && f.value == value
}

// add appends a field and returns its index, or -1 if there are too many.
func (s *Fields) add(f FieldStats) int {
	if len(s.All) == MaxFields {
		s.Overflow, s.All, s.index = true, nil, nil
		return -1
	}
	if s.index == nil {
		s.index = make(map[string]int)
	}
	s.All = append(s.All, f)
	s.index[f.Key] = len(s.All) - 1
	return len(s.All) - 1
}

// Merge takes over the figures of next, which has counted the lines that
// follow. lines is added to next's line numbers. next must not be used again.
func (s *Fields) Merge(next *Fields, lines int64) {
	switch {
	case next.Examples == 0:
		return
	case next.Overflow:
		s.Overflow, s.All, s.index = true, nil, nil
	case !s.Overflow:
		s.mergeFields(next, lines)
	}
	if s.Examples == 0 {
		s.FirstLine = next.FirstLine + lines
	}
	if s.Bare == 0 && next.Bare > 0 {
		s.FirstBare = next.FirstBare + lines
	}
	s.Examples += next.Examples
	s.Bare += next.Bare
}

func (s *Fields) mergeFields(next *Fields, lines int64) {
	for _, b := range next.All {
		if b.FirstAbsent > 0 {
			b.FirstAbsent += lines
		}
		for k := range b.Kinds {
			if b.Kinds[k].Lines > 0 {
				b.Kinds[k].First += lines
			}
		}
		b.last += s.Examples
		at, ok := s.index[b.Key]
		if !ok {
			if s.Examples > 0 {
				b.FirstAbsent = s.FirstLine
			}
			if s.add(b) < 0 {
				return
			}
			continue
		}
		a := &s.All[at]
		a.Present += b.Present
		if a.FirstAbsent == 0 {
			a.FirstAbsent = b.FirstAbsent
		}
		for k := range a.Kinds {
			if a.Kinds[k].Lines == 0 {
				a.Kinds[k].First = b.Kinds[k].First
			}
			a.Kinds[k].Lines += b.Kinds[k].Lines
		}
		a.Constant = a.Constant && b.Constant && a.value == b.value
		a.last = b.last
	}
	for i := range s.All {
		// Not in next at all.
		if a := &s.All[i]; a.last <= s.Examples && a.FirstAbsent == 0 {
			a.FirstAbsent = next.FirstLine + lines
		}
	}
}

// Types returns, for a field whose values have several types, the commonest
// type and the line of the first value of another type. Without such a value
// line is 0.
func (f *FieldStats) Types() (usual, other FieldKind, line int64) {
	for k := range f.Kinds {
		if f.Kinds[k].Lines > f.Kinds[usual].Lines {
			usual = FieldKind(k)
		}
	}
	for k := range f.Kinds {
		if kind := f.Kinds[k]; FieldKind(k) != usual && kind.Lines > 0 && (line == 0 || kind.First < line) {
			other, line = FieldKind(k), kind.First
		}
	}
	return usual, other, line
}

// FirstPresent returns the line of the first example that has the field.
func (f *FieldStats) FirstPresent() int64 {
	first := int64(0)
	for _, k := range f.Kinds {
		if k.Lines > 0 && (first == 0 || k.First < first) {
			first = k.First
		}
	}
	return first
}
