package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/cognitiveservices/armcognitiveservices/v2"
)

const (
	// DefaultControlHost is where Azure's control plane is.
	DefaultControlHost = "https://management.azure.com"
	// DefaultControlScope is what a token for the control plane is asked for.
	DefaultControlScope = "https://management.azure.com/.default"
)

// Account names an Azure resource at the control plane.
type Account struct {
	Subscription  string `json:"subscription"`
	ResourceGroup string `json:"resource_group"`
	Name          string `json:"name"`
}

// ID is the account as the control plane names it.
func (a Account) ID() string {
	return "/subscriptions/" + a.Subscription + "/resourceGroups/" + a.ResourceGroup + "/providers/Microsoft.CognitiveServices/accounts/" + a.Name
}

// ControlTarget says which account's deployments are managed, and by whom.
type ControlTarget struct {
	Account
	Host  string // "": DefaultControlHost
	Scope string // of tokens; "": DefaultControlScope
	// Credential is asked for tokens: one of Entra, or ReadyToken.
	Credential azcore.TokenCredential
	// SourceTenant is the tenant of the account that the model is in, where it is not
	// that of the credential. A token for it goes along when a deployment is made.
	SourceTenant string
}

// ReadyToken is a credential of a token that somebody has got already. The auxiliary one
// is for the tenant of the account that the model is in, and may be empty.
func ReadyToken(token, auxiliary string) azcore.TokenCredential {
	return readyToken{token, auxiliary}
}

type readyToken struct{ token, auxiliary string }

// GetToken returns the token. How long it is good for is not known: the service tells
// when it is not.
func (r readyToken) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token := r.token
	if o.TenantID != "" {
		token = r.auxiliary
	}
	if token == "" {
		return azcore.AccessToken{}, errors.New("there is no token for the tenant of the source account")
	}
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(24 * time.Hour)}, nil
}

// Control manages the deployments of an account. It is safe for concurrent use; changes
// are made one after the other, as Azure wants it.
type Control struct {
	ControlTarget
	Options

	host *url.URL
	// delay is the time before a request that failed is sent again.
	delay time.Duration

	writing sync.Mutex // held while the account is changed
	mu      sync.Mutex
	clients *controlClients
}

// controlClients are the library's.
type controlClients struct {
	deployments *armcognitiveservices.DeploymentsClient
	// across is deployments with the token of the source tenant.
	across     *armcognitiveservices.DeploymentsClient
	accounts   *armcognitiveservices.AccountsClient
	capacities *armcognitiveservices.LocationBasedModelCapacitiesClient
	usages     *armcognitiveservices.UsagesClient
}

