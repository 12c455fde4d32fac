package report

import (
	"encoding/json"
	"math"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// What json writes of the examples of files: of all of them, of each, and of all
// as if they were one. docs/schema/stats.schema.json says what it means.

type jsonStats struct {
	Accounting      string   `json:"accounting"`
	Encoding        string   `json:"encoding"`
	EncodingAssumed bool     `json:"encoding_assumed"`
	Limit           int      `json:"limit,omitempty"`
	LimitAssumed    bool     `json:"limit_assumed"`
	Tokens          int64    `json:"tokens"`
	Trained         int64    `json:"trained_tokens"`
	Certainty       string   `json:"certainty"`
	CostUSD         *float64 `json:"cost_usd,omitempty"`
}

type jsonFigures struct {
	Examples       int64                  `json:"examples"`
	Tokens         int64                  `json:"tokens"`
	Trained        int64                  `json:"trained_tokens"`
	TrainedShare   float64                `json:"trained_share"`
	Cut            int64                  `json:"cut_examples"`
	AtLimit        int64                  `json:"at_limit_examples"`
	NearLimit      int64                  `json:"near_limit_examples"`
	CutTokens      int64                  `json:"cut_tokens"`
	CutTrained     int64                  `json:"cut_trained_tokens"`
	Azure          int64                  `json:"azure_tokens"`
	OpenAI         int64                  `json:"openai_tokens"`
	Images         int64                  `json:"images"`
	ImageTokens    int64                  `json:"image_tokens"`
	Certainty      string                 `json:"certainty"`
	Unmeasured     string                 `json:"unmeasured,omitempty"`
	Distributions  map[string]jsonSummary `json:"distributions"`
	Tutorial       *jsonTutorial          `json:"tutorial,omitempty"`
	Longest        []jsonLong             `json:"longest"`
	SystemMessages jsonTexts              `json:"system_messages"`
	Tools          jsonTools              `json:"tools"`
	Shared         jsonShared             `json:"shared_beginning"`
	Weights        jsonWeights            `json:"weights"`
	Scripts        []jsonScript           `json:"scripts"`
}

type jsonFileStats struct {
	jsonFigures
	NotCounted   int64         `json:"not_counted_lines"`
	QuarterBytes int64         `json:"quarter_bytes,omitempty"`
	Forecast     *jsonForecast `json:"forecast,omitempty"`
}

type jsonSummary struct {
	Examples int64   `json:"examples"`
	Sum      int64   `json:"sum"`
	Min      int64   `json:"min"`
	Max      int64   `json:"max"`
	Mean     float64 `json:"mean"`
	StdDev   float64 `json:"std"`
	P1       float64 `json:"p1"`
	P5       float64 `json:"p5"`
	P10      float64 `json:"p10"`
	P25      float64 `json:"p25"`
	P50      float64 `json:"p50"`
	P75      float64 `json:"p75"`
	P90      float64 `json:"p90"`
	P95      float64 `json:"p95"`
	P99      float64 `json:"p99"`
}

func summaryOf(s stats.Summary) jsonSummary {
	p := s.Percentiles
	return jsonSummary{s.Count, s.Sum, s.Min, s.Max, s.Mean, s.StdDev, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]}
}

// jsonTutorial is what the Azure tutorial's script prints.
type jsonTutorial struct {
	Works     bool                `json:"script_works"`
	Total     jsonTutorialFigures `json:"total_tokens"`
	Assistant jsonTutorialFigures `json:"assistant_tokens"`
}

type jsonTutorialFigures struct {
	Min    int64   `json:"min"`
	Max    int64   `json:"max"`
	Mean   float64 `json:"mean"`
	Median float64 `json:"median"`
	P10    float64 `json:"p10"`
	P90    float64 `json:"p90"`
}

type jsonLong struct {
	File    string `json:"file,omitempty"`
	Line    int64  `json:"line"`
	Tokens  int    `json:"tokens"`
	Trained int    `json:"trained_tokens"`
	Bytes   int    `json:"bytes"`
	Over    bool   `json:"over_limit"`
}

type jsonTexts struct {
	Examples  int64      `json:"examples"`
	Distinct  int        `json:"distinct"`
	More      bool       `json:"more"`
	Commonest []jsonText `json:"commonest"`
}

type jsonText struct {
	Count     int64  `json:"count"`
	FirstLine int64  `json:"first_line,omitempty"`
	Tokens    int    `json:"tokens"`
	Bytes     int    `json:"bytes"`
	Text      string `json:"text,omitempty"`
}

type jsonTools struct {
	Offering  int64          `json:"examples_with_definitions"`
	Calling   int64          `json:"examples_with_calls"`
	Calls     int64          `json:"calls"`
	Distinct  int            `json:"distinct"`
	More      bool           `json:"more"`
	Commonest []jsonToolName `json:"commonest"`
}

