package bench

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/tokenize"
)

// contents returns the texts of the messages of a chat corpus, in order, as they
// lie in one stretch of memory like the lines of a file.
func contents(tb testing.TB, corpusName string) (texts []string, size int64) {
	tb.Helper()
	var all strings.Builder
	var ends []int
	for _, line := range lines(corpus(tb, corpusName)) {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			tb.Fatal(err)
		}
		for _, m := range r.Messages {
			if text, ok := m.Content.(string); ok {
				all.WriteString(text)
				ends = append(ends, all.Len())
			}
		}
	}
	start := 0
	for _, end := range ends {
		texts = append(texts, all.String()[start:end])
		start = end
	}
	return texts, int64(all.Len())
}

// BenchmarkTokens counts the messages of a corpus one by one: cold with a new
// counter, as a run of the program does, and warm with one that has seen them.
// Beside it tiktoken-go counts one message in a hundred.
func BenchmarkTokens(b *testing.B) {
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	for _, name := range []string{"chat_en", "chat_multilingual"} {
		texts, size := contents(b, name)
		for _, encoding := range []string{"o200k_base", "cl100k_base"} {
			e, err := tokenize.Get(encoding)
			if err != nil {
				b.Fatal(err)
			}
			count := func(c *tokenize.Counter, texts []string) (n int) {
				for _, text := range texts {
					n += c.CountString(text)
				}
				return n
			}
			at := "/" + encoding + "/" + name
			b.Run("cold"+at, func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					count(e.NewCounter(), texts)
				}
			})
			b.Run("warm"+at, func(b *testing.B) {
				c := e.NewCounter()
				count(c, texts)
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					count(c, texts)
				}
			})
			b.Run("tiktoken-go"+at, func(b *testing.B) {
				t, err := tiktoken.GetEncoding(encoding)
				if err != nil {
					b.Fatal(err)
				}
				sample, sampled := []string(nil), int64(0)
				for i := 50; i < len(texts); i += 100 {
					sample = append(sample, texts[i])
					sampled += int64(len(texts[i]))
				}
				b.SetBytes(sampled)
				b.ReportAllocs()
				for b.Loop() {
					for _, text := range sample {
						t.EncodeOrdinary(text)
					}
				}
			})
			b.Run("two"+at, func(b *testing.B) {
				// Two workers take turns with stretches of messages.
				b.SetBytes(size)
				for b.Loop() {
					parts := make(chan []string, len(texts)/1000+1)
					for i := 0; i < len(texts); i += 1000 {
						parts <- texts[i:min(i+1000, len(texts))]
					}
					close(parts)
					var group sync.WaitGroup
					for range 2 {
						group.Go(func() {
							c := e.NewCounter()
							for part := range parts {
								count(c, part)
							}
						})
					}
					group.Wait()
				}
			})
		}
	}
}

// BenchmarkHostile counts a megabyte that is one piece, or made of what is slow.
func BenchmarkHostile(b *testing.B) {
	letters := make([]byte, 1<<20)
	seed := uint32(1)
	for i := range letters {
		seed = seed*1664525 + 1013904223
		letters[i] = 'a' + byte(seed>>24)%26
	}
	e, err := tokenize.Get("o200k_base")
	if err != nil {
		b.Fatal(err)
	}
	for _, test := range []struct{ name, text string }{
		{"letter", "a"},
		{"spaces", " "},
		{"line-breaks", "\n"},
		{"dashes", "-"},
		{"marks", "a\u0301"},
		{"digits", "7"},
		{"emoji", "😀"},
		{"family", "👨‍👩‍👧"},
		{"thai", "สวัสดี"},
		{"random-letters", string(letters)},
	} {
		text := strings.Repeat(test.text, 1<<20/len(test.text))
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				c := e.NewCounter()
				c.CountString(text)
			}
		})
	}
}
