// Package tokens writes what ftlint tokens finds: counts, ids, or the pieces of
// the text themselves.
package tokens

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/tokenize"
)

// What is written of a text in the place of its counts, or, as JSON, with them.
type What int

// The values of What.
const (
	Nothing What = iota
	IDs
	Pieces
)

// Options say what is written and how.
type Options struct {
	Encoding *tokenize.Encoding
	What     What
	JSON     bool // one object with all texts
	Color    bool // pieces in colours
	Named    bool // counts have the name of the text behind them
	Several  bool // there is more than one text: there will be a total
	Width    int  // of the column of counts
}

// Counts are the sizes of a text.
type Counts struct {
	Bytes, Characters, Tokens int64
	// Invalid is how many bytes are part of no character. Each of them counts
	// as a character.
	Invalid int64
}

func (c *Counts) add(other Counts) {
	c.Bytes += other.Bytes
	c.Characters += other.Characters
	c.Tokens += other.Tokens
	c.Invalid += other.Invalid
}

// Writer writes texts one after the other: for each of them Begin, Add for its
// stretches, and End. Close ends the output.
type Writer struct {
	w       *bufio.Writer
	options Options
	counter *tokenize.Counter

	name   string
	text   Counts // so far
	total  Counts // of the texts that were read to their end
	texts  int    // that were begun
	begun  bool   // this text
	pieces int    // of this text, so far
	column bool   // the last that was written ended no line
	ids    []uint32
	buf    []byte
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer, o Options) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, 1<<16), options: o, counter: o.Encoding.NewCounter()}
}

// Begin begins a text.
func (w *Writer) Begin(name string) {
	w.name, w.text, w.pieces, w.begun = name, Counts{}, 0, false
}

// begin writes what stands before a text. Nothing of it is written before the
// text could be read, as head does.
func (w *Writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	w.texts++
	switch {
	case w.options.JSON:
		if w.texts == 1 {
			fmt.Fprintf(w.w, "{\n  \"schema_version\": 1,\n  \"encoding\": %s,\n  \"files\": [", quote(w.options.Encoding.Name()))
		} else {
			w.w.WriteByte(',')
		}
		fmt.Fprintf(w.w, "\n    {\"name\": %s, ", quote(w.name))
		switch w.options.What {
		case IDs:
			w.w.WriteString(`"ids": [`)
		case Pieces:
			w.w.WriteString(`"pieces": [`)
		}
	case w.options.What == Pieces && w.options.Several:
		if w.texts > 1 {
			w.w.WriteByte('\n')
		}
		fmt.Fprintf(w.w, "==> %s <==\n", term.Sanitize(w.name))
	}
}

// Add adds a stretch of the text: its tokens are those of the text.
func (w *Writer) Add(stretch []byte) error {
	w.begin()
	counts := Counts{
		Bytes: int64(len(stretch)), Characters: int64(utf8.RuneCount(stretch)), Invalid: int64(invalid(stretch)),
	}
	if w.options.What == Nothing {
		counts.Tokens = int64(w.counter.Count(stretch))
		w.text.add(counts)
		return nil
	}
	w.ids = w.options.Encoding.AppendTokens(w.ids[:0], stretch)
	counts.Tokens = int64(len(w.ids))
	w.text.add(counts)
	for i := range w.ids {
		w.token(w.ids[i : i+1])
	}
	return w.w.Flush()
}

// invalid returns how many bytes of text are part of no character.
func invalid(text []byte) (n int) {
	if utf8.Valid(text) { // Fast path: it looks at many bytes at once.
		return 0
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			n++
		}
		text = text[size:]
	}
	return n
}

// token writes a token, which is the only one in ids.
func (w *Writer) token(ids []uint32) {
	between, color := separator, ""
	switch {
	case w.options.JSON:
		between = ","
	case w.options.What == IDs:
		between = " "
	case w.options.Color:
		between, color = "", colors[w.pieces%len(colors)]
	}
	w.buf = w.buf[:0]
	if w.pieces++; w.pieces > 1 {
		w.buf = append(w.buf, between...)
	}
	switch {
	case w.options.What == IDs:
		w.buf = strconv.AppendUint(w.buf, uint64(ids[0]), 10)
	case w.options.JSON:
		w.buf = appendJSONPiece(w.buf, ids[0], w.options.Encoding.Decode(ids))
	default:
		w.buf = appendPiece(w.buf, w.options.Encoding.Decode(ids), color)
	}
	w.column = w.buf[len(w.buf)-1] != '\n'
	w.w.Write(w.buf)
}

