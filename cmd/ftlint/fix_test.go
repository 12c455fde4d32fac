package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var kills = flag.Int("kills", 12, "how often TestFixKilled kills ftlint fix")

// program returns a path under which the test binary is ftlint.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ftlint")
	if err := os.Symlink(self, path); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	return path
}

// dirtyFile returns lines of which some need a fix, and what they become.
func dirtyFile(lines int) (dirty, fixed string) {
	var a, b strings.Builder
	for i := range lines {
		line := `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"` + strings.Repeat("word ", i%50) + `"},{"role":"assistant","content":"a"}]}`
		switch i % 7 {
		case 2:
			a.WriteString(line[:len(line)-1] + `,"model":"m"}` + "\n")
		case 4:
			a.WriteString(line + "\r\n")
		case 5:
			a.WriteString(line + "\n \n")
		default:
			a.WriteString(line + "\n")
		}
		b.WriteString(line + "\n")
	}
	return a.String(), b.String()
}

// TestFixKilled kills ftlint fix at random moments: the file is the old one or the
// new one.
func TestFixKilled(t *testing.T) {
	ftlint := program(t)
	dirty, fixed := dirtyFile(20_000)
	file := filepath.Join(t.TempDir(), "train.jsonl")
	write := func() {
		if err := os.WriteFile(file, []byte(dirty), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	begun := time.Now()
	if out, err := exec.Command(ftlint, "fix", "-q", file).CombinedOutput(); err == nil {
		t.Fatalf("an unknown flag passes: %s", out)
	}
	start := time.Since(begun)
	begun = time.Now()
	if out, err := exec.Command(ftlint, "fix", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(begun)
	if got, _ := os.ReadFile(file); string(got) != fixed {
		t.Fatal("the file was not fixed as it should be")
	}
	r := rand.New(rand.NewPCG(1, 2))
	olds, news := 0, 0
	for range *kills {
		write()
		moment := start/2 + time.Duration(r.Int64N(int64(whole)*3/2))
		ctx, cancel := context.WithTimeout(context.Background(), moment)
		exec.CommandContext(ctx, ftlint, "fix", file).Run() // is killed when the time is up
		cancel()
		switch got, err := os.ReadFile(file); {
		case err != nil:
			t.Fatal(err)
		case string(got) == dirty:
			olds++
		case string(got) == fixed:
			news++
		default:
			t.Fatalf("killed after %v: the file is neither the old one nor the new one, with %d bytes of %d or %d", moment, len(got), len(dirty), len(fixed))
		}
		leftovers, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".ftlint-*.tmp"))
		for _, name := range leftovers {
			os.Remove(name)
		}
	}
	t.Logf("%d times the old file, %d times the new one", olds, news)
}

// TestFixInterrupted interrupts ftlint fix: nothing is left of it.
func TestFixInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	ftlint := program(t)
	dir := t.TempDir()
	pipe := filepath.Join(dir, "out")
	command := exec.Command(ftlint, "fix", "-", "--fix-to", pipe)
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	command.Stderr = &errs
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	dirty, _ := dirtyFile(5_000)
	if _, err := stdin.Write([]byte(dirty)); err != nil { // more than a pipe holds: it is being read
		t.Fatal(err)
	}
	command.Process.Signal(os.Interrupt)
	command.Wait()
	if got := command.ProcessState.ExitCode(); got != exitInterrupted {
		t.Errorf("exit status %d: %s", got, errs.String())
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFixFullDisk has a file that cannot be written to its end, by a limit and,
// where that can be done, on a small file system.
func TestFixFullDisk(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no shell with ulimit")
	}
	ftlint := program(t)
	dirty, _ := dirtyFile(5_000)
	refused := func(t *testing.T, dir string, command *exec.Cmd, says string) {
		t.Helper()
		file := filepath.Join(dir, "train.jsonl")
		if err := os.WriteFile(file, []byte(dirty), 0o600); err != nil {
			t.Fatal(err)
		}
		command.Dir = dir
		out, _ := command.CombinedOutput()
		if got := command.ProcessState.ExitCode(); got != exitUsage || !strings.Contains(string(out), says) {
			t.Errorf("exit status %d, not saying %q:\n%s", got, says, out)
		}
		if got, _ := os.ReadFile(file); string(got) != dirty {
			t.Error("the old file is gone")
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
	}
	t.Run("limit", func(t *testing.T) {
		refused(t, t.TempDir(), exec.Command(sh, "-c", "ulimit -f 100 && exec "+ftlint+" fix train.jsonl"),
			"ftlint: train.jsonl: the new file cannot be written: file too large")
	})
	t.Run("small file system", func(t *testing.T) {
		dir := t.TempDir()
		if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", dir).Run(); err != nil {
			t.Skip("nothing can be mounted here: ", err)
		}
		defer exec.Command("umount", dir).Run()
		refused(t, dir, exec.Command(ftlint, "fix", "train.jsonl"),
			"ftlint: train.jsonl: the new file cannot be written: no space left on device")
	})
}

// TestFixDeterminism sees that neither the number of workers nor the size of chunks
// changes what is written.
func TestFixDeterminism(t *testing.T) {
	dirty, fixed := dirtyFile(300)
	demo, err := os.ReadFile(filepath.Join(root, "testdata", "demo", "train.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"dirty": dirty, "dirty without copies": dirty, "demo": string(demo)} {
		first := ""
		for _, flags := range [][]string{
			{"-j", "1"}, {"-j", "2"}, {"-j", "8"}, {"-j", "1", "--chunk-bytes", "4096"}, {"-j", "8", "--chunk-bytes", "4096"}, {"-j", "8", "--chunk-bytes", "7"},
		} {
			file, rejects := filepath.Join(t.TempDir(), "train.jsonl"), filepath.Join(t.TempDir(), "bad.jsonl")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			args := []string{"fix", "--unsafe-fixes", "--rejects", rejects, file}
			if name == "dirty" {
				args = append(args, "--ignore", "FTQ001") // its lines come again and again
			}
			Main(append(args, flags...), Streams{In: os.Stdin, Out: &out, Err: &errs})
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if name == "dirty" && string(got) != fixed {
				t.Errorf("%v: fixed otherwise: %s", flags, difference([]byte(fixed), got))
			}
			bad, err := os.ReadFile(rejects)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.ReplaceAll(string(got)+string(bad)+out.String()+errs.String(), filepath.Dir(file), "")
			all = strings.ReplaceAll(all, "\n", " ")
			if all = strings.Join(strings.Fields(all), " "); first == "" {
				first = all
			} else if all != first {
				t.Errorf("%s %v: another outcome:\n%s\n%s", name, flags, first, all)
			}
		}
	}
}

// TestFixChanged has a file that somebody writes to while it is fixed.
func TestFixChanged(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "train.jsonl")
	dirty, _ := dirtyFile(50)
	if err := os.WriteFile(file, []byte(dirty), 0o600); err != nil {
		t.Fatal(err)
	}
	// Standard input is read when the file is fixed, and before it is replaced.
	reader := readerFunc(func([]byte) (int, error) {
		if err := os.WriteFile(file, []byte(dirty+"\n"), 0o600); err != nil {
			return 0, err
		}
		return 0, io.EOF
	})
	var out, errs bytes.Buffer
	status := Main([]string{"fix", file, "-"}, Streams{In: reader, Out: &out, Err: &errs})
	if status != exitUsage || !strings.Contains(errs.String(), "the file changed while it was read: it was not replaced") {
		t.Errorf("exit status %d: %s", status, errs.String())
	}
	if got, _ := os.ReadFile(file); string(got) != dirty+"\n" {
		t.Error("what was written in the meantime is gone")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
