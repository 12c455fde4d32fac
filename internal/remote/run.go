package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Run is what is known of a way from a dataset to a deployment: what was asked for, and
// how far it has come. No key and no address with a signature is in it.
type Run struct {
	Version int       `json:"version"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`

	Service    string   `json:"service"` // name of the dialect
	Endpoint   string   `json:"endpoint"`
	APIVersion string   `json:"api_version,omitempty"`
	Account    *Account `json:"account,omitempty"` // at the control plane
	ARMHost    string   `json:"arm_host,omitempty"`

	Training   RunFile  `json:"training"`
	Validation *RunFile `json:"validation,omitempty"`
	Report     string   `json:"report_sha256,omitempty"` // of what the check found
	Forecast   Forecast `json:"forecast"`

	Job        RunJob         `json:"job"`
	Deployment *RunDeployment `json:"deployment,omitempty"`

	Cleaned time.Time `json:"cleaned,omitzero"` // when what it had made was deleted
}

// RunFile is a file of a run.
type RunFile struct {
	Path      string `json:"path"` // absolute
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"` // bytes as they are sent
	AddBOM    bool   `json:"add_bom,omitempty"`
	ID        string `json:"id,omitempty"` // at the service, once it is there
	Reused    bool   `json:"reused,omitempty"`
	Processed bool   `json:"processed,omitempty"`
}

// Forecast is what a run was expected to train and to cost.
type Forecast struct {
	Epochs  int64   `json:"epochs,omitempty"`
	Tokens  int64   `json:"billed_tokens,omitempty"` // for all epochs
	Dollars float64 `json:"dollars,omitempty"`
	Priced  bool    `json:"priced"`
	Hourly  bool    `json:"hourly,omitempty"` // it is priced by the hour
	Price   string  `json:"price,omitempty"`  // where the price is from
}

// RunJob is the job of a run.
type RunJob struct {
	Spec JobSpec `json:"spec"`
	// Bounded says that nobody chose the epochs: they are those of the forecast, so that the
	// service cannot choose more.
	Bounded bool `json:"epochs_bounded,omitempty"`

	Intent *Intent   `json:"intent,omitempty"` // noted before it is asked for
	ID     string    `json:"id,omitempty"`
	Status string    `json:"status,omitempty"`
	Model  string    `json:"fine_tuned_model,omitempty"`
	Ended  time.Time `json:"ended,omitzero"`
	Error  string    `json:"error,omitempty"`
	Tokens int64     `json:"trained_tokens,omitempty"`
	// Results are files that it has left, noted before it is deleted.
	Results []string `json:"result_files,omitempty"`
}

// RunDeployment is the deployment of a run.
type RunDeployment struct {
	Spec    DeploymentSpec `json:"spec"`
	Begun   time.Time      `json:"begun,omitzero"` // noted before it is asked for
	Made    time.Time      `json:"made,omitzero"`
	Answers time.Time      `json:"answers,omitzero"` // when it first answered
	// Gone says, of a run that was looked at, why there is no such deployment now.
	Gone string `json:"-"`
}

// jobDeleted is the status of a job that was looked for, and that somebody has deleted
// before it ended.
const jobDeleted = "deleted"

// Over reports whether the job is known to be gone before it ended.
func (r *Run) Over() bool { return r.Job.Status == jobDeleted }

// Done reports whether nothing is left to do.
func (r *Run) Done() bool {
	return !r.Cleaned.IsZero() || r.Ended() && (r.Job.Status != "succeeded" || r.Deployment == nil || !r.Deployment.Answers.IsZero())
}

// Ended reports whether nothing more will happen to the job.
func (r *Run) Ended() bool { return (&Job{Status: r.Job.Status}).Done() }

// Stage says in a word or two how far the run has come.
func (r *Run) Stage() string {
	switch d := r.Deployment; {
	case !r.Cleaned.IsZero():
		return "cleaned"
	case r.Job.ID == "" && r.Job.Intent != nil:
		return "asking for the job"
	case r.Job.ID == "" && !r.Training.Processed:
		return "uploading"
	case r.Job.ID == "":
		return "uploaded"
	case r.Over():
		return "job deleted"
	case !r.Ended():
		return "training"
	case r.Job.Status != "succeeded":
		return "job " + r.Job.Status
	case d == nil:
		return "trained"
	case d.Gone != "":
		return "deployment gone"
	case !d.Answers.IsZero():
		return "deployed"
	default:
		return "deploying"
	}
}

// Files are the files of the run, the training file first.
func (r *Run) Files() []*RunFile {
	list := []*RunFile{&r.Training}
	if r.Validation != nil {
		list = append(list, r.Validation)
	}
	return list
}

// spec is the job with the files that it is to have.
func (r *Run) spec() JobSpec {
	spec := r.Job.Spec
	spec.TrainingFile = r.Training.ID
	if r.Validation != nil {
		spec.ValidationFile = r.Validation.ID
	}
	return spec
}

