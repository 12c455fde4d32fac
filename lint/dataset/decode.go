package dataset

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Options say what a Decoder has to look for.
type Options struct {
	Messages bool     // decode messages; else they are only checked as JSON
	Markers  bool     // set FactMarker
	Phrases  []string // set FactPhrase where one of these is found; see lint.Rule
}

// Decoder decodes lines into examples. It is not safe for concurrent use; each
// worker has its own. It reuses its memory from line to line.
type Decoder struct {
	opts    Options
	phrases *phraseFinder

	ex     Example
	line   []byte
	pos    int
	depth  int
	asciiE bool // an escape of an ASCII character was seen

	bits uint32 // which faults that are told once per line were told

	msgs        []Message
	parts       []Part
	calls       []ToolCall
	fields      []Field
	inputFields []Field
	keys        []keyRef
	scratch     []byte
}

// keyRef is a key of an object that is being read.
type keyRef struct {
	hash       uint64
	start, end uint32
	escaped    bool
}

// NewDecoder returns a decoder that looks for what opts says.
func NewDecoder(opts Options) *Decoder {
	d := &Decoder{opts: opts}
	if len(opts.Phrases) > 0 {
		d.phrases = newPhraseFinder(opts.Phrases)
	}
	return d
}

// keepItems and keepBytes bound what a decoder keeps of the memory that an
// unusual line made it take.
const (
	keepItems = MaxItems
	keepBytes = 1 << 20
)

// Decode decodes line, which has no line end and is shorter than 4 GiB. The
// example is valid until the next call. What is wrong with the line is in the
// example's Faults; Decode itself cannot fail.
func (d *Decoder) Decode(line []byte) *Example {
	d.reset(line)
	e := &d.ex
	if bytes.HasPrefix(line, bom) {
		d.fault(FaultBOM, 0, len(bom), "")
		d.pos = len(bom)
	}
	d.space()
	if d.pos < len(line) && line[d.pos] == '{' {
		d.top()
	} else {
		e.Top = d.value(PlaceLine)
	}
	if !e.Broken {
		d.trailing()
	}
	d.finish()
	return e
}

var bom = []byte("\xEF\xBB\xBF")

func (d *Decoder) reset(line []byte) {
	if cap(d.msgs) > keepItems || cap(d.parts) > keepItems || cap(d.calls) > keepItems ||
		cap(d.fields) > keepItems || cap(d.inputFields) > keepItems || cap(d.keys) > keepItems || cap(d.ex.text) > keepBytes || cap(d.scratch) > keepBytes {
		*d = Decoder{opts: d.opts, phrases: d.phrases}
	}
	e := &d.ex
	clear(e.derived)
	*e = Example{Line: line, Faults: e.Faults[:0], text: e.text[:0], derived: e.derived[:0]}
	d.line, d.pos, d.depth, d.bits, d.asciiE = line, 0, 0, 0, false
	d.msgs, d.parts, d.calls, d.fields, d.keys = d.msgs[:0], d.parts[:0], d.calls[:0], d.fields[:0], d.keys[:0]
}

func (d *Decoder) finish() {
	e := &d.ex
	if len(e.Faults) > 0 {
		e.Facts |= FactFault
	}
	e.All = d.msgs
	if e.Keys != KeySet(KeyMessages) || len(e.Fields) != 1 {
		e.Facts |= FactFields
	}
	if e.Top.Kind == Object {
		e.Shape = d.shape()
	}
	if e.Broken {
		return
	}
	if d.opts.Markers && (d.asciiE || bytes.Contains(d.line, marker)) {
		e.Facts |= FactMarker
	}
	if d.phrases != nil && (d.asciiE || d.phrases.in(d.line)) {
		e.Facts |= FactPhrase
	}
}

// marker begins every special token.
var marker = []byte("<|")

// fault records a fault that the decoder reads on after.
func (d *Decoder) fault(kind FaultKind, start, end int, reason string) {
	if len(d.ex.Faults) < maxFaults {
		d.ex.Faults = append(d.ex.Faults, Fault{Kind: kind, Start: uint32(start), End: uint32(end), Reason: reason})
	}
}

