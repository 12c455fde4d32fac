package stats

import (
	"cmp"
	"errors"
	"math"
	"math/bits"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// SplitRows gathers the examples of a file that is to be divided: 64 bytes each, and 168
// more for sketches. It is a lint.Collector and a lint.OtherLines, for
// lint.Options.Figures.
type SplitRows struct {
	Rows
	traits segmented[trait]
	other  int64 // the first line that is no example; 0: there is none
}

// trait is what examples are to be alike in on both sides.
type trait struct {
	system uint64 // hash of the system messages
	size   uint32 // bytes of the line
	kind   kind
}

// kind is what an example has.
type kind uint8

const (
	kindTools kind = 1 << iota
	kindImages
	kindTurns // several questions
)

// NewSplitRows returns one that makes sketches, if the settings ask for them.
func NewSplitRows(s *lint.Settings) *SplitRows { return &SplitRows{Rows: *NewRows(s)} }

// Add takes one example of a chunk.
func (s *SplitRows) Add(e *dataset.Example) {
	s.Rows.Add(e)
	t := s.traits.add(&traitSegments)
	*t = trait{size: saturated(len(e.Line))}
	asked := 0
	for i := range e.All {
		switch m := &e.All[i]; m.Role {
		case dataset.RoleSystem, dataset.RoleDeveloper:
			t.system = mix(t.system ^ xxh3.Hash(e.Raw(m.Content)))
		case dataset.RoleUser:
			asked++
		}
	}
	if e.Facts&(dataset.FactTools|dataset.FactCalls) != 0 {
		t.kind |= kindTools
	}
	if e.Facts&dataset.FactImage != 0 {
		t.kind |= kindImages
	}
	if asked > 1 {
		t.kind |= kindTurns
	}
}

// AddOther takes a line that is no example.
func (s *SplitRows) AddOther(e *dataset.Example) {
	if s.other == 0 {
		s.other = e.Number
	}
}

// FirstOther returns the number of the first line that is no example, or 0.
func (s *SplitRows) FirstOther() int64 { return s.other }

// Merge takes over the rows of next, a chunk of the lines that follow, which must not be
// used again.
func (s *SplitRows) Merge(next lint.Collector, lines int64) {
	of := next.(*SplitRows)
	if s.other == 0 && of.other > 0 {
		s.other = of.other + lines
	}
	s.Rows.Merge(&of.Rows, lines)
	s.traits.take(&of.traits, &traitSegments)
}

// Bond says which examples are not to be parted. Each includes those before it.
type Bond uint8

// What is kept together.
const (
	BondCopies  Bond = iota // the same examples
	BondPrompts             // examples with the same prompt
	BondNear                // examples that are nearly the same
)

// SplitOptions say how examples are divided.
type SplitOptions struct {
	Share      float64 // of the examples that are for validation, if Count is 0
	Count      int     // of examples that are for validation: at most half of them
	Seed       uint64  // of the choice
	Bond       Bond
	Similarity float64 // of examples that are nearly the same; the sketches are made for it
}

// Division says which examples are for validation. Examples are numbered through the
// files.
type Division struct {
	Examples, Validation int
	Groups               int // of examples that were not to be parted, single ones included
	LargestGroup         int // examples
	// Copies, Prompts and Near are how many examples are in a group with earlier ones
	// because they are the same, have the same prompt, or are nearly the same.
	Copies, Prompts, Near int

	validation []uint64 // a bit for each example
}

// InValidation reports whether example i is for validation.
func (d *Division) InValidation(i int) bool { return d.validation[i/64]>>(i%64)&1 != 0 }

// ErrIndivisible says that nearly all examples are to be kept together, or that there
// are too few.
var ErrIndivisible = errors.New("the examples cannot be divided")

// ErrMoreThanHalf says that too many examples were asked for.
var ErrMoreThanHalf = errors.New("at most half of the examples can be for validation")

// unit is examples that are kept together.
type unit struct {
	trait
	answer uint64 // hash of the answer, if many have it
	order  uint64 // random, but the same for the same examples
	weight int    // examples
}

// Split chooses examples for validation so that both sides are alike: what comes with
// some system message, with tools, images or several turns, with an answer that many
// have, and what is about as long is divided in the same proportion. Examples that are
// to be kept together are. The choice depends on the examples and the seed, and not on
// the order of lines.
func Split(files []*SplitRows, o SplitOptions) (*Division, error) {
	s := &splitter{files: files}
	for _, f := range files {
		s.starts = append(s.starts, s.n)
		s.n += f.Len()
	}
	d := &Division{Examples: s.n, validation: make([]uint64, (s.n+63)/64)}
	wanted := o.Count
	if wanted == 0 {
		wanted = max(1, int(math.Round(o.Share*float64(s.n))))
	}
	switch {
	case wanted >= s.n && s.n < 2:
		return d, ErrIndivisible
	case wanted > (s.n+1)/2:
		return d, ErrMoreThanHalf
	}
	clusters := s.together(d, o)
	units, of := s.units(clusters, o.Seed)
	d.Groups = len(units)
	for i := range units {
		d.LargestGroup = max(d.LargestGroup, units[i].weight)
	}
	chosen := choose(units, wanted)
	for i := range s.n {
		if chosen[of[i]] {
			d.validation[i/64] |= 1 << (i % 64)
			d.Validation++
		}
	}
	if d.Validation == 0 || d.Validation == s.n {
		return d, ErrIndivisible
	}
	return d, nil
}

// splitter is files whose examples are numbered through.
type splitter struct {
	files  []*SplitRows
	starts []int
	n      int
}

// find returns the file of an example, and its number there.
func (s *splitter) find(i int) (*SplitRows, int) {
	f := len(s.files) - 1
	for s.starts[f] > i {
		f--
	}
	return s.files[f], i - s.starts[f]
}

func (s *splitter) row(i int) *Row {
	f, at := s.find(i)
	return f.At(at)
}

// together makes groups of the examples that are not to be parted.
func (s *splitter) together(d *Division, o SplitOptions) *Clusters {
	clusters := NewClusters(s.n)
	x := NewIndex(s.n)
	for i := range s.n {
		row := s.row(i)
		if first := x.Find(row.Whole.Lo, i, func(j int) bool { return s.row(j).Whole == row.Whole }); first >= 0 {
			clusters.Join(first, i)
			d.Copies++
		}
	}
	x.Free()
	join := func(i, j int, count *int) {
		if clusters.First(i) != clusters.First(j) {
			clusters.Join(i, j)
			*count++
		}
	}
	if o.Bond >= BondPrompts {
		x := NewIndex(s.n)
		for i := range s.n {
			row := s.row(i)
			if row.Prompt == 0 {
				continue
			}
			if first := x.Find(row.Prompt, i, func(j int) bool { return s.row(j).Prompt == row.Prompt }); first >= 0 {
				join(first, i, &d.Prompts)
			}
		}
		x.Free()
	}
	if o.Bond >= BondNear {
		near := Alike(o.Similarity, s.n, func(i int) *Sketch {
			f, at := s.find(i)
			return f.Sketch(at)
		})
		for i := range s.n {
			join(near.First(i), i, &d.Near)
		}
	}
	return clusters
}

// units makes units of groups. of tells the unit of each example.
func (s *splitter) units(clusters *Clusters, seed uint64) (units []unit, of []uint32) {
	answers := s.frequent(func(i int) uint64 { return s.row(i).Answer })
	systems := s.frequent(func(i int) uint64 {
		f, at := s.find(i)
		return f.traits.at(at).system
	})
	groups := 0
	for i := range s.n {
		if clusters.First(i) == i {
			groups++
		}
	}
	units, of = make([]unit, 0, groups), make([]uint32, s.n) // millions: growing would take twice the memory
	for i := range s.n {
		f, at := s.find(i)
		row := f.At(at)
		one := unit{trait: *f.traits.at(at), order: mix(row.Whole.Lo ^ mix(seed)), weight: 1}
		if _, ok := slices.BinarySearch(answers, row.Answer); ok {
			one.answer = row.Answer
		}
		if _, ok := slices.BinarySearch(systems, one.system); !ok {
			one.system = 0
		}
		first := clusters.First(i)
		if first == i {
			of[i] = uint32(len(units))
			units = append(units, one)
			continue
		}
		// One speaks for all, whatever their order.
		of[i] = of[first]
		u := &units[of[i]]
		one.weight += u.weight
		if cmp.Or(cmp.Compare(one.order, u.order), byTraits(&one, u), cmp.Compare(one.size, u.size)) < 0 {
			*u = one
		} else {
			u.weight = one.weight
		}
	}
	return units, of
}

// mostFrequent is how rare a value may be to be divided in proportion: one of so many.
const mostFrequent = 200

// frequent returns the values that many examples have, sorted.
func (s *splitter) frequent(value func(i int) uint64) (list []uint64) {
	all := make([]uint64, s.n)
	for i := range all {
		all[i] = value(i)
	}
	slices.Sort(all)
	least := max(5, s.n/mostFrequent)
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to] == all[from] {
			to++
		}
		if to-from >= least {
			list = append(list, all[from])
		}
		from = to
	}
	return list
}

