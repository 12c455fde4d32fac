package report

import (
	"cmp"
	"container/heap"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// What the formats have in common that are read by services: sarif, github, gitlab,
// junit and markdown.

// fromRoot returns the name of a file as it is seen from the root of the repository,
// with slashes, and whether it lies below the root.
func (w *writer) fromRoot(name string) (path string, below bool) {
	path = filepath.Clean(name)
	if name == stdinName {
		return name, true
	}
	if w.Root != "" {
		if !filepath.IsAbs(path) {
			path = filepath.Join(w.Dir, path)
		}
		if rel, err := filepath.Rel(w.Root, path); err == nil && filepath.IsLocal(rel) {
			path = rel
		}
	}
	return filepath.ToSlash(path), filepath.IsLocal(path)
}

// stdinName is the name of standard input that was given none.
const stdinName = "<stdin>"

// longestMessage is how many characters of a path and a message are written.
const longestMessage = 1000

// clippedMessage is the message of a finding, safe to show and of bounded length.
func clippedMessage(f *lint.Finding) string { return shortened(message(f), longestMessage) }

// selection keeps, of any number of findings, those that are to be listed: the first
// of each group, then errors before the rest, and of these the second of each group
// before the third of any. So nothing rare is hidden, and nothing grave. Its memory
// is that of the findings it keeps.
type selection struct {
	limit  int
	seen   int64
	kept   keptHeap
	groups map[selectionKey]*int64 // how many findings there were
	shapes map[selectionKey]int    // of each group without regard to shape
}

type selectionKey struct {
	rule         *lint.Rule
	severity     lint.Severity
	file, reason string
	shape        string
}

// maxShapes is how many groups of a file are told apart that differ in the shape of
// the path only: keys of the data are part of it.
const maxShapes = 64

type keptFinding struct {
	lint.Finding
	ordinal int64 // in its group
	order   int64 // among all
}

// before says which of two findings is listed if there is room for one.
func (a *keptFinding) before(b *keptFinding) bool {
	if first := a.ordinal == 0; first != (b.ordinal == 0) {
		return first
	}
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.ordinal, b.ordinal), cmp.Compare(a.order, b.order)) < 0
}

func newSelection(limit int) *selection {
	return &selection{limit: limit, groups: map[selectionKey]*int64{}, shapes: map[selectionKey]int{}}
}

// add takes the next finding.
func (s *selection) add(f *lint.Finding) {
	group := s.group(f)
	candidate := keptFinding{Finding: lint.Finding{Severity: f.Severity}, ordinal: *group, order: s.seen}
	*group++
	s.seen++
	if len(s.kept) == s.limit {
		if !candidate.before(s.kept[0]) {
			return
		}
		heap.Pop(&s.kept)
	}
	candidate.Finding = *f
	candidate.Snippet, candidate.Image = lint.Snippet{}, nil
	heap.Push(&s.kept, &candidate)
}

// group returns the counter of a finding's group.
func (s *selection) group(f *lint.Finding) *int64 {
	key := selectionKey{f.Rule, f.Severity, f.File, f.Reason, f.Shape}
	if count := s.groups[key]; count != nil {
		return count
	}
	family := key
	family.shape = ""
	if s.shapes[family] >= maxShapes {
		key.shape = otherShapes
		if count := s.groups[key]; count != nil {
			return count
		}
	}
	s.shapes[family]++
	s.groups[key] = new(int64)
	return s.groups[key]
}

// otherShapes is the shape of the group that stands for all further shapes: no path
// has it.
const otherShapes = "\x00"

// list returns the findings that were kept, in file and line order.
func (s *selection) list() []*keptFinding {
	slices.SortFunc(s.kept, func(a, b *keptFinding) int { return cmp.Compare(a.order, b.order) })
	return s.kept
}

// keptHeap has the finding on top that gives way first.
type keptHeap []*keptFinding

func (h keptHeap) Len() int           { return len(h) }
func (h keptHeap) Less(i, j int) bool { return h[j].before(h[i]) }
func (h keptHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push adds a *keptFinding.
func (h *keptHeap) Push(x any) { *h = append(*h, x.(*keptFinding)) }

// Pop removes the last one.
func (h *keptHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}

// ordinals counts how often each text came.
type ordinals map[string]int

// next returns 1 for a text that is new, then 2, and so on.
func (o ordinals) next(text string) int {
	o[text]++
	return o[text]
}

// unreadError is why a file was not read to its end, safe to show.
func unreadError(f *lint.FileResult) string {
	return shortened(term.Sanitize(strings.ReplaceAll(f.Err.Error(), "\n", " · ")), longestMessage)
}
