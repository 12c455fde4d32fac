package tokenize

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint/dataset"
)

// The pieces of text are short, and where one ends is hard for a processor to
// guess: a loop over characters spends most of its time on wrong guesses. So
// text is looked at in windows of 64 bytes. For each class of characters a word
// has a bit for each byte of the window, and the pattern is worked out on these
// words, for the whole window at once.
//
// A window begins where a piece does, or could as well (see within), so that nothing
// before it matters, and the next one begins at the last end of a piece in it that is
// certain. What is rare and needs more than this (see limit in bounds) is left to the
// pattern, one piece at a time.
const (
	windowBytes   = 64
	windowPadding = 16 // bytes after a window that may be read
)

// A window has a row of bits for each class; blank is one more, U+0020, which is
// not among space.
const (
	blank = newline + 1
	rows  = blank + 1
)

// asciiRow has for each ASCII character a bit in the byte of its row.
var asciiRow = func() (table [256]uint64) {
	for i, c := range asciiClass {
		if i == ' ' {
			c = blank
		}
		table[i] = 1 << (8 * asciiByte[c])
	}
	return table
}()

// asciiByte places the rows that ASCII characters have in the bytes of a word.
var asciiByte = [rows]int{other: 0, upper: 1, lower: 2, number: 3, space: 4, newline: 5, blank: 6}

// window is what is known of 64 bytes. Bits are in the order of the bytes.
type window struct {
	rows   [16]uint64 // for each class, which bytes belong to a character of it
	beyond uint64     // bytes of characters beyond ASCII
	rest   uint64     // of these, all but the first of each character
	cuts   uint64     // first bytes of characters beyond ASCII before which text can be cut, see glue
	// first bytes of characters beyond ASCII that are, alone, 1 or 3 tokens, and 2 or
	// 3: together the number in binary. Those in none are to be looked up.
	one, two uint64
	n        int               // how many bytes there are
	more     bool              // whether text follows
	runes    [windowBytes]rune // the characters beyond ASCII in their order; 0 for a byte that is none
}

// read finds the classes of the bytes of text. n of them belong to the window, at
// least one and at most windowBytes; fewer if more is not set. Bytes after the
// text are zero.
func (w *window) read(text *[windowBytes + windowPadding]byte, n int, more bool, v *vocabulary) {
	if !hasVectors || !readVector(w, text, n, more, &v.looks[0], v.glue) {
		w.readPlain(text, n, more, v)
	}
}

// readPlain is read without vector instructions.
func (w *window) readPlain(text *[windowBytes + windowPadding]byte, n int, more bool, v *vocabulary) {
	var x [8]uint64
	for i := range x {
		b := binary.LittleEndian.Uint64(text[8*i : 8*i+8])
		x[i] = asciiRow[b&0xff] | asciiRow[b>>8&0xff]<<1 | asciiRow[b>>16&0xff]<<2 | asciiRow[b>>24&0xff]<<3 |
			asciiRow[b>>32&0xff]<<4 | asciiRow[b>>40&0xff]<<5 | asciiRow[b>>48&0xff]<<6 | asciiRow[b>>56]<<7
	}
	// Turn bytes of bits into words of bits: transpose a matrix of 8 by 8 bytes.
	x0, x4 := x[0]&0xffffffff|x[4]<<32, x[0]>>32|x[4]&^0xffffffff
	x1, x5 := x[1]&0xffffffff|x[5]<<32, x[1]>>32|x[5]&^0xffffffff
	x2, x6 := x[2]&0xffffffff|x[6]<<32, x[2]>>32|x[6]&^0xffffffff
	x3, x7 := x[3]&0xffffffff|x[7]<<32, x[3]>>32|x[7]&^0xffffffff
	x0, x2 = swap16(x0, x2)
	x1, x3 = swap16(x1, x3)
	x4, x6 = swap16(x4, x6)
	x5, x7 = swap16(x5, x7)
	x0, x1 = swap8(x0, x1)
	x2, x3 = swap8(x2, x3)
	x4, x5 = swap8(x4, x5)
	x6, _ = swap8(x6, x7)
	valid := ^uint64(0) >> (windowBytes - n)
	w.rows = [16]uint64{other: x0 & valid, upper: x1 & valid, lower: x2 & valid, number: x3 & valid, space: x4 & valid, newline: x5 & valid, blank: x6 & valid}
	w.rest, w.cuts, w.one, w.two, w.n, w.more = 0, 0, 0, 0, n, more
	w.beyond = valid &^ (x0 | x1 | x2 | x3 | x4 | x5 | x6)
	if w.beyond != 0 {
		w.readBeyond(text, v)
	}
}

