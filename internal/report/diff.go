package report

import (
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// Diff is what is told of two versions of a dataset. Its formats are opened before it is
// known.
type Diff struct {
	*stats.Diff
	Old, New *lint.FileResult
	// Most is how many examples text shows of each kind; 0: all.
	Most int
	// OldLines and NewLines are the lines by their numbers that Wanted asks for, where
	// they could be had.
	OldLines, NewLines map[int64][]byte
	// Untold says why lines are missing, in whole sentences: see Tell.
	Untold []string
}

// Tell has text say why lines are missing, if there is something to say.
func (d *Diff) Tell(why string) {
	if why != "" {
		d.Untold = append(d.Untold, why)
	}
}

// DiffFormats returns the formats of a comparison.
func DiffFormats(d *Diff) []Format {
	return []Format{
		{Name: "text", About: "a summary and the examples, for people", open: func(w *writer) Report { return openDiffText(w, d) }},
		{Name: "json", About: "one object", Machine: true, open: func(w *writer) Report { return &diffJSON{w, d} }},
		{Name: "jsonl", About: "an object for every example that differs", Machine: true, open: func(w *writer) Report { return &diffJSONL{w, d} }},
	}
}

// Wanted returns the numbers of the lines that text shows, of both versions.
func (d *Diff) Wanted() (old, fresh []int64) {
	for _, c := range shownOf(d, d.Changed) {
		old = append(old, d.Diff.Old.At(int(c.Old)).Line)
		fresh = append(fresh, d.Diff.New.At(int(c.New)).Line)
	}
	for _, i := range shownOf(d, d.Removed) {
		old = append(old, d.Diff.Old.At(int(i)).Line)
	}
	for _, i := range shownOf(d, d.Added) {
		fresh = append(fresh, d.Diff.New.At(int(i)).Line)
	}
	return old, fresh
}

// shownOf returns the part of a list that is shown.
func shownOf[T any](d *Diff, list []T) []T {
	if d.Most > 0 && len(list) > d.Most {
		return list[:d.Most]
	}
	return list
}

// version is one of the two versions, with the job that it would be.
type version struct {
	file     *lint.FileResult
	contents *stats.Contents
	forecast stats.Forecast
}

// versions returns the old and the new version.
func (d *Diff) versions() (old, fresh version) {
	of := func(f *lint.FileResult, c *stats.Contents) version {
		return version{f, c, stats.NewForecast(&f.Settings, &c.Tokens)}
	}
	return of(d.Old, d.Diff.Old), of(d.New, d.Diff.New)
}

// jobs reports whether both versions are training files, so that a job on them has a
// cost.
func (d *Diff) jobs() bool {
	return !d.Old.Settings.Validation && !d.New.Settings.Validation
}

// basis returns what the figures of both rest on.
func (d *Diff) basis() totals {
	a, b := d.Diff.Old, d.Diff.New
	return totals{
		settings: &d.New.Settings, certainty: max(a.Certainty, b.Certainty), doubts: a.Doubts | b.Doubts,
		tokens: b.Tokens.Tokens, trained: b.Trained,
	}
}

// total is the sum of all examples of a version.
func total(c *stats.Contents) stats.Sum {
	return stats.Sum{Examples: c.Examples, Tokens: c.Tokens.Tokens, Trained: c.Trained}
}

// less returns a without b.
func less(a, b stats.Sum) stats.Sum {
	return stats.Sum{Examples: a.Examples - b.Examples, Tokens: a.Tokens - b.Tokens, Trained: a.Trained - b.Trained}
}

// sums are those of the kinds of examples.
type sums struct {
	old, fresh           stats.Sum
	same, removed, added stats.Sum
	before, after        stats.Sum // of those that changed
}

func (d *Diff) sums() (s sums) {
	s.old, s.fresh = total(d.Diff.Old), total(d.Diff.New)
	s.removed, s.added = stats.SumOf(d.Diff.Old, d.Removed), stats.SumOf(d.Diff.New, d.Added)
	s.before, s.after = d.SumsOfChanged()
	s.same = less(less(s.old, s.removed), s.before)
	return s
}

// invalid counts the lines of a version that are no JSON.
func invalid(c *stats.Contents) (n int64) {
	for i := range c.Others() {
		if c.OtherAt(i).Invalid {
			n++
		}
	}
	return n
}

// changeNames are what changed, in texts.
var changeNames = [stats.NumChanges]string{
	stats.ChangedAnswer: "answer", stats.ChangedPrompt: "prompt", stats.ChangedFields: "other fields",
}

// kinds says how many examples differ in what.
func (d *Diff) kinds() string {
	n := d.Kinds()
	var parts []string
	if n := n[stats.ChangedAnswer]; n > 0 {
		parts = append(parts, Plural(n, "answer"))
	}
	if n := n[stats.ChangedPrompt]; n > 0 {
		parts = append(parts, Plural(n, "prompt"))
	}
	if n := n[stats.ChangedFields]; n > 0 {
		parts = append(parts, lint.FormatCount(n)+" in other fields")
	}
	return strings.Join(parts, ", ")
}
