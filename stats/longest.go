package stats

import (
	"cmp"
	"slices"
)

// KeptLongest is how many of the longest examples are kept.
const KeptLongest = 10

// LongExample is one of the longest examples.
type LongExample struct {
	File    string // set where examples of several files are together
	Line    int64
	Tokens  int // before anything is cut off
	Trained int
	Bytes   int
	Over    bool // it has more tokens than the model takes
}

// longest keeps the longest examples, the longest first, of equally long ones
// those of the first lines.
type longest []LongExample

func (l *longest) add(e LongExample) {
	if len(*l) == KeptLongest && e.Tokens <= (*l)[KeptLongest-1].Tokens {
		return // equally long, but later
	}
	at, _ := slices.BinarySearchFunc(*l, e, func(a, b LongExample) int {
		return cmp.Or(cmp.Compare(b.Tokens, a.Tokens), -1) // behind all that are as long
	})
	*l = slices.Insert(*l, at, e)
	if len(*l) > KeptLongest {
		*l = (*l)[:KeptLongest]
	}
}

func (l *longest) merge(next longest, lines int64) {
	for _, e := range next {
		e.Line += lines
		l.add(e)
	}
}
