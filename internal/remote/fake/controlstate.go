package fake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	arm "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/cognitiveservices/armcognitiveservices/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/cognitiveservices/armcognitiveservices/v2/fake"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// The states of deployments.
const (
	stateCreating  = "Creating"
	stateDeleting  = "Deleting"
	stateSucceeded = "Succeeded"
	stateFailed    = "Failed"
)

// typed is what Microsoft's fake calls.
func (c *Control) typed() *fake.ServerFactory {
	return &fake.ServerFactory{
		DeploymentsServer: fake.DeploymentsServer{
			BeginCreateOrUpdate: c.create, BeginDelete: c.remove, Get: c.get, NewListPager: c.list,
		},
		AccountsServer:                     fake.AccountsServer{Get: c.account},
		UsagesServer:                       fake.UsagesServer{NewListPager: c.usages},
		LocationBasedModelCapacitiesServer: fake.LocationBasedModelCapacitiesServer{NewListPager: c.capacities},
	}
}

// refused is the answer for an error.
func refused(err error) answer {
	r := (*refusal)(nil)
	if !errors.As(err, &r) {
		r = &refusal{http.StatusBadRequest, "InvalidRequestContent", err.Error()}
	}
	return r.answer()
}

// find returns a deployment. The lock is held.
func (c *Control) find(name string) *managed {
	for _, d := range c.deployments {
		if strings.EqualFold(d.name, name) {
			return d
		}
	}
	return nil
}

// render is a deployment in the words of the library.
func (d *managed) render(account string) arm.Deployment {
	model := &arm.DeploymentModel{Format: to.Ptr("OpenAI"), Name: to.Ptr(d.model), Version: to.Ptr(d.version)}
	if d.source != "" {
		model.Source = to.Ptr(d.source)
	}
	if d.sourceAccount != "" {
		model.SourceAccount = to.Ptr(d.sourceAccount)
	}
	return arm.Deployment{
		ID: to.Ptr(account + "/deployments/" + d.name), Name: to.Ptr(d.name), Type: to.Ptr("Microsoft.CognitiveServices/accounts/deployments"),
		SKU:        &arm.SKU{Name: to.Ptr(d.sku), Capacity: to.Ptr(d.capacity)},
		SystemData: &arm.SystemData{CreatedAt: to.Ptr(d.created), CreatedByType: to.Ptr(arm.CreatedByTypeUser)},
		Properties: &arm.DeploymentProperties{
			Model: model, ProvisioningState: to.Ptr(arm.DeploymentProvisioningState(d.state)), CurrentCapacity: to.Ptr(d.capacity),
		},
	}
}

// advance moves a deployment by one poll. The lock is held.
func (c *Control) advance(d *managed) {
	if d.state != stateCreating && d.state != stateDeleting {
		return
	}
	if d.polls++; d.polls < c.Polls {
		return
	}
	c.enter(d)
}

// enter brings a deployment to the end of what happens to it. The lock is held.
func (c *Control) enter(d *managed) {
	if d.state == stateDeleting {
		c.deployments = slices.DeleteFunc(c.deployments, func(other *managed) bool { return other == d })
		c.data.Undeploy(d.name)
		return
	}
	if c.Fail != nil {
		if d.code, d.message = c.Fail(d.name, d.model); d.code != "" {
			d.state = stateFailed
			return
		}
	}
	d.state = stateSucceeded
	c.data.Deploy(d.name, d.model)
}

// busy refuses a change while there is another one. The lock is held.
func (c *Control) busy(name string) error {
	conflict := &refusal{http.StatusConflict, "RequestConflict", "Another operation is being performed on the parent resource '" + c.ID() + "'. Please try again later."}
	if c.Busy > 0 {
		c.Busy--
		return conflict
	}
	for _, d := range c.deployments {
		if (d.state == stateCreating || d.state == stateDeleting) && (!strings.EqualFold(d.name, name) || d.state == stateDeleting) {
			c.advance(d) // time passes
			return conflict
		}
	}
	return nil
}

