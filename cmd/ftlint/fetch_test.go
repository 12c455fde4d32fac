package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestFetchImages: images behind URLs are told as embedded ones are, at their places,
// and counted by their size; without the flag nobody is asked.
func TestFetchImages(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(root, "testdata", "fixtures", "images.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	// The images of the fixture.
	file := func(beginning string) []byte {
		at := bytes.Index(index, []byte("base64,"+beginning)) + len("base64,")
		data, err := base64.StdEncoding.DecodeString(string(index[at : at+bytes.IndexByte(index[at:], '"')]))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	red, grey := file("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAHklEQVR4"), file("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA")
	var hits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		w.Header().Set("Content-Type", "image/png")
		switch r.URL.Path {
		case "/red.png":
			w.Write(red) //nolint:errcheck // the client looks at it
		case "/grey.png":
			w.Write(grey) //nolint:errcheck // the client looks at it
		case "/large.png":
			w.Write(append(bytes.Clone(red), make([]byte, 10<<20+1-len(red))...)) //nolint:errcheck // the client looks at it
		case "/cut.png":
			w.Write(red[:50]) //nolint:errcheck // the client looks at it
		case "/page.png":
			w.Write([]byte("<!DOCTYPE html><p>Sign in")) //nolint:errcheck // the client looks at it
		case "/said-jpeg.png":
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write(red) //nolint:errcheck // the client looks at it
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	var content strings.Builder
	line := func(path string) {
		fmt.Fprintf(&content, `{"messages":[{"role":"system","content":"You see."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"%s/%s"}}]},{"role":"assistant","content":"Seen."}]}`+"\n", s.URL, path)
	}
	for range 9 {
		line("red.png")
	}
	for _, path := range []string{"grey.png", "large.png", "cut.png", "missing.png?sig=canary", "page.png", "said-jpeg.png"} {
		line(path)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "train.jsonl")
	if err := os.WriteFile(path, []byte(content.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		var out, errs bytes.Buffer
		status := Main(append(args, path), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		if status != exitFindings && args[0] == "check" || errs.Len() > 0 {
			t.Errorf("%v: status %d, %s", args, status, &errs)
		}
		return out.String()
	}
	check := []string{"check", "-o", "concise", "--select", "FTV", "--fail-on", "info"}
	if out := run(check...); strings.Contains(out, "FTV006") || hits.Load() > 0 {
		t.Errorf("without --fetch-images: %d requests\n%s", hits.Load(), out)
	}
	check = []string{"check", "-o", "concise", "--select", "FTV", "--fetch-images", "--allow-private-images", "--image-cache", filepath.Join(dir, "cache"), "--level", "warning"}
	want := []string{":10:", "FTV006", ":11:", "FTV004", ":12:", "FTV016", ":13:", "404 Not Found", ":14:", "FTV005", ":15:", "FTV007"}
	first := run(check...)
	for i := 0; i < len(want); i += 2 {
		if !strings.Contains(first, want[i]) || !strings.Contains(first, want[i+1]) {
			t.Errorf("no %s at line %s in\n%s", want[i+1], want[i], first)
		}
	}
	if strings.Contains(first, "canary") {
		t.Errorf("a signature is shown:\n%s", first)
	}
	asked := hits.Load()
	if asked != 7 {
		t.Errorf("asked %d times for 7 images", asked)
	}
	if again := run(append(check, "-j", "1")...); again != first || hits.Load() != asked+1 {
		t.Errorf("again, from the cache: asked %d times\n%s\nat first:\n%s", hits.Load()-asked, again, first)
	}
	if out := run("stats", "--fetch-images", "--allow-private-images", "--image-cache", "off", "--model", "gpt-4.1"); !strings.Contains(out, "upper bound") || hits.Load() == asked+1 {
		t.Errorf("stats asked nobody, or knows the size of a missing image:\n%s", out)
	}
}
