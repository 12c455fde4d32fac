package rules

import (
	"bytes"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/stats"
)

// This file holds the rules that compare examples with each other, in a file and across
// files (FTQ001 to FTQ004).

// rows are gathered once for all rules that compare examples with each other.
var rows = &lint.Gatherer{New: func(s *lint.Settings) lint.Collector { return stats.NewRows(s) }}

// side is the training files of a run, or the validation files: their rows are numbered
// through.
type side struct {
	files  []*lint.Gathered
	starts []int // the number of each file's first row
	n      int
}

// sides tells the files that are trained on from those that are measured on.
func sides(files []lint.Gathered) (training, validation side) {
	for i := range files {
		s := &training
		if files[i].Settings.Validation {
			s = &validation
		}
		s.files = append(s.files, &files[i])
		s.starts = append(s.starts, s.n)
		s.n += files[i].Collector.(*stats.Rows).Len()
	}
	return training, validation
}

// find returns a row and its file.
func (s *side) find(i int) (*stats.Row, *lint.Gathered) {
	f := s.file(i)
	return s.files[f].Collector.(*stats.Rows).At(i - s.starts[f]), s.files[f]
}

// file returns the number of the file that row i is in.
func (s *side) file(i int) int {
	f := len(s.files) - 1
	for s.starts[f] > i {
		f--
	}
	return f
}

func (s *side) row(i int) *stats.Row {
	row, _ := s.find(i)
	return row
}

// each calls f for all rows, after it has told the pass of which file they are.
func (s *side) each(p *lint.Pass, f func(i int, row *stats.Row)) {
	for at, file := range s.files {
		p.In(file)
		all := file.Collector.(*stats.Rows)
		for i := range all.Len() {
			f(s.starts[at]+i, all.At(i))
		}
	}
}

// whole puts a row into an index of whole examples, and returns the number of the first
// row that is the same, or -1.
func (s *side) whole(x *stats.Index, i int, row *stats.Row) int {
	return x.Find(row.Whole.Lo, i, func(j int) bool { return s.row(j).Whole == row.Whole })
}

// prompt does for prompts what whole does for examples.
func (s *side) prompt(x *stats.Index, i int, row *stats.Row) int {
	return x.Find(row.Prompt, i, func(j int) bool { return s.row(j).Prompt == row.Prompt })
}

// reportOther reports a line by what it has in common with row i, whose line, and file
// if that is another one, goes on at the end of the reason.
func (s *side) reportOther(p *lint.Pass, here *lint.Gathered, line int64, i int, sameFile, otherFile string) lint.Reported {
	other, file := s.find(i)
	also := lint.Line{File: file.Name, Line: other.Line}
	if file == here {
		return p.ReportLine(line, sameFile, lint.Int(other.Line)).Also(also)
	}
	return p.ReportLine(line, otherFile, lint.Int(other.Line), lint.Text(file.Name)).Also(also)
}

var duplicateExample = lint.Rule{
	ID: "FTQ001", Name: "duplicate-example", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers | lint.Measured, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "An example stands in the data more than once",
		Why: "It weighs as much as its copies together, without anybody having decided so, and its tokens are paid for each time; it is learnt by heart sooner. Of 187 real files 35 have such lines. " +
			"No service refuses them: OpenAI's old prepare_data tool offered to remove them. Key order, white space and the way of escaping do not count. All training files of a run are looked at together, and so are all validation files. The fix keeps the first one.",
		Help:     "remove the copies, or train for more epochs if they are to count more",
		BadFile:  sample(func() string { return goodFile() + secondLine(goodFile()) }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	Gathers: rows,
	Across: func(p *lint.Pass, files []lint.Gathered) {
		training, validation := sides(files)
		duplicates(p, &training)
		duplicates(p, &validation)
	},
}

// duplicates reports examples that are the same as an earlier one.
func duplicates(p *lint.Pass, s *side) {
	if s.n == 0 {
		return
	}
	x := stats.NewIndex(s.n)
	defer x.Free()
	s.each(p, func(i int, row *stats.Row) {
		if first := s.whole(x, i, row); first >= 0 {
			_, here := s.find(i)
			s.reportOther(p, here, row.Line, first, "the same example as on line %s", "the same example as on line %s of %s").Drop()
		}
	})
}

// secondLine is the second line of a file.
func secondLine(file string) string {
	return string(bytes.SplitAfter([]byte(file), []byte("\n"))[1])
}

var conflictingAnswers = lint.Rule{
	ID: "FTQ003", Name: "conflicting-answers", Since: since,
	Severity: lint.Warning, Evidence: lint.Measured,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "The same prompt has different answers",
		Why: "The model cannot learn both: where one answer is right the others are wrong, and the loss stays high. Of 118 real chat files 25 have such prompts. For free texts, such as stories, several answers can be meant: then switch the rule off. " +
			"Compared are all messages before the answer, with the tools. Answers with weight 0 do not count.",
		Help:     "keep the right answer, or put into the prompt what makes the difference",
		BadFile:  sample(func() string { return goodFile() + otherAnswer(goodFile()) }),
		GoodFile: sample(func() string { return goodFile() }),
	},
	Gathers: rows,
	Across: func(p *lint.Pass, files []lint.Gathered) {
		training, validation := sides(files)
		conflicts(p, &training)
		conflicts(p, &validation)
	},
}

