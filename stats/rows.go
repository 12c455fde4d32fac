package stats

import (
	"math/bits"
	"sync"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// Row is an example, as far as it is compared with others.
type Row struct {
	dataset.Identity
	Line int64
}

// Rows gathers the examples of a file: 48 bytes each, and 168 more if it makes sketches
// of them. It is a lint.Collector, for lint.Gatherer. The zero value is empty and ready
// to use.
type Rows struct {
	rows     segmented[Row]
	sketches segmented[Sketch] // as many as rows, or none
	id       dataset.Identifier
	sketcher *sketcher // nil: none are made
}

// NewRows returns one that makes sketches, if the settings ask for them.
func NewRows(s *lint.Settings) *Rows {
	rows := new(Rows)
	if s.NearDuplicates > 0 {
		rows.sketcher = sketchers.Get().(*sketcher)
		rows.sketcher.rows, rows.sketcher.fields = bandRows(s.NearDuplicates), s.Method == dataset.RFT
	}
	return rows
}

// sketchers holds some that chunks have used: they have large tables.
var sketchers = sync.Pool{New: func() any { return new(sketcher) }}

// Add takes one example of a chunk.
func (s *Rows) Add(e *dataset.Example) {
	*s.rows.add(&rowSegments) = Row{s.id.Identify(e), e.Number}
	if s.sketcher != nil {
		s.sketcher.sketch(e, s.sketches.add(&sketchSegments))
	}
}

// Merge takes over the rows of next, a chunk of the lines that follow, which must not
// be used again.
func (s *Rows) Merge(next lint.Collector, lines int64) {
	of := next.(*Rows)
	from := s.rows.len()
	s.rows.take(&of.rows, &rowSegments)
	for i := from; i < s.rows.len(); i++ {
		s.rows.at(i).Line += lines
	}
	s.sketches.take(&of.sketches, &sketchSegments)
	if of.sketcher != nil {
		sketchers.Put(of.sketcher)
		of.sketcher = nil
	}
}

// Finish does nothing: rows are looked at when those of all files are there.
func (*Rows) Finish(*lint.Pass, *lint.File) {}

// Len returns the number of rows.
func (s *Rows) Len() int { return s.rows.len() }

// At returns a row.
func (s *Rows) At(i int) *Row { return s.rows.at(i) }

// Sketch returns the sketch of a row, if there are any.
func (s *Rows) Sketch(i int) *Sketch { return s.sketches.at(i) }

// Index finds the first of some numbered things with the same hash: 12 to 24 bytes each.
// What has the same hash need not be the same; the caller compares.
type Index struct {
	slots []uint64 // 0: free; else a number plus 1, and bits of its hash above
	shift int
}

// numberBits is how many bits of a slot are the number.
const numberBits = 40

// indexes holds one that is not used any more, for the next rule: they can be large.
var indexes sync.Pool

// NewIndex returns an index with room for n numbers.
func NewIndex(n int) *Index {
	size := bits.Len(uint(n + n/2)) // at most two of three slots are taken
	if x, ok := indexes.Get().(*Index); ok && len(x.slots) == 1<<size {
		clear(x.slots)
		return x
	}
	return &Index{make([]uint64, 1<<size), 64 - size}
}

// Free gives the memory of an index back. It must not be used again.
func (x *Index) Free() { indexes.Put(x) }

// Find returns the number that was put in first of those for which same is true, of
// those with the hash. If there is none, it puts in number unless that is negative, and
// returns -1.
func (x *Index) Find(hash uint64, number int, same func(number int) bool) int {
	const mask = 1<<numberBits - 1
	hash *= 0x9E3779B97F4A7C15 // where it stands depends on all bits
	tag := hash << (64 - numberBits) >> (64 - numberBits) << numberBits
	for at := int(hash >> x.shift); ; at++ {
		if at == len(x.slots) {
			at = 0
		}
		slot := x.slots[at]
		if slot == 0 {
			if number >= 0 {
				x.slots[at] = tag | uint64(number+1)
			}
			return -1
		}
		if slot&^mask == tag {
			if n := int(slot&mask) - 1; same(n) {
				return n
			}
		}
	}
}
