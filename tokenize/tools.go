package tokenize

import (
	"bytes"

	"github.com/ftlint/ftlint/lint/dataset"
)

// definitions writes tool definitions in the form in which models are given
// them: the TypeScript of a namespace. Its tokens less 2 are what a measured job
// was billed for a list of tools; the tokens of the JSON text are near twice as
// many. What the form makes of nested objects is known from prompts, not from
// jobs: descriptions are left out there.
//
//	namespace functions {
//
//	// Gets the weather.
//	type get_weather = (_: {
//	// The city.
//	city: string,
//	unit?: "celsius" | "fahrenheit",
//	}) => any;
//
//	} // namespace functions
type definitions struct {
	buf   []byte
	names int // functions written
}

// maxSchemaDepth is how deep schemas are written. Deeper ones become any: real
// schemas have a few levels, and each costs a pass over what is inside.
const maxSchemaDepth = 16

// schema is what is looked at of a JSON object in a list of tools, each as its
// JSON text.
type schema struct {
	name, function, parameters, description           []byte
	kind, properties, required, enum, constant, items []byte
	anyOf                                             []byte
}

func readSchema(raw []byte) (s schema) {
	for key, value := range dataset.Members(raw) {
		switch string(key) {
		case `"name"`:
			s.name = value
		case `"function"`:
			s.function = value
		case `"parameters"`:
			s.parameters = value
		case `"description"`:
			s.description = value
		case `"type"`:
			s.kind = value
		case `"properties"`:
			s.properties = value
		case `"required"`:
			s.required = value
		case `"enum"`:
			s.enum = value
		case `"const"`:
			s.constant = value
		case `"items"`:
			s.items = value
		case `"anyOf"`, `"oneOf"`:
			s.anyOf = value
		}
	}
	return s
}

// write returns the text of the tools and of the functions (the old form) of an
// example, or nothing if no function is defined. It is valid until the next call.
func (d *definitions) write(tools, functions []byte) []byte {
	d.buf, d.names = append(d.buf[:0], "namespace functions {\n\n"...), 0
	for tool := range dataset.Elements(tools) {
		s := readSchema(tool)
		if s.function == nil {
			d.function(s) // the tool is the function: a common slip
			continue
		}
		d.function(readSchema(s.function))
	}
	for function := range dataset.Elements(functions) {
		d.function(readSchema(function))
	}
	if d.names == 0 {
		return nil
	}
	d.buf = append(d.buf, "} // namespace functions"...)
	return d.buf
}

func (d *definitions) function(s schema) {
	name, ok := dataset.Inside(s.name)
	if !ok {
		return
	}
	d.names++
	d.comment(s.description, 0)
	d.buf = append(d.buf, "type "...)
	d.text(name)
	if parameters := readSchema(s.parameters); hasMembers(parameters.properties) {
		d.buf = append(d.buf, " = (_: {\n"...)
		d.properties(parameters, 0)
		d.buf = append(d.buf, "}) => any;\n\n"...)
		return
	}
	d.buf = append(d.buf, " = () => any;\n\n"...)
}

func hasMembers(raw []byte) bool {
	for range dataset.Members(raw) {
		return true
	}
	return false
}

func (d *definitions) indent(depth int) {
	for range depth {
		d.buf = append(d.buf, "  "...)
	}
}

// text writes the inside of a JSON string.
func (d *definitions) text(raw []byte) {
	d.buf = dataset.AppendUnescaped(d.buf, raw)
}

// comment writes a description. Those of nested properties are left out.
func (d *definitions) comment(description []byte, depth int) {
	if text, ok := dataset.Inside(description); ok && len(text) > 0 && depth == 0 {
		d.buf = append(d.buf, "// "...)
		d.text(text)
		d.buf = append(d.buf, '\n')
	}
}

// properties writes the properties of an object, a line each.
func (d *definitions) properties(s schema, depth int) {
	required := newRequired(s.required)
	for key, value := range dataset.Members(s.properties) {
		property := readSchema(value)
		d.comment(property.description, depth)
		d.indent(depth)
		name, _ := dataset.Inside(key)
		d.text(name)
		if !required.has(key) {
			d.buf = append(d.buf, '?')
		}
		d.buf = append(d.buf, ": "...)
		d.kind(property, depth)
		d.buf = append(d.buf, ",\n"...)
	}
}

// required is the list of an object's required properties.
type required struct {
	raw []byte
	set map[string]bool // of a long list
}

// longRequired is the length in bytes above which a list is made a set: looking
// every property up in a list would take the square of its length.
const longRequired = 1 << 12

func newRequired(raw []byte) required {
	r := required{raw: raw}
	if len(raw) > longRequired {
		r.set = make(map[string]bool)
		for name := range dataset.Elements(raw) {
			r.set[string(name)] = true
		}
	}
	return r
}

func (r *required) has(key []byte) bool {
	if r.set != nil {
		return r.set[string(key)]
	}
	for name := range dataset.Elements(r.raw) {
		if bytes.Equal(name, key) {
			return true
		}
	}
	return false
}

// kind writes the type of a schema.
func (d *definitions) kind(s schema, depth int) {
	switch {
	case depth >= maxSchemaDepth:
		d.buf = append(d.buf, "any"...)
	case s.constant != nil:
		d.value(s.constant)
	case hasElements(s.enum):
		d.union(s.enum, d.value)
	case hasElements(s.anyOf):
		d.union(s.anyOf, func(one []byte) { d.kind(readSchema(one), depth+1) })
	case hasElements(s.kind): // ["string", "null"]
		d.union(s.kind, func(one []byte) { d.kindNamed(one, &s, depth) })
	default:
		d.kindNamed(s.kind, &s, depth)
	}
}

func hasElements(raw []byte) bool {
	for range dataset.Elements(raw) {
		return true
	}
	return false
}

// union writes the elements of a list with | between them.
func (d *definitions) union(list []byte, write func([]byte)) {
	first := true
	for one := range dataset.Elements(list) {
		if !first {
			d.buf = append(d.buf, " | "...)
		}
		first = false
		write(one)
	}
}

// value writes a value that is a type of its own.
func (d *definitions) value(raw []byte) {
	if text, ok := dataset.Inside(raw); ok {
		d.buf = append(d.buf, '"')
		d.text(text)
		d.buf = append(d.buf, '"')
		return
	}
	d.buf = append(d.buf, raw...)
}

// kindNamed writes the type of a schema that has this name. Properties and items
// are taken out of the schema as they are written: a list that names the same type
// again would else double the text on each level.
func (d *definitions) kindNamed(name []byte, s *schema, depth int) {
	switch string(name) {
	case `"string"`:
		d.buf = append(d.buf, "string"...)
	case `"number"`, `"integer"`:
		d.buf = append(d.buf, "number"...)
	case `"boolean"`:
		d.buf = append(d.buf, "boolean"...)
	case `"null"`:
		d.buf = append(d.buf, "null"...)
	case `"array"`:
		if s.items == nil {
			d.buf = append(d.buf, "any[]"...)
			return
		}
		items := readSchema(s.items)
		s.items = nil
		d.kind(items, depth+1)
		d.buf = append(d.buf, "[]"...)
	default:
		if string(name) != `"object"` && s.properties == nil {
			d.buf = append(d.buf, "any"...)
			return
		}
		d.buf = append(d.buf, "{\n"...)
		if hasMembers(s.properties) {
			object := *s
			s.properties = nil
			d.properties(object, depth+1)
		} else {
			d.buf = append(d.buf, '\n')
		}
		d.indent(depth)
		d.buf = append(d.buf, '}')
	}
}
