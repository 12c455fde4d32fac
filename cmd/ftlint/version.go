package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func newVersionCommand(streams Streams) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Version prints the version of ftlint and what it was built with.\n" + exitStatusShort,
		Example: "  ftlint version --output json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			facts := map[string]string{"version": version(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
			if output == "json" {
				return json.NewEncoder(streams.Out).Encode(facts)
			}
			if err := choose("--output", output, map[string]func(){"text": nil, "json": nil}); err != nil {
				return err
			}
			_, err := fmt.Fprintf(streams.Out, "ftlint %s (%s, %s/%s)\n", facts["version"], facts["go"], facts["os"], facts["arch"])
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "`FORMAT`: text or json")
	return cmd
}
