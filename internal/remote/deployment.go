package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/cognitiveservices/armcognitiveservices/v2"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/suggest"
)

// DeploymentSpec is what a deployment is to be like.
type DeploymentSpec struct {
	Name    string `json:"name"`
	Model   string `json:"model"`             // a fine-tuned model, or a checkpoint
	Version string `json:"version,omitempty"` // of the model; "": 1
	SKU     string `json:"sku"`
	// Capacity is in thousands of tokens a minute, or in units of provisioned throughput.
	// 0: DefaultCapacity, but not of what is provisioned.
	Capacity int64 `json:"capacity,omitempty"`
	// Source and SourceAccount are ARM ids of the account that the model is in, if that is
	// another one: in the same tenant, and in another.
	Source        string `json:"source,omitempty"`
	SourceAccount string `json:"source_account,omitempty"`
}

// DefaultCapacity is the capacity of a deployment of which none is said, in thousands of
// tokens a minute. With 1 there is room for about one request a minute.
const DefaultCapacity = 50

// longestDeploymentName is what Azure's pages say.
const longestDeploymentName = 64

var deploymentName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Check tells what is wrong with a deployment before anything is sent. It gives the SKU
// its canonical name, and fills in version and capacity.
func (s *DeploymentSpec) Check() (list []Problem) {
	add := func(text string, args ...any) {
		list = append(list, Problem{"FTH004", true, fmt.Sprintf(text, args...)})
	}
	switch {
	case s.Name == "":
		add("a deployment needs a name")
	case !deploymentName.MatchString(s.Name):
		add("name %q: it is made of letters, digits, -, _ and ., and begins with a letter or a digit", s.Name)
	case len(s.Name) > longestDeploymentName:
		add("name %q has %d characters: Azure takes %d", s.Name, len(s.Name), longestDeploymentName)
	}
	if s.Model == "" {
		add("a deployment needs a model")
	}
	s.Version = cmp.Or(s.Version, "1")
	s.checkSKU(add)
	if s.Capacity == 0 && !provisioned(s.SKU) {
		s.Capacity = DefaultCapacity
	}
	if s.Capacity < 1 || s.Capacity > math.MaxInt32 {
		unit := "thousands of tokens a minute"
		if provisioned(s.SKU) {
			unit = "units of provisioned throughput, each of which is billed"
		}
		add("capacity is %d: it must be 1 or more, in %s", s.Capacity, unit)
	}
	if s.Source != "" && s.SourceAccount != "" {
		add("the model is in one account: source is for one in the same tenant, source account for one in another")
	}
	for _, of := range []struct{ name, id string }{{"source", s.Source}, {"source account", s.SourceAccount}} {
		if of.id != "" && !isAccountID(of.id) {
			add("%s %q: this is no id such as %s", of.name, Redact(of.id), Account{"SUBSCRIPTION", "GROUP", "ACCOUNT"}.ID())
		}
	}
	return list
}

// checkSKU gives the SKU its canonical name.
func (s *DeploymentSpec) checkSKU(add func(string, ...any)) {
	known, err := catalog.Load()
	if err != nil {
		add("%v", err)
		return
	}
	if s.SKU == "" {
		add("a deployment needs a SKU: %s", strings.Join(SKUs(), ", "))
		return
	}
	if sku, ok := known.SKU(s.SKU); ok {
		s.SKU = sku.Name
		return
	}
	hint := "it is one of " + strings.Join(SKUs(), ", ")
	if near, ok := suggest.Closest(s.SKU, SKUs()); ok {
		hint = "did you mean " + near + "?"
	}
	add("SKU %q is not known: %s", s.SKU, hint)
}

// SKUs are the names of the SKUs of deployments.
func SKUs() (names []string) {
	known, err := catalog.Load()
	if err != nil {
		return nil
	}
	for _, sku := range known.SKUs() {
		names = append(names, sku.Name)
	}
	return names
}

func provisioned(sku string) bool { return strings.Contains(sku, "Provisioned") }

