package fake

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// File is a file as the server has it.
type File struct {
	ID, Name, Purpose string
	// Bytes is its length, SHA256 its sum (of what came in several parts and was
	// discarded: ""), and Content its bytes, unless they were discarded.
	Bytes   int64
	SHA256  string
	Content []byte
	// State is pending, running, processed or error, in the words of Azure, and
	// Details is why it is error.
	State, Details string
	// Polls counts how often it was asked for.
	Polls   int
	Created time.Time
}

// file is a file, and when it is ready.
type file struct {
	File
	needs   int // polls
	outcome string
	expires time.Time
}

// Files lists the files that there are.
func (s *Server) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []File
	for _, f := range s.files {
		all = append(all, f.File)
	}
	return all
}

// addFile puts a file there, which is then processed. The lock is held.
func (s *Server) addFile(name, purpose string, c content) *file {
	f := &file{
		File: File{
			ID: s.newID("file-"), Name: name, Purpose: purpose, Bytes: c.size, SHA256: c.sum, Content: c.data,
			State: "pending", Created: s.now(),
		},
		needs: s.FilePolls, outcome: "processed",
	}
	if purpose == "fine-tune" && s.RejectFile != nil {
		if f.Details = s.RejectFile(name, c.data); f.Details != "" {
			f.outcome = "error"
		}
	}
	f.move()
	s.files = append(s.files, f)
	return f
}

// move sets the state for the polls that there were.
func (f *file) move() {
	switch {
	case f.Polls >= f.needs:
		f.State = f.outcome
	case 2*f.Polls >= f.needs:
		f.State = "running"
	}
}

