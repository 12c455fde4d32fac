package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// maxSARIF is how many results are listed. GitHub keeps 5,000 and rejects a file with
// more than 25,000.
const maxSARIF = 5000

// sarifLog writes SARIF 2.1.0, as code scanning reads it.
type sarifLog struct {
	*writer
	findings *selection
}

func openSARIF(w *writer) Report { return &sarifLog{w, newSelection(maxSARIF)} }

// Finding keeps the finding if it is one of those to be listed.
func (s *sarifLog) Finding(f *lint.Finding) error {
	if f.Severity >= s.Level {
		s.findings.add(f)
	}
	return nil
}

// Finish writes the log.
func (s *sarifLog) Finish(r *lint.Result) error {
	log := sarif.NewReport()
	log.Schema = "https://json.schemastore.org/sarif-2.1.0.json"
	run := sarif.NewRunWithInformationURI("ftlint", "https://github.com/ftlint/ftlint")
	log.AddRun(run)
	run.WithColumnKind("unicodeCodePoints").WithDefaultEncoding("utf-8")
	run.Tool.Driver.WithVersion(s.Version)
	if version := strings.TrimPrefix(s.Version, "v"); version != "" {
		run.Tool.Driver.WithSemanticVersion(version)
	}
	srcroot := sarif.NewArtifactLocation().WithDescription(textMessage("The root of the repository, or the working directory where there is none."))
	run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{sourceRoot: *srcroot}

	files := map[string]int{}
	for i := range r.Files {
		files[r.Files[i].Name] = i
		run.AddArtifact(s.artifact(&r.Files[i]))
	}
	rules := map[*lint.Rule]int{}
	totals := map[string]any{}
	for i := range r.Rules {
		total := &r.Rules[i]
		if total.Severity < s.Level {
			continue
		}
		if _, ok := rules[total.Rule]; !ok {
			rules[total.Rule] = len(rules)
			run.Tool.Driver.AddRule(sarifRule(total.Rule))
		}
		n, _ := totals[total.Rule.ID].(int64)
		totals[total.Rule.ID] = n + total.Findings
	}
	listed := s.findings.list()
	verdict, _ := s.outcome(r)
	run.WithProperties(properties(map[string]any{
		"profile": s.Profile, "verdict": strings.ToLower(verdict), "lines": r.Lines, "bytes": r.Bytes,
		"findings": counts(r.Findings), "findingsByRule": totals,
	}))
	run.AddInvocation(s.invocation(r, verdict, int64(len(listed))))
	text, err := json.Marshal(log)
	if err != nil {
		return err
	}
	// The library makes the whole log in memory, so it gets no results: they are put in
	// their place one by one.
	const noResults = `"results":[]`
	head, tail, _ := bytes.Cut(withoutUnset(text), []byte(noResults))
	s.print(string(head), `"results":[`)
	seen := ordinals{}
	for i, f := range listed {
		file := files[f.File]
		result := s.result(&f.Finding, file, r.Files[file].Compression != "")
		result.RuleIndex = rules[f.Rule]
		// Code scanning knows one fingerprint, by this name, and has the file besides.
		// Equal ones are told apart by their order.
		result.PartialFingerprints = map[string]string{
			"primaryLocationLineHash": fmt.Sprintf("%s:%d", f.Fingerprint, seen.next(f.File+"\x00"+f.Fingerprint)),
		}
		text, err := json.Marshal(result)
		if err != nil {
			return err
		}
		s.print([]string{",\n", "\n"}[max(0, 1-i)], string(withoutUnset(text)))
		if err := s.flushIfFull(); err != nil {
			return err
		}
	}
	s.print("]", string(tail), "\n")
	return s.flush()
}

// withoutUnset leaves out of compact JSON the members that the library writes although
// they are not set: -1 and empty lists, some dozen of each result.
func withoutUnset(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		start := bytes.IndexByte(text, '"')
		if start < 0 {
			break
		}
		end := start + 1
		for text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		name, rest := text[start+1:end], text[end+1:]
		value := 0
		for _, unset := range []string{":-1", ":[]"} {
			if n := len(unset); bytes.HasPrefix(rest, []byte(unset)) && (rest[n] == ',' || rest[n] == '}') {
				value = n
			}
		}
		out = append(out, text[:start]...)
		switch {
		case value == 0 || slices.Contains(wantedEmpty, string(name)):
			out = append(out, text[start:end+1]...)
			text = rest
		case out[len(out)-1] == ',':
			out = out[:len(out)-1]
			text = rest[value:]
		default: // the first member
			text = bytes.TrimPrefix(rest[value:], []byte(","))
		}
	}
	return append(out, text...)
}

