package main

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
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

// addPairs fills in the lines of findings that compare two, as far as the files can be
// read again: standard input cannot.
func addPairs(ctx context.Context, result *lint.Result, inputs []lint.Input, options jsonl.Options) error {
	findings := report.Pairs(result)
	wanted := map[string][]int64{} // by file
	for _, f := range findings {
		wanted[f.File] = append(wanted[f.File], f.Line)
		wanted[f.Also[0].File] = append(wanted[f.Also[0].File], f.Also[0].Line)
	}
	options.Progress = nil
	lines := map[string]map[int64][]byte{}
	for _, in := range inputs {
		numbers := wanted[in.Path]
		if len(numbers) == 0 || in.Path == jsonl.Stdin {
			continue
		}
		source, err := jsonl.Open(ctx, in.Path, options)
		if err == nil {
			lines[in.Path], _, err = pickLines(ctx, source, numbers)
			source.Close()
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil { // the report is complete without them
			delete(lines, in.Path)
		}
	}
	for _, f := range findings {
		f.Pair = [2][]byte{lines[f.File][f.Line], lines[f.Also[0].File][f.Also[0].Line]}
	}
	return nil
}
