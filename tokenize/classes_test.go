package tokenize

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// TestClasses compares the classes with those of package unicode, which is of
// Unicode 15.0 and which tiktoken-go goes by. The newer characters are listed.
func TestClasses(t *testing.T) {
	if unicode.Version != "15.0.0" {
		t.Skipf("the list is of what is newer than Unicode 15.0, and this Go has %s", unicode.Version)
	}
	var got []string
	first, last, kind := rune(-2), rune(-2), other
	flush := func() {
		if first >= 0 {
			got = append(got, fmt.Sprintf("%04X-%04X %s", first, last, []string{"other", "upper", "lower", "both", "mark", "number"}[kind]))
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := other
		switch {
		case unicode.In(r, unicode.Lu, unicode.Lt):
			want = upper
		case unicode.Is(unicode.Ll, r):
			want = lower
		case unicode.IsLetter(r):
			want = both
		case unicode.IsMark(r):
			want = mark
		case unicode.IsNumber(r):
			want = number
		case r == '\n' || r == '\r':
			want = newline
		case unicode.IsSpace(r):
			want = space
		}
		c := classOf(r)
		if c == want {
			continue
		}
		if r != last+1 || c != kind {
			flush()
			first, kind = r, c
		}
		last = r
	}
	flush()
	if s := strings.Join(got, "\n"); s != strings.TrimSpace(newer) {
		t.Errorf("newer than Unicode 15.0:\n%s", s)
	}
}

// newer has the characters of Unicode 15.1 and 16.0 that split patterns tell from
// unassigned ones.
const newer = `
0897-0897 mark
1C89-1C89 upper
1C8A-1C8A lower
A7CB-A7CC upper
A7CD-A7CD lower
A7DA-A7DA upper
A7DB-A7DB lower
A7DC-A7DC upper
105C0-105F3 both
10D40-10D49 number
10D4A-10D4F both
10D50-10D65 upper
10D69-10D6D mark
10D6F-10D6F both
10D70-10D85 lower
10EC2-10EC4 both
10EFC-10EFC mark
11380-11389 both
1138B-1138B both
1138E-1138E both
11390-113B5 both
113B7-113B7 both
113B8-113C0 mark
113C2-113C2 mark
113C5-113C5 mark
113C7-113CA mark
113CC-113D0 mark
113D1-113D1 both
113D2-113D2 mark
113D3-113D3 both
113E1-113E2 mark
116D0-116E3 number
11BC0-11BE0 both
11BF0-11BF9 number
11F5A-11F5A mark
13460-143FA both
16100-1611D both
1611E-1612F mark
16130-16139 number
16D40-16D6C both
16D70-16D79 number
18CFF-18CFF both
1CCF0-1CCF9 number
1E5D0-1E5ED both
1E5EE-1E5EF mark
1E5F0-1E5F0 both
1E5F1-1E5FA number
2EBF0-2EE5D both
`