// wantedEmpty are lists that readers look for, be they empty.
var wantedEmpty = []string{"results", "rules", "artifacts", "toolExecutionNotifications"}

// sourceRoot is what addresses of files are relative to.
const sourceRoot = "%SRCROOT%"

func textMessage(text string) *sarif.Message { return sarif.NewMessage().WithText(text) }

func properties(values map[string]any) *sarif.PropertyBag {
	bag := sarif.NewPropertyBag()
	bag.Properties = values
	return bag
}

func multiformat(text, markdown string) *sarif.MultiformatMessageString {
	m := sarif.NewMultiformatMessageString().WithText(text)
	if markdown != "" {
		m.WithMarkdown(markdown)
	}
	return m
}

// sarifLevel writes a severity.
func sarifLevel(s lint.Severity) string {
	return [...]string{lint.Off: "none", lint.Info: "note", lint.Warning: "warning", lint.Error: "error"}[s]
}

// sarifRule describes a rule.
func sarifRule(rule *lint.Rule) *sarif.ReportingDescriptor {
	var markdown strings.Builder
	RuleMarkdown(&markdown, []*lint.Rule{rule}) // a strings.Builder takes all
	configuration := sarif.NewReportingConfiguration().WithLevel(sarifLevel(rule.Severity))
	configuration.Enabled = rule.Severity != lint.Off
	bag := properties(map[string]any{
		"evidence": rule.Evidence.String(), "advice": rule.Evidence.Advice(), "fix": rule.Fix.String(), "since": rule.Since,
		"problem.severity": [...]string{lint.Off: "recommendation", lint.Info: "recommendation", lint.Warning: "warning", lint.Error: "error"}[rule.Severity],
	})
	bag.Tags = []string{"fine-tuning", rule.ID[:min(3, len(rule.ID))]}
	d := sarif.NewRule(rule.ID).WithName(rule.Name).
		WithShortDescription(multiformat(rule.Doc.Title+".", "")).
		WithFullDescription(multiformat(shortened(rule.Doc.Why, longestDescription), "")).
		WithHelp(multiformat(rule.Doc.Why+"\n\nWhat to do: "+rule.Doc.Help+".", markdown.String())).
		WithDefaultConfiguration(configuration).
		WithProperties(bag)
	for _, ref := range rule.Doc.Refs {
		if strings.HasPrefix(ref, "https://") {
			return d.WithHelpURI(ref)
		}
	}
	return d
}

// longestDescription is how many characters GitHub takes of a description.
const longestDescription = 1000

// artifact describes a file that was checked.
func (s *sarifLog) artifact(f *lint.FileResult) *sarif.Artifact {
	a := sarif.NewArtifact().WithLocation(s.location(f.Name)).WithRoles([]string{"analysisTarget"})
	if f.Compression == "" && f.Err == nil {
		a.Length = int(f.Bytes)
	}
	return a
}

// location is the address of a file.
func (s *sarifLog) location(name string) *sarif.ArtifactLocation {
	path, below := s.fromRoot(name)
	if below {
		return sarif.NewArtifactLocation().WithURI(escapeURI(path)).WithURIBaseID(sourceRoot)
	}
	if strings.HasPrefix(path, "/") {
		return sarif.NewArtifactLocation().WithURI("file://" + escapeURI(path))
	}
	if len(path) > 1 && path[1] == ':' { // a drive
		return sarif.NewArtifactLocation().WithURI("file:///" + path[:2] + escapeURI(path[2:]))
	}
	return sarif.NewArtifactLocation().WithURI(escapeURI(path)) // above the root: ../
}

