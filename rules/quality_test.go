package rules

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// qualityOf checks files together with the rules on the quality of datasets, and
// returns what was found as "file line rule severity: message". A file whose name begins
// with v is a validation file.
func qualityOf(t *testing.T, dir string, names []string, options lint.Options) (findings []string, result *lint.Result) {
	t.Helper()
	var inputs []lint.Input
	for _, name := range names {
		inputs = append(inputs, lint.Input{Path: filepath.Join(dir, name), Name: name, Validation: strings.Contains(name, "val")})
	}
	for _, r := range All() {
		if strings.HasPrefix(r.ID, "FTQ") || r.ID == "FTP010" {
			options.Rules = append(options.Rules, r)
		}
	}
	options.OnFinding = func(f *lint.Finding) error {
		findings = append(findings, fmt.Sprintf("%s %d %s %s: %s", f.File, f.Line, f.Rule.ID, f.Severity, f.Message))
		return nil
	}
	result, err := lint.Run(context.Background(), inputs, options)
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	return findings, result
}

// write makes files of a map.
func write(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func question(n int, answer string) string {
	return fmt.Sprintf(`{"messages":[{"role":"user","content":"How much is %d?"},{"role":"assistant","content":"%s"}]}`, n, answer) + "\n"
}

func questions(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(question(i, fmt.Sprintf("It is %d.", 2*i)))
	}
	return b.String()
}

// TestSeveralFiles: what stands in several files is found, whatever the number of
// workers and the size of chunks, and told after the findings on each file.
func TestSeveralFiles(t *testing.T) {
	dir := write(t, map[string]string{
		"a.jsonl":     questions(0, 40) + question(3, "It is 6.") + question(4, "It is 9."),
		"b.jsonl":     "\n" + questions(40, 60) + question(5, "It is 10.") + question(6, "No idea."),
		"val-1.jsonl": questions(70, 80) + question(7, "It is 14.") + question(8, "It is 17."),
		"val-2.jsonl": question(7, "It is 14.") + question(71, "It is 142.") + question(45, "It is 90."),
	})
	want := []string{
		"a.jsonl 41 FTQ001 warning: the same example as on line 4",
		"b.jsonl 22 FTQ001 warning: the same example as on line 6 of a.jsonl",
		"val-2.jsonl 1 FTQ001 warning: the same example as on line 11 of val-1.jsonl",
		"val-2.jsonl 2 FTQ001 warning: the same example as on line 2 of val-1.jsonl",
		"a.jsonl 42 FTQ003 warning: the same prompt as on line 5 has another answer here",
		"b.jsonl 23 FTQ003 warning: the same prompt as on line 7 of a.jsonl has another answer here",
		"val-1.jsonl 11 FTQ004 error: is also in the training data: line 8 of a.jsonl",
		"val-1.jsonl 12 FTQ004 warning: its prompt is also in the training data: line 9 of a.jsonl",
		"val-2.jsonl 3 FTQ004 error: is also in the training data: line 7 of b.jsonl",
	}
	for _, workers := range []int{1, 2, 8} {
		for _, chunk := range []int{1, 100, 1 << 20} {
			got, result := qualityOf(t, dir, []string{"a.jsonl", "val-1.jsonl", "b.jsonl", "val-2.jsonl"}, lint.Options{Workers: workers, Read: jsonl.Options{ChunkBytes: chunk}})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%d workers, chunks of %d bytes (-want +got)\n%s", workers, chunk, diff)
			}
			if result.Findings[lint.Error] != 2 || result.Findings[lint.Warning] != 7 || result.Files[1].Findings[lint.Error] != 1 || len(result.Files[0].Groups) != 2 {
				t.Errorf("%d workers, chunks of %d bytes: the counts are %v, of the second file %v", workers, chunk, result.Findings, result.Files[1].Findings)
			}
		}
	}
}

