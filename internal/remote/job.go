package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/openai/openai-go/v3/option"

	"github.com/ftlint/ftlint/internal/grader"
	"github.com/ftlint/ftlint/internal/term"
)

// JobSpec is what a fine-tuning job is to be like. What is nil or empty is left to the
// service.
type JobSpec struct {
	Model          string   `json:"model"`
	TrainingFile   string   `json:"training_file,omitempty"`   // id
	ValidationFile string   `json:"validation_file,omitempty"` // id
	Method         string   `json:"method,omitempty"`          // sft, dpo, rft
	Suffix         string   `json:"suffix,omitempty"`
	Seed           *int64   `json:"seed,omitempty"`
	Epochs         *int64   `json:"n_epochs,omitempty"`
	BatchSize      *int64   `json:"batch_size,omitempty"`
	LearningRate   *float64 `json:"learning_rate_multiplier,omitempty"`
	Beta           *float64 `json:"beta,omitempty"`          // dpo
	L2             *float64 `json:"l2_multiplier,omitempty"` // dpo
	// Grader is the JSON of the grader of a reinforcement job.
	Grader json.RawMessage `json:"grader,omitempty"`
	// TrainingType is Azure's: standard, globalstandard or developertier.
	TrainingType string `json:"training_type,omitempty"`
	// Integrations are objects as the service wants them.
	Integrations []json.RawMessage `json:"integrations,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
}

// Problem is something about a job that the service is known to refuse, or that is worth
// a word.
type Problem struct {
	Rule  string // FTH001 and so on
	Error bool   // else it is only worth a word
	Text  string
}

// The ranges are those of ../shared/spec/formats.md 1.8, from the services' documents.
const (
	longestOpenAISuffix = 64
	longestAzureSuffix  = 40
	surestAzureSuffix   = 18
	mostSeed            = math.MaxInt32
	mostEpochs          = 50
	mostBatchSize       = 256
	mostBeta            = 2
	mostMetadata        = 16
	longestMetaKey      = 64
	longestMetaValue    = 512
)

var suffixPattern = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Check tells what is wrong with a job before it is sent.
func (s *JobSpec) Check(d Dialect, apiVersion string) (list []Problem) {
	add := func(rule string, isError bool, text string, args ...any) {
		list = append(list, Problem{rule, isError, fmt.Sprintf(text, args...)})
	}
	if s.Suffix != "" {
		n := utf8.RuneCountInString(s.Suffix)
		switch {
		case !suffixPattern.MatchString(s.Suffix):
			add("FTH001", true, "suffix %q: only letters, digits, - and _ can be in it", s.Suffix)
		case d.Azure() && n > longestAzureSuffix:
			add("FTH001", true, "suffix %q has %d characters: Azure takes %d", s.Suffix, n, longestAzureSuffix)
		case !d.Azure() && n > longestOpenAISuffix:
			add("FTH001", true, "suffix %q has %d characters: OpenAI takes %d", s.Suffix, n, longestOpenAISuffix)
		case d.Azure() && n > surestAzureSuffix:
			add("FTH001", false, "suffix %q has %d characters: one of Azure's pages says at most %d, longer ones were seen to be taken", s.Suffix, n, surestAzureSuffix)
		}
	}
	within := func(name string, value *int64, least, most int64) {
		if value != nil && (*value < least || *value > most) {
			add("FTH002", true, "%s is %d: it must be %d to %d", name, *value, least, most)
		}
	}
	within("seed", s.Seed, 0, mostSeed)
	within("n_epochs", s.Epochs, 1, mostEpochs)
	within("batch_size", s.BatchSize, 1, mostBatchSize)
	if v := s.LearningRate; v != nil && !(*v > 0 && *v < math.Inf(1)) {
		add("FTH002", true, "learning_rate_multiplier is %v: it must be above 0", *v)
	}
	if v := s.Beta; v != nil && !(*v > 0 && *v <= mostBeta) {
		add("FTH002", true, "beta is %v: it must be above 0, and at most %d", *v, mostBeta)
	}
	if v := s.L2; v != nil && !(*v >= 0 && *v < math.Inf(1)) {
		add("FTH002", true, "l2_multiplier is %v: it must not be below 0", *v)
	}
	if (s.Beta != nil || s.L2 != nil) && s.Method != "dpo" {
		add("FTH002", true, "beta and l2_multiplier are for preference training: --method dpo")
	}
	if len(s.Metadata) > mostMetadata {
		add("FTH002", true, "metadata has %d pairs: at most %d can be", len(s.Metadata), mostMetadata)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Metadata)) {
		if value := s.Metadata[key]; utf8.RuneCountInString(key) > longestMetaKey || utf8.RuneCountInString(value) > longestMetaValue {
			add("FTH002", true, "metadata %q: a key can have %d characters and a value %d", key, longestMetaKey, longestMetaValue)
		}
	}
	s.checkDialect(d, apiVersion, add)
	return list
}

// trainingTypes are the names by which Azure knows them.
var trainingTypes = []string{"standard", "globalstandard", "developertier"}

// checkDialect tells what the dialect has no word for.
func (s *JobSpec) checkDialect(d Dialect, apiVersion string, add func(string, bool, string, ...any)) {
	if s.TrainingType != "" {
		switch {
		case d == OpenAI:
			add("FTH002", true, "trainingType is Azure's: OpenAI has none")
		case !slices.Contains(trainingTypes, strings.ToLower(s.TrainingType)):
			add("FTH002", true, "trainingType %q: it is one of %s", s.TrainingType, strings.Join(trainingTypes, ", "))
		case strings.EqualFold(s.TrainingType, "developertier") && s.Method == "rft":
			add("FTH002", true, "reinforcement training has no developer tier")
		}
	}
	if s.Method == "rft" && len(s.Grader) == 0 {
		add("FTR010", true, "a reinforcement job needs a grader")
	}
	if len(s.Grader) > 0 {
		if s.Method != "rft" {
			add("FTR010", true, "a grader is for reinforcement training: --method rft")
		}
		for _, fault := range grader.Check(s.Grader) {
			add("FTR010", !fault.Doubtful, "%s", fault)
		}
	}
	if d != AzureDated || apiVersion > DefaultAPIVersion {
		return
	}
	// What the version that is generally available does not know it refuses.
	for _, later := range s.later() {
		add("FTH002", true, "%s is not known to version %s of Azure's API: --api-version %s knows it, and so does --service azure-v1", later, apiVersion, PreviewAPIVersion)
	}
}

// later names what of a job only later versions of Azure's dated API know than the one
// that is generally available.
func (s *JobSpec) later() (list []string) {
	add := func(name string, given bool) {
		if given {
			list = append(list, name)
		}
	}
	add("trainingType", s.TrainingType != "")
	add("--method "+s.Method, s.Method == "dpo" || s.Method == "rft")
	add("integrations", len(s.Integrations) > 0)
	add("metadata", len(s.Metadata) > 0)
	return list
}

// NeedsPreview reports whether Azure's dated API knows what the job asks for in
// PreviewAPIVersion only.
func (s *JobSpec) NeedsPreview() bool { return len(s.later()) > 0 }

// body is the job as the service wants it.
func (s *JobSpec) body(d Dialect, apiVersion string) map[string]any {
	hyper := map[string]any{}
	set := func(name string, value any, given bool) {
		if given {
			hyper[name] = value
		}
	}
	set("n_epochs", s.Epochs, s.Epochs != nil)
	set("batch_size", s.BatchSize, s.BatchSize != nil)
	set("learning_rate_multiplier", s.LearningRate, s.LearningRate != nil)
	set("beta", s.Beta, s.Beta != nil)
	set("l2_multiplier", s.L2, s.L2 != nil)
	body := map[string]any{"model": s.Model, "training_file": s.TrainingFile}
	add := func(name string, value any, given bool) {
		if given {
			body[name] = value
		}
	}
	add("validation_file", s.ValidationFile, s.ValidationFile != "")
	add("suffix", s.Suffix, s.Suffix != "")
	add("seed", s.Seed, s.Seed != nil)
	add("trainingType", strings.ToLower(s.TrainingType), s.TrainingType != "")
	add("integrations", s.Integrations, len(s.Integrations) > 0)
	add("metadata", s.Metadata, len(s.Metadata) > 0)
	if d == AzureDated && apiVersion <= DefaultAPIVersion {
		add("hyperparameters", hyper, len(hyper) > 0)
		return body
	}
	name := map[string]string{"": "supervised", "sft": "supervised", "dpo": "dpo", "rft": "reinforcement"}[s.Method]
	inner := map[string]any{}
	if len(hyper) > 0 {
		inner["hyperparameters"] = hyper
	}
	if len(s.Grader) > 0 {
		inner["grader"] = s.Grader
	}
	method := map[string]any{"type": name}
	if len(inner) > 0 {
		method[name] = inner
	}
	body["method"] = method
	return body
}

// Job is a fine-tuning job.
type Job struct {
	ID             string         `json:"id"`
	Status         string         `json:"status"`
	Model          string         `json:"model"`
	FineTunedModel string         `json:"fine_tuned_model"`
	TrainingFile   string         `json:"training_file"`
	ValidationFile string         `json:"validation_file"`
	ResultFiles    []string       `json:"result_files"`
	Suffix         string         `json:"suffix"`
	Seed           json.Number    `json:"seed"`
	TrainedTokens  json.Number    `json:"trained_tokens"`
	CreatedAt      json.Number    `json:"created_at"`
	FinishedAt     json.Number    `json:"finished_at"`
	EstimatedEnd   json.Number    `json:"estimated_finish"`
	Error          *JobError      `json:"error"`
	Hyper          map[string]any `json:"hyperparameters"`
	Method         struct {
		Type string `json:"type"`
	} `json:"method"`
	Metadata map[string]string `json:"metadata"`
}

// UnmarshalJSON reads a job. What names it and its state is shown in many places, so that
// it is made safe to show here.
func (j *Job) UnmarshalJSON(text []byte) error {
	type plain Job
	if err := json.Unmarshal(text, (*plain)(j)); err != nil {
		return err
	}
	j.ID, j.Status = term.Sanitize(j.ID), term.Sanitize(j.Status)
	return nil
}

// JobError says why a job failed.
type JobError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Param   string `json:"param"`
}

// Done reports whether nothing more will happen to the job. A state that nobody has
// heard of is not taken for an end.
func (j *Job) Done() bool {
	return j.Status == "succeeded" || j.Status == "failed" || j.Status == "cancelled"
}

// Created returns when the job was made.
func (j *Job) Created() time.Time { return unix(j.CreatedAt) }

// Finished returns when the job ended: the zero time if it has not.
func (j *Job) Finished() time.Time { return unix(j.FinishedAt) }

func unix(n json.Number) time.Time {
	seconds, err := n.Int64()
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// get asks for something and decodes it.
func (c *Client) get(ctx context.Context, path, what string, answer any) error {
	var text []byte
	err := c.api.Get(ctx, path, nil, &text)
	if err == nil {
		err = json.Unmarshal(text, answer)
	}
	return failed(what, err)
}

// jobPath is the route of a job.
func jobPath(id string) string { return "fine_tuning/jobs/" + url.PathEscape(id) }

// Job returns a job by its id.
func (c *Client) Job(ctx context.Context, id string) (*Job, error) {
	j := &Job{}
	if err := c.get(ctx, jobPath(id), "asking for job "+id, j); err != nil {
		return nil, err
	}
	j.redact()
	return j, nil
}

func (j *Job) redact() {
	if j.Error != nil {
		j.Error.Message = Redact(j.Error.Message)
		if *j.Error == (JobError{}) {
			j.Error = nil // OpenAI's is there before anything is wrong
		}
	}
}

// page is a page of a list.
type page[T any] struct {
	Data    []T  `json:"data"`
	HasMore bool `json:"has_more"`
}

// each goes through a list, page by page, until f returns false. id tells items apart.
func each[T any](ctx context.Context, c *Client, path, what string, id func(*T) string, f func(*T) bool) error {
	after := ""
	for {
		next := path + "?limit=100"
		if strings.Contains(path, "?") {
			next = path + "&limit=100"
		}
		if after != "" {
			next += "&after=" + url.QueryEscape(after)
		}
		var p page[T]
		if err := c.get(ctx, next, what, &p); err != nil {
			return err
		}
		for i := range p.Data {
			if !f(&p.Data[i]) {
				return nil
			}
		}
		if !p.HasMore || len(p.Data) == 0 {
			return nil
		}
		last := id(&p.Data[len(p.Data)-1])
		if last == "" || last == after {
			return nil
		}
		after = last
	}
}

// Jobs calls f for the jobs of the resource, newest first, until it returns false.
func (c *Client) Jobs(ctx context.Context, f func(*Job) bool) error {
	return each(ctx, c, "fine_tuning/jobs", "listing jobs", func(j *Job) string { return j.ID }, func(j *Job) bool {
		j.redact()
		return f(j)
	})
}

// ErrUnknown says that it is not known whether a job was made: the answer got lost, and
// no such job is to be found. It is not asked for again, as that could be a second one.
var ErrUnknown = errors.New("the answer got lost, and it is not known whether the job was made")

// RunKey is the key of the metadata by which a job that was made is found again.
const RunKey = "ftlint_run"

// Intent is what has to be known of a job before it is asked for, to find it if the
// answer gets lost, or the program that asked.
type Intent struct {
	Run    string    `json:"run"` // tells the attempt from others; goes into the metadata where the service takes any
	Begun  time.Time `json:"begun"`
	Before []string  `json:"before"` // ids of jobs made shortly before
}

// IntendJob looks which jobs there are, before one is asked for.
func (c *Client) IntendJob(ctx context.Context, run string) (Intent, error) {
	intent := Intent{Run: run, Begun: c.Now().UTC(), Before: []string{}}
	err := c.jobsSince(ctx, &intent, func(j *Job) bool {
		intent.Before = append(intent.Before, j.ID)
		return true
	})
	return intent, err
}

// CreateJob makes a job. It is asked for once: where the answer gets lost, the job is
// looked for.
func (c *Client) CreateJob(ctx context.Context, spec JobSpec, intent Intent) (*Job, error) {
	what := "creating the job"
	spec.Metadata = c.metadata(&spec, intent.Run)
	body := spec.body(c.Dialect, c.APIVersion)
	for n := 1; ; n++ {
		var text []byte
		err := c.api.Post(ctx, "fine_tuning/jobs", body, &text, option.WithMaxRetries(0))
		if err == nil {
			j := &Job{}
			if err := json.Unmarshal(text, j); err != nil || j.ID == "" {
				return nil, failed(what, errors.New("the answer of the service has no id"))
			}
			j.redact()
			return j, nil
		}
		err = failed(what, err)
		switch {
		case nothingAccepted(err):
			if err := c.pause(ctx, n, err); err != nil {
				return nil, err
			}
		case ambiguous(err):
			j, lookErr := c.FindJob(ctx, spec, intent)
			if j != nil {
				return j, nil
			}
			return nil, fmt.Errorf("%w: %w", ErrUnknown, errors.Join(err, lookErr))
		default:
			return nil, err
		}
	}
}

// metadata is that of a job, with what tells the attempt from others where there is
// room for it.
func (c *Client) metadata(spec *JobSpec, run string) map[string]string {
	if run == "" || len(spec.Metadata) >= mostMetadata || c.Dialect == AzureDated && len(spec.Metadata) == 0 {
		return spec.Metadata
	}
	all := map[string]string{RunKey: run}
	maps.Copy(all, spec.Metadata)
	return all
}

// clocksDiffer is by how much the clock of a service may be behind ours.
const clocksDiffer = 2 * time.Minute

// jobsSince calls f for the jobs that were made since shortly before an intent.
func (c *Client) jobsSince(ctx context.Context, intent *Intent, f func(*Job) bool) error {
	since := intent.Begun.Add(-clocksDiffer)
	return c.Jobs(ctx, func(j *Job) bool {
		if created := j.Created(); !created.IsZero() && created.Before(since) {
			return false
		}
		return f(j)
	})
}

// lookFor is how long a job is looked for that may have been made: services were seen
// to list one seconds after they had taken it.
var lookFor = []time.Duration{0, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}

// FindJob looks for a while for a job that was meant to be made. It returns nil if there
// is none.
func (c *Client) FindJob(ctx context.Context, spec JobSpec, intent Intent) (found *Job, err error) {
	run := c.metadata(&spec, intent.Run)[RunKey]
	for _, delay := range lookFor {
		if err := c.Wait(ctx, delay); err != nil {
			return nil, err
		}
		err = c.jobsSince(ctx, &intent, func(j *Job) bool {
			switch theirs := j.Metadata[RunKey]; {
			case slices.Contains(intent.Before, j.ID):
			case run != "" && theirs != "":
				if theirs == run {
					found = j
				}
			case j.TrainingFile == spec.TrainingFile && j.ValidationFile == spec.ValidationFile && sameSuffix(j, spec.Suffix) && sameModel(j, spec.Model):
				found = j
			}
			return found == nil
		})
		if found != nil || c.DryRun != nil {
			return found, nil
		}
	}
	return nil, err
}

// sameSuffix reports whether a job has the suffix, as far as the service tells it.
func sameSuffix(j *Job, suffix string) bool { return j.Suffix == "" || j.Suffix == suffix }

// sameModel reports whether a job trains the model, which a service may tell by the name
// of its latest version.
func sameModel(j *Job, model string) bool {
	is, wanted := strings.ToLower(j.Model), strings.ToLower(model)
	return is == "" || is == wanted || datedModel.ReplaceAllString(is, "$1") == wanted
}

// act does something with a job.
func (c *Client) act(ctx context.Context, id, verb, what string) (*Job, error) {
	var text []byte
	if err := c.api.Post(ctx, jobPath(id)+"/"+verb, nil, &text); err != nil {
		return nil, failed(what+" job "+id, err)
	}
	j := &Job{}
	if json.Unmarshal(text, j) != nil || j.ID == "" {
		return c.Job(ctx, id)
	}
	j.redact()
	return j, nil
}

// CancelJob ends a job before its time.
func (c *Client) CancelJob(ctx context.Context, id string) (*Job, error) {
	return c.act(ctx, id, "cancel", "cancelling")
}

// PauseJob makes a running job pause, which leaves a checkpoint that can be deployed.
func (c *Client) PauseJob(ctx context.Context, id string) (*Job, error) {
	return c.act(ctx, id, "pause", "pausing")
}

// ResumeJob lets a job go on that was paused.
func (c *Client) ResumeJob(ctx context.Context, id string) (*Job, error) {
	return c.act(ctx, id, "resume", "resuming")
}

// DeleteJob removes a job from Azure's list. One that is not there is no error.
func (c *Client) DeleteJob(ctx context.Context, id string) error {
	dated, err := c.dated()
	if err != nil {
		return err
	}
	if dated.Dialect == OpenAI {
		return errors.New("deleting job " + id + ": OpenAI keeps jobs")
	}
	err = failed("deleting job "+id, dated.api.Delete(ctx, jobPath(id), nil, nil))
	if Status(err) == http.StatusNotFound {
		return nil
	}
	return err
}

// Event is something that happened to a job.
type Event struct {
	ID        string      `json:"id"`
	Level     string      `json:"level"`
	Message   string      `json:"message"`
	CreatedAt json.Number `json:"created_at"`
	// Data are metrics, where the service tells them besides.
	Data map[string]any `json:"data"`
}

// Measured is what an event tells of training. Losses that it does not tell are NaN.
type Measured struct {
	Step, Total          int64 // Total: 0 if it is not told
	TrainLoss, ValidLoss float64
}

// stepText is how services word what was measured.
var stepText = regexp.MustCompile(`^Step (\d+)(?:/(\d+))?: (?:training|train) loss=([\d.]+)(?:, validation loss=([\d.]+))?`)

// Measured returns what was measured, if that is what the event tells.
func (e *Event) Measured() (m Measured, ok bool) {
	m = Measured{TrainLoss: math.NaN(), ValidLoss: math.NaN()}
	value := func(names ...string) float64 {
		for _, name := range names {
			if v, ok := e.Data[name].(float64); ok {
				return v
			}
		}
		return math.NaN()
	}
	if step := value("step"); step > 0 {
		m.Step, m.TrainLoss, m.ValidLoss = int64(step), value("train_loss"), value("full_valid_loss", "valid_loss")
		if total := value("total_steps"); total > 0 {
			m.Total = int64(total)
		}
		return m, true
	}
	match := stepText.FindStringSubmatch(e.Message)
	if match == nil {
		return m, false
	}
	number := func(text string) float64 {
		if v, err := strconv.ParseFloat(strings.TrimRight(text, "."), 64); err == nil {
			return v
		}
		return math.NaN()
	}
	m.Step, _ = strconv.ParseInt(match[1], 10, 64)
	m.Total, _ = strconv.ParseInt(match[2], 10, 64)
	m.TrainLoss, m.ValidLoss = number(match[3]), number(match[4])
	return m, m.Step > 0
}

// Time returns when it happened.
func (e *Event) Time() time.Time { return unix(e.CreatedAt) }

// Events returns the events of a job, oldest first.
func (c *Client) Events(ctx context.Context, id string) (list []Event, err error) {
	seen := map[string]bool{}
	err = each(ctx, c, jobPath(id)+"/events", "asking for the events of job "+id, func(e *Event) string { return e.ID }, func(e *Event) bool {
		if seen[e.ID] {
			return false
		}
		seen[e.ID] = true
		e.Message = Redact(e.Message)
		list = append(list, *e)
		return true
	})
	slices.Reverse(list) // services tell the newest first
	slices.SortStableFunc(list, func(a, b Event) int { return a.Time().Compare(b.Time()) })
	return list, err
}

// Checkpoint is a model that a job has left on its way.
type Checkpoint struct {
	ID        string             `json:"id"`
	Model     string             `json:"fine_tuned_model_checkpoint"`
	Step      int64              `json:"step_number"`
	Metrics   map[string]float64 `json:"metrics"`
	CreatedAt json.Number        `json:"created_at"`
}

// Created returns when it was made.
func (p *Checkpoint) Created() time.Time { return unix(p.CreatedAt) }

// Metric returns the first of some metrics that was measured, or NaN.
func (p *Checkpoint) Metric(names ...string) float64 {
	for _, name := range names {
		if v, ok := p.Metrics[name]; ok {
			return v
		}
	}
	return math.NaN()
}

// Checkpoints returns the checkpoints of a job, the last one first.
func (c *Client) Checkpoints(ctx context.Context, id string) (list []Checkpoint, err error) {
	err = each(ctx, c, jobPath(id)+"/checkpoints", "asking for the checkpoints of job "+id, func(p *Checkpoint) string { return p.ID }, func(p *Checkpoint) bool {
		list = append(list, *p)
		return true
	})
	slices.SortStableFunc(list, func(a, b Checkpoint) int { return int(b.Step - a.Step) })
	return list, err
}

// Watch says how a job is waited for.
type Watch struct {
	Most  time.Duration // how long it is waited for; 0: without end
	Event func(Event)   // called with every event, once, in order
	Asked func(*Job)    // called whenever the job was asked for
	State func(*Job)    // called whenever the state changes
}

// WatchJob waits until nothing more will happen to a job.
func (c *Client) WatchJob(ctx context.Context, id string, w Watch) (*Job, error) {
	begun, last := c.Now(), ""
	told := map[string]bool{}
	for delay := 2 * time.Second; ; delay = min(delay*3/2, 30*time.Second) {
		j, err := poll(ctx, c, func() (*Job, error) { return c.Job(ctx, id) })
		if err != nil {
			return nil, err
		}
		if w.Asked != nil {
			w.Asked(j)
		}
		if w.Event != nil {
			events, err := poll(ctx, c, func() ([]Event, error) { return c.Events(ctx, id) })
			if err != nil {
				return j, err
			}
			for _, e := range events {
				if !told[e.ID] {
					told[e.ID] = true
					w.Event(e)
				}
			}
		}
		if j.Status != last && w.State != nil {
			w.State(j)
		}
		last = j.Status
		if j.Done() {
			return j, nil
		}
		if w.Most > 0 && c.Now().Sub(begun) > w.Most {
			return j, fmt.Errorf("job %s is still %s: %w", id, j.Status, ErrDeadline)
		}
		if err := c.Wait(ctx, delay); err != nil {
			return j, err
		}
	}
}

// Results writes the table of losses that a job has left (results.csv).
func (c *Client) Results(ctx context.Context, j *Job, out io.Writer) error {
	if len(j.ResultFiles) == 0 {
		return fmt.Errorf("job %s has no results yet: it is %s", j.ID, j.Status)
	}
	return c.Download(ctx, j.ResultFiles[0], out)
}

// Model is a model that can be used.
type Model struct {
	ID      string      `json:"id"`
	Owner   string      `json:"owned_by"`
	Created json.Number `json:"created"`
	// Fine says whether it can be fine-tuned, where Azure tells it.
	Capabilities struct {
		FineTune bool `json:"fine_tune"`
	} `json:"capabilities"`
	Status string `json:"status"`
}

// FineTuned reports whether it is one that a job has made.
func (m *Model) FineTuned() bool {
	return strings.HasPrefix(m.ID, "ft:") || strings.Contains(m.ID, ".ft-")
}

// Models lists the models of the resource.
func (c *Client) Models(ctx context.Context) (list []Model, err error) {
	var p page[Model]
	err = c.get(ctx, "models", "listing models", &p)
	return p.Data, err
}
