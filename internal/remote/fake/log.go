package fake

import (
	"io"
	"net/http"
	"slices"
)

// Request is what the server remembers of a request.
type Request struct {
	// Method and Path are those of the request, the path with its query.
	Method, Path string
	// Route is the operation without the prefix of the dialect, such as
	// "POST /uploads/{id}/parts"; "" if there is none.
	Route string
	// Header is what came with it, credentials included.
	Header http.Header
	// Size is how many bytes of the body were read, and Body the first of them.
	Size int64
	Body []byte
	// Status is what was answered; 0: nothing.
	Status int
	// Done says that the server is through with it.
	Done bool
}

// maxNoted is how many bytes of a body the log keeps.
const maxNoted = 4 << 10

// Requests lists the requests in the order in which they came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.log))
	for i, r := range s.log {
		all[i] = *r
		all[i].Body = slices.Clone(r.Body)
	}
	return all
}

// Count tells how often an operation was asked for, such as "POST /files".
func (s *Server) Count(route string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Route == route {
			n++
		}
	}
	return n
}

// note begins an entry of the log.
func (s *Server) note(r *http.Request) *Request {
	entry := &Request{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, entry)
	return entry
}

func (s *Server) setRoute(entry *Request, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Route = name
}

func (s *Server) setDone(entry *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Done = true
}

func (s *Server) setStatus(entry *Request, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Status = status
}

// tap notes what is read of a body.
type tap struct {
	io.ReadCloser
	server *Server
	entry  *Request
}

// Read reads and notes.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if n > 0 {
		t.server.mu.Lock()
		defer t.server.mu.Unlock()
		t.entry.Size += int64(n)
		if room := maxNoted - len(t.entry.Body); room > 0 {
			t.entry.Body = append(t.entry.Body, p[:min(n, room)]...)
		}
	}
	return n, err
}
