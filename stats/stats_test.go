package stats

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ftlint/ftlint/lint/dataset"
)

// accumulator is what the accumulators of this package have in common.
type accumulator[T any] interface {
	*T
	Add(*dataset.Example)
}

// gather adds the lines to a fresh accumulator, numbered from 1.
func gather[T any, P accumulator[T]](lines []string) P {
	decoder := dataset.NewDecoder(dataset.Options{})
	acc := P(new(T))
	for i, line := range lines {
		e := decoder.Decode([]byte(line))
		e.Number = int64(i + 1)
		acc.Add(e)
	}
	return acc
}

// splits calls check with the lines cut at two random places.
func splits(r *rand.Rand, lines []string, check func(a, b, c []string)) {
	i := r.IntN(len(lines) + 1)
	j := i + r.IntN(len(lines)-i+1)
	check(lines[:i], lines[i:j], lines[j:])
}

func TestFieldsMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	keys := []string{"answer", "level", "a\\u0062c", "tools", "messages"}
	values := []string{`1`, `1.5`, `"x"`, `null`, `true`, `[]`, `{}`, `"x"`, `"x"`}
	options := cmp.Options{cmp.AllowUnexported(Fields{}, FieldStats{}), cmpopts.EquateEmpty()}
	merge := func(a, b *Fields, lines int) *Fields {
		a.Merge(b, int64(lines))
		return a
	}
	for range 1000 {
		lines := make([]string, r.IntN(12))
		for i := range lines {
			var members []string
			for _, key := range keys {
				if r.IntN(4) > 0 {
					members = append(members, fmt.Sprintf(`"%s":%s`, key, values[r.IntN(len(values))]))
				}
			}
			r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
			lines[i] = "{" + strings.Join(members, ",") + "}"
		}
		whole := gather[Fields](lines)
		splits(r, lines, func(a, b, c []string) {
			left := merge(merge(gather[Fields](a), gather[Fields](b), len(a)), gather[Fields](c), len(a)+len(b))
			right := merge(gather[Fields](a), merge(gather[Fields](b), gather[Fields](c), len(b)), len(a))
			if diff := cmp.Diff(whole, left, options); diff != "" {
				t.Fatalf("%q, %q, %q: merged from the left (-whole +merged)\n%s", a, b, c, diff)
			}
			if diff := cmp.Diff(whole, right, options); diff != "" {
				t.Fatalf("%q, %q, %q: merged from the right (-whole +merged)\n%s", a, b, c, diff)
			}
		})
	}
}

func TestFieldsFigures(t *testing.T) {
	s := gather[Fields]([]string{`{"a":1,"b":"x"}`, `{"b":"x"}`, `{"messages":[],"tools":[]}`, `{"a":"1","b":"x","a":2}`})
	if s.Examples != 4 || s.Bare != 1 || s.FirstBare != 3 || len(s.All) != 2 {
		t.Fatalf("got %+v", s)
	}
	a, b := s.All[0], s.All[1]
	if a.Key != "a" || a.Present != 2 || a.FirstAbsent != 2 || a.Constant {
		t.Errorf("a: %+v", a)
	}
	if usual, other, line := a.Types(); usual != FieldNumber || other != FieldString || line != 4 {
		t.Errorf("types of a: %s, %s, %d", usual, other, line)
	}
	if b.Key != "b" || b.Present != 3 || b.FirstAbsent != 3 || !b.Constant {
		t.Errorf("b: %+v", b)
	}
	if _, _, line := b.Types(); line != 0 {
		t.Errorf("b has one type, but line %d differs", line)
	}
}

// TestFieldsOverflow: too many fields are told as such, however the lines are split.
func TestFieldsOverflow(t *testing.T) {
	lines := make([]string, MaxFields+10)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"k%d":1}`, i)
	}
	for _, at := range []int{0, 5, 10, 11, MaxFields / 2, MaxFields, MaxFields + 10} {
		a := gather[Fields](lines[:at])
		a.Merge(gather[Fields](lines[at:]), int64(at))
		if !a.Overflow || len(a.All) != 0 || a.Examples != int64(len(lines)) {
			t.Errorf("cut at %d: overflow %v, %d fields, %d examples", at, a.Overflow, len(a.All), a.Examples)
		}
		a = gather[Fields](lines[:min(at, MaxFields)])
		a.Merge(gather[Fields](lines[min(at, MaxFields):MaxFields]), int64(at))
		if a.Overflow || len(a.All) != MaxFields {
			t.Errorf("exactly as many as fit, cut at %d: overflow %v, %d fields", at, a.Overflow, len(a.All))
		}
	}
}

func TestEndingsMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	prompts := []string{"", "a ->", "b ->", "long ->" + strings.Repeat("-", 2*MaxSuffix), "한글"}
	completions := []string{" yes", " no", "", "漢字 no"}
	options := cmp.Options{cmp.AllowUnexported(Endings{}, Suffix{}), cmpopts.EquateEmpty()}
	merge := func(a, b *Endings) *Endings {
		a.Merge(b)
		return a
	}
	for range 1000 {
		lines := make([]string, r.IntN(10))
		few := 1 + r.IntN(len(prompts))
		for i := range lines {
			lines[i] = fmt.Sprintf(`{"prompt":"%s","completion":"%s"}`, prompts[r.IntN(few)], completions[r.IntN(len(completions))])
			if r.IntN(8) == 0 {
				lines[i] = `{"prompt":1}`
			}
		}
		whole := gather[Endings](lines)
		splits(r, lines, func(a, b, c []string) {
			left := merge(merge(gather[Endings](a), gather[Endings](b)), gather[Endings](c))
			right := merge(gather[Endings](a), merge(gather[Endings](b), gather[Endings](c)))
			if diff := cmp.Diff(whole, left, options); diff != "" {
				t.Fatalf("%q, %q, %q: merged from the left (-whole +merged)\n%s", a, b, c, diff)
			}
			if diff := cmp.Diff(whole, right, options); diff != "" {
				t.Fatalf("%q, %q, %q: merged from the right (-whole +merged)\n%s", a, b, c, diff)
			}
		})
	}
}

func TestEndings(t *testing.T) {
	s := gather[Endings]([]string{
		`{"prompt":"a ->","completion":" 한"}`, `{"prompt":"","completion":" 개"}`, `{"prompt":"b ->","completion":" 한"}`, `{"prompt":"c ->"}`,
	})
	if s.Examples != 3 || s.Prompted != 2 || s.Prompts.String() != " ->" {
		t.Errorf("examples %d, prompted %d, prompts end in %q", s.Examples, s.Prompted, s.Prompts.String())
	}
	if got := s.Completions.String(); got != "" {
		t.Errorf("completions end in %q: different syllables that share bytes", got)
	}
	if s.Classes() {
		t.Error("two of three completions differ: no classes")
	}
}
