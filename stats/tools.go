package stats

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/ftlint/ftlint/lint/dataset"
)

// ToolNames counts how often each tool is offered and called. The zero value is
// empty and ready to use. It tells MaxTexts names apart, those that came first.
type ToolNames struct {
	Offering int64 // examples that define tools
	Calling  int64 // examples with calls
	Calls    int64
	// More says that there were more names than are told apart.
	More  bool
	list  []Tool // in the order in which they came
	names map[string]int

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
					t.count(Tool{Name: name, Offered: 1})
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
	t.count(Tool{Name: string(name), Called: 1})
}

// count adds what is known of a tool.
func (t *ToolNames) count(tool Tool) {
	i, ok := t.names[tool.Name]
	switch {
	case ok:
		t.list[i].Offered += tool.Offered
		t.list[i].Called += tool.Called
		return
	case len(t.list) == MaxTexts:
		t.More = true
		return
	case t.names == nil:
		t.names = make(map[string]int)
	}
	t.names[tool.Name] = len(t.list)
	t.list = append(t.list, tool)
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
	for _, tool := range next.list {
		t.count(tool)
	}
}

// Commonest returns the n tools that are called, or else offered, most, and how
// many there are.
func (t *ToolNames) Commonest(n int) (tools []Tool, all int) {
	tools = slices.Clone(t.list)
	slices.SortFunc(tools, func(a, b Tool) int {
		return cmp.Or(cmp.Compare(b.Called, a.Called), cmp.Compare(b.Offered, a.Offered), cmp.Compare(a.Name, b.Name))
	})
	return tools[:min(n, len(tools))], len(tools)
}