func swap16(x, y uint64) (uint64, uint64) {
	t := (x>>16 ^ y) & 0x0000ffff0000ffff
	return x ^ t<<16, y ^ t
}

func swap8(x, y uint64) (uint64, uint64) {
	t := (x>>8 ^ y) & 0x00ff00ff00ff00ff
	return x ^ t<<8, y ^ t
}

// readBeyond is readPlain for the characters beyond ASCII.
func (w *window) readBeyond(text *[windowBytes + windowPadding]byte, v *vocabulary) {
	var rest, joined, one, two uint64
	left, n := rune(0), 0
	for leads := w.beyond; leads != 0; n++ {
		i := bits.TrailingZeros64(leads) & 63
		var r rune
		var size int
		var l look
		b0, b1, b2 := text[i], text[i+1], text[i+2]
		switch {
		case 0xc2 <= b0 && b0 < 0xe0 && b1&0xc0 == 0x80:
			r, size = rune(b0&0x1f)<<6|rune(b1&0x3f), 2
			l = v.looks[r&0x7ff]
		case 0xe1 <= b0 && b0 < 0xed && b1&0xc0 == 0x80 && b2&0xc0 == 0x80:
			r, size = rune(b0&0x0f)<<12|rune(b1&0x3f)<<6|rune(b2&0x3f), 3
			l = v.looks[r&0xffff]
		default:
			r, size = utf8.DecodeRune(text[i : i+utf8.UTFMax])
			switch {
			case size == 1:
				r = 0
				joined |= 3 << i
			case r < 1<<16:
				l = v.looks[r]
			default:
				l = look(classOf(r)) | isTailed
			}
		}
		if i+size > w.n { // the window ends in the middle of it
			w.n = i
			for k := range w.rows {
				w.rows[k] &= 1<<i - 1
			}
			w.beyond &= 1<<i - 1
			break
		}
		bytes := (uint64(1)<<size - 1) << i
		leads &^= bytes
		rest |= bytes & (bytes << 1)
		w.runes[n&63] = r
		w.rows[l&classMask] |= bytes
		one |= uint64(l>>tokensShift&1) << i
		two |= uint64(l>>tokensShift>>1) << i
		joined |= bitOf(v.glue.pairs[:], pairHash(left, r)) & 1 << i
		if l&isTailed != 0 {
			joined |= bitOf(v.glue.tails[:], tailHash(left, r)) & 1 << i
		}
		left = r
	}
	w.rest, w.one, w.two = rest, one, two
	w.cuts = w.beyond &^ rest &^ joined & (w.beyond << 1)
}

