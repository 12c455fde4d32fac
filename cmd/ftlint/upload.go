package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
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
	viaBlob                 string
	keepBlob                bool
	checksum                string
	model, method, progress string
	most                    time.Duration

	// checked is what files were before they were checked.
	checked map[string]os.FileInfo
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
  ftlint upload train.jsonl --via-blob https://account.blob.core.windows.net/data --dry-run
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
	flags.StringVar(&f.viaBlob, "via-blob", "", "send the file to a container of Azure Blob Storage, and let Azure fetch it from there: `URL` of the container, or env for that in $AZURE_STORAGE_CONTAINER_URL, which can have a signature")
	flags.BoolVar(&f.keepBlob, "keep-blob", false, "with --via-blob: leave the blob there when the file is processed")
	flags.StringVar(&f.checksum, "checksum", "off", "let the service compare the MD5 of a file that goes in parts: `HOW` it is written, off, hex or base64")
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
	Blob   string `json:"blob,omitempty"`
}

func runUpload(cmd *cobra.Command, streams Streams, f *uploadFlags, args []string) error {
	ctx := cmd.Context()
	switch {
	case len(args) == 0 && f.fromURL == "":
		return usage(fmt.Errorf("no file: name one\nsee %s --help", cmd.CommandPath()))
	case len(args) > 0 && f.fromURL != "" && f.viaBlob == "":
		return usage(errors.New("--from-url: there is nothing to upload besides"))
	case f.fromURL != "" && f.viaBlob != "":
		return usage(errors.New("--via-blob and --from-url exclude each other"))
	case f.keepBlob && f.viaBlob == "":
		return usage(errors.New("--keep-blob is for --via-blob"))
	case f.checksum != "off" && (f.viaBlob != "" || f.fromURL != ""):
		return usage(errors.New("--checksum is for uploads in parts: an import has none"))
	case slices.Contains(args, "-"):
		return usage(errors.New("standard input cannot be sent again if something fails: name a file"))
	}
	err := errors.Join(
		choose("--bom", f.bom, map[string]func(){"keep": nil, "add": nil}),
		choose("--method", f.method, map[string]func(){"auto": nil, "sft": nil, "dpo": nil, "rft": nil, "completion": nil}),
		choose("--checksum", f.checksum, map[string]func(){"off": nil, "hex": nil, "base64": nil}),
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
	via, err := f.container(client)
	if err != nil {
		return usage(err)
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
		one, err := f.upload(ctx, streams, client, via, file)
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
	f.checked = map[string]os.FileInfo{}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			f.checked[file] = info
		}
	}
	return f.checkAs(ctx, streams, c, files, append(append(more, "--"), files...)...)
}

// checkAs is check, where the arguments of the check name the files.
func (f *uploadFlags) checkAs(ctx context.Context, streams Streams, c *remote.Client, files []string, more ...string) error {
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
			if f.viaBlob != "" {
				args = append(args, "--route", "import")
			} else if content.Size >= remote.LargeUpload { // the route decides how large a file can be
				args = append(args, "--route", "uploads")
			}
			content.Close()
		}
	}
	check := newCheckCommand(Streams{In: streams.In, Out: streams.Err, Err: streams.Err})
	check.SetArgs(append(args, more...))
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
func (f *uploadFlags) upload(ctx context.Context, streams Streams, c *remote.Client, via *remote.Container, file string) (one uploaded, err error) {
	content, err := remote.OpenContent(file, f.bom == "add")
	if err != nil {
		return one, usage(err)
	}
	defer content.Close()
	notes, err := ledger()
	if err != nil {
		return one, usage(err)
	}
	switch f.checksum {
	case "hex":
		content.WantMD5(hex.EncodeToString)
	case "base64":
		content.WantMD5(base64.StdEncoding.EncodeToString)
	}
	sum, err := content.SHA256(ctx)
	if err != nil {
		return one, err
	}
	if before, ok := f.checked[file]; ok {
		if now, err := os.Stat(file); err != nil || now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()) {
			return one, usage(fmt.Errorf("%s changed while it was checked: nothing was uploaded of it", file))
		}
	}
	progress := startProgress(streams.Err, f.progress, []lint.Input{{Path: file}}, 1)
	defer progress.stop()
	count := func(n int64) { progress.add(int(n)) }
	var sent remote.File
	var reused bool
	if via != nil {
		sent, reused, err = c.UploadViaBlob(ctx, content, sum, notes, via, f.keepBlob, count)
	} else {
		sent, reused, err = c.UploadOnce(ctx, content, sum, notes, count)
	}
	progress.stop()
	if ctx.Err() != nil && (content.Size >= remote.LargeUpload || via != nil) && !f.dryRun {
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
		if via != nil && !reused {
			fmt.Fprintf(streams.Err, "ftlint: the blob stays: %s\n", term.Sanitize(via.Blob(content, sum)))
		}
		return one, err
	}
	one = uploaded{ID: sent.ID, Name: content.Name, Bytes: content.Size, Status: sent.Status, SHA256: sum, Reused: reused}
	if via != nil {
		one.Blob, err = f.tidy(ctx, streams, c, content, sum, notes, via, reused)
	}
	return one, err
}

// container returns the container that files go through, or nil if there is none.
func (f *uploadFlags) container(c *remote.Client) (*remote.Container, error) {
	address := f.viaBlob
	switch {
	case address == "":
		return nil, nil
	case !c.Dialect.Azure():
		return nil, errors.New("--via-blob: OpenAI fetches no files: upload them without it")
	case address == "env":
		if address = getenv("AZURE_STORAGE_CONTAINER_URL"); address == "" {
			return nil, errors.New("--via-blob env: AZURE_STORAGE_CONTAINER_URL is not set")
		}
	}
	var credential azcore.TokenCredential
	if !remote.Signed(address) && !f.dryRun {
		var err error
		if credential, err = azidentity.NewDefaultAzureCredential(nil); err != nil {
			return nil, fmt.Errorf("--via-blob: %w", err)
		}
	}
	via, err := c.OpenContainer(address, credential)
	if err != nil {
		return nil, fmt.Errorf("--via-blob: %w", err)
	}
	return via, nil
}

// tidy deletes the blob that a file went through, unless it is to stay or the file is not
// processed yet. It returns the address of one that stays.
func (f *uploadFlags) tidy(ctx context.Context, streams Streams, c *remote.Client, content *remote.Content, sum string, notes remote.Ledger, via *remote.Container, reused bool) (string, error) {
	blob := via.Blob(content, sum)
	stays := func(why string) (string, error) {
		fmt.Fprintf(streams.Err, "ftlint: the blob stays%s: %s\n", why, term.Sanitize(blob))
		return blob, nil
	}
	switch {
	case f.keepBlob && reused:
		return "", nil // it may have gone without a blob
	case f.keepBlob:
		return blob, nil
	case f.noWait && !f.dryRun:
		return stays(", as Azure may not have fetched it yet")
	case !via.MayDelete():
		return stays(", as the signature does not let it be deleted")
	}
	deleted, err := c.DeleteBlob(ctx, content, sum, notes, via)
	if err != nil {
		fmt.Fprintf(streams.Err, "ftlint: %s\n", term.Sanitize(err.Error()))
		return stays("")
	}
	if deleted && !f.dryRun {
		fmt.Fprintf(streams.Err, "%s: deleted\n", term.Sanitize(blob))
	}
	return "", nil
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
