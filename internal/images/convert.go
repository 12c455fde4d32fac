package images

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	stddraw "image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"github.com/ftlint/ftlint/lint/dataset"
)

// quality is that of JPEG files that are written.
const quality = 92

// Convert reads an image and writes it again, in RGB or RGBA of 8 bits and in fewer
// than most bytes: a JPEG file stays one, others become PNG files, or JPEG files if
// that is not small enough and nothing is transparent. What is still too large is
// made smaller. It returns the file and its format.
func Convert(data []byte, info dataset.ImageInfo, most int64) (file []byte, format string, err error) {
	img, err := Decode(bytes.NewReader(data), info)
	if err != nil {
		return nil, "", err
	}
	pixels := image.NewNRGBA(img.Bounds())
	stddraw.Draw(pixels, pixels.Bounds(), img, img.Bounds().Min, stddraw.Src)
	for {
		format = "png"
		if info.Format == "jpeg" {
			format = "jpeg"
		}
		if file, err = encode(pixels, format); err != nil {
			return nil, "", err
		}
		if int64(len(file)) >= most && format == "png" && pixels.Opaque() {
			format = "jpeg"
			if file, err = encode(pixels, format); err != nil {
				return nil, "", err
			}
		}
		if info.Format == "jpeg" {
			file = withExif(file, data)
		}
		if int64(len(file)) < most {
			return file, format, nil
		}
		b := pixels.Bounds()
		if b.Dx() < 2 || b.Dy() < 2 {
			return nil, "", errors.New("the image cannot be made small enough")
		}
		smaller := image.NewNRGBA(image.Rect(0, 0, b.Dx()*3/4, b.Dy()*3/4))
		draw.CatmullRom.Scale(smaller, smaller.Bounds(), pixels, b, draw.Src, nil)
		pixels = smaller
	}
}

func encode(img image.Image, format string) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if format == "jpeg" {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&b, img)
	}
	return b.Bytes(), err
}

// withExif gives a JPEG file the first Exif segment of another, which says which way
// up the image is.
func withExif(file, from []byte) []byte {
	for at := 2; at+4 <= len(from) && from[at] == 0xFF; {
		marker, length := from[at+1], 2+int(from[at+2])<<8+int(from[at+3])
		if marker == jpegSOS || at+length > len(from) {
			break
		}
		if segment := from[at : at+length]; marker == 0xE1 && bytes.HasPrefix(segment[4:], []byte("Exif\x00")) {
			return append(append(append([]byte(nil), file[:2]...), segment...), file[2:]...)
		}
		at += length
	}
	return file
}

// DataURI is a data URI of an image file. Nothing in it needs an escape in JSON.
func DataURI(format string, file []byte) string {
	return "data:image/" + format + ";base64," + base64.StdEncoding.EncodeToString(file)
}

// maxThumbnailSource is how many pixels an image may have of which a thumbnail is
// made.
const maxThumbnailSource = 16 << 20

// Thumbnail returns an image of at most side pixels each way, as a JPEG file.
func Thumbnail(data io.Reader, info dataset.ImageInfo, side int) ([]byte, error) {
	if int64(info.Width)*int64(info.Height) > maxThumbnailSource {
		return nil, fmt.Errorf("the image has %d x %d pixels, more than a thumbnail is made of", info.Width, info.Height)
	}
	img, err := Decode(data, info)
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	width, height := side, side
	if long := max(b.Dx(), b.Dy()); long > 0 {
		width, height = max(1, b.Dx()*side/long), max(1, b.Dy()*side/long)
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	stddraw.Draw(small, small.Bounds(), image.White, image.Point{}, stddraw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Over, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, small, &jpeg.Options{Quality: 70})
	return out.Bytes(), err
}