// TestIgnoredAcross: a file for which a rule does not hold is not compared.
func TestIgnoredAcross(t *testing.T) {
	dir := write(t, map[string]string{"a.jsonl": questions(0, 20), "b.jsonl": questions(0, 20)})
	result, err := lint.Run(context.Background(), []lint.Input{{Path: filepath.Join(dir, "a.jsonl"), Ignore: []string{"FTQ001"}}, {Path: filepath.Join(dir, "b.jsonl")}}, lint.Options{Rules: []lint.Rule{duplicateExample}})
	if err != nil || result.Err() != nil {
		t.Fatal(err, result.Err())
	}
	if n := result.Findings[lint.Warning]; n != 0 {
		t.Errorf("%d findings", n)
	}
}

// TestConflicts: which answers conflict.
func TestConflicts(t *testing.T) {
	messages := func(m ...string) string { return `{"messages":[` + strings.Join(m, ",") + `]}` + "\n" }
	const system, ask, yes, no = `{"role":"system","content":"S"}`, `{"role":"user","content":"Q"}`, `{"role":"assistant","content":"Yes"}`, `{"role":"assistant","content":"No"}`
	const notTrained = `{"role":"assistant","content":"Hm","weight":0}`
	for _, test := range []struct {
		about, content string
		want           []string
	}{
		{"two answers", messages(ask, yes) + messages(ask, no), []string{"2 FTQ003"}},
		{"each other answer once", messages(ask, yes) + messages(ask, no) + messages(ask, no) + messages(ask, yes), []string{"3 FTQ001", "4 FTQ001", "2 FTQ003"}},
		{"an answer that is not trained", messages(ask, yes) + messages(ask, notTrained), nil},
		{"another system prompt", messages(system, ask, yes) + messages(ask, no), nil},
		{"nobody asks", messages(system, yes) + messages(system, no), nil},
		{"the same first turn", messages(ask, yes, ask, yes) + messages(ask, yes, ask, no), []string{"2 FTQ003"}},
		{"a turn more", messages(ask, yes) + messages(ask, no, ask, no), nil},
		{"two messages as answer", messages(ask, notTrained, yes) + messages(ask, notTrained, no), []string{"2 FTQ003"}},
		{"one weight is written", messages(ask, yes) + messages(ask, `{"role":"assistant","content":"Yes","weight":1}`), nil},
		{"other tools", messages(ask, yes) + strings.Replace(messages(ask, no), `}]}`, `}],"tools":[{"type":"function"}]}`, 1), nil},
	} {
		dir := write(t, map[string]string{"a.jsonl": test.content})
		findings, _ := qualityOf(t, dir, []string{"a.jsonl"}, lint.Options{Settings: lint.Settings{Method: dataset.SFT}})
		var got []string
		for _, f := range findings {
			words := strings.Fields(f)
			got = append(got, words[1]+" "+words[2])
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.about, diff)
		}
	}
}

func TestValidationSize(t *testing.T) {
	for _, test := range []struct {
		training, validation int
		want                 string
	}{
		{100, 20, ""},
		{100, 100, ""},
		{100, 101, "more than half of the examples are for validation: 101, and 100 for training"},
		{1000, 10, "less than 1 % of the examples are for validation: 10, and 1,000 for training"},
		{1000, 11, ""},
		{150000, 1000, ""},
	} {
		dir := write(t, map[string]string{"a.jsonl": questions(0, test.training), "val.jsonl": questions(test.training, test.training+test.validation)})
		got, _ := qualityOf(t, dir, []string{"a.jsonl", "val.jsonl"}, lint.Options{})
		want := ""
		if test.want != "" {
			want = "val.jsonl 0 FTQ011 info: " + test.want
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%d and %d examples: got %q, want %q", test.training, test.validation, got, want)
		}
	}
}

