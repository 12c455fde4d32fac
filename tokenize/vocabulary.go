package tokenize

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// vocabulary is what an encoding knows of its tokens. It does not change and is
// shared by all counters.
//
// Byte-pair encoding merges, in a piece of text, the two neighbours whose bytes
// together are the token of the lowest number, again and again. In the published
// vocabularies each token of two bytes or more comes about in one way only, from
// two tokens of lower numbers: whatever stands around its bytes, the merges
// among them are those that make it out of these bytes alone. (learn checks
// it.) So the tokens are numbers all the way: a table from the two numbers to
// the third is all that merging needs, and all that the vocabulary is stored as.
type vocabulary struct {
	parts  []parts     // of each token
	sizes  []uint8     // of each token, in bytes
	single [256]uint32 // the token of each byte
	double []uint32    // the token of each two bytes, or 0: what merging begins with
	lines  []mergeLine
	rare   []uint64        // the merges that found no place in lines, by open addressing; 0 is free
	shift  uint8           // of a hash, down to the size of rare
	chars  []uint32        // of each character beyond ASCII in the BMP, the token that it is; or 0
	looks  [1<<16 + 3]look // of each character of the BMP, and room to read four at once
	glue   *glue
}

// parts are the two tokens that make a token. Of a token that is one byte, left
// is none and right the byte. A number without a token has none for both. char
// says that the token is one character of several bytes.
type parts struct {
	left, right uint32
	char        bool
}

const (
	none      = 1<<32 - 1
	tokenBits = 18 // of the number of a token
	tokenMask = 1<<tokenBits - 1
)

// mergeLine is where a pair of tokens is looked up: one line of the processor's
// cache. It has the merges of the lowest tokens, which are the commonest, as
// left<<36 | right<<18 | token, and a bit for each rare merge: what is not here
// is mostly known not to be anywhere.
type mergeLine struct {
	merges [7]uint64 // 0 is free
	rare   uint64
}

const (
	lineBits    = 14
	rarePerLine = 6 // bits of a hash: one of 64
)

func mergeHash(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 }

// newVocabulary makes the tables of a vocabulary.
func newVocabulary(all []parts, g *glue) *vocabulary {
	v := &vocabulary{
		parts: all, glue: g, double: make([]uint32, 1<<16), chars: make([]uint32, 1<<16), sizes: make([]uint8, len(all)),
		lines: make([]mergeLine, 1<<lineBits),
	}
	var rare []uint64
	var char []byte
	for token, p := range all {
		if p.right == none {
			continue
		}
		if p.left == none {
			v.single[p.right] = uint32(token)
			v.sizes[token] = 1
			continue
		}
		v.sizes[token] = v.sizes[p.left] + v.sizes[p.right]
		if m := uint64(p.left)<<(2*tokenBits) | uint64(p.right)<<tokenBits | uint64(token); !v.addMerge(m) {
			rare = append(rare, m)
		}
		if l, r := all[p.left], all[p.right]; l.left == none && r.left == none {
			v.double[l.right|r.right<<8] = uint32(token)
		}
		if p.char {
			char = v.appendBytes(char[:0], uint32(token))
			if r, _ := utf8.DecodeRune(char); int(r) < len(v.chars) {
				v.chars[r] = uint32(token)
			}
		}
	}
	v.fillLooks()
	size := bits.Len(uint(len(rare) * 5 / 4))
	v.rare, v.shift = make([]uint64, 1<<size), uint8(64-size)
	for _, m := range rare {
		i := mergeHash(m>>tokenBits) >> v.shift
		for v.rare[i] != 0 {
			i = (i + 1) & uint64(len(v.rare)-1)
		}
		v.rare[i] = m
	}
	return v
}

// look is what windows need to know of a character of two or three bytes: its class;
// isTailed, if the tails of the glue have it; and the number of tokens that it is
// where nothing is joined to it, << tokensShift.
type look uint8

const (
	classMask   = 7
	isTailed    = 8
	tokensShift = 4
)

