// Package rewrite writes files that are fixed: into a temporary file that takes the
// place of the old one when it is complete, or as a diff.
package rewrite

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/ftlint/ftlint/lint/jsonl"
)

// Draft is a new file under a temporary name. It is a lint.Sink. It is made when
// the first change comes, and what stands before that is copied then, beside all
// that follows: a file in which nothing changes costs no writing.
type Draft struct {
	dir    string
	perm   fs.FileMode // that it is made with
	always bool
	refuse error // why there can be none
	source *jsonl.Source
	kept   int64 // bytes at the start of the source that stay, before the first change
	file   *os.File
	w      *bufio.Writer
	copies errgroup.Group // of what was kept
}

// NewDraft returns a draft that will lie in a directory, and that nobody but the
// user can read. always says that it is wanted even if nothing changes.
func NewDraft(dir string, always bool) *Draft {
	return &Draft{dir: dir, perm: 0o600, always: always}
}

const (
	writeBuffer = 64 << 10 // small pieces are gathered; what is larger is written as it comes
	flushEvery  = 16 << 20 // after so much the disk is set to work
	copiers     = 2        // copy what was kept
)

// Begin begins the draft of a source.
func (d *Draft) Begin(source *jsonl.Source) error {
	d.source = source
	if d.always || !source.Plain() {
		return d.create()
	}
	return nil
}

// create makes the file, and copies what was kept until now.
func (d *Draft) create() error {
	if d.refuse != nil {
		return d.refuse
	}
	file, err := createBeside(d.dir, d.perm)
	if err != nil {
		return err
	}
	d.file, d.w = file, bufio.NewWriterSize(&placedWriter{file: file, at: d.kept}, writeBuffer)
	for i := range int64(copiers) {
		from, to := d.kept*i/copiers, d.kept*(i+1)/copiers
		d.copies.Go(func() error { return d.copyKept(file.Name(), from, to) })
	}
	return nil
}

// copyKept copies the bytes from from to to of the source. It leaves it to the
// system how, which may let both files have the same blocks.
func (d *Draft) copyKept(name string, from, to int64) error {
	if from == to {
		return nil
	}
	in, err := d.source.Reopen()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err == nil {
		defer out.Close()
		_, err = in.Seek(from, io.SeekStart)
	}
	if err == nil {
		_, err = out.Seek(from, io.SeekStart)
	}
	for err == nil && from < to {
		var n int64
		n, err = io.CopyN(out, in, min(flushEvery, to-from))
		beginFlush(out, from, n)
		from += n
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ended at byte %d", jsonl.ErrChanged, from)
	}
	return unwritten(err)
}

// placedWriter writes to a file from a place on. It lets the disk begin early, so
// that there is little to wait for at the end.
type placedWriter struct {
	file    *os.File
	at      int64
	flushed int64 // bytes before it that the disk was told of
	begun   bool
}

func (w *placedWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.begun, w.flushed = true, w.at
	}
	n, err := w.file.WriteAt(p, w.at)
	if w.at += int64(n); w.at-w.flushed >= flushEvery {
		beginFlush(w.file, w.flushed, w.at-w.flushed)
		w.flushed = w.at
	}
	return n, err
}

// End waits until what was kept is copied.
func (d *Draft) End() error { return d.copies.Wait() }

// unwritten words an error of writing the draft.
func unwritten(err error) error {
	if err == nil || errors.Is(err, jsonl.ErrChanged) {
		return err
	}
	return fmt.Errorf("the new file cannot be written: %w", bare(err))
}

// createBeside makes a file with a name of its own that no search for datasets
// finds.
func createBeside(dir string, perm fs.FileMode) (*os.File, error) {
	for try := 0; ; try++ {
		name := filepath.Join(dir, fmt.Sprintf(".ftlint-%d-%d.tmp", os.Getpid(), try))
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("no file can be made in %s: %w", dir, bare(err))
		}
		return file, nil
	}
}

// Keep takes bytes that stay as they are.
func (d *Draft) Keep(data []byte) error {
	if d.w == nil {
		d.kept += int64(len(data))
		return nil
	}
	_, err := d.w.Write(data)
	return unwritten(err)
}

// Change takes lines and what comes in their place.
func (d *Draft) Change(_ int64, _, fresh []byte) error {
	if d.w == nil {
		if err := d.create(); err != nil {
			return err
		}
	}
	_, err := d.w.Write(fresh)
	return unwritten(err)
}

