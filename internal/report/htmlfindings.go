package report

import (
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint"
)

// htmlRule is a rule in the table of totals.
type htmlRule struct {
	ID, Name, Title, Level, Lines, Share, File, First, Fix string
}

// htmlFinding is a group of findings.
type htmlFinding struct {
	ID, Name, Level, Help, Lines string
	First                        htmlPlace
	Others                       []htmlPlace
	MoreOthers                   int
	Files                        []string // further files of which the same is true as a whole
	MoreFiles                    int
}

// htmlPlace is a finding in its line.
type htmlPlace struct {
	Place, Path, Message string
	Snippet              *htmlSnippet
	Image                template.URL // a thumbnail of the image that it is about

	Differs         string // introduces Differences
	Differences     []htmlDiff
	MoreDifferences int
}

type htmlSnippet struct{ Before, Marked, After string }

const (
	// mostGroups is how many groups the page shows: people filter, they do not
	// read thousands.
	mostGroups = 500
	// findingsRoom is how many bytes of the page the groups may take, so that it
	// stays below half a megabyte.
	findingsRoom = 300_000
	// PagePerGroup is how many findings of a group the page shows.
	PagePerGroup = 21
	// mostOthers is how many further findings or files of a group are shown.
	mostOthers = PagePerGroup - 1
	// mostThumbnails is how many images the page shows.
	mostThumbnails = 24
	thumbnailSide  = 144 // pixels
)

// findings fills in what was found.
func (h *html) findings(r *lint.Result, data *htmlReport) {
	for i := range r.Rules {
		if r.Rules[i].Severity >= h.Level {
			data.Rules = append(data.Rules, ruleRow(&r.Rules[i], r))
		}
	}
	all := h.gather(r)
	data.Findings = h.selected(byWeight(all))
	data.Hidden = len(all) - len(data.Findings)
	for _, row := range data.Rules {
		same := func(r htmlRule) bool { return r.ID == row.ID }
		if !slices.ContainsFunc(data.FilterRules, same) && slices.ContainsFunc(data.Findings, func(f htmlFinding) bool { return f.ID == row.ID }) {
			data.FilterRules = append(data.FilterRules, row)
		}
	}
	for level := lint.Error; level >= lint.Info; level-- {
		if slices.ContainsFunc(data.Findings, func(f htmlFinding) bool { return f.Level == level.String() }) {
			data.FilterLevels = append(data.FilterLevels, level.String())
		}
	}
}

// selected returns the groups that the page has room for: of each rule the first
// few, so that a mild rule can be found behind a flood of errors, then those that
// matter most.
func (h *html) selected(groups []*shownGroup) []htmlFinding {
	chosen := make([]*htmlFinding, len(groups))
	room, left := findingsRoom, mostGroups
	for _, first := range []bool{true, false} {
		for i, g := range groups {
			if (g.ordinal < perRuleInFlood) != first || left == 0 {
				continue
			}
			f := h.htmlFinding(g)
			if room < f.size() {
				left = 0
				continue
			}
			room -= f.size()
			left--
			chosen[i] = &f
		}
	}
	var list []htmlFinding
	for _, f := range chosen {
		if f != nil {
			list = append(list, *f)
		}
	}
	return list
}

func ruleRow(total *lint.RuleTotal, r *lint.Result) htmlRule {
	row := htmlRule{
		ID: total.Rule.ID, Name: total.Rule.Name, Title: total.Rule.Doc.Title, Level: total.Severity.String(),
		Lines: "–", Share: "–", First: "the whole file", Fix: fixCell(total),
	}
	if total.FirstLine > 0 {
		row.Lines, row.Share, row.First = lint.FormatCount(total.Lines), share(total.Lines, r.Lines), fmt.Sprintf("line %d", total.FirstLine)
	}
	if len(r.Files) > 1 {
		row.File, row.First = filepath.Base(total.FirstFile), strings.Replace(row.First, "the whole file", "the whole", 1)
	}
	return row
}

