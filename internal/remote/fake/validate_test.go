package fake

import (
	"net/http"
	"strings"
	"testing"
)

// TestViolations: what is not described is told, however deep it is.
func TestViolations(t *testing.T) {
	for _, d := range []Dialect{AzureDated, OpenAI} {
		if missing := describe(d).missing; missing != nil {
			t.Skipf("the official description is not here: %v", missing)
		}
	}
	grader := func(name string) object {
		return object{"type": "string_check", "name": "same", "operation": "eq", "input": "a", "reference": "b", name: "c"}
	}
	reinforced := func(grader object) object {
		return object{"method": object{"type": "reinforcement", "reinforcement": object{"grader": grader}}}
	}
	for _, test := range []struct {
		name     string
		dialect  Dialect
		change   object
		told     string // "" is nothing
		accepted bool
	}{
		{"as it should be", AzureDated, object{"hyperparameters": object{"n_epochs": 2}}, "", true},
		{"auto", AzureDated, object{"hyperparameters": object{"n_epochs": "auto"}}, "hyperparameters.n_epochs: value must be an integer", false},
		{"member", AzureDated, object{"metadata": object{}}, `property "metadata" is unsupported`, false},
		{"deep member", AzureDated, object{"hyperparameters": object{"epochs": 2}}, `hyperparameters: property "epochs" is unsupported`, false},
		{"as it should be", OpenAI, object{"method": object{"type": "dpo", "dpo": object{"hyperparameters": object{"beta": "auto"}}}, "metadata": object{"a": "b"}}, "", true},
		{"deep member", OpenAI, object{"method": object{"type": "dpo", "dpo": object{"hyperparameters": object{"l2_multiplier": 1}}}}, `property "l2_multiplier" is unsupported`, true},
		{"grader", OpenAI, reinforced(grader("name")), "", true},
		{"misspelt grader", OpenAI, reinforced(grader("refrence")), "method.reinforcement.grader", true},
		{"several graders", OpenAI, reinforced(object{"type": "multi", "name": "all", "calculate_output": "a", "graders": object{"a": grader("name")}}), "", true},
		{"suffix", OpenAI, object{"suffix": strings.Repeat("a", 65)}, "suffix: maximum string length is 64", false},
	} {
		t.Run(test.name+" "+test.dialect.String(), func(t *testing.T) {
			c := start(t, test.dialect)
			file := c.uploaded("a.jsonl", examples(1))
			var told []string
			c.s.Change(func() { c.s.Violation = func(text string) { told = append(told, text) } })
			body := object{"model": "gpt-4o-mini-2024-07-18", "training_file": file}
			for name, value := range test.change {
				body[name] = value
			}
			got := c.do("POST", "/fine_tuning/jobs", body)
			if (got.status < 300) != test.accepted {
				t.Errorf("answer: %d %s", got.status, got.body)
			}
			text := strings.Join(told, "\n")
			if len(told) > 1 || (test.told == "") != (text == "") || !strings.Contains(text, test.told) {
				t.Errorf("told: %s\nwant: %s", text, test.told)
			}
		})
	}
}

// TestQueryIsChecked: the dated list of files has no pages.
func TestQueryIsChecked(t *testing.T) {
	if missing := describe(AzureDated).missing; missing != nil {
		t.Skipf("the official description is not here: %v", missing)
	}
	c := start(t, AzureDated)
	var told []string
	c.s.Violation = func(text string) { told = append(told, text) }
	c.want(200, "GET", "/files?after=file-1", nil)
	if len(told) != 1 || !strings.Contains(told[0], "GET /files: the request") || !strings.Contains(told[0], "after") {
		t.Errorf("told: %q", told)
	}
}

// TestAnswersAreChecked: an answer of the fake that is wrong is told as well.
func TestAnswersAreChecked(t *testing.T) {
	if missing := describe(AzureDated).missing; missing != nil {
		t.Skipf("the official description is not here: %v", missing)
	}
	s := New(t, AzureDated)
	var told []string
	s.Violation = func(text string) { told = append(told, text) }
	r, err := http.NewRequest("GET", s.Base()+"/files/file-1?api-version="+gaVersion, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &call{Server: s, request: r, dialect: AzureDated, version: gaVersion, route: resource("GET /files/{id}"), id: "file-1"}
	c.checkAnswer(ok(object{"object": "file", "purpose": "fine-tune", "filename": "a", "status": "processed"}))
	if len(told) != 0 {
		t.Errorf("a right answer: %q", told)
	}
	c.checkAnswer(ok(object{"object": "file", "purpose": "fine-tune", "filename": "a", "status": "queued"}))
	c.checkAnswer(reply(404, object{"error": object{"code": "DeploymentNotFound", "message": "m"}}))
	if len(told) != 2 || !strings.Contains(told[0], "status") || !strings.Contains(told[1], "error.code") {
		t.Errorf("told: %q", told)
	}
}
