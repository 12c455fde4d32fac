// Package secrets finds secrets and personal data in text: keys and tokens of services
// by their forms, and addresses, numbers of cards, accounts and persons by their check
// digits. What it looks at may be plain text or a line of JSON as it stands in a file.
package secrets

import (
	"bytes"
	"math/bits"
	"strings"
)

//go:generate go test -run ^TestDetectorsPage$ -update .

// Kind is a kind of secrets or of personal data.
type Kind struct {
	Name     string // such as "github-token"
	Title    string // such as "a GitHub token"
	Label    string // what stands in place of one that is masked: GITHUB_TOKEN
	Personal bool   // it is about a person, not a key to something
	Off      bool   // it is found only where that is asked for
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

// Finder says what is found. The zero value finds all kinds but those that are off.
type Finder struct {
	// Detect says of kinds, by their names, whether they are found, where that is not as
	// usual.
	Detect map[string]bool
	// Allowed reports whether a text is no secret and nobody's data, whatever it looks
	// like. nil: no text is.
	Allowed func(text []byte) bool
}

// Scan appends to found what there is in text, in order and without overlaps.
func Scan(text []byte, found []Found) []Found { return new(Finder).Scan(text, found) }

// Scan appends to found what there is in text, in order and without overlaps.
func (f *Finder) Scan(text []byte, found []Found) []Found {
	before := len(found)
	found = scan(text, found, f.Detect[ip.Name])
	if len(f.Detect) == 0 && f.Allowed == nil {
		return found
	}
	kept := found[:before]
	for _, one := range found[before:] {
		if wanted, said := f.Detect[one.Kind.Name]; (!said || wanted) && !f.allows(text, one) {
			kept = append(kept, one)
		}
	}
	return kept
}

func (f *Finder) allows(text []byte, one Found) bool {
	return f.Allowed != nil && f.Allowed(text[one.Start:one.End])
}

// scan looks for all kinds, for IP addresses if they are wanted.
func scan(text []byte, found []Found, withIP bool) []Found {
	last := 0 // where the last one ends
	i := 0
	for ; i+block <= len(text); i += block {
		// A bit for each byte that something ends with, without a branch for each: a
		// processor guesses those of text badly.
		marked := uint64(0)
		for k := 0; k < block; k += 8 {
			b := text[i+k : i+k+8 : i+k+8]
			marked |= uint64(markBits[0][b[0]]|markBits[1][b[1]]|markBits[2][b[2]]|markBits[3][b[3]]|
				markBits[4][b[4]]|markBits[5][b[5]]|markBits[6][b[6]]|markBits[7][b[7]]) << k
		}
		for ; marked != 0; marked &= marked - 1 {
			found, last = mark(text, i+bits.TrailingZeros64(marked), found, last, withIP)
		}
	}
	for ; i < len(text); i++ {
		if markBits[0][text[i]] != 0 {
			found, last = mark(text, i, found, last, withIP)
		}
	}
	return found
}

// block is how many bytes are looked at together.
const block = 64

// mark looks at the marked byte at i; nothing may begin before last. Most numbers are
// seen to be nothing at once.
func mark(text []byte, i int, found []Found, last int, withIP bool) ([]Found, int) {
	if digits[text[i]] && (i > 0 && digits[text[i-1]] || !withIP && !mayBeNumber(text, i)) {
		return found, last
	}
	return look(text, i, found, last, withIP)
}

// look looks at the marked byte at i; nothing may begin before last.
func look(text []byte, i int, found []Found, last int, withIP bool) ([]Found, int) {
	before := byte(0)
	if i > 0 {
		before = text[i-1]
	}
	pair := uint16(before)<<8 | uint16(text[i])
	if interesting[pair>>6]>>(pair&63)&1 == 0 || i < last {
		return found, last
	}
	f, ok := at(text, i, pair, last, withIP)
	if !ok {
		return found, last
	}
	return append(found, f), f.End
}

// at looks at what the pair of bytes that ends at i belongs to.
func at(text []byte, i int, pair uint16, last int, withIP bool) (Found, bool) {
	switch c := text[i]; {
	case c == '@':
		if start, end := address(text, i); start >= last && end > start {
			return Found{email, start, end}, true
		}
		return Found{}, false
	case digits[c]:
		if withIP {
			if start, end := ipAddress(text, i); start >= last && end > start {
				return Found{ip, start, end}, true
			}
		}
		if f, ok := number(text, i); ok && f.Start >= last {
			return f, true
		}
	}
	for _, w := range lists[triggers[pair]] {
		begin := i - 1 - w.offset
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
// in forms that are no finding, also where they are written with escapes of JSON, as
// some encoders write / and = and &. The length stays as it is.
func Mask(text []byte) { new(Finder).Mask(text) }

// Mask does so with what f finds. Kinds that it is not to find are masked all the same,
// but for those that are off.
func (f *Finder) Mask(text []byte) {
	plain, from := unescape(text)
	defer f.mask(text)
	if len(plain) == len(text) {
		return
	}
	clear := bytes.Clone(plain)
	f.mask(plain)
	for i := range plain {
		if plain[i] == clear[i] {
			continue
		}
		for k := from[i]; k < from[i+1]; k++ {
			text[k] = '*'
		}
	}
}

func (f *Finder) mask(text []byte) {
	defer maskURLs(text)
	for _, one := range scan(text, nil, f.Detect[ip.Name]) {
		if f.allows(text, one) {
			continue
		}
		for i := one.Start; i < one.End; i++ {
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

// markBits[k] has bit k for the bytes that a pair which is looked at ends with. interesting has a bit
// for each such pair: a small table. triggers has the number of its list in lists.
var (
	markBits    [8][256]uint8
	interesting [1 << 16 / 64]uint64
	triggers    [1 << 16]uint8
	lists       = [][]anchored{nil}
)

// rareEnds are the bytes that words are found by: each has one of them behind its first.
const rareEnds = "_-=/QIJKGC"

func init() {
	mark := func(pair uint16) {
		for k := range markBits {
			markBits[k][byte(pair)] = 1 << k
		}
		interesting[pair>>6] |= 1 << (pair & 63)
	}
	for c := range 256 {
		mark(uint16(c)<<8 | '@')
		for d := '0'; d <= '9' && !digits[c]; d++ { // else it is in the middle of a number
			mark(uint16(c)<<8 | uint16(d))
		}
	}
	for i := range detectors {
		for _, word := range detectors[i].words {
			at := rarest(word)
			pair := uint16(word[at])<<8 | uint16(word[at+1])
			mark(pair)
			if triggers[pair] == 0 {
				triggers[pair] = uint8(len(lists))
				lists = append(lists, nil)
			}
			list := &lists[triggers[pair]]
			*list = append(*list, anchored{&detectors[i], []byte(word), at})
		}
	}
}

// rarest returns where in a word the pair of bytes stands that is rarest in text, of
// those that end with one of rareEnds.
func rarest(word string) (at int) {
	best := 1 << 30
	for i := range len(word) - 1 {
		if n := common(word[i]) * common(word[i+1]); n < best && strings.IndexByte(rareEnds, word[i+1]) >= 0 {
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
	case c == '_' || c == '=' || c == '/':
		return 1
	case c == ':' || c == '-':
		return 3
	}
	return 5
}

// Kinds returns all kinds, each once.
func Kinds() []*Kind {
	list := []*Kind{email, phone, card, accountNo, nationalUS, nationalGB, nationalKR, nationalCN, nationalBR, nationalFR, nationalES, nationalIT, nationalIN, ip}
	seen := map[string]bool{}
	for i := range detectors {
		if k := detectors[i].kind; !seen[k.Name] {
			seen[k.Name] = true
			list = append(list, k)
		}
	}
	return list
}
