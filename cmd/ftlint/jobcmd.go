package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

func newJobCommand(streams Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "job",
		Short:   "Create, watch and end fine-tuning jobs",
		Long:    "Job makes fine-tuning jobs at Azure OpenAI or OpenAI, and tells what becomes of\nthem. See ftlint upload --help for how the service is named and where keys come\nfrom." + "\n" + exitStatusRemote,
		Example: "  ftlint job list\n  ftlint job list --service openai -o json",
	}
	cmd.AddCommand(
		newJobCreateCommand(streams), newJobListCommand(streams), newJobShowCommand(streams), newJobWatchCommand(streams),
		newJobEventsCommand(streams), newJobCheckpointsCommand(streams), newJobResultsCommand(streams),
		newJobActCommand(streams, "cancel", "End a job before its time", "Cancel ends a job. What it has trained until then may be billed.", (*remote.Client).CancelJob),
		newJobActCommand(streams, "pause", "Let a running job pause", "Pause lets a running job pause, which leaves a checkpoint that can be deployed.", (*remote.Client).PauseJob),
		newJobActCommand(streams, "resume", "Let a job go on that was paused", "Resume lets a job go on that was paused.", (*remote.Client).ResumeJob),
	)
	return cmd
}

// jobFlags are the flags that say what a job is to be like, as they were given.
type jobFlags struct {
	remoteFlags
	costFlags
	spec           remote.JobSpec
	seed, epochs   int64
	batchSize      int64
	rate, beta, l2 float64
	grader         string
	metadata       []string
	integrations   []string
	yes, wait      bool
	most           time.Duration
}

func (f *jobFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.spec.Model, "model", "", "`MODEL` to train, which can be a fine-tuned one")
	flags.StringVar(&f.spec.TrainingFile, "training-file", "", "`ID` of the training file")
	flags.StringVar(&f.spec.ValidationFile, "validation-file", "", "`ID` of the validation file")
	flags.StringVar(&f.spec.Method, "method", "sft", "training `METHOD`: sft, dpo, rft")
	f.addTraining(flags)
}

// addTraining adds those that say how is trained.
func (f *jobFlags) addTraining(flags *pflag.FlagSet) {
	flags.StringVar(&f.spec.Suffix, "suffix", "", "`TEXT` in the name of the new model")
	flags.Int64Var(&f.seed, "seed", 0, "`N` by which training can be repeated: 0 to 2147483647")
	flags.Int64Var(&f.epochs, "n-epochs", 0, "epochs: `N`, 1 to 50")
	flags.Int64Var(&f.batchSize, "batch-size", 0, "examples at a time: `N`, 1 to 256")
	flags.Float64Var(&f.rate, "learning-rate-multiplier", 0, "`X` times the usual learning rate")
	flags.Float64Var(&f.beta, "beta", 0, "how near preference training keeps to the model: `X` above 0, at most 2")
	flags.Float64Var(&f.l2, "l2-multiplier", 0, "`X` times the usual L2 penalty of preference training")
	flags.StringVar(&f.grader, "grader", "", "`FILE` with the grader of a reinforcement job, as JSON")
	flags.StringVar(&f.spec.TrainingType, "training-type", "", "Azure's `TYPE`: standard, globalstandard, developertier")
	flags.StringArrayVar(&f.integrations, "integration", nil, "an integration as `JSON`, such as that of Weights & Biases (can be repeated)")
	flags.StringArrayVar(&f.metadata, "metadata", nil, "`KEY=VALUE` that is kept with the job (can be repeated)")
}

// choices sees that flags have values that there are.
func (f *jobFlags) choices() error {
	return errors.Join(
		choose("--method", f.spec.Method, map[string]func(){"sft": nil, "dpo": nil, "rft": nil}),
		choose("--training-type", strings.ToLower(f.spec.TrainingType), map[string]func(){"": nil, "standard": nil, "globalstandard": nil, "developertier": nil}),
	)
}

