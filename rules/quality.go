package rules

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rules on the quality of the whole dataset (FTQ).

// The shares of all examples between which validation data has a usual size, and how
// many examples are enough in any case.
const (
	leastValidation  = 0.01
	mostValidation   = 0.5
	enoughValidation = 1000
)

var validationSize = lint.Rule{
	ID: "FTQ011", Name: "validation-size", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Applies: func(s *lint.Settings) bool { return s.HasValidation },
	Doc: lint.Doc{
		Title: "The validation data is very small or very large",
		Why: "With less than 1 % of the examples the validation loss is mostly chance, unless there are 1,000 of them or more; with more than half of them most of the data is not trained on. " +
			"This is advice: no service is known to refuse it.",
		Help: "put 5 to 20 % of the examples into the validation file",
	},
	Across: func(p *lint.Pass, files []lint.Gathered) {
		var training, validation int64
		var first *lint.Gathered
		for i := range files {
			switch f := &files[i]; {
			case unusable(f.File):
			case !f.Settings.Validation:
				training += f.Examples()
			default:
				validation += f.Examples()
				if first == nil {
					first = f
				}
			}
		}
		if first == nil || training == 0 {
			return
		}
		p.In(first)
		switch share := float64(validation) / float64(training+validation); {
		case share > mostValidation:
			p.ReportFile("more than half of the examples are for validation: %s, and %s for training", lint.Int(validation), lint.Int(training))
		case share < leastValidation && validation < enoughValidation:
			p.ReportFile("less than 1 % of the examples are for validation: %s, and %s for training", lint.Int(validation), lint.Int(training))
		}
	},
}

// The shares above which answers are out of balance, and how many there must be.
const (
	mostOneAnswer    = 0.5
	mostRefusals     = 0.1
	balancedExamples = 20
)

