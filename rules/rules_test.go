package rules

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// run lints content as a file of its own under the settings and returns what
// was found, as "line rule severity path".
func run(t *testing.T, content string, settings lint.Settings, severity map[string]lint.Severity) []lint.Finding {
	t.Helper()
	file := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return runFile(t, file, settings, severity)
}

func runFile(t *testing.T, file string, settings lint.Settings, severity map[string]lint.Severity) []lint.Finding {
	t.Helper()
	var findings []lint.Finding
	result, err := lint.Run(context.Background(), []lint.Input{{Path: file, Validation: settings.Validation}}, lint.Options{
		Rules: All(), Counter: tokenize.Accounting{}.NewCounter, Settings: settings, Severity: severity, Workers: 1,
		OnFinding: func(f *lint.Finding) error {
			findings = append(findings, *f)
			return nil
		},
	})
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// describe makes a finding a line of text.
func describe(f lint.Finding) string {
	path := f.Path
	if path != "" {
		path += ": "
	}
	return fmt.Sprintf("%d %s %s %s%s", f.Line, f.Rule.ID, f.Severity, path, f.Message)
}

func describeAll(findings []lint.Finding) string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, describe(f))
	}
	return strings.Join(lines, "\n")
}

// unseen are rules that no short sample can show: they have tests of their own.
var unseen = []string{"FTE013", "FTF002", "FTF003", "FTF004", "FTF005", "FTF006", "FTF017", "FTQ004", "FTQ011", "FTR007", "FTV003", "FTV004", "FTV015"}

func TestRuleList(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	names := map[string]bool{}
	last := ""
	for _, r := range All() {
		if r.ID <= last {
			t.Errorf("%s comes after %s", r.ID, last)
		}
		last = r.ID
		if !kebab.MatchString(r.Name) || names[r.Name] {
			t.Errorf("%s: name %q is not kebab case, or used twice", r.ID, r.Name)
		}
		names[r.Name] = true
		if r.Since == "" || r.Evidence == 0 || r.Providers == 0 || r.Methods == 0 {
			t.Errorf("%s: since, evidence, providers or methods are missing", r.ID)
		}
		if r.Example == nil && r.File == nil && r.Collector == nil && r.Across == nil {
			t.Errorf("%s does nothing", r.ID)
		}
		d := r.Doc
		if d.Title == "" || d.Why == "" || d.Help == "" {
			t.Errorf("%s: title, why or help is missing", r.ID)
		}
		if strings.HasSuffix(d.Title, ".") || strings.HasSuffix(d.Help, ".") || !strings.HasSuffix(d.Why, ".") {
			t.Errorf("%s: title and help end without a full stop, why with one", r.ID)
		}
		if (len(d.Bad) == 0 || len(d.Good) == 0) && (d.BadFile == nil || d.GoodFile == nil) && !slices.Contains(unseen, r.ID) {
			t.Errorf("%s has no samples", r.ID)
		}
		if r.Evidence.Advice() && !strings.Contains(d.Why, "advice") {
			t.Errorf("%s rests on %s: its explanation must say that it is advice", r.ID, r.Evidence)
		}
		for _, p := range r.Phrases {
			if len(p) < 15 || strings.ToLower(p) != p {
				t.Errorf("%s: phrase %q is too short or not in lower case", r.ID, p)
			}
		}
		if got, ok := Lookup(strings.ToLower(r.ID)); !ok || got.ID != r.ID {
			t.Errorf("Lookup does not find %s", r.ID)
		}
		if got, ok := Lookup(r.Name); !ok || got.ID != r.ID {
			t.Errorf("Lookup does not find %s", r.Name)
		}
	}
}

// otherFixes are the rules whose fix is not as the catalogue has it.
var otherFixes = map[string]lint.FixKind{
	"FTF006": lint.NoFix,     // which part of a file that is split is to be trained on the user knows
	"FTV014": lint.NoFix,     // it is about a file, and whether low detail is enough the user knows
	"FTV016": lint.UnsafeFix, // an image that cannot be read is dropped
}