func (h *html) htmlFinding(g *shownGroup) htmlFinding {
	f := &g.Findings[0]
	shown := htmlFinding{
		ID: f.Rule.ID, Name: f.Rule.Name, Level: f.Severity.String(), Help: sentence(f.Rule.Doc.Help), First: h.place(f),
	}
	if len(g.files) == 0 && (g.Lines > 1 || g.Count > g.Lines) {
		shown.Lines = more(g.Group)
	}
	for i := range g.Findings[1:min(len(g.Findings), mostOthers+1)] {
		shown.Others = append(shown.Others, h.place(&g.Findings[i+1]))
	}
	shown.MoreOthers = max(0, len(g.Findings)-1-mostOthers)
	shown.Files, shown.MoreFiles = g.files, max(0, len(g.files)-mostOthers)
	shown.Files = shown.Files[:len(shown.Files)-shown.MoreFiles]
	return shown
}

func (h *html) place(f *lint.Finding) htmlPlace {
	where := htmlPlace{
		Place: shortened(place(f), longestText), Path: shortened(f.Path, longestText), Message: shortened(f.Message, longestText),
	}
	if h.Snippets && f.Column > 0 {
		where.Snippet = snippetOf(&f.Snippet)
		where.Image = h.thumbnail(f)
	}
	where.Differs, where.Differences, where.MoreDifferences = h.differences(f)
	return where
}

// thumbnail returns a small image of what a finding is about, if that can be decoded
// and there are not too many of them yet.
func (h *html) thumbnail(f *lint.Finding) template.URL {
	if len(f.Image) == 0 || h.thumbnails == 0 {
		return ""
	}
	u := images.Parse(f.Image)
	if !u.HasData() {
		return ""
	}
	info, _ := images.Examine(u.Data()) // reading base64 is never an error
	small, err := images.Thumbnail(u.Data(), info, thumbnailSide)
	if err != nil {
		return ""
	}
	h.thumbnails--
	return template.URL(images.DataURI("jpeg", small)) // made here: nothing of the data is in it but colours
}

// size returns about how many bytes the page has of a group.
func (f *htmlFinding) size() int {
	const markup, markupOfPlace = 400, 150
	n := markup + len(f.Help) + len(f.Lines)
	for _, name := range f.Files {
		n += min(len(name), longestText)
	}
	for _, p := range append(f.Others[:len(f.Others):len(f.Others)], f.First) {
		n += markupOfPlace + len(p.Place) + len(p.Path) + len(p.Message) + len(p.Image)
		if s := p.Snippet; s != nil {
			n += len(s.Before) + len(s.Marked) + len(s.After)
		}
		for _, d := range p.Differences {
			n += markupOfPlace + len(d.Path)
			for _, piece := range d.Pieces {
				n += len("<del></del>") + len(piece.Text)
			}
		}
	}
	return n
}

// snippetOf returns what is to be seen of a line: some of it before and after
// what was found.
func snippetOf(s *lint.Snippet) *htmlSnippet {
	const around, within = 100, 200 // characters
	end := max(s.Start, s.End)
	before, marked, after := s.Text[:s.Start], s.Text[s.Start:end], s.Text[end:]
	out := &htmlSnippet{Marked: shortened(string(marked), within)}
	cut, from := s.CutLeft, len(before)
	for n := 0; n < around && from > 0; n++ {
		_, size := utf8.DecodeLastRune(before[:from])
		from -= size
	}
	if out.Before = string(before[from:]); cut || from > 0 {
		out.Before = "…" + out.Before
	}
	cut, to := s.CutRight, 0
	for n := 0; n < around && to < len(after); n++ {
		_, size := utf8.DecodeRune(after[to:])
		to += size
	}
	if out.After = string(after[:to]); cut || to < len(after) {
		out.After += "…"
	}
	return out
}
