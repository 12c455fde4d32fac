// Package suggest finds what somebody probably meant by a word that is not
// known: the "did you mean" of flags, keys, rules and models.
package suggest

import (
	"strings"
	"unicode/utf8"
)

// maxWord is the length in runes above which a word is not looked at: no name
// is that long, and the comparison takes time in proportion to its square.
const maxWord = 128

// Closest returns the candidate that word is most probably a typo of. Case does
// not count. A candidate is close if at most every third rune of the longer of
// the two is wrong, and three at most; of candidates that are equally close the
// first one is returned. No candidate is close to an empty word.
func Closest(word string, candidates []string) (string, bool) {
	w := []rune(strings.ToLower(strings.TrimSpace(word)))
	if len(w) == 0 || len(w) > maxWord {
		return "", false
	}
	best, found := "", false
	least := 4
	for _, c := range candidates {
		n := utf8.RuneCountInString(c)
		limit := min(3, max(len(w), n)/3, least-1)
		if limit < 0 || n-len(w) > limit || len(w)-n > limit {
			continue
		}
		if d := Distance(string(w), strings.ToLower(c)); d <= limit {
			best, found, least = c, true, d
		}
	}
	return best, found
}

// Distance returns how many runes must be inserted, dropped, replaced or
// swapped with their neighbour to make b of a: the Damerau-Levenshtein distance
// in the form that edits no place twice (optimal string alignment).
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before := make([]int, len(y)+1) // row i-2
	above := make([]int, len(y)+1)  // row i-1
	row := make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
		before, above, row = above, row, before
	}
	return above[len(y)]
}
