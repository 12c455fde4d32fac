package images

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint/dataset"
)

// uri is a data URI of bytes that are said to be of the type.
func uri(mime string, data []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// picture is an image in the given format.
func picture(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black, color.White})
	var b bytes.Buffer
	err := map[string]func() error{
		"png":  func() error { return png.Encode(&b, img) },
		"jpeg": func() error { return jpeg.Encode(&b, img, nil) },
		"gif":  func() error { return gif.Encode(&b, img, nil) },
	}[format]()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	for _, format := range []string{"png", "jpeg", "gif"} {
		want := dataset.ImageInfo{Format: format, Width: 300, Height: 70}
		plain := uri("image/"+format, picture(t, format, 300, 70))
		for name, text := range map[string]string{
			"plain":                            plain,
			"another type":                     strings.Replace(plain, "image/"+format, "image/bmp", 1),
			"capitals":                         strings.Replace(strings.Replace(plain, "data:", "DATA:", 1), ";base64", ";BASE64", 1),
			"parameters":                       strings.Replace(plain, ";base64", ";name=a b;base64", 1),
			"escaped slashes":                  strings.ReplaceAll(plain, "/", `\/`),
			"escaped by number":                strings.ReplaceAll(strings.ReplaceAll(plain, "+", `\u002b`), "A", `\u0041`),
			"what follows the size is cut off": plain[:len(plain)*3/4/4*4],
		} {
			if strings.Contains(name, "cut off") && format == "gif" {
				continue // so small that its size would be cut off too
			}
			if got, err := Read([]byte(text)); got != want || err != nil {
				t.Errorf("%s, %s: %+v, %v", format, name, got, err)
			}
		}
	}
}

func TestReadErrors(t *testing.T) {
	png := picture(t, "png", 4, 4)
	for text, want := range map[string]error{
		"https://example.com/a.png":         ErrRemote,
		"HTTP://example.com/a.png":          ErrRemote,
		`https:\/\/example.com\/a.png`:      ErrRemote,
		"":                                  ErrNoDataURI,
		"cat.png":                           ErrNoDataURI,
		"data:image/png," + string(png[:1]): ErrNoDataURI,
		"data:image/png;base64":             ErrNoDataURI,
		"data:" + strings.Repeat("a", 1000) + ",": ErrNoDataURI,
		uri("image/png", nil):                     ErrFormat,
		uri("image/png", []byte("%PDF-1.7 ....")): ErrFormat,
		"data:image/png;base64,!!!":               ErrFormat,
	} {
		if got, err := Read([]byte(text)); !errors.Is(err, want) || got != (dataset.ImageInfo{}) {
			t.Errorf("%.60q: %+v, %v; want %v", text, got, err, want)
		}
	}
	for name, data := range map[string][]byte{"cut in its header": png[:20], "broken": append(bytes.Clone(png[:14]), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"...)} {
		if got, err := Read([]byte(uri("image/png", data))); err == nil || got != (dataset.ImageInfo{}) {
			t.Errorf("an image that is %s: %+v, %v", name, got, err)
		}
	}
}

// TestReadsNoMore: of a large image only the beginning is decoded.
func TestReadsNoMore(t *testing.T) {
	text := uri("image/png", append(picture(t, "png", 8, 8), make([]byte, 1<<20)...))
	bad := text[:2000+streamBytes/3*4] + "\xff" + text[2001+streamBytes/3*4:]
	u := Parse([]byte(bad))
	data := u.Data()
	if info, err := examine(data, true); err != nil || info.Width != 8 || data.Faulty() {
		t.Errorf("what stands behind the size was looked at: %+v, %v", info, err)
	}
}

func ExampleRead() {
	info, err := Read([]byte("data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="))
	fmt.Println(info.Format, info.Width, info.Height, err)
	// Output: gif 1 1 <nil>
}
