package main

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/ftlint/ftlint/lint/jsonl"
)

// keptText is how many bytes of lines are kept of a file, to be shown.
const keptText = 64 << 20

// pickLines reads the lines with these numbers, without their line ends, as far as there
// is room for them: missing says for how many there was none.
func pickLines(ctx context.Context, source *jsonl.Source, numbers []int64) (lines map[int64][]byte, missing int64, err error) {
	wanted := slices.Compact(slices.Sorted(slices.Values(numbers)))
	lines = map[int64][]byte{}
	kept := 0
	err = source.EachLine(ctx, func(number int64, text []byte) error {
		if len(wanted) == 0 {
			return io.EOF
		}
		if number != wanted[0] {
			return nil
		}
		wanted = wanted[1:]
		text = bytes.TrimRight(text, "\r\n")
		if kept+len(text) > keptText {
			missing++
			return nil
		}
		kept += len(text)
		lines[number] = bytes.Clone(text)
		return nil
	})
	return lines, missing, err
}
