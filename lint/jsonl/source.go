package jsonl

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	gzipMagic = "\x1F\x8B"
	zstdMagic = "\x28\xB5\x2F\xFD"
)

// Source is an input that is open. One goroutine calls Next; ChunkAt may be
// called by several.
type Source struct {
	Name        string // as the user gave it
	Compression string // "", "gzip" or "zstd"
	Sniffed     Sniffed

	head  []byte
	whole bool // head is all there is

	file    *os.File
	size    int64 // of the file, as it lies there
	modTime time.Time
	regular bool
	unwatch func() bool // ends waiting for the end of the context

	stream  *bufio.Reader // nil for a file that is read by position
	packed  *countingReader
	unpack  io.Closer
	offset  int64  // of the next byte that stream gives
	carry   []byte // the beginning of a line, left over from the last chunk
	ended   bool
	options Options
}

// Options say how a source is read.
type Options struct {
	ChunkBytes   int   // about how much is read at a time; default 1 MiB
	MaxLineBytes int64 // a longer line is an error; default 512 MB
	Stdin        io.Reader
	StdinName    string
	// Progress is told how many bytes of the file, as it lies there, were read.
	// It is called by several goroutines.
	Progress func(bytes int)
}

const (
	defaultChunk   = 1 << 20
	defaultMaxLine = 512_000_000
	// maxLineLimit keeps offsets within a line below 4 GiB.
	maxLineLimit = 1<<32 - 1<<16
)

// Errors that reading a source can end in, apart from those of the system.
var (
	// ErrChanged: the file is not the one that was opened: it grew, shrank or
	// was written to.
	ErrChanged = errors.New("the file changed while it was read")
	// ErrLineTooLong: a line is longer than Options.MaxLineBytes.
	ErrLineTooLong = errors.New("line too long")
)

// ReadError is an error while reading, with the place it happened at.
type ReadError struct {
	Offset int64 // bytes, decompressed, up to which everything was read
	Packed int64 // bytes of the compressed file that were read; 0 if it is not compressed
	Err    error
}

// Error says what is wrong and where.
func (e *ReadError) Error() string {
	if e.Packed > 0 {
		return fmt.Sprintf("%v at byte %d (byte %d of the compressed file)", e.Err, e.Offset, e.Packed)
	}
	return fmt.Sprintf("%v at byte %d", e.Err, e.Offset)
}

// Unwrap returns the error itself.
func (e *ReadError) Unwrap() error { return e.Err }

// Open opens a file, or standard input for "-", looks through gzip and zstd and
// sniffs at the beginning. The end of ctx also ends a read that waits for a
// silent pipe, but for standard input.
func Open(ctx context.Context, name string, options Options) (*Source, error) {
	if options.ChunkBytes <= 0 {
		options.ChunkBytes = defaultChunk
	}
	if options.MaxLineBytes <= 0 {
		options.MaxLineBytes = defaultMaxLine
	}
	options.MaxLineBytes = min(options.MaxLineBytes, maxLineLimit)
	return openWith(ctx, name, options, (*Source).begin)
}

// openWith opens a file or standard input, and begins to read it with begin.
func openWith(ctx context.Context, name string, options Options, begin func(*Source, io.Reader) error) (*Source, error) {
	s := &Source{Name: name, options: options}
	var raw io.Reader
	if name == Stdin {
		raw = options.Stdin
		if options.StdinName != "" {
			s.Name = options.StdinName
		}
	} else {
		f, err := open(ctx, name)
		if err != nil {
			return nil, pathError(err)
		}
		s.file, raw = f, f
		info, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, pathError(err)
		}
		if info.IsDir() {
			f.Close()
			return nil, fmt.Errorf("%s: is a directory", name)
		}
		s.size, s.modTime, s.regular = info.Size(), info.ModTime(), info.Mode().IsRegular()
		if !s.regular {
			s.unwatch = context.AfterFunc(ctx, func() { f.Close() })
		}
	}
	if err := begin(s, raw); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// open opens a file. A named pipe can be opened only when somebody writes to it:
// that is waited for no longer than ctx lasts.
func open(ctx context.Context, name string) (*os.File, error) {
	if info, err := os.Stat(name); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(name)
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(name)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// unpacked looks through the compression: stream is what is in it.
func (s *Source) unpacked(raw io.Reader) error {
	s.packed = &countingReader{r: raw, progress: s.options.Progress}
	plain := bufio.NewReaderSize(s.packed, SniffLen)
	magic, err := plain.Peek(len(zstdMagic))
	if err != nil && err != io.EOF {
		return s.failed(err)
	}
	switch {
	case bytes.HasPrefix(magic, []byte(gzipMagic)):
		z, err := gzip.NewReader(plain)
		if err != nil {
			return s.failed(fmt.Errorf("gzip: %w", unexpected(err)))
		}
		s.Compression, s.unpack = "gzip", z
		s.stream = bufio.NewReaderSize(z, SniffLen)
	case bytes.HasPrefix(magic, []byte(zstdMagic)):
		// Two goroutines are enough to keep ahead of the workers; a window of
		// 128 MB is what zstd --long writes at most by default.
		z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxWindow(128<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return s.failed(fmt.Errorf("zstd: %w", err))
		}
		s.Compression, s.unpack = "zstd", z.IOReadCloser()
		s.stream = bufio.NewReaderSize(z, SniffLen)
	default:
		s.stream = plain
	}
	return nil
}

// begin looks through the compression and reads the head.
func (s *Source) begin(raw io.Reader) (err error) {
	if err := s.unpacked(raw); err != nil {
		return err
	}
	s.head, err = s.stream.Peek(SniffLen)
	if err != nil && err != io.EOF && len(s.head) == 0 {
		return s.failed(s.unpackError(err))
	}
	s.whole = err == io.EOF
	s.Sniffed = Sniff(s.head, s.whole)
	s.head = bytes.TrimPrefix(s.head, []byte(UTF8BOM))
	if s.regular && s.Compression == "" {
		s.stream = nil // read by position from here on
		s.head = bytes.Clone(s.head)
	} else if s.Sniffed.BOM {
		s.stream.Discard(len(UTF8BOM)) // it is in the buffer: no error can be
		s.offset = int64(len(UTF8BOM))
	}
	if s.Sniffed.Form.Lines() && !s.whole && bytes.IndexByte(s.head, s.separator()) < 0 {
		return s.longHead()
	}
	return nil
}

// maxHead is how much is read to have one whole line in the head: a line with
// images in it is long.
const maxHead = 32 << 20

// longHead reads on until the head has a whole line.
func (s *Source) longHead() error {
	if s.stream == nil {
		for n := 4 * len(s.head); ; n *= 4 {
			head := make([]byte, n)
			got, err := s.file.ReadAt(head, int64(s.bomLen()))
			s.head = head[:got]
			if s.whole = err == io.EOF; err != nil && err != io.EOF {
				return s.failed(err)
			}
			if s.whole || n >= maxHead || bytes.IndexByte(s.head, s.separator()) >= 0 {
				return nil
			}
		}
	}
	// What is read ahead of a stream is the beginning of its first chunk.
	var ahead []byte
	for n := 4 * SniffLen; ; n *= 4 {
		have := len(ahead)
		ahead = grow(ahead, n)[:n]
		got, err := fill(s.stream, ahead[have:])
		ahead = ahead[:have+got]
		s.carry, s.head = ahead, ahead
		if s.whole = err == io.EOF; err != nil {
			return nil // Next will meet the error again
		}
		if n >= maxHead || bytes.IndexByte(ahead[have:], s.separator()) >= 0 {
			return nil
		}
	}
}

func (s *Source) bomLen() int {
	if s.Sniffed.BOM {
		return len(UTF8BOM)
	}
	return 0
}

// failed adds name and place to an error of reading.
func (s *Source) failed(err error) error {
	if err == nil {
		return nil
	}
	e := &ReadError{Offset: s.offset + int64(len(s.carry)), Err: bareError(err)}
	if s.Compression != "" {
		e.Packed = s.packed.n
	}
	return fmt.Errorf("%s: %w", s.Name, e)
}

func (s *Source) unpackError(err error) error {
	if s.Compression == "" || err == io.EOF {
		return err
	}
	err = unexpected(err)
	if strings.HasPrefix(err.Error(), s.Compression+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", s.Compression, err)
}

// unexpected words the end of a compressed stream in its middle.
func unexpected(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the file is cut off, or something else follows its end")
	}
	if errors.Is(err, zstd.ErrMagicMismatch) {
		return errors.New("something that is not zstd follows")
	}
	return err
}

// Head returns the beginning of the decompressed input, without a byte-order
// mark, and whether that is all of it. Where it can it holds at least one line.
// It is valid until the first call of Next.
func (s *Source) Head() (head []byte, whole bool) { return s.head, s.whole }

// Close closes the source.
func (s *Source) Close() error {
	if s.unwatch != nil {
		s.unwatch()
	}
	if s.unpack != nil {
		s.unpack.Close()
	}
	s.head, s.carry, s.stream, s.unpack, s.packed = nil, nil, nil, nil, nil // they can be large
	if s.file != nil {
		return s.file.Close()
	}
	return nil
}

// Unchanged returns an error that wraps ErrChanged if the file is no longer as
// it was when it was opened.
func (s *Source) Unchanged() error {
	if !s.regular {
		return nil
	}
	info, err := s.file.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", s.Name, err)
	case info.Size() != s.size:
		return fmt.Errorf("%s: %w: it had %d bytes and has %d now", s.Name, ErrChanged, s.size, info.Size())
	case !info.ModTime().Equal(s.modTime):
		return fmt.Errorf("%s: %w", s.Name, ErrChanged)
	}
	return nil
}

