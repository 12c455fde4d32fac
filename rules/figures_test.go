package rules

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/tokenize"
)

func TestGoodFileName(t *testing.T) {
	for name, want := range map[string]bool{
		"train.jsonl": true, "dir.x/train.jsonl": true, `C:\data\train.jsonl`: true,
		"train.jsonl.gz": true, "train.jsonl.zst": true, "-": true, "": true, "<stdin>": true,
		"train.json": false, "train": false, "train.txt.gz": false, "train.JSONL": false, "train.jsonl.bak": false, "jsonl": false,
	} {
		if got := goodFileName(name); got != want {
			t.Errorf("goodFileName(%q) = %v", name, got)
		}
	}
}

func TestFileSizes(t *testing.T) {
	azure := lint.Settings{Provider: dataset.Azure}
	with := func(change func(*lint.Settings)) lint.Settings {
		s := azure
		change(&s)
		return s
	}
	strict := with(func(s *lint.Settings) { s.Strict = true })
	uploads := with(func(s *lint.Settings) { s.Route = lint.RouteUploads })
	for _, test := range []struct {
		settings lint.Settings
		bytes    int64
		bom      bool
		want     lint.Severity
	}{
		{azure, 511_999_999, true, lint.Off},
		{azure, 512_000_000, true, lint.Warning},
		{azure, 536_870_911, true, lint.Warning},
		{azure, 536_870_912, true, lint.Error},
		{azure, 536_870_911, false, lint.Warning},
		{strict, 511_999_997, true, lint.Off},
		{strict, 511_999_997, false, lint.Error}, // three bytes more as sent
		{uploads, 5 << 30, true, lint.Info},
		{azure, 9<<30 + 1, true, lint.Off}, // FTF006 tells it
	} {
		n := sentBytes(&test.settings, &lint.File{Bytes: test.bytes, BOM: test.bom})
		if got := filesSeverity(&test.settings, n); got != test.want {
			t.Errorf("a file of %d bytes (mark: %v) gives %s, want %s", test.bytes, test.bom, got, test.want)
		}
	}
	if n := uploadsLimit(&lint.Settings{Provider: dataset.AllProviders}); n != 8<<30 {
		t.Errorf("what is to be valid for both may have %d bytes", n)
	}
}

