package report

import (
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	for _, tt := range []struct{ name, old, fresh, want string }{
		{"nothing", `{"a":[1,{"b":"c"}]}`, ` {"a":[1, {"b":"\u0063"}]}`, ""},
		{"a string", `{"a":{"b":"x"}}`, `{"a":{"b":"y"}}`, "a.b: x > y"},
		{"a type", `{"a":"1"}`, `{"a":1}`, "a: 1 > 1"},
		{"digits", `{"a":1.0}`, `{"a":1}`, "a: 1.0 > 1"},
		{"a key", `{"a":1,"b":2}`, `{"a":1,"c d":{"e":["<"]}}`, `b: 2 >; "c d": > {"e":["<"]}`},
		{"an item between others", `[1,2,3]`, `[1,2,9,3]`, "[2]: > 9"},
		{"items", `{"l":[1,2,3,4]}`, `{"l":[1,5,4]}`, "l[1]: 2 > 5; l[2]: 3 >"},
		{"a message", `{"messages":[{"role":"user","content":"q"}]}`, `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"}]}`, "messages[0]: > system: S"},
		{"kinds", `{"a":{}}`, `{"a":[]}`, "a: {} > []"},
	} {
		old, okOld := parsed([]byte(tt.old))
		fresh, okNew := parsed([]byte(tt.fresh))
		if !okOld || !okNew {
			t.Fatalf("%s: not parsed", tt.name)
		}
		var parts []string
		for _, d := range differences("", old, fresh, nil) {
			text := d.path + ":"
			if d.old != nil {
				text += " " + *d.old
			}
			text += " >"
			if d.fresh != nil {
				text += " " + *d.fresh
			}
			parts = append(parts, text)
		}
		if got := strings.Join(parts, "; "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for _, text := range []string{"", "{", "{}{}", "[1] x"} {
		if _, ok := parsed([]byte(text)); ok {
			t.Errorf("%q is taken for JSON", text)
		}
	}
}

func TestExchange(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}`, "user: q; assistant: a"},
		{`{"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"2"},{"role":"user","content":"3"},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"r"},{"role":"assistant","content":"4"}]}`, "user: 1; user: 3; assistant: f({}); assistant: 4"},
		{`{"messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{}}]}]}`, "user: see [image_url]"},
		{`{"messages":[{"role":"assistant","refusal":"no"}]}`, "assistant: no"},
		{`{"messages":[{"role":"assistant","function_call":{"name":"f","arguments":"1"}}]}`, "assistant: f(1)"},
		{`{"messages":[]}`, ""},
		{`{"messages":[1,null,{"role":2}]}`, ": "},
		{`{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_completion":[{"role":"assistant","content":"b"}]}`, "user: q; preferred: a; other: b"},
		{`{"prompt":"p","completion":"c"}`, "prompt: p; completion: c"},
		{`{"text":"t"}`, ""},
		{`[1]`, ""},
		{`nonsense`, ""},
	} {
		var parts []string
		for _, s := range exchange([]byte(tt.line)) {
			parts = append(parts, s.who+": "+s.text)
		}
		if got := strings.Join(parts, "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.want)
		}
	}
}
