package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/ftlint/ftlint/internal/remote"
)

// guides are the documents for users.
func guides(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"README.md", "CONTRIBUTING.md"}
	for _, path := range found {
		names = append(names, "docs/"+filepath.Base(path))
	}
	return names
}

// fence is a block of code in a document.
type fence struct {
	mark     string // what a comment that readers do not see says of it: <!-- test: ... -->
	language string
	text     string
	line     int
}

var fencePattern = regexp.MustCompile("(?ms)^(?:<!-- test: ([^\n]*) -->\n)?```([a-z]*)\n(.*?)^```$")

func fences(text string) []fence {
	var list []fence
	for _, at := range fencePattern.FindAllStringSubmatchIndex(text, -1) {
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return text[at[2*i]:at[2*i+1]]
		}
		// Below the heading of a command stands how it is called, which is no command line.
		if part(2) == "" && regexp.MustCompile(`\n## ftlint [a-z]+\n\n$`).MatchString(text[:at[0]]) {
			continue
		}
		list = append(list, fence{part(1), part(2), part(3), strings.Count(text[:at[0]], "\n") + 1})
	}
	return list
}

// commandLine is one that is to be run, and what is to be seen of it.
type commandLine struct{ text, output string }

// commandLines returns the command lines of ftlint in a block. In one of the kind
// console they begin with a dollar sign, and what they write stands below.
func (f fence) commandLines(t *testing.T, bash string) []commandLine {
	t.Helper()
	var list []commandLine
	switch f.language {
	case "yaml":
		var documents yaml.Node
		if err := yaml.Unmarshal([]byte(f.text), &documents); err != nil {
			t.Errorf("line %d: %v", f.line, err)
		}
		for _, script := range scalars(&documents) {
			for line := range strings.Lines(script) {
				if strings.HasPrefix(line, "ftlint ") {
					list = append(list, commandLine{text: line})
				}
			}
		}
	case "console":
		for line := range strings.Lines(f.text) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				list = append(list, commandLine{text: command})
			} else if len(list) > 0 {
				list[len(list)-1].output += line
			}
		}
	case "sh", "":
		command := ""
		for line := range strings.Lines(f.text) {
			if command += line; !strings.HasPrefix(command, "ftlint ") {
				command = ""
			} else if exec.Command(bash, "-n", "-c", command).Run() == nil && !strings.HasSuffix(line, "\\\n") {
				list = append(list, commandLine{text: command})
				command = ""
			}
		}
		if command != "" {
			t.Errorf("line %d: this does not end: %s", f.line, command)
		}
	}
	return list
}

// scalars returns the texts of a YAML document that are no keys.
func scalars(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var texts []string
	for i, child := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			texts = append(texts, scalars(child)...)
		}
	}
	return texts
}

// shell runs command lines in a directory that has what documents speak of.
type shell struct {
	bash, dir, bin string
	services       []string // the environment that names fakes of the services
}

