package report

import (
	"fmt"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// perLevel is how many annotations GitHub shows of each level and step.
const perLevel = 10

// github writes workflow commands, of which GitHub makes annotations: one for a group.
type github struct{ *writer }

func openGitHub(w *writer) Report { return &github{w} }

// Finding is not called: the result has all that is written.
func (*github) Finding(*lint.Finding) error { return nil }

// Finish writes the commands, errors first.
func (g *github) Finish(r *lint.Result) error {
	room := map[lint.Severity]int{lint.Error: perLevel, lint.Warning: perLevel, lint.Info: perLevel - 1}
	hidden := int64(0)
	take := func(s lint.Severity) bool {
		room[s]--
		if room[s] < 0 {
			hidden++
		}
		return room[s] >= 0
	}
	for i := range r.Files {
		if f := &r.Files[i]; f.Err != nil && take(lint.Error) {
			g.command("error", f.Name, nil, "ftlint", unreadError(f))
		}
	}
	for _, group := range byWeight(g.gather(r)) {
		f := &group.Findings[0]
		if !take(f.Severity) {
			continue
		}
		text := clippedMessage(f)
		if len(group.files) > 0 {
			text += " (+" + Plural(int64(len(group.files)), "more file") + ")"
		} else if n := group.Lines - 1; n > 0 {
			text += " (+" + Plural(n, "more line") + ")"
		}
		level := f.Severity.String()
		if f.Severity == lint.Info {
			level = "notice"
		}
		g.command(level, f.File, f, f.Rule.ID+" "+f.Rule.Name, text)
	}
	if hidden > 0 {
		verdict, says := g.outcome(r)
		g.command("notice", "", nil, "ftlint", fmt.Sprintf("%s without an annotation, as GitHub shows %d of each level · %s: %s", Plural(hidden, "more group"), perLevel, verdict, says))
	}
	return g.flush()
}

// command writes one. Without a finding it is about a file, or about nothing that has a place.
func (g *github) command(level, file string, f *lint.Finding, title, text string) {
	g.print("::", level, " ")
	if file != "" {
		path, _ := g.fromRoot(file)
		g.print("file=", escapeProperty(path), ",")
	}
	if f != nil && f.Line > 0 {
		g.print(fmt.Sprintf("line=%d,", f.Line))
		if f.Column > 0 {
			g.print(fmt.Sprintf("col=%d,endColumn=%d,", f.Column, f.EndColumn))
		}
	}
	g.print("title=", escapeProperty(title), "::", escapeData(text), "\n")
}

// escapeData writes the text of a command. What is no control character of the
// commands is made safe to show.
func escapeData(s string) string {
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteString("%0A")
		}
		for j, part := range strings.Split(line, "\r") {
			if j > 0 {
				b.WriteString("%0D")
			}
			b.WriteString(strings.ReplaceAll(term.Sanitize(part), "%", "%25"))
		}
	}
	return b.String()
}

// escapeProperty writes the value of a property.
func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}
