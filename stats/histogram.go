package stats

import (
	"maps"
	"math"
	"math/big"
	"slices"
)

// Histogram keeps how often each of some whole numbers occurred, so that all
// that is asked of them is exact however they were split. The zero value is
// empty and ready to use. Distinct numbers take 8 bytes each up to 16,383, and
// about 40 above; a file of n bytes has at most √2n different lengths of lines.
type Histogram struct {
	recent []uint32 // not sorted into the counts yet: cheap to add to
	small  []int64  // by number
	large  map[uint32]int64
}

const (
	smallNumbers = 1 << 14 // below it counts lie in a slice
	fewRecent    = 1 << 9  // of which no part of a file has many more
	mostRecent   = 1 << 12
)

// Add takes a number, at most math.MaxUint32: more is taken for that.
func (h *Histogram) Add(n int) {
	switch len(h.recent) {
	case mostRecent:
		h.settle()
	case 0:
		if h.recent == nil {
			h.recent = make([]uint32, 0, fewRecent)
		}
	}
	h.recent = append(h.recent, uint32(min(max(n, 0), math.MaxUint32)))
}

// addTimes takes a number that occurred several times.
func (h *Histogram) addTimes(n uint32, times int64) {
	if n >= smallNumbers {
		if h.large == nil {
			h.large = make(map[uint32]int64)
		}
		h.large[n] += times
		return
	}
	if int(n) >= len(h.small) {
		grown := make([]int64, min(smallNumbers, max(64, 2*int(n))))
		copy(grown, h.small)
		h.small = grown
	}
	h.small[n] += times
}

// settle sorts the recent numbers into the counts.
func (h *Histogram) settle() {
	for _, n := range h.recent {
		h.addTimes(n, 1)
	}
	h.recent = h.recent[:0]
}

// Merge takes over the numbers of next, which stays as it is.
func (h *Histogram) Merge(next *Histogram) {
	for _, n := range next.recent {
		h.addTimes(n, 1)
	}
	for n, times := range next.small {
		if times > 0 {
			h.addTimes(uint32(n), times)
		}
	}
	for n, times := range next.large {
		h.addTimes(n, times)
	}
}

// Bin is a number and how often it occurred.
type Bin struct {
	Value uint32
	Count int64
}

// Bins returns the numbers in increasing order.
func (h *Histogram) Bins() []Bin {
	h.settle()
	var bins []Bin
	for n, times := range h.small {
		if times > 0 {
			bins = append(bins, Bin{uint32(n), times})
		}
	}
	for _, n := range slices.Sorted(maps.Keys(h.large)) {
		bins = append(bins, Bin{n, h.large[n]})
	}
	return bins
}

// Percents are the percentiles of a Summary.
var Percents = [...]int{1, 5, 10, 25, 50, 75, 90, 95, 99}

// Summary describes some whole numbers. Without numbers all is 0.
type Summary struct {
	Count        int64 // of the numbers
	Sum          int64
	Min, Max     int64
	Mean, StdDev float64                // StdDev as numpy has it by default: over all numbers, not of a sample
	Percentiles  [len(Percents)]float64 // as Percents, with numpy's default interpolation
}

// Percentile returns one of the percentiles, such as 50 for the median. One that
// is not in Percents is NaN.
func (s *Summary) Percentile(percent int) float64 {
	if i := slices.Index(Percents[:], percent); i >= 0 {
		return s.Percentiles[i]
	}
	return math.NaN()
}

// Summary describes the numbers.
func (h *Histogram) Summary() Summary { return summarize(h.Bins()) }

// summarize describes numbers that are in increasing order.
func summarize(bins []Bin) (s Summary) {
	if len(bins) == 0 {
		return s
	}
	s.Min, s.Max = int64(bins[0].Value), int64(bins[len(bins)-1].Value)
	var squares, one, times big.Int
	for _, b := range bins {
		s.Count += b.Count
		s.Sum += int64(b.Value) * b.Count
		one.SetUint64(uint64(b.Value) * uint64(b.Value))
		squares.Add(&squares, one.Mul(&one, times.SetInt64(b.Count)))
	}
	s.Mean = float64(s.Sum) / float64(s.Count)
	// The variance is (n·Σx² − (Σx)²) / n²: whole numbers up to the division.
	sum, count := big.NewInt(s.Sum), big.NewInt(s.Count)
	squares.Mul(&squares, count).Sub(&squares, sum.Mul(sum, sum))
	variance, _ := new(big.Rat).SetFrac(&squares, count.Mul(count, count)).Float64()
	s.StdDev = math.Sqrt(variance)
	for i, percent := range Percents {
		s.Percentiles[i] = quantile(bins, s.Count, float64(percent)/100)
	}
	return s
}

// quantile returns a quantile of n numbers with linear interpolation, which is
// numpy's default.
func quantile(bins []Bin, n int64, q float64) float64 {
	at := q * float64(n-1)
	low := int64(at)
	a, b := ranked(bins, low), ranked(bins, min(low+1, n-1))
	return lerp(a, b, at-float64(low))
}

// ranked returns the number with so many before it.
func ranked(bins []Bin, rank int64) float64 {
	for _, b := range bins {
		if rank < b.Count {
			return float64(b.Value)
		}
		rank -= b.Count
	}
	return 0
}

// lerp returns the number that lies between a and b as numpy computes it, so
// that the last digit is its too.
func lerp(a, b, part float64) float64 {
	if part >= 0.5 {
		return b - (b-a)*(1-part)
	}
	return a + (b-a)*part
}