func (v *vocabulary) fillLooks() {
	for r := rune(utf8.RuneSelf); r < 1<<16; r++ {
		var b [utf8.UTFMax]byte
		tokens := utf8.EncodeRune(b[:], r)
		switch {
		case v.chars[r] != 0:
			tokens = 1
		case tokens == 3 && v.double[uint32(b[0])|uint32(b[1])<<8]|v.double[uint32(b[1])|uint32(b[2])<<8] != 0:
			tokens = 2
		}
		v.looks[r] = look(classOf(r)) | look(tokens)<<tokensShift
		if hasBit(v.glue.tailed[:], uint32(r)) {
			v.looks[r] |= isTailed
		}
	}
}

// addMerge puts a merge into its line, or notes there that it is a rare one.
func (v *vocabulary) addMerge(merge uint64) bool {
	hash := mergeHash(merge >> tokenBits)
	line := &v.lines[hash>>(64-lineBits)]
	for i, m := range line.merges {
		if m == 0 {
			line.merges[i] = merge
			return true
		}
	}
	line.rare |= 1 << (hash >> (64 - lineBits - rarePerLine) & (1<<rarePerLine - 1))
	return false
}

// merged returns the token that two tokens make, or 0, which no two make.
func (v *vocabulary) merged(left, right uint32) uint32 {
	key := uint64(left)<<tokenBits | uint64(right)
	hash := mergeHash(key)
	line := &v.lines[hash>>(64-lineBits)&(1<<lineBits-1)]
	token := uint64(0)
	for i := range line.merges { // without branches, as which it is cannot be guessed
		m := line.merges[i]
		token |= m & tokenMask & equal(m>>tokenBits, key)
	}
	if equal(token, 0)&(line.rare>>(hash>>(64-lineBits-rarePerLine)&(1<<rarePerLine-1)))&1 != 0 {
		return v.mergedRarely(key, hash)
	}
	return uint32(token)
}

// equal returns all ones if a is b, or else 0. The highest bits of both are 0.
func equal(a, b uint64) uint64 { return uint64(int64(a^b-1) >> 63) }

func (v *vocabulary) mergedRarely(key, hash uint64) uint32 {
	for i := hash >> v.shift; ; i++ {
		m := v.rare[i&uint64(len(v.rare)-1)]
		if m>>tokenBits == key {
			return uint32(m & tokenMask)
		}
		if m == 0 {
			return 0
		}
	}
}

// appendBytes appends the bytes of a token.
func (v *vocabulary) appendBytes(dst []byte, token uint32) []byte {
	for {
		p := v.parts[token]
		if p.left == none {
			return append(dst, byte(p.right))
		}
		dst = v.appendBytes(dst, p.left)
		token = p.right
	}
}

// learn finds the parts of tokens. ranks has the number of each.
func learn(ranks map[string]int) ([]parts, error) {
	size := 0
	for _, n := range ranks {
		size = max(size, n+1)
	}
	if size > tokenMask {
		return nil, fmt.Errorf("%d tokens are more than the %d that there can be", size, tokenMask)
	}
	all := make([]parts, size)
	for i := range all {
		all[i] = parts{left: none, right: none}
	}
	var ends []int // of the parts of a token
	for text, n := range ranks {
		if len(text) == 1 {
			all[n] = parts{left: none, right: uint32(text[0])}
			continue
		}
		ends = ends[:0]
		for i := range len(text) {
			ends = append(ends, i+1)
		}
		for len(ends) > 2 {
			at, best := -1, size
			start := 0
			for i := range len(ends) - 1 {
				if rank, ok := ranks[text[start:ends[i+1]]]; ok && rank < best {
					at, best = i, rank
				}
				start = ends[i]
			}
			if at < 0 || best >= n {
				return nil, fmt.Errorf("token %d, %q, comes about by no merges of tokens before it", n, text)
			}
			ends = append(ends[:at], ends[at+1:]...)
		}
		left, right := ranks[text[:ends[0]]], ranks[text[ends[0]:]]
		all[n] = parts{uint32(left), uint32(right), utf8.RuneCountInString(text) == 1}
	}
	return all, nil
}

