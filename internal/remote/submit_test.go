package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// errDead is what everything fails with in a process that was killed.
var errDead = errors.New("the process is dead")

// life is how long a process lives: it is killed at one of the moments before and after
// each request and each write to the disk.
type life struct {
	mu      sync.Mutex
	left    int // moments; below 0: it is dead
	diskAt  int // writes from this one on find the disk full; 0: never
	writes  int
	forever bool
	cancel  func() // so that the libraries try nothing again
}

// moment passes, or is the last.
func (l *life) moment() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.forever {
		return nil
	}
	l.left--
	if l.left < 0 {
		l.cancel()
		return errDead
	}
	return nil
}

// write writes as the program does, as long as it lives.
func (l *life) write(path string, text []byte) error {
	if err := l.moment(); err != nil {
		return err
	}
	l.mu.Lock()
	l.writes++
	full := l.diskAt > 0 && l.writes >= l.diskAt
	l.mu.Unlock()
	if full {
		return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
	}
	if err := writeAtomic(path, text); err != nil {
		return err
	}
	return l.moment()
}

// RoundTrip sends a request as long as the program lives. The answer to the last one
// nobody reads.
func (l *life) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.moment(); err != nil {
		return nil, err
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := l.moment(); err != nil {
		res.Body.Close()
		return nil, err
	}
	return res, nil
}

// way is a resource and a dataset, and the places that a run is kept in.
type way struct {
	dialect Dialect
	data    *fake.Server
	control *fake.Control
	dir     string
	inParts bool
}

