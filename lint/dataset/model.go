package dataset

import "encoding/binary"

// This file reads the parts of a line that the record model knows.

// top reads the line's object.
func (d *Decoder) top() {
	e := &d.ex
	e.Top = Value{Start: uint32(d.pos), Kind: Object}
	var o object
	var m member
	if !d.begin(&o) {
		return
	}
	base := len(d.fields)
	for d.next(&o, &m) {
		f := Field{Key: m.key, ID: m.id}
		switch m.id {
		case KeyMessages:
			f.Value = d.messages(&e.Messages, ListMessages, PlaceMessages)
		case KeyTools:
			f.Value = d.value(PlaceTools)
			e.Tools = f.Value
			e.Facts |= FactTools
		case KeyFunctions:
			f.Value = d.value(PlaceFunctions)
			e.Functions = f.Value
			e.Facts |= FactTools
		case KeyParallelToolCalls:
			f.Value = d.value(PlaceParallelToolCalls)
			e.ParallelToolCalls = f.Value
		case KeyInput:
			f.Value = d.input()
		case KeyPreferredOutput:
			f.Value = d.messages(&e.Preference.Preferred, ListPreferred, PlacePreferred)
			e.Preference.OldNames = e.Preference.OldNames || d.oldName(m.key)
		case KeyNonPreferredOutput:
			f.Value = d.messages(&e.Preference.NonPreferred, ListNonPreferred, PlaceNonPreferred)
			e.Preference.OldNames = e.Preference.OldNames || d.oldName(m.key)
		case KeyPrompt:
			f.Value = d.value(PlacePrompt)
			e.Prompt = f.Value
		case KeyCompletion:
			f.Value = d.value(PlaceCompletion)
			e.Completion = f.Value
		default:
			f.Value = d.value(PlaceOther)
		}
		d.fields = d.addField(d.fields, f)
	}
	e.Top.End = uint32(d.pos)
	e.Keys = o.seen
	e.Fields = d.fields[base:len(d.fields):len(d.fields)]
}

// oldName reports whether key is one of the names that outputs had in 2024.
func (d *Decoder) oldName(key Value) bool {
	text := d.keyText(int(key.Start)+1, int(key.End)-1, key.Flags)
	return len(text) > len("completion") && string(text[len(text)-len("completion"):]) == "completion"
}

// addField appends a member to fields, as long as there are not too many.
func (d *Decoder) addField(fields []Field, f Field) []Field {
	if len(fields) == MaxItems {
		d.faultOnce(FaultManyItems, int(f.Key.Start), int(f.Key.End))
		return fields
	}
	return append(fields, f)
}

// items reads an array; the decoder stands at its bracket. read fills in each
// item, which is appended to list as long as there are not too many.
func items[T any](d *Decoder, place Place, list *[]T, read func(*T)) (Value, []T) {
	v := Value{Start: uint32(d.pos), Kind: Array, Place: place}
	base := len(*list)
	if d.enter() {
		for first := true; d.more(first); first = false {
			n := len(*list)
			if n == MaxItems {
				d.faultOnce(FaultManyItems, d.pos, d.pos+1)
				d.value(PlaceInside)
				continue
			}
			var zero T
			if n < cap(*list) {
				*list = (*list)[:n+1] // cleared in place: append would copy
				(*list)[n] = zero
			} else {
				*list = append(*list, zero)
			}
			read(&(*list)[n])
		}
	}
	v.End = uint32(d.pos)
	return v, (*list)[base:len(*list):len(*list)]
}

