package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// quotedJSON writes text as a string in JSON.
func quotedJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

// argumentsLine is a line with a call with the given arguments, and the parameters
// of its tools, which all have the name that is called.
func argumentsLine(arguments string, parameters ...string) string {
	var tools []string
	for _, p := range parameters {
		tools = append(tools, `{"type":"function","function":{"name":"weather","parameters":`+p+`}}`)
	}
	quoted := quotedJSON(arguments)
	line := argsChat(quoted[1:len(quoted)-1], "{}")
	return line[:strings.Index(line, `"tools":`)] + `"tools":[` + strings.Join(tools, ",") + "]}"
}

// ofTools returns what rules on tools say of a line, without FTT018.
func ofTools(t *testing.T, line string) string {
	t.Helper()
	var lines []string
	for _, f := range run(t, line+"\n", lint.Settings{Provider: dataset.AllProviders, Method: dataset.SFT}, nil) {
		if strings.HasPrefix(f.Rule.ID, "FTT") && f.Rule.ID != "FTT018" {
			path := strings.NewReplacer("messages[2].tool_calls[0].function.", "", "tools[0].function.", "").Replace(f.Path)
			lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.Rule.ID, f.Severity, path, f.Message))
		}
	}
	return strings.Join(lines, "\n")
}

func properties(properties string) string {
	return `{"type":"object","properties":{` + properties + `}}`
}

