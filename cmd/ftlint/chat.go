package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// chatFlags are the flags of chat, as they were given.
type chatFlags struct {
	remoteFlags
	system      string
	temperature float64
	maxTokens   int64
	completion  bool
	noStream    bool
}

func newChatCommand(streams Streams) *cobra.Command {
	f := &chatFlags{}
	cmd := remoteCommand(streams, &f.remoteFlags, &cobra.Command{
		Use:   "chat [flags] NAME [PROMPT|-]",
		Short: "Talk to a deployment, or to a model",
		Long: `Chat asks a model: on Azure NAME is that of a deployment, at OpenAI that of a model.
The prompt is an argument, or standard input where that is no terminal. On a
terminal, without a prompt, it is a conversation: /new begins a new one, /quit or
Ctrl-D ends it, Ctrl-C stops an answer.

Models that know no chat (babbage-002, davinci-002 and what is trained of them)
go on with the prompt as it stands.`,
		Example: `  ftlint chat my-model 'What is the capital of Peru?' --dry-run
  ftlint chat my-model --system 'You are brief.' - <prompt.txt --dry-run
  ftlint chat gpt-4o-mini-2024-07-18 'Hello' --service openai -o json`,
	}, nil)
	flags := cmd.Flags()
	flags.StringVar(&f.system, "system", "", "`TEXT` of a system message before the prompt")
	flags.Float64Var(&f.temperature, "temperature", 0, "how far answers vary: `X`, 0 to 2")
	flags.Int64Var(&f.maxTokens, "max-tokens", 0, "at most `N` tokens in an answer")
	flags.BoolVar(&f.completion, "completion", false, "the model knows no chat: let it go on with the prompt")
	flags.BoolVar(&f.noStream, "no-stream", false, "show an answer when it is complete")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := f.check(flags, args); err != nil {
			return usage(fmt.Errorf("%w\nsee %s --help", err, cmd.CommandPath()))
		}
		c, err := f.client(streams.Out)
		if err != nil {
			return usage(err)
		}
		return serviceError(f.run(cmd.Context(), streams, c, args))
	}
	return cmd
}

// check sees that flags and arguments have values that there are.
func (f *chatFlags) check(flags *pflag.FlagSet, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("a name is needed: that of a deployment on Azure, that of a model at OpenAI")
	case len(args) > 2:
		return errors.New("a prompt is one argument: put it in quotes")
	case flags.Changed("temperature") && !(f.temperature >= 0 && f.temperature <= 2):
		return fmt.Errorf("--temperature: %v is not from 0 to 2", f.temperature)
	case flags.Changed("max-tokens") && f.maxTokens < 1:
		return fmt.Errorf("--max-tokens: %d is not above 0", f.maxTokens)
	case f.completion && f.system != "":
		return errors.New("--system: a model that knows no chat has no system message")
	}
	if !flags.Changed("temperature") {
		f.temperature = -1
	}
	return nil
}

// options are what the flags say of answers.
func (f *chatFlags) options() remote.ChatOptions {
	o := remote.ChatOptions{Completion: f.completion, Whole: f.noStream || f.output == "json"}
	if f.temperature >= 0 {
		o.Temperature = &f.temperature
	}
	if f.maxTokens > 0 {
		o.MaxTokens = &f.maxTokens
	}
	return o
}

// run asks once, or holds a conversation.
func (f *chatFlags) run(ctx context.Context, streams Streams, c *remote.Client, args []string) error {
	t := &talk{client: c, model: args[0], options: f.options(), system: f.system, streams: streams, dryRun: f.dryRun}
	if len(args) == 1 {
		if in, ok := streams.In.(*os.File); ok && isTerminal(in) {
			if f.output == "json" || f.dryRun {
				return usage(errors.New("a prompt is needed: --output json and --dry-run are of one question"))
			}
			if getenv("TERM") == "dumb" {
				return t.converse(ctx, &plainTypist{in: bufio.NewReader(in), out: streams.Err})
			}
			return t.converse(ctx, newTypist(in, streams.Err))
		}
		args = append(args, "-")
	}
	prompt := args[1]
	if prompt == "-" {
		var err error
		if prompt, err = readPrompt(streams.In); err != nil {
			return usage(err)
		}
	}
	if strings.TrimSpace(prompt) == "" {
		return usage(errors.New("the prompt is empty"))
	}
	if f.output == "json" {
		return t.json(ctx, prompt)
	}
	reply, err := t.ask(ctx, prompt)
	if err != nil || f.dryRun {
		return err
	}
	return t.ended(&reply)
}

