package jsonl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/ftlint/ftlint/lint/jsonl"
)

// readAll reads a source to its end and joins its chunks.
func readAll(tb testing.TB, s *jsonl.Source) ([]byte, error) {
	tb.Helper()
	var all, buf []byte
	add := func(c jsonl.Chunk) {
		if len(c.Data) == 0 {
			return
		}
		start := int64(0)
		if s.Sniffed.BOM {
			start = 3
		}
		if c.Offset != start+int64(len(all)) {
			tb.Fatalf("chunk at %d, want %d", c.Offset, start+int64(len(all)))
		}
		all = append(all, c.Data...)
	}
	if n := s.Chunks(); n >= 0 {
		for i := range n {
			c, err := s.ChunkAt(i, &buf)
			add(c)
			if err != nil {
				return all, err
			}
		}
		return all, nil
	}
	for {
		c, err := s.Next(&buf)
		add(c)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

func write(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func gzipped(data ...[]byte) []byte {
	var b bytes.Buffer
	for _, d := range data {
		w := gzip.NewWriter(&b)
		w.Write(d)
		w.Close()
	}
	return b.Bytes()
}

func zstded(data ...[]byte) []byte {
	w, _ := zstd.NewWriter(nil)
	var b []byte
	for _, d := range data {
		b = w.EncodeAll(d, b)
	}
	return b
}

// FuzzSplit reads the same bytes by position, as a stream and through gzip and
// zstd, in chunks of any size: the chunks join to the input, and each ends with
// a line.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"", "a", "a\n", "\n", "a\nbb\n\nccc", "a\r\nb", "\xef\xbb\xbf{}\n{}", "\xef\xbb\xbf", "{}\r{}\r", strings.Repeat("long", 50) + "\nx\n"} {
		f.Add([]byte(seed), uint16(1))
		f.Add([]byte(seed), uint16(7))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, chunk uint16) {
		path := filepath.Join(dir, "x.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		want := bytes.TrimPrefix(data, []byte(jsonl.UTF8BOM))
		plain := !bytes.HasPrefix(data, []byte("\x1f\x8b")) && !bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd"))
		for name, options := range map[string]jsonl.Options{
			path: {},
			"-":  {Stdin: iotest.HalfReader(bytes.NewReader(data))},
			"gz": {Stdin: bytes.NewReader(gzipped(data[:len(data)/2], data[len(data)/2:]))},
			"zs": {Stdin: bytes.NewReader(zstded(data[:len(data)/3], data[len(data)/3:]))},
		} {
			packed := len(name) == 2
			if !plain && !packed {
				continue
			}
			if packed {
				name = "-"
			}
			options.ChunkBytes = int(chunk)
			s, err := jsonl.Open(context.Background(), name, options)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, s)
			s.Close()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("%s, chunks of %d: got %q, want %q", name, chunk, got, want)
			}
		}
	})
}

func TestChunksEndWithLines(t *testing.T) {
	var data []byte
	for i := range 300 {
		data = append(data, strings.Repeat("x", i*7%50)...)
		data = append(data, '\n')
	}
	path := write(t, "x.jsonl", data)
	for size := 1; size < 200; size += 13 {
		s, err := jsonl.Open(context.Background(), path, jsonl.Options{ChunkBytes: size})
		if err != nil {
			t.Fatal(err)
		}
		var buf []byte
		for i := range s.Chunks() {
			c, err := s.ChunkAt(i, &buf)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Data) > 0 && c.Data[len(c.Data)-1] != '\n' {
				t.Fatalf("chunk %d of size %d does not end with a line", i, size)
			}
		}
		s.Close()
	}
}

