package lint

import "slices"

// Merge adds the result of another run, of other files. Both have been judged by their
// own budgets, if there are any.
func (r *Result) Merge(next *Result) {
	r.Files = append(r.Files, next.Files...)
	for _, t := range next.Rules {
		i := slices.IndexFunc(r.Rules, func(own RuleTotal) bool { return own.Rule.ID == t.Rule.ID && own.Severity == t.Severity })
		if i < 0 {
			r.Rules = append(r.Rules, t)
			continue
		}
		own := &r.Rules[i]
		own.Findings += t.Findings
		own.Lines += t.Lines
		own.Fixable.merge(t.Fixable)
		own.Tolerated = own.Tolerated && t.Tolerated
	}
	r.Budgets = append(r.Budgets, next.Budgets...)
	slices.SortStableFunc(r.Rules, compareTotals)
	for i, n := range next.Findings {
		r.Findings[i] += n
	}
	r.Fixable.merge(next.Fixable)
	r.Accepted += next.Accepted
	r.Lines += next.Lines
	r.Bytes += next.Bytes
	switch {
	case r.Fixed == nil:
		r.Fixed = next.Fixed
	case next.Fixed != nil:
		r.Fixed.merge(next.Fixed)
	}
}

// Budget is how much of a rule is tolerated.
type Budget struct {
	Rules []string // by id: the budget is of all together
	Name  string   // as the user wrote the rules
	// Share is a share of the lines that were read, from 0 to 1; Lines a number of
	// them. The one that is not negative counts.
	Share float64
	Lines int64
}

// BudgetResult is what became of a budget.
type BudgetResult struct {
	Budget
	Found int64 // lines with findings
	Read  int64 // lines that were read
	Over  bool
}

// Judge holds what was found against budgets: rules that keep to theirs do not make the
// run fail, rules that do not do so whatever their level.
func (r *Result) Judge(budgets []Budget) {
	for _, b := range budgets {
		outcome := BudgetResult{Budget: b, Read: r.Lines}
		for _, t := range r.Rules {
			if slices.Contains(b.Rules, t.Rule.ID) {
				outcome.Found += t.Lines
			}
		}
		outcome.Over = outcome.Found > b.Lines
		if b.Share >= 0 {
			outcome.Over = float64(outcome.Found) > b.Share*float64(r.Lines)
		}
		r.Budgets = append(r.Budgets, outcome)
		for i := range r.Rules {
			if !outcome.Over && slices.Contains(b.Rules, r.Rules[i].Rule.ID) {
				r.Rules[i].Tolerated = true
			}
		}
	}
}

// Tolerates reports whether a rule, by its id, keeps to a budget wherever it has found
// something.
func (r *Result) Tolerates(rule string) bool {
	found := false
	for _, t := range r.Rules {
		if t.Rule.ID == rule {
			found = true
			if !t.Tolerated {
				return false
			}
		}
	}
	return found
}

// OverBudget reports whether a rule, by its id, is part of a budget that is exceeded.
func (r *Result) OverBudget(rule string) bool {
	return slices.ContainsFunc(r.Budgets, func(b BudgetResult) bool { return b.Over && slices.Contains(b.Rules, rule) })
}

// Fails reports whether a run fails that is to fail from severity s on, or, of Off, only
// by its budgets.
func (r *Result) Fails(s Severity) bool {
	if slices.ContainsFunc(r.Budgets, func(b BudgetResult) bool { return b.Over }) {
		return true
	}
	return s != Off && slices.ContainsFunc(r.Rules, func(t RuleTotal) bool { return t.Severity >= s && !t.Tolerated })
}