// used is what the deployments of a SKU have together, without one. The lock is held.
func (c *Control) used(sku, without string) int {
	n := 0
	for _, d := range c.deployments {
		if d.sku == sku && !strings.EqualFold(d.name, without) {
			n += int(d.capacity)
		}
	}
	return n
}

// check refuses what Azure refuses. The lock is held.
func (c *Control) check(d *managed) error {
	limit, offered := c.Quota[d.sku]
	free := limit - c.used(d.sku, d.name)
	switch {
	case !c.has(d):
		return &refusal{http.StatusBadRequest, "DeploymentModelNotSupported", fmt.Sprintf("The model 'Format: OpenAI, Name: %s, Version: %s' of account deployment is not supported.", d.model, d.version)}
	case !offered:
		return &refusal{http.StatusBadRequest, "InvalidResourceProperties", fmt.Sprintf("The specified SKU '%s' for model '%s' is not supported in this region '%s'.", d.sku, d.model, c.Location)}
	case int(d.capacity) > free:
		return &refusal{http.StatusBadRequest, "InsufficientQuota", fmt.Sprintf("The specified capacity '%d' of account deployment is bigger than available capacity '%d' for UsageName 'Tokens Per Minute (thousands) - %s - finetune'.", d.capacity, free, d.model)}
	}
	return nil
}

// has tells whether the model is there, in the account that is named.
func (c *Control) has(d *managed) bool {
	if account := d.source + d.sourceAccount; account != "" {
		return slices.Contains(c.Others[account], d.model)
	}
	known := false
	c.data.Change(func() {
		known = slices.ContainsFunc(c.data.made, func(m madeModel) bool { return m.name == d.model })
		for _, j := range c.data.jobs {
			known = known || slices.ContainsFunc(j.checkpoints, func(p checkpoint) bool { return p.id == d.model })
		}
	})
	return known
}

func (c *Control) create(_ context.Context, _, _, name string, body arm.Deployment, _ *arm.DeploymentsClientBeginCreateOrUpdateOptions) (
	resp azfake.PollerResponder[arm.DeploymentsClientCreateOrUpdateResponse], refusing azfake.ErrorResponder,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if body.SKU == nil || body.SKU.Name == nil || body.SKU.Capacity == nil || body.Properties == nil || body.Properties.Model == nil || body.Properties.Model.Name == nil {
		refusing.SetError(&refusal{http.StatusBadRequest, "InvalidResourceProperties", "The deployment has no sku, capacity or model."})
		return resp, refusing
	}
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	model := body.Properties.Model
	d := &managed{
		name: name, model: *model.Name, version: text(model.Version), sku: *body.SKU.Name, capacity: *body.SKU.Capacity,
		source: text(model.Source), sourceAccount: text(model.SourceAccount), state: stateCreating, created: c.now(),
	}
	err := c.busy(name)
	if err == nil {
		err = c.check(d)
	}
	if err != nil {
		refusing.SetError(err)
		return resp, refusing
	}
	status := http.StatusCreated
	if old := c.find(name); old != nil {
		status, d.created = http.StatusOK, old.created
		*old = *d
		d = old
	} else {
		c.deployments = append(c.deployments, d)
	}
	if c.Polls == 0 {
		c.enter(d)
	}
	resp.SetTerminalResponse(status, arm.DeploymentsClientCreateOrUpdateResponse{Deployment: d.render(c.ID())}, nil)
	return resp, refusing
}

// now is the time of the data plane's clock.
func (c *Control) now() (at time.Time) {
	c.data.Change(func() { at = c.data.now().UTC() })
	return at
}

func (c *Control) remove(_ context.Context, _, _, name string, _ *arm.DeploymentsClientBeginDeleteOptions) (
	resp azfake.PollerResponder[arm.DeploymentsClientDeleteResponse], refusing azfake.ErrorResponder,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.find(name)
	if d == nil {
		resp.SetTerminalResponse(http.StatusNoContent, arm.DeploymentsClientDeleteResponse{}, nil)
		return resp, refusing
	}
	if err := c.busy(name); err != nil {
		refusing.SetError(err)
		return resp, refusing
	}
	d.state, d.polls = stateDeleting, 0
	status := http.StatusAccepted
	if c.Polls == 0 {
		status = http.StatusOK
		c.enter(d)
	}
	resp.SetTerminalResponse(status, arm.DeploymentsClientDeleteResponse{}, nil)
	return resp, refusing
}

