// Package report writes what a run found: one file per output format.
package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// Format is an output format.
type Format struct {
	Name  string
	About string // in a few words, for the help
	// Streams says that the format wants every finding as it comes
	// (lint.Options.OnFinding), not only the result.
	Streams bool
	// Fingerprints says that the format wants those of findings (lint.Options.Fingerprints).
	Fingerprints bool
	// Edits says that the format wants those of fixes (lint.Options.Edits).
	Edits bool
	// Machine says that programs read it: never in colour.
	Machine bool
	open    func(*writer) Report
}

// Report is an output that is being written. Errors are those of the writer.
type Report interface {
	// Finding takes the next finding. It is called only if the format streams.
	Finding(*lint.Finding) error
	// Finish takes the result and completes the output.
	Finish(*lint.Result) error
}

// Formats returns the formats of what a check found.
func Formats() []Format {
	return []Format{
		{Name: "text", About: "grouped, for people", open: openText},
		{Name: "full", About: "every finding as in text", Streams: true, open: openFull},
		{Name: "concise", About: "a line for every finding", Streams: true, open: openConcise},
		{Name: "json", About: "one summary object", Machine: true, open: openJSON},
		{Name: "jsonl", About: "an object for every finding, as it comes", Streams: true, Machine: true, open: openJSONL},
		{Name: "sarif", About: "SARIF 2.1.0, for code scanning", Streams: true, Fingerprints: true, Edits: true, Machine: true, open: openSARIF},
		{Name: "github", About: "annotations of GitHub Actions", Machine: true, open: openGitHub},
		{Name: "gitlab", About: "a Code Quality report of GitLab", Streams: true, Fingerprints: true, Machine: true, open: openGitLab},
		{Name: "junit", About: "a test report in JUnit's XML", Machine: true, open: openJUnit},
		{Name: "markdown", About: "a summary for the page of a CI job", Machine: true, open: openMarkdown},
		{Name: "html", About: "a page for a browser", Machine: true, open: openHTML},
	}
}

// StatsFormats returns the formats of the figures of examples.
func StatsFormats() []Format {
	return []Format{
		{Name: "text", About: "tables and histograms, for people", open: openStatsText},
		{Name: "json", About: "one object", Machine: true, open: openStatsJSON},
		{Name: "csv", About: "a row for each distribution", Machine: true, open: openStatsCSV},
		{Name: "html", About: "a page for a browser", Machine: true, open: openStatsHTML},
	}
}

// Names returns the names of formats.
func Names(formats []Format) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return names
}

// Lookup returns the format called name.
func Lookup(formats []Format, name string) (Format, bool) {
	for _, f := range formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Options say how a report is written.
type Options struct {
	Color     bool
	Width     int           // columns; 0: 80
	Snippets  bool          // show lines of the data
	Level     lint.Severity // findings below it are left out; totals count them
	MaxGroups int           // of text; 0: no limit
	// MaxPerGroup is how many findings of a group text and json show; 0: all that are
	// kept, which may be for another format.
	MaxPerGroup int
	FailOn      lint.Severity // lint.Off: never
	Profile     string
	Version     string
	// Dir is the working directory, and Root that of the repository: what services read
	// names files as seen from there. Empty: as they were named.
	Dir, Root string
	Elapsed   func() time.Duration // nil: times are left out, so that outputs can be compared
	Mask      func(text []byte)    // writes over secrets in texts of the data; nil: they are shown
}

// masked is a text of the data as it may be shown.
func (w *writer) masked(text string) string {
	if w.Mask == nil {
		return text
	}
	b := []byte(text)
	w.Mask(b)
	return string(b)
}

// beginning is the beginning of a text of the data as it may be shown.
func (w *writer) beginning(t *stats.Text) string {
	text := w.masked(t.Beginning)
	if t.Whole {
		return text
	}
	// What is cut off in the middle of a word might be half of a secret.
	if i := strings.LastIndexAny(text, " \t\n"); w.Mask != nil && i > 0 {
		text = text[:i+1]
	}
	return text + "…"
}

// writer is what all formats write through.
type writer struct {
	Options
	out io.Writer
	buf []byte
}

// Open begins a report in the given format.
func (f Format) Open(out io.Writer, options Options) Report {
	if options.Width <= 0 {
		options.Width = 80
	}
	return f.open(&writer{Options: options, out: out})
}

// flush writes what has been gathered.
func (w *writer) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.out.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// flushAt is how many bytes are gathered before they are written.
const flushAt = 32 << 10

func (w *writer) flushIfFull() error {
	if len(w.buf) < flushAt {
		return nil
	}
	return w.flush()
}

func (w *writer) print(s ...string) {
	for _, s := range s {
		w.buf = append(w.buf, s...)
	}
}

// Plural writes n and what is counted: "1 file", "2,000 files".
func Plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return lint.FormatCount(n) + " " + what + "s"
}

