package images

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/ftlint/ftlint/lint/dataset"
)

const pngSignature = 8 // bytes

// The colour types of PNG.
const (
	pngGrey      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGreyAlpha = 4
	pngRGBA      = 6
)

// png looks at the chunks of a PNG file.
func (x *examiner) png() {
	x.skip(pngSignature)
	pixels := false
	for first := true; ; first = false {
		head := x.take(8)
		if head == nil {
			x.damage("ends too early: its last chunk (IEND) is missing")
			return
		}
		length, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		sum := crc32.ChecksumIEEE(head[4:])
		if first && (kind != "IHDR" || length != 13) {
			x.info.Mode = dataset.ModeOther
			x.damage("does not begin with its header (IHDR)")
		}
		if length > maxSide {
			x.damage("has a chunk of an impossible length")
			return
		}
		switch {
		case first && kind == "IHDR" && length == 13:
			header := x.peek(13)
			if len(header) == 13 {
				x.pngHeader(header)
			}
		case kind == "acTL" && !pixels:
			if control := x.peek(4); len(control) == 4 && binary.BigEndian.Uint32(control) > 1 {
				x.info.Animated = true
			}
		case kind == "IDAT":
			pixels = pixels || length > 0
		}
		for length > 0 {
			w := x.window(length)
			if w == nil {
				x.damage("ends too early, in the middle of a chunk")
				return
			}
			sum = crc32.Update(sum, crc32.IEEETable, w)
			length -= int64(len(w))
		}
		want := x.take(4)
		switch {
		case want == nil:
			x.damage("ends too early, in the middle of a chunk")
			return
		case binary.BigEndian.Uint32(want) != sum:
			x.damage("has a chunk with a wrong checksum")
		}
		if first && x.headOnly {
			return
		}
		if kind == "IEND" {
			if !pixels {
				x.damage("has no pixels (IDAT)")
			}
			return
		}
	}
}

// pngHeader reads the chunk IHDR.
func (x *examiner) pngHeader(b []byte) {
	x.size(binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]))
	x.info.Bits = int(b[8])
	x.info.Mode = dataset.ModeOther
	if b[8] == 8 || b[8] == 16 || b[9] == pngGrey || b[9] == pngPalette {
		switch b[9] {
		case pngGrey:
			x.info.Mode = dataset.ModeGrey
		case pngRGB:
			x.info.Mode = dataset.ModeRGB
		case pngPalette:
			x.info.Mode = dataset.ModePalette
		case pngGreyAlpha:
			x.info.Mode = dataset.ModeGreyAlpha
		case pngRGBA:
			x.info.Mode = dataset.ModeRGBA
		}
	}
}
