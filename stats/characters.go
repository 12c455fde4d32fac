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
)

// Add counts text: what stands between the quotes of a JSON string. escaped says
// that it may have escapes, each of which is the character that it stands for.
// Bytes that are no UTF-8 count as a character each.
func (c *Characters) Add(text []byte, escaped bool) {
	t := scripts()
	letters := int64(0) // of ASCII
	for i := 0; i < len(text); {
		// Fast path: eight ASCII characters at a time.
		for i+8 <= len(text) {
			w := binary.LittleEndian.Uint64(text[i:])
			odd := w & highBits
			if escaped {
				backslash := w ^ '\\'*eachByte
				odd |= (backslash - eachByte) &^ backslash & highBits
			}
			plain := bits.TrailingZeros64(odd) / 8 // bytes before the first odd one
			lower := w&^highBits | 0x20*eachByte
			// The high bit of each byte: at least 'a', and not more than 'z'.
			in := (lower + (0x80-'a')*eachByte) &^ (lower + (0x80-'z'-1)*eachByte) & highBits
			letters += int64(bits.OnesCount64(in & (1<<(8*plain) - 1)))
			i += plain
			if odd != 0 {
				c.Count += int64(plain)
				break
			}
			c.Count += 8
		}
		if i == len(text) {
			break
		}
		b := text[i]
		switch {
		case b == '\\' && escaped:
			r, n := escape(text[i:])
			c.one(t, r)
			i += n
		case b < utf8.RuneSelf:
			if lower := b | 0x20; 'a' <= lower && lower <= 'z' {
				letters++
			}
			c.Count++
			i++
		default:
			i += c.wide(t, text[i:])
		}
	}
	c.scripts[t.latin] += letters
}

func (c *Characters) one(t *scriptTable, r rune) {
	c.Count++
	c.scripts[t.of(r)]++
}

// wide counts the characters beyond ASCII that text begins with, and returns
// their length. What belongs together is counted together: adding one to the
// same number again and again would wait for it each time.
func (c *Characters) wide(t *scriptTable, text []byte) int {
	i, run, script := 0, int64(0), scriptID(0)
	for i < len(text) && text[i] >= utf8.RuneSelf {
		r, n := wideRune(text[i:])
		if s := t.of(r); s != script {
			c.scripts[script] += run
			c.Count += run
			run, script = 0, s
		}
		run++
		i += n
	}
	c.scripts[script] += run
	c.Count += run
	return i
}

// wideRune is utf8.DecodeRune for what is not ASCII.
func wideRune(text []byte) (rune, int) {
	const begin2, begin3, end3 = 0xC2, 0xE1, 0xED // of these all sequences that look right are
	// Fast path: two or three bytes.
	switch b := text[0]; {
	case begin2 <= b && b < 0xE0 && len(text) >= 2 && text[1]&0xC0 == 0x80:
		return rune(b&0x1F)<<6 | rune(text[1]&0x3F), 2
	case begin3 <= b && b < end3 && len(text) >= 3 && text[1]&0xC0 == 0x80 && text[2]&0xC0 == 0x80:
		return rune(b&0x0F)<<12 | rune(text[1]&0x3F)<<6 | rune(text[2]&0x3F), 3
	}
	return utf8.DecodeRune(text)
}

// escape returns the character that text begins with, in the form of an escape,
// and the length of that.
func escape(text []byte) (rune, int) {
	// Long enough for a pair of surrogates. Where there is none, nothing behind
	// the first escape is taken.
	length := func(n int) []byte { return text[:min(n, len(text))] }
	switch {
	case len(text) < 2:
		return '\\', 1
	case text[1] != 'u':
		return '\n', 2 // it belongs to no script, whichever it is
	}
	var buffer [16]byte
	if pair := dataset.AppendUnescaped(buffer[:0], length(12)); len(length(12)) == 12 && utf8.RuneCount(pair) == 1 {
		r, _ := utf8.DecodeRune(pair)
		return r, 12
	}
	r, _ := utf8.DecodeRune(dataset.AppendUnescaped(buffer[:0], length(6)))
	return r, len(length(6))
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
