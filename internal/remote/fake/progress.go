package fake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// event is something that a job tells.
type event struct {
	id, level, message string
	data               object // nil: it is a message, not metrics
	created            time.Time
}

// checkpoint is a model on its way.
type checkpoint struct {
	id, model string
	step      int
	metrics   object
	created   time.Time
}

// tell adds an event.
func (c *call) tell(j *job, level, message string, data object) {
	j.events = append(j.events, event{
		id: c.newID("ftevent-"), level: level, message: message, data: data, created: c.now(),
	})
}

// stages are the states that a job goes through.
var stages = []string{"created", "pending", "running", "succeeded"}

// advance moves a job by one poll.
func (c *call) advance(j *job) {
	if j.over() || j.State == "paused" {
		return
	}
	j.turns++
	target := len(stages) - 1
	if c.JobPolls > 0 {
		target = min((j.turns-1)/c.JobPolls, target)
	}
	for at := slices.Index(stages, j.State); at < target && !j.over(); at++ {
		c.enter(j, stages[at+1])
	}
	if j.State == "running" {
		within := (j.turns-1)%c.JobPolls + 1
		c.train(j, max(1, j.training.steps()*within/(c.JobPolls+1)))
	}
}

// enter brings a job into its next state.
func (c *call) enter(j *job, state string) {
	switch state {
	case "pending":
		j.State = state
		c.tell(j, "info", "Files validated, moving job to queued state", nil)
	case "running":
		j.State = state
		c.tell(j, "info", "Fine-tuning job started", nil)
	case "succeeded":
		c.train(j, j.training.steps())
		c.finish(j)
	}
}

// train does the steps up to one.
func (c *call) train(j *job, last int) {
	total := j.training.steps()
	every := max(1, total/30) // steps of which there are events
	for j.step < last {
		j.step++
		if j.step%every == 0 {
			metrics := j.training.metrics(j.step)
			metrics["total_steps"] = total
			c.tell(j, "info", fmt.Sprintf("Step %d/%d: training loss=%.2f", j.step, total, metrics["train_loss"]), metrics)
		}
		// The last three epochs are kept.
		if j.step%j.training.perEpoch == 0 && j.step/j.training.perEpoch > j.training.epochs-3 {
			c.save(j, j.step)
		}
	}
}

// save makes a checkpoint.
func (c *call) save(j *job, step int) {
	point := checkpoint{
		id: c.newID("ftchkpt-"), model: fmt.Sprintf("%s:ckpt-step-%d", j.modelName(), step),
		step: step, metrics: j.training.metrics(step), created: c.now(),
	}
	if step == j.training.steps() {
		point.model = j.modelName()
	}
	j.checkpoints = append(j.checkpoints, point)
	c.made = append(c.made, madeModel{name: point.model, base: j.Model, job: j.ID, created: c.now()})
	c.tell(j, "info", fmt.Sprintf("Checkpoint created at step %d", step), nil)
}

// finish ends a job whose steps are done.
func (c *call) finish(j *job) {
	if c.FailJob != nil {
		if j.Error = c.FailJob(j.Job); j.Error != nil {
			c.end(j, "failed")
			c.tell(j, "error", j.Error.Message, nil)
			return
		}
	}
	table, _ := keeping{content: true, sum: true}.read(bytes.NewReader(j.training.results(j.step))) // of memory
	results := c.addFile("results.csv", "fine-tune-results", table)
	results.outcome, results.needs = "processed", 0
	results.move()
	j.ResultFiles = []string{results.ID}
	j.FineTunedModel = j.modelName()
	c.end(j, "succeeded")
	c.tell(j, "info", "New fine-tuned model created", nil)
	c.tell(j, "info", "The job has successfully completed", nil)
}

// end brings a job into a state in which it stays.
func (c *call) end(j *job, state string) { j.State, j.finished = state, c.now() }

// modelName is what the model is called that the job makes.
func (j *job) modelName() string {
	sum := sha256.Sum256([]byte(j.ID))
	unique := hex.EncodeToString(sum[:16])
	suffix, _ := j.Request["suffix"].(string)
	if j.dialect == OpenAI {
		base := strings.TrimPrefix(j.Model, "ft:")
		base, _, _ = strings.Cut(base, ":")
		return fmt.Sprintf("ft:%s:fake-org:%s:%s", base, suffix, unique[:8])
	}
	base, _, _ := strings.Cut(j.Model, ".ft-")
	name := base + ".ft-" + unique
	if suffix != "" {
		name += "-" + suffix
	}
	return name
}

// jobEvents lists what a job told, the newest first.
func (c *call) jobEvents() answer {
	j, bad := c.theJob()
	if bad != nil {
		return *bad
	}
	all := slices.Clone(j.events)
	slices.Reverse(all)
	some, more := page(c, all, 20, func(e event) string { return e.id })
	rendered := make([]object, 0, len(some))
	for _, e := range some {
		o := object{
			"object": "fine_tuning.job.event", "id": e.id, "created_at": unix(e.created),
			"level": e.level, "message": e.message, "type": "message",
		}
		if e.data != nil {
			o["type"], o["data"] = "metrics", e.data
		}
		rendered = append(rendered, o)
	}
	return ok(object{"object": "list", "data": rendered, "has_more": more})
}

// jobCheckpoints lists the checkpoints of a job, the newest first.
func (c *call) jobCheckpoints() answer {
	j, bad := c.theJob()
	if bad != nil {
		return *bad
	}
	all := slices.Clone(j.checkpoints)
	slices.Reverse(all)
	some, more := page(c, all, 10, func(p checkpoint) string { return p.id })
	rendered := make([]object, 0, len(some))
	for _, p := range some {
		rendered = append(rendered, object{
			"object": "fine_tuning.job.checkpoint", "id": p.id, "created_at": unix(p.created),
			"fine_tuned_model_checkpoint": p.model, "step_number": p.step, "metrics": p.metrics,
			"fine_tuning_job_id": j.ID,
		})
	}
	list := listOf(rendered, more)
	if len(rendered) == 0 {
		list["first_id"], list["last_id"] = nil, nil
	}
	return ok(list)
}
