package remote

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Runner goes the way from a dataset to a deployment. Before each step that the service
// must not do twice it notes what it is about to do, and after each step what came of
// it, so that the way can be gone on with from wherever it ended.
type Runner struct {
	Client  *Client
	Control *Control // nil: nothing is deployed
	Store   *Store
	Ledger  Ledger
	// Say is told each step as a line.
	Say func(format string, args ...any)
	// Sending is called when a file is about to be sent; sent counts its bytes, and
	// done is called in the end.
	Sending func(path string) (sent func(n int64), done func())
	// Watching is called when the job begins to be waited for. What it returns is told how
	// it goes, and done is called in the end. nil: nobody is told.
	Watching func(id string) (w Watch, done func(err error))
	// Since, if it is set, is when what happened before has been told already.
	Since time.Time
	// How long files, the job, the making of the deployment and its first answer are
	// waited for. Job 0: without end.
	FileMost, JobMost, MakeMost, DeploymentMost time.Duration
	// NoWait ends the way when the job is made.
	NoWait bool
}

// FailedJob tells of a job that ended otherwise than it was to.
type FailedJob struct{ Job *Job }

// Error says what the service said.
func (e *FailedJob) Error() string {
	text := fmt.Sprintf("job %s: %s", e.Job.ID, e.Job.Status)
	if e.Job.Error != nil {
		text += ": " + e.Job.Error.Message
	}
	return text
}

// OverError says why a run cannot be gone on with, however often that is tried.
type OverError struct{ Err error }

// Error says why.
func (e *OverError) Error() string { return e.Err.Error() }

// Unwrap returns why.
func (e *OverError) Unwrap() error { return e.Err }

