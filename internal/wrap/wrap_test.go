package wrap

import (
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	for _, tt := range []struct {
		indent, hang, text string
		width              int
		want               string
	}{
		{"", "", "short", 30, "short\n"},
		{"", "", "", 30, "\n"},
		{"  ", "    ", "one two three four five six seven eight", 26, "  one two three four five\n    six seven eight\n"},
		{"", "", strings.Repeat("x", 40) + " y", 20, strings.Repeat("x", 40) + "\ny\n"},
		{"", "", "key        value", 30, "key        value\n"},
		{"", "", "äöü äöü äöü äöü äöü äöü", 20, "äöü äöü äöü äöü äöü\näöü\n"},
	} {
		var b strings.Builder
		if Write(&b, tt.indent, tt.hang, tt.text, tt.width); b.String() != tt.want {
			t.Errorf("%q in %d columns:\n%s\nwant\n%s", tt.text, tt.width, b.String(), tt.want)
		}
	}
}
