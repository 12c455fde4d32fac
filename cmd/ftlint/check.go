package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/grader"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/stats"
)

// checkFlags are the flags of check, as they were given.
type checkFlags struct {
	runFlags
	fixFlags
	configFlags
	baseline, newFromRev          string
	withoutBaseline               bool // whatever flags and configurations say
	route                         string
	selected, ignored, severities []string
	failOn, level                 string
	maxGroups, maxPerGroup        int
	longLine                      string
	stats, deepImages             bool
	nearDuplicates                bool
	grader                        string
	similarity                    float64
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
	f.addAll(flags)
	flags.BoolVar(&f.fix, "fix", false, "fix what can be fixed, and check what is left: see ftlint fix --help")
	f.addFix(flags)
	return cmd
}

// addAll adds the flags that check and fix have in common.
func (f *checkFlags) addAll(flags *pflag.FlagSet) {
	f.addInput(flags, "whose rules: `PROFILE` is azure, azure-strict, openai or both")
	flags.StringVar(&f.route, "route", "files", "`ROUTE` by which files will be sent: files, uploads, import")
	flags.StringSliceVar(&f.selected, "select", nil, "only these `RULES`: ids, names, prefixes, ALL")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "not these `RULES`")
	flags.StringSliceVar(&f.severities, "severity", nil, "`RULE=LEVEL`: error, warning, info, off")
	flags.StringVar(&f.failOn, "fail-on", "error", "lowest `LEVEL` that fails: error, warning, info, never")
	flags.StringVar(&f.level, "level", "info", "lowest `LEVEL` that is shown: error, warning, info")
	f.addOutput(flags, report.Formats(), "show lines of the data")
	flags.BoolVar(&f.stats, "stats", false, "count all tokens, and tell what will be billed, trained and paid")
	f.addJob(flags)
	flags.StringVar(&f.grader, "grader", "", "`FILE` with the grader of a reinforcement job: the fields that it reads must be there")
	flags.IntVar(&f.maxGroups, "max-groups", 20, "`N` groups of findings shown in text; 0: all")
	flags.IntVar(&f.maxPerGroup, "max-per-group", 1, "`N` findings shown of each group in text; 0: all")
	flags.BoolVar(&f.nearDuplicates, "near-duplicates", false, "look for examples that are nearly the same, also between training and validation")
	addSimilarity(flags, &f.similarity)
	flags.BoolVar(&f.deepImages, "deep-images", false, "decode embedded images to the last pixel, not their files alone")
	flags.StringVar(&f.longLine, "long-line-bytes", "64MiB", "`SIZE` of the longest line that FTF024 does not report")
	flags.StringVar(&f.baseline, "baseline", "", "`FILE` with findings that are known and not told: see ftlint baseline --help")
	flags.StringVar(&f.newFromRev, "new-from-rev", "", "tell only of lines that the git revision `REV` does not have")
	f.addConfig(flags)
	f.addReading(flags)
}

// addSimilarity adds the flag that says what near-duplicates are.
func addSimilarity(flags *pflag.FlagSet, similarity *float64) {
	flags.Float64Var(similarity, "similarity", 0.9, "`SHARE` of their pairs of words that near-duplicates have in common: 0.7 to 1")
}

// goodSimilarity sees that near-duplicates of the similarity can be found.
func goodSimilarity(similarity float64) error {
	if similarity >= stats.LeastSimilarity && similarity <= 1 {
		return nil
	}
	return fmt.Errorf("--similarity: %v is not between %v and 1", similarity, stats.LeastSimilarity)
}

func runCheck(cmd *cobra.Command, streams Streams, f *checkFlags, args []string) error {
	list, err := f.prepare(cmd, args)
	if err != nil {
		return err
	}
	result, err := run(cmd, streams, list, report.Formats())
	if err != nil {
		return err
	}
	if result != nil && result.Fails(list[0].options.failOn) {
		return &exitError{status: exitFindings}
	}
	return nil
}

