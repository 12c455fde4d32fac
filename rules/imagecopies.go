package rules

import (
	"bytes"
	"encoding/base64"
	"io"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rule on images that stand in several examples.

var imageDuplicate = lint.Rule{
	ID: "FTV017", Name: "image-duplicate", Since: since,
	Severity: lint.Info, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The same image and question have different answers",
		Why: "The model cannot learn both answers. Images are the same if the bytes of their files are, or their URLs; questions if the text of all messages before the answer is, but for case, punctuation and white space. " +
			"Other questions about an image are normal data and are not told, nor is what FTQ003 tells: examples whose prompts are the same in every respect. So this finds the image that was embedded twice in different ways, or shown in another detail. " +
			"Of each example with images 32 bytes are kept, and up to 48 more while they are compared; of a file at most a million of them. " +
			"This is advice: no service is known to refuse it.",
		Help: "keep the right answer, or put into the question what makes the difference",
		BadFile: sample(func() string {
			return goodFile() + askAndAnswer(`{"url":"`+goodURL+`"}`, "It is Lima.") + askAndAnswer(`{"url":"`+goodURL+`","detail":"low"}`, "It is Cusco.")
		}),
		GoodFile: sample(func() string {
			return goodFile() + askAndAnswer(`{"url":"`+goodURL+`"}`, "It is Lima.") + askAndAnswer(`{"url":"`+goodURL+`","detail":"low"}`, "It is Lima.")
		}),
	},
	Collector: func(s *lint.Settings) lint.Collector { return &imageAnswers{settings: s} },
}

// askAndAnswer is a chat line about an image, of which imageURL is the field image_url.
func askAndAnswer(imageURL, answer string) string {
	return chat(sysMsg, asksAbout(imageURL), `{"role":"assistant","content":"`+answer+`"}`) + "\n"
}

// maxImageAnswers is how many examples with images are kept of a file.
const maxImageAnswers = 1 << 20

// imageAnswers gathers the examples with images.
type imageAnswers struct {
	settings *lint.Settings
	rows     []imageAnswer
	id       dataset.Identifier
}

// imageAnswer is an example with images.
type imageAnswer struct {
	shown          uint64 // hash of the images and of the text before the answer
	prompt, answer uint64 // as of dataset.Identity
	line           int64
}

// Add takes one example.
func (c *imageAnswers) Add(e *dataset.Example) {
	if e.Facts&dataset.FactImage == 0 || len(c.rows) >= maxImageAnswers {
		return
	}
	all := pictures(c.settings, e)
	h := xxh3.New()
	for i := range all {
		if !all[i].hash(e, h) {
			return // it cannot be read, which others tell
		}
	}
	of := c.id.Identify(e)
	if len(all) == 0 || of.Prompt == 0 || of.Answer == 0 {
		return
	}
	hashQuestion(e, h)
	c.rows = append(c.rows, imageAnswer{h.Sum64(), of.Prompt, of.Answer, e.Number})
}

// hash adds what tells an image from others to h: the bytes of its file, or its URL.
func (pic *picture) hash(e *dataset.Example, h *xxh3.Hasher) bool {
	switch {
	case pic.remote():
		h.WriteString("u") //nolint:errcheck // a hash takes everything
		h.Write(e.Text(pic.part.URL))
		return true
	case !pic.url.HasData() || !pic.data.Readable():
		return false
	}
	h.WriteString("d") //nolint:errcheck // as above
	raw := pic.url.Raw[pic.url.DataAt:]
	if !pic.data.Faulty() && bytes.IndexByte(raw, '\\') < 0 {
		// There is one way only to write a file so.
		h.Write(bytes.TrimRight(raw, "="))
		return true
	}
	return hashOfBase64(pic.url.Data(), h)
}

// hashOfBase64 adds base64 to h as if it had been written without faults and escapes.
func hashOfBase64(data *images.Base64, h io.Writer) bool {
	var decoded [3 << 10]byte
	var again [4 << 10]byte
	for {
		n, err := io.ReadFull(data, decoded[:])
		base64.RawStdEncoding.Encode(again[:], decoded[:n])
		h.Write(again[:base64.RawStdEncoding.EncodedLen(n)]) //nolint:errcheck // a hash takes everything
		if err != nil {
			return data.Readable()
		}
	}
}

// hashQuestion adds the letters and digits of the messages before the answer to h.
func hashQuestion(e *dataset.Example, h *xxh3.Hasher) {
	list := e.Messages.Items
	if e.Shape == dataset.ShapePreference {
		list = e.Preference.Messages.Items
	} else {
		for len(list) > 0 && list[len(list)-1].Role == dataset.RoleAssistant {
			list = list[:len(list)-1]
		}
	}
	var room [256]byte
	for i := range list {
		m := &list[i]
		h.Write([]byte{'\n', byte(m.Role)})
		if m.Content.Kind == dataset.String {
			h.Write(appendFolded(room[:0], e.Text(m.Content)))
		}
		for j := range m.Parts {
			if m.Parts[j].Text.Kind == dataset.String {
				h.Write(appendFolded(room[:0], e.Text(m.Parts[j].Text)))
			}
		}
	}
}

// appendFolded appends the letters and digits of a text to dst, in lower case.
func appendFolded(dst, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
	}
	return dst
}

// Merge takes over what next has seen.
func (c *imageAnswers) Merge(next lint.Collector, lines int64) {
	rows := next.(*imageAnswers).rows
	rows = rows[:min(len(rows), maxImageAnswers-len(c.rows))]
	c.rows = slices.Grow(c.rows, len(rows))
	for _, row := range rows {
		row.line += lines
		c.rows = append(c.rows, row)
	}
}

// Finish reports other answers.
func (c *imageAnswers) Finish(p *lint.Pass, f *lint.File) {
	if unusable(f) || len(c.rows) < 2 {
		return
	}
	shown, prompts := stats.NewIndex(len(c.rows)), stats.NewIndex(len(c.rows))
	for i := range c.rows {
		row := &c.rows[i]
		first := shown.Find(row.shown, i, func(j int) bool { return c.rows[j].shown == row.shown })
		again := prompts.Find(row.prompt, i, func(j int) bool { return c.rows[j].prompt == row.prompt })
		if first >= 0 && again < 0 && c.rows[first].answer != row.answer {
			p.ReportLine(row.line, "the same image and question as on line %s, but written in another way and with another answer", lint.Int(c.rows[first].line))
		}
	}
}
