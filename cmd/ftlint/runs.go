package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// goOn does what is left of a run, and tells how it ended.
func (f *waitFlags) goOn(ctx context.Context, streams Streams, service *remoteFlags, r *remote.Runner, run *remote.Run) error {
	err := r.Go(ctx, run)
	if service.dryRun {
		return err
	}
	if ctx.Err() != nil {
		f.interrupted(ctx, streams, r, run)
	}
	if full := (*remote.StateError)(nil); errors.As(err, &full) {
		return usage(fmt.Errorf("%w\nwhen it can be written again: %s", err, callFor("resume", r.Store, run)))
	}
	if err != nil {
		switch {
		case ctx.Err() != nil || run.Done():
		case errors.As(err, new(*remote.OverError)):
			err = fmt.Errorf("%w\nthis run cannot go on: %s deletes what it has made, and ftlint submit begins another one", err, callFor("clean", r.Store, run))
		default:
			if !errors.As(err, new(*remote.TakenError)) { // which is not this run's
				stillThere(streams, run)
			}
			err = fmt.Errorf("%w\n%s goes on from there", err, callFor("resume", r.Store, run))
		}
		return err
	}
	if run.Validation != nil && run.Job.Status == "succeeded" {
		warnOfOverfitting(ctx, streams, r.Client, run.Job.ID)
	}
	if err := tellRun(streams.Out, service, run); err != nil || service.output == "json" {
		return err
	}
	return tellNext(streams.Out, r, run, service.auth)
}

// tell writes a line, on a terminal in as many as it takes.
func tell(out io.Writer, text string) {
	text = term.Sanitize(text)
	if term.IsTerminal(out) {
		var b strings.Builder
		wrap.Write(&b, "", "  ", text, term.Width(out))
		text = b.String()
	}
	fmt.Fprintln(out, strings.TrimRight(text, "\n"))
}

// warnOfOverfitting says if a checkpoint is better than the model at the end. That the
// results cannot be read is no reason to call the run a failure.
func warnOfOverfitting(ctx context.Context, streams Streams, c *remote.Client, job string) {
	j, err := c.Job(ctx, job)
	if err != nil {
		return
	}
	var table bytes.Buffer
	if c.Results(ctx, j, &table) != nil {
		return
	}
	steps, err := remote.ParseResults(&table)
	if err != nil {
		return
	}
	checkpoints, err := c.Checkpoints(ctx, job)
	if err != nil {
		return
	}
	if v := remote.Judge(steps, checkpoints); v.Overfits {
		tell(streams.Err, verdictText(&v))
		tell(streams.Err, "ftlint job results "+job+" draws it")
	}
}

// tellNext says what can be done with what a run has made.
func tellNext(out io.Writer, r *remote.Runner, run *remote.Run, auth string) (err error) {
	create := fmt.Sprintf("ftlint deploy create NAME --model %s --sku SKU", term.Sanitize(run.Job.Model))
	switch d := run.Deployment; {
	case run.Over():
		_, err = fmt.Fprintf(out, "\n%s deletes what is left of it\n", callFor("clean", r.Store, run))
	case !run.Done():
		_, err = fmt.Fprintf(out, "\n%s goes on with it\n", callFor("resume", r.Store, run))
	case run.Job.Status != "succeeded":
		_, err = fmt.Fprintf(out, "\n%s deletes what it has made\n", callFor("clean", r.Store, run))
	case d != nil && d.Gone != "":
		_, err = fmt.Fprintf(out, "\n%s deploys the model again\n", create)
	case d != nil:
		_, err = fmt.Fprintf(out, "\n%s\n", curlOf(r.Client, deploymentOf(d), auth))
	case !r.Client.Dialect.Azure():
		_, err = fmt.Fprintf(out, "\nftlint chat %s talks to it\n", term.Sanitize(run.Job.Model))
	default:
		_, err = fmt.Fprintf(out, "\n%s makes it answer\n", create)
	}
	return err
}

// stillThere says what of a run costs, and how that ends. It reports whether there is
// anything.
func stillThere(streams Streams, run *remote.Run) bool {
	switch d, job := run.Deployment, run.Job.ID; {
	case d != nil && !d.Begun.IsZero():
		name := d.Spec.Name
		say(streams, "deployment %s may be there by now: ftlint deploy delete %s removes it", name, name)
		if remote.HourlyBilled(d.Spec.SKU) {
			say(streams, "it is billed by the hour until then")
		}
	case job != "" && !run.Ended():
		say(streams, "job %s goes on, and is billed: ftlint job cancel %s ends it", job, job)
	case run.Job.Intent != nil && job == "":
		say(streams, "it is not known whether the job was made: resume finds it if it was")
	default:
		return false
	}
	return true
}

