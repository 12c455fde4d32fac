package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// budget understands --max-cost.
func (f *runFlags) budget(o *runOptions) error {
	if f.maxCost == "" {
		return nil
	}
	amount, err := strconv.ParseFloat(strings.TrimPrefix(f.maxCost, "$"), 64)
	if err != nil || !(amount > 0) || math.IsInf(amount, 1) {
		return fmt.Errorf("--max-cost: %q is no amount of dollars above 0: write 25 or 12.50", f.maxCost)
	}
	selected := slices.ContainsFunc(o.Rules, func(r lint.Rule) bool { return r.ID == budgetRule })
	if level, ok := o.Severity[budgetRule]; !selected || ok && level == lint.Off {
		return fmt.Errorf("--max-cost: rule %s, which keeps the budget, is not selected", budgetRule)
	}
	o.Settings.MaxCost = amount
	return nil
}

// budgetRule is the rule that keeps the budget.
const budgetRule = "FTK008"

// needsCatalog reports whether flags ask for facts of the catalogue.
func (f *runFlags) needsCatalog() bool {
	return f.catalog != "" || f.prices != "" || f.model != "" || f.epochs != "auto" || f.batchSize != "auto" || f.maxCost != ""
}

// useCatalog understands the flags that depend on the catalogue, and returns a
// note on the model if there is something to be said of it.
func (f *runFlags) useCatalog(o *runOptions) (note string, err error) {
	c, err := loadCatalog(f.catalog)
	if err == nil && f.prices != "" {
		c, err = c.OverrideFile(f.prices)
	}
	if err != nil {
		return "", err
	}
	s := &o.Settings
	s.JobTokens = c.Limits(catalog.Azure).JobTokens
	if s.Epochs, err = autoOr("--epochs", f.epochs, s.Provider, func(p string) int { return c.Limits(p).MaxEpochs }); err != nil {
		return "", err
	}
	if s.BatchSize, err = autoOr("--batch-size", f.batchSize, s.Provider, func(p string) int { return c.Limits(p).MaxBatchSize }); err != nil {
		return "", err
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
	var known bool
	if o.accounting, known, err = tokenize.AccountingFor(c, f.model); err != nil {
		return "", err
	}
	if known {
		s.Model.Encoding = o.accounting.Encoding
	}
	return note, f.setTerms(c, s)
}

// autoOr reads a number from 1 to the most that a provider takes, of several the
// least; auto is 0.
func autoOr(flag, value string, provider dataset.Provider, most func(provider string) int) (int64, error) {
	if value == "auto" {
		return 0, nil
	}
	limit := math.MaxInt
	for _, p := range providers {
		if provider&p.bit != 0 {
			limit = min(limit, most(p.name))
		}
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1 || n > int64(limit) {
		return 0, fmt.Errorf("%s: %q is neither auto nor a number from 1 to %d", flag, value, limit)
	}
	return n, nil
}

// setTerms fills in on what terms each provider trains the model. With a budget
// it is an error if one that the run is for has no known price by tokens.
func (f *runFlags) setTerms(c *catalog.Catalog, s *lint.Settings) error {
	m, _ := c.Model(f.model)
	for _, p := range providers {
		price, priced := c.Price(f.model, p.name)
		offer, _ := m.Offer(p.name)
		terms := lint.Terms{Images: offer.Vision, ExampleTokens: offer.ExampleTokens, Dollars: price.MillionTokens, HourDollars: price.Hour}
		if priced {
			terms.PriceSource = price.String()
		}
		switch p.bit {
		case dataset.Azure:
			s.Model.Azure = terms
		case dataset.OpenAI:
			s.Model.OpenAI = terms
		}
		switch {
		case s.MaxCost == 0 || s.Provider&p.bit == 0:
		case !priced:
			return fmt.Errorf("--max-cost: no price of training %s with %s is known\ngive it with --prices FILE: [prices.%s.million_tokens]", f.model, p.name, p.name)
		case price.MillionTokens == 0 || s.Method == dataset.RFT:
			return fmt.Errorf("--max-cost: training %s with %s is priced by the hour: what a job costs cannot be told from its tokens", f.model, p.name)
		}
	}
	return nil
}

// providers names the providers as the catalogue does.
var providers = []struct {
	bit  dataset.Provider
	name string
}{{dataset.Azure, catalog.Azure}, {dataset.OpenAI, catalog.OpenAI}}

// findModel looks a model up. A name that is probably a typo is an error; one
// that is merely unknown is told: new models appear.
func (f *runFlags) findModel(c *catalog.Catalog, provider dataset.Provider) (*lint.Model, string, error) {
	m, ok := c.Model(f.model)
	if !ok {
		if near, ok := c.Suggest(f.model); ok {
			return nil, "", fmt.Errorf("unknown model %q\ndid you mean %s? A model that is new can be added with --catalog FILE", f.model, near)
		}
		return &lint.Model{Name: f.model}, fmt.Sprintf("model %q is not in the catalogue of %s: rules on models do not apply (ftlint models lists what is known; --catalog FILE adds to it)", f.model, c.AsOf("models")), nil
	}
	model := &lint.Model{Name: f.model, Known: true, AsOf: c.AsOf("methods").String()}
	if m.User {
		model.AsOf = "your catalogue"
	}
	var notes []string
	for _, p := range providers {
		offer, ok := m.Offer(p.name)
		if provider&p.bit == 0 || !ok {
			continue
		}
		for _, method := range offer.Methods {
			model.Methods |= map[string]dataset.Method{
				"sft": dataset.SFT, "dpo": dataset.DPO, "rft": dataset.RFT, "completion": dataset.Completion,
			}[method]
		}
		if r, ok := c.Retired(f.model, p.name, time.Now()); ok {
			model.Retired = r.Reason
			if !r.Date.IsZero() {
				model.Retired = r.Date.String()
			}
			notes = append(notes, fmt.Sprintf("model %s at %s: %s (as of %s)", f.model, p.name, r.Reason, c.AsOf("models")))
		}
	}
	note := strings.Join(notes, "; ")
	if model.Methods == 0 {
		note = fmt.Sprintf("model %s is not offered for fine-tuning by %s (as of %s)", f.model, provider, c.AsOf("models"))
	}
	return model, note, nil
}

// loadCatalog loads the catalogue, with the user's file over it.
func loadCatalog(file string) (*catalog.Catalog, error) {
	c, err := catalog.Load()
	if err == nil && file != "" {
		c, err = c.OverrideFile(file)
	}
	return c, err
}