// input reads the prompt of a preference line.
func (d *Decoder) input() Value {
	p := &d.ex.Preference
	if d.pos >= len(d.line) || d.line[d.pos] != '{' {
		p.Input = d.value(PlaceInput)
		return p.Input
	}
	v := Value{Start: uint32(d.pos), Kind: Object, Place: PlaceInput}
	var o object
	var m member
	if d.begin(&o) {
		// The members are gathered apart: those of the line are not complete yet.
		d.inputFields = d.inputFields[:0]
		for d.next(&o, &m) {
			f := Field{Key: m.key, ID: m.id}
			switch m.id {
			case KeyMessages:
				f.Value = d.messages(&p.Messages, ListInput, PlaceMessages|Place(ListInput)<<placeListShift)
			case KeyTools, KeyFunctions:
				f.Value = d.value(PlaceTools | Place(ListInput)<<placeListShift)
				d.ex.Facts |= FactTools
			default:
				f.Value = d.value(PlaceOther | Place(ListInput)<<placeListShift)
			}
			d.inputFields = d.addField(d.inputFields, f)
		}
		p.InputFields = d.inputFields
		p.InputKeys = o.seen
	}
	v.End = uint32(d.pos)
	p.Input = v
	return v
}

// messages reads a list of messages.
func (d *Decoder) messages(list *List, id ListID, place Place) Value {
	list.Items = nil
	d.ex.Facts |= FactTurns
	if !d.opts.Messages || d.pos >= len(d.line) || d.line[d.pos] != '[' {
		list.Value = d.value(place)
		return list.Value
	}
	list.Value, list.Items = items(d, place, &d.msgs, func(m *Message) { d.message(m, id) })
	if id == ListMessages && plainTurns(list.Items) {
		d.ex.Facts &^= FactTurns
	}
	return list.Value
}

// plainTurns reports whether messages are what most examples are made of.
func plainTurns(messages []Message) bool {
	const many = 1000
	if len(messages) < 3 || len(messages)%2 == 0 || len(messages) > many || messages[0].Role != RoleSystem {
		return false
	}
	for i := 1; i < len(messages); i += 2 {
		if messages[i].Role != RoleUser || messages[i+1].Role != RoleAssistant {
			return false
		}
	}
	return true
}

// message reads a message.
func (d *Decoder) message(msg *Message, id ListID) {
	in := Place(id) << placeListShift
	e := &d.ex
	msg.List = id
	if d.pos >= len(d.line) || d.line[d.pos] != '{' {
		e.Facts |= FactOddMessage
		msg.Value = d.value(PlaceMessage | in)
		return
	}
	msg.Value = Value{Start: uint32(d.pos), Kind: Object, Place: PlaceMessage | in}
	var o object
	var m member
	if !d.begin(&o) {
		return
	}
	other := -1
	for complete := d.plainMessage(msg, &o, in); !complete && d.next(&o, &m); {
		switch m.id {
		case KeyRole:
			d.role(msg, in)
		case KeyContent:
			d.content(msg, in)
		case KeyWeight:
			e.Facts |= FactWeight
			msg.Weight = d.value(PlaceWeight | in)
		case KeyName:
			e.Facts |= FactName
			msg.Name = d.value(PlaceName | in)
		case KeyToolCalls:
			e.Facts |= FactCalls
			d.toolCalls(msg, in)
		case KeyToolCallID:
			msg.ToolCallID = d.value(PlaceToolCallID | in)
		case KeyFunctionCall:
			e.Facts |= FactCalls
			msg.FunctionCall = d.value(PlaceFunctionCall | in)
		case KeyRefusal:
			msg.Refusal = d.value(PlaceRefusal | in)
		case KeyAudio:
			e.Facts |= FactAudio
			msg.Audio = d.value(PlaceAudio | in)
		default:
			e.Facts |= FactMessageOther | FactKeys
			if other < 0 {
				other = len(d.fields)
			}
			f := Field{Key: m.key, ID: m.id, Value: d.value(PlaceMessageOther | in)}
			d.fields = d.addField(d.fields, f)
		}
	}
	msg.End = uint32(d.pos)
	msg.Keys = o.seen
	if other >= 0 {
		msg.Other = append([]Field(nil), d.fields[other:]...)
		d.fields = d.fields[:other]
	}
	if o.seen != KeySet(KeyRole, KeyContent) {
		e.Facts |= FactKeys
	}
	switch msg.Role {
	case RoleNone, RoleOther:
		e.Facts |= FactOddMessage
	case RoleDeveloper:
		e.Facts |= FactDeveloper
	case RoleFunction:
		e.Facts |= FactFunction
	case RoleTool:
		e.Facts |= FactToolResult
	}
	if msg.Content.Kind <= Null {
		e.Facts |= FactContentOdd
	}
}

