package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftlint/ftlint/lint/dataset"
)

// picture is a PNG file.
func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 300, 70))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// server serves images in good and bad ways, over TLS. The fetcher takes its address
// for a public one, and it alone.
func server(t *testing.T, o Options) (*Fetcher, *httptest.Server, *atomic.Int64) {
	t.Helper()
	var hits atomic.Int64
	file := picture(t)
	release := make(chan struct{})
	mux := http.NewServeMux()
	handle := func(path string, answer func(w http.ResponseWriter, r *http.Request)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			hits.Add(1)
			answer(w, r)
		})
	}
	serve := func(mediaType string, data []byte) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			w.Write(data) //nolint:errcheck // the client looks at it
		}
	}
	handle("/good.png", serve("image/png; charset=binary", file))
	handle("/wrong-type.png", serve("image/jpeg", file))
	handle("/page.png", serve("text/html", []byte("<!DOCTYPE html><p>sign in")))
	handle("/cut.png", serve("image/png", file[:len(file)-20]))
	handle("/empty.png", serve("image/png", nil))
	handle("/large.png", serve("image/png", append(bytes.Clone(file), make([]byte, 5001)...)))
	handle("/short.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "4000")
		w.Write(file) //nolint:errcheck // the client looks at it
		panic(http.ErrAbortHandler)
	})
	handle("/endless.png", func(w http.ResponseWriter, r *http.Request) {
		w.Write(file) //nolint:errcheck // the client looks at it
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				return
			}
		}
	})
	handle("/slow.png", func(w http.ResponseWriter, r *http.Request) {
		w.Write(file[:10]) //nolint:errcheck // the client looks at it
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	redirect := func(to string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	handle("/moved.png", redirect("/good.png"))
	handle("/round.png", redirect("/round.png"))
	handle("/to-file", redirect("file:///etc/passwd"))
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("an address that is not public was asked")
	}))
	handle("/to-loopback", redirect(other.URL+"/secret?sig=canary"))
	handle("/to-name", redirect("http://localhost:"+other.URL[strings.LastIndexByte(other.URL, ':')+1:]+"/"))
	handle("/to-metadata", redirect("http://169.254.169.254/latest/meta-data"))

	s := httptest.NewTLSServer(mux)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	o.tls = &tls.Config{RootCAs: roots}
	o.allowed = netip.MustParseAddrPort(s.Listener.Addr().String())
	f := New(t.Context(), o)
	t.Cleanup(func() {
		close(release)
		f.Close()
		s.Close()
		other.Close()
	})
	return f, s, &hits
}

func TestFetch(t *testing.T) {
	size := int64(len(picture(t)))
	f, s, _ := server(t, Options{MaxBytes: size + 5000, Timeout: 300 * time.Millisecond})
	good := dataset.ImageInfo{Format: "png", Width: 300, Height: 70, Bytes: size, Mode: dataset.ModeRGBA, Bits: 8}
	for path, want := range map[string]dataset.FetchedImage{
		"/good.png":       {ImageInfo: good, Type: "image/png"},
		"/moved.png":      {ImageInfo: good, Type: "image/png"},
		"/wrong-type.png": {ImageInfo: good, Type: "image/jpeg"},
		"/page.png":       {ImageInfo: dataset.ImageInfo{Format: "html", Bytes: 25}, Type: "text/html"},
		"/large.png":      {ImageInfo: dataset.ImageInfo{Bytes: size + 5001}, Type: "image/png"},
		"/empty.png":      problem("cannot be fetched: the server's answer is empty"),
		"/short.png":      problem("cannot be fetched: the server ends the answer too early"),
		"/slow.png":       problem("cannot be fetched: it takes longer than 300ms"),
		"/missing.png":    problem("cannot be fetched: the server answers 404 Not Found"),
		"/round.png":      problem("cannot be fetched: it is redirected too often"),
		"/to-file":        problem("cannot be fetched: a redirect to what is neither http nor https"),
		"/to-loopback":    refused,
		"/to-name":        refused,
		"/to-metadata":    refused,
	} {
		if got := f.Fetch(s.URL + path); got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
	if got := f.Fetch(s.URL + "/cut.png"); got.Damage == "" || got.Width != 300 {
		t.Errorf("cut: %+v", got)
	}
	if got := f.Fetch(s.URL + "/endless.png"); !got.Cut || got.Bytes != size+5001 || got.Damage != "" {
		t.Errorf("endless: %+v", got)
	}
	if got := f.Fetch("https://ftlint.invalid/a.png?sig=canary"); !strings.HasPrefix(got.Problem, "cannot be fetched: ") || strings.Contains(got.Problem, "canary") {
		t.Errorf("a host that is not there: %+v", got)
	}
}

// TestPrivate: nothing that is not public is connected to, by whatever name.
func TestPrivate(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(picture(t)) //nolint:errcheck // the client looks at it
	}))
	defer s.Close()
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	f := New(t.Context(), Options{})
	defer f.Close()
	for _, url := range []string{s.URL, "http://localhost" + port, "http://127.1" + port, "http://[::ffff:127.0.0.1]" + port, "http://[::1]" + port, "http://0.0.0.0" + port} {
		if got := f.Fetch(url); got.Problem == "" || got.Format != "" {
			t.Errorf("%s: %+v", url, got)
		}
	}
	allowed := New(t.Context(), Options{Private: true})
	defer allowed.Close()
	if got := allowed.Fetch(s.URL); got.Problem != "" || got.Width != 300 {
		t.Errorf("allowed: %+v", got)
	}
}

// TestOnce: a URL is asked for once, in a run and, with a cache, in a day.
func TestOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "images")
	f, s, hits := server(t, Options{CacheDir: dir})
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			if got := f.Fetch(s.URL + "/good.png"); got.Width != 300 {
				t.Errorf("%d: %+v", i, got)
			}
			f.Fetch(s.URL + "/missing.png")
		})
	}
	group.Wait()
	if n := hits.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	again := New(t.Context(), Options{CacheDir: dir})
	defer again.Close()
	if got, want := again.Fetch(s.URL+"/good.png"), f.Fetch(s.URL+"/good.png"); got != want || got.Type != "image/png" {
		t.Errorf("from the cache: %+v, want %+v", got, want)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("in the cache: %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || bytes.Contains(text, []byte("127.0.0.1")) {
		t.Errorf("%s, %v", text, err)
	}
	// What is old, broken or of another kind is not believed.
	for name, spoil := range map[string]func() error{
		"old":    func() error { old := time.Now().Add(-25 * time.Hour); return os.Chtimes(files[0], old, old) },
		"broken": func() error { return os.WriteFile(files[0], []byte(`{"bytes":`), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		c := cache{dir: dir}
		if got, ok := c.load(s.URL + "/good.png"); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, ok := (&cache{dir: dir, pixels: true}).load(s.URL + "/good.png"); ok {
		t.Error("pixels that were not looked at are believed")
	}
}

// TestInterrupted: whoever waits is told when the run ends.
func TestInterrupted(t *testing.T) {
	f, s, _ := server(t, Options{Concurrency: 1})
	ctx, cancel := context.WithCancel(t.Context())
	f.ctx = ctx
	answers := make(chan dataset.FetchedImage, 3)
	for i := range 3 {
		go func() { answers <- f.Fetch(fmt.Sprintf("%s/slow.png?%d", s.URL, i/2)) }()
	}
	cancel()
	for range 3 {
		if got := <-answers; got != interrupted {
			t.Errorf("%+v", got)
		}
	}
}
