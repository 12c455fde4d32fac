package lint

import (
	"encoding/binary"
	"hash/maphash"
)

// cache keeps what rules have derived from parts of lines that come again and
// again, such as the list of tools of every example. It belongs to one worker and
// is emptied when it gets large: what is in it follows from the part alone, so
// findings do not depend on it.
type cache struct {
	derived map[uint64]derived // by what part looks like
	bytes   int
	last    lastPart // of the line at hand
	line    []lineResult
}

// derived is what was made of a part. Of parts that look alike the last one is kept.
type derived struct {
	what, part string
	result     any
}

// lastPart is the part that was asked for last: mostly the next rule asks for it
// again.
type lastPart struct {
	what   string
	begin  *byte // where it stands in the line, which knows it without reading it
	length int
	result any
}

// lineResult is what was made of the line at hand.
type lineResult struct {
	what   string
	result any
}

// Sized is what is derived from a part and takes much more memory than the part.
type Sized interface {
	// Size returns about how many bytes it takes.
	Size() int
}

const (
	maxCached    = 12 << 20 // bytes of parts
	maxCachedOne = 1 << 18  // bytes of a part: a larger one is derived each time
)

// Cached returns what derive makes of part, a part of the line at hand; of the same
// bytes it is made once. what names it, and is a constant. The result must not hold
// on to part, nor be changed. It is Sized if it takes much more memory than part.
func (p *Pass) Cached(what string, part []byte, derive func(part []byte) any) any {
	if len(part) == 0 || len(part) > maxCachedOne {
		return derive(part)
	}
	last := &p.cache.last
	if last.begin == &part[0] && last.length == len(part) && last.what == what {
		return last.result
	}
	looks := looksOf(part) ^ maphash.String(looksSeed, what)
	d := p.cache.derived[looks]
	if d.what != what || d.part != string(part) {
		d = derived{what, string(part), derive(part)}
		p.cache.keep(looks, d)
	}
	*last = lastPart{what, &part[0], len(part), d.result}
	return d.result
}

// CachedLine returns what derive makes of the line at hand, once for all rules.
// what names it, and is a constant.
func (p *Pass) CachedLine(what string, derive func() any) any {
	for i := range p.cache.line {
		if p.cache.line[i].what == what {
			return p.cache.line[i].result
		}
	}
	v := derive()
	p.cache.line = append(p.cache.line, lineResult{what, v})
	return v
}

var looksSeed = maphash.MakeSeed()

// looksOf returns a number that is the same for the same parts. It looks at samples
// of a long one: the list of tools of every line is most of some files.
func looksOf(part []byte) uint64 {
	const samples, size = 16, 8
	if len(part) <= 2*samples*size {
		return maphash.Bytes(looksSeed, part)
	}
	var sample [(samples + 2) * size]byte
	binary.LittleEndian.PutUint64(sample[samples*size:], uint64(len(part)))
	copy(sample[(samples+1)*size:], part[len(part)-size:])
	for i := range samples {
		copy(sample[i*size:(i+1)*size], part[i*(len(part)-size)/samples:])
	}
	return maphash.Bytes(looksSeed, sample[:])
}

// keep adds what was derived.
func (c *cache) keep(looks uint64, d derived) {
	size := len(d.part)
	if sized, ok := d.result.(Sized); ok {
		size += sized.Size()
	}
	if c.bytes += size; c.bytes > maxCached || c.derived == nil {
		c.derived, c.bytes = map[uint64]derived{}, size
	}
	c.derived[looks] = d
}

// nextLine says that another line is at hand, which may stand where the last one
// did.
func (c *cache) nextLine() {
	c.last = lastPart{}
	clear(c.line)
	c.line = c.line[:0]
}