// longestPrompt is the most that is read of a prompt, in bytes: far more than models
// take.
const longestPrompt = 16 << 20

// readPrompt reads a prompt, without the line end that shells put behind it.
func readPrompt(in io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(in, longestPrompt+1))
	if err == nil && len(text) > longestPrompt {
		err = fmt.Errorf("the prompt is larger than %s", report.Bytes(longestPrompt))
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), err
}

// talk is a conversation with a model.
type talk struct {
	client  *remote.Client
	model   string
	options remote.ChatOptions
	system  string
	streams Streams
	dryRun  bool

	said    []remote.ChatMessage
	asked   int64
	in, out int64 // tokens
}

// errNoSystem says that a system message was given where there can be none.
var errNoSystem = errors.New("the model knows no chat, so that it has no system message: ask without --system")

// ask asks, and writes the answer as it comes. What was asked and answered is kept for
// the next question.
func (t *talk) ask(ctx context.Context, prompt string) (remote.ChatReply, error) {
	out := t.streams.Out
	if inCommandLog() {
		out = term.NewGuard(out)
	}
	safe := term.NewSafe(out)
	reply, err := t.send(ctx, prompt, func(text string) { io.WriteString(safe, text) })
	if flushed := safe.Flush(); err == nil {
		err = flushed
	}
	if safe.Last != '\n' && safe.Last != 0 {
		fmt.Fprintln(out)
	}
	return reply, err
}

// send asks a model. One that turns out to know no chat is asked to go on with the
// prompt.
func (t *talk) send(ctx context.Context, prompt string, text func(string)) (remote.ChatReply, error) {
	question := remote.ChatMessage{Role: "user", Text: prompt}
	var messages []remote.ChatMessage
	if t.system != "" {
		messages = append(messages, remote.ChatMessage{Role: "system", Text: t.system})
	}
	messages = append(append(messages, t.said...), question)
	reply, err := t.client.Chat(ctx, t.model, messages, t.options, text)
	if remote.NoChat(err) && !t.options.Completion {
		if t.system != "" {
			return reply, usage(errNoSystem)
		}
		fmt.Fprintf(t.streams.Err, "ftlint: %s knows no chat: it goes on with the prompt (--completion asks so at once)\n", term.Sanitize(t.model))
		t.options.Completion = true
		reply, err = t.client.Chat(ctx, t.model, messages, t.options, text)
	}
	if err == nil || reply.Text != "" {
		t.asked++
		t.in += reply.PromptTokens
		t.out += reply.CompletionTokens
		if !t.options.Completion {
			t.said = append(t.said, question, remote.ChatMessage{Role: "assistant", Text: reply.Text})
		}
	}
	return reply, err
}

// ended tells of an answer that is not all that the model had to say.
func (t *talk) ended(reply *remote.ChatReply) error {
	switch reply.Finish {
	case "length":
		fmt.Fprintln(t.streams.Err, "ftlint: the answer was cut off: --max-tokens N lets it be longer")
	case "content_filter":
		return fmt.Errorf("asking %s: the service's content filter ended the answer", t.model)
	}
	return nil
}

// json asks once, and writes the answer as json.
func (t *talk) json(ctx context.Context, prompt string) error {
	reply, err := t.send(ctx, prompt, nil)
	if err != nil || t.dryRun {
		return err
	}
	err = writeJSON(t.streams.Out, struct {
		SchemaVersion    int    `json:"schema_version"`
		Endpoint         string `json:"endpoint"`
		Name             string `json:"name"`
		Model            string `json:"model"`
		Reply            string `json:"reply"`
		Finish           string `json:"finish_reason"`
		PromptTokens     int64  `json:"prompt_tokens"`
		CompletionTokens int64  `json:"completion_tokens"`
	}{report.SchemaVersion, t.client.Endpoint, t.model, reply.Model, reply.Text, reply.Finish, reply.PromptTokens, reply.CompletionTokens})
	if err != nil {
		return err
	}
	return t.ended(&reply)
}

// summary says what a conversation took.
func (t *talk) summary() string {
	text := report.Plural(t.asked, "answer")
	if t.in+t.out > 0 {
		text += fmt.Sprintf(" · %s read · %s written", report.Plural(t.in, "token"), lint.FormatCount(t.out))
	}
	return text
}
