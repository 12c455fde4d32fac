package rules

import (
	"bytes"
	"cmp"
	"errors"
	"math/big"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file has the library for JSON Schema check parameters of tools and judge
// arguments. Whatever a dataset holds, nothing is loaded, and the work is bounded.

// schema is a schema as the library has it.
type schema struct {
	compiled *jsonschema.Schema // nil: arguments are not judged
	faults   []schemaFault      // why it is no schema
	work     *work
	bytes    int
}

// Size is about the bytes that the schema takes.
func (s *schema) Size() int { return s.bytes }

// schemaFault is a place in a schema where JSON Schema wants something else.
type schemaFault struct {
	start, end uint32 // in the schema's text
	kind       dataset.Kind
	reason     string
	args       []lint.Arg
}

const (
	maxSchemaBytes  = 1 << 17
	maxSchemaValues = 2000    // of a schema: the library takes time by the square of them
	bytesOfObject   = 1 << 10 // that the library takes for a schema
	minSchemaVisits = 100_000 // of values by schemas that a line may take; more if it is long
	bytesOfVisit    = 10
	maxSchemaDepth  = 200 // of schemas in schemas, while a value is looked at
	maxNumberText   = 400 // a number beyond it, or beyond 1e400, is not looked at
	maxPattern      = 1000
	maxMatching     = 4_000_000 // instructions of patterns times bytes, in a line
)

// work bounds what is done for the arguments of a line.
type work struct {
	visits   int
	matching int
}

// errUnjudged ends work that is too much, or whose outcome would not be certain.
var errUnjudged = errors.New("not judged")

// nothingLoaded is a loader that loads nothing.
type nothingLoaded struct{}

// Load refuses.
func (nothingLoaded) Load(string) (any, error) { return nil, errUnjudged }

// schemaURL is where a schema has its place, as far as the library is concerned.
const schemaURL = "tool:///parameters"

// compileSchema makes a schema of parameters. Without `$schema` it is of draft
// 2020-12, or of an older draft if it is sound in that one only.
func compileSchema(raw []byte) *schema {
	s := &schema{work: &work{}}
	values, depth, tame := measure(raw)
	if len(raw) > maxSchemaBytes || values > maxSchemaValues || depth > maxSchemaDepth || !tame {
		return s
	}
	s.bytes = bytes.Count(raw, []byte("{"))*bytesOfObject + len(raw)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return s
	}
	err = s.compile(document, jsonschema.Draft2020)
	if object, ok := document.(map[string]any); ok && err != nil && object["$schema"] == nil {
		for _, draft := range []*jsonschema.Draft{jsonschema.Draft7, jsonschema.Draft4} {
			if s.compile(document, draft) == nil {
				return s
			}
		}
	}
	if err != nil {
		s.faults = schemaFaults(raw, err)
	}
	return s
}

// compile has the library compile a schema.
func (s *schema) compile(document any, draft *jsonschema.Draft) (err error) {
	defer func() {
		if recover() != nil { // of the library, which is not made for hostile schemas
			err = errUnjudged
		}
	}()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(draft)
	c.UseLoader(nothingLoaded{})
	c.UseRegexpEngine(s.pattern)
	for _, name := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(any) error { return nil }})
	}
	if err := c.AddResource(schemaURL, document); err != nil {
		return err
	}
	compiled, err := c.Compile(schemaURL)
	if err == nil {
		s.compiled = compiled
	}
	return err
}

// anything stands for a value that may be any.
type anything struct{}

