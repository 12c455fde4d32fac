package rules

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rule on system prompts that differ from example to example.

const (
	// manyPrompts is how many different system prompts are not told.
	manyPrompts = 20
	// maxPrompts is how many different ones are told apart, maxPromptBytes how much of
	// one is kept to compare it, and maxPromptsBytes how much of all.
	maxPrompts      = 1 << 12
	maxPromptBytes  = 16 << 10
	maxPromptsBytes = 4 << 20
	// A prompt is common from leastCommon lines on, and one that has less than a
	// tenth of its lines is rare beside it.
	leastCommon = 20
	rareShare   = 10
	// maxCommon is how many common prompts others are compared with.
	maxCommon = 64
	// maxSlip is how many bytes the part may have in which two prompts differ by a typo.
	maxSlip = 64
	// maxSlips is how many typos are told of a file, and slotSlips how many there may
	// be at one place: more of them is a place that is filled in.
	maxSlips  = 100
	slotSlips = 3
)

var systemPromptVariety = lint.Rule{
	ID: "FTQ005", Name: "system-prompt-variety", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "A few examples have another system prompt, perhaps by a typo",
		Why: "A model is best asked with the system prompt that it was trained with: examples with another one teach something that is never asked for. " +
			"Told is a prompt that differs from a common one in a word that is misspelt, in punctuation or in white space, if the common one is on 20 lines or more and on at least ten times as many. " +
			"What is filled in is no typo: digits, other words, or more than three variants at one place. " +
			"A file is told that has more than 20 prompts on several lines each. " +
			"Compared is the first system or developer message of each example: 4,096 different ones of up to 16 kB, in all 4 MB. " +
			"This is advice: no service is known to refuse it.",
		Help: "write the system prompt in one way, that in which the model will be asked",
		BadFile: sample(func() string {
			return politeFile(50) + strings.Replace(secondLine(politeFile(80)), "politely", "politley", 1)
		}),
		GoodFile: sample(func() string { return politeFile(51) }),
	},
	Collector: func(*lint.Settings) lint.Collector { return &systemPrompts{} },
}

// politeFile is a file of n chat lines with a system prompt of some words.
func politeFile(n int) string {
	return strings.ReplaceAll(chatFile(n), "You do sums.", "You do sums and answer politely.")
}

// systemPrompts tells the system prompts of a file apart.
type systemPrompts struct {
	examples int64
	others   int64 // examples whose prompt is not in list
	bytes    int   // of the texts in list
	list     []systemPrompt
	index    map[uint64]int // by the hash of the text
	last     int            // in list, of the last example
	lastRaw  []byte         // as it stood in the line
	raw      map[uint64]int // by the hash of what stood there, if that has escapes
}

// systemPrompt is one of them.
type systemPrompt struct {
	hash  uint64
	text  string // empty: it is too long to be compared, or came too late
	lines int64
	first int64 // line
}

// Add takes one example.
func (c *systemPrompts) Add(e *dataset.Example) {
	v, ok := systemPromptOf(e)
	if !ok {
		return
	}
	c.examples++
	raw := e.Line[v.Start+1 : v.End-1]
	if len(c.list) > 0 && bytes.Equal(raw, c.lastRaw) {
		c.list[c.last].lines++
		return
	}
	c.lastRaw = append(c.lastRaw[:0], raw...)
	c.last = c.find(e, v, raw)
	c.list[c.last].lines++
}

// systemPromptOf returns the text of the first system or developer message.
func systemPromptOf(e *dataset.Example) (dataset.Value, bool) {
	if e.Shape != dataset.ShapeChat {
		return dataset.Value{}, false
	}
	all := e.Messages.Items
	for i := range all {
		if m := &all[i]; m.Role == dataset.RoleSystem || m.Role == dataset.RoleDeveloper {
			return m.Content, m.Content.Kind == dataset.String
		}
	}
	return dataset.Value{}, false
}

// find returns where in the list the prompt of an example is, which is put there if it
// is new.
func (c *systemPrompts) find(e *dataset.Example, v dataset.Value, raw []byte) int {
	hash := xxh3.Hash(raw)
	if v.Flags&dataset.FlagEscaped != 0 {
		if i, ok := c.raw[hash]; ok {
			return i
		}
		if c.raw == nil {
			c.raw = map[uint64]int{}
		}
		rawHash, text := hash, e.Text(v)
		hash = xxh3.Hash(text)
		i := c.place(hash, text, e.Number)
		c.raw[rawHash] = i
		return i
	}
	return c.place(hash, raw, e.Number)
}

func (c *systemPrompts) place(hash uint64, text []byte, line int64) int {
	if i, ok := c.index[hash]; ok {
		return i
	}
	kept := ""
	if len(text) <= maxPromptBytes {
		kept = string(text)
	}
	return c.append(systemPrompt{hash: hash, text: kept, first: line})
}

