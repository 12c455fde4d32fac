package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/config"
	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/stats"
)

// stateFlags are the flags that submit, resume, status and clean have in common.
type stateFlags struct{ dir string }

// stateDir is where runs are kept if nothing else is said.
const stateDir = ".ftlint"

func (f *stateFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.dir, "state", stateDir, "`DIR` that runs are kept in")
}

func (f *stateFlags) store() *remote.Store { return &remote.Store{Dir: f.dir} }

// callFor is how ftlint is called to do something with a run.
func callFor(verb string, store *remote.Store, run *remote.Run) string {
	text := "ftlint " + verb + " " + run.Name
	switch dir := store.Dir; {
	case dir == stateDir:
	case strings.ContainsAny(dir, " \t\n'\"\\$`&;|<>()*?[]#~!{}"):
		text += " --state '" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	default:
		text += " --state " + dir
	}
	return text
}

// waitFlags say how long is waited.
type waitFlags struct {
	noWait, cancelOnInterrupt bool
	job, file, deployment     time.Duration
	progress                  string
}

func (f *waitFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.noWait, "no-wait", false, "end when the job is made: ftlint resume goes on")
	flags.DurationVar(&f.job, "wait-most", 0, "how long to wait for the job: a `TIME` such as 6h; 0: without end")
	flags.DurationVar(&f.file, "wait-file", time.Hour, "how long to wait until a file is processed: `TIME`")
	flags.DurationVar(&f.deployment, "wait-deployment", 10*time.Minute, "how long to wait until a deployment that is made answers: `TIME`")
	flags.BoolVar(&f.cancelOnInterrupt, "cancel-on-interrupt", false, "cancel the job when the program is interrupted")
	flags.StringVar(&f.progress, "progress", "auto", "progress on standard error: `HOW` is auto, plain or off")
}

// known sees that flags have values that there are.
func (f *waitFlags) known() error {
	return choose("--progress", f.progress, map[string]func(){"auto": nil, "plain": nil, "off": nil})
}

// submitFlags are the flags of submit, as they were given.
type submitFlags struct {
	jobFlags
	controlFlags
	configFlags
	stateFlags
	waitFlags

	training, validation, bom string
	maxCost, prices, catalog  string
	noCheck, again            bool

	deployment    remote.DeploymentSpec
	acceptHosting bool
	noPreflight   bool
}

func newSubmitCommand(streams Streams) *cobra.Command {
	f := &submitFlags{}
	cmd := &cobra.Command{
		Use:   "submit [flags] [FILE]",
		Short: "Check, upload, train, deploy and try, in one go that can be resumed",
		Long: `Submit checks a dataset, uploads it, trains a model on it, and with --deploy
deploys the model and tries it. What training will cost is told before, and asked
about.

It can be interrupted at any moment, in whatever way: how far it has come is kept in
the directory .ftlint, and ftlint resume goes on from there, without doing anything
twice. ftlint status tells what there is, ftlint clean deletes it again.

What flags say can stand in the table [submit] of the configuration (ftlint.toml).` + "\n" + exitStatusRemote,
		Example: `  ftlint submit train.jsonl --model gpt-4.1-mini-2025-04-14 --dry-run
  ftlint submit train.jsonl --validation valid.jsonl --model gpt-4.1-mini-2025-04-14 --deploy my-model --sku DeveloperTier --dry-run
  ftlint submit train.jsonl --model gpt-4.1-mini-2025-04-14 --service openai --max-cost 25 --yes --dry-run`,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.spec.Model, "model", "", "`MODEL` to train, which can be a fine-tuned one")
	flags.StringVar(&f.validation, "validation", "", "`FILE` to validate with")
	flags.StringVar(&f.spec.Method, "method", "auto", "training `METHOD`: auto (as the file is), sft, dpo, rft")
	f.addTraining(flags)
	flags.StringVar(&f.deployment.Name, "deploy", "", "deploy the model under this `NAME` (Azure)")
	flags.StringVar(&f.deployment.SKU, "sku", "", "`SKU` of the deployment: "+strings.Join(remote.SKUs(), ", "))
	flags.Int64Var(&f.deployment.Capacity, "capacity", 0, "`N` thousand tokens a minute, or provisioned units (default "+strconv.Itoa(remote.DefaultCapacity)+")")
	flags.BoolVar(&f.acceptHosting, "accept-hosting", false, "a deployment that is billed by the hour is wanted")
	flags.BoolVar(&f.noPreflight, "no-preflight", false, "do not look first whether the deployment will be possible")
	flags.StringVar(&f.maxCost, "max-cost", "", "most `DOLLARS` that training may cost")
	flags.StringVar(&f.prices, "prices", "", "`FILE` with prices that go before the built-in ones")
	flags.StringVar(&f.catalog, "catalog", "", "`FILE` with models, limits and prices that go before the built-in ones")
	flags.StringVar(&f.bom, "bom", "keep", "byte-order mark: `WHAT` is keep, or add (on the way, for Azure)")
	flags.BoolVar(&f.noCheck, "no-check", false, "send files whatever is wrong with them")
	flags.BoolVar(&f.again, "again", false, "begin anew, even if the same was begun before and has not come to its end")
	flags.BoolVarP(&f.yes, "yes", "y", false, "do not ask whether training may be billed")
	f.stateFlags.add(flags)
	f.waitFlags.add(flags)
	f.addRemote(flags)
	f.addControl(flags)
	f.addWhich(flags)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return controlError(f.run(cmd, streams, args))
	}
	return cmd
}

