package tokenize_test

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/internal/randtext"
	"github.com/ftlint/ftlint/tokenize"
)

var (
	corporaEvery  = flag.Int("every", 10, "one in so many texts of the corpora is counted in all ways")
	randomStrings = flag.Int("random", 5000, "random strings that are counted in all ways")
	randomSeed    = flag.Uint64("random-seed", 1, "seed of the random strings")
)

var encodingNames = []string{"cl100k_base", "o200k_base", "o200k_harmony", "p50k_base", "r50k_base"}

// subject is an encoding, a counter that is used for all texts of a test, and
// tiktoken-go to compare with.
type subject struct {
	*tokenize.Encoding
	counter  *tokenize.Counter
	tiktoken *tiktoken.Tiktoken
	tokens   []uint32
}

// tiktokenEncoding gives those that tiktoken-go does not know by name.
var tiktokenEncoding = map[string]string{"o200k_harmony": "o200k_base"}

func subjects(tb testing.TB, names ...string) []*subject {
	tb.Helper()
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	var all []*subject
	for _, name := range names {
		e, err := tokenize.Get(name)
		if err != nil {
			tb.Fatal(err)
		}
		known, ok := tiktokenEncoding[name]
		if !ok {
			known = name
		}
		t, err := tiktoken.GetEncoding(known)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, &subject{Encoding: e, counter: e.NewCounter(), tiktoken: t})
	}
	return all
}

// holds checks that the ways to count a text agree and that its tokens are those
// of its bytes.
func (s *subject) holds(tb testing.TB, text string) {
	tb.Helper()
	s.tokens = s.AppendTokens(s.tokens[:0], []byte(text))
	if n := s.counter.CountString(text); n != len(s.tokens) {
		tb.Errorf("%s: the counter counts %d tokens, there are %d: %+q", s.Name(), n, len(s.tokens), text)
	}
	if got := s.Decode(s.tokens); got != text {
		tb.Errorf("%s: %+q came back as %+q", s.Name(), text, got)
	}
}

// isTiktokens compares the tokens that holds found with those of tiktoken-go.
func (s *subject) isTiktokens(tb testing.TB, text string) {
	tb.Helper()
	want := s.tiktoken.EncodeOrdinary(text)
	if !slices.EqualFunc(s.tokens, want, func(a uint32, b int) bool { return int(a) == b }) {
		tb.Errorf("%s: %+q\nftlint   %d\ntiktoken %d", s.Name(), text, s.tokens, want)
	}
}

// differs reports whether tiktoken-go is known to be wrong about a text: it has
// the classes of Unicode 15.0, see TestClasses, and does not take a long s for an
// s.
func differs(text string) bool {
	for _, r := range text {
		if r == 'ſ' || r > 0x7f && unicode.Is(unicode.Cn, r) {
			return true
		}
	}
	return false
}

// sharedTexts returns the strings in the JSON lines of a file of ../shared/data.
func sharedTexts(t testing.TB, path string) (texts []string) {
	folder, name := filepath.Split(path)
	for _, line := range sharedLines(t, folder, name, 1) {
		var value any
		if utf8.ValidString(line) && json.Unmarshal([]byte(line), &value) == nil {
			eachString(value, func(text string) { texts = append(texts, text) })
		}
	}
	return texts
}

// TestCorporaTokens counts texts of the corpora in all ways, and compares some of
// them with tiktoken-go; with -every 1 all of them, which takes half an hour. (make
// oracle compares all with OpenAI's own, which is faster.)
func TestCorporaTokens(t *testing.T) {
	every := *corporaEvery
	if testing.Short() {
		every *= 10
	}
	all := subjects(t, encodingNames...)
	n := 0
	for _, file := range []struct {
		name     string
		compared int // one in so many texts
	}{
		{"json/naughty_chat.jsonl", 1},
		{"json/utf8_torture.jsonl", 1},
		{"corpora/dpo.jsonl.zst", 20},
		{"corpora/tools.jsonl.zst", 100},
		{"corpora/chat_en.jsonl.zst", 300},
		{"corpora/chat_multilingual.jsonl.zst", 200},
	} {
		for _, text := range sharedTexts(t, filepath.FromSlash(file.name)) {
			if n++; file.compared > 1 && n%every != 0 {
				continue
			}
			for i, s := range all {
				if i > 1 && n%(5*every) != 0 { // the two that models have are tried most
					continue
				}
				s.holds(t, text)
				if (file.compared == 1 || every == 1 || n%(file.compared*every) == 0) && !differs(text) {
					s.isTiktokens(t, text)
				}
			}
			if t.Failed() {
				return
			}
		}
	}
}

