package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ftlint/ftlint/internal/explain"
)

// schema compiles a schema of docs/schema.
func schema(t *testing.T, name string) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	documents := map[string]map[string]any{}
	for _, name := range []string{name, "stats.schema.json"} { // others refer to it
		content, err := os.ReadFile(filepath.Join(root, "docs", "schema", name))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if documents[name] != nil {
			continue
		}
		documents[name] = document.(map[string]any)
		if err := compiler.AddResource(documents[name]["$id"].(string), document); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile(documents[name]["$id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return compiled, documents[name]
}

// written runs ftlint and returns what it writes to standard output.
func written(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status > exitUsage {
		t.Fatalf("ftlint %v: exit status %d\n%s", args, status, &errs)
	}
	return out.Bytes()
}

func valid(t *testing.T, s *jsonschema.Schema, what string, text []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = s.Validate(value)
	}
	if err != nil {
		t.Errorf("%s does not fit its schema: %v\n%.400s", what, err, text)
	}
}

// hostile writes a dataset whose text and keys try to get out of the output.
func hostile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a\"b \u202e<x>&.jsonl")
	content := strings.Join([]string{
		`{"messages":[{"role":"us\u001b[31mer","content":"a"},{"role":"assistant","content":"b"}]}`,
		"{\"messages\":[{\"role\":\"user\xff\xfe\",\"content\":\"a\"}],\"\xc3\x28\":1}",
		`{"messages":[{"role":"user","content":"\ud800"}],"\u0000\u202e</script>":1,"a\nb":[1]}`,
		"\x00\x01\x02",
		strings.Repeat("[", 20_000),
		`{"a":` + strings.Repeat("9", 5000),
		"{\"\u2028\":{\"\\\"\":[[[{}]]]}}",
		`{"messages":[` + strings.Repeat(`{"role":"x"},`, 500) + `{}]}`,
	}, "\n")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Skipf("the file system does not take such a name: %v", err)
	}
	return path
}