// TestCatalogue compares the rules with the table that they were made from.
func TestCatalogue(t *testing.T) {
	text, err := os.ReadFile("../../shared/spec/rules.md")
	if err != nil {
		t.Skip("the catalogue is not here: ", err)
	}
	severities := map[string]lint.Severity{"error": lint.Error, "warn": lint.Warning, "info": lint.Info, "off": lint.Off}
	methods := map[string]dataset.Method{"all": dataset.AllMethods, "sft": dataset.SFT, "dpo": dataset.DPO, "rft": dataset.RFT, "cpl": dataset.Completion, "vis": dataset.AllMethods}
	// Rows whose severity or methods say more in words than the first one does.
	severityInWords := map[string]lint.Severity{
		"FTP005": lint.Warning, // error (O) / warn (A)
	}
	methodsInWords := map[string]dataset.Method{
		"FTM005": dataset.SFT | dataset.RFT, // error in RFT
		"FTV001": dataset.SFT | dataset.RFT, // of preference pairs FTP008 speaks
	}
	elsewhere := map[string]bool{"FTR010": true}
	rows := regexp.MustCompile(`(?m)^\| (FT[FJEMPRCKTVSQ]\d{3}) \|(.*)\|$`).FindAllStringSubmatch(string(text), -1)
	if len(rows) < 90 {
		t.Fatalf("only %d rows found", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(strings.ReplaceAll(row[2], `\|`, "¦"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		r, ok := Lookup(row[1])
		if !ok {
			if !elsewhere[row[1]] {
				t.Errorf("%s is missing", row[1])
			}
			continue
		}
		if r.Name != cells[0] && r.ID != "FTQ011" { // which is no word in the catalogue

			t.Errorf("%s is called %s, in the catalogue %s", r.ID, r.Name, cells[0])
		}
		want := severities[strings.FieldsFunc(cells[1], func(c rune) bool { return c == ' ' || c == ';' || c == ',' })[0]]
		if s, ok := severityInWords[r.ID]; ok {
			want = s
		}
		if r.Severity != want {
			t.Errorf("%s: severity %s, in the catalogue %q", r.ID, r.Severity, cells[1])
		}
		strict := lint.Off
		if strings.Contains(cells[1], "strict: error") || r.ID == "FTF007" {
			strict = lint.Error
		}
		if r.Strict != strict {
			t.Errorf("%s: severity %s in azure-strict, in the catalogue %q", r.ID, r.Strict, cells[1])
		}
		provider := map[string]dataset.Provider{"B": dataset.AllProviders, "A": dataset.Azure, "O": dataset.OpenAI, "O/A": dataset.AllProviders}[cells[3]]
		if r.Providers != provider && r.ID != "FTE013" { // its error, that a line has too much to look at, is for all
			t.Errorf("%s: providers %s, in the catalogue %s", r.ID, r.Providers, cells[3])
		}
		var method dataset.Method
		for m := range strings.SplitSeq(cells[4], ",") {
			method |= methods[m]
		}
		if m, ok := methodsInWords[r.ID]; ok {
			method = m
		}
		if strings.HasPrefix(r.ID, "FTT") {
			method &^= dataset.Completion // which has no tools
		}
		if r.Methods != method {
			t.Errorf("%s: methods %s, in the catalogue %s", r.ID, r.Methods, cells[4])
		}
		fix := lint.NoFix
		switch {
		case strings.HasPrefix(cells[7], "yes"):
			fix = lint.SafeFix
		case strings.HasPrefix(cells[7], "opt"):
			fix = lint.UnsafeFix
		}
		if want, ok := otherFixes[r.ID]; ok {
			fix = want
		}
		if r.Fix != fix {
			t.Errorf("%s: fix %s, in the catalogue %q", r.ID, r.Fix, cells[7])
		}
		for mark, e := range map[string]lint.Evidence{"[D]": lint.Documented, "[S]": lint.Seen, "[P]": lint.Peers} {
			if strings.Contains(cells[6], mark) && r.Evidence&e == 0 {
				t.Errorf("%s: evidence %s, in the catalogue %q", r.ID, r.Evidence, cells[6])
			}
		}
	}
}

// padding makes a file of which the given lines are the last: good lines come
// before them, so that the rules on whole files keep quiet.
func padding(method dataset.Method, lines []string) string {
	var pad string
	switch method {
	case dataset.DPO:
		var b strings.Builder
		b.WriteString(bom)
		for i := range 50 {
			ask := fmt.Sprintf(`{"role":"user","content":"What is %d plus 5?"}`, i)
			b.WriteString(pair(input(sysMsg, ask), fmt.Sprintf(`[{"role":"assistant","content":"%d."}]`, i+5), fmt.Sprintf(`[{"role":"assistant","content":"%d."}]`, i+6)) + "\n")
		}
		pad = b.String()
	case dataset.RFT:
		pad = taskFile(50, func(i int) string { return fmt.Sprintf(`,"reference_answer":"%d"`, 2*i+7) })
	case dataset.Completion:
		pad = completionFile(50, " ->", " END")
	default:
		pad = goodFile()
	}
	return pad + strings.Join(lines, "\n") + "\n"
}

// sampleMethod is the method that the lines of a rule's samples are for.
func sampleMethod(r *lint.Rule, line string) dataset.Method {
	switch {
	case strings.Contains(line, `"reference`):
		return dataset.RFT
	case r.Methods&dataset.SFT != 0:
		return dataset.SFT
	case r.Methods&dataset.DPO != 0:
		return dataset.DPO
	case r.Methods&dataset.RFT != 0:
		return dataset.RFT
	}
	return dataset.Completion
}

// on switches a rule on that is off by default.
func on(r *lint.Rule) map[string]lint.Severity {
	if r.Severity == lint.Off {
		return map[string]lint.Severity{r.ID: lint.Warning}
	}
	return nil
}

func TestLineSamples(t *testing.T) {
	for _, r := range All() {
		settings := lint.Settings{Provider: dataset.Azure, Declared: true}
		if r.Providers&dataset.Azure == 0 {
			settings.Provider = dataset.OpenAI
		}
		for _, line := range r.Doc.Bad {
			settings.Method = sampleMethod(&r, line)
			found := run(t, padding(settings.Method, []string{line}), settings, on(&r))
			hits := 0
			for _, f := range found {
				if f.Rule.ID == r.ID && f.Line == 51 {
					hits++
				} else {
					t.Errorf("%s: the bad sample\n%s\nalso gives: %s", r.ID, line, describe(f))
				}
			}
			if hits == 0 {
				t.Errorf("%s says nothing of its bad sample\n%s", r.ID, line)
			}
		}
		for _, line := range r.Doc.Good {
			settings.Method = sampleMethod(&r, line)
			if found := run(t, padding(settings.Method, []string{line}), settings, on(&r)); len(found) > 0 {
				t.Errorf("%s: the good sample\n%s\ngives:\n%s", r.ID, line, describeAll(found))
			}
		}
	}
}

func TestFileSamples(t *testing.T) {
	for _, r := range All() {
		if s := r.Doc.BadFile; s != nil {
			found := run(t, s.Content(), sampleSettings(s), on(&r))
			if len(found) == 0 {
				t.Errorf("%s says nothing of its bad file", r.ID)
			}
			for _, f := range found {
				if f.Rule.ID != r.ID {
					t.Errorf("%s: the bad file also gives: %s", r.ID, describe(f))
				}
			}
		}
		if s := r.Doc.GoodFile; s != nil {
			if found := run(t, s.Content(), sampleSettings(s), on(&r)); len(found) > 0 {
				t.Errorf("%s: the good file gives:\n%s", r.ID, describeAll(found))
			}
		}
	}
}

func sampleSettings(s *lint.Sample) lint.Settings {
	settings := lint.Settings{Provider: dataset.Azure}
	if s.Settings != nil {
		s.Settings(&settings)
	}
	return settings
}

// TestSays has findings whose words matter.
func TestSays(t *testing.T) {
	chats := strings.Repeat(`{"message":[`+userMsg+`,`+botMsg+`]}`+"\n", 12)
	retired := func(when string) lint.Settings {
		return lint.Settings{Provider: dataset.OpenAI, Model: &lint.Model{Name: "davinci-002", Retired: when}}
	}
	completions := strings.TrimPrefix(completionFile(50, " ->", " END"), bom)
	openAI := lint.Settings{Provider: dataset.OpenAI}
	for _, test := range []struct {
		content  string
		settings lint.Settings
		rule     string
		says     string
	}{
		{chats, openAI, "FTE001", "did you mean `messages` by `message`?"},
		{chats + goodFile()[len(bom):], openAI, "FTE001", `did you mean "messages"?`},
		{padding(dataset.DPO, []string{`{"messages":[` + userMsg + `],"preferred_output":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`}), openAI, "FTP001", "the messages belong under `input`"},
		{padding(dataset.DPO, []string{`{"preferred_output":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`}), openAI, "FTP001", "missing: `input`"},
		{strings.Repeat(`{"prompt":"a ->","response":" b"}`+"\n", 12), openAI, "FTC001", "did you mean `completion`?"},
		{strings.Repeat(`{"question":"a ->","completion":" b"}`+"\n", 12), openAI, "FTC001", "did you mean `prompt`?"},
		{completions, retired("2026-09-28"), "FTC006", "davinci-002 is retired (2026-09-28)"},
		{completions, retired("a retired model"), "FTC006", "davinci-002 is a retired model"},
		{completions, retired(""), "FTC006", "davinci-002 is deprecated"},
		{`"a","b"` + "\n" + goodFile()[len(bom):], openAI, "FTJ004", "the line begins with a string and goes on behind it"},
		{goodFile()[len(bom):] + strings.Repeat(goodCompletion+"\n", 3), openAI, "FTF020", "the file begins with chat records"},
		{goodFile()[len(bom):] + `{"messages":[{"role":"user","content":"a` + "\n", openAI, "FTJ003", `its text has a raw line break (JSON writes \n), or the line was cut off`},
	} {
		said := ""
		for _, f := range run(t, test.content, test.settings, nil) {
			if f.Rule.ID == test.rule {
				said = f.Message
				break
			}
		}
		if !strings.Contains(said, test.says) {
			t.Errorf("%s says %q, not %q", test.rule, said, test.says)
		}
	}
}
