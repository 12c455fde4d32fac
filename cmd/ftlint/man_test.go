package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestManPages: each command has a page that has all its flags and examples, and
// nothing on it that groff does not understand.
func TestManPages(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1767312000")
	dir := filepath.Join(t.TempDir(), "man", "man1")
	var out, errs bytes.Buffer
	if status := Main([]string{"man", dir}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != exitOK || out.Len()+errs.Len() > 0 {
		t.Fatalf("exit status %d\n%s%s", status, &out, &errs)
	}
	pages := map[string]bool{}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Log("groff is not here: nobody has read the pages")
	}
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		if c.Hidden {
			return
		}
		name := manName(c) + ".1"
		pages[name] = true
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		plain := strings.NewReplacer(`\-`, "-", `\(ti`, "~", `\(aq`, "'", `\e`, `\`, `\fB`, "", `\fI`, "", `\fR`, "").Replace(string(text))
		wanted := []string{
			`.TH "` + strings.ToUpper(manName(c)) + `" "1" "2026-01-02" "ftlint ` + version() + `"`,
			".SH \"NAME\"\n" + manName(c) + " - ",
			".SH \"EXIT STATUS\"\n.TP\n.B \"0\"\n",
			".SH \"EXAMPLES\"\n",
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				wanted = append(wanted, "--"+f.Name)
			}
		})
		for example := range strings.Lines(c.Example) {
			wanted = append(wanted, strings.TrimPrefix(example, "  "))
		}
		for _, want := range wanted {
			if !strings.Contains(plain, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
		if groff != "" {
			command := exec.Command(groff, "-man", "-Tutf8", "-wall", "-z", filepath.Join(dir, name))
			if said, err := command.CombinedOutput(); err != nil || len(said) > 0 {
				t.Errorf("groff: %v\n%s", err, said)
			}
		}
		for _, sub := range c.Commands() {
			each(sub)
		}
	}
	all := newRoot(Streams{})
	all.InitDefaultHelpCmd()
	each(all)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !pages[entry.Name()] {
			t.Errorf("%s is the page of no command", entry.Name())
		}
	}
}

// TestRoff: text stands on a page as it is.
func TestRoff(t *testing.T) {
	var p roff
	p.paragraphs(".begins with a dot│\n'quoted' --flag C:\\data\n\n  ls -l\n    deeper\n\n")
	want := `\&.begins with a dot\[u2502]
\(aqquoted\(aq \-\-flag C:\edata
.PP
.RS "4"
.nf
ls \-l
  deeper
.fi
.RE
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestManDate: a date that cannot be read is told.
func TestManDate(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	var out, errs bytes.Buffer
	if status := Main([]string{"man", t.TempDir()}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != exitUsage || !strings.Contains(errs.String(), "SOURCE_DATE_EPOCH") {
		t.Errorf("exit status %d\n%s", status, &errs)
	}
}