func (c *Control) get(_ context.Context, _, _, name string, _ *arm.DeploymentsClientGetOptions) (
	resp azfake.Responder[arm.DeploymentsClientGetResponse], refusing azfake.ErrorResponder,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.find(name)
	if d != nil {
		c.advance(d)
		d = c.find(name)
	}
	if d == nil {
		refusing.SetError(&refusal{http.StatusNotFound, "ResourceNotFound", "The Resource 'Microsoft.CognitiveServices/accounts/" + c.Account + "/deployments/" + name + "' under resource group '" + c.ResourceGroup + "' was not found."})
		return resp, refusing
	}
	resp.SetResponse(http.StatusOK, arm.DeploymentsClientGetResponse{Deployment: d.render(c.ID())}, nil)
	return resp, refusing
}

func (c *Control) list(string, string, *arm.DeploymentsClientListOptions) (resp azfake.PagerResponder[arm.DeploymentsClientListResponse]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	pages := slices.Collect(slices.Chunk(c.deployments, max(1, c.PageSize)))
	if len(pages) == 0 {
		pages = append(pages, nil)
	}
	for _, some := range pages {
		page := arm.DeploymentsClientListResponse{DeploymentListResult: arm.DeploymentListResult{Value: []*arm.Deployment{}}}
		for _, d := range some {
			page.Value = append(page.Value, to.Ptr(d.render(c.ID())))
		}
		resp.AddPage(http.StatusOK, page, nil)
	}
	return resp
}

func (c *Control) account(_ context.Context, _, _ string, _ *arm.AccountsClientGetOptions) (
	resp azfake.Responder[arm.AccountsClientGetResponse], refusing azfake.ErrorResponder,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	resp.SetResponse(http.StatusOK, arm.AccountsClientGetResponse{Account: arm.Account{
		ID: to.Ptr(c.ID()), Name: to.Ptr(c.Account), Kind: to.Ptr("OpenAI"), Location: to.Ptr(c.Location),
		Properties: &arm.AccountProperties{Endpoint: to.Ptr(c.data.URL)},
	}}, nil)
	return resp, refusing
}

// usages tells of each SKU and each model that can be trained what is used; the models
// share what there is of a SKU.
func (c *Control) usages(string, *arm.UsagesClientListOptions) (resp azfake.PagerResponder[arm.UsagesClientListResponse]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var page arm.UsagesClientListResponse
	for _, sku := range slices.Sorted(maps.Keys(c.Quota)) {
		for _, model := range c.data.Trainable {
			page.Value = append(page.Value, &arm.Usage{
				Name: &arm.MetricName{Value: to.Ptr("OpenAI." + sku + "." + undated.ReplaceAllString(model, "") + "-finetune")},
				Unit: to.Ptr(arm.UnitTypeCount), CurrentValue: to.Ptr(float64(c.used(sku, ""))), Limit: to.Ptr(float64(c.Quota[sku])),
			})
		}
	}
	resp.AddPage(http.StatusOK, page, nil)
	return resp
}

func (c *Control) capacities(_, _, _, _ string, _ *arm.LocationBasedModelCapacitiesClientListOptions) (resp azfake.PagerResponder[arm.LocationBasedModelCapacitiesClientListResponse]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var page arm.LocationBasedModelCapacitiesClientListResponse
	for _, sku := range slices.Sorted(maps.Keys(c.Quota)) {
		item := &arm.ModelCapacityListResultValueItem{
			Location: to.Ptr(c.Location), Properties: &arm.ModelSKUCapacityProperties{SKUName: to.Ptr(sku), AvailableCapacity: to.Ptr(float32(1000))},
		}
		if !c.Untold {
			item.Properties.AvailableFinetuneCapacity = to.Ptr(float32(c.Quota[sku] - c.used(sku, "")))
		}
		page.Value = append(page.Value, item)
	}
	resp.AddPage(http.StatusOK, page, nil)
	return resp
}

