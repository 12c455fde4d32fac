package stats

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"

	"github.com/ftlint/ftlint/lint/dataset"
)

// ToolNames counts how often each tool is offered and called. The zero value is
// empty and ready to use. It tells MaxTexts names apart.
type ToolNames struct {
	Offering int64 // examples that define tools
	Calling  int64 // examples with calls
	Calls    int64
	// More says that there were more names than are told apart.
	More  bool
	names map[string]*Tool

	// lists holds the names of lists of tools that were met: mostly it is the same
	// list in all examples.
	lists map[uint64][]string
}

// maxLists is how many lists of tools are remembered.
const maxLists = 64

// Tool is a tool.
type Tool struct {
	Name    string
	Offered int64 // examples that define it
	Called  int64 // calls
}

// Add takes an example.
func (t *ToolNames) Add(e *dataset.Example, m dataset.Method) {
	if e.Facts&dataset.FactTools != 0 {
		fields := e.Fields
		if m.Shape() == dataset.ShapePreference {
			fields = e.Preference.InputFields
		}
		offers := false
		for _, f := range fields {
			if (f.ID == dataset.KeyTools || f.ID == dataset.KeyFunctions) && f.Value.Kind == dataset.Array {
				for _, name := range t.namesOf(e.Raw(f.Value)) {
					offers = true
					if tool := t.tool(name); tool != nil {
						tool.Offered++
					}
				}
			}
		}
		if offers {
			t.Offering++
		}
	}
	if e.Facts&dataset.FactCalls != 0 {
		before := t.Calls
		for i := range e.All {
			t.calls(e, &e.All[i])
		}
		if t.Calls > before {
			t.Calling++
		}
	}
}

// calls counts the calls of a message.
func (t *ToolNames) calls(e *dataset.Example, m *dataset.Message) {
	for i := range m.Calls {
		if m.Calls[i].Name.Kind == dataset.String {
			t.call(e.Text(m.Calls[i].Name))
		}
	}
	if m.FunctionCall.Kind == dataset.Object {
		for key, value := range dataset.Members(e.Raw(m.FunctionCall)) {
			if name, ok := dataset.Inside(value); ok && string(key) == `"name"` {
				t.call(dataset.AppendUnescaped(nil, name))
			}
		}
	}
}

func (t *ToolNames) call(name []byte) {
	t.Calls++
	if tool := t.tool(string(name)); tool != nil {
		tool.Called++
	}
}

// tool returns the tool of a name, or nil if there are too many.
func (t *ToolNames) tool(name string) *Tool {
	if tool := t.names[name]; tool != nil {
		return tool
	}
	if len(t.names) == MaxTexts {
		t.More = true
		return nil
	}
	if t.names == nil {
		t.names = make(map[string]*Tool)
	}
	tool := &Tool{Name: name}
	t.names[name] = tool
	return tool
}

// namesOf returns the different names in a list of tools or functions.
func (t *ToolNames) namesOf(list []byte) []string {
	hash := maphash.Bytes(valueSeed, list)
	if names, ok := t.lists[hash]; ok {
		return names
	}
	var names []string
	for tool := range dataset.Elements(list) {
		var name, function []byte
		for key, value := range dataset.Members(tool) {
			switch string(key) {
			case `"name"`:
				name = value
			case `"function"`:
				function = value
			}
		}
		for key, value := range dataset.Members(function) {
			if string(key) == `"name"` {
				name = value
			}
		}
		if text, ok := dataset.Inside(name); ok {
			if s := string(dataset.AppendUnescaped(nil, text)); !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
	}
	if t.lists == nil || len(t.lists) == maxLists {
		t.lists = make(map[uint64][]string)
	}
	t.lists[hash] = names
	return names
}

// Merge takes over what next, which has seen the lines that follow, has counted.
func (t *ToolNames) Merge(next *ToolNames) {
	t.Offering += next.Offering
	t.Calling += next.Calling
	t.Calls += next.Calls
	t.More = t.More || next.More
	for _, name := range slices.Sorted(maps.Keys(next.names)) {
		if tool := t.tool(name); tool != nil {
			tool.Offered += next.names[name].Offered
			tool.Called += next.names[name].Called
		}
	}
}

// Commonest returns the n tools that are called, or else offered, most, and how
// many there are.
func (t *ToolNames) Commonest(n int) (tools []Tool, all int) {
	for _, tool := range t.names {
		tools = append(tools, *tool)
	}
	slices.SortFunc(tools, func(a, b Tool) int {
		return cmp.Or(cmp.Compare(b.Called, a.Called), cmp.Compare(b.Offered, a.Offered), cmp.Compare(a.Name, b.Name))
	})
	return tools[:min(n, len(tools))], len(tools)
}
