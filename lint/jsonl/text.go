package jsonl

import (
	"context"
	"io"
)

// Text is an input that is open and read as it is, whatever it holds: bytes, not
// lines. Only gzip and zstd are looked through.
type Text struct {
	source *Source
	ctx    context.Context
}

// OpenText opens a file, or standard input for "-", as text. Of the options
// those on lines and chunks mean nothing here. The end of ctx ends reading.
func OpenText(ctx context.Context, name string, options Options) (*Text, error) {
	s, err := openWith(ctx, name, options, (*Source).unpacked)
	if err != nil {
		return nil, err
	}
	return &Text{s, ctx}, nil
}

// Read reads decompressed bytes. Errors name the input and the place, and wrap a
// ReadError; the end is io.EOF alone.
func (t *Text) Read(p []byte) (int, error) {
	if t.ctx.Err() != nil {
		return 0, context.Cause(t.ctx)
	}
	n, err := t.source.stream.Read(p)
	t.source.offset += int64(n)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case t.ctx.Err() != nil: // which closed the pipe
		return n, context.Cause(t.ctx)
	}
	return n, t.source.failed(t.source.unpackError(err))
}

// Close closes the input.
func (t *Text) Close() error { return t.source.Close() }
