package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/explain"
	"github.com/ftlint/ftlint/rules"
)

// explainable returns texts of the services, of every kind that is known.
func explainable() []string {
	messages := explain.Samples()
	for _, key := range []string{
		"weight", "tools", "functions", "temperature", "response_format", "role", "input", "preferred_completion",
		"prompt", "completion", "messages", "conversations", "id", "content", "tool_call_id",
	} {
		messages = append(messages,
			fmt.Sprintf("Example 1 contains an extra %q.", key),
			fmt.Sprintf("Example 1, message 2 contains an extra %q.", key),
			fmt.Sprintf("Example 1 is missing key '%s'", key))
	}
	for _, key := range []string{"content", "role", "weight", "tool_call_id", "tool_calls[0].function.arguments", "tool_calls", "function_call", "name", "mood"} {
		for _, reason := range []string{"Input should be a valid string", "Field required", "Extra inputs are not permitted"} {
			messages = append(messages, fmt.Sprintf("Line 1, message 3, key %q: %s", key, reason))
		}
	}
	for _, hint := range []string{"{...", `{\"p...`, "[...", "{'me...", `b'\xb0\xb2'`, `b'\xff\xfe{\x00'`, "\ufeff{...", `\"...`, "x..."} {
		messages = append(messages, fmt.Sprintf("Line 1 is not a dictionary (HINT: line starts with: \"%s\").", hint))
	}
	for _, method := range []string{"supervised", "dpo", "reinforcement"} {
		messages = append(messages,
			"Input file file-abc is in the fine-tune-chat format, but the specified fine-tuning job is not using 'supervised' as the training method (provided method="+method+").",
			"Finetuning with gpt-4.1-mini requires the "+method+" method of finetuning.")
	}
	return messages
}

// explained returns the answers of ftlint explain to a text.
func explained(t *testing.T, message string) []explain.Answer {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main([]string{"explain", "--output", "json", message}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != 0 {
		t.Errorf("explain %q: exit status %d\n%s", message, status, &errs)
		return nil
	}
	var got struct{ Answers []explain.Answer }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got.Answers
}

// TestExplainedCommandsWork: whatever the service said, the commands that an
// answer tells people to run are understood.
func TestExplainedCommandsWork(t *testing.T) {
	messages := explainable()
	for _, variable := range services(t) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Chdir(t.TempDir())
	if err := os.WriteFile("train.jsonl", demoFile(t, "train.clean.jsonl"), 0o644); err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	for _, message := range messages {
		var out, errs bytes.Buffer
		for _, answer := range explained(t, message) {
			for _, advice := range append([]string{answer.Title, answer.Meaning}, answer.Do...) {
				if strings.Contains(advice, "--fix") || strings.Contains(advice, "ftlint fix") {
					t.Errorf("%q: advises what there is not: %s", message, advice)
				}
			}
			for _, command := range answer.Run {
				if ran[command] {
					continue
				}
				ran[command] = true
				args := strings.Fields(command)
				if args[0] != "ftlint" {
					t.Fatalf("%q: %q is no command of ftlint", message, command)
				}
				out.Reset()
				errs.Reset()
				if status := Main(args[1:], Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status > exitFindings && !strings.Contains(errs.String(), "No such") { // as the ids in them are examples
					t.Errorf("%q\nadvises %q: exit status %d\n%s", message, command, status, &errs)
				}
			}
		}
	}
	if len(ran) < 30 {
		t.Errorf("only %d commands were seen", len(ran))
	}
}

// TestExplainedCommandsFind: the checks that an answer tells people to run find
// the fault in a file that has it.
func TestExplainedCommandsFind(t *testing.T) {
	t.Chdir(t.TempDir())
	type pair struct{ command, rule string }
	ran := map[pair]bool{}
	for _, message := range explainable() {
		for _, answer := range explained(t, message) {
			for _, command := range answer.Run {
				args := strings.Fields(command)
				if args[1] != "check" {
					continue
				}
				looked := answer.Rules
				if i := slices.Index(args, "--select"); i >= 0 {
					looked = strings.Split(args[i+1], ",")
				}
				found := 0
				for _, id := range looked {
					content := faulty(t, id, command)
					if content == "" || ran[pair{command, id}] {
						found++
						continue
					}
					if err := os.WriteFile("train.jsonl", []byte(content), 0o644); err != nil {
						t.Fatal(err)
					}
					var out, errs bytes.Buffer
					if status := Main(append(args[1:], "--output", "jsonl"), Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status > exitFindings {
						t.Fatalf("%s: exit status %d\n%s", command, status, &errs)
					}
					if strings.Contains(out.String(), `"rule":"`+id+`"`) {
						ran[pair{command, id}] = true
						found++
					} else if strings.Contains(command, "--select") {
						t.Errorf("%q\nadvises %q, which finds nothing in a file that has what %s is about", message, command, id)
					}
				}
				if found == 0 && len(looked) > 0 {
					t.Errorf("%q\nadvises %q, which finds none of %v in files that have them", message, command, looked)
				}
			}
		}
	}
	if len(ran) < 40 {
		t.Errorf("only %d pairs of a command and a rule were seen", len(ran))
	}
}

// faulty is a file that has what a rule is about, made from its samples; empty
// where they show it not.
func faulty(t *testing.T, id, command string) string {
	t.Helper()
	r, ok := rules.Lookup(id)
	switch {
	case id == "FTF021" && strings.Contains(command, "--method") && !strings.Contains(command, "--method dpo"):
		pairs, _ := rules.Lookup("FTP001")
		return strings.Repeat(pairs.Doc.Good[0]+"\n", 12)
	case !ok:
		t.Fatalf("an answer names %s, which is no rule", id)
	case r.Doc.BadFile != nil:
		return r.Doc.BadFile.Content()
	case len(r.Doc.Bad) > 0:
		return strings.Repeat(r.Doc.Bad[0]+"\n", 12)
	}
	return ""
}

// demoFile reads a file of testdata/demo.
func demoFile(tb testing.TB, name string) []byte {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join(root, "testdata", "demo", name))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}