// End ends the text, with the error that kept it from being read to its end.
func (w *Writer) End(err error) (Counts, error) {
	if err == nil {
		w.total.add(w.text)
	}
	if err == nil || w.options.JSON {
		w.begin()
	}
	switch {
	case w.options.JSON:
		if w.options.What != Nothing {
			w.w.WriteString("], ")
		}
		w.jsonCounts(w.text)
		if err != nil {
			fmt.Fprintf(w.w, `, "error": %s`, quote(err.Error()))
		}
		w.w.WriteByte('}')
	case w.options.What == Nothing:
		if err == nil {
			w.line(w.text, w.name)
		}
	case w.options.What == IDs && w.begun || w.column:
		w.w.WriteByte('\n')
	}
	w.column = false
	return w.text, w.w.Flush()
}

// jsonCounts writes the properties of counts.
func (w *Writer) jsonCounts(c Counts) {
	fmt.Fprintf(w.w, `"bytes": %d, "characters": %d, "tokens": %d, "invalid_bytes": %d`, c.Bytes, c.Characters, c.Tokens, c.Invalid)
}

// line writes a line of counts, as wc does.
func (w *Writer) line(c Counts, name string) {
	if !w.options.Named {
		fmt.Fprintf(w.w, "%d\n", c.Tokens)
		return
	}
	fmt.Fprintf(w.w, "%*d %s\n", w.options.Width, c.Tokens, term.Sanitize(name))
}

// Close ends the output, with a total if there were several texts.
func (w *Writer) Close() error {
	switch {
	case w.options.JSON:
		w.w.WriteString("\n  ],\n  \"total\": {")
		w.jsonCounts(w.total)
		w.w.WriteString("}\n}\n")
	case w.options.What == Nothing && w.options.Several:
		w.line(w.total, "total")
	}
	return w.w.Flush()
}

// quote returns s as a JSON string.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// appendJSONPiece appends a token with its text, or, where that is not whole
// characters, with its bytes.
func appendJSONPiece(dst []byte, id uint32, text string) []byte {
	dst = strconv.AppendUint(append(dst, `{"id":`...), uint64(id), 10)
	if utf8.ValidString(text) {
		return append(append(append(dst, `,"text":`...), quote(text)...), '}')
	}
	dst = append(dst, `,"bytes":[`...)
	for i := range len(text) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(dst, uint64(text[i]), 10)
	}
	return append(dst, `]}`...)
}

// separator parts pieces where there are no colours.
const separator = "│"

// colors are backgrounds for pieces, in turn: pale ones of the palette of 256,
// which is the same in every terminal, with black text, so that they can be read
// on dark terminals and light ones.
var colors = [...]string{
	"\x1b[38;5;16;48;5;183m", // lilac
	"\x1b[38;5;16;48;5;157m", // green
	"\x1b[38;5;16;48;5;223m", // orange
	"\x1b[38;5;16;48;5;217m", // red
	"\x1b[38;5;16;48;5;159m", // blue
}

const noColor = "\x1b[39;49m"

// appendPiece appends the text of a token, on a background if color is not
// empty. It is made safe for terminals. A line end is shown and kept, without
// background behind it, which would run to the edge of the terminal. Bytes that
// are not whole characters, as tokens can end within one, are shown as <E4 B8>,
// and a mark that would stand over what is not of this piece stands over ◌.
func appendPiece(dst []byte, text, color string) []byte {
	dst = append(dst, color...)
	if r, _ := utf8.DecodeRuneInString(text); unicode.Is(unicode.M, r) {
		dst = append(dst, "◌"...)
	}
	for len(text) > 0 {
		n := 0
		for n < len(text) && !wholeRune(text[n:]) {
			n++
		}
		if n > 0 {
			dst = fmt.Appendf(dst, "<% X>", text[:n])
			text = text[n:]
			continue
		}
		for n < len(text) && wholeRune(text[n:]) && (n == 0 || text[n-1] != '\n') {
			_, size := utf8.DecodeRuneInString(text[n:])
			n += size
		}
		dst = term.AppendSanitized(dst, []byte(text[:n]))
		if text[n-1] == '\n' {
			if color != "" {
				dst = append(dst, noColor...)
			}
			dst = append(dst, '\n')
			if n < len(text) {
				dst = append(dst, color...)
			}
		}
		text = text[n:]
	}
	if color != "" && dst[len(dst)-1] != '\n' {
		dst = append(dst, noColor...)
	}
	return dst
}

// wholeRune reports whether text begins with a character.
func wholeRune(text string) bool {
	r, n := utf8.DecodeRuneInString(text)
	return r != utf8.RuneError || n > 1
}