// otherAnswer is the second line of a file of sums with another answer.
func otherAnswer(file string) string {
	return string(bytes.Replace([]byte(secondLine(file)), []byte("That is "), []byte("That is about "), 1))
}

// conflicts reports answers that differ from the first one to the same prompt, each
// once.
func conflicts(p *lint.Pass, s *side) {
	if s.n == 0 {
		return
	}
	prompts := stats.NewIndex(s.n)
	defer prompts.Free()
	var answers *stats.Index // of those that differ: most files have none
	s.each(p, func(i int, row *stats.Row) {
		if row.Prompt == 0 || row.Answer == 0 {
			return
		}
		first := s.prompt(prompts, i, row)
		if first < 0 || s.row(first).Answer == row.Answer {
			return
		}
		if answers == nil {
			answers = stats.NewIndex(s.n)
			defer answers.Free()
		}
		if answers.Find(row.Prompt^row.Answer, i, func(j int) bool { return s.row(j).Prompt == row.Prompt && s.row(j).Answer == row.Answer }) >= 0 {
			return
		}
		_, here := s.find(i)
		s.reportOther(p, here, row.Line, first, "the same prompt as on line %s has another answer here", "the same prompt as on line %s of %s has another answer here")
	})
}

var trainValOverlap = lint.Rule{
	ID: "FTQ004", Name: "train-val-overlap", Since: since,
	Severity: lint.Error, Evidence: lint.Documented | lint.Measured, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs:   lint.NeedMessages,
	Applies: func(s *lint.Settings) bool { return s.HasValidation },
	Doc: lint.Doc{
		Title: "An example stands in the training and in the validation data",
		Why: "What was trained cannot measure how well the model does on what it has not seen: the validation loss looks better than it is, and overfitting stays hidden. OpenAI documents that the same data should not be in both files. Of 43 real pairs of files three overlap, two of them completely. " +
			"Where only the prompt is the same it is a warning, and with --near-duplicates also where they are nearly the same (FTQ002). What stands in the validation data several times is told once. The fix drops from the training files what is in both.",
		Help: "remove the example from the training file",
	},
	Gathers: rows,
	Across: func(p *lint.Pass, files []lint.Gathered) {
		training, validation := sides(files)
		if training.n > 0 && validation.n > 0 {
			overlap(p, &training, &validation)
		}
	},
}

// overlap reports what of the validation files stands in the training files.
func overlap(p *lint.Pass, training, validation *side) {
	wholes, prompts, seen := stats.NewIndex(training.n), stats.NewIndex(training.n), stats.NewIndex(validation.n)
	var near *stats.Near
	if p.NearDuplicates > 0 {
		near = stats.NewNear(p.NearDuplicates, training.n, training.sketch)
	}
	copies := map[int][]int{} // of training examples, where they are to be dropped
	training.each(p, func(i int, row *stats.Row) {
		if first := training.whole(wholes, i, row); first >= 0 {
			if p.Fixing(lint.UnsafeFix) {
				copies[first] = append(copies[first], i)
			}
			return
		}
		if row.Prompt != 0 {
			training.prompt(prompts, i, row)
		}
		if near != nil {
			near.Put(i)
		}
	})
	validation.each(p, func(i int, row *stats.Row) {
		if validation.whole(seen, i, row) >= 0 {
			return
		}
		if same := training.whole(wholes, -1, row); same >= 0 {
			_, here := validation.find(i)
			leak := training.reportLeak(p, lint.Error, row.Line, same, "is also in the training data: line %s of %s")
			for _, i := range append(copies[same], same) {
				other, file := training.find(i)
				leak.DropIn(file, other.Line, "is also in the validation data: line %s of %s", lint.Int(row.Line), lint.Text(here.Name))
			}
			return
		}
		if row.Prompt != 0 {
			if same := training.prompt(prompts, -1, row); same >= 0 {
				training.reportLeak(p, lint.Warning, row.Line, same, "its prompt is also in the training data: line %s of %s")
				return
			}
		}
		if near != nil {
			reportNear(p, near, training, validation, i)
		}
	})
}

// reportLeak reports a line of the validation data by what it has in common with row i
// of the training data.
func (s *side) reportLeak(p *lint.Pass, severity lint.Severity, line int64, i int, reason string) lint.Reported {
	other, file := s.find(i)
	return p.ReportLineAs(severity, line, reason, lint.Int(other.Line), lint.Text(file.Name)).Also(lint.Line{File: file.Name, Line: other.Line})
}
