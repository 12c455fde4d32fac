package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// htmlPage is a page that was parsed.
type htmlPage struct {
	source   string
	elements map[string]int // how many there are of each name
	text     string
}

// writePage runs a command that writes a page, and parses it.
func writePage(t *testing.T, wantStatus int, args ...string) *htmlPage {
	t.Helper()
	var out, errs bytes.Buffer
	args = append(slices.Clone(args), "-o", "html")
	if status := Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); status != wantStatus {
		t.Fatalf("%q: exit status %d, want %d\n%s", args, status, wantStatus, &errs)
	}
	return parsePage(t, out.String())
}

// embedded are the style and the script of a page, which are no XML.
var embedded = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>`)

// parsePage sees that a page is well-formed to the strict parser of XML (it has
// to be, if nothing that it shows is taken for markup), and that it loads nothing
// and runs nothing but its own script.
func parsePage(t *testing.T, source string) *htmlPage {
	t.Helper()
	p := &htmlPage{source: source, elements: map[string]int{}}
	if n := len(embedded.FindAllString(source, -1)); n != 2 {
		t.Fatalf("%d styles and scripts, want one of each", n)
	}
	decoder := xml.NewDecoder(strings.NewReader(embedded.ReplaceAllString(source, "")))
	ids := map[string]bool{}
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			p.elements[name]++
			if name == "img" && len(token.Attr) == 3 && token.Attr[0].Value == "thumbnail" && strings.HasPrefix(token.Attr[1].Value, "data:image/jpeg;base64,") {
				continue // made by ftlint
			}
			if slices.Contains([]string{"script", "style", "img", "image", "iframe", "object", "embed", "link", "base", "a", "form", "video", "audio", "use", "foreignObject"}, name) {
				t.Errorf("the page has an element %s", name)
			}
			for _, a := range token.Attr {
				attribute := a.Name.Local
				if slices.Contains([]string{"src", "href", "srcset", "style", "action", "srcdoc", "poster", "data", "background", "formaction"}, attribute) || strings.HasPrefix(attribute, "on") {
					t.Errorf("%s has an attribute %s=%q", name, attribute, a.Value)
				}
				if strings.Contains(a.Value, "http:") || strings.Contains(a.Value, "https:") || strings.Contains(a.Value, "javascript:") {
					t.Errorf("%s: %s=%q names an address", name, attribute, a.Value)
				}
				if attribute == "id" {
					if ids[a.Value] {
						t.Errorf("two elements have the id %q", a.Value)
					}
					ids[a.Value] = true
				}
				if v := strings.TrimSuffix(a.Value, "%"); slices.Contains([]string{"x", "y", "width", "height", "cx", "cy", "d"}, attribute) && (strings.Contains(v, "NaN") || strings.Contains(v, "Inf") || strings.HasPrefix(v, "-")) {
					t.Errorf("%s: %s=%q", name, attribute, a.Value)
				}
			}
		case xml.CharData:
			text.Write(token)
			text.WriteByte(' ')
		case xml.Comment:
			t.Errorf("a comment: %q", token)
		}
	}
	p.text = strings.Join(strings.Fields(text.String()), " ")
	for _, r := range source {
		if r != '\n' && r != '\t' && unicode.Is(unicode.C, r) && !unicode.Is(unicode.Co, r) {
			t.Errorf("the page has the character %U", r)
			break
		}
	}
	if css := embedded.FindString(source); strings.Contains(css, "url(") || strings.Contains(css, "@import") {
		t.Error("the style loads something")
	}
	return p
}

// has sees that the text of the page says all this.
func (p *htmlPage) has(t *testing.T, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(p.text, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

// hasNot sees that the text of the page says nothing of this.
func (p *htmlPage) hasNot(t *testing.T, all ...string) {
	t.Helper()
	for _, s := range all {
		if strings.Contains(p.text, s) {
			t.Errorf("the page says %q", s)
		}
	}
}

func TestHTMLPages(t *testing.T) {
	demo := func(name string) string { return filepath.Join(root, "testdata", "demo", name) }
	fixture := func(name string) string { return filepath.Join(root, "testdata", "fixtures", name) }
	forecast := []string{"Forecast", "epochs × steps", "What each provider would bill", "How sure the tokens are"}

	t.Run("findings alone", func(t *testing.T) {
		p := writePage(t, 1, "check", demo("train.jsonl"))
		p.has(t, "ftlint check", "FAIL", "15 errors", "FTM002", "role-unknown", "messages[1].role", `"human" is not a role`, "3 lines: 31, 32, 33", "train.jsonl:4:233")
		p.hasNot(t, "Forecast", "Distributions", "over limit")
		if got := p.elements["article"]; got != 19 {
			t.Errorf("%d groups of findings, want 19", got)
		}
		if p.elements["pre"] > 0 {
			t.Error("lines of the data are shown without being asked for")
		}
	})
	t.Run("figures and findings", func(t *testing.T) {
		p := writePage(t, 1, "check", "--stats", "--snippets", "on", demo("train.jsonl"), demo("valid.jsonl"), "--model", "gpt-4.1-mini", "--profile", "both")
		p.has(t, forecast...)
		p.has(t, "FAIL", "gpt-4.1-mini", "59", "examples to train on", "10 to validate", "3 × 59", "Tokens per example", "Trained tokens per example", "Tokens by role", "Distributions",
			"All files together", "Longest examples", "You are the support desk", "Writing systems", "Weights of assistant messages", "about $0.085", "no price known", "FTM002")
		if p.elements["figure"] != 2 || p.elements["rect"] < 80 || p.elements["pre"] == 0 {
			t.Errorf("%d charts, %d rectangles, %d snippets", p.elements["figure"], p.elements["rect"], p.elements["pre"])
		}
	})
	t.Run("nothing found", func(t *testing.T) {
		p := writePage(t, 0, "check", demo("train.clean.jsonl"))
		p.has(t, "PASS", "nothing found", "Nothing was found.")
		if p.elements["select"] > 0 {
			t.Error("there is nothing to filter")
		}
	})
	t.Run("figures alone", func(t *testing.T) {
		p := writePage(t, 0, "stats", demo("train.clean.jsonl"))
		p.has(t, forecast...)
		p.has(t, "ftlint stats", "none named", "6,009", "The longest example has 0.22% of the limit of 65,536 tokens, which lies beyond the chart.", "Their text is shown with --snippets on")
		p.hasNot(t, "PASS", "Findings", "support desk")
	})
	t.Run("over the budget", func(t *testing.T) {
		p := writePage(t, 1, "stats", demo("train.clean.jsonl"), "--model", "gpt-4.1", "--profile", "openai", "--max-cost", "0.01")
		p.has(t, "OVER BUDGET", "training costs about", "by OpenAI's accounting", "built-in price list")
	})
	t.Run("not read to the end", func(t *testing.T) {
		p := writePage(t, 2, "stats", demo("train.clean.jsonl"), fixture("lfs-pointer.jsonl"), filepath.Join(t.TempDir(), "missing.jsonl"))
		p.has(t, "INCOMPLETE 2 files not read to the end Read", "missing.jsonl", "not read", "6,009")
	})
	t.Run("validation alone", func(t *testing.T) {
		p := writePage(t, 0, "stats", demo("valid.jsonl"))
		p.has(t, "In short", "Tokens per example", "total tokens min / max 86 / 95")
		p.hasNot(t, "Forecast", "epochs × steps")
	})
	t.Run("preference pairs", func(t *testing.T) {
		p := writePage(t, 0, "stats", fixture("dpo.jsonl"))
		p.has(t, "Of a preference pair the limit applies to the prompt with the longer output", "The preferred outputs have")
	})
	t.Run("completions", func(t *testing.T) {
		writePage(t, 0, "stats", fixture("completion-prepared.jsonl")).has(t, "completion (detected)", "prompt", "completion tokens")
	})
	t.Run("reinforcement tasks", func(t *testing.T) {
		p := writePage(t, 0, "stats", fixture("rft.jsonl"))
		p.has(t, "Tokens per example")
		p.hasNot(t, "Trained tokens per example") // there are none
	})
	t.Run("tools", func(t *testing.T) {
		writePage(t, 0, "stats", fixture("tool-calls.jsonl")).has(t, "Tools", "offered", "called", "tool definitions")
	})
	t.Run("images", func(t *testing.T) {
		writePage(t, 0, "stats", fixture("vision-urls.jsonl")).has(t, "of images, which are counted with the messages that they are in", "a quarter of the bytes")
	})
	t.Run("no examples", func(t *testing.T) {
		writePage(t, 2, "stats", fixture("blank-lines-only.jsonl")).has(t, "There are no examples to count.")
		writePage(t, 1, "check", "--stats", fixture("empty.jsonl")).has(t, "FAIL")
	})
	t.Run("many files", func(t *testing.T) {
		p := writePage(t, 2, "check", "--stats", filepath.Join(root, "testdata", "fixtures"))
		p.has(t, "INCOMPLETE", "training files", "validation files", "All files together", "jobs")
		if len(p.source) > 500_000 {
			t.Errorf("the page has %d bytes", len(p.source))
		}
	})
	t.Run("level", func(t *testing.T) {
		p := writePage(t, 1, "check", "--level", "error", demo("train.jsonl"))
		p.has(t, "FTM002")
		p.hasNot(t, "blank-line")
	})
}

// TestHTMLOneExample: few and identical numbers make charts too.
func TestHTMLOneExample(t *testing.T) {
	dir := t.TempDir()
	line := `{"messages":[{"role":"user","content":"Which word?"},{"role":"assistant","content":"This one."}]}` + "\n"
	for _, n := range []int{1, 2, 300} {
		file := filepath.Join(dir, fmt.Sprintf("same%d.jsonl", n))
		if err := os.WriteFile(file, []byte(strings.Repeat(line, n)), 0o644); err != nil {
			t.Fatal(err)
		}
		p := writePage(t, 0, "stats", file)
		if p.elements["figure"] != 2 {
			t.Errorf("%d lines: %d charts, want 2", n, p.elements["figure"])
		}
		if strings.Count(p.source, `<rect class="bar"`) != 2 {
			t.Errorf("%d lines: want one bar in each chart", n)
		}
	}
}

// TestHTMLFlood: a page stays small, and has something of every rule.
func TestHTMLFlood(t *testing.T) {
	dir := t.TempDir()
	bad := `{"messages":[{"role":"human","content":"Which word?"},{"role":"assistant","content":""}],"temperature":1}` + "\n\n"
	const files = 700
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("train%d.jsonl", i)), []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := writePage(t, 1, "check", "--stats", "--snippets", "on", dir)
	if len(p.source) > 500_000 {
		t.Errorf("the page has %d bytes", len(p.source))
	}
	p.has(t, "more groups are not shown here", "more files are not listed here", "700 files")
	for _, rule := range []string{"FTM002", "FTE005", "FTM009", "FTF014"} {
		if !strings.Contains(p.source, `data-rule="`+rule+`"`) || !strings.Contains(p.source, `<option value="`+rule+`"`) {
			t.Errorf("nothing of %s is shown", rule)
		}
	}
}

// TestHTMLThumbnails: what is told of an embedded image shows it, made anew and
// small, where lines of the data may be shown.
func TestHTMLThumbnails(t *testing.T) {
	file := filepath.Join(root, "testdata", "fixtures", "images.jsonl")
	const thumbnail = `<img class="thumbnail" src="data:image/jpeg;base64,`
	if p := writePage(t, 1, "check", file); strings.Contains(p.source, "<img") {
		t.Error("images are shown without --snippets on")
	}
	p := writePage(t, 1, "check", "--snippets", "on", file)
	if n := strings.Count(p.source, thumbnail); n < 5 || n != p.elements["img"] {
		t.Errorf("%d thumbnails, %d images", n, p.elements["img"])
	}
	for _, rule := range []string{"FTV006", "FTV007", "FTV019", "FTV020"} {
		at := strings.Index(p.source, `data-rule="`+rule+`"`)
		if at < 0 || !strings.Contains(p.source[at:min(len(p.source), at+1500)], thumbnail) {
			t.Errorf("%s has no thumbnail", rule)
		}
	}
}

