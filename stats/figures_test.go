package stats

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"

	"github.com/ftlint/ftlint/internal/randtext"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// told is all that figures tell, in a form that can be compared.
type told struct {
	Tokens       string
	Summaries    [NumMeasures]Summary
	Bins         [NumMeasures][]Bin
	Longest      []LongExample
	Systems      []Text
	Others       int64
	Tools        []Tool
	Shared       Shared
	Scripts      []dataset.Script
	Characters   int64
	Weights      Weights
	Limits       [4]int64
	Calls        [3]int64
	MoreTools    bool
	TutorialMean [2]float64
}

func tell(f *Figures) (t told) {
	t.Tokens = fmt.Sprintf("%+v", f.Tokens)
	for m := range Measure(NumMeasures) {
		t.Summaries[m], t.Bins[m] = f.Summary(m), f.Distributions[m].Bins()
	}
	t.Longest = f.Longest()
	t.Systems, t.Others = f.Systems.Commonest(1000), f.Systems.Others
	t.Tools, _ = f.Tools.Commonest(1000)
	t.MoreTools = f.Tools.More
	t.Calls = [3]int64{f.Tools.Offering, f.Tools.Calling, f.Tools.Calls}
	t.Shared = f.Prompts.Shared("o200k_base")
	t.Scripts, t.Characters = f.Characters.Scripts()
	t.Weights = f.Weights
	t.Limits = [4]int64{f.AtLimit, f.NearLimit, f.CutTokens, f.CutTrained}
	total, assistant, _ := f.Tutorial("o200k_base")
	t.TutorialMean = [2]float64{total.Mean, assistant.Mean}
	return t
}

var toldOptions = cmp.Options{cmp.AllowUnexported(Text{}, Tool{}), cmpopts.EquateEmpty()}

// gatherFigures adds lines to fresh figures, numbered from 1.
func gatherFigures(settings *lint.Settings, lines []string) *Figures {
	decoder := dataset.NewDecoder(dataset.Options{Messages: true, Markers: true})
	tokens := dataset.Tokens{New: tokenize.Accounting{}.NewCounter, Method: settings.Method}
	f := NewFigures(settings)
	for i, line := range lines {
		e := decoder.Decode([]byte(line))
		e.Number = int64(i + 1)
		e.CountWith(&tokens)
		f.Add(e)
	}
	return f
}

// figureLines makes up lines of a method, of which some are the same.
func figureLines(r *rand.Rand, m dataset.Method, n int) []string {
	words := []string{"yes", "no", "the weather", "中文字", "привет", "été", `a\nb`, "\\u4e2d", "😀", ""}
	text := func() string {
		var b strings.Builder
		for range r.IntN(6) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		return b.String()
	}
	tools := []string{
		"", `,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{}}}}]`,
		`,"tools":[{"type":"function","function":{"name":"weather"}},{"type":"function","function":{"name":"t\u0069me"}}]`,
	}
	systems := []string{"", `{"role":"system","content":"You are a very good bot."},`, `{"role":"system","content":"You are a very bad bot."},`}
	weights := []string{"", `,"weight":0`, `,"weight":1`, `,"weight":1.0`}
	lines := make([]string, n)
	for i := range lines {
		if i > 0 && r.IntN(4) == 0 {
			lines[i] = lines[r.IntN(i)]
			continue
		}
		switch m {
		case dataset.DPO:
			lines[i] = fmt.Sprintf(`{"input":{"messages":[%s{"role":"user","content":"%s"}]%s},"preferred_output":[{"role":"assistant","content":"%s"}],"non_preferred_output":[{"role":"assistant","content":"%s"}]}`,
				systems[r.IntN(3)], text(), tools[r.IntN(3)], text(), text())
		case dataset.Completion:
			lines[i] = fmt.Sprintf(`{"prompt":"%s","completion":"%s"}`, text(), text())
		default:
			call := ""
			if r.IntN(3) == 0 {
				call = `,"tool_calls":[{"id":"c","type":"function","function":{"name":"weather","arguments":"{}"}}]`
			}
			lines[i] = fmt.Sprintf(`{"messages":[%s{"role":"user","content":"%s"},{"role":"assistant","content":"%s"%s%s}]%s}`,
				systems[r.IntN(3)], text(), text(), weights[r.IntN(4)], call, tools[r.IntN(3)])
		}
	}
	return lines
}