// job returns what the flags say. Flags that were not given leave it to the service.
func (f *jobFlags) job(flags *pflag.FlagSet) (*remote.JobSpec, error) {
	s := f.spec
	for name, set := range map[string]func(){
		"seed": func() { s.Seed = &f.seed }, "n-epochs": func() { s.Epochs = &f.epochs }, "batch-size": func() { s.BatchSize = &f.batchSize },
		"learning-rate-multiplier": func() { s.LearningRate = &f.rate }, "beta": func() { s.Beta = &f.beta }, "l2-multiplier": func() { s.L2 = &f.l2 },
	} {
		if flags.Changed(name) {
			set()
		}
	}
	for _, pair := range f.metadata {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--metadata %s: this is not of the form KEY=VALUE", pair)
		}
		if s.Metadata == nil {
			s.Metadata = map[string]string{}
		}
		s.Metadata[key] = value
	}
	for _, text := range f.integrations {
		if !json.Valid([]byte(text)) || !strings.HasPrefix(strings.TrimSpace(text), "{") {
			return nil, errors.New("--integration: this is no JSON object")
		}
		s.Integrations = append(s.Integrations, json.RawMessage(text))
	}
	if f.grader != "" {
		text, err := readGrader(f.grader)
		if err != nil {
			return nil, err
		}
		s.Grader = text
	}
	return &s, nil
}

// knownLater asks for a later version of Azure's dated API where the job needs one and
// nobody has said which. It reports whether it does.
func (f *jobFlags) knownLater(spec *remote.JobSpec) bool {
	if f.apiVersion != "" || getenv("OPENAI_API_VERSION") != "" || !spec.NeedsPreview() {
		return false
	}
	f.apiVersion = remote.PreviewAPIVersion
	return true
}

func newJobCreateCommand(streams Streams) *cobra.Command {
	f := &jobFlags{}
	cmd := remoteCommand(streams, &f.remoteFlags, &cobra.Command{
		Use: "create [flags]", Args: cobra.NoArgs,
		Short: "Make a fine-tuning job of files that are uploaded",
		Long: `Create makes a fine-tuning job, after asking, as training is billed. What the
service is known to refuse is told before anything is sent; what no flag says is
left to the service. Where the answer of the service gets lost the job is looked
for, and never made twice.`,
		Example: `  ftlint job create --model gpt-4.1-mini-2025-04-14 --training-file file-abc --dry-run
  ftlint job create --model gpt-4o-2024-08-06 --training-file file-abc --method dpo --beta 0.2 --service openai --dry-run`,
	}, nil)
	flags := cmd.Flags()
	f.add(flags)
	f.addCost(flags)
	flags.BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&f.wait, "wait", false, "wait until the job ends, as job watch does")
	flags.DurationVar(&f.most, "wait-most", 0, "with --wait: how long, a `TIME` such as 6h; 0: without end")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		_, err := f.budget()
		if err := errors.Join(f.choices(), f.known(), err); err != nil {
			return usage(err)
		}
		spec, err := f.job(flags)
		if err == nil && (spec.Model == "" || spec.TrainingFile == "") {
			err = errors.New("a job needs --model and --training-file (ftlint upload prints the ids of files)")
		}
		if err != nil {
			return usage(err)
		}
		f.knownLater(spec)
		c, err := f.client(streams.Out)
		if err != nil {
			return usage(err)
		}
		return serviceError(f.create(cmd.Context(), streams, c, spec))
	}
	return cmd
}

// create makes the job.
func (f *jobFlags) create(ctx context.Context, streams Streams, c *remote.Client, spec *remote.JobSpec) error {
	if err := tellProblems(streams.Err, append(spec.Check(c.Dialect, c.APIVersion), modelProblems(spec.Model, c.Dialect)...)); err != nil {
		return err
	}
	if err := f.forecast(ctx, streams, c, spec); err != nil {
		return err
	}
	if !f.yes && !f.dryRun {
		if err := confirm(streams, fmt.Sprintf("train %s on %s at %s, which is billed?", spec.Model, spec.TrainingFile, c.Endpoint)); err != nil {
			return err
		}
	}
	intent, err := c.IntendJob(ctx, rand.Text())
	if err != nil {
		return err
	}
	j, err := c.CreateJob(ctx, *spec, intent)
	if err != nil || f.dryRun {
		return err
	}
	fmt.Fprintf(streams.Err, "%s: %s\n", j.ID, j.Status)
	if f.wait {
		return watch(ctx, streams, c, &f.remoteFlags, j.ID, f.most)
	}
	return tellJob(streams.Out, &f.remoteFlags, j)
}

