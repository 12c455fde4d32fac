package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/config"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
)

// configFlags are the flags that say which configuration holds.
type configFlags struct {
	config       string
	isolated     bool
	forceExclude bool
	noGitignore  bool
}

func (f *configFlags) addConfig(flags *pflag.FlagSet) {
	f.addWhich(flags)
	flags.BoolVar(&f.forceExclude, "force-exclude", false, "leave out what the configuration excludes even where it is named (for pre-commit)")
	flags.BoolVar(&f.noGitignore, "no-gitignore", false, "take from directories also what git ignores")
}

// addWhich adds the flags that say which file is the configuration.
func (f *configFlags) addWhich(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "configuration `FILE`, in place of those that are found")
	flags.BoolVar(&f.isolated, "isolated", false, "no configuration file")
}

// batch is inputs for which the same configuration holds, with the options that follow.
type batch struct {
	config  *config.Config // nil: none
	inputs  []lint.Input
	options *runOptions
}

// environment is what the names of variables begin with.
const environment = "FTLINT_"

// configFor returns the path of the configuration that holds for a file, or "".
func (f *configFlags) configFor(path string, known map[string]string) (string, error) {
	switch {
	case f.isolated:
		return "", nil
	case f.config != "":
		return f.config, nil
	case os.Getenv(environment+"CONFIG") != "":
		return os.Getenv(environment + "CONFIG"), nil
	}
	dir := "."
	if path != jsonl.Stdin {
		dir = filepath.Dir(path)
	}
	if found, ok := known[dir]; ok {
		return found, nil
	}
	found, err := config.Find(dir)
	known[dir] = found
	return found, err
}

// batches parts the inputs by the configurations that hold for them, in the order in
// which they are named.
func (f *configFlags) batches(inputs []lint.Input) ([]batch, error) {
	var list []batch
	index, known := map[string]int{}, map[string]string{}
	for _, in := range inputs {
		path, err := f.configFor(in.Path, known)
		if err != nil {
			return nil, err
		}
		i, ok := index[path]
		if !ok {
			i = len(list)
			index[path] = i
			b := batch{}
			if path != "" {
				if b.config, err = config.Load(path); err != nil {
					if isPath := (*os.PathError)(nil); errors.As(err, &isPath) {
						err = fmt.Errorf("configuration %s: %w", path, bareError(err))
					}
					return nil, err
				}
				if err := requiredVersion(b.config); err != nil {
					return nil, err
				}
			}
			list = append(list, b)
		}
		list[i].inputs = append(list[i].inputs, in)
	}
	return list, nil
}

// apply sets the flags that were not given to what the environment or the
// configuration says.
func apply(flags *pflag.FlagSet, c *config.Config) error {
	for _, key := range config.Keys() {
		flag := flags.Lookup(key.Flag)
		if key.Flag == "" || flag == nil || flag.Changed {
			continue
		}
		if text := os.Getenv(variable(key)); text != "" {
			values := []string{text}
			if key.Kind == config.List {
				values = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
			}
			if err := setFlag(flag, values); err != nil {
				return fmt.Errorf("%s: %w", variable(key), err)
			}
			continue
		}
		if c == nil {
			continue
		}
		if s, ok := c.Get(key.Name); ok {
			if err := setFlag(flag, s.Values); err != nil {
				return &config.Error{Place: s.At, Message: key.Name + ": " + err.Error()}
			}
		}
	}
	return nil
}

// variable is the name of the variable of the environment that stands for a key.
func variable(key config.Key) string {
	return environment + strings.ToUpper(strings.ReplaceAll(key.Name, "-", "_"))
}

// setFlag sets a flag without making it one that was given.
func setFlag(flag *pflag.Flag, values []string) error {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	err := flag.Value.Set(values[0])
	if err != nil {
		return fmt.Errorf("%q is not a %s", values[0], flag.Value.Type())
	}
	return nil
}

