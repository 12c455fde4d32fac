package stats

import "sync"

// segmented is a list in segments, which are full but for the last one, so that what is
// there is never copied again.
type segmented[T any] struct{ segments [][]T }

const (
	segmentBits = 13
	segmentRows = 1 << segmentBits
)

// The segments of collectors of chunks, which are soon copied into that of the file, are
// used again.
var (
	rowSegments    = sync.Pool{New: func() any { return new([segmentRows]Row) }}
	sketchSegments = sync.Pool{New: func() any { return new([segmentRows]Sketch) }}
	traitSegments  = sync.Pool{New: func() any { return new([segmentRows]trait) }}
)

// add adds one in a chunk, which the caller fills in.
func (s *segmented[T]) add(pool *sync.Pool) *T {
	n := len(s.segments)
	if n == 0 || len(s.segments[n-1]) == segmentRows {
		s.segments = append(s.segments, pool.Get().(*[segmentRows]T)[:0])
		n++
	}
	last := &s.segments[n-1]
	*last = (*last)[:len(*last)+1]
	return &(*last)[len(*last)-1]
}

// room returns the last segment, in which there is room.
func (s *segmented[T]) room() *[]T {
	n := len(s.segments)
	if n == 0 || len(s.segments[n-1]) == segmentRows {
		var fresh []T // the first one grows: most files are small
		if n > 0 {
			fresh = make([]T, 0, segmentRows)
		}
		s.segments = append(s.segments, fresh)
		n++
	}
	return &s.segments[n-1]
}

func (s *segmented[T]) append(one T) {
	last := s.room()
	*last = append(*last, one)
}

// clear empties the list, and keeps room for as many as most chunks have.
func (s *segmented[T]) clear() {
	if len(s.segments) > 0 {
		s.segments = s.segments[:1]
		s.segments[0] = s.segments[0][:0]
	}
}

// take takes over what a chunk has.
func (s *segmented[T]) take(of *segmented[T], pool *sync.Pool) {
	for _, segment := range of.segments {
		for rest := segment; len(rest) > 0; {
			last := s.room()
			fits := min(len(rest), segmentRows-len(*last))
			*last, rest = append(*last, rest[:fits]...), rest[fits:]
		}
		pool.Put((*[segmentRows]T)(segment[:segmentRows]))
	}
	of.segments = nil
}

func (s *segmented[T]) len() int {
	n := len(s.segments)
	if n == 0 {
		return 0
	}
	return (n-1)*segmentRows + len(s.segments[n-1])
}

func (s *segmented[T]) at(i int) *T { return &s.segments[i>>segmentBits][i&(segmentRows-1)] }
