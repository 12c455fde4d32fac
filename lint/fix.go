package lint

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// MaxPasses is how often rules look at a line while they fix it. A line that is
// not at rest then is left as it was.
const MaxPasses = 10

// FixOptions say what a call of Fix does.
type FixOptions struct {
	// Kind is the most that is done: SafeFix, or UnsafeFix for both kinds.
	Kind FixKind
	// Sink takes the file as it is fixed.
	Sink Sink
	// Reject, if it is set, is called with every line that still has an error when
	// nothing more can be fixed: the line is dropped. It is called for lines that a
	// fix drops too.
	Reject func(*Rejected) error
	// Plan is what PlanFixes has said of the input; nil: nothing.
	Plan *Plan
}

// Rejected is a line that was dropped.
type Rejected struct {
	Line     int64
	Text     []byte    // as it stood in the file, without its line end
	Findings []Finding // why
}

// Sink takes a file as it is fixed, piece by piece in the order of the file. What
// it is given it may not hold on to.
type Sink interface {
	// Begin is called before anything else.
	Begin(source *jsonl.Source) error
	// Keep takes bytes that stay as they are.
	Keep(data []byte) error
	// Change takes lines from the one with the number on, line ends included, and
	// what comes in their place, either of which may be empty. Line 0 is the
	// byte-order mark.
	Change(line int64, old, fresh []byte) error
	// Convert is called in place of Keep and Change for a file that has another
	// form than lines of UTF-8: what the file becomes is written to the writer. A
	// sink that does not want it returns nil.
	Convert(form jsonl.Form) (io.Writer, error)
	// End is called after everything else, before the source is closed. It is not
	// called where the reading of the source ends in an error.
	End() error
}

// Fixed is what a call of Fix did.
type Fixed struct {
	File
	Settings Settings
	// Changed says that something was fixed.
	Changed bool
	// Rules are the rules whose findings were fixed, by id.
	Rules []RuleFixes
	// Unstable counts the lines that were not at rest after MaxPasses passes.
	Unstable int64
	// Again says that the new file is to be fixed once more: it is taken for
	// something else than the old one was, or could not be looked at as lines yet.
	Again bool
	Err   error // why the file was not read to its end
}

// RuleFixes counts what was fixed of a rule's findings.
type RuleFixes struct {
	Rule     *Rule
	Findings int64
}

// Fixes is what was fixed in several files.
type Fixes struct {
	Files    []string // that were changed
	Rules    []RuleFixes
	Rejected int64 // lines
	Unstable int64 // lines that were not at rest after MaxPasses passes
}

// Count returns how many findings were fixed.
func (f *Fixes) Count() (n int64) {
	for _, r := range f.Rules {
		n += r.Findings
	}
	return n
}

// Add adds what a call of Fix did.
func (f *Fixes) Add(fixed *Fixed) {
	f.Unstable += fixed.Unstable
	f.addRules(fixed.Rules)
}

// merge adds what was fixed in other files.
func (f *Fixes) merge(next *Fixes) {
	f.Files = append(f.Files, next.Files...)
	f.Rejected += next.Rejected
	f.Unstable += next.Unstable
	f.addRules(next.Rules)
}

func (f *Fixes) addRules(rules []RuleFixes) {
	for _, r := range rules {
		i, found := slices.BinarySearchFunc(f.Rules, r, compareFixes)
		if !found {
			f.Rules = slices.Insert(f.Rules, i, RuleFixes{Rule: r.Rule})
		}
		f.Rules[i].Findings += r.Findings
	}
}

func compareFixes(a, b RuleFixes) int { return strings.Compare(a.Rule.ID, b.Rule.ID) }

