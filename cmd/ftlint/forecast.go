package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// costFlags say what training may cost, and where prices come from.
type costFlags struct{ maxCost, prices, catalog string }

func (f *costFlags) addCost(flags *pflag.FlagSet) {
	flags.StringVar(&f.maxCost, "max-cost", "", "most `DOLLARS` that training may cost")
	flags.StringVar(&f.prices, "prices", "", "`FILE` with prices that go before the built-in ones")
	flags.StringVar(&f.catalog, "catalog", "", "`FILE` with models, limits and prices that go before the built-in ones")
}

// budget is what training may cost, in dollars; 0: there is none.
func (f *costFlags) budget() (float64, error) {
	if f.maxCost == "" {
		return 0, nil
	}
	amount, err := strconv.ParseFloat(strings.TrimPrefix(f.maxCost, "$"), 64)
	if err != nil || !(amount > 0) || math.IsInf(amount, 1) {
		return 0, fmt.Errorf("--max-cost: %q is no amount of dollars above 0: write 25 or 12.50", f.maxCost)
	}
	return amount, nil
}

// within tells what training is expected to cost, and sees that the budget is kept: also
// by the service, which may not choose more epochs then than were reckoned with.
func (f *costFlags) within(streams Streams, cost *remote.Forecast, spec *remote.JobSpec) error {
	about := fmt.Sprintf("%s tokens in %s, ", lint.FormatCount(cost.Tokens), report.Plural(cost.Epochs, "epoch"))
	switch {
	case cost.Hourly:
		about = "billed by the hour, and how long it takes is not known"
	case cost.Priced:
		about += fmt.Sprintf("about %s (%s)", stats.Dollars(cost.Dollars), cost.Price)
	default:
		about += "of no known price (--prices gives one)"
	}
	tell(streams.Err, "training "+spec.Model+": "+about)
	most, err := f.budget()
	switch {
	case err != nil || most == 0:
		return usage(err)
	case !cost.Priced:
		return usage(fmt.Errorf("--max-cost: whether the budget of %s is kept cannot be said", stats.Dollars(most)))
	case cost.Dollars > most:
		return &exitError{status: exitFindings, err: fmt.Errorf("nothing was sent: training costs about %s, more than the budget of %s", stats.Dollars(cost.Dollars), stats.Dollars(most))}
	}
	if spec.Epochs == nil && spec.Method != "rft" {
		spec.Epochs = &cost.Epochs
	}
	return nil
}

// examined is what there is to know of what check and stats found.
type examined struct{ Files []examinedFile }

type examinedFile struct {
	File   string `json:"file"`
	Method string `json:"method"`
	Stats  *struct {
		Forecast struct {
			Epochs    int64 `json:"epochs"`
			Providers map[string]struct {
				Tokens  int64    `json:"tokens"`
				Dollars *float64 `json:"cost_usd"`
				Hour    float64  `json:"hour_usd"`
				Price   string   `json:"price_source"`
			} `json:"providers"`
		} `json:"forecast"`
	} `json:"stats"`
}

// readExamined reads the output json of check and stats.
func readExamined(text []byte) (*examined, error) {
	var e examined
	err := json.Unmarshal(text, &e)
	return &e, err
}

// forecast is what training on the file by a method is expected to cost.
func (e *examinedFile) forecast(d remote.Dialect, method string) remote.Forecast {
	if e.Stats == nil {
		return remote.Forecast{}
	}
	provider := "openai"
	if d.Azure() {
		provider = "azure"
	}
	charge := e.Stats.Forecast.Providers[provider]
	f := remote.Forecast{
		Epochs: e.Stats.Forecast.Epochs, Tokens: charge.Tokens, Price: charge.Price, Hourly: method == "rft" || charge.Hour > 0,
	}
	if charge.Dollars != nil {
		f.Dollars, f.Priced = *charge.Dollars, true
	}
	return f
}

// mostLooked is the size in bytes up to which a file is downloaded only to say what
// training on it will cost.
const mostLooked = 100_000_000

// forecastAt works out what training on a file of the service will cost, for which it
// downloads the file.
func (f *costFlags) forecastAt(ctx context.Context, streams Streams, c *remote.Client, spec *remote.JobSpec) (*remote.Forecast, error) {
	file, err := c.File(ctx, spec.TrainingFile)
	if err != nil {
		return nil, err
	}
	if f.maxCost == "" && file.Bytes > mostLooked {
		return nil, fmt.Errorf("file %s is too large to be downloaded only for that (%s)", file.ID, report.Bytes(file.Bytes))
	}
	dir, err := os.MkdirTemp("", "ftlint-")
	if err != nil {
		return nil, usage(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "train.jsonl")
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, usage(err)
	}
	err = errors.Join(c.Download(ctx, file.ID, out), out.Close())
	if err != nil {
		return nil, err
	}
	profile := "azure"
	if !c.Dialect.Azure() {
		profile = "openai"
	}
	args := []string{path, "--isolated", "--output", "json", "--progress", "off", "--profile", profile, "--model", spec.Model, "--method", spec.Method}
	for flag, value := range map[string]string{"--prices": f.prices, "--catalog": f.catalog} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	if spec.Epochs != nil {
		args = append(args, "--epochs", strconv.FormatInt(*spec.Epochs, 10))
	}
	var text bytes.Buffer
	count := newStatsCommand(Streams{In: streams.In, Out: &text, Err: streams.Err})
	count.SetArgs(args)
	count.SilenceErrors, count.SilenceUsage = true, true
	if err := count.ExecuteContext(ctx); err != nil {
		return nil, usage(err)
	}
	found, err := readExamined(text.Bytes())
	if err != nil || len(found.Files) != 1 {
		return nil, fmt.Errorf("file %s cannot be counted: %w", file.ID, err)
	}
	cost := found.Files[0].forecast(c.Dialect, spec.Method)
	return &cost, nil
}