// TestHTMLIsDeterministic: the bytes of a page do not depend on the workers.
func TestHTMLIsDeterministic(t *testing.T) {
	args := []string{"stats", filepath.Join(root, "testdata", "demo"), filepath.Join(root, "testdata", "fixtures", "tool-calls.jsonl"), "--snippets", "on"}
	want := writePage(t, 0, append(args, "-j", "1")...).source
	for _, more := range [][]string{{"-j", "8"}, {"-j", "8", "--chunk-bytes", "512"}} {
		if got := writePage(t, 0, append(args, more...)...).source; got != want {
			t.Errorf("%q: %s", more, difference([]byte(want), []byte(got)))
		}
	}
}

// TestHTMLIsSafe: whatever a dataset and its name hold is text and nothing else.
func TestHTMLIsSafe(t *testing.T) {
	hostile := []string{
		`</script><script>window.injected=1</script>`, `"><img src=x onerror=window.injected=1>`, `' onmouseover='window.injected=1`,
		`</title></style></svg><svg onload=window.injected=1>`, `<!--`, `]]>`, `{{.Title}}`, `${injected}`, "`injected`", `&lt;b&gt;`, `javascript:alert(1)`,
		"\u202Eright to left\u2066", "\u200B\u200F\uFEFF", "e" + strings.Repeat("\u0301", 500), "\x1b[31m\x00\x9b", "\u2028\u2029", "אבג 123 دهو",
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "train.jsonl")
	if runtime.GOOS != "windows" {
		dir = filepath.Join(dir, "x<")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(dir, "script><img src=x onerror=alert(1)>\u202E\"'&amp;.jsonl")
	}
	var lines []string
	add := func(v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(text))
	}
	type object = map[string]any
	for _, s := range append(hostile, strings.Repeat(hostile[1], 4000)) {
		chat := []object{{"role": "system", "content": s}, {"role": "user", "content": s, "name": s}, {"role": "assistant", "content": s}}
		add(object{"messages": chat, "tools": []object{{"type": "function", "function": object{"name": s, "parameters": object{}}}}})
		add(object{"messages": chat, s: s})
		add(object{"messages": []object{{"role": s, "content": s, s: s}, {"role": "assistant", "content": 1, "weight": s}}})
		lines = append(lines, `{"messages":[`+s, s)
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	p := writePage(t, 1, "check", "--stats", "--method", "sft", "--snippets", "on", "--max-per-group", "0", file)
	p.has(t, `</script><script>window.injected=1</script>`, `"><img src=x onerror=window.injected=1>`, `\u202e`, "אבג")
	if runtime.GOOS != "windows" {
		p.has(t, `script><img src=x onerror=alert(1)>\u202e"'&amp;.jsonl`)
	}
	if len(p.source) > 500_000 {
		t.Errorf("the page has %d bytes", len(p.source))
	}
}

