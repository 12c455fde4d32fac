package config

import "slices"

// Kind is what the value of a key is.
type Kind string

// The kinds of values.
const (
	Text   Kind = "string"
	Number Kind = "number" // or a string, such as "auto"
	Flag   Kind = "boolean"
	List   Kind = "list" // of strings
)

// Key is a key of the top level of a configuration file.
type Key struct {
	Name string
	Kind Kind
	// Flag is the flag of the command line that says the same; "" if there is none.
	Flag string
	// Path says that the value is the path of a file, from the configuration file.
	Path    bool
	Choices []string
	Default string // in TOML
	Doc     string // a phrase without full stop
}

// Keys returns the keys of the top level, in the order in which they are shown.
func Keys() []Key { return keys }

var keys = []Key{
	{Name: "extend", Kind: Text, Doc: "another configuration file; what this one says goes before it"},
	{Name: "required-version", Kind: Text, Doc: "versions of ftlint that may be used, such as \">=0.1\""},
	{Name: "profile", Kind: Text, Flag: "profile", Choices: []string{"azure", "azure-strict", "openai", "both"}, Default: `"azure"`, Doc: "whose rules"},
	{Name: "model", Kind: Text, Flag: "model", Doc: "model that will be trained"},
	{Name: "method", Kind: Text, Flag: "method", Choices: []string{"auto", "sft", "dpo", "rft", "completion"}, Default: `"auto"`, Doc: "training method"},
	{Name: "route", Kind: Text, Flag: "route", Choices: []string{"files", "uploads", "import"}, Default: `"files"`, Doc: "route by which files will be sent"},
	{Name: "select", Kind: List, Flag: "select", Default: `["ALL"]`, Doc: "only these rules: ids, names, prefixes, ALL"},
	{Name: "ignore", Kind: List, Flag: "ignore", Default: `[]`, Doc: "not these rules"},
	{Name: "include", Kind: List, Default: `[]`, Doc: "which files in directories are datasets: patterns from this file's directory"},
	{Name: "exclude", Kind: List, Default: `[]`, Doc: "which of them are not"},
	{Name: "fail-on", Kind: Text, Flag: "fail-on", Choices: []string{"error", "warning", "info", "never"}, Default: `"error"`, Doc: "lowest level that fails"},
	{Name: "level", Kind: Text, Flag: "level", Choices: []string{"error", "warning", "info"}, Default: `"info"`, Doc: "lowest level that is shown"},
	{Name: "output", Kind: List, Flag: "output", Doc: "outputs: FORMAT or FORMAT=PATH"},
	{Name: "snippets", Kind: Text, Flag: "snippets", Choices: []string{"auto", "on", "off"}, Default: `"auto"`, Doc: "show lines of the data"},
	{Name: "color", Kind: Text, Flag: "color", Choices: []string{"auto", "always", "never"}, Default: `"auto"`, Doc: "colour"},
	{Name: "stats", Kind: Flag, Flag: "stats", Default: "false", Doc: "count all tokens"},
	{Name: "epochs", Kind: Number, Flag: "epochs", Default: `"auto"`, Doc: "epochs that will be trained"},
	{Name: "batch-size", Kind: Number, Flag: "batch-size", Default: `"auto"`, Doc: "examples that will be trained at a time"},
	{Name: "max-cost", Kind: Number, Flag: "max-cost", Doc: "dollars that training on each file may cost"},
	{Name: "prices", Kind: Text, Flag: "prices", Path: true, Doc: "file with prices"},
	{Name: "catalog", Kind: Text, Flag: "catalog", Path: true, Doc: "file with models, limits and prices"},
	{Name: "max-groups", Kind: Number, Flag: "max-groups", Default: "20", Doc: "groups of findings shown in text; 0: all"},
	{Name: "max-per-group", Kind: Number, Flag: "max-per-group", Default: "1", Doc: "findings shown of each group; 0: all"},
	{Name: "long-line-bytes", Kind: Number, Flag: "long-line-bytes", Default: `"64MiB"`, Doc: "longest line that FTF024 does not report"},
	{Name: "max-line-bytes", Kind: Number, Flag: "max-line-bytes", Default: `"512MB"`, Doc: "longest line that is read"},
	{Name: "near-duplicates", Kind: Flag, Flag: "near-duplicates", Default: "false", Doc: "look for examples that are nearly the same"},
	{Name: "similarity", Kind: Number, Flag: "similarity", Default: "0.9", Doc: "share of pairs of words that near-duplicates have in common"},
	{Name: "deep-images", Kind: Flag, Flag: "deep-images", Default: "false", Doc: "decode embedded images to the last pixel"},
	{Name: "fetch-images", Kind: Flag, Flag: "fetch-images", Default: "false", Doc: "fetch the images behind URLs"},
	{Name: "allow-private-images", Kind: Flag, Flag: "allow-private-images", Default: "false", Doc: "fetch also from private networks"},
	{Name: "image-cache", Kind: Text, Flag: "image-cache", Path: true, Doc: "directory for what was found behind URLs"},
	{Name: "detect", Kind: List, Flag: "detect", Default: `[]`, Doc: "kinds of secrets and personal data that are told though they are off, such as ip; with - before it a kind is not told"},
	{Name: "allow-text", Kind: List, Flag: "allow-text", Default: `[]`, Doc: "texts that are no secret and nobody's data; * stands for anything"},
	{Name: "baseline", Kind: Text, Flag: "baseline", Path: true, Doc: "file with findings that are known and not told"},
	{Name: "bom", Kind: Text, Flag: "bom", Choices: []string{"auto", "add", "strip", "keep"}, Default: `"auto"`, Doc: "what a fix does with the byte-order mark"},
	{Name: "jobs", Kind: Number, Flag: "jobs", Default: "0", Doc: "workers; 0: one for each processor"},
}

