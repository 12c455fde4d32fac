package lint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Finding is one thing that a rule reports, ready to be shown.
type Finding struct {
	Rule     *Rule
	Severity Severity
	File     string
	Line     int64 // 1 is the first; 0: the file as a whole
	Column   int64 // in code points, 1 is the first; 0 where Line says it all
	// EndColumn is the column behind the finding, as Column; 0 where Column is 0.
	EndColumn int64
	Offset    int64  // bytes from the start of the decompressed file; -1 where there is none
	Length    int64  // bytes
	Path      string // JSON path, such as messages[3].content
	Shape     string // the path with its indexes replaced: messages[*].content
	Message   string // what is wrong, to be read after Path
	Reason    string // Message without its arguments: the same for all of a group
	Fix       FixKind
	Snippet   Snippet
	// Also are the other lines that it is about, such as the one that a line is a copy of.
	Also []Line
	// Pair is the text of its line and of the first of Also, for reports that show them.
	// Run leaves it to its caller.
	Pair [2][]byte
	// Fingerprint tells findings apart that are not of the same rule, shape of path and
	// line, whatever file and number the line has: 16 hexadecimal digits. It is empty
	// unless Options.Fingerprints is set.
	Fingerprint string
	// Edits are what the fix of the finding changes, if Options.Edits is set and they are
	// not too large. They are for the file as it is: those of two findings may touch.
	Edits []Edit
	// Image is the URL of the image that it is about, as it stands in the line: of the
	// first finding of a group, by a rule that shows images, and if Options.KeepImages
	// has room for it.
	Image []byte
}

// Line is a line of a file.
type Line struct {
	File string
	Line int64 // 1 is the first
}

// Snippet is the part of a line around a finding, as it stands in the file.
type Snippet struct {
	Text       []byte
	Start, End int  // of the finding in Text
	CutLeft    bool // the line goes on before Text
	CutRight   bool // the line goes on after Text
}

// snippetContext is how many bytes before and after a finding are kept: more
// than any terminal shows.
const snippetContext = 512

// snippet cuts what is around start and end out of line.
func snippet(line []byte, start, end int, mask func([]byte)) Snippet {
	from := max(0, start-snippetContext)
	to := min(len(line), max(min(end, start+snippetContext), start)+snippetContext)
	for from > 0 && !utf8.RuneStart(line[from]) && start-from < snippetContext+utf8.UTFMax {
		from--
	}
	return Snippet{
		Text:  masked(line, from, to, maskBefore, mask),
		Start: start - from, End: min(end, to) - from,
		CutLeft: from > 0, CutRight: to < len(line),
	}
}

// imageURL returns the inside of the JSON string that at stands in, if it has at most
// so many bytes.
func imageURL(line []byte, at, most int) []byte {
	if at >= len(line) {
		return nil
	}
	from := at
	if line[at] != '"' {
		from = bytes.LastIndexByte(line[:at], '"')
	}
	url := line[from+1:]
	to := bytes.IndexByte(url, '"')
	if to < 0 || to > most {
		return nil
	}
	return bytes.Clone(url[:to])
}

// Secrets may begin before what is shown, and go on behind it.
const (
	maskBefore = 4 << 10 // as much as a private key
	maskBehind = 512
)

// masked returns line[from:to] without what mask hides; up to before bytes before it are
// looked at.
func masked(line []byte, from, to, before int, mask func([]byte)) []byte {
	if mask == nil {
		return bytes.Clone(line[from:to])
	}
	start := max(0, from-before)
	text := bytes.Clone(line[start:min(len(line), to+maskBehind)])
	mask(text)
	return text[from-start : to-start]
}

// maskedText is text without what mask hides: keys are data, too.
func maskedText(text string, mask func([]byte)) string {
	if mask == nil {
		return text
	}
	b := []byte(text)
	mask(b)
	return string(b)
}

// maxQuoted is how many bytes of a value a message quotes.
const maxQuoted = 60

