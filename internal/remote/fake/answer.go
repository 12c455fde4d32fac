package fake

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// object is an object of JSON.
type object = map[string]any

// answer is what a request gets.
type answer struct {
	status int
	header http.Header
	body   []byte
	// pieces are sent one after the other instead of the body, each as soon as it
	// can be.
	pieces [][]byte
}

// reply is an answer of JSON.
func reply(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

// ok is the usual answer.
func ok(value any) answer { return reply(http.StatusOK, value) }

// created answers that something is there now: with 201 and its place on the dated API
// of Azure, with 200 elsewhere.
func (c *call) created(value any, id string) answer {
	if c.dialect != AzureDated {
		return ok(value)
	}
	a := reply(http.StatusCreated, value)
	a.header.Set("Location", c.location(id))
	return a
}

// location is the address of what a call has made.
func (c *call) location(id string) string {
	at := *c.request.URL
	at.Scheme, at.Host = "http", c.request.Host
	at.Path = c.dialect.prefix() + c.route.collection + "/" + id
	return at.String()
}

// The codes of errors, as the dated API of Azure has them.
const (
	invalidPayload = "invalidPayload"
	wrongState     = "unexpectedEntityState"
	notFound       = "notFound"
	unauthorized   = "unauthorized"
	internal       = "internalFailure"
)

// failure is an error in the words of the dialect.
func (c *call) failure(status int, code, message string) answer {
	var e object
	switch c.dialect {
	case AzureDated:
		e = object{"code": code, "message": message}
	case AzureV1:
		e = object{"code": code, "message": message, "param": nil, "type": nil, "inner_error": object{}}
	case OpenAI:
		e = object{"message": message, "type": "invalid_request_error", "param": nil, "code": openAICode[code]}
	}
	return reply(status, object{"error": e})
}

// openAICode has the codes that OpenAI gives where Azure gives those of the dated API;
// the others are null.
var openAICode = map[string]any{
	notFound:             "not_found",
	unauthorized:         "invalid_api_key",
	"DeploymentNotFound": "model_not_found",
}

// bad is an error in what was sent.
func (c *call) bad(message string) answer {
	return c.failure(http.StatusBadRequest, invalidPayload, message)
}

// missing is the error for what is not there.
func (c *call) missing(what, id string) answer {
	return c.failure(http.StatusNotFound, notFound, "No such "+what+": "+id)
}

// whole is all of the body.
func (a *answer) whole() []byte {
	if a.pieces == nil {
		return a.body
	}
	return bytes.Join(a.pieces, nil)
}

func lengthOf(body []byte) string { return strconv.Itoa(len(body)) }

// write sends the answer. Pause is the time between its pieces.
func (a *answer) write(w http.ResponseWriter, pause time.Duration) {
	if a.pieces == nil {
		a.header.Set("Content-Length", lengthOf(a.body))
		a.send(w, a.body)
		return
	}
	a.send(w, nil)
	for _, piece := range a.pieces {
		_, err := w.Write(piece)
		if err != nil { // the client is gone
			return
		}
		_ = http.NewResponseController(w).Flush()
		time.Sleep(pause)
	}
}

// send sends status, header and some of the body.
func (a *answer) send(w http.ResponseWriter, some []byte) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(some) // the client may be gone
	_ = http.NewResponseController(w).Flush()
}
