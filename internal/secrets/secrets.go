// Package secrets finds secrets and personal data in text: keys and tokens of services
// by their forms, and addresses, numbers of cards, accounts and persons by their check
// digits. What it looks at may be plain text or a line of JSON as it stands in a file.
package secrets

import "bytes"

// Kind is a kind of secrets or of personal data.
type Kind struct {
	Name     string // such as "github-token"
	Title    string // such as "a GitHub token"
	Label    string // what stands in place of one that is masked: GITHUB_TOKEN
	Personal bool   // it is about a person, not a key to something
}

// Found is a place in a text.
type Found struct {
	Kind       *Kind
	Start, End int
}

// detector finds one kind of things that have a word in common.
type detector struct {
	kind *Kind
	// words are beginnings, or parts, that what is found has: at least two bytes each.
	words []string
	// find looks at a text in which a word begins at at. It returns where what is found
	// starts and ends; start < 0 if it is nothing.
	find func(text []byte, at int) (start, end int)
}

// Scan appends to found what there is in text, in order and without overlaps.
func Scan(text []byte, found []Found) []Found {
	last := 0 // where the last one ends
	pair := uint16(0)
	for i, c := range text {
		pair = pair<<8 | uint16(c)
		if interesting[pair>>6]>>(pair&63)&1 == 0 || i-1 < last {
			continue
		}
		if f, ok := at(text, i-1, last); ok {
			found = append(found, f)
			last = f.End
		}
	}
	return found
}

// at looks at what may begin at i; nothing may begin before last.
func at(text []byte, i, last int) (Found, bool) {
	switch c := text[i]; {
	case c == '@':
		if start, end := address(text, i); start >= last && end > start {
			return Found{email, start, end}, true
		}
		return Found{}, false
	case digits[c]:
		if i > 0 && digits[text[i-1]] {
			break // in the middle of a number
		}
		if f, ok := number(text, i); ok && f.Start >= last {
			return f, true
		}
	}
	for _, w := range lists[triggers[uint16(text[i])<<8|uint16(text[i+1])]] {
		begin := i - w.offset
		if begin < 0 || !bytes.HasPrefix(text[begin:], w.word) {
			continue
		}
		if start, end := w.find(text, begin); start >= last && end > start {
			return Found{w.kind, start, end}, true
		}
	}
	return Found{}, false
}

// Mask writes asterisks over secrets and personal data, and over what URLs have of them
// in forms that are no finding. The length stays as it is.
func Mask(text []byte) {
	defer maskURLs(text)
	for _, f := range Scan(text, nil) {
		for i := f.Start; i < f.End; i++ {
			if text[i] < 0x80 {
				text[i] = '*'
			}
		}
	}
}

// anchored is a word of a detector, with the pair of bytes in it by which it is found.
type anchored struct {
	*detector
	word   []byte
	offset int // of the pair
}

// interesting has a bit for each pair of bytes that is looked at more closely: a small
// table, as every byte passes by it. triggers has the number of its list in lists.
var (
	interesting [1 << 16 / 64]uint64
	triggers    [1 << 16]uint8
	lists       = [][]anchored{nil}
)

func init() {
	for c := range 256 {
		for _, first := range []byte("0123456789@") {
			pair := uint16(first)<<8 | uint16(c)
			interesting[pair>>6] |= 1 << (pair & 63)
		}
	}
	for i := range detectors {
		for _, word := range detectors[i].words {
			at := rarest(word)
			pair := uint16(word[at])<<8 | uint16(word[at+1])
			interesting[pair>>6] |= 1 << (pair & 63)
			if triggers[pair] == 0 {
				triggers[pair] = uint8(len(lists))
				lists = append(lists, nil)
			}
			list := &lists[triggers[pair]]
			*list = append(*list, anchored{&detectors[i], []byte(word), at})
		}
	}
}

// rarest returns where in a word the pair of bytes stands that is rarest in text.
func rarest(word string) (at int) {
	best := 1 << 30
	for i := range len(word) - 1 {
		if n := common(word[i]) * common(word[i+1]); n < best {
			best, at = n, i
		}
	}
	return at
}

// common is about how often a byte stands in text.
func common(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return map[byte]int{'j': 1, 'q': 1, 'x': 2, 'z': 1, 'k': 6, 'v': 8, 'w': 12, 'b': 12}[c] + 10
	case upper[c]:
		return 4
	case digits[c]:
		return 6
	case c == '_' || c == '=' || c == '~' || c == '/':
		return 1
	case c == ':' || c == '-':
		return 3
	}
	return 5
}

// Kinds returns all kinds, each once.
func Kinds() []*Kind {
	list := []*Kind{email, phone, card, accountNo, nationalUS, nationalGB, nationalKR, nationalCN, nationalBR, nationalFR, nationalES, nationalIT, nationalIN}
	seen := map[string]bool{}
	for i := range detectors {
		if k := detectors[i].kind; !seen[k.Name] {
			seen[k.Name] = true
			list = append(list, k)
		}
	}
	return list
}
