package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// uploadFlags are the flags of upload, as they were given.
type uploadFlags struct {
	remoteFlags
	noCheck, noWait         bool
	bom, fromURL, name      string
	model, method, progress string
	most                    time.Duration
}

func newUploadCommand(streams Streams) *cobra.Command {
	var f uploadFlags
	cmd := &cobra.Command{
		Use:   "upload [flags] FILE ...",
		Short: "Upload datasets that came out clean",
		Long: `Upload checks datasets, sends them to Azure OpenAI or OpenAI, and waits until the
service has processed them: before, no job can be made with them. A file with
errors is not sent.

Files of 100 MB and more go in parts, several at a time, and an upload that was
interrupted goes on where it was. A file that ftlint has uploaded to the resource
before is not sent again.

Keys come from the environment: AZURE_OPENAI_API_KEY or OPENAI_API_KEY. Without
one, Azure is asked with whatever az login, a managed identity and the like give.` + "\n" + exitStatusRemote,
		Example: `  ftlint upload train.jsonl valid.jsonl
  ftlint upload train.jsonl --service openai --model gpt-4.1-mini
  ftlint upload train.jsonl --dry-run
  ftlint upload train.jsonl -o json | jq -r .files[0].id`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return serviceError(runUpload(cmd, streams, &f, args))
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.noCheck, "no-check", false, "send files whatever is wrong with them")
	flags.StringVar(&f.model, "model", "", "`MODEL` that will be trained: the files are checked as a job for it")
	flags.StringVar(&f.method, "method", "auto", "training `METHOD`: auto, sft, dpo, rft, completion")
	flags.StringVar(&f.bom, "bom", "keep", "byte-order mark: `WHAT` is keep, or add (on the way, for Azure)")
	flags.StringVar(&f.fromURL, "from-url", "", "let Azure fetch the file from `URL`, such as that of a blob with a signature; it is read to check it")
	flags.StringVar(&f.name, "name", "", "`NAME` that the file gets with --from-url")
	flags.BoolVar(&f.noWait, "no-wait", false, "do not wait until the files are processed")
	flags.DurationVar(&f.most, "wait-most", time.Hour, "how long to wait until a file is processed: `TIME` such as 30m")
	f.addRemote(flags)
	flags.StringVar(&f.progress, "progress", "auto", "progress on standard error: `HOW` is auto, plain or off")
	return cmd
}

// uploaded is a file as json tells of it.
type uploaded struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	Status string `json:"status"`
	SHA256 string `json:"sha256,omitempty"`
	Reused bool   `json:"reused"`
}

func runUpload(cmd *cobra.Command, streams Streams, f *uploadFlags, args []string) error {
	ctx := cmd.Context()
	switch {
	case len(args) == 0 && f.fromURL == "":
		return usage(fmt.Errorf("no file: name one\nsee %s --help", cmd.CommandPath()))
	case len(args) > 0 && f.fromURL != "":
		return usage(errors.New("--from-url: there is nothing to upload besides"))
	case slices.Contains(args, "-"):
		return usage(errors.New("standard input cannot be sent again if something fails: name a file"))
	}
	err := errors.Join(
		choose("--bom", f.bom, map[string]func(){"keep": nil, "add": nil}),
		choose("--method", f.method, map[string]func(){"auto": nil, "sft": nil, "dpo": nil, "rft": nil, "completion": nil}),
		choose("--progress", f.progress, map[string]func(){"auto": nil, "plain": nil, "off": nil}),
	)
	if err != nil {
		return usage(err)
	}
	client, err := f.client(streams.Out)
	if err != nil {
		return usage(err)
	}
	if f.bom == "add" && !client.Dialect.Azure() {
		return usage(errors.New("--bom add: OpenAI refuses files with a byte-order mark"))
	}
	var list []uploaded
	if f.fromURL != "" {
		one, err := f.fromAddress(ctx, streams, client)
		if err != nil {
			return err
		}
		return f.tell(streams.Out, append(list, one))
	}
	if !f.noCheck {
		if err := f.check(ctx, streams, client, args); err != nil {
			return err
		}
	}
	for _, file := range args {
		one, err := f.upload(ctx, streams, client, file)
		if err != nil {
			return err
		}
		list = append(list, one)
	}
	return f.tell(streams.Out, list)
}

// usage is an error of what was asked for, before anything was sent.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{status: exitUsage, err: err}
}

