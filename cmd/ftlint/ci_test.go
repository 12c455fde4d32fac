package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// ciFormats are the outputs that services read.
var ciFormats = []string{"sarif", "github", "gitlab", "junit", "markdown"}

// repository makes a directory that is the root of a repository, with files of ours in
// data, and makes it the working directory.
func repository(t *testing.T, fixtures ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{".git", "data"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range fixtures {
		content, err := os.ReadFile(filepath.Join(root, "testdata", "fixtures", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "data", name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

// TestGoldenOutputs: what services are told of a few files is what it was.
func TestGoldenOutputs(t *testing.T) {
	golden, err := filepath.Abs(filepath.Join("testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	repository(t, "weights.jsonl", "clean-chat.jsonl", "missing-quote.jsonl", "lfs-pointer.jsonl")
	for _, format := range ciFormats {
		got := written(t, "check", "-o", format, "data")
		got = bytes.ReplaceAll(got, []byte(version()), []byte("VERSION"))
		if format == "sarif" { // in one line
			var lines bytes.Buffer
			if err := json.Indent(&lines, got, "", " "); err != nil {
				t.Fatal(err)
			}
			got = lines.Bytes()
		}
		path := filepath.Join(golden, "check."+format)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s (go test ./cmd/ftlint -run Golden -update writes it anew): %s", format, difference(want, got))
		}
	}
}

// attacks are texts that try to become something in the outputs.
var attacks = []string{
	"::error file=x::pwned", "  ::stop-commands::x", "\u3000::warning::x", "##[error]x", "##vso[task.complete result=Succeeded]", "###teamcity[x",
	"]]><failure/>", "a|b", "`x`", "<script>alert(1)</script>", "<!-- x -->", "@octocat #1", "[a](https://evil.example)", "![a](b)", "www.evil.example",
	"\u202egnp.exe\u2066", "\x1b[31m", "a\nb\rc\x00", "\ufffe\uffff", "\\|", "{0} {{1}}", "100%,:%0A::error::x", strings.Repeat("é😀", 3000),
}

// attackedRepository has a file with all attacks, in values that messages quote, in
// keys that are parts of paths, and one in its own name.
func attackedRepository(t *testing.T) (name string) {
	t.Helper()
	repository(t)
	var content bytes.Buffer
	for _, attack := range attacks {
		text, err := json.Marshal(attack)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&content, `{"messages":[{"role":%s,"content":"é"},{"role":"assistant","content":"a",%s:1}],%[1]s:{"weight":1}}`+"\n", text, text)
	}
	content.WriteString("{\"messages\":[{\"role\":\"\xff\xfe::error::\",\"content\":\"a\"}],\"\xc3\x28|\":1}\n")
	content.WriteString("\x00\x01::error::\n" + strings.Repeat("[", 5000) + "\n" + `{"a":"` + strings.Repeat("]]>|@", 100_000) + "\n")
	name = "::error::a b,c%0A|`@x]]>&<é\u202e\n##[error]y.jsonl"
	if err := os.WriteFile(name, content.Bytes(), 0o644); err != nil {
		t.Skipf("the file system does not take such a name: %v", err)
	}
	return name
}

// TestOutputsOfServicesFitTheirSchemas: what is written is what the services document.
func TestOutputsOfServicesFitTheirSchemas(t *testing.T) {
	needed, _ := schema(t, "sarif.schema.json")
	quality, _ := schema(t, "gitlab.schema.json")
	check := func(args ...string) {
		t.Helper()
		what := strings.Join(args, " ")
		log := written(t, append([]string{"check", "-o", "sarif"}, args...)...)
		valid(t, needed, "sarif "+what, log)
		if report, err := sarif.FromBytes(log); err != nil {
			t.Errorf("sarif %s: %v", what, err)
		} else if err := report.Validate(); err != nil { // against the official schema, which the library brings
			t.Errorf("sarif %s: %.2000s", what, err)
		}
		checkSARIF(t, what, log)
		report := written(t, append([]string{"check", "-o", "gitlab"}, args...)...)
		valid(t, quality, "gitlab "+what, report)
		checkGitLab(t, what, report)
		checkJUnit(t, what, written(t, append([]string{"check", "-o", "junit"}, args...)...))
		checkMarkdown(t, what, written(t, append([]string{"check", "-o", "markdown"}, args...)...))
		checkGitHub(t, what, written(t, append([]string{"check", "-o", "github"}, args...)...))
	}
	demo, fixtures := filepath.Join(root, "testdata", "demo"), filepath.Join(root, "testdata", "fixtures")
	check(demo)
	check(fixtures)
	check(fixtures, "--level", "warning", "--fail-on", "never", "--max-per-group", "0", "--snippets", "on")
	check(demo, "missing.jsonl", "--fail-on", "info")
	check(filepath.Join(demo, "train.clean.jsonl"))
	check(hostile(t), "--profile", "both")
	name := attackedRepository(t)
	check(name, "--snippets", "on")
	check("./"+name, "missing\n::error::.jsonl")
}

type sarifRead struct {
	Runs []struct {
		Tool struct {
			Driver struct{ Rules []struct{ ID string } }
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			Locations           []struct{ PhysicalLocation sarifPlace }
			PartialFingerprints map[string]string
		}
		Artifacts []struct {
			Location struct{ URI, URIBaseID string }
		}
	}
}

type sarifPlace struct {
	ArtifactLocation struct {
		URI, URIBaseID string
		Index          int
	}
	Region struct {
		StartLine, StartColumn, EndLine, EndColumn int
		ByteOffset, ByteLength                     int
	}
}

// checkSARIF checks what no schema says: indexes lead to what they should, no two
// results have the same fingerprint and file, and columns and bytes say the same.
func checkSARIF(t *testing.T, what string, log []byte) {
	t.Helper()
	var read sarifRead
	if err := json.Unmarshal(log, &read); err != nil {
		t.Fatal(err)
	}
	run, seen := read.Runs[0], map[string]bool{}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("sarif %s: the index of %s leads to another rule", what, r.RuleID)
		}
		place := r.Locations[0].PhysicalLocation
		at := place.ArtifactLocation
		if a := run.Artifacts[at.Index].Location; a.URI != at.URI || a.URIBaseID != at.URIBaseID {
			t.Errorf("sarif %s: the index of %s leads to %s", what, at.URI, a.URI)
		}
		key := at.URI + " " + r.PartialFingerprints["primaryLocationLineHash"]
		if seen[key] {
			t.Errorf("sarif %s: twice: %s", what, key)
		}
		seen[key] = true
		name, err := url.PathUnescape(strings.TrimPrefix(at.URI, "file://"))
		if err != nil {
			t.Errorf("sarif %s: %v", what, err)
		}
		if content, err := os.ReadFile(name); err == nil && place.Region.ByteOffset >= 0 && place.Region.ByteLength > 0 {
			within := content[place.Region.ByteOffset:][:place.Region.ByteLength]
			if n := place.Region.EndColumn - place.Region.StartColumn; n != utf8.RuneCount(within) {
				t.Errorf("sarif %s: %s of %d columns, but %q", what, r.RuleID, n, within)
			}
		}
	}
}

func checkGitLab(t *testing.T, what string, report []byte) {
	t.Helper()
	var issues []struct{ Fingerprint string }
	if err := json.Unmarshal(report, &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, issue := range issues {
		if seen[issue.Fingerprint] {
			t.Errorf("gitlab %s: two findings have the fingerprint %s", what, issue.Fingerprint)
		}
		seen[issue.Fingerprint] = true
	}
}

type junitRead struct {
	XMLName                 xml.Name `xml:"testsuites"`
	Name                    string   `xml:"name,attr"`
	Tests, Failures, Errors int      `xml:"-"`
	AttrTests               int      `xml:"tests,attr"`
	AttrFailures            int      `xml:"failures,attr"`
	AttrErrors              int      `xml:"errors,attr"`
	Suites                  []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Cases    []struct {
			Name     string `xml:"name,attr"`
			Class    string `xml:"classname,attr"`
			Failures []struct {
				Message string `xml:"message,attr"`
				Type    string `xml:"type,attr"`
			} `xml:"failure"`
			Errors []struct {
				Message string `xml:"message,attr"`
			} `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// checkJUnit checks the structure: known elements only, with the attributes that
// readers want, names once in each suite, and counts that are right.
func checkJUnit(t *testing.T, what string, report []byte) {
	t.Helper()
	known := map[string]string{
		"testsuites": "name tests failures errors", "testsuite": "name tests failures errors",
		"testcase": "name classname file", "failure": "message type", "error": "message type", "system-out": "",
	}
	for d := xml.NewDecoder(bytes.NewReader(report)); ; {
		token, err := d.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Errorf("junit %s: %v", what, err)
			}
			break
		}
		if e, ok := token.(xml.StartElement); ok {
			var names []string
			for _, a := range e.Attr {
				names = append(names, a.Name.Local)
			}
			if attributes, ok := known[e.Name.Local]; !ok || strings.Join(names, " ") != attributes {
				t.Errorf("junit %s: element %s with %q", what, e.Name.Local, names)
			}
		}
	}
	var read junitRead
	if err := xml.Unmarshal(report, &read); err != nil {
		t.Fatalf("junit %s: %v", what, err)
	}
	for _, s := range read.Suites {
		failures, errors, names := 0, 0, map[string]bool{}
		for _, c := range s.Cases {
			failures += len(c.Failures)
			errors += len(c.Errors)
			if c.Name == "" || c.Class != s.Name || names[c.Name] {
				t.Errorf("junit %s: case %q of %q in %q", what, c.Name, c.Class, s.Name)
			}
			names[c.Name] = true
		}
		if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errors || s.Tests == 0 {
			t.Errorf("junit %s: %s has %d cases, %d failures, %d errors, but says %d, %d, %d", what, s.Name, len(s.Cases), failures, errors, s.Tests, s.Failures, s.Errors)
		}
		read.Tests, read.Failures, read.Errors = read.Tests+s.Tests, read.Failures+failures, read.Errors+errors
	}
	if read.Tests != read.AttrTests || read.Failures != read.AttrFailures || read.Errors != read.AttrErrors {
		t.Errorf("junit %s: the totals are wrong", what)
	}
}

// checkMarkdown checks that tables are whole and that nothing of the data is markup.
func checkMarkdown(t *testing.T, what string, text []byte) {
	t.Helper()
	if len(text) > 600_000 {
		t.Errorf("markdown %s: %d bytes", what, len(text))
	}
	columns := 0
	for line := range strings.Lines(string(text)) {
		if n := strings.Count(line, "|"); !strings.HasPrefix(line, "|") {
			columns = 0
			if n > 0 {
				t.Errorf("markdown %s: a bar outside of a table: %s", what, line)
			}
		} else if columns == 0 {
			columns = n
		} else if n != columns {
			t.Errorf("markdown %s: a row with %d bars in a table with %d: %s", what, n, columns, line)
		}
		bare := regexp.MustCompile(`<code>[^<>]*</code>|<br>`).ReplaceAllString(line, "")
		if strings.ContainsAny(bare, "<>@`[]!") || regexp.MustCompile(`[@\x60*\[\]|:!$]|www\.`).MatchString(strings.Join(regexp.MustCompile(`<code>[^<>]*</code>`).FindAllString(line, -1), " ")) {
			t.Errorf("markdown %s: there is markup in %s", what, line)
		}
	}
}

// command is a line as the runner of GitHub Actions reads it.
var command = regexp.MustCompile(`^::(error|warning|notice) ((?:(?:file|line|col|endColumn|title)=[^:,\n]*,?)+)::(.*)$`)

func checkGitHub(t *testing.T, what string, text []byte) {
	t.Helper()
	count := map[string]int{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		m := command.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("github %s: no command: %q", what, line)
			continue
		}
		if count[m[1]]++; count[m[1]] > 10 {
			t.Errorf("github %s: more than ten of level %s", what, m[1])
		}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) || !utf8.ValidString(line) {
			t.Errorf("github %s: what cannot be seen is in %q", what, line)
		}
	}
}

// TestNoCommandsFromData: nothing of the data is a command to the log of a CI service,
// in whatever people read and in errors.
func TestNoCommandsFromData(t *testing.T) {
	name := attackedRepository(t)
	isCommand := regexp.MustCompile(`^[\s\p{Z}]*::|##[A-Za-z]*\[`)
	for variable, value := range map[string]string{"GITHUB_ACTIONS": "true", "TF_BUILD": "True"} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, value)
			n := 0
			for _, args := range [][]string{
				{"-o", "text", name},
				{"-o", "full", name},
				{"-o", "concise", name},
				{"-o", "concise", "--snippets", "on", name},
				{"-o", "full", "--snippets", "on", name},
				{"-o", "text", "x\n::error::missing.jsonl"},
				{"::error::missing.jsonl"},
				{"--select", "x\n::error::y", name},
				{"-o", "text", "-"},
			} {
				var out, errs bytes.Buffer
				Main(append([]string{"check"}, args...), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
				for line := range strings.Lines(out.String() + errs.String()) {
					n++
					if isCommand.MatchString(line) && !(variable == "GITHUB_ACTIONS" && len(args) == 1 && command.MatchString(strings.TrimSuffix(line, "\n"))) {
						t.Errorf("%q: this line is a command: %q", args, line)
					}
				}
			}
			if n < 200 {
				t.Errorf("only %d lines", n)
			}
		})
	}
	if !isCommand.Match(written(t, "-o", "concise", name)) {
		t.Error("without a CI service nothing should be changed, so that the test shows something")
	}
}

