//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// peak returns how many kB a process has had resident at most, when it has ended. The
// figure that the system gives afterwards counts what the process that started it had.
func peak(pid int) (most int) {
	highest := regexp.MustCompile(`VmHWM:\s*(\d+) kB`)
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		m := highest.FindSubmatch(status)
		if err != nil || m == nil {
			return most // it has no memory any more
		}
		most, _ = strconv.Atoi(string(m[1]))
		time.Sleep(5 * time.Millisecond)
	}
}

// TestMillionFindings: a million findings take little memory, even if all outputs are
// written at once; totals are exact and lists as long as they may be.
func TestMillionFindings(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	const lines = 250_000 // with four findings each, and one on the file
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "train.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	for i := range lines {
		weight := "1.0"
		if i == 123_456 {
			weight = "3" // the rare defect
		}
		fmt.Fprintf(w, `{"messages":[{"role":"human","content":"%d"},{"role":"assistant","content":"a","weight":%s,"k%d":0}],"x":1}`+"\n", i, weight, i)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	args := []string{"train.jsonl", "-j", "8"}
	for _, format := range []string{"text", "full", "concise", "json", "jsonl", "html", "sarif", "github", "gitlab", "junit", "markdown"} {
		args = append(args, "-o", format+"="+filepath.Join(dir, "out."+format))
	}
	c := exec.Command(program(t), args...)
	c.Dir = dir
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	most := peak(c.Process.Pid)
	c.Wait() // the exit status says it all
	if c.ProcessState.ExitCode() != exitFindings {
		t.Fatalf("exit status %d: %s", c.ProcessState.ExitCode(), &errs)
	}
	if most > 300<<10 || most < 10<<10 {
		t.Errorf("%d kB resident", most)
	}
	for format, want := range map[string][]string{
		"sarif":    {`"findings":1000001`, `5,000 of 1,000,001 findings are listed`, `"FTM016":1}`, `"startLine":123457`},
		"gitlab":   {`50,000 of 1,000,001 findings are listed`, `FTM016 weight-value`},
		"github":   {`(+249,999 more lines)`, `line=123457`, `(+249,991 more lines)`},
		"junit":    {`<failure message="250,000 findings: A message has a role that does not exist"`, `<failure message="1 finding: A weight is neither 0 nor 1"`, `FTM016 weight-value`},
		"markdown": {`250,000`, `train.jsonl&#58;123457`},
	} {
		content, err := os.ReadFile(filepath.Join(dir, "out."+format))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(string(content), text) {
				t.Errorf("%s does not say %q", format, text)
			}
		}
		if n := strings.Count(string(content), `"ruleId"`); format == "sarif" && n != 5000 {
			t.Errorf("%d results", n)
		}
		if n := strings.Count(string(content), "check_name"); format == "gitlab" && n != 50_001 {
			t.Errorf("%d issues", n)
		}
	}
}
