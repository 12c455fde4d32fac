package images

import (
	"bytes"
	"errors"
	"strings"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Kind says what stands where the URL of an image is expected.
type Kind uint8

// The kinds of texts.
const (
	Empty     Kind = iota // nothing, or white space
	Embedded              // a data URI of an image in base64
	BadData               // a data URI, but not of an image, or not in base64
	HTTP                  // a URL http:
	HTTPS                 // a URL https:
	LocalFile             // a URL file:
	Scheme                // a URL of another scheme
	Bare                  // base64 without the beginning of a data URI
	Path                  // what looks like the path of a file
	Other
)

// URL is what stands where the URL of an image is expected: the inside of a JSON
// string as it stands in the line. Places in it are offsets in that.
type URL struct {
	Raw    []byte
	Kind   Kind
	Name   string // of the scheme, in lower case, or the format of bare base64
	Type   string // Embedded, BadData: the media type, such as image/png
	TypeAt int    // where that begins in Raw
	TypeTo int    // where it ends
	DataAt int    // Embedded, Bare: where the base64 begins in Raw
	Reason string // BadData: what is wrong
	base64 bool   // there is base64 at DataAt
}

// maxHead is how many characters before its comma a data URI has at most: type and
// parameters. Else text without a comma would be searched to its end.
const maxHead = 256

// Parse tells what url is, which is the inside of a JSON string.
func Parse(url []byte) URL {
	u := URL{Raw: url}
	head, starts := beginning(url)
	scheme, rest, ok := bytes.Cut(head, []byte(":"))
	if !ok || !isScheme(scheme) {
		u.Kind, u.Name = withoutScheme(head)
		u.base64 = u.Kind == Bare
		return u
	}
	u.Name = strings.ToLower(string(scheme))
	switch u.Name {
	case "data":
		u.data(rest, starts[len(scheme)+1:])
	case "http":
		u.Kind = HTTP
	case "https":
		u.Kind = HTTPS
	case "file":
		u.Kind = LocalFile
	default:
		u.Kind = Scheme
	}
	return u
}

// beginning returns the first characters of a text, and where each stands in url and
// what follows them. It ends at the comma of a data URI.
func beginning(url []byte) (head []byte, starts []int) {
	head, starts = make([]byte, 0, maxHead), make([]int, 0, maxHead+1)
	at := 0
	for at < len(url) && len(head) < maxHead {
		starts = append(starts, at)
		var buf [8]byte
		text, n := character(buf[:0], url[at:])
		for range len(text) - 1 {
			starts = append(starts, at)
		}
		head = append(head, text...)
		at += n
		if text[0] == ',' {
			break
		}
	}
	return head, append(starts, at)
}

// character returns the first byte of the text of raw, or what an escape stands for,
// and how long that is in raw.
func character(dst, raw []byte) (text []byte, n int) {
	if raw[0] != '\\' {
		return append(dst, raw[0]), 1
	}
	n = min(len(raw), 2)
	if n == 2 && raw[1] == 'u' {
		n = min(len(raw), 6)
	}
	return dataset.AppendUnescaped(dst, raw[:n]), n
}

// isScheme reports whether a URL can begin so. One letter is that of a drive.
func isScheme(s []byte) bool {
	for i, c := range s {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	return len(s) > 1
}

// withoutScheme tells what a text is that is no URL.
func withoutScheme(head []byte) (kind Kind, format string) {
	if len(bytes.TrimSpace(head)) == 0 {
		return Empty, ""
	}
	if format := sniffBase64(head); format != "" {
		return Bare, format
	}
	if bytes.ContainsAny(head, `/\`) || bytes.ContainsRune(head[max(0, len(head)-6):], '.') {
		return Path, ""
	}
	return Other, ""
}

// data reads what stands behind "data:". starts are the places of its characters.
func (u *URL) data(rest []byte, starts []int) {
	u.Kind = BadData
	comma := bytes.IndexByte(rest, ',')
	if comma < 0 {
		u.Reason = "has no comma, after which the data would begin"
		return
	}
	head := string(rest[:comma])
	mediaType, parameters, _ := strings.Cut(head, ";")
	u.Type, u.TypeAt, u.TypeTo = mediaType, starts[0], starts[len(mediaType)]
	u.DataAt = starts[comma+1]
	parameters = strings.ToLower(parameters)
	u.base64 = parameters == "base64" || strings.HasSuffix(parameters, ";base64")
	switch {
	case !u.base64:
		u.Reason = "does not say that it is in base64: it begins with data:image/...;base64,"
	case mediaType == "":
		u.Reason = "names no type: it begins with data:image/...;base64,"
	case !strings.HasPrefix(strings.ToLower(mediaType), "image/"):
		u.Reason = "is not said to be of an image: it begins with data:image/...;base64,"
	default:
		u.Kind = Embedded
	}
}

// HasData reports whether there is base64 to look into: Data reads it.
func (u *URL) HasData() bool { return u.base64 }

// Errors that Read returns, wrapped.
var (
	// ErrRemote: the image lies behind a URL.
	ErrRemote = errors.New("the image is not in the data but behind a URL")
	// ErrNoDataURI: the text is neither a data URI in base64 nor a URL.
	ErrNoDataURI = errors.New("not a data URI in base64")
	// ErrFormat: the bytes are not those of a PNG, JPEG, GIF or WebP image.
	ErrFormat = errors.New("the bytes are those of no known image format")
	// ErrDamaged: the file does not tell its size.
	ErrDamaged = errors.New("the image is damaged")
)

// Read reads format and size of the image in a data URI. url is the inside of a
// JSON string as it stands in the line: escapes in it are resolved on the way,
// and no more of it is decoded than the size needs.
func Read(url []byte) (dataset.ImageInfo, error) {
	u := Parse(url)
	switch u.Kind {
	case HTTP, HTTPS:
		return dataset.ImageInfo{}, ErrRemote
	case Embedded:
	default:
		return dataset.ImageInfo{}, ErrNoDataURI
	}
	info, _ := examine(u.Data(), true) // reading base64 is never an error
	switch info.Format {
	case "png", "jpeg", "webp", "gif":
	default:
		return dataset.ImageInfo{}, ErrFormat
	}
	if info.Width == 0 {
		return dataset.ImageInfo{}, ErrDamaged
	}
	return dataset.ImageInfo{Format: info.Format, Width: info.Width, Height: info.Height}, nil
}
