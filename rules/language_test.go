package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// asked is a chat line with a question and an answer, as JSON has them.
func asked(question, answer string) string {
	return fmt.Sprintf(`{"messages":[{"role":"user","content":"%s"},{"role":"assistant","content":"%s"}]}`, question, answer) + "\n"
}

// TestLanguageMix: which answers are in another writing system than all others.
func TestLanguageMix(t *testing.T) {
	const (
		russian  = "Это будет двенадцать, потому что три и девять вместе дают двенадцать."
		chinese  = "这是一个很长的回答，因为三加九等于十二，所以答案是十二。"
		japanese = "これは長い答えです。三と九を足すと十二になります。"
		english  = "That makes twelve, because three and nine are twelve when you add them up."
		code     = `def add(a, b):\n    return a + b\n\nresult = add(3, 9)\nprint(f'{result}')`
	)
	in := func(n int, question, answer string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(asked(fmt.Sprintf("%s %d", question, i), fmt.Sprintf("%s %d", answer, i)))
		}
		return b.String()
	}
	englishFile, chineseFile, japaneseFile := in(100, "How much is that?", english), in(100, "这是多少？请你回答。", chinese), in(100, "それはいくらですか。", japanese)
	const toRussian = "101: the answer is in Cyrillic script, but nothing before it is: 100 of 101 answers are in Latin"
	for _, test := range []struct {
		about, content string
		want           []string
	}{
		{"Russian among English", englishFile + asked("How much is it?", russian), []string{toRussian}},
		{"written with escapes", englishFile + asked("How much is it?", strings.Trim(fmt.Sprintf("%+q", russian), `"`)), []string{toRussian}},
		{"asked in Russian", englishFile + asked("Сколько это будет?", russian), nil},
		{"asked for Russian", englishFile + asked("How much is it? Answer in Russian.", russian), nil},
		{"a translation", englishFile + asked("TRANSLATE: it is twelve.", russian), nil},
		{"a short answer", englishFile + asked("How much is it?", "Двенадцать."), nil},
		{"a quotation", englishFile + asked("How much is it?", english+" "+english+" "+russian), nil},
		{"too few answers", in(98, "How much is that?", english) + asked("How much is it?", russian), nil},
		{"too many others", englishFile + in(3, "How much is it?", russian), nil},
		{"not trained", englishFile + `{"messages":[{"role":"user","content":"How much?"},{"role":"assistant","content":"` + russian + `","weight":0},{"role":"user","content":"In words."},{"role":"assistant","content":"` + english + `"}]}` + "\n", nil},
		{"English among Chinese", chineseFile + asked("这是多少？", english), []string{"101: the answer is in Latin script, but nothing before it is: 100 of 101 answers are in Han"}},
		{"code among Chinese", chineseFile + asked("写一个函数。", code), nil},
		{"Chinese with Latin words", chineseFile + asked("这是多少？", "请用 Python 和 TensorFlow 来计算，因为 GPU 更快，而且代码也更短。"), nil},
		{"Japanese among Chinese", chineseFile + asked("这是多少？", japanese), []string{"101: the answer is in Japanese script, but nothing before it is: 100 of 101 answers are in Han"}},
		{"an answer of Kanji alone", japaneseFile + asked("正式名称は？", "東京都千代田区霞が関一丁目一番一号中央合同庁舎第六号館"), nil},
		{"emoji and numbers", englishFile + asked("How much is it?", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀 12"), nil},
		{"two of them", asked("How much is it?", russian) + englishFile + englishFile + asked("How much is it?", chinese), []string{
			"1: the answer is in Cyrillic script, but nothing before it is: 200 of 202 answers are in Latin",
			"202: the answer is in Han script, but nothing before it is: 200 of 202 answers are in Latin",
		}},
	} {
		if diff := cmp.Diff(test.want, saysOf(t, "FTQ008", test.content)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.about, diff)
		}
	}
}

// TestLanguageMixMethods: completions and preference pairs have answers, too.
func TestLanguageMixMethods(t *testing.T) {
	const russian = "Это будет двенадцать, потому что три и девять вместе."
	for method, line := range map[dataset.Method]string{
		dataset.Completion: `{"prompt":"How much? ->","completion":" ` + russian + ` END"}`,
		dataset.DPO:        pair(input(sysMsg, userMsg), `[{"role":"assistant","content":"`+russian+`"}]`, `[{"role":"assistant","content":"It is twelve, as three and nine are twelve."}]`),
	} {
		file := completionFile(120, " ->", " END")
		if method == dataset.DPO {
			file = strings.ReplaceAll(pairFile(120, 60), `"It is `, `"The sum of the two numbers is `)
			file = strings.ReplaceAll(file, `"The sum of them is `, `"The sum of the two numbers is `)
		}
		found := run(t, file+line+"\n", lint.Settings{Method: method, Declared: true}, nil)
		if !slices.ContainsFunc(found, func(f lint.Finding) bool { return f.Rule.ID == "FTQ008" && f.Line == 121 }) {
			t.Errorf("%s: nothing is told of the last line:\n%s", method, describeAll(found))
		}
	}
}

// TestLanguageMixChunks: what is told does not depend on where the file is cut.
func TestLanguageMixChunks(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		b.WriteString(asked(fmt.Sprintf("How much is %d?", i), fmt.Sprintf("It is as much as %d and nothing more than that.", i)))
	}
	b.WriteString(asked("How much is it?", "Это будет двенадцать, потому что три и девять."))
	dir := write(t, map[string]string{"a.jsonl": b.String()})
	want := []string{"a.jsonl 151 FTQ008 info: the answer is in Cyrillic script, but nothing before it is: 150 of 151 answers are in Latin"}
	for _, chunk := range []int{1, 1000, 1 << 20} {
		got, _ := qualityOf(t, dir, []string{"a.jsonl"}, lint.Options{Workers: 2, Read: jsonl.Options{ChunkBytes: chunk}})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("chunks of %d bytes (-want +got)\n%s", chunk, diff)
		}
	}
}
