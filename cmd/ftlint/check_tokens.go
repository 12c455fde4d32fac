package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
	"github.com/ftlint/ftlint/tokenize"
)

// onlyWith are rules that run only with a flag.
var onlyWith = map[string]string{"FTK005": "--stats", "FTK006": "--stats", "FTK008": "--max-cost"}

// tokenOptions understands the flags on tokens and cost that need no catalogue.
func (f *checkFlags) tokenOptions(o *checkOptions) error {
	given := map[string]bool{"--stats": f.stats, "--max-cost": f.maxCost != ""}
	for _, word := range f.selected {
		for i := range o.Rules {
			id, flag := o.Rules[i].ID, onlyWith[o.Rules[i].ID]
			if flag != "" && !given[flag] && (strings.EqualFold(word, id) || strings.EqualFold(word, o.Rules[i].Name)) {
				return fmt.Errorf("--select %s: this rule runs only with %s", word, flag)
			}
		}
	}
	o.Counter = tokenize.Accounting{}.NewCounter
	if f.stats {
		o.Settings.Stats = true
		o.Figures = func(s *lint.Settings) lint.Collector { return stats.NewTokens(s) }
	}
	if f.maxCost == "" {
		return nil
	}
	amount, err := strconv.ParseFloat(strings.TrimPrefix(f.maxCost, "$"), 64)
	if err != nil || !(amount > 0) || math.IsInf(amount, 1) {
		return fmt.Errorf("--max-cost: %q is no amount of dollars: write 25 or 12.50", f.maxCost)
	}
	const gate = "FTK008"
	selected := slices.ContainsFunc(o.Rules, func(r lint.Rule) bool { return r.ID == gate })
	if level, ok := o.Severity[gate]; !selected || ok && level == lint.Off {
		return fmt.Errorf("--max-cost: rule %s, which keeps the budget, is not selected", gate)
	}
	o.Settings.MaxCost = amount
	return nil
}

// needsCatalog reports whether flags ask for facts of the catalogue.
func (f *checkFlags) needsCatalog() bool {
	return f.file != "" || f.model != "" || f.epochs != "auto" || f.maxCost != ""
}

// useCatalog understands the flags that depend on the catalogue, and returns a
// note on the model if there is something to be said of it.
func (f *checkFlags) useCatalog(o *checkOptions) (note string, err error) {
	c, err := loadCatalog(f.file)
	if err != nil {
		return "", err
	}
	s := &o.Settings
	s.JobTokens = c.Limits(catalog.Azure).JobTokens
	if f.epochs != "auto" {
		most := c.Limits(catalog.Azure).MaxEpochs
		if s.Provider&dataset.OpenAI != 0 {
			most = min(most, c.Limits(catalog.OpenAI).MaxEpochs)
		}
		s.Epochs, err = strconv.ParseInt(f.epochs, 10, 64)
		if err != nil || s.Epochs < 1 || s.Epochs > int64(most) {
			return "", fmt.Errorf("--epochs: %q is neither auto nor a number from 1 to %d", f.epochs, most)
		}
	}
	if f.model == "" {
		if s.MaxCost > 0 {
			return "", fmt.Errorf("--max-cost: the price depends on the model: name it with --model")
		}
		return "", nil
	}
	s.Job = true
	if s.Model, note, err = f.findModel(c, s.Provider); err != nil {
		return "", err
	}
	accounting, known, err := tokenize.AccountingFor(c, f.model)
	if err != nil {
		return "", err
	}
	if known {
		s.Model.Encoding = accounting.Encoding
	}
	o.Counter = accounting.NewCounter
	s.Model.Dollars, s.Model.Hourly, err = f.price(c, s.Provider)
	if s.MaxCost > 0 && err != nil {
		return "", err
	}
	return note, nil
}

// price returns what training on a million tokens costs, with several providers
// the greatest price. It is an error if one of them has no known price, or one by
// the hour.
func (f *checkFlags) price(c *catalog.Catalog, provider dataset.Provider) (dollars float64, hourly bool, err error) {
	for _, p := range providers(provider) {
		price, ok := c.Price(f.model, p)
		switch {
		case !ok:
			return 0, false, fmt.Errorf("--max-cost: no price of training %s with %s is known\ngive it in a file for --catalog: [prices.%s.million_tokens]", f.model, p, p)
		case price.MillionTokens == 0:
			return 0, true, fmt.Errorf("--max-cost: training %s with %s is priced by the hour: what a job costs cannot be told from its tokens", f.model, p)
		}
		dollars = max(dollars, price.MillionTokens)
	}
	return dollars, false, nil
}

// providers names the providers in a set as the catalogue does.
func providers(set dataset.Provider) []string {
	var names []string
	if set&dataset.Azure != 0 {
		names = append(names, catalog.Azure)
	}
	if set&dataset.OpenAI != 0 {
		names = append(names, catalog.OpenAI)
	}
	return names
}
