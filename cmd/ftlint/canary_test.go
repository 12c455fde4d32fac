package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// The secrets that must be in nothing that ftlint writes.
const (
	canaryKey       = "CANARYKEY0123456789abcdef"
	canaryToken     = "CANARYTOKEN0123456789abcdef"
	canarySignature = "CANARYSIG0123456789abcdef"
)

// canaries runs commands, and keeps all that they write.
type canaries struct {
	t    *testing.T
	home string
	said bytes.Buffer
	runs map[int]int // by exit status
}

func (c *canaries) run(args ...string) string {
	var out bytes.Buffer
	fmt.Fprintf(&c.said, "\n$ ftlint %s\n", strings.NewReplacer(canarySignature, "...", canaryKey, "...").Replace(strings.Join(args, " ")))
	status := Main(args, Streams{In: strings.NewReader("Hello\n"), Out: &out, Err: &c.said})
	c.said.Write(out.Bytes())
	c.runs[status]++
	return out.String()
}

// check looks for secrets in what was written, to outputs and to files.
func (c *canaries) check() {
	c.t.Helper()
	secrets := []string{canaryKey, canaryToken, canarySignature}
	for line := range strings.Lines(c.said.String()) {
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				c.t.Errorf("%s is shown: %s", secret, line)
			}
		}
	}
	files := 0
	err := filepath.WalkDir(c.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) || strings.Contains(path, secret) {
				c.t.Errorf("%s is in %s", secret, path)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		c.t.Errorf("%d files, %v", files, err)
	}
}

// repeat answers with all that it was asked, as a careless service does.
func repeat(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	_, _ = body.ReadFrom(http.MaxBytesReader(w, r.Body, 1<<16)) // as far as it goes
	text := fmt.Sprintf("%s %s with %v and %s is refused. Incorrect API key provided: %s%s", r.Method, r.URL, r.Header, body.String(), r.Header.Get("Api-Key"), r.Header.Get("Authorization"))
	message, err := json.Marshal(map[string]any{"error": map[string]any{"code": "code of " + text, "message": text}})
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	w.Write(message) //nolint:errcheck // the client looks at it
}

// TestCanaries: keys, tokens and signatures are in no output, error or file, whatever
// goes wrong.
func TestCanaries(t *testing.T) {
	c := &canaries{t: t, home: t.TempDir(), runs: map[int]int{}}
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "TMPDIR"} {
		t.Setenv(name, c.home)
	}
	t.Setenv("OPENAI_API_VERSION", "")
	t.Setenv("OPENAI_API_KEY", canaryKey)
	// What gives tokens, as on a machine of Azure.
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q,"expires_on":"%d","resource":"r","token_type":"Bearer"}`, canaryToken, time.Now().Add(time.Hour).Unix())
	}))
	defer identity.Close()
	t.Setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
	t.Setenv("IDENTITY_ENDPOINT", identity.URL)
	t.Setenv("IDENTITY_HEADER", "header")

	train := filepath.Join(c.home, "train.jsonl")
	if err := os.WriteFile(train, []byte(document(t, "testdata/demo/train.clean.jsonl")), 0o600); err != nil {
		t.Fatal(err)
	}
	blobs := fake.NewBlobs(t, false)
	blobs.Signature = canarySignature
	container := blobs.Signed()
	content := blobs.URL + "/x.jsonl?sp=r&sig=" + canarySignature

	// Each command, against services that work, refuse, are broken or not there.
	commands := func(more ...string) {
		t.Setenv("AZURE_STORAGE_CONTAINER_URL", container)
		do := func(args ...string) string { return c.run(append(args, more...)...) }
		file, _, _ := strings.Cut(do("upload", train, "--no-check"), " ")
		if file == "" {
			file = "file-none"
		}
		do("upload", train, "--via-blob", "env", "--keep-blob", "--no-check")
		do("upload", train, "--via-blob", container, "--no-check", "-o", "json")
		do("upload", "--from-url", content, "--no-check", "--wait-most", "1ms")
		do("upload", "--from-url", content)
		do("files", "list")
		do("files", "show", file)
		do("files", "download", file, "--to", filepath.Join(c.home, "copy.jsonl"))
		do("job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", file, "--yes", "--wait")
		do("job", "list")
		do("job", "show", "ftjob-none")
		do("job", "events", "ftjob-none")
		do("job", "cancel", "ftjob-none", "--yes")
		do("models", "--remote")
		do("chat", "my-model", "Hello")
		do("chat", "my-model", "-o", "json")
		do("files", "delete", file, "--yes")
	}
	services := map[string][]string{"azure": {"--service", "azure"}, "azure-v1": {"--service", "azure-v1"}, "openai": {"--service", "openai"}}
	for name, flags := range services {
		dialect := map[string]fake.Dialect{"azure": fake.AzureDated, "azure-v1": fake.AzureV1, "openai": fake.OpenAI}[name]
		fresh := func(change func(*fake.Server)) {
			s := fake.New(t, dialect)
			s.Key, s.Token = canaryKey, canaryToken
			s.Deploy("my-model", "gpt-4o-mini-2024-07-18")
			change(s)
			commands(append(flags, "--endpoint", s.URL)...)
		}
		t.Setenv("AZURE_OPENAI_API_KEY", canaryKey)
		fresh(func(*fake.Server) {})
		fresh(func(s *fake.Server) { s.Key, s.Token = "another key", "another token" })
		fresh(func(s *fake.Server) {
			s.On("*", fake.Pass().Times(3), fake.LoseAnswer(), fake.Pass().Times(9), fake.LoseAnswer())
		})
		fresh(func(s *fake.Server) {
			s.RejectFile = func(string, []byte) string { return "not " + container + " sig=" + canarySignature }
		})
		if name != "openai" {
			t.Setenv("AZURE_OPENAI_API_KEY", "")
			fresh(func(*fake.Server) {})
			fresh(func(s *fake.Server) { s.Token = "another token" })
			t.Setenv("AZURE_OPENAI_API_KEY", canaryKey)
		}
		careless := httptest.NewServer(http.HandlerFunc(repeat))
		commands(append(flags, "--endpoint", careless.URL)...)
		careless.Close()
		commands(append(flags, "--endpoint", careless.URL, "--dry-run")...)
		for _, host := range []string{"localhost:1", "example.com"} {
			c.run(append([]string{"files", "list", "--endpoint", "http://user:" + canaryKey + "@" + host + "/?sig=" + canarySignature}, flags...)...)
		}
	}
	// Storage that refuses, repeats and is gone.
	s := fake.New(t, fake.AzureDated)
	s.Key = canaryKey
	via := func() {
		c.run("upload", train, "--via-blob", container, "--no-check", "--endpoint", s.URL, "--bom", "keep")
	}
	for _, rights := range []string{"rcw", "r", "rw"} {
		blobs.Rights = rights
		container = blobs.Signed()
		via()
	}
	container = strings.Replace(container, canarySignature, "x"+canarySignature, 1)
	via()
	careless := httptest.NewServer(http.HandlerFunc(repeat))
	container = careless.URL + "/container?sp=rcwd&sig=" + canarySignature
	via()
	careless.Close()
	c.check()
	if c.runs[exitOK] < 50 || c.runs[exitRemote] < 100 {
		t.Errorf("how commands ended: %v", c.runs)
	}
	t.Logf("how commands ended, by status: %v; %d bytes said", c.runs, c.said.Len())
}
