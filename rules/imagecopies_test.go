package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// TestImageDuplicate: when an image with different answers is told.
func TestImageDuplicate(t *testing.T) {
	line := func(question, image, answer string) string {
		return chat(`{"role":"user","content":[{"type":"text","text":"`+question+`"},{"type":"image_url","image_url":`+image+`}]}`, `{"role":"assistant","content":"`+answer+`"}`) + "\n"
	}
	url := func(url string) string { return `{"url":"` + url + `"}` }
	red, grey := url(pngURI+redPNG), url(pngURI+movingPNG)
	const what = "Which colour is it?"
	told := []string{"2: the same image and question as on line 1, but written in another way and with another answer"}
	for _, test := range []struct {
		about, content string
		want           []string
	}{
		{"another detail", line(what, red, "Red.") + line(what, `{"url":"`+pngURI+redPNG+`","detail":"low"}`, "Blue."), told},
		{"another media type", line(what, red, "Red.") + line(what, url(strings.Replace(pngURI, "png", "PNG", 1)+redPNG), "Blue."), told},
		{"escaped slashes", line(what, red, "Red.") + line(what+"!", url(strings.ReplaceAll(pngURI+redPNG, "/", `\/`)), "Blue."), told},
		{"without padding", line(what, url(pngURI+tinyPNG+"Zg=="), "Red.") + line(what, url(pngURI+tinyPNG+"Zg"), "Blue."), told},
		{"the question in capitals", line(what, red, "Red.") + line("WHICH COLOUR IS IT", red, "Blue."), told},
		{"a URL", line(what, url(goodURL), "Red.") + line(what, `{"url":"`+goodURL+`","detail":"low"}`, "Blue."), told},
		{"the same answer", line(what, red, "Red.") + line(what, `{"url":"`+pngURI+redPNG+`","detail":"low"}`, "Red."), nil},
		{"the same prompt, which FTQ003 tells", line(what, red, "Red.") + line(what, red, "Blue."), nil},
		{"another question", line(what, red, "Red.") + line("How large is it?", red, "16 pixels."), nil},
		{"another image", line(what, red, "Red.") + line(what, grey, "Blue."), nil},
		{"another URL", line(what, url(goodURL), "Red.") + line(what, url(goodURL+"?2"), "Blue."), nil},
		{"an image that cannot be read", line(what, url(pngURI+"!!!!"), "Red.") + line(what, `{"url":"`+pngURI+`!!!!","detail":"low"}`, "Blue."), nil},
		{"another system prompt", line(what, red, "Red.") + strings.Replace(line(what, red, "Rot."), `[{`, `[{"role":"system","content":"Answer in German."},{`, 1), nil},
	} {
		if diff := cmp.Diff(test.want, saysOf(t, "FTV017", test.content)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.about, diff)
		}
	}
	// Wherever the file is cut.
	dir := write(t, map[string]string{"a.jsonl": line("One?", red, "1") + line("Two?", red, "2") + line(what, red, "Red.") + line(what+"?", red, "Blue.")})
	for _, chunk := range []int{1, 300, 1 << 20} {
		got, _ := qualityOf(t, dir, []string{"a.jsonl"}, lint.Options{Workers: 2, Read: jsonl.Options{ChunkBytes: chunk}, Rules: []lint.Rule{imageDuplicate}})
		want := []string{"a.jsonl 4 FTV017 info: the same image and question as on line 3, but written in another way and with another answer"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("chunks of %d bytes (-want +got)\n%s", chunk, diff)
		}
	}
}
