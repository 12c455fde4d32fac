package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
)

func newDeployCommand(streams Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Make, list and delete deployments of fine-tuned models on Azure",
		Long: `Deploy makes fine-tuned models of Azure OpenAI answer. Deployments belong to Azure's
control plane, which knows a resource by subscription, resource group and account,
and wants a token of its own: $AZURE_ARM_TOKEN, or Entra (az login). See
ftlint upload --help for how the resource is named otherwise.` + "\n" + exitStatusRemote,
		Example: "  ftlint deploy list\n  ftlint deploy create my-model --model gpt-4.1-mini-2025-04-14.ft-abc --sku DeveloperTier --dry-run",
	}
	cmd.AddCommand(newDeployCreateCommand(streams), newDeployListCommand(streams), newDeployShowCommand(streams), newDeployDeleteCommand(streams))
	return cmd
}

// controlFlags are the flags that say which account the control plane is asked for.
type controlFlags struct {
	subscription, resourceGroup, account, armHost, armScope string
	// sourceTenant is that of the account that the model is in. Not all commands have a
	// flag for it.
	sourceTenant string
}

// addControl adds them.
func (f *controlFlags) addControl(flags *pflag.FlagSet) {
	flags.StringVar(&f.subscription, "subscription", "", "`ID` of the subscription (default: $AZURE_SUBSCRIPTION_ID)")
	flags.StringVar(&f.resourceGroup, "resource-group", "", "`NAME` of the resource group (default: $AZURE_RESOURCE_GROUP)")
	flags.StringVar(&f.account, "account", "", "`NAME` of the resource (default: as the endpoint says, or $AZURE_OPENAI_ACCOUNT)")
	flags.StringVar(&f.armHost, "arm-host", "", "`URL` of the control plane (default: $AZURE_ARM_HOST, or "+remote.DefaultControlHost+")")
	flags.StringVar(&f.armScope, "arm-scope", "", "`SCOPE` of its tokens, in clouds of their own (default "+remote.DefaultControlScope+")")
}

// accountHosts are how the hosts of Azure's resources end.
var accountHosts = []string{".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"}

// accountOf is the name of the resource at an endpoint, if its host tells.
func accountOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	for _, tail := range accountHosts {
		if name, ok := strings.CutSuffix(strings.ToLower(u.Hostname()), tail); ok && !strings.Contains(name, ".") {
			return name
		}
	}
	return ""
}

// errNotAzure says that there is nothing to deploy.
var errNotAzure = errors.New("deployments are Azure's: OpenAI's models answer by their name and need none (for Azure: --service azure, or --endpoint)")

// control returns a client of the control plane.
func (f *controlFlags) control(out io.Writer, r *remoteFlags) (*remote.Control, error) {
	account := f.account
	if account == "" {
		account = cmp.Or(accountOf(cmp.Or(r.endpoint, getenv("AZURE_OPENAI_ENDPOINT"))), getenv("AZURE_OPENAI_ACCOUNT"))
	}
	if account != "" && r.endpoint == "" && getenv("AZURE_OPENAI_ENDPOINT") == "" && r.service != "openai" {
		r.endpoint = "https://" + account + accountHosts[0]
	}
	service, err := r.target()
	switch {
	case err != nil:
		return nil, err
	case !service.Dialect.Azure():
		return nil, errNotAzure
	}
	t := remote.ControlTarget{
		Account: remote.Account{
			Subscription:  cmp.Or(f.subscription, getenv("AZURE_SUBSCRIPTION_ID")),
			ResourceGroup: cmp.Or(f.resourceGroup, getenv("AZURE_RESOURCE_GROUP")),
			Name:          account,
		},
		Host: cmp.Or(f.armHost, getenv("AZURE_ARM_HOST")), Scope: f.armScope, SourceTenant: f.sourceTenant,
	}
	var missing []error
	for _, need := range []struct{ value, flag, variable string }{
		{t.Subscription, "--subscription", "AZURE_SUBSCRIPTION_ID"},
		{t.ResourceGroup, "--resource-group", "AZURE_RESOURCE_GROUP"},
		{t.Name, "--account", "AZURE_OPENAI_ACCOUNT"},
	} {
		if need.value == "" {
			missing = append(missing, fmt.Errorf("the control plane needs to know the resource: set %s, or give %s", need.variable, need.flag))
		}
	}
	if len(missing) > 0 {
		return nil, errors.Join(missing...)
	}
	options := remote.Options{UserAgent: "ftlint/" + version()}
	if r.dryRun {
		options.DryRun = &remote.DryRun{Out: out}
		return remote.NewControl(t, options)
	}
	if t.Credential, err = f.credential(); err != nil {
		return nil, err
	}
	return remote.NewControl(t, options)
}

