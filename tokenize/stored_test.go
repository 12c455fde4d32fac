package tokenize

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the stored vocabularies anew")

// TestStored compares the stored vocabularies with the tokens that tiktoken-go's
// loader has.
func TestStored(t *testing.T) {
	for _, name := range []string{"cl100k_base", "o200k_base"} {
		tokens, err := ranks(name)
		if err != nil {
			t.Fatal(err)
		}
		all, err := learn(tokens)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := store(all, learnGlue(tokens))
		path := name + ".bin"
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its tokens make (%v): run go generate ./tokenize", path, err)
		}
	}
}

// TestNames sees that all encodings are named, each once.
func TestNames(t *testing.T) {
	named := map[string]bool{}
	for _, name := range Names() {
		if _, ok := encodings[name]; !ok || named[name] {
			t.Errorf("%s is named twice, or is no encoding", name)
		}
		named[name] = true
	}
	if len(named) != len(encodings) {
		t.Errorf("%d of %d encodings are named", len(named), len(encodings))
	}
}