var answerImbalance = lint.Rule{
	ID: "FTQ006", Name: "answer-imbalance", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "One answer, or refusing to answer, makes up too much of the data",
		Why: "A model that sees one answer in more than half of the examples learns to give it without a look at the question, and one that sees many refusals refuses what it should answer: OpenAI's guide advises to look for these. Refusals are told from 10 % on, in files of 20 examples or more. " +
			"This is advice: no service is known to refuse it.",
		Help:     "add examples with other answers, or take out some of these",
		BadFile:  sample(func() string { return chatFile(30) + sameAnswers(31, "That depends.") }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	Gathers: rows,
	Collector: func(*lint.Settings) lint.Collector {
		return &refusals{}
	},
	Across: func(p *lint.Pass, files []lint.Gathered) {
		for i := range files {
			p.In(&files[i])
			commonAnswer(p, files[i].Collector.(*stats.Rows))
		}
	},
}

// commonAnswer reports an answer that most examples give.
func commonAnswer(p *lint.Pass, all *stats.Rows) {
	if all.Len() < balancedExamples {
		return
	}
	// If there is one that most give, it is left when others are set off against each
	// other.
	var common uint64
	left := 0
	for i := range all.Len() {
		switch answer := all.At(i).Answer; {
		case left == 0:
			common, left = answer, 1
		case answer == common:
			left++
		default:
			left--
		}
	}
	count, first := int64(0), int64(0)
	for i := all.Len() - 1; i >= 0 && common != 0; i-- {
		if row := all.At(i); row.Answer == common {
			count++
			first = row.Line
		}
	}
	if float64(count) > mostOneAnswer*float64(all.Len()) {
		p.ReportFile("%s of %s examples have the same answer, such as line %s", lint.Int(count), lint.Int(int64(all.Len())), lint.Int(first))
	}
}

// refusals counts answers that refuse to answer.
type refusals struct {
	answers, refused int64
	first            int64 // line
}

// Add takes one example.
func (c *refusals) Add(e *dataset.Example) {
	m := lastAnswer(e)
	if m == nil {
		return
	}
	c.answers++
	if m.Refusal.Kind == dataset.String && !e.Blank(m.Refusal) || refuses(e, m) {
		c.refused++
		if c.refused == 1 {
			c.first = e.Number
		}
	}
}

// Merge takes over what next has counted.
func (c *refusals) Merge(next lint.Collector, lines int64) {
	n := next.(*refusals)
	if c.refused == 0 && n.refused > 0 {
		c.first = n.first + lines
	}
	c.answers += n.answers
	c.refused += n.refused
}

// Finish reports too many of them.
func (c *refusals) Finish(p *lint.Pass, f *lint.File) {
	if !unusable(f) && c.answers >= balancedExamples && float64(c.refused) > mostRefusals*float64(c.answers) {
		p.ReportFile("%s of %s answers refuse to answer, such as line %s", lint.Int(c.refused), lint.Int(c.answers), lint.Int(c.first))
	}
}

// lastAnswer returns the last message of a chat line if it is an answer that is trained.
func lastAnswer(e *dataset.Example) *dataset.Message {
	if e.Shape != dataset.ShapeChat || len(e.Messages.Items) == 0 {
		return nil
	}
	if m := &e.Messages.Items[len(e.Messages.Items)-1]; trained(e, m) {
		return m
	}
	return nil
}

// Beginnings of refusals, in lower case with straight quotes. What is refused follows
// within refusalLen bytes.
var (
	refusalSorry = [][]byte{[]byte("i'm sorry, "), []byte("i am sorry, "), []byte("sorry, "), []byte("i apologize, "), []byte("i'm sorry but "), []byte("sorry but ")}
	refusalCan   = [][]byte{
		[]byte("i can't"), []byte("i cannot"), []byte("i can not"), []byte("i'm unable to"), []byte("i am unable to"), []byte("i'm not able to"), []byte("i am not able to"),
		[]byte("i won't"), []byte("as an ai"),
	}
)

const refusalLen = 64

// refuses reports whether a message refuses to answer, in English, with its first words.
func refuses(e *dataset.Example, m *dataset.Message) bool {
	if m.Content.Kind != dataset.String {
		return false
	}
	raw := e.Line[m.Content.Start+1 : m.Content.End-1]
	if len(raw) == 0 || bytes.IndexByte([]byte("IiSsAa "), raw[0]) < 0 {
		return false // most answers
	}
	var buf [refusalLen]byte
	text := append(buf[:0], raw[:min(len(raw), refusalLen-8)]...)
	text = bytes.ReplaceAll(bytes.TrimSpace(text), []byte("’"), []byte("'"))
	text = bytes.ReplaceAll(text, []byte(`\u2019`), []byte("'"))
	text = bytes.ToLower(text)
	for _, sorry := range refusalSorry {
		if rest, ok := bytes.CutPrefix(text, sorry); ok {
			text = bytes.TrimPrefix(rest, []byte("but "))
			break
		}
	}
	for _, can := range refusalCan {
		if bytes.HasPrefix(text, can) {
			return true
		}
	}
	return false
}

// leastCopied is the length in bytes from which on an answer that repeats the user is
// told: a greeting may well be answered with the same one.
const leastCopied = 24

var answerCopiesPrompt = lint.Rule{
	ID: "FTQ009", Name: "answer-copies-prompt", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The answer is what the user said",
		Why: "Usually a column was taken twice, or an answer was never written. Where texts are to be corrected, some may be right as they are: then switch the rule off. Texts of fewer than 24 bytes are not looked at. " +
			"This is advice: no service is known to refuse it.",
		Help: "write the answer, or remove the line",
		Bad:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"What is the capital of Peru?"}`)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := e.Messages.Items
		for i := 1; i < len(all); i++ {
			m, before := &all[i], &all[i-1]
			if m.Role != dataset.RoleAssistant || before.Role != dataset.RoleUser || m.Content.Kind != dataset.String || before.Content.Kind != dataset.String ||
				m.Content.Len() < leastCopied || !trained(e, m) {
				continue
			}
			same := bytes.Equal(e.Raw(m.Content), e.Raw(before.Content))
			if !same && (m.Content.Flags|before.Content.Flags)&dataset.FlagOddEscape != 0 {
				same = bytes.Equal(e.Text(m.Content), e.Text(before.Content))
			}
			if same {
				p.Report(m.Content, "is the same text as the user's message before it")
			}
		}
	},
}

var jsonAnswerBroken = lint.Rule{
	ID: "FTQ013", Name: "json-answer-broken", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "Most answers are JSON, but not this one",
		Why: "A model that is to answer in JSON learns from it to write what programs cannot read; answers are often cut off, or quotes in them are not escaped. Told are answers that begin like JSON if most of the others are valid, and other answers if nine of ten are; in files with 10 such answers or more. " +
			"This is advice: no service is known to refuse it.",
		Help:     "repair the answer, or remove the line",
		BadFile:  sample(func() string { return jsonAnswers(50, 7) }),
		GoodFile: sample(func() string { return jsonAnswers(50, -1) }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &jsonCollector{} },
}

// jsonCollector tells answers that are JSON from others.
type jsonCollector struct {
	answers, valid int64
	broken, others lineList
}

// maxLines is how many line numbers a lineList keeps.
const maxLines = 1 << 16

// lineList is the numbers of lines: of many, the first.
type lineList []int64

func (l *lineList) add(line int64) {
	if len(*l) < maxLines {
		*l = append(*l, line)
	}
}

func (l *lineList) merge(next lineList, lines int64) {
	for _, line := range next {
		l.add(line + lines)
	}
}

// Add takes one example.
func (c *jsonCollector) Add(e *dataset.Example) {
	m := lastAnswer(e)
	if m == nil || m.Content.Kind != dataset.String || hasCalls(m) || e.Blank(m.Content) {
		return
	}
	c.answers++
	switch looks, valid := isJSON(e, m.Content); {
	case valid:
		c.valid++
	case looks:
		c.broken.add(e.Number)
	default:
		c.others.add(e.Number)
	}
}

// isJSON reports whether a string looks like a JSON object or array, perhaps within a
// fence of Markdown, and whether it is one.
func isJSON(e *dataset.Example, v dataset.Value) (looks, valid bool) {
	raw := bytes.TrimLeft(e.Line[v.Start+1:v.End-1], " ")
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' && raw[0] != '`' && raw[0] != '\\' {
		return false, false // most answers
	}
	text := bytes.TrimSpace(e.Text(v))
	if rest, ok := bytes.CutPrefix(text, []byte("```")); ok {
		rest = bytes.TrimSuffix(bytes.TrimPrefix(rest, []byte("json")), []byte("```"))
		text = bytes.TrimSpace(rest)
	}
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false, false
	}
	return true, json.Valid(text)
}

