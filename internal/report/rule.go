package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// RuleText explains rules to a person at a terminal.
func RuleText(out io.Writer, rules []*lint.Rule, options Options) error {
	t := &text{writer: &writer{Options: options, out: out}, style: term.NewStyle(options.Color)}
	if t.Width <= 0 {
		t.Width = 80
	}
	for i, rule := range rules {
		if i > 0 {
			t.print("\n")
		}
		t.print(t.style.Bold(rule.ID+" "+rule.Name), "\n")
		t.wrapped("", rule.Doc.Title+".")
		t.print("\n")
		for _, fact := range ruleFacts(rule) {
			t.print("  ", t.style.Dim(fmt.Sprintf("%-9s", fact[0])), " ", fact[1], "\n")
		}
		t.print("\n")
		t.wrapped("", rule.Doc.Why)
		t.print("\n")
		t.wrapped("", "What to do: "+rule.Doc.Help+".")
		bad, good := shownSamples(&rule.Doc)
		t.samples(reportedTitle(&rule.Doc), bad, good)
		t.samples("Fine", good, bad)
		for _, ref := range rule.Doc.Refs {
			t.print("\n", ref, "\n")
		}
	}
	return t.flush()
}

// sampleLines is how many lines of a sample file are shown.
const sampleLines = 6

// shownSamples returns the lines that show a rule: what it reports and what it
// does not. There are none where the two look alike, because the difference is
// in the length of the file or in the settings.
func shownSamples(doc *lint.Doc) (bad, good []string) {
	bad, good = sampleOf(doc.Bad, doc.BadFile), sampleOf(doc.Good, doc.GoodFile)
	if slices.Equal(bad, good) {
		return nil, nil
	}
	return bad, good
}

// reportedTitle is the heading of what a rule reports, with the settings that it
// depends on.
func reportedTitle(doc *lint.Doc) string {
	if doc.BadFile != nil && doc.BadFile.Under != "" {
		return "Reported, " + doc.BadFile.Under
	}
	return "Reported"
}

func sampleOf(lines []string, file *lint.Sample) []string {
	if file == nil || len(lines) > 0 {
		return lines
	}
	content := strings.TrimRight(file.Content(), "\n")
	if content == "" {
		return []string{"(an empty file)"}
	}
	lines = strings.Split(content, "\n")
	if len(lines) > sampleLines {
		lines = append(lines[:sampleLines:sampleLines], "…")
	}
	return lines
}

func (t *text) samples(title string, lines, others []string) {
	if len(lines) == 0 {
		return
	}
	t.print("\n", t.style.Bold(title), "\n")
	width := max(t.Width-2, 20)
	clipped := clipSamples(lines, others, width)
	for i, line := range lines {
		whole := term.Sanitize(nameInvisible(line))
		if term.StringWidth(whole) > wholeSampleLines*width {
			t.print("  ", clipped[i], "\n")
			continue
		}
		for whole != "" {
			part := fitting(whole, width)
			t.print("  ", part, "\n")
			whole = whole[len(part):]
		}
	}
}

// wholeSampleLines is how many lines of a terminal a sample may take before it
// is clipped.
const wholeSampleLines = 6

// fitting returns the beginning of s that fits width columns, one character at
// the least.
func fitting(s string, width int) string {
	used := 0
	for i, r := range s {
		if used += term.StringWidth(string(r)); used > width && i > 0 {
			return s[:i]
		}
	}
	return s
}

// clipSamples shortens sample lines to width columns, around the place where
// each begins to differ from its like among the others: what a rule is about
// is seldom at the beginning of a line.
func clipSamples(lines, others []string, width int) []string {
	shown := make([]string, len(lines))
	for i, line := range lines {
		line = nameInvisible(line)
		start, end := 0, 0
		if len(others) > 0 {
			start, end = difference(line, nameInvisible(others[min(i, len(others)-1)]))
		}
		if s := term.Sanitize(line); term.StringWidth(s) <= width {
			shown[i] = s
		} else {
			shown[i], _, _ = term.Clip([]byte(line), start, end, width)
		}
	}
	return shown
}

// nameInvisible writes characters that cannot be shown as <U+0009>: the escapes
// of a terminal would look like those of JSON.
func nameInvisible(s string) string {
	var b strings.Builder
	for i, r := range s {
		_, n := utf8.DecodeRuneInString(s[i:])
		if c := s[i : i+n]; r != utf8.RuneError && term.Sanitize(c) != c {
			fmt.Fprintf(&b, "<U+%04X>", r)
		} else {
			b.WriteString(c)
		}
	}
	return b.String()
}

// difference returns the part of s that is not in other: what is left of it
// without the beginning and the end that the two share. It is 0, 0 where they
// are the same.
func difference(s, other string) (start, end int) {
	if s == other {
		return 0, 0
	}
	for start < min(len(s), len(other)) && s[start] == other[start] {
		start++
	}
	end = len(s)
	for n := len(other); end > start && n > start && s[end-1] == other[n-1]; n-- {
		end--
	}
	return start, end
}

