package dataset

// MaxDepth is how deep a line may nest, as in encoding/json.
const MaxDepth = 10_000

// DeepDepth is the nesting above which a line is worth a word.
const DeepDepth = 64

// maxFaults is how many faults that do not stop the decoder are kept per line.
const maxFaults = 1_000

// FaultKind is a class of faults of a line.
type FaultKind uint8

// The classes of faults. Syntax, TrailingData, NotFinite (where it cannot be
// read on) and TooDeep (above MaxDepth) stop the decoder.
const (
	FaultSyntax        FaultKind = iota // not RFC 8259 JSON
	FaultTrailing                       // something after the value
	FaultLoneCR                         // after the value, parted by a lone CR, comes another one
	FaultNotFinite                      // NaN, Infinity, -Infinity
	FaultControl                        // a raw control character in a string, or NUL anywhere
	FaultUTF8                           // bytes that are not UTF-8
	FaultBOM                            // a byte-order mark at the start of the line
	FaultDuplicateKey                   // a key that its object has already
	FaultLoneSurrogate                  // \uD800 to \uDFFF without its other half
	FaultDeep                           // nested deeper than DeepDepth
	FaultTooDeep                        // nested deeper than MaxDepth
	FaultLineSeparator                  // raw U+2028, U+2029 or U+0085
	FaultManyItems                      // more than MaxItems messages, parts, calls or fields: the rest was not looked at
)

// MaxItems is how many messages (and how many content parts, tool calls and
// unknown members) of one line are looked at. No service can train on more:
// each of them costs tokens, of which an example has at most 65,536.
const MaxItems = 1 << 16

// Fault is one thing that is wrong with a line as JSON or UTF-8.
type Fault struct {
	Kind       FaultKind
	Start, End uint32 // byte offsets in the line; End is after the last byte
	Reason     string // what was found, for FaultSyntax and FaultTrailing
}
