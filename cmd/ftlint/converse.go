package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	xterm "golang.org/x/term"

	"github.com/ftlint/ftlint/internal/term"
)

// asker is where the questions of a conversation come from. The end of it is io.EOF.
type asker interface {
	next(signals <-chan os.Signal) (string, error)
}

// converse holds a conversation. An interrupt stops the answer that is on its way; at
// the next question, or a second time, it ends the conversation.
func (t *talk) converse(ctx context.Context, from asker) error {
	// The context of the program ends with the first interrupt, and this does not.
	ctx = context.WithoutCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	fmt.Fprintf(t.streams.Err, "%s at %s · /new begins anew, /quit ends\n", term.Sanitize(t.model), t.client.Endpoint)
	err := t.turns(ctx, from, signals)
	if err == nil { // else an answer may still be on its way
		fmt.Fprintln(t.streams.Err, t.summary())
	}
	return err
}

// turns is a question and an answer, again and again.
func (t *talk) turns(ctx context.Context, from asker, signals <-chan os.Signal) error {
	for {
		prompt, err := from.next(signals)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch strings.TrimSpace(prompt) {
		case "":
			continue
		case "/quit", "/exit":
			return nil
		case "/new":
			t.said = nil
			fmt.Fprintln(t.streams.Err, "what was said is forgotten")
			continue
		}
		if over := t.turn(ctx, prompt, signals); over {
			return context.Canceled
		}
	}
}

// turn asks one question. What goes wrong is told, and ends nothing; over says that the
// conversation was ended.
func (t *talk) turn(ctx context.Context, prompt string, signals <-chan os.Signal) (over bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		reply, err := t.ask(ctx, prompt)
		if err == nil {
			err = t.ended(&reply)
		}
		done <- err
	}()
	stopped := false
	for {
		select {
		case s := <-signals:
			if stopped || s == syscall.SIGTERM {
				return true
			}
			stopped = true
			cancel()
		case err := <-done:
			switch {
			case stopped:
				fmt.Fprintln(t.streams.Err, "stopped")
			case err != nil:
				printError(t.streams.Err, serviceError(err))
			}
			return false
		}
	}
}

// typist is somebody at a terminal.
type typist struct {
	in       *os.File
	terminal *xterm.Terminal
}

// newTypist returns somebody who types into in, and sees that on out.
func newTypist(in *os.File, out io.Writer) *typist {
	t := &typist{in: in}
	t.terminal = xterm.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, "> ")
	return t
}

// next returns what is typed until the end of a line, and several lines if they are
// pasted at once.
func (t *typist) next(signals <-chan os.Signal) (string, error) {
	before, err := xterm.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return "", err
	}
	defer xterm.Restore(int(t.in.Fd()), before) //nolint:errcheck // nothing can be done about it
	if width, height, err := xterm.GetSize(int(t.in.Fd())); err == nil {
		_ = t.terminal.SetSize(width, height)
	}
	t.terminal.SetBracketedPasteMode(true)
	defer t.terminal.SetBracketedPasteMode(false)
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := t.read()
		done <- answer{text, err}
	}()
	select {
	case <-signals:
		return "", context.Canceled
	case a := <-done:
		if a.err != nil { // the cursor stands behind the prompt
			_, _ = t.terminal.Write([]byte("\n"))
		}
		return a.text, a.err
	}
}

func (t *typist) read() (string, error) {
	var pasted []string
	for {
		line, err := t.terminal.ReadLine()
		if err != nil && !errors.Is(err, xterm.ErrPasteIndicator) {
			return "", err
		}
		pasted = append(pasted, line)
		if err == nil {
			return strings.Join(pasted, "\n"), nil
		}
	}
}

// plainTypist is somebody at a terminal that knows no escape sequences: it edits lines by
// itself.
type plainTypist struct {
	in  *bufio.Reader
	out io.Writer
}

// next returns what is typed until the end of a line.
func (t *plainTypist) next(signals <-chan os.Signal) (string, error) {
	fmt.Fprint(t.out, "> ")
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := t.in.ReadString('\n')
		done <- answer{strings.TrimRight(text, "\r\n"), err}
	}()
	select {
	case <-signals: // which ends the conversation, so that nothing else reads
		return "", context.Canceled
	case a := <-done:
		if a.err != nil {
			fmt.Fprintln(t.out)
		}
		return a.text, a.err
	}
}
