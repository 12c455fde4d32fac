package jsonl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Convert writes what is in a source of FormUTF16, FormArray or FormPretty as
// lines of UTF-8, in little memory: of UTF-16 and UTF-32 the same text, of the
// others each value on a line of its own, without the line breaks and the
// indentation between its tokens. Values stay as they are written. It reads the
// source to its end; it is called in place of Next and ChunkAt.
func (s *Source) Convert(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, SniffLen)
	in := bufio.NewReaderSize(&untilDone{ctx, s.rest()}, SniffLen)
	var err error
	if s.Sniffed.Form == FormUTF16 {
		err = s.decode(in, out)
	} else {
		err = splitValues(in, out)
	}
	if err == nil {
		return out.Flush()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Copy writes all of the data behind a byte-order mark, decompressed. It is called
// in place of Next and ChunkAt.
func (s *Source) Copy(ctx context.Context, w io.Writer) error {
	_, err := io.Copy(w, &untilDone{ctx, s.rest()})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Reopen opens a regular file once more, to be read from its start by somebody
// else.
func (s *Source) Reopen() (*os.File, error) {
	f, err := os.Open(s.Name)
	if err != nil {
		return nil, pathError(err)
	}
	now, err := f.Stat()
	if err == nil {
		var then fs.FileInfo
		if then, err = s.file.Stat(); err == nil && !os.SameFile(now, then) {
			err = fmt.Errorf("%s: %w: another one took its place", s.Name, ErrChanged)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Plain reports whether the source is a regular file that is not compressed.
func (s *Source) Plain() bool { return s.regular && s.stream == nil }

// rest returns all of the data behind a byte-order mark, before anything else has
// read it.
func (s *Source) rest() io.Reader {
	if s.stream == nil {
		at := int64(s.bomLen())
		r := io.NewSectionReader(s.file, at, s.size-at)
		return &converting{s, &countingReader{r: r, progress: s.options.Progress}}
	}
	return &converting{s, io.MultiReader(strings.NewReader(string(s.carry)), s.stream)}
}

// converting counts what is read, and adds the place to errors.
type converting struct {
	s *Source
	r io.Reader
}

func (c *converting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.s.offset += int64(n)
	if err != nil && err != io.EOF {
		c.s.carry = nil
		err = c.s.failed(c.s.unpackError(err))
	}
	return n, err
}

// untilDone is a reader that ends with the context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.r.Read(p)
}

// errNotText is why text in another encoding is not converted.
var errNotText = errors.New("this is no character of the encoding")

// decode makes UTF-8 of UTF-16 or UTF-32, without the byte-order mark.
func (s *Source) decode(in *bufio.Reader, out *bufio.Writer) error {
	width := 2
	if strings.HasPrefix(s.Sniffed.Detail, "UTF-32") {
		width = 4
	}
	bigEndian := strings.Contains(s.Sniffed.Detail, "big")
	at := int64(0)
	unit := func() (uint32, error) {
		var buf [4]byte
		b := buf[:width]
		n, err := io.ReadFull(in, b)
		at += int64(n)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, s.notText(at - int64(n))
		}
		var v uint32
		for i := range b {
			if bigEndian {
				v = v<<8 | uint32(b[i])
			} else {
				v |= uint32(b[i]) << (8 * i)
			}
		}
		return v, err
	}
	for first := true; ; first = false {
		start := at
		v, err := unit()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		r := rune(v)
		if width == 2 && utf16.IsSurrogate(r) {
			low, err := unit()
			if err != nil && err != io.EOF {
				return err
			}
			if r = utf16.DecodeRune(r, rune(low)); r == utf8.RuneError {
				return s.notText(start)
			}
		}
		if v > utf8.MaxRune || !utf8.ValidRune(r) {
			return s.notText(start)
		}
		if first && r == 0xFEFF {
			continue
		}
		if _, err := out.WriteRune(r); err != nil {
			return err
		}
	}
}

func (s *Source) notText(at int64) error {
	return fmt.Errorf("%s: %w", s.Name, &ReadError{Offset: at, Err: errNotText})
}

// splitValues writes the items of the arrays that in holds, and its other values,
// each on a line of its own. Comments, which JSON has not, are left out.
func splitValues(in *bufio.Reader, out *bufio.Writer) error {
	v := valueSplitter{out: out}
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return v.endLine()
		} else if err != nil {
			return err
		}
		if c == '/' && !v.inString {
			if next, _ := in.Peek(1); len(next) == 1 && (next[0] == '/' || next[0] == '*') {
				if err := skipComment(in); err != nil {
					return err
				}
				v.joined = true
				continue
			}
		}
		if err := v.next(c); err != nil {
			return err
		}
	}
}

// skipComment reads the rest of a comment, of which the first slash was read.
func skipComment(in *bufio.Reader) error {
	kind, _ := in.ReadByte()
	for last := byte(0); ; {
		c, err := in.ReadByte()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case kind == '/' && c == '\n':
			return in.UnreadByte()
		case kind == '*' && last == '*' && c == '/':
			return nil
		}
		last = c
	}
}

