package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/suggest"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
)

// Streams are what a command reads from and writes to.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Exit statuses.
const (
	exitOK          = 0
	exitFindings    = 1
	exitUsage       = 2 // also: input that cannot be read
	exitInternal    = 3
	exitInterrupted = 130
)

const exitStatus = `
EXIT STATUS
  0    nothing at or above --fail-on, every input read to its end
  1    findings at or above --fail-on
  2    a bad flag, or an input that could not be read: nothing is certified
  3    internal error
  130  interrupted`

const exitStatusShort = `
EXIT STATUS
  0  done
  2  a bad flag or an unknown name
  3  internal error`

// exitError ends the program with a status. Its text, if any, is printed.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// Main runs ftlint with the arguments that follow its name and returns the exit
// status.
func Main(args []string, streams Streams) (status int) {
	return mainWith(context.Background(), args, streams)
}

func mainWith(ctx context.Context, args []string, streams Streams) (status int) {
	defer func() {
		if v := recover(); v != nil {
			status = internalError(streams.Err, fmt.Sprint(v), debug.Stack())
		}
	}()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once

	root := newRoot(streams)
	root.SetArgs(withDefaultVerb(root, args))
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)

	var exit *exitError
	var bug *lint.PanicError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &bug):
		return internalError(streams.Err, bug.Error(), bug.Stack)
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe):
		return exitUsage // nobody reads on: nothing is left to say
	case errors.As(err, &exit):
		if exit.err != nil {
			printError(streams.Err, exit.err)
		}
		return exit.status
	}
	printError(streams.Err, err)
	return exitUsage
}

// printError writes an error, and each further line of it indented.
func printError(w io.Writer, err error) {
	text := strings.TrimRight(err.Error(), "\n")
	for i, line := range strings.Split(text, "\n") {
		if i == 0 {
			line = "ftlint: " + line
		}
		line = term.Sanitize(line)
		if inCommandLog() {
			line = string(term.Guard([]byte(line)))
		}
		fmt.Fprintln(w, line)
	}
}

func internalError(w io.Writer, what string, stack []byte) int {
	fmt.Fprintf(w, "ftlint: %s\n\nThis is a bug in ftlint %s. Please report it, with the lines below and, if you can,\nthe line of the dataset: https://github.com/ftlint/ftlint/issues\n\n%s", term.Sanitize(what), version(), stack)
	return exitInternal
}

func newRoot(streams Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "ftlint [check] [flags] PATH|DIR|GLOB|- ...",
		Short: "Check fine-tuning datasets before they are uploaded",
		Long: `Ftlint checks datasets for fine-tuning on Azure OpenAI and OpenAI, before they
are uploaded: encoding, JSON, message schemas, weights, tool calls, images,
preference pairs, secrets. It tells the file, line, column, JSON path, reason and
remedy of every defect, how many tokens will be trained, and what that costs.

"check" is the default: ftlint train.jsonl is ftlint check train.jsonl.` + "\n" + exitStatus,
		Example: `  ftlint train.jsonl
  ftlint train.jsonl --validation valid.jsonl --model gpt-4.1-mini
  ftlint stats train.jsonl --model gpt-4.1-mini
  ftlint rule FTM002
  ftlint explain 'Invalid file format. Example 536 contains an extra "tools".'`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(
		newCheckCommand(streams),
		newFixCommand(streams),
		newStatsCommand(streams),
		newSplitCommand(streams),
		newDiffCommand(streams),
		newUploadCommand(streams),
		newFilesCommand(streams),
		newJobCommand(streams),
		newDeployCommand(streams),
		newSubmitCommand(streams),
		newResumeCommand(streams),
		newStatusCommand(streams),
		newCleanCommand(streams),
		newChatCommand(streams),
		newRuleCommand(streams),
		newModelsCommand(streams),
		newConfigCommand(streams),
		newBaselineCommand(streams),
		newExplainCommand(streams),
		newTokensCommand(streams),
		newVersionCommand(streams),
	)
	root.AddCommand(newManCommand(root))
	root.SetHelpCommand(newHelpCommand(root))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			describeCompletion(c)
		}
	}
	completeAll(root)
	// As cobra's own, but in lines of 80 columns.
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "FlagUsages", "FlagUsagesWrapped 80"))
	root.Version = version()
	root.SetVersionTemplate("ftlint {{.Version}}\n")
	return root
}

// withDefaultVerb puts "check" in front of arguments that begin with no command.
func withDefaultVerb(root *cobra.Command, args []string) []string {
	if len(args) == 0 {
		return args
	}
	switch first := args[0]; {
	case first == cobra.ShellCompRequestCmd, first == cobra.ShellCompNoDescRequestCmd:
		// The last of the others is still being written: alone it can become a command.
		if rest := args[1:]; len(rest) > 1 || len(rest) == 1 && strings.HasPrefix(rest[0], "-") {
			return append([]string{first}, withDefaultVerb(root, rest)...)
		}
		return args
	case isVerb(root, first):
		return args
	}
	return append([]string{"check"}, args...)
}

// isVerb reports whether an argument stands for something else than a dataset or a
// flag of check.
func isVerb(root *cobra.Command, arg string) bool {
	switch arg {
	case "help", "completion", "-h", "--help", "-v", "--version":
		return true
	}
	return slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool {
		return c.Name() == arg || slices.Contains(c.Aliases, arg)
	})
}

// flagError adds what was probably meant to the error of an unknown flag, and
// says in plain words what is wrong with a value.
func flagError(cmd *cobra.Command, err error) error {
	if invalid := (*pflag.InvalidValueError)(nil); errors.As(err, &invalid) {
		return fmt.Errorf("--%s: %s\nsee %s --help", invalid.GetFlag().Name, invalidValue(invalid), cmd.CommandPath())
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return fmt.Errorf("%w\nsee %s --help", err, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	name := unknown.GetSpecifiedName()
	if len(name) == 1 {
		return fmt.Errorf("unknown flag -%s\nsee %s --help", name, cmd.CommandPath())
	}
	if near, ok := suggest.Closest(name, names); ok {
		return fmt.Errorf("unknown flag --%s\ndid you mean --%s?", name, near)
	}
	return fmt.Errorf("unknown flag --%s\nsee %s --help", name, cmd.CommandPath())
}

// invalidValue says why a flag does not take its value.
func invalidValue(e *pflag.InvalidValueError) string {
	switch kind := e.GetFlag().Value.Type(); {
	case errors.Is(e, strconv.ErrRange):
		return fmt.Sprintf("%q is out of range", e.GetValue())
	case kind == "bool":
		return fmt.Sprintf("%q is neither true nor false", e.GetValue())
	case strings.HasPrefix(kind, "int"):
		return fmt.Sprintf("%q is no number", e.GetValue())
	default:
		return fmt.Sprintf("%q: %v", e.GetValue(), errors.Unwrap(e))
	}
}

// stamped is the version that a release is built as: -ldflags "-X main.stamped=v1.2.3".
var stamped string

// version returns the version of the program: the one that it was built as, or else
// what the Go toolchain recorded.
func version() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return releaseVersion + "-dev"
}

// releaseVersion is the release that is being worked on.
const releaseVersion = "0.1.0"
