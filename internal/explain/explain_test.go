package explain

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/internal/term"
)

// want is what an answer must say.
type want struct {
	rules string // with blanks between
	line  int64
	col   int64
	path  string
	lines []int64
	says  string // in title, meaning, steps or commands
}

// Texts of the services, word for word.
var verbatim = []struct {
	message string
	want
}{
	// At upload.
	{
		`Expected file to have JSONL format, where every line is a JSON dictionary. Line 1 is not a dictionary (HINT: line starts with: "{...").`,
		want{rules: "FTJ002", line: 1, says: "pretty-printed"},
	},
	{
		`Expected file to have JSONL format, where every line is a JSON dictionary. Line 1 is not a dictionary (HINT: line starts with: "{\"p...").`,
		want{rules: "FTF008 FTF007", line: 1, says: "byte-order mark"},
	},
	{
		`Expected file to have JSONL format, where every line is a JSON dictionary. Line 1 is not a dictionary (HINT: line starts with: "b'\xb0\xb2\xd7\xb0'").`,
		want{rules: "FTF011 FTF010", line: 1, says: "GBK"},
	},
	{
		`Expected file to have JSONL format, where every line is a JSON dictionary. Line 1 is not a dictionary (HINT: line starts with: b'\xb0\xb2\xd7\xb0'...).`,
		want{rules: "FTF011 FTF010", line: 1, says: "GBK"},
	},
	{
		`Expected file to have JSONL format, where every line is a valid JSON dictionary. Line 7 is not a valid JSON dictionary (HINT: line starts with: "[...").`,
		want{rules: "FTJ001 FTJ004", line: 7, says: "array"},
	},
	{
		`every line is a valid JSON dictionary`,
		want{rules: "FTJ004 FTJ003 FTJ002 FTJ001 FTF025"},
	},
	{
		`Invalid file format. Example 1273 cannot be parsed. Error: line contains invalid json: Expecting ',' delimiter: line 1 column 79 (char 78) (line 1273)`,
		want{rules: "FTJ003", line: 1273, col: 79, says: "comma"},
	},
	{
		`Validation of jsonl file failed: No valid json line found in file. Each line's json may only contain two properties: ("context" or "prompt") and "completion".`,
		want{rules: "FTC003 FTC001 FTE014 FTF001", says: "empty prompt"},
	},
	{`jsonlValidationFailed`, want{}},
	{`Validation of jsonl data failed.`, want{}},
	{`fileImportFailed`, want{says: "SAS"}},
	{`contentFilter`, want{}},
	{`quotaExceeded`, want{says: "quota"}},
	{`invalidPayload`, want{}},

	// Too few.
	{`Training file has 7 example(s), but must have at least 10 examples`, want{rules: "FTF018", says: "7 examples"}},
	{`invalid_n_examples`, want{rules: "FTF018"}},

	// invalid_training_file
	{
		`The job failed due to an invalid training file. Unexpected file format, expected either prompt/completion pairs or chat messages.`,
		want{rules: "FTF020 FTE014 FTE001 FTF021"},
	},
	{
		`The job failed due to an invalid training file. Invalid file format. Example 100, message 2 Discriminator 'role' is missing in value`,
		want{rules: "FTM001 FTM026 FTE014", line: 100, path: "messages[1]"},
	},
	{
		`The job failed due to an invalid training file. Invalid file format. Example 536 contains an extra "tools".`,
		want{rules: "FTE004 FTF021 FTF022 FTT010", line: 536, path: "tools", says: "legal key"},
	},
	{
		`The job failed due to an invalid training file. Invalid file format. Line 1, message 3, key "content": Input should be a valid string`,
		want{rules: "FTM012 FTM007 FTM010", line: 1, path: "messages[2].content"},
	},
	{
		`The job failed due to an invalid training file. 'str' object has no attribute 'get'`,
		want{rules: "FTM010 FTM026 FTE002"},
	},
	{
		`Input file file-abc123 is in the fine-tune-chat format, but the specified fine-tuning job is not using 'supervised' as the training method (provided method=dpo).`,
		want{rules: "FTF021 FTP001", says: "ftlint check train.jsonl --method dpo"},
	},
	{`Invalid file format. Example 1 is missing key 'input'.`, want{rules: "FTP001 FTP002 FTF021", line: 1}},
	{`Example X is missing key 'messages'`, want{rules: "FTE001 FTE014 FTF021"}},
	{`Example 12 is missing key 'messages'`, want{rules: "FTE001 FTE014 FTF021", line: 12}},
	{`This file failed moderation safety checks… Flagged lines: 4, 13, 14, …`, want{line: 4, lines: []int64{4, 13, 14}}},
	{
		`This training file was blocked because too many examples were flagged by our moderation API for containing content that violates OpenAI's usage policies in the following categories: hate. Use the free OpenAI Moderation API to identify these examples and remove them from your training data.`,
		want{says: "hate."},
	},
	{
		`invalid_validation_file: The validation file was blocked by our moderation system because it contains too many examples that violate OpenAI's usage policies`,
		want{says: "moderation"},
	},

	// invalid_file_format
	{
		`The job failed due to a file format error in the training file. Invalid file format. Example 1 contains an extra "weight".`,
		want{rules: "FTE004 FTM017", line: 1, path: "weight", says: "assistant message"},
	},
	{
		`The job failed due to a file format error in the training file. Invalid file format. Example 6174 message contains an invalid token: <|fim_suffix|>.`,
		want{rules: "FTM019", line: 6174},
	},

	// Azure only.
	{`contains invalid schema (20)`, want{rules: "FTM012 FTM014 FTE004 FTT001 FTM026 FTM020", says: "azure-strict"}},
	{`System messages are not supported in 'reinforcement' examples`, want{rules: "FTM004", says: "developer"}},
	{
		`Finetuning with o4-mini-2025-04-16 requires the reinforcement method of finetuning.`,
		want{rules: "FTF022 FTF021", says: "ftlint models o4-mini-2025-04-16"},
	},
	{
		`unsafe_file: The job failed due to an unsafe training file. This training file was blocked because too many examples were flagged by our moderation for content that violates Azure OpenAI's usage policies with respect to model reasoning extraction.`,
		want{rules: "FTR008", says: "reasoning"},
	},
	{
		`The provided training data failed RAI checks for harm types: [hate_fairness, self_harm, violence]. Please fix the data and try again.`,
		want{says: "hate_fairness, self_harm, violence"},
	},
	{
		`This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above acceptable thresholds for [Violence, Self Harm]. Please review your training data set and resubmit the job.`,
		want{says: "Violence, Self Harm"},
	},
	{`The specified file reference must point to a completed file import.`, want{says: "processed"}},

	// Others.
	{`server_error`, want{}},
	{`The job failed due to an internal error`, want{}},
	{`exceeded_quota`, want{says: "quota"}},
	{`training_not_available`, want{says: "--provider openai"}},
	{`400 invalidPayload "The fineTuningJob field is required"`, want{says: "trainingType"}},
	{`The specified base model does not support fine-tuning`, want{rules: "FTF022 FTH003", says: "gpt-35-turbo"}},
	{`The file has no or an empty content type specified.`, want{says: "Content-Type"}},
	{`The specified SKU 'Standard' for model 'gpt-4o' is not supported in this region`, want{says: "ftlint models gpt-4o"}},
	{`InsufficientQuota: The specified capacity '120' of account deployment is bigger than available capacity '118' for UsageName 'Tokens'`, want{says: "118"}},
	{`Another operation is being performed on the parent resource`, want{}},
	{`DeploymentNotFound`, want{}},
}

