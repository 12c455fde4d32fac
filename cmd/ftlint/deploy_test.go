package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/remote/fake"
)

// TestSKUs: the SKUs that shells complete, documents list and questions name are those
// that there are.
func TestSKUs(t *testing.T) {
	known := remote.SKUs()
	if !slices.Equal(choices["sku"], known) {
		t.Errorf("completed are %v, and there are %v", choices["sku"], known)
	}
	for _, name := range known {
		if !strings.Contains(document(t, "docs/cli.md"), "`"+name+"`") {
			t.Errorf("docs/cli.md does not name %s", name)
		}
	}
	for _, sku := range skuWords {
		if !slices.Contains(known, sku.name) {
			t.Errorf("%s is asked for, and there is none", sku.name)
		}
		if hourly := strings.Contains(sku.words, "by the hour") || strings.Contains(sku.words, "as GlobalStandard"); hourly != remote.HourlyBilled(sku.name) {
			t.Errorf("%s: %s", sku.name, sku.words)
		}
	}
}

func TestAskSKU(t *testing.T) {
	for answer, want := range map[string]string{"1\n": "DeveloperTier", "standard\n": "standard", " 2 \r\n": "GlobalStandard", "3": "Standard", "9\n": "", "\n": "", "": ""} {
		var out bytes.Buffer
		got, err := askSKU(strings.NewReader(answer), &out, "the list\n")
		if got != want || (err == nil) != (want != "") || !strings.Contains(out.String(), "the list") {
			t.Errorf("%q: %q, %v", answer, got, err)
		}
	}
}

func TestAccountOf(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://My.openai.azure.com/": "my", "https://my.cognitiveservices.azure.com": "my",
		"https://my.services.ai.azure.com/openai/v1": "my", "https://a.privatelink.openai.azure.com": "",
		"https://example.com": "", "http://127.0.0.1:80": "", "": "",
	} {
		if got := accountOf(endpoint); got != want {
			t.Errorf("%q: %q", endpoint, got)
		}
	}
}

func TestCurl(t *testing.T) {
	t.Setenv("AZURE_OPENAI_API_KEY", "CANARY")
	for _, test := range []struct {
		dialect     remote.Dialect
		model, auth string
		want        []string
	}{
		{remote.AzureDated, "gpt-4o.ft-1", "auto", []string{"/openai/deployments/mine/chat/completions?api-version=", "$AZURE_OPENAI_API_KEY", `"messages"`}},
		{remote.AzureDated, "babbage-002.ft-1", "auto", []string{"/openai/deployments/mine/completions?", `"prompt"`}},
		{remote.AzureV1, "gpt-4o.ft-1", "entra", []string{"/openai/v1/chat/completions'", `"model": "mine"`, "Bearer $(az account"}},
	} {
		c, err := remote.New(remote.Target{Dialect: test.dialect, Endpoint: "https://my.openai.azure.com", Key: "CANARY"}, remote.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := curlOf(c, &remote.Deployment{Name: "mine", Model: test.model}, test.auth)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("not %q in %s", want, got)
			}
		}
		if strings.Contains(got, "CANARY") {
			t.Errorf("the key is shown: %s", got)
		}
	}
}

// TestDeployShowsNoToken: no token and no key is in what the commands write, whatever
// happens.
func TestDeployShowsNoToken(t *testing.T) {
	data := fake.New(t, fake.AzureDated)
	control := fake.NewControl(t, data)
	data.Key, control.Token, control.AuxiliaryToken = "CANARY-key", "CANARY-token", "CANARY-auxiliary"
	source := "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
	control.Others = map[string][]string{source: {"gpt-4o-mini-2024-07-18.ft-1"}}
	for name, value := range map[string]string{
		"AZURE_OPENAI_ENDPOINT": data.URL, "AZURE_OPENAI_API_KEY": data.Key, "AZURE_ARM_HOST": control.URL,
		"AZURE_ARM_TOKEN": control.Token, "AZURE_ARM_AUXILIARY_TOKEN": control.AuxiliaryToken, "OPENAI_API_VERSION": "",
		"AZURE_SUBSCRIPTION_ID": control.Subscription, "AZURE_RESOURCE_GROUP": control.ResourceGroup, "AZURE_OPENAI_ACCOUNT": control.Account,
	} {
		t.Setenv(name, value)
	}
	var all bytes.Buffer
	run := func(status int, args ...string) {
		t.Helper()
		if got := Main(append([]string{"deploy"}, args...), Streams{In: os.Stdin, Out: &all, Err: &all}); got != status {
			t.Errorf("%v: exit status %d, want %d\n%s", args, got, status, &all)
		}
	}
	create := []string{"create", "mine", "--model", "gpt-4o-mini-2024-07-18.ft-1", "--sku", "Standard", "--accept-hosting", "--source-account", source}
	run(exitOK, append(create, "--dry-run")...)
	echo := `{"error":{"code":"Odd","message":"Authorization: Bearer CANARY-token and api-key: CANARY-key at https://x.example/?token=CANARY"}}`
	control.On("PUT /deployments/{name}", fake.Status(400, nil, echo))
	run(exitRemote, create...)
	run(exitOK, create...)
	run(exitOK, "list")
	run(exitOK, "show", "mine", "-o", "json")
	control.On("GET /deployments/{name}", fake.Status(403, nil, echo), fake.Status(400, nil, "CANARY is no JSON"))
	run(exitRemote, "show", "mine")
	run(exitRemote, "show", "mine")
	if !strings.Contains(all.String(), "Cognitive Services Contributor") {
		t.Errorf("a right is missing, and no role is named\n%s", &all)
	}
	run(exitOK, "delete", "mine", "--yes")
	control.ExpireToken()
	run(exitRemote, "list")
	if strings.Contains(all.String(), "CANARY") {
		t.Errorf("a secret is shown\n%s", &all)
	}
}

// TestDeployGoesOn: what is waited for no longer is not ended, and it is said what it
// costs.
func TestDeployGoesOn(t *testing.T) {
	data := fake.New(t, fake.AzureDated)
	control := fake.NewControl(t, data)
	const source, model = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a", "gpt-4o-mini-2024-07-18.ft-1"
	control.Others, control.Polls = map[string][]string{source: {model}}, 100
	for name, value := range map[string]string{
		"AZURE_OPENAI_ENDPOINT": data.URL, "AZURE_OPENAI_API_KEY": data.Key, "AZURE_ARM_HOST": control.URL, "AZURE_ARM_TOKEN": control.Token,
		"AZURE_SUBSCRIPTION_ID": control.Subscription, "AZURE_RESOURCE_GROUP": control.ResourceGroup, "AZURE_OPENAI_ACCOUNT": control.Account,
		"OPENAI_API_VERSION": "",
	} {
		t.Setenv(name, value)
	}
	var out, errs bytes.Buffer
	status := Main([]string{"deploy", "create", "mine", "--model", model, "--sku", "Standard", "--accept-hosting", "--source", source, "--wait-most", "1s"},
		Streams{In: os.Stdin, Out: &out, Err: &errs})
	if status != exitRemote || out.Len() > 0 {
		t.Errorf("exit status %d\n%s", status, &out)
	}
	for _, want := range []string{
		"mine: Accepted", "deployment mine goes on, and once it is made it is billed by the hour: ftlint deploy show mine",
		"deployment mine is not made after 1s",
	} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("not %q in\n%s", want, &errs)
		}
	}
	if !slices.Contains(control.Deployments(), "mine") {
		t.Error("it was ended")
	}
}