// TestLargeFiles calls the rules on sizes with figures that no test could make
// files for.
func TestLargeFiles(t *testing.T) {
	azure := lint.Settings{Provider: dataset.Azure}
	strict := lint.Settings{Provider: dataset.Azure, Strict: true}
	openAI := lint.Settings{Provider: dataset.OpenAI}
	uploads := lint.Settings{Provider: dataset.Azure, Route: lint.RouteUploads}
	imported := lint.Settings{Provider: dataset.OpenAI, Route: lint.RouteImport}
	for _, test := range []struct {
		settings lint.Settings
		bytes    int64
		bom      bool
		want     string // "RULE severity", separated by commas
		says     string // in the first finding
	}{
		{azure, 100_000_000, true, "", ""},
		{azure, 100_000_001, true, "FTF005 info", "100,000,001 bytes in one request may fail"},
		{azure, 200_000_001, true, "FTF004 info,FTF005 info", "200 MB that the portal takes"},
		{strict, 199_999_998, false, "FTF004 info,FTF005 info", "200,000,001 bytes"}, // with the mark
		{uploads, 200_000_001, true, "FTF004 info", "use the API"},
		{openAI, 300_000_000, false, "", ""},
		{openAI, 512_000_000, false, "FTF003 warning", "if the service counts in thousands"},
		{azure, 536_870_911, true, "FTF003 warning", "536,870,911 bytes"},
		{strict, 512_000_000, true, "FTF003 error", "if the service counts in thousands"},
		{azure, 536_870_912, true, "FTF003 error", "more than the 512 MB that one upload request may carry"},
		{uploads, 536_870_912, true, "FTF003 info", "more than the 512 MB"},
		{imported, 8 << 30, false, "FTF003 info", "more than the 512 MB"},
		{imported, 8<<30 + 1, false, "FTF006 error", "more than the 8 GB"},
		{uploads, 8<<30 + 1, true, "FTF003 info", "more than the 512 MB"},
		{azure, 9<<30 + 1, true, "FTF006 error", "9,663,676,417 bytes are more than the 9 GB"},
	} {
		var large []lint.Rule
		for _, rule := range []lint.Rule{fileTooLarge, fileOverPortal, fileUseChunked, fileOver8GB} {
			check := rule.File
			rule.File = func(p *lint.Pass, f *lint.File) {
				made := *f
				made.Bytes, made.BOM = test.bytes, test.bom
				check(p, &made)
			}
			large = append(large, rule)
		}
		var got []string
		says := ""
		_, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
			Rules: large, Settings: test.settings, Read: jsonl.Options{Stdin: strings.NewReader(goodFile())},
			OnFinding: func(f *lint.Finding) error {
				if got = append(got, f.Rule.ID+" "+f.Severity.String()); len(got) == 1 {
					says = f.Message
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := strings.Join(got, ","); found != test.want || !strings.Contains(says, test.says) {
			t.Errorf("%d bytes (%s, strict %v) give %q, want %q; the first says %q, not %q",
				test.bytes, test.settings.Provider, test.settings.Strict, found, test.want, says, test.says)
		}
	}
}

// TestSeverities has the cases in which the severity depends on the profile.
func TestSeverities(t *testing.T) {
	two := pair(input(sysMsg, userMsg), `[`+botMsg+`,`+botMsg+`]`, `[`+badMsg+`]`)
	none := pair(input(sysMsg, userMsg), `[]`, `[`+badMsg+`]`)
	emptyPrompt := `{"prompt":"","completion":" Lima END"}`
	for _, test := range []struct {
		rule     string
		provider dataset.Provider
		strict   bool
		method   dataset.Method
		line     string
		want     lint.Severity
	}{
		{"FTP005", dataset.Azure, false, dataset.DPO, two, lint.Warning},
		{"FTP005", dataset.OpenAI, false, dataset.DPO, two, lint.Error},
		{"FTP005", dataset.AllProviders, false, dataset.DPO, two, lint.Error},
		{"FTP005", dataset.Azure, false, dataset.DPO, none, lint.Error},
		{"FTC003", dataset.Azure, false, dataset.Completion, emptyPrompt, lint.Error},
		{"FTC003", dataset.OpenAI, false, dataset.Completion, emptyPrompt, lint.Warning},
		{"FTC003", dataset.AllProviders, false, dataset.Completion, emptyPrompt, lint.Error},
		{"FTM019", dataset.Azure, false, dataset.SFT, chat(sysMsg, userMsg, `{"role":"assistant","content":"a<|im_end|>"}`), lint.Warning},
		{"FTM019", dataset.Azure, false, dataset.SFT, chat(sysMsg, userMsg, `{"role":"assistant","content":"a<|endofprompt|>"}`), lint.Error},
		{"FTM005", dataset.Azure, false, dataset.RFT, `{"messages":[{"role":"function","name":"f","content":"1"},` + userMsg + `],"reference_answer":"1"}`, lint.Error},
		{"FTM014", dataset.Azure, false, dataset.SFT, chat(sysMsg, `{"role":"user","content":"a","id":1}`, botMsg), lint.Warning},
		{"FTM014", dataset.Azure, true, dataset.SFT, chat(sysMsg, `{"role":"user","content":"a","id":1}`, botMsg), lint.Error},
	} {
		settings := lint.Settings{Provider: test.provider, Strict: test.strict, Method: test.method, Declared: true}
		found := 0
		for _, f := range run(t, padding(test.method, []string{test.line}), settings, nil) {
			if f.Rule.ID != test.rule {
				continue
			}
			found++
			if f.Severity != test.want {
				t.Errorf("%s, strict %v: %s; want %s", test.provider, test.strict, describe(f), test.want)
			}
		}
		if found != 1 {
			t.Errorf("%s, strict %v: %d findings of %s", test.provider, test.strict, found, test.rule)
		}
	}
}

func TestWholeFiles(t *testing.T) {
	chatRows := func(n int) string { return strings.TrimPrefix(chatFile(n), bom) }
	openAI := lint.Settings{Provider: dataset.OpenAI}
	for _, test := range []struct {
		name     string
		settings lint.Settings
		content  string
		want     string // "line rule", separated by commas
	}{
		{"both wants no mark", lint.Settings{Provider: dataset.AllProviders}, chatFile(50), "0 FTF008"},
		{"both without mark", lint.Settings{Provider: dataset.AllProviders}, chatRows(50), ""},
		{"few but for validation", lint.Settings{Provider: dataset.OpenAI, Validation: true}, chatRows(4), ""},
		{"nine", openAI, chatRows(9), "0 FTF018"},
		{"ten", openAI, chatRows(10), "0 FTF019"},
		{"blank lines do not count", openAI, chatRows(9) + "\n \n", "10 FTF014,0 FTF018"},
		{"nothing but blanks", openAI, " \n\n", "0 FTF001"},
		{"nothing", openAI, "", "0 FTF001"},
		{"a pair and a completion among chats", openAI, chatRows(50) + goodPair + "\n" + goodCompletion + "\n", "51 FTF020"},
		{"declared otherwise", lint.Settings{Provider: dataset.OpenAI, Method: dataset.Completion, Declared: true}, chatRows(50) + goodPair + "\n", "0 FTF021"},
		{"unknown lines only", openAI, `{"a":1}` + "\n" + `{"a":2}` + "\n", "1 FTE001"},
		{"a known format of others", openAI, `{"text":"a"}` + "\n" + `{"text":"b"}` + "\n", "0 FTE014"},
		{"an array", openAI, "[" + goodChat + "]\n", "0 FTJ001"},
		{"UTF-16 with mark", openAI, "\xFE\xFF\x00{\x00\"", "0 FTF011"},
		{"Python", openAI, "{'messages': [{'role': 'user', 'content': 'a'}]}\n", "0 FTF025"},
		{"marks inside", openAI, chatRows(50) + chatFile(1), "51 FTF009"},
		{"tasks without validation", lint.Settings{Provider: dataset.Azure, Method: dataset.RFT, Job: true}, taskFile(50, func(i int) string { return fmt.Sprintf(`,"a":%d`, i) }), "0 FTR006"},
		{"a field missing", openAI, strings.TrimPrefix(taskFile(50, func(i int) string {
			if i == 9 {
				return ""
			}
			return fmt.Sprintf(`,"a":%d`, i)
		}), bom), "10 FTR003"},
		{"null among numbers", openAI, strings.TrimPrefix(taskFile(50, func(i int) string {
			if i == 0 {
				return `,"a":null`
			}
			return fmt.Sprintf(`,"a":%d.5`, i)
		}), bom), "1 FTR003"},
		{"classes need no ending", openAI, classes(25), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			found := run(t, test.content, test.settings, nil)
			for _, f := range found {
				got = append(got, fmt.Sprintf("%d %s", f.Line, f.Rule.ID))
			}
			if strings.Join(got, ",") != test.want {
				t.Errorf("want %q, got:\n%s", test.want, describeAll(found))
			}
		})
	}
}

func TestCompressedAndNamed(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(goodFile())); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "train.json.gz")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	found := runFile(t, file, lint.Settings{}, nil)
	if len(found) != 2 || found[0].Rule.ID != "FTF002" || found[1].Rule.ID != "FTF017" {
		t.Errorf("a compressed file with a wrong name gives:\n%s", describeAll(found))
	}
}