// TestRandomTokens does the same with random strings: as many as -random says.
func TestRandomTokens(t *testing.T) {
	all := subjects(t, encodingNames...)
	g := randtext.New(*randomSeed)
	for i := range *randomStrings {
		text := g.Next()
		for k, s := range all {
			if k > 1 && i%10 != 0 { // the two that models have are tried most
				continue
			}
			s.holds(t, text)
			if len(text) < 1000 && !differs(text) {
				s.isTiktokens(t, text)
			}
		}
		if t.Failed() {
			t.Fatalf("after %d strings", i)
		}
	}
}

// TestWindows puts each kind of character to each place in a window, before and
// after each other one.
func TestWindows(t *testing.T) {
	kinds := []string{
		"a", "A", "é", "É", "ǅ", "中", "ʰ", "\u0301", "ा", "7", "٣", "½", " ", "\t", "\u00a0", "\u3000", "\n", "\r\n", "/", "'", "'s", "'LL", "'ve",
		"\u2019", "!", "…", "😀", "\x00", "\u200d", "\xff", "\xe4\xb8", "\U00010400", "\U0001E922", "-", "the", "中文", "สวัสดี", "--", "\n\n  ",
	}
	fillers := []string{"word ", "слово ", "字", "7", "    ", "--", "aB"}
	all := subjects(t, "cl100k_base", "o200k_base")
	r := rand.New(rand.NewPCG(1, 2))
	for _, a := range kinds {
		for _, b := range kinds {
			filler := fillers[r.IntN(len(fillers))]
			for length := r.IntN(4); length < 80; length += 4 {
				c := kinds[r.IntN(len(kinds))]
				text := strings.Repeat(filler, length/len(filler)+1)[:length] + a + b + c + kinds[r.IntN(len(kinds))] + strings.Repeat(filler, r.IntN(5))
				for _, s := range all {
					s.holds(t, text)
				}
			}
			text := "so" + a + b + " " + a + b + b + a
			for _, s := range all {
				s.holds(t, text)
				if utf8.ValidString(text) {
					s.isTiktokens(t, text)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

// TestLongPieces counts pieces that are longer than caches, words and spans are,
// and compares them with tiktoken-go, which takes quadratic time for them.
func TestLongPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	letters := make([]byte, 5000)
	for i := range letters {
		letters[i] = "aeinorst"[r.IntN(8)]
	}
	var thai, kanji strings.Builder
	for range 1500 {
		thai.WriteRune(rune(0x0e01 + r.IntN(0x2e)))
		kanji.WriteRune(rune(0x4e00 + r.IntN(0x2000)))
	}
	sources := []string{
		string(letters), thai.String(), kanji.String(), strings.Repeat("a", 5000), strings.Repeat("ab", 2500), strings.Repeat(" ", 5000),
		strings.Repeat("-", 5000), strings.Repeat("=-", 2500), strings.Repeat("😀", 1250), strings.Repeat("👨‍👩‍👧", 250),
		strings.Repeat("\n", 5000), strings.Repeat("a\u0301", 1700), strings.Repeat("é", 2500), strings.Repeat("ក", 1700), strings.Repeat("7", 3000),
	}
	all := subjects(t, encodingNames...)
	for _, source := range sources {
		for _, n := range []int{14, 15, 16, 29, 30, 31, 32, 47, 48, 49, 63, 64, 65, 66, 96, 127, 128, 129, 200, 500, 1000, 2000, 2047, 2048, 2049, 3500, 5000} {
			n = min(n, len(source))
			for n < len(source) && !utf8.RuneStart(source[n]) {
				n++
			}
			for _, text := range []string{source[:n], "x " + source[:n] + " y"} {
				for _, s := range all {
					s.holds(t, text)
					if n <= 2049 {
						s.isTiktokens(t, text)
					}
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

// TestUnspaced counts text in which words have no spaces between them, of letters
// without case and some that end a run of those.
func TestUnspaced(t *testing.T) {
	letters := []string{"中", "文", "は", "ค", "ำ", "ส", "ั", "ि", "क", "한", "あ", "ー", "ا", "\u0301", "ʰ"}
	others := []string{"A", "a", "é", "É", "ǅ", "7", "'s", "'", "，", "、", " ", "\u3000", "\n", "/", "😀", "\xe4\xb8"}
	all := subjects(t, "cl100k_base", "o200k_base")
	r := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		var text strings.Builder
		few := 1 + r.IntN(len(letters))
		for range r.IntN(150) {
			if r.IntN(40) == 0 {
				text.WriteString(others[r.IntN(len(others))])
			}
			text.WriteString(letters[r.IntN(few)])
		}
		for _, s := range all {
			s.holds(t, text.String())
		}
		if t.Failed() {
			return
		}
	}
}

// TestNewerThanTiktokenGo has texts that tiktoken-go takes otherwise than OpenAI's
// tiktoken: | is where a piece ends.
func TestNewerThanTiktokenGo(t *testing.T) {
	for _, test := range []struct{ encoding, text string }{
		// A long s is an s where case does not matter, so it makes a contraction.
		{"o200k_base", "it'ſ|a"},
		{"cl100k_base", "it|'ſ|a"},
		// New letters of Unicode 15.1 (CJK Extension I) and of 16.0 (Latin, Garay) are
		// letters: a word goes on with them, and one character before them is part
		// of it.
		{"cl100k_base", "one|!\U0002EBF0a"},
		{"o200k_base", "one|!a\U0002EBF0b"},
		{"o200k_base", "a|\uA7CBb|\U00010D50a"},
		{"cl100k_base", "a\uA7CBb\U00010D50a"},
	} {
		s := subjects(t, test.encoding)[0]
		text := strings.ReplaceAll(test.text, "|", "")
		s.holds(t, text)
		var want []uint32
		for piece := range strings.SplitSeq(test.text, "|") {
			want = s.AppendTokens(want, []byte(piece))
		}
		if !slices.Equal(s.tokens, want) {
			t.Errorf("%s: %+q has the tokens %d, not %d of the pieces %+q", test.encoding, text, s.tokens, want, test.text)
		}
	}
}

// TestConcurrently counts with one encoding in many goroutines.
func TestConcurrently(t *testing.T) {
	e := subjects(t, "o200k_base")[0]
	g := randtext.New(5)
	var texts []string
	for range 500 {
		texts = append(texts, g.Next())
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, text := range texts {
				if n, want := e.CountString(text), len(e.AppendTokens(nil, []byte(text))); n != want {
					t.Errorf("%d tokens, not %d: %+q", n, want, text)
				}
			}
		})
	}
	group.Wait()
}

// TestCounterAllocates sees that counting allocates nothing once a counter has
// seen what there is.
func TestCounterAllocates(t *testing.T) {
	for _, s := range subjects(t, encodingNames...) {
		texts := []string{"Hello, world. 你好,世界。", strings.Repeat("long", 100), "สวัสดีครับ ยินดีที่ได้รู้จัก", strings.Repeat("a line of words, and 12345 numbers\n", 20)}
		if n := testing.AllocsPerRun(20, func() {
			for _, text := range texts {
				s.counter.CountString(text)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", s.Name(), n)
		}
	}
}

// FuzzTokens counts any bytes in all ways.
func FuzzTokens(f *testing.F) {
	g := randtext.New(7)
	for range 50 {
		f.Add([]byte(g.Next()))
	}
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x80")) // was taken for no piece
	f.Add([]byte("\xff\xfe\xe4\xb8 'S 'ſ\xed\xa0\x80"))
	all := subjects(f, encodingNames...)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return
		}
		text := string(data)
		for _, s := range all {
			s.holds(t, text)
			if utf8.Valid(data) && len(data) < 500 && !differs(text) {
				s.isTiktokens(t, text)
			}
		}
	})
}
