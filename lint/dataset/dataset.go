// Package dataset is the record model: it turns one line of a fine-tuning
// dataset into an [Example] whose every value keeps its place in the line.
//
// A [Decoder] accepts a line exactly where RFC 8259 does (and, like
// encoding/json, nests at most [MaxDepth] deep). It checks UTF-8, duplicate
// keys and lone surrogates on the way, builds nothing for values that no rule
// looks at, and computes JSON paths only when [PathsAt] asks for them.
package dataset

import "strings"

// Provider is a set of fine-tuning services.
type Provider uint8

// The providers whose rules are known.
const (
	Azure Provider = 1 << iota
	OpenAI

	AllProviders = Azure | OpenAI
)

// String names the providers in p, joined with "+".
func (p Provider) String() string {
	return joinBits(uint(p), []string{"azure", "openai"})
}

// Method is a set of training methods.
type Method uint8

// The training methods a dataset can be made for.
const (
	SFT        Method = 1 << iota // supervised fine-tuning: {"messages": [...]}
	DPO                           // preference optimization: {"input", "preferred_output", "non_preferred_output"}
	RFT                           // reinforcement: {"messages": [...], and anything the grader reads}
	Completion                    // legacy completion: {"prompt", "completion"}

	AllMethods = SFT | DPO | RFT | Completion
)

// String names the methods in m, joined with "+".
func (m Method) String() string {
	return joinBits(uint(m), []string{"sft", "dpo", "rft", "completion"})
}

// Shape returns the shape that the lines of a file for method m have.
func (m Method) Shape() Shape {
	switch m {
	case DPO:
		return ShapePreference
	case Completion:
		return ShapeCompletion
	default:
		return ShapeChat
	}
}

func joinBits(bits uint, names []string) string {
	var set []string
	for i, name := range names {
		if bits&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, "+")
}

// Shape is what kind of record a line holds, told by its top-level keys.
type Shape uint8

// The shapes that are told apart. Those after ShapeCompletion belong to other
// tools: no fine-tuning service takes them.
const (
	ShapeUnknown        Shape = iota
	ShapeChat                 // messages
	ShapePreference           // input, preferred_output, non_preferred_output
	ShapeCompletion           // prompt, completion
	ShapeShareGPT             // conversations with from and value
	ShapeAlpaca               // instruction, output
	ShapeInputOutput          // input, output
	ShapeText                 // text
	ShapeChosenRejected       // chosen, rejected
	ShapeChosenMessages       // chosen_messages, rejected_messages
	ShapeBatchRequest         // custom_id, method, url, body

	NumShapes = int(iota)
)

// Foreign reports whether s is a known shape that no fine-tuning service takes.
func (s Shape) Foreign() bool { return s > ShapeCompletion }

// String describes the shape in a few words.
func (s Shape) String() string {
	return [NumShapes]string{
		"unknown", "chat", "preference", "completion",
		"ShareGPT", "Alpaca", "input/output", "plain text", "chosen/rejected",
		"chosen_messages/rejected_messages", "Batch API request",
	}[s]
}
