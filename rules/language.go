package rules

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rule on answers in another writing system than all others.

const (
	// leastWritten is how many letters a text has at least of which it is told how it is
	// written. A letter of Chinese or Japanese counts twice.
	leastWritten = 20
	// leastAnswers is how many such answers a file has at least, and oneScript the share
	// of them that is written in one way.
	leastAnswers = 100
	oneScript    = 0.98
	// maxWritten is how many bytes of a text are looked at, and fewWritten how many of an
	// answer at first.
	maxWritten = 2 << 10
	fewWritten = 64
	// mostSymbols is the share of brackets and the like above which a text is code.
	mostSymbols = 0.04
)

var languageMix = lint.Rule{
	ID: "FTQ008", Name: "language-mix", Since: since,
	Severity: lint.Info, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "An answer is in another writing system than nearly all others",
		Why: "Most often a row of another dataset got in, or a model that wrote the answers fell into another language; the model learns to do so. " +
			"Told are answers with at least 80 % of their letters in another script (of Latin text 95 %, and no code), where 98 % of at least 100 answers are in one, and nothing before the answer is in that script or speaks of a language or of translating. " +
			"So data in several languages, translations and foreign words are not told. Looked at are the last answer, the completion or the preferred output: the first 2 kB of it. Reinforcement tasks have no answer. " +
			"This is advice: no service is known to refuse it.",
		Help: "look at the answer: write it anew, or remove the line",
		BadFile: sample(func() string {
			return longAnswers(120, -1) + chat(sysMsg, `{"role":"user","content":"Add 3 and 9."}`, `{"role":"assistant","content":"Это двенадцать, потому что три и девять вместе дают двенадцать."}`) + "\n"
		}),
		GoodFile: sample(func() string {
			return longAnswers(120, -1) + chat(sysMsg, `{"role":"user","content":"Add 3 and 9, in Russian."}`, `{"role":"assistant","content":"Это двенадцать, потому что три и девять вместе дают двенадцать."}`) + "\n"
		}),
	},
	Collector: func(*lint.Settings) lint.Collector { return &writings{} },
}

// writings counts how the answers of a file are written.
type writings struct {
	kinds          []writing
	counter        dataset.Writing
	answer, prompt []byte // room for texts
	system         []byte // the last system prompt, as it stands in its line
	systemSpeaks   bool   // it speaks of languages
}

// writing is a way of writing, with the answers of which nothing before them is written
// in the same way.
type writing struct {
	script string // such as Latin, Han, Japanese
	lines  int64
	alone  lineList
}

func (c *writings) of(script string) *writing {
	for i := range c.kinds {
		if c.kinds[i].script == script {
			return &c.kinds[i]
		}
	}
	c.kinds = append(c.kinds, writing{script: script})
	return &c.kinds[len(c.kinds)-1]
}

// Add takes one example.
func (c *writings) Add(e *dataset.Example) {
	answer, before := writtenAnswer(e)
	if answer.Kind != dataset.String {
		return
	}
	// The beginning tells it of most answers.
	text := clipText(e, answer, fewWritten, &c.answer)
	script, clearly := c.script(text)
	whole := answer.Len() <= fewWritten
	if script == "" && !whole {
		text, whole = clipText(e, answer, maxWritten, &c.answer), true
		script, clearly = c.script(text)
	}
	if script == "" {
		return
	}
	kind := c.of(script)
	kind.lines++
	if !clearly || c.asked(e, before, script) {
		return
	}
	if !whole {
		text = clipText(e, answer, maxWritten, &c.answer)
		if again, clearly := c.script(text); again != script || !clearly {
			return
		}
	}
	if script != "Latin" || !isCode(text) {
		kind.alone.add(e.Number)
	}
}

// writtenAnswer returns the text that is trained at the end of an example, and the
// messages before it.
func writtenAnswer(e *dataset.Example) (answer dataset.Value, before []dataset.Message) {
	switch e.Shape {
	case dataset.ShapeChat:
		if m := lastAnswer(e); m != nil {
			return m.Content, e.Messages.Items[:len(e.Messages.Items)-1]
		}
	case dataset.ShapePreference:
		if list := e.Preference.Preferred.Items; len(list) > 0 {
			return list[len(list)-1].Content, e.Preference.Messages.Items
		}
	case dataset.ShapeCompletion:
		return e.Completion, nil
	}
	return dataset.Value{}, nil
}

