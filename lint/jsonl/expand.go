package jsonl

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Stdin is the name by which standard input is given.
const Stdin = "-"

// Found is a file that an argument names, or why it names none.
type Found struct {
	Path string // of the file; with an error, the argument
	Err  error
}

// Expand turns arguments into the files that they name, in order and each once:
// files as they are, directories by the datasets in them and below (see
// IsDataset; hidden directories are passed over), patterns such as
// data/**/*.jsonl by what they match.
func Expand(args []string) []Found {
	var list []Found
	seen := map[string]bool{}
	for _, arg := range args {
		files, err := expand(arg)
		for _, f := range files {
			if key := filepath.Clean(f); !seen[key] {
				seen[key] = true
				list = append(list, Found{Path: f})
			}
		}
		if err != nil {
			list = append(list, Found{arg, err})
		}
	}
	return list
}

func expand(arg string) ([]string, error) {
	if arg == Stdin {
		return []string{arg}, nil
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return expandDir(arg)
	case err == nil:
		return []string{arg}, nil
	case strings.ContainsAny(arg, "*?[{") && errors.Is(err, fs.ErrNotExist):
		found, err := doublestar.FilepathGlob(arg, doublestar.WithFilesOnly(), doublestar.WithFailOnIOErrors())
		if errors.Is(err, doublestar.ErrBadPattern) {
			return nil, fmt.Errorf("%s: not a valid pattern", arg)
		}
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("%s: no file matches", arg)
		}
		slices.Sort(found)
		return found, err
	}
	return nil, pathError(err)
}

// pathError says "name: what is wrong" instead of "stat name: ...".
func pathError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}

func expandDir(dir string) ([]string, error) {
	var found []string
	var errs []error
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			errs = append(errs, pathError(err))
			return nil
		case entry.IsDir():
			if name := entry.Name(); path != dir && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
		case IsDataset(path):
			if info, err := os.Stat(path); err != nil {
				errs = append(errs, pathError(err))
			} else if info.Mode().IsRegular() {
				found = append(found, path)
			}
		}
		return nil
	})
	errs = append(errs, err)
	if len(found) == 0 && errors.Join(errs...) == nil {
		return nil, fmt.Errorf("%s: no dataset in this directory (*.jsonl, *.ndjson, also with .gz or .zst)", dir)
	}
	return found, errors.Join(errs...)
}

// IsDataset reports whether a file has a name by which it is taken from a
// directory: *.jsonl or *.ndjson, with .gz or .zst or without.
func IsDataset(path string) bool {
	switch filepath.Ext(PlainName(path)) {
	case ".jsonl", ".ndjson":
		return true
	}
	return false
}

// PlainName returns path without the ending of a compression.
func PlainName(path string) string {
	for _, ending := range []string{".gz", ".zst"} {
		if len(path) > len(ending) && strings.EqualFold(path[len(path)-len(ending):], ending) {
			return path[:len(path)-len(ending)]
		}
	}
	return path
}
