package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func TestInterruptible(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789abcdefg\n"), 100_000)
	for name, r := range map[string]io.Reader{
		"whole": bytes.NewReader(want), "halves": iotest.HalfReader(bytes.NewReader(want)),
		"end with the data": iotest.DataErrReader(bytes.NewReader(want)),
	} {
		got, err := io.ReadAll(newInterruptible(context.Background(), r))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
	broken := errors.New("broken")
	if _, err := io.ReadAll(newInterruptible(context.Background(), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("the error of the reader is lost: %v", err)
	}

	// Nothing ever comes.
	silent, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	r := newInterruptible(ctx, silent)
	cancel()
	if _, err := r.Read(make([]byte, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("a silent reader is not interrupted: %v", err)
	}
}