// configure takes from the table [submit] what no flag says.
func (f *submitFlags) configure(flags *pflag.FlagSet) error {
	path, err := f.configFor(jsonl.Stdin, map[string]string{})
	if err != nil || path == "" {
		return err
	}
	c, err := config.Load(path)
	if err != nil {
		return err
	}
	for _, s := range c.Submit {
		if s.Key == "training" {
			f.training = shortPath(s.Values[0])
			continue
		}
		flag := flags.Lookup(s.Key)
		if flag.Changed {
			continue
		}
		if err := setFlag(flag, s.Values); err != nil {
			return &config.Error{Place: s.At, Message: s.Key + ": " + err.Error()}
		}
		flag.Changed = true // as if it were on the command line
		switch s.Key {
		case "endpoint":
			err = ownAddress("endpoint", s.Values[0], s.At.String(), endpointVariables...)
		case "arm-host":
			err = ownAddress("control plane", s.Values[0], s.At.String(), hostVariable)
		}
		if err != nil {
			return err
		}
		if s.Key == "state" {
			f.dir = shortPath(f.dir)
		}
	}
	if f.validation != "" {
		f.validation = shortPath(f.validation)
	}
	// What a check is told holds for the job, too.
	for _, key := range []string{"model", "prices", "catalog"} {
		flag := flags.Lookup(key)
		if s, ok := c.Get(key); ok && !flag.Changed {
			if err := setFlag(flag, s.Values); err != nil {
				return &config.Error{Place: s.At, Message: key + ": " + err.Error()}
			}
		}
	}
	return nil
}

// choices sees that flags have values that there are.
func (f *submitFlags) choices() error {
	return errors.Join(
		choose("--method", f.spec.Method, map[string]func(){"auto": nil, "sft": nil, "dpo": nil, "rft": nil}),
		choose("--training-type", strings.ToLower(f.spec.TrainingType), map[string]func(){"": nil, "standard": nil, "globalstandard": nil, "developertier": nil}),
		choose("--bom", f.bom, map[string]func(){"keep": nil, "add": nil}),
		f.waitFlags.known(), f.remoteFlags.known(), checkSKU(&f.deployment.SKU),
	)
}

