package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
)

// ofRun are the flags of the commands that are about a run: which service it is for is
// known, and only who asks is not.
type ofRun struct {
	remoteFlags
	controlFlags
	stateFlags
}

func (f *ofRun) add(flags *pflag.FlagSet) {
	f.stateFlags.add(flags)
	flags.StringVarP(&f.output, "output", "o", "text", "`FORMAT`: text or json")
	f.addWho(flags)
	flags.StringVar(&f.armScope, "arm-scope", "", "`SCOPE` of tokens for the control plane, in clouds of their own (default "+remote.DefaultControlScope+")")
}

// runner returns what goes on with a run, at the service that it is for.
func (f *ofRun) runner(streams Streams, w *waitFlags, run *remote.Run) (*remote.Runner, error) {
	file := f.store().Path(run.Name)
	err := errors.Join(ownAddress("endpoint", run.Endpoint, file, endpointVariables...), ownAddress("control plane", run.ARMHost, file, hostVariable))
	if err != nil && !f.dryRun {
		return nil, err
	}
	f.service, f.endpoint, f.apiVersion = run.Service, run.Endpoint, run.APIVersion
	c, err := f.client(streams.Out)
	if err != nil {
		return nil, err
	}
	r, err := w.runner(streams, c, f.store(), f.dryRun)
	if err != nil || run.Deployment == nil {
		return r, err
	}
	f.subscription, f.resourceGroup, f.account, f.armHost = run.Account.Subscription, run.Account.ResourceGroup, run.Account.Name, run.ARMHost
	r.Control, err = f.control(streams.Out, &f.remoteFlags)
	return r, err
}

// configured takes the directory of runs from the table [submit] where no flag says it,
// as submit does.
func (f *ofRun) configured(flags *pflag.FlagSet) error {
	if flags.Changed("state") {
		return nil
	}
	c, err := (&configFlags{}).here()
	if err != nil || c == nil {
		return err
	}
	for _, s := range c.Submit {
		if s.Key == "state" {
			f.dir = shortPath(s.Values[0])
		}
	}
	return nil
}

// pick returns the run that is named, or the only one that wanted takes. none says that
// there is none such.
func pick(store *remote.Store, args []string, none string, wanted func(*remote.Run) bool) (*remote.Run, error) {
	if len(args) == 1 {
		return store.Load(args[0])
	}
	all, err := store.List()
	if err != nil {
		return nil, err
	}
	var list []*remote.Run
	var names []string
	for _, run := range all {
		if wanted(run) {
			list, names = append(list, run), append(names, run.Name)
		}
	}
	switch len(list) {
	case 0:
		return nil, fmt.Errorf("%s in %s", none, store.Dir)
	case 1:
		return list[0], nil
	}
	return nil, fmt.Errorf("there are several: name one of %s", strings.Join(names, ", "))
}

func newResumeCommand(streams Streams) *cobra.Command {
	var f ofRun
	var w waitFlags
	cmd := &cobra.Command{
		Use:   "resume [flags] [RUN]",
		Short: "Go on with what submit has begun",
		Long: `Resume goes on with a run from where it ended, however that was: interrupted,
killed, or given up because a service did not answer. What was done is not done
again. Without a name it is the only run that has not come to its end.` + "\n" + exitStatusRemote,
		Example: "  ftlint resume\n  ftlint resume train-1122-1253",
		Args:    cobra.MaximumNArgs(1),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	w.add(flags)
	f.add(flags)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := errors.Join(w.known(), f.configured(cmd.Flags())); err != nil {
			return usage(err)
		}
		run, unlock, err := f.take(args, "there is nothing to resume", func(run *remote.Run) bool { return !run.Done() })
		if err != nil {
			return usage(err)
		}
		defer unlock()
		if !run.Cleaned.IsZero() {
			return usage(fmt.Errorf("run %s is over: what it had made is deleted", run.Name))
		}
		r, err := f.runner(streams, &w, run)
		if err != nil {
			return usage(err)
		}
		r.Since = run.Updated.Add(-time.Minute) // clocks differ
		if run.Done() && !f.dryRun {            // it may have changed since
			if err := r.Look(cmd.Context(), run); err != nil {
				return controlError(err)
			}
		}
		return controlError(w.goOn(cmd.Context(), streams, &f.remoteFlags, r, run))
	}
	return cmd
}

// take picks a run and takes it for this process.
func (f *ofRun) take(args []string, none string, wanted func(*remote.Run) bool) (run *remote.Run, unlock func(), err error) {
	if err := f.known(); err != nil {
		return nil, nil, err
	}
	store := f.store()
	if run, err = pick(store, args, none, wanted); err != nil {
		return nil, nil, err
	}
	if unlock, err = store.Lock(run.Name); err != nil {
		return nil, nil, err
	}
	if run, err = store.Load(run.Name); err != nil { // what others did until now
		unlock()
	}
	return run, unlock, err
}

