package catalog

import (
	"maps"
	"slices"
	"strings"
)

// SKU is a way in which Azure deploys fine-tuned models.
type SKU struct {
	Name    string   `toml:"-"` // as the control plane spells it
	Aliases []string `toml:"aliases"`
	Notes   string   `toml:"notes"`
	// Regions are the regions by the id of the model; "*" is every region. No
	// entry at all: not known.
	Regions map[string][]string `toml:"regions"`
}

// SKU finds a SKU by its name or an alias. Case, blanks, dashes and underscores
// do not count: "global standard" finds GlobalStandard.
func (c *Catalog) SKU(name string) (SKU, bool) {
	want := squeeze(name)
	for _, id := range slices.Sorted(maps.Keys(c.form.SKUs)) {
		s := c.form.SKUs[id]
		if squeeze(id) == want || slices.ContainsFunc(s.Aliases, func(a string) bool { return squeeze(a) == want }) {
			return *s, true
		}
	}
	return SKU{}, false
}

// SKUs returns all SKUs, in the order of their names.
func (c *Catalog) SKUs() []SKU {
	var all []SKU
	for _, id := range slices.Sorted(maps.Keys(c.form.SKUs)) {
		all = append(all, *c.form.SKUs[id])
	}
	return all
}

// Deployable reports whether fine-tunes of a model can be deployed with a SKU
// in a region, and whether that is known at all. Regions can be written as
// "East US 2" or eastus2; an empty region asks for any.
func (c *Catalog) Deployable(model, sku, region string) (offered, known bool) {
	s, ok := c.SKU(sku)
	m, found := c.Model(model)
	if !ok || !found || len(s.Regions) == 0 {
		return false, false
	}
	for key, regions := range s.Regions {
		if key != m.ID {
			if k, ok := c.Model(key); !ok || k.ID != m.ID {
				continue
			}
		}
		if region == "" && len(regions) > 0 {
			return true, true
		}
		for _, r := range regions {
			if r == "*" || squeeze(r) == squeeze(region) {
				return true, true
			}
		}
	}
	return false, true
}

// Role is what a user of Azure needs to be to train, chat, deploy, or see the quota.
func (c *Catalog) Role(to string) string { return c.form.Roles[to] }

func squeeze(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(s))
}