// bounds returns where pieces of text begin, but for its first one; where no
// text follows, its end too. Only what is certain is returned.
func (w *window) bounds(text *[windowBytes + windowPadding]byte, cased bool) uint64 {
	var (
		blanks   = w.rows[blank]
		spaces   = w.rows[space] | blanks
		newlines = w.rows[newline]
		white    = spaces | newlines
		others   = w.rows[other]
		numbers  = w.rows[number]
		small    = w.rows[lower]
		capital  = w.rows[upper]
		caseless = w.rows[both]
		limit    = windowBytes
	)
	if odd := numbers & w.rest; odd != 0 {
		limit = bits.TrailingZeros64(odd) - 1 // digits are counted by bytes
	}
	if marks := w.rows[mark]; cased {
		caseless |= marks
		limit = min(limit, bits.TrailingZeros64(marks&(others<<1))) // it can go with what is before it
	} else {
		others |= marks
	}
	letter := small | capital | caseless
	b := uint64(1)

	// Other characters take a blank before them, and line breaks after them.
	freeStarts := others &^ (others << 1) &^ (blanks << 1)
	b |= freeStarts
	taken := newlines & (others << 1)
	if cased && taken != 0 { // slashes too
		for e := (newlines + taken) &^ newlines & others; e != 0; e &= e - 1 {
			if i := bits.TrailingZeros64(e); text[i] == '/' {
				limit = min(limit, i)
			}
		}
	}

	// A word takes one character before it: white space, or the only one of others.
	first := others &^ (others << 1 &^ w.rest) // of each run of others, its first character
	only := (first + freeStarts) &^ first      // what stands after the first character
	b |= letter &^ (letter << 1) &^ only &^ (spaces << 1)
	if cased {
		b |= capital & (small << 1)
		// Whether a capital belongs to the word of a letter without case depends
		// on what follows.
		limit = min(limit, bits.TrailingZeros64(capital&(caseless<<1)))
	}

	// Numbers have three digits.
	for digit := numbers &^ (numbers << 1); digit != 0; digit = digit << 3 & numbers & (numbers << 1) & (numbers << 2) {
		b |= digit
	}

	// White space ends after its last line break, or else before its last
	// character, if something follows.
	last := spaces &^ (white >> 1) &^ (1 << (w.n - 1))
	for wide := last & w.rest; wide != 0; wide &= wide - 1 {
		i := bits.TrailingZeros64(wide)
		last &^= 1 << i
		for w.rest>>i&1 != 0 {
			i--
		}
		last |= 1 << i
	}
	b |= white&^(white<<1)&^taken | last
	if indent := spaces & (newlines << 1); indent != 0 {
		b |= indent
		if (spaces+indent)&^spaces&newlines != 0 { // blank lines
			limit = min(limit, bits.TrailingZeros64(indent))
		}
	}

	if w.more {
		// What is in white space at the end of the window is not known, and a
		// contraction takes up to three bytes.
		limit = min(limit, w.n-3, w.n+1-bits.LeadingZeros64(^(white<<(windowBytes-w.n))))
		if limit <= 0 {
			return 0
		}
	} else {
		b |= 1 << w.n
	}
	if candidates := others & (letter >> 1); candidates != 0 {
		b = contractions(text[:w.n], b, candidates, letter, limit, cased)
	}
	return b & (1<<limit - 1) &^ 1
}

// within returns a place where the first piece of the window can be cut, as a bit,
// where its end is not known; or 0. It is for scripts without spaces and cases: in a
// run of their letters the pattern goes on from each of them as if it began there, so
// that the next window can.
func (w *window) within(cased bool) uint64 {
	run := w.rows[both]
	if cased {
		run |= w.rows[mark]
	}
	start := bits.TrailingZeros64(run)
	if start > 0 { // a word takes one character before it
		before := uint64(1)<<start - 1
		if w.rest&before != before&^1 || (w.rows[space]|w.rows[blank]|w.rows[other])&before != before || w.rows[mark]>>start&1 != 0 {
			return 0
		}
	}
	end := start + bits.TrailingZeros64(^(run >> start))
	cuts := w.cuts & (1<<end - 1) &^ (2<<start - 1)
	return 1 << bits.Len64(cuts) >> 1 // the last one
}

// contractions puts contractions, such as 's, into bounds b.
func contractions(text []byte, b, candidates, letter uint64, limit int, cased bool) uint64 {
	lastEnd := 0
	for ; candidates != 0; candidates &= candidates - 1 {
		i := bits.TrailingZeros64(candidates)
		if i >= limit {
			break
		}
		end := endOfContraction(text, i)
		switch {
		case end == i:
			continue
		case !cased: // it is a piece
			if b>>i&1 == 0 {
				continue
			}
			b &^= (1<<(end-i) - 2) << i
		default: // it ends a word that does not end in one already
			if letter<<1>>i&1 == 0 || i == lastEnd {
				continue
			}
			b &^= (1<<(end-i) - 1) << i
		}
		b |= letter & (1 << end)
		lastEnd = end
	}
	return b
}

