package tokenize_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// accounting is the accounting of a model of the built-in catalogue.
func accounting(t testing.TB, model string) tokenize.Accounting {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, known, err := tokenize.AccountingFor(c, model)
	if err != nil || !known {
		t.Fatal(model, known, err)
	}
	return a
}

// counter counts lines.
type counter struct {
	dataset.Counter
	decoder *dataset.Decoder
	counts  dataset.Counts
}

func newCounter(a tokenize.Accounting) *counter {
	return &counter{Counter: a.NewCounter(), decoder: dataset.NewDecoder(dataset.Options{Messages: true})}
}

func (c *counter) line(m dataset.Method, line string) *dataset.Counts {
	c.Count(c.decoder.Decode([]byte(line)), m, &c.counts)
	return &c.counts
}

// tiktokenCount returns a function that counts tokens with tiktoken-go.
func tiktokenCount(t testing.TB, encoding string) func(string) int {
	t.Helper()
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	e, err := tiktoken.GetEncoding(encoding)
	if err != nil {
		t.Fatal(err)
	}
	return func(s string) int { return len(e.EncodeOrdinary(s)) }
}

// TestExamples has the tokens of examples, added up by hand. Each word of their
// texts is a token in o200k_base.
func TestExamples(t *testing.T) {
	const sft, dpo, rft, completion = dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion
	const tool = `{"type":"function","function":{"name":"now"}}`
	for _, test := range []struct {
		name          string
		method        dataset.Method
		line          string
		openAI, azure int
		trained       int
		certainty     dataset.Certainty // for OpenAI
		doubts        dataset.Doubts
	}{
		{"chat", sft, `{"messages":[{"role":"user","content":"hello world"},{"role":"assistant","content":"yes"}]}`, 1 + 4 + 2 + 4 + 1, 3 + 4 + 2 + 4 + 1, 1, dataset.Exact, 0},
		{"escapes", sft, `{"messages":[{"role":"user","content":"hello\u0020world"},{"role":"assistant","content":"\u0079es"}]}`, 12, 14, 1, dataset.Exact, 0},
		{"weight 0", sft, `{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"yes","weight":0},{"role":"assistant","content":"no","weight":1}]}`, 1 + 3*5, 3 + 3*5, 1, dataset.Exact, 0},
		{"null", sft, `{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":null}]}`, 1 + 5 + 4, 3 + 5 + 4, 0, dataset.Exact, 0},
		{"name", sft, `{"messages":[{"role":"user","name":"bob","content":"hello"},{"role":"assistant","content":"yes"}]}`, 1 + 5 + 2 + 5, 3 + 5 + 2 + 5, 1, dataset.Estimate, dataset.DoubtName},
		{"parts", sft, `{"messages":[{"role":"user","content":[{"type":"text","text":"hello"},{"type":"text","text":"world"}]},{"role":"assistant","content":"yes"}]}`, 1 + 6 + 5, 3 + 6 + 5, 1, dataset.Estimate, dataset.DoubtParts},
		{"refusal", sft, `{"messages":[{"role":"user","content":"hello"},{"role":"assistant","refusal":"no"}]}`, 1 + 5 + 5, 3 + 5 + 5, 1, dataset.Estimate, dataset.DoubtRefusal},
		{"refusal part", sft, `{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]}`, 11, 13, 1, dataset.Estimate, dataset.DoubtRefusal | dataset.DoubtParts},
		{"call", sft, `{"messages":[{"role":"user","content":"hello"},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"now","arguments":"hello world"}}]},{"role":"tool","tool_call_id":"call_1","content":"yes"}]}`, 1 + 5 + 4 + 3 + 5, 3 + 5 + 4 + 3 + 5, 3, dataset.Estimate, dataset.DoubtTools | dataset.DoubtTool},
		{"function call", sft, `{"messages":[{"role":"user","content":"hello"},{"role":"assistant","function_call":{"name":"now","arguments":"hello\u0020world"}}]}`, 1 + 5 + 4 + 3, 3 + 5 + 4 + 3, 3, dataset.Estimate, dataset.DoubtTools},
		{"developer", sft, `{"messages":[{"role":"developer","content":"hello"},{"role":"assistant","content":"yes"}]}`, 11, 13, 1, dataset.Estimate, dataset.DoubtRole},
		{"no messages", sft, `{"messages":[1,"hello",{},{"weight":1}]}`, 1, 3, 0, dataset.Exact, 0},
		{"tools that define nothing", sft, `{"messages":[{"role":"user","content":"hello"}],"tools":[]}`, 6, 8, 0, dataset.Exact, 0},
		{"pair", dpo, `{"input":{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"hello"},{"role":"user","content":"hello"}]},"preferred_output":[{"role":"assistant","content":"hello world"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}`, 1 + 15 + 6 + 5, 3 + 15 + 6 + 5, 3, dataset.Estimate, dataset.DoubtPreference},
		{"task", rft, `{"messages":[{"role":"user","content":"hello"}],"answer":"hello world"}`, 6, 8, 0, dataset.Estimate, dataset.DoubtTask},
		{"completion", completion, `{"prompt":"hello world","completion":"yes"}`, 3, 3, 1, dataset.Estimate, dataset.DoubtCompletion},
	} {
		c := newCounter(accounting(t, "gpt-4o-mini")).line(test.method, test.line)
		got := fmt.Sprint(c.Tokens(dataset.OpenAI), c.Tokens(dataset.Azure), c.Tokens(dataset.AllProviders), c.Trained(), c.Certainty(dataset.OpenAI), c.Doubts)
		want := fmt.Sprint(test.openAI, test.azure, max(test.openAI, test.azure), test.trained, test.certainty, test.doubts)
		if got != want {
			t.Errorf("%s: %s, want %s (OpenAI's and Azure's tokens, the greater, trained)", test.name, got, want)
		}
	}
	c := newCounter(tokenize.Accounting{}).line(sft, `{"messages":[{"role":"user","content":"hello"}],"tools":[`+tool+`]}`)
	if text := "namespace functions {\n\ntype now = () => any;\n\n} // namespace functions"; c.Tools != tiktokenCount(t, "o200k_base")(text)-2 || c.Tokens(dataset.OpenAI) != 1+c.Tools+5 {
		t.Errorf("a tool counts as %d tokens of %d", c.Tools, c.Tokens(dataset.OpenAI))
	}
	if c.Certainty(dataset.OpenAI) != dataset.Estimate {
		t.Error("where no model is named the figures are said to be exact")
	}
}

