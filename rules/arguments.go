package rules

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rule that calls keep to the parameters of their tools.

var argsSchema = lint.Rule{
	ID: "FTT004", Name: "args-schema", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "The arguments of a call are not what the tool takes",
		Why: "The example offers a tool with parameters, and shows a call that breaks them: an argument is missing, is not among them, or has a wrong type or value. " +
			"The model learns calls that a program will refuse. Validators of other services refuse them; OpenAI and Azure are not known to, so this is advice. " +
			"Parameters are read as JSON Schema: of draft 2020-12, or of the one that `$schema` names; a `format` is not checked. " +
			"Nothing is loaded: arguments are not judged where a `$ref` or `$schema` leads out of the parameters, where a pattern is not certain to mean the same in Go, " +
			"and where the schema is broken (which FTT010 tells), or too large. Of tools with the same name one is enough that takes the arguments.",
		Help: "correct the arguments, or the parameters of the tool",
		Bad: []string{
			argsChat(`{\"town\":\"Lima\"}`, `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`),
			argsChat(`{\"city\":\"Lima\",\"unit\":\"kelvin\"}`, `{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}}}`),
		},
		Good: []string{
			argsChat(`{\"city\":\"Lima\"}`, `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`),
			argsChat(`{\"city\":\"Lima\"}`, `{"type":"object","properties":{"city":{"$ref":"https://example.com/city.json"}}}`),
		},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		sure := sureArguments(p, e)
		for _, c := range calls(e) {
			fits := len(sure) > 0 && sure[0]
			if sure = sure[min(1, len(sure)):]; !fits && hasArguments(c) {
				checkArguments(p, e, e.Text(c.Name), c.Arguments, e.Text(c.Arguments))
			}
		}
		all := messages(e)
		for i := range all {
			if m := &all[i]; m.Role == dataset.RoleAssistant && m.FunctionCall.Kind == dataset.Object {
				checkFunctionCall(p, e, m.FunctionCall)
			}
		}
	},
}

// hasArguments reports whether a call has a name and arguments to look at.
func hasArguments(c *dataset.ToolCall) bool {
	return c.Arguments.Kind == dataset.String && c.Arguments.Flags&dataset.FlagBroken == 0 && c.Name.Kind == dataset.String
}

// sureArguments tells of the calls of a line, one by one, whose arguments are surely
// a JSON object that the tool takes. What is not said is not sure.
func sureArguments(p *lint.Pass, e *dataset.Example) []bool {
	return e.Derived("arguments", func() any {
		var sure []bool
		for _, c := range calls(e) {
			sure = append(sure, hasArguments(c) && surelyFits(p, e, e.Text(c.Name), c.Arguments))
		}
		return sure
	}).([]bool)
}

// surelyFits reports whether arguments are surely an object that the tool takes.
func surelyFits(p *lint.Pass, e *dataset.Example, name []byte, arguments dataset.Value) bool {
	for _, list := range lists(p, e) {
		if i := list.find(name); i >= 0 {
			s := list.tools[i].shape
			return s != nil && s.kinds == kindObject && s.fits(e.Text(arguments))
		}
	}
	return false
}

