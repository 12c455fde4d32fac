package lint

import (
	"fmt"
	"sync/atomic"

	"github.com/zeebo/xxh3"
)

// HashLine is the hash by which KnownLines knows a line, without its line end.
func HashLine(line []byte) uint64 { return xxh3.Hash(line) }

// Suppression is a kind of findings that somebody has looked at and accepts.
type Suppression struct {
	Rules    map[string]bool        // by id
	File     func(name string) bool // nil: every file
	Where    string                 // shape of the path; empty: anywhere
	LineHash string                 // empty: any line

	used atomic.Int64
}

// Used returns how many findings were suppressed.
func (s *Suppression) Used() int64 { return s.used.Load() }

// LineHashText is a hash of a line as Suppression.LineHash and outputs write it: 16
// hexadecimal digits.
func (c *Candidate) LineHashText() string {
	hash := c.LineHash()
	return fmt.Sprintf("%016x", hash.Lo^hash.Hi)
}

// Suppressions returns what accepts the findings on a file that one of the list is
// about.
func Suppressions(list []*Suppression, file string) Acceptor {
	var here suppressor
	for _, s := range list {
		if s.File == nil || s.File(file) {
			here = append(here, s)
		}
	}
	return here
}

type suppressor []*Suppression

// Accepts reports whether a finding is suppressed.
func (list suppressor) Accepts(c *Candidate) bool {
	for _, s := range list {
		if s.Rules[c.Rule.ID] && (s.Where == "" || s.Where == c.Shape()) && (s.LineHash == "" || c.Line != nil && s.LineHash == c.LineHashText()) {
			s.used.Add(1)
			return true
		}
	}
	return false
}

// Excess returns nothing: there may be any number.
func (list suppressor) Excess() map[string]int64 { return nil }

// Acceptors joins several: what one of them accepts is accepted. The first that does is
// the last that is asked.
func Acceptors(list ...Acceptor) Acceptor { return acceptors(list) }

type acceptors []Acceptor

// Accepts reports whether one of the list accepts a finding.
func (list acceptors) Accepts(c *Candidate) bool {
	for _, a := range list {
		if a.Accepts(c) {
			return true
		}
	}
	return false
}

// Excess returns what those of the list return.
func (list acceptors) Excess() map[string]int64 {
	all := map[string]int64{}
	for _, a := range list {
		for id, n := range a.Excess() {
			all[id] += n
		}
	}
	return all
}

// KnownLines accepts what is found in lines that are in a set, by the hash of the line
// as it stands in the file.
type KnownLines map[uint64]struct{}

// Accepts reports whether the line of a finding is in the set. Findings on the file as
// a whole are told.
func (k KnownLines) Accepts(c *Candidate) bool {
	if c.Line == nil {
		return false
	}
	_, ok := k[HashLine(c.Line)]
	return ok
}

// Excess returns nothing: there may be any number.
func (k KnownLines) Excess() map[string]int64 { return nil }
