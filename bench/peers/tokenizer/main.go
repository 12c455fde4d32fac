// Tokenizer counts with tiktoken-go/tokenizer.
package main

import (
	"log"

	"github.com/tiktoken-go/tokenizer"

	"github.com/ftlint/ftlint/bench/peers/peer"
)

func main() {
	peer.Main("github.com/tiktoken-go/tokenizer", func(encoding string) (func(string) int, error) {
		codec, err := tokenizer.Get(tokenizer.Encoding(encoding))
		if err != nil {
			return nil, err
		}
		return func(text string) int {
			n, err := codec.Count(text)
			if err != nil {
				log.Fatal(err)
			}
			return n
		}, nil
	})
}
