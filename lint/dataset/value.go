package dataset

// Kind is the JSON type of a value, with integers told from other numbers.
type Kind uint8

// The kinds of values. Absent is the zero Kind: the key is not there at all.
const (
	Absent Kind = iota
	Null
	False
	True
	Int   // a number written with digits only, such as 1 or -3 (not 1.0, not 1e0)
	Float // any other number
	String
	Array
	Object
)

// String returns the name of the kind as JSON users say it.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "false", "true", "an integer", "a number", "a string", "an array", "an object"}[k]
}

// Flags tell what a decoder saw inside a string or a number.
type Flags uint8

// The flags.
const (
	// FlagEscaped: the string has a backslash, so its text is not its bytes.
	FlagEscaped Flags = 1 << iota
	// FlagASCIIEscape: an escape such as \u003c stands for an ASCII character,
	// so a search for ASCII text must look at the unescaped text.
	FlagASCIIEscape
	// FlagOddEscape: an escape that something else could stand for, such as \/ or
	// any \u. Strings without it are the same if their bytes are.
	FlagOddEscape
	// FlagBroken: invalid UTF-8 or a raw control character inside; of a number:
	// NaN or an infinity.
	FlagBroken
)

// Value is the place of one JSON value in its line.
type Value struct {
	Start, End uint32 // byte offsets in Example.Line, a string's quotes included
	Kind       Kind
	Flags      Flags
	Place      Place
}

// Present reports whether the value is there, be it null.
func (v Value) Present() bool { return v.Kind != Absent }

// Filled reports whether the value is there and not null.
func (v Value) Filled() bool { return v.Kind > Null }

// Len returns the length of the value's JSON text in bytes.
func (v Value) Len() int { return int(v.End - v.Start) }

// Place says which slot of the record model a value fills. Two values with the
// same place have the same shape of JSON path, but for keys that are not part
// of the model: these share PlaceOther, PlaceMessageOther and so on.
type Place uint8

// A place is a slot, plus the list of messages it belongs to in the top bits.
const (
	PlaceLine Place = iota // the whole line
	PlaceOther
	PlaceMessages
	PlaceTools
	PlaceParallelToolCalls
	PlaceFunctions
	PlaceInput
	PlacePreferred
	PlaceNonPreferred
	PlacePrompt
	PlaceCompletion

	PlaceMessage
	PlaceMessageOther
	PlaceRole
	PlaceContent
	PlaceName
	PlaceWeight
	PlaceRefusal
	PlaceToolCalls
	PlaceFunctionCall
	PlaceToolCallID
	PlaceAudio

	PlacePart
	PlacePartField

	PlaceToolCall
	PlaceToolCallField

	PlaceInside // somewhere inside a value that the model does not look into

	placeListShift = 6
)

// Field is one member of an object.
type Field struct {
	Key   Value // the key's string, quotes included
	Value Value
	ID    Key // which known key it is, or KeyOther
}

// Key is a key that the record model knows.
type Key uint8

// The known keys of lines, messages, content parts and tool calls.
const (
	KeyOther Key = iota
	// top level
	KeyMessages
	KeyTools
	KeyParallelToolCalls
	KeyFunctions
	KeyInput
	KeyPreferredOutput
	KeyNonPreferredOutput
	KeyPrompt
	KeyCompletion
	// message
	KeyRole
	KeyContent
	KeyName
	KeyWeight
	KeyRefusal
	KeyToolCalls
	KeyFunctionCall
	KeyToolCallID
	KeyAudio
	// part
	KeyType
	KeyText
	KeyImageURL
	// tool call
	KeyID
	KeyFunction
	KeyArguments
)

// Keys is a set of known keys.
type Keys uint32

// KeySet returns the set of the given keys.
func KeySet(keys ...Key) Keys {
	var s Keys
	for _, k := range keys {
		s |= 1 << k
	}
	return s
}

// Has reports whether k is in the set.
func (s Keys) Has(k Key) bool { return s&(1<<k) != 0 }
