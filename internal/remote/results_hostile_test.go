package remote

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// A table may be of a job that was paused, hold steps that there cannot be, or losses
// that run away: what is drawn of it counts on steps that rise.
func TestParseResultsInOrder(t *testing.T) {
	steps, err := ParseResults(strings.NewReader("step,train_loss\n1,3\n9,1\n-4,2\n1e300,2\nNaN,2\n5,2\n9,0.5\n2,1e308\n3,inf\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, fmt.Sprintf("%d:%g", s.Step, s.TrainLoss))
	}
	if want := "1:3 2:NaN 3:NaN 5:2 9:1 9:0.5"; strings.Join(got, " ") != want {
		t.Errorf("steps %s, want %s", got, want)
	}
}

// A million steps are judged at once: averaging must not look at each value again for
// each of its neighbours.
func TestJudgeManySteps(t *testing.T) {
	steps := make([]Step, 1_000_000)
	for i := range steps {
		x := float64(i) / float64(len(steps))
		steps[i] = Step{Step: int64(i + 1), TrainLoss: 2 - x, ValidLoss: 1 + (x-0.5)*(x-0.5), FullValidLoss: math.NaN()}
	}
	begun := time.Now()
	v := Judge(steps, nil)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if !v.Overfits || v.Best < 450_000 || v.Best > 550_000 {
		t.Errorf("%+v", v)
	}
}
