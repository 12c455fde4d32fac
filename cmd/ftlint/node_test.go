package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// nodeTool returns the path of a program of .ci/node, which .ci/run installs, or of the
// directory that NODE_TOOLS names. Without it the test is skipped.
func nodeTool(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("NODE_TOOLS")
	if dir == "" {
		dir = filepath.Join(root, ".ci", "node")
	}
	path := filepath.Join(dir, "node_modules", ".bin", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: %s is not here: npm ci --prefix .ci/node installs it", name)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("SKIPPED: %s needs Node, which is not here", name)
	}
	return path
}

// serveNode starts a server of .ci/node on a port of its own, which ends with the test.
// args are made of the port. It returns the address.
func serveNode(t *testing.T, name string, args func(port string) []string) string {
	t.Helper()
	path := nodeTool(t, name)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	command := exec.Command(path, args(port)...)
	command.Dir = t.TempDir()
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", name, &said)
		}
	})
	address := "http://127.0.0.1:" + port
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if answer, err := http.Get(address); err == nil {
			answer.Body.Close()
			return address
		}
	}
	t.Fatalf("%s does not answer", name)
	return ""
}