// forecast tells what training is expected to cost, where there is a budget or somebody
// is asked. Without a budget it is no error if that is not known.
func (f *jobFlags) forecast(ctx context.Context, streams Streams, c *remote.Client, spec *remote.JobSpec) error {
	if f.dryRun || f.maxCost == "" && (f.yes || !canAsk(streams)) {
		return nil
	}
	cost, err := f.forecastAt(ctx, streams, c, spec)
	switch {
	case err == nil:
		return f.within(streams, cost, spec)
	case ctx.Err() != nil:
		return err
	case f.maxCost != "":
		return usage(fmt.Errorf("--max-cost: what training will cost cannot be said: %w", err))
	}
	tell(streams.Err, "what training will cost cannot be said: "+err.Error())
	return nil
}

// tellProblems writes what is wrong with a job or a deployment. Errors end the command.
func tellProblems(out io.Writer, list []remote.Problem) error {
	wrong := false
	for _, p := range list {
		level := "info"
		if p.Error {
			level, wrong = "error", true
		}
		fmt.Fprintf(out, "ftlint: %s %s %s\n", level, p.Rule, term.Sanitize(p.Text))
	}
	if wrong {
		return &exitError{status: exitFindings, err: errors.New("nothing was sent: the service would refuse it")}
	}
	return nil
}

// modelProblems tells whether a model can no longer be trained.
func modelProblems(model string, d remote.Dialect) []remote.Problem {
	c, err := catalog.Load()
	if err != nil {
		return nil
	}
	provider := "openai"
	if d.Azure() {
		provider = "azure"
	}
	if r, ok := c.Retired(model, provider, time.Now()); ok {
		return []remote.Problem{{Rule: "FTH003", Error: true, Text: fmt.Sprintf("model %s: %s (as of %s)", model, r.Reason, c.AsOf("models"))}}
	}
	return nil
}

// jobJSON is a job as json tells of it.
type jobJSON struct {
	ID             string     `json:"id"`
	Status         string     `json:"status"`
	Model          string     `json:"model"`
	Method         string     `json:"method,omitempty"`
	FineTunedModel string     `json:"fine_tuned_model,omitempty"`
	TrainingFile   string     `json:"training_file"`
	ValidationFile string     `json:"validation_file,omitempty"`
	ResultFiles    []string   `json:"result_files,omitempty"`
	TrainedTokens  int64      `json:"trained_tokens,omitempty"`
	Created        *time.Time `json:"created,omitempty"`
	Finished       *time.Time `json:"finished,omitempty"`
	Error          string     `json:"error,omitempty"`
}

func jobOf(j *remote.Job) jobJSON {
	out := jobJSON{
		ID: j.ID, Status: j.Status, Model: j.Model, Method: j.Method.Type, FineTunedModel: j.FineTunedModel,
		TrainingFile: j.TrainingFile, ValidationFile: j.ValidationFile, ResultFiles: j.ResultFiles,
	}
	out.TrainedTokens, _ = j.TrainedTokens.Int64()
	if at := j.Created(); !at.IsZero() {
		out.Created = &at
	}
	if at := j.Finished(); !at.IsZero() {
		out.Finished = &at
	}
	if j.Error != nil {
		out.Error = strings.TrimSpace(j.Error.Code + " " + j.Error.Message)
	}
	return out
}

// tellJob writes a job.
func tellJob(out io.Writer, f *remoteFlags, j *remote.Job) error {
	told := jobOf(j)
	if f.output == "json" {
		return writeJSON(out, struct {
			SchemaVersion int `json:"schema_version"`
			jobJSON
		}{report.SchemaVersion, told})
	}
	rows := [][]string{{"id", told.ID}, {"status", told.Status}, {"model", told.Model}}
	for _, row := range [][]string{
		{"method", told.Method},
		{"new model", told.FineTunedModel},
		{"training file", told.TrainingFile},
		{"validation file", told.ValidationFile},
		{"results", strings.Join(told.ResultFiles, " ")},
		{"error", told.Error},
	} {
		if row[1] != "" {
			rows = append(rows, []string{row[0], term.Sanitize(row[1])})
		}
	}
	if told.TrainedTokens > 0 {
		rows = append(rows, []string{"trained tokens", lint.FormatCount(told.TrainedTokens)})
	}
	now := time.Now()
	rows = append(rows, []string{"created", age(j.Created(), now)})
	if told.Finished != nil {
		rows = append(rows, []string{"finished", age(j.Finished(), now)})
	}
	return columns(out, rows)
}

func newJobListCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var most int
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: "list [flags]", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short: "List the jobs of the resource", Long: "List shows the jobs of the resource, the newest first.",
		Example: "  ftlint job list --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, _ []string) error {
		list := []jobJSON{}
		rows := [][]string{{"id", "status", "created", "model", "new model"}}
		err := c.Jobs(cmd.Context(), func(j *remote.Job) bool {
			told := jobOf(j)
			list = append(list, told)
			rows = append(rows, []string{told.ID, told.Status, age(j.Created(), time.Now()), term.Sanitize(told.Model), term.Sanitize(told.FineTunedModel)})
			return most == 0 || len(list) < most
		})
		switch {
		case err != nil || f.dryRun:
			return err
		case f.output == "json":
			return writeJSON(streams.Out, struct {
				SchemaVersion int       `json:"schema_version"`
				Endpoint      string    `json:"endpoint"`
				Jobs          []jobJSON `json:"jobs"`
			}{report.SchemaVersion, c.Endpoint, list})
		case len(list) == 0:
			_, err := fmt.Fprintf(streams.Out, "no jobs at %s\n", c.Endpoint)
			return err
		}
		return columns(streams.Out, rows)
	})
	cmd.Flags().IntVar(&most, "limit", 20, "at most `N` jobs; 0: all")
	return cmd
}

func newJobShowCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	return remoteCommand(streams, &f, &cobra.Command{
		Use: "show [flags] ID", Args: anID,
		Short: "Show a job", Long: "Show tells how a job stands, and why it failed.",
		Example: "  ftlint job show ftjob-abc123 --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		j, err := c.Job(cmd.Context(), args[0])
		if err != nil || f.dryRun {
			return err
		}
		if err := tellJob(streams.Out, &f, j); err != nil || j.Error == nil {
			return err
		}
		for _, line := range hints(serviceWords(j.Error.Code, j.Error.Message)) {
			fmt.Fprintln(streams.Err, term.Sanitize(line))
		}
		return nil
	})
}

func newJobWatchCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var most time.Duration
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: "watch [flags] ID", Args: anID,
		Short: "Wait for a job, and tell what happens to it",
		Long: `Watch tells the events of a job, each once, until it ends; on a terminal, what was
measured last stands below them, with the end as it is to be expected. An
interrupt ends the watching and not the job.`,
		Example: "  ftlint job watch ftjob-abc123 --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		if f.dryRun {
			_, err := c.Job(cmd.Context(), args[0])
			return err
		}
		return watch(cmd.Context(), streams, c, &f, args[0], most)
	})
	cmd.Flags().DurationVar(&most, "wait-most", 0, "how long, a `TIME` such as 6h; 0: without end")
	return cmd
}

// watching shows how a job goes that is waited for.
func watching(out io.Writer, id string) (remote.Watch, func(error)) {
	view := startWatchView(out, id)
	stamp := func(at time.Time) string {
		if at.IsZero() {
			at = time.Now()
		}
		return at.Local().Format("15:04:05")
	}
	return remote.Watch{
		Asked: view.state,
		Event: func(e remote.Event) {
			if !view.measured(&e) {
				view.say(fmt.Sprintf("%s  %s", stamp(e.Time()), term.Sanitize(e.Message)))
			}
		},
		State: func(j *remote.Job) {
			view.say(fmt.Sprintf("%s  job %s: %s", stamp(time.Time{}), j.ID, j.Status))
			if j.Status == "paused" {
				view.say("it trains no further until it is told to: ftlint job resume " + j.ID)
			}
		},
	}, func(err error) { view.stop(err != nil) }
}

