package jsonl

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// SniffLen is how many bytes of a file are looked at to tell what it is.
const SniffLen = 64 << 10

// Sniffed is what the beginning of a file tells.
type Sniffed struct {
	Form   Form
	Detail string // more about the form, such as the name of an encoding
	BOM    bool   // a UTF-8 byte-order mark stands at byte 0
	LoneCR bool   // lines end in CR, without LF
}

// UTF8BOM is the byte-order mark of UTF-8.
const UTF8BOM = "\xEF\xBB\xBF"

// magics are the first bytes of files that are no text.
var magics = []struct {
	prefix string
	form   Form
	detail string
}{
	{"PAR1", FormParquet, ""},
	{"PK\x03\x04", FormOther, "a ZIP archive or a spreadsheet"},
	{"%PDF-", FormOther, "a PDF document"},
	{"SQLite format 3\x00", FormOther, "an SQLite database"},
	{"ARROW1", FormOther, "an Apache Arrow file"},
	{"\xFF\xFF\xFF\xFF", FormOther, "an Apache Arrow stream"},
	{"Obj\x01", FormOther, "an Avro file"},
	{"ORC", FormOther, "an ORC file"},
	{"\x89HDF\r\n", FormOther, "an HDF5 file"},
	{"\x89PNG", FormOther, "a PNG image"},
	{"\xFF\xD8\xFF", FormOther, "a JPEG image"},
	{"\x80\x02", FormOther, "a Python pickle"},
	{"\x80\x03", FormOther, "a Python pickle"},
	{"\x80\x04", FormOther, "a Python pickle"},
	{"\x80\x05", FormOther, "a Python pickle"},
	{"BZh", FormOther, "bzip2, which is not read: use gzip or zstd"},
	{"\xFD7zXZ\x00", FormOther, "xz, which is not read: use gzip or zstd"},
	{"7z\xBC\xAF\x27\x1C", FormOther, "a 7-Zip archive"},
	{gzipMagic, FormOther, "gzip inside of another compression"},
	{zstdMagic, FormOther, "zstd inside of another compression"},
	{"version https://git-lfs.github.com/spec/", FormLFS, ""},
	{"version https://hawser.github.com/spec/", FormLFS, ""},
}

// Sniff tells from head, the beginning of a file (all of it, if whole is set),
// what kind of file it is. Where it is in doubt it says FormJSONL: reading the
// lines will show what is wrong with them.
func Sniff(head []byte, whole bool) Sniffed {
	var s Sniffed
	if detail := wideEncoding(head); detail != "" {
		return Sniffed{Form: FormUTF16, Detail: detail}
	}
	if bytes.HasPrefix(head, []byte(UTF8BOM)) {
		s.BOM = true
		head = head[len(UTF8BOM):]
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			s.Form, s.Detail = m.form, m.detail
			return s
		}
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	for _, markup := range []struct{ prefix, name string }{
		{"<!doctype html", "HTML"}, {"<html", "HTML"}, {"<?xml", "XML"},
	} {
		if len(text) >= len(markup.prefix) && bytes.EqualFold(text[:len(markup.prefix)], []byte(markup.prefix)) {
			s.Form, s.Detail = FormOther, markup.name
			return s
		}
	}
	if len(text) == 0 {
		if whole {
			s.Form = FormEmpty
		}
		return s
	}
	if i := bytes.IndexByte(head, '\r'); i >= 0 && bytes.IndexByte(head, '\n') < 0 {
		s.LoneCR = bytes.HasPrefix(bytes.TrimLeft(head[i:], "\r \t"), []byte("{"))
	}
	switch text[0] {
	case '{', '[':
		s.Form = jsonForm(text, whole)
	default:
		s.Form = otherForm(text, whole)
		if s.Form == FormJSONL && binary(head) {
			s.Form = FormOther
		}
	}
	return s
}

