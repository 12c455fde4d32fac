package jsonl_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ftlint/ftlint/lint/jsonl"
)

// TestText: text is read byte by byte as it is, byte-order mark included.
func TestText(t *testing.T) {
	content := []byte(jsonl.UTF8BOM + "no\x00 lines\xff\r" + strings.Repeat("x", 200_000))
	read := 0
	progress := func(n int) { read += n }
	for _, test := range []struct {
		name    string
		options jsonl.Options
		want    []byte
	}{
		{write(t, "plain.txt", content), jsonl.Options{}, content},
		{write(t, "gzip.txt", gzipped(content)), jsonl.Options{}, content},
		{write(t, "zstd.txt", zstded(content)), jsonl.Options{}, content},
		{write(t, "empty.gz", gzipped(nil)), jsonl.Options{}, nil},
		{"-", jsonl.Options{Stdin: iotest.HalfReader(bytes.NewReader(content))}, content},
	} {
		test.options.Progress = progress
		text, err := jsonl.OpenText(context.Background(), test.name, test.options)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(text)
		if err != nil || !bytes.Equal(got, test.want) {
			t.Errorf("%s: %d bytes, want %d, %v", test.name, len(got), len(test.want), err)
		}
		if err := text.Close(); err != nil {
			t.Error(err)
		}
	}
	if read < 2*len(content) {
		t.Errorf("progress was told %d bytes", read)
	}
}

func TestTextErrors(t *testing.T) {
	if _, err := jsonl.OpenText(context.Background(), filepath.Join(t.TempDir(), "missing"), jsonl.Options{}); err == nil || strings.Contains(err.Error(), "open ") {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := jsonl.OpenText(context.Background(), t.TempDir(), jsonl.Options{}); err == nil || !strings.HasSuffix(err.Error(), ": is a directory") {
		t.Errorf("a directory: %v", err)
	}
	packed := gzipped(bytes.Repeat([]byte("text "), 100_000))
	text, err := jsonl.OpenText(context.Background(), write(t, "cut.gz", packed[:len(packed)-100]), jsonl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	got, err := io.ReadAll(text)
	var place *jsonl.ReadError
	if !errors.As(err, &place) || place.Offset != int64(len(got)) || !strings.Contains(err.Error(), "cut.gz: gzip: the file is cut off") {
		t.Errorf("a file that is cut off, behind %d bytes: %v", len(got), err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	text, err = jsonl.OpenText(ctx, write(t, "plain.txt", []byte("text")), jsonl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	cancel()
	if _, err := text.Read(make([]byte, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("an end of the context: %v", err)
	}
}
