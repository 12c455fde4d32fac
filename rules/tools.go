package rules

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on calls of tools and on their results.

// Messages and tools that the samples in the documentation are made of.
const (
	askMsg    = `{"role":"user","content":"How warm is it in Lima?"}`
	callMsg   = `{"role":"assistant","tool_calls":[` + oneCall + `]}`
	oneCall   = `{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Lima\"}"}}`
	resultMsg = `{"role":"tool","tool_call_id":"call_1","content":"19 C"}`
	warmMsg   = `{"role":"assistant","content":"It is 19 degrees in Lima."}`
	oneTool   = `{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}`
)

// toolChat is a chat line with the given messages and a tool to call.
func toolChat(messages ...string) string {
	line := chat(messages...)
	return line[:len(line)-1] + `,"tools":[` + oneTool + `]}`
}

// goodCalls is a line with a call, its result and an answer.
var goodCalls = toolChat(sysMsg, askMsg, callMsg, resultMsg, warmMsg)

// calls yields the calls of an assistant's tool_calls, message by message. On
// other messages tool_calls are FTM014's to tell.
func calls(e *dataset.Example) iter.Seq2[*dataset.Message, *dataset.ToolCall] {
	return func(yield func(*dataset.Message, *dataset.ToolCall) bool) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Role != dataset.RoleAssistant {
				continue
			}
			for j := range m.Calls {
				if !yield(m, &m.Calls[j]) {
					return
				}
			}
		}
	}
}

// sequences yields the messages that follow each other: those of a chat line, or
// of a preference pair the prompt with each of the two outputs. from is where what
// was not in a sequence before begins.
func sequences(e *dataset.Example) iter.Seq2[[]*dataset.Message, int] {
	return func(yield func([]*dataset.Message, int) bool) {
		if e.Shape != dataset.ShapePreference {
			yield(e.Derived("sequence", func() any { return pointers(nil, &e.Messages) }).([]*dataset.Message), 0)
			return
		}
		var all []*dataset.Message
		add := func(list *dataset.List) { all = pointers(all, list) }
		add(&e.Preference.Messages)
		prompt := len(all)
		add(&e.Preference.Preferred)
		if !yield(all, 0) {
			return
		}
		all = all[:prompt]
		add(&e.Preference.NonPreferred)
		yield(all, prompt)
	}
}

// pointers appends pointers to the messages of a list.
func pointers(all []*dataset.Message, list *dataset.List) []*dataset.Message {
	all = slices.Grow(all, len(list.Items))
	for i := range list.Items {
		all = append(all, &list.Items[i])
	}
	return all
}

var callSchema = lint.Rule{
	ID: "FTT001", Name: "call-schema", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "A tool call lacks something that every call has",
		Why:   "The documented schema wants of each call an id, the type \"function\", and a function with a name and arguments, all of them strings.",
		Help:  "write the call as {\"id\": \"call_1\", \"type\": \"function\", \"function\": {\"name\": \"...\", \"arguments\": \"{...}\"}}",
		Bad:   []string{toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","function":{"name":"weather","arguments":"{\"city\":\"Lima\"}"}}]}`, resultMsg, warmMsg)},
		Good:  []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, c := range calls(e) {
			switch {
			case c.Kind != dataset.Object:
				p.Report(c.Value, "is %s: a call is an object with id, type and function", lint.Text(c.Kind.String()))
				continue
			case !c.ID.Present():
				p.Report(c.Value, "the call has no `id`")
			case c.ID.Kind != dataset.String:
				p.Report(c.ID, "is %s: an id is a string", lint.Text(c.ID.Kind.String()))
			case e.Blank(c.ID):
				p.Report(c.ID, "the id is empty: no result can name it")
			}
			switch {
			case !c.Type.Present():
				p.Report(c.Value, "the call has no `type`: it is \"function\"")
			case c.Type.Kind != dataset.String || string(e.Text(c.Type)) != "function":
				p.Report(c.Type, "%s is no type of call: it is \"function\"", lint.JSON(c.Type))
			}
			switch {
			case !c.Function.Present():
				p.Report(c.Value, "the call has no `function`")
				continue
			case c.Function.Kind != dataset.Object:
				p.Report(c.Function, "is %s: a function is an object with name and arguments", lint.Text(c.Function.Kind.String()))
				continue
			case !c.Name.Present():
				p.Report(c.Function, "the function has no `name`")
			case c.Name.Kind != dataset.String:
				p.Report(c.Name, "is %s: a name is a string", lint.Text(c.Name.Kind.String()))
			case e.Blank(c.Name):
				p.Report(c.Name, "the name is empty")
			}
			if !c.Arguments.Present() {
				p.Report(c.Function, "the function has no `arguments`: without any they are \"{}\"")
			}
		}
	},
}

var argsNotString = lint.Rule{
	ID: "FTT002", Name: "args-not-string", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "The arguments of a call are not a string",
		Why:   "The documented schema wants arguments as a string that holds JSON, just as the model writes them, and not as an object.",
		Help:  "write the arguments as a string: \"{\\\"city\\\": \\\"Lima\\\"}\"",
		Bad:   []string{toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":{"city":"Lima"}}}]}`, resultMsg, warmMsg)},
		Good:  []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, c := range calls(e) {
			if c.Arguments.Present() && c.Arguments.Kind != dataset.String {
				told := p.Report(c.Arguments, "is %s: arguments are a string that holds JSON", lint.Text(c.Arguments.Kind.String()))
				if c.Arguments.Kind == dataset.Object {
					told.Fix(lint.SafeFix, func(ed *lint.Editor) { ed.Replace(c.Arguments, quote(e.Raw(c.Arguments))) })
				}
			}
		}
	},
}

