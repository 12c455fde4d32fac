package tokenize

import (
	"testing"
	"os"
	"strconv"
)

func BenchmarkCold(b *testing.B) {
	for _, f := range []string{"chat_en", "chat_multilingual"} {
		m := msgs(f)
		size := 0
		for _, s := range m {
			size += len(s)
		}
		for _, enc := range []string{"o200k_base", "cl100k_base"} {
			e, _ := Get(enc)
			b.Run(f+"/"+enc+"/cold", func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					c := e.NewCounter()
					for _, s := range m {
						c.CountString(s)
					}
				}
			})
			b.Run(f+"/"+enc+"/warm", func(b *testing.B) {
				b.SetBytes(int64(size))
				c := e.NewCounter()
				for _, s := range m {
					c.CountString(s)
				}
				for b.Loop() {
					for _, s := range m {
						c.CountString(s)
					}
				}
			})
		}
	}
}

var _ = os.Stdout
var _ = strconv.Itoa
