package fake

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// NodeTool returns the path of a program of .ci/node, which .ci/run installs, or of the
// directory that NODE_TOOLS names. Without it the test is skipped.
func NodeTool(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("takes its time")
	}
	dir := os.Getenv("NODE_TOOLS")
	if dir == "" {
		var err error
		if dir, err = beside(filepath.Join(".ci", "node")); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "node_modules", ".bin", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: %s is not here: make node installs it", name)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("SKIPPED: %s needs Node, which is not here", name)
	}
	return path
}

// ServeNode starts a server of .ci/node on a port of its own, which ends with the test.
// args are made of the port. It returns the address.
func ServeNode(t testing.TB, name string, args func(port string) []string) string {
	t.Helper()
	path := NodeTool(t, name)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	command := exec.Command(path, args(port)...)
	command.Dir = t.TempDir()
	said, err := os.Create(filepath.Join(command.Dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		said.Close()
		if text, err := os.ReadFile(said.Name()); err == nil && t.Failed() {
			t.Logf("%s:\n%s", name, text)
		}
	})
	address := "http://127.0.0.1:" + port
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if answer, err := http.Get(address); err == nil { // whatever it answers
			answer.Body.Close()
			return address
		}
	}
	t.Fatalf("%s does not answer", name)
	return ""
}

// ServePrism starts Prism before the server: it holds each request and each answer
// against the official description, with what is wrong in that made good, and answers
// what does not keep to it with an error of its own. It returns the address.
func (s *Server) ServePrism() string {
	s.t.Helper()
	d := describe(s.Dialect)
	if d.missing != nil {
		s.t.Skipf("SKIPPED: nothing to hold requests against: %v", d.missing)
	}
	text, err := d.open.MarshalJSON()
	path := filepath.Join(s.t.TempDir(), "description.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return ServeNode(s.t, "prism", func(port string) []string {
		return []string{"proxy", "--errors", "-h", "127.0.0.1", "-p", port, path, s.URL}
	})
}
