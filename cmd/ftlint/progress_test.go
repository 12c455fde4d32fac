package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ftlint/ftlint/lint"
)

// screen is a writer that goroutines share.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// The clock of these tests is synctest's: nothing waits.

func TestPlainProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(path, make([]byte, 4_000_000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		paths []string
		want  string
	}{
		{"files", []string{path, path}, "ftlint: 2.0 MB of 8.0 MB read (0 MB/s)\nftlint: 4.0 MB of 8.0 MB read (0 MB/s)\n"},
		{"standard input", []string{path, "-"}, "ftlint: 2.0 MB read (0 MB/s)\nftlint: 4.0 MB read (0 MB/s)\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out screen
			var inputs []lint.Input
			for _, p := range test.paths {
				inputs = append(inputs, lint.Input{Path: p})
			}
			p := startProgress(&out, "plain", inputs, 1)
			for range 2 {
				p.add(2_000_000)
				time.Sleep(plainEvery)
				synctest.Wait()
			}
			p.stop()
			p.stop() // does no harm
			if got := out.String(); got != test.want {
				t.Errorf("%s: progress reads\n%swant\n%s", test.name, got, test.want)
			}
		})
	}
}

func TestNoProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, mode := range []string{"off", "auto"} { // auto: this is no terminal
			var out screen
			p := startProgress(&out, mode, []lint.Input{{Path: "-"}}, 1)
			p.add(1)
			time.Sleep(plainEvery)
			p.clear()
			p.stop()
			if out.String() != "" {
				t.Errorf("--progress %s writes %q", mode, out.String())
			}
		}
	})
}

func TestDrawnProgress(t *testing.T) {
	draw := func(w *screen, total int64) *progress {
		p := &progress{w: w, total: total, started: time.Now(), end: make(chan struct{})}
		p.wait.Go(p.draw)
		return p
	}
	t.Run("a short run", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var out screen
			p := draw(&out, 100)
			time.Sleep(progressAfter / 2)
			p.clear()
			p.stop()
			if out.String() != "" {
				t.Errorf("a short run draws %q", out.String())
			}
		})
	})
	for name, total := range map[string]int64{"files": 1_000_000, "standard input": -1, "empty files": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out screen
				p := draw(&out, total)
				p.add(500_000)
				time.Sleep(progressAfter + 3*progressEvery)
				synctest.Wait()
				drawn := out.String()
				if total > 0 && !strings.Contains(drawn, "50%") || total < 0 && !strings.Contains(drawn, "500") {
					t.Errorf("half of the input read, but this is drawn: %q", drawn)
				}
				p.clear() // for findings that are written between
				p.stop()
				p.stop()
				// Nothing of it is left: the last line is blank.
				last := strings.Split(strings.TrimRight(out.String(), "\r"), "\r")
				if text := strings.TrimSpace(last[len(last)-1]); strings.Trim(text, "\x1b[2K ") != "" {
					t.Errorf("left on the screen: %q", text)
				}
			})
		})
	}
}
