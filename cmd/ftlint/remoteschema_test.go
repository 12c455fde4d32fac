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
	run := func(args ...string) map[string]any {
		t.Helper()
		var out, errs bytes.Buffer
		if status := Main(append(args, "-o", "json", "--service", "openai"), Streams{In: os.Stdin, Out: &out, Err: &errs}); status != exitOK {
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
	run("chat", "gpt-4o-mini-2024-07-18", "Hello")
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
