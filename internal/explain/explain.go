// Package explain recognises the error texts of the fine-tuning services and
// says which rule finds the cause, in which line, and what to do. What is known
// of the texts is in table.go.
package explain

import (
	"slices"
	"strconv"
	"strings"
)

// Answer explains one error text.
type Answer struct {
	// Title says in a few words what the service complains about.
	Title string `json:"title"`
	// Matched is the part of the message that was recognised.
	Matched string `json:"matched"`
	// Rules are the ids of the rules that find the cause, the most specific
	// first. None: no rule can see it in a dataset.
	Rules []string `json:"rules"`
	// Line is the line of the file, counted from 1; 0 if the text names none.
	Line int64 `json:"line,omitempty"`
	// Column is the column of a JSON error in its line, counted from 1 in
	// characters; 0 if the text names none.
	Column int64 `json:"column,omitempty"`
	// Lines are all the lines, where the text names several.
	Lines []int64 `json:"lines,omitempty"`
	// Path is the JSON path that the text speaks of, such as
	// messages[2].content; empty if it names none.
	Path string `json:"path,omitempty"`
	// Meaning says what the text means.
	Meaning string `json:"meaning"`
	// Do is what to do about it, step by step.
	Do []string `json:"do"`
	// Run are commands that help. The name of the file in them is only an example.
	Run []string `json:"run,omitempty"`
	// Evidence says how this is known: seen (a service's answer), documented,
	// reported (by users) or inferred.
	Evidence string `json:"evidence"`
	// Source is where the text was found.
	Source string `json:"source,omitempty"`

	// generic: says nothing beside an answer that is not. once: one fault,
	// however many texts there are for it.
	generic    bool
	once       bool
	start, end int // of Matched, in the plain message
	rank       int // in the table
}

// Explain returns answers to the error texts that message holds, in their
// order; where several explain the same words, only the most specific one.
// message can be the whole answer of the service as JSON, a line of a log, one
// or more messages with other text around them, or a fragment; quotes, escapes
// and line breaks do not matter, nor does case. Nothing recognised: no answers.
// Answers name only the rules that known reports to exist; nil: all of them.
func Explain(message string, known func(rule string) bool) []Answer {
	text := plain(message)
	var all []Answer
	for rank, p := range patterns() {
		re := p.compiled()
		for _, m := range re.FindAllStringSubmatchIndex(text, maxMatches) {
			g := groups{}
			for i, name := range re.SubexpNames() {
				if name != "" && m[2*i] >= 0 {
					g[name] = text[m[2*i]:m[2*i+1]]
				}
			}
			a := Answer{
				Title: p.title, Rules: slices.Clone(p.rules), Meaning: p.meaning, Do: slices.Clone(p.do),
				Evidence: p.evidence, Source: p.source, generic: p.generic, once: p.once || p.generic,
				Matched: strings.TrimSpace(text[m[0]:m[1]]), start: m[0], end: m[1], rank: rank,
			}
			a.Line, a.Column = g.number("line"), g.number("col")
			if n := g.number("line2"); n > 0 {
				a.Line = n
			}
			a.Path = g.path()
			if p.refine != nil {
				p.refine(&a, g)
			}
			if known != nil {
				a.Rules = slices.DeleteFunc(a.Rules, func(rule string) bool { return !known(rule) })
			}
			if a.Run == nil {
				a.Run = p.run
			}
			if a.Run == nil {
				a.Run = run(a.Rules)
			}
			all = append(all, a)
		}
	}
	return best(all)
}

// Samples returns the texts that are known, as the services write them.
func Samples() []string {
	var texts []string
	for _, p := range patterns() {
		texts = append(texts, p.sample)
	}
	return texts
}

// maxMatches is how many times one text is looked for in a message.
const maxMatches = 50

