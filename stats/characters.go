package stats

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Characters counts the characters (code points) of texts, and those that belong
// to one writing system. The zero value is empty and ready to use. Scripts are
// those of the Unicode version of Go's unicode package.
type Characters struct {
	Count   int64
	scripts [256]int64 // by scriptID
	table   *scriptTable
}

// scriptID is a number for a script; 0 is for characters of no one script, such
// as digits and punctuation.
type scriptID = uint8

// scriptTable tells the script of each character.
type scriptTable struct {
	names []string // by scriptID
	basic [1 << 16]scriptID
	above []*unicode.RangeTable // by scriptID
	latin scriptID
}

var scripts = sync.OnceValue(func() *scriptTable {
	t := &scriptTable{names: []string{""}, above: []*unicode.RangeTable{nil}}
	for name, table := range unicode.Scripts {
		if name == "Common" || name == "Inherited" {
			continue
		}
		id := scriptID(len(t.names))
		t.names = append(t.names, strings.ReplaceAll(name, "_", " "))
		t.above = append(t.above, table)
		for _, r := range table.R16 {
			for c := uint32(r.Lo); c <= uint32(r.Hi); c += uint32(r.Stride) {
				t.basic[c] = id
			}
		}
	}
	t.latin = t.basic['a']
	return t
})

func (t *scriptTable) of(r rune) scriptID {
	if uint32(r) < uint32(len(t.basic)) {
		return t.basic[r]
	}
	for id := 1; id < len(t.above); id++ {
		if unicode.Is(t.above[id], r) {
			return scriptID(id)
		}
	}
	return 0
}

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
	// wordAndMore is as many bytes as there may be in eight and in what goes on from
	// them.
	wordAndMore = 8 + 3
)

// Add counts text, which stands between the quotes of a JSON string and is UTF-8.
// escaped says that it may have escapes, each of which is the character that it
// stands for.
func (c *Characters) Add(text []byte, escaped bool) {
	if c.table == nil {
		c.table = scripts()
	}
	t := c.table
	letters, characters := 0, 0 // letters of ASCII
	var end [wordAndMore]byte
	for ascii := true; len(text) > 0; {
		// Fast path: characters of ASCII, 32 at a time, then 16 and at the end fewer.
		if ascii {
			n, found := asciiLetters(text, escaped)
			letters += found
			characters += n
			text = text[n:]
		}
		for ascii && len(text) > 0 && cap(text) >= 16 {
			two := text[:16] // what lies behind the text is not looked at
			w, v := binary.LittleEndian.Uint64(two), binary.LittleEndian.Uint64(two[8:])
			n := min(16, len(text))
			if n < 16 {
				// What does not belong to the text becomes zeros.
				w &= uint64(1)<<(8*min(n, 8)) - 1
				v &= uint64(1)<<(8*max(n-8, 0)) - 1
			}
			odd := (w | v) & highBits
			if escaped {
				odd |= backslashes(w) | backslashes(v)
			}
			if odd != 0 {
				break
			}
			letters += bits.OnesCount64(letterBits(w) | letterBits(v)>>1)
			characters += n
			text = text[n:]
		}
		if len(text) == 0 {
			break
		}
		// Eight bytes, of which n are looked at.
		from, n := text, min(8, len(text))
		switch {
		case len(text) >= wordAndMore:
		case cap(text) >= wordAndMore:
			from = text[:wordAndMore] // what lies behind the text is not looked at
		default:
			copy(end[:], text)
			from = end[:]
		}
		w := binary.LittleEndian.Uint64(from)
		escape := false
		if escaped {
			if before := bits.TrailingZeros64(backslashes(w)) / 8; before < n {
				n, escape = before, true
			}
		}
		whole := uint64(1)<<(8*n) - 1 // with n 8 the shift gives 0
		letters += bits.OnesCount64(letterBits(w&^highBits) &^ w & whole)
		characters += n
		high := w & highBits & whole
		if ascii = high == 0; !ascii {
			begin := high & (w << 1) // of a character beyond ASCII; the others go on with one
			characters -= bits.OnesCount64(high &^ begin)
			for ; begin != 0; begin &= begin - 1 {
				c.wide(t, from[bits.TrailingZeros64(begin)/8:])
			}
		}
		text = text[n:]
		if escape {
			text = text[c.escape(t, text):]
		}
	}
	c.Count += int64(characters)
	c.scripts[t.latin] += int64(letters)
}

