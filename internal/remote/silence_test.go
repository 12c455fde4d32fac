package remote

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestSilence: an answer that is begun and does not go on is given up, in a chat and where
// something is downloaded, and what came of it is kept.
func TestSilence(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Write([]byte("data: {\"choices\":[{\"delta\":{\"content\":\"begun\"}}]}\n\n")) //nolint:errcheck // the client looks at it
		} else {
			w.Write([]byte("step,")) //nolint:errcheck // the client looks at it
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer s.Close()
	c, err := New(Target{Dialect: OpenAI, Endpoint: s.URL, Key: "key"}, Options{Transport: impatient{http.DefaultTransport, 50 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := c.Chat(t.Context(), "m", []ChatMessage{{"user", "?"}}, ChatOptions{}, nil)
	if !errors.Is(err, errSilent) || reply.Text != "begun" {
		t.Errorf("chat: %q, %v", reply.Text, err)
	}
	if err := c.Download(t.Context(), "file-1", io.Discard); !errors.Is(err, errSilent) {
		t.Errorf("download: %v", err)
	}
	if c, err = New(Target{Dialect: OpenAI, Endpoint: s.URL, Key: "key"}, Options{}); err != nil {
		t.Fatal(err)
	}
	if by, ok := c.transport().(impatient); !ok || by.most != answerTimeout {
		t.Errorf("clients wait without end: %T", c.transport())
	}
}
