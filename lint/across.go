package lint

// Gatherer makes collectors for rules that look at all files of a run together. Rules
// with the same Gatherer share one collector for each file. Finish of such a collector
// is not called.
type Gatherer struct {
	New func(*Settings) Collector
}

// Gathered is a file that was read to its end, with what the Gatherer of a rule has
// gathered of it.
type Gathered struct {
	*File
	Settings  *Settings
	Collector Collector // nil: the rule has no Gatherer
	run       *fileRun
}

// In says of which file the reports that follow are.
func (p *Pass) In(g *Gathered) { p.Settings, p.file = g.Settings, g.run }

// collection is a collector that files get: of a rule, or of those that share a
// Gatherer.
type collection struct {
	rule   *activeRule // nil: it is shared
	shared *Gatherer
	make   func(*Settings) Collector
}

// collect adds the collectors of a rule.
func (p *program) collect(rule *activeRule) {
	if rule.Collector != nil {
		p.collections = append(p.collections, collection{rule: rule, make: rule.Collector})
	}
	if rule.Gathers == nil {
		return
	}
	for i := range p.collections {
		if p.collections[i].shared == rule.Gathers {
			return
		}
	}
	p.collections = append(p.collections, collection{shared: rule.Gathers, make: rule.Gathers.New})
}

// gathered returns what a rule is to look at. ok is false of files that it does not
// hold for.
func (f *fileRun) gathered(rule *activeRule) (g Gathered, ok bool) {
	holds := false
	for _, r := range f.program.across {
		holds = holds || r == rule
	}
	if !holds || f.err != nil {
		return g, false
	}
	g = Gathered{File: &f.File, Settings: &f.Settings, run: f}
	for i := range f.program.collections {
		if shared := f.program.collections[i].shared; shared != nil && shared == rule.Gathers {
			g.Collector = f.collectors[i]
		}
	}
	return g, true
}

// maxUntold is how many findings wait to be told: a run can have millions that come of
// its files together.
const maxUntold = 1 << 10

// across applies the rules on all files together, after the last one, and says then
// where more was accepted than there may be.
func (r *run) across() (err error) {
	at := ""
	pass := r.filePass()
	defer recovered(&err, &at, pass)
	pass.flush = func() {
		if err == nil {
			err = r.tell(pass.found, true)
		}
		pass.found = pass.found[:0]
	}
	for _, rule := range r.rules {
		if rule.Across == nil {
			continue
		}
		var files []Gathered
		for _, f := range r.files {
			if g, ok := f.gathered(rule); ok {
				files = append(files, g)
			}
		}
		if len(files) == 0 {
			continue
		}
		pass.rule = rule
		pass.In(&files[0])
		rule.Across(pass, files)
		if pass.flush(); err != nil {
			return err
		}
	}
	pass.flush = nil
	for _, f := range r.files {
		f.collectors = nil
		if f.err != nil {
			continue
		}
		at = f.Name
		pass.Settings, pass.file, pass.found = &f.Settings, f, pass.found[:0]
		f.excess(r, pass)
		if err := r.tell(pass.found, false); err != nil {
			return err
		}
	}
	return nil
}

// filePass returns what findings on files are reported to.
func (r *run) filePass() *Pass {
	p := &Pass{run: r}
	if r.plans != nil {
		p.fixing = UnsafeFix
	}
	return p
}

// tell counts findings on files, and makes findings of those that are shown. asked says
// that some may be accepted.
func (r *run) tell(all []found, asked bool) error {
	for i := range all {
		f := all[i].file
		if asked && f.accept != nil && f.accept.Accepts(&Candidate{Rule: all[i].rule.Rule, Reason: all[i].reason}) {
			f.Accepted++
			continue
		}
		if f.groups == nil {
			f.groups = newGroups(len(r.rules), r.options.KeepPerGroup)
		}
		f.groups.keepPairs = r.options.KeepPairs
		group := f.groups.add(&all[i], nil, all[i].line)
		if group == nil && r.options.OnFinding == nil {
			continue
		}
		finding := all[i].ofFile(f.Name, shown{fingerprints: r.options.Fingerprints, mask: r.options.Mask})
		if group != nil {
			group.Findings = append(group.Findings, finding)
		}
		if r.options.OnFinding != nil {
			if err := r.options.OnFinding(&finding); err != nil {
				return err
			}
		}
	}
	return nil
}
