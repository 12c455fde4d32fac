package fake

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// content is what was uploaded: all of it, or what is kept of it.
type content struct {
	size int64
	sum  string // sha256; "" if nobody wanted it
	data []byte // nil if it was discarded
}

// keeping says what is kept of what is uploaded.
type keeping struct{ content, sum bool }

// parts is a body of multipart/form-data.
type parts struct {
	fields map[string]string
	// file is the part that has a file name; "" if there is none.
	file, fileName, fileType string
	content                  content
	// outline is the body without the file's bytes, under the same Content-Type.
	outline []byte
	broken  error // the body is no form
}

const maxField = 1 << 20

// readParts reads a form. An error means that the client broke off.
func readParts(r *http.Request, keep keeping) (*parts, error) {
	p := &parts{fields: make(map[string]string)}
	_, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := &watched{Reader: r.Body}
	if err != nil || options["boundary"] == "" {
		p.broken = errors.New("no boundary in the Content-Type")
	} else {
		p.broken = p.readAll(body, options["boundary"], keep)
	}
	_, _ = io.Copy(io.Discard, body)
	return p, body.failed
}

// readAll reads all parts.
func (p *parts) readAll(body io.Reader, boundary string, keep keeping) error {
	var outline bytes.Buffer
	copied := multipart.NewWriter(&outline)
	if err := copied.SetBoundary(boundary); err != nil {
		return err
	}
	reader, err := newPartReader(body, boundary)
	for err == nil {
		var header *partHeader
		if header, err = reader.next(); err == nil {
			err = p.readOne(header, reader, copied, keep)
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	err = copied.Close()
	p.outline = outline.Bytes()
	return err
}

// readOne reads a part, and copies it without the bytes of a file.
func (p *parts) readOne(header *partHeader, reader *partReader, copied *multipart.Writer, keep keeping) error {
	if header.file != "" {
		p.file, p.fileName, p.fileType = header.name, header.file, header.Get("Content-Type")
		if _, err := copied.CreatePart(header.MIMEHeader); err != nil {
			return err
		}
		var err error
		p.content, err = keep.read(reader)
		return err
	}
	var value bytes.Buffer
	if _, err := reader.WriteTo(&limited{w: &value, room: maxField}); err != nil {
		return err
	}
	p.fields[header.name] = value.String()
	// Members of members, such as expires_after[seconds], are described as one object,
	// which cannot be told from the form.
	if strings.Contains(header.name, "[") {
		return nil
	}
	to, err := copied.CreatePart(header.MIMEHeader)
	if err == nil {
		_, err = to.Write(value.Bytes())
	}
	return err
}

// read reads what is uploaded, and keeps what is to be kept.
func (k keeping) read(from io.WriterTo) (content, error) {
	var sum hash.Hash
	var kept bytes.Buffer
	var writers []io.Writer
	if k.sum {
		sum = sha256.New()
		writers = append(writers, sum)
	}
	if k.content {
		writers = append(writers, &kept)
	}
	size, err := from.WriteTo(io.MultiWriter(writers...))
	c := content{size: size}
	if sum != nil {
		c.sum = hex.EncodeToString(sum.Sum(nil))
	}
	if k.content {
		c.data = append([]byte{}, kept.Bytes()...)
	}
	return c, err
}

// limited is a writer with little room.
type limited struct {
	w    io.Writer
	room int
}

// Write writes, and fails where there is no room.
func (l *limited) Write(p []byte) (int, error) {
	if l.room -= len(p); l.room < 0 {
		return 0, errors.New("a field is too long")
	}
	return l.w.Write(p)
}

// joined is one content made of several, one after the other.
func joined(all []content, keep keeping) content {
	if len(all) == 1 {
		return all[0]
	}
	var size int64
	var whole bytes.Buffer
	for _, c := range all {
		if size += c.size; c.data == nil {
			keep = keeping{}
		}
		whole.Write(c.data)
	}
	one, _ := keep.read(&whole) // memory can be read
	one.size = size
	return one
}

// md5 is the sum that an upload may be completed with.
func (c content) md5() []byte {
	sum := md5.Sum(c.data)
	return sum[:]
}

// watched keeps the error with which reading ended early.
type watched struct {
	io.Reader
	failed error
}

// Read reads.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.failed = err
	}
	return n, err
}
