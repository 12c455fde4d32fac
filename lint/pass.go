package lint

import (
	"time"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// Settings is what a run is for, as far as rules may know it.
type Settings struct {
	Provider   dataset.Provider // both bits in the profile "both": valid for either
	Strict     bool             // the letter of the documentation (profile azure-strict)
	Method     dataset.Method   // of the file: declared or detected
	Declared   bool             // Method was declared, not detected
	Validation bool             // the file is a validation file
	Route      Route
	Model      *Model // nil: no model was named
	// BOM is what is done about the byte-order mark where files are fixed.
	BOM BOMChoice
	// Job says that the files of the run are all that a job will get.
	Job bool
	// HasValidation says that the run has a validation file.
	HasValidation bool
	// LongLine is the length in bytes above which a line gets a word.
	LongLine int64
	// Bytes is the size of the file, where it is known before the file is read and
	// is not below LargeFile. Else it is 0.
	Bytes int64

	// NearDuplicates is how similar examples are that are looked for as near-duplicates,
	// from 0.7 to 1. 0: they are not looked for.
	NearDuplicates float64

	// GraderFields are the fields of examples that the grader of the job reads.
	GraderFields []string

	// Now is the time for which it is judged what has expired. Zero: nothing has.
	Now time.Time
	// DeepImages says that the pixels of images are looked at, not their files alone.
	DeepImages bool
	// FetchImage gets the image behind a URL. It may be called from many goroutines.
	// nil: images behind URLs are not looked at.
	FetchImage func(url string) dataset.FetchedImage

	// Detect says of kinds of secrets and personal data, by their names, whether they are
	// told, where that is not as usual.
	Detect map[string]bool
	// Allowed reports whether a text is no secret and nobody's data, whatever it looks
	// like. It may be called from many goroutines. nil: no text is.
	Allowed func(text []byte) bool

	// Stats says that figures of tokens are wanted, so that every line is counted:
	// rules on how they are distributed run only then.
	Stats bool
	// BatchSize is how many examples the job will take at a time. 0: as many as the
	// service chooses.
	BatchSize int64
	// Epochs is how often the job will train on the file. 0: as often as the
	// service chooses.
	Epochs int64
	// JobTokens is the most tokens that a job may train, over all of its epochs.
	// 0: what is known of Azure.
	JobTokens int64
	// MaxCost is how many dollars a job may cost. 0: there is no budget.
	MaxCost float64
}

// BOMChoice is what is done about the byte-order mark of a file that is fixed.
type BOMChoice uint8

// The choices.
const (
	BOMByRules BOMChoice = iota // as the rules on it say
	BOMKeep                     // it stays as it is
	BOMAdd
	BOMStrip
)

// LargeFile is the size in bytes from which rules are told the size of a file in
// advance.
const LargeFile = 16 << 20

// Route is the way by which a file will be sent.
type Route uint8

// The routes. Only RouteFiles has a limit of 512 MB.
const (
	RouteFiles   Route = iota // POST /files
	RouteUploads              // POST /uploads, in parts
	RouteImport               // import from blob storage
)

// Model is what rules may know of the model that a job will train.
type Model struct {
	Name    string
	Known   bool           // it is in the catalogue
	Methods dataset.Method // that the provider offers for it; zero where it is not known
	Retired string         // date (YYYY-MM-DD) of its retirement, if that has passed
	AsOf    string         // date of the facts

	// Encoding is the name of its encoding. Empty: not known, so that tokens are
	// estimated in another one.
	Encoding string
	// Azure and OpenAI are what each provider asks and takes.
	Azure, OpenAI Terms
}

// Terms are on what terms a provider trains a model.
type Terms struct {
	// Images says that examples may hold images.
	Images bool
	// ExampleTokens is how many tokens of an example are trained: what is longer
	// is cut at its end. 0: not known.
	ExampleTokens int
	// Dollars is the price of training on a million tokens. 0: no price is known.
	Dollars float64
	// HourDollars is the price of an hour of training, for what is not priced by
	// tokens.
	HourDollars float64
	PriceSource string // where the price is from, and of when
}

// Terms returns the terms of p, of several providers the strictest: the smallest
// of the limits that are known, and the greatest price if the prices of all are
// known.
func (m *Model) Terms(p dataset.Provider) Terms {
	switch p {
	case dataset.Azure:
		return m.Azure
	case dataset.OpenAI:
		return m.OpenAI
	}
	t, o := m.Azure, m.OpenAI
	if t.ExampleTokens == 0 || o.ExampleTokens > 0 && o.ExampleTokens < t.ExampleTokens {
		t.ExampleTokens = o.ExampleTokens
	}
	if t.Dollars == 0 || o.Dollars == 0 {
		t.Dollars, t.PriceSource = 0, ""
	} else if o.Dollars > t.Dollars {
		t.Dollars, t.PriceSource = o.Dollars, o.PriceSource
	}
	t.Images = t.Images && o.Images
	t.HourDollars = max(t.HourDollars, o.HourDollars)
	return t
}

// File holds the figures of one file, as gathered in one pass.
type File struct {
	Name        string // as the user gave it; for standard input the name given for it
	Form        jsonl.Form
	FormDetail  string // more about Form, such as the name of an encoding
	Compression string // "", "gzip" or "zstd"
	Bytes       int64  // decompressed
	BOM         bool   // EF BB BF at byte 0

	Lines          int64 // lines, blank ones included
	Blank          int64 // lines that are empty or only white space
	FirstBlank     int64 // the first such line
	CRLF           int64 // lines that end in CR LF
	FirstCRLF      int64 // the first such line
	NoFinalNewline bool
	LoneCR         int64                    // lines, where CR without LF ends them
	Shapes         [dataset.NumShapes]Tally // of the lines that are JSON objects
	Images         int64                    // examples with images

	// Format is the shape that the file was taken to have, from its beginning
	// or as declared: dataset.ShapeUnknown where no shape was recognised.
	Format dataset.Shape
	// UnknownKeys are the top-level keys of the first line, where Format is
	// dataset.ShapeUnknown.
	UnknownKeys []string
}

// Examples returns the number of lines that are not blank.
func (f *File) Examples() int64 { return f.Lines - f.Blank }

// Tally counts lines and remembers the first.
type Tally struct {
	Lines int64
	First int64 // line number
}

// Unusable reports whether the file is no dataset at all, so that one finding
// has said everything: other rules on the whole file keep quiet.
func (f *File) Unusable() bool {
	return !f.Form.Lines() || f.Format.Foreign() || f.Format == dataset.ShapeUnknown
}

// Arg is an argument of a finding's message. Its text is made only if the
// finding is shown.
type Arg struct {
	text string
	n    int64 // or where a value begins
	end  uint32
	kind argKind
}

type argKind uint8

const (
	argText argKind = iota
	argInt
	argJSON
)

// Text is an argument that is text of the rule's own, or of a rule's making.
func Text(s string) Arg { return Arg{kind: argText, text: s} }

// Int is an argument that is a number.
func Int(n int64) Arg { return Arg{kind: argInt, n: n} }

// JSON is an argument that shows a value of the line as it stands there, clipped.
func JSON(v dataset.Value) Arg { return Arg{kind: argJSON, n: int64(v.Start), end: v.End} }

// Pass is what a rule gets to look at a line or a file and to report on it.
// It belongs to one worker.
type Pass struct {
	*Settings

	rule    *activeRule
	found   []found // of the line or file at hand
	cache   cache
	fixing  FixKind // the most that is fixed; NoFix: the run only checks
	showing bool    // fixes are not made, but shown
	editor  Editor

	run   *run     // of findings on files
	file  *fileRun // that findings on files are about
	flush func()   // tells what was found, where that may be much
}

// found is a finding as it is kept until it is known whether it is shown.
type found struct {
	rule       *activeRule
	severity   Severity
	fix        FixKind
	place      dataset.Place
	hasKey     bool // key is part of the shape of the path
	nargs      uint8
	start, end uint32 // in the line
	key        dataset.Value
	line       int64 // of findings on files: 0 is the file as a whole
	lines      int64 // of findings on files: how many lines it speaks of
	reason     string
	args       [maxArgs]Arg
	ops        span     // of its fix in Editor.ops, where fixes are made or shown
	file       *fileRun // of findings on files
	also       []Line
}

const maxArgs = 3

// activeRule is a rule as a run uses it.
type activeRule struct {
	*Rule
	index    int // in the run's list of rules
	severity Severity
	fixed    bool // the user set the severity: it holds for milder forms too
}

// Report reports v, a value of the line at hand. reason is the message, a
// constant: findings with the same reason, rule and shape of path are one
// group. Each %s in it is replaced by the next of args (three at most). The
// path of the value is put in front of it: a reason goes on from there.
func (p *Pass) Report(v dataset.Value, reason string, args ...Arg) Reported {
	return p.ReportAs(p.rule.severity, v, reason, args...)
}

// ReportAs reports as Report does, for a milder form of what the rule is
// about. A severity that the user gave to the rule goes before s.
func (p *Pass) ReportAs(s Severity, v dataset.Value, reason string, args ...Arg) Reported {
	if v.Kind == dataset.Float && v.Flags&dataset.FlagBroken != 0 {
		return Reported{} // NaN or an infinity: that is the fault, whatever should stand there
	}
	f := p.add(s, reason, args)
	f.start, f.end, f.place = v.Start, v.End, v.Place
	return p.reported()
}

// ReportField reports a member of an object whose key the record model does
// not know. The key counts for the shape of the path.
func (p *Pass) ReportField(m dataset.Field, reason string, args ...Arg) Reported {
	f := p.add(p.rule.severity, reason, args)
	f.start, f.end, f.place = m.Key.Start, m.Value.End, m.Value.Place
	f.key, f.hasKey = m.Key, true
	return p.reported()
}

// ReportFile reports the file as a whole.
func (p *Pass) ReportFile(reason string, args ...Arg) Reported {
	return p.ReportFileAs(p.rule.severity, reason, args...)
}

// ReportFileAs reports the file as a whole, as ReportAs does.
func (p *Pass) ReportFileAs(s Severity, reason string, args ...Arg) Reported {
	p.add(s, reason, args)
	return p.reported()
}

// ReportLine reports a line of the file by its number, from a File function, from a
// collector's Finish or from an Across function.
func (p *Pass) ReportLine(line int64, reason string, args ...Arg) Reported {
	return p.ReportLines(line, 1, reason, args...)
}

// ReportLines reports a number of lines with one finding, which names the first.
func (p *Pass) ReportLines(first, lines int64, reason string, args ...Arg) Reported {
	f := p.add(p.rule.severity, reason, args)
	f.line, f.lines = first, lines
	return p.reported()
}

// ReportLineAs reports a line of the file by its number, as ReportAs does.
func (p *Pass) ReportLineAs(s Severity, line int64, reason string, args ...Arg) Reported {
	f := p.add(s, reason, args)
	f.line, f.lines = line, 1
	return p.reported()
}

// Masked returns a text of the data, of a whole file, without what must not be shown. The
// length stays, so a rule that quotes a part masks the whole and then cuts: half of an
// address does not look like one.
func (p *Pass) Masked(text string) string {
	if p.run == nil {
		return text
	}
	return maskedText(text, p.run.options.Mask)
}

// reported is the finding that was added last.
func (p *Pass) reported() Reported { return Reported{p, len(p.found) - 1} }

func (p *Pass) add(s Severity, reason string, args []Arg) *found {
	if p.rule.fixed {
		s = p.rule.severity
	}
	if p.flush != nil && len(p.found) >= maxUntold {
		p.flush()
	}
	p.found = append(p.found, found{rule: p.rule, severity: s, reason: reason, nargs: uint8(min(len(args), maxArgs)), file: p.file})
	f := &p.found[len(p.found)-1]
	copy(f.args[:], args)
	return f
}
