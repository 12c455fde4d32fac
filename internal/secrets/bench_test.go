package secrets

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// BenchmarkScan looks through real data, line by line as they stand in the files.
func BenchmarkScan(b *testing.B) {
	for _, name := range []string{"chat_en", "chat_multilingual", "tools", "dpo"} {
		b.Run(name, func(b *testing.B) {
			f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "corpora", name+".jsonl.zst"))
			if err != nil {
				b.Skip("the public data are not here (../shared/data)")
			}
			defer f.Close()
			z, err := zstd.NewReader(f)
			if err != nil {
				b.Fatal(err)
			}
			defer z.Close()
			data := make([]byte, 0, 80<<20)
			for {
				n, err := z.Read(data[len(data):cap(data)])
				data = data[:len(data)+n]
				if err != nil || len(data) == cap(data) {
					break
				}
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var found []Found
			for b.Loop() {
				found = Scan(data, found[:0])
			}
			kinds := map[string]int{}
			for _, f := range found {
				kinds[f.Kind.Name]++
			}
			b.Log(kinds)
		})
	}
}
