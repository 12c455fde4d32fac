package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// otherRules are all rules whose id does not begin with prefix.
func otherRules(prefix string) (others []lint.Rule) {
	for _, r := range rules.All() {
		if !strings.HasPrefix(r.ID, prefix) {
			others = append(others, r)
		}
	}
	return others
}

// BenchmarkTools is a whole check of data with tools, reading included, with one
// worker. In turn with it runs the check without the rules on tools (x-others) and
// without FTT004 alone (x-FTT004). The corpus has a list of tools of its own for
// every third line; in "same" all lines have one list, with parameters that only the
// library for JSON Schema understands.
func BenchmarkTools(b *testing.B) {
	corpusPath, data := corpusFile(b, "tools")
	same := sameTools(20_000)
	samePath := filepath.Join(b.TempDir(), "same.jsonl")
	if err := os.WriteFile(samePath, same, 0o600); err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name, path string
		bytes      int
	}{
		{"corpus", corpusPath, len(data)},
		{"same", samePath, len(same)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			all, others, without := rules.All(), otherRules("FTT"), otherRules("FTT004")
			var whole, ofOthers, ofWithout []float64
			for b.Loop() {
				whole = append(whole, timed(b, bench.path, all))
				ofOthers = append(ofOthers, whole[len(whole)-1]/timed(b, bench.path, others))
				ofWithout = append(ofWithout, whole[len(whole)-1]/timed(b, bench.path, without))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(bench.bytes)/1e6/median(whole), "MB/s")
			b.ReportMetric(median(ofOthers), "x-others")
			b.ReportMetric(median(ofWithout), "x-FTT004")
		})
	}
}

// timed checks a file and returns the seconds that it took.
func timed(b *testing.B, path string, list []lint.Rule) float64 {
	from := time.Now()
	result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: list, Counter: tokenize.Accounting{}.NewCounter, Workers: 1})
	if err != nil || result.Err() != nil {
		b.Fatal(err, result.Err())
	}
	return time.Since(from).Seconds()
}

// sameTools are n lines with one list of tools.
func sameTools(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"messages":[{"role":"user","content":"How wet is bed %d?"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"moisture","arguments":"{\"bed\":%d,\"unit\":\"percent\"}"}}]}],`, i, i)
		b.WriteString(`"tools":[{"type":"function","function":{"name":"moisture","parameters":{"type":"object","properties":{"bed":{"type":"integer"},"unit":{"$ref":"#/$defs/unit"}},"required":["bed"],"$defs":{"unit":{"enum":["percent","kilopascal"]}}}}}]}` + "\n")
	}
	return []byte(b.String())
}