// Merge takes over what next has seen.
func (c *jsonCollector) Merge(next lint.Collector, lines int64) {
	n := next.(*jsonCollector)
	c.answers += n.answers
	c.valid += n.valid
	c.broken.merge(n.broken, lines)
	c.others.merge(n.others, lines)
}

// Finish reports the answers that are no JSON.
func (c *jsonCollector) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || c.valid < minExamples {
		return
	}
	broken, others := c.broken, c.others
	if 2*c.valid <= c.answers {
		broken = nil
	}
	if 10*c.valid < 9*c.answers {
		others = nil
	}
	for len(broken)+len(others) > 0 {
		if len(others) == 0 || len(broken) > 0 && broken[0] < others[0] {
			p.ReportLine(broken[0], "the answer begins like JSON, but is not valid (valid are %s of %s)", lint.Int(c.valid), lint.Int(c.answers))
			broken = broken[1:]
		} else {
			p.ReportLine(others[0], "the answer is no JSON, as %s of %s are", lint.Int(c.valid), lint.Int(c.answers))
			others = others[1:]
		}
	}
}

var mojibake = lint.Rule{
	ID: "FTQ007", Name: "mojibake", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactBeyondASCII,
	Doc: lint.Doc{
		Title: "Text was read in a wrong encoding",
		Why: "Characters such as Ã© where é should be, or � (U+FFFD) where a character got lost, come from bytes that were taken for another encoding. The model learns to write them. " +
			"This is advice: no service is known to refuse it. Each message is told once.",
		Help: "read the source in its own encoding, mostly UTF-8, and make the file anew",
		Bad: []string{
			chat(sysMsg, userMsg, `{"role":"assistant","content":"BogotÃ¡ is the capital of Colombia."}`),
			chat(sysMsg, userMsg, `{"role":"assistant","content":"Itâ€™s Lima."}`),
			chat(sysMsg, userMsg, `{"role":"assistant","content":"It\u00e2\u20ac\u2122s Lima."}`),
			chat(sysMsg, userMsg, `{"role":"assistant","content":"Bogot\ufffd is the capital of Colombia."}`),
		},
		Good: []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Bogotá é a capital da Colômbia; SÃO PAULO é maior. « voilà »"}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Shape == dataset.ShapeCompletion {
			reportMojibake(p, e, e.Prompt)
			reportMojibake(p, e, e.Completion)
			return
		}
		all := messages(e)
		for i := range all {
			m := &all[i]
			if reportMojibake(p, e, m.Content) {
				continue
			}
			for j := range m.Parts {
				if reportMojibake(p, e, m.Parts[j].Text) {
					break
				}
			}
		}
	},
}

