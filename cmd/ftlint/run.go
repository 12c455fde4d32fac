package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/secrets"
	"github.com/ftlint/ftlint/internal/suggest"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/stats"
	"github.com/ftlint/ftlint/tokenize"
)

// runFlags are the flags that commands which read datasets have in common, as
// they were given.
type runFlags struct {
	profile, model, method     string
	validation, training       []string
	outputs                    []string
	color, snippets, progress  string
	epochs, batchSize, maxCost string
	catalog, prices            string
	jobs, chunk                int
	maxLine, stdin             string
	fetchImages, privateImages bool
	imageCache                 string
	showSecrets                bool
	detect, allowed            []string
}

// addInput adds the flags that say what the inputs are.
func (f *runFlags) addInput(flags *pflag.FlagSet, profile string) {
	f.addTarget(flags, profile)
	flags.StringArrayVar(&f.validation, "validation", nil, "validation file: `PATH`, directory or pattern (can be repeated)")
	flags.StringArrayVar(&f.training, "train", nil, "training file, whatever its name says: `PATH`, directory or pattern")
}

// addTarget adds the flags that say what the inputs are for.
func (f *runFlags) addTarget(flags *pflag.FlagSet, profile string) {
	flags.StringVar(&f.profile, "profile", "azure", profile)
	flags.StringVar(&f.model, "model", "", "`MODEL` that will be trained: the files are then taken for a job for it")
	flags.StringVar(&f.method, "method", "auto", "training `METHOD`: auto, sft, dpo, rft, completion")
}

// addOutput adds the flags that say what is written, and how.
func (f *runFlags) addOutput(flags *pflag.FlagSet, formats []report.Format, snippets string) {
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "`FORMAT[=PATH]`: "+strings.Join(report.Names(formats), ", ")+" (default text; can be repeated)")
	flags.StringVar(&f.color, "color", "auto", "colour: `WHEN` is auto, always or never")
	flags.StringVar(&f.snippets, "snippets", "auto", snippets+": `WHEN` is auto (on a terminal), on or off")
	flags.StringVar(&f.progress, "progress", "auto", "progress on standard error: `HOW` is auto, plain or off")
}

// addJob adds the flags that say what the job will be like.
func (f *runFlags) addJob(flags *pflag.FlagSet) {
	f.addTraining(flags)
	flags.StringVar(&f.maxCost, "max-cost", "", "`DOLLARS` that training on each file may cost; more is an error, as is a price that is not known")
	f.addFacts(flags)
}

// addTraining adds the flags that say how the job trains.
func (f *runFlags) addTraining(flags *pflag.FlagSet) {
	flags.StringVar(&f.epochs, "epochs", "auto", "epochs that will be trained: `N`, or auto, as the service chooses")
	flags.StringVar(&f.batchSize, "batch-size", "auto", "examples that will be trained at a time: `N`, or auto, as the service chooses")
}

// addFacts adds the flags that say what models there are and what they cost.
func (f *runFlags) addFacts(flags *pflag.FlagSet) {
	flags.StringVar(&f.prices, "prices", "", "`FILE` with prices that go before the built-in ones")
	flags.StringVar(&f.catalog, "catalog", "", "`FILE` with models, limits and prices that go before the built-in ones")
}

// addReading adds the flags that say how inputs are read.
func (f *runFlags) addReading(flags *pflag.FlagSet) {
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "`N` workers; 0: one for each processor")
	flags.StringVar(&f.maxLine, "max-line-bytes", "512MB", "`SIZE` of the longest line that is read; a longer one is an error")
	flags.StringVar(&f.stdin, "stdin-filename", "", "`NAME` for standard input")
	flags.BoolVar(&f.fetchImages, "fetch-images", false, "fetch the images behind URLs, and look at them as at embedded ones")
	flags.BoolVar(&f.privateImages, "allow-private-images", false, "fetch also from localhost and private networks")
	flags.StringVar(&f.imageCache, "image-cache", "", "`DIR` in which what was found behind URLs is kept for a day; off: nowhere (default: in your cache directory)")
	flags.StringSliceVar(&f.detect, "detect", nil, "tell `KINDS` of secrets and personal data that are off, such as ip; with - before it a kind is not told")
	flags.StringSliceVar(&f.allowed, "allow-text", nil, "`TEXTS` that are no secret and nobody's data; * stands for anything")
	flags.BoolVar(&f.showSecrets, "show-secrets", false, "show secrets and personal data of the data as they are")
	flags.IntVar(&f.chunk, "chunk-bytes", 0, "bytes read at a time")
	flags.MarkHidden("chunk-bytes")
}

