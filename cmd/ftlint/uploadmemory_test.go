//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// TestUploadMemory: a file of 8 GB, as large as a file can be, goes in parts that are
// read while they are sent, and takes little memory.
func TestUploadMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	const size, most = 8_000_000_000, 150_000 // bytes and kB
	dir := t.TempDir()
	path := filepath.Join(dir, "train.jsonl")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Skip("no file of that size can be made here: ", err)
	}
	s := fake.New(t, fake.AzureDated)
	s.Discard, s.Unsummed = true, true
	c := exec.Command(program(t), "upload", "--no-check", path)
	c.Env = append(os.Environ(), "AZURE_OPENAI_ENDPOINT="+s.URL, "AZURE_OPENAI_API_KEY="+s.Key, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "HOME="+dir)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kB := peak(c.Process.Pid)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	files := s.Files()
	if len(files) != 1 || files[0].Bytes != size || !strings.HasPrefix(out.String(), files[0].ID) {
		t.Errorf("the service has %d files\n%s%s", len(files), &out, &errs)
	}
	if kB > most || kB < 10_000 {
		t.Errorf("%d kB resident", kB)
	}
	t.Logf("%d kB resident", kB)
}
