package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// junit writes a test report: a suite for each file, with a case for each rule that
// found something and one for the file having been read to its end, which is what
// passes of a clean file. Rules that found nothing have no case.
type junit struct{ *writer }

func openJUnit(w *writer) Report { return &junit{w} }

// Finding is not called: the result has all that is written.
func (*junit) Finding(*lint.Finding) error { return nil }

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Class     string        `xml:"classname,attr"`
	File      string        `xml:"file,attr"`
	Failure   *junitTrouble `xml:"failure"`
	Error     *junitTrouble `xml:"error"`
	SystemOut string        `xml:"system-out,omitempty"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// Finish writes the report, a suite at a time. Totals come first, so they are counted
// before.
func (j *junit) Finish(r *lint.Result) error {
	tests, failures, errors := 0, 0, 0
	for i := range r.Files {
		s := j.suite(r, &r.Files[i])
		tests, failures, errors = tests+s.Tests, failures+s.Failures, errors+s.Errors
	}
	j.print(xml.Header, fmt.Sprintf(`<testsuites name="ftlint" tests="%d" failures="%d" errors="%d">`, tests, failures, errors), "\n")
	for i := range r.Files {
		text, err := xml.MarshalIndent(j.suite(r, &r.Files[i]), "  ", "  ")
		if err != nil {
			return err
		}
		// A line end in text may stand as it is. Attributes have none.
		j.print(strings.ReplaceAll(string(text), "&#xA;", "\n"), "\n")
		if err := j.flushIfFull(); err != nil {
			return err
		}
	}
	j.print("</testsuites>\n")
	return j.flush()
}

// suite makes the suite of a file.
func (j *junit) suite(r *lint.Result, f *lint.FileResult) *junitSuite {
	path, _ := j.fromRoot(f.Name)
	path = term.Sanitize(path) // XML has no way to write control characters
	s := &junitSuite{Name: path}
	read := junitCase{Name: "read to its end", Class: path, File: path}
	if f.Err != nil {
		read.Error = &junitTrouble{Message: unreadError(f), Type: "unread"}
		s.Errors++
	}
	s.Cases = append(s.Cases, read)

	byRule := map[*lint.Rule][]*lint.Group{}
	var rules []*lint.Rule
	for _, g := range f.Groups {
		first := &g.Findings[0]
		if first.Severity < j.Level {
			continue
		}
		if byRule[first.Rule] == nil {
			rules = append(rules, first.Rule)
		}
		byRule[first.Rule] = append(byRule[first.Rule], g)
	}
	slices.SortFunc(rules, func(a, b *lint.Rule) int { return cmp.Compare(a.ID, b.ID) })
	for _, rule := range rules {
		c := j.ruleCase(path, rule, byRule[rule], r)
		if c.Failure != nil {
			s.Failures++
		}
		s.Cases = append(s.Cases, c)
	}
	s.Tests = len(s.Cases)
	return s
}

// maxCaseGroups is how many groups of a rule a case tells.
const maxCaseGroups = 20

// ruleCase makes the case of a rule that found something. It fails if some of that
// makes the run fail.
func (j *junit) ruleCase(path string, rule *lint.Rule, groups []*lint.Group, r *lint.Result) junitCase {
	c := junitCase{Name: rule.ID + " " + rule.Name, Class: path, File: path}
	slices.SortStableFunc(groups, func(a, b *lint.Group) int {
		return cmp.Or(cmp.Compare(b.Findings[0].Severity, a.Findings[0].Severity), cmp.Compare(lineOrder(a), lineOrder(b)))
	})
	var text strings.Builder
	all := int64(0)
	for i, g := range groups {
		all += g.Count
		if i >= maxCaseGroups {
			continue
		}
		f := &g.Findings[0]
		fmt.Fprintf(&text, "%s  %s: %s\n", term.Sanitize(place(f)), f.Severity, clippedMessage(f))
		if g.Lines > 1 || g.Count > g.Lines {
			fmt.Fprintf(&text, "  %s\n", more(g))
		}
	}
	if n := len(groups) - maxCaseGroups; n > 0 {
		fmt.Fprintf(&text, "and %s\n", Plural(int64(n), "more group"))
	}
	fmt.Fprintf(&text, "help: %s\n", rule.Doc.Help)
	worst := groups[0].Findings[0].Severity
	fails := j.FailOn != lint.Off && worst >= j.FailOn && !r.Tolerates(rule.ID)
	if !fails && !r.OverBudget(rule.ID) {
		c.SystemOut = Plural(all, "finding") + "\n" + text.String()
		return c
	}
	c.Failure = &junitTrouble{Message: Plural(all, "finding") + ": " + rule.Doc.Title, Type: worst.String(), Text: text.String()}
	return c
}
