package stats

import (
	"math"
	"strconv"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/tokenize"
)

// Epochs returns how often the service trains on a file of n examples where the
// job leaves it to it (auto): three times, more often where that would be fewer
// than 100 examples in all, less often where it would be more than 25,000. Jobs
// with 10 to 3,000 examples were seen to do so.
func Epochs(n int64) int64 {
	const usual, fewest, most, mostEpochs = 3, 100, 25_000, 25
	switch {
	case n <= 0:
		return usual
	case n*usual < fewest:
		return min(mostEpochs, fewest/n)
	case n*usual > most:
		return max(1, most/n)
	}
	return usual
}

// BatchSize returns how many examples the service takes at a time where the job
// leaves it to it: a five-hundredth of them, 1 to 256. Twelve jobs of twelve did.
func BatchSize(n int64) int64 { return min(max(1, n/500), 256) }

// Steps returns how many steps a job has.
func Steps(n, batch, epochs int64) int64 {
	if n <= 0 || batch <= 0 {
		return 0
	}
	return (n + batch - 1) / batch * epochs
}

// Cost returns the dollars that training costs: the tokens of the training file
// for each epoch. Validation costs nothing.
func Cost(tokens, epochs int64, dollarsPerMillion float64) float64 {
	return float64(tokens) * float64(epochs) * dollarsPerMillion / 1e6
}

// Dollars writes an amount of money: cents, and of less than a dollar two digits
// that say something.
func Dollars(amount float64) string {
	if amount >= 1 || amount == 0 {
		return "$" + strconv.FormatFloat(amount, 'f', 2, 64)
	}
	digits := max(2, int(math.Ceil(-math.Log10(amount)))+1)
	return "$" + strconv.FormatFloat(amount, 'f', digits, 64)
}

// AssumedLimit is how many tokens an example may have where no model is named:
// as many as most models take.
const AssumedLimit = 65_536

// ExampleLimit returns how many tokens of an example are trained, what is longer
// being cut at its end. 0: not known. assumed says that no model was named.
func ExampleLimit(s *lint.Settings) (tokens int, assumed bool) {
	if s.Model == nil {
		return AssumedLimit, true
	}
	return s.Model.Terms(s.Provider).ExampleTokens, false
}

// exampleLimit is ExampleLimit for one provider, whoever the run is for.
func exampleLimit(s *lint.Settings, p dataset.Provider) int {
	of := lint.Settings{Model: s.Model, Provider: p}
	limit, _ := ExampleLimit(&of)
	return limit
}

// Encoding returns the name of the encoding that tokens are counted in. assumed
// says that it is not known to be that of the model, or that none was named.
func Encoding(s *lint.Settings) (name string, assumed bool) {
	if s.Model == nil || s.Model.Encoding == "" {
		return tokenize.DefaultEncoding, true
	}
	return s.Model.Encoding, false
}

// Forecast is what a job on a training file will be like.
type Forecast struct {
	Epochs    int64
	Auto      bool // the service chooses the epochs
	BatchSize int64
	AutoBatch bool // the service chooses the batch size
	Steps     int64
	Charge    // by the accounting of the run
}

// Charge is what a provider asks for a job.
type Charge struct {
	Tokens      int64   // billed: those of the file, for each epoch
	Dollars     float64 // if there is a price
	Priced      bool    // a price for tokens is known
	Hourly      bool    // it is priced by the hour, not by tokens
	HourDollars float64 // the price of an hour, if it is known
	PriceSource string
}

// NewForecast returns the forecast for a file of examples.
func NewForecast(s *lint.Settings, t *Tokens) Forecast {
	f := Forecast{Epochs: s.Epochs, BatchSize: s.BatchSize}
	if f.Epochs == 0 {
		f.Epochs, f.Auto = Epochs(t.Examples), true
	}
	if f.BatchSize == 0 {
		f.BatchSize, f.AutoBatch = BatchSize(t.Examples), true
	}
	f.Steps = Steps(t.Examples, f.BatchSize, f.Epochs)
	switch s.Provider {
	case dataset.Azure, dataset.OpenAI:
		f.Charge = f.ChargeOf(s, s.Provider, t)
	default:
		// Of both: as many tokens as are billed where it is more, and the dollars of
		// the dearer one.
		azure, openAI := f.ChargeOf(s, dataset.Azure, t), f.ChargeOf(s, dataset.OpenAI, t)
		f.Charge = azure
		if openAI.Dollars > azure.Dollars {
			f.Charge = openAI
		}
		f.Tokens = t.Tokens * f.Epochs
		f.Priced = azure.Priced && openAI.Priced
		f.Hourly = azure.Hourly || openAI.Hourly
		if !f.Priced {
			f.Dollars = 0
		}
	}
	return f
}

// ChargeOf returns what p, one provider, asks for the job.
func (f *Forecast) ChargeOf(s *lint.Settings, p dataset.Provider, t *Tokens) Charge {
	tokens := t.Azure
	if p == dataset.OpenAI {
		tokens = t.OpenAI
	}
	c := Charge{Tokens: tokens * f.Epochs, Hourly: s.Method == dataset.RFT}
	if s.Model == nil {
		return c
	}
	terms := s.Model.Terms(p)
	c.Hourly = c.Hourly || terms.Dollars == 0 && terms.HourDollars > 0
	switch {
	case c.Hourly && terms.HourDollars > 0:
		c.HourDollars, c.PriceSource = terms.HourDollars, terms.PriceSource
	case !c.Hourly && terms.Dollars > 0:
		c.Dollars, c.Priced, c.PriceSource = Cost(tokens, f.Epochs, terms.Dollars), true, terms.PriceSource
	}
	return c
}
