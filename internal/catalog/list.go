package catalog

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ftlint/ftlint/internal/wrap"
)

// ListOptions says what WriteText and WriteJSON show. The zero value shows
// everything.
type ListOptions struct {
	Name     string // id, alias or name of a fine-tune, or else the beginning of an id or alias
	Method   string // only models that offer it
	Provider string // only this provider
	Width    int    // columns of text; 0 means 80
}

// offers returns the providers whose offers for m are to be listed.
func (o ListOptions) offers(m Model) []string {
	var list []string
	for _, p := range []string{Azure, OpenAI} {
		if _, ok := m.Offer(p); !ok || o.Provider != "" && o.Provider != p || o.Method != "" && !m.Supports(p, o.Method) {
			continue
		}
		list = append(list, p)
	}
	return list
}

// List returns the models that o asks for, in the order of their names.
func (c *Catalog) List(o ListOptions) []Model {
	var list []Model
	one, exact := Model{}, false
	if o.Name != "" {
		one, exact = c.Model(o.Name)
	}
	prefix := strings.ToLower(strings.TrimSpace(o.Name))
	for _, m := range c.Models() {
		named := slices.ContainsFunc(append([]string{m.ID}, m.Aliases...), func(n string) bool {
			return strings.HasPrefix(strings.ToLower(n), prefix)
		})
		if exact {
			named = m.ID == one.ID
			m.FineTuned = one.FineTuned
		}
		if named && len(o.offers(m)) > 0 {
			list = append(list, m)
		}
	}
	return list
}

// WriteText writes the models that o asks for as a table, with the dates of the
// facts: all that is known of a model if it is the only one. Without a name it
// adds Azure's SKUs and regions. It writes nothing but a hint if no model fits.
func (c *Catalog) WriteText(w io.Writer, o ListOptions) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	var b strings.Builder
	switch list := c.List(o); {
	case len(list) == 0:
		b.WriteString("no model in the catalogue fits")
		if near, ok := c.Suggest(o.Name); ok {
			fmt.Fprintf(&b, ": did you mean %s?", near)
		}
		b.WriteString("\n")
	case len(list) == 1 && o.Name != "":
		c.writeModel(&b, list[0], o)
	default:
		c.writeTable(&b, list, o)
		if o.Name == "" && o.Provider != OpenAI {
			b.WriteString("\n")
			c.writeSKUs(&b, list, o)
		}
	}
	b.WriteString("\n")
	c.writeDates(&b, o)
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Catalog) writeTable(b *strings.Builder, list []Model, o ListOptions) {
	rows := [][]string{{"MODEL", "ENCODING", "FROM", "LIMIT", "METHODS", "VISION", "RETIRES"}}
	user := false
	for _, m := range list {
		id, encoding := m.ID, orDash(m.Encoding)
		if m.User {
			id, user = id+"*", true
		}
		for _, p := range o.offers(m) {
			offer, _ := m.Offer(p)
			rows = append(rows, []string{id, encoding, p, orDash(number(offer.ExampleTokens)), orDash(strings.Join(offer.Methods, " ")), vision(offer), orDash(retires(offer))})
			id, encoding = "", ""
		}
	}
	columns(b, rows, o.Width, 3)
	if user {
		b.WriteString("* with facts from your own file\n")
	}
}

func (c *Catalog) writeSKUs(b *strings.Builder, list []Model, o ListOptions) {
	b.WriteString("Azure deployments of fine-tuned models\n")
	for _, s := range c.SKUs() {
		byRegions := map[string][]string{}
		for id, regions := range s.Regions {
			if m, ok := c.Model(id); ok {
				id = m.ID
			}
			if slices.ContainsFunc(list, func(m Model) bool { return m.ID == id }) {
				byRegions[regionList(regions)] = append(byRegions[regionList(regions)], id)
			}
		}
		if len(byRegions) == 0 {
			continue
		}
		wrapped(b, "  ", s.Name+": "+s.Notes, o.Width)
		for _, regions := range slices.Sorted(maps.Keys(byRegions)) {
			slices.Sort(byRegions[regions])
			wrapped(b, "    ", regions+": "+strings.Join(byRegions[regions], ", "), o.Width)
		}
	}
}

