package rules

import "unicode/utf8"

// encodingHint guesses which encoding other than UTF-8 a line was written in.
// It returns "" where the bytes do not say enough, or where most of the line
// is UTF-8 and was only damaged.
func encodingHint(line []byte) string {
	var valid, invalid int // sequences
	for i := 0; i < len(line); {
		if line[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n == 1 {
			invalid++
		} else {
			valid++
		}
		i += n
	}
	if invalid == 0 || 2*valid > invalid {
		return ""
	}
	if pairs, kana, ok := shiftJIS(line); ok && pairs > 0 && 4*kana >= pairs {
		return "Shift-JIS"
	}
	if hint := eastAsian(line); hint != "" {
		return hint
	}
	return western(line)
}

// shiftJIS counts the two-byte characters of a line read as Shift-JIS, and how
// many of them are kana, of which Japanese text has plenty.
func shiftJIS(line []byte) (pairs, kana int, ok bool) {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c < 0x80 || 0xA1 <= c && c <= 0xDF {
			continue // ASCII, or a half-width katakana
		}
		if c == 0x80 || c == 0xA0 || c > 0xFC || i+1 == len(line) {
			return 0, 0, false
		}
		i++
		t := line[i]
		if t < 0x40 || t == 0x7F || t > 0xFC {
			return 0, 0, false
		}
		pairs++
		if c == 0x82 && 0x9F <= t && t <= 0xF1 || c == 0x83 && 0x40 <= t && t <= 0x96 {
			kana++
		}
	}
	return pairs, kana, true
}

// eastAsian tells GBK, EUC-KR and EUC-JP apart: in all of them a character is
// two bytes, the first of them above 0x80. They differ in where the commonest
// characters lie.
func eastAsian(line []byte) string {
	var pairs, plain, hangul, kana, letters int
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c < 0x80 {
			continue
		}
		if c == 0x80 || c == 0xFF || i+1 == len(line) {
			return ""
		}
		i++
		t := line[i]
		if t < 0x40 || t == 0x7F || t == 0xFF {
			return ""
		}
		pairs++
		if t < 0x80 {
			letters++ // in western text an accented letter before a plain one
			continue
		}
		if c < 0xA1 || t < 0xA1 {
			continue
		}
		plain++
		switch {
		case 0xB0 <= c && c <= 0xC8:
			hangul++
		case c == 0xA4 || c == 0xA5:
			kana++
		case c < 0xB0:
			plain-- // punctuation
		}
	}
	switch {
	case pairs == 0 || 2*letters > pairs:
		return ""
	case plain > 0 && 3*kana >= plain:
		return "EUC-JP"
	case plain == pairs && plain >= 3 && hangul == plain, plain >= 8 && 20*hangul >= 19*plain:
		return "EUC-KR"
	default:
		return "GBK"
	}
}

// western recognises text whose bytes above 0x7F stand alone among ASCII.
func western(line []byte) string {
	var single, runs int
	c1 := false
	for i := 0; i < len(line); {
		if line[i] < 0x80 {
			i++
			continue
		}
		start := i
		for i < len(line) && line[i] >= 0x80 {
			c1 = c1 || line[i] < 0xA0
			i++
		}
		runs++
		if i-start == 1 {
			single++
		}
	}
	if 2*single < runs {
		return ""
	}
	if c1 {
		return "Windows-1252"
	}
	return "Latin-1 or Windows-1252"
}
