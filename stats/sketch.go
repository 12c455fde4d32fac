package stats

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Sketch is what an example says, in 168 bytes from which it can be told how alike two
// examples are. What is compared are their sets of pairs of words that follow each
// other: letters and digits in lower case; white space and punctuation only part them.
// A character of a script that is written without spaces is a word of its own. Messages
// of the system are left out, as all examples may share a long one, and examples with
// different images are not alike.
//
// A sketch has three parts. The parity bits (an odd sketch: Mitzenmacher, Pagh and Pham,
// "Efficient Estimation for High Similarities using Odd Sketches", 2014) have a bit for
// each of 1,024 places, turned over by every pair that falls on it: what two sets have
// in common turns the same bits, so the bits that differ count what the sets differ in,
// nearly exactly where they are much alike. Of a set of more than 2,048 pairs the pairs
// with the smallest hashes stand for it. The bands are a MinHash signature by one
// permutation (Li, Owen and Zhang, 2012; empty bins filled as by Shrivastava, 2017), for
// locality-sensitive hashing: sets that are alike have a band in common.
type Sketch struct {
	parity [parityBits / 64]uint64
	bands  [sketchBands]uint32
	pairs  uint32 // in the set; 0: the example says nothing
}

const (
	parityBits  = 1024
	sketchBands = 8
	// mostPairs is how many pairs of a set are noted in the parity bits.
	mostPairs = 2048
)

// Says reports whether the example says anything that can be compared.
func (s *Sketch) Says() bool { return s.pairs > 0 }

// differing estimates how many elements are in one of two sets only, from how many
// parity bits differ.
var differing = sync.OnceValue(func() *[parityBits + 1]float64 {
	var table [parityBits + 1]float64
	for i := range table {
		if share := 2 * float64(i) / parityBits; share < 1 {
			table[i] = -parityBits / 2 * math.Log(1-share)
		} else {
			table[i] = math.Inf(1)
		}
	}
	return &table
})

// Similarity returns about how many of the pairs of words that a or b have both have
// (the Jaccard index of the sets): 1 of all of them, 0 of few or none.
func (s *Sketch) Similarity(other *Sketch) float64 {
	a, b := s, other
	if a.pairs < b.pairs {
		a, b = b, a
	}
	if b.pairs == 0 {
		return 0
	}
	differ := 0
	for i := range a.parity {
		differ += bits.OnesCount64(a.parity[i] ^ b.parity[i])
	}
	sampleA, sampleB := float64(min(a.pairs, mostPairs)), float64(min(b.pairs, mostPairs))
	difference := differing()[differ]
	if difference >= sampleA+sampleB {
		return 0
	}
	if differ == 0 && a.bands != b.bands {
		difference = 2 // of few elements, on one place
	}
	// The number is even where that of the elements of both is.
	odd := float64((min(a.pairs, mostPairs) + min(b.pairs, mostPairs)) & 1)
	difference = max(2*math.Round((difference-odd)/2)+odd, sampleA-sampleB)
	// What both samples have is what both sets have below the smaller threshold, which
	// is that of the larger set.
	common := (sampleA + sampleB - difference) / 2 * float64(a.pairs) / sampleA
	return max(0, min(1, common/(float64(a.pairs)+float64(b.pairs)-common)))
}

// LeastSimilarity is the smallest similarity that can be looked for: less alike
// examples have too seldom a band in common.
const LeastSimilarity = 0.7

// bandRows returns how many values make a band: as many as leave not more than 1 of 200
// pairs of examples without a band in common that have the similarity.
func bandRows(similarity float64) int {
	const missed = 0.005
	rows := 1
	for rows < 32 && math.Pow(1-math.Pow(similarity, float64(rows+1)), sketchBands) <= missed {
		rows++
	}
	return rows
}

// sketcher makes sketches. Each worker has its own.
type sketcher struct {
	rows   int  // values in a band
	fields bool // also of fields beside the messages, which reinforcement tasks are graded by
	seed   uint64
	last   uint64   // hash of the word before
	pairs  []uint64 // hashes, each once
	table  []uint64 // the same, to look them up; 0 is free
	shift  int
	bins   []uint32
	filled []bool
	sample []uint64
}

