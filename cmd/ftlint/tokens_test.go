package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// closedPipe is an output that nobody reads on.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// TestTokensBrokenPipe: where head has enough, ftlint ends without a word.
func TestTokensBrokenPipe(t *testing.T) {
	for _, flag := range []string{"--show", "--ids", "--output=json"} {
		var errs bytes.Buffer
		status := Main([]string{"tokens", flag}, Streams{In: strings.NewReader("hello world"), Out: closedPipe{}, Err: &errs})
		if status != exitUsage || errs.Len() > 0 {
			t.Errorf("%s: exit status %d, %q", flag, status, &errs)
		}
	}
}

// TestTokensInterrupted: a silent pipe and a large file end with the context.
func TestTokensInterrupted(t *testing.T) {
	silent, w := io.Pipe()
	defer w.Close()
	file := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{"-", file} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		var out, errs bytes.Buffer
		root := newRoot(Streams{In: silent, Out: &out, Err: &errs})
		root.SetArgs([]string{"tokens", arg})
		if err := root.ExecuteContext(ctx); !errors.Is(err, context.Canceled) || out.Len()+errs.Len() > 0 {
			t.Errorf("%s: %v, %q, %q", arg, err, &out, &errs)
		}
	}
}

// repeated gives the same text again and again.
type repeated struct {
	text     string
	left, at int
	onRead   func()
}

func (r *repeated) Read(p []byte) (int, error) {
	r.onRead()
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= n
	return n, nil
}

// TestTokensKeepsNothing: a large file is counted while it is read, and text
// that cannot be cut is refused before it fills the memory.
func TestTokensKeepsNothing(t *testing.T) {
	var out, errs bytes.Buffer
	const size = 5 << 19
	in := &repeated{text: strings.Repeat("the quick brown fox.\n", 1<<12), left: size}
	in.onRead = func() {
		if size-in.left > 2<<20 && out.Len() == 0 {
			t.Fatalf("%d bytes were read, and nothing is written", size-in.left)
		}
	}
	if status := Main([]string{"tokens", "--ids"}, Streams{In: in, Out: &out, Err: &errs}); status != exitOK {
		t.Errorf("exit status %d, %s", status, &errs)
	}

	in = &repeated{text: strings.Repeat("😀", 1<<16), left: 1 << 40}
	in.onRead = func() {
		if 1<<40-in.left > 70<<20 {
			t.Fatal("more than 70 MiB without a place to cut were read")
		}
	}
	status := Main([]string{"tokens"}, Streams{In: in, Out: &out, Err: &errs})
	if status != exitUsage || !strings.HasPrefix(errs.String(), "ftlint: <stdin>: no place to cut the text into parts: from byte 0 on, 67108864 bytes") {
		t.Errorf("exit status %d, %s", status, &errs)
	}
}
