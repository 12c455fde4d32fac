package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/suggest"
)

func newHelpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Long:    "Help explains a command and its flags, as COMMAND --help does.\n" + exitStatusShort,
		Example: "  ftlint help check",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range root.Commands() {
				names = append(names, c.Name()+"\t"+c.Short)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err == nil && len(rest) == 0 {
				c.InitDefaultHelpFlag()
				return c.Help()
			}
			var names []string
			for _, c := range root.Commands() {
				names = append(names, c.Name())
			}
			err = fmt.Errorf("unknown command %q", strings.Join(args, " "))
			if near, ok := suggest.Closest(args[0], names); ok {
				return fmt.Errorf("%w\ndid you mean %s?", err, near)
			}
			return fmt.Errorf("%w\nftlint --help lists them", err)
		},
	}
}

// describeCompletion gives the command that cobra makes what every command of
// ftlint has: examples and its exit status.
func describeCompletion(c *cobra.Command) {
	c.Use = "completion bash|zsh|fish|powershell"
	c.Short = "Write a script that completes commands in a shell"
	c.Long = "Completion writes a script for your shell; with it the shell completes the\ncommands, flags and rules of ftlint.\n" + exitStatusShort
	c.Example = `  source <(ftlint completion bash)
  ftlint completion zsh > "${fpath[1]}/_ftlint"
  ftlint completion fish > ~/.config/fish/completions/ftlint.fish
  ftlint completion powershell | Out-String | Invoke-Expression`
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("name a shell: bash, zsh, fish or powershell")
		}
		err := fmt.Errorf("unknown shell %q: bash, zsh, fish or powershell", args[0])
		if near, ok := suggest.Closest(args[0], []string{"bash", "zsh", "fish", "powershell"}); ok {
			err = fmt.Errorf("%w\ndid you mean %s?", err, near)
		}
		return err
	}
	c.Args = cobra.ArbitraryArgs
	for _, shell := range c.Commands() {
		shell.Long = strings.TrimRight(shell.Long, "\n") + "\n" + exitStatusShort
		shell.Example = "  ftlint completion " + shell.Name()
	}
}