const fnvPrime = 0x100000001B3

// mix spreads the bits of a hash over all of it.
func mix(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	return x ^ x>>32
}

// sketch makes the sketch of an example whose messages were decoded.
func (s *sketcher) sketch(e *dataset.Example, sketch *Sketch) {
	s.begin(len(e.Line))
	s.seed = imageSeed(e)
	if e.Shape == dataset.ShapeCompletion {
		s.text(e, e.Prompt, uint64(dataset.RoleUser))
		s.text(e, e.Completion, uint64(dataset.RoleAssistant))
	}
	for i := range e.All {
		s.message(e, &e.All[i])
	}
	if s.fields && e.Shape == dataset.ShapeChat {
		for _, f := range e.Fields {
			if f.ID == dataset.KeyOther {
				s.words(e.Raw(f.Value), uint64(dataset.NumRoles))
			}
		}
	}
	s.finish(sketch)
}

// message adds what a message says.
func (s *sketcher) message(e *dataset.Example, m *dataset.Message) {
	if m.Role == dataset.RoleSystem || m.Role == dataset.RoleDeveloper {
		return
	}
	by := uint64(m.List)*uint64(dataset.NumRoles) + uint64(m.Role)
	s.text(e, m.Content, by)
	s.text(e, m.Refusal, by)
	for i := range m.Parts {
		s.text(e, m.Parts[i].Text, by)
		s.text(e, m.Parts[i].Refusal, by)
	}
	for i := range m.Calls {
		s.text(e, m.Calls[i].Name, by)
		s.text(e, m.Calls[i].Arguments, by)
	}
	if m.FunctionCall.Present() {
		s.words(e.Raw(m.FunctionCall), by)
	}
}

// imageSeed is a hash of the images of an example: with another one, no pair of words
// is the same.
func imageSeed(e *dataset.Example) (seed uint64) {
	if e.Facts&dataset.FactImage == 0 {
		return 0
	}
	for i := range e.All {
		for _, part := range e.All[i].Parts {
			if part.URL.Kind == dataset.String {
				seed = mix(seed ^ xxh3.Hash(e.Raw(part.URL)))
			}
		}
	}
	return seed
}

func (s *sketcher) begin(size int) {
	s.pairs = s.pairs[:0]
	// A pair in five bytes is more than most texts have; the table grows if need be.
	s.resize(bits.Len(uint(max(64, size/4))))
}

func (s *sketcher) resize(log int) {
	if size := 1 << log; cap(s.table) < size {
		s.table = make([]uint64, size)
	} else {
		s.table = s.table[:size]
		clear(s.table)
	}
	s.shift = 64 - log
	for _, x := range s.pairs {
		s.put(x)
	}
}

// put puts a hash that is not 0 into the table, and reports whether it is new.
func (s *sketcher) put(x uint64) bool {
	mask := len(s.table) - 1
	for at := int(x >> s.shift); ; at = (at + 1) & mask {
		switch s.table[at&mask] {
		case 0:
			s.table[at&mask] = x
			return true
		case x:
			return false
		}
	}
}

// text adds the words of a string. by tells who says it.
func (s *sketcher) text(e *dataset.Example, v dataset.Value, by uint64) {
	if v.Kind == dataset.String {
		s.words(e.Text(v), by)
	}
}

// words adds the words of a text.
func (s *sketcher) words(text []byte, by uint64) {
	s.last = by
	chars := characters()
	const none = 0xCBF29CE484222325
	h := uint64(none)
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			i++
			if l := lowerASCII[c]; l != 0 {
				h = (h ^ uint64(l)) * fnvPrime
			} else if h != none {
				s.word(h)
				h = none
			}
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		folded := chars.fold(r)
		if folded != 0 && folded&wordAlone == 0 {
			h = (h ^ uint64(folded)) * fnvPrime
			continue
		}
		if h != none {
			s.word(h)
			h = none
		}
		if folded != 0 {
			s.word((none ^ uint64(folded)) * fnvPrime)
		}
	}
	if h != none {
		s.word(h)
	}
}

