// Package config reads configuration files: .ftlint.toml, ftlint.toml and the table
// [tool.ftlint] of pyproject.toml. It knows keys and where they stand; what their
// values mean is for the command line to say, which has a flag for most of them.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/ftlint/ftlint/internal/suggest"
)

// Names are the files that are looked for in a directory, the first that is there is
// taken. A pyproject.toml counts only if it has a table [tool.ftlint].
func Names() []string { return []string{".ftlint.toml", "ftlint.toml", pyproject} }

const pyproject = "pyproject.toml"

// Place is where something stands in a configuration file.
type Place struct {
	File         string
	Line, Column int // 1 is the first
}

// String returns file:line:column.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Error is something wrong in a configuration file.
type Error struct {
	Place
	Message string
	Source  string // the line itself
	Hint    string // did you mean
}

// Error has the place, what is wrong, the line and a hint, each on a line of its own.
func (e *Error) Error() string {
	text := e.Place.String() + ": " + e.Message
	if e.Source != "" {
		text += "\n  " + e.Source
	}
	if e.Hint != "" {
		text += "\n" + e.Hint
	}
	return text
}

// Setting is a key with its values, as texts: those of a list, or one.
type Setting struct {
	Key    string
	Values []string
	At     Place
}

// Dataset is a table [[dataset]]: files that belong together, as paths from the
// working directory.
type Dataset struct {
	Train, Validation []string
	At                Place
}

// IgnoredFinding is a table [[ignore-finding]].
type IgnoredFinding struct {
	Rule     string
	Path     string // pattern, from the directory of the file; empty: any
	Where    string // shape of a JSON path; empty: any
	LineHash string
	Reason   string
	Expires  time.Time // zero: never
	At       Place
	Dir      string // of the file that it stands in
}

// Config is what a configuration file says, with those that it extends.
type Config struct {
	Path     string
	Dir      string    // that patterns in it count from
	Settings []Setting // of Keys, each at most once, in the order of Keys
	Severity []Setting // by rule
	Budget   []Setting // by rule
	// PerFileIgnores are rules by pattern, from Dir.
	PerFileIgnores []Setting
	Datasets       []Dataset
	Submit         []Setting // of the table [submit], each key at most once
	Ignored        []IgnoredFinding
}

// Get returns a setting of Keys.
func (c *Config) Get(key string) (Setting, bool) {
	for _, s := range c.Settings {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}

// Find returns the configuration file that holds for files in dir: the nearest one in
// it or above, up to the root of the repository. "" if there is none.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		for _, name := range Names() {
			path := filepath.Join(dir, name)
			if ok, err := counts(path); ok || err != nil {
				return path, err
			}
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return "", nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// counts reports whether a file is there and is a configuration of ftlint.
func counts(path string) (bool, error) {
	if filepath.Base(path) != pyproject {
		info, err := os.Stat(path)
		return err == nil && !info.IsDir(), nil
	}
	data, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, nil // somebody else's file: what it says is not for us
	case !bytes.Contains(data, []byte("ftlint")):
		return false, nil
	}
	var file struct {
		Tool struct{ Ftlint any }
	}
	if toml.Unmarshal(data, &file) != nil {
		return false, nil // whose file it is will say so
	}
	return file.Tool.Ftlint != nil, nil
}

// maxExtends is how many files may extend each other.
const maxExtends = 16

// read returns the content of a file without the byte-order mark that some editors
// write and TOML does not know.
func read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	return bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), err
}

// Load reads a configuration file and those that it extends. Errors are *Error where
// something in the file is wrong.
func Load(path string) (*Config, error) { return load(path, nil) }

func load(path string, from []string) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	file := &file{name: shown(path), dir: filepath.Dir(path), data: data, python: filepath.Base(path) == pyproject}
	if err := file.parse(); err != nil {
		return nil, err
	}
	c := file.config()
	c.Path = path
	if err := errors.Join(file.faults...); err != nil {
		return nil, err
	}
	extend, ok := c.Get("extend")
	if !ok {
		return c, nil
	}
	parent := filepath.Join(c.Dir, filepath.FromSlash(extend.Values[0]))
	if filepath.IsAbs(extend.Values[0]) {
		parent = extend.Values[0]
	}
	if slices.Contains(from, parent) || parent == path || len(from) == maxExtends {
		return nil, file.fault(extend.At, "extend: the files extend each other in a circle", "")
	}
	base, err := load(parent, append(from, path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, file.fault(extend.At, fmt.Sprintf("extend: %s does not exist", shown(parent)), "")
	} else if err != nil {
		return nil, err
	}
	c.over(base)
	return c, nil
}

// over adds what base says and c does not.
func (c *Config) over(base *Config) {
	add := func(list, more []Setting) []Setting {
		for _, s := range more {
			if !slices.ContainsFunc(list, func(own Setting) bool { return own.Key == s.Key }) {
				list = append(list, s)
			}
		}
		return list
	}
	c.Settings = add(c.Settings, base.Settings)
	slices.SortStableFunc(c.Settings, func(a, b Setting) int { return place(a.Key) - place(b.Key) })
	c.Severity = add(c.Severity, base.Severity)
	c.Budget = add(c.Budget, base.Budget)
	c.Submit = add(c.Submit, base.Submit)
	for i := range base.PerFileIgnores { // its patterns count from its directory
		s := &base.PerFileIgnores[i]
		if rel, err := filepath.Rel(c.Dir, base.Dir); err == nil && rel != "." {
			s.Key = filepath.ToSlash(filepath.Join(rel, s.Key))
		}
	}
	c.PerFileIgnores = add(c.PerFileIgnores, base.PerFileIgnores)
	c.Datasets = append(base.Datasets, c.Datasets...)
	c.Ignored = append(base.Ignored, c.Ignored...)
}

// shown is a path as messages show it: from the working directory if that is shorter.
func shown(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) && filepath.IsAbs(path) {
			return rel
		}
	}
	return path
}

// didYouMean is a hint for a word that is not known.
func didYouMean(word string, known []string) string {
	if near, ok := suggest.Closest(word, known); ok {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return "known are: " + strings.Join(known, ", ")
}
