package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// verdictRules are the rules that stand for the words of a verdict on an image.
var verdictRules = []struct{ words, rule string }{
	{"format not", "FTV005 error"},
	{"mode ", "FTV006 error"},
	{"16 bits per channel", "FTV006 warning"},
	{"corrupt", "FTV016 error"},
	{"animated", "FTV020 warning"},
}

// pixelFaults are images whose fault lies inside of what is compressed: it is only
// seen with --deep-images. The second has one that the verdict does not speak of: its
// pixels end too early in a file that is complete otherwise.
var pixelFaults = map[string]bool{
	"go-stdlib__png_testdata__invalid-zlib.png":                   true,
	"image-rs-image-png__tests__bugfixes__x_consecutive_idat.png": false,
}

// TestPublicImages: each image, embedded as it should be and in ways that it should
// not, gets its verdict and nothing else.
func TestPublicImages(t *testing.T) {
	dir := sharedData(t, "images")
	rows, _ := tsv(t, filepath.Join(dir, "INDEX.tsv"))
	var lines strings.Builder
	var names []string
	var want []map[bool][]string // by line, and whether pixels are looked at
	for _, row := range rows {
		data, err := os.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		verdict := map[bool][]string{false: nil, true: nil}
		for _, deep := range []bool{false, true} {
			for _, v := range verdictRules {
				if strings.Contains(row["verdict"], v.words) {
					verdict[deep] = append(verdict[deep], v.rule)
				}
			}
		}
		const corrupt = "FTV016 error"
		if known, ok := pixelFaults[row["file"]]; ok && known {
			verdict[false] = slices.DeleteFunc(slices.Clone(verdict[false]), func(r string) bool { return r == corrupt })
		} else if ok {
			verdict[true] = append(slices.Clone(verdict[true]), corrupt)
		}
		format := strings.ToLower(row["true_format"])
		add := func(how, mediaType, text string, more ...string) {
			fmt.Fprintf(&lines, `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/%s;base64,%s"}},{"type":"text","text":"Here it is %s."}]},{"role":"assistant","content":"An image."}]}`+"\n", mediaType, text, row["file"]+" "+how)
			names = append(names, row["file"]+", "+how)
			both := map[bool][]string{}
			for deep, rules := range verdict {
				both[deep] = append(slices.Clone(rules), more...)
				slices.Sort(both[deep])
			}
			want = append(want, both)
		}
		good := base64.StdEncoding.EncodeToString(data)
		add("as it is", format, good)
		if format == "png" || format == "jpeg" || format == "webp" {
			add("said to be of another type", map[string]string{"png": "jpeg", "jpeg": "webp", "webp": "png"}[format], good, "FTV007 warning")
		}
		if forURLs := base64.URLEncoding.EncodeToString(data); forURLs != good {
			add("in base64 for URLs", format, forURLs, "FTV008 error")
		}
		if bare := strings.TrimRight(good, "="); bare != good {
			add("without padding", format, bare, "FTV008 error")
		}
		add("with a line break", format, good[:len(good)/2]+`\n`+good[len(good)/2:], "FTV008 error")
		add("with slashes escaped", format, strings.ReplaceAll(good, "/", `\/`))
	}
	path := filepath.Join(t.TempDir(), "images.jsonl")
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, deep := range []bool{false, true} {
		got := make([][]string, len(want))
		settings := lint.Settings{Provider: dataset.Azure, Method: dataset.SFT, Declared: true, DeepImages: deep}
		findings, err := foundAt(t, path, settings, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			// Tiny images are told besides, and it matters to nobody here that there is
			// no system message.
			if f.Line > 0 && f.Rule.ID != "FTV019" && f.Rule.ID != "FTE009" {
				got[f.Line-1] = append(got[f.Line-1], f.Rule.ID+" "+f.Severity.String())
			}
		}
		for i := range want {
			slices.Sort(got[i])
			if diff := cmp.Diff(want[i][deep], got[i]); diff != "" && len(want[i][deep])+len(got[i]) > 0 {
				t.Errorf("%s, deep %v: -want +got\n%s", names[i], deep, diff)
			}
		}
	}
	if len(rows) < 100 {
		t.Errorf("only %d images", len(rows))
	}
}