func TestTooManyMessages(t *testing.T) {
	line := chat(sysMsg, strings.Repeat(userMsg+","+botMsg+",", 1024)+userMsg, botMsg)
	found := run(t, padding(dataset.SFT, []string{line}), lint.Settings{}, nil)
	if len(found) != 1 || found[0].Rule.ID != "FTE013" || found[0].Severity != lint.Warning {
		t.Errorf("2,051 messages give:\n%s", describeAll(found))
	}
}

func TestEncodingHint(t *testing.T) {
	for _, test := range []struct{ name, line, want string }{
		{"GBK", "{\"content\":\"\xB0\xB2\xD7\xB0\"}", "GBK"},
		{"GBK with rare characters", "{\"content\":\"\xC4\xE3\xBA\xC3\x81\x40\xC4\xE3\xBA\xC3\"}", "GBK"},
		{"Shift-JIS", "{\"content\":\"\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD\x90\xA2\x8AE\"}", "Shift-JIS"},
		{"EUC-KR", "{\"content\":\"\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4\"}", "EUC-KR"},
		{"EUC-JP", "{\"content\":\"\xA4\xB3\xA4\xF3\xA4\xCB\xA4\xC1\xA4\xCF\"}", "EUC-JP"},
		{"Latin-1", "{\"content\":\"Caf\xE9 cr\xE8me, s'il vous pla\xEEt\"}", "Latin-1 or Windows-1252"},
		{"Windows-1252", "{\"content\":\"It\x92s fine\"}", "Windows-1252"},
		{"damaged UTF-8", "{\"content\":\"Grüße aus München \xE2\x82\"}", ""},
		{"UTF-8", "{\"content\":\"Grüße\"}", ""},
	} {
		if got := encodingHint([]byte(test.line)); got != test.want {
			t.Errorf("%s is taken for %q", test.name, got)
		}
	}
}

