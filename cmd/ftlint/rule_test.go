package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
)

// TestShownSamplesDiffer: what a rule reports can be told from what is fine, at
// any usual width.
func TestShownSamplesDiffer(t *testing.T) {
	all := rules.All()
	for i := range all {
		for _, width := range []int{40, 80, 120} {
			var b bytes.Buffer
			if err := report.RuleText(&b, []*lint.Rule{&all[i]}, report.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			_, samples, ok := strings.Cut(b.String(), "\nReported\n")
			if !ok {
				continue
			}
			bad, good, _ := strings.Cut(samples, "\nFine\n")
			badLines, goodLines := strings.Split(strings.TrimSpace(bad), "\n"), strings.Split(strings.TrimSpace(good), "\n")
			if slices.Equal(badLines, goodLines) {
				t.Errorf("ftlint rule %s shows the same as reported and as fine in %d columns:\n%s", all[i].ID, width, bad)
			}
			for line := range strings.Lines(samples) {
				if n := term.StringWidth(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("ftlint rule %s writes %d columns where there are %d:\n%s", all[i].ID, n, width, line)
				}
			}
		}
	}
}
