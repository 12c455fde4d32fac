package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// TestChat: in each dialect, in pieces and whole, by chat and by completion.
func TestChat(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.dialect.String(), func(t *testing.T) {
			s := fake.New(t, d.fake)
			s.Reply = func(model, prompt string) string { return model + " says: " + prompt + " 日本" }
			names := map[string]string{"gpt-4o-mini-2024-07-18": "gpt-4o-mini-2024-07-18", "babbage-002": "babbage-002"}
			if d.dialect.Azure() {
				names = map[string]string{"gpt-4o-mini-2024-07-18": "my-model.1", "babbage-002": "my-writer"}
				for model, name := range names {
					s.Deploy(name, model)
				}
			}
			c := clientOf(t, s, d.dialect)
			question := []ChatMessage{{"system", "Be brief."}, {"user", "1+1?"}, {"assistant", "2"}, {"user", "And 2+2?"}}
			for model, name := range names {
				for _, whole := range []bool{false, true} {
					o := ChatOptions{Whole: whole, Completion: model == "babbage-002"}
					pieces := 0
					reply, err := c.Chat(t.Context(), name, question, o, func(string) { pieces++ })
					want := model + " says: And 2+2? 日本"
					if err != nil || reply.Text != want || reply.Finish != "stop" || reply.Model != model || reply.CompletionTokens != int64(len(want)) || reply.PromptTokens == 0 {
						t.Errorf("%s, whole %v: %+v, %v", model, whole, reply, err)
					}
					if (pieces == 1) != whole {
						t.Errorf("%s, whole %v: %d pieces", model, whole, pieces)
					}
					o.Completion = !o.Completion
					if _, err := c.Chat(t.Context(), name, question, o, nil); err == nil || NoChat(err) == o.Completion && model == "babbage-002" {
						t.Errorf("%s by the other route: %v", model, err)
					}
				}
			}
			if _, err := c.Chat(t.Context(), "nobody", question, ChatOptions{}, nil); Status(err) != 404 {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestChatFaults: an answer that is cut is an error, and what came of it is there. What
// is refused before it begins is asked again.
func TestChatFaults(t *testing.T) {
	const route = "POST /deployments/{id}/chat/completions"
	s := fake.New(t, fake.AzureDated)
	s.Reply = func(string, string) string { return strings.Repeat("word ", 100) }
	s.Deploy("my-model", "gpt-4o-mini-2024-07-18")
	c := clientOf(t, s, AzureDated)
	question := []ChatMessage{{"user", "1+1?"}}
	s.On(route, fake.Status(429, http.Header{"Retry-After-Ms": {"1"}}, `{}`), fake.CutAnswer(4000))
	reply, err := c.Chat(t.Context(), "my-model", question, ChatOptions{}, nil)
	if err == nil || !strings.HasPrefix(reply.Text, "word word") || len(reply.Text) >= 500 {
		t.Errorf("%d bytes, %v", len(reply.Text), err)
	}
	if s.Count(route) != 2 {
		t.Errorf("asked %d times", s.Count(route))
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.On(route, fake.SlowBody(time.Millisecond))
	reply, err = c.Chat(ctx, "my-model", question, ChatOptions{}, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) || reply.Text == "" {
		t.Errorf("%q, %v", reply.Text, err)
	}
}

// TestChatAdapts: what a model or a version of the API does not take is left out, or
// goes by its other name.
func TestChatAdapts(t *testing.T) {
	var bodies []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		if _, err := io.Copy(body, r.Body); err != nil {
			t.Error(err)
		}
		bodies = append(bodies, body.String())
		refuse := func(message string) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(400)
			w.Write([]byte(`{"error":{"code":"unsupported_parameter","message":"` + message + `"}}`)) //nolint:errcheck // the client looks at it
		}
		switch {
		case strings.Contains(body.String(), "max_tokens"):
			refuse("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
		case strings.Contains(body.String(), "stream_options"):
			refuse("Unrecognized request argument supplied: stream_options")
		default:
			w.Header().Set("Content-Type", "text/event-stream")
			w.Write([]byte("data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")) //nolint:errcheck // the client looks at it
		}
	}))
	defer s.Close()
	c, err := New(Target{Dialect: OpenAI, Endpoint: s.URL, Key: "key"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	most := int64(7)
	reply, err := c.Chat(t.Context(), "o4-mini", []ChatMessage{{"user", "2+2?"}}, ChatOptions{MaxTokens: &most}, nil)
	if err != nil || reply.Text != "4" || len(bodies) != 3 {
		t.Fatalf("%+v, %v, %q", reply, err, bodies)
	}
	if last := bodies[2]; !strings.Contains(last, `"max_completion_tokens":7`) || strings.Contains(last, "stream_options") {
		t.Errorf("in the end: %s", last)
	}
}

// TestChatMidway: what the service says in place of the rest of an answer is told in words.
func TestChatMidway(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Write([]byte("data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\ndata: {\"error\":{\"code\":\"server_error\",\"message\":\"it \\\"broke\\\"\"}}\n\n")) //nolint:errcheck // the client looks at it
	}))
	defer s.Close()
	c, err := New(Target{Dialect: OpenAI, Endpoint: s.URL, Key: "key"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := c.Chat(t.Context(), "m", []ChatMessage{{"user", "2+2?"}}, ChatOptions{}, nil)
	refusal := (*Error)(nil)
	if !errors.As(err, &refusal) || refusal.Code != "server_error" || reply.Text != "4" || err.Error() != `asking m: in the middle of the answer: server_error: it "broke"` {
		t.Errorf("%q, %v", reply.Text, err)
	}
}
