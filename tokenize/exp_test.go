package tokenize

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"
	"fmt"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
)

func msgs(file string) (out []string) {
	f, err := os.Open("/tmp/c/" + file + ".jsonl")
	if err != nil {
		panic(err)
	}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 100<<20)
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if s, ok := x.(string); ok {
					if k == "content" || k == "arguments" || k == "text" {
						out = append(out, s)
					}
				} else {
					walk(x)
				}
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for sc.Scan() {
		var v any
		if json.Unmarshal(sc.Bytes(), &v) == nil {
			walk(v)
		}
	}
	return
}

func TestExpEqual(t *testing.T) {
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	for _, f := range []string{"tools", "dpo", "chat_en", "chat_multilingual"} {
		m := msgs(f)
		for _, enc := range []string{"o200k_base", "cl100k_base"} {
			e, _ := Get(enc)
			tk, _ := tiktoken.GetEncoding(enc)
			c := e.NewCounter()
			bad := 0
			for i, s := range m {
				ids := e.AppendTokens(nil, []byte(s))
				n := c.CountString(s)
				if n != len(ids) {
					bad++
					if bad < 4 {
						t.Errorf("%s %s count %d ids %d: %q", f, enc, n, len(ids), s)
					}
				}
				if i%20 == 0 {
					o := tk.EncodeOrdinary(s)
					same := len(o) == len(ids)
					for k := range o {
						same = same && int(ids[k]) == o[k]
					}
					if !same {
						t.Errorf("%s %s tiktoken %q", f, enc, s)
					}
				}
			}
			fmt.Println(f, enc, len(m), bad)
		}
	}
}

func TestExpSpeed(t *testing.T) {
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	for _, f := range []string{"chat_en", "chat_multilingual"} {
		m := msgs(f)
		size := 0
		for _, s := range m {
			size += len(s)
		}
		for _, enc := range []string{"o200k_base", "cl100k_base"} {
			e, _ := Get(enc)
			tk, _ := tiktoken.GetEncoding(enc)
			sz := 0
			st := time.Now()
			for i := 0; i < len(m); i += 100 {
				tk.EncodeOrdinary(m[i])
				sz += len(m[i])
			}
			base := float64(sz) / time.Since(st).Seconds() / 1e6
			c := e.NewCounter()
			for pass := range 3 {
				if pass == 2 {
					c = e.NewCounter()
				}
				st := time.Now()
				n := 0
				for _, s := range m {
					n += c.CountString(s)
				}
				d := time.Since(st)
				mb := float64(size) / d.Seconds() / 1e6
				fmt.Printf("%s %s pass %d: %d msgs %.1f MB %d tokens %.1f MB/s  tiktoken %.2f ratio %.1f\n", f, enc, pass, len(m), float64(size)/1e6, n, mb, base, mb/base)
			}
		}
	}
}