// escapeURI writes a path as the path of a URI: all but letters, digits and a few
// marks as %XX, byte by byte.
func escapeURI(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"
	var b strings.Builder
	for i := range len(path) {
		if strings.IndexByte(plain, path[i]) >= 0 {
			b.WriteByte(path[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", path[i])
		}
	}
	return b.String()
}

// mostRelated is how many of the other lines of a finding are listed.
const mostRelated = 10

// result writes a finding.
func (s *sarifLog) result(f *lint.Finding, file int, compressed bool) *sarif.Result {
	// GitHub wants a whole region, also of what is about a line or a file.
	line, column, end := int(max(1, f.Line)), int(max(1, f.Column)), int(max(1, f.EndColumn))
	region := sarif.NewRegion().WithStartLine(line).WithStartColumn(column).WithEndLine(line).WithEndColumn(end)
	if f.Offset >= 0 && !compressed {
		region.WithByteOffset(int(f.Offset)).WithByteLength(int(f.Length))
	}
	location := sarif.NewLocation().WithPhysicalLocation(
		sarif.NewPhysicalLocation().WithArtifactLocation(s.location(f.File).WithIndex(file)).WithRegion(region))
	if f.Path != "" {
		location.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(term.Sanitize(f.Path)).WithKind("value"))
	}
	// "](" would make a link of text of the data.
	text := strings.ReplaceAll(clippedMessage(f), "](", "] (")
	result := sarif.NewRuleResult(f.Rule.ID).WithLevel(sarifLevel(f.Severity)).
		WithMessage(textMessage(withFullStop(text))).
		AddLocation(location).
		WithProperties(properties(map[string]any{"fix": f.Fix.String()}))
	for i, also := range f.Also[:min(len(f.Also), mostRelated)] {
		result.AddRelatedLocation(sarif.NewLocation().WithID(i + 1).WithMessage(textMessage("The other line.")).WithPhysicalLocation(
			sarif.NewPhysicalLocation().WithArtifactLocation(s.location(also.File)).WithRegion(sarif.NewRegion().WithStartLine(int(also.Line)))))
	}
	if len(f.Edits) > 0 && !compressed {
		result.AddFixe(s.fix(f, line, file))
	}
	return result
}

// fix writes what the fix of a finding changes.
func (s *sarifLog) fix(f *lint.Finding, line, file int) *sarif.Fix {
	change := sarif.NewArtifactChange().WithArtifactLocation(s.location(f.File).WithIndex(file))
	for _, e := range f.Edits {
		change.AddReplacement(sarif.NewReplacement().
			WithDeletedRegion(sarif.NewRegion().WithStartLine(line).WithStartColumn(int(e.Column)).WithEndLine(line).WithEndColumn(int(e.EndColumn)).
				WithByteOffset(int(e.Offset)).WithByteLength(int(e.Length))).
			WithInsertedContent(sarif.NewArtifactContent().WithText(e.Text)))
	}
	return sarif.NewFix().WithDescription(textMessage(sentence(f.Rule.Doc.Help))).AddArtifactChange(change).
		WithProperties(properties(map[string]any{"kind": f.Fix.String()}))
}

// withFullStop puts a full stop behind text that has no mark there.
func withFullStop(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return text
	}
	return text + "."
}

// invocation tells how the run went, and what is not listed.
func (s *sarifLog) invocation(r *lint.Result, verdict string, listed int64) *sarif.Invocation {
	exit := map[string]int{failed: 1, incomplete: 2}[verdict]
	i := sarif.NewInvocation().WithExecutionSuccessful(exit != 2).WithExitCode(exit)
	for n := range r.Files {
		f := &r.Files[n]
		if f.Err == nil {
			continue
		}
		i.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").
			WithMessage(textMessage(withFullStop(unreadError(f)))).
			AddLocation(sarif.NewLocation().WithPhysicalLocation(
				sarif.NewPhysicalLocation().WithArtifactLocation(s.location(f.Name).WithIndex(n)))))
	}
	if listed < s.findings.seen {
		i.AddToolExecutionNotification(sarif.NewNotification().WithLevel("warning").
			WithMessage(textMessage(notAllListed(listed, s.findings.seen))).
			WithProperties(properties(map[string]any{"listed": listed, "findings": s.findings.seen})))
	}
	return i
}

// notAllListed says that a list is not complete.
func notAllListed(listed, all int64) string {
	return fmt.Sprintf("%s of %s findings are listed: the first of each group, then errors before the rest. ftlint --output jsonl lists all of them.",
		lint.FormatCount(listed), lint.FormatCount(all))
}
