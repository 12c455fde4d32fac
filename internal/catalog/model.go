package catalog

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/suggest"
)

// The statuses of a model with a provider.
const (
	Offered = "offered"
	Legacy  = "legacy"  // retired or retiring, without a known date
	Retired = "retired" // gone, without a known date
)

// Model is a base model for fine-tuning.
type Model struct {
	ID       string   `toml:"-"`
	Aliases  []string `toml:"aliases"`
	Encoding string   `toml:"encoding"` // such as o200k_base; empty: not known
	Notes    string   `toml:"notes"`
	Azure    *Offer   `toml:"azure"`  // nil: not offered
	OpenAI   *Offer   `toml:"openai"` // nil: not offered

	// User says that the user's file has an entry for the model.
	User bool `toml:"user"`
	// FineTuned says that the name asked for is that of a fine-tuned model
	// whose base this is. It can be trained on with the methods of its base.
	FineTuned bool `toml:"-"`
}

// Offer is what a provider offers for a model.
type Offer struct {
	Methods []string `toml:"methods" json:"methods"`
	// ExampleTokens is the length of the longest training example: what is
	// longer is cut at its end. Zero: not known.
	ExampleTokens   int    `toml:"example_tokens" json:"example_tokens,omitempty"`
	InferenceTokens int    `toml:"inference_tokens" json:"inference_tokens,omitempty"`
	Vision          bool   `toml:"vision" json:"vision"`           // images in training examples
	Status          string `toml:"status" json:"status,omitempty"` // Offered (also if empty), Legacy or Retired
	// Shutdown is the day on which the model and its fine-tunes stop.
	Shutdown Date `toml:"shutdown" json:"shutdown,omitzero"`
	// TrainingTypes are Azure's training types, where only some are offered.
	TrainingTypes []string `toml:"training_types" json:"training_types,omitempty"`
	Notes         string   `toml:"notes" json:"notes,omitempty"`
}

// Offer returns what a provider offers for m.
func (m Model) Offer(provider string) (Offer, bool) {
	o := m.Azure
	if provider == OpenAI {
		o = m.OpenAI
	}
	if o == nil || provider != OpenAI && provider != Azure {
		return Offer{}, false
	}
	return *o, true
}

// Supports reports whether a provider offers a method for m.
func (m Model) Supports(provider, method string) bool {
	o, _ := m.Offer(provider)
	return slices.Contains(o.Methods, method)
}

// Models returns all models, in the order of their names.
func (c *Catalog) Models() []Model {
	all := make([]Model, 0, len(c.form.Models))
	for _, m := range c.form.Models {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Model) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID)), strings.Compare(a.ID, b.ID))
	})
	return all
}

// Model finds a model by its id, by an alias (gpt-4.1-mini, gpt-35-turbo) or by
// the name of a model that was fine-tuned from it. Case does not count. A dated
// name finds an entry whose id has no date, as that entry stands for all of its
// snapshots; a date that the catalogue does not have is another model.
func (c *Catalog) Model(name string) (Model, bool) {
	base := BaseName(name)
	id, ok := c.names[base]
	if !ok {
		if undated := trimDate(base); undated != base {
			id, ok = c.names[undated]
			ok = ok && strings.ToLower(id) == undated // not an alias of one snapshot
		}
	}
	if !ok {
		return Model{}, false
	}
	m := *c.form.Models[id]
	m.FineTuned = IsFineTuned(name)
	return m, true
}

// Encoding returns the name of the encoding of a model, also of models that
// only the encodings' patterns know.
func (c *Catalog) Encoding(name string) (string, bool) {
	if m, ok := c.Model(name); ok && m.Encoding != "" {
		return m.Encoding, true
	}
	return longest(c.form.Encodings, BaseName(name))
}

// ImageTokens returns how a model counts the tokens of images.
func (c *Catalog) ImageTokens(name string) (ImageRule, bool) {
	base := BaseName(name)
	if m, ok := c.Model(name); ok {
		base = strings.ToLower(m.ID)
	}
	return longest(c.form.ImageTokens, base)
}

// longest returns the value of the longest pattern that fits name. A * at the
// end of a pattern stands for any text.
func longest[T any](table map[string]T, name string) (value T, ok bool) {
	length := -1
	for pattern, v := range table {
		prefix, open := strings.CutSuffix(strings.ToLower(pattern), "*")
		if fits := prefix == name || open && strings.HasPrefix(name, prefix); !fits {
			continue
		}
		n := len(prefix) * 2
		if !open {
			n++ // before the same with a *
		}
		if n > length {
			value, ok, length = v, true, n
		}
	}
	return value, ok
}

