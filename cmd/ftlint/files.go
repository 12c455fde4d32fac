package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	xterm "golang.org/x/term"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
)

func newFilesCommand(streams Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "files",
		Short:   "List, show, download and delete the files of the resource",
		Long:    "Files shows and removes what lies at Azure OpenAI or OpenAI. See ftlint upload --help\nfor how the service is named and where keys come from." + "\n" + exitStatusRemote,
		Example: "  ftlint files list\n  ftlint files list --service openai -o json",
	}
	cmd.AddCommand(newFilesListCommand(streams), newFilesShowCommand(streams), newFilesDownloadCommand(streams), newFilesDeleteCommand(streams))
	return cmd
}

// remoteCommand makes a command that talks to the service.
func remoteCommand(streams Streams, f *remoteFlags, cmd *cobra.Command, run func(cmd *cobra.Command, c *remote.Client, args []string) error) *cobra.Command {
	cmd.Long += "\n" + exitStatusRemote
	needs := cmd.Args
	cmd.Args = nil // a bad flag is told first
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := f.client(streams.Out)
		if err == nil {
			err = needs(cmd, args)
		}
		if err != nil {
			return usage(err)
		}
		return serviceError(run(cmd, c, args))
	}
	cmd.Flags().SortFlags = false
	f.addRemote(cmd.Flags())
	return cmd
}

// anID takes one id, and ids one or more.
func anID(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("one id is needed: %s\nsee %s --help", cmd.UseLine(), cmd.CommandPath())
}

func ids(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return anID(cmd, args)
}

// jsonFileAt is a file of the service as json tells of it.
type jsonFileAt struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Bytes   int64      `json:"bytes"`
	Purpose string     `json:"purpose"`
	Status  string     `json:"status"`
	Details string     `json:"status_details,omitempty"`
	Created *time.Time `json:"created,omitempty"`
}

func fileJSON(f *remote.File) jsonFileAt {
	j := jsonFileAt{ID: f.ID, Name: f.Name, Bytes: f.Bytes, Purpose: f.Purpose, Status: f.Status, Details: f.Details}
	if f.Created.Unix() > 0 {
		j.Created = &f.Created
	}
	return j
}

func newFilesListCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var purpose string
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: "list [flags]", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short:   "List the files of the resource",
		Long:    "List shows the files of the resource, the newest first.",
		Example: "  ftlint files list --dry-run\n  ftlint files list --purpose fine-tune-results --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, _ []string) error {
		list, err := c.Files(cmd.Context(), purpose)
		if err != nil || f.dryRun {
			return err
		}
		if f.output == "json" {
			all := []jsonFileAt{}
			for i := range list {
				all = append(all, fileJSON(&list[i]))
			}
			return writeJSON(streams.Out, struct {
				SchemaVersion int          `json:"schema_version"`
				Endpoint      string       `json:"endpoint"`
				Files         []jsonFileAt `json:"files"`
			}{report.SchemaVersion, c.Endpoint, all})
		}
		rows := [][]string{{"id", "status", "size", "created", "purpose", "name"}}
		for _, file := range list {
			rows = append(rows, []string{file.ID, file.Status, report.Bytes(file.Bytes), age(file.Created, time.Now()), file.Purpose, term.Sanitize(file.Name)})
		}
		if len(list) == 0 {
			_, err := fmt.Fprintf(streams.Out, "no files at %s\n", c.Endpoint)
			return err
		}
		return columns(streams.Out, rows)
	})
	cmd.Flags().StringVar(&purpose, "purpose", "", "only files of this `PURPOSE`, such as fine-tune")
	return cmd
}

func newFilesShowCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	return remoteCommand(streams, &f, &cobra.Command{
		Use: "show [flags] ID", Args: anID,
		Short:   "Show a file of the resource",
		Long:    "Show tells what the service knows of a file, and why it is in error.",
		Example: "  ftlint files show file-abc123 --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		file, err := c.File(cmd.Context(), args[0])
		if err != nil || f.dryRun {
			return err
		}
		if f.output == "json" {
			return writeJSON(streams.Out, struct {
				SchemaVersion int `json:"schema_version"`
				jsonFileAt
			}{report.SchemaVersion, fileJSON(&file)})
		}
		rows := [][]string{
			{"id", file.ID},
			{"name", term.Sanitize(file.Name)},
			{"size", report.Bytes(file.Bytes)},
			{"purpose", file.Purpose},
			{"created", age(file.Created, time.Now())},
			{"status", file.Status},
		}
		if err := columns(streams.Out, rows); err != nil {
			return err
		}
		if file.Status == "error" {
			return &remote.RejectedError{File: file}
		}
		return nil
	})
}

func newFilesDownloadCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var to string
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: "download [flags] ID", Args: anID,
		Short:   "Download a file of the resource",
		Long:    "Download writes what is in a file of the resource to standard output, or to a file\nthat gets its name when it is complete.",
		Example: "  ftlint files download file-abc123 --to results.csv --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		if f.dryRun {
			return c.Download(cmd.Context(), args[0], io.Discard)
		}
		return writeTo(streams.Out, to, func(out io.Writer) error { return c.Download(cmd.Context(), args[0], out) })
	})
	cmd.Flags().StringVar(&to, "to", "", "write to `PATH`")
	return cmd
}

// writeTo writes to a file, which gets its name when it is complete, or to out if there
// is no path.
func writeTo(out io.Writer, path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(out)
	}
	err := writeFile(path, write)
	if local := (*fs.PathError)(nil); errors.As(err, &local) { // the service is not at fault
		return usage(fmt.Errorf("%s: %w", path, local.Err))
	}
	return err
}

func newFilesDeleteCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var yes bool
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: "delete [flags] ID ...", Aliases: []string{"rm"}, Args: ids,
		Short:   "Delete files of the resource",
		Long:    "Delete removes files from the resource, after asking. A file that is not there is no\nerror.",
		Example: "  ftlint files delete file-abc123 --yes --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		if !yes && !f.dryRun {
			if err := confirm(streams, fmt.Sprintf("delete %s at %s?", report.Plural(int64(len(args)), "file"), c.Endpoint)); err != nil {
				return err
			}
		}
		for _, id := range args {
			if err := c.DeleteFile(cmd.Context(), id); err != nil {
				return err
			}
			if !f.dryRun {
				fmt.Fprintf(streams.Err, "%s: deleted\n", id)
			}
		}
		return nil
	})
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// isTerminal reports whether somebody can type.
func isTerminal(f *os.File) bool { return xterm.IsTerminal(int(f.Fd())) }

// confirm asks on a terminal, and returns errDeclined if the answer is not yes. Where
// there is no terminal, what needs an answer is an error.
func confirm(streams Streams, question string) error {
	return confirmBy(streams, "--yes", question)
}

// errDeclined says that somebody said no.
var errDeclined = &exitError{status: exitFindings, err: errors.New("nothing was done")}

// confirmBy is confirm, where another flag says yes.
func confirmBy(streams Streams, flag, question string) error {
	if !canAsk(streams) {
		return usage(fmt.Errorf("%s\nnobody can be asked here: %s says yes", question, flag))
	}
	var b strings.Builder
	wrap.Write(&b, "", "", term.Sanitize(question)+" [y/N]", term.Width(streams.Err))
	fmt.Fprint(streams.Err, strings.TrimRight(b.String(), "\n")+" ")
	switch answer, err := ask(streams.In); {
	case err != nil:
		return err
	case answer == "y" || answer == "Y" || answer == "yes":
		return nil
	}
	return errDeclined
}

// canAsk reports whether there is somebody who can be asked.
func canAsk(streams Streams) bool {
	in, ok := streams.In.(*os.File)
	return ok && isTerminal(in) && term.IsTerminal(streams.Err)
}

// ask reads a word that somebody types. An interrupt is an answer, too.
func ask(in io.Reader) (string, error) {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupt)
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n') // whoever says nothing has not said yes
		typed <- strings.TrimSpace(line)
	}()
	select {
	case <-interrupt:
		return "", context.Canceled
	case answer := <-typed:
		return answer, nil
	}
}
