package fake

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// description is the official description of a dialect: as it is, for answers, and
// with closed schemas, for requests.
type description struct {
	open, closed *openapi3.T
	missing      error // it is not here
}

// describe has the description that a dialect is held against. That of Azure v1 has
// not been published.
func describe(d Dialect) *description {
	switch d {
	case AzureDated:
		return describeAzure()
	case OpenAI:
		return describeOpenAI()
	}
	return &description{missing: fmt.Errorf("%v has no official description", d)}
}

var (
	describeAzure  = sync.OnceValue(func() *description { return load("azure/authoring-2024-10-21.finetune-subset.oas3.json") })
	describeOpenAI = sync.OnceValue(func() *description { return load("openai/openapi.finetune-subset.json") })
)

// describeControl has the description of the control plane. It is that of an older
// version than the library's; what it describes has the same shape in both.
var describeControl = sync.OnceValue(func() *description {
	return load("azure/arm-cognitiveservices-2024-10-01.deployments-subset.oas3.json")
})

// load reads a description twice, as closing changes it.
func load(name string) *description {
	path, err := beside(filepath.FromSlash("../shared/api/" + name))
	if err != nil {
		return &description{missing: err}
	}
	d := &description{}
	for _, document := range []**openapi3.T{&d.open, &d.closed} {
		if *document, d.missing = openapi3.NewLoader().LoadFromFile(path); d.missing != nil {
			return d
		}
		correct(*document)
	}
	for _, item := range d.closed.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody == nil {
				continue
			}
			for _, media := range operation.RequestBody.Value.Content {
				shut(media.Schema, make(map[*openapi3.Schema]bool))
			}
		}
	}
	return d
}

// beside finds a path beside the module, whose folder the test runs below.
func beside(name string) (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			path := filepath.Join(at, name)
			_, err := os.Stat(path)
			return path, err
		}
		parent := filepath.Dir(at)
		if parent == at {
			return "", fmt.Errorf("%s is not here", name)
		}
		at = parent
	}
}

// correct makes good what is wrong in the descriptions.
func correct(document *openapi3.T) {
	// OpenAI's says 3.1 and is written as 3.0 is: with nullable, and with
	// exclusiveMinimum as a boolean.
	document.OpenAPI = "3.0.3"
	// A multigrader has several graders, by name, and not one.
	if multi := document.Components.Schemas["GraderMulti"]; multi != nil {
		one := multi.Value.Properties["graders"]
		multi.Value.Properties["graders"] = openapi3.NewSchemaRef("", &openapi3.Schema{
			Type:                 &openapi3.Types{"object"},
			AdditionalProperties: openapi3.AdditionalProperties{Schema: one},
		})
	}
	// The states of jobs are older than the pause.
	if job := document.Components.Schemas["FineTuningJob"]; job != nil {
		state := job.Value.Properties["status"].Value
		state.Enum = append(state.Enum, "paused")
	}
	// The content of a file is its bytes, and not a string in JSON.
	for path, item := range document.Paths.Map() {
		if strings.HasSuffix(path, "/content") {
			answer := item.Get.Responses.Status(200).Value
			answer.Content = openapi3.Content{"application/octet-stream": openapi3.NewMediaType()}
		}
	}
}

// shut forbids members that are not described, everywhere below a schema. What has no
// members of its own, or is made of several schemas, is left as it is.
func shut(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	s := ref.Value
	seen[s] = true
	extra := &s.AdditionalProperties
	if len(s.Properties) > 0 && len(s.AllOf) == 0 && extra.Schema == nil && extra.Has == nil {
		no := false
		extra.Has = &no
	}
	for _, member := range s.Properties {
		shut(member, seen)
	}
	for _, several := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf} {
		for _, one := range several {
			shut(one, seen)
		}
	}
	shut(s.Items, seen)
	shut(extra.Schema, seen)
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// operation finds what a document says of a route.
func operation(document *openapi3.T, d Dialect, r *route) (path string, item *openapi3.PathItem, op *openapi3.Operation) {
	for path, item := range document.Paths.Map() {
		if pathParameter.ReplaceAllString(path, "{id}") == d.prefix()+r.path {
			if op := item.GetOperation(r.method); op != nil {
				return path, item, op
			}
		}
	}
	return "", nil, nil
}
