package remote

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"golang.org/x/sync/errgroup"
)

const (
	// blockBytes is the size of a block of a blob. It is the same in every run, as the
	// blocks that are there already are not sent again.
	blockBytes = 16 << 20
	// blocksAtATime is how many blocks go in parallel.
	blocksAtATime = 4
	// readableFor is how long a signature lets Azure read a blob that is made for it.
	readableFor = 6 * time.Hour
	// sumKey is the key of a blob's metadata for the hash of what is in it.
	sumKey = "ftlint_sha256"
)

// Container is a container of Azure Blob Storage through which files go to Azure OpenAI.
// Its signature, if it has one, is never shown.
type Container struct {
	client     *Client
	address    url.URL                // without the signature
	query      url.Values             // the signature
	credential azcore.TokenCredential // where there is none
	name       string
	block      int64 // blockBytes, but in tests
}

// OpenContainer returns the container at an address. An address without a signature needs
// a credential. Nothing is sent yet.
func (c *Client) OpenContainer(address string, credential azcore.TokenCredential) (*Container, error) {
	hideSignature(address)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, errors.New("the address of the container is none such as https://account.blob.core.windows.net/container")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errors.New("the address of the container: signatures are sent over https only")
	}
	k := &Container{client: c, address: *u, query: u.Query(), name: path.Base(u.Path), block: blockBytes}
	k.address.RawQuery, k.address.Fragment = "", ""
	k.address.Path = strings.TrimRight(k.address.Path, "/")
	if k.name == "." || k.name == "/" {
		return nil, fmt.Errorf("%s names no container", k.Address())
	}
	if err := k.checkRights(); err != nil {
		return nil, err
	}
	if !k.signed() && c.DryRun == nil {
		if credential == nil {
			return nil, fmt.Errorf("%s has no signature, and nobody to ask for a token", k.Address())
		}
		k.credential = hiding{credential}
	}
	return k, nil
}

// blob returns what talks of one blob.
func (k *Container) blob(name string) (*blockblob.Client, error) {
	options := &blockblob.ClientOptions{ClientOptions: k.client.azureOptions()}
	var api *blockblob.Client
	var err error
	switch {
	case k.signed():
		api, err = blockblob.NewClientWithNoCredential(k.place(name)+"?"+k.query.Encode(), options)
	case k.credential == nil: // a dry run
		api, err = blockblob.NewClientWithNoCredential(k.place(name), options)
	default:
		api, err = blockblob.NewClient(k.place(name), k.credential, options)
	}
	if err != nil {
		return nil, &redacted{err}
	}
	return api, nil
}

// Address is the address of the container, without a signature.
func (k *Container) Address() string { return k.address.String() }

// Signed reports whether an address of a container has a signature, so that no
// credential is needed.
func Signed(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Has("sig")
}

func (k *Container) signed() bool { return k.query.Has("sig") }

// checkRights sees that a signature lets done what has to be done, as far as it says.
// One with a stored policy (si) says nothing.
func (k *Container) checkRights() error {
	if !k.signed() {
		return nil
	}
	if resource := k.query.Get("sr"); resource != "" && resource != "c" {
		return fmt.Errorf("%s: the signature is not one of a container (sr=%s)", k.Address(), resource)
	}
	if until, err := time.Parse(time.RFC3339, k.query.Get("se")); err == nil && !k.client.Now().Before(until) {
		return fmt.Errorf("%s: the signature has expired at %s", k.Address(), until.Format(time.RFC3339))
	}
	if rights := k.query.Get("sp"); rights != "" && (!strings.Contains(rights, "r") || !strings.ContainsAny(rights, "cw")) {
		return fmt.Errorf("%s: the signature does not let blobs be read and written (sp=%s; sp=rcwd is needed)", k.Address(), rights)
	}
	return nil
}

// MayDelete reports whether the signature lets blobs be deleted, as far as it says.
func (k *Container) MayDelete() bool {
	rights := k.query.Get("sp")
	return rights == "" || strings.Contains(rights, "d")
}

// azureOptions are those of Azure's libraries, with our transport.
func (c *Client) azureOptions() policy.ClientOptions {
	o := policy.ClientOptions{
		Telemetry: policy.TelemetryOptions{ApplicationID: "ftlint"},
		Retry:     policy.RetryOptions{MaxRetries: retries, RetryDelay: cmp.Or(c.firstDelay, time.Second), MaxRetryDelay: longestDelay},
		Transport: &http.Client{Transport: c.transport()},
	}
	if c.DryRun != nil {
		o.Transport = &storageDryRun{
			show: func(r *http.Request) (*http.Response, error) { return c.DryRun.answer(c, r) }, now: c.Now,
		}
		o.Retry.MaxRetries = -1
	}
	return o
}

