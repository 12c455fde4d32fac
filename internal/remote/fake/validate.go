package fake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// sincePreview lists the members that the previews of the dated API have in addition,
// or otherwise: only the GA version is described.
var sincePreview = map[string][]string{
	"POST /fine_tuning/jobs": {"method", "integrations", "trainingType", "hyperparameters"},
	"POST /files/import":     {"expires_after"},
}

// checkRequest holds the request against the description.
func (c *call) checkRequest() {
	d := describe(c.dialect)
	if d.missing != nil {
		return
	}
	input := c.input(d.closed)
	if input == nil {
		return
	}
	for name := range c.request.URL.Query() {
		if !declared(input.Route, name) {
			c.violation("the request", fmt.Errorf("the query parameter %s is not described", name))
		}
	}
	if input.Route.Operation.RequestBody == nil && len(c.body) > 0 { // of unknown length, too
		c.violation("the request", errors.New("it has a body, which is not described"))
	}
	body, err := c.checkable()
	if err != nil {
		c.violation("the request", err)
		return
	}
	input.Request.Body = io.NopCloser(bytes.NewReader(body))
	if err = openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		c.violation("the request", err)
	}
}

// checkAnswer holds the answer against the description.
func (c *call) checkAnswer(a answer) {
	d := describe(c.dialect)
	if d.missing != nil {
		return
	}
	input := c.input(d.open)
	if input == nil || a.status >= 400 && input.Route.Operation.Responses.Default() == nil {
		return // OpenAI's does not describe errors
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

// violation tells what does not keep to the description.
func (c *call) violation(what string, err error) {
	c.mu.Lock()
	tell := c.Violation
	c.mu.Unlock()
	tell(fmt.Sprintf("%s: %s does not keep to the description of %v: %s", c.route.name(), what, c.dialect, plain(err)))
}

// input is the request as the validator takes it; nil if the route is not described.
func (c *call) input(document *openapi3.T) *openapi3filter.RequestValidationInput {
	path, item, op := operation(document, c.dialect, c.route)
	if op == nil {
		return nil
	}
	request := c.request.Clone(context.Background())
	request.Body, request.GetBody = http.NoBody, nil
	input := &openapi3filter.RequestValidationInput{
		Request: request,
		Route:   &routers.Route{Spec: document, Path: path, PathItem: item, Method: c.route.method, Operation: op},
		Options: &openapi3filter.Options{
			AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc, // refuse has looked
			SkipSettingDefaults:               true,
			RejectWhenRequestBodyNotSpecified: true,
		},
	}
	if name := pathParameter.FindString(path); name != "" {
		input.PathParams = map[string]string{strings.Trim(name, "{}"): c.id}
	}
	return input
}

// declared tells whether an operation has the query parameter, such as after, or
// metadata[key] of an object.
func declared(route *routers.Route, name string) bool {
	name, _, _ = strings.Cut(name, "[")
	return route.Operation.Parameters.GetByInAndName("query", name) != nil ||
		route.PathItem.Parameters.GetByInAndName("query", name) != nil
}

// checkable is the body as far as it can be held against the description: of a form
// without the file's bytes.
func (c *call) checkable() ([]byte, error) {
	if c.form != nil {
		return c.form.outline, c.form.broken
	}
	later := sincePreview[c.route.name()]
	if c.dialect != AzureDated || c.version == gaVersion || later == nil {
		return c.body, nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(c.body, &all); err != nil {
		return nil, err
	}
	for _, name := range later {
		delete(all, name)
	}
	return json.Marshal(all)
}

// plain is an error of the validator without the schema, which is long, and the value.
func plain(err error) string {
	var wrong *openapi3.SchemaError
	if errors.As(err, &wrong) {
		text := wrong.Reason
		if at := wrong.JSONPointer(); len(at) > 0 {
			text = strings.Join(at, ".") + ": " + text
		}
		return text
	}
	return err.Error()
}