// Fix reads an input in parallel and hands it on, fixed, to a sink. Only rules
// that can fix something run; the options are those of Run. A line is fixed until
// nothing of it is left to fix; what no fix touches stays as it is, byte for byte.
// Memory is bounded as it is in Run. Result.Err tells of an input that cannot be
// read; the error is that of ctx, of the sink, of a panic or of options that
// cannot be.
func Fix(ctx context.Context, in Input, options Options, fix FixOptions) (*Fixed, error) {
	options.Figures, options.OnFinding = nil, nil
	r, err := newRun([]Input{in}, options)
	if err != nil {
		return nil, err
	}
	r.fix = &fixRun{FixOptions: fix, counts: make([]int64, len(r.rules))}
	r.fix.follow(r.rules)
	if err := r.read(ctx, []Input{in}); err != nil {
		return nil, err
	}
	return &r.fix.result, nil
}

// fixRun is the state of one call of Fix. All but the options belongs to the
// sequencer.
type fixRun struct {
	FixOptions
	result Fixed
	begun  bool
	counts []int64 // by rule index
	did    FileFixes
	head   []byte // the beginning of the new file
	heads  int    // how much of it is wanted

	planned []activeFix            // of the plan
	drops   []plannedDrop          // of the plan, those that are to come
	rules   map[string]*activeRule // by id, if there is a plan
}

// fileFixer is a rule that fixes files beyond their lines.
type fileFixer struct {
	rule  *activeRule
	fixes FileFixes
}

// fixesOf returns what is done to a file beyond its lines.
func (r *run) fixesOf(f *fileRun) FileFixes {
	var all FileFixes
	for _, fixer := range f.program.fixers {
		all |= fixer.fixes
	}
	switch r.settings.BOM {
	case BOMKeep:
		all &^= FixAddBOM | FixStripBOM
	case BOMAdd:
		all = all&^FixStripBOM | FixAddBOM
	case BOMStrip:
		all = all&^FixAddBOM | FixStripBOM
	}
	const conversions = FixEncoding | FixArray | FixPretty
	if f.Unusable() || f.Form == jsonl.FormEmpty {
		return all & conversions // the rules on the rest are silent
	}
	return all &^ conversions
}

// fixedChunk is what a worker made of a chunk where lines are fixed.
type fixedChunk struct {
	data     []byte
	edits    []chunkEdit
	out      []byte // what takes the place of what is edited
	counts   []int64
	did      FileFixes
	unstable int64
	rejected []Rejected
}

// chunkEdit is lines of a chunk that become others, or none.
type chunkEdit struct {
	start, end int // in the chunk
	from, to   int // of what takes the place, in fixedChunk.out
	line       int64
}

// edited notes that the lines from start to end become what was added to out.
func (c *fixedChunk) edited(start, end, from int, line int64) {
	if n := len(c.edits); n > 0 && c.edits[n-1].end == start && len(c.out) == from {
		if last := &c.edits[n-1]; last.from == last.to {
			last.end = end // lines that are left out one after the other
			return
		}
	}
	c.edits = append(c.edits, chunkEdit{start, end, from, len(c.out), line})
}

// fixLines looks at the lines of a chunk and fixes them.
func (w *worker) fixLines(f *fileRun, chunk jsonl.Chunk, result *chunkResult) {
	c := &fixedChunk{data: chunk.Data, counts: make([]int64, len(w.run.rules))}
	result.fixed = c
	file := &result.file
	file.Bytes = int64(len(chunk.Data))
	fixes := f.fixes
	w.pass.fixing = w.run.fix.Kind
	for at := 0; at < len(chunk.Data); {
		file.Lines++
		end, next, final := len(chunk.Data), len(chunk.Data), true
		if n := bytes.IndexByte(chunk.Data[at:], f.separator); n >= 0 {
			end, next, final = at+n, at+n+1, false
		}
		var ending string
		end, ending = w.lineEnd(f, c, chunk.Data[at:end], at, final)
		line := chunk.Data[at:end]
		from := len(c.out)
		changed, dropped := false, false
		if blank(line) {
			file.Blank++
			if dropped = fixes&FixBlankLines != 0; dropped {
				c.did |= FixBlankLines
			}
		} else {
			changed, dropped = w.fixLine(f, line, file.Lines, c)
		}
		switch {
		case dropped:
			c.edited(at, next, from, file.Lines)
		case changed || string(chunk.Data[end:next]) != ending:
			if !changed {
				c.out = append(c.out, line...)
			}
			c.out = append(c.out, ending...)
			c.edited(at, next, from, file.Lines)
		}
		at = next
	}
}

