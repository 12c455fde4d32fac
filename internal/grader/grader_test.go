package grader

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const (
		exact = `{"type":"string_check","name":"exact","input":"{{sample.output_text}}","reference":"{{item.answer}}","operation":"eq"}`
		near  = `{"type":"text_similarity","name":"near","input":"{{ sample.output_text }}","reference":"{{item.answer}}","evaluation_metric":"rouge_l"}`
		judge = `{"type":"score_model","name":"judge","model":"o3","input":[{"role":"user","content":"Rate {{sample.output_text}}"}],"range":[0,10]}`
		code  = `{"type":"python","name":"code","source":"def grade(sample, item):\n    return 1.0 if {'a': {}} else 0.0\n"}`
	)
	multi := `{"type":"multi","name":"all","graders":{"exact":` + exact + `,"near":` + near + `},"calculate_output":"0.7 * exact + 0.3 * max(near, 0)"}`
	for name, test := range map[string]struct{ text, want string }{
		"string check":    {exact, ""},
		"text similarity": {near, ""},
		"score model":     {judge, ""},
		"python":          {code, ""},
		"multi":           {multi, ""},
		"no object":       {`[]`, "the grader is no JSON object"},
		"two objects":     {exact + exact, "the grader is no JSON object"},
		"no type":         {`{"name":"a"}`, "the grader has no type"},
		"a new type":      {`{"type":"endpoint","name":"a"}`, `the grader's type is "endpoint": known are`},
		"a misspelt type": {`{"type":"string_chek","name":"a"}`, "did you mean string_check?"},
		"operation":       {strings.Replace(exact, `"eq"`, `"equals"`, 1), `the grader's operation is "equals": it must be one of eq, ne, like, ilike`},
		"metric":          {strings.Replace(near, "rouge_l", "rouge", 1), `evaluation_metric is "rouge"`},
		"no reference":    {strings.Replace(exact, `"reference"`, `"ref"`, 1), "the grader has no reference"},
		"name":            {strings.Replace(exact, `"name":"exact"`, `"name":1`, 1), "the grader's name is no string"},
		"range":           {strings.Replace(judge, "[0,10]", "[10,0]", 1), "the grader's range must be two numbers"},
		"input":           {strings.Replace(judge, `[{"role":"user","content":"Rate {{sample.output_text}}"}]`, `"rate"`, 1), "the grader's input must be a list of messages"},
		"role":            {strings.Replace(judge, `"user"`, `"judge"`, 1), `the grader's input[0].role is "judge"`},
		"no grade":        {`{"type":"python","name":"a","source":"x = 1"}`, "defines no function grade"},
		"inside":          {strings.Replace(multi, `"eq"`, `"is"`, 1), `the grader's graders.exact.operation is "is"`},
		"formula":         {strings.Replace(multi, "0.7 * exact", "0.7 * exakt", 1), `calculate_output has "exakt"`},
		"nested":          {strings.Replace(multi, exact, multi, 1), "the grader's graders.exact is of type multi within another one"},
		"template":        {strings.Replace(exact, "{{item.answer}}", "{{answer}}", 1), "the grader's reference has {{answer}}"},
	} {
		var said []string
		for _, f := range Check([]byte(test.text)) {
			said = append(said, f.String())
		}
		all := strings.Join(said, "\n")
		if test.want == "" && all != "" || !strings.Contains(all, test.want) {
			t.Errorf("%s: said is %q, want %q", name, all, test.want)
		}
	}
	source, _ := json.Marshal("def grade(sample, item): pass\n#" + strings.Repeat("x", MostSource))
	if faults := Check([]byte(`{"type":"python","name":"long","source":` + string(source) + `}`)); len(faults) != 1 || faults[0].Doubtful {
		t.Errorf("a long source: %v", faults)
	}
}

func TestFields(t *testing.T) {
	got := Fields([]byte(`{"graders":{"a":{"reference":"{{item.answer}} {{ item.parts.first }} {{item.list[0]}} {{sample.output_text}}","source":"{{item.python}}"}}}`))
	if want := []string{"answer", "list", "parts"}; !slices.Equal(got, want) {
		t.Errorf("fields %q, want %q", got, want)
	}
}
