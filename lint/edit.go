package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Reported is a finding that was just reported, for the rule to add how it is put
// right.
type Reported struct {
	pass  *Pass
	index int
}

// Fix says that the finding can be put right by a fix of the kind, and how: edit
// is called at once if the run fixes and takes such a fix, and else not at all.
// So a rule decides before whether it has a fix for the finding, and leaves to
// edit what costs time. A finding on a whole file has no edit: see Rule.FixFile.
func (r Reported) Fix(kind FixKind, edit func(*Editor)) {
	p := r.pass
	if p == nil || kind == NoFix {
		return
	}
	p.found[r.index].fix = kind
	if edit == nil || kind > p.fixing || p.showing && p.found[r.index].rule.ShowsImage {
		return // writing images anew takes long
	}
	ed := &p.editor
	from := len(ed.ops)
	edit(ed)
	if len(ed.ops) > from {
		ed.fixes = append(ed.fixes, lineFix{found: r.index, from: from, to: len(ed.ops)})
		p.found[r.index].ops = span{from, len(ed.ops)}
	}
}

// Also names the other lines that a finding on a file or on a line of it is about.
func (r Reported) Also(lines ...Line) Reported {
	r.pass.found[r.index].also = lines
	return r
}

// Fixing reports whether the run fixes and takes fixes of the kind.
func (p *Pass) Fixing(kind FixKind) bool { return kind <= p.fixing }

// Editor notes how a line is to be changed. What one finding notes is done as a
// whole or not at all: of two fixes that touch the same place the second waits for
// the next pass over the line, whose rules see what the first one made. Texts are
// JSON, without line breaks.
type Editor struct {
	line   []byte
	ops    []editOp
	fixes  []lineFix
	taken  []span
	pieces []editOp
}

// lineFix is what one finding notes.
type lineFix struct {
	found    int // index of the finding in Pass.found
	from, to int // in Editor.ops
}

type opKind uint8

const (
	opReplace opKind = iota
	opRemove         // an item of an array or object, and a comma beside it
	opSplit          // a line break takes the place
	opDrop           // of the whole line
)

// editOp is one change: text takes the place of what stands from start to end.
type editOp struct {
	kind       opKind
	start, end int
	claims     span // what no other fix may touch
	text       string
}

type span struct{ start, end int }

func (ed *Editor) reset(line []byte) {
	if cap(ed.ops) > dataset.MaxItems {
		*ed = Editor{}
	}
	ed.line = line
	ed.ops, ed.fixes = ed.ops[:0], ed.fixes[:0]
}

func (ed *Editor) add(op editOp) {
	if op.claims == (span{}) {
		op.claims = span{op.start, op.end}
	}
	ed.ops = append(ed.ops, op)
}

// Replace puts the JSON text in the place of v.
func (ed *Editor) Replace(v dataset.Value, text string) {
	ed.add(editOp{start: int(v.Start), end: int(v.End), text: text})
}

// ReplaceBytes puts text in the place of the bytes from start to end of the line,
// such as a part of a string. The two may be equal, to insert.
func (ed *Editor) ReplaceBytes(start, end uint32, text string) {
	op := editOp{start: int(start), end: int(end), text: text}
	// Two insertions at one place would be in no certain order.
	op.claims = span{op.start, max(op.end, op.start+1)}
	ed.add(op)
}

// Wrap writes before in front of v and after behind it. What is inside of v may be
// changed by others all the same.
func (ed *Editor) Wrap(v dataset.Value, before, after string) {
	start, end := int(v.Start), int(v.End)
	ed.add(editOp{start: start, end: start, text: before, claims: span{start, start + 1}})
	ed.add(editOp{start: end, end: end, text: after, claims: span{end - 1, end}})
}

// Remove takes v out of the array or, with its key, out of the object that it
// stands in, and a comma with it.
func (ed *Editor) Remove(v dataset.Value) {
	ed.add(editOp{kind: opRemove, start: ed.itemStart(int(v.Start)), end: int(v.End)})
}