// faultOnce records the first fault of its kind in a line.
func (d *Decoder) faultOnce(kind FaultKind, start, end int) {
	if d.bits&(1<<kind) == 0 {
		d.bits |= 1 << kind
		d.fault(kind, start, end, "")
	}
}

// stop records the fault that ends the decoding of the line.
func (d *Decoder) stop(kind FaultKind, start, end int, reason string) {
	if d.ex.Broken {
		return
	}
	d.ex.Broken = true
	if len(d.ex.Faults) == maxFaults {
		d.ex.Faults = d.ex.Faults[:maxFaults-1] // the one that stops is never left out
	}
	d.fault(kind, start, min(end, len(d.line)), reason)
}

// syntax stops at i. What stands there may itself be a better explanation than
// what was expected.
func (d *Decoder) syntax(i int, reason string) {
	if i >= len(d.line) {
		d.stop(FaultSyntax, len(d.line), len(d.line), "the line ends before the value is complete")
		return
	}
	switch c := d.line[i]; {
	case c == 0:
		d.stop(FaultControl, i, i+1, "")
	case c >= utf8.RuneSelf:
		r, n := utf8.DecodeRune(d.line[i:])
		if r == utf8.RuneError && n == 1 {
			d.stop(FaultUTF8, i, i+1, "")
			return
		}
		if r == 0xFEFF {
			reason = "a zero-width no-break space (U+FEFF) stands outside of a string"
		} else if 0x2018 <= r && r <= 0x201F {
			reason = "typographic quotes: JSON wants straight double quotes"
		}
		d.stop(FaultSyntax, i, i+n, reason)
	case c == '\'':
		d.stop(FaultSyntax, i, i+1, "single quotes: JSON wants double quotes")
	default:
		d.stop(FaultSyntax, i, i+1, reason)
	}
}

// trailing looks at what follows the line's value.
func (d *Decoder) trailing() {
	end := d.pos
	d.space()
	if d.pos == len(d.line) {
		return
	}
	gap, next := d.line[end:d.pos], d.line[d.pos]
	switch {
	case next == 0:
		d.stop(FaultControl, d.pos, d.pos+1, "")
	case next == '{' && bytes.IndexByte(gap, '\r') >= 0:
		d.fault(FaultLoneCR, end+bytes.IndexByte(gap, '\r'), d.pos, "")
	case next == ',':
		d.fault(FaultTrailing, d.pos, d.pos+1, "a comma after the value")
	case next == '{' || next == '[' || next == '"':
		d.fault(FaultTrailing, d.pos, d.pos+1, "a second value on the line")
	case next >= utf8.RuneSelf && !utf8.FullRune(d.line[d.pos:]), next >= utf8.RuneSelf && invalidRune(d.line[d.pos:]):
		d.fault(FaultUTF8, d.pos, d.pos+1, "")
	default:
		d.fault(FaultTrailing, d.pos, len(d.line), "something else after the value")
	}
}

func invalidRune(b []byte) bool {
	r, n := utf8.DecodeRune(b)
	return r == utf8.RuneError && n <= 1
}

// space skips JSON white space.
func (d *Decoder) space() {
	b, i := d.line, d.pos
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	d.pos = i
}

// enter notes that a container begins.
func (d *Decoder) enter() bool {
	d.depth++
	if d.depth > DeepDepth {
		if d.depth > MaxDepth {
			d.stop(FaultTooDeep, d.pos, d.pos+1, "")
			return false
		}
		d.faultOnce(FaultDeep, d.pos, d.pos+1)
	}
	d.pos++
	return true
}

// member is one member of an object, as next finds it: the decoder stands at
// the start of its value.
type member struct {
	key Value
	id  Key
}

// object reads members: next returns true with each of them, and false at the
// end of the object or after a fault.
type object struct {
	seen   Keys // known keys so far
	named  Keys // those of twoNames that were seen under their present name,
	old    Keys // and under their old one
	base   int  // of the object's unknown keys in Decoder.keys
	first  bool
	opaque bool // the model does not look inside: no key is a known one
}

