package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// diffText writes what became of the examples, for people.
type diffText struct {
	text
	diff *Diff
}

func openDiffText(w *writer, d *Diff) Report {
	return &diffText{text{writer: w, style: term.NewStyle(w.Color)}, d}
}

// Finding is not called: there are no findings.
func (*diffText) Finding(*lint.Finding) error { return nil }

// Finish writes everything.
func (t *diffText) Finish(r *lint.Result) error {
	d := t.diff
	t.version("old", d.Old)
	t.version("new", d.New)
	t.print("\n")
	if d.Empty() {
		t.wrapped("", "No differences: "+Plural(int64(d.Same), "example")+", the same in both.")
		t.print("\n")
	}
	t.table()
	t.job()
	t.others()
	if err := t.changed(); err != nil {
		return err
	}
	if err := t.list("removed", d.Removed, d.Diff.Old, d.OldLines, t.style.Red); err != nil {
		return err
	}
	if err := t.list("added", d.Added, d.Diff.New, d.NewLines, t.style.Green); err != nil {
		return err
	}
	for _, why := range d.Untold {
		if t.Snippets {
			t.dimWrapped("", term.Sanitize(why))
		}
	}
	t.print(Plural(r.Lines, "line"), " · ", Bytes(r.Bytes))
	if t.Elapsed != nil {
		t.elapsed(r, t.Elapsed())
	}
	t.print("\n")
	all := d.basis()
	t.tokenBasis(&all)
	return t.flush()
}

// version writes what one of the two files is.
func (t *diffText) version(which string, f *lint.FileResult) {
	c := f.Figures.(*stats.Contents)
	t.titled(which+"  ", t.style.Dim, term.Sanitize(f.Name)+" · "+ReadAs(f)+" · "+Plural(c.Examples, "example"))
}

// signed writes a difference.
func signed(n int64) string {
	if n > 0 {
		return "+" + lint.FormatCount(n)
	}
	return lint.FormatCount(n)
}

// table writes how many examples and tokens there are of each kind.
func (t *diffText) table() {
	s := t.diff.sums()
	plain := func(name string, n stats.Sum) []string {
		return []string{name, lint.FormatCount(n.Examples), lint.FormatCount(n.Tokens), lint.FormatCount(n.Trained)}
	}
	change := func(name string, n stats.Sum) []string {
		return []string{name, signed(n.Examples), signed(n.Tokens), signed(n.Trained)}
	}
	changed := change("changed", less(s.after, s.before))
	changed[1] = lint.FormatCount(s.after.Examples)
	rows := [][]string{
		{"", "examples", "tokens", "trained"},
		plain("old", s.old),
		plain("the same", s.same),
		changed,
		change("removed", less(stats.Sum{}, s.removed)),
		change("added", s.added),
		plain("new", s.fresh),
	}
	if difference := less(s.fresh, s.old); difference != (stats.Sum{}) {
		rows = append(rows, change("difference", difference))
		if s.old.Examples > 0 {
			rows = append(rows, []string{
				"", percentMore(s.old.Examples, s.fresh.Examples), percentMore(s.old.Tokens, s.fresh.Tokens), percentMore(s.old.Trained, s.fresh.Trained),
			})
		}
	}
	t.columns("  ", rows, 1, 2, 3)
	t.print("\n")
}

// percentMore writes by how much there is more, or less.
func percentMore(old, fresh int64) string {
	if old == 0 || old == fresh {
		return ""
	}
	p := 100 * (float64(fresh)/float64(old) - 1)
	sign, p := "+", math.Abs(p)
	if fresh < old {
		sign = "-"
	}
	switch {
	case p < 0.01:
		return "<0.01%"
	case p < 1:
		return sign + strconv.FormatFloat(p, 'f', 2, 64) + "%"
	}
	return sign + strconv.FormatFloat(p, 'f', 1, 64) + "%"
}

// job writes what a job on each of the versions is like, and costs.
func (t *diffText) job() {
	if !t.diff.jobs() {
		t.dimWrapped("  ", "validation files cost nothing")
		t.print("\n")
		return
	}
	old, fresh := t.diff.versions()
	row := func(name string, a, b int64) []string {
		more := ""
		if a != b {
			more = signed(b - a)
		}
		return []string{name, lint.FormatCount(a), lint.FormatCount(b), more}
	}
	epochs := "epochs"
	if fresh.forecast.Auto {
		epochs += " (auto)"
	}
	rows := [][]string{
		{"job", "old", "new", "difference"},
		row(epochs, old.forecast.Epochs, fresh.forecast.Epochs),
		row("steps", old.forecast.Steps, fresh.forecast.Steps),
		row("billed tokens", old.forecast.Tokens, fresh.forecast.Tokens),
	}
	if old.forecast.Priced && fresh.forecast.Priced {
		rows = append(rows, []string{
			"cost, about", stats.Dollars(old.forecast.Dollars), stats.Dollars(fresh.forecast.Dollars),
			signedDollars(fresh.forecast.Dollars - old.forecast.Dollars),
		})
	}
	t.columns("  ", rows, 1, 2, 3)
	if !old.forecast.Priced || !fresh.forecast.Priced {
		t.dimWrapped("  ", "cost: "+charge(&fresh.file.Settings, &fresh.forecast.Charge))
	} else if source := fresh.forecast.PriceSource; source != "" {
		t.dimWrapped("  ", "price: "+term.Sanitize(source))
	}
	t.print("\n")
}