// runOptions are flags, understood.
type runOptions struct {
	lint.Options
	failOn, level lint.Severity
	color         term.ColorMode
	maxGroups     int
	maxPerGroup   int
	accounting    tokenize.Accounting
	fixing        *fixing // nil: nothing is fixed

	flags        runFlags // that it follows from
	note         string   // of what is to be said before
	budgets      []lint.Budget
	perFile      []perFile
	suppressions []suppression
	baseline     *baselineFile // nil: there is none
	revision     string        // only lines that it does not have are told; empty: all
}

type numberFlag struct {
	name  string
	value int
}

func notNegative(flags ...numberFlag) error {
	for _, flag := range flags {
		if flag.value < 0 {
			return fmt.Errorf("%s: %d is below 0", flag.name, flag.value)
		}
	}
	return nil
}

// understand fills in what the flags say that all commands have.
func (f *runFlags) understand(o *runOptions) error {
	if err := notNegative(numberFlag{"--jobs", f.jobs}, numberFlag{"--chunk-bytes", f.chunk}); err != nil {
		return err
	}
	o.Workers = f.jobs
	o.Read.ChunkBytes, o.Read.StdinName = f.chunk, cmp.Or(f.stdin, "<stdin>")
	settings := &o.Settings
	var err error
	if settings.Detect, err = detects(f.detect); err != nil {
		return err
	}
	if settings.Allowed, err = allows(f.allowed); err != nil {
		return err
	}
	if !f.showSecrets {
		finder := secrets.Finder{Detect: settings.Detect, Allowed: settings.Allowed}
		o.Mask = finder.Mask
	}
	err = errors.Join(
		choose("--profile", f.profile, map[string]func(){
			"azure":        func() { settings.Provider = dataset.Azure },
			"azure-strict": func() { settings.Provider, settings.Strict = dataset.Azure, true },
			"openai":       func() { settings.Provider = dataset.OpenAI },
			"both":         func() { settings.Provider = dataset.AllProviders },
		}),
		choose("--method", f.method, map[string]func(){
			"auto":       func() {},
			"sft":        func() { settings.Method = dataset.SFT },
			"dpo":        func() { settings.Method = dataset.DPO },
			"rft":        func() { settings.Method = dataset.RFT },
			"completion": func() { settings.Method = dataset.Completion },
		}),
		choose("--snippets", f.snippets, map[string]func(){"auto": nil, "on": nil, "off": nil}),
		choose("--progress", f.progress, map[string]func(){"auto": nil, "plain": nil, "off": nil}),
	)
	if err != nil {
		return err
	}
	if o.color, err = term.ParseColorMode(f.color); err != nil {
		return fmt.Errorf("--color: %w", err)
	}
	o.Read.MaxLineBytes, err = parseBytes("--max-line-bytes", f.maxLine)
	return err
}

// detects understands --detect.
func detects(list []string) (map[string]bool, error) {
	if len(list) == 0 {
		return nil, nil
	}
	kinds := map[string]bool{}
	names := make([]string, 0, len(secrets.Kinds()))
	for _, k := range secrets.Kinds() {
		names = append(names, k.Name)
	}
	for _, word := range list {
		name, off := strings.CutPrefix(strings.TrimSpace(word), "-")
		if !slices.Contains(names, name) {
			err := fmt.Errorf("--detect: there is no kind %q of secrets or personal data", name)
			if near, ok := suggest.Closest(name, names); ok {
				return nil, fmt.Errorf("%w\ndid you mean %s?", err, near)
			}
			return nil, fmt.Errorf("%w\nknown are: %s", err, strings.Join(names, ", "))
		}
		kinds[name] = !off
	}
	return kinds, nil
}