// plainMessage reads role and content where a message begins with the two as most
// do, {"role": "user", "content": "..., and otherwise nothing. It saves a fifth of the
// time that decoding takes. The decoder stands after the message's brace; complete says
// that the message ended, and else next reads on.
func (d *Decoder) plainMessage(msg *Message, o *object, in Place) (complete bool) {
	b := d.line
	i := d.pos
	if len(b)-i < len(`"role": "assistant", "content": "`) || // so that all that follows is within b
		binary.LittleEndian.Uint64(b[i:])&sevenBytes != keyRoleColon {
		return false
	}
	i += 7
	if b[i] == ' ' {
		i++
	}
	var role Role
	end := i
	switch w := binary.LittleEndian.Uint64(b[i:]); {
	case w&sixBytes == roleUser:
		role, end = RoleUser, i+6
	case w == roleSystem:
		role, end = RoleSystem, i+8
	case w == roleAssistant && b[i+8] == 'n' && b[i+9] == 't' && b[i+10] == '"':
		role, end = RoleAssistant, i+11
	default:
		return false
	}
	at := end
	if b[at] != ',' {
		return false
	}
	at++
	if b[at] == ' ' {
		at++
	}
	if b[at] != '"' || binary.LittleEndian.Uint64(b[at+1:]) != keyContent || b[at+9] != ':' {
		return false
	}
	at += 10
	if b[at] == ' ' {
		at++
	}
	if b[at] != '"' {
		return false
	}
	msg.Role = role
	// Field by field: values that are put together elsewhere are slow to copy.
	msg.RoleValue.Start, msg.RoleValue.End = uint32(i), uint32(end)
	msg.RoleValue.Kind, msg.RoleValue.Place = String, PlaceRole|in
	o.first = false
	o.seen = 1<<KeyRole | 1<<KeyContent
	d.pos = at
	d.text(msg, in)
	if d.ex.Broken || d.pos >= len(b) || b[d.pos] != '}' {
		return false
	}
	d.pos++
	d.end(o)
	return true
}

// Roles that are recognised eight bytes at a time.
var (
	roleUser      = binary.LittleEndian.Uint64([]byte("\"user\"\x00\x00"))
	roleSystem    = binary.LittleEndian.Uint64([]byte("\"system\""))
	roleAssistant = binary.LittleEndian.Uint64([]byte("\"assista"))
)

const (
	sixBytes   = 1<<48 - 1
	sevenBytes = 1<<56 - 1
)

// role reads the role of a message.
func (d *Decoder) role(msg *Message, in Place) {
	v := Value{Start: uint32(d.pos), Kind: String, Place: PlaceRole | in}
	if b := d.line[d.pos:]; len(b) >= 11 {
		// Fast path: the roles that nearly every message has.
		n := 0
		switch w := binary.LittleEndian.Uint64(b); {
		case w&sixBytes == roleUser:
			msg.Role, n = RoleUser, 6
		case w == roleSystem:
			msg.Role, n = RoleSystem, 8
		case w == roleAssistant && b[8] == 'n' && b[9] == 't' && b[10] == '"':
			msg.Role, n = RoleAssistant, 11
		}
		if n > 0 {
			d.pos += n
			v.End = uint32(d.pos)
			msg.RoleValue = v
			return
		}
	}
	v = d.value(PlaceRole | in)
	msg.RoleValue, msg.Role = v, RoleNone
	if v.Kind == String && !d.ex.Broken {
		msg.Role = roleOf(d.keyText(int(v.Start)+1, int(v.End)-1, v.Flags))
	}
}

