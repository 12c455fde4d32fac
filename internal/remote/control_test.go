package remote

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// plane is a resource with both of its planes, and clients that do not wait.
type plane struct {
	data    *fake.Server
	control *fake.Control
	client  *Client
	c       *Control
	model   string // that a job has made
}

// newPlane starts a resource, in which a job has made a model of a base.
func newPlane(t *testing.T, base string) *plane {
	t.Helper()
	p := &plane{data: fake.New(t, fake.AzureDated)}
	p.control = fake.NewControl(t, p.data)
	p.client = clientOf(t, p.data, AzureDated)
	waited := time.Duration(0)
	p.client.Now = func() time.Time { return time.Now().Add(waited) }
	p.client.Wait = func(ctx context.Context, d time.Duration) error {
		waited += d
		return ctx.Err()
	}
	p.c = p.connect(t, ReadyToken(p.control.Token, p.control.AuxiliaryToken), nil)
	f, err := p.client.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 20)), UploadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := createJob(t.Context(), p.client, JobSpec{Model: base, TrainingFile: f.ID}, "run")
	if err == nil {
		j, err = p.client.Job(t.Context(), j.ID)
	}
	if err != nil || j.FineTunedModel == "" {
		t.Fatalf("%+v, %v", j, err)
	}
	p.model = j.FineTunedModel
	return p
}

