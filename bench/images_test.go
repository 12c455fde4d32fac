package bench

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/ftlint/ftlint/internal/images"
)

// noise is an image that does not compress.
func noise(side int) image.Image {
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			n := random.Uint32()
			img.SetRGBA(x, y, color.RGBA{uint8(n), uint8(n >> 8), uint8(n >> 16), 255})
		}
	}
	return img
}

// BenchmarkImages looks at an image in base64, against what the decoder of the
// standard library takes for the same base64 in turn with it. SetBytes is of the
// base64.
func BenchmarkImages(b *testing.B) {
	for name, encode := range map[string]func(*bytes.Buffer, image.Image) error{
		"png":  func(w *bytes.Buffer, m image.Image) error { return png.Encode(w, m) },
		"jpeg": func(w *bytes.Buffer, m image.Image) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: 90}) },
	} {
		var file bytes.Buffer
		if err := encode(&file, noise(1000)); err != nil {
			b.Fatal(err)
		}
		url := []byte("data:image/" + name + ";base64," + base64.StdEncoding.EncodeToString(file.Bytes()))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(url)))
			b.ReportAllocs()
			for b.Loop() {
				u := images.Parse(url)
				if info, err := images.Examine(u.Data()); err != nil || info.Format != name || info.Damage != "" {
					b.Fatal(info, err)
				}
			}
		})
		b.Run(name+"/base64-of-the-standard-library", func(b *testing.B) {
			text := url[bytes.IndexByte(url, ',')+1:]
			decoded := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
			b.SetBytes(int64(len(url)))
			for b.Loop() {
				if _, err := base64.StdEncoding.Decode(decoded, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
