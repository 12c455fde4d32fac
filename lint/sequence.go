package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ftlint/ftlint/lint/jsonl"
)

// sequence takes the jobs in order and puts their results together.
func (r *run) sequence(ctx context.Context) (err error) {
	at := ""
	pass := r.filePass()
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
	if r.fix != nil {
		if err := r.mergeFixed(j); err != nil {
			return err
		}
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
	if c.figures != nil {
		f.Figures.Merge(c.figures, before)
	}
	f.File.add(&c.file)
	f.Accepted += c.accepted
	if c.err != nil {
		f.err = withLine(c.err, f)
	}
	return nil
}

// mergeFixed hands the result of a chunk on to the sink.
func (r *run) mergeFixed(j *job) error {
	if err := r.fix.begin(j.file); err != nil {
		return err
	}
	if j.result.fixed != nil {
		r.fix.drop(j.file, j.result.fixed, j.result.file.Lines)
		if err := r.fix.write(j.file, j.result.fixed); err != nil {
			return err
		}
	}
	if j.buffer != nil {
		r.release(j.buffer)
	}
	return nil
}

// asReadError reports whether err is an error of reading, and which.
func asReadError(err error, read **jsonl.ReadError) bool { return errors.As(err, read) }

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
		if r.fix != nil {
			if err := r.finishFixed(f); err != nil {
				return err
			}
		}
		if err := f.source.Close(); err != nil && f.err == nil {
			f.err = err
		}
	}
	f.Settings = f.program.settings
	if r.fix != nil {
		r.fix.result.Err = f.err
		return nil
	}
	if f.separator == '\r' {
		f.LoneCR = f.Lines
	}
	if f.err == nil {
		pass.Settings, pass.file, pass.found = &f.Settings, f, pass.found[:0]
		for i, c := range f.program.collections {
			if c.rule == nil {
				continue // it is looked at after the last file
			}
			pass.rule = c.rule
			f.collectors[i].Finish(pass, &f.File)
			f.collectors[i] = nil
		}
		for _, rule := range f.program.onFile {
			pass.rule = rule
			rule.File(pass, &f.File)
		}
		slices.SortStableFunc(pass.found, func(a, b found) int { return a.rule.index - b.rule.index })
		if err := r.tell(pass.found, true); err != nil {
			return err
		}
	}
	f.Err = f.err
	r.count(f)
	r.files = append(r.files, f)
	return nil
}

// count adds what was told of a file to the result, and gives the memory back that
// counting took: a run can have many files.
func (r *run) count(f *fileRun) {
	if f.groups == nil {
		return
	}
	for i, of := range f.groups.totals {
		if of == nil {
			continue
		}
		for severity, t := range of {
			if t.findings == 0 {
				continue
			}
			all := &r.totals[i*numSeverities+severity]
			if all.Rule == nil {
				*all = RuleTotal{Rule: r.rules[i].Rule, Severity: Severity(severity), FirstFile: f.Name, FirstLine: t.first}
			}
			all.Findings += t.findings
			all.Lines += t.lines
			all.Fixable.merge(t.fixable)
			r.result.Fixable.merge(t.fixable)
			f.Findings[severity] += t.findings
			r.result.Findings[severity] += t.findings
		}
	}
	for _, g := range f.groups.list {
		f.Groups = append(f.Groups, &g.Group)
	}
	f.groups = nil
}

// finish applies the rules on all files together and completes the result.
func (r *run) finish() (*Result, error) {
	if err := r.across(); err != nil {
		return nil, err
	}
	for _, f := range r.files {
		r.count(f)
		r.result.Lines += f.Lines
		r.result.Bytes += f.Bytes
		r.result.Accepted += f.Accepted
		r.result.Files = append(r.result.Files, f.FileResult)
	}
	for _, t := range r.totals {
		if t.Rule != nil {
			r.result.Rules = append(r.result.Rules, t)
		}
	}
	slices.SortStableFunc(r.result.Rules, compareTotals)
	return &r.result, nil
}

// compareTotals sorts totals by id, the heavier severity first.
func compareTotals(a, b RuleTotal) int {
	return cmp.Or(cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(b.Severity, a.Severity))
}
