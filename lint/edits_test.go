package lint_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
)

// TestEdits: the edits of a finding, made by hand, are its fix; without Options.Edits
// there are none, and what a check finds does not depend on them.
func TestEdits(t *testing.T) {
	for _, test := range []struct{ rule, line, want string }{
		{"FTM015", `{"messages":[{"role":"user","content":"é"},{"role":"assistant","content":"a","weight":1.0}]}`, `{"messages":[{"role":"user","content":"é"},{"role":"assistant","content":"a","weight":1}]}`},
		{"FTE005", `{"temperature":1,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}`, `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}`},
		{
			"FTV018", `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"https://example.com/a.png"}]},{"role":"assistant","content":"a"}]}`,
			`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},{"role":"assistant","content":"a"}]}`,
		},
	} {
		content := `{"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"a"}]}` + "\n" + test.line + "\n"
		var edits []lint.Edit
		found := map[bool]int{}
		for _, want := range []bool{false, true} {
			_, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
				Rules: selected(test.rule), Edits: want, Read: jsonl.Options{Stdin: strings.NewReader(content)},
				OnFinding: func(f *lint.Finding) error {
					if found[want]++; !want && f.Edits != nil {
						t.Errorf("%s: edits that nobody asked for", test.rule)
					}
					edits = f.Edits
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if found[true] != 1 || found[false] != 1 || len(edits) == 0 {
			t.Fatalf("%s: %v findings, %+v", test.rule, found, edits)
		}
		runes := []rune(test.line)
		fixed := content
		byColumn := test.line
		for i := len(edits) - 1; i >= 0; i-- {
			e := edits[i]
			fixed = fixed[:e.Offset] + e.Text + fixed[e.Offset+e.Length:]
			byColumn = string(runes[:e.Column-1]) + e.Text + string([]rune(byColumn)[e.EndColumn-1:])
		}
		if _, line, _ := strings.Cut(fixed, "\n"); line != test.want+"\n" || byColumn != test.want {
			t.Errorf("%s: by offset\n%s\nby column\n%s\nwant\n%s", test.rule, line, byColumn, test.want)
		}
	}
}

// selected returns the rule with an id.
func selected(id string) []lint.Rule {
	r, _ := rules.Lookup(id)
	return []lint.Rule{r}
}
