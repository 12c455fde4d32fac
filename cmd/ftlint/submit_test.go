package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/remote/fake"
)

// gate stands between the program and the service, and counts the moments before and
// after each request.
type gate struct {
	mu     sync.Mutex
	moment int
	at     int               // the moment of act; 0: never
	act    func(what string) // called once, while the request waits
}

func (g *gate) pass(what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.moment++
	if g.moment == g.at {
		g.act(what)
	}
}

// before returns the address of the gate in front of a service.
func (g *gate) before(t *testing.T, address string) string {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = nil
	proxy.ModifyResponse = func(r *http.Response) error {
		g.pass("after " + r.Request.Method + " " + r.Request.URL.Path)
		return nil
	}
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {} // of who is dead
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.pass("before " + r.Method + " " + r.URL.Path)
		if r.Context().Err() == nil {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

// scene is a directory with a dataset, and a resource behind a gate.
type scene struct {
	gate
	dir     string
	data    *fake.Server
	control *fake.Control
	env     []string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{dir: t.TempDir(), data: fake.New(t, fake.AzureDated)}
	s.control = fake.NewControl(t, s.data)
	for from, to := range map[string]string{"train.clean.jsonl": "train.jsonl", "valid.jsonl": "valid.jsonl"} {
		text, err := os.ReadFile(filepath.Join(root, "testdata", "demo", from))
		if err == nil {
			err = os.WriteFile(filepath.Join(s.dir, to), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s.env = append(os.Environ(),
		"AZURE_OPENAI_ENDPOINT="+s.before(t, s.data.URL), "AZURE_OPENAI_API_KEY="+s.data.Key, "OPENAI_API_VERSION=",
		"AZURE_ARM_HOST="+s.before(t, s.control.URL), "AZURE_ARM_TOKEN="+s.control.Token,
		"AZURE_SUBSCRIPTION_ID="+s.control.Subscription, "AZURE_RESOURCE_GROUP="+s.control.ResourceGroup, "AZURE_OPENAI_ACCOUNT="+s.control.Account,
		"XDG_CACHE_HOME="+filepath.Join(s.dir, "cache"), "CI=true")
	return s
}

// command is the program in the scene, and what it prints.
func (s *scene) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command("ftlint-hurried", args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	return cmd, &printed
}

var submitAll = []string{
	"submit", "train.jsonl", "--validation", "valid.jsonl", "--model", "gpt-4o-mini-2024-07-18", "--deploy", "mine", "--sku", "DeveloperTier", "--yes", "--no-check",
}

// once holds what is at the service against one run: one of each, and no more.
func (s *scene) once(t *testing.T, what string) {
	t.Helper()
	if jobs := s.data.Jobs(); len(jobs) != 1 {
		t.Errorf("%s: %d jobs were made", what, len(jobs))
	}
	files := map[string]int{}
	for _, f := range s.data.Files() {
		files[f.Name]++
	}
	if files["train.jsonl"] != 1 || files["valid.jsonl"] != 1 {
		t.Errorf("%s: files %v", what, files)
	}
	if got := s.control.Deployments(); len(got) != 1 {
		t.Errorf("%s: deployments %v", what, got)
	}
}

// TestSubmitKilled: the program is killed at each of its requests, before the service
// gets it and before the program gets the answer, and resume does the rest.
func TestSubmitKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts some hundred processes")
	}
	for at := 1; ; at++ {
		s := newScene(t)
		cmd, printed := s.command(submitAll...)
		killedAt := ""
		s.at = at
		s.act = func(what string) {
			killedAt = what
			cmd.Process.Kill()
			cmd.Process.Wait()
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if killedAt == "" {
			s.once(t, "never killed")
			if at < 30 || !cmd.ProcessState.Success() {
				t.Errorf("it ended by itself at moment %d:\n%s", at, printed)
			}
			return
		}
		what := fmt.Sprintf("killed at moment %d, %s", at, killedAt)
		kept, err := filepath.Glob(filepath.Join(s.dir, ".ftlint", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		again := submitAll // it had not begun
		if len(kept) > 0 {
			again = []string{"resume", strings.TrimSuffix(filepath.Base(kept[0]), ".json")}
		}
		next, text := s.command(again...)
		if err := next.Run(); err != nil {
			t.Fatalf("%s: %v: %v\n%s", what, again, err, text)
		}
		s.once(t, what)
		if !strings.Contains(text.String(), "deployed") {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// TestSubmitInterrupted: an interrupt ends the waiting, tells what still runs and costs,
// and keeps how far it has come.
func TestSubmitInterrupted(t *testing.T) {
	for name, test := range map[string]struct {
		more   []string
		want   string
		cancel bool
	}{
		"the job goes on":   {nil, "goes on, and is billed: ftlint job cancel", false},
		"the job is to end": {[]string{"--cancel-on-interrupt"}, "cancelling", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.data.Change(func() { s.data.JobPolls = 1 << 30 })
			cmd, printed := s.command(append(submitAll, test.more...)...)
			cmd.Path = lookPath(t, "ftlint") // which waits, so that it can be interrupted
			timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			defer timer.Stop()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitFor(t, func() bool { return s.data.Count("GET /fine_tuning/jobs/{id}/events") > 0 })
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if status := cmd.ProcessState.ExitCode(); status != exitInterrupted || !strings.Contains(printed.String(), test.want) || !strings.Contains(printed.String(), "ftlint resume train-") {
				t.Errorf("exit status %d\n%s", status, printed)
			}
			if cancelled := s.data.Count("POST /fine_tuning/jobs/{id}/cancel") > 0; cancelled != test.cancel {
				t.Errorf("cancelled: %v", cancelled)
			}
		})
	}
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// waitFor waits until something is so.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatal("it does not happen")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestSubmitLocked: two processes do not work on one run.
func TestSubmitLocked(t *testing.T) {
	s := newScene(t)
	s.data.Change(func() { s.data.JobPolls = 1 << 30 })
	cmd, _ := s.command(submitAll...)
	cmd.Path = lookPath(t, "ftlint")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	waitFor(t, func() bool { return s.data.Count("GET /fine_tuning/jobs/{id}/events") > 0 })
	for _, args := range [][]string{{"resume"}, {"clean", "--yes"}} {
		other, printed := s.command(args...)
		other.Run()
		if status := other.ProcessState.ExitCode(); status != exitUsage || !strings.Contains(printed.String(), "another process is at work on it") {
			t.Errorf("%v: exit status %d\n%s", args, status, printed)
		}
	}
	// Who is killed leaves no lock behind.
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	s.data.Change(func() { s.data.JobPolls = 0 })
	next, printed := s.command("resume")
	if err := next.Run(); err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
	s.once(t, "after a lock")
}

// TestSame: a run is known again after it was kept, though JSON in it is written otherwise
// there.
func TestSame(t *testing.T) {
	run := &remote.Run{Training: remote.RunFile{SHA256: "a"}, Job: remote.RunJob{Spec: remote.JobSpec{
		Model: "o4-mini-2025-04-16", Method: "rft", Grader: json.RawMessage("{\"type\": \"score_model\",\n\"name\":\"g\"}"),
	}}}
	store := &remote.Store{Dir: t.TempDir()}
	unlock, err := store.Begin(t.Context(), run, time.Now(), func(*remote.Run) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	kept, err := store.Load(run.Name)
	if err != nil {
		t.Fatal(err)
	}
	if !same(kept, run) {
		t.Errorf("it is not known again: %s", kept.Job.Spec.Grader)
	}
	three := int64(3)
	kept.Job.Spec.Epochs = &three
	if same(kept, run) {
		t.Error("one for which somebody chose the epochs is taken for it")
	}
	if kept.Job.Bounded = true; !same(kept, run) {
		t.Error("it is not known again, because its epochs were bounded")
	}
	if kept.Job.Spec.Suffix = "other"; same(kept, run) {
		t.Error("one with another suffix is taken for it")
	}
}

// TestSubmitEnds: what an error at the end of a run advises can be done, and tells what
// costs.
func TestSubmitEnds(t *testing.T) {
	hosted := slices.Concat(submitAll, []string{"--sku", "GlobalStandard", "--accept-hosting", "--state", "my runs"})
	for name, test := range map[string]struct {
		args []string
		make func(*fake.Server)
		want []string
		none string
	}{
		"the file is refused": {
			submitAll, func(s *fake.Server) { s.RejectFile = func(string, []byte) string { return "no valid json line" } },
			[]string{"this run cannot go on: ftlint clean train-"},
			"ftlint resume",
		},
		"the job fails": {
			submitAll, func(s *fake.Server) {
				s.FailJob = func(fake.Job) *fake.JobError {
					return &fake.JobError{Code: "contentFilter", Message: "The provided training data failed RAI checks for harm types: [hate_fairness, violence]. Please fix the data and try again."}
				}
			},
			[]string{"failed RAI checks", "\n- "},
			"ftlint resume",
		},
		"the deployment does not answer": {
			append(hosted, "--wait-deployment", "1s"), func(s *fake.Server) { s.DeploymentDelay = 1 << 30 },
			[]string{"is billed by the hour until then", "ftlint deploy delete mine", "--state 'my runs' goes on from there"},
			"",
		},
		"the key is not taken": {
			submitAll, func(s *fake.Server) { s.JobPolls = 1 << 30 },
			[]string{"the service answers 401", "goes on from there"},
			"AZURE_ARM_TOKEN",
		},
		"the job takes longer": {
			append(submitAll, "--wait-most", "1s"), func(s *fake.Server) { s.JobPolls = 1 << 30 },
			[]string{"goes on, and is billed: ftlint job cancel ftjob-", "goes on from there"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.data.Change(func() { test.make(s.data) })
			if name == "the key is not taken" {
				s.data.On("GET /fine_tuning/jobs/{id}", fake.Status(401, nil, "").Times(99))
			}
			cmd, printed := s.command(test.args...)
			cmd.Run()
			if status := cmd.ProcessState.ExitCode(); status != exitRemote {
				t.Errorf("exit status %d", status)
			}
			for _, want := range test.want {
				if !strings.Contains(printed.String(), want) {
					t.Errorf("%q is not told", want)
				}
			}
			if test.none != "" && strings.Contains(printed.String(), test.none) {
				t.Errorf("%q is told", test.none)
			}
			if t.Failed() {
				t.Log(printed)
			}
		})
	}
}