func (c *systemPrompts) append(p systemPrompt) int {
	if c.index == nil {
		c.index = map[uint64]int{}
	}
	i := len(c.list)
	c.index[p.hash] = i
	c.list = append(c.list, p)
	c.bytes += len(p.text)
	return i
}

// Merge takes over what next has seen.
func (c *systemPrompts) Merge(next lint.Collector, lines int64) {
	n := next.(*systemPrompts)
	c.examples += n.examples
	c.others += n.others
	for _, p := range n.list {
		p.first += lines
		switch i, ok := c.index[p.hash]; {
		case ok:
			c.list[i].lines += p.lines
		case len(c.list) >= maxPrompts:
			c.others += p.lines
		default:
			if c.bytes+len(p.text) > maxPromptsBytes {
				p.text = ""
			}
			c.append(p)
		}
	}
}

// Finish reports typos, and too many different prompts.
func (c *systemPrompts) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || len(c.list) < 2 {
		return
	}
	common := c.common()
	if c.others == 0 && c.repeated() > manyPrompts {
		most := c.commonest()
		p.ReportFile("%s different system prompts in %s examples: the commonest begins on line %s", lint.Int(int64(len(c.list))), lint.Int(c.examples), lint.Int(most.first))
	}
	slots, told := map[slot]bool{}, 0
	for i := range c.list {
		if rare := &c.list[i]; told < maxSlips && c.reportSlip(p, rare, common, slots) {
			told++
		}
	}
}

// repeated returns how many prompts stand on several lines.
func (c *systemPrompts) repeated() (n int) {
	for i := range c.list {
		if c.list[i].lines > 1 {
			n++
		}
	}
	return n
}

func (c *systemPrompts) commonest() *systemPrompt {
	most := &c.list[0]
	for i := range c.list {
		if c.list[i].lines > most.lines {
			most = &c.list[i]
		}
	}
	return most
}

// common returns the prompts that others are compared with, the commonest first.
func (c *systemPrompts) common() []*systemPrompt {
	var list []*systemPrompt
	for i := range c.list {
		if q := &c.list[i]; q.lines >= leastCommon && q.text != "" {
			list = append(list, q)
		}
	}
	slices.SortStableFunc(list, func(a, b *systemPrompt) int { return cmp.Compare(b.lines, a.lines) })
	return list[:min(len(list), maxCommon)]
}

// reportSlip reports a prompt that differs from a common one by a typo.
func (c *systemPrompts) reportSlip(p *lint.Pass, rare *systemPrompt, common []*systemPrompt, slots map[slot]bool) bool {
	if rare.text == "" {
		return false
	}
	for _, of := range common {
		if of.lines < rareShare*rare.lines {
			return false // the others are less common
		}
		here, there, s, ok := slip(rare.text, of.text)
		if !ok || c.filledIn(rare, of, s, there, slots) {
			continue
		}
		if strings.TrimSpace(here+there) != "" { // white space is no secret
			cut := func(q *systemPrompt) string { return p.Masked(q.text)[s.before : len(q.text)-s.behind] }
			here, there = cut(rare), cut(of)
		}
		lines := "1 line has this one"
		if rare.lines > 1 {
			lines = lint.FormatCount(rare.lines) + " lines have this one"
		}
		p.ReportLines(rare.first, rare.lines, "nearly the system prompt of line %s: %s (%s)",
			lint.Int(of.first), lint.Text(quoteSlip(here)+" here, "+quoteSlip(there)+" there"), lint.Text(fmt.Sprintf("%s, %s that one", lines, lint.FormatCount(of.lines))))
		return true
	}
	return false
}

// quoteSlip shows a part of a prompt; white space is named, as it would not be seen.
func quoteSlip(text string) string {
	switch {
	case text == "":
		return "nothing"
	case strings.TrimSpace(text) != "":
		return "“" + strings.Join(strings.Fields(text), " ") + "”"
	case strings.Count(text, " ") == len(text) && len(text) > 1:
		return fmt.Sprintf("%d spaces", len(text))
	case text == " ":
		return "a space"
	case strings.Contains(text, "\n"):
		return "a line break"
	}
	return "white space"
}

// slot is the place in a common prompt where another one differs: as much as both have
// in common before and behind it.
type slot struct {
	prompt         *systemPrompt
	before, behind int
}

// filledIn reports whether at this place of a prompt still other ones than rare have
// other words: then it is filled in from example to example.
func (c *systemPrompts) filledIn(rare, of *systemPrompt, s slot, there string, slots map[slot]bool) bool {
	s.prompt = of
	filled, known := slots[s]
	if known {
		return filled
	}
	before, behind, similar := of.text[:s.before], of.text[len(of.text)-s.behind:], 1
	for i := range c.list {
		text := c.list[i].text
		if len(text) < s.before+s.behind || text == of.text || text == rare.text || !strings.HasPrefix(text, before) || !strings.HasSuffix(text, behind) {
			continue
		}
		if similar++; similar > slotSlips || !slips(text[s.before:len(text)-s.behind], there) {
			filled = true
			break
		}
	}
	slots[s] = filled
	return filled
}

