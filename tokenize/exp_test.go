package tokenize

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

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
	for _, f := range strings.Fields(cmp.Or(os.Getenv("F"), "chat_en chat_multilingual")) {
		m := msgs(f)
		size := 0
		for _, s := range m {
			size += len(s)
		}
		for _, enc := range strings.Fields(cmp.Or(os.Getenv("ENC"), "o200k_base")) {
			e, _ := Get(enc)
			tk, _ := tiktoken.GetEncoding(enc)
			var cold, warm, base, rc, rw []float64
			rounds, _ := strconv.Atoi(cmp.Or(os.Getenv("ROUNDS"), "7"))
			for r := range rounds {
				runtime.GC()
				sz := 0
				st := time.Now()
				for i := r; i < len(m); i += 200 {
					tk.EncodeOrdinary(m[i])
					sz += len(m[i])
				}
				base = append(base, float64(sz)/time.Since(st).Seconds()/1e6)
				c := e.NewCounter()
				for pass := range 2 {
					st := time.Now()
					n := 0
					for _, s := range m {
						n += c.CountString(s)
					}
					mb := float64(size) / time.Since(st).Seconds() / 1e6
					if pass == 0 {
						cold = append(cold, mb)
						rc = append(rc, mb/base[r])
					} else {
						warm = append(warm, mb)
						rw = append(rw, mb/base[r])
					}
				}
			}
			for _, x := range [][]float64{cold, warm, base, rc, rw} {
				sort.Float64s(x)
			}
			k := rounds / 2
			fmt.Printf("%s %s cold med %.1f max %.1f warm %.1f max %.1f base %.2f max %.2f | ratio cold %.1f [max/max %.1f] warm %.1f [%.1f]\n", f, enc, cold[k], cold[rounds-1], warm[k], warm[rounds-1], base[k], base[rounds-1], rc[k], cold[rounds-1]/base[rounds-1], rw[k], warm[rounds-1]/base[rounds-1])
		}
	}
}
