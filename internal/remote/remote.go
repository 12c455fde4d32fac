// Package remote is the thin client of the services that fine-tune models: Azure OpenAI
// and OpenAI. The providers' own libraries do the talking; what is here is the order of
// things, care with what fails halfway, and words for what the services say.
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
)

// Dialect is how a service is talked to.
type Dialect uint8

// The dialects.
const (
	// AzureDated is Azure OpenAI's API with a date in each request (api-version).
	AzureDated Dialect = iota
	// AzureV1 is Azure OpenAI's API below /openai/v1.
	AzureV1
	// OpenAI is OpenAI's own API.
	OpenAI
)

// String returns the name by which flags call the dialect.
func (d Dialect) String() string { return [...]string{"azure", "azure-v1", "openai"}[d] }

// Azure reports whether it is a dialect of Azure.
func (d Dialect) Azure() bool { return d != OpenAI }

const (
	// DefaultAPIVersion is the version of Azure's dated API that is generally available.
	DefaultAPIVersion = "2024-10-21"
	// PreviewAPIVersion is a later version, which knows trainingType and method, too.
	PreviewAPIVersion = "2025-04-01-preview"
	// DefaultScope is what a token for Azure's data plane is asked for.
	DefaultScope = "https://cognitiveservices.azure.com/.default"
	// OpenAIEndpoint is where OpenAI's API is.
	OpenAIEndpoint = "https://api.openai.com"
)

// Target says which service is talked to, and who talks.
type Target struct {
	Dialect Dialect
	// Endpoint is the address of the resource, such as https://my.openai.azure.com: what
	// stands before /openai, or before /v1 of OpenAI.
	Endpoint   string
	APIVersion string // of AzureDated; "": DefaultAPIVersion
	// Key is an API key. Credential, if it is set, is asked for tokens in its place.
	Key        string
	Credential azcore.TokenCredential
	Scope      string // of tokens; "": DefaultScope
}

// Options say how a client behaves.
type Options struct {
	// DryRun, if it is set, is told every request in place of its being sent.
	DryRun *DryRun
	// UserAgent is what the client calls itself.
	UserAgent string
	// Now, Wait and Transport are for tests: the time, what waits until a time has
	// passed, and what sends requests.
	Now       func() time.Time
	Wait      func(context.Context, time.Duration) error
	Transport http.RoundTripper
}

// waits sets what waits: where nothing is sent there is nothing to wait for.
func (o *Options) waits() {
	switch {
	case o.DryRun != nil:
		o.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	case o.Wait == nil:
		o.Wait = wait
	}
}

// Client talks to one service. It is safe for concurrent use.
type Client struct {
	Target
	Options
	api openai.Client

	large, part int64         // LargeUpload and partBytes, but in tests
	firstDelay  time.Duration // of storage, before it is tried again; 0: a second
}

// ErrNoKey says that there is nothing to authenticate with.
var ErrNoKey = errors.New("no API key")

