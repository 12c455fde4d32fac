package lint

import (
	"math/rand/v2"

	"github.com/zeebo/xxh3"
)

// cache keeps what rules have derived from parts of lines that come again and
// again, such as the list of tools of every example. It belongs to one worker and
// is emptied when it gets large: what is in it follows from the part alone, so
// findings do not depend on it.
type cache struct {
	derived map[xxh3.Uint128]any // by the hash of the part, which is not kept itself
	bytes   int
	last    lastPart // of the line at hand
}

// lastPart is the part that was asked for last: mostly the next rule asks for it
// again.
type lastPart struct {
	what   string
	begin  *byte // where it stands in the line, which knows it without reading it
	length int
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
	hash := xxh3.Hash128Seed(part, cacheSeed)
	hash.Lo ^= xxh3.HashStringSeed(what, cacheSeed)
	result, ok := p.cache.derived[hash]
	if !ok {
		result = derive(part)
		p.cache.keep(hash, len(part), result)
	}
	*last = lastPart{what, &part[0], len(part), result}
	return result
}

// cacheSeed makes hashes that nobody can make parts for.
var cacheSeed = rand.Uint64()

// keep adds what was derived of a part.
func (c *cache) keep(hash xxh3.Uint128, size int, result any) {
	if sized, ok := result.(Sized); ok {
		size += sized.Size()
	}
	if c.bytes += size; c.bytes > maxCached || c.derived == nil {
		c.derived, c.bytes = map[xxh3.Uint128]any{}, size
	}
	c.derived[hash] = result
}

// nextLine says that another line is at hand, which may stand where the last one
// did.
func (c *cache) nextLine() {
	c.last = lastPart{}
}
