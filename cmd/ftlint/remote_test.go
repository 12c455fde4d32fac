package main

import (
	"testing"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// services starts fakes of the services, and returns the environment that names them.
func services(t testing.TB) []string {
	t.Helper()
	azure, openAI := fake.New(t, fake.AzureDated), fake.New(t, fake.OpenAI)
	control := fake.NewControl(t, azure)
	azure.Deploy("my-model", "gpt-4o-mini-2024-07-18")
	azure.Deploy("my-writer", "babbage-002")
	return []string{
		"AZURE_ARM_HOST=" + control.URL, "AZURE_ARM_TOKEN=" + control.Token, "AZURE_ARM_AUXILIARY_TOKEN=" + control.AuxiliaryToken,
		"AZURE_SUBSCRIPTION_ID=" + control.Subscription, "AZURE_RESOURCE_GROUP=" + control.ResourceGroup, "AZURE_OPENAI_ACCOUNT=" + control.Account,
		"AZURE_OPENAI_ENDPOINT=" + azure.URL, "AZURE_OPENAI_API_KEY=" + azure.Key,
		"OPENAI_BASE_URL=" + openAI.URL, "OPENAI_API_KEY=" + openAI.Key, "OPENAI_API_VERSION=",
	}
}
