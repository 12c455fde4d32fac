package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// tsv reads a table with a header, as a map for each row.
func tsv(tb testing.TB, path string) (rows []map[string]string, header []string) {
	tb.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	all, err := r.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = ""
			if i < len(fields) {
				row[name] = fields[i]
			}
		}
		rows = append(rows, row)
	}
	return rows, all[0]
}

// settingsOf understands the settings column: method=rft, profile=azure-strict,
// model=gpt-4.1, stats, validation, joined by blanks.
func settingsOf(tb testing.TB, words string) (s lint.Settings, validation bool) {
	tb.Helper()
	f := checkFlags{
		runFlags: runFlags{profile: "azure", method: "auto", color: "never", snippets: "off", progress: "off", maxLine: "512MiB", epochs: "auto", batchSize: "auto"},
		route:    "files", failOn: "error", level: "info", longLine: "64MiB",
	}
	for _, word := range strings.Fields(words) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "method":
			f.method = value
		case "profile":
			f.profile = value
		case "validation":
			validation = true
		case "model":
			f.model = value
		case "stats":
			f.stats = true
		default:
			tb.Fatalf("unknown setting %q", word)
		}
	}
	o, err := f.options()
	if err != nil {
		tb.Fatal(err)
	}
	if f.needsCatalog() {
		if _, err := f.useCatalog(o); err != nil {
			tb.Fatal(err)
		}
	}
	o.Settings.Declared = o.Settings.Method != 0
	return o.Settings, validation
}

// found lists the findings on a file from severity up, as RULE@line, and
// RULE for those on the whole file.
func found(tb testing.TB, path string, settings lint.Settings, validation bool, from lint.Severity) (findings []string, readErr error) {
	tb.Helper()
	all, readErr := foundAt(tb, path, settings, validation)
	for _, f := range all {
		if f.Severity < from {
			continue
		}
		at := ""
		if f.Line > 0 {
			at = fmt.Sprintf("@%d", f.Line)
		}
		findings = append(findings, f.Rule.ID+at)
	}
	return findings, readErr
}

