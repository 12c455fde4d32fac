package rules

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint/dataset"
)

// This file looks at arguments without the library for JSON Schema, which would
// take many times as long as all other rules on tools. It knows what most schemas
// are made of, and it only ever says "surely valid": all else is for the library to
// tell (schema.go). A fuzz test holds it against the library.

// kinds is a set of types of JSON.
type kinds uint8

const (
	kindNull kinds = 1 << iota
	kindBoolean
	kindInteger // a number of digits only
	kindFloat   // any other number
	kindString
	kindArray
	kindObject
	anyKind = 1<<iota - 1
)

// shape is a schema of what the library need not be asked for.
type shape struct {
	kinds kinds
	// ask says that the library must be asked about any value here, askNumbers about
	// numbers.
	ask, askNumbers bool

	// closed says that an object has no other members than properties; else others
	// have the shape rest.
	closed     bool
	rest       *shape
	properties []property
	required   uint64 // a bit for each of the first properties

	items   *shape
	hasEnum bool
	enum    []string // the JSON text of values; another text may be the same value
	anyOf   []*shape
	bounds  *bounds // of few shapes
}

// bounds are what a value may not be below or above.
type bounds struct {
	minimum, maximum   limit
	minItems, maxItems limit
	minRunes, maxRunes limit
}

// bound returns the bounds, which it makes.
func (s *shape) bound() *bounds {
	if s.bounds == nil {
		s.bounds = &bounds{}
	}
	return s.bounds
}

// property is a member that an object may have.
type property struct {
	name     string // as it stands between the quotes
	declared bool   // it is among `properties`, not only among `required`
	shape    *shape
}

// limit is a bound of a number.
type limit struct {
	set   bool
	value int64
	text  string // of a number, which may be none that value can hold
}

func (l limit) above(n int64) bool { return l.set && n < l.value }
func (l limit) below(n int64) bool { return l.set && n > l.value }

const (
	maxShapeDepth      = 32
	maxShapeProperties = 256 // of an object: a name is looked for among all
	maxShapeRequired   = 64  // properties that a bit can be had for
)

// keyword is a word of JSON Schema that shapeOf understands, or one that it leaves
// to the library.
type keyword uint8

const (
	wordOther keyword = iota // an annotation of somebody's own
	wordLibrary
	wordSchema
	wordType
	wordProperties
	wordRequired
	wordAdditional
	wordItems
	wordEnum
	wordAnyOf
	wordText
	wordFlag
	wordList
	wordMinimum
	wordMaximum
	wordMinItems
	wordMaxItems
	wordMinLength
	wordMaxLength
)

// keywordOf tells what a key, a string in JSON, is in a schema.
func keywordOf(key []byte) keyword {
	switch string(key) {
	case `"type"`:
		return wordType
	case `"properties"`:
		return wordProperties
	case `"required"`:
		return wordRequired
	case `"additionalProperties"`:
		return wordAdditional
	case `"items"`:
		return wordItems
	case `"enum"`:
		return wordEnum
	case `"anyOf"`:
		return wordAnyOf
	case `"description"`, `"title"`, `"format"`, `"$comment"`:
		return wordText
	case `"deprecated"`, `"readOnly"`, `"writeOnly"`:
		return wordFlag
	case `"examples"`:
		return wordList
	case `"minimum"`:
		return wordMinimum
	case `"maximum"`:
		return wordMaximum
	case `"minItems"`:
		return wordMinItems
	case `"maxItems"`:
		return wordMaxItems
	case `"minLength"`:
		return wordMinLength
	case `"maxLength"`:
		return wordMaxLength
	case `"$schema"`:
		return wordSchema
	case `"allOf"`, `"oneOf"`, `"not"`, `"if"`, `"then"`, `"else"`, `"const"`, `"pattern"`, `"id"`, `"definitions"`,
		`"dependencies"`, `"dependentSchemas"`, `"dependentRequired"`, `"prefixItems"`, `"additionalItems"`,
		`"contains"`, `"minContains"`, `"maxContains"`, `"uniqueItems"`, `"propertyNames"`, `"patternProperties"`,
		`"unevaluatedItems"`, `"unevaluatedProperties"`, `"exclusiveMinimum"`, `"exclusiveMaximum"`, `"multipleOf"`,
		`"minProperties"`, `"maxProperties"`, `"contentSchema"`, `"contentEncoding"`, `"contentMediaType"`:
		return wordLibrary
	}
	if len(key) > 1 && key[1] == '$' || bytes.IndexByte(key, '\\') >= 0 {
		return wordLibrary
	}
	return wordOther
}

