package rules

import (
	"path"
	"strings"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// This file holds the rules on files as a whole and on their encoding (FTF).

// unusable reports whether the file is no dataset, or an empty one, so that one
// finding has said everything.
func unusable(f *lint.File) bool { return f.Unusable() || f.Examples() == 0 }

var fileEmpty = lint.Rule{
	ID: "FTF001", Name: "file-empty", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "The file holds no example",
		Why:      "There is nothing to train on. The service answers such an upload with \"No valid json line found in file\".",
		Help:     "check that the export wrote its data, and that this is the file you meant",
		BadFile:  sample(func() string { return "\n\n" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if f.Form.Lines() && f.Examples() == 0 {
			p.ReportFile("the file holds no example")
		}
	},
}

var fileExtension = lint.Rule{
	ID: "FTF002", Name: "file-extension", Since: since,
	Severity: lint.Info, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file's name does not end in .jsonl",
		Why: "The Files API takes only .jsonl files for fine-tuning and goes by the name, so the upload of a good file under another name is refused. " +
			"Endings .gz and .zst are not looked at here. Checking alone does no harm, hence the low level; an upload stops.",
		Help: "rename the file so that it ends in .jsonl",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if unusable(f) || goodFileName(f.Name) {
			return
		}
		p.ReportFile("the name does not end in .jsonl: the upload of a file for fine-tuning will be refused")
	},
}

// goodFileName reports whether the service takes a file of this name. Standard
// input without a name of its own passes.
func goodFileName(name string) bool {
	if name == "" || name == "-" || name == "<stdin>" {
		return true
	}
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	switch ext := strings.ToLower(path.Ext(base)); ext {
	case ".gz", ".zst":
		base = base[:len(base)-len(ext)]
	}
	return strings.HasSuffix(base, ".jsonl")
}

// Limits on the size of a file in bytes. The documents say 512 MB and leave
// open which kind; above the smaller one is doubtful, above the larger one
// refused. Limits of advice are decimal.
const (
	filesDoubtful = 512_000_000
	filesLimit    = 512 << 20
	portalLimit   = 200_000_000
	chunkAdvice   = 100_000_000
	openAIUploads = 8 << 30
	azureUploads  = 9 << 30
)

// sentBytes is the size of the file as it will be sent: azure-strict adds a
// byte-order mark where there is none.
func sentBytes(s *lint.Settings, f *lint.File) int64 {
	if s.Strict && !f.BOM {
		return f.Bytes + int64(len(bom))
	}
	return f.Bytes
}

// uploadsLimit is the size that not even uploads in parts carry.
func uploadsLimit(s *lint.Settings) int64 {
	if s.Provider&dataset.OpenAI != 0 {
		return openAIUploads
	}
	return azureUploads
}

// filesSeverity says how much it weighs that a file of n bytes is too large
// for POST /files: Off where it is not, or where FTF006 says more.
func filesSeverity(s *lint.Settings, n int64) lint.Severity {
	switch {
	case n < filesDoubtful || n > uploadsLimit(s):
		return lint.Off
	case s.Route != lint.RouteFiles:
		return lint.Info
	case n >= filesLimit || s.Strict:
		return lint.Error
	default:
		return lint.Warning
	}
}

var fileTooLarge = lint.Rule{
	ID: "FTF003", Name: "file-too-large", Since: since,
	Severity: lint.Error, Evidence: lint.Documented | lint.Measured,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file is too large for one upload request",
		Why: "Both services document 512 MB as the limit of a file sent to /files and do not say which megabytes they mean: from 536,870,912 bytes on it is over either way (error), " +
			"from 512,000,000 on it may be (warning; error in azure-strict). A file of 495,893,188 bytes has been seen to pass. Uploads in parts and import from blob storage carry 8 to 9 GB, so there it is only a note.",
		Help: "upload in parts or import from blob storage (--route uploads, --route import), or split the file",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if unusable(f) {
			return
		}
		n := sentBytes(p.Settings, f)
		switch sev := filesSeverity(p.Settings, n); {
		case sev == lint.Off:
		case n >= filesLimit:
			p.ReportFileAs(sev, "%s bytes are more than the 512 MB that one upload request may carry", lint.Int(n))
		default:
			p.ReportFileAs(sev, "%s bytes are more than 512 MB if the service counts in thousands, less if in 1,024s", lint.Int(n))
		}
	},
}

