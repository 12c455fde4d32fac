package rules

import (
	"bytes"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/lint/dataset"
)

// This file makes examples of records in the formats of other tools (FTE014).

// converted returns the line that a record in another format becomes, or "" where
// it cannot be told what is meant.
func converted(e *dataset.Example) string {
	if e.Broken || !faultless(e) || len(e.Fields) == 0 || hasFault(e, dataset.FaultDuplicateKey) {
		return ""
	}
	switch e.Shape {
	case dataset.ShapeShareGPT:
		return fromShareGPT(e)
	case dataset.ShapeAlpaca:
		return fromAlpaca(e)
	case dataset.ShapeInputOutput:
		return fromTexts(textOf(e, "system"), textOf(e, "input"), textOf(e, "output"))
	case dataset.ShapeChosenRejected:
		return fromPair(e, "prompt", "chosen", "rejected")
	case dataset.ShapeChosenMessages:
		return fromPair(e, "prompt", "chosen_messages", "rejected_messages")
	}
	return ""
}

// convertible reports whether records of the shape can be converted at all: plain
// text has no questions, and requests have no answers.
func convertible(s dataset.Shape) bool {
	return s.Foreign() && s != dataset.ShapeText && s != dataset.ShapeBatchRequest
}

// textOf returns the JSON text of a member that is a string, or "".
func textOf(e *dataset.Example, keys ...string) string {
	for _, key := range keys {
		if f := fieldNamed(e, e.Fields, key); f.Value.Kind == dataset.String {
			return string(e.Raw(f.Value))
		}
	}
	return ""
}

// rawOf returns the JSON text of a member, or "".
func rawOf(e *dataset.Example, key string) string {
	if f := fieldNamed(e, e.Fields, key); f.Value.Present() {
		return string(e.Raw(f.Value))
	}
	return ""
}

// said is a message of JSON text.
func said(role, content string) string { return `{"role":"` + role + `","content":` + content + `}` }

// fromTexts makes a chat of a question and an answer. system may be "".
func fromTexts(system, question, answer string) string {
	if question == "" || answer == "" {
		return ""
	}
	messages := []string{said("user", question), said("assistant", answer)}
	if len(system) > len(`""`) {
		messages = append([]string{said("system", system)}, messages...)
	}
	return chatLine(messages)
}

// chatLine is a line with the messages.
func chatLine(messages []string) string {
	return `{"messages":[` + strings.Join(messages, ",") + `]}`
}

// fromAlpaca makes a chat of an instruction, perhaps with an input, and an output.
func fromAlpaca(e *dataset.Example) string {
	if history := rawOf(e, "history"); history != "" && history != "[]" && history != "null" {
		return ""
	}
	question := textOf(e, "instruction")
	if input := rawOf(e, "input"); question != "" && input != "" && input != `""` && input != "null" {
		if input[0] != '"' {
			return ""
		}
		question = question[:len(question)-1] + `\n\n` + input[1:]
	}
	return fromTexts(textOf(e, "system"), question, textOf(e, "output", "response"))
}

// fromShareGPT makes a chat of turns with from and value.
func fromShareGPT(e *dataset.Example) string {
	turns := rawOf(e, "conversations")
	if !listOfObjects([]byte(turns)) {
		return ""
	}
	var messages []string
	if system := textOf(e, "system", "system_prompt"); len(system) > len(`""`) {
		messages = append(messages, said("system", system))
	}
	for turn := range dataset.Elements([]byte(turns)) {
		var from, value []byte
		for key, v := range dataset.Members(turn) {
			switch string(key) {
			case `"from"`, `"role"`:
				from = v
			case `"value"`, `"content"`:
				value = v
			}
		}
		role, ok := dataset.Inside(from)
		if _, isText := dataset.Inside(value); !ok || !isText {
			return ""
		}
		switch meant := meantRole(role); meant {
		case "system", "user", "assistant":
			if bytes.Contains(role, []byte("call")) {
				return ""
			}
			messages = append(messages, said(meant, string(value)))
		default:
			return "" // results of tools do not say which call they answer
		}
	}
	if len(messages) == 0 {
		return ""
	}
	return chatLine(messages)
}

// turn is a message of a record in another format.
type turn struct{ raw, role, content string }

// same reports whether two turns say the same.
func (t turn) same(other turn) bool {
	return t.role == other.role && t.content == other.content
}

// fromPair makes a preference pair of a prompt and two answers. Where the answers
// are conversations, what they have in common before their last messages is the
// prompt, and the prompt on its own only repeats it.
func fromPair(e *dataset.Example, promptKey, chosenKey, rejectedKey string) string {
	prompt, ok := turnsOf(rawOf(e, promptKey), "user")
	chosen, okChosen := turnsOf(rawOf(e, chosenKey), "assistant")
	rejected, okRejected := turnsOf(rawOf(e, rejectedKey), "assistant")
	if !ok || !okChosen || !okRejected || len(chosen) != len(rejected) || len(chosen) == 0 {
		return ""
	}
	n := len(chosen) - 1
	for i := range n {
		if !chosen[i].same(rejected[i]) {
			return ""
		}
	}
	before := chosen[:n]
	if n == 0 {
		before = prompt
	} else if len(prompt) > 0 && !slices.ContainsFunc(before, prompt[len(prompt)-1].same) {
		return "" // it is not known which of the two comes first
	}
	if len(before) == 0 || len(prompt) > len(before) {
		return ""
	}
	var messages []string
	for _, t := range before {
		messages = append(messages, t.raw)
	}
	return `{"input":` + chatLine(messages) + `,"preferred_output":[` + chosen[n].raw + `],"non_preferred_output":[` + rejected[n].raw + `]}`
}

// turnsOf returns the messages that raw is: a list of them, or one text of the
// role. Nothing is no message.
func turnsOf(raw, role string) (turns []turn, ok bool) {
	switch {
	case raw == "" || raw == "null":
		return nil, true
	case raw[0] == '"':
		return []turn{{said(role, raw), `"` + role + `"`, raw}}, true
	case !listOfObjects([]byte(raw)):
		return nil, false
	}
	for item := range dataset.Elements([]byte(raw)) {
		t := turn{raw: string(item)}
		for key, value := range dataset.Members(item) {
			switch string(key) {
			case `"role"`:
				t.role = string(value)
			case `"content"`:
				t.content = string(value)
			}
		}
		if t.role == "" || t.content == "" {
			return nil, false
		}
		turns = append(turns, t)
	}
	return turns, true
}
