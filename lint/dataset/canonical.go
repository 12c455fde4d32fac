package dataset

import (
	"bytes"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// Hash is a hash of 128 bits: what has the same one is the same, for all practical
// purposes.
type Hash = xxh3.Uint128

// CanonicalHash returns a hash of a JSON value that does not depend on the order of
// keys, on white space outside of strings, and on how strings are escaped. Numbers
// count as they are written. buf is room for texts and may be nil; it is returned for
// the next call. Of what is not valid JSON the hash is some hash of its text.
func CanonicalHash(raw, buf []byte) (Hash, []byte) {
	h := hasher{raw: raw, buf: buf}
	sum, end := h.value(h.space(0), 0)
	if end < 0 || h.space(end) != len(raw) {
		return xxh3.Hash128Seed(raw, seedBroken), h.buf
	}
	return sum, h.buf
}

// hasher walks through JSON text and takes it to be valid: of any other text it stops
// somewhere.
type hasher struct {
	raw, buf []byte
}

// Seeds keep values of different kinds apart.
const (
	seedString = 1 + iota
	seedPlain  // numbers, true, false, null
	seedArray
	seedMember
	seedObject
	seedBroken
)

func (h *hasher) space(i int) int {
	for i < len(h.raw) && h.raw[i] <= ' ' {
		i++
	}
	return i
}

// value hashes the value that begins at i, and returns where it ends: -1 if it does
// not.
func (h *hasher) value(i, depth int) (sum Hash, end int) {
	if i >= len(h.raw) || depth > MaxDepth {
		return sum, -1
	}
	switch h.raw[i] {
	case '"':
		return h.text(i)
	case '[':
		return h.array(i+1, depth)
	case '{':
		return h.object(i+1, depth)
	}
	end = i
	for end < len(h.raw) && h.raw[end] > ' ' && h.raw[end] != ',' && h.raw[end] != ']' && h.raw[end] != '}' {
		end++
	}
	if end == i {
		return sum, -1
	}
	return xxh3.Hash128Seed(h.raw[i:end], seedPlain), end
}

// text hashes the string that begins at i.
func (h *hasher) text(i int) (sum Hash, end int) {
	start, escaped := i+1, false
	for at := start; ; {
		n := bytes.IndexByte(h.raw[at:], '"')
		if n < 0 {
			return sum, -1
		}
		if !escaped && bytes.IndexByte(h.raw[at:at+n], '\\') < 0 {
			return xxh3.Hash128Seed(h.raw[start:at+n], seedString), at + n + 1
		}
		escaped = true
		at += n + 1
		backslashes := 0
		for b := at - 2; b >= start && h.raw[b] == '\\'; b-- {
			backslashes++
		}
		if backslashes%2 == 0 {
			h.buf = AppendUnescaped(h.buf[:0], h.raw[start:at-1])
			return xxh3.Hash128Seed(h.buf, seedString), at
		}
	}
}

// pair is the hash of two hashes.
func pair(a, b Hash, seed uint64) Hash {
	var both [32]byte
	binary.LittleEndian.PutUint64(both[0:], a.Lo)
	binary.LittleEndian.PutUint64(both[8:], a.Hi)
	binary.LittleEndian.PutUint64(both[16:], b.Lo)
	binary.LittleEndian.PutUint64(both[24:], b.Hi)
	return xxh3.Hash128Seed(both[:], seed)
}

// array hashes the elements from i on: their order counts.
func (h *hasher) array(i, depth int) (sum Hash, end int) {
	for first := true; ; first = false {
		i = h.space(i)
		switch {
		case i >= len(h.raw):
			return sum, -1
		case h.raw[i] == ']':
			return pair(sum, Hash{}, seedArray), i + 1
		case !first && h.raw[i] == ',':
			i = h.space(i + 1)
		case !first:
			return sum, -1
		}
		one, after := h.value(i, depth+1)
		if after < 0 {
			return sum, -1
		}
		sum, i = pair(sum, one, seedArray), after
	}
}

// object hashes the members from i on: their order does not count.
func (h *hasher) object(i, depth int) (sum Hash, end int) {
	for first := true; ; first = false {
		i = h.space(i)
		switch {
		case i >= len(h.raw):
			return sum, -1
		case h.raw[i] == '}':
			return pair(sum, Hash{}, seedObject), i + 1
		case !first && h.raw[i] == ',':
			i = h.space(i + 1)
		case !first:
			return sum, -1
		}
		if i >= len(h.raw) || h.raw[i] != '"' {
			return sum, -1
		}
		key, after := h.text(i)
		if after < 0 {
			return sum, -1
		}
		if i = h.space(after); i >= len(h.raw) || h.raw[i] != ':' {
			return sum, -1
		}
		value, after := h.value(h.space(i+1), depth+1)
		if after < 0 {
			return sum, -1
		}
		member := pair(key, value, seedMember)
		sum.Lo, sum.Hi, i = sum.Lo+member.Lo, sum.Hi+member.Hi, after
	}
}
