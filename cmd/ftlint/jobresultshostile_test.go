package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
)

// TestResultsHostile: whatever a service puts into the table of a job, there is a chart
// and a page of a size that can be looked at.
func TestResultsHostile(t *testing.T) {
	const all = "step,train_loss,train_mean_token_accuracy,valid_loss,validation_mean_token_accuracy,full_valid_loss,full_valid_mean_token_accuracy\n"
	rows := func(n int, row func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(row(i) + "\n")
		}
		return b.String()
	}
	long := rows(200_000, func(i int) string { return fmt.Sprintf("%d,1,0.5,1,0.5,1,0.5", i+1) })
	for name, table := range map[string]string{
		"empty":           all,
		"only steps":      "step\n1\n2\n3\n",
		"only validation": "step,valid_loss\n1,3\n2,2\n3,1\n",
		"one step":        all + "1,1,1,1,1,1,1\n",
		"same steps":      all + "1,1,1,1,1,1,1\n1,2,1,1,1,1,1\n",
		"out of order":    all + "1,1,1,1,1,1,1\n500,2,1,1,1,1,1\n3,2,1,1,1,1,1\n",
		"backwards":       all + "9,1,1,1,1,1,1\n5,2,1,1,1,1,1\n3,2,1,1,1,1,1\n",
		"negative steps":  all + "-9,1,1,1,1,1,1\n-5,2,1,1,1,1,1\n3,2,1,1,1,1,1\n",
		"huge steps":      all + "1,1,1,1,1,1,1\n9223372036854775807,2,1,1,1,1,1\n1e300,1,1,1,1,1,1\n9223372036854775000,2,1,1,1,1,1\n",
		"far steps":       all + "1,1,1,1,1,1,1\n999999999,2,1,1,1,1,1\n",
		"not numbers":     all + "1,NaN,NaN,NaN,NaN,NaN,NaN\n2,NaN,NaN,NaN,NaN,NaN,NaN\n3,inf,-inf,nan,,x,\n",
		"huge losses":     all + "1,1e308,1,1,1,1,1\n2,-1e308,2,1,1,1,1\n3,1e17,-1e17,1,1,1,1\n4,1e9,5,-1e9,1,1,1\n",
		"tiny losses":     all + "1,1e-300,1e-300,1e-300,1,1,1\n2,2e-300,1e-300,1,1,1,1\n",
		"short rows":      all + "1\n2,1\n3,1,1\n4,1,1,1\n",
		"many":            all + long,
	} {
		steps, err := remote.ParseResults(strings.NewReader(table))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		job := &remote.Job{ID: "ftjob-1", Status: "succeeded"}
		checkpoints := []remote.Checkpoint{{ID: "c", Model: "m", Step: math.MaxInt64}}
		v := remote.Judge(steps, checkpoints)
		for _, columns := range []int{20, 40, 80, 300} {
			t.Setenv("COLUMNS", fmt.Sprint(columns))
			var text bytes.Buffer
			if err := resultsText(&text, job, steps, &v); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for line := range strings.Lines(text.String()) {
				if width := term.StringWidth(strings.TrimRight(line, "\n")); width > max(columns, 40) {
					t.Errorf("%s: a line of %d columns where there are %d:\n%s", name, width, columns, &text)
					break
				}
			}
		}
		var page bytes.Buffer
		if err := report.WriteTraining(&page, trainingPage(&remote.Client{}, job, steps, checkpoints, &v)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if page.Len() > 200_000 || strings.Contains(page.String(), "NaN") || strings.Contains(page.String(), "Inf") {
			t.Errorf("%s: %d bytes of page, or what is no number in it", name, page.Len())
		}
	}
}

// TestWriteToNowhere: a page that cannot be written is no fault of the service.
func TestWriteToNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere", "page.html")
	err := writeTo(io.Discard, path, func(io.Writer) error { return nil })
	exit := (*exitError)(nil)
	if !errors.As(serviceError(err), &exit) || exit.status != exitUsage || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("%v", err)
	}
}
