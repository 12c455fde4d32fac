package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/suggest"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/tokens"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/tokenize"
)

const exitStatusTokens = `
EXIT STATUS
  0    every input was counted to its end
  2    a bad flag, an unknown name, or an input that could not be read
  3    internal error
  130  interrupted`

// tokensFlags are the flags of tokens, as they were given.
type tokensFlags struct {
	encoding, model, catalog string
	show, ids                bool
	output, color, progress  string
}

func newTokensCommand(streams Streams) *cobra.Command {
	var f tokensFlags
	cmd := &cobra.Command{
		Use:   "tokens [flags] [FILE|-]...",
		Short: "Count or show the tokens of plain text",
		Long: `Tokens counts the tokens of plain text, in files or on standard input; with
several files it writes a line for each and a total, as wc does. The encoding is
o200k_base, that of gpt-4o, gpt-4.1 and what came after them, unless --encoding
or --model says another. --show writes the text with its tokens marked, --ids
their numbers.

Special tokens such as <|endoftext|> are the ordinary text that they are in a
dataset. A dataset is counted as the text that it is, with its braces and
quotes, and not as what is trained. gzip and zstd are looked through.` + "\n" + exitStatusTokens,
		Example: `  pbpaste | ftlint tokens
  ftlint tokens --model gpt-35-turbo prompt.txt
  ftlint tokens --show prompt.txt | less -R
  ftlint tokens --ids - < prompt.txt
  ftlint tokens --output json docs/*.md | jq .total.tokens`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTokens(cmd, streams, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.encoding, "encoding", "", "`ENCODING`: "+strings.Join(tokenize.Names(), ", ")+" (default "+tokenize.Names()[0]+")")
	flags.StringVar(&f.model, "model", "", "the encoding of this `MODEL`, which can be a fine-tuned one")
	flags.BoolVar(&f.show, "show", false, "show the text with its tokens marked: in colours, or else parted by │")
	flags.BoolVar(&f.ids, "ids", false, "write the numbers of the tokens, a line for each file")
	flags.StringVarP(&f.output, "output", "o", "text", "`FORMAT`: text or json")
	flags.StringVar(&f.color, "color", "auto", "colour: `WHEN` is auto, always or never")
	flags.StringVar(&f.progress, "progress", "auto", "progress on standard error: `HOW` is auto, plain or off")
	flags.StringVar(&f.catalog, "catalog", "", "`FILE` with models and limits that go before the built-in ones")
	return cmd
}

// modelNames returns the names of the models of the catalogue.
func modelNames() []string {
	c, err := catalog.Load()
	if err != nil {
		return nil
	}
	var names []string
	for _, m := range c.Models() {
		names = append(append(names, m.ID), m.Aliases...)
	}
	slices.Sort(names)
	return names
}

func runTokens(cmd *cobra.Command, streams Streams, f *tokensFlags, args []string) error {
	mode, err := term.ParseColorMode(f.color)
	if err != nil {
		return fmt.Errorf("--color: %w", err)
	}
	if f.show && f.ids {
		return errors.New("--show and --ids: give one of them")
	}
	err = errors.Join(
		choose("--output", f.output, map[string]func(){"text": nil, "json": nil}),
		choose("--progress", f.progress, map[string]func(){"auto": nil, "plain": nil, "off": nil}),
	)
	if err != nil {
		return err
	}
	encoding, err := f.find()
	if err != nil {
		return err
	}
	options := tokens.Options{
		Encoding: encoding, JSON: f.output == "json", Color: term.Color(mode, streams.Out),
		Named: len(args) > 0, Several: len(args) > 1, Width: countWidth(args),
	}
	switch {
	case f.show:
		options.What = tokens.Pieces
	case f.ids:
		options.What = tokens.IDs
	}
	if len(args) == 0 {
		args = []string{jsonl.Stdin}
	}
	if options.What != tokens.Nothing && term.IsTerminal(streams.Out) && f.progress == "auto" {
		f.progress = "off" // the text itself moves
	}
	var inputs []lint.Input
	for _, arg := range args {
		inputs = append(inputs, lint.Input{Path: arg})
	}
	progress := startProgress(streams.Err, f.progress, inputs, 1)
	defer progress.stop()
	out := tokens.NewWriter(streams.Out, options)
	read := jsonl.Options{
		Stdin: newInterruptible(cmd.Context(), streams.In), StdinName: "<stdin>", Progress: progress.add,
	}
	incomplete := false
	for _, arg := range args {
		note, unread, err := countFile(cmd.Context(), arg, read, encoding, out, progress.clear)
		switch {
		case err != nil:
			return err
		case cmd.Context().Err() != nil:
			return context.Cause(cmd.Context())
		case unread != nil:
			incomplete = true
			printError(streams.Err, unread)
		}
		if note != "" {
			fmt.Fprintln(streams.Err, "ftlint: note:", term.Sanitize(note))
		}
	}
	progress.stop()
	if err := out.Close(); err != nil {
		return writingError(err)
	}
	if incomplete {
		return &exitError{status: exitUsage}
	}
	return nil
}

// find returns the encoding that the flags ask for.
func (f *tokensFlags) find() (*tokenize.Encoding, error) {
	c, err := loadCatalog(f.catalog)
	if err != nil {
		return nil, err
	}
	names := tokenize.Names()
	switch {
	case f.encoding != "" && f.model != "":
		return nil, errors.New("--encoding and --model: give one of them")
	case f.model != "":
		name, ok := c.Encoding(f.model)
		if ok {
			e, err := tokenize.Get(name)
			if err != nil {
				err = fmt.Errorf("model %s: %w", f.model, err)
			}
			return e, err
		}
		err := fmt.Errorf("--model: the encoding of %q is not known", f.model)
		if slices.Contains(names, f.model) {
			return nil, fmt.Errorf("%w\nit is an encoding: --encoding %s", err, f.model)
		}
		if near, ok := c.Suggest(f.model); ok {
			return nil, fmt.Errorf("%w\ndid you mean %s?", err, near)
		}
		return nil, fmt.Errorf("%w\nftlint models lists what is known; --encoding names one outright", err)
	case f.encoding == "":
		return tokenize.Get(names[0])
	case slices.Contains(names, f.encoding):
		return tokenize.Get(f.encoding)
	}
	err = fmt.Errorf("--encoding: %q is none of %s", f.encoding, strings.Join(names, ", "))
	if _, ok := c.Encoding(f.encoding); ok {
		return nil, fmt.Errorf("%w\nit is a model: --model %s", err, f.encoding)
	}
	if i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, f.encoding) }); i >= 0 {
		return nil, fmt.Errorf("%w\ndid you mean %s?", err, names[i])
	}
	if near, ok := suggest.Closest(f.encoding, names); ok {
		return nil, fmt.Errorf("%w\ndid you mean %s?", err, near)
	}
	return nil, err
}