// schema makes of a shape the schema that it was made of, for a value: of properties
// that the value has not, nothing. It is as the library would have it, which takes
// much longer to see whether a schema is one.
func (s *shape) schema(value any) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	c := &jsonschema.Schema{DraftVersion: 2020}
	object, _ := value.(map[string]any)
	_, all := value.(anything)
	if s.ask {
		c.Bool = new(bool)
		return c
	}
	if s.kinds != anyKind {
		c.Types = s.kinds.types()
	}
	c.Items2020 = s.items.schema(anything{})
	c.Properties = map[string]*jsonschema.Schema{}
	for i := range s.properties {
		p := &s.properties[i]
		member, ok := object[p.name]
		if all {
			member = anything{}
		}
		if p.declared && (ok || all) {
			c.Properties[p.name] = p.shape.schema(member)
		}
		if i < maxShapeRequired && s.required&(1<<i) != 0 {
			c.Required = append(c.Required, p.name)
		}
	}
	switch {
	case s.closed:
		c.AdditionalProperties = false
	case s.rest != nil:
		c.AdditionalProperties = s.rest.schema(anything{})
	}
	for _, one := range s.anyOf {
		c.AnyOf = append(c.AnyOf, one.schema(value))
	}
	if s.hasEnum {
		// The library makes an enum itself only: this says the same.
		c.AllOf = []*jsonschema.Schema{{DraftVersion: 2020, AnyOf: constants(s.enum)}}
	}
	if s.bounds != nil {
		s.bounds.addTo(c)
	}
	return c
}

// constants are schemas of one value each.
func constants(values []string) (all []*jsonschema.Schema) {
	for _, text := range values {
		var value any
		var err error
		if inside, ok := dataset.Inside([]byte(text)); ok && bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
			value = string(inside)
		} else {
			value, err = jsonschema.UnmarshalJSON(strings.NewReader(text))
		}
		if err == nil {
			all = append(all, &jsonschema.Schema{DraftVersion: 2020, Const: &value})
		}
	}
	if all == nil {
		return []*jsonschema.Schema{{Bool: new(bool)}}
	}
	return all
}

// types returns the types of JSON Schema.
func (k kinds) types() *jsonschema.Types {
	var types jsonschema.Types
	for _, t := range []struct {
		kinds kinds
		name  string
	}{
		{kindNull, "null"},
		{kindBoolean, "boolean"},
		{kindFloat, "number"},
		{kindInteger, "integer"},
		{kindString, "string"},
		{kindArray, "array"},
		{kindObject, "object"},
	} {
		if k&t.kinds != 0 && (t.kinds != kindInteger || k&kindFloat == 0) {
			types.Add(t.name)
		}
	}
	return &types
}

func (b *bounds) addTo(c *jsonschema.Schema) {
	number := func(l *limit) *big.Rat {
		if l.text == "" {
			return nil
		}
		n, _ := new(big.Rat).SetString(l.text)
		return n
	}
	count := func(l *limit) *int {
		if !l.set {
			return nil
		}
		n := int(l.value)
		return &n
	}
	c.Minimum, c.Maximum = number(&b.minimum), number(&b.maximum)
	c.MinItems, c.MaxItems = count(&b.minItems), count(&b.maxItems)
	c.MinLength, c.MaxLength = count(&b.minRunes), count(&b.maxRunes)
}

// formats are those that the library asserts in old drafts. Here a format is an
// annotation, as it is in new ones.
var formats = []string{
	"json-pointer", "relative-json-pointer", "uuid", "duration", "period", "ipv4", "ipv6", "hostname", "email", "date",
	"time", "date-time", "uri", "iri", "uri-reference", "iri-reference", "uri-template", "semver",
}

// pattern is a regular expression of a schema.
type pattern struct {
	text     string
	compiled *regexp.Regexp // nil: it is not known to mean the same in Go
	size     int
	work     *work
}

// foreignPattern finds what regular expressions of Go have and those of ECMAScript
// have not, or not with that meaning.
var foreignPattern = regexp.MustCompile(`\\[AzZaCQEGhHRXKvV]|\[\[:|\(\?[^:=!<]|\(\?<[^=!]`)

// pattern makes a pattern. None is an error: what Go does not know may well be one
// of ECMAScript's.
func (s *schema) pattern(text string) (jsonschema.Regexp, error) {
	p := &pattern{text: text, work: s.work}
	if len(text) > maxPattern || foreignPattern.MatchString(text) {
		return p, nil
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return p, nil
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return p, nil
	}
	p.size = len(program.Inst)
	p.compiled, _ = regexp.Compile(text)
	return p, nil
}

// String returns the pattern as the schema has it.
func (p *pattern) String() string { return p.text }

