package dataset_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bytedance/sonic"
	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint/dataset"
)

func decode(line string) *dataset.Example {
	return dataset.NewDecoder(dataset.Options{Messages: true, Markers: true}).Decode([]byte(line))
}

// accepts reports whether e is JSON and UTF-8 as RFC 8259 wants them.
func accepts(e *dataset.Example) bool {
	for _, f := range e.Faults {
		switch f.Kind {
		case dataset.FaultDuplicateKey, dataset.FaultLoneSurrogate, dataset.FaultDeep, dataset.FaultLineSeparator, dataset.FaultManyItems:
		default:
			return false
		}
	}
	return true
}

// FuzzDecode holds the decoder against encoding/json and sonic.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Grüße 你好 \n\u00e9\ud83d\ude00","weight":1}]}`,
		`{"input":{"messages":[]},"preferred_output":[{"role":"assistant","content":null}],"non_preferred_completion":[]}`,
		`{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}],"tools":[{}]}`,
		`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x","detail":"low"}},{"type":"text","text":""}]}]}`,
		`{"prompt":"a","completion":"b","\u0070rompt":1}`,
		`[1,-0.5e+10,true,false,null,"\ud800"]`, "{\"a\":\"\xff\"}", "\xef\xbb\xbf{}", `{"a":NaN}`, `{} {}`, "{\"a\":\"\t\"}", "\x00", `{'a':1}`, "{}\r{}",
		"{\"a\":\"\u2028\u0085 \u0410\u0411 \u0412\"}", `{"x":[[[[[[[]]]]]]]}`, "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		d := dataset.NewDecoder(dataset.Options{Messages: true, Markers: true, Phrases: []string{"chain of thought"}})
		e := d.Decode(line)
		for _, fault := range e.Faults {
			if fault.Start > fault.End || int(fault.End) > len(line) {
				t.Fatalf("fault outside of the line: %+v", fault)
			}
		}
		want := json.Valid(line) && utf8.Valid(line)
		if got := accepts(e); got != want {
			t.Fatalf("accepted %v, encoding/json and utf8 say %v: %q\nfaults: %v", got, want, line, e.Faults)
		}
		offsets := make([]uint32, 0, len(line)+1)
		for i := range len(line) + 1 {
			offsets = append(offsets, uint32(i))
		}
		if paths := dataset.PathsAt(line, offsets); len(paths) != len(offsets) {
			t.Fatalf("%d paths for %d offsets", len(paths), len(offsets))
		}
		if !want {
			return
		}
		if !sonic.Valid(line) {
			t.Fatalf("sonic refuses %q", line)
		}
		if e.Broken {
			t.Fatalf("broken, but accepted: %q", line)
		}
		if e.Top.Kind == dataset.Object {
			checkExample(t, e)
		}
	})
}

// checkExample holds what was decoded against encoding/json.
func checkExample(t *testing.T, e *dataset.Example) {
	t.Helper()
	var want map[string]json.RawMessage
	if err := json.Unmarshal(e.Line, &want); err != nil {
		t.Fatal(err)
	}
	got := map[string]json.RawMessage{}
	for _, f := range e.Fields {
		got[string(e.Text(f.Key))] = e.Raw(f.Value)
	}
	for key, raw := range want {
		if !utf8.ValidString(key) || strings.Contains(key, "\uFFFD") {
			continue // lone surrogates fall together in encoding/json
		}
		if !bytes.Equal(bytes.TrimSpace(got[key]), bytes.TrimSpace(raw)) {
			t.Fatalf("%q: got %s, want %s", key, got[key], raw)
		}
	}
	for i := range e.All {
		m := &e.All[i]
		for _, v := range []dataset.Value{m.Content, m.Name, m.RoleValue} {
			if v.Kind != dataset.String {
				continue
			}
			var want string
			if err := json.Unmarshal(e.Raw(v), &want); err != nil {
				t.Fatal(err)
			}
			if got := string(e.Text(v)); got != want {
				t.Fatalf("text of %s: got %q, want %q", e.Raw(v), got, want)
			}
			if got, want := e.Blank(v), strings.TrimSpace(want) == ""; got != want {
				t.Fatalf("blank %s: got %v, want %v", e.Raw(v), got, want)
			}
		}
	}
}

