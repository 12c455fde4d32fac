package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
)

//go:generate go test ../../rules -run ^TestRegistry$ -update
//go:generate go test . -run ^TestGenerated$ -update

// families are the headings of the index, by the beginning of the ids.
var families = []struct{ prefix, title string }{
	{"FTF", "Files and encoding"},
	{"FTJ", "JSON"},
	{"FTE", "Examples"},
	{"FTM", "Messages"},
	{"FTT", "Tools"},
	{"FTV", "Images"},
	{"FTP", "Preference pairs (DPO)"},
	{"FTR", "Reinforcement"},
	{"FTC", "Completions"},
	{"FTK", "Tokens and cost"},
	{"FTQ", "Quality"},
	{"FTS", "Secrets and privacy"},
	{"FTH", "Jobs"},
}

// generated returns the files that are made from the rules.
func generated(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	var index strings.Builder
	index.WriteString("# Rules\n\nA page for each rule, as `ftlint rule ID` shows it. These pages are generated: `make generate`.\n")
	all, listed := rules.All(), 0
	for _, family := range families {
		heading := false
		for i := range all {
			rule := &all[i]
			if !strings.HasPrefix(rule.ID, family.prefix) {
				continue
			}
			if !heading {
				fmt.Fprintf(&index, "\n## %s\n\n| rule | name | level | what it reports |\n|---|---|---|---|\n", family.title)
				heading = true
			}
			listed++
			fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s | %s |\n", rule.ID, rule.ID, rule.Name, rule.Severity, strings.ReplaceAll(rule.Doc.Title, "|", `\|`))
			var page bytes.Buffer
			if err := report.RuleMarkdown(&page, []*lint.Rule{rule}); err != nil {
				t.Fatal(err)
			}
			files["docs/rules/"+rule.ID+".md"] = page.Bytes()
		}
	}
	if listed != len(all) {
		t.Errorf("%d of %d rules are in the index: a family has no heading", listed, len(all))
	}
	files["docs/rules/README.md"] = []byte(index.String())
	return files
}

// TestGenerated: generated files are what the generator makes.
func TestGenerated(t *testing.T) {
	files := generated(t)
	dir := filepath.Join(root, "docs", "rules")
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator makes (%v): run make generate", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if files["docs/rules/"+entry.Name()] != nil {
			continue
		}
		if !*update {
			t.Errorf("docs/rules/%s belongs to no rule: run make generate", entry.Name())
		} else if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
}