// TestHTMLShowsDifferences: of two examples that are compared the page shows what
// differs, masked, and only where lines may be shown.
func TestHTMLShowsDifferences(t *testing.T) {
	dir := t.TempDir()
	line := func(answer string) string {
		return `{"messages":[{"role":"user","content":"Where do I write to if the parcel for my aunt in the south of Peru does not come at all?"},{"role":"assistant","content":"` + answer + `"}]}` + "\n"
	}
	file := filepath.Join(dir, "train.jsonl")
	content := line("Write to <b>Anna</b>, anna@meyer-soehne.de, as soon as you know that it is lost.") + line("Write to <b>Berta</b>, anna@meyer-soehne.de, as soon as you know that it is lost.")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	page := func(snippets string) string {
		var out, errs bytes.Buffer
		Main([]string{"check", file, "--near-duplicates", "--select", "FTQ002,FTQ003", "-o", "html", "--snippets", snippets}, Streams{In: os.Stdin, Out: &out, Err: &errs})
		return out.String()
	}
	shown := page("on")
	for _, want := range []string{
		"lines 1 and 2 are 9", "Struck out is what only line 1 has, underlined what only line 2 has:", "<del>Anna</del><ins>Berta</ins>", "&lt;b&gt;", "messages[1].content",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if strings.Contains(shown, "anna@meyer") {
		t.Error("the page shows an address")
	}
	if strings.Contains(page("off"), "Anna") {
		t.Error("the page shows the lines unasked")
	}
}