// configured returns the options that follow from the flags and a configuration. The
// flags are as they were afterwards.
func (f *checkFlags) configured(flags *pflag.FlagSet, c *config.Config) (*runOptions, error) {
	given := *f
	defer func() { *f = given }()
	if err := apply(flags, c); err != nil {
		return nil, err
	}
	if c != nil {
		levels := make([]string, 0, len(c.Severity))
		for _, s := range c.Severity {
			levels = append(levels, s.Key+"="+s.Values[0])
		}
		f.severities = append(levels, f.severities...) // what is said last holds
	}
	o, err := f.options()
	if err == nil && f.needsCatalog() {
		o.note, err = f.useCatalog(o)
	}
	if err != nil {
		return nil, f.blame(flags, c, given, err)
	}
	o.flags = f.runFlags
	return o, o.configure(c)
}

// variableOf names the variable of the environment that set the flag which an error
// begins with, for the beginning of a message.
func variableOf(flags *pflag.FlagSet, err error) string {
	for _, key := range config.Keys() {
		flag := flags.Lookup(key.Flag)
		if key.Flag != "" && flag != nil && !flag.Changed && os.Getenv(variable(key)) != "" && strings.HasPrefix(err.Error(), "--"+key.Flag+":") {
			return variable(key) + ": "
		}
	}
	return ""
}

// blame finds the variable of the environment or the key of a configuration that an
// error comes of.
func (f *checkFlags) blame(flags *pflag.FlagSet, c *config.Config, given checkFlags, err error) error {
	try := func() error {
		o, err := f.options()
		if err == nil && f.needsCatalog() {
			_, err = f.useCatalog(o)
		}
		return err
	}
	*f = given
	if try() != nil {
		return err // the flags alone are wrong
	}
	if apply(flags, nil) == nil {
		if wrong := try(); wrong != nil {
			return fmt.Errorf("%s%w", variableOf(flags, wrong), wrong)
		}
	}
	if c == nil {
		return err
	}
	*f = given
	for _, s := range c.Settings {
		flag := flags.Lookup(s.Key)
		if flag == nil || flag.Changed || setFlag(flag, s.Values) != nil {
			continue
		}
		if wrong := try(); wrong != nil && wrong.Error() == err.Error() {
			return &config.Error{Place: s.At, Message: strings.TrimPrefix(wrong.Error(), "--")}
		}
	}
	for _, s := range c.Severity {
		*f = given
		f.severities = []string{s.Key + "=" + s.Values[0]}
		if wrong := try(); wrong != nil {
			return &config.Error{Place: s.At, Message: strings.TrimPrefix(wrong.Error(), "--")}
		}
	}
	return fmt.Errorf("%s: %w", c.Path, err)
}

// configure takes over from a configuration what no flag says.
func (o *runOptions) configure(c *config.Config) error {
	if c == nil {
		return nil
	}
	all := rules.All()
	ids := func(s config.Setting, words []string) ([]string, error) {
		var list []string
		for _, word := range words {
			found, err := matchRules(all, "", word)
			if err != nil {
				return nil, &config.Error{Place: s.At, Message: err.Error()}
			}
			for _, r := range found {
				list = append(list, r.ID)
			}
		}
		return list, nil
	}
	for _, s := range c.Budget {
		list, err := ids(s, []string{s.Key})
		if err != nil {
			return err
		}
		budget := lint.Budget{Rules: list, Name: s.Key, Share: -1, Lines: -1}
		if percent, ok := strings.CutSuffix(s.Values[0], "%"); ok {
			budget.Share, err = strconv.ParseFloat(strings.TrimSpace(percent), 64)
			budget.Share /= 100
		} else {
			budget.Lines, err = strconv.ParseInt(s.Values[0], 10, 64)
		}
		if err != nil || budget.Share < 0 && budget.Lines < 0 || budget.Share > 1 || math.IsNaN(budget.Share) {
			return &config.Error{Place: s.At, Message: fmt.Sprintf("budget: %q is neither a share of the lines (\"0.5%%\") nor a number of them", s.Values[0])}
		}
		o.budgets = append(o.budgets, budget)
	}
	for _, s := range c.PerFileIgnores {
		list, err := ids(s, s.Values)
		if err != nil {
			return err
		}
		matches, err := matcher(c.Dir, s.Key)
		if err != nil {
			return &config.Error{Place: s.At, Message: err.Error()}
		}
		o.perFile = append(o.perFile, perFile{matches, list})
	}
	for _, g := range c.Ignored {
		list, err := ids(config.Setting{At: g.At}, []string{g.Rule})
		if err != nil {
			return err
		}
		s := &lint.Suppression{Rules: map[string]bool{}, Where: g.Where, LineHash: g.LineHash}
		for _, id := range list {
			s.Rules[id] = true
		}
		if g.Path != "" {
			if s.File, err = matcher(g.Dir, g.Path); err != nil {
				return &config.Error{Place: g.At, Message: err.Error()}
			}
		}
		expired := !g.Expires.IsZero() && o.Settings.Now.After(g.Expires.Add(24*time.Hour))
		o.suppressions = append(o.suppressions, suppression{s, g, expired, new(bool)})
	}
	return nil
}

