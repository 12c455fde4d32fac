package fake

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestUploadIsRefused(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		var wrong []string
		c.s.Violation = func(text string) { wrong = append(wrong, text) }
		try := func(words string, contentType string, body []byte) {
			t.Helper()
			got, err := c.send("POST", "/files", contentType, bytes.NewReader(body))
			if err != nil || got.status != 400 || !got.says(words) {
				t.Errorf("got %v, %v; want 400 and %q", got, err, words)
			}
		}
		form := func(field, fileType, purpose string) (string, []byte) {
			return formOf(field, "train.jsonl", fileType, examples(1), "purpose", purpose)
		}
		contentType, body := form("file", "", "fine-tune")
		try("no or an empty content type", contentType, body)
		contentType, body = form("file", "application/jsonl", "finetune")
		try("allowed purposes", contentType, body)
		contentType, body = form("data", "application/jsonl", "fine-tune")
		try("file is missing", contentType, body)
		try("not a form", "multipart/form-data; boundary=other", body)
		try("not a form", "application/json", body)
		if len(c.s.Files()) != 0 {
			t.Errorf("files: %v", c.s.Files())
		}
		// Only the missing type of the part is not in the official descriptions.
		if described := describe(c.s.Dialect).missing == nil; described && len(wrong) != 4 {
			t.Errorf("violations: %q", wrong)
		}
	})
}

func TestFileIsRejected(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		c.s.FilePolls = 1
		c.s.RejectFile = func(name string, content []byte) string {
			if bytes.Contains(content, []byte("messages")) {
				return ""
			}
			return "No valid json line found in file " + name
		}
		c.uploaded("good.jsonl", examples(1))
		id := c.upload("bad.jsonl", []byte("{}\n")).text("id")
		got := c.want(200, "GET", "/files/"+id, nil)
		if got.text("status") != "error" || got.text("status_details") != "No valid json line found in file bad.jsonl" {
			t.Errorf("file: %s", got.body)
		}
		c.want(400, "POST", "/fine_tuning/jobs", object{"model": "babbage-002", "training_file": id})
		c.want(400, "GET", "/files/"+id+"/content", nil)
	})
}

func TestListOfFiles(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		for _, name := range []string{"a.jsonl", "b.jsonl", "c.jsonl"} {
			c.uploaded(name, examples(1))
		}
		if all := c.want(200, "GET", "/files?purpose=batch", nil).data(); len(all) != 0 {
			t.Errorf("files for batches: %v", all)
		}
		names := func(path string) string {
			var all []string
			for _, f := range c.want(200, "GET", path, nil).data() {
				all = append(all, f["filename"].(string))
			}
			return strings.Join(all, " ")
		}
		if c.s.Dialect == AzureDated {
			if got := names("/files"); got != "a.jsonl b.jsonl c.jsonl" {
				t.Errorf("files: %s", got)
			}
			return
		}
		first := c.s.Files()[2].ID
		if got := names("/files"); got != "c.jsonl b.jsonl a.jsonl" {
			t.Errorf("files: %s", got)
		}
		if got := names("/files?limit=1&after=" + first); got != "b.jsonl" {
			t.Errorf("the second page: %s", got)
		}
		if got := names("/files?order=asc&limit=2"); got != "a.jsonl b.jsonl" {
			t.Errorf("in ascending order: %s", got)
		}
	})
}

func TestFileIsDeleted(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		id := c.uploaded("a.jsonl", examples(1))
		if got := c.want(200, "DELETE", "/files/"+id, nil); got.o["deleted"] != true || got.text("id") != id {
			t.Errorf("deleted: %s", got.body)
		}
		for _, method := range []string{"GET", "DELETE"} {
			if got := c.want(404, method, "/files/"+id, nil); !got.says(id) {
				t.Errorf("error: %s", got.body)
			}
		}
	})
}

func TestImport(t *testing.T) {
	blobs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sig") != "right" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write(examples(5))
	}))
	defer blobs.Close()
	c := start(t, AzureDated)
	c.s.FilePolls = 1
	wanted := object{"purpose": "fine-tune", "filename": "train.jsonl", "content_url": blobs.URL + "/train.jsonl?sig=right"}

	got := c.want(201, "POST", "/files/import", wanted)
	if got.text("status") != "pending" || !strings.HasSuffix(got.header.Get("Location"), "/openai/files/"+got.text("id")+"?api-version="+gaVersion) {
		t.Errorf("import: %v %s", got.header, got.body)
	}
	if state := c.want(200, "GET", "/files/"+got.text("id"), nil).text("status"); state != "processed" {
		t.Errorf("state: %s", state)
	}
	if f := c.s.Files()[0]; !bytes.Equal(f.Content, examples(5)) || f.Name != "train.jsonl" {
		t.Errorf("file: %+v", f)
	}

	wanted["content_url"] = blobs.URL + "/train.jsonl?sig=wrong"
	failed := c.want(201, "POST", "/files/import", wanted)
	if got := c.want(200, "GET", "/files/"+failed.text("id"), nil); got.text("status") != "error" || !strings.Contains(got.text("status_details"), "403") {
		t.Errorf("a file that cannot be had: %s", got.body)
	}

	// The GA version does not know expires_after.
	var wrong []string
	c.s.Change(func() { c.s.Violation = func(text string) { wrong = append(wrong, text) } })
	wanted["expires_after"] = object{"anchor": "created_at", "seconds": 7200}
	c.want(400, "POST", "/files/import", wanted)
	if described := describe(AzureDated).missing == nil; described && len(wrong) != 1 {
		t.Errorf("violations: %q", wrong)
	}
	c.version = "2025-04-01-preview"
	c.want(201, "POST", "/files/import", wanted)

	for _, d := range []Dialect{AzureV1, OpenAI} {
		if got := start(t, d).do("POST", "/files/import", wanted); got.status != 404 && got.status != 405 {
			t.Errorf("%v takes an import: %s", d, got.body)
		}
	}
}

// TestExpiryOfFiles: OpenAI has it in members of the form.
func TestExpiryOfFiles(t *testing.T) {
	c := start(t, OpenAI)
	now := time.Unix(1_750_000_000, 0)
	c.s.Now = func() time.Time { return now }
	contentType, body := formOf("file", "a.jsonl", "application/jsonl", examples(1),
		"purpose", "fine-tune", "expires_after[anchor]", "created_at", "expires_after[seconds]", "3600")
	got, err := c.send("POST", "/files", contentType, bytes.NewReader(body))
	if err != nil || got.o["created_at"] != 1_750_000_000.0 || got.o["expires_at"] != 1_750_003_600.0 {
		t.Errorf("file: %v, %v", got, err)
	}
}
