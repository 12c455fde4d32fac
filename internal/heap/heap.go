// Package heap lets small heaps grow before they are collected. A check of an
// ordinary file keeps a few megabytes alive and makes garbage at the speed of the
// disk: with Go's usual factor of two it is collected every few milliseconds, for
// memory that nobody misses. Importing the package is all there is to do: what is made
// while other packages are initialised is garbage, too.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// floor is how many bytes the heap may grow to before it is collected as usual.
	floor = 32 << 20
	// usual and most are values of GOGC: how many percent garbage may be of what is
	// alive.
	usual, most = 100, 400
)

func init() {
	if os.Getenv("GOGC") != "" {
		return // the user knows better
	}
	debug.SetGCPercent(most)
	runtime.SetFinalizer(new(sentinel), (*sentinel).collected)
}

// sentinel is garbage at once, so that its finalizer runs after each collection.
type sentinel struct{ _ [16]byte }

func (s *sentinel) collected() {
	debug.SetGCPercent(percent(live()))
	runtime.SetFinalizer(s, (*sentinel).collected)
}

// live returns the bytes that the last collection found alive.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// percent returns what GOGC is to be with so many bytes alive.
func percent(live uint64) int {
	return int(min(most, max(usual, 100*floor/max(live, 1))))
}
