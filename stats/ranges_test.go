package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func histogramOf(numbers ...int) *Histogram {
	h := &Histogram{}
	for _, n := range numbers {
		h.Add(n)
	}
	return h
}

func TestRanges(t *testing.T) {
	upTo := func(n int) (list []int) {
		for i := range n {
			list = append(list, i)
		}
		return list
	}
	for _, test := range []struct {
		name    string
		numbers []int
		most    int
		want    []Range
	}{
		{"none", nil, 10, nil},
		{"one", []int{7}, 10, []Range{{7, 7, false, 1}}},
		{"one, large", []int{math.MaxUint32}, 10, []Range{{math.MaxUint32, math.MaxUint32, false, 1}}},
		{"identical", []int{500, 500, 500}, 10, []Range{{500, 500, false, 3}}},
		{"a gap is a range too", []int{0, 2}, 10, []Range{{0, 0, false, 1}, {1, 1, false, 0}, {2, 2, false, 1}}},
		{"widths are 1, 2, 5, 10", upTo(21), 3, []Range{{0, 9, false, 10}, {10, 19, false, 10}, {20, 29, false, 1}}},
		{"ranges begin at multiples of the width", []int{63, 78}, 4, []Range{{60, 64, false, 1}, {65, 69, false, 0}, {70, 74, false, 0}, {75, 79, false, 1}}},
		{"a tail", append(upTo(10), 100_000_000), 6, []Range{{0, 1, false, 2}, {2, 3, false, 2}, {4, 5, false, 2}, {6, 7, false, 2}, {8, 9, false, 2}, {10, 100_000_000, true, 1}}},
		{"a short tail is none", append(upTo(10), 12), 7, []Range{{0, 1, false, 2}, {2, 3, false, 2}, {4, 5, false, 2}, {6, 7, false, 2}, {8, 9, false, 2}, {10, 11, false, 0}, {12, 13, false, 1}}},
		{"of a few numbers none is a tail", []int{1, 2, 1000}, 3, []Range{{0, 499, false, 2}, {500, 999, false, 0}, {1000, 1499, false, 1}}},
		{"the same number is no tail", []int{5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, 4, []Range{{5, 5, false, 12}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, histogramOf(test.numbers...).Ranges(test.most)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestSharedRanges: whatever the numbers, the ranges are the same for all
// histograms, adjacent, no more than asked for, and hold each number once.
func TestSharedRanges(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		of := make([]*Histogram, 1+r.IntN(3))
		total := make([]int64, len(of))
		for i := range of {
			of[i] = &Histogram{}
			total[i] = int64(r.IntN(400) * r.IntN(2))
			for range total[i] {
				of[i].Add(int(math.Exp(r.Float64() * 22.1)))
			}
		}
		most := 2 + r.IntN(40)
		lists := SharedRanges(most, of...)
		for i, list := range lists {
			if len(list) > most || len(list) != len(lists[0]) {
				t.Fatalf("%d ranges, and %d of another; at most %d", len(list), len(lists[0]), most)
			}
			sum := int64(0)
			for j, got := range list {
				sum += got.Count
				if first := lists[0][j]; got.Low != first.Low || got.High != first.High || got.Open != first.Open {
					t.Fatalf("range %+v is not %+v", got, first)
				}
				if got.Low > got.High || j > 0 && got.Low != list[j-1].High+1 || got.Open && j < len(list)-1 {
					t.Fatalf("range %d of %+v", j, list)
				}
				for n, count := range of[i].large {
					if n >= got.Low && n <= got.High && got.Count < count {
						t.Fatalf("%d occurs %d times, but %+v", n, count, got)
					}
				}
			}
			if sum != total[i] {
				t.Fatalf("%d numbers in ranges, want %d", sum, total[i])
			}
		}
	}
}
