package tokenize_test

import (
	"fmt"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// The tokens of a line, as a job for a model is billed them.
func ExampleAccounting() {
	c, err := catalog.Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	accounting, _, err := tokenize.AccountingFor(c, "gpt-4o-mini")
	if err != nil {
		fmt.Println(err)
		return
	}
	line := `{"messages":[{"role":"user","content":"Is it open?"},{"role":"assistant","content":"Yes, until six."}]}`
	example := dataset.NewDecoder(dataset.Options{Messages: true}).Decode([]byte(line))
	var counts dataset.Counts
	accounting.NewCounter().Count(example, dataset.SFT, &counts)
	fmt.Println("OpenAI:", counts.Tokens(dataset.OpenAI), counts.Certainty(dataset.OpenAI))
	fmt.Println("Azure:", counts.Tokens(dataset.Azure), counts.Certainty(dataset.Azure))
	for _, m := range counts.Messages {
		fmt.Println(m.Role, m.Text, m.TrainedTokens())
	}
	// Output:
	// OpenAI: 18 exact
	// Azure: 20 estimate
	// user 4 0
	// assistant 5 5
}
