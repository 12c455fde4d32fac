package lint

import (
	"bytes"
	"context"
	"runtime/debug"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// chunkResult is what a worker made of one chunk. Line numbers count from the
// start of the chunk.
type chunkResult struct {
	file       File // its figures
	groups     *groups
	findings   []Finding // if somebody wants to see all of them
	collectors []Collector
	figures    Collector
	fixed      *fixedChunk // if the run fixes
	err        error       // why the chunk ends early
	panic      *PanicError
	accepted   int64
}

// worker is the state of one goroutine.
type worker struct {
	run     *run
	pass    Pass
	program *program
	decoder *dataset.Decoder
	tokens  dataset.Tokens
	buffer  []byte
	opened  []*found
	groups  []*groupOf
	line    lineOf // whose findings may be accepted

	// Where lines are fixed: the line at hand and the one that is made of it, and
	// the rules whose fixes were made.
	fixed, spare []byte
	applied      []int
}

// work looks at chunks until there are no more.
func (r *run) work(ctx context.Context) error {
	w := &worker{run: r, tokens: dataset.Tokens{New: r.options.Counter}}
	for {
		select {
		case j, ok := <-r.jobs:
			if !ok {
				return nil
			}
			j.result = &chunkResult{err: j.err}
			w.chunk(j)
			if j.stream && r.fix == nil {
				r.release(j.buffer)
			}
			close(j.done)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// recovered turns a panic into a PanicError.
func recovered(err *error, file *string, pass *Pass) {
	if v := recover(); v != nil {
		*err = newPanicError(v, *file, 0, pass)
	}
}

func newPanicError(v any, file string, line int64, pass *Pass) *PanicError {
	e := &PanicError{File: file, Line: line, Value: v, Stack: debug.Stack()}
	if pass.rule != nil {
		e.Rule = pass.rule.ID
	}
	return e
}

// chunk looks at one chunk. A panic becomes part of the result: only the
// sequencer knows the line of the file that it happened on.
func (w *worker) chunk(j *job) {
	f, result := j.file, j.result
	defer func() {
		if cap(w.buffer) > keepBuffer {
			w.buffer = nil
		}
		if cap(w.fixed) > keepBuffer || cap(w.spare) > keepBuffer {
			w.fixed, w.spare = nil, nil
		}
		if v := recover(); v != nil {
			result.panic = newPanicError(v, f.Name, result.file.Lines, &w.pass)
		}
	}()
	w.pass.rule = nil
	chunk := j.chunk
	if !j.stream {
		buffer := &w.buffer
		if w.run.fix != nil { // the sequencer writes from it
			buffer = w.run.takeBuffer()
			j.buffer = buffer
		}
		chunk, result.err = f.source.ChunkAt(j.index, buffer)
	}
	if len(chunk.Data) == 0 {
		return // in the middle of a long line
	}
	if w.run.fix == nil {
		result.groups = newGroups(len(w.run.rules), w.run.options.KeepPerGroup)
	}
	if f.program != w.program {
		w.program = f.program
		w.decoder = dataset.NewDecoder(f.program.decode)
	}
	for _, c := range f.program.collections {
		result.collectors = append(result.collectors, c.make(&f.program.settings))
	}
	if w.run.options.Figures != nil {
		result.figures = w.run.options.Figures(&f.program.settings)
	}
	w.pass.Settings = &f.program.settings
	w.tokens.Method = f.program.settings.Method
	if w.run.fix != nil {
		w.fixLines(f, chunk, result)
		return
	}
	w.scan(f, chunk, result)
}

// scan looks at the lines of a chunk.
func (w *worker) scan(f *fileRun, chunk jsonl.Chunk, result *chunkResult) {
	file := &result.file
	file.Bytes = int64(len(chunk.Data))
	fits := f.program.settings.Method.Shape()
	for data := chunk.Data; len(data) > 0; {
		at := chunk.Offset + int64(len(chunk.Data)-len(data))
		n := bytes.IndexByte(data, f.separator)
		line := data
		if n < 0 {
			data = nil
			file.NoFinalNewline = true
		} else {
			line, data = data[:n], data[n+1:]
			if n > 0 && f.separator == '\n' && line[n-1] == '\r' {
				line = line[:n-1]
				file.CRLF++
				if file.CRLF == 1 {
					file.FirstCRLF = file.Lines + 1
				}
			}
		}
		file.Lines++
		if blank(line) {
			file.Blank++
			if file.Blank == 1 {
				file.FirstBlank = file.Lines
			}
			continue
		}
		e := w.decoder.Decode(line)
		e.Number, e.Offset = file.Lines, at
		w.pass.cache.nextLine()
		if f.program.tokens {
			e.CountWith(&w.tokens)
		}
		if w.run.options.Edits {
			w.pass.fixing, w.pass.showing = UnsafeFix, true
			w.pass.editor.reset(line)
		}
		w.apply(f.program, e, fits, result)
		if e.Facts&dataset.FactImage != 0 {
			file.Images++
		}
		if len(w.pass.found) > 0 && f.accept != nil {
			result.accepted += w.accept(f, e.Line)
		}
		if len(w.pass.found) > 0 {
			w.keep(f, e, at, result)
		}
	}
}

// blank reports whether a line holds nothing but white space.
func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// apply calls the rules for a line.
func (w *worker) apply(p *program, e *dataset.Example, fits dataset.Shape, result *chunkResult) {
	w.call(p.onLine, e)
	if e.Broken || e.Top.Kind != dataset.Object {
		result.other(e)
		return
	}
	tally := &result.file.Shapes[e.Shape]
	tally.Lines++
	if tally.Lines == 1 {
		tally.First = e.Number
	}
	w.call(p.onObject, e)
	if e.Shape != fits {
		result.other(e)
		return
	}
	if result.figures != nil {
		result.figures.Add(e) // before a rule has the tokens counted: they look at the texts on the way
	}
	w.call(p.onExample, e)
	for _, c := range result.collectors {
		c.Add(e)
	}
}

// other tells the figures of a line that is no example, if they want to know.
func (c *chunkResult) other(e *dataset.Example) {
	if figures, ok := c.figures.(OtherLines); ok {
		figures.AddOther(e)
	}
}

// everyLine stands for a fact that is true of every line.
const everyLine dataset.Facts = 1 << 31

func (w *worker) call(sets []ruleSet, e *dataset.Example) {
	for i := range sets {
		if sets[i].when&(e.Facts|everyLine) == 0 {
			continue
		}
		for _, call := range sets[i].calls {
			w.pass.rule = call.rule
			call.example(&w.pass, e)
		}
	}
}

// keep counts what was found in a line, and makes findings of those that are
// shown.
func (w *worker) keep(f *fileRun, e *dataset.Example, at int64, result *chunkResult) {
	found := w.pass.found
	sortFound(found)
	w.opened, w.groups = w.opened[:0], w.groups[:0]
	for i := range found {
		if group := result.groups.add(&found[i], e.Line, e.Number); group != nil {
			w.opened = append(w.opened, &found[i])
			w.groups = append(w.groups, group)
		}
	}
	if len(w.opened) > 0 {
		for i, finding := range materialize(f.Name, e.Line, at, e.Number, w.opened, w.shown(true)) {
			if g := w.groups[i]; len(g.Findings) == 0 && finding.Rule.ShowsImage && w.run.options.KeepImages > 0 {
				finding.Image = imageURL(e.Line, int(w.opened[i].start), w.run.options.KeepImages)
			}
			w.groups[i].Findings = append(w.groups[i].Findings, finding)
		}
	}
	if w.run.options.OnFinding != nil {
		w.opened = w.opened[:0]
		for i := range found {
			w.opened = append(w.opened, &found[i])
		}
		result.findings = append(result.findings, materialize(f.Name, e.Line, at, e.Number, w.opened, w.shown(!w.run.options.OmitSnippets))...)
	}
	w.pass.found = found[:0]
	if cap(found) > dataset.MaxItems {
		w.pass.found = nil
	}
}

// shown is what is made for findings.
func (w *worker) shown(snippets bool) shown {
	with := shown{snippets: snippets, fingerprints: w.run.options.Fingerprints, mask: w.run.options.Mask}
	if w.run.options.Edits {
		with.editor = &w.pass.editor
	}
	return with
}

// add adds the figures of the chunk that follows.
func (f *File) add(next *File) {
	if f.CRLF == 0 && next.CRLF > 0 {
		f.FirstCRLF = f.Lines + next.FirstCRLF
	}
	if f.Blank == 0 && next.Blank > 0 {
		f.FirstBlank = f.Lines + next.FirstBlank
	}
	for i := range f.Shapes {
		if f.Shapes[i].Lines == 0 && next.Shapes[i].Lines > 0 {
			f.Shapes[i].First = f.Lines + next.Shapes[i].First
		}
		f.Shapes[i].Lines += next.Shapes[i].Lines
	}
	f.CRLF += next.CRLF
	f.Blank += next.Blank
	f.Lines += next.Lines
	f.Bytes += next.Bytes
	f.Images += next.Images
	f.NoFinalNewline = f.NoFinalNewline || next.NoFinalNewline
}