// TestOutputsFitTheirSchemas validates what is really written.
func TestOutputsFitTheirSchemas(t *testing.T) {
	check, checkDocument := schema(t, "check.schema.json")
	finding, findingDocument := schema(t, "finding.schema.json")
	demo, fixtures := filepath.Join(root, "testdata", "demo"), filepath.Join(root, "testdata", "fixtures")
	cases := [][]string{
		{demo},
		{fixtures},
		{fixtures, "--max-per-group", "0", "--snippets", "on", "--level", "warning"},
		{filepath.Join(fixtures, "clean-chat.jsonl"), "--model", "gpt-4.1-mini", "--profile", "both", "--method", "sft"},
		{fixtures, "--stats"},
		{filepath.Join(fixtures, "weak-signal.jsonl"), filepath.Join(fixtures, "vision-urls.jsonl"), "--stats", "--profile", "openai", "--model", "gpt-4.1", "--epochs", "2", "--max-cost", "1"},
		{filepath.Join(fixtures, "rft.jsonl"), "--method", "rft", "--model", "o4-mini", "--fail-on", "never"},
	}
	for _, profile := range []string{"azure", "azure-strict", "openai", "both"} {
		cases = append(cases, []string{hostile(t), "--profile", profile, "--snippets", "on", "--severity", "FTM025=info"})
	}
	lines := 0
	for _, args := range cases {
		valid(t, check, "check -o json "+strings.Join(args, " "), written(t, append([]string{"check", "-o", "json"}, args...)...))
		for line := range bytes.Lines(written(t, append([]string{"check", "-o", "jsonl"}, args...)...)) {
			valid(t, finding, "check -o jsonl "+strings.Join(args, " "), line)
			lines++
		}
	}
	if lines < 500 {
		t.Errorf("only %d findings were validated", lines)
	}

	// A finding is the same thing in both.
	properties := func(schema map[string]any, path ...string) map[string]any {
		for _, key := range path {
			schema = schema[key].(map[string]any)
		}
		return schema
	}
	want := properties(findingDocument, "properties")
	delete(want, "schema_version")
	got := properties(checkDocument, "properties", "groups", "items", "properties", "findings", "items", "properties")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings differ in the two schemas (-finding +check)\n%s", diff)
	}

	figures, _ := schema(t, "stats.schema.json")
	for _, args := range append(cases, []string{"missing.jsonl", demo, "--snippets", "on"}) {
		if args = slices.Clone(args); slices.Contains(args, "--fail-on") || slices.Contains(args, "--level") || slices.Contains(args, "--severity") {
			args = args[:1]
		}
		args = slices.DeleteFunc(args, func(arg string) bool { return arg == "--stats" })
		valid(t, figures, "stats -o json "+strings.Join(args, " "), written(t, append([]string{"stats", "-o", "json"}, args...)...))
	}

	comparison, _ := schema(t, "diff.schema.json")
	change, changeDocument := schema(t, "change.schema.json")
	changes := 0
	for _, args := range [][]string{
		{filepath.Join(demo, "train.jsonl"), filepath.Join(demo, "train.clean.jsonl")},
		{filepath.Join(demo, "train.clean.jsonl"), filepath.Join(demo, "train.jsonl"), "--model", "gpt-4.1-mini", "--profile", "both", "--epochs", "2"},
		{filepath.Join(demo, "train.clean.jsonl"), filepath.Join(demo, "train.clean.jsonl"), "--profile", "openai", "--model", "gpt-4.1"},
		{filepath.Join(demo, "valid.jsonl"), filepath.Join(demo, "train.jsonl")},
		{filepath.Join(fixtures, "rft.jsonl"), filepath.Join(fixtures, "dpo.jsonl"), "--model", "o4-mini"},
		{hostile(t), filepath.Join(demo, "train.jsonl"), "--method", "sft", "--snippets", "on"},
		{filepath.Join(fixtures, "empty.jsonl"), filepath.Join(demo, "train.jsonl")},
	} {
		valid(t, comparison, "diff -o json "+strings.Join(args, " "), written(t, append([]string{"diff", "-o", "json"}, args...)...))
		for line := range bytes.Lines(written(t, append([]string{"diff", "-o", "jsonl"}, args...)...)) {
			valid(t, change, "diff -o jsonl "+strings.Join(args, " "), line)
			changes++
		}
	}
	if changes < 100 {
		t.Errorf("only %d changes were validated", changes)
	}
	want = properties(changeDocument, "properties")
	delete(want, "schema_version")
	_, comparisonDocument := schema(t, "diff.schema.json")
	if diff := cmp.Diff(want, properties(comparisonDocument, "properties", "changes", "items", "properties")); diff != "" {
		t.Errorf("changes differ in the two schemas (-change +diff)\n%s", diff)
	}

	rule, _ := schema(t, "rule.schema.json")
	valid(t, rule, "rule -o json", written(t, "rule", "-o", "json"))

	counts, _ := schema(t, "tokens.schema.json")
	for _, args := range [][]string{{}, {"--ids"}, {"--show"}, {"--encoding", "cl100k_base"}} {
		args = append([]string{"tokens", "-o", "json", hostile(t), filepath.Join(demo, "train.jsonl"), "missing.txt", "-"}, args...)
		valid(t, counts, strings.Join(args, " "), written(t, args...))
	}

	division, _ := schema(t, "split.schema.json")
	valid(t, division, "split -o json", written(t, "split", "-o", "json", "--dry-run", filepath.Join(demo, "train.clean.jsonl")))

	answers, _ := schema(t, "explain.schema.json")
	for _, message := range append(explain.Samples(), "not known at all", `Example 5, message 2 contains an extra "mo\u202eod"`) {
		valid(t, answers, "explain -o json "+message, written(t, "explain", "-o", "json", message))
	}
}

// TestSchemasDescribeEverything: no property without a description, and no
// object of a format of ours that is open.
func TestSchemasDescribeEverything(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join(root, "docs", "schema"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".schema.json") {
			continue
		}
		_, document := schema(t, entry.Name())
		var walk func(path string, s map[string]any)
		walk = func(path string, s map[string]any) {
			// Of SARIF, which is not ours, the schema says what is needed.
			_, some := s["additionalProperties"].(map[string]any) // of a form that is described
			if s["type"] == "object" && !some && s["additionalProperties"] != false && entry.Name() != "sarif.schema.json" {
				t.Errorf("%s: %s takes any property", entry.Name(), path)
			}
			if properties, ok := s["properties"].(map[string]any); ok {
				for name, p := range properties {
					p := p.(map[string]any)
					if text, _ := p["description"].(string); !strings.HasSuffix(text, ".") {
						t.Errorf("%s: %s.%s has no description", entry.Name(), path, name)
					}
					walk(path+"."+name, p)
				}
			}
			if items, ok := s["items"].(map[string]any); ok {
				walk(path+"[]", items)
			}
			if defs, ok := s["$defs"].(map[string]any); ok {
				for name, d := range defs {
					walk(path+"#"+name, d.(map[string]any))
				}
			}
		}
		walk("", document)
	}
}
