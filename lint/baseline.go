package lint

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"sync"
)

// Baseline is a set of findings that are known: of each file and rule the fingerprints
// of what was found, or, of very many, their number. It knows no line numbers, so
// lines may move about.
type Baseline struct {
	files map[string]map[string]*known // by file and id of the rule
}

// known is what is known of a rule in a file.
type known struct {
	mu     sync.Mutex
	prints map[uint64]bool // whether each was seen again; nil if there are too many
	count  int64           // how many there may be, where prints is nil
	hash   uint64          // sum of all fingerprints, where prints is nil
	seen   int64
}

const (
	// baselineVersion is of the form of the file.
	baselineVersion = 1
	// maxPrints is how many fingerprints are kept of a rule in a file; of more only
	// their number and the hash of them all.
	maxPrints = 1000
)

// The form of the file.
type (
	baselineFile struct {
		SchemaVersion int                                `json:"schema_version"`
		Files         map[string]map[string]baselineRule `json:"files"`
	}
	baselineRule struct {
		Fingerprints []string `json:"fingerprints,omitempty"`
		Count        int64    `json:"count,omitempty"`
		Hash         string   `json:"hash,omitempty"`
	}
)

// ReadBaseline reads a baseline that Write has written.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	var file baselineFile
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("not a baseline: %w", err)
	}
	if file.SchemaVersion != baselineVersion {
		return nil, fmt.Errorf("a baseline of version %d: this program knows version %d", file.SchemaVersion, baselineVersion)
	}
	b := &Baseline{files: map[string]map[string]*known{}}
	for name, rules := range file.Files {
		b.files[name] = map[string]*known{}
		for id, rule := range rules {
			k, err := rule.known()
			if err != nil {
				return nil, fmt.Errorf("not a baseline: %s in %s: %w", id, name, err)
			}
			b.files[name][id] = k
		}
	}
	return b, nil
}

func (r *baselineRule) known() (*known, error) {
	if len(r.Fingerprints) == 0 {
		hash, err := strconv.ParseUint(r.Hash, 16, 64)
		if err != nil || r.Count <= 0 {
			return nil, fmt.Errorf("neither fingerprints nor a count with a hash")
		}
		return &known{count: r.Count, hash: hash}, nil
	}
	k := &known{prints: map[uint64]bool{}}
	for _, text := range r.Fingerprints {
		print, err := strconv.ParseUint(text, 16, 64)
		if err != nil {
			return nil, fmt.Errorf("fingerprint %q", text)
		}
		k.prints[print] = false
	}
	return k, nil
}

