// Package catalog holds what fine-tuning services offer and allow: models with
// their encodings, limits, methods and dates, Azure's deployment SKUs and
// regions, limits of files and jobs, prices. All of it goes out of date, so all
// of it is data (catalog.toml) with the dates of the facts, and users can lay a
// file of their own over it.
//
// Providers are "azure" and "openai"; methods are "sft", "dpo", "rft" and
// "completion". The package imports nothing of the rest of the program.
package catalog

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"github.com/ftlint/ftlint/internal/suggest"
)

// The providers that the catalogue knows.
const (
	Azure  = "azure"
	OpenAI = "openai"
)

//go:embed catalog.toml
var embedded []byte

// Catalog is a set of dated facts. It does not change after it was made, so
// that goroutines can share it.
type Catalog struct {
	form  form
	raw   map[string]any    // what form was decoded from
	names map[string]string // ids and aliases in lower case -> id

	prices Source              // of the prices that are built in
	own    map[ownPrice]Source // of those that a user's file has
}

// ownPrice names a price. Its table is that of tokens or of hours.
type ownPrice struct{ provider, table, id string }

// form is what the file holds.
type form struct {
	Sources     map[string]Source     `toml:"sources"`
	Providers   map[string]Provider   `toml:"providers"`
	Models      map[string]*Model     `toml:"models"`
	Encodings   map[string]string     `toml:"encodings"`
	ImageTokens map[string]ImageRule  `toml:"image_tokens"`
	Measured    map[string][]string   `toml:"measured"`
	SKUs        map[string]*SKU       `toml:"skus"`
	Roles       map[string]string     `toml:"roles"`
	Vision      Vision                `toml:"vision"`
	Limits      map[string]Limits     `toml:"limits"`
	Prices      map[string]priceTable `toml:"prices"`
}

// Source says where a group of facts comes from.
type Source struct {
	AsOf Date   `toml:"as_of" json:"as_of"`
	Text string `toml:"text" json:"text"`
}

// Provider is a fine-tuning service.
type Provider struct {
	Name string `toml:"name" json:"name"`
	// ClosedToNew is the day since which new customers cannot create jobs.
	ClosedToNew Date `toml:"closed_to_new" json:"closed_to_new,omitzero"`
	// JobsUntil is the last day on which anybody can create jobs.
	JobsUntil Date   `toml:"jobs_until" json:"jobs_until,omitzero"`
	Notes     string `toml:"notes" json:"notes,omitempty"`
}

// Vision holds what image fine-tuning accepts.
type Vision struct {
	Formats  []string `toml:"formats" json:"formats"`   // of image files
	Modes    []string `toml:"modes" json:"modes"`       // colour modes
	Details  []string `toml:"details" json:"details"`   // values of image_url.detail
	Excluded []string `toml:"excluded" json:"excluded"` // images that show these are skipped
}

