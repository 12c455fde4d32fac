package report

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// wordOp says whether a piece of a word diff stands in both texts or in one of them.
type wordOp uint8

const (
	wordSame wordOp = iota
	wordRemoved
	wordAdded
)

// wordPiece is a stretch of a word diff.
type wordPiece struct {
	op   wordOp
	text string
}

// mostWordEdits bounds the work that is done for a short diff: beyond it a stretch is
// told as replaced.
const mostWordEdits = 1000

// wordDiff tells two texts apart, word by word.
func wordDiff(old, fresh string) []wordPiece {
	a, b := words(old), words(fresh)
	before := 0
	for before < len(a) && before < len(b) && a[before] == b[before] {
		before++
	}
	after := 0
	for after < len(a)-before && after < len(b)-before && a[len(a)-1-after] == b[len(b)-1-after] {
		after++
	}
	var d wordPieces
	for _, w := range a[:before] {
		d.add(wordSame, w)
	}
	d.between(a[before:len(a)-after], b[before:len(b)-after])
	for _, w := range a[len(a)-after:] {
		d.add(wordSame, w)
	}
	return d.calm()
}

// words parts a text into words, stretches of white space, and single characters of
// anything else. What is written without blanks is parted into characters.
func words(s string) (list []string) {
	for len(s) > 0 {
		first, end := utf8.DecodeRuneInString(s)
		if kind := wordKind(first); kind != 0 {
			for end < len(s) {
				r, n := utf8.DecodeRuneInString(s[end:])
				if wordKind(r) != kind {
					break
				}
				end += n
			}
		}
		list, s = append(list, s[:end]), s[end:]
	}
	return list
}

// wordKind is 0 for what stands alone.
func wordKind(r rune) int {
	switch {
	case unicode.IsSpace(r):
		return 1
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return 0
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return 2
	}
	return 0
}

// wordPieces are the pieces of a diff, as they come.
type wordPieces []wordPiece

// add adds a word to the last piece, or begins another one.
func (d *wordPieces) add(op wordOp, text string) {
	if n := len(*d); n > 0 && (*d)[n-1].op == op {
		(*d)[n-1].text += text
		return
	}
	*d = append(*d, wordPiece{op, text})
}

// between tells words apart that differ at both ends: the shortest diff by Myers'
// algorithm, if it is not long.
func (d *wordPieces) between(a, b []string) {
	type step struct {
		op   wordOp
		word string
	}
	// reached[k+most] is how far into a the path on diagonal k goes; history keeps it
	// for each number of edits.
	most := min(mostWordEdits, len(a)+len(b))
	reached := make([]int, 2*most+2)
	var history [][]int
	edits := -1
search:
	for n := range most + 1 {
		history = append(history, slices.Clone(reached[most-n:most+n+1]))
		for k := -n; k <= n; k += 2 {
			x := 0
			switch {
			case n == 0:
			case k == -n || k != n && reached[most+k-1] < reached[most+k+1]:
				x = reached[most+k+1]
			default:
				x = reached[most+k-1] + 1
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reached[most+k] = x
			if x >= len(a) && x-k >= len(b) {
				edits = n
				break search
			}
		}
	}
	if edits < 0 {
		for _, w := range a {
			d.add(wordRemoved, w)
		}
		for _, w := range b {
			d.add(wordAdded, w)
		}
		return
	}
	var steps []step // the last first
	x, y := len(a), len(b)
	for n := edits; n > 0; n-- {
		before := history[n] // diagonals -n to n, as they were reached with n-1 edits
		k := x - y
		down := k == -n || k != n && before[n+k-1] < before[n+k+1]
		from := k - 1
		if down {
			from = k + 1
		}
		begin := before[n+from] // of what is the same behind the edit, in a
		if !down {
			begin++
		}
		for x > begin {
			x, y = x-1, y-1
			steps = append(steps, step{wordSame, a[x]})
		}
		if down {
			y--
			steps = append(steps, step{wordAdded, b[y]})
		} else {
			x--
			steps = append(steps, step{wordRemoved, a[x]})
		}
	}
	for x > 0 {
		x--
		steps = append(steps, step{wordSame, a[x]})
	}
	for _, s := range slices.Backward(steps) {
		d.add(s.op, s.word)
	}
}

// calm makes a diff that reads well: of what stands between two words that are the same
// first all that is removed, then all that is added; and a single word that happens to
// be the same between two changes belongs to them.
func (d wordPieces) calm() []wordPiece {
	var out wordPieces
	for i := 0; i < len(d); {
		if d[i].op == wordSame {
			out.add(wordSame, d[i].text)
			i++
			continue
		}
		var removed, added string
		for ; i < len(d); i++ {
			p := d[i]
			if p.op == wordSame {
				if i+1 == len(d) || !slight(p.text) {
					break
				}
				removed, added = removed+p.text, added+p.text
				continue
			}
			if p.op == wordRemoved {
				removed += p.text
			} else {
				added += p.text
			}
		}
		if removed != "" {
			out = append(out, wordPiece{wordRemoved, removed})
		}
		if added != "" {
			out = append(out, wordPiece{wordAdded, added})
		}
	}
	return out
}

// slight reports whether a text has no more than one short word.
func slight(s string) bool {
	const short = 4
	n := 0
	for _, w := range words(s) {
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsSpace(r) {
			n++
			if utf8.RuneCountInString(w) > short {
				return false
			}
		}
	}
	return n <= 1
}

// alike reports whether so much of two texts is the same that it helps to show them as
// one.
func alike(pieces []wordPiece) bool {
	same, all := 0, 0
	for _, p := range pieces {
		n := utf8.RuneCountInString(p.text)
		all += n
		if p.op == wordSame {
			same += n
			all += n // it stands in both
		}
	}
	return 2*same*3 >= all
}
