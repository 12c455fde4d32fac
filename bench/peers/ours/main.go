// Ours counts with ftlint.
package main

import (
	"github.com/ftlint/ftlint/bench/peers/peer"
	"github.com/ftlint/ftlint/tokenize"
)

func main() {
	peer.Main("github.com/ftlint/ftlint", func(encoding string) (func(string) int, error) {
		e, err := tokenize.Get(encoding)
		if err != nil {
			return nil, err
		}
		return e.NewCounter().CountString, nil
	})
}
