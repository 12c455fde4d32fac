package fake

import (
	"bytes"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
)

// sdk is the official client for a server.
func (c *client) sdk() openai.Client {
	if c.s.Dialect == AzureDated {
		return openai.NewClient(
			azure.WithEndpoint(c.s.URL, gaVersion), azure.WithAPIKey(c.s.Key), azure.WithUnsafeAllowHTTP(),
			option.WithMaxRetries(0),
		)
	}
	return openai.NewClient(option.WithBaseURL(c.s.Base()+"/"), option.WithAPIKey(c.s.Key), option.WithMaxRetries(0))
}

// TestOfficialClient goes the whole way with openai-go.
func TestOfficialClient(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		api, ctx := c.sdk(), t.Context()
		c.s.FilePolls, c.s.JobPolls = 1, 1
		training, err := api.Files.New(ctx, openai.FileNewParams{
			File: openai.File(bytes.NewReader(examples(20)), "train.jsonl", "application/jsonl"), Purpose: openai.FilePurposeFineTune,
		})
		if err != nil {
			t.Fatal(err)
		}
		if file, err := api.Files.Get(ctx, training.ID); err != nil || !strings.Contains(file.RawJSON(), `"processed"`) || file.Bytes != int64(len(examples(20))) {
			t.Fatalf("file: %+v, %v", file, err)
		}
		job, err := api.FineTuning.Jobs.New(ctx, openai.FineTuningJobNewParams{
			Model: "gpt-4o-mini-2024-07-18", TrainingFile: training.ID, Suffix: openai.String("mine"),
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if job, err = api.FineTuning.Jobs.Get(ctx, job.ID); err != nil {
				t.Fatal(err)
			}
		}
		if job.Status != "succeeded" || job.FineTunedModel == "" || len(job.ResultFiles) != 1 {
			t.Fatalf("job: %s", job.RawJSON())
		}

		events := api.FineTuning.Jobs.ListEventsAutoPaging(ctx, job.ID, openai.FineTuningJobListEventsParams{Limit: openai.Int(10)})
		n := 0
		for events.Next() {
			n++
		}
		if events.Err() != nil || n < 20 {
			t.Errorf("%d events, %v", n, events.Err())
		}
		points, err := api.FineTuning.Jobs.Checkpoints.List(ctx, job.ID, openai.FineTuningJobCheckpointListParams{})
		if err != nil || len(points.Data) != 3 || points.Data[0].Metrics.TrainLoss == 0 {
			t.Errorf("checkpoints: %+v, %v", points, err)
		}
		results, err := api.Files.Content(ctx, job.ResultFiles[0])
		if err != nil {
			t.Fatal(err)
		}
		defer results.Body.Close()

		c.s.Deploy("my-model", job.FineTunedModel)
		model := "my-model"
		if c.s.Dialect == OpenAI {
			model = job.FineTunedModel
		}
		stream := api.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
			Model: model, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Good day")},
		})
		var text strings.Builder
		for stream.Next() {
			for _, choice := range stream.Current().Choices {
				text.WriteString(choice.Delta.Content)
			}
		}
		if stream.Err() != nil || text.String() != "You said: Good day" {
			t.Errorf("chat: %q, %v", text.String(), stream.Err())
		}
	})
}

// TestOfficialClientUploadsParts sends a file in two parts.
func TestOfficialClientUploadsParts(t *testing.T) {
	withUploadsIn(t, func(t *testing.T, c *client) {
		api, ctx := c.sdk(), t.Context()
		upload, err := api.Uploads.New(ctx, openai.UploadNewParams{
			Bytes: 6, Filename: "big.jsonl", MimeType: "application/jsonl", Purpose: openai.FilePurposeFineTune,
		})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, text := range []string{"abc", "def"} {
			part, err := api.Uploads.Parts.New(ctx, upload.ID, openai.UploadPartNewParams{Data: strings.NewReader(text)})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, part.ID)
		}
		done, err := api.Uploads.Complete(ctx, upload.ID, openai.UploadCompleteParams{PartIDs: ids})
		if err != nil || done.Status != "completed" || done.File.Bytes != 6 {
			t.Errorf("upload: %+v, %v", done, err)
		}
		if files := c.s.Files(); len(files) != 1 || string(files[0].Content) != "abcdef" {
			t.Errorf("files: %+v", files)
		}
	})
}
