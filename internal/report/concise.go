package report

import (
	"fmt"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// concise writes a line for every finding:
//
//	file:line:col: level ID message [path]
type concise struct {
	*writer
	style term.Style
}

func openConcise(w *writer) Report { return &concise{w, term.NewStyle(w.Color)} }

// Finding writes one line.
func (c *concise) Finding(f *lint.Finding) error {
	if f.Severity < c.Level {
		return nil
	}
	level := f.Severity.String()
	switch f.Severity {
	case lint.Error:
		level = c.style.Red(level)
	case lint.Warning:
		level = c.style.Yellow(level)
	}
	// Readers of this format want a line and a column, also for a whole file.
	c.print(fmt.Sprintf("%s:%d:%d: ", term.Sanitize(f.File), max(1, f.Line), max(1, f.Column)), level, " ", f.Rule.ID, " ", term.Sanitize(f.Message))
	if f.Path != "" {
		c.print(" [", term.Sanitize(f.Path), "]")
	}
	c.print("\n")
	return c.flushIfFull()
}

// Finish writes what is left.
func (c *concise) Finish(*lint.Result) error { return c.flush() }