// countWindows counts text in windows.
func (c *Counter) countWindows(text []byte) {
	for len(text) >= windowBytes+windowPadding {
		n := c.countWindow((*[windowBytes + windowPadding]byte)(text), windowBytes, true)
		if n == 0 {
			n = c.countNext(text)
		}
		text = text[n:]
	}
	size := copy(c.padded[:], text)
	clear(c.padded[size : size+windowBytes+windowPadding])
	text = c.padded[:size]
	for i := 0; i < size; {
		rest := size - i
		n := c.countWindow((*[windowBytes + windowPadding]byte)(c.padded[i:]), min(rest, windowBytes), rest >= windowBytes)
		if n == 0 {
			n = c.countNext(text[i:])
		}
		i += n
	}
}

// countNext counts the first piece of text and returns its length.
func (c *Counter) countNext(text []byte) int {
	n := c.next(text, 0)
	c.countPiece(text[:n])
	if c.characters != nil {
		c.characters.Add(text[:n])
	}
	return n
}

// characters counts those of the first n bytes.
func (w *window) characters(n int, c *dataset.Characters) {
	first := uint64(1)<<n - 1 // with n 64 the shift gives 0
	ascii := first &^ w.beyond
	letters := bits.OnesCount64((w.rows[upper] | w.rows[lower]) & ascii)
	c.AddASCII(letters, bits.OnesCount64(ascii)-letters)
	c.AddRunes(w.runes[:bits.OnesCount64(w.beyond&^w.rest&first)]...)
}

// countWindow counts the pieces of a window that are certain and returns their
// length in bytes.
func (c *Counter) countWindow(text *[windowBytes + windowPadding]byte, n int, more bool) int {
	w := &c.view // it is large: not on the stack, where it would be cleared each time
	w.read(text, n, more, c.vocabulary)
	b := w.bounds(text, c.cased)
	if b == 0 {
		b = w.within(c.cased)
	}
	if b == 0 {
		return 0
	}
	end := bits.Len64(b) - 1
	if c.characters != nil {
		w.characters(end, c.characters)
	}
	ends := b | w.cuts&(1<<end-1)
	starts := ends&(1<<end-1) | 1
	total, nmisses := 0, c.nmisses
	if w.beyond != 0 { // characters that stand alone need no look-up
		narrow := starts & (w.one | w.two) & (ends >> 2)
		wide := starts & (w.one | w.two) & (w.rest >> 2) & (ends >> 3)
		alone := narrow | wide
		total = bits.OnesCount64(alone&w.one) + 2*bits.OnesCount64(alone&w.two)
		starts &^= alone
		ends &^= narrow<<2 | wide<<3
	}
	for ; ends != 0; ends &= ends - 1 {
		start := bits.TrailingZeros64(starts)
		starts &= starts - 1
		n := bits.TrailingZeros64(ends) - start
		if n > shortPiece {
			c.nmisses = nmisses
			c.countPart(text[start : start+n])
			nmisses = c.nmisses
			continue
		}
		k, h := newKey(binary.LittleEndian.Uint64(text[start:start+8]), binary.LittleEndian.Uint64(text[start+8:start+16]), n)
		// Whether the piece is there is hard to guess as well: it is counted and
		// noted as missing, one of the two for nothing.
		e := &c.front[h>>(64-frontBits)&(1<<frontBits-1)]
		differs := e.lo ^ k.lo | (e.hi&^countMask ^ k.hi)
		missing := int((differs | -differs) >> 63)
		c.misses[nmisses&(missBatch-1)] = miss{k, h}
		nmisses += missing
		total += e.count() & (missing - 1)
	}
	c.total += total
	c.nmisses = nmisses
	if nmisses >= missBatch-windowBytes {
		c.resolve()
	}
	return end
}
