// Package layers holds the test of who may import whom. The reasons are in
// docs/architecture.md.
package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ftlint/ftlint/"

// mayImport says for each package which of our own it may import. The leaves
// are for all of internal and cmd. A package that is not here may not be: think
// of its place first, and write it into docs/architecture.md too.
var mayImport = map[string][]string{
	"cmd/ftlint":   {"*"},
	"lint":         {"lint/jsonl", "lint/dataset"},
	"lint/jsonl":   {},
	"lint/dataset": {},
	"rules":        {"lint", "lint/dataset", "lint/jsonl", "stats", "internal/catalog", "internal/images", "internal/secrets"},
	"tokenize":     {"lint/dataset", "internal/catalog", "internal/images"},
	"stats":        {"lint", "lint/dataset", "tokenize", "internal/catalog"},

	"internal/catalog":  leaves,
	"internal/images":   {"lint/dataset"},
	"internal/fetch":    {"lint/dataset", "internal/images"},
	"internal/config":   leaves,
	"internal/explain":  append([]string{"internal/term"}, leaves...),
	"internal/report":   append([]string{"internal/images", "internal/term", "lint", "lint/dataset", "stats"}, leaves...),
	"internal/remote":   append([]string{"internal/catalog", "internal/grader", "internal/term"}, leaves...),
	"internal/grader":   leaves,
	"internal/term":     {},
	"internal/heap":     {},
	"internal/secrets":  {},
	"internal/suggest":  {},
	"internal/wrap":     {"internal/term"},
	"internal/layers":   {},
	"bench":             {},
	"internal/randtext": {},
	"internal/tokens":   {"internal/term", "tokenize"},
	"internal/rewrite":  {"internal/term", "lint", "lint/jsonl"},

	"internal/remote/fake": {}, // for tests
}

// leaves are small helpers that anyone internal may use.
var leaves = []string{"internal/suggest", "internal/wrap"}

// mayUseNetwork lists the packages that may import net and what is below it.
var mayUseNetwork = []string{"cmd/ftlint", "internal/remote", "internal/remote/fake", "internal/fetch"}

// pkg is what go list tells about a package.
type pkg struct {
	ImportPath, Name, Dir string
	GoFiles, Imports      []string
}

// place is the package's path below the module.
func (p *pkg) place() string { return strings.TrimPrefix(p.ImportPath+"/", module) }

// packages lists the packages of the module, without tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Name,Dir,GoFiles,Imports", "./...")
	command.Dir = filepath.Join("..", "..")
	var failure bytes.Buffer
	command.Stderr = &failure
	text, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &failure)
	}
	var all []pkg
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestLayers(t *testing.T) {
	for _, p := range packages(t) {
		place := strings.TrimSuffix(p.place(), "/")
		allowed, known := mayImport[place]
		if !known {
			t.Errorf("%s has no place in the table of this test", place)
			continue
		}
		for _, path := range p.Imports {
			if path == "net" || strings.HasPrefix(path, "net/") && path != "net/url" && path != "net/netip" {
				if !slices.Contains(mayUseNetwork, place) {
					t.Errorf("%s imports %s: only %s use the network", place, path, strings.Join(mayUseNetwork, ", "))
				}
			}
			own, ok := strings.CutPrefix(path, module)
			if !ok {
				continue
			}
			if strings.HasPrefix(own, "cmd/") {
				t.Errorf("%s imports %s: nothing imports cmd", place, own)
			}
			if !slices.Contains(allowed, own) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s: it may import only %s", place, own, strings.Join(allowed, ", "))
			}
		}
	}
}

// TestOneProgram: pre-commit runs go install ./..., which must build ftlint and
// nothing else.
func TestOneProgram(t *testing.T) {
	var programs []string
	for _, p := range packages(t) {
		if p.Name == "main" {
			programs = append(programs, strings.TrimSuffix(p.place(), "/"))
		}
	}
	if len(programs) != 1 || programs[0] != "cmd/ftlint" {
		t.Errorf("programs: %v; only cmd/ftlint should be one (generators are tests, or built by no one: //go:build ignore)", programs)
	}
}

// TestOnlyCmdEndsTheProcess: others return errors.
func TestOnlyCmdEndsTheProcess(t *testing.T) {
	ends := map[string]bool{
		"os.Exit": true, "log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
		"log.Panic": true, "log.Panicf": true, "log.Panicln": true, "syscall.Exit": true,
	}
	for _, p := range packages(t) {
		if strings.HasPrefix(p.place(), "cmd/") {
			continue
		}
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && ends[x.Name+"."+s.Sel.Name] {
						t.Errorf("%s: %s.%s: only cmd ends the process; return an error", files.Position(n.Pos()), x.Name, s.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
