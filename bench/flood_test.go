package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// BenchmarkFlood is a file in which every line is bad, against its clean twin.
func BenchmarkFlood(b *testing.B) {
	const n = 200_000
	kinds := map[string]func(i int) string{
		"clean": func(i int) string {
			return fmt.Sprintf(`{"messages":[{"role":"system","content":"You help."},{"role":"user","content":"What is %d plus one, please?"},{"role":"assistant","content":"It is %d, as you can easily see."}]}`, i, i+1)
		},
		"role": func(i int) string {
			return fmt.Sprintf(`{"messages":[{"role":"system","content":"You help."},{"role":"user","content":"What is %d plus one, please?"},{"role":"bot","content":"It is %d, as you can easily see."}]}`, i, i+1)
		},
		"syntax": func(i int) string {
			return fmt.Sprintf(`{"messages":[{"role":"system","content":"You help."},{"role":"user","content":"What is %d plus one, please?"},{"role":"assistant","content":"It is %d, as you can easily see."}]`, i, i+1)
		},
		"weight": func(i int) string {
			return fmt.Sprintf(`{"messages":[{"role":"system","content":"You help."},{"role":"user","content":"What is %d plus one, please?"},{"role":"assistant","content":"It is %d, as you can easily see.","weight":1.0}]}`, i, i+1)
		},
		"keys": func(i int) string {
			return fmt.Sprintf(`{"messages":[{"role":"system","content":"You help."},{"role":"user","content":"What is %d plus one, please?"},{"role":"assistant","content":"It is %d, as you can easily see."}],"key%d":1}`, i, i+1, i)
		},
	}
	for _, kind := range []string{"clean", "role", "syntax", "weight", "keys"} {
		var content bytes.Buffer
		for i := range n {
			content.WriteString(kinds[kind](i) + "\n")
		}
		path := filepath.Join(b.TempDir(), kind+".jsonl")
		if err := os.WriteFile(path, content.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run(kind, func(b *testing.B) {
			b.SetBytes(int64(content.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter, Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