func (p *plane) connect(t *testing.T, credential azcore.TokenCredential, dry *DryRun) *Control {
	t.Helper()
	c, err := NewControl(ControlTarget{
		Account: Account{p.control.Subscription, p.control.ResourceGroup, p.control.Account},
		Host:    p.control.URL, Credential: credential,
	}, Options{UserAgent: "ftlint/test", DryRun: dry, Wait: func(ctx context.Context, d time.Duration) error {
		p.data.Advance(d)
		return ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	c.delay = time.Millisecond
	if c.clients, err = c.connect(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (p *plane) spec() DeploymentSpec {
	return DeploymentSpec{Name: "mine", Model: p.model, SKU: "globalstandard", Capacity: 100}
}

const mini = "gpt-4o-mini-2024-07-18"

// TestDeployment: from a model to a reply, and away again.
func TestDeployment(t *testing.T) {
	p := newPlane(t, mini)
	p.control.Polls, p.data.DeploymentDelay = 3, 4
	spec := p.spec()
	problems, err := p.c.Preflight(t.Context(), &spec, true)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	var states []string
	d, err := p.c.CreateDeployment(t.Context(), spec, func(s string) { states = append(states, s) })
	if err != nil {
		t.Fatal(err)
	}
	if d.State != StateSucceeded || d.Model != p.model || d.SKU != "GlobalStandard" || d.Capacity != 100 || d.Version != "1" || d.Created.IsZero() {
		t.Errorf("%+v", d)
	}
	if !slices.Equal(states, []string{"Accepted", "Creating", "Succeeded"}) {
		t.Errorf("states %v", states)
	}
	var early []error
	reply, err := p.client.TryDeployment(t.Context(), "mine", p.model, 10*time.Minute, func(err error) { early = append(early, err) })
	if err != nil || !strings.Contains(reply, "ready") || len(early) != 4 {
		t.Errorf("%q, %v, too early %d times", reply, err, len(early))
	}
	for i := range 4 {
		p.control.Deployed("other-"+string(rune('a'+i)), "some.ft-"+string(rune('a'+i)), "Standard", 1, time.Now())
	}
	list, err := p.c.Deployments(t.Context())
	if err != nil || len(list) != 5 || list[0] != d {
		t.Errorf("%+v, %v", list, err)
	}
	// It is there already, and asked for no more.
	states = nil
	again, err := p.c.CreateDeployment(t.Context(), spec, func(s string) { states = append(states, s) })
	if err != nil || again != d || !slices.Equal(states, []string{StateReused}) || p.control.Count("PUT /deployments/{name}") != 1 {
		t.Errorf("%+v, %v, %v", again, err, states)
	}
	for range 2 {
		if err := p.c.DeleteDeployment(t.Context(), "mine"); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Contains(p.control.Deployments(), "mine") {
		t.Error("it is still there")
	}
	if _, err := p.c.Deployment(t.Context(), "mine"); Status(err) != http.StatusNotFound {
		t.Errorf("%v", err)
	}
	if _, err = p.client.TryDeployment(t.Context(), "mine", p.model, time.Minute, nil); err == nil || !strings.Contains(err.Error(), "DeploymentNotFound") {
		t.Errorf("%v", err)
	}
}

// TestTryCompletions: models without chat are asked for completions, checkpoints of them
// too, though their ids do not tell.
func TestTryCompletions(t *testing.T) {
	p := newPlane(t, "babbage-002")
	p.data.Deploy("mine", p.model)
	for _, model := range []string{p.model, "ftchkpt-1"} {
		reply, err := p.client.TryDeployment(t.Context(), "mine", model, time.Minute, nil)
		if err != nil || reply == "" {
			t.Errorf("%s: %q, %v", model, reply, err)
		}
	}
	if n := p.data.Count("POST /deployments/{id}/completions"); n != 2 {
		t.Errorf("%d completions", n)
	}
	v1 := clientOf(t, p.data, AzureV1)
	if reply, err := v1.TryDeployment(t.Context(), "mine", p.model, time.Minute, nil); err != nil || reply == "" || p.data.Count("POST /completions") != 1 {
		t.Errorf("v1: %q, %v", reply, err)
	}
}

// TestDeploymentElsewhere: models of other regions, subscriptions and tenants. The token
// of the other tenant goes along only where the deployment is made (the fake looks).
func TestDeploymentElsewhere(t *testing.T) {
	const other = "/subscriptions/2/resourceGroups/other/providers/Microsoft.CognitiveServices/accounts/source"
	for _, test := range []struct {
		name string
		set  func(*DeploymentSpec)
		aux  bool
	}{
		{"region or subscription", func(s *DeploymentSpec) { s.Source = other }, false},
		{"tenant", func(s *DeploymentSpec) { s.SourceAccount = other }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlane(t, mini)
			p.control.Polls = 2
			spec := p.spec()
			spec.Model = "gpt-4o-mini-2024-07-18.ft-elsewhere"
			if _, err := p.c.CreateDeployment(t.Context(), spec, nil); err == nil || !strings.Contains(err.Error(), "DeploymentModelNotSupported") {
				t.Errorf("without a source: %v", err)
			}
			p.control.Others = map[string][]string{other: {spec.Model}}
			test.set(&spec)
			if _, err := p.c.CreateDeployment(t.Context(), spec, nil); err != nil {
				t.Fatal(err)
			}
			sent := 0
			for _, r := range p.control.Requests() {
				if r.Header.Get("x-ms-authorization-auxiliary") != "" {
					sent++
				}
			}
			if test.aux != (sent == 1) || sent > 1 {
				t.Errorf("the auxiliary token was sent %d times", sent)
			}
			if !test.aux {
				return
			}
			none := p.connect(t, ReadyToken(p.control.Token, ""), nil)
			spec.Name = "second"
			if _, err := none.CreateDeployment(t.Context(), spec, nil); err == nil || !strings.Contains(err.Error(), "no token for the tenant") {
				t.Errorf("without a token of the tenant: %v", err)
			}
		})
	}
}

// TestDeploymentFaults: what goes wrong on the way is made good, and nothing is done
// twice.
func TestDeploymentFaults(t *testing.T) {
	const put = "PUT /deployments/{name}"
	for _, test := range []struct {
		name   string
		prompt func(*plane)
		puts   int
	}{
		{"another operation", func(p *plane) { p.control.Busy = 5 }, 6},
		{"lost answer", func(p *plane) { p.control.On(put, fake.LoseAnswer()) }, 1},
		{"cut answer", func(p *plane) { p.control.On(put, fake.CutAnswer(10)) }, 1},
		{"lost answer of what is made at once", func(p *plane) { p.control.Polls = 0; p.control.On(put, fake.LoseAnswer()) }, 1},
		{"lost request", func(p *plane) { p.control.On(put, fake.Reset()) }, 2},
		{"500 before it is done", func(p *plane) { p.control.On(put, fake.Refuse(500, "InternalServerError", "oh")) }, 2},
		{"throttled", func(p *plane) {
			p.control.On(put, fake.Status(429, http.Header{"Retry-After": {"1"}}, "{}"), fake.Status(503, nil, "{}"))
		}, 3},
		{"polls", func(p *plane) {
			p.control.On("GET /operations/{id}", fake.Refuse(500, "InternalServerError", "oh"), fake.Reset(), fake.LoseAnswer(), fake.Pass(), fake.Refuse(429, "TooManyRequests", "slow"))
		}, 1},
		{"operation unknown", func(p *plane) {
			p.control.On("GET /operations/{id}", fake.Refuse(500, "InternalServerError", "oh").Times(100))
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlane(t, mini)
			p.control.Polls = 3
			test.prompt(p)
			d, err := p.c.CreateDeployment(t.Context(), p.spec(), nil)
			if err != nil || d.State != StateSucceeded || len(p.control.Deployments()) != 1 {
				t.Errorf("%+v, %v, %v", d, err, p.control.Deployments())
			}
			if n := p.control.Count(put); n != test.puts {
				t.Errorf("asked for %d times, want %d", n, test.puts)
			}
		})
	}
}

// TestDeploymentRefused: what the service refuses is told with its words, and asked for
// once.
func TestDeploymentRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*plane, *DeploymentSpec)
		want    []string
	}{
		{"quota", func(_ *plane, s *DeploymentSpec) { s.Capacity = 600 }, []string{"400 InsufficientQuota", "available capacity '500'"}},
		{"SKU not in region", func(_ *plane, s *DeploymentSpec) { s.SKU = "ProvisionedManaged" }, []string{"InvalidResourceProperties", "not supported in this region"}},
		{"no right", func(p *plane, _ *DeploymentSpec) { p.control.Forbidden = []string{"PUT /deployments/{name}"} }, []string{"403 AuthorizationFailed"}},
		{"fails later", func(p *plane, _ *DeploymentSpec) {
			p.control.Fail = func(string, string) (string, string) {
				return "ContentSafety", "the model is unable to be deployed"
			}
		}, []string{"ended as Failed: ContentSafety: the model is unable to be deployed"}},
		{"other model", func(p *plane, _ *DeploymentSpec) {
			p.control.Deployed("MINE", "other.ft-1", "Standard", 1, time.Now())
		}, []string{"there is a deployment MINE already, of model other.ft-1", "deploy delete MINE"}},
		{"other capacity", func(p *plane, _ *DeploymentSpec) {
			p.control.Deployed("mine", p.model, "GlobalStandard", 7, time.Now())
		}, []string{"capacity 7"}},
		{"bad name", func(_ *plane, s *DeploymentSpec) { s.Name = "a/b" }, []string{"letters, digits"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlane(t, mini)
			p.control.Polls = 2
			spec := p.spec()
			test.prepare(p, &spec)
			_, err := p.c.CreateDeployment(t.Context(), spec, nil)
			if err == nil {
				t.Fatal("it was made")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v: not %q", err, want)
				}
			}
			if n := p.control.Count("PUT /deployments/{name}"); n > 1 {
				t.Errorf("asked for %d times", n)
			}
		})
	}
}

// tokens is a credential whose tokens the test makes.
type tokens func() azcore.AccessToken

func (f tokens) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return f(), nil
}

