package lint

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/ftlint/ftlint/lint/dataset"
)

// A Plan is what is to be done to the lines of a file because of what rules on whole
// files found: see FixOptions.Plan. It holds for the file as it was when it was made.
type Plan struct {
	drops []plannedDrop // by line, each line once
	each  []plannedFix
}

// plannedDrop is a line that is to go.
type plannedDrop struct {
	rule    *Rule
	line    int64
	message string
}

// plannedFix is what is done to every example of a file.
type plannedFix struct {
	rule *Rule
	fix  func(*Pass, *dataset.Example)
}

// Plans reports whether the fix of a finding of the rule changes lines that are known
// only when all has been read: it takes PlanFixes.
func (r *Rule) Plans() bool {
	return r.Fix == UnsafeFix && r.Example == nil && r.FixFile == nil
}

// PlanFixes reads the inputs with those of the rules that look at whole files and can
// fix what they find, and returns what is to be done to each input: nil where there is
// nothing, or an error in the input. Without such rules nothing is read, and the result
// is nil.
func PlanFixes(ctx context.Context, inputs []Input, options Options) ([]*Plan, error) {
	options.Rules = slices.DeleteFunc(slices.Clone(options.Rules), func(r Rule) bool { return !r.Plans() })
	options.Figures, options.OnFinding, options.Accept = nil, nil, nil
	r, err := newRun(inputs, options)
	if err != nil || len(r.rules) == 0 {
		return nil, err
	}
	r.plans = map[*fileRun]*Plan{}
	if err := r.read(ctx, inputs); err != nil {
		return nil, err
	}
	if _, err := r.finish(); err != nil {
		return nil, err
	}
	plans := make([]*Plan, len(inputs))
	for i, f := range r.files {
		if plan := r.plans[f]; plan != nil && f.err == nil {
			plan.order()
			plans[i] = plan
		}
	}
	return plans, nil
}

// order puts the lines in order.
func (p *Plan) order() {
	slices.SortStableFunc(p.drops, func(a, b plannedDrop) int { return cmp.Compare(a.line, b.line) })
	p.drops = slices.CompactFunc(p.drops, func(a, b plannedDrop) bool { return a.line == b.line })
}

// plan returns the plan of a file.
func (r *run) plan(f *fileRun) *Plan {
	if r.plans[f] == nil {
		r.plans[f] = &Plan{}
	}
	return r.plans[f]
}

// Drop says that the finding, on a line of a file, is put right by dropping the line.
// That is an unsafe fix.
func (r Reported) Drop() {
	f := &r.pass.found[r.index]
	r.drop(f.file, f.line, f)
}

// DropIn says that the finding is put right by dropping a line of the file g, and why
// that one is dropped, as ReportLine does. That is an unsafe fix.
func (r Reported) DropIn(g *Gathered, line int64, reason string, args ...Arg) {
	why := &found{reason: reason}
	why.nargs = uint8(copy(why.args[:], args))
	r.drop(g.run, line, why)
}

func (r Reported) drop(file *fileRun, line int64, why *found) {
	p := r.pass
	f := &p.found[r.index]
	f.fix = UnsafeFix
	if p.run != nil && p.run.plans != nil {
		plan := p.run.plan(file)
		plan.drops = append(plan.drops, plannedDrop{f.rule.Rule, line, why.message(nil, p.run.options.Mask)})
	}
}

// FixEach says that the finding, on a file as a whole, is put right by what fix reports
// and fixes of its examples. That is an unsafe fix.
func (r Reported) FixEach(fix func(*Pass, *dataset.Example)) {
	p := r.pass
	f := &p.found[r.index]
	f.fix = UnsafeFix
	if p.run != nil && p.run.plans != nil {
		plan := p.run.plan(f.file)
		plan.each = append(plan.each, plannedFix{f.rule.Rule, fix})
	}
}

// fixEach applies what is planned for every example.
func (x *fixRun) fixEach(p *Pass, e *dataset.Example) {
	for i := range x.planned {
		p.rule = x.planned[i].rule
		x.planned[i].fix(p, e)
	}
}

// activeFix is a plannedFix with the rule as the run has it.
type activeFix struct {
	rule *activeRule
	fix  func(*Pass, *dataset.Example)
}

// follow takes over a plan. Rules that the run has not are not followed.
func (x *fixRun) follow(rules []*activeRule) {
	if x.Plan == nil {
		return
	}
	x.rules = map[string]*activeRule{}
	for _, rule := range rules {
		x.rules[rule.ID] = rule
	}
	for _, p := range x.Plan.each {
		if rule := x.rules[p.rule.ID]; rule != nil {
			x.planned = append(x.planned, activeFix{rule, p.fix})
		}
	}
	for _, d := range x.Plan.drops {
		if x.rules[d.rule.ID] != nil {
			x.drops = append(x.drops, d)
		}
	}
}

// drop takes out of a chunk the lines that are planned to go, whatever else was done to
// them. lines is how many the chunk has.
func (x *fixRun) drop(f *fileRun, c *fixedChunk, lines int64) {
	if len(x.drops) == 0 || x.drops[0].line > f.Lines+lines {
		return
	}
	edits := c.edits
	c.edits = nil
	number := int64(0)
	for at := 0; at < len(c.data) && len(x.drops) > 0; {
		next := len(c.data)
		if n := bytes.IndexByte(c.data[at:], f.separator); n >= 0 {
			next = at + n + 1
		}
		number++
		d := &x.drops[0]
		if d.line != f.Lines+number {
			at = next
			continue
		}
		for len(edits) > 0 && edits[0].end <= at {
			c.edits, edits = append(c.edits, edits[0]), edits[1:]
		}
		x.drops = x.drops[1:]
		switch {
		case len(edits) == 0 || edits[0].start > at:
			c.edits = append(c.edits, chunkEdit{start: at, end: next, line: number})
		case edits[0].from == edits[0].to:
			at = next
			continue // a fix has dropped it, perhaps with those beside it
		default:
			edits[0].to = edits[0].from
		}
		x.counts[x.rules[d.rule.ID].index]++
		if x.Reject != nil {
			c.reject(Rejected{
				Line: number, Text: bytes.Clone(bytes.TrimRight(c.data[at:next], "\r\n")),
				Findings: []Finding{{Rule: d.rule, Severity: x.rules[d.rule.ID].severity, File: f.Name, Line: number, Offset: -1, Message: d.message, Fix: UnsafeFix}},
			})
		}
		at = next
	}
	c.edits = append(c.edits, edits...)
}

// reject adds a rejected line in its place, unless the line is there.
func (c *fixedChunk) reject(r Rejected) {
	at, found := slices.BinarySearchFunc(c.rejected, r.Line, func(r Rejected, line int64) int { return cmp.Compare(r.Line, line) })
	if !found {
		c.rejected = slices.Insert(c.rejected, at, r)
	}
}