// message fills in the arguments of a reason.
func (f *found) message(line []byte, mask func([]byte)) string {
	if f.nargs == 0 {
		return f.reason
	}
	var b strings.Builder
	rest := f.reason
	for _, arg := range f.args[:f.nargs] {
		before, after, ok := strings.Cut(rest, "%s")
		if !ok {
			break
		}
		b.WriteString(before)
		switch arg.kind {
		case argText:
			b.WriteString(maskedText(arg.text, mask)) // may be of the data
		case argInt:
			b.WriteString(FormatCount(arg.n))
		case argJSON:
			b.WriteString(quote(masked(line, int(arg.n), min(int(arg.end), int(arg.n)+maxQuoted+1), 0, mask), int(arg.end)-int(arg.n) > maxQuoted))
		}
		rest = after
	}
	b.WriteString(rest)
	return b.String()
}

// quote shows JSON text in a message: clipped, on one line. text has a byte more than
// is shown where more follows.
func quote(text []byte, clipped bool) string {
	if clipped {
		cut := maxQuoted
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	s := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, string(text))
	switch {
	case !clipped:
		return s
	case text[0] == '"':
		return s + `…"`
	}
	return s + "…"
}

// FormatCount writes n with commas: 1,234,567.
func FormatCount(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// fingerprint hashes what tells a finding: the rule, the shape of the path and the
// canonical hash of the line. None of them is about where the line is, and none is
// masked.
func fingerprint(rule, shape string, line dataset.Hash) uint64 {
	var b []byte
	b = append(append(b, rule...), 0)
	b = append(append(b, shape...), 0)
	b = binary.LittleEndian.AppendUint64(b, line.Lo)
	return xxh3.Hash(binary.LittleEndian.AppendUint64(b, line.Hi))
}

// fingerprintOfFile is that of a finding without a line at hand: the reason is in its
// place.
func fingerprintOfFile(rule, reason string) uint64 {
	return fingerprint(rule, "", xxh3.HashString128(reason))
}

// hexadecimal writes a fingerprint as outputs and baselines have it.
func hexadecimal(print uint64) string { return fmt.Sprintf("%016x", print) }

// endColumns returns the columns behind what was found in line, in one pass over it.
func endColumns(line []byte, all []*found) []int64 {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	end := func(i int) int { return min(int(max(all[i].start, all[i].end)), len(line)) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(end(a), end(b)) })
	columns := make([]int64, len(all))
	column, counted := int64(1), 0
	for _, i := range order {
		column += int64(utf8.RuneCount(line[counted:end(i)]))
		counted = end(i)
		columns[i] = column
	}
	return columns
}

// shown says what is made for findings besides where they are and what is wrong.
type shown struct {
	snippets, fingerprints bool
	mask                   func(text []byte)
	editor                 *Editor // nil: no edits
}

// materialize makes findings of what was found in one line. It reads the line a few
// times, however many there are. at is the offset of the line in the file, number
// its number.
func materialize(name string, line []byte, at, number int64, all []*found, with shown) []Finding {
	slices.SortStableFunc(all, func(a, b *found) int { return cmp.Compare(a.start, b.start) })
	offsets := make([]uint32, len(all))
	for i, f := range all {
		offsets[i] = f.start
	}
	paths := dataset.PathsAt(line, offsets)
	ends := endColumns(line, all)
	var hash dataset.Hash
	if with.fingerprints {
		hash, _ = dataset.CanonicalHash(line, nil)
	}
	findings := make([]Finding, len(all))
	column, counted := int64(1), 0
	for i, f := range all {
		start, end := min(int(f.start), len(line)), min(int(f.end), len(line))
		column += int64(utf8.RuneCount(line[counted:start]))
		counted = start
		findings[i] = Finding{
			Rule: f.rule.Rule, Severity: f.severity, File: name,
			Line: number, Column: column, EndColumn: ends[i],
			Offset: at + int64(start), Length: int64(max(end, start) - start),
			Path: maskedText(paths[i].Text, with.mask), Shape: maskedText(paths[i].Shape, with.mask),
			Message: f.message(line, with.mask), Reason: f.reason, Fix: f.fix,
		}
		if with.editor != nil && f.ops.start < f.ops.end {
			findings[i].Edits = with.editor.edits(f.ops, at, with.mask)
		}
		if with.fingerprints {
			findings[i].Fingerprint = hexadecimal(fingerprint(f.rule.ID, paths[i].Shape, hash))
		}
		if with.snippets {
			findings[i].Snippet = snippet(line, start, max(end, start), with.mask)
		}
	}
	return findings
}

