package fake

import (
	"net/http"
	"strings"
)

// form says how the body of a request is read.
type form int

const (
	nothing   form = iota // there is none
	document              // JSON
	multiPart             // multipart/form-data
)

// route is an operation of the service.
type route struct {
	method, path string
	// collection is the path below which a thing that the operation makes is found.
	collection string
	form       form
	do         func(*call) answer
	// only lists the dialects that have the operation; none: all.
	only []Dialect
	// before is done without the lock, before do.
	before func(*call)
}

// name is how the operation is called in faults and messages.
func (r *route) name() string { return r.method + " " + r.path }

// has tells whether the dialect has the operation.
func (r *route) has(d Dialect) bool {
	for _, only := range r.only {
		if only == d {
			return true
		}
	}
	return r.only == nil
}

// routes are all the operations.
var routes = []*route{
	{method: "POST", path: "/files", collection: "/files", form: multiPart, do: (*call).uploadFile},
	{method: "GET", path: "/files", do: (*call).listFiles},
	{
		method: "POST", path: "/files/import", collection: "/files", form: document,
		only: []Dialect{AzureDated}, before: (*call).fetchFile, do: (*call).importFile,
	},
	{method: "GET", path: "/files/{id}", do: (*call).showFile},
	{method: "DELETE", path: "/files/{id}", do: (*call).deleteFile},
	{method: "GET", path: "/files/{id}/content", do: (*call).fileContent},

	{method: "POST", path: "/uploads", collection: "/uploads", form: document, only: withUploads, do: (*call).startUpload},
	{method: "POST", path: "/uploads/{id}/parts", form: multiPart, only: withUploads, do: (*call).addPart},
	{method: "POST", path: "/uploads/{id}/complete", form: document, only: withUploads, do: (*call).completeUpload},
	{method: "POST", path: "/uploads/{id}/cancel", only: withUploads, do: (*call).cancelUpload},

	{method: "POST", path: "/fine_tuning/jobs", collection: "/fine_tuning/jobs", form: document, do: (*call).createJob},
	{method: "GET", path: "/fine_tuning/jobs", do: (*call).listJobs},
	{method: "GET", path: "/fine_tuning/jobs/{id}", do: (*call).showJob},
	{method: "DELETE", path: "/fine_tuning/jobs/{id}", only: []Dialect{AzureDated}, do: (*call).deleteJob},
	{method: "POST", path: "/fine_tuning/jobs/{id}/cancel", do: (*call).cancelJob},
	{method: "POST", path: "/fine_tuning/jobs/{id}/pause", do: (*call).pauseJob},
	{method: "POST", path: "/fine_tuning/jobs/{id}/resume", do: (*call).resumeJob},
	{method: "GET", path: "/fine_tuning/jobs/{id}/events", do: (*call).jobEvents},
	{method: "GET", path: "/fine_tuning/jobs/{id}/checkpoints", do: (*call).jobCheckpoints},

	{method: "GET", path: "/models", do: (*call).listModels},
	{method: "GET", path: "/models/{id}", do: (*call).showModel},
	{method: "DELETE", path: "/models/{id}", only: []Dialect{OpenAI}, do: (*call).deleteModel},

	{method: "POST", path: "/deployments/{id}/chat/completions", form: document, only: []Dialect{AzureDated}, do: (*call).chat},
	{method: "POST", path: "/deployments/{id}/completions", form: document, only: []Dialect{AzureDated}, do: (*call).complete},
	{method: "POST", path: "/chat/completions", form: document, only: []Dialect{AzureV1, OpenAI}, do: (*call).chat},
	{method: "POST", path: "/completions", form: document, only: []Dialect{AzureV1, OpenAI}, do: (*call).complete},
}

var withUploads = []Dialect{AzureDated, OpenAI}

// find finds the route for a path without the dialect's prefix, and what stands for
// {id} in it. If there is the path but not the method, other is true.
func find(d Dialect, method, path string) (found *route, id string, other bool) {
	for _, r := range routes {
		at, fits := match(r.path, path)
		if !fits || !r.has(d) {
			continue
		}
		if r.method == method {
			return r, at, false
		}
		other = true
	}
	return nil, "", other
}

// match holds a path against that of a route.
func match(pattern, path string) (id string, fits bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return "", false
	}
	for i := range want {
		switch {
		case want[i] == "{id}" && have[i] != "":
			id = have[i]
		case want[i] != have[i]:
			return "", false
		}
	}
	return id, true
}

// dialectOf tells in which dialect a path is, and cuts the prefix off.
func (s *Server) dialectOf(path string) (d Dialect, rest string, known bool) {
	dialects := []Dialect{AzureV1, AzureDated}
	if s.Dialect == OpenAI {
		dialects = []Dialect{OpenAI}
	}
	for _, d := range dialects {
		if rest, ok := strings.CutPrefix(path, d.prefix()+"/"); ok {
			return d, "/" + rest, true
		}
	}
	return s.Dialect, path, false
}

// resource is the route that a name such as "POST /files" means.
func resource(name string) *route {
	for _, r := range routes {
		if r.name() == name {
			return r
		}
	}
	return nil
}

// noRoute answers a request that no route takes.
func (c *call) noRoute(otherMethod bool) answer {
	if otherMethod {
		return c.failure(http.StatusMethodNotAllowed, invalidPayload, "The method "+c.request.Method+" is not allowed here.")
	}
	return c.failure(http.StatusNotFound, notFound, "Resource not found")
}