// fileNamed finds a file. The lock is held.
func (s *Server) fileNamed(id string) *file {
	for _, f := range s.files {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// render is a file in the words of the dialect.
func (c *call) renderFile(f *file) object {
	state := f.State
	if c.dialect == OpenAI && (state == "pending" || state == "running") {
		state = "uploaded"
	}
	o := object{
		"object": "file", "id": f.ID, "created_at": unix(f.Created), "status": state,
		"bytes": f.Bytes, "purpose": f.Purpose, "filename": f.Name,
	}
	if state == "error" {
		o["status_details"] = f.Details
	}
	if !f.expires.IsZero() {
		o["expires_at"] = unix(f.expires)
	}
	return o
}

// maxFile is the most that may be uploaded without parts.
const maxFile = 512 << 20

func (c *call) uploadFile() answer {
	purpose := c.form.fields["purpose"]
	switch {
	case c.form.file != "file":
		return c.bad("The file is missing.")
	case c.form.fileType == "":
		return c.bad("The file has no or an empty content type specified.")
	case !slices.Contains(purposes[c.dialect], purpose):
		return c.bad(fmt.Sprintf("'%s' is not one of the allowed purposes.", purpose))
	case c.form.content.size > maxFile:
		return c.failure(http.StatusRequestEntityTooLarge, invalidPayload, "The file is larger than 512 MB.")
	}
	f := c.addFile(c.form.fileName, purpose, c.form.content)
	if seconds, err := strconv.Atoi(c.form.fields["expires_after[seconds]"]); err == nil {
		f.expires = f.Created.Add(time.Duration(seconds) * time.Second)
	}
	return c.created(c.renderFile(f), f.ID)
}

var purposes = map[Dialect][]string{
	AzureDated: {"fine-tune", "fine-tune-results", "assistants", "assistants_output", "batch"},
	AzureV1:    {"fine-tune", "assistants", "batch", "user_data", "evals"},
	OpenAI:     {"fine-tune", "assistants", "batch", "vision", "user_data", "evals"},
}

func (c *call) showFile() answer {
	f := c.fileNamed(c.id)
	if f == nil {
		return c.missing("File object", c.id)
	}
	f.Polls++
	f.move()
	return ok(c.renderFile(f))
}

func (c *call) deleteFile() answer {
	f := c.fileNamed(c.id)
	if f == nil {
		return c.missing("File object", c.id)
	}
	c.files = slices.DeleteFunc(c.files, func(other *file) bool { return other == f })
	return ok(object{"object": "file", "id": f.ID, "deleted": true})
}

func (c *call) fileContent() answer {
	f := c.fileNamed(c.id)
	switch {
	case f == nil:
		return c.missing("File object", c.id)
	case f.State != "processed":
		return c.failure(http.StatusBadRequest, wrongState, "The file is not processed.")
	case f.Content == nil:
		return c.failure(http.StatusInternalServerError, internal, "The fake has discarded what is in the file.")
	}
	return answer{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/octet-stream"}}, body: f.Content,
	}
}

// listFiles lists files, the newest first, in pages. The dated API has neither an order
// nor pages, and does not say whether there is more.
func (c *call) listFiles() answer {
	query := c.request.URL.Query()
	var all []*file
	for _, f := range c.files {
		if purpose := query.Get("purpose"); purpose == "" || purpose == f.Purpose {
			all = append(all, f)
		}
	}
	if c.dialect != AzureDated && query.Get("order") != "asc" {
		slices.Reverse(all)
	}
	all, more := page(c, all, 10_000, func(f *file) string { return f.ID })
	rendered := make([]object, 0, len(all))
	for _, f := range all {
		rendered = append(rendered, c.renderFile(f))
	}
	if c.dialect == AzureDated {
		return ok(object{"object": "list", "data": rendered})
	}
	return ok(listOf(rendered, more))
}

// page cuts out what a request with after and limit asks for.
func page[T any](c *call, all []T, usual int, id func(T) string) (some []T, more bool) {
	query := c.request.URL.Query()
	if after := query.Get("after"); after != "" {
		at := slices.IndexFunc(all, func(one T) bool { return id(one) == after })
		all = all[at+1:]
	}
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || limit < 1 {
		limit = usual
	}
	if len(all) > limit {
		return all[:limit], true
	}
	return all, false
}

// listOf is a page of a list.
func listOf(data []object, more bool) object {
	list := object{"object": "list", "data": data, "has_more": more, "first_id": "", "last_id": ""}
	if len(data) > 0 {
		list["first_id"], list["last_id"] = data[0]["id"], data[len(data)-1]["id"]
	}
	return list
}

// importRequest is the body of files/import.
type importRequest struct {
	Purpose      string          `json:"purpose"`
	Filename     string          `json:"filename"`
	ContentURL   string          `json:"content_url"`
	ExpiresAfter json.RawMessage `json:"expires_after"`
}

// fetched is what was behind the address of an import.
type fetched struct {
	content content
	err     error
}

// fetchFile gets what is to be imported. The real service does it after it has
// answered; nobody can tell while the file is pending.
func (c *call) fetchFile() {
	var wanted importRequest
	c.mu.Lock()
	client, keep := c.Fetch, keeping{content: !c.Discard, sum: true}
	c.mu.Unlock()
	c.got = &fetched{}
	if json.Unmarshal(c.body, &wanted) != nil || wanted.ContentURL == "" {
		return
	}
	c.got.content, c.got.err = get(client, wanted.ContentURL, keep)
}

// get reads what is behind an address.
func get(client *http.Client, url string, keep keeping) (content, error) {
	answer, err := client.Get(url)
	if err != nil {
		return content{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, answer.Body)
		return content{}, fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return keep.read(bufio.NewReaderSize(answer.Body, readBuffer))
}

func (c *call) importFile() answer {
	var wanted importRequest
	if bad := c.decode(&wanted); bad != nil {
		return *bad
	}
	if wanted.Purpose == "" || wanted.Filename == "" || wanted.ContentURL == "" {
		return c.bad("purpose, filename and content_url are required.")
	}
	if wanted.ExpiresAfter != nil && c.version == gaVersion {
		return c.bad("Unknown member expires_after.")
	}
	f := c.addFile(wanted.Filename, wanted.Purpose, c.got.content)
	if c.got.err != nil {
		// The service may well repeat the address, so that a client has to mind what it
		// shows of an answer.
		f.outcome, f.Details = "error", "The file cannot be imported: "+c.got.err.Error()
		f.move()
	}
	// An import is never at once.
	rendered := c.renderFile(f)
	rendered["status"] = "pending"
	delete(rendered, "status_details")
	return c.created(rendered, f.ID)
}
