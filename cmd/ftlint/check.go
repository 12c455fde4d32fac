package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/suggest"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
)

// checkFlags are the flags of check, as they were given.
type checkFlags struct {
	profile, model, method, route  string
	selected, ignored, severities  []string
	failOn, level                  string
	validation, training           []string
	outputs                        []string
	color, snippets, progress      string
	maxGroups, maxPerGroup, jobs   int
	maxLine, longLine, stdin, file string
	chunk                          int
	stats                          bool
	epochs, maxCost                string
}

func newCheckCommand(streams Streams) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [flags] PATH|DIR|GLOB|- ...",
		Short: "Check datasets (the default command)",
		Long: `Check reads datasets once and tells everything that is wrong with them: files,
directories (their *.jsonl and *.ndjson files, also with .gz or .zst), patterns
such as "data/**/*.jsonl", or - for standard input.

The format of each file is detected, and validation files are told by the words
of their names (valid, validation, val, dev, test); --method, --validation and
--train say it outright. Files given in one run are taken to belong together.` + "\n" + exitStatus,
		Example: `  ftlint check train.jsonl
  ftlint check train.jsonl --validation valid.jsonl --model gpt-4.1-mini
  ftlint check --profile openai --fail-on warning data/
  ftlint check train.jsonl --model gpt-4.1-mini --profile openai --stats --max-cost 50
  zstdcat big.jsonl.zst | ftlint check - --stdin-filename big.jsonl
  ftlint check train.jsonl --output jsonl | jq -r .path`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd, streams, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.profile, "profile", "azure", "whose rules: `PROFILE` is azure, azure-strict, openai or both")
	flags.StringVar(&f.model, "model", "", "`MODEL` that will be trained: the files are then checked as a job for it")
	flags.StringVar(&f.method, "method", "auto", "training `METHOD`: auto, sft, dpo, rft, completion")
	flags.StringVar(&f.route, "route", "files", "`ROUTE` by which files will be sent: files, uploads, import")
	flags.StringArrayVar(&f.validation, "validation", nil, "validation file: `PATH`, directory or pattern (can be repeated)")
	flags.StringArrayVar(&f.training, "train", nil, "training file, whatever its name says: `PATH`, directory or pattern")
	flags.StringSliceVar(&f.selected, "select", nil, "only these `RULES`: ids, names, prefixes, ALL")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "not these `RULES`")
	flags.StringSliceVar(&f.severities, "severity", nil, "`RULE=LEVEL`: error, warning, info, off")
	flags.StringVar(&f.failOn, "fail-on", "error", "lowest `LEVEL` that fails: error, warning, info, never")
	flags.StringVar(&f.level, "level", "info", "lowest `LEVEL` that is shown: error, warning, info")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "`FORMAT[=PATH]`: "+strings.Join(report.Names(), ", ")+" (default text; can be repeated)")
	flags.BoolVar(&f.stats, "stats", false, "count all tokens, and tell what will be billed, trained and paid")
	flags.StringVar(&f.epochs, "epochs", "auto", "epochs that will be trained: `N`, or auto, as the service chooses")
	flags.StringVar(&f.maxCost, "max-cost", "", "`DOLLARS` that training may cost; more is an error, as is a price that is not known")
	flags.StringVar(&f.color, "color", "auto", "colour: `WHEN` is auto, always or never")
	flags.StringVar(&f.snippets, "snippets", "auto", "show lines of the data: `WHEN` is auto (on a terminal), on or off")
	flags.StringVar(&f.progress, "progress", "auto", "progress on standard error: `HOW` is auto, plain or off")
	flags.IntVar(&f.maxGroups, "max-groups", 20, "`N` groups of findings shown in text; 0: all")
	flags.IntVar(&f.maxPerGroup, "max-per-group", 1, "`N` findings shown of each group in text; 0: all")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "`N` workers; 0: one for each processor")
	flags.StringVar(&f.maxLine, "max-line-bytes", "512MB", "`SIZE` of the longest line that is read; a longer one is an error")
	flags.StringVar(&f.longLine, "long-line-bytes", "64MiB", "`SIZE` of the longest line that FTF024 does not report")
	flags.StringVar(&f.stdin, "stdin-filename", "", "`NAME` for standard input")
	flags.StringVar(&f.file, "catalog", "", "`FILE` with models, limits and prices that go before the built-in ones")
	flags.IntVar(&f.chunk, "chunk-bytes", 0, "bytes read at a time")
	flags.MarkHidden("chunk-bytes")
	return cmd
}

