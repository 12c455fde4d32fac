package images

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/image/webp"

	"github.com/ftlint/ftlint/lint/dataset"
)

// look examines a file, also byte by byte.
func look(t *testing.T, data []byte) dataset.ImageInfo {
	t.Helper()
	info, err := Examine(bytes.NewReader(data))
	again, errAgain := Examine(iotest.OneByteReader(bytes.NewReader(data)))
	if info != again || err != nil || errAgain != nil {
		t.Fatalf("at once: %+v, %v; byte by byte: %+v, %v", info, err, again, errAgain)
	}
	if info.Bytes != int64(len(data)) {
		t.Errorf("%d bytes, want %d", info.Bytes, len(data))
	}
	return info
}

// chunk is a chunk of a PNG file.
func chunk(kind, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func TestDamage(t *testing.T) {
	goodPNG, goodJPEG := string(picture(t, "png", 60, 40)), string(picture(t, "jpeg", 60, 40))
	header := goodPNG[:8+25]
	flipped := []byte(goodPNG)
	flipped[len(flipped)-20] ^= 1
	riff := func(said int, chunks string) string {
		return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(said))) + "WEBP" + chunks
	}
	vp8l := "VP8L\x06\x00\x00\x00\x2f\x07\x80\x01\x00\x00" // 8 x 7
	extended := "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00\x63\x00\x00\x31\x00\x00"
	for name, test := range map[string]struct {
		file, format, damage string
		width, height        int
	}{
		"PNG":                   {goodPNG, "png", "", 60, 40},
		"PNG with more behind":  {goodPNG + "more", "png", "", 60, 40},
		"PNG cut in a chunk":    {goodPNG[:50], "png", "ends too early, in the middle of a chunk", 60, 40},
		"PNG without its end":   {goodPNG[:len(goodPNG)-12], "png", "ends too early: its last chunk (IEND) is missing", 60, 40},
		"PNG with half an end":  {goodPNG[:len(goodPNG)-2], "png", "ends too early, in the middle of a chunk", 60, 40},
		"PNG with a bit off":    {string(flipped), "png", "has a chunk with a wrong checksum", 60, 40},
		"PNG without pixels":    {header + chunk("IEND", ""), "png", "has no pixels (IDAT)", 60, 40},
		"PNG without header":    {goodPNG[:8] + chunk("IDAT", "x") + chunk("IEND", ""), "png", "does not begin with its header (IHDR)", 0, 0},
		"PNG of no width":       {goodPNG[:8] + chunk("IHDR", "\x00\x00\x00\x00\x00\x00\x00\x01\x08\x02\x00\x00\x00") + chunk("IDAT", "x") + chunk("IEND", ""), "png", "has a width or height that cannot be", 0, 0},
		"PNG of nothing":        {goodPNG[:8], "png", "ends too early: its last chunk (IEND) is missing", 0, 0},
		"JPEG":                  {goodJPEG, "jpeg", "", 60, 40},
		"JPEG with more behind": {goodJPEG + "\x00\x00more", "jpeg", "", 60, 40},
		"JPEG without its end":  {goodJPEG[:len(goodJPEG)-2], "jpeg", "ends too early: its end marker (EOI) is missing", 60, 40},
		"JPEG cut in a table":   {goodJPEG[:40], "jpeg", "ends too early: its end marker (EOI) is missing", 0, 0},
		"JPEG without pixels":   {goodJPEG[:2] + "\xff\xff\xff\xd9", "jpeg", "has no pixels", 0, 0},
		"WebP":                  {riff(4+len(vp8l), vp8l), "webp", "", 8, 7},
		"WebP with more behind": {riff(4+len(vp8l), vp8l+"more"), "webp", "", 8, 7},
		"WebP cut":              {riff(4000, vp8l), "webp", "ends too early: it is shorter than it says (RIFF)", 8, 7},
		"extended WebP":         {riff(4+len(extended)+len(vp8l), extended+vp8l), "webp", "", 100, 50},
		"WebP without pixels":   {riff(4+len(extended), extended), "webp", "has no pixels", 100, 50},
		"WebP with odd pixels":  {riff(18, "VP8 \x06\x00\x00\x00abcdef"), "webp", "has pixels without their header", 0, 0},
		"GIF":                   {string(picture(t, "gif", 60, 40)), "gif", "", 60, 40},
		"PDF":                   {"%PDF-1.7 and so on", "pdf", "", 0, 0},
		"SVG":                   {"<svg xmlns='...'>", "svg", "", 0, 0},
		"text":                  {"hello", "", "", 0, 0},
		"nothing":               {"", "", "", 0, 0},
	} {
		info := look(t, []byte(test.file))
		if info.Format != test.format || info.Damage != test.damage || info.Width != test.width || info.Height != test.height {
			t.Errorf("%s: %+v", name, info)
		}
	}
}