// TestFiguresMerge: all figures are the same however the lines are split.
func TestFiguresMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	merge := func(a, b *Figures, lines int) *Figures {
		a.Merge(b, int64(lines))
		return a
	}
	for _, method := range []dataset.Method{dataset.SFT, dataset.DPO, dataset.Completion} {
		settings := &lint.Settings{Provider: dataset.Azure, Method: method, Model: &lint.Model{Azure: lint.Terms{ExampleTokens: 40}}}
		for range 60 {
			lines := figureLines(r, method, r.IntN(4*sampled))
			whole := tell(gatherFigures(settings, lines))
			splits(r, lines, func(a, b, c []string) {
				gather := func(lines []string) *Figures { return gatherFigures(settings, lines) }
				left := tell(merge(merge(gather(a), gather(b), len(a)), gather(c), len(a)+len(b)))
				right := tell(merge(gather(a), merge(gather(b), gather(c), len(b)), len(a)))
				if diff := cmp.Diff(whole, left, toldOptions); diff != "" {
					t.Fatalf("%s, %d lines: merged from the left (-whole +merged)\n%s", method, len(lines), diff)
				}
				if diff := cmp.Diff(whole, right, toldOptions); diff != "" {
					t.Fatalf("%s, %d lines: merged from the right (-whole +merged)\n%s", method, len(lines), diff)
				}
			})
		}
	}
}

// TestCharactersEitherWay: the characters are the same whether the counter of tokens
// has looked at them on its way, or somebody had the tokens counted before.
func TestCharactersEitherWay(t *testing.T) {
	r, texts := rand.New(rand.NewPCG(51, 52)), randtext.New(53)
	lines := []string{
		`{"messages":[{"role":"user","name":"\u4e2d","content":null,"refusal":"nö"},7,{"role":"assistant","content":["一","x",{"type":"text","text":"русский"},{"type":"refusal","refusal":"нет"}],"function_call":{"name":"f\u00e9","arguments":"{\"ß\":1}"}}],"tools":[{"type":"function","function":{"name":"ελ"}}],"input":{"messages":[{"role":"user","content":"한글"}]}}`,
		"{\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe\\ud800 a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}",
	}
	for _, method := range []dataset.Method{dataset.SFT, dataset.DPO, dataset.Completion} {
		lines := slices.Concat(lines, figureLines(r, method, 100))
		if method != dataset.SFT {
			lines = lines[2:]
		}
		for range 300 {
			text, err := json.Marshal(texts.Next())
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, map[dataset.Method]string{
				dataset.SFT:        fmt.Sprintf(`{"messages":[{"role":"user","content":%s}]}`, text),
				dataset.DPO:        fmt.Sprintf(`{"input":{"messages":[{"role":"user","content":%s}]}}`, text),
				dataset.Completion: fmt.Sprintf(`{"prompt":%s,"completion":"a"}`, text),
			}[method])
		}
		for _, encoding := range []string{"o200k_base", "cl100k_base", "r50k_base"} {
			decoder := dataset.NewDecoder(dataset.Options{Messages: true})
			tokens := dataset.Tokens{New: tokenize.Accounting{Encoding: encoding}.NewCounter, Method: method}
			for _, line := range lines {
				var told [2]string
				for i := range told {
					f := NewFigures(&lint.Settings{Provider: dataset.Azure, Method: method})
					e := decoder.Decode([]byte(line))
					e.CountWith(&tokens)
					if i > 0 {
						e.Counts()
					}
					f.Add(e)
					list, _ := f.Characters.Scripts()
					told[i] = fmt.Sprint(f.Characters.Count, list, f.Summary(MeasureCharacters))
				}
				if told[0] != told[1] {
					t.Fatalf("%s, %s: %s\non the way:  %s\nafterwards: %s", method, encoding, line, told[0], told[1])
				}
			}
		}
	}
}

