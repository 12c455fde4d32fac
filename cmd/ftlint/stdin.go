package main

import (
	"context"
	"io"
)

// stdinChunk is how many bytes are read from standard input at a time.
const stdinChunk = 256 << 10

// interruptible lets the reading of standard input end when ctx does: a read
// from a terminal or a pipe that is silent cannot be called off, so a goroutine
// waits in it. If ctx ends, that goroutine ends with the next read, or with the
// process.
type interruptible struct {
	ctx    context.Context
	r      io.Reader
	chunks chan stdinRead // nil: not begun
	rest   []byte
	err    error
}

type stdinRead struct {
	data []byte
	err  error
}

func newInterruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptible{ctx: ctx, r: r}
}

// Read reads, or returns the error of the context.
func (s *interruptible) Read(p []byte) (int, error) {
	if s.chunks == nil {
		s.chunks = make(chan stdinRead)
		go s.fetch()
	}
	for len(s.rest) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		select {
		case next := <-s.chunks:
			s.rest, s.err = next.data, next.err
		case <-s.ctx.Done():
			return 0, context.Cause(s.ctx)
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// fetch reads into two buffers in turn: one is free again when the other one is
// taken.
func (s *interruptible) fetch() {
	var buffers [2][]byte
	for i := 0; ; i++ {
		b := &buffers[i%2]
		if *b == nil {
			*b = make([]byte, stdinChunk)
		}
		n, err := s.r.Read(*b)
		select {
		case s.chunks <- stdinRead{(*b)[:n], err}:
		case <-s.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