var fileOverPortal = lint.Rule{
	ID: "FTF004", Name: "file-over-portal", Since: since,
	Severity: lint.Info, Evidence: lint.Documented,
	Providers: dataset.Azure, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file is too large for the Azure portal",
		Why:   "Azure's table of quotas says that the portal takes files of at most 200 MB. The API takes more.",
		Help:  "upload through the API rather than through the portal",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if n := sentBytes(p.Settings, f); !unusable(f) && n > portalLimit && n < filesDoubtful {
			p.ReportFile("%s bytes are more than the 200 MB that the portal takes: use the API", lint.Int(n))
		}
	},
}

var fileUseChunked = lint.Rule{
	ID: "FTF005", Name: "file-use-chunked", Since: since,
	Severity: lint.Info, Evidence: lint.Documented,
	Providers: dataset.Azure, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file is large for a single upload request",
		Why: "Microsoft's notes on fine-tuning advise to send files above 100 MB in parts, because large ones were seen to fail without a clear answer. " +
			"Others have passed: one of 473 MiB went through in one request. So this is advice.",
		Help: "upload in 64 MB parts (--route uploads) or import from blob storage (--route import)",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if n := sentBytes(p.Settings, f); !unusable(f) && p.Route == lint.RouteFiles && n > chunkAdvice && n < filesDoubtful {
			p.ReportFile("%s bytes in one request may fail: above 100 MB upload in parts is advised", lint.Int(n))
		}
	},
}

var fileOver8GB = lint.Rule{
	ID: "FTF006", Name: "file-over-8gb", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file is too large for every kind of upload",
		Why:   "Uploads in parts carry at most 8 GB at OpenAI and 9 GB on Azure, as documented; nothing carries more.",
		Help:  "split the file and train on a part of it",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if n := sentBytes(p.Settings, f); !unusable(f) && n > uploadsLimit(p.Settings) {
			p.ReportFile("%s bytes are more than the %s GB that an upload in parts may carry", lint.Int(n), lint.Int(uploadsLimit(p.Settings)>>30))
		}
	},
}

var bomMissing = lint.Rule{
	ID: "FTF007", Name: "bom-missing", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.Azure, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file does not begin with a byte-order mark",
		Why: "Until March 2026 Azure's pages asked for UTF-8 with a byte-order mark; the pages of October 2026 no longer do, and files without it have been accepted all along. " +
			"So the profile azure warns and only azure-strict, which goes by the letter, makes it an error. Plain JSON readers stumble over the mark: without a reason to add it, leave the file as it is. Ftlint fix adds it in azure-strict only, or with --bom add.",
		Help:     "put the bytes EF BB BF in front (ftlint fix --bom add), or --ignore FTF007 if your uploads pass without",
		BadFile:  sample(func() string { return strings.TrimPrefix(goodFile(), bom) }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		// What is to be valid for OpenAI too goes without: FTF008.
		if unusable(f) || f.BOM || p.Provider&dataset.OpenAI != 0 {
			return
		}
		told := p.ReportFile("the file does not begin with a UTF-8 byte-order mark (EF BB BF), which Azure's older pages ask for")
		if addsBOM(p.Settings) != 0 {
			told.Fix(lint.SafeFix, nil)
		}
	},
	FixFile: addsBOM,
}

// addsBOM returns that a fix adds a byte-order mark, if it does: plain readers of
// JSON stumble over one.
func addsBOM(s *lint.Settings) lint.FileFixes {
	if s.Provider&dataset.OpenAI == 0 && (s.BOM == lint.BOMAdd || s.BOM == lint.BOMByRules && s.Strict) {
		return lint.FixAddBOM
	}
	return 0
}

var bomPresent = lint.Rule{
	ID: "FTF008", Name: "bom-present", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred | lint.Weak, Fix: lint.SafeFix,
	Providers: dataset.OpenAI, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file begins with a byte-order mark",
		Why: "OpenAI's documents do not mention the mark, and JSON readers may take it for rubbish before the first brace; one old upload that was refused looks as if it had one. " +
			"This is advice: no service is known for certain to refuse it.",
		Help:     "remove the first three bytes (tail -c +4)",
		BadFile:  &lint.Sample{Content: func() string { return goodFile() }, Settings: forOpenAI},
		GoodFile: &lint.Sample{Content: func() string { return strings.TrimPrefix(goodFile(), bom) }, Settings: forOpenAI},
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && f.BOM {
			told := p.ReportFile("the file begins with a UTF-8 byte-order mark (EF BB BF), which OpenAI does not ask for")
			if stripsBOM(p.Settings) != 0 {
				told.Fix(lint.SafeFix, nil)
			}
		}
	},
	FixFile: stripsBOM,
}