// shapeMaker makes the shapes of a schema in one walk through its text. It is not
// sure, and ends, where the schema says what a shape cannot, or is not as JSON Schema
// wants it.
type shapeMaker struct {
	raw        []byte
	text       string // raw, for the shapes to hold on to
	at         int
	spare      *shape     // one that was not needed
	properties []property // of the objects that are open
	rootType   []byte     // the value of `type` of the whole
}

// shapeOf makes a shape of a schema. rootType is the value of its `type`.
func shapeOf(schema []byte) (s *shape, rootType []byte, sure bool) {
	var room [usualProperties]property
	m := &shapeMaker{raw: schema, text: string(schema), properties: room[:0]}
	s, sure = m.schema(0)
	return s, m.rootType, sure
}

// usualProperties is how many properties there is room for from the start.
const usualProperties = 8

// plainShapes are those that say nothing but a type.
var plainShapes = func() (all [anyKind + 1]shape) {
	for k := range all {
		all[k].kinds = kinds(k)
	}
	return all
}()

// free is the shape of what may be anything.
var free = &plainShapes[anyKind]

// next returns a shape to fill in.
func (m *shapeMaker) next() *shape {
	s := m.spare
	if s == nil {
		s = &shape{}
	}
	m.spare = nil
	s.kinds = anyKind
	return s
}

// word reads true or false.
func (m *shapeMaker) word(w string) bool {
	if !strings.HasPrefix(m.text[m.at:], w) {
		return false
	}
	m.at += len(w)
	return true
}

// value reads a value of which no shape is made.
func (m *shapeMaker) value() []byte {
	start := m.at
	if m.raw[start] == '"' { // mostly without an escape at its end
		if n := bytes.IndexByte(m.raw[start+1:], '"'); n >= 0 && m.raw[start+n] != '\\' {
			m.at = start + n + 2
			return m.raw[start:m.at]
		}
	}
	m.at = dataset.SkipValue(m.raw, start)
	return m.raw[start:m.at]
}

// key reads a key of an object, and goes on to its value. It returns nil at the end
// of the object.
func (m *shapeMaker) key() []byte {
	m.at = dataset.NextValue(m.raw, m.at)
	if m.at >= len(m.raw) || m.raw[m.at] != '"' {
		m.at++
		return nil
	}
	key := m.value()
	if colon := m.at; colon+1 < len(m.raw) && m.raw[colon] == ':' && m.raw[colon+1] > ' ' {
		m.at++
		return key
	}
	m.at = dataset.NextValue(m.raw, m.at+bytes.IndexByte(m.raw[m.at:], ':')+1)
	return key
}

// schema makes a shape of the schema at hand.
func (m *shapeMaker) schema(depth int) (s *shape, sure bool) {
	switch {
	case m.at >= len(m.raw) || depth > maxShapeDepth:
		return nil, false
	case m.word("true"):
		return free, true
	case m.word("false"):
		return &shape{ask: true}, true
	case m.raw[m.at] != '{':
		return nil, false
	}
	m.at++
	s = m.next()
	var seen uint32
	var required []byte
	for key := m.key(); key != nil; key = m.key() {
		word := keywordOf(key)
		switch {
		case m.at >= len(m.raw):
			return nil, false
		case word == wordOther:
			m.value()
			continue
		case word != wordText && word != wordFlag && seen&(1<<word) != 0:
			return nil, false
		}
		seen |= 1 << word
		ok := false
		switch word {
		case wordProperties:
			ok = m.addProperties(s, depth)
		case wordAdditional:
			if s.closed = m.word("false"); s.closed {
				ok = true
			} else {
				s.rest, ok = m.schema(depth + 1)
			}
		case wordItems:
			s.items, ok = m.schema(depth + 1)
		case wordAnyOf:
			ok = m.addAlternatives(s, depth)
		case wordRequired:
			required = m.value()
			ok = required[0] == '['
		case wordEnum:
			ok = m.addValues(s)
		case wordType:
			value := m.value()
			s.kinds, ok = kindsOf(value)
			if depth == 0 {
				m.rootType = value
			}
		default:
			ok = s.keyword(word, m.value(), depth)
		}
		if !ok {
			return nil, false
		}
	}
	if required != nil && !m.require(s, required) {
		return nil, false
	}
	const says = 1<<wordProperties | 1<<wordAdditional | 1<<wordItems | 1<<wordAnyOf | 1<<wordRequired | 1<<wordEnum |
		1<<wordMinimum | 1<<wordMaximum | 1<<wordMinItems | 1<<wordMaxItems | 1<<wordMinLength | 1<<wordMaxLength
	if seen&says == 0 {
		m.spare = s
		return &plainShapes[s.kinds], true
	}
	return s, true
}

