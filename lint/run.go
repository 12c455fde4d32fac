package lint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// Input is one file to be read.
type Input struct {
	Path       string // "-" is standard input
	Validation bool   // it is a validation file
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
	// KeepPerGroup is how many findings of each group are kept; default 1.
	KeepPerGroup int
	// OnFinding is called with every finding, in file and line order, those on
	// a file as a whole last. If it returns an error, the run ends with it.
	OnFinding func(*Finding) error
	// OmitSnippets leaves Finding.Snippet empty in what OnFinding is called with:
	// lines of the data that nobody shows need not be copied.
	OmitSnippets bool
}

// defaultLongLine is the length in bytes above which a line gets a word.
const defaultLongLine = 64 << 20

// Result is what a run found. It is the same for every number of workers and
// every size of chunks.
type Result struct {
	Files    []FileResult
	Rules    []RuleTotal // that found something, by id, the heavier severity first
	Findings [Error + 1]int64
	Lines    int64
	Bytes    int64
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
	Settings Settings // as the rules were given them
	Groups   []*Group // in the order of their first lines, those on the whole file last
	Findings [Error + 1]int64
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
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error { return r.dispatch(inner, inputs) })
	for range r.workers {
		group.Go(func() error { return r.work(inner) })
	}
	group.Go(func() error { return r.sequence(inner) })
	err = group.Wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	for _, source := range r.opened {
		source.Close() // those that an early end left open
	}
	if err != nil {
		return nil, err
	}
	return r.finish(), nil
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
	buffers chan *[]byte // of streams
	opened  []*jsonl.Source
	result  Result
	totals  []RuleTotal // by rule index and severity
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

// programKey is what the choice of rules for a file depends on.
type programKey struct {
	method     dataset.Method
	declared   bool
	validation bool
}

// program is the rules for a file, laid out for speed: those that are called
// for the same lines are together.
type program struct {
	settings   Settings
	decode     dataset.Options
	onLine     []ruleSet
	onObject   []ruleSet
	onExample  []ruleSet
	collectors []*activeRule
	onFile     []*activeRule
}

// ruleSet is rules that are called for lines with one of the same facts.
type ruleSet struct {
	when  dataset.Facts
	calls []ruleCall
}

// ruleCall is a rule and its function, beside it: going through the rule for it
// would cost more than most calls do.
type ruleCall struct {
	rule    *activeRule
	example func(*Pass, *dataset.Example)
}

// program returns the rules for a file.
func (r *run) program(key programKey) *program {
	if p := r.programs[key]; p != nil {
		return p
	}
	p := &program{settings: r.settings}
	p.settings.Method, p.settings.Declared, p.settings.Validation = key.method, key.declared, key.validation
	for _, rule := range r.rules {
		fits := rule.Methods&key.method != 0 || key.method == 0 && rule.Methods == dataset.AllMethods
		if rule.File != nil && (fits || key.method == 0) {
			p.onFile = append(p.onFile, rule)
		}
		if !fits {
			continue
		}
		if rule.Collector != nil {
			p.collectors = append(p.collectors, rule)
		}
		if rule.Example == nil && rule.Collector == nil {
			continue
		}
		p.decode.Messages = p.decode.Messages || rule.Needs&NeedMessages != 0
		p.decode.Markers = p.decode.Markers || rule.Needs&NeedMarkers != 0
		for _, phrase := range rule.Phrases {
			if !slices.Contains(p.decode.Phrases, phrase) {
				p.decode.Phrases = append(p.decode.Phrases, phrase)
			}
		}
		switch {
		case rule.Example == nil:
		case rule.Needs&(NeedExample|NeedMessages) != 0:
			p.onExample = addToSet(p.onExample, rule)
		case rule.Needs&NeedObject != 0:
			p.onObject = addToSet(p.onObject, rule)
		default:
			p.onLine = addToSet(p.onLine, rule)
		}
	}
	r.programs[key] = p
	return p
}

func addToSet(sets []ruleSet, rule *activeRule) []ruleSet {
	when := rule.When
	if when == 0 {
		when = everyLine
	}
	for i := range sets {
		if sets[i].when == when {
			sets[i].calls = append(sets[i].calls, ruleCall{rule, rule.Example})
			return sets
		}
	}
	return append(sets, ruleSet{when, []ruleCall{{rule, rule.Example}}})
}

