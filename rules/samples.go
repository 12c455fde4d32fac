package rules

import (
	"fmt"
	"strings"
	"sync"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// since is the version that had the rules of this package first.
const since = "0.1.0"

// Messages that the samples in the documentation are made of.
const (
	sysMsg  = `{"role":"system","content":"You answer in one sentence."}`
	userMsg = `{"role":"user","content":"What is the capital of Peru?"}`
	botMsg  = `{"role":"assistant","content":"The capital of Peru is Lima."}`
	badMsg  = `{"role":"assistant","content":"I think it is Cusco."}`
)

// Whole lines that have nothing wrong.
const (
	goodChat       = `{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `]}`
	goodPair       = `{"input":{"messages":[` + sysMsg + `,` + userMsg + `]},"preferred_output":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`
	goodTask       = `{"messages":[` + userMsg + `],"reference_answer":"Lima"}`
	goodCompletion = `{"prompt":"Capital of Peru? ->","completion":" Lima END"}`
)

// chat is a line with the given messages.
func chat(messages ...string) string {
	return `{"messages":[` + strings.Join(messages, ",") + `]}`
}

// toolWithDefault is a chat line with a tool whose parameter has the default.
func toolWithDefault(value string) string {
	return `{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `],"tools":[{"type":"function","function":{"name":"find_city",` +
		`"parameters":{"type":"object","properties":{"country":{"default":` + value + `}}}}}]}`
}

// pair is a preference line.
func pair(input, preferred, nonPreferred string) string {
	return `{"input":` + input + `,"preferred_output":` + preferred + `,"non_preferred_output":` + nonPreferred + `}`
}

// input is the input of a preference line.
func input(messages ...string) string {
	return `{"messages":[` + strings.Join(messages, ",") + `]}`
}

const bom = "\uFEFF"

// chatFile is a file of n chat lines that have nothing wrong, but that there
// may be too few of them. It begins with the byte-order mark that the profile
// azure asks for.
func chatFile(n int) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"You do sums."},{"role":"user","content":"What is %d plus %d?"},{"role":"assistant","content":"That is %d."}]}`+"\n", i+2, i+5, 2*i+7)
	}
	return b.String()
}

// goodFile is a file that has nothing wrong.
var goodFile = sync.OnceValue(func() string { return chatFile(50) })

// taskFile is a file of n reinforcement lines; extra gives the members of line
// i that the grader reads, and begins with a comma where there are some.
func taskFile(n int, extra func(i int) string) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		fmt.Fprintf(&b, `{"messages":[{"role":"user","content":"What is %d plus %d?"}]%s}`+"\n", i+2, i+5, extra(i))
	}
	return b.String()
}

// completionFile is a file of n completion lines, each prompt and completion
// with the given ending.
func completionFile(n int, promptEnd, completionEnd string) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		fmt.Fprintf(&b, `{"prompt":"%d and %d make%s","completion":" %d in all, which is %d more than one%s"}`+"\n",
			i+2, i+5, strings.Repeat("?", 1+i%2)+promptEnd, 2*i+7, 2*i+6, strings.Repeat(".", i%2)+completionEnd)
	}
	return b.String()
}

// sample is a whole file shown under the default settings.
func sample(content func() string) *lint.Sample { return &lint.Sample{Content: content} }

// sampleFor is a whole file shown under the default settings for a method.
func sampleFor(m dataset.Method, content func() string) *lint.Sample {
	return &lint.Sample{Content: content, Settings: func(s *lint.Settings) { s.Method, s.Declared = m, true }}
}

// sameAnswers is n chat lines with different questions and one answer.
func sameAnswers(n int, answer string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"You do sums."},{"role":"user","content":"What is %d minus %d?"},{"role":"assistant","content":"%s"}]}`+"\n", i+50, i, answer)
	}
	return b.String()
}

// jsonAnswers is a file of n chat lines with answers in JSON, of which one is cut off.
func jsonAnswers(n, cut int) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		end := `}`
		if i == cut {
			end = ``
		}
		fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"You do sums."},{"role":"user","content":"What is %d plus %d?"},{"role":"assistant","content":"{\"sum\":%d%s"}]}`+"\n", i+2, i+5, 2*i+7, end)
	}
	return b.String()
}

// pairFile is a file of n preference lines that have nothing wrong; longer says how many
// of them have the preferred output as the longer one.
func pairFile(n, longer int) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		good, bad := fmt.Sprintf("It is %d.", 2*i+7), fmt.Sprintf("I think that is %d.", 2*i+8)
		if i < longer {
			good, bad = fmt.Sprintf("The sum of them is %d.", 2*i+7), fmt.Sprintf("%d", 2*i+8)
		}
		ask := fmt.Sprintf(`{"role":"user","content":"What is %d plus %d?"}`, i+2, i+5)
		b.WriteString(pair(input(sysMsg, ask), `[{"role":"assistant","content":"`+good+`"}]`, `[{"role":"assistant","content":"`+bad+`"}]`) + "\n")
	}
	return b.String()
}

// toolFile is a file of n chat lines that call a tool; its parameter has another name in
// the last one.
func toolFile(n int, last string) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		name := "city"
		if i == n-1 {
			name = last
		}
		fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"You know the weather."},{"role":"user","content":"How is the weather in district %d?"},`+
			`{"role":"assistant","tool_calls":[{"id":"call_%d","type":"function","function":{"name":"weather","arguments":"{\"%s\":\"District %d\"}"}}]}],`+
			`"tools":[{"type":"function","function":{"name":"weather","description":"The weather in a city.","parameters":{"type":"object","properties":{"%s":{"type":"string"}}}}}]}`+"\n", i, i, name, i, name)
	}
	return b.String()
}

// longAnswers is a file of n chat lines with answers of a sentence or two, of which one
// is cut off.
func longAnswers(n, cut int) string {
	var b strings.Builder
	b.WriteString(bom)
	for i := range n {
		answer := fmt.Sprintf("To add %d and %d, take the larger one and count on from there as often as the smaller one says. That gives %d.", i+2, i+5, 2*i+7)
		if i == cut {
			answer = strings.TrimSpace(answer[:len(answer)-9])
		}
		fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"You do sums."},{"role":"user","content":"What is %d plus %d?"},{"role":"assistant","content":"%s"}]}`+"\n", i+2, i+5, answer)
	}
	return b.String()
}
