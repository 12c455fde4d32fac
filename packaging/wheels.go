//go:build ignore

// Wheels builds packages for pip that carry the program, one for each platform:
//
//	go run packaging/wheels.go -out dist/wheels -version 1.2.3
//
// The same source and Go make the same bytes.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// platforms are what wheels are built for, with the tags by which pip knows them. On
// Linux the program is static and runs with any C library. Go 1.26 needs macOS 12.
var platforms = []struct {
	os, arch string
	tags     []string
}{
	{"linux", "amd64", []string{"manylinux2014_x86_64", "manylinux_2_17_x86_64", "musllinux_1_1_x86_64"}},
	{"linux", "arm64", []string{"manylinux2014_aarch64", "manylinux_2_17_aarch64", "musllinux_1_1_aarch64"}},
	{"darwin", "amd64", []string{"macosx_12_0_x86_64"}},
	{"darwin", "arm64", []string{"macosx_12_0_arm64"}},
	{"windows", "amd64", []string{"win_amd64"}},
	{"windows", "arm64", []string{"win_arm64"}},
}

const metadata = `Metadata-Version: 2.1
Name: ftlint
Version: %s
Summary: Check datasets for fine-tuning before they are uploaded
License: MIT
Project-URL: Source, https://github.com/ftlint/ftlint
Keywords: fine-tuning,dataset,jsonl,linter,openai,azure
Classifier: Environment :: Console
Classifier: License :: OSI Approved :: MIT License
Classifier: Topic :: Scientific/Engineering :: Artificial Intelligence
Requires-Python: >=3.8
Description-Content-Type: text/markdown

# ftlint

Ftlint checks datasets for fine-tuning on Azure OpenAI and OpenAI before you upload them, and tells the file, line, column, JSON path, reason and remedy of every defect. It counts the tokens that will be billed, and tells what training will cost.

This package carries the program, which is written in Go. See https://github.com/ftlint/ftlint.
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("wheels: ")
	out := flag.String("out", "dist/wheels", "directory of the wheels")
	version := flag.String("version", "", "version to build as; without it a version under development")
	only := flag.String("platform", "", "only this one: linux/amd64")
	flag.Parse()
	if err := run(*out, *version, *only); err != nil {
		log.Fatal(err)
	}
}

func run(out, version, only string) error {
	ldflags := "-s -w"
	if version == "" {
		found, err := underDevelopment()
		if err != nil {
			return err
		}
		version = found
	} else {
		ldflags += " -X main.stamped=v" + version
	}
	pythonVersion, err := pep440(version)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	built := 0
	for _, p := range platforms {
		if only != "" && only != p.os+"/"+p.arch {
			continue
		}
		built++
		program, err := build(p.os, p.arch, ldflags)
		if err != nil {
			return err
		}
		w, err := newWheel(pythonVersion, p.os, p.tags, program)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("ftlint-%s-py3-none-%s.whl", pythonVersion, strings.Join(p.tags, "."))
		if err := os.WriteFile(filepath.Join(out, name), w, 0o666); err != nil {
			return err
		}
		fmt.Printf("%s (%.1f MB)\n", filepath.Join(out, name), float64(len(w))/1e6)
	}
	if built == 0 {
		return fmt.Errorf("no wheels are built for %s", only)
	}
	return nil
}

// underDevelopment returns the version that the source says it is.
func underDevelopment() (string, error) {
	source, err := os.ReadFile(filepath.FromSlash("cmd/ftlint/cli.go"))
	if err != nil {
		return "", err
	}
	match := regexp.MustCompile(`const releaseVersion = "(.+)"`).FindSubmatch(source)
	if match == nil {
		return "", errors.New("cmd/ftlint/cli.go has no releaseVersion")
	}
	return string(match[1]) + "-dev", nil
}

// pep440 writes a version as Python does: 1.2.3-rc.1 is 1.2.3rc1.
func pep440(version string) (string, error) {
	match := regexp.MustCompile(`^(\d+\.\d+\.\d+)(?:-(alpha|beta|rc|dev)\.?(\d*))?$`).FindStringSubmatch(version)
	if match == nil {
		return "", fmt.Errorf("version %q is not of the form 1.2.3 or 1.2.3-rc.1", version)
	}
	number := match[3]
	if number == "" {
		number = "0"
	}
	switch match[2] {
	case "":
		return match[1], nil
	case "dev":
		return match[1] + ".dev" + number, nil
	case "rc":
		return match[1] + "rc" + number, nil
	}
	return match[1] + match[2][:1] + number, nil
}

// build compiles the program and returns its bytes.
func build(goos, goarch, ldflags string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "wheels")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ftlint")
	command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", file, "./cmd/ftlint")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("building for %s/%s: %w", goos, goarch, err)
	}
	return os.ReadFile(file)
}

// newWheel returns the bytes of a wheel.
func newWheel(version, goos string, tags []string, program []byte) ([]byte, error) {
	base := "ftlint-" + version
	info := base + ".dist-info/"
	var b bytes.Buffer
	w := &wheel{zip: zip.NewWriter(&b)}
	sources, err := filepath.Glob(filepath.FromSlash("packaging/python/ftlint/*"))
	if err != nil {
		return nil, err
	}
	slices.Sort(sources)
	for _, source := range sources {
		if filepath.Base(source) != "__pycache__" {
			w.addFile("ftlint/"+filepath.Base(source), source)
		}
	}
	name := "ftlint"
	if goos == "windows" {
		name += ".exe"
	}
	w.add(path.Join(base+".data/scripts", name), program, 0o755)
	w.addFile(info+"licenses/LICENSE", "LICENSE")
	w.add(info+"METADATA", fmt.Appendf(nil, metadata, version), 0o644)
	about := "Wheel-Version: 1.0\nGenerator: ftlint\nRoot-Is-Purelib: false\n"
	for _, tag := range tags {
		about += "Tag: py3-none-" + tag + "\n"
	}
	w.add(info+"WHEEL", []byte(about), 0o644)
	w.record.WriteString(info + "RECORD,,\n")
	w.add(info+"RECORD", w.record.Bytes(), 0o644)
	if w.err == nil {
		w.err = w.zip.Close()
	}
	return b.Bytes(), w.err
}

// wheel is one that is being written, and the first error in doing so.
type wheel struct {
	zip    *zip.Writer
	record bytes.Buffer
	err    error
}

func (w *wheel) addFile(name, source string) {
	content, err := os.ReadFile(source)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.add(name, content, 0o644)
}

// add adds a file whose sizes stand before it, as not all readers of wheels take them
// behind it, and whose time is the first that a zip file can have.
func (w *wheel) add(name string, content []byte, mode os.FileMode) {
	if w.err != nil {
		return
	}
	sum := sha256.Sum256(content)
	fmt.Fprintf(&w.record, "%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(content))

	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.BestCompression)
	if err == nil {
		_, err = deflate.Write(content)
	}
	if err == nil {
		err = deflate.Close()
	}
	if w.err = err; err != nil {
		return
	}
	header := &zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content), ModifiedDate: 1<<5 | 1, // 1980-01-01
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(content)),
	}
	header.SetMode(mode)
	var to io.Writer
	if to, w.err = w.zip.CreateRaw(header); w.err == nil {
		_, w.err = to.Write(packed.Bytes())
	}
}
