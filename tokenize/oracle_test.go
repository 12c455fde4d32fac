package tokenize_test

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/randtext"
	"github.com/ftlint/ftlint/tokenize"
)

var (
	oracle        = flag.String("oracle", "", "folder with oracle.mjs and npm's tiktoken: make oracle")
	oracleStrings = flag.Int("oracle-strings", 200_000, "random strings that are compared")
	oracleSample  = flag.Int("oracle-sample", 1, "compare every n-th text of the corpora")
	oracleSeed    = flag.Uint64("oracle-seed", 1, "seed of the random strings")
)

// shownDifferences is how many differences are shown for each encoding.
const shownDifferences = 20

// TestOracle compares tokens with those of npm's tiktoken, which is OpenAI's own
// with its Unicode 16.0, and is the law.
func TestOracle(t *testing.T) {
	if *oracle == "" {
		t.Skip("this needs Node and npm's tiktoken: make oracle")
	}
	texts := oracleTexts(t)
	for _, name := range []string{"cl100k_base", "o200k_base", "p50k_base", "r50k_base"} {
		t.Run(name, func(t *testing.T) { compareWithOracle(t, name, texts) })
	}
}

func compareWithOracle(t *testing.T, name string, texts []string) {
	encoding, err := tokenize.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "oracle.mjs", name)
	node.Dir, node.Stderr = *oracle, os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	asked := make(chan error, 1)
	go func() { asked <- ask(in, texts) }()

	answers := bufio.NewReaderSize(out, 1<<16)
	var got, want []uint32
	differ := 0
	for i, text := range texts {
		if want, err = answer(answers, want[:0]); err != nil {
			t.Fatalf("text %d: the oracle fell silent: %v", i, err)
		}
		got = encoding.AppendTokens(got[:0], []byte(text))
		if slices.Equal(got, want) {
			continue
		}
		if differ++; differ <= shownDifferences {
			t.Error(difference(encoding, text, got, want))
		}
	}
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
	if err := node.Wait(); err != nil {
		t.Fatal(err)
	}
	if differ > 0 {
		t.Errorf("%s: %d of %d texts have other tokens", name, differ, len(texts))
	} else {
		t.Logf("%s: %d texts have the same tokens", name, len(texts))
	}
}

// ask sends texts to the oracle.
func ask(to io.WriteCloser, texts []string) error {
	defer to.Close()
	w := bufio.NewWriterSize(to, 1<<16)
	for _, text := range texts {
		w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
		if _, err := w.WriteString(text); err != nil {
			return err
		}
	}
	return w.Flush()
}

// answer appends the tokens of the oracle's next answer.
func answer(r io.Reader, tokens []uint32) ([]uint32, error) {
	var n uint32
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return nil, err
	}
	tokens = slices.Grow(tokens, int(n))[:n]
	return tokens, binary.Read(r, binary.LittleEndian, tokens)
}

// difference shows a text from a little before the first token that differs.
func difference(e *tokenize.Encoding, text string, got, want []uint32) string {
	same := 0
	for same < len(got) && same < len(want) && got[same] == want[same] {
		same++
	}
	if same = max(0, same-3); len(text) <= 100 {
		same = 0
	}
	before := len(e.Decode(got[:same]))
	clip := func(tokens []uint32) string {
		if len(tokens) > 30 {
			return fmt.Sprint(tokens[:30]) + " ..."
		}
		return fmt.Sprint(tokens)
	}
	rest := text[min(before, len(text)):]
	return fmt.Sprintf("%s, from byte %d of %d: %+.120q\nftlint   %s\ntiktoken %s", e.Name(), before, len(text), rest, clip(got[same:]), clip(want[same:]))
}

// oracleTexts returns the texts of the data in ../shared, each once, and random
// strings.
func oracleTexts(t *testing.T) []string {
	var texts []string
	seen := map[string]bool{}
	n := 0 // distinct texts so far
	add := func(text string, sample int) {
		if seen[text] {
			return
		}
		seen[text] = true
		if n++; n%sample == 0 {
			texts = append(texts, text)
		}
	}
	data := filepath.Join("..", "..", "shared", "data")
	for _, name := range []string{
		"json/naughty_chat.jsonl", "json/utf8_torture.jsonl",
		"corpora/chat_en.jsonl.zst", "corpora/chat_multilingual.jsonl.zst", "corpora/tools.jsonl.zst", "corpora/dpo.jsonl.zst",
	} {
		name = filepath.FromSlash(name)
		if _, err := os.Stat(filepath.Join(data, name)); err != nil {
			t.Logf("SKIPPED %s: ../shared/data is not here", name)
			continue
		}
		sample := 1
		if strings.HasSuffix(name, ".zst") {
			sample = *oracleSample
		}
		before := len(texts)
		for _, text := range sharedTexts(t, name) {
			add(text, sample)
		}
		if sample == 1 && len(texts) == before {
			t.Fatalf("%s has no texts", name)
		}
		t.Logf("%s: %d texts", name, len(texts)-before)
	}
	g := randtext.New(*oracleSeed)
	for range *oracleStrings {
		add(g.Next(), 1)
	}
	t.Logf("%d texts in all", len(texts))
	return texts
}

// eachString calls f with the strings in a JSON value.
func eachString(value any, f func(string)) {
	switch v := value.(type) {
	case string:
		f(v)
	case []any:
		for _, item := range v {
			eachString(item, f)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			eachString(v[key], f)
		}
	}
}