// signedDollars writes a difference of amounts.
func signedDollars(amount float64) string {
	switch {
	case amount > 0:
		return "+" + stats.Dollars(amount)
	case amount < 0:
		return "-" + stats.Dollars(-amount)
	}
	return ""
}

// others writes what became of lines that are no examples.
func (t *diffText) others() {
	d := t.diff
	a, b := d.Diff.Old, d.Diff.New
	if a.Others()+b.Others() == 0 {
		return
	}
	count := func(which string, c *stats.Contents) string {
		text := which + " has " + lint.FormatCount(int64(c.Others()))
		if n := invalid(c); n > 0 {
			text += " (" + lint.FormatCount(n) + " not JSON)"
		}
		return text
	}
	t.styleWrapped("  ", "lines that are no examples (ftlint check says why): "+count("old", a)+", "+count("new", b)+"; "+
		lint.FormatCount(int64(d.OthersSame))+" the same, "+lint.FormatCount(int64(len(d.OthersRemoved)))+" removed, "+
		lint.FormatCount(int64(len(d.OthersAdded)))+" added", t.style.Yellow)
	for _, part := range []struct {
		name  string
		lines []uint32
		of    *stats.Contents
	}{{"removed", d.OthersRemoved, a}, {"added", d.OthersAdded, b}} {
		if len(part.lines) > 0 {
			t.wrapped("    ", part.name+": "+t.lineRanges(len(part.lines), func(i int) int64 { return part.of.OtherAt(int(part.lines[i])).Line }))
		}
	}
	t.print("\n")
}

// lineRanges writes the numbers of n lines: 3, 5-9, 12.
func (t *diffText) lineRanges(n int, line func(i int) int64) string {
	var ranges []string
	shown := 0
	for i := 0; i < n && (t.diff.Most == 0 || len(ranges) < t.diff.Most); {
		first := line(i)
		last := first
		for i++; i < n && line(i) == last+1; i++ {
			last++
		}
		text := strconv.FormatInt(first, 10)
		if last > first {
			text += "-" + strconv.FormatInt(last, 10)
		}
		ranges, shown = append(ranges, text), i
	}
	text := "line " + strings.Join(ranges, ", ")
	if n > 1 {
		text = "lines " + strings.Join(ranges, ", ")
	}
	if shown < n {
		text += " and " + lint.FormatCount(int64(n-shown)) + " more"
	}
	return text
}

// more says how many examples of a list are not shown.
func (t *diffText) more(n int) {
	if most := t.diff.Most; most > 0 && n > most {
		t.dimWrapped("  ", "and "+lint.FormatCount(int64(n-most))+" more: --max-examples 0 shows all")
	}
}

// fromTo writes a number as it was and is.
func fromTo(old, fresh uint32) string {
	if old == fresh {
		return lint.FormatCount(int64(fresh))
	}
	return lint.FormatCount(int64(old)) + " → " + lint.FormatCount(int64(fresh))
}

// changed writes the examples that differ.
func (t *diffText) changed() error {
	d := t.diff
	if len(d.Changed) == 0 {
		return nil
	}
	t.titled("changed ", t.style.Bold, "· "+Plural(int64(len(d.Changed)), "example")+": "+d.kinds())
	if !t.Snippets {
		t.changedTable()
		return nil
	}
	for _, c := range shownOf(d, d.Changed) {
		a, b := d.Diff.Old.At(int(c.Old)), d.Diff.New.At(int(c.New))
		where := "line " + strconv.FormatInt(a.Line, 10)
		if a.Line != b.Line {
			where += " → " + strconv.FormatInt(b.Line, 10)
		}
		t.titled("  "+where+" ", t.style.Yellow, "· "+changeNames[c.What]+" · "+fromTo(a.Tokens, b.Tokens)+" tokens, "+fromTo(a.Trained, b.Trained)+" trained")
		t.within(d.OldLines[a.Line], d.NewLines[b.Line])
		if err := t.flushIfFull(); err != nil {
			return err
		}
	}
	t.more(len(d.Changed))
	t.print("\n")
	return nil
}

