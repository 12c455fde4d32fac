package lint_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// findings checks a file of the given content and returns all that is found.
func findings(t *testing.T, content string, options lint.Options) []lint.Finding {
	t.Helper()
	var all []lint.Finding
	options.Rules, options.Counter = rules.All(), tokenize.Accounting{}.NewCounter
	options.OnFinding = func(f *lint.Finding) error {
		all = append(all, *f)
		return nil
	}
	if _, err := lint.Run(context.Background(), []lint.Input{{Path: writeFile(t, "train.jsonl", content)}}, options); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFingerprints: a fingerprint stays when lines come before it or the line end
// changes, and is another one for another rule, shape of path or line.
func TestFingerprints(t *testing.T) {
	human := `{"messages":[{"role":"human","content":"u"},{"role":"assistant","content":"a"}]}`
	other := strings.Replace(human, `"u"`, `"v"`, 1)
	of := func(content, rule string) (prints []string) {
		for _, f := range findings(t, content, lint.Options{Fingerprints: true}) {
			if f.Rule.ID == rule {
				prints = append(prints, f.Fingerprint)
			}
		}
		return prints
	}
	good := strings.Repeat(goodLine+"\n", 10)
	alone := of(good+human+"\n", "FTM002")
	if len(alone) != 1 || !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(alone[0]) {
		t.Fatalf("fingerprints: %q, want one of 16 digits", alone)
	}
	for _, content := range []string{human + "\n" + good, good + good + human, good + human + "\r\n"} {
		if got := of(content, "FTM002"); len(got) != 1 || got[0] != alone[0] {
			t.Errorf("the fingerprint changed to %q where only what is around the line did", got)
		}
	}
	if got := of(good+human+"\n"+other+"\n"+human+"\n", "FTM002"); len(got) != 3 || got[0] != alone[0] || got[1] == got[0] || got[2] != got[0] {
		t.Errorf("fingerprints of a line, another one, and the first again: %q", got)
	}
	seen := map[string]string{}
	for _, f := range findings(t, `{"messages":[{"role":"human","content":1,"a":1,"b":1},{"role":"assistant","content":"a"}],"c":1}`+"\n", lint.Options{Fingerprints: true}) {
		key := f.Rule.ID + " " + f.Shape
		if was, ok := seen[f.Fingerprint]; ok && was != key {
			t.Errorf("%s and %s have the same fingerprint", was, key)
		}
		seen[f.Fingerprint] = key
	}
	if len(seen) < 5 {
		t.Errorf("only %d fingerprints: %v", len(seen), seen)
	}
	for _, f := range findings(t, human+"\n", lint.Options{}) {
		if f.Fingerprint != "" {
			t.Errorf("%s has a fingerprint that nobody asked for", f.Rule.ID)
		}
	}
}

// TestEndColumns: what lies between the two columns is what the offset and the length say.
func TestEndColumns(t *testing.T) {
	line := `{"messages":[{"role":"hüman😀","content":[{"type":"日本"},{"type":"x"}],"ä":{"b":1}},{"role":"assistant","content":"a","weight":"é"}],"日":1}`
	n := 0
	for _, f := range findings(t, line+"\n", lint.Options{}) {
		if f.Column == 0 {
			if f.EndColumn != 0 {
				t.Errorf("%s has an end, but no beginning", f.Rule.ID)
			}
			continue
		}
		n++
		before, within := line[:f.Offset], line[f.Offset:f.Offset+f.Length]
		if want := int64(utf8.RuneCountInString(before)) + 1; f.Column != want {
			t.Errorf("%s %s: column %d, want %d", f.Rule.ID, f.Path, f.Column, want)
		}
		if want := f.Column + int64(utf8.RuneCountInString(within)); f.EndColumn != want {
			t.Errorf("%s %s: end column %d, want %d", f.Rule.ID, f.Path, f.EndColumn, want)
		}
	}
	if n < 3 {
		t.Errorf("only %d findings with columns", n)
	}
}