func newWay(t *testing.T, d Dialect, inParts bool) *way {
	t.Helper()
	w := &way{dialect: d, dir: t.TempDir(), inParts: inParts}
	w.data = fake.New(t, fake.Dialect(d))
	w.data.FilePolls, w.data.JobPolls, w.data.DeploymentDelay = 1, 1, 1
	if d.Azure() {
		w.control = fake.NewControl(t, w.data)
		w.control.Polls = 1
	}
	for i, name := range []string{"train.jsonl", "valid.jsonl"} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(strings.Repeat(lines, 20+i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// runner returns a program that lives so long.
func (w *way) runner(t *testing.T, l *life) *Runner {
	t.Helper()
	o := Options{UserAgent: "ftlint/test", Transport: l, Wait: func(ctx context.Context, d time.Duration) error {
		w.data.Advance(d)
		if l.moment() != nil {
			return errDead
		}
		return ctx.Err()
	}}
	c, err := New(Target{Dialect: w.dialect, Endpoint: w.data.URL, Key: w.data.Key}, o)
	if err != nil {
		t.Fatal(err)
	}
	if w.inParts {
		c.large, c.part = 1, 1000
	}
	nothing := func(int64) {}
	r := &Runner{
		Client: c, Store: &Store{Dir: filepath.Join(w.dir, "runs"), write: l.write}, Ledger: Ledger{Dir: filepath.Join(w.dir, "ledger"), write: l.write},
		Say: func(string, ...any) {}, Sending: func(string) (func(int64), func()) { return nothing, func() {} },
		FileMost: time.Hour, JobMost: time.Hour, MakeMost: time.Hour, DeploymentMost: time.Hour,
	}
	if w.control == nil {
		return r
	}
	r.Control, err = NewControl(ControlTarget{
		Account: Account{w.control.Subscription, w.control.ResourceGroup, w.control.Account},
		Host:    w.control.URL, Credential: ReadyToken(w.control.Token, ""),
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	r.Control.delay = time.Millisecond
	if r.Control.clients, err = r.Control.connect(); err != nil {
		t.Fatal(err)
	}
	return r
}

// begin makes a run, and keeps it if there is room.
func (w *way) begin(t *testing.T, r *Runner) (*Run, error) {
	t.Helper()
	run := &Run{Name: "run", Created: time.Now(), Service: w.dialect.String(), Endpoint: r.Client.Endpoint, Job: RunJob{Spec: JobSpec{Model: mini, Method: "sft", Suffix: "way"}}}
	for _, name := range []string{"train.jsonl", "valid.jsonl"} {
		path := filepath.Join(w.dir, name)
		c, err := OpenContent(path, false)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := c.SHA256(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		f := RunFile{Path: path, SHA256: sum, Size: c.Size}
		if name == "train.jsonl" {
			run.Training = f
		} else {
			run.Validation = &f
		}
	}
	if w.control != nil {
		run.Deployment = &RunDeployment{Spec: DeploymentSpec{Name: "mine", SKU: "DeveloperTier", Model: mini}}
		if problems := run.Deployment.Spec.Check(); len(problems) > 0 {
			t.Fatal(problems)
		}
	}
	return run, r.Store.Save(run, time.Now())
}

// done holds what there is now against what was wanted: one of each, and no more.
func (w *way) done(t *testing.T, what string, run *Run) {
	t.Helper()
	files, jobs := map[string]int{}, 0
	c := w.runner(t, &life{forever: true}).Client
	list, err := c.Files(t.Context(), "fine-tune")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		files[f.Name]++
	}
	if err := c.Jobs(t.Context(), func(j *Job) bool { jobs++; return true }); err != nil {
		t.Fatal(err)
	}
	if files["train.jsonl"] != 1 || files["valid.jsonl"] != 1 || jobs != 1 {
		t.Errorf("%s: files %v, %d jobs: want one of each", what, files, jobs)
	}
	if !run.Done() || run.Job.Status != "succeeded" || run.Job.Model == "" {
		t.Errorf("%s: the run is %s", what, run.Stage())
	}
	if w.control != nil && (len(w.control.Deployments()) != 1 || run.Deployment.Answers.IsZero() || w.control.Count("PUT /deployments/{name}") > 2) {
		t.Errorf("%s: deployments %v, answers since %v, asked for %d times", what, w.control.Deployments(), run.Deployment.Answers, w.control.Count("PUT /deployments/{name}"))
	}
}

// ways are what the tests below go through: all dialects, files in one piece and in parts.
func ways(t *testing.T, f func(t *testing.T, begin func(t *testing.T) *way)) {
	for _, d := range []Dialect{AzureDated, AzureV1, OpenAI} {
		for _, inParts := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/parts=%v", d, inParts), func(t *testing.T) {
				t.Parallel() // it mostly waits for the disk
				f(t, func(t *testing.T) *way { return newWay(t, d, inParts) })
			})
		}
	}
}

// TestKilled: wherever the program is killed, the next one goes on from there, and
// nothing is there twice.
func TestKilled(t *testing.T) {
	ways(t, func(t *testing.T, begin func(t *testing.T) *way) {
		for left := 1; ; left++ {
			w := begin(t)
			ctx, cancel := context.WithCancel(t.Context())
			r := w.runner(t, &life{left: left, cancel: cancel})
			run, err := w.begin(t, r)
			if err == nil {
				err = r.Go(ctx, run)
			}
			cancel()
			if err == nil {
				w.done(t, "never killed", run)
				if left < 40 {
					t.Errorf("only %d moments were looked at", left)
				}
				return
			}
			what := fmt.Sprintf("killed at moment %d", left)
			next := w.runner(t, &life{forever: true})
			again, err := next.Store.Load("run")
			if errors.Is(err, ErrNoRun) && left <= 2 { // it was never kept, and so never begun
				again, err = w.begin(t, next)
			}
			if err == nil {
				err = next.Go(t.Context(), again)
			}
			if err != nil {
				t.Errorf("%s (%s): %v", what, run.Stage(), err)
				continue
			}
			w.done(t, what, again)
		}
	})
}

// TestFullDisk: when the disk is full nothing more is asked for, and when there is room
// again the run goes on.
func TestFullDisk(t *testing.T) {
	ways(t, func(t *testing.T, begin func(t *testing.T) *way) {
		for at := 2; ; at++ { // the first is that of the run itself
			w := begin(t)
			r := w.runner(t, &life{forever: true, diskAt: at})
			run, err := w.begin(t, r)
			if err == nil {
				err = r.Go(t.Context(), run)
			}
			if err == nil {
				w.done(t, "room for all", run)
				if at < 8 {
					t.Errorf("only %d writes were looked at", at)
				}
				return
			}
			what := fmt.Sprintf("disk full at write %d", at)
			if e := (*StateError)(nil); !errors.As(err, &e) || !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s: %v", what, err)
			}
			next := w.runner(t, &life{forever: true})
			again, err := next.Store.Load("run")
			if err == nil {
				err = next.Go(t.Context(), again)
			}
			if err != nil {
				t.Errorf("%s (%s): %v", what, run.Stage(), err)
				continue
			}
			w.done(t, what, again)
		}
	})
}

// TestClean: what a run has made is deleted, whichever way it has come, and what others
// use is kept.
func TestClean(t *testing.T) {
	ways(t, func(t *testing.T, begin func(t *testing.T) *way) {
		for left := 1; ; left += 3 {
			w := begin(t)
			ctx, cancel := context.WithCancel(t.Context())
			r := w.runner(t, &life{left: left, cancel: cancel})
			run, err := w.begin(t, r)
			if err != nil {
				cancel()
				continue
			}
			over := r.Go(ctx, run) == nil
			cancel()
			next := w.runner(t, &life{forever: true})
			again, err := next.Store.Load("run")
			if err == nil {
				err = next.Clean(t.Context(), again, nil)
			}
			if err != nil {
				t.Fatalf("killed at moment %d (%s): %v", left, run.Stage(), err)
			}
			if w.control != nil && len(w.control.Deployments()) != 0 {
				t.Errorf("killed at moment %d: deployments %v are left", left, w.control.Deployments())
			}
			for _, f := range again.Files() {
				if f.ID == "" {
					continue
				}
				if _, err := next.Client.File(t.Context(), f.ID); Status(err) != 404 {
					t.Errorf("killed at moment %d: %s is left: %v", left, f.ID, err)
				}
			}
			if id := again.Job.ID; id != "" && w.dialect.Azure() {
				if _, err := next.Client.Job(t.Context(), id); Status(err) != 404 {
					t.Errorf("killed at moment %d: %s is left: %v", left, id, err)
				}
			}
			if again.Stage() != "cleaned" || !again.Done() {
				t.Errorf("killed at moment %d: it is %s", left, again.Stage())
			}
			if over {
				return
			}
		}
	})
}

// TestBeginAtOnce: runs that are begun in the same minute get names of their own, and of
// two that are the same one is refused, however near to each other they begin.
func TestBeginAtOnce(t *testing.T) {
	store := &Store{Dir: filepath.Join(t.TempDir(), "runs")}
	now := time.Date(2026, 11, 22, 12, 53, 0, 0, time.UTC)
	same := errors.New("the same was begun before")
	begin := func(sum string) error {
		run := &Run{Training: RunFile{Path: "/data/train.jsonl", SHA256: sum}}
		unlock, err := store.Begin(t.Context(), run, now, func(other *Run) error {
			if other.Training.SHA256 == sum {
				return same
			}
			return nil
		})
		if err == nil {
			unlock()
		}
		return err
	}
	errs := make(chan error)
	for n := range 8 {
		go func() { errs <- begin(fmt.Sprint(n / 2)) }()
	}
	refused := 0
	for range 8 {
		if err := <-errs; errors.Is(err, same) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	list, err := store.List()
	if err != nil || len(list) != 4 || refused != 4 {
		t.Errorf("%d runs are kept, %d refused: %v", len(list), refused, err)
	}
}

// TestCleanTwice: what a job has left is deleted, even if that fails after the job is
// gone, and the model that nobody had waited for is known in the end.
func TestCleanTwice(t *testing.T) {
	w := newWay(t, AzureDated, false)
	r := w.runner(t, &life{forever: true})
	run, err := w.begin(t, r)
	if err != nil {
		t.Fatal(err)
	}
	run.Deployment = nil
	r.NoWait = true
	if err := r.Go(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Client.WatchJob(t.Context(), run.Job.ID, Watch{}); err != nil {
		t.Fatal(err)
	}
	w.data.On("DELETE /files/{id}", fake.Refuse(403, "forbidden", "not now"))
	if err := r.Clean(t.Context(), run, nil); Status(err) != http.StatusForbidden {
		t.Fatal(err)
	}
	again, err := r.Store.Load("run")
	if err != nil {
		t.Fatal(err)
	}
	if again.Job.Model == "" {
		t.Error("the model is not known")
	}
	if err := r.Clean(t.Context(), again, nil); err != nil {
		t.Fatal(err)
	}
	if left := w.data.Files(); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// TestNotOurJob: a job of the same files that trains another model, or is that of another
// run, is not taken for one whose answer was lost.
func TestNotOurJob(t *testing.T) {
	for name, other := range map[string]struct {
		model string
		kept  bool
	}{
		"another model": {"gpt-4.1-mini-2025-04-14", false},
		"another run":   {mini, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWay(t, AzureDated, false)
			r := w.runner(t, &life{forever: true})
			run, err := w.begin(t, r)
			if err != nil {
				t.Fatal(err)
			}
			run.Deployment = nil
			for _, step := range []func(context.Context, *Run) error{r.upload, r.process} {
				if err := step(t.Context(), run); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := r.meant(t.Context(), run, run.spec()); err != nil {
				t.Fatal(err)
			}
			spec := run.spec()
			spec.Model = other.model
			theirs, err := r.Client.CreateJob(t.Context(), spec, Intent{})
			if err != nil {
				t.Fatal(err)
			}
			if other.kept {
				kept := *run
				kept.Name, kept.Job = "other", RunJob{ID: theirs.ID, Status: theirs.Status}
				if err := r.Store.Save(&kept, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.create(t.Context(), run); err != nil {
				t.Fatal(err)
			}
			if run.Job.ID == theirs.ID {
				t.Errorf("%s is taken for the own job", theirs.ID)
			}
		})
	}
}

// TestDeploymentGone: a deployment that was deleted before it answered is made again, one
// that is another one by now is left alone, and of one that was deleted later it is told.
func TestDeploymentGone(t *testing.T) {
	begun := func(t *testing.T) (*way, *Runner, *Run) {
		w := newWay(t, AzureDated, false)
		r := w.runner(t, &life{forever: true})
		run, err := w.begin(t, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []func(context.Context, *Run) error{r.upload, r.process, r.create, r.train, r.deploy} {
			if err := step(t.Context(), run); err != nil {
				t.Fatal(err)
			}
		}
		return w, r, run
	}
	_, r, run := begun(t)
	if err := r.Control.DeleteDeployment(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	if err := r.Go(t.Context(), run); err != nil || run.Stage() != "deployed" {
		t.Errorf("%s: %v", run.Stage(), err)
	}
	if err := r.Control.DeleteDeployment(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	if err := r.Look(t.Context(), run); err != nil || !run.Done() || run.Stage() != "deployment gone" {
		t.Errorf("%s: %v", run.Stage(), err)
	}

	_, r, run = begun(t)
	if err := r.Control.DeleteDeployment(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	theirs := run.Deployment.Spec
	theirs.Capacity++
	if _, err := r.Control.CreateDeployment(t.Context(), theirs, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.Go(t.Context(), run); !errors.As(err, new(*TakenError)) {
		t.Errorf("another one was there, and it says %v", err)
	}
}

// TestDeploymentNeverMade: the making of a deployment is not waited for without end.
func TestDeploymentNeverMade(t *testing.T) {
	w := newWay(t, AzureDated, false)
	w.control.Polls = 1 << 30
	r := w.runner(t, &life{forever: true})
	r.MakeMost = 100 * time.Millisecond
	run, err := w.begin(t, r)
	if err == nil {
		err = r.Go(t.Context(), run)
	}
	if !errors.Is(err, ErrDeadline) || run.Deployment.Begun.IsZero() {
		t.Error(err)
	}
}

// TestNameBeforeTraining: a deployment of the name is in the way of one whose model is yet
// to be trained, though it is of the model that is trained on.
func TestNameBeforeTraining(t *testing.T) {
	w := newWay(t, AzureDated, false)
	r := w.runner(t, &life{forever: true})
	run, err := w.begin(t, r)
	if err == nil {
		err = r.Go(t.Context(), run)
	}
	if err != nil {
		t.Fatal(err)
	}
	spec := run.Deployment.Spec
	for trained, want := range map[bool]bool{true: false, false: true} {
		list, err := r.Control.Preflight(t.Context(), &spec, trained)
		if err != nil {
			t.Fatal(err)
		}
		wrong := slices.ContainsFunc(list, func(p Problem) bool { return p.Error })
		if wrong != want {
			t.Errorf("trained %v: %v", trained, list)
		}
	}
}

// TestDryResume: what is left of a run can be shown, from wherever it ended.
func TestDryResume(t *testing.T) {
	c, err := New(Target{Endpoint: "https://fake.openai.azure.com"}, Options{DryRun: &DryRun{Out: io.Discard}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for name, job := range map[string]RunJob{
		"training":           {ID: "ftjob-1", Status: "running"},
		"asking for the job": {Intent: &Intent{Run: "a", Begun: time.Now()}},
	} {
		r := &Runner{Client: c, Store: &Store{Dir: t.TempDir()}, Say: func(string, ...any) {}}
		run := &Run{Name: "run", Training: RunFile{ID: "file-1", Processed: true}, Job: job}
		if err := r.Go(ctx, run); err != nil || run.Job.Status != "succeeded" {
			t.Errorf("%s: %s, %v", name, run.Job.Status, err)
		}
	}
}

// TestCleanBusy: a file that a job uses which has not ended is kept, whoever has made that.
func TestCleanBusy(t *testing.T) {
	w := newWay(t, AzureDated, false)
	r := w.runner(t, &life{forever: true})
	run, err := w.begin(t, r)
	if err == nil {
		run.Deployment = nil
		err = r.Go(t.Context(), run)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.data.Change(func() { w.data.JobPolls = 1 << 30 })
	if _, err := r.Client.CreateJob(t.Context(), JobSpec{Model: mini, TrainingFile: run.Training.ID}, Intent{}); err != nil {
		t.Fatal(err)
	}
	if err := r.Clean(t.Context(), run, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Client.File(t.Context(), run.Training.ID); err != nil {
		t.Errorf("the training file of the other job: %v", err)
	}
	if _, err := r.Client.File(t.Context(), run.Validation.ID); Status(err) != http.StatusNotFound {
		t.Errorf("the validation file: %v", err)
	}
}
