package remote

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/ftlint/ftlint/internal/remote/fake"
)

// dialects are those of the client and of the fake service.
var dialects = []struct {
	dialect Dialect
	fake    fake.Dialect
}{{AzureDated, fake.AzureDated}, {AzureV1, fake.AzureV1}, {OpenAI, fake.OpenAI}}

// clientOf returns a client of the service that does not wait.
func clientOf(t *testing.T, s *fake.Server, d Dialect) *Client {
	t.Helper()
	c, err := New(Target{Dialect: d, Endpoint: s.URL, Key: s.Key}, Options{
		UserAgent: "ftlint/test",
		Wait: func(ctx context.Context, d time.Duration) error {
			s.Advance(d)
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// contentOf writes a file, and opens it.
func contentOf(t *testing.T, text string) *Content {
	t.Helper()
	path := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := OpenContent(path, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const lines = `{"messages":[{"role":"user","content":"1+1?"},{"role":"assistant","content":"2"}]}` + "\n"

// TestJourney: from a file to a model, in each dialect.
func TestJourney(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.dialect.String(), func(t *testing.T) {
			s := fake.New(t, d.fake)
			s.FilePolls, s.JobPolls = 2, 2
			c := clientOf(t, s, d.dialect)
			ctx := t.Context()
			var sent atomic.Int64
			f, err := c.Upload(ctx, contentOf(t, strings.Repeat(lines, 20)), UploadOptions{Sent: func(n int64) { sent.Add(n) }})
			if err != nil {
				t.Fatal(err)
			}
			if sent.Load() != int64(20*len(lines)) {
				t.Errorf("%d bytes are said to be sent", sent.Load())
			}
			var states []string
			if f, err = c.WaitForFile(ctx, f.ID, time.Hour, func(f File) { states = append(states, f.Status) }); err != nil {
				t.Fatal(err)
			}
			if last := states[len(states)-1]; last != "processed" || len(states) < 2 {
				t.Errorf("states of the file: %v", states)
			}
			list, err := c.Files(ctx, "fine-tune")
			if err != nil || len(list) != 1 || list[0].ID != f.ID {
				t.Fatalf("files %v, %v", list, err)
			}
			var back bytes.Buffer
			if err := c.Download(ctx, f.ID, &back); err != nil || back.String() != strings.Repeat(lines, 20) {
				t.Fatalf("the download has %d bytes, %v", back.Len(), err)
			}
			spec := JobSpec{Model: "gpt-4o-mini-2024-07-18", TrainingFile: f.ID, Suffix: "mine", Epochs: ptr(int64(2))}
			if problems := spec.Check(c.Dialect, c.APIVersion); len(problems) > 0 {
				t.Fatal(problems)
			}
			j, err := createJob(ctx, c, spec, "run-1")
			if err != nil {
				t.Fatal(err)
			}
			var events []string
			states = nil
			done, err := c.WatchJob(ctx, j.ID, Watch{
				Event: func(e Event) { events = append(events, e.ID) },
				State: func(j *Job) { states = append(states, j.Status) },
			})
			if err != nil || done.Status != "succeeded" || done.FineTunedModel == "" {
				t.Fatalf("%+v, %v", done, err)
			}
			seen := map[string]bool{}
			for _, id := range events {
				if seen[id] {
					t.Errorf("event %s is told twice", id)
				}
				seen[id] = true
			}
			if len(events) == 0 || len(states) < 3 {
				t.Errorf("%d events, states %v", len(events), states)
			}
			points, err := c.Checkpoints(ctx, j.ID)
			if err != nil || len(points) == 0 || points[0].Step < points[len(points)-1].Step {
				t.Errorf("checkpoints %v, %v", points, err)
			}
			back.Reset()
			if err := c.Results(ctx, done, &back); err != nil || !strings.HasPrefix(back.String(), "step,train_loss") {
				t.Errorf("results %.40q, %v", back.String(), err)
			}
			found := 0
			if err := c.Jobs(ctx, func(*Job) bool { found++; return true }); err != nil || found != 1 {
				t.Errorf("%d jobs, %v", found, err)
			}
			models, err := c.Models(ctx)
			if err != nil || len(models) == 0 {
				t.Errorf("models %v, %v", models, err)
			}
			if err := c.DeleteFile(ctx, f.ID); err != nil {
				t.Error(err)
			}
			if err := c.DeleteFile(ctx, f.ID); err != nil {
				t.Error("a file that is not there: ", err)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

// TestUploadFaults: what fails for a moment is done again, and nothing twice.
func TestUploadFaults(t *testing.T) {
	soon := http.Header{"Retry-After": {"1"}}
	later := http.Header{"Retry-After": {time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)}}
	for name, faults := range map[string][]fake.Fault{
		"too many requests":         {fake.Status(429, soon, `{"error":{"code":"429","message":"slow down"}}`)},
		"too many, with a date":     {fake.Status(429, later, `{}`)},
		"not available, twice":      {fake.Status(503, nil, "").Times(2)},
		"reset before the body":     {fake.Reset()},
		"reset within the body":     {fake.ResetAfter(100)},
		"the answer gets lost":      {fake.LoseAnswer()},
		"the answer is cut":         {fake.CutAnswer(10)},
		"an error of the service":   {fake.Status(500, nil, `{"error":{"message":"oops"}}`)},
		"a page of some proxy":      {fake.Status(502, nil, "<html>Bad gateway</html>")},
		"several things one by one": {fake.Status(429, soon, `{}`), fake.ResetAfter(50), fake.LoseAnswer()},
	} {
		for _, d := range dialects {
			t.Run(name+" "+d.dialect.String(), func(t *testing.T) {
				s := fake.New(t, d.fake)
				s.On("POST /files", faults...)
				f, err := clientOf(t, s, d.dialect).Upload(t.Context(), contentOf(t, lines), UploadOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if all := s.Files(); len(all) != 1 || all[0].ID != f.ID {
					t.Errorf("the service has %d files", len(all))
				}
			})
		}
	}
}

// TestUploadRefused: what the service refuses is not tried again, and its words are
// told.
func TestUploadRefused(t *testing.T) {
	for _, d := range dialects {
		s := fake.New(t, d.fake)
		s.On("POST /files", fake.Status(400, http.Header{"X-Request-Id": {"req-7"}}, `{"error":{"code":"invalidPayload","message":"No, see https://x/y?sig=CANARY now"}}`))
		_, err := clientOf(t, s, d.dialect).Upload(t.Context(), contentOf(t, lines), UploadOptions{})
		if err == nil || Status(err) != 400 || !strings.Contains(err.Error(), "invalidPayload: No, see https://x/y?*** now (request req-7)") {
			t.Errorf("%s: %v", d.dialect, err)
		}
		if len(s.Files()) != 0 {
			t.Errorf("%s: there is a file", d.dialect)
		}
	}
	s := fake.New(t, fake.OpenAI)
	c, err := New(Target{Dialect: OpenAI, Endpoint: s.URL, Key: "CANARY-KEY"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Files(t.Context(), ""); Status(err) != 401 || strings.Contains(fmt.Sprintf("%v %+v", err, err), "CANARY") {
		t.Errorf("a wrong key: %v", err)
	}
}

// TestFileRejected: the reason of the service is told.
func TestFileRejected(t *testing.T) {
	s := fake.New(t, fake.AzureDated)
	s.FilePolls = 1
	s.RejectFile = func(string, []byte) string { return "No valid json line found in file." }
	c := clientOf(t, s, AzureDated)
	f, err := c.Upload(t.Context(), contentOf(t, lines), UploadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil)
	if rejected := (*RejectedError)(nil); !errors.As(err, &rejected) || !strings.Contains(err.Error(), "No valid json line") {
		t.Errorf("%v", err)
	}
}

// inParts makes a client send all but the smallest files in parts.
func inParts(c *Client) *Client {
	c.large, c.part = 1_000_000, 1_000_000
	return c
}

// large is a file of some size whose parts differ.
func large(t *testing.T, size int) *Content {
	t.Helper()
	text := make([]byte, 0, size+100)
	for i := 0; len(text) < size; i++ {
		text = fmt.Appendf(text, `{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"a"}]}`+"\n", i)
	}
	return contentOf(t, string(text[:size]))
}

// sparse makes a file of some size that takes no room, but for a word at its end.
func sparse(t *testing.T, size int64) *Content {
	t.Helper()
	path := filepath.Join(t.TempDir(), "big.jsonl")
	file, err := os.Create(path)
	if err == nil {
		_, err = file.WriteAt([]byte("end\n"), size-4)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenContent(path, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func sumOf(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// TestParts: a large file goes in parts, whatever happens to some of them, and comes
// whole.
func TestParts(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.dialect.String(), func(t *testing.T) {
			s := fake.New(t, d.fake)
			s.On("POST /uploads/{id}/parts", fake.Status(429, nil, `{}`), fake.ResetAfter(500_000), fake.LoseAnswer(), fake.Status(500, nil, ""))
			s.On("POST /uploads/{id}/complete", fake.LoseAnswer())
			content := large(t, 3_001_000)
			sum, err := content.SHA256(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var sent atomic.Int64
			f, err := inParts(clientOf(t, s, d.dialect)).Upload(t.Context(), content, UploadOptions{Sent: func(n int64) { sent.Add(n) }})
			if err != nil {
				t.Fatal(err)
			}
			files := s.Files()
			if len(files) != 1 || files[0].ID != f.ID || sumOf(files[0].Content) != sum || f.Bytes != content.Size {
				t.Errorf("%d files, and not what was sent", len(files))
			}
			if sent.Load() != content.Size {
				t.Errorf("%d of %d bytes are said to be sent", sent.Load(), content.Size)
			}
		})
	}
}

// TestPartsGoOn: an upload that was interrupted goes on where it was, unless its time is
// over or the file is another one.
func TestPartsGoOn(t *testing.T) {
	for name, test := range map[string]struct {
		pass  time.Duration
		parts int // that are sent in all
	}{"soon": {time.Minute, 3}, "too late": {3 * time.Hour, 5}} {
		t.Run(name, func(t *testing.T) {
			s := fake.New(t, fake.AzureDated)
			content := large(t, 2_001_000)
			c := inParts(clientOf(t, s, AzureDated))
			ledger := Ledger{Dir: t.TempDir()}
			sum, err := content.SHA256(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := 0
			var mu sync.Mutex
			_, err = c.Upload(ctx, content, UploadOptions{Save: func(p *Parts) error {
				mu.Lock()
				defer mu.Unlock()
				entry, err := ledger.Load(c, sum)
				if err != nil {
					return err
				}
				entry.Size, entry.Parts = content.Size, p
				if err := ledger.Save(c, entry); err != nil {
					return err
				}
				if done = len(p.Done); done == 2 {
					cancel() // as if somebody had pressed Ctrl-C
				}
				return nil
			}})
			if !errors.Is(err, context.Canceled) || done < 2 {
				t.Fatalf("%d parts, %v", done, err)
			}
			s.Advance(test.pass)
			c.Now = func() time.Time { return time.Now().Add(test.pass) }
			f, reused, err := c.UploadOnce(t.Context(), content, sum, ledger, func(int64) {})
			if err != nil || reused {
				t.Fatal(reused, err)
			}
			if files := s.Files(); len(files) != 1 || sumOf(files[0].Content) != sum {
				t.Errorf("%d files, and not what was sent", len(files))
			}
			sent := 0
			for _, r := range s.Requests() {
				if strings.HasSuffix(r.Path, "/parts") || strings.Contains(r.Path, "/parts?") {
					sent++
				}
			}
			if sent < test.parts || sent > test.parts+1 { // one may have been under way
				t.Errorf("%d parts were sent, not %d", sent, test.parts)
			}
			// What is there is not sent again.
			again, reused, err := c.UploadOnce(t.Context(), content, sum, ledger, func(int64) {})
			if err != nil || !reused || again.ID != f.ID {
				t.Errorf("%v %v %v", again, reused, err)
			}
			// Unless somebody has deleted it.
			if err := c.DeleteFile(t.Context(), f.ID); err != nil {
				t.Fatal(err)
			}
			if again, reused, err = c.UploadOnce(t.Context(), content, sum, ledger, func(int64) {}); err != nil || reused || again.ID == f.ID {
				t.Errorf("%v %v %v", again, reused, err)
			}
		})
	}
}

// TestJobNotTwice: whatever becomes of the answer, there is one job.
func TestJobNotTwice(t *testing.T) {
	for name, test := range map[string]struct {
		faults []fake.Fault
		jobs   int
		fails  bool
	}{
		"the answer gets lost":          {[]fake.Fault{fake.LoseAnswer()}, 1, false},
		"the answer is cut":             {[]fake.Fault{fake.CutAnswer(5)}, 1, false},
		"too many requests":             {[]fake.Fault{fake.Status(429, nil, `{}`)}, 1, false},
		"not available":                 {[]fake.Fault{fake.Status(503, nil, `{}`)}, 1, false},
		"an error, and nothing is made": {[]fake.Fault{fake.Status(500, nil, `{}`)}, 0, true},
		"a reset, and nothing is made":  {[]fake.Fault{fake.Reset()}, 0, true},
	} {
		for _, d := range dialects {
			t.Run(name+" "+d.dialect.String(), func(t *testing.T) {
				s := fake.New(t, d.fake)
				c := clientOf(t, s, d.dialect)
				f, err := c.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 12)), UploadOptions{})
				if err != nil {
					t.Fatal(err)
				}
				s.On("POST /fine_tuning/jobs", test.faults...)
				j, err := createJob(t.Context(), c, JobSpec{Model: "gpt-4o-mini-2024-07-18", TrainingFile: f.ID}, rand.Text())
				if (err != nil) != test.fails || test.fails && !errors.Is(err, ErrUnknown) {
					t.Fatal(err)
				}
				all := s.Jobs()
				if len(all) != test.jobs || j != nil && all[0].ID != j.ID {
					t.Errorf("%d jobs, found %v", len(all), j)
				}
			})
		}
	}
}

// TestJobRefused: what the service says of a job is told.
func TestJobRefused(t *testing.T) {
	for _, d := range dialects {
		s := fake.New(t, d.fake)
		s.FilePolls = 100
		c := clientOf(t, s, d.dialect)
		f, err := c.Upload(t.Context(), contentOf(t, lines), UploadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = createJob(t.Context(), c, JobSpec{Model: "gpt-4o-mini-2024-07-18", TrainingFile: f.ID}, "")
		if Status(err) != 400 || len(s.Jobs()) != 0 {
			t.Errorf("%s: %v", d.dialect, err)
		}
	}
}

// TestActOnJob: cancel, pause and resume.
func TestActOnJob(t *testing.T) {
	s := fake.New(t, fake.OpenAI)
	s.JobPolls = 1000
	c := clientOf(t, s, OpenAI)
	f, err := c.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 12)), UploadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := createJob(t.Context(), c, JobSpec{Model: "gpt-4o-mini-2024-07-18", TrainingFile: f.ID}, "")
	if err != nil {
		t.Fatal(err)
	}
	if j, err = c.CancelJob(t.Context(), j.ID); err != nil || j.Status != "cancelled" || !j.Done() {
		t.Errorf("%+v %v", j, err)
	}
	if _, err := c.PauseJob(t.Context(), j.ID); Status(err) != 400 {
		t.Errorf("a job that ended can be paused: %v", err)
	}
}

// TestImport: Azure fetches a file, from v1 by the dated API; its address is in no text
// of ours, also where the service repeats it.
func TestImport(t *testing.T) {
	blob := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/train.jsonl" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, lines)
	}))
	defer blob.Close()
	for _, d := range dialects[:2] {
		s := fake.New(t, d.fake)
		c := clientOf(t, s, d.dialect)
		f, err := c.Import(t.Context(), "train.jsonl", blob.URL+"/train.jsonl?sig=CANARY")
		if err != nil {
			t.Fatal(err)
		}
		if f, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil); err != nil || f.Bytes != int64(len(lines)) {
			t.Errorf("%s: %+v, %v", d.dialect, f, err)
		}
		if f, err = c.Import(t.Context(), "missing.jsonl", blob.URL+"/missing.jsonl?sig=CANARY"); err == nil {
			_, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil)
		}
		if err == nil || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: %v", d.dialect, err)
		}
	}
	c, err := New(Target{Dialect: OpenAI, Endpoint: OpenAIEndpoint, Key: "k"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Import(t.Context(), "x", "https://x/y?sig=CANARY"); err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("OpenAI: %v", err)
	}
}

// TestEarlierJob: a job that was there before is not taken for one whose answer got lost.
func TestEarlierJob(t *testing.T) {
	for _, d := range dialects {
		s := fake.New(t, d.fake)
		c := clientOf(t, s, d.dialect)
		f, err := c.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 12)), UploadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		spec := JobSpec{Model: "gpt-4o-mini-2024-07-18", TrainingFile: f.ID}
		if _, err := createJob(t.Context(), c, spec, ""); err != nil {
			t.Fatal(err)
		}
		s.On("POST /fine_tuning/jobs", fake.Status(500, nil, ""))
		if j, err := createJob(t.Context(), c, spec, ""); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v, %v", d.dialect, j, err)
		}
	}
}

// TestDryRun: every request is shown, none is sent, and no secret is seen.
func TestDryRun(t *testing.T) {
	for _, d := range dialects {
		s := fake.New(t, d.fake)
		var out bytes.Buffer
		c, err := New(Target{Dialect: d.dialect, Endpoint: s.URL, Key: "CANARY-KEY"}, Options{
			DryRun: &DryRun{Out: &out}, Wait: func(context.Context, time.Duration) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{100, LargeUpload + 5} {
			f, err := c.Upload(t.Context(), sparse(t, size), UploadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := createJob(t.Context(), c, JobSpec{Model: "m", TrainingFile: f.ID}, "run"); err != nil {
				t.Fatal(err)
			}
		}
		if d.dialect.Azure() {
			if _, err := c.Import(t.Context(), "train.jsonl", "https://x.blob.core.windows.net/c/train.jsonl?sv=1&sig=CANARY"); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(s.Requests()); n != 0 {
			t.Errorf("%s: %d requests were sent", d.dialect, n)
		}
		text := out.String()
		for _, want := range []string{"/files", "/uploads", "/parts", "/complete", "/fine_tuning/jobs", `"model": "m"`, "***"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not shown:\n%s", d.dialect, want, text)
			}
		}
		if strings.Contains(text, "CANARY") {
			t.Errorf("%s: a secret is shown:\n%s", d.dialect, text)
		}
	}
}

// TestCheckJob: what the services refuse is told before.
func TestCheckJob(t *testing.T) {
	for name, test := range map[string]struct {
		spec    JobSpec
		dialect Dialect
		version string
		want    string // rule and a word of the first problem; "" is none
	}{
		"plain":                    {JobSpec{}, AzureDated, DefaultAPIVersion, ""},
		"long suffix on Azure":     {JobSpec{Suffix: strings.Repeat("a", 41)}, AzureV1, "", "FTH001 41 characters"},
		"long suffix on OpenAI":    {JobSpec{Suffix: strings.Repeat("a", 64)}, OpenAI, "", ""},
		"suffix with a dot":        {JobSpec{Suffix: "a.b"}, OpenAI, "", "FTH001 letters"},
		"epochs":                   {JobSpec{Epochs: ptr(int64(51))}, OpenAI, "", "FTH002 n_epochs"},
		"no epochs":                {JobSpec{Epochs: ptr(int64(0))}, OpenAI, "", "FTH002 n_epochs"},
		"batch size":               {JobSpec{BatchSize: ptr(int64(257))}, AzureDated, DefaultAPIVersion, "FTH002 batch_size"},
		"seed":                     {JobSpec{Seed: ptr(int64(-1))}, OpenAI, "", "FTH002 seed"},
		"learning rate":            {JobSpec{LearningRate: ptr(0.0)}, OpenAI, "", "FTH002 learning_rate"},
		"beta of sft":              {JobSpec{Method: "sft", Beta: ptr(0.1)}, OpenAI, "", "FTH002 preference"},
		"beta":                     {JobSpec{Method: "dpo", Beta: ptr(2.5)}, OpenAI, "", "FTH002 beta"},
		"training type of OpenAI":  {JobSpec{TrainingType: "standard"}, OpenAI, "", "FTH002 Azure's"},
		"training type":            {JobSpec{TrainingType: "Developer"}, AzureDated, "2025-04-01-preview", "FTH002 one of standard"},
		"training type, too early": {JobSpec{TrainingType: "standard"}, AzureDated, DefaultAPIVersion, "FTH002 2025-04-01-preview knows it"},
		"dpo, too early":           {JobSpec{Method: "dpo"}, AzureDated, DefaultAPIVersion, "FTH002 2025-04-01-preview knows it"},
		"no grader":                {JobSpec{Method: "rft"}, OpenAI, "", "FTR010 grader"},
		"metadata":                 {JobSpec{Metadata: map[string]string{strings.Repeat("k", 65): "v"}}, OpenAI, "", "FTH002 metadata"},
	} {
		got := ""
		if list := test.spec.Check(test.dialect, test.version); len(list) > 0 {
			got = list[0].Rule + " " + list[0].Text
		}
		rule, word, _ := strings.Cut(test.want, " ")
		if (got == "") != (test.want == "") || !strings.HasPrefix(got, rule) || !strings.Contains(got, word) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestEndpoint: keys go nowhere in the clear.
func TestEndpoint(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://x.openai.azure.com":                               "https://x.openai.azure.com",
		"https://x.openai.azure.com/":                              "https://x.openai.azure.com",
		"https://x.openai.azure.com/openai/v1/":                    "https://x.openai.azure.com",
		"https://x.services.ai.azure.com/api/projects/p/openai/v1": "https://x.services.ai.azure.com/api/projects/p",
		"http://127.0.0.1:8080":                                    "http://127.0.0.1:8080",
		"http://x.openai.azure.com":                                "",
		"x.openai.azure.com":                                       "",
		"https://u:p@x.example":                                    "",
		"https://x.example?sig=1":                                  "",
		"ftp://x.example":                                          "",
		"":                                                         "",
	} {
		c, err := New(Target{Endpoint: endpoint, Key: "k"}, Options{})
		if (err == nil) != (want != "") || err == nil && c.Endpoint != want {
			t.Errorf("%q: %v, %v; want %q", endpoint, c, err, want)
		}
	}
	if _, err := New(Target{Endpoint: "https://x.example"}, Options{}); !errors.Is(err, ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
}

// TestOutage: a connection that is gone for some minutes ends no waiting, and one that
// does not come back does.
func TestOutage(t *testing.T) {
	s := fake.New(t, fake.OpenAI)
	s.FilePolls = 3
	c := clientOf(t, s, OpenAI)
	f, err := c.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 12)), UploadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	gone := fake.Status(502, http.Header{"Retry-After-Ms": {"1"}}, "<html>")
	s.On("GET /files/{id}", fake.Pass(), gone.Times(3*(retries+1)))
	if f, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil); err != nil || f.Status != "processed" {
		t.Fatal(f, err)
	}
	s.On("GET /files/{id}", gone.Times(100*retries))
	if _, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil); Status(err) != 502 {
		t.Errorf("%v", err)
	}
}

// TestInterrupted: an interrupt is told as one, also while something is to be tried again.
func TestInterrupted(t *testing.T) {
	s := fake.New(t, fake.AzureDated)
	c := clientOf(t, s, AzureDated)
	s.On("POST /files", fake.Status(429, nil, `{}`).Times(3))
	ctx, cancel := context.WithCancel(t.Context())
	c.Wait = func(context.Context, time.Duration) error {
		cancel()
		return context.Cause(ctx)
	}
	if _, err := c.Upload(ctx, contentOf(t, lines), UploadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestChecksum: the MD5 of the whole goes with an upload in parts, where it is wanted, and
// a wrong one is an error.
func TestChecksum(t *testing.T) {
	for _, encode := range []func([]byte) string{nil, hex.EncodeToString, base64.StdEncoding.EncodeToString, func([]byte) string { return strings.Repeat("0", 32) }} {
		s := fake.New(t, fake.AzureDated)
		c := clientOf(t, s, AzureDated)
		c.large, c.part = 1, 100
		text := strings.Repeat(lines, 20)
		content := contentOf(t, text)
		want := ""
		if encode != nil {
			content.WantMD5(encode)
			sum := md5.Sum([]byte(text))
			want = encode(sum[:])
		}
		if _, err := content.SHA256(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := c.Upload(t.Context(), content, UploadOptions{})
		if wrong := strings.HasPrefix(want, "0000"); (err != nil) != wrong || wrong && !strings.Contains(err.Error(), "md5 checksum") {
			t.Errorf("%q: %v", want, err)
		}
		for _, r := range s.Requests() {
			if r.Route == "POST /uploads/{id}/complete" && strings.Contains(string(r.Body), `"md5":"`+want+`"`) != (want != "") {
				t.Errorf("%q: the request is %s", want, r.Body)
			}
		}
	}
}

// createJob makes a job as the commands do: it is noted, and then asked for.
func createJob(ctx context.Context, c *Client, spec JobSpec, run string) (*Job, error) {
	intent, err := c.IntendJob(ctx, run)
	if err != nil {
		return nil, err
	}
	return c.CreateJob(ctx, spec, intent)
}

// TestPartsThroughPrism: uploads in parts keep to the official descriptions, too, as Prism
// reads them.
func TestPartsThroughPrism(t *testing.T) {
	for _, d := range []fake.Dialect{fake.AzureDated, fake.OpenAI} {
		t.Run(d.String(), func(t *testing.T) {
			s := fake.New(t, d)
			dialect := AzureDated
			if d == fake.OpenAI {
				dialect = OpenAI
			}
			c, err := New(Target{Dialect: dialect, Endpoint: s.ServePrism(), Key: s.Key}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.large, c.part = 1, 400
			content := contentOf(t, strings.Repeat(lines, 20))
			content.WantMD5(hex.EncodeToString)
			sum, err := content.SHA256(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Upload(t.Context(), content, UploadOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := s.Files(); len(got) != 1 || got[0].SHA256 != sum {
				t.Errorf("the service has %d files", len(got))
			}
			if s.Count("POST /uploads/{id}/parts") < 4 {
				t.Error("it did not go in parts")
			}
		})
	}
}

// TestTokenExpiresDuringWait: where a token ends while a job is waited for, the next one
// is asked for, on each dialect of Azure.
func TestTokenExpiresDuringWait(t *testing.T) {
	for _, d := range []Dialect{AzureDated, AzureV1} {
		t.Run(d.String(), func(t *testing.T) {
			s := fake.New(t, fake.Dialect(d))
			s.FilePolls, s.JobPolls = 3, 3
			current, asked, waits := s.Token, 0, 0
			c, err := New(Target{Dialect: d, Endpoint: s.URL, Credential: tokens(func() azcore.AccessToken {
				asked++
				return azcore.AccessToken{Token: current, ExpiresOn: time.Now()} // of use for this moment only
			})}, Options{Wait: func(ctx context.Context, _ time.Duration) error {
				if waits++; waits%3 == 0 {
					current = s.ExpireToken()
				}
				return ctx.Err()
			}})
			if err != nil {
				t.Fatal(err)
			}
			f, err := c.Upload(t.Context(), contentOf(t, strings.Repeat(lines, 20)), UploadOptions{})
			if err == nil {
				_, err = c.WaitForFile(t.Context(), f.ID, time.Hour, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			j, err := createJob(t.Context(), c, JobSpec{Model: mini, TrainingFile: f.ID}, "run")
			if err == nil {
				j, err = c.WatchJob(t.Context(), j.ID, Watch{Event: func(Event) {}})
			}
			if err != nil || j.Status != "succeeded" {
				t.Fatalf("%+v, %v", j, err)
			}
			if waits < 6 || asked < 3 {
				t.Errorf("%d waits, a token was asked for %d times", waits, asked)
			}
		})
	}
}

// TestBrokenAnswer: an answer that is no JSON is told as what it is.
func TestBrokenAnswer(t *testing.T) {
	s := fake.New(t, fake.AzureDated)
	s.On("GET /fine_tuning/jobs/{id}", fake.Status(200, http.Header{"Content-Type": {"application/json"}}, "<html>please log in</html>"))
	_, err := clientOf(t, s, AzureDated).Job(t.Context(), "ftjob-1")
	if err == nil || !strings.Contains(err.Error(), "asking for job ftjob-1: the answer of the service is broken") {
		t.Errorf("%v", err)
	}
}