// TestTokenExpires: a token that is taken no longer during a wait is got anew; one that
// cannot be is an error, and the deployment goes on.
func TestTokenExpires(t *testing.T) {
	p := newPlane(t, mini)
	p.control.Polls = 6
	current := p.control.Token
	c := p.connect(t, tokens(func() azcore.AccessToken {
		return azcore.AccessToken{Token: current, ExpiresOn: time.Now().Add(time.Hour)}
	}), nil)
	asked := 0
	c.Wait = func(ctx context.Context, _ time.Duration) error {
		if asked++; asked == 2 || asked == 4 {
			current = p.control.ExpireToken()
		}
		return ctx.Err()
	}
	if d, err := c.CreateDeployment(t.Context(), p.spec(), nil); err != nil || d.State != StateSucceeded {
		t.Fatalf("%+v, %v", d, err)
	}

	ready := p.connect(t, ReadyToken(p.control.Token, ""), nil)
	asked = 0
	ready.Wait = func(ctx context.Context, _ time.Duration) error {
		if asked++; asked == 2 {
			p.control.ExpireToken()
		}
		return ctx.Err()
	}
	spec := p.spec()
	spec.Name = "second"
	_, err := ready.CreateDeployment(t.Context(), spec, nil)
	if Status(err) != http.StatusUnauthorized || !strings.Contains(err.Error(), "ExpiredAuthenticationToken") {
		t.Errorf("%v", err)
	}
	if !slices.Contains(p.control.Deployments(), "second") {
		t.Error("the deployment is gone")
	}
}

