package term

import (
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/mattn/go-runewidth"
)

// maxCluster is the length in bytes above which what is one character for a
// reader (a letter with its marks) is shown as U+FFFD: a letter under thousands
// of marks is an attack on terminals, and a snippet is made of at most so many
// bytes for each of its columns.
const maxCluster = 64

// measure is the same in every locale, so that output is.
func measure() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// StringWidth returns the number of columns that s takes on a terminal. It is
// exact for text that went through Sanitize.
func StringWidth(s string) int { return measure().StringWidth(s) }

// cell is what is never split: a grapheme cluster, or the escape of a rune.
type cell struct {
	start, end int    // byte offsets in the line
	text       string // what is shown
	width      int    // columns, at least 1
}

// Clip returns the part of line around the bytes start to end, sanitized, in at
// most width columns, with … where the line goes on. caretCol is the column
// (from 0, in columns of a terminal) where the bytes begin in text, and
// caretWidth the number of columns that they take there, at least 1; both are
// clipped to what is shown. A span without bytes has one caret; at the end of
// the line it is after the text. Characters are never split: where a column is
// left over it stays empty. Time depends on width, not on the length of the
// line. Without any columns nothing is returned.
func Clip(line []byte, start, end, width int) (text string, caretCol, caretWidth int) {
	if width <= 0 {
		return "", 0, 0
	}
	start = min(max(start, 0), len(line))
	end = min(max(end, start), len(line))

	cells, before, after := cellsAround(line, start, end, width)
	// The cell with the caret, and the one after the last with a caret.
	first := 0
	for first < len(cells)-1 && cells[first].end <= start {
		first++
	}
	last := first + 1
	for last < len(cells) && cells[last].start < end {
		last++
	}

	// Visible are the cells a to b, with … for what is missing.
	a, b, used := first, first, 0
	fits := func(a, b, used int) bool {
		if a > 0 || before {
			used++
		}
		if b < len(cells) || after {
			used++
		}
		return used <= width
	}
	growRight := func(limit int) {
		for b < limit && fits(a, b+1, used+cells[b].width) {
			used += cells[b].width
			b++
		}
	}
	growLeft := func(columns int) {
		for a > 0 && columns >= cells[a-1].width && fits(a-1, b, used+cells[a-1].width) {
			a--
			used += cells[a].width
			columns -= cells[a].width
		}
	}
	growRight(first + 1)
	if b == first { // no room for a single character
		return "…", 0, 1
	}
	marked := 0
	for _, c := range cells[first:last] {
		marked += c.width
	}
	growLeft(max(width/5, (width-marked)/2) - 1) // the … is before them
	growRight(len(cells))
	growLeft(width)

	out := make([]byte, 0, 2*width)
	if a > 0 || before {
		out = append(out, "…"...)
		caretCol = 1
	}
	for i, c := range cells[a:b] {
		out = append(out, c.text...)
		switch i += a; {
		case i < first:
			caretCol += c.width
		case i < last:
			caretWidth += c.width
		}
	}
	if b < len(cells) || after {
		out = append(out, "…"...)
	}
	if start == end {
		caretWidth = 1
	}
	return string(out), caretCol, caretWidth
}

// cellsAround returns the cells of line around start, enough to fill width, and
// whether the line goes on before and after them. There is at least one cell.
// At the end of the line an empty one stands for it if the span is empty, as a
// caret needs a column.
func cellsAround(line []byte, start, end, width int) (cells []cell, before, after bool) {
	reach := 4*width + 4*maxCluster
	lo := windowStart(line, max(start-reach, 0))
	hi := min(start+2*reach, len(line))
	for n := 0; n < utf8.UTFMax-1 && hi < len(line) && !utf8.RuneStart(line[hi]); n++ {
		hi--
	}

	m := measure()
	for at := lo; at < hi; {
		r, n := utf8.DecodeRune(line[at:hi])
		if unsafe(r, n) {
			e := string(appendEscape(nil, r, n, line[at]))
			cells = append(cells, cell{at, at + n, e, len(e)})
			at += n
			continue
		}
		// Text up to the next rune that is escaped.
		to := at + n
		for to < hi {
			r, n := utf8.DecodeRune(line[to:hi])
			if unsafe(r, n) {
				break
			}
			to += n
		}
		for g := graphemes.FromBytes(line[at:to]); g.Next(); {
			c := cell{start: at + g.Start(), end: at + g.End()}
			switch s := g.Value(); {
			case len(s) > maxCluster:
				c.text, c.width = "\uFFFD", 1
			default:
				c.text = string(s)
				if c.width = m.StringWidth(c.text); c.width == 0 || startsWithMark(m, s) {
					// Nothing to stand on: it would change what is before it.
					c.text = ""
					for i, r := range string(s) {
						c.text += string(appendEscape(nil, r, utf8.RuneLen(r), s[i]))
					}
					c.width = len(c.text)
				}
			}
			cells = append(cells, c)
		}
		at = to
	}

	// What the window has cut may be half of a character.
	if lo > 0 && len(cells) > 0 && cells[0].end <= start {
		cells, before = cells[1:], true
	}
	if n := len(cells); hi < len(line) && n > 1 && cells[n-1].start > start {
		cells, after = cells[:n-1], true
	}
	before = before || lo > 0
	after = after || hi < len(line)
	if start == end && start == len(line) || len(cells) == 0 {
		cells = append(cells, cell{start: len(line), end: len(line) + 1, width: 1})
	}
	return cells, before, after
}

// windowStart returns a place at lo or a little before it where a rune begins.
// In a row of flags, which are pairs of runes, it goes back to where the row
// begins, if that is not far.
func windowStart(line []byte, lo int) int {
	for n := 0; n < utf8.UTFMax-1 && 0 < lo && lo < len(line) && !utf8.RuneStart(line[lo]); n++ {
		lo--
	}
	if r, _ := utf8.DecodeRune(line[lo:]); !regional(r) {
		return lo
	}
	at := lo
	for range 1024 {
		r, n := utf8.DecodeLastRune(line[:at])
		if !regional(r) {
			return at
		}
		at -= n
	}
	return lo
}

func regional(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }

// startsWithMark reports whether the first rune of a cluster takes no column.
func startsWithMark(m *runewidth.Condition, cluster []byte) bool {
	r, _ := utf8.DecodeRune(cluster)
	return m.RuneWidth(r) == 0
}
