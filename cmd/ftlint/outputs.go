package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/suggest"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// outputs are the reports of a run.
type outputs struct {
	list []*output
}

type output struct {
	format   report.Format
	snippets bool
	report   report.Report
	path     string
	file     *os.File // under a temporary name until it is complete
	direct   bool     // file is what path names: a device or a pipe, never to be replaced
}

// create opens the file to write to.
func (o *output) create() (err error) {
	if isStepSummary(o.path) {
		o.direct = true
		o.file, err = os.OpenFile(o.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
		return err
	}
	// Names such as /dev/stderr lead to whatever is open there.
	if strings.HasPrefix(o.path, "/dev/") {
		o.direct = true
		o.file, err = os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND, 0)
		return err
	}
	// A link stays one: what it points to is written.
	if target, err := filepath.EvalSymlinks(o.path); err == nil {
		o.path = target
	}
	if info, err := os.Stat(o.path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return fmt.Errorf("%s is a directory", o.path)
		}
		o.direct = true
		o.file, err = os.OpenFile(o.path, os.O_WRONLY, 0)
		return err
	}
	// Unlike os.CreateTemp this leaves the mode to the user's umask.
	for try := 0; ; try++ {
		name := fmt.Sprintf("%s.%d.%d", o.path, os.Getpid(), try)
		o.file, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
}

// complete closes the file and gives it its name.
func (o *output) complete() error {
	if o.direct {
		err := o.file.Close()
		o.file = nil
		return err
	}
	var err error
	if info, statErr := os.Stat(o.path); statErr == nil {
		err = o.file.Chmod(info.Mode().Perm())
	}
	err = errors.Join(err, o.file.Close(), os.Rename(o.file.Name(), o.path))
	if err == nil {
		o.file = nil
	}
	return err
}

// tellsVerdict reports whether a report that is no file says in words whether the run
// fails, and why.
func (o *outputs) tellsVerdict() bool {
	return slices.ContainsFunc(o.list, func(out *output) bool {
		return out.path == "" && slices.Contains([]string{"text", "full", "markdown", "html"}, out.format.Name)
	})
}

// inActions reports whether GitHub Actions runs the program.
func inActions() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// inCommandLog reports whether what is written ends up in a log in which lines can be
// commands: that of GitHub Actions, Azure Pipelines or TeamCity.
func inCommandLog() bool {
	return inActions() || os.Getenv("TF_BUILD") != "" || os.Getenv("TEAMCITY_VERSION") != ""
}

// specs returns the outputs that are wanted.
func (f *runFlags) specs(formats []report.Format) []string {
	if len(f.outputs) > 0 {
		return f.outputs
	}
	if _, ok := report.Lookup(formats, "github"); ok && inActions() {
		return []string{"text", "github"}
	}
	return []string{"text"}
}