// perFile are rules that do not hold for some files.
type perFile struct {
	matches func(file string) bool
	rules   []string
}

// suppression is what a table [[ignore-finding]] says.
type suppression struct {
	*lint.Suppression
	from    config.IgnoredFinding
	expired bool  // it does not hold any more
	seen    *bool // a file was checked that it is about
}

// here returns the configuration of the working directory; nil: there is none.
func (f *configFlags) here() (*config.Config, error) {
	path, err := f.configFor(jsonl.Stdin, map[string]string{})
	if err != nil || path == "" {
		return nil, err
	}
	return config.Load(path)
}

// named are the arguments that the configuration of the working directory stands for
// where there are none: its datasets, and what it includes.
func (f *configFlags) named() ([]string, error) {
	c, err := f.here()
	if err != nil || c == nil {
		return nil, err
	}
	var args []string
	for _, d := range c.Datasets {
		for _, file := range slices.Concat(d.Train, d.Validation) {
			args = append(args, shortPath(file))
		}
	}
	if include, ok := c.Get("include"); ok {
		for _, pattern := range include.Values {
			args = append(args, shortPath(filepath.Join(c.Dir, filepath.FromSlash(pattern))))
		}
	}
	return args, nil
}

// eachBatch completes the inputs of each batch and has its options made.
func eachBatch(list []batch, f *configFlags, found map[string]bool, options func(*batch) error) error {
	for i := range list {
		b := &list[i]
		if b.config != nil {
			var err error
			if b.inputs, err = f.chosen(b.config, b.inputs, found); err != nil {
				return err
			}
			b.inputs = together(b.config, b.inputs)
		}
		if err := options(b); err != nil {
			return err
		}
		for i := range b.inputs {
			b.inputs[i].Ignore = b.options.ignoredRules(b.inputs[i].Path)
		}
	}
	return nil
}

// matcher returns what tells whether a file fits a pattern that counts from dir. A
// pattern without a slash is for the name alone.
func matcher(dir, pattern string) (func(file string) bool, error) {
	if !doublestar.ValidatePattern(pattern) {
		return nil, fmt.Errorf("%q is not a valid pattern", pattern)
	}
	base, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return func(file string) bool {
		abs, err := filepath.Abs(file)
		if err != nil {
			return false
		}
		rel, err := filepath.Rel(base, abs)
		if err != nil {
			return false
		}
		rel = filepath.ToSlash(rel)
		if !strings.Contains(pattern, "/") {
			rel = filepath.Base(abs)
		}
		return doublestar.MatchUnvalidated(strings.TrimPrefix(pattern, "./"), rel)
	}, nil
}

// chosen leaves out of the inputs what the configuration does not include or excludes.
// What was named is taken all the same, unless excluding is forced.
func (f *configFlags) chosen(c *config.Config, inputs []lint.Input, found map[string]bool) ([]lint.Input, error) {
	var includes, excludes []func(string) bool
	for key, list := range map[string]*[]func(string) bool{"include": &includes, "exclude": &excludes} {
		s, _ := c.Get(key)
		for _, pattern := range s.Values {
			m, err := matcher(c.Dir, pattern)
			if err != nil {
				return nil, &config.Error{Place: s.At, Message: key + ": " + err.Error()}
			}
			*list = append(*list, m)
		}
	}
	any := func(list []func(string) bool, path string) bool {
		return slices.ContainsFunc(list, func(m func(string) bool) bool { return m(path) })
	}
	return slices.DeleteFunc(inputs, func(in lint.Input) bool {
		named := !found[in.Path]
		switch {
		case in.Err != nil, in.Path == jsonl.Stdin:
			return false
		case any(excludes, in.Path):
			return !named || f.forceExclude
		}
		return !named && len(includes) > 0 && !any(includes, in.Path)
	}), nil
}

