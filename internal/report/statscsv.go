package report

import (
	"encoding/csv"
	"strconv"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/stats"
)

// statsCSV writes a row for each distribution of each file, and of all files
// together: file, set, measure and its figures.
type statsCSV struct{ *writer }

func openStatsCSV(w *writer) Report { return &statsCSV{w} }

// Finding is not called: the result has all that is written.
func (*statsCSV) Finding(*lint.Finding) error { return nil }

// Finish writes everything.
func (s *statsCSV) Finish(r *lint.Result) error {
	out := csv.NewWriter(s.writer)
	header := []string{"file", "set", "measure", "examples", "sum", "min", "max", "mean", "std"}
	for _, p := range stats.Percents {
		header = append(header, "p"+strconv.Itoa(p))
	}
	out.Write(header)
	list := allFigures(r)
	for i := range list {
		set := "training"
		if !list[i].training {
			set = "validation"
		}
		rowsOf(out, guarded(list[i].file.Name), set, list[i].Figures)
	}
	if all := together(list); all != nil {
		rowsOf(out, "", "all", all)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return s.flush()
}

func rowsOf(out *csv.Writer, file, set string, n *stats.Figures) {
	exact := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	for m := range stats.Measure(stats.NumMeasures) {
		s := n.Summary(m)
		if s.Count == 0 {
			continue
		}
		row := []string{file, set, m.String()}
		for _, whole := range []int64{s.Count, s.Sum, s.Min, s.Max} {
			row = append(row, strconv.FormatInt(whole, 10))
		}
		row = append(row, exact(s.Mean), exact(s.StdDev))
		for _, p := range s.Percentiles {
			row = append(row, exact(p))
		}
		out.Write(row)
	}
}

// guarded is a name of a file as a spreadsheet should see it: one that begins like
// a formula is not to become one.
func guarded(name string) string {
	if name = valid(name); name != "" && (name[0] == '=' || name[0] == '+' || name[0] == '-' || name[0] == '@' || name[0] == '\t' || name[0] == '\r') {
		return "'" + name
	}
	return name
}