// credential is a token from the environment, or Entra.
func (f *controlFlags) credential() (azcore.TokenCredential, error) {
	if token := getenv("AZURE_ARM_TOKEN"); token != "" {
		return remote.ReadyToken(token, getenv("AZURE_ARM_AUXILIARY_TOKEN")), nil
	}
	options := &azidentity.DefaultAzureCredentialOptions{}
	if f.sourceTenant != "" {
		options.AdditionallyAllowedTenants = []string{f.sourceTenant}
	}
	credential, err := azidentity.NewDefaultAzureCredential(options)
	if err != nil {
		return nil, fmt.Errorf("the control plane: %w", err)
	}
	return credential, nil
}

// controlError adds to an error of the control plane who may do what is refused, and
// makes its exit status.
func controlError(err error) error {
	e := (*remote.Error)(nil)
	if !errors.As(err, &e) || !e.Control {
		return serviceError(err)
	}
	switch e.Status {
	case http.StatusForbidden:
		role := "Cognitive Services Contributor"
		if known, loadErr := catalog.Load(); loadErr == nil {
			role = cmp.Or(known.Role("deploy"), role)
		}
		err = fmt.Errorf("%w\n- deployments are made and deleted by who has the role %s on the resource, or another one with Microsoft.CognitiveServices/accounts/deployments/write", err, role)
	case http.StatusUnauthorized:
		if getenv("AZURE_ARM_TOKEN") != "" {
			err = fmt.Errorf("%w\n- the token in AZURE_ARM_TOKEN is not taken, or no longer: az account get-access-token --resource %s gets another one", err, remote.DefaultControlHost)
		}
	}
	return serviceError(err)
}

// deployCommand makes a command that talks to the control plane.
func deployCommand(streams Streams, f *remoteFlags, k *controlFlags, cmd *cobra.Command, run func(cmd *cobra.Command, c *remote.Control, args []string) error) *cobra.Command {
	cmd.Long += "\n" + exitStatusRemote
	needs := cmd.Args
	cmd.Args = nil // a bad flag is told first
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := k.control(streams.Out, f)
		if err == nil {
			err = needs(cmd, args)
		}
		if err != nil {
			return usage(err)
		}
		return controlError(run(cmd, c, args))
	}
	cmd.Flags().SortFlags = false
	f.addRemote(cmd.Flags())
	k.addControl(cmd.Flags())
	return cmd
}

// aName takes one name of a deployment, and names one or more.
func aName(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("one name is needed: %s\nsee %s --help", cmd.UseLine(), cmd.CommandPath())
}

func deploymentNames(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return aName(cmd, args)
}

// deployFlags are the flags of deploy create.
type deployFlags struct {
	remoteFlags
	controlFlags
	spec               remote.DeploymentSpec
	noPreflight, noTry bool
	acceptHosting, yes bool
	most               time.Duration
}

const (
	// tryMost is how long a deployment that has succeeded may take until it answers.
	tryMost = 10 * time.Minute
	// deployMost is how long it may take until it has succeeded.
	deployMost = 30 * time.Minute
)

