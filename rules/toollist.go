package rules

import (
	"cmp"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on definitions of tools. Mostly a file has the same
// list on every line, so a list is looked at once, by all rules together.

// toolList is what is known of a list of tools or functions.
type toolList struct {
	count  int
	tools  []listedTool   // those with a name
	byName map[string]int // of a long list: the first tool of each name
	faults []toolFault
}

// listedTool is a tool in its list.
type listedTool struct {
	*tool
	at   uint32 // where it begins
	next int    // the next tool of the same name, or 0
}

// tool is what is known of a tool, wherever it stands: its places count from where
// it begins.
type tool struct {
	name               string
	nameStart, nameEnd uint32 // 0: it has no name
	faults             []toolFault
	// parameters is where its parameters stand, if calls can be held against them.
	parametersStart, parametersEnd uint32
	shape                          *shape // nil: the library must be asked
	bytes                          int
}

// Size is about the bytes that it takes.
func (t *tool) Size() int { return t.bytes }

// toolFault is a fault in a list of tools.
type toolFault struct {
	rule       string
	mild       bool // of a rule whose faults are errors: this is a warning
	start, end uint32
	kind       dataset.Kind
	reason     string
	args       []lint.Arg
}

const (
	maxToolName   = 64 // characters
	maxTools      = 128
	maxToolFaults = 100 // of a list: more tell nobody more
	longToolList  = 16  // tools, from which on names are not looked for one by one
)

// find returns the index of the first tool of a name, or -1.
func (l *toolList) find(name []byte) int {
	if l.byName != nil {
		if i, ok := l.byName[string(name)]; ok {
			return i
		}
		return -1
	}
	for i := range l.tools {
		if l.tools[i].name == string(name) {
			return i
		}
	}
	return -1
}

// add adds a tool that begins at a place of the list.
func (l *toolList) add(t *tool, at uint32) {
	for i := range t.faults {
		f := t.faults[i]
		f.start, f.end = f.start+at, f.end+at
		l.fault(f)
	}
	if t.nameEnd == 0 {
		return
	}
	n := len(l.tools)
	first := l.find([]byte(t.name))
	l.tools = append(l.tools, listedTool{tool: t, at: at})
	if first >= 0 {
		l.fault(toolFault{rule: "FTT018", start: t.nameStart + at, end: t.nameEnd + at, kind: dataset.String, reason: "an earlier tool has this name already"})
		l.tools[n].next, l.tools[first].next = l.tools[first].next, n
	}
	switch {
	case n+1 == longToolList:
		l.byName = map[string]int{}
		for i := n; i >= 0; i-- {
			l.byName[l.tools[i].name] = i
		}
	case first < 0 && l.byName != nil:
		l.byName[t.name] = n
	}
}

func (l *toolList) fault(f toolFault) {
	if len(l.faults) < maxToolFaults {
		l.faults = append(l.faults, f)
	}
}

// exampleTools is a list of tools or of functions of an example, with what is known
// of it.
type exampleTools struct {
	dataset.Value
	*toolList
}

// lists returns the lists of tools and of functions that an example has.
func lists(p *lint.Pass, e *dataset.Example) []exampleTools {
	return e.Derived("lists", func() any {
		var all []exampleTools
		for _, f := range e.ToolFields() {
			if f.Value.Kind != dataset.Array || f.ID != dataset.KeyTools && f.ID != dataset.KeyFunctions {
				continue
			}
			what, wrapped := "functions", false
			if f.ID == dataset.KeyTools {
				what, wrapped = "tools", true
			}
			list := p.Cached(what, e.Raw(f.Value), func(raw []byte) any { return readTools(p, raw, wrapped) })
			all = append(all, exampleTools{f.Value, list.(*toolList)})
		}
		return all
	}).([]exampleTools)
}

// reportFaults reports the faults of one rule in the lists of an example.
func reportFaults(rule string) func(*lint.Pass, *dataset.Example) {
	return func(p *lint.Pass, e *dataset.Example) {
		for _, list := range lists(p, e) {
			for i := range list.faults {
				f := &list.faults[i]
				at := dataset.Value{Start: list.Start + f.start, End: list.Start + f.end, Kind: f.kind, Place: dataset.PlaceInside}
				switch {
				case f.rule != rule:
				case f.mild:
					p.ReportAs(lint.Warning, at, f.reason, f.args...)
				default:
					p.Report(at, f.reason, f.args...)
				}
			}
		}
	}
}

// readTools looks at the list raw. wrapped says that it is one of tools, each of
// which holds a function. A tool mostly stands in many lists, with others beside it.
func readTools(p *lint.Pass, raw []byte, wrapped bool) *toolList {
	list := &toolList{}
	for item := range dataset.Elements(raw) {
		list.count++
		what := "function"
		if wrapped {
			what = "tool"
		}
		t := p.Cached(what, item, func(item []byte) any { return readTool(p, item, wrapped) }).(*tool)
		list.add(t, uint32(cap(raw)-cap(item))) // both go on to the end of the same memory
	}
	return list
}

// toolReader looks at a tool.
type toolReader struct {
	*tool
	pass *lint.Pass
	raw  []byte
}

// readTool looks at the item raw of a list.
func readTool(p *lint.Pass, raw []byte, wrapped bool) *tool {
	if t := usualTool(raw, wrapped); t != nil {
		return t
	}
	r := &toolReader{tool: &tool{}, pass: p, raw: raw}
	function, ok := raw, true
	if wrapped {
		function, ok = r.wrapper(raw)
	}
	if ok {
		r.function(function)
	}
	r.bytes = bytesOfTool + len(r.faults)*bytesOfTool + r.shape.size()
	return r.tool
}

// bytesOfTool is about what a tool or a fault takes.
const bytesOfTool = 128

// usualTool is readTool for a tool in which there is nothing to find, as nearly all
// are: it reads the item in one walk. It returns nil for any other.
func usualTool(item []byte, wrapped bool) *tool {
	var room [usualProperties]property
	m := &shapeMaker{raw: item, text: string(item), properties: room[:0]}
	t := &tool{}
	var ok bool
	if wrapped {
		ok = m.usualWrapper(t)
	} else {
		ok = m.usualFunction(t)
	}
	if !ok || t.nameEnd == 0 {
		return nil
	}
	t.bytes = bytesOfTool + len(item) + t.shape.size()
	return t
}

// usualWrapper reads a tool with its type and its function.
func (m *shapeMaker) usualWrapper(t *tool) bool {
	if m.raw[m.at] != '{' {
		return false
	}
	m.at++
	var kind, function bool
	for key := m.key(); key != nil; key = m.key() {
		switch {
		case string(key) == `"type"` && !kind:
			kind = string(m.value()) == `"function"`
		case string(key) == `"function"` && !function:
			function = m.usualFunction(t)
		default:
			return false
		}
	}
	return kind && function
}

// usualFunction reads a function with its name and parameters.
func (m *shapeMaker) usualFunction(t *tool) bool {
	if m.at >= len(m.raw) || m.raw[m.at] != '{' {
		return false
	}
	m.at++
	for key := m.key(); key != nil; key = m.key() {
		start := uint32(m.at)
		switch {
		case string(key) == `"name"` && t.nameEnd == 0:
			name, ok := m.inside(m.value())
			if !ok || !toolNameFits(name) {
				return false
			}
			t.name, t.nameStart, t.nameEnd = name, start, uint32(m.at)
		case string(key) == `"description"`:
			m.value()
		case string(key) == `"strict"`:
			if string(m.value()) != "false" {
				return false
			}
		case string(key) == `"parameters"` && t.shape == nil:
			var ok bool
			if t.shape, ok = m.schema(0); !ok || m.raw[start] != '{' || m.rootType != nil && string(m.rootType) != `"object"` {
				return false
			}
			t.parametersStart, t.parametersEnd = start, uint32(m.at)
		default:
			return false
		}
	}
	return true
}

// span returns where a part of the tool stands.
func (r *toolReader) span(part []byte) (start, end uint32) {
	start = uint32(cap(r.raw) - cap(part))
	return start, start + uint32(len(part))
}

// fault notes a fault at a part of the tool.
func (r *toolReader) fault(rule string, part []byte, reason string, args ...lint.Arg) {
	start, end := r.span(part)
	r.faults = append(r.faults, toolFault{rule: rule, start: start, end: end, kind: jsonKind(part), reason: reason, args: args})
}

// wrapper looks at an item of tools and returns its function.
func (r *toolReader) wrapper(item []byte) (function []byte, ok bool) {
	if item[0] != '{' {
		r.fault("FTT010", item, "is %s: a tool is an object with type and function", kindText(item))
		return nil, false
	}
	kind, function := twoMembers(item, `"type"`, `"function"`)
	switch {
	case kind == nil:
		r.fault("FTT010", item, "the tool has no `type`: it is \"function\"")
	case string(kind) != `"function"`:
		r.fault("FTT010", kind, "is no type of tool that can be fine-tuned: it is \"function\"")
		return nil, false
	}
	switch {
	case function == nil:
		r.fault("FTT010", item, "the tool has no `function`")
		return nil, false
	case function[0] != '{':
		r.fault("FTT010", function, "is %s: a function is an object with a name", kindText(function))
		return nil, false
	}
	return function, true
}

// function looks at the definition of a function.
func (r *toolReader) function(function []byte) {
	if function[0] != '{' {
		r.fault("FTT010", function, "is %s: a function is an object with a name", kindText(function))
		return
	}
	var name, parameters, strict []byte
	for key, value := range dataset.Members(function) {
		switch string(key) {
		case `"name"`:
			name = value
		case `"parameters"`:
			parameters = value
		case `"strict"`:
			strict = value
		}
	}
	r.readName(function, name)
	switch {
	case parameters == nil:
	case parameters[0] != '{':
		r.fault("FTT010", parameters, "is %s: parameters are the schema of an object", kindText(parameters))
		return
	default:
		r.readParameters(parameters)
	}
	if string(strict) == "true" && parameters != nil {
		r.strict(parameters, 0)
	}
}

// readParameters looks at the schema of the parameters.
func (r *toolReader) readParameters(parameters []byte) {
	shape, kind, sure := shapeOf(parameters)
	if !sure {
		kind = member(parameters, `"type"`)
	}
	fits := kind == nil || string(kind) == `"object"`
	if !fits {
		r.fault("FTT010", kind, "the parameters of a function are an object: their type is \"object\"")
	}
	if !sure {
		shape = nil
		s := parametersSchema(r.pass, parameters)
		for _, f := range s.faults {
			start, end := f.start+uint32(cap(r.raw)-cap(parameters)), f.end+uint32(cap(r.raw)-cap(parameters))
			if !fits && r.faults[len(r.faults)-1].start == start {
				continue // its type is told of
			}
			r.faults = append(r.faults, toolFault{rule: "FTT010", mild: true, start: start, end: end, kind: f.kind, reason: f.reason, args: f.args})
		}
		if s.compiled == nil {
			return
		}
	}
	if fits {
		r.shape = shape
		r.parametersStart, r.parametersEnd = r.span(parameters)
	}
}

func (r *toolReader) readName(function, raw []byte) {
	if raw == nil {
		r.fault("FTT010", function, "the function has no `name`")
		return
	}
	text, ok := dataset.Inside(raw)
	if !ok {
		r.fault("FTT010", raw, "is %s: a name is a string", kindText(raw))
		return
	}
	name := string(dataset.AppendUnescaped(nil, text))
	if !toolNameFits(name) {
		r.fault("FTT011", raw, "is no name of a function: letters a-z and A-Z, digits, _ and -, at most 64 of them")
	}
	r.name = name
	r.nameStart, r.nameEnd = r.span(raw)
}

// toolNameFits reports whether a name is one that functions may have.
func toolNameFits(name string) bool {
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return 0 < len(name) && len(name) <= maxToolName
}

// maxStrictDepth is how deep schemas are looked into.
const maxStrictDepth = 16

// strict looks at what strict mode demands of the schema of an object, and of those
// in it. It reports whether that is kept: of a tool one fault is enough.
func (r *toolReader) strict(schema []byte, depth int) bool {
	if depth > maxStrictDepth || len(schema) == 0 || schema[0] != '{' {
		return true
	}
	properties := member(schema, `"properties"`)
	if string(member(schema, `"type"`)) == `"object"` || properties != nil {
		if string(member(schema, `"additionalProperties"`)) != "false" {
			r.fault("FTT021", schema, "strict mode wants \"additionalProperties\": false in the schema of every object")
			return false
		}
		var required []string
		for name := range dataset.Elements(member(schema, `"required"`)) {
			required = append(required, string(name))
		}
		for name, property := range dataset.Members(properties) {
			if !slices.Contains(required, string(name)) {
				r.fault("FTT021", name, "strict mode wants every property in `required`: this one is not")
				return false
			}
			if !r.strict(property, depth+1) {
				return false
			}
		}
	}
	if !r.strict(member(schema, `"items"`), depth+1) {
		return false
	}
	for _, key := range []string{`"anyOf"`, `"$defs"`} {
		several := member(schema, key)
		for one := range dataset.Elements(several) {
			if !r.strict(one, depth+1) {
				return false
			}
		}
		for _, one := range dataset.Members(several) {
			if !r.strict(one, depth+1) {
				return false
			}
		}
	}
	return true
}

// member returns the value of a key, as it is written in JSON, in an object, or nil.
func member(object []byte, key string) (value []byte) {
	for k, v := range dataset.Members(object) {
		if string(k) == key {
			value = v
		}
	}
	return value
}

// twoMembers is member for two keys.
func twoMembers(object []byte, key, other string) (value, otherValue []byte) {
	for k, v := range dataset.Members(object) {
		switch string(k) {
		case key:
			value = v
		case other:
			otherValue = v
		}
	}
	return value, otherValue
}

// jsonKind is the kind of a value in JSON.
func jsonKind(raw []byte) dataset.Kind {
	switch raw[0] {
	case '{':
		return dataset.Object
	case '[':
		return dataset.Array
	case '"':
		return dataset.String
	case 't':
		return dataset.True
	case 'f':
		return dataset.False
	case 'n':
		return dataset.Null
	}
	return dataset.Int
}

func kindText(raw []byte) lint.Arg {
	if kind := jsonKind(raw); kind != dataset.Int {
		return lint.Text(kind.String())
	}
	return lint.Text("a number")
}

// withTools is a chat line with the given tools.
func withTools(tools string) string {
	line := chat(sysMsg, userMsg, botMsg)
	return line[:len(line)-1] + `,"tools":[` + tools + `]}`
}

var toolUndeclared = lint.Rule{
	ID: "FTT009", Name: "tool-undeclared", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented | lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactCalls,
	Doc: lint.Doc{
		Title: "A call of a tool that is not among the tools of the example",
		Why: "The model learns to call what it has not been offered; mostly it is a slip in the name. The best-practices guide allows to leave definitions out entirely, " +
			"so an example without tools is not reported, and this is never an error.",
		Help: "correct the name, or define the tool",
		Bad:  []string{toolChat(sysMsg, askMsg, `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"wether","arguments":"{}"}}]}`)},
		Good: []string{goodCalls, chat(sysMsg, askMsg, callMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		declared := lists(p, e)
		if !slices.ContainsFunc(declared, func(l exampleTools) bool { return l.count > 0 }) {
			return
		}
		for _, c := range calls(e) {
			if c.Name.Kind != dataset.String || e.Blank(c.Name) {
				continue
			}
			name := e.Text(c.Name)
			if !slices.ContainsFunc(declared, func(l exampleTools) bool { return l.find(name) >= 0 }) {
				p.Report(c.Name, "%s is not among the tools of this example", lint.JSON(c.Name))
			}
		}
	},
}

var toolSchema = lint.Rule{
	ID: "FTT010", Name: "tool-schema", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactTools,
	Doc: lint.Doc{
		Title: "A definition of a tool is not as the schema wants it",
		Why: "The documented schema wants of each tool the type \"function\" and a function with a name; its parameters, if there are any, are the schema of an object. " +
			"Parameters with a word in them that JSON Schema does not have, such as a type \"float\", are a warning: it is not known that a service refuses them, but calls cannot be held against them (FTT004).",
		Help: "write the tool as {\"type\": \"function\", \"function\": {\"name\": \"...\", \"parameters\": {\"type\": \"object\", ...}}}",
		Bad:  []string{withTools(`{"type":"function","function":{"parameters":{"type":"object","properties":{}}}}`), withTools(`{"type":"function","function":{"name":"weather","parameters":[]}}`)},
		Good: []string{withTools(oneTool), withTools(`{"type":"function","function":{"name":"now"}}`), withTools("")},
	},
	Example: reportFaults("FTT010"),
}

var toolName = lint.Rule{
	ID: "FTT011", Name: "tool-name", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactTools,
	Doc: lint.Doc{
		Title: "The name of a tool has characters that it may not have, or too many",
		Why:   "The documented schema wants names of \"a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64\".",
		Help:  "rename the tool, in its calls too",
		Bad:   []string{withTools(`{"type":"function","function":{"name":"get weather"}}`)},
		Good:  []string{withTools(`{"type":"function","function":{"name":"get_weather-2"}}`)},
	},
	Example: reportFaults("FTT011"),
}

var tooManyTools = lint.Rule{
	ID: "FTT012", Name: "too-many-tools", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactTools,
	Doc: lint.Doc{
		Title: "An example defines more than 128 tools",
		Why:   "The documented schema allows 128 functions, and Azure's limits 128 tools.",
		Help:  "offer only the tools that the example is about",
		Bad:   []string{withTools(manyTools(maxTools + 1))},
		Good:  []string{withTools(manyTools(3))},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, list := range lists(p, e) {
			if list.count > maxTools {
				p.Report(list.Value, "%s definitions, more than the %s that there may be", lint.Int(int64(list.count)), lint.Int(maxTools))
			}
		}
	},
}

// manyTools are n tools.
func manyTools(n int) string {
	tools := make([]byte, 0, 64*n)
	for i := range n {
		if i > 0 {
			tools = append(tools, ',')
		}
		tools = append(tools, `{"type":"function","function":{"name":"f`...)
		tools = append(tools, byte('0'+i/100), byte('0'+i/10%10), byte('0'+i%10))
		tools = append(tools, `"}}`...)
	}
	return string(tools)
}

var duplicateToolName = lint.Rule{
	ID: "FTT018", Name: "dup-tool-name", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactTools,
	Doc: lint.Doc{
		Title: "Two tools of an example have the same name",
		Why:   "Calls name a tool, so it cannot be told which of the two is meant. This is advice, as it is inferred; no service is known to refuse it.",
		Help:  "remove one of them, or rename it",
		Bad:   []string{withTools(oneTool + "," + oneTool)},
		Good:  []string{withTools(oneTool)},
	},
	Example: reportFaults("FTT018"),
}

var strictTool = lint.Rule{
	ID: "FTT021", Name: "strict-tool", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactTools,
	Doc: lint.Doc{
		Title: "A strict tool whose schema strict mode does not take",
		Why: "With \"strict\": true the documentation of structured outputs demands \"additionalProperties\": false in the schema of every object, and every property in `required`. " +
			"The deployed model will refuse such a tool; of training it is not known, so the level is a warning.",
		Help: "complete the schema, or remove \"strict\": true",
		Bad:  []string{withTools(`{"type":"function","function":{"name":"weather","strict":true,"parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}`)},
		Good: []string{withTools(`{"type":"function","function":{"name":"weather","strict":true,"parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}}}`)},
	},
	Example: reportFaults("FTT021"),
}

var toolsInconsistent = lint.Rule{
	ID: "FTT017", Name: "tools-inconsistent", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "A tool has other parameters in other examples",
		Why: "The model learns how a tool is called from all examples together; where two versions of it are mixed, calls may be written for the wrong one. It can be meant, where the data are to teach many different tools. Descriptions of the tool itself may differ. " +
			"This is advice: no service is known to refuse it. A tool is told once, at the first line where it differs.",
		Help:     "give the tool the same parameters everywhere, or another name",
		BadFile:  sample(func() string { return toolFile(50, "country") }),
		GoodFile: sample(func() string { return toolFile(50, "city") }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &toolVersions{} },
}

// maxToolNames is how many tools of different names are compared.
const maxToolNames = 1 << 12

// toolVersions compares the parameters of tools of the same name.
type toolVersions struct {
	tools map[uint64]*toolVersion // by the hash of the name
	seen  map[uint64]struct{}     // hashes of whole lists: mostly there is one
	buf   []byte
}

// toolVersion is a tool with its first parameters.
type toolVersion struct {
	name       string
	parameters dataset.Hash
	first      int64 // line
	differs    int64 // the first line with other parameters, or 0
}

// Add takes one example.
func (c *toolVersions) Add(e *dataset.Example) {
	if e.Facts&dataset.FactTools == 0 {
		return
	}
	for _, list := range [...]dataset.Value{e.Tools, e.Functions} {
		if list.Kind != dataset.Array {
			continue
		}
		raw := e.Raw(list)
		hash := xxh3.Hash(raw)
		if _, ok := c.seen[hash]; ok {
			continue
		}
		if c.seen == nil {
			c.seen, c.tools = map[uint64]struct{}{}, map[uint64]*toolVersion{}
		}
		if len(c.seen) < maxToolNames {
			c.seen[hash] = struct{}{}
		}
		for tool := range dataset.Elements(raw) {
			c.tool(tool, e.Number)
		}
	}
}

// tool takes a tool or a function.
func (c *toolVersions) tool(raw []byte, line int64) {
	var name, parameters []byte
	for key, value := range dataset.Members(raw) {
		switch string(key) {
		case `"function"`:
			if len(value) > 0 && value[0] == '{' {
				c.tool(value, line)
				return
			}
		case `"name"`:
			name, _ = dataset.Inside(value)
		case `"parameters"`:
			parameters = value
		}
	}
	if len(name) == 0 || len(name) > maxToolName {
		return
	}
	var hash dataset.Hash
	if parameters != nil {
		hash, c.buf = dataset.CanonicalHash(parameters, c.buf)
	}
	key := xxh3.Hash(name)
	if known := c.tools[key]; known == nil {
		if len(c.tools) < maxToolNames {
			c.tools[key] = &toolVersion{name: string(name), parameters: hash, first: line}
		}
	} else if known.differs == 0 && known.parameters != hash {
		known.differs = line
	}
}

// Merge takes over what next has seen.
func (c *toolVersions) Merge(next lint.Collector, lines int64) {
	n := next.(*toolVersions)
	if len(n.tools) > 0 && c.tools == nil {
		c.tools = map[uint64]*toolVersion{}
	}
	for _, key := range inOrder(n.tools) {
		tool := n.tools[key]
		tool.first += lines
		if tool.differs > 0 {
			tool.differs += lines
		}
		switch known := c.tools[key]; {
		case known == nil:
			if len(c.tools) < maxToolNames {
				c.tools[key] = tool
			}
		case known.differs > 0:
		case known.parameters != tool.parameters:
			known.differs = tool.first
		default:
			known.differs = tool.differs
		}
	}
}

// inOrder returns the keys of tools by their first lines.
func inOrder(tools map[uint64]*toolVersion) []uint64 {
	keys := make([]uint64, 0, len(tools))
	for key := range tools {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b uint64) int { return cmp.Or(cmp.Compare(tools[a].first, tools[b].first), cmp.Compare(a, b)) })
	return keys
}

// Finish reports the tools that differ.
func (c *toolVersions) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) {
		return
	}
	var differ []*toolVersion
	for _, key := range inOrder(c.tools) {
		if tool := c.tools[key]; tool.differs > tool.first { // on one line: FTT018
			differ = append(differ, tool)
		}
	}
	slices.SortStableFunc(differ, func(a, b *toolVersion) int { return cmp.Compare(a.differs, b.differs) })
	for _, tool := range differ {
		p.ReportLine(tool.differs, "the tool %s has other parameters here than on line %s", shown(tool.name), lint.Int(tool.first))
	}
}
