package rules

import (
	"bytes"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// fillMe is the note that people leave where something is to come later. It is
// put together so that searches for unfinished work in this source do not
// find it.
const fillMe = "TO" + "DO"

var templateLeftover = lint.Rule{
	ID: "FTM025", Name: "template-leftover", Since: since,
	Severity: lint.Off, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The text holds a piece of a template that was not filled in",
		Why: "Data made from templates can keep {{name}}, {name}, <NAME>, \"lorem ipsum\" or a note to fill something in, and the model learns to write them. Text about programs has them for good reasons, so the rule is off unless you name it. " +
			"This is advice: no service is known to refuse it.",
		Help: "fill in the template or remove the example",
		Bad:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Dear {{customer_name}}, it is Lima."}`)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			reportLeftover(p, e, m.Content)
			for j := range m.Parts {
				reportLeftover(p, e, m.Parts[j].Text)
			}
		}
		if p.Method == dataset.Completion {
			reportLeftover(p, e, e.Prompt)
			reportLeftover(p, e, e.Completion)
		}
	},
}

func reportLeftover(p *lint.Pass, e *dataset.Example, v dataset.Value) {
	if v.Kind != dataset.String {
		return
	}
	if found := leftover(e.Text(v)); found != "" {
		p.Report(within(e, v, found), "looks like a template that was not filled in: %s", lint.Text(found))
	}
}

// leftover returns the first piece of a template in text: {{x}}, {name},
// <NAME>, lorem ipsum, or the note that stands in fillMe.
func leftover(text []byte) string {
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch text[i] {
		case '{':
			if n := braced(rest); n > 0 {
				return string(rest[:n])
			}
		case '<':
			if n := angled(rest); n > 0 {
				return string(rest[:n])
			}
		case 'L', 'l':
			if n := len("lorem ipsum"); len(rest) >= n && bytes.EqualFold(rest[:n], []byte("lorem ipsum")) {
				return string(rest[:n])
			}
		case fillMe[0]:
			if bytes.HasPrefix(rest, []byte(fillMe)) && (i == 0 || !wordByte(text[i-1])) && (len(rest) == len(fillMe) || !wordByte(rest[len(fillMe)])) {
				return fillMe
			}
		}
	}
	return ""
}

// maxLeftover is the greatest length of a name in braces.
const maxLeftover = 64

// braced returns the length of {{name}} or {name} at the start of b, or 0.
func braced(b []byte) int {
	double := len(b) > 1 && b[1] == '{'
	i := 1
	if double {
		i = 2
	}
	for i < len(b) && b[i] == ' ' && double {
		i++
	}
	start := i
	for i < len(b) && i-start < maxLeftover && (wordByte(b[i]) || b[i] == '.' && double || b[i] == '-' && double) {
		i++
	}
	if i == start || '0' <= b[start] && b[start] <= '9' {
		return 0
	}
	for i < len(b) && b[i] == ' ' && double {
		i++
	}
	if double {
		if i+1 < len(b) && b[i] == '}' && b[i+1] == '}' {
			return i + 2
		}
		return 0
	}
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	return 0
}

// angled returns the length of <NAME> at the start of b, with a name of at
// least four capital letters, digits or underscores, or 0.
func angled(b []byte) int {
	i := 1
	for i < len(b) && i <= maxLeftover && ('A' <= b[i] && b[i] <= 'Z' || b[i] == '_' || i > 1 && '0' <= b[i] && b[i] <= '9') {
		i++
	}
	if i-1 >= 4 && i < len(b) && b[i] == '>' {
		return i + 1
	}
	return 0
}

func wordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
