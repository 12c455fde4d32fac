package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

const (
	progressAfter = 300 * time.Millisecond // a short run shows nothing
	progressEvery = 100 * time.Millisecond
	plainEvery    = 10 * time.Second
)

// progress shows how far a run is, on standard error. Its zero value shows
// nothing.
type progress struct {
	done    atomic.Int64 // bytes
	total   int64        // -1: not known
	started time.Time
	w       io.Writer

	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	end  chan struct{}
	wait sync.WaitGroup
}

// startProgress begins to show progress, if w is a terminal or plain is asked for.
// rounds is how often the inputs are read.
func startProgress(w io.Writer, mode string, inputs []lint.Input, rounds int64) *progress {
	p := &progress{w: w, started: time.Now()}
	plain := mode == "plain"
	if mode == "off" || !plain && (!term.IsTerminal(w) || os.Getenv("CI") != "" || os.Getenv("TERM") == "dumb") {
		return p
	}
	for _, in := range inputs {
		info, err := os.Stat(in.Path)
		if err != nil || !info.Mode().IsRegular() {
			p.total = -1
			break
		}
		p.total += rounds * info.Size()
	}
	p.end = make(chan struct{})
	p.wait.Go(func() {
		if plain {
			p.lines()
		} else {
			p.draw()
		}
	})
	return p
}

func (p *progress) add(n int) { p.done.Add(int64(n)) }

// lines writes a line now and then.
func (p *progress) lines() {
	tick := time.NewTicker(plainEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			return
		case <-tick.C:
			done, speed := p.done.Load(), float64(p.done.Load())/1e6/time.Since(p.started).Seconds()
			if p.total > 0 {
				fmt.Fprintf(p.w, "ftlint: %s of %s read (%.0f MB/s)\n", report.Bytes(done), report.Bytes(p.total), speed)
			} else {
				fmt.Fprintf(p.w, "ftlint: %s read (%.0f MB/s)\n", report.Bytes(done), speed)
			}
		}
	}
}

// silentUntil is a writer that drops what comes before a time.
type silentUntil struct {
	time.Time
	w io.Writer
}

func (s silentUntil) Write(p []byte) (int, error) {
	if time.Now().Before(s.Time) {
		return len(p), nil
	}
	return s.w.Write(p)
}

// draw draws a bar. It measures the speed from the start, and shows itself later.
func (p *progress) draw() {
	p.mu.Lock()
	p.bar = progressbar.NewOptions64(p.total,
		progressbar.OptionSetWriter(silentUntil{p.started.Add(progressAfter), p.w}),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowCount(),
		progressbar.OptionShowTotalBytes(true),
		// The library's own ticker would draw on after the end.
		progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetWidth(20),
		progressbar.OptionClearOnFinish())
	p.mu.Unlock()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			return
		case <-tick.C:
			p.mu.Lock()
			done := p.done.Load()
			if p.total >= 0 {
				done = min(done, p.total-1) // the bar ends when the run does
			}
			p.bar.Set64(max(0, done))
			p.mu.Unlock()
		}
	}
}

// clear takes the bar off the screen for a moment.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Clear()
	}
}

// stop ends the display and leaves nothing of it. It may be called twice.
func (p *progress) stop() {
	if p.end == nil {
		return
	}
	close(p.end)
	p.wait.Wait()
	p.end = nil
	p.clear()
}
