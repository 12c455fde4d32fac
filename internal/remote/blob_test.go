package remote

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// oneToken gives one token.
type oneToken string

func (t oneToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// via returns a client and a container whose blocks are small.
func via(t *testing.T, s *fake.Server, d Dialect, b *fake.Blobs, address string) (*Client, *Container) {
	t.Helper()
	c := clientOf(t, s, d)
	c.firstDelay = time.Millisecond
	c.Transport = b.Client.Transport
	k, err := c.OpenContainer(address, oneToken(b.Token))
	if err != nil {
		t.Fatal(err)
	}
	k.block = 100
	return c, k
}

// TestViaBlob: a file goes to a container and from there to Azure, once, and the blob is
// deleted when the file is processed, with a signature and with tokens.
func TestViaBlob(t *testing.T) {
	for _, d := range dialects[:2] {
		for _, signed := range []bool{true, false} {
			s, b := fake.New(t, d.fake), fake.NewBlobs(t, !signed)
			s.Fetch = b.Client
			address := b.URL
			if signed {
				address = b.Signed()
			}
			c, k := via(t, s, d.dialect, b, address)
			ledger := Ledger{Dir: t.TempDir()}
			content := contentOf(t, strings.Repeat(lines, 20))
			sum, err := content.SHA256(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var sent atomic.Int64
			f, reused, err := c.UploadViaBlob(t.Context(), content, sum, ledger, k, false, func(n int64) { sent.Add(n) })
			if err != nil || reused {
				t.Fatal(reused, err)
			}
			if f, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil); err != nil {
				t.Fatal(err)
			}
			if got := s.Files()[0]; got.SHA256 != sum || got.Name != content.Name || sent.Load() != content.Size {
				t.Errorf("%v, signed %v: the service has %s of %d bytes; %d bytes are said to be sent", d.dialect, signed, got.Name, got.Bytes, sent.Load())
			}
			if len(b.All()) != 1 {
				t.Errorf("%d blobs", len(b.All()))
			}
			if deleted, err := c.DeleteBlob(t.Context(), content, sum, ledger, k); !deleted || err != nil || len(b.All()) != 0 {
				t.Errorf("the blob is still there: %v, %v", deleted, err)
			}
			blocks := b.Count("PUT", "comp=block&")
			if again, reused, err := c.UploadViaBlob(t.Context(), content, sum, ledger, k, false, nil); err != nil || !reused || again.ID != f.ID || b.Count("PUT", "comp=block&") != blocks {
				t.Errorf("again: %v, %v, %v", again, reused, err)
			}
			notes, err := filepath.Glob(filepath.Join(ledger.Dir, "*"))
			if err != nil || len(notes) != 1 {
				t.Fatal(notes, err)
			}
			if text, err := os.ReadFile(notes[0]); err != nil || bytes.Contains(text, []byte("sig")) || bytes.Contains(text, []byte(b.Signature)) {
				t.Errorf("%s, %v", text, err)
			}
		}
	}
}

// TestViaBlobKept: a blob that is to stay stays, and is not sent again.
func TestViaBlobKept(t *testing.T) {
	s, b := fake.New(t, fake.AzureDated), fake.NewBlobs(t, false)
	c, k := via(t, s, AzureDated, b, b.Signed())
	content := contentOf(t, lines)
	sum, _ := content.SHA256(t.Context())
	for i := range 2 { // each time with a ledger that knows nothing
		ledger := Ledger{Dir: t.TempDir()}
		if _, _, err := c.UploadViaBlob(t.Context(), content, sum, ledger, k, i == 0, nil); err != nil {
			t.Fatal(err)
		}
		if deleted, err := c.DeleteBlob(t.Context(), content, sum, ledger, k); deleted || err != nil {
			t.Errorf("deleted %v, %v", deleted, err)
		}
	}
	if len(b.All()) != 1 || b.Count("PUT", "comp=blocklist") != 1 || s.Count("POST /files/import") != 2 {
		t.Errorf("%d blobs, sent %d times, imported %d times", len(b.All()), b.Count("PUT", "comp=blocklist"), s.Count("POST /files/import"))
	}
	other := contentOf(t, strings.ToUpper(lines)) // another content of the same size and name
	otherSum, _ := other.SHA256(t.Context())
	if _, _, err := c.UploadViaBlob(t.Context(), other, otherSum, Ledger{Dir: t.TempDir()}, k, true, nil); err != nil || len(b.All()) != 2 {
		t.Errorf("%d blobs, %v", len(b.All()), err)
	}
}

// TestViaBlobFaults: blocks are sent again, by themselves and in the next run, and an
// import whose answer gets lost is not made twice.
func TestViaBlobFaults(t *testing.T) {
	s, b := fake.New(t, fake.AzureDated), fake.NewBlobs(t, false)
	c, k := via(t, s, AzureDated, b, b.Signed())
	content := contentOf(t, strings.Repeat(lines, 20))
	sum, _ := content.SHA256(t.Context())
	ledger := Ledger{Dir: t.TempDir()}
	failures := 0
	b.Fault = func(r *http.Request) int {
		last := content.Size - content.Size%100
		if strings.Contains(r.URL.RawQuery, "comp=block&") && r.ContentLength == content.Size-last {
			failures++
			return 503
		}
		return 0
	}
	var sent atomic.Int64
	_, _, err := c.UploadViaBlob(t.Context(), content, sum, ledger, k, false, func(n int64) { sent.Add(n) })
	if e := (*Error)(nil); !errors.As(err, &e) || e.Status != 503 || e.Message != "The server is busy." || failures != retries+1 {
		t.Fatalf("%v after %d tries", err, failures)
	}
	whole := content.Size / 100
	if got := sent.Load(); got != whole*100 {
		t.Errorf("%d bytes are said to be sent, want %d", got, whole*100)
	}
	b.Fault = nil
	before := b.Count("PUT", "comp=block&")
	s.On("POST /files/import", fake.LoseAnswer())
	if _, _, err := c.UploadViaBlob(t.Context(), content, sum, ledger, k, false, nil); err != nil {
		t.Fatal(err)
	}
	if got := b.Count("PUT", "comp=block&") - before; got != 1 {
		t.Errorf("%d blocks are sent again, not the one that is missing", got)
	}
	if len(s.Files()) != 1 || s.Files()[0].SHA256 != sum {
		t.Errorf("the service has %d files", len(s.Files()))
	}
}

// TestViaBlobChanged: a file that changes on the way becomes no blob.
func TestViaBlobChanged(t *testing.T) {
	s, b := fake.New(t, fake.AzureDated), fake.NewBlobs(t, false)
	c, k := via(t, s, AzureDated, b, b.Signed())
	content := contentOf(t, strings.Repeat(lines, 20))
	sum, _ := content.SHA256(t.Context())
	_, _, err := c.UploadViaBlob(t.Context(), content, sum, Ledger{Dir: t.TempDir()}, k, false, func(int64) {
		if err := os.Chtimes(content.path, time.Now(), time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
	})
	if !errors.Is(err, ErrChanged) || len(b.All()) != 0 || len(s.Files()) != 0 {
		t.Errorf("%v; %d blobs", err, len(b.All()))
	}
}

// TestOpenContainer: what a signature does not allow is told before anything is sent.
func TestOpenContainer(t *testing.T) {
	c := clientOf(t, fake.New(t, fake.AzureDated), AzureDated)
	for address, want := range map[string]string{
		"https://a.blob.core.windows.net/c?sp=rcwd&sr=c&sig=CANARY":                   "",
		"https://a.blob.core.windows.net/c?si=policy&sr=c&sig=CANARY":                 "",
		"https://a.blob.core.windows.net/c/?sp=rw&sig=CANARY":                         "",
		"https://a.blob.core.windows.net/c":                                           "has no signature",
		"https://a.blob.core.windows.net/?sp=rw&sig=CANARY":                           "names no container",
		"https://a.blob.core.windows.net/c?sp=cw&sr=c&sig=CANARY":                     "sp=rcwd is needed",
		"https://a.blob.core.windows.net/c?sp=r&sr=c&sig=CANARY":                      "sp=rcwd is needed",
		"https://a.blob.core.windows.net/c/blob?sp=rcw&sr=b&sig=CANARY":               "not one of a container",
		"https://a.blob.core.windows.net/c?sp=rcw&se=2020-01-01T00:00:00Z&sig=CANARY": "has expired at 2020-01-01T00:00:00Z",
		"http://a.blob.core.windows.net/c?sp=rcw&sig=CANARY":                          "over https only",
		"ftp://a/c?sig=CANARY":                                                         "is none such as",
		"https://a.blob.core.windows.net/c\x7f?sig=CANARY":                             "is none such as",
		"https://user:CANARY@a.blob.core.windows.net/c?sp=rcw&sig=CANARY&x=1#fragment": "is none such as",
	} {
		_, err := c.OpenContainer(address, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: the signature is shown: %v", address, err)
		}
	}
}

// TestDelegation: our signatures are those of Azure's library.
func TestDelegation(t *testing.T) {
	b := fake.NewBlobs(t, true)
	account := strings.TrimSuffix(b.URL, "/container")
	theirs, err := service.NewClient(account, oneToken(b.Token), &service.ClientOptions{ClientOptions: policy.ClientOptions{Transport: b.Client}})
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	until := from.Add(readableFor)
	key, err := theirs.GetUserDelegationCredential(t.Context(), service.KeyInfo{
		Start: to.Ptr(from.Format(sas.TimeFormat)), Expiry: to.Ptr(until.Format(sas.TimeFormat)),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ftlint-0123456789abcdef-train.jsonl", "a b/ü%+.jsonl", `a\b`} {
		signed, err := sas.BlobSignatureValues{
			Protocol: sas.ProtocolHTTPS, StartTime: from, ExpiryTime: until, Permissions: "r", ContainerName: "container", BlobName: name,
		}.SignWithUserDelegation(key)
		if err != nil {
			t.Fatal(err)
		}
		want, err := url.ParseQuery(signed.Encode())
		if err != nil {
			t.Fatal(err)
		}
		c := clientOf(t, fake.New(t, fake.AzureDated), AzureDated)
		c.Transport = b.Client.Transport
		k, err := c.OpenContainer(b.URL, oneToken(b.Token))
		if err != nil {
			t.Fatal(err)
		}
		ours, err := k.delegationKey(t.Context(), from, until)
		if err != nil {
			t.Fatal(err)
		}
		query, err := ours.sign("127", "container", name, from, until)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := url.ParseQuery(query); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%v\nwant\n%v", name, got, want)
		}
	}
}