// begin starts an object; the decoder stands at its brace.
func (d *Decoder) begin(o *object) bool {
	*o = object{base: len(d.keys), first: true}
	return d.enter()
}

// Keys of messages that are recognised eight bytes at a time.
var (
	keyRole      = binary.LittleEndian.Uint64([]byte("role\"\x00\x00\x00"))
	keyRoleColon = binary.LittleEndian.Uint64([]byte("\"role\":\x00"))
	keyContent   = binary.LittleEndian.Uint64([]byte("content\""))
	keyMessages  = binary.LittleEndian.Uint64([]byte("messages"))
)

const fiveBytes = 1<<40 - 1

func (d *Decoder) next(o *object, m *member) bool {
	if d.ex.Broken {
		return false
	}
	d.space()
	b := d.line
	if d.pos >= len(b) {
		d.syntax(d.pos, "")
		return false
	}
	switch {
	case b[d.pos] == '}':
		d.pos++
		d.end(o)
		return false
	case o.first:
		o.first = false
	case b[d.pos] != ',':
		d.syntax(d.pos, "expected a comma or a closing brace")
		return false
	default:
		d.pos++
		d.space()
		if d.pos < len(b) && b[d.pos] == '}' {
			d.syntax(d.pos, "a comma before the closing brace")
			return false
		}
	}
	if d.pos >= len(b) || b[d.pos] != '"' {
		d.syntax(d.pos, "expected a key in double quotes")
		return false
	}
	start := d.pos
	m.key = Value{Start: uint32(start), Kind: String, Place: PlaceInside}
	m.id = KeyOther
	if start+10 <= len(b) {
		// Fast path: the keys that nearly every line is made of.
		switch w := binary.LittleEndian.Uint64(b[start+1:]); {
		case w&fiveBytes == keyRole:
			m.id, d.pos = KeyRole, start+6
		case w == keyContent:
			m.id, d.pos = KeyContent, start+9
		case w == keyMessages && b[start+9] == '"':
			m.id, d.pos = KeyMessages, start+10
		}
	}
	if m.id == KeyOther {
		m.key.Flags = d.str()
		if d.ex.Broken {
			return false
		}
		if !o.opaque {
			m.id = keyID(d.keyText(start+1, d.pos-1, m.key.Flags))
		}
	} else if o.opaque {
		m.id = KeyOther
	}
	m.key.End = uint32(d.pos)
	if d.pos < len(b) && b[d.pos] == ':' {
		d.pos++
	} else {
		d.space()
		if d.pos >= len(b) || b[d.pos] != ':' {
			d.syntax(d.pos, "expected a colon after the key")
			return false
		}
		d.pos++
	}
	if d.pos < len(b) && b[d.pos] == ' ' {
		d.pos++
	}
	d.space()
	if m.id == KeyOther {
		d.pushKey(m.key)
		return true
	}
	seen := &o.seen
	if twoNames.Has(m.id) {
		o.seen |= 1 << m.id
		if seen = &o.named; d.oldName(m.key) {
			seen = &o.old
		}
	}
	if seen.Has(m.id) {
		d.fault(FaultDuplicateKey, start, int(m.key.End), "")
	} else {
		*seen |= 1 << m.id
	}
	return true
}

// twoNames are the known keys that can be written in two ways: one beside the
// other is no duplicate.
const twoNames = Keys(1<<KeyPreferredOutput | 1<<KeyNonPreferredOutput)

// keyText returns the text of a key.
func (d *Decoder) keyText(start, end int, flags Flags) []byte {
	if flags&FlagEscaped == 0 {
		return d.line[start:end]
	}
	d.scratch = AppendUnescaped(d.scratch[:0], d.line[start:end])
	return d.scratch
}

// pushKey remembers a key that is not a known one.
func (d *Decoder) pushKey(k Value) {
	text := d.keyText(int(k.Start)+1, int(k.End)-1, k.Flags)
	d.keys = append(d.keys, keyRef{hash: hashKey(text), start: k.Start, end: k.End, escaped: k.Flags&FlagEscaped != 0})
}