// TestMeasuredOnly: figures are exact only for models that jobs were seen of.
func TestMeasuredOnly(t *testing.T) {
	const line = `{"messages":[{"role":"user","content":"hello"}]}`
	for model, want := range map[string][2]dataset.Certainty{
		"gpt-3.5-turbo-0125": {dataset.Estimate, dataset.Exact},
		"gpt-35-turbo-0613":  {dataset.Exact, dataset.Estimate},
		"gpt-4.1-mini":       {dataset.Estimate, dataset.Estimate},
	} {
		c := newCounter(accounting(t, model)).line(dataset.SFT, line)
		if got := [2]dataset.Certainty{c.Certainty(dataset.Azure), c.Certainty(dataset.OpenAI)}; got != want {
			t.Errorf("%s: %v for Azure and OpenAI, want %v", model, got, want)
		}
		if c.Certainty(dataset.AllProviders) != dataset.Estimate {
			t.Errorf("%s: exact for both providers", model)
		}
	}
}

// TestMessages has what is known of each message.
func TestMessages(t *testing.T) {
	c := newCounter(tokenize.Accounting{}).line(dataset.SFT, `{"messages":[{"role":"system","content":"hello"},{"role":"user","content":"hello world"},{"role":"assistant","content":"no","weight":0},{"role":"assistant","content":"yes","weight":1}]}`)
	frame := dataset.Bill{Azure: 4, OpenAI: 4}
	want := []dataset.MessageCounts{
		{Role: dataset.RoleSystem, Text: 1, Frame: frame},
		{Role: dataset.RoleUser, Text: 2, Frame: frame},
		{Role: dataset.RoleAssistant, Text: 1, Frame: frame},
		{Role: dataset.RoleAssistant, Text: 1, Frame: frame, Trained: true},
	}
	if diff := cmp.Diff(want, c.Messages); diff != "" {
		t.Error(diff)
	}
}

