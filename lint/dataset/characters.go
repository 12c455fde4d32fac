package dataset

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
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
	// above has, for each 256 characters above basic, the scripts that may be theirs: most
	// have one, and emoji none.
	above [(unicode.MaxRune + 1) >> 8][]aboveScript
	latin scriptID
	// lead is the script of all characters whose UTF-8 begins with a byte; 0 where they are
	// of several, or of none.
	lead [256]scriptID
}

// aboveScript is a script that has characters above those of the basic plane.
type aboveScript struct {
	id    scriptID
	table *unicode.RangeTable
}

var scripts = sync.OnceValue(func() *scriptTable {
	t := &scriptTable{names: []string{""}}
	for name, table := range unicode.Scripts {
		if name == "Common" || name == "Inherited" {
			continue
		}
		id := scriptID(len(t.names))
		t.names = append(t.names, strings.ReplaceAll(name, "_", " "))
		for _, r := range table.R32 {
			for page := r.Lo >> 8; page <= r.Hi>>8; page++ {
				if of := t.above[page]; len(of) == 0 || of[len(of)-1].id != id {
					t.above[page] = append(of, aboveScript{id, table})
				}
			}
		}
		for _, r := range table.R16 {
			for c := uint32(r.Lo); c <= uint32(r.Hi); c += uint32(r.Stride) {
				t.basic[c] = id
			}
		}
	}
	t.latin = t.basic['a']
	for b := 0xC2; b < 0xF0; b++ {
		first, n := b&0x1F<<6, 1<<6
		if b >= 0xE0 {
			first, n = b&0x0F<<12, 1<<12
		}
		id := t.basic[first]
		for _, other := range t.basic[first : first+n] {
			if other != id {
				id = 0
			}
		}
		t.lead[b] = id
	}
	return t
})

func (t *scriptTable) of(r rune) scriptID {
	if uint32(r) < uint32(len(t.basic)) {
		return t.basic[r]
	}
	if uint32(r) <= unicode.MaxRune {
		for _, script := range t.above[r>>8] {
			if unicode.Is(script.table, r) {
				return script.id
			}
		}
	}
	return 0
}

func (c *Characters) init() {
	if c.table == nil {
		c.table = scripts()
	}
}

// Add counts the characters of text, which is UTF-8.
func (c *Characters) Add(text []byte) {
	letters, others := 0, 0 // of ASCII
	for i := 0; i < len(text); {
		b := text[i]
		switch lower := b | 0x20; {
		case b >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(text[i:])
			c.AddRunes(r)
			i += n
			continue
		case 'a' <= lower && lower <= 'z':
			letters++
		default:
			others++
		}
		i++
	}
	c.AddASCII(letters, others)
}

// AddRunes counts characters.
func (c *Characters) AddRunes(characters ...rune) {
	c.init()
	c.Count += int64(len(characters))
	for _, r := range characters {
		c.scripts[c.table.of(r)]++
	}
}

// AddASCII counts characters of ASCII: letters, and others.
func (c *Characters) AddASCII(letters, others int) {
	c.init()
	c.Count += int64(letters + others)
	c.scripts[c.table.latin] += int64(letters)
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
		return cmp.Or(cmp.Compare(b.Characters, a.Characters), strings.Compare(a.Name, b.Name))
	})
	return list, characters
}

// Writing counts the characters of one text by their scripts. It is for short texts, one
// after the other: each Count begins anew. The zero value is ready to use.
type Writing struct {
	table  *scriptTable
	counts [256]int32 // by scriptID
	met    []scriptID // with a count
}

// Count counts the characters of text, which is UTF-8; its last character may be cut off.
func (w *Writing) Count(text []byte) {
	if w.table == nil {
		w.table = scripts()
	}
	for _, id := range w.met {
		w.counts[id] = 0
	}
	w.met = w.met[:0]
	latin, last, row := int32(0), scriptID(0), int32(0) // row: of characters of the script last
	for i := 0; i < len(text); {
		b := text[i]
		if b < utf8.RuneSelf {
			if lower := b | 0x20; 'a' <= lower && lower <= 'z' {
				latin++
			}
			i++
			continue
		}
		id := w.table.lead[b]
		switch {
		case id > 0 && b < 0xE0:
			i += 2
		case id > 0:
			i += 3
		case b < 0xE0 && i+1 < len(text):
			id = w.table.basic[uint16(b&0x1F)<<6|uint16(text[i+1]&0x3F)]
			i += 2
		case b < 0xF0 && i+2 < len(text):
			id = w.table.basic[uint16(b)<<12|uint16(text[i+1]&0x3F)<<6|uint16(text[i+2]&0x3F)]
			i += 3
		default:
			r, n := utf8.DecodeRune(text[i:])
			id = w.table.of(r)
			i += n
		}
		if id != last {
			w.add(last, row)
			last, row = id, 0
		}
		row++
	}
	w.add(last, row)
	w.add(w.table.latin, latin)
}

func (w *Writing) add(id scriptID, n int32) {
	if id == 0 || n == 0 {
		return
	}
	if w.counts[id] == 0 {
		w.met = append(w.met, id)
	}
	w.counts[id] += n
}

// Each calls f for every script that the text has, as Script names them, with the number
// of its characters.
func (w *Writing) Each(f func(script string, characters int)) {
	for _, id := range w.met {
		f(w.table.names[id], int(w.counts[id]))
	}
}
