// Package bench measures ftlint against its references, on real data.
package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bytedance/sonic"
	"github.com/klauspost/compress/zstd"

	"github.com/ftlint/ftlint/lint/dataset"
)

// corpora are the files of real data that everything is measured on.
var corpora = []string{"chat_en", "chat_multilingual", "tools", "dpo"}

// corpus returns a corpus; the test or benchmark is skipped where it is absent.
func corpus(tb testing.TB, name string) []byte {
	tb.Helper()
	packed, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "corpora", name+".jsonl.zst"))
	if err != nil {
		tb.Skip("the corpora of ../shared/data are not here: ", err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer d.Close()
	data, err := d.DecodeAll(packed, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func lines(data []byte) [][]byte {
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}

// record is what a typed decoder of chat datasets is usually given.
type record struct {
	Messages []struct {
		Role       string `json:"role"`
		Content    any    `json:"content"`
		Name       string `json:"name"`
		Weight     *int   `json:"weight"`
		ToolCallID string `json:"tool_call_id"`
		ToolCalls  []struct {
			ID       string `json:"id"`
			Type     string `json:"type"`
			Function struct {
				Name      string `json:"name"`
				Arguments string `json:"arguments"`
			} `json:"function"`
		} `json:"tool_calls"`
	} `json:"messages"`
}

// plainRecord is the least that a typed decoder can be given.
type plainRecord struct {
	Messages []struct {
		Role    string `json:"role"`
		Content string `json:"content"`
		Weight  *int   `json:"weight"`
	} `json:"messages"`
}

// BenchmarkDecode compares ftlint's decoder with sonic, one line at a time.
func BenchmarkDecode(b *testing.B) {
	for _, name := range corpora[:2] {
		data := corpus(b, name)
		split := lines(data)
		for _, of := range []struct {
			name    string
			options dataset.Options
		}{
			{"plain", dataset.Options{Messages: true}},
			{"ftlint", dataset.Options{Messages: true, Markers: true, Phrases: []string{"chain of thought", "show your reasoning"}}},
		} {
			b.Run(of.name+"/"+name, func(b *testing.B) {
				d := dataset.NewDecoder(of.options)
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					for _, line := range split {
						if e := d.Decode(line); e.Broken {
							b.Fatal(e.Faults)
						}
					}
				}
			})
		}
		b.Run("sonic/"+name, func(b *testing.B) { benchmarkSonic[plainRecord](b, data, split) })
	}
}

func benchmarkSonic[T any](b *testing.B, data []byte, split [][]byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range split {
			var r T
			if err := sonic.ConfigFastest.Unmarshal(line, &r); err != nil {
				b.Fatal(err)
			}
		}
	}
}
