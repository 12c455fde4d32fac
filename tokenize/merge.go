package tokenize

import (
	"bytes"
	"iter"
	"math/bits"
	"slices"
)

// shortMerge is how many parts a piece may have to be merged in one word's worth
// of them. Longer ones take turns.
const shortMerge = 64

// encoder merges pieces of any length. It is for one goroutine.
type encoder struct {
	*vocabulary
	tokens [shortMerge + 2]uint32 // of each part, from 1 on, between noTokens
	pairs  [shortMerge + 1]int32  // of each part, from 1 on: the token that it makes with the next one << 8 | number of the part; or noPair
	// These are for longer pieces.
	buffers  [5][]uint32
	given    int // of buffers: which was given out last
	ranks    []uint32
	byTurns  *turns
	seen     [2]span // the last ones of a piece, narrow and wide
	pair     []byte
	together [2]uint32 // neighbours that were tried last, each plus one
}

const (
	noPair     = 1<<31 - 1
	noToken    = tokenMask // makes no token with any other
	noByte     = 1 << 8
	pairsBlock = 16
)

// firstPart returns the part at text[i:] that merging begins with: a byte, or a
// character that is whole in any case. c is the byte if it is a part by itself, or
// else noByte.
func (v *vocabulary) firstPart(text []byte, i int) (token, c uint32, size int) {
	c = uint32(text[i])
	if c >= 0xc2 {
		if whole, size := v.wholeChar(text, i); size > 0 {
			return whole, noByte, size
		}
	}
	return v.single[c], c, 1
}

// firstPair returns the token that two parts make that merging begins with. last
// and c are their bytes.
func (v *vocabulary) firstPair(left, last, right, c uint32) uint32 {
	if last|c < noByte {
		return v.double[(last|c<<8)&0xffff]
	}
	return v.merged(left, right)
}

// merge merges a piece, leaves its tokens in e.tokens, and returns where they
// stand there: a bit for each. It returns 0 for a piece of more than shortMerge
// parts.
//
// It looks for the lowest pair among all after each merge. That is quadratic,
// and the fastest way for the pieces that there are.
func (e *encoder) merge(piece []byte) (live uint64) {
	tokens, pairs := &e.tokens, &e.pairs
	n := 0
	last := uint32(noByte)
	for i := 0; i < len(piece); n++ {
		if n == shortMerge {
			return 0
		}
		c := uint32(piece[i])
		token, size := e.single[c], 1
		if c >= 0xc2 {
			token, c, size = e.firstPart(piece, i)
		}
		if n > 0 {
			pairs[n&63] = pairAt(e.firstPair(tokens[n&63], last, token, c), n-1)
		}
		tokens[n&63+1] = token
		last = c
		i += size
	}
	blocks := (n + pairsBlock - 1) / pairsBlock
	for i := n; i <= blocks*pairsBlock; i++ {
		pairs[i] = noPair
	}
	tokens[0], tokens[shortMerge+1] = noToken, noToken
	live = 1<<n - 1
	for {
		best := lowest((*[pairsBlock]int32)(pairs[1:]))
		for i := 1; i < blocks; i++ {
			best = lowerPair(best, lowest((*[pairsBlock]int32)(pairs[1+i*pairsBlock:])))
		}
		if best == noPair {
			return live
		}
		i, token := int(best&63), uint32(best>>8)
		after := live &^ (2<<i - 1) // the parts after the pair's first one
		right := bits.TrailingZeros64(after) & 63
		after &= after - 1
		live &^= 1 << right
		before := bits.Len64(live & (1<<i - 1))
		tokens[i+1], pairs[right+1] = token, noPair
		// Where there is no part on one side, it is noToken. That is a look-up for
		// nothing, but no branch.
		next := e.merged(token, tokens[bits.TrailingZeros64(after)+1])
		pairs[before] = pairAt(e.merged(tokens[before], token), before-1)
		pairs[i+1] = pairAt(next, i)
	}
}

// lowest returns the lowest of the pairs. Which it is cannot be guessed, and the
// compiler makes branches of min.
func lowest(p *[pairsBlock]int32) int32 {
	return lowerPair(
		lowerPair(lowerPair(lowerPair(p[0], p[1]), lowerPair(p[2], p[3])), lowerPair(lowerPair(p[4], p[5]), lowerPair(p[6], p[7]))),
		lowerPair(lowerPair(lowerPair(p[8], p[9]), lowerPair(p[10], p[11])), lowerPair(lowerPair(p[12], p[13]), lowerPair(p[14], p[15]))))
}

// lowerPair returns the lower of two pairs, none of which is negative.
func lowerPair(a, b int32) int32 {
	d := a - b
	return b + d&(d>>31)
}

// pairAt is an element of encoder.pairs.
func pairAt(token uint32, i int) int32 {
	return int32(token<<8|uint32(i)) | (int32(token)-1)>>31&noPair
}

// count returns the number of tokens of a piece.
func (e *encoder) count(piece []byte) int {
	if live := e.merge(piece); live != 0 {
		return bits.OnesCount64(live)
	}
	count := 0
	for ids := range e.spans(piece) {
		count += len(ids)
	}
	return count
}

