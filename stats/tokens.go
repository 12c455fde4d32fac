package stats

import (
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// Tokens adds up the tokens of examples. It is a lint.Collector, for
// lint.Options.Figures.
type Tokens struct {
	Examples int64
	// Tokens are those by the accounting of the run, after what is over the limit was
	// cut off. Of several providers it is whichever bills more for an example.
	Tokens  int64
	Trained int64 // of these, tokens of the text that the model learns to write
	Cut     int64 // examples that are over the limit
	Azure   int64 // by Azure's accounting, after what is over its limit was cut off
	OpenAI  int64 // by OpenAI's accounting, after what is over its limit was cut off
	Images  int64
	// ImageTokens are those of images, nothing cut off.
	ImageTokens int64
	// Spare is how many tokens less there may be, as the sizes of images are not
	// known.
	Spare     int64
	Certainty dataset.Certainty // of the least certain example
	// AzureCertainty and OpenAICertainty are those of Azure and OpenAI.
	AzureCertainty, OpenAICertainty dataset.Certainty
	Doubts                          dataset.Doubts // of all examples

	provider dataset.Provider
	limit    int
	// limits are those of Azure and of OpenAI.
	limits [2]int
}

// NewTokens returns an empty accumulator for a file with the settings.
func NewTokens(s *lint.Settings) *Tokens {
	limit, _ := ExampleLimit(s)
	return &Tokens{provider: s.Provider, limit: limit, limits: [2]int{exampleLimit(s, dataset.Azure), exampleLimit(s, dataset.OpenAI)}}
}

// Add counts an example.
func (t *Tokens) Add(e *dataset.Example) {
	c := e.Counts()
	sums := c.Sums()
	t.add(c, &sums)
}

// add counts an example, and returns what was added to Tokens and to Trained.
func (t *Tokens) add(c *dataset.Counts, sums *dataset.Sums) (tokens, trained int) {
	_, longest := c.SumsFor(t.provider, sums)
	trained = sums.Trained
	if t.limit > 0 && longest > t.limit {
		_, trained = c.Within(t.provider, t.limit)
		t.Cut++
		t.Doubts |= dataset.DoubtCut
		t.Certainty = max(t.Certainty, dataset.Estimate)
	}
	azure, openAI := sums.Tokens.Azure, sums.Tokens.OpenAI
	if limit := t.limits[0]; limit > 0 && sums.Longest.Azure > limit {
		azure, _ = c.Within(dataset.Azure, limit)
		t.AzureCertainty = max(t.AzureCertainty, dataset.Estimate)
	}
	if limit := t.limits[1]; limit > 0 && sums.Longest.OpenAI > limit {
		openAI, _ = c.Within(dataset.OpenAI, limit)
		t.OpenAICertainty = max(t.OpenAICertainty, dataset.Estimate)
	}
	tokens = max(azure, openAI)
	switch t.provider {
	case dataset.Azure:
		tokens = azure
	case dataset.OpenAI:
		tokens = openAI
	}
	t.Examples++
	t.Tokens += int64(tokens)
	t.Trained += int64(trained)
	t.Azure += int64(azure)
	t.OpenAI += int64(openAI)
	t.Images += int64(c.Images)
	t.ImageTokens += int64(c.ImageTokens)
	t.Spare += int64(min(c.SpareTokens, tokens))
	t.Certainty = max(t.Certainty, c.Certainty(t.provider))
	t.AzureCertainty = max(t.AzureCertainty, c.Certainty(dataset.Azure))
	t.OpenAICertainty = max(t.OpenAICertainty, c.Certainty(dataset.OpenAI))
	t.Doubts |= c.Doubts
	return tokens, trained
}

// Merge takes over the figures of next, a *Tokens.
func (t *Tokens) Merge(next lint.Collector, _ int64) {
	n := next.(*Tokens)
	t.Examples += n.Examples
	t.Tokens += n.Tokens
	t.Trained += n.Trained
	t.Cut += n.Cut
	t.Azure += n.Azure
	t.OpenAI += n.OpenAI
	t.Images += n.Images
	t.ImageTokens += n.ImageTokens
	t.Spare += n.Spare
	t.Certainty = max(t.Certainty, n.Certainty)
	t.AzureCertainty = max(t.AzureCertainty, n.AzureCertainty)
	t.OpenAICertainty = max(t.OpenAICertainty, n.OpenAICertainty)
	t.Doubts |= n.Doubts
}

// Finish does nothing: there is nothing to report.
func (*Tokens) Finish(*lint.Pass, *lint.File) {}