// New returns a client. Nothing is sent yet.
func New(t Target, o Options) (*Client, error) {
	base, err := checkEndpoint(t.Endpoint)
	if err != nil {
		return nil, err
	}
	t.Endpoint = base.String()
	if t.APIVersion == "" {
		t.APIVersion = DefaultAPIVersion
	}
	if t.Scope == "" {
		t.Scope = DefaultScope
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.waits()
	switch {
	case o.DryRun != nil: // whoever has no right to it yet can see what would be sent
		t.Key, t.Credential = cmp.Or(t.Key, "none"), nil
	case t.Credential == nil && t.Key == "":
		return nil, ErrNoKey
	}
	if hide(t.Key); t.Credential != nil {
		t.Credential = hiding{t.Credential}
	}
	c := &Client{Target: t, Options: o, large: LargeUpload, part: partBytes}
	c.api = openai.NewClient(c.options(base)...)
	return c, nil
}

// checkEndpoint sees that keys are sent only where nobody listens: over https, or within
// the machine.
func checkEndpoint(endpoint string) (*url.URL, error) {
	if strings.ContainsAny(endpoint, "@?#") { // which may be secrets, so that it is not shown
		return nil, errors.New("endpoint: an address without a user, query or fragment is needed")
	}
	u, err := url.Parse(strings.TrimRight(endpoint, "/"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("endpoint %q: this is no address such as https://my-resource.openai.azure.com", endpoint)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("endpoint %q: keys are sent over https only", endpoint)
	}
	// What the portal shows often has the rest of a route behind it.
	for _, tail := range []string{"/openai/v1", "/openai", "/v1"} {
		if rest, ok := strings.CutSuffix(u.Path, tail); ok {
			u.Path = rest
			break
		}
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// options are those of the library for the target.
func (c *Client) options(base *url.URL) []option.RequestOption {
	list := []option.RequestOption{
		option.WithHTTPClient(&http.Client{Transport: c.transport()}),
		option.WithHeader("User-Agent", c.UserAgent),
		option.WithMaxRetries(retries),
		option.WithMaxRetryDelay(longestDelay),
		// What the environment says for OpenAI is not meant for Azure.
		option.WithHeaderDel("OpenAI-Organization"), option.WithHeaderDel("OpenAI-Project"),
	}
	// What shows requests stands behind what completes their addresses, and before what
	// asks for tokens.
	switch c.Dialect {
	case AzureDated:
		list = append(list, azure.WithEndpoint(base.String(), c.APIVersion), option.WithMiddleware(c.send))
		if c.Credential != nil {
			list = append(list, azure.WithTokenCredential(c.Credential, azure.WithTokenCredentialScopes([]string{c.Scope})))
		} else {
			list = append(list, azure.WithAPIKey(c.Key))
		}
		if base.Scheme == "http" {
			list = append(list, azure.WithUnsafeAllowHTTP())
		}
	case AzureV1:
		list = append(list, option.WithBaseURL(base.String()+"/openai/v1/"))
	case OpenAI:
		list = append(list, option.WithBaseURL(base.String()+"/v1/"))
	}
	if c.Dialect != AzureDated {
		list = append(list, option.WithMiddleware(c.send), option.WithAPIKey(c.Key))
		if c.Credential != nil {
			list = append(list, option.WithMiddleware(c.withToken))
		}
	}
	return list
}

func (c *Client) transport() http.RoundTripper {
	if c.Transport != nil {
		return c.Transport
	}
	return newTransport()
}

const (
	// answerTimeout is how long a service may take to begin its answer, and how long it
	// may send nothing in the middle of one.
	answerTimeout = 5 * time.Minute
	// retries is how often a request is sent again that can be: after 408, 409, 429, 5xx
	// and where the connection fails.
	retries = 4
	// longestDelay is the most that a service can make the client wait before it tries
	// again.
	longestDelay = 2 * time.Minute
)

// withToken puts a token into a request. The credential keeps it until it expires.
func (c *Client) withToken(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	token, err := c.Credential.GetToken(r.Context(), policy.TokenRequestOptions{Scopes: []string{c.Scope}})
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token.Token)
	return next(r)
}

// send sends a request, unless it is only to be shown.
func (c *Client) send(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	if sized, ok := r.Context().Value(sizeKey{}).(int64); ok {
		r.ContentLength = sized
	}
	if c.DryRun != nil {
		return c.DryRun.answer(c, r)
	}
	return next(r)
}

// sizeKey is the key of a context for the length of a body that the library cannot know.
type sizeKey struct{}

// waitKey is the key of a context for what waits in it.
type waitKey struct{}

// WithWait returns a context in which clients wait by calling a function, for tests that
// have no time.
func WithWait(ctx context.Context, wait func(context.Context, time.Duration) error) context.Context {
	return context.WithValue(ctx, waitKey{}, wait)
}

func wait(ctx context.Context, d time.Duration) error {
	if by, ok := ctx.Value(waitKey{}).(func(context.Context, time.Duration) error); ok {
		return by(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
