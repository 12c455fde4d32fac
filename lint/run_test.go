package lint_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

func writeFile(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

const goodLine = `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}`

// mixedFile has many kinds of lines, in an order that r decides.
func mixedFile(r *rand.Rand, lines int) string {
	kinds := []string{
		goodLine, goodLine, goodLine, "",
		`{"messages":[{"role":"human","content":"ü日本"},{"role":"assistant","content":"a","weight":1.0}]}`,
		`{"messages":[{"role":"user"},{"role":"assistant","content":[]}],"temperature":1,"mood":2}`,
		`{"messages":[{"role":"user","content":"u"}`,
		"{\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"},{\"role\":\"assistant\",\"content\":\"a\"}]}\r",
		`{"messages":[{"role":"user","content":"` + strings.Repeat("long ", 300) + `"},{"role":"assistant","content":"<|endoftext|>"}]}`,
		`{"messages":[1,2,{"role":"user","content":null}]}`,
		`{"prompt":"a","completion":"b"}`, `[1]`, `{"a":1,"a":2}`,
	}
	var b strings.Builder
	for i := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		line := kinds[r.IntN(len(kinds))]
		if strings.HasPrefix(line, `{"messages"`) && r.IntN(5) == 0 {
			line = fmt.Sprintf(`{"k%d":0,"k%d":0,`, r.IntN(40), r.IntN(40)) + line[1:]
		}
		b.WriteString(line)
	}
	return b.String()
}

var ignoreRules = cmp.Options{
	cmp.Comparer(func(a, b *lint.Rule) bool { return a == b || a != nil && b != nil && a.ID == b.ID }),
	cmpopts.EquateEmpty(), cmpopts.EquateErrors(),
}

// difference is cmp.Diff, slow as it is, only where there is a difference.
func difference(a, b any) string {
	if reflect.DeepEqual(a, b) {
		return ""
	}
	return cmp.Diff(a, b, ignoreRules)
}

// TestSameForAllWorkersAndChunks: the result, and the order of the findings,
// do not depend on how the work is cut.
func TestSameForAllWorkersAndChunks(t *testing.T) {
	content := mixedFile(rand.New(rand.NewPCG(1, 2)), 300)
	path := writeFile(t, "mixed.jsonl", content)
	other := writeFile(t, "valid.jsonl", goodLine+"\n"+strings.Repeat(`{"messages":[{"role":"user","content":"q"}],"k":1}`+"\n", 3))
	list := rules.All()
	run := func(workers, chunk, keep int, stdin bool) (*lint.Result, []lint.Finding) {
		var all []lint.Finding
		options := lint.Options{Rules: list, Counter: tokenize.Accounting{}.NewCounter, Workers: workers, KeepPerGroup: keep}
		options.Read.ChunkBytes = chunk
		options.OnFinding = func(f *lint.Finding) error { all = append(all, *f); return nil }
		inputs := []lint.Input{{Path: path}, {Path: other, Validation: true}}
		if stdin {
			options.Read.Stdin, options.Read.StdinName = strings.NewReader(content), path
			inputs[0].Path = "-"
		}
		result, err := lint.Run(context.Background(), inputs, options)
		if err != nil {
			t.Fatal(err)
		}
		return result, all
	}
	for _, keep := range []int{1, 3} {
		want, wantAll := run(1, 0, keep, false)
		if len(wantAll) < 400 || want.Lines != 304 {
			t.Fatalf("only %d findings, %d lines", len(wantAll), want.Lines)
		}
		if !slices.ContainsFunc(want.Files[0].Groups, func(g *lint.Group) bool { return g.OtherKeys }) {
			t.Fatal("no group of other keys")
		}
		for _, stdin := range []bool{false, true} {
			for _, chunk := range []int{1, 7, 100, 5000, 1 << 20} {
				for _, workers := range []int{1, 2, 8} {
					got, gotAll := run(workers, chunk, keep, stdin)
					if diff := difference(want, got); diff != "" {
						t.Fatalf("%d workers, chunks of %d, stdin %v, keep %d: result differs:\n%s", workers, chunk, stdin, keep, diff)
					}
					if diff := difference(wantAll, gotAll); diff != "" {
						t.Fatalf("%d workers, chunks of %d, stdin %v: findings differ:\n%s", workers, chunk, stdin, diff)
					}
				}
			}
		}
	}
}

