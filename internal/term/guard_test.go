package term

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	for line, want := range map[string]string{
		"::error::x":           `\x3a:error::x`,
		" \t\u3000::error::x":  " \t\u3000" + `\x3a:error::x`,
		"a ::error::x":         "a ::error::x",
		"a ##[error]x":         `a \x23#[error]x`,
		"##vso[task] ##[b]":    `\x23#vso[task] \x23#[b]`,
		"###[x":                `#\x23#[x`,
		"## heading, and a[0]": "## heading, and a[0]",
		"":                     "",
	} {
		if got := string(Guard([]byte(line))); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestGuardWriter: lines are guarded however they are written.
func TestGuardWriter(t *testing.T) {
	text := "a\n::error::x\nb ##[c]\n  ::d\n"
	for size := 1; size <= len(text); size++ {
		var out bytes.Buffer
		w := NewGuard(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if want := "a\n\\x3a:error::x\nb \\x23#[c]\n  \\x3a:d\n"; out.String() != want {
			t.Errorf("in parts of %d: %q", size, &out)
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add("::a")
	f.Add("####[##x[")
	f.Add("\v\u00a0::##[")
	isCommand := regexp.MustCompile(`##[A-Za-z]*\[`)
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.ReplaceAll(line, "\n", "")
		got := string(Guard([]byte(line)))
		if strings.HasPrefix(strings.TrimSpace(got), "::") || isCommand.MatchString(got) {
			t.Errorf("%q stays a command: %q", line, got)
		}
	})
}
