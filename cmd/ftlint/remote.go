package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/explain"
	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
)

// exitRemote is the status when the service refused or failed.
const exitRemote = 4

const exitStatusRemote = `
EXIT STATUS
  0    done
  1    the dataset has errors, the service would refuse what was asked for, or a
       question was answered with no
  2    a bad flag, or a file that could not be read
  3    internal error
  4    the service refused or failed
  130  interrupted: what the service was asked to do goes on`

// remoteFlags are the flags that say which service is talked to.
type remoteFlags struct {
	service, endpoint, apiVersion, auth, scope string
	dryRun                                     bool
	output                                     string
}

// addRemote adds them.
func (f *remoteFlags) addRemote(flags *pflag.FlagSet) {
	f.addService(flags)
	flags.StringVarP(&f.output, "output", "o", "text", "`FORMAT`: text or json")
}

// addService adds those that do not say what is written.
func (f *remoteFlags) addService(flags *pflag.FlagSet) {
	flags.StringVar(&f.service, "service", "auto", "`SERVICE`: azure, azure-v1 (its newer API), openai, or auto, as the environment has a key for")
	flags.StringVar(&f.endpoint, "endpoint", "", "`URL` of the resource, such as https://my.openai.azure.com (default: $AZURE_OPENAI_ENDPOINT, $OPENAI_BASE_URL)")
	flags.StringVar(&f.apiVersion, "api-version", "", "`VERSION` of Azure's dated API (default: $OPENAI_API_VERSION, or "+remote.DefaultAPIVersion+")")
	f.addWho(flags)
}

// addWho adds those that say who asks, and how.
func (f *remoteFlags) addWho(flags *pflag.FlagSet) {
	flags.StringVar(&f.auth, "auth", "auto", "`HOW`: key ($AZURE_OPENAI_API_KEY, $OPENAI_API_KEY), entra (az login, managed identity), or auto: a key if there is one")
	flags.StringVar(&f.scope, "scope", "", "`SCOPE` of Entra tokens, in clouds of their own (default "+remote.DefaultScope+")")
	flags.BoolVar(&f.dryRun, "dry-run", false, "send nothing, and show every request without its secrets")
}

// getenv is the first of some variables that is set.
func getenv(names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(os.Getenv(name)); value != "" {
			return value
		}
	}
	return ""
}

// known sees that flags have values that there are.
func (f *remoteFlags) known() error {
	return errors.Join(
		choose("--service", f.service, map[string]func(){"": nil, "auto": nil, "azure": nil, "azure-v1": nil, "openai": nil}), // "": that of a run
		choose("--auth", f.auth, map[string]func(){"auto": nil, "key": nil, "entra": nil}),
		choose("--output", f.output, map[string]func(){"text": nil, "json": nil}))
}

// target returns the service that flags and environment say.
func (f *remoteFlags) target() (t remote.Target, err error) {
	azure := func(d remote.Dialect) {
		t.Dialect, t.Endpoint, t.Key = d, f.endpoint, getenv("AZURE_OPENAI_API_KEY")
		if t.Endpoint == "" {
			t.Endpoint = getenv("AZURE_OPENAI_ENDPOINT")
		}
	}
	openAI := func() {
		t.Dialect, t.Endpoint, t.Key = remote.OpenAI, f.endpoint, getenv("OPENAI_API_KEY")
		if t.Endpoint == "" {
			if t.Endpoint = getenv("OPENAI_BASE_URL"); t.Endpoint == "" {
				t.Endpoint = remote.OpenAIEndpoint
			}
		}
	}
	if err := f.known(); err != nil {
		return t, err
	}
	switch f.service {
	case "azure":
		azure(remote.AzureDated)
	case "azure-v1":
		azure(remote.AzureV1)
	case "openai":
		openAI()
	default:
		if f.endpoint == "" && getenv("AZURE_OPENAI_ENDPOINT") == "" || strings.Contains(f.endpoint, "api.openai.com") {
			openAI()
		} else {
			azure(remote.AzureDated)
		}
	}
	if t.Endpoint == "" {
		return t, errors.New("no endpoint: set AZURE_OPENAI_ENDPOINT, or give --endpoint https://my-resource.openai.azure.com")
	}
	t.APIVersion, t.Scope = f.apiVersion, f.scope
	if t.APIVersion == "" {
		t.APIVersion = getenv("OPENAI_API_VERSION")
	}
	return t, nil
}

// client returns a client of the service.
func (f *remoteFlags) client(out io.Writer) (*remote.Client, error) {
	t, err := f.target()
	if err != nil {
		return nil, err
	}
	options := remote.Options{UserAgent: "ftlint/" + version()}
	if f.dryRun {
		options.DryRun = &remote.DryRun{Out: out}
	}
	if !f.dryRun && (f.auth == "entra" || f.auth == "auto" && t.Key == "" && t.Dialect.Azure()) {
		credential, err := azidentity.NewDefaultAzureCredential(nil)
		if err != nil {
			return nil, fmt.Errorf("--auth entra: %w", err)
		}
		t.Key, t.Credential = "", credential
	}
	c, err := remote.New(t, options)
	if errors.Is(err, remote.ErrNoKey) {
		name := "OPENAI_API_KEY"
		if t.Dialect.Azure() {
			name = "AZURE_OPENAI_API_KEY"
		}
		return nil, fmt.Errorf("%w: set %s", err, name)
	}
	return c, err
}

// serviceError makes the exit status of an error of the service, and adds what is known
// of its text.
func serviceError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	exit := (*exitError)(nil)
	if errors.As(err, &exit) {
		return err
	}
	for _, line := range hints(serviceText(err)) {
		err = fmt.Errorf("%w\n%s", err, line)
	}
	return &exitError{status: exitRemote, err: err}
}

// hints are what is known of a text of the service.
func hints(message string) (lines []string) {
	if message == "" {
		return nil
	}
	known := func(id string) bool {
		return slices.ContainsFunc(rules.All(), func(r lint.Rule) bool { return r.ID == id })
	}
	answers := explain.Explain(message, known)
	if len(answers) == 0 {
		return nil
	}
	lines = append(lines, answers[0].Meaning)
	for _, do := range answers[0].Do {
		lines = append(lines, "- "+do)
	}
	return lines
}

// serviceWords are the code and the message of an error. A code that every request can
// have says nothing.
func serviceWords(code, message string) string {
	if code == "" || code == "invalidPayload" {
		return message
	}
	return code + ": " + message
}

// serviceText is what the service itself said in an error.
func serviceText(err error) string {
	if e := (*remote.Error)(nil); errors.As(err, &e) {
		return serviceWords(e.Code, e.Message)
	}
	if e := (*remote.RejectedError)(nil); errors.As(err, &e) {
		return e.File.Details
	}
	if e := (*remote.FailedJob)(nil); errors.As(err, &e) && e.Job.Error != nil {
		return e.Job.Error.Message
	}
	if e := (*remote.FailedError)(nil); errors.As(err, &e) {
		return e.Deployment.Reason
	}
	return ""
}

// ledger is where it is noted what was uploaded.
func ledger() (remote.Ledger, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return remote.Ledger{}, fmt.Errorf("there is no place to note what was uploaded: %w", err)
	}
	return remote.Ledger{Dir: filepath.Join(dir, "ftlint", "uploads")}, nil
}

// age is a time as seen from now.
func age(at, now time.Time) string {
	if at.IsZero() || at.Unix() == 0 {
		return "-"
	}
	switch d := now.Sub(at); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}

// columns writes rows with aligned columns.
func columns(out io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}
