package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// watchView shows on a terminal how a job stands, below the lines of its events. Where
// there is no terminal it only writes lines.
type watchView struct {
	out  io.Writer
	live bool
	id   string
	now  func() time.Time

	mu     sync.Mutex
	end    chan struct{}
	done   sync.WaitGroup
	job    *remote.Job
	first  remote.Measured
	last   remote.Measured
	begun  time.Time // of first
	at     time.Time // of last
	losses []float64 // of training
	valid  float64   // the last one of validation
	drawn  []string  // lines on the screen
}

// startWatchView begins the view of a job.
func startWatchView(out io.Writer, id string) *watchView {
	v := &watchView{out: out, id: id, now: time.Now, valid: math.NaN()}
	v.live = term.IsTerminal(out) && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb"
	if !v.live {
		return v
	}
	v.end = make(chan struct{})
	v.done.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-v.end:
				return
			case <-tick.C:
				v.mu.Lock()
				v.draw()
				v.mu.Unlock()
			}
		}
	})
	return v
}

// say writes a line above the view.
func (v *watchView) say(line string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	fmt.Fprintln(v.out, line)
	v.draw()
}

// state tells of the job.
func (v *watchView) state(j *remote.Job) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.job = j
}

// measured takes what an event tells of training. Without a view nothing is taken, and
// the event is told as a line.
func (v *watchView) measured(e *remote.Event) bool {
	m, ok := e.Measured()
	if !ok || !v.live {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at := e.Time()
	if at.IsZero() {
		at = v.now()
	}
	if v.first.Step == 0 {
		v.first, v.begun = m, at
	}
	if m.Total == 0 {
		m.Total = v.last.Total
	}
	v.last, v.at = m, at
	if !math.IsNaN(m.TrainLoss) {
		v.losses = append(v.losses, m.TrainLoss)
	}
	if !math.IsNaN(m.ValidLoss) {
		v.valid = m.ValidLoss
	}
	v.draw()
	return true
}

// stop ends the view. keep leaves it on the screen.
func (v *watchView) stop(keep bool) {
	if v.end == nil {
		return
	}
	close(v.end)
	v.done.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	if !keep {
		v.erase()
	}
	v.drawn, v.live = nil, false
}

// rows is how many lines of the terminal the view takes: one that was made narrower since
// has broken some.
func (v *watchView) rows(columns int) (rows int) {
	if columns <= 0 { // unknown
		return len(v.drawn)
	}
	for _, line := range v.drawn {
		rows += max(1, (term.StringWidth(line)+columns-1)/columns)
	}
	return rows
}

// erase takes the view off the screen. The lock is held.
func (v *watchView) erase() {
	if rows := v.rows(term.Width(v.out)); rows > 0 {
		fmt.Fprintf(v.out, "\x1b[%dA\x1b[J", rows)
	}
	v.drawn = nil
}

// draw writes the view in its place. The lock is held.
func (v *watchView) draw() {
	if !v.live || v.job == nil {
		return
	}
	columns := term.Width(v.out)
	lines := v.lines(columns - 1)
	var b strings.Builder
	if rows := v.rows(columns); rows > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", rows)
	}
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	io.WriteString(v.out, b.String())
	v.drawn = lines
}

// longestBar is how wide the bar is at most, in columns.
const longestBar = 30

// lines are the view, in lines of at most so many columns.
func (v *watchView) lines(width int) []string {
	head := "job " + v.id + " · " + v.job.Status
	begun := v.job.Created()
	if begun.IsZero() {
		begun = v.begun
	}
	if !begun.IsZero() {
		head += " · for " + span(v.now().Sub(begun))
	}
	list := []string{head}
	if v.last.Step > 0 {
		list = append(list, v.progress(width))
		if left := v.left(); left != "" {
			list = append(list, left)
		}
		var losses []string
		if n := len(v.losses); n > 0 {
			losses = append(losses, fmt.Sprintf("training %.4g", v.losses[n-1]))
		}
		if !math.IsNaN(v.valid) {
			losses = append(losses, fmt.Sprintf("validation %.4g", v.valid))
		}
		if losses != nil {
			list = append(list, "loss: "+strings.Join(losses, " · "))
		}
		if line := sparkline(v.losses, min(60, width)); line != "" {
			list = append(list, line)
		}
	} else if end := v.left(); end != "" {
		list = append(list, end)
	}
	for i, line := range list {
		list[i], _, _ = term.Clip([]byte(line), 0, 0, width)
	}
	return list
}

// progress says how far the job is.
func (v *watchView) progress(width int) string {
	text := "step " + lint.FormatCount(v.last.Step)
	if v.last.Total >= v.last.Step {
		share := float64(v.last.Step) / float64(v.last.Total)
		full := int(share * longestBar)
		text += fmt.Sprintf(" of %s (%d %%)", lint.FormatCount(v.last.Total), int(100*share))
		if width > 70 {
			text = strings.Repeat("█", full) + strings.Repeat("░", longestBar-full) + "  " + text
		}
	}
	return text
}

// left says when the job ends: as the service estimates, or else by its pace.
func (v *watchView) left() string {
	var end time.Time
	if at, err := v.job.EstimatedEnd.Int64(); err == nil && at > 0 {
		end = time.Unix(at, 0)
	} else if steps, took := v.last.Step-v.first.Step, v.at.Sub(v.begun); steps > 0 && took > 0 && v.last.Total > v.last.Step {
		end = v.at.Add(time.Duration(float64(took) / float64(steps) * float64(v.last.Total-v.last.Step)))
	}
	if left := end.Sub(v.now()); !end.IsZero() && left > 0 {
		return "about " + span(left) + " left, until " + end.Local().Format("15:04")
	}
	return ""
}

// span is a time as people say it.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// sparkline draws values in one line of at most so many columns: of those that fall
// together their mean. "": there are fewer than two.
func sparkline(values []float64, columns int) string {
	if len(values) < 2 || columns < 2 {
		return ""
	}
	columns = min(columns, len(values))
	means := make([]float64, columns)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range means {
		from, to := i*len(values)/columns, (i+1)*len(values)/columns
		for _, v := range values[from:to] {
			means[i] += v / float64(to-from)
		}
		low, high = min(low, means[i]), max(high, means[i])
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, v := range means {
		at := 0
		if high > low {
			at = int((v - low) / (high - low) * float64(len(levels)-1))
		}
		b.WriteRune(levels[at])
	}
	return b.String()
}
