// Pkoukk counts with pkoukk/tiktoken-go.
package main

import (
	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/bench/peers/peer"
)

func main() {
	peer.Main("github.com/pkoukk/tiktoken-go", func(encoding string) (func(string) int, error) {
		tiktoken.SetBpeLoader(loader.NewOfflineLoader())
		t, err := tiktoken.GetEncoding(encoding)
		if err != nil {
			return nil, err
		}
		return func(text string) int { return len(t.EncodeOrdinary(text)) }, nil
	})
}