// TestFigures has figures that are worked out by hand.
func TestFigures(t *testing.T) {
	settings := &lint.Settings{Provider: dataset.OpenAI, Method: dataset.SFT, Model: &lint.Model{OpenAI: lint.Terms{ExampleTokens: 15}}}
	f := gatherFigures(settings, []string{
		// 1 + 5 + 5 tokens, and 3 + 5 + 5 by Azure's accounting.
		`{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"yes"}]}`,
		// 1 + 8 + 8: two are cut off, one of them the last word of the answer.
		`{"messages":[{"role":"user","content":"hello hello hello hello"},{"role":"assistant","content":"yes yes yes yes","weight":1}]}`,
		// 1 + 5 + 9, as many as there may be.
		`{"messages":[{"role":"system","content":"hello"},{"role":"assistant","content":"yes yes yes yes yes","weight":0}]}`,
	})
	if s := f.Summary(MeasureTokens); s.Count != 3 || s.Min != 11 || s.Max != 17 || s.Sum != 43 || s.Percentile(50) != 15 {
		t.Errorf("tokens: %+v", s)
	}
	if s := f.Summary(MeasureTrained); s.Sum != 1+4 || s.Min != 0 {
		t.Errorf("trained: %+v", s)
	}
	if s := f.Summary(MeasureSystem); s.Count != 1 || s.Sum != 5 {
		t.Errorf("system messages: %+v", s)
	}
	if s := f.Summary(MeasureAssistantText); s.Count != 3 || s.Sum != 1+4+5 {
		t.Errorf("text of assistant messages: %+v", s)
	}
	if got, want := [5]int64{f.Cut, f.AtLimit, f.NearLimit, f.CutTokens, f.CutTrained}, [5]int64{1, 1, 0, 2, 1}; got != want {
		t.Errorf("over, at and near the limit, tokens and trained tokens cut: %v, want %v", got, want)
	}
	if want := (Weights{Messages: 3, One: 1, Zero: 1, Examples: 2}); f.Weights != want {
		t.Errorf("weights: %+v, want %+v", f.Weights, want)
	}
	if l := f.Longest(); len(l) != 3 || l[0].Line != 2 || !l[0].Over || l[1].Line != 3 || l[1].Over {
		t.Errorf("longest: %+v", l)
	}
	all := Together([]string{"a", "b"}, []*Figures{f, f})
	if l := all.Longest(); len(l) != 6 || l[0].File != "a" || l[1].File != "b" || all.Examples != 6 || all.Files() != 2 || f.Longest()[0].File != "" {
		t.Errorf("two files together: %+v", l)
	}
}

