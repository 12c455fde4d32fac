package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/spf13/cobra"

	"github.com/ftlint/ftlint/internal/remote"
	"github.com/ftlint/ftlint/internal/report"
	"github.com/ftlint/ftlint/internal/term"
	"github.com/ftlint/ftlint/internal/wrap"
	"github.com/ftlint/ftlint/lint"
)

func newJobResultsCommand(streams Streams) *cobra.Command {
	var f remoteFlags
	var to, page string
	cmd := remoteCommand(streams, &f, &cobra.Command{
		Use: "results [flags] ID", Args: anID,
		Short: "Show how the losses of a job went, and which checkpoint to prefer",
		Long: `Results draws loss and token accuracy of training and validation from the table
that a job has left (results.csv), and says where overfitting begins and which
checkpoint to prefer then. --to keeps the table, --html makes a page of it.`,
		Example: "  ftlint job results ftjob-abc123 --dry-run\n  ftlint job results ftjob-abc123 --to results.csv --dry-run\n  ftlint job results ftjob-abc123 --html results.html --dry-run",
	}, func(cmd *cobra.Command, c *remote.Client, args []string) error {
		if to != "" && page != "" {
			return usage(errors.New("--to and --html exclude each other"))
		}
		ctx := cmd.Context()
		j, err := c.Job(ctx, args[0])
		if err != nil || f.dryRun {
			return err
		}
		var table bytes.Buffer
		if err := c.Results(ctx, j, &table); err != nil {
			return err
		}
		if to != "" {
			return writeTo(streams.Out, to, func(out io.Writer) error {
				_, err := out.Write(table.Bytes())
				return err
			})
		}
		steps, err := remote.ParseResults(&table)
		if err != nil {
			return err
		}
		checkpoints, err := c.Checkpoints(ctx, j.ID)
		if err != nil {
			return err
		}
		verdict := remote.Judge(steps, checkpoints)
		if page != "" {
			return writeTo(streams.Out, page, func(out io.Writer) error {
				return report.WriteTraining(out, trainingPage(c, j, steps, checkpoints, &verdict))
			})
		}
		if f.output == "json" {
			return resultsJSON(streams.Out, j, steps, &verdict)
		}
		return resultsText(streams.Out, j, steps, &verdict)
	})
	cmd.Flags().StringVar(&to, "to", "", "write the table to `PATH`, and draw nothing")
	cmd.Flags().StringVar(&page, "html", "", "write a page with charts to `PATH`, for a browser, which needs no network")
	return cmd
}

// chartHeight is how many lines a chart has.
const chartHeight = 10

// resultsText draws the losses, and says what they mean.
func resultsText(out io.Writer, j *remote.Job, steps []remote.Step, v *remote.Verdict) error {
	width := term.Width(out)
	if width <= 0 {
		width = 80
	}
	var b strings.Builder
	fmt.Fprintf(&b, "job %s · %s · %s\n\n", j.ID, j.Status, report.Plural(int64(len(steps)), "step"))
	train := func(s *remote.Step) float64 { return s.TrainLoss }
	valid := func(s *remote.Step) float64 { return s.ValidLoss }
	chart(&b, "loss", steps, width, train, valid)
	chart(&b, "token accuracy", steps, width,
		func(s *remote.Step) float64 { return s.TrainAccuracy }, func(s *remote.Step) float64 { return s.ValidAccuracy })
	wrap.Write(&b, "", "", verdictText(v), width)
	_, err := io.WriteString(out, b.String())
	return err
}

// verdictText says what the losses mean.
func verdictText(v *remote.Verdict) string {
	switch {
	case v.Best == 0:
		return "Nothing was validated, so that overfitting cannot be seen: give the job a validation file (ftlint split makes one)."
	case !v.Overfits:
		return fmt.Sprintf("No overfitting is to be seen: the validation loss is %.4g at the end, and %.4g at its lowest (step %s).", v.Last, v.Loss, lint.FormatCount(v.Best))
	}
	text := fmt.Sprintf("Overfitting begins at about step %s: the validation loss is lowest there (%.4g), and %.4g at the end.", lint.FormatCount(v.Best), v.Loss, v.Last)
	if v.Prefer == nil {
		return text + " There are no checkpoints to go back to: train fewer epochs."
	}
	return text + fmt.Sprintf(" Prefer the checkpoint of step %s: %s", lint.FormatCount(v.Prefer.Step), term.Sanitize(v.Prefer.Model))
}

// chart draws two series over the steps, of which the second may be missing.
func chart(b *strings.Builder, title string, steps []remote.Step, width int, train, valid func(*remote.Step) float64) {
	const left = 12 // what stands before the lines
	columns := max(20, width-left)
	series := [][]float64{spread(steps, columns, train)}
	about := title + ": ─ training"
	if second := spread(steps, columns, valid); second != nil {
		series = append(series, second)
		about = title + ": ─ training, ═ validation"
	}
	if series[0] == nil {
		return
	}
	double := asciigraph.CharSet{
		Horizontal: "═", VerticalLine: "║", ArcDownRight: "╔", ArcDownLeft: "╗", ArcUpRight: "╚", ArcUpLeft: "╝", EndCap: "╡", StartCap: "╞", UpRight: "╚", DownHorizontal: "╤",
	}
	b.WriteString(about + "\n")
	b.WriteString(asciigraph.PlotMany(series, asciigraph.Height(chartHeight), asciigraph.Precision(3), asciigraph.SeriesChars(asciigraph.DefaultCharSet, double)))
	first, last := steps[0].Step, steps[len(steps)-1].Step
	end := "step " + lint.FormatCount(last)
	begin := "step " + lint.FormatCount(first)
	fmt.Fprintf(b, "\n%*s%s%*s\n\n", left-3, "", begin, max(1, columns-len(begin)), end)
}