// Limits are the limits of one provider. Sizes are in bytes. Zero: no such
// limit is known.
type Limits struct {
	DoubtfulFileBytes  int64   `toml:"doubtful_file_bytes" json:"doubtful_file_bytes,omitempty"` // the limit, if the documents mean the smaller unit
	FileBytes          int64   `toml:"file_bytes" json:"file_bytes,omitempty"`                   // a file of this size or more is refused by POST /files
	PortalFileBytes    int64   `toml:"portal_file_bytes" json:"portal_file_bytes,omitempty"`     // largest file through the portal
	AdvisedUploadBytes int64   `toml:"advised_upload_bytes" json:"advised_upload_bytes,omitempty"`
	UploadBytes        int64   `toml:"upload_bytes" json:"upload_bytes,omitempty"` // largest multi-part upload
	UploadPartBytes    int64   `toml:"upload_part_bytes" json:"upload_part_bytes,omitempty"`
	UploadHours        int     `toml:"upload_hours" json:"upload_hours,omitempty"`       // until a multi-part upload expires
	UploadRequests     int     `toml:"upload_requests" json:"upload_requests,omitempty"` // per minute
	ResourceBytes      int64   `toml:"resource_bytes" json:"resource_bytes,omitempty"`   // all fine-tuning files of a resource
	ResourceFiles      int     `toml:"resource_files" json:"resource_files,omitempty"`
	ProjectBytes       int64   `toml:"project_bytes" json:"project_bytes,omitempty"` // all files of a project
	MinExamples        int     `toml:"min_examples" json:"min_examples,omitempty"`
	AdvisedExamples    int     `toml:"advised_examples" json:"advised_examples,omitempty"`
	Messages           int     `toml:"messages" json:"messages,omitempty"` // of an example
	Tools              int     `toml:"tools" json:"tools,omitempty"`       // of an example
	ImagesPerExample   int     `toml:"images_per_example" json:"images_per_example,omitempty"`
	ImageExamples      int     `toml:"image_examples" json:"image_examples,omitempty"` // examples with images
	DoubtfulImageBytes int64   `toml:"doubtful_image_bytes" json:"doubtful_image_bytes,omitempty"`
	ImageBytes         int64   `toml:"image_bytes" json:"image_bytes,omitempty"`
	JobTokens          int64   `toml:"job_tokens" json:"job_tokens,omitempty"` // tokens of the file times epochs
	JobHours           int     `toml:"job_hours" json:"job_hours,omitempty"`
	Jobs               int     `toml:"jobs" json:"jobs,omitempty"`
	RunningJobs        int     `toml:"running_jobs" json:"running_jobs,omitempty"`
	QueuedJobs         int     `toml:"queued_jobs" json:"queued_jobs,omitempty"`
	Deployments        int     `toml:"deployments" json:"deployments,omitempty"`         // of fine-tuned models
	IdleDays           int     `toml:"idle_days" json:"idle_days,omitempty"`             // after which an unused deployment goes
	DeveloperHours     int     `toml:"developer_hours" json:"developer_hours,omitempty"` // life of a developer deployment
	DeploymentName     int     `toml:"deployment_name" json:"deployment_name,omitempty"` // characters
	DoubtfulSuffix     int     `toml:"doubtful_suffix" json:"doubtful_suffix,omitempty"` // characters, as one document has it
	Suffix             int     `toml:"suffix" json:"suffix,omitempty"`                   // characters
	MaxSeed            int64   `toml:"max_seed" json:"max_seed,omitempty"`
	MaxEpochs          int     `toml:"max_epochs" json:"max_epochs,omitempty"`
	MaxBatchSize       int     `toml:"max_batch_size" json:"max_batch_size,omitempty"`
	MaxBeta            float64 `toml:"max_beta" json:"max_beta,omitempty"`
	MetadataPairs      int     `toml:"metadata_pairs" json:"metadata_pairs,omitempty"`
	MetadataKey        int     `toml:"metadata_key" json:"metadata_key,omitempty"`     // characters
	MetadataValue      int     `toml:"metadata_value" json:"metadata_value,omitempty"` // characters
	RFTTrainExamples   int     `toml:"rft_train_examples" json:"rft_train_examples,omitempty"`
	RFTValidExamples   int     `toml:"rft_valid_examples" json:"rft_valid_examples,omitempty"`
	RFTPauseDollars    int     `toml:"rft_pause_dollars" json:"rft_pause_dollars,omitempty"` // spent, at which a job pauses
	GraderBytes        int64   `toml:"grader_bytes" json:"grader_bytes,omitempty"`           // code of a python grader
}

// ImageRule says how a model counts the tokens of an image.
type ImageRule struct {
	Rule       string  `toml:"rule" json:"rule"`                         // "tile" or "patch"
	Base       int     `toml:"base" json:"base,omitempty"`               // tile: tokens of an image with low detail, and the base of high detail
	Tile       int     `toml:"tile" json:"tile,omitempty"`               // tile: tokens of each 512-pixel square
	MaxPatches int     `toml:"max_patches" json:"max_patches,omitempty"` // patch: 32-pixel squares are scaled down to at most these
	Multiplier float64 `toml:"multiplier" json:"multiplier,omitempty"`   // patch: tokens of a square
}

// Price is what training costs, in dollars. A model has one of the two.
type Price struct {
	MillionTokens float64 // for a million tokens trained
	Hour          float64 // for an hour of training
	AsOf          Date    // zero: a user's file that does not say
	// File is the user's file that the price is from. Empty: it is built in.
	File string
}

