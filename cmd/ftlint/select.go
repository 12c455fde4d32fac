package main

import (
	"fmt"
	"strings"

	"github.com/ftlint/ftlint/internal/suggest"
	"github.com/ftlint/ftlint/lint"
)

// selectRules applies --select, --ignore and --severity. A rule that is off by
// default runs where its own id or name is selected, as information.
func selectRules(all []lint.Rule, selected, ignored, severities []string) ([]lint.Rule, map[string]lint.Severity, error) {
	levels := map[string]lint.Severity{}
	wanted := map[string]bool{}
	if len(selected) == 0 {
		selected = []string{"ALL"}
	}
	for _, word := range selected {
		found, err := matchRules(all, "--select", word)
		if err != nil {
			return nil, nil, err
		}
		for _, rule := range found {
			wanted[rule.ID] = true
			if rule.Severity == lint.Off && (strings.EqualFold(word, rule.ID) || strings.EqualFold(word, rule.Name)) {
				levels[rule.ID] = lint.Info
			}
		}
	}
	for _, word := range ignored {
		found, err := matchRules(all, "--ignore", word)
		if err != nil {
			return nil, nil, err
		}
		for _, rule := range found {
			delete(wanted, rule.ID)
		}
	}
	for _, word := range severities {
		name, level, ok := strings.Cut(word, "=")
		if !ok {
			return nil, nil, fmt.Errorf("--severity: %q is not of the form RULE=LEVEL", word)
		}
		found, err := matchRules(all, "--severity", name)
		if err != nil {
			return nil, nil, err
		}
		severity, err := lint.ParseSeverity(level)
		if err != nil {
			return nil, nil, fmt.Errorf("--severity %s: %w", word, err)
		}
		for _, rule := range found {
			levels[rule.ID] = severity
		}
	}
	var chosen []lint.Rule
	for _, rule := range all {
		if wanted[rule.ID] {
			chosen = append(chosen, rule)
		}
	}
	return chosen, levels, nil
}

// matchRules returns the rules that word stands for: an id, a name, the
// beginning of ids, or ALL.
func matchRules(all []lint.Rule, flag, word string) ([]*lint.Rule, error) {
	word = strings.TrimSpace(word)
	upper := strings.ToUpper(word)
	var found []*lint.Rule
	for i := range all {
		rule := &all[i]
		if upper == "ALL" || strings.EqualFold(rule.Name, word) || strings.HasPrefix(upper, "FT") && strings.HasPrefix(rule.ID, upper) {
			found = append(found, rule)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	err := fmt.Errorf("unknown rule %q", word)
	if flag != "" {
		err = fmt.Errorf("%s: %w", flag, err)
	}
	if near, ok := nearestRule(all, word); ok {
		return nil, fmt.Errorf("%w\ndid you mean %s?", err, near)
	}
	return nil, fmt.Errorf("%w\nftlint rule lists them", err)
}

func nearestRule(all []lint.Rule, word string) (string, bool) {
	var names []string
	for i := range all {
		names = append(names, all[i].ID, all[i].Name)
	}
	if near, ok := suggest.Closest(strings.ToUpper(word), names); ok {
		return near, true
	}
	return suggest.Closest(strings.ToLower(word), names)
}
