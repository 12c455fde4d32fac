package lint

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/ftlint/ftlint/lint/dataset"
)

// detected is what the beginning of a file tells of its lines: the shape that
// most of them have, and the method that this is for. A file of which no line
// has a shape that is trained has no method.
type detected struct {
	format      dataset.Shape
	method      dataset.Method
	unknownKeys []string // of the first line without a shape
}

func detect(head []byte, whole bool, separator byte) (d detected) {
	decoder := dataset.NewDecoder(dataset.Options{Messages: true})
	var shapes [dataset.NumShapes]int
	// Chat lines that end with an assistant message, and with a user message; that
	// have fields for a grader; that have a system message and no such fields.
	var answered, asked, graded, instructed int
	for len(head) > 0 {
		line, rest, found := bytes.Cut(head, []byte{separator})
		head = rest
		if !found && !whole && shapes != [dataset.NumShapes]int{} {
			break // cut off: only looked at where there is nothing better
		}
		e := decoder.Decode(bytes.TrimSuffix(line, []byte("\r")))
		if e.Top.Kind != dataset.Object || e.Broken && found {
			continue
		}
		shapes[e.Shape]++
		if e.Shape == dataset.ShapeUnknown && d.unknownKeys == nil {
			for _, f := range e.Fields[:min(len(e.Fields), maxUnknownKeys)] {
				d.unknownKeys = append(d.unknownKeys, string(e.Text(f.Key)))
			}
		}
		if e.Shape == dataset.ShapeChat && !e.Broken {
			switch lastRole(e) {
			case dataset.RoleAssistant:
				answered++
			case dataset.RoleUser:
				asked++
			}
			switch {
			case e.Keys&^chatKeys != 0 || len(e.Fields) > bits.OnesCount32(uint32(e.Keys)):
				graded++
			case hasSystem(e):
				instructed++
			}
		}
	}
	d.format = commonest(shapes)
	switch {
	case shapes == [dataset.NumShapes]int{}:
		// Not one object: the rules on lines will say so.
		d.format, d.method = dataset.ShapeChat, dataset.SFT
	case d.format == dataset.ShapePreference:
		d.method = dataset.DPO
	case d.format == dataset.ShapeCompletion:
		d.method = dataset.Completion
	case d.format == dataset.ShapeChat && asked > answered && instructed == 0 && (whole || graded > 0 || asked > few):
		// Questions without answers, and no system messages, which reinforcement
		// does not allow. A few lines of a long file do not show it alone.
		d.method = dataset.RFT
	case d.format == dataset.ShapeChat:
		d.method = dataset.SFT
	}
	return d
}

// maxUnknownKeys is how many keys of a line without a shape are kept.
const maxUnknownKeys = 20

// few is the number of lines that show nothing of the rest of a file.
const few = 2

// chatKeys are the keys of a supervised line. Others are for a grader.
const chatKeys = dataset.Keys(1<<dataset.KeyMessages | 1<<dataset.KeyTools | 1<<dataset.KeyParallelToolCalls | 1<<dataset.KeyFunctions)

func hasSystem(e *dataset.Example) bool {
	for i := range e.Messages.Items {
		if e.Messages.Items[i].Role == dataset.RoleSystem {
			return true
		}
	}
	return false
}

// commonest returns the commonest shape; one that is trained goes before those
// that are not.
func commonest(shapes [dataset.NumShapes]int) dataset.Shape {
	best := dataset.ShapeUnknown
	for _, s := range []dataset.Shape{dataset.ShapeChat, dataset.ShapePreference, dataset.ShapeCompletion} {
		if shapes[s] > shapes[best] || best == dataset.ShapeUnknown && shapes[s] > 0 {
			best = s
		}
	}
	if best != dataset.ShapeUnknown {
		return best
	}
	for s := dataset.ShapeCompletion + 1; int(s) < dataset.NumShapes; s++ {
		if shapes[s] > 0 && (best == dataset.ShapeUnknown || shapes[s] > shapes[best]) {
			best = s
		}
	}
	return best
}

func lastRole(e *dataset.Example) dataset.Role {
	if n := len(e.Messages.Items); n > 0 {
		return e.Messages.Items[n-1].Role
	}
	return dataset.RoleNone
}

// sortFound sorts what was found in a line by its place.
func sortFound(found []found) {
	if len(found) > 1 {
		slices.SortStableFunc(found, compareFound)
	}
}

func compareFound(a, b found) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.rule.index, b.rule.index))
}
