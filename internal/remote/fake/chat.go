package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// deployment is a model that answers.
type deployment struct {
	model string
	calls int // that came too early
}

// Deploy makes the model answer under a name, after DeploymentDelay calls.
func (s *Server) Deploy(name, model string) {
	s.Change(func() { s.deployments[name] = &deployment{model: model} })
}

// Undeploy takes a deployment away.
func (s *Server) Undeploy(name string) {
	s.Change(func() { delete(s.deployments, name) })
}

// promptRequest is the body of chat/completions and of completions.
type promptRequest struct {
	Model    string `json:"model"`
	Stream   bool   `json:"stream"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Prompt        string `json:"prompt"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

// answering finds the model that a request means.
func (c *call) answering(r *promptRequest) (string, *answer) {
	name := r.Model
	if c.dialect == AzureDated {
		name = c.id
	}
	if c.dialect == OpenAI {
		if slices.ContainsFunc(c.modelsThere(), func(m madeModel) bool { return m.name == name }) {
			return name, nil
		}
		a := c.failure(http.StatusNotFound, "DeploymentNotFound", "The model `"+name+"` does not exist or you do not have access to it.")
		return "", &a
	}
	d := c.deployments[name]
	if d != nil && d.calls >= c.DeploymentDelay {
		return d.model, nil
	}
	if d != nil {
		d.calls++
	}
	a := c.failure(http.StatusNotFound, "DeploymentNotFound", "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.")
	return "", &a
}

func (c *call) chat() answer {
	return c.prompted("chatCompletion", func(r *promptRequest, model string) (string, bool) {
		if len(r.Messages) == 0 {
			return "", false
		}
		return textOf(r.Messages[len(r.Messages)-1].Content), !completesOnly(model)
	})
}

func (c *call) complete() answer {
	return c.prompted("completion", func(r *promptRequest, model string) (string, bool) {
		return r.Prompt, completesOnly(model)
	})
}

// prompted answers a prompt, if the model takes part in the operation.
func (c *call) prompted(operation string, read func(*promptRequest, string) (string, bool)) answer {
	var wanted promptRequest
	if bad := c.decode(&wanted); bad != nil {
		return *bad
	}
	model, refused := c.answering(&wanted)
	if refused != nil {
		return *refused
	}
	prompt, can := read(&wanted, model)
	if !can {
		return c.otherOperation(operation, model)
	}
	text := c.Reply(model, prompt)
	usage := object{"prompt_tokens": len(prompt), "completion_tokens": len(text), "total_tokens": len(prompt) + len(text)}
	g := generation{call: c, model: model, id: c.newID("chatcmpl-"), chat: operation == "chatCompletion"}
	if !wanted.Stream {
		whole := g.object(g.choice(text, "stop", false))
		whole["usage"] = usage
		return ok(whole)
	}
	return g.stream(text, wanted.StreamOptions.IncludeUsage, usage)
}

// otherOperation is the error for a model that takes part in the other operation only.
func (c *call) otherOperation(operation, model string) answer {
	switch {
	case c.dialect != OpenAI:
		return c.failure(http.StatusBadRequest, "OperationNotSupported", fmt.Sprintf(
			"The %s operation does not work with the specified model, %s. Please choose different model and try again.", operation, model))
	case operation == "completion":
		return c.failure(http.StatusNotFound, invalidPayload, "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?")
	}
	return c.failure(http.StatusNotFound, invalidPayload, "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?")
}

// textOf is the text of a message, whose content is a string or a list of parts.
func textOf(content json.RawMessage) string {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return text
	}
	var list []struct{ Text string }
	_ = json.Unmarshal(content, &list) // what is no text has none
	for _, part := range list {
		text += part.Text
	}
	return text
}

// generation is a text on its way.
type generation struct {
	call      *call
	model, id string
	chat      bool
}

// object is an answer or a piece of one.
func (g *generation) object(choices ...object) object {
	kind := "text_completion"
	if g.chat {
		kind = "chat.completion"
	}
	return object{
		"object": kind, "id": g.id, "created": unix(g.call.now()), "model": g.model,
		"choices": append([]object{}, choices...),
	}
}

// choice is a text, or some of it.
func (g *generation) choice(text string, finish any, piece bool) object {
	o := object{"index": 0, "finish_reason": finish}
	switch {
	case !g.chat:
		o["text"] = text
	case piece:
		o["delta"] = object{"content": text}
	default:
		o["message"] = object{"role": "assistant", "content": text}
	}
	return o
}

// stream sends a text word by word, as server-sent events.
func (g *generation) stream(text string, withUsage bool, usage object) answer {
	a := answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/event-stream"}}}
	send := func(o object) {
		if g.chat {
			o["object"] = "chat.completion.chunk"
		}
		a.pieces = append(a.pieces, fmt.Appendf(nil, "data: %s\n\n", asJSON(o)))
	}
	if g.call.dialect != OpenAI {
		// Azure begins with a piece that has no choice.
		first := g.object()
		first["prompt_filter_results"] = []object{}
		send(first)
	}
	for _, word := range strings.SplitAfter(text, " ") {
		send(g.object(g.choice(word, nil, true)))
	}
	send(g.object(g.choice("", "stop", true)))
	if withUsage {
		last := g.object()
		last["usage"] = usage
		send(last)
	}
	a.pieces = append(a.pieces, []byte("data: [DONE]\n\n"))
	return a
}
