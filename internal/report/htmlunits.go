package report

import (
	"fmt"
	"math"
	"path/filepath"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// unit is what figures are told of: a file, or several that are taken together.
type unit struct {
	name string
	*stats.Figures
	several bool
}

const (
	// mostSeries is how many files a chart lays over each other.
	mostSeries = 4
	// mostUnits is how many files have sections of their own.
	mostUnits = manyFiles
)

// unitsOf returns the files, or if they are more than most the training files
// together and the validation files together.
func unitsOf(list []figures, most int) []unit {
	if len(list) <= most {
		names := shortNames(list)
		var all []unit
		for i := range list {
			all = append(all, unit{names[i], list[i].Figures, false})
		}
		return all
	}
	var all []unit
	for _, training := range []bool{true, false} {
		var some []figures
		for i := range list {
			if list[i].training == training {
				some = append(some, list[i])
			}
		}
		kind := "validation"
		if training {
			kind = "training"
		}
		switch len(some) {
		case 0:
		case 1:
			all = append(all, unit{shortNames(some)[0], some[0].Figures, false})
		default:
			all = append(all, unit{Plural(int64(len(some)), kind+" file"), together(some), true})
		}
	}
	return all
}

// shortNames returns names of files for legends: without folders where that is
// enough to tell them apart.
func shortNames(list []figures) []string {
	const most = 48
	short := make([]string, len(list))
	times := map[string]int{}
	for i := range list {
		short[i] = filepath.Base(list[i].file.Name)
		times[short[i]]++
	}
	for i := range list {
		if times[short[i]] > 1 {
			short[i] = list[i].file.Name
		}
		short[i] = shortened(short[i], most)
	}
	return short
}

// htmlUnit is what else is told of a unit.
type htmlUnit struct {
	Name     string
	Several  bool // files: their lines cannot be told apart
	Snippets bool // texts may be shown

	Systems       []htmlText
	SystemsSay    string
	Tools         []stats.Tool
	ToolsSay      string
	Shared        string
	Tutorial      []string
	Weights       []htmlRow
	Scripts       []htmlScript
	ScriptsBeyond int
}

// Has reports whether there is anything to tell.
func (u *htmlUnit) Has() bool {
	return len(u.Systems)+len(u.Tools)+len(u.Weights)+len(u.Scripts) > 0 || u.Shared != ""
}

type htmlText struct {
	Count, Tokens, First int64
	Share, Text          string
}

type htmlScript struct{ Name, Characters, Share, Width string }

const (
	// mostScripts is how many writing systems are listed.
	mostScripts = 12
	// mostToolName is how many characters of the name of a tool are shown.
	mostToolName = 80
)

func (h *html) unit(u *unit, encoding string) htmlUnit {
	out := htmlUnit{Name: u.name, Several: u.several, Snippets: h.Snippets}
	distinct, beyond := u.Systems.Distinct()
	for _, t := range u.Systems.Commonest(listed) {
		text := htmlText{Count: t.Count, Tokens: int64(t.Tokens), First: t.First, Share: share(t.Count, u.Examples)}
		if h.Snippets {
			text.Text = h.beginning(&t)
		}
		out.Systems = append(out.Systems, text)
	}
	if distinct > 0 {
		out.SystemsSay = distinctText(distinct, beyond, len(out.Systems), "system message") + " in " + Plural(u.Systems.Total, "example") + "."
	}
	tools, all := u.Tools.Commonest(listed)
	for _, tool := range tools {
		tool.Name = shortened(h.masked(tool.Name), mostToolName)
		out.Tools = append(out.Tools, tool)
	}
	if all > 0 {
		out.ToolsSay = distinctText(all, u.Tools.More, len(tools), "tool") + ". " + verb(u.Tools.Offering, "example", "offers", "offer") + " tools"
		if u.Tools.Calls > 0 {
			out.ToolsSay += ", and " + verb(u.Tools.Calling, "example", "makes", "make") + " " + Plural(u.Tools.Calls, "call")
		}
		out.ToolsSay += "."
	}
	out.Shared = sharedText(u.Prompts.Shared(encoding))
	if total, assistant, ok := u.Figures.Tutorial(encoding); ok && u.Method() == dataset.SFT && u.ForTutorial() {
		out.Tutorial = []string{tutorial("total tokens", &total), tutorial("assistant tokens", &assistant)}
	}
	if w := u.Weights; w.Examples > 0 {
		row := func(name string, n int64) {
			if n > 0 {
				out.Weights = append(out.Weights, htmlRow{name, []string{lint.FormatCount(n), share(n, w.Messages)}})
			}
		}
		row("weight 1: trained", w.One)
		row("weight 0: not trained", w.Zero)
		row("another weight", w.Other)
		row("no weight: trained", w.Messages-w.One-w.Zero-w.Other)
	}
	scripts, characters := u.Characters.Scripts()
	out.ScriptsBeyond = max(0, len(scripts)-mostScripts)
	for _, s := range scripts[:len(scripts)-out.ScriptsBeyond] {
		out.Scripts = append(out.Scripts, htmlScript{
			s.Name, lint.FormatCount(s.Characters), share(s.Characters, characters), percentOf(math.Max(3, chartWidth*part(s.Characters, characters))),
		})
	}
	return out
}

// distinctText writes how many different things there are, and how many of them are
// listed.
func distinctText(n int, beyond bool, shown int, what string) string {
	text := "1 " + what
	switch {
	case beyond:
		text = "More than " + lint.FormatCount(int64(n)) + " different " + what + "s"
	case n > 1:
		text = lint.FormatCount(int64(n)) + " different " + what + "s"
	}
	if n > shown {
		text += fmt.Sprintf(" (these %d are the commonest)", shown)
	}
	return text
}

func verb(n int64, what, one, many string) string {
	if n == 1 {
		return "1 " + what + " " + one
	}
	return Plural(n, what) + " " + many
}

// sharedText tells of the beginning that prompts share.
func sharedText(s stats.Shared) string {
	if s.Tokens == 0 {
		return ""
	}
	have := int64(math.Round(s.Share * float64(s.Looked)))
	who := "All prompts"
	if have < s.Looked {
		who = "The prompts of " + share(have, s.Looked) + " of the examples"
	}
	text := who + " begin with the same "
	if s.AtLeast {
		text += "at least "
	}
	text += Plural(int64(s.Tokens), "token")
	if !s.Exact() {
		text += ", as far as " + lint.FormatCount(s.Looked) + " examples tell that were chosen at random"
	}
	return text + "."
}
