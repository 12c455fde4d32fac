package tokenize

// A pattern cuts text into pieces: tokens never reach across the end of one.
// The patterns are regular expressions of OpenAI's tiktoken
// (tiktoken_ext/openai_public.py), written out by hand. A pattern returns where
// the piece that begins at text[i:] ends; i is less than len(text). No pattern
// looks at what stands before a piece.
type pattern func(text []byte, i int) int

// nextO200k is the pattern of o200k_base and o200k_harmony:
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	\p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n/]*
//	\s*[\r\n]+
//	\s+(?!\S)
//	\s+
func nextO200k(text []byte, i int) int {
	c, n := classAt(text, i)
	switch {
	case c.in(wordClasses): // a mark is a legal beginning too, but taking it for part of the word comes to the same
		return endOfCasedWord(text, i)
	case c == number:
		return endOfNumber(text, i)
	}
	if c != newline && i+n < len(text) {
		next, _ := classAt(text, i+n)
		if next.in(wordClasses) {
			return endOfCasedWord(text, i+n)
		}
		if text[i] == ' ' && next == other {
			return endOfOthers(text, i+n, true)
		}
	}
	if c == other {
		return endOfOthers(text, i, true)
	}
	return endOfSpace(text, i)
}

// nextCL100k is the pattern of cl100k_base:
//
//	'(?i:[sdmt]|ll|ve|re)
//	[^\r\n\p{L}\p{N}]?+\p{L}++
//	\p{N}{1,3}+
//	 ?[^\s\p{L}\p{N}]++[\r\n]*+
//	\s++$
//	\s*[\r\n]
//	\s+(?!\S)
//	\s
//
// Where it ends white space at the end of the text otherwise than the pattern
// of o200k_base does, the tokens are the same: none has a space after a line
// break that ends it.
func nextCL100k(text []byte, i int) int {
	if end := endOfContraction(text, i); end > i {
		return end
	}
	c, n := classAt(text, i)
	switch {
	case c.in(letters):
		return endOf(text, i, letters)
	case c == number:
		return endOfNumber(text, i)
	}
	if c != newline && i+n < len(text) {
		next, _ := classAt(text, i+n)
		if next.in(letters) {
			return endOf(text, i+n, letters)
		}
		if text[i] == ' ' && next.in(otherClasses) {
			return endOfOthers(text, i+n, false)
		}
	}
	if c.in(otherClasses) {
		return endOfOthers(text, i, false)
	}
	return endOfSpace(text, i)
}

// nextR50k is the pattern of r50k_base and p50k_base, GPT-2's:
//
//	'(?:[sdmt]|ll|ve|re)
//	 ?\p{L}++
//	 ?\p{N}++
//	 ?[^\s\p{L}\p{N}]++
//	\s++$
//	\s+(?!\S)
//	\s
func nextR50k(text []byte, i int) int {
	if end := endOfContraction(text, i); end > i && isLowerASCII(text[i+1:end]) {
		return end
	}
	start := i
	if text[i] == ' ' && i+1 < len(text) {
		i++
	}
	switch c, _ := classAt(text, i); {
	case c.in(letters):
		return endOf(text, i, letters)
	case c == number:
		return endOf(text, i, 1<<number)
	case c.in(otherClasses):
		return endOf(text, i, otherClasses)
	}
	end := start
	last := start // where the last character begins
	for end < len(text) {
		c, n := classAt(text, end)
		if !c.in(spaceClasses) {
			break
		}
		last = end
		end += n
	}
	if end < len(text) && last > start {
		return last
	}
	return end
}

func isLowerASCII(text []byte) bool {
	for _, c := range text {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// endOf returns where the characters of a set of classes end.
func endOf(text []byte, i int, set uint8) int {
	for i < len(text) {
		c, n := classAt(text, i)
		if !c.in(set) {
			break
		}
		i += n
	}
	return i
}

// endOfNumber returns where the number at text[i:] ends: after three digits.
func endOfNumber(text []byte, i int) int {
	for range 3 {
		if i == len(text) {
			break
		}
		c, n := classAt(text, i)
		if c != number {
			break
		}
		i += n
	}
	return i
}

// endOfCasedWord returns where a word of o200k_base that begins at text[i:]
// ends, its contraction included. Capitals begin a word, small letters go on
// with it, and letters without case do either.
func endOfCasedWord(text []byte, i int) int {
	afterBoth := -1 // where the last letter without case ended
	for i < len(text) {
		c, n := classAt(text, i)
		if c == lower {
			return endOfContraction(text, endOf(text, i, 1<<lower|1<<both|1<<mark))
		}
		if !c.in(wordClasses) {
			break
		}
		i += n
		if c != upper {
			afterBoth = i
		}
	}
	// There is no small letter. The pattern that asks for one comes first, and a
	// letter without case is one for it: the capitals after it are left out.
	if afterBoth >= 0 {
		i = afterBoth
	}
	return endOfContraction(text, i)
}

// endOfContraction returns where the contraction at text[i:] ends, or i where
// there is none: (?i:'s|'t|'re|'ve|'m|'ll|'d). A long s (U+017F) is an s.
func endOfContraction(text []byte, i int) int {
	if i+1 >= len(text) || text[i] != '\'' {
		return i
	}
	switch text[i+1] | 0x20 {
	case 's', 't', 'm', 'd':
		return i + 2
	case 'r', 'v':
		if i+2 < len(text) && text[i+2]|0x20 == 'e' {
			return i + 3
		}
	case 'l':
		if i+2 < len(text) && text[i+2]|0x20 == 'l' {
			return i + 3
		}
	}
	if i+2 < len(text) && text[i+1] == 0xc5 && text[i+2] == 0xbf {
		return i + 3
	}
	return i
}

// endOfOthers returns where [^\s\p{L}\p{N}]+[\r\n]* at text[i:] ends, or the
// same with [\r\n/]*.
func endOfOthers(text []byte, i int, slash bool) int {
	for i = endOf(text, i, otherClasses); i < len(text); i++ {
		if c := text[i]; c != '\r' && c != '\n' && (c != '/' || !slash) {
			break
		}
	}
	return i
}

// endOfSpace returns where the white space at text[i:] ends a piece: after its
// last line break, or else before its last character, which goes with what
// follows, unless it is the only one or nothing follows.
func endOfSpace(text []byte, i int) int {
	end, last, afterBreak := i, i, i
	for end < len(text) {
		c, n := classAt(text, end)
		if !c.in(spaceClasses) {
			break
		}
		last = end
		end += n
		if c == newline {
			afterBreak = end
		}
	}
	switch {
	case afterBreak > i:
		return afterBreak
	case end < len(text) && last > i:
		return last
	}
	return end
}
