package tokenize

import (
	"fmt"
	"testing"
)

func TestExpStats(t *testing.T) {
	for _, f := range []string{"chat_en", "chat_multilingual"} {
		m := msgs(f)
		for _, enc := range []string{"o200k_base"} {
			e, _ := Get(enc)
			shorts := map[string]int{}
			meds := map[string]int{}
			longs := map[string]int{}
			one := 0
			tot, totb := [3]int{}, [3]int{}
			for _, s := range m {
				for i := 0; i < len(s); {
					end := e.next([]byte(s[i:]), 0) + i
					p := s[i:end]
					i = end
					k := 0
					switch {
					case len(p) <= 15:
						if shorts[p] == 0 && len(e.AppendTokens(nil, []byte(p))) == 1 {
							one++
						}
						shorts[p]++
					case len(p) <= 30:
						k = 1
						meds[p]++
					default:
						k = 2
						longs[p]++
					}
					tot[k]++
					totb[k] += len(p)
				}
			}
			fmt.Println(f, "pieces", tot, "bytes", totb, "distinct", len(shorts), "single", one, len(meds), len(longs))
			bl := [3]int{}
			for p := range shorts {
				bl[0] += len(p)
			}
			for p := range meds {
				bl[1] += len(p)
			}
			for p := range longs {
				bl[2] += len(p)
			}
			fmt.Println("distinct bytes", bl)
		}
	}
}
