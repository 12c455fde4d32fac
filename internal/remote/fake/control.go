package fake

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/cognitiveservices/armcognitiveservices/v2/fake"
)

// Control is a control plane of one account: what is deployed there answers at its data
// plane. Microsoft's own typed fake reads requests and writes answers; states, operations
// that take long and refusals are made here, and go over the wire as Azure's do.
//
// Fields may be set before the first request; afterwards only in Change. The functions
// among them are called while it is locked, and may not call its methods.
type Control struct {
	// URL is the address.
	URL string
	// Token is the bearer token that it takes, until ExpireToken, and AuxiliaryToken the
	// one of the tenant of other accounts.
	Token, AuxiliaryToken string
	// Subscription, ResourceGroup and Account name the account, Location its region.
	Subscription, ResourceGroup, Account, Location string

	// Polls is how often a deployment or its operation is asked for until it is made, or
	// gone; 0: it is at once.
	Polls int
	// Busy is how many changes are refused next because of another one.
	Busy int
	// Quota is by SKU what deployments may have together; a SKU without an entry is not
	// offered in the region.
	Quota map[string]int
	// Untold keeps it from telling what capacity there is for fine-tunes.
	Untold bool
	// Fail says why a deployment fails after it was accepted; "": it does not.
	Fail func(name, model string) (code, message string)
	// Others lists the models of other accounts, by their ARM id.
	Others map[string][]string
	// Forbidden lists the routes for which a right is missing, such as "GET /usages".
	Forbidden []string
	// PageSize is how many deployments are on a page of the list.
	PageSize int

	t         testing.TB
	data      *Server
	http      *httptest.Server
	transport *fake.ServerFactoryTransport
	closing   chan struct{}

	mu          sync.Mutex
	ids         int
	log         []*Request
	faults      []*armed
	expired     []string // tokens
	deployments []*managed
	operations  map[string]*managed
}

// managed is a deployment at the control plane.
type managed struct {
	name, model, version, sku string
	source, sourceAccount     string
	capacity                  int32
	state                     string
	polls                     int // since the state was entered
	created                   time.Time
	code, message             string // why it failed
}

// NewControl starts a control plane of the account whose data plane is s. It ends with
// the test.
func NewControl(t testing.TB, s *Server) *Control {
	t.Helper()
	c := &Control{
		Token: "arm-token-of-the-fake-service", AuxiliaryToken: "auxiliary-token-of-the-fake-service",
		Subscription: "00000000-0000-0000-0000-000000000001", ResourceGroup: "fake-group", Account: "fake-account", Location: "swedencentral",
		Quota:    map[string]int{"Standard": 300, "GlobalStandard": 500, "DeveloperTier": 250},
		PageSize: 2,

		t: t, data: s, closing: make(chan struct{}), operations: make(map[string]*managed),
	}
	c.transport = fake.NewServerFactoryTransport(c.typed())
	if missing := describeControl().missing; missing != nil {
		t.Logf("fake: the control plane is not held against the official description: %v", missing)
	}
	c.http = httptest.NewServer(c)
	c.URL = c.http.URL
	t.Cleanup(func() {
		close(c.closing)
		c.http.CloseClientConnections()
		c.http.Close()
	})
	return c
}

// ID is the account's ARM id.
func (c *Control) ID() string {
	return "/subscriptions/" + c.Subscription + "/resourceGroups/" + c.ResourceGroup + "/providers/Microsoft.CognitiveServices/accounts/" + c.Account
}

// Change changes settings while the server runs.
func (c *Control) Change(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// ExpireToken makes the server take Token no longer, and returns the one that it takes
// from now on.
func (c *Control) ExpireToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids++
	c.expired = append(c.expired, c.Token)
	c.Token = fmt.Sprintf("arm-token-of-the-fake-service-%d", c.ids)
	return c.Token
}

// Deployments names the deployments that there are, in the order of their making.
func (c *Control) Deployments() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, d := range c.deployments {
		names = append(names, d.name)
	}
	return names
}

// Deployed makes a deployment that has been there since a time.
func (c *Control) Deployed(name, model, sku string, capacity int, since time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deployments = append(c.deployments, &managed{
		name: name, model: model, version: "1", sku: sku, capacity: int32(capacity), state: stateSucceeded, created: since,
	})
	c.data.Deploy(name, model)
}