func TestLeftover(t *testing.T) {
	for text, want := range map[string]string{
		"Dear {name}, hello":         "{name}",
		"Dear {{ customer.name }}!":  "{{ customer.name }}",
		"Send it to <EMAIL_ADDRESS>": "<EMAIL_ADDRESS>",
		"Lorem Ipsum dolor":          "Lorem Ipsum",
		fillMe + ": write":           fillMe,
		"func f() { return 1 }":      "",
		"a{2}, {1}, <b>, <A>, {}":    "",
		"MASTO" + "DON":              "",
	} {
		got := leftover([]byte(text))
		if want == "Lorem Ipsum" {
			want = "lorem ipsum"
			got = strings.ToLower(got)
		}
		if got != want {
			t.Errorf("leftover(%q) = %q, want %q", text, got, want)
		}
	}
}

// classes is a file of 2n completion lines of two classes.
func classes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"prompt":"a%d ->","completion":" yes"}`+"\n"+`{"prompt":"b%d ->","completion":" no"}`+"\n", i, i)
	}
	return b.String()
}

// TestRealFiles compares with what is known of real files.
func TestRealFiles(t *testing.T) {
	index, err := os.ReadFile("../../shared/data/files/INDEX.tsv")
	if err != nil {
		t.Skip("the real files are not here: ", err)
	}
	for row := range strings.SplitSeq(strings.TrimSpace(string(index)), "\n") {
		cells := strings.Split(row, "\t")
		if cells[0] == "file" {
			continue
		}
		name := strings.ToLower(cells[0])
		settings := lint.Settings{Validation: strings.Contains(name, "valid") || strings.Contains(name, "_val")}
		found := runFile(t, filepath.Join("../../shared/data/files", cells[0]), settings, nil)
		seen := map[string]bool{}
		for _, f := range found {
			seen[f.Rule.ID] = true
			if level := cells[5]; f.Severity == lint.Error && level != "ERROR" && level != "NOT-FT" ||
				f.Severity == lint.Warning && level == "CLEAN" && f.Rule.ID != "FTF007" && f.Rule.ID != "FTS002" && f.Rule.ID != "FTQ007" {
				t.Errorf("%s, which is %s: %s", cells[0], level, describe(f))
			}
		}
		for _, id := range []string{"FTF018", "FTM027", "FTJ002", "FTJ003", "FTE014"} {
			if strings.Contains(cells[6], id) && !seen[id] && !strings.Contains(cells[6], " or ") {
				t.Errorf("%s: %s is expected; found:\n%s", cells[0], id, describeAll(found))
			}
		}
	}
}

// TestSplits: what is found does not depend on how the file is read.
func TestSplits(t *testing.T) {
	tasks := taskFile(40, func(i int) string {
		switch i % 10 {
		case 3:
			return ""
		case 6:
			return fmt.Sprintf(`,"a":"%d","c":1`, i)
		}
		return fmt.Sprintf(`,"a":%d,"b":[]`, i)
	})
	for name, content := range map[string]string{
		"tasks":       tasks,
		"completions": completionFile(30, "", ""),
		"chats":       strings.ReplaceAll(chatFile(30), "You do", `\"<|im_end|>`) + "\r\n" + goodPair + "\n\n" + "{\n",
	} {
		file := filepath.Join(t.TempDir(), "train.jsonl")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, workers := range []int{1, 2, 8} {
			for _, chunk := range []int{1, 100, 1000, 1 << 20} {
				var found []lint.Finding
				_, err := lint.Run(context.Background(), []lint.Input{{Path: file}}, lint.Options{
					Rules: All(), Counter: tokenize.Accounting{}.NewCounter, Workers: workers, Read: jsonl.Options{ChunkBytes: chunk},
					OnFinding: func(f *lint.Finding) error {
						found = append(found, *f)
						return nil
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				switch got := describeAll(found); {
				case want == "":
					want = got
				case got != want:
					t.Errorf("%s with %d workers and chunks of %d bytes:\n%s\n\nelse:\n%s", name, workers, chunk, got, want)
				}
			}
		}
		if want == "" {
			t.Errorf("%s: nothing found", name)
		}
	}
}

// TestTaskCounts calls FTR007 with counts that no test needs a file for.
func TestTaskCounts(t *testing.T) {
	const task = `{"messages":[{"role":"user","content":"What is 2 plus 5?"}],"answer":"7"}` + "\n"
	for _, test := range []struct {
		validation bool
		examples   int64
		want       int
	}{{false, 50_000, 0}, {false, 50_001, 1}, {true, 1_000, 0}, {true, 1_001, 1}} {
		rule := rftCaps
		rule.File = func(p *lint.Pass, f *lint.File) {
			made := *f
			made.Lines, made.Blank = test.examples+3, 3
			rftCaps.File(p, &made)
		}
		found := 0
		_, err := lint.Run(context.Background(), []lint.Input{{Path: "-", Validation: test.validation}}, lint.Options{
			Rules: []lint.Rule{rule}, Read: jsonl.Options{Stdin: strings.NewReader(task)},
			OnFinding: func(f *lint.Finding) error {
				if f.Rule.ID == "FTR007" && f.Severity == lint.Warning {
					found++
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if found != test.want {
			t.Errorf("%d tasks, validation %v: %d findings, want %d", test.examples, test.validation, found, test.want)
		}
	}
}

// TestImageLimits: the limits of images are those of the catalogue.
func TestImageLimits(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for provider, images := range map[string]int{catalog.Azure: azureImages, catalog.OpenAI: openAIImages} {
		l := c.Limits(provider)
		if l.ImagesPerExample != images || l.ImageExamples != maxImageExamples || l.DoubtfulImageBytes != doubtfulImageSize || l.ImageBytes != maxImageSize {
			t.Errorf("%s: %+v", provider, l)
		}
	}
}

// TestImageFigures has the rules on images that no short sample can show.
func TestImageFigures(t *testing.T) {
	red, err := base64.StdEncoding.DecodeString(redPNG)
	if err != nil {
		t.Fatal(err)
	}
	of := func(size int) string { // an image of so many bytes
		return padding(dataset.SFT, []string{seen(images.DataURI("png", append(bytes.Clone(red), make([]byte, size-len(red))...)))})
	}
	azure := lint.Settings{Provider: dataset.Azure, Method: dataset.SFT, Declared: true}
	openAI := lint.Settings{Provider: dataset.OpenAI, Method: dataset.SFT, Declared: true}
	for _, test := range []struct {
		size     int
		settings lint.Settings
		want     string
	}{
		{1000, azure, ""},
		{31_000, azure, "FTV015 info"},
		{31_000, openAI, ""},
		{doubtfulImageSize - 1, openAI, ""},
		{doubtfulImageSize, openAI, "FTV004 warning"},
		{maxImageSize - 1, openAI, "FTV004 warning"},
		{maxImageSize, openAI, "FTV004 error"},
	} {
		got := ""
		for _, f := range run(t, of(test.size), test.settings, nil) {
			if strings.HasPrefix(f.Rule.ID, "FTV") {
				got += f.Rule.ID + " " + f.Severity.String()
			}
		}
		if got != test.want {
			t.Errorf("an image of %d bytes, %s: %q, want %q", test.size, test.settings.Provider, got, test.want)
		}
	}
	for n, want := range map[int64]int64{maxImageExamples: 0, maxImageExamples + 1: 1} {
		rule := imageExamples
		rule.File = func(p *lint.Pass, f *lint.File) {
			made := *f
			made.Images = n
			imageExamples.File(p, &made)
		}
		result, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
			Rules: []lint.Rule{rule}, Settings: azure, Read: jsonl.Options{Stdin: strings.NewReader(goodFile())},
		})
		if err != nil || result.Count(lint.Error) != want {
			t.Errorf("%d examples with images: %d errors, %v", n, result.Count(lint.Error), err)
		}
	}
}