// String says where the price is from, and of when.
func (p Price) String() string {
	s := "built-in price list"
	if p.File != "" {
		s = p.File
	}
	if !p.AsOf.IsZero() {
		s += " of " + p.AsOf.String()
	}
	return s
}

type priceTable struct {
	MillionTokens map[string]float64 `toml:"million_tokens"`
	Hour          map[string]float64 `toml:"hour"`
}

var load = sync.OnceValues(func() (*Catalog, error) {
	raw, err := decode(embedded, "built-in catalogue")
	if err != nil {
		return nil, err
	}
	c, err := build(raw, "built-in catalogue")
	if err == nil {
		c.prices = c.Source("prices")
	}
	return c, err
})

// Load returns the catalogue that is built in. It is parsed at the first call.
func Load() (*Catalog, error) { return load() }

// OverrideFile is Override with the content of the file at path.
func (c *Catalog) OverrideFile(path string) (*Catalog, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // it names the file
	}
	defer f.Close()
	return c.Override(f, path)
}

// Override returns c with a file of the same form laid over it: tables are
// merged key by key, any other value replaces the one in c. A model can be
// named by an alias in it; a model that c does not have is added. Keys that are
// not known are an error that names the place, as is a wrong value; name is the
// name of the file for it. c stays as it is.
func (c *Catalog) Override(r io.Reader, name string) (*Catalog, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	over, err := decode(data, name)
	if err != nil {
		return nil, err
	}
	if err := c.useIDs(over, name); err != nil {
		return nil, err
	}
	next, err := build(merge(c.raw, over), name)
	if err != nil {
		return nil, err
	}
	next.prices, next.own = c.prices, maps.Clone(c.own)
	return next, next.addOwn(over, name)
}

// addOwn remembers which prices are of the user's file.
func (c *Catalog) addOwn(over map[string]any, name string) error {
	if c.own == nil {
		c.own = map[ownPrice]Source{}
	}
	source := Source{Text: name}
	sources, _ := over["sources"].(map[string]any)
	if dated, ok := sources["prices"].(map[string]any); ok && dated["as_of"] != nil {
		source.AsOf = c.AsOf("prices")
	}
	prices, _ := over["prices"].(map[string]any)
	for _, provider := range slices.Sorted(maps.Keys(prices)) {
		tables := prices[provider].(map[string]any)
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			for _, id := range slices.Sorted(maps.Keys(tables[table].(map[string]any))) {
				if _, known := c.Model(id); !known {
					if near, ok := c.Suggest(id); ok {
						return fmt.Errorf("%s: prices.%s.%s: unknown model %q\ndid you mean %s?", name, provider, table, id, near)
					}
				}
				c.own[ownPrice{provider, table, strings.ToLower(id)}] = source
			}
		}
	}
	return nil
}

// useIDs writes ids for aliases wherever a file has models as keys, so that its
// values meet those of c, and marks the models that it describes.
func (c *Catalog) useIDs(over map[string]any, name string) error {
	models, _ := over["models"].(map[string]any)
	for _, entry := range models {
		entry.(map[string]any)["user"] = true
	}
	tables := map[string]map[string]any{"models": models}
	inside := func(group, key string) {
		entries, _ := over[group].(map[string]any)
		for id, entry := range entries {
			if t, ok := entry.(map[string]any)[key].(map[string]any); ok {
				tables[group+"."+id+"."+key] = t
			}
		}
	}
	inside("skus", "regions")
	inside("prices", "million_tokens")
	inside("prices", "hour")
	for _, path := range slices.Sorted(maps.Keys(tables)) {
		t := tables[path]
		for _, key := range slices.Sorted(maps.Keys(t)) {
			id, ok := c.names[strings.ToLower(key)]
			if !ok || id == key {
				continue
			}
			if _, twice := t[id]; twice {
				return fmt.Errorf("%s: %s: %q and %q are the same model", name, path, key, id)
			}
			t[id] = t[key]
			delete(t, key)
		}
	}
	return nil
}

