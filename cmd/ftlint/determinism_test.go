package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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
