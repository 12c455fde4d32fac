package main

import (
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// TestHints: each error text that a command can meet at the service has a hint of its own,
// with a word of the way out.
func TestHints(t *testing.T) {
	seen := map[string]string{}
	for _, row := range []struct{ text, hint string }{
		// Of files and jobs.
		{"invalidPayload: The specified file reference must point to a completed file import.", "until the state of the file is processed"},
		{"invalidPayload: The fineTuningJob field is required", "trainingType"},
		{"The specified base model does not support fine-tuning", "gpt-35-turbo, without a dot"},
		{"The file has no or an empty content type specified.", "Content-Type"},
		{"Validation of jsonl file failed: No valid json line found in file. Each line's json may only contain two properties: (\"context\" or \"prompt\") and \"completion\".", "prompt and completion"},
		{"notFound: Resource not found", "Azure's v1 has neither /uploads"},
		{"No such fine-tuning job: ftjob-1", "belong to the resource where they were made"},
		{"fileImportFailed", "new SAS with read permission"},
		{"exceeded_quota", "delete files and jobs"},
		{"403 training_not_available", "winding self-serve fine-tuning down"},
		{"server_error: The job failed due to an internal error", "create the job again"},
		// Of deployments.
		{"InvalidResourceProperties: The specified SKU 'Standard' for model 'gpt-4o' is not supported in this region", "choose another SKU"},
		{"InsufficientQuota: The specified capacity '120' of account deployment is bigger than available capacity '118' for UsageName 'Tokens'.", "ask for 118 at most"},
		{"RequestConflict: Another operation is being performed on the parent resource", "one after the other"},
		{"DeploymentNotFound: The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.", "ten minutes"},
		{"OperationNotSupported: The chatCompletion operation does not work with the specified model, babbage-002. Please choose different model and try again.", "--completion"},
		// Of who asks, and how often.
		{"unauthorized: Access denied due to invalid subscription key or wrong API endpoint.", "AZURE_OPENAI_API_KEY"},
		{"unauthorized: Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired.", "az login"},
		{"PermissionDenied: The principal `a` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/fine-tunes/write`", "Cognitive Services OpenAI Contributor"},
		{"429: Requests to the Creates Operation under Azure OpenAI API have exceeded call rate limit of your current OpenAI S0 pricing tier.", "more capacity"},
		{"AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission.", "Storage Blob Data Contributor"},
		{"429 RateLimitReached: Rate limit is exceeded. Try again in 30 seconds.", "as long as the text says"},
		{"AuthorizationFailure: This request is not authorized to perform this operation.", "lets only some networks in"},
		{"AuthenticationFailed: ", "lacks a right or has expired"}, // to a request whose answer has no body
		{"ContainerNotFound: The specified container does not exist.", "make the container"},
		// The two refusals of Azure's safety checks: the kinds of harm, no charge, where to look.
		{"The provided training data failed RAI checks for harm types: [hate_fairness, self_harm, violence]. Please fix the data and try again.", "Nothing is charged for the job. Named here: hate_fairness, self_harm, violence."},
		{"The provided training data failed RAI checks for harm types: [violence].", "halve the file"},
		{"This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above acceptable thresholds for [Violence, Self Harm]. Please review your training data set and resubmit the job.", "Nothing is charged for the job. Named here: Violence, Self Harm."},
		{"This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above acceptable thresholds for [Violence].", "examples of refusals"},
	} {
		got := hints(row.text)
		all := strings.Join(got, "\n")
		if len(got) < 2 || !strings.Contains(all, row.hint) {
			t.Errorf("%s\nhas no hint with %q:\n%s", row.text, row.hint, all)
		}
		beginning, _, _ := strings.Cut(row.text, " for ")
		if other, ok := seen[all]; ok && other != beginning && !strings.HasPrefix(row.text, "429") && !strings.HasPrefix(row.text, "Auth") {
			t.Errorf("%q and %q have the same hint", other, beginning)
		}
		seen[all] = beginning
	}
	if got := hints("something that nobody has seen"); got != nil {
		t.Errorf("%q", got)
	}
}

// TestHintsOfJobs: a job that failed has its hint, wherever it is told of.
func TestHintsOfJobs(t *testing.T) {
	s := azure(t)
	s.FailJob = func(fake.Job) *fake.JobError {
		return &fake.JobError{Code: "contentFilter", Message: "The provided training data failed RAI checks for harm types: [violence]. Please fix the data and try again."}
	}
	file, _ := invoke(t, exitOK, "upload", "--no-check", "../../testdata/demo/train.clean.jsonl")
	id, _, _ := strings.Cut(file, " ")
	_, errs := invoke(t, exitRemote, "job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", id, "--yes", "--wait")
	const hint = "Nothing is charged for the job. Named here: violence."
	if !strings.Contains(errs, "failed: contentFilter: The provided training data") || !strings.Contains(errs, hint) || strings.Contains(errs, "answers 0") {
		t.Errorf("job create --wait:\n%s", errs)
	}
	jobs, _ := invoke(t, exitOK, "job", "list")
	_, row, _ := strings.Cut(jobs, "\n")
	job, _, _ := strings.Cut(row, " ")
	if _, errs := invoke(t, exitOK, "job", "show", job); !strings.Contains(errs, hint) {
		t.Errorf("job show:\n%s", errs)
	}
	if _, errs := invoke(t, exitRemote, "job", "watch", job); !strings.Contains(errs, hint) {
		t.Errorf("job watch:\n%s", errs)
	}
	s.On("POST /fine_tuning/jobs", fake.Refuse(400, "invalidPayload", "The fineTuningJob field is required"))
	if _, errs := invoke(t, exitRemote, "job", "create", "--model", "gpt-4o-mini-2024-07-18", "--training-file", id, "--yes"); !strings.Contains(errs, "trainingType") {
		t.Errorf("job create:\n%s", errs)
	}
}
