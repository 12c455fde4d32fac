package bench

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
	"github.com/ftlint/ftlint/tokenize"
)

// unmoved is a collector that looks at nothing: the file is read and decoded for
// it all the same.
type unmoved struct{}

func (unmoved) Add(*dataset.Example)          {}
func (unmoved) Merge(lint.Collector, int64)   {}
func (unmoved) Finish(*lint.Pass, *lint.File) {}

// counted is one that has every example counted, and no more.
type counted struct{ unmoved }

func (counted) Add(e *dataset.Example) { e.Counts() }

// BenchmarkStats is what ftlint stats does, with one worker, and in turn with it
// its parts: reading and decoding, the same with the tokens of each example
// counted, and counting alone the texts of the messages, which lie in memory.
// Beside the time of all it has how many times as long it took as its parts
// together: as reading and counting in one run, and as reading and counting texts
// apart.
func BenchmarkStats(b *testing.B) {
	for _, name := range []string{"chat_en", "chat_multilingual"} {
		b.Run(name, func(b *testing.B) {
			path, data := corpusFile(b, name)
			texts, _ := contents(b, name)
			encoding, err := tokenize.Get(tokenize.DefaultEncoding)
			if err != nil {
				b.Fatal(err)
			}
			run := func(figures func(*lint.Settings) lint.Collector) time.Duration {
				begin := time.Now()
				result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{
					Counter: tokenize.Accounting{}.NewCounter, Figures: figures, Workers: 1,
				})
				if err != nil || result.Err() != nil {
					b.Fatal(err, result.Err())
				}
				return time.Since(begin)
			}
			var toCounts, toParts []float64
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				all := run(stats.FiguresMaker())
				b.StopTimer()
				scan := run(func(*lint.Settings) lint.Collector { return unmoved{} })
				counts := run(func(*lint.Settings) lint.Collector { return counted{} })
				begin := time.Now()
				counter := encoding.NewCounter()
				for _, text := range texts {
					counter.CountString(text)
				}
				parts := scan + time.Since(begin)
				toCounts = append(toCounts, all.Seconds()/counts.Seconds())
				toParts = append(toParts, all.Seconds()/parts.Seconds())
				b.StartTimer()
			}
			b.ReportMetric(median(toCounts), "x-counts")
			b.ReportMetric(median(toParts), "x-parts")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
