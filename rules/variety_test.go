package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// prompted is n chat lines with a system prompt, as JSON has it.
func prompted(from, n int, system string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"%s"},{"role":"user","content":"How much is %d?"},{"role":"assistant","content":"It is %d."}]}`+"\n", system, from+i, 2*(from+i))
	}
	return b.String()
}

// saysOf returns what a rule says of a file, as "line: message".
func saysOf(t *testing.T, rule, content string) []string {
	t.Helper()
	var says []string
	for _, f := range run(t, content, lint.Settings{}, nil) {
		if f.Rule.ID == rule {
			says = append(says, fmt.Sprintf("%d: %s", f.Line, f.Message))
		}
	}
	return says
}

func TestSystemPromptSlips(t *testing.T) {
	const common = "You are a helpful assistant of Contoso."
	for _, test := range []struct {
		about, content string
		want           []string
	}{
		{
			"a misspelt word", prompted(0, 60, common) + prompted(60, 1, "You are a helpfull assistant of Contoso."),
			[]string{"61: nearly the system prompt of line 1: “helpfull” here, “helpful” there (1 line has this one, 60 that one)"},
		},
		{
			"several lines", prompted(0, 1, "You are a helpful asistant of Contoso.") + prompted(1, 60, common) + prompted(61, 3, "You are a helpful asistant of Contoso."),
			[]string{"1: nearly the system prompt of line 2: “asistant” here, “assistant” there (4 lines have this one, 60 that one)"},
		},
		{
			"letters in the wrong order", prompted(0, 60, "Do what you are told by the user.") + prompted(60, 1, "Do what yuo are told by the user."),
			[]string{"61: nearly the system prompt of line 1: “yuo” here, “you” there (1 line has this one, 60 that one)"},
		},
		{
			"punctuation", prompted(0, 60, common) + prompted(60, 1, "You are a helpful assistant of Contoso"),
			[]string{"61: nearly the system prompt of line 1: nothing here, “.” there (1 line has this one, 60 that one)"},
		},
		{
			"white space at the end", prompted(0, 60, common) + prompted(60, 1, common+` \n`),
			[]string{"61: nearly the system prompt of line 1: a line break here, nothing there (1 line has this one, 60 that one)"},
		},
		{
			"two spaces", prompted(0, 60, common) + prompted(60, 1, "You are a  helpful assistant of Contoso."),
			[]string{"61: nearly the system prompt of line 1: a space here, nothing there (1 line has this one, 60 that one)"},
		},
		{
			"a small letter", prompted(0, 60, common) + prompted(60, 1, "you are a helpful assistant of Contoso."),
			[]string{"61: nearly the system prompt of line 1: “you” here, “You” there (1 line has this one, 60 that one)"},
		},
		{
			"a little word", prompted(0, 60, common) + prompted(60, 1, "You are helpful assistant of Contoso."),
			[]string{"61: nearly the system prompt of line 1: nothing here, “a” there (1 line has this one, 60 that one)"},
		},
		{
			"a word twice", prompted(0, 60, common) + prompted(60, 1, "You are a helpful helpful assistant of Contoso."),
			[]string{"61: nearly the system prompt of line 1: “helpful” here, nothing there (1 line has this one, 60 that one)"},
		},
		{
			"an accent", prompted(0, 60, "Tu es un assistant très poli et réservé.") + prompted(60, 1, "Tu es un assistant tres poli et réservé."),
			[]string{"61: nearly the system prompt of line 1: “tres” here, “très” there (1 line has this one, 60 that one)"},
		},
		{
			"two typos at two places", prompted(0, 60, common) + prompted(60, 1, "You are a helpfull assistant of Contoso.") + prompted(61, 1, "You are a helpful assistent of Contoso."),
			[]string{
				"61: nearly the system prompt of line 1: “helpfull” here, “helpful” there (1 line has this one, 60 that one)",
				"62: nearly the system prompt of line 1: “assistent” here, “assistant” there (1 line has this one, 60 that one)",
			},
		},
		{"another way of escaping", prompted(0, 60, common) + prompted(60, 1, `You are a helpful \u0061ssistant of Contoso.`), nil},
		{"too few lines with the common one", prompted(0, 19, common) + prompted(60, 1, "You are a helpfull assistant of Contoso."), nil},
		{"too many lines with the other one", prompted(0, 60, common) + prompted(60, 7, "You are a helpfull assistant of Contoso."), nil},
		{"another number", prompted(0, 60, "It is the year 2024 of the era.") + prompted(60, 1, "It is the year 2025 of the era."), nil},
		{"another word", prompted(0, 60, common) + prompted(60, 1, "You are a grumpy assistant of Contoso."), nil},
		{"the contrary", prompted(0, 60, "Say what is possible.") + prompted(60, 1, "Say what is impossible."), nil},
		{"a short word", prompted(0, 60, "You talk of it in prose.") + prompted(60, 1, "You talk on it in prose."), nil},
		{"a word that is missing", prompted(0, 60, "Do not tell jokes.") + prompted(60, 1, "Do tell jokes."), nil},
		{"names that are filled in", prompted(0, 60, "You talk to Anna today.") + prompted(60, 1, "You talk to Hanna today.") + prompted(61, 1, "You talk to Peter today."), nil},
		{"many variants", prompted(0, 60, "You talk to Marta today.") + prompted(60, 1, "You talk to Maria today.") + prompted(61, 1, "You talk to Marla today.") + prompted(62, 1, "You talk to Marty today.") + prompted(63, 1, "You talk to Mart today."), nil},
		{"another character of Chinese", prompted(0, 60, "你是一位男老师,请认真回答") + prompted(60, 1, "你是一位女老师,请认真回答"), nil},
	} {
		if diff := cmp.Diff(test.want, saysOf(t, "FTQ005", test.content)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.about, diff)
		}
	}
}

func TestManySystemPrompts(t *testing.T) {
	several := func(prompts, each int) string {
		var b strings.Builder
		for i := range prompts {
			b.WriteString(prompted(i*each, each, fmt.Sprintf("You know %d things.", i)))
		}
		return b.String()
	}
	for _, test := range []struct {
		prompts, each int
		want          []string
	}{
		{20, 3, nil},
		{21, 3, []string{"0: 21 different system prompts in 63 examples: the commonest begins on line 1"}},
		{60, 1, nil},
		{maxPrompts + 1, 2, nil},
	} {
		if diff := cmp.Diff(test.want, saysOf(t, "FTQ005", several(test.prompts, test.each))); diff != "" {
			t.Errorf("%d prompts, %d times each (-want +got)\n%s", test.prompts, test.each, diff)
		}
	}
}

// TestSystemPromptChunks: what is told does not depend on where the file is cut, also
// where there are more prompts than are kept, or longer ones.
func TestSystemPromptChunks(t *testing.T) {
	var b strings.Builder
	long := strings.Repeat("You know a lot. ", maxPromptBytes/16+1)
	for i := range 300 {
		b.WriteString(prompted(i, 1, fmt.Sprintf("Today is day %d.", i)))
		b.WriteString(prompted(1000+i, 1, "You are a helpful assistant."))
		if i%50 == 0 {
			b.WriteString(prompted(2000+i, 1, "You are a helpfull assistant."))
			b.WriteString(prompted(3000+i, 1, long))
		}
	}
	dir := write(t, map[string]string{"a.jsonl": b.String()})
	want := []string{"a.jsonl 3 FTQ005 info: nearly the system prompt of line 2: “helpfull” here, “helpful” there (6 lines have this one, 300 that one)"}
	for _, chunk := range []int{1, 1000, 1 << 20} {
		got, _ := qualityOf(t, dir, []string{"a.jsonl"}, lint.Options{Workers: 2, Read: jsonl.Options{ChunkBytes: chunk}})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("chunks of %d bytes (-want +got)\n%s", chunk, diff)
		}
	}
}