// run does all of it.
func (f *submitFlags) run(cmd *cobra.Command, streams Streams, args []string) error {
	ctx := cmd.Context()
	if err := errors.Join(f.configure(cmd.Flags()), f.choices()); err != nil {
		return usage(err)
	}
	spec, err := f.asked(cmd, streams, args)
	if err != nil {
		return usage(err)
	}
	r, err := f.runner(streams)
	if err != nil {
		return usage(err)
	}
	if f.bom == "add" && !r.Client.Dialect.Azure() {
		return usage(errors.New("--bom add: OpenAI refuses files with a byte-order mark"))
	}
	run, err := f.begin(ctx, r, spec)
	if err != nil {
		return err
	}
	if err := f.examine(ctx, streams, r, run); err != nil {
		return err
	}
	if f.knownLater(&run.Job.Spec) {
		if r, err = f.runner(streams); err != nil {
			return usage(err)
		}
		run.APIVersion = r.Client.APIVersion
	}
	problems := append(run.Job.Spec.Check(r.Client.Dialect, r.Client.APIVersion), modelProblems(spec.Model, r.Client.Dialect)...)
	if run.Deployment != nil {
		problems = append(problems, run.Deployment.Spec.Check()...)
		if !f.noPreflight {
			more, err := r.Control.Preflight(ctx, &run.Deployment.Spec, false)
			if err != nil {
				return err
			}
			problems = append(problems, more...)
		}
	}
	if err := tellProblems(streams.Err, problems); err != nil {
		return err
	}
	if err := f.agree(streams, run); err != nil {
		return err
	}
	if !f.dryRun {
		unlock, err := r.Store.Begin(ctx, run, r.Client.Now(), f.begunBefore(run)) // somebody may have, while a question was asked
		if err != nil {
			return usage(err)
		}
		defer unlock()
		fmt.Fprintf(streams.Err, "run %s is kept in %s\n", run.Name, term.Sanitize(r.Store.Path(run.Name)))
	}
	return f.goOn(ctx, streams, &f.remoteFlags, r, run)
}

// asked returns the job that is asked for, without its files.
func (f *submitFlags) asked(cmd *cobra.Command, streams Streams, args []string) (*remote.JobSpec, error) {
	switch {
	case len(args) > 1:
		return nil, fmt.Errorf("one training file is trained on, not %d (--validation names the other)", len(args))
	case len(args) == 1:
		f.training = args[0]
	case f.training == "":
		return nil, fmt.Errorf("no training file: name one\nsee %s --help", cmd.CommandPath())
	}
	if f.training == jsonl.Stdin || f.validation == jsonl.Stdin {
		return nil, errors.New("standard input cannot be sent again if something fails: name a file")
	}
	if f.validation != "" && isFile(f.training, f.validation) {
		return nil, fmt.Errorf("%s is to train and to validate with: what was trained on validates nothing", f.training)
	}
	if f.maxCost != "" {
		if amount, err := strconv.ParseFloat(strings.TrimPrefix(f.maxCost, "$"), 64); err != nil || !(amount > 0) || math.IsInf(amount, 1) {
			return nil, fmt.Errorf("--max-cost: %q is no amount of dollars above 0: write 25 or 12.50", f.maxCost)
		}
	}
	spec, err := f.jobFlags.job(cmd.Flags())
	switch {
	case err != nil:
		return nil, err
	case spec.Model == "":
		return nil, errors.New("no model: say with --model which one to train")
	case f.deployment.Name == "":
		for _, name := range []string{"sku", "capacity", "accept-hosting"} {
			if cmd.Flags().Changed(name) {
				return nil, fmt.Errorf("--%s is for a deployment: name one with --deploy", name)
			}
		}
	}
	if f.deployment.Name != "" && f.deployment.SKU == "" {
		if f.deployment.SKU, err = chooseSKU(streams); err != nil {
			return nil, err
		}
	}
	return spec, nil
}

// runner returns what goes the way.
func (f *submitFlags) runner(streams Streams) (*remote.Runner, error) {
	c, err := f.client(streams.Out)
	if err != nil {
		return nil, err
	}
	r, err := f.waitFlags.runner(streams, c, f.store(), f.dryRun)
	if err != nil || f.deployment.Name == "" {
		return r, err
	}
	if !c.Dialect.Azure() {
		return nil, errors.New("--deploy: a model of OpenAI answers by its own name, without a deployment")
	}
	r.Control, err = f.control(streams.Out, &f.remoteFlags)
	return r, err
}

// runner returns what goes the way, without the control plane.
func (f *waitFlags) runner(streams Streams, c *remote.Client, store *remote.Store, dryRun bool) (*remote.Runner, error) {
	notes, err := ledger()
	if err != nil {
		return nil, err
	}
	return &remote.Runner{
		Client: c, Store: store, Ledger: notes, NoWait: f.noWait,
		FileMost: f.file, JobMost: f.job, MakeMost: deployMost, DeploymentMost: f.deployment,
		Say: func(format string, args ...any) {
			if !dryRun {
				fmt.Fprintln(streams.Err, term.Sanitize(fmt.Sprintf(format, args...)))
			}
		},
		Sending: func(path string) (func(int64), func()) {
			p := startProgress(streams.Err, f.progress, []lint.Input{{Path: path}}, 1)
			return func(n int64) { p.add(int(n)) }, p.stop
		},
		Event: func(e remote.Event) {
			if !dryRun {
				fmt.Fprintf(streams.Err, "%s  %s\n", e.Time().Local().Format("15:04:05"), term.Sanitize(e.Message))
			}
		},
	}, nil
}