func (c *Catalog) writeModel(b *strings.Builder, m Model, o ListOptions) {
	b.WriteString(m.ID)
	if m.FineTuned {
		fmt.Fprintf(b, "  (base of %s)", o.Name)
	}
	b.WriteString("\n")
	line := func(key, text string) {
		if text != "" {
			wrapped(b, "  ", fmt.Sprintf("%-10s %s", key, text), o.Width)
		}
	}
	line("aliases", strings.Join(m.Aliases, ", "))
	line("encoding", orDash(m.Encoding))
	if r, ok := c.ImageTokens(m.ID); ok {
		switch r.Rule {
		case "tile":
			line("images", fmt.Sprintf("%d tokens, with high detail + %d for each 512-pixel square", r.Base, r.Tile))
		case "patch":
			line("images", fmt.Sprintf("32-pixel squares (%s at most) x %v tokens", number(r.MaxPatches), r.Multiplier))
		}
	}
	line("notes", m.Notes)
	for _, p := range o.offers(m) {
		offer, _ := m.Offer(p)
		fmt.Fprintf(b, "  %s\n", p)
		in := func(key, text string) {
			if text != "" {
				wrapped(b, "    ", fmt.Sprintf("%-10s %s", key, text), o.Width)
			}
		}
		in("methods", strings.Join(offer.Methods, ", "))
		limit := "not known"
		if offer.ExampleTokens > 0 {
			limit = number(offer.ExampleTokens) + " tokens an example; what is longer is cut at its end"
		}
		in("limit", limit)
		in("vision", vision(offer))
		in("training", strings.Join(offer.TrainingTypes, ", "))
		in("retires", retires(offer))
		if price, ok := c.Price(m.ID, p); ok && price.MillionTokens > 0 {
			in("price", fmt.Sprintf("$%v for a million training tokens (%v)", price.MillionTokens, price))
		} else if ok {
			in("price", fmt.Sprintf("$%v for an hour of training (%v)", price.Hour, price))
		}
		in("notes", offer.Notes)
		if p == Azure {
			for _, s := range c.SKUs() {
				for _, id := range slices.Sorted(maps.Keys(s.Regions)) {
					if k, ok := c.Model(id); ok && k.ID == m.ID {
						in("deploy", s.Name+" in "+regionList(s.Regions[id]))
					}
				}
			}
		}
	}
}

func (c *Catalog) writeDates(b *strings.Builder, o ListOptions) {
	if p := c.Provider(OpenAI); o.Provider != Azure && !p.JobsUntil.IsZero() {
		wrapped(b, "", fmt.Sprintf("%s: no new customers since %v, no new jobs after %v.", p.Name, p.ClosedToNew, p.JobsUntil), o.Width)
	}
	groups := map[string][]string{}
	for _, g := range []string{"models", "examples", "methods", "vision", "retirement", "skus"} {
		if d := c.AsOf(g); !d.IsZero() {
			groups[d.String()] = append(groups[d.String()], g)
		}
	}
	var parts []string
	for _, d := range slices.Backward(slices.Sorted(maps.Keys(groups))) {
		parts = append(parts, strings.Join(groups[d], ", ")+" "+d)
	}
	wrapped(b, "", "As of: "+strings.Join(parts, "; ")+". Override with --catalog FILE.", o.Width)
}

func vision(o Offer) string {
	if o.Vision {
		return "yes"
	}
	return "-"
}

func retires(o Offer) string {
	if !o.Shutdown.IsZero() {
		return o.Shutdown.String()
	}
	if o.Status == Offered {
		return ""
	}
	return o.Status
}