// word adds the pair of the word before and this one.
func (s *sketcher) word(h uint64) {
	x := mix(bits.RotateLeft64(s.last, 23)^h^s.seed) | 1
	s.last = h
	if !s.put(x) {
		return
	}
	if s.pairs = append(s.pairs, x); 2*len(s.pairs) > len(s.table) {
		s.resize(64 - s.shift + 1)
	}
}

// finish makes the sketch of the pairs that were added.
func (s *sketcher) finish(sketch *Sketch) {
	*sketch = Sketch{pairs: uint32(min(len(s.pairs), math.MaxUint32))}
	if len(s.pairs) == 0 {
		return
	}
	for _, x := range s.smallest() {
		bit := x >> 1 & (parityBits - 1)
		sketch.parity[bit/64] ^= 1 << (bit % 64)
	}
	s.fillBins()
	for band := range sketch.bands {
		var buf [4 * 32]byte
		values := buf[:0]
		for _, v := range s.bins[band*s.rows : (band+1)*s.rows] {
			values = binary.LittleEndian.AppendUint32(values, v)
		}
		sketch.bands[band] = uint32(xxh3.Hash(values))
	}
}

// smallest returns those of the pairs that have the smallest hashes: mostPairs of them.
func (s *sketcher) smallest() []uint64 {
	n := len(s.pairs)
	if n <= mostPairs {
		return s.pairs
	}
	// The hashes are spread evenly: a fifth more than are wanted nearly always hold
	// those that are.
	most := uint64(math.MaxUint64)
	if share := 1.2 * mostPairs / float64(n); share < 1 {
		most = uint64(share * (1 << 63) * 2)
	}
	s.sample = s.sample[:0]
	for _, x := range s.pairs {
		if x <= most {
			s.sample = append(s.sample, x)
		}
	}
	if len(s.sample) < mostPairs {
		s.sample = append(s.sample[:0], s.pairs...)
	}
	slices.Sort(s.sample)
	return s.sample[:mostPairs]
}

// fillBins makes the MinHash signature: of each bin the smallest hash that falls into
// it. An empty bin gets the value of one that is not, which depends on the bins alone.
func (s *sketcher) fillBins() {
	n := uint64(sketchBands * s.rows)
	if s.bins == nil {
		s.bins, s.filled = make([]uint32, n), make([]bool, n)
	}
	for i := range s.bins {
		s.bins[i] = math.MaxUint32
	}
	clear(s.filled)
	for _, x := range s.pairs {
		bin := (x >> 32) * n >> 32
		s.filled[bin] = true
		s.bins[bin] = min(s.bins[bin], uint32(x))
	}
	for i := range s.bins {
		from := uint64(i)
		for attempt := uint64(1); !s.filled[from]; attempt++ {
			from = mix(uint64(i)<<32|attempt) >> 32 * n >> 32
		}
		s.bins[i] = s.bins[from] // of a filled bin, which is not written to
	}
}

// lowerASCII has letters and digits in lower case, and 0 for what parts words.
var lowerASCII = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
			t[c] = byte(c)
		case 'A' <= c && c <= 'Z':
			t[c] = byte(c) - 'A' + 'a'
		}
	}
	return t
}()

// folding has the characters of the Basic Multilingual Plane in lower case, 0 for those
// that part words, and the bit wordAlone for those that are a word of their own.
type folding [1 << 16]uint32

const wordAlone = 1 << 31

// unspaced are scripts that are written without spaces between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

var characters = sync.OnceValue(func() *folding {
	var f folding
	for r := rune(utf8.RuneSelf); r < 1<<16; r++ {
		f[r] = foldRune(r)
	}
	return &f
})

func foldRune(r rune) uint32 {
	if !unicode.In(r, unicode.L, unicode.N, unicode.M) {
		return 0
	}
	if unicode.In(r, unspaced...) {
		return uint32(r) | wordAlone
	}
	return uint32(unicode.ToLower(r))
}

// fold returns what stands for r among those of folding.
func (f *folding) fold(r rune) uint32 {
	if uint32(r) < uint32(len(f)) {
		return f[r]
	}
	return foldRune(r)
}
