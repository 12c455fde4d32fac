package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
)

// text writes findings in groups, then a table of rules, then the verdict.
type text struct {
	*writer
	style term.Style
	full  bool // every finding was written as it came
}

func openText(w *writer) Report { return &text{writer: w, style: term.NewStyle(w.Color)} }

func openFull(w *writer) Report { return &text{writer: w, style: term.NewStyle(w.Color), full: true} }

// Finding writes one finding in detail (format full).
func (t *text) Finding(f *lint.Finding) error {
	if f.Severity < t.Level {
		return nil
	}
	t.detail(f, nil)
	t.print("\n")
	return t.flushIfFull()
}

// shownGroup is a group that is written.
type shownGroup struct {
	*lint.Group
	order   int      // among all groups, in file and line order
	ordinal int      // among the groups of its rule
	details string   // empty: a line has to do
	files   []string // further files of which the same is true as a whole
}

const (
	// flood is the number of findings above which everything has to fit a page.
	flood = 1000
	// page is the number of its lines.
	page = 58
	// perRuleInFlood is how many groups of a rule are shown in a flood.
	perRuleInFlood = 3
)

// Finish writes everything.
func (t *text) Finish(r *lint.Result) error {
	if !t.full {
		t.groups(r)
	}
	t.summary(r)
	t.fixed(r)
	t.table(r)
	t.verdict(r)
	return t.flush()
}

// fixed writes what was fixed before the check.
func (t *text) fixed(r *lint.Result) {
	f := r.Fixed
	switch {
	case f == nil:
		return
	case len(f.Files) == 0 && unreadFiles(r) > 0:
		t.print("no file was changed\n")
	case len(f.Files) == 0:
		t.print("nothing to fix: no file was changed\n")
	default:
		var rules []string
		for _, r := range f.Rules {
			rules = append(rules, r.Rule.ID+" "+lint.FormatCount(r.Findings))
		}
		t.wrapped("", fmt.Sprintf("fixed %s in %s: %s", Plural(f.Count(), "finding"), someFiles(f.Files), strings.Join(rules, ", ")))
	}
	if f.Rejected > 0 {
		t.print(Plural(f.Rejected, "line"), " dropped\n")
	}
	if f.Unstable > 0 {
		t.print(Plural(f.Unstable, "line"), fmt.Sprintf(" left as they were: not at rest after %d passes\n", lint.MaxPasses))
	}
}

// someFiles names a file, or says how many there are.
func someFiles(names []string) string {
	if len(names) == 1 {
		return term.Sanitize(names[0])
	}
	return Plural(int64(len(names)), "file")
}

// groups writes the groups that matter most: errors before the rest, the first
// group of each rule before the second of any, so that one rare defect shows
// among a million of another.
func (t *text) groups(r *lint.Result) {
	all := t.gather(r)
	shown := byWeight(all)
	flooded := t.MaxGroups > 0 && r.Count(lint.Info) > flood
	if flooded {
		shown = slices.DeleteFunc(shown, func(g *shownGroup) bool { return g.ordinal >= perRuleInFlood })
	}
	if t.MaxGroups > 0 && len(shown) > t.MaxGroups {
		shown = shown[:t.MaxGroups]
	}
	hidden := len(all) - len(shown)
	// Information gets a line; so does, in a flood, what would not fit the page
	// together with the table of rules.
	room := page - len(shown) - len(r.Rules) - min(len(r.Files), manyFiles)
	for _, g := range shown {
		if g.Findings[0].Severity == lint.Info && t.MaxGroups > 0 {
			continue
		}
		details := t.details(g)
		height := strings.Count(details, "\n")
		if !flooded || height <= room {
			g.details = details
			room -= height
		}
	}
	slices.SortFunc(shown, func(a, b *shownGroup) int { return cmp.Compare(a.order, b.order) })
	brief := 0
	for _, g := range shown {
		t.print(g.details)
		if g.details == "" {
			brief++
		}
	}
	for _, g := range shown {
		if g.details == "" {
			t.brief(g)
		}
	}
	if brief > 0 {
		t.print("\n")
	}
	if hidden > 0 {
		t.print(t.style.Dim(Plural(int64(hidden), "group")+" more: --max-groups 0, or all of them: --output full"), "\n\n")
	}
}

// gather returns the groups that are of the level, in file and line order. What
// is true of several files as a whole is one group.
func (w *writer) gather(r *lint.Result) []*shownGroup {
	var all []*shownGroup
	perRule := map[*lint.Rule]int{}
	wholeFile := map[[2]string]*shownGroup{} // by rule and message
	for i := range r.Files {
		groups := slices.Clone(r.Files[i].Groups)
		slices.SortStableFunc(groups, func(a, b *lint.Group) int {
			return cmp.Compare(lineOrder(a), lineOrder(b))
		})
		for _, g := range groups {
			f := &g.Findings[0]
			if f.Severity < w.Level {
				continue
			}
			if same := wholeFile[[2]string{f.Rule.ID, f.Message}]; same != nil && f.Line == 0 {
				same.files = append(same.files, f.File)
				continue
			}
			shown := &shownGroup{Group: g, order: len(all), ordinal: perRule[f.Rule]}
			if f.Line == 0 {
				wholeFile[[2]string{f.Rule.ID, f.Message}] = shown
			}
			all = append(all, shown)
			perRule[f.Rule]++
		}
	}
	return all
}

