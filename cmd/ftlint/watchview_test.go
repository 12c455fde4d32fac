package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/term"
)

// TestWatchView: what the view says at a time, and that it fits the terminal.
func TestWatchView(t *testing.T) {
	begun := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	now := begun
	v := &watchView{live: true, id: "ftjob-1", out: &strings.Builder{}, now: func() time.Time { return now }, valid: math.NaN()}
	v.state(&remote.Job{ID: "ftjob-1", Status: "running", CreatedAt: json.Number(fmt.Sprint(begun.Unix()))})
	now = begun.Add(30 * time.Second)
	if got := strings.Join(v.lines(79), "\n"); got != "job ftjob-1 · running · for 30 s" {
		t.Errorf("before it trains:\n%s", got)
	}
	event := func(step int, loss float64, data bool) {
		now = begun.Add(time.Duration(step) * time.Minute)
		e := &remote.Event{CreatedAt: json.Number(fmt.Sprint(now.Unix())), Message: fmt.Sprintf("Step %d/100: training loss=%.2f, validation loss=%.2f", step, loss, loss+1)}
		if data {
			e.Message = "metrics"
			e.Data = map[string]any{"step": float64(step), "total_steps": 100.0, "train_loss": loss}
		}
		if !v.measured(e) {
			t.Errorf("%v measures nothing", e)
		}
	}
	for i := 1; i <= 50; i++ {
		event(i, 2-float64(i)/50, i%2 == 0)
	}
	got := v.lines(79)
	want := []string{
		"job ftjob-1 · running · for 50 min",
		"███████████████░░░░░░░░░░░░░░░  step 50 of 100 (50 %)",
		"about 50 min left, until " + begun.Add(100*time.Minute).Local().Format("15:04"),
		"loss: training 1 · validation 2.02",
	}
	if len(got) != 5 || strings.Join(got[:4], "\n") != strings.Join(want, "\n") {
		t.Errorf("%q, want %q", got, want)
	} else if line := []rune(got[4]); len(line) != 50 || line[0] != '█' || line[49] != '▁' || !slices.IsSortedFunc(line, func(a, b rune) int { return cmp.Compare(b, a) }) {
		t.Errorf("losses that fall are drawn as %s", got[4])
	}
	for _, width := range []int{1, 20, 40, 79, 200} {
		for _, line := range v.lines(width) {
			if term.StringWidth(line) > width {
				t.Errorf("%q is wider than %d columns", line, width)
			}
		}
	}
	if v.measured(&remote.Event{Message: "Checkpoint created at step 50"}) {
		t.Error("a checkpoint is taken for a measure")
	}
	// By the service's own estimate.
	v.job.EstimatedEnd = json.Number(fmt.Sprint(now.Add(3*time.Hour + 5*time.Minute).Unix()))
	if text := strings.Join(v.lines(79), "\n"); !strings.Contains(text, "about 3 h 5 min left") {
		t.Errorf("%s", text)
	}
}

// TestWatchLines: where there is no terminal each event is a line.
func TestWatchLines(t *testing.T) {
	azure(t)
	file, _ := invoke(t, exitOK, "upload", "--no-check", "../../testdata/demo/train.clean.jsonl")
	id, _, _ := strings.Cut(file, " ")
	_, errs := invoke(t, exitOK, "job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", id, "--yes", "--wait")
	if !strings.Contains(errs, "  Step 6/180: training loss=") || strings.Contains(errs, "\x1b") {
		t.Errorf("%q", errs)
	}
}

// TestWatchViewNarrower: on a terminal that was made narrower the lines that it broke are
// gone over, too, and what was not measured is not told as a number.
func TestWatchViewNarrower(t *testing.T) {
	v := &watchView{drawn: []string{strings.Repeat("x", 79), "", "日本語"}}
	for columns, want := range map[int]int{80: 3, 79: 3, 40: 4, 20: 6, 3: 30} {
		if got := v.rows(columns); got != want {
			t.Errorf("%d columns: %d rows, want %d", columns, got, want)
		}
	}
	v = &watchView{now: time.Now, job: &remote.Job{ID: "ftjob-1", Status: "running"}, valid: math.NaN()}
	v.last.Step, v.last.TrainLoss = 3, math.NaN()
	if text := strings.Join(v.lines(80), "\n"); strings.Contains(text, "NaN") || strings.Contains(text, "loss") {
		t.Errorf("%s", text)
	}
}
