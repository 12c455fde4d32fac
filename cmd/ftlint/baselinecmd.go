package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
)

// defaultBaseline is the file that a baseline is written to.
const defaultBaseline = "ftlint-baseline.json"

func newBaselineCommand(streams Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline create|update|prune|show",
		Short: "Keep a list of known findings, so that only new ones are told",
		Long: `Baseline keeps findings that are known, so that a check with --baseline FILE, or
baseline = "FILE" in the configuration, tells new ones only. What is kept is no
line number: lines may move about.
` + exitStatusShort,
		Example: `  ftlint baseline create data/
  ftlint check --baseline ftlint-baseline.json data/
  ftlint baseline update data/train.jsonl
  ftlint baseline prune data/
  ftlint baseline show`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, c := range []struct {
		name, short, long string
		do                func(ctx context.Context, path string, list []batch) (*lint.Baseline, error)
	}{
		{"create", "Write a baseline of all that is found", "Create checks the inputs and writes all that is found to a new baseline. A file\nthat is there is not replaced: use update.", createBaseline},
		{"update", "Add to the baseline what is found", "Update checks the inputs and adds what is found to the baseline.", updateBaseline},
		{"prune", "Take out of the baseline what is not found any more", "Prune checks the inputs and takes out of the baseline what is not found in them any\nmore.", pruneBaseline},
	} {
		var f checkFlags
		sub := &cobra.Command{
			Use: c.name + " [flags] PATH|DIR|GLOB ...", Short: c.short, Long: c.long + "\n" + exitStatusShort,
			Example: "  ftlint baseline " + c.name + " data/",
			RunE: func(cmd *cobra.Command, args []string) error {
				path := f.baseline
				if path == "" {
					path = defaultBaseline
				}
				f.withoutBaseline = true // all that is found counts
				return f.rewriteBaseline(cmd, streams, path, args, c.do)
			},
		}
		sub.Flags().SortFlags = false
		f.addAll(sub.Flags())
		cmd.AddCommand(sub)
	}
	show := &cobra.Command{
		Use: "show [FILE]", Short: "Show what a baseline has", Long: "Show prints how many findings of each rule a baseline has, file by file.\n" + exitStatusShort,
		Example: "  ftlint baseline show",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := append(args, defaultBaseline)[0]
			b, err := openBaseline(path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return showBaseline(streams, b.Baseline)
		},
	}
	cmd.AddCommand(show)
	return cmd
}

func showBaseline(streams Streams, b *lint.Baseline) error {
	entries := b.Entries()
	if len(entries) == 0 {
		_, err := fmt.Fprintln(streams.Out, "the baseline is empty")
		return err
	}
	file := ""
	var total int64
	var out bytes.Buffer
	for _, e := range entries {
		if e.File != file {
			file = e.File
			fmt.Fprintln(&out, file)
		}
		fmt.Fprintf(&out, "  %s  %s\n", e.Rule, report.Plural(e.Findings, "finding"))
		total += e.Findings
	}
	fmt.Fprintln(&out, report.Plural(total, "finding"))
	_, err := streams.Out.Write(out.Bytes())
	return err
}

// rewriteBaseline makes a baseline anew and puts it in the place of the old one.
func (f *checkFlags) rewriteBaseline(cmd *cobra.Command, streams Streams, path string, args []string, do func(context.Context, string, []batch) (*lint.Baseline, error)) error {
	list, err := f.prepare(cmd, args)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].options.fixing != nil {
			return errors.New("a baseline is of files as they are: leave out flags of fixing")
		}
		list[i].options.Counter = list[i].options.accounting.NewCounter
		list[i].options.Read.Stdin = newInterruptible(cmd.Context(), streams.In)
	}
	b, err := do(cmd.Context(), path, list)
	if err != nil {
		return err
	}
	if err := writeFile(path, b.Write); err != nil {
		return fmt.Errorf("%s: %w", path, bareError(err))
	}
	var n int64
	for _, e := range b.Entries() {
		n += e.Findings
	}
	_, err = fmt.Fprintf(streams.Out, "%s has %s: ftlint check --baseline %s tells only what is new\n", path, report.Plural(n, "finding"), path)
	return err
}

// findings runs all batches with what accepts findings, by the names that files have
// in a baseline at path.
func findings(ctx context.Context, path string, list []batch, accept func(name string) lint.Acceptor) (checked map[string]bool, err error) {
	dir := absolute(filepath.Dir(path))
	checked = map[string]bool{}
	for i := range list {
		o := list[i].options
		o.Accept = func(file string) lint.Acceptor { return accept(nameFrom(dir, file)) }
		result, err := lint.Run(ctx, list[i].inputs, o.Options)
		if err == nil {
			err = result.Err()
		}
		if err != nil {
			return nil, err
		}
		for i := range result.Files {
			checked[nameFrom(dir, result.Files[i].Name)] = true
		}
	}
	return checked, nil
}

func createBaseline(ctx context.Context, path string, list []batch) (*lint.Baseline, error) {
	if _, err := os.Stat(path); err == nil {
		return nil, fmt.Errorf("%s is there already: ftlint baseline update adds to it", path)
	}
	r := lint.NewRecorder(nil)
	_, err := findings(ctx, path, list, r.File)
	return r.Baseline(), err
}

func updateBaseline(ctx context.Context, path string, list []batch) (*lint.Baseline, error) {
	old, err := openBaseline(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r := lint.NewRecorder(old.Baseline)
	_, err = findings(ctx, path, list, r.File)
	return r.Baseline(), err
}

func pruneBaseline(ctx context.Context, path string, list []batch) (*lint.Baseline, error) {
	old, err := openBaseline(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	checked, err := findings(ctx, path, list, old.Baseline.File)
	if err != nil {
		return nil, err
	}
	old.Prune(func(file string) bool { return checked[file] })
	return old.Baseline, nil
}
