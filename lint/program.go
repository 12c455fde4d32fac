package lint

import (
	"slices"
	"strings"

	"github.com/ftlint/ftlint/lint/dataset"
)

// programKey is what the choice of rules for a file depends on.
type programKey struct {
	method     dataset.Method
	declared   bool
	validation bool
	bytes      int64  // only of large files: small ones share programs
	ignored    string // ids of rules, joined with commas
}

// program is the rules for a file, laid out for speed: those that are called
// for the same lines are together.
type program struct {
	settings    Settings
	decode      dataset.Options
	onLine      []ruleSet
	onObject    []ruleSet
	onExample   []ruleSet
	collections []collection
	across      []*activeRule
	onFile      []*activeRule
	fixers      []fileFixer // where the run fixes
	tokens      bool        // a rule or the figures may ask for tokens
}

// ruleSet is rules that are called for lines with one of the same facts.
type ruleSet struct {
	when  dataset.Facts
	calls []ruleCall
}

// ruleCall is a rule and its function, beside it: going through the rule for it
// would cost more than most calls do.
type ruleCall struct {
	rule    *activeRule
	example func(*Pass, *dataset.Example)
}

// program returns the rules for a file.
func (r *run) program(key programKey) *program {
	if p := r.programs[key]; p != nil {
		return p
	}
	p := &program{settings: r.settings}
	p.settings.Method, p.settings.Declared, p.settings.Validation = key.method, key.declared, key.validation
	p.settings.Bytes = key.bytes
	if r.options.Figures != nil {
		p.tokens, p.decode.Messages, p.decode.Markers = r.options.Counter != nil, true, true
	}
	if r.fix != nil && len(r.fix.planned) > 0 {
		p.decode.Messages = true
	}
	ignored := strings.Split(key.ignored, ",")
	for _, rule := range r.rules {
		if slices.Contains(ignored, rule.ID) {
			continue
		}
		fits := rule.Methods&key.method != 0 || key.method == 0 && rule.Methods == dataset.AllMethods
		if rule.Applies != nil && !rule.Applies(&p.settings) {
			continue
		}
		if r.fix != nil {
			if rule.FixFile != nil && rule.Fix <= r.fix.Kind && (fits || key.method == 0) {
				p.fixers = append(p.fixers, fileFixer{rule, rule.FixFile(&p.settings)})
			}
			if rule.Example == nil || (rule.Fix == NoFix || rule.Fix > r.fix.Kind) && r.fix.Reject == nil {
				continue // it would only cost time
			}
		} else if rule.File != nil && (fits || key.method == 0) {
			p.onFile = append(p.onFile, rule)
		}
		if !fits {
			continue
		}
		if r.fix == nil {
			p.collect(rule)
			if rule.Across != nil {
				p.across = append(p.across, rule)
			}
		}
		if rule.Example == nil && rule.Collector == nil && rule.Gathers == nil {
			continue
		}
		p.decode.Messages = p.decode.Messages || rule.Needs&(NeedMessages|NeedTokens) != 0
		p.tokens = p.tokens || rule.Needs&NeedTokens != 0
		p.decode.Markers = p.decode.Markers || rule.Needs&NeedMarkers != 0
		for _, phrase := range rule.Phrases {
			if !slices.Contains(p.decode.Phrases, phrase) {
				p.decode.Phrases = append(p.decode.Phrases, phrase)
			}
		}
		switch {
		case rule.Example == nil:
		case rule.Needs&(NeedExample|NeedMessages|NeedTokens) != 0:
			p.onExample = addToSet(p.onExample, rule)
		case rule.Needs&NeedObject != 0:
			p.onObject = addToSet(p.onObject, rule)
		default:
			p.onLine = addToSet(p.onLine, rule)
		}
	}
	r.programs[key] = p
	return p
}

func addToSet(sets []ruleSet, rule *activeRule) []ruleSet {
	when := rule.When
	if when == 0 {
		when = everyLine
	}
	for i := range sets {
		if sets[i].when == when {
			sets[i].calls = append(sets[i].calls, ruleCall{rule, rule.Example})
			return sets
		}
	}
	return append(sets, ruleSet{when, []ruleCall{{rule, rule.Example}}})
}
