package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// fileRun is a file while it is read.
type fileRun struct {
	FileResult
	program    *program
	source     *jsonl.Source
	separator  byte
	groups     *groups
	collectors []Collector
	fixes      FileFixes // beyond lines, where the run fixes
	err        error
	accept     Acceptor
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
		switch {
		case r.fix == nil || f.err != nil || f.Form.Lines():
		case f.fixes&conversion(f.Form) != 0:
			err = r.convert(ctx, f)
		default:
			err = r.keepAll(ctx, f)
		}
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
		buffer := r.takeBuffer()
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

// takeBuffer returns a buffer for a chunk.
func (r *run) takeBuffer() *[]byte {
	select {
	case buffer := <-r.buffers:
		return buffer
	default:
		return new([]byte)
	}
}

// release gives back the buffer of a chunk.
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
	f.Name = cmp.Or(in.Name, in.Path)
	var source *jsonl.Source
	err := in.Err
	if err == nil {
		source, err = jsonl.Open(ctx, in.Path, r.options.Read)
	}
	key := programKey{method: r.settings.Method, declared: r.settings.Method != 0, validation: in.Validation, ignored: strings.Join(in.Ignore, ",")}
	if err != nil {
		f.err = err
		f.program = r.program(key)
		return f
	}
	f.source = source
	r.opened = append(r.opened, source)
	if in.Name == "" {
		f.Name = source.Name
	}
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
	beginning := detect(head, whole, f.separator)
	f.Format = beginning.format
	if f.Format == dataset.ShapeUnknown {
		f.UnknownKeys = beginning.unknownKeys
	}
	if !key.declared || beginning.method == 0 {
		key.method = beginning.method // no method is for a file that is no dataset at all
	}
	if n := source.Size(); n >= LargeFile {
		key.bytes = n
	}
	f.program = r.program(key)
	if r.fix != nil {
		f.fixes = r.fixesOf(f)
	}
	if r.options.Accept != nil {
		f.accept = r.options.Accept(f.Name)
	}
	if r.options.Figures != nil {
		f.Figures = r.options.Figures(&f.program.settings)
	}
	for _, c := range f.program.collections {
		f.collectors = append(f.collectors, c.make(&f.program.settings))
	}
	return f
}
