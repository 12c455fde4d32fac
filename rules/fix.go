package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds what the fixes of several rules have in common.

// remove is the fix that takes a value out, with its key.
func remove(v dataset.Value) func(*lint.Editor) {
	return func(ed *lint.Editor) { ed.Remove(v) }
}

// replace is the fix that puts JSON text in the place of a value.
func replace(v dataset.Value, text string) func(*lint.Editor) {
	return func(ed *lint.Editor) { ed.Replace(v, text) }
}

// rename is the fix that gives a member another key.
func rename(f dataset.Field, key string) func(*lint.Editor) {
	return func(ed *lint.Editor) { ed.Rename(f.Value, key) }
}

// quote writes text as a JSON string, with no more escapes than it needs.
func quote(text []byte) string {
	var b strings.Builder
	b.Grow(len(text) + 2)
	b.WriteByte('"')
	from := 0
	for i, c := range text {
		var escape string
		switch {
		case c == '"' || c == '\\':
			escape = `\` + string(rune(c))
		case c == '\n':
			escape = `\n`
		case c == '\r':
			escape = `\r`
		case c == '\t':
			escape = `\t`
		case c < ' ':
			escape = fmt.Sprintf(`\u%04x`, c)
		default:
			continue
		}
		b.Write(text[from:i])
		b.WriteString(escape)
		from = i + 1
	}
	b.Write(text[from:])
	b.WriteByte('"')
	return b.String()
}

// oneLine takes the line breaks out of JSON text, which can only stand between
// its tokens.
func oneLine(text []byte) string {
	return strings.NewReplacer("\r", "", "\n", "").Replace(string(bytes.TrimSpace(text)))
}

// faultless reports whether the texts of a line are what they seem: none is
// broken or stands for no character.
func faultless(e *dataset.Example) bool {
	return !slices.ContainsFunc(e.Faults, func(f dataset.Fault) bool {
		return f.Kind != dataset.FaultDuplicateKey && f.Kind != dataset.FaultDeep && f.Kind != dataset.FaultLineSeparator
	})
}

// sameWeight returns the integer that a weight of another type stands for, or "".
func sameWeight(e *dataset.Example, v dataset.Value) string {
	switch v.Kind {
	case dataset.True:
		return "1"
	case dataset.False:
		return "0"
	case dataset.Float:
		return wholeWeight(e.Raw(v))
	case dataset.String:
		return wholeWeight(e.Text(v))
	}
	return ""
}

// wholeWeight returns the weight that number is, written as 1, 1.0, 0 or 0.0, or "".
func wholeWeight(number []byte) string {
	whole, rest, point := bytes.Cut(number, []byte("."))
	if point && (len(rest) == 0 || len(bytes.Trim(rest, "0")) > 0) {
		return ""
	}
	switch string(whole) {
	case "0", "1":
		return string(whole)
	}
	return ""
}

// removeToken is the fix that takes every token out of a string.
func removeToken(e *dataset.Example, v dataset.Value, token string) func(*lint.Editor) {
	return func(ed *lint.Editor) {
		raw, at := e.Raw(v), 0
		if !bytes.Contains(raw, []byte(token)) { // it is written with escapes
			ed.Replace(v, quote(bytes.ReplaceAll(e.Text(v), []byte(token), nil)))
			return
		}
		for {
			i := bytes.Index(raw[at:], []byte(token))
			if i < 0 {
				return
			}
			start := v.Start + uint32(at+i)
			ed.ReplaceBytes(start, start+uint32(len(token)), "")
			at += i + len(token)
		}
	}
}

// escapeSeparators is the fix that writes U+2028, U+2029 and U+0085 as escapes.
func escapeSeparators(e *dataset.Example) func(*lint.Editor) {
	return func(ed *lint.Editor) {
		for i := 0; i < len(e.Line); {
			if e.Line[i] < utf8.RuneSelf {
				i++
				continue
			}
			r, n := utf8.DecodeRune(e.Line[i:])
			if r == 0x85 || r == 0x2028 || r == 0x2029 {
				ed.ReplaceBytes(uint32(i), uint32(i+n), fmt.Sprintf(`\u%04x`, r))
			}
			i += n
		}
	}
}

// stringPartsToText is the fix that makes text parts of the strings in a content
// array.
func stringPartsToText(m *dataset.Message) func(*lint.Editor) {
	return func(ed *lint.Editor) {
		for i := range m.Parts {
			if part := &m.Parts[i]; part.Kind == dataset.String {
				ed.Wrap(part.Value, `{"type":"text","text":`, `}`)
			}
		}
	}
}

// joinParts is the fix that makes one string of text parts, one text after the
// other.
func joinParts(e *dataset.Example, m *dataset.Message) func(*lint.Editor) {
	return func(ed *lint.Editor) {
		var b strings.Builder
		b.WriteByte('"')
		for i := range m.Parts {
			text, _ := dataset.Inside(e.Raw(m.Parts[i].Text))
			b.Write(text)
		}
		b.WriteByte('"')
		ed.Replace(m.Content, b.String())
	}
}

// onlyRole reports whether to write the role that was meant is all that has to be
// done: a result of a tool must name its call too, and a call is no text.
func onlyRole(e *dataset.Example, m *dataset.Message, meant string) bool {
	switch meant {
	case "tool":
		return m.ToolCallID.Kind == dataset.String
	case "function":
		return m.Name.Kind == dataset.String
	}
	return meant != "assistant" || !bytes.Contains(e.Text(m.RoleValue), []byte("call"))
}

// oldCalls is what the deprecated form of calls in an example becomes.
type oldCalls struct {
	calls   []*dataset.Message // with function_call
	results []*dataset.Message // with the role function; nil where a call has none
	orphans int                // messages with the role function, but no call before them
	plain   bool               // nothing else stands in the way of the new form
}

// isOrphan reports whether the function message at i has no call right before it.
func isOrphan(all []dataset.Message, i int) bool {
	return i == 0 || !all[i-1].FunctionCall.Filled()
}

// findOldCalls pairs the calls of an example with their results. Each call has its
// result right behind it, or is the last message.
func findOldCalls(e *dataset.Example, all []dataset.Message) oldCalls {
	old := oldCalls{plain: faultless(e) && !hasFault(e, dataset.FaultDuplicateKey) && !oddRoles(e)}
	for i := range all {
		m := &all[i]
		if m.Role == dataset.RoleTool || m.ToolCalls.Present() {
			old.plain = false // ids of its own
		}
		if m.Role == dataset.RoleFunction && isOrphan(all, i) {
			old.orphans++
		}
		if !m.FunctionCall.Filled() {
			continue
		}
		var result *dataset.Message
		if i+1 < len(all) {
			result = &all[i+1]
		}
		if m.Role != dataset.RoleAssistant || !plainCall(e, m) || result != nil && !resultOf(e, m, result) {
			old.plain = false
		}
		old.calls, old.results = append(old.calls, m), append(old.results, result)
	}
	return old
}

// plainCall reports whether a function_call has a name and arguments and nothing
// else.
func plainCall(e *dataset.Example, m *dataset.Message) bool {
	n := 0
	for range dataset.Members(e.Raw(m.FunctionCall)) {
		n++
	}
	name, arguments := functionCall(e, m)
	return name && arguments && n == 2
}

// resultOf reports whether result is the result of m's function_call.
func resultOf(e *dataset.Example, m, result *dataset.Message) bool {
	if result.Role != dataset.RoleFunction || result.Content.Kind != dataset.String || result.Name.Kind != dataset.String {
		return false
	}
	for key, value := range dataset.Members(e.Raw(m.FunctionCall)) {
		if string(key) == `"name"` {
			return bytes.Equal(value, e.Raw(result.Name))
		}
	}
	return false
}

// renew writes the calls and their results in the present form.
func (old oldCalls) renew(e *dataset.Example, ed *lint.Editor) {
	for i, m := range old.calls {
		id := fmt.Sprintf(`"call_%d"`, i+1)
		ed.ReplaceMember(m.FunctionCall, `"tool_calls":[{"id":`+id+`,"type":"function","function":`+string(e.Raw(m.FunctionCall))+`}]`)
		if result := old.results[i]; result != nil {
			ed.Replace(result.RoleValue, `"tool","tool_call_id":`+id)
		}
	}
}

// functionsToTools writes the list of functions in the present form.
func functionsToTools(e *dataset.Example, ed *lint.Editor) {
	raw := e.Raw(e.Functions)
	var b strings.Builder
	b.WriteString(`"tools":[`)
	first := true
	for item := range dataset.Elements(raw) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(`{"type":"function","function":`)
		b.Write(item)
		b.WriteByte('}')
	}
	b.WriteByte(']')
	ed.ReplaceMember(e.Functions, b.String())
}

// listOfObjects reports whether raw is an array, and each of its items an object.
func listOfObjects(raw []byte) bool {
	if len(raw) == 0 || raw[0] != '[' {
		return false
	}
	for item := range dataset.Elements(raw) {
		if item[0] != '{' {
			return false
		}
	}
	return true
}

// removable reports whether the list that a message stands in has others.
func removable(e *dataset.Example, m *dataset.Message) bool {
	switch m.List {
	case dataset.ListInput:
		return len(e.Preference.Messages.Items) > 1
	case dataset.ListPreferred:
		return len(e.Preference.Preferred.Items) > 1
	case dataset.ListNonPreferred:
		return len(e.Preference.NonPreferred.Items) > 1
	}
	return len(e.Messages.Items) > 1
}
