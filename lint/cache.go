package lint

// cache keeps what rules have derived from parts of lines that come again and
// again, such as the list of tools of every example. It belongs to one worker and
// is emptied when it gets large: what is in it follows from the part alone, so
// findings do not depend on it.
type cache struct {
	derived map[cacheKey]any
	bytes   int
}

type cacheKey struct {
	what string
	part string
}

const (
	maxCached    = 4 << 20 // bytes of parts
	maxCachedOne = 1 << 18 // bytes of a part: a larger one is derived each time
)

// Cached returns what derive makes of part, a part of the line at hand; of the same
// bytes it is made once. what names it, and is a constant. The result must not hold
// on to part, nor be changed.
func (p *Pass) Cached(what string, part []byte, derive func(part []byte) any) any {
	if len(part) > maxCachedOne {
		return derive(part)
	}
	if v, ok := p.cache.derived[cacheKey{what, string(part)}]; ok {
		return v
	}
	v := derive(part)
	if p.cache.bytes += len(part); p.cache.bytes > maxCached || p.cache.derived == nil {
		p.cache = cache{derived: map[cacheKey]any{}, bytes: len(part)}
	}
	p.cache.derived[cacheKey{what, string(part)}] = v
	return v
}