// MatchString reports whether the pattern is somewhere in s. It panics where that
// is not certain.
func (p *pattern) MatchString(s string) bool {
	p.work.matching -= p.size * (len(s) + 1)
	if p.compiled == nil || p.work.matching < 0 || strings.ContainsFunc(s, foreignSpace) {
		panic(errUnjudged)
	}
	return p.compiled.MatchString(s)
}

// foreignSpace reports whether the classes of Go and of ECMAScript differ in a
// character: white space, ends of lines, and what is two units of UTF-16.
func foreignSpace(r rune) bool {
	switch {
	case r == '\v', r == '\r', r == 0x85, r == 0xA0, r == 0x1680, 0x2000 <= r && r <= 0x200A,
		r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000, r == 0xFEFF, r > 0xFFFF:
		return true
	}
	return false
}

// measure counts the values of JSON text and how deep it nests. tame says that all
// of its numbers can be reckoned with.
func measure(raw []byte) (values, depth int, tame bool) {
	open := 0
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			values++
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			values++
			open++
			depth = max(depth, open)
		case '}', ']':
			open--
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			values++
			start := i
			for i+1 < len(raw) && bytes.IndexByte([]byte(" \t\r\n,:]}"), raw[i+1]) < 0 {
				i++
			}
			if !tameNumber(raw[start : i+1]) {
				return values, depth, false
			}
		}
	}
	return values, depth, true
}

// tameNumber reports whether a number, if it is one, can be reckoned with.
func tameNumber(raw []byte) bool {
	if len(raw) > maxNumberText {
		return false
	}
	if raw[0] != '-' && (raw[0] < '0' || '9' < raw[0]) {
		return true
	}
	_, exponent, ok := bytes.Cut(bytes.ToLower(raw), []byte("e"))
	if !ok {
		return true
	}
	n, err := strconv.Atoi(string(exponent))
	return err == nil && -maxNumberText <= n && n <= maxNumberText
}

// schemaFaults tells where a schema is none. Of errors that say nothing of the
// schema itself, such as references to what is not here, there are none.
func schemaFaults(raw []byte, err error) []schemaFault {
	var (
		invalid *jsonschema.SchemaValidationError
		pointer *jsonschema.JSONPointerNotFoundError
	)
	switch {
	case errors.As(err, &pointer):
		return brokenReferences(raw, raw, nil)
	case !errors.As(err, &invalid):
		return nil
	}
	var top *jsonschema.ValidationError
	if !errors.As(invalid.Err, &top) {
		return nil
	}
	_, fragment, _ := strings.Cut(invalid.URL, "#")
	base, ok := pointerSteps(fragment)
	if !ok {
		return nil
	}
	var faults []schemaFault
	for _, leaf := range leaves(top, nil) {
		path := slices.Concat(base, leaf.InstanceLocation)
		part := partAt(raw, path)
		if part == nil {
			continue
		}
		if _, ok := leaf.ErrorKind.(*kind.Format); ok {
			continue // of $id and $ref: they may well be read in another way
		}
		for one := range dataset.Elements(part) {
			if _, ok := kindOf(one); !ok && isType(path) {
				part = one
				break
			}
		}
		reason, args := schemaReason(path, part)
		faults = append(faults, faultAt(raw, part, reason, args...))
	}
	slices.SortStableFunc(faults, func(a, b schemaFault) int { return cmp.Compare(a.start, b.start) })
	return slices.CompactFunc(faults, func(a, b schemaFault) bool { return a.start == b.start })
}

// faultAt is a fault of a part of the schema raw.
func faultAt(raw, part []byte, reason string, args ...lint.Arg) schemaFault {
	start := uint32(cap(raw) - cap(part)) // both go on to the end of the same memory
	return schemaFault{start, start + uint32(len(part)), jsonKind(part), reason, args}
}

// schemaReason says what is wrong with a part of a schema.
func schemaReason(path []string, part []byte) (string, []lint.Arg) {
	if isType(path) && part[0] == '"' {
		return "%s is no type of JSON Schema: there are string, number, integer, boolean, array, object and null", []lint.Arg{quoteRaw(part)}
	}
	return "is %s: JSON Schema wants something else here, so arguments cannot be checked", []lint.Arg{kindText(part)}
}