// clipText returns the beginning of a string's text, as much as stands in so many bytes.
// Escapes are resolved, in room, where there may be letters among them.
func clipText(e *dataset.Example, v dataset.Value, most int, room *[]byte) []byte {
	raw := e.Line[v.Start+1 : v.End-1]
	raw = raw[:min(len(raw), most)]
	if v.Flags&dataset.FlagOddEscape == 0 {
		return raw
	}
	*room = dataset.AppendUnescaped((*room)[:0], raw)
	return *room
}

func ascii(text []byte) bool {
	for len(text) >= 8 {
		b := text[:8:8]
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&utf8.RuneSelf != 0 {
			return false
		}
		text = text[8:]
	}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// kindsOfASCII tells letters from what is common in code and rare in prose.
var kindsOfASCII = func() (t [utf8.RuneSelf]struct{ letter, symbol uint8 }) {
	for c := 'a'; c <= 'z'; c++ {
		t[c].letter, t[c-'a'+'A'].letter = 1, 1
	}
	for _, c := range "{}[]<>=;_/|#$&`@" {
		t[c].symbol = 1
	}
	return t
}()

// hasLetters reports whether there are so many letters of ASCII in a text.
func hasLetters(text []byte, least int) bool {
	letters := 0
	for _, c := range text {
		if c < utf8.RuneSelf {
			if letters += int(kindsOfASCII[c].letter); letters >= least {
				return true
			}
		}
	}
	return false
}

func isCode(text []byte) bool {
	symbols := 0
	for _, c := range text {
		if c < utf8.RuneSelf {
			symbols += int(kindsOfASCII[c].symbol)
		}
	}
	return float64(symbols) > mostSymbols*float64(len(text))
}

// script returns how a text is written, and whether clearly so; "" if it has few
// letters. Latin letters stand in texts of all scripts: a fifth of others goes before
// them.
func (c *writings) script(text []byte) (script string, clearly bool) {
	if ascii(text) {
		if !hasLetters(text, leastWritten) {
			return "", false
		}
		return "Latin", true
	}
	c.counter.Count(text)
	var latin, chinese, kana, all, most int
	c.counter.Each(func(name string, n int) {
		switch name {
		case "Latin":
			latin = n
		case "Han", "Bopomofo":
			chinese += n
		case "Hiragana", "Katakana":
			kana += n
		default:
			if n > most {
				script, most = name, n
			}
		}
		all += n
	})
	if all+chinese+kana < leastWritten {
		return "", false
	}
	if n := chinese + kana; n > most {
		script, most = "Han", n
		if 10*kana >= n {
			script = "Japanese"
		}
	} else if script == "Hangul" {
		most += chinese
	}
	switch {
	case 20*latin >= 19*all:
		return "Latin", true
	case 5*most >= all:
		return script, 5*most >= 4*all
	}
	return "Latin", false
}

// asked reports whether a message before the answer is written in a script, or speaks of
// languages.
func (c *writings) asked(e *dataset.Example, before []dataset.Message, script string) bool {
	if e.Shape == dataset.ShapeCompletion {
		text := clipText(e, e.Prompt, maxWritten, &c.prompt)
		return c.writtenIn(text, script) || speaksOfLanguage(text)
	}
	if c.speaks(e, before) {
		return true
	}
	// The last one is the likeliest.
	for i := len(before) - 1; i >= 0; i-- {
		m := &before[i]
		if m.Content.Kind == dataset.String {
			text := clipText(e, m.Content, maxWritten, &c.prompt)
			if c.writtenIn(text, script) || !isSystem(m, i) && speaksOfLanguage(text) {
				return true
			}
		}
		for j := range m.Parts {
			if m.Parts[j].Text.Kind != dataset.String {
				continue
			}
			if text := clipText(e, m.Parts[j].Text, maxWritten, &c.prompt); c.writtenIn(text, script) || speaksOfLanguage(text) {
				return true
			}
		}
	}
	return false
}

// isSystem reports whether a message is the system prompt at the beginning.
func isSystem(m *dataset.Message, i int) bool {
	return i == 0 && m.Content.Kind == dataset.String && (m.Role == dataset.RoleSystem || m.Role == dataset.RoleDeveloper)
}

// speaks reports whether the system prompt speaks of languages. It is mostly the same as
// that of the line before.
func (c *writings) speaks(e *dataset.Example, before []dataset.Message) bool {
	if len(before) == 0 || !isSystem(&before[0], 0) {
		return false
	}
	if raw := e.Raw(before[0].Content); !bytes.Equal(raw, c.system) {
		c.system = append(c.system[:0], raw...)
		c.systemSpeaks = speaksOfLanguage(clipText(e, before[0].Content, maxWritten, &c.prompt))
	}
	return c.systemSpeaks
}

// writtenIn reports whether a text has some letters of a script.
func (c *writings) writtenIn(text []byte, script string) bool {
	if script == "Latin" {
		return hasLetters(text, leastWritten/2)
	}
	if ascii(text) {
		return false
	}
	const beginning = 64 // mostly it is enough
	return len(text) > beginning && c.written(text[:beginning], script) || c.written(text, script)
}

// written does so for a script other than Latin.
func (c *writings) written(text []byte, script string) bool {
	c.counter.Count(text)
	found := 0
	c.counter.Each(func(name string, n int) {
		if name == script || script == "Japanese" && (name == "Hiragana" || name == "Katakana") {
			found += n
		}
	})
	return found >= leastWritten/4
}

// aboutLanguages are words of prompts that ask for another language. Letters of ASCII are
// small.
var aboutLanguages = []string{
	"translat", "language", "alphabet", "lingual",
	"chinese", "mandarin", "cantonese", "japanese", "kanji", "hiragana", "katakana", "korean", "hangul", "russian", "ukrainian", "bulgarian", "serbian", "cyrillic",
	"arabic", "persian", "farsi", "urdu", "hebrew", "hindi", "devanagari", "sanskrit", "bengali", "tamil", "telugu", "thai", "greek", "georgian", "armenian", "english",
	"übersetz", "tradu", "vertaal", "перев", "Перев", "перекл", "Перекл", "язык", "англ", "翻", "译", "譯", "訳", "英", "语", "語", "번역", "영어", "언어", "ترجم", "لغة", "अनुवाद",
}

// languageStarts has, for each pair of bytes that these begin with, the number of their
// list in languageWords.
var languageStarts, languageWords = func() (starts [1 << 16]uint8, lists [][]string) {
	lists = [][]string{nil}
	for _, word := range aboutLanguages {
		pair := uint16(word[0])<<8 | uint16(word[1])
		if starts[pair] == 0 {
			starts[pair] = uint8(len(lists))
			lists = append(lists, nil)
		}
		lists[starts[pair]] = append(lists[starts[pair]], word)
	}
	return starts, lists
}()

// speaksOfLanguage reports whether one of aboutLanguages is in a text.
func speaksOfLanguage(text []byte) bool {
	last := byte(0)
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if list := languageStarts[uint16(last)<<8|uint16(c)]; list > 0 {
			for _, word := range languageWords[list] {
				if startsWith(text[i-1:], word) {
					return true
				}
			}
		}
		last = c
	}
	return false
}