// HourlyBilled reports whether a deployment of a SKU is billed by the hour, whether it
// is used or not. Of one that nobody has heard of this is taken for granted.
func HourlyBilled(sku string) bool { return !strings.EqualFold(sku, "DeveloperTier") }

func isAccountID(id string) bool {
	parsed, err := arm.ParseResourceID(id)
	return err == nil && strings.EqualFold(parsed.ResourceType.String(), "Microsoft.CognitiveServices/accounts") && parsed.SubscriptionID != "" && parsed.ResourceGroupName != ""
}

// Deployment is a deployment that there is.
type Deployment struct {
	Name, Model, Version, SKU string
	Capacity                  int64
	State                     string    // as the service calls it, such as Succeeded
	Created                   time.Time // zero if it is not known
	Reason                    string    // why it failed
}

const (
	// developerLife is how long a deployment of the developer tier is there.
	developerLife = 24 * time.Hour
	// idleLife is after what time without a call others are deleted.
	idleLife = 15 * 24 * time.Hour
)

// Ends tells when Azure deletes the deployment, and why. When it was called last is not
// known, so the end of an idle one is the earliest that there can be. The time is zero if
// nothing is known.
func (d *Deployment) Ends(now time.Time) (what string, at time.Time) {
	if d.Created.IsZero() {
		return "", time.Time{}
	}
	if strings.EqualFold(d.SKU, "DeveloperTier") {
		what = "ends 24 hours after it was made"
		return what, d.Created.Add(developerLife)
	}
	what, at = "deleted after 15 days without a call, at the earliest", d.Created.Add(idleLife)
	if at.Before(now) {
		what = "deleted once there is no call for 15 days"
	}
	return what, at
}

// States that a deployment can be in.
const (
	StateSucceeded = "Succeeded"
	// StateAccepted is told of a deployment that is asked for, and goes on by itself.
	StateAccepted = "Accepted"
	// StateReused is told of a deployment that was there already, as it is to be.
	StateReused = "Reused"

	stateFailed   = "Failed"
	stateCanceled = "Canceled"
	stateDisabled = "Disabled"
	stateDeleting = "Deleting"
)

// over reports whether nothing more will happen by itself.
func (d *Deployment) over() bool {
	return slices.Contains([]string{StateSucceeded, stateFailed, stateCanceled, stateDisabled}, d.State)
}

func deploymentOf(d *armcognitiveservices.Deployment) Deployment {
	out := Deployment{Name: value(d.Name)}
	if d.SKU != nil {
		out.SKU, out.Capacity = value(d.SKU.Name), int64(value(d.SKU.Capacity))
	}
	if p := d.Properties; p != nil {
		out.State = string(value(p.ProvisioningState))
		if p.Model != nil {
			out.Model, out.Version = value(p.Model.Name), value(p.Model.Version)
		}
		if out.Capacity == 0 {
			out.Capacity = int64(value(p.CurrentCapacity))
		}
	}
	if d.SystemData != nil {
		out.Created = value(d.SystemData.CreatedAt)
	}
	return out
}

// value is what a pointer points to, or nothing.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func pointer[T any](v T) *T { return &v }

// Deployment returns a deployment by its name.
func (c *Control) Deployment(ctx context.Context, name string) (Deployment, error) {
	return ask(ctx, c, "asking for deployment "+name, func(clients *controlClients) (Deployment, error) {
		answer, err := clients.deployments.Get(ctx, c.ResourceGroup, c.Name, name, nil)
		return deploymentOf(&answer.Deployment), err
	})
}

// Deployments lists the deployments of the account.
func (c *Control) Deployments(ctx context.Context) ([]Deployment, error) {
	return ask(ctx, c, "listing deployments", func(clients *controlClients) (list []Deployment, err error) {
		pages := clients.deployments.NewListPager(c.ResourceGroup, c.Name, nil)
		for pages.More() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, d := range page.Value {
				list = append(list, deploymentOf(d))
			}
		}
		return list, nil
	})
}