// isType reports whether a path leads to the value of the keyword type.
func isType(path []string) bool {
	n := len(path)
	if n > 0 {
		if _, err := strconv.ParseUint(path[n-1], 10, 32); err == nil {
			n--
		}
	}
	return n > 0 && path[n-1] == "type" && (n == 1 || path[n-2] != "properties")
}

// brokenReferences finds references to places that a schema does not have.
func brokenReferences(whole, part []byte, faults []schemaFault) []schemaFault {
	for key, value := range dataset.Members(part) {
		inside, isString := dataset.Inside(value)
		if string(key) != `"$ref"` || !isString {
			faults = brokenReferences(whole, value, faults)
			continue
		}
		target, local := strings.CutPrefix(string(dataset.AppendUnescaped(nil, inside)), "#")
		if steps, ok := pointerSteps(target); local && ok && (target == "" || target[0] == '/') && partAt(whole, steps) == nil {
			faults = append(faults, faultAt(whole, value, "%s is not in these parameters, so arguments cannot be checked", quoteRaw(value)))
		}
	}
	for value := range dataset.Elements(part) {
		faults = brokenReferences(whole, value, faults)
	}
	return faults
}

// pointerSteps reads a JSON pointer that is the fragment of a URL.
func pointerSteps(fragment string) (steps []string, ok bool) {
	text, err := url.PathUnescape(fragment)
	if err != nil {
		return nil, false
	}
	if text == "" {
		return nil, true
	}
	for _, step := range strings.Split(text, "/")[1:] {
		steps = append(steps, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	return steps, true
}

// partAt returns the part of JSON text to which steps lead, or nil.
func partAt(raw []byte, steps []string) []byte {
	for _, step := range steps {
		var found []byte
		for key, value := range dataset.Members(raw) {
			if inside, _ := dataset.Inside(key); string(dataset.AppendUnescaped(nil, inside)) == step {
				found = value
			}
		}
		n := 0
		for value := range dataset.Elements(raw) {
			if strconv.Itoa(n) == step {
				found = value
			}
			n++
		}
		if raw = found; raw == nil {
			return nil
		}
	}
	return raw
}

// leaves appends what is wrong in the end. What fits none of several forms is one
// thing wrong.
func leaves(e *jsonschema.ValidationError, all []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.AllOf, *kind.Reference:
		for _, cause := range e.Causes {
			all = leaves(cause, all)
		}
		return all
	}
	return append(all, e)
}

// lineWork is the work that a line of some length may take.
func lineWork(length int) *work {
	return &work{visits: minSchemaVisits + length/bytesOfVisit, matching: maxMatching}
}

// judge holds arguments against the schema, or against a shape instead of it, with
// the work that is left for the line. It returns what is wrong with them; nothing
// where that is not certain.
func (s *schema) judge(arguments []byte, of *shape, left *work) (breaches []breach) {
	_, depth, tame := measure(arguments)
	if depth > maxSchemaDepth || !tame {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(arguments))
	if err != nil {
		return nil
	}
	compiled := s.compiled
	if of != nil {
		compiled, s.work = of.schema(value), &work{}
	}
	*s.work = *left
	defer func() {
		*left = *s.work
		if recover() != nil {
			breaches = nil
		}
	}()
	if !s.work.bounded(compiled, value, 0) {
		return nil
	}
	var top *jsonschema.ValidationError
	if !errors.As(compiled.Validate(value), &top) {
		return nil
	}
	for _, leaf := range leaves(top, nil) {
		if _, ok := leaf.ErrorKind.(*kind.RefCycle); ok {
			return nil
		}
		breaches = appendBreaches(breaches, value, leaf)
	}
	slices.SortFunc(breaches, breach.compare)
	return slices.CompactFunc(breaches, func(a, b breach) bool { return a.compare(b) == 0 })
}

// bounded reports whether the library will not look at values more often than it
// may. It goes the way that the library goes, but for turning back early.
func (w *work) bounded(s *jsonschema.Schema, value any, depth int) bool {
	if s == nil || s.Bool != nil {
		return true
	}
	w.visits--
	if s.Enum != nil {
		w.visits -= len(s.Enum.Values) / 8
	}
	if s.DynamicRef != nil || s.RecursiveRef != nil || w.visits < 0 || depth > maxSchemaDepth {
		return false
	}
	depth++
	for _, one := range []*jsonschema.Schema{s.Ref, s.Not, s.If, s.Then, s.Else} {
		if !w.bounded(one, value, depth) {
			return false
		}
	}
	for _, list := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, one := range list {
			if !w.bounded(one, value, depth) {
				return false
			}
		}
	}
	switch v := value.(type) {
	case map[string]any:
		return w.boundedObject(s, v, depth)
	case []any:
		return w.boundedArray(s, v, depth)
	}
	return true
}

