package stats

import "slices"

// Lengths keeps a length for each of some lines: 12 bytes a line.
type Lengths struct {
	lines   []int64
	lengths []uint32
}

// Add takes the length of something in a line.
func (l *Lengths) Add(line int64, length int) {
	l.lines = append(l.lines, line)
	l.lengths = append(l.lengths, uint32(length))
}

// Merge takes over what next has. lines is added to its line numbers.
func (l *Lengths) Merge(next *Lengths, lines int64) {
	for i, line := range next.lines {
		l.lines = append(l.lines, line+lines)
		l.lengths = append(l.lengths, next.lengths[i])
	}
}

// Each calls do with every line and its length, in the order of the lines.
func (l *Lengths) Each(do func(line int64, length int)) {
	for i, line := range l.lines {
		do(line, int(l.lengths[i]))
	}
}

// Quantiles returns quantiles of the lengths, such as 0.5 for the median, with
// linear interpolation between lengths as numpy has it by default. Without
// lengths they are 0.
func (l *Lengths) Quantiles(of ...float64) []float64 {
	values := make([]float64, len(of))
	if len(l.lengths) == 0 {
		return values
	}
	sorted := slices.Clone(l.lengths)
	slices.Sort(sorted)
	for i, q := range of {
		at := q * float64(len(sorted)-1)
		low := int(at)
		high := min(low+1, len(sorted)-1)
		a, b, part := float64(sorted[low]), float64(sorted[high]), at-float64(low)
		if values[i] = a + (b-a)*part; part >= 0.5 { // the last digit too is numpy's
			values[i] = b - (b-a)*(1-part)
		}
	}
	return values
}