// begin makes a run, and sees that it is not one that was begun before.
func (f *submitFlags) begin(ctx context.Context, r *remote.Runner, spec *remote.JobSpec) (*remote.Run, error) {
	now := r.Client.Now().UTC()
	run := &remote.Run{
		Created: now,
		Service: r.Client.Dialect.String(), Endpoint: r.Client.Endpoint, APIVersion: r.Client.APIVersion,
		Job: remote.RunJob{Spec: *spec},
	}
	if f.deployment.Name != "" {
		run.Deployment = &remote.RunDeployment{Spec: f.deployment}
		run.Deployment.Spec.Model = spec.Model // until there is the one that is made of it
		run.Account, run.ARMHost = &r.Control.Account, r.Control.Host
	}
	for _, path := range []string{f.training, f.validation} {
		if path == "" {
			continue
		}
		file, err := f.file(ctx, path)
		if err != nil {
			return nil, usage(err)
		}
		if path == f.training {
			run.Training = *file
		} else {
			run.Validation = file
		}
	}
	if f.dryRun {
		return run, nil
	}
	before, err := r.Store.List()
	if err != nil {
		return nil, usage(err)
	}
	for _, other := range before {
		if err := f.begunBefore(run)(other); err != nil {
			return nil, usage(err)
		}
	}
	return run, nil
}

// begunBefore returns what refuses a run if another one is about the same.
func (f *submitFlags) begunBefore(run *remote.Run) func(*remote.Run) error {
	return func(other *remote.Run) error {
		if f.again || other.Done() || !same(other, run) {
			return nil
		}
		return fmt.Errorf("the same was begun before, as %s, and has not come to its end (%s)\n%s goes on with it; --again begins anew", other.Name, other.Stage(), callFor("resume", f.store(), other))
	}
}

// file returns what is known of a file before it is sent.
func (f *submitFlags) file(ctx context.Context, path string) (*remote.RunFile, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	content, err := remote.OpenContent(path, f.bom == "add")
	if err != nil {
		return nil, err
	}
	defer content.Close()
	sum, err := content.SHA256(ctx)
	return &remote.RunFile{Path: full, SHA256: sum, Size: content.Size, AddBOM: f.bom == "add"}, err
}