// choose chooses units with about so many examples: of those that have the same traits
// their share. What is due and cannot be divided is carried over to the next ones, so
// that traits that few have are chosen as well.
func choose(units []unit, wanted int) []bool {
	// A large group would take the place of all others.
	heaviest := max(1, wanted/10)
	light := 0
	for _, u := range units {
		if u.weight <= heaviest {
			light += u.weight
		}
	}
	if light < 2*wanted {
		heaviest, light = wanted, 0
		for _, u := range units {
			if u.weight <= heaviest {
				light += u.weight
			}
		}
	}
	order := make([]uint32, len(units))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(i, j uint32) int {
		a, b := &units[i], &units[j]
		return cmp.Or(byTraits(a, b), cmp.Compare(a.order, b.order))
	})
	chosen := make([]bool, len(units))
	// Training keeps at least half of what can be divided.
	share := min(0.5, float64(wanted)/float64(max(1, light)))
	due := 0.0
	for len(order) > 0 {
		n := 1
		for n < len(order) && byTraits(&units[order[0]], &units[order[n]]) == 0 {
			n++
		}
		for _, i := range order[:n] {
			if weight := units[i].weight; weight <= heaviest {
				due += share * float64(weight)
			}
		}
		// Those that come first in the random order: they do when others are added, too.
		for _, i := range order[:n] {
			if weight := units[i].weight; weight <= heaviest && due >= float64(weight)/2 {
				chosen[i] = true
				due -= float64(weight)
			}
		}
		order = order[n:]
	}
	return chosen
}

// byTraits compares what both sides are to be alike in.
func byTraits(a, b *unit) int {
	return cmp.Or(
		cmp.Compare(a.kind, b.kind), cmp.Compare(a.system, b.system), cmp.Compare(a.answer, b.answer),
		cmp.Compare(lengthClass(a.size), lengthClass(b.size)),
	)
}

// lengthClass makes classes of lengths, each half as long again as the one before.
func lengthClass(size uint32) int {
	n := bits.Len32(size)
	if n < 2 {
		return 2 * n
	}
	return 2*n + int(size>>(n-2)&1)
}