// keyword reads a keyword that holds no schemas.
func (s *shape) keyword(word keyword, value []byte, depth int) bool {
	switch word {
	case wordText:
		return value[0] == '"'
	case wordFlag:
		return string(value) == "true" || string(value) == "false"
	case wordList:
		return value[0] == '['
	case wordSchema:
		return depth == 0 && usualDraft(value)
	case wordMinimum:
		return s.readBound(&s.bound().minimum, value)
	case wordMaximum:
		return s.readBound(&s.bound().maximum, value)
	case wordMinItems:
		return s.bound().minItems.count(value)
	case wordMaxItems:
		return s.bound().maxItems.count(value)
	case wordMinLength:
		return s.bound().minRunes.count(value)
	case wordMaxLength:
		return s.bound().maxRunes.count(value)
	}
	return false
}

// usualDraft reports whether a value of $schema names a draft in which a shape
// means the same as in that of 2020-12.
func usualDraft(value []byte) bool {
	switch string(value) {
	case `"https://json-schema.org/draft/2020-12/schema"`, `"https://json-schema.org/draft/2019-09/schema"`,
		`"http://json-schema.org/draft-07/schema#"`, `"http://json-schema.org/draft-07/schema"`:
		return true
	}
	return false
}

// kindsOf reads the value of `type`.
func kindsOf(value []byte) (k kinds, ok bool) {
	if value[0] != '[' {
		return kindOf(value)
	}
	for one := range dataset.Elements(value) {
		more, ok := kindOf(one)
		if !ok || k&more != 0 { // integer and number together are for the library too
			return 0, false
		}
		k |= more
	}
	return k, k != 0
}

func kindOf(name []byte) (k kinds, ok bool) {
	switch string(name) {
	case `"string"`:
		return kindString, true
	case `"number"`:
		return kindInteger | kindFloat, true
	case `"integer"`:
		return kindInteger, true
	case `"boolean"`:
		return kindBoolean, true
	case `"object"`:
		return kindObject, true
	case `"array"`:
		return kindArray, true
	case `"null"`:
		return kindNull, true
	}
	return 0, false
}

// inside returns the text of a name, if it is the same as what stands there.
func (m *shapeMaker) inside(name []byte) (string, bool) {
	inside, ok := dataset.Inside(name)
	if !ok || bytes.IndexByte(inside, '\\') >= 0 || !utf8.Valid(inside) {
		return "", false
	}
	start := cap(m.raw) - cap(inside) // both go on to the end of the same memory
	return m.text[start : start+len(inside)], true
}

func (m *shapeMaker) addProperties(s *shape, depth int) bool {
	if m.raw[m.at] != '{' {
		return false
	}
	m.at++
	base := len(m.properties)
	for key := m.key(); key != nil; key = m.key() {
		name, ok := m.inside(key)
		if !ok || len(m.properties)-base == maxShapeProperties || slices.ContainsFunc(m.properties[base:], func(p property) bool { return p.name == name }) {
			return false
		}
		of, ok := m.schema(depth + 1)
		if !ok {
			return false
		}
		m.properties = append(m.properties, property{name: name, declared: true, shape: of})
	}
	s.properties = slices.Clone(m.properties[base:])
	m.properties = m.properties[:base]
	return true
}

func (m *shapeMaker) addAlternatives(s *shape, depth int) bool {
	if m.raw[m.at] != '[' {
		return false
	}
	m.at++
	for m.at = dataset.NextValue(m.raw, m.at); m.at < len(m.raw) && m.raw[m.at] != ']'; m.at = dataset.NextValue(m.raw, m.at) {
		one, ok := m.schema(depth + 1)
		if !ok {
			return false
		}
		s.anyOf = append(s.anyOf, one)
	}
	m.at++
	return len(s.anyOf) > 0
}

