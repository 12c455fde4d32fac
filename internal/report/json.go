package report

import (
	"encoding/json"
	"strings"

	"github.com/bytedance/sonic"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// SchemaVersion is the version of the json and jsonl outputs. It changes when a
// reader has to. The schemas are in docs/schema.
const SchemaVersion = 1

type jsonFinding struct {
	SchemaVersion int    `json:"schema_version,omitempty"`
	Rule          string `json:"rule"`
	Name          string `json:"name"`
	Severity      string `json:"severity"`
	File          string `json:"file"`
	Line          int64  `json:"line,omitempty"`
	Column        int64  `json:"column,omitempty"`
	Offset        *int64 `json:"offset,omitempty"`
	Length        int64  `json:"length,omitempty"`
	Path          string `json:"path,omitempty"`
	Message       string `json:"message"`
	Help          string `json:"help"`
	Fix           string `json:"fix"`
	Snippet       string `json:"snippet,omitempty"`
	// Also are the other lines that it is about.
	Also []jsonLine `json:"also,omitempty"`
}

type jsonLine struct {
	File string `json:"file"`
	Line int64  `json:"line"`
}

func (w *writer) finding(f *lint.Finding) jsonFinding {
	j := jsonFinding{
		Rule: f.Rule.ID, Name: f.Rule.Name, Severity: f.Severity.String(),
		File: valid(f.File), Line: f.Line, Column: f.Column, Length: f.Length,
		Path: valid(f.Path), Message: valid(f.Message), Help: f.Rule.Doc.Help, Fix: f.Fix.String(),
	}
	if f.Offset >= 0 {
		j.Offset = &f.Offset
	}
	if w.Snippets {
		j.Snippet = valid(string(f.Snippet.Text))
	}
	for _, line := range f.Also {
		j.Also = append(j.Also, jsonLine{valid(line.File), line.Line})
	}
	return j
}

// shown are the findings of a group that are shown.
func (w *writer) shown(all []lint.Finding) []lint.Finding {
	if w.MaxPerGroup == 0 {
		return all
	}
	return all[:min(len(all), w.MaxPerGroup)]
}

// valid makes text of the data fit for JSON.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// jsonl writes an object for every finding.
type jsonl struct{ *writer }

func openJSONL(w *writer) Report { return &jsonl{w} }

// Finding writes one object.
func (j *jsonl) Finding(f *lint.Finding) error {
	if f.Severity < j.Level {
		return nil
	}
	object := j.finding(f)
	object.SchemaVersion = SchemaVersion
	line, err := sonic.ConfigStd.Marshal(object)
	if err != nil {
		return err
	}
	j.buf = append(append(j.buf, line...), '\n')
	return j.flushIfFull()
}

// Finish writes what is left.
func (j *jsonl) Finish(*lint.Result) error { return j.flush() }

type jsonReport struct {
	SchemaVersion int         `json:"schema_version"`
	Tool          jsonTool    `json:"tool"`
	Profile       string      `json:"profile"`
	Model         string      `json:"model,omitempty"`
	Verdict       string      `json:"verdict"` // pass, fail, incomplete
	Lines         int64       `json:"lines"`
	Bytes         int64       `json:"bytes"`
	Findings      jsonCounts  `json:"findings"`
	Fixable       jsonFixable `json:"fixable"`
	Accepted      int64       `json:"accepted"`
	Fixed         *jsonFixed  `json:"fixed,omitempty"` // only of a run that fixes
	Stats         *jsonStats  `json:"stats,omitempty"`
	Files         []jsonFile  `json:"files"`
	Rules         []jsonRule  `json:"rules"`
	Groups        []jsonGroup `json:"groups"`
}

// jsonFixable counts findings that can be fixed.
type jsonFixable struct {
	Safe   int64 `json:"safe"`
	Unsafe int64 `json:"unsafe"`
}

// jsonFixed is what was fixed before the check.
type jsonFixed struct {
	Files    []string        `json:"files"`
	Findings int64           `json:"findings"`
	Rejected int64           `json:"rejected_lines"`
	Unstable int64           `json:"unstable_lines"`
	Rules    []jsonFixedRule `json:"rules"`
}

type jsonFixedRule struct {
	Rule     string `json:"rule"`
	Name     string `json:"name"`
	Findings int64  `json:"findings"`
}

func fixedJSON(f *lint.Fixes) *jsonFixed {
	if f == nil {
		return nil
	}
	j := &jsonFixed{Files: []string{}, Findings: f.Count(), Rejected: f.Rejected, Unstable: f.Unstable, Rules: []jsonFixedRule{}}
	for _, name := range f.Files {
		j.Files = append(j.Files, valid(name))
	}
	for _, r := range f.Rules {
		j.Rules = append(j.Rules, jsonFixedRule{r.Rule.ID, r.Rule.Name, r.Findings})
	}
	return j
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonCounts struct {
	Error   int64 `json:"error"`
	Warning int64 `json:"warning"`
	Info    int64 `json:"info"`
}

func counts(n [lint.Error + 1]int64) jsonCounts {
	return jsonCounts{n[lint.Error], n[lint.Warning], n[lint.Info]}
}

// takenFor returns the format and the method of a file, as far as it was looked at.
func takenFor(f *lint.FileResult) (format, method string) {
	if !f.Form.Lines() || f.Err != nil && f.Lines == 0 {
		return dataset.ShapeUnknown.String(), ""
	}
	return f.Format.String(), f.Settings.Method.String()
}

type jsonFile struct {
	File        string         `json:"file"`
	Form        string         `json:"form"`
	Format      string         `json:"format"`
	Method      string         `json:"method,omitempty"`
	Declared    bool           `json:"method_declared"`
	Validation  bool           `json:"validation"`
	Lines       int64          `json:"lines"`
	Examples    int64          `json:"examples"`
	Bytes       int64          `json:"bytes"`
	Compression string         `json:"compression,omitempty"`
	BOM         bool           `json:"bom"`
	Findings    jsonCounts     `json:"findings"`
	Stats       *jsonFileStats `json:"stats,omitempty"`
	Error       string         `json:"error,omitempty"`
}

type jsonRule struct {
	Rule      string `json:"rule"`
	Name      string `json:"name"`
	Severity  string `json:"severity"`
	Findings  int64  `json:"findings"`
	Lines     int64  `json:"lines"`
	FirstFile string `json:"first_file"`
	FirstLine int64  `json:"first_line,omitempty"`
	Fix       string `json:"fix"`

	Fixable jsonFixable `json:"fixable"`
}

type jsonGroup struct {
	Rule       string        `json:"rule"`
	Severity   string        `json:"severity"`
	File       string        `json:"file"`
	PathShape  string        `json:"path_shape"`
	Reason     string        `json:"reason"`
	Count      int64         `json:"count"`
	Lines      int64         `json:"lines"`
	FirstLines []int64       `json:"first_lines"`
	LastLine   int64         `json:"last_line"`
	OtherKeys  bool          `json:"other_keys,omitempty"`
	Findings   []jsonFinding `json:"findings"`
}

// summary writes one object at the end.
type summaryJSON struct{ *writer }

func openJSON(w *writer) Report { return &summaryJSON{w} }

// Finding is not called: the result has all that is written.
func (*summaryJSON) Finding(*lint.Finding) error { return nil }

// Finish writes the object.
func (s *summaryJSON) Finish(r *lint.Result) error {
	out := jsonReport{
		SchemaVersion: SchemaVersion,
		Tool:          jsonTool{"ftlint", s.Version},
		Profile:       s.Profile,
		Verdict:       "pass",
		Lines:         r.Lines, Bytes: r.Bytes, Findings: counts(r.Findings), Fixable: jsonFixable(r.Fixable), Accepted: r.Accepted, Fixed: fixedJSON(r.Fixed), Stats: statsJSON(allFigures(r)),
		Files: []jsonFile{}, Rules: []jsonRule{}, Groups: []jsonGroup{},
	}
	if r.Fails(s.FailOn) {
		out.Verdict = "fail"
	}
	for i := range r.Files {
		f := &r.Files[i]
		if m := f.Settings.Model; m != nil {
			out.Model = m.Name
		}
		format, method := takenFor(f)
		file := jsonFile{
			File: valid(f.Name), Form: f.Form.String(), Format: format, Method: method,
			Declared: f.Settings.Declared, Validation: f.Settings.Validation,
			Lines: f.Lines, Examples: f.Examples(), Bytes: f.Bytes, Compression: f.Compression, BOM: f.BOM,
			Findings: counts(f.Findings), Stats: s.fileStatsJSON(f),
		}
		if f.Err != nil {
			file.Error = valid(f.Err.Error())
			out.Verdict = "incomplete"
		}
		out.Files = append(out.Files, file)
		for _, g := range f.Groups {
			first := &g.Findings[0]
			if first.Severity < s.Level {
				continue
			}
			group := jsonGroup{
				Rule: first.Rule.ID, Severity: first.Severity.String(), File: valid(f.Name),
				PathShape: valid(first.Shape), Reason: strings.ReplaceAll(first.Reason, "%s", "…"),
				Count: g.Count, Lines: g.Lines, FirstLines: g.First, LastLine: g.Last, OtherKeys: g.OtherKeys,
			}
			for i := range s.shown(g.Findings) {
				group.Findings = append(group.Findings, s.finding(&g.Findings[i]))
			}
			out.Groups = append(out.Groups, group)
		}
	}
	for _, t := range r.Rules {
		if t.Severity >= s.Level {
			out.Rules = append(out.Rules, jsonRule{
				t.Rule.ID, t.Rule.Name, t.Severity.String(), t.Findings, t.Lines, valid(t.FirstFile), t.FirstLine, t.Rule.Fix.String(), jsonFixable(t.Fixable),
			})
		}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	s.buf = append(text, '\n')
	return s.flush()
}
