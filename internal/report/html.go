package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"html/template"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// html writes one HTML file that needs no other, for a browser, a phone or paper.
//
// Its charts are SVG that is drawn here: there is no library to keep up to date,
// they can be printed, and they are there without script. The script only shows
// values and filters findings. The data is hostile: html/template escapes it, the
// template "data" takes away what turns the direction of writing, and the policy
// of the page lets no style and no script run but the two that are embedded here,
// and nothing be fetched.
type html struct {
	*writer
	check      bool // findings are told, not figures alone
	thumbnails int  // that may still be shown
}

func openHTML(w *writer) Report { return &html{w, true, mostThumbnails} }

func openStatsHTML(w *writer) Report { return &html{w, false, 0} }

//go:embed html.tmpl
var htmlTemplate string

//go:embed html.css
var htmlCSS string

//go:embed html.js
var htmlJS string

// htmlPage parses the template, when a page is written: most runs write none.
var htmlPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(pageFunctions()).Parse(htmlTemplate))
})

// pageFunctions are those that templates of pages call.
func pageFunctions() template.FuncMap {
	flagName := regexp.MustCompile(`--[a-z-]+( (on|json|jsonl)\b)?`) // in a text of ours
	return template.FuncMap{
		"clean": func(s string) string { return term.Sanitize(shortened(s, longestText)) },
		"flags": func(s string) template.HTML {
			return template.HTML(flagName.ReplaceAllString(template.HTMLEscapeString(s), `<code class="flag">$0</code>`))
		},
		"count": func(n any) string { return lint.FormatCount(reflect.ValueOf(n).Int()) },
	}
}

// longestText is how many characters of a text of the data the page shows.
const longestText = 220

// shortened cuts the middle out of a long text.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	// Only the two ends of what may be megabytes are decoded.
	head, tail := []rune(s[:min(len(s), 4*most)]), []rune(s[max(0, len(s)-4*most):])
	if len(s) <= 4*most && len(head) <= most {
		return s
	}
	return string(head[:most*2/3]) + "…" + string(tail[len(tail)-most/3:])
}

// htmlReport is what the template shows.
type htmlReport struct {
	Title  string
	CSS    template.CSS
	JS     template.JS
	Policy string // of the page, on what it may run and load

	Verdict, Says string
	Budget        []string // what is over the budget, where that is all that was looked for
	Facts         []htmlFact
	Basis         string
	Version       string
	Files         *htmlFiles
	Figures       *htmlFigures // nil: nothing was counted
	NothingToSay  string
	Check         bool
	Rules         []htmlRule
	Findings      []htmlFinding
	FilterRules   []htmlRule
	FilterLevels  []string
	Hidden        int // groups that are not shown
	Several       bool
}

// htmlFact is a name and what is to be said under it. Data says that it comes
// from the dataset or the command line.
type htmlFact struct {
	Name, Value string
	Data        bool
}

// Finding is not called: the result has all that is shown.
func (*html) Finding(*lint.Finding) error { return nil }

// Finish writes the page.
func (h *html) Finish(r *lint.Result) error {
	list := allFigures(r)
	all := totalsOf(list)
	data := htmlReport{
		Title: title(r), CSS: template.CSS(htmlCSS), JS: template.JS(htmlJS),
		Policy:  "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src " + hashOf(htmlCSS) + "; script-src " + hashOf(htmlJS),
		Version: h.Version, Check: h.check, Several: len(r.Files) > 1,
	}
	h.verdict(r, &data)
	data.Facts = h.facts(r)
	if all.settings != nil {
		data.Basis = sentence(basis(&all))
	}
	data.Files = filesOf(r, &all)
	if len(list) > 0 {
		data.Figures = h.figures(list)
	} else if !h.check {
		data.NothingToSay = "There are no examples to count."
	}
	if h.check {
		h.findings(r, &data)
	}
	var out bytes.Buffer
	if err := htmlPage().Execute(&out, &data); err != nil {
		return err
	}
	h.buf = append(h.buf, out.Bytes()...)
	return h.flush()
}

