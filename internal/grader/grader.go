// Package grader reads the graders of reinforcement jobs: what scores an answer. It
// tells what the services are known to refuse, and which fields of the examples a
// grader reads. The shapes are those of OpenAI's API description, which Azure follows,
// and the limits those of ../shared/spec/formats.md 1.6.
package grader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/ftlint/ftlint/internal/suggest"
)

// Fault is something that is wrong with a grader.
type Fault struct {
	Path string // of the JSON, such as graders.exact.operation; "" is the grader itself
	Text string
	// Doubtful says that the services may take it.
	Doubtful bool
}

// String returns the path and the text.
func (f Fault) String() string {
	if f.Path == "" {
		return "the grader " + f.Text
	}
	return "the grader's " + f.Path + " " + f.Text
}

// MostSource is how many bytes the source of a python grader can have.
const MostSource = 256 << 10

var (
	types      = []string{"string_check", "text_similarity", "python", "score_model", "label_model", "multi"}
	operations = []string{"eq", "ne", "like", "ilike"}
	metrics    = []string{"cosine", "fuzzy_match", "bleu", "gleu", "meteor", "rouge_1", "rouge_2", "rouge_3", "rouge_4", "rouge_5", "rouge_l"}
)

// checker gathers faults.
type checker struct{ faults []Fault }

func (c *checker) add(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{Path: path, Text: fmt.Sprintf(format, args...)})
}

// Check tells what is wrong with a grader.
func Check(text []byte) []Fault {
	var c checker
	var g map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	if d.Decode(&g) != nil || g == nil || d.More() {
		c.add("", "is no JSON object")
		return c.faults
	}
	c.grader("", g, false)
	c.templates("", g)
	return c.faults
}

// under is the path of a member.
func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// text returns a member that must be a string with something in it.
func (c *checker) text(path string, g map[string]any, name string) string {
	value, there := g[name]
	s, ok := value.(string)
	switch {
	case !there:
		c.add(path, "has no %s", name)
	case !ok:
		c.add(under(path, name), "is no string")
	case s == "":
		c.add(under(path, name), "is empty")
	}
	return s
}

// oneOf sees that a member is one of some words.
func (c *checker) oneOf(path string, g map[string]any, name string, words []string) {
	if s := c.text(path, g, name); s != "" && !slices.Contains(words, s) {
		c.add(under(path, name), "is %q: it must be one of %s", s, strings.Join(words, ", "))
	}
}

// grader looks at one grader; within says that it is part of another one.
func (c *checker) grader(path string, g map[string]any, within bool) {
	kind := c.text(path, g, "type")
	if kind == "" {
		return
	}
	if !slices.Contains(types, kind) {
		text := fmt.Sprintf("is %q: known are %s", kind, strings.Join(types, ", "))
		if near, ok := suggest.Closest(kind, types); ok {
			text = fmt.Sprintf("is %q: did you mean %s?", kind, near)
		}
		c.faults = append(c.faults, Fault{Path: under(path, "type"), Text: text, Doubtful: true})
		return
	}
	c.text(path, g, "name")
	switch kind {
	case "string_check":
		c.text(path, g, "input")
		c.text(path, g, "reference")
		c.oneOf(path, g, "operation", operations)
	case "text_similarity":
		c.text(path, g, "input")
		c.text(path, g, "reference")
		c.oneOf(path, g, "evaluation_metric", metrics)
	case "python":
		c.python(path, g)
	case "score_model":
		c.text(path, g, "model")
		c.messages(path, g)
		c.score(path, g)
	case "label_model":
		c.label(path, g, within)
	case "multi":
		c.multi(path, g, within)
	}
}

func (c *checker) python(path string, g map[string]any) {
	source := c.text(path, g, "source")
	if len(source) > MostSource {
		c.add(under(path, "source"), "has %d bytes: at most %d can be", len(source), MostSource)
	}
	if source != "" && !gradeFunction.MatchString(source) {
		c.faults = append(c.faults, Fault{Path: under(path, "source"), Text: "defines no function grade(sample, item), which is what is called", Doubtful: true})
	}
}

var gradeFunction = regexp.MustCompile(`(?m)^\s*(?:async\s+)?def\s+grade\s*\(|^\s*grade\s*=|import\s+.*\bgrade\b`)