// Table is a table of a configuration file.
type Table struct {
	Name   string
	Repeat bool  // [[name]]
	Free   bool  // its keys are free: rules or patterns
	Keys   []Key // if they are not
	Doc    string
}

// Tables returns the tables.
func Tables() []Table { return tables }

var tables = []Table{
	{Name: "severity", Free: true, Doc: "levels of rules: error, warning, info, off"},
	{Name: "budget", Free: true, Doc: "what of a rule is tolerated: a share of the lines such as \"0.5%\", or a number of them; above it the run fails"},
	{Name: "per-file-ignores", Free: true, Doc: "rules that do not hold for files, by pattern"},
	{Name: "dataset", Repeat: true, Doc: "files that belong together: if one of them is checked, all are", Keys: []Key{
		{Name: "train", Kind: List, Doc: "training files"},
		{Name: "validation", Kind: List, Doc: "validation files"},
	}},
	{Name: "ignore-finding", Repeat: true, Doc: "findings that are known and accepted", Keys: []Key{
		{Name: "rule", Kind: Text, Doc: "rule: an id, a name or a prefix"},
		{Name: "path", Kind: Text, Doc: "pattern of files, from this file's directory"},
		{Name: "where", Kind: Text, Doc: "shape of the JSON path, such as messages[*].content"},
		{Name: "line-hash", Kind: Text, Doc: "hash of the line, as jsonl output has it"},
		{Name: "reason", Kind: Text, Doc: "why it is accepted: required"},
		{Name: "expires", Kind: Text, Doc: "date after which it does not hold"},
	}},
	{Name: "submit", Doc: "what ftlint submit does where no flag says it", Keys: submit},
}

// submit are the keys of the table [submit]. Each has the name of its flag.
var submit = []Key{
	{Name: "training", Kind: Text, Path: true, Doc: "training file"},
	{Name: "validation", Kind: Text, Path: true, Doc: "validation file"},
	{Name: "model", Kind: Text, Doc: "model to train"},
	{Name: "method", Kind: Text, Choices: []string{"auto", "sft", "dpo", "rft"}, Doc: "training method"},
	{Name: "suffix", Kind: Text, Doc: "text in the name of the new model"},
	{Name: "seed", Kind: Number, Doc: "number by which training can be repeated"},
	{Name: "n-epochs", Kind: Number, Doc: "epochs"},
	{Name: "batch-size", Kind: Number, Doc: "examples at a time"},
	{Name: "learning-rate-multiplier", Kind: Number, Doc: "how many times the usual learning rate"},
	{Name: "beta", Kind: Number, Doc: "how near preference training keeps to the model"},
	{Name: "l2-multiplier", Kind: Number, Doc: "how many times the usual L2 penalty of preference training"},
	{Name: "grader", Kind: Text, Path: true, Doc: "file with the grader of a reinforcement job"},
	{Name: "training-type", Kind: Text, Doc: "Azure's: standard, globalstandard, developertier"},
	{Name: "integration", Kind: List, Doc: "integrations, each as JSON"},
	{Name: "metadata", Kind: List, Doc: "KEY=VALUE pairs that are kept with the job"},
	{Name: "max-cost", Kind: Number, Doc: "dollars that training may cost"},
	{Name: "prices", Kind: Text, Path: true, Doc: "file with prices"},
	{Name: "catalog", Kind: Text, Path: true, Doc: "file with models, limits and prices"},
	{Name: "bom", Kind: Text, Choices: []string{"keep", "add"}, Doc: "byte-order mark: keep, or add on the way"},
	{Name: "deploy", Kind: Text, Doc: "name of the deployment to make"},
	{Name: "sku", Kind: Text, Doc: "SKU of the deployment"},
	{Name: "capacity", Kind: Number, Doc: "capacity of the deployment, in thousand tokens per minute or in provisioned units"},
	{Name: "accept-hosting", Kind: Flag, Doc: "a deployment that is billed by the hour is wanted"},
	{Name: "service", Kind: Text, Choices: []string{"auto", "azure", "azure-v1", "openai"}, Doc: "service"},
	{Name: "endpoint", Kind: Text, Doc: "address of the resource"},
	{Name: "api-version", Kind: Text, Doc: "version of Azure's dated API"},
	{Name: "auth", Kind: Text, Choices: []string{"auto", "key", "entra"}, Doc: "how to authenticate"},
	{Name: "scope", Kind: Text, Doc: "scope of Entra tokens"},
	{Name: "subscription", Kind: Text, Doc: "subscription of the resource"},
	{Name: "resource-group", Kind: Text, Doc: "resource group of the resource"},
	{Name: "account", Kind: Text, Doc: "name of the resource"},
	{Name: "arm-host", Kind: Text, Doc: "address of the control plane"},
	{Name: "arm-scope", Kind: Text, Doc: "scope of tokens for the control plane"},
	{Name: "state", Kind: Text, Path: true, Doc: "directory that runs are kept in"},
}

func place(key string) int {
	return slices.IndexFunc(keys, func(k Key) bool { return k.Name == key })
}

// names are the names of keys.
func names(keys []Key) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.Name
	}
	return list
}
