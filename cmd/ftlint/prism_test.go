package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// TestThroughPrism: what the commands send, and what our fake answers, keeps to the
// official descriptions as Prism reads them, too.
func TestThroughPrism(t *testing.T) {
	for _, dialect := range []fake.Dialect{fake.AzureDated, fake.OpenAI} {
		t.Run(dialect.String(), func(t *testing.T) {
			s := fake.New(t, dialect)
			s.FilePolls, s.JobPolls = 1, 0
			address := s.ServePrism()
			for _, pair := range services(t) { // which are not asked
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			service := "azure"
			if dialect == fake.OpenAI {
				service = "openai"
			}
			t.Setenv("AZURE_OPENAI_API_KEY", s.Key)
			t.Setenv("OPENAI_API_KEY", s.Key)
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			do := func(args ...string) map[string]any {
				t.Helper()
				out, _ := invoke(t, exitOK, append(args, "--service", service, "--endpoint", address, "-o", "json")...)
				value := map[string]any{}
				if err := json.Unmarshal([]byte(out), &value); err != nil && args[1] != "delete" && args[1] != "download" {
					t.Fatalf("%v: %v\n%s", args, err, out)
				}
				return value
			}
			demo := filepath.Join(root, "testdata", "demo")
			files := do("upload", "--no-check", filepath.Join(demo, "train.clean.jsonl"), filepath.Join(demo, "valid.jsonl"))["files"].([]any)
			id := func(i int) string { return files[i].(map[string]any)["id"].(string) }
			do("files", "list")
			do("files", "show", id(0))
			job := []string{"job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", id(0), "--validation-file", id(1), "--yes", "--suffix", "mine", "--seed", "7", "--n-epochs", "2"}
			made := do(append(job, "--wait")...)["id"].(string)
			for _, verb := range []string{"show", "watch", "events", "checkpoints", "results"} {
				do("job", verb, made)
			}
			s.Change(func() { s.JobPolls = 100 })
			do("job", "cancel", do(job...)["id"].(string), "--yes")
			do("job", "list")
			do("models", "--remote")
			if dialect == fake.AzureDated { // OpenAI has none
				b := fake.NewBlobs(t, false)
				do("upload", "--no-check", filepath.Join(demo, "train.jsonl"), "--via-blob", b.Signed())
			}
			do("files", "delete", id(0), "--yes")
			invoke(t, exitRemote, "files", "show", "file-none", "--service", service, "--endpoint", address)

			// What does not keep to them is refused, and not by our fake.
			asked := len(s.Requests())
			base := strings.Replace(s.Base(), s.URL, address, 1)
			r, err := http.NewRequest(http.MethodPost, base+"/fine_tuning/jobs?api-version=2024-10-21", strings.NewReader(`{"model":7}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Api-Key", s.Key)
			r.Header.Set("Authorization", "Bearer "+s.Key)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusUnprocessableEntity || len(s.Requests()) != asked {
				t.Errorf("a job without files: %s", answer.Status)
			}
		})
	}
}
