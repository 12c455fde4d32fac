// Package rules holds the rules that ftlint comes with: each is a value of type
// [lint.Rule] with a pure function, in the file of its family.
package rules

import (
	"slices"
	"strings"

	"github.com/ftlint/ftlint/lint"
)

// All returns every rule, ordered by id. The slice is the caller's: append to
// it, or change the copies of the rules in it.
func All() []lint.Rule {
	rules := make([]lint.Rule, len(list))
	for i, r := range list {
		rules[i] = *r
	}
	return rules
}

// Lookup returns the rule with the id or name, in any case.
func Lookup(idOrName string) (lint.Rule, bool) {
	i := slices.IndexFunc(list, func(r *lint.Rule) bool {
		return strings.EqualFold(r.ID, idOrName) || strings.EqualFold(r.Name, idOrName)
	})
	if i < 0 {
		return lint.Rule{}, false
	}
	return *list[i], true
}
