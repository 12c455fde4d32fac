package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// choices are the values of flags that take one of a few, in all commands that have
// them. Those of --output differ from command to command: see outputChoices.
var choices = map[string][]string{
	"profile":  {"azure", "azure-strict", "openai", "both"},
	"method":   {"auto", "sft", "dpo", "rft", "completion"},
	"route":    {"files", "uploads", "import"},
	"fail-on":  {"error", "warning", "info", "never"},
	"level":    {"error", "warning", "info"},
	"color":    {"auto", "always", "never"},
	"snippets": {"auto", "on", "off"},
	"progress": {"auto", "plain", "off"},
	"bom":      {"auto", "add", "strip", "keep"},
	"provider": {"azure", "openai"},
	"encoding": tokenize.Names(),

	"keep-together": {"near", "prompts", "copies"},
	"service":       {"auto", "azure", "azure-v1", "openai"},
	"auth":          {"auto", "key", "entra"},
	"training-type": {"standard", "globalstandard", "developertier"},
	"sku": {
		"DataZoneProvisionedManaged", "DataZoneStandard", "DeveloperTier", "GlobalProvisionedManaged", "GlobalStandard",
		"ProvisionedManaged", "Standard",
	},
	"checksum": {"off", "hex", "base64"},
}

// datasetExtensions are how the names of datasets end, as shells want it.
var datasetExtensions = []string{"jsonl", "ndjson", "gz", "zst"}

// severities are what --severity takes behind the name of a rule.
var severities = []string{"error", "warning", "info", "off"}

// outputChoices returns what --output of a command takes, with descriptions.
func outputChoices(c *cobra.Command) []string {
	described := func(formats []report.Format) []string {
		var list []string
		for _, f := range formats {
			list = append(list, f.Name+"\t"+f.About)
		}
		return list
	}
	switch c.Name() {
	case "check", "fix", "create", "update", "prune": // the last three of a baseline
		if parent := c.Parent().Name(); parent == "job" || parent == "deploy" {
			break
		}
		return described(report.Formats())
	case "stats":
		return described(report.StatsFormats())
	case "diff":
		return described(report.DiffFormats(nil))
	case "rule":
		return []string{"text", "md", "json"}
	}
	return []string{"text", "json"}
}

// completeAll says for all commands how shells complete their arguments and the
// values of their flags.
func completeAll(root *cobra.Command) {
	root.ValidArgsFunction = completeDatasets
	for _, c := range root.Commands() {
		completeCommand(c)
	}
}

func completeCommand(c *cobra.Command) {
	switch strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ") {
	case "check", "fix", "stats", "diff", "split", "submit", "baseline create", "baseline update", "baseline prune":
		c.ValidArgsFunction = filesNamed(datasetExtensions)
	case "baseline show":
		c.ValidArgsFunction = filesNamed([]string{"json"})
	case "config verify", "config init":
		c.ValidArgsFunction = filesNamed([]string{"toml"})
	case "rule":
		c.ValidArgsFunction = completeRules
	case "resume", "status", "clean":
		c.ValidArgsFunction = completeRuns
	case "models":
		c.ValidArgsFunction = completeModel
	case "explain", "version", "config schema", "chat":
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if complete := flagCompletion(c, f); complete != nil {
			// An error says only that the command has done it already.
			_ = c.RegisterFlagCompletionFunc(f.Name, complete)
		}
	})
	for _, sub := range c.Commands() {
		completeCommand(sub)
	}
}

// flagCompletion returns what completes the values of a flag, or nil if they are
// files of any name.
func flagCompletion(c *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	if f.Name == "method" && c.Name() == "models" {
		return cobra.FixedCompletions(choices["method"][1:], cobra.ShellCompDirectiveNoFileComp)
	}
	if f.Name == "method" && c.CommandPath() == "ftlint job create" {
		return cobra.FixedCompletions(choices["method"][1:4], cobra.ShellCompDirectiveNoFileComp)
	}
	if f.Name == "method" && c.Name() == "submit" {
		return cobra.FixedCompletions(choices["method"][:4], cobra.ShellCompDirectiveNoFileComp)
	}
	if f.Name == "bom" && (c.Name() == "upload" || c.Name() == "submit") {
		return cobra.FixedCompletions([]string{"add", "keep"}, cobra.ShellCompDirectiveNoFileComp)
	}
	if f.Name == "validation" && c.Name() == "split" { // a share
		return cobra.NoFileCompletions
	}
	if values, ok := choices[f.Name]; ok {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	switch f.Name {
	case "output":
		return completeOutput
	case "select", "ignore":
		return completeRuleList
	case "severity":
		return completeSeverity
	case "model":
		return completeModel
	case "train", "validation", "fix-to", "rejects", "train-to", "validation-to":
		return filesNamed(datasetExtensions)
	case "catalog", "prices", "config":
		return filesNamed([]string{"toml"})
	case "baseline", "grader":
		return filesNamed([]string{"json"})
	case "image-cache", "state":
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	case "epochs", "batch-size":
		return cobra.FixedCompletions([]string{"auto"}, cobra.ShellCompDirectiveNoFileComp)
	case "max-cost", "similarity", "seed", "max-line-bytes", "long-line-bytes", "stdin-filename", "new-from-rev", "rev",
		"system", "temperature", "max-tokens", "via-blob":
		return cobra.NoFileCompletions
	}
	if f.Value.Type() == "int" {
		return cobra.NoFileCompletions
	}
	return nil
}

// filesNamed completes files whose names end so, and directories.
func filesNamed(extensions []string) cobra.CompletionFunc {
	return cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt)
}

