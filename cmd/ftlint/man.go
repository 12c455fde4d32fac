package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newManCommand makes the command that packages are made with. It is in no list of
// commands, as nobody else needs it.
func newManCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Hidden: true,
		Short:  "Write manual pages",
		Long: `Man writes a manual page for ftlint and one for each of its commands into a
directory. Their date is SOURCE_DATE_EPOCH, or else that of the revision that the
program was built from.` + "\n" + exitStatusShort,
		Example: "  ftlint man share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			date, err := manDate()
			if err != nil {
				return err
			}
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return err
			}
			for name, page := range manPages(root, date) {
				if err := os.WriteFile(filepath.Join(args[0], name), page, 0o666); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// manDate returns the date of the pages, which is "" where none is known: the same
// source makes the same pages.
func manDate() (string, error) {
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return "", fmt.Errorf("SOURCE_DATE_EPOCH: %q is no number of seconds", epoch)
		}
		return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if date, err := time.Parse(time.RFC3339, setting.Value); err == nil && setting.Key == "vcs.time" {
				return date.UTC().Format(time.DateOnly), nil
			}
		}
	}
	return "", nil
}

// manPages returns the pages of a command and of those below it, by their file names.
func manPages(root *cobra.Command, date string) map[string][]byte {
	pages := map[string][]byte{}
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		pages[manName(c)+".1"] = manPage(c, date)
		for _, sub := range c.Commands() {
			if !sub.Hidden {
				each(sub)
			}
		}
	}
	each(root)
	return pages
}

// manName returns what the page of a command is called: ftlint-check.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage writes the page of a command in the language of man(7).
func manPage(c *cobra.Command, date string) []byte {
	var p roff
	p.macro("TH", strings.ToUpper(manName(c)), "1", date, "ftlint "+version(), "Ftlint")
	p.macro("SH", "NAME")
	p.text(manName(c) + " - " + strings.ToLower(c.Short[:1]) + c.Short[1:])

	p.macro("SH", "SYNOPSIS")
	p.macro("B", c.CommandPath())
	if use := strings.TrimPrefix(c.UseLine(), c.CommandPath()); use != "" {
		p.text(strings.TrimSpace(use))
	}

	description, statuses, _ := strings.Cut(c.Long, "\nEXIT STATUS\n")
	p.macro("SH", "DESCRIPTION")
	p.paragraphs(description)

	commands(&p, c)
	options(&p, "OPTIONS", c.NonInheritedFlags())
	options(&p, "OPTIONS OF ALL COMMANDS", c.InheritedFlags())
	exitStatuses(&p, statuses)
	if c.Example != "" {
		p.macro("SH", "EXAMPLES")
		p.verbatim(c.Example)
	}
	seeAlso(&p, c)
	return p.Bytes()
}

func commands(p *roff, c *cobra.Command) {
	heading := false
	for _, sub := range c.Commands() {
		if sub.Hidden {
			continue
		}
		if !heading {
			p.macro("SH", "COMMANDS")
			heading = true
		}
		p.macro("TP")
		p.macro("BR", manName(sub), "(1)")
		p.text(sub.Short)
	}
}

func options(p *roff, heading string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	p.macro("SH", heading)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		p.macro("TP")
		line := `\fB` + escapeRoff("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			line = `\fB` + escapeRoff("-"+f.Shorthand) + `\fR, ` + line
		}
		if value != "" {
			line += ` \fI` + escapeRoff(value) + `\fR`
		}
		p.WriteString(line + "\n")
		switch f.DefValue {
		case "", "false", "[]", "0":
		default:
			usage += " (default " + f.DefValue + ")"
		}
		p.text(usage)
	})
}

// statusLine is a line below EXIT STATUS in the help of a command.
var statusLine = regexp.MustCompile(`^\s+(\d+)\s+(.+)$`)

func exitStatuses(p *roff, text string) {
	if text == "" {
		return
	}
	p.macro("SH", "EXIT STATUS")
	for line := range strings.Lines(text) {
		if match := statusLine.FindStringSubmatch(strings.TrimRight(line, "\n")); match != nil {
			p.macro("TP")
			p.macro("B", match[1])
			line = match[2]
		}
		p.text(strings.TrimSpace(line))
	}
}

func seeAlso(p *roff, c *cobra.Command) {
	var pages []*cobra.Command
	if c.HasParent() {
		pages = append(pages, c.Parent())
		for _, other := range c.Parent().Commands() {
			if other != c && !other.Hidden {
				pages = append(pages, other)
			}
		}
	}
	if len(pages) > 0 {
		p.macro("SH", "SEE ALSO")
	}
	for i, other := range pages {
		end := "(1)"
		if i < len(pages)-1 {
			end += ","
		}
		p.macro("BR", manName(other), end)
	}
}

// roff is a page that is being written.
type roff struct{ bytes.Buffer }

// macro writes a request with its arguments.
func (p *roff) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, arg := range args {
		p.WriteString(` "` + strings.ReplaceAll(escapeRoff(arg), `"`, `\(dq`) + `"`)
	}
	p.WriteByte('\n')
}

// text writes lines that are filled.
func (p *roff) text(s string) {
	for line := range strings.Lines(s) {
		p.WriteString(guardRoff(escapeRoff(strings.TrimRight(line, "\n"))) + "\n")
	}
}

// paragraphs writes text that is parted by blank lines. Indented lines stay as they
// are.
func (p *roff) paragraphs(s string) {
	for i, paragraph := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if i > 0 {
			p.macro("PP")
		}
		if strings.HasPrefix(paragraph, " ") {
			p.verbatim(paragraph)
		} else {
			p.text(paragraph)
		}
	}
}

// verbatim writes lines that are not filled, indented.
func (p *roff) verbatim(s string) {
	p.macro("RS", "4")
	p.macro("nf")
	for line := range strings.Lines(s) {
		p.text(strings.TrimPrefix(line, "  "))
	}
	p.macro("fi")
	p.macro("RE")
}

// roffEscapes are the characters that mean something else in roff, or look otherwise:
// hyphens can be copied as the minus signs of flags.
var roffEscapes = map[rune]string{
	'\\': `\e`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`,
}

// escapeRoff writes s so that it stands on the page as it is.
func escapeRoff(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch escape, special := roffEscapes[r]; {
		case special:
			b.WriteString(escape)
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// guardRoff keeps a line from being taken for a request.
func guardRoff(line string) string {
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}
