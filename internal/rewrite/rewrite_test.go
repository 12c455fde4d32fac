package rewrite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

func TestDiff(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, test := range []struct {
		name       string
		line       int64
		old, fresh string
		want       string
	}{
		{"a word", 3, "{\"a\":1.0}\n", "{\"a\":1}\n", "@@ -3 +3 @@\n-{\"a\":1.0}\n+{\"a\":1}\n"},
		{"a line less", 3, "\n", "", "@@ -3 +2,0 @@\n-\n"},
		{"more lines", 3, "a\rb\n", "a\nb\n", "@@ -3 +3,2 @@\n-a\\rb\n+a\n+b\n"},
		{"a line end", 3, "a\r\n", "a\n", "@@ -3 +3 @@\n-a\\r\n+a\n"},
		{"no line end", 3, "a", "a\n", "@@ -3 +3 @@\n-a\n\\ No newline at end of file\n+a\n"},
		{"a mark", 0, "", jsonl.UTF8BOM, "@@ byte-order mark @@\n+U+FEFF\n"},
		{"a long line", 3, long + "1" + long + "\n", long + "22" + long + "\n", "@@ -3 +3 @@\n-…" + strings.Repeat("é", 20) + "1" + strings.Repeat("é", 20) + "…\n+…" + strings.Repeat("é", 20) + "22" + strings.Repeat("é", 20) + "…\n"},
		{"much", 3, "x" + long + "y\n", "xy\n", "@@ -3 +3 @@\n-x" + strings.Repeat("é", 80) + " … 400 bytes … " + strings.Repeat("é", 20) + "y\n+xy\n"},
		{"what moves the cursor", 3, "\x1b[2J\xff\n", "a\n", "@@ -3 +3 @@\n-\\x1b[2J\\xff\n+a\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			d := NewDiff(&out, "f\x1b", term.NewStyle(false))
			if err := d.Change(test.line, []byte(test.old), []byte(test.fresh)); err != nil {
				t.Fatal(err)
			}
			if err := d.End(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("--- f\\x1b\n+++ f\\x1b\n"+test.want, out.String()); diff != "" {
				t.Error("written otherwise (-want +got):\n", diff)
			}
		})
	}
}

// TestReplace has a file that is another one when its draft is ready.
func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	draft := func(target *Target) *Draft {
		d := target.Draft(true)
		if err := d.create(); err != nil {
			t.Fatal(err)
		}
		if err := d.Keep([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Finish(); err != nil {
			t.Fatal(err)
		}
		return d
	}
	write("old")
	target, err := Existing(path)
	if err != nil {
		t.Fatal(err)
	}
	d := draft(target)
	write("other")
	if err := target.Replace(d); !errors.Is(err, jsonl.ErrChanged) {
		t.Errorf("a file that changed is replaced: %v", err)
	}
	d.Discard()
	if target, err = Existing(path); err != nil {
		t.Fatal(err)
	}
	d = draft(target)
	if err := target.Replace(d); err != nil {
		t.Fatal(err)
	}
	d.Discard() // does nothing any more
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "new" {
		t.Errorf("the file is %q: %v", got, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// TestRejects has a line that is not UTF-8.
func TestRejects(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.jsonl")
	r, err := OpenRejects(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Discard()
	rule := &lint.Rule{ID: "FTX001", Name: "some-rule"}
	line := &lint.Rejected{Line: 7, Text: []byte("\xff"), Findings: []lint.Finding{{Rule: rule, Path: "a", Message: "is <b>"}}}
	if err := r.Add("f.jsonl", line); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before it is complete")
	}
	if err := r.Finish(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"f.jsonl","line":7,"reasons":[{"rule":"FTX001","name":"some-rule","path":"a","message":"is <b>"}],"base64":"/w=="}` + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error("written otherwise (-want +got):\n", diff)
	}
}
