package lint

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// Input is one file to be read.
type Input struct {
	Path       string // "-" is standard input
	Name       string // by which findings name it; "": by its path
	Validation bool   // it is a validation file
	// Ignore are the ids of rules that do not hold for the file.
	Ignore []string
	// Err says that there is nothing to read, and why: it becomes the error of
	// the file's result.
	Err error
}

// Options say how a run is made. The zero value of a field is its default.
type Options struct {
	Rules    []Rule
	Settings Settings // Provider: default Azure. Method: default detected, file by file.
	// Severity sets the severity of rules by their ID. It goes before what the
	// rules and profiles say, also for milder forms. Off switches a rule off; a
	// rule that is off by default runs only if it is named here.
	Severity map[string]Severity
	Workers  int // default: one for each processor
	Read     jsonl.Options
	// Counter makes what the tokens of examples are counted with, such as
	// tokenize.Accounting.NewCounter does. Every worker gets one of its own when the first
	// line needs it. Without it, rules that need tokens are an error.
	Counter func() dataset.Counter
	// Figures makes a collector for each file that no rule reports on: what it
	// has gathered becomes FileResult.Figures, and its Finish is not called. It may
	// ask for Example.Counts if there is a Counter.
	Figures func(*Settings) Collector
	// Accept makes, for each file by its name, what decides which findings are known and
	// not told; nil: all are told. Fixes do not ask it.
	Accept func(file string) Acceptor
	// KeepPerGroup is how many findings of each group are kept; default 1.
	KeepPerGroup int
	// KeepPairs is how many findings of each group are kept, if that is more, of those
	// that say what lines have in common: see Finding.Also.
	KeepPairs int
	// KeepImages is how many bytes the URL of an image may have that is kept with the
	// finding; 0: none is.
	KeepImages int
	// OnFinding is called with every finding, in file and line order, those on
	// a file as a whole last, and after those on all files what comes of the files
	// together, rule by rule. If it returns an error, the run ends with it.
	OnFinding func(*Finding) error
	// Mask writes over what must not be shown, such as secrets, in text of the data that
	// messages quote and snippets have; it keeps the length. nil: all is shown.
	Mask func(text []byte)
	// OmitSnippets leaves Finding.Snippet empty in what OnFinding is called with:
	// lines of the data that nobody shows need not be copied.
	OmitSnippets bool
	// Edits asks for Finding.Edits, of safe and unsafe fixes.
	Edits bool
	// Fingerprints asks for Finding.Fingerprint.
	Fingerprints bool
}

// defaultLongLine is the length in bytes above which a line gets a word.
const defaultLongLine = 64 << 20

// Result is what a run found. It is the same for every number of workers and
// every size of chunks.
type Result struct {
	Files    []FileResult
	Rules    []RuleTotal // that found something, by id, the heavier severity first
	Findings [Error + 1]int64
	Fixable  Fixable
	Fixed    *Fixes // what was fixed before, for reports; Run leaves it to its caller
	Accepted int64  // findings that were not told
	Lines    int64
	Bytes    int64
	Budgets  []BudgetResult // of Judge
}

// Count returns the number of findings of severity s and above.
func (r *Result) Count(s Severity) int64 {
	var n int64
	for _, m := range r.Findings[max(s, Info):] {
		n += m
	}
	return n
}

// Err returns the errors of all inputs that could not be read to their end.
func (r *Result) Err() error {
	var errs []error
	for i := range r.Files {
		errs = append(errs, r.Files[i].Err)
	}
	return errors.Join(errs...)
}

// FileResult is what a run found in one file.
type FileResult struct {
	File
	Settings Settings  // as the rules were given them
	Figures  Collector // of Options.Figures, if there is one
	Groups   []*Group  // in the order of their first lines, those on the whole file last
	Findings [Error + 1]int64
	Accepted int64 // findings that were not told
	Err      error // why the file was not read to its end
}