// lineEnd returns where the text of a line ends that begins at at, and how the
// line is to end. line is without its LF; final says that it has none.
func (w *worker) lineEnd(f *fileRun, c *fixedChunk, line []byte, at int, final bool) (end int, ending string) {
	end = at + len(line)
	switch {
	case final:
		if f.fixes&FixFinalNewline == 0 {
			return end, ""
		}
		c.did |= FixFinalNewline
		if f.fixes&FixCRLF != 0 {
			end = at + len(bytes.TrimRight(line, "\r"))
		}
		return end, "\n"
	case f.separator == '\r':
		if f.fixes&FixLoneCR == 0 {
			return end, "\r"
		}
		c.did |= FixLoneCR
		return end, "\n"
	case len(line) == 0 || line[len(line)-1] != '\r':
		return end, "\n"
	case f.fixes&FixCRLF == 0:
		return end - 1, "\r\n"
	}
	// All of them: what is left must not end in CR LF again.
	c.did |= FixCRLF
	return at + len(bytes.TrimRight(line, "\r")), "\n"
}

// fixLine fixes a line until nothing of it is left to fix, and appends to c.out
// what it becomes, if it changed and was not dropped.
func (w *worker) fixLine(f *fileRun, line []byte, number int64, c *fixedChunk) (changed, dropped bool) {
	from := len(c.out)
	w.applied = w.applied[:0]
	parts := 0
	for rest := line; ; {
		text, tail, fate := w.settle(f, rest, number)
		switch {
		case fate == lineUnstable:
			c.out = c.out[:from]
			c.unstable++
			return false, false
		case fate == lineDropped && w.run.fix.Reject != nil:
			c.rejected = append(c.rejected, w.rejected(f, line, text, number))
		}
		if fate != lineDropped {
			changed = changed || fate == lineChanged || tail != nil
			if parts > 0 {
				c.out = append(c.out, '\n')
			}
			parts++
			if changed || parts > 1 || tail != nil {
				c.out = append(c.out, text...)
			}
		} else {
			changed = true
		}
		if tail == nil {
			break
		}
		rest = tail
	}
	for _, rule := range w.applied {
		c.counts[rule]++
	}
	if changed && parts == 0 {
		return false, true
	}
	return changed, false
}

// fate is what became of a line.
type fate uint8

const (
	lineKept fate = iota
	lineChanged
	lineDropped
	lineUnstable
)

// settle fixes the first value of a line. tail is what belongs on a line of its
// own, if there is such. A dropped line's text is what it had become until then.
func (w *worker) settle(f *fileRun, line []byte, number int64) (text, tail []byte, fate fate) {
	text = line
	ed := &w.pass.editor
	edited := false
	for pass, sound := 0, false; ; pass++ {
		e := w.judge(f, text, number)
		if sound && !isSound(e) {
			panic("fixes left no JSON of the line")
		}
		if len(ed.fixes) == 0 {
			if w.run.fix.Reject != nil && w.worst() == Error {
				fate = lineDropped
			}
			return text, tail, fate
		}
		if pass == MaxPasses {
			return line, nil, lineUnstable
		}
		if found, op := ed.splitter(); found >= 0 && tail == nil && op.end < len(text) {
			// The rest of the line is not looked at before its turn comes.
			w.applied = append(w.applied, w.pass.found[found].rule.index)
			text, tail, sound = text[:op.start], text[op.end:], false
			if edited {
				tail = bytes.Clone(tail) // its buffer will be written to
			}
			fate = lineChanged
			continue
		}
		if found := ed.dropper(); found >= 0 {
			w.applied = append(w.applied, w.pass.found[found].rule.index)
			return text, tail, lineDropped
		}
		fate, sound = lineChanged, isSound(e)
		w.spare = ed.apply(w.spare[:0], w.foundOrder, w.noteApplied)
		// The line at hand may lie in the other buffer, which is needed no more.
		w.spare, w.fixed = w.fixed, w.spare
		text, edited = w.fixed, true
		if f.separator == '\n' && bytes.IndexByte(text, '\n') >= 0 {
			panic("a fix wrote a line break")
		}
	}
}

