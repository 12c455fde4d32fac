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
		{"", "", "日本語 日本語 日本語 日本語", 21, "日本語 日本語 日本語\n日本語\n"},
		{"日 ", "  ", "one two three four five", 24, "日 one two three four\n  five\n"},
		{"", "", "e\u0301e\u0301e\u0301e\u0301 abcdefghijk lmno", 20, "e\u0301e\u0301e\u0301e\u0301 abcdefghijk\nlmno\n"},
		{"", "", "👍🏽👍🏽 👍🏽👍🏽 👍🏽👍🏽 👍🏽👍🏽 👍🏽", 20, "👍🏽👍🏽 👍🏽👍🏽 👍🏽👍🏽 👍🏽👍🏽\n👍🏽\n"},
		{"", "", "one two three four    five", 20, "one two three four\nfive\n"},
	} {
		var b strings.Builder
		if Write(&b, tt.indent, tt.hang, tt.text, tt.width); b.String() != tt.want {
			t.Errorf("%q in %d columns:\n%s\nwant\n%s", tt.text, tt.width, b.String(), tt.want)
		}
	}
}