// same reports whether two runs are about the same.
func same(a, b *remote.Run) bool {
	sum := func(f *remote.RunFile) string {
		if f == nil {
			return ""
		}
		return f.SHA256
	}
	name := func(d *remote.RunDeployment) string {
		if d == nil {
			return ""
		}
		return d.Spec.Name
	}
	wanted := func(r *remote.Run) string {
		s := r.Job.Spec
		s.Method = "" // which is found out of the files, and these are compared
		s.Epochs = nil
		text, err := json.Marshal(s) // JSON in it has been indented where it was kept
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	return a.Endpoint == b.Endpoint && a.Training.SHA256 == b.Training.SHA256 && sum(a.Validation) == sum(b.Validation) &&
		name(a.Deployment) == name(b.Deployment) && wanted(a) == wanted(b)
}

// examined is what submit needs to know of what a check found.
type examined struct {
	Files []struct {
		File   string `json:"file"`
		Method string `json:"method"`
		Stats  *struct {
			Forecast struct {
				Epochs    int64 `json:"epochs"`
				Providers map[string]struct {
					Tokens  int64    `json:"tokens"`
					Dollars *float64 `json:"cost_usd"`
					Hour    float64  `json:"hour_usd"`
					Price   string   `json:"price_source"`
				} `json:"providers"`
			} `json:"forecast"`
		} `json:"stats"`
	} `json:"files"`
}

// examine checks the files, and works out what training will cost.
func (f *submitFlags) examine(ctx context.Context, streams Streams, r *remote.Runner, run *remote.Run) error {
	dir, err := os.MkdirTemp("", "ftlint-")
	if err != nil {
		return usage(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "report.json")
	more := []string{"--output", "json=" + path, "--stats"}
	add := func(flag, value string) {
		if value != "" {
			more = append(more, flag, value)
		}
	}
	add("--prices", f.prices)
	add("--catalog", f.catalog)
	add("--config", f.config)
	if f.isolated {
		more = append(more, "--isolated")
	}
	add("--grader", f.grader)
	if e := run.Job.Spec.Epochs; e != nil {
		add("--epochs", strconv.FormatInt(*e, 10))
	}
	files := []string{f.training}
	add("--train", f.training) // whatever its name says
	if f.validation != "" {
		files = append(files, f.validation)
		add("--validation", f.validation)
	}
	check := &uploadFlags{model: f.spec.Model, method: f.spec.Method, progress: f.progress}
	if f.noCheck {
		more = append(more, "--fail-on", "never")
	}
	if err := check.checkAs(ctx, streams, r.Client, files, more...); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return usage(err)
	}
	sum := sha256.Sum256(text)
	run.Report = hex.EncodeToString(sum[:])
	var found examined
	if err := json.Unmarshal(text, &found); err != nil {
		return err
	}
	looked := false
	for _, file := range found.Files {
		if !isFile(file.File, f.training) { // the configuration can have others to go with it
			continue
		}
		looked = true
		if run.Job.Spec.Method == "auto" {
			run.Job.Spec.Method = map[string]string{"dpo": "dpo", "rft": "rft"}[file.Method]
			run.Job.Spec.Method = cmp.Or(run.Job.Spec.Method, "sft")
		}
		if file.Stats == nil {
			continue
		}
		provider := "openai"
		if r.Client.Dialect.Azure() {
			provider = "azure"
		}
		charge := file.Stats.Forecast.Providers[provider]
		run.Forecast = remote.Forecast{
			Epochs: file.Stats.Forecast.Epochs, Tokens: charge.Tokens, Price: charge.Price, Hourly: run.Job.Spec.Method == "rft" || charge.Hour > 0,
		}
		if charge.Dollars != nil {
			run.Forecast.Dollars, run.Forecast.Priced = *charge.Dollars, true
		}
	}
	if !looked {
		return usage(fmt.Errorf("%s was not looked at: the configuration excludes it", f.training))
	}
	return nil
}

// isFile reports whether two paths are of one file.
func isFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// agree sees that somebody wants to pay for what follows.
func (f *submitFlags) agree(streams Streams, run *remote.Run) error {
	cost := &run.Forecast
	about := fmt.Sprintf("%s tokens in %s, ", lint.FormatCount(cost.Tokens), report.Plural(cost.Epochs, "epoch"))
	switch {
	case cost.Hourly:
		about = "billed by the hour, and how long it takes is not known"
	case cost.Priced:
		about += fmt.Sprintf("about %s (%s)", stats.Dollars(cost.Dollars), cost.Price)
	default:
		about += "of no known price (--prices gives one)"
	}
	tell(streams.Err, "training "+run.Job.Spec.Model+": "+about)
	if f.maxCost != "" {
		most, _ := strconv.ParseFloat(strings.TrimPrefix(f.maxCost, "$"), 64)
		switch {
		case !cost.Priced:
			return usage(fmt.Errorf("--max-cost: whether the budget of %s is kept cannot be said", stats.Dollars(most)))
		case cost.Dollars > most:
			return &exitError{status: exitFindings, err: fmt.Errorf("nothing was sent: training costs about %s, more than the budget of %s", stats.Dollars(cost.Dollars), stats.Dollars(most))}
		}
		if run.Job.Spec.Epochs == nil && run.Job.Spec.Method != "rft" {
			run.Job.Spec.Epochs = &cost.Epochs // the service may not choose more
		}
	}
	if f.dryRun {
		return nil
	}
	if run.Deployment != nil {
		if err := acceptHosting(streams, run.Deployment.Spec.SKU, run.Job.Spec.Model, f.acceptHosting); err != nil {
			return err
		}
	}
	if f.yes {
		return nil
	}
	ok, err := confirm(streams, fmt.Sprintf("train %s on %s at %s?", run.Job.Spec.Model, filepath.Base(run.Training.Path), run.Endpoint))
	if err == nil && !ok {
		err = &exitError{status: exitFindings, err: errors.New("nothing was sent")}
	}
	return err
}

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
