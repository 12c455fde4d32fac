//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
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

// TestViaBlobMemory: so does one that goes to a container.
func TestViaBlobMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	const size, most = 2_000_000_000, 150_000 // bytes and kB
	dir := t.TempDir()
	path := filepath.Join(dir, "train.jsonl")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Skip("no file of that size can be made here: ", err)
	}
	var stored atomic.Int64
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body) // of a client that is gone nothing counts
		switch {
		case r.URL.Query().Get("comp") == "block":
			stored.Add(n)
			w.WriteHeader(http.StatusCreated)
		case r.Method == http.MethodPut:
			w.WriteHeader(http.StatusCreated)
		case r.Method == http.MethodGet && r.URL.Query().Get("comp") == "":
			fmt.Fprintln(w, "{}") // what the service fetches is not what is measured
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusAccepted)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer storage.Close()
	s := fake.New(t, fake.AzureDated)
	c := exec.Command(program(t), "upload", "--no-check", "--via-blob", storage.URL+"/c?sp=rcwd&sig=x", path)
	c.Env = append(os.Environ(), "AZURE_OPENAI_ENDPOINT="+s.URL, "AZURE_OPENAI_API_KEY="+s.Key, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "HOME="+dir)
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kB := peak(c.Process.Pid)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	if stored.Load() != size || kB > most || kB < 10_000 {
		t.Errorf("%d bytes stored, %d kB resident", stored.Load(), kB)
	}
	t.Logf("%d kB resident", kB)
}
