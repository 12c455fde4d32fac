package tokenize_test

import (
	"math"
	"testing"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// FuzzCount counts any line: no panic, and no more tokens than were said to be
// possible.
func FuzzCount(f *testing.F) {
	for _, seed := range []string{
		`{"messages":[{"role":"user","name":"a","content":"b\u00e9"},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}],"tools":[{"function":{"name":"f","parameters":{"required":["a"],"properties":{"a":{"type":["string","null"]},"b":{"enum":[1,"x"]},"c":{"items":{"anyOf":[{},{"properties":{"d":{}}}]},"type":"array"}}}}}]}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image\/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB","detail":"high"}}]}],"functions":[{"name":"g"}]}`,
		`{"input":{"messages":[{"role":"user","content":"q"}],"tools":[]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","function_call":{"name":"f","arguments":"\ud800"}}]}`,
		`{"prompt":"a","completion":"b"}`,
		"{\"messages\":[{\"role\":\"\xff\",\"content\":\"\xfe\",\"weight\":NaN}]}",
	} {
		f.Add([]byte(seed))
	}
	a := tokenize.Accounting{}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 1<<16 {
			return
		}
		c := a.NewCounter()
		e := dataset.NewDecoder(dataset.Options{Messages: true}).Decode(line)
		if e.Broken || e.Top.Kind != dataset.Object {
			return
		}
		for _, m := range []dataset.Method{dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion} {
			if e.Shape != m.Shape() {
				continue
			}
			var counts dataset.Counts
			bound, rough := c.Bound(e, m, 0), c.Bound(e, m, math.MaxInt)
			c.Count(e, m, &counts)
			longest := counts.Longest(dataset.AllProviders)
			if longest > bound {
				t.Errorf("%s: %d tokens, but at most %d were said", m, longest, bound)
			}
			if bound > rough {
				t.Errorf("%s: at most %d tokens, but roughly at most %d were said", m, bound, rough)
			}
			if e.Facts&(dataset.FactTools|dataset.FactImage|dataset.FactFault) == 0 && longest > len(line) {
				t.Errorf("%s: %d tokens in %d bytes", m, longest, len(line))
			}
			for _, limit := range []int{1, longest / 2, longest - 1, longest} {
				tokens, trained := counts.Within(dataset.AllProviders, limit)
				if limit > 0 && (tokens > counts.Tokens(dataset.AllProviders) || trained > counts.Trained() || trained < 0 || m != dataset.DPO && tokens > limit) {
					t.Errorf("%s: cut at %d: %d of %d tokens, %d of %d trained", m, limit, tokens, counts.Tokens(dataset.AllProviders), trained, counts.Trained())
				}
			}
		}
	})
}
