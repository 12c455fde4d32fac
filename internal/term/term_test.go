package term

import (
	"bytes"
	"os"
	"testing"
)

func TestColor(t *testing.T) {
	for _, tt := range []struct {
		mode     ColorMode
		env      map[string]string
		terminal bool
		want     bool
	}{
		{ColorAuto, nil, true, true},
		{ColorAuto, nil, false, false},
		{ColorAlways, map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, false, true},
		{ColorNever, map[string]string{"FORCE_COLOR": "1"}, true, false},
		{ColorAuto, map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, true, false},
		{ColorAuto, map[string]string{"NO_COLOR": ""}, true, true},
		{ColorAuto, map[string]string{"FORCE_COLOR": "1", "TERM": "dumb"}, false, true},
		{ColorAuto, map[string]string{"FORCE_COLOR": "0"}, false, false},
		{ColorAuto, map[string]string{"FORCE_COLOR": "false"}, true, false},
		{ColorAuto, map[string]string{"CLICOLOR_FORCE": "1"}, false, true},
		{ColorAuto, map[string]string{"CLICOLOR_FORCE": "0"}, true, true},
		{ColorAuto, map[string]string{"TERM": "dumb"}, true, false},
		{ColorAuto, map[string]string{"TERM": "xterm-256color"}, true, true},
	} {
		got := color(tt.mode, func(k string) string { return tt.env[k] }, func() bool { return tt.terminal })
		if got != tt.want {
			t.Errorf("--color=%v, %v, terminal %v: %v, want %v", tt.mode, tt.env, tt.terminal, got, tt.want)
		}
	}
	if Color(ColorAuto, new(bytes.Buffer)) && os.Getenv("FORCE_COLOR")+os.Getenv("CLICOLOR_FORCE") == "" {
		t.Error("colours in a buffer")
	}
}

func TestParseColorMode(t *testing.T) {
	for name, want := range map[string]ColorMode{"auto": ColorAuto, "": ColorAuto, "Always": ColorAlways, "never": ColorNever} {
		if got, err := ParseColorMode(name); got != want || err != nil {
			t.Errorf("ParseColorMode(%q) = %v, %v", name, got, err)
		}
	}
	if _, err := ParseColorMode("sometimes"); err == nil {
		t.Error("sometimes is no error")
	}
}

func TestWidth(t *testing.T) {
	for columns, want := range map[string]int{"": 80, "132": 132, " 40 ": 40, "0": 80, "-3": 80, "wide": 80} {
		t.Setenv("COLUMNS", columns)
		if got := Width(new(bytes.Buffer)); got != want {
			t.Errorf("COLUMNS=%q: %d, want %d", columns, got, want)
		}
	}
}

func TestStyle(t *testing.T) {
	if got := NewStyle(true).Bold(NewStyle(true).Red("x")); got != "\x1b[1m\x1b[31mx\x1b[39m\x1b[22m" {
		t.Errorf("%q", got)
	}
	if got := (Style{}).Red("x") + NewStyle(true).Green(""); got != "x" {
		t.Errorf("%q", got)
	}
}

func TestSanitize(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"plain {\"a\": \"b\\n\"} 日本語 é 👍 ﷽", "plain {\"a\": \"b\\n\"} 日本語 é 👍 ﷽"},
		{"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a\tb\r\nc\x00\x7f", `a\tb\r\nc\x00\x7f`},
		{"\u0085\u009b", `\u0085\u009b`},
		{"\u061c\u200e\u200f\u202a\u202e\u2066\u2069", `\u061c\u200e\u200f\u202a\u202e\u2066\u2069`},
		{"\u200b\u200c\u200d\u2060\ufeff", `\u200b\u200c\u200d\u2060\ufeff`},
		{"\u2028\u2029", `\u2028\u2029`},
		{"\U000e0001\U000e0041", `\U000e0001\U000e0041`},
		{"a\xffb\xc3", `a\xffb\xc3`},
		{"\xed\xa0\x80", `\xed\xa0\x80`},
		{"\ufffd", "\ufffd"},
		{"e\u0301", "e\u0301"},
	} {
		if got := Sanitize(tt.in); got != tt.want {
			t.Errorf("Sanitize(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if got := string(AppendSanitized([]byte("> "), []byte(tt.in))); got != "> "+tt.want {
			t.Errorf("AppendSanitized(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