// end closes an object: unknown keys that occur twice are told.
func (d *Decoder) end(o *object) {
	d.depth--
	if own := d.keys[o.base:]; len(own) > 1 {
		d.duplicates(own)
	}
	d.keys = d.keys[:o.base]
}

// more reads the items of an array: it returns true with each of them, and
// false at the end of the array or after a fault.
func (d *Decoder) more(first bool) bool {
	if d.ex.Broken {
		return false
	}
	d.space()
	b := d.line
	if d.pos >= len(b) {
		d.syntax(d.pos, "")
		return false
	}
	if b[d.pos] == ']' {
		d.pos++
		d.depth--
		return false
	}
	if first {
		return true
	}
	if b[d.pos] != ',' {
		d.syntax(d.pos, "expected a comma or a closing bracket")
		return false
	}
	d.pos++
	d.space()
	if d.pos < len(b) && b[d.pos] == ']' {
		d.syntax(d.pos, "a comma before the closing bracket")
		return false
	}
	return true
}

// value reads any value and checks it, without a look at what it means.
func (d *Decoder) value(place Place) Value {
	v := Value{Start: uint32(d.pos), Place: place}
	b := d.line
	if d.pos >= len(b) {
		d.syntax(d.pos, "")
		return v
	}
	switch c := b[d.pos]; c {
	case '"':
		v.Kind = String
		v.Flags = d.str()
	case '{':
		v.Kind = Object
		var o object
		var m member
		if d.begin(&o) {
			o.opaque = true
			for d.next(&o, &m) {
				d.value(PlaceInside)
			}
		}
	case '[':
		v.Kind = Array
		if d.enter() {
			for first := true; d.more(first); first = false {
				d.value(PlaceInside)
			}
		}
	case 't':
		v.Kind = True
		d.literal("true")
	case 'f':
		v.Kind = False
		d.literal("false")
	case 'n':
		v.Kind = Null
		d.literal("null")
	case 'N':
		v.Kind, v.Flags = Float, FlagBroken
		d.notFinite("NaN", 0)
	case 'I':
		v.Kind, v.Flags = Float, FlagBroken
		d.notFinite("Infinity", 0)
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		v.Kind = d.number()
		if v.Kind == Float && d.pos > int(v.Start)+1 && b[v.Start+1] == 'I' {
			v.Flags = FlagBroken
		}
	default:
		d.syntax(d.pos, d.notAValue())
	}
	v.End = uint32(d.pos)
	return v
}

// notAValue explains a character that begins no value.
func (d *Decoder) notAValue() string {
	rest := d.line[d.pos:]
	for _, word := range []struct{ text, reason string }{
		{"True", "True is Python: JSON writes true"},
		{"False", "False is Python: JSON writes false"},
		{"None", "None is Python: JSON writes null"},
		{"undefined", "undefined is JavaScript: JSON writes null"},
		{"nan", "nan is not a JSON value"},
		{"inf", "inf is not a JSON value"},
		{"//", "JSON has no comments"},
		{"/*", "JSON has no comments"},
		{"#", "JSON has no comments"},
		{",", "a comma where a value should be"},
		{"]", "a closing bracket where a value should be"},
		{"}", "a closing brace where a value should be"},
		{"+", "a number may not begin with a plus sign"},
		{".", "a number may not begin with a point"},
	} {
		if bytes.HasPrefix(rest, []byte(word.text)) {
			return word.reason
		}
	}
	return "expected a JSON value"
}

func (d *Decoder) literal(word string) {
	end := d.pos + len(word)
	if end > len(d.line) || string(d.line[d.pos:end]) != word {
		i := d.pos
		for j := 0; i < len(d.line) && j < len(word) && d.line[i] == word[j]; j++ {
			i++
		}
		if i < len(d.line) {
			i = d.pos
		}
		d.syntax(i, d.notAValue())
		return
	}
	d.pos = end
}

