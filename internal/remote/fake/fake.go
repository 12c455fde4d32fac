// Package fake is a service of fine-tuning for tests: files that become processed,
// uploads with parts that expire, jobs that run, deployments that take time to answer,
// and faults on demand. It speaks the data plane of Azure OpenAI, dated and v1, and of
// OpenAI, over plain http on loopback.
//
// What it answers is what ../shared/spec/service.md says. Every request and every
// answer that ../shared/api describes is held against the description, and a request
// that does not keep to it fails the test, misspelt members included. What neither of
// them says is chosen here: an upload that is over and a job that is not in the right
// state are 400, and the states of Azure v1 are those of the dated API.
package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Dialect is one of the ways in which the service is spoken to.
type Dialect int

// The dialects. A server of one of the Azure dialects answers the other one too, as a
// resource of Azure does: what counts is the path of a request.
const (
	AzureDated Dialect = iota // /openai/...?api-version=
	AzureV1                   // /openai/v1/...
	OpenAI                    // /v1/...
)

// String names the dialect.
func (d Dialect) String() string {
	return [...]string{"Azure dated", "Azure v1", "OpenAI"}[d]
}

// prefix is what the paths of a dialect begin with.
func (d Dialect) prefix() string {
	return [...]string{"/openai", "/openai/v1", "/v1"}[d]
}

// Server is a fake of the service. Its fields may be set before the first request;
// afterwards only in Change. The functions among them, but for Violation, are called
// while the server is locked, and may not call its methods.
type Server struct {
	// URL is the address, without the prefix of the dialect.
	URL string
	// Dialect is what New was told.
	Dialect Dialect
	// Key is the API key that the server takes.
	Key string
	// Token is the bearer token that it takes, until ExpireToken.
	Token string

	// Now is the clock. Advance moves it.
	Now func() time.Time

	// FilePolls is how often a file is asked for, by its id, until it is processed; 0:
	// it is at once.
	FilePolls int
	// RejectFile says why a file is no good; "": it is good. The reason becomes its
	// status_details, and its state error. Content is nil if it was discarded.
	RejectFile func(name string, content []byte) string
	// Discard makes the server keep of what is uploaded the length and sha256 only; the
	// md5 of an upload is not looked at then.
	Discard bool
	// Unsummed does without the sha256 of what is discarded, and costs less.
	Unsummed bool
	// Fetch gets the files that are imported; default http.DefaultClient.
	Fetch *http.Client

	// UploadLife is how long an upload may take: two hours on Azure, one on OpenAI.
	UploadLife time.Duration

	// JobPolls is how often a job is asked for, by its id, in each of its states; 0: it
	// has succeeded when it is asked for first.
	JobPolls int
	// FailJob says why a job fails after it ran; nil: it does not.
	FailJob func(Job) *JobError
	// Trainable lists the models that can be trained. Models that jobs have made can
	// be trained as well.
	Trainable []string
	// NotStandard lists the models among them that Azure does not train with
	// trainingType standard, which is what a job without it has.
	NotStandard []string
	// Versions lists the values of api-version that the dated API takes.
	Versions []string

	// DeploymentDelay is how many calls of a new deployment are answered with
	// DeploymentNotFound.
	DeploymentDelay int
	// Reply makes the text that a deployment of the model answers.
	Reply func(model, prompt string) string

	// Violation is told what is wrong with a request or an answer; default: an error
	// of the test.
	Violation func(text string)

	t       testing.TB
	http    *httptest.Server
	closing chan struct{}

	mu          sync.Mutex
	offset      time.Duration
	ids         int
	log         []*Request
	faults      []*armed
	files       []*file
	uploads     []*upload
	jobs        []*job
	made        []madeModel
	deployments map[string]*deployment
}

// New starts a server, which ends with the test.
func New(t testing.TB, dialect Dialect) *Server {
	t.Helper()
	s := &Server{
		Dialect: dialect,
		Key:     "key-of-the-fake-service",
		Token:   "token-of-the-fake-service",
		Now:     time.Now,
		Fetch:   http.DefaultClient,
		Trainable: []string{
			"gpt-4.1-2025-04-14", "gpt-4.1-mini-2025-04-14", "gpt-4.1-nano-2025-04-14", "gpt-4o-2024-08-06",
			"gpt-4o-mini-2024-07-18", "o4-mini-2025-04-16", "babbage-002", "davinci-002",
		},
		NotStandard: []string{"gpt-4.1-2025-04-14"},
		Versions:    []string{"2024-08-01-preview", gaVersion, "2025-04-01-preview"},
		UploadLife:  2 * time.Hour,
		Reply:       func(_, prompt string) string { return "You said: " + prompt },
		Violation:   func(text string) { t.Errorf("fake: %s", text) },

		t:           t,
		closing:     make(chan struct{}),
		deployments: make(map[string]*deployment),
	}
	if dialect == OpenAI {
		s.UploadLife = time.Hour
	}
	for _, d := range []Dialect{AzureDated, OpenAI} {
		if missing := describe(d).missing; missing != nil {
			saidMissing.Do(func() {
				t.Logf("fake: requests and answers are not held against the official descriptions: %v", missing)
			})
		}
	}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	t.Cleanup(s.close)
	return s
}

// saidMissing makes one test of all say that the descriptions are not here.
var saidMissing sync.Once

// gaVersion is the dated version that ../shared/api describes.
const gaVersion = "2024-10-21"

// close ends the server, and first all that waits in it.
func (s *Server) close() {
	close(s.closing)
	s.http.CloseClientConnections()
	s.http.Close()
}

// Base is the address with the prefix of the dialect: what paths such as /files are
// appended to.
func (s *Server) Base() string { return s.URL + s.Dialect.prefix() }

// Change changes settings while the server runs.
func (s *Server) Change(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Advance moves the clock.
func (s *Server) Advance(by time.Duration) {
	s.Change(func() { s.offset += by })
}

// ExpireToken makes the server take Token no longer, and returns the one that it takes
// from now on.
func (s *Server) ExpireToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	s.Token = fmt.Sprintf("token-of-the-fake-service-%d", s.ids)
	return s.Token
}

// now is the time of the clock. The lock is held.
func (s *Server) now() time.Time { return s.Now().Add(s.offset) }

// newID makes an identifier, the same in each run of a test. The lock is held.
func (s *Server) newID(prefix string) string {
	s.ids++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", prefix, s.ids))
	return prefix + hex.EncodeToString(sum[:16])
}

// unix is a time as the service writes it.
func unix(t time.Time) int64 { return t.Unix() }