func TestArguments(t *testing.T) {
	const told = "FTT004 warning arguments: "
	for _, test := range []struct {
		name, parameters, arguments, want string
	}{
		{"missing", `{"type":"object","properties":{"city":{"type":"string"},"day":{}},"required":["day","city"]}`, `{"City":"Lima"}`, told + "city: is missing, but the tool requires it\n" + told + "day: is missing, but the tool requires it"},
		{"missing, inside", properties(`"stops":{"type":"array","items":{"type":"object","required":["at"]}}`), `{"stops":[{"at":1},{}]}`, told + "stops[1].at: is missing, but the tool requires it"},
		{"unknown", `{"type":"object","properties":{"city":{"type":"string"}},"additionalProperties":false}`, `{"city":"Lima","unit":"C"}`, told + "unit: is nothing that the tool takes"},
		{"unknown, allowed", properties(`"city":{"type":"string"}`), `{"unit":"C"}`, ""},
		{"unknown, of a type", `{"type":"object","properties":{},"additionalProperties":{"type":"integer"}}`, `{"unit":"C"}`, told + "unit: is a string, but the tool wants an integer"},
		{"type", properties(`"days":{"type":"integer"}`), `{"days":"3"}`, told + "days: is a string, but the tool wants an integer"},
		{"a number that is no integer", properties(`"days":{"type":"integer"}`), `{"days":1.5}`, told + "days: is 1.5, but the tool wants an integer"},
		{"1.0 is an integer", properties(`"days":{"type":"integer"}`), `{"days":1.0}`, ""},
		{"1e2 is an integer", properties(`"days":{"type":"integer"}`), `{"days":1e2}`, ""},
		{"a large integer", properties(`"days":{"type":"integer"}`), `{"days":123456789012345678901234567890}`, ""},
		{"an integer is a number", properties(`"days":{"type":"number"}`), `{"days":-3}`, ""},
		{"a huge exponent", properties(`"days":{"type":"string"}`), `{"days":1e999999999}`, ""},
		{"true", properties(`"days":{"type":"string"}`), `{"days":true}`, told + "days: is true, but the tool wants a string"},
		{"null", properties(`"days":{"type":"string"}`), `{"days":null}`, told + "days: is null, but the tool wants a string"},
		{"several types", properties(`"unit":{"type":["string","null"]}`), `{"unit":null}`, ""},
		{"none of several types", properties(`"unit":{"type":["string","null"]}`), `{"unit":1}`, told + "unit: is 1, but the tool wants null or a string"},
		{"none of several forms", properties(`"unit":{"anyOf":[{"type":"string"},{"type":"null"}]}`), `{"unit":[]}`, told + "unit: is an array, but the tool wants a string or null"},
		{"forms that differ", properties(`"unit":{"anyOf":[{"type":"string","minLength":3},{"type":"null"}]}`), `{"unit":"C"}`, told + "unit: has none of the forms that the tool takes"},
		{"more than one form", properties(`"unit":{"oneOf":[{"type":"string"},{"minLength":1}]}`), `{"unit":"C"}`, told + "unit: has more than one of the forms that the tool takes, but it wants one only"},
		{"enum", properties(`"unit":{"type":"string","enum":["celsius","fahrenheit"]}`), `{"unit":"kelvin"}`, told + `unit: "kelvin" is none of the values that the tool allows ("celsius", "fahrenheit")`},
		{"long enum", properties(`"n":{"enum":[1,2,3,4,5,6,7,8]}`), `{"n":9}`, told + `n: 9 is none of the values that the tool allows (1, 2, 3, 4, 5, 6 and 2 more)`},
		{"enum with null", properties(`"unit":{"type":["string","null"],"enum":["celsius",null]}`), `{"unit":null}`, ""},
		{"enum, another text of the value", properties(`"n":{"enum":[1,"é"]},"m":{"enum":["é"]}`), `{"n":1.0,"m":"é"}`, ""},
		{"empty enum", properties(`"n":{"enum":[]}`), `{"n":1}`, told + "n: has none of the forms that the tool takes"},
		{"const", properties(`"unit":{"const":"celsius"}`), `{"unit":"kelvin"}`, told + `unit: is "kelvin", but the tool allows only "celsius"`},
		{"minimum", properties(`"n":{"minimum":1}`), `{"n":0}`, told + "n: is 0, but the tool wants at least 1"},
		{"maximum", properties(`"n":{"type":"number","maximum":0.5}`), `{"n":0.75}`, told + "n: is 0.75, but the tool wants at most 0.5"},
		{"within bounds", properties(`"n":{"type":"number","minimum":-0.5,"maximum":0.5}`), `{"n":0.5}`, ""},
		{"exclusiveMinimum", properties(`"n":{"exclusiveMinimum":0}`), `{"n":0}`, told + "n: is 0, but the tool wants more than 0"},
		{"multipleOf", properties(`"n":{"multipleOf":5}`), `{"n":7}`, told + "n: is 7, but the tool wants a multiple of 5"},
		{"minLength", properties(`"code":{"type":"string","minLength":3}`), `{"code":"é"}`, told + "code: has 1 characters, but the tool wants at least 3"},
		{"maxLength", properties(`"code":{"type":"string","maxLength":2}`), `{"code":"äöü"}`, told + "code: has 3 characters, but the tool wants at most 2"},
		{"maxItems", properties(`"list":{"type":"array","maxItems":1}`), `{"list":[1,2]}`, told + "list: has 2 items, but the tool wants at most 1"},
		{"uniqueItems", properties(`"list":{"uniqueItems":true}`), `{"list":[1,1.0]}`, told + "list: items 0 and 1 are equal, but the tool wants none twice"},
		{"not", properties(`"n":{"not":{"type":"string"}}`), `{"n":""}`, told + "n: is what the tool rules out"},
		{"dependentRequired", `{"type":"object","dependentRequired":{"unit":["city"]}}`, `{"unit":1}`, told + "city: is missing, but the tool requires it beside unit"},
		{"propertyNames", `{"type":"object","propertyNames":{"maxLength":3}}`, `{"unit":1}`, told + "unit: is no name that the tool allows here"},
		{"the first three", `{"type":"object","required":["d","c","b","a"]}`, `{}`, told + "a: is missing, but the tool requires it\n" + told + "b: is missing, but the tool requires it\n" + told + "c: is missing, but the tool requires it"},

		{"escaped keys", properties(`"\u0063ity":{"type":"string"}`), `{"c\u0069ty":1}`, told + "city: is 1, but the tool wants a string"},
		{"other scripts", properties(`"城市":{"type":"string"}`), `{"城市":1}`, told + "城市: is 1, but the tool wants a string"},
		{"odd names", properties(`"a b":{"type":"string"},"":{"type":"string"}`), `{"a b":1,"":1}`, told + `[""]: is 1, but the tool wants a string` + "\n" + told + `["a b"]: is 1, but the tool wants a string`},
		{"of a key twice the last counts", properties(`"n":{"type":"string"}`), `{"n":1,"n":"x"}`, ""},
		{"arrays in arrays", properties(`"m":{"type":"array","items":{"type":"array","items":{"type":"number"}}}`), `{"m":[[1],[2,"3"]]}`, told + "m[1][1]: is a string, but the tool wants a number"},
		{"a long value", properties(`"n":{"enum":["a"]}`), `{"n":"` + strings.Repeat("ü", 80) + `"}`, told + `n: "` + strings.Repeat("ü", 29) + `…" is none of the values that the tool allows ("a")`},
		{"no value is allowed", properties(`"n":false`), `{"n":1}`, told + "n: is nothing that the tool takes"},
		{"any value is allowed", properties(`"n":true`), `{"n":1}`, ""},
		{"parameters: {}", `{}`, `{"n":1}`, ""},
		{"white space", properties(`"n":{"type":"integer"}`), " { \"n\" :\t1 } ", ""},

		{"$defs", `{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"integer"}}}`, `{"n":"1"}`, told + "n: is a string, but the tool wants an integer"},
		{"draft-07", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"n":{"$ref":"#/definitions/n"}},"definitions":{"n":{"type":"integer"}}}`, `{"n":"1"}`, told + "n: is a string, but the tool wants an integer"},
		{"items of draft-07", properties(`"pair":{"type":"array","items":[{"type":"string"},{"type":"number"}]}`), `{"pair":["a","b"]}`, told + "pair[1]: is a string, but the tool wants a number"},
		{"exclusiveMinimum of draft-04", properties(`"n":{"type":"number","minimum":0,"exclusiveMinimum":true}`), `{"n":0}`, told + "n: is 0, but the tool wants more than 0"},
		{"a reference to itself", `{"type":"object","properties":{"next":{"$ref":"#"},"n":{"type":"integer"}}}`, `{"next":{"next":{"n":"1"}}}`, told + "next.next.n: is a string, but the tool wants an integer"},
		{"a cycle", `{"type":"object","properties":{"n":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`, `{"n":1}`, ""},
		{"a reference to elsewhere", properties(`"n":{"$ref":"https://example.com/n.json"},"m":{"type":"string"}`), `{"n":1,"m":1}`, ""},
		{"a reference to a file", properties(`"n":{"$ref":"file:///etc/hostname"},"m":{"type":"string"}`), `{"n":1,"m":1}`, ""},
		{"a reference to a relative file", properties(`"n":{"$ref":"other.json"},"m":{"type":"string"}`), `{"n":1,"m":1}`, ""},
		{"another $schema", `{"$schema":"https://example.com/schema","type":"object","properties":{"n":{"type":"string"}}}`, `{"n":1}`, ""},
		{"references without end", `{"type":"object","allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},"b":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}`, `{"n":1}`, ""},
		{"exponentially many references", exponential(40), `{"n":1}`, ""},
		{"pattern", properties(`"code":{"type":"string","pattern":"^[a-z]+$"}`), `{"code":"A1"}`, told + `code: "A1" does not have the pattern that the tool wants (^[a-z]+$)`},
		{"a pattern that Go does not know", properties(`"code":{"type":"string","pattern":"^(?!x)"},"n":{"type":"string"}`), `{"code":"x","n":"1"}`, ""},
		{"a pattern that means another thing", properties(`"code":{"type":"string","pattern":"^\\Aab$"}`), `{"code":"b"}`, ""},
		{"a pattern of space", properties(`"code":{"type":"string","pattern":"^\\s$"}`), `{"code":"\u00a0"}`, ""},
		{"a hostile pattern", properties(`"code":{"type":"string","pattern":"^(a+)+$"}`), `{"code":"` + strings.Repeat("a", 5000) + `!"}`, told + `code: "` + strings.Repeat("a", 59) + `…" does not have the pattern that the tool wants (^(a+)+$)`},
		{"format", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"at":{"type":"string","format":"date-time"},"re":{"type":"string","format":"regex"}},"required":["at"],"minProperties":1}`, `{"at":"soon","re":"("}`, ""},

		{"no object", properties(`"n":{"type":"string"}`), `[]`, "FTT003 warning arguments: holds JSON, but no object"},
		{"no JSON", properties(`"n":{"type":"string"}`), `{"n":}`, "FTT003 warning arguments: does not hold JSON"},
		{"no JSON at the end", properties(`"n":{"type":"string"}`), `{"n":"a"} x`, "FTT003 warning arguments: does not hold JSON"},
		{"empty", properties(`"n":{"type":"string"}`), ``, `FTT003 warning arguments: is empty: without arguments it is "{}"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ofTools(t, argumentsLine(test.arguments, test.parameters)); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// exponential is a schema whose references are followed 2^n times.
func exponential(n int) string {
	var defs []string
	for i := range n {
		defs = append(defs, fmt.Sprintf(`"a%d":{"allOf":[{"$ref":"#/$defs/a%d"},{"$ref":"#/$defs/a%d"}]}`, i, i+1, i+1))
	}
	defs = append(defs, fmt.Sprintf(`"a%d":{"required":["m"]}`, n))
	return `{"type":"object","$ref":"#/$defs/a0","$defs":{` + strings.Join(defs, ",") + `}}`
}

// TestSameNamedTools: what one of them takes is right.
func TestSameNamedTools(t *testing.T) {
	text, number := properties(`"n":{"type":"string"}`), properties(`"n":{"type":"number"}`)
	if got := ofTools(t, argumentsLine(`{"n":1}`, text, number)); got != "" {
		t.Error(got)
	}
	if got := ofTools(t, argumentsLine(`{"n":[]}`, text, number)); got != "FTT004 warning arguments: n: is an array, but the tool wants a string" {
		t.Error(got)
	}
}

// TestFunctionCallArguments: the deprecated form is held against functions.
func TestFunctionCallArguments(t *testing.T) {
	line := functionsChat(`{"arguments":"{\"city\": 1}","name":"w\u0065ather"}`)
	line = line[:len(line)-1] + `,"functions":[{"name":"weather","parameters":` + properties(`"city":{"type":"string"}`) + `}]}`
	want := "FTT004 warning messages[2].function_call.arguments: city: is 1, but the tool wants a string\nFTT014 info functions: is deprecated: use `tools`"
	if got := ofTools(t, line); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBrokenParameters(t *testing.T) {
	const told = "FTT010 warning parameters"
	const types = " is no type of JSON Schema: there are string, number, integer, boolean, array, object and null"
	for _, test := range []struct {
		name, parameters, want string
	}{
		{"type", properties(`"city":{"type":"strng"}`), told + `.properties.city.type: "strng"` + types},
		{"types", properties(`"city":{"type":["string","any"]}`), told + `.properties.city.type[1]: "any"` + types},
		{"a property that is called type", properties(`"type":{"type":"string"},"n":{"type":"float"}`), told + `.properties.n.type: "float"` + types},
		{"required", `{"type":"object","properties":{},"required":"city"}`, told + ".required: is a string: JSON Schema wants something else here, so arguments cannot be checked"},
		{"required of draft-03", properties(`"city":{"type":"string","required":true}`), told + ".properties.city.required: is true: JSON Schema wants something else here, so arguments cannot be checked"},
		{"properties", `{"type":"object","properties":[]}`, told + ".properties: is an array: JSON Schema wants something else here, so arguments cannot be checked"},
		{"a property", properties(`"city":"string"`), told + ".properties.city: is a string: JSON Schema wants something else here, so arguments cannot be checked"},
		{"several", properties(`"b":{"type":"int"},"a":{"items":{"type":"str"}}`), told + `.properties.b.type: "int"` + types + "\n" + told + `.properties.a.items.type: "str"` + types},
		{"a reference", properties(`"city":{"$ref":"#/$defs/city"}`), told + `.properties.city.$ref: "#/$defs/city" is not in these parameters, so arguments cannot be checked`},
		{"the type of the whole is FTT010's error", `{"type":"dict","properties":{}}`, "FTT010 error parameters.type: the parameters of a function are an object: their type is \"object\""},
		{"below a type that is none", `{"type":"dict","properties":{"n":{"type":"float"}}}`, "FTT010 error parameters.type: the parameters of a function are an object: their type is \"object\"\n" + told + `.properties.n.type: "float"` + types},
		{"a pattern", properties(`"city":{"type":"string","pattern":"("}`), ""},
		{"words of one's own", properties(`"city":{"type":"string","optional":"yes","x-order":1}`), ""},
		{"too large to look at", properties(`"city":{"type":"strng","enum":[` + strings.TrimSuffix(strings.Repeat("1,", 3000), ",") + `]}`), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ofTools(t, argumentsLine(`{}`, test.parameters)); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// FuzzArguments holds shapes against the library: what they call surely valid must
// be so, and the schema that is made of a shape must judge as the one that the
// library makes itself.
func FuzzArguments(f *testing.F) {
	for _, seed := range []struct{ parameters, arguments string }{
		{properties(`"city":{"type":"string"}`), `{"city":"Lima"}`},
		{`{"type":"object","properties":{"a":{"type":"integer","minimum":1,"maximum":9},"b":{"enum":["x",1,null]}},"required":["a"],"additionalProperties":false}`, `{"a":3,"b":"x"}`},
		{`{"type":"object","properties":{"l":{"type":"array","items":{"anyOf":[{"type":"string","minLength":2,"maxLength":4},{"type":"null"}]},"minItems":1,"maxItems":3}}}`, `{"l":["abc",null]}`},
		{`{"additionalProperties":{"type":["number","boolean"]},"required":["é"]}`, `{"é":1.0e2,"f":true}`},
		{`{"type":"object","properties":{"n":{"type":"number","minimum":0.5}},"anyOf":[{"required":["n"]},{"required":["m"]}]}`, `{"n":0.25,"m":{"a":[1,{"b":[]}]}}`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","title":"t","examples":[],"properties":{"a":true,"b":false}}`, "{\"a\" : [ 1 , 2 ] }\n"},
		{properties(`"a":{"enum":["\u00e9",1e2,[1,{"x":2}]]}`), `{"a":"é","a":[1,{"x":2}]}`},
	} {
		f.Add(seed.parameters, seed.arguments)
	}
	f.Fuzz(func(t *testing.T, parameters, arguments string) {
		if len(parameters) > 2000 || len(arguments) > 2000 || !dataset.NewDecoder(dataset.Options{}).Decode([]byte(parameters)).Top.Present() {
			t.Skip()
		}
		e := dataset.NewDecoder(dataset.Options{}).Decode([]byte(parameters))
		if e.Broken || len(e.Faults) > 0 {
			t.Skip() // shapes are made of lines that are JSON
		}
		raw := []byte(strings.TrimSpace(parameters))
		shape, _, sure := shapeOf(raw)
		if !sure {
			t.Skip()
		}
		s := compileSchema(raw)
		if s.compiled == nil {
			if _, _, tame := measure(raw); !tame {
				t.Skip() // numbers in annotations
			}
			t.Fatalf("a shape was made of what the library does not take: %v", s.faults)
		}
		fits := shape.fits([]byte(arguments))
		if fits && !json.Valid([]byte(arguments)) {
			t.Fatal("fits, but is no JSON")
		}
		of, whole := fmt.Sprint(s.judge([]byte(arguments), shape, lineWork(0))), fmt.Sprint(s.judge([]byte(arguments), nil, lineWork(0)))
		if of != whole {
			t.Fatalf("by the shape\n%s\nby the library\n%s", of, whole)
		}
		if fits && whole != "[]" {
			t.Fatal("surely valid, but ", whole)
		}
	})
}

// TestHostileSchemas: a line takes no more time than lines of its length may.
func TestHostileSchemas(t *testing.T) {
	many := func(n int, format string) string {
		var parts []string
		for i := range n {
			parts = append(parts, strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return strings.Join(parts, ",")
	}
	call := `{"id":"c#","type":"function","function":{"name":"weather","arguments":"{\"n\":{\"n\":{\"n\":{\"n\":1}}}}"}}`
	for _, test := range []struct{ name, parameters string }{
		{"references, again and again", exponential(14)},
		{"references in what is nested", `{"type":"object","properties":{"n":{"allOf":[` + many(12, `{"$ref":"##"}`) + `]}}}`},
		{"many schemas", `{"type":"object","allOf":[` + many(900, `{"title":"#"}`) + `]}`},
		{"many ids", `{"type":"object","$defs":{` + many(400, `"d#":{"$id":"i#"}`) + `}}`},
		{"deep", `{"type":"object","not":` + strings.Repeat(`{"not":`, 5000) + "{}" + strings.Repeat("}", 5001)},
		{"deep, but not too deep", `{"type":"object","not":` + strings.Repeat(`{"not":`, 150) + "{}" + strings.Repeat("}", 151)},
		{"large numbers", properties(`"n":{"multipleOf":1e999999999}`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			line := argsChat("{}", strings.ReplaceAll(test.parameters, "##", "#"))
			line = strings.Replace(line, line[strings.Index(line, `"tool_calls":[`):strings.Index(line, `,{"role":"tool"`)], `"tool_calls":[`+many(2000, call)+`]}`, 1)
			begun := time.Now()
			ofTools(t, line)
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("a line of %d bytes took %s", len(line), took)
			} else {
				t.Log(took)
			}
		})
	}
}
