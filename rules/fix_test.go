package rules

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/tokenize"
	"github.com/google/go-cmp/cmp"
)

// fixedFile takes a file as it is fixed.
type fixedFile struct {
	bytes.Buffer
	old     bytes.Buffer
	changed bytes.Buffer // what was changed of the old one
}

func (f *fixedFile) Begin(*jsonl.Source) error { return nil }

func (f *fixedFile) Keep(data []byte) error {
	f.old.Write(data)
	f.Write(data)
	return nil
}

func (f *fixedFile) Change(_ int64, old, fresh []byte) error {
	f.old.Write(old)
	f.changed.Write(old)
	f.Write(fresh)
	return nil
}

func (f *fixedFile) End() error { return nil }

func (f *fixedFile) Convert(jsonl.Form) (io.Writer, error) { return f, nil }

// fix fixes content once and then as often as ftlint does.
func fix(tb testing.TB, content string, settings lint.Settings, severity map[string]lint.Severity, kind lint.FixKind) (string, *lint.Fixed) {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "train.jsonl")
	all := &lint.Fixed{}
	in := []lint.Input{{Path: file, Validation: settings.Validation}}
	options := lint.Options{Rules: All(), Counter: tokenize.Accounting{}.NewCounter, Settings: settings, Severity: severity, Workers: 1}
	for again := true; ; {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
		var plan *lint.Plan
		if kind == lint.UnsafeFix {
			plans, err := lint.PlanFixes(context.Background(), in, options)
			if err != nil {
				tb.Fatal(err)
			}
			plan = plans[0]
		}
		if !again && plan == nil {
			return content, all
		}
		out := &fixedFile{}
		fixed, err := lint.Fix(context.Background(), in[0], options, lint.FixOptions{Kind: kind, Sink: out, Plan: plan})
		if err == nil {
			err = fixed.Err
		}
		if err != nil && fixed != nil && fixed.Form == jsonl.FormUTF16 {
			tb.Skip("no UTF-16 after all: ", err)
		}
		if err != nil {
			tb.Fatal(err)
		}
		if (fixed.Form.Lines() || !fixed.Changed) && out.old.String() != content {
			tb.Fatalf("the sink was not given the old file")
		}
		all.Changed = all.Changed || fixed.Changed
		all.Rules = append(all.Rules, fixed.Rules...)
		all.Unstable += fixed.Unstable
		content, again = out.String(), fixed.Again
	}
}

// checkFix fixes content and sees that the rule has nothing to say any more of what
// it could fix, that lines stay JSON, and that a second run changes nothing.
func checkFix(t *testing.T, r *lint.Rule, content string, settings lint.Settings) string {
	t.Helper()
	fixed, result := fix(t, content, settings, on(r), r.Fix)
	if !result.Changed || !slices.ContainsFunc(result.Rules, func(f lint.RuleFixes) bool { return f.Rule.ID == r.ID && f.Findings > 0 }) {
		t.Errorf("%s fixes nothing of its bad sample", r.ID)
	}
	for _, f := range run(t, fixed, settings, on(r)) {
		if f.Rule.ID == r.ID || f.Fix != lint.NoFix && f.Fix <= r.Fix {
			t.Errorf("%s: its fixed sample gives %s", r.ID, describe(f))
		}
	}
	for line := range strings.Lines(strings.TrimPrefix(fixed, bom)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%s: a fixed line is no JSON: %s", r.ID, line)
		}
	}
	if again, result := fix(t, fixed, settings, on(r), r.Fix); again != fixed || result.Changed {
		t.Errorf("%s: a second run fixes something again", r.ID)
	}
	return fixed
}

