package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// document returns a document of the repository.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadmeShowsTheDemo: what README.md quotes is what ftlint writes.
func TestReadmeShowsTheDemo(t *testing.T) {
	readme := document(t, "README.md")
	t.Chdir(filepath.Join(root, "testdata", "demo"))
	t.Setenv("COLUMNS", "80")
	var out, errs bytes.Buffer
	if status := Main([]string{"check", "train.jsonl", "--validation", "valid.jsonl"}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != exitFindings {
		t.Fatalf("exit status %d\n%s", status, &errs)
	}
	groups := strings.SplitAfterN(out.String(), "\n\n", 4)
	end := out.String()[strings.Index(out.String(), "\n2 files")+1:]
	for after, want := range map[string]string{
		"begins like this:":    strings.TrimRight(strings.Join(groups[:3], ""), "\n") + "\n",
		"totals of each rule:": end,
	} {
		from := strings.Index(readme, after+"\n\n```\n")
		if from < 0 {
			t.Fatalf("README.md has no block of output after %q", after)
		}
		from += len(after + "\n\n```\n")
		to := from + strings.Index(readme[from:], "```")
		if *update {
			readme = readme[:from] + want + readme[to:]
		} else if got := readme[from:to]; got != want {
			t.Errorf("README.md does not show what ftlint writes (go test ./cmd/ftlint -run Readme -update mends it)\n-%s\n+%s", got, want)
		}
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestContributingShowsARule: the rule that CONTRIBUTING.md shows is one that
// there is.
func TestContributingShowsARule(t *testing.T) {
	text := document(t, "CONTRIBUTING.md")
	block := regexp.MustCompile("(?s)   ```go\n(.*?)   ```\n").FindStringSubmatch(text)
	if block == nil {
		t.Fatal("CONTRIBUTING.md shows no rule")
	}
	code := regexp.MustCompile(`(?m)^   `).ReplaceAllString(block[1], "")
	if !strings.Contains(document(t, "rules/message.go"), code) {
		t.Errorf("this is not in rules/message.go:\n%s", code)
	}
}

// TestLinks: files that documents refer to are there.
func TestLinks(t *testing.T) {
	for _, name := range append(guides(t), "docs/rules/README.md") {
		for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(document(t, name), -1) {
			target, _, _ := strings.Cut(link[1], "#")
			if strings.Contains(target, "://") || target == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(filepath.FromSlash(name)), filepath.FromSlash(target))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestEveryFlagIsDocumented: docs/cli.md has each command and flag that there
// is, and none else.
func TestEveryFlagIsDocumented(t *testing.T) {
	text := document(t, "docs/cli.md")
	known := map[string]bool{"help": true, "version": true}
	for _, c := range newRoot(Streams{}).Commands() {
		if !c.Hidden && !strings.Contains(text, "\n## ftlint "+c.Name()) {
			t.Errorf("docs/cli.md says nothing of ftlint %s", c.Name())
		}
		var each func(c *cobra.Command)
		each = func(c *cobra.Command) {
			c.Flags().VisitAll(func(f *pflag.Flag) {
				known[f.Name] = true
				if !f.Hidden && c.Parent().Name() != "completion" && !strings.Contains(text, "--"+f.Name) {
					t.Errorf("docs/cli.md says nothing of %s --%s", c.CommandPath(), f.Name)
				}
			})
			for _, sub := range c.Commands() {
				each(sub)
			}
		}
		each(c)
	}
	for _, flag := range regexp.MustCompile(`--([a-z][a-z-]+)`).FindAllStringSubmatch(text+document(t, "README.md"), -1) {
		if !known[flag[1]] {
			t.Errorf("docs/cli.md or README.md speaks of --%s, which there is not", flag[1])
		}
	}
}
