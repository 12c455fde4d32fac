package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFloodFitsAPage: whatever is wrong with however many lines, the text is a
// page, its totals are exact, and one rare defect is on it.
func TestFloodFitsAPage(t *testing.T) {
	const lines = 20_000
	var content bytes.Buffer
	for i := range lines {
		kinds := []string{
			`{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"a","weight":1.0}],"temperature":1}`,
			`{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"a"}`,
			`{"messages":[{"role":"human","content":"%d"},{"role":"assistant","content":"a","mood":""}],"x":1}`,
			`{"messages":[{"role":"user","content":"%d"},{"role":"assistant"}],"y%[1]d":1}`,
			`{"messages":[{"role":"user","content":[]},{"role":"assistant","content":"%d"}]},`,
			`{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":null}]}`,
			`{"messages":[{"role":"user","content":"%d","weight":1},{"role":"assistant","content":"<|fim_suffix|>"}]}`,
		}
		kind := kinds[i%len(kinds)]
		if i == 12_345 {
			kind = `{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"a","weight":3}]}`
		}
		fmt.Fprintf(&content, kind+"\n", i)
	}
	path := filepath.Join(t.TempDir(), "flood.jsonl")
	if err := os.WriteFile(path, content.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if status := Main([]string{path}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != exitFindings || errs.Len() > 0 {
		t.Fatalf("exit status %d: %s", status, &errs)
	}
	text := out.String()
	if n := strings.Count(text, "\n"); n >= 60 {
		t.Errorf("%d lines of text:\n%s", n, text)
	}
	for _, want := range []string{":12346:", "FTM016", " 2,857 "} {
		if !strings.Contains(text, strings.TrimSuffix(want, " ")) {
			t.Errorf("%q is not in the text:\n%s", want, text)
		}
	}
}
