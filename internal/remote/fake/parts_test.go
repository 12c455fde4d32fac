package fake

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"testing/iotest"
)

// TestPartReader reads what mime/multipart writes, whatever looks like a delimiter and
// wherever the buffer ends.
func TestPartReader(t *testing.T) {
	const boundary = "boundary"
	var contents []string
	for _, text := range []string{"", "a", "\r\n", "\r\n--", "\r\n--boundar", "--boundary--", "\r\n\r\n--\r\n--boundarx", "-\r"} {
		contents = append(contents, text)
		for before := readBuffer - 80; before < readBuffer+3; before += 7 {
			contents = append(contents, strings.Repeat("x", before)+text)
		}
	}
	for _, content := range contents {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if err := w.SetBoundary(boundary); err != nil {
			t.Fatal(err)
		}
		file, _ := w.CreateFormFile("first", "a.jsonl") // of memory
		_, _ = file.Write([]byte(content))
		_ = w.WriteField("second", content)
		_ = w.Close()
		readers := []io.Reader{bytes.NewReader(body.Bytes()), iotest.HalfReader(bytes.NewReader(body.Bytes()))}
		if len(content) < 100 {
			readers = append(readers, iotest.OneByteReader(bytes.NewReader(body.Bytes())))
		}
		for _, reader := range readers {
			got, err := readThrough(reader, boundary)
			if err != nil || len(got) != 2 || got["first"] != content || got["second"] != content {
				t.Fatalf("%q (%d bytes): %d parts, %v", content[max(0, len(content)-20):], len(content), len(got), err)
			}
		}
		for _, cut := range []int{3, 5, 20, body.Len() / 2} {
			if _, err := readThrough(bytes.NewReader(body.Bytes()[:body.Len()-cut]), boundary); err == nil {
				t.Fatalf("no error without the last %d bytes", cut)
			}
		}
	}
}

// readThrough reads all parts of a body.
func readThrough(body io.Reader, boundary string) (map[string]string, error) {
	r, err := newPartReader(body, boundary)
	if err != nil {
		return nil, err
	}
	got := make(map[string]string)
	for {
		header, err := r.next()
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return nil, err
		}
		var text bytes.Buffer
		if _, err := r.WriteTo(&text); err != nil {
			return nil, err
		}
		got[header.name] = text.String()
	}
}
