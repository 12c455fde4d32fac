package stats

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// contents gathers lines as a run does, cut into chunks of size lines.
func contents(method dataset.Method, size int, lines ...string) *Contents {
	settings := &lint.Settings{Provider: dataset.Azure, Method: method}
	maker := ContentsMaker()
	all := maker(settings).(*Contents)
	decoder := dataset.NewDecoder(dataset.Options{Messages: true, Markers: true})
	counter := &dataset.Tokens{New: (&tokenize.Accounting{}).NewCounter, Method: method}
	for begin := 0; begin < len(lines); begin += size {
		part := maker(settings).(*Contents)
		for i, line := range lines[begin:min(begin+size, len(lines))] {
			e := decoder.Decode([]byte(line))
			e.Number = int64(i + 1)
			e.CountWith(counter)
			if e.Broken || e.Shape != method.Shape() {
				part.AddOther(e)
			} else {
				part.Add(e)
			}
		}
		all.Merge(part, int64(begin))
	}
	return all
}

func chat(system, question, answer, rest string) string {
	list := ""
	if system != "" {
		list = `{"role":"system","content":"` + system + `"},`
	}
	return `{"messages":[` + list + `{"role":"user","content":"` + question + `"},{"role":"assistant","content":"` + answer + `"}]` + rest + `}`
}

// outcome writes a comparison with the numbers of lines: removed, added, changed.
func outcome(d *Diff) string {
	var parts []string
	for _, i := range d.Removed {
		parts = append(parts, fmt.Sprintf("-%d", d.Old.At(int(i)).Line))
	}
	for _, i := range d.Added {
		parts = append(parts, fmt.Sprintf("+%d", d.New.At(int(i)).Line))
	}
	for _, c := range d.Changed {
		parts = append(parts, fmt.Sprintf("%d>%d:%s", d.Old.At(int(c.Old)).Line, d.New.At(int(c.New)).Line, c.What))
	}
	for _, i := range d.OthersRemoved {
		parts = append(parts, fmt.Sprintf("-%d!", d.Old.OtherAt(int(i)).Line))
	}
	for _, i := range d.OthersAdded {
		parts = append(parts, fmt.Sprintf("+%d!", d.New.OtherAt(int(i)).Line))
	}
	return strings.Join(append(parts, fmt.Sprintf("=%d", d.Same)), " ")
}

