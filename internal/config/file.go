package config

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// file is a configuration file while it is read.
type file struct {
	name, dir string
	data      []byte
	python    bool // the table [tool.ftlint] is what counts

	entries []entry
	faults  []error
}

// entry is a key with its value.
type entry struct {
	table string // "" is the top level
	index int    // of the tables of that name, if it repeats
	key   string
	value any // string, bool, int64, float64, []string, time.Time, or something else
	at    Place
}

// place is where a range of the text stands.
func (f *file) place(p *unstable.Parser, r unstable.Range) Place {
	at := p.Shape(r).Start
	return Place{f.name, at.Line, at.Column}
}

// fault is an error at a place.
func (f *file) fault(at Place, message, hint string) *Error {
	e := &Error{Place: at, Message: message, Hint: hint}
	if lines := bytes.Split(f.data, []byte("\n")); at.Line >= 1 && at.Line <= len(lines) {
		e.Source = strings.TrimSpace(string(lines[at.Line-1]))
	}
	return e
}

func (f *file) report(at Place, hint, format string, args ...any) {
	f.faults = append(f.faults, f.fault(at, fmt.Sprintf(format, args...), hint))
}

// parse reads the entries. What it does not look at itself, such as a key that is there
// twice, the library for TOML sees to.
func (f *file) parse() error {
	var all map[string]any
	if err := toml.Unmarshal(f.data, &all); err != nil {
		if bad, ok := err.(*toml.DecodeError); ok {
			line, column := bad.Position()
			return f.fault(Place{f.name, line, column}, strings.TrimPrefix(bad.Error(), "toml: "), "")
		}
		return fmt.Errorf("%s: %w", f.name, err)
	}
	var p unstable.Parser
	p.Reset(f.data)
	table, indexes := []string{}, map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			parts, at := f.keyOf(&p, e)
			table = parts
			if e.Kind == unstable.ArrayTable {
				indexes[strings.Join(parts, "\x00")]++
			}
			f.header(parts, at, e.Kind == unstable.ArrayTable)
		case unstable.KeyValue:
			f.keyValue(&p, table, indexes[strings.Join(table, "\x00")], e)
		}
	}
	return p.Error()
}

// keyOf returns the parts of a dotted key, and where it begins.
func (f *file) keyOf(p *unstable.Parser, n *unstable.Node) (parts []string, at Place) {
	for it := n.Key(); it.Next(); {
		if at.Line == 0 {
			at = f.place(p, it.Node().Raw)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return parts, at
}

// own strips [tool.ftlint] from a key of a pyproject.toml. ok is false for what is
// somebody else's.
func (f *file) own(parts []string) (rest []string, ok bool) {
	if !f.python {
		return parts, true
	}
	if len(parts) >= 2 && parts[0] == "tool" && parts[1] == "ftlint" {
		return parts[2:], true
	}
	return nil, false
}

// header sees to it that a table is one that there is.
func (f *file) header(parts []string, at Place, repeated bool) {
	parts, ok := f.own(parts)
	if !ok || len(parts) == 0 {
		return
	}
	t, ok := tableOf(parts[0])
	switch {
	case !ok:
		f.report(at, didYouMean(parts[0], append(tableNames(), names(keys)...)), "unknown table %q", parts[0])
	case len(parts) > 1:
		f.report(at, "", "%q has no tables in it", parts[0])
	case t.Repeat != repeated:
		f.report(at, fmt.Sprintf("write %s", headerOf(t)), "%q is %s", parts[0], map[bool]string{true: "a list of tables", false: "one table"}[t.Repeat])
	}
}

func headerOf(t Table) string {
	if t.Repeat {
		return "[[" + t.Name + "]]"
	}
	return "[" + t.Name + "]"
}

// keyValue adds a key, or the keys of an inline table.
func (f *file) keyValue(p *unstable.Parser, table []string, index int, n *unstable.Node) {
	key, at := f.keyOf(p, n)
	path, ok := f.own(append(slices.Clone(table), key...))
	if !ok {
		return
	}
	f.value(p, path, index, at, n.Value())
}

// value adds the value at a path.
func (f *file) value(p *unstable.Parser, path []string, index int, at Place, v *unstable.Node) {
	if len(path) == 0 {
		return
	}
	_, isTable := tableOf(path[0])
	switch {
	case v.Kind == unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			key, at := f.keyOf(p, it.Node())
			f.value(p, append(slices.Clone(path), key...), index, at, it.Node().Value())
		}
		return
	case isTable && len(path) == 1 && v.Kind == unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			i++
			f.value(p, path, i, at, it.Node())
		}
		return
	}
	e := entry{key: path[len(path)-1], value: f.read(p, v), at: at, index: index}
	switch {
	case len(path) == 1 && isTable:
		f.report(at, "", "%q is a table: write [%s]", path[0], path[0])
		return
	case len(path) == 2 && isTable:
		e.table = path[0]
	case len(path) > 1 && !isTable:
		f.report(at, didYouMean(path[0], append(tableNames(), names(keys)...)), "unknown key %q", strings.Join(path, "."))
		return
	case len(path) > 2:
		f.report(at, "", "%q has no tables in it", path[0])
		return
	}
	f.entries = append(f.entries, e)
}

