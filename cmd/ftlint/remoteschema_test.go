package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemoteSchema: what the commands write that talk to the services fits its schema.
func TestRemoteSchema(t *testing.T) {
	for _, pair := range services(t) {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	compiled, _ := schema(t, "remote.schema.json")
	demo := filepath.Join(root, "testdata", "demo")
	service := "openai"
	run := func(args ...string) map[string]any {
		t.Helper()
		var out, errs bytes.Buffer
		if args = append(args, "-o", "json"); service != "" {
			args = append(args, "--service", service)
		}
		if status := Main(args, Streams{In: os.Stdin, Out: &out, Err: &errs}); status != exitOK {
			t.Fatalf("%v: exit status %d\n%s", args, status, &errs)
		}
		valid(t, compiled, strings.Join(args, " "), out.Bytes())
		value := map[string]any{}
		if err := json.Unmarshal(out.Bytes(), &value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	files := run("upload", "--no-check", filepath.Join(demo, "train.clean.jsonl"), filepath.Join(demo, "valid.jsonl"))["files"].([]any)
	id := func(i int) string { return files[i].(map[string]any)["id"].(string) }
	run("files", "list")
	run("files", "show", id(0))
	job := run("job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", id(0), "--validation-file", id(1), "--yes", "--wait")["id"].(string)
	for _, verb := range []string{"show", "watch", "events", "checkpoints", "results"} {
		run("job", verb, job)
	}
	run("job", "list")
	run("models", "--remote")

	service = "azure"
	file := run("upload", "--no-check", filepath.Join(demo, "train.clean.jsonl"))["files"].([]any)[0].(map[string]any)["id"].(string)
	model := run("job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", file, "--yes", "--wait")["fine_tuned_model"].(string)
	made := run("deploy", "create", "mine", "--model", model, "--sku", "developertier", "--yes")
	if made["sku"] != "DeveloperTier" || made["tried"] != true || made["billed_hourly"] != false || made["ends"] == nil {
		t.Errorf("%v", made)
	}
	run("deploy", "show", "mine")
	if list := run("deploy", "list")["deployments"].([]any); len(list) != 1 {
		t.Errorf("%v", list)
	}
	run("chat", "mine", "Hello")

	state := t.TempDir()
	train := filepath.Join(demo, "train.clean.jsonl")
	begun := run("submit", train, "--validation", filepath.Join(demo, "valid.jsonl"), "--model", "gpt-4o-mini-2024-07-18", "--deploy", "ours", "--sku", "developertier", "--yes", "--state", state)
	if begun["stage"] != "deployed" || begun["ends"] == nil {
		t.Errorf("%v", begun)
	}
	service = "" // that of the run
	run("status", "--state", state)
	run("status", begun["name"].(string), "--state", state)
	run("resume", begun["name"].(string), "--state", state)
}

// TestUploadFromURL: what lies at an address is checked before Azure is to fetch it, and
// the signature of the address is in no output.
func TestUploadFromURL(t *testing.T) {
	for _, pair := range services(t) {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	blob := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good.jsonl":
			http.ServeFile(w, r, filepath.Join(root, "testdata", "demo", "train.clean.jsonl"))
		case "/bad.jsonl":
			http.ServeFile(w, r, filepath.Join(root, "testdata", "demo", "train.jsonl"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer blob.Close()
	for path, want := range map[string]int{"/good.jsonl": exitOK, "/bad.jsonl": exitFindings, "/missing.jsonl": exitRemote} {
		for _, more := range [][]string{nil, {"--dry-run"}} {
			var out, errs bytes.Buffer
			args := append([]string{"upload", "--service", "azure", "--from-url", blob.URL + path + "?sv=1&sig=CANARY"}, more...)
			status := Main(args, Streams{In: os.Stdin, Out: &out, Err: &errs})
			if more == nil && status != want || more != nil && status != exitOK {
				t.Errorf("%s %v: exit status %d\n%s%s", path, more, status, &out, &errs)
			}
			if strings.Contains(out.String()+errs.String(), "CANARY") {
				t.Errorf("%s: the signature is shown\n%s%s", path, &out, &errs)
			}
		}
	}
}