// prepare makes of flags, arguments and configurations what is to be run.
func (f *checkFlags) prepare(cmd *cobra.Command, args []string) ([]batch, error) {
	if err := nothingEmpty(cmd.Flags()); err != nil {
		return nil, err
	}
	inputs, found, err := f.inputs(&f.configFlags, args)
	if err != nil {
		return nil, err
	}
	if len(inputs) == 0 {
		return nil, fmt.Errorf("no input: name a file, a directory, a pattern, or - for standard input\nsee %s --help", cmd.CommandPath())
	}
	list, err := f.batches(inputs)
	if err != nil {
		return nil, err
	}
	return list, eachBatch(list, &f.configFlags, found, func(b *batch) error {
		b.options, err = f.configured(cmd.Flags(), b.config)
		if err != nil {
			return err
		}
		o := b.options
		if cmd.Flags().Changed("similarity") && o.Settings.NearDuplicates == 0 {
			return errors.New("--similarity says what near-duplicates are: add --near-duplicates")
		}
		if o.fixing, err = f.fixFlags.understand(cmd.Flags()); err != nil {
			return err
		}
		if o.fixing != nil {
			o.Settings.BOM = o.fixing.bom
		}
		return nil
	})
}

func (f *checkFlags) options() (*runOptions, error) {
	o := &runOptions{maxGroups: f.maxGroups, maxPerGroup: f.maxPerGroup}
	if err := notNegative(numberFlag{"--max-groups", f.maxGroups}, numberFlag{"--max-per-group", f.maxPerGroup}); err != nil {
		return nil, err
	}
	o.KeepPerGroup = f.maxPerGroup
	if f.maxPerGroup == 0 {
		o.KeepPerGroup = math.MaxInt
	}
	settings := &o.Settings
	settings.DeepImages, settings.Now = f.deepImages, time.Now()
	err := errors.Join(
		f.runFlags.understand(o),
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
	)
	if err != nil {
		return nil, err
	}
	if settings.LongLine, err = parseBytes("--long-line-bytes", f.longLine); err != nil {
		return nil, err
	}
	if f.grader != "" {
		text, err := readGrader(f.grader)
		if err != nil {
			return nil, err
		}
		settings.GraderFields = grader.Fields(text)
	}
	severities := f.severities
	if f.nearDuplicates {
		if err := goodSimilarity(f.similarity); err != nil {
			return nil, err
		}
		settings.NearDuplicates = f.similarity
		severities = append([]string{"near-duplicate=warning"}, severities...)
	}
	if o.Rules, o.Severity, err = selectRules(rules.All(), f.selected, f.ignored, severities); err != nil {
		return nil, err
	}
	given := map[string]bool{"--stats": f.stats, "--max-cost": f.maxCost != "", "--near-duplicates": f.nearDuplicates, "--grader": f.grader != ""}
	for _, word := range f.selected {
		for i := range o.Rules {
			id, flag := o.Rules[i].ID, o.Rules[i].OnlyWith
			if flag != "" && !given[flag] && (strings.EqualFold(word, id) || strings.EqualFold(word, o.Rules[i].Name)) {
				return nil, fmt.Errorf("--select %s: this rule runs only with %s", word, flag)
			}
		}
	}
	if f.stats {
		o.withFigures()
	}
	if err := f.budget(o); err != nil {
		return nil, err
	}
	if f.baseline != "" && !f.withoutBaseline {
		if o.baseline, err = openBaseline(f.baseline); err != nil {
			return nil, fmt.Errorf("--baseline %s: %w", f.baseline, err)
		}
	}
	o.revision = f.newFromRev
	return o, nil
}

// readGrader reads the grader of a reinforcement job.
func readGrader(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--grader %s: %w", path, bareError(err))
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("--grader %s: this is no JSON", path)
	}
	return text, nil
}