// Chunk is a run of whole lines.
type Chunk struct {
	Data   []byte // with line ends; the last line of a file may have none
	Offset int64  // of Data in the decompressed input, in bytes
}

// separator returns the byte that ends lines.
func (s *Source) separator() byte {
	if s.Sniffed.LoneCR {
		return '\r'
	}
	return '\n'
}

// Size returns the bytes of the data where they are known before they are read,
// which is so of regular files that are not compressed. Else it is -1.
func (s *Source) Size() int64 {
	if s.stream != nil {
		return -1
	}
	return s.size
}

// Chunks returns how many chunks ChunkAt can read, or -1 if the source is a
// stream, to be read with Next.
func (s *Source) Chunks() int64 {
	if s.stream != nil {
		return -1
	}
	return (s.size + int64(s.options.ChunkBytes) - 1) / int64(s.options.ChunkBytes)
}

// readAhead is how much more than a chunk is read at first, so that most lines
// that begin in it end there too.
const readAhead = 16 << 10

// ChunkAt reads chunk i of a regular file: the lines that begin in its range of
// bytes. It uses *buf, and grows it where a line needs that. A chunk without a
// line has no Data.
func (s *Source) ChunkAt(i int64, buf *[]byte) (Chunk, error) {
	size := int64(s.options.ChunkBytes)
	begin, end := i*size, min((i+1)*size, s.size)
	sep := s.separator()

	// The byte before the range tells whether a line begins with it.
	from := max(0, begin-1)
	want := min(end+min(readAhead, size), s.size)
	data := (*buf)[:0]
	read := func(to int64) error {
		have := from + int64(len(data))
		data = grow(data, int(to-from))
		*buf = data
		n, err := s.file.ReadAt(data[have-from:to-from], have)
		if s.options.Progress != nil {
			s.options.Progress(n)
		}
		data = data[:have-from+int64(n)]
		switch {
		case err == io.EOF && have+int64(n) < to:
			return fmt.Errorf("%s: %w: it ended at byte %d of %d", s.Name, ErrChanged, have+int64(n), s.size)
		case err != nil && err != io.EOF:
			return fmt.Errorf("%s: %w", s.Name, &ReadError{Offset: have + int64(n), Err: bareError(err)})
		}
		return nil
	}
	if err := read(want); err != nil {
		return Chunk{}, err
	}
	start := int64(0) // of the first line, in data
	if begin > 0 {
		n := bytes.IndexByte(data[:end-from], sep)
		if n < 0 || from+int64(n)+1 >= end {
			return Chunk{Offset: end}, nil
		}
		start = int64(n) + 1
	} else {
		start = int64(s.bomLen())
	}
	// The last line is the one that the last byte of the range is in.
	for searched := end - from - 1; ; {
		if n := bytes.IndexByte(data[searched:], sep); n >= 0 {
			data = data[:searched+int64(n)+1]
			break
		}
		have := from + int64(len(data))
		if have == s.size {
			break
		}
		searched = int64(len(data))
		if have-(from+start) > s.options.MaxLineBytes {
			if c, err := s.checked(Chunk{Data: data[start:], Offset: from + start}); err != nil {
				return c, err
			}
		}
		if err := read(min(have+int64(len(data)), s.size)); err != nil {
			return Chunk{}, err
		}
	}
	start = min(start, int64(len(data)))
	return s.checked(Chunk{Data: data[start:], Offset: from + start})
}