// Suggest returns the name of a model that name is probably a typo of. A name
// with other digits is another model and no typo: gpt-4.2-mini is not taken for
// gpt-4.1-mini, but gpt-4.1-mni is.
func (c *Catalog) Suggest(name string) (string, bool) {
	if _, known := c.Model(name); known {
		return "", false
	}
	base := BaseName(name)
	var names []string
	for _, id := range slices.Sorted(maps.Keys(c.form.Models)) {
		for _, n := range append([]string{id}, c.form.Models[id].Aliases...) {
			if digits(n) == digits(base) {
				names = append(names, n)
			}
		}
	}
	return suggest.Closest(base, names)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Retirement says that a model cannot be trained any more.
type Retirement struct {
	// Date is the first day on which it could not. Zero: not known, and the
	// model may still be on offer here and there.
	Date   Date
	Reason string
}

// Retired reports whether a model cannot be trained with a provider on a day,
// because it was shut down, because the provider creates no more jobs, or
// because it is listed as legacy or retired. A model that the catalogue or the
// provider never had is not retired.
func (c *Catalog) Retired(name, provider string, on time.Time) (Retirement, bool) {
	m, ok := c.Model(name)
	if !ok {
		return Retirement{}, false
	}
	o, ok := m.Offer(provider)
	if !ok {
		return Retirement{}, false
	}
	if r := c.end(o, provider); !r.Date.IsZero() && r.Date.Compare(DateOf(on)) <= 0 {
		return r, true
	}
	switch o.Status {
	case Legacy:
		return Retirement{Reason: "a legacy model that is retired or about to be"}, true
	case Retired:
		return Retirement{Reason: "a retired model"}, true
	}
	return Retirement{}, false
}

// Retires returns the first day on which a model can or could not be trained
// with a provider any more, if that is known.
func (c *Catalog) Retires(name, provider string) (Retirement, bool) {
	m, _ := c.Model(name)
	o, ok := m.Offer(provider)
	if !ok {
		return Retirement{}, false
	}
	r := c.end(o, provider)
	return r, !r.Date.IsZero()
}

// end returns the earlier of the shutdown of a model and the end of all jobs.
func (c *Catalog) end(o Offer, provider string) Retirement {
	p := c.form.Providers[provider]
	r := Retirement{Date: o.Shutdown, Reason: "the model is shut down"}
	if last := p.JobsUntil; !last.IsZero() {
		next := DateOf(time.Date(last.Year, last.Month, last.Day+1, 0, 0, 0, 0, time.UTC))
		if r.Date.IsZero() || next.Compare(r.Date) < 0 {
			r = Retirement{Date: next, Reason: p.Name + " creates no more fine-tuning jobs"}
		}
	}
	return r
}

// IsFineTuned reports whether name is that of a fine-tuned model:
// ft:BASE:ORG:SUFFIX:ID (OpenAI), BASE.ft-JOB or BASE.ft-JOB-SUFFIX (Azure), or
// BASE:ft-ORG (OpenAI, of old).
func IsFineTuned(name string) bool {
	_, tuned := cutTuned(name)
	return tuned
}

// BaseName returns the name of the base model in the name of a fine-tuned one,
// or else the name itself. It is in lower case, and "model (version)", as
// Azure's pages write it, becomes "model-version".
func BaseName(name string) string {
	base, _ := cutTuned(name)
	return base
}

func cutTuned(name string) (base string, tuned bool) {
	base = strings.ToLower(strings.TrimSpace(name))
	if rest, ok := strings.CutPrefix(base, "ft:"); ok {
		base, _, _ = strings.Cut(rest, ":")
		tuned = true
	}
	for _, sep := range []string{".ft-", ":ft-"} {
		if b, _, ok := strings.Cut(base, sep); ok && b != "" {
			base, tuned = b, true
		}
	}
	if model, version, ok := strings.Cut(base, " ("); ok {
		if version, ok := strings.CutSuffix(version, ")"); ok {
			base = model + "-" + version
		}
	}
	return base, tuned
}

// trimDate takes -YYYY-MM-DD from the end of a name.
func trimDate(name string) string {
	at := len(name) - len("-2006-01-02")
	if at <= 0 || name[at] != '-' {
		return name
	}
	if _, err := time.Parse(time.DateOnly, name[at+1:]); err != nil {
		return name
	}
	return name[:at]
}
