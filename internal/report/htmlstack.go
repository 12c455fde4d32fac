package report

import (
	"fmt"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// htmlStack is a bar that is made of the tokens of roles.
type htmlStack struct {
	Name, Total string
	Parts       []htmlStackPart
}

type htmlStackPart struct {
	Kind      int // from 1: what it looks like
	X, W, Tip string
}

// htmlStackRow is a line of the legend: a role, and its tokens in each bar.
type htmlStackRow struct {
	Kind  int
	Name  string
	Cells []htmlStackCell
}

type htmlStackCell struct{ Tokens, Share string }

// stackKinds are the parts of a bar, in order. What is left of the tokens of
// examples is the framing of examples.
var stackKinds = []stats.Measure{
	stats.MeasureSystem, stats.MeasureDeveloper, stats.MeasureUser, stats.MeasureAssistant, stats.MeasureTool, stats.MeasureFunction,
	stats.MeasureOther, stats.MeasurePrompt, stats.MeasureCompletion, stats.MeasureDefinitions,
	stats.MeasureTokens,
}

// stackName is what a part of a bar is called.
func stackName(m stats.Measure) string {
	switch m {
	case stats.MeasureDefinitions:
		return "tool definitions"
	case stats.MeasureTokens:
		return "framing of examples"
	}
	return shortName(m)
}

// stacks draws the tokens of each unit by role.
func (f *htmlFigures) stacks(units []unit) {
	used := make([]bool, len(stackKinds))
	tokens := make([][]int64, len(units))
	totals := make([]int64, len(units))
	for i := range units {
		tokens[i], totals[i] = stackOf(units[i].Figures)
		for k, n := range tokens[i] {
			used[k] = used[k] || n > 0
		}
	}
	for i := range units {
		stack := htmlStack{Name: units[i].name, Total: Plural(totals[i], "token")}
		at := 0.0
		for k, n := range tokens[i] {
			if n == 0 {
				continue
			}
			w := chartWidth * part(n, totals[i])
			stack.Parts = append(stack.Parts, htmlStackPart{
				k + 1, units1000(at), units1000(w), fmt.Sprintf("%s\n%s (%s)", stackName(stackKinds[k]), Plural(n, "token"), share(n, totals[i])),
			})
			at += w
		}
		f.Stacks = append(f.Stacks, stack)
	}
	for k := range stackKinds {
		if !used[k] {
			continue
		}
		row := htmlStackRow{Kind: k + 1, Name: stackName(stackKinds[k])}
		for i := range units {
			row.Cells = append(row.Cells, htmlStackCell{lint.FormatCount(tokens[i][k]), share(tokens[i][k], totals[i])})
		}
		f.StackRows = append(f.StackRows, row)
	}
	f.stackNotes(units)
}

// stackOf returns the tokens of each kind, and their sum.
func stackOf(f *stats.Figures) (tokens []int64, total int64) {
	sum := func(m stats.Measure) int64 {
		s := f.Summary(m)
		return s.Sum
	}
	all := sum(stats.MeasureTokens)
	for _, kind := range stackKinds {
		n := sum(kind)
		if kind == stats.MeasureTokens {
			n = max(0, all-total)
		}
		tokens = append(tokens, n)
		total += n
	}
	return tokens, total
}

// stackNotes tells what the parts of a bar have in them that is no role.
func (f *htmlFigures) stackNotes(units []unit) {
	var images, preferred, other int64
	for i := range units {
		for m, n := range map[stats.Measure]*int64{
			stats.MeasureImageTokens: &images, stats.MeasurePreferred: &preferred, stats.MeasureNonPreferred: &other,
		} {
			s := units[i].Summary(m)
			*n += s.Sum
		}
	}
	f.StackNotes = append(f.StackNotes, "Before anything is cut off. The tokens of a message are those of its content, its role and its framing.")
	if images > 0 {
		f.StackNotes = append(f.StackNotes, fmt.Sprintf("Of these, %s of images, which are counted with the messages that they are in.", isOrAre(images, "token")))
	}
	if preferred+other > 0 {
		f.StackNotes = append(f.StackNotes, fmt.Sprintf("The preferred outputs have %s, the others %s.", Plural(preferred, "token"), lint.FormatCount(other)))
	}
}

// units1000 writes a place in a bar, exactly enough for narrow parts.
func units1000(v float64) string { return fmt.Sprintf("%.2f", v) }