// TestAnnotationsByDefault: in GitHub Actions, text and annotations are written where
// nothing was asked for; names are those that the repository has.
func TestAnnotationsByDefault(t *testing.T) {
	dir := repository(t, "weights.jsonl")
	t.Chdir(filepath.Join(dir, "data"))
	t.Setenv("GITHUB_ACTIONS", "true")
	out := string(written(t, "weights.jsonl"))
	text, annotations, ok := strings.Cut(out, "\n::")
	if !ok || !strings.Contains(text, "FAIL  ") || !strings.Contains(annotations, "file=data/weights.jsonl,line=") {
		t.Errorf("want text and annotations, got\n%s", out)
	}
	for _, args := range [][]string{{"-o", "text", "weights.jsonl"}, {"-o", "json", "weights.jsonl"}} {
		if out := string(written(t, args...)); strings.Contains(out, "::error") {
			t.Errorf("annotations that nobody asked for:\n%s", out)
		}
	}
	written(t, "stats", "weights.jsonl") // has no annotations
	t.Setenv("GITHUB_ACTIONS", "")
	if out := string(written(t, "weights.jsonl")); strings.Contains(out, "::error") {
		t.Errorf("annotations outside of GitHub Actions:\n%s", out)
	}
}

// TestStepSummaryIsAppendedTo: what other commands wrote of the summary stays.
func TestStepSummaryIsAppendedTo(t *testing.T) {
	dir := repository(t, "weights.jsonl")
	summary := filepath.Join(dir, "summary.md")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	if err := os.WriteFile(summary, []byte("# Mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	written(t, "data", "-o", "markdown="+summary, "-o", "json=report.json")
	got, err := os.ReadFile(summary)
	if err != nil || !bytes.HasPrefix(got, []byte("# Mine\n## ftlint: FAIL\n")) {
		t.Errorf("%v: %.200s", err, got)
	}
}

// TestFailOnDecidesWhatFails: warnings are no failures of tests unless they make the
// run fail.
func TestFailOnDecidesWhatFails(t *testing.T) {
	repository(t, "blank-line.jsonl", "clean-chat.jsonl")
	for failOn, want := range map[string]bool{"error": false, "warning": true, "never": false} {
		out := string(written(t, "-o", "junit", "--fail-on", failOn, "data"))
		if got := strings.Contains(out, "<failure"); got != want {
			t.Errorf("--fail-on %s: failures %v, want %v\n%s", failOn, got, want, out)
		}
		if !strings.Contains(out, "FTF014 blank-line") || !strings.Contains(out, `<testsuite name="data/clean-chat.jsonl" tests="`) {
			t.Errorf("--fail-on %s: the warning or the clean file is not told\n%s", failOn, out)
		}
	}
}

// TestNoLinesOfDataInServices: text of the data, and secrets of URLs, stay out of what
// CI services show, but for the few bytes that a message quotes.
func TestNoLinesOfDataInServices(t *testing.T) {
	repository(t)
	const canary, secret = "canary-in-a-conversation", "c2VjcmV0LWNhbmFyeQ"
	line := `{"messages":[{"role":"https://x.example/?sig=` + secret + `","content":"` + canary + `"},{"role":"assistant","content":"` + canary + `","weight":2,"x":"` + secret + `"}]}`
	if err := os.WriteFile("train.jsonl", []byte(strings.Repeat(line+"\n", 20)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, format := range append(slices.Clone(ciFormats), "text", "concise", "full", "json", "jsonl", "html") {
		out := string(written(t, "-o", format, "train.jsonl"))
		if strings.Contains(out, canary) || strings.Contains(out, secret) {
			t.Errorf("%s shows the data:\n%.3000s", format, out)
		}
	}
	if out := string(written(t, "-o", "markdown", "--snippets", "on", "train.jsonl")); !strings.Contains(out, canary) || strings.Contains(out, "sig="+secret) {
		t.Errorf("--snippets on shows lines, without secrets; got\n%s", out)
	}
}