// Write writes the baseline as JSON. The same baseline is always written alike.
func (b *Baseline) Write(w io.Writer) error {
	file := baselineFile{SchemaVersion: baselineVersion, Files: map[string]map[string]baselineRule{}}
	for name, rules := range b.files {
		for id, k := range rules {
			rule := baselineRule{Count: k.count}
			if k.prints == nil {
				rule.Hash = fmt.Sprintf("%016x", k.hash)
			}
			for _, print := range slices.Sorted(maps.Keys(k.prints)) {
				rule.Fingerprints = append(rule.Fingerprints, fmt.Sprintf("%016x", print))
			}
			if rule.Count == 0 && rule.Fingerprints == nil {
				continue
			}
			if file.Files[name] == nil {
				file.Files[name] = map[string]baselineRule{}
			}
			file.Files[name][id] = rule
		}
	}
	text, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// File returns what accepts the findings on a file that are in the baseline. name is
// that of the file as the baseline knows it: relative, with slashes.
func (b *Baseline) File(name string) Acceptor { return &baselineOf{b.files[path.Clean(name)]} }

// baselineOf is the part of a baseline that is about one file.
type baselineOf struct{ rules map[string]*known }

// Accepts reports whether a finding is in the baseline.
func (b *baselineOf) Accepts(c *Candidate) bool {
	k := b.rules[c.Rule.ID]
	if k == nil {
		return false
	}
	print := uint64(0)
	if k.prints != nil {
		print = c.Fingerprint()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.prints == nil {
		k.seen++
		return true
	}
	if _, ok := k.prints[print]; !ok {
		return false
	}
	k.prints[print] = true
	return true
}

// Excess returns of which rules there are more findings than were counted.
func (b *baselineOf) Excess() map[string]int64 {
	more := map[string]int64{}
	for id, k := range b.rules {
		if k.prints == nil && k.seen > k.count {
			more[id] = k.seen - k.count
		}
	}
	return more
}

// Stale returns how many findings of files that were checked are in the baseline and
// were not found again.
func (b *Baseline) Stale(checked func(file string) bool) (n int64) {
	for name, rules := range b.files {
		for _, k := range rules {
			if checked(name) {
				n += k.gone()
			}
		}
	}
	return n
}

// gone is how many of the known findings were not found again.
func (k *known) gone() (n int64) {
	if k.prints == nil {
		return max(0, k.count-k.seen)
	}
	for _, seen := range k.prints {
		if !seen {
			n++
		}
	}
	return n
}

// Prune takes out of the baseline what Stale counts, and returns how much that was.
func (b *Baseline) Prune(checked func(file string) bool) (n int64) {
	for name, rules := range b.files {
		if !checked(name) {
			continue
		}
		for id, k := range rules {
			n += k.gone()
			k.count = min(k.count, k.seen)
			maps.DeleteFunc(k.prints, func(_ uint64, seen bool) bool { return !seen })
			if k.count == 0 && len(k.prints) == 0 {
				delete(rules, id)
			}
		}
	}
	return n
}

// BaselineEntry is what a baseline has of a rule in a file.
type BaselineEntry struct {
	File, Rule string
	Findings   int64
}

// Entries returns what the baseline has, sorted by file and rule.
func (b *Baseline) Entries() []BaselineEntry {
	var list []BaselineEntry
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		for _, id := range slices.Sorted(maps.Keys(b.files[name])) {
			k := b.files[name][id]
			if n := max(k.count, int64(len(k.prints))); n > 0 {
				list = append(list, BaselineEntry{name, id, n})
			}
		}
	}
	return list
}

// Recorder makes a baseline of what is found: it accepts everything.
type Recorder struct {
	mu       sync.Mutex
	baseline *Baseline
}

// NewRecorder returns a recorder that adds to a baseline, or, of nil, makes a new one.
func NewRecorder(to *Baseline) *Recorder {
	if to == nil {
		to = &Baseline{files: map[string]map[string]*known{}}
	}
	return &Recorder{baseline: to}
}

// File returns what records the findings on a file, by its name as File of Baseline
// wants it.
func (r *Recorder) File(name string) Acceptor {
	r.mu.Lock()
	defer r.mu.Unlock()
	name = path.Clean(name)
	if r.baseline.files[name] == nil {
		r.baseline.files[name] = map[string]*known{}
	}
	return &recorderOf{rules: r.baseline.files[name]}
}

// Baseline returns what was recorded.
func (r *Recorder) Baseline() *Baseline { return r.baseline }

type recorderOf struct {
	mu    sync.Mutex
	rules map[string]*known
}

// Accepts records a finding.
func (r *recorderOf) Accepts(c *Candidate) bool {
	print := c.Fingerprint()
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.rules[c.Rule.ID]
	if k == nil {
		k = &known{prints: map[uint64]bool{}}
		r.rules[c.Rule.ID] = k
	}
	k.seen++
	k.hash += print
	if k.prints != nil {
		if k.prints[print] = true; len(k.prints) <= maxPrints {
			return true
		}
		k.prints = nil
	}
	k.count = max(k.count, k.seen)
	return true
}

// Excess returns nothing: all that is found is recorded.
func (r *recorderOf) Excess() map[string]int64 { return nil }
