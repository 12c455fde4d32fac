package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// placeDiff is a place at which two lines differ, with what stands there.
type placeDiff struct {
	path       string
	old, fresh *string // nil: nothing stands there
}

// parsed returns a line as values of encoding/json; ok is false of what is no JSON.
func parsed(line []byte) (value any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil, false
	}
	_, err := d.Token()
	return value, errors.Is(err, io.EOF)
}

// differences lists where two values differ.
func differences(path string, old, fresh any, list []placeDiff) []placeDiff {
	switch a := old.(type) {
	case map[string]any:
		if b, ok := fresh.(map[string]any); ok {
			return differentMembers(path, a, b, list)
		}
	case []any:
		if b, ok := fresh.([]any); ok {
			return differentItems(path, a, b, list)
		}
	}
	if reflect.DeepEqual(old, fresh) {
		return list
	}
	return append(list, placeDiff{path, written(old), written(fresh)})
}

func differentMembers(path string, a, b map[string]any, list []placeDiff) []placeDiff {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		at := key
		if !plainKey(key) {
			at = strconv.Quote(key)
		}
		if path != "" {
			at = path + "." + at
		}
		x, inOld := a[key]
		y, inNew := b[key]
		switch {
		case !inNew:
			list = append(list, placeDiff{at, written(x), nil})
		case !inOld:
			list = append(list, placeDiff{at, nil, written(y)})
		default:
			list = differences(at, x, y, list)
		}
	}
	return list
}

// plainKey reports whether a key can stand in a path as it is.
func plainKey(key string) bool {
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return key != ""
}

// differentItems compares lists: what stands between the items that are the same at both
// ends, one by one.
func differentItems(path string, a, b []any, list []placeDiff) []placeDiff {
	before := 0
	for before < len(a) && before < len(b) && reflect.DeepEqual(a[before], b[before]) {
		before++
	}
	for len(a) > before && len(b) > before && reflect.DeepEqual(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	for i := before; i < len(a) || i < len(b); i++ {
		at := path + "[" + strconv.Itoa(i) + "]"
		switch {
		case i >= len(b):
			list = append(list, placeDiff{at, written(a[i]), nil})
		case i >= len(a):
			list = append(list, placeDiff{at, nil, written(b[i])})
		default:
			list = differences(at, a[i], b[i], list)
		}
	}
	return list
}

// written returns a value as text: strings as they are, messages by what they say, all
// else as JSON.
func written(value any) *string {
	text, ok := value.(string)
	if role, says := messageText(value); role != "" && says != "" {
		text, ok = role+": "+says, true
	}
	if !ok {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(value) == nil { // it is made of what was JSON
			text = strings.TrimSuffix(b.String(), "\n")
		}
	}
	return &text
}

// said is what somebody says in an example.
type said struct{ who, text string }

// exchange returns of an example what was asked and what is answered, or nil where
// the line is not of a form that has that.
func exchange(line []byte) []said {
	value, ok := parsed(line)
	if !ok {
		return nil
	}
	object, _ := value.(map[string]any)
	if messages, ok := object["messages"].([]any); ok {
		return turns(messages)
	}
	if input, ok := object["input"].(map[string]any); ok {
		messages, _ := input["messages"].([]any)
		list := turns(messages)
		for _, output := range []struct{ who, name, old string }{
			{"preferred", "preferred_output", "preferred_completion"}, {"other", "non_preferred_output", "non_preferred_completion"},
		} {
			answers, ok := object[output.name].([]any)
			if !ok {
				answers, _ = object[output.old].([]any)
			}
			for _, m := range answers {
				_, text := messageText(m)
				list = append(list, said{output.who, text})
			}
		}
		return list
	}
	var list []said
	for _, key := range []string{"prompt", "completion"} {
		if text, ok := object[key].(string); ok {
			list = append(list, said{key, text})
		}
	}
	return list
}

// turns returns what a user says first and last and the assistant's answers behind it;
// of messages without a user the last of all.
func turns(messages []any) (list []said) {
	last := len(messages) - 1
	for ; last >= 0; last-- {
		if role, _ := messageText(messages[last]); role == "user" {
			break
		}
	}
	if last < 0 {
		if n := len(messages); n > 0 {
			role, text := messageText(messages[n-1])
			list = append(list, said{role, text})
		}
		return list
	}
	for _, m := range messages[:last] {
		if role, text := messageText(m); role == "user" {
			list = append(list, said{role, text}) // what the conversation is about
			break
		}
	}
	for i, m := range messages[last:] {
		if role, text := messageText(m); i == 0 || role == "assistant" {
			list = append(list, said{role, text})
		}
	}
	return list
}

// messageText returns the role of a message and what it says, calls of tools included.
func messageText(message any) (role, text string) {
	m, _ := message.(map[string]any)
	role, _ = m["role"].(string)
	var parts []string
	switch content := m["content"].(type) {
	case string:
		parts = append(parts, content)
	case []any:
		for _, part := range content {
			p, _ := part.(map[string]any)
			if text, ok := p["text"].(string); ok {
				parts = append(parts, text)
			} else if kind, ok := p["type"].(string); ok {
				parts = append(parts, "["+kind+"]")
			}
		}
	}
	if refusal, ok := m["refusal"].(string); ok {
		parts = append(parts, refusal)
	}
	calls, _ := m["tool_calls"].([]any)
	for _, call := range calls {
		c, _ := call.(map[string]any)
		parts = append(parts, callText(c["function"]))
	}
	if call, ok := m["function_call"]; ok && call != nil {
		parts = append(parts, callText(call))
	}
	return role, strings.Join(parts, " ")
}

func callText(function any) string {
	f, _ := function.(map[string]any)
	name, _ := f["name"].(string)
	arguments, _ := f["arguments"].(string)
	return name + "(" + arguments + ")"
}
