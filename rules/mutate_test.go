package rules

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/tokenize"
)

// TestMutations: whatever stands in a line, no rule panics, and every finding
// points into the line.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var lines [][]byte
	severity := map[string]lint.Severity{}
	for _, rule := range All() {
		for _, line := range slices.Concat(rule.Doc.Bad, rule.Doc.Good) {
			lines = append(lines, []byte(line))
		}
		if rule.Severity == lint.Off {
			severity[rule.ID] = lint.Info
		}
	}
	tokens := []string{`null`, `{}`, `[]`, `""`, `" "`, `0`, `1.5`, `true`, `"user"`, `"assistant"`, `"weight":0,`, `"name":"",`, `\u003c`, "\xFF", "\t", "\r", `{"type":"text"},`}
	for _, method := range []dataset.Method{dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion} {
		var b bytes.Buffer
		for range 3000 {
			line := slices.Clone(lines[r.IntN(len(lines))])
			for range 1 + r.IntN(3) {
				// Whole values are replaced more often than single bytes, so
				// that most lines stay JSON.
				if i := bytes.IndexByte(line[r.IntN(len(line)):], ':'); i >= 0 && r.IntN(3) > 0 {
					i = r.IntN(len(line))
					from := i + max(0, bytes.IndexByte(line[i:], ':')+1)
					to := from + max(0, bytes.IndexAny(line[from:], ",}]"))
					line = slices.Concat(line[:from], []byte(tokens[r.IntN(len(tokens))]), line[to:])
				} else {
					i := r.IntN(len(line))
					line = slices.Concat(line[:i], []byte(tokens[r.IntN(len(tokens))]), line[min(len(line), i+r.IntN(4)):])
				}
			}
			b.Write(bytes.ReplaceAll(line, []byte("\n"), []byte(" ")))
			b.WriteByte('\n')
		}
		content := slices.Concat([]byte(goodFile), b.Bytes())
		if method == dataset.DPO {
			content = b.Bytes()
		}
		result, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
			Rules: All(), Counter: tokenize.Accounting{}.NewCounter, Severity: severity, Workers: 2,
			Settings: lint.Settings{Method: method, Declared: true},
			Read:     jsonl.Options{Stdin: io.Reader(bytes.NewReader(content))},
			OnFinding: func(f *lint.Finding) error {
				if f.Line > 0 && f.Offset >= 0 && (f.Offset+f.Length > int64(len(content)) || f.Message == "") {
					t.Errorf("%s points to %d+%d", describe(*f), f.Offset, f.Length)
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if result.Count(lint.Info) < 1000 {
			t.Errorf("only %d findings for %s: the lines were not looked at", result.Count(lint.Info), method)
		}
	}
}