var argsNotJSON = lint.Rule{
	ID: "FTT003", Name: "args-not-json", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "The arguments of a call are no JSON object",
		Why: "The model learns to write what stands here, and a program will want to read it. Arguments that were encoded twice are a string in a string. " +
			"Validators of other services refuse both; OpenAI and Azure are not known to, so this is advice.",
		Help: "write one JSON object into the string",
		Bad: []string{
			toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":"}}]}`, resultMsg, warmMsg),
			toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"\"{\\\"city\\\":\\\"Lima\\\"}\""}}]}`, resultMsg, warmMsg),
		},
		Good: []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		sure := sureArguments(p, e)
		for _, c := range calls(e) {
			fits := len(sure) > 0 && sure[0]
			if sure = sure[min(1, len(sure)):]; fits || c.Arguments.Kind != dataset.String || c.Arguments.Flags&dataset.FlagBroken != 0 {
				continue
			}
			text := bytes.TrimLeft(e.Text(c.Arguments), " \t\r\n")
			switch {
			case len(text) == 0:
				p.Report(c.Arguments, "is empty: without arguments it is \"{}\"")
			case !json.Valid(text):
				p.Report(c.Arguments, "does not hold JSON")
			case text[0] == '"':
				p.Report(c.Arguments, "holds a string: the arguments were encoded twice")
			case text[0] != '{':
				p.Report(c.Arguments, "holds JSON, but no object")
			}
		}
	},
}

// callID returns the id of a call, or nil if it has none.
func callID(e *dataset.Example, c *dataset.ToolCall) []byte {
	if c.ID.Kind != dataset.String || e.Blank(c.ID) {
		return nil
	}
	return e.Text(c.ID)
}

// idSet is a set of ids, of which there are few in most examples.
type idSet struct {
	few  [][]byte
	many map[string]bool // nil as long as there are few
}

const fewIDs = 16

func (s *idSet) has(id []byte) bool {
	if s.many != nil {
		return s.many[string(id)]
	}
	return slices.ContainsFunc(s.few, func(one []byte) bool { return bytes.Equal(one, id) })
}

func (s *idSet) add(id []byte) {
	switch {
	case s.has(id):
	case s.many != nil:
		s.many[string(id)] = true
	case len(s.few) < fewIDs:
		s.few = append(s.few, id)
	default:
		s.many = map[string]bool{string(id): true}
		for _, one := range s.few {
			s.many[string(one)] = true
		}
	}
}

func (s *idSet) remove(id []byte) {
	delete(s.many, string(id))
	s.few = slices.DeleteFunc(s.few, func(one []byte) bool { return bytes.Equal(one, id) })
}