// valueSplitter takes JSON byte by byte.
type valueSplitter struct {
	out      *bufio.Writer
	array    bool // the values are the items of an array
	depth    int  // of what is open, that array aside
	inString bool
	escaped  bool // the byte at hand follows a backslash
	begun    bool // the line has something
	fresh    bool // a line of the source has just begun: its indentation is left out
	pending  []byte
	last     byte // that was written
	joined   bool // a line break or a comment was left out behind it
}

// next takes a byte.
func (v *valueSplitter) next(c byte) error {
	switch {
	case v.inString:
		switch {
		case v.escaped:
			v.escaped = false
		case c == '\\':
			v.escaped = true
		case c == '"' || c == '\n':
			v.inString = false
		}
		if c == '\n' {
			// No string of JSON has one: the value is broken, and stays so.
			return v.endLine()
		}
		return v.put(c)
	case c == '\n' || c == '\r':
		if v.depth == 0 && !v.array {
			return v.endLine()
		}
		v.pending, v.fresh, v.joined = v.pending[:0], true, true
		return nil
	case c == ' ' || c == '\t':
		if !v.fresh && v.begun && len(v.pending) < maxPending {
			v.pending = append(v.pending, c)
		}
		return nil
	}
	v.fresh = false
	if v.depth == 0 {
		switch {
		case !v.array && !v.begun && c == '[':
			v.array = true
			return nil
		case v.array && c == ']':
			v.array = false
			return v.endLine()
		case v.array && c == ',', !v.array && c == ',' && !v.begun:
			return v.endLine()
		}
	}
	if err := v.put(c); err != nil {
		return err
	}
	switch c {
	case '"':
		v.inString = true
	case '{', '[':
		v.depth++
	case '}', ']':
		v.depth = max(0, v.depth-1)
		if v.depth == 0 && !v.array {
			return v.endLine()
		}
	}
	return nil
}

// maxPending is how many blanks in a row are kept.
const maxPending = 64 << 10

// put writes a byte, and the blanks that stand before it.
func (v *valueSplitter) put(c byte) error {
	v.begun = true
	if v.joined && len(v.pending) == 0 && isWord(v.last) && isWord(c) {
		v.pending = append(v.pending, ' ') // a comma is missing: two words must not become one
	}
	v.last, v.joined = c, false
	if len(v.pending) > 0 {
		if _, err := v.out.Write(v.pending); err != nil {
			return err
		}
		v.pending = v.pending[:0]
	}
	return v.out.WriteByte(c)
}

// isWord reports whether c stands in numbers and words such as true.
func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
}

// endLine ends the line, if it has something.
func (v *valueSplitter) endLine() error {
	v.pending = v.pending[:0]
	if !v.begun {
		return nil
	}
	v.begun, v.depth, v.joined = false, 0, false
	return v.out.WriteByte('\n')
}
