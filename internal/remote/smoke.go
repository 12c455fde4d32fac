package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/catalog"
)

// tryPrompt is what a deployment is asked to see whether it answers.
const tryPrompt = "Reply with one word: ready"

// CompletesOnly reports whether a model knows completions and no chat.
func CompletesOnly(model string) bool {
	base := catalog.BaseName(model)
	return base == "babbage-002" || base == "davinci-002"
}

// reasoning are the models that think before they answer, and count that as a part of
// the answer.
var reasoning = regexp.MustCompile(`^(?:o\d|gpt-5)`)

// TryDeployment asks a deployment of a model for a reply. For most, it waits for one that
// does not answer yet, which happens for some minutes after it was made; each is told why.
func (c *Client) TryDeployment(ctx context.Context, name, model string, most time.Duration, each func(error)) (reply string, err error) {
	plain := CompletesOnly(model)
	end := c.Now().Add(most)
	for n := 0; ; n++ {
		reply, err = c.prompt(ctx, name, model, plain)
		switch {
		case err == nil, ctx.Err() != nil:
			return reply, err
		case !plain && wrongOperation(err): // a checkpoint, whose id does not tell its base
			plain = true
			continue
		case !notReady(err) && (Status(err) == 0 || !passing(err)):
			return "", err
		}
		delay := min(5*time.Second<<min(n, 3), 30*time.Second)
		if e := (*Error)(nil); errors.As(err, &e) {
			delay = max(delay, min(e.RetryAfter, longestDelay))
		}
		if c.Now().Add(delay).After(end) {
			return "", fmt.Errorf("deployment %s does not answer after %v (delete it, wait for a minute, and make it again): %w", name, most, err)
		}
		if each != nil {
			each(err)
		}
		if err := c.Wait(ctx, delay); err != nil {
			return "", err
		}
	}
}

// notReady reports whether a deployment is not there yet for those who would use it.
func notReady(err error) bool {
	e := (*Error)(nil)
	return errors.As(err, &e) && (e.Code == "DeploymentNotFound" || e.Code == "DeploymentNotReady" ||
		e.Status == http.StatusNotFound && strings.Contains(e.Message, "within the last"))
}

// wrongOperation reports whether a model knows no chat.
func wrongOperation(err error) bool {
	e := (*Error)(nil)
	return errors.As(err, &e) && e.Code == "OperationNotSupported"
}

// prompt asks for one reply.
func (c *Client) prompt(ctx context.Context, name, model string, plain bool) (string, error) {
	path, body := "chat/completions", map[string]any{
		"model": name, "messages": []map[string]any{{"role": "user", "content": tryPrompt}},
	}
	switch {
	case plain:
		path, body = "completions", map[string]any{"model": name, "prompt": tryPrompt, "max_tokens": 16}
	case reasoning.MatchString(catalog.BaseName(model)):
		body["max_completion_tokens"] = 1000
	default:
		body["max_tokens"] = 16
	}
	var text []byte
	if err := c.api.Post(ctx, path, body, &text); err != nil {
		return "", failed("trying deployment "+name, err)
	}
	var answer struct {
		Choices []struct {
			Text    string
			Message struct{ Content string }
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", failed("trying deployment "+name, err)
	}
	for _, choice := range answer.Choices {
		if said := strings.TrimSpace(choice.Message.Content + choice.Text); said != "" {
			return said, nil
		}
	}
	return "", nil
}