// Requests lists the requests in the order in which they came.
func (c *Control) Requests() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]Request, len(c.log))
	for i, r := range c.log {
		all[i] = *r
		all[i].Body = slices.Clone(r.Body)
	}
	return all
}

// Count tells how often an operation was asked for, such as "PUT /deployments/{name}".
func (c *Control) Count(route string) int {
	n := 0
	for _, r := range c.Requests() {
		if r.Route == route {
			n++
		}
	}
	return n
}

// On makes the next requests of a route meet faults, as Server.On does: Pass, Status,
// Refuse, Reset, LoseAnswer, CutAnswer and Delay. The routes are
// "PUT /deployments/{name}" with GET and DELETE, "GET /deployments", "GET /account",
// "GET /operations/{id}", "GET /usages" and "GET /capacities".
func (c *Control) On(route string, faults ...Fault) {
	c.t.Helper()
	if !slices.ContainsFunc(controlRoutes, func(r controlRoute) bool { return r.name == route }) {
		c.t.Fatalf("fake: the control plane has no route %q", route)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range faults {
		c.faults = append(c.faults, &armed{route: route, Fault: f})
	}
}

// controlRoute is an operation of the control plane.
type controlRoute struct {
	name    string
	pattern *regexp.Regexp // of the path
	api     string         // what the library calls it; "": made here
	path    string         // in the official description; "": not described
}

const accountPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.CognitiveServices/accounts/{accountName}"

var controlRoutes = []controlRoute{
	{"PUT /deployments/{name}", below(`/deployments/([^/]+)`), "DeploymentsClient.BeginCreateOrUpdate", accountPath + "/deployments/{deploymentName}"},
	{"GET /deployments/{name}", below(`/deployments/([^/]+)`), "DeploymentsClient.Get", accountPath + "/deployments/{deploymentName}"},
	{"DELETE /deployments/{name}", below(`/deployments/([^/]+)`), "DeploymentsClient.BeginDelete", accountPath + "/deployments/{deploymentName}"},
	{"GET /deployments", below(`/deployments`), "DeploymentsClient.NewListPager", accountPath + "/deployments"},
	{"GET /account", below(``), "AccountsClient.Get", ""},
	{"GET /usages", located(`/usages`), "UsagesClient.NewListPager", ""},
	{"GET /capacities", located(`/modelCapacities`), "LocationBasedModelCapacitiesClient.NewListPager", ""},
	{"GET /operations/{id}", located(`/operations/([^/]+)`), "", ""},
}

// below matches what is below an account, located what is below a region.
func below(rest string) *regexp.Regexp {
	return regexp.MustCompile(`^/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\.CognitiveServices/accounts/([^/]+)` + rest + `$`)
}

func located(rest string) *regexp.Regexp {
	return regexp.MustCompile(`^/subscriptions/([^/]+)/providers/Microsoft\.CognitiveServices/locations/([^/]+)` + rest + `$`)
}

// furtherPage is what Microsoft's fake appends to addresses of further pages.
var furtherPage = regexp.MustCompile(`/fake_page_\d+$`)

// controlCall is one request on its way.
type controlCall struct {
	*Control
	request *http.Request
	entry   *Request
	route   *controlRoute
	at      []string // what the groups of the path's pattern stand for
	body    []byte
}

// refusal is an error that the control plane answers.
type refusal struct {
	status        int
	code, message string
}

// Error says what is refused.
func (r *refusal) Error() string { return r.code + ": " + r.message }

func (r *refusal) answer() answer {
	return reply(r.status, object{"error": object{"code": r.code, "message": r.message}})
}

// ServeHTTP answers a request.
func (c *Control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := &controlCall{Control: c, request: r, entry: &Request{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone()}}
	path := furtherPage.ReplaceAllString(r.URL.Path, "")
	for i := range controlRoutes {
		route := &controlRoutes[i]
		method, _, _ := strings.Cut(route.name, " ")
		if at := route.pattern.FindStringSubmatch(path); at != nil && method == r.Method {
			call.route, call.at, call.entry.Route = route, at, route.name
			break
		}
	}
	c.mu.Lock()
	c.log = append(c.log, call.entry)
	fault := call.fault()
	c.mu.Unlock()
	defer c.Change(func() { call.entry.Done = true })
	if fault.kind == reset {
		hangUp(w)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxDocument))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	call.body = body
	c.Change(func() { call.entry.Size, call.entry.Body = int64(len(body)), body[:min(len(body), maxNoted)] })
	if fault.kind == delay {
		select {
		case <-fault.until:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-c.closing:
			panic(http.ErrAbortHandler)
		}
	}
	a := call.do(fault)
	fault.after(w, &a)
	c.Change(func() { call.entry.Status = a.status })
	a.write(w, fault.pause)
}

