package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/config"
)

func newConfigCommand(streams Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config show|init|verify|schema",
		Short: "Show, begin or check the configuration",
		Long: `Config is about the files that say what check, fix, stats and diff do without
flags: .ftlint.toml, ftlint.toml, or [tool.ftlint] of pyproject.toml, the nearest
one in the directory of the dataset or above it, up to the root of the
repository. Flags go before variables such as FTLINT_PROFILE, and these before
the file.
` + exitStatusShort,
		Example: `  ftlint config init
  ftlint config show data/train.jsonl
  ftlint config verify
  ftlint config schema > ftlint.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var f configFlags
	show := &cobra.Command{
		Use:     "show [PATH]",
		Short:   "Print every value that holds for a file, with where it is from",
		Long:    "Show prints every value that holds for a file, and where it is from: the\ndefault, a line of a configuration file, or the environment.\n" + exitStatusShort,
		Example: "  ftlint config show data/train.jsonl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return f.show(streams.Out, append(args, ".")[0])
		},
	}
	verify := &cobra.Command{
		Use:     "verify [FILE]",
		Short:   "Check a configuration file",
		Long:    "Verify checks a configuration file, or the one that holds for the working\ndirectory: its keys, and what their values mean.\n" + exitStatusShort,
		Example: "  ftlint config verify",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.config = args[0]
			}
			return f.verify(streams)
		},
	}
	for _, c := range []*cobra.Command{show, verify} {
		c.Flags().StringVar(&f.config, "config", "", "configuration `FILE`, in place of the one that is found")
	}
	cmd.AddCommand(show, verify,
		&cobra.Command{
			Use:     "init [FILE]",
			Short:   "Begin a configuration file, with every key in a comment",
			Long:    "Init writes a configuration file in which every key stands in a comment, with its\ndefault. The file must not be there; it is ftlint.toml unless another is named.\n" + exitStatusShort,
			Example: "  ftlint config init",
			Args:    cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				return initConfig(streams.Out, append(args, "ftlint.toml")[0])
			},
		},
		&cobra.Command{
			Use:     "schema",
			Short:   "Print a JSON Schema of configuration files, for editors",
			Long:    "Schema prints a JSON Schema of configuration files. Editors complete and check\nby it.\n" + exitStatusShort,
			Example: "  ftlint config schema > ftlint.schema.json",
			Args:    cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := streams.Out.Write(configSchema())
				return err
			},
		},
	)
	return cmd
}

// load loads the configuration that holds for a path; nil if there is none.
func (f *configFlags) load(path string) (*config.Config, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "any.jsonl")
	}
	file, err := f.configFor(path, map[string]string{})
	if err != nil || file == "" {
		return nil, err
	}
	c, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	return c, requiredVersion(c)
}

// show prints what holds for a path.
func (f *configFlags) show(w io.Writer, path string) error {
	c, err := f.load(path)
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(text, origin string) { fmt.Fprintf(&b, "%-44s # %s\n", text, origin) }
	if c == nil {
		c = &config.Config{}
		b.WriteString("# no configuration file\n")
	} else {
		fmt.Fprintf(&b, "# %s\n", shortPath(c.Path))
	}
	for _, key := range config.Keys() {
		s, set := c.Get(key.Name)
		env := os.Getenv(variable(key))
		switch {
		case env != "" && key.Flag != "":
			line(key.Name+" = "+tomlText([]string{env}, config.Text), variable(key))
		case set:
			line(key.Name+" = "+tomlText(s.Values, key.Kind), s.At.String())
		case key.Default != "":
			line(key.Name+" = "+key.Default, "default")
		}
	}
	for name, list := range map[string][]config.Setting{"severity": c.Severity} {
		writeTable(&b, name, list, config.Text, line)
	}
	writeTable(&b, "budget", c.Budget, config.Text, line)
	writeTable(&b, "per-file-ignores", c.PerFileIgnores, config.List, line)
	writeSubmit(&b, c.Submit, line)
	for _, d := range c.Datasets {
		b.WriteString("\n[[dataset]]\n")
		line("train = "+tomlText(shortPaths(d.Train), config.List), d.At.String())
		line("validation = "+tomlText(shortPaths(d.Validation), config.List), d.At.String())
	}
	for _, g := range c.Ignored {
		b.WriteString("\n[[ignore-finding]]\n")
		for _, field := range []struct{ key, value string }{{"rule", g.Rule}, {"path", g.Path}, {"where", g.Where}, {"line-hash", g.LineHash}, {"reason", g.Reason}} {
			if field.value != "" {
				line(field.key+" = "+tomlText([]string{field.value}, config.Text), g.At.String())
			}
		}
		if !g.Expires.IsZero() {
			line("expires = "+g.Expires.Format("2006-01-02"), g.At.String())
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func shortPaths(paths []string) []string {
	list := make([]string, len(paths))
	for i, p := range paths {
		list[i] = filepath.ToSlash(shortPath(p))
	}
	return list
}

func writeTable(b *strings.Builder, name string, list []config.Setting, kind config.Kind, line func(text, origin string)) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n[%s]\n", name)
	for _, s := range list {
		line(tomlText([]string{s.Key}, config.Text)+" = "+tomlText(s.Values, kind), s.At.String())
	}
}

// writeSubmit writes the table [submit], whose keys are of several kinds.
func writeSubmit(b *strings.Builder, list []config.Setting, line func(text, origin string)) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n[submit]\n")
	for _, t := range config.Tables() {
		for _, key := range t.Keys {
			i := slices.IndexFunc(list, func(s config.Setting) bool { return t.Name == "submit" && s.Key == key.Name })
			if i >= 0 {
				line(key.Name+" = "+tomlText(list[i].Values, key.Kind), list[i].At.String())
			}
		}
	}
}

// tomlText writes values as TOML has them.
func tomlText(values []string, kind config.Kind) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		text, _ := json.Marshal(v) // a basic string of TOML has the same escapes
		quoted[i] = string(text)
	}
	switch {
	case kind == config.List:
		return "[" + strings.Join(quoted, ", ") + "]"
	case kind == config.Flag, kind == config.Number && isNumber(values[0]):
		return values[0]
	}
	return quoted[0]
}

func isNumber(text string) bool {
	var n json.Number
	return json.Unmarshal([]byte(text), &n) == nil
}

// verify checks a configuration as a run would.
func (f *configFlags) verify(streams Streams) error {
	c, err := f.load(".")
	if err != nil {
		return err
	}
	if c == nil {
		return errors.New("no configuration file: ftlint config init begins one")
	}
	var check checkFlags
	flags := pflag.NewFlagSet("check", pflag.ContinueOnError)
	check.addAll(flags)
	if _, err := check.configured(flags, c); err != nil {
		return err
	}
	if _, err := f.chosen(c, nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(streams.Out, "%s is valid\n", shortPath(c.Path))
	return err
}

// initConfig writes a configuration file to begin with.
func initConfig(w io.Writer, path string) error {
	var b bytes.Buffer
	b.WriteString("# Configuration of ftlint: ftlint config show tells what holds, and why.\n\n")
	for _, key := range config.Keys() {
		value := key.Default
		switch {
		case value != "":
		case key.Kind == config.List:
			value = "[]"
		default:
			value = `""`
		}
		doc := key.Doc
		if len(key.Choices) > 0 {
			doc += ": " + strings.Join(key.Choices, ", ")
		}
		fmt.Fprintf(&b, "# %s\n# %s = %s\n\n", doc, key.Name, value)
	}
	b.WriteString(`# [severity]
# "near-duplicate" = "info"

# [budget]                       # tolerated share or number of lines
# FTF014 = "0.5%"

# [per-file-ignores]
# "data/legacy/**" = ["FTT"]

# [[dataset]]                    # files that belong together
# train = "data/train.jsonl"
# validation = "data/valid.jsonl"

# [[ignore-finding]]
# rule = "FTM019"
# path = "data/support/*.jsonl"
# where = "messages[*].content"
# reason = "the text is about tokenizers"
# expires = 2027-03-01

# [submit]                       # what ftlint submit does
# training = "data/train.jsonl"
# validation = "data/valid.jsonl"
# model = "gpt-4.1-mini-2025-04-14"
# deploy = "my-model"
# sku = "DeveloperTier"
# max-cost = 25
`)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already", path)
	} else if err != nil {
		return fmt.Errorf("%s: %w", path, bareError(err))
	}
	_, err = f.Write(b.Bytes())
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err != nil {
		os.Remove(path) // what is there is not complete
		return fmt.Errorf("%s: %w", path, bareError(err))
	}
	_, err = fmt.Fprintf(w, "%s is written: every key stands in it as a comment\n", path)
	return err
}

// describe makes a sentence of a phrase.
func describe(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] + "." }

// configSchema is a JSON Schema of configuration files.
func configSchema() []byte {
	type object = map[string]any
	of := func(key config.Key) object {
		s := object{"description": describe(key.Doc)}
		switch key.Kind {
		case config.Flag:
			s["type"] = "boolean"
		case config.Number:
			s["type"] = []string{"number", "string"}
		case config.List:
			s["anyOf"] = []object{{"type": "string"}, {"type": "array", "items": object{"type": "string"}}}
		default:
			s["type"] = "string"
		}
		if len(key.Choices) > 0 {
			s["enum"] = key.Choices
		}
		return s
	}
	properties := object{}
	for _, key := range config.Keys() {
		properties[key.Name] = of(key)
	}
	free := map[string]object{
		"severity":         {"enum": []string{"error", "warning", "info", "off"}},
		"budget":           {"type": []string{"string", "integer"}},
		"per-file-ignores": {"anyOf": []object{{"type": "string"}, {"type": "array", "items": object{"type": "string"}}}},
	}
	for _, t := range config.Tables() {
		if t.Free {
			properties[t.Name] = object{"description": describe(t.Doc), "type": "object", "additionalProperties": free[t.Name]}
			continue
		}
		inside := object{}
		for _, key := range t.Keys {
			inside[key.Name] = of(key)
		}
		item := object{"type": "object", "properties": inside, "additionalProperties": false}
		if !t.Repeat {
			item["description"] = describe(t.Doc)
			properties[t.Name] = item
			continue
		}
		if t.Name == "ignore-finding" {
			item["required"] = []string{"rule", "reason"}
			delete(inside["expires"].(object), "type") // a date of TOML
		}
		properties[t.Name] = object{"description": describe(t.Doc), "type": "array", "items": item}
	}
	schema := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     "https://github.com/ftlint/ftlint/blob/main/docs/schema/config.schema.json", "title": "Configuration of ftlint",
		"type": "object", "properties": properties, "additionalProperties": false,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	e.Encode(schema) //nolint:errcheck // a buffer takes everything
	return b.Bytes()
}
