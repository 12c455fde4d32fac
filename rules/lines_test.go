package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

const (
	call1 = `{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}`
	asks  = `{"role":"assistant","tool_calls":[` + call1 + `]}`
)

// TestLines has the cases that are easily confused: which of several rules
// tells a fault, and what must pass. A line's findings are written as
// "rule path", without those on the whole file.
func TestLines(t *testing.T) {
	type settings = lint.Settings
	sft, dpo, rft, cpl := dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion
	openAI := func(m dataset.Method) settings { return settings{Provider: dataset.OpenAI, Method: m} }
	both := func(m dataset.Method) settings { return settings{Provider: dataset.AllProviders, Method: m} }
	user := func(content string) string { return `{"role":"user","content":` + content + `}` }
	bot := func(rest string) string { return `{"role":"assistant",` + rest + `}` }
	tool := func(content string) string {
		return `{"role":"tool","tool_call_id":"call_1","content":` + content + `}`
	}
	in := input(sysMsg, userMsg)
	tests := []struct {
		name     string
		settings settings
		line     string
		want     string // separated by commas
	}{
		// What must never be refused.
		{"calls without content", settings{Method: sft}, chat(sysMsg, userMsg, asks), ""},
		{"calls with null content", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":null,"tool_calls":[`+call1+`]`)), ""},
		{"calls with empty content", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"","tool_calls":[`+call1+`]`)), ""},
		{"function_call without content", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"function_call":{"name":"f","arguments":"{}"}`)), "FTT014 messages[2].function_call"},
		{"refusal with null content", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":null,"refusal":"No."`)), ""},
		{"refusal null", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"Lima","refusal":null`)), ""},
		{"audio null", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"Lima","audio":null`)), ""},
		{"text parts everywhere", settings{Method: sft}, chat(`{"role":"system","content":[{"type":"text","text":"Hi"}]}`, user(`[{"type":"text","text":"Hi"}]`), bot(`"content":[{"type":"text","text":"Hi"}]`)), ""},
		{"an image of a user", settings{Method: sft}, chat(sysMsg, user(`[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]`), botMsg), ""},
		{"tools empty, parallel false", settings{Method: sft}, `{"messages":[` + sysMsg + `,` + userMsg + `,` + asks + `],"tools":[],"parallel_tool_calls":false}`, ""},
		{"weights differ", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"Cusco","weight":0`), userMsg, bot(`"content":"Lima","weight":1`)), ""},
		{"weight -0 is 0", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"Lima","weight":-0`)), "FTE012 messages"},
		{"name of a tool message", settings{Method: sft, Strict: true}, chat(sysMsg, userMsg, asks, `{"role":"tool","tool_call_id":"call_1","name":"f","content":"1"}`, botMsg), ""},
		{"two users", settings{Method: sft}, chat(sysMsg, userMsg, userMsg, botMsg), ""},
		{"no system", settings{Method: sft}, chat(userMsg, botMsg), "FTE009 messages"},
		{"rft with turns and developer", settings{Method: rft}, `{"messages":[{"role":"developer","content":"Hi"},` + userMsg + `,` + botMsg + `,` + userMsg + `],"reference_answer":"1"}`, ""},
		{"rft system at openai", openAI(rft), `{"messages":[` + sysMsg + `,` + userMsg + `],"reference_answer":"1"}`, ""},
		{"dpo with tools in the input", settings{Method: dpo}, pair(`{"messages":[`+userMsg+`],"tools":[],"parallel_tool_calls":true}`, `[`+botMsg+`]`, `[`+badMsg+`]`), ""},
		{"dpo with calls", settings{Method: dpo}, pair(in, `[`+asks+`]`, `[`+badMsg+`]`), ""},
		{"context in place of prompt on Azure", settings{Method: cpl}, `{"context":"A ->","completion":" B END"}`, ""},

		{"messages of the grader's", settings{Method: rft}, `{"messages":[` + userMsg + `],"reference_answer":"1","input":{"messages":[{"from":"a"},null]},"prompt":"<|endoftext|>"}`, ""},

		// Examples.
		{"misspelt messages", settings{Method: sft}, `{"Messages":[` + userMsg + `,` + botMsg + `]}`, "FTE001 Messages"},
		{"no messages", settings{Method: rft}, `{"reference_answer":"1"}`, "FTE001 "},
		{"messages null", settings{Method: sft}, `{"messages":null}`, "FTE002 messages"},
		{"messages an object", settings{Method: sft}, `{"messages":{}}`, "FTE002 messages"},
		{"messages encoded twice", settings{Method: sft}, `{"messages":"[]"}`, "FTE002 messages"},
		{"empty messages", settings{Method: sft}, `{"messages":[]}`, "FTE003 messages"},
		{"top-level weight and parameter", settings{Method: sft}, `{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `],"weight":1,"temperature":0}`, "FTE004 weight,FTE005 temperature"},
		{"prompt beside messages", settings{Method: sft}, `{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `],"prompt":"A"}`, "FTE004 prompt"},
		{"escaped key", settings{Method: sft}, `{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `],"\u006dodel":"A"}`, "FTE005 model"},
		{"no assistant wins", settings{Method: sft}, chat(sysMsg, userMsg, userMsg), "FTE006 messages"},
		{"only system", settings{Method: sft}, chat(sysMsg), "FTE015 messages"},
		{"only assistant", settings{Method: sft}, chat(sysMsg, botMsg), "FTE008 messages"},
		{"last is a tool's", settings{Method: sft}, chat(sysMsg, userMsg, asks, tool(`"1"`)), "FTE007 messages[3]"},
		{"late system", settings{Method: sft}, chat(sysMsg, userMsg, sysMsg, botMsg), "FTE010 messages[2]"},
		{"system at the end", settings{Method: sft}, chat(userMsg, botMsg, sysMsg), "FTE010 messages[2]"},
		{"two systems", settings{Method: sft}, chat(sysMsg, sysMsg, userMsg, botMsg), "FTE011 messages[1]"},
		{"foreign line in a chat file", settings{Method: sft}, `{"conversations":[]}`, "FTE014 "},

		// Messages.
		{"unknown role gives no more", settings{Method: sft}, chat(sysMsg, `{"role":"human","content":"Hi"}`, `{"role":"gpt","content":"Hi","foo":1,"weight":5}`), "FTM002 messages[1].role,FTM002 messages[2].role"},
		{"role in capitals", settings{Method: sft}, chat(sysMsg, `{"role":"User","content":"Hi"}`, botMsg), "FTM002 messages[1].role"},
		{"role null", settings{Method: sft}, chat(sysMsg, `{"role":null,"content":"Hi"}`, botMsg), "FTM026 messages[1].role"},
		{"from and value", settings{Method: sft}, chat(sysMsg, `{"from":"human","value":"Hi"}`, botMsg), "FTM001 messages[1]"},
		{"message null", settings{Method: sft}, chat(sysMsg, `null`, botMsg), "FTM026 messages[1]"},
		{"message an array", settings{Method: rft}, `{"messages":[[],` + userMsg + `],"reference_answer":"1"}`, "FTM026 messages[0]"},
		{"function role in rft", settings{Method: rft}, `{"messages":[{"role":"function","name":"f","content":"Hi"},` + userMsg + `],"reference_answer":"1"}`, "FTM005 messages[0].role"},
		{"function with null", settings{Method: sft}, chat(sysMsg, userMsg, `{"role":"function","name":"f","content":null}`, botMsg), "FTM005 messages[2].role"},
		{"function with parts", settings{Method: sft}, chat(sysMsg, userMsg, `{"role":"function","name":"f","content":["a"]}`, botMsg), "FTM005 messages[2].role,FTM007 messages[2].content"},
		{"content misnamed", settings{Method: sft}, chat(sysMsg, `{"role":"user","text":"Hi"}`, botMsg), "FTM006 messages[1]"},
		{"assistant with nothing", settings{Method: sft}, chat(sysMsg, userMsg, `{"role":"assistant"}`), "FTM006 messages[2]"},
		{"calls null and content null", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":null,"function_call":null`)), "FTM008 messages[2].content"},
		{"user with null", settings{Method: sft}, chat(sysMsg, user(`null`), botMsg), "FTM008 messages[1].content"},
		{"content true", settings{Method: sft}, chat(sysMsg, user(`true`), botMsg), "FTM007 messages[1].content"},
		{"content an object", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":{"a":1}`)), "FTM007 messages[2].content"},
		{"wide blank", settings{Method: sft}, chat(sysMsg, user(`"　\n"`), botMsg), "FTM009 messages[1].content"},
		{"blank parts", settings{Method: sft}, chat(sysMsg, user(`[{"type":"text","text":" "}]`), botMsg), "FTM009 messages[1].content"},
		{"plain strings", settings{Method: sft}, chat(sysMsg, user(`["a","b"]`), botMsg), "FTM010 messages[1].content"},
		{"parts of other kinds", settings{Method: sft}, chat(sysMsg, user(`[1,null,{"type":"text","text":"a"}]`), botMsg), "FTM027 messages[1].content[0],FTM027 messages[1].content[1]"},
		{"no type", settings{Method: sft}, chat(sysMsg, user(`[{"text":"a"}]`), botMsg), "FTM011 messages[1].content[0]"},
		{"type a number", settings{Method: sft}, chat(sysMsg, user(`[{"type":1,"text":"a"}]`), botMsg), "FTM011 messages[1].content[0].type"},
		{"refusal of a user", settings{Method: sft}, chat(sysMsg, user(`[{"type":"refusal","refusal":"a"}]`), botMsg), "FTM011 messages[1].content[0].type"},
		{"audio part", settings{Method: sft}, chat(sysMsg, user(`[{"type":"input_audio","input_audio":{}}]`), botMsg), "FTM013 messages[1].content[0].type"},
		{"audio key", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"a","audio":{"id":"x"}`)), "FTM013 messages[2].audio"},
		{"audio null of a user", settings{Method: sft}, chat(sysMsg, `{"role":"user","content":"a","audio":null}`, botMsg), "FTM014 messages[1].audio"},
		{"tool with text parts", settings{Method: sft}, chat(sysMsg, userMsg, asks, tool(`[{"type":"text","text":"1"}]`), botMsg), "FTM012 messages[3].content"},
		{"tool with strings", settings{Method: sft}, chat(sysMsg, userMsg, asks, tool(`["1"]`), botMsg), "FTM010 messages[3].content"},
		{"tool with an empty array", settings{Method: sft}, chat(sysMsg, userMsg, asks, tool(`[]`), botMsg), "FTM023 messages[3].content"},
		{"tool with a wrong part", settings{Method: sft}, chat(sysMsg, userMsg, asks, tool(`[{"type":"json"}]`), botMsg), "FTM011 messages[3].content[0].type"},
		{"keys of other roles", settings{Method: sft}, chat(sysMsg, `{"role":"user","content":"a","tool_call_id":"x","tool_calls":[]}`, botMsg), "FTM014 messages[1].tool_call_id,FTM014 messages[1].tool_calls"},
		{"text lacks text", settings{Method: sft}, chat(sysMsg, user(`[{"type":"text"}]`), botMsg), "FTM027 messages[1].content[0]"},
		{"text null", settings{Method: sft}, chat(sysMsg, user(`[{"type":"text","text":null}]`), botMsg), "FTM027 messages[1].content[0].text"},
		{"image lacks image", settings{Method: sft}, chat(sysMsg, user(`[{"type":"image_url"}]`), botMsg), "FTM027 messages[1].content[0]"},
		{"two refusals", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":[{"type":"refusal","refusal":"a"},{"type":"refusal","refusal":"b"}]`)), "FTM024 messages[2].content"},
		{"names", settings{Method: sft}, chat(sysMsg, `{"role":"user","name":"","content":"a"}`, `{"role":"user","name":null,"content":"a"}`, `{"role":"user","name":"`+strings.Repeat("a", 65)+`","content":"a"}`, botMsg), "FTM018 messages[1].name,FTM018 messages[2].name,FTM018 messages[3].name"},
		{"token in escapes", settings{Method: sft}, chat(sysMsg, user(`"\u003c|endoftext|>"`), botMsg), "FTM019 messages[1].content"},
		{"token in a completion", settings{Method: cpl}, `{"prompt":"A ->","completion":" <|fim_middle|> END"}`, "FTM019 completion"},
		{"tokens of every kind of fill-in", settings{Method: sft}, chat(sysMsg, user(`"<|fim_pad|> <|fim_prefix|> <|fim_pad|> <|fim_|> <|fim x|>"`), botMsg), "FTM019 messages[1].content,FTM019 messages[1].content"},
		{"token in arguments", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":\"<|endoftext|>\"}"}}]`)), "FTM019 messages[2].tool_calls[0].function.arguments"},
		{"token in a function call", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"function_call":{"name":"<|endoftext|>","arguments":"{\"a\":\"\u003c|fim_suffix|> <|im_end|>\"}"}`)), "FTT014 messages[2].function_call,FTM019 messages[2].function_call.arguments,FTM019 messages[2].function_call.arguments"},
		{"function call odd", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"<| a","function_call":{"name":"f","arguments":{"a":"<|endoftext|>"}}`)), "FTT020 messages[2].function_call"},
		{"token in an output", settings{Method: dpo}, pair(in, `[`+bot(`"content":"<|im_end|>"`)+`]`, `[`+badMsg+`]`), "FTM019 preferred_output[0].content"},
		{"no token", settings{Method: sft}, chat(sysMsg, user(`"a <| b |> <|python|>"`), botMsg), ""},

		// Weights.
		{"weights of wrong types", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"a","weight":true`), userMsg, bot(`"content":"a","weight":"1"`), userMsg, bot(`"content":"a","weight":null`)), "FTM015 messages[2].weight,FTM015 messages[4].weight,FTM015 messages[6].weight"},
		{"weights of wrong values", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"content":"a","weight":-1`), userMsg, bot(`"content":"a","weight":10`)), "FTM016 messages[2].weight,FTM016 messages[4].weight"},
		{"weight of a user", settings{Method: sft}, chat(sysMsg, `{"role":"user","content":"a","weight":"x"}`, botMsg), "FTM017 messages[1].weight"},
		{"nothing trained, calls", settings{Method: sft}, chat(sysMsg, userMsg, bot(`"weight":0,"tool_calls":[`+call1+`]`)), "FTE012 messages"},

		// Pairs.
		{"missing outputs", settings{Method: dpo}, `{"input":` + in + `,"chosen":"a"}`, "FTP001 "},
		{"input only, not an object", settings{Method: dpo}, `{"input":"a","extra":1}`, "FTP001 "},
		{"extra key", settings{Method: dpo}, `{"input":` + in + `,"preferred_output":[` + botMsg + `],"non_preferred_output":[` + badMsg + `],"id":1,"model":"x","tools":[]}`, "FTE004 id,FTE005 model,FTE004 tools"},
		{"old names", settings{Method: dpo}, `{"input":` + in + `,"preferred_completion":[` + botMsg + `],"non_preferred_completion":[` + badMsg + `]}`, "FTP002 preferred_completion,FTP002 non_preferred_completion"},
		{"both names of an output", settings{Method: dpo}, `{"input":` + in + `,"preferred_output":[` + botMsg + `],"preferred_completion":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`, "FTP002 preferred_completion"},
		{"an old name twice", settings{Method: dpo}, `{"input":` + in + `,"preferred_completion":[` + botMsg + `],"preferred_completion":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`, "FTP002 preferred_completion,FTJ006 preferred_completion,FTP002 preferred_completion"},
		{"input a string", settings{Method: dpo}, pair(`"a"`, `[`+botMsg+`]`, `[`+badMsg+`]`), "FTP003 input"},
		{"input lacks messages", settings{Method: dpo}, pair(`{"message":[]}`, `[`+botMsg+`]`, `[`+badMsg+`]`), "FTP003 input"},
		{"input with no message", settings{Method: dpo}, pair(`{"messages":[]}`, `[`+botMsg+`]`, `[`+badMsg+`]`), "FTP003 input.messages"},
		{"input with functions", settings{Method: dpo}, pair(`{"messages":[`+userMsg+`],"functions":[]}`, `[`+botMsg+`]`, `[`+badMsg+`]`), "FTP003 input.functions"},
		{"output a string", settings{Method: dpo}, pair(in, `"Lima"`, `[`+badMsg+`]`), "FTP005 preferred_output"},
		{"output empty", settings{Method: dpo}, pair(in, `[]`, `[`+badMsg+`]`), "FTP005 preferred_output"},
		{"tool output on Azure", settings{Method: dpo}, pair(in, `[`+tool(`"1"`)+`]`, `[`+badMsg+`]`), "FTT006 preferred_output[0].tool_call_id"},
		{"tool output for both", both(dpo), pair(in, `[`+tool(`"1"`)+`]`, `[`+badMsg+`]`), "FTP006 preferred_output[0].role,FTT006 preferred_output[0].tool_call_id"},
		{"developer output", settings{Method: dpo}, pair(in, `[{"role":"developer","content":"a"}]`, `[`+badMsg+`]`), "FTP006 preferred_output[0].role"},
		{"identical but for space", settings{Method: dpo}, pair(in, `[`+bot(`"content":" a"`)+`]`, `[`+bot(`"content":"\u0061\n"`)+`]`), "FTP007 non_preferred_output"},
		{"both empty", settings{Method: dpo}, pair(in, `[`+bot(`"content":""`)+`]`, `[`+bot(`"content":""`)+`]`), "FTP012 preferred_output[0].content,FTP012 non_preferred_output[0].content"},
		{"weight of a wrong type in an output", settings{Method: dpo}, pair(in, `[`+bot(`"content":"a","weight":"x"`)+`]`, `[`+badMsg+`]`), "FTP009 preferred_output[0].weight"},
		{"image in an output", settings{Method: dpo}, pair(in, `[`+bot(`"content":[{"type":"image_url"}]`)+`]`, `[`+badMsg+`]`), "FTP008 preferred_output[0].content[0]"},

		// Tasks.
		{"rft system", settings{Method: rft}, `{"messages":[` + sysMsg + `,` + userMsg + `],"reference_answer":"1"}`, "FTM004 messages[0].role"},
		{"rft ends with the assistant", settings{Method: rft}, `{"messages":[` + userMsg + `,` + botMsg + `],"reference_answer":"1"}`, "FTR001 messages[1]"},
		{"reserved names", settings{Method: rft}, `{"messages":[` + userMsg + `],"reference_answer":"1","sample":1,"a.b":2,"":3}`, `FTR009 sample,FTR009 ["a.b"],FTR009 [""]`},
		{"step by step", settings{Method: rft}, `{"messages":[` + user(`"Think step by step and explain your reasoning."`) + `],"reference_answer":"1"}`, ""},
		{"chain of thought", settings{Method: rft}, `{"messages":[` + user(`"Give your CHAIN-OF-THOUGHT"`) + `],"reference_answer":"1"}`, "FTR008 messages[0].content"},

		// Completions.
		{"misspelt completion", settings{Method: cpl}, `{"prompt":"A ->","response":" B END"}`, "FTC001 response"},
		{"misspelt prompt", settings{Method: cpl}, `{"Prompt":"A ->","completion":" B END"}`, "FTC001 Prompt"},
		{"no completion", settings{Method: cpl}, `{"prompt":"A ->","id":1}`, "FTC001 "},
		{"extra keys", settings{Method: cpl}, `{"prompt":"A ->","completion":" B END","context":"x"}`, "FTC001 context"},
		{"context at OpenAI", openAI(cpl), `{"context":"A ->","completion":" B END"}`, "FTC001 "},
		{"types", settings{Method: cpl}, `{"prompt":null,"completion":["a"]}`, "FTC002 prompt,FTC002 completion"},
		{"empty", settings{Method: cpl}, `{"prompt":"","completion":""}`, "FTC003 prompt,FTC003 completion"},

		// Lines.
		{"raw tab before a syntax error", settings{Method: sft}, "{\"messages\":[\"a\tb\" 1]}", "FTF016 messages[0],FTJ003 messages[0]"},
		{"two objects", settings{Method: sft}, goodChat + ` ` + goodChat, "FTJ005 "},
		{"CR between objects", settings{Method: sft}, goodChat + "\r" + goodChat, "FTF013 "},
		{"NaN", settings{Method: rft}, `{"messages":[` + userMsg + `],"reference_answer":-Infinity}`, "FTJ008 reference_answer"},
		{"a number", settings{Method: sft}, `12`, "FTJ004 "},
		{"two strings", settings{Method: sft}, `"a","b"`, "FTJ004 "},
		{"a row of a table", settings{Method: sft}, `0,a,b`, "FTJ004 "},
		{"an object and a comma", settings{Method: sft}, goodChat + `,`, "FTJ005 "},
		{"encoded twice, with a comma", settings{Method: sft}, `"{\"messages\":[]}",`, "FTJ004 "},
		{"encoded twice", settings{Method: sft}, `"{\"messages\":[]}"`, "FTJ004 "},
		{"too deep", settings{Method: rft}, `{"messages":[` + userMsg + `],"reference_answer":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`, "FTJ009 reference_answer" + strings.Repeat("[0]", 15) + "…" + strings.Repeat("[0]", 16)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.settings.Declared = true
			if test.settings.Provider == 0 {
				test.settings.Provider = dataset.Azure
			}
			var got []string
			for _, f := range run(t, padding(test.settings.Method, []string{test.line}), test.settings, nil) {
				if f.Line == 51 && f.Rule.ID != "FTR003" {
					got = append(got, f.Rule.ID+" "+f.Path)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ",")); diff != "" {
				t.Errorf("%s\n(-want +got)\n%s", test.line, diff)
			}
		})
	}
}
