// Package peer is what the programs have in common that count with one library
// each. Peer.mjs is the same for Node.
package peer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
)

// Result is what a peer writes, as JSON.
type Result struct {
	Version string
	Load    float64   // seconds until the encoding was there
	Passes  []float64 // seconds for all texts, one time after the other
	Counts  []int     // tokens of each text
}

// Load returns a function that counts the tokens of a text.
type Load func(encoding string) (count func(text string) int, err error)

// Main counts with what load returns: PEER ENCODING FILE PASSES. The file has a
// JSON string in each line. Module is the path of the library.
func Main(module string, load Load) {
	log.SetFlags(0)
	log.SetPrefix(os.Args[0] + ": ")
	if err := run(module, load, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(module string, load Load, args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: ENCODING FILE PASSES")
	}
	passes, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	texts, err := read(args[1])
	if err != nil {
		return err
	}
	result := Result{Version: version(module), Counts: make([]int, len(texts))}
	runtime.GC()

	start := time.Now()
	count, err := load(args[0])
	if err != nil {
		return err
	}
	count("x") // what is loaded at the first use only
	result.Load = time.Since(start).Seconds()

	for range passes {
		start := time.Now()
		for i, text := range texts {
			result.Counts[i] = count(text)
		}
		result.Passes = append(result.Passes, time.Since(start).Seconds())
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func read(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var texts []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, len(texts)+1, err)
		}
		texts = append(texts, text)
	}
	return texts, lines.Err()
}

// version returns the version of a module that is built in.
func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == module && m.Replace == nil {
			return m.Version
		}
	}
	return ""
}