// fileRun is a file while it is read.
type fileRun struct {
	FileResult
	program    *program
	source     *jsonl.Source
	separator  byte
	groups     *groups
	collectors []Collector
	err        error
}

// job is a chunk on its way, or the end of a file.
type job struct {
	file   *fileRun
	index  int64       // of the chunk, for a file that is read by position
	stream bool        // chunk is read already
	chunk  jsonl.Chunk // of a stream
	buffer *[]byte     // of a stream: goes back after the chunk was looked at
	err    error       // that reading the chunk ended in
	end    bool        // no chunk: the file is finished
	done   chan struct{}
	result *chunkResult
}

// send hands a job to the workers (unless it is the end of a file) and to the
// sequencer.
func (r *run) send(ctx context.Context, j *job) error {
	j.done = make(chan struct{})
	if j.end {
		close(j.done)
	}
	select {
	case r.ordered <- j:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if j.end {
		return nil
	}
	select {
	case r.jobs <- j:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// dispatch opens the inputs one after the other and sends their chunks.
func (r *run) dispatch(ctx context.Context, inputs []Input) (err error) {
	defer close(r.jobs)
	defer close(r.ordered)
	at := ""
	defer recovered(&err, &at, &Pass{})
	for _, in := range inputs {
		at = in.Path
		f := r.open(ctx, in)
		if f.err == nil && f.Form.Lines() {
			if n := f.source.Chunks(); n >= 0 {
				err = r.sendChunks(ctx, f, n)
			} else {
				err = r.sendStream(ctx, f)
			}
		}
		if err == nil {
			err = r.send(ctx, &job{file: f, end: true})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) sendChunks(ctx context.Context, f *fileRun, n int64) error {
	for i := range n {
		if err := r.send(ctx, &job{file: f, index: i}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) sendStream(ctx context.Context, f *fileRun) error {
	for {
		var buffer *[]byte
		select {
		case buffer = <-r.buffers:
		default:
			buffer = new([]byte)
		}
		chunk, err := f.source.Next(buffer)
		if errors.Is(err, io.EOF) {
			r.release(buffer)
			return nil
		}
		if err := r.send(ctx, &job{file: f, stream: true, chunk: chunk, buffer: buffer, err: err}); err != nil {
			return err
		}
		if err != nil {
			return nil
		}
	}
}

// keepBuffer is the size in bytes above which a buffer, grown for a long line,
// is not kept.
const keepBuffer = 8 << 20

// release gives back the buffer of a stream.
func (r *run) release(buffer *[]byte) {
	if cap(*buffer) > keepBuffer {
		return
	}
	select {
	case r.buffers <- buffer:
	default:
	}
}

// open opens an input and finds out what it is.
func (r *run) open(ctx context.Context, in Input) *fileRun {
	f := &fileRun{groups: newGroups(len(r.rules), r.options.KeepPerGroup), separator: '\n'}
	f.Name = in.Path
	var source *jsonl.Source
	err := in.Err
	if err == nil {
		source, err = jsonl.Open(ctx, in.Path, r.options.Read)
	}
	key := programKey{method: r.settings.Method, declared: r.settings.Method != 0, validation: in.Validation}
	if err != nil {
		f.err = err
		f.program = r.program(key)
		return f
	}
	f.source = source
	r.opened = append(r.opened, source)
	f.Name = source.Name
	f.Compression = source.Compression
	f.Form, f.FormDetail, f.BOM = source.Sniffed.Form, source.Sniffed.Detail, source.Sniffed.BOM
	if f.BOM {
		f.Bytes = int64(len(jsonl.UTF8BOM))
	}
	if source.Sniffed.LoneCR {
		f.separator = '\r'
	}
	if f.Form.Pointer() {
		f.err = fmt.Errorf("%s: this is %s: the dataset itself is not here; fetch it first (%s)", f.Name, f.Form,
			map[jsonl.Form]string{jsonl.FormLFS: "git lfs pull", jsonl.FormDVC: "dvc pull"}[f.Form])
	}
	head, whole := source.Head()
	var method dataset.Method
	f.Format, method = detect(head, whole, f.separator)
	if !key.declared || method == 0 {
		key.method = method // no method is for a file that is no dataset at all
	}
	f.program = r.program(key)
	for _, rule := range f.program.collectors {
		f.collectors = append(f.collectors, rule.Collector(&f.program.settings))
	}
	return f
}

// sequence takes the jobs in order and puts their results together.
func (r *run) sequence(ctx context.Context) (err error) {
	at := ""
	pass := &Pass{}
	defer recovered(&err, &at, pass)
	for {
		var j *job
		var ok bool
		select {
		case j, ok = <-r.ordered:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if !ok {
			return nil
		}
		at = j.file.Name
		select {
		case <-j.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if j.end {
			err = r.finishFile(pass, j.file)
		} else {
			err = r.merge(j)
		}
		if err != nil {
			return err
		}
	}
}

// merge adds the result of a chunk to its file.
func (r *run) merge(j *job) error {
	f, c := j.file, j.result
	if f.err != nil {
		return nil // an error ends the file: what lies behind it is not certified
	}
	before := f.Lines
	if c.panic != nil {
		c.panic.Line += before
		return c.panic
	}
	if c.groups != nil {
		f.groups.merge(c.groups, before)
	}
	for i := range c.findings {
		c.findings[i].Line += before
		if err := r.options.OnFinding(&c.findings[i]); err != nil {
			return err
		}
	}
	for i, collector := range c.collectors {
		f.collectors[i].Merge(collector, before)
	}
	f.File.add(&c.file)
	if c.err != nil {
		f.err = withLine(c.err, f)
	}
	return nil
}

// withLine adds the line number to an error of reading: only the sequencer
// knows it.
func withLine(err error, f *fileRun) error {
	if read := (*jsonl.ReadError)(nil); errors.As(err, &read) {
		return fmt.Errorf("%s:%d: %w", f.Name, f.Lines+1, read)
	}
	return err
}

// finishFile applies the rules on whole files and closes the file.
func (r *run) finishFile(pass *Pass, f *fileRun) error {
	if f.source != nil {
		if f.err == nil {
			f.err = f.source.Unchanged()
		}
		if err := f.source.Close(); err != nil && f.err == nil {
			f.err = err
		}
	}
	f.Settings = f.program.settings
	if f.separator == '\r' {
		f.LoneCR, f.FirstLoneCR = f.Lines, 1
	}
	if f.err == nil {
		pass.Settings, pass.found = &f.Settings, pass.found[:0]
		for i, rule := range f.program.collectors {
			pass.rule = rule
			f.collectors[i].Finish(pass, &f.File)
		}
		for _, rule := range f.program.onFile {
			pass.rule = rule
			rule.File(pass, &f.File)
		}
		slices.SortStableFunc(pass.found, func(a, b found) int { return a.rule.index - b.rule.index })
		for i := range pass.found {
			finding := pass.found[i].ofFile(f.Name)
			if group := f.groups.add(&pass.found[i], nil, finding.Line); group != nil {
				group.Findings = append(group.Findings, finding)
			}
			if r.options.OnFinding != nil {
				if err := r.options.OnFinding(&finding); err != nil {
					return err
				}
			}
		}
	}
	f.Err = f.err
	r.addFile(f)
	return nil
}

// addFile adds a finished file to the result.
func (r *run) addFile(f *fileRun) {
	for i, t := range f.groups.totals {
		if t.findings == 0 {
			continue
		}
		rule, severity := r.rules[i/numSeverities].Rule, Severity(i%numSeverities)
		if r.totals[i].Rule == nil {
			r.totals[i] = RuleTotal{Rule: rule, Severity: severity, FirstFile: f.Name, FirstLine: t.first}
		}
		r.totals[i].Findings += t.findings
		r.totals[i].Lines += t.lines
		f.Findings[severity] += t.findings
		r.result.Findings[severity] += t.findings
	}
	for _, g := range f.groups.list {
		f.Groups = append(f.Groups, &g.Group)
	}
	r.result.Lines += f.Lines
	r.result.Bytes += f.Bytes
	r.result.Files = append(r.result.Files, f.FileResult)
}

// finish completes the result.
func (r *run) finish() *Result {
	for _, t := range r.totals {
		if t.Rule != nil {
			r.result.Rules = append(r.result.Rules, t)
		}
	}
	slices.SortStableFunc(r.result.Rules, func(a, b RuleTotal) int {
		if a.Rule.ID != b.Rule.ID {
			if a.Rule.ID < b.Rule.ID {
				return -1
			}
			return 1
		}
		return int(b.Severity) - int(a.Severity)
	})
	return &r.result
}
