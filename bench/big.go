//go:build ignore

// Big writes a big JSONL file: it repeats a file with a changing number in the
// last string of each line, so that no two lines are the same.
//
//	go run bench/big.go -bytes 1000000000 [-bad] corpus.jsonl.zst > big.jsonl
//
// With -bad every line but one has an unknown role, and that one a weight of 3.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/klauspost/compress/zstd"
)

func main() {
	log.SetFlags(0)
	size := flag.Int64("bytes", 1_000_000_000, "size of the file")
	bad := flag.Bool("bad", false, "make every line bad")
	flag.Parse()
	if err := write(os.Stdout, flag.Arg(0), *size, *bad); err != nil {
		log.Fatal(err)
	}
}

func write(out io.Writer, corpus string, size int64, bad bool) error {
	f, err := os.Open(corpus)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return err
	}
	defer z.Close()
	data, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	w := bufio.NewWriterSize(out, 1<<20)
	for written, n := int64(0), 0; written < size; n++ {
		line := lines[n%len(lines)]
		i := bytes.LastIndex(line, []byte(`"}`))
		if i < 0 {
			continue
		}
		text := fmt.Sprintf("%s %d%s\n", line[:i], n, line[i:])
		switch {
		case bad && n == 777:
			text = string(bytes.Replace([]byte(text), []byte(`"role": "assistant"`), []byte(`"weight": 3, "role": "assistant"`), 1))
		case bad:
			text = string(bytes.Replace([]byte(text), []byte(`"role": "assistant"`), []byte(`"role": "bot"`), 1))
		}
		if _, err := w.WriteString(text); err != nil {
			return err
		}
		written += int64(len(text))
	}
	return w.Flush()
}