type jsonToolName struct {
	Name    string `json:"name"`
	Offered int64  `json:"offered"`
	Called  int64  `json:"called"`
}

type jsonShared struct {
	Tokens int     `json:"tokens"`
	Share  float64 `json:"share"`
	Looked int64   `json:"examples_looked_at"`
	Exact  bool    `json:"exact"`
	Least  bool    `json:"at_least"`
}

type jsonWeights struct {
	Messages int64 `json:"assistant_messages"`
	One      int64 `json:"weight_1"`
	Zero     int64 `json:"weight_0"`
	Other    int64 `json:"other_weight"`
	Examples int64 `json:"examples_with_weights"`
}

type jsonScript struct {
	Name       string  `json:"name"`
	Characters int64   `json:"characters"`
	Share      float64 `json:"share"`
}

type jsonForecast struct {
	Epochs        int64                 `json:"epochs"`
	EpochsAuto    bool                  `json:"epochs_auto"`
	BatchSize     int64                 `json:"batch_size"`
	BatchSizeAuto bool                  `json:"batch_size_auto"`
	Steps         int64                 `json:"steps"`
	Tokens        int64                 `json:"tokens"`
	CostUSD       *float64              `json:"cost_usd,omitempty"`
	Providers     map[string]jsonCharge `json:"providers"`
}

type jsonCharge struct {
	FileTokens  int64    `json:"file_tokens"`
	Tokens      int64    `json:"tokens"`
	Certainty   string   `json:"certainty"`
	CostUSD     *float64 `json:"cost_usd,omitempty"`
	HourUSD     float64  `json:"hour_usd,omitempty"`
	PriceSource string   `json:"price_source,omitempty"`
}

func dollars(c stats.Charge) *float64 {
	if !c.Priced {
		return nil
	}
	return &c.Dollars
}

// statsJSON returns the figures of all files, if they were counted.
func statsJSON(list []figures) *jsonStats {
	all := totalsOf(list)
	if all.settings == nil {
		return nil
	}
	j := &jsonStats{Accounting: all.settings.Provider.String(), Tokens: all.tokens, Trained: all.trained, Certainty: all.certainty.String()}
	j.Encoding, j.EncodingAssumed = stats.Encoding(all.settings)
	j.Limit, j.LimitAssumed = stats.ExampleLimit(all.settings)
	if all.priced {
		j.CostUSD = &all.dollars
	}
	return j
}

// fileStatsJSON returns the figures of a file, if it was counted.
func (w *writer) fileStatsJSON(f *lint.FileResult) *jsonFileStats {
	n, ok := figuresOf(f)
	if !ok {
		return nil
	}
	encoding, _ := stats.Encoding(&f.Settings)
	j := &jsonFileStats{jsonFigures: w.figuresJSON(n.Figures, encoding), NotCounted: n.notCounted(), QuarterBytes: n.quarterBytes()}
	if n.training {
		c := n.forecast
		j.Forecast = &jsonForecast{
			Epochs: c.Epochs, EpochsAuto: c.Auto, BatchSize: c.BatchSize, BatchSizeAuto: c.AutoBatch, Steps: c.Steps,
			Tokens: c.Tokens, CostUSD: dollars(c.Charge), Providers: map[string]jsonCharge{},
		}
		for _, b := range n.bills() {
			j.Forecast.Providers[b.provider.String()] = jsonCharge{b.tokens, b.Tokens, b.certainty.String(), dollars(b.Charge), b.HourDollars, b.PriceSource}
		}
	}
	return j
}

// listed is how many system messages and tools are listed.
const listed = 10

func (w *writer) figuresJSON(n *stats.Figures, encoding string) jsonFigures {
	j := jsonFigures{
		Examples: n.Examples, Tokens: n.Tokens.Tokens, Trained: n.Trained, TrainedShare: ratio(n.Trained, n.Tokens.Tokens),
		Cut: n.Cut, AtLimit: n.AtLimit, NearLimit: n.NearLimit, CutTokens: n.CutTokens, CutTrained: n.CutTrained,
		Azure: n.Azure, OpenAI: n.OpenAI, Images: n.Images, ImageTokens: n.ImageTokens,
		Certainty: n.Certainty.String(), Unmeasured: n.Doubts.String(),
		Distributions: map[string]jsonSummary{}, Longest: []jsonLong{}, Scripts: []jsonScript{},
		Weights: jsonWeights(n.Weights),
	}
	for m := range stats.Measure(stats.NumMeasures) {
		if s := n.Summary(m); s.Count > 0 {
			j.Distributions[m.String()] = summaryOf(s)
		}
	}
	if total, assistant, ok := n.Tutorial(encoding); ok {
		j.Tutorial = &jsonTutorial{n.ForTutorial(), jsonTutorialFigures(total), jsonTutorialFigures(assistant)}
	}
	for _, e := range n.Longest() {
		j.Longest = append(j.Longest, jsonLong{valid(e.File), e.Line, e.Tokens, e.Trained, e.Bytes, e.Over})
	}
	j.SystemMessages = w.textsJSON(&n.Systems, n.Files() > 1)
	tools, all := n.Tools.Commonest(listed)
	j.Tools = jsonTools{Offering: n.Tools.Offering, Calling: n.Tools.Calling, Calls: n.Tools.Calls, Distinct: all, More: n.Tools.More, Commonest: []jsonToolName{}}
	for _, t := range tools {
		j.Tools.Commonest = append(j.Tools.Commonest, jsonToolName{valid(w.masked(t.Name)), t.Offered, t.Called})
	}
	shared := n.Prompts.Shared(encoding)
	j.Shared = jsonShared{shared.Tokens, shared.Share, shared.Looked, shared.Exact(), shared.AtLeast}
	scripts, characters := n.Characters.Scripts()
	for _, s := range scripts {
		j.Scripts = append(j.Scripts, jsonScript{s.Name, s.Characters, ratio(s.Characters, characters)})
	}
	return j
}

