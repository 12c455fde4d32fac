package fake

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDeploymentTakesTime(t *testing.T) {
	for _, d := range []Dialect{AzureDated, AzureV1} {
		c := start(t, d)
		c.s.DeploymentDelay = 2
		if got := c.chat("mine", "Hi"); got.status != 404 || !got.says("within the last 5 minutes") {
			t.Errorf("no deployment: %s", got.body)
		}
		c.s.Deploy("mine", "gpt-4o-mini-2024-07-18.ft-1")
		for _, want := range []int{404, 404, 200, 200} {
			if got := c.chat("mine", "Hi"); got.status != want || want == 404 && !strings.Contains(string(got.body), "DeploymentNotFound") {
				t.Errorf("%v: %d %s, want %d", d, got.status, got.body, want)
			}
		}
		c.s.Undeploy("mine")
		if got := c.chat("mine", "Hi"); got.status != 404 {
			t.Errorf("deleted: %s", got.body)
		}
	}
	if got := start(t, OpenAI).chat("gpt-5", "Hi"); got.status != 404 || !strings.Contains(string(got.body), "model_not_found") {
		t.Errorf("OpenAI: %d %s", got.status, got.body)
	}
}

// TestStream reads the text of a stream back together.
func TestStream(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		c.s.Deploy("babbage-002", "babbage-002")
		c.s.Deploy("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18")
		for _, test := range []struct {
			path, model string
			body        object
			kind        string
		}{
			{"/chat/completions", "gpt-4o-mini-2024-07-18", object{"messages": []object{{"role": "user", "content": []object{{"type": "text", "text": "a b c"}}}}}, "chat.completion.chunk"},
			{"/completions", "babbage-002", object{"prompt": "a b c"}, "text_completion"},
		} {
			path, body := test.path, test.body
			body["model"], body["stream"], body["stream_options"] = test.model, true, object{"include_usage": true}
			if c.s.Dialect == AzureDated {
				path = "/deployments/" + test.model + path
			}
			got := c.want(200, "POST", path, body)
			lines := strings.Split(strings.TrimSpace(string(got.body)), "\n\n")
			if last := lines[len(lines)-1]; last != "data: [DONE]" || got.header.Get("Content-Type") != "text/event-stream" {
				t.Errorf("it ends with %s", last)
			}
			text, usage := "", false
			for _, line := range lines[:len(lines)-1] {
				var piece struct {
					Object  string
					Choices []struct {
						Text  string
						Delta struct{ Content string }
					}
					Usage map[string]int
				}
				if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &piece); err != nil || piece.Object != test.kind {
					t.Fatalf("%v: %s", err, line)
				}
				for _, choice := range piece.Choices {
					text += choice.Text + choice.Delta.Content
				}
				usage = usage || piece.Usage["total_tokens"] > 0
			}
			if text != "You said: a b c" || !usage {
				t.Errorf("text: %q, usage: %v", text, usage)
			}
			body["stream"] = false
			if got := c.want(200, "POST", path, body); !strings.Contains(string(got.body), "You said: a b c") {
				t.Errorf("without a stream: %s", got.body)
			}
		}
	})
}

func TestWrongOperation(t *testing.T) {
	c := start(t, AzureV1)
	c.s.Deploy("old", "davinci-002.ft-1")
	if got := c.chat("old", "Hi"); got.status != 400 || !got.says("does not work with the specified model") {
		t.Errorf("chat with davinci-002: %s", got.body)
	}
	c.s.Deploy("new", "gpt-4o-mini-2024-07-18.ft-1")
	c.want(400, "POST", "/completions", object{"model": "new", "prompt": "Hi"})
}

func TestModelIsDeleted(t *testing.T) {
	c := start(t, OpenAI)
	c.state(c.job(nil))
	model := c.s.Jobs()[0].FineTunedModel
	c.want(200, "DELETE", "/models/"+model, nil)
	c.want(404, "DELETE", "/models/"+model, nil)
	c.want(403, "DELETE", "/models/babbage-002", nil)
	start(t, AzureV1).want(405, "DELETE", "/models/"+model, nil)
}
