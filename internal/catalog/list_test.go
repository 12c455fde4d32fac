package catalog

import (
	"encoding/json"
	"strings"
	"testing"
)

func text(t *testing.T, c *Catalog, o ListOptions) string {
	t.Helper()
	var b strings.Builder
	if err := c.WriteText(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteText(t *testing.T) {
	c := builtIn(t)
	all := text(t, c, ListOptions{})
	for n, line := range strings.Split(all, "\n") {
		if len(line) > 80 || strings.HasSuffix(line, " ") {
			t.Errorf("line %d is wider than 80 columns or ends in a blank: %q", n+1, line)
		}
	}
	for _, m := range c.Models() {
		if !strings.Contains(all, m.ID) {
			t.Errorf("%s is not listed", m.ID)
		}
	}
	for _, tt := range []struct {
		o         ListOptions
		want, not []string
	}{
		{ListOptions{}, []string{"MODEL", "32,768", "o200k_harmony", "2026-10-23", "legacy", "Sweden Central", "all regions", "As of:", "--catalog FILE", "2027-01-06"}, nil},
		{ListOptions{Method: "rft"}, []string{"o4-mini", "gpt-5"}, []string{"gpt-4.1", "davinci"}},
		{ListOptions{Provider: OpenAI}, []string{"gpt-4.1-nano", "2027-01-06"}, []string{"azure ", "Qwen", "Azure deployments"}},
		{ListOptions{Provider: Azure}, []string{"Qwen"}, []string{"openai", "2027-01-06"}},
		{ListOptions{Name: "gpt-4.1"}, []string{"gpt-4.1-2025-04-14\n", "aliases", "deploy", "$25 for a million"}, []string{"MODEL", "nano"}},
		{ListOptions{Name: "gpt-4.1-"}, []string{"MODEL", "gpt-4.1-mini", "gpt-4.1-nano"}, []string{"gpt-4o", "Azure deployments"}},
		{ListOptions{Name: "ft:gpt-4o-mini-2024-07-18:org::id"}, []string{"gpt-4o-mini-2024-07-18  (base of ft:"}, nil},
		{ListOptions{Name: "o4-mini"}, []string{"$100 for an hour", "x 1.72 tokens"}, nil},
		{ListOptions{Name: "gpt-4.1-mni"}, []string{"no model in the catalogue fits", "did you mean gpt-4.1-mini?"}, []string{"MODEL"}},
		{ListOptions{Name: "gpt-9"}, []string{"no model in the catalogue fits"}, []string{"did you mean"}},
	} {
		got := text(t, c, tt.o)
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%+v: no %q in\n%s", tt.o, want, got)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(got, not) {
				t.Errorf("%+v: %q in\n%s", tt.o, not, got)
			}
		}
	}
	if got := text(t, override(t, "[models.\"gpt-4o\"]\nnotes = \"ours\""), ListOptions{}); !strings.Contains(got, "gpt-4o-2024-08-06* ") || !strings.Contains(got, "* with facts") {
		t.Errorf("a changed model is not marked:\n%s", got)
	}
	for range 20 { // maps have no order, the listing has
		if text(t, c, ListOptions{}) != all {
			t.Fatal("the listing differs from one time to the next")
		}
	}
}

func TestWriteJSON(t *testing.T) {
	var b strings.Builder
	if err := builtIn(t).WriteJSON(&b, ListOptions{Name: "gpt-4.1-nano"}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		SchemaVersion int `json:"schema_version"`
		Sources       map[string]struct {
			AsOf string `json:"as_of"`
		}
		Models []struct {
			ID     string
			Offers map[string]map[string]any
		}
		SKUs   []struct{ Regions map[string][]string }
		Limits map[string]map[string]float64
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.SchemaVersion != 1 || len(got.Models) != 1 || got.Sources["methods"].AsOf != "2026-03" || got.Limits["azure"]["suffix"] != 40 {
		t.Fatalf("%s", b.String())
	}
	m := got.Models[0]
	if m.ID != "gpt-4.1-nano-2025-04-14" || m.Offers["azure"]["example_tokens"] != 32768.0 || m.Offers["openai"]["shutdown"] != "2026-10-23" || m.Offers["openai"]["dollars_per_million_tokens"] != 1.5 {
		t.Errorf("%+v", m)
	}
	if _, has := m.Offers["azure"]["shutdown"]; has {
		t.Error("a date that is not known is written")
	}
	b.Reset()
	if err := builtIn(t).WriteJSON(&b, ListOptions{Name: "none"}); err != nil || !strings.Contains(b.String(), `"models": []`) {
		t.Errorf("no model: %v\n%s", err, b.String())
	}
}