func TestFixSamples(t *testing.T) {
	for _, r := range All() {
		if r.Fix == lint.NoFix {
			continue
		}
		settings := lint.Settings{Provider: dataset.Azure, Declared: true}
		if r.Providers&dataset.Azure == 0 {
			settings.Provider = dataset.OpenAI
		}
		seen := len(r.Doc.Bad) == 0
		for _, line := range r.Doc.Bad {
			settings.Method = sampleMethod(&r, line)
			content := padding(settings.Method, []string{line})
			if !slices.ContainsFunc(run(t, content, settings, on(&r)), func(f lint.Finding) bool { return f.Fix != lint.NoFix }) {
				continue // of what a rule reports not everything can be fixed
			}
			seen = true
			fixed := checkFix(t, &r, content, settings)
			if pad := padding(settings.Method, nil); !strings.HasPrefix(fixed, pad[:len(pad)-1]) {
				t.Errorf("%s: the fix of a line changed others", r.ID)
			}
		}
		if !seen {
			t.Errorf("%s fixes none of its bad samples", r.ID)
		}
		if s := r.Doc.BadFile; s != nil {
			settings := sampleSettings(s)
			settings.BOM = lint.BOMByRules
			if r.ID == "FTF007" {
				settings.Strict = true // only there one is added
			}
			checkFix(t, &r, s.Content(), settings)
		}
	}
}

