package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
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

// repeated gives the same text again and again, until next says otherwise.
type repeated struct {
	text string
	read int
	next func(read int) error
}

func (r *repeated) Read(p []byte) (int, error) {
	if err := r.next(r.read); err != nil {
		return 0, err
	}
	n := copy(p, r.text[r.read%len(r.text):])
	r.read += n
	return n, nil
}

// tally counts what is written.
type tally struct{ n atomic.Int64 }

func (t *tally) Write(p []byte) (int, error) {
	t.n.Add(int64(len(p)))
	return len(p), nil
}

// TestTokensKeepsNothing: a large file is counted while it is read, and text
// that cannot be cut is refused before it fills the memory.
func TestTokensKeepsNothing(t *testing.T) {
	var out tally
	var errs bytes.Buffer
	in := &repeated{text: strings.Repeat("the quick brown fox.\n", 1<<12), next: func(read int) error {
		switch {
		case read > 5<<19:
			return io.EOF
		case read > 2<<20 && out.n.Load() == 0:
			return errors.New("nothing is written of 2 MiB")
		}
		return nil
	}}
	if status := Main([]string{"tokens", "--ids"}, Streams{In: in, Out: &out, Err: &errs}); status != exitOK {
		t.Errorf("exit status %d, %s", status, &errs)
	}

	errs.Reset()
	in = &repeated{text: strings.Repeat("😀", 1<<16), next: func(read int) error {
		if read > 70<<20 {
			return errors.New("more than 70 MiB are read")
		}
		return nil
	}}
	status := Main([]string{"tokens"}, Streams{In: in, Out: &out, Err: &errs})
	if status != exitUsage || !strings.HasPrefix(errs.String(), "ftlint: <stdin>: no place to cut the text into parts: from byte 0 on, 67108864 bytes") {
		t.Errorf("exit status %d, %s", status, &errs)
	}
}
