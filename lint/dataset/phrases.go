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
	filter [1 << phraseBits / 64]uint64 // of the hashes of all probes
	probes []phraseProbe
}

const phraseBits = 15

// phraseProbe is eight bytes of a phrase, and where they stand in it.
type phraseProbe struct {
	word   uint64 // case folded
	phrase []byte
	at     int
}

// newPhraseFinder makes a finder; the phrases are in lower case and at least
// phraseLen bytes long.
func newPhraseFinder(phrases []string) *phraseFinder {
	f := &phraseFinder{}
	for _, phrase := range phrases {
		if len(phrase) < phraseLen {
			panic("dataset: phrase " + phrase + " is shorter than 15 bytes")
		}
		p := bytes.ToLower([]byte(phrase))
		for at := range 8 {
			w := foldWord(binary.LittleEndian.Uint64(p[at:]))
			f.probes = append(f.probes, phraseProbe{w, p, at})
			h := hashWord(w)
			f.filter[h/64] |= 1 << (h % 64)
		}
	}
	return f
}

// foldWord makes ASCII letters lower case. Some other characters fall together
// too; the comparison that follows a probe tells them apart.
func foldWord(w uint64) uint64 { return w | 0x2020202020202020 }

func hashWord(w uint64) uint64 { return w * 0x9E3779B97F4A7C15 >> (64 - phraseBits) }

// in reports whether one of the phrases stands in text.
func (f *phraseFinder) in(text []byte) bool {
	rest := text
	for len(rest) >= 32 {
		// Four probes at once: their loads do not wait for each other.
		hit := f.filtered(binary.LittleEndian.Uint64(rest)) |
			f.filtered(binary.LittleEndian.Uint64(rest[8:])) |
			f.filtered(binary.LittleEndian.Uint64(rest[16:])) |
			f.filtered(binary.LittleEndian.Uint64(rest[24:]))
		if hit&1 != 0 && f.confirmAny(text, len(text)-len(rest), 32) {
			return true
		}
		rest = rest[32:]
	}
	return f.confirmAny(text, len(text)-len(rest), len(rest))
}

// filtered has its lowest bit set if w may be a probe.
func (f *phraseFinder) filtered(w uint64) uint64 {
	h := hashWord(foldWord(w))
	return f.filter[h/64] >> (h % 64)
}

// confirmAny reports whether a phrase stands around one of the whole words of
// the n bytes at i.
func (f *phraseFinder) confirmAny(text []byte, i, n int) bool {
	for end := i + n; i+8 <= end; i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		if f.filtered(w)&1 != 0 && f.confirm(text, i, foldWord(w)) {
			return true
		}
	}
	return false
}

// confirm reports whether a phrase stands in text around the probe w at i.
func (f *phraseFinder) confirm(text []byte, i int, w uint64) bool {
	for _, p := range f.probes {
		if p.word != w || i < p.at {
			continue
		}
		start := i - p.at
		if end := start + len(p.phrase); end <= len(text) && bytes.EqualFold(text[start:end], p.phrase) {
			return true
		}
	}
	return false
}
