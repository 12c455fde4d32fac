package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"slices"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"golang.org/x/sync/errgroup"
)

const (
	// LargeUpload is the size in bytes from which a file goes in parts: requests cannot
	// be resumed, and Azure was seen to lose plain uploads above 150 MB.
	LargeUpload = 100_000_000
	// partBytes is the size of a part: OpenAI takes up to 64 MB.
	partBytes = 64_000_000
	// partsAtATime is how many parts go in parallel.
	partsAtATime = 4
	// contentType is what the file is sent as: a part of a request without one is
	// refused.
	contentType = "text/jsonl"
)

// Parts is an upload in parts, as far as it has come: all that it takes to go on with it
// later.
type Parts struct {
	Upload  string         `json:"upload"`
	Expires time.Time      `json:"expires"`
	Size    int64          `json:"size"`      // of the file
	Bytes   int64          `json:"part_size"` // of each part but the last
	Done    map[int]string `json:"done"`      // ids of the parts that are there, by number from 0
}

// count returns how many parts there are.
func (p *Parts) count() int { return int((p.Size + p.Bytes - 1) / p.Bytes) }

// UploadOptions say how a file is uploaded.
type UploadOptions struct {
	// Before is an upload that was begun before; nil: there is none.
	Before *Parts
	// There lists the files of this name and size that were there before the upload was
	// begun first: another one that is there is what became of it. nil: Upload asks.
	There []string
	// Save is called whenever an upload in parts has come further, never twice at a
	// time.
	Save func(*Parts) error
	// Sent is called with bytes that were sent, and with a negative number if they have
	// to be sent again. It can be called from several goroutines.
	Sent func(n int64)
}

// Upload sends a file for fine-tuning. A large file goes in parts, several at a time; on
// Azure's v1, which has no uploads in parts, by the dated API. It returns when the
// service has the file; WaitForFile waits until that is processed.
func (c *Client) Upload(ctx context.Context, content *Content, o UploadOptions) (File, error) {
	if o.Save == nil {
		o.Save = func(*Parts) error { return nil }
	}
	if o.Sent == nil {
		o.Sent = func(int64) {}
	}
	var f File
	var err error
	if o.There == nil {
		if o.There, err = c.same(ctx, content.Name, content.Size); err != nil {
			return f, err
		}
	}
	if content.Size < c.large {
		f, err = c.uploadPlain(ctx, content, &o)
	} else {
		var dated *Client
		if dated, err = c.dated(); err == nil {
			dated.large, dated.part = c.large, c.part
			f, err = dated.uploadParts(ctx, content, &o)
		}
	}
	if err == nil {
		err = content.Unchanged()
	}
	// A service that does not know the size yet says 0.
	if err == nil && f.Bytes != content.Size && f.Bytes != 0 && c.DryRun == nil {
		err = fmt.Errorf("uploading %s: the service has %d bytes of it as file %s, and not %d", content.Name, f.Bytes, f.ID, content.Size)
	}
	return f, err
}

// uploadPlain sends a file in one request.
func (c *Client) uploadPlain(ctx context.Context, content *Content, o *UploadOptions) (File, error) {
	what := "uploading " + content.Name
	for n := 1; ; n++ {
		form := newForm(content.Name, "file", content.section(0, content.Size), o.Sent)
		form.field("purpose", "fine-tune")
		var text []byte
		err := failed(what, c.post(ctx, "files", form, &text))
		if err == nil {
			f, err := fileIn(text)
			return f, failed(what, err)
		}
		form.unsent()
		if ambiguous(err) {
			if found, ok := c.arrived(ctx, content.Name, content.Size, o.There); ok {
				return found, nil
			}
		}
		if err := c.pause(ctx, n, err); err != nil {
			return File{}, err
		}
	}
}

// same returns the ids of the files that have a name and a size. A size of 0 is not known.
func (c *Client) same(ctx context.Context, name string, size int64) (ids []string, err error) {
	ids = []string{}
	list, err := c.Files(ctx, "fine-tune")
	for _, f := range list {
		if f.Name == name && (f.Bytes == size || size == 0) {
			ids = append(ids, f.ID)
		}
	}
	return ids, err
}

// arrived looks for a file whose upload seemed to fail.
func (c *Client) arrived(ctx context.Context, name string, size int64, there []string) (File, bool) {
	for _, delay := range []time.Duration{time.Second, 5 * time.Second} {
		if c.Wait(ctx, delay) != nil {
			break
		}
		if f, ok, err := c.another(ctx, name, size, there); ok && err == nil {
			return f, true
		}
	}
	return File{}, false
}

// another returns a file of a name and a size that is none of some.
func (c *Client) another(ctx context.Context, name string, size int64, there []string) (File, bool, error) {
	now, err := c.same(ctx, name, size)
	for _, id := range now {
		if err == nil && !slices.Contains(there, id) {
			f, err := c.File(ctx, id)
			return f, err == nil, err
		}
	}
	return File{}, false, err
}

// uploadParts sends a file in parts.
func (c *Client) uploadParts(ctx context.Context, content *Content, o *UploadOptions) (File, error) {
	parts, err := o.Before, error(nil)
	for {
		if parts == nil || parts.Size != content.Size || !c.Now().Add(time.Minute).Before(parts.Expires) {
			if parts, err = c.beginParts(ctx, content); err != nil {
				return File{}, err
			}
			if err := o.Save(parts); err != nil {
				return File{}, err
			}
		}
		err := c.sendParts(ctx, content, parts, o)
		if err == nil {
			var f File
			if f, err = c.complete(ctx, content, parts, o.There); err == nil {
				return f, nil
			}
		}
		// An upload that is gone, or whose time is over, begins anew, once.
		if o.Before == nil || parts != o.Before || Status(err) != 404 && Status(err) != 400 && Status(err) != 410 {
			return File{}, err
		}
		o.Before, parts = nil, nil
	}
}

