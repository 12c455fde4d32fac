package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

// ChatMessage is what somebody said: the system, the user or the assistant.
type ChatMessage struct{ Role, Text string }

// ChatOptions say how a model is to answer. What is nil is left to the service.
type ChatOptions struct {
	Temperature *float64
	MaxTokens   *int64
	// Completion asks a model that knows no chat, such as babbage-002, to go on with the
	// last message.
	Completion bool
	// Whole asks for the answer in one piece.
	Whole bool
}

// ChatReply is the answer of a model.
type ChatReply struct {
	Text string
	// Finish is why it ended: stop, length, content_filter; "": it broke off.
	Finish string
	Model  string // that answered, as the service calls it
	// PromptTokens and CompletionTokens are what is billed; 0: the service does not say.
	PromptTokens, CompletionTokens int64
}

// Chat lets a model go on with a conversation. On Azure the model is a deployment. text is
// called with the answer, piece by piece as it comes; what came before an error is in
// the reply.
func (c *Client) Chat(ctx context.Context, model string, messages []ChatMessage, o ChatOptions, text func(string)) (ChatReply, error) {
	what := "asking " + model
	if len(messages) == 0 {
		return ChatReply{}, errors.New(what + ": there is nothing to ask")
	}
	if text == nil {
		text = func(string) {}
	}
	a := &asking{model: model, messages: messages, ChatOptions: o, usage: true, tell: text}
	for {
		err := a.ask(ctx, c)
		switch {
		case err == nil:
			return a.reply, nil
		case a.begun || !a.adapt(failed(what, err)):
			return a.reply, failed(what, err)
		}
	}
}

// NoChat reports whether an error says that a model knows no chat: it completes text, as
// babbage-002, davinci-002 and what is trained of them do.
func NoChat(err error) bool {
	e := (*Error)(nil)
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == "OperationNotSupported" || strings.Contains(e.Message, "not a chat model")
}

// asking is a question on its way.
type asking struct {
	model    string
	messages []ChatMessage
	ChatOptions
	usage bool // whether a stream is to tell the tokens
	newer bool // whether the limit goes by its newer name
	tell  func(string)
	begun bool // something of the answer is there
	reply ChatReply
}

// adapt changes a request that was refused for what a model or a version of the API has
// by another name or not at all. It returns false if there is nothing to change.
func (a *asking) adapt(err error) bool {
	e := (*Error)(nil)
	if !errors.As(err, &e) || e.Status != http.StatusBadRequest {
		return false
	}
	switch {
	case a.MaxTokens != nil && !a.newer && !a.Completion && strings.Contains(e.Message, "max_completion_tokens"):
		a.newer = true // models that reason
	case a.usage && !a.Whole && strings.Contains(e.Message, "stream_options"):
		a.usage = false // old versions of the API
	default:
		return false
	}
	return true
}

// ask sends the request and reads the answer.
func (a *asking) ask(ctx context.Context, c *Client) error {
	switch {
	case a.Completion && a.Whole:
		answer, err := c.api.Completions.New(ctx, a.completion())
		if err == nil {
			a.completed(answer)
		}
		return err
	case a.Completion:
		return drain(a, c, c.api.Completions.NewStreaming(ctx, a.completion(), a.stream()...), a.completed)
	case a.Whole:
		answer, err := c.api.Chat.Completions.New(ctx, a.chat())
		if err == nil {
			a.answered(answer)
		}
		return err
	}
	return drain(a, c, c.api.Chat.Completions.NewStreaming(ctx, a.chat(), a.stream()...), a.chunk)
}

// drain reads a stream to its end.
func drain[T any](a *asking, c *Client, stream *ssestream.Stream[T], take func(*T)) error {
	defer stream.Close()
	for stream.Next() {
		piece := stream.Current()
		take(&piece)
	}
	if err := stream.Err(); err != nil {
		return midway(err)
	}
	if a.reply.Finish == "" && c.DryRun == nil {
		return errors.New("the answer broke off")
	}
	return nil
}

// midway reads what the service says in a stream in place of the rest of an answer, which
// the library leaves as JSON.
func midway(err error) error {
	_, text, ok := strings.Cut(err.Error(), "received error while streaming: ")
	var said struct {
		Code    any    `json:"code"` // a word or a number
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	if !ok || json.Unmarshal([]byte(text), &said) != nil || said.Message == "" {
		return err
	}
	code, _ := said.Code.(string)
	return &Error{What: "in the middle of the answer", Code: Redact(cmp.Or(code, said.Type)), Message: Redact(said.Message)}
}

// stream are the options of a request whose answer comes in pieces.
func (a *asking) stream() []option.RequestOption {
	if !a.usage {
		return nil
	}
	return []option.RequestOption{option.WithJSONSet("stream_options", map[string]any{"include_usage": true})}
}

// chat is the request for a chat.
func (a *asking) chat() openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: a.model}
	for _, m := range a.messages {
		switch m.Role {
		case "system":
			p.Messages = append(p.Messages, openai.SystemMessage(m.Text))
		case "assistant":
			p.Messages = append(p.Messages, openai.AssistantMessage(m.Text))
		default:
			p.Messages = append(p.Messages, openai.UserMessage(m.Text))
		}
	}
	if a.Temperature != nil {
		p.Temperature = openai.Float(*a.Temperature)
	}
	switch {
	case a.MaxTokens == nil:
	case a.newer:
		p.MaxCompletionTokens = openai.Int(*a.MaxTokens)
	default:
		p.MaxTokens = openai.Int(*a.MaxTokens)
	}
	return p
}

// completion is the request to go on with a text.
func (a *asking) completion() openai.CompletionNewParams {
	p := openai.CompletionNewParams{
		Model:  openai.CompletionNewParamsModel(a.model),
		Prompt: openai.CompletionNewParamsPromptUnion{OfString: openai.String(a.messages[len(a.messages)-1].Text)},
	}
	if a.Temperature != nil {
		p.Temperature = openai.Float(*a.Temperature)
	}
	if a.MaxTokens != nil {
		p.MaxTokens = openai.Int(*a.MaxTokens)
	}
	return p
}

// add takes a piece of the answer.
func (a *asking) add(model, text, finish string, prompt, completion int64) {
	if model != "" {
		a.reply.Model = model
	}
	if text != "" {
		a.begun = true
		a.reply.Text += text
		a.tell(text)
	}
	if finish != "" {
		a.reply.Finish = finish
	}
	if prompt+completion > 0 {
		a.reply.PromptTokens, a.reply.CompletionTokens = prompt, completion
	}
}

func (a *asking) chunk(p *openai.ChatCompletionChunk) {
	a.add(p.Model, "", "", p.Usage.PromptTokens, p.Usage.CompletionTokens)
	for i := range p.Choices { // Azure's first piece has none
		choice := &p.Choices[i]
		a.add("", choice.Delta.Content+choice.Delta.Refusal, choice.FinishReason, 0, 0)
	}
}

func (a *asking) answered(p *openai.ChatCompletion) {
	a.add(p.Model, "", "", p.Usage.PromptTokens, p.Usage.CompletionTokens)
	for i := range p.Choices {
		choice := &p.Choices[i]
		a.add("", choice.Message.Content+choice.Message.Refusal, choice.FinishReason, 0, 0)
	}
}

func (a *asking) completed(p *openai.Completion) {
	a.add(p.Model, "", "", p.Usage.PromptTokens, p.Usage.CompletionTokens)
	for i := range p.Choices {
		choice := &p.Choices[i]
		a.add("", choice.Text, string(choice.FinishReason), 0, 0)
	}
}