func regionList(regions []string) string {
	if slices.Contains(regions, "*") {
		return "all regions"
	}
	return strings.Join(regions, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// number writes n with thousands separated; 0 is the empty string.
func number(n int) string {
	if n == 0 {
		return ""
	}
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// columns writes rows in columns, two blanks apart, or one if they do not fit
// into width otherwise. The column with the index right is flush right.
func columns(b *strings.Builder, rows [][]string, width, right int) {
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			wide[i] = max(wide[i], len(cell))
		}
	}
	total := 2 * (len(wide) - 1)
	for _, n := range wide {
		total += n
	}
	gap := "  "
	if total > width {
		gap = " "
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString(gap)
			}
			pad := strings.Repeat(" ", wide[i]-len(cell))
			if i == right {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// wrapped writes text in lines of at most width columns; lines after the first
// are indented by two more.
func wrapped(b *strings.Builder, indent, text string, width int) {
	wrap.Write(b, indent, indent+"  ", text, width)
}

// listing is the form of WriteJSON.
type listing struct {
	SchemaVersion int                 `json:"schema_version"`
	Sources       map[string]Source   `json:"sources"`
	Providers     map[string]Provider `json:"providers"`
	Models        []modelJSON         `json:"models"`
	SKUs          []skuJSON           `json:"skus,omitempty"`
	Limits        map[string]Limits   `json:"limits"`
	Vision        Vision              `json:"vision"`
	Roles         map[string]string   `json:"roles,omitempty"`
}

type modelJSON struct {
	ID          string               `json:"id"`
	Aliases     []string             `json:"aliases"`
	FineTuned   bool                 `json:"fine_tuned,omitempty"`
	User        bool                 `json:"user,omitempty"`
	Encoding    string               `json:"encoding,omitempty"`
	ImageTokens *ImageRule           `json:"image_tokens,omitempty"`
	Notes       string               `json:"notes,omitempty"`
	Offers      map[string]offerJSON `json:"offers"`
}

type offerJSON struct {
	Offer
	MillionTokens float64 `json:"dollars_per_million_tokens,omitempty"`
	Hour          float64 `json:"dollars_per_hour,omitempty"`
}

type skuJSON struct {
	Name    string              `json:"name"`
	Aliases []string            `json:"aliases,omitempty"`
	Notes   string              `json:"notes,omitempty"`
	Regions map[string][]string `json:"regions,omitempty"` // by model; ["*"]: all
}

// WriteJSON writes the models that o asks for, and the limits, SKUs and regions
// of their providers, as one JSON object.
func (c *Catalog) WriteJSON(w io.Writer, o ListOptions) error {
	out := listing{
		SchemaVersion: 1,
		Sources:       c.form.Sources,
		Providers:     map[string]Provider{},
		Models:        []modelJSON{},
		Limits:        map[string]Limits{},
		Vision:        c.Vision(),
	}
	for _, p := range []string{Azure, OpenAI} {
		if o.Provider == "" || o.Provider == p {
			out.Providers[p], out.Limits[p] = c.Provider(p), c.Limits(p)
		}
	}
	listed := map[string]bool{}
	for _, m := range c.List(o) {
		listed[m.ID] = true
		j := modelJSON{ID: m.ID, Aliases: append([]string{}, m.Aliases...), FineTuned: m.FineTuned, User: m.User, Encoding: m.Encoding, Notes: m.Notes, Offers: map[string]offerJSON{}}
		if r, ok := c.ImageTokens(m.ID); ok {
			j.ImageTokens = &r
		}
		for _, p := range o.offers(m) {
			offer, _ := m.Offer(p)
			if offer.Status == "" {
				offer.Status = Offered
			}
			price, _ := c.Price(m.ID, p)
			j.Offers[p] = offerJSON{offer, price.MillionTokens, price.Hour}
		}
		out.Models = append(out.Models, j)
	}
	if o.Provider != OpenAI {
		out.Roles = c.form.Roles
		for _, s := range c.SKUs() {
			regions := map[string][]string{}
			for id, list := range s.Regions {
				if m, ok := c.Model(id); ok {
					id = m.ID
				}
				if listed[id] {
					regions[id] = list
				}
			}
			out.SKUs = append(out.SKUs, skuJSON{s.Name, s.Aliases, s.Notes, regions})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
