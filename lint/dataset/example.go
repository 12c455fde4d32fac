package dataset

// Example is one line of a dataset, decoded. It is valid until the decoder
// that made it decodes the next line. Messages, parts, tool calls and fields
// share backing slices: rules read them and keep nothing.
type Example struct {
	Line   []byte // the line without its line end
	Number int64  // line number, counted from 1 at the start of the chunk
	Offset int64  // byte offset of the line, counted from the start of the chunk

	Top    Value   // the line's value
	Faults []Fault // what is wrong with the line as JSON and UTF-8, in order
	Broken bool    // a fault stopped the decoder: nothing but Faults can be trusted
	Facts  Facts
	Shape  Shape
	Keys   Keys // known top-level keys that are present

	Fields            []Field // every top-level member, in order
	Tools             Value
	ParallelToolCalls Value
	Functions         Value
	Prompt            Value
	Completion        Value
	Messages          List       // the top-level messages
	Preference        Preference // of a preference line

	// All holds the messages of every list of the line, in the order in which
	// the lists stand there.
	All []Message

	text       []byte // of Text: what escaped strings stand for
	largeTexts []placedText
	derived    []derived

	tokens  *Tokens
	counted bool // tokens holds the counts of this example
}

// List is a list of messages.
type List struct {
	Value // of the array (or of what stands in its place)
	Items []Message
}

// Preference holds the three parts of a preference (DPO) line.
type Preference struct {
	Input        Value   // the object that holds the prompt
	InputFields  []Field // its members
	InputKeys    Keys
	Messages     List // input.messages
	Preferred    List // preferred_output, or preferred_completion (its old name)
	NonPreferred List // non_preferred_output, or non_preferred_completion
	// OldNames says that an output stands under its name of 2024:
	// preferred_completion, non_preferred_completion.
	OldNames bool
}

// ListID says which list of the line a message stands in.
type ListID uint8

// The lists of messages that a line can have.
const (
	ListMessages ListID = iota
	ListInput
	ListPreferred
	ListNonPreferred
)

// Role is the role of a message.
type Role uint8

// The roles. RoleOther is a string that is none of them.
const (
	RoleNone Role = iota // no role, or not a string
	RoleSystem
	RoleDeveloper
	RoleUser
	RoleAssistant
	RoleTool
	RoleFunction
	RoleOther

	NumRoles = int(iota)
)

// String returns the role as it is written in a dataset.
func (r Role) String() string {
	return [NumRoles]string{"", "system", "developer", "user", "assistant", "tool", "function", "other"}[r]
}

// Message is one message of an example. A message that is not an object has
// only its Value.
type Message struct {
	Value
	List ListID
	Role Role
	Keys Keys

	RoleValue    Value
	Content      Value
	Name         Value
	Weight       Value
	Refusal      Value
	ToolCalls    Value
	FunctionCall Value
	ToolCallID   Value
	Audio        Value

	Parts []Part     // of a content array
	Calls []ToolCall // of tool_calls
	Other []Field    // members with unknown keys
}

// ToolFields returns the members among which tools, functions and
// parallel_tool_calls of e stand: those of the line, or of the input of a
// preference pair.
func (e *Example) ToolFields() []Field {
	if e.Shape == ShapePreference {
		return e.Preference.InputFields
	}
	return e.Fields
}

// derived is what somebody has made of an example.
type derived struct {
	what  string
	value any
}

// Derived returns what make makes of e; for all who ask it is made once. what names
// it, and is a constant.
func (e *Example) Derived(what string, make func() any) any {
	for i := range e.derived {
		if e.derived[i].what == what {
			return e.derived[i].value
		}
	}
	value := make()
	e.derived = append(e.derived, derived{what, value})
	return value
}

// Says reports whether m is a message at all: an object with a role or anything to
// say. Others have no place in the counts of tokens.
func (m *Message) Says() bool {
	const says = 1<<KeyRole | 1<<KeyContent | 1<<KeyToolCalls | 1<<KeyFunctionCall | 1<<KeyRefusal
	return m.Kind == Object && m.Keys&says != 0
}

// Part is one item of a content array. An item that is not an object has only
// its Value.
type Part struct {
	Value
	Type     Value
	Text     Value
	Refusal  Value
	ImageURL Value
	URL      Value // image_url.url, or image_url itself where that is a string
	Detail   Value // image_url.detail
}

// ToolCall is one item of tool_calls. An item that is not an object has only
// its Value.
type ToolCall struct {
	Value
	ID        Value
	Type      Value
	Function  Value
	Name      Value // function.name
	Arguments Value // function.arguments
}

// Facts are cheap hints that a decoder leaves about a line. A rule whose When
// facts are all missing is not called for it: a fact is set wherever it may be
// of interest, and the rule looks closely.
type Facts uint32

// The facts.
const (
	FactFault        Facts = 1 << iota // Faults is not empty
	FactOddMessage                     // a message that is not an object, or whose role is missing or unknown
	FactDeveloper                      // a developer message
	FactFunction                       // a function message
	FactContentOdd                     // content missing, null, of a wrong type, or possibly blank
	FactParts                          // a content array
	FactImage                          // an image part
	FactWeight                         // a weight
	FactName                           // a name
	FactMessageOther                   // a key that no message has
	FactAudio                          // an audio key
	FactCalls                          // tool_calls or function_call
	FactToolResult                     // a tool message
	FactTools                          // tools or functions at top level
	FactMarker                         // "<|" in the text, perhaps behind escapes
	FactPhrase                         // one of the decoder's phrases in the text, perhaps behind escapes
	FactTurns                          // messages other than: system, then user and assistant in turn
	FactKeys                           // a message with keys other than role and content
	FactFields                         // the line is not an object with messages alone
	FactBeyondASCII                    // a character beyond ASCII in a string, or an escape that may be one
)