// notFinite reads NaN and the infinities, which Python writes and JSON has not.
func (d *Decoder) notFinite(word string, sign int) {
	end := d.pos + sign + len(word)
	if end > len(d.line) || string(d.line[d.pos+sign:end]) != word {
		d.syntax(d.pos, d.notAValue())
		return
	}
	d.fault(FaultNotFinite, d.pos, end, "")
	d.pos = end
}

func (d *Decoder) number() Kind {
	b, i := d.line, d.pos
	if b[i] == '-' {
		i++
		if i < len(b) && b[i] == 'I' {
			d.notFinite("Infinity", 1)
			return Float
		}
	}
	if i >= len(b) || b[i] < '0' || b[i] > '9' {
		d.syntax(i, "a digit must follow the minus sign")
		return Int
	}
	kind := Int
	if b[i] == '0' {
		i++
		if i < len(b) && '0' <= b[i] && b[i] <= '9' {
			d.syntax(i-1, "a number may not begin with 0")
			return Int
		}
	} else {
		i = digits(b, i)
	}
	if i < len(b) && b[i] == '.' {
		kind = Float
		i++
		if i >= len(b) || b[i] < '0' || b[i] > '9' {
			d.syntax(i, "a digit must follow the decimal point")
			return Float
		}
		i = digits(b, i)
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		kind = Float
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if i >= len(b) || b[i] < '0' || b[i] > '9' {
			d.syntax(i, "a digit must follow the exponent sign")
			return Float
		}
		i = digits(b, i)
	}
	d.pos = i
	return kind
}

