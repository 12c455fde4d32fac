package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/config"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
)

const exitStatusStats = `
EXIT STATUS
  0    every input was counted to its end
  1    training would cost more than --max-cost
  2    a bad flag, an input that could not be read, or one without examples
  3    internal error
  130  interrupted`

func newStatsCommand(streams Streams) *cobra.Command {
	var f statsFlags
	cmd := &cobra.Command{
		Use:   "stats [flags] PATH|DIR|GLOB|- ...",
		Short: "Tell how long examples are, what a job trains and what it costs",
		Long: `Stats counts the tokens of datasets, and tells what there is to know of them
before a job: how long examples are, how much of them is trained and what is cut
off, how many epochs and steps the service will choose, what it will bill. It
takes inputs as check does, and does not look for faults: lines that are no
examples are left out and counted. check --stats does both in one pass.` + "\n" + exitStatusStats,
		Example: `  ftlint stats train.jsonl valid.jsonl
  ftlint stats train.jsonl --model gpt-4.1-mini --profile openai
  ftlint stats train.jsonl --model gpt-4.1 --prices prices.toml --max-cost 50
  ftlint stats train.jsonl --output html=report.html
  ftlint stats data/ --output json | jq .all.distributions.tokens.p95`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStats(cmd, streams, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.addInput(flags, "whose accounting comes first: `PROFILE` is azure, azure-strict, openai or both")
	f.addJob(flags)
	f.addOutput(flags, report.StatsFormats(), "show beginnings of system messages")
	f.addConfig(flags)
	f.addReading(flags)
	return cmd
}

// statsFlags are the flags of stats, as they were given.
type statsFlags struct {
	runFlags
	configFlags
}

// whyNone says why a file has no examples.
func whyNone(f *lint.FileResult) string {
	switch {
	case f.Lines > 0 && f.Blank == f.Lines:
		return "all lines are blank"
	case f.Form.Lines() && f.Settings.Method != 0 && f.Lines > 0:
		return "no line is one in the " + f.Format.String() + " format"
	}
	return report.ReadAs(f)
}

func runStats(cmd *cobra.Command, streams Streams, f *statsFlags, args []string) error {
	if err := nothingEmpty(cmd.Flags()); err != nil {
		return err
	}
	inputs, found, err := f.inputs(&f.configFlags, args)
	if err != nil {
		return err
	}
	if len(inputs) == 0 {
		return fmt.Errorf("no input: name a file, a directory, a pattern, or - for standard input\nsee %s --help", cmd.CommandPath())
	}
	list, err := f.batches(inputs)
	if err != nil {
		return err
	}
	err = eachBatch(list, &f.configFlags, found, func(b *batch) error {
		b.options, err = f.options(cmd, b.config)
		return err
	})
	if err != nil {
		return err
	}
	result, err := run(cmd, streams, list, report.StatsFormats())
	if result == nil {
		return err
	}
	empty := false
	for i := range result.Files {
		if n := &result.Files[i]; n.Err == nil && !report.Counted(n) {
			empty = true
			printError(streams.Err, fmt.Errorf("%s: no examples to count: %s\nftlint check says more", n.Name, whyNone(n)))
		}
	}
	switch {
	case err != nil:
		return err
	case empty:
		return &exitError{status: exitUsage}
	case result.Count(lint.Error) > 0:
		return &exitError{status: exitFindings}
	}
	return nil
}

// options returns what follows from the flags and a configuration. The flags are as
// they were afterwards.
func (f *statsFlags) options(cmd *cobra.Command, c *config.Config) (*runOptions, error) {
	given := *f
	defer func() { *f = given }()
	if err := apply(cmd.Flags(), c); err != nil {
		return nil, err
	}
	o := &runOptions{failOn: lint.Error, level: lint.Info}
	if err := f.understand(o); err != nil {
		return nil, err
	}
	var err error
	if o.Rules, _, err = selectRules(rules.All(), []string{budgetRule}, nil, nil); err != nil {
		return nil, err
	}
	o.withFigures()
	if err := f.budget(o); err != nil {
		return nil, err
	}
	if f.needsCatalog() {
		if o.note, err = f.useCatalog(o); err != nil {
			return nil, err
		}
	}
	o.flags = f.runFlags
	return o, nil
}
