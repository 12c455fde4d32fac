// Package term knows what may be written to a terminal, and how: its width,
// whether it is to have colours, and how text from a hostile dataset is shown
// without harm.
package term

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	xterm "golang.org/x/term"
)

// DefaultWidth is the width in columns of what is no terminal.
const DefaultWidth = 80

// Width returns the width in columns of what w writes to: the number in the
// environment variable COLUMNS, or else the width of the terminal, or else
// DefaultWidth.
func Width(w io.Writer) int {
	if n, err := strconv.Atoi(strings.TrimSpace(os.Getenv("COLUMNS"))); err == nil && n > 0 {
		return n
	}
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		if n, _, err := xterm.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return DefaultWidth
}

// IsTerminal reports whether w writes to a terminal. A writer that is not a
// file does not.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && xterm.IsTerminal(int(f.Fd()))
}

// ColorMode is the value of the flag --color.
type ColorMode uint8

// The values of the flag --color.
const (
	ColorAuto ColorMode = iota
	ColorAlways
	ColorNever
)

// ParseColorMode returns the mode called auto, always or never.
func ParseColorMode(name string) (ColorMode, error) {
	switch strings.ToLower(name) {
	case "auto", "":
		return ColorAuto, nil
	case "always":
		return ColorAlways, nil
	case "never":
		return ColorNever, nil
	}
	return ColorAuto, fmt.Errorf("unknown colour mode %q: use auto, always or never", name)
}

// Color decides whether what is written to w has colours: the flag goes before
// NO_COLOR, that before FORCE_COLOR and CLICOLOR_FORCE, those before TERM=dumb,
// and if none of them says anything terminals have colours. NO_COLOR counts if
// it is not empty; a force counts unless it is empty, 0 or false.
func Color(mode ColorMode, w io.Writer) bool {
	return color(mode, os.Getenv, func() bool { return IsTerminal(w) })
}

func color(mode ColorMode, getenv func(string) string, terminal func() bool) bool {
	if mode != ColorAuto {
		return mode == ColorAlways
	}
	if getenv("NO_COLOR") != "" {
		return false
	}
	switch strings.ToLower(getenv("FORCE_COLOR")) {
	case "":
	case "0", "false":
		return false
	default:
		return true
	}
	if v := getenv("CLICOLOR_FORCE"); v != "" && v != "0" {
		return true
	}
	return getenv("TERM") != "dumb" && terminal()
}

// Style writes text in bold or in colour. The zero Style leaves all text as it
// is.
type Style struct{ on bool }

// NewStyle returns a Style that does something only if on, which Color tells.
func NewStyle(on bool) Style { return Style{on} }

// Bold returns text in bold.
func (s Style) Bold(text string) string { return s.wrap("1", "22", text) }

// Dim returns text with less contrast.
func (s Style) Dim(text string) string { return s.wrap("2", "22", text) }

// Red returns text in red, the colour of errors.
func (s Style) Red(text string) string { return s.wrap("31", "39", text) }

// Yellow returns text in yellow, the colour of warnings.
func (s Style) Yellow(text string) string { return s.wrap("33", "39", text) }

// Blue returns text in blue, the colour of what is only information.
func (s Style) Blue(text string) string { return s.wrap("34", "39", text) }

// Green returns text in green, the colour of success.
func (s Style) Green(text string) string { return s.wrap("32", "39", text) }

func (s Style) wrap(begin, end, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + begin + "m" + text + "\x1b[" + end + "m"
}