func (w *work) boundedObject(s *jsonschema.Schema, object map[string]any, depth int) bool {
	w.visits -= len(object) * (1 + len(s.PatternProperties))
	for _, one := range s.DependentSchemas {
		if !w.bounded(one, object, depth) {
			return false
		}
	}
	for _, dependency := range s.Dependencies {
		if one, ok := dependency.(*jsonschema.Schema); ok && !w.bounded(one, object, depth) {
			return false
		}
	}
	rest, _ := s.AdditionalProperties.(*jsonschema.Schema)
	for name, value := range object {
		if !w.bounded(s.Properties[name], value, depth) || !w.bounded(rest, value, depth) ||
			!w.bounded(s.PropertyNames, name, depth) || !w.bounded(s.UnevaluatedProperties, value, depth) {
			return false
		}
		for _, one := range s.PatternProperties {
			if !w.bounded(one, value, depth) {
				return false
			}
		}
	}
	return true
}

func (w *work) boundedArray(s *jsonschema.Schema, array []any, depth int) bool {
	w.visits -= len(array)
	all := append([]*jsonschema.Schema{s.Items2020, s.Contains, s.UnevaluatedItems}, s.PrefixItems...)
	switch items := s.Items.(type) {
	case *jsonschema.Schema:
		all = append(all, items)
	case []*jsonschema.Schema:
		all = append(all, items...)
	}
	if rest, ok := s.AdditionalItems.(*jsonschema.Schema); ok {
		all = append(all, rest)
	}
	for _, one := range all {
		for _, value := range array {
			if !w.bounded(one, value, depth) {
				return false
			}
		}
	}
	return true
}

// breach is one thing that arguments do against their schema.
type breach struct {
	path   string
	reason string
	args   []string // behind the path
}

func (b breach) compare(other breach) int {
	return cmp.Or(cmp.Compare(b.path, other.path), cmp.Compare(b.reason, other.reason), slices.Compare(b.args, other.args))
}

const (
	wrongType  = "%s: is %s, but the tool wants %s"
	wrongValue = "%s: %s is none of the values that the tool allows (%s)"
)

