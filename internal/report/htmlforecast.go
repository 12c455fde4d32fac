package report

import (
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// htmlKey is a figure that is to be seen first.
type htmlKey struct{ Value, Name, More string }

// keys are the figures that are to be seen first: of the job where there is one.
func (f *htmlFigures) keys(list []figures) {
	var training, rest []figures
	for i := range list {
		if list[i].training {
			training = append(training, list[i])
		} else {
			rest = append(rest, list[i])
		}
	}
	told := training
	if len(training) == 0 {
		told, rest = rest, nil
	}
	examples, others := int64(0), int64(0)
	for i := range told {
		examples += told[i].Examples
	}
	for i := range rest {
		others += rest[i].Examples
	}
	all := totalsOf(told)
	key := func(value, name, more string) { f.Keys = append(f.Keys, htmlKey{value, name, more}) }
	key(lint.FormatCount(examples), "examples", "")
	if others > 0 {
		f.Keys[0].Name, f.Keys[0].More = "examples to train on", lint.FormatCount(others)+" to validate"
	}
	key(lint.FormatCount(all.tokens), "tokens", all.certainty.String())
	key(lint.FormatCount(all.trained), "trained tokens", share(all.trained, all.tokens)+" of all")
	if len(training) == 0 {
		return
	}
	if c := &training[0].forecast; len(training) == 1 {
		more := "both as the service chooses"
		switch {
		case !c.Auto && !c.AutoBatch:
			more = "as asked for"
		case !c.Auto:
			more = "steps as the service chooses"
		case !c.AutoBatch:
			more = "epochs as the service chooses"
		}
		key(lint.FormatCount(c.Epochs)+" × "+lint.FormatCount((c.Steps+c.Epochs-1)/c.Epochs), "epochs × steps", Plural(c.Steps, "step")+" in all, "+more)
	} else {
		key(lint.FormatCount(int64(len(training))), "jobs", "one for each training file")
	}
	if all.priced {
		key(stats.Dollars(all.dollars), "cost, about", "by "+accountingName(all.settings.Provider))
	} else {
		key("–", "cost", all.price())
	}
}

// htmlForecast is what each provider asks for the training files.
type htmlForecast struct {
	Jobs                                int
	Providers                           []string
	Tokens, Billed, Cost, Source, Known []string
	Notes                               []string
}

// forecast adds up what each provider asks.
func (f *htmlFigures) forecast(list []figures) {
	var sums []bill
	out := &htmlForecast{}
	var quarter, spare int64
	var first *figures
	for i := range list {
		n := &list[i]
		if !n.training {
			continue
		}
		out.Jobs++
		quarter, spare = quarter+n.quarterBytes(), spare+n.Spare
		if first == nil {
			first, sums = n, n.bills()
			continue
		}
		for j, b := range n.bills() {
			sums[j].tokens += b.tokens
			sums[j].Tokens += b.Tokens
			sums[j].Dollars += b.Dollars
			sums[j].certainty = max(sums[j].certainty, b.certainty)
		}
	}
	if first == nil {
		return
	}
	settings := &first.file.Settings
	for _, b := range sums {
		out.Providers = append(out.Providers, providerName(b.provider))
		out.Tokens = append(out.Tokens, lint.FormatCount(b.tokens))
		out.Billed = append(out.Billed, lint.FormatCount(b.Tokens))
		out.Cost = append(out.Cost, charge(settings, &b.Charge))
		source := b.PriceSource
		if source == "" {
			source = "–"
		}
		out.Source = append(out.Source, source)
		out.Known = append(out.Known, b.certainty.String())
	}
	if quarter > 0 {
		out.Notes = append(out.Notes, sentence(quarterText+lint.FormatCount(quarter)))
	}
	if spare > 0 {
		out.Notes = append(out.Notes, "The sizes of some images are not known: there may be "+Plural(spare, "token")+" less.")
	}
	f.Forecast = out
}