// TestFixes has what single lines become.
func TestFixes(t *testing.T) {
	sft, dpo, cpl := dataset.SFT, dataset.DPO, dataset.Completion
	user := func(content string) string { return `{"role":"user","content":` + content + `}` }
	bot := func(rest string) string { return `{"role":"assistant",` + rest + `}` }
	fn := func(content string) string { return `{"role":"function","name":"f","content":` + content + `}` }
	callF := bot(`"content":null,"function_call":{"name":"f","arguments":"{}"}`)
	callT := func(id string) string {
		return bot(`"content":null,"tool_calls":[{"id":"` + id + `","type":"function","function":{"name":"f","arguments":"{}"}}]`)
	}
	res := func(id, content string) string {
		return `{"role":"tool","tool_call_id":"` + id + `","name":"f","content":` + content + `}`
	}
	for _, test := range []struct {
		name   string
		method dataset.Method
		kind   lint.FixKind
		line   string
		want   string // "": nothing changes
	}{
		{
			"weights", sft, lint.SafeFix, chat(user(`"a"`), bot(`"content":"b","weight":true`), bot(`"content":"b","weight": "0"`), bot(`"content":"b","weight":0.00`), bot(`"content":"b","weight":false`)),
			chat(user(`"a"`), bot(`"content":"b","weight":1`), bot(`"content":"b","weight": 0`), bot(`"content":"b","weight":0`), bot(`"content":"b","weight":0`)),
		},
		{"weights that are none", sft, lint.UnsafeFix, chat(user(`"a"`), bot(`"content":"b","weight":0.5`), bot(`"content":"b","weight":null`), bot(`"content":"b","weight":"yes"`), bot(`"content":"b","weight":1e0`), bot(`"content":"b","weight":2`)), ""},
		{"weights of others", sft, lint.SafeFix, chat(`{"weight":1,"role":"user","content":"a"}`, bot(`"content":"b"`)), chat(`{"role":"user","content":"a"}`, bot(`"content":"b"`))},
		{"parameters", sft, lint.SafeFix, `{"model":"m", "messages":[` + userMsg + `,` + botMsg + `], "n":1, "user":"x" }`, `{"messages":[` + userMsg + `,` + botMsg + `] }`},
		{"keys", sft, lint.UnsafeFix, `{"id":{"a":[1,"}"]},"messages":[` + userMsg + `,` + bot(`"content":"b","x":1,"y":[2]`) + `],"weight":1}`, `{"messages":[` + userMsg + `,` + bot(`"content":"b"`) + `]}`},
		{"keys are dropped only unsafely", sft, lint.SafeFix, `{"id":1,"messages":[` + userMsg + `,` + bot(`"content":"b","x":1`) + `]}`, ""},
		{"plain strings", sft, lint.SafeFix, chat(user(`["a", {"type":"text","text":"b"}, "\u00e9"]`), botMsg), chat(user(`[{"type":"text","text":"a"}, {"type":"text","text":"b"}, {"type":"text","text":"\u00e9"}]`), botMsg)},
		{"parts of a result", sft, lint.SafeFix, chat(userMsg, callT("c"), `{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"a\n"},{"type":"text","text":"\"b"}]}`, botMsg), chat(userMsg, callT("c"), `{"role":"tool","tool_call_id":"c","content":"a\n\"b"}`, botMsg)},
		{"arguments", sft, lint.SafeFix, chat(userMsg, bot(`"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{ "a":"\"\u00e9" }}}]`)), chat(userMsg, bot(`"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{ \"a\":\"\\\"\\u00e9\" }"}}]`))},
		{"arguments that are no object", sft, lint.SafeFix, chat(userMsg, bot(`"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":null}}]`)), ""},
		{
			"functions", sft, lint.SafeFix, `{"messages":[` + userMsg + `,` + callF + `,` + fn(`"1"`) + `,` + callF + `],"functions":[{"name":"f"}, {"name":"g"}]}`,
			`{"messages":[` + userMsg + `,` + callT("call_1") + `,` + res("call_1", `"1"`) + `,` + callT("call_2") + `],"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]}`,
		},
		{"calls without functions", sft, lint.SafeFix, chat(userMsg, callF), chat(userMsg, callT("call_1"))},
		{"a call that goes on otherwise", sft, lint.SafeFix, chat(userMsg, callF, userMsg, botMsg), ""},
		{"a call of another function", sft, lint.SafeFix, chat(userMsg, callF, `{"role":"function","name":"g","content":"1"}`, botMsg), ""},
		{"two results", sft, lint.SafeFix, chat(userMsg, callF, fn(`"1"`), fn(`"2"`), botMsg), ""},
		{"two results, unsafely", sft, lint.UnsafeFix, chat(userMsg, callF, fn(`"1"`), fn(`"2"`), botMsg), chat(userMsg, callT("call_1"), res("call_1", `"1"`), botMsg)},
		{"both forms", sft, lint.SafeFix, chat(userMsg, callF, fn(`"1"`), callT("x"), botMsg), ""},
		{"roles", sft, lint.UnsafeFix, chat(`{"role":"developer","content":"s"}`, `{"role":"Human","content":"a"}`, `{"role":" gpt","content":"b"}`), chat(`{"role":"system","content":"s"}`, user(`"a"`), bot(`"content":"b"`))},
		{"roles that say too little", sft, lint.UnsafeFix, chat(userMsg, `{"role":"observation","content":"b"}`, `{"role":"function_call","content":"{}"}`, botMsg), ""},
		{"the end", sft, lint.UnsafeFix, chat(userMsg, botMsg, userMsg, `{"role":"tool","tool_call_id":"z","content":"x"}`), chat(userMsg, botMsg)},
		{"tokens", sft, lint.UnsafeFix, chat(user(`"a<|endoftext|>b<|endof<|im_end|>text|>c\u003c|fim_prefix|\u003e\n"`), botMsg), chat(user(`"abc\n"`), botMsg)},
		{"messages encoded twice", sft, lint.UnsafeFix, `{"messages":"[\n  {\"role\":\"user\",\"content\":\"a\\n\"},\n  {\"role\":\"assistant\",\"content\":\"b\"}]"}`, `{"messages":[  {"role":"user","content":"a\n"},  {"role":"assistant","content":"b"}]}`},
		{"messages encoded twice, with a raw line break", sft, lint.UnsafeFix, `{"messages":"[{\"role\":\"user\",\"content\":\"a\nb\"}]"}`, ""},
		{"separators", sft, lint.SafeFix, chat(user("\"a\u2028\u2029\""), bot("\"content\":\"\u0085\"")), chat(user(`"a\u2028\u2029"`), bot(`"content":"\u0085"`))},
		{"marks", sft, lint.SafeFix, bom + bom + goodChat, goodChat},
		{"lone CR", sft, lint.SafeFix, goodChat + "\r" + goodChat + "\r \r" + goodChat, ""},
		{"old names", dpo, lint.SafeFix, `{"input":` + input(userMsg) + `,"preferred_completion":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`, pair(input(userMsg), `[`+botMsg+`]`, `[`+badMsg+`]`)},
		{"old names beside new ones", dpo, lint.UnsafeFix, `{"input":` + input(userMsg) + `,"preferred_completion":[` + botMsg + `],"preferred_output":[` + botMsg + `],"non_preferred_output":[` + badMsg + `]}`, ""},
		{"tools of a pair", dpo, lint.UnsafeFix, pair(input(userMsg), `[`+botMsg+`]`, `[`+badMsg+`]`)[:len(pair(input(userMsg), `[`+botMsg+`]`, `[`+badMsg+`]`))-1] + `, "tools":[]}`, pair(`{"messages":[`+userMsg+`],"tools":[]}`, `[`+botMsg+`]`, `[`+badMsg+`]`)},
		{"completions", cpl, lint.UnsafeFix, `{"Prompt":"a ->","completion":" b END","id":1}`, `{"prompt":"a ->","completion":" b END"}`},
		{"ShareGPT", sft, lint.UnsafeFix, `{"id":1,"system":"s","conversations":[{"from":"human","value":"a\n"},{"from":"gpt","value":"b"}]}`, chat(`{"role":"system","content":"s"}`, user(`"a\n"`), bot(`"content":"b"`))},
		{"ShareGPT with calls", sft, lint.UnsafeFix, `{"conversations":[{"from":"human","value":"a"},{"from":"function_call","value":"{}"},{"from":"gpt","value":"b"}]}`, ""},
		{"Alpaca", sft, lint.UnsafeFix, `{"instruction":"a","input":"b","output":"c"}`, chat(user(`"a\n\nb"`), bot(`"content":"c"`))},
		{"input and output", sft, lint.UnsafeFix, `{"input":"b","output":"c"}`, chat(user(`"b"`), bot(`"content":"c"`))},
		{"plain text", sft, lint.UnsafeFix, `{"text":"b"}`, ""},
		{"texts of a pair", dpo, lint.UnsafeFix, `{"prompt":"a","chosen":"b","rejected":"c"}`, pair(input(user(`"a"`)), `[`+bot(`"content":"b"`)+`]`, `[`+bot(`"content":"c"`)+`]`)},
		{"conversations of a pair", dpo, lint.UnsafeFix, `{"prompt":"a","chosen":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}],"rejected":[{"role":"user","content":"a"},{"content":"c","role":"assistant"}]}`, pair(input(`{"content":"a","role":"user"}`), `[{"content":"b","role":"assistant"}]`, `[{"content":"c","role":"assistant"}]`)},
		{"a pair with another prompt", dpo, lint.UnsafeFix, `{"prompt":"x","chosen":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}],"rejected":[{"role":"user","content":"a"},{"content":"c","role":"assistant"}]}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			settings := lint.Settings{Provider: dataset.Azure, Method: test.method}
			pad := padding(test.method, nil)
			pad = pad[:len(pad)-1]
			want := test.want
			switch {
			case test.name == "lone CR":
				want = goodChat + "\n" + goodChat + "\n" + goodChat
			case want == "":
				want = test.line
			}
			got, _ := fix(t, pad+test.line+"\n", settings, nil, test.kind)
			if diff := cmp.Diff(pad+want+"\n", got); diff != "" {
				t.Error("fixed otherwise (-want +got):\n", diff)
			}
			for _, f := range run(t, got, settings, nil) {
				if f.Fix != lint.NoFix && f.Fix <= test.kind {
					t.Errorf("left, though it can be fixed: %s", describe(f))
				}
			}
			if test.want == "" && test.name != "lone CR" {
				return
			}
			fixable := false
			for _, f := range run(t, pad+test.line+"\n", settings, nil) {
				fixable = fixable || f.Fix == test.kind
			}
			if !fixable {
				t.Error("no finding said that it can be fixed")
			}
		})
	}
}

// TestFixImages: images are written anew in a way that nothing is left to say, and
// those that nobody can read are dropped.
func TestFixImages(t *testing.T) {
	settings := lint.Settings{Provider: dataset.Azure, Method: dataset.SFT, Declared: true}
	embed := func(format string, data []byte) string { return seen(images.DataURI(format, data)) }
	encoded := func(encode func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	noise := image.NewNRGBA(image.Rect(0, 0, 1700, 1600))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(random.Uint32())
	}
	grey := image.NewGray(image.Rect(0, 0, 40, 30))
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	palette := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})
	large := encoded(func(b *bytes.Buffer) error { return png.Encode(b, noise) })
	if len(large) < maxImageSize {
		t.Fatalf("the large image has %d bytes", len(large))
	}
	for i := range noise.Pix[:len(noise.Pix)/4] {
		noise.Pix[4*i+3] = 255
	}
	opaque := encoded(func(b *bytes.Buffer) error {
		return (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(b, noise)
	})
	opaque = append(opaque, make([]byte, maxImageSize)...)
	greyJPEG := encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, grey, nil) })
	exif := "\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00"
	greyJPEG = append([]byte("\xff\xd8"+exif), greyJPEG[2:]...)
	for name, test := range map[string]struct {
		line          string
		format        string
		width, height int
		mode          dataset.ImageMode
	}{
		"grey":                    {embed("png", encoded(func(b *bytes.Buffer) error { return png.Encode(b, grey) })), "png", 40, 30, dataset.ModeRGB},
		"16 bits":                 {embed("png", encoded(func(b *bytes.Buffer) error { return png.Encode(b, deep) })), "png", 40, 30, dataset.ModeRGBA},
		"a palette":               {embed("jpeg", encoded(func(b *bytes.Buffer) error { return png.Encode(b, palette) })), "png", 40, 30, dataset.ModeRGB},
		"grey JPEG":               {embed("jpeg", greyJPEG), "jpeg", 40, 30, dataset.ModeRGB},
		"large":                   {embed("png", large), "png", 1275, 1200, dataset.ModeRGBA},
		"large and opaque":        {embed("png", opaque), "png", 1700, 1600, dataset.ModeRGB},
		"as a string":             {chat(sysMsg, asksAbout(`"`+images.DataURI("webp", greyJPEG)+`"`), botMsg), "jpeg", 40, 30, dataset.ModeRGB},
		"alone":                   {seen(redPNG), "png", 16, 16, dataset.ModeRGB},
		"with line breaks":        {seen(pngURI + redPNG[:76] + `\r\n` + redPNG[76:] + `\r\n`), "png", 16, 16, dataset.ModeRGB},
		"with slashes":            {seen(strings.ReplaceAll("data:image/jpeg;base64,"+redPNG, "/", `\/`)), "png", 16, 16, dataset.ModeRGB},
		"damaged":                 {seen(pngURI + redPNG[:80]), "", 0, 0, 0},
		"not base64":              {seen(pngURI + "!" + redPNG), "", 0, 0, 0},
		"grey and cannot be read": {seen(pngURI + base64.StdEncoding.EncodeToString(append(encoded(func(b *bytes.Buffer) error { return png.Encode(b, grey) })[:60:60], "xxxxxxxxxxxxxxxx"...))), "", 0, 0, 0},
	} {
		if testing.Short() && strings.HasPrefix(name, "large") {
			continue // this takes the race detector long
		}
		content := padding(dataset.SFT, []string{test.line})
		fixed, result := fix(t, content, settings, nil, lint.UnsafeFix)
		for _, f := range run(t, fixed, settings, nil) {
			if f.Line > 0 {
				t.Errorf("%s: what is fixed gives %s", name, describe(f))
			}
		}
		if again, _ := fix(t, fixed, settings, nil, lint.UnsafeFix); again != fixed || !result.Changed {
			t.Errorf("%s: not fixed, or a second run fixes something again", name)
		}
		line := strings.TrimPrefix(fixed, padding(dataset.SFT, nil)[:len(goodFile())])
		if !strings.Contains(line, "Which city is it?") {
			t.Errorf("%s: the text is gone: %.200s", name, line)
		}
		_, url, there := strings.Cut(line, `"url":"`)
		if !there {
			if test.format != "" {
				t.Errorf("%s: the image is gone", name)
			}
			continue
		}
		url, _, _ = strings.Cut(url, `"`)
		u := images.Parse([]byte(url))
		info, _ := images.Examine(u.Data())
		if info.Format != test.format || images.FormatOf(u.Type) != test.format || info.Width != test.width || info.Height != test.height || info.Mode != test.mode || info.Damage != "" || info.Bits != 8 {
			t.Errorf("%s: %s, %+v", name, u.Type, info)
		}
		if name == "grey JPEG" {
			if data, _ := io.ReadAll(u.Data()); !strings.HasPrefix(string(data), "\xff\xd8"+exif) {
				t.Errorf("%s: which way up it is got lost: %.40q", name, data)
			}
		}
	}
	// An example whose message has nothing but an image that cannot be read goes.
	only := chat(sysMsg, `{"role":"user","content":[{"type":"image_url","image_url":{"url":"`+pngURI+redPNG[:80]+`"}}]}`, botMsg)
	if fixed, _ := fix(t, padding(dataset.SFT, []string{only}), settings, nil, lint.UnsafeFix); fixed != goodFile() {
		t.Errorf("an example without anything to see stays:\n%s", fixed[len(goodFile())-10:])
	}
	// Without --unsafe-fixes nothing of an image changes but its form.
	content := padding(dataset.SFT, []string{seen(pngURI + greyPNG), seen(pngURI + redPNG[:80])})
	if fixed, result := fix(t, content, settings, nil, lint.SafeFix); fixed != content || result.Changed {
		t.Error("safe fixes changed an image")
	}
}

// FuzzFix fixes any bytes: a second run changes nothing, what is not changed stays
// as it was, lines that were JSON stay JSON, and nothing is left that could be fixed.
func FuzzFix(f *testing.F) {
	for _, r := range All() {
		for _, line := range r.Doc.Bad {
			f.Add([]byte(line+"\n"+goodChat+"\r\n\n"+line), r.Fix == lint.UnsafeFix, uint8(0))
		}
	}
	f.Add([]byte("[\n"+goodChat+",\n"+goodPair+"] // {\n"), true, uint8(1))
	f.Add([]byte("{\n\"a\": [1,\n true\n]}{}"), false, uint8(2))
	f.Add([]byte(bom+bom+goodChat+"\r"+goodChat+"\r\r"), true, uint8(3))
	f.Fuzz(func(t *testing.T, content []byte, unsafe bool, choice uint8) {
		kind := lint.SafeFix
		if unsafe {
			kind = lint.UnsafeFix
		}
		settings := lint.Settings{
			Provider: []dataset.Provider{dataset.Azure, dataset.OpenAI}[choice%2],
			Method:   []dataset.Method{0, dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion}[choice/2%5],
			BOM:      lint.BOMChoice(choice / 10 % 4),
		}
		severity := map[string]lint.Severity{"FTF015": lint.Info, "FTC004": lint.Info}
		fixed, result := fix(t, string(content), settings, severity, kind)
		if !result.Changed && fixed != string(content) {
			t.Fatalf("nothing is told to have changed, but it is %q", fixed)
		}
		again, second := fix(t, fixed, settings, severity, kind)
		if again != fixed || second.Changed {
			t.Fatalf("a second run makes %q of %q", again, fixed)
		}
		if result.Unstable > 0 {
			return
		}
		for _, found := range run(t, fixed, settings, severity) {
			if found.Fix != lint.NoFix && found.Fix <= kind {
				t.Errorf("left in %q: %s", fixed, describe(found))
			}
		}
	})
}

// TestFixKeepsLines sees that lines which a run does not change are in the new file
// as they were, and that changed ones are JSON if they were.
func TestFixKeepsLines(t *testing.T) {
	var lines []string
	for _, r := range All() {
		lines = append(lines, r.Doc.Bad...)
		lines = append(lines, r.Doc.Good...)
	}
	content := strings.Join(lines, "\n") + "\n"
	file := filepath.Join(t.TempDir(), "train.jsonl")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	sink := &lineSink{t: t}
	_, err := lint.Fix(context.Background(), lint.Input{Path: file}, lint.Options{
		Rules: All(), Counter: tokenize.Accounting{}.NewCounter, Settings: lint.Settings{Provider: dataset.Azure, Method: dataset.SFT},
	}, lint.FixOptions{Kind: lint.UnsafeFix, Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	if sink.old.String() != content || sink.changes < 20 {
		t.Errorf("%d changes of another file", sink.changes)
	}
}

// lineSink sees that what changes is lines.
type lineSink struct {
	fixedFile
	t       *testing.T
	changes int
}

func (s *lineSink) Change(line int64, old, fresh []byte) error {
	s.changes++
	if bytes.Equal(old, fresh) {
		s.t.Errorf("line %d changed, and is the same", line)
	}
	if len(fresh) > 0 && fresh[len(fresh)-1] != '\n' {
		s.t.Errorf("line %d became %q, which ends no line", line, fresh)
	}
	if json.Valid(old) && len(fresh) > 0 && !json.Valid(fresh) {
		s.t.Errorf("line %d was JSON and became %q", line, fresh)
	}
	return s.fixedFile.Change(line, old, fresh)
}