// runVersion is the version of the format.
const runVersion = 1

// Store keeps runs in a directory: a file for each.
type Store struct {
	Dir string
	// write writes a file in one piece; nil: as writeAtomic does. Tests fill the disk.
	write func(path string, text []byte) error
}

var (
	// ErrLocked says that another process is at work on a run.
	ErrLocked = errors.New("another process is at work on it")
	// ErrNoRun says that there is no such run.
	ErrNoRun = errors.New("there is no such run")
)

// Path is where a run is kept.
func (s *Store) Path(name string) string { return filepath.Join(s.Dir, name+".json") }

// newName returns a name that no run has: after what is trained, and when.
func (s *Store) newName(training string, now time.Time) string {
	base := filepath.Base(training)
	base, _, _ = strings.Cut(base, ".")
	base = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, base)
	stem := strings.TrimLeft(base, "-") + now.UTC().Format("-0102-1504")
	name := strings.TrimLeft(stem, "-")
	for n := 2; ; n++ {
		if _, err := os.Lstat(s.Path(name)); err != nil {
			return name
		}
		name = fmt.Sprintf("%s-%d", stem, n)
	}
}

// Begin keeps a run that is new, under a name that no other has, and takes it for this
// process. refuse is asked about each run that there is, and can say that this one is not
// to be: while it is asked no other process begins one.
func (s *Store) Begin(ctx context.Context, run *Run, now time.Time, refuse func(*Run) error) (unlock func(), err error) {
	if err := s.make(); err != nil {
		return nil, err
	}
	one := flock.New(filepath.Join(s.Dir, ".lock"))
	if _, err := one.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("the state cannot be kept: %w", err)
	}
	defer one.Close()
	others, err := s.List()
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		if err := refuse(other); err != nil {
			return nil, err
		}
	}
	run.Name = s.newName(run.Training.Path, now)
	if unlock, err = s.Lock(run.Name); err != nil {
		return nil, err
	}
	if err := s.Save(run, now); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// Lock takes a run for this process. Another process that wants it is refused with
// ErrLocked until unlock is called, or this process has ended in whatever way.
func (s *Store) Lock(name string) (unlock func(), err error) {
	if err := s.make(); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(s.Dir, "."+name+".lock"))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("run %s: %w", name, err)
	case !locked:
		return nil, fmt.Errorf("run %s: %w", name, ErrLocked)
	}
	return func() { lock.Close() }, nil
}

// make makes the directory. What is in it is not for version control.
func (s *Store) make() error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("the state cannot be kept: %w", err)
	}
	ignore := filepath.Join(s.Dir, ".gitignore")
	if _, err := os.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o600); err != nil {
			return fmt.Errorf("the state cannot be kept: %w", err)
		}
	}
	return nil
}

// Save keeps a run as it is now. The file is the old one or the new one at every moment.
func (s *Store) Save(r *Run, now time.Time) error {
	r.Version, r.Updated = runVersion, now.UTC()
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = s.make()
	}
	if err == nil {
		write := s.write
		if write == nil {
			write = writeAtomic
		}
		err = write(s.Path(r.Name), append(text, '\n'))
	}
	if err != nil {
		return &StateError{s.Path(r.Name), err}
	}
	return nil
}

// StateError says that it could not be kept how far a run has come.
type StateError struct {
	Path string
	Err  error
}

// Error says where, and why.
func (e *StateError) Error() string {
	return fmt.Sprintf("%s cannot be written: %v", e.Path, e.Err)
}

// Unwrap returns why.
func (e *StateError) Unwrap() error { return e.Err }

// Load returns a run by its name.
func (s *Store) Load(name string) (*Run, error) {
	text, err := os.ReadFile(s.Path(name))
	if errors.Is(err, fs.ErrNotExist) || filepath.Base(name) != name { // a run is no path
		return nil, fmt.Errorf("run %s: %w in %s", name, ErrNoRun, s.Dir)
	}
	if err != nil {
		return nil, err
	}
	var r Run
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w\nmove it away, and see with ftlint job list and ftlint files list what is there of it", s.Path(name), err)
	}
	if r.Version != runVersion {
		return nil, fmt.Errorf("%s is of version %d, and this program knows %d: use the ftlint that wrote it", s.Path(name), r.Version, runVersion)
	}
	r.Name = name
	return &r, nil
}

// List returns all runs, the newest first, and what could not be read.
func (s *Store) List() (list []*Run, err error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || strings.HasPrefix(name, ".") {
			continue
		}
		r, loadErr := s.Load(name)
		if loadErr != nil {
			err = errors.Join(err, loadErr)
			continue
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b *Run) int { return b.Created.Compare(a.Created) })
	return list, err
}