// beginParts announces an upload.
func (c *Client) beginParts(ctx context.Context, content *Content) (*Parts, error) {
	what := "uploading " + content.Name
	u, err := c.api.Uploads.New(ctx, openai.UploadNewParams{
		Purpose: openai.FilePurposeFineTune, Filename: content.Name, Bytes: content.Size, MimeType: contentType,
	})
	if err != nil {
		return nil, failed(what, err)
	}
	expires := time.Unix(u.ExpiresAt, 0)
	if u.ExpiresAt == 0 {
		expires = c.Now().Add(time.Hour) // OpenAI's; Azure gives two
	}
	return &Parts{Upload: u.ID, Expires: expires, Size: content.Size, Bytes: c.part, Done: map[int]string{}}, nil
}

// sendParts sends the parts that are missing.
func (c *Client) sendParts(ctx context.Context, content *Content, parts *Parts, o *UploadOptions) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtATime)
	var mu sync.Mutex
	for i := range parts.count() {
		mu.Lock()
		_, done := parts.Done[i]
		mu.Unlock()
		at := int64(i) * parts.Bytes
		size := min(parts.Bytes, parts.Size-at)
		if done {
			o.Sent(size)
			continue
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			id, err := c.sendPart(ctx, content, parts.Upload, i, at, size, o)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			parts.Done[i] = id
			return o.Save(parts)
		})
	}
	return group.Wait()
}

// sendPart sends a part, again if need be: the service takes a part that came twice for
// two, and only the one that is named in the end counts.
func (c *Client) sendPart(ctx context.Context, content *Content, upload string, i int, at, size int64, o *UploadOptions) (id string, err error) {
	what := fmt.Sprintf("uploading part %d of %s", i+1, content.Name)
	for n := 1; ; n++ {
		form := newForm(content.Name, "data", content.section(at, size), o.Sent)
		var part openai.UploadPart
		if err = failed(what, c.post(ctx, "uploads/"+upload+"/parts", form, &part)); err == nil {
			return part.ID, nil
		}
		form.unsent()
		if err := c.pause(ctx, n, err); err != nil {
			return "", err
		}
	}
}

// complete makes a file of the parts.
func (c *Client) complete(ctx context.Context, content *Content, parts *Parts, there []string) (File, error) {
	params := openai.UploadCompleteParams{}
	if content.md5 != "" {
		params.Md5 = openai.String(content.md5)
	}
	for i := range parts.count() {
		params.PartIDs = append(params.PartIDs, parts.Done[i])
	}
	for n := 1; ; n++ {
		u, err := c.api.Uploads.Complete(ctx, parts.Upload, params, option.WithMaxRetries(0))
		if err == nil {
			f, err := fileIn([]byte(u.File.RawJSON()))
			return f, failed("completing the upload of "+content.Name, err)
		}
		err = failed("completing the upload of "+content.Name, err)
		if found, ok := c.arrived(ctx, content.Name, content.Size, there); ok {
			return found, nil
		}
		if err := c.pause(ctx, n, err); err != nil {
			return File{}, err
		}
	}
}

// CancelParts gives an upload in parts up.
func (c *Client) CancelParts(ctx context.Context, parts *Parts) error {
	dated, err := c.dated()
	if err != nil {
		return err
	}
	_, err = dated.api.Uploads.Cancel(ctx, parts.Upload)
	return failed("cancelling upload "+parts.Upload, err)
}

// form is a multipart form with a file that is read while it is sent.
type form struct {
	head, tail bytes.Buffer
	w          *multipart.Writer
	file       *io.SectionReader
	key        string
	name       string
	sent       func(int64)
	count      int64
	mu         sync.Mutex
}

func newForm(name, field string, file *io.SectionReader, sent func(int64)) *form {
	f := &form{file: file, key: field, name: name, sent: sent}
	f.w = multipart.NewWriter(&f.head)
	return f
}

// field adds a text. Texts stand before the file.
func (f *form) field(name, value string) { f.w.WriteField(name, value) }

// Read counts what was sent of the file.
func (f *form) Read(p []byte) (n int, err error) {
	n, err = f.file.Read(p)
	f.mu.Lock()
	f.count += int64(n)
	f.mu.Unlock()
	f.sent(int64(n))
	return n, err
}

// unsent takes back what was counted.
func (f *form) unsent() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent(-f.count)
	f.count = 0
}

// post sends a form. The library is told how long it is, and cannot send it again.
func (c *Client) post(ctx context.Context, path string, f *form, answer any) error {
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, f.key, f.name))
	header.Set("Content-Type", contentType)
	if _, err := f.w.CreatePart(header); err != nil {
		return err
	}
	fmt.Fprintf(&f.tail, "\r\n--%s--\r\n", f.w.Boundary())
	size := int64(f.head.Len()) + f.file.Size() + int64(f.tail.Len())
	body := io.MultiReader(&f.head, f, &f.tail)
	ctx = context.WithValue(ctx, sizeKey{}, size)
	err := c.api.Post(ctx, path, nil, answer, option.WithRequestBody(f.w.FormDataContentType(), body), option.WithMaxRetries(0))
	if err != nil && ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}
