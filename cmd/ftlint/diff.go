package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/config"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

const exitStatusDiff = `
EXIT STATUS
  0    both versions were read and compared, whatever differs
  1    they differ, and --exit-code was given
  2    a bad flag, an input that could not be read, or one without examples
  3    internal error
  130  interrupted`

// diffFlags are the flags of diff, as they were given.
type diffFlags struct {
	runFlags
	configFlags
	rev      string
	exitCode bool
	most     int
}

func newDiffCommand(streams Streams) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW",
		Short: "Tell which examples two versions of a dataset do not share, and what that costs",
		Long: `Diff compares two versions of a dataset, example by example: which were removed,
added or changed, and what that does to tokens, epochs, steps and cost. Examples
are the same wherever their lines stand and however their JSON is written: the
order of keys, white space and escapes do not count.

An example is changed if its prompt is the same and its answer is not, or the
other way round, or if only other fields differ, such as weights. With --rev one
file is compared with itself in an older revision of git.` + "\n" + exitStatusDiff,
		Example: `  ftlint diff v1.jsonl v2.jsonl
  ftlint diff v1.jsonl.gz v2.jsonl.gz --model gpt-4.1-mini --profile openai
  ftlint diff --rev HEAD~1 train.jsonl
  ftlint diff v1.jsonl v2.jsonl --max-examples 0 --snippets on | less -R
  ftlint diff v1.jsonl v2.jsonl -o jsonl | jq 'select(.change == "added")'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDiff(cmd, streams, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.rev, "rev", "", "compare the file with what it was in `REV`, a revision of git")
	flags.BoolVar(&f.exitCode, "exit-code", false, "exit with 1 if anything differs")
	flags.IntVar(&f.most, "max-examples", 10, "most examples that text shows of each kind: `N`; 0: all")
	f.addTarget(flags, "whose accounting: `PROFILE` is azure, azure-strict, openai or both")
	f.addTraining(flags)
	f.addFacts(flags)
	f.addOutput(flags, report.DiffFormats(nil), "show in text what the examples say")
	f.addWhich(flags)
	f.addReading(flags)
	return cmd
}

// options returns what follows from the flags and a configuration.
func (f *diffFlags) options(cmd *cobra.Command, c *config.Config) (*runOptions, error) {
	outputs := f.outputs
	if err := apply(cmd.Flags(), c); err != nil {
		return nil, err
	}
	// What a configuration names is where checks write their reports.
	f.outputs = outputs
	o := &runOptions{failOn: lint.Off, level: lint.Info}
	err := errors.Join(f.understand(o), notNegative(numberFlag{"--max-examples", f.most}))
	if err != nil {
		return nil, err
	}
	o.Settings.Stats = true
	o.Figures = stats.ContentsMaker()
	if f.needsCatalog() {
		if o.note, err = f.useCatalog(o); err != nil {
			return nil, err
		}
	}
	o.flags = f.runFlags
	return o, nil
}

func runDiff(cmd *cobra.Command, streams Streams, f *diffFlags, args []string) error {
	if err := nothingEmpty(cmd.Flags()); err != nil {
		return err
	}
	old, fresh, err := f.sides(cmd, args)
	if err != nil {
		return err
	}
	// What holds for the new version holds for both.
	list, err := f.batches([]lint.Input{{Path: fresh.path}})
	if err != nil {
		return err
	}
	o, err := f.options(cmd, list[0].config)
	if err != nil {
		return err
	}
	if err := f.outputIsNoInput([]lint.Input{{Path: old.path}, {Path: fresh.path}}); err != nil {
		return err
	}
	d := &report.Diff{Most: f.most}
	out, err := f.open(streams, o, report.DiffFormats(d))
	if err != nil {
		return err
	}
	defer out.discard()
	for _, note := range append([]string{o.note}, notesOn(old, fresh)...) {
		if note != "" {
			fmt.Fprintln(streams.Err, "ftlint: note:", term.Sanitize(note))
		}
	}
	result, err := readSides(cmd.Context(), streams, o, old, fresh)
	if err == nil {
		err = comparable(streams, result, old)
	}
	if err != nil {
		return err
	}
	d.Old, d.New = &result.Files[0], &result.Files[1]
	d.Diff = stats.Compare(d.Old.Figures.(*stats.Contents), d.New.Figures.(*stats.Contents))
	if out.showsExamples() {
		if err := addLines(cmd.Context(), o, d, old, fresh); err != nil {
			return err
		}
	}
	if err := out.finish(result); err != nil {
		return err
	}
	if f.exitCode && !d.Empty() {
		return &exitError{status: exitFindings}
	}
	return nil
}

// showsExamples reports whether an output shows what examples say.
func (o *outputs) showsExamples() bool {
	return slices.ContainsFunc(o.list, func(out *output) bool { return out.snippets && !out.format.Machine })
}

// readSides reads both versions.
func readSides(ctx context.Context, streams Streams, o *runOptions, old, fresh *side) (*lint.Result, error) {
	if o.flags.fetchImages {
		fetcher := o.flags.fetcher(ctx, o)
		defer fetcher.Close()
	}
	o.Counter = o.accounting.NewCounter
	o.Read.Stdin = newInterruptible(ctx, streams.In)
	if old.blob != nil {
		pipe, err := old.blob.open(ctx)
		if err != nil {
			return nil, err
		}
		defer pipe.Close()
		o.Read.Stdin, o.Read.StdinName = pipe, old.name
	}
	inputs := []lint.Input{old.input(o), fresh.input(o)}
	progress := startProgress(streams.Err, o.flags.progress, inputs, 1)
	defer progress.stop()
	o.Read.Progress = progress.add
	return lint.Run(ctx, inputs, o.Options)
}

// comparable sees that both versions were read to their end and have examples, and says
// so where one is empty.
func comparable(streams Streams, result *lint.Result, old *side) error {
	unusable := false
	for i := range result.Files {
		f := &result.Files[i]
		switch {
		case f.Err != nil:
			unusable = true
			printError(streams.Err, f.Err)
		case i == 0 && old.missing(): // it was said before
		case f.Form.Lines() && f.Lines == f.Blank:
			fmt.Fprintf(streams.Err, "ftlint: note: %s is empty\n", term.Sanitize(f.Name))
		case f.Figures.(*stats.Contents).Examples == 0:
			unusable = true
			printError(streams.Err, fmt.Errorf("%s: no examples to compare: %s\nftlint check says more", f.Name, whyNone(f)))
		}
	}
	if unusable {
		return &exitError{status: exitUsage}
	}
	if a, b := &result.Files[0], &result.Files[1]; a.Settings.Method != b.Settings.Method && a.Lines > a.Blank && b.Lines > b.Blank {
		fmt.Fprintf(streams.Err, "ftlint: note: %s is read as %s and %s as %s: --method METHOD reads both alike\n",
			term.Sanitize(a.Name), a.Settings.Method, term.Sanitize(b.Name), b.Settings.Method)
	}
	return nil
}
