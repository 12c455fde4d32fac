package tokenize

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Counter counts like its Encoding, for one goroutine: it remembers the pieces
// of text that it has met, so that what comes again is only looked up. It takes
// up to 10 MB.
type Counter struct {
	encoding *Encoding
	*splitter
	encoder

	// Two levels of cache for pieces of at most shortPiece bytes: a small one
	// that stays close to the processor, and a large one with all that was met.
	front  []entry
	back   []bucket
	medium [][2]mediumEntry
	long   []longEntry

	view    window
	piece   [16]byte // the one that is merged
	misses  [missBatch]miss
	nmisses int
	total   int

	padded [2 * (windowBytes + windowPadding)]byte // the end of a text, with room to read on
	// characters gets those of the texts that are counted, if it is not nil: the
	// windows have looked at them anyway.
	characters *dataset.Characters

	touched uint64 // so that the compiler leaves the reads of resolve
}

// splitter is how an encoding cuts text into pieces.
type splitter struct {
	next   pattern
	window bool // whether windows know the pattern
	cased  bool // for windows: the pattern of o200k_base, not of cl100k_base
}

// entry is a piece of text with its count: its bytes from the lowest on, then
// in the highest byte its length and its number of tokens.
type entry struct{ lo, hi uint64 }

const (
	shortPiece  = 15
	lengthShift = 60
	countShift  = 56
	countMask   = 15 << countShift
)

// bucket is the entries that a hash may stand in: one line of a cache.
type bucket [4]entry

const (
	frontBits = 15
	backBits  = 17
)

// mediumEntry is a piece of up to mediumPiece bytes. The last word has 6 bytes of
// it, its length and its count.
type mediumEntry [4]uint64

const (
	mediumPiece = 30
	mediumBits  = 14
)

// longEntry is a piece of up to longPiece bytes, such as a line of dashes.
type longEntry struct {
	size, count uint16
	text        [longPiece]byte
}

const (
	longPiece = 124
	longBits  = 9
)

type miss struct {
	entry
	hash uint64
}

const missBatch = 256

// NewCounter returns a Counter of the encoding.
func (e *Encoding) NewCounter() *Counter {
	return &Counter{
		encoding: e, splitter: e.splitter, encoder: encoder{vocabulary: e.vocabulary},
		front: make([]entry, 1<<frontBits), back: make([]bucket, 1<<backBits), medium: make([][2]mediumEntry, 1<<mediumBits), long: make([]longEntry, 1<<longBits),
	}
}

// Encoding returns the encoding that c counts in.
func (c *Counter) Encoding() *Encoding { return c.encoding }

