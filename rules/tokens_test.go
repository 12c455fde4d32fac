package rules

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/stats"
	"github.com/ftlint/ftlint/tokenize"
)

// TestTokenFacts: what is assumed where the catalogue is not read is in it.
func TestTokenFacts(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Limits(catalog.Azure).JobTokens; n != jobTokens {
		t.Errorf("the catalogue allows a job %d tokens, the rules %d", n, jobTokens)
	}
	limits := map[int]int{}
	for _, m := range c.Models() {
		if o, ok := m.Offer(catalog.Azure); ok && o.Status == "" {
			limits[o.ExampleTokens]++
		}
	}
	for n, models := range limits {
		if n > 0 && models > limits[stats.AssumedLimit] {
			t.Errorf("%d models take %d tokens, only %d take the %d that are assumed", models, n, limits[stats.AssumedLimit], stats.AssumedLimit)
		}
	}
	if name, _ := c.Encoding("gpt-4.1"); name != tokenize.DefaultEncoding {
		t.Errorf("gpt-4.1 has the encoding %s", name)
	}
}

// TestLimits has one line behind good ones, for a model that takes 40 tokens.
// The good lines have about 30.
func TestLimits(t *testing.T) {
	words := func(n int) string { return "yes" + strings.Repeat(" yes", n-1) }
	user := func(n int) string { return `{"role":"user","content":"` + words(n) + `"}` }
	bot := func(n int, more string) string {
		return `{"role":"assistant","content":"` + words(n) + `"` + more + `}`
	}
	for _, test := range []struct {
		name   string
		method dataset.Method
		line   string
		want   string
	}{ // Azure: 3 + 4 for each message + its words
		{"at the limit", dataset.SFT, chat(user(20), bot(9, "")), "FTK003 info"},
		{"one over", dataset.SFT, chat(user(20), bot(10, "")), "FTK001 warning"},
		{"no more than 95 %", dataset.SFT, chat(user(20), bot(7, "")), ""},
		{"the answer is lost", dataset.SFT, chat(user(40), bot(1, "")), "FTK002 error"},
		{"one token of it is left", dataset.SFT, chat(user(29), bot(9, "")), "FTK001 warning"},
		{"none of it is left", dataset.SFT, chat(user(30), bot(9, "")), "FTK002 error"},
		{"one of two answers is lost", dataset.SFT, chat(user(2), bot(9, ""), user(40), bot(1, "")), "FTK001 warning"},
		{"what is left is not trained", dataset.SFT, chat(user(2), bot(9, `,"weight":0`), user(40), bot(1, "")), "FTK002 error"},
		{"nothing would be trained", dataset.SFT, chat(user(40), bot(1, `,"weight":0`)), "FTK001 warning,FTE012 error"},
		{"a pair counts with its longer output", dataset.DPO, pair(input(user(19)), "["+bot(9, "")+"]", "["+bot(5, "")+"]"), "FTK003 info"},
		{"a pair is over", dataset.DPO, pair(input(user(19)), "["+bot(5, "")+"]", "["+bot(11, "")+"]"), "FTK001 warning"},
		{"a task", dataset.RFT, chat(user(40)) /* no field */, "FTK001 warning"},
		{"a completion", dataset.Completion, `{"prompt":"` + words(30) + ` ->","completion":" ` + words(20) + ` END"}`, "FTK001 warning"},
		{"broken lines are not counted", dataset.SFT, strings.TrimSuffix(chat(user(40), bot(1, "")), "}"), "FTJ003 error"},
	} {
		settings := lint.Settings{Provider: dataset.Azure, Method: test.method, Declared: true, Model: &lint.Model{Name: "small", Encoding: "o200k_base", Azure: lint.Terms{ExampleTokens: 40}}}
		var got []string
		for _, f := range run(t, padding(test.method, []string{test.line}), settings, map[string]lint.Severity{"FTE009": lint.Off, "FTR003": lint.Off, "FTE010": lint.Off}) {
			if f.Line == 51 {
				got = append(got, f.Rule.ID+" "+f.Severity.String())
			}
		}
		if strings.Join(got, ",") != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestUnknownImages: an example that is over the limit only if its image is
// large is a hint, wherever its answer stands.
func TestUnknownImages(t *testing.T) {
	const picture = `{"role":"user","content":[{"type":"image_url","image_url":{"url":"%s"%s}}]}`
	for _, test := range []struct {
		limit       int
		url, detail string
		want        string
	}{ // 255 to 1,445 tokens for the image, and 18
		{1600, "https://example.com/a.png", "", ""},
		{1500, "https://example.com/a.png", "", "FTK003"},
		{1460, "https://example.com/a.png", "", "FTK003"},
		{300, "https://example.com/a.png", "", "FTK003"},
		{260, "https://example.com/a.png", "", "FTK002"},
		{1460, "data:image/png;base64,AAAA", "", "FTK003"},
		{110, "https://example.com/a.png", `,"detail":"low"`, ""},
		{90, "https://example.com/a.png", `,"detail":"low"`, "FTK002"},
	} {
		line := chat(fmt.Sprintf(picture, test.url, test.detail), botMsg)
		settings := lint.Settings{Method: dataset.SFT, Declared: true, Model: &lint.Model{Name: "small", Encoding: "o200k_base", Azure: lint.Terms{ExampleTokens: test.limit}}}
		got := ""
		for _, f := range run(t, padding(dataset.SFT, []string{line}), settings, nil) {
			if strings.HasPrefix(f.Rule.ID, "FTK") {
				got += f.Rule.ID
			}
		}
		if got != test.want {
			t.Errorf("limit %d, %.12s%s: %q, want %q", test.limit, test.url, test.detail, got, test.want)
		}
	}
}

// TestJobTokens calls FTK004 with figures that no test needs a file for.
func TestJobTokens(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings lint.Settings
		file     lint.File
		counts   bool
		want     string
	}{
		{"a small file", lint.Settings{}, lint.File{Bytes: 1 << 20, Lines: 1000}, false, ""},
		{"under 2 GB with the epochs of the service", lint.Settings{Bytes: 1_999_999_999}, lint.File{Bytes: 1_999_999_999, Lines: 1 << 20}, false, ""},
		{"over 2 GB", lint.Settings{Bytes: 2_000_000_001}, lint.File{Bytes: 2_000_000_001, Lines: 1 << 20}, true, ""},
		{"many epochs", lint.Settings{Bytes: 40_000_001, Epochs: 50}, lint.File{Bytes: 40_000_001, Lines: 1000}, true, ""},
		{"fewer epochs", lint.Settings{Bytes: 40_000_001, Epochs: 49}, lint.File{Bytes: 40_000_001, Lines: 1000}, false, ""},
		{"no limit on examples", lint.Settings{Bytes: 80_000_001, Model: &lint.Model{Name: "m"}}, lint.File{Bytes: 80_000_001, Lines: 1000}, true, ""},
		{"a stream of unknown size", lint.Settings{}, lint.File{Bytes: 3 << 30, Lines: 1 << 20}, false, "info"},
		{"a stream of few examples", lint.Settings{}, lint.File{Bytes: 3 << 30, Lines: 8000}, false, ""},
		{"images behind URLs", lint.Settings{}, lint.File{Bytes: 1 << 30, Lines: 40_000, Images: 1}, false, "info"},
		{"validation", lint.Settings{Validation: true}, lint.File{Bytes: 3 << 30, Lines: 1 << 20}, false, ""},
	} {
		test.settings.Provider = dataset.Azure
		rule, counts := jobOver2B, false
		rule.Collector = func(s *lint.Settings) lint.Collector {
			c := jobOver2B.Collector(&test.settings).(*jobCollector)
			counts = c.counts
			return finishing{c, func(p *lint.Pass, f *lint.File) {
				made := *f
				made.Bytes, made.Lines, made.Blank, made.Images = test.file.Bytes, test.file.Lines, 0, test.file.Images
				c.Finish(p, &made)
			}}
		}
		got := ""
		settings := test.settings
		settings.Validation = false
		_, err := lint.Run(context.Background(), []lint.Input{{Path: "-", Validation: test.settings.Validation}}, lint.Options{
			Rules: []lint.Rule{rule}, Settings: settings, Counter: tokenize.Accounting{}.NewCounter,
			Read: jsonl.Options{Stdin: strings.NewReader(goodFile())},
			OnFinding: func(f *lint.Finding) error {
				got += f.Severity.String()
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got != test.want || counts != test.counts {
			t.Errorf("%s: found %q, counted %v; want %q, %v", test.name, got, counts, test.want, test.counts)
		}
	}
}

// finishing is a collector with another Finish.
type finishing struct {
	*jobCollector
	finish func(*lint.Pass, *lint.File)
}

func (c finishing) Merge(next lint.Collector, lines int64) {
	c.jobCollector.Merge(next.(finishing).jobCollector, lines)
}

func (c finishing) Finish(p *lint.Pass, f *lint.File) { c.finish(p, f) }

// TestBudgetWithoutPrice: what cannot be known is not passed.
func TestBudgetWithoutPrice(t *testing.T) {
	found := run(t, goodFile(), lint.Settings{MaxCost: 1000, Model: &lint.Model{Name: "m"}}, nil)
	if len(found) != 1 || found[0].Rule.ID != "FTK008" || found[0].Severity != lint.Error || !strings.HasPrefix(found[0].Message, "no price is known") {
		t.Errorf("a budget without a price gives:\n%s", describeAll(found))
	}
}

// TestOutliers: classes of one or two tokens are no outliers among themselves.
func TestOutliers(t *testing.T) {
	answers := func(answers ...string) string {
		var b strings.Builder
		b.WriteString(bom)
		for i, a := range answers {
			fmt.Fprintf(&b, `{"messages":[{"role":"system","content":"You sort."},{"role":"user","content":"Letter %d"},{"role":"assistant","content":"%s"}]}`+"\n", i, a)
		}
		return b.String()
	}
	repeat := func(s string, n int) []string { return strings.Split(strings.Repeat(s+"|", n-1)+s, "|") }
	for _, test := range []struct {
		name    string
		answers []string
		want    string
	}{
		{"classes", append(repeat("yes", 60), repeat("no", 40)...), ""},
		{"a lost answer", append(repeat("It goes to the desk of Anna", 120), "no"), "121"},
		{"several lost answers", append(repeat("It goes to the desk of Anna", 120), "no", "no", "no"), ""},
		{"a dump", append(repeat("Anna", 99), strings.Repeat("Anna ", 30)), "100"},
	} {
		var got []string
		for _, f := range run(t, answers(test.answers...), lint.Settings{Stats: true}, nil) {
			if f.Rule.ID == "FTK005" {
				got = append(got, fmt.Sprint(f.Line))
			}
		}
		if strings.Join(got, ",") != test.want {
			t.Errorf("%s: lines %v, want %q", test.name, got, test.want)
		}
	}
}

// TestWeakSignalOfImages: that images may be large is no reason to say that
// prompts are.
func TestWeakSignalOfImages(t *testing.T) {
	for answer, want := range map[string]string{
		"It is a cat that sleeps on the red sofa.": "",
		"Cat": "of at least 3,", // 12 small images
	} {
		var content strings.Builder
		content.WriteString(bom)
		for i := range 12 {
			fmt.Fprintf(&content, `{"messages":[{"role":"system","content":"You see."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/%d.png"}}]},{"role":"assistant","content":"%s"}]}`+"\n", i, answer)
		}
		got := ""
		for _, f := range run(t, content.String(), lint.Settings{Stats: true}, nil) {
			if f.Rule.ID == "FTK006" {
				got += f.Message
			}
		}
		if (got == "") != (want == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", answer, got, want)
		}
	}
}

// TestCleanFilesAreNotCounted: a check without figures loads no vocabulary for
// lines that cannot be too long.
func TestCleanFilesAreNotCounted(t *testing.T) {
	tools := `{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `],"tools":[{"type":"function","function":{"name":"find_city"}}]}`
	image := chat(`{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,`+strings.Repeat("AAAA", 50_000)+`"}}]}`, botMsg)
	for _, content := range []string{goodFile(), goodFile() + tools + "\n", goodFile() + image + "\n"} {
		_, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
			Rules: All(), Read: jsonl.Options{Stdin: strings.NewReader(content)},
			Counter: tokenize.Accounting{Encoding: "none: counting would panic"}.NewCounter,
		})
		if err != nil {
			t.Errorf("%.80s… was counted: %v", content[len(goodFile()):], err)
		}
	}
}