// say writes a line to standard error.
func say(streams Streams, format string, args ...any) {
	fmt.Fprintln(streams.Err, "ftlint: "+term.Sanitize(fmt.Sprintf(format, args...)))
}

// interrupted says what still runs, and costs. The job goes on, unless it is to end.
func (f *waitFlags) interrupted(ctx context.Context, streams Streams, r *remote.Runner, run *remote.Run) {
	if job := run.Job.ID; f.cancelOnInterrupt && job != "" && !run.Ended() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if _, err := r.Client.CancelJob(ctx, job); err != nil {
			printError(streams.Err, fmt.Errorf("job %s goes on, and is billed: %w", job, err))
		} else {
			say(streams, "job %s: cancelling", job)
		}
	} else if !stillThere(streams, run) {
		say(streams, "nothing that costs runs at %s", run.Endpoint)
	}
	say(streams, "%s goes on from there", callFor("resume", r.Store, run))
}

// runJSON is a run as json tells of it.
type runJSON struct {
	Name           string          `json:"name"`
	Stage          string          `json:"stage"`
	Endpoint       string          `json:"endpoint"`
	Created        time.Time       `json:"created"`
	TrainingFile   string          `json:"training_file,omitempty"`
	ValidationFile string          `json:"validation_file,omitempty"`
	Forecast       remote.Forecast `json:"forecast"`
	Job            string          `json:"job,omitempty"`
	JobStatus      string          `json:"job_status,omitempty"`
	TrainedTokens  int64           `json:"trained_tokens,omitempty"`
	FineTunedModel string          `json:"fine_tuned_model,omitempty"`
	Deployment     string          `json:"deployment,omitempty"`
	SKU            string          `json:"sku,omitempty"`
	HourlyBilled   bool            `json:"hourly_billed"`
	Deployed       *time.Time      `json:"deployed,omitempty"`
	Ends           *time.Time      `json:"ends,omitempty"`
	Error          string          `json:"error,omitempty"`
}

func runOf(run *remote.Run, now time.Time) runJSON {
	out := runJSON{
		Name: run.Name, Stage: run.Stage(), Endpoint: run.Endpoint, Created: run.Created, TrainingFile: run.Training.ID,
		Forecast: run.Forecast, Job: run.Job.ID, JobStatus: run.Job.Status, TrainedTokens: run.Job.Tokens, FineTunedModel: run.Job.Model, Error: run.Job.Error,
	}
	if run.Validation != nil {
		out.ValidationFile = run.Validation.ID
	}
	if d := run.Deployment; d != nil {
		out.Deployment, out.SKU = d.Spec.Name, d.Spec.SKU
		if !d.Made.IsZero() && run.Cleaned.IsZero() && d.Gone == "" {
			_, ends := deploymentOf(d).Ends(now)
			out.Deployed, out.Ends, out.HourlyBilled = &d.Made, &ends, remote.HourlyBilled(d.Spec.SKU)
		}
	}
	return out
}

// deploymentOf is what a run knows of its deployment.
func deploymentOf(d *remote.RunDeployment) *remote.Deployment {
	return &remote.Deployment{Name: d.Spec.Name, Model: d.Spec.Model, SKU: d.Spec.SKU, Capacity: d.Spec.Capacity, Created: d.Made, State: remote.StateSucceeded}
}

// tellRun tells how a run stands.
func tellRun(out io.Writer, f *remoteFlags, run *remote.Run) error {
	now := time.Now()
	told := runOf(run, now)
	if f.output == "json" {
		return writeJSON(out, struct {
			SchemaVersion int `json:"schema_version"`
			runJSON
		}{report.SchemaVersion, told})
	}
	rows := [][]string{{"run", told.Name}, {"stage", told.Stage}, {"endpoint", told.Endpoint}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, term.Sanitize(value)})
		}
	}
	if run.Account != nil {
		add("account", fmt.Sprintf("%s in %s, %s", run.Account.Name, run.Account.ResourceGroup, run.Account.Subscription))
	}
	add("begun", age(told.Created, now))
	add("training file", told.TrainingFile)
	add("validation file", told.ValidationFile)
	if told.Forecast.Priced {
		add("expected cost", "about "+stats.Dollars(told.Forecast.Dollars))
	}
	add("job", strings.TrimSpace(told.Job+" "+told.JobStatus))
	add("error", told.Error)
	if told.TrainedTokens > 0 {
		add("trained tokens", lint.FormatCount(told.TrainedTokens))
	}
	add("new model", told.FineTunedModel)
	if told.Deployment != "" {
		add("deployment", told.Deployment+" ("+told.SKU+")")
	}
	if run.Deployment != nil {
		add("note", run.Deployment.Gone)
	}
	if told.Deployed != nil {
		add("note", remark(deploymentOf(run.Deployment), now))
	}
	return columns(out, rows)
}
