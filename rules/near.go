package rules

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

var nearDuplicate = lint.Rule{
	ID: "FTQ002", Name: "near-duplicate", Since: since,
	Severity: lint.Off, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs:    lint.NeedMessages,
	Applies:  func(s *lint.Settings) bool { return s.NearDuplicates > 0 },
	OnlyWith: "--near-duplicates",
	Doc: lint.Doc{
		Title: "Examples are nearly the same",
		Why: "They teach hardly more than one of them would, and weigh as much as all: answers to them are learnt by heart, and one of them in the validation data is no test. " +
			"Compared are the pairs of words that follow each other, in all messages but those of the system: letters and digits in lower case. Examples are alike if 90 % of the pairs that either of them has are in both (--similarity sets another share), and not if they have different images; copies that FTQ001 tells are left out. " +
			"Examples that are alike by way of others make one finding, which says how much the one that is least like the first has in common with it. The comparison takes time and about 220 bytes for each example, so it is made only with --near-duplicates; it misses about 3 in 1,000 pairs. " +
			"This is advice: no service is known to refuse it.",
		Help: "keep one of them, or make them differ in what matters",
		BadFile: &lint.Sample{
			Content: func() string { return goodFile() + nearly(goodFile()) }, Settings: func(s *lint.Settings) { s.NearDuplicates = 0.7 }, Under: "with --near-duplicates --similarity 0.7",
		},
		GoodFile: &lint.Sample{
			Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) { s.NearDuplicates = 0.9 }, Under: "with --near-duplicates",
		},
	},
	Gathers: rows,
	Across: func(p *lint.Pass, files []lint.Gathered) {
		training, validation := sides(files)
		alike(p, &training)
		alike(p, &validation)
	},
}

// nearly is the second line of a file of sums with a word more in its question.
func nearly(file string) string {
	return strings.Replace(secondLine(file), `"role":"user","content":"`, `"role":"user","content":"Now: `, 1)
}

// sketch returns the sketch of row i.
func (s *side) sketch(i int) *stats.Sketch {
	f := s.file(i)
	return s.files[f].Collector.(*stats.Rows).Sketch(i - s.starts[f])
}

// alike reports examples that are nearly the same.
func alike(p *lint.Pass, s *side) {
	if s.n < 2 {
		return
	}
	clusters := stats.Alike(p.NearDuplicates, s.n, s.sketch)
	type member struct{ first, row int }
	var members []member // without those that are the first
	for i := range s.n {
		if first := clusters.First(i); first != i {
			members = append(members, member{first, i})
		}
	}
	slices.SortStableFunc(members, func(a, b member) int { return cmp.Compare(a.first, b.first) })
	for len(members) > 0 {
		first := members[0].first
		n := 0
		for n < len(members) && members[n].first == first {
			n++
		}
		all := []int{first}
		seen := map[dataset.Hash]bool{s.row(first).Whole: true}
		least := 1.0
		for _, m := range members[:n] {
			if whole := s.row(m.row).Whole; !seen[whole] {
				seen[whole] = true
				all = append(all, m.row)
				least = min(least, s.sketch(first).Similarity(s.sketch(m.row)))
			}
		}
		members = members[n:]
		if len(all) > 1 {
			reportAlike(p, s, all, least)
		}
	}
}

// mostNamed is how many lines a message names.
const mostNamed = 4

// reportAlike reports rows that are alike, with the smallest similarity to the first.
func reportAlike(p *lint.Pass, s *side, all []int, least float64) {
	first, here := s.find(all[0])
	p.In(here)
	var also []lint.Line
	var names []string
	for at, i := range all {
		row, file := s.find(i)
		name := lint.FormatCount(row.Line)
		if file != here {
			name = file.Name + ":" + strconv.FormatInt(row.Line, 10)
		}
		if at < mostNamed {
			names = append(names, name)
		}
		if at > 0 {
			also = append(also, lint.Line{File: file.Name, Line: row.Line})
		}
	}
	if more := len(all) - len(names); more > 0 {
		names = append(names, lint.FormatCount(int64(more))+" more")
	}
	list := strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	p.ReportLines(first.Line, int64(len(all)), "lines %s are %s % alike", lint.Text(list), lint.Int(percent(least))).Also(also...)
}

// percent is a share as a whole number of percent: 100 only if it is all.
func percent(share float64) int64 { return int64(math.Floor(100 * share)) }

// reportNear reports that a row of the validation data, which is in neither of its
// exact forms in the training data, is nearly the same as one there.
func reportNear(p *lint.Pass, near *stats.Near, training, validation *side, i int) {
	most, best := 0.0, -1
	near.Find(validation.sketch(i), func(j int, similarity float64) bool {
		if similarity > most || similarity == most && j < best {
			most, best = similarity, j
		}
		return true
	})
	if best < 0 {
		return
	}
	other, file := training.find(best)
	p.ReportLineAs(lint.Warning, validation.row(i).Line, "is %s % like an example of the training data: line %s of %s", lint.Int(percent(most)), lint.Int(other.Line), lint.Text(file.Name)).
		Also(lint.Line{File: file.Name, Line: other.Line})
}
