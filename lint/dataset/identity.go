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
		id.preference(e, &of)
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
		var others Hash
		for _, f := range e.Fields {
			if f.ID == KeyMessages {
				continue
			}
			field := pair(id.text(e, f.Key), id.raw(e.Raw(f.Value)), seedMember)
			others.Lo, others.Hi = others.Lo+field.Lo, others.Hi+field.Hi
		}
		whole = pair(whole, others, seedObject)
		prompt = id.withTools(e, prompt)
	}
	if asked {
		of.Prompt = number(prompt)
	}
	if trained {
		of.Answer = number(said)
	}
	return whole
}

// withTools adds the tools that an example offers to the hash of its prompt.
func (id *Identifier) withTools(e *Example, prompt Hash) Hash {
	for _, v := range [...]Value{e.Tools, e.Functions} {
		if v.Present() {
			prompt = pair(prompt, id.raw(e.Raw(v)), seedTools)
		}
	}
	return prompt
}

// preference fills in the parts of a preference pair.
func (id *Identifier) preference(e *Example, of *Identity) {
	p := &e.Preference
	if p.Messages.Kind != Array || p.Preferred.Kind != Array || p.NonPreferred.Kind != Array {
		return
	}
	list := func(l *List) uint64 {
		var sum Hash
		for i := range l.Items {
			one, _ := id.message(e, &l.Items[i])
			sum = pair(sum, one, seedMessages)
		}
		return number(sum)
	}
	of.Prompt, of.Answer, of.Other = list(&p.Messages), list(&p.Preferred), list(&p.NonPreferred)
	for _, f := range p.InputFields {
		if f.ID == KeyTools || f.ID == KeyFunctions {
			of.Prompt = number(pair(Hash{Lo: of.Prompt}, id.raw(e.Raw(f.Value)), seedTools))
		}
	}
}

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
