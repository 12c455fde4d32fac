package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSubmitFullDisk: where there is no room for the state, nothing is sent, and what was
// sent is found again.
func TestSubmitFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	s := newScene(t)
	small := filepath.Join(s.dir, "small")
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", small, "tmpfs", 0, "size=16k"); err != nil {
		t.Skip("no small disk can be mounted: ", err)
	}
	defer syscall.Unmount(small, 0)
	filler, err := os.Create(filepath.Join(small, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(filler, zeros{}, 1<<20) // until it is full
	filler.Close()
	args := append(submitAll, "--state", small)
	cmd, printed := s.command(args...)
	cmd.Run()
	if status := cmd.ProcessState.ExitCode(); status != exitUsage || !strings.Contains(printed.String(), "no space left on device") {
		t.Errorf("exit status %d\n%s", status, printed)
	}
	if n := s.data.Count("POST /files"); n != 0 {
		t.Errorf("%d files were sent", n)
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	cmd, printed = s.command(args...)
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
	s.once(t, "with room")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
