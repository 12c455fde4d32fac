package remote

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// curve is a table of results: valid makes the validation loss of a step.
func curve(n int, train, valid func(step int) float64) string {
	var b strings.Builder
	b.WriteString("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n")
	for i := 1; i <= n; i++ {
		loss := ""
		if valid != nil && i%2 == 0 {
			loss = fmt.Sprint(valid(i))
		}
		fmt.Fprintf(&b, "%d,%v,0.5,%s,\n", i, train(i), loss)
	}
	return b.String()
}

// TestJudgeWithoutTraining: a table without training losses is judged by validation alone.
func TestJudgeWithoutTraining(t *testing.T) {
	steps, err := ParseResults(strings.NewReader("step,valid_loss\n1,1\n2,0.5\n3,0.4\n4,0.9\n5,1.2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if v := Judge(steps, nil); !v.Overfits || v.Best != 3 {
		t.Errorf("%+v", v)
	}
}

// TestJudge: overfitting begins where the validation loss is lowest, and only if it rises
// clearly from there on while the training loss does not.
func TestJudge(t *testing.T) {
	falling := func(i int) float64 { return 2 / float64(i+1) }
	checkpoints := []Checkpoint{{ID: "late", Step: 90}, {ID: "middle", Step: 50}, {ID: "early", Step: 20}}
	for name, test := range map[string]struct {
		table    string
		best     int64 // about
		overfits bool
		prefer   string
	}{
		"falls":            {curve(100, falling, func(i int) float64 { return 1 + falling(i) }), 100, false, ""},
		"rises again":      {curve(100, falling, func(i int) float64 { return 1 + math.Abs(float64(i)-44)/50 }), 44, true, "middle"},
		"rises soon":       {curve(100, falling, func(i int) float64 { return 1 + math.Abs(float64(i)-10)/50 }), 10, true, "early"},
		"level":            {curve(100, falling, func(i int) float64 { return 1 + 0.001*float64(i%3) }), 0, false, ""},
		"both rise":        {curve(100, func(i int) float64 { return float64(i) }, func(i int) float64 { return float64(i) }), 0, false, ""},
		"nothing measured": {curve(100, falling, nil), 0, false, ""},
	} {
		steps, err := ParseResults(strings.NewReader(test.table))
		if err != nil || len(steps) != 100 {
			t.Fatalf("%s: %d steps, %v", name, len(steps), err)
		}
		v := Judge(steps, checkpoints)
		prefer := ""
		if v.Prefer != nil {
			prefer = v.Prefer.ID
		}
		if v.Overfits != test.overfits || prefer != test.prefer || test.best > 0 && far(v.Best, test.best) > 6 {
			t.Errorf("%s: %+v, prefers %q", name, v, prefer)
		}
	}
}

// TestParseResults: tables that are odd.
func TestParseResults(t *testing.T) {
	for text, want := range map[string]int{
		"":                                    -1,
		"a,b\n1,2\n":                          -1,
		"\uFEFFstep,train_loss\n1,0.5\n2,\n":  2,
		"step,train_loss\n1\nx,y\n3,NaN\n":    2,
		"step,full_valid_loss,new\n1,0.5,9\n": 1,
		"step,train_loss\n\"1,2\n":            -1,
	} {
		steps, err := ParseResults(strings.NewReader(text))
		if (err != nil) != (want < 0) || err == nil && len(steps) != want {
			t.Errorf("%q: %v, %v", text, steps, err)
		}
	}
}

// TestJudgeJob: what the service leaves is understood.
func TestJudgeJob(t *testing.T) {
	for _, d := range dialects {
		s := fake.New(t, d.fake)
		c := clientOf(t, s, d.dialect)
		f, err := c.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 100)), UploadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		j, err := createJob(t.Context(), c, JobSpec{Model: "gpt-4o-mini-2024-07-18", TrainingFile: f.ID, ValidationFile: f.ID}, "run")
		if err != nil {
			t.Fatal(err)
		}
		if j, err = c.WatchJob(t.Context(), j.ID, Watch{}); err != nil {
			t.Fatal(err)
		}
		var table bytes.Buffer
		if err := c.Results(t.Context(), j, &table); err != nil {
			t.Fatal(err)
		}
		steps, err := ParseResults(&table)
		if err != nil {
			t.Fatal(err)
		}
		points, err := c.Checkpoints(t.Context(), j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if v := Judge(steps, points); !v.Overfits || v.Prefer == nil || v.Best == 0 {
			t.Errorf("%s: %+v of %d steps", d.dialect, v, len(steps))
		}
	}
}
