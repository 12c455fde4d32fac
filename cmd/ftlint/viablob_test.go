package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/remote/fake"
)

// azure starts a fake of Azure's service, and names it in the environment.
func azure(t *testing.T) *fake.Server {
	t.Helper()
	s := fake.New(t, fake.AzureDated)
	t.Setenv("AZURE_OPENAI_ENDPOINT", s.URL)
	t.Setenv("AZURE_OPENAI_API_KEY", s.Key)
	t.Setenv("OPENAI_API_VERSION", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	return s
}

// invoke runs a command.
func invoke(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if status := Main(args, Streams{In: strings.NewReader(""), Out: &o, Err: &e}); status != want {
		t.Errorf("%v: exit status %d, want %d\n%s%s", args, status, want, &o, &e)
	}
	return o.String(), e.String()
}

// TestUploadViaBlob: what the command says and leaves behind.
func TestUploadViaBlob(t *testing.T) {
	s, b := azure(t), fake.NewBlobs(t, false)
	t.Setenv("AZURE_STORAGE_CONTAINER_URL", b.Signed())
	train := filepath.Join(t.TempDir(), "train.jsonl")
	text := strings.TrimPrefix(document(t, "testdata/demo/train.clean.jsonl"), "\uFEFF")
	if err := os.WriteFile(train, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs := invoke(t, exitOK, "upload", train, "--via-blob", "env", "--bom", "add")
	file := s.Files()[0]
	if file.Name != "train.jsonl" || !bytes.HasPrefix(file.Content, []byte("\uFEFF")) || !strings.HasPrefix(out, file.ID) || len(b.All()) != 0 {
		t.Errorf("%s of %d bytes; %d blobs\n%s%s", file.Name, file.Bytes, len(b.All()), out, errs)
	}
	for _, want := range []string{"PASS", "uploaded, as " + file.ID, file.ID + ": processed", "train.jsonl: deleted"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in\n%s", want, errs)
		}
	}
	if _, again := invoke(t, exitOK, "upload", train, "--via-blob", "env", "--bom", "add", "--no-check"); !strings.Contains(again, "uploaded before, as "+file.ID) {
		t.Errorf("again:\n%s", again)
	}
	if out, _ := invoke(t, exitOK, "upload", train, "--via-blob", "env", "--keep-blob", "--no-check", "-o", "json"); !strings.Contains(out, `"blob": "`+b.URL+"/ftlint-") || len(b.All()) != 1 {
		t.Errorf("%d blobs\n%s", len(b.All()), out)
	}
	b.Rights = "rcw"
	t.Setenv("AZURE_STORAGE_CONTAINER_URL", b.Signed())
	valid := filepath.Join(root, "testdata", "demo", "valid.jsonl")
	if _, errs := invoke(t, exitOK, "upload", valid, "--via-blob", "env", "--no-check"); !strings.Contains(errs, "the blob stays, as the signature does not let it be deleted") {
		t.Errorf("%s", errs)
	}
	s.RejectFile = func(string, []byte) string { return "No valid json line found in file." }
	writer := filepath.Join(t.TempDir(), "other.jsonl")
	if err := os.WriteFile(writer, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := invoke(t, exitRemote, "upload", writer, "--via-blob", "env", "--no-check"); !strings.Contains(errs, "the blob stays: "+b.URL) {
		t.Errorf("%s", errs)
	}
	for _, wrong := range [][]string{
		{"upload", train, "--via-blob", b.Signed() + "&x", "--from-url", "https://example.com/a.jsonl"},
		{"upload", train, "--keep-blob"},
		{"upload", train, "--via-blob", "env", "--service", "openai", "--dry-run"},
		{"upload", train, "--via-blob", "https://a.blob.core.windows.net/c?sp=r&sig=" + b.Signature},
	} {
		if _, errs := invoke(t, exitUsage, wrong...); strings.Contains(errs, b.Signature) {
			t.Errorf("%v: the signature is shown\n%s", wrong[2:], errs)
		}
	}
}

// TestUploadViaAzurite: the same with the emulator of Azure Storage in place of our fake.
func TestUploadViaAzurite(t *testing.T) {
	address := fake.ServeNode(t, "azurite-blob", func(port string) []string {
		return []string{"--blobHost", "127.0.0.1", "--blobPort", port, "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck"}
	})
	// The account and key that every Azurite has, as Microsoft documents it.
	const account, key = "devstoreaccount1", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
	credential, err := container.NewSharedKeyCredential(account, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := container.NewClientWithSharedKeyCredential(address+"/"+account+"/data", credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	signed, err := c.GetSASURL(sas.ContainerPermissions{Read: true, Create: true, Write: true, Delete: true}, time.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := azure(t)
	t.Setenv("AZURE_STORAGE_CONTAINER_URL", signed)
	blobs := func() (names []string) {
		for pages := c.NewListBlobsFlatPager(nil); pages.More(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range page.Segment.BlobItems {
				names = append(names, *item.Name)
			}
		}
		return names
	}
	// Of one block, and of several.
	small := filepath.Join(t.TempDir(), "small.jsonl")
	large := filepath.Join(t.TempDir(), "large data (1).jsonl")
	line := `{"messages":[{"role":"user","content":"` + strings.Repeat("word ", 200) + `"},{"role":"assistant","content":"yes"}]}` + "\n"
	for path, lines := range map[string]int{small: 1, large: 40_000} {
		if err := os.WriteFile(path, []byte(strings.Repeat(line, lines)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{small, large} {
		out, errs := invoke(t, exitOK, "upload", file, "--via-blob", "env", "--no-check", "--keep-blob")
		if got := s.Files()[0]; got.State != "processed" || got.Name != filepath.Base(file) || !strings.HasPrefix(out, got.ID) || len(blobs()) != 1 {
			t.Errorf("%s of %d bytes is %s; blobs: %v\n%s%s", got.Name, got.Bytes, got.State, blobs(), out, errs)
		} else if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got.Content, want) {
			t.Errorf("what came of %s is not what is in it (%v)", file, err)
		}
		if _, err := c.NewBlobClient(blobs()[0]).Delete(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if _, errs := invoke(t, exitOK, "upload", file, "--via-blob", "env", "--no-check", "--bom", "add"); len(blobs()) != 0 || !strings.Contains(errs, ": deleted") {
			t.Errorf("blobs: %v\n%s", blobs(), errs)
		}
		s = azure(t)
	}
}

// TestUploadWhatWasChecked: a file that changes between its check and its upload is not
// sent, as nobody has checked what is in it now.
func TestUploadWhatWasChecked(t *testing.T) {
	s := azure(t)
	train := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(train, demoFile(t, "train.clean.jsonl"), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	streams := Streams{In: strings.NewReader(""), Out: &errs, Err: &errs}
	c, err := remote.New(remote.Target{Endpoint: s.URL, Key: s.Key}, remote.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &uploadFlags{method: "auto", progress: "off", most: time.Minute}
	if err := f.check(t.Context(), streams, c, []string{train}); err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	if err := os.WriteFile(train, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.upload(t.Context(), streams, c, nil, train); err == nil || !strings.Contains(err.Error(), "changed while it was checked") || len(s.Files()) != 0 {
		t.Errorf("%v, %d files\n%s", err, len(s.Files()), &errs)
	}
}