func TestDecodeChat(t *testing.T) {
	e := decode(`{"messages":[{"role":"system","content":"S"},{"role":"assistant","content":null,"weight":0,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],"mood":"good"},{"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"u","detail":"low"}}]}],"tools":[1],"extra":true}`)
	if len(e.Faults) > 0 || e.Shape != dataset.ShapeChat || len(e.Messages.Items) != 3 {
		t.Fatalf("faults %v, shape %v, messages %d", e.Faults, e.Shape, len(e.Messages.Items))
	}
	m := e.Messages.Items
	got := []string{
		m[0].Role.String(), string(e.Text(m[0].Content)),
		m[1].Role.String(), m[1].Content.Kind.String(), string(e.Raw(m[1].Weight)),
		string(e.Text(m[1].Calls[0].ID)), string(e.Text(m[1].Calls[0].Name)), string(e.Text(m[1].Calls[0].Arguments)), string(e.Text(m[1].Other[0].Key)),
		string(e.Text(m[2].Parts[0].Text)), string(e.Text(m[2].Parts[1].URL)), string(e.Text(m[2].Parts[1].Detail)),
		string(e.Raw(e.Tools)), string(e.Text(e.Fields[2].Key)),
	}
	want := []string{"system", "S", "assistant", "null", "0", "c1", "f", `{"a":1}`, "mood", "t", "u", "low", "[1]", "extra"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	facts := dataset.FactWeight | dataset.FactCalls | dataset.FactMessageOther | dataset.FactContentOdd | dataset.FactParts | dataset.FactImage | dataset.FactTools | dataset.FactTurns | dataset.FactKeys | dataset.FactFields
	if e.Facts != facts {
		t.Errorf("facts %b, want %b", e.Facts, facts)
	}
}

func TestShapes(t *testing.T) {
	for line, want := range map[string]dataset.Shape{
		`{"messages":[]}`:                            dataset.ShapeChat,
		`{"messages":[],"prompt":"a"}`:               dataset.ShapeChat,
		`{"input":{"messages":[]}}`:                  dataset.ShapePreference,
		`{"preferred_completion":[]}`:                dataset.ShapePreference,
		`{"prompt":"a","completion":"b"}`:            dataset.ShapeCompletion,
		`{"prompt":"a","chosen":"b","rejected":"c"}`: dataset.ShapeChosenRejected,
		`{"conversations":[]}`:                       dataset.ShapeShareGPT,
		`{"instruction":"a","output":"b"}`:           dataset.ShapeAlpaca,
		`{"input":"a","output":"b"}`:                 dataset.ShapeInputOutput,
		`{"text":"a"}`:                               dataset.ShapeText,
		`{"custom_id":"a","body":{}}`:                dataset.ShapeBatchRequest,
		`{"chosen_messages":[]}`:                     dataset.ShapeChosenMessages,
		`{"a":1}`:                                    dataset.ShapeUnknown,
	} {
		if got := decode(line).Shape; got != want {
			t.Errorf("%s: got %v, want %v", line, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	many := "{" + strings.Repeat(`"k":1,`, 40) + `"z":1}`
	for _, test := range []struct {
		line   string
		kind   dataset.FaultKind
		start  uint32
		broken bool
	}{
		{`{"a":1,"a":2}`, dataset.FaultDuplicateKey, 7, false},
		{`{"a":1,"\u0061":2}`, dataset.FaultDuplicateKey, 7, false},
		{`{"messages":[],"messages":[]}`, dataset.FaultDuplicateKey, 15, false},
		{`{"messages":[{"role":"user","role":"user"}]}`, dataset.FaultDuplicateKey, 28, false},
		{`{"x":{"role":1,"role":2}}`, dataset.FaultDuplicateKey, 15, false},
		{many, dataset.FaultDuplicateKey, 7, false},
		{`{"a":"\ud800"}`, dataset.FaultLoneSurrogate, 6, false},
		{`{"a":"\udc00\ud800"}`, dataset.FaultLoneSurrogate, 6, false},
		{`{"a":"\ud800\u0041"}`, dataset.FaultLoneSurrogate, 6, false},
		{"{\"a\":\"x\tb\"}", dataset.FaultControl, 7, false},
		{"{\"a\":\"x\x00b\"}", dataset.FaultControl, 7, false},
		{"\x00\x00", dataset.FaultControl, 0, true},
		{"{\"a\":\"xy\xe4\"}", dataset.FaultUTF8, 8, false},
		{"{\"a\":\"\xed\xa0\x80\"}", dataset.FaultUTF8, 6, false},
		{"{\"a\":\"\xc0\xaf\"}", dataset.FaultUTF8, 6, false},
		{"{\"a\":\xff}", dataset.FaultUTF8, 5, true},
		{`{"a":NaN}`, dataset.FaultNotFinite, 5, false},
		{`{"a":-Infinity}`, dataset.FaultNotFinite, 5, false},
		{"\xef\xbb\xbf{}", dataset.FaultBOM, 0, false},
		{"{}\r{}", dataset.FaultLoneCR, 2, false},
		{`{},`, dataset.FaultTrailing, 2, false},
		{`{}{}`, dataset.FaultTrailing, 2, false},
		{`{"a":1,}`, dataset.FaultSyntax, 7, true},
		{`{"a":[1,]}`, dataset.FaultSyntax, 8, true},
		{`{"a":01}`, dataset.FaultSyntax, 5, true},
		{`{"a":"b`, dataset.FaultSyntax, 5, true},
		{`{"a":"\x"}`, dataset.FaultSyntax, 6, true},
		{`{"a":True}`, dataset.FaultSyntax, 5, true},
		{`{'a':1}`, dataset.FaultSyntax, 1, true},
		{"{\"a\":\"\u2028\"}", dataset.FaultLineSeparator, 6, false},
		{"{\"a\":\"\u00e4\u0085\"}", dataset.FaultLineSeparator, 8, false},
		{strings.Repeat("[", 65) + strings.Repeat("]", 65), dataset.FaultDeep, 64, false},
		{strings.Repeat("[", 100_000), dataset.FaultDeep, 64, true},
	} {
		e := decode(test.line)
		if len(e.Faults) == 0 || e.Faults[0].Kind != test.kind || e.Faults[0].Start != test.start || e.Broken != test.broken {
			t.Errorf("%.60q: got %+v (broken %v), want kind %v at %d (broken %v)", test.line, e.Faults, e.Broken, test.kind, test.start, test.broken)
		}
	}
	e := decode(strings.Repeat("[", dataset.MaxDepth+1))
	if last := e.Faults[len(e.Faults)-1]; last.Kind != dataset.FaultTooDeep || last.Start != dataset.MaxDepth {
		t.Errorf("nested too deep: got %+v", last)
	}
	for line, want := range map[string]int{
		`{"preferred_output":[],"preferred_completion":[]}`:                          0,
		`{"non_preferred_completion":[],"non_preferred_output":[]}`:                  0,
		`{"preferred_output":[],"preferred_completion":[],"preferred_output":[]}`:    1,
		`{"preferred_completion":[],"preferred_output":[],"preferred_completion":1}`: 1,
	} {
		if e := decode(line); len(e.Faults) != want {
			t.Errorf("%s: got %v, want %d", line, e.Faults, want)
		}
	}
	if reason := decode(`{"a":"b`).Faults[0].Reason; !strings.Contains(reason, `\n`) || !strings.Contains(reason, "cut off") {
		t.Errorf("a line that ends inside a string: %s", reason)
	}
	if n := len(decode(many).Faults); n != 39 {
		t.Errorf("40 times the same key: %d duplicates", n)
	}
}

func TestPathsAt(t *testing.T) {
	line := `{"messages":[{"role":"user"},{"a b":{"x":[1,{"y":2}]},"tools":[]}],"z":3}`
	for at, want := range map[string]string{
		`{"messages`: "", `"messages"`: "messages", `[{"role"`: "messages", `{"role"`: "messages[0]", `"role"`: "messages[0].role", `"user"`: "messages[0].role",
		`{"a b"`: "messages[1]", `"a b"`: `messages[1]["a b"]`, `1,{`: `messages[1]["a b"].x[0]`, `2}]`: `messages[1]["a b"].x[1].y`,
		`[]}`: "messages[1].tools", `3}`: "z",
	} {
		i := strings.Index(line, at)
		if got := dataset.PathsAt([]byte(line), []uint32{uint32(i)}); got[0].Text != want {
			t.Errorf("%s at %d: got %q, want %q", at, i, got[0].Text, want)
		}
	}
	got := dataset.PathsAt([]byte(line), []uint32{uint32(strings.Index(line, `2}]`))})
	if got[0].Shape != `messages[*]["a b"].x[*].y` {
		t.Errorf("shape %q", got[0].Shape)
	}
}

func TestPhrases(t *testing.T) {
	d := dataset.NewDecoder(dataset.Options{Phrases: []string{"show your reasoning", "chain of thought"}})
	for pad := range 40 {
		line := `{"a":"` + strings.Repeat("x", pad) + `Show YOUR reasoning"}`
		if d.Decode([]byte(line)).Facts&dataset.FactPhrase == 0 {
			t.Errorf("phrase missed at %d", pad)
		}
		line = `{"a":"` + strings.Repeat("x", pad) + `show your seasoning, chain of thoughs"}`
		if d.Decode([]byte(line)).Facts&dataset.FactPhrase != 0 {
			t.Errorf("no phrase at %d, but found", pad)
		}
	}
}

// TestJSONTestSuite reads the files of nst/JSONTestSuite that are one line.
func TestJSONTestSuite(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/json/JSONTestSuite_test_parsing/*.json")
	if len(files) == 0 {
		t.Skip("../shared/data/json is not here")
	}
	checked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if bytes.ContainsAny(text, "\n\r") || name[0] == 'i' {
			continue
		}
		checked++
		for _, line := range [][]byte{text, append(append([]byte(`{"messages":[],"x":`), text...), '}')} {
			// A line with a byte-order mark, or an empty one, is not the decoder's alone.
			if got, want := accepts(decode(string(line))), name[0] == 'y'; got != want && len(text) > 0 {
				t.Errorf("%s: accepted %v: %.80q", name, got, line)
			}
		}
	}
	t.Logf("%d files", checked)
}

// TestLargeText: a long text with escapes is the same as a short one, and made once.
func TestLargeText(t *testing.T) {
	long := strings.Repeat(`line\n\u00e9 \"`, 20_000)
	e := decode(`{"messages":[{"role":"user","content":"` + long + `"},{"role":"user","content":"` + long + `x"}]}`)
	for i, want := range []string{strings.Repeat("line\né \"", 20_000), strings.Repeat("line\né \"", 20_000) + "x"} {
		v := e.All[i].Content
		if got := e.Text(v); string(got) != want {
			t.Errorf("text %d has %d bytes, want %d", i, len(got), len(want))
		}
		if n := testing.AllocsPerRun(5, func() { e.Text(v) }); n > 0 {
			t.Errorf("%v allocations for a text that was asked for before", n)
		}
	}
}

// TestDerived: what is made of a line is made once, and again for the next.
func TestDerived(t *testing.T) {
	made := 0
	derive := func() any { made++; return made }
	d := dataset.NewDecoder(dataset.Options{})
	e := d.Decode([]byte(`{}`))
	if e.Derived("a", derive) != 1 || e.Derived("b", derive) != 2 || e.Derived("a", derive) != 1 {
		t.Error("a line is looked at again")
	}
	if e = d.Decode([]byte(`{}`)); e.Derived("a", derive) != 3 {
		t.Error("a new line is not looked at")
	}
}