// RuleTotal counts the findings of one rule at one severity over all files.
type RuleTotal struct {
	Rule      *Rule
	Severity  Severity
	Findings  int64
	Lines     int64 // lines with such a finding; a finding on a whole file counts as one
	FirstFile string
	FirstLine int64 // 0: the file as a whole
	Fixable   Fixable
	Tolerated bool // all of them keep to a budget: see Judge
}

// PanicError is a bug: a rule or the engine panicked. It is recovered, in
// every goroutine.
type PanicError struct {
	File  string
	Line  int64 // 0 if it is not known
	Rule  string
	Value any
	Stack []byte
}

// Error says where it happened.
func (e *PanicError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Rule != "" {
		where += " in " + e.Rule
	}
	return fmt.Sprintf("%s: internal error: %v", where, e.Value)
}

// Run reads the inputs, in parallel and each once, and applies the rules. Files
// that cannot be read are told in the result; the others are checked all the
// same. The error is that of ctx, of OnFinding, of a panic, or of options that
// cannot be.
func Run(ctx context.Context, inputs []Input, options Options) (*Result, error) {
	r, err := newRun(inputs, options)
	if err != nil {
		return nil, err
	}
	if err := r.read(ctx, inputs); err != nil {
		return nil, err
	}
	return r.finish()
}

// read has the inputs read and looked at.
func (r *run) read(ctx context.Context, inputs []Input) error {
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error { return r.dispatch(inner, inputs) })
	for range r.workers {
		group.Go(func() error { return r.work(inner) })
	}
	group.Go(func() error { return r.sequence(inner) })
	err := group.Wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	for _, source := range r.opened {
		source.Close() // those that an early end left open
	}
	return err
}

// run is the state of one call of Run.
type run struct {
	options  Options
	settings Settings
	rules    []*activeRule
	programs map[programKey]*program
	workers  int

	jobs    chan *job    // to the workers, in any order
	ordered chan *job    // the same jobs to the sequencer, in file order
	buffers chan *[]byte // of streams, and of all inputs that are fixed
	opened  []*jsonl.Source
	files   []*fileRun // that were read, where the run only checks
	result  Result
	totals  []RuleTotal        // by rule index and severity
	fix     *fixRun            // nil: the run only checks
	plans   map[*fileRun]*Plan // nil: fixes are not planned
}

func newRun(inputs []Input, options Options) (*run, error) {
	r := &run{options: options, settings: options.Settings, workers: options.Workers, programs: map[programKey]*program{}}
	if r.workers <= 0 {
		r.workers = runtime.GOMAXPROCS(0)
	}
	if r.options.KeepPerGroup <= 0 {
		r.options.KeepPerGroup = 1
	}
	if r.settings.Provider == 0 {
		r.settings.Provider = dataset.Azure
	}
	if r.settings.LongLine <= 0 {
		r.settings.LongLine = defaultLongLine
	}
	for _, in := range inputs {
		r.settings.HasValidation = r.settings.HasValidation || in.Validation
	}
	seen := map[string]bool{}
	for i := range options.Rules {
		rule := &options.Rules[i]
		if rule.ID == "" || seen[rule.ID] {
			return nil, fmt.Errorf("rule %d: id %q is empty or used twice", i, rule.ID)
		}
		seen[rule.ID] = true
		active := &activeRule{Rule: rule, index: len(r.rules), severity: rule.Severity}
		if r.settings.Strict && rule.Strict != Off {
			active.severity = rule.Strict
		}
		if s, ok := options.Severity[rule.ID]; ok {
			active.severity, active.fixed = s, true
		}
		if active.severity != Off && rule.Providers&r.settings.Provider != 0 {
			if rule.Needs&NeedTokens != 0 && options.Counter == nil {
				return nil, fmt.Errorf("rule %s counts tokens, but Options.Counter is not set", rule.ID)
			}
			r.rules = append(r.rules, active)
		}
	}
	// A worker has one job, another may lie ready; the sequencer holds one more.
	window := 2*r.workers + 1
	r.jobs = make(chan *job, window)
	r.ordered = make(chan *job, window)
	r.buffers = make(chan *[]byte, window+r.workers+2)
	r.totals = make([]RuleTotal, len(r.rules)*numSeverities)
	return r, nil
}