// TestTotalsAreExact counts the findings that are streamed and compares with
// the totals and groups.
func TestTotalsAreExact(t *testing.T) {
	path := writeFile(t, "mixed.jsonl", mixedFile(rand.New(rand.NewPCG(3, 4)), 700))
	type key struct {
		id string
		s  lint.Severity
	}
	findings := map[key]int64{}
	lines := map[key]map[int64]bool{}
	ofFile := map[key]bool{} // one finding speaks of many lines
	options := lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter}
	options.Read.ChunkBytes = 3000
	options.OnFinding = func(f *lint.Finding) error {
		k := key{f.Rule.ID, f.Severity}
		findings[k]++
		if lines[k] == nil {
			lines[k] = map[int64]bool{}
		}
		lines[k][f.Line] = true
		ofFile[k] = f.Column == 0
		return nil
	}
	result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Rules) != len(findings) {
		t.Errorf("%d totals for %d rules", len(result.Rules), len(findings))
	}
	for _, total := range result.Rules {
		k := key{total.Rule.ID, total.Severity}
		if total.Findings != findings[k] || !ofFile[k] && total.Lines != int64(len(lines[k])) || !lines[k][total.FirstLine] {
			t.Errorf("%s: total %d findings on %d lines from %d, streamed %d on %d", k.id, total.Findings, total.Lines, total.FirstLine, findings[k], len(lines[k]))
		}
	}
	grouped := map[key]int64{}
	for _, g := range result.Files[0].Groups {
		grouped[key{g.Findings[0].Rule.ID, g.Findings[0].Severity}] += g.Count
	}
	if diff := cmp.Diff(findings, grouped); diff != "" {
		t.Errorf("groups against findings:\n%s", diff)
	}
}

// TestWhenOnlySavesTime: rules find the same where they are called for every line.
func TestWhenOnlySavesTime(t *testing.T) {
	path := writeFile(t, "mixed.jsonl", mixedFile(rand.New(rand.NewPCG(5, 6)), 500))
	for _, method := range []dataset.Method{0, dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion} {
		var counts []map[string]int
		for _, always := range []bool{false, true} {
			list := rules.All()
			for i := range list {
				if always {
					list[i].When = 0
				}
			}
			n := map[string]int{}
			options := lint.Options{Rules: list, Counter: tokenize.Accounting{}.NewCounter, Settings: lint.Settings{Method: method}}
			options.OnFinding = func(f *lint.Finding) error { n[f.Rule.ID]++; return nil }
			if _, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options); err != nil {
				t.Fatal(err)
			}
			counts = append(counts, n)
		}
		if diff := cmp.Diff(counts[1], counts[0]); diff != "" {
			t.Errorf("method %v: without facts (-) and with (+):\n%s", method, diff)
		}
	}
}

func TestPositions(t *testing.T) {
	line := `{"messages":[{"role":"user","content":"日本語"},{"role":"human","content":"x"},{"role":"assistant","content":"a"}]}`
	path := writeFile(t, "p.jsonl", "\xef\xbb\xbf"+goodLine+"\r\n"+line+"\n")
	var got []lint.Finding
	options := lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter}
	options.OnFinding = func(f *lint.Finding) error {
		if f.Rule.ID == "FTM002" {
			got = append(got, *f)
		}
		return nil
	}
	if _, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d findings", len(got))
	}
	f := got[0]
	content, _ := os.ReadFile(path)
	if text := string(content[f.Offset : f.Offset+f.Length]); text != `"human"` {
		t.Errorf("offset shows %q", text)
	}
	if runes := []rune(line); string(runes[f.Column-1:f.Column+6]) != `"human"` || f.Line != 2 {
		t.Errorf("line %d, column %d", f.Line, f.Column)
	}
	if f.Path != "messages[1].role" || f.Shape != "messages[*].role" {
		t.Errorf("path %q, shape %q", f.Path, f.Shape)
	}
	if s := f.Snippet; string(s.Text[s.Start:s.End]) != `"human"` {
		t.Errorf("snippet shows %q", s.Text[s.Start:s.End])
	}
}