// CountString is Count for a string.
func (c *Counter) CountString(text string) int {
	return c.Count(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// Count returns the number of tokens of text, as Encoding.Count does.
func (c *Counter) Count(text []byte) int {
	c.total = 0
	if c.window {
		c.countWindows(text)
	} else {
		if c.characters != nil {
			c.characters.Add(text)
		}
		for i := 0; i < len(text); {
			end := c.next(text, i)
			c.countPiece(text[i:end])
			i = end
		}
	}
	c.resolve()
	return c.total
}

// countPiece counts a piece of any length.
func (c *Counter) countPiece(piece []byte) {
	if len(piece) > shortPiece {
		c.countLong(piece)
		return
	}
	var padded [16]byte
	copy(padded[:], piece)
	k, h := newKey(binary.LittleEndian.Uint64(padded[:]), binary.LittleEndian.Uint64(padded[8:]), len(piece))
	if e := &c.front[h>>(64-frontBits)]; e.lo == k.lo && e.hi&^countMask == k.hi {
		c.total += e.count()
		return
	}
	c.misses[c.nmisses] = miss{k, h}
	c.nmisses++
	if c.nmisses >= missBatch-windowBytes {
		c.resolve()
	}
}

// countLong counts a piece of more than shortPiece bytes: in parts, cut where no
// token reaches across.
func (c *Counter) countLong(piece []byte) {
	start := 0
	left := rune(-1) // the character before, if it is beyond ASCII
	for i := 0; i < len(piece); {
		if piece[i] < utf8.RuneSelf {
			left = -1
			i++
			continue
		}
		r, n := utf8.DecodeRune(piece[i:])
		if n == 1 {
			r = -1
		} else if left >= 0 && c.glue.joins(left, r) == 0 {
			c.countPart(piece[start:i])
			start = i
		}
		left = r
		i += n
	}
	c.countPart(piece[start:])
}

func (c *Counter) countPart(part []byte) {
	switch n := len(part); {
	case n <= shortPiece:
		c.countPiece(part)
	case n <= mediumPiece:
		c.countMedium(part)
	case n <= longPiece:
		c.countLongPart(part)
	default:
		c.total += c.encoder.count(part)
	}
}

// newKey returns the entry, without a count, of a piece of n bytes, at most
// shortPiece, that begins the two words, and its hash. What stands in the words
// after the piece is of no matter.
func newKey(lo, hi uint64, n int) (entry, uint64) {
	mask := &shortMask[n&15]
	k := entry{lo & mask.lo, hi&mask.hi | uint64(n)<<lengthShift}
	return k, hash(k.lo, k.hi)
}

// shortMask has the bits of the first bytes of a piece, in two words.
var shortMask = func() (table [16]entry) {
	for n := range table {
		table[n] = entry{1<<(8*min(n, 8)) - 1, 1<<(8*max(n-8, 0)) - 1}
	}
	return table
}()

func (e entry) count() int { return int(e.hi >> countShift & 15) }

func hash(lo, hi uint64) uint64 {
	a, b := bits.Mul64(lo^0x9e3779b97f4a7c15, hi^0xc2b2ae3d27d4eb4f)
	return a ^ b
}

// resolve counts the pieces that the first cache had not.
func (c *Counter) resolve() {
	misses := c.misses[:c.nmisses]
	c.nmisses = 0
	touched := uint64(0)
	for i := range misses { // the memory is asked for all of them before one is waited for
		touched += c.back[misses[i].hash>>7&(1<<backBits-1)][0].lo
	}
	c.touched = touched
	for i := range misses {
		m := &misses[i]
		at := m.hash >> 7 & (1<<backBits - 1)
		e := c.back[at].find(m.entry)
		if e == nil && c.back[at][3].hi != 0 {
			e = c.back[at^1].find(m.entry)
		}
		if e == nil {
			binary.LittleEndian.PutUint64(c.piece[:], m.lo)
			binary.LittleEndian.PutUint64(c.piece[8:], m.hi)
			count := c.encoder.count(c.piece[:m.hi>>lengthShift])
			e = c.place(m.hash)
			*e = entry{m.lo, m.hi | uint64(count)<<countShift}
		}
		c.total += e.count()
		c.front[m.hash>>(64-frontBits)] = *e
	}
}

// find returns the entry of a piece, or nil.
func (b *bucket) find(piece entry) *entry {
	for j := range b {
		if b[j].lo == piece.lo && b[j].hi&^countMask == piece.hi {
			return &b[j]
		}
	}
	return nil
}

// place returns where to put an entry: where none is, in the bucket of its hash or
// else, if that is full, in the one beside it; or where another one is.
func (c *Counter) place(hash uint64) *entry {
	at := hash >> 7 & (1<<backBits - 1)
	for _, b := range [2]*bucket{&c.back[at], &c.back[at^1]} {
		for j := range b {
			if b[j].hi == 0 {
				return &b[j]
			}
		}
	}
	return &c.back[at][hash&3]
}

// countMedium counts a piece of more than shortPiece and at most mediumPiece
// bytes.
func (c *Counter) countMedium(piece []byte) {
	var padded [32]byte
	copy(padded[:], piece)
	padded[30] = byte(len(piece))
	k := mediumEntry{
		binary.LittleEndian.Uint64(padded[:]), binary.LittleEndian.Uint64(padded[8:]),
		binary.LittleEndian.Uint64(padded[16:]), binary.LittleEndian.Uint64(padded[24:]),
	}
	b := &c.medium[hash(hash(k[0], k[1])^k[2], k[3])>>(64-mediumBits)]
	for i := range b {
		if e := &b[i]; e[0] == k[0] && e[1] == k[1] && e[2] == k[2] && e[3]<<8>>8 == k[3] {
			c.total += int(e[3] >> 56)
			return
		}
	}
	count := c.encoder.count(piece)
	k[3] |= uint64(count) << 56
	b[0], b[1] = k, b[0]
	c.total += count
}

// countLongPart counts a piece of more than mediumPiece and at most longPiece
// bytes.
func (c *Counter) countLongPart(piece []byte) {
	h := uint64(len(piece))
	for rest := piece; ; rest = rest[8:] {
		if len(rest) < 8 { // the last 8 bytes, some of them once more
			h = hash(h, binary.LittleEndian.Uint64(piece[len(piece)-8:]))
			break
		}
		h = hash(h, binary.LittleEndian.Uint64(rest))
	}
	e := &c.long[h>>(64-longBits)]
	if int(e.size) != len(piece) || !bytes.Equal(e.text[:e.size], piece) {
		e.size, e.count = uint16(len(piece)), uint16(c.encoder.count(piece))
		copy(e.text[:], piece)
	}
	c.total += int(e.count)
}
