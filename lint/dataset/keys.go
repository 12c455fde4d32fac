package dataset

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
)

// hashSeed is of this process: nobody can prepare keys that collide.
var hashSeed = maphash.MakeSeed()

// hashKey hashes a key. Short keys, which nearly all are, are hashed by two
// overlapping loads.
func hashKey(text []byte) uint64 {
	n := len(text)
	switch {
	case n > 16:
		return maphash.Bytes(hashSeed, text)
	case n >= 8:
		return mix(binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])^uint64(n)<<56)
	case n >= 4:
		return mix(uint64(binary.LittleEndian.Uint32(text)), uint64(binary.LittleEndian.Uint32(text[n-4:]))|uint64(n)<<56)
	}
	w := uint64(n) << 56
	for i, c := range text {
		w |= uint64(c) << (8 * i)
	}
	return mix(w, 0)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9E3779B97F4A7C15, b^0xD6E8FEB86659FD93)
	return hi ^ lo
}

// fewKeys is the number of keys up to which comparing each with each is
// quicker than sorting.
const fewKeys = 12

// duplicates reports the keys of one object that are there twice or more.
func (d *Decoder) duplicates(keys []keyRef) {
	if len(keys) <= fewKeys {
		for i := 1; i < len(keys); i++ {
			for j := range keys[:i] {
				if keys[i].hash == keys[j].hash && d.sameKey(keys[i], keys[j]) {
					d.fault(FaultDuplicateKey, int(keys[i].start), int(keys[i].end), "")
					break
				}
			}
		}
		return
	}
	slices.SortFunc(keys, func(a, b keyRef) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.start, b.start))
	})
	from := len(d.ex.Faults)
	for i := 1; i < len(keys); i++ {
		if keys[i].hash == keys[i-1].hash && d.sameKey(keys[i], keys[i-1]) {
			d.fault(FaultDuplicateKey, int(keys[i].start), int(keys[i].end), "")
		}
	}
	slices.SortFunc(d.ex.Faults[from:], func(a, b Fault) int { return cmp.Compare(a.Start, b.Start) })
}

func (d *Decoder) sameKey(a, b keyRef) bool {
	if !a.escaped && !b.escaped {
		return bytes.Equal(d.line[a.start:a.end], d.line[b.start:b.end])
	}
	text := func(k keyRef) []byte { return AppendUnescaped(nil, d.line[k.start+1:k.end-1]) }
	return bytes.Equal(text(a), text(b))
}
