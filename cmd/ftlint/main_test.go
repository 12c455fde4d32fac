package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftlint/ftlint/internal/remote"
)

var update = flag.Bool("update", false, "write generated and golden files anew")

// root is the folder of the repository.
var root = func() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
}()

func TestMain(m *testing.M) {
	for _, name := range []string{"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "TEAMCITY_VERSION"} {
		os.Unsetenv(name) // the output is the same wherever the tests run
	}
	testscript.Main(m, map[string]func(){"ftlint": main, "ftlint-hurried": hurried})
}

// hurried is the program without the waiting: tests have no time.
func hurried() {
	ctx := remote.WithWait(context.Background(), func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	os.Exit(mainWith(ctx, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// TestScripts runs the command line end to end, as its users do.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DEMO", filepath.Join(root, "testdata", "demo"))
			env.Setenv("FIXTURES", filepath.Join(root, "testdata", "fixtures"))
			for _, name := range []string{"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "TEAMCITY_VERSION", "COLUMNS"} {
				env.Setenv(name, "")
			}
			if base := filepath.Base(env.WorkDir); strings.HasPrefix(base, "script-remote") || strings.HasPrefix(base, "script-deploy") || strings.HasPrefix(base, "script-submit") {
				env.Vars = append(env.Vars, services(env.T().(testing.TB))...)
				env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"pack": pack, "cut": cut, "count": count, "ls": ls, "status": status, "answer": answer, "id": id,
		},
		Condition: func(condition string) (bool, error) {
			return condition == "root" && os.Geteuid() == 0, nil
		},
	})
}

// pack compresses: pack gzip|zstd FROM TO. Given again, it adds a member.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	content := ts.ReadFile(args[1])
	var b bytes.Buffer
	switch args[0] {
	case "gzip":
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(content))
		ts.Check(err)
		ts.Check(w.Close())
	case "zstd":
		w, err := zstd.NewWriter(&b)
		ts.Check(err)
		_, err = w.Write([]byte(content))
		ts.Check(err)
		ts.Check(w.Close())
	default:
		ts.Fatalf("pack: unknown method %q", args[0])
	}
	f, err := os.OpenFile(ts.MkAbs(args[2]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	ts.Check(err)
	_, err = f.Write(b.Bytes())
	ts.Check(err)
	ts.Check(f.Close())
}

// cut keeps the first bytes: cut BYTES FROM TO. A negative number says how many
// of the last are dropped.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	content := ts.ReadFile(args[1])
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	if n < 0 {
		n += len(content)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(content[:n]), 0o644))
}

// count checks the number of lines: count LINES FILE.
func count(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[1]), "\n"); got != want {
		ts.Fatalf("%s has %d lines, want %d", args[1], got, want)
	}
}

// status runs a command and checks its exit status: status N COMMAND ARGS.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// answer writes ten chat lines, the last with an answer of so many words:
// answer WORDS FILE.
func answer(ts *testscript.TestScript, _ bool, args []string) {
	words, err := strconv.Atoi(args[0])
	ts.Check(err)
	line := `{"messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"What is the word?"},{"role":"assistant","content":"yes"}]}` + "\n"
	long := strings.Replace(line, "yes", "yes"+strings.Repeat(" yes", words-1), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Repeat(line, 9)+long), 0o644))
}

// ls writes the names in a directory into its file "names": ls DIR.
func ls(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	entries, err := os.ReadDir(dir)
	ts.Check(err)
	var names strings.Builder
	for _, entry := range entries {
		if entry.Name() != "names" {
			names.WriteString(entry.Name() + "\n")
		}
	}
	ts.Check(os.WriteFile(filepath.Join(dir, "names"), []byte(names.String()), 0o644))
}

// id sets a variable to the first id in a file of JSON, or to what another member has:
// id FILE NAME [MEMBER].
func id(ts *testscript.TestScript, _ bool, args []string) {
	member := "id"
	if len(args) > 2 {
		member = args[2]
	}
	match := regexp.MustCompile(`"` + member + `": "([^"]+)"`).FindStringSubmatch(ts.ReadFile(args[0]))
	if match == nil {
		ts.Fatalf("%s has no %s", args[0], member)
	}
	ts.Setenv(args[1], match[1])
}