func runCheck(cmd *cobra.Command, streams Streams, f *checkFlags, args []string) error {
	options, err := f.options()
	if err != nil {
		return err
	}
	inputs := f.inputs(args)
	if len(inputs) == 0 {
		return fmt.Errorf("no input: name a file, a directory, a pattern, or - for standard input\nsee ftlint check --help")
	}
	if err := f.outputIsNoInput(inputs); err != nil {
		return err
	}
	if f.needsCatalog() {
		note, err := f.useCatalog(options)
		if err != nil {
			return err
		}
		if note != "" {
			fmt.Fprintln(streams.Err, "ftlint: note:", note)
		}
	}
	out, err := f.open(streams, options)
	if err != nil {
		return err
	}
	defer out.discard()
	progress := startProgress(streams.Err, f.progress, inputs)
	defer progress.stop()
	options.Read.Stdin, options.Read.Progress = newInterruptible(cmd.Context(), streams.In), progress.add
	options.OnFinding, options.OmitSnippets = out.onFinding(progress)

	result, err := lint.Run(cmd.Context(), inputs, options.Options)
	progress.stop()
	if err != nil {
		return err
	}
	if err := out.finish(result); err != nil {
		return err
	}
	incomplete := false
	for i := range result.Files {
		if err := result.Files[i].Err; err != nil {
			incomplete = true
			printError(streams.Err, err)
		}
	}
	switch {
	case incomplete:
		return &exitError{status: exitUsage}
	case options.failOn != lint.Off && result.Count(options.failOn) > 0:
		return &exitError{status: exitFindings}
	}
	return nil
}

// outputIsNoInput sees that no report would replace a dataset that is checked.
func (f *checkFlags) outputIsNoInput(inputs []lint.Input) error {
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

// checkOptions are the flags of check, understood.
type checkOptions struct {
	lint.Options
	failOn, level lint.Severity
	color         term.ColorMode
	profile       string
}

func (f *checkFlags) options() (*checkOptions, error) {
	o := &checkOptions{profile: f.profile}
	for _, flag := range []struct {
		name  string
		value int
	}{{"--jobs", f.jobs}, {"--max-groups", f.maxGroups}, {"--max-per-group", f.maxPerGroup}, {"--chunk-bytes", f.chunk}} {
		if flag.value < 0 {
			return nil, fmt.Errorf("%s: %d is below 0", flag.name, flag.value)
		}
	}
	o.Workers = f.jobs
	o.KeepPerGroup = f.maxPerGroup
	if f.maxPerGroup <= 0 {
		o.KeepPerGroup = math.MaxInt
	}
	o.Read.ChunkBytes, o.Read.StdinName = f.chunk, cmp.Or(f.stdin, "<stdin>")
	settings := &o.Settings
	err := errors.Join(
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
		choose("--route", f.route, map[string]func(){
			"files":   func() { settings.Route = lint.RouteFiles },
			"uploads": func() { settings.Route = lint.RouteUploads },
			"import":  func() { settings.Route = lint.RouteImport },
		}),
		choose("--fail-on", f.failOn, map[string]func(){
			"error":   func() { o.failOn = lint.Error },
			"warning": func() { o.failOn = lint.Warning },
			"info":    func() { o.failOn = lint.Info },
			"never":   func() { o.failOn = lint.Off },
		}),
		choose("--level", f.level, map[string]func(){
			"error":   func() { o.level = lint.Error },
			"warning": func() { o.level = lint.Warning },
			"info":    func() { o.level = lint.Info },
		}),
		choose("--snippets", f.snippets, map[string]func(){"auto": nil, "on": nil, "off": nil}),
		choose("--progress", f.progress, map[string]func(){"auto": nil, "plain": nil, "off": nil}),
	)
	if err != nil {
		return nil, err
	}
	if o.color, err = term.ParseColorMode(f.color); err != nil {
		return nil, fmt.Errorf("--color: %w", err)
	}
	if o.Read.MaxLineBytes, err = parseBytes("--max-line-bytes", f.maxLine); err != nil {
		return nil, err
	}
	if settings.LongLine, err = parseBytes("--long-line-bytes", f.longLine); err != nil {
		return nil, err
	}
	if o.Rules, o.Severity, err = selectRules(rules.All(), f.selected, f.ignored, f.severities); err != nil {
		return nil, err
	}
	if err := f.tokenOptions(o); err != nil {
		return nil, err
	}
	return o, nil
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

// inputs returns the files to check, and what was named and is not there.
func (f *checkFlags) inputs(args []string) []lint.Input {
	var inputs []lint.Input
	at := map[string]int{}
	add := func(args []string, isValidation func(path string) bool) {
		for _, found := range jsonl.Expand(args) {
			in := lint.Input{Path: found.Path, Err: found.Err}
			in.Validation = in.Err == nil && isValidation(in.Path)
			key := filepath.Clean(in.Path)
			if i, ok := at[key]; ok && in.Err == nil {
				inputs[i].Validation = in.Validation
				continue
			}
			at[key] = len(inputs)
			inputs = append(inputs, in)
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
	return inputs
}

// commandHint adds to the error of a missing file that a command was probably meant.
func commandHint(path, first string, err error) error {
	if err == nil || path != first || !errors.Is(err, os.ErrNotExist) || strings.ContainsAny(path, "./\\") {
		return err
	}
	if near, ok := suggest.Closest(path, []string{"check", "rule", "models", "explain", "tokens", "version", "completion", "help"}); ok {
		return fmt.Errorf("%w\ndid you mean the command %s?", err, near)
	}
	return err
}

// namesValidation reports whether one of the words of a file's name says that
// it is a validation file.
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
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"valid", "validation", "val", "dev", "test"}, w)
	})
}

