package images

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

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

// TestUnescaper: the text is the same however it is read.
func TestUnescaper(t *testing.T) {
	raw := []byte(`data:image\/png;base64,\u0041\u00e9\ud83d\ude00 \\ \" \n` + strings.Repeat("abc", 400) + `\/`)
	// Pairs of surrogates are not joined: there are none in base64.
	want := "data:image/png;base64,A\u00e9\ufffd\ufffd \\ \" \n" + strings.Repeat("abc", 400) + "/"
	if err := iotest.TestReader(&unescaper{raw: raw}, []byte(want)); err != nil {
		t.Error(err)
	}
}

// TestReadsNoMore: of a large image only the beginning is decoded.
func TestReadsNoMore(t *testing.T) {
	text := uri("image/png", append(picture(t, "png", 8, 8), make([]byte, 1<<20)...))
	u := &unescaper{raw: []byte(text)}
	if _, err := io.ReadFull(u, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if len(u.raw) != len(text)-100 {
		t.Errorf("%d bytes were read for 100", len(text)-len(u.raw))
	}
	bad := text[:2000] + "\xff" + text[2001:]
	if _, err := Read([]byte(bad)); err != nil {
		t.Errorf("what stands behind the size was looked at: %v", err)
	}
}

// TestPublicImages compares with what is known of real images.
func TestPublicImages(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "images")
	index, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Skip("the public images are not here (../shared/data): nothing to compare with")
	}
	r := csv.NewReader(bytes.NewReader(index))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range rows[1:] {
		name, format, verdict := row[0], strings.ToLower(row[2]), row[6]
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read([]byte(uri("image/png", data)))
		width, _ := strconv.Atoi(row[3])
		height, _ := strconv.Atoi(row[4])
		switch {
		case width == 0 || height == 0:
			continue
		case format != "png" && format != "jpeg" && format != "gif" && format != "webp":
			if !errors.Is(err, ErrFormat) {
				t.Errorf("%s is %s, but: %+v, %v", name, format, got, err)
			}
		case err != nil:
			if verdict == "ok" {
				t.Errorf("%s is good, but: %v", name, err)
			}
		default:
			seen++
			if want := (dataset.ImageInfo{Format: format, Width: width, Height: height}); got != want {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d images were compared", seen)
	}
}

func ExampleRead() {
	info, err := Read([]byte("data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="))
	fmt.Println(info.Format, info.Width, info.Height, err)
	// Output: gif 1 1 <nil>
}
