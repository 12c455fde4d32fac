package bench

import (
	"context"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
	"github.com/ftlint/ftlint/tokenize"
)

// unmoved is a collector that looks at nothing: the file is read and decoded for
// it all the same.
type unmoved struct{}

// counted is one that has every example counted, and no more.
type counted struct{ unmoved }

func (counted) Add(e *dataset.Example) { e.Counts() }

func (unmoved) Add(*dataset.Example)          {}
func (unmoved) Merge(lint.Collector, int64)   {}
func (unmoved) Finish(*lint.Pass, *lint.File) {}

// BenchmarkStats is what ftlint stats does, with one worker, and beside it its
// parts: reading and decoding alone, and counting the texts of the messages alone,
// which are in memory already.
func BenchmarkStats(b *testing.B) {
	for _, name := range []string{"chat_en", "chat_multilingual"} {
		path, data := corpusFile(b, name)
		texts, _ := contents(b, name)
		encoding, err := tokenize.Get(tokenize.DefaultEncoding)
		if err != nil {
			b.Fatal(err)
		}
		run := func(b *testing.B, figures func(*lint.Settings) lint.Collector) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{
					Counter: tokenize.Accounting{}.NewCounter, Figures: figures, Workers: 1,
				})
				if err != nil || result.Err() != nil {
					b.Fatal(err, result.Err())
				}
			}
		}
		b.Run("all/"+name, func(b *testing.B) {
			run(b, func(s *lint.Settings) lint.Collector { return stats.NewFigures(s) })
		})
		b.Run("counts/"+name, func(b *testing.B) {
			run(b, func(*lint.Settings) lint.Collector { return counted{} })
		})
		b.Run("scan/"+name, func(b *testing.B) {
			run(b, func(*lint.Settings) lint.Collector { return unmoved{} })
		})
		b.Run("count/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				counter := encoding.NewCounter()
				for _, text := range texts {
					counter.CountString(text)
				}
			}
		})
	}
}