// reportMojibake reports a string with text that was read in a wrong encoding.
func reportMojibake(p *lint.Pass, e *dataset.Example, v dataset.Value) bool {
	if v.Kind != dataset.String || v.Flags&dataset.FlagBroken != 0 {
		return false // FTF010
	}
	text := e.Line[v.Start+1 : v.End-1]
	if v.Flags&dataset.FlagOddEscape != 0 {
		text = e.Text(v)
	}
	start, end, lost := findMojibake(text)
	if end == 0 || lost && halfSurrogate(e) {
		return false
	}
	v = within(e, v, string(text[start:end]))
	if lost {
		p.Report(v, "has the character U+FFFD, which stands where another one got lost")
	} else {
		p.Report(v, "looks like UTF-8 that was read in another encoding")
	}
	return true
}

// halfSurrogate reports whether a U+FFFD may stand for half of a surrogate pair in the
// line, which FTJ007 tells.
func halfSurrogate(e *dataset.Example) bool {
	return slices.ContainsFunc(e.Faults, func(f dataset.Fault) bool { return f.Kind == dataset.FaultLoneSurrogate })
}

// findMojibake finds UTF-8 that was read as Windows-1252 or Latin-1, or else U+FFFD; end
// is 0 if there is neither.
func findMojibake(text []byte) (start, end int, lost bool) {
	// The letters that begin such a sequence have the same first byte: U+00C2 to U+00F4.
	for at := 0; ; {
		n := bytes.IndexByte(text[at:], 0xC3)
		if n < 0 {
			break
		}
		at += n
		if at+3 < len(text) && text[at+2] >= utf8.RuneSelf {
			if n := mojibakeLen(text[at:]); n > 0 {
				return at, at + n, false
			}
		}
		at++
	}
	const replacement = "\uFFFD"
	if at := bytes.Index(text, []byte(replacement)); at >= 0 {
		return at, at + len(replacement), true
	}
	return 0, 0, false
}

// mojibakeLen returns the length in bytes of the sequence of UTF-8, read as
// Windows-1252, that text begins with, or 0. What can well stand so in a text is none.
func mojibakeLen(text []byte) int {
	lead, at := utf8.DecodeRune(text)
	following := 0
	switch {
	case lead == 0xC2 || lead == 0xC3:
		following = 1
	case 0xE2 <= lead && lead <= 0xE9:
		following = 2
	case lead == 0xF0:
		following = 3
	}
	if following == 0 {
		return 0
	}
	onlyLetters := following == 2 // as in âžž, which Sami has
	for i := range following {
		r, n := utf8.DecodeRune(text[at:])
		b := windows1252(r)
		onlyLetters = onlyLetters && unicode.IsLetter(r)
		// â€ and ðŸ begin quotation marks and emoji, and nothing else.
		if i == 0 && (lead == 0xE2 && b == 0x80 || lead == 0xF0 && b == 0x9F) {
			return at + n
		}
		if b == 0 || punctuation(r) {
			return 0
		}
		at += n
	}
	if onlyLetters {
		return 0
	}
	return at
}

// punctuation reports whether a character follows letters in texts that nothing is
// wrong with.
func punctuation(r rune) bool {
	switch r {
	case 0xA0, '«', '»', '‘', '’', '“', '”', '‚', '„', '‹', '›', '…', '–', '—':
		return true
	}
	return false
}

// windows1252 returns the byte from 0x80 to 0xBF that is r in Windows-1252 or Latin-1,
// or 0.
func windows1252(r rune) byte {
	if 0x80 <= r && r <= 0xBF {
		return byte(r)
	}
	for i, special := range windowsSpecials {
		if r == special {
			return byte(0x80 + i)
		}
	}
	return 0
}