func (w *worker) foundOrder(a, b int) int { return compareFound(w.pass.found[a], w.pass.found[b]) }

func (w *worker) noteApplied(found int) {
	w.applied = append(w.applied, w.pass.found[found].rule.index)
}

// judge applies the rules to a line.
func (w *worker) judge(f *fileRun, line []byte, number int64) *dataset.Example {
	w.pass.found = w.pass.found[:0]
	w.pass.editor.reset(line)
	e := w.decoder.Decode(line)
	e.Number = number
	if f.program.tokens {
		e.CountWith(&w.tokens)
	}
	var unused chunkResult
	fits := f.program.settings.Method.Shape()
	w.apply(f.program, e, fits, &unused)
	if len(w.run.fix.planned) > 0 && e.Shape == fits && isSound(e) {
		w.run.fix.fixEach(&w.pass, e)
	}
	return e
}

// isSound reports whether a line is one value of JSON.
func isSound(e *dataset.Example) bool {
	return !e.Broken && !slices.ContainsFunc(e.Faults, func(f dataset.Fault) bool {
		return f.Kind == dataset.FaultTrailing || f.Kind == dataset.FaultLoneCR
	})
}

// worst returns the highest severity of what was found in the line.
func (w *worker) worst() (s Severity) {
	for i := range w.pass.found {
		s = max(s, w.pass.found[i].severity)
	}
	return s
}

// rejected makes a record of a line that is dropped: text, with what was found in
// it. Of several findings those count that are errors.
func (w *worker) rejected(f *fileRun, line, text []byte, number int64) Rejected {
	var why []*found
	worst := w.worst()
	for i := range w.pass.found {
		if found := &w.pass.found[i]; found.severity == worst {
			why = append(why, found)
		}
	}
	if i := w.pass.editor.dropper(); i >= 0 {
		why = []*found{&w.pass.found[i]}
	}
	return Rejected{
		Line: number, Text: bytes.Clone(line),
		Findings: materialize(f.Name, text, 0, number, why, shown{mask: w.run.options.Mask}),
	}
}

// begin tells the sink of the file, and what becomes of its byte-order mark.
func (x *fixRun) begin(f *fileRun) error {
	if x.begun || f.source == nil {
		return nil
	}
	x.begun = true
	head, _ := f.source.Head()
	x.heads = max(jsonl.SniffLen, len(head)) + len(jsonl.UTF8BOM)
	if err := x.Sink.Begin(f.source); err != nil {
		return err
	}
	mark := []byte(jsonl.UTF8BOM)
	switch {
	case !f.Form.Lines():
	case f.BOM && f.fixes&FixStripBOM != 0:
		x.did |= FixStripBOM
		return x.change(0, mark, nil)
	case f.BOM:
		return x.keep(mark)
	case f.fixes&FixAddBOM != 0:
		x.did |= FixAddBOM
		return x.change(0, nil, mark)
	}
	return nil
}

func (x *fixRun) keep(data []byte) error {
	x.remember(data)
	return x.Sink.Keep(data)
}

func (x *fixRun) change(line int64, old, fresh []byte) error {
	x.result.Changed = true
	x.remember(fresh)
	return x.Sink.Change(line, old, fresh)
}

// remember keeps the beginning of the new file.
func (x *fixRun) remember(data []byte) {
	x.head = append(x.head, data[:min(len(data), x.heads-len(x.head))]...)
}