func roleOf(text []byte) Role {
	for r := RoleSystem; r < RoleOther; r++ {
		if string(text) == r.String() {
			return r
		}
	}
	return RoleOther
}

// content reads the content of a message.
func (d *Decoder) content(msg *Message, in Place) {
	msg.Parts = nil
	if d.pos < len(d.line) && d.line[d.pos] == '"' {
		d.text(msg, in)
		return
	}
	if d.pos >= len(d.line) || d.line[d.pos] != '[' {
		msg.Content = d.value(PlaceContent | in)
		d.ex.Facts |= FactContentOdd
		return
	}
	d.ex.Facts |= FactParts
	msg.Content, msg.Parts = items(d, PlaceContent|in, &d.parts, func(p *Part) { d.part(p, in) })
}

// text reads content that is a string.
func (d *Decoder) text(msg *Message, in Place) {
	v := &msg.Content
	v.Start, v.Kind, v.Place = uint32(d.pos), String, PlaceContent|in
	v.Flags = d.str()
	v.End = uint32(d.pos)
	if d.ex.Broken {
		return
	}
	// Most texts begin with a letter.
	if c := d.line[v.Start+1]; (c == ' ' || !plainASCII[c]) && d.ex.Blank(*v) {
		d.ex.Facts |= FactContentOdd
	}
}

// part reads one item of a content array.
func (d *Decoder) part(p *Part, in Place) {
	if d.pos >= len(d.line) || d.line[d.pos] != '{' {
		p.Value = d.value(PlacePart | in)
		return
	}
	p.Value = Value{Start: uint32(d.pos), Kind: Object, Place: PlacePart | in}
	var o object
	var m member
	if !d.begin(&o) {
		return
	}
	for d.next(&o, &m) {
		switch m.id {
		case KeyType:
			p.Type = d.value(PlacePartField | in)
		case KeyText:
			p.Text = d.value(PlacePartField | in)
		case KeyRefusal:
			p.Refusal = d.value(PlacePartField | in)
		case KeyImageURL:
			d.ex.Facts |= FactImage
			d.imageURL(p, in)
		default:
			d.value(PlacePartField | in)
		}
	}
	p.End = uint32(d.pos)
}

// imageURL reads {"url": ..., "detail": ...}, or the string that some write there.
func (d *Decoder) imageURL(p *Part, in Place) {
	if d.pos >= len(d.line) || d.line[d.pos] != '{' {
		p.ImageURL = d.value(PlacePartField | in)
		if p.ImageURL.Kind == String {
			p.URL = p.ImageURL
		}
		return
	}
	p.ImageURL = Value{Start: uint32(d.pos), Kind: Object, Place: PlacePartField | in}
	var o object
	var m member
	if !d.begin(&o) {
		return
	}
	for d.next(&o, &m) {
		switch v := d.value(PlacePartField | in); {
		case d.keyIs(m.key, "url"):
			p.URL = v
		case d.keyIs(m.key, "detail"):
			p.Detail = v
		}
	}
	p.ImageURL.End = uint32(d.pos)
}

func (d *Decoder) keyIs(key Value, name string) bool {
	return string(d.keyText(int(key.Start)+1, int(key.End)-1, key.Flags)) == name
}

// toolCalls reads the calls of an assistant message.
func (d *Decoder) toolCalls(msg *Message, in Place) {
	msg.Calls = nil
	if d.pos >= len(d.line) || d.line[d.pos] != '[' {
		msg.ToolCalls = d.value(PlaceToolCalls | in)
		return
	}
	msg.ToolCalls, msg.Calls = items(d, PlaceToolCalls|in, &d.calls, func(c *ToolCall) { d.toolCall(c, in) })
}