// best drops answers that say no more than another one, and puts the rest into
// the order of the message.
func best(all []Answer) []Answer {
	specific := slices.ContainsFunc(all, func(a Answer) bool { return !a.generic })
	var kept []Answer
	// The table has the most specific patterns first.
	for _, a := range all {
		if a.generic && specific {
			continue
		}
		same := slices.IndexFunc(kept, func(k Answer) bool {
			return a.start < k.end && k.start < a.end ||
				k.rank == a.rank && (a.once || k.Line == a.Line && k.Path == a.Path && k.Matched == a.Matched)
		})
		switch {
		case same < 0:
			kept = append(kept, a)
		case kept[same].rank == a.rank && a.once && len(a.Matched) > len(kept[same].Matched):
			kept[same] = a // the text beside its code
		}
	}
	slices.SortStableFunc(kept, func(a, b Answer) int { return a.start - b.start })
	return kept
}

// run returns the commands for answers with rules.
func run(rules []string) []string {
	if len(rules) == 0 {
		return []string{"ftlint check train.jsonl"}
	}
	// What these find depends on what the job is, which a flag has to say.
	method := slices.Contains(rules, "FTF021")
	selected := slices.DeleteFunc(slices.Clone(rules), func(id string) bool { return id == "FTF021" || id == "FTF022" })
	var commands []string
	if len(selected) > 0 {
		commands = append(commands, checkFor("", selected...))
	}
	if method {
		commands = append(commands, checkFor("--method sft", "FTF021"))
	}
	return append(commands, "ftlint rule "+rules[0])
}

// checkFor returns the command that looks for what some rules find.
func checkFor(flags string, rules ...string) string {
	if flags != "" {
		flags += " "
	}
	return "ftlint check train.jsonl " + flags + "--select " + strings.Join(rules, ",")
}

// groups are the named groups of a match.
type groups map[string]string

func (g groups) number(name string) int64 {
	n, err := strconv.ParseInt(g[name], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// path makes a JSON path of a message's number, which the services count from
// 1, and a key.
func (g groups) path() string {
	key := g["key"]
	n := g.number("msg")
	switch {
	case n == 0:
		return ""
	case key == "":
		return "messages[" + strconv.FormatInt(n-1, 10) + "]"
	}
	return "messages[" + strconv.FormatInt(n-1, 10) + "]." + key
}

// numbers returns the numbers in a list such as "4, 13, 14, …".
func numbers(list string) []int64 {
	var all []int64
	for f := range strings.FieldsFuncSeq(list, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.ParseInt(f, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// maxMessage is the length in bytes beyond which a message is not looked at:
// error texts are short, and a whole log is not what this is for.
const maxMessage = 64 << 10

// plain writes a message as the patterns expect it: without the escapes of JSON
// and Markdown, with straight quotes, and with single blanks.
func plain(message string) string {
	if len(message) > maxMessage {
		message = message[:maxMessage]
	}
	lines := strings.Split(message, "\n")
	for i, l := range lines { // quoted in a mail or an issue
		lines[i] = strings.TrimLeft(l, "> \t")
	}
	message = strings.ToValidUTF8(strings.Join(lines, "\n"), "\uFFFD")
	straight := strings.NewReplacer(
		"“", `"`, "”", `"`, "„", `"`, "″", `"`, "«", `"`, "»", `"`, "&quot;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">",
		"‘", "'", "’", "'", "`", "'", "…", "...", "\u00a0", " ", "\u200b", "",
	)
	message = straight.Replace(message)
	for range 3 { // JSON within JSON within a log
		next := straight.Replace(unescape(message))
		if next == message {
			break
		}
		message = next
	}
	return strings.Join(strings.Fields(message), " ")
}

// unescape undoes one layer of backslashes. Those of Python's bytes (\xb0) stay.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch c := s[i+1]; c {
		case '"', '\'', '\\', '/', '|', '<', '>', '`', '_', '*', '[', ']':
			b.WriteByte(c)
			i++
		case 'n', 'r', 't':
			b.WriteByte(' ')
			i++
		case 'u':
			if i+6 <= len(s) {
				if r, err := strconv.ParseUint(s[i+2:i+6], 16, 32); err == nil {
					b.WriteRune(rune(r))
					i += 5
					continue
				}
			}
			b.WriteByte('\\')
		default:
			b.WriteByte('\\')
		}
	}
	return b.String()
}
