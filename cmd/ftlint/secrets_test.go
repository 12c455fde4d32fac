package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/report"
)

// TestNoSecretIsShown: what is secret in the data appears in no output, baseline or
// error, wherever in a line it stands.
func TestNoSecretIsShown(t *testing.T) {
	dir := t.TempDir()
	canary := "c4n4ryP4ssw0rd"
	url := "postgres://shop:" + canary + "@db.internal/shop"
	mail := "canary.name@meyer-soehne.de"
	signed := "https://a.blob.core.windows.net/c/a.png?sv=2024&sp=r&se=2030-01-01&sig=" + strings.Repeat("CANARYcanary0123", 3)[:43] + "%3D"
	var lines []string
	for _, text := range []string{url, mail, "see " + signed, strings.Repeat("long ", 300) + url, mail + strings.Repeat(" long", 300)} {
		lines = append(lines,
			fmt.Sprintf(`{"messages":[{"role":"system","content":%[1]q},{"role":%[1]q,"content":%[1]q,"name":%[1]q,"weight":%[1]q},{"role":"assistant","content":%[1]q,"weight":%[1]q}],%[1]q:1}`, text),
			fmt.Sprintf(`{"messages":[{"role":"user","content":[{"type":%[1]q,"text":1},{"type":"image_url","image_url":%[1]q}]},{"role":"assistant","tool_calls":[{"id":%[1]q,"type":%[1]q,"function":{"name":%[1]q,"arguments":%[1]q}}]}],"tools":%[1]q}`, text),
			fmt.Sprintf(`{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"k\":\"%[1]s\",\"%[1]s\":1}"}}]}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","additionalProperties":false,"properties":{"k":{"enum":["b"]}}}}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{"z":{"type":%[1]q}}}}}]}`, text),
			fmt.Sprintf(`{"messages": %s`, text), text)
	}
	path := filepath.Join(dir, "train.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	run := func(args ...string) {
		shown.Reset()
		Main(args, Streams{In: strings.NewReader(""), Out: &shown, Err: &shown})
		for _, word := range []string{canary, "canary.name", "CANARYcanary"} {
			if i := strings.Index(shown.String(), word); i >= 0 {
				t.Errorf("%v shows %s: …%s…", args, word, shown.String()[max(0, i-200):min(shown.Len(), i+100)])
			}
		}
		if shown.Len() == 0 {
			t.Errorf("%v shows nothing", args)
		}
	}
	for _, format := range report.Formats() {
		for _, snippets := range []string{"on", "off"} {
			run("check", "--method", "sft", "--max-groups", "0", "--max-per-group", "0", "--snippets", snippets, "-o", format.Name, path)
		}
	}
	for _, format := range report.StatsFormats() {
		run("stats", "--method", "sft", "--snippets", "on", "-o", format.Name, path)
	}
	changed := filepath.Join(dir, "changed.jsonl")
	other := strings.NewReplacer(`"system"`, `"developer"`, `\"k\":`, `\"kk\":`, " long long", " long short").Replace(strings.Join(lines, "\n"))
	if err := os.WriteFile(changed, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range report.DiffFormats(nil) {
		for _, pair := range [][]string{{path, changed}, {path, filepath.Join(root, "testdata", "demo", "valid.jsonl")}} {
			run("diff", "--method", "sft", "--max-examples", "0", "--snippets", "on", "-o", format.Name, pair[0], pair[1])
		}
	}
	run("fix", "--diff", "--unsafe-fixes", "--method", "sft", path)
	baseline := filepath.Join(dir, "baseline.json")
	run("baseline", "create", "--baseline", baseline, path)
	text, err := os.ReadFile(baseline)
	if err != nil || bytes.Contains(text, []byte("anary")) || bytes.Contains(text, []byte(canary)) {
		t.Errorf("the baseline: %v, %s", err, text)
	}
	shown.Reset()
	Main([]string{"check", "--method", "sft", "--snippets", "on", "--show-secrets", "--max-groups", "0", path}, Streams{In: strings.NewReader(""), Out: &shown, Err: &shown})
	if !strings.Contains(shown.String(), canary) {
		t.Error("--show-secrets shows nothing secret")
	}
	shown.Reset()
	Main([]string{"diff", "--method", "sft", "--snippets", "on", "--show-secrets", "--max-examples", "0", path, changed}, Streams{In: strings.NewReader(""), Out: &shown, Err: &shown})
	if !strings.Contains(shown.String(), canary) || !strings.Contains(shown.String(), "changed · ") {
		t.Errorf("diff --show-secrets shows nothing secret, or nothing that changed:\n%s", &shown)
	}
}

// TestQuotedPartsAreMasked: of an address in a system prompt no part is quoted either.
func TestQuotedPartsAreMasked(t *testing.T) {
	var content strings.Builder
	for i := range 60 {
		name := "help"
		if i > 56 {
			name = "helb"
		}
		fmt.Fprintf(&content, `{"messages":[{"role":"system","content":"You answer. Send complaints to %s@meyer-soehne.de please."},{"role":"user","content":"What is %d plus 3?"},{"role":"assistant","content":"%d."}]}`+"\n", name, i, i+3)
	}
	file := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(file, []byte(content.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, shown := range []bool{false, true} {
		args := []string{"check", file, "--select", "FTQ005", "-o", "jsonl"}
		if shown {
			args = append(args, "--show-secrets")
		}
		var out, errs bytes.Buffer
		Main(args, Streams{In: os.Stdin, Out: &out, Err: &errs})
		if !strings.Contains(out.String(), "nearly the system prompt of line 1") || strings.Contains(out.String(), "helb") != shown {
			t.Errorf("--show-secrets %v: %s%s", shown, &out, &errs)
		}
	}
}
