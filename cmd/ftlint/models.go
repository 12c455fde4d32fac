package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/term"
)

func newModelsCommand(streams Streams) *cobra.Command {
	var output, file string
	var options catalog.ListOptions
	cmd := &cobra.Command{
		Use:   "models [NAME]",
		Short: "List models, limits and methods, with the date of the facts",
		Long: `Models lists what is known of the models that can be fine-tuned: encodings,
limits, methods, SKUs, regions and the dates on which they end. NAME is a model,
an alias, the name of a fine-tuned model, or the beginning of one.` + "\n" + exitStatusShort,
		Example: `  ftlint models
  ftlint models gpt-4.1 --provider azure
  ftlint models --method dpo --output json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := loadCatalog(file)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				options.Name = args[0]
			}
			for _, check := range []error{
				choose("--output", output, map[string]func(){"text": nil, "json": nil}),
				choose("--method", options.Method, map[string]func(){"": nil, "sft": nil, "dpo": nil, "rft": nil, "completion": nil}),
				choose("--provider", options.Provider, map[string]func(){"": nil, catalog.Azure: nil, catalog.OpenAI: nil}),
			} {
				if check != nil {
					return check
				}
			}
			if len(c.List(options)) == 0 {
				err := fmt.Errorf("no such model is known: %s", options.Name)
				if near, ok := c.Suggest(options.Name); ok {
					err = fmt.Errorf("%w\ndid you mean %s?", err, near)
				}
				return err
			}
			if output == "json" {
				return c.WriteJSON(streams.Out, options)
			}
			options.Width = term.Width(streams.Out)
			return c.WriteText(streams.Out, options)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.Method, "method", "", "only models for this `METHOD`: sft, dpo, rft, completion")
	flags.StringVar(&options.Provider, "provider", "", "only this `PROVIDER`: azure, openai")
	flags.StringVar(&file, "catalog", "", "`FILE` with models, limits and prices that go before the built-in ones")
	flags.StringVarP(&output, "output", "o", "text", "`FORMAT`: text or json")
	return cmd
}