// TestRareDefectAmongAMillion: the rare one has its group, memory stays small,
// totals are exact.
func TestRareDefectAmongAMillion(t *testing.T) {
	if testing.Short() {
		t.Skip("a million lines take a few seconds")
	}
	const bad = 1_000_000
	path := filepath.Join(t.TempDir(), "million.jsonl")
	var b bytes.Buffer
	for i := range bad {
		if i == 777_777 {
			b.WriteString("{\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"},{\"role\":\"assistant\",\"content\":\"a\"}]}\n")
		}
		fmt.Fprintf(&b, `{"messages":[{"role":"user","content":"%d"},{"role":"bot","content":"a"}],"key%d":1}`+"\n", i, i)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b = bytes.Buffer{}
	runtime.GC()
	result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter})
	if err != nil {
		t.Fatal(err)
	}
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if after.HeapInuse > 60e6+100*bad { // 100 bytes for each example that is compared with others
		t.Errorf("%d bytes of heap", after.HeapInuse)
	}
	byRule := map[string]int64{}
	for _, total := range result.Rules {
		byRule[total.Rule.ID] += total.Findings
	}
	if byRule["FTM002"] != bad || byRule["FTE004"] != bad || byRule["FTF010"] != 1 {
		t.Errorf("totals: %v", byRule)
	}
	if !slices.ContainsFunc(result.Files[0].Groups, func(g *lint.Group) bool {
		return g.Findings[0].Rule.ID == "FTF010" && g.Findings[0].Line == 777_778
	}) {
		t.Error("the rare defect has no group")
	}
}

func testRule(id string, check func(*lint.Pass, *dataset.Example)) lint.Rule {
	return lint.Rule{
		ID: id, Name: strings.ToLower(id), Severity: lint.Warning,
		Providers: dataset.AllProviders, Methods: dataset.AllMethods, Needs: lint.NeedMessages, Example: check,
	}
}

func TestPanicNamesFileAndLine(t *testing.T) {
	path := writeFile(t, "x.jsonl", strings.Repeat(goodLine+"\n", 30)+strings.Replace(goodLine, `"u"`, `"BOOM"`, 1)+"\n"+strings.Repeat(goodLine+"\n", 30))
	rule := testRule("X1", func(_ *lint.Pass, e *dataset.Example) {
		if bytes.Contains(e.Line, []byte("BOOM")) {
			panic("boom")
		}
	})
	for _, workers := range []int{1, 3} {
		options := lint.Options{Rules: []lint.Rule{rule}, Workers: workers}
		options.Read.ChunkBytes = 500
		_, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options)
		var bug *lint.PanicError
		if !errors.As(err, &bug) || bug.File != path || bug.Line != 31 || bug.Rule != "X1" || !bytes.Contains(bug.Stack, []byte("TestPanic")) {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
	file := testRule("X2", nil)
	file.File = func(*lint.Pass, *lint.File) { panic("at the end") }
	_, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: []lint.Rule{file}})
	var bug *lint.PanicError
	if !errors.As(err, &bug) || bug.File != path {
		t.Errorf("panic of a rule on files: %v", err)
	}
}