func TestMaxLineBytes(t *testing.T) {
	data := []byte("{}\n{}\n" + strings.Repeat("x", 1000) + "\n{}\n")
	path := write(t, "x.jsonl", data)
	for _, size := range []int{1, 3, 100, 5000} {
		for _, options := range []jsonl.Options{{}, {Stdin: bytes.NewReader(data)}} {
			name := path
			if options.Stdin != nil {
				name = "-"
			}
			options.ChunkBytes, options.MaxLineBytes = size, 500
			s, err := jsonl.Open(context.Background(), name, options)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, s)
			s.Close()
			var read *jsonl.ReadError
			if !errors.Is(err, jsonl.ErrLineTooLong) || !errors.As(err, &read) || read.Offset != 6 {
				t.Errorf("chunks of %d from %s: %v", size, name, err)
			}
			if string(got) != "{}\n{}\n" {
				t.Errorf("chunks of %d from %s: lines before the long one: %q", size, name, got)
			}
		}
	}
}

func TestDamagedCompression(t *testing.T) {
	var data []byte
	for i := range 50_000 {
		data = fmt.Appendf(data, `{"n":%d,"text":"some text that is here"}`+"\n", i*i)
	}
	for name, packed := range map[string][]byte{"gzip": gzipped(data), "zstd": zstded(data)} {
		flipped := bytes.Clone(packed)
		flipped[len(flipped)-3] ^= 0xFF // in the checksum, or in the length after it
		for what, damaged := range map[string][]byte{
			"cut in the middle":       packed[:len(packed)/2],
			"cut near its end":        packed[:len(packed)-2],
			"with a flipped checksum": flipped,
			"followed by rubbish":     append(bytes.Clone(packed), "rubbish that is no member"...),
		} {
			s, err := jsonl.Open(context.Background(), "-", jsonl.Options{Stdin: bytes.NewReader(damaged), StdinName: "x"})
			if err != nil {
				t.Errorf("%s %s: %v", name, what, err)
				continue
			}
			got, err := readAll(t, s)
			s.Close()
			var read *jsonl.ReadError
			if !errors.As(err, &read) || read.Packed == 0 {
				t.Errorf("%s %s: no error with a place: %v", name, what, err)
				continue
			}
			if !bytes.HasPrefix(data, got) {
				t.Errorf("%s %s: what came before the damage is not the data", name, what)
			}
		}
	}
	if _, err := jsonl.Open(context.Background(), "-", jsonl.Options{Stdin: strings.NewReader("\x1f\x8b\x08")}); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("a cut gzip header: %v", err)
	}
}

