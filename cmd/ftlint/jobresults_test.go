package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/term"
)

// TestResultsText: charts fit 80 columns, whatever was measured.
func TestResultsText(t *testing.T) {
	for _, n := range []int{0, 1, 2, 30, 5000} {
		for _, validated := range []bool{true, false} {
			var table strings.Builder
			table.WriteString("step,train_loss,train_mean_token_accuracy,valid_loss,validation_mean_token_accuracy\n")
			for i := 1; i <= n; i++ {
				x := float64(i) / float64(n)
				fmt.Fprintf(&table, "%d,%.4f,%.4f,", i, 2-1.5*x, 0.5+0.4*x)
				if validated && i%3 == 0 {
					fmt.Fprintf(&table, "%.4f,%.4f", 1+4*(x-0.5)*(x-0.5), 0.8-0.4*(x-0.5)*(x-0.5))
				} else {
					table.WriteString(",")
				}
				table.WriteString("\n")
			}
			steps, err := remote.ParseResults(strings.NewReader(table.String()))
			if err != nil {
				t.Fatal(err)
			}
			v := remote.Judge(steps, []remote.Checkpoint{{ID: "c", Model: "ft:model:ckpt", Step: int64(n / 2)}})
			var out bytes.Buffer
			if err := resultsText(&out, &remote.Job{ID: "ftjob-1", Status: "succeeded"}, steps, &v); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if term.StringWidth(strings.TrimRight(line, "\n")) > 80 {
					t.Errorf("%d steps: a line is wider than 80 columns: %s", n, line)
				}
			}
			want := "Nothing was validated"
			if validated && n >= 30 {
				want = "Prefer the checkpoint of step"
			}
			if n != 2 && !strings.Contains(out.String(), want) {
				t.Errorf("%d steps, validated %v: %s", n, validated, &out)
			}
			t.Logf("\n%s", &out)
		}
	}
}
