package dataset

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Path is where a place in a line stands in its JSON.
type Path struct {
	// Text is such as messages[3].content, empty for the line's value itself.
	Text string
	// Shape is Text with every index replaced: messages[*].content.
	Shape string
}

// PathsAt returns, for each of the byte offsets, which ascend, the path of the
// innermost value or key of line that the offset stands in. The line is read
// once. Behind a syntax error the last path that could be made out counts.
func PathsAt(line []byte, offsets []uint32) []Path {
	w := pathWalker{line: line, offsets: offsets, paths: make([]Path, 0, len(offsets))}
	w.walk()
	for len(w.paths) < len(offsets) {
		w.assign(len(line) + 1)
	}
	return w.paths
}

// pathStep is a container that is open: an array at an index or an object at a key.
type pathStep struct {
	array bool
	index int
	key   string // as it is written in the path
}

type pathWalker struct {
	line    []byte
	offsets []uint32
	paths   []Path
	steps   []pathStep
}

// assign gives the present path to the offsets before i.
func (w *pathWalker) assign(i int) {
	var path Path
	made := false
	for n := len(w.paths); n < len(w.offsets) && int(w.offsets[n]) < i; n++ {
		if !made {
			path, made = w.path(), true
		}
		w.paths = append(w.paths, path)
	}
	if i > len(w.line) {
		for len(w.paths) < len(w.offsets) {
			w.paths = append(w.paths, w.path())
		}
	}
}

// maxPathSteps is how many steps at each end of a very deep path are written.
const maxPathSteps = 16

func (w *pathWalker) path() Path {
	var text, shape strings.Builder
	for i, s := range w.steps {
		if len(w.steps) > 2*maxPathSteps && maxPathSteps <= i && i < len(w.steps)-maxPathSteps {
			if i == maxPathSteps {
				text.WriteString("…")
				shape.WriteString("…")
			}
			continue
		}
		switch {
		case s.array:
			text.WriteString("[" + strconv.Itoa(s.index) + "]")
			shape.WriteString("[*]")
		case s.key == "":
		default:
			if i > 0 && s.key[0] != '[' {
				text.WriteByte('.')
				shape.WriteByte('.')
			}
			text.WriteString(s.key)
			shape.WriteString(s.key)
		}
	}
	return Path{Text: text.String(), Shape: shape.String()}
}

// walk goes through the tokens of the line. It is no judge of JSON: it keeps
// count of what is open and stops where it no longer can.
func (w *pathWalker) walk() {
	b := w.line
	expectKey := false
	for i := 0; i < len(b) && len(w.paths) < len(w.offsets); {
		switch c := b[i]; c {
		case '{', '[':
			// The container itself has the path so far.
			w.assign(i + 1)
			w.steps = append(w.steps, pathStep{array: c == '['})
			expectKey = c == '{'
			i++
		case '}', ']':
			w.assign(i)
			if len(w.steps) > 0 {
				w.steps = w.steps[:len(w.steps)-1]
			}
			expectKey = false
			i++
			w.assign(i)
			if len(w.steps) == 0 {
				return
			}
		case ',':
			w.assign(i)
			if len(w.steps) == 0 {
				return
			}
			if s := &w.steps[len(w.steps)-1]; s.array {
				s.index++
			} else {
				expectKey = true
			}
			i++
		case '"':
			end := stringEnd(b, i)
			if expectKey && len(w.steps) > 0 {
				w.assign(i)
				w.steps[len(w.steps)-1].key = PathKey(b[i:end])
				expectKey = false
			}
			i = end
		default:
			i++
		}
	}
}

// stringEnd returns the index after the string that begins at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		j := bytes.IndexAny(b[i:], `"\`)
		if j < 0 {
			return len(b)
		}
		i += j
		if b[i] == '"' {
			return i + 1
		}
		i++
	}
	return len(b)
}

// maxPathKey is how many bytes of a key are written in a path.
const maxPathKey = 60

// PathKey writes a key, which is a string in JSON, as a step of a path: name, or ["some name"].
func PathKey(quoted []byte) string {
	text := quoted[1:max(1, len(quoted)-1)]
	text = AppendUnescaped(nil, text[:min(len(text), 4*maxPathKey)])
	plain := len(text) > 0 && !slices.ContainsFunc(text, func(c byte) bool {
		return c != '_' && c != '-' && c != '$' && (c < '0' || '9' < c) && (c|0x20 < 'a' || 'z' < c|0x20) && c < utf8.RuneSelf
	})
	s := strings.ToValidUTF8(string(text), "�")
	if len(s) > maxPathKey {
		cut := maxPathKey
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s, plain = s[:cut]+"…", false
	}
	if plain && len(s) > 0 && (s[0] < '0' || '9' < s[0]) {
		return s
	}
	return "[" + strconv.Quote(s) + "]"
}