// decode parses a file of the catalogue's form into tables, after it has proved
// to fit the form.
func decode(data []byte, name string) (map[string]any, error) {
	d := toml.NewDecoder(bytes.NewReader(data)).EnableUnmarshalerInterface().DisallowUnknownFields()
	var f form
	if err := d.Decode(&f); err != nil {
		return nil, placed(err, name, data)
	}
	for id, m := range f.Models {
		if m.User {
			return nil, fmt.Errorf("%s: models.%q: key user is not for files", name, id)
		}
	}
	if err := f.validate(name); err != nil {
		return nil, err
	}
	raw := map[string]any{}
	if err := toml.Unmarshal(data, &raw); err != nil {
		return nil, placed(err, name, data)
	}
	return raw, nil
}

// placed puts the place of an error of the TOML parser in front of it.
func placed(err error, name string, data []byte) error {
	if missing, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(missing.Errors) > 0 {
		e := missing.Errors[0]
		key := e.Key()
		row, col := e.Position()
		hint := ""
		if near, ok := suggest.Closest(key[len(key)-1], formKeys()); ok {
			hint = fmt.Sprintf(": did you mean %q?", near)
		}
		return fmt.Errorf("%s:%d:%d: unknown key %q%s", name, row, col, strings.Join(key, "."), hint)
	}
	if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, col := bad.Position()
		return fmt.Errorf("%s:%d:%d: %w", name, row, col, err)
	}
	if bad, ok := errors.AsType[*dateError](err); ok {
		// The parser gives no place to errors of a type's own method.
		if before, _, ok := bytes.Cut(data, []byte(bad.text)); ok {
			row := bytes.Count(before, []byte("\n")) + 1
			return fmt.Errorf("%s:%d:%d: %w", name, row, len(before)-bytes.LastIndexByte(before, '\n'), err)
		}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// formKeys returns all keys that the form has, at any depth.
func formKeys() []string {
	var keys []string
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Map:
			walk(t.Elem())
		case reflect.Struct:
			for f := range t.Fields() {
				if key := f.Tag.Get("toml"); key != "" && key != "user" {
					keys = append(keys, key)
					walk(f.Type)
				}
			}
		}
	}
	walk(reflect.TypeFor[form]())
	slices.Sort(keys)
	return slices.Compact(keys)
}

// merge returns base with over laid over it. Neither is changed; what is
// returned shares values with both.
func merge(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	for key, value := range over {
		if t, ok := value.(map[string]any); ok {
			if b, ok := out[key].(map[string]any); ok {
				value = merge(b, t)
			}
		}
		out[key] = value
	}
	return out
}

