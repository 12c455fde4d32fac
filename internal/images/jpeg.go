package images

import (
	"bytes"
	"encoding/binary"

	"github.com/ftlint/ftlint/lint/dataset"
)

// The markers of JPEG that matter here.
const (
	jpegSOF0 = 0xC0 // first of the beginnings of a frame
	jpegDHT  = 0xC4 // among them, but a table
	jpegJPG  = 0xC8
	jpegDAC  = 0xCC
	jpegSOFF = 0xCF // last of them
	jpegRST0 = 0xD0
	jpegRST7 = 0xD7
	jpegSOI  = 0xD8
	jpegEOI  = 0xD9
	jpegSOS  = 0xDA
	jpegTEM  = 0x01
)

// jpeg looks at the segments of a JPEG file.
func (x *examiner) jpeg() {
	const cut = "ends too early: its end marker (EOI) is missing"
	x.skip(2)
	frame, scan := false, false
	for {
		marker, ok := x.jpegMarker()
		if !ok {
			x.damage(cut)
			return
		}
		switch {
		case marker == jpegEOI:
			if !frame || !scan {
				x.damage("has no pixels")
			}
			return
		case jpegRST0 <= marker && marker <= jpegRST7, marker == jpegSOI, marker == jpegTEM, marker == 0:
			continue // these stand alone; 0 is a byte 0xFF of compressed pixels
		}
		b := x.take(2)
		if b == nil {
			x.damage(cut)
			return
		}
		length := int64(binary.BigEndian.Uint16(b)) - 2
		if length < 0 {
			x.damage("has a segment of an impossible length")
			return
		}
		switch {
		case marker == jpegSOS:
			scan = true
			if !frame {
				x.damage("has pixels before their size")
			}
		case jpegSOF0 <= marker && marker <= jpegSOFF && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC:
			if header := x.peek(6); len(header) == 6 && length >= 6 && !frame {
				frame = true
				x.jpegFrame(header)
			}
			if x.headOnly {
				return
			}
		}
		if !x.skip(length) {
			x.damage(cut)
			return
		}
	}
}

// jpegMarker passes over compressed pixels, and over bytes that do not belong
// there, up to the next marker.
func (x *examiner) jpegMarker() (marker byte, ok bool) {
	for {
		w := x.window(streamBytes)
		if w == nil {
			return 0, false
		}
		i := bytes.IndexByte(w, 0xFF)
		for i >= 0 && i+1 < len(w) && w[i+1] == 0 {
			// Fast path: a byte 0xFF of compressed pixels.
			n := bytes.IndexByte(w[i+2:], 0xFF)
			if n < 0 {
				i = -1
				break
			}
			i += 2 + n
		}
		if i < 0 {
			continue
		}
		x.lo -= len(w) - i - 1 // back to the byte behind 0xFF
		for {
			b := x.take(1)
			if b == nil {
				return 0, false
			}
			if b[0] != 0xFF { // any number of them may come before a marker
				return b[0], true
			}
		}
	}
}

// jpegFrame reads the beginning of a frame: precision, size, number of channels.
func (x *examiner) jpegFrame(b []byte) {
	x.info.Bits = int(b[0])
	height, width := uint32(binary.BigEndian.Uint16(b[1:])), uint32(binary.BigEndian.Uint16(b[3:]))
	if height == 0 && width > 0 {
		// The number of lines may follow behind the pixels: it is not known.
	} else {
		x.size(width, height)
	}
	switch b[5] {
	case 1:
		x.info.Mode = dataset.ModeGrey
	case 3:
		x.info.Mode = dataset.ModeRGB
	case 4:
		x.info.Mode = dataset.ModeCMYK
	default:
		x.info.Mode = dataset.ModeOther
	}
}