// Go does what is left of a run.
func (r *Runner) Go(ctx context.Context, run *Run) error {
	steps := []func(context.Context, *Run) error{r.upload, r.process, r.create}
	if !r.NoWait {
		steps = append(steps, r.train, r.deploy, r.try)
	}
	for _, step := range steps {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := step(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// dry reports whether nothing is sent, and so nothing kept.
func (r *Runner) dry() bool { return r.Client.DryRun != nil }

func (r *Runner) save(run *Run) error {
	if r.dry() {
		return nil
	}
	return r.Store.Save(run, r.Client.Now())
}

// upload sends the files that are not there yet.
func (r *Runner) upload(ctx context.Context, run *Run) error {
	for _, f := range run.Files() {
		if f.ID != "" {
			continue
		}
		if err := r.send(ctx, f); err != nil {
			return err
		}
		if err := r.save(run); err != nil {
			return err
		}
	}
	return nil
}

// send sends a file.
func (r *Runner) send(ctx context.Context, f *RunFile) error {
	content, err := OpenContent(f.Path, f.AddBOM)
	if err != nil {
		return err
	}
	defer content.Close()
	switch sum, err := content.SHA256(ctx); {
	case err != nil:
		return err
	case sum != f.SHA256:
		return &OverError{fmt.Errorf("%s is not what it was when the run was begun", f.Path)}
	}
	sent, done := r.Sending(f.Path)
	there, reused, err := r.Client.UploadOnce(ctx, content, f.SHA256, r.Ledger, sent)
	done()
	if err != nil {
		return err
	}
	f.ID, f.Reused = there.ID, reused
	if reused {
		r.Say("%s: uploaded before, as %s", content.Name, f.ID)
	} else {
		r.Say("%s: uploaded, as %s", content.Name, f.ID)
	}
	return nil
}

// process waits until the files can be trained on.
func (r *Runner) process(ctx context.Context, run *Run) error {
	for _, f := range run.Files() {
		if f.Processed {
			continue
		}
		if !r.dry() {
			_, err := r.Client.WaitForFile(ctx, f.ID, r.FileMost, func(now File) {
				r.Say("%s: %s", filepath.Base(f.Path), now.Status)
			})
			if errors.As(err, new(*RejectedError)) || Status(err) == http.StatusNotFound {
				return &OverError{err}
			}
			if err != nil {
				return err
			}
		}
		f.Processed = true
		if err := r.save(run); err != nil {
			return err
		}
	}
	return nil
}

// create makes the job, unless it is made.
func (r *Runner) create(ctx context.Context, run *Run) error {
	job := &run.Job
	if job.ID != "" {
		return nil
	}
	spec := run.spec()
	j, err := r.meant(ctx, run, spec)
	if err != nil {
		return err
	}
	if j == nil {
		if j, err = r.Client.CreateJob(ctx, spec, *job.Intent); err != nil {
			// What was refused was not made, and need not be looked for.
			if Status(err) != 0 && !errors.Is(err, ErrUnknown) && !ambiguous(err) {
				job.Intent = nil
				err = errors.Join(err, r.save(run))
			}
			return err
		}
	}
	job.ID, job.Status = j.ID, j.Status
	if j.Done() {
		r.note(job, j)
	}
	if err := r.save(run); err != nil {
		return fmt.Errorf("job %s is made: %w", j.ID, err)
	}
	r.Say("job %s: made", j.ID)
	return nil
}

// meant returns the job if one was asked for earlier, and notes that one is about to be
// asked for if not.
func (r *Runner) meant(ctx context.Context, run *Run, spec JobSpec) (*Job, error) {
	if run.Job.Intent != nil {
		r.Say("the job was asked for %s: looking whether it was made", run.Job.Intent.Begun.Format(time.DateTime))
		j, err := r.find(ctx, run)
		if j == nil && err == nil {
			r.Say("no such job was made: asking for it again")
		}
		return j, err
	}
	intent, err := r.Client.IntendJob(ctx, rand.Text())
	if err != nil {
		return nil, err
	}
	run.Job.Intent = &intent
	return nil, r.save(run)
}

// find looks for the job that was asked for. Those that other runs have made are not it.
func (r *Runner) find(ctx context.Context, run *Run) (*Job, error) {
	intent := *run.Job.Intent
	if !r.dry() {
		others, err := r.Store.List()
		if err != nil {
			return nil, err
		}
		intent.Before = slices.Clone(intent.Before)
		for _, other := range others {
			if other.Name != run.Name && other.Job.ID != "" {
				intent.Before = append(intent.Before, other.Job.ID)
			}
		}
	}
	return r.Client.FindJob(ctx, run.spec(), intent)
}

// train waits until the job has ended.
func (r *Runner) train(ctx context.Context, run *Run) error {
	job := &run.Job
	if !run.Ended() {
		j, err := r.watch(ctx, run)
		if Status(err) == http.StatusNotFound { // somebody has deleted it
			return &OverError{err}
		}
		if err != nil {
			return err
		}
		r.note(job, j)
		if err := r.save(run); err != nil {
			return err
		}
	}
	if job.Status == "succeeded" {
		return nil
	}
	return &FailedJob{&Job{ID: job.ID, Status: job.Status, Error: &JobError{Message: job.Error}}}
}

// watch waits for the job of a run, and keeps in which state it is.
func (r *Runner) watch(ctx context.Context, run *Run) (*Job, error) {
	w, done := Watch{}, func(error) {}
	if r.Watching != nil {
		w, done = r.Watching(run.Job.ID)
	}
	w.Most = r.JobMost
	if tell := w.Event; tell != nil {
		w.Event = func(e Event) {
			if !e.Time().Before(r.Since) {
				tell(e)
			}
		}
	}
	tell := w.State
	var saving error
	w.State = func(j *Job) {
		if tell != nil {
			tell(j)
		}
		run.Job.Status = j.Status
		if !j.Done() { // the end is noted with what came of it
			saving = r.save(run)
		}
	}
	j, err := r.Client.WatchJob(ctx, run.Job.ID, w)
	err = errors.Join(err, saving)
	done(err)
	return j, err
}

// note takes over what became of a job.
func (r *Runner) note(job *RunJob, j *Job) {
	job.Status, job.Model = j.Status, j.FineTunedModel
	if j.Done() && job.Ended.IsZero() {
		job.Ended = r.Client.Now().UTC()
	}
	job.Tokens, _ = j.TrainedTokens.Int64()
	if j.Error != nil {
		job.Error = j.Error.Message
	}
}

// deploy makes the deployment, unless it has answered before. Asking for it again does
// nothing new where it is there, and makes it again where somebody has deleted it.
func (r *Runner) deploy(ctx context.Context, run *Run) error {
	d := run.Deployment
	if d == nil || !d.Answers.IsZero() {
		return nil
	}
	d.Spec.Model, d.Begun, d.Made = run.Job.Model, r.Client.Now().UTC(), time.Time{}
	if err := r.save(run); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, r.MakeMost)
	defer cancel()
	_, err := r.Control.CreateDeployment(within, d.Spec, func(state string) {
		r.Say("deployment %s: %s", d.Spec.Name, state)
	})
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("deployment %s is not made after %v: %w", d.Spec.Name, r.MakeMost, ErrDeadline)
	}
	if err != nil {
		return err
	}
	d.Made = r.Client.Now().UTC()
	return r.save(run)
}

// try asks the deployment something until it answers.
func (r *Runner) try(ctx context.Context, run *Run) error {
	d := run.Deployment
	if d == nil || !d.Answers.IsZero() {
		return nil
	}
	said := false
	reply, err := r.Client.TryDeployment(ctx, d.Spec.Name, d.Spec.Model, r.DeploymentMost, func(error) {
		if !said {
			r.Say("deployment %s: waiting until it answers, which can take some minutes", d.Spec.Name)
		}
		said = true
	})
	if err != nil {
		return err
	}
	r.Say("deployment %s answers: %s", d.Spec.Name, reply)
	d.Answers = r.Client.Now().UTC()
	return r.save(run)
}

// afterDeleting is how long Azure is left alone after a deployment was deleted: what
// follows at once is refused.
const afterDeleting = 20 * time.Second

// Clean deletes what a run has made: its deployment, its job and its files, but for the
// files that others in the list use, too. It can be called again until it succeeds.
func (r *Runner) Clean(ctx context.Context, run *Run, others []*Run) error {
	if err := r.undeploy(ctx, run); err != nil {
		return err
	}
	files, err := r.dismiss(ctx, run)
	if err != nil {
		return err
	}
	busy, err := r.busy(ctx, run)
	if err != nil {
		return err
	}
	for _, f := range run.Files() {
		if err := r.giveUp(ctx, f); err != nil {
			return err
		}
		if job := busy[f.ID]; f.ID != "" && job != "" {
			r.Say("%s is kept: job %s has not ended, and uses it, too", f.ID, job)
		} else if by := user(others, run, f.ID); by != "" {
			r.Say("%s is kept: run %s uses it, too", f.ID, by)
		} else if f.ID != "" {
			files = append(files, f.ID)
		}
	}
	for _, id := range files {
		if err := r.Client.DeleteFile(ctx, id); err != nil {
			return err
		}
		r.Say("file %s: deleted", id)
	}
	run.Cleaned = r.Client.Now().UTC()
	return r.save(run)
}

// busy tells of files the jobs that use them and have not ended. Runs that are kept
// elsewhere, and people, can use a file that was uploaded once.
func (r *Runner) busy(ctx context.Context, run *Run) (map[string]string, error) {
	used := map[string]string{}
	return used, r.Client.Jobs(ctx, func(j *Job) bool {
		if !j.Done() && j.ID != run.Job.ID {
			used[j.TrainingFile], used[j.ValidationFile] = j.ID, j.ID
		}
		return true
	})
}

// user returns the name of another run that uses a file.
func user(others []*Run, run *Run, id string) string {
	for _, other := range others {
		if other.Name == run.Name || !other.Cleaned.IsZero() || other.Endpoint != run.Endpoint {
			continue
		}
		if slices.ContainsFunc(other.Files(), func(f *RunFile) bool { return f.ID == id }) {
			return other.Name
		}
	}
	return ""
}

// giveUp cancels an upload in parts that has not come to its end.
func (r *Runner) giveUp(ctx context.Context, f *RunFile) error {
	if f.ID != "" || r.dry() {
		return nil
	}
	e, err := r.Ledger.Load(r.Client, f.SHA256)
	if err != nil || e.Parts == nil {
		return err
	}
	if err := r.Client.CancelParts(ctx, e.Parts); err != nil && Status(err) == 0 {
		return err // what is refused is over already
	}
	e.Parts, e.There = nil, nil
	return r.Ledger.Save(r.Client, e)
}

// undeploy deletes the deployment of a run, unless another model answers under its name
// by now.
func (r *Runner) undeploy(ctx context.Context, run *Run) error {
	d := run.Deployment
	if d == nil || d.Begun.IsZero() {
		return nil
	}
	if !r.dry() {
		switch now, err := r.Control.Deployment(ctx, d.Spec.Name); {
		case Status(err) == http.StatusNotFound:
			return nil
		case err != nil:
			return err
		case !strings.EqualFold(now.Model, d.Spec.Model):
			r.Say("deployment %s is kept: it is of another model by now (%s)", d.Spec.Name, now.Model)
			return nil
		}
	}
	if err := r.Control.DeleteDeployment(ctx, d.Spec.Name); err != nil {
		return err
	}
	r.Say("deployment %s: deleted", d.Spec.Name)
	if r.dry() {
		return nil
	}
	r.Say("waiting %v, in which Azure takes no other change", afterDeleting)
	return r.Client.Wait(ctx, afterDeleting)
}

// dismiss ends and deletes the job of a run, and returns the files that it has left.
func (r *Runner) dismiss(ctx context.Context, run *Run) (files []string, err error) {
	job := &run.Job
	if job.ID == "" && job.Intent != nil {
		j, err := r.find(ctx, run)
		if err != nil {
			return nil, err
		}
		if j != nil {
			job.ID = j.ID
		}
	}
	if job.ID == "" {
		return nil, nil
	}
	j, err := r.Client.Job(ctx, job.ID)
	if Status(err) == http.StatusNotFound {
		return job.Results, nil
	}
	if err == nil && !j.Done() && !r.dry() {
		if _, err = r.Client.CancelJob(ctx, job.ID); err == nil {
			r.Say("job %s: cancelling", job.ID)
			j, err = r.Client.WatchJob(ctx, job.ID, Watch{Most: 30 * time.Minute})
		}
	}
	if err != nil {
		return nil, err
	}
	r.note(job, j)
	job.Results = j.ResultFiles
	if err := r.save(run); err != nil { // nobody else knows them when the job is gone
		return nil, err
	}
	if !r.Client.Dialect.Azure() { // OpenAI keeps jobs
		return j.ResultFiles, nil
	}
	if err := r.Client.DeleteJob(ctx, job.ID); err != nil {
		return nil, err
	}
	r.Say("job %s: deleted", job.ID)
	return j.ResultFiles, nil
}

// Look asks the service how a run stands now. Nothing is kept of it.
func (r *Runner) Look(ctx context.Context, run *Run) error {
	if job := &run.Job; job.ID != "" && run.Cleaned.IsZero() {
		switch j, err := r.Client.Job(ctx, job.ID); {
		case Status(err) == http.StatusNotFound:
			if !run.Ended() {
				job.Status = jobDeleted
			}
		case err != nil:
			return err
		default:
			r.note(job, j)
		}
	}
	d := run.Deployment
	if d == nil || d.Begun.IsZero() || !run.Cleaned.IsZero() {
		return nil
	}
	now, err := r.Control.Deployment(ctx, d.Spec.Name)
	switch {
	case Status(err) == http.StatusNotFound:
		d.Gone = "it is not there any more"
	case err != nil:
		return err
	case !strings.EqualFold(now.Model, d.Spec.Model):
		d.Gone = "it is of another model by now: " + now.Model
	case !now.Created.IsZero():
		d.Made = now.Created
	}
	return nil
}