// together adds to the inputs the files that belong to one of them by a table
// [[dataset]], and says which of them are for validation.
func together(c *config.Config, inputs []lint.Input) []lint.Input {
	at := map[string]int{}
	for i, in := range inputs {
		at[absolute(in.Path)] = i
	}
	has := func(files []string) bool {
		return slices.ContainsFunc(files, func(f string) bool { _, ok := at[absolute(f)]; return ok })
	}
	for _, d := range c.Datasets {
		if !has(d.Train) && !has(d.Validation) {
			continue
		}
		for _, part := range []struct {
			files      []string
			validation bool
		}{{d.Train, false}, {d.Validation, true}} {
			for _, file := range part.files {
				i, ok := at[absolute(file)]
				if !ok {
					i = len(inputs)
					at[absolute(file)] = i
					in := lint.Input{Path: shortPath(file)}
					if _, err := os.Stat(file); err != nil {
						in.Err = fmt.Errorf("%s: %w (it belongs to a [[dataset]], %s)", in.Path, bareError(err), d.At)
					}
					inputs = append(inputs, in)
				}
				inputs[i].Validation = part.validation
			}
		}
	}
	return inputs
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// shortPath is a path from the working directory, if it lies below.
func shortPath(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, absolute(path)); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return path
}

// requiredVersion sees to it that this is a version of ftlint that the configuration
// wants.
func requiredVersion(c *config.Config) error {
	s, ok := c.Get("required-version")
	if !ok {
		return nil
	}
	for part := range strings.SplitSeq(s.Values[0], ",") {
		part = strings.TrimSpace(part)
		i := strings.IndexFunc(part, func(r rune) bool { return '0' <= r && r <= '9' })
		wrong := &config.Error{Place: s.At, Message: fmt.Sprintf("required-version: %q is not of the form \">=0.1, <2\"", s.Values[0])}
		if i < 0 {
			return wrong
		}
		want, err := versionOf(part[i:])
		if err != nil {
			return wrong
		}
		have, err := versionOf(version())
		if err != nil {
			return nil // a version of somebody's own
		}
		order := slices.Compare(have, want)
		fits, known := map[string]bool{
			">=": order >= 0, ">": order > 0, "<=": order <= 0, "<": order < 0, "==": order == 0, "=": order == 0, "": order == 0, "!=": order != 0,
		}[strings.TrimSpace(part[:i])]
		if !known {
			return wrong
		}
		if !fits {
			return &config.Error{Place: s.At, Message: fmt.Sprintf("this is ftlint %s, but the configuration wants %s", version(), s.Values[0])}
		}
	}
	return nil
}

// versionOf returns the three numbers of a version.
func versionOf(text string) ([]int, error) {
	numbers := make([]int, 3)
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "v"), "-")
	text, _, _ = strings.Cut(text, "+")
	for i, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || i >= len(numbers) {
			return nil, errors.New("not a version")
		}
		numbers[i] = n
	}
	return numbers, nil
}

// ignoredRules returns the rules that do not hold for a file.
func (o *runOptions) ignoredRules(path string) (ids []string) {
	for _, p := range o.perFile {
		if p.matches(path) {
			ids = append(ids, p.rules...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// notes says of what is accepted what has expired or is not needed any more.
func (o *runOptions) notes(complete bool) (list []string) {
	for _, s := range o.suppressions {
		what := cmp.Or(s.from.Path, s.from.Where, s.from.LineHash)
		switch {
		case s.expired:
			list = append(list, fmt.Sprintf("%s: ignoring %s of %s (%s) expired on %s", s.from.At, s.from.Rule, what, s.from.Reason, s.from.Expires.Format(time.DateOnly)))
		case complete && s.Used() == 0 && *s.seen:
			list = append(list, fmt.Sprintf("%s: nothing is found any more of %s of %s: remove the entry", s.from.At, s.from.Rule, what))
		}
	}
	return list
}
