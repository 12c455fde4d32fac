package stats

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"

	"github.com/ftlint/ftlint/lint/dataset"
)

// ToolNames counts how often each tool is offered and called. The zero value is
// empty and ready to use. Merge keeps at most MaxTexts names, those that came
// first.
type ToolNames struct {
	Offering int64 // examples that define tools
	Calling  int64 // examples with calls
	Calls    int64
	// More says that there were more names than are told apart.
	More  bool
	list  []Tool // in the order in which they came
	names map[uint64]int

	// lists holds the tools of lists that were met: mostly it is the same list in
	// all examples.
	lists map[uint64][]Tool
}

const (
	maxLists  = 64   // of tools, that are remembered
	maxListed = 1024 // tools of a list that are looked at: no service takes as many
)

// Tool is a tool.
type Tool struct {
	Name    string // its beginning, where it is longer than 200 bytes
	Offered int64  // examples that define it
	Called  int64  // calls
	hash    uint64 // of the name
}

// newTool returns the tool with a name.
func newTool(name []byte) Tool {
	return Tool{Name: beginning(name), hash: maphash.Bytes(valueSeed, name)}
}

// Add takes an example.
func (t *ToolNames) Add(e *dataset.Example, m dataset.Method) {
	if e.Facts&dataset.FactTools != 0 {
		offers := false
		for _, f := range e.ToolFields() {
			if (f.ID == dataset.KeyTools || f.ID == dataset.KeyFunctions) && f.Value.Kind == dataset.Array {
				for _, tool := range t.toolsOf(e.Raw(f.Value)) {
					offers = true
					tool.Offered = 1
					t.count(math.MaxInt, tool)
				}
			}
		}
		if offers {
			t.Offering++
		}
	}
	if e.Facts&dataset.FactCalls != 0 {
		before := t.Calls
		for message := range messages(e, m) {
			t.calls(e, message)
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
	tool := newTool(name)
	tool.Called = 1
	t.count(math.MaxInt, tool)
}

// count adds what is known of a tool. most is how many are told apart.
func (t *ToolNames) count(most int, tool Tool) {
	i, ok := t.names[tool.hash]
	switch {
	case ok:
		t.list[i].Offered += tool.Offered
		t.list[i].Called += tool.Called
		return
	case len(t.list) >= most:
		t.More = true
		return
	case t.names == nil:
		t.names = make(map[uint64]int)
	}
	t.names[tool.hash] = len(t.list)
	t.list = append(t.list, tool)
}

// toolsOf returns the different tools in a list of tools or functions.
func (t *ToolNames) toolsOf(list []byte) []Tool {
	hash := maphash.Bytes(valueSeed, list)
	if tools, ok := t.lists[hash]; ok {
		return tools
	}
	var tools []Tool
	seen := map[uint64]bool{}
	looked := 0
	for definition := range dataset.Elements(list) {
		if looked++; looked > maxListed {
			break
		}
		name, ok := dataset.Inside(toolName(definition))
		if !ok {
			continue
		}
		tool := newTool(dataset.AppendUnescaped(nil, name))
		if !seen[tool.hash] {
			seen[tool.hash] = true
			tools = append(tools, tool)
		}
	}
	if t.lists == nil || len(t.lists) == maxLists {
		t.lists = make(map[uint64][]Tool)
	}
	t.lists[hash] = tools
	return tools
}

// toolName returns the name in the definition of a tool or of a function, as JSON.
func toolName(definition []byte) (name []byte) {
	var function []byte
	for key, value := range dataset.Members(definition) {
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
	return name
}

// Merge takes over what next, which has seen the lines that follow, has counted.
func (t *ToolNames) Merge(next *ToolNames) {
	t.Offering += next.Offering
	t.Calling += next.Calling
	t.Calls += next.Calls
	t.More = t.More || next.More
	for _, tool := range next.list {
		t.count(MaxTexts, tool)
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
