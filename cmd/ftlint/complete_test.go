package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
)

// complete returns what a shell is told to offer for the last of the words, without
// descriptions, and the directive.
func complete(t *testing.T, words ...string) (offers []string, directive string) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(append([]string{cobra.ShellCompRequestCmd}, words...), Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != exitOK {
		t.Fatalf("completing %q: exit status %d\n%s", words, status, &errs)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, line := range lines[:len(lines)-1] {
		word, _, _ := strings.Cut(line, "\t")
		offers = append(offers, word)
	}
	return offers, lines[len(lines)-1]
}

func TestComplete(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"train.jsonl", "train.txt", "data/a.jsonl.gz", ".hidden/b.jsonl"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const none, noSpace, ext, ordered = ":4", ":6", ":8", ":36"
	folder := "data" + string(filepath.Separator)
	for _, test := range []struct {
		words     string // the last one is being written
		want      []string
		never     []string
		directive string
	}{
		{"", []string{"check", "fix", "stats", "train.jsonl", folder}, []string{"train.txt", ".hidden" + string(filepath.Separator)}, noSpace},
		{"tr", []string{"train.jsonl"}, []string{"train.txt", "check"}, none},
		{folder, []string{folder + "a.jsonl.gz"}, nil, none},
		{"--mod", []string{"--model"}, nil, none},
		{"train.jsonl --mod", []string{"--model"}, nil, none},
		{"train.jsonl --model ", []string{"gpt-4.1-mini"}, nil, none},
		{"train.jsonl ", []string{"jsonl", "ndjson", "gz", "zst"}, nil, ext},
		{"check ", []string{"jsonl", "ndjson", "gz", "zst"}, nil, ext},
		{"check --validation ", []string{"jsonl"}, nil, ext},
		{"check --select ", []string{"ALL", "FTM", "FTM002"}, []string{"role-unknown"}, none},
		{"check --select FTM002,FT", []string{"FTM002,FTM", "FTM002,FTJ003"}, []string{"FTJ003"}, none},
		{"check --select role", []string{"role-unknown"}, nil, none},
		{"fix --ignore=", []string{"FTM002"}, nil, none},
		{"check --severity FTM", []string{"FTM002=", "FTM="}, nil, noSpace},
		{"check --severity FTM002=", []string{"FTM002=error", "FTM002=off"}, nil, ordered},
		{"check --severity FTJ=off,FTM002=w", []string{"FTJ=off,FTM002=warning"}, nil, ordered},
		{"check --output ", report.Names(report.Formats()), []string{"csv"}, none},
		{"check -o json=tr", []string{"json=train.jsonl", "json=train.txt"}, nil, none},
		{"stats -o ", report.Names(report.StatsFormats()), []string{"jsonl"}, none},
		{"diff -o ", report.Names(report.DiffFormats(nil)), []string{"csv"}, none},
		{"diff ", []string{"jsonl", "gz"}, nil, ext},
		{"diff --rev ", nil, nil, none},
		{"rule ", []string{"FTM002", "FTM"}, nil, none},
		{"rule role", []string{"role-unknown"}, nil, none},
		{"rule --output ", []string{"text", "md", "json"}, nil, none},
		{"models ", []string{"gpt-4.1-mini"}, nil, none},
		{"models --method ", []string{"sft"}, []string{"auto"}, none},
		{"tokens --encoding ", []string{"o200k_base"}, nil, none},
		{"tokens --model ", []string{"gpt-4.1-mini"}, nil, none},
		{"check --jobs ", nil, nil, none},
		{"check --prices ", []string{"toml"}, nil, ext},
		{"check --baseline ", []string{"json"}, nil, ext},
		{"baseline ", []string{"create", "show"}, []string{"train.jsonl"}, none},
		{"baseline create ", []string{"jsonl"}, nil, ext},
		{"config verify ", []string{"toml"}, nil, ext},
		{"explain ", nil, nil, none},
		{"help ", []string{"check", "stats"}, nil, none},
	} {
		offers, directive := complete(t, strings.Split(test.words, " ")...)
		if directive != test.directive {
			t.Errorf("ftlint %s[TAB] gives the directive %s, want %s", test.words, directive, test.directive)
		}
		for _, want := range test.want {
			if !slices.Contains(offers, want) {
				t.Errorf("ftlint %s[TAB] does not offer %q: %q", test.words, want, offers)
			}
		}
		for _, never := range test.never {
			if slices.Contains(offers, never) {
				t.Errorf("ftlint %s[TAB] offers %q", test.words, never)
			}
		}
		if test.want == nil && len(offers) > 0 {
			t.Errorf("ftlint %s[TAB] offers %q", test.words, offers)
		}
	}
	var out bytes.Buffer
	Main([]string{cobra.ShellCompRequestCmd, "check", "--select", "FTM002,"}, Streams{In: strings.NewReader(""), Out: &out, Err: &out})
	if strings.Contains(out.String(), "\t") {
		t.Errorf("a list has descriptions, with which bash offers nothing:\n%s", &out)
	}
	for _, rule := range rules.All() {
		if offers, _ := complete(t, "rule", rule.ID[:4]); !slices.Contains(offers, rule.ID) {
			t.Errorf("ftlint rule %s[TAB] does not offer %s", rule.ID[:4], rule.ID)
		}
	}
}

// TestCompletionsAreTaken: of flags that take one of a few values, exactly those are
// offered that the flag's own error names.
func TestCompletionsAreTaken(t *testing.T) {
	listed := regexp.MustCompile(`(?:is none of|: use|unknown format "\?":|unknown encoding "\?":) ([a-zA-Z0-9_, -]+)`)
	t.Chdir(t.TempDir())
	found := 0
	var each func(c *cobra.Command, path []string)
	each = func(c *cobra.Command, path []string) {
		for _, sub := range c.Commands() {
			each(sub, append(slices.Clone(path), sub.Name()))
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || !strings.HasPrefix(f.Value.Type(), "string") {
				return
			}
			var out, errs bytes.Buffer
			args := append(slices.Clone(path), "--"+f.Name, "?")
			if c.Args == nil {
				args = append(args, "no-such-file.jsonl")
			}
			if c.Name() == "diff" {
				args = append(args, "another.jsonl")
			}
			if f.Name == "bom" && c.Name() != "upload" && c.Name() != "submit" {
				args = append(args, "--diff") // it says how something is fixed
			}
			if f.Name != "severity" { // it wants the name of a rule before
				Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
			}
			match := listed.FindStringSubmatch(errs.String())
			if match == nil || strings.Contains(errs.String(), "unknown model") {
				// The commands of a baseline have the flags of check, and write no report.
				if choices[f.Name] != nil || f.Name == "output" && path[0] != "baseline" {
					t.Errorf("ftlint %s takes the value, or its error is not known to this test:\n%s", strings.Join(args, " "), &errs)
				}
				return
			}
			found++
			want := strings.FieldsFunc(strings.ReplaceAll(match[1], " or ", ", "), func(r rune) bool { return r == ',' || r == ' ' })
			got, _ := complete(t, append(slices.Clone(path), "--"+f.Name, "")...)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("ftlint %s --%s [TAB] offers %q, and it takes %q", strings.Join(path, " "), f.Name, got, want)
			}
		})
	}
	for _, c := range newRoot(Streams{}).Commands() {
		each(c, []string{c.Name()})
	}
	if found < 20 {
		t.Errorf("only %d flags with a few values were found", found)
	}
	for _, level := range severities {
		if _, err := lint.ParseSeverity(level); err != nil {
			t.Error(err)
		}
	}
}
