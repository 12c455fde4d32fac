package fake

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"sync"
	"testing"
	"time"
)

// begin starts an upload of so many bytes.
func (c *client) begin(size int) string {
	c.t.Helper()
	return c.want(200, "POST", "/uploads", object{
		"purpose": "fine-tune", "filename": "big.jsonl", "bytes": size, "mime_type": "application/jsonl",
	}).text("id")
}

// sent sends a part and returns its id.
func (c *client) sent(upload string, content []byte) string {
	c.t.Helper()
	got, err := c.part(upload, content)
	if err != nil || got.status != 200 {
		c.t.Fatalf("part: %v, %v", got, err)
	}
	return got.text("id")
}

// withUploadsIn runs a test in the dialects that have uploads.
func withUploadsIn(t *testing.T, test func(*testing.T, *client)) {
	for _, d := range withUploads {
		t.Run(d.String(), func(t *testing.T) { test(t, start(t, d)) })
	}
}

// TestParallelParts: the order is that of the end, not that in which parts came.
func TestParallelParts(t *testing.T) {
	withUploadsIn(t, func(t *testing.T, c *client) {
		whole := examples(500)
		const n = 8
		size := (len(whole) + n - 1) / n
		id := c.begin(len(whole))
		ids := make([]string, n)
		var wait sync.WaitGroup
		for i := range n {
			wait.Go(func() { ids[i] = c.sent(id, whole[i*size:min((i+1)*size, len(whole))]) })
		}
		wait.Wait()
		c.sent(id, whole[:size]) // a part that arrives twice

		sum := md5.Sum(whole)
		got := c.want(200, "POST", "/uploads/"+id+"/complete", object{"part_ids": ids, "md5": hex.EncodeToString(sum[:])})
		file, _ := got.o["file"].(object)
		if got.text("status") != "completed" || file["bytes"] != float64(len(whole)) {
			t.Errorf("completed: %s", got.body)
		}
		files, uploads := c.s.Files(), c.s.Uploads()
		if len(files) != 1 || !bytes.Equal(files[0].Content, whole) {
			t.Errorf("the file is another one than what was sent: %d files", len(files))
		}
		if len(uploads) != 1 || uploads[0].State != "completed" || len(uploads[0].Parts) != n+1 || uploads[0].FileID != file["id"] {
			t.Errorf("uploads: %+v", uploads)
		}
		c.want(200, "GET", "/files/"+files[0].ID, nil)
		if again := c.do("POST", "/uploads/"+id+"/complete", object{"part_ids": ids}); again.status != 400 {
			t.Errorf("completed twice: %s", again.body)
		}
	})
}

func TestCompleteIsRefused(t *testing.T) {
	withUploadsIn(t, func(t *testing.T, c *client) {
		id := c.begin(6)
		first, second := c.sent(id, []byte("abc")), c.sent(id, []byte("def"))
		sum := md5.Sum([]byte("abcdef"))
		for _, body := range []object{
			{"part_ids": []string{first}},
			{"part_ids": []string{}},
			{"part_ids": []string{first, first}},
			{"part_ids": []string{first, "part_other"}},
			{"part_ids": []string{second, first}, "md5": hex.EncodeToString(sum[:])},
		} {
			c.want(400, "POST", "/uploads/"+id+"/complete", body)
		}
		c.want(200, "POST", "/uploads/"+id+"/complete", object{
			"part_ids": []string{first, second}, "md5": base64.StdEncoding.EncodeToString(sum[:]),
		})
	})
}

func TestUploadExpires(t *testing.T) {
	withUploadsIn(t, func(t *testing.T, c *client) {
		id := c.begin(3)
		part := c.sent(id, []byte("abc"))
		c.s.Advance(c.s.UploadLife - time.Minute)
		if state := c.s.Uploads()[0].State; state != "pending" {
			t.Errorf("state before the end: %s", state)
		}
		c.s.Advance(time.Minute)
		if got, err := c.part(id, []byte("abc")); err != nil || got.status != 400 || !got.says("expired") {
			t.Errorf("a part after the end: %v, %v", got, err)
		}
		c.want(400, "POST", "/uploads/"+id+"/complete", object{"part_ids": []string{part}})
		c.want(400, "POST", "/uploads/"+id+"/cancel", nil)
		if state := c.s.Uploads()[0].State; state != "expired" || len(c.s.Files()) != 0 {
			t.Errorf("state: %s, files: %v", state, c.s.Files())
		}
	})
}

func TestUploadIsCancelled(t *testing.T) {
	withUploadsIn(t, func(t *testing.T, c *client) {
		id := c.begin(3)
		if got := c.want(200, "POST", "/uploads/"+id+"/cancel", nil).text("status"); got != "cancelled" {
			t.Errorf("status: %s", got)
		}
		if got, err := c.part(id, []byte("abc")); err != nil || got.status != 400 {
			t.Errorf("a part: %v, %v", got, err)
		}
		c.want(404, "POST", "/uploads/upload_other/cancel", nil)
	})
}

// TestV1HasNoUploads: the resource takes them on its dated routes.
func TestV1HasNoUploads(t *testing.T) {
	c := start(t, AzureV1)
	body := asJSON(object{"purpose": "fine-tune", "filename": "a.jsonl", "bytes": 3, "mime_type": "application/jsonl"})
	c.want(404, "POST", "/uploads", object{})
	c.auth = func(r *http.Request) { r.Header.Set("api-key", c.s.Key) }
	got, err := c.sendTo(c.s.URL+"/openai/uploads?api-version="+gaVersion, "POST", "application/json", bytes.NewReader(body))
	if err != nil || got.status != 200 || got.header.Get("Location") == "" {
		t.Errorf("on the dated route: %v, %v", got, err)
	}
}

func TestPartsAreLimited(t *testing.T) {
	c := start(t, OpenAI)
	c.s.Discard = true
	id := c.begin(maxPartOpenAI + 1)
	if got, err := c.part(id, make([]byte, maxPartOpenAI+1)); err != nil || got.status != 400 {
		t.Errorf("a part of more than 64 MB: %v, %v", got, err)
	}
	if got, err := c.part(id, nil); err != nil || got.status != 400 {
		t.Errorf("an empty part: %v, %v", got, err)
	}
	c.want(400, "POST", "/uploads", object{"purpose": "fine-tune", "filename": "a.jsonl", "bytes": maxUploadOpenAI + 1, "mime_type": "application/jsonl"})
}

// TestDiscard: length and sum are kept, and the sum only if it is wanted.
func TestDiscard(t *testing.T) {
	for _, unsummed := range []bool{false, true} {
		c := start(t, AzureDated)
		c.s.Discard, c.s.Unsummed = true, unsummed
		sum := sha256.Sum256([]byte("abc"))
		want := hex.EncodeToString(sum[:])
		if unsummed {
			want = ""
		}
		id := c.begin(6)
		parts := []string{c.sent(id, []byte("abc")), c.sent(id, []byte("def"))}
		c.want(200, "POST", "/uploads/"+id+"/complete", object{"part_ids": parts, "md5": "is not looked at"})
		c.uploaded("small.jsonl", []byte("abc"))

		upload, files := c.s.Uploads()[0], c.s.Files()
		if upload.Parts[0].SHA256 != want || upload.Parts[1].Bytes != 3 {
			t.Errorf("parts: %+v", upload.Parts)
		}
		if files[0].Bytes != 6 || files[0].SHA256 != "" || files[0].Content != nil || files[1].SHA256 != want {
			t.Errorf("files: %+v", files)
		}
		c.want(500, "GET", "/files/"+files[1].ID+"/content", nil)
	}
}
