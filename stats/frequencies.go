package stats

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"unicode/utf8"
)

// Frequencies counts how often each of some texts occurs. The zero value is empty
// and ready to use. Merge keeps at most MaxTexts different ones: it goes on
// counting those that came first, and says how many others there were. So a file
// has to be merged from its beginning on, which lint does.
type Frequencies struct {
	Total  int64 // texts
	Others int64 // of these, such as were not counted one by one
	texts  map[uint64]int
	list   []Text
	last   int // the one in list that was met last
}

// MaxTexts is how many different texts a Frequencies tells apart: about 300
// bytes each.
const MaxTexts = 1 << 14

// maxBeginning is how many bytes of a text are kept to show it.
const maxBeginning = 200

// Text is a text and how often it occurs.
type Text struct {
	Beginning string // at most 200 bytes
	Whole     bool   // Beginning is all of it
	Bytes     int
	Tokens    int
	Count     int64
	First     int64 // line where it occurs first
	hash      uint64
}

// Add takes a text. tokens is how many it has.
func (f *Frequencies) Add(text []byte, tokens int, line int64) {
	if f.last < len(f.list) {
		// Fast path: a short text that is the same as the last one.
		if last := &f.list[f.last]; last.Whole && string(text) == last.Beginning {
			f.Total++
			last.Count++
			return
		}
	}
	hash := maphash.Bytes(valueSeed, text)
	if i, ok := f.texts[hash]; ok {
		f.Total++
		f.list[i].Count++
		f.last = i
		return
	}
	shown := beginning(text)
	f.add(math.MaxInt, Text{Beginning: shown, Whole: len(shown) == len(text), Bytes: len(text), Tokens: tokens, Count: 1, First: line, hash: hash})
}

// beginning returns as much of text as is kept to show it.
func beginning(text []byte) string {
	cut := min(len(text), maxBeginning)
	for cut < len(text) && cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return string(text[:cut])
}

// add takes a text that occurred several times. most is how many are told apart.
func (f *Frequencies) add(most int, t Text) {
	f.Total += t.Count
	if i, ok := f.texts[t.hash]; ok {
		f.list[i].Count += t.Count
		return
	}
	if len(f.list) >= most {
		f.Others += t.Count
		return
	}
	if f.texts == nil {
		f.texts = make(map[uint64]int)
	}
	f.texts[t.hash] = len(f.list)
	f.list = append(f.list, t)
}

// Merge takes over what next, which has seen the lines that follow, has counted.
// lines is added to its line numbers.
func (f *Frequencies) Merge(next *Frequencies, lines int64) {
	for _, t := range next.list {
		t.First += lines
		f.add(MaxTexts, t)
	}
	f.Total += next.Others
	f.Others += next.Others
}

// Distinct returns how many different texts there are, and whether there are more
// of them than that.
func (f *Frequencies) Distinct() (n int, more bool) { return len(f.list), f.Others > 0 }

// Commonest returns the n commonest texts, and of equally common ones those that
// came first.
func (f *Frequencies) Commonest(n int) []Text {
	sorted := slices.Clone(f.list)
	slices.SortStableFunc(sorted, func(a, b Text) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.First, b.First))
	})
	return sorted[:min(n, len(sorted))]
}

// reuse takes over the memory of old, which is not used again.
func (f *Frequencies) reuse(old *Frequencies) {
	clear(old.list)
	clear(old.texts)
	f.texts, f.list = old.texts, old.list[:0]
}