func TestMojibake(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                 "",
		"café, naïve, Ärger":    "",
		"SÃO PAULO, AÇÃO":       "",
		"Hà Nội, Âu Lạc, Ấn Độ": "",
		"« voilà » et « là »":   "",
		"« café », éé":          "",
		"kuáskulâžžân":          "",
		"Asunción AsunciÃ³n":    "Ã³",
		"5 °C, 3 £, Â":          "",
		"“NÃ” – …":              "",
		"中文，日本語":                "",
		"cafÃ©":                 "Ã©",
		"StraÃŸe":               "ÃŸ",
		"20Â°C":                 "Â°",
		"20 Â£":                 "Â£",
		"itâ€™s":                "â€",
		"â€œquotedâ€\u009d":     "â€",
		"ðŸ˜€":                  "ðŸ",
		"ä¸\u00ad":              "ä¸\u00ad",
		"lost \uFFFD":           "\uFFFD",
		"Ã":                     "",
	} {
		start, end, _ := findMojibake([]byte(text))
		if got := text[start:end]; got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	for answer, want := range map[string]bool{
		"I'm sorry, but I can't help with that.": true,
		"I’m sorry, I cannot do this.":           true,
		`I\u2019m unable to see images.`:         true,
		"Sorry, I can't.":                        true,
		"As an AI language model, I ":            true,
		"I can help you with that.":              false,
		"I'm sorry to hear that.":                false,
		"Sorry for the delay!":                   false,
		"":                                       false,
		"The answer is I cannot.":                false,
	} {
		e := dataset.NewDecoder(dataset.Options{Messages: true}).Decode([]byte(chat(userMsg, `{"role":"assistant","content":"`+answer+`"}`)))
		if got := refuses(e, lastAnswer(e)); got != want {
			t.Errorf("%q: refuses %v, want %v", answer, got, want)
		}
	}
	refusing := chatFile(40) + sameAnswers(3, "I'm sorry, but I can't help with that.") + sameAnswers(0, "")
	if found := run(t, refusing, lint.Settings{}, nil); strings.Contains(describeAll(found), "FTQ006") {
		t.Errorf("3 refusals of 43: %s", describeAll(found))
	}
	found := run(t, chatFile(40)+sameAnswers(6, "I'm sorry, but I can't help with that."), lint.Settings{}, nil)
	if !strings.Contains(describeAll(found), "FTQ006 info 6 of 46 answers refuse to answer, such as line 41") {
		t.Errorf("6 refusals of 46: %s", describeAll(found))
	}
}

// TestRealDuplicates: real files have exactly the copies and leaks that are known.
func TestRealDuplicates(t *testing.T) {
	const dir = "../../shared/data/files"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real files are not here: ", err)
	}
	for _, test := range []struct {
		training, validation   string
		copies, valCopies      int
		leaks, promptsInCommon int
	}{
		{"ganachan-GenAI-Autograding--training_set.jsonl", "ganachan-GenAI-Autograding--validation_set.jsonl", 213, 35, 25, 0},
		{"ishidahra01-azure-openai-fine-tuning--train_data.jsonl", "ishidahra01-azure-openai-fine-tuning--val_data.jsonl", 0, 0, 10, 0},
		{"567-labs-instructor--math_finetunes.jsonl", "567-labs-instructor--math_finetunes_val.jsonl", 0, 0, 4, 0},
		{"betalgo-openai--FineTuningSample1.jsonl", "", 98, 0, 0, 0},
		{"TheoKanning-openai-java--chat-fine-tuning-data.jsonl", "", 7, 0, 0, 0},
	} {
		names := []string{test.training}
		if test.validation != "" {
			names = append(names, test.validation)
		}
		findings, _ := qualityOf(t, dir, names, lint.Options{})
		got := map[string]int{}
		for _, f := range findings {
			words := strings.Fields(f)
			got[words[0]+" "+words[2]+" "+words[3]]++
		}
		for key, want := range map[string]int{
			test.training + " FTQ001 warning:":   test.copies,
			test.validation + " FTQ001 warning:": test.valCopies,
			test.validation + " FTQ004 error:":   test.leaks,
			test.validation + " FTQ004 warning:": test.promptsInCommon,
		} {
			if got[key] != want {
				t.Errorf("%s: %d, want %d", key, got[key], want)
			}
		}
	}
}
