package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// corpusFile writes a corpus, unpacked, into a temporary file.
func corpusFile(tb testing.TB, name string) (path string, data []byte) {
	tb.Helper()
	data = corpus(tb, name)
	path = filepath.Join(tb.TempDir(), name+".jsonl")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path, data
}

// BenchmarkCheck is a whole check, reading included, with one worker, and
// beside it the reference: sonic's fastest configuration decoding each line of
// the same file into a typed struct.
func BenchmarkCheck(b *testing.B) {
	for _, name := range corpora {
		path, data := corpusFile(b, name)
		split := lines(data)
		b.Run("ftlint/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter, Workers: 1})
				if err != nil || result.Err() != nil {
					b.Fatal(err, result.Err())
				}
			}
		})
		b.Run("sonic/"+name, func(b *testing.B) {
			if name == "tools" || name == "dpo" {
				benchmarkSonic[record](b, data, split)
				return
			}
			benchmarkSonic[plainRecord](b, data, split)
		})
	}
}