// byWeight returns the groups that matter most first.
func byWeight(all []*shownGroup) []*shownGroup {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *shownGroup) int {
		return cmp.Or(
			cmp.Compare(b.Findings[0].Severity, a.Findings[0].Severity),
			cmp.Compare(a.ordinal, b.ordinal),
			cmp.Compare(a.order, b.order))
	})
	return sorted
}

// lineOrder puts what concerns a whole file behind its lines.
func lineOrder(g *lint.Group) uint64 { return uint64(g.Findings[0].Line) - 1 }

// details writes a group as detail does, with all the findings that it keeps.
func (t *text) details(g *shownGroup) string {
	before := len(t.buf)
	for i := range t.shown(g.Findings) {
		if i == 0 {
			t.detail(&g.Findings[i], g)
		} else {
			t.detail(&g.Findings[i], nil)
		}
		t.print("\n")
	}
	written := string(t.buf[before:])
	t.buf = t.buf[:before]
	return written
}

func (t *text) level(s lint.Severity) string {
	switch s {
	case lint.Error:
		return t.style.Red("error")
	case lint.Warning:
		return t.style.Yellow("warning")
	}
	return t.style.Blue("info")
}

// message writes the path and what is wrong there.
func message(f *lint.Finding) string {
	if f.Path == "" {
		return term.Sanitize(f.Message)
	}
	return term.Sanitize(f.Path + ": " + f.Message)
}

// detail writes a finding: where, what, the line, and of a group how many more.
func (t *text) detail(f *lint.Finding, g *shownGroup) {
	t.print(t.style.Bold(term.Sanitize(place(f))), "  ", t.level(f.Severity), " ", f.Rule.ID, " ", f.Rule.Name, "\n")
	t.wrapped("  ", message(f))
	if t.Snippets && f.Column > 0 {
		t.snippet(f)
	}
	switch {
	case g == nil:
	case len(g.files) > 0:
		t.wrapped("  ", fmt.Sprintf("%d files: %s, %s", len(g.files)+1, term.Sanitize(f.File), someOf(g.files)))
	case g.Lines > 1 || g.Count > g.Lines:
		t.print("  ", t.style.Dim(more(g.Group)), "\n")
	}
	help := "help: " + f.Rule.Doc.Help + map[lint.FixKind]string{lint.SafeFix: " (--fix)", lint.UnsafeFix: " (--unsafe-fixes)"}[f.Fix]
	explain := "ftlint rule " + f.Rule.ID
	if width := 2 + term.StringWidth(help) + 3 + len(explain); width <= t.Width {
		t.print("  ", help, "   ", t.style.Dim(explain), "\n")
	} else {
		t.wrapped("  ", help)
	}
}

// someOf lists the first few names.
func someOf(names []string) string {
	const few = 3
	for i, name := range names {
		names[i] = term.Sanitize(name)
	}
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:few], ", ") + " …"
}

// more writes how many findings a group has, and where.
func more(g *lint.Group) string {
	var b strings.Builder
	if g.OtherKeys {
		return fmt.Sprintf("%s with this key or others: %d … %d", Plural(g.Count, "finding"), g.First[0], g.Last)
	}
	if g.Count > g.Lines {
		b.WriteString(Plural(g.Count, "finding") + " on ")
	}
	if g.First[0] == 0 {
		return b.String() + "the whole file"
	}
	b.WriteString(Plural(g.Lines, "line") + ":")
	for i, line := range g.First {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %d", line)
	}
	if n := int64(len(g.First)); g.Lines == n+1 {
		fmt.Fprintf(&b, ", %d", g.Last)
	} else if g.Lines > n {
		fmt.Fprintf(&b, " … %d", g.Last)
	}
	return b.String()
}

// snippet writes the line, clipped around the finding, with a caret below it.
func (t *text) snippet(f *lint.Finding) {
	const gutter = 9 // "       │ "
	line, column, width := term.Clip(f.Snippet.Text, f.Snippet.Start, f.Snippet.End, max(20, t.Width-gutter))
	t.print("       ", t.style.Dim("│"), " ", line, "\n")
	t.print("       ", t.style.Dim("╵"), " ", strings.Repeat(" ", column), t.style.Red(strings.Repeat("^", width)), "\n")
}

// wrapped writes text, broken at spaces to fit the width.
func (t *text) wrapped(indent, s string) {
	var b strings.Builder
	wrap.Write(&b, indent, indent, s, t.Width)
	t.print(b.String())
}