// completeDatasets completes what stands in the place of a command: "check" can be
// left out, so it may be a dataset. Shells cannot list files beside commands.
func completeDatasets(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	return filesBeginning(word, jsonl.IsDataset)
}

// filesBeginning lists the files and directories whose path begins with word.
func filesBeginning(word string, wanted func(name string) bool) ([]string, cobra.ShellCompDirective) {
	dir, beginning := filepath.Split(word)
	at := dir
	if at == "" {
		at = "."
	}
	entries, err := os.ReadDir(at)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []string
	directives := cobra.ShellCompDirectiveNoFileComp
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, beginning) || strings.HasPrefix(name, ".") && beginning == "" {
			continue
		}
		info, err := os.Stat(filepath.Join(at, name)) // links lead to what they name
		switch {
		case err != nil:
		case info.IsDir():
			found = append(found, dir+name+string(filepath.Separator))
			directives |= cobra.ShellCompDirectiveNoSpace
		case wanted(name):
			found = append(found, dir+name)
		}
	}
	return found, directives
}

// completeOutput completes --output: a format, and behind an equals sign any file.
func completeOutput(c *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	format, path, ok := strings.Cut(word, "=")
	if !ok {
		return outputChoices(c), cobra.ShellCompDirectiveNoFileComp
	}
	files, directive := filesBeginning(path, func(string) bool { return true })
	for i := range files {
		files[i] = format + "=" + files[i]
	}
	return files, directive
}

// completeRules completes the names of rules.
func completeRules(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	return ruleWords(word), cobra.ShellCompDirectiveNoFileComp
}

// ruleWords returns what a rule can be called: its id, or its name where word begins
// like one, and the beginnings of ids.
func ruleWords(word string) []string {
	var families, ids, names []string
	for _, r := range rules.All() {
		if prefix := r.ID[:3]; !slices.Contains(families, prefix) {
			families = append(families, prefix)
		}
		ids = append(ids, r.ID+"\t"+r.Name)
		names = append(names, r.Name+"\t"+r.ID)
	}
	if word != "" && strings.ToLower(word) == word {
		return names
	}
	for i := range families {
		families[i] += "\tall rules that begin so"
	}
	return slices.Concat(families, ids)
}

// completeRuleList completes the last of several rules.
func completeRuleList(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	before, last := cutLast(word)
	return behind(before, append([]string{"ALL\tall rules"}, ruleWords(last)...)), cobra.ShellCompDirectiveNoFileComp
}

// completeSeverity completes the last of several RULE=LEVEL.
func completeSeverity(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	before, last := cutLast(word)
	var words []string
	if rule, _, ok := strings.Cut(last, "="); ok {
		for _, level := range severities {
			words = append(words, rule+"="+level)
		}
		return behind(before, words), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
	for _, w := range ruleWords(last) {
		name, about, _ := strings.Cut(w, "\t")
		words = append(words, name+"=\t"+about)
	}
	return behind(before, words), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// cutLast cuts a list with commas before its last item.
func cutLast(list string) (before, last string) {
	i := strings.LastIndexByte(list, ',') + 1
	return list[:i], list[i:]
}

// behind puts what stands before in front of words. These have no descriptions then:
// with descriptions cobra's script for bash offers no word that has a comma.
func behind(before string, words []string) []string {
	if before == "" {
		return words
	}
	for i, w := range words {
		name, _, _ := strings.Cut(w, "\t")
		words[i] = before + name
	}
	return words
}

// completeModel completes the names of models.
func completeModel(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return modelNames(), cobra.ShellCompDirectiveNoFileComp
}

// completeRuns offers the names of the runs that there are.
func completeRuns(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir, err := cmd.Flags().GetString("state")
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	store := remote.Store{Dir: dir}
	runs, _ := store.List() // what cannot be read cannot be offered
	var names []string
	for _, run := range runs {
		names = append(names, run.Name+"\t"+run.Stage())
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
