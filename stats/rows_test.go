package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint/dataset"
)

// TestRows: however the lines are cut into chunks, the rows are the same.
func TestRows(t *testing.T) {
	decoder := dataset.NewDecoder(dataset.Options{Messages: true})
	const lines = 3*segmentRows + 100
	var want []Row
	random := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int{1, 1000, 2 * segmentRows, lines} {
		var all Rows
		for line := 0; line < lines; {
			var chunk Rows
			n := min(1+random.IntN(most), lines-line)
			for i := range n {
				e := decoder.Decode(fmt.Appendf(nil, `{"prompt":"%d","completion":"%d"}`, (line+i)%70, line+i))
				e.Number = int64(i + 1)
				chunk.Add(e)
			}
			all.Merge(&chunk, int64(line))
			line += n
		}
		if all.Len() != lines {
			t.Fatalf("%d rows of %d lines", all.Len(), lines)
		}
		var got []Row
		for i := range lines {
			got = append(got, *all.At(i))
		}
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("chunks of up to %d lines (-want +got)\n%.1000s", most, diff)
		}
	}
	for i, row := range want {
		if row.Line != int64(i+1) || row.Prompt != want[i%70].Prompt || i > 0 && row.Answer == want[i-1].Answer {
			t.Fatalf("row %d: %+v", i, row)
		}
	}
}

// TestIndex holds an index against a map, with hashes that fall together.
func TestIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 100, 5000} {
		values := make([]int, n)
		first := map[int]int{}
		x := NewIndex(n)
		for i := range values {
			values[i] = random.IntN(n)
			got := x.Find(uint64(values[i]%64), i, func(j int) bool { return values[j] == values[i] })
			want, ok := first[values[i]]
			if !ok {
				want, first[values[i]] = -1, i
			}
			if got != want {
				t.Fatalf("of %d: %d is found at %d, not %d", n, i, got, want)
			}
		}
		if got := x.Find(12345, -1, func(int) bool { return false }); got != -1 {
			t.Errorf("what is not there is found at %d", got)
		}
	}
}
