package dataset

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

func identify(line string) Identity {
	var id Identifier
	return id.Identify(NewDecoder(Options{Messages: true}).Decode([]byte(line)))
}

// TestIdentitySame has lines that say the same.
func TestIdentitySame(t *testing.T) {
	for _, same := range [][2]string{
		{`{"messages":[{"role":"user","content":"é/\n\"\u0001"}]}`, ` { "messages" : [ { "content" : "\u00e9\/\u000a\u0022\u0001" , "role" : "user" } ] } `},
		{`{"messages":[{"role":"user","content":"\ud83d\ude00\u001F"}],"id":1,"a":"b"}`, `{"a":"\u0062","id":1,"messages":[{"role":"\u0075ser","content":"😀\u001f"}]}`},
		{`{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function"}]}]}`, `{"messages":[{"tool_calls":[{"type":"function","id":"\u0061"}],"content":null,"role":"assistant"}]}`},
		{`{"prompt":"a","completion":"b/"}`, `{"completion":"b\/", "prompt":"a"}`},
		{`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`, `{"preferred_output":[{"content":"b","role":"assistant"}],"input":{"messages":[{"role":"user","content":"\u0061"}]},"non_preferred_output":[{"role":"assistant","content":"c"}]}`},
	} {
		if a, b := identify(same[0]), identify(same[1]); a != b {
			t.Errorf("these lines are told apart:\n%s\n%s", same[0], same[1])
		}
	}
}

// TestIdentityDiffers has lines that do not say the same.
func TestIdentityDiffers(t *testing.T) {
	lines := []string{
		`{"messages":[{"role":"user","content":"a"}]}`,
		`{"messages":[{"role":"system","content":"a"}]}`,
		`{"messages":[{"role":"user","content":"a"}],"id":1}`,
		`{"messages":[{"role":"user","content":"a"}],"id":"1"}`,
		`{"messages":[{"role":"user","content":"a","weight":1}]}`,
		`{"messages":[{"role":"user","content":"a","weight":0}]}`,
		`{"messages":[{"role":"user","content":"a","content":"a"}]}`,
		`{"messages":[{"role":"user","content":["a"]}]}`,
		`{"messages":[{"role":"user","content":"a","name":"b"}]}`,
		`{"messages":[{"role":"user","content":"a"},{"role":"user","content":"a"}]}`,
		`{"messages":[{"role":"user","content":"\\n"}]}`,
		`{"messages":[{"role":"user","content":"\n"}]}`,
		`{"messages":[{"role":"user","content":"a"}]}{"messages":[]}`,
		`{"prompt":"a","completion":"b"}`,
		`{"prompt":"b","completion":"a"}`,
		`{"prompt":"ab","completion":""}`,
		`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`,
		`{"input":{"messages":[{"role":"user","content":"a"}],"tools":[]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`,
		`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_completion":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`,
		`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_completion":[{"role":"assistant","content":"c"}]}`,
		`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b","weight":1}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`,
		`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}],"id":1}`,
		`{"input":{"messages":[{"role":"user","content":"a"}],"id":1},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`,
		`{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_completion":[],"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`,
	}
	seen := map[Hash]string{}
	for _, line := range lines {
		whole := identify(line).Whole
		if other, ok := seen[whole]; ok {
			t.Errorf("these lines are taken for the same:\n%s\n%s", other, line)
		}
		seen[whole] = line
	}
}

// TestIdentityParts: the prompt is what is answered, the answer what is trained.
func TestIdentityParts(t *testing.T) {
	const ask, lima, cusco = `{"role":"user","content":"Q"}`, `{"role":"assistant","content":"Lima"}`, `{"role":"assistant","content":"Cusco"}`
	chat := func(messages ...string) Identity {
		return identify(`{"messages":[` + strings.Join(messages, ",") + `]}`)
	}
	a, b := chat(ask, lima), chat(ask, cusco)
	if a.Prompt == 0 || a.Prompt != b.Prompt || a.Answer == b.Answer {
		t.Errorf("two answers to one question: %+v %+v", a, b)
	}
	if w := chat(ask, `{"role":"assistant","content":"Lima","weight":1}`); w.Prompt != a.Prompt || w.Answer != a.Answer || w.Whole == a.Whole {
		t.Errorf("a weight: %+v %+v", a, w)
	}
	if w := chat(ask, `{"role":"assistant","content":"Lima","weight":0}`); w.Answer != 0 {
		t.Errorf("what is not trained is an answer: %+v", w)
	}
	if w := chat(lima); w.Prompt != 0 {
		t.Errorf("nobody asked: %+v", w)
	}
	if w := chat(`{"role":"system","content":"S"}`, lima); w.Prompt != 0 {
		t.Errorf("nobody but the system prompt asked: %+v", w)
	}
	tools := identify(`{"messages":[` + ask + `,` + lima + `],"tools":[{"type":"function"}]}`)
	if tools.Prompt == a.Prompt || tools.Answer != a.Answer {
		t.Errorf("other tools: %+v %+v", a, tools)
	}
	id := identify(`{"messages":[` + ask + `,` + lima + `],"id":7}`)
	if id.Prompt != a.Prompt || id.Whole == a.Whole {
		t.Errorf("another id: %+v %+v", a, id)
	}
}

// TestIdentityEscapes: however a string is escaped, it is the same, and only then.
func TestIdentityEscapes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("ab/\\\"\n\t\x01\u00e9\u4e2d\U0001F600")
	write := func(text []rune) string {
		var b strings.Builder
		for _, r := range text {
			plain, _ := json.Marshal(string(r))
			switch {
			case random.IntN(2) == 0:
				b.Write(plain[1 : len(plain)-1])
			case r == '/':
				b.WriteString(`\/`)
			case r < 0x10000:
				const hex = "0123456789ABCDEF"
				b.WriteString(`\u` + string([]byte{hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15]}))
			default:
				b.WriteString(`\uD83D\uDE00`)
			}
		}
		return `{"messages":[{"role":"user","content":"` + b.String() + `"}]}`
	}
	byText := map[string]Hash{}
	byHash := map[Hash]string{}
	for range 20000 {
		text := make([]rune, random.IntN(5))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		line := write(text)
		got := identify(line).Whole
		if want, ok := byText[string(text)]; ok && got != want {
			t.Fatalf("another hash of the same text %q in %s", string(text), line)
		}
		if other, ok := byHash[got]; ok && other != string(text) {
			t.Fatalf("the same hash of %q and %q", other, string(text))
		}
		byText[string(text)], byHash[got] = got, string(text)
	}
}

func BenchmarkIdentify(b *testing.B) {
	line := `{"messages":[{"role":"system","content":"You answer in one sentence."},{"role":"user","content":"What is the capital of Peru?\nAnd of Chile?"},{"role":"assistant","content":"` + strings.Repeat("Lima and Santiago.\\n", 20) + `"}]}`
	e := NewDecoder(Options{Messages: true}).Decode([]byte(line))
	var id Identifier
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		id.Identify(e)
	}
}
