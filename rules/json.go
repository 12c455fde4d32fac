package rules

import (
	"bytes"
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// This file holds the rules on lines as JSON (FTJ).

var jsonArrayFile = lint.Rule{
	ID: "FTJ001", Name: "json-array-file", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "The file is one JSON array",
		Why:      "JSONL has no brackets and no commas around its records. The service refuses the file: \"Expected file to have JSONL format, where every line is a JSON dictionary\".",
		Help:     "write each item of the array on a line of its own: jq -c '.[]'",
		BadFile:  sample(func() string { return "[\n  " + goodChat + ",\n  " + goodChat + "\n]\n" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if f.Form == jsonl.FormArray {
			p.ReportFile("the file is one JSON array: JSONL wants each of its items on a line of its own").Fix(lint.SafeFix, nil)
		}
	},
	FixFile: fixesFile(lint.FixArray),
}

var prettyPrinted = lint.Rule{
	ID: "FTJ002", Name: "pretty-printed", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "Objects are spread over several lines",
		Why:      "Each line of JSONL must be a whole object. The service reads the first line of pretty-printed JSON and answers: \"Line 1 is not a dictionary (HINT: line starts with: \"{...\")\".",
		Help:     "write each object on one line (jq -c does it)",
		BadFile:  sample(func() string { return "{\n  \"messages\": [\n    " + userMsg + ",\n    " + botMsg + "\n  ]\n}\n" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if f.Form == jsonl.FormPretty {
			p.ReportFile("the file is pretty-printed JSON: JSONL wants each object on one line").Fix(lint.SafeFix, nil)
		}
	},
	FixFile: fixesFile(lint.FixPretty),
}

var jsonSyntax = lint.Rule{
	ID: "FTJ003", Name: "json-syntax", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "The line is not valid JSON",
		Why: "The service refuses the whole file for one such line: \"Example 1273 cannot be parsed. Error: line contains invalid json\". The finding points at the first character that does not fit; what is wrong may stand before it. " +
			"A line that ends inside a string mostly has a raw line break in its text, which JSON wants as \\n, and the rest of the record is the next line; or the line was cut off.",
		Help: "mend the line, and write datasets with a JSON library, which escapes line breaks and quotes, rather than by hand or by joining strings",
		Bad:  []string{`{"messages":[` + sysMsg + `,` + userMsg + ` ` + botMsg + `]}`},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultSyntax {
				p.Report(inside(f), "not valid JSON: %s", lint.Text(f.Reason))
			}
		}
	},
}

var notObject = lint.Rule{
	ID: "FTJ004", Name: "not-object", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFields,
	Doc: lint.Doc{
		Title: "The line is not a JSON object",
		Why:   "Every line must be an object in braces. The service answers: \"Expected file to have JSONL format, where every line is a JSON dictionary\".",
		Help:  "write the record as an object, such as {\"messages\": [...]}",
		Bad:   []string{`[` + sysMsg + `,` + userMsg + `,` + botMsg + `]`},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Broken {
			return
		}
		switch e.Top.Kind {
		case dataset.Object, dataset.Absent:
		case dataset.String:
			if text := bytes.TrimLeft(e.Text(e.Top), " \t\r\n"); len(text) > 0 && text[0] == '{' {
				p.Report(e.Top, "the line is a JSON string that holds an object: it was encoded twice")
				return
			}
			fallthrough
		default:
			kind := lint.Text(e.Top.Kind.String())
			if hasFault(e, dataset.FaultTrailing) {
				p.Report(e.Top, "the line begins with %s and goes on behind it; each line must be one JSON object", kind)
			} else {
				p.Report(e.Top, "the line is %s; each line must be a JSON object", kind)
			}
		}
	},
}

var trailingData = lint.Rule{
	ID: "FTJ005", Name: "trailing-data", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "Something follows the object on its line",
		Why:   "A line holds one JSON object and nothing else: no comma, no second object. The service refuses the file: \"line contains invalid json\".",
		Help:  "remove what follows, or begin a new line before the next object",
		Bad:   []string{goodChat + `,`},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Top.Kind != dataset.Object {
			return // FTJ004 says more
		}
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultTrailing {
				p.Report(inside(f), "the line should end after its object: %s", lint.Text(f.Reason))
			}
		}
	},
}