// titled writes text behind a title in a style, broken at spaces to fit the width.
func (t *diffText) titled(title string, paint func(string) string, says string) {
	const hang = "     "
	name := strings.TrimSpace(title)
	before, behind, _ := strings.Cut(title, name)
	var b strings.Builder
	wrap.Write(&b, title, hang, says, t.Width)
	t.print(before, paint(name), behind, strings.TrimPrefix(b.String(), title))
}

// changedTable writes the examples that differ without what they say, in a line each. The
// columns are those of a part at a time: there can be millions.
func (t *diffText) changedTable() {
	const part = 1000
	d := t.diff
	shown := shownOf(d, d.Changed)
	for some := range slices.Chunk(shown, part) {
		rows := [][]string{{"old line", "new line", "", "tokens", "trained"}}
		for _, c := range some {
			a, b := d.Diff.Old.At(int(c.Old)), d.Diff.New.At(int(c.New))
			rows = append(rows, []string{
				strconv.FormatInt(a.Line, 10), strconv.FormatInt(b.Line, 10), changeNames[c.What], fromTo(a.Tokens, b.Tokens), fromTo(a.Trained, b.Trained),
			})
		}
		t.columns("  ", rows, 0, 1, 3, 4)
	}
	t.more(len(d.Changed))
	t.print("\n")
}

const (
	// fewDifferences is how many places of an example are shown.
	fewDifferences = 3
	// diffIndent is what texts of examples stand behind.
	diffIndent = "      "
	// wordDiffLines is how many lines of a terminal a word diff takes at most.
	wordDiffLines = 4
)

// within writes what differs within an example.
func (t *diffText) within(old, fresh []byte) {
	switch {
	case old == nil && fresh == nil:
		return
	case old == nil:
		t.said(fresh)
		return
	case fresh == nil:
		t.said(old)
		return
	}
	a, isOld := parsed(old)
	b, isNew := parsed(fresh)
	if !isOld || !isNew {
		return
	}
	list := differences("", a, b, nil)
	if len(list) == 0 {
		t.dimWrapped("    ", "the values are the same: a key stands twice, or the line is faulty otherwise (ftlint check says more)")
	}
	for i, d := range list {
		if i == fewDifferences {
			t.dimWrapped("    ", "and "+Plural(int64(len(list)-i), "other place"))
			break
		}
		t.print("    ", t.style.Dim(clipText(term.Sanitize(t.masked(d.path)), max(20, t.Width-4))), "\n")
		t.difference(d)
	}
}

// difference writes what stood and stands at a place.
func (t *diffText) difference(d placeDiff) {
	switch {
	case d.old == nil:
		t.sign("+", t.style.Green, t.masked(*d.fresh), 0)
		return
	case d.fresh == nil:
		t.sign("-", t.style.Red, t.masked(*d.old), 0)
		return
	}
	old, fresh := t.masked(*d.old), t.masked(*d.fresh)
	if old == fresh {
		what := "what is masked differs (--show-secrets shows it)"
		if *d.old == *d.fresh {
			what = "not the text differs, but its type" // "1" and 1
		}
		t.dimWrapped(diffIndent, what)
		return
	}
	pieces := wordDiff(old, fresh)
	if !alike(pieces) {
		at := 0 // where they begin to differ
		if pieces[0].op == wordSame {
			at = len(pieces[0].text)
		}
		t.sign("-", t.style.Red, old, at)
		t.sign("+", t.style.Green, fresh, at)
		return
	}
	t.pieces(pieces)
}

// sign writes a text that was removed or added, in one line: its beginning if the byte at
// is seen there, or else what is around it.
func (t *diffText) sign(sign string, paint func(string) string, s string, at int) {
	room := max(20, t.Width-len(diffIndent)-2)
	if term.StringWidth(term.Sanitize(s[:at])) < room/2 {
		at = 0
	}
	shown, _, _ := term.Clip([]byte(s), at, len(s), room)
	t.print(diffIndent, paint(sign+" "+shown), "\n")
}

