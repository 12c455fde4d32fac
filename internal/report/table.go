package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// This file has what tables and bars in text are made of.

// number writes a figure that may be no whole number.
func number(x float64) string {
	if x >= 100 || x == math.Trunc(x) {
		return lint.FormatCount(int64(math.Round(x)))
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// tableWidth is how many columns of the terminal a table takes.
func tableWidth(rows [][]string) int {
	all := 0
	for _, w := range widths(rows) {
		all += w + 2
	}
	return all - 2
}

func widths(rows [][]string) []int {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], term.StringWidth(cell))
		}
	}
	return width
}

// columns writes a table, the numbered columns set to the right. Its first row is
// the header.
func (t *text) columns(indent string, rows [][]string, right ...int) {
	width := widths(rows)
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-term.StringWidth(cell))
			if i > 0 {
				b.WriteString("  ")
			}
			if slices.Contains(right, i) {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 {
			line = t.style.Dim(line)
		}
		t.print(indent, line, "\n")
	}
}

// clipLeft shortens s to width columns by its beginning.
func clipLeft(s string, width int) string {
	if term.StringWidth(s) <= width {
		return s
	}
	at, used := len(s), 1 // the mark that something is missing
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:at])
		if used += term.StringWidth(string(r)); used > width {
			break
		}
		at -= n
	}
	return "…" + s[at:]
}

// bar draws a part of the most that there is, to an eighth of a column. What is
// not 0 is drawn.
func bar(part, most int64, columns int) string {
	if part == 0 || most == 0 {
		return ""
	}
	eighths := max(1, int(math.Round(float64(part)/float64(most)*float64(8*columns))))
	s := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[eighths%8-1])
	}
	return s
}