func newDeployCreateCommand(streams Streams) *cobra.Command {
	f := &deployFlags{}
	cmd := deployCommand(streams, &f.remoteFlags, &f.controlFlags, &cobra.Command{
		Use: "create [flags] NAME", Args: aName,
		Short: "Make a deployment of a fine-tuned model",
		Long: `Create makes a deployment of a fine-tuned model or a checkpoint, waits until it is
made, and until it answers. Before, it looks whether the name is free, whether the
region takes the model with the SKU, and whether there is quota. A deployment that is
there already, as it is to be, is left as it is.

There is no default for --sku, as it decides what is billed: most are billed by the
hour, whether they are used or not, and need --accept-hosting where nobody can be
asked.`,
		Example: `  ftlint deploy create my-model --model gpt-4.1-mini-2025-04-14.ft-abc --sku DeveloperTier --dry-run
  ftlint deploy create my-model --model gpt-4.1-mini-2025-04-14.ft-abc --sku GlobalStandard --capacity 100 --accept-hosting --dry-run`,
	}, nil)
	flags := cmd.Flags()
	flags.StringVar(&f.spec.Model, "model", "", "fine-tuned `MODEL` or checkpoint, as ftlint job show and checkpoints tell")
	flags.StringVar(&f.spec.SKU, "sku", "", "`SKU`, which decides what is billed: DeveloperTier, GlobalStandard, Standard and others")
	flags.Int64Var(&f.spec.Capacity, "capacity", 0, fmt.Sprintf("`N` thousand tokens a minute (default %d), or units of provisioned throughput", remote.DefaultCapacity))
	flags.StringVar(&f.spec.Version, "model-version", "1", "`VERSION` of the model")
	flags.StringVar(&f.spec.Source, "source", "", "ARM `ID` of the resource that the model is in, in another region or subscription")
	flags.StringVar(&f.spec.SourceAccount, "source-account", "", "ARM `ID` of the resource that the model is in, in another tenant (token: $AZURE_ARM_AUXILIARY_TOKEN)")
	flags.StringVar(&f.sourceTenant, "source-tenant", "", "`ID` of that tenant, for Entra")
	flags.BoolVar(&f.noPreflight, "no-preflight", false, "do not look first whether it can be made")
	flags.BoolVar(&f.noTry, "no-try", false, "do not try whether it answers")
	flags.DurationVar(&f.most, "wait-most", deployMost, "how long to wait until it is made, a `TIME` such as 1h")
	flags.BoolVar(&f.acceptHosting, "accept-hosting", false, "it may be billed by the hour, whether it is used or not")
	flags.BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkSKU(&f.spec.SKU); err != nil {
			return usage(err)
		}
		c, err := f.control(streams.Out, &f.remoteFlags)
		if err == nil {
			err = aName(cmd, args)
		}
		if err == nil && f.spec.SourceAccount != "" && f.sourceTenant == "" && getenv("AZURE_ARM_TOKEN") == "" && !f.dryRun {
			err = errors.New("--source-account needs --source-tenant, or tokens in AZURE_ARM_TOKEN and AZURE_ARM_AUXILIARY_TOKEN")
		}
		if err == nil && f.spec.SKU == "" {
			f.spec.SKU, err = chooseSKU(streams)
		}
		if err != nil {
			return usage(err)
		}
		f.spec.Name = args[0]
		return controlError(f.create(cmd.Context(), streams, c))
	}
	return cmd
}

// skuWords are what is worth knowing before one is chosen. Those that are not here can be
// named.
var skuWords = []struct{ name, words string }{
	{"DeveloperTier", "no hourly fee; deleted after 24 hours; no SLA"},
	{"GlobalStandard", "billed by the hour and by tokens; runs in any region"},
	{"Standard", "billed by the hour and by tokens; runs in its region"},
	{"DataZoneStandard", "as GlobalStandard, in one zone of regions"},
	{"ProvisionedManaged", "billed by the hour for each unit of throughput"},
}

// checkSKU gives a SKU its canonical name.
func checkSKU(sku *string) error {
	if known, err := catalog.Load(); err == nil {
		if found, ok := known.SKU(*sku); ok {
			*sku = found.Name
		}
	}
	names := map[string]func(){"": nil}
	for _, name := range remote.SKUs() {
		names[name] = nil
	}
	return choose("--sku", *sku, names)
}

// chooseSKU asks for a SKU on a terminal. Elsewhere it is an error that there is none.
func chooseSKU(streams Streams) (string, error) {
	var list strings.Builder
	for i, sku := range skuWords {
		fmt.Fprintf(&list, "%3d  %-18s  %s\n", i+1, sku.name, sku.words)
	}
	if !canAsk(streams) {
		return "", fmt.Errorf("a deployment needs a SKU, which decides what is billed: --sku NAME\n%s", list.String())
	}
	return askSKU(streams.In, streams.Err, list.String())
}

