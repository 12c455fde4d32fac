// Package lint is the engine: it runs rules over the lines of datasets, in
// parallel and in one pass, and gathers what they find.
package lint

import (
	"fmt"
	"strings"

	"github.com/ftlint/ftlint/lint/dataset"
)

// Severity is how much a finding weighs.
type Severity uint8

// The severities, lightest first. A rule whose severity is Off runs only where
// it is named.
const (
	Off Severity = iota
	Info
	Warning
	Error

	numSeverities = int(iota)
)

// String returns the severity as output and configuration write it.
func (s Severity) String() string {
	return [numSeverities]string{"off", "info", "warning", "error"}[s]
}

// ParseSeverity returns the severity called name: error, warning (or warn),
// info or off.
func ParseSeverity(name string) (Severity, error) {
	switch strings.ToLower(name) {
	case "error":
		return Error, nil
	case "warning", "warn":
		return Warning, nil
	case "info":
		return Info, nil
	case "off":
		return Off, nil
	}
	return Off, fmt.Errorf("unknown severity %q: use error, warning, info or off", name)
}

// Evidence says how it is known that a rule is a rule. A rule can have several
// kinds.
type Evidence uint8

// The kinds of evidence, strongest first.
const (
	Documented Evidence = 1 << iota // a provider's documentation or schema says so
	Seen                            // a service's answer said so, word for word
	Measured                        // real files and jobs show it
	Peers                           // other validators do it; not known to be a rule of the service
	Inferred                        // it follows from something else
	Weak                            // a single doubtful source
)

// Advice reports whether nothing shows that a service refuses what the rule
// reports: it is advice, not a rule of the service.
func (e Evidence) Advice() bool { return e&(Documented|Seen|Measured) == 0 }

// String names the kinds of evidence in e, joined with ", ".
func (e Evidence) String() string {
	var set []string
	for i, name := range []string{"documented", "seen", "measured", "peers", "inferred", "weak"} {
		if e&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, ", ")
}

// FixKind says whether what a rule reports can be put right mechanically.
type FixKind uint8

// The kinds of fixes.
const (
	NoFix     FixKind = iota
	SafeFix           // what is trained cannot change
	UnsafeFix         // drops or rewrites examples, messages or text
)

// String returns the kind as output and documentation write it.
func (f FixKind) String() string { return [...]string{"no", "safe", "unsafe"}[f] }

// FileFixes is a set of fixes to a file that go beyond its lines.
type FileFixes uint16

// The fixes of files.
const (
	FixCRLF         FileFixes = 1 << iota // CR LF becomes LF
	FixLoneCR                             // CR alone, as the end of lines, becomes LF
	FixBlankLines                         // blank lines are left out
	FixFinalNewline                       // the last line gets a line end
	FixAddBOM                             // a byte-order mark is put in front
	FixStripBOM                           // the byte-order mark is removed
	FixEncoding                           // UTF-16 and UTF-32 become UTF-8
	FixArray                              // a JSON array becomes a line for each of its items
	FixPretty                             // values spread over several lines become a line each
)

// Needs is what a rule must be given. A rule that needs nothing is called for
// every line, broken or not.
type Needs uint8

// The needs.
const (
	// NeedObject: only lines that are JSON objects.
	NeedObject Needs = 1 << iota
	// NeedExample: only examples in the format of the file's method.
	NeedExample
	// NeedMessages: as NeedExample, with the messages decoded.
	NeedMessages
	// NeedMarkers: dataset.FactMarker is wanted.
	NeedMarkers
	// NeedTokens: as NeedMessages; Example.MayExceed and Example.Counts may be
	// called. Lines are counted when a rule asks for it, and then once: a rule
	// should ask only for lines that it cannot judge otherwise. A run with such a
	// rule must have Options.Counter.
	NeedTokens
)

// Rule is one check. It is a value: no rule has state of its own. At least one
// of Example, File, Collector and Across is set.
type Rule struct {
	ID        string // such as FTM002: never reused
	Name      string // such as role-unknown: never reused
	Since     string // the version of ftlint that had it first
	Severity  Severity
	Strict    Severity // in the profile azure-strict, where it differs from Severity
	Evidence  Evidence
	Fix       FixKind // of all findings that can be put right
	Providers dataset.Provider
	Methods   dataset.Method
	Needs     Needs
	// When narrows the calls of Example down to lines with one of these facts.
	// It only saves time: Example finds nothing on other lines. Zero: every line.
	When dataset.Facts
	// Applies reports whether the rule runs on a file with these settings. nil: it
	// does.
	Applies func(*Settings) bool
	// Phrases, in lower case and at least 15 bytes long each, are looked for in
	// the line without regard to case; with one, the line has dataset.FactPhrase.
	Phrases []string
	// OnlyWith is the flag of the command line without which the rule finds nothing, as it
	// needs what the flag gives; "" if there is none. A rule that is off by default is on,
	// as a warning, where the flag is given.
	OnlyWith string
	// ShowsImage says that findings stand in the URL of an image.
	ShowsImage bool
	Doc        Doc

	// Example looks at one line.
	Example func(*Pass, *dataset.Example)
	// File looks at the figures of a whole file, after its last line.
	File func(*Pass, *File)
	// Collector makes a collector for a rule that looks at all examples of a file.
	Collector func(*Settings) Collector
	// Gathers makes the collectors that Across is given. nil: it looks at the figures
	// of the files alone.
	Gathers *Gatherer
	// Across looks at the files of a run together, after the last one: those that the
	// rule holds for and that were read to their end, in the order of the run. Pass.In
	// says which of them a report is about.
	Across func(*Pass, []Gathered)
	// FixFile returns what fixes the rule's findings on files as a whole, under the
	// settings. nil: nothing does.
	FixFile func(*Settings) FileFixes
}

// Doc is what people read about a rule: in ftlint rule, on the generated pages
// and in reports.
type Doc struct {
	Title string   // what is wrong, as a short sentence without full stop
	Why   string   // what happens if it stays, and how that is known
	Help  string   // what to do, as an imperative without full stop
	Bad   []string // lines that have it, and nothing else that is wrong
	Good  []string // lines that do not
	// BadFile and GoodFile are whole files, for rules that a line cannot show.
	BadFile, GoodFile *Sample
	Refs              []string // addresses of sources
}

// Sample is a whole file that shows a rule, with the settings it is shown under.
type Sample struct {
	Content  func() string
	Settings func(*Settings) // nil: the defaults
	Under    string          // what the settings are, in words that go on after "Reported, "
}

// Collector gathers over the examples of a file what a rule needs to know at
// its end. Each chunk of the file has a collector of its own; the engine merges
// them in file order, so that the outcome does not depend on the number of
// workers. Merging is associative.
type Collector interface {
	// Add takes one example in the format of the file's method.
	Add(*dataset.Example)
	// Merge takes over what next, the collector of the lines that follow, has
	// gathered. lines is the number of lines before next's first, counted from
	// the first line of the receiver: add it to next's line numbers.
	Merge(next Collector, lines int64)
	// Finish reports what was found. Line numbers now count from the start of
	// the file.
	Finish(*Pass, *File)
}

// OtherLines is what a collector of Options.Figures can be besides: it is given the
// lines, too, that are no examples in the format of the file's method. Blank ones are
// left out.
type OtherLines interface {
	AddOther(*dataset.Example)
}