var duplicateKey = lint.Rule{
	ID: "FTJ006", Name: "duplicate-key", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "An object has the same key twice",
		Why: "JSON readers disagree on it: Python's keeps the last value and drops the others without a word, so that you may train on something else than you see. " +
			"This is advice: no service is known to refuse it.",
		Help: "keep the one that is meant",
		Bad:  []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"What is the capital of Chile?","content":"What is the capital of Peru?"},` + botMsg + `]}`},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultDuplicateKey {
				v := inside(f)
				v.Kind = dataset.String
				p.Report(v, "this object has the key %s already: which value counts depends on the reader", lint.JSON(v))
			}
		}
	},
}

var loneSurrogate = lint.Rule{
	ID: "FTJ007", Name: "lone-surrogate", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "An escape is half of a surrogate pair",
		Why: "Escapes from \\uD800 to \\uDFFF stand for characters only in pairs. Half of one is no character and cannot be written as UTF-8: Python reads it and fails later, at the first attempt to encode the text. " +
			"That is inferred; no service's own answer to it is known, so take the level as advice. The text was probably cut in the middle of an emoji.",
		Help: "restore the missing half or remove the escape",
		Bad:  []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"Hi \ud83d"},` + botMsg + `]}`},
		Good: []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"Hi \ud83d\ude00"},` + botMsg + `]}`},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultLoneSurrogate {
				v := inside(f)
				p.Report(v, "%s is half of a surrogate pair: it stands for no character", lint.JSON(v))
			}
		}
	},
}

var nanInfinity = lint.Rule{
	ID: "FTJ008", Name: "nan-infinity", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "NaN or Infinity stands where JSON wants a number",
		Why: "Python's json module writes and reads them, the JSON standard has no such values, and strict readers refuse the line. " +
			"That is inferred from the standard; no service's own answer to it is known, so take the level as advice. In exports from pandas it marks a missing value.",
		Help: "write null or leave the key out; in Python use json.dumps(..., allow_nan=False) to find where they come from",
		Bad:  []string{toolWithDefault(`NaN`)},
		Good: []string{toolWithDefault(`null`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultNotFinite {
				v := inside(f)
				p.Report(v, "%s is not JSON, though Python writes it", lint.JSON(v))
			}
		}
	},
}

var tooDeep = lint.Rule{
	ID: "FTJ009", Name: "too-deep", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "The line is nested very deeply",
		Why: "Above a nesting of 64 some JSON readers give up, and above 10,000 nearly all do (ftlint too, which makes it an error). Training data have no use for it. " +
			"This is advice: no service is known to refuse it.",
		Help: "flatten the value; look for objects that were wrapped again and again",
		Bad:  []string{toolWithDefault(strings.Repeat("[", dataset.DeepDepth) + strings.Repeat("]", dataset.DeepDepth))},
		Good: []string{toolWithDefault(`[[]]`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			switch f.Kind {
			case dataset.FaultDeep:
				if !e.Broken || !hasFault(e, dataset.FaultTooDeep) {
					p.Report(inside(f), "nested deeper than %s levels", lint.Int(dataset.DeepDepth))
				}
			case dataset.FaultTooDeep:
				p.ReportAs(lint.Error, inside(f), "nested deeper than %s levels: JSON readers give up", lint.Int(dataset.MaxDepth))
			}
		}
	},
}

func hasFault(e *dataset.Example, kind dataset.FaultKind) bool {
	for _, f := range e.Faults {
		if f.Kind == kind {
			return true
		}
	}
	return false
}