// askSKU asks for a number of the list, or a name.
func askSKU(in io.Reader, out io.Writer, list string) (string, error) {
	fmt.Fprintf(out, "A deployment needs a SKU, which decides what is billed:\n%swhich? ", list)
	text, err := ask(in)
	if text == "" {
		return "", errors.Join(errors.New("no SKU was chosen"), err)
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return text, nil
	case n < 1 || n > len(skuWords):
		return "", fmt.Errorf("%d: there are %d", n, len(skuWords))
	}
	return skuWords[n-1].name, nil
}

// acceptHosting sees that somebody knows what a SKU costs that is billed by the hour. What
// an hour costs is in no catalogue, as no figure could be trusted.
func acceptHosting(streams Streams, sku, model string, accepted bool) error {
	if accepted || !remote.HourlyBilled(sku) {
		return nil
	}
	return confirmBy(streams, "--accept-hosting", fmt.Sprintf(
		"a deployment of %s with SKU %s is billed by the hour, whether it is used or not: a month costs 720 times what Azure's price page says for an hour. Go on?", model, sku))
}

// create makes the deployment and tries it.
func (f *deployFlags) create(ctx context.Context, streams Streams, c *remote.Control) error {
	data, err := f.client(streams.Out)
	if err != nil {
		return usage(err)
	}
	if err := tellProblems(streams.Err, f.spec.Check()); err != nil {
		return err
	}
	if !f.dryRun {
		if err := acceptHosting(streams, f.spec.SKU, f.spec.Model, f.acceptHosting); err != nil {
			return err
		}
	}
	if !f.noPreflight {
		list, err := c.Preflight(ctx, &f.spec, true)
		if err != nil {
			return err
		}
		if err := tellProblems(streams.Err, list); err != nil {
			return err
		}
	}
	if !remote.HourlyBilled(f.spec.SKU) && !f.yes && !f.dryRun {
		if err := confirm(streams, fmt.Sprintf("deploy %s as %s at %s (%s, capacity %d)?", f.spec.Model, f.spec.Name, c.Name, f.spec.SKU, f.spec.Capacity)); err != nil {
			return err
		}
	}
	d, err := f.wait(ctx, streams, c)
	if err != nil {
		return err
	}
	return f.tell(ctx, streams, c, data, &d)
}

// wait makes the deployment, and waits until it is made.
func (f *deployFlags) wait(ctx context.Context, streams Streams, c *remote.Control) (remote.Deployment, error) {
	within, cancel := context.WithTimeout(ctx, f.most)
	defer cancel()
	begun := false
	d, err := c.CreateDeployment(within, f.spec, func(state string) {
		if begun = true; state == remote.StateReused {
			state = "there already, as it is to be"
		}
		if !f.dryRun {
			fmt.Fprintf(streams.Err, "%s: %s\n", f.spec.Name, term.Sanitize(state))
		}
	})
	switch {
	case err == nil || within.Err() == nil && remote.Status(err) != http.StatusUnauthorized:
		return d, err
	case begun:
		f.goesOn(streams, "goes on")
	default:
		f.goesOn(streams, "may have been asked for")
	}
	if within.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("deployment %s is not made after %v", f.spec.Name, f.most)
	}
	return d, err
}

// goesOn tells what becomes of a deployment that is waited for no longer, and what it
// costs.
func (f *deployFlags) goesOn(streams Streams, how string) {
	if f.dryRun {
		return
	}
	billed := ""
	if remote.HourlyBilled(f.spec.SKU) {
		billed = ", and once it is made it is billed by the hour"
	}
	fmt.Fprintf(streams.Err, "ftlint: deployment %s %s%s: ftlint deploy show %s tells of it, ftlint deploy delete %s ends it\n", f.spec.Name, how, billed, f.spec.Name, f.spec.Name)
}

// deploymentJSON is a deployment as json tells of it.
type deploymentJSON struct {
	Name     string     `json:"name"`
	Model    string     `json:"model"`
	Version  string     `json:"version"`
	SKU      string     `json:"sku"`
	Capacity int64      `json:"capacity"`
	State    string     `json:"state"`
	Reason   string     `json:"reason,omitempty"`
	Hourly   bool       `json:"billed_hourly"`
	Created  *time.Time `json:"created,omitempty"`
	Ends     *time.Time `json:"ends,omitempty"`
	EndsWhy  string     `json:"ends_why,omitempty"`
}