// ReplaceMember puts text, one or more members such as "a":1,"b":2, in the place
// of v and its key.
func (ed *Editor) ReplaceMember(v dataset.Value, text string) {
	ed.add(editOp{start: ed.itemStart(int(v.Start)), end: int(v.End), text: text})
}

// Rename puts the key in the place of that of the value v. key is its text, which
// has nothing to be escaped.
func (ed *Editor) Rename(v dataset.Value, key string) {
	start := ed.itemStart(int(v.Start))
	end := start + len(dataset.FirstValue(ed.line[start:]))
	ed.add(editOp{start: start, end: end, text: `"` + key + `"`})
}

// Insert adds text, one or more members such as "a":1, to the end of the object v.
// No other fix changes the object in the same pass.
func (ed *Editor) Insert(v dataset.Value, text string) {
	end := int(v.End) - 1
	op := editOp{start: end, end: end, text: text, claims: span{int(v.Start), int(v.End)}}
	if before := bytes.TrimRight(ed.line[v.Start+1:end], jsonSpace); len(before) > 0 {
		op.start = int(v.Start) + 1 + len(before)
		op.end, op.text = op.start, ","+text
	}
	ed.add(op)
}

// ReplaceLine puts text, one line of JSON, in the place of the line.
func (ed *Editor) ReplaceLine(text string) {
	ed.add(editOp{start: 0, end: len(ed.line), text: text, claims: span{0, len(ed.line)}})
}

// Split puts a line break in the place of the bytes from start to end: what comes
// before and behind are lines of their own.
func (ed *Editor) Split(start, end uint32) {
	ed.add(editOp{kind: opSplit, start: int(start), end: int(end), text: "\n"})
}

// DropLine takes the line out of the file. The reason for it is the finding.
func (ed *Editor) DropLine() {
	ed.add(editOp{kind: opDrop, claims: span{0, len(ed.line)}})
}

const jsonSpace = " \t\r\n"

