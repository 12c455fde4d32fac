// Package jsonl reads bytes: it opens files, standard input, gzip and zstd,
// tells what kind of file it has before it, and cuts it into chunks of whole
// lines.
package jsonl

// Form is what the beginning of a file says that the file is.
type Form uint8

// The forms.
const (
	FormJSONL      Form = iota // lines, as far as can be seen
	FormEmpty                  // nothing, or nothing but white space
	FormArray                  // one JSON array that holds the examples
	FormPretty                 // JSON values spread over several lines
	FormCSV                    // comma-separated values
	FormTSV                    // tab-separated values
	FormPythonRepr             // Python dictionaries, in single quotes
	FormYAML                   // YAML
	FormUTF16                  // UTF-16 or UTF-32, with or without a byte-order mark
	FormParquet                // Apache Parquet
	FormOther                  // something else; Sniffed.Detail says what, if it is known
	FormLFS                    // a Git LFS pointer
	FormDVC                    // a DVC pointer

	numForms = int(iota)
)

// Lines reports whether a file of this form is worth reading line by line.
func (f Form) Lines() bool { return f == FormJSONL || f == FormEmpty }

// Pointer reports whether the file only stands for another one, which is not here.
func (f Form) Pointer() bool { return f == FormLFS || f == FormDVC }

// String describes the form in a few words.
func (f Form) String() string {
	return [numForms]string{
		"JSONL", "an empty file", "a JSON array", "pretty-printed JSON",
		"CSV", "TSV", "Python dictionaries", "YAML", "UTF-16", "Parquet", "another kind of file",
		"a Git LFS pointer", "a DVC pointer",
	}[f]
}