// fault takes the first fault that waits for the route. The lock is held.
func (c *controlCall) fault() Fault {
	for _, f := range c.faults {
		if f.times > 0 && c.route != nil && f.route == c.route.name {
			f.times--
			return f.Fault
		}
	}
	return Fault{}
}

// do carries the request out.
func (c *controlCall) do(fault Fault) answer {
	switch {
	case fault.kind == status && fault.error != "":
		return (&refusal{fault.code, fault.error, fault.body}).answer()
	case fault.kind == status:
		return fault.answer(nil)
	}
	c.mu.Lock()
	refused := c.refuse()
	c.mu.Unlock()
	if refused != nil {
		return refused.answer()
	}
	c.checkRequest()
	var a answer
	if c.route.api == "" {
		a = c.operation()
	} else {
		a = c.dispatch()
	}
	c.checkAnswer(a)
	return a
}

// refuse looks at who asks, and for what. The lock is held.
func (c *controlCall) refuse() *refusal {
	bearer, _ := strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	switch {
	case slices.Contains(c.expired, bearer):
		return &refusal{http.StatusUnauthorized, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time."}
	case !same(bearer, c.Token):
		return &refusal{http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid."}
	case c.route == nil:
		return &refusal{http.StatusNotFound, "NotFound", "There is nothing at " + c.request.URL.Path}
	case !slices.Contains([]string{"2024-10-01", "2025-06-01"}, c.request.URL.Query().Get("api-version")):
		return &refusal{http.StatusBadRequest, "InvalidApiVersionParameter", "The api-version is invalid."}
	case slices.Contains(c.Forbidden, c.route.name):
		return &refusal{http.StatusForbidden, "AuthorizationFailed", "The client 'someone' with object id '1' does not have authorization to perform action '" + c.route.name + "' over scope '" + c.ID() + "' or the scope is invalid."}
	case strings.Contains(string(c.body), `"sourceAccount"`) && !same(c.request.Header.Get("x-ms-authorization-auxiliary"), "Bearer "+c.AuxiliaryToken):
		return &refusal{http.StatusForbidden, "LinkedAuthorizationFailed", "The client has permission to perform action on the deployment, however the current tenant is not authorized to access the linked subscription."}
	case !strings.EqualFold(c.at[1], c.Subscription):
		return &refusal{http.StatusNotFound, "SubscriptionNotFound", "The subscription '" + c.at[1] + "' could not be found."}
	case strings.Contains(c.request.URL.Path, "/locations/"):
		return nil
	case !strings.EqualFold(c.at[2], c.ResourceGroup):
		return &refusal{http.StatusNotFound, "ResourceGroupNotFound", "Resource group '" + c.at[2] + "' could not be found."}
	case !strings.EqualFold(c.at[3], c.Account):
		return &refusal{http.StatusNotFound, "ResourceNotFound", "The Resource 'Microsoft.CognitiveServices/accounts/" + c.at[3] + "' under resource group '" + c.ResourceGroup + "' was not found."}
	}
	return nil
}

// dispatch lets Microsoft's fake read the request and write the answer.
func (c *controlCall) dispatch() answer {
	// A client that goes away while Microsoft's fake is at work would make that panic.
	ctx := context.WithoutCancel(c.request.Context())
	r := c.request.Clone(context.WithValue(ctx, runtime.CtxAPINameKey{}, c.route.api))
	r.Body = io.NopCloser(strings.NewReader(string(c.body)))
	r.URL.Scheme, r.URL.Host = "http", c.request.Host // which it makes addresses of
	got, err := c.transport.Do(r)
	if err != nil {
		return refused(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return refused(err)
	}
	a := answer{status: got.StatusCode, header: got.Header.Clone(), body: text}
	a.header.Del("Fake-Poller-Status") // Azure has another way: operations
	if c.request.Method == http.MethodPut || a.status == http.StatusAccepted {
		c.follow(&a)
	}
	return a
}
