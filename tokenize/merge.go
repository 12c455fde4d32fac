package tokenize

import (
	"math/bits"
	"slices"
)

// merge replaces ids, the tokens of the bytes of a piece of text, by the tokens
// of the piece, in place, and returns how many they are. ranks is working space
// as long as ids.
//
// It looks for the lowest pair anew after each merge. That is quadratic, and the
// fastest way for the pieces that there are.
func (v *vocabulary) merge(ids, ranks []uint32) int {
	n := len(ids)
	ranks = ranks[:n]
	for n > 1 {
		best, at := uint32(none), 0
		for i, rank := range ranks[:n-1] {
			if rank < best {
				best, at = rank, i
			}
		}
		if best == none {
			break
		}
		ids[at] = best
		n--
		copy(ids[at+1:n], ids[at+2:n+1])
		copy(ranks[at:n-1], ranks[at+1:n])
		if at > 0 {
			ranks[at-1] = v.merged(ids[at-1], best)
		}
		if at+1 < n {
			ranks[at] = v.merged(best, ids[at+1])
		}
	}
	return n
}

// longPiece is the length in bytes from which merging by turns is faster.
const longPiece = 96

// encoder merges pieces of any length. It is for one goroutine.
type encoder struct {
	*vocabulary
	ids, ranks []uint32
	long       *turns
}

// encode returns the tokens of a piece of text. They are valid until the next
// call.
func (e *encoder) encode(piece []byte) []uint32 {
	n := len(piece)
	e.ids, e.ranks = slices.Grow(e.ids[:0], n)[:n], slices.Grow(e.ranks[:0], n)[:n]
	ids, ranks := e.ids, e.ranks
	for i, c := range piece {
		ids[i] = e.single[c]
		if i > 0 {
			ranks[i-1] = e.double[uint32(piece[i-1])|uint32(c)<<8]
		}
	}
	if n < longPiece {
		return ids[:e.merge(ids, ranks)]
	}
	if e.long == nil {
		e.long = &turns{first: make([]uint32, len(e.parts)), marks: make([]uint64, len(e.parts)/64+1)}
	}
	return ids[:e.long.merge(e.vocabulary, ids, ranks)]
}

// turns merges long pieces in time that is next to linear. A token is made of
// tokens of lower numbers, so a merge never makes a pair possible that is lower
// than itself: the tokens can take turns, in the order of their numbers, and
// each joins all its pairs at once, from left to right.
type turns struct {
	first []uint32 // of each token: the first node of the list of its pairs, 1 for node 0
	marks []uint64 // which tokens have a list
	nodes []node
	next  []uint32 // of each position that begins a part: where the next one begins
	prev  []uint32
	at    []uint32
}

type node struct{ at, next uint32 }

func (t *turns) add(token, at uint32) {
	if token == none {
		return
	}
	t.nodes = append(t.nodes, node{at, t.first[token]})
	t.first[token] = uint32(len(t.nodes))
	t.marks[token/64] |= 1 << (token % 64)
}

// merge is merge of a vocabulary.
func (t *turns) merge(v *vocabulary, ids, ranks []uint32) int {
	n := uint32(len(ids))
	t.nodes, t.next, t.prev = t.nodes[:0], t.next[:0], t.prev[:0]
	for i := range n {
		t.next, t.prev = append(t.next, i+1), append(t.prev, i-1)
	}
	for i := int(n) - 2; i >= 0; i-- { // so that the lists begin in order
		t.add(ranks[i], uint32(i))
	}
	ranks[n-1] = none
	for w := range t.marks {
		for t.marks[w] != 0 {
			bit := bits.TrailingZeros64(t.marks[w])
			t.marks[w] &^= 1 << bit
			token := uint32(w*64 + bit)
			for _, at := range t.take(token) {
				if ranks[at] != token {
					continue // another token has joined one of the two
				}
				right := t.next[at]
				after := t.next[right]
				ids[at], ranks[at], ranks[right] = token, none, none
				t.next[at] = after
				if after < n {
					t.prev[after] = at
					ranks[at] = v.merged(token, ids[after])
					t.add(ranks[at], at)
				}
				if at > 0 {
					before := t.prev[at]
					ranks[before] = v.merged(ids[before], token)
					t.add(ranks[before], before)
				}
			}
		}
	}
	count := 0
	for i := uint32(0); i < n; i = t.next[i] {
		ids[count] = ids[i]
		count++
	}
	return count
}

// take empties the list of a token and returns its positions, in order.
func (t *turns) take(token uint32) []uint32 {
	t.at = t.at[:0]
	for n := t.first[token]; n != 0; n = t.nodes[n-1].next {
		t.at = append(t.at, t.nodes[n-1].at)
	}
	t.first[token] = 0
	if !slices.IsSorted(t.at) {
		slices.Sort(t.at)
	}
	return t.at
}