// blobName is what a blob of a content is called: the same content has the same name, and
// no two contents have one.
func blobName(content *Content, sum string) string { return "ftlint-" + sum[:16] + "-" + content.Name }

// place is the address of a blob, without a signature.
func (k *Container) place(name string) string { return k.Address() + "/" + url.PathEscape(name) }

// blobFailed words an error of storage.
func blobFailed(what string, err error) error {
	var refusal *azcore.ResponseError
	if !errors.As(err, &refusal) {
		return failed(what, err)
	}
	e := &Error{What: what, Status: refusal.StatusCode, Code: refusal.ErrorCode}
	if refusal.RawResponse != nil {
		e.RetryAfter = retryAfter(refusal.RawResponse.Header, time.Now())
		e.Request = refusal.RawResponse.Header.Get("x-ms-request-id")
		var body struct{ Message string }
		if text, err := runtime.Payload(refusal.RawResponse); err == nil && xml.Unmarshal(bytes.TrimPrefix(text, bom), &body) == nil {
			line, _, _ := strings.Cut(body.Message, "\n") // ids follow
			e.Message = Redact(line)
		}
	}
	return e
}

// has reports whether a blob with the content is there.
func (k *Container) has(ctx context.Context, name, sum string, size int64) (bool, error) {
	api, err := k.blob(name)
	if err != nil {
		return false, err
	}
	p, err := api.GetProperties(ctx, nil)
	if err != nil {
		if err = blobFailed("looking for "+k.place(name), err); Status(err) == http.StatusNotFound {
			return false, nil
		}
		return false, err
	}
	there := p.ContentLength != nil && *p.ContentLength == size
	for key, value := range p.Metadata { // headers, so of any case
		if strings.EqualFold(key, sumKey) && value != nil {
			return there && *value == sum, nil
		}
	}
	return false, nil
}

// put sends a file as a blob, in blocks, several at a time. Blocks that are there from a
// run that was interrupted are not sent again.
func (k *Container) put(ctx context.Context, content *Content, name, sum string, sent func(int64)) error {
	what := "uploading " + content.Name + " to " + k.place(name)
	api, err := k.blob(name)
	if err != nil {
		return err
	}
	there, err := blocks(ctx, api)
	if err != nil {
		return blobFailed(what, err)
	}
	var ids []string
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(blocksAtATime)
	for at := int64(0); at < content.Size; at += k.block {
		size := min(k.block, content.Size-at)
		id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%012d-%010d", at, size))
		ids = append(ids, id)
		if there[id] == size {
			sent(size)
			continue
		}
		if within.Err() != nil {
			break
		}
		group.Go(func() error {
			body := &block{SectionReader: content.section(at, size), sent: sent}
			_, err := api.StageBlock(within, id, body, nil)
			if err != nil {
				body.unsent()
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return blobFailed(what, err)
	}
	if err := content.Unchanged(); err != nil {
		return err
	}
	_, err = api.CommitBlockList(ctx, ids, &blockblob.CommitBlockListOptions{
		HTTPHeaders: &blob.HTTPHeaders{BlobContentType: to.Ptr("application/jsonl")},
		Metadata:    map[string]*string{sumKey: &sum},
	})
	return blobFailed(what, err)
}

// blocks returns the sizes of the blocks that were sent and are part of no blob yet.
func blocks(ctx context.Context, api *blockblob.Client) (map[string]int64, error) {
	list, err := api.GetBlockList(ctx, blockblob.BlockListTypeUncommitted, nil)
	var refusal *azcore.ResponseError
	if errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	there := map[string]int64{}
	for _, b := range list.UncommittedBlocks {
		if b.Name != nil && b.Size != nil {
			there[*b.Name] = *b.Size
		}
	}
	return there, nil
}

// block is a part of a file that is sent, again if need be.
type block struct {
	*io.SectionReader
	sent func(int64)

	mu    sync.Mutex // a connection that failed may still be reading
	count int64
}

// Read counts what was sent.
func (b *block) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := b.SectionReader.Read(p)
	b.count += int64(n)
	b.sent(int64(n))
	return n, err
}

// Seek takes back what was counted where it goes back to the beginning.
func (b *block) Seek(offset int64, whence int) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, err := b.SectionReader.Seek(offset, whence)
	if at == 0 {
		b.forget()
	}
	return at, err
}

func (b *block) unsent() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
}