// TestSharedBeginning: what most prompts begin with.
func TestSharedBeginning(t *testing.T) {
	settings := &lint.Settings{Provider: dataset.OpenAI, Method: dataset.SFT}
	line := func(system, user string) string {
		return fmt.Sprintf(`{"messages":[{"role":"system","content":%q},{"role":"user","content":%q},{"role":"assistant","content":"yes"}]}`, system, user)
	}
	var lines []string
	for i := range 10 {
		system := "You are a very helpful bot."
		if i >= 7 {
			system = fmt.Sprint(i, " is another bot.")
		}
		lines = append(lines, line(system, fmt.Sprint("Question ", i)))
	}
	// The marks and the role, 7 tokens of text; the same and "Question". The space
	// after it may be part of the token that follows.
	got := gatherFigures(settings, lines).Prompts.Shared("o200k_base")
	if want := (Shared{Tokens: 3 + 7 + 3 + 1, Share: 0.7, Looked: 10, Examples: 10}); got != want || !got.Exact() {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := gatherFigures(settings, lines[7:]).Prompts.Shared("o200k_base"); got.Tokens != 0 || got.Share != 0 {
		t.Errorf("different prompts share %+v", got)
	}
	if got := gatherFigures(settings, nil).Prompts.Shared("o200k_base"); got != (Shared{}) {
		t.Errorf("no prompts share %+v", got)
	}
	for i := range 1000 {
		lines = append(lines, line("Short.", fmt.Sprint(i)))
	}
	got = gatherFigures(settings, lines).Prompts.Shared("o200k_base")
	if got.Exact() || got.Looked != sampled || got.Examples != 1010 || got.Tokens != 3+2 || got.Share < 0.95 {
		t.Errorf("of many: %+v", got)
	}
}

// TestSharedBeginningEdges: what is no beginning of several prompts, or longer than
// what is looked at.
func TestSharedBeginningEdges(t *testing.T) {
	shared := func(m dataset.Method, lines ...string) Shared {
		return gatherFigures(&lint.Settings{Method: m}, lines).Prompts.Shared("o200k_base")
	}
	answer := `{"role":"assistant","content":"%d"}`
	user := func(content string, i int) string {
		return `{"messages":[{"role":"user","content":"` + content + `"},` + fmt.Sprintf(answer, i) + `]}`
	}
	if got := shared(dataset.SFT, user("hello", 1)); got.Tokens != 0 {
		t.Errorf("one prompt begins like itself: %+v", got)
	}
	if got := shared(dataset.SFT, user("hello", 1), user("hello", 2)); got.Tokens != 3+1 || got.Share != 1 {
		t.Errorf("the same question twice: %+v", got)
	}
	if got := shared(dataset.Completion, `{"prompt":"hello there","completion":"a"}`, `{"prompt":"hello there","completion":"b"}`); got.Tokens != 2 {
		t.Errorf("prompts of completions, which have no role: %+v", got)
	}
	if got := shared(dataset.SFT, user("\xfe\xff\xfe hello", 1), user("\xfe\xff\xfe hello", 2)); got.Tokens > 3+4 {
		t.Errorf("bytes that are no text look like more messages: %+v", got)
	}
	long := strings.Repeat("hello ", maxPrompt/6+10)
	if got := shared(dataset.SFT, user(long+"a", 1), user(long+"b", 2)); !got.AtLeast || got.Tokens < maxPrompt/6-10 {
		t.Errorf("a long beginning: %+v", got)
	}
	picture := func(url string, i int) string {
		return fmt.Sprintf(`{"messages":[{"role":"user","content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"https://a/%s"}},{"type":"text","text":"hello there"}]},{"role":"assistant","content":"%d"}]}`, url, i)
	}
	if got := shared(dataset.SFT, picture("a", 1), picture("a", 2)); got.Tokens != 3+1+2 {
		t.Errorf("text around the same image: %+v", got)
	}
	if got := shared(dataset.SFT, picture("a", 1), picture("b", 2)); got.Tokens > 3+1 {
		t.Errorf("text behind different images: %+v", got)
	}
	pairWith := func(tool string) string {
		return `{"input":{"messages":[{"role":"user","content":"hello"}],"tools":[{"type":"function","function":{"name":"` + tool + `"}}]},"preferred_output":[],"non_preferred_output":[]}`
	}
	if got := shared(dataset.DPO, pairWith("abc"), pairWith("def")); got.Tokens != 0 {
		t.Errorf("pairs with different tools: %+v", got)
	}
	if got := shared(dataset.DPO, pairWith("abc"), pairWith("abc")); got.Tokens <= 3+1 {
		t.Errorf("pairs with the same tools: %+v", got)
	}
	// Lines that end alike are different examples.
	var alike []string
	for i := range 40 {
		alike = append(alike, fmt.Sprintf(`{"messages":[{"role":"user","content":"%c%d"},{"role":"assistant","content":"%s"}]}`, 'A'+i%20, i%20, strings.Repeat("same ", 50)))
	}
	if got := shared(dataset.SFT, alike...); got.Tokens != 0 || got.Looked != 40 {
		t.Errorf("different questions with one answer: %+v", got)
	}
}

// TestSystemMessages: text and tokens are those of one message, all of it.
func TestSystemMessages(t *testing.T) {
	f := gatherFigures(&lint.Settings{Method: dataset.SFT}, []string{
		`{"messages":[7,{"role":"system","content":null},{"role":"developer","content":"be very brief"},{"role":"user","content":"a"}]}`,
		`{"messages":[{"role":"system","content":[{"type":"text","text":"same"},{"type":"text","text":"one"}]}]}`,
		`{"messages":[{"role":"system","content":[{"type":"text","text":"same"},{"type":"text","text":"two"}]}]}`,
	})
	list := f.Systems.Commonest(10)
	if len(list) != 3 || list[0].Beginning != "be very brief" || list[0].Tokens != 3 || list[1].Tokens != 2 || list[2].First != 3 {
		t.Errorf("got %+v", list)
	}
}

// TestManyTexts: of too many different texts those that came first are counted.
func TestManyTexts(t *testing.T) {
	// A common text among rare ones, more of which than are told apart are in the
	// largest parts.
	const rare, each = 2*MaxTexts + 100, 1000
	inParts := func(part int) *Frequencies {
		merged := &Frequencies{}
		for begin := 0; begin < rare; begin += part {
			var next Frequencies
			for i := begin; i < min(begin+part, rare); i++ {
				next.Add(fmt.Appendf(nil, "text %d", i), 2, int64(i-begin+1))
				if i%each == 0 {
					next.Add([]byte("text 5"), 2, int64(i-begin+1))
				}
			}
			merged.Merge(&next, int64(begin))
		}
		return merged
	}
	const again = (rare + each - 1) / each
	for _, f := range []*Frequencies{inParts(100), inParts(5000), inParts(rare)} {
		n, more := f.Distinct()
		if n != MaxTexts || !more || f.Total != rare+again || f.Others != rare-MaxTexts {
			t.Errorf("%d texts, more %v, %d in all, %d others", n, more, f.Total, f.Others)
		}
		if top := f.Commonest(1)[0]; top.Count != 1+again || top.Beginning != "text 5" || top.First != 1 {
			t.Errorf("commonest %+v", top)
		}
	}
	var long Frequencies
	long.Add([]byte(strings.Repeat("字", 100)), 100, 1)
	if got := long.Commonest(1)[0]; got.Whole || got.Bytes != 300 || got.Beginning != strings.Repeat("字", 66) {
		t.Errorf("a long text is kept as %+v", got)
	}
}

// TestNumpy holds quantiles and deviations to those that numpy gave for the
// numbers in testdata/numpy.tsv, which .ci/numpy recomputes.
func TestNumpy(t *testing.T) {
	file, err := os.Open("testdata/numpy.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.Comma, rows.Comment = '\t', '#'
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 40 {
		t.Fatalf("only %d rows", len(all))
	}
	for _, row := range all {
		var h, a, b Histogram
		for i, word := range strings.Fields(row[0]) {
			n, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			h.Add(n)
			[]*Histogram{&a, &b}[i%2].Add(n)
		}
		a.Merge(&b)
		if !slices.Equal(h.Bins(), a.Bins()) {
			t.Errorf("%s: merged, other numbers", row[0])
		}
		s := h.Summary()
		got := append([]float64{s.Mean, s.StdDev}, s.Percentiles[:]...)
		for i, word := range strings.Fields(row[1]) {
			want, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
			exact := i != 1 // numpy adds up rounded squares
			if exact && got[i] != want || math.Abs(got[i]-want) > 1e-12*math.Max(1, want) {
				t.Errorf("%.60s: figure %d is %v, numpy says %v", row[0], i, got[i], want)
			}
		}
	}
}

// TestHistogramEdges: nothing, and numbers that are too large.
func TestHistogramEdges(t *testing.T) {
	var h Histogram
	if s := h.Summary(); s != (Summary{}) {
		t.Errorf("of nothing: %+v", s)
	}
	if s := h.Summary(); !math.IsNaN(s.Percentile(42)) {
		t.Error("a percentile that there is not")
	}
	h.Add(-5)
	h.Add(math.MaxInt)
	if s := h.Summary(); s.Min != 0 || s.Max != math.MaxUint32 || s.Count != 2 {
		t.Errorf("of numbers out of range: %+v", s)
	}
	for range 3 * mostRecent {
		h.Add(1 << 20)
	}
	if s := h.Summary(); s.Percentile(50) != 1<<20 || s.Count != 3*mostRecent+2 {
		t.Errorf("of many: %+v", s)
	}
}

// TestToolsMerge: a tool that is called often is found among many others, however the
// lines are split.
func TestToolsMerge(t *testing.T) {
	const rare = MaxTexts + 5000
	inParts := func(part int) string {
		merged := &ToolNames{}
		for begin := 0; begin < rare; begin += part {
			var next ToolNames
			for i := begin; i < min(begin+part, rare); i++ {
				next.call(fmt.Appendf(nil, "tool %d", i))
				if i%100 == 0 {
					next.call([]byte("common"))
				}
			}
			merged.Merge(&next)
		}
		top, all := merged.Commonest(2)
		return fmt.Sprint(top[0].Name, top[0].Called, top[1].Name, all, merged.More)
	}
	want := fmt.Sprint("common", (rare+99)/100, "tool 0", MaxTexts, true)
	for _, part := range []int{100, 5000, rare} {
		if got := inParts(part); got != want {
			t.Errorf("in parts of %d: %s, want %s", part, got, want)
		}
	}
}

// TestTutorial computes what the Azure tutorial's script prints as that does, with
// tiktoken-go: 3 tokens for each message and what its values have, 1 more for a
// name, 3 for the example; of assistant messages the content. The script stops at
// weights, so lines that have some are left out.
func TestTutorial(t *testing.T) {
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	oracle, err := tiktoken.GetEncoding("o200k_base")
	if err != nil {
		t.Fatal(err)
	}
	count := func(text string) int { return len(oracle.EncodeOrdinary(text)) }
	lines := []string{
		`{"messages":[{"role":"user","name":"bob","content":"Caf\u00e9?"},{"role":"assistant","content":"Yes, 中文."}]}`,
	}
	for _, line := range figureLines(rand.New(rand.NewPCG(31, 32)), dataset.SFT, 1000) {
		if !strings.Contains(line, `"weight"`) && !strings.Contains(line, "tool") {
			lines = append(lines, line)
		}
	}
	if len(lines) < 20 {
		t.Fatalf("only %d lines", len(lines))
	}
	var total, assistant []int
	for _, line := range lines {
		var example struct {
			Messages []map[string]string
		}
		if err := json.Unmarshal([]byte(line), &example); err != nil {
			t.Fatal(err)
		}
		all, answers := 3, 0
		for _, m := range example.Messages {
			all += 3
			for key, value := range m {
				all += count(value)
				if key == "name" {
					all++
				}
			}
			if m["role"] == "assistant" {
				answers += count(m["content"])
			}
		}
		total, assistant = append(total, all), append(assistant, answers)
	}
	describe := func(values []int) (t Tutorial) {
		slices.Sort(values)
		n, sum := len(values), 0
		for _, v := range values {
			sum += v
		}
		quantile := func(q float64) float64 {
			at := q * float64(n-1)
			low := int(at)
			high := min(low+1, n-1)
			return lerp(float64(values[low]), float64(values[high]), at-float64(low))
		}
		median := float64(values[(n-1)/2]+values[n/2]) / 2
		return Tutorial{int64(values[0]), int64(values[n-1]), float64(sum) / float64(n), median, quantile(0.1), quantile(0.9)}
	}
	f := gatherFigures(&lint.Settings{Provider: dataset.OpenAI, Method: dataset.SFT}, lines)
	gotTotal, gotAssistant, ok := f.Tutorial("o200k_base")
	if !ok || !f.ForTutorial() {
		t.Fatal("these lines are what the script takes")
	}
	if diff := cmp.Diff(describe(total), gotTotal) + cmp.Diff(describe(assistant), gotAssistant); diff != "" {
		t.Errorf("-script +got\n%s", diff)
	}
	for _, line := range []string{
		`{"messages":[{"role":"user","content":null}]}`,
		`{"messages":[{"role":"user","content":"a","weight":1}]}`,
		`{"messages":[{"role":"user","content":"a<|endoftext|>"}]}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}`,
		`{"messages":[{"role":"tool","content":"a","tool_call_id":"c"}]}`,
		`{"messages":[{"role":"user","content":"a","id":"b"}]}`,
	} {
		if gatherFigures(&lint.Settings{Provider: dataset.OpenAI, Method: dataset.SFT}, []string{line}).ForTutorial() {
			t.Errorf("%s: the script does not take that", line)
		}
	}
	tools := gatherFigures(&lint.Settings{Method: dataset.SFT}, []string{
		`{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"weather"}}]}`,
	})
	if total, _, _ := tools.Tutorial("o200k_base"); total.Max != 3+3+2 || !tools.ForTutorial() {
		t.Errorf("the script does not see tools: %+v", total)
	}
	if _, _, ok := f.Tutorial("cl100k_base"); ok {
		t.Error("the script counts in o200k_base, whatever the model")
	}
}
