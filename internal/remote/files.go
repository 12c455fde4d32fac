package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/openai/openai-go/v3/option"

	"github.com/ftlint/ftlint/internal/term"
)

// File is a file that the service has.
type File struct {
	ID      string
	Name    string
	Bytes   int64
	Purpose string
	Status  string // pending, running, uploaded, processed, error and others
	Details string // why it is in error
	Created time.Time
}

// sentFile is a file as services write it. The library calls its state deprecated, which
// is all that Azure tells.
type sentFile struct {
	ID            string      `json:"id"`
	Filename      string      `json:"filename"`
	Bytes         json.Number `json:"bytes"`
	Purpose       string      `json:"purpose"`
	Status        string      `json:"status"`
	StatusDetails string      `json:"status_details"`
	CreatedAt     json.Number `json:"created_at"`
}

func fileOf(f *sentFile) File {
	size, _ := f.Bytes.Int64() // null until it is known
	return File{
		// The id and the state are shown in many places: they are made safe to show here.
		ID: term.Sanitize(f.ID), Name: f.Filename, Bytes: size, Purpose: f.Purpose, Status: term.Sanitize(f.Status),
		Details: Redact(f.StatusDetails), Created: unix(f.CreatedAt),
	}
}

// fileIn reads a file out of an answer.
func fileIn(text []byte) (File, error) {
	var f sentFile
	if err := json.Unmarshal(text, &f); err != nil || f.ID == "" {
		return File{}, errors.New("the answer of the service is no file")
	}
	return fileOf(&f), nil
}

// Files lists the files of the resource, of a purpose such as fine-tune, or all.
func (c *Client) Files(ctx context.Context, purpose string) (list []File, err error) {
	const what = "listing files"
	path := "files"
	if purpose != "" {
		path += "?purpose=" + url.QueryEscape(purpose)
	}
	add := func(f *sentFile) bool {
		list = append(list, fileOf(f))
		return true
	}
	if c.Dialect != AzureDated {
		err := each(ctx, c, path, what, func(f *sentFile) string { return f.ID }, add)
		return list, err
	}
	var all page[sentFile] // which knows no pages
	if err := c.get(ctx, path, what, &all); err != nil {
		return nil, err
	}
	for i := range all.Data {
		add(&all.Data[i])
	}
	return list, nil
}

// File returns a file by its id.
func (c *Client) File(ctx context.Context, id string) (File, error) {
	var f sentFile
	if err := c.get(ctx, "files/"+url.PathEscape(id), "asking for file "+id, &f); err != nil {
		return File{}, err
	}
	return fileOf(&f), nil
}

// DeleteFile deletes a file. One that is not there is no error.
func (c *Client) DeleteFile(ctx context.Context, id string) error {
	_, err := c.api.Files.Delete(ctx, id)
	if err = failed("deleting file "+id, err); Status(err) == http.StatusNotFound {
		return nil
	}
	return err
}

// Download writes what is in a file.
func (c *Client) Download(ctx context.Context, id string, out io.Writer) error {
	res, err := c.api.Files.Content(ctx, id)
	if err != nil {
		return failed("downloading file "+id, err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(out, res.Body); err != nil {
		return failed("downloading file "+id, err)
	}
	return nil
}

// RejectedError says that the service took a file and refused what is in it.
type RejectedError struct{ File File }

// Error says what the service said.
func (e *RejectedError) Error() string {
	if e.File.Details == "" {
		return fmt.Sprintf("the service refuses file %s (%s) and does not say why", e.File.ID, e.File.Name)
	}
	return fmt.Sprintf("the service refuses file %s (%s): %s", e.File.ID, e.File.Name, e.File.Details)
}

// ErrDeadline says that something took longer than it was to be waited for.
var ErrDeadline = errors.New("it takes longer than it was to be waited for")

// WaitForFile waits until a file is processed: before, no job can be made with it. each
// is called whenever its state changes. A file that the service refuses is a
// *RejectedError.
func (c *Client) WaitForFile(ctx context.Context, id string, most time.Duration, each func(File)) (File, error) {
	begun, last := c.Now(), ""
	for delay := 2 * time.Second; ; delay = min(delay*3/2, 30*time.Second) {
		f, err := poll(ctx, c, func() (File, error) { return c.File(ctx, id) })
		if err != nil {
			return f, err
		}
		if f.Status != last && each != nil {
			each(f)
		}
		switch last = f.Status; f.Status {
		case "processed":
			return f, nil
		case "error", "deleted", "deleting":
			return f, &RejectedError{f}
		}
		if c.Now().Sub(begun) > most {
			return f, fmt.Errorf("file %s is still %s: %w", id, f.Status, ErrDeadline)
		}
		if err := c.Wait(ctx, delay); err != nil {
			return f, err
		}
	}
}

// Import lets Azure fetch a file from a URL, such as that of a blob with a shared access
// signature, which is never shown. Only the dated API has it.
func (c *Client) Import(ctx context.Context, name, contentURL string) (File, error) {
	what := "importing " + name
	if c.Dialect == OpenAI {
		return File{}, fmt.Errorf("%s: OpenAI imports no files from URLs: upload it", what)
	}
	if u, err := url.Parse(contentURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return File{}, fmt.Errorf("%s: the address is none that can be fetched", what)
	}
	hideSignature(contentURL)
	dated, err := c.dated()
	if err != nil {
		return File{}, err
	}
	there, err := dated.same(ctx, name, 0)
	if err != nil {
		return File{}, err
	}
	body := map[string]string{"purpose": "fine-tune", "filename": name, "content_url": contentURL}
	for n := 1; ; n++ {
		var text []byte
		err := failed(what, dated.api.Post(ctx, "files/import", body, &text, option.WithMaxRetries(0)))
		if err == nil {
			f, err := fileIn(text)
			return f, failed(what, err)
		}
		if ambiguous(err) {
			if found, ok := dated.arrived(ctx, name, 0, there); ok {
				return found, nil
			}
		}
		if err := dated.pause(ctx, n, err); err != nil {
			return File{}, err
		}
	}
}

// Read returns what is at a URL, which no error shows.
func Read(ctx context.Context, address string) (io.ReadCloser, error) {
	hideSignature(address)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address is none that can be fetched")
	}
	res, err := (&http.Client{Transport: newTransport()}).Do(r)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err
		}
		return nil, &redacted{err}
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		why := ""
		if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden {
			why = ": the address is not public, or its signature has expired or lacks the right to read"
		}
		return nil, fmt.Errorf("the answer is %s%s", Redact(res.Status), why)
	}
	return res.Body, nil
}

// dated returns the client itself, or one for the dated API of the same resource, which
// has routes that Azure's v1 has not.
func (c *Client) dated() (*Client, error) {
	if c.Dialect != AzureV1 {
		return c, nil
	}
	t := c.Target
	t.Dialect = AzureDated
	return New(t, c.Options)
}