// ruleFacts are the facts about a rule that fit a line each.
func ruleFacts(rule *lint.Rule) [][2]string {
	level := rule.Severity.String()
	switch {
	case rule.OnlyWith != "" && rule.Severity == lint.Off:
		level = "warning, only with " + rule.OnlyWith
	case rule.OnlyWith != "":
		level += ", only with " + rule.OnlyWith
	case rule.Severity == lint.Off:
		level = "off (runs where it is selected by its id or name)"
	}
	if rule.Strict != lint.Off && rule.Strict != rule.Severity {
		level += ", " + rule.Strict.String() + " in azure-strict"
	}
	evidence := rule.Evidence.String()
	if rule.Evidence.Advice() {
		evidence += ": advice, not known to be refused by a service"
	}
	fix := map[lint.FixKind]string{
		lint.NoFix:     "by hand",
		lint.SafeFix:   "safe: what is trained cannot change",
		lint.UnsafeFix: "unsafe: examples, messages or text change",
	}[rule.Fix]
	return [][2]string{
		{"level", level},
		{"services", strings.ReplaceAll(rule.Providers.String(), "+", ", ")},
		{"methods", strings.ReplaceAll(rule.Methods.String(), "+", ", ")},
		{"evidence", evidence},
		{"fix", fix},
		{"since", rule.Since},
	}
}

// RuleMarkdown explains rules as a page of documentation.
func RuleMarkdown(out io.Writer, rules []*lint.Rule) error {
	var b strings.Builder
	for i, rule := range rules {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "# %s %s\n\n%s.\n\n| | |\n|---|---|\n", rule.ID, rule.Name, rule.Doc.Title)
		for _, fact := range ruleFacts(rule) {
			fmt.Fprintf(&b, "| %s | %s |\n", fact[0], fact[1])
		}
		fmt.Fprintf(&b, "\n## Why\n\n%s\n\n## What to do\n\n%s.\n", rule.Doc.Why, capital(rule.Doc.Help))
		bad, good := shownSamples(&rule.Doc)
		markdownSamples(&b, reportedTitle(&rule.Doc), bad, good)
		markdownSamples(&b, "Fine", good, bad)
		if len(rule.Doc.Refs) > 0 {
			b.WriteString("\n## Sources\n\n")
			for _, ref := range rule.Doc.Refs {
				fmt.Fprintf(&b, "- <%s>\n", ref)
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func markdownSamples(b *strings.Builder, title string, lines, others []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n```json\n%s\n```\n", title, strings.Join(clipSamples(lines, others, maxSampleLine), "\n"))
}

// maxSampleLine is how many columns of a sample line a page shows.
const maxSampleLine = 400

type jsonRuleDoc struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Severity  string   `json:"severity"`
	Strict    string   `json:"severity_azure_strict,omitempty"`
	Services  []string `json:"services"`
	Methods   []string `json:"methods"`
	Evidence  []string `json:"evidence"`
	Advice    bool     `json:"advice"`
	Fix       string   `json:"fix"`
	Since     string   `json:"since"`
	Why       string   `json:"why"`
	Help      string   `json:"help"`
	Bad       []string `json:"bad,omitempty"`
	Good      []string `json:"good,omitempty"`
	Reference []string `json:"references,omitempty"`
}

// RuleJSON writes rules as an array of objects.
func RuleJSON(out io.Writer, rules []*lint.Rule) error {
	docs := []jsonRuleDoc{}
	for _, r := range rules {
		doc := jsonRuleDoc{
			ID: r.ID, Name: r.Name, Title: r.Doc.Title, Severity: r.Severity.String(),
			Services: strings.Split(r.Providers.String(), "+"), Methods: strings.Split(r.Methods.String(), "+"),
			Evidence: strings.Split(r.Evidence.String(), ", "), Advice: r.Evidence.Advice(), Fix: r.Fix.String(), Since: r.Since,
			Why: r.Doc.Why, Help: r.Doc.Help, Bad: r.Doc.Bad, Good: r.Doc.Good, Reference: r.Doc.Refs,
		}
		if r.Strict != lint.Off {
			doc.Strict = r.Strict.String()
		}
		docs = append(docs, doc)
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(docs)
}

// RuleTable lists rules, a line each.
func RuleTable(out io.Writer, rules []*lint.Rule, options Options) error {
	t := &text{writer: &writer{Options: options, out: out}, style: term.NewStyle(options.Color)}
	name := 0
	for _, r := range rules {
		name = max(name, len(r.Name))
	}
	for _, r := range rules {
		head := fmt.Sprintf("%s  %-*s  %-7s  ", r.ID, name, r.Name, r.Severity)
		t.print(head, clipText(r.Doc.Title, max(20, options.Width-len(head))), "\n")
	}
	return t.flush()
}
