package lint

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
)

// tally notes the numbers of lines: of examples, and of other lines.
type tally struct{ examples, others []int64 }

func (y *tally) Add(e *dataset.Example)      { y.examples = append(y.examples, e.Number) }
func (y *tally) AddOther(e *dataset.Example) { y.others = append(y.others, e.Number) }
func (*tally) Finish(*Pass, *File)           {}
func (y *tally) Merge(next Collector, lines int64) {
	n := next.(*tally)
	for _, line := range n.examples {
		y.examples = append(y.examples, line+lines)
	}
	for _, line := range n.others {
		y.others = append(y.others, line+lines)
	}
}

// TestOtherLines: figures are told of each line that is not blank once, whatever it is.
func TestOtherLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	example := `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}`
	lines := []string{example, "{", "", example, `{"prompt":"a","completion":"b"}`, "[1]", `{"x":1}`, example, "\x00"}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, chunk := range []int{1, 100, 1 << 20} {
		result, err := Run(context.Background(), []Input{{Path: path}}, Options{
			Read:    jsonl.Options{ChunkBytes: chunk},
			Figures: func(*Settings) Collector { return &tally{} },
		})
		if err != nil {
			t.Fatal(err)
		}
		got := result.Files[0].Figures.(*tally)
		if want := []int64{1, 4, 8}; !slices.Equal(got.examples, want) {
			t.Errorf("chunks of %d bytes: examples on lines %v, want %v", chunk, got.examples, want)
		}
		if want := []int64{2, 5, 6, 7, 9}; !slices.Equal(got.others, want) {
			t.Errorf("chunks of %d bytes: other lines %v, want %v", chunk, got.others, want)
		}
	}
}
