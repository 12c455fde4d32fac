package report

import (
	"fmt"

	"github.com/ftlint/ftlint/lint"
)

// htmlDiff is a place at which two lines differ.
type htmlDiff struct {
	Path   string
	Pieces []htmlPiece
}

// htmlPiece is a stretch of text that both lines have, or one of them.
type htmlPiece struct {
	Removed, Added bool
	Text           string
}

const (
	// mostPairs is how many pairs of lines the page shows the difference of.
	mostPairs = 100
	// sameShown and otherShown are how many columns are shown of a stretch that both
	// lines have, and of one that they have not.
	sameShown, otherShown = 80, 300
)

// Pairs lists the findings that say what two lines have in common, as many as pages
// show: for them lint.Finding.Pair is to be filled in.
func Pairs(r *lint.Result) (list []*lint.Finding) {
	for i := range r.Files {
		for _, g := range r.Files[i].Groups {
			for j := range g.Findings {
				if f := &g.Findings[j]; f.Line > 0 && len(f.Also) > 0 && len(list) < mostPairs {
					list = append(list, f)
				}
			}
		}
	}
	return list
}

// differences returns in what the two lines of a finding differ.
func (h *html) differences(f *lint.Finding) (caption string, list []htmlDiff, more int) {
	if !h.Snippets || f.Pair[0] == nil || f.Pair[1] == nil {
		return "", nil, 0
	}
	a, okA := parsed(f.Pair[0])
	b, okB := parsed(f.Pair[1])
	if !okA || !okB {
		return "", nil, 0
	}
	all := differences("", a, b, nil)
	if len(all) == 0 {
		return "", nil, 0
	}
	other := "line " + lint.FormatCount(f.Also[0].Line)
	if f.Also[0].File != f.File {
		other += " of " + f.Also[0].File
	}
	for _, d := range all[:min(len(all), fewDifferences)] {
		list = append(list, htmlDiff{h.masked(d.path), h.diffPieces(d)})
	}
	return fmt.Sprintf("Struck out is what only line %s has, underlined what only %s has:", lint.FormatCount(f.Line), other), list, len(all) - len(list)
}

// diffPieces returns what stands at a place in both lines.
func (h *html) diffPieces(d placeDiff) (list []htmlPiece) {
	add := func(removed, added bool, text string) {
		list = append(list, htmlPiece{removed, added, text})
	}
	switch {
	case d.old == nil:
		add(false, true, clipMiddle(h.masked(*d.fresh), otherShown))
		return list
	case d.fresh == nil:
		add(true, false, clipMiddle(h.masked(*d.old), otherShown))
		return list
	}
	pieces := wordDiff(h.masked(*d.old), h.masked(*d.fresh))
	for i, p := range pieces {
		switch {
		case p.op != wordSame:
			add(p.op == wordRemoved, p.op == wordAdded, clipMiddle(p.text, otherShown))
		case i == 0:
			add(false, false, clipLeft(p.text, sameShown))
		case i == len(pieces)-1:
			add(false, false, clipText(p.text, sameShown))
		default:
			add(false, false, clipMiddle(p.text, 2*sameShown))
		}
	}
	return list
}
