package fake

import (
	"strings"
	"testing"
)

// inAll are the dialects, with the preview of the dated API.
var inAll = []struct {
	name    string
	dialect Dialect
	version string
}{
	{"GA", AzureDated, gaVersion},
	{"preview", AzureDated, "2025-04-01-preview"},
	{"v1", AzureV1, ""},
	{"OpenAI", OpenAI, ""},
}

// TestJobIsRefused says for each dialect what is wrong with a job.
func TestJobIsRefused(t *testing.T) {
	const anywhere = "GA preview v1 OpenAI"
	for _, test := range []struct {
		name   string
		change object // of a good job
		where  string // in which it is refused
		words  string
	}{
		{"nothing", object{}, "", ""},
		{"no file", object{"training_file": "file-other"}, anywhere, "does not exist"},
		{"validation file", object{"validation_file": "file-other"}, anywhere, "does not exist"},
		{"model", object{"model": "gpt-5"}, anywhere, "does not support fine-tuning"},
		{"not standard", object{"model": "gpt-4.1-2025-04-14"}, "GA preview v1", "does not support fine-tuning"},
		{"unknown member", object{"epochs": 3}, anywhere, "epochs"},
		{"method", object{"method": object{"type": "dpo"}}, "GA", "method"},
		{"unknown method", object{"method": object{"type": "sft"}}, anywhere, "method"},
		{"no grader", object{"method": object{"type": "reinforcement", "reinforcement": object{}}}, anywhere, ""},
		{"metadata", object{"metadata": object{"run": "1"}}, "GA preview", "metadata"},
		{"suffix of 41", object{"suffix": strings.Repeat("a", 41)}, "GA preview", "40"},
		{"suffix of 65", object{"suffix": strings.Repeat("a", 65)}, anywhere, ""},
		{"letters of the suffix", object{"suffix": "a b"}, "GA preview v1", "a-z"},
		{"auto", object{"hyperparameters": object{"n_epochs": "auto"}}, "GA", "n_epochs"},
		{"half an epoch", object{"hyperparameters": object{"n_epochs": 1.5}}, anywhere, "n_epochs"},
		{"unknown number", object{"hyperparameters": object{"epochs": 3}}, anywhere, "epochs"},
		{"trainingType", object{"trainingType": "globalStandard"}, "GA OpenAI", "trainingType"},
		{"bad trainingType", object{"trainingType": "Developer"}, "preview v1", "The fineTuningJob field is required"},
		{"seed", object{"seed": "x"}, anywhere, "seed"},
	} {
		for _, in := range inAll {
			if strings.Contains(test.name, "trainingType") && in.dialect == OpenAI && test.where == "preview v1" {
				continue // it has no such member
			}
			t.Run(test.name+" "+in.name, func(t *testing.T) {
				c := start(t, in.dialect)
				c.version = in.version
				c.s.Violation = func(string) {} // many are on purpose
				body := object{"model": "gpt-4o-mini-2024-07-18", "training_file": c.uploaded("a.jsonl", examples(1))}
				for name, value := range test.change {
					body[name] = value
				}
				got := c.do("POST", "/fine_tuning/jobs", body)
				refused := got.status == 400
				if want := strings.Contains(test.where, in.name); refused != want && !(test.name == "bad trainingType" && in.name == "GA") {
					t.Errorf("refused: %v, want %v: %s", refused, want, got.body)
				}
				if strings.Contains(test.where, in.name) && !got.says(test.words) {
					t.Errorf("error: %s; want %q", got.body, test.words)
				}
				if refused != (len(c.s.Jobs()) == 0) {
					t.Errorf("jobs: %+v", c.s.Jobs())
				}
			})
		}
	}
}

func TestTrainingTypeMakesTheModelTrainable(t *testing.T) {
	c := start(t, AzureDated)
	c.version = "2025-04-01-preview"
	got := c.want(201, "POST", "/fine_tuning/jobs", object{
		"model": "gpt-4.1-2025-04-14", "training_file": c.uploaded("a.jsonl", examples(1)), "trainingType": "globalStandard",
	})
	if got.text("trainingType") != "globalStandard" {
		t.Errorf("job: %s", got.body)
	}
}

// job creates a job.
func (c *client) job(change object) string {
	c.t.Helper()
	body := object{"model": "gpt-4o-mini-2024-07-18", "training_file": c.uploaded("a.jsonl", examples(10))}
	for name, value := range change {
		body[name] = value
	}
	got := c.do("POST", "/fine_tuning/jobs", body)
	if got.status >= 300 {
		c.t.Fatalf("job: %d %s", got.status, got.body)
	}
	return got.text("id")
}

