package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// side is one of two versions that are compared: a file, standard input, or a file in a
// revision of git.
type side struct {
	path string // "-": standard input
	name string // by which it is called; "": by its path
	blob *blob  // nil: it is in no revision
}

// sides returns the two versions that the arguments name.
func (f *diffFlags) sides(cmd *cobra.Command, args []string) (old, fresh *side, err error) {
	want, usage := 2, "name two files, OLD and NEW"
	if f.rev != "" {
		want, usage = 1, "name one file: --rev says what it is compared with"
	}
	if len(args) != want {
		return nil, nil, fmt.Errorf("%s: %s\nsee %s --help", report.Plural(int64(len(args)), "argument"), usage, cmd.CommandPath())
	}
	for _, path := range args {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return nil, nil, fmt.Errorf("%s is a directory: name the two files that are to be compared", path)
		}
	}
	old, fresh = &side{path: args[0]}, &side{path: args[len(args)-1]}
	switch {
	case f.rev == "" && old.path == jsonl.Stdin && fresh.path == jsonl.Stdin:
		return nil, nil, errors.New("standard input can be one of the two versions, not both")
	case f.rev == "":
		return old, fresh, nil
	case fresh.path == jsonl.Stdin:
		return nil, nil, errors.New("--rev: standard input is in no revision: name a file")
	}
	if _, err := os.Stat(fresh.path); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", fresh.path, bareError(err))
	}
	old.name = f.rev + ":" + filepath.ToSlash(fresh.path)
	old.blob = &blob{name: old.name, dir: filepath.Dir(fresh.path)}
	if old.blob.object, err = objectOf(cmd.Context(), f.rev, fresh.path); err != nil {
		return nil, nil, fmt.Errorf("--rev %s: %w", f.rev, err)
	}
	return old, fresh, nil
}

// missing reports whether it is of a revision that does not have the file.
func (s *side) missing() bool { return s.blob != nil && s.blob.object == "" }

// notesOn says what is odd about the two versions before they are read.
func notesOn(old, fresh *side) (notes []string) {
	switch {
	case old.missing():
		notes = append(notes, "there is no "+old.name+": all examples are new")
	case old.blob == nil:
		a, errA := os.Stat(old.path)
		b, errB := os.Stat(fresh.path)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			notes = append(notes, old.path+" and "+fresh.path+" are the same file")
		}
	}
	return notes
}

// input is what a run reads.
func (s *side) input(o *runOptions) lint.Input {
	in := lint.Input{Path: s.path, Name: s.name, Validation: namesValidation(s.path)}
	switch {
	case s.blob != nil:
		in.Path = jsonl.Stdin // the run reads it through a pipe
	case s.path == jsonl.Stdin:
		in.Validation = namesValidation(o.flags.stdin)
	}
	return in
}

// blob is a file as it is in a revision of git.
type blob struct {
	name        string
	dir, object string // object is "" if the revision does not have the file
}

// open begins to read the file, as it would be checked out.
func (b *blob) open(ctx context.Context) (io.ReadCloser, error) {
	if b.object == "" {
		return io.NopCloser(strings.NewReader("")), nil
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &gitPipe{show: git(ctx, b.dir, nil, "cat-file", "--filters", b.object), cancel: cancel}
	p.show.Stderr = &p.says
	var err error
	if p.out, err = p.show.StdoutPipe(); err == nil {
		err = p.show.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("%s: %w", b.name, err)
	}
	return p, nil
}

// gitPipe is what git writes. At its end git has ended too, and well.
type gitPipe struct {
	show   *exec.Cmd
	out    io.Reader
	says   bytes.Buffer // on standard error
	cancel func()
	err    error // that reading ended in
}

// Read reads what git writes.
func (p *gitPipe) Read(b []byte) (n int, err error) {
	if p.err != nil {
		return 0, p.err
	}
	if n, err = p.out.Read(b); err != nil {
		p.err = err
		if failed := p.show.Wait(); failed != nil && err == io.EOF {
			p.err = fmt.Errorf("git: %w: %s", failed, strings.TrimSpace(p.says.String()))
		}
	}
	return n, p.err
}

// Close ends git, if it has not ended.
func (p *gitPipe) Close() error {
	p.cancel()
	if p.err == nil {
		p.err = os.ErrClosed
		p.show.Wait() // its error is that it was ended
	}
	return nil
}

// addLines gets the lines that are shown.
func addLines(ctx context.Context, o *runOptions, d *report.Diff, old, fresh *side) error {
	wantedOld, wantedNew := d.Wanted()
	var untold string
	var err error
	if d.OldLines, untold, err = old.lines(ctx, o, wantedOld); err != nil {
		return err
	}
	d.Tell(untold)
	if d.NewLines, untold, err = fresh.lines(ctx, o, wantedNew); err != nil {
		return err
	}
	d.Tell(untold)
	return nil
}

// lines reads the lines with these numbers, if the version can be read again: as many as
// there is room for. untold says why some are missing.
func (s *side) lines(ctx context.Context, o *runOptions, numbers []int64) (lines map[int64][]byte, untold string, err error) {
	if len(numbers) == 0 {
		return nil, "", nil
	}
	options, path := o.Read, s.path
	options.Progress = nil
	switch {
	case s.blob != nil:
		pipe, err := s.blob.open(ctx)
		if err != nil {
			return nil, "", err
		}
		defer pipe.Close()
		options.Stdin, options.StdinName, path = pipe, s.name, jsonl.Stdin
	case path == jsonl.Stdin:
		return nil, "Standard input is read only once: what its examples say is not shown.", nil
	default:
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return nil, path + " is no regular file and is read only once: what its examples say is not shown.", nil
		}
	}
	source, err := jsonl.Open(ctx, path, options)
	if err != nil {
		return nil, "", err
	}
	defer source.Close()
	lines, missing, err := pickLines(ctx, source, numbers)
	if err != nil {
		return nil, "", err
	}
	if missing > 0 {
		untold = fmt.Sprintf("%s of %s are not shown: together they have more than %s.",
			report.Plural(missing, "line"), cmp.Or(s.name, s.path), report.Bytes(keptText))
	}
	return lines, untold, nil
}