var callIDDuplicate = lint.Rule{
	ID: "FTT005", Name: "call-id-duplicate", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "Two open calls have the same id",
		Why: "A result names the call that it answers by its id. With two calls of one id that wait for a result it cannot be told which is meant. " +
			"The same id in different examples, or once more after its result, is no matter. This is advice, as it is inferred; no service is known to refuse it.",
		Help: "give each call an id of its own",
		Bad:  []string{toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[`+oneCall+`,`+oneCall+`]}`, resultMsg, warmMsg)},
		Good: []string{goodCalls, toolChat(sysMsg, askMsg, callMsg, resultMsg, warmMsg, askMsg, callMsg, resultMsg, warmMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for sequence, from := range sequences(e) {
			var open idSet
			for i, m := range sequence {
				switch m.Role {
				case dataset.RoleTool:
					if m.ToolCallID.Kind == dataset.String {
						open.remove(e.Text(m.ToolCallID))
					}
				case dataset.RoleAssistant:
					for j := range m.Calls {
						id := callID(e, &m.Calls[j])
						if id == nil {
							continue
						}
						if open.has(id) && i >= from {
							p.Report(m.Calls[j].ID, "%s is the id of an earlier call that has no result yet", lint.JSON(m.Calls[j].ID))
						}
						open.add(id)
					}
				}
			}
		}
	},
}

var toolWithoutCall = lint.Rule{
	ID: "FTT006", Name: "tool-without-call", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Peers | lint.Inferred, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactToolResult,
	Doc: lint.Doc{
		Title: "A tool message answers no earlier call",
		Why: "Its tool_call_id is that of no call before it, so the model sees a result that nobody asked for. The inference API refuses such conversations, and so do validators of other services; " +
			"of fine-tuning it is inferred, so the level is advice.",
		Help: "correct the id, or remove the result",
		Bad:  []string{toolChat(sysMsg, askMsg, callMsg, `{"role":"tool","tool_call_id":"call_2","content":"19 C"}`, warmMsg)},
		Good: []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for sequence, from := range sequences(e) {
			var called idSet
			for i, m := range sequence {
				for j := range m.Calls {
					if id := callID(e, &m.Calls[j]); id != nil {
						called.add(id)
					}
				}
				if i >= from && m.Role == dataset.RoleTool && m.ToolCallID.Kind == dataset.String && !called.has(e.Text(m.ToolCallID)) {
					told := p.Report(m.ToolCallID, "%s answers no earlier call", lint.JSON(m.ToolCallID))
					if removable(e, m) {
						told.Fix(lint.UnsafeFix, remove(m.Value))
					}
				}
			}
		}
	},
}

var callWithoutResult = lint.Rule{
	ID: "FTT007", Name: "call-without-result", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "The conversation goes on before a call has its result",
		Why: "The model would learn to answer without the result that it asked for. A call at the end of an example is normal: that is how calling is taught. " +
			"Validators of other services refuse the first; OpenAI and Azure are not known to, so this is advice.",
		Help: "add the tool message with the result after the call",
		Bad:  []string{toolChat(sysMsg, askMsg, callMsg, askMsg, warmMsg)},
		Good: []string{goodCalls, toolChat(sysMsg, askMsg, callMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := e.Messages.Items
		for i := range all {
			if all[i].Role != dataset.RoleAssistant || len(all[i].Calls) == 0 {
				continue
			}
			next := i + 1
			for next < len(all) && all[next].Role == dataset.RoleTool {
				next++
			}
			if next == len(all) || !known(&all[next]) || next-i-1 >= len(all[i].Calls) {
				continue // with as many results as calls it is the ids that are wrong: FTT006, FTT008
			}
			var answered idSet
			for j := range all[i+1 : next] {
				if id := all[i+1+j].ToolCallID; id.Kind == dataset.String {
					answered.add(e.Text(id))
				}
			}
			for j := range all[i].Calls {
				if id := callID(e, &all[i].Calls[j]); id != nil && !answered.has(id) {
					p.Report(all[i].Calls[j].ID, "the conversation goes on, but call %s has no result", lint.JSON(all[i].Calls[j].ID))
				}
			}
		}
	},
}

var toolCallIDMissing = lint.Rule{
	ID: "FTT008", Name: "tool-call-id-missing", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactToolResult,
	Doc: lint.Doc{
		Title: "A tool message does not say which call it answers",
		Why:   "The documented schema requires tool_call_id in every tool message: the id of the call, a string.",
		Help:  "add the id of the call that this is the result of",
		Bad:   []string{toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}}]}`, `{"role":"tool","content":"19 C"}`, warmMsg)},
		Good:  []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			switch m := &all[i]; {
			case m.Role != dataset.RoleTool:
			case !m.ToolCallID.Present():
				p.Report(m.Value, "the tool message has no `tool_call_id`")
			case m.ToolCallID.Kind != dataset.String:
				p.Report(m.ToolCallID, "is %s: an id is a string", lint.Text(m.ToolCallID.Kind.String()))
			}
		}
	},
}