// TestBomb: an image of 50,000 x 50,000 pixels costs no more than its bytes.
func TestBomb(t *testing.T) {
	header := string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 50_000), 50_000)) + "\x08\x02\x00\x00\x00"
	bomb := "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", strings.Repeat("\x78\x9c", 500)) + chunk("IEND", "")
	info := look(t, []byte(bomb))
	if info.Width != 50_000 || info.Height != 50_000 || info.Damage != "" {
		t.Errorf("%+v", info)
	}
	if reason := CheckPixels(strings.NewReader(bomb), info); reason != "" {
		t.Errorf("the pixels were looked at: %s", reason)
	}
	if _, err := Decode(strings.NewReader(bomb), info); err == nil {
		t.Error("the pixels were decoded")
	}
	if n := testing.AllocsPerRun(10, func() { Examine(strings.NewReader(bomb)) }); n > 2 { //nolint:errcheck // looked at above
		t.Errorf("%v allocations", n)
	}
}

// publicImages yields the rows of the index of public images, and the files.
func publicImages(t *testing.T, each func(name string, row []string, data []byte)) {
	t.Helper()
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
	for _, row := range rows[1:] {
		data, err := os.ReadFile(filepath.Join(dir, row[0]))
		if err != nil {
			t.Fatal(err)
		}
		each(row[0], row, data)
	}
	if len(rows) < 100 {
		t.Errorf("only %d images were compared", len(rows)-1)
	}
}

// TestPublicImages compares with what is known of real images.
func TestPublicImages(t *testing.T) {
	publicImages(t, func(name string, row []string, data []byte) {
		format, notes, verdict := strings.ToLower(row[2]), row[6], row[7]
		info := look(t, data)
		if strings.HasPrefix(format, "other") {
			format = info.Format
			if Supported(format) {
				t.Errorf("%s is none of the formats that services take, but: %+v", name, info)
			}
		}
		if info.Format != format {
			t.Errorf("%s: %+v, want the format %s", name, info, format)
		}
		width, _ := strconv.Atoi(row[3])
		height, _ := strconv.Atoi(row[4])
		if width > maxSide || height > maxSide || width == 0 {
			width, height = 0, 0
		}
		if height == 0 {
			width = 0
		}
		if info.Width != width || info.Height != height {
			t.Errorf("%s: %d x %d, want %d x %d", name, info.Width, info.Height, width, height)
		}
		if !Supported(info.Format) {
			return
		}
		if info.Mode.Colour() == strings.Contains(verdict, "mode ") {
			t.Errorf("%s: mode %s, but the verdict is %s", name, info.Mode, verdict)
		}
		if info.Animated != strings.Contains(verdict, "animated") || info.Bits == 16 != strings.Contains(row[5], "16") {
			t.Errorf("%s: %+v, but the verdict is %s", name, info, verdict)
		}
		damage := info.Damage
		if damage == "" {
			damage = CheckPixels(bytes.NewReader(data), info)
		}
		// The pixels of one end too early in a file that is complete otherwise, which the
		// verdict does not speak of.
		if (damage != "") != strings.Contains(verdict, "corrupt") && !strings.Contains(name, "consecutive") {
			t.Errorf("%s: %q, but the verdict is %s (%s)", name, damage, verdict, notes)
		}
	})
}

// FuzzExamine: no file is too odd, and where the standard library knows the size of
// an image, it is the same.
func FuzzExamine(f *testing.F) {
	for _, format := range []string{"png", "jpeg", "gif"} {
		f.Add(picture(f, format, 20, 10))
	}
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Add([]byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x12\x00\x00\x00\x63\x00\x00\x31\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Examine(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Examine(iotest.HalfReader(bytes.NewReader(data))); again != info {
			t.Fatalf("%+v and then %+v", info, again)
		}
		text := "data:image/png;base64," + base64.StdEncoding.EncodeToString(data)
		head, err := Read([]byte(text))
		if err == nil && (head.Width != info.Width || head.Height != info.Height) {
			t.Fatalf("%+v, but of the beginning alone %+v", info, head)
		}
		var config image.Config
		switch info.Format {
		case "png":
			config, err = png.DecodeConfig(bytes.NewReader(data))
		case "jpeg":
			config, err = jpeg.DecodeConfig(bytes.NewReader(data))
		case "gif":
			config, err = gif.DecodeConfig(bytes.NewReader(data))
		case "webp":
			config, err = webp.DecodeConfig(bytes.NewReader(data))
		default:
			return
		}
		if err == nil && config.Width > 0 && config.Height > 0 && (info.Width != config.Width || info.Height != config.Height) {
			t.Fatalf("%+v, but the standard library says %d x %d", info, config.Width, config.Height)
		}
		if info.Width*info.Height < 1<<16 {
			CheckPixels(bytes.NewReader(data), info)
		}
	})
}

func ExampleExamine() {
	u := Parse([]byte("data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="))
	info, err := Examine(u.Data())
	fmt.Println(u.Type, info.Format, info.Bytes, info.Width, info.Height, err)
	// Output: image/gif gif 35 1 1 <nil>
}