// write hands a chunk on to the sink.
func (x *fixRun) write(f *fileRun, c *fixedChunk) error {
	at := 0
	for _, e := range c.edits {
		if e.start > at {
			if err := x.keep(c.data[at:e.start]); err != nil {
				return err
			}
		}
		if err := x.change(f.Lines+e.line, c.data[e.start:e.end], c.out[e.from:e.to]); err != nil {
			return err
		}
		at = e.end
	}
	if at < len(c.data) {
		if err := x.keep(c.data[at:]); err != nil {
			return err
		}
	}
	for i, n := range c.counts {
		x.counts[i] += n
	}
	x.did |= c.did
	x.result.Unstable += c.unstable
	for i := range c.rejected {
		r := &c.rejected[i]
		r.Line += f.Lines
		for j := range r.Findings {
			r.Findings[j].Line = r.Line
		}
		if err := x.Reject(r); err != nil {
			return err
		}
	}
	return nil
}

// convert makes lines of UTF-8 of a file of another form. It runs before any chunk
// would.
func (r *run) convert(ctx context.Context, f *fileRun) error {
	x := r.fix
	if err := x.begin(f); err != nil {
		return err
	}
	x.result.Changed, x.result.Again = true, true
	x.did |= conversion(f.Form)
	w, err := x.Sink.Convert(f.Form)
	if err != nil || w == nil {
		return err
	}
	if f.BOM {
		if _, err := io.WriteString(w, jsonl.UTF8BOM); err != nil {
			return err
		}
	}
	return r.unlessRead(f, f.source.Convert(ctx, w))
}

// unlessRead makes an error of reading that of the file.
func (r *run) unlessRead(f *fileRun, err error) error {
	var read *jsonl.ReadError
	if asReadError(err, &read) {
		f.err = fmt.Errorf("%s: %w", f.Name, read)
		return nil
	}
	return err
}

// keepAll hands on a file of another form than lines as it is.
func (r *run) keepAll(ctx context.Context, f *fileRun) error {
	x := r.fix
	if err := x.begin(f); err != nil {
		return err
	}
	if f.BOM {
		if err := x.keep([]byte(jsonl.UTF8BOM)); err != nil {
			return err
		}
	}
	return r.unlessRead(f, f.source.Copy(ctx, keeper{x}))
}

// keeper is a writer to the sink of what stays as it is.
type keeper struct{ x *fixRun }

func (k keeper) Write(p []byte) (int, error) { return len(p), k.x.keep(p) }

// conversion returns what makes lines of a file of the form.
func conversion(form jsonl.Form) FileFixes {
	switch form {
	case jsonl.FormUTF16:
		return FixEncoding
	case jsonl.FormArray:
		return FixArray
	case jsonl.FormPretty:
		return FixPretty
	}
	return 0
}

// finishFixed completes the result of Fix.
func (r *run) finishFixed(f *fileRun) error {
	x := r.fix
	if f.err == nil {
		if err := x.begin(f); err != nil {
			return err
		}
		if err := x.Sink.End(); err != nil {
			return err
		}
		x.result.Again = x.result.Again || x.result.Changed && r.turned(f)
	}
	x.result.File, x.result.Settings, x.result.Err = f.File, f.program.settings, f.err
	if x.did != 0 {
		for _, fixer := range f.program.fixers {
			if fixer.fixes&x.did != 0 {
				x.counts[fixer.rule.index]++
			}
		}
	}
	for i, n := range x.counts {
		if n > 0 {
			x.result.Rules = append(x.result.Rules, RuleFixes{r.rules[i].Rule, n})
		}
	}
	slices.SortFunc(x.result.Rules, compareFixes)
	return nil
}

// turned reports whether the beginning of the new file tells something else than
// that of the old one told.
func (r *run) turned(f *fileRun) bool {
	x := r.fix
	whole := len(x.head) < x.heads
	now := jsonl.Sniff(x.head, whole)
	if now.Form != f.Form || now.LoneCR != (f.separator == '\r') {
		return true
	}
	beginning := detect(bytes.TrimPrefix(x.head, []byte(jsonl.UTF8BOM)), whole, f.separator)
	method := beginning.method
	if r.settings.Method != 0 && method != 0 {
		method = r.settings.Method
	}
	return beginning.format != f.Format || method != f.program.settings.Method
}