// ofFile makes a finding of what was found about a file, outside of its lines. Its
// fingerprint has the reason in the place of the line, which is not at hand.
func (f *found) ofFile(name string, with shown) Finding {
	finding := Finding{
		Rule: f.rule.Rule, Severity: f.severity, File: name,
		Line: f.line, Offset: -1, Message: f.message(nil, with.mask), Reason: f.reason, Fix: f.fix, Also: f.also,
	}
	if with.fingerprints {
		finding.Fingerprint = hexadecimal(fingerprintOfFile(f.rule.ID, f.reason))
	}
	return finding
}

// Group is the findings of one file that have rule, severity, reason and the
// shape of the path in common.
type Group struct {
	Findings []Finding // the first ones: Options.KeepPerGroup of them
	Count    int64     // findings
	Lines    int64     // lines with such a finding
	First    []int64   // the numbers of the first few lines
	Last     int64     // the number of the last line
	// OtherKeys says that the paths differ in one key: the group stands for all
	// keys after the first few. Lines then counts a line once for each key.
	OtherKeys bool
}

const (
	// firstLines is how many line numbers a group keeps.
	firstLines = 4
	// maxKeys is how many groups that differ in a key only are kept apart: a
	// dataset can have a new key in every line.
	maxKeys = 8
)

// groupKey is what findings of a group have in common. The shape of a path is
// known by its place in the record model, without its text being made.
type groupKey struct {
	rule     int
	severity Severity
	place    dataset.Place
	keyed    bool
	reason   string
	key      uint64 // hash of a key that the model does not know
}

// otherKeys is the key of the group that stands for all further keys.
const otherKeys = 0

var keySeed = maphash.MakeSeed()

func (f *found) groupKey(line []byte) groupKey {
	k := groupKey{rule: f.rule.index, severity: f.severity, place: f.place, reason: f.reason}
	if f.hasKey {
		k.keyed = true
		k.key = maphash.Bytes(keySeed, line[f.key.Start:f.key.End]) | 1
	}
	return k
}

// family is the key without what groups of one family differ in.
func (k groupKey) family() groupKey {
	k.key = otherKeys
	return k
}

// Fixable counts findings that can be put right.
type Fixable struct {
	Safe, Unsafe int64
}

func (f *Fixable) add(kind FixKind, n int64) {
	switch kind {
	case SafeFix:
		f.Safe += n
	case UnsafeFix:
		f.Unsafe += n
	}
}

func (f *Fixable) merge(other Fixable) {
	f.Safe += other.Safe
	f.Unsafe += other.Unsafe
}

// total counts findings of one rule at one severity.
type total struct {
	findings int64
	lines    int64
	first    int64 // line number
	last     int64 // line number of the last finding counted
	fixable  Fixable
}

func (t *total) add(line int64) {
	if t.findings == 0 {
		t.first = line
	}
	t.findings++
	if t.last != line || line == 0 {
		t.lines++
		t.last = line
	}
}

// merge adds the total of a chunk whose first line follows lines others.
func (t *total) merge(next *total, lines int64) {
	if next.findings == 0 {
		return
	}
	if t.findings == 0 {
		t.first = next.first + lines
	}
	t.findings += next.findings
	t.lines += next.lines
	t.fixable.merge(next.fixable)
	t.last = next.last + lines
}

// totalsOfRule are the totals of a rule, by severity.
type totalsOfRule [numSeverities]total