// pieces writes a word diff, clipped around what differs.
func (t *diffText) pieces(pieces []wordPiece) {
	const context, longest = 24, 120 // columns
	w := lineWriter{room: max(20, t.Width-len(diffIndent)), most: wordDiffLines}
	texts := make([]string, len(pieces))
	last := len(pieces) - 1
	left := w.room // of a line, for what is the same before and behind
	for i, p := range pieces {
		texts[i] = term.Sanitize(p.text)
		switch {
		case p.op == wordRemoved:
			texts[i] = "[-" + clipMiddle(texts[i], longest) + "-]"
		case p.op == wordAdded:
			texts[i] = "{+" + clipMiddle(texts[i], longest) + "+}"
		case i > 0 && i < last:
			texts[i] = clipMiddle(texts[i], 2*context)
		default:
			continue
		}
		left -= term.StringWidth(texts[i])
	}
	ends := [2]int{}
	if pieces[0].op == wordSame {
		ends[0] = term.StringWidth(texts[0])
	}
	if pieces[last].op == wordSame {
		ends[1] = term.StringWidth(texts[last])
	}
	before := max(context, left/2, left-ends[1])
	behind := max(context, left-min(before, ends[0]))
	for i, p := range pieces {
		switch {
		case p.op == wordRemoved:
			w.add(texts[i], t.style.Red)
		case p.op == wordAdded:
			w.add(texts[i], t.style.Green)
		case i == 0:
			w.add(clipLeft(texts[i], before), nil)
		case i == last:
			w.add(clipText(texts[i], behind), nil)
		default:
			w.add(texts[i], nil)
		}
	}
	for _, line := range w.finish() {
		t.print(diffIndent, line, "\n")
	}
}

// clipMiddle shortens s to width columns by its middle.
func clipMiddle(s string, width int) string {
	if term.StringWidth(s) <= width {
		return s
	}
	half := width / 2
	return clipText(s, half) + clipLeft(s, half)[len("…"):]
}

// lineWriter breaks text into lines wherever they are full.
type lineWriter struct {
	room, most int
	lines      []string
	line       strings.Builder
	used       int
	over       bool // there is more than fits
}

// add adds text in a style; nil is none.
func (w *lineWriter) add(s string, paint func(string) string) {
	put := func(part string) {
		if part == "" {
			return
		}
		if paint != nil {
			part = paint(part)
		}
		w.line.WriteString(part)
	}
	begin := 0
	for i, r := range s {
		if w.over {
			return
		}
		n := term.StringWidth(string(r))
		room := w.room
		if len(w.lines) == w.most-1 {
			room-- // for the mark that there is more
		}
		if w.used+n > room {
			put(s[begin:i])
			begin = i
			if len(w.lines) == w.most-1 {
				w.line.WriteString("…")
				w.over = true
				return
			}
			w.lines = append(w.lines, w.line.String())
			w.line.Reset()
			w.used = 0
		}
		w.used += n
	}
	put(s[begin:])
}

// finish returns the lines.
func (w *lineWriter) finish() []string {
	if w.line.Len() > 0 {
		w.lines = append(w.lines, w.line.String())
		w.line.Reset()
	}
	return w.lines
}

// list writes the examples that only one version has.
func (t *diffText) list(name string, numbers []uint32, c *stats.Contents, lines map[int64][]byte, paint func(string) string) error {
	if len(numbers) == 0 {
		return nil
	}
	t.titled(name+" ", t.style.Bold, "· "+Plural(int64(len(numbers)), "example"))
	if !t.Snippets {
		t.wrapped("  ", t.lineRanges(len(numbers), func(i int) int64 { return c.At(int(numbers[i])).Line }))
		t.print("\n")
		return nil
	}
	for _, i := range shownOf(t.diff, numbers) {
		e := c.At(int(i))
		t.titled("  line "+strconv.FormatInt(e.Line, 10)+" ", paint, "· "+Plural(int64(e.Tokens), "token")+", "+lint.FormatCount(int64(e.Trained))+" trained")
		t.said(lines[e.Line])
		if err := t.flushIfFull(); err != nil {
			return err
		}
	}
	t.more(len(numbers))
	t.print("\n")
	return nil
}

// mostSaid is how many messages of an example are shown.
const mostSaid = 4

// said writes what was asked and answered in an example, in a line each.
func (t *diffText) said(line []byte) {
	if line == nil {
		return
	}
	list := exchange(line)
	width := 0
	for _, s := range list[:min(mostSaid, len(list))] {
		width = max(width, min(12, utf8.RuneCountInString(s.who)))
	}
	for i, s := range list {
		if i == mostSaid {
			t.dimWrapped("    ", "and "+Plural(int64(len(list)-i), "further message"))
			break
		}
		who := clipText(term.Sanitize(t.masked(s.who)), 12)
		text := strings.Join(strings.Fields(t.masked(s.text)), " ")
		shown, _, _ := term.Clip([]byte(text), 0, 0, max(20, t.Width-4-width-2))
		t.print("    ", t.style.Dim(who), strings.Repeat(" ", max(0, width-term.StringWidth(who))+2), shown, "\n")
	}
}