// findModel looks a model up. A name that is probably a typo is an error; one
// that is merely unknown is told: new models appear.
func (f *checkFlags) findModel(c *catalog.Catalog, provider dataset.Provider) (*lint.Model, string, error) {
	m, ok := c.Model(f.model)
	if !ok {
		if near, ok := c.Suggest(f.model); ok {
			return nil, "", fmt.Errorf("unknown model %q\ndid you mean %s? A model that is new can be added with --catalog FILE", f.model, near)
		}
		return &lint.Model{Name: f.model}, fmt.Sprintf("model %q is not in the catalogue of %s: rules on models do not apply (ftlint models lists what is known; --catalog FILE adds to it)", f.model, c.AsOf("models")), nil
	}
	model := &lint.Model{Name: f.model, Known: true, AsOf: c.AsOf("methods").String()}
	if m.User {
		model.AsOf = "your catalogue"
	}
	var notes []string
	for _, p := range []struct {
		bit  dataset.Provider
		name string
	}{{dataset.Azure, catalog.Azure}, {dataset.OpenAI, catalog.OpenAI}} {
		offer, ok := m.Offer(p.name)
		if provider&p.bit == 0 || !ok {
			continue
		}
		if n := offer.ExampleTokens; n > 0 && (model.ExampleTokens == 0 || n < model.ExampleTokens) {
			model.ExampleTokens = n
		}
		for _, method := range offer.Methods {
			model.Methods |= map[string]dataset.Method{
				"sft": dataset.SFT, "dpo": dataset.DPO, "rft": dataset.RFT, "completion": dataset.Completion,
			}[method]
		}
		if r, ok := c.Retired(f.model, p.name, time.Now()); ok {
			model.Retired = r.Reason
			if !r.Date.IsZero() {
				model.Retired = r.Date.String()
			}
			notes = append(notes, fmt.Sprintf("model %s at %s: %s (as of %s)", f.model, p.name, r.Reason, c.AsOf("models")))
		}
	}
	note := strings.Join(notes, "; ")
	if model.Methods == 0 {
		note = fmt.Sprintf("model %s is not offered for fine-tuning by %s (as of %s)", f.model, provider, c.AsOf("models"))
	}
	return model, note, nil
}

// loadCatalog loads the catalogue, with the user's file over it.
func loadCatalog(file string) (*catalog.Catalog, error) {
	c, err := catalog.Load()
	if err == nil && file != "" {
		c, err = c.OverrideFile(file)
	}
	return c, err
}

// outputs are the reports of a run.
type outputs struct {
	list []*output
}

type output struct {
	format   report.Format
	snippets bool
	report   report.Report
	path     string
	file     *os.File // under a temporary name until it is complete
	direct   bool     // file is what path names: a device or a pipe, never to be replaced
}

// create opens the file to write to.
func (o *output) create() (err error) {
	// Names such as /dev/stderr lead to whatever is open there.
	if strings.HasPrefix(o.path, "/dev/") {
		o.direct = true
		o.file, err = os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND, 0)
		return err
	}
	// A link stays one: what it points to is written.
	if target, err := filepath.EvalSymlinks(o.path); err == nil {
		o.path = target
	}
	if info, err := os.Stat(o.path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return fmt.Errorf("%s is a directory", o.path)
		}
		o.direct = true
		o.file, err = os.OpenFile(o.path, os.O_WRONLY, 0)
		return err
	}
	// Unlike os.CreateTemp this leaves the mode to the user's umask.
	for try := 0; ; try++ {
		name := fmt.Sprintf("%s.%d.%d", o.path, os.Getpid(), try)
		o.file, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
}

