// Package randtext makes random strings that are hard to tokenize: what the
// encodings' split patterns treat specially, in every mixture. Tests compare
// counters with each other on them.
package randtext

import (
	"math/rand/v2"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Generator makes strings. The same seed gives the same strings in the same
// build of Go, whose Unicode tables are drawn from. It is for one goroutine.
type Generator struct {
	rand *rand.PCG
	kit  *kit
	buf  []byte
}

// New returns a Generator.
func New(seed uint64) *Generator {
	return &Generator{rand: rand.NewPCG(seed, 0x9E3779B97F4A7C15), kit: shared()}
}

// Next returns the next string. It is valid UTF-8 of up to about 60 characters;
// one in a hundred is a run of up to some thousands.
func (g *Generator) Next() string {
	g.buf = g.buf[:0]
	switch kind := g.below(200); {
	case kind == 0:
		g.long()
	case kind == 1:
		g.repeat()
	default:
		// Mostly short ones: what differs should be easy to see.
		for left := g.below(1 + g.below(61)); left > 0; {
			left -= g.add(left)
		}
	}
	return string(g.buf)
}

// add appends one ingredient of at most limit characters and a few more, and
// returns how many it has.
func (g *Generator) add(limit int) int {
	from := len(g.buf)
	g.kit.mixture[g.below(len(g.kit.mixture))](g, 1+g.below(min(limit, 12)))
	return utf8.RuneCount(g.buf[from:])
}

// long appends a run of one kind.
func (g *Generator) long() {
	g.kit.mixture[g.below(len(g.kit.mixture))](g, 1+g.below(2000))
}

// repeat appends one to three ingredients again and again.
func (g *Generator) repeat() {
	for range 1 + g.below(3) {
		g.add(6)
	}
	unit := string(g.buf)
	for range g.below(1 + 2000/(len(unit)+1)) {
		g.buf = append(g.buf, unit...)
	}
}

// below returns a number from 0 to n-1. It is biased by less than n/2³², which
// no test sees, and costs no division.
func (g *Generator) below(n int) int {
	return int(uint64(uint32(g.rand.Uint64())) * uint64(n) >> 32)
}

func (g *Generator) rune(r rune) { g.buf = utf8.AppendRune(g.buf, r) }

// pick appends one of words.
func (g *Generator) pick(words []string) { g.buf = append(g.buf, words[g.below(len(words))]...) }

// span is a range of code points at equal distances.
type span struct {
	first rune
	count int
	step  rune
}

// any returns a code point of one of the spans. Each span is as likely as any
// other, or else nearly all letters would be ideographs.
func (g *Generator) any(spans []span) rune {
	s := spans[g.below(len(spans))]
	return s.first + s.step*rune(g.below(s.count))
}

// ingredient appends about n characters of one kind.
type ingredient func(g *Generator, n int)

// kit is what strings are made of.
type kit struct {
	mixture []ingredient // each as often as it weighs

	upper, lower, title, modifier, other []span   // letters
	letters                              []span   // of all five kinds
	kinds                                [][]span // every list here
	marks, digits, numbers               []span
	punctuation, symbols, formats        []span
	unassigned                           []span
}

// shared makes the kit when the first Generator is made.
var shared = sync.OnceValue(func() *kit {
	k := &kit{
		upper: spansOf(unicode.Lu), lower: spansOf(unicode.Ll), title: spansOf(unicode.Lt),
		modifier: spansOf(unicode.Lm), other: spansOf(unicode.Lo),
		letters: spansOf(unicode.L), marks: spansOf(unicode.M),
		digits: spansOf(unicode.Nd), numbers: spansOf(unicode.N),
		punctuation: spansOf(unicode.P), symbols: spansOf(unicode.S), formats: spansOf(unicode.Cf, unicode.Cc),
		unassigned: spansOf(unicode.Cn), // with what a newer Unicode than Go's has assigned
	}
	k.kinds = [][]span{
		k.upper, k.lower, k.title, k.modifier, k.other, k.marks, k.digits, k.numbers,
		k.punctuation, k.symbols, k.formats, k.unassigned,
	}
	for _, part := range []struct {
		weight int
		add    ingredient
	}{
		{12, word},
		{6, (*Generator).asciiLetters},
		{8, contraction},
		{10, blank},
		{8, spaces},
		{6, newlines},
		{4, asciiDigits},
		{5, anyDigits},
		{7, (*Generator).asciiPunctuation},
		{5, punctuationEnd},
		{3, anyPunctuation},
		{8, letterMix},
		{6, oneScript},
		{5, markedLetters},
		{3, bareMarks},
		{5, emoji},
		{3, snippet},
		{4, anywhere},
		{4, newLetters},
		{12, probe},
		{3, notAssigned},
		{2, invisible},
		{2, special},
		{2, same},
	} {
		for range part.weight {
			k.mixture = append(k.mixture, part.add)
		}
	}
	return k
})

// spansOf returns the spans of tables.
func spansOf(tables ...*unicode.RangeTable) []span {
	var spans []span
	add := func(lo, hi, stride rune) {
		spans = append(spans, span{lo, int((hi-lo)/stride) + 1, stride})
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return spans
}

// added are letters, marks and digits of Unicode 15.1 and 16.0, which Go's
// tables and many regular expression engines do not have.
var added = []span{
	{0x2EBF0, 0x2EE5D - 0x2EBF0 + 1, 1}, // CJK Extension I
	{0x10D40, 10, 1},                    // Garay digits
	{0x10D4A, 4, 1},                     // Garay vowel signs
	{0x10D50, 22, 1},                    // Garay capitals
	{0x10D69, 5, 1},                     // Garay marks
	{0x10D70, 22, 1},                    // Garay small letters
	{0x1C89, 2, 1},                      // Cyrillic Tje, both cases
	{0xA7CB, 3, 1}, {0xA7DA, 3, 1},      // Latin, both cases
	{0x0897, 1, 1},                   // Arabic mark
	{0x10EC2, 3, 1}, {0x10EFC, 1, 1}, // Arabic
	{0x105C0, 52, 1},                  // Todhri
	{0x11380, 10, 1}, {0x113B8, 9, 1}, // Tulu-Tigalari letters, marks
	{0x116D0, 20, 1},                   // Myanmar digits
	{0x11BC0, 33, 1}, {0x11BF0, 10, 1}, // Sunuwar letters, digits
	{0x13460, 0xF9B, 1},                // Egyptian hieroglyphs
	{0x16100, 30, 1}, {0x16130, 10, 1}, // Gurung Khema letters, digits
	{0x1611E, 18, 1},                   // Gurung Khema marks
	{0x16D40, 45, 1}, {0x16D70, 10, 1}, // Kirat Rai
	{0x1CCF0, 10, 1},                   // outlined digits
	{0x1E5D0, 31, 1}, {0x1E5F1, 10, 1}, // Ol Onal
	{0x2FFC, 4, 1}, {0x31E4, 2, 1}, // symbols, which are no letters
	{0x1CC00, 0xEF, 1}, {0x1FAE9, 1, 1},
}

func word(g *Generator, n int) {
	for range 1 + n/8 {
		switch from := len(g.buf); g.below(8) {
		case 0:
			g.asciiLetters(1 + g.below(min(n, 20)))
		case 1: // HELLO, helloWorld
			g.pick(words)
			if g.below(2) == 0 {
				upper(g.buf[from:])
			} else {
				from = len(g.buf)
				g.pick(words)
				upper(g.buf[from : from+1])
			}
		case 2:
			g.pick(words)
			upper(g.buf[from : from+1])
		default:
			g.buf = append(g.buf, ' ')
			g.pick(words)
		}
	}
}

// upper writes ASCII letters in capitals.
func upper(text []byte) {
	for i, c := range text {
		if 'a' <= c && c <= 'z' {
			text[i] = c - 'a' + 'A'
		}
	}
}

var words = strings.Fields(`the of and to in is you that it he was for on are as with his they at be this have
	from or one had by word but not what all were we when your can said there use an each which she do how
	their if will up other about out many then them these so some her would make like him into time has look
	two more write go see number no way could people my than first water been call who oil its now find long
	down day did get come made may part assistant function tokenization internationalization antidisestablishmentarianism`)

func (g *Generator) asciiLetters(n int) {
	for range n {
		c := byte('a' + g.below(26))
		if g.below(4) == 0 {
			c -= 'a' - 'A'
		}
		g.buf = append(g.buf, c)
	}
}

// contraction: 's and its kin in both cases, with the long s, which is an s to
// expressions that ignore case, with too much behind it or too little.
func contraction(g *Generator, n int) {
	switch g.below(6) {
	case 0:
		g.rune(g.any(g.kit.letters))
	case 1:
		g.asciiLetters(1 + g.below(n))
	case 2:
		letterMix(g, 1+g.below(n))
	case 3:
		g.rune(g.any(g.kit.marks))
	case 4:
		g.pick(words)
	}
	for range 1 + g.below(2)*g.below(2) {
		g.pick(apostrophes)
		from := len(g.buf)
		g.pick(contractions)
		switch g.below(4) {
		case 0:
			upper(g.buf[from:])
		case 1:
			if from < len(g.buf) {
				upper(g.buf[from : from+1])
			}
		}
	}
	switch g.below(6) {
	case 0:
		g.asciiLetters(1)
	case 1:
		g.rune(g.any(g.kit.marks))
	}
}

var (
	apostrophes  = []string{"'", "'", "'", "'", "'", "’", "''", "'\u0301", " '", "`"}
	contractions = []string{"s", "t", "re", "ve", "m", "ll", "d", "ſ", "ſſ", "s", "t", "r", "v", "l", "lL", "rE", "vE", "", "K", "sſ", "\u0131"}
)

func blank(g *Generator, _ int) { g.buf = append(g.buf, ' ') }

// spaces: all that is white space to Unicode, and what looks like it and is not.
func spaces(g *Generator, n int) {
	set := allSpaces
	if g.below(3) > 0 {
		set = asciiSpaces
	}
	for range n {
		g.rune(set[g.below(len(set))])
	}
}

var (
	asciiSpaces = []rune("     \t\n\r\v\f")
	allSpaces   = []rune("  \t\n\n\r\v\f\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A" +
		"\u2028\u2029\u202F\u205F\u3000\u180E\u200B\uFEFF\x1c\x1d\x1e\x1f")
)

func newlines(g *Generator, n int) {
	for range 1 + g.below(n) {
		g.pick([]string{"\n", "\n", "\r\n", "\r", "\n\n", " \n", "\n ", "\n    ", "\t\n", "\u2028", "\u0085"})
	}
}

func asciiDigits(g *Generator, n int) {
	for range n {
		g.buf = append(g.buf, byte('0'+g.below(10)))
	}
}

// anyDigits: digits of one script, numbers of any.
func anyDigits(g *Generator, n int) {
	zeros := g.kit.digits[g.below(len(g.kit.digits))]
	for range n {
		if g.below(6) == 0 {
			g.rune(g.any(g.kit.numbers)) // also ½, Ⅷ, ㊿
			continue
		}
		g.rune(zeros.first + zeros.step*rune(g.below(zeros.count)))
	}
}

func (g *Generator) asciiPunctuation(n int) {
	const set = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	for range 1 + g.below(n) {
		g.buf = append(g.buf, set[g.below(len(set))])
	}
}

// punctuationEnd: line ends and slashes behind punctuation belong to it.
func punctuationEnd(g *Generator, n int) {
	if g.below(2) == 0 {
		g.buf = append(g.buf, ' ')
	}
	if g.below(3) == 0 {
		anyPunctuation(g, 1+g.below(3))
	} else {
		g.asciiPunctuation(3)
	}
	for range g.below(n + 1) {
		g.pick([]string{"\n", "\r", "/", "\r\n", "/", " ", "."})
	}
}

func anyPunctuation(g *Generator, n int) {
	for range 1 + g.below(n) {
		set := g.kit.punctuation
		if g.below(2) == 0 {
			set = g.kit.symbols
		}
		g.rune(g.any(set))
	}
}

// letterMix: capitals, small, title case, modifiers, letters without case and
// marks in a row, the classes that o200k parts words by.
func letterMix(g *Generator, n int) {
	kinds := [...][]span{g.kit.upper, g.kit.upper, g.kit.lower, g.kit.lower, g.kit.title, g.kit.modifier, g.kit.other, g.kit.marks}
	latin := g.below(2) == 0
	for range n {
		kind := g.below(len(kinds))
		switch {
		case latin && kind < 2:
			g.buf = append(g.buf, byte('A'+g.below(26)))
		case latin && kind < 4:
			g.buf = append(g.buf, byte('a'+g.below(26)))
		default:
			g.rune(g.any(kinds[kind]))
		}
	}
}

// oneScript: letters that are neighbours, as in a word of their language.
func oneScript(g *Generator, n int) {
	s := g.kit.letters[g.below(len(g.kit.letters))]
	if g.below(2) == 0 { // one of those that most text is written in
		s = scripts[g.below(len(scripts))]
	}
	near := min(s.count, 200)
	from := g.below(s.count - near + 1)
	for range n {
		g.rune(s.first + s.step*rune(from+g.below(near)))
	}
}

var scripts = []span{
	{0x0041, 26, 1}, {0x00C0, 64, 1}, {0x0100, 128, 1}, // Latin
	{0x0391, 57, 1},                     // Greek
	{0x0410, 64, 1},                     // Cyrillic
	{0x05D0, 27, 1},                     // Hebrew
	{0x0620, 43, 1},                     // Arabic
	{0x0904, 0x4A, 1},                   // Devanagari, signs among the letters
	{0x0E01, 58, 1},                     // Thai
	{0x10A0, 38, 1},                     // Georgian
	{0x1100, 256, 1}, {0xAC00, 2000, 1}, // Hangul
	{0x3041, 86, 1}, {0x30A1, 90, 1}, // Kana
	{0x4E00, 3000, 1}, {0x4E00, 0x51A6, 1}, // Han
	{0x1E900, 68, 1}, // Adlam, capital and small
}

func markedLetters(g *Generator, n int) {
	for range 1 + n/2 {
		switch g.below(4) {
		case 0:
			g.rune(g.any(g.kit.letters))
		case 1:
			g.rune(g.any(g.kit.upper))
		default:
			g.asciiLetters(1)
		}
		for range g.below(3) {
			g.rune(rune(0x0300 + g.below(0x70)))
		}
	}
}

func bareMarks(g *Generator, n int) {
	for range n {
		g.rune(g.any(g.kit.marks))
	}
}

func emoji(g *Generator, n int) {
	for range 1 + n/4 {
		switch g.below(8) {
		case 0: // a flag
			g.rune(rune(0x1F1E6 + g.below(26)))
			g.rune(rune(0x1F1E6 + g.below(26)))
		case 1: // a key
			g.buf = append(g.buf, "0123456789#*"[g.below(12)])
			g.pick([]string{"\uFE0F\u20E3", "\u20E3"})
		case 2: // a hand
			g.pick([]string{"👋", "👍", "🤝", "✊", "☝"})
			g.rune(rune(0x1F3FB + g.below(5)))
		case 3, 4: // a family
			g.pick(faces)
			for range 1 + g.below(3) {
				g.pick([]string{"\u200D", "\u200D", "\uFE0F\u200D"})
				g.pick(faces)
			}
		case 5: // a flag of tags
			g.pick([]string{"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "🏴\U000E0067", "🏳️‍🌈"})
		case 6:
			g.pick([]string{"❤️", "☀", "™", "©️", "↔︎", "✔️", "♀", "⚕"})
		default:
			g.rune(rune(0x1F300 + g.below(0x380)))
		}
	}
}

var faces = []string{"👩", "👨", "👧", "👦", "🧑", "💻", "❤️", "🔥", "👩🏽", "🚀", "⚕️", "🌈"}

// snippet: what datasets are full of.
func snippet(g *Generator, _ int) {
	g.pick([]string{
		"https://example.com/a/b?c=d&e=%20#f", "{\"role\": \"user\", \"content\": \"\"}", "\n    return x;\n}\n", "def f(a, b):\n\tpass\n",
		"\\n\\t\\u00e9", "C:\\Users\\x\\", "<br/>\n", "</div>\r\n\r\n", "// ------\n", "/* */", "```go\n", "| a | b |\n|---|---|\n", "1,234.56", "2026-11-22T10:00:00Z",
		"a@b.example", "$x_1^{2}$", "...", "…", "——", "（）", "。\n", "，", "！\n\n", "「」", "¿", "№", "don't\n", "I'll've", "DON'T", "O'Neill's", "x's/\n/", " \n \n x", "a\n \nb",
	})
}

// anywhere: any code point of any plane, but surrogates, which UTF-8 has not.
func anywhere(g *Generator, n int) {
	for range n {
		r := rune(g.below(unicode.MaxRune + 1))
		switch g.below(4) {
		case 0:
			r &= 0xFFFF
		case 1:
			r &= 0x1FFFF
		case 2:
			r &= 0xFFF
		}
		if 0xD800 <= r && r < 0xE000 {
			r -= 0xD800
		}
		g.rune(r)
	}
}

func newLetters(g *Generator, n int) {
	for range n {
		if g.below(3) == 0 {
			letterMix(g, 1)
			continue
		}
		g.rune(g.any(added))
	}
}

// probe: a character of any class among ASCII ones, with which each class makes
// other tokens. Among its like many a character makes the same ones, whatever
// class it is taken for.
func probe(g *Generator, n int) {
	for range 1 + n/4 {
		g.pick(probeBefore)
		switch kinds := g.kit.kinds; g.below(4) {
		case 0:
			g.rune(g.any(added))
		case 1:
			g.rune(allSpaces[g.below(len(allSpaces))])
		default:
			g.rune(g.any(kinds[g.below(len(kinds))]))
		}
		g.pick(probeAfter)
	}
}

var (
	probeBefore = []string{"", "", " ", "a", "A", "Aa", "aA", "1", "12", "!", " !", "'", "\n", " \n", "\n ", "  "}
	probeAfter  = []string{"", "", "a", "A", "Aa", "ab", "BC", "1", "234", "'s", "'LL", "!", "\n", "\n\n", "\n \n", " a", "!\n", "/\n", "/"}
)

func notAssigned(g *Generator, n int) {
	for range n {
		g.rune(g.any(g.kit.unassigned))
	}
}

// invisible: controls, format characters, and the marks of byte orders and lines.
func invisible(g *Generator, n int) {
	for range 1 + g.below(n) {
		g.rune(g.any(g.kit.formats))
	}
}

func special(g *Generator, _ int) {
	g.pick([]string{"<|endoftext|>", "<|endofprompt|>", "<|im_start|>", "<|fim_prefix|>", "<|start|>", "<|end", "|>", "<|"})
}

// same: one character many times.
func same(g *Generator, n int) {
	from := len(g.buf)
	g.add(1)
	last, _ := utf8.DecodeLastRune(g.buf[from:])
	for range n * 2 {
		g.rune(last)
	}
}