func deploymentToJSON(d *remote.Deployment, now time.Time) deploymentJSON {
	j := deploymentJSON{
		Name: d.Name, Model: d.Model, Version: d.Version, SKU: d.SKU, Capacity: d.Capacity, State: d.State, Reason: d.Reason,
		Hourly: remote.HourlyBilled(d.SKU),
	}
	if !d.Created.IsZero() {
		j.Created = &d.Created
	}
	if why, at := d.Ends(now); !at.IsZero() {
		j.Ends, j.EndsWhy = &at, why
	}
	return j
}

// tell tries the deployment, and tells how it is used.
func (f *deployFlags) tell(ctx context.Context, streams Streams, c *remote.Control, data *remote.Client, d *remote.Deployment) (err error) {
	reply := ""
	if !f.noTry {
		reply, err = data.TryDeployment(ctx, d.Name, d.Model, tryMost, func(err error) {
			fmt.Fprintf(streams.Err, "%s: does not answer yet (%s)\n", d.Name, cmp.Or(errorCode(err), "no connection"))
		})
		if err != nil {
			f.goesOn(streams, "is there")
			return err
		}
	}
	if f.dryRun {
		return nil
	}
	curl := curlOf(data, d, f.auth)
	if f.output == "json" {
		return writeJSON(streams.Out, struct {
			SchemaVersion int `json:"schema_version"`
			deploymentJSON
			Tried bool   `json:"tried"`
			Reply string `json:"reply,omitempty"`
			Curl  string `json:"curl"`
		}{report.SchemaVersion, deploymentToJSON(d, time.Now()), !f.noTry, reply, curl})
	}
	if !f.noTry {
		fmt.Fprintf(streams.Err, "%s: answers: %s\n", d.Name, term.Sanitize(reply))
	}
	fmt.Fprintf(streams.Err, "account %s\n", c.ID())
	_, err = fmt.Fprintln(streams.Out, curl)
	return err
}

func errorCode(err error) string {
	e := (*remote.Error)(nil)
	if !errors.As(err, &e) {
		return ""
	}
	return cmp.Or(e.Code, strconv.Itoa(e.Status))
}

// curlOf is a command that asks a deployment for a reply, with the key or token where it
// comes from and not what it is.
func curlOf(c *remote.Client, d *remote.Deployment, auth string) string {
	header := `api-key: $AZURE_OPENAI_API_KEY`
	if auth == "entra" || getenv("AZURE_OPENAI_API_KEY") == "" {
		header = `Authorization: Bearer $(az account get-access-token --resource https://cognitiveservices.azure.com --query accessToken -o tsv)`
	}
	route, input := "chat/completions", `"messages": [{"role": "user", "content": "Hello"}]`
	if remote.CompletesOnly(d.Model) {
		route, input = "completions", `"prompt": "Hello"`
	}
	address, model := c.Endpoint+"/openai/deployments/"+d.Name+"/"+route+"?api-version="+c.APIVersion, ""
	if c.Dialect == remote.AzureV1 {
		address, model = c.Endpoint+"/openai/v1/"+route, `"model": "`+d.Name+`", `
	}
	return fmt.Sprintf("curl '%s' \\\n  -H \"%s\" -H 'Content-Type: application/json' \\\n  -d '{%s%s}'", address, header, model, input)
}

// remark is what is worth a word in a list: what is billed, and when it ends.
func remark(d *remote.Deployment, now time.Time) string {
	var words []string
	if remote.HourlyBilled(d.SKU) && d.State == remote.StateSucceeded {
		words = append(words, "billed by the hour")
	}
	why, at := d.Ends(now)
	left := at.Sub(now)
	switch {
	case at.IsZero():
	case remote.HourlyBilled(d.SKU) && left <= 0:
		words = append(words, why)
	case remote.HourlyBilled(d.SKU):
		words = append(words, fmt.Sprintf("if it is not called, deleted in %s at the earliest", report.Plural(int64(left.Hours()/24), "day")))
	case left <= 0:
		words = append(words, "its 24 hours are over")
	default:
		words = append(words, fmt.Sprintf("ends in %s", report.Plural(int64(left.Hours()), "hour")))
	}
	return strings.Join(words, "; ")
}

func newDeployListCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var k controlFlags
	return deployCommand(streams, &f, &k, &cobra.Command{
		Use: "list [flags]", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short: "List the deployments of the resource",
		Long: `List shows the deployments of the resource, which of them are billed by the hour, and
when Azure deletes them. When one was called last is not known: the 15 days without
a call are counted from its making, at the earliest.`,
		Example: "  ftlint deploy list --dry-run\n  ftlint deploy list -o json",
	}, func(cmd *cobra.Command, c *remote.Control, _ []string) error {
		list, err := c.Deployments(cmd.Context())
		if err != nil || f.dryRun {
			return err
		}
		now := time.Now()
		if f.output == "json" {
			all := []deploymentJSON{}
			for i := range list {
				all = append(all, deploymentToJSON(&list[i], now))
			}
			return writeJSON(streams.Out, struct {
				SchemaVersion int              `json:"schema_version"`
				Account       string           `json:"account"`
				Deployments   []deploymentJSON `json:"deployments"`
			}{report.SchemaVersion, c.ID(), all})
		}
		if len(list) == 0 {
			_, err := fmt.Fprintf(streams.Out, "no deployments at %s\n", c.ID())
			return err
		}
		rows := [][]string{{"name", "state", "SKU", "capacity", "made", "model", ""}}
		for i := range list {
			d := &list[i]
			rows = append(rows, []string{term.Sanitize(d.Name), d.State, d.SKU, strconv.FormatInt(d.Capacity, 10), age(d.Created, now), term.Sanitize(d.Model), remark(d, now)})
		}
		return columns(streams.Out, rows)
	})
}

func newDeployShowCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var k controlFlags
	return deployCommand(streams, &f, &k, &cobra.Command{
		Use: "show [flags] NAME", Args: aName,
		Short: "Show a deployment of the resource", Long: "Show tells what the service knows of a deployment.",
		Example: "  ftlint deploy show my-model --dry-run",
	}, func(cmd *cobra.Command, c *remote.Control, args []string) error {
		d, err := c.Deployment(cmd.Context(), args[0])
		if err != nil {
			if f.dryRun && remote.Status(err) == http.StatusNotFound {
				return nil // the request was shown
			}
			return err
		}
		now := time.Now()
		if f.output == "json" {
			return writeJSON(streams.Out, struct {
				SchemaVersion int `json:"schema_version"`
				deploymentJSON
			}{report.SchemaVersion, deploymentToJSON(&d, now)})
		}
		rows := [][]string{
			{"name", term.Sanitize(d.Name)},
			{"state", d.State},
			{"model", term.Sanitize(d.Model) + " (version " + d.Version + ")"},
			{"SKU", d.SKU + ", capacity " + strconv.FormatInt(d.Capacity, 10)},
			{"made", age(d.Created, now)},
			{"account", c.ID()},
		}
		if words := remark(&d, now); words != "" {
			rows = slices.Insert(rows, 5, []string{"note", words})
		}
		return columns(streams.Out, rows)
	})
}

func newDeployDeleteCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var k controlFlags
	var yes bool
	cmd := deployCommand(streams, &f, &k, &cobra.Command{
		Use: "delete [flags] NAME ...", Aliases: []string{"rm"}, Args: deploymentNames,
		Short: "Delete deployments of the resource",
		Long: `Delete removes deployments, after asking, and waits until they are gone: only then
nothing is billed for them any more. The models stay. A deployment that is not there
is no error.`,
		Example: "  ftlint deploy delete my-model --yes --dry-run",
	}, func(cmd *cobra.Command, c *remote.Control, args []string) error {
		if !yes && !f.dryRun {
			if err := confirm(streams, fmt.Sprintf("delete %s at %s? What calls it fails then.", strings.Join(args, ", "), c.Name)); err != nil {
				return err
			}
		}
		for _, name := range args {
			if err := c.DeleteDeployment(cmd.Context(), name); err != nil {
				return err
			}
			if !f.dryRun {
				fmt.Fprintf(streams.Err, "%s: deleted\n", name)
			}
		}
		return nil
	})
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}