// forget takes back what was counted. The lock is held.
func (b *block) forget() {
	b.sent(-b.count)
	b.count = 0
}

// Close is for the library: the file is closed elsewhere.
func (b *block) Close() error { return nil }

// readable returns an address at which Azure can read a blob: by the signature of the
// container, or by one for this blob, for some hours, and for reading only.
func (k *Container) readable(ctx context.Context, name string) (string, error) {
	if k.signed() {
		return k.place(name) + "?" + k.query.Encode(), nil
	}
	query, err := k.delegate(ctx, name)
	return k.place(name) + "?" + query, err
}

// UploadViaBlob sends a file to a container, and lets Azure fetch it from there. What is
// there already is not sent again: reused says that the service has the file, as far as
// the ledger knows. keep says that the blob is to stay; else DeleteBlob is to be called
// when the service has processed the file.
func (c *Client) UploadViaBlob(ctx context.Context, content *Content, sum string, ledger Ledger, via *Container, keep bool, sent func(int64)) (f File, reused bool, err error) {
	if sent == nil {
		sent = func(int64) {}
	}
	entry := &Entry{}
	if c.DryRun == nil {
		if entry, f, reused, err = c.known(ctx, content, sum, ledger); err != nil || reused {
			return f, reused, err
		}
	}
	name := blobName(content, sum)
	there, err := via.has(ctx, name, sum, content.Size)
	if err != nil {
		return f, false, err
	}
	save := func() error {
		if c.DryRun != nil {
			return nil
		}
		return ledger.Save(c, entry)
	}
	if there {
		sent(content.Size)
	} else {
		if !keep {
			entry.Blob = via.place(name)
		}
		if err := save(); err != nil {
			return f, false, err
		}
		if err := via.put(ctx, content, name, sum, sent); err != nil {
			return f, false, err
		}
	}
	address, err := via.readable(ctx, name)
	if err != nil {
		return f, false, err
	}
	if f, err = c.Import(ctx, content.Name, address); err != nil {
		return f, false, err
	}
	entry.File, entry.There = f.ID, nil
	return f, false, save()
}

// Blob returns the address, without a signature, of the blob through which a file goes.
func (k *Container) Blob(content *Content, sum string) string {
	return k.place(blobName(content, sum))
}

// DeleteBlob deletes the blob through which a file went, if it is one that we have sent
// there and that was not to stay. deleted says that it is gone.
func (c *Client) DeleteBlob(ctx context.Context, content *Content, sum string, ledger Ledger, via *Container) (deleted bool, err error) {
	name := blobName(content, sum)
	entry := &Entry{Blob: via.place(name)}
	if c.DryRun == nil {
		if entry, err = ledger.Load(c, sum); err != nil || entry.Blob != via.place(name) {
			return false, err
		}
	}
	api, err := via.blob(name)
	if err != nil {
		return false, err
	}
	_, err = api.Delete(ctx, nil)
	if err = blobFailed("deleting "+via.place(name), err); err != nil && Status(err) != http.StatusNotFound {
		return false, err
	}
	if c.DryRun != nil {
		return true, nil
	}
	entry.Blob = ""
	return true, ledger.Save(c, entry)
}

// storageDryRun shows requests to storage in place of sending them. There is no Client in
// it: in an interface, that would keep all methods of openai-go in the program, 16 MB.
type storageDryRun struct {
	show func(*http.Request) (*http.Response, error)
	now  func() time.Time
}

// Do shows a request, and answers as a container does in which there is nothing yet.
func (d *storageDryRun) Do(r *http.Request) (*http.Response, error) {
	if !Signed(r.URL.String()) && r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", "Bearer none") // shown as what it would be
	}
	answer, err := d.show(r)
	if err != nil {
		return nil, err
	}
	text := ""
	switch {
	case r.Method == http.MethodHead, r.Method == http.MethodGet:
		answer.StatusCode = http.StatusNotFound
	case r.Method == http.MethodPut:
		answer.StatusCode = http.StatusCreated
	case r.Method == http.MethodDelete:
		answer.StatusCode = http.StatusAccepted
	default:
		at := d.now().UTC().Format(sas.TimeFormat)
		text = "<UserDelegationKey><SignedOid>none</SignedOid><SignedTid>none</SignedTid><SignedStart>" + at + "</SignedStart><SignedExpiry>" + at +
			"</SignedExpiry><SignedService>b</SignedService><SignedVersion>none</SignedVersion><Value>bm9uZQ==</Value></UserDelegationKey>"
	}
	answer.Header = http.Header{"Content-Type": {"application/xml"}}
	answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return answer, nil
}