// slip compares two prompts. If they differ by a typo it returns how, and where.
func slip(rare, common string) (here, there string, s slot, ok bool) {
	if diff := len(rare) - len(common); diff > maxSlip || diff < -maxSlip {
		return "", "", s, false
	}
	s.before = commonPrefix(rare, common)
	s.behind = min(commonSuffix(rare, common), len(rare)-s.before, len(common)-s.before)
	if max(len(rare), len(common))-s.before-s.behind > maxSlip {
		return "", "", s, false
	}
	short, long := rare[s.before:len(rare)-s.behind], common[s.before:len(common)-s.behind]
	// Whole words are compared.
	for s.before > 0 {
		r, n := utf8.DecodeLastRuneInString(common[:s.before])
		if !inWord(r) || !goesOn(rare[s.before:]) && !goesOn(common[s.before:]) {
			break
		}
		s.before -= n
	}
	for s.behind > 0 {
		r, n := utf8.DecodeRuneInString(common[len(common)-s.behind:])
		if !inWord(r) || !endsInWord(rare[:len(rare)-s.behind]) && !endsInWord(common[:len(common)-s.behind]) {
			break
		}
		s.behind -= n
	}
	here, there = rare[s.before:len(rare)-s.behind], common[s.before:len(common)-s.behind]
	if slices.Equal(strings.Fields(here), strings.Fields(there)) {
		return short, long, s, true // white space
	}
	return here, there, s, slips(here, there) || twice(here+there, common[:s.before], common[len(common)-s.behind:])
}

// twice reports whether a word that stands in one text only is that before or behind it.
func twice(word, before, behind string) bool {
	if len(strings.Fields(word)) != 1 || plain(word) == "" {
		return false
	}
	around := strings.Fields(before[max(0, len(before)-maxSlip):])
	if len(around) > 0 && plain(around[len(around)-1]) == plain(word) {
		return true
	}
	around = strings.Fields(behind[:min(len(behind), maxSlip)])
	return len(around) > 0 && plain(around[0]) == plain(word)
}

// goesOn reports whether a text begins within a word, endsInWord whether it ends in one.
func goesOn(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return inWord(r)
}

func endsInWord(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return inWord(r)
}

// inWord reports whether a character is part of a word.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == '\'' || r == '’' || r == '-'
}

// commonPrefix returns how many bytes two texts have in common at their beginnings, in
// whole characters.
func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return n
}

// commonSuffix does so for the ends.
func commonSuffix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return n
}

// littleWords are left out by mistake, and hardly by intention.
var littleWords = []string{"a", "an", "the", "to", "of", "is", "are", "and"}

// slips reports whether what stands in one text was meant to be what stands at the same
// place of another one.
func slips(here, there string) bool {
	if len(here) > 2*maxSlip || len(there) > 2*maxSlip || strings.ContainsFunc(here+there, unicode.IsDigit) {
		return false
	}
	if plain(here) == plain(there) {
		return true // punctuation, white space or case
	}
	a, b := strings.Fields(here), strings.Fields(there)
	if len(a) == len(b) {
		for i := range a {
			if !similarWords(plain(a[i]), plain(b[i])) {
				return false
			}
		}
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) != len(a)+1 {
		return false
	}
	// A little word is missing.
	for i := range b {
		if !slices.Equal(a[:i], b[:i]) || !slices.Equal(a[i:], b[i+1:]) {
			continue
		}
		if slices.Contains(littleWords, plain(b[i])) {
			return true
		}
	}
	return false
}

// plain is the letters of a text, in lower case.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// noAlphabet are scripts in which another character is another word.
var noAlphabet = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// similarWords reports whether two words are one that is misspelt: by one letter, or two
// of a long word that is not made of the other one, as impossible of possible.
func similarWords(a, b string) bool {
	if a == b {
		return true
	}
	if strings.ContainsFunc(a+b, func(r rune) bool { return unicode.In(r, noAlphabet...) }) {
		return false
	}
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	switch distance, swapped := editDistance(x, y); {
	case distance == 1:
		return len(x) >= 3 && (len(y) >= 4 || swapped)
	case distance == 2:
		return len(x) >= 8 && !strings.HasSuffix(string(y), string(x)) && !strings.HasPrefix(string(y), string(x))
	}
	return false
}

// editDistance returns how many letters have to be put in, left out, replaced or swapped
// with the next one to make one word of another. swapped says that it is two letters in
// the wrong order, and nothing else.
func editDistance(a, b []rune) (distance int, swapped bool) {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(now[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	distance = last[len(b)]
	if distance == 1 && len(a) == len(b) {
		different := 0
		for i := range a {
			if a[i] != b[i] {
				different++
			}
		}
		swapped = different == 2
	}
	return distance, swapped
}
