package images

import (
	"bytes"
	"encoding/base64"
	"io"
)

// Base64 is the base64 of a data URI, as a reader of the bytes in it. It reads on
// over faults that leave no doubt of what is meant, and notes them.
type Base64 struct {
	raw []byte // of the URL, up to its end
	at  int    // where in raw the next character stands

	// Where in the URL the first of each fault stands; -1 if there is none.
	URLSafe int // - or _, of the alphabet for URLs
	Space   int // white space or a line break
	Bad     int // a character that is not base64: nothing behind it is read
	Padded  int // something that follows the = at the end
	// Missing is how many = are missing at the end.
	Missing int
	// Torn says that the last group has one character, which is not even a byte.
	Torn bool

	group [4]byte // characters of a group that is not complete, as numbers
	n     int     // how many
	pads  int     // = that were read
	done  bool
	held  [3]byte // decoded, and not yet read
	hold  []byte
}

// Data returns the bytes of the image in the URL.
func (u *URL) Data() *Base64 {
	return &Base64{raw: u.Raw, at: u.DataAt, URLSafe: -1, Space: -1, Bad: -1, Padded: -1}
}

// Faulty reports whether anything is wrong with what was read so far.
func (b *Base64) Faulty() bool {
	return b.URLSafe >= 0 || b.Space >= 0 || b.Bad >= 0 || b.Padded >= 0 || b.Missing > 0 || b.Torn
}

// Readable reports whether all of what was read can be trusted.
func (b *Base64) Readable() bool { return b.Bad < 0 && b.Padded < 0 && !b.Torn }

// Read decodes the next bytes. The only error is io.EOF.
func (b *Base64) Read(p []byte) (int, error) {
	n := copy(p, b.hold)
	b.hold = b.hold[n:]
	for n < len(p) && !b.done {
		if k := b.fast(p[n:]); k > 0 {
			n += k
			continue
		}
		var short [3]byte
		if dst := p[n:]; len(dst) >= len(short) {
			n += b.slow(dst)
		} else {
			// Less room than for a group.
			b.hold = b.held[:copy(b.held[:], short[:b.slow(short[:])])]
			k := copy(dst, b.hold)
			b.hold = b.hold[k:]
			n += k
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// minFast is the length below which it is not worth while to look for more than
// one character at a time.
const minFast = 16

// fast decodes whole groups without escapes, padding or faults, as long as they go.
// It returns 0 where slow must see to it.
func (b *Base64) fast(p []byte) int {
	block := b.raw[b.at:min(len(b.raw), b.at+len(p)/3*4)]
	if b.n > 0 || b.pads > 0 || len(block) < minFast {
		return 0
	}
	if i := bytes.IndexByte(block, '\\'); i >= 0 {
		block = block[:i]
	}
	block = block[:len(block)&^3]
	if len(block) < minFast {
		return 0
	}
	n, err := base64.StdEncoding.Decode(p, block)
	if err != nil || n < len(block)/4*3 {
		// Up to the group with a fault, padding or a line break it is good.
		if fault, ok := err.(base64.CorruptInputError); ok {
			block = block[:fault]
		}
		if i := bytes.IndexAny(block, "=\r\n"); i >= 0 {
			block = block[:i]
		}
		block = block[:len(block)&^3]
		n = len(block) / 4 * 3
	}
	b.at += len(block)
	return n
}

// What characters are in base64. Numbers below 64 are themselves.
const (
	isPad = 64 + iota
	isSpace
	isBad
)

var alphabet = func() (t [256]byte) {
	for i := range t {
		t[i] = isBad
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	t['='] = isPad
	for _, c := range []byte(" \t\r\n\f\v") {
		t[c] = isSpace
	}
	return t
}()

// slow decodes characters one by one: at least one group, and on until fast can go
// on, there is no more room, or it is the end.
func (b *Base64) slow(p []byte) (n int) {
	for ready := 0; len(p)-n >= 3; {
		if b.at == len(b.raw) {
			return n + b.end(p[n:])
		}
		if b.n == 0 && b.pads == 0 && ready >= minFast {
			return n
		}
		c, size := b.raw[b.at], 1
		if c == '\\' {
			var buf [8]byte
			var text []byte
			text, size = character(buf[:0], b.raw[b.at:])
			c = text[0]
			if len(text) > 1 {
				c = 0xFF // no character of base64
			}
		}
		switch v := alphabet[c]; {
		case v == isSpace:
			note(&b.Space, b.at)
			ready = 0
		case v == isPad && b.pads < 2 && b.n+b.pads < 4 && b.n >= 2:
			b.pads++
		case v == isBad, v == isPad && b.pads == 0:
			note(&b.Bad, b.at)
			return n + b.end(p[n:])
		case b.pads > 0:
			note(&b.Padded, b.at)
			return n + b.end(p[n:])
		default:
			if c == '-' || c == '_' {
				note(&b.URLSafe, b.at)
				ready = -minFast // more of them will come
			}
			b.group[b.n] = v
			b.n++
			ready++
			if b.n == 4 {
				p[n], p[n+1], p[n+2] = b.group[0]<<2|b.group[1]>>4, b.group[1]<<4|b.group[2]>>2, b.group[2]<<6|b.group[3]
				b.n = 0
				n += 3
			}
		}
		b.at += size
	}
	return n
}

func note(at *int, here int) {
	if *at < 0 {
		*at = here
	}
}

// end decodes the group at the end, which may lack characters.
func (b *Base64) end(p []byte) (n int) {
	b.done = true
	switch {
	case b.Bad >= 0:
	case b.n == 1:
		b.Torn = true
	case b.n > 1:
		b.Missing = max(0, 4-b.n-b.pads)
	}
	if b.n > 1 {
		b.group[2] &= 0x3F
		group := [3]byte{b.group[0]<<2 | b.group[1]>>4, b.group[1]<<4 | b.group[2]>>2}
		n = copy(p, group[:b.n-1])
	}
	b.n = 0
	return n
}
