// Package wrap breaks text into lines.
package wrap

import (
	"strings"

	"github.com/ftlint/ftlint/internal/term"
)

// least is the room in columns that text gets, however deep it is indented.
const least = 20

// Write writes text to b in lines of at most width columns of a terminal, the
// first with indent before it and the others with hang. It breaks at blanks
// only, and drops those: a longer word stands alone on its line. Widths are
// exact for text that went through term.Sanitize.
func Write(b *strings.Builder, indent, hang, text string, width int) {
	room := max(width-term.StringWidth(indent), least)
	b.WriteString(indent)
	used, blanks := 0, 0 // columns of the line, and the blanks since its last word
	for word := range strings.SplitSeq(text, " ") {
		n := term.StringWidth(word)
		switch {
		case word == "":
			blanks++
			continue
		case used == 0:
		case used+blanks+n > room:
			b.WriteString("\n" + hang)
			used, room = 0, max(width-term.StringWidth(hang), least)
		default:
			b.WriteString(strings.Repeat(" ", blanks))
			used += blanks
		}
		b.WriteString(word)
		used, blanks = used+n, 1
	}
	b.WriteByte('\n')
}
