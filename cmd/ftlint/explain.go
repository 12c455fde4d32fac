package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/explain"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/rules"
)

// maxMessage is how many bytes of a message are read from standard input.
const maxMessage = 1 << 20

func newExplainCommand(streams Streams) *cobra.Command {
	var output, color string
	cmd := &cobra.Command{
		Use:   `explain "SERVER MESSAGE"`,
		Short: "Explain an error text of the service",
		Long: `Explain recognises the error texts of Azure OpenAI and OpenAI (or parts of them,
or the JSON around them) and says which rule and which line they speak of, and
what to do. Without an argument, or with -, it reads standard input.` + "\n" + exitStatusShort,
		Example: `  ftlint explain 'Invalid file format. Example 536 contains an extra "tools".'
  ftlint explain "contains invalid schema (20)"
  pbpaste | ftlint explain`,
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, err := term.ParseColorMode(color)
			if err != nil {
				return fmt.Errorf("--color: %w", err)
			}
			if err := choose("--output", output, map[string]func(){"text": nil, "json": nil}); err != nil {
				return err
			}
			message := strings.Join(args, " ")
			if message == "" || message == "-" {
				text, err := io.ReadAll(io.LimitReader(newInterruptible(cmd.Context(), streams.In), maxMessage))
				if err != nil {
					return fmt.Errorf("standard input: %w", err)
				}
				message = string(text)
			}
			if strings.TrimSpace(message) == "" {
				return fmt.Errorf("no message: give the service's error text, in quotes")
			}
			answers := explain.Explain(message, func(id string) bool {
				_, ok := rules.Lookup(id)
				return ok
			})
			width := term.Width(streams.Out)
			switch {
			case output == "json":
				err = explain.WriteJSON(streams.Out, answers)
			case len(answers) == 0:
				err = explain.WriteUnknown(streams.Out, message, width)
			default:
				err = explain.WriteText(streams.Out, answers, term.NewStyle(term.Color(mode, streams.Out)), width)
			}
			if err == nil && len(answers) == 0 {
				return &exitError{status: exitUsage}
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "`FORMAT`: text or json")
	cmd.Flags().StringVar(&color, "color", "auto", "colour: `WHEN` is auto, always or never")
	return cmd
}