// follow adds to the answer to a change where it can be asked for.
func (c *controlCall) follow(a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids++
	id := fmt.Sprintf("operation-%d", c.ids)
	c.operations[id] = c.find(c.at[4])
	at := fmt.Sprintf("http://%s/subscriptions/%s/providers/Microsoft.CognitiveServices/locations/%s/operations/%s?api-version=%s",
		c.request.Host, c.Subscription, c.Location, id, c.request.URL.Query().Get("api-version"))
	a.header.Set("Azure-AsyncOperation", at)
	if c.request.Method == http.MethodDelete {
		a.header.Del("Azure-AsyncOperation")
		a.header.Set("Location", at)
	}
}

// operation tells how far a change is.
func (c *controlCall) operation() answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, known := c.operations[c.at[3]]
	if !known {
		return (&refusal{http.StatusNotFound, "NotFound", "There is no such operation."}).answer()
	}
	deleting := d.state == stateDeleting
	c.advance(d)
	switch {
	case deleting && c.find(d.name) == d:
		return answer{status: http.StatusAccepted, header: http.Header{}}
	case deleting:
		return answer{status: http.StatusNoContent, header: http.Header{}}
	}
	o := object{"id": c.request.URL.Path, "name": c.at[3], "status": d.state}
	if d.state == stateFailed {
		o["error"] = object{"code": d.code, "message": d.message}
	}
	return ok(o)
}

// input is the request as the validator takes it; nil if it is not described.
func (c *controlCall) input(closed bool) *openapi3filter.RequestValidationInput {
	d := describeControl()
	if d.missing != nil || c.route.path == "" {
		return nil
	}
	document := d.open
	if closed {
		document = d.closed
	}
	item := document.Paths.Find(c.route.path)
	request := c.request.Clone(context.Background())
	request.Body, request.GetBody = io.NopCloser(bytes.NewReader(c.body)), nil
	names := []string{"", "subscriptionId", "resourceGroupName", "accountName", "deploymentName"}
	at := map[string]string{}
	for i := 1; i < len(c.at); i++ {
		at[names[i]] = c.at[i]
	}
	return &openapi3filter.RequestValidationInput{
		Request: request, PathParams: at,
		Route: &routers.Route{Spec: document, Path: c.route.path, PathItem: item, Method: c.request.Method, Operation: item.GetOperation(c.request.Method)},
		Options: &openapi3filter.Options{
			AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc, // refuse has looked
			SkipSettingDefaults:               true,
			RejectWhenRequestBodyNotSpecified: true,
		},
	}
}

// checkRequest holds the request against the description, and sees that the token of
// another tenant goes only where it has to.
func (c *controlCall) checkRequest() {
	if c.request.Header.Get("x-ms-authorization-auxiliary") != "" && !strings.Contains(string(c.body), `"sourceAccount"`) {
		c.violation("the request", errors.New("it has a token of another tenant, and no account there"))
	}
	if input := c.input(true); input != nil {
		for name := range c.request.URL.Query() {
			if !declared(input.Route, name) {
				c.violation("the request", fmt.Errorf("the query parameter %s is not described", name))
			}
		}
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			c.violation("the request", err)
		}
	}
}

// checkAnswer holds the answer against the description.
func (c *controlCall) checkAnswer(a answer) {
	input := c.input(false)
	if input == nil {
		return
	}
	options := *input.Options
	options.IncludeResponseStatus = true
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.status, Header: a.header,
		Body: io.NopCloser(bytes.NewReader(a.body)), Options: &options,
	})
	if err != nil {
		c.violation("the answer", err)
	}
}

func (c *controlCall) violation(what string, err error) {
	c.data.mu.Lock()
	tell := c.data.Violation
	c.data.mu.Unlock()
	tell(fmt.Sprintf("%s: %s does not keep to the description of the control plane: %s", c.route.name, what, plain(err)))
}

// undated is the date at the end of a model's name.
var undated = regexp.MustCompile(`-\d{4}-\d{2}-\d{2}$`)