// Convert takes all of the file, in another form.
func (d *Draft) Convert(jsonl.Form) (io.Writer, error) {
	if d.w == nil {
		if err := d.create(); err != nil {
			return nil, err
		}
	}
	return draftWriter{d.w}, nil
}

// draftWriter words the errors of writing.
type draftWriter struct{ w io.Writer }

func (d draftWriter) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	return n, unwritten(err)
}

// Finish completes the writing of the draft. There is one only if something
// changed or it was wanted always: the path is else "".
func (d *Draft) Finish() (path string, err error) {
	if d.w == nil {
		return "", nil
	}
	if err := d.w.Flush(); err != nil {
		return "", unwritten(err)
	}
	d.w = nil
	return d.file.Name(), nil
}

// CopyTo writes what is in the draft, once it is finished.
func (d *Draft) CopyTo(w io.Writer) error {
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return bare(err)
	}
	_, err := io.Copy(w, d.file)
	return err
}

// Discard removes the draft, if it has not become a file of its own.
func (d *Draft) Discard() {
	if d == nil || d.file == nil {
		return
	}
	d.copies.Wait()
	d.file.Close()
	os.Remove(d.file.Name())
	d.file, d.w = nil, nil
}

// Target is a file whose place a draft is to take.
type Target struct {
	path   string      // with links followed
	info   fs.FileInfo // of the file as it was before; nil: there was none
	refuse error       // why it cannot be replaced
}

// Existing looks at a file that is to be fixed in place. A link stays one: what it
// points to is the target. A file that cannot be replaced so that all who know it
// see the new one is refused when the first change comes: one in which nothing is
// to be fixed does no harm.
func Existing(path string) (*Target, error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, bare(err)
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return nil, bare(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("this is no regular file, so that it cannot be replaced: write the fixed one elsewhere with --fix-to")
	}
	t := &Target{path: target, info: info}
	if n := links(info); n > 1 {
		t.refuse = fmt.Errorf("the file has %d names (hard links), of which only one would be the fixed one: write it elsewhere with --fix-to", n)
	}
	// Replacing a file takes no right to write to it: who has none is not to have
	// it replaced.
	file, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		t.refuse = fmt.Errorf("the file cannot be written to: %w", bare(err))
		return t, nil
	}
	return t, file.Close()
}

// New looks at the path of a new file, which may be there already.
func New(path string) (*Target, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Target{path: path}, nil
	case err != nil:
		return nil, bare(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("this is no regular file")
	}
	return &Target{path: path, info: info}, nil
}

// Draft returns a draft that can take the place of the target. always says that it
// is wanted even if nothing changes.
func (t *Target) Draft(always bool) *Draft {
	d := NewDraft(filepath.Dir(t.path), always)
	d.refuse = t.refuse
	if t.info == nil {
		d.perm = 0o666 // less what the user gives to no new file
	}
	return d
}

// Same reports whether a file is the target.
func (t *Target) Same(path string) bool {
	info, err := os.Stat(path)
	return err == nil && t.info != nil && os.SameFile(info, t.info)
}

// Replace gives a finished draft the name of the target, with the permissions of
// the file that was there and, where that is allowed, its owner. The draft is on
// the disk before, so that at every moment the old file or the new one is there. If
// the target is no longer the file that it was, nothing is done: the error wraps
// jsonl.ErrChanged.
func (t *Target) Replace(d *Draft) error {
	var err error
	if t.info != nil {
		now, statErr := os.Stat(t.path)
		if statErr != nil || !os.SameFile(now, t.info) || now.Size() != t.info.Size() || !now.ModTime().Equal(t.info.ModTime()) {
			return fmt.Errorf("%w: it was not replaced", jsonl.ErrChanged)
		}
		changeOwner(d.file, now)
		err = bare(d.file.Chmod(now.Mode().Perm()))
	}
	name := d.file.Name()
	err = errors.Join(err, unwritten(d.file.Sync()), unwritten(d.file.Close()))
	if err == nil {
		err = bareLink(os.Rename(name, t.path))
	}
	if err != nil {
		os.Remove(name)
		d.file = nil
		return err
	}
	d.file = nil
	syncDir(filepath.Dir(t.path))
	return nil
}

// syncDir writes the names in a directory to the disk. Not all systems can: the
// file itself is there already.
func syncDir(dir string) {
	if f, err := os.Open(dir); err == nil {
		f.Sync()
		f.Close()
	}
}

// bare leaves out the name in an error of the system: it is that of a temporary
// file.
func bare(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

func bareLink(err error) error {
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}
