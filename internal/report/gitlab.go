package report

import (
	"encoding/json"
	"fmt"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint"
)

// maxGitLab is how many findings are listed. GitLab documents no limit; it reads the
// whole report of both branches for each merge request.
const maxGitLab = 50_000

// gitlab writes a Code Quality report.
type gitlab struct {
	*writer
	findings *selection
}

func openGitLab(w *writer) Report { return &gitlab{w, newSelection(maxGitLab)} }

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int64 `json:"begin"`
}

// Finding keeps the finding if it is one of those to be listed.
func (g *gitlab) Finding(f *lint.Finding) error {
	if f.Severity >= g.Level {
		g.findings.add(f)
	}
	return nil
}

// gitlabSeverity writes a severity.
func gitlabSeverity(s lint.Severity) string {
	return [...]string{lint.Off: "info", lint.Info: "info", lint.Warning: "minor", lint.Error: "major"}[s]
}

// Finish writes the report.
func (g *gitlab) Finish(r *lint.Result) error {
	g.print("[")
	separator := "\n"
	write := func(issue gitlabIssue) error {
		text, err := json.Marshal(issue)
		if err != nil {
			return err
		}
		g.print(separator, string(text))
		separator = ",\n"
		return g.flushIfFull()
	}
	// GitLab drops what has the fingerprint of another: the file is part of it, and
	// equal ones are told apart by their order.
	seen := ordinals{}
	for i := range r.Files {
		f := &r.Files[i]
		if f.Err == nil {
			continue
		}
		path, _ := g.fromRoot(f.Name)
		if err := write(gitlabIssue{
			unreadError(f), "ftlint", seen.gitlab(path, "unread"), "blocker", gitlabLocation{valid(path), gitlabLines{1}},
		}); err != nil {
			return err
		}
	}
	listed := g.findings.list()
	for _, f := range listed {
		path, _ := g.fromRoot(f.File)
		if err := write(gitlabIssue{
			f.Rule.ID + " " + f.Rule.Name + ": " + clippedMessage(&f.Finding), f.Rule.Name,
			seen.gitlab(path, f.Fingerprint), gitlabSeverity(f.Severity),
			gitlabLocation{valid(path), gitlabLines{max(1, f.Line)}},
		}); err != nil {
			return err
		}
	}
	if n := int64(len(listed)); n < g.findings.seen {
		path, _ := g.fromRoot(r.Files[0].Name)
		if err := write(gitlabIssue{
			notAllListed(n, g.findings.seen), "ftlint", seen.gitlab(path, "not all"), "info", gitlabLocation{valid(path), gitlabLines{1}},
		}); err != nil {
			return err
		}
	}
	g.findings = nil
	g.print("\n]\n")
	return g.flush()
}

// gitlab makes a fingerprint that no other finding of the report has.
func (o ordinals) gitlab(path, content string) string {
	n := o.next(path + "\x00" + content)
	hash := xxh3.HashString128(fmt.Sprintf("%s\x00%s\x00%d", path, content, n)).Bytes()
	return fmt.Sprintf("%x", hash)
}
