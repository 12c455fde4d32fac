package dataset

import (
	"bytes"
	"encoding/binary"
)

// phraseLen is the least length of a phrase: 15 bytes always hold eight that
// begin at a multiple of eight.
const phraseLen = 15

// phraseFinder looks for phrases without regard to ASCII case. It probes eight
// bytes at every eighth position and compares only where these stand in one of
// the phrases.
type phraseFinder struct {
	probes  [1 << 12 / 64]uint64 // hashes of eight bytes that stand in a phrase
	phrases [][]byte
}

// newPhraseFinder makes a finder; the phrases are in lower case and at least
// phraseLen bytes long.
func newPhraseFinder(phrases []string) *phraseFinder {
	f := &phraseFinder{}
	for _, p := range phrases {
		if len(p) < phraseLen {
			panic("dataset: phrase " + p + " is shorter than 15 bytes")
		}
		f.phrases = append(f.phrases, bytes.ToLower([]byte(p)))
		for i := range 8 {
			h := phraseHash(binary.LittleEndian.Uint64([]byte(p[i:])))
			f.probes[h/64] |= 1 << (h % 64)
		}
	}
	return f
}

// phraseHash folds case (and a few other characters, which does no harm).
func phraseHash(w uint64) uint64 {
	return (w | 0x2020202020202020) * 0x9E3779B97F4A7C15 >> (64 - 12)
}

// in reports whether one of the phrases stands in text.
func (f *phraseFinder) in(text []byte) bool {
	for i := 0; i+8 <= len(text); i += 8 {
		h := phraseHash(binary.LittleEndian.Uint64(text[i:]))
		if f.probes[h/64]>>(h%64)&1 != 0 && f.near(text, i) {
			return true
		}
	}
	return false
}

// near reports whether a phrase begins at one of the eight positions up to i.
func (f *phraseFinder) near(text []byte, i int) bool {
	for start := max(0, i-7); start <= i; start++ {
		for _, p := range f.phrases {
			if len(text)-start >= len(p) && bytes.EqualFold(text[start:start+len(p)], p) {
				return true
			}
		}
	}
	return false
}