// textsJSON lists the commonest texts. apart says that they are of several files,
// so that a line alone names no place.
func (w *writer) textsJSON(f *stats.Frequencies, apart bool) jsonTexts {
	j := jsonTexts{Examples: f.Total, Commonest: []jsonText{}}
	j.Distinct, j.More = f.Distinct()
	for _, t := range f.Commonest(listed) {
		text := jsonText{Count: t.Count, FirstLine: t.First, Tokens: t.Tokens, Bytes: t.Bytes}
		if apart {
			text.FirstLine = 0
		}
		if w.Snippets {
			text.Text = valid(w.beginning(&t))
		}
		j.Commonest = append(j.Commonest, text)
	}
	return j
}

// ratio returns part of all, to six digits.
func ratio(part, all int64) float64 {
	if all == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(all)*1e6) / 1e6
}

type jsonStatsReport struct {
	SchemaVersion int             `json:"schema_version"`
	Tool          jsonTool        `json:"tool"`
	Profile       string          `json:"profile"`
	Model         string          `json:"model,omitempty"`
	Verdict       string          `json:"verdict"` // pass, fail (the budget), incomplete (an input was not read, or has no examples)
	Lines         int64           `json:"lines"`
	Bytes         int64           `json:"bytes"`
	Stats         *jsonStats      `json:"stats,omitempty"`
	Files         []jsonStatsFile `json:"files"`
	All           *jsonFigures    `json:"all,omitempty"`
}

type jsonStatsFile struct {
	File        string         `json:"file"`
	Form        string         `json:"form"`
	Format      string         `json:"format"`
	Method      string         `json:"method,omitempty"`
	Validation  bool           `json:"validation"`
	Lines       int64          `json:"lines"`
	Bytes       int64          `json:"bytes"`
	Compression string         `json:"compression,omitempty"`
	Stats       *jsonFileStats `json:"stats,omitempty"`
	OverBudget  bool           `json:"over_budget"`
	Error       string         `json:"error,omitempty"`
}

// figuresJSONReport writes the figures as one object.
type figuresJSONReport struct{ *writer }

func openStatsJSON(w *writer) Report { return &figuresJSONReport{w} }

// Finding is not called: the result has all that is written.
func (*figuresJSONReport) Finding(*lint.Finding) error { return nil }

// Finish writes the object.
func (s *figuresJSONReport) Finish(r *lint.Result) error {
	list := allFigures(r)
	out := jsonStatsReport{
		SchemaVersion: SchemaVersion, Tool: jsonTool{"ftlint", s.Version}, Profile: s.Profile, Verdict: "pass",
		Lines: r.Lines, Bytes: r.Bytes, Stats: statsJSON(list), Files: []jsonStatsFile{},
	}
	for i := range r.Files {
		f := &r.Files[i]
		if m := f.Settings.Model; m != nil {
			out.Model = m.Name
		}
		format, method := takenFor(f)
		file := jsonStatsFile{
			File: valid(f.Name), Form: f.Form.String(), Format: format, Method: method,
			Validation: f.Settings.Validation, Lines: f.Lines, Bytes: f.Bytes, Compression: f.Compression,
			Stats: s.fileStatsJSON(f), OverBudget: f.Findings[lint.Error] > 0,
		}
		if file.OverBudget && out.Verdict == "pass" {
			out.Verdict = "fail"
		}
		if f.Err != nil {
			file.Error = valid(f.Err.Error())
		}
		if !Counted(f) || f.Err != nil {
			out.Verdict = "incomplete"
		}
		out.Files = append(out.Files, file)
	}
	all := together(list)
	if all == nil && len(list) == 1 {
		all = list[0].Figures
	}
	if all != nil {
		encoding, _ := stats.Encoding(&list[0].file.Settings)
		j := s.figuresJSON(all, encoding)
		out.All = &j
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	s.buf = append(text, '\n')
	return s.flush()
}