// countWidth returns the width of a column of counts: as no text has more tokens
// than bytes, that of the sum of the files' sizes.
func countWidth(files []string) int {
	if len(files) < 2 {
		return 0
	}
	sum, least := int64(0), 1
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		} else {
			least = 7 // as wc has it where a size is not known
		}
	}
	return max(least, len(strconv.FormatInt(sum, 10)))
}

// countFile counts a file and writes what out is to write of it. Unread says why
// the file could not be read to its end, which keeps no other from being read;
// note is what else there is to say. Clear is called before a count is shown.
func countFile(ctx context.Context, name string, options jsonl.Options, e *tokenize.Encoding, out *tokens.Writer, clear func()) (note string, unread, err error) {
	shown := name
	if name == jsonl.Stdin {
		shown = options.StdinName
	}
	out.Begin(shown)
	text, unread := jsonl.OpenText(ctx, name, options)
	var mark []byte // of the byte order
	if unread == nil {
		defer text.Close()
		for stretch, err := range e.Stretches(text) {
			if errors.Is(err, tokenize.ErrUncut) {
				err = fmt.Errorf("%s: %w", shown, err)
			}
			if err != nil {
				unread = err
				break
			}
			if mark == nil {
				mark = bytes.Clone(stretch[:min(2, len(stretch))])
			}
			if err := out.Add(stretch); err != nil {
				return "", nil, writingError(err)
			}
		}
	}
	clear()
	counts, err := out.End(unread)
	switch {
	case err != nil:
		return "", nil, writingError(err)
	case counts.Invalid > 0 && (string(mark) == "\xFF\xFE" || string(mark) == "\xFE\xFF"):
		note = shown + ": this looks like UTF-16: convert it to UTF-8 for a count that means something"
	case counts.Invalid > 0:
		note = fmt.Sprintf("%s: bytes that are not UTF-8: %d", shown, counts.Invalid)
	}
	return note, unread, nil
}

func writingError(err error) error { return fmt.Errorf("writing the output: %w", err) }