// repositoryRoot returns the nearest directory from dir upward that has a .git, or dir.
func repositoryRoot(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

// isStepSummary reports whether path is the summary of a step of GitHub Actions, which
// commands of the step write one after the other.
func isStepSummary(path string) bool {
	summary := os.Getenv("GITHUB_STEP_SUMMARY")
	return summary != "" && filepath.Clean(path) == filepath.Clean(summary)
}

// open opens the reports that were asked for.
func (f *runFlags) open(streams Streams, o *runOptions, formats []report.Format) (_ *outputs, err error) {
	specs := f.specs(formats)
	outs := &outputs{}
	defer func() {
		if err != nil {
			outs.discard()
		}
	}()
	console := ""
	start := time.Now()
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // files keep the names that they were given
	}
	root := ""
	if dir != "" {
		root = repositoryRoot(dir)
	}
	for _, spec := range specs {
		name, path, toFile := strings.Cut(spec, "=")
		toFile = toFile && path != "-"
		format, ok := report.Lookup(formats, name)
		if !ok {
			err := fmt.Errorf("--output: unknown format %q: %s", name, strings.Join(report.Names(formats), ", "))
			if near, ok := suggest.Closest(name, report.Names(formats)); ok {
				err = fmt.Errorf("%w\ndid you mean %s?", err, near)
			}
			return outs, err
		}
		options := report.Options{
			Level: o.level, MaxGroups: o.maxGroups, MaxPerGroup: o.maxPerGroup, FailOn: o.failOn, Profile: f.profile, Version: version(),
			Snippets: f.snippets == "on", Mask: o.Mask, Dir: dir, Root: root,
		}
		out := &output{format: format}
		var w io.Writer = streams.Out
		switch {
		case toFile && path == "":
			return outs, fmt.Errorf("--output %s: a path must follow the equals sign", spec)
		case toFile:
			out.path = path
			for _, other := range outs.list {
				if other.path != "" && filepath.Clean(other.path) == filepath.Clean(path) {
					return outs, fmt.Errorf("--output: %s is named twice", path)
				}
			}
			if err = out.create(); err != nil {
				return outs, fmt.Errorf("--output %s: %w", spec, bareError(err))
			}
			w = out.file
		case console != "" && len(f.outputs) > 0:
			return outs, fmt.Errorf("--output: %s and %s cannot both go to standard output: write %s=PATH", console, name, name)
		default:
			console = name
			options.Width = term.Width(streams.Out)
			if term.IsTerminal(streams.Out) {
				options.Elapsed = func() time.Duration { return time.Since(start) }
				options.Snippets = f.snippets != "off"
			}
			options.Color = !format.Machine && term.Color(o.color, streams.Out)
			if !format.Machine && inCommandLog() {
				w = term.NewGuard(w)
			}
		}
		if format.Machine {
			options.Snippets = f.snippets == "on"
		}
		out.snippets = options.Snippets
		if name == "html" {
			o.KeepPairs = report.PagePerGroup
			if options.Snippets {
				o.KeepImages = maxThumbnailURL
			}
		}
		out.report = format.Open(w, options)
		outs.list = append(outs.list, out)
	}
	return outs, nil
}

// showsPairs reports whether a report shows the lines that findings compare.
func (o *outputs) showsPairs() bool {
	return slices.ContainsFunc(o.list, func(out *output) bool { return out.format.Name == "html" && out.snippets })
}

// maxThumbnailURL is how many bytes the data URI of an image may have of which a page
// shows a thumbnail.
const maxThumbnailURL = 8 << 20

// onFinding returns what a run is to call with every finding, or nil, and
// whether nobody shows the lines that they are in.
func (o *outputs) onFinding(p *progress) (call func(*lint.Finding) error, omitSnippets bool) {
	var streaming []*output
	omitSnippets = true
	for _, out := range o.list {
		if out.format.Streams {
			streaming = append(streaming, out)
			omitSnippets = omitSnippets && !out.snippets
		}
	}
	if len(streaming) == 0 {
		return nil, false
	}
	return func(f *lint.Finding) error {
		p.clear()
		for _, out := range streaming {
			if err := out.report.Finding(f); err != nil {
				return outputError(out, err)
			}
		}
		return nil
	}, omitSnippets
}

// streamedChunk returns how many bytes are read at a time where somebody wants every
// finding. The findings of chunks wait for their turn, in a flood of them many times
// the size of their lines: so much is in flight for every number of workers.
func streamedChunk(workers int) int {
	const inFlight, smallest, largest = 2 << 20, 32 << 10, 256 << 10
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return max(smallest, min(largest, inFlight/(2*workers+1)))
}

// fingerprints reports whether some report wants those of findings.
func (o *outputs) fingerprints() bool {
	return slices.ContainsFunc(o.list, func(out *output) bool { return out.format.Fingerprints })
}

// edits reports whether a report wants the edits of fixes.
func (o *outputs) edits() bool {
	return slices.ContainsFunc(o.list, func(out *output) bool { return out.format.Edits })
}

// bareError leaves out the name in an error of the system: it is that of a
// temporary file.
func bareError(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

func outputError(out *output, err error) error {
	if out.path == "" {
		return fmt.Errorf("writing the output: %w", err)
	}
	return fmt.Errorf("writing %s: %w", out.path, err)
}

// finish completes the reports. Files get their names only now.
func (o *outputs) finish(result *lint.Result) error {
	for _, out := range o.list {
		err := out.report.Finish(result)
		if out.file != nil && err == nil {
			err = out.complete()
		}
		if err != nil {
			return outputError(out, err)
		}
	}
	return nil
}

// discard removes files that were not completed.
func (o *outputs) discard() {
	for _, out := range o.list {
		out.discard()
	}
}

// discard removes the file if it was not completed.
func (o *output) discard() {
	if o.file == nil {
		return
	}
	o.file.Close()
	if !o.direct {
		os.Remove(o.file.Name())
	}
}