// build makes a catalogue of tables that decode has returned.
func build(raw map[string]any, name string) (*Catalog, error) {
	data, err := toml.Marshal(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &Catalog{raw: raw, names: map[string]string{}}
	if err := toml.NewDecoder(bytes.NewReader(data)).EnableUnmarshalerInterface().Decode(&c.form); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for id, m := range c.form.Models {
		m.ID = id
		c.names[strings.ToLower(id)] = id
	}
	for _, id := range slices.Sorted(maps.Keys(c.form.Models)) {
		for _, alias := range c.form.Models[id].Aliases {
			alias = strings.ToLower(alias)
			other, taken := c.names[alias]
			switch {
			case !taken:
				c.names[alias] = id
			case other != id && strings.ToLower(other) != alias:
				return nil, fmt.Errorf("%s: models.%q: %s is an alias of %q too", name, id, alias, other)
			}
		}
	}
	for id, s := range c.form.SKUs {
		s.Name = id
	}
	return c, nil
}

// validate reports values that the form cannot tell from good ones.
func (f *form) validate(name string) error {
	for _, p := range slices.Concat(slices.Sorted(maps.Keys(f.Providers)), slices.Sorted(maps.Keys(f.Limits)), slices.Sorted(maps.Keys(f.Measured)), slices.Sorted(maps.Keys(f.Prices))) {
		if p != Azure && p != OpenAI {
			return fmt.Errorf("%s: unknown provider %q: use %s or %s", name, p, Azure, OpenAI)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.Models)) {
		for _, p := range []string{Azure, OpenAI} {
			o, ok := f.Models[id].Offer(p)
			if !ok {
				continue
			}
			for _, m := range o.Methods {
				if !slices.Contains(methods(), m) {
					return oneOf(name, id, p+".methods", m, methods())
				}
			}
			if o.Status != "" && !slices.Contains(statuses(), o.Status) {
				return oneOf(name, id, p+".status", o.Status, statuses())
			}
			if o.ExampleTokens < 0 {
				return fmt.Errorf("%s: models.%q.%s.example_tokens is negative", name, id, p)
			}
		}
	}
	const most = 1e6 // dollars: more is a slip
	for _, p := range slices.Sorted(maps.Keys(f.Prices)) {
		for table, prices := range map[string]map[string]float64{"million_tokens": f.Prices[p].MillionTokens, "hour": f.Prices[p].Hour} {
			for _, id := range slices.Sorted(maps.Keys(prices)) {
				if price := prices[id]; !(price > 0 && price <= most) {
					return fmt.Errorf("%s: prices.%s.%s.%q: %v is no price in dollars", name, p, table, id, price)
				}
			}
		}
	}
	for _, pattern := range slices.Sorted(maps.Keys(f.ImageTokens)) {
		if r := f.ImageTokens[pattern].Rule; r != "tile" && r != "patch" {
			return fmt.Errorf("%s: image_tokens.%q.rule: unknown rule %q: use tile or patch", name, pattern, r)
		}
	}
	return nil
}

func oneOf(name, id, key, got string, want []string) error {
	hint := ""
	if near, ok := suggest.Closest(got, want); ok {
		hint = fmt.Sprintf(": did you mean %q?", near)
	}
	return fmt.Errorf("%s: models.%q.%s: %q is none of %s%s", name, id, key, got, strings.Join(want, ", "), hint)
}

func methods() []string  { return []string{"sft", "dpo", "rft", "completion"} }
func statuses() []string { return []string{Offered, Legacy, Retired} }

// Limits returns the limits of a provider.
func (c *Catalog) Limits(provider string) Limits { return c.form.Limits[provider] }

// Provider returns what is known of a provider as a whole.
func (c *Catalog) Provider(name string) Provider { return c.form.Providers[name] }

// Vision returns what image fine-tuning accepts with every provider.
func (c *Catalog) Vision() Vision { return c.form.Vision }

// Measured reports whether the tokens of chat text were compared with what a
// provider billed jobs of a model, and were equal.
func (c *Catalog) Measured(model, provider string) bool {
	m, ok := c.Model(model)
	return ok && slices.ContainsFunc(c.form.Measured[provider], func(name string) bool {
		measured, ok := c.Model(name)
		return ok && measured.ID == m.ID
	})
}

// Source returns where a group of facts comes from: models, encodings,
// examples, methods, vision, retirement, skus, limits, image_tokens, measured
// or prices.
func (c *Catalog) Source(group string) Source { return c.form.Sources[group] }

// AsOf returns the date of a group of facts.
func (c *Catalog) AsOf(group string) Date { return c.form.Sources[group].AsOf }

// Price returns what training a model costs with a provider, if that is known.
func (c *Catalog) Price(model, provider string) (Price, bool) {
	m, ok := c.Model(model)
	id := m.ID
	if !ok {
		id = BaseName(model)
	}
	p := Price{
		MillionTokens: c.lookup(c.form.Prices[provider].MillionTokens, id),
		Hour:          c.lookup(c.form.Prices[provider].Hour, id),
		AsOf:          c.prices.AsOf,
	}
	// A user's price takes the place of a built-in one, also where that is of the
	// other kind.
	tokens, byTokens := c.own[ownPrice{provider, "million_tokens", strings.ToLower(id)}]
	hour, byHour := c.own[ownPrice{provider, "hour", strings.ToLower(id)}]
	switch {
	case byTokens:
		p.File, p.AsOf = tokens.Text, tokens.AsOf
		if !byHour {
			p.Hour = 0
		}
	case byHour:
		p.File, p.AsOf, p.MillionTokens = hour.Text, hour.AsOf, 0
	}
	return p, p.MillionTokens > 0 || p.Hour > 0
}

// lookup finds the value of a model in a table whose keys are ids or aliases.
func (c *Catalog) lookup(table map[string]float64, id string) float64 {
	if v, ok := table[id]; ok {
		return v
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if strings.EqualFold(key, id) {
			return table[key]
		}
		if m, ok := c.Model(key); ok && !m.FineTuned && m.ID == id {
			return table[key]
		}
	}
	return 0
}
