package dataset

import (
	"slices"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// Identity is what tells examples apart, as hashes. The order of keys, white space and
// the way in which strings are escaped do not count. Those of 64 bits are 0 where there
// is no such part.
type Identity struct {
	// Whole is of the whole line.
	Whole Hash
	// Prompt is of what is answered: the messages before the answer, with the tools;
	// the input of a preference pair; a prompt. Weights do not count. There is none
	// where nobody has said anything, such as before a text that is to be trained alone.
	Prompt uint64
	// Answer is of what is trained: the assistant messages at the end unless all have
	// weight 0; the preferred output; a completion.
	Answer uint64
	// Other is of the output that is not preferred.
	Other uint64
}

// Identifier makes identities. It keeps room for texts: each worker has its own.
type Identifier struct{ buf []byte }

// Identify returns the identity of an example whose messages were decoded.
func (id *Identifier) Identify(e *Example) (of Identity) {
	exact := !slices.ContainsFunc(e.Faults, func(f Fault) bool {
		switch f.Kind {
		case FaultDuplicateKey, FaultTrailing, FaultManyItems, FaultBOM, FaultLoneCR:
			return true // the record model does not show all of the line
		}
		return false
	})
	switch e.Shape {
	case ShapeChat:
		if e.Messages.Kind != Array {
			break
		}
		whole := id.conversation(e, &of)
		if exact {
			of.Whole = whole
			return of
		}
	case ShapePreference:
		if whole, ok := id.preference(e, &of); ok && exact {
			of.Whole = whole
			return of
		}
	case ShapeCompletion:
		if e.Prompt.Kind != String || e.Completion.Kind != String {
			break
		}
		prompt, completion := id.text(e, e.Prompt), id.text(e, e.Completion)
		if !e.Blank(e.Prompt) {
			of.Prompt = number(prompt)
		}
		of.Answer = number(completion)
		if exact && len(e.Fields) == 2 {
			of.Whole = pair(prompt, completion, seedCompletion)
			return of
		}
	}
	of.Whole = id.raw(e.Line)
	return of
}

// Seeds for what is not a value of JSON, but a part of the record model.
const (
	seedMessage = seedBroken + 1 + iota
	seedMessages
	seedWeight
	seedTools
	seedCompletion
)

// number makes a hash one of 64 bits that is not 0.
func number(h Hash) uint64 { return max(1, h.Lo) }

// conversation fills in the prompt and the answer of a chat line, and returns the hash
// of the line.
func (id *Identifier) conversation(e *Example, of *Identity) (whole Hash) {
	all := e.Messages.Items
	answer := len(all)
	for answer > 0 && all[answer-1].Role == RoleAssistant {
		answer--
	}
	var said Hash
	asked, trained := false, false
	var prompt Hash
	for i := range all {
		if i == answer {
			prompt, said = said, Hash{}
		}
		m := &all[i]
		one, plain := id.message(e, m)
		said = pair(said, one, seedMessages)
		if whole = pair(whole, one, seedMessages); plain && m.Weight.Present() {
			whole = pair(whole, xxh3.Hash128(e.Raw(m.Weight)), seedWeight)
		}
		switch {
		case i >= answer:
			trained = trained || !e.ZeroWeight(m)
		case m.Role != RoleSystem && m.Role != RoleDeveloper:
			asked = true
		}
	}
	if answer == len(all) {
		prompt = said
	}
	if e.Facts&FactFields != 0 {
		var others sum
		var tools, functions Hash
		for _, f := range e.Fields {
			if f.ID == KeyMessages {
				continue
			}
			value := id.raw(e.Raw(f.Value))
			others.add(id.text(e, f.Key), value)
			switch f.ID {
			case KeyTools:
				tools = value
			case KeyFunctions:
				functions = value
			}
		}
		whole = pair(whole, Hash(others), seedObject)
		if e.Tools.Present() {
			prompt = pair(prompt, tools, seedTools)
		}
		if e.Functions.Present() {
			prompt = pair(prompt, functions, seedTools)
		}
	}
	if asked {
		of.Prompt = number(prompt)
	}
	if trained {
		of.Answer = number(said)
	}
	return whole
}

// preference fills in the parts of a preference pair, and returns the hash of the line. It
// reports false where the record model does not show all of it.
func (id *Identifier) preference(e *Example, of *Identity) (whole Hash, ok bool) {
	p := &e.Preference
	if p.Messages.Kind != Array || p.Preferred.Kind != Array || p.NonPreferred.Kind != Array {
		return whole, false
	}
	input, inputAll := id.list(e, &p.Messages)
	preferred, preferredAll := id.list(e, &p.Preferred)
	other, otherAll := id.list(e, &p.NonPreferred)
	of.Prompt, of.Answer, of.Other = number(input), number(preferred), number(other)
	var inside sum
	for _, f := range p.InputFields {
		if f.ID == KeyMessages {
			inside.add(id.text(e, f.Key), inputAll)
			continue
		}
		value := id.raw(e.Raw(f.Value))
		inside.add(id.text(e, f.Key), value)
		if f.ID == KeyTools || f.ID == KeyFunctions {
			of.Prompt = number(pair(Hash{Lo: of.Prompt}, value, seedTools))
		}
	}
	var all sum
	var seen Keys // each output can have two names
	for _, f := range e.Fields {
		var value Hash
		switch f.ID {
		case KeyInput:
			value = inside.object()
		case KeyPreferredOutput:
			value = preferredAll
		case KeyNonPreferredOutput:
			value = otherAll
		default:
			value = id.raw(e.Raw(f.Value))
		}
		if f.ID != KeyOther && seen.Has(f.ID) {
			return whole, false
		}
		seen |= 1 << f.ID
		all.add(id.text(e, f.Key), value)
	}
	return all.object(), true
}

// list returns the hashes of a list of messages: of what is said, and with the weights.
func (id *Identifier) list(e *Example, l *List) (said, all Hash) {
	for i := range l.Items {
		m := &l.Items[i]
		one, plain := id.message(e, m)
		said, all = pair(said, one, seedMessages), pair(all, one, seedMessages)
		if plain && m.Weight.Present() {
			all = pair(all, xxh3.Hash128(e.Raw(m.Weight)), seedWeight)
		}
	}
	return said, all
}

// sum adds the members of an object up: their order does not count.
type sum Hash

func (s *sum) add(key, value Hash) {
	member := pair(key, value, seedMember)
	s.Lo, s.Hi = s.Lo+member.Lo, s.Hi+member.Hi
}

func (s *sum) object() Hash { return pair(Hash(*s), Hash{}, seedObject) }

// message returns the hash of a message. plain says that it is without the weight.
func (id *Identifier) message(e *Example, m *Message) (sum Hash, plain bool) {
	const keys = Keys(1<<KeyRole | 1<<KeyContent)
	if m.Keys&^(1<<KeyWeight) == keys && m.Content.Kind == String && m.Role != RoleNone && m.Role != RoleOther && len(m.Other) == 0 {
		return pair(id.text(e, m.Content), Hash{Lo: uint64(m.Role)}, seedMessage), true
	}
	return id.raw(e.Raw(m.Value)), false
}

// raw returns the canonical hash of JSON text.
func (id *Identifier) raw(text []byte) (sum Hash) {
	sum, id.buf = CanonicalHash(text, id.buf)
	return sum
}

// text returns the hash of a string as it would be written with as few escapes as can
// be. Most are written so: their bytes are hashed where they stand.
func (id *Identifier) text(e *Example, v Value) Hash {
	raw := e.Line[v.Start+1 : v.End-1]
	if v.Flags&FlagOddEscape != 0 {
		id.buf = appendMinimal(id.buf[:0], raw)
		raw = id.buf
	}
	return xxh3.Hash128(raw)
}

// appendMinimal appends to dst the inside of a JSON string with as few escapes as can
// be.
func appendMinimal(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' || i+1 == len(raw) {
			dst = append(dst, raw[i])
			i++
			continue
		}
		switch raw[i+1] {
		case '/':
			dst = append(dst, '/')
			i += 2
		case 'u':
			r, n := escapedRune(raw[i:])
			if n == 0 {
				dst = append(dst, '\\', 'u')
				i += 2
				continue
			}
			dst = appendEscaped(dst, r)
			i += n
		default:
			dst = append(dst, raw[i], raw[i+1])
			i += 2
		}
	}
	return dst
}

// appendEscaped appends a character as a JSON string has it, escaped only if it must
// be.
func appendEscaped(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r < ' ' {
		return append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
	}
	return utf8.AppendRune(dst, r)
}
