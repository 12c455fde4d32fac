package lint

import (
	"strings"
	"testing"
)

// derivedFrom is what a rule of TestCached makes of a part.
type derivedFrom struct {
	text string
	size int
}

func (d *derivedFrom) Size() int { return d.size }

// TestCached: the same part gives the same result, whatever was asked for before it,
// and parts that look alike are told apart.
func TestCached(t *testing.T) {
	made := 0
	p := &Pass{}
	get := func(what, part string, size int) string {
		got := p.Cached(what, []byte(part), func(part []byte) any {
			made++
			return &derivedFrom{what + string(part), size}
		}).(*derivedFrom).text
		if got != what+part {
			t.Errorf("%s of %.20s gives %.20s", what, part, got)
		}
		return got
	}
	long := strings.Repeat("x", 5000)
	alike := long[:2500] + "y" + long[2501:]
	for _, part := range []string{"a", "b", long, alike, long, "a", ""} {
		get("one", part, 0)
		get("other", part, 0)
	}
	made = 0
	get("one", "a", 0)
	get("one", "b", 0)
	if made > 1 {
		t.Errorf("%d parts were looked at again", made)
	}
	get("large", "c", maxCached)
	made = 0
	if get("one", "b", 0); made != 1 {
		t.Error("a full cache is not emptied")
	}
	same := []byte("d")
	for range 3 {
		p.Cached("place", same, func(part []byte) any { made++; return string(part) })
	}
	copy(same, "e")
	p.cache.nextLine()
	if got := p.Cached("place", same, func(part []byte) any { return string(part) }); got != "e" {
		t.Errorf("another line at the same place gives %v", got)
	}
}