// TestDeleteFaults: a deletion is carried through, and what is not there is told from an
// account that is not there.
func TestDeleteFaults(t *testing.T) {
	for name, prepare := range map[string]func(*plane){
		"nothing":           func(*plane) {},
		"at once":           func(p *plane) { p.control.Polls = 0 },
		"another operation": func(p *plane) { p.control.Busy = 3 },
		"lost answer":       func(p *plane) { p.control.On("DELETE /deployments/{name}", fake.LoseAnswer()) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlane(t, mini)
			p.control.Polls = 3
			p.control.Deployed("mine", p.model, "Standard", 1, time.Now())
			prepare(p)
			if err := p.c.DeleteDeployment(t.Context(), "mine"); err != nil || len(p.control.Deployments()) > 0 {
				t.Errorf("%v, %v", err, p.control.Deployments())
			}
		})
	}
	p := newPlane(t, mini)
	p.control.On("DELETE /deployments/{name}", fake.Refuse(404, "ResourceNotFound", "not there"))
	if err := p.c.DeleteDeployment(t.Context(), "mine"); err != nil {
		t.Error(err)
	}
	p.control.Change(func() { p.control.Account = "renamed" })
	if err := p.c.DeleteDeployment(t.Context(), "mine"); Status(err) != http.StatusNotFound {
		t.Errorf("an account that is not there: %v", err)
	}
}

// TestPreflight: what would be refused is told, and what cannot be asked is no refusal.
func TestPreflight(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*plane, *DeploymentSpec)
		errors  bool
		want    []string
	}{
		{"SKU", func(_ *plane, s *DeploymentSpec) { s.SKU = "provisioned" }, true, []string{"no SKU ProvisionedManaged", "it offers DeveloperTier, GlobalStandard, Standard"}},
		{"capacity", func(_ *plane, s *DeploymentSpec) { s.Capacity = 501 }, true, []string{"--capacity 500 would do", "quota"}},
		{"nothing left", func(p *plane, _ *DeploymentSpec) { p.control.Quota["GlobalStandard"] = 0 }, true, []string{"nothing more"}},
		{"name", func(p *plane, _ *DeploymentSpec) { p.control.Deployed("mine", "other", "Standard", 1, time.Now()) }, true, []string{"take another name"}},
		{"there", func(p *plane, _ *DeploymentSpec) {
			p.control.Deployed("mine", p.model, "GlobalStandard", 100, time.Now())
		}, false, []string{"there already"}},
		{"twice", func(p *plane, _ *DeploymentSpec) { p.control.Deployed("first", p.model, "Standard", 1, time.Now()) }, false, []string{"deployed as first already"}},
		{"no rights", func(p *plane, s *DeploymentSpec) {
			p.control.Forbidden = []string{"GET /deployments", "GET /usages", "GET /capacities"}
			p.control.Location, s.SKU = "westus", "standard"
		}, false, []string{"whether the name is free was not looked at", "quota of the subscription was not", "took fine-tunes of gpt-4o-mini-2024-07-18 not in westus"}},
		{"no region", func(p *plane, _ *DeploymentSpec) { p.control.Forbidden = []string{"GET /account"} }, false, []string{"the region of the account was not"}},
		{"untold", func(p *plane, s *DeploymentSpec) {
			p.control.Untold, p.control.Location, s.SKU = true, "westus", "standard"
		}, false, []string{"not in westus"}},
		{"checkpoint", func(_ *plane, s *DeploymentSpec) { s.Model = "ftchkpt-1" }, false, nil},
		{"misspelt", func(_ *plane, s *DeploymentSpec) { s.SKU = "GlobalStandart" }, true, []string{"did you mean GlobalStandard?"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlane(t, mini)
			spec := p.spec()
			test.prepare(p, &spec)
			list, err := p.c.Preflight(t.Context(), &spec, true)
			if err != nil {
				t.Fatal(err)
			}
			var all strings.Builder
			wrong := false
			for _, problem := range list {
				wrong = wrong || problem.Error
				all.WriteString(problem.Text + "\n")
			}
			if wrong != test.errors || len(test.want) == 0 && len(list) > 0 {
				t.Errorf("%+v", list)
			}
			for _, want := range test.want {
				if !strings.Contains(all.String(), want) {
					t.Errorf("not %q in %s", want, &all)
				}
			}
		})
	}
}

