package tokenize

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ftlint/ftlint/internal/randtext"
)

// tokensOf returns the tokens of text, read in stretches of about size bytes,
// and the number of these.
func tokensOf(t *testing.T, counter *Counter, text string, size int) (tokens []uint32, stretches int) {
	t.Helper()
	e, count := counter.Encoding(), 0
	var whole []byte
	for stretch, err := range e.stretches(strings.NewReader(text), size, 1<<20) {
		if err != nil {
			t.Fatal(err)
		}
		tokens = e.AppendTokens(tokens, stretch)
		count += counter.Count(stretch)
		whole = append(whole, stretch...)
		stretches++
	}
	if string(whole) != text {
		t.Fatalf("%s: stretches of %q are %q", e.Name(), text, whole)
	}
	if count != len(tokens) {
		t.Errorf("%s: %q counts %d tokens, and has %d", e.Name(), text, count, len(tokens))
	}
	return tokens, stretches
}

// counters returns a counter of each encoding: they are too large to be made
// for every text.
func counters(tb testing.TB) []*Counter {
	tb.Helper()
	var all []*Counter
	for _, name := range Names() {
		e, err := Get(name)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, e.NewCounter())
	}
	return all
}

// sameInStretches compares the tokens of stretches with those of the whole text.
func sameInStretches(t *testing.T, counter *Counter, text string) {
	t.Helper()
	e := counter.Encoding()
	want := e.AppendTokens(nil, []byte(text))
	for _, size := range []int{1, 7, 64} {
		if got, _ := tokensOf(t, counter, text, size); !slices.Equal(got, want) {
			t.Errorf("%s: %q in stretches of %d bytes is %v, as a whole %v", e.Name(), text, size, got, want)
		}
	}
	// Every place on its own, not only those that are the last in a buffer.
	for i := 1; i < len(text); i++ {
		if canCut([]byte(text), i, e.partsLines()) {
			got := e.AppendTokens(nil, []byte(text[:i]))
			if got = e.AppendTokens(got, []byte(text[i:])); !slices.Equal(got, want) {
				t.Errorf("%s: %q | %q is %v, as a whole %v", e.Name(), text[:i], text[i:], got, want)
			}
		}
	}
}

func TestStretches(t *testing.T) {
	for _, c := range counters(t) {
		for _, text := range []string{
			"", "a", " ", "\n", "one two  three", "don't 's 'S it's, 'll've", "x \n\n  y", "x  \ny", "x\r\ny\r\n\r\n z", "!\n/a", "!\n/\n/a", "!/ /a", "a/ b",
			"a\u180E b", "\u00A0 \u3000 a", "中文。\n中文", "中\u0301\n\u0301a", "1234 5678", "12345,678", "\n 's", "\xff a\xfe\nb\xc3", "😀\n😀 😀", "\uFEFF a", "\uFFFD a\n\uFFFD",
		} {
			sameInStretches(t, c, text)
		}
		g := randtext.New(3)
		for range 400 {
			sameInStretches(t, c, g.Next())
		}
	}
}

// TestStretchesAreShort: ordinary text is cut in nearly every word or line, in
// any script.
func TestStretchesAreShort(t *testing.T) {
	all := counters(t)
	for _, test := range []struct {
		text string
		old  bool // in the encodings before cl100k_base, too
	}{
		{"the quick brown fox ", true},
		{`{"role":"user","content":"minified"},`, true},
		{"быстрая лиса ", true},
		{"1\n22\n333\n", true},
		{"敏捷的棕色狐狸。\n", false},
		{"敏捷的棕色狐狸。\r\n", false},
		{"слово\nслова\n", false},
		{"    indented(code)\n", true},
	} {
		for _, c := range all {
			if !test.old && !c.Encoding().partsLines() {
				continue
			}
			text := strings.Repeat(test.text, 50)
			if _, n := tokensOf(t, c, text, 100); n < len(text)/100 {
				t.Errorf("%s: %d bytes of %q are cut into %d stretches of 100", c.Encoding().Name(), len(text), test.text, n)
			}
		}
	}
}

// TestStretchesEnd: text without a place to cut ends in an error when the bound
// is reached, and not before; errors of the reader come behind what was read.
func TestStretchesEnd(t *testing.T) {
	e, err := Get("o200k_base")
	if err != nil {
		t.Fatal(err)
	}
	read := func(r io.Reader) (text string, err error) {
		for stretch, e := range e.stretches(r, 16, 256) {
			if e != nil {
				return text, e
			}
			text += string(stretch)
		}
		return text, nil
	}
	long := "one two " + strings.Repeat("a", 240)
	if got, err := read(strings.NewReader(long + " end")); err != nil || got != long+" end" {
		t.Errorf("a word within the bound: %q, %v", got, err)
	}
	got, err := read(strings.NewReader("one two " + strings.Repeat("a", 1000)))
	if !errors.Is(err, ErrUncut) || got != "one two" {
		t.Errorf("a word beyond the bound: %q, %v", got, err)
	}
	broken := errors.New("broken")
	got, err = read(io.MultiReader(strings.NewReader("one two"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || got != "one two" {
		t.Errorf("a broken reader: %q, %v", got, err)
	}
	got, err = read(iotest.OneByteReader(strings.NewReader("one two three four")))
	if err != nil || got != "one two three four" {
		t.Errorf("a slow reader: %q, %v", got, err)
	}
	for range e.Stretches(strings.NewReader(long)) {
		break // nothing more is asked for
	}
}

func FuzzStretches(f *testing.F) {
	for _, text := range []string{"it's a\n \nb", "x\n/y", "中文。\nб", "a\xff b"} {
		f.Add([]byte(text), uint64(0))
	}
	all := counters(f)
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		g := randtext.New(seed)
		// What is random alone seldom has anything in it.
		for _, text := range []string{string(text), g.Next(), g.Next() + string(bytes.TrimSpace(text)) + g.Next()} {
			if len(text) > 2000 {
				continue
			}
			for _, c := range all {
				sameInStretches(t, c, text)
			}
		}
	})
}