// allows understands --allow-text.
func allows(list []string) (func(text []byte) bool, error) {
	for _, text := range list {
		if strings.Trim(text, "* ") == "" {
			return nil, fmt.Errorf("--allow-text: %q is any text: --ignore FTS001,FTS002 switches the rules off", text)
		}
	}
	return secrets.Allow(list), nil
}

// withFigures asks for the figures of all examples.
func (o *runOptions) withFigures() {
	o.Settings.Stats = true
	o.Figures = stats.FiguresMaker()
}

// run reads the inputs and writes the reports; what the first batch says of these
// holds for all. An input that could not be read to its end is told, and makes the exit
// status; there is a result all the same.
func run(cmd *cobra.Command, streams Streams, list []batch, formats []report.Format) (*lint.Result, error) {
	options := list[0].options
	f := &options.flags
	var inputs []lint.Input
	for i := range list {
		inputs = append(inputs, list[i].inputs...)
	}
	if err := f.outputIsNoInput(inputs); err != nil {
		return nil, err
	}
	stdin := newInterruptible(cmd.Context(), streams.In)
	for i := range list {
		o := list[i].options
		if o.note != "" {
			fmt.Fprintln(streams.Err, "ftlint: note:", o.note)
		}
		if o.flags.fetchImages {
			fetcher := o.flags.fetcher(cmd.Context(), o)
			defer fetcher.Close()
		}
		o.Counter = o.accounting.NewCounter
		o.Read.Stdin = stdin
		if err := o.accepting(cmd.Context(), list[i].inputs); err != nil {
			return nil, err
		}
	}
	fixing := options.fixing
	if fixing != nil && len(list) > 1 && (fixing.rejects != "" || fixing.fixTo != "") {
		return nil, errors.New("--rejects and --fix-to: the files have different configurations: fix them one by one")
	}
	if fixing != nil {
		if err := fixesOnce(inputs); err != nil {
			return nil, err
		}
	}
	if fixing != nil && fixing.diff {
		return nil, showDiffs(cmd.Context(), streams, list)
	}
	reports, rounds := streams, int64(1)
	if fixing != nil {
		if err := fixing.writesOnce(inputs, f.outputs); err != nil {
			return nil, err
		}
		rounds = 2
		if fixing.kind == lint.UnsafeFix && slices.ContainsFunc(options.Rules, func(r lint.Rule) bool { return r.Plans() }) {
			rounds = 4 // what is to be done to lines is planned before, and once more when it was done
		}
		if fixing.toStdout(inputs) {
			reports.Out = streams.Err
		}
	}
	out, err := f.open(reports, options, formats)
	if err != nil {
		return nil, err
	}
	defer out.discard()
	progress := startProgress(streams.Err, f.progress, inputs, rounds)
	defer progress.stop()
	onFinding, omitSnippets := out.onFinding(progress)
	result := &lint.Result{}
	for i := range list {
		o := list[i].options
		o.Fingerprints, o.Edits = out.fingerprints(), out.edits()
		if onFinding != nil && o.Read.ChunkBytes == 0 {
			o.Read.ChunkBytes = streamedChunk(o.Workers)
		}
		o.Read.Progress, o.OnFinding, o.OmitSnippets = progress.add, onFinding, omitSnippets
		o.KeepImages, o.KeepPairs = options.KeepImages, options.KeepPairs
		part, err := fixAndCheck(cmd.Context(), streams, list[i].inputs, o)
		if err != nil {
			return nil, err
		}
		part.Judge(o.budgets)
		result.Merge(part)
	}
	if out.showsPairs() {
		if err := addPairs(cmd.Context(), result, inputs, options.Read); err != nil {
			return nil, err
		}
	}
	progress.stop()
	if err := out.finish(result); err != nil {
		return nil, err
	}
	if !out.tellsVerdict() { // else nothing would say why the run fails
		for _, over := range report.OverBudgets(result) {
			fmt.Fprintln(streams.Err, "ftlint:", over)
		}
	}
	incomplete := false
	for i := range result.Files {
		if err := result.Files[i].Err; err != nil {
			incomplete = true
			printError(streams.Err, err)
		}
	}
	for i := range list {
		for _, note := range list[i].options.notes(!incomplete) {
			fmt.Fprintln(streams.Err, "ftlint: warning:", term.Sanitize(note))
		}
	}
	if incomplete {
		return result, &exitError{status: exitUsage}
	}
	return result, nil
}