// wideEncoding names UTF-16 or UTF-32, told by a byte-order mark or, as a
// dataset begins with two ASCII characters, by the zeros between them.
func wideEncoding(b []byte) string {
	for _, m := range []struct{ prefix, name string }{
		{"\xFF\xFE\x00\x00", "UTF-32 (little-endian)"},
		{"\x00\x00\xFE\xFF", "UTF-32 (big-endian)"},
		{"\xFF\xFE", "UTF-16 (little-endian)"},
		{"\xFE\xFF", "UTF-16 (big-endian)"},
	} {
		if bytes.HasPrefix(b, []byte(m.prefix)) {
			return m.name
		}
	}
	if len(b) < 8 {
		return ""
	}
	text := func(at ...int) bool { // printable ASCII at these places, zeros at the others
		for i, c := range b[:8] {
			isText := false
			for _, a := range at {
				isText = isText || a == i
			}
			if isText != (c != 0) || c >= utf8.RuneSelf {
				return false
			}
		}
		return true
	}
	switch {
	case text(0, 4):
		return "UTF-32 (little-endian)"
	case text(3, 7):
		return "UTF-32 (big-endian)"
	case text(0, 2, 4, 6):
		return "UTF-16 (little-endian)"
	case text(1, 3, 5, 7):
		return "UTF-16 (big-endian)"
	}
	return ""
}

// binary reports whether text has zeros or many control characters.
func binary(text []byte) bool {
	control := 0
	for _, c := range text {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			control++
		}
	}
	return control*10 > len(text)
}

// jsonForm tells JSONL from a JSON array, pretty-printed JSON and Python
// dictionaries. text begins with a brace or a bracket.
func jsonForm(text []byte, whole bool) Form {
	if isPythonRepr(text) {
		return FormPythonRepr
	}
	v := scanValue(text)
	spread := v.lines > 0 && (v.complete || !v.broken || v.lines > 2)
	if whole && !v.complete && bytes.IndexByte(bytes.TrimRight(text, " \t\r\n"), '\n') < 0 {
		spread = false // one line that was cut off
	}
	switch {
	case text[0] == '{':
		// A first line that was cut off swallows the records that follow it.
		if spread && (v.complete || !holdsRecord(text, v.end, whole)) {
			return FormPretty
		}
	case v.lines > 0:
		if spread {
			return FormArray
		}
	case v.objects && (v.complete || !v.broken && bytes.IndexByte(text, '\n') < 0):
		// One line that is an array of objects: it is the file, unless more follows.
		if !v.complete || len(bytes.TrimSpace(text[v.end:])) == 0 && whole {
			return FormArray
		}
	}
	return FormJSONL
}

// isPythonRepr reports whether text is a Python dictionary, or a list of them:
// its first key is in single quotes.
func isPythonRepr(text []byte) bool {
	const space = " \t\r\n"
	if text[0] == '[' {
		text = bytes.TrimLeft(text[1:], space)
		if len(text) == 0 || text[0] != '{' {
			return false
		}
	}
	inner := bytes.TrimLeft(text[1:], space+"[{")
	return len(inner) > 0 && inner[0] == '\''
}

// holdsRecord reports whether one of the lines that begin in text[:end], the
// first one aside, is a record of its own: a whole object whose first key is
// one that records begin with, and no comma after it. Of a line that is cut
// off with text only the beginning is asked for, unless others before it are
// the items of an array.
func holdsRecord(text []byte, end int, whole bool) bool {
	at, items := 0, false
	for line := range bytes.Lines(text) {
		start := at
		if at += len(line); start > end {
			break
		}
		last := at == len(text) && line[len(line)-1] != '\n'
		if line = bytes.TrimSpace(line); start == 0 || !beginsRecord(line) {
			continue
		}
		v := scanValue(line)
		if v.complete && v.end == len(line) || last && !whole && !v.complete && !v.broken && !items {
			return true
		}
		items = items || v.complete && line[v.end] == ','
	}
	return false
}

