package rewrite

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// Diff is a lint.Sink that writes what would change as a unified diff without
// lines around it, each line clipped to what differs.
type Diff struct {
	name  string
	style term.Style
	w     *bufio.Writer
	begun bool
	more  int64 // lines that the new file has more
	// Mask writes over secrets in what is shown, and keeps its length; nil: nothing is
	// written over.
	Mask func(text []byte)
}

// NewDiff returns a diff of the file called name.
func NewDiff(w io.Writer, name string, style term.Style) *Diff {
	return &Diff{name: term.Sanitize(name), style: style, w: bufio.NewWriter(w)}
}

// Begin begins the diff.
func (d *Diff) Begin(*jsonl.Source) error { return nil }

// Keep takes bytes that stay as they are.
func (d *Diff) Keep([]byte) error { return nil }

// header names the file, once.
func (d *Diff) header() {
	if !d.begun {
		d.begun = true
		fmt.Fprintf(d.w, "%s\n%s\n", d.style.Bold("--- "+d.name), d.style.Bold("+++ "+d.name))
	}
}

// Change writes lines and what comes in their place.
func (d *Diff) Change(line int64, old, fresh []byte) error {
	d.header()
	if line == 0 {
		d.mark("-", d.style.Red, old)
		d.mark("+", d.style.Green, fresh)
		return nil
	}
	olds, news := lines(old), lines(fresh)
	fmt.Fprintf(d.w, "@@ -%s +%s @@\n", span(line, len(olds)), span(line+d.more, len(news)))
	d.more += int64(len(news) - len(olds))
	for i, text := range olds {
		from, to := 0, len(text)
		if len(olds) == len(news) {
			from, to = differing(text, news[i])
		}
		d.line("-", d.style.Red, text, from, to)
	}
	for i, text := range news {
		from, to := 0, len(text)
		if len(olds) == len(news) {
			from, to = differing(text, olds[i])
		}
		d.line("+", d.style.Green, text, from, to)
	}
	return nil
}

// mark tells of a byte-order mark.
func (d *Diff) mark(sign string, paint func(string) string, mark []byte) {
	if len(mark) > 0 {
		fmt.Fprintf(d.w, "@@ byte-order mark @@\n%s\n", paint(sign+"U+FEFF"))
	}
}

// span writes lines as diffs do. Nothing stands behind the line before it.
func span(line int64, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", line-1)
	case 1:
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%d,%d", line, n)
}

// lines parts text into lines, with their ends.
func lines(text []byte) (all [][]byte) {
	for line := range bytes.Lines(text) {
		all = append(all, line)
	}
	return all
}

const (
	clipContext = 40  // bytes before and behind what differs
	clipMiddle  = 160 // bytes of what differs
)

// differing returns the part of a that is not in b, from both ends.
func differing(a, b []byte) (from, to int) {
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	to = len(a)
	for n := len(b); to > from && n > from && a[to-1] == b[n-1]; {
		to--
		n--
	}
	return from, to
}

// line writes a line, clipped around what stands from from to to.
func (d *Diff) line(sign string, paint func(string) string, text []byte, from, to int) {
	ends := bytes.HasSuffix(text, []byte("\n"))
	text = bytes.TrimSuffix(text, []byte("\n"))
	to = min(to, len(text))
	from = min(from, to)
	if d.Mask != nil {
		text = bytes.Clone(text)
		d.Mask(text)
	}
	start, end := cut(text, from-clipContext), cut(text, to+clipContext)
	shown := sign
	if start > 0 {
		shown += "…"
	}
	if to-from > 2*clipMiddle {
		left, right := cut(text, from+clipMiddle), cut(text, to-clipMiddle/4)
		shown += show(text[start:left]) + fmt.Sprintf(" … %d bytes … ", right-left) + show(text[right:end])
	} else {
		shown += show(text[start:end])
	}
	if end < len(text) {
		shown += "…"
	}
	fmt.Fprintln(d.w, paint(shown))
	if !ends {
		fmt.Fprintln(d.w, `\ No newline at end of file`)
	}
}

// cut returns i, moved back to the start of a character of text.
func cut(text []byte, i int) int {
	i = min(max(i, 0), len(text))
	for n := 0; n < utf8.UTFMax && i > 0 && i < len(text) && !utf8.RuneStart(text[i]); n++ {
		i--
	}
	return i
}

// show makes text safe for a terminal.
func show(text []byte) string { return term.Sanitize(string(text)) }

// Convert tells that the file would become another one as a whole.
func (d *Diff) Convert(form jsonl.Form) (io.Writer, error) {
	d.header()
	fmt.Fprintf(d.w, "@@ the whole file @@\n%s\n%s\n", d.style.Red("-"+form.String()), d.style.Green("+JSONL in UTF-8"))
	return nil, nil
}

// End completes the diff.
func (d *Diff) End() error { return d.w.Flush() }
