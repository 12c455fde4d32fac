package fake

import (
	"net"
	"net/http"
	"time"
)

// Fault is something that goes wrong with a request.
type Fault struct {
	kind   faultKind
	times  int
	code   int
	header http.Header
	body   string
	error  string // code of an error of the service
	bytes  int64
	until  <-chan struct{}
	pause  time.Duration
}

type faultKind int

const (
	none faultKind = iota
	status
	reset
	loseAnswer
	cutAnswer
	delay
	slowBody
)

// Pass lets a request through, so that a later one meets the next fault.
func Pass() Fault { return Fault{times: 1} }

// Status answers a request with a status of its own, and does not carry it out. The
// header may be nil.
func Status(code int, header http.Header, body string) Fault {
	return Fault{kind: status, times: 1, code: code, header: header, body: body}
}

// Refuse answers a request with an error in the words of its dialect, and does not carry
// it out. The code is one of the dated API, such as tooManyRequests or quotaExceeded.
func Refuse(status int, code, message string) Fault {
	f := Status(status, nil, message)
	f.error = code
	return f
}

// Reset resets the connection before the body is read.
func Reset() Fault { return Fault{kind: reset, times: 1} }

// ResetAfter resets the connection after so many bytes of the request's body.
func ResetAfter(bytes int64) Fault { return Fault{kind: reset, times: 1, bytes: bytes} }

// LoseAnswer carries a request out, and cuts the connection before it is answered.
func LoseAnswer() Fault { return Fault{kind: loseAnswer, times: 1} }

// CutAnswer carries a request out, and cuts the connection after so many bytes of the
// answer's body.
func CutAnswer(bytes int64) Fault { return Fault{kind: cutAnswer, times: 1, bytes: bytes} }

// Delay holds a request until a channel is closed, and carries it out then, unless the
// client is gone.
func Delay(until <-chan struct{}) Fault { return Fault{kind: delay, times: 1, until: until} }

// SlowBody sends the answer's body byte by byte, with a pause after each.
func SlowBody(pause time.Duration) Fault { return Fault{kind: slowBody, times: 1, pause: pause} }

// Times makes the fault happen n times.
func (f Fault) Times(n int) Fault {
	f.times = n
	return f
}

// armed is a fault that waits for its route.
type armed struct {
	route string
	Fault
}

// On makes the next requests of a route meet faults, each once or as often as it says,
// in their order. The route is named without the prefix of the dialect, such as
// "POST /uploads/{id}/parts"; "*" is every route.
func (s *Server) On(route string, faults ...Fault) {
	s.t.Helper()
	if route != "*" && resource(route) == nil {
		s.t.Fatalf("fake: there is no route %q", route)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &armed{route: route, Fault: f})
	}
}

// Waiting tells how many faults have not happened yet, without those that let requests
// pass.
func (s *Server) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, f := range s.faults {
		if f.kind != none {
			n += f.times
		}
	}
	return n
}

// nextFault takes the first fault that waits for the route.
func (s *Server) nextFault(r *route) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.times > 0 && (f.route == "*" || f.route == r.name()) {
			f.times--
			return f.Fault
		}
	}
	return Fault{}
}

// wait holds a request whose body was read, so that the server sees when the client is
// gone, which is an error.
func (f Fault) wait(c *call) error {
	if f.kind != delay {
		return nil
	}
	gone := c.request.Context()
	select {
	case <-f.until:
	case <-gone.Done():
	case <-c.closing:
		return http.ErrServerClosed
	}
	return gone.Err()
}

// after does what a fault does to an answer.
func (f Fault) after(w http.ResponseWriter, a *answer) {
	switch f.kind {
	case loseAnswer:
		panic(http.ErrAbortHandler)
	case cutAnswer:
		whole := a.whole()
		a.header.Set("Content-Length", lengthOf(whole))
		a.send(w, whole[:min(f.bytes, int64(len(whole)))])
		panic(http.ErrAbortHandler)
	case slowBody:
		whole := a.whole()
		a.header.Set("Content-Length", lengthOf(whole))
		a.pieces = nil
		for i := range whole {
			a.pieces = append(a.pieces, whole[i:i+1])
		}
	}
}

// answer is what a fault answers instead of the service.
func (f Fault) answer(c *call) answer {
	if f.error != "" {
		return c.failure(f.code, f.error, f.body)
	}
	header := f.header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	return answer{status: f.code, header: header, body: []byte(f.body)}
}

// hangUp resets the connection: what the client has sent and not read is lost.
func hangUp(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