func TestCompare(t *testing.T) {
	const long, other = "An answer that is long enough to be told by itself.", "Another one that is long enough to be told by itself."
	for _, tt := range []struct {
		name       string
		old, fresh []string
		want       string
	}{
		{"nothing", nil, nil, "=0"},
		{
			"moved, and written otherwise",
			[]string{chat("", "a", "é", ""), chat("", "b", "y", "")},
			[]string{chat("", "b", "y", ""), ` { "messages" : [{"content":"\u0061","role":"user"},{"role":"assistant","content":"\u00e9"}]}`},
			"=2",
		},
		{"an answer", []string{chat("", "a", "x", "")}, []string{chat("", "b", "x", ""), chat("", "a", "y", "")}, "+1 1>2:answer =0"},
		{"twice and once", []string{chat("", "a", "x", ""), chat("", "b", "x", ""), chat("", "a", "x", "")}, []string{chat("", "b", "x", ""), chat("", "a", "x", "")}, "-3 =2"},
		{
			"several answers: the same ones first, then in order",
			[]string{chat("", "a", "1", ""), chat("", "a", "2", ""), chat("", "a", "3", "")},
			[]string{chat("", "a", "4", ""), chat("", "a", "2", ""), chat("", "a", "5", ""), chat("", "a", "6", "")},
			"+4 1>1:answer 3>3:answer =1",
		},
		{"a field beside", []string{chat("", "a", "x", "")}, []string{chat("", "a", "x", `,"id":1`)}, "1>1:fields =0"},
		{
			"the same answer goes before another one",
			[]string{chat("", "a", "x", ""), chat("", "a", "y", "")},
			[]string{chat("", "a", "z", ""), chat("", "a", "x", `,"id":1`)},
			"2>1:answer 1>2:fields =0",
		},
		{
			"the system message",
			[]string{chat("S", "a", "yes", ""), chat("S", "b", "yes", "")},
			[]string{chat("T", "b", "yes", ""), chat("T", "a", "yes", "")},
			"2>1:prompt 1>2:prompt =0",
		},
		{"the question, of an answer that only it has", []string{chat("", "a", long, ""), chat("", "c", other, "")}, []string{chat("", "b", long, ""), chat("", "c", other, "")}, "1>1:prompt =1"},
		{"the question, of an answer that others have", []string{chat("", "a", long, ""), chat("", "c", long, "")}, []string{chat("", "b", long, ""), chat("", "c", long, "")}, "-1 +1 =1"},
		{"the question, of an answer that says nothing", []string{chat("", "a", "yes", "")}, []string{chat("", "b", "yes", "")}, "-1 +1 =0"},
		{"no prompt", []string{`{"messages":[{"role":"assistant","content":"x"}]}`}, []string{`{"messages":[{"role":"assistant","content":"y"}]}`}, "-1 +1 =0"},
		{"lines that are no examples", []string{"{", `{"a":1,"b":2}`, "nonsense", chat("", "a", "x", "")}, []string{chat("", "a", "x", ""), `{"b":2, "a":1}`, "{", "{"}, "-3! +4! =1"},
	} {
		d := Compare(contents(dataset.SFT, 2, tt.old...), contents(dataset.SFT, 3, tt.fresh...))
		if got := outcome(d); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestComparePairs: of a preference pair either output may differ.
func TestComparePairs(t *testing.T) {
	pair := func(question, preferred, other string) string {
		return `{"input":{"messages":[{"role":"user","content":"` + question + `"}]},"preferred_output":[{"role":"assistant","content":"` + preferred +
			`"}],"non_preferred_output":[{"role":"assistant","content":"` + other + `"}]}`
	}
	old := contents(dataset.DPO, 1, pair("a", "x", "y"), pair("b", "x", "y"), pair("c", "x", "y"), pair("d", "x", "y"))
	fresh := contents(dataset.DPO, 4, pair("d", "x", "y"), pair("a", "x", "z"), pair("b", "z", "y"), pair("c", "y", "x"))
	if got, want := outcome(Compare(old, fresh)), "1>2:answer 2>3:answer 3>4:answer =1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	completion := func(prompt, text string) string { return `{"prompt":"` + prompt + `","completion":"` + text + `"}` }
	old = contents(dataset.Completion, 1, completion("a", "x"), completion("b", "x"))
	fresh = contents(dataset.Completion, 1, completion("b", "y"), completion("a", "x"), completion("c", "x"))
	if got, want := outcome(Compare(old, fresh)), "+3 2>1:answer =1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestContentsOfNoMethod: where nothing can be counted, all lines are other ones.
func TestContentsOfNoMethod(t *testing.T) {
	c := contents(0, 1, chat("", "a", "x", ""))
	if c.Len() != 0 || c.Others() != 1 || c.OtherAt(0).Invalid {
		t.Errorf("%d examples, %d others", c.Len(), c.Others())
	}
}

// linesOf draws lines of a file in which much occurs again.
func linesOf(t *rapid.T, label string) []string {
	pick := func(texts ...string) string { return rapid.SampledFrom(texts).Draw(t, label) }
	list := make([]string, rapid.IntRange(0, 12).Draw(t, label))
	for i := range list {
		switch rapid.IntRange(0, 9).Draw(t, label) {
		case 0:
			list[i] = pick("{", `{"a":1}`, "nonsense")
		case 1:
			list[i] = `{"messages":[{"role":"assistant","content":"` + pick("x", "y") + `"}]}`
		default:
			list[i] = chat(pick("", "", "S", "T"), pick("a", "b", "c"), pick("yes", "no", "a longer answer, of ten tokens or some more"), pick("", "", `,"id":1`, `,"id":2`))
		}
	}
	return list
}

// TestCompareProperties: whatever the files have, the counts add up, a comparison the
// other way round is its mirror image, and order does not matter.
func TestCompareProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := linesOf(t, "old"), linesOf(t, "new")
		size := rapid.IntRange(1, 5).Draw(t, "chunk")
		old, fresh := contents(dataset.SFT, size, a...), contents(dataset.SFT, size, b...)
		d, mirrored := Compare(old, fresh), Compare(fresh, old)
		if n := d.Same + len(d.Removed) + len(d.Changed); n != old.Len() {
			t.Fatalf("%d examples of %d are told of", n, old.Len())
		}
		if n := d.Same + len(d.Added) + len(d.Changed); n != fresh.Len() {
			t.Fatalf("%d new examples of %d are told of", n, fresh.Len())
		}
		if n := d.OthersSame + len(d.OthersRemoved); n != old.Others() {
			t.Fatalf("%d other lines of %d are told of", n, old.Others())
		}
		if n := d.OthersSame + len(d.OthersAdded); n != fresh.Others() {
			t.Fatalf("%d other new lines of %d are told of", n, fresh.Others())
		}
		seenOld, seenNew := map[uint32]bool{}, map[uint32]bool{}
		once := func(seen map[uint32]bool, i uint32) {
			if seen[i] {
				t.Fatalf("example %d is told of twice", i)
			}
			seen[i] = true
		}
		for _, i := range d.Removed {
			once(seenOld, i)
		}
		for _, i := range d.Added {
			once(seenNew, i)
		}
		for i, c := range d.Changed {
			once(seenOld, c.Old)
			once(seenNew, c.New)
			if x, y := old.At(int(c.Old)), fresh.At(int(c.New)); x.Whole == y.Whole {
				t.Fatalf("change %d is none", i)
			} else if same := [...]bool{x.Prompt == y.Prompt && x.Answer != y.Answer, x.Prompt != y.Prompt && x.Answer == y.Answer || x.Prompt == 0 && x.Answer == y.Answer, x.Prompt == y.Prompt && x.Answer == y.Answer}; !same[c.What] {
				t.Fatalf("change %d is not of the %s", i, c.What)
			}
		}

		// The sums of the parts are those of the whole.
		before, after := d.SumsOfChanged()
		removed, added := SumOf(old, d.Removed), SumOf(fresh, d.Added)
		if x, y := old.Tokens.Tokens-removed.Tokens-before.Tokens, fresh.Tokens.Tokens-added.Tokens-after.Tokens; x != y {
			t.Fatalf("examples that are the same have %d tokens, and %d", x, y)
		}
		if x, y := old.Trained-removed.Trained-before.Trained, fresh.Trained-added.Trained-after.Trained; x != y {
			t.Fatalf("examples that are the same train %d tokens, and %d", x, y)
		}

		flipped := make([]Changed, len(d.Changed))
		for i, c := range d.Changed {
			flipped[i] = Changed{c.New, c.Old, c.What}
		}
		slices.SortFunc(flipped, func(x, y Changed) int { return int(x.New) - int(y.New) })
		if diff := cmp.Diff(flipped, mirrored.Changed); len(flipped) > 0 && diff != "" {
			t.Fatalf("mirrored, other examples changed:\n%s", diff)
		}
		if !slices.Equal(d.Removed, mirrored.Added) || !slices.Equal(d.Added, mirrored.Removed) || d.Same != mirrored.Same {
			t.Fatalf("mirrored: %s and %s", outcome(d), outcome(mirrored))
		}
		if !slices.Equal(d.OthersRemoved, mirrored.OthersAdded) || !slices.Equal(d.OthersAdded, mirrored.OthersRemoved) {
			t.Fatalf("mirrored: %s and %s", outcome(d), outcome(mirrored))
		}

		shuffled := Compare(old, contents(dataset.SFT, 1, rapid.Permutation(a).Draw(t, "shuffled")...))
		if !shuffled.Empty() || shuffled.Same != old.Len() {
			t.Fatalf("in another order: %s", outcome(shuffled))
		}
		if again := Compare(contents(dataset.SFT, 100, a...), contents(dataset.SFT, 1, b...)); outcome(again) != outcome(d) {
			t.Fatalf("in other chunks: %s, want %s", outcome(again), outcome(d))
		}
	})
}

// TestCompareMany: a hundred thousand examples that are the same take no time.
func TestCompareMany(t *testing.T) {
	many := func(n int, same string) *Contents {
		c := NewContents(&lint.Settings{Provider: dataset.Azure, Method: dataset.SFT})
		id := identityOf(same)
		for i := range n {
			c.entries.append(Entry{Whole: id.Whole, Prompt: id.Prompt, Answer: id.Answer, Line: int64(i + 1), Trained: 10})
		}
		return c
	}
	const n = 100_000
	d := Compare(many(n, chat("", "a", "x", "")), many(n+1, chat("", "a", "y", "")))
	if len(d.Changed) != n || len(d.Added) != 1 || d.Kinds()[ChangedAnswer] != n {
		t.Errorf("%d changed, %d added", len(d.Changed), len(d.Added))
	}
}

func identityOf(line string) dataset.Identity {
	var id dataset.Identifier
	return id.Identify(dataset.NewDecoder(dataset.Options{Messages: true}).Decode([]byte(line)))
}
