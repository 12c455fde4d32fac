package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// sketchesOf makes the sketches of lines.
func sketchesOf(similarity float64, method dataset.Method, lines ...string) *Rows {
	rows := NewRows(&lint.Settings{NearDuplicates: similarity, Method: method})
	decoder := dataset.NewDecoder(dataset.Options{Messages: true})
	for i, line := range lines {
		e := decoder.Decode([]byte(line))
		e.Number = int64(i + 1)
		rows.Add(e)
	}
	return rows
}

// said is a chat line with a question and an answer.
func said(question, answer string) string {
	q, _ := json.Marshal(question)
	a, _ := json.Marshal(answer)
	return fmt.Sprintf(`{"messages":[{"role":"user","content":%s},{"role":"assistant","content":%s}]}`, q, a)
}

// TestSketchWords: what counts as the same.
func TestSketchWords(t *testing.T) {
	const sft, rft = dataset.SFT, dataset.RFT
	image := func(url string) string {
		return `{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"` + url + `"}}]},{"role":"assistant","content":"A cat."}]}`
	}
	for _, test := range []struct {
		name   string
		method dataset.Method
		a, b   string
		want   float64
	}{
		{"case and punctuation", sft, said("Is it far?", "Yes."), said("is it FAR", " yes!\n"), 1},
		{"case of other alphabets", sft, said("Ist ÖL drin? ΑΒΓ", "ДА"), said("ist öl drin? αβγ", "да"), 1},
		{"escapes", sft, said("é", "ok"), `{"messages":[{"role":"user","content":"\u00e9"},{"role":"assistant","content":"\u006fk"}]}`, 1},
		{"order of words", sft, said("a b", "x"), said("b a", "x"), 0.2},
		{"a word more", sft, said("one two three four", "x"), said("one two three four five", "x"), 5. / 6},
		{"characters of Chinese", sft, said("你好吗", "好"), said("你好", "好"), 0.75},
		{"characters above the basic plane", sft, said("𠀀𠀁", "x"), said("𠀀𠀁𠀂", "x"), 0.75},
		{"who says it", sft, said("yes", "no"), said("no", "yes"), 0},
		{"messages of the system", sft, strings.Replace(said("a", "b"), `[`, `[{"role":"system","content":"Be kind."},`, 1), said("a", "b"), 1},
		{"other images", sft, image("https://example.com/1.png"), image("https://example.com/2.png"), 0},
		{"the same image", sft, image("https://example.com/1.png"), image("https://example.com/1.png"), 1},
		{"fields of a chat line", sft, `{"id":"1",` + said("a", "b")[1:], `{"id":"2",` + said("a", "b")[1:], 1},
		{"answers to grade by", rft, `{"ref":"1",` + said("a", "b")[1:], `{"ref":"2",` + said("a", "b")[1:], 0.5},
		{"nothing said", sft, said("", "?!"), said("", "?!"), 0},
		{
			"calls", sft,
			`{"messages":[{"role":"user","content":"go"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"to\":\"Lima\"}"}}]}]}`,
			`{"messages":[{"role":"user","content":"go"},{"role":"assistant","tool_calls":[{"id":"2","type":"function","function":{"name":"f","arguments":"{\"to\":\"Rome\"}"}}]}]}`, 3. / 5,
		},
		{"a pair", dataset.DPO, `{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}`, `{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"c"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}`, 0.2},
		{"a completion", dataset.Completion, `{"prompt":"a b","completion":"c"}`, `{"prompt":"a B","completion":"c d"}`, 0.75},
	} {
		rows := sketchesOf(0.9, test.method, test.a, test.b)
		got, back := rows.Sketch(0).Similarity(rows.Sketch(1)), rows.Sketch(1).Similarity(rows.Sketch(0))
		if math.Abs(got-test.want) > 1e-9 || got != back {
			t.Errorf("%s: similarity %v, and %v the other way round, not %v", test.name, got, back, test.want)
		}
	}
}

// TestSimilarity holds the similarity of sketches against that of the sets, of all sizes
// up to beyond what the parity bits have room for.
func TestSimilarity(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{20, 100, 500, 2000, 2500, 10_000} {
		for _, share := range []float64{0, 0.01, 0.03, 0.1} {
			words := make([]string, n)
			for i := range words {
				words[i] = fmt.Sprint(random.IntN(1 << 30))
			}
			a := said(strings.Join(words, " "), "x")
			changed := 0
			for i := 0; i < n; i += 2 { // never two side by side
				if random.Float64() < 2*share {
					words[i] = fmt.Sprint("w", random.IntN(1<<30))
					changed++
				}
			}
			b := said(strings.Join(words, " "), "x")
			differ := 2 * changed // pairs of each that the other has not
			want := float64(n+1-differ) / float64(n+1+differ)
			rows := sketchesOf(0.9, dataset.SFT, a, b)
			most := 0.02
			if want < 0.8 {
				most = 0.1 // the more differs, the less certain it is how much
			}
			if got := rows.Sketch(0).Similarity(rows.Sketch(1)); math.Abs(got-want) > most {
				t.Errorf("%d words, %d of them others: similarity %.3f, not %.3f", n, changed, got, want)
			}
		}
	}
}

// TestAlike: lines that are alike, directly or by way of others, are together, and no
// others, wherever they stand.
func TestAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var lines []string
	var family []int
	for f := range 200 {
		words := make([]string, 60)
		for i := range words {
			words[i] = fmt.Sprint(random.IntN(1 << 20))
		}
		for range 1 + f%4 {
			lines = append(lines, said(strings.Join(words, " "), "ok"))
			family = append(family, f)
			words[random.IntN(len(words))] = fmt.Sprint(random.IntN(1 << 20))
		}
	}
	for range 3 {
		random.Shuffle(len(lines), func(i, j int) {
			lines[i], lines[j] = lines[j], lines[i]
			family[i], family[j] = family[j], family[i]
		})
		rows := sketchesOf(0.9, dataset.SFT, lines...)
		clusters := Alike(0.9, rows.Len(), rows.Sketch)
		first := map[int]int{}
		for i, f := range family {
			if _, ok := first[f]; !ok {
				first[f] = i
			}
			if got := clusters.First(i); got != first[f] {
				t.Errorf("line %d is with line %d, not %d", i, got, first[f])
			}
		}
	}
}

// TestAlikeTemplate: of many examples from one template only those that are alike enough
// are together, and looking for them does not take each with each.
func TestAlikeTemplate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const template = "please answer the following question with care "
	var lines []string
	for range 20_000 {
		lines = append(lines, said(template+fmt.Sprint(random.IntN(1<<30)), fmt.Sprint(random.IntN(1<<30))))
	}
	lines = append(lines, lines[0])
	rows := sketchesOf(0.9, dataset.SFT, lines...)
	looked := 0
	clusters := Alike(0.9, rows.Len(), func(i int) *Sketch {
		looked++
		return rows.Sketch(i)
	})
	for i := 1; i < len(lines)-1; i++ {
		if clusters.First(i) != i {
			t.Fatalf("line %d is with line %d", i, clusters.First(i))
		}
	}
	if clusters.First(len(lines)-1) != 0 {
		t.Error("the copy of the first line is not with it")
	}
	if most := len(lines) * sketchBands * mostInBand; looked > most {
		t.Errorf("sketches were looked at %d times, more than %d", looked, most)
	}
}
