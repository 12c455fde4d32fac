package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/rewrite"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/stats"
)

const exitStatusSplit = `
EXIT STATUS
  0    both files are written
  1    nothing is written: the examples cannot be divided, or lines are no examples
  2    a bad flag, or a file that could not be read or written
  3    internal error
  130  interrupted: nothing is written`

// splitFlags are the flags of split, as they were given.
type splitFlags struct {
	runFlags
	share, together       string
	seed                  uint64
	similarity            float64
	trainTo, validationTo string
	output                string
	force, dryRun         bool
}

func newSplitCommand(streams Streams) *cobra.Command {
	var f splitFlags
	cmd := &cobra.Command{
		Use:   "split [flags] FILE ...",
		Short: "Divide a dataset into training and validation data",
		Long: `Split divides a dataset into a training and a validation file, so that the one
can measure what was learnt from the other: copies of an example, examples with
the same prompt and examples that are nearly the same are on one side. Both sides
are alike in what comes how often: system messages, tools, images, several turns,
answers that many examples have, lengths.

The choice depends on the examples and on --seed, not on the order of lines: the
same dataset is divided in the same way each time. Lines are copied byte for byte,
in their order, and the dataset stays as it is. Beside data.jsonl the files are
data.train.jsonl and data.valid.jsonl.` + "\n" + exitStatusSplit,
		Example: `  ftlint split data.jsonl
  ftlint split data.jsonl --validation 20 --seed 7 --force
  ftlint split a.jsonl b.jsonl --train-to ab.train.jsonl --validation-to ab.valid.jsonl
  ftlint split data.jsonl --keep-together prompts --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSplit(cmd, streams, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.share, "validation", "10%", "how much is for validation: a `SHARE` such as 10%, or a number of examples")
	flags.Uint64Var(&f.seed, "seed", 1, "`N` that the choice depends on")
	flags.StringVar(&f.together, "keep-together", "near", "`WHAT` is kept on one side: near (what is nearly the same, has the same prompt, or is a copy), prompts (the last two) or copies")
	addSimilarity(flags, &f.similarity)
	flags.StringVar(&f.trainTo, "train-to", "", "write the training data to `PATH`")
	flags.StringVar(&f.validationTo, "validation-to", "", "write the validation data to `PATH`")
	flags.BoolVar(&f.force, "force", false, "replace files that are there")
	flags.BoolVar(&f.dryRun, "dry-run", false, "write nothing, and tell how the data would be divided")
	flags.StringVar(&f.method, "method", "auto", "training `METHOD`: auto, sft, dpo, rft, completion")
	flags.StringVarP(&f.output, "output", "o", "text", "`FORMAT`: text or json")
	flags.StringVar(&f.progress, "progress", "auto", "progress on standard error: `HOW` is auto, plain or off")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "`N` workers; 0: one for each processor")
	flags.StringVar(&f.maxLine, "max-line-bytes", "512MB", "`SIZE` of the longest line that is read; a longer one is an error")
	return cmd
}

// understood returns what the flags say.
func (f *splitFlags) understood() (*runOptions, stats.SplitOptions, error) {
	split := stats.SplitOptions{Seed: f.seed, Similarity: f.similarity}
	o := &runOptions{}
	f.profile, f.snippets, f.color = "azure", "off", "auto"
	err := errors.Join(
		f.understand(o),
		goodSimilarity(f.similarity),
		choose("--output", f.output, map[string]func(){"text": nil, "json": nil}),
		choose("--keep-together", f.together, map[string]func(){
			"near":    func() { split.Bond = stats.BondNear },
			"prompts": func() { split.Bond = stats.BondPrompts },
			"copies":  func() { split.Bond = stats.BondCopies },
		}),
	)
	if err != nil {
		return nil, split, err
	}
	if split.Share, split.Count, err = parseShare(f.share); err != nil {
		return nil, split, fmt.Errorf("--validation: %w", err)
	}
	if split.Bond == stats.BondNear {
		o.Settings.NearDuplicates = f.similarity
	}
	o.Figures = func(s *lint.Settings) lint.Collector { return stats.NewSplitRows(s) }
	return o, split, nil
}

// parseShare reads a share of examples, such as 10% or 0.1, or their number.
func parseShare(text string) (share float64, count int, err error) {
	bad := fmt.Errorf("%q is no share such as 10%%, and no number of examples", text)
	text = strings.TrimSpace(text)
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		share, err = strconv.ParseFloat(strings.TrimSpace(percent), 64)
		share /= 100
	} else if count, err = strconv.Atoi(text); err != nil {
		share, err = strconv.ParseFloat(text, 64)
	} else if count > 0 {
		return 0, count, nil
	}
	if err != nil || !(share > 0) {
		return 0, 0, bad
	}
	if share > 0.5 {
		return 0, 0, fmt.Errorf("%s: at most half of the examples can be for validation", text)
	}
	return share, 0, nil
}

func runSplit(cmd *cobra.Command, streams Streams, f *splitFlags, args []string) error {
	if err := nothingEmpty(cmd.Flags()); err != nil {
		return err
	}
	o, options, err := f.understood()
	if err != nil {
		return err
	}
	inputs, err := f.datasets(cmd, args)
	if err != nil {
		return err
	}
	out, err := f.targets(inputs)
	if err != nil {
		return err
	}
	progress := startProgress(streams.Err, f.progress, inputs, 2)
	defer progress.stop()
	o.Read.Progress = progress.add
	result, err := lint.Run(cmd.Context(), inputs, o.Options)
	if err != nil {
		return err
	}
	files, err := splitRows(streams, result)
	if err != nil {
		return err
	}
	division, err := stats.Split(files, options)
	switch {
	case errors.Is(err, stats.ErrMoreThanHalf):
		return fmt.Errorf("--validation %s: %w, and there are %s", f.share, err, lint.FormatCount(int64(division.Examples)))
	case err != nil:
		return indivisible(streams, division)
	}
	if !f.dryRun {
		if err := out.write(cmd.Context(), inputs, o, files, division); err != nil {
			return err
		}
	}
	progress.stop()
	return f.tell(streams.Out, out, division)
}

// datasets returns the files to divide.
func (f *splitFlags) datasets(cmd *cobra.Command, args []string) (inputs []lint.Input, err error) {
	for _, one := range jsonl.Expand(args) {
		switch {
		case one.Path == jsonl.Stdin:
			return nil, errors.New("the data is read twice: name a file in place of standard input")
		case one.Err != nil:
			return nil, withName(one.Path, one.Err)
		}
		inputs = append(inputs, lint.Input{Path: one.Path})
	}
	if len(inputs) == 0 {
		return nil, fmt.Errorf("no input: name a file\nsee %s --help", cmd.CommandPath())
	}
	return once(inputs), nil
}

// splitRows returns what was gathered of the files, if every line is an example.
func splitRows(streams Streams, result *lint.Result) (files []*stats.SplitRows, err error) {
	failed := &exitError{status: exitFindings}
	for i := range result.Files {
		file := &result.Files[i]
		if file.Err != nil {
			failed.status = exitUsage
			err = failed
			printError(streams.Err, file.Err)
			continue
		}
		rows, _ := file.Figures.(*stats.SplitRows)
		switch {
		case rows == nil || rows.Len() == 0:
			err = failed
			printError(streams.Err, fmt.Errorf("%s: no examples to divide: %s\nftlint check says more", file.Name, whyNone(file)))
		case int64(rows.Len()) < file.Examples():
			err = failed
			printError(streams.Err, fmt.Errorf("%s: lines that are no examples: %s, the first is line %s\nftlint check tells what is wrong with them, and ftlint fix --unsafe-fixes --rejects FILE takes them out",
				file.Name, lint.FormatCount(file.Examples()-int64(rows.Len())), lint.FormatCount(rows.FirstOther())))
		}
		files = append(files, rows)
	}
	return files, err
}

// indivisible says why examples cannot be divided.
func indivisible(streams Streams, d *stats.Division) error {
	why := "there is only one"
	if d.LargestGroup > 1 {
		why = fmt.Sprintf("%s of %s are copies, have the same prompt or are nearly the same, and are kept together\n--keep-together says less strictly what is",
			lint.FormatCount(int64(d.LargestGroup)), lint.FormatCount(int64(d.Examples)))
	}
	printError(streams.Err, fmt.Errorf("%w: %s", stats.ErrIndivisible, why))
	return &exitError{status: exitFindings}
}

// splitTargets are the files that are written.
type splitTargets struct {
	paths   [2]string // of the training data and the validation data
	targets [2]*rewrite.Target
}

// targets looks where the files are to go.
func (f *splitFlags) targets(inputs []lint.Input) (*splitTargets, error) {
	out := &splitTargets{paths: [2]string{f.trainTo, f.validationTo}}
	for i, part := range []string{"train", "valid"} {
		if out.paths[i] == jsonl.Stdin {
			return nil, fmt.Errorf("--%s-to -: both files get names, none is standard output", []string{"train", "validation"}[i])
		}
		if out.paths[i] != "" {
			continue
		}
		if len(inputs) > 1 {
			return nil, errors.New("several files are divided into two: name these with --train-to and --validation-to")
		}
		plain := jsonl.PlainName(inputs[0].Path)
		ext := filepath.Ext(plain)
		out.paths[i] = strings.TrimSuffix(plain, ext) + "." + part + ext
	}
	if resolved(out.paths[0]) == resolved(out.paths[1]) {
		return nil, errors.New("--train-to and --validation-to name the same file")
	}
	for i, path := range out.paths {
		target, err := rewrite.New(path)
		if err != nil {
			return nil, withName(path, err)
		}
		for _, in := range inputs {
			if target.Same(in.Path) {
				return nil, fmt.Errorf("%s: this is one of the files to divide", path)
			}
		}
		if _, err := os.Stat(path); err == nil && !f.force && !f.dryRun {
			return nil, fmt.Errorf("%s: this file is there already: --force replaces it", path)
		}
		out.targets[i] = target
	}
	return out, nil
}

// write copies every line to its side. The files get their names when both are
// complete.
func (t *splitTargets) write(ctx context.Context, inputs []lint.Input, o *runOptions, files []*stats.SplitRows, d *stats.Division) error {
	var drafts [2]*rewrite.Draft
	for i := range drafts {
		drafts[i] = t.targets[i].Draft(true)
		defer drafts[i].Discard()
	}
	first := 0 // number of the file's first example
	for i, in := range inputs {
		source, err := jsonl.Open(ctx, in.Path, o.Read)
		if err != nil {
			return err
		}
		err = t.writeFile(ctx, source, drafts, files[i], func(row int) bool { return d.InValidation(first + row) }, i == 0)
		source.Close()
		if err != nil {
			return err
		}
		first += files[i].Len()
	}
	for i, draft := range drafts {
		if err := draft.End(); err != nil {
			return withName(t.paths[i], err)
		}
		if _, err := draft.Finish(); err != nil {
			return withName(t.paths[i], err)
		}
	}
	for i, draft := range drafts {
		if err := t.targets[i].Replace(draft); err != nil {
			return withName(t.paths[i], err)
		}
	}
	return nil
}

// writeFile copies the lines of a file.
func (t *splitTargets) writeFile(ctx context.Context, source *jsonl.Source, drafts [2]*rewrite.Draft, rows *stats.SplitRows, validation func(row int) bool, first bool) error {
	write := func(side int, text []byte) error {
		if err := drafts[side].Keep(text); err != nil {
			return withName(t.paths[side], err)
		}
		return nil
	}
	for i, draft := range drafts {
		if !first {
			break
		}
		if err := draft.Begin(source); err != nil {
			return withName(t.paths[i], err)
		}
		if source.Sniffed.BOM {
			if err := write(i, []byte(jsonl.UTF8BOM)); err != nil {
				return err
			}
		}
	}
	row := 0
	err := source.EachLine(ctx, func(number int64, text []byte) error {
		if row == rows.Len() || rows.At(row).Line != number {
			if len(bytes.TrimSpace(text)) > 0 {
				return fmt.Errorf("%s: %w", source.Name, jsonl.ErrChanged)
			}
			return nil // a blank line
		}
		side := 0
		if validation(row) {
			side = 1
		}
		row++
		err := write(side, text)
		if last := text[len(text)-1]; err == nil && last != '\n' && last != '\r' {
			err = write(side, []byte("\n")) // others may follow
		}
		return err
	})
	if err == nil && row < rows.Len() {
		err = fmt.Errorf("%s: %w", source.Name, jsonl.ErrChanged)
	}
	return err
}

// splitReport is what --output json writes.
type splitReport struct {
	SchemaVersion int       `json:"schema_version"`
	Examples      int       `json:"examples"`
	Training      splitPart `json:"training"`
	Validation    splitPart `json:"validation"`
	Seed          uint64    `json:"seed"`
	KeptTogether  string    `json:"kept_together"`
	Groups        int       `json:"groups"`
	LargestGroup  int       `json:"largest_group"`
	Copies        int       `json:"copies"`
	SamePrompt    int       `json:"same_prompt"`
	NearlySame    int       `json:"nearly_same"`
	Written       bool      `json:"written"`
}

type splitPart struct {
	File     string `json:"file"`
	Examples int    `json:"examples"`
}

// tell writes what was done.
func (f *splitFlags) tell(out io.Writer, t *splitTargets, d *stats.Division) error {
	if f.output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(splitReport{
			SchemaVersion: report.SchemaVersion, Examples: d.Examples,
			Training:   splitPart{strings.ToValidUTF8(t.paths[0], "\uFFFD"), d.Examples - d.Validation},
			Validation: splitPart{strings.ToValidUTF8(t.paths[1], "\uFFFD"), d.Validation},
			Seed:       f.seed, KeptTogether: f.together, Groups: d.Groups, LargestGroup: d.LargestGroup,
			Copies: d.Copies, SamePrompt: d.Prompts, NearlySame: d.Near, Written: !f.dryRun,
		})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, kept together in %s\n", report.Plural(int64(d.Examples), "example"), report.Plural(int64(d.Groups), "group"))
	for _, reason := range []struct {
		n     int
		about string
	}{{d.Copies, "copies of another one"}, {d.Prompts, "with the prompt of another one"}, {d.Near, "nearly the same as another one"}} {
		if reason.n > 0 {
			fmt.Fprintf(&b, "  %*s  %s\n", len(lint.FormatCount(int64(d.Examples))), lint.FormatCount(int64(reason.n)), reason.about)
		}
	}
	width := max(len(lint.FormatCount(int64(d.Examples-d.Validation))), len(lint.FormatCount(int64(d.Validation))))
	for i, name := range []string{"training  ", "validation"} {
		n := d.Examples - d.Validation
		if i == 1 {
			n = d.Validation
		}
		fmt.Fprintf(&b, "%s  %*s  %5.1f%%  %s\n", name, width, lint.FormatCount(int64(n)), 100*float64(n)/float64(d.Examples), term.Sanitize(t.paths[i]))
	}
	if f.dryRun {
		b.WriteString("nothing was written\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
