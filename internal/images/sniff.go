package images

import (
	"bytes"
	"strings"
)

// magicBytes is how many bytes sniff wants.
const magicBytes = 32

// magics are the beginnings of files that people take for images. A ? stands for
// any byte.
var magics = []struct{ format, magic string }{
	{"png", "\x89PNG\r\n\x1a\n"},
	{"jpeg", "\xff\xd8\xff"},
	{"webp", "RIFF????WEBP"},
	{"gif", "GIF87a"},
	{"gif", "GIF89a"},
	{"bmp", "BM????\x00\x00\x00\x00"},
	{"tiff", "II*\x00"},
	{"tiff", "MM\x00*"},
	{"ico", "\x00\x00\x01\x00"},
	{"pdf", "%PDF-"},
	{"avif", "????ftypavif"},
	{"avif", "????ftypavis"},
	{"heic", "????ftypheic"},
	{"heic", "????ftypheix"},
	{"heic", "????ftypmif1"},
	{"mp4", "????ftyp"},
	{"jpeg 2000", "\x00\x00\x00\x0cjP  "},
	{"jpeg xl", "\x00\x00\x00\x0cJXL "},
	{"psd", "8BPS"},
	{"html", "<!DOCTYPE html"},
	{"html", "<!doctype html"},
	{"html", "<html"},
	{"svg", "<svg"},
	{"svg", "<?xml"},
	{"json", `{"`},
	{"gzip", "\x1f\x8b\x08"},
	{"zip", "PK\x03\x04"},
}

// sniff tells the format of a file by its first bytes, or "".
func sniff(head []byte) string {
	for _, m := range magics {
		if fits(head, m.magic) {
			return m.format
		}
	}
	return ""
}

func fits(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != head[i] {
			return false
		}
	}
	return true
}

// mediaTypes are the types under which the formats that services take go.
var mediaTypes = map[string]string{
	"image/png": "png", "image/x-png": "png",
	"image/jpeg": "jpeg", "image/jpg": "jpeg", "image/pjpeg": "jpeg",
	"image/webp": "webp",
}

// FormatOf returns the format that a media type stands for, such as jpeg for
// image/jpg. A type that is not known stands for its own name.
func FormatOf(mediaType string) string {
	mediaType = strings.ToLower(mediaType)
	if format := mediaTypes[mediaType]; format != "" {
		return format
	}
	return strings.TrimPrefix(mediaType, "image/")
}

// Supported reports whether services take files of the format.
func Supported(format string) bool { return format == "png" || format == "jpeg" || format == "webp" }

// base64Beginnings are what base64 of files begins with.
var base64Beginnings = []struct{ text, format string }{
	{"iVBORw0KGgo", "png"}, {"/9j/", "jpeg"}, {"UklGR", "webp"}, {"R0lGOD", "gif"}, {"Qk", "bmp"},
}

// sniffBase64 tells the format of a file by the beginning of its base64, or "".
func sniffBase64(text []byte) string {
	for _, b := range base64Beginnings {
		if len(text) >= minBase64 && bytes.HasPrefix(text, []byte(b.text)) {
			return b.format
		}
	}
	return ""
}

// minBase64 is how long base64 of an image is at least: what is shorter is a name.
const minBase64 = 48
