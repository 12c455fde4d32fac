package rules

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/tokenize"
)

// BenchmarkRules measures all rules over clean chat lines: what they cost on
// top of decoding is in the difference to the sub-benchmark without rules.
func BenchmarkRules(b *testing.B) {
	content := bom + strings.Repeat(strings.TrimPrefix(goodFile(), bom), 2000)
	file := filepath.Join(b.TempDir(), "train.jsonl")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name  string
		rules []lint.Rule
	}{
		// One rule that needs the messages and is never called.
		{"none", []lint.Rule{developerRole}},
		{"all", All()},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				result, err := lint.Run(context.Background(), []lint.Input{{Path: file}}, lint.Options{Rules: bench.rules, Counter: tokenize.Accounting{}.NewCounter, Workers: 1})
				if err != nil || len(result.Rules) > 0 {
					b.Fatal(err, result.Rules)
				}
			}
		})
	}
}
