// Package images reads what the beginnings of images say of them. It never
// decodes pixels.
package images

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Errors that Read returns, wrapped.
var (
	// ErrRemote: the image lies behind a URL.
	ErrRemote = errors.New("the image is not in the data but behind a URL")
	// ErrNoDataURI: the text is neither a data URI in base64 nor a URL.
	ErrNoDataURI = errors.New("not a data URI in base64")
	// ErrFormat: the bytes are not those of a PNG, JPEG, GIF or WebP image.
	ErrFormat = errors.New("the bytes are those of no known image format")
)

// Read reads format and size of the image in a data URI. url is the inside of a
// JSON string as it stands in the line: escapes in it are resolved on the way,
// and no more of it is decoded than the size needs.
func Read(url []byte) (dataset.ImageInfo, error) {
	data, err := open(url)
	if err != nil {
		return dataset.ImageInfo{}, err
	}
	r := bufio.NewReaderSize(data, 512)
	// An error of Peek that matters comes again in what follows.
	magic, _ := r.Peek(12)
	var config image.Config
	var info dataset.ImageInfo
	switch {
	case bytes.HasPrefix(magic, []byte("\x89PNG\r\n\x1a\n")):
		info.Format = "png"
		config, err = png.DecodeConfig(r)
	case bytes.HasPrefix(magic, []byte("\xff\xd8")):
		info.Format = "jpeg"
		config, err = jpeg.DecodeConfig(r)
	case bytes.HasPrefix(magic, []byte("GIF8")):
		info.Format = "gif"
		config, err = gif.DecodeConfig(r)
	case len(magic) == 12 && string(magic[:4]) == "RIFF" && string(magic[8:]) == "WEBP":
		info.Format = "webp"
		config, err = webp.DecodeConfig(r)
	default:
		return dataset.ImageInfo{}, ErrFormat
	}
	if err != nil {
		return dataset.ImageInfo{}, fmt.Errorf("%s: %w", info.Format, err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return dataset.ImageInfo{}, fmt.Errorf("%s: the image is %d x %d pixels", info.Format, config.Width, config.Height)
	}
	info.Width, info.Height = config.Width, config.Height
	return info, nil
}

// maxHead is how many bytes before its comma a data URI has at most: type and
// parameters. Else text without a comma would be searched to its end.
const maxHead = 256

// open finds the bytes of the image.
func open(url []byte) (io.Reader, error) {
	text := &unescaper{raw: url}
	var head [maxHead]byte
	n, err := io.ReadFull(text, head[:])
	if err != nil && n == 0 {
		return nil, ErrNoDataURI
	}
	start := head[:n]
	lower := bytes.ToLower(start)
	switch {
	case bytes.HasPrefix(lower, []byte("http://")), bytes.HasPrefix(lower, []byte("https://")):
		return nil, ErrRemote
	case !bytes.HasPrefix(lower, []byte("data:")):
		return nil, ErrNoDataURI
	}
	comma := bytes.IndexByte(start, ',')
	if comma < 0 || !bytes.HasSuffix(lower[:comma], []byte(";base64")) {
		return nil, ErrNoDataURI
	}
	return base64.NewDecoder(base64.StdEncoding, io.MultiReader(bytes.NewReader(start[comma+1:]), text)), nil
}

// unescaper reads the text of the inside of a JSON string.
type unescaper struct {
	raw  []byte
	held []byte // unescaped, and not yet read
	buf  [16]byte
}

// Read reads the next bytes of the text.
func (u *unescaper) Read(p []byte) (int, error) {
	n := copy(p, u.held)
	u.held = u.held[n:]
	for n < len(p) && len(u.raw) > 0 {
		if u.raw[0] != '\\' {
			// Fast path: up to the next escape.
			plain := u.raw
			if i := bytes.IndexByte(plain[:min(len(plain), len(p)-n)], '\\'); i >= 0 {
				plain = plain[:i]
			}
			k := copy(p[n:], plain)
			u.raw = u.raw[k:]
			n += k
			continue
		}
		escape := min(len(u.raw), 2)
		if escape == 2 && u.raw[1] == 'u' {
			escape = min(len(u.raw), 6)
		}
		u.held = dataset.AppendUnescaped(u.buf[:0], u.raw[:escape])
		u.raw = u.raw[escape:]
		k := copy(p[n:], u.held)
		u.held = u.held[k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