func newStatusCommand(streams Streams) *cobra.Command {
	var f ofRun
	var all bool
	cmd := &cobra.Command{
		Use:   "status [flags] [RUN]",
		Short: "Tell how far runs have come, and what of them still costs",
		Long: `Status lists the runs that submit has begun: how far each has come, as far as is
known here, which deployment is left of it, how old that is and when it ends. With
the name of a run it asks the service how that one stands now.` + "\n" + exitStatusRemote,
		Example: "  ftlint status\n  ftlint status train-1122-1253",
		Args:    cobra.MaximumNArgs(1),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&all, "all", "a", false, "list also runs of which everything was deleted")
	f.add(flags)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := errors.Join(f.known(), f.configured(cmd.Flags())); err != nil {
			return usage(err)
		}
		if len(args) == 0 {
			return usage(f.list(streams, all))
		}
		run, err := f.store().Load(args[0])
		if err != nil {
			return usage(err)
		}
		r, err := f.runner(streams, &waitFlags{}, run)
		if err != nil {
			return usage(err)
		}
		if err := r.Look(cmd.Context(), run); err != nil || f.dryRun {
			return controlError(err)
		}
		if err := tellRun(streams.Out, &f.remoteFlags, run); err != nil || f.output == "json" || !run.Cleaned.IsZero() {
			return err
		}
		return tellNext(streams.Out, r, run, f.auth)
	}
	return cmd
}

// list lists the runs.
func (f *ofRun) list(streams Streams, cleaned bool) error {
	runs, unread := f.store().List() // what can be read is told in any case
	now := time.Now()
	list := []runJSON{}
	rows := [][]string{{"run", "stage", "begun", "new model", "deployment", ""}}
	for _, run := range runs {
		if !cleaned && !run.Cleaned.IsZero() {
			continue
		}
		told := runOf(run, now)
		list = append(list, told)
		row := []string{term.Sanitize(told.Name), told.Stage, age(told.Created, now), cmp.Or(term.Sanitize(told.FineTunedModel), "-"), "-", ""}
		if told.Deployed != nil {
			row[4], row[5] = term.Sanitize(told.Deployment), remark(deploymentOf(run.Deployment), now)
		}
		rows = append(rows, row)
	}
	switch {
	case f.output == "json":
		return errors.Join(writeJSON(streams.Out, struct {
			SchemaVersion int       `json:"schema_version"`
			Runs          []runJSON `json:"runs"`
		}{report.SchemaVersion, list}), unread)
	case len(list) == 0 && unread == nil:
		_, err := fmt.Fprintf(streams.Out, "no runs in %s: ftlint submit begins one\n", term.Sanitize(f.dir))
		return err
	case len(list) == 0:
		return unread
	}
	return errors.Join(columns(streams.Out, rows), unread)
}

func newCleanCommand(streams Streams) *cobra.Command {
	var f ofRun
	var w waitFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "clean [flags] [RUN]",
		Short: "Delete what a run has made: deployment, job and files",
		Long: `Clean deletes what a run has made, after asking: first the deployment, then the
job, which it cancels if it still runs, then the files, its results among them. The
model itself it does not delete. Files that another run uses are kept.` + "\n" + exitStatusRemote,
		Example: "  ftlint clean --dry-run\n  ftlint clean train-1122-1253 --yes",
		Args:    cobra.MaximumNArgs(1),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&yes, "yes", "y", false, "do not ask")
	f.add(flags)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := f.configured(cmd.Flags()); err != nil {
			return usage(err)
		}
		run, unlock, err := f.take(args, "there is nothing to clean", func(run *remote.Run) bool { return run.Cleaned.IsZero() })
		if err != nil {
			return usage(err)
		}
		defer unlock()
		r, err := f.runner(streams, &w, run)
		if err != nil {
			return usage(err)
		}
		return controlError(f.clean(cmd.Context(), streams, r, run, yes))
	}
	return cmd
}

// clean deletes what a run has made.
func (f *ofRun) clean(ctx context.Context, streams Streams, r *remote.Runner, run *remote.Run, yes bool) error {
	if !run.Cleaned.IsZero() {
		return usage(fmt.Errorf("run %s is cleaned already", run.Name))
	}
	others, err := r.Store.List()
	if err != nil {
		return usage(err)
	}
	if !yes && !f.dryRun {
		if err := confirm(streams, fmt.Sprintf("delete %s at %s?", strings.Join(leavings(run), ", "), run.Endpoint)); err != nil {
			return err
		}
	}
	if err := r.Clean(ctx, run, others); err != nil || f.dryRun {
		if full := (*remote.StateError)(nil); errors.As(err, &full) {
			return usage(err)
		}
		return err
	}
	if f.output == "json" {
		return tellRun(streams.Out, &f.remoteFlags, run)
	}
	tell(streams.Out, "run "+run.Name+" is cleaned")
	switch model := run.Job.Model; {
	case model == "":
	case r.Client.Dialect.Azure():
		tell(streams.Out, "the model "+model+" is still there, which costs nothing: it is deleted in the portal, under Fine-tuning, as Azure has no request for it")
	default:
		tell(streams.Out, "the model "+model+" is still there, which costs nothing: it is deleted on platform.openai.com, under Fine-tuning")
	}
	return nil
}

// leavings names what a run has made.
func leavings(run *remote.Run) (list []string) {
	if d := run.Deployment; d != nil && !d.Begun.IsZero() {
		list = append(list, "deployment "+d.Spec.Name)
	}
	switch job := run.Job; {
	case job.ID != "" && !run.Ended():
		list = append(list, "job "+job.ID+", which may still run")
	case job.ID != "":
		list = append(list, "job "+job.ID+" with its results")
	case job.Intent != nil:
		list = append(list, "the job, if it was made")
	}
	for _, file := range run.Files() {
		if file.ID != "" {
			list = append(list, "file "+file.ID)
		}
	}
	if len(list) == 0 {
		list = append(list, "run "+run.Name+", of which nothing is there yet")
	}
	return list
}
