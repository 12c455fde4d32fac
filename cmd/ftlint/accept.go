package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// accepting has the run accept what is known: by the configuration, by a baseline, or
// because the line is in an older revision.
func (o *runOptions) accepting(ctx context.Context, inputs []lint.Input) error {
	known := map[string]lint.KnownLines{}
	if o.revision != "" {
		for _, in := range inputs {
			if in.Err != nil || in.Path == jsonl.Stdin {
				continue
			}
			lines, err := linesOf(ctx, o, in.Path)
			if err != nil {
				return fmt.Errorf("--new-from-rev %s: %w", o.revision, err)
			}
			known[in.Path] = lines
		}
	}
	var active []*lint.Suppression
	for _, s := range o.suppressions {
		if !s.expired {
			active = append(active, s.Suppression)
		}
	}
	if len(active) == 0 && o.baseline == nil && len(known) == 0 {
		return nil
	}
	o.Accept = func(file string) lint.Acceptor {
		for _, s := range o.suppressions {
			if s.File == nil || s.File(file) {
				*s.seen = true
			}
		}
		list := []lint.Acceptor{lint.Suppressions(active, file)}
		if o.baseline != nil {
			list = append(list, o.baseline.File(o.baseline.name(file)))
		}
		if lines, ok := known[file]; ok {
			list = append(list, lines)
		}
		return lint.Acceptors(list...)
	}
	return nil
}

// baselineFile is a baseline with the directory that its names count from.
type baselineFile struct {
	*lint.Baseline
	dir string
}

// openBaseline reads a baseline.
func openBaseline(path string) (*baselineFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, bareError(err)
	}
	defer f.Close()
	b, err := lint.ReadBaseline(f)
	if err != nil {
		return nil, err
	}
	return &baselineFile{b, absolute(filepath.Dir(path))}, nil
}

// name is the name by which a baseline knows a file.
func (b *baselineFile) name(file string) string { return nameFrom(b.dir, file) }

// nameFrom is a path as seen from a directory, with slashes.
func nameFrom(dir, file string) string {
	if rel, err := filepath.Rel(dir, absolute(file)); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}

// git runs git in the directory of a file.
func git(ctx context.Context, dir string, stdin io.Reader, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir, c.Stdin = dir, stdin
	c.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	return c
}

// linesOf returns the lines that a file had in a git revision. A file that it did not
// have has none.
func linesOf(ctx context.Context, o *runOptions, path string) (lint.KnownLines, error) {
	dir := filepath.Dir(path)
	lines := lint.KnownLines{}
	object, err := objectOf(ctx, o.revision, path)
	if err != nil || object == "" {
		return lines, err
	}
	show := git(ctx, dir, nil, "cat-file", "blob", object)
	out, err := show.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := show.Start(); err != nil {
		return nil, err
	}
	errRead := readLines(ctx, out, o.Read, func(line []byte) { lines[lint.HashLine(line)] = struct{}{} })
	if errRead != nil {
		io.Copy(io.Discard, out) // so that git does not wait
	}
	if err := errors.Join(errRead, show.Wait()); err != nil {
		return nil, fmt.Errorf("%s: %w", object, err)
	}
	return lines, nil
}

// objectOf returns what git calls a file in a revision, as seen from the directory of the
// file; "" if the revision does not have it. A revision that there is not is an error.
func objectOf(ctx context.Context, revision, path string) (string, error) {
	dir, base := filepath.Dir(path), filepath.Base(path)
	if text, err := git(ctx, dir, nil, "rev-parse", "--verify", "--quiet", revision+"^{commit}").CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return "", errors.New("git is not here")
		}
		if says := strings.TrimSpace(string(text)); says != "" {
			return "", errors.New(says)
		}
		return "", errors.New("git knows no such revision")
	}
	object := revision + ":./" + filepath.ToSlash(base)
	if git(ctx, dir, nil, "cat-file", "-e", object).Run() != nil {
		return "", nil
	}
	return object, nil
}

// readLines calls each for every line of a file that may be compressed.
func readLines(ctx context.Context, r io.Reader, options jsonl.Options, each func(line []byte)) error {
	options.Stdin, options.Progress = r, nil
	source, err := jsonl.Open(ctx, jsonl.Stdin, options)
	if err != nil {
		return err
	}
	defer source.Close()
	var buffer []byte
	for {
		chunk, err := source.Next(&buffer)
		for line := range strings.Lines(string(chunk.Data)) {
			each([]byte(strings.TrimRight(line, "\r\n")))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// notIgnored leaves out of the files that were found in directories those that git
// ignores. Where there is no git, or no repository, none is.
func notIgnored(inputs []lint.Input, found map[string]bool) []lint.Input {
	byDir := map[string][]string{}
	for _, in := range inputs {
		if in.Err == nil && found[in.Path] {
			byDir[filepath.Dir(in.Path)] = append(byDir[filepath.Dir(in.Path)], filepath.Base(in.Path))
		}
	}
	ignored := map[string]bool{}
	for dir, names := range byDir {
		list := strings.NewReader(strings.Join(names, "\x00") + "\x00")
		out, err := git(context.Background(), dir, list, "check-ignore", "-z", "--stdin").Output()
		if err != nil {
			continue // 1: none is ignored; else there is no git or no repository
		}
		for name := range strings.SplitSeq(string(out), "\x00") {
			if name != "" {
				ignored[filepath.Join(dir, name)] = true
			}
		}
	}
	var kept []lint.Input
	for _, in := range inputs {
		if !ignored[filepath.Clean(in.Path)] || !found[in.Path] {
			kept = append(kept, in)
		}
	}
	return kept
}

// writeFile writes a file under another name and gives it its own when it is complete.
func writeFile(path string, write func(io.Writer) error) error {
	o := &output{path: path}
	if err := o.create(); err != nil {
		return err
	}
	defer o.discard()
	if err := write(o.file); err != nil {
		return err
	}
	return o.complete()
}
