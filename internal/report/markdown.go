package report

import (
	"fmt"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// markdown writes a summary for the page of a CI job. GitHub takes 1 MiB, together
// with what other commands of the step have written.
//
// Whatever may come from the data stands in <code>, with what could be markup as
// character references: it cannot become a link, a cell, an element or a mention.
type markdown struct{ *writer }

func openMarkdown(w *writer) Report { return &markdown{w} }

// Finding is not called: the result has all that is written.
func (*markdown) Finding(*lint.Finding) error { return nil }

// Bounds of a summary. Together they keep it well below the limit, whatever the data
// has: a character takes at most six bytes.
const (
	maxSummaryFiles  = 50
	maxSummaryRules  = 200
	maxSummaryGroups = 40
	maxSummaryName   = 100
	maxSummaryText   = 400
)

// Finish writes everything.
func (m *markdown) Finish(r *lint.Result) error {
	verdict, says := m.outcome(r)
	m.print("## ftlint: ", verdict, "\n\n", says, "\n\n")
	m.print(Plural(int64(len(r.Files)), "file"), " · ", Plural(r.Lines, "line"), " · ", Bytes(r.Bytes), " · profile ", m.Profile, "\n")
	m.rules(r)
	m.groups(r)
	m.files(r)
	return m.flush()
}

// markup are the characters that mean something in GitHub's Markdown, HTML or both,
// within a line.
const markup = "&<>\\`*_~[]|@#:$!^"

// code writes text of the data.
func code(s string, most int) string {
	var b strings.Builder
	b.WriteString("<code>")
	before := rune(0)
	for _, r := range term.Sanitize(shortened(s, most)) {
		if strings.ContainsRune(markup, r) || r == '.' && before|0x20 == 'w' { // www. begins a link
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
		before = r
	}
	b.WriteString("</code>")
	return b.String()
}

// rules writes the exact totals of each rule.
func (m *markdown) rules(r *lint.Result) {
	n := 0
	for i := range r.Rules {
		t := &r.Rules[i]
		if t.Severity < m.Level {
			continue
		}
		if n++; n > maxSummaryRules {
			continue
		}
		if n == 1 {
			m.print("\n| level | rule | what | findings | lines | share | first | fix |\n|---|---|---|--:|--:|--:|---|---|\n")
		}
		first := t.FirstFile
		lines, part := "-", "-"
		if t.FirstLine > 0 {
			first += fmt.Sprintf(":%d", t.FirstLine)
			lines, part = lint.FormatCount(t.Lines), share(t.Lines, r.Lines)
		}
		m.print("| ", t.Severity.String(), " | ", t.Rule.ID, " ", t.Rule.Name, " | ", cell(t.Rule.Doc.Title),
			" | ", lint.FormatCount(t.Findings), " | ", lines, " | ", strings.ReplaceAll(part, "<", "&lt;"), " | ", code(first, maxSummaryName), " | ", fixCell(t), " |\n")
	}
	if n > maxSummaryRules {
		m.print("\n", Plural(int64(n-maxSummaryRules), "more rule"), "\n")
	}
}

// cell makes text of ours fit a table.
func cell(s string) string {
	return strings.NewReplacer("|", "&#124;", "<", "&lt;", ">", "&gt;", "*", "&#42;", "_", "&#95;", "`", "&#96;", "[", "&#91;", "@", "&#64;").Replace(s)
}

// groups writes the first finding of each group, those that matter most.
func (m *markdown) groups(r *lint.Result) {
	all := byWeight(m.gather(r))
	for i, g := range all {
		if i == maxSummaryGroups {
			m.print("\n", Plural(int64(len(all)-i), "more group"), "\n")
			break
		}
		if i == 0 {
			m.print("\n### First of each group\n\n")
		}
		f := &g.Findings[0]
		m.print("- ", f.Severity.String(), " ", f.Rule.ID, " ", code(place(f), maxSummaryName), " ", code(message(f), maxSummaryText))
		if len(g.files) > 0 {
			m.print(", and in ", Plural(int64(len(g.files)), "more file"))
		} else if n := g.Lines - 1; n > 0 {
			m.print(", and on ", Plural(n, "more line"))
		}
		m.print("\n")
		if m.Snippets && f.Column > 0 {
			line, _, _ := term.Clip(f.Snippet.Text, f.Snippet.Start, f.Snippet.End, maxSummaryName)
			m.print("  <br>", code(line, 2*maxSummaryName), "\n")
		}
	}
}

// files writes what each file was taken for, and whether it was read.
func (m *markdown) files(r *lint.Result) {
	m.print("\n### Files\n\n| file | lines | errors | warnings | taken for |\n|---|--:|--:|--:|---|\n")
	for i := range r.Files {
		if i == maxSummaryFiles {
			m.print("\n", Plural(int64(len(r.Files)-i), "more file"), "\n")
			break
		}
		f := &r.Files[i]
		m.print("| ", code(f.Name, maxSummaryName), " | ", lint.FormatCount(f.Lines), " | ", lint.FormatCount(f.Findings[lint.Error]),
			" | ", lint.FormatCount(f.Findings[lint.Warning]), " | ")
		if f.Err != nil {
			m.print("not read to its end: ", code(f.Err.Error(), maxSummaryText), " |\n")
		} else {
			m.print(cell(ReadAs(f)), " |\n")
		}
	}
}
