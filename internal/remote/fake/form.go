package fake

import (
	"bufio"
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

const (
	maxField   = 1 << 20
	readBuffer = 256 << 10 // few reads of the connection for large files
)

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
	reader := multipart.NewReader(bufio.NewReaderSize(body, readBuffer), boundary)
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.readOne(part, copied, keep)
		}
		if err != nil {
			return err
		}
	}
	err := copied.Close()
	p.outline = outline.Bytes()
	return err
}

// readOne reads a part, and copies it without the bytes of a file.
func (p *parts) readOne(part *multipart.Part, copied *multipart.Writer, keep keeping) error {
	name := part.FormName()
	if part.FileName() != "" {
		p.file, p.fileName, p.fileType = name, part.FileName(), part.Header.Get("Content-Type")
		if _, err := copied.CreatePart(part.Header); err != nil {
			return err
		}
		var err error
		p.content, err = keep.read(part)
		return err
	}
	value, err := io.ReadAll(io.LimitReader(part, maxField))
	p.fields[name] = string(value)
	// Members of members, such as expires_after[seconds], are described as one object,
	// which cannot be told from the form.
	if err != nil || strings.Contains(name, "[") {
		return err
	}
	to, err := copied.CreatePart(part.Header)
	if err == nil {
		_, err = to.Write(value)
	}
	return err
}

// read reads what is uploaded, and keeps what is to be kept.
func (k keeping) read(from io.Reader) (content, error) {
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
	size, err := io.CopyBuffer(io.MultiWriter(writers...), from, make([]byte, readBuffer))
	c := content{size: size}
	if sum != nil {
		c.sum = hex.EncodeToString(sum.Sum(nil))
	}
	if k.content {
		c.data = append([]byte{}, kept.Bytes()...)
	}
	return c, err
}

// joined is one content made of several, one after the other.
func joined(all []content, keep keeping) content {
	if len(all) == 1 {
		return all[0]
	}
	var readers []io.Reader
	var size int64
	for _, c := range all {
		if size += c.size; c.data == nil {
			keep = keeping{}
		}
		readers = append(readers, bytes.NewReader(c.data))
	}
	whole, _ := keep.read(io.MultiReader(readers...)) // memory can be read
	whole.size = size
	return whole
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