// NewControl returns a client of the control plane. Nothing is sent yet.
func NewControl(t ControlTarget, o Options) (*Control, error) {
	t.Host, t.Scope = cmp.Or(t.Host, DefaultControlHost), cmp.Or(t.Scope, DefaultControlScope)
	host, err := url.Parse(strings.TrimRight(t.Host, "/"))
	if err != nil || host.Host == "" || host.Scheme != "https" && host.Scheme != "http" || host.User != nil || host.RawQuery != "" {
		return nil, fmt.Errorf("host of the control plane %q: this is no address such as %s", Redact(t.Host), DefaultControlHost)
	}
	if host.Scheme == "http" && !loopback(host.Hostname()) {
		return nil, fmt.Errorf("host of the control plane %q: tokens are sent over https only", t.Host)
	}
	for _, part := range []struct{ name, value string }{{"subscription", t.Subscription}, {"resource group", t.ResourceGroup}, {"account", t.Name}} {
		if part.value == "" || strings.ContainsAny(part.value, "/?#") {
			return nil, fmt.Errorf("%s %q: the control plane names a resource by subscription, resource group and account", part.name, part.value)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.waits()
	switch {
	case o.DryRun != nil: // whoever has no right to it yet can see what would be sent
		t.Credential = ReadyToken("none", "none")
	case t.Credential == nil:
		return nil, ErrNoToken
	}
	c := &Control{ControlTarget: t, Options: o, host: host, delay: time.Second}
	if c.clients, err = c.connect(); err != nil {
		return nil, err
	}
	return c, nil
}

// ErrNoToken says that there is nothing to authenticate with at the control plane.
var ErrNoToken = errors.New("no token for the control plane")

// connect makes clients of the library, which know no token yet.
func (c *Control) connect() (*controlClients, error) {
	o := &arm.ClientOptions{DisableRPRegistration: true} // which would take conflicts for its own
	o.Cloud = cloud.Configuration{Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
		cloud.ResourceManager: {Endpoint: c.host.String(), Audience: strings.TrimSuffix(c.Scope, "/.default")},
	}}
	o.InsecureAllowCredentialWithHTTP = c.host.Scheme == "http" // within the machine
	o.Transport = &controlTransport{c: c, client: &http.Client{Transport: c.transport()}}
	o.Retry = policy.RetryOptions{MaxRetries: retries, RetryDelay: c.delay, MaxRetryDelay: longestDelay}
	o.PerCallPolicies = []policy.Policy{&conflictPolicy{c}}
	o.Telemetry.ApplicationID, _, _ = strings.Cut(c.UserAgent, "+")

	var clients controlClients
	var errs [5]error
	clients.deployments, errs[0] = armcognitiveservices.NewDeploymentsClient(c.Subscription, c.Credential, o)
	clients.accounts, errs[1] = armcognitiveservices.NewAccountsClient(c.Subscription, c.Credential, o)
	clients.capacities, errs[2] = armcognitiveservices.NewLocationBasedModelCapacitiesClient(c.Subscription, c.Credential, o)
	clients.usages, errs[3] = armcognitiveservices.NewUsagesClient(c.Subscription, c.Credential, o)
	across := *o
	across.AuxiliaryTenants = []string{cmp.Or(c.SourceTenant, "source")} // a ready token asks for no name
	clients.across, errs[4] = armcognitiveservices.NewDeploymentsClient(c.Subscription, c.Credential, &across)
	return &clients, errors.Join(errs[:]...)
}

func (c *Control) transport() http.RoundTripper {
	if c.Transport != nil {
		return c.Transport
	}
	return newTransport()
}

// controlTransport sends requests, unless they are only to be shown.
type controlTransport struct {
	c      *Control
	client *http.Client
}

// Do sends a request.
func (t *controlTransport) Do(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "http" && !loopback(r.URL.Hostname()) {
		// The service names addresses to go on at.
		return nil, fmt.Errorf("%s://%s: tokens are sent over https only", r.URL.Scheme, r.URL.Host)
	}
	if t.c.DryRun != nil {
		return t.c.DryRun.control(r)
	}
	return t.client.Do(r)
}

// conflictPolicy waits while another operation changes the account: the control plane
// takes one at a time, and refuses others.
type conflictPolicy struct{ c *Control }

// conflicts is how often in a row an operation may be refused because of another one:
// for about ten minutes.
const conflicts = 25

// Do sends a request.
func (p *conflictPolicy) Do(r *policy.Request) (*http.Response, error) {
	for n := 0; ; n++ {
		if err := r.RewindBody(); err != nil {
			return nil, err
		}
		answer, err := r.Clone(r.Raw().Context()).Next()
		if err != nil || answer.StatusCode != http.StatusConflict || n == conflicts {
			return answer, err
		}
		// The body stays there for whoever reads it next.
		if code, message := armError(answer); code != "RequestConflict" && !strings.Contains(message, "Another operation is being performed") {
			return answer, nil
		}
		delay := min(2*time.Second<<min(n, 4), 30*time.Second)
		if err := p.c.Wait(r.Raw().Context(), max(delay, min(retryAfter(answer.Header, p.c.Now()), longestDelay))); err != nil {
			return nil, err
		}
	}
}

// armError reads code and message of an answer of the control plane.
func armError(answer *http.Response) (code, message string) {
	if answer == nil {
		return "", ""
	}
	text, err := runtime.Payload(answer)
	if err != nil {
		return "", ""
	}
	type inner struct{ Code, Message string }
	var body struct {
		Error *struct {
			inner
			Details []inner
		}
		inner
	}
	if json.Unmarshal(text, &body) != nil {
		return "", ""
	}
	if body.Error == nil {
		return body.Code, Redact(body.Message)
	}
	message = body.Error.Message
	for _, d := range body.Error.Details {
		if d.Message != "" && !strings.Contains(message, d.Message) {
			message += " " + d.Message
		}
	}
	return body.Error.Code, Redact(strings.TrimSpace(message))
}

// controlFailed words an error of a request to the control plane.
func (c *Control) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	refusal := (*azcore.ResponseError)(nil)
	if !errors.As(err, &refusal) {
		return failed(what, err)
	}
	e := &Error{What: what, Status: refusal.StatusCode, Code: refusal.ErrorCode, Control: true}
	if answer := refusal.RawResponse; answer != nil {
		code, message := armError(answer)
		e.Code, e.Message = cmp.Or(code, e.Code), message
		e.RetryAfter = retryAfter(answer.Header, c.Now())
		for _, name := range []string{"x-ms-request-id", "x-ms-correlation-request-id"} {
			if e.Request = answer.Header.Get(name); e.Request != "" {
				break
			}
		}
	}
	return e
}

// ask does something with the library's clients. A token that the service takes no
// longer is got anew, once.
func ask[T any](ctx context.Context, c *Control, what string, do func(*controlClients) (T, error)) (T, error) {
	c.mu.Lock()
	clients := c.clients
	c.mu.Unlock()
	value, err := do(clients)
	err = c.failed(what, err)
	if Status(err) != http.StatusUnauthorized || ctx.Err() != nil {
		return value, err
	}
	fresh, connectErr := c.connect()
	if connectErr != nil {
		return value, err
	}
	c.mu.Lock()
	c.clients = fresh
	c.mu.Unlock()
	value, err = do(fresh)
	return value, c.failed(what, err)
}
