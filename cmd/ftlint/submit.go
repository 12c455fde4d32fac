package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/config"
	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
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
	f.addCost(flags)
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
	c, err := f.here()
	if err != nil || c == nil {
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
	if _, err := f.budget(); err != nil {
		return nil, err
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
		Watching: func(id string) (remote.Watch, func(error)) {
			if dryRun {
				return remote.Watch{}, func(error) {}
			}
			return watching(streams.Err, id)
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
		if r.Job.Bounded {
			s.Epochs = nil
		}
		text, err := json.Marshal(s) // JSON in it has been indented where it was kept
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	return a.Endpoint == b.Endpoint && a.Training.SHA256 == b.Training.SHA256 && sum(a.Validation) == sum(b.Validation) &&
		name(a.Deployment) == name(b.Deployment) && wanted(a) == wanted(b)
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
	found, err := readExamined(text)
	if err != nil {
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
		run.Forecast = file.forecast(r.Client.Dialect, run.Job.Spec.Method)
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
	free := run.Job.Spec.Epochs == nil
	if err := f.within(streams, &run.Forecast, &run.Job.Spec); err != nil {
		return err
	}
	run.Job.Bounded = free && run.Job.Spec.Epochs != nil
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
	return confirm(streams, fmt.Sprintf("train %s on %s at %s?", run.Job.Spec.Model, filepath.Base(run.Training.Path), run.Endpoint))
}