// groups gathers groups and totals, of a chunk or of a file.
type groups struct {
	keep int // findings per group
	// keepPairs is how many of those that compare lines, if it is more
	keepPairs int
	list      []*groupOf
	byKey     map[groupKey]*groupOf
	keys      map[groupKey]int // of each family
	totals    []*totalsOfRule  // by rule index; nil: nothing was found
	recent    []*groupOf       // the last group of each rule
}

type groupOf struct {
	Group
	key groupKey
}

func newGroups(rules, keep int) *groups {
	return &groups{
		keep:   keep,
		byKey:  map[groupKey]*groupOf{},
		keys:   map[groupKey]int{},
		totals: make([]*totalsOfRule, rules),
		recent: make([]*groupOf, rules),
	}
}

// add counts a finding. It returns the finding's group if it is one of those
// that the group keeps, for the caller to add it, or nil.
func (g *groups) add(f *found, line []byte, number int64) *groupOf {
	i := f.rule.index
	if g.totals[i] == nil {
		g.totals[i] = new(totalsOfRule)
	}
	t := &g.totals[i][f.severity]
	t.add(number)
	t.fixable.add(f.fix, 1)
	group := g.recent[i]
	if group == nil || f.hasKey || group.key.reason != f.reason || group.key.place != f.place || group.key.severity != f.severity {
		key := f.groupKey(line)
		if group = g.byKey[key]; group == nil {
			group = g.open(&groupOf{key: key})
		}
		g.recent[i] = group
	}
	group.count(number)
	if f.lines > 1 {
		t.lines += f.lines - 1
	}
	keep := g.keep
	if len(f.also) > 0 {
		keep = max(keep, g.keepPairs)
	}
	if group.Count > int64(keep) {
		return nil
	}
	// A key that comes after so many others in its chunk is among the other
	// keys of the file, whose first one is shown.
	if f.hasKey && g.keep == 1 && g.keys[group.key.family()] > maxKeys+1 {
		return nil
	}
	return group
}

func (g *groups) open(group *groupOf) *groupOf {
	if group.key.keyed {
		g.keys[group.key.family()]++
	}
	g.byKey[group.key] = group
	g.list = append(g.list, group)
	return group
}

func (g *Group) count(number int64) {
	g.Count++
	if g.Count > 1 && number == g.Last && number != 0 {
		return
	}
	g.Lines++
	if len(g.First) < firstLines {
		g.First = append(g.First, number)
	}
	g.Last = number
}

// merge adds the groups of a chunk whose first line follows lines others.
func (g *groups) merge(next *groups, lines int64) {
	for i, of := range next.totals {
		if of == nil {
			continue
		}
		if g.totals[i] == nil {
			g.totals[i] = new(totalsOfRule)
		}
		for severity := range of {
			g.totals[i][severity].merge(&of[severity], lines)
		}
	}
	for _, n := range next.list {
		n.Last += lines
		for i := range n.First {
			n.First[i] += lines
		}
		for i := range n.Findings {
			n.Findings[i].Line += lines
		}
		group := g.byKey[n.key]
		if group == nil && n.key.keyed && g.keys[n.key.family()] >= maxKeys {
			n.key, n.OtherKeys, n.First, n.Findings = n.key.family(), true, n.First[:1], n.Findings[:min(1, len(n.Findings))]
			group = g.byKey[n.key]
		}
		if group == nil {
			g.open(n)
			continue
		}
		group.Count += n.Count
		group.Lines += n.Lines
		group.Last = max(group.Last, n.Last)
		if group.OtherKeys {
			continue // its first finding speaks for it
		}
		group.First = append(group.First, n.First[:min(len(n.First), firstLines-len(group.First))]...)
		if len(n.Findings) > 0 {
			n.Findings[0].Image = nil // it was the first of its chunk, not of the group
		}
		group.Findings = append(group.Findings, n.Findings[:min(len(n.Findings), max(0, g.keep-len(group.Findings)))]...)
	}
}
