package lint_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

// A rule of one's own beside those of ftlint: a house style that wants answers
// to begin with a capital letter.
func ExampleRun() {
	smallLetter := lint.Rule{
		ID: "ACME001", Name: "small-letter", Severity: lint.Warning, Evidence: lint.Inferred,
		Providers: dataset.AllProviders, Methods: dataset.SFT, Needs: lint.NeedMessages,
		Doc: lint.Doc{Title: "An answer begins with a small letter", Help: "begin it with a capital letter"},
		Example: func(p *lint.Pass, e *dataset.Example) {
			for i := range e.Messages.Items {
				m := &e.Messages.Items[i]
				if m.Role != dataset.RoleAssistant || m.Content.Kind != dataset.String {
					continue
				}
				if text := e.Text(m.Content); len(text) > 0 && 'a' <= text[0] && text[0] <= 'z' {
					p.Report(m.Content, "begins with a small letter: %s", lint.JSON(m.Content))
				}
			}
		},
	}

	var data strings.Builder
	for day := range 11 {
		fmt.Fprintf(&data, `{"messages":[{"role":"user","content":"Is it open on day %d?"},{"role":"assistant","content":"Yes, until six."}]}`+"\n", day)
	}
	data.WriteString(`{"messages":[{"role":"user","content":"Is it far?"},{"role":"assistant","content":"no, ten minutes."}]}` + "\n" +
		`{"messages":[{"role":"human","content":"Is it dear?"},{"role":"assistant","content":"No."}]}` + "\n")

	result, err := lint.Run(context.Background(), []lint.Input{{Path: jsonl.Stdin}}, lint.Options{
		Rules:   append(rules.All(), smallLetter),
		Counter: tokenize.Accounting{}.NewCounter,
		Read:    jsonl.Options{Stdin: strings.NewReader(data.String()), StdinName: "train.jsonl"},
		OnFinding: func(f *lint.Finding) error {
			if f.Severity >= lint.Warning && f.Line > 0 {
				fmt.Printf("%s:%d:%d %s %s: %s\n", f.File, f.Line, f.Column, f.Rule.ID, f.Path, f.Message)
			}
			return nil
		},
	})
	if err == nil {
		err = result.Err() // of files that could not be read to their end
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Count(lint.Error), "errors in", result.Lines, "lines")

	// Output:
	// train.jsonl:12:83 ACME001 messages[1].content: begins with a small letter: "no, ten minutes."
	// train.jsonl:13:22 FTM002 messages[0].role: "human" is not a role; did you mean "user"?
	// 1 errors in 13 lines
}
