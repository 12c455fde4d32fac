package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/term"
)

// TestDeterminism: the bytes of every output are the same for every number of
// workers and every size of chunks.
func TestDeterminism(t *testing.T) {
	inputs := []string{filepath.Join(root, "testdata", "demo"), filepath.Join(root, "testdata", "fixtures")}
	for _, format := range []string{"jsonl", "json", "text", "full", "concise", "html", "sarif", "github", "gitlab", "junit", "markdown"} {
		var first []byte
		var firstStatus int
		check := func(flags ...string) {
			var out, errs bytes.Buffer
			args := append([]string{"check", "-o", format, "--snippets", "on", "--max-per-group", "3", "--stats", "--model", "gpt-3.5-turbo-0613", "--near-duplicates", "--similarity", "0.7"}, flags...)
			status := Main(append(args, inputs...), Streams{In: os.Stdin, Out: &out, Err: &errs})
			if first == nil {
				first, firstStatus = append(out.Bytes(), errs.Bytes()...), status
				return
			}
			got := append(out.Bytes(), errs.Bytes()...)
			if status != firstStatus || !bytes.Equal(got, first) {
				t.Errorf("%s %v: exit status %d, want %d; %s", format, flags, status, firstStatus, difference(first, got))
			}
		}
		check("-j", "1")
		check("-j", "2")
		check("-j", "8")
		check("-j", "1", "--chunk-bytes", "4096")
		check("-j", "8", "--chunk-bytes", "4096")
		check("-j", "8", "--chunk-bytes", "1048576")
		if format == "jsonl" { // a chunk for every few bytes takes its time
			check("-j", "8", "--chunk-bytes", "1")
			check("-j", "2", "--chunk-bytes", "7")
		}
	}
}

// TestDiffDeterminism: the same of comparisons.
func TestDiffDeterminism(t *testing.T) {
	dir := t.TempDir()
	clean := document(t, "testdata/demo/train.clean.jsonl")
	lines := strings.SplitAfter(strings.Repeat(clean, 3), "\n")
	slices.Reverse(lines)
	fresh := filepath.Join(dir, "new.jsonl")
	if err := os.WriteFile(fresh, []byte(strings.ReplaceAll(strings.Join(lines[5:], ""), "cargo", "freight")+"{\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "json", "jsonl"} {
		var first []byte
		for _, flags := range [][]string{{"-j", "1"}, {"-j", "2"}, {"-j", "8"}, {"-j", "1", "--chunk-bytes", "4096"}, {"-j", "8", "--chunk-bytes", "100"}} {
			args := append([]string{"diff", "-o", format, "--snippets", "on", "--max-examples", "0", filepath.Join(root, "testdata", "demo", "train.jsonl"), fresh}, flags...)
			var out, errs bytes.Buffer
			if status := Main(args, Streams{In: os.Stdin, Out: &out, Err: &errs}); status != exitOK {
				t.Fatalf("%v: exit status %d\n%s", args, status, &errs)
			}
			if first == nil {
				first = out.Bytes()
			} else if !bytes.Equal(out.Bytes(), first) {
				t.Errorf("%s %v: %s", format, flags, difference(first, out.Bytes()))
			}
		}
	}
}

// TestDiffFits: no line of a comparison is wider than the terminal, and none has anything
// in it that could harm that.
func TestDiffFits(t *testing.T) {
	dir := t.TempDir()
	line := func(question, answer, rest string) string {
		text, err := json.Marshal([]any{map[string]string{"role": "user", "content": question}, map[string]string{"role": "assistant", "content": answer}})
		if err != nil {
			t.Fatal(err)
		}
		return `{"messages":` + string(text) + rest + "}\n"
	}
	var old, fresh strings.Builder
	nasty := []string{"\x1b[31mred\u202e", strings.Repeat("日本語", 60), strings.Repeat("word ", 300), "a\nb\tc\r\x00", "e" + strings.Repeat("\u0301", 200), "👩‍👧🇩🇪", "", strings.Repeat("x", 500)}
	for i, a := range nasty {
		for k, b := range nasty {
			question := strconv.Itoa(i*len(nasty)+k) + " " + a
			old.WriteString(line(question, a+" an answer "+b, ""))
			fresh.WriteString(line(question, a+" another answer "+b, ""))
			old.WriteString(line("old "+question, a, ""))
			fresh.WriteString(line("new "+question, b, `,"a\u001b\u202e`+strings.Repeat("k", 100)+`":1`))
		}
	}
	paths := []string{filepath.Join(dir, "old.jsonl"), filepath.Join(dir, "new.jsonl")}
	for i, content := range []string{old.String(), fresh.String()} {
		if err := os.WriteFile(paths[i], []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, width := range []int{60, 80, 132} {
		t.Setenv("COLUMNS", strconv.Itoa(width))
		text := string(written(t, "diff", "old.jsonl", "new.jsonl", "--snippets", "on", "--max-examples", "0", "--model", "gpt-4.1", "--profile", "openai"))
		if !strings.Contains(text, "{+another+}") {
			t.Errorf("no change is shown:\n%.2000s", text)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if n := term.StringWidth(line); n > width {
				t.Errorf("%d of %d columns: %s", n, width, line)
			}
			if term.Sanitize(line) != line {
				t.Errorf("not safe: %q", line)
			}
		}
	}
}

// TestDiffCountsAsStats: the totals of both versions are those that stats tells.
func TestDiffCountsAsStats(t *testing.T) {
	var comparison struct{ Old, New map[string]any }
	names := []string{"train.jsonl", "train.clean.jsonl"}
	for _, flags := range [][]string{{}, {"--model", "gpt-3.5-turbo-0613", "--profile", "both"}, {"--model", "gpt-4.1", "--profile", "openai", "--epochs", "2"}} {
		args := append([]string{"diff", "-o", "json"}, flags...)
		for _, name := range names {
			args = append(args, filepath.Join(root, "testdata", "demo", name))
		}
		if err := json.Unmarshal(written(t, args...), &comparison); err != nil {
			t.Fatal(err)
		}
		for i, of := range []map[string]any{comparison.Old, comparison.New} {
			var figures struct {
				Files []struct{ Stats map[string]any }
			}
			path := filepath.Join(root, "testdata", "demo", names[i])
			if err := json.Unmarshal(written(t, append([]string{"stats", "-o", "json", path}, flags...)...), &figures); err != nil {
				t.Fatal(err)
			}
			want := figures.Files[0].Stats
			for _, key := range []string{"examples", "tokens", "trained_tokens", "certainty"} {
				if of[key] != want[key] {
					t.Errorf("%v: %s: %v %s, stats counts %v", flags, names[i], of[key], key, want[key])
				}
			}
			got, forecast := of["forecast"].(map[string]any), want["forecast"].(map[string]any)
			for _, key := range []string{"epochs", "epochs_auto", "batch_size", "steps", "tokens", "cost_usd"} {
				if got[key] != forecast[key] {
					t.Errorf("%v: %s: %v %s, stats says %v", flags, names[i], got[key], key, forecast[key])
				}
			}
		}
	}
}

// difference shows the first line that differs.
func difference(want, got []byte) string {
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range min(len(w), len(g)) {
		if !bytes.Equal(w[i], g[i]) {
			return "the first difference:\n-" + string(w[i]) + "\n+" + string(g[i])
		}
	}
	return "one output is longer"
}
