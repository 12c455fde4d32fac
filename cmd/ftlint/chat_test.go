package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/remote/fake"
)

// script is somebody who asks what stands in a list.
type script []string

func (s *script) next(<-chan os.Signal) (string, error) {
	if len(*s) == 0 {
		return "", io.EOF
	}
	line := (*s)[0]
	*s = (*s)[1:]
	return line, nil
}

// shared is a buffer that may be read while it is written.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// talkTo returns a conversation with a deployment of a fake service.
func talkTo(t *testing.T, s *fake.Server, model string) (*talk, *shared, *shared) {
	t.Helper()
	s.Deploy("my-model", model)
	c, err := remote.New(remote.Target{Endpoint: s.URL, Key: s.Key}, remote.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, errs := &shared{}, &shared{}
	return &talk{client: c, model: "my-model", streams: Streams{Out: out, Err: errs}}, out, errs
}

// TestConversation: what was said before goes with each question, until a new
// conversation begins, and a question that fails is not part of it.
func TestConversation(t *testing.T) {
	s := fake.New(t, fake.AzureDated)
	s.On("POST /deployments/{id}/chat/completions", fake.Pass().Times(1), fake.Refuse(400, "contentFilter", "no"))
	talk, out, errs := talkTo(t, s, "gpt-4o-mini-2024-07-18")
	if err := talk.converse(t.Context(), &script{"one", " ", "two", "three", "/new", "four", "/quit", "five"}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "You said: one\nYou said: three\nYou said: four\n" {
		t.Errorf("answers: %q", got)
	}
	for _, want := range []string{"the service answers 400 contentFilter: no", "3 answers · 12 tokens read · 42 written"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("no %q in\n%s", want, errs)
		}
	}
	var said []int
	for _, r := range s.Requests() {
		said = append(said, strings.Count(string(r.Body), `"role"`))
	}
	if want := []int{1, 3, 3, 1}; len(said) != 4 || said[0] != want[0] || said[1] != want[1] || said[2] != want[2] || said[3] != want[3] {
		t.Errorf("messages in the requests: %v, want %v", said, want)
	}
}

// TestConversationCompletion: with a model that knows no chat each question stands for
// itself.
func TestConversationCompletion(t *testing.T) {
	s := fake.New(t, fake.AzureDated)
	talk, out, _ := talkTo(t, s, "davinci-002")
	if err := talk.converse(t.Context(), &script{"one", "two"}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "You said: one\nYou said: two\n" || s.Count("POST /deployments/{id}/completions") != 2 || s.Count("POST /deployments/{id}/chat/completions") != 1 {
		t.Errorf("answers: %q", got)
	}
}

// TestInterrupt: the first one stops an answer, and the conversation goes on; two end it.
func TestInterrupt(t *testing.T) {
	s := fake.New(t, fake.AzureDated)
	s.On("POST /deployments/{id}/chat/completions", fake.SlowBody(10*time.Millisecond))
	talk, out, errs := talkTo(t, s, "gpt-4o-mini-2024-07-18")
	signals := make(chan os.Signal, 2)
	go func() {
		for !strings.Contains(out.String(), "You") {
			time.Sleep(time.Millisecond)
		}
		signals <- os.Interrupt
	}()
	if err := talk.turns(t.Context(), &script{"one", "two"}, signals); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.HasPrefix(got, "You") || !strings.HasSuffix(got, "\nYou said: two\n") || strings.Contains(got, "one") || !strings.Contains(errs.String(), "stopped\n") {
		t.Errorf("%q, %q", got, errs)
	}
	never := make(chan struct{})
	defer close(never)
	s.On("POST /deployments/{id}/chat/completions", fake.Delay(never))
	signals <- syscall.SIGTERM
	if err := talk.turns(t.Context(), &script{"three", "four"}, signals); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestPlainTypist: a terminal without escape sequences gets none, and its lines are taken
// as they are; an interrupt ends the conversation.
func TestPlainTypist(t *testing.T) {
	var out bytes.Buffer
	p := &plainTypist{in: bufio.NewReader(strings.NewReader("one\r\ntwo\n")), out: &out}
	for _, want := range []string{"one", "two"} {
		if got, err := p.next(nil); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if _, err := p.next(nil); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	if out.String() != "> > > \n" {
		t.Errorf("written: %q", out.String())
	}
	reader, writer := io.Pipe()
	defer writer.Close()
	signals := make(chan os.Signal, 1)
	signals <- os.Interrupt
	if _, err := (&plainTypist{in: bufio.NewReader(reader), out: io.Discard}).next(signals); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
