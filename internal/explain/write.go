package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
)

// WriteText writes answers for people, in lines of width columns (0 means 80).
func WriteText(w io.Writer, answers []Answer, style term.Style, width int) error {
	if width <= 0 {
		width = term.DefaultWidth
	}
	var b strings.Builder
	for i, a := range answers {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(style.Bold(a.Title) + "\n")
		line := func(key, text string) {
			if text != "" {
				wrap.Write(&b, fmt.Sprintf("  %-8s ", key), strings.Repeat(" ", 11), term.Sanitize(text), width)
			}
		}
		line("where", a.where())
		line("rules", strings.Join(a.Rules, ", "))
		line("means", a.Meaning)
		for i, do := range a.Do {
			line([]string{"do", ""}[min(i, 1)], "- "+do)
		}
		for i, run := range a.Run { // in one line, to be copied
			fmt.Fprintf(&b, "  %-8s %s\n", []string{"run", ""}[min(i, 1)], term.Sanitize(run))
		}
		evidence := a.Evidence
		if a.Source != "" {
			evidence += ": " + a.Source
		}
		line("known", evidence)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// where names the place in a few words.
func (a *Answer) where() string {
	var parts []string
	switch {
	case len(a.Lines) > 1:
		text := make([]string, len(a.Lines))
		for i, n := range a.Lines {
			text[i] = fmt.Sprint(n)
		}
		parts = append(parts, "lines "+strings.Join(text, ", "))
	case a.Line > 0:
		parts = append(parts, fmt.Sprintf("line %d", a.Line))
	}
	if a.Column > 0 {
		parts = append(parts, fmt.Sprintf("column %d", a.Column))
	}
	if a.Path != "" {
		parts = append(parts, a.Path)
	}
	return strings.Join(parts, ", ")
}

// WriteJSON writes answers as one JSON object.
func WriteJSON(w io.Writer, answers []Answer) error {
	out := struct {
		SchemaVersion int      `json:"schema_version"`
		Recognised    bool     `json:"recognised"`
		Answers       []Answer `json:"answers"`
	}{1, len(answers) > 0, []Answer{}}
	for _, a := range answers {
		for _, list := range []*[]string{&a.Rules, &a.Do} {
			if *list == nil {
				*list = []string{}
			}
		}
		out.Answers = append(out.Answers, a)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// WriteUnknown writes for people what to do with a message that Explain has no
// answer to, with the texts that are most like it.
func WriteUnknown(w io.Writer, message string, width int) error {
	if width <= 0 {
		width = term.DefaultWidth
	}
	var b strings.Builder
	b.WriteString("message not recognised\n")
	if near := Nearest(message, 3); len(near) > 0 {
		b.WriteString("texts that are like it:\n")
		for _, n := range near {
			wrap.Write(&b, "  - ", "    ", n, width)
		}
	}
	wrap.Write(&b, "", "", "Give the service's text word for word, the whole answer if you can. ftlint check train.jsonl finds what is known to make files fail, whatever the message.", width)
	_, err := io.WriteString(w, b.String())
	return err
}

// Nearest returns up to n known texts that share the most words with message,
// the most alike first; texts that share fewer than two words, or less than a
// quarter of the shorter one's, are not like it.
func Nearest(message string, n int) []string {
	type scored struct {
		text  string
		score float64
	}
	want := words(plain(message))
	var all []scored
	for _, p := range patterns() {
		have := words(plain(p.sample))
		shared := 0
		for w := range have {
			if want[w] {
				shared++
			}
		}
		if shared < 2 || 4*shared < min(len(have), len(want)) {
			continue
		}
		all = append(all, scored{p.sample, float64(2*shared) / float64(len(have)+len(want))})
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return +1
		}
		return 0
	})
	var texts []string
	for _, s := range all[:min(n, len(all))] {
		texts = append(texts, s.text)
	}
	return texts
}

// words returns the words of text that say something, in lower case.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return r < 'a' && r != '_' || 'z' < r && r < 0x80
	}) {
		if len(w) > 2 && !slices.Contains([]string{"the", "and", "for", "that", "this", "was", "has", "with", "are", "not", "file", "example", "line"}, w) {
			set[w] = true
		}
	}
	return set
}
