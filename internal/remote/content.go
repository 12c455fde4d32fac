package remote

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Content is a file as it is sent. It is read by position, so that parts can go in
// parallel and again.
type Content struct {
	Name string // that the service gets
	Size int64  // bytes, those of a byte-order mark that is added included

	path    string
	file    *os.File
	prefix  []byte
	modTime time.Time

	encode func([]byte) string // of the MD5; nil: none is wanted
	md5    string              // once SHA256 has read the content
}

// bom is the byte-order mark of UTF-8.
var bom = []byte("\xEF\xBB\xBF")

// ErrChanged says that a file changed while it was sent.
var ErrChanged = errors.New("the file changed while it was sent")

// OpenContent opens a regular file. addBOM puts a byte-order mark in front, unless there
// is one.
func OpenContent(path string, addBOM bool) (*Content, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	if err == nil && info.Size() == 0 {
		err = fmt.Errorf("%s is empty", path)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	c := &Content{Name: filepath.Base(path), Size: info.Size(), path: path, file: file, modTime: info.ModTime()}
	if addBOM {
		head := make([]byte, len(bom))
		if n, _ := file.ReadAt(head, 0); !bytes.Equal(head[:n], bom) {
			c.prefix = bom
			c.Size += int64(len(bom))
		}
	}
	return c, nil
}

// Close closes the file.
func (c *Content) Close() error { return c.file.Close() }

// ReadAt reads what is sent from a place on.
func (c *Content) ReadAt(p []byte, at int64) (n int, err error) {
	if at < int64(len(c.prefix)) {
		n = copy(p, c.prefix[at:])
		if n == len(p) {
			return n, nil
		}
		at = int64(len(c.prefix))
	}
	m, err := c.file.ReadAt(p[n:], at-int64(len(c.prefix)))
	return n + m, err
}

// section returns what is sent from at on, n bytes of it.
func (c *Content) section(at, n int64) *io.SectionReader { return io.NewSectionReader(c, at, n) }

// Unchanged returns ErrChanged if the file is no longer the one that was opened.
func (c *Content) Unchanged() error {
	info, err := os.Stat(c.path)
	if err != nil || info.Size()+int64(len(c.prefix)) != c.Size || !info.ModTime().Equal(c.modTime) {
		return fmt.Errorf("%s: %w", c.path, ErrChanged)
	}
	return nil
}

// WantMD5 makes SHA256 compute the MD5, too, which then goes with an upload in parts, as
// encode writes it.
func (c *Content) WantMD5(encode func(sum []byte) string) { c.encode = encode }

// SHA256 returns the hash of what is sent, in hexadecimal. It reads all of it.
func (c *Content) SHA256(ctx context.Context) (string, error) {
	h, second := sha256.New(), md5.New()
	var out io.Writer = h
	if c.encode != nil {
		out = io.MultiWriter(h, second)
	}
	r := c.section(0, c.Size)
	for {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		_, err := io.CopyN(out, r, 64<<20)
		if err == io.EOF {
			if c.encode != nil {
				c.md5 = c.encode(second.Sum(nil))
			}
			return hex.EncodeToString(h.Sum(nil)), c.Unchanged()
		}
		if err != nil {
			return "", err
		}
	}
}
