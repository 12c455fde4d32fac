package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// write makes files below a new directory, which it returns.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const everything = `profile = "openai"
model = "gpt-4.1-mini"
select = ["ALL"]
ignore = ["FTQ010", 'FTF007']
exclude = "data/raw/**"
max-cost = 12.5
epochs = 3
stats = true
prices = "prices.toml"
severity = { FTM019 = "info" }

[budget]
FTQ001 = "0.5%"
"blank-line" = 3

[per-file-ignores]
"data/legacy/**" = ["FTT"]

[[dataset]]
train = "data/train.jsonl"
validation = ["data/valid.jsonl"]

[[ignore-finding]]
rule = "FTS002"
path = "data/support/*.jsonl"
where = "messages[*].content"
reason = "synthetic, approved"
expires = 2027-03-01

[[ignore-finding]]
rule = "FTM001"
line-hash = "0123"
reason = "known"
`

func TestLoad(t *testing.T) {
	python := "[tool.black]\nline-length = 100\n\n[tool.ftlint]\n"
	for i, line := range strings.SplitAfter(everything, "\n") {
		if i < 10 {
			python += line
		} else {
			line = strings.Replace(line, "[[", "[[tool.ftlint.", 1)
			if !strings.HasPrefix(line, "[[") && strings.HasPrefix(line, "[") {
				line = "[tool.ftlint." + line[1:]
			}
			python += line
		}
	}
	dir := write(t, map[string]string{"ftlint.toml": everything, "pyproject.toml": python})
	for _, name := range []string{"ftlint.toml", "pyproject.toml"} {
		c, err := Load(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		var order []string
		for _, s := range c.Settings {
			got[s.Key] = s.Values
			order = append(order, s.Key)
		}
		want := map[string][]string{
			"profile": {"openai"}, "model": {"gpt-4.1-mini"}, "select": {"ALL"}, "ignore": {"FTQ010", "FTF007"}, "exclude": {"data/raw/**"},
			"max-cost": {"12.5"}, "epochs": {"3"}, "stats": {"true"}, "prices": {filepath.Join(dir, "prices.toml")},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if strings.Join(order, " ") != "profile model select ignore exclude stats epochs max-cost prices" {
			t.Errorf("%s: in the order %v", name, order)
		}
		tables := [][]Setting{c.Severity, c.Budget, c.PerFileIgnores}
		for i, want := range []map[string]string{{"FTM019": "info"}, {"FTQ001": "0.5%", "blank-line": "3"}, {"data/legacy/**": "FTT"}} {
			if len(tables[i]) != len(want) {
				t.Errorf("%s: table %d: %v", name, i, tables[i])
			}
			for _, s := range tables[i] {
				if want[s.Key] != strings.Join(s.Values, ",") {
					t.Errorf("%s: %s is %v", name, s.Key, s.Values)
				}
			}
		}
		if len(c.Datasets) != 1 || c.Datasets[0].Train[0] != filepath.Join(dir, "data", "train.jsonl") || len(c.Datasets[0].Validation) != 1 {
			t.Errorf("%s: %+v", name, c.Datasets)
		}
		if len(c.Ignored) != 2 || c.Ignored[0].Where != "messages[*].content" || !c.Ignored[0].Expires.Equal(time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)) || c.Ignored[1].LineHash != "0123" {
			t.Errorf("%s: %+v", name, c.Ignored)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"profil = 'azure'":                    "ftlint.toml:1:1: unknown key \"profil\"\n  profil = 'azure'\ndid you mean profile?",
		"\n  profile = 'azur'":                "ftlint.toml:2:3: profile: unknown value \"azur\"\n  profile = 'azur'\ndid you mean azure?",
		"profile = 1":                         "ftlint.toml:1:1: profile must be a string",
		"stats = 'yes'":                       "ftlint.toml:1:1: stats must be true or false",
		"select = [1]":                        "ftlint.toml:1:1: select must be a list of strings",
		"max-cost = true":                     "ftlint.toml:1:1: max-cost must be a number or a string",
		"profile = ":                          "ftlint.toml:1:",
		"profile = 'azure'\nprofile = 'both'": "ftlint.toml:2:",
		"[sevrity]\na = 'b'":                  "ftlint.toml:1:2: unknown table \"sevrity\"\n  [sevrity]\ndid you mean severity?",
		"severity = 'info'":                   "ftlint.toml:1:1: \"severity\" is a table: write [severity]",
		"[dataset]\ntrain = 'a'":              "\"dataset\" is a list of tables",
		"[[severity]]\na = 'info'":            "\"severity\" is one table",
		"[[dataset]]\ntrian = 'a'":            "unknown key \"trian\" in [[dataset]]\n  trian = 'a'\ndid you mean train?",
		"[[ignore-finding]]\nrule = 'FTS002'\npath = 'a'":                     "gives no reason",
		"[[ignore-finding]]\nreason = 'a'\npath = 'a'":                        "names no rule",
		"[[ignore-finding]]\nrule = 'a'\nreason = 'a'":                        "says neither path nor where nor line-hash",
		"[[ignore-finding]]\nrule = 'a'\nreason = 'a'\npath='b'\nexpires = 3": "expires must be a date",
		"extend = 'missing.toml'":                                             "ftlint.toml:1:1: extend: missing.toml does not exist",
		"extend = 'ftlint.toml'":                                              "extend each other in a circle",
		"profile.azure = true":                                                "unknown key \"profile.azure\"",
		"severity.FTM001.x = 'info'":                                          "has no tables in it",
	} {
		t.Chdir(write(t, map[string]string{"ftlint.toml": text}))
		if _, err := Load("ftlint.toml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives\n%v\nwant\n%s", text, err, want)
		}
	}
	// All of what is wrong is told at once.
	t.Chdir(write(t, map[string]string{"ftlint.toml": "a = 1\nb = 2\n"}))
	if _, err := Load("ftlint.toml"); err == nil || strings.Count(err.Error(), "unknown key") != 2 {
		t.Errorf("%v", err)
	}
}

func TestExtend(t *testing.T) {
	dir := write(t, map[string]string{
		"base.toml":       "profile = 'openai'\nmodel = 'gpt-4.1'\n[severity]\nFTM001 = 'info'\nFTM002 = 'info'\n[per-file-ignores]\n'data/**' = ['FTT']\n[[dataset]]\ntrain = 'a.jsonl'\n",
		"team/one.toml":   "extend = '../base.toml'\nprofile = 'both'\n[severity]\nFTM001 = 'error'\n[[dataset]]\ntrain = 'b.jsonl'\n",
		"team/x/two.toml": "extend = '../one.toml'\nmodel = 'gpt-4.1-mini'\n",
		"ring/a.toml":     "extend = 'b.toml'\n",
		"ring/b.toml":     "extend = 'a.toml'\n",
	})
	c, err := Load(filepath.Join(dir, "team", "x", "two.toml"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range append(c.Settings, c.Severity...) {
		got[s.Key] = s.Values[0] + " " + filepath.Base(s.At.File)
	}
	want := map[string]string{"extend": "../one.toml two.toml", "profile": "both one.toml", "model": "gpt-4.1-mini two.toml", "FTM001": "error one.toml", "FTM002": "info base.toml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(c.PerFileIgnores) != 1 || c.PerFileIgnores[0].Key != "../../data/**" {
		t.Errorf("%+v", c.PerFileIgnores)
	}
	if len(c.Datasets) != 2 || c.Datasets[0].Train[0] != filepath.Join(dir, "a.jsonl") || c.Datasets[1].Train[0] != filepath.Join(dir, "team", "b.jsonl") {
		t.Errorf("%+v", c.Datasets)
	}
	if _, err := Load(filepath.Join(dir, "ring", "a.toml")); err == nil || !strings.Contains(err.Error(), "circle") {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	dir := write(t, map[string]string{
		"ftlint.toml":             "",
		"repo/.git/HEAD":          "",
		"repo/data/a.jsonl":       "",
		"repo/py/pyproject.toml":  "[tool.ftlint]\nprofile = 'both'\n",
		"repo/py/deep/a.jsonl":    "",
		"repo/no/pyproject.toml":  "[tool.black]\n# not ftlint\n",
		"repo/two/.ftlint.toml":   "",
		"repo/two/ftlint.toml":    "",
		"repo/bad/pyproject.toml": "ftlint = [",
	})
	for from, want := range map[string]string{
		"": "ftlint.toml", "repo/data": "", "repo/py/deep": "repo/py/pyproject.toml", "repo/no": "", "repo/two": "repo/two/.ftlint.toml", "repo/bad": "", "repo": "",
	} {
		got, err := Find(filepath.Join(dir, filepath.FromSlash(from)))
		if want != "" {
			want = filepath.Join(dir, filepath.FromSlash(want))
		}
		if got != want || err != nil {
			t.Errorf("from %q: %q, %v; want %q", from, got, err, want)
		}
	}
}

// FuzzParse: no file is too odd.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("a.b.c = {d = [1, {e = 2}]}\n[[x.y]]\n[severity.z]\n")
	f.Add("dataset = [{train = 'a'}, {validation = ['b']}, 3]")
	f.Fuzz(func(t *testing.T, text string) {
		for _, python := range []bool{false, true} {
			file := &file{name: "ftlint.toml", dir: ".", data: []byte(text), python: python}
			if file.parse() == nil {
				file.config()
			}
		}
	})
}

func TestLoadWithMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ftlint.toml")
	if err := os.WriteFile(path, []byte("\xEF\xBB\xBFfail-on = \"info\"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := c.Get("fail-on"); !ok || s.Values[0] != "info" {
		t.Errorf("fail-on is %v", s.Values)
	}
}
