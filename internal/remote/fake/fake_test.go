package fake

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWay goes from a file to a model that answers.
func TestWay(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		c.s.FilePolls, c.s.JobPolls = 3, 2
		dated := c.s.Dialect == AzureDated
		made := map[bool]int{true: 201, false: 200}[dated]

		got := c.upload("train.jsonl", examples(20))
		if got.status != made || dated != (got.header.Get("Location") != "") {
			t.Errorf("upload: %d %v", got.status, got.header)
		}
		training := got.text("id")
		var states []string
		for state := got.text("status"); ; {
			states = append(states, state)
			if state == "processed" {
				break
			}
			if bad := c.want(400, "POST", "/fine_tuning/jobs", object{"model": "gpt-4o-mini-2024-07-18", "training_file": training}); !bad.says("process") && !bad.says("completed file import") {
				t.Errorf("job too early: %s", bad.body)
			}
			state = c.want(200, "GET", "/files/"+training, nil).text("status")
		}
		want := []string{"pending", "pending", "running", "processed"}
		if c.s.Dialect == OpenAI {
			want = []string{"uploaded", "uploaded", "uploaded", "processed"}
		}
		if !slices.Equal(states, want) {
			t.Errorf("states of the file: %v, want %v", states, want)
		}

		validation := c.uploaded("valid.jsonl", examples(10))
		job := c.want(made, "POST", "/fine_tuning/jobs", object{
			"model": "gpt-4o-mini-2024-07-18", "training_file": training, "validation_file": validation,
			"suffix": "mine", "seed": 7, "hyperparameters": object{"n_epochs": 4},
		})
		id := job.text("id")
		states = []string{job.text("status")}
		for range 7 {
			job = c.want(200, "GET", "/fine_tuning/jobs/"+id, nil)
			states = append(states, job.text("status"))
		}
		want = []string{"created", "created", "created", "pending", "pending", "running", "running", "succeeded"}
		if c.s.Dialect == OpenAI {
			want = []string{"validating_files", "validating_files", "validating_files", "queued", "queued", "running", "running", "succeeded"}
		}
		if !slices.Equal(states, want) {
			t.Errorf("states of the job: %v, want %v", states, want)
		}
		model := job.text("fine_tuned_model")
		if c.s.Dialect == OpenAI && !strings.HasPrefix(model, "ft:gpt-4o-mini-2024-07-18:fake-org:mine:") ||
			c.s.Dialect != OpenAI && (!strings.HasPrefix(model, "gpt-4o-mini-2024-07-18.ft-") || !strings.HasSuffix(model, "-mine")) {
			t.Errorf("model: %s", model)
		}
		c.checkResults(job.o["result_files"].([]any)[0].(string))
		c.checkEvents(id)
		c.checkCheckpoints(id, model)

		c.s.Deploy("my-model", model)
		name := "my-model"
		if c.s.Dialect == OpenAI {
			name = model
		}
		if answer := c.chat(name, "Good day"); !strings.Contains(string(answer.body), "You said: Good day") {
			t.Errorf("chat: %s", answer.body)
		}
		if models := c.want(200, "GET", "/models", nil).data(); models[len(models)-1]["id"] != model {
			t.Errorf("the last model is %v", models[len(models)-1])
		}
		c.want(200, "GET", "/models/"+model, nil)

		if jobs := c.s.Jobs(); len(jobs) != 1 || jobs[0].State != "succeeded" || jobs[0].Request["seed"] != 7.0 {
			t.Errorf("jobs: %+v", jobs)
		}
		if files := c.s.Files(); len(files) != 3 || string(files[0].Content) != string(examples(20)) {
			t.Errorf("files: %+v", files)
		}
	})
}

// chat asks a deployment.
func (c *client) chat(name, prompt string) *result {
	c.t.Helper()
	body := object{"messages": []object{{"role": "user", "content": prompt}}}
	if c.s.Dialect == AzureDated {
		return c.do("POST", "/deployments/"+name+"/chat/completions", body)
	}
	body["model"] = name
	return c.do("POST", "/chat/completions", body)
}

// checkResults holds results.csv to its columns, and looks for the overfitting in it.
func (c *client) checkResults(id string) {
	c.t.Helper()
	table := c.want(200, "GET", "/files/"+id+"/content", nil).body
	rows, err := csv.NewReader(strings.NewReader(string(table))).ReadAll()
	if err != nil || len(rows) != 1+4*20 {
		c.t.Fatalf("results.csv has %d rows, %v", len(rows), err)
	}
	if got := strings.Join(rows[0], " "); got != "step train_loss train_mean_token_accuracy valid_loss validation_mean_token_accuracy full_valid_loss full_valid_mean_token_accuracy" {
		c.t.Errorf("columns: %s", got)
	}
	var losses []float64
	for _, row := range rows[1:] {
		if row[5] != "" {
			loss, _ := strconv.ParseFloat(row[5], 64)
			losses = append(losses, loss)
		}
	}
	if len(losses) != 4 || !(losses[0] > losses[1] && losses[1] > losses[2] && losses[2] < losses[3]) {
		c.t.Errorf("losses of the epochs: %v; the last should be worse than the one before", losses)
	}
}

// checkEvents reads the events in pages.
func (c *client) checkEvents(job string) {
	c.t.Helper()
	path := "/fine_tuning/jobs/" + job + "/events"
	c.want(405, "POST", path, nil)
	var messages []string
	for after, more := "", true; more; {
		page := c.want(200, "GET", path+"?limit=7&after="+after, nil)
		for _, e := range page.data() {
			messages = append(messages, e["message"].(string))
			after = e["id"].(string)
		}
		more, _ = page.o["has_more"].(bool)
	}
	if len(messages) < 20 || messages[0] != "The job has successfully completed" || messages[len(messages)-1] != "Created fine-tuning job: "+job {
		c.t.Errorf("events: %q", messages)
	}
}

// checkCheckpoints reads the checkpoints: one for each of the last three epochs.
func (c *client) checkCheckpoints(job, model string) {
	c.t.Helper()
	path := "/fine_tuning/jobs/" + job + "/checkpoints"
	all := c.want(200, "GET", path, nil).data()
	if len(all) != 3 || all[0]["step_number"] != 80.0 || all[0]["fine_tuned_model_checkpoint"] != model || all[2]["step_number"] != 40.0 {
		c.t.Errorf("checkpoints: %v", all)
	}
	if one := c.want(200, "GET", path+"?limit=1", nil); len(one.data()) != 1 || one.o["has_more"] != true {
		c.t.Errorf("a page of checkpoints: %s", one.body)
	}
}