// startsWith reports whether text begins with a word, but for the case of ASCII.
func startsWith(text []byte, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// Merge takes over what next has seen.
func (c *writings) Merge(next lint.Collector, lines int64) {
	for _, n := range next.(*writings).kinds {
		kind := c.of(n.script)
		kind.lines += n.lines
		kind.alone.merge(n.alone, lines)
	}
}

// Finish reports the answers that are written in another way than nearly all.
func (c *writings) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || len(c.kinds) < 2 {
		return
	}
	all, most := int64(0), &c.kinds[0]
	for i := range c.kinds {
		all += c.kinds[i].lines
		if c.kinds[i].lines > most.lines {
			most = &c.kinds[i]
		}
	}
	if all < leastAnswers || float64(most.lines) < oneScript*float64(all) {
		return
	}
	type outlier struct {
		line   int64
		script string
	}
	var told []outlier
	for i := range c.kinds {
		if kind := &c.kinds[i]; kind != most && !(kind.script == "Han" && most.script == "Japanese") { // which has it, too
			for _, line := range kind.alone {
				told = append(told, outlier{line, kind.script})
			}
		}
	}
	slices.SortFunc(told, func(a, b outlier) int { return int(a.line - b.line) })
	for _, o := range told {
		p.ReportLine(o.line, "the answer is in %s script, but nothing before it is: %s answers are in %s", lint.Text(o.script),
			lint.Text(fmt.Sprintf("%s of %s", lint.FormatCount(most.lines), lint.FormatCount(all))), lint.Text(most.script))
	}
}
