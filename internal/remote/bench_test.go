package remote

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// uploadBytes is the size of the file that is sent.
const uploadBytes = 2_000_000_000

// BenchmarkUpload sends a sparse file in parts to the fake of the service, which only
// counts what it gets, and beside it sends it as the body of one PUT. sha256 is what the
// checksum costs that is noted of each upload, md5 the same with that of --checksum.
func BenchmarkUpload(b *testing.B) {
	path := filepath.Join(b.TempDir(), "big.jsonl")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(path, uploadBytes); err != nil {
		b.Fatal(err)
	}
	content, err := OpenContent(path, false)
	if err != nil {
		b.Fatal(err)
	}
	defer content.Close()
	s := fake.New(b, fake.AzureDated)
	s.Discard, s.Unsummed = true, true
	b.Run("parts", func(b *testing.B) {
		c, err := New(Target{Endpoint: s.URL, Key: s.Key}, Options{Wait: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(uploadBytes)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Upload(b.Context(), content, UploadOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("put", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
		defer server.Close()
		b.SetBytes(uploadBytes)
		b.ReportAllocs()
		for b.Loop() {
			r, err := http.NewRequestWithContext(b.Context(), http.MethodPut, server.URL, content.section(0, uploadBytes))
			if err != nil {
				b.Fatal(err)
			}
			r.ContentLength = uploadBytes
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			res.Body.Close()
		}
	})
	b.Run("sha256", func(b *testing.B) {
		b.SetBytes(uploadBytes)
		for b.Loop() {
			if _, err := content.SHA256(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("md5", func(b *testing.B) {
		content.WantMD5(hex.EncodeToString)
		b.SetBytes(uploadBytes)
		for b.Loop() {
			if _, err := content.SHA256(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