// stripsBOM returns that a fix removes the byte-order mark, if it does.
func stripsBOM(s *lint.Settings) lint.FileFixes {
	if s.BOM == lint.BOMStrip || s.BOM == lint.BOMByRules {
		return lint.FixStripBOM
	}
	return 0
}

// fixesFile is what the rule of a fix that hangs on no settings gives for FixFile.
func fixesFile(fixes lint.FileFixes) func(*lint.Settings) lint.FileFixes {
	return func(*lint.Settings) lint.FileFixes { return fixes }
}

func forOpenAI(s *lint.Settings) { s.Provider = dataset.OpenAI }

var bomInside = lint.Rule{
	ID: "FTF009", Name: "bom-inside", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "A byte-order mark stands inside of the file",
		Why: "Joining files that each begin with a mark leaves marks at the starts of later lines. JSON does not allow it there, so its readers refuse the line. " +
			"That follows from the JSON standard; no service's own answer to it is known, so take the level as advice.",
		Help: "remove the three bytes EF BB BF at the start of the line",
		Bad:  []string{bom + goodChat},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultBOM {
				p.Report(inside(f), "the line begins with a byte-order mark (EF BB BF), as when files are joined").Fix(lint.SafeFix, replace(inside(f), ""))
			}
		}
	},
}

var invalidUTF8 = lint.Rule{
	ID: "FTF010", Name: "invalid-utf8", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "The line is not valid UTF-8",
		Why: "Both services document that files must be UTF-8. Bytes that are not come from another encoding (the finding names a likely one), or from text that was cut in the middle of a character. " +
			"The first such place of each line is reported.",
		Help: "convert the file to UTF-8 from the encoding that it was written in: iconv -f ENCODING -t UTF-8",
		Bad:  []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"Caf` + "\xE9" + `?"},` + botMsg + `]}`},
		Good: []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"Café?"},` + botMsg + `]}`},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind != dataset.FaultUTF8 {
				continue
			}
			if hint := encodingHint(e.Line); hint != "" {
				p.Report(inside(f), "byte %s of the line is not UTF-8; the text looks like %s", lint.Int(int64(f.Start)+1), lint.Text(hint))
			} else {
				p.Report(inside(f), "byte %s of the line is not UTF-8", lint.Int(int64(f.Start)+1))
			}
			return
		}
	},
}

var wrongEncoding = lint.Rule{
	ID: "FTF011", Name: "wrong-encoding", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "The file is UTF-16 or UTF-32",
		Why:      "The services read UTF-8 only. Users who uploaded files in another encoding were told that a line \"is not a dictionary\". PowerShell's redirection and Excel's \"Unicode text\" write UTF-16.",
		Help:     "save the file as UTF-8, such as: iconv -f UTF-16 -t UTF-8",
		BadFile:  sample(func() string { return "\xFF\xFE{\x00\"\x00m\x00\"\x00:\x001\x00}\x00\n\x00" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if f.Form != jsonl.FormUTF16 {
			return
		}
		encoding := f.FormDetail
		if encoding == "" {
			encoding = f.Form.String()
		}
		p.ReportFile("the file is %s: the services read UTF-8 only", lint.Text(encoding)).Fix(lint.UnsafeFix, nil)
	},
	FixFile: fixesFile(lint.FixEncoding),
}

var crlf = lint.Rule{
	ID: "FTF012", Name: "crlf", Since: since,
	Severity: lint.Info, Evidence: lint.Measured, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "Lines end in CR LF",
		Why:      "The services accept it: a job whose file had CR LF line ends throughout has succeeded. It is only worth knowing when files are joined or compared with others.",
		Help:     "nothing need be done; dos2unix writes LF line ends",
		BadFile:  sample(func() string { return strings.ReplaceAll(goodFile(), "\n", "\r\n") }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && f.CRLF > 0 {
			p.ReportLines(f.FirstCRLF, f.CRLF, "%s lines end in CR LF, which the services accept", lint.Int(f.CRLF)).Fix(lint.SafeFix, nil)
		}
	},
	FixFile: fixesFile(lint.FixCRLF),
}

var crOnly = lint.Rule{
	ID: "FTF013", Name: "cr-only", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "Examples are parted by CR alone",
		Why: "Old Macintosh line ends: a reader that goes by LF takes all such examples for one line with rubbish after the first. " +
			"That is inferred from how JSONL is read, not from a service's own answer, so take the level as advice.",
		Help:     "replace each CR by LF",
		BadFile:  sample(func() string { return strings.ReplaceAll(goodFile(), "\n", "\r") }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind == dataset.FaultLoneCR {
				p.Report(inside(f), "a CR without LF parts this value from the next: it does not end the line").Fix(lint.SafeFix, func(ed *lint.Editor) {
					ed.Split(f.Start, f.End)
				})
				return
			}
		}
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && f.LoneCR > 0 {
			p.ReportFile("lines end in CR alone: readers of JSONL take the whole file for one line").Fix(lint.SafeFix, nil)
		}
	},
	FixFile: fixesFile(lint.FixLoneCR),
}

