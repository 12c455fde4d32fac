package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ftlint/ftlint/internal/config"
)

// TestConfigSchema: the schema in docs is the one that the program prints, and takes
// what the documentation shows and what config init writes, but no key that there is
// not.
func TestConfigSchema(t *testing.T) {
	path := filepath.Join(root, "docs", "schema", "config.schema.json")
	if *update {
		if err := os.WriteFile(path, configSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, configSchema()) {
		t.Errorf("%s is not what ftlint config schema prints (%v): go test ./cmd/ftlint -run ConfigSchema -update writes it anew", path, err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(configSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		var value any
		if err := toml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		value, err = jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	shown := regexp.MustCompile("(?s)```toml\n(.*?)```").FindStringSubmatch(document(t, "docs/configuration.md"))[1]
	dir := t.TempDir()
	begun := filepath.Join(dir, "ftlint.toml")
	if err := initConfig(&bytes.Buffer{}, begun); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(begun)
	if err != nil {
		t.Fatal(err)
	}
	// Every key stands in it as a comment: all of them together are a valid file, too.
	all := regexp.MustCompile(`(?m)^# ([a-z-]+ = |\[|")`).ReplaceAllString(string(text), "$1")
	for name, text := range map[string]string{"docs/configuration.md": shown, "config init": all} {
		if err := valid(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file := filepath.Join(dir, "x.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if name == "config init" {
			text = strings.ReplaceAll(text, `""`, `"x"`)
			text = regexp.MustCompile(`(?m)^(extend|required-version) = .*\n`).ReplaceAllString(text, "")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := config.Load(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"profil = 'azure'", "profile = 'azur'", "severity = {a = 'loud'}", "[[ignore-finding]]\nrule = 'a'", "[[dataset]]\ntrian = 'a'"} {
		if valid(bad) == nil {
			t.Errorf("the schema takes %s", bad)
		}
	}
	// What a document speaks of is there, and what is there is spoken of.
	doc := document(t, "docs/configuration.md")
	for _, key := range config.Keys() {
		if !strings.Contains(doc, "`"+key.Name+"`") {
			t.Errorf("docs/configuration.md says nothing of %s", key.Name)
		}
	}
	for _, table := range config.Tables() {
		if !strings.Contains(doc, "["+table.Name+"]") {
			t.Errorf("docs/configuration.md says nothing of [%s]", table.Name)
		}
	}
}