func TestPanicErrorSaysWhere(t *testing.T) {
	for want, e := range map[string]lint.PanicError{
		"x.jsonl: internal error: boom":          {File: "x.jsonl", Value: "boom"},
		"x.jsonl:31: internal error: boom":       {File: "x.jsonl", Line: 31, Value: errors.New("boom")},
		"x.jsonl:31 in X1: internal error: boom": {File: "x.jsonl", Line: 31, Rule: "X1", Value: "boom"},
		"x.jsonl in X1: internal error: boom":    {File: "x.jsonl", Rule: "X1", Value: "boom"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCancel(t *testing.T) {
	path := writeFile(t, "x.jsonl", strings.Repeat(goodLine+"\n", 5000))
	ctx, cancel := context.WithCancel(context.Background())
	rule := testRule("X1", func(_ *lint.Pass, e *dataset.Example) { cancel() })
	options := lint.Options{Rules: []lint.Rule{rule}, Workers: 2}
	options.Read.ChunkBytes = 100
	before := runtime.NumGoroutine()
	if _, err := lint.Run(ctx, []lint.Input{{Path: path}}, options); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	// A goroutine that said that it is done may still be on its way out.
	after := runtime.NumGoroutine()
	for i := 0; after > before && i < 100_000; i++ {
		runtime.Gosched()
		after = runtime.NumGoroutine()
	}
	if after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	stop := errors.New("enough")
	options.Rules = []lint.Rule{testRule("X1", func(p *lint.Pass, e *dataset.Example) { p.Report(e.Top, "here") })}
	options.OnFinding = func(*lint.Finding) error { return stop }
	if _, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options); !errors.Is(err, stop) {
		t.Errorf("error of OnFinding: %v", err)
	}
}

func TestUnreadableInputs(t *testing.T) {
	good := writeFile(t, "good.jsonl", strings.Repeat(goodLine+"\n", 10))
	pointer := writeFile(t, "lfs.jsonl", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
	long := writeFile(t, "long.jsonl", goodLine+"\n"+strings.Replace(goodLine, "u", strings.Repeat("u", 3000), 1)+"\n")
	options := lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter}
	options.Read.MaxLineBytes = 2000
	result, err := lint.Run(context.Background(), []lint.Input{{Path: good + "x"}, {Path: pointer}, {Path: long}, {Path: good}}, options)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"no such file", "git lfs pull", long + ":2: line too long", ""} {
		err := result.Files[i].Err
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", result.Files[i].Name, err, want)
		}
	}
	if !errors.Is(result.Err(), jsonl.ErrLineTooLong) || result.Files[3].Lines != 10 || result.Files[2].Lines != 1 {
		t.Errorf("result: %v, lines %d and %d", result.Err(), result.Files[3].Lines, result.Files[2].Lines)
	}
}

func TestSeverities(t *testing.T) {
	path := writeFile(t, "x.jsonl", strings.Repeat(goodLine+"\n", 10))
	rule := testRule("X1", func(p *lint.Pass, e *dataset.Example) {
		p.Report(e.Top, "as it is")
		p.ReportAs(lint.Info, e.Top, "milder")
	})
	rule.Strict = lint.Error
	for _, test := range []struct {
		strict         bool
		user           map[string]lint.Severity
		err, warn, inf int64
	}{
		{false, nil, 0, 10, 10},
		{true, nil, 10, 0, 10},
		{true, map[string]lint.Severity{"X1": lint.Warning}, 0, 20, 0},
		{false, map[string]lint.Severity{"X1": lint.Off}, 0, 0, 0},
	} {
		options := lint.Options{Rules: []lint.Rule{rule}, Severity: test.user}
		options.Settings.Strict = test.strict
		result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options)
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Findings; got != [4]int64{0, test.inf, test.warn, test.err} {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

func TestDetect(t *testing.T) {
	user := `{"messages":[{"role":"user","content":"q"}]}`
	for _, test := range []struct {
		name, content string
		method        dataset.Method
		format        dataset.Shape
	}{
		{"chat", goodLine, dataset.SFT, dataset.ShapeChat},
		{"nobody answers", user + "\n" + user, dataset.RFT, dataset.ShapeChat},
		{"one answers", user + "\n" + goodLine, dataset.SFT, dataset.ShapeChat},
		{"task with fields", `{"messages":[{"role":"user","content":"q"}],"nums":[1]}`, dataset.RFT, dataset.ShapeChat},
		{"pairs", `{"input":{"messages":[]},"preferred_output":[]}`, dataset.DPO, dataset.ShapePreference},
		{"completion", `{"prompt":"a","completion":"b"}`, dataset.Completion, dataset.ShapeCompletion},
		{"broken", `{"messages":`, dataset.SFT, dataset.ShapeChat},
		{"other shape", `{"text":"a"}`, 0, dataset.ShapeText},
		{"unknown", `{"a":"a"}`, 0, dataset.ShapeUnknown},
		{"mostly unknown", `{"a":"a"}` + "\n" + `{"a":"a"}` + "\n" + goodLine, dataset.SFT, dataset.ShapeChat},
		{"tasks, one with an answer", strings.Repeat(`{"messages":[{"role":"developer","content":"d"},{"role":"user","content":"q"}],"ref":1}`+"\n", 9) + `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"ref":1}`, dataset.RFT, dataset.ShapeChat},
		{"tasks with system messages", `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"ref":1}`, dataset.RFT, dataset.ShapeChat},
		{"chats that end with the user", strings.Repeat(`{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"user","content":"thanks"}]}`+"\n", 12), dataset.SFT, dataset.ShapeChat},
		{"a long first line without an answer", `{"messages":[{"role":"user","content":"` + strings.Repeat("u ", 100_000) + `"}]}` + "\n" + strings.Repeat(goodLine+"\n", 9000), dataset.SFT, dataset.ShapeChat},
		{"a long first line", strings.Replace(goodLine, `"u"`, `"`+strings.Repeat("u ", 100_000)+`"`, 1) + "\n" + goodLine, dataset.SFT, dataset.ShapeChat},
	} {
		path := writeFile(t, "x.jsonl", test.content+"\n")
		result, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter})
		if err != nil {
			t.Fatal(err)
		}
		if f := result.Files[0]; f.Settings.Method != test.method || f.Format != test.format {
			t.Errorf("%s: method %v, format %v", test.name, f.Settings.Method, f.Format)
		}
	}
}