// TestDeploymentCheck: what is wrong with a deployment is told before anything is sent.
func TestDeploymentCheck(t *testing.T) {
	good := DeploymentSpec{Name: "gpt-4.1_mini", Model: "m", SKU: "developer tier"}
	if list := good.Check(); len(list) > 0 || good.SKU != "DeveloperTier" || good.Capacity != DefaultCapacity || good.Version != "1" {
		t.Errorf("%+v %+v", list, good)
	}
	account := Account{"s", "g", "a"}.ID()
	for want, s := range map[string]DeploymentSpec{
		"needs a name":      {Model: "m", SKU: "Standard"},
		"letters, digits":   {Name: "a b", Model: "m", SKU: "Standard"},
		"has 65":            {Name: strings.Repeat("a", 65), Model: "m", SKU: "Standard"},
		"needs a model":     {Name: "a", SKU: "Standard"},
		"needs a SKU":       {Name: "a", Model: "m"},
		"is not known":      {Name: "a", Model: "m", SKU: "Batch"},
		"capacity is -1":    {Name: "a", Model: "m", SKU: "Standard", Capacity: -1},
		"capacity is 0":     {Name: "a", Model: "m", SKU: "ProvisionedManaged"},
		"is in one":         {Name: "a", Model: "m", SKU: "Standard", Source: account, SourceAccount: account},
		"this is no id":     {Name: "a", Model: "m", SKU: "Standard", Source: "my-account"},
		"source account \"": {Name: "a", Model: "m", SKU: "Standard", SourceAccount: "/subscriptions/s/resourceGroups/g"},
	} {
		list := s.Check()
		if len(list) != 1 || !strings.Contains(list[0].Text, want) || !list[0].Error || list[0].Rule != "FTH004" {
			t.Errorf("%q: %+v", want, list)
		}
	}
}

func TestEnds(t *testing.T) {
	made := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		sku  string
		now  time.Time
		what string
		at   time.Time
	}{
		{"DeveloperTier", made, "ends 24 hours", made.Add(24 * time.Hour)},
		{"Standard", made, "at the earliest", made.AddDate(0, 0, 15)},
		{"Standard", made.AddDate(0, 1, 0), "once there is no call", made.AddDate(0, 0, 15)},
	} {
		d := Deployment{SKU: test.sku, Created: made}
		if what, at := d.Ends(test.now); !strings.Contains(what, test.what) || !at.Equal(test.at) {
			t.Errorf("%+v: %q %v", test, what, at)
		}
		if HourlyBilled(test.sku) != (test.sku == "Standard") {
			t.Errorf("%s: billed by the hour?", test.sku)
		}
	}
	if _, at := (&Deployment{}).Ends(made); !at.IsZero() {
		t.Error("an end of what was never made")
	}
}

// TestControlDryRun: every request is shown and none sent, and no token is asked for.
func TestControlDryRun(t *testing.T) {
	p := newPlane(t, mini)
	var out bytes.Buffer
	c := p.connect(t, tokens(func() azcore.AccessToken { t.Error("a token is asked for"); return azcore.AccessToken{} }), &DryRun{Out: &out})
	spec := p.spec()
	spec.SourceAccount = Account{"s", "g", "a"}.ID()
	if list, err := c.Preflight(t.Context(), &spec, true); err != nil || len(list) > 0 {
		t.Fatal(list, err)
	}
	if d, err := c.CreateDeployment(t.Context(), spec, nil); err != nil || d.State != StateSucceeded {
		t.Fatal(d, err)
	}
	if err := c.DeleteDeployment(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PUT " + p.control.URL, "DELETE ", "/modelCapacities?", "X-Ms-Authorization-Auxiliary: ***", "Authorization: ***", `"sourceAccount"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not %q in\n%s", want, &out)
		}
	}
	if n := len(p.control.Requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestControlTarget: tokens go nowhere over plain http, and a target is complete.
func TestControlTarget(t *testing.T) {
	account := Account{"s", "g", "a"}
	for _, target := range []ControlTarget{
		{Account: account, Host: "http://example.com"},
		{Account: account, Host: "management.azure.com"},
		{Account: Account{"s", "g", ""}},
		{Account: Account{"s/..", "g", "a"}},
	} {
		target.Credential = ReadyToken("t", "")
		if _, err := NewControl(target, Options{}); err == nil {
			t.Errorf("%+v is taken", target)
		}
	}
	if _, err := NewControl(ControlTarget{Account: account}, Options{}); !errors.Is(err, ErrNoToken) {
		t.Errorf("%v", err)
	}
	// A poll at an address that the service names.
	p := newPlane(t, mini)
	p.control.On("PUT /deployments/{name}", fake.Status(201, http.Header{"Azure-AsyncOperation": {"http://example.com/operation"}}, `{"properties":{"provisioningState":"Creating"}}`))
	_, err := p.c.CreateDeployment(t.Context(), p.spec(), nil)
	if err == nil {
		t.Error("the operation is asked for at another host")
	}
}
