package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// client asks a server with nothing but net/http.
type client struct {
	t       *testing.T
	s       *Server
	version string // api-version
	auth    func(*http.Request)
}

// start starts a server and a client with its key.
func start(t *testing.T, d Dialect) *client {
	c := &client{t: t, s: New(t, d)}
	if d == AzureDated {
		c.version = gaVersion
	}
	c.auth = func(r *http.Request) {
		if d == AzureDated {
			r.Header.Set("api-key", c.s.Key)
		} else {
			r.Header.Set("Authorization", "Bearer "+c.s.Key)
		}
	}
	return c
}

// result is an answer that was read.
type result struct {
	status int
	header http.Header
	body   []byte
	o      map[string]any
}

// send sends a request, and returns an error instead of failing.
func (c *client) send(method, path, contentType string, body io.Reader) (*result, error) {
	return c.sendTo(c.s.Base()+c.versioned(path), method, contentType, body)
}

func (c *client) versioned(path string) string {
	switch {
	case c.version == "":
		return path
	case strings.Contains(path, "?"):
		return path + "&api-version=" + c.version
	}
	return path + "?api-version=" + c.version
}

func (c *client) sendTo(url, method, contentType string, body io.Reader) (*result, error) {
	r, err := http.NewRequestWithContext(c.t.Context(), method, url, body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	c.auth(r)
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	got := &result{status: a.StatusCode, header: a.Header}
	if got.body, err = io.ReadAll(a.Body); err != nil {
		return nil, err
	}
	_ = json.Unmarshal(got.body, &got.o) // not all answers are JSON
	return got, nil
}

// do sends JSON, or nothing if the body is nil.
func (c *client) do(method, path string, body any) *result {
	c.t.Helper()
	var reader io.Reader
	contentType := ""
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader, contentType = bytes.NewReader(text), "application/json"
	}
	got, err := c.send(method, path, contentType, reader)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

// want does as do, and expects a status.
func (c *client) want(status int, method, path string, body any) *result {
	c.t.Helper()
	got := c.do(method, path, body)
	if got.status != status {
		c.t.Fatalf("%s %s: %d %s; want %d", method, path, got.status, got.body, status)
	}
	return got
}

// formOf makes a form with a file, whose part has the type.
func formOf(field, name, fileType string, content []byte, fields ...string) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, field, name))
	if fileType != "" {
		header.Set("Content-Type", fileType)
	}
	part, _ := w.CreatePart(header)
	_, _ = part.Write(content)
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// upload uploads a file and returns the answer.
func (c *client) upload(name string, content []byte) *result {
	c.t.Helper()
	contentType, body := formOf("file", name, "application/jsonl", content, "purpose", "fine-tune")
	got, err := c.send("POST", "/files", contentType, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

// uploaded uploads a file and waits until it is processed.
func (c *client) uploaded(name string, content []byte) string {
	c.t.Helper()
	got := c.upload(name, content)
	if got.status >= 300 {
		c.t.Fatalf("upload: %d %s", got.status, got.body)
	}
	id := got.text("id")
	for range c.s.FilePolls + 1 {
		if got = c.do("GET", "/files/"+id, nil); got.text("status") == "processed" {
			return id
		}
	}
	c.t.Fatalf("%s is not processed: %s", id, got.body)
	return ""
}

// part sends a part of an upload.
func (c *client) part(upload string, content []byte) (*result, error) {
	contentType, body := formOf("data", "part", "application/octet-stream", content)
	return c.send("POST", "/uploads/"+upload+"/parts", contentType, bytes.NewReader(body))
}

func (r *result) text(name string) string {
	s, _ := r.o[name].(string)
	return s
}

// data is a list in the answer.
func (r *result) data() []map[string]any {
	list, _ := r.o["data"].([]any)
	var all []map[string]any
	for _, one := range list {
		all = append(all, one.(map[string]any))
	}
	return all
}

// says tells whether the error of the answer has the words.
func (r *result) says(words string) bool {
	e, _ := r.o["error"].(map[string]any)
	message, _ := e["message"].(string)
	return strings.Contains(message, words)
}

// examples is a file of n lines.
func examples(n int) []byte {
	return bytes.Repeat([]byte(`{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}`+"\n"), n)
}

// eventually waits for what another goroutine does.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it did not come about: %s", what)
}

// dialects runs a test in each of them.
func dialects(t *testing.T, test func(*testing.T, *client)) {
	for _, d := range []Dialect{AzureDated, AzureV1, OpenAI} {
		t.Run(d.String(), func(t *testing.T) { test(t, start(t, d)) })
	}
}