func (s *Source) tooLong(offset int64) error {
	return fmt.Errorf("%s: %w", s.Name, &ReadError{
		Offset: offset,
		Err:    fmt.Errorf("%w: more than %d bytes (--max-line-bytes)", ErrLineTooLong, s.options.MaxLineBytes),
	})
}

func bareError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// grow returns data with room for n bytes in all.
func grow(data []byte, n int) []byte {
	if n <= cap(data) {
		return data
	}
	bigger := make([]byte, len(data), n)
	copy(bigger, data)
	return bigger
}

// Next reads the next chunk of a stream. It uses *buf, and grows it where a
// line needs that. At the end it returns io.EOF. Lines that came whole before
// an error are returned first.
func (s *Source) Next(buf *[]byte) (Chunk, error) {
	if s.ended {
		return Chunk{}, io.EOF
	}
	sep := s.separator()
	data := append(grow((*buf)[:0], s.options.ChunkBytes+len(s.carry)), s.carry...)
	s.carry = s.carry[:0]
	if cap(s.carry) > 4*s.options.ChunkBytes {
		s.carry = nil
	}
	s.head = nil
	chunk := Chunk{Offset: s.offset}
	target := max(s.options.ChunkBytes, len(data)+1)
	searched := 0
	for {
		data = grow(data, target)
		n, err := fill(s.stream, data[len(data):target])
		data = data[:len(data)+n]
		*buf = data
		last := bytes.LastIndexByte(data[searched:], sep)
		switch {
		case err == io.EOF:
			s.ended = true
			s.offset += int64(len(data))
			chunk.Data = data
			if len(data) == 0 {
				return Chunk{}, io.EOF
			}
			return s.checked(chunk)
		case err != nil:
			s.ended = true
			if last >= 0 {
				chunk.Data = data[:searched+last+1]
			}
			s.offset += int64(len(data))
			return chunk, s.failed(s.unpackError(err))
		case last >= 0:
			chunk.Data = data[:searched+last+1]
			s.carry = append(s.carry, data[searched+last+1:]...)
			s.offset += int64(len(chunk.Data))
			return s.checked(chunk)
		}
		if int64(len(data)) > s.options.MaxLineBytes {
			return Chunk{Offset: chunk.Offset}, s.tooLong(chunk.Offset)
		}
		searched = len(data)
		target = 2 * len(data)
	}
}

// EachLine calls each for every line of the source, in order, with its number from 1 and
// its line end, which the last one may lack. text is valid until each returns. If each
// returns io.EOF, the lines that follow are not read.
func (s *Source) EachLine(ctx context.Context, each func(number int64, text []byte) error) error {
	var buf []byte
	number := int64(0)
	for i := int64(0); ; i++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var chunk Chunk
		var err error
		switch {
		case s.stream != nil:
			chunk, err = s.Next(&buf)
		case i == s.Chunks():
			return s.Unchanged()
		default:
			chunk, err = s.ChunkAt(i, &buf)
		}
		for data := chunk.Data; len(data) > 0; {
			n := bytes.IndexByte(data, s.separator()) + 1
			if n == 0 {
				n = len(data)
			}
			number++
			if err := each(number, data[:n]); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			data = data[n:]
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// fill reads until p is full. Unlike io.ReadFull it hands on every error as it
// is: io.EOF is a proper end, io.ErrUnexpectedEOF a stream that is cut off.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// checked applies MaxLineBytes to the lines of a chunk: it is cut off before
// the first one that is longer.
func (s *Source) checked(c Chunk) (Chunk, error) {
	if int64(len(c.Data)) <= s.options.MaxLineBytes {
		return c, nil
	}
	for at := 0; at < len(c.Data); {
		n := bytes.IndexByte(c.Data[at:], s.separator()) + 1
		if n == 0 {
			n = len(c.Data) - at
		}
		if int64(n) > s.options.MaxLineBytes {
			c.Data = c.Data[:at]
			return c, s.tooLong(c.Offset + int64(at))
		}
		at += n
	}
	return c, nil
}

// countingReader counts what is read of a file as it lies there.
type countingReader struct {
	r        io.Reader
	n        int64
	progress func(int)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.progress != nil {
		c.progress(n)
	}
	return n, err
}
