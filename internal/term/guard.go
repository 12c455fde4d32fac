package term

import (
	"bytes"
	"io"
	"regexp"
)

// The logs of CI services are programs, too: GitHub Actions takes a line that begins
// with :: for a command, also behind blanks, and, as Azure Pipelines and TeamCity do,
// what begins with ##[ or ##word[ anywhere in a line.
var (
	lineCommand   = regexp.MustCompile(`^([\s\p{Z}\v\x{85}]*):(:)`)
	inlineCommand = regexp.MustCompile(`#(#[A-Za-z]*\[)`)
)

// Guard changes lines of text so that no CI service takes them, or a part of them, for
// a command: the first character of what would begin one is written as an escape.
func Guard(line []byte) []byte {
	if bytes.Contains(line, []byte("::")) {
		line = lineCommand.ReplaceAll(line, []byte(`$1\x3a$2`))
	}
	if bytes.Contains(line, []byte("##")) {
		line = inlineCommand.ReplaceAll(line, []byte(`\x23$1`))
	}
	return line
}

// NewGuard returns a writer that writes to w what it is given, each line guarded. What
// follows the last line end waits for its line to be complete.
func NewGuard(w io.Writer) io.Writer { return &guard{out: w} }

type guard struct {
	out     io.Writer
	pending []byte // the beginning of a line
}

// Write writes the lines that are complete.
func (g *guard) Write(p []byte) (int, error) {
	g.pending = append(g.pending, p...)
	end := bytes.LastIndexByte(g.pending, '\n') + 1
	var guarded []byte
	for line := range bytes.Lines(g.pending[:end]) {
		guarded = append(guarded, Guard(line)...)
	}
	g.pending = append(g.pending[:0], g.pending[end:]...)
	if len(guarded) > 0 {
		if _, err := g.out.Write(guarded); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
