package images

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/klauspost/compress/zlib"
	"golang.org/x/image/webp"

	"github.com/ftlint/ftlint/lint/dataset"
)

// MaxPixels is how many pixels an image may have for its pixels to be looked at.
const MaxPixels = 64 << 20

// CheckPixels reads the pixels of an image of which Examine has seen no damage,
// and returns what is wrong with them, or "". Images of more than MaxPixels, of
// formats other than JPEG, PNG and WebP, and animated WebP images are not looked
// at. PNG files are inflated without being kept.
func CheckPixels(r io.Reader, info dataset.ImageInfo) string {
	if int64(info.Width)*int64(info.Height) > MaxPixels || info.Mode == dataset.ModeOther {
		return ""
	}
	var err error
	switch info.Format {
	case "png":
		err = inflatePNG(r, info)
	case "jpeg":
		_, err = jpeg.Decode(bufio.NewReaderSize(r, streamBytes))
		if unsupported := jpeg.UnsupportedError(""); errors.As(err, &unsupported) {
			err = nil // another decoder may know it
		}
	case "webp":
		if !info.Animated {
			_, err = webp.Decode(r)
		}
	}
	if err != nil {
		return "has pixels that cannot be read: " + err.Error()
	}
	return ""
}

// Decode reads the pixels of an image, of at most MaxPixels.
func Decode(r io.Reader, info dataset.ImageInfo) (image.Image, error) {
	if int64(info.Width)*int64(info.Height) > MaxPixels {
		return nil, fmt.Errorf("the image has %d x %d pixels, more than are decoded", info.Width, info.Height)
	}
	decode := map[string]func(io.Reader) (image.Image, error){"png": png.Decode, "jpeg": jpeg.Decode, "webp": webp.Decode, "gif": gif.Decode}[info.Format]
	if decode == nil {
		return nil, ErrFormat
	}
	return decode(bufio.NewReaderSize(r, streamBytes))
}

// inflatePNG inflates what a PNG file holds compressed: its pixels, of which it
// knows how many bytes there must be, and its colour profile.
func inflatePNG(r io.Reader, info dataset.ImageInfo) error {
	s := streams.Get().(*stream)
	defer streams.Put(s)
	s.reset(r)
	defer s.reset(nil)
	s.skip(pngSignature)
	head := s.take(8 + 13 + 4)
	if head == nil {
		return io.ErrUnexpectedEOF
	}
	rows := pngRows(info, head[8+9], head[8+12] != 0)
	chunks := &pngChunks{stream: s}
	for {
		switch kind := chunks.next(); kind {
		case "":
			return io.ErrUnexpectedEOF
		case "iCCP":
			if err := inflateProfile(chunks); err != nil {
				return fmt.Errorf("its colour profile: %w", err)
			}
		case "IDAT":
			return inflateRows(chunks, rows)
		}
	}
}

// pngRows is the bytes of each row of the image, the filter's included, and how many
// rows there are of that length; an interlaced image has seven sets.
func pngRows(info dataset.ImageInfo, colour byte, interlaced bool) (rows [][2]int64) {
	bits := int64(info.Bits) * map[byte]int64{pngGrey: 1, pngRGB: 3, pngPalette: 1, pngGreyAlpha: 2, pngRGBA: 4}[colour]
	add := func(width, height int64) {
		if width > 0 && height > 0 {
			rows = append(rows, [2]int64{1 + (width*bits+7)/8, height})
		}
	}
	w, h := int64(info.Width), int64(info.Height)
	if !interlaced {
		add(w, h)
		return rows
	}
	for _, pass := range [7][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		add((w-pass[0]+pass[2]-1)/pass[2], (h-pass[1]+pass[3]-1)/pass[3])
	}
	return rows
}

// inflateRows reads rows and sees to it that each begins with a filter that there is.
func inflateRows(r io.Reader, rows [][2]int64) error {
	z, err := zlib.NewReader(r)
	if err != nil {
		return err
	}
	defer z.Close()
	buffered := bufio.NewReaderSize(z, streamBytes)
	for _, set := range rows {
		for range set[1] {
			filter, err := buffered.ReadByte()
			if err == nil && filter > 4 {
				return fmt.Errorf("a row has the filter %d, which does not exist", filter)
			}
			if err == nil {
				_, err = buffered.Discard(int(set[0] - 1))
			}
			if err == io.EOF {
				return io.ErrUnexpectedEOF
			} else if err != nil {
				return err
			}
		}
	}
	// The checksum stands behind the last row. More pixels than there should be are
	// passed over by readers.
	if _, err := buffered.ReadByte(); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// maxProfile is how much of a colour profile is inflated, in bytes.
const maxProfile = 16 << 20

func inflateProfile(chunk *pngChunks) error {
	name := bufio.NewReaderSize(chunk.only(), 512)
	if _, err := name.ReadString(0); err != nil { // then one byte for the method, and zlib
		return err
	}
	if _, err := name.ReadByte(); err != nil {
		return err
	}
	z, err := zlib.NewReader(name)
	if err != nil {
		return err
	}
	defer z.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(z, maxProfile))
	return err
}

// pngChunks reads the chunks of a PNG file behind its header.
type pngChunks struct {
	*stream
	left int64 // of the chunk at hand
	kind string
	end  bool
}

// next goes to the next chunk and returns its kind, or "" at the end.
func (c *pngChunks) next() string {
	if c.kind != "" && !c.skip(c.left+4) {
		return ""
	}
	head := c.take(8)
	if head == nil {
		return ""
	}
	c.left, c.kind = int64(binary.BigEndian.Uint32(head)), string(head[4:])
	return c.kind
}

// Read reads the data of the chunk at hand and of those of its kind that follow.
func (c *pngChunks) Read(p []byte) (int, error) {
	for c.left == 0 {
		before := c.kind
		if c.end || c.next() != before {
			c.end = true
			return 0, io.EOF
		}
	}
	w := c.window(min(c.left, int64(len(p))))
	if w == nil {
		return 0, io.ErrUnexpectedEOF
	}
	c.left -= int64(len(w))
	return copy(p, w), nil
}

// only is the data of the chunk at hand alone.
func (c *pngChunks) only() io.Reader { return (*pngChunk)(c) }

type pngChunk pngChunks

func (c *pngChunk) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	return (*pngChunks)(c).Read(p)
}