// watch waits for a job. One that fails is an error of the service.
func watch(ctx context.Context, streams Streams, c *remote.Client, f *remoteFlags, id string, most time.Duration) error {
	w, done := watching(streams.Err, id)
	w.Most = most
	j, err := c.WatchJob(ctx, id, w)
	done(err)
	if ctx.Err() != nil {
		fmt.Fprintf(streams.Err, "ftlint: job %s goes on, and is billed: ftlint job watch %s waits for it, ftlint job cancel %s ends it\n", id, id, id)
	}
	if err != nil {
		return err
	}
	if err := tellJob(streams.Out, f, j); err != nil {
		return err
	}
	if j.Status != "succeeded" {
		why := fmt.Errorf("job %s: %s", j.ID, j.Status)
		if j.Error != nil {
			why = &remote.Error{What: why.Error(), Code: j.Error.Code, Message: j.Error.Message}
		}
		return why
	}
	return nil
}

func newJobEventsCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	return remoteCommand(streams, &f, &cobra.Command{
		Use: "events [flags] ID", Args: anID,
		Short: "Tell what happened to a job", Long: "Events tells what happened to a job, the oldest first.",
		Example: "  ftlint job events ftjob-abc123 --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		events, err := c.Events(cmd.Context(), args[0])
		if err != nil || f.dryRun {
			return err
		}
		type event struct {
			Time    time.Time `json:"time"`
			Level   string    `json:"level"`
			Message string    `json:"message"`
		}
		list := []event{}
		for _, e := range events {
			list = append(list, event{e.Time(), e.Level, e.Message})
		}
		if f.output == "json" {
			return writeJSON(streams.Out, struct {
				SchemaVersion int     `json:"schema_version"`
				Events        []event `json:"events"`
			}{report.SchemaVersion, list})
		}
		for _, e := range list {
			if _, err := fmt.Fprintf(streams.Out, "%s  %-7s  %s\n", e.Time.Format(time.RFC3339), e.Level, term.Sanitize(e.Message)); err != nil {
				return err
			}
		}
		return nil
	})
}

func newJobCheckpointsCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	return remoteCommand(streams, &f, &cobra.Command{
		Use: "checkpoints [flags] ID", Args: anID,
		Short: "List the checkpoints of a job", Long: "Checkpoints shows the models that a job has left on its way, the last one first.",
		Example: "  ftlint job checkpoints ftjob-abc123 --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		points, err := c.Checkpoints(cmd.Context(), args[0])
		if err != nil || f.dryRun {
			return err
		}
		if f.output == "json" {
			type point struct {
				ID      string             `json:"id"`
				Step    int64              `json:"step"`
				Model   string             `json:"model"`
				Metrics map[string]float64 `json:"metrics"`
			}
			list := []point{}
			for _, p := range points {
				list = append(list, point{p.ID, p.Step, p.Model, p.Metrics})
			}
			return writeJSON(streams.Out, struct {
				SchemaVersion int     `json:"schema_version"`
				Checkpoints   []point `json:"checkpoints"`
			}{report.SchemaVersion, list})
		}
		if len(points) == 0 {
			_, err := fmt.Fprintf(streams.Out, "job %s has no checkpoints yet\n", args[0])
			return err
		}
		metric := func(p *remote.Checkpoint, name string) string {
			if v, ok := p.Metrics[name]; ok {
				return fmt.Sprintf("%.4g", v)
			}
			return "-"
		}
		rows := [][]string{{"step", "train loss", "valid loss", "id", "model"}}
		for i := range points {
			p := &points[i]
			valid := metric(p, "full_valid_loss")
			if valid == "-" {
				valid = metric(p, "valid_loss")
			}
			rows = append(rows, []string{fmt.Sprint(p.Step), metric(p, "train_loss"), valid, p.ID, term.Sanitize(p.Model)})
		}
		return columns(streams.Out, rows)
	})
}

// newJobActCommand makes a command that does something with a job.
func newJobActCommand(streams Streams, verb, short, long string, act func(*remote.Client, context.Context, string) (*remote.Job, error)) *cobra.Command {
	var f remoteFlags
	var yes bool
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: verb + " [flags] ID", Args: anID, Short: short, Long: long,
		Example: "  ftlint job " + verb + " ftjob-abc123 --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		if verb == "cancel" && !yes && !f.dryRun {
			if err := confirm(streams, "cancel job "+args[0]+"?"); err != nil {
				return err
			}
		}
		j, err := act(c, cmd.Context(), args[0])
		if err != nil || f.dryRun {
			return err
		}
		return tellJob(streams.Out, &f, j)
	})
	if verb == "cancel" {
		cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	}
	return cmd
}
