package fake

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Job is a job as the server has it.
type Job struct {
	ID, Model, TrainingFile, ValidationFile string
	// Request is what the job was created with.
	Request map[string]any
	// State is created, pending, running, paused, succeeded, failed or cancelled, in
	// the words of Azure.
	State string
	// Polls counts how often it was asked for.
	Polls int
	// FineTunedModel and ResultFiles are what it made.
	FineTunedModel string
	ResultFiles    []string
	Error          *JobError
	Created        time.Time
}

// JobError is why a job failed.
type JobError struct{ Code, Message, Param string }

// job is a job, and how far it is.
type job struct {
	Job
	dialect     Dialect // in which it was created
	turns       int     // polls that moved it
	training    training
	step        int
	events      []event
	checkpoints []checkpoint
	finished    time.Time
}

// Jobs lists the jobs that there are.
func (s *Server) Jobs() []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Job
	for _, j := range s.jobs {
		one := j.Job
		one.Request = maps.Clone(j.Request)
		all = append(all, one)
	}
	return all
}

// over tells whether the job is in a state in which it stays.
func (j *job) over() bool {
	return j.State == "succeeded" || j.State == "failed" || j.State == "cancelled"
}

// stateName is a state in the words of the dialect.
func (d Dialect) stateName(state string) string {
	if d == OpenAI {
		switch state {
		case "created":
			return "validating_files"
		case "pending":
			return "queued"
		}
	}
	return state
}

// renderJob is a job in the words of the dialect.
func (c *call) renderJob(j *job) object {
	o := object{
		"object": "fine_tuning.job", "id": j.ID, "created_at": unix(j.Created), "status": c.dialect.stateName(j.State),
		"model": j.Model, "training_file": j.TrainingFile, "hyperparameters": j.training.hyperparameters(),
		"result_files": append([]string{}, j.ResultFiles...), "seed": j.training.seed,
	}
	for _, name := range []string{"suffix", "method", "integrations", "metadata", "trainingType"} {
		if value := j.Request[name]; value != nil {
			o[name] = value
		}
	}
	put := func(name string, there bool, value any) {
		if there {
			o[name] = value
		} else if c.dialect != AzureDated { // which has no nulls
			o[name] = nil
		}
	}
	put("validation_file", j.ValidationFile != "", j.ValidationFile)
	put("fine_tuned_model", j.FineTunedModel != "", j.FineTunedModel)
	put("finished_at", !j.finished.IsZero(), unix(j.finished))
	put("estimated_finish", j.State == "running", unix(j.Created.Add(time.Hour)))
	put("trained_tokens", j.State == "succeeded", j.training.tokens)
	put("error", j.Error != nil, j.Error.render())
	if c.dialect == OpenAI {
		o["organization_id"] = "org-fake"
	}
	return o
}

func (e *JobError) render() object {
	if e == nil {
		return nil
	}
	return object{"code": e.Code, "message": e.Message, "param": e.Param}
}

// theJob finds the job of the path.
func (c *call) theJob() (*job, *answer) {
	for _, j := range c.jobs {
		if j.ID == c.id {
			return j, nil
		}
	}
	a := c.missing("fine-tuning job", c.id)
	return nil, &a
}

func (c *call) showJob() answer {
	j, bad := c.theJob()
	if bad != nil {
		return *bad
	}
	j.Polls++
	c.advance(j)
	return ok(c.renderJob(j))
}

// listJobs lists jobs, the newest first.
func (c *call) listJobs() answer {
	var all []*job
	for _, j := range slices.Backward(c.jobs) {
		if c.wantsJob(j) {
			all = append(all, j)
		}
	}
	all, more := page(c, all, 20, func(j *job) string { return j.ID })
	rendered := make([]object, 0, len(all))
	for _, j := range all {
		rendered = append(rendered, c.renderJob(j))
	}
	return ok(object{"object": "list", "data": rendered, "has_more": more})
}

// wantsJob holds the job against what the query says of metadata.
func (c *call) wantsJob(j *job) bool {
	has, _ := j.Request["metadata"].(object)
	for name, values := range c.request.URL.Query() {
		key, of := strings.CutPrefix(name, "metadata[")
		if of && has[strings.TrimSuffix(key, "]")] != values[0] {
			return false
		}
	}
	return true
}

func (c *call) cancelJob() answer {
	j, bad := c.theJob()
	switch {
	case bad != nil:
		return *bad
	case j.over():
		return c.failure(http.StatusBadRequest, wrongState, "The job is "+j.State+" and cannot be cancelled.")
	}
	c.end(j, "cancelled")
	c.tell(j, "info", "The job was cancelled.", nil)
	return ok(c.renderJob(j))
}

func (c *call) deleteJob() answer {
	j, bad := c.theJob()
	switch {
	case bad != nil:
		return *bad
	case !j.over():
		return c.failure(http.StatusBadRequest, wrongState, "The job is "+j.State+": cancel it first.")
	}
	c.jobs = slices.DeleteFunc(c.jobs, func(other *job) bool { return other == j })
	return answer{status: http.StatusNoContent, header: make(http.Header)}
}

// canPause tells whether there is such a thing as a pause.
func (c *call) canPause() bool { return c.dialect != AzureDated || c.version != gaVersion }

func (c *call) pauseJob() answer {
	j, bad := c.theJob()
	switch {
	case !c.canPause():
		return c.noRoute(false)
	case bad != nil:
		return *bad
	case j.State != "running" || j.step < 1:
		return c.failure(http.StatusBadRequest, wrongState, "A job can be paused only while it runs, and after its first step.")
	}
	j.State = "paused"
	c.save(j, j.step)
	c.tell(j, "info", "The job was paused.", nil)
	return ok(c.renderJob(j))
}

func (c *call) resumeJob() answer {
	j, bad := c.theJob()
	switch {
	case !c.canPause():
		return c.noRoute(false)
	case bad != nil:
		return *bad
	case j.State != "paused":
		return c.failure(http.StatusBadRequest, wrongState, "The job is not paused.")
	}
	j.State = "running"
	c.tell(j, "info", "The job was resumed.", nil)
	return ok(c.renderJob(j))
}