// showDiffs shows what fixing would change.
func showDiffs(ctx context.Context, streams Streams, list []batch) error {
	var changed error
	for i := range list {
		o := list[i].options
		if err := o.fixing.showDiff(ctx, streams, list[i].inputs, o); err != nil {
			if exit := (*exitError)(nil); !errors.As(err, &exit) || exit.status != exitFindings {
				return err
			}
			changed = err
		}
	}
	return changed
}

// nothingEmpty sees to it that an empty variable in a script does not switch off what
// it was to say.
func nothingEmpty(flags *pflag.FlagSet) error {
	for _, name := range []string{"max-cost", "prices", "catalog", "model", "config", "baseline", "new-from-rev", "rev", "train-to", "validation-to"} {
		if flag := flags.Lookup(name); flag != nil && flag.Changed && flag.Value.String() == "" {
			return fmt.Errorf("--%s: the value is empty", name)
		}
	}
	return nil
}

// fixAndCheck checks the inputs, and fixes them before if that is wanted. The fixed
// files take their places after the check.
func fixAndCheck(ctx context.Context, streams Streams, inputs []lint.Input, options *runOptions) (*lint.Result, error) {
	if options.fixing == nil {
		return lint.Run(ctx, inputs, options.Options)
	}
	fixed, err := options.fixing.run(ctx, streams, inputs, options)
	if err != nil {
		return nil, err
	}
	defer fixed.discard()
	result, err := lint.Run(ctx, fixed.inputs, options.Options)
	if err == nil {
		err = fixed.replace(result)
	}
	return result, err
}

// outputIsNoInput sees that no report would replace a dataset that is checked.
func (f *runFlags) outputIsNoInput(inputs []lint.Input) error {
	for _, spec := range f.outputs {
		_, path, _ := strings.Cut(spec, "=")
		out, err := os.Stat(path)
		if path == "" || err != nil || !out.Mode().IsRegular() {
			continue
		}
		for _, in := range inputs {
			if info, err := os.Stat(in.Path); err == nil && os.SameFile(info, out) {
				return fmt.Errorf("--output %s: this is one of the datasets to check", spec)
			}
		}
	}
	return nil
}