func TestChangedFile(t *testing.T) {
	data := bytes.Repeat([]byte("{}\n"), 1000)
	for what, change := range map[string]func(path string) error{
		"grew":   func(path string) error { return os.WriteFile(path, append(data, "{}\n"...), 0o600) },
		"shrank": func(path string) error { return os.Truncate(path, 100) },
	} {
		path := write(t, "x.jsonl", data)
		s, err := jsonl.Open(context.Background(), path, jsonl.Options{ChunkBytes: 64})
		if err != nil {
			t.Fatal(err)
		}
		var buf []byte
		if _, err := s.ChunkAt(0, &buf); err != nil {
			t.Fatal(err)
		}
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		_, err = readAll(t, s)
		if err == nil {
			err = s.Unchanged()
		}
		if !errors.Is(err, jsonl.ErrChanged) {
			t.Errorf("a file that %s: %v", what, err)
		}
		s.Close()
	}
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func utf16be(s string) string {
	b := []byte(utf16le(s))
	for i := 0; i < len(b); i += 2 {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}

func TestSniff(t *testing.T) {
	line := `{"messages": [{"role": "user", "content": "hi"}]}`
	pretty := "{\n  \"messages\": [\n    {\n      \"role\": \"user\"\n    }\n  ]\n}\n"
	for _, test := range []struct {
		name, text string
		want       jsonl.Form
	}{
		{"lines", line + "\n" + line + "\n", jsonl.FormJSONL},
		{"one line without an end", line, jsonl.FormJSONL},
		{"with a byte-order mark", jsonl.UTF8BOM + line, jsonl.FormJSONL},
		{"first line cut off", line[:20] + "\n" + line + "\n", jsonl.FormJSONL},
		{"first line cut off after a comma", `{"a":1,` + "\n" + line + "\n", jsonl.FormJSONL},
		{"first line cut off after a bracket", `{"a":[` + "\n" + line + "\n" + line + "\n", jsonl.FormJSONL},
		{"a scalar", "42\n", jsonl.FormJSONL},
		{"a small array", "[1, 2]\n", jsonl.FormJSONL},
		{"lines that are arrays", "[{}]\n[{}]\n", jsonl.FormJSONL},
		{"a line feed in a string", "{\"a\":\"b\nc\"}\n", jsonl.FormJSONL},
		{"rubbish before lines", "# comment, with a comma\n" + line + "\n", jsonl.FormJSONL},
		{"empty", "", jsonl.FormEmpty},
		{"blank", " \n\r\n\t", jsonl.FormEmpty},
		{"only a byte-order mark", jsonl.UTF8BOM, jsonl.FormEmpty},
		{"an array over lines", "[\n" + line + ",\n" + line + "\n]\n", jsonl.FormArray},
		{"an array on one line", "[" + line + "," + line + "]", jsonl.FormArray},
		{"pretty-printed", pretty, jsonl.FormPretty},
		{"pretty-printed, several", pretty + pretty, jsonl.FormPretty},
		{"pretty-printed, cut off", pretty[:30], jsonl.FormPretty},
		{"pretty-printed with a byte-order mark", jsonl.UTF8BOM + pretty, jsonl.FormPretty},
		{"Python", "{'messages': [{'role': 'user'}]}\n", jsonl.FormPythonRepr},
		{"Python list", "[{'messages': []}]\n", jsonl.FormPythonRepr},
		{"Python list with a blank", "[ {'messages': []}]\n", jsonl.FormPythonRepr},
		{"Python list over lines", "[\n  {'messages': []},\n  {'messages': []}\n]\n", jsonl.FormPythonRepr},
		{"an array of strings in single quotes", "['a', 'b']\n", jsonl.FormJSONL},
		{"pretty-printed with comments", "{\n  // who speaks\n  \"messages\": [ /* one\n  of them */\n    {\n      \"role\": \"user\" // asks\n    }\n  ]\n}\n", jsonl.FormPretty},
		{"an array with comments", "[ // all of them\n  " + line + ", /* first */\n  " + line + "\n]\n", jsonl.FormArray},
		{"lines with comments", line + " // one\n" + line + " // two\n", jsonl.FormJSONL},
		{"pretty-printed in a fence", "```json\n" + pretty + "```\n", jsonl.FormPretty},
		{"an array in a fence", "```json\n[\n" + line + ",\n" + line + "\n]\n```\n", jsonl.FormArray},
		{"lines in a fence", "```jsonl\n" + line + "\n" + line + "\n```\n", jsonl.FormJSONL},
		{"pretty-printed behind prose", "Here are the data:\n\n" + pretty, jsonl.FormPretty},
		{"lines behind prose", "Here are the data:\n" + line + "\n" + line + "\n", jsonl.FormJSONL},
		{"an object of records", "{\"data\": [\n" + line + ",\n" + line + "\n]}\n", jsonl.FormPretty},
		{"cut off after a comma inside", `{"messages":[{"role":"user","content":"hi"},` + "\n" + line + "\n", jsonl.FormJSONL},
		{"cut off after a comma inside, blank lines", `{"messages":[{"role":"user","content":"hi"},` + "\n\n\n" + line + "\n\n\n\n", jsonl.FormJSONL},
		{"cut off after a bracket, one line", `{"messages":[` + "\r\n" + line + "\r\n", jsonl.FormJSONL},
		{"cut off after a colon", `{"prompt":` + "\n" + `{"prompt": "a", "completion": "b"}` + "\n", jsonl.FormJSONL},
		{"cut off twice", `{"messages":[{"role":"user","content":"hi"},` + "\n" + `{"messages":[{"role":"user","content":"hi"},` + "\n" + line + "\n", jsonl.FormJSONL},
		{"cut off after a comma, blank lines", `{"a":1,` + "\n\n\n\n" + line + "\n", jsonl.FormJSONL},
		{"CSV", "prompt,completion\na,b\n", jsonl.FormCSV},
		{"CSV with quotes", "\"prompt\",\"completion\"\n\"a\",\"b, c\"\n", jsonl.FormCSV},
		{"CSV of pandas", ",prompt,completion\n0,a,b\n1,c,d\n", jsonl.FormCSV},
		{"CSV of one column", "messages\n\"[{\"\"role\"\": \"\"user\"\"}]\"\n", jsonl.FormCSV},
		{"CSV of quoted unknown columns", "\"Frage\",\"Antwort\"\n\"a\",\"b, or c\"\n", jsonl.FormCSV},
		{"one line of strings", "\"a\",\"b\"\n", jsonl.FormJSONL},
		{"lines of strings", "\"{}\"\n\"{}\"\n", jsonl.FormJSONL},
		{"a word", "messages\n", jsonl.FormJSONL},
		{"CSV of unknown columns", "a,b,c\n1,2,3\n4,5,6\n", jsonl.FormCSV},
		{"TSV", "prompt\tcompletion\na\tb\n", jsonl.FormTSV},
		{"YAML", "- messages:\n  - role: user\n", jsonl.FormYAML},
		{"YAML behind comments", "# data\n# of ours\n\n- messages:\n  - role: user\n", jsonl.FormYAML},
		{"comments alone", "# data\n# of ours\n", jsonl.FormJSONL},
		{"YAML document", "---\nmessages: []\n", jsonl.FormYAML},
		{"prose", "Hello, world\n", jsonl.FormJSONL},
		{"UTF-16 with a mark", "\xff\xfe" + utf16le(line), jsonl.FormUTF16},
		{"UTF-16 without", utf16le(line), jsonl.FormUTF16},
		{"UTF-16 big-endian", utf16be(line), jsonl.FormUTF16},
		{"UTF-32 with a mark", "\xff\xfe\x00\x00{\x00\x00\x00", jsonl.FormUTF16},
		{"UTF-32 without", "{\x00\x00\x00\"\x00\x00\x00", jsonl.FormUTF16},
		{"Parquet", "PAR1\x15\x04\x15", jsonl.FormParquet},
		{"a spreadsheet", "PK\x03\x04rest", jsonl.FormOther},
		{"a page that says 404", "<!DOCTYPE html>\n<html><body>404</body></html>\n", jsonl.FormOther},
		{"XML", "<?xml version=\"1.0\"?>\n<a/>\n", jsonl.FormOther},
		{"zeros", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", jsonl.FormOther},
		{"LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n", jsonl.FormLFS},
		{"DVC", "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 3\n  path: data.jsonl\n", jsonl.FormDVC},
	} {
		if got := jsonl.Sniff([]byte(test.text), true); got.Form != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got.Form, test.want)
		}
	}
	for name, text := range map[string]string{
		"an object of records": "{\"data\": [\n" + strings.Repeat(line+",\n", 3) + line[:30],
		"pretty-printed":       strings.Repeat(pretty, 3)[:len(pretty)+30],
		"behind prose":         "Data:\n" + pretty[:40],
	} {
		if got := jsonl.Sniff([]byte(text), false).Form; got != jsonl.FormPretty {
			t.Errorf("%s, the beginning: got %v", name, got)
		}
	}
	cut := `{"messages":[{"role":"user","content":"hi"},` + "\n" + line[:40]
	if got := jsonl.Sniff([]byte(cut), false).Form; got != jsonl.FormJSONL {
		t.Errorf("a long record after a line that was cut off: got %v", got)
	}
	for text, want := range map[string]bool{"{}\r{}\r": true, "{}\r": false, "{}\r\n{}": false, "{}": false, "{\"a\":\"b\rc\"}": false} {
		if got := jsonl.Sniff([]byte(text), true).LoneCR; got != want {
			t.Errorf("%q: lone CR %v, want %v", text, got, want)
		}
	}
}

// TestLongFirstLine: the head holds a whole line, however long.
// TestSniffCutLine cuts the first line of a file off at every byte: the lines
// that follow are lines all the same.
func TestSniffCutLine(t *testing.T) {
	chat := `{"messages": [{"role": "system", "content": "You are \"it\"."}, {"role": "user", "content": [{"type": "text", "text": "a, [b] {c}"}]}, {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": [1, 2]}"}}], "weight": 1}], "tools": []}`
	pair := `{"input": {"messages": [{"role": "user", "content": "hi"}]}, "preferred_output": [{"role": "assistant", "content": "a"}], "non_preferred_output": [{"role": "assistant", "content": "b"}]}`
	completion := `{"prompt": "a ->", "completion": " b"}`
	for _, line := range []string{chat, pair, completion} {
		for cut := 1; cut < len(line); cut++ {
			for _, rest := range []string{"\n" + line, "\n" + line + "\n", "\n\n\n" + line + "\n\n\n\n", "\r\n" + line + "\r\n" + line + "\r\n", "\n" + strings.Repeat(line+"\n", 5)} {
				text := line[:cut] + rest
				if got := jsonl.Sniff([]byte(text), true).Form; got != jsonl.FormJSONL {
					t.Errorf("a first line cut off and %d bytes more are taken for %v: %s", len(rest), got, text)
				}
				if got := jsonl.Sniff([]byte(text[:len(text)-len(line)/2]), false).Form; got != jsonl.FormJSONL {
					t.Errorf("a first line cut off and the beginning of others are taken for %v: %s", got, text)
				}
			}
		}
	}
}

func TestLongFirstLine(t *testing.T) {
	line := []byte(`{"a":"` + strings.Repeat("x", 1<<20) + `"}` + "\n{}\n")
	path := write(t, "x.jsonl", line)
	for _, options := range []jsonl.Options{{}, {Stdin: bytes.NewReader(line)}, {Stdin: bytes.NewReader(gzipped(line))}} {
		name := path
		if options.Stdin != nil {
			name = "-"
		}
		s, err := jsonl.Open(context.Background(), name, options)
		if err != nil {
			t.Fatal(err)
		}
		if head, _ := s.Head(); !bytes.HasPrefix(line, head) || bytes.IndexByte(head, '\n') < 0 {
			t.Errorf("%s %s: a head of %d bytes", name, s.Compression, len(head))
		}
		if got, err := readAll(t, s); err != nil || !bytes.Equal(got, line) {
			t.Errorf("%s %s: %d bytes, %v", name, s.Compression, len(got), err)
		}
		s.Close()
	}
}

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{"a.jsonl", "b.ndjson", "c.jsonl.gz", "d.jsonl.zst", "e.json", "sub/f.jsonl", "sub/deep/g.jsonl", ".hidden/h.jsonl", "empty/x.txt", "odd[1].jsonl"} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args   []string
		want   []string
		errors int
	}{
		{[]string{"."}, []string{"a.jsonl", "b.ndjson", "c.jsonl.gz", "d.jsonl.zst", "odd[1].jsonl", "sub/deep/g.jsonl", "sub/f.jsonl"}, 0},
		{[]string{"sub", "a.jsonl", "./a.jsonl"}, []string{"sub/deep/g.jsonl", "sub/f.jsonl", "a.jsonl"}, 0},
		{[]string{"**/*.jsonl"}, []string{".hidden/h.jsonl", "a.jsonl", "odd[1].jsonl", "sub/deep/g.jsonl", "sub/f.jsonl"}, 0},
		{[]string{"{a,b}.*json*"}, []string{"a.jsonl", "b.ndjson"}, 0},
		{[]string{"odd[1].jsonl", "e.json", "-", "-"}, []string{"odd[1].jsonl", "e.json", "-"}, 0},
		{[]string{"missing.jsonl", "a.jsonl", "empty", "x*.jsonl"}, []string{"a.jsonl"}, 3},
	} {
		var got []string
		var errs []error
		for _, found := range jsonl.Expand(test.args) {
			if found.Err != nil {
				errs = append(errs, found.Err)
			} else {
				got = append(got, filepath.ToSlash(found.Path))
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(errs) != test.errors {
			t.Errorf("%v: %v\n%s", test.args, errs, diff)
		}
	}
}
