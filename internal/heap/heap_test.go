package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: most, 1 << 20: most, 8 << 20: most, 16 << 20: 200, 32 << 20: usual, 1 << 40: usual} {
		if got := percent(live); got != want {
			t.Errorf("%d bytes alive: %d, want %d", live, got, want)
		}
	}
}

// TestCollected: with much alive the heap is collected as usual, and then lives on
// much again.
func TestCollected(t *testing.T) {
	if before := debug.SetGCPercent(most); before != most {
		t.Skipf("GOGC is %d: the user decides", before)
	}
	large := make([]byte, 2*floor)
	waitFor(t, usual)
	runtime.KeepAlive(large)
	waitFor(t, most)
}

func waitFor(t *testing.T, want int) {
	t.Helper()
	got := 0
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		runtime.GC()
		if got = debug.SetGCPercent(usual); got == want {
			debug.SetGCPercent(got)
			return
		}
		debug.SetGCPercent(got)
	}
	t.Fatalf("GOGC is %d, want %d", got, want)
}
