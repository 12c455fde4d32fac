package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
)

const exitStatusModels = `
EXIT STATUS
  0  done
  2  a bad flag or an unknown name
  3  internal error
  4  with --remote: the service refused or failed`

// remoteModels lists the models of the resource.
func remoteModels(cmd *cobra.Command, streams Streams, f *remoteFlags, args []string) error {
	c, err := f.client(streams.Out)
	if err != nil {
		return usage(err)
	}
	all, err := c.Models(cmd.Context())
	if err != nil || f.dryRun {
		return serviceError(err)
	}
	type model struct {
		ID        string `json:"id"`
		FineTuned bool   `json:"fine_tuned"`
		Status    string `json:"status,omitempty"`
	}
	list := []model{}
	others := 0
	for i := range all {
		m := &all[i]
		switch {
		case len(args) > 0 && !strings.HasPrefix(m.ID, args[0]):
		case len(args) == 0 && f.output != "json" && !m.FineTuned():
			others++
		default:
			list = append(list, model{m.ID, m.FineTuned(), m.Status})
		}
	}
	if f.output == "json" {
		return writeJSON(streams.Out, struct {
			SchemaVersion int     `json:"schema_version"`
			Endpoint      string  `json:"endpoint"`
			Models        []model `json:"models"`
		}{report.SchemaVersion, c.Endpoint, list})
	}
	rows := [][]string{{"id", "made by", "status"}}
	for _, m := range list {
		made := "the provider"
		if m.FineTuned {
			made = "a job"
		}
		rows = append(rows, []string{term.Sanitize(m.ID), made, cmp.Or(m.Status, "-")})
	}
	if len(list) == 0 {
		fmt.Fprintf(streams.Out, "no such models at %s\n", c.Endpoint)
	} else if err := columns(streams.Out, rows); err != nil {
		return err
	}
	if others > 0 {
		fmt.Fprintf(streams.Out, "and %s of the provider: ftlint models --remote gpt lists those that begin so\n", report.Plural(int64(others), "model"))
	}
	return nil
}

func newModelsCommand(streams Streams) *cobra.Command {
	var output, file string
	var service remoteFlags
	var atService bool
	var options catalog.ListOptions
	cmd := &cobra.Command{
		Use:   "models [NAME]",
		Short: "List models, limits and methods, with the date of the facts",
		Long: `Models lists what is known of the models that can be fine-tuned: encodings,
limits, methods, SKUs, regions and the dates on which they end. NAME is a model,
an alias, the name of a fine-tuned model, or the beginning of one.

With --remote it lists the models of the resource in place of that: those that jobs
have made there, and with NAME all whose names begin so. See ftlint upload --help for
how the service is named and where keys come from.
` + exitStatusModels,
		Example: `  ftlint models
  ftlint models gpt-4.1 --provider azure
  ftlint models --method dpo --output json
  ftlint models --remote`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if atService {
				service.output = output
				return remoteModels(cmd, streams, &service, args)
			}
			err := errors.Join(
				choose("--service", service.service, map[string]func(){"auto": nil, "azure": nil, "azure-v1": nil, "openai": nil}),
				choose("--auth", service.auth, map[string]func(){"auto": nil, "key": nil, "entra": nil}),
			)
			for _, name := range []string{"service", "endpoint", "api-version", "auth", "scope", "dry-run"} {
				if err == nil && cmd.Flags().Changed(name) {
					err = fmt.Errorf("--%s says which resource is asked: add --remote", name)
				}
			}
			if err != nil {
				return err
			}
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
	flags.BoolVar(&atService, "remote", false, "list the models of the resource: what follows says of which")
	service.addService(flags)
	return cmd
}