// foundAt returns all findings on a file.
func foundAt(tb testing.TB, path string, settings lint.Settings, validation bool) (findings []lint.Finding, readErr error) {
	tb.Helper()
	result, err := lint.Run(context.Background(), []lint.Input{{Path: path, Validation: validation}}, lint.Options{
		Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter, Settings: settings, Workers: 1,
		OnFinding: func(f *lint.Finding) error {
			findings = append(findings, *f)
			return nil
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return findings, result.Err()
}

// TestFixtures holds our own files, one for each kind of defect and for each
// thing that must never be an error, against their table: all errors and
// warnings, each at its line.
func TestFixtures(t *testing.T) {
	dir := filepath.Join(root, "testdata", "fixtures")
	index := filepath.Join(dir, "INDEX.tsv")
	rows, header := tsv(t, index)
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row["file"]] = true
		path := filepath.Join(dir, filepath.FromSlash(row["file"]))
		settings, validation := settingsOf(t, row["settings"])
		got, err := found(t, path, settings, validation, lint.Warning)
		if err != nil {
			got = append(got, "unreadable")
		}
		if strings.HasPrefix(row["file"], "never/") {
			if errors, err := found(t, path, settings, validation, lint.Error); len(errors) > 0 || err != nil {
				t.Errorf("%s (%s) must never be an error, but gives %v %v", row["file"], row["about"], errors, err)
			}
		}
		if *update {
			row["findings"] = strings.Join(got, " ")
			continue
		}
		if diff := cmp.Diff(strings.Fields(row["findings"]), got); diff != "" && len(row["findings"])+len(got) > 0 {
			t.Errorf("%s %s (%s)\n-want +got\n%s", row["file"], row["settings"], row["about"], diff)
		}
	}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if name = filepath.ToSlash(name); err == nil && !entry.IsDir() && name != "INDEX.tsv" && !seen[name] {
			t.Errorf("testdata/fixtures/%s is not in INDEX.tsv", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		var b strings.Builder
		b.WriteString(strings.Join(header, "\t") + "\n")
		for _, row := range rows {
			for i, name := range header {
				b.WriteString(row[name] + []string{"\t", "\n"}[max(0, i-len(header)+2)])
			}
		}
		if err := os.WriteFile(index, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// sharedData is the folder of public data that tests use where it is there.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(root, "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the public test data is not here (../shared/data): nothing to compare with")
	}
	return dir
}

// laterFamilies are those whose rules come with later versions.
var laterFamilies = []string{"FTH"}

// TestPublicFiles: real files get the verdict that their index gives them.
func TestPublicFiles(t *testing.T) {
	dir := sharedData(t, "files")
	rows, _ := tsv(t, filepath.Join(dir, "INDEX.tsv"))
	if len(rows) < 30 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row["file"], func(t *testing.T) {
			path := filepath.Join(dir, row["file"])
			validation := namesValidation(path)
			azure := lint.Settings{Provider: dataset.Azure}
			errors, err := found(t, path, azure, validation, lint.Error)
			all, _ := found(t, path, azure, validation, lint.Info)
			if err != nil {
				t.Fatal(err)
			}
			switch row["expected_level"] {
			case "CLEAN", "WARN", "RFT":
				if len(errors) > 0 {
					t.Errorf("errors where none should be: %v", errors)
				}
				if row["expected_level"] == "RFT" {
					azure.Method, azure.Declared = dataset.RFT, true
					if errors, _ := found(t, path, azure, validation, lint.Error); len(errors) > 0 {
						t.Errorf("errors under --method rft: %v", errors)
					}
				}
			case "NOT-FT":
				if len(all) != 1 || !strings.HasPrefix(all[0], row["expected_rules"]) {
					t.Errorf("want one finding of %s, got %v", row["expected_rules"], all)
				}
			case "ERROR":
				want, got := expectedErrors(row["expected_rules"]), ruleSet(errors)
				ok := len(want) == len(got)
				for _, alternatives := range want {
					ok = ok && slices.ContainsFunc(got, func(id string) bool { return slices.Contains(alternatives, id) })
				}
				if !ok {
					t.Errorf("want %s, got %v", row["expected_rules"], errors)
				}
			default:
				t.Errorf("unknown level %q", row["expected_level"])
			}
		})
	}
}

// expectedErrors reads "FTJ003 line 2; FTF018", "FTJ003 on the broken lines;
// FTE014 or FTE001 once" and "FTF018; FTT003 (warning)" as rules that must give
// errors, with their alternatives.
func expectedErrors(text string) [][]string {
	var want [][]string
	for part := range strings.SplitSeq(text, ";") {
		var alternatives []string
		for word := range strings.FieldsSeq(part) {
			if strings.HasPrefix(word, "FT") && !slices.Contains(laterFamilies, word[:3]) {
				alternatives = append(alternatives, strings.TrimRight(word, ","))
			}
		}
		if alternatives != nil && !strings.Contains(part, "(warning)") {
			want = append(want, alternatives)
		}
	}
	return want
}

// ruleSet returns the rules of findings, each once.
func ruleSet(findings []string) []string {
	var set []string
	for _, f := range findings {
		id, _, _ := strings.Cut(f, "@")
		set = append(set, id)
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// TestNaughtyStrings: what is merely odd is no error.
func TestNaughtyStrings(t *testing.T) {
	path := filepath.Join(sharedData(t, "json"), "naughty_chat.jsonl")
	if errors, err := found(t, path, lint.Settings{}, false, lint.Error); len(errors) > 0 || err != nil {
		t.Errorf("%v %v", errors, err)
	}
}

// TestUTF8Torture: exactly the lines that are not UTF-8 are reported, at their
// first bad byte.
func TestUTF8Torture(t *testing.T) {
	dir := sharedData(t, "json")
	rows, _ := tsv(t, filepath.Join(dir, "utf8_torture_expected.tsv"))
	want := map[string]string{}
	for _, row := range rows {
		if row["utf8"] != "valid" {
			want[row["line"]] = row["first_bad_byte_in_line"]
		}
	}
	if len(want) != 68 {
		t.Fatalf("%d lines expected, want 68", len(want))
	}
	path := filepath.Join(dir, "utf8_torture.jsonl")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var starts []int64
	at := int64(0)
	for line := range bytes.Lines(content) {
		starts = append(starts, at)
		at += int64(len(line))
	}
	got := map[string]string{}
	_, err = lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter, OnFinding: func(f *lint.Finding) error {
		if f.Rule.ID == "FTF010" {
			got[fmt.Sprint(f.Line)] = fmt.Sprint(f.Offset - starts[f.Line-1])
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("byte of the line, by line (-want +got)\n%s", diff)
	}
}

// TestJSONSuite: JSON is accepted and refused as the suite of parser tests
// says, as a line and within one.
func TestJSONSuite(t *testing.T) {
	dir := filepath.Join(sharedData(t, "json"), "JSONTestSuite_test_parsing")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.TrimSuffix(demoFile(t, "train.clean.jsonl"), []byte("\n"))
	n := 0
	for _, entry := range entries {
		kind := entry.Name()[0]
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.TrimSuffix(text, []byte("\n"))
		if kind == 'i' || bytes.ContainsAny(text, "\n\r") {
			continue
		}
		n++
		for form, line := range map[string][]byte{
			"a line":      text,
			"in an extra": slices.Concat([]byte(`{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"extra":`), text, []byte(`}`)),
		} {
			content := slices.Concat(before, []byte("\n"), line, []byte("\n"))
			var syntax, errors []string
			_, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
				Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter, Read: jsonl.Options{Stdin: bytes.NewReader(content)},
				Severity: map[string]lint.Severity{"FTF014": lint.Error}, // a blank line is no example
				OnFinding: func(f *lint.Finding) error {
					if f.Line != 61 && f.Line != 0 {
						t.Errorf("%s as %s: finding on line %d: %s", entry.Name(), form, f.Line, f.Message)
					}
					family := f.Rule.ID[:3]
					if family == "FTJ" && f.Rule.ID != "FTJ004" && f.Rule.ID != "FTJ006" {
						syntax = append(syntax, f.Rule.ID)
					}
					if (family == "FTJ" || family == "FTF") && f.Severity == lint.Error {
						errors = append(errors, f.Rule.ID)
					}
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case kind == 'y' && len(syntax) > 0:
				t.Errorf("%s as %s is valid JSON, but gives %v: %.80q", entry.Name(), form, syntax, line)
			case kind == 'n' && len(errors) == 0:
				t.Errorf("%s as %s is no JSON, but gives no error: %.80q", entry.Name(), form, line)
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d files were looked at", n)
	}
}
