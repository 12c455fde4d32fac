package stats

import (
	"cmp"
	"math"
	"slices"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Change says what of an example differs between two versions of a file.
type Change uint8

// The changes.
const (
	// ChangedAnswer: the prompt is the same, what is trained differs.
	ChangedAnswer Change = iota
	// ChangedPrompt: the answer is the same, and so is what was asked last, or else no
	// other example has this answer. The system message, tools, earlier turns or the
	// question itself differ.
	ChangedPrompt
	// ChangedFields: prompt and answer are the same; a weight, what is not trained, or a
	// field beside them differs.
	ChangedFields

	NumChanges = int(iota)
)

// String returns the change as output writes it.
func (c Change) String() string { return [NumChanges]string{"answer", "prompt", "fields"}[c] }

// Changed is an example that is in both versions and differs.
type Changed struct {
	Old, New uint32 // their numbers in the contents
	What     Change
}

// Diff says what became of the examples of a file. Every example of the old version is
// the same, removed or changed, and every example of the new one is the same, added or
// changed. Where lines stand does not matter. Examples that are the same several times
// are told apart by how many there are.
type Diff struct {
	Old, New *Contents
	Same     int
	// Removed are numbers in Old, Added in New. All lists are in the order of lines,
	// Changed in that of the new version.
	Removed, Added []uint32
	Changed        []Changed
	// OthersSame and the like are of the lines that are no examples.
	OthersSame                 int
	OthersRemoved, OthersAdded []uint32
}

// none is no number of an example.
const none = math.MaxUint32

// Compare returns what became of the examples of a file. It takes up to 50 bytes for
// each example of the old version and 8 for one of the new one.
func Compare(old, fresh *Contents) *Diff {
	d := &Diff{Old: old, New: fresh}
	olds, news := numbers(old.Len()), numbers(fresh.Len())
	step := func(key func(e *Entry) (dataset.Hash, bool), found func(a, b uint32)) {
		olds, news = match(olds, news, func(i uint32) (dataset.Hash, bool) { return key(old.At(int(i))) },
			func(i uint32) (dataset.Hash, bool) { return key(fresh.At(int(i))) }, found)
	}
	changed := func(what Change) func(a, b uint32) {
		return func(a, b uint32) { d.Changed = append(d.Changed, Changed{a, b, what}) }
	}
	step(func(e *Entry) (dataset.Hash, bool) { return e.Whole, true }, func(uint32, uint32) { d.Same++ })
	d.Changed = make([]Changed, 0, min(len(olds), len(news)))
	step(func(e *Entry) (dataset.Hash, bool) {
		return dataset.Hash{Lo: e.Prompt, Hi: e.Answer}, e.Prompt != 0
	}, changed(ChangedFields))
	step(func(e *Entry) (dataset.Hash, bool) { return dataset.Hash{Lo: e.Prompt}, e.Prompt != 0 }, changed(ChangedAnswer))
	step(func(e *Entry) (dataset.Hash, bool) {
		return dataset.Hash{Lo: e.Question, Hi: e.Answer}, e.Question != 0 && e.Answer != 0
	}, changed(ChangedPrompt))
	if len(olds) > 0 && len(news) > 0 {
		answers := countAnswers(old, fresh, olds)
		step(func(e *Entry) (dataset.Hash, bool) { return dataset.Hash{Lo: e.Answer}, answers.only(e) }, changed(ChangedPrompt))
		answers.index.Free()
	}
	d.Removed, d.Added = olds, news
	slices.SortFunc(d.Changed, func(a, b Changed) int { return cmp.Compare(a.New, b.New) })
	d.OthersRemoved, d.OthersAdded = match(numbers(old.Others()), numbers(fresh.Others()),
		func(i uint32) (dataset.Hash, bool) { return old.OtherAt(int(i)).Hash, true },
		func(i uint32) (dataset.Hash, bool) { return fresh.OtherAt(int(i)).Hash, true },
		func(uint32, uint32) { d.OthersSame++ })
	return d
}

// numbers returns the numbers below n.
func numbers(n int) []uint32 {
	all := make([]uint32, n)
	for i := range all {
		all[i] = uint32(i)
	}
	return all
}

// match pairs the olds with the news that have the same key: of several the first with
// the first, and so on. Those without a key are in no pair. found is called for each
// pair; returned are those that are left, in their order and in the same memory.
func match(olds, news []uint32, oldKey, newKey func(uint32) (dataset.Hash, bool), found func(a, b uint32)) (restOld, restNew []uint32) {
	if len(olds) == 0 || len(news) == 0 {
		return olds, news
	}
	index := NewIndex(len(olds))
	defer index.Free()
	// The olds with the same key are a queue: first holds where it begins, at the place
	// of the one that the index knows, and next the one behind each. One that is taken
	// is behind itself.
	first, next := make([]uint32, len(olds)), make([]uint32, len(olds))
	find := func(key dataset.Hash, number int) int {
		return index.Find(key.Lo+key.Hi*0x9E3779B97F4A7C15, number, func(n int) bool {
			other, _ := oldKey(olds[n])
			return other == key
		})
	}
	for p := len(olds) - 1; p >= 0; p-- {
		next[p] = none
		key, ok := oldKey(olds[p])
		if !ok {
			continue
		}
		root := find(key, p)
		if root >= 0 {
			next[p] = first[root]
		} else {
			root = p
		}
		first[root] = uint32(p)
	}
	restNew = news[:0]
	for _, b := range news {
		key, ok := newKey(b)
		if ok {
			if root := find(key, -1); root >= 0 && first[root] != none {
				p := first[root]
				first[root], next[p] = next[p], p
				found(olds[p], b)
				continue
			}
		}
		restNew = append(restNew, b)
	}
	restOld = olds[:0]
	for p, a := range olds {
		if next[p] != uint32(p) {
			restOld = append(restOld, a)
		}
	}
	return restOld, restNew
}

// leastAnswer is how many tokens an answer has that shows an example to be the same:
// "yes" says nothing.
const leastAnswer = 8

// answers counts how often each of some answers stands in both versions.
type answers struct {
	index *Index
	at    func(number int) *Entry
	count []uint8 // old ones in the upper four bits, new ones in the lower four; each up to 2
}

// countAnswers counts the answers of the olds in the whole of both versions.
func countAnswers(old, fresh *Contents, olds []uint32) *answers {
	a := &answers{NewIndex(len(olds)), func(n int) *Entry { return old.At(int(olds[n])) }, make([]uint8, len(olds))}
	for n := range olds {
		if e := a.at(n); telling(e) {
			a.find(e, n)
		}
	}
	for i := range old.Len() {
		if e := old.At(i); telling(e) {
			if n := a.find(e, -1); n >= 0 && a.count[n] < 2<<4 {
				a.count[n] += 1 << 4
			}
		}
	}
	for i := range fresh.Len() {
		if e := fresh.At(i); telling(e) {
			if n := a.find(e, -1); n >= 0 && a.count[n]&15 < 2 {
				a.count[n]++
			}
		}
	}
	return a
}

// telling reports whether an answer can show that an example is the same.
func telling(e *Entry) bool { return e.Answer != 0 && e.Trained >= leastAnswer }

// find returns the number of an example with the same answer, as Index.Find does.
func (a *answers) find(e *Entry, number int) int {
	return a.index.Find(e.Answer, number, func(n int) bool { return a.at(n).Answer == e.Answer })
}

// only reports whether an answer stands once in the old version and once in the new one.
func (a *answers) only(e *Entry) bool {
	if !telling(e) {
		return false
	}
	n := a.find(e, -1)
	return n >= 0 && a.count[n] == 1<<4|1
}

// Sum is how many examples there are of a kind, and what tokens they have.
type Sum struct{ Examples, Tokens, Trained int64 }

// Add adds an example.
func (s *Sum) Add(e *Entry) {
	s.Examples++
	s.Tokens += int64(e.Tokens)
	s.Trained += int64(e.Trained)
}

// SumOf adds up the examples with these numbers.
func SumOf(c *Contents, numbers []uint32) (s Sum) {
	for _, i := range numbers {
		s.Add(c.At(int(i)))
	}
	return s
}

// SumsOfChanged adds up the examples that differ, as they were and as they are.
func (d *Diff) SumsOfChanged() (before, after Sum) {
	for _, c := range d.Changed {
		before.Add(d.Old.At(int(c.Old)))
		after.Add(d.New.At(int(c.New)))
	}
	return before, after
}

// Kinds counts the changes of each kind.
func (d *Diff) Kinds() (count [NumChanges]int64) {
	for _, c := range d.Changed {
		count[c.What]++
	}
	return count
}

// Empty reports whether the two versions have the same examples, and the same other
// lines.
func (d *Diff) Empty() bool {
	return len(d.Removed)+len(d.Added)+len(d.Changed)+len(d.OthersRemoved)+len(d.OthersAdded) == 0
}