// windowsSpecials are the characters 0x80 to 0x9F of Windows-1252; 0 where it has none.
var windowsSpecials = [...]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// endsOf returns what the text of a string begins and ends with: white space or the
// characters nearest to its ends. end is that before any white space. It reports false
// of a blank text.
func endsOf(e *dataset.Example, v dataset.Value) (spaceBefore, spaceBehind bool, end rune, ok bool) {
	if v.Kind != dataset.String {
		return false, false, 0, false
	}
	text := e.Line[v.Start+1 : v.End-1]
	if v.Flags&dataset.FlagEscaped != 0 {
		// The ends are enough: no escape reaches from one to the other.
		if len(text) < 4*endLen {
			text = e.Text(v)
		} else if text = bytes.TrimLeft(text[len(text)-endLen:], `\`); len(text) > 0 {
			before := e.Line[v.Start+1:]
			spaceBefore = before[0] == ' ' || before[0] == '\\' && bytes.IndexByte([]byte("nrt"), before[1]) >= 0
			var buf [endLen]byte
			text = dataset.AppendUnescaped(buf[:0], text[1:]) // its first byte may belong to an escape
			trimmed := bytes.TrimSpace(text)
			end, _ = utf8.DecodeLastRune(trimmed)
			return spaceBefore, !bytes.HasSuffix(text, trimmed), end, len(trimmed) > 0
		}
	}
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 {
		return false, false, 0, false
	}
	end, _ = utf8.DecodeLastRune(trimmed)
	return !bytes.HasPrefix(text, trimmed), !bytes.HasSuffix(text, trimmed), end, true
}

// endLen is how many bytes of the end of a text are looked at.
const endLen = 64

var trailingSpace = lint.Rule{
	ID: "FTQ010", Name: "trailing-space", Since: since,
	Severity: lint.Info, Evidence: lint.Peers, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "Some answers begin or end with white space, and others do not",
		Why: "White space is trained like any other text: where it comes at random, so it will from the model. OpenAI's prepare_data tool looked for such habits in completions. " +
			"This is advice: no service is known to refuse it. Files of fewer than 20 answers are not looked at; the finding is at the first line of those that are fewer. The fix takes the white space off all answers that have it at that end.",
		Help:     "write all answers in one way, best without white space at their ends",
		BadFile:  sample(func() string { return chatFile(50) + sameAnswers(1, "That is 50. ") }),
		GoodFile: sample(func() string { return chatFile(50) + sameAnswers(1, "That is 50.") }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &spaceHabits{} },
}

// habit counts answers that have something and those that have not, with the first line
// of each kind.
type habit struct{ has, lacks lint.Tally }

func (h *habit) add(has bool, line int64) {
	t := &h.lacks
	if has {
		t = &h.has
	}
	if t.Lines == 0 {
		t.First = line
	}
	t.Lines++
}

func (h *habit) merge(next habit, lines int64) {
	for _, pair := range [...][2]*lint.Tally{{&h.has, &next.has}, {&h.lacks, &next.lacks}} {
		if pair[0].Lines == 0 && pair[1].Lines > 0 {
			pair[0].First = pair[1].First + lines
		}
		pair[0].Lines += pair[1].Lines
	}
}

// spaceHabits looks at the white space around answers.
type spaceHabits struct{ before, behind habit }

// Add takes one example.
func (c *spaceHabits) Add(e *dataset.Example) {
	if m := lastAnswer(e); m != nil {
		if before, behind, _, ok := endsOf(e, m.Content); ok {
			c.before.add(before, e.Number)
			c.behind.add(behind, e.Number)
		}
	}
}

// Merge takes over what next has seen.
func (c *spaceHabits) Merge(next lint.Collector, lines int64) {
	n := next.(*spaceHabits)
	c.before.merge(n.before, lines)
	c.behind.merge(n.behind, lines)
}

// Finish reports habits that only some answers have.
func (c *spaceHabits) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) {
		return
	}
	report := func(h habit, has, lacks string, trim func(*lint.Pass, *dataset.Example)) {
		all := h.has.Lines + h.lacks.Lines
		switch {
		case all < balancedExamples || h.has.Lines == 0 || h.lacks.Lines == 0:
		case h.has.Lines <= h.lacks.Lines:
			p.ReportLines(h.has.First, h.has.Lines, has, lint.Int(h.has.Lines), lint.Int(all)).FixEach(trim)
		default:
			p.ReportLines(h.lacks.First, h.lacks.Lines, lacks, lint.Int(h.lacks.Lines), lint.Int(all)).FixEach(trim)
		}
	}
	report(c.before, "%s of %s answers begin with white space, such as this one", "%s of %s answers do not begin with white space, such as this one", trimBefore)
	report(c.behind, "%s of %s answers end with white space, such as this one", "%s of %s answers do not end with white space, such as this one", trimBehind)
}

// trimBefore takes white space off the beginning of an answer.
func trimBefore(p *lint.Pass, e *dataset.Example) {
	if m := lastAnswer(e); m != nil && m.Content.Kind == dataset.String && !e.Blank(m.Content) {
		raw := e.Line[m.Content.Start+1 : m.Content.End-1]
		trim(p, m.Content, m.Content.Start+1, len(raw)-len(trimLeft(raw)))
	}
}

// trimBehind takes white space off the end of an answer.
func trimBehind(p *lint.Pass, e *dataset.Example) {
	if m := lastAnswer(e); m != nil && m.Content.Kind == dataset.String && !e.Blank(m.Content) {
		raw := e.Line[m.Content.Start+1 : m.Content.End-1]
		kept := 0 // up to behind the last character that is no white space
		for at := 0; at < len(raw); {
			if n := spaceLen(raw[at:]); n > 0 {
				at += n
				continue
			}
			if at += 1; raw[at-1] == '\\' {
				at++
			}
			kept = at
		}
		trim(p, m.Content, m.Content.Start+1+uint32(kept), len(raw)-kept)
	}
}

func trim(p *lint.Pass, v dataset.Value, start uint32, n int) {
	if n > 0 {
		p.Report(v, "has white space at an end").Fix(lint.UnsafeFix, func(ed *lint.Editor) {
			ed.ReplaceBytes(start, start+uint32(n), "")
		})
	}
}

func trimLeft(raw []byte) []byte {
	for n := spaceLen(raw); n > 0; n = spaceLen(raw) {
		raw = raw[n:]
	}
	return raw
}

// spaceLen returns the length of the white space, a character or an escape, that the
// inside of a JSON string begins with, or 0.
func spaceLen(raw []byte) int {
	n := 0
	switch {
	case len(raw) == 0:
		return 0
	case raw[0] != '\\':
		_, n = utf8.DecodeRune(raw)
	case len(raw) > 1 && raw[1] == 'u':
		n = min(len(raw), 6)
	default:
		n = min(len(raw), 2)
	}
	var buf [8]byte
	if r, _ := utf8.DecodeRune(dataset.AppendUnescaped(buf[:0], raw[:n])); !unicode.IsSpace(r) {
		return 0
	}
	return n
}

// leastCutOff is the length in bytes from which on an answer may have been cut off.
const leastCutOff = 100

var endsMidSentence = lint.Rule{
	ID: "FTQ012", Name: "ends-mid-sentence", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "An answer ends in the middle of a sentence",
		Why: "Answers that a model wrote are often cut off at a limit of tokens, and the model that is trained on them learns to stop anywhere. Told are answers that end with a letter, a digit or a comma where more than 90 % of the answers do not; those of fewer than 100 bytes are not looked at, nor files with fewer than 20 others. " +
			"This is advice: no service is known to refuse it.",
		Help:     "complete the answer, or remove the line",
		BadFile:  sample(func() string { return longAnswers(50, 7) }),
		GoodFile: sample(func() string { return longAnswers(50, -1) }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &sentenceEnds{} },
}

// sentenceEnds tells answers that end like a sentence from others.
type sentenceEnds struct {
	ended, open int64
	lines       lineList // of those that are open
}

// Add takes one example.
func (c *sentenceEnds) Add(e *dataset.Example) {
	m := lastAnswer(e)
	if m == nil || m.Content.Len() < leastCutOff {
		return
	}
	_, _, end, ok := endsOf(e, m.Content)
	switch {
	case !ok:
	case end == ',' || unicode.IsLetter(end) || unicode.IsDigit(end):
		c.open++
		c.lines.add(e.Number)
	default:
		c.ended++
	}
}

// Merge takes over what next has seen.
func (c *sentenceEnds) Merge(next lint.Collector, lines int64) {
	n := next.(*sentenceEnds)
	c.ended += n.ended
	c.open += n.open
	c.lines.merge(n.lines, lines)
}

// Finish reports the answers that are open if they are few.
func (c *sentenceEnds) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || c.ended < balancedExamples || c.ended <= 9*c.open {
		return
	}
	for _, line := range c.lines {
		p.ReportLine(line, "the answer ends in the middle of a sentence, which %s of %s do not", lint.Int(c.ended), lint.Int(c.ended+c.open))
	}
}