// argsChat is a line with a call with the given arguments, and the parameters of
// its tool.
func argsChat(arguments, parameters string) string {
	line := chat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"`+arguments+`"}}]}`, resultMsg, warmMsg)
	return line[:len(line)-1] + `,"tools":[{"type":"function","function":{"name":"weather","parameters":` + parameters + `}}]}`
}

// checkFunctionCall checks the arguments of a call in the deprecated form.
func checkFunctionCall(p *lint.Pass, e *dataset.Example, call dataset.Value) {
	raw := e.Raw(call)
	name, arguments := twoMembers(raw, `"name"`, `"arguments"`)
	nameText, ok := dataset.Inside(name)
	text, okToo := dataset.Inside(arguments)
	if !ok || !okToo || !utf8.Valid(text) {
		return
	}
	start := call.Start + uint32(cap(raw)-cap(arguments)) // both go on to the end of the same memory
	at := dataset.Value{Start: start, End: start + uint32(len(arguments)), Kind: dataset.String, Place: dataset.PlaceInside}
	checkArguments(p, e, dataset.AppendUnescaped(nil, nameText), at, dataset.AppendUnescaped(nil, text))
}

const (
	maxBreaches  = 3  // that are told of a call: the others are mostly of the same cause
	maxSameNamed = 16 // tools of one name that are tried
)

// askedParameters are parameters that the library is asked about.
type askedParameters struct {
	raw   []byte
	shape *shape // of most of them
}

// judge returns what is wrong with arguments.
func (a askedParameters) judge(p *lint.Pass, e *dataset.Example, arguments []byte) []breach {
	s := &schema{}
	if a.shape == nil {
		if s = parametersSchema(p, a.raw); s.compiled == nil {
			return nil
		}
	}
	left := e.Derived("work", func() any { return lineWork(len(e.Line)) }).(*work)
	return s.judge(arguments, a.shape, left)
}

// parametersSchema returns the schema that parameters are.
func parametersSchema(p *lint.Pass, raw []byte) *schema {
	return p.Cached("parameters", raw, func(raw []byte) any { return compileSchema(raw) }).(*schema)
}

// checkArguments checks the arguments, written in text, of a call of the tool name.
func checkArguments(p *lint.Pass, e *dataset.Example, name []byte, at dataset.Value, text []byte) {
	var asked []askedParameters // that are not sure to take them
	for _, list := range lists(p, e) {
		for i, first := list.find(name), true; i > 0 || first && i == 0; i, first = list.tools[i].next, false {
			t := &list.tools[i]
			if t.parametersEnd == 0 || len(asked) == maxSameNamed || t.shape != nil && t.shape.fits(text) {
				return
			}
			asked = append(asked, askedParameters{e.Raw(list.Value)[t.at+t.parametersStart : t.at+t.parametersEnd], t.shape})
		}
	}
	if text = bytes.TrimLeft(text, " \t\r\n"); len(asked) == 0 || len(text) == 0 || text[0] != '{' {
		return // FTT009 or FTT003 tell
	}
	var told []breach
	for _, parameters := range asked {
		breaches := parameters.judge(p, e, text)
		if len(breaches) == 0 {
			return
		}
		if told == nil {
			told = breaches
		}
	}
	for _, b := range told[:min(len(told), maxBreaches)] {
		args := []lint.Arg{lint.Text(b.path)}
		for _, arg := range b.args {
			args = append(args, lint.Text(arg))
		}
		p.Report(at, b.reason, args...)
	}
}

// maxArgumentSteps is how many steps of a path are written.
const maxArgumentSteps = 8

// argumentPath writes the steps to a place in arguments.
func argumentPath(arguments any, steps ...string) string {
	if len(steps) == 0 {
		return "the whole"
	}
	var b strings.Builder
	for i, step := range steps {
		if i == maxArgumentSteps {
			b.WriteString("…")
			break
		}
		if list, ok := arguments.([]any); ok {
			b.WriteString("[" + step + "]")
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(list) {
				arguments = nil
				continue
			}
			arguments = list[n]
			continue
		}
		key := dataset.PathKey(jsonText(step))
		if i > 0 && key[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(key)
		object, _ := arguments.(map[string]any)
		arguments = object[step]
	}
	return b.String()
}

// valueAt returns the value to which steps lead.
func valueAt(value any, steps []string) any {
	for _, step := range steps {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(v) {
				return nil
			}
			value = v[n]
		}
	}
	return value
}

// jsonText writes a value as JSON.
func jsonText(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// maxQuotedValue is how many bytes of a value a message quotes.
const maxQuotedValue = 60

// clip cuts a long text, and puts it on one line.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	if len(text) <= maxQuotedValue {
		return text
	}
	cut := maxQuotedValue
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	if text[0] == '"' {
		return text[:cut] + `…"`
	}
	return text[:cut] + "…"
}

// quoteValue shows a value in a message.
func quoteValue(value any) string { return clip(string(jsonText(value))) }

// quoteRaw shows JSON text in a message.
func quoteRaw(raw []byte) lint.Arg { return lint.Text(clip(string(raw))) }

// numberText writes a number of a schema.
func numberText(n *big.Rat) string {
	if n.IsInt() {
		return clip(n.Num().String())
	}
	const digits = 6
	return clip(strings.TrimRight(n.FloatString(digits), "0"))
}

// valueKind names the type of a value.
func valueKind(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return "a string"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return quoteValue(value)
}

// typeNames names the types that a schema wants.
func typeNames(types []string) string {
	names := map[string]string{
		"string": "a string", "number": "a number", "integer": "an integer", "boolean": "true or false",
		"array": "an array", "object": "an object",
	}
	var b strings.Builder
	for i, name := range types {
		if i > 0 {
			b.WriteString(" or ")
		}
		if words, ok := names[name]; ok {
			name = words
		}
		b.WriteString(name)
	}
	return b.String()
}

// maxListedValues is how many values of a list a message shows.
const maxListedValues = 6

// valueList shows the values that a schema allows.
func valueList(values []any) string {
	var shown []string
	for _, v := range values[:min(len(values), maxListedValues)] {
		shown = append(shown, quoteValue(v))
	}
	if more := len(values) - len(shown); more > 0 {
		return strings.Join(shown, ", ") + " and " + lint.FormatCount(int64(more)) + " more"
	}
	return strings.Join(shown, ", ")
}
