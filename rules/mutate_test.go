package rules

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/tokenize"
)

// mutatedFile is the samples of all rules, a few thousand times with something else
// in some places.
func mutatedFile(r *rand.Rand, method dataset.Method) []byte {
	var lines [][]byte
	for _, rule := range All() {
		for _, line := range slices.Concat(rule.Doc.Bad, rule.Doc.Good) {
			lines = append(lines, []byte(line))
		}
	}
	tokens := []string{`null`, `{}`, `[]`, `""`, `" "`, `0`, `1.5`, `true`, `"user"`, `"assistant"`, `"weight":0,`, `"name":"",`, `\u003c`, "\xFF", "\t", "\r", "\u2028", bom, `"function"`, `"weight":1.0,`, `"x":[`, `{"type":"text"},`}
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
	if method == dataset.DPO {
		return b.Bytes()
	}
	return slices.Concat([]byte(goodFile()), b.Bytes())
}

// allOn switches on what is off by default.
func allOn() map[string]lint.Severity {
	severity := map[string]lint.Severity{}
	for _, rule := range All() {
		if rule.Severity == lint.Off {
			severity[rule.ID] = lint.Info
		}
	}
	return severity
}

// TestMutations: whatever stands in a line, no rule panics, and every finding
// points into the line.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, method := range []dataset.Method{dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion} {
		content := mutatedFile(r, method)
		result, err := lint.Run(context.Background(), []lint.Input{{Path: "-"}}, lint.Options{
			Rules: All(), Counter: tokenize.Accounting{}.NewCounter, Severity: allOn(), Workers: 2,
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

// TestFixMutations: whatever stands in a line, nothing is left that could be fixed,
// and a second run changes nothing.
func TestFixMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, method := range []dataset.Method{dataset.SFT, dataset.DPO, dataset.RFT, dataset.Completion} {
		for _, kind := range []lint.FixKind{lint.SafeFix, lint.UnsafeFix} {
			settings := lint.Settings{Provider: dataset.Azure, Method: method}
			fixed, result := fix(t, string(mutatedFile(r, method)), settings, allOn(), kind)
			if result.Unstable > 0 {
				t.Errorf("%s, %s: %d lines are not at rest", method, kind, result.Unstable)
			}
			made := (&lint.Fixes{Rules: result.Rules}).Count()
			if made < 40 {
				t.Errorf("%s, %s: only %d fixes were made", method, kind, made)
			}
			left := 0
			for _, f := range run(t, fixed, settings, allOn()) {
				if f.Fix != lint.NoFix && f.Fix <= kind {
					if left++; left < 5 {
						t.Errorf("%s, %s: left: %s\n%s", method, kind, describe(f), strings.Split(fixed, "\n")[max(f.Line, 1)-1])
					}
				}
			}
			if again, second := fix(t, fixed, settings, allOn(), kind); again != fixed || second.Changed {
				t.Errorf("%s, %s: a second run changes something", method, kind)
			}
		}
	}
}
