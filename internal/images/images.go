// Package images looks at images in datasets: at the data URIs that hold them,
// and at what the files themselves say of their format, size, colours and damage.
// Files are read as a stream. Pixels are decoded by Decode alone.
package images

import (
	"encoding/binary"
	"io"
	"sync"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Examine reads an image file from r, to its end unless it is damaged, and tells
// what it is and whether it is complete. The error is that of r.
func Examine(r io.Reader) (dataset.ImageInfo, error) {
	return examine(r, false)
}

// examine is Examine, or reads no more than what the size of the image needs.
func examine(r io.Reader, headOnly bool) (dataset.ImageInfo, error) {
	s := streams.Get().(*stream)
	defer streams.Put(s)
	s.reset(r)
	x := examiner{stream: s, headOnly: headOnly}
	x.file()
	if !headOnly {
		s.drain()
	}
	x.info.Bytes = s.count()
	if s.err == io.EOF {
		s.err = nil
	}
	err := s.err
	s.reset(nil)
	return x.info, err
}

// examiner looks at one image file.
type examiner struct {
	*stream
	info     dataset.ImageInfo
	headOnly bool
}

// damage notes the first thing that is wrong with the file. reason goes on after
// "is damaged: it".
func (x *examiner) damage(reason string) {
	if x.info.Damage == "" {
		x.info.Damage = reason
	}
}

// maxSide is the largest width and height that any of the formats has room for.
const maxSide = 1<<31 - 1

// size notes width and height.
func (x *examiner) size(width, height uint32) {
	if width == 0 || height == 0 || width > maxSide || height > maxSide {
		x.damage("has a width or height that cannot be")
		return
	}
	x.info.Width, x.info.Height = int(width), int(height)
}

// file finds out the format and looks at the file.
func (x *examiner) file() {
	head := x.peek(magicBytes)
	x.info.Format = sniff(head)
	switch x.info.Format {
	case "png":
		x.png()
	case "jpeg":
		x.jpeg()
	case "webp":
		x.webp()
	case "gif":
		if len(head) >= 10 {
			x.size(uint32(binary.LittleEndian.Uint16(head[6:])), uint32(binary.LittleEndian.Uint16(head[8:])))
		}
	}
}

// stream is a file as it comes, in pieces that do not allocate.
type stream struct {
	r      io.Reader
	buf    [streamBytes]byte
	lo, hi int   // buf[lo:hi] is what has been read and not yet been looked at
	before int64 // bytes before buf[0]
	err    error
}

// streamBytes is a multiple of 3, so that it holds whole groups of base64.
const streamBytes = 24 << 10

var streams = sync.Pool{New: func() any { return new(stream) }}

func (s *stream) reset(r io.Reader) { s.r, s.lo, s.hi, s.before, s.err = r, 0, 0, 0, nil }

// count returns how many bytes have been looked at.
func (s *stream) count() int64 { return s.before + int64(s.lo) }

// fill reads until at least n bytes are there, and reports whether they are.
func (s *stream) fill(n int) bool {
	if s.hi-s.lo >= n {
		return true
	}
	s.before += int64(s.lo)
	s.hi = copy(s.buf[:], s.buf[s.lo:s.hi])
	s.lo = 0
	for s.hi < n && s.err == nil {
		var k int
		k, s.err = s.r.Read(s.buf[s.hi:])
		s.hi += k
	}
	return s.hi >= n
}

// peek returns the next n bytes, or fewer at the end.
func (s *stream) peek(n int) []byte {
	s.fill(n)
	return s.buf[s.lo:min(s.hi, s.lo+n)]
}

// take returns the next n bytes, or nil if there are not so many. They are valid
// until the next call.
func (s *stream) take(n int) []byte {
	if !s.fill(n) {
		s.lo = s.hi
		return nil
	}
	s.lo += n
	return s.buf[s.lo-n : s.lo]
}

// window returns at most n of the next bytes, at least one unless it is the end.
func (s *stream) window(n int64) []byte {
	if n <= 0 || !s.fill(1) {
		return nil
	}
	k := int(min(n, int64(s.hi-s.lo)))
	s.lo += k
	return s.buf[s.lo-k : s.lo]
}

// skip passes over n bytes, and reports whether there were so many.
func (s *stream) skip(n int64) bool {
	for n > 0 {
		w := s.window(n)
		if w == nil {
			return false
		}
		n -= int64(len(w))
	}
	return true
}

// drain passes over what is left.
func (s *stream) drain() {
	for s.window(streamBytes) != nil {
	}
}