// addValues reads the value of `enum`.
func (m *shapeMaker) addValues(s *shape) bool {
	value := m.value()
	if value[0] != '[' {
		return false
	}
	n := 0
	for range dataset.Elements(value) {
		n++
	}
	s.hasEnum, s.enum = true, make([]string, 0, n)
	for one := range dataset.Elements(value) {
		start := cap(m.raw) - cap(one) // both go on to the end of the same memory
		s.enum = append(s.enum, m.text[start:start+len(one)])
	}
	return true
}

// require notes the required properties.
func (m *shapeMaker) require(s *shape, required []byte) bool {
	i := -1
	for value := range dataset.Elements(required) {
		name, ok := m.inside(value)
		if !ok {
			return false
		}
		if i = s.find([]byte(name), i+1); i < 0 {
			i = len(s.properties)
			s.properties = append(s.properties, property{name: name})
		}
		if i >= maxShapeRequired || s.required&(1<<i) != 0 {
			return false
		}
		s.required |= 1 << i
	}
	return true
}

// find returns the index of a property, looking from hint on first, or -1.
func (s *shape) find(name []byte, hint int) int {
	for n := range s.properties {
		i := hint + n
		if i >= len(s.properties) {
			i -= len(s.properties)
		}
		if s.properties[i].name == string(name) {
			return i
		}
	}
	return -1
}

// readBound reads a bound of numbers.
func (s *shape) readBound(l *limit, value []byte) bool {
	n, ok := plainInteger(value)
	*l = limit{ok, n, string(value)}
	if !ok {
		s.askNumbers = true
		return len(value) <= maxNumberText && tameNumber(value) && usualNumber(value)
	}
	return true
}

// count reads a bound of a count.
func (l *limit) count(value []byte) bool {
	n, ok := plainInteger(value)
	*l = limit{set: true, value: n}
	return ok && n >= 0 && n <= 1<<31-1
}

// maxPlainDigits is how many digits fit into an int64 for certain.
const maxPlainDigits = 18

// plainInteger reads a number that is written with a few digits only.
func plainInteger(raw []byte) (n int64, ok bool) {
	if len(raw) > maxPlainDigits {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil && raw[0] != '+'
}

// usualNumber reports whether a value that begins like a number is one.
func usualNumber(raw []byte) bool {
	r := shapeReader{text: raw}
	_, ok := r.number()
	return ok && r.at == len(raw)
}

// shapeReader holds JSON text against a shape.
type shapeReader struct {
	text []byte
	at   int
	left int // how many more values are looked at: alternatives look at one again
}

const (
	maxShapeValues = 20_000
	maxValueDepth  = 100
)

// fits reports whether text is surely JSON of the shape s.
func (s *shape) fits(text []byte) bool {
	r := shapeReader{text: text, left: maxShapeValues}
	r.space()
	if !r.value(s, 0) {
		return false
	}
	r.space()
	return r.at == len(r.text)
}

func (r *shapeReader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return
		}
	}
}

