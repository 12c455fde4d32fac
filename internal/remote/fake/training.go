package fake

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// training is what a job does: so many steps, whose figures are always the same.
type training struct {
	epochs, batch, perEpoch int
	rate                    float64
	seed                    int32
	tokens                  int64
	validated               bool
}

// Steps of an epoch: enough to see something, and not too many to look at.
const (
	minSteps = 10
	maxSteps = 1000
)

// plan makes the training of a job out of its files and hyperparameters.
func (c *call) plan(r *jobRequest) training {
	t := training{
		epochs: int(r.number("n_epochs", 3)), batch: int(r.number("batch_size", 1)),
		rate: r.number("learning_rate_multiplier", 1), seed: 42, validated: r.ValidationFile != nil,
	}
	if r.Seed != nil {
		t.seed = *r.Seed
	}
	file := c.fileNamed(r.TrainingFile)
	lines := 100
	if file.Content != nil {
		lines = bytes.Count(file.Content, []byte("\n"))
	}
	t.perEpoch = min(max(minSteps, (lines+t.batch-1)/t.batch), maxSteps)
	t.tokens = min(file.Bytes/4*int64(t.epochs), math.MaxInt32)
	return t
}

func (t *training) steps() int { return t.epochs * t.perEpoch }

// hyperparameters are those that the training was done with.
func (t *training) hyperparameters() object {
	return object{"n_epochs": t.epochs, "batch_size": t.batch, "learning_rate_multiplier": t.rate}
}

// figures are what is measured at a step.
type figures struct{ trainLoss, trainAccuracy, validLoss, validAccuracy float64 }

// at computes the figures of a step: the training data are learnt better and better,
// the validation data only in the first two thirds. A ripple is upon all of it.
func (t *training) at(step int) figures {
	x := float64(step) / float64(t.steps())
	learnt := math.Exp(-4 * x)
	ripple := 0.01 * math.Sin(float64(step))
	over := 3 * math.Pow(max(0, x-0.6), 2)
	return figures{
		trainLoss: 0.4 + 1.6*learnt + ripple, trainAccuracy: 0.97 - 0.4*learnt - ripple/2,
		validLoss: 0.6 + 1.4*learnt + over + ripple, validAccuracy: 0.9 - 0.35*learnt - over/4 - ripple/2,
	}
}

// validEvery is at which steps there are figures of validation.
const validEvery = 5

// results is results.csv up to a step.
func (t *training) results(last int) []byte {
	var b strings.Builder
	b.WriteString("step,train_loss,train_mean_token_accuracy,valid_loss,validation_mean_token_accuracy,full_valid_loss,full_valid_mean_token_accuracy\n")
	for step := 1; step <= last; step++ {
		f := t.at(step)
		fmt.Fprintf(&b, "%d,%.5f,%.5f,", step, f.trainLoss, f.trainAccuracy)
		if t.validated && step%validEvery == 0 {
			fmt.Fprintf(&b, "%.5f,%.5f", f.validLoss, f.validAccuracy)
		} else {
			b.WriteByte(',')
		}
		if t.validated && step%t.perEpoch == 0 {
			fmt.Fprintf(&b, ",%.5f,%.5f\n", f.validLoss, f.validAccuracy)
		} else {
			b.WriteString(",,\n")
		}
	}
	return []byte(b.String())
}

// metrics are the figures of a step as events and checkpoints have them.
func (t *training) metrics(step int) object {
	f := t.at(step)
	m := object{"step": step, "train_loss": f.trainLoss, "train_mean_token_accuracy": f.trainAccuracy}
	if t.validated {
		m["valid_loss"], m["valid_mean_token_accuracy"] = f.validLoss, f.validAccuracy
		if step%t.perEpoch == 0 {
			m["full_valid_loss"], m["full_valid_mean_token_accuracy"] = f.validLoss, f.validAccuracy
		}
	}
	return m
}