// brief writes a group in one line.
func (t *text) brief(g *shownGroup) {
	f := &g.Findings[0]
	tail := ""
	switch {
	case g.OtherKeys:
		tail = " (" + Plural(g.Count, "finding") + " with other keys)"
	case len(g.files) > 0:
		tail = fmt.Sprintf(" (%d files)", len(g.files)+1)
	case g.Lines > 1:
		tail = " (" + Plural(g.Lines, "line") + ")"
	}
	head := term.Sanitize(place(f)) + " "
	// The name says in the fewest words what is wrong: the rest may be cut off.
	name := " " + f.Rule.ID + " " + f.Rule.Name + " "
	room := t.Width - term.StringWidth(head) - len(f.Severity.String()) - len(name) - len(tail)
	body := message(f)
	if room < max(len(f.Path)+1, 12) {
		name, body = strings.TrimRight(name, " "), ""
	}
	t.print(head, t.level(f.Severity), name, clipText(body, room), t.style.Dim(tail), "\n")
}

// clipText shortens s to width columns.
func clipText(s string, width int) string {
	if term.StringWidth(s) <= width {
		return s
	}
	used := 0
	for i, r := range s {
		if used += term.StringWidth(string(r)); used > width-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// manyFiles is the number of files above which they are not listed one by one.
const manyFiles = 8

// summary writes what was read, and as what.
func (t *text) summary(r *lint.Result) {
	t.print(Plural(int64(len(r.Files)), "file"), " · ", Plural(r.Lines, "line"), " · ", Bytes(r.Bytes))
	if t.Elapsed != nil {
		t.elapsed(r, t.Elapsed())
	}
	t.print("\n")
	all := totalsOf(allFigures(r))
	t.tokenTotal(&all)
	if len(r.Files) <= manyFiles {
		for i := range r.Files {
			f := &r.Files[i]
			t.print(t.style.Dim("  "+term.Sanitize(f.Name)+": "+ReadAs(f)), "\n")
			t.fileTokens(f)
		}
	}
	t.tokenBasis(&all)
}

// ReadAs says what a file was taken for.
func ReadAs(f *lint.FileResult) string {
	switch {
	case f.Err != nil && f.Lines == 0:
		return "not read"
	case !f.Form.Lines():
		return f.Form.String()
	case f.Lines == f.Blank:
		return "empty"
	}
	s := f.Settings.Method.String()
	switch {
	case s == "":
		return f.Format.String() + " format: not checked as a dataset"
	case f.Settings.Declared:
		s += " (as declared)"
	default:
		s += " (detected)"
	}
	if f.Settings.Validation {
		return s + ", validation"
	}
	return s + ", training"
}

// table writes the exact totals of each rule.
func (t *text) table(r *lint.Result) {
	rows := [][]string{{"rule", "name", "level", "lines", "share", "first", "fix"}}
	for i := range r.Rules {
		total := &r.Rules[i]
		if total.Severity < t.Level {
			continue
		}
		first := "file"
		if total.FirstLine > 0 {
			first = fmt.Sprint(total.FirstLine)
		}
		if len(r.Files) > 1 {
			first = filepath.Base(term.Sanitize(total.FirstFile)) + strings.TrimSuffix(":"+first, ":file")
		}
		lines, part := lint.FormatCount(total.Lines), share(total.Lines, r.Lines)
		if total.FirstLine == 0 {
			lines, part = "-", "-"
		}
		rows = append(rows, []string{
			total.Rule.ID, total.Rule.Name, total.Severity.String(), lines, part, first, fixCell(total),
		})
	}
	if len(rows) == 1 {
		return
	}
	const firstColumn = 5
	width := make([]int, len(rows[0]))
	measure := func() (all int) {
		clear(width)
		for _, row := range rows {
			for i, cell := range row {
				width[i] = max(width[i], term.StringWidth(cell))
			}
		}
		for _, w := range width {
			all += 2 + w
		}
		return all
	}
	if over := measure() - t.Width; over > 0 {
		// The names of files give way; the numbers of the lines stay.
		room := max(16, width[firstColumn]-over)
		for _, row := range rows {
			if term.StringWidth(row[firstColumn]) > room {
				name, line := row[firstColumn], ""
				if i := strings.LastIndexByte(name, ':'); i >= 0 {
					name, line = name[:i], name[i:]
				}
				row[firstColumn] = clipText(name, max(1, room-len(line))) + line
			}
		}
		measure()
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-term.StringWidth(cell))
			if right := 3 <= i && i <= 5; right {
				b.WriteString("  " + pad + cell)
			} else {
				b.WriteString("  " + cell + pad)
			}
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 {
			line = t.style.Dim(line)
		}
		t.print(line, "\n")
	}
}

// verdict writes the last line: what came of it.
func (t *text) verdict(r *lint.Result) {
	verdict, says := t.outcome(r)
	paint := t.style.Red
	if verdict == "PASS" {
		paint = t.style.Green
	}
	t.print(paint(verdict), "  ", says, "\n")
}

// unreadFiles counts the files that were not read to their end.
func unreadFiles(r *lint.Result) (n int64) {
	for i := range r.Files {
		if r.Files[i].Err != nil {
			n++
		}
	}
	return n
}

// Write lets fmt write into the report.
func (w *writer) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}
