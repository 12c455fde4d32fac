package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/rewrite"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// fixFlags are the flags that say what is fixed and where it goes.
type fixFlags struct {
	fix, diff, unsafe   bool
	fixTo, rejects, bom string
}

// addFix adds the flags of fixing.
func (f *fixFlags) addFix(flags *pflag.FlagSet) {
	flags.BoolVar(&f.unsafe, "unsafe-fixes", false, "also fix what drops or rewrites examples, messages or text")
	flags.BoolVar(&f.diff, "diff", false, "change nothing, and show what would change")
	flags.StringVar(&f.fixTo, "fix-to", "", "write the fixed file to `PATH`, a directory for several, and leave the old one; - is standard output")
	flags.StringVar(&f.rejects, "rejects", "", "with --unsafe-fixes: drop the lines that still have errors, and write them to `FILE` with the reasons")
	flags.StringVar(&f.bom, "bom", "auto", "byte-order mark: `WHAT` is auto (as the profile asks), add, strip or keep")
}

func newFixCommand(streams Streams) *cobra.Command {
	f := checkFlags{fixFlags: fixFlags{fix: true}}
	cmd := &cobra.Command{
		Use:   "fix [flags] PATH|DIR|GLOB|- ...",
		Short: "Fix what can be put right mechanically",
		Long: `Fix puts right what can be put right without asking, and then checks what is
left. It is check --fix.

Safe fixes change bytes, but not what is trained: line ends, blank lines, 1.0 in
place of 1, keys that the service refuses anyway. --unsafe-fixes adds those that
drop or rewrite examples, messages or text. The findings of a check say which of
them can be fixed, and how. Rules that are not selected are not fixed.

Lines that need no fix stay as they are, byte for byte, and so does a file in
which there is nothing to fix. The fixed file is written beside the old one,
checked, and put in its place when it is on the disk: whatever happens, the one or
the other is there. Of standard input the fixed lines go to standard output and
the report to standard error.
` + fixStatus,
		Example: `  ftlint fix train.jsonl
  ftlint fix --diff data/
  ftlint fix --unsafe-fixes --rejects bad.jsonl train.jsonl
  ftlint fix train.jsonl.gz --fix-to train.jsonl
  ftlint fix --select FTM015,FTF012 --ignore FTF014 "data/**/*.jsonl"
  ftlint fix - < raw.jsonl > train.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd, streams, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.addFix(flags)
	f.addAll(flags)
	return cmd
}

const fixStatus = `
EXIT STATUS
  0    what is left has nothing at or above --fail-on; with --diff: nothing to fix
  1    findings at or above --fail-on are left; with --diff: there is something to fix
  2    a bad flag, or a file that could not be read or written: it is as it was
  3    internal error
  130  interrupted: the files are as they were`

// fixing is what the flags say of fixing, understood.
type fixing struct {
	fixFlags
	kind lint.FixKind
	bom  lint.BOMChoice
}

// understand checks the flags. It returns nil if nothing is to be fixed.
func (f *fixFlags) understand(flags *pflag.FlagSet) (*fixing, error) {
	wanted := f.fix || f.diff || f.fixTo != ""
	x := &fixing{fixFlags: *f, kind: lint.SafeFix}
	if f.unsafe {
		x.kind = lint.UnsafeFix
	}
	for _, name := range []string{"fix-to", "rejects"} {
		if flag := flags.Lookup(name); flag != nil && flag.Changed && flag.Value.String() == "" {
			return nil, fmt.Errorf("--%s: the value is empty", name)
		}
	}
	if !wanted {
		for _, name := range []string{"unsafe-fixes", "rejects", "bom"} {
			if flags.Changed(name) {
				return nil, fmt.Errorf("--%s says how files are fixed: add --fix, or --diff to see what would change", name)
			}
		}
		return nil, nil
	}
	switch {
	case f.diff && f.fixTo != "":
		return nil, errors.New("--diff writes nothing: leave out --fix-to")
	case f.diff && f.rejects != "":
		return nil, errors.New("--diff writes nothing: leave out --rejects")
	case f.rejects != "" && !f.unsafe:
		return nil, errors.New("--rejects drops lines from the file: add --unsafe-fixes")
	}
	return x, choose("--bom", f.bom, map[string]func(){
		"auto":  func() { x.bom = lint.BOMByRules },
		"add":   func() { x.bom = lint.BOMAdd },
		"strip": func() { x.bom = lint.BOMStrip },
		"keep":  func() { x.bom = lint.BOMKeep },
	})
}

// toStdout reports whether a fixed file goes to standard output.
func (x *fixing) toStdout(inputs []lint.Input) bool {
	isStdin := func(in lint.Input) bool { return in.Path == jsonl.Stdin }
	return x.fixTo == jsonl.Stdin || x.fixTo == "" && !x.diff && slices.ContainsFunc(inputs, isStdin)
}

// fixedFiles are the files of a run, fixed, before they take their places.
type fixedFiles struct {
	inputs  []lint.Input // to be checked
	files   []*fixedFile
	rejects *rewrite.Rejects
	fixes   lint.Fixes
	out     io.Writer
}

// fixedFile is one of them.
type fixedFile struct {
	target  *rewrite.Target // nil: standard output
	draft   *rewrite.Draft  // nil: nothing changed, so the file stays as it is
	changed bool
	name    string
	source  string // the name of what it is made from
	inPlace bool
}

// newDraft returns an empty draft for it. always: also where nothing changes.
func (f *fixedFile) newDraft(always bool) *rewrite.Draft {
	if f.target == nil {
		return rewrite.NewDraft(os.TempDir(), always)
	}
	return f.target.Draft(always)
}

// discard removes what has not taken its place.
func (f *fixedFiles) discard() {
	for _, file := range f.files {
		file.draft.Discard()
	}
	f.rejects.Discard()
}

// run fixes the inputs into drafts. A file that cannot be fixed is an error of its
// input.
func (x *fixing) run(ctx context.Context, streams Streams, inputs []lint.Input, options *runOptions) (_ *fixedFiles, err error) {
	f := &fixedFiles{out: streams.Out}
	defer func() {
		if err != nil {
			f.discard()
		}
	}()
	if err := x.checkPaths(inputs); err != nil {
		return nil, err
	}
	if x.rejects != "" {
		if f.rejects, err = rewrite.OpenRejects(x.rejects); err != nil {
			return nil, fmt.Errorf("--rejects %s: %w", x.rejects, err)
		}
		for _, in := range inputs {
			if f.rejects.Same(in.Path) {
				return nil, fmt.Errorf("--rejects %s: this is one of the datasets to fix", x.rejects)
			}
		}
	}
	settings := &options.Settings
	for _, in := range inputs {
		settings.HasValidation = settings.HasValidation || in.Validation
	}
	plans, err := x.plan(ctx, inputs, options)
	if err != nil {
		return nil, err
	}
	for i, in := range inputs {
		file := &fixedFile{name: inputName(in, options), source: inputName(in, options)}
		f.files = append(f.files, file)
		checked := in
		if in.Err == nil {
			checked, err = x.fixInto(ctx, f, file, in, planned(plans, i), options)
			if err = f.spoilt(ctx, file, &checked, err); err != nil {
				return nil, err
			}
		}
		f.inputs = append(f.inputs, checked)
	}
	return f, x.followUp(ctx, f, options)
}

// spoilt makes an error that does not end the run one of the input.
func (f *fixedFiles) spoilt(ctx context.Context, file *fixedFile, checked *lint.Input, err error) error {
	if err == nil || fatal(ctx, err) {
		return err
	}
	checked.Err = withName(file.name, err)
	file.draft.Discard()
	file.draft = nil
	return nil
}

// plan returns what rules on whole files want to have done to each input. Standard
// input is read once, so that its plan is made when it is in a draft.
func (x *fixing) plan(ctx context.Context, inputs []lint.Input, options *runOptions) ([]*lint.Plan, error) {
	if x.kind != lint.UnsafeFix || slices.ContainsFunc(inputs, func(in lint.Input) bool { return in.Path == jsonl.Stdin }) {
		return nil, nil
	}
	return lint.PlanFixes(ctx, inputs, options.Options)
}

func planned(plans []*lint.Plan, i int) *lint.Plan {
	if plans == nil {
		return nil
	}
	return plans[i]
}

// followUp does what rules on whole files want to have done to the fixed files: lines
// can be copies of each other once they are fixed.
func (x *fixing) followUp(ctx context.Context, f *fixedFiles, options *runOptions) error {
	for range lint.MaxPasses {
		plans, err := x.plan(ctx, f.inputs, options)
		if err != nil {
			return err
		}
		done := true
		for i, plan := range plans {
			if plan == nil || f.inputs[i].Err != nil {
				continue
			}
			file := f.files[i]
			_, err := x.pass(ctx, f, file, file.newDraft(false), &f.inputs[i], options, lint.FixOptions{Kind: x.kind, Plan: plan})
			if err = f.spoilt(ctx, file, &f.inputs[i], err); err != nil {
				return err
			}
			done = false
		}
		if done {
			return nil
		}
	}
	return nil
}

// fatal reports whether an error ends the run, and not only the work on a file.
func fatal(ctx context.Context, err error) bool {
	bug := (*lint.PanicError)(nil)
	return err != nil && (ctx.Err() != nil || errors.As(err, &bug))
}

// withName puts the name of the file in front of an error that has it not.
func withName(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+":") {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

func inputName(in lint.Input, options *runOptions) string {
	if in.Path == jsonl.Stdin {
		return options.Read.StdinName
	}
	return in.Path
}

// fixesOnce sees that no file is fixed as training data and, under another name, as
// validation data: all of it would be in both, and be dropped.
func fixesOnce(inputs []lint.Input) error {
	names := map[string]string{} // by path
	for _, in := range inputs {
		if in.Err != nil || in.Path == jsonl.Stdin {
			continue
		}
		path := resolved(in.Path)
		if other, ok := names[path]; ok {
			return fmt.Errorf("%s and %s are the same file, once for training and once for validation: name one of them", other, in.Path)
		}
		names[path] = in.Path
	}
	return nil
}

// writesOnce sees that no two of the fixed files, the rejects and the reports have the
// same name, where one would replace the other.
func (x *fixing) writesOnce(inputs []lint.Input, outputs []string) error {
	flags := map[string]string{} // by path
	add := func(path, flag string) error {
		if path == "" || path == jsonl.Stdin || strings.HasPrefix(path, "/dev/") {
			return nil
		}
		path = resolved(path)
		if other, ok := flags[path]; ok {
			return fmt.Errorf("%s and %s name the same file", flag, other)
		}
		flags[path] = flag
		return nil
	}
	if x.fixTo != "" && x.fixTo != jsonl.Stdin {
		for _, in := range inputs {
			flags[resolved(x.pathFor(in))] = "--fix-to " + x.fixTo
		}
	}
	if err := add(x.rejects, "--rejects "+x.rejects); err != nil {
		return err
	}
	for _, spec := range outputs {
		_, path, _ := strings.Cut(spec, "=")
		if err := add(path, "--output "+spec); err != nil {
			return err
		}
	}
	return nil
}

// resolved is the one name of a file that need not be there.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	} else if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// checkPaths sees that every file has a place to go to.
func (x *fixing) checkPaths(inputs []lint.Input) error {
	if x.fixTo == "" || x.fixTo == jsonl.Stdin {
		return nil
	}
	if info, err := os.Stat(x.fixTo); err == nil && info.IsDir() {
		names := map[string]string{}
		for _, in := range inputs {
			name := filepath.Base(x.pathFor(in))
			if other, ok := names[name]; ok && in.Err == nil {
				return fmt.Errorf("--fix-to %s: %s and %s would get the same name there", x.fixTo, other, in.Path)
			}
			names[name] = in.Path
		}
		return nil
	}
	if len(inputs) > 1 {
		return fmt.Errorf("--fix-to %s: for several files this must be a directory that is there", x.fixTo)
	}
	return nil
}

// pathFor returns where the fixed form of an input is written to.
func (x *fixing) pathFor(in lint.Input) string {
	if info, err := os.Stat(x.fixTo); err != nil || !info.IsDir() {
		return x.fixTo
	}
	if in.Path == jsonl.Stdin {
		return filepath.Join(x.fixTo, "stdin.jsonl")
	}
	return filepath.Join(x.fixTo, filepath.Base(jsonl.PlainName(in.Path)))
}

// place finds out where the fixed file goes.
func (x *fixing) place(file *fixedFile, in lint.Input) (always bool, err error) {
	switch {
	case x.fixTo == jsonl.Stdin, x.fixTo == "" && in.Path == jsonl.Stdin:
		return true, nil
	case x.fixTo == "":
		file.target, err = rewrite.Existing(in.Path)
		return false, err
	}
	path := x.pathFor(in)
	if file.target, err = rewrite.New(path); err != nil {
		return true, fmt.Errorf("--fix-to %s: %w", path, err)
	}
	if in.Path != jsonl.Stdin && file.target.Same(in.Path) {
		return true, fmt.Errorf("--fix-to %s: this is the file itself; leave out --fix-to to fix it in place", path)
	}
	file.name = path
	return true, nil
}

// fixInto fixes an input into the draft of its file, and returns what is to be
// checked then.
func (x *fixing) fixInto(ctx context.Context, f *fixedFiles, file *fixedFile, in lint.Input, plan *lint.Plan, options *runOptions) (lint.Input, error) {
	always, err := x.place(file, in)
	if err != nil {
		return in, err
	}
	checked := in
	checked.Name = file.name
	file.inPlace = !always
	for pass := 0; ; pass++ {
		again, err := x.pass(ctx, f, file, file.newDraft(always && pass == 0), &checked, options, lint.FixOptions{Kind: x.kind, Plan: plan})
		if err != nil {
			return checked, err
		}
		plan = nil // it is of the file as it was
		if !again || pass+1 == lint.MaxPasses {
			break
		}
	}
	return checked, nil
}

// inPlace is a draft that takes the place of the file that it is made from.
type inPlace struct{ *rewrite.Draft }

// Begin begins the draft, if the file can be replaced by one that is not
// compressed.
func (p inPlace) Begin(source *jsonl.Source) error {
	if source.Compression != "" {
		return fmt.Errorf("the file is compressed (%s) and is not fixed in place: write the fixed one elsewhere with --fix-to PATH", source.Compression)
	}
	return p.Draft.Begin(source)
}

// pass fixes what is in checked.Path into a draft, which then is what is checked. After
// an error there is no draft.
func (x *fixing) pass(ctx context.Context, f *fixedFiles, file *fixedFile, draft *rewrite.Draft, checked *lint.Input, options *runOptions, fix lint.FixOptions) (again bool, err error) {
	defer func() {
		if err != nil {
			draft.Discard()
		}
	}()
	fix.Sink = draft
	if file.inPlace {
		fix.Sink = inPlace{draft}
	}
	if f.rejects != nil {
		fix.Reject = func(r *lint.Rejected) error { return f.rejects.Add(file.source, r) }
	}
	fixed, err := lint.Fix(ctx, *checked, options.Options, fix)
	if err == nil {
		err = fixed.Err
	}
	if err != nil {
		return false, err
	}
	path, err := draft.Finish()
	if err != nil {
		return false, err
	}
	if !fixed.Changed && path == "" {
		return false, nil
	}
	f.fixes.Add(fixed)
	if fixed.Changed && !file.changed {
		file.changed = true
		f.fixes.Files = append(f.fixes.Files, file.name)
	}
	file.draft.Discard()
	file.draft = draft
	checked.Path = path
	return fixed.Again, nil
}

// replace lets the fixed files take their places. What cannot is an error of the
// file in the result, which also gets what was fixed.
func (f *fixedFiles) replace(result *lint.Result) error {
	if f.rejects != nil {
		f.fixes.Rejected = f.rejects.Lines
		if err := f.rejects.Finish(); err != nil {
			return fmt.Errorf("--rejects: %w", err)
		}
	}
	for i, file := range f.files {
		err := result.Files[i].Err
		if err != nil || file.draft == nil {
			continue
		}
		if file.target == nil {
			err = file.draft.CopyTo(f.out)
		} else {
			err = file.target.Replace(file.draft)
		}
		if err != nil {
			result.Files[i].Err = withName(file.name, err)
			f.fixes.Files = slices.DeleteFunc(f.fixes.Files, func(name string) bool { return name == file.name })
		}
	}
	result.Fixed = &f.fixes
	return nil
}

// spool puts standard input into a temporary file, which becomes the input: what rules
// on whole files want to have done is planned before the lines are read again. remove
// removes it.
func spool(in *lint.Input, options *runOptions) (remove func(), err error) {
	file, err := os.CreateTemp("", ".ftlint-*.tmp")
	if err != nil {
		return nil, err
	}
	remove = func() { os.Remove(file.Name()) }
	_, err = io.Copy(file, options.Read.Stdin)
	if err = errors.Join(err, file.Close()); err != nil {
		remove()
		return nil, withName(options.Read.StdinName, err)
	}
	in.Name, in.Path = options.Read.StdinName, file.Name()
	return remove, nil
}

// showDiff writes what would change.
func (x *fixing) showDiff(ctx context.Context, streams Streams, inputs []lint.Input, options *runOptions) error {
	style := term.NewStyle(term.Color(options.color, streams.Out))
	var fixes lint.Fixes
	failed := false
	inputs = slices.Clone(inputs)
	for i := range inputs {
		options.Settings.HasValidation = options.Settings.HasValidation || inputs[i].Validation
		if inputs[i].Path == jsonl.Stdin && x.kind == lint.UnsafeFix {
			remove, err := spool(&inputs[i], options)
			if err != nil {
				return err
			}
			defer remove()
		}
	}
	plans, err := x.plan(ctx, inputs, options)
	if err != nil {
		return err
	}
	for i, in := range inputs {
		name := cmp.Or(in.Name, inputName(in, options))
		diff := rewrite.NewDiff(streams.Out, name, style)
		diff.Mask = options.Mask
		err := in.Err
		if err == nil {
			var fixed *lint.Fixed
			if fixed, err = lint.Fix(ctx, in, options.Options, lint.FixOptions{Kind: x.kind, Sink: diff, Plan: planned(plans, i)}); err == nil {
				if err = fixed.Err; err == nil && fixed.Changed {
					fixes.Files = append(fixes.Files, name)
					fixes.Add(fixed)
				}
			}
			if err == nil && fixed.Again {
				fmt.Fprintf(streams.Err, "ftlint: note: %s: more may follow once this is done\n", term.Sanitize(name))
			}
		}
		if fatal(ctx, err) {
			return err
		}
		if err != nil {
			failed = true
			printError(streams.Err, withName(name, err))
		}
	}
	switch {
	case failed:
		return &exitError{status: exitUsage}
	case len(fixes.Files) == 0:
		fmt.Fprintln(streams.Err, "ftlint: nothing to fix")
		return nil
	}
	fmt.Fprintf(streams.Err, "ftlint: would fix %s in %s\n", report.Plural(fixes.Count(), "finding"), report.Plural(int64(len(fixes.Files)), "file"))
	return &exitError{status: exitFindings}
}
