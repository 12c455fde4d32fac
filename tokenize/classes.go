package tokenize

import (
	_ "embed"
	"unicode/utf8"
)

// class is what the split patterns tell characters apart by.
type class uint8

// The classes, as unicode.mjs numbers them. Titlecase letters are among the
// upper-case ones, as the patterns have it; both are the modifier and other
// letters, which the pattern of o200k_base takes for either case.
const (
	other class = iota
	upper
	lower
	both
	mark
	number
	space   // White_Space but for the next
	newline // CR and LF
)

// Sets of classes: bit c stands for class c.
const (
	letters      = 1<<upper | 1<<lower | 1<<both // \p{L}
	wordClasses  = letters | 1<<mark             // what words of o200k_base are made of
	otherClasses = 1<<other | 1<<mark
	spaceClasses = 1<<space | 1<<newline
)

// in reports whether a class is one of a set.
func (c class) in(set uint8) bool { return set>>c&1 != 0 }

// classTable is the two-level table that unicode.mjs makes of Unicode 16.0, the
// version of OpenAI's own tokenizer. The one of package unicode is another.
//
//go:embed unicode16.bin
var classTable string

const classPages = 0x1100 // bytes of the first level

func classOf(r rune) class {
	return class(classTable[classPages+int(classTable[r>>8])<<8+int(r&0xff)])
}

// classAt returns the class of the character at text[i:] and its length in
// bytes. A byte that belongs to no character is a character of class other.
func classAt(text []byte, i int) (class, int) {
	if c := text[i]; c < utf8.RuneSelf {
		return asciiClass[c], 1
	}
	r, n := utf8.DecodeRune(text[i:])
	if n == 1 {
		return other, 1
	}
	return classOf(r), n
}

var asciiClass = func() (table [utf8.RuneSelf]class) {
	for r := range table {
		table[r] = classOf(rune(r))
	}
	return table
}()