// peek returns the byte at hand, or 0 behind the end.
func (r *shapeReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// skip goes past c if it is at hand, with the space after it.
func (r *shapeReader) skip(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	r.space()
	return true
}

func (r *shapeReader) word(w string, k kinds) (kinds, bool) {
	if len(r.text)-r.at < len(w) || string(r.text[r.at:r.at+len(w)]) != w {
		return 0, false
	}
	r.at += len(w)
	return k, true
}

// value reads a value that has the shape s. It returns false where it has not, or
// where that is not certain.
func (r *shapeReader) value(s *shape, depth int) bool {
	if r.left--; s.ask || r.left < 0 || depth > maxValueDepth {
		return false
	}
	start := r.at
	if s.anyOf != nil && !slices.ContainsFunc(s.anyOf, func(one *shape) bool {
		r.at = start
		return r.value(one, depth+1)
	}) {
		return false
	}
	r.at = start
	var k kinds
	var ok bool
	switch c := r.peek(); c {
	case '{':
		k, ok = kindObject, r.object(s, depth)
	case '[':
		k, ok = kindArray, r.array(s, depth)
	case '"':
		k, ok = kindString, r.checkedString(s)
	case 't':
		k, ok = r.word("true", kindBoolean)
	case 'f':
		k, ok = r.word("false", kindBoolean)
	case 'n':
		k, ok = r.word("null", kindNull)
	default:
		k, ok = r.checkedNumber(s)
	}
	if !ok || k&s.kinds == 0 {
		return false
	}
	if !s.hasEnum {
		return true
	}
	text := r.text[start:r.at]
	return slices.ContainsFunc(s.enum, func(one string) bool { return one == string(text) })
}

func (r *shapeReader) object(s *shape, depth int) bool {
	r.skip('{')
	var found uint64
	next := 0
	for first := true; r.peek() != '}'; first = false {
		if !first && !r.skip(',') {
			return false
		}
		start := r.at
		plain, ok := r.string()
		if !ok {
			return false
		}
		name := r.text[start+1 : r.at-1]
		r.space()
		if !r.skip(':') {
			return false
		}
		in := free
		if len(s.properties) > 0 || s.closed || s.rest != nil {
			if !plain {
				return false
			}
			i := s.find(name, next)
			if i >= 0 {
				next = i + 1
				if i < maxShapeRequired {
					found |= 1 << i
				}
			}
			switch {
			case i >= 0 && s.properties[i].declared:
				in = s.properties[i].shape
			case s.closed:
				return false
			case s.rest != nil:
				in = s.rest
			}
		}
		if !r.value(in, depth+1) {
			return false
		}
		r.space()
	}
	r.at++
	return s.required&^found == 0
}

func (r *shapeReader) array(s *shape, depth int) bool {
	r.skip('[')
	in := s.items
	if in == nil {
		in = free
	}
	n := int64(0)
	for ; r.peek() != ']'; n++ {
		if n > 0 && !r.skip(',') || !r.value(in, depth+1) {
			return false
		}
		r.space()
	}
	r.at++
	return s.bounds == nil || !s.bounds.minItems.above(n) && !s.bounds.maxItems.below(n)
}

func (r *shapeReader) checkedString(s *shape) bool {
	start := r.at
	plain, ok := r.string()
	if b := s.bounds; !ok || b == nil || !b.minRunes.set && !b.maxRunes.set {
		return ok
	}
	n := int64(utf8.RuneCount(r.text[start+1 : r.at-1]))
	return plain && !s.bounds.minRunes.above(n) && !s.bounds.maxRunes.below(n)
}

// string reads a string. plain says that it has no escapes.
func (r *shapeReader) string() (plain, ok bool) {
	if r.peek() != '"' {
		return false, false
	}
	plain = true
	for i := r.at + 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return plain, true
		case c == '\\':
			plain = false
			i++
			if i == len(r.text) {
				return false, false
			}
			switch r.text[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					if i++; i == len(r.text) || !hexDigit(r.text[i]) {
						return false, false
					}
				}
			default:
				return false, false
			}
		case c < ' ':
			return false, false
		}
	}
	return false, false
}

func hexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func (r *shapeReader) checkedNumber(s *shape) (kinds, bool) {
	start := r.at
	k, ok := r.number()
	if !ok || s.askNumbers {
		return 0, false
	}
	if b := s.bounds; b != nil && (b.minimum.set || b.maximum.set) {
		n, plain := plainInteger(r.text[start:r.at])
		if !plain || b.minimum.above(n) || b.maximum.below(n) {
			return 0, false
		}
	}
	return k, true
}

// number reads a number.
func (r *shapeReader) number() (kinds, bool) {
	if r.peek() == '-' {
		r.at++
	}
	k := kindInteger
	if r.peek() == '0' {
		r.at++
	} else if !r.digits() {
		return 0, false
	}
	if r.peek() == '.' {
		r.at++
		k = kindFloat
		if !r.digits() {
			return 0, false
		}
	}
	if r.peek()|0x20 == 'e' {
		r.at++
		k = kindFloat
		if c := r.peek(); c == '+' || c == '-' {
			r.at++
		}
		if !r.digits() {
			return 0, false
		}
	}
	return k, true
}

func (r *shapeReader) digits() bool {
	start := r.at
	for c := r.peek(); '0' <= c && c <= '9'; c = r.peek() {
		r.at++
	}
	return r.at > start
}

// size returns about how many bytes a shape takes.
func (s *shape) size() int {
	if s == nil || s == &plainShapes[s.kinds] {
		return 0
	}
	const one = 144
	n := one + 16*len(s.enum)
	if s.bounds != nil {
		n += one
	}
	for i := range s.properties {
		n += 48 + s.properties[i].shape.size()
	}
	for _, a := range s.anyOf {
		n += a.size()
	}
	return n + s.items.size() + s.rest.size()
}
