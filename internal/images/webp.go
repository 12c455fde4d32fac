package images

import (
	"encoding/binary"

	"github.com/ftlint/ftlint/lint/dataset"
)

// The flags of an extended WebP file.
const (
	webpAnimation = 1 << 1
	webpAlpha     = 1 << 4
)

// webp looks at the chunks of a WebP file.
func (x *examiner) webp() {
	head := x.take(12)
	left := int64(binary.LittleEndian.Uint32(head[4:])) - 4 // of what the container says it holds
	x.info.Mode, x.info.Bits = dataset.ModeRGB, 8
	extended, pixels := false, false
	for left > 0 {
		b := x.take(8)
		if b == nil {
			x.damage("ends too early: it is shorter than it says (RIFF)")
			return
		}
		kind, length := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		padded := length + length&1
		if left -= 8 + padded; left < -1 { // some writers leave the last byte out of the sum
			x.damage("has a chunk that is longer than the file says it is")
		}
		switch kind {
		case "VP8X":
			extended = true
			if b := x.peek(10); length >= 10 && len(b) == 10 {
				x.info.Animated = b[0]&webpAnimation != 0
				if b[0]&webpAlpha != 0 {
					x.info.Mode = dataset.ModeRGBA
				}
				x.size(1+le24(b[4:]), 1+le24(b[7:]))
			} else {
				x.damage("ends too early: its header is not complete")
			}
		case "VP8 ", "VP8L":
			pixels = true
			x.webpFrame(kind, length, extended)
		case "ANMF":
			pixels = true
			x.info.Animated = true
		}
		if x.headOnly && x.info.Width > 0 {
			return
		}
		if !x.skip(length) || length&1 == 1 && left > 0 && !x.skip(1) {
			x.damage("ends too early: it is shorter than it says (RIFF)")
			return
		}
	}
	if !pixels {
		x.damage("has no pixels")
	}
}

// webpFrame reads the beginning of the pixels. Those of an extended file have told
// their size before.
func (x *examiner) webpFrame(kind string, length int64, extended bool) {
	b := x.peek(10)
	switch {
	case kind == "VP8 ":
		// A key frame: a tag of 3 bytes whose lowest bit is 0, a start code, the size.
		if length < 10 || len(b) < 10 || b[0]&1 != 0 || string(b[3:6]) != "\x9d\x01\x2a" {
			x.damage("has pixels without their header")
			return
		}
		if !extended {
			x.size(uint32(binary.LittleEndian.Uint16(b[6:])&0x3FFF), uint32(binary.LittleEndian.Uint16(b[8:])&0x3FFF))
		}
	default:
		// A signature of one byte, then 14 bits of width, 14 of height, one of alpha.
		if length < 5 || len(b) < 5 || b[0] != 0x2F {
			x.damage("has pixels without their header")
			return
		}
		bits := binary.LittleEndian.Uint32(b[1:])
		if !extended {
			x.size(1+bits&0x3FFF, 1+bits>>14&0x3FFF)
			if bits>>28&1 != 0 {
				x.info.Mode = dataset.ModeRGBA
			}
		}
	}
}

func le24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
