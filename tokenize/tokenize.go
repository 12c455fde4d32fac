// Package tokenize counts tokens as OpenAI's models do: exactly, and fast.
//
// The vocabularies are those of tiktoken-go-loader, the patterns that cut text
// into pieces those of OpenAI's tiktoken, with its Unicode 16.0. Nothing is
// downloaded at run time, and only the encoding in use is loaded.
package tokenize

import (
	_ "embed"
	"fmt"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/internal/catalog"
)

// Encoding turns text into tokens and back. It is safe for concurrent use.
//
// Text need not be valid UTF-8: a byte that belongs to no character is taken
// for a character that is no letter, number or white space. Special tokens in a
// text are the ordinary text that they are in a dataset.
type Encoding struct {
	name string
	*splitter
	*vocabulary
	special  map[uint32]string
	counters sync.Pool
}

// known is an encoding that there is.
type known struct {
	splitter splitter
	load     func() (*vocabulary, error)
	special  func() map[uint32]string
}

var encodings = map[string]known{
	"cl100k_base": {splitter{nextCL100k, true, false}, cl100k, func() map[uint32]string {
		return map[uint32]string{
			100257: endOfText, 100258: "<|fim_prefix|>", 100259: "<|fim_middle|>", 100260: "<|fim_suffix|>", 100276: endOfPrompt,
		}
	}},
	"o200k_base": {splitter{nextO200k, true, true}, o200k, func() map[uint32]string {
		return map[uint32]string{199999: endOfText, 200018: endOfPrompt}
	}},
	"o200k_harmony": {splitter{nextO200k, true, true}, o200k, harmony},
	"p50k_base":     {splitter{nextR50k, false, false}, p50k, gpt2},
	"r50k_base":     {splitter{nextR50k, false, false}, r50k, gpt2},
}

const (
	endOfText   = "<|endoftext|>"
	endOfPrompt = "<|endofprompt|>"
)

func gpt2() map[uint32]string { return map[uint32]string{50256: endOfText} }

// harmony has the special tokens of gpt-oss, which it writes conversations with.
func harmony() map[uint32]string {
	all := map[uint32]string{
		199998: "<|startoftext|>", 199999: endOfText, 200002: "<|return|>", 200003: "<|constrain|>", 200005: "<|channel|>",
		200006: "<|start|>", 200007: "<|end|>", 200008: "<|message|>", 200012: "<|call|>", 200018: endOfPrompt,
	}
	for token := uint32(200000); token <= 201087; token++ {
		if _, ok := all[token]; !ok {
			all[token] = "<|reserved_" + strconv.Itoa(int(token)) + "|>"
		}
	}
	return all
}

// The vocabularies of the encodings that models to fine-tune have are stored in
// a form that is quick to load, see store.
//
//go:generate go test -run TestStored -update .
//go:embed cl100k_base.bin
var storedCL100k string

//go:embed o200k_base.bin
var storedO200k string

var (
	cl100k = sync.OnceValues(func() (*vocabulary, error) { return newVocabulary(restore(storedCL100k)), nil })
	o200k  = sync.OnceValues(func() (*vocabulary, error) { return newVocabulary(restore(storedO200k)), nil })
	p50k   = sync.OnceValues(func() (*vocabulary, error) { return learned(tiktoken.MODEL_P50K_BASE) })
	r50k   = sync.OnceValues(func() (*vocabulary, error) { return learned(tiktoken.MODEL_R50K_BASE) })
)

// ranks returns the tokens of an encoding and their numbers.
func ranks(encoding string) (map[string]int, error) {
	return loader.NewOfflineLoader().LoadTiktokenBpe(encoding + ".tiktoken")
}

// learned makes the vocabulary of an encoding out of its tokens.
func learned(encoding string) (*vocabulary, error) {
	tokens, err := ranks(encoding)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", encoding, err)
	}
	all, err := learn(tokens)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", encoding, err)
	}
	return newVocabulary(all, learnGlue(tokens)), nil
}

// Get returns the encoding called name: cl100k_base, o200k_base, o200k_harmony,
// p50k_base or r50k_base. The first call for each loads its vocabulary.
func Get(name string) (*Encoding, error) {
	k, ok := encodings[name]
	if !ok {
		return nil, fmt.Errorf("unknown encoding %q", name)
	}
	v, err := k.load()
	if err != nil {
		return nil, err
	}
	e := &Encoding{name: name, splitter: &k.splitter, vocabulary: v, special: k.special()}
	e.counters.New = func() any { return e.NewCounter() }
	return e, nil
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

// Count returns the number of tokens of text.
func (e *Encoding) Count(text []byte) int {
	c := e.counters.Get().(*Counter)
	defer e.counters.Put(c)
	return c.Count(text)
}

// CountString is Count for a string.
func (e *Encoding) CountString(text string) int {
	c := e.counters.Get().(*Counter)
	defer e.counters.Put(c)
	return c.CountString(text)
}

// AppendTokens appends the tokens of text to dst.
func (e *Encoding) AppendTokens(dst []uint32, text []byte) []uint32 {
	enc := encoder{vocabulary: e.vocabulary}
	for i := 0; i < len(text); {
		end := e.next(text, i)
		dst = enc.appendTo(dst, text[i:end])
		i = end
	}
	return dst
}

// Decode returns the text of tokens, special ones too. A number that is no token
// becomes U+FFFD.
func (e *Encoding) Decode(tokens []uint32) string {
	var b []byte
	for _, token := range tokens {
		switch text, ok := e.special[token]; {
		case ok:
			b = append(b, text...)
		case int(token) < len(e.parts) && e.parts[token].right != none:
			b = e.appendBytes(b, token)
		default:
			b = utf8.AppendRune(b, utf8.RuneError)
		}
	}
	return string(b)
}
