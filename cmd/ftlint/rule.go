package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
)

func newRuleCommand(streams Streams) *cobra.Command {
	var output, color string
	var all bool
	cmd := &cobra.Command{
		Use:   "rule [ID|NAME|PREFIX]...",
		Short: "Explain rules",
		Long: `Rule explains a rule: what it reports, why, how that is known, and what to do.
Without a name it lists all rules; with --all it explains all of them.` + "\n" + exitStatusShort,
		Example: `  ftlint rule
  ftlint rule FTM002
  ftlint rule role-unknown --output json
  ftlint rule FTP`,
		RunE: func(_ *cobra.Command, args []string) error {
			mode, err := term.ParseColorMode(color)
			if err != nil {
				return err
			}
			if err := choose("--output", output, map[string]func(){"text": nil, "md": nil, "json": nil}); err != nil {
				return err
			}
			list := rules.All()
			var chosen []*lint.Rule
			for _, word := range args {
				found, err := matchRules(list, "", word)
				if err != nil {
					return err
				}
				for _, rule := range found {
					if !slices.Contains(chosen, rule) {
						chosen = append(chosen, rule)
					}
				}
			}
			if len(args) == 0 {
				for i := range list {
					chosen = append(chosen, &list[i])
				}
			}
			options := report.Options{
				Width: term.Width(streams.Out), Color: term.Color(mode, streams.Out),
			}
			switch {
			case output == "json":
				return report.RuleJSON(streams.Out, chosen)
			case output == "md":
				return report.RuleMarkdown(streams.Out, chosen)
			case len(args) == 0 && !all:
				return report.RuleTable(streams.Out, chosen, options)
			}
			return report.RuleText(streams.Out, chosen, options)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "explain every rule")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "`FORMAT`: text, md or json")
	cmd.Flags().StringVar(&color, "color", "auto", "colour: `WHEN` is auto, always or never")
	return cmd
}
