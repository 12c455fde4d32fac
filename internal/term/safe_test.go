package term

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// safely writes text in pieces of n bytes.
func safely(t testing.TB, text string, n int) string {
	t.Helper()
	var out bytes.Buffer
	s := NewSafe(&out)
	for len(text) > 0 {
		piece := text[:min(n, len(text))]
		if m, err := s.Write([]byte(piece)); m != len(piece) || err != nil {
			t.Fatalf("%d, %v", m, err)
		}
		text = text[len(piece):]
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 && s.Last != out.Bytes()[out.Len()-1] {
		t.Errorf("the last byte is not %q", s.Last)
	}
	return out.String()
}

func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"plain\n\ttext\r\nnext":           "plain\n\ttext\nnext",
		"red \x1b[31m and \x1b]0;title\a": `red \x1b[31m and \x1b]0;title\x07`,
		"over\rwritten":                   `over\rwritten`,
		"at the end\r":                    `at the end\r`,
		"日本語 👩\u200d💻 می\u200cخواهم":      "日本語 👩\u200d💻 می\u200cخواهم",
		"\u202eturned\u2028":              `\u202eturned\u2028`,
		"broken \xe6\x97":                 `broken \xe6\x97`,
		"\xff\xfe":                        `\xff\xfe`,
		"":                                "",
	} {
		for _, n := range []int{1, 2, 3, 100} {
			if got := safely(t, text, n); got != want {
				t.Errorf("%q in pieces of %d bytes: %q, want %q", text, n, got, want)
			}
		}
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff日本\r\n\r", 1)
	f.Add("\xe6\x97\xa5\xe6\x97", 2)
	f.Fuzz(func(t *testing.T, text string, n int) {
		whole := safely(t, text, len(text)+1)
		if got := safely(t, text, max(1, n%16)); got != whole {
			t.Errorf("in pieces %q, at once %q", got, whole)
		}
		if !utf8.ValidString(whole) || strings.ContainsAny(whole, "\x00\x1b\r\a\u202e\u009b") {
			t.Errorf("%q becomes %q", text, whole)
		}
	})
}