// hashOf names a style or script in a policy by what is in it.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// title names the first file, and how many there are.
func title(r *lint.Result) string {
	if len(r.Files) == 0 {
		return "ftlint"
	}
	name := filepath.Base(r.Files[0].Name)
	if more := len(r.Files) - 1; more > 0 {
		return name + " and " + Plural(int64(more), "more file")
	}
	return name
}

// verdict says what came of the run, if that is a question.
func (h *html) verdict(r *lint.Result, data *htmlReport) {
	if h.check {
		data.Verdict, data.Says = h.outcome(r)
		return
	}
	if r.Count(lint.Error) > 0 {
		data.Verdict, data.Says = "OVER BUDGET", "training would cost more than --max-cost"
	}
	if unread := unreadFiles(r); unread > 0 {
		data.Verdict, data.Says = incomplete, Plural(unread, "file")+" not read to the end"
	}
	for i := range r.Files {
		for _, g := range r.Files[i].Groups {
			data.Budget = append(data.Budget, r.Files[i].Name+": "+g.Findings[0].Message)
		}
	}
}

// facts are what was read, and for what.
func (h *html) facts(r *lint.Result) []htmlFact {
	facts := []htmlFact{{Name: "Read", Value: Plural(int64(len(r.Files)), "file") + ", " + Plural(r.Lines, "line") + ", " + Bytes(r.Bytes)}}
	model := "none named"
	for i := range r.Files {
		if m := r.Files[i].Settings.Model; m != nil {
			model = m.Name
		}
	}
	return append(facts, htmlFact{"Model", model, model != "none named"}, htmlFact{Name: "Profile", Value: h.Profile})
}

// sentence makes one of a clause.
func sentence(s string) string {
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// htmlFiles is the table of files.
type htmlFiles struct {
	All     string // how many there are, if they are many
	Counted bool
	Priced  bool
	List    []htmlFile
	More    int // that are not in the list
}

type htmlFile struct {
	Name, ReadAs, Bytes, Over             string
	Lines, Examples, Tokens, Trained, Cut int64
	Counted, Training                     bool
	Epochs, Batch, Steps, Cost            string
}

// mostFiles is how many files are listed.
const mostFiles = 200

// filesOf lists the files.
func filesOf(r *lint.Result, all *totals) *htmlFiles {
	files := &htmlFiles{Counted: all.settings != nil, Priced: all.priced, More: max(0, len(r.Files)-mostFiles)}
	if len(r.Files) > mostUnits {
		files.All = Plural(int64(len(r.Files)), "file")
	}
	for i := range r.Files[:min(len(r.Files), mostFiles)] {
		f := &r.Files[i]
		row := htmlFile{Name: f.Name, ReadAs: ReadAs(f), Bytes: Bytes(f.Bytes), Lines: f.Lines}
		if f.Err != nil && f.Lines > 0 {
			row.ReadAs += ", not to its end"
		}
		if n, ok := figuresOf(f); ok {
			row.Counted = true
			row.Examples, row.Tokens, row.Trained, row.Cut = n.Examples, n.Tokens.Tokens, n.Trained, n.Cut
			if n.training && n.Examples > 0 {
				row.Training = true
				row.Epochs, row.Batch = auto(n.forecast.Epochs, n.forecast.Auto), auto(n.forecast.BatchSize, n.forecast.AutoBatch)
				row.Steps, row.Cost = lint.FormatCount(n.forecast.Steps), charge(&n.file.Settings, &n.forecast.Charge)
			}
		}
		files.List = append(files.List, row)
	}
	return files
}

// auto writes a number, and whether the service chooses it.
func auto(n int64, chosen bool) string {
	if chosen {
		return lint.FormatCount(n) + " (auto)"
	}
	return lint.FormatCount(n)
}
