package rewrite

import (
	"bufio"
	"encoding/json"
	"unicode/utf8"

	"github.com/ftlint/ftlint/lint"
)

// Rejects takes lines that are dropped, with the reasons, as JSON lines.
type Rejects struct {
	target *Target
	draft  *Draft
	w      *bufio.Writer
	Lines  int64 // so far
}

// rejected is a dropped line as it is written.
type rejected struct {
	File    string           `json:"file"`
	Line    int64            `json:"line"`
	Reasons []rejectedReason `json:"reasons"`
	Text    string           `json:"text,omitempty"`
	Base64  []byte           `json:"base64,omitempty"` // in place of text that is not UTF-8
}

type rejectedReason struct {
	Rule    string `json:"rule"`
	Name    string `json:"name"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

// OpenRejects begins a file of rejects, which gets its name when it is complete.
func OpenRejects(path string) (*Rejects, error) {
	target, err := New(path)
	if err != nil {
		return nil, err
	}
	r := &Rejects{target: target, draft: target.Draft(true)}
	if err := r.draft.create(); err != nil {
		return nil, err
	}
	r.w = r.draft.w
	return r, nil
}

// Same reports whether the rejects go to the file.
func (r *Rejects) Same(path string) bool { return r.target.Same(path) }

// Add adds a line of a file.
func (r *Rejects) Add(file string, line *lint.Rejected) error {
	record := rejected{File: file, Line: line.Line, Text: string(line.Text)}
	if !utf8.Valid(line.Text) {
		record.Text, record.Base64 = "", line.Text
	}
	for _, f := range line.Findings {
		record.Reasons = append(record.Reasons, rejectedReason{f.Rule.ID, f.Rule.Name, f.Path, f.Message})
	}
	encoder := json.NewEncoder(r.w)
	encoder.SetEscapeHTML(false)
	r.Lines++
	return bare(encoder.Encode(record))
}

// Finish gives the file its name.
func (r *Rejects) Finish() error {
	if _, err := r.draft.Finish(); err != nil {
		return err
	}
	return r.target.Replace(r.draft)
}

// Discard removes what was not finished.
func (r *Rejects) Discard() {
	if r != nil {
		r.draft.Discard()
	}
}