// TakenError says that there is another deployment of the name.
type TakenError struct{ Deployment Deployment }

// Error says what is there, and what can be done.
func (e *TakenError) Error() string {
	d := &e.Deployment
	return fmt.Sprintf("there is a deployment %s already, of model %s (version %s, SKU %s, capacity %d): take another name, or delete that one first (ftlint deploy delete %s)",
		d.Name, d.Model, d.Version, d.SKU, d.Capacity, d.Name)
}

// fits reports whether a deployment is what is asked for.
func (s *DeploymentSpec) fits(d *Deployment) bool {
	return strings.EqualFold(d.Model, s.Model) && (d.Version == "" || d.Version == s.Version) &&
		strings.EqualFold(d.SKU, s.SKU) && d.Capacity == s.Capacity
}

// body is the deployment as the control plane wants it.
func (s *DeploymentSpec) body() armcognitiveservices.Deployment {
	model := &armcognitiveservices.DeploymentModel{Format: pointer("OpenAI"), Name: &s.Model, Version: &s.Version}
	if s.Source != "" {
		model.Source = &s.Source
	}
	if s.SourceAccount != "" {
		model.SourceAccount = &s.SourceAccount
	}
	return armcognitiveservices.Deployment{
		SKU:        &armcognitiveservices.SKU{Name: &s.SKU, Capacity: pointer(int32(s.Capacity))},
		Properties: &armcognitiveservices.DeploymentProperties{Model: model},
	}
}

// attempts is how often a deployment is asked for whose answers get lost.
const attempts = 4

