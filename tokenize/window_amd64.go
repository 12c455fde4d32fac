//go:build !purego

package tokenize

import "golang.org/x/sys/cpu"

// hasVectors is whether the processor has what readVector takes: AVX-512 as Intel
// has it since Ice Lake and AMD since Zen 4.
var hasVectors = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VBMI2 &&
	cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// readVector is read in vector instructions. It reports whether it could: it knows
// no characters of four bytes and no bytes that are none. But a character that begins
// in the last bytes of a window is left to the next one, whatever follows.
//
//go:noescape
func readVector(w *window, text *[windowBytes + windowPadding]byte, n int, more bool, looks *look, glue *glue) bool

// vectorConstants is what readVector takes from memory.
type vectorConstants struct {
	asciiRows [128]uint8 // of each ASCII character, a bit for its row
	places    [64]uint8  // 0, 1, 2, ...
	fourTimes [64]uint8  // 0, 0, 0, 0, 1, 1, 1, 1, ...
	fourBytes [64]uint8  // 0, 1, 2, 3, 0, 1, 2, 3, ...
	sixBits   [64]uint8  // 64, 1, 1, 0, ...: puts the bits of the second byte behind those of the first
	narrow    uint32     // the bits of a character of two bytes
	wide      uint32     // the bits of one of three
	isWide    uint32     // the bit of the first byte that tells them apart
	twelve    uint32     // 64, 1 in two words: puts the bits of the third byte behind the others
	blocks    uint32     // of a code point, the bits that tell surrogates and what should have less bytes
	surrogate uint32
	factor    uint32
	bits      [6]uint32 // 1, 2, 4, ...
}

//lint:ignore U1000 window_amd64.s has it
var vectors = func() (v vectorConstants) {
	rows := [rows]uint8{other: 0x80, upper: 0x40, lower: 0x20, number: 0x10, space: 0x08, newline: 0x04, blank: 0x02}
	for i, c := range asciiClass {
		if i == ' ' {
			c = blank
		}
		v.asciiRows[i] = rows[c]
	}
	for i := range v.places {
		v.places[i], v.fourTimes[i], v.fourBytes[i] = uint8(i), uint8(i/4), uint8(i%4)
		v.sixBits[i] = [4]uint8{64, 1, 1, 0}[i%4]
	}
	v.narrow, v.wide, v.isWide, v.twelve = 0x00003f1f, 0x003f3f0f, 0x20, 1<<16|64
	v.blocks, v.surrogate, v.factor = 0xf800, 0xd800, hashFactor
	for i := range v.bits {
		v.bits[i] = 1 << i
	}
	return v
}()
