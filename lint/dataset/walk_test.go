package dataset

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWalk holds the members and elements that are found to those that encoding/json
// finds.
func TestWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	strs := []string{`""`, `"a"`, `"\""`, `"\\"`, `"\\\""`, `"a\\\\"`, `"{\"a\":[1,\"]\"]}"`, `"\u0022"`, `"x\\\\\\"`}
	var value func(depth int) string
	value = func(depth int) string {
		space := []string{"", " ", "\n\t"}[r.IntN(3)]
		switch n := r.IntN(6); {
		case depth == 0 || n == 0:
			return []string{"0", "-1.5e+3", "true", "null", "false"}[r.IntN(5)]
		case n <= 2:
			return strs[r.IntN(len(strs))]
		case n == 3:
			items := make([]string, r.IntN(4))
			for i := range items {
				items[i] = value(depth - 1)
			}
			return "[" + space + strings.Join(items, space+","+space) + space + "]"
		default:
			items := make([]string, r.IntN(4))
			for i := range items {
				items[i] = fmt.Sprintf(`"k%d\\"%s:%s%s`, i, space, space, value(depth-1))
			}
			return "{" + space + strings.Join(items, space+","+space) + space + "}"
		}
	}
	compact := func(raw []byte) string {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return "no JSON: " + string(raw)
		}
		text, _ := json.Marshal(v)
		return string(text)
	}
	for range 20_000 {
		text := value(4)
		switch text[0] {
		case '{':
			var want map[string]json.RawMessage
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			n := 0
			for key, v := range Members([]byte(text)) {
				var name string
				if err := json.Unmarshal(key, &name); err != nil || compact(v) != compact(want[name]) {
					t.Fatalf("%s: member %s is %s", text, key, v)
				}
				n++
			}
			if n != len(want) {
				t.Fatalf("%s: %d members", text, n)
			}
		case '[':
			var want []json.RawMessage
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			n := 0
			for v := range Elements([]byte(text)) {
				if n == len(want) || compact(v) != compact(want[n]) {
					t.Fatalf("%s: element %d is %s", text, n, v)
				}
				n++
			}
			if n != len(want) {
				t.Fatalf("%s: %d elements", text, n)
			}
		}
	}
	for _, raw := range []string{``, `"`, `"a`, `"\`, `"\"`, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `[`, `["`, `["\`} { // what the decoder never lets through does no harm
		for range Members([]byte(raw)) {
			continue
		}
		for range Elements([]byte(raw)) {
			continue
		}
	}
}
