package fake

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Blobs is a fake of one container of Azure Blob Storage: blocks, blobs of blocks, and
// signatures, of which it looks at the text and not at what is signed.
type Blobs struct {
	// URL is the address of the container, without a signature. Its certificate, over
	// https, is known to Client.
	URL    string
	Client *http.Client
	// Signature and Rights are those of the container's signature.
	Signature, Rights string
	// Token is the bearer token that is taken, over https.
	Token string
	// Fault answers a request with a status, and does not carry it out; 0: it does. It is
	// called while the server is locked.
	Fault func(r *http.Request) int

	mu     sync.Mutex
	blobs  map[string][]byte
	about  map[string]http.Header
	blocks map[string]map[string][]byte
	log    []string
}

// NewBlobs starts a container, which ends with the test. Tokens are taken over TLS only.
func NewBlobs(t testing.TB, tls bool) *Blobs {
	t.Helper()
	b := &Blobs{
		Signature: "signature-of-the-fake", Rights: "rcwd", Token: "token-of-the-fake-storage",
		blobs: map[string][]byte{}, about: map[string]http.Header{}, blocks: map[string]map[string][]byte{},
	}
	server := httptest.NewUnstartedServer(b)
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	b.URL, b.Client = server.URL+"/container", server.Client()
	return b
}

// Signed is the address of the container with its signature.
func (b *Blobs) Signed() string {
	return b.URL + "?sv=2025-01-05&sr=c&se=2100-01-01T00%3A00%3A00Z&sp=" + b.Rights + "&sig=" + b.Signature
}

// All returns the blobs that there are.
func (b *Blobs) All() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string][]byte{}
	for name, content := range b.blobs {
		all[name] = content
	}
	return all
}

// Count tells how many requests began with a method and had a text in their address.
func (b *Blobs) Count(method, text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, line := range b.log {
		if strings.HasPrefix(line, method+" ") && strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// refused tells why a request may not be made: by the rights of its signature, or its
// token.
func (b *Blobs) refused(r *http.Request) bool {
	query := r.URL.Query()
	need := map[string]string{http.MethodGet: "r", http.MethodHead: "r", http.MethodPut: "cw", http.MethodDelete: "d"}[r.Method]
	switch {
	case query.Get("sig") == b.Signature:
		return !strings.ContainsAny(b.Rights, need)
	case query.Has("skoid"): // one of a user delegation
		until, err := time.Parse(time.RFC3339, query.Get("se"))
		return r.Method != http.MethodGet || query.Get("sp") != "r" || query.Get("sr") != "b" || err != nil || until.Before(time.Now()) || query.Get("sig") == ""
	}
	return r.TLS == nil || r.Header.Get("Authorization") != "Bearer "+b.Token
}

// ServeHTTP answers a request.
func (b *Blobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.log = append(b.log, r.Method+" "+r.URL.RequestURI())
	name, query := strings.TrimPrefix(r.URL.Path, "/container/"), r.URL.Query()
	if b.Fault != nil {
		if status := b.Fault(r); status != 0 {
			failBlob(w, status, "ServerBusy", "The server is busy.")
			return
		}
	}
	switch {
	case b.refused(r):
		failBlob(w, http.StatusForbidden, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.")
	case query.Get("comp") == "userdelegationkey":
		b.delegate(w, body)
	case r.Method == http.MethodPut && query.Get("comp") == "block":
		if b.blocks[name] == nil {
			b.blocks[name] = map[string][]byte{}
		}
		b.blocks[name][query.Get("blockid")] = body
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPut && query.Get("comp") == "blocklist":
		b.commit(w, r, name, body)
	case r.Method == http.MethodGet && query.Get("comp") == "blocklist":
		b.list(w, name)
	default:
		b.blob(w, r, name)
	}
}

// failBlob is an error as storage has it.
func failBlob(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Ms-Error-Code", code)
	w.WriteHeader(status)
	fmt.Fprintf(w, "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>%s\nRequestId:0\nTime:0</Message></Error>", code, message)
}

// delegate gives a key by which signatures are made.
func (b *Blobs) delegate(w http.ResponseWriter, body []byte) {
	var wanted struct{ Start, Expiry string }
	if xml.Unmarshal(body, &wanted) != nil || wanted.Start == "" || wanted.Expiry == "" {
		failBlob(w, http.StatusBadRequest, "InvalidXmlDocument", "XML specified is not syntactically valid.")
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprintf(w, "<UserDelegationKey><SignedOid>oid</SignedOid><SignedTid>tid</SignedTid><SignedStart>%s</SignedStart><SignedExpiry>%s</SignedExpiry>"+
		"<SignedService>b</SignedService><SignedVersion>2025-01-05</SignedVersion><Value>%s</Value></UserDelegationKey>",
		wanted.Start, wanted.Expiry, base64.StdEncoding.EncodeToString([]byte("key-of-the-fake-storage")))
}

// commit makes a blob of blocks.
func (b *Blobs) commit(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	var list struct{ Latest []string }
	if err := xml.Unmarshal(body, &list); err != nil {
		failBlob(w, http.StatusBadRequest, "InvalidXmlDocument", "XML specified is not syntactically valid.")
		return
	}
	whole := []byte{}
	for _, id := range list.Latest {
		part, there := b.blocks[name][id]
		if !there {
			failBlob(w, http.StatusBadRequest, "InvalidBlockList", "The specified block list is invalid.")
			return
		}
		whole = append(whole, part...)
	}
	b.blobs[name], b.about[name] = whole, r.Header.Clone()
	delete(b.blocks, name)
	w.WriteHeader(http.StatusCreated)
}

// list tells of the blocks that are part of no blob.
func (b *Blobs) list(w http.ResponseWriter, name string) {
	if b.blobs[name] == nil && b.blocks[name] == nil {
		failBlob(w, http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
		return
	}
	var ids []string
	for id := range b.blocks[name] {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprint(w, "<BlockList><CommittedBlocks/><UncommittedBlocks>")
	for _, id := range ids {
		fmt.Fprintf(w, "<Block><Name>%s</Name><Size>%d</Size></Block>", id, len(b.blocks[name][id]))
	}
	fmt.Fprint(w, "</UncommittedBlocks></BlockList>")
}

// blob reads or deletes a blob.
func (b *Blobs) blob(w http.ResponseWriter, r *http.Request, name string) {
	content, there := b.blobs[name]
	switch {
	case !there:
		failBlob(w, http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
	case r.Method == http.MethodDelete:
		delete(b.blobs, name)
		w.WriteHeader(http.StatusAccepted)
	default:
		for key, values := range b.about[name] {
			if strings.HasPrefix(strings.ToLower(key), "x-ms-meta-") {
				w.Header()[key] = values
			}
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodGet {
			w.Write(content) //nolint:errcheck // the client may be gone
		}
	}
}
