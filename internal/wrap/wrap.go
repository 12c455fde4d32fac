// Package wrap breaks text into lines.
package wrap

import (
	"strings"
	"unicode/utf8"
)

// least is the room in columns that text gets, however deep it is indented.
const least = 20

// Write writes text to b in lines of at most width columns, the first with
// indent before it and the others with hang. It breaks at blanks only: a longer
// word stands alone on its line. A rune counts as one column.
func Write(b *strings.Builder, indent, hang, text string, width int) {
	used, room := 0, max(width-utf8.RuneCountInString(indent), least)
	b.WriteString(indent)
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > room {
			b.WriteString("\n" + hang)
			used, room = 0, max(width-utf8.RuneCountInString(hang), least)
			if n == 0 {
				continue
			}
		} else if used > 0 {
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	b.WriteByte('\n')
}