// TestWithin cuts examples at their end.
func TestWithin(t *testing.T) {
	const chat = `{"messages":[{"role":"user","content":"hello world"},{"role":"assistant","content":"yes no"}]}` // 1, 4+2, 4+2: text from 10 to 12
	const pair = `{"input":{"messages":[{"role":"user","content":"hello world"}]},"preferred_output":[{"role":"assistant","content":"yes no"}],"non_preferred_output":[{"role":"assistant","content":"yes"}]}`
	for _, test := range []struct {
		method          dataset.Method
		line            string
		limit           int
		tokens, trained int
	}{
		{dataset.SFT, chat, 0, 13, 2},
		{dataset.SFT, chat, 13, 13, 2},
		{dataset.SFT, chat, 12, 12, 2}, // the mark that ends the message
		{dataset.SFT, chat, 11, 11, 1},
		{dataset.SFT, chat, 10, 10, 0},
		{dataset.SFT, chat, 3, 3, 0},
		{dataset.DPO, pair, 13, 18, 3},
		{dataset.DPO, pair, 12, 17, 3},
		{dataset.DPO, pair, 11, 7 + 4 + 4, 2},
		{dataset.DPO, pair, 10, 7 + 3 + 3, 0},
	} {
		c := newCounter(tokenize.Accounting{}).line(test.method, test.line)
		if tokens, trained := c.Within(dataset.OpenAI, test.limit); tokens != test.tokens || trained != test.trained {
			t.Errorf("%s cut at %d: %d tokens, %d trained; want %d, %d", test.method, test.limit, tokens, trained, test.tokens, test.trained)
		}
	}
	if c := newCounter(tokenize.Accounting{}).line(dataset.DPO, pair); c.Longest(dataset.OpenAI) != 13 || c.Longest(dataset.Azure) != 15 {
		t.Errorf("the longest sequence of a pair: %d", c.Longest(dataset.OpenAI))
	}
}