func TestVerbatim(t *testing.T) {
	for _, tt := range verbatim {
		answers := Explain(tt.message, nil)
		check(t, tt.message, answers, tt.want)

		// The same within what usually is around it.
		for name, around := range map[string]string{
			"upper case":     strings.ToUpper(tt.message),
			"log line":       "2026-11-02T10:11:12Z ERROR job ftjob-1 failed: " + tt.message + " (request id 0123)",
			"quoted in mail": "> " + strings.ReplaceAll(tt.message, " ", "\n> "),
			"wrapped":        strings.ReplaceAll(tt.message, " ", "\r\n   "),
			"curly quotes":   curly(tt.message),
			"answer":         body(t, tt.message),
			"answer twice":   body(t, body(t, tt.message)),
		} {
			w := tt.want
			if name == "upper case" {
				if strings.Contains(tt.message, `\x`) {
					continue // an escape in capitals is none
				}
				w.says, w.path = "", strings.ToUpper(w.path)
				if strings.Contains(tt.message, "extra") || strings.Contains(tt.message, "missing key") || strings.HasPrefix(w.path, "MESSAGES") {
					continue // keys do have a case
				}
			}
			check(t, name+": "+around, Explain(around, nil), w)
		}
	}
}

// body is the answer of a service as JSON.
func body(t *testing.T, message string) string {
	t.Helper()
	b, err := json.MarshalIndent(map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error", "param": nil, "code": nil}}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func curly(s string) string {
	s = regexp.MustCompile(`"([^"]*)"`).ReplaceAllString(s, "“$1”")
	return regexp.MustCompile(`'([^']*)'`).ReplaceAllString(s, "‘$1’")
}

func check(t *testing.T, message string, answers []Answer, w want) {
	t.Helper()
	if len(answers) != 1 {
		var got []string
		for _, a := range answers {
			got = append(got, fmt.Sprintf("%q %v", a.Matched, a.Rules))
		}
		t.Errorf("%s\n %d answers, want 1: %s", message, len(answers), got)
		return
	}
	a := answers[0]
	if got := strings.Join(a.Rules, " "); got != w.rules || a.Line != w.line || a.Column != w.col || a.Path != w.path || !slices.Equal(a.Lines, w.lines) {
		t.Errorf("%s\n got %s, line %d, column %d, path %q, lines %v\nwant %s, line %d, column %d, path %q, lines %v",
			message, got, a.Line, a.Column, a.Path, a.Lines, w.rules, w.line, w.col, w.path, w.lines)
	}
	if all := fmt.Sprint(a.Title, a.Meaning, a.Do, a.Run); !strings.Contains(all, w.says) {
		t.Errorf("%s\n does not say %q: %s", message, w.says, all)
	}
	if a.Title == "" || a.Meaning == "" || len(a.Do) == 0 || len(a.Run) == 0 || a.Evidence == "" || a.Matched == "" {
		t.Errorf("%s\n something is missing: %+v", message, a)
	}
}

// Texts that were not seen word for word, and fragments.
func TestVariants(t *testing.T) {
	for _, tt := range []struct {
		message string
		want
	}{
		{`contains an extra "weight"`, want{rules: "FTE004 FTM017", path: "weight"}},
		{`Example 5 contains an extra "temperature"`, want{rules: "FTE005 FTE004", line: 5, path: "temperature", says: "parameter"}},
		{`Example 5 contains an extra "response_format".`, want{rules: "FTE005 FTE004", line: 5, path: "response_format", says: "belongs to the job"}},
		{`Example 5 contains an extra "role"`, want{rules: "FTE004 FTE001", line: 5, path: "role", says: "wrap"}},
		{`Example 5 contains an extra "preferred_output"`, want{rules: "FTF021 FTP002 FTF020", line: 5, path: "preferred_output"}},
		{`Example 5 contains an extra "prompt"`, want{rules: "FTF020 FTF021 FTE004", line: 5, path: "prompt"}},
		{`Example 5 contains an extra "conversations"`, want{rules: "FTE014 FTE004", line: 5, path: "conversations"}},
		{`Example 5 contains an extra "id"`, want{rules: "FTE004", line: 5, path: "id"}},
		{`Example 5, message 2 contains an extra "weight"`, want{rules: "FTM017 FTM014", line: 5, path: "messages[1].weight"}},
		{`Line 2, message 1, key "weight": Extra inputs are not permitted`, want{rules: "FTM017 FTM014", line: 2, path: "messages[0].weight"}},
		{`Line 2, message 1, key "mood": Extra inputs are not permitted`, want{rules: "FTM014", line: 2, path: "messages[0].mood"}},
		{`Line 2, message 4, key "tool_call_id": Field required`, want{rules: "FTT008", line: 2, path: "messages[3].tool_call_id"}},
		{`Line 2, message 4, key "role": Input should be 'user'`, want{rules: "FTM002 FTM026", line: 2, path: "messages[3].role"}},
		{`Input should be a valid string`, want{rules: "FTM012 FTM007 FTM010 FTM026 FTT002"}},
		{`Discriminator 'role' is missing`, want{rules: "FTM001 FTM026 FTE014"}},
		{`Extra data: line 1 column 12 (char 11) (line 3)`, want{rules: "FTJ005 FTJ003", line: 3, col: 12}},
		{`line contains invalid json: Invalid control character at: line 1 column 40 (char 39) (line 9)`, want{rules: "FTF016 FTJ003", line: 9, col: 40}},
		{`Expecting property name enclosed in double quotes: line 1 column 2 (char 1)`, want{rules: "FTJ003 FTF025 FTJ002", col: 2}},
		{`Unterminated string starting at: line 1 column 5 (char 4) (line 2)`, want{rules: "FTJ003 FTJ002", line: 2, col: 5}},
		{`Example 4 cannot be parsed.`, want{rules: "FTJ003", line: 4}},
		{`(HINT: line starts with: "{...")`, want{rules: "FTJ002"}},
		{`HINT: line starts with: "{'me..."`, want{rules: "FTF025 FTJ003"}},
		{`HINT: line starts with: "\ufeff{..."`, want{rules: "FTF008 FTF007"}},
		{`HINT: line starts with: b'\xff\xfe{\x00'`, want{rules: "FTF011", says: "UTF-16"}},
		{`HINT: line starts with: b'\xef\xbb\xbf{'`, want{rules: "FTF008 FTF007"}},
		{`Validation file has 3 examples but must have at least 10`, want{rules: "FTF018", says: "3 examples"}},
		{`Flagged lines: 1, 2 and 9`, want{line: 1, lines: []int64{1, 2, 9}}},
		{`contains an invalid token: <\|im_start\|>`, want{rules: "FTM019"}},
		{`Example 3 is missing key 'completion'`, want{rules: "FTC001 FTF021", line: 3}},
		{`The job failed due to an invalid training file.`, want{}},
		{`{"error":{"code":"invalidPayload","message":"The specified file reference must point to a completed file import."}}`, want{says: "processed"}},
	} {
		check(t, tt.message, Explain(tt.message, nil), tt.want)
	}
}

func TestSeveral(t *testing.T) {
	got := Explain(`job 1: Invalid file format. Example 1 contains an extra "weight".
job 2: Invalid file format. Example 9 contains an extra "weight".
job 3: The job failed due to an invalid training file. Training file has 7 example(s), but must have at least 10 examples
job 3 again: Training file has 7 example(s), but must have at least 10 examples
job 4: contains invalid schema (20)`, nil)
	var rules []string
	var lines []int64
	for _, a := range got {
		rules, lines = append(rules, a.Rules[0]), append(lines, a.Line)
	}
	if diff := cmp.Diff([]string{"FTE004", "FTE004", "FTF018", "FTM012"}, rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{1, 9, 0, 0}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Every entry of the table finds its own sample.
func TestSamples(t *testing.T) {
	for _, p := range patterns() {
		if !p.compiled().MatchString(plain(p.sample)) {
			t.Errorf("%q does not match %q", p.expr, p.sample)
		}
		if len(Explain(p.sample, nil)) == 0 {
			t.Errorf("no answer to %q", p.sample)
		}
		if p.title == "" || p.evidence == "" || p.source == "" || p.meaning == "" && p.refine == nil {
			t.Errorf("%q: something is missing", p.sample)
		}
	}
}

// What is said to be seen names who has seen it: a report, and not only the service.
func TestSeen(t *testing.T) {
	for _, p := range serviceTable() {
		if p.evidence == seen && !strings.Contains(p.source, "#") {
			t.Errorf("%q was seen, as is said, by nobody: %s", p.sample, p.source)
		}
	}
}

func TestUnknown(t *testing.T) {
	for _, message := range []string{"", " ", "hello", "The sky is blue.", strings.Repeat("x", 3<<20), "\xff\x00\x1b", "last message must be from assistant"} {
		if got := Explain(message, nil); got != nil {
			t.Errorf("%.40q is explained: %+v", message, got)
		}
	}
	if got := Nearest("training data did not pass the RAI checks because of harm", 3); len(got) == 0 || !strings.Contains(got[0], "RAI checks") {
		t.Errorf("nearest: %q", got)
	}
	if got := Nearest("hello", 3); got != nil {
		t.Errorf("nearest to hello: %q", got)
	}
	var b strings.Builder
	if err := WriteUnknown(&b, "file reference is not a completed import", 60); err != nil || !strings.Contains(b.String(), "not recognised") || !strings.Contains(b.String(), "must point to a completed") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestWrite(t *testing.T) {
	answers := Explain(`Example 5, message 2 contains an extra "mo\u202eod"; Line 1, message 3, key "content": Input should be a valid string. Flagged lines: 4, 13`, nil)
	var b strings.Builder
	if err := WriteText(&b, answers, term.Style{}, 60); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"where    line 1, messages[2].content\n", "rules    FTM012, FTM007, FTM010\n", "where    lines 4, 13\n", "run      ftlint check train.jsonl --select FTM012"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.ContainsAny(b.String(), "\u202e\x1b") {
		t.Errorf("not safe:\n%q", b.String())
	}
	for line := range strings.Lines(b.String()) {
		if n := len(strings.TrimRight(line, "\n")); n > 60 && !strings.Contains(line, "ftlint") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	b.Reset()
	if err := WriteJSON(&b, answers); err != nil {
		t.Fatal(err)
	}
	var got struct {
		SchemaVersion int `json:"schema_version"`
		Recognised    bool
		Answers       []Answer
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil || got.SchemaVersion != 1 || !got.Recognised || len(got.Answers) != len(answers) {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := WriteJSON(&b, nil); err != nil || !strings.Contains(b.String(), `"answers": []`) {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func FuzzExplain(f *testing.F) {
	for _, tt := range verbatim {
		f.Add(tt.message)
	}
	f.Fuzz(func(t *testing.T, message string) {
		for _, a := range Explain(message, nil) {
			if a.Line < 0 || len(a.Do) == 0 || len(a.Run) == 0 {
				t.Errorf("%q: %+v", message, a)
			}
		}
		Nearest(message, 3)
	})
}