func newShell(t *testing.T) *shell {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("the command lines are those of bash")
	}
	s := &shell{bash: bash, dir: t.TempDir(), bin: t.TempDir(), services: services(t)}
	write := func(name, content string) {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	clean, faults, valid := document(t, "testdata/demo/train.clean.jsonl"), document(t, "testdata/demo/train.jsonl"), document(t, "testdata/demo/valid.jsonl")
	write("v1.jsonl", faults)
	write("v1.jsonl.gz", faults)
	for _, name := range []string{"v2.jsonl", "v2.jsonl.gz", "train.jsonl", "raw.jsonl", "data.jsonl", "a.jsonl", "b.jsonl", "data/train.jsonl", "big.jsonl.zst"} {
		write(name, clean) // how a file is packed is told by its first bytes
	}
	for _, name := range []string{"valid.jsonl", "heldout.jsonl", "data/valid.jsonl"} {
		write(name, valid)
	}
	write("faults.jsonl", faults)
	write("warnings.jsonl", clean+"\n")
	write("prompt.txt", "What is the capital of Peru?\n")
	write("docs/one.md", "# One\n")
	write("prices.toml", "[prices.azure.million_tokens]\n\"gpt-4.1\" = 27.5\n")
	var array bytes.Buffer
	packed := gzip.NewWriter(&array)
	fmt.Fprintf(packed, "[%s]", strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(clean, "\uFEFF")), "\n", ","))
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	write("export.json.gz", array.String())
	write("train.jsonl.gz", array.String())

	begin(t, s, clean)

	// Other programs that command lines name are not what is tested.
	for name, script := range map[string]string{
		"pbpaste": `echo 'Invalid file format. Example 536 contains an extra "tools".'`,
		"less":    "cat", "zstdcat": `cat "$@"`, "jq": "cat",
		"git": `if [ "$1 $2" = "cat-file --filters" ]; then cat "${3#*:}"; fi`,
	} {
		if err := os.WriteFile(filepath.Join(s.bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(s.bin, "ftlint"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// begin makes a run that has not come far.
func begin(t *testing.T, s *shell, training string) {
	t.Helper()
	run := &remote.Run{
		Name: "train-1122-1253", Created: time.Now(), Service: "openai",
		Training: remote.RunFile{Path: filepath.Join(s.dir, "train.jsonl"), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(training))), Size: int64(len(training))},
		Job:      remote.RunJob{Spec: remote.JobSpec{Model: "gpt-4.1-mini-2025-04-14", Method: "sft"}},
	}
	for _, pair := range s.services {
		if address, ok := strings.CutPrefix(pair, "OPENAI_BASE_URL="); ok {
			run.Endpoint = address
		}
	}
	store := remote.Store{Dir: filepath.Join(s.dir, ".ftlint")}
	if err := store.Save(run, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// run runs a command line. If it is only to be parsed, what ftlint gets is held against
// its flags.
func (s *shell) run(t *testing.T, line string, parseOnly bool) (output string, status int) {
	t.Helper()
	script := "set -o pipefail\n"
	if parseOnly {
		script += "ftlint() { command ftlint \"$@\" --help; }\n"
	}
	command := exec.Command(s.bash, "--noprofile", "--norc", "-c", script+line)
	command.Dir = s.dir
	command.Env = append(os.Environ(), "PATH="+s.bin+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"HOME="+s.dir, "COLUMNS=80", "NO_COLOR=1", "GITHUB_ACTIONS=", "CI=", "GITHUB_STEP_SUMMARY="+filepath.Join(s.dir, "summary.md"),
		"XDG_CACHE_HOME="+filepath.Join(s.dir, ".cache"))
	command.Env = append(command.Env, s.services...)
	text, err := command.CombinedOutput()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	return string(text), command.ProcessState.ExitCode()
}

var statusMark = regexp.MustCompile(`^status (\d+)$`)

// TestCommandLinesOfDocuments: each command line of ftlint in a document ends with 0, or
// with what the mark of its block says, and writes what is shown below it.
func TestCommandLinesOfDocuments(t *testing.T) {
	for _, name := range guides(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range fences(document(t, name)) {
				if !strings.Contains(f.text, "ftlint ") || !slices.Contains([]string{"", "sh", "console", "yaml"}, f.language) {
					continue
				}
				want, parseOnly := 0, f.mark == "parse only"
				if match := statusMark.FindStringSubmatch(f.mark); match != nil {
					want = int(match[1][0] - '0')
				} else if f.mark != "" && !parseOnly {
					t.Errorf("%s:%d: the mark %q is not known", name, f.line, f.mark)
				}
				s := newShell(t)
				for _, c := range f.commandLines(t, s.bash) {
					output, status := s.run(t, c.text, parseOnly)
					if status != want {
						t.Errorf("%s:%d: exit status %d, want %d\n$ %s%s", name, f.line, status, want, c.text, output)
					}
					if !strings.Contains(output, c.output) {
						t.Errorf("%s:%d: the output does not have what is shown\n$ %s%s", name, f.line, c.text, output)
					}
				}
			}
		})
	}
}

// TestCommandLinesOfHelp: the examples in the help of a command find no fault with
// their flags, and read what they name.
func TestCommandLinesOfHelp(t *testing.T) {
	all := newRoot(Streams{})
	for _, c := range append(all.Commands(), all) {
		if c.Name() == "completion" {
			continue // it writes files of the user
		}
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			examples(t, c)
		})
	}
}

func examples(t *testing.T, c *cobra.Command) {
	s := newShell(t)
	for line := range strings.Lines(c.Example) {
		output, status := s.run(t, strings.TrimSpace(line)+"\n", false)
		if status != exitOK && status != exitFindings {
			t.Errorf("%s --help: exit status %d\n$ %s\n%s", c.CommandPath(), status, strings.TrimSpace(line), output)
		}
	}
}

// TestSnippets: what documents have for other programs names hooks and inputs that
// there are.
func TestSnippets(t *testing.T) {
	var hooks []struct{ ID string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	var a action
	readYAML(t, "action.yml", &a)
	var config struct {
		Repos []struct {
			Repo  string
			Hooks []struct{ ID string }
		}
		Jobs map[string]struct {
			Steps []struct {
				ID, Uses string
				With     map[string]string
			}
		}
	}
	text := document(t, "docs/ci.md")
	seen := map[string]bool{}
	for _, f := range fences(text) {
		if f.language != "yaml" {
			continue
		}
		config.Repos, config.Jobs = nil, nil
		if err := yaml.Unmarshal([]byte(f.text), &config); err != nil {
			t.Errorf("docs/ci.md:%d: %v", f.line, err)
		}
		for _, repo := range config.Repos {
			seen["pre-commit"] = true
			for _, used := range repo.Hooks {
				if !slices.ContainsFunc(hooks, func(h struct{ ID string }) bool { return h.ID == used.ID }) {
					t.Errorf("docs/ci.md:%d: there is no hook %s", f.line, used.ID)
				}
			}
		}
		for _, job := range config.Jobs {
			for _, step := range job.Steps {
				if !strings.HasPrefix(step.Uses, "ftlint/ftlint@") {
					continue
				}
				seen["action"] = true
				for input := range step.With {
					if _, ok := a.Inputs[input]; !ok {
						t.Errorf("docs/ci.md:%d: the action has no input %s", f.line, input)
					}
				}
				for _, use := range regexp.MustCompile(`steps\.`+step.ID+`\.outputs\.([a-z]+)`).FindAllStringSubmatch(f.text, -1) {
					if _, ok := a.Outputs[use[1]]; !ok {
						t.Errorf("docs/ci.md:%d: the action has no output %s", f.line, use[1])
					}
				}
			}
		}
	}
	if len(seen) != 2 {
		t.Errorf("docs/ci.md shows only how these are used: %v", seen)
	}
	for input := range a.Inputs {
		if !strings.Contains(text, "| `"+input+"` |") {
			t.Errorf("docs/ci.md says nothing of the input %s", input)
		}
	}
	for _, hook := range hooks {
		if !strings.Contains(text, "| `"+hook.ID+"` |") {
			t.Errorf("docs/ci.md says nothing of the hook %s", hook.ID)
		}
	}
}