// state asks for the state of a job.
func (c *client) state(job string) string {
	c.t.Helper()
	return c.want(200, "GET", "/fine_tuning/jobs/"+job, nil).text("status")
}

func TestJobFails(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		const why = "The provided training data failed RAI checks for harm types: [hate]"
		c.s.FailJob = func(j Job) *JobError { return &JobError{Code: "contentFilter", Message: why} }
		id := c.job(nil)
		got := c.want(200, "GET", "/fine_tuning/jobs/"+id, nil)
		e, _ := got.o["error"].(object)
		if got.text("status") != "failed" || e["message"] != why || got.text("fine_tuned_model") != "" {
			t.Errorf("job: %s", got.body)
		}
		if first := c.want(200, "GET", "/fine_tuning/jobs/"+id+"/events", nil).data()[0]; first["level"] != "error" || first["message"] != why {
			t.Errorf("event: %v", first)
		}
	})
}

func TestCancelAndDelete(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		c.s.JobPolls = 1
		id := c.job(nil)
		path := "/fine_tuning/jobs/" + id
		c.state(id)
		if points := c.want(200, "GET", path+"/checkpoints", nil).data(); len(points) != 0 {
			t.Errorf("checkpoints before the first step: %v", points)
		}
		deleted := map[bool]int{true: 400, false: 405}[c.s.Dialect == AzureDated]
		c.want(deleted, "DELETE", path, nil)
		if got := c.want(200, "POST", path+"/cancel", nil).text("status"); got != "cancelled" {
			t.Errorf("status: %s", got)
		}
		c.want(400, "POST", path+"/cancel", nil)
		if c.state(id) != "cancelled" {
			t.Errorf("status: %s", c.state(id))
		}
		if c.s.Dialect == AzureDated {
			c.want(204, "DELETE", path, nil)
			c.want(404, "GET", path, nil)
		}
	})
}

func TestPause(t *testing.T) {
	for _, in := range inAll {
		t.Run(in.name, func(t *testing.T) {
			c := start(t, in.dialect)
			c.version = in.version
			c.s.JobPolls = 2
			id := c.job(nil)
			path := "/fine_tuning/jobs/" + id
			if in.name == "GA" {
				c.want(404, "POST", path+"/pause", nil)
				c.want(404, "POST", path+"/resume", nil)
				return
			}
			c.want(400, "POST", path+"/pause", nil) // it does not run yet
			for range 5 {
				c.state(id)
			}
			if got := c.want(200, "POST", path+"/pause", nil).text("status"); got != "paused" {
				t.Errorf("status: %s", got)
			}
			for range 5 {
				if got := c.state(id); got != "paused" {
					t.Errorf("status: %s", got)
				}
			}
			if points := c.want(200, "GET", path+"/checkpoints", nil).data(); len(points) == 0 {
				t.Error("the pause made no checkpoint")
			}
			c.want(200, "POST", path+"/resume", nil)
			c.want(400, "POST", path+"/resume", nil)
			if states := c.state(id) + " " + c.state(id); states != "running succeeded" {
				t.Errorf("states: %s", states)
			}
		})
	}
}

func TestContinue(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		first := c.job(object{"suffix": "one"})
		c.state(first)
		model := c.s.Jobs()[0].FineTunedModel
		second := c.job(object{"model": model, "suffix": "two"})
		c.state(second)
		got := c.s.Jobs()[1].FineTunedModel
		if got == model || !strings.Contains(got, "two") || strings.Contains(got, "one") {
			t.Errorf("models: %s, then %s", model, got)
		}
	})
}

func TestListOfJobs(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		ids := []string{c.job(nil), c.job(nil), c.job(nil)}
		page := c.want(200, "GET", "/fine_tuning/jobs?limit=2", nil)
		if all := page.data(); len(all) != 2 || all[0]["id"] != ids[2] || page.o["has_more"] != true {
			t.Errorf("page: %s", page.body)
		}
		page = c.want(200, "GET", "/fine_tuning/jobs?limit=2&after="+ids[1], nil)
		if all := page.data(); len(all) != 1 || all[0]["id"] != ids[0] || page.o["has_more"] != false {
			t.Errorf("last page: %s", page.body)
		}
	})
}

func TestMetadata(t *testing.T) {
	c := start(t, OpenAI)
	c.job(object{"metadata": object{"ftlint_run": "1"}})
	id := c.job(object{"metadata": object{"ftlint_run": "2"}})
	got := c.want(200, "GET", "/fine_tuning/jobs?metadata[ftlint_run]=2", nil).data()
	if len(got) != 1 || got[0]["id"] != id {
		t.Errorf("jobs: %v", got)
	}
}
