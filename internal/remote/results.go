package remote

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Step is what a job measured at one of its steps. What was not measured is NaN.
type Step struct {
	Step                                               int64
	TrainLoss, TrainAccuracy, ValidLoss, ValidAccuracy float64
	FullValidLoss, FullValidAccuracy                   float64 // over all validation data, at the end of an epoch
}

// mostValue is what a step or a loss is at most: what is above it is none, and would take
// what is drawn and averaged beyond what numbers hold.
const mostValue = 1e9

// ParseResults reads the table that a job has left (results.csv). Columns that it does
// not know it passes over, and rows without a step. The steps are in their order.
func ParseResults(r io.Reader) (list []Step, err error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("the results have no heading: %w", err)
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF"))] = i
	}
	if _, ok := at["step"]; !ok {
		return nil, errors.New("the results have no column step")
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			// A job that was paused can begin again before where it was.
			slices.SortStableFunc(list, func(a, b Step) int { return cmp.Compare(a.Step, b.Step) })
			return list, nil
		}
		if err != nil {
			return list, fmt.Errorf("the results cannot be read: %w", err)
		}
		value := func(names ...string) float64 {
			for _, name := range names {
				if i, ok := at[name]; ok && i < len(row) {
					if v, err := strconv.ParseFloat(strings.TrimSpace(row[i]), 64); err == nil && math.Abs(v) <= mostValue {
						return v
					}
				}
			}
			return math.NaN()
		}
		step := value("step")
		if !(step >= 0) { // NaN, too
			continue
		}
		list = append(list, Step{
			Step: int64(step), TrainLoss: value("train_loss"), TrainAccuracy: value("train_mean_token_accuracy", "train_accuracy"),
			ValidLoss: value("valid_loss"), ValidAccuracy: value("validation_mean_token_accuracy", "valid_mean_token_accuracy", "valid_accuracy"),
			FullValidLoss: value("full_valid_loss"), FullValidAccuracy: value("full_valid_mean_token_accuracy"),
		})
	}
}

// Verdict is what the losses of a job say.
type Verdict struct {
	// Best is the step at which the validation loss was lowest, and Loss that loss; 0 if
	// nothing was validated.
	Best int64
	Loss float64
	Last float64 // the validation loss at the end
	// Overfits says that from Best on the validation loss rose while that of training
	// did not: what is learnt since then holds for the training data only.
	Overfits bool
	// Prefer is the checkpoint to use; nil: the model that the job ended with.
	Prefer *Checkpoint
}

// rise is by how much of itself the validation loss must have risen since its lowest
// to be taken for overfitting.
const rise = 0.02

// Judge says what the losses of a job mean. The validation loss is that over all
// validation data where there are three of these or more, and else that of steps, over
// each of which the ones beside it are averaged, because it is measured on few examples.
func Judge(steps []Step, checkpoints []Checkpoint) (v Verdict) {
	curve := measured(steps, func(s *Step) float64 { return s.FullValidLoss })
	if len(curve) < 3 {
		curve = smooth(measured(steps, func(s *Step) float64 { return s.ValidLoss }))
	}
	if len(curve) == 0 {
		return v
	}
	best := 0
	for i := range curve {
		if curve[i].loss < curve[best].loss {
			best = i
		}
	}
	last := curve[len(curve)-1]
	v.Best, v.Loss, v.Last = curve[best].step, curve[best].loss, last.loss
	// Where the training loss is not known (NaN) it has not risen.
	v.Overfits = best < len(curve)-1 && last.loss > v.Loss*(1+rise) && !(trainLoss(steps, last.step) > trainLoss(steps, v.Best))
	if !v.Overfits {
		return v
	}
	for i := range checkpoints {
		p := &checkpoints[i]
		if v.Prefer == nil || far(p.Step, v.Best) < far(v.Prefer.Step, v.Best) {
			v.Prefer = p
		}
	}
	return v
}

func far(a, b int64) int64 { return max(a-b, b-a) }

type measure struct {
	step int64
	loss float64
}

func measured(steps []Step, of func(*Step) float64) (list []measure) {
	for i := range steps {
		if loss := of(&steps[i]); !math.IsNaN(loss) {
			list = append(list, measure{steps[i].Step, loss})
		}
	}
	return list
}

// smooth averages each loss with those beside it: a twentieth of all on either side.
func smooth(list []measure) []measure {
	around := len(list) / 20
	sums := make([]float64, len(list)+1) // of all before
	for i, m := range list {
		sums[i+1] = sums[i] + m.loss
	}
	out := make([]measure, len(list))
	for i, m := range list {
		from, to := max(0, i-around), min(len(list), i+around+1)
		out[i] = measure{m.step, (sums[to] - sums[from]) / float64(to-from)}
	}
	return out
}

// trainLoss is the training loss around a step.
func trainLoss(steps []Step, step int64) float64 {
	curve := smooth(measured(steps, func(s *Step) float64 { return s.TrainLoss }))
	loss := math.NaN()
	for _, m := range curve {
		if m.step <= step {
			loss = m.loss
		}
	}
	return loss
}