// parallel returns what an example says of parallel calls.
func parallel(e *dataset.Example) dataset.Value {
	for _, f := range e.ToolFields() {
		if f.ID == dataset.KeyParallelToolCalls {
			return f.Value
		}
	}
	return dataset.Value{}
}

var parallelType = lint.Rule{
	ID: "FTT015", Name: "parallel-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactFields,
	Doc: lint.Doc{
		Title: "parallel_tool_calls is neither true nor false",
		Why:   "The documented schema wants a boolean.",
		Help:  "write true or false without quotes, or leave it out, which means true",
		Bad:   []string{withParallel(`"false"`, sysMsg, askMsg, callMsg)},
		Good:  []string{withParallel(`false`, sysMsg, askMsg, callMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		switch v := parallel(e); v.Kind {
		case dataset.Absent, dataset.True, dataset.False:
		default:
			p.Report(v, "is %s: it is true or false", lint.Text(v.Kind.String()))
		}
	},
}

// withParallel is a line with parallel_tool_calls.
func withParallel(value string, messages ...string) string {
	line := toolChat(messages...)
	return line[:len(line)-1] + `,"parallel_tool_calls":` + value + `}`
}

var parallelConflict = lint.Rule{
	ID: "FTT016", Name: "parallel-conflict", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "Several calls in a message, where parallel calls are switched off",
		Why:   "The example says parallel_tool_calls: false and shows the contrary, so the model learns to ignore the setting. This is advice, as it is inferred; no service is known to refuse it.",
		Help:  "leave parallel_tool_calls out, or make one call at a time",
		Bad:   []string{withParallel(`false`, sysMsg, askMsg, twoCalls)},
		Good:  []string{withParallel(`true`, sysMsg, askMsg, twoCalls), withParallel(`false`, sysMsg, askMsg, callMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.ParallelToolCalls.Kind != dataset.False {
			return
		}
		for i := range e.Messages.Items {
			if m := &e.Messages.Items[i]; m.Role == dataset.RoleAssistant && len(m.Calls) > 1 {
				p.Report(m.ToolCalls, "%s calls, but parallel_tool_calls is false", lint.Int(int64(len(m.Calls))))
			}
		}
	},
}

// twoCalls is a message with two calls.
const twoCalls = `{"role":"assistant","tool_calls":[` + oneCall + `,{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Cusco\"}"}}]}`

var toolsType = lint.Rule{
	ID: "FTT019", Name: "tools-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactTools | dataset.FactCalls,
	Doc: lint.Doc{
		Title: "tools, functions or tool_calls is not an array",
		Why: "The documented schema wants arrays. Exports from tables often have null, or the array as JSON in a string. " +
			"An empty tools is fine; an empty tool_calls says nothing and is a warning.",
		Help: "write an array, or leave the key out",
		Bad: []string{
			chat(sysMsg, userMsg, botMsg)[:len(chat(sysMsg, userMsg, botMsg))-1] + `,"tools":null}`,
			chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","tool_calls":[]}`),
		},
		Good: []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.ToolFields() {
			if (f.ID == dataset.KeyTools || f.ID == dataset.KeyFunctions) && f.Value.Kind != dataset.Array {
				p.Report(f.Value, "is %s, not an array", lint.Text(f.Value.Kind.String()))
			}
		}
		all := messages(e)
		for i := range all {
			switch m := &all[i]; {
			case m.Role != dataset.RoleAssistant || !m.ToolCalls.Present():
			case m.ToolCalls.Kind != dataset.Array:
				p.Report(m.ToolCalls, "is %s, not an array of calls", lint.Text(m.ToolCalls.Kind.String()))
			case len(m.Calls) == 0:
				p.ReportAs(lint.Warning, m.ToolCalls, "is an empty array: leave the key out")
			}
		}
	},
}

var toolsAndFunctions = lint.Rule{
	ID: "FTT013", Name: "tools-and-functions", Since: since,
	Severity: lint.Warning, Evidence: lint.Weak,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedExample, When: dataset.FactTools,
	Doc: lint.Doc{
		Title: "An example has both tools and functions",
		Why:   "Functions are the old form of tools. With both it is not clear which ones the model is shown; users have told of jobs that failed. That is weak evidence, so the level is advice.",
		Help:  "keep tools, and remove functions",
		Bad:   []string{bothForms},
		Good:  []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Tools.Filled() && e.Functions.Filled() {
			p.Report(e.Functions, "stands beside `tools`: one of the two is enough")
		}
	},
}

// bothForms is a line with tools and functions.
var bothForms = goodCalls[:len(goodCalls)-1] + `,"functions":[{"name":"weather","parameters":{"type":"object","properties":{}}}]}`

var deprecatedFunctions = lint.Rule{
	ID: "FTT014", Name: "deprecated-functions", Since: since,
	Severity: lint.Info, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTools | dataset.FactCalls,
	Doc: lint.Doc{
		Title: "functions and function_call are deprecated",
		Why:   "They are documented as deprecated in favour of tools and tool_calls, which current models are trained on. They are still accepted.",
		Help:  "use tools, tool_calls and tool messages",
		Bad:   []string{functionsChat(`{"name":"weather","arguments":"{\"city\":\"Lima\"}"}`)},
		Good:  []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Functions.Filled() {
			if !e.Tools.Filled() { // else FTT013
				told := p.Report(e.Functions, "is deprecated: use `tools`")
				if old := findOldCalls(e, e.Messages.Items); old.plain && old.orphans == 0 && !e.Tools.Present() && listOfObjects(e.Raw(e.Functions)) {
					told.Fix(lint.SafeFix, func(ed *lint.Editor) {
						functionsToTools(e, ed)
						old.renew(e, ed)
					})
				}
			}
			return
		}
		for i := range e.Messages.Items {
			m := &e.Messages.Items[i]
			if m.Role != dataset.RoleAssistant || !m.FunctionCall.Filled() {
				continue
			}
			if name, arguments := functionCall(e, m); name && arguments { // else FTT020
				told := p.Report(m.FunctionCall, "is deprecated: use `tool_calls`")
				if old := findOldCalls(e, e.Messages.Items); old.plain && old.orphans == 0 {
					told.Fix(lint.SafeFix, func(ed *lint.Editor) { old.renew(e, ed) })
				}
				return
			}
		}
	},
}

var functionCallShape = lint.Rule{
	ID: "FTT020", Name: "function-call-shape", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "A function_call lacks its name or arguments",
		Why:   "The documented schema wants of a function_call, deprecated as it is, a name and arguments, both of them strings.",
		Help:  "write {\"name\": \"...\", \"arguments\": \"{...}\"}, or better a tool call",
		Bad:   []string{functionsChat(`{"name":"weather"}`)},
		Good:  []string{goodCalls},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for i := range e.Messages.Items {
			m := &e.Messages.Items[i]
			if m.Role != dataset.RoleAssistant || !m.FunctionCall.Filled() {
				continue
			}
			switch name, arguments := functionCall(e, m); {
			case m.FunctionCall.Kind != dataset.Object:
				p.Report(m.FunctionCall, "is %s: it is an object with name and arguments", lint.Text(m.FunctionCall.Kind.String()))
			case !name:
				p.Report(m.FunctionCall, "has no `name` that is a string")
			case !arguments:
				p.Report(m.FunctionCall, "has no `arguments` that are a string")
			}
		}
	},
}

// functionCall reports whether a function_call has a name and arguments as it
// should.
func functionCall(e *dataset.Example, m *dataset.Message) (name, arguments bool) {
	for key, value := range dataset.Members(e.Raw(m.FunctionCall)) {
		text, ok := dataset.Inside(value)
		switch string(key) {
		case `"name"`:
			name = ok && len(text) > 0
		case `"arguments"`:
			arguments = ok
		}
	}
	return name, arguments
}

// functionsChat is a line in the deprecated form, with the given function_call.
func functionsChat(call string) string {
	return chat(sysMsg, askMsg, `{"role":"assistant","content":null,"function_call":`+call+`}`)
}