// spread makes one value for each of some columns: the mean of those that fall into it,
// or what is between its neighbours. nil: there are fewer than two.
func spread(steps []remote.Step, columns int, of func(*remote.Step) float64) []float64 {
	if len(steps) < 2 {
		return nil
	}
	first, last := steps[0].Step, steps[len(steps)-1].Step
	if last <= first {
		return nil
	}
	sums, counts := make([]float64, columns), make([]float64, columns)
	values := 0
	for i := range steps {
		v := of(&steps[i])
		if math.IsNaN(v) {
			continue
		}
		at := int((steps[i].Step - first) * int64(columns-1) / (last - first))
		sums[at] += v
		counts[at]++
		values++
	}
	if values < 2 {
		return nil
	}
	out := make([]float64, columns)
	before := -1
	for i := range out {
		out[i] = math.NaN()
		if counts[i] == 0 {
			continue
		}
		out[i] = sums[i] / counts[i]
		for k := before + 1; k < i && before >= 0; k++ {
			out[k] = out[before] + (out[i]-out[before])*float64(k-before)/float64(i-before)
		}
		before = i
	}
	return out
}

// number is a value of json: nothing where it was not measured.
type number float64

// MarshalJSON writes null in place of NaN.
func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// resultsJSON writes the losses and what they mean.
func resultsJSON(out io.Writer, j *remote.Job, steps []remote.Step, v *remote.Verdict) error {
	type step struct {
		Step              int64  `json:"step"`
		TrainLoss         number `json:"train_loss"`
		TrainAccuracy     number `json:"train_accuracy"`
		ValidLoss         number `json:"valid_loss"`
		ValidAccuracy     number `json:"valid_accuracy"`
		FullValidLoss     number `json:"full_valid_loss"`
		FullValidAccuracy number `json:"full_valid_accuracy"`
	}
	type verdict struct {
		BestStep   int64  `json:"best_step,omitempty"`
		BestLoss   number `json:"best_valid_loss,omitempty"`
		LastLoss   number `json:"last_valid_loss,omitempty"`
		Overfits   bool   `json:"overfits"`
		Checkpoint string `json:"preferred_checkpoint,omitempty"`
		Model      string `json:"preferred_model,omitempty"`
	}
	list := []step{}
	for _, s := range steps {
		list = append(list, step{
			s.Step, number(s.TrainLoss), number(s.TrainAccuracy), number(s.ValidLoss), number(s.ValidAccuracy), number(s.FullValidLoss), number(s.FullValidAccuracy),
		})
	}
	judged := verdict{BestStep: v.Best, BestLoss: number(v.Loss), LastLoss: number(v.Last), Overfits: v.Overfits}
	if v.Prefer != nil {
		judged.Checkpoint, judged.Model = v.Prefer.ID, v.Prefer.Model
	}
	return writeJSON(out, struct {
		SchemaVersion int     `json:"schema_version"`
		Job           string  `json:"job"`
		Verdict       verdict `json:"verdict"`
		Steps         []step  `json:"steps"`
	}{report.SchemaVersion, j.ID, judged, list})
}

// trainingPage is what the page on a job tells.
func trainingPage(c *remote.Client, j *remote.Job, steps []remote.Step, checkpoints []remote.Checkpoint, v *remote.Verdict) *report.Training {
	t := &report.Training{
		Job: j.ID, Status: j.Status, Model: j.Model, NewModel: j.FineTunedModel, Endpoint: c.Endpoint,
		Verdict: verdictText(v), Overfits: v.Overfits, Steps: int64(len(steps)), Version: version(),
	}
	if v.Overfits {
		t.Best = v.Best
	}
	curve := func(name string, apart bool, of func(*remote.Step) float64) report.TrainingCurve {
		curve := report.TrainingCurve{Name: name, Apart: apart}
		for i := range steps {
			if value := of(&steps[i]); !math.IsNaN(value) {
				curve.Points = append(curve.Points, report.TrainingPoint{Step: steps[i].Step, Value: value})
			}
		}
		return curve
	}
	t.Charts = []report.TrainingChart{
		{Title: "Loss", Curves: []report.TrainingCurve{
			curve("training", false, func(s *remote.Step) float64 { return s.TrainLoss }),
			curve("validation, some examples at a time", false, func(s *remote.Step) float64 { return s.ValidLoss }),
			curve("validation, all examples", true, func(s *remote.Step) float64 { return s.FullValidLoss }),
		}},
		{Title: "Token accuracy", Share: true, Curves: []report.TrainingCurve{
			curve("training", false, func(s *remote.Step) float64 { return s.TrainAccuracy }),
			curve("validation, some examples at a time", false, func(s *remote.Step) float64 { return s.ValidAccuracy }),
			curve("validation, all examples", true, func(s *remote.Step) float64 { return s.FullValidAccuracy }),
		}},
	}
	for i := range checkpoints {
		p := &checkpoints[i]
		t.Checkpoints = append(t.Checkpoints, report.TrainingCheckpoint{
			Step: p.Step, TrainLoss: p.Metric("train_loss"), ValidLoss: p.Metric("full_valid_loss", "valid_loss"),
			ID: p.ID, Model: p.Model, Preferred: v.Prefer != nil && v.Prefer.ID == p.ID,
		})
	}
	return t
}
