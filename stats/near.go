package stats

import "math/bits"

// Near finds sketches that are alike among numbered ones: 48 bytes each for its table.
type Near struct {
	similarity float64
	at         func(number int) *Sketch
	slots      []uint32 // 0: free; else a number plus 1, and bits of the band's hash above
	numberBits int
}

// mostInBand is how many sketches with the same band are looked at and kept: where all
// examples are made from one template, millions can share one.
const mostInBand = 64

// NewNear returns one with room for n sketches, which at returns by their numbers. Those
// that are as similar to each other are found; the sketches are made for that
// similarity.
func NewNear(similarity float64, n int, at func(number int) *Sketch) *Near {
	return &Near{
		similarity: similarity, at: at,
		slots:      make([]uint32, max(16, n*sketchBands*3/2)), // at most two of three are taken
		numberBits: bits.Len(uint(n)),
	}
}

// Find calls visit for sketches that are similar to s, until it returns false. It can
// call it several times for the same one.
func (x *Near) Find(s *Sketch, visit func(number int, similarity float64) bool) {
	if !s.Says() {
		return
	}
	for band := range s.bands {
		for number := range x.sharing(s, band) {
			if similarity := s.Similarity(x.at(number)); similarity >= x.similarity && !visit(number, similarity) {
				return
			}
		}
	}
}

// sharing goes through the numbers of sketches that have a band in common with s.
func (x *Near) sharing(s *Sketch, band int) func(yield func(number int) bool) {
	return func(yield func(int) bool) {
		at, tag := x.place(s, band)
		for found := 0; x.slots[at] != 0 && found < mostInBand; at = x.next(at) {
			if slot := x.slots[at]; slot>>x.numberBits == tag {
				number := int(slot&(1<<x.numberBits-1)) - 1
				if x.at(number).bands[band] != s.bands[band] {
					continue
				}
				if found++; !yield(number) {
					return
				}
			}
		}
	}
}

// Put adds a sketch, after those with smaller numbers.
func (x *Near) Put(number int) {
	s := x.at(number)
	if !s.Says() {
		return
	}
	for band := range s.bands {
		at, tag := x.place(s, band)
		same := 0
		for ; x.slots[at] != 0 && same < mostInBand; at = x.next(at) {
			if x.slots[at]>>x.numberBits == tag {
				same++ // or another hash with the same bits, which are few
			}
		}
		if same < mostInBand {
			x.slots[at] = tag<<x.numberBits | uint32(number+1)
		}
	}
}

// place returns where a band of s begins to be looked for, and the bits of its hash that
// are noted there.
func (x *Near) place(s *Sketch, band int) (at int, tag uint32) {
	h := mix(uint64(s.bands[band])<<8 | uint64(band))
	hi, _ := bits.Mul64(h, uint64(len(x.slots)))
	return int(hi), uint32(h) >> x.numberBits
}

func (x *Near) next(at int) int {
	if at++; at == len(x.slots) {
		return 0
	}
	return at
}

// Clusters are numbered things in groups, those that were joined in one: 4 bytes each.
type Clusters struct{ parent []uint32 }

// NewClusters returns n things, each a group of its own.
func NewClusters(n int) *Clusters {
	c := &Clusters{make([]uint32, n)}
	for i := range c.parent {
		c.parent[i] = uint32(i)
	}
	return c
}

// First returns the smallest number of the group that i is in.
func (c *Clusters) First(i int) int {
	at := uint32(i)
	for c.parent[at] != at {
		c.parent[at] = c.parent[c.parent[at]]
		at = c.parent[at]
	}
	return int(at)
}

// Join makes one group of those that i and j are in.
func (c *Clusters) Join(i, j int) {
	a, b := c.First(i), c.First(j)
	c.parent[max(a, b)] = uint32(min(a, b))
}

// Alike joins, of n sketches, those that are similar to each other, directly or by way
// of others.
func Alike(similarity float64, n int, at func(number int) *Sketch) *Clusters {
	x := NewNear(similarity, n, at)
	clusters := NewClusters(n)
	for i := range n {
		s := at(i)
		if !s.Says() {
			continue
		}
		copied := false
		for band := range s.bands {
			for j := range x.sharing(s, band) {
				if clusters.First(i) == clusters.First(j) {
					continue
				}
				if other := x.at(j); s.Similarity(other) >= similarity {
					clusters.Join(i, j)
					copied = *other == *s
					if copied {
						break
					}
				}
			}
			if copied {
				break // who is like it is like the other one
			}
		}
		if !copied {
			x.Put(i)
		}
	}
	return clusters
}
