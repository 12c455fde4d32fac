package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
)

// broken is a writer with a bug.
type broken struct{}

func (broken) Write([]byte) (int, error) { panic("the writer is \x1b[31mbroken") }

// TestBugs: a panic ends in exit status 3, with what a report of it needs.
func TestBugs(t *testing.T) {
	train := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(train, []byte(strings.Repeat("{}\n[]\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"in a command": {[]string{"version"}, nil},
		"in a run":     {[]string{"--output", "jsonl", train}, []string{"ftlint: " + train + ": internal error: "}},
	} {
		t.Run(name, func(t *testing.T) {
			var errs bytes.Buffer
			if status := Main(test.args, Streams{In: strings.NewReader(""), Out: broken{}, Err: &errs}); status != exitInternal {
				t.Errorf("exit status %d, want %d", status, exitInternal)
			}
			want := append(test.want, `the writer is \x1b[31mbroken`, "This is a bug in ftlint "+version(),
				"https://github.com/ftlint/ftlint/issues", "bug_test.go:")
			for _, w := range want {
				if !strings.Contains(errs.String(), w) {
					t.Errorf("standard error lacks %q:\n%s", w, &errs)
				}
			}
		})
	}
}

// TestInternalError: what is known of the place is told.
func TestInternalError(t *testing.T) {
	var errs bytes.Buffer
	bug := &lint.PanicError{File: "train.jsonl", Line: 1273, Rule: "FTM002", Value: "index out of range"}
	if status := internalError(&errs, bug.Error(), []byte("goroutine 7 [running]:\n")); status != exitInternal {
		t.Errorf("exit status %d, want %d", status, exitInternal)
	}
	first, rest, _ := strings.Cut(errs.String(), "\n")
	if want := "ftlint: train.jsonl:1273 in FTM002: internal error: index out of range"; first != want {
		t.Errorf("the first line is\n%s\nwant\n%s", first, want)
	}
	for _, w := range []string{"Please report it", "the line of the dataset", "goroutine 7 [running]:"} {
		if !strings.Contains(rest, w) {
			t.Errorf("standard error lacks %q:\n%s", w, rest)
		}
	}
}