// pngURI is a data URI of an image of the given size.
func pngURI(t testing.TB, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func imageLine(url, detail string) string {
	if detail != "" {
		detail = `,"detail":"` + detail + `"`
	}
	return `{"messages":[{"role":"user","content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"` + url + `"` + detail + `}}]},{"role":"assistant","content":"yes"}]}`
}

// TestImages has the figures that the providers document.
func TestImages(t *testing.T) {
	square, tall, page := pngURI(t, 1024, 1024), pngURI(t, 2048, 4096), pngURI(t, 1800, 2400)
	const remote = "https://example.com/a.png"
	for _, test := range []struct {
		model, url, detail string
		tokens, spare      int
	}{
		{"gpt-4.1", square, "high", 765, 0},
		{"gpt-4.1", square, "auto", 765, 0},
		{"gpt-4.1", square, "", 765, 0},
		{"gpt-4o", tall, "high", 1105, 0},
		{"gpt-4o", tall, "low", 85, 0},
		{"gpt-4o", remote, "low", 85, 0},
		{"gpt-4o", remote, "", 1445, 1445 - 255},
		{"gpt-4o", "data:image/png;base64,AAAA", "", 1445, 1445 - 255},
		{"gpt-4o-mini", square, "", 765, 0}, // by the rule of gpt-4.1
		{"gpt-4.1-mini", square, "", 1659, 0},
		{"gpt-4.1-mini", page, "", 2353, 0}, // 1452 squares
		{"gpt-4.1-nano", page, "low", 3572, 0},
		{"gpt-4.1-nano", remote, "", 3779, 3779 - 3},
	} {
		line := imageLine(strings.ReplaceAll(test.url, "/", `\/`), test.detail)
		c := newCounter(accounting(t, test.model)).line(dataset.SFT, line)
		if c.Images != 1 || c.ImageTokens != test.tokens || c.SpareTokens != test.spare || c.Tokens(dataset.OpenAI) != 1+5+test.tokens+5 {
			t.Errorf("%s, %.30s, detail %q: %d tokens, %d of them spare, of %d; want %d, %d", test.model, test.url, test.detail, c.ImageTokens, c.SpareTokens, c.Tokens(dataset.OpenAI), test.tokens, test.spare)
		}
		if want := (len(line) + 1 + 3) / 4; c.QuarterBytes != want {
			t.Errorf("a quarter of the bytes is %d, want %d", c.QuarterBytes, want)
		}
		want := dataset.Estimate
		if test.spare > 0 {
			want = dataset.UpperBound
		}
		if c.Certainty(dataset.Azure) != want {
			t.Errorf("%s, %.30s: %s, want %s", test.model, test.url, c.Certainty(dataset.Azure), want)
		}
	}
}

// TestToolText has the text that tool definitions are counted as.
func TestToolText(t *testing.T) {
	const tools = `[ {"type": "function", "function": {"name": "get_weather", "description": "Gets the \"weather\".", "parameters": {"type": "object",
		"required": ["city"], "properties": {
			"city": {"type": "string", "description": "The city.\nWith its country."},
			"unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
			"days": {"type": ["integer", "null"]}, "scale": {"enum": [1, 2.5, null]}, "one": {"const": "x"},
			"where": {"type": "object", "required": ["lat"], "properties": {"lat": {"type": "number", "description": "left out"}, "note": {}}},
			"tags": {"type": "array", "items": {"type": "string"}}, "any": {"type": "array"}, "flag": {"type": "boolean"},
			"either": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "free": {"type": "object"}}}}},
		{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}, 1, {"type": "function", "function": {"description": "no name"}} ]`
	const want = `namespace functions {

// Gets the "weather".
type get_weather = (_: {
// The city.
With its country.
city: string,
unit?: "celsius" | "fahrenheit",
days?: number | null,
scale?: 1 | 2.5 | null,
one?: "x",
where?: {
  lat: number,
  note?: any,
},
tags?: string[],
any?: any[],
flag?: boolean,
either?: string | null,
free?: {

},
}) => any;

type now = () => any;

} // namespace functions`
	count := tiktokenCount(t, "o200k_base")
	for name, member := range map[string]string{"tools": tools, "functions": strings.NewReplacer(`{"type": "function", "function": {"name": "get_weather"`, `{"name": "get_weather"`, `"free": {"type": "object"}}}}}`, `"free": {"type": "object"}}}}`, `{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}`, `{"name": "now"}`, `{"type": "function", "function": {"description": "no name"}}`, `{"description": "no name"}`).Replace(tools)} {
		line := `{"messages":[],"` + name + `":` + strings.ReplaceAll(member, "\n", " ") + `}`
		if got := newCounter(tokenize.Accounting{}).line(dataset.SFT, line).Tools; got != count(want)-2 {
			t.Errorf("%s: %d tokens, but the text has %d", name, got, count(want))
		}
	}
	pair := `{"input":{"messages":[],"tools":` + strings.ReplaceAll(tools, "\n", " ") + `},"preferred_output":[],"non_preferred_output":[]}`
	if got := newCounter(tokenize.Accounting{}).line(dataset.DPO, pair).Tools; got != count(want)-2 {
		t.Errorf("tools of a pair: %d tokens, but the text has %d", got, count(want))
	}
}

// TestToolTypesTwice names a type several times on each level of a schema, which
// must not multiply what is below it: a line of a kilobyte had as many tokens as
// a book, and more took all memory.
func TestToolTypesTwice(t *testing.T) {
	for _, level := range []string{
		`{"type":["object","object","object"],"properties":{"a":%s}}`,
		`{"type":["array","array","array"],"items":%s}`,
		`{"type":["a","b","object"],"properties":{"a":%s}}`,
		`{"type":["object","array"],"properties":{"a":{"type":"string"}},"items":%s}`,
	} {
		schema := `{"type":"string"}`
		for range 9 {
			schema = fmt.Sprintf(level, schema)
		}
		line := `{"messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":` + schema + `}}}}]}`
		if got := newCounter(tokenize.Accounting{}).line(dataset.SFT, line).Tools; got > len(line) {
			t.Errorf("%d tokens in %d bytes: %s", got, len(line), line)
		}
	}
}

// TestMeasuredTools: the tools of a public job and the framing of its calls cost
// 379 tokens, beside the names and arguments.
func TestMeasuredTools(t *testing.T) {
	lines := sharedLines(t, "files", "eunseo-com-openai-cookbook--drone_training.jsonl", 1)
	c := newCounter(accounting(t, "gpt-3.5-turbo-0125"))
	count := tiktokenCount(t, "cl100k_base")
	if len(lines) != 103 {
		t.Fatalf("%d examples, want 103", len(lines))
	}
	for i, line := range lines {
		var example struct {
			Messages []struct {
				Content   string
				ToolCalls []struct {
					Function struct{ Name, Arguments string }
				} `json:"tool_calls"`
			}
		}
		if err := json.Unmarshal([]byte(line), &example); err != nil {
			t.Fatal(err)
		}
		want := 1 + 379
		for _, m := range example.Messages {
			want += 4 + count(m.Content)
			for _, call := range m.ToolCalls {
				want += count(call.Function.Name) + count(call.Function.Arguments)
			}
		}
		if got := c.line(dataset.SFT, line); got.Tools != 379 || got.Tokens(dataset.OpenAI) != want {
			t.Fatalf("example %d: %d tokens, %d of tools; want %d, 379", i+1, got.Tokens(dataset.OpenAI), got.Tools, want)
		}
	}
}

// sharedLines returns every nth line of a file of ../shared/data.
func sharedLines(t testing.TB, folder, name string, nth int) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", folder, name))
	if err != nil {
		t.Skip("the public test data is not here (../shared/data): nothing to compare with")
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	if strings.HasSuffix(name, ".zst") {
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		scanner = bufio.NewScanner(z)
	}
	scanner.Buffer(nil, 64<<20)
	var lines []string
	for i := 0; scanner.Scan(); i++ {
		if i%nth == 0 {
			lines = append(lines, scanner.Text())
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// plain computes the tokens of a line in the plainest way, without tools.
func plain(t testing.TB, count func(string) int, line string) (openAI, azure, trained int) {
	t.Helper()
	type message struct {
		Role, Name string
		Content    any
		Weight     *int
		ToolCalls  []struct {
			Function struct{ Name, Arguments string }
		} `json:"tool_calls"`
	}
	var record struct {
		Messages     []message
		Input        struct{ Messages []message }
		Preferred    []message `json:"preferred_output"`
		NonPreferred []message `json:"non_preferred_output"`
	}
	if err := json.Unmarshal([]byte(line), &record); err != nil {
		t.Fatal(err)
	}
	openAI, azure = 1, 3
	for list, messages := range [][]message{record.Messages, record.Input.Messages, record.Preferred, record.NonPreferred} {
		for _, m := range messages {
			text := 0
			switch content := m.Content.(type) {
			case string:
				text = count(content)
			case []any:
				for _, part := range content {
					text += count(part.(map[string]any)["text"].(string))
				}
			}
			for _, call := range m.ToolCalls {
				text += count(call.Function.Name) + count(call.Function.Arguments)
			}
			name := 0
			if m.Name != "" {
				name = count(m.Name) + 1
			}
			openAI += 4 + text + name
			azure += 3 + count(m.Role) + text + name
			if m.Role == "assistant" && (m.Weight == nil || *m.Weight == 1) && list != 1 {
				trained += text
			}
		}
	}
	return openAI, azure, trained
}

// TestCorpora compares with encoding/json and tiktoken-go on real data.
func TestCorpora(t *testing.T) {
	for _, test := range []struct {
		corpus, model, encoding string
		method                  dataset.Method
		nth                     int
	}{
		{"chat_en", "gpt-4o-mini", "o200k_base", dataset.SFT, 97},
		{"chat_en", "gpt-35-turbo", "cl100k_base", dataset.SFT, 197},
		{"chat_multilingual", "gpt-4.1", "o200k_base", dataset.SFT, 397},
		{"tools", "gpt-4.1", "o200k_base", dataset.SFT, 47},
		{"dpo", "gpt-4.1", "o200k_base", dataset.DPO, 29},
	} {
		count, c, tools := tiktokenCount(t, test.encoding), newCounter(accounting(t, test.model)), 0
		for _, line := range sharedLines(t, "corpora", test.corpus+".jsonl.zst", test.nth) {
			openAI, azure, trained := plain(t, count, line)
			got := c.line(test.method, line)
			tools += got.Tools
			if got.Tokens(dataset.OpenAI)-got.Tools != openAI || got.Tokens(dataset.Azure)-got.Tools != azure || got.Trained() != trained {
				t.Fatalf("%s: OpenAI %d, Azure %d, trained %d; want %d, %d, %d (tools: %d)\n%.2000s", test.corpus,
					got.Tokens(dataset.OpenAI), got.Tokens(dataset.Azure), got.Trained(), openAI, azure, trained, got.Tools, line)
			}
		}
		if (tools > 0) != (test.corpus == "tools") {
			t.Errorf("%s: %d tokens of tools", test.corpus, tools)
		}
	}
}

// TestBound: no line has more tokens than its bound, and most none more than
// bytes.
func TestBound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pieces := []string{
		`{}`, `{"role":""}`, `{"role":"\u0001"}`, `{"content":""}`, `{"role":"x","name":"","content":""}`, `{"role":"user","content":[]}`,
		`{"role":"user","content":["a"]}`, `{"content":[{"text":"~"},{"image_url":1},{"image_url":{"url":"x","detail":"low"}},{"image_url":{"url":"https://a"}}]}`,
		`{"tool_calls":[{"function":{"name":"","arguments":"{}"}},{}]}`, `{"function_call":{"name":"\u0000","arguments":1}}`, `{"refusal":"\ud800"}`, "{\"content\":\"\xff \xff \xff\"}",
		`{"role":"tool","content":"𓀀𓀁"}`, "{\"role\":\"\xfe\",\"content\":\"\x01\"}", `1`, `"a"`, `{"role":"assistant","content":null,"weight":0}`,
	}
	tools := []string{
		`[]`, `[{"name":""}]`, `[{"function":{"name":"f","parameters":{"properties":{"":{}}}}}]`, `[{"function":{"name":"f","parameters":{"properties":{"a":{"enum":[1,2,3]},"b":{"anyOf":[{},{}]}}}}}]`,
		`[{"function":{"name":"f","parameters":{"properties":` + strings.Repeat(`{"a":{"properties":`, 40) + `{}` + strings.Repeat(`}}`, 40) + `}}}]`,
	}
	list := func() string {
		picked := make([]string, r.IntN(6))
		for i := range picked {
			picked[i] = pieces[r.IntN(len(pieces))]
		}
		return "[" + strings.Join(picked, ",") + "]"
	}
	c, plain := newCounter(tokenize.Accounting{}), 0
	for range 20_000 {
		line, method := `{"messages":`+list()+`}`, dataset.SFT
		switch r.IntN(5) {
		case 0:
			line = `{"messages":` + list() + `,"tools":` + tools[r.IntN(len(tools))] + `,"functions":` + tools[r.IntN(len(tools))] + `}`
		case 1:
			line, method = `{"input":{"messages":`+list()+`,"tools":`+tools[r.IntN(len(tools))]+`},"preferred_output":`+list()+`,"non_preferred_output":`+list()+`}`, dataset.DPO
		case 2:
			line, method = `{"prompt":"\u0000","completion":"~"}`, dataset.Completion
		}
		e := c.decoder.Decode([]byte(line))
		bound := c.Bound(e, method, 0)
		if rough := c.Bound(e, method, 1<<30); rough < bound {
			t.Fatalf("at most %d tokens, but roughly at most %d were said:\n%s", bound, rough, line)
		}
		c.Count(e, method, &c.counts)
		if got := c.counts.Longest(dataset.AllProviders); got > bound {
			t.Fatalf("%d tokens, but at most %d were said:\n%s", got, bound, line)
		}
		if e.Facts&(dataset.FactTools|dataset.FactImage|dataset.FactFault) == 0 {
			if plain++; c.counts.Tokens(dataset.AllProviders) > len(line) {
				t.Fatalf("%d tokens in %d bytes:\n%s", c.counts.Tokens(dataset.AllProviders), len(line), line)
			}
		}
	}
	if plain < 3000 {
		t.Errorf("only %d lines without tools, images and faults", plain)
	}
}

// TestRoughBound: the lists of tools that are written longest, for their JSON, are
// within the rough bound.
func TestRoughBound(t *testing.T) {
	c := newCounter(tokenize.Accounting{})
	for _, property := range []string{`"":0,`, `"a":{},`, `"a":{"type":"object"},`, `"a":{"type":["object","object","object"]},`, `"a":{"enum":[0,1,2,3]},`, `"a":{"anyOf":[0,0,0,0,0,0]},`} {
		for _, depth := range []int{0, 1, 14, 15, 16, 20} {
			schema := `{"properties":{` + strings.TrimSuffix(strings.Repeat(property, 2000), ",") + `}}`
			for range depth {
				schema = `{"properties":{"":` + schema + `}}`
			}
			line := `{"messages":[],"tools":[{"name":"a","parameters":` + schema + `}]}`
			e := c.decoder.Decode([]byte(line))
			if bound, rough := c.Bound(e, dataset.SFT, 0), c.Bound(e, dataset.SFT, math.MaxInt); bound > rough || rough < len(line) {
				t.Errorf("%s at depth %d: at most %d tokens, but roughly at most %d were said", property, depth, bound, rough)
			}
		}
	}
}

// TestBoundLoadsNothing: where the bound says enough, no vocabulary is needed.
func TestBoundLoadsNothing(t *testing.T) {
	c := newCounter(tokenize.Accounting{Encoding: "no_such_base"})
	line := imageLine("https://example.com/a.png", "") // counting would panic
	if n := c.Bound(c.decoder.Decode([]byte(line)), dataset.SFT, 0); n < 1445 || n > 1445+len(line) {
		t.Errorf("bound %d", n)
	}
}

// TestCountAllocates: nothing, once it has seen an example of each kind.
func TestCountAllocates(t *testing.T) {
	lines := []string{
		`{"messages":[{"role":"system","content":"hello"},{"role":"user","name":"bob","content":"hello\nworld \u00e9"},{"role":"assistant","content":"yes","weight":1}]}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]}]}`,
		`{"messages":[{"role":"user","content":"hello"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"now","arguments":"{\"a\":1}"}}]},{"role":"assistant","function_call":{"name":"now","arguments":"{\"a\":1}"}}],"tools":[{"type":"function","function":{"name":"now","parameters":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"},"b":{"enum":["x","y"]}}}}}]}`,
	}
	c := tokenize.Accounting{}.NewCounter()
	var counts dataset.Counts
	var examples []*dataset.Example
	for _, line := range lines {
		examples = append(examples, dataset.NewDecoder(dataset.Options{Messages: true}).Decode([]byte(line)))
	}
	encoding, err := tokenize.Get(tokenize.DefaultEncoding)
	if err != nil {
		t.Fatal(err)
	}
	plain, text := encoding.NewCounter(), []byte("hello world")
	if n := testing.AllocsPerRun(10, func() { plain.Count(text) }); n > 0 {
		t.Skipf("the encoding itself allocates (%v times for one text)", n)
	}
	for i, e := range examples {
		if n := testing.AllocsPerRun(20, func() { c.Count(e, dataset.SFT, &counts); c.Bound(e, dataset.SFT, 0) }); n > 0 {
			t.Errorf("%v allocations for\n%s", n, lines[i])
		}
	}
}

func TestAccountingFor(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	if a, known, err := tokenize.AccountingFor(c, "Qwen-32B"); known || err != nil || a.Encoding != tokenize.DefaultEncoding || a.Measured != 0 {
		t.Errorf("a model without a known encoding: %+v, %v, %v", a, known, err)
	}
	own, err := c.Override(strings.NewReader("[models.\"mine\"]\nencoding = \"mine_base\"\n"), "own.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tokenize.AccountingFor(own, "mine"); err == nil {
		t.Error("an encoding that there is not is taken")
	}
	for _, model := range []string{"gpt-4.1", "gpt-35-turbo", "gpt-oss-20b"} {
		if _, err := tokenize.Get(accounting(t, model).Encoding); err != nil {
			t.Errorf("%s: %v", model, err)
		}
	}
}
