package fake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// tryUpload uploads a file, whatever comes of it.
func (c *client) tryUpload() (*result, error) {
	contentType, body := formOf("file", "train.jsonl", "application/jsonl", examples(1000), "purpose", "fine-tune")
	return c.send("POST", "/files", contentType, bytes.NewReader(body))
}

func TestStatusIsNotCarriedOut(t *testing.T) {
	c := start(t, AzureDated)
	c.s.On("POST /files", Status(429, http.Header{"Retry-After": {"7"}}, `{"error":{}}`).Times(2), Pass(), Status(500, nil, "no"))
	for _, want := range []int{429, 429, 201, 500, 201} {
		got, err := c.tryUpload()
		if err != nil || got.status != want {
			t.Fatalf("got %v, %v; want %d", got, err, want)
		}
		if want == 429 && got.header.Get("Retry-After") != "7" {
			t.Errorf("header: %v", got.header)
		}
	}
	if n := len(c.s.Files()); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
	if c.s.Waiting() != 0 {
		t.Errorf("%d faults wait", c.s.Waiting())
	}
}

func TestRefuse(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		c.s.On("GET /files", Refuse(403, "quotaExceeded", "There is no room."))
		got := c.want(403, "GET", "/files", nil)
		if _, typed := got.o["error"].(object)["type"]; !got.says("There is no room.") || typed != (c.s.Dialect != AzureDated) {
			t.Errorf("error: %s", got.body)
		}
		c.want(200, "GET", "/files", nil)
	})
}

func TestReset(t *testing.T) {
	c := start(t, OpenAI)
	c.s.On("*", Reset(), ResetAfter(50_000))
	for range 2 {
		if got, err := c.tryUpload(); err == nil {
			t.Errorf("an answer: %v", got)
		}
	}
	eventually(t, "the body is read up to the fault", func() bool { return c.s.Requests()[1].Size >= 50_000 })
	log := c.s.Requests()
	if log[0].Size != 0 || log[1].Status != 0 || len(log[1].Body) != maxNoted {
		t.Errorf("log: %d bytes, then status %d and %d bytes noted", log[0].Size, log[1].Status, len(log[1].Body))
	}
	if len(c.s.Files()) != 0 {
		t.Errorf("files: %v", c.s.Files())
	}
	if c.uploaded("again.jsonl", examples(3)) == "" {
		t.Error("no file after the faults")
	}
}

// TestAnswerIsLost: the request is carried out all the same.
func TestAnswerIsLost(t *testing.T) {
	for _, fault := range []Fault{LoseAnswer(), CutAnswer(0), CutAnswer(20)} {
		c := start(t, AzureV1)
		file := c.uploaded("train.jsonl", examples(10))
		c.s.On("POST /fine_tuning/jobs", fault)
		body := bytes.NewReader(asJSON(object{"model": "babbage-002", "training_file": file}))
		got, err := c.send("POST", "/fine_tuning/jobs", "application/json", body)
		if err == nil {
			t.Errorf("%+v: an answer: %s", fault, got.body)
		}
		if n := len(c.s.Jobs()); n != 1 {
			t.Errorf("%+v: %d jobs, want 1", fault, n)
		}
		if got := c.want(200, "GET", "/fine_tuning/jobs", nil).data(); len(got) != 1 || got[0]["training_file"] != file {
			t.Errorf("%+v: jobs: %v", fault, got)
		}
	}
}

func TestDelay(t *testing.T) {
	c := start(t, OpenAI)
	until := make(chan struct{})
	c.s.On("POST /files", Delay(until).Times(2))
	var wait sync.WaitGroup
	wait.Go(func() {
		if got, err := c.tryUpload(); err != nil || got.status != 200 {
			t.Errorf("got %v, %v", got, err)
		}
	})
	eventually(t, "the request is there", func() bool { return c.s.Count("POST /files") == 1 })
	if len(c.s.Files()) != 0 {
		t.Error("carried out at once")
	}

	// The second client does not wait.
	ctx, cancel := context.WithCancel(t.Context())
	contentType, body := formOf("file", "gone.jsonl", "application/jsonl", examples(1), "purpose", "fine-tune")
	r, err := http.NewRequestWithContext(ctx, "POST", c.s.Base()+"/files", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	c.auth(r)
	wait.Go(func() {
		if _, err := http.DefaultTransport.RoundTrip(r); !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
	})
	eventually(t, "the body was read", func() bool {
		log := c.s.Requests()
		return len(log) == 2 && log[1].Size == int64(len(body))
	})
	cancel()
	eventually(t, "the server sees that the client is gone", func() bool { return c.s.Requests()[1].Done })
	close(until)
	wait.Wait()
	if files := c.s.Files(); len(files) != 1 || files[0].Name != "train.jsonl" {
		t.Errorf("files: %v", files)
	}
}

// TestEndsWhileRequestsWait: the end of a test does not wait for the channel.
func TestEndsWhileRequestsWait(t *testing.T) {
	started := time.Now()
	t.Run("test", func(t *testing.T) {
		c := start(t, OpenAI)
		c.s.On("GET /models", Delay(nil))
		go func() { _, _ = c.send("GET", "/models", "", nil) }()
		eventually(t, "the request is there", func() bool { return c.s.Count("GET /models") == 1 })
	})
	if passed := time.Since(started); passed > 3*time.Second {
		t.Errorf("it took %v", passed)
	}
}

func TestSlowBody(t *testing.T) {
	c := start(t, OpenAI)
	plain := c.want(200, "GET", "/files", nil)
	c.s.On("GET /files", SlowBody(2*time.Millisecond))
	started := time.Now()
	slow := c.want(200, "GET", "/files", nil)
	if passed := time.Since(started); !bytes.Equal(slow.body, plain.body) || passed < time.Duration(len(plain.body))*2*time.Millisecond {
		t.Errorf("%s after %v", slow.body, passed)
	}
}

// failing is a body whose end never comes.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the client breaks off")
	}
	return n, err
}

// TestHalfARequest: what a client does not end is not carried out.
func TestHalfARequest(t *testing.T) {
	c := start(t, AzureDated)
	contentType, body := formOf("file", "train.jsonl", "application/jsonl", examples(1000), "purpose", "fine-tune")
	if got, err := c.send("POST", "/files", contentType, failing{bytes.NewReader(body[:len(body)/2])}); err == nil {
		t.Errorf("an answer: %s", got.body)
	}
	if files := c.s.Files(); len(files) != 0 {
		t.Errorf("files: %v", files)
	}
}