// appendTo appends the tokens of a piece.
func (e *encoder) appendTo(dst []uint32, piece []byte) []uint32 {
	live := e.merge(piece)
	if live == 0 {
		for ids := range e.spans(piece) {
			dst = append(dst, ids...)
		}
		return dst
	}
	for ; live != 0; live &= live - 1 {
		dst = append(dst, e.tokens[bits.TrailingZeros64(live)+1])
	}
	return dst
}

// The widths of spans in bytes: the second is for where the first does not do.
const (
	narrowSpan = shortMerge
	wideSpan   = 2048
)

// spans yields the tokens of a long piece, a span of it at a time: many short
// merges take less time than a long one, and less memory.
//
// Tokens are those of a piece if each two neighbours are those of their own
// bytes: before the first merge across the border of two of them nothing else has
// come across it, so that merge would be done in the bytes of the two alone.
// Within a span that holds. Where two spans meet it is tried, and if it does not
// hold the first one is made wider.
func (e *encoder) spans(piece []byte) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		defer func() { e.seen[0].text, e.seen[1].text = nil, nil }()
		this := e.span(piece, narrowSpan)
		width := narrowSpan
		for this.size < len(piece) {
			var next span
			if this.size > 0 {
				next = e.span(piece[this.size:], narrowSpan)
				if next.size == 0 {
					next = e.span(piece[this.size:], wideSpan)
				}
			}
			if this.size == 0 || next.size == 0 || !e.neighbours(this.ids[len(this.ids)-1], next.ids[0]) {
				width = max(2*width, wideSpan)
				this = e.span(piece, width)
				continue
			}
			if !yield(this.ids) {
				return
			}
			piece = piece[this.size:]
			this, width = next, narrowSpan
		}
		yield(this.ids)
	}
}

// span is the beginning of a text.
type span struct {
	text []byte // what was looked at
	ids  []uint32
	size int // of ids, in bytes
}

// span returns the tokens that text begins with. It looks at the first width
// bytes, and leaves out the end of them if more follows, which can be all. The
// tokens stand in a buffer.
func (e *encoder) span(text []byte, width int) span {
	more := width < len(text)
	if more {
		text = text[:width]
	}
	seen := &e.seen[0]
	if width > narrowSpan {
		seen = &e.seen[1]
	}
	if more && bytes.Equal(text, seen.text) { // as in a line of dashes
		ids := e.buffer()
		*ids = append(*ids, seen.ids...)
		return span{text, *ids, seen.size}
	}
	s := span{text, nil, len(text)}
	if live := e.merge(text); live != 0 {
		ids := e.buffer()
		for ; live != 0; live &= live - 1 {
			*ids = append(*ids, e.tokens[bits.TrailingZeros64(live)+1])
		}
		s.ids = *ids
	} else {
		s.ids = e.mergeLong(text)
	}
	if more {
		for s.size > width/4*3 {
			s.size -= int(e.sizes[s.ids[len(s.ids)-1]])
			s.ids = s.ids[:len(s.ids)-1]
		}
		*seen = span{text, append(seen.ids[:0], s.ids...), s.size}
	}
	return s
}

// neighbours reports whether two tokens are those of their bytes.
func (e *encoder) neighbours(left, right uint32) bool {
	pair := [2]uint32{left + 1, right + 1} // never the zero value
	if pair == e.together {
		return true
	}
	e.pair = e.appendBytes(e.appendBytes(e.pair[:0], left), right)
	live := e.merge(e.pair)
	n, first := bits.OnesCount64(live), e.tokens[1]
	if live == 0 {
		ids := e.mergeLong(e.pair)
		n, first = len(ids), ids[0]
	}
	if n != 2 || first != left {
		return false
	}
	e.together = pair
	return true
}

// buffer returns room for tokens. It is used again after four more calls: spans
// tries neighbours before it, a narrow and a wide span after it, and neighbours of
// that, and needs this one still.
func (e *encoder) buffer() *[]uint32 {
	e.given = (e.given + 1) % len(e.buffers)
	b := &e.buffers[e.given]
	*b = (*b)[:0]
	return b
}

// mergeLong returns the tokens of a piece of any length. They stand in a
// buffer.
func (e *encoder) mergeLong(piece []byte) []uint32 {
	buffer := e.buffer()
	ids, ranks := *buffer, e.ranks[:0]
	last := uint32(noByte)
	for i := 0; i < len(piece); {
		token, c, size := e.firstPart(piece, i)
		if n := len(ids); n > 0 {
			ranks = append(ranks, e.firstPair(ids[n-1], last, token, c))
		}
		ids = append(ids, token)
		last = c
		i += size
	}
	ranks = append(ranks, 0)
	if e.byTurns == nil {
		e.byTurns = &turns{first: make([]uint32, len(e.parts)), marks: make([]uint64, len(e.parts)/64+1)}
	}
	*buffer, e.ranks = ids, ranks
	return ids[:e.byTurns.merge(e.vocabulary, ids, ranks)]
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
	if token == 0 {
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
				ids[at], ranks[at], ranks[right] = token, 0, 0
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