// choose calls what value stands for.
func choose(flag, value string, choices map[string]func()) error {
	if set, ok := choices[value]; ok {
		if set != nil {
			set()
		}
		return nil
	}
	names := make([]string, 0, len(choices))
	for name := range choices {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	err := fmt.Errorf("%s: %q is none of %s", flag, value, strings.Join(names, ", "))
	if near, ok := suggest.Closest(value, names); ok {
		err = fmt.Errorf("%w\ndid you mean %s?", err, near)
	}
	return err
}

// parseBytes reads a size: 1000, 10kB, 5MB, 64MiB, 1GB.
func parseBytes(flag, s string) (int64, error) {
	i := 0
	for i < len(s) && (s[i] == '.' || '0' <= s[i] && s[i] <= '9') {
		i++
	}
	units := map[string]float64{
		"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
	}
	n, err := strconv.ParseFloat(s[:i], 64)
	unit, ok := units[strings.ToLower(strings.TrimSpace(s[i:]))]
	if err != nil || !ok || n*unit < 1 || n*unit > math.MaxInt64/2 {
		return 0, fmt.Errorf("%s: %q is no size: write 1000, 5MB or 64MiB", flag, s)
	}
	return int64(n * unit), nil
}

// inputs returns the files to check, and what was named and is not there. found says
// which of them were not named, but are in a directory or fit a pattern. Without
// arguments these are the files that the configuration names.
func (f *runFlags) inputs(c *configFlags, args []string) (inputs []lint.Input, found map[string]bool, err error) {
	if len(args) == 0 && len(f.training) == 0 && len(f.validation) == 0 {
		if args, err = c.named(); err != nil {
			return nil, nil, err
		}
	}
	found = map[string]bool{}
	at := map[string]int{}
	add := func(args []string, isValidation func(path string) bool) {
		for _, one := range jsonl.Expand(args) {
			in := lint.Input{Path: one.Path, Err: one.Err}
			in.Validation = in.Err == nil && isValidation(in.Path)
			key := filepath.Clean(in.Path)
			if i, ok := at[key]; ok && in.Err == nil {
				inputs[i].Validation = in.Validation
				continue
			}
			at[key] = len(inputs)
			inputs = append(inputs, in)
			if !slices.Contains(args, one.Path) {
				found[one.Path] = true
			}
		}
	}
	add(args, func(path string) bool {
		if path == jsonl.Stdin {
			path = f.stdin
		}
		return namesValidation(path)
	})
	for i := range inputs {
		inputs[i].Err = commandHint(inputs[i].Path, args[0], inputs[i].Err)
	}
	add(f.training, func(string) bool { return false })
	add(f.validation, func(string) bool { return true })
	if !c.noGitignore {
		inputs = notIgnored(inputs, found)
	}
	return once(inputs), found, nil
}

// once leaves out inputs that are an earlier one under another name, such as through a
// symbolic link: all of their lines would be copies. One for training and one for
// validation stay, as that is worth a finding.
func once(inputs []lint.Input) []lint.Input {
	type key struct {
		size       int64
		time       time.Time
		validation bool
	}
	seen := map[key][]os.FileInfo{} // few files are alike in these
	return slices.DeleteFunc(inputs, func(in lint.Input) bool {
		info, err := os.Stat(in.Path)
		if in.Err != nil || in.Path == jsonl.Stdin || err != nil || !info.Mode().IsRegular() {
			return false
		}
		k := key{info.Size(), info.ModTime(), in.Validation}
		if slices.ContainsFunc(seen[k], func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			return true
		}
		seen[k] = append(seen[k], info)
		return false
	})
}

// commandHint adds to the error of a missing file that a command was probably meant.
func commandHint(path, first string, err error) error {
	if err == nil || path != first || !errors.Is(err, os.ErrNotExist) || strings.ContainsAny(path, "./\\") {
		return err
	}
	if near, ok := suggest.Closest(path, []string{"check", "fix", "stats", "diff", "split", "upload", "files", "job", "chat", "rule", "models", "config", "baseline", "explain", "tokens", "version", "completion", "help"}); ok {
		return fmt.Errorf("%w\ndid you mean the command %s?", err, near)
	}
	return err
}

// namesValidation reports whether one of the words of a file's name says that
// it is a validation file, and none behind it that it is not: what test.jsonl is
// divided into are test.train.jsonl and test.valid.jsonl.
func namesValidation(path string) bool {
	base := filepath.Base(jsonl.PlainName(path))
	base = strings.TrimSuffix(base, filepath.Ext(base))
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	for _, r := range base {
		switch {
		case !unicode.IsLetter(r):
			end()
			continue
		case unicode.IsUpper(r) && len(word) > 0 && unicode.IsLower(word[len(word)-1]):
			end() // camelCase
		}
		word = append(word, r)
	}
	end()
	validation := false
	for _, w := range words {
		switch w {
		case "valid", "validation", "val", "dev", "test":
			validation = true
		case "train", "training":
			validation = false
		}
	}
	return validation
}
