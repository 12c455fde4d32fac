package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// splitRowsOf gathers lines.
func splitRowsOf(lines []string) *SplitRows {
	rows := NewSplitRows(&lint.Settings{NearDuplicates: 0.9, Method: dataset.SFT})
	decoder := dataset.NewDecoder(dataset.Options{Messages: true})
	for i, line := range lines {
		e := decoder.Decode([]byte(line))
		e.Number = int64(i + 1)
		rows.Add(e)
	}
	return rows
}

// TestSplitProportions: both sides have of everything as much as the whole has.
func TestSplitProportions(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	answers := []string{"yes", "no", "maybe"}
	var lines []string
	for i := range 6000 {
		system, answer := "a", answers[0]
		if i%10 == 0 {
			system = "b"
		}
		switch {
		case i%20 == 1:
			answer = answers[2]
		case i%3 == 0:
			answer = answers[1]
		}
		question := fmt.Sprintf("%d %d", i, random.IntN(1<<30))
		if i%7 == 0 {
			question += strings.Repeat(fmt.Sprint(" ", random.IntN(1<<30)), 50)
		}
		lines = append(lines, fmt.Sprintf(`{"messages":[{"role":"system","content":%q},{"role":"user","content":%q},{"role":"assistant","content":%q}]}`, system, question, answer))
	}
	for _, share := range []float64{0.05, 0.1, 0.333} {
		d, err := Split([]*SplitRows{splitRowsOf(lines)}, SplitOptions{Share: share, Bond: BondNear, Similarity: 0.9, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if want := int(math.Round(share * 6000)); d.Validation < want-1 || d.Validation > want+1 {
			t.Errorf("%v: %d examples for validation, not %d", share, d.Validation, want)
		}
		for what, has := range map[string]func(line string) bool{
			"system message b": func(l string) bool { return strings.Contains(l, `"system","content":"b"`) },
			"answer no":        func(l string) bool { return strings.Contains(l, `"no"`) },
			"answer maybe":     func(l string) bool { return strings.Contains(l, `"maybe"`) },
			"long questions":   func(l string) bool { return len(l) > 300 },
		} {
			all, chosen := 0, 0
			for i, line := range lines {
				if has(line) {
					all++
					if d.InValidation(i) {
						chosen++
					}
				}
			}
			if want := share * float64(all); math.Abs(float64(chosen)-want) > 3+0.02*want {
				t.Errorf("%v: of %d with %s %d are for validation, not %.0f", share, all, what, chosen, want)
			}
		}
	}
}

// TestSplitSpelling: of copies that are written in different ways it does not matter
// which comes first.
func TestSplitSpelling(t *testing.T) {
	var lines []string
	for i := range 200 {
		line := said(fmt.Sprint("What is ", i*7919, "?"), strings.Repeat("x", i))
		lines = append(lines, line, strings.ReplaceAll(line, "x", `\u0078`))
	}
	chosen := func(lines []string) (list []string) {
		d, err := Split([]*SplitRows{splitRowsOf(lines)}, SplitOptions{Share: 0.2, Bond: BondCopies})
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range lines {
			if d.InValidation(i) {
				list = append(list, line)
			}
		}
		slices.Sort(list)
		return list
	}
	want := chosen(lines)
	slices.Reverse(lines)
	if got := chosen(lines); !slices.Equal(got, want) {
		t.Errorf("the choice depends on the order of copies: %d and %d lines", len(want), len(got))
	}
}

// TestSplit: what is to be kept together is, however lines are ordered, and the same
// lines are divided in the same way.
func TestSplit(t *testing.T) {
	divided := 0
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 2))
		n, prompts, share := 20+random.IntN(280), 3+random.IntN(297), 0.01+0.49*random.Float64()
		lines := make([]string, n)
		prompt := make([]int, n)
		for i := range lines {
			prompt[i] = random.IntN(prompts)
			lines[i] = said(fmt.Sprint("What is ", prompt[i]*7919, "?"), fmt.Sprint("It is ", random.IntN(2)))
		}
		options := SplitOptions{Share: share, Bond: BondPrompts, Seed: seed}
		d, err := Split([]*SplitRows{splitRowsOf(lines)}, options)
		if err != nil && !errors.Is(err, ErrIndivisible) {
			t.Fatal(err)
		}
		if err != nil {
			if d.LargestGroup < 2 {
				t.Fatalf("%d single examples cannot be divided", n)
			}
			continue
		}
		divided++
		side := map[int]bool{}
		inValidation := map[string]int{}
		count := 0
		for i := range lines {
			is := d.InValidation(i)
			if was, ok := side[prompt[i]]; ok && was != is {
				t.Fatalf("prompt %d is on both sides", prompt[i])
			}
			side[prompt[i]] = is
			if is {
				count++
				inValidation[lines[i]]++
			}
		}
		if count != d.Validation || 2*count > n+n/5+1 {
			t.Fatalf("%d of %d are for validation, %d are told", count, n, d.Validation)
		}
		// In another order, and in two files.
		order := random.Perm(n)
		cut := random.IntN(n)
		var files [2][]string
		for at, i := range order {
			half := 0
			if at >= cut {
				half = 1
			}
			files[half] = append(files[half], lines[i])
		}
		again, err := Split([]*SplitRows{splitRowsOf(files[0]), splitRowsOf(files[1])}, options)
		if err != nil {
			t.Fatal(err)
		}
		for at, i := range order {
			if again.InValidation(at) != d.InValidation(i) {
				t.Fatalf("line %d is on another side in another order", i)
			}
		}
	}
	if divided < 150 {
		t.Errorf("only %d of 300 could be divided", divided)
	}
}

// TestSplitMemory: of millions of examples the list of groups is made once, in its size.
func TestSplitMemory(t *testing.T) {
	var lines []string
	for i := range 1000 {
		lines = append(lines, said(fmt.Sprint("What is ", i/2, "?"), fmt.Sprint(i)))
	}
	s := &splitter{files: []*SplitRows{splitRowsOf(lines)}, starts: []int{0}, n: len(lines)}
	units, _ := s.units(s.together(&Division{}, SplitOptions{Bond: BondPrompts}), 1)
	if len(units) != 500 || cap(units) != 500 {
		t.Errorf("%d groups in room for %d", len(units), cap(units))
	}
}