// asciiLetters counts the letters at the beginning of text, as far as there are 32
// bytes that are ASCII without escapes, and returns how many bytes it has seen.
func asciiLetters(text []byte, escaped bool) (n, letters int) {
	for n+32 <= len(text) {
		b := text[n : n+32 : n+32]
		w0, w1 := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		w2, w3 := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
		odd := (w0 | w1 | w2 | w3) & highBits
		if escaped {
			odd |= backslashes(w0) | backslashes(w1) | backslashes(w2) | backslashes(w3)
		}
		if odd != 0 {
			break
		}
		letters += bits.OnesCount64(letterBits(w0) | letterBits(w1)>>1 | letterBits(w2)>>2 | letterBits(w3)>>3)
		n += 32
	}
	return n, letters
}

// letterBits returns the high bit of each byte of w that is a letter. All bytes
// are ASCII.
func letterBits(w uint64) uint64 {
	lower := w | 0x20*eachByte
	return (lower + (0x80-'a')*eachByte) &^ (lower + (0x80-'z'-1)*eachByte) & highBits
}

// backslashes returns the high bit of the first byte of w that is a backslash, and
// perhaps others after it.
func backslashes(w uint64) uint64 {
	x := w ^ '\\'*eachByte
	return (x - eachByte) &^ x & highBits
}

// wide finds the script of the character beyond ASCII that text begins with. Text
// is four bytes long at least.
func (c *Characters) wide(t *scriptTable, text []byte) {
	switch b := binary.LittleEndian.Uint32(text); {
	case b&0xFF < 0xE0: // two bytes
		c.scripts[t.basic[b&0x1F<<6|b>>8&0x3F]]++
	case b&0xFF < 0xF0: // three
		c.scripts[t.basic[b&0x0F<<12|b>>8&0x3F<<6|b>>16&0x3F]]++
	default:
		r, _ := utf8.DecodeRune(text)
		c.scripts[t.of(r)]++
	}
}

// escape counts the character that text begins with, in the form of an escape,
// and returns the length of that.
func (c *Characters) escape(t *scriptTable, text []byte) int {
	if len(text) < 2 || text[1] != 'u' {
		c.Count++ // of no script, whichever it is
		return min(2, len(text))
	}
	r, n := dataset.EscapedRune(text)
	c.Count++
	c.scripts[t.of(r)]++
	return max(n, 2)
}

// Merge takes over what next has counted, which stays as it is.
func (c *Characters) Merge(next *Characters) {
	c.Count += next.Count
	for i, n := range next.scripts {
		c.scripts[i] += n
	}
}

// Script is a writing system, and how many characters of it there are.
type Script struct {
	Name       string // as Unicode names it, with spaces: Latin, Han, Old Italic
	Characters int64
}

// Scripts returns the writing systems that were met, the commonest first, and how
// many characters belong to one of them: not those that several share, such as
// digits, punctuation, white space and emoji.
func (c *Characters) Scripts() (list []Script, characters int64) {
	t := scripts()
	for id, n := range c.scripts {
		if id > 0 && n > 0 {
			list = append(list, Script{t.names[id], n})
			characters += n
		}
	}
	slices.SortFunc(list, func(a, b Script) int {
		if a.Characters != b.Characters {
			return int(max(-1, min(1, b.Characters-a.Characters)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, characters
}
