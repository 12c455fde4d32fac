package lint

import (
	"github.com/ftlint/ftlint/lint/dataset"
)

// Acceptor decides which findings of a file are told. It is used by many goroutines at
// once.
type Acceptor interface {
	// Accepts reports whether a finding is known, and so is not told.
	Accepts(*Candidate) bool
	// Excess returns, after the last line, of which rules (by their ids) more findings
	// were accepted than there may be, and how many more.
	Excess() map[string]int64
}

// Candidate is a finding before it is told: an Acceptor decides whether it is.
type Candidate struct {
	Rule   *Rule
	Line   []byte // nil: a finding on the file as a whole, or on a line told at its end
	Reason string

	start  uint32
	others *lineOf
}

// lineOf is what candidates of a line share.
type lineOf struct {
	found  []found
	shapes []string // made when the first is asked for
	index  map[uint32]int
	hash   dataset.Hash
	hashed bool
	buf    []byte
}

// Shape returns the path of what is found with its indexes replaced, such as
// messages[*].content; "" where that is the line or the file.
func (c *Candidate) Shape() string {
	if c.Line == nil {
		return ""
	}
	l := c.others
	if l.shapes == nil {
		l.index = map[uint32]int{}
		var offsets []uint32
		for i := range l.found { // they are sorted by where they begin
			if at := l.found[i].start; len(offsets) == 0 || offsets[len(offsets)-1] != at {
				l.index[at] = len(offsets)
				offsets = append(offsets, at)
			}
		}
		for _, path := range dataset.PathsAt(c.Line, offsets) {
			l.shapes = append(l.shapes, path.Shape)
		}
	}
	return l.shapes[l.index[c.start]]
}

// LineHash returns the canonical hash of the line: white space, escapes and the order
// of keys do not count.
func (c *Candidate) LineHash() dataset.Hash {
	if l := c.others; !l.hashed {
		l.hash, l.buf = dataset.CanonicalHash(c.Line, l.buf)
		l.hashed = true
	}
	return c.others.hash
}

// Fingerprint is the same for a finding of the same rule, at the same kind of place, in
// a line that says the same, wherever in the file that stands: the number that
// Finding.Fingerprint writes.
func (c *Candidate) Fingerprint() uint64 {
	if c.Line == nil {
		return fingerprintOfFile(c.Rule.ID, c.Reason)
	}
	return fingerprint(c.Rule.ID, c.Shape(), c.LineHash())
}

// accept takes out of the findings on a line those that are accepted, and returns how
// many.
func (w *worker) accept(f *fileRun, line []byte) (accepted int64) {
	all := w.pass.found
	sortFound(all)
	w.line = lineOf{found: all, buf: w.line.buf}
	kept := make([]found, 0, len(all))
	for i := range all {
		c := Candidate{Rule: all[i].rule.Rule, Line: line, Reason: all[i].reason, start: all[i].start, others: &w.line}
		if f.accept.Accepts(&c) {
			accepted++
		} else {
			kept = append(kept, all[i])
		}
	}
	w.pass.found = append(all[:0], kept...)
	return accepted
}

// excess reports of which rules more was accepted than there may be.
func (f *fileRun) excess(r *run, pass *Pass) {
	if f.accept == nil {
		return
	}
	more := f.accept.Excess()
	for _, rule := range r.rules {
		if n := more[rule.ID]; n > 0 {
			pass.rule = rule
			pass.ReportFile("%s findings more than were accepted: look at them without the baseline, then update it", Int(n))
		}
	}
}