func (d *Decoder) toolCall(c *ToolCall, in Place) {
	if d.pos >= len(d.line) || d.line[d.pos] != '{' {
		c.Value = d.value(PlaceToolCall | in)
		return
	}
	c.Value = Value{Start: uint32(d.pos), Kind: Object, Place: PlaceToolCall | in}
	var o object
	var m member
	if !d.begin(&o) {
		return
	}
	for d.next(&o, &m) {
		switch m.id {
		case KeyID:
			c.ID = d.value(PlaceToolCallField | in)
		case KeyType:
			c.Type = d.value(PlaceToolCallField | in)
		case KeyFunction:
			d.function(c, in)
		default:
			d.value(PlaceToolCallField | in)
		}
	}
	c.End = uint32(d.pos)
}

// function reads the function of a tool call.
func (d *Decoder) function(c *ToolCall, in Place) {
	if d.pos >= len(d.line) || d.line[d.pos] != '{' {
		c.Function = d.value(PlaceToolCallField | in)
		return
	}
	c.Function = Value{Start: uint32(d.pos), Kind: Object, Place: PlaceToolCallField | in}
	var o object
	var m member
	if !d.begin(&o) {
		return
	}
	for d.next(&o, &m) {
		switch v := d.value(PlaceToolCallField | in); {
		case m.id == KeyName:
			c.Name = v
		case m.id == KeyArguments:
			c.Arguments = v
		}
	}
	c.Function.End = uint32(d.pos)
}

// shape tells by the top-level keys what kind of record the line is.
func (d *Decoder) shape() Shape {
	e := &d.ex
	const outputs = Keys(1<<KeyPreferredOutput | 1<<KeyNonPreferredOutput)
	switch {
	case e.Keys&outputs != 0:
		return ShapePreference
	case e.Keys.Has(KeyMessages):
		return ShapeChat
	case e.Preference.InputKeys.Has(KeyMessages):
		return ShapePreference
	}
	// Only lines that are no chat come here: names are compared one by one.
	has := func(name string) bool {
		for _, f := range e.Fields {
			if d.keyIs(f.Key, name) {
				return true
			}
		}
		return false
	}
	switch {
	case has("conversations"):
		return ShapeShareGPT
	case has("chosen_messages") || has("rejected_messages"):
		return ShapeChosenMessages
	case has("chosen") && has("rejected"):
		return ShapeChosenRejected
	case has("custom_id") && (has("body") || has("url")):
		return ShapeBatchRequest
	case e.Keys.Has(KeyPrompt) || e.Keys.Has(KeyCompletion):
		return ShapeCompletion
	case has("instruction") && (has("output") || has("response")):
		return ShapeAlpaca
	case e.Keys.Has(KeyInput) && has("output"):
		return ShapeInputOutput
	case has("text"):
		return ShapeText
	}
	return ShapeUnknown
}

// keyID returns the known key that is written text.
func keyID(text []byte) Key {
	switch string(text) {
	case "messages":
		return KeyMessages
	case "tools":
		return KeyTools
	case "parallel_tool_calls":
		return KeyParallelToolCalls
	case "functions":
		return KeyFunctions
	case "input":
		return KeyInput
	case "preferred_output", "preferred_completion":
		return KeyPreferredOutput
	case "non_preferred_output", "non_preferred_completion":
		return KeyNonPreferredOutput
	case "prompt":
		return KeyPrompt
	case "completion":
		return KeyCompletion
	case "role":
		return KeyRole
	case "content":
		return KeyContent
	case "name":
		return KeyName
	case "weight":
		return KeyWeight
	case "refusal":
		return KeyRefusal
	case "tool_calls":
		return KeyToolCalls
	case "function_call":
		return KeyFunctionCall
	case "tool_call_id":
		return KeyToolCallID
	case "audio":
		return KeyAudio
	case "type":
		return KeyType
	case "text":
		return KeyText
	case "image_url":
		return KeyImageURL
	case "id":
		return KeyID
	case "function":
		return KeyFunction
	case "arguments":
		return KeyArguments
	}
	return KeyOther
}