// Bytes writes a size; MB is 10^6 bytes.
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}

// share writes part of all as a percentage.
func share(part, all int64) string {
	if all == 0 {
		return "-"
	}
	p := 100 * float64(part) / float64(all)
	switch {
	case part > 0 && p < 0.01:
		return "<0.01%"
	case part < all && p >= 99.95:
		return ">99.9%"
	case p < 10:
		return fmt.Sprintf("%.2f%%", p)
	}
	return fmt.Sprintf("%.1f%%", p)
}

// place writes where a finding is: file:line:column.
func place(f *lint.Finding) string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		b.WriteString(":" + strconv.FormatInt(f.Line, 10))
		if f.Column > 0 {
			b.WriteString(":" + strconv.FormatInt(f.Column, 10))
		}
	}
	return b.String()
}

// The verdicts, besides PASS.
const (
	failed     = "FAIL"
	incomplete = "INCOMPLETE" // inputs were not read to their end
)

// fixHint says how many findings can be fixed, and how, or returns "".
func fixHint(f lint.Fixable) string {
	switch {
	case f.Unsafe > 0:
		return lint.FormatCount(f.Safe+f.Unsafe) + " fixable with ftlint fix --unsafe-fixes"
	case f.Safe > 0:
		return lint.FormatCount(f.Safe) + " fixable with ftlint fix"
	}
	return ""
}

// fixCell says in the table of rules which findings can be fixed.
func fixCell(t *lint.RuleTotal) string {
	switch f := t.Fixable; {
	case f.Safe == 0 && f.Unsafe == 0:
		return lint.NoFix.String()
	case f.Safe == t.Findings:
		return lint.SafeFix.String()
	case f.Unsafe == t.Findings:
		return lint.UnsafeFix.String()
	case f.Unsafe == 0:
		return lint.FormatCount(f.Safe) + " safe"
	case f.Safe == 0:
		return lint.FormatCount(f.Unsafe) + " unsafe"
	default:
		return lint.FormatCount(f.Safe) + " safe, " + lint.FormatCount(f.Unsafe) + " unsafe"
	}
}

// outcome returns the verdict, and the counts that it rests on.
func (w *writer) outcome(r *lint.Result) (verdict, says string) {
	var parts []string
	for s := lint.Error; s >= lint.Info; s-- {
		if n := r.Findings[s]; n > 0 {
			what := s.String()
			if s == lint.Info {
				parts = append(parts, lint.FormatCount(n)+" info")
				continue
			}
			parts = append(parts, Plural(n, what))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing found"}
	}
	says = strings.Join(parts, ", ")
	if f := r.Fixed; f != nil {
		says += " · " + lint.FormatCount(f.Count()) + " fixed"
	}
	if hint := fixHint(r.Fixable); hint != "" {
		says += " · " + hint
	}
	if r.Accepted > 0 {
		says += " · " + lint.FormatCount(r.Accepted) + " accepted"
	}
	for _, over := range OverBudgets(r) {
		says += " · " + over
	}
	switch unread := unreadFiles(r); {
	case unread > 0:
		return incomplete, fmt.Sprintf("%s · %s not read to the end: nothing is certified", says, Plural(unread, "file"))
	case r.Fails(w.FailOn):
		return failed, says
	}
	return "PASS", says
}

// OverBudgets says of each rule that is over its budget how far it is.
func OverBudgets(r *lint.Result) (list []string) {
	for _, b := range r.Budgets {
		if b.Over {
			list = append(list, b.Name+" is over its budget: "+overBudget(b))
		}
	}
	return list
}

func overBudget(b lint.BudgetResult) string {
	if b.Share < 0 {
		return fmt.Sprintf("%s, %s allowed", Plural(b.Found, "line"), lint.FormatCount(b.Lines))
	}
	return fmt.Sprintf("%s of the lines, %g%% allowed", share(b.Found, b.Read), 100*b.Share)
}