// complete closes the file and gives it its name.
func (o *output) complete() error {
	if o.direct {
		err := o.file.Close()
		o.file = nil
		return err
	}
	var err error
	if info, statErr := os.Stat(o.path); statErr == nil {
		err = o.file.Chmod(info.Mode().Perm())
	}
	err = errors.Join(err, o.file.Close(), os.Rename(o.file.Name(), o.path))
	if err == nil {
		o.file = nil
	}
	return err
}

// open opens the reports that were asked for.
func (f *checkFlags) open(streams Streams, o *checkOptions) (_ *outputs, err error) {
	specs := f.outputs
	if len(specs) == 0 {
		specs = []string{"text"}
	}
	outs := &outputs{}
	defer func() {
		if err != nil {
			outs.discard()
		}
	}()
	console := ""
	start := time.Now()
	for _, spec := range specs {
		name, path, toFile := strings.Cut(spec, "=")
		format, ok := report.Lookup(name)
		if !ok {
			err := fmt.Errorf("--output: unknown format %q: %s", name, strings.Join(report.Names(), ", "))
			if near, ok := suggest.Closest(name, report.Names()); ok {
				err = fmt.Errorf("%w\ndid you mean %s?", err, near)
			}
			return outs, err
		}
		options := report.Options{
			Level: o.level, MaxGroups: f.maxGroups, FailOn: o.failOn, Profile: o.profile, Version: version(),
			Snippets: f.snippets == "on",
		}
		out := &output{format: format}
		var w io.Writer = streams.Out
		switch {
		case toFile && path == "":
			return outs, fmt.Errorf("--output %s: a path must follow the equals sign", spec)
		case toFile:
			out.path = path
			for _, other := range outs.list {
				if other.path != "" && filepath.Clean(other.path) == filepath.Clean(path) {
					return outs, fmt.Errorf("--output: %s is named twice", path)
				}
			}
			if err = out.create(); err != nil {
				return outs, fmt.Errorf("--output %s: %w", spec, bareError(err))
			}
			w = out.file
		case console != "":
			return outs, fmt.Errorf("--output: %s and %s cannot both go to standard output: write %s=PATH", console, name, name)
		default:
			console = name
			options.Width = term.Width(streams.Out)
			if term.IsTerminal(streams.Out) {
				options.Elapsed = func() time.Duration { return time.Since(start) }
				options.Snippets = f.snippets != "off"
			}
			options.Color = !format.Machine && term.Color(o.color, streams.Out)
		}
		if format.Machine {
			options.Snippets = f.snippets == "on"
		}
		out.snippets = options.Snippets
		out.report = format.Open(w, options)
		outs.list = append(outs.list, out)
	}
	return outs, nil
}

// onFinding returns what a run is to call with every finding, or nil, and
// whether nobody shows the lines that they are in.
func (o *outputs) onFinding(p *progress) (call func(*lint.Finding) error, omitSnippets bool) {
	var streaming []*output
	omitSnippets = true
	for _, out := range o.list {
		if out.format.Streams {
			streaming = append(streaming, out)
			omitSnippets = omitSnippets && !out.snippets
		}
	}
	if len(streaming) == 0 {
		return nil, false
	}
	return func(f *lint.Finding) error {
		p.clear()
		for _, out := range streaming {
			if err := out.report.Finding(f); err != nil {
				return outputError(out, err)
			}
		}
		return nil
	}, omitSnippets
}

// bareError leaves out the name in an error of the system: it is that of a
// temporary file.
func bareError(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

func outputError(out *output, err error) error {
	if out.path == "" {
		return fmt.Errorf("writing the output: %w", err)
	}
	return fmt.Errorf("writing %s: %w", out.path, err)
}

// finish completes the reports. Files get their names only now.
func (o *outputs) finish(result *lint.Result) error {
	for _, out := range o.list {
		err := out.report.Finish(result)
		if out.file != nil && err == nil {
			err = out.complete()
		}
		if err != nil {
			return outputError(out, err)
		}
	}
	return nil
}

// discard removes files that were not completed.
func (o *outputs) discard() {
	for _, out := range o.list {
		if out.file != nil {
			out.file.Close()
			if !out.direct {
				os.Remove(out.file.Name())
			}
		}
	}
}