// FuzzCheck runs everything over any bytes: no panic, and every finding inside
// of its file.
func FuzzCheck(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 5 {
		f.Add([]byte(mixedFile(r, 12)), uint8(0))
	}
	f.Add([]byte(`{"input":{"messages":[{"role":"user","content":"x"}]},"preferred_output":[{"role":"assistant","content":"<|im_end|>"}],"non_preferred_output":[]}`), uint8(2))
	f.Add([]byte(`{"messages":[{"role":"user","content":"x"}],"a.b":1}`), uint8(3))
	f.Add([]byte(`{"prompt":"x","completion":" "}`), uint8(4))
	dir := f.TempDir()
	list := rules.All()
	for i := range list {
		if list[i].Severity == lint.Off {
			list[i].Severity = lint.Info
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, how uint8) {
		path := filepath.Join(dir, "x.jsonl")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		options := lint.Options{Rules: list, Counter: tokenize.Accounting{}.NewCounter, Workers: 1}
		options.Settings.Method = []dataset.Method{0, dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion}[how%5]
		options.Settings.Provider = []dataset.Provider{dataset.Azure, dataset.OpenAI, dataset.AllProviders}[how/5%3]
		options.Settings.Strict = how&64 != 0
		options.Read.ChunkBytes = 64
		lines := int64(bytes.Count(content, []byte("\n")) + bytes.Count(content, []byte("\r")) + 1)
		options.OnFinding = func(f *lint.Finding) error {
			if f.Line < 0 || f.Line > lines || f.Offset > int64(len(content)) || f.Offset+f.Length > int64(len(content)) {
				t.Errorf("%s is outside of the file: line %d, offset %d, length %d", f.Rule.ID, f.Line, f.Offset, f.Length)
			}
			if f.Message == "" || strings.Contains(f.Message, "%s") && !bytes.Contains(content, []byte("%s")) {
				t.Errorf("%s: message %q", f.Rule.ID, f.Message)
			}
			return nil
		}
		if _, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, options); err != nil {
			t.Fatal(err)
		}
	})
}

// TestCancelSilentPipe: a pipe that nobody writes to does not hold up the end.
func TestCancelSilentPipe(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("named pipes are tested on Linux only")
	}
	path := filepath.Join(t.TempDir(), "pipe.jsonl")
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		t.Skip("no mkfifo: ", err)
	}
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if _, err := writer.WriteString(strings.Repeat(goodLine+"\n", 100)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	rules := []lint.Rule{testRule("X1", func(*lint.Pass, *dataset.Example) {})}
	done := make(chan error)
	go func() {
		_, err := lint.Run(ctx, []lint.Input{{Path: path}}, lint.Options{Rules: rules})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// TestMemoryOfManyFiles: what was read of a file to tell what it is goes when
// the file is done.
func TestMemoryOfManyFiles(t *testing.T) {
	dir := t.TempDir()
	var inputs []lint.Input
	content := strings.Repeat(strings.Replace(goodLine, `"u"`, `"`+strings.Repeat("u", 900)+`"`, 1)+"\n", 60)
	for i := range 600 {
		path := filepath.Join(dir, fmt.Sprintf("%d.jsonl", i))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, lint.Input{Path: path})
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := lint.Run(context.Background(), inputs, lint.Options{Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter, Workers: 2, OnFinding: func(f *lint.Finding) error {
		if strings.Contains(f.File, "599.jsonl") { // the last one: the others are done
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 20e6 {
		t.Errorf("%d bytes are held after 600 files of %d bytes", grown, len(content))
	}
}