// beginsRecord reports whether line begins with an object whose first key is
// messages, input or prompt.
func beginsRecord(line []byte) bool {
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	key := bytes.TrimLeft(line[1:], " \t")
	for _, name := range []string{`"messages"`, `"input"`, `"prompt"`} {
		if bytes.HasPrefix(key, []byte(name)) {
			return true
		}
	}
	return false
}

// scanned is how far a look at the first JSON value of a file came.
type scanned struct {
	end      int  // index after the last byte looked at
	lines    int  // lines that end inside of the value, those without a token aside
	complete bool // the value ended
	broken   bool // it is no JSON from end on
	objects  bool // it is an array whose first item is an object
}

// scanValue reads the first JSON value of text, which may be cut off. It
// looks at the order of tokens only: that is enough to tell a value that is
// spread over several lines from a line that was cut off. Comments, which JSON
// has not, are passed over.
func scanValue(text []byte) scanned {
	var s scanned
	var stack []byte
	const (
		wantValue = iota
		wantKey
		wantColon
		wantComma
	)
	state, empty := wantValue, false // empty: the container may end here
	tokens := false                  // on the line at hand
	for i := 0; i < len(text); i++ {
		s.end = i
		c := text[i]
		switch c {
		case ' ', '\t', '\r':
			continue
		case '\n':
			if tokens {
				s.lines++
			}
			tokens = false
			continue
		case '/':
			if n := comment(text[i:]); n > 0 {
				i += n - 1
				continue
			}
		}
		tokens = true
		switch {
		case c == '}' || c == ']':
			if len(stack) == 0 || stack[len(stack)-1] != c-2 || state != wantComma && !empty {
				s.broken = true
				return s
			}
			stack = stack[:len(stack)-1]
			state, empty = wantComma, false
			if len(stack) == 0 {
				s.end, s.complete = i+1, true
				return s
			}
		case state == wantComma:
			if c != ',' {
				s.broken = true
				return s
			}
			state = wantValue
			if stack[len(stack)-1] == '{' {
				state = wantKey
			}
		case state == wantColon:
			if c != ':' {
				s.broken = true
				return s
			}
			state = wantValue
		case state == wantKey || c == '"':
			end := bytes.IndexByte(text[i+1:], '"')
			for end >= 0 && oddBackslashes(text[:i+1+end]) {
				next := bytes.IndexByte(text[i+1+end+1:], '"')
				if next < 0 {
					end = -1
				} else {
					end += 1 + next
				}
			}
			body := text[i+1:]
			if end >= 0 {
				body = body[:end]
			}
			if c != '"' || bytes.IndexByte(body, '\n') >= 0 {
				s.broken = true
				return s
			}
			if end < 0 {
				s.end = len(text)
				return s
			}
			i += 1 + end
			empty = false
			if state == wantKey {
				state = wantColon
			} else {
				state = wantComma
			}
		case c == '{' || c == '[':
			if c == '{' && len(stack) == 1 && stack[0] == '[' {
				s.objects = true
			}
			stack = append(stack, c)
			state, empty = wantValue, true
			if c == '{' {
				state = wantKey
			}
		default:
			j := i
			for j < len(text) && strings.IndexByte("+-.0123456789abcdefghijklmnopqrstuvwxyzAEFINT", text[j]) >= 0 {
				j++
			}
			if j == i {
				s.broken = true
				return s
			}
			i = j - 1
			state, empty = wantComma, false
		}
	}
	s.end = len(text)
	return s
}

// comment returns the length of the comment that text begins with, without the
// line feed that ends it; 0 if there is none.
func comment(text []byte) int {
	end, closing := -1, 0
	switch {
	case bytes.HasPrefix(text, []byte("//")):
		end = bytes.IndexByte(text, '\n')
	case bytes.HasPrefix(text, []byte("/*")):
		end, closing = bytes.Index(text[2:], []byte("*/")), 4
	default:
		return 0
	}
	if end < 0 {
		return len(text)
	}
	return end + closing
}