// read returns a value as Go has it; of what no key takes, the text.
func (f *file) read(p *unstable.Parser, v *unstable.Node) any {
	text := string(v.Data)
	switch v.Kind {
	case unstable.String:
		return text
	case unstable.Bool:
		return text == "true"
	case unstable.Integer:
		if n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64); err == nil {
			return n
		}
	case unstable.Float:
		if x, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil {
			return x
		}
	case unstable.LocalDate:
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			return t
		}
	case unstable.DateTime, unstable.LocalDateTime:
		for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
			if t, err := time.Parse(form, text); err == nil {
				return t
			}
		}
	case unstable.Array:
		list := []string{}
		for it := v.Children(); it.Next(); {
			one := it.Node()
			if one.Kind != unstable.String {
				return other("a list with something else than strings")
			}
			list = append(list, string(one.Data))
		}
		return list
	}
	return other(strings.ToLower(v.Kind.String()))
}

// other is a value that no key takes, by what it is.
type other string

// texts returns the value of an entry as texts, if it is of a kind.
func (f *file) texts(e entry, kind Kind) ([]string, bool) {
	what := map[Kind]string{Text: "a string", Number: "a number or a string", Flag: "true or false", List: "a list of strings"}[kind]
	switch v := e.value.(type) {
	case string:
		if kind == Text || kind == Number || kind == List {
			return []string{v}, true
		}
	case bool:
		if kind == Flag {
			return []string{strconv.FormatBool(v)}, true
		}
	case int64:
		if kind == Number {
			return []string{strconv.FormatInt(v, 10)}, true
		}
	case float64:
		if kind == Number {
			return []string{strconv.FormatFloat(v, 'f', -1, 64)}, true
		}
	case []string:
		if kind == List {
			return v, true
		}
	}
	f.report(e.at, "", "%s must be %s", e.key, what)
	return nil, false
}

func tableOf(name string) (Table, bool) {
	i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return tables[i], true
}

func tableNames() []string {
	list := make([]string, len(tables))
	for i, t := range tables {
		list[i] = t.Name
	}
	return list
}

// config makes a configuration of the entries, and notes what is wrong with them.
func (f *file) config() *Config {
	c := &Config{Dir: f.dir}
	datasets, ignored := map[int]*Dataset{}, map[int]*IgnoredFinding{}
	for _, e := range f.entries {
		switch e.table {
		case "":
			f.setting(c, e)
		case "severity":
			f.free(&c.Severity, e, Text)
		case "budget":
			f.free(&c.Budget, e, Number)
		case "per-file-ignores":
			f.free(&c.PerFileIgnores, e, List)
		case "dataset":
			f.dataset(entryOf(datasets, e), e)
		case "ignore-finding":
			f.ignored(entryOf(ignored, e), e)
		case "submit":
			f.keyIn(&c.Submit, e, submit)
		}
	}
	slices.SortStableFunc(c.Settings, func(a, b Setting) int { return place(a.Key) - place(b.Key) })
	for i := 0; i <= len(f.entries); i++ {
		if d := datasets[i]; d != nil {
			c.Datasets = append(c.Datasets, *d)
		}
		if g := ignored[i]; g != nil {
			f.complete(g)
			c.Ignored = append(c.Ignored, *g)
		}
	}
	return c
}

