package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/ftlint/ftlint/lint/jsonl"
)

// readYAML decodes a file of the repository.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(document(t, name)), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestPreCommitHooks: the hooks take the files that ftlint takes for datasets, all in
// one run. .ci/pre-commit runs them.
func TestPreCommitHooks(t *testing.T) {
	var hooks []struct {
		ID, Language, Entry, Files string
		RequireSerial              bool `yaml:"require_serial"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	entries := map[string]string{}
	for _, hook := range hooks {
		entries[hook.ID] = hook.Language + ": " + hook.Entry
		if !hook.RequireSerial {
			t.Errorf("%s: files that belong together may come to several runs", hook.ID)
		}
		files := regexp.MustCompile(hook.Files)
		for name, plain := range map[string]bool{
			"train.jsonl": true, "data/a.ndjson": true, "a.jsonl.gz": false, "a.ndjson.zst": false,
			"a.json": false, "a.jsonl.txt": false, "jsonl": false, "a.gz": false,
		} {
			want := jsonl.IsDataset(name) && (plain || hook.ID != "ftlint-fix")
			if files.MatchString(name) != want {
				t.Errorf("%s takes %s: %v, want %v", hook.ID, name, !want, want)
			}
		}
	}
	if diff := cmp.Diff(map[string]string{
		"ftlint":        "golang: ftlint check --force-exclude",
		"ftlint-fix":    "golang: ftlint fix --force-exclude",
		"ftlint-system": "system: ftlint check --force-exclude",
	}, entries); diff != "" {
		t.Error(diff)
	}
}

// action is action.yml.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Name, Shell, Run string
			WorkingDirectory     string `yaml:"working-directory"`
			Env                  map[string]string
		}
	}
}

var actionInput = regexp.MustCompile(`\$\{\{ inputs\.([a-z-]+) \}\}`)

// runAction runs the steps of action.yml as GitHub does, with programs that are found
// first, and returns what they wrote to the log, the outputs and the summary of the
// step, and the exit status.
func runAction(t *testing.T, programs, inputs map[string]string) (log, outputs, summary string, status int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("the steps of the action are run with bash")
	}
	var a action
	readYAML(t, "action.yml", &a)
	temp := t.TempDir()
	bin := filepath.Join(temp, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, program := range programs {
		if err := os.Symlink(program, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	path := bin + string(filepath.ListSeparator) + os.Getenv("PATH")
	file := func(name string) string { return filepath.Join(temp, name) }
	env := append(os.Environ(),
		"GITHUB_OUTPUT="+file("output"), "GITHUB_STEP_SUMMARY="+file("summary"), "GITHUB_PATH="+file("path"),
		"GITHUB_ACTIONS=true", "RUNNER_TEMP="+temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
	)
	read := func(name string) string {
		text, _ := os.ReadFile(file(name)) // none is nothing written
		return string(text)
	}
	var out bytes.Buffer
	for _, step := range a.Runs.Steps {
		fill := func(s string) string {
			s = strings.ReplaceAll(s, "${{ github.action_path }}", root)
			return actionInput.ReplaceAllStringFunc(s, func(use string) string {
				name := actionInput.FindStringSubmatch(use)[1]
				if value, ok := inputs[name]; ok {
					return value
				}
				return a.Inputs[name].Default
			})
		}
		command := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		command.Env = append(slices.Clone(env), "PATH="+path)
		for name, value := range step.Env {
			command.Env = append(command.Env, name+"="+fill(value))
		}
		command.Dir = fill(step.WorkingDirectory)
		command.Stdout, command.Stderr = &out, &out
		if err := command.Run(); command.ProcessState == nil {
			t.Fatal(err)
		}
		if status = command.ProcessState.ExitCode(); status != 0 {
			break
		}
		for added := range strings.Lines(read("path")) {
			path = strings.TrimSuffix(added, "\n") + string(filepath.ListSeparator) + path
		}
	}
	return out.String(), read("output"), read("summary"), status
}

// TestActionIsWhole: inputs are used, outputs come from a step that there is, and no
// input gets into the text of a script.
func TestActionIsWhole(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	if a.Runs.Using != "composite" {
		t.Errorf("the action is of the kind %q", a.Runs.Using)
	}
	used, ids := map[string]bool{}, map[string]bool{}
	for _, step := range a.Runs.Steps {
		ids[step.ID] = true
		if strings.Contains(step.Run, "${{") {
			t.Errorf("%s: an expression in the text of a script can be more than a value", step.Name)
		}
		values := []string{step.WorkingDirectory}
		for _, value := range step.Env {
			values = append(values, value)
		}
		for _, value := range values {
			for _, use := range actionInput.FindAllStringSubmatch(value, -1) {
				used[use[1]] = true
				if _, ok := a.Inputs[use[1]]; !ok {
					t.Errorf("%s uses the input %s, which there is not", step.Name, use[1])
				}
			}
		}
	}
	for name := range a.Inputs {
		if !used[name] {
			t.Errorf("the input %s is used nowhere", name)
		}
	}
	for name, output := range a.Outputs {
		match := regexp.MustCompile(`^\$\{\{ steps\.([a-z]+)\.outputs\.([a-z]+) \}\}$`).FindStringSubmatch(output.Value)
		if match == nil || !ids[match[1]] || match[2] != name {
			t.Errorf("the output %s is %q", name, output.Value)
		}
	}
}

// standIn is a program that writes down its arguments and what a report of ftlint has.
const standIn = `#!/usr/bin/env bash
printf '%s\n' "$@"
for word; do
	case $word in json=*) printf '%s' "$REPORT" >"${word#json=}" ;; esac
done
exit "${STATUS:-0}"
`

// TestActionArguments: the inputs of the action reach ftlint as they are, whatever is
// in them, and its figures become outputs.
func TestActionArguments(t *testing.T) {
	program := filepath.Join(t.TempDir(), "ftlint")
	if err := os.WriteFile(program, []byte(standIn), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("the action reads reports with jq")
	}
	dir := t.TempDir()
	for name, test := range map[string]struct {
		inputs  map[string]string
		report  string
		exit    string
		args    string // behind those of all runs
		outputs string
		status  int
	}{
		"as it is": {
			report: `{"findings":{"error":0,"warning":2,"info":1},"stats":{"tokens":5028,"cost_usd":0.12}}`,
			args:   "--stats\n--\n.\n", outputs: "errors=0\nwarnings=2\ntokens=5028\ncost=0.12\n",
		},
		"with findings, and no price": {
			inputs: map[string]string{"fail-on": "warning", "stats": "false", "sarif": "out dir/ft.sarif"},
			report: `{"findings":{"error":3,"warning":0,"info":0}}`, exit: "1", status: 1,
			args: "--output\nsarif=out dir/ft.sarif\n--fail-on\nwarning\n--\n.\n", outputs: "errors=3\nwarnings=0\ntokens=\ncost=\n",
		},
		"hostile": {
			inputs: map[string]string{
				"paths": "  data/**/*.jsonl\r\n\n$(touch owned) `touch owned`\n'; touch owned; '\n-rf\n", "args": "--model\ngpt 4\n\"$HOME\"",
			},
			report: `{"findings":{"error":0,"warning":0,"info":0}}`,
			args:   "--stats\n--model\ngpt 4\n\"$HOME\"\n--\ndata/**/*.jsonl\n$(touch owned) `touch owned`\n'; touch owned; '\n-rf\n", outputs: "errors=0\nwarnings=0\ntokens=\ncost=\n",
		},
		"stats that are neither": {inputs: map[string]string{"stats": "perhaps"}, status: 2},
		"a version that is none": {inputs: map[string]string{"version": "v1.2.3; touch owned"}, status: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("REPORT", test.report)
			t.Setenv("STATUS", "0")
			inputs := map[string]string{"version": "installed", "working-directory": dir}
			for name, value := range test.inputs {
				inputs[name] = value
			}
			if test.exit != "" {
				// The first step asks for the version, and nothing else.
				script := strings.Replace(standIn, `"${STATUS:-0}"`, `$([ "$1" = version ] || echo `+test.exit+`)`, 1)
				if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
				defer os.WriteFile(program, []byte(standIn), 0o755)
			}
			log, outputs, _, status := runAction(t, map[string]string{"ftlint": program}, inputs)
			if status != test.status {
				t.Errorf("exit status %d, want %d\n%s", status, test.status, log)
			}
			if outputs != test.outputs {
				t.Errorf("the outputs are\n%s\nwant\n%s", outputs, test.outputs)
			}
			if test.args != "" {
				_, args, _ := strings.Cut(log, "\nmarkdown=")
				_, args, _ = strings.Cut(args, "\n")
				if args != test.args {
					t.Errorf("the arguments are\n%s\nwant\n%s", args, test.args)
				}
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("something was run that is data: %v, %v", left, err)
			}
		})
	}
}

// TestActionInstalls: a release is fetched, and run only if it is the one that was
// published.
func TestActionInstalls(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program := "#!/bin/sh\necho released: \"$@\"\n"
	var archive bytes.Buffer
	packed := gzip.NewWriter(&archive)
	files := tar.NewWriter(packed)
	if err := files.WriteHeader(&tar.Header{Name: "ftlint", Mode: 0o755, Size: int64(len(program))}); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Write([]byte(program)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(files.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	const name = "ftlint_1.2.3-rc.1_linux_amd64.tar.gz"
	write(name, archive.Bytes())
	// curl, as the action calls it: the name of the file, and last its address.
	curl := write("curl", []byte(`#!/usr/bin/env bash
while [ $# -gt 1 ]; do
	if [ "$1" = --output ]; then to=$2; fi
	shift
done
case $1 in https://github.com/ftlint/ftlint/releases/download/v1.2.3-rc.1/*) cp "`+dir+`/${1##*/}" "$to" ;; *) exit 22 ;; esac
`))
	sum := fmt.Sprintf("%x", sha256.Sum256(archive.Bytes()))
	for what, test := range map[string]struct {
		version, checksums string
		status             int
		says               string
	}{
		"the release":      {"v1.2.3-rc.1", sum + "  " + name + "\n" + strings.Repeat("0", 64) + "  another.zip\n", 0, "released: check --output github"},
		"another file":     {"v1.2.3-rc.1", strings.Repeat("0", 64) + "  " + name + "\n", exitUsage, "is not what checksums.txt says"},
		"no checksum":      {"v1.2.3-rc.1", sum + "  another.zip\n", exitUsage, "is not what checksums.txt says"},
		"no such release":  {"v9.9.9", "", exitUsage, "checksums.txt of v9.9.9 cannot be fetched"},
		"no such thing":    {"latest", "", exitUsage, "neither a release such as v1.2.3"},
		"one that is here": {"installed", "", exitUsage, "there is no ftlint on the PATH"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Setenv("PATH", "/usr/bin:/bin") // without the ftlint that is tested
			write("checksums.txt", []byte(test.checksums))
			log, _, _, status := runAction(t, map[string]string{"curl": curl}, map[string]string{"version": test.version})
			if status != test.status || !strings.Contains(log, test.says) {
				t.Errorf("exit status %d, want %d, with %q:\n%s", status, test.status, test.says, log)
			}
			if test.status != 0 && strings.Contains(log, "released:") {
				t.Errorf("the program was run:\n%s", log)
			}
		})
	}
}

// TestActionRuns: the action with ftlint itself, on the demo.
func TestActionRuns(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("the action reads reports with jq")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "testdata", "demo")
	sarif := filepath.Join(t.TempDir(), "ftlint.sarif")
	log, outputs, summary, status := runAction(t, map[string]string{"ftlint": self}, map[string]string{
		"version": "installed", "working-directory": dir, "paths": "train.jsonl\nvalid.jsonl", "sarif": sarif,
		"args": "--model=gpt-4.1-mini\n--profile=openai",
	})
	if status != exitFindings || !strings.Contains(log, "::error file=") || !strings.Contains(summary, "FTM002") {
		t.Errorf("exit status %d\n%s\n%s", status, log, summary)
	}
	if !regexp.MustCompile(`^errors=[1-9]\d*\nwarnings=\d+\ntokens=[1-9]\d*\ncost=0\.\d+\n$`).MatchString(outputs) {
		t.Errorf("the outputs are\n%s", outputs)
	}
	if info, err := os.Stat(sarif); err != nil || info.Size() == 0 {
		t.Errorf("there is no SARIF: %v", err)
	}
	log, outputs, _, status = runAction(t, map[string]string{"ftlint": self}, map[string]string{
		"version": "installed", "working-directory": dir, "paths": "train.clean.jsonl", "stats": "false",
	})
	if status != exitOK || outputs != "errors=0\nwarnings=0\ntokens=\ncost=\n" {
		t.Errorf("exit status %d\n%s\n%s", status, log, outputs)
	}
}

// TestReleaseFitsAction: the action asks for archives that releases have.
func TestReleaseFitsAction(t *testing.T) {
	var release struct {
		ProjectName string `yaml:"project_name"`
		Builds      []struct{ Goos, Goarch []string }
		Archives    []struct {
			NameTemplate string `yaml:"name_template"`
			Formats      []string
			Overrides    []struct {
				Goos    string
				Formats []string
			} `yaml:"format_overrides"`
		}
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
		}
	}
	readYAML(t, ".goreleaser.yaml", &release)
	install := document(t, "packaging/action/install")
	name := strings.NewReplacer("{{ .Version }}", "${version#v}", "{{ .Os }}", "${os}", "{{ .Arch }}", "$arch").Replace(release.Archives[0].NameTemplate) + ".$kind"
	if !strings.Contains(install, "archive="+name+"\n") {
		t.Errorf("packaging/action/install does not fetch %s", name)
	}
	if !strings.Contains(install, " "+release.Checksum.NameTemplate+" ") {
		t.Errorf("packaging/action/install does not fetch %s", release.Checksum.NameTemplate)
	}
	for _, goos := range release.Builds[0].Goos {
		kind := release.Archives[0].Formats[0]
		for _, override := range release.Archives[0].Overrides {
			if override.Goos == goos {
				kind = override.Formats[0]
			}
		}
		if !strings.Contains(install, "os="+goos+" kind="+kind+" ;;") {
			t.Errorf("packaging/action/install does not know %s with %s", goos, kind)
		}
	}
	for _, arch := range release.Builds[0].Goarch {
		if !strings.Contains(install, "arch="+arch+" ;;") {
			t.Errorf("packaging/action/install does not know %s", arch)
		}
	}
}

// TestImage: the image is built with the Go that go.mod asks for, from all that the
// program is made of.
func TestImage(t *testing.T) {
	asked := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(document(t, "go.mod"))[1]
	image := document(t, "Dockerfile")
	if !strings.Contains(image, "golang:"+asked+" AS build") {
		t.Errorf("go.mod asks for Go %s, and Dockerfile builds with another:\n%s", asked, image)
	}
	var sent []string
	for line := range strings.Lines(document(t, ".dockerignore")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
			sent = append(sent, name)
		}
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{.EmbedFiles}}{{end}}", "./cmd/ftlint")
	list.Dir = root
	text, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		own, ok := strings.CutPrefix(line, "github.com/ftlint/ftlint/")
		if !ok {
			continue
		}
		if top, _, _ := strings.Cut(strings.Fields(own)[0], "/"); !slices.Contains(sent, top) {
			t.Errorf(".dockerignore leaves out %s, which the program is made of", top)
		}
		if strings.Contains(line, "testdata") {
			t.Errorf(".dockerignore leaves out testdata, and the program has something of it: %s", line)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "LICENSE"} {
		if !slices.Contains(sent, name) {
			t.Errorf(".dockerignore leaves out %s", name)
		}
	}
}