// check refuses files that have errors.
func (f *uploadFlags) check(ctx context.Context, streams Streams, c *remote.Client, files []string, more ...string) error {
	profile := "azure"
	if !c.Dialect.Azure() {
		profile = "openai"
	}
	args := []string{"--profile", profile, "--method", f.method, "--output", "text", "--progress", f.progress}
	if f.model != "" {
		args = append(args, "--model", f.model)
	}
	for _, file := range slices.DeleteFunc(slices.Clone(files), func(file string) bool { return file == jsonl.Stdin }) {
		if source, err := jsonl.Open(ctx, file, jsonl.Options{}); err == nil {
			compression := source.Compression
			source.Close()
			if compression != "" { // a check looks through it, and the services do not
				return &exitError{status: exitFindings, err: fmt.Errorf("nothing was uploaded: %s is compressed (%s), which the services do not unpack", file, compression)}
			}
		}
		if content, err := remote.OpenContent(file, false); err == nil {
			if content.Size >= remote.LargeUpload { // the route decides how large a file can be
				args = append(args, "--route", "uploads")
			}
			content.Close()
		}
	}
	check := newCheckCommand(Streams{In: streams.In, Out: streams.Err, Err: streams.Err})
	check.SetArgs(append(append(append(args, more...), "--"), files...))
	check.SilenceErrors, check.SilenceUsage = true, true
	err := check.ExecuteContext(ctx)
	if exit := (*exitError)(nil); errors.As(err, &exit) && exit.status == exitFindings {
		return &exitError{status: exitFindings, err: errors.New("nothing was uploaded: the dataset has errors\n--no-check uploads it all the same")}
	}
	if err != nil && ctx.Err() == nil {
		return usage(err)
	}
	return err
}

// upload sends one file and waits for it.
func (f *uploadFlags) upload(ctx context.Context, streams Streams, c *remote.Client, file string) (one uploaded, err error) {
	content, err := remote.OpenContent(file, f.bom == "add")
	if err != nil {
		return one, usage(err)
	}
	defer content.Close()
	notes, err := ledger()
	if err != nil {
		return one, usage(err)
	}
	sum, err := content.SHA256(ctx)
	if err != nil {
		return one, err
	}
	progress := startProgress(streams.Err, f.progress, []lint.Input{{Path: file}}, 1)
	defer progress.stop()
	sent, reused, err := c.UploadOnce(ctx, content, sum, notes, func(n int64) { progress.add(int(n)) })
	progress.stop()
	if ctx.Err() != nil && content.Size >= remote.LargeUpload && !f.dryRun {
		fmt.Fprintf(streams.Err, "ftlint: %s: the parts that were sent are kept: the same command goes on with it\n", term.Sanitize(file))
	}
	if err != nil {
		return one, err
	}
	if reused {
		fmt.Fprintf(streams.Err, "%s: uploaded before, as %s\n", term.Sanitize(file), sent.ID)
	} else if !f.dryRun {
		fmt.Fprintf(streams.Err, "%s: %s uploaded, as %s\n", term.Sanitize(file), report.Bytes(content.Size), sent.ID)
	}
	if sent, err = f.wait(ctx, streams, c, sent); err != nil {
		return one, err
	}
	return uploaded{sent.ID, content.Name, content.Size, sent.Status, sum, reused}, nil
}

// wait waits until a file is processed.
func (f *uploadFlags) wait(ctx context.Context, streams Streams, c *remote.Client, file remote.File) (remote.File, error) {
	if f.noWait || f.dryRun {
		return file, nil
	}
	done, err := c.WaitForFile(ctx, file.ID, f.most, func(now remote.File) {
		fmt.Fprintf(streams.Err, "%s: %s\n", now.ID, now.Status)
	})
	if ctx.Err() != nil {
		fmt.Fprintf(streams.Err, "ftlint: %s is at the service and goes on being processed: ftlint files show %s\n", file.ID, file.ID)
	}
	return done, err
}

// checkAddress reads what is at the address, and checks it on the way.
func (f *uploadFlags) checkAddress(ctx context.Context, streams Streams, c *remote.Client, name string) error {
	body, err := remote.Read(ctx, f.fromURL)
	if err != nil {
		return fmt.Errorf("reading %s to check it: %w", name, err)
	}
	defer body.Close()
	streams.In = body
	return f.check(ctx, streams, c, []string{jsonl.Stdin}, "--stdin-filename="+name)
}

// fromAddress lets the service fetch a file.
func (f *uploadFlags) fromAddress(ctx context.Context, streams Streams, c *remote.Client) (one uploaded, err error) {
	name := f.name
	if u, err := url.Parse(f.fromURL); name == "" && err == nil {
		if name = path.Base(u.Path); name == "." || name == "/" {
			return one, usage(errors.New("--from-url: the address does not end in a name: give one with --name"))
		}
	}
	if !f.noCheck && !f.dryRun {
		if err := f.checkAddress(ctx, streams, c, name); err != nil {
			return one, err
		}
	}
	file, err := c.Import(ctx, name, f.fromURL)
	if err != nil {
		return one, err
	}
	if !f.dryRun {
		fmt.Fprintf(streams.Err, "%s: the service fetches it as %s\n", term.Sanitize(name), file.ID)
	}
	if file, err = f.wait(ctx, streams, c, file); err != nil {
		return one, err
	}
	return uploaded{ID: file.ID, Name: name, Bytes: file.Bytes, Status: file.Status}, nil
}

// tell writes what there is now.
func (f *uploadFlags) tell(out io.Writer, list []uploaded) error {
	if f.dryRun {
		return nil
	}
	if f.output == "json" {
		return writeJSON(out, struct {
			SchemaVersion int        `json:"schema_version"`
			Files         []uploaded `json:"files"`
		}{report.SchemaVersion, list})
	}
	for _, one := range list {
		if _, err := fmt.Fprintf(out, "%s  %s\n", one.ID, term.Sanitize(one.Name)); err != nil {
			return err
		}
	}
	return nil
}

// writeJSON writes a value as JSON that people can read.
func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