// appendBreaches makes breaches of what the library says is wrong.
func appendBreaches(all []breach, arguments any, e *jsonschema.ValidationError) []breach {
	steps := e.InstanceLocation
	if name, ok := e.ErrorKind.(*kind.PropertyNames); ok {
		// The library does not keep the place of this one.
		return append(all, breach{argumentPath(nil, name.Property), "%s: is no name that the tool allows here", nil})
	}
	value := valueAt(arguments, steps)
	path := argumentPath(arguments, steps...)
	add := func(reason string, args ...string) {
		all = append(all, breach{path, reason, args})
	}
	inside := func(names []string, reason string, args ...string) {
		for _, name := range names {
			all = append(all, breach{argumentPath(arguments, append(slices.Clone(steps), name)...), reason, args})
		}
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		inside(k.Missing, "%s: is missing, but the tool requires it")
	case *kind.DependentRequired:
		inside(k.Missing, "%s: is missing, but the tool requires it beside %s", argumentPath(nil, k.Prop))
	case *kind.Dependency:
		inside(k.Missing, "%s: is missing, but the tool requires it beside %s", argumentPath(nil, k.Prop))
	case *kind.AdditionalProperties:
		inside(k.Properties, "%s: is nothing that the tool takes")
	case *kind.FalseSchema:
		add("%s: is nothing that the tool takes")
	case *kind.Type:
		add(wrongType, valueKind(value), typeNames(k.Want))
	case *kind.Enum:
		add(wrongValue, quoteValue(value), valueList(k.Want))
	case *kind.Const:
		add("%s: is %s, but the tool allows only %s", quoteValue(value), quoteValue(k.Want))
	case *kind.Pattern:
		add("%s: %s does not have the pattern that the tool wants (%s)", quoteValue(value), clip(k.Want))
	case *kind.Minimum:
		add("%s: is %s, but the tool wants at least %s", quoteValue(value), numberText(k.Want))
	case *kind.Maximum:
		add("%s: is %s, but the tool wants at most %s", quoteValue(value), numberText(k.Want))
	case *kind.ExclusiveMinimum:
		add("%s: is %s, but the tool wants more than %s", quoteValue(value), numberText(k.Want))
	case *kind.ExclusiveMaximum:
		add("%s: is %s, but the tool wants less than %s", quoteValue(value), numberText(k.Want))
	case *kind.MultipleOf:
		add("%s: is %s, but the tool wants a multiple of %s", quoteValue(value), numberText(k.Want))
	case *kind.MinLength:
		add("%s: has %s characters, but the tool wants at least %s", strconv.Itoa(k.Got), strconv.Itoa(k.Want))
	case *kind.MaxLength:
		add("%s: has %s characters, but the tool wants at most %s", strconv.Itoa(k.Got), strconv.Itoa(k.Want))
	case *kind.MinItems:
		add("%s: has %s items, but the tool wants at least %s", strconv.Itoa(k.Got), strconv.Itoa(k.Want))
	case *kind.MaxItems:
		add("%s: has %s items, but the tool wants at most %s", strconv.Itoa(k.Got), strconv.Itoa(k.Want))
	case *kind.MinProperties:
		add("%s: has %s members, but the tool wants at least %s", strconv.Itoa(k.Got), strconv.Itoa(k.Want))
	case *kind.MaxProperties:
		add("%s: has %s members, but the tool wants at most %s", strconv.Itoa(k.Got), strconv.Itoa(k.Want))
	case *kind.AdditionalItems:
		add("%s: has %s items more than the tool takes", strconv.Itoa(k.Count))
	case *kind.UniqueItems:
		add("%s: items %s and %s are equal, but the tool wants none twice", strconv.Itoa(k.Duplicates[0]), strconv.Itoa(k.Duplicates[1]))
	case *kind.Contains, *kind.MinContains, *kind.MaxContains:
		add("%s: does not have as many items of some kind as the tool wants")
	case *kind.AnyOf, *kind.OneOf:
		types := commonTypes(e)
		if values := constantsOf(e); values != nil {
			add(wrongValue, quoteValue(value), valueList(values))
		} else if one, ok := k.(*kind.OneOf); ok && len(one.Subschemas) > 0 {
			add("%s: has more than one of the forms that the tool takes, but it wants one only")
		} else if types != nil {
			add(wrongType, valueKind(value), typeNames(types))
		} else {
			add("%s: has none of the forms that the tool takes")
		}
	case *kind.Not:
		add("%s: is what the tool rules out")
	default:
		add("%s: is not what the tool takes")
	}
	return all
}

// constantsOf returns the values that forms are made of which are one value each.
func constantsOf(e *jsonschema.ValidationError) (values []any) {
	for _, form := range e.Causes {
		k, ok := form.ErrorKind.(*kind.Const)
		if !ok || len(form.InstanceLocation) != len(e.InstanceLocation) {
			return nil
		}
		values = append(values, k.Want)
	}
	return values
}

// commonTypes returns the types that several forms want, where a value is of the
// wrong type for all of them: that says more than that it has none of the forms.
func commonTypes(e *jsonschema.ValidationError) (types []string) {
	for _, form := range e.Causes {
		for _, leaf := range leaves(form, nil) {
			k, ok := leaf.ErrorKind.(*kind.Type)
			if !ok || len(leaf.InstanceLocation) != len(e.InstanceLocation) {
				return nil
			}
			for _, name := range k.Want {
				if !slices.Contains(types, name) {
					types = append(types, name)
				}
			}
		}
	}
	return types
}