var blankLine = lint.Rule{
	ID: "FTF014", Name: "blank-line", Since: since,
	Severity: lint.Warning, Evidence: lint.Weak, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file has blank lines",
		Why: "JSONL has one object on every line; what the services do with an empty one has not been verified. " +
			"This is advice: no service is known to refuse it. The line numbers in a service's messages may count them or not.",
		Help:     "remove the blank lines",
		BadFile:  sample(func() string { return goodFile() + "\n" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && f.Blank > 0 {
			p.ReportLines(f.FirstBlank, f.Blank, "blank lines in the file: %s", lint.Int(f.Blank)).Fix(lint.SafeFix, nil)
		}
	},
	FixFile: fixesFile(lint.FixBlankLines),
}

var noFinalNewline = lint.Rule{
	ID: "FTF015", Name: "no-final-newline", Since: since,
	Severity: lint.Off, Evidence: lint.Measured, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "The last line has no line end",
		Why:      "The services accept it, and a fifth of real files are like that. Joining such a file with another by cat makes one broken line out of two good ones.",
		Help:     "end the file with a line feed",
		BadFile:  sample(func() string { return strings.TrimSuffix(goodFile(), "\n") }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && f.NoFinalNewline {
			p.ReportLine(f.Lines, "the last line has no line end, which the services accept").Fix(lint.SafeFix, nil)
		}
	},
	FixFile: fixesFile(lint.FixFinalNewline),
}

var controlChar = lint.Rule{
	ID: "FTF016", Name: "control-char", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "A raw control character or NUL stands in the line",
		Why:   "The JSON standard (RFC 8259) allows characters below U+0020 in strings only as escapes, so a JSON reader refuses the line. The first one of each line is reported.",
		Help:  "write the character as an escape, such as \\t or \\u0000, or remove it; a JSON library does so by itself",
		Bad:   []string{"{\"messages\":[" + sysMsg + ",{\"role\":\"user\",\"content\":\"a\tb\"}," + botMsg + "]}"},
		Good:  []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"a\tb"},` + botMsg + `]}`},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind != dataset.FaultControl {
				continue
			}
			switch e.Line[f.Start] {
			case '\t':
				p.Report(inside(f), "a raw tab in the text: JSON wants it written as \\t")
			case '\r':
				p.Report(inside(f), "a raw carriage return in the text: JSON wants it written as \\r")
			case 0:
				p.Report(inside(f), "a NUL byte, which JSON does not allow")
			default:
				p.Report(inside(f), "a raw control character in the text: JSON wants it written as an escape")
			}
			return
		}
	},
}

var compressedInput = lint.Rule{
	ID: "FTF017", Name: "compressed-input", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file is compressed",
		Why: "ftlint reads gzip and zstd, but no service is known to take a compressed dataset, and its name would not end in .jsonl. " +
			"This is advice that follows from the documented format.",
		Help: "decompress the file before you upload it",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && f.Compression != "" {
			p.ReportFile("the file is compressed (%s): it can be checked like this, the upload must be plain", lint.Text(f.Compression))
		}
	},
}

// minExamples is how many examples a training file must have, and
// advisedExamples how many it should have, as both services document.
const (
	minExamples     = 10
	advisedExamples = 50
)

// countsExamples reports whether the number of examples of a file matters:
// validation files may be small.
func countsExamples(p *lint.Pass, f *lint.File) bool {
	return !unusable(f) && !p.Validation
}

var tooFewExamples = lint.Rule{
	ID: "FTF018", Name: "too-few-examples", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "A training file has fewer than 10 examples",
		Why:      "The service refuses the job: \"Training file has 7 example(s), but must have at least 10 examples\" (invalid_n_examples). It counts examples, not tokens. Validation files may be smaller.",
		Help:     "add examples until there are at least 10, better 50",
		BadFile:  sample(func() string { return chatFile(3) }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if countsExamples(p, f) && f.Examples() < minExamples {
			p.ReportFile("examples in the file: %s; training needs at least 10", lint.Int(f.Examples()))
		}
	},
}

var fewExamples = lint.Rule{
	ID: "FTF019", Name: "few-examples", Since: since,
	Severity: lint.Info, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "A training file has fewer than 50 examples",
		Why:      "The job will run, but both services' guides say to start with 50 good examples and that clear gains come from 50 to 100 on.",
		Help:     "add examples if you can; compare the result with the base model before you add more",
		BadFile:  sample(func() string { return chatFile(12) }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if n := f.Examples(); countsExamples(p, f) && minExamples <= n && n < advisedExamples {
			p.ReportFile("examples in the file: %s; the guides advise to start with 50", lint.Int(n))
		}
	},
}

// fits reports whether the lines of the file are of the kind that the method
// takes. A method of 0, for files that are no dataset, fits all.
func fits(p *lint.Pass, f *lint.File) bool {
	return p.Method == 0 || f.Format == p.Method.Shape()
}

var mixedFormats = lint.Rule{
	ID: "FTF020", Name: "mixed-formats", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The file mixes records of different kinds",
		Why: "A job trains by one method, and the service wants every line in that method's format: \"Unexpected file format, expected either prompt/completion pairs or chat messages\". " +
			"What a file is for is decided from its first 64 KiB: most of the lines there say it. The finding stands at the first line of another kind; such lines are not checked further.",
		Help:     "put records of each kind into a file of their own",
		BadFile:  sample(func() string { return goodFile() + goodCompletion + "\n" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if unusable(f) || !fits(p, f) {
			return // FTF021 says more
		}
		var lines, first int64
		var kind dataset.Shape
		for s := dataset.ShapeChat; s <= dataset.ShapeCompletion; s++ {
			t := f.Shapes[s]
			if s == f.Format || t.Lines == 0 {
				continue
			}
			lines += t.Lines
			if first == 0 || t.First < first {
				first, kind = t.First, s
			}
		}
		if lines > 0 {
			p.ReportLines(first, lines, "a %s record, but the file begins with %s records (lines of other kinds: %s, which were not checked further)",
				lint.Text(kind.String()), lint.Text(f.Format.String()), lint.Int(lines))
		}
	},
}

var methodMismatch = lint.Rule{
	ID: "FTF021", Name: "method-mismatch", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "The file's format is not that of the declared method",
		Why:      "The service compares the two and refuses the job: \"Input file ... is in the fine-tune-chat format, but the specified fine-tuning job is not using 'supervised' as the training method\".",
		Help:     "declare the method that the data are for (--method), or give the file for this method",
		BadFile:  sampleFor(dataset.DPO, func() string { return goodFile() }),
		GoodFile: sampleFor(dataset.SFT, func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		if !unusable(f) && p.Declared && !fits(p, f) {
			p.ReportFile("the lines are %s records, but the declared method is %s", lint.Text(f.Format.String()), lint.Text(p.Method.String()))
		}
	},
}

var modelMethod = lint.Rule{
	ID: "FTF022", Name: "model-method", Since: since,
	Severity: lint.Error, Evidence: lint.Documented | lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "The model cannot be trained by this method",
		Why: "The providers list which methods they offer for which model, and refuse other jobs: \"Finetuning with o4-mini-2025-04-16 requires the reinforcement method of finetuning\". " +
			"The list that was used has a date, which the finding shows: ftlint models prints it. A model that is not in the list is not refused.",
		Help: "choose a model for this method, or the method for this model; see ftlint models",
		BadFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) {
			s.Model = &lint.Model{Name: "o4-mini-2025-04-16", Known: true, Methods: dataset.RFT, AsOf: "2026-03-01"}
		}},
		GoodFile: &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) {
			s.Model = &lint.Model{Name: "gpt-4.1-mini-2025-04-14", Known: true, Methods: dataset.SFT | dataset.DPO, AsOf: "2026-03-01"}
		}},
	},
	File: func(p *lint.Pass, f *lint.File) {
		if unusable(f) || p.Method == 0 {
			return
		}
		if m := p.Model; m != nil && m.Known && m.Methods != 0 && m.Methods&p.Method == 0 {
			p.ReportFile("%s can be trained by %s, not by %s", lint.Text(m.Name), lint.Text(m.Methods.String()+asOf(m)), lint.Text(p.Method.String()))
		}
	},
}

func asOf(m *lint.Model) string {
	if m.AsOf == "" {
		return ""
	}
	return " (as of " + m.AsOf + ")"
}

var unicodeLineSep = lint.Rule{
	ID: "FTF023", Name: "unicode-line-sep", Since: since,
	Severity: lint.Info, Evidence: lint.Measured, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	When: dataset.FactFault,
	Doc: lint.Doc{
		Title: "A raw U+2028, U+2029 or U+0085 stands in a string",
		Why: "It is legal JSON, and the services take it. Python's str.splitlines and other tools take these characters for line ends and cut the record in two; " +
			"that has been seen with real data. The first one of each line is reported.",
		Help: "write the character as an escape (\\u2028)",
		Bad:  []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"one` + "\u2028" + `two"},` + botMsg + `]}`},
		Good: []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"one\u2028two"},` + botMsg + `]}`},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		for _, f := range e.Faults {
			if f.Kind != dataset.FaultLineSeparator {
				continue
			}
			char := "U+0085"
			switch {
			case f.End-f.Start == 2:
			case e.Line[f.End-1] == 0xA8:
				char = "U+2028"
			default:
				char = "U+2029"
			}
			told := p.Report(inside(f), "a raw %s: legal, but some tools take it for a line end", lint.Text(char))
			if !e.Broken {
				told.Fix(lint.SafeFix, escapeSeparators(e))
			}
			return
		}
	},
}

var lineTooLong = lint.Rule{
	ID: "FTF024", Name: "line-too-long", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "A line is very long",
		Why: "A single example above 64 MiB holds far more text than any model can be trained on, or many large images; often line ends got lost. " +
			"This is advice: no service is known to refuse it as such.",
		Help:     "look at the line: part examples that were joined, shrink embedded images",
		BadFile:  &lint.Sample{Content: func() string { return goodFile() }, Settings: func(s *lint.Settings) { s.LongLine = 150 }},
		GoodFile: sample(func() string { return goodFile() }),
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if n := int64(len(e.Line)); n > p.LongLine && p.LongLine > 0 {
			p.Report(dataset.Value{End: uint32(n)}, "the line is %s bytes long, more than %s", lint.Int(n), lint.Int(p.LongLine))
		}
	},
}

var notJSONL = lint.Rule{
	ID: "FTF025", Name: "not-jsonl", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title:    "The file is not JSONL but something else",
		Why:      "The services want a JSON object on every line and refuse all else: \"Expected file to have JSONL format, where every line is a JSON dictionary\". One finding names what the file is, in place of one per line.",
		Help:     "convert the file: one JSON object per line, written by a JSON library",
		BadFile:  sample(func() string { return "prompt,completion\nWhat is 2 plus 5?,7\nWhat is 3 plus 6?,9\n" }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	File: func(p *lint.Pass, f *lint.File) {
		switch f.Form {
		case jsonl.FormCSV:
			p.ReportFile("the file is CSV, not JSONL: each row must become a JSON object on a line of its own")
		case jsonl.FormTSV:
			p.ReportFile("the file is TSV, not JSONL: each row must become a JSON object on a line of its own")
		case jsonl.FormPythonRepr:
			p.ReportFile("the file holds Python dictionaries in single quotes, not JSON: write it with json.dumps, not with str or print")
		case jsonl.FormYAML:
			p.ReportFile("the file is YAML, not JSONL: each record must become a JSON object on a line of its own")
		case jsonl.FormParquet:
			p.ReportFile("the file is Apache Parquet, not JSONL: export its rows as JSON lines")
		case jsonl.FormOther:
			if f.FormDetail != "" {
				p.ReportFile("the file is %s, not JSONL", lint.Text(f.FormDetail))
			} else {
				p.ReportFile("the file is binary, not JSONL")
			}
		}
	},
}

// inside is the value to report for a fault.
func inside(f dataset.Fault) dataset.Value {
	return dataset.Value{Start: f.Start, End: f.End, Place: dataset.PlaceInside}
}