// messages looks at the input of a model that judges.
func (c *checker) messages(path string, g map[string]any) {
	list, ok := g["input"].([]any)
	if !ok || len(list) == 0 {
		c.add(under(path, "input"), "must be a list of messages")
		return
	}
	for i, one := range list {
		m, ok := one.(map[string]any)
		if !ok {
			c.add(fmt.Sprintf("%s[%d]", under(path, "input"), i), "is no message")
			continue
		}
		at := fmt.Sprintf("%s[%d]", under(path, "input"), i)
		c.oneOf(at, m, "role", []string{"user", "assistant", "system", "developer"})
		if m["content"] == nil {
			c.add(at, "has no content")
		}
	}
}

// score looks at the range of scores.
func (c *checker) score(path string, g map[string]any) {
	value, there := g["range"]
	if !there || value == nil {
		return
	}
	list, _ := value.([]any)
	if len(list) == 2 {
		low, first := list[0].(float64)
		high, second := list[1].(float64)
		if first && second && low < high {
			return
		}
	}
	c.add(under(path, "range"), "must be two numbers, the lower one first")
}

func (c *checker) label(path string, g map[string]any, within bool) {
	if !within {
		c.add(under(path, "type"), "is label_model, which only evaluations have")
		return
	}
	c.text(path, g, "model")
	c.messages(path, g)
	labels, _ := g["labels"].([]any)
	passing, _ := g["passing_labels"].([]any)
	if len(labels) == 0 || len(passing) == 0 {
		c.add(path, "needs labels and passing_labels, both lists")
	}
	for _, label := range passing {
		if !slices.Contains(labels, label) {
			c.add(under(path, "passing_labels"), "has %v, which is none of the labels", label)
		}
	}
}

func (c *checker) multi(path string, g map[string]any, within bool) {
	if within {
		c.add(path, "is of type multi within another one, which cannot be")
		return
	}
	at := under(path, "graders")
	inner, ok := g["graders"].(map[string]any)
	if !ok || len(inner) == 0 {
		c.add(at, "must be an object of graders by their names")
		return
	}
	if _, single := inner["type"].(string); single { // as the description has it
		c.grader(at, inner, true)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		one, ok := inner[name].(map[string]any)
		if !ok {
			c.add(under(at, name), "is no grader")
			continue
		}
		c.grader(under(at, name), one, true)
	}
	formula := c.text(path, g, "calculate_output")
	for _, word := range names.FindAllString(formula, -1) {
		if _, ok := inner[word]; !ok && !slices.Contains(functions, word) {
			c.faults = append(c.faults, Fault{Path: under(path, "calculate_output"), Text: fmt.Sprintf("has %q, which is the name of none of the graders", word), Doubtful: true})
		}
	}
}

var (
	names     = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	functions = []string{"min", "max", "abs", "floor", "ceil", "exp", "sqrt", "log", "e", "pi"}
	template  = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)
	field     = regexp.MustCompile(`^item\.([^.\[|\s]+)`)
)

// texts calls f for all texts of a grader in which templates are filled in.
func texts(path string, value any, f func(path, text string)) {
	switch v := value.(type) {
	case string:
		f(path, v)
	case []any:
		for i := range v {
			texts(fmt.Sprintf("%s[%d]", path, i), v[i], f)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name != "source" { // Python, in which braces are braces
				texts(under(path, name), v[name], f)
			}
		}
	}
}

// templates looks at what is filled in.
func (c *checker) templates(path string, g map[string]any) {
	texts(path, g, func(at, text string) {
		for _, m := range template.FindAllStringSubmatch(text, -1) {
			space, _, _ := strings.Cut(m[1], ".")
			if space != "item" && space != "sample" {
				c.faults = append(c.faults, Fault{Path: at, Text: fmt.Sprintf("has {{%s}}: what can be filled in is {{item.FIELD}} and {{sample.output_text}}", m[1]), Doubtful: true})
			}
		}
	})
}

// Fields returns the names of the fields of examples that the templates of a grader
// read, in the order of their names. What Python reads is not looked at.
func Fields(text []byte) []string {
	var g any
	if json.Unmarshal(text, &g) != nil {
		return nil
	}
	found := map[string]bool{}
	texts("", g, func(_, text string) {
		for _, m := range template.FindAllStringSubmatch(text, -1) {
			if name := field.FindStringSubmatch(m[1]); name != nil {
				found[name[1]] = true
			}
		}
	})
	return slices.Sorted(maps.Keys(found))
}