// CreateDeployment makes a deployment and waits until it has succeeded; the context may
// say for how long. One that is there already, as it is to be, is left as it is, and
// StateReused is told; one of the name that is otherwise is a *TakenError. Where an answer
// gets lost, it is looked whether the deployment was made before it is asked for again.
func (c *Control) CreateDeployment(ctx context.Context, spec DeploymentSpec, state func(string)) (Deployment, error) {
	if problems := spec.Check(); len(problems) > 0 {
		return Deployment{}, errors.New(problems[0].Text)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	tell := teller(state)
	there, err := c.take(ctx, &spec, tell)
	if err != nil || there.over() {
		if err == nil {
			tell(StateReused)
		}
		return there, err
	}
	if there.Name != "" { // it is being made
		return c.follow(ctx, spec.Name, tell)
	}
	for n := 1; ; n++ {
		d, err := c.put(ctx, &spec, tell)
		if err == nil || !lost(ctx, err) || n == attempts {
			return d, err
		}
		if waitErr := c.Wait(ctx, time.Second<<n); waitErr != nil {
			return d, waitErr
		}
		found, lookErr := c.Deployment(ctx, spec.Name)
		switch {
		case lookErr == nil && !spec.fits(&found):
			return found, &TakenError{found}
		case lookErr == nil && found.State == stateFailed:
			return found, &FailedError{found}
		case lookErr == nil:
			return c.follow(ctx, spec.Name, tell)
		case Status(lookErr) != http.StatusNotFound:
			return d, errors.Join(err, lookErr)
		}
	}
}

// teller tells each state once.
func teller(state func(string)) func(string) {
	last := ""
	return func(s string) {
		if s != "" && s != last && state != nil {
			state(s)
		}
		last = cmp.Or(s, last)
	}
}

// take sees whether the name is free: if it is, a deployment without a name is returned. One that is being deleted is waited for, and one that failed is as good as
// none.
func (c *Control) take(ctx context.Context, spec *DeploymentSpec, tell func(string)) (Deployment, error) {
	for n := 0; ; n++ {
		d, err := c.Deployment(ctx, spec.Name)
		switch {
		case Status(err) == http.StatusNotFound:
			return Deployment{}, nil
		case err != nil:
			return d, err
		case d.State == stateDeleting:
			tell(d.State)
			if err := c.Wait(ctx, pollDelay(n)); err != nil {
				return d, err
			}
		case !spec.fits(&d):
			return d, &TakenError{d}
		case d.State == stateFailed || d.State == stateCanceled:
			return Deployment{}, nil
		default:
			return d, nil
		}
	}
}

// pollDelay is the time before something is asked for again that was asked for n times.
func pollDelay(n int) time.Duration { return min(2*time.Second<<min(n, 4), 30*time.Second) }

// follow asks for a deployment until nothing more happens to it.
func (c *Control) follow(ctx context.Context, name string, tell func(string)) (Deployment, error) {
	for n, silent := 0, 0; ; n++ {
		d, err := c.Deployment(ctx, name)
		if err != nil {
			if silent++; !c.passing(ctx, err) || silent > patience {
				return d, err
			}
		} else {
			silent = 0
			tell(d.State)
			if d.over() {
				return d, d.failure()
			}
		}
		if err := c.Wait(ctx, pollDelay(n)); err != nil {
			return d, err
		}
	}
}

// FailedError says that a deployment was not made.
type FailedError struct{ Deployment Deployment }

// Error says what is known.
func (e *FailedError) Error() string {
	text := fmt.Sprintf("deployment %s ended as %s", e.Deployment.Name, e.Deployment.State)
	if e.Deployment.Reason != "" {
		text += ": " + e.Deployment.Reason
	}
	return text
}

func (d *Deployment) failure() error {
	if d.State == StateSucceeded {
		return nil
	}
	return &FailedError{*d}
}

// put asks for a deployment, and waits for it.
func (c *Control) put(ctx context.Context, spec *DeploymentSpec, tell func(string)) (Deployment, error) {
	what := "making deployment " + spec.Name
	// What may have been carried out is not sent again by the library.
	once := policy.WithRetryOptions(ctx, policy.RetryOptions{
		MaxRetries: retries, RetryDelay: c.delay, MaxRetryDelay: longestDelay,
		ShouldRetry: func(answer *http.Response, err error) bool {
			return err == nil && (answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable)
		},
	})
	poller, err := ask(ctx, c, what, func(clients *controlClients) (*runtime.Poller[armcognitiveservices.DeploymentsClientCreateOrUpdateResponse], error) {
		client := clients.deployments
		if spec.SourceAccount != "" {
			client = clients.across
		}
		poller, err := client.BeginCreateOrUpdate(once, c.ResourceGroup, c.Name, spec.Name, spec.body(), nil)
		switch {
		case err != nil || client == clients.deployments || c.DryRun != nil:
			return poller, err
		case poller.Done():
			return nil, nil
		}
		// The token of the other tenant is not for asking how far it is.
		begun, err := poller.ResumeToken()
		if err != nil {
			return nil, err
		}
		return clients.deployments.BeginCreateOrUpdate(ctx, c.ResourceGroup, c.Name, spec.Name, spec.body(), &armcognitiveservices.DeploymentsClientBeginCreateOrUpdateOptions{ResumeToken: begun})
	})
	switch {
	case err != nil:
		return Deployment{}, err
	case poller == nil: // it is over
		return c.follow(ctx, spec.Name, tell)
	}
	if !poller.Done() {
		tell(StateAccepted)
	}
	made, err := finish(ctx, c, what, poller, tell)
	d := deploymentOf(&made.Deployment)
	switch {
	case err == nil && d.over():
		tell(d.State)
		return d, d.failure()
	case err == nil, Status(err) == http.StatusUnauthorized, c.passing(ctx, err):
		// The operation goes on, whoever asks for it.
		return c.follow(ctx, spec.Name, tell)
	case operationFailed(err):
		return c.explain(ctx, spec.Name, err)
	}
	return d, err
}

// operationFailed reports whether it is the operation that failed, and not the question
// how far it is.
func operationFailed(err error) bool {
	status := Status(err)
	return status >= 200 && status < 300
}

// explain makes the error of an operation that of the deployment.
func (c *Control) explain(ctx context.Context, name string, err error) (Deployment, error) {
	d, askErr := c.Deployment(ctx, name)
	if askErr != nil {
		d = Deployment{Name: name}
	}
	d.State = stateFailed
	if e := (*Error)(nil); errors.As(err, &e) {
		d.Reason = strings.Trim(e.Code+": "+e.Message, ": ")
	}
	return d, &FailedError{d}
}

// finish waits for an operation that takes long.
func finish[T any](ctx context.Context, c *Control, what string, p *runtime.Poller[T], tell func(string)) (result T, err error) {
	after := time.Duration(0)
	for n, silent := 0, 0; !p.Done(); n++ {
		if err := c.Wait(ctx, max(pollDelay(n), after)); err != nil {
			return result, err
		}
		answer, err := p.Poll(ctx)
		if err != nil {
			err = c.failed(what, err)
			if silent++; !c.passing(ctx, err) || silent > patience {
				return result, err
			}
			continue
		}
		silent, after = 0, min(retryAfter(answer.Header, c.Now()), longestDelay)
		if !p.Done() {
			tell(operationState(answer))
		}
	}
	result, err = p.Result(ctx)
	return result, c.failed(what, err)
}

// operationState is how far an operation says that it is.
func operationState(answer *http.Response) string {
	text, err := runtime.Payload(answer)
	if err != nil {
		return ""
	}
	var body struct {
		Status     string
		Properties struct{ ProvisioningState string }
	}
	if json.Unmarshal(text, &body) != nil {
		return ""
	}
	return cmp.Or(body.Properties.ProvisioningState, body.Status)
}

// passing reports whether what failed may work when it is tried again.
func (c *Control) passing(ctx context.Context, err error) bool {
	return ctx.Err() == nil && passing(err) && !certain(err)
}

// lost reports whether a request that failed so may have been carried out.
func lost(ctx context.Context, err error) bool {
	return ctx.Err() == nil && ambiguous(err) && !certain(err)
}

// certain reports whether an error says all: that a deployment failed or is another one,
// or that there is no token.
func certain(err error) bool {
	final := interface{ NonRetriable() }(nil)
	return errors.As(err, new(*FailedError)) || errors.As(err, new(*TakenError)) || errors.As(err, &final)
}

// DeleteDeployment removes a deployment, and waits until it is gone. One that is not
// there is no error.
func (c *Control) DeleteDeployment(ctx context.Context, name string) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	what := "deleting deployment " + name
	poller, err := ask(ctx, c, what, func(clients *controlClients) (*runtime.Poller[armcognitiveservices.DeploymentsClientDeleteResponse], error) {
		return clients.deployments.BeginDelete(ctx, c.ResourceGroup, c.Name, name, nil)
	})
	switch {
	case Status(err) == http.StatusNotFound:
		return c.missing(ctx, name, err)
	case err != nil:
		return err
	}
	_, err = finish(ctx, c, what, poller, func(string) {})
	if err != nil && Status(err) != http.StatusNotFound && Status(err) != http.StatusUnauthorized && !c.passing(ctx, err) {
		return err
	}
	for n, silent := 0, 0; ; n++ {
		d, err := c.Deployment(ctx, name)
		if Status(err) == http.StatusNotFound {
			return nil
		}
		if err != nil {
			if silent++; !c.passing(ctx, err) || silent > patience {
				return err
			}
		} else if d.over() && n > 10 {
			return fmt.Errorf("%s: it is still there, in state %s", what, d.State)
		}
		if err := c.Wait(ctx, pollDelay(n)); err != nil {
			return err
		}
	}
}

// missing tells a deployment that is not there from an account that is not there.
func (c *Control) missing(ctx context.Context, name string, notFound error) error {
	list, err := c.Deployments(ctx)
	if err != nil || slices.ContainsFunc(list, func(d Deployment) bool { return strings.EqualFold(d.Name, name) }) {
		return notFound
	}
	return nil
}