// entryOf returns the table that an entry belongs to.
func entryOf[T any](all map[int]*T, e entry) *T {
	if all[e.index] == nil {
		all[e.index] = new(T)
	}
	return all[e.index]
}

func (f *file) setting(c *Config, e entry) {
	if place(e.key) < 0 {
		f.report(e.at, didYouMean(e.key, append(names(keys), tableNames()...)), "unknown key %q", e.key)
		return
	}
	f.keyIn(&c.Settings, e, keys)
}

// keyIn adds a setting that is one of some keys.
func (f *file) keyIn(list *[]Setting, e entry, of []Key) {
	i := slices.IndexFunc(of, func(k Key) bool { return k.Name == e.key })
	if i < 0 {
		t, _ := tableOf(e.table)
		f.report(e.at, didYouMean(e.key, names(of)), "unknown key %q in %s", e.key, headerOf(t))
		return
	}
	values, ok := f.texts(e, of[i].Kind)
	if !ok {
		return
	}
	for j := range values {
		switch {
		case len(of[i].Choices) > 0 && !slices.Contains(of[i].Choices, values[j]):
			f.report(e.at, didYouMean(values[j], of[i].Choices), "%s: unknown value %q", e.key, values[j])
			return
		case of[i].Path && values[j] != "" && values[j] != "off" && !filepath.IsAbs(values[j]):
			values[j] = filepath.Join(f.dir, filepath.FromSlash(values[j]))
		}
	}
	*list = append(*list, Setting{e.key, values, e.at})
}

func (f *file) free(list *[]Setting, e entry, kind Kind) {
	if values, ok := f.texts(e, kind); ok {
		*list = append(*list, Setting{e.key, values, e.at})
	}
}

// tableKey sees to it that a key of a table is one that there is.
func (f *file) tableKey(e entry) ([]string, bool) {
	t, _ := tableOf(e.table)
	i := slices.IndexFunc(t.Keys, func(k Key) bool { return k.Name == e.key })
	if i < 0 {
		f.report(e.at, didYouMean(e.key, names(t.Keys)), "unknown key %q in [[%s]]", e.key, e.table)
		return nil, false
	}
	return f.texts(e, t.Keys[i].Kind)
}

func (f *file) dataset(d *Dataset, e entry) {
	values, ok := f.tableKey(e)
	if !ok {
		return
	}
	if d.At.Line == 0 {
		d.At = e.at
	}
	for i, v := range values {
		if !filepath.IsAbs(v) {
			values[i] = filepath.Join(f.dir, filepath.FromSlash(v))
		}
	}
	if e.key == "train" {
		d.Train = values
	} else {
		d.Validation = values
	}
}

func (f *file) ignored(g *IgnoredFinding, e entry) {
	if g.At.Line == 0 {
		g.At, g.Dir = e.at, f.dir
	}
	if e.key == "expires" {
		f.expires(g, e)
		return
	}
	values, ok := f.tableKey(e)
	if !ok {
		return
	}
	*map[string]*string{"rule": &g.Rule, "path": &g.Path, "where": &g.Where, "line-hash": &g.LineHash, "reason": &g.Reason}[e.key] = values[0]
}

func (f *file) expires(g *IgnoredFinding, e entry) {
	t, ok := e.value.(time.Time)
	if text, isText := e.value.(string); isText {
		var err error
		t, err = time.Parse(time.DateOnly, text)
		ok = err == nil
	}
	if !ok {
		f.report(e.at, "", "expires must be a date: 2027-03-01")
		return
	}
	g.Expires = t
}

// complete sees to it that a table [[ignore-finding]] says what it must.
func (f *file) complete(g *IgnoredFinding) {
	if g.Rule == "" {
		f.report(g.At, "", "[[ignore-finding]] names no rule")
	}
	if strings.TrimSpace(g.Reason) == "" {
		f.report(g.At, "", "[[ignore-finding]] gives no reason: others will ask")
	}
	if g.Path == "" && g.Where == "" && g.LineHash == "" {
		f.report(g.At, "to switch a rule off, use ignore", "[[ignore-finding]] says neither path nor where nor line-hash")
	}
}
