package report

import (
	"encoding/json"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// What json and jsonl write of two versions of a dataset. docs/schema/diff.schema.json
// and docs/schema/change.schema.json say what it means.

type jsonDiff struct {
	SchemaVersion   int             `json:"schema_version"`
	Tool            jsonTool        `json:"tool"`
	Profile         string          `json:"profile"`
	Model           string          `json:"model,omitempty"`
	Accounting      string          `json:"accounting"`
	Encoding        string          `json:"encoding"`
	EncodingAssumed bool            `json:"encoding_assumed"`
	Limit           int             `json:"limit,omitempty"`
	LimitAssumed    bool            `json:"limit_assumed"`
	Identical       bool            `json:"identical"`
	Old             jsonVersion     `json:"old"`
	New             jsonVersion     `json:"new"`
	Difference      jsonDifference  `json:"difference"`
	Same            jsonSum         `json:"same"`
	Changed         jsonChangedSum  `json:"changed"`
	Removed         jsonSum         `json:"removed"`
	Added           jsonSum         `json:"added"`
	OtherLines      jsonOthersCount `json:"other_lines"`
}

type jsonVersion struct {
	File        string            `json:"file"`
	Form        string            `json:"form"`
	Format      string            `json:"format"`
	Method      string            `json:"method,omitempty"`
	Validation  bool              `json:"validation"`
	Lines       int64             `json:"lines"`
	Bytes       int64             `json:"bytes"`
	Compression string            `json:"compression,omitempty"`
	Examples    int64             `json:"examples"`
	Tokens      int64             `json:"tokens"`
	Trained     int64             `json:"trained_tokens"`
	Certainty   string            `json:"certainty"`
	Others      int               `json:"other_lines"`
	Invalid     int64             `json:"invalid_lines"`
	Forecast    *jsonDiffForecast `json:"forecast,omitempty"`
}

type jsonDiffForecast struct {
	Epochs        int64    `json:"epochs"`
	EpochsAuto    bool     `json:"epochs_auto"`
	BatchSize     int64    `json:"batch_size"`
	BatchSizeAuto bool     `json:"batch_size_auto"`
	Steps         int64    `json:"steps"`
	Tokens        int64    `json:"tokens"`
	CostUSD       *float64 `json:"cost_usd,omitempty"`
	PriceSource   string   `json:"price_source,omitempty"`
}

type jsonSum struct {
	Examples int64 `json:"examples"`
	Tokens   int64 `json:"tokens"`
	Trained  int64 `json:"trained_tokens"`
}

type jsonDifference struct {
	jsonSum
	BilledTokens *int64   `json:"billed_tokens,omitempty"`
	CostUSD      *float64 `json:"cost_usd,omitempty"`
}

type jsonChangedSum struct {
	Examples   int64            `json:"examples"`
	OldTokens  int64            `json:"old_tokens"`
	NewTokens  int64            `json:"new_tokens"`
	OldTrained int64            `json:"old_trained_tokens"`
	NewTrained int64            `json:"new_trained_tokens"`
	What       map[string]int64 `json:"what"`
}

type jsonOthersCount struct {
	Same    int `json:"same"`
	Removed int `json:"removed"`
	Added   int `json:"added"`
}

// jsonChange is an example that differs, or another line.
type jsonChange struct {
	SchemaVersion int        `json:"schema_version,omitempty"`
	Change        string     `json:"change"`
	What          string     `json:"what"`
	Old           *jsonEntry `json:"old,omitempty"`
	New           *jsonEntry `json:"new,omitempty"`
}

type jsonEntry struct {
	Line    int64   `json:"line"`
	Tokens  *uint32 `json:"tokens,omitempty"` // of examples
	Trained *uint32 `json:"trained_tokens,omitempty"`
}

func versionJSON(v version, job bool) jsonVersion {
	f, c := v.file, v.contents
	format, method := takenFor(f)
	j := jsonVersion{
		File: valid(f.Name), Form: f.Form.String(), Format: format, Method: method, Validation: f.Settings.Validation,
		Lines: f.Lines, Bytes: f.Bytes, Compression: f.Compression,
		Examples: c.Examples, Tokens: c.Tokens.Tokens, Trained: c.Trained, Certainty: c.Certainty.String(),
		Others: c.Others(), Invalid: invalid(c),
	}
	if job {
		n := &v.forecast
		j.Forecast = &jsonDiffForecast{n.Epochs, n.Auto, n.BatchSize, n.AutoBatch, n.Steps, n.Tokens, dollars(n.Charge), n.PriceSource}
	}
	return j
}

// head returns all but the examples.
func (d *Diff) head(w *writer) jsonDiff {
	settings := &d.New.Settings
	old, fresh := d.versions()
	s := d.sums()
	j := jsonDiff{
		SchemaVersion: SchemaVersion, Tool: jsonTool{"ftlint", w.Version}, Profile: w.Profile,
		Accounting: settings.Provider.String(), Identical: d.Empty(),
		Old: versionJSON(old, d.jobs()), New: versionJSON(fresh, d.jobs()),
		Difference: jsonDifference{jsonSum: jsonSum(less(s.fresh, s.old))},
		Same:       jsonSum(s.same), Removed: jsonSum(s.removed), Added: jsonSum(s.added),
		Changed:    jsonChangedSum{s.after.Examples, s.before.Tokens, s.after.Tokens, s.before.Trained, s.after.Trained, map[string]int64{}},
		OtherLines: jsonOthersCount{d.OthersSame, len(d.OthersRemoved), len(d.OthersAdded)},
	}
	if m := settings.Model; m != nil {
		j.Model = m.Name
	}
	j.Encoding, j.EncodingAssumed = stats.Encoding(settings)
	j.Limit, j.LimitAssumed = stats.ExampleLimit(settings)
	for what, n := range d.Kinds() {
		j.Changed.What[stats.Change(what).String()] = n
	}
	if d.jobs() {
		tokens := fresh.forecast.Tokens - old.forecast.Tokens
		j.Difference.BilledTokens = &tokens
		if old.forecast.Priced && fresh.forecast.Priced {
			cost := fresh.forecast.Dollars - old.forecast.Dollars
			j.Difference.CostUSD = &cost
		}
	}
	return j
}

// each calls write for all that differs: examples that changed, were removed, were added,
// and then lines that are no examples.
func (d *Diff) each(write func(jsonChange) error) error {
	entry := func(c *stats.Contents, i uint32) *jsonEntry {
		e := c.At(int(i))
		return &jsonEntry{e.Line, &e.Tokens, &e.Trained}
	}
	other := func(c *stats.Contents, i uint32) *jsonEntry { return &jsonEntry{Line: c.OtherAt(int(i)).Line} }
	for _, c := range d.Changed {
		if err := write(jsonChange{Change: "changed", What: c.What.String(), Old: entry(d.Diff.Old, c.Old), New: entry(d.Diff.New, c.New)}); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		what         string
		removed, add []uint32
		of           func(*stats.Contents, uint32) *jsonEntry
	}{{"example", d.Removed, d.Added, entry}, {"line", d.OthersRemoved, d.OthersAdded, other}} {
		for _, i := range list.removed {
			if err := write(jsonChange{Change: "removed", What: list.what, Old: list.of(d.Diff.Old, i)}); err != nil {
				return err
			}
		}
		for _, i := range list.add {
			if err := write(jsonChange{Change: "added", What: list.what, New: list.of(d.Diff.New, i)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// diffJSON writes one object. The examples are written as they come: there can be
// millions.
type diffJSON struct {
	*writer
	diff *Diff
}

// Finding is not called: there are no findings.
func (*diffJSON) Finding(*lint.Finding) error { return nil }

// Finish writes the object.
func (j *diffJSON) Finish(*lint.Result) error {
	head, err := json.MarshalIndent(j.diff.head(j.writer), "", "  ")
	if err != nil {
		return err
	}
	j.buf = append(j.buf, head[:len(head)-len("\n}")]...)
	j.print(",\n  \"changes\": [")
	before := "\n    "
	err = j.diff.each(func(c jsonChange) error {
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		j.print(before)
		j.buf = append(j.buf, text...)
		before = ",\n    "
		return j.flushIfFull()
	})
	if err != nil {
		return err
	}
	if before != "\n    " {
		j.print("\n  ")
	}
	j.print("]\n}\n")
	return j.flush()
}

// diffJSONL writes an object for every example that differs.
type diffJSONL struct {
	*writer
	diff *Diff
}

// Finding is not called: there are no findings.
func (*diffJSONL) Finding(*lint.Finding) error { return nil }

// Finish writes the objects.
func (j *diffJSONL) Finish(*lint.Result) error {
	err := j.diff.each(func(c jsonChange) error {
		c.SchemaVersion = SchemaVersion
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		j.buf = append(append(j.buf, text...), '\n')
		return j.flushIfFull()
	})
	if err != nil {
		return err
	}
	return j.flush()
}
