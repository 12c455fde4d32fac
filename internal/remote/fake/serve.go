package fake

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// call is one request on its way.
type call struct {
	*Server
	request *http.Request
	log     *Request
	dialect Dialect
	version string // api-version
	route   *route
	id      string // what stands for {id} in the path

	body []byte // of JSON
	form *parts // of multipart
	got  *fetched
}

// maxDocument is the most that is read of a body of JSON.
const maxDocument = 4 << 20

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Server: s, request: r, log: s.note(r), version: r.URL.Query().Get("api-version")}
	defer s.setDone(c.log)
	r.Body = &tap{ReadCloser: r.Body, server: s, entry: c.log}
	dialect, path, known := s.dialectOf(r.URL.Path)
	c.dialect = dialect
	var other bool
	if known {
		c.route, c.id, other = find(dialect, r.Method, path)
	}
	if c.route == nil {
		_, _ = io.Copy(io.Discard, r.Body)
		c.send(w, c.noRoute(other), Fault{})
		return
	}
	s.setRoute(c.log, c.route.name())
	c.answer(w, s.nextFault(c.route))
}

// answer carries the request out and answers it, unless a fault is in the way.
func (c *call) answer(w http.ResponseWriter, fault Fault) {
	switch fault.kind {
	case reset:
		_, _ = io.CopyN(io.Discard, c.request.Body, fault.bytes)
		hangUp(w)
		return
	case status:
		_, _ = io.Copy(io.Discard, c.request.Body)
		c.send(w, fault.answer(c), fault)
		return
	}
	a, err := c.carryOut(fault)
	if err != nil { // the client broke off
		panic(http.ErrAbortHandler)
	}
	c.checkAnswer(a)
	c.send(w, a, fault)
}

// carryOut reads the request and does what it wants. An error means that it could not
// be read, or that the client is gone.
func (c *call) carryOut(fault Fault) (answer, error) {
	if refused := c.refuse(); refused != nil {
		_, err := io.Copy(io.Discard, c.request.Body)
		return *refused, err
	}
	err := c.read()
	if err == nil {
		err = fault.wait(c)
	}
	if err != nil {
		return answer{}, err
	}
	c.checkRequest()
	if c.route.form == document && !json.Valid(c.body) {
		return c.bad("The request body is not valid JSON."), nil
	}
	if c.form != nil && c.form.broken != nil {
		return c.bad("The request body is not a form: " + c.form.broken.Error()), nil
	}
	if c.route.before != nil {
		c.route.before(c)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.route.do(c), nil
}

// refuse looks at who asks, and at the version.
func (c *call) refuse() *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.mayAsk() {
		text := "Access denied due to invalid subscription key or wrong API endpoint."
		if c.request.Header.Get("Authorization") != "" {
			text = "Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired."
		}
		if c.dialect == OpenAI {
			text = "Incorrect API key provided."
		}
		a := c.failure(http.StatusUnauthorized, unauthorized, text)
		return &a
	}
	versions := c.Versions
	if c.dialect == AzureV1 {
		versions = []string{"", "v1", "preview"}
	}
	if c.dialect != OpenAI && !slices.Contains(versions, c.version) {
		a := c.failure(http.StatusNotFound, notFound, "Resource not found")
		return &a
	}
	return nil
}

// mayAsk tells whether the request has the key or the token. The dated API takes a key
// in a header of its own only, OpenAI as a bearer only, Azure v1 both ways.
func (c *call) mayAsk() bool {
	bearer, _ := strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	if same(bearer, c.Token) {
		return true
	}
	return c.dialect != OpenAI && same(c.request.Header.Get("api-key"), c.Key) ||
		c.dialect != AzureDated && same(bearer, c.Key)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// read reads the body as the route has it.
func (c *call) read() error {
	var err error
	switch c.route.form {
	case multiPart:
		c.mu.Lock()
		keep := keeping{content: !c.Discard, sum: !c.Discard || !c.Unsummed}
		c.mu.Unlock()
		c.form, err = readParts(c.request, keep)
	default:
		c.body, err = io.ReadAll(io.LimitReader(c.request.Body, maxDocument))
	}
	return err
}

// decode decodes the body, and answers with nil if it can be decoded.
func (c *call) decode(into any) *answer {
	if err := json.Unmarshal(c.body, into); err != nil {
		a := c.bad(fmt.Sprintf("The request body cannot be read: %v", err))
		return &a
	}
	return nil
}

// send sends an answer, as far as the fault lets it.
func (c *call) send(w http.ResponseWriter, a answer, fault Fault) {
	fault.after(w, &a)
	c.setStatus(c.log, a.status)
	a.write(w, fault.pause)
}
