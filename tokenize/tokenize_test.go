package tokenize_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/tokenize"
)

// TestKnownTokens compares with tokens that OpenAI publishes for these texts.
func TestKnownTokens(t *testing.T) {
	for _, test := range []struct {
		encoding, text string
		want           []uint32
	}{
		{"cl100k_base", "tiktoken is great!", []uint32{83, 1609, 5963, 374, 2294, 0}},
		{"cl100k_base", "hello world", []uint32{15339, 1917}},
		{"o200k_base", "hello world", []uint32{24912, 2375}},
		{"o200k_harmony", "hello world", []uint32{24912, 2375}},
		{"r50k_base", "hello world", []uint32{31373, 995}},
		{"p50k_base", "hello world", []uint32{31373, 995}},
	} {
		e, err := tokenize.Get(test.encoding)
		if err != nil {
			t.Fatal(err)
		}
		got := e.AppendTokens(nil, []byte(test.text))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %q:\n%s", test.encoding, test.text, diff)
		}
		if n := e.Count([]byte(test.text)); n != len(test.want) {
			t.Errorf("%s %q: counted %d", test.encoding, test.text, n)
		}
		if text := e.Decode(got); text != test.text {
			t.Errorf("%s: %q became %q", test.encoding, test.text, text)
		}
	}
}

// TestSpecialTokensAreText: in training text a special token has no power.
func TestSpecialTokensAreText(t *testing.T) {
	e, err := tokenize.Get("o200k_base")
	if err != nil {
		t.Fatal(err)
	}
	if n := e.CountString("<|endoftext|>"); n < 3 {
		t.Errorf("<|endoftext|> counts as %d tokens", n)
	}
}

func TestForModel(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-4.1":                                   "o200k_base",
		"ft:gpt-4.1-mini-2025-04-14:org::abc123":    "o200k_base",
		"gpt-4.1-mini-2025-04-14.ft-0123abcd-sales": "o200k_base",
		"gpt-35-turbo":                              "cl100k_base",
		"gpt-4-0613":                                "cl100k_base",
		"babbage-002":                               "cl100k_base",
	} {
		e, err := tokenize.ForModel(model)
		if err != nil || e.Name() != want {
			t.Errorf("%s: %v, want %s (%v)", model, e, want, err)
		}
	}
	if _, err := tokenize.ForModel("no-such-model"); err == nil {
		t.Error("a model that is not known has an encoding")
	}
	if _, err := tokenize.Get("no_such_base"); err == nil {
		t.Error("an encoding that is not known is returned")
	}
}