// glue is what the vocabulary knows of neighbouring characters, as sets of hashes:
// where two share a bit, time is lost, no more.
type glue struct {
	// pairs and tails say between which characters beyond ASCII a token reaches
	// across. Elsewhere text can be cut and its parts counted alone, as no merge
	// can join them. pairs has each two characters that a token has beside each
	// other, tails each character that a token has after the last bytes of another
	// one, with the last of these bytes. Where a token has only the first bytes of
	// the second character, it is each one that begins like it.
	pairs [1 << pairBits / 64]uint64
	tails [1 << tailBits / 64]uint64
	// tailed has the characters of tails, exactly: few of those in text.
	tailed [1 << 16 / 64]uint64
	// breaks has each character that is a token and a byte before or after it, if a
	// lower token has that byte and a part of the character. Elsewhere the bytes of
	// the character become its token before they are merged with any others, so
	// that merging can begin with it.
	breaks [1 << breakBits / 64]uint64
}

const (
	pairBits   = 19
	tailBits   = 17
	breakBits  = 18
	hashFactor = 0x9e3779b1
)

// learnGlue makes the glue of tokens.
func learnGlue(ranks map[string]int) *glue {
	g := &glue{}
	endings := map[string][]rune{} // the characters that are tokens, by their last bytes
	for text := range ranks {
		if r, n := utf8.DecodeRuneInString(text); n > 1 && n == len(text) {
			for i := 1; i < n; i++ {
				endings[text[i:]] = append(endings[text[i:]], r)
			}
		}
	}
	for text, rank := range ranks {
		g.add([]byte(text))
		higher := func(r rune) bool {
			n, ok := ranks[string(r)]
			return ok && n > rank
		}
		begin := len(text)
		for begin > 0 && !utf8.RuneStart(text[begin-1]) {
			begin--
		}
		if begin--; begin > 0 && !utf8.ValidString(text[begin:]) { // it ends with the first bytes of a character
			for first, last := runesFrom([]byte(text[begin:])); first <= last; first++ {
				if higher(first) {
					setBit(g.breaks[:], breakHash(text[begin-1], first, false))
				}
			}
		}
		end := 0
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		if 0 < end && end < len(text) { // it begins with the last bytes of one
			for _, r := range endings[text[:end]] {
				if higher(r) {
					setBit(g.breaks[:], breakHash(text[end], r, true))
				}
			}
		}
	}
	return g
}

func pairHash(left, right rune) uint32 {
	return (uint32(left)<<16 ^ uint32(right)) * hashFactor >> (32 - pairBits)
}

// tailHash takes left for its last byte, which may stand there alone.
func tailHash(left, right rune) uint32 {
	return (uint32(left)<<26 ^ uint32(right)) * hashFactor >> (32 - tailBits)
}

func breakHash(beside byte, r rune, after bool) uint32 {
	h := uint32(r)<<9 | uint32(beside)<<1
	if after {
		h |= 1
	}
	return h * hashFactor >> (32 - breakBits)
}

// joins returns 0 if text can be cut between two characters beyond ASCII, or else
// 1.
func (g *glue) joins(left, right rune) uint64 {
	return (bitOf(g.pairs[:], pairHash(left, right)) | bitOf(g.tails[:], tailHash(left, right))) & 1
}

// wholeChar returns the token of the character at text[i:] and its length in
// bytes, if merging can begin with it.
func (v *vocabulary) wholeChar(text []byte, i int) (token uint32, size int) {
	r, size := utf8.DecodeRune(text[i:])
	if size == 1 || int(r) >= len(v.chars) || v.chars[r] == 0 ||
		i > 0 && hasBit(v.glue.breaks[:], breakHash(text[i-1], r, false)) {
		return 0, 0
	}
	if end := i + size; end < len(text) && (!utf8.RuneStart(text[end]) || hasBit(v.glue.breaks[:], breakHash(text[end], r, true))) {
		return 0, 0
	}
	return v.chars[r], size
}

