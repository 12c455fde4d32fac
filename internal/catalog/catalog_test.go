package catalog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func builtIn(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func override(t testing.TB, text string) *Catalog {
	t.Helper()
	c, err := builtIn(t).Override(strings.NewReader(text), "own.toml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(t testing.TB, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The tables of limits and methods, as the providers' pages have them.
func TestModels(t *testing.T) {
	const sft, dpo, rft, completion = "sft", "dpo", "rft", "completion"
	c := builtIn(t)
	for _, tt := range []struct {
		name                        string
		encoding                    string
		azure, openai               int // example tokens; 0: not known
		azureMethods, openaiMethods []string
		azureVision, openaiVision   bool
		shutdown                    string // with OpenAI
	}{
		{"gpt-4.1", "o200k_base", 65536, 65536, []string{sft, dpo}, []string{sft, dpo}, true, false, "2027-01-14"},
		{"gpt-4.1-mini", "o200k_base", 65536, 65536, []string{sft, dpo}, []string{sft, dpo}, false, false, "2027-01-14"},
		{"gpt-4.1-nano", "o200k_base", 32768, 65536, []string{sft, dpo}, []string{sft, dpo}, false, false, "2026-10-23"},
		{"gpt-4o-2024-08-06", "o200k_base", 65536, 65536, []string{sft, dpo}, []string{sft, dpo}, true, true, "2027-01-14"},
		{"gpt-4o-mini", "o200k_base", 65536, 65536, []string{sft}, []string{sft}, false, false, "2027-01-14"},
		{"o4-mini", "o200k_base", 65536, 0, []string{rft}, []string{rft}, false, false, "2026-10-23"},
		{"gpt-5", "o200k_base", 0, 0, []string{rft}, nil, false, false, ""},
		{"gpt-3.5-turbo-0125", "cl100k_base", 16385, 16385, []string{sft}, []string{sft}, false, false, "2026-10-23"},
		{"gpt-3.5-turbo-1106", "cl100k_base", 16385, 16385, []string{sft}, []string{sft}, false, false, "2026-10-23"},
		{"gpt-3.5-turbo-0613", "cl100k_base", 4096, 4096, []string{sft}, []string{sft}, false, false, "2026-10-23"},
		{"gpt-4-0613", "cl100k_base", 8192, 8192, []string{sft}, []string{sft}, false, false, "2026-10-23"},
		{"babbage-002", "cl100k_base", 0, 0, []string{completion}, []string{completion}, false, false, ""},
		{"davinci-002", "cl100k_base", 0, 0, []string{completion}, []string{completion}, false, false, ""},
		{"Qwen-32B", "", 8192, 0, []string{sft}, nil, false, false, ""},
		{"Ministral-3B", "", 0, 0, []string{sft}, nil, false, false, ""},
		{"Llama-3.3-70B-Instruct", "", 0, 0, []string{sft}, nil, false, false, ""},
		{"gpt-oss-20b", "o200k_harmony", 0, 0, []string{sft}, nil, false, false, ""},
	} {
		m, ok := c.Model(tt.name)
		if !ok {
			t.Errorf("%s is not known", tt.name)
			continue
		}
		a, _ := m.Offer(Azure)
		o, onOpenAI := m.Offer(OpenAI)
		if onOpenAI != (tt.openaiMethods != nil) {
			t.Errorf("%s: offered by OpenAI: %v", tt.name, onOpenAI)
		}
		got := []any{m.Encoding, a.ExampleTokens, o.ExampleTokens, a.Methods, o.Methods, a.Vision, o.Vision, o.Shutdown.String()}
		want := []any{tt.encoding, tt.azure, tt.openai, tt.azureMethods, tt.openaiMethods, tt.azureVision, tt.openaiVision, tt.shutdown}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if n := len(c.Models()); n != 17 {
		t.Errorf("%d models: the test knows 17", n)
	}
}

func TestModelNames(t *testing.T) {
	c := builtIn(t)
	for _, tt := range []struct {
		name, id string
		tuned    bool
	}{
		{"gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", false},
		{"GPT-4.1-Mini", "gpt-4.1-mini-2025-04-14", false},
		{" gpt-4.1-mini-2025-04-14 ", "gpt-4.1-mini-2025-04-14", false},
		{"gpt-4.1-mini (2025-04-14)", "gpt-4.1-mini-2025-04-14", false},
		{"gpt-4o", "gpt-4o-2024-08-06", false},
		{"gpt-4o-2024-05-13", "", false}, // another snapshot
		{"gpt-4.1-mini-2025-04-15", "", false},
		{"gpt-35-turbo", "gpt-3.5-turbo-0125", false},
		{"gpt-35-turbo-0613", "gpt-3.5-turbo-0613", false},
		{"gpt-35-turbo (1106)", "gpt-3.5-turbo-1106", false},
		{"gpt-4", "gpt-4-0613", false},
		{"gpt-5-2025-08-07", "gpt-5", false},
		{"gpt-5-mini", "", false},
		{"qwen-32b", "Qwen-32B", false},
		{"ft:gpt-4o-mini-2024-07-18:org::id", "gpt-4o-mini-2024-07-18", true},
		{"ft:gpt-4o-2024-08-06:openai::AOY1M8VG", "gpt-4o-2024-08-06", true},
		{"ft:gpt-4.1-mini-2025-04-14:acme:suffix:AbC:ckpt-step-90", "gpt-4.1-mini-2025-04-14", true},
		{"gpt-4.1-mini-2025-04-14.ft-972d2daaf0b7443fa8e3836a18a7a8cc-sales-dpo", "gpt-4.1-mini-2025-04-14", true},
		{"gpt-35-turbo-0125.ft-0123abcd", "gpt-3.5-turbo-0125", true},
		{"davinci-002:ft-acme-2024-01-01-00-00-00", "davinci-002", true},
		{"ft:gpt-9:org::id", "", false},
		{"ft:", "", false},
		{"", "", false},
		{"gpt-4.2-mini", "", false},
	} {
		m, ok := c.Model(tt.name)
		if m.ID != tt.id || ok != (tt.id != "") || m.FineTuned != tt.tuned {
			t.Errorf("Model(%q) = %q, fine-tuned %v, %v; want %q, fine-tuned %v", tt.name, m.ID, m.FineTuned, ok, tt.id, tt.tuned)
		}
	}
	if m, _ := c.Model("gpt-4o"); m.FineTuned {
		t.Error("looking for a fine-tuned model marked its base")
	}
}

// Prefix tables of other tools give gpt-4.1 and gpt-4o, and above all their
// fine-tunes, the encoding of gpt-4.
func TestEncoding(t *testing.T) {
	const o200k, cl100k, harmony = "o200k_base", "cl100k_base", "o200k_harmony"
	c := builtIn(t)
	for name, want := range map[string]string{
		"gpt-4.1":                           o200k,
		"gpt-4.1-2025-04-14":                o200k,
		"gpt-4.1-new-variant":               o200k,
		"gpt-4.5-preview":                   o200k,
		"gpt-4o":                            o200k,
		"gpt-4o-2024-11-20":                 o200k,
		"gpt-4o-mini":                       o200k,
		"o1":                                o200k,
		"o1-preview":                        o200k,
		"o3-mini":                           o200k,
		"o4-mini-2025-04-16":                o200k,
		"gpt-5":                             o200k,
		"gpt-5-nano":                        o200k,
		"ft:gpt-4.1:org::id":                o200k,
		"ft:gpt-4.1-2025-04-14:org::id":     o200k,
		"ft:gpt-4.1-nano:org:sfx:id":        o200k,
		"ft:gpt-4o:org::id":                 o200k,
		"ft:gpt-4o-mini-2024-07-18:org::id": o200k,
		"gpt-4.1-mini-2025-04-14.ft-972d2daaf0b7443fa8e3836a18a7a8cc-sales": o200k,
		"gpt-4":                           cl100k,
		"gpt-4-0613":                      cl100k,
		"gpt-4-turbo":                     cl100k,
		"gpt-3.5-turbo":                   cl100k,
		"gpt-3.5-turbo-16k":               cl100k,
		"gpt-35-turbo":                    cl100k,
		"gpt-35-turbo-16k":                cl100k,
		"ft:gpt-3.5-turbo-0125:org::id":   cl100k,
		"gpt-35-turbo-0613.ft-abc-suffix": cl100k,
		"davinci-002":                     cl100k,
		"babbage-002":                     cl100k,
		"ft:davinci-002:org::id":          cl100k,
		"gpt-oss-20b":                     harmony,
		"gpt-oss-120b":                    harmony,
		"Qwen-32B":                        "",
		"llama":                           "",
		"gpt-6":                           "",
	} {
		got, ok := c.Encoding(name)
		if got != want || ok != (want != "") {
			t.Errorf("Encoding(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
}

func TestImageTokens(t *testing.T) {
	c := builtIn(t)
	for name, want := range map[string]ImageRule{
		"gpt-4o":                       {Rule: "tile", Base: 85, Tile: 170},
		"ft:gpt-4o-2024-08-06:org::id": {Rule: "tile", Base: 85, Tile: 170},
		"gpt-4.1":                      {Rule: "tile", Base: 85, Tile: 170},
		"gpt-4.1-mini":                 {Rule: "patch", MaxPatches: 1536, Multiplier: 1.62},
		"gpt-4.1-nano-2025-04-14":      {Rule: "patch", MaxPatches: 1536, Multiplier: 2.46},
		"o4-mini":                      {Rule: "patch", MaxPatches: 1536, Multiplier: 1.72},
		"gpt-5-mini":                   {Rule: "patch", MaxPatches: 1536, Multiplier: 1.62},
		"gpt-5-nano":                   {Rule: "patch", MaxPatches: 1536, Multiplier: 2.46},
		"gpt-4o-mini":                  {},
		"gpt-3.5-turbo":                {},
	} {
		if got, ok := c.ImageTokens(name); got != want || ok != (want != ImageRule{}) {
			t.Errorf("ImageTokens(%q) = %+v, %v, want %+v", name, got, ok, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	c := builtIn(t)
	for _, tt := range []struct{ name, want string }{
		{"gpt-4.1-mni", "gpt-4.1-mini"},
		{"gtp-4.1-mini", "gpt-4.1-mini"},
		{"gpt-41-mini", "gpt-4.1-mini"},
		{"gpt4.1-nano", "gpt-4.1-nano"},
		{"GPT-4.1-MNI", "gpt-4.1-mini"},
		{"gpt-35-trubo", "gpt-35-turbo"},
		{"ft:gpt-4.1-mni:org::id", "gpt-4.1-mini"},
		{"gpt-4o-2024_08-06", "gpt-4o-2024-08-06"},
		{"davinci-02", ""}, // digits differ: cannot be told from a new model
		{"gpt-4.2-mini", ""},
		{"gpt-4.1-mini-2025-04-15", ""},
		{"o5-mini", ""},
		{"gpt-6", ""},
		{"gpt-4.1-mini", ""},
		{"claude", ""},
		{"", ""},
	} {
		if got, ok := c.Suggest(tt.name); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Suggest(%q) = %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

func TestRetired(t *testing.T) {
	c := builtIn(t)
	for _, tt := range []struct {
		name, provider, on string
		date               string
		retired            bool
	}{
		{"gpt-4.1-nano", OpenAI, "2026-10-22", "", false},
		{"gpt-4.1-nano", OpenAI, "2026-10-23", "2026-10-23", true},
		{"gpt-4.1-nano", Azure, "2027-12-31", "", false},
		{"gpt-4.1-mini", OpenAI, "2027-01-06", "", false},
		{"gpt-4.1-mini", OpenAI, "2027-01-07", "2027-01-07", true}, // no more jobs
		{"ft:gpt-3.5-turbo-0125:org::id", OpenAI, "2026-11-01", "2026-10-23", true},
		{"gpt-4", OpenAI, "2026-11-01", "2026-10-23", true},
		{"o4-mini", OpenAI, "2026-11-01", "2026-10-23", true},
		{"gpt-35-turbo", Azure, "2026-11-01", "", true},
		{"davinci-002", OpenAI, "2026-11-01", "", true},
		{"gpt-5", OpenAI, "2028-01-01", "", false}, // never was there
		{"gpt-9", Azure, "2028-01-01", "", false},
	} {
		r, retired := c.Retired(tt.name, tt.provider, day(t, tt.on))
		if retired != tt.retired || r.Date.String() != tt.date || retired != (r.Reason != "") {
			t.Errorf("Retired(%s, %s, %s) = %+v, %v; want %q, %v", tt.name, tt.provider, tt.on, r, retired, tt.date, tt.retired)
		}
	}
	if r, ok := c.Retires("gpt-4.1", OpenAI); !ok || r.Date.String() != "2027-01-07" {
		t.Errorf("Retires(gpt-4.1) = %+v, %v", r, ok)
	}
	if r, ok := c.Retires("gpt-4.1", Azure); ok {
		t.Errorf("Retires(gpt-4.1, azure) = %+v", r)
	}
}

func TestLimits(t *testing.T) {
	c := builtIn(t)
	a, o := c.Limits(Azure), c.Limits(OpenAI)
	got := []int64{a.FileBytes, o.FileBytes, a.PortalFileBytes, a.UploadBytes, o.UploadBytes, int64(a.ImagesPerExample), int64(o.ImagesPerExample), a.JobTokens, int64(a.Suffix), int64(o.Suffix), int64(a.MinExamples)}
	want := []int64{512 << 20, 512 << 20, 200e6, 9e9, 8e9, 64, 10, 2e9, 40, 64, 10}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Limits("elsewhere") != (Limits{}) {
		t.Error("limits of an unknown provider")
	}
	for _, group := range []string{"models", "encodings", "examples", "methods", "vision", "retirement", "skus", "limits", "image_tokens", "prices"} {
		if s := c.Source(group); s.AsOf.IsZero() || s.Text == "" {
			t.Errorf("group %s has no date or source", group)
		}
	}
}

func TestSKUs(t *testing.T) {
	c := builtIn(t)
	for name, want := range map[string]string{
		"standard": "Standard", "Global Standard": "GlobalStandard", "globalstandard": "GlobalStandard",
		"developertier": "DeveloperTier", "Developer": "DeveloperTier", "provisioned-managed": "ProvisionedManaged", "free": "",
	} {
		if got, _ := c.SKU(name); got.Name != want {
			t.Errorf("SKU(%q) = %q, want %q", name, got.Name, want)
		}
	}
	for _, tt := range []struct {
		model, sku, region string
		offered, known     bool
	}{
		{"gpt-4o", "standard", "East US 2", true, true},
		{"gpt-4o", "Standard", "eastus2", true, true},
		{"gpt-4o", "Standard", "northcentralus", false, true},
		{"gpt-4.1-mini", "Standard", "", true, true},
		{"gpt-4o-mini", "DeveloperTier", "eastus2", false, true},
		{"gpt-4.1-mini-2025-04-14.ft-0123-x", "GlobalStandard", "westeurope", true, true},
		{"gpt-35-turbo-0125", "Standard", "Switzerland West", true, true},
		{"gpt-9", "Standard", "", false, false},
		{"gpt-4o", "DataZoneStandard", "", false, false},
	} {
		if offered, known := c.Deployable(tt.model, tt.sku, tt.region); offered != tt.offered || known != tt.known {
			t.Errorf("Deployable(%s, %s, %s) = %v, %v", tt.model, tt.sku, tt.region, offered, known)
		}
	}
}

func TestPrice(t *testing.T) {
	c := builtIn(t)
	for _, tt := range []struct {
		model, provider string
		million, hour   float64
	}{
		{"gpt-4.1", OpenAI, 25, 0},
		{"ft:gpt-4o-mini-2024-07-18:org::id", OpenAI, 3, 0},
		{"o4-mini", OpenAI, 0, 100},
		{"babbage-002", OpenAI, 0.4, 0},
		{"gpt-4.1", Azure, 0, 0},
		{"gpt-9", OpenAI, 0, 0},
	} {
		p, ok := c.Price(tt.model, tt.provider)
		if p.MillionTokens != tt.million || p.Hour != tt.hour || ok != (tt.million+tt.hour > 0) {
			t.Errorf("Price(%s, %s) = %+v, %v", tt.model, tt.provider, p, ok)
		}
	}
	c = override(t, "[prices.azure.million_tokens]\n\"gpt-4.1\" = 27.5\n\"new\" = 2\n")
	if p, ok := c.Price("gpt-4.1-2025-04-14", Azure); !ok || p.MillionTokens != 27.5 {
		t.Errorf("own price: %+v, %v", p, ok)
	}
	c2 := override(t, "[prices.openai.million_tokens]\n\"GPT-4.1\" = 20\n[skus.Standard.regions]\n\"gpt-4o\" = [\"West US\"]\n")
	if p, _ := c2.Price("gpt-4.1", OpenAI); p.MillionTokens != 20 {
		t.Errorf("own price instead of the built-in one: %+v", p)
	}
	if old, _ := c2.Deployable("gpt-4o", "Standard", "eastus2"); old {
		t.Error("regions of the built-in catalogue stay beside the user's")
	}
	if p, ok := c.Price("new", Azure); !ok || p.MillionTokens != 2 {
		t.Errorf("own price of a model that is not in the catalogue: %+v, %v", p, ok)
	}
}

func TestOverride(t *testing.T) {
	c := override(t, `
[sources.methods]
as_of = 2027-02-03

[models."GPT-4.1-mini".azure]
vision = true
methods = ["sft"]

[models."gpt-6-2027-01-01"]
aliases = ["gpt-6"]
encoding = "o200k_base"
azure = { methods = ["sft", "rft"], example_tokens = 131072, shutdown = "2030-01" }

[limits.azure]
suffix = 18
`)
	m, ok := c.Model("gpt-4.1-mini")
	a, _ := m.Offer(Azure)
	if !ok || !m.User || m.ID != "gpt-4.1-mini-2025-04-14" || !a.Vision || a.ExampleTokens != 65536 || len(a.Methods) != 1 || m.Encoding != "o200k_base" || m.OpenAI == nil {
		t.Errorf("changed model: %+v, azure %+v", m, a)
	}
	m, ok = c.Model("ft:gpt-6:org::id")
	if a, _ := m.Offer(Azure); !ok || !m.FineTuned || a.ExampleTokens != 131072 || a.Shutdown.String() != "2030-01" || !m.Supports(Azure, "rft") {
		t.Errorf("new model: %+v, azure %+v", m, a)
	}
	if l := c.Limits(Azure); l.Suffix != 18 || l.MinExamples != 10 {
		t.Errorf("limits: %+v", l)
	}
	if s := c.Source("methods"); s.AsOf.String() != "2027-02-03" || s.Text == "" {
		t.Errorf("source: %+v", s)
	}
	// A second file goes over the first one, and the built-in one stays as it is.
	c2, err := c.Override(strings.NewReader("[models.gpt-6]\nnotes = \"x\""), "second")
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := c2.Model("gpt-6"); m.Notes != "x" || m.Encoding == "" {
		t.Errorf("second file: %+v", m)
	}
	if m, _ := builtIn(t).Model("gpt-4.1-mini"); m.Azure.Vision || m.User || builtIn(t).Limits(Azure).Suffix != 40 {
		t.Error("the built-in catalogue was changed")
	}
	if c := override(t, "\xef\xbb\xbf# nothing\n"); len(c.Models()) != len(builtIn(t).Models()) {
		t.Error("an empty file changed the models")
	}
}

func TestOverrideErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"[models.\"x\".azure]\nmethdos = [\"sft\"]\n", `own.toml:2:1: unknown key "models.x.azure.methdos": did you mean "methods"?`},
		{"[moduls]\n", `own.toml:1:2: unknown key "moduls": did you mean "models"?`},
		{"[models.x]\nazure = { methods = [\"sfd\"] }\n", `own.toml: models."x".azure.methods: "sfd" is none of sft, dpo, rft, completion: did you mean "sft"?`},
		{"[models.x]\nazure = { status = \"gone\" }\n", `own.toml: models."x".azure.status: "gone" is none of offered, legacy, retired`},
		{"[models.x]\nazure = { shutdown = \"soon\" }\n", `own.toml:2:`},
		{"[models.x]\nencoding = 3\n", `own.toml:2:`},
		{"[models\n", `own.toml:1:`},
		{"[models.\"gpt-4.1\"]\n[models.\"gpt-4.1-2025-04-14\"]\n", `are the same model`},
		{"[models.x]\naliases = [\"gpt-4o\"]\n", `gpt-4o is an alias of`},
		{"[models.x]\nuser = true\n", `not for files`},
		{"[limits.elsewhere]\nsuffix = 1\n", `unknown provider "elsewhere"`},
		{"[image_tokens]\nx = { rule = \"guess\" }\n", `unknown rule "guess"`},
	} {
		_, err := builtIn(t).Override(strings.NewReader(tt.text), "own.toml")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q\n got error %v\n want %s", tt.text, err, tt.want)
		}
	}
	if _, err := builtIn(t).OverrideFile("does-not-exist.toml"); err == nil || !strings.Contains(err.Error(), "does-not-exist.toml") {
		t.Errorf("missing file: %v", err)
	}
}

func TestDate(t *testing.T) {
	for _, text := range []string{"2027-01-14", "2026-11", "2025"} {
		if d, err := ParseDate(text); err != nil || d.String() != text {
			t.Errorf("ParseDate(%q) = %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "2027-13-01", "2027-02-30", "27", "soon", "2027/01/14"} {
		if _, err := ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) is no error", text)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		raw, err := decode(embedded, "built-in")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := build(raw, "built-in"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestMeasured(t *testing.T) {
	c := builtIn(t)
	for _, tt := range []struct {
		model, provider string
		want            bool
	}{
		{"gpt-4o-mini", OpenAI, true},
		{"ft:gpt-3.5-turbo-1106:org::id", OpenAI, true},
		{"gpt-4o-mini", Azure, false},
		{"gpt-35-turbo-0613", Azure, true},
		{"gpt-35-turbo-0613", OpenAI, false},
		{"gpt-4.1", OpenAI, false},
		{"no-such-model", OpenAI, false},
	} {
		if got := c.Measured(tt.model, tt.provider); got != tt.want {
			t.Errorf("Measured(%s, %s) = %v", tt.model, tt.provider, got)
		}
	}
	for _, provider := range []string{Azure, OpenAI} {
		for _, name := range c.form.Measured[provider] {
			if _, ok := c.Model(name); !ok {
				t.Errorf("measured.%s: %s is not in the catalogue", provider, name)
			}
		}
	}
}