func digits(b []byte, i int) int {
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special has the lowest bit set in the first byte of w that is a quote, a
// backslash, a control character or not ASCII. Bits above that one may be set
// by borrows.
func special(w uint64) uint64 {
	return (((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones) | (w - ones*0x20) | w) & highs
}

// insideString is the reason for a line that ends within a string.
const insideString = "the line ends inside a string: its text has a raw line break (JSON writes \\n), or the line was cut off"

// str reads a string; the decoder stands at its opening quote.
func (d *Decoder) str() Flags {
	i, escaped := skipPlain(d.line, d.pos+1)
	if i < len(d.line) && d.line[i] == '"' { // as most strings
		d.pos = i + 1
		if escaped {
			return FlagEscaped
		}
		return 0
	}
	return d.strFrom(i, escaped)
}

// strFrom reads on in the string that the decoder stands at, from i, where something
// stands that skipPlain does not go past. escaped says that it went past escapes.
func (d *Decoder) strFrom(i int, escaped bool) (flags Flags) {
	b := d.line
	for {
		if escaped {
			flags |= FlagEscaped
		}
		if i >= len(b) {
			d.stop(FaultSyntax, d.pos, len(b), insideString)
			return flags
		}
		switch c := b[i]; {
		case c == '"':
			d.pos = i + 1
			return flags
		case c >= utf8.RuneSelf:
			d.ex.Facts |= FactBeyondASCII
			i = d.nonASCII(i, &flags)
		case c == '\\':
			flags |= FlagEscaped
			if i = d.escape(i, &flags); i < 0 {
				return flags
			}
		default:
			flags |= FlagBroken
			d.faultOnce(FaultControl, i, i+1)
			i++
		}
		i, escaped = skipPlain(b, i)
	}
}

// skipPlain returns where in a string, from i on, something stands that is neither plain
// ASCII nor a plain escape: the closing quote, if all is well. escaped says that there were
// escapes before it. It reads eight bytes at a time; it is where the time goes.
func skipPlain(b []byte, i int) (end int, escaped bool) {
	// Slicing the rest, instead of moving an index, needs no bounds checks.
	rest := b[i:]
	for {
		for len(rest) >= 16 {
			m := special(binary.LittleEndian.Uint64(rest))
			if m |= special(binary.LittleEndian.Uint64(rest[8:])); m != 0 {
				break
			}
			rest = rest[16:]
		}
		for len(rest) >= 8 {
			if m := special(binary.LittleEndian.Uint64(rest)); m != 0 {
				rest = rest[bits.TrailingZeros64(m)>>3:]
				break
			}
			rest = rest[8:]
		}
		for len(rest) > 0 && plainASCII[rest[0]] {
			rest = rest[1:]
		}
		if len(rest) < 2 || rest[0] != '\\' || !plainEscape[rest[1]] {
			return len(b) - len(rest), escaped
		}
		rest, escaped = rest[2:], true
	}
}

// plainASCII holds the ASCII characters that stand for themselves in a string.
var plainASCII = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// plainEscape holds the characters that may follow a backslash, but for those that
// FlagOddEscape is about.
var plainEscape = [256]bool{'"': true, '\\': true, 'b': true, 'f': true, 'n': true, 'r': true, 't': true}

// escape checks the escape at i and returns the index after it, or -1.
func (d *Decoder) escape(i int, flags *Flags) int {
	b := d.line
	if i+1 >= len(b) {
		d.stop(FaultSyntax, d.pos, len(b), insideString)
		return -1
	}
	*flags |= FlagOddEscape
	d.ex.Facts |= FactBeyondASCII
	if b[i+1] == '/' {
		return i + 2
	}
	if b[i+1] != 'u' {
		d.stop(FaultSyntax, i, i+2, "a backslash that begins no JSON escape")
		return -1
	}
	r, ok := hex4(b, i+2)
	if !ok {
		if i+6 > len(b) && bytes.IndexByte(b[i:], '"') < 0 {
			d.stop(FaultSyntax, d.pos, len(b), insideString)
		} else {
			d.stop(FaultSyntax, i, i+6, "\\u wants four hexadecimal digits")
		}
		return -1
	}
	if r < utf8.RuneSelf {
		*flags |= FlagASCIIEscape
		d.asciiE = true
		return i + 6
	}
	if !utf16.IsSurrogate(r) {
		return i + 6
	}
	if r < 0xDC00 && i+8 <= len(b) && b[i+6] == '\\' && b[i+7] == 'u' {
		if low, ok := hex4(b, i+8); ok && 0xDC00 <= low && low <= 0xDFFF {
			return i + 12
		}
	}
	d.fault(FaultLoneSurrogate, i, i+6, "")
	return i + 6
}

// nonASCII checks the UTF-8 sequences from i on and returns the index of the
// next ASCII byte.
func (d *Decoder) nonASCII(i int, flags *Flags) int {
	b := d.line
	for {
		// Slicing the rest, instead of moving an index, needs no bounds checks.
		rest := b[i:]
	sequences:
		for len(rest) >= 4 {
			w := binary.LittleEndian.Uint32(rest)
			switch {
			case w&0x80 == 0:
				// One ASCII character between others is often a space.
				if w&0x8000 == 0 || !plainASCII[byte(w)] {
					return len(b) - len(rest)
				}
				rest = rest[1:]
			case w&0xC0C0F0 == 0x8080E0:
				// three bytes; neither an overlong form nor a surrogate
				if t := w & 0x200F; t == 0 || t == 0x200D {
					break sequences
				}
				if w&0xFEFFFF == 0xA880E2 {
					i = len(b) - len(rest)
					d.faultOnce(FaultLineSeparator, i, i+3)
				}
				rest = rest[3:]
			case w&0xC0E0 == 0x80C0:
				// two bytes; not an overlong form
				if w&0x1E == 0 {
					break sequences
				}
				if w&0xFFFF == 0x85C2 {
					i = len(b) - len(rest)
					d.faultOnce(FaultLineSeparator, i, i+2)
				}
				rest = rest[2:]
			default:
				break sequences
			}
		}
		i = len(b) - len(rest)
		if i == len(b) {
			return i
		}
		if b[i] < utf8.RuneSelf {
			return i
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			*flags |= FlagBroken
			d.faultOnce(FaultUTF8, i, i+1)
			i++
			continue
		}
		if r == 0x85 || r == 0x2028 || r == 0x2029 {
			d.faultOnce(FaultLineSeparator, i, i+n)
		}
		i += n
	}
}
