package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
)

// losses are what a job of some steps measured.
func losses(n int, of func(x float64) float64) (points []TrainingPoint) {
	for i := range n {
		points = append(points, TrainingPoint{int64(i + 1), of(float64(i) / float64(max(1, n-1)))})
	}
	return points
}

// TestWriteTraining: the page is sound and draws what there is, whatever was measured and
// however things are called.
func TestWriteTraining(t *testing.T) {
	const hostile = "</title><script>alert(1)</script>\x1b[31m\u202e"
	number := regexp.MustCompile(`^[MVHL\d. -]*$`)
	for _, n := range []int{0, 1, 2, 30, 20_000} {
		page := &Training{
			Job: hostile, Status: hostile, Model: hostile, NewModel: hostile, Endpoint: hostile, Verdict: hostile, Overfits: true, Best: int64(n / 2), Steps: int64(n),
			Charts: []TrainingChart{
				{Title: "Loss", Curves: []TrainingCurve{
					{Name: "training", Points: losses(n, func(x float64) float64 { return 2 - x })},
					{Name: "validation", Points: losses(n/3, func(x float64) float64 { return 1 + (x-0.5)*(x-0.5) })},
					{Name: "all", Apart: true, Points: losses(min(n, 3), func(float64) float64 { return 1 })},
				}},
				{Title: "Token accuracy", Share: true, Curves: []TrainingCurve{{Name: "training", Points: losses(n, func(float64) float64 { return 0.5 })}}},
				{Title: "nothing"},
			},
			Checkpoints: []TrainingCheckpoint{{Step: 1, TrainLoss: 0.12345, ValidLoss: math.NaN(), ID: hostile, Model: hostile, Preferred: true}},
		}
		var out bytes.Buffer
		if err := WriteTraining(&out, page); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if strings.Contains(text, "<script") || strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, "NaN") || !strings.Contains(text, "0.1235") {
			t.Errorf("%d steps: %s", n, text)
		}
		charts, lines := 0, 0
		for d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "<!DOCTYPE html>"))); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%d steps: %v", n, err)
			}
			if e, ok := token.(xml.StartElement); ok {
				for _, a := range e.Attr {
					switch {
					case a.Name.Local == "d" && !number.MatchString(a.Value):
						t.Errorf("%d steps: path %.100s", n, a.Value)
					case e.Name.Local == "figure" && a.Name.Local == "class":
						charts++
					case e.Name.Local == "path" && a.Value == "halo":
						lines++
					}
				}
			}
		}
		wantCharts, wantLines := 2, 3
		switch n {
		case 0, 1:
			wantCharts, wantLines = 0, 0
		case 2:
			wantLines = 2 // nothing was validated
		}
		if charts != wantCharts || lines != wantLines {
			t.Errorf("%d steps: %d charts with %d lines, want %d with %d", n, charts, lines, wantCharts, wantLines)
		}
		if len(text) > 150_000 {
			t.Errorf("%d steps: %d bytes", n, len(text))
		}
	}
}
