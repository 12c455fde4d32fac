// Ftlint checks fine-tuning datasets before they are uploaded.
package main

import (
	"os"

	_ "github.com/ftlint/ftlint/internal/heap"
)

func main() {
	os.Exit(Main(os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