// oddBackslashes reports whether text ends in an odd number of backslashes.
func oddBackslashes(text []byte) bool {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// otherForm tells what text is that does not begin as JSON does.
func otherForm(text []byte, whole bool) Form {
	var rows []string
	at := 0
	for line := range bytes.Lines(text) {
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
			// A fence, a heading or a broken line before JSON: of a file of
			// lines, it is for the rules.
			return jsonForm(bytes.TrimLeft(text[at:], " \t"), whole)
		}
		at += len(line)
		if rows = append(rows, string(bytes.TrimRight(line, "\r\n"))); len(rows) == 8 {
			break
		}
	}
	switch {
	case isDVC(string(text)):
		return FormDVC
	case isTable(rows, "\t"):
		return FormTSV
	case isTable(rows, ","), isTable(rows, ";"), isColumn(rows):
		return FormCSV
	case isYAML(rows):
		return FormYAML
	}
	return FormJSONL
}

// isDVC recognises the YAML that DVC leaves in the place of a file.
func isDVC(text string) bool {
	return (strings.HasPrefix(text, "outs:") || strings.HasPrefix(text, "md5:")) &&
		strings.Contains(text, "outs:") && strings.Contains(text, "path: ")
}

// columns are names that columns of datasets have.
var columns = []string{
	"prompt", "completion", "messages", "text", "instruction", "input", "output", "response",
	"role", "content", "question", "answer", "system", "user", "assistant", "label", "chosen", "rejected", "id",
}

// isTable recognises a table by its header: names parted by sep, one of which
// is known, or rows with as many separators. The first name may be missing:
// pandas writes its index like that.
func isTable(rows []string, sep string) bool {
	header := strings.Split(rows[0], sep)
	if len(header) < 2 {
		return false
	}
	known := false
	for i, cell := range header {
		name := columnName(cell)
		if name == "" && (i > 0 || cell != "") || len(name) > 40 || strings.ContainsAny(name, `{}[]:"\`) {
			return false
		}
		known = known || slices.Contains(columns, name)
	}
	if known {
		return true
	}
	for _, row := range rows[1:] {
		if strings.Count(row, sep) < len(header)-1 {
			return false
		}
	}
	return len(rows) > 2 || len(rows) == 2 && allQuoted(rows[0], sep, len(header)) && allQuoted(rows[1], sep, len(header))
}

// allQuoted reports whether row has that many cells at least, in double quotes.
func allQuoted(row, sep string, cells int) bool {
	return len(row) > 1 && row[0] == '"' && row[len(row)-1] == '"' && strings.Count(row, `"`+sep+`"`) >= cells-1
}

// isColumn recognises a table of one column: a known name, and a cell in quotes
// below it.
func isColumn(rows []string) bool {
	return len(rows) > 1 && slices.Contains(columns, columnName(rows[0])) && strings.HasPrefix(rows[1], `"`)
}

// columnName is the name that stands in a cell of a header.
func columnName(cell string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(cell), `"`))
}

// isYAML recognises YAML by its first line behind comments.
func isYAML(rows []string) bool {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row string) bool {
		row = strings.TrimSpace(row)
		return row == "" || row[0] == '#'
	})
	if len(rows) == 0 {
		return false
	}
	first := rows[0]
	if strings.HasPrefix(first, "---") || strings.HasPrefix(first, "%YAML") {
		return true
	}
	name, _, found := strings.Cut(strings.TrimPrefix(first, "- "), ":")
	if !found || name == "" || strings.ContainsAny(name, " \"'{[") {
		return false
	}
	return strings.HasPrefix(first, "- ") || len(rows) > 1 && (strings.HasPrefix(rows[1], " ") || strings.HasPrefix(rows[1], "- ") || strings.Contains(rows[1], ": "))
}
