package rules

import (
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on weights.

// weighable reports whether the value of a message's weight is to be looked
// at: it is an assistant's, where a weight may be.
func weighable(m *dataset.Message) bool {
	return m.Weight.Present() && m.Role == dataset.RoleAssistant && !output(m) // outputs: FTP009
}

var nothingTrained = lint.Rule{
	ID: "FTE012", Name: "nothing-trained", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactWeight,
	Doc: lint.Doc{
		Title: "Every assistant message has weight 0",
		Why: "Weight 0 takes a message out of the training. If all have it, nothing of the example is learnt, and its tokens are paid for. " +
			"That is inferred from what a weight does; no service is known to refuse it, so the level is advice.",
		Help: "give the answer to be learnt weight 1, or remove the line",
		Bad:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","weight":0}`)},
		Good: []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","weight":1}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		answers := false
		for i := range e.Messages.Items {
			m := &e.Messages.Items[i]
			switch {
			case m.Role == dataset.RoleAssistant:
				if !e.ZeroWeight(m) {
					return
				}
				answers = true
			case !known(m):
				return // it may be an answer
			}
		}
		if answers {
			p.Report(e.Messages.Value, "every assistant message has weight 0: nothing is trained")
		}
	},
}

var weightType = lint.Rule{
	ID: "FTM015", Name: "weight-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactWeight,
	Doc: lint.Doc{
		Title: "A weight is not an integer",
		Why:   "The documented schema wants the integer 0 or 1. Exports from tables write 1.0, true or \"1\" instead.",
		Help:  "write 0 or 1, or leave the weight out, which means 1",
		Bad:   []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","weight":1.0}`)},
		Good:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","weight":1}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if !weighable(m) {
				continue
			}
			var told lint.Reported
			switch m.Weight.Kind {
			case dataset.Int:
				continue
			case dataset.Float, dataset.String:
				told = p.Report(m.Weight, "%s is not an integer: a weight is 0 or 1", lint.JSON(m.Weight))
			default:
				told = p.Report(m.Weight, "is %s: a weight is the integer 0 or 1", lint.Text(m.Weight.Kind.String()))
			}
			if same := sameWeight(e, m.Weight); same != "" {
				told.Fix(lint.SafeFix, replace(m.Weight, same))
			}
		}
	},
}

var weightValue = lint.Rule{
	ID: "FTM016", Name: "weight-value", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactWeight,
	Doc: lint.Doc{
		Title: "A weight is neither 0 nor 1",
		Why:   "The documented schema allows 0 (not trained) and 1 (trained) only: a weight is a switch, not a factor.",
		Help:  "use 1 or 0; to give an example more force, repeat it or write more like it",
		Bad:   []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","weight":2}`)},
		Good:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.","weight":1}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if weighable(m) && m.Weight.Kind == dataset.Int && string(e.Raw(m.Weight)) != "1" && !e.ZeroWeight(m) {
				p.Report(m.Weight, "%s is neither 0 nor 1", lint.JSON(m.Weight))
			}
		}
	},
}

var weightRole = lint.Rule{
	ID: "FTM017", Name: "weight-role", Since: since,
	Severity: lint.Error, Evidence: lint.Documented | lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactWeight,
	Doc: lint.Doc{
		Title: "A weight on a message that is not the assistant's",
		Why:   "Only assistant messages are trained, and only they have a weight in the documented schema. At the top level of a line the service has refused one: \"Example 1 contains an extra \"weight\"\".",
		Help:  "remove the weight: what is trained does not change",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":"What is the capital of Peru?","weight":0}`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Weight.Present() && known(m) && m.Role != dataset.RoleAssistant && !output(m) {
				p.Report(m.Weight, "a %s message has no weight: only assistant messages do", lint.Text(m.Role.String())).Fix(lint.SafeFix, remove(m.Weight))
			}
		}
	},
}
