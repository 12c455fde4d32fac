package stats

import "math"

// Range is the whole numbers from Low to High, both included, and how often they
// occurred.
type Range struct {
	Low, High uint32
	// Open says that the range holds the long tail: all that there is from Low on.
	// High is then the largest number that occurred in any of the histograms.
	Open  bool
	Count int64
}

// Ranges cuts the numbers into at most so many ranges (2 or more) of one width,
// which is 1, 2 or 5 times a power of ten, as are its multiples where ranges
// begin. They follow each other without a gap; a long tail of few numbers is one
// open range at the end. Without numbers there are none.
func (h *Histogram) Ranges(most int) []Range { return SharedRanges(most, h)[0] }

// SharedRanges cuts the numbers of several histograms into the same ranges, as
// Ranges does, so that they can be compared. There is a list for each of them.
func SharedRanges(most int, of ...*Histogram) [][]Range {
	bins := make([][]Bin, len(of))
	low, top, end := uint32(math.MaxUint32), uint32(0), uint32(0)
	some := false
	for i, h := range of {
		if bins[i] = h.Bins(); len(bins[i]) == 0 {
			continue
		}
		some = true
		low = min(low, bins[i][0].Value)
		top = max(top, beforeTail(bins[i]))
		end = max(end, bins[i][len(bins[i])-1].Value)
	}
	lists := make([][]Range, len(of))
	if !some {
		return lists
	}
	if 2*uint64(end-low) <= 3*uint64(top-low) {
		top = end // a tail that is not long
	}
	empty := rangesOver(low, top, end, max(2, most))
	for i := range lists {
		lists[i] = append([]Range(nil), empty...)
		at := 0
		for _, b := range bins[i] {
			for b.Value > lists[i][at].High {
				at++
			}
			lists[i][at].Count += b.Count
		}
	}
	return lists
}

// beforeTail returns the number above which lie only a two-hundredth of the
// numbers, of ten or more at least one.
func beforeTail(bins []Bin) uint32 {
	n := int64(0)
	for _, b := range bins {
		n += b.Count
	}
	tail := n / 200
	if n >= 10 {
		tail = max(1, tail)
	}
	for i := len(bins) - 1; i > 0; i-- {
		if tail -= bins[i].Count; tail < 0 {
			return bins[i].Value
		}
	}
	return bins[0].Value
}

// rangesOver returns empty ranges for the numbers from low to top, and if end is
// above them an open one.
func rangesOver(low, top, end uint32, most int) []Range {
	if top < end {
		most--
	}
	width := uint64(1)
	for step := 0; uint64(top)/width-uint64(low)/width >= uint64(most); step++ {
		width *= 2
		if step%3 == 1 { // 1, 2, 5, 10
			width = width / 4 * 5
		}
	}
	var list []Range
	for begin := uint64(low) / width * width; begin <= uint64(top); begin += width {
		list = append(list, Range{Low: uint32(begin), High: uint32(min(begin+width-1, math.MaxUint32))})
	}
	if last := list[len(list)-1].High; last < end {
		list = append(list, Range{Low: last + 1, High: end, Open: true})
	}
	return list
}