// itemStart returns where the item begins whose value begins at i: of a member of
// an object this is its key.
func (ed *Editor) itemStart(i int) int {
	before := bytes.TrimRight(ed.line[:i], jsonSpace)
	if len(before) == 0 || before[len(before)-1] != ':' {
		return i
	}
	before = bytes.TrimRight(before[:len(before)-1], jsonSpace)
	// Quotes in a key have an odd number of backslashes before them, the one that
	// begins it has none.
	for q := len(before) - 1; q > 0; {
		q = bytes.LastIndexByte(before[:q], '"')
		slashes := q - len(bytes.TrimRight(before[:max(q, 0)], `\`))
		if q < 0 {
			break
		}
		if slashes%2 == 0 {
			return q
		}
	}
	panic(fmt.Sprintf("no key before byte %d", i))
}

// dropper returns the finding that has the line dropped, or -1.
func (ed *Editor) dropper() int {
	for _, fix := range ed.fixes {
		for _, op := range ed.ops[fix.from:fix.to] {
			if op.kind == opDrop {
				return fix.found
			}
		}
	}
	return -1
}

// splitter returns the first finding that has the line split, and where, or -1.
func (ed *Editor) splitter() (int, editOp) {
	for _, fix := range ed.fixes {
		for _, op := range ed.ops[fix.from:fix.to] {
			if op.kind == opSplit {
				return fix.found, op
			}
		}
	}
	return -1, editOp{}
}

// apply appends the line with its fixes to dst and calls done with the finding of
// each that was made.
func (ed *Editor) apply(dst []byte, order func(a, b int) int, done func(found int)) []byte {
	if len(ed.fixes) > 1 {
		slices.SortStableFunc(ed.fixes, func(a, b lineFix) int { return order(a.found, b.found) })
	}
	ed.taken, ed.pieces = ed.taken[:0], ed.pieces[:0]
	for _, fix := range ed.fixes {
		ops := ed.ops[fix.from:fix.to]
		if !ed.free(ops) {
			continue
		}
		for _, op := range ops {
			ed.take(op.claims)
			ed.pieces = append(ed.pieces, op)
		}
		done(fix.found)
	}
	slices.SortStableFunc(ed.pieces, func(a, b editOp) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	ed.joinRemoved()
	at := 0
	for _, op := range ed.pieces {
		if op.start < at {
			panic("a fix changes the same place twice")
		}
		dst = append(append(dst, ed.line[at:op.start]...), op.text...)
		at = op.end
	}
	return append(dst, ed.line[at:]...)
}

// free reports whether no fix that is made already touches what ops claim.
func (ed *Editor) free(ops []editOp) bool {
	for _, op := range ops {
		i, _ := slices.BinarySearchFunc(ed.taken, op.claims, func(t, s span) int { return cmp.Compare(t.end, s.start+1) })
		if i < len(ed.taken) && ed.taken[i].start < op.claims.end {
			return false
		}
	}
	return true
}

// take keeps the spans that are taken in order, those of one fix joined where they
// overlap.
func (ed *Editor) take(s span) {
	i, _ := slices.BinarySearchFunc(ed.taken, s, func(t, s span) int { return cmp.Compare(t.end, s.start+1) })
	j := i
	for j < len(ed.taken) && ed.taken[j].start < s.end {
		s.start, s.end = min(s.start, ed.taken[j].start), max(s.end, ed.taken[j].end)
		j++
	}
	ed.taken = slices.Replace(ed.taken, i, j, s)
}

// joinRemoved makes one piece of items that are removed and stand beside each
// other, and gives each piece the comma that would be left over.
func (ed *Editor) joinRemoved() {
	joined := ed.pieces[:0]
	for _, op := range ed.pieces {
		if op.kind == opRemove && len(joined) > 0 {
			if last := &joined[len(joined)-1]; last.kind == opRemove && ed.onlyComma(last.end, op.start) {
				last.end = op.end
				continue
			}
		}
		joined = append(joined, op)
	}
	for i := range joined {
		op := &joined[i]
		if op.kind != opRemove {
			continue
		}
		before := bytes.TrimRight(ed.line[:op.start], jsonSpace)
		after := bytes.TrimLeft(ed.line[op.end:], jsonSpace)
		switch {
		case len(before) > 0 && before[len(before)-1] == ',':
			op.start = len(before) - 1
		case len(after) > 0 && after[0] == ',':
			op.end = len(ed.line) - len(bytes.TrimLeft(after[1:], jsonSpace))
		}
	}
	ed.pieces = joined
}

// onlyComma reports whether nothing but a comma stands from start to end.
func (ed *Editor) onlyComma(start, end int) bool {
	return start <= end && strings.Trim(string(ed.line[start:end]), jsonSpace) == ","
}

// Edit is one change that the fix of a finding makes: Text takes the place of Length
// bytes from Offset on.
type Edit struct {
	Offset, Length    int64  // bytes, in the decompressed file
	Column, EndColumn int64  // of the line of the finding, in code points, 1 is the first
	Text              string // JSON; a line break where the line is split
}

// maxEditText is how many bytes a text of an Edit has at most.
const maxEditText = 4 << 10

// edits returns what ops change in a line that begins at an offset of the file; nil if
// that is too much to be shown, or has in it what mask hides.
func (ed *Editor) edits(ops span, at int64, mask func([]byte)) []Edit {
	one := Editor{line: ed.line, pieces: slices.Clone(ed.ops[ops.start:ops.end])}
	for i := range one.pieces {
		if one.pieces[i].kind == opDrop {
			one.pieces[i].end = len(ed.line)
		}
	}
	slices.SortStableFunc(one.pieces, func(a, b editOp) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	one.joinRemoved()
	var list []Edit
	for _, op := range one.pieces {
		if len(op.text) > maxEditText || maskedText(op.text, mask) != op.text {
			return nil
		}
		column := int64(1 + utf8.RuneCount(ed.line[:op.start]))
		list = append(list, Edit{
			Offset: at + int64(op.start), Length: int64(op.end - op.start), Text: op.text,
			Column: column, EndColumn: column + int64(utf8.RuneCount(ed.line[op.start:op.end])),
		})
	}
	return list
}