// add takes the bytes of a token.
func (g *glue) add(token []byte) {
	const (
		ascii = -1 // nothing is cut beside it
		tail  = -2 // the last bytes of a character
	)
	left := rune(ascii)
	for i := 0; i < len(token); {
		r, n := utf8.DecodeRune(token[i:])
		first, last := r, r
		switch {
		case n > 1:
		case token[i] < utf8.RuneSelf:
			r, last = ascii, first-1
		case token[i] < 0xc0:
			r, last = tail, first-1
		default: // the first bytes of a character, which end the token
			first, last = runesFrom(token[i:])
			n = len(token) - i
		}
		for ; first <= last && left != ascii; first++ {
			if left == tail {
				setBit(g.tails[:], tailHash(rune(token[i-1]), first))
				if first < 1<<16 {
					setBit(g.tailed[:], uint32(first))
				}
			} else {
				setBit(g.pairs[:], pairHash(left, first))
			}
		}
		left = r
		i += n
	}
}

func setBit(set []uint64, i uint32) { set[i/64] |= 1 << (i % 64) }

func hasBit(set []uint64, i uint32) bool { return bitOf(set, i)&1 != 0 }

// bitOf returns a bit of a set as the lowest one of a word.
func bitOf(set []uint64, i uint32) uint64 { return set[i/64] >> (i % 64) }

// runesFrom returns the first and last of the characters that begin with head.
func runesFrom(head []byte) (first, last rune) {
	size := 2
	switch {
	case head[0] >= 0xf0:
		size = 4
	case head[0] >= 0xe0:
		size = 3
	}
	first = rune(head[0]) & (0x7f >> size)
	last = first
	for i := 1; i < size; i++ {
		if i < len(head) {
			first, last = first<<6|rune(head[i]&0x3f), last<<6|rune(head[i]&0x3f)
		} else {
			first, last = first<<6, last<<6|0x3f
		}
	}
	return first, min(last, utf8.MaxRune)
}

// A vocabulary is stored as the parts of its tokens, five bytes each, and the
// bits of its glue.
const (
	storedParts = 5
	storedGlue  = (1<<pairBits + 1<<tailBits + 1<<16 + 1<<breakBits) / 8
	storedChar  = 2 * tokenBits // a bit
)

// store returns the stored form of a vocabulary.
func store(all []parts, g *glue) []byte {
	var b []byte
	for _, p := range all {
		pair := uint64(p.left&tokenMask)<<tokenBits | uint64(p.right&tokenMask)
		if p.char {
			pair |= 1 << storedChar
		}
		b = append(binary.LittleEndian.AppendUint32(b, uint32(pair)), byte(pair>>32))
	}
	for _, set := range g.sets() {
		for _, word := range set {
			b = binary.LittleEndian.AppendUint64(b, word)
		}
	}
	return b
}

// restore reads the stored form.
func restore(stored string) ([]parts, *glue) {
	n := (len(stored) - storedGlue) / storedParts
	all := make([]parts, n)
	for i := range all {
		b := stored[i*storedParts:][:storedParts]
		pair := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32
		all[i] = parts{orNone(pair >> tokenBits & tokenMask), orNone(pair & tokenMask), pair>>storedChar&1 != 0}
	}
	g := &glue{}
	stored = stored[n*storedParts:]
	for _, set := range g.sets() {
		for i := range set {
			set[i] = binary.LittleEndian.Uint64([]byte(stored[:8]))
			stored = stored[8:]
		}
	}
	return all, g
}

func (g *glue) sets() [][]uint64 { return [][]uint64{g.pairs[:], g.tails[:], g.tailed[:], g.breaks[:]} }

func orNone(n uint64) uint32 {
	if n == tokenMask {
		return none
	}
	return uint32(n)
}
