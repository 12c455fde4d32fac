package fake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/textproto"
)

// partReader reads a multipart body. That of mime/multipart reads a few kilobytes at a
// time, which is what uploads of gigabytes would wait for.
type partReader struct {
	*bufio.Reader
	delimiter []byte // what ends a part: line break, dashes, boundary
}

// partHeader is what stands before a part.
type partHeader struct {
	textproto.MIMEHeader
	name, file string
}

const readBuffer = 256 << 10

// newPartReader begins to read a body: up to the first part.
func newPartReader(body io.Reader, boundary string) (*partReader, error) {
	r := &partReader{Reader: bufio.NewReaderSize(body, readBuffer), delimiter: []byte("\r\n--" + boundary)}
	first := make([]byte, len(r.delimiter)-2)
	if _, err := io.ReadFull(r, first); err != nil || !bytes.Equal(first, r.delimiter[2:]) {
		return nil, errors.New("it does not begin with the boundary")
	}
	return r, nil
}

// next reads the header of the next part; io.EOF: there is none.
func (r *partReader) next() (*partHeader, error) {
	after := make([]byte, 2)
	if _, err := io.ReadFull(r, after); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	switch string(after) {
	case "--":
		return nil, io.EOF
	case "\r\n":
	default:
		return nil, fmt.Errorf("%q after a boundary", after)
	}
	header, err := textproto.NewReader(r.Reader).ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("the header of a part: %v", err) // io.EOF is not the end here
	}
	_, options, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	return &partHeader{MIMEHeader: header, name: options["name"], file: options["filename"]}, err
}

// WriteTo writes what is in the part, and stops behind the delimiter that ends it.
func (r *partReader) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for {
		if _, err := r.Peek(len(r.delimiter)); err != nil {
			return written, io.ErrUnexpectedEOF
		}
		have, _ := r.Peek(r.Buffered()) // it is there
		end := bytes.Index(have, r.delimiter)
		part := end
		if end < 0 {
			part = len(have) - len(r.delimiter) + 1 // the delimiter may have begun
		}
		n, err := w.Write(have[:part])
		written += int64(n)
		if err != nil {
			return written, err
		}
		if end >= 0 {
			part += len(r.delimiter)
		}
		if _, err := r.Discard(part); err != nil || end >= 0 {
			return written, err
		}
	}
}
