// Package tokenize counts tokens as OpenAI's models do.
//
// The encodings are those of pkoukk/tiktoken-go, with the vocabularies of
// tiktoken-go-loader: nothing is downloaded at run time, and only the encoding
// in use is loaded.
package tokenize

import (
	"fmt"
	"sync"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/internal/catalog"
)

// Encoding turns text into tokens and back. It is safe for concurrent use.
type Encoding struct {
	name     string
	tiktoken *tiktoken.Tiktoken
}

// encodings names the encodings that there are, and the vocabulary of each:
// o200k_harmony is o200k_base with the special tokens of gpt-oss, which are
// ordinary text here.
var encodings = map[string]string{
	"cl100k_base":   tiktoken.MODEL_CL100K_BASE,
	"o200k_base":    tiktoken.MODEL_O200K_BASE,
	"o200k_harmony": tiktoken.MODEL_O200K_BASE,
	"p50k_base":     tiktoken.MODEL_P50K_BASE,
	"r50k_base":     tiktoken.MODEL_R50K_BASE,
}

// offline makes tiktoken-go, whose loader is one for the whole program, read the
// vocabularies that are part of the program.
var offline = sync.OnceFunc(func() { tiktoken.SetBpeLoader(loader.NewOfflineLoader()) })

// Get returns the encoding called name: cl100k_base, o200k_base, o200k_harmony,
// p50k_base or r50k_base. The first call for each loads its vocabulary.
func Get(name string) (*Encoding, error) {
	vocabulary, ok := encodings[name]
	if !ok {
		return nil, fmt.Errorf("unknown encoding %q", name)
	}
	offline()
	t, err := tiktoken.GetEncoding(vocabulary)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", name, err)
	}
	return &Encoding{name: name, tiktoken: t}, nil
}

// ForModel returns the encoding of a model, which can be a fine-tuned one
// (ft:gpt-4o-mini-2024-07-18:org::id) or be written as Azure does
// (gpt-35-turbo). What model has which is in the catalogue.
func ForModel(model string) (*Encoding, error) {
	c, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	name, ok := c.Encoding(model)
	if !ok {
		return nil, fmt.Errorf("the encoding of model %q is not known", model)
	}
	return Get(name)
}

// Name returns the name of the encoding.
func (e *Encoding) Name() string { return e.name }

// Count returns the number of tokens of text, which is valid UTF-8. Special
// tokens in it count as the ordinary text that they are in a dataset.
func (e *Encoding) Count(text []byte) int { return e.CountString(string(text)) }

// CountString is Count for a string.
func (e *Encoding) CountString(text string) int { return len(e.tiktoken.EncodeOrdinary(text)) }

// AppendTokens appends the tokens of text, which is valid UTF-8, to dst.
func (e *Encoding) AppendTokens(dst []uint32, text []byte) []uint32 {
	for _, token := range e.tiktoken.EncodeOrdinary(string(text)) {
		dst = append(dst, uint32(token))
	}
	return dst
}

// Counter counts like its Encoding, for one goroutine: it keeps what it has
// found, so that the next text is counted faster.
type Counter struct {
	encoding *Encoding
}

// NewCounter returns a Counter of the encoding.
func (e *Encoding) NewCounter() *Counter { return &Counter{encoding: e} }

// Encoding returns the encoding that c counts in.
func (c *Counter) Encoding() *Encoding { return c.encoding }

// Count returns the number of tokens of text, as Encoding.Count does.
func (c *Counter) Count(text []byte) int { return c.encoding.Count(text) }

// CountString is Count for a string.
func (c *Counter) CountString(text string) int { return c.encoding.CountString(text) }

// Decode returns the text of tokens.
func (e *Encoding) Decode(tokens []uint32) string {
	ints := make([]int, len(tokens))
	for i, token := range tokens {
		ints[i] = int(token)
	}
	return e.tiktoken.Decode(ints)
}
