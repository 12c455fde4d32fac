package rules

import (
	"bytes"
	"encoding/json"

	"github.com/bytedance/sonic"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on examples (FTE), but for weights.

var messagesMissing = lint.Rule{
	ID: "FTE001", Name: "messages-missing", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.RFT,
	Needs: lint.NeedObject, When: dataset.FactFields,
	Doc: lint.Doc{
		Title: "The line has no messages",
		Why:   "A chat example is an object with the key messages; the service refuses the file otherwise: \"Example X is missing key 'messages'\". Where no line of a file has a format that is known, one finding on the file says so. Keys are compared letter by letter: Messages and message are other keys.",
		Help:  "put the conversation under the key messages, spelt like this",
		Bad:   []string{`{"dialogue":[` + sysMsg + `,` + userMsg + `,` + botMsg + `]}`},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Shape != dataset.ShapeUnknown {
			return
		}
		for _, f := range e.Fields {
			if almostMessages(e.Text(f.Key)) {
				p.ReportField(f, `%s is not a key of a chat example; did you mean "messages"?`, lint.JSON(f.Key))
				return
			}
		}
		p.Report(e.Top, "`messages` is missing")
	},
	File: func(p *lint.Pass, f *lint.File) {
		// A file of which not one line is an object has been told so line by
		// line, and so has one whose method is set.
		if p.Method == 0 && f.Form.Lines() && f.Format == dataset.ShapeUnknown && f.Shapes[dataset.ShapeUnknown].Lines > 0 {
			for _, key := range f.UnknownKeys {
				if almostMessages([]byte(key)) {
					p.ReportLines(f.Shapes[dataset.ShapeUnknown].First, f.Shapes[dataset.ShapeUnknown].Lines,
						"no format for fine-tuning: did you mean `messages` by `%s`?", lint.Text(key))
					return
				}
			}
			p.ReportLines(f.Shapes[dataset.ShapeUnknown].First, f.Shapes[dataset.ShapeUnknown].Lines,
				"no format for fine-tuning: the lines have neither `messages`, nor `input` with `preferred_output` and `non_preferred_output`, nor `prompt` and `completion`")
		}
	},
}

// almostMessages reports whether a key was probably meant to be "messages".
func almostMessages(key []byte) bool {
	key = bytes.ToLower(bytes.TrimSpace(key))
	switch string(key) {
	case "messages", "message", "mesages", "messsages", "massages":
		return true
	}
	return false
}

var messagesType = lint.Rule{
	ID: "FTE002", Name: "messages-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.RFT,
	Needs: lint.NeedExample, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "messages is not an array",
		Why:   "The documented schema wants an array of message objects. A string that holds JSON means that the messages were encoded twice, as exports from tables often do.",
		Help:  "write messages as an array of objects; decode it once more if it is a string",
		Bad:   []string{`{"messages":"[{\"role\":\"user\",\"content\":\"Hello\"},{\"role\":\"assistant\",\"content\":\"Hi\"}]"}`},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		switch v := e.Messages.Value; v.Kind {
		case dataset.Array, dataset.Absent:
		case dataset.String:
			if text := e.Text(v); encodedTwice(text) {
				told := p.Report(v, "is a string that holds a JSON array: the messages were encoded twice")
				if bytes.TrimSpace(text)[0] == '[' && faultless(e) && json.Valid(text) {
					told.Fix(lint.UnsafeFix, func(ed *lint.Editor) { ed.Replace(v, oneLine(text)) })
				}
				return
			}
			fallthrough
		default:
			p.Report(v, "is %s, but must be an array of messages", lint.Text(v.Kind.String()))
		}
	},
}

// encodedTwice reports whether text is a JSON array or object.
func encodedTwice(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && (text[0] == '[' || text[0] == '{') && sonic.Valid(text)
}

var messagesEmpty = lint.Rule{
	ID: "FTE003", Name: "messages-empty", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "messages is empty",
		Why:   "The documented schema wants at least one message, and there is nothing to train on.",
		Help:  "remove the line or give it its messages",
		Bad:   []string{`{"messages":[]}`},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Messages.Kind == dataset.Array && len(e.Messages.Items) == 0 {
			p.Report(e.Messages.Value, "is empty: an example has at least one message")
		}
	},
}

// The top-level keys that each format has.
var (
	chatKeys       = dataset.KeySet(dataset.KeyMessages, dataset.KeyTools, dataset.KeyParallelToolCalls, dataset.KeyFunctions)
	preferenceKeys = dataset.KeySet(dataset.KeyInput, dataset.KeyPreferredOutput, dataset.KeyNonPreferredOutput)
)

// requestParam reports whether key is a parameter of a request to the API,
// which has no place in an example. Parameters that could as well be text to
// be trained (instructions, reasoning, suffix) are not among them: removing
// these is not safe.
func requestParam(key []byte) bool {
	switch string(key) {
	case "model", "max_tokens", "max_completion_tokens", "max_output_tokens", "temperature", "top_p", "top_k", "n",
		"stream", "stream_options", "stop", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs",
		"top_logprobs", "seed", "user", "response_format", "tool_choice", "function_call", "metadata", "store",
		"service_tier", "reasoning_effort", "verbosity", "modalities", "web_search_options", "safety_identifier",
		"prompt_cache_key", "best_of", "echo", "previous_response_id", "data_sources":
		return true
	}
	return false
}

// extraKeys calls f with every top-level member that the method's format has
// not, request parameters or others.
func extraKeys(p *lint.Pass, e *dataset.Example, params bool, f func(dataset.Field)) {
	allowed := chatKeys
	if p.Method == dataset.DPO {
		allowed = preferenceKeys
	}
	for _, field := range e.Fields {
		if allowed.Has(field.ID) {
			continue
		}
		if requestParam(e.Text(field.Key)) == params {
			f(field)
		}
	}
}

var unknownTopKey = lint.Rule{
	ID: "FTE004", Name: "unknown-top-key", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO | dataset.Completion,
	Needs: lint.NeedExample, When: dataset.FactFields,
	Doc: lint.Doc{
		Title: "The line has a key that its format does not have",
		Why: "The services refuse every additional key: \"Example 1 contains an extra \"weight\"\". Supervised examples have messages, tools, parallel_tool_calls and (deprecated) functions; " +
			"preference examples have input, preferred_output and non_preferred_output. Only reinforcement examples may carry more.",
		Help: "remove the key, or move it to where it belongs",
		Bad:  []string{`{"messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `],"source":"forum"}`},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if p.Method == dataset.Completion || p.Method == dataset.DPO && missingParts(e) != "" {
			return // FTC001, FTP001: the key may be the missing one, misspelt
		}
		extraKeys(p, e, false, func(f dataset.Field) {
			switch {
			case f.ID == dataset.KeyWeight:
				p.ReportField(f, "%s belongs into an assistant message, not here", lint.JSON(f.Key)).Fix(lint.UnsafeFix, remove(f.Value))
			case p.Method == dataset.DPO && (f.ID == dataset.KeyTools || f.ID == dataset.KeyParallelToolCalls):
				told := p.ReportField(f, "%s belongs into `input`, not here", lint.JSON(f.Key))
				if in := &e.Preference; in.Input.Kind == dataset.Object && !in.InputKeys.Has(f.ID) {
					told.Fix(lint.UnsafeFix, func(ed *lint.Editor) {
						ed.Insert(in.Input, string(e.Raw(f.Key))+":"+string(e.Raw(f.Value)))
						ed.Remove(f.Value)
					})
				}
			case f.ID == dataset.KeyToolCalls:
				p.ReportField(f, "%s belongs into an assistant message, not here", lint.JSON(f.Key))
			default:
				p.ReportField(f, "%s is not a key of %s examples: the service refuses it", lint.JSON(f.Key), lint.Text(p.Method.Shape().String())).Fix(lint.UnsafeFix, remove(f.Value))
			}
		})
	},
}

var requestParameter = lint.Rule{
	ID: "FTE005", Name: "request-param", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO,
	Needs: lint.NeedExample, When: dataset.FactFields,
	Doc: lint.Doc{
		Title: "The line has a parameter of an API request",
		Why:   "The line looks like a logged request. An example holds the conversation only; what the model is asked with (model, temperature, max_tokens, response_format and so on) is no part of it, and the service refuses every extra key: \"contains an extra ...\".",
		Help:  "remove the parameter: what is trained does not change",
		Bad:   []string{`{"model":"gpt-4.1-mini","messages":[` + sysMsg + `,` + userMsg + `,` + botMsg + `]}`},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		extraKeys(p, e, true, func(f dataset.Field) {
			p.ReportField(f, "%s is a parameter of a request, not of an example: the service refuses it", lint.JSON(f.Key)).Fix(lint.SafeFix, remove(f.Value))
		})
	},
}

// has reports whether one of the messages has the role.
func has(messages []dataset.Message, role dataset.Role) bool {
	for i := range messages {
		if messages[i].Role == role {
			return true
		}
	}
	return false
}

// systemLike reports whether a message is one of instructions.
func systemLike(m *dataset.Message) bool {
	return m.Role == dataset.RoleSystem || m.Role == dataset.RoleDeveloper
}

// onlySystem reports whether there are messages and all are instructions.
func onlySystem(messages []dataset.Message) bool {
	for i := range messages {
		if !systemLike(&messages[i]) {
			return false
		}
	}
	return len(messages) > 0
}

// oddRoles reports whether some message has no role that is known, so that the
// rules on which roles an example has cannot tell.
func oddRoles(e *dataset.Example) bool { return e.Facts&dataset.FactOddMessage != 0 }

var noAssistant = lint.Rule{
	ID: "FTE006", Name: "no-assistant", Since: since,
	Severity: lint.Error, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The example has no assistant message",
		Why: "Supervised training learns the assistant's messages, and here is none: the example costs tokens and teaches nothing. OpenAI's cookbook and other validators check it. " +
			"The level is advice in so far as no service is known to refuse such a line.",
		Help: "add the answer to be learnt, remove the line, or declare --method rft if these are tasks for reinforcement",
		Bad:  []string{chat(sysMsg, userMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if len(m) == 0 || m[len(m)-1].Role == dataset.RoleAssistant || oddRoles(e) || has(m, dataset.RoleAssistant) || onlySystem(m) {
			return
		}
		p.Report(e.Messages.Value, "no assistant message: there is nothing to train")
	},
}

var lastNotAssistant = lint.Rule{
	ID: "FTE007", Name: "last-not-assistant", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The last message is not the assistant's",
		Why: "What follows the last answer cannot be learnt: it only costs tokens, and often the answer that belongs there got lost. Microsoft's notes and several other validators ask for it. " +
			"This is advice: OpenAI's documents do not, and no service is known to refuse it.",
		Help: "add the missing answer or cut the messages after the last one",
		Bad:  []string{chat(sysMsg, userMsg, botMsg, `{"role":"user","content":"Thank you!"}`)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if len(m) == 0 {
			return
		}
		switch last := &m[len(m)-1]; last.Role {
		case dataset.RoleAssistant, dataset.RoleNone, dataset.RoleOther:
		case dataset.RoleSystem, dataset.RoleDeveloper: // FTE010
		default:
			if has(m, dataset.RoleAssistant) {
				p.Report(last.Value, "the last message has the role %s: nothing after the last assistant message is learnt", lint.Text(last.Role.String())).Fix(lint.UnsafeFix, func(ed *lint.Editor) {
					for i := len(m) - 1; m[i].Role != dataset.RoleAssistant; i-- {
						ed.Remove(m[i].Value)
					}
				})
			}
		}
	},
}

var noUser = lint.Rule{
	ID: "FTE008", Name: "no-user", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The example has no user message",
		Why: "The model will be asked by users, so examples without a question seldom teach what is meant. Microsoft's notes ask for one and OpenAI's cookbook warns. " +
			"This is advice: no service is known to refuse it.",
		Help: "add the user's message that the answer belongs to",
		Bad:  []string{chat(sysMsg, botMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if len(m) == 0 || has(m, dataset.RoleUser) || oddRoles(e) || onlySystem(m) {
			return
		}
		p.Report(e.Messages.Value, "no user message")
	},
}

var noSystem = lint.Rule{
	ID: "FTE009", Name: "no-system", Since: since,
	Severity: lint.Info, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The example has no system message",
		Why: "A system message is not required. The trained model works best when it is asked as it was trained, so leave it out only if you will leave it out in use. " +
			"This is advice, from a check in OpenAI's cookbook: the services accept examples without one.",
		Help: "nothing need be done if you will ask the model without a system message",
		Bad:  []string{chat(userMsg, botMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if len(m) == 0 || systemLike(&m[0]) || oddRoles(e) || has(m, dataset.RoleSystem) || has(m, dataset.RoleDeveloper) {
			return
		}
		p.Report(e.Messages.Value, "no system message, which is accepted")
	},
}

// leadingSystem returns how many messages of instructions the example begins with.
func leadingSystem(m []dataset.Message) int {
	n := 0
	for n < len(m) && systemLike(&m[n]) {
		n++
	}
	return n
}

// lateSystem returns the first message of instructions that follows another
// kind of message, or nil.
func lateSystem(m []dataset.Message) *dataset.Message {
	for i := leadingSystem(m); i < len(m); i++ {
		if systemLike(&m[i]) {
			return &m[i]
		}
	}
	return nil
}

var systemNotFirst = lint.Rule{
	ID: "FTE010", Name: "system-not-first", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "A system message comes after other messages",
		Why: "Chat models see their instructions first, and several validators ask for the system message at the start. " +
			"This is advice: no service is known to refuse another order.",
		Help: "move the instructions to the start of the conversation",
		Bad:  []string{chat(userMsg, sysMsg, botMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if m := lateSystem(e.Messages.Items); m != nil {
			p.Report(m.Value, "a %s message comes after other messages, not at the start", lint.Text(m.Role.String()))
		}
	},
}

var severalSystem = lint.Rule{
	ID: "FTE011", Name: "several-system", Since: since,
	Severity: lint.Info, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The example begins with several system messages",
		Why: "One is usual, and some other services allow only one. Where the second comes later in the conversation FTE010 tells it. " +
			"This is advice: no service is known to refuse it.",
		Help: "join the instructions in one message",
		Bad:  []string{chat(sysMsg, `{"role":"system","content":"Be polite."}`, userMsg, botMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if n := leadingSystem(m); n > 1 && n < len(m) && lateSystem(m) == nil {
			p.Report(m[1].Value, "the example begins with %s system messages", lint.Int(int64(n)))
		}
	},
}

// maxMessages is Azure's limit on the messages of a chat request.
const maxMessages = 2048

var tooManyMessages = lint.Rule{
	ID: "FTE013", Name: "too-many-messages", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactTurns | dataset.FactFault,
	Doc: lint.Doc{
		Title: "The example has more than 2,048 messages",
		Why: "Azure documents 2,048 messages as the limit of a chat request; whether training has the same one is not documented. " +
			"So long an example is over the token limit as well and would be cut. Above 65,536 messages, parts, calls or keys in one line ftlint itself looks no further, which is an error.",
		Help: "part the conversation into several examples",
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if e.Facts&dataset.FactFault != 0 {
			for _, f := range e.Faults {
				if f.Kind == dataset.FaultManyItems {
					p.ReportAs(lint.Error, inside(f), "more than %s messages, parts, calls or keys in one line: those from here on were not checked", lint.Int(dataset.MaxItems))
					return
				}
			}
		}
		list := &e.Messages
		if p.Method == dataset.DPO {
			list = &e.Preference.Messages
		}
		if n := len(list.Items); n > maxMessages && p.Provider&dataset.Azure != 0 {
			p.Report(list.Value, "%s messages are more than the 2,048 that a chat request may have", lint.Int(int64(n)))
		}
	},
}

var otherFormat = lint.Rule{
	ID: "FTE014", Name: "sharegpt-format", Since: since,
	Severity: lint.Error, Evidence: lint.Inferred, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedObject, When: dataset.FactFields,
	Doc: lint.Doc{
		Title: "The data are in the format of another tool",
		Why: "ShareGPT, Alpaca, TRL and others have formats of their own, and Batch API requests look similar too; the services' schemas know none of them. " +
			"That is inferred from the documented formats rather than from an answer of a service, and the level is advice to that extent. A file that is wholly of such a kind gets one finding that names it.",
		Help: "convert the records to {\"messages\": [...]} or, for pairs, to input, preferred_output and non_preferred_output",
		Bad:  []string{`{"conversations":[{"from":"human","value":"What is the capital of Peru?"},{"from":"gpt","value":"Lima."}]}`},
		Good: []string{goodChat},
		BadFile: sample(func() string {
			return bom + `{"instruction":"Name the capital.","input":"Peru","output":"Lima"}` + "\n" +
				`{"instruction":"Name the capital.","input":"Chile","output":"Santiago"}` + "\n"
		}),
		GoodFile: sample(func() string { return goodFile() }),
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		// Of a file that is wholly of such a kind only the fix is wanted here.
		if !e.Shape.Foreign() || p.Method == 0 && !p.Fixing(lint.UnsafeFix) {
			return
		}
		told := p.Report(e.Top, otherFormats[e.Shape])
		if line := converted(e); line != "" {
			told.Fix(lint.UnsafeFix, func(ed *lint.Editor) { ed.ReplaceLine(line) })
		}
	},
	File: func(p *lint.Pass, f *lint.File) {
		if p.Method == 0 && f.Form.Lines() && f.Format.Foreign() {
			told := p.ReportFile(otherFormats[f.Format])
			if convertible(f.Format) {
				told.Fix(lint.UnsafeFix, nil)
			}
		}
	},
}

// otherFormats says what is in place of a format that a service takes.
var otherFormats = [dataset.NumShapes]string{
	dataset.ShapeShareGPT:       "ShareGPT format (`conversations`): the services want `messages` with `role` and `content`",
	dataset.ShapeAlpaca:         "Alpaca format (`instruction`, `output`): the services want `messages` with `role` and `content`",
	dataset.ShapeInputOutput:    "`input` and `output` pairs: the services want `messages` with `role` and `content`",
	dataset.ShapeText:           "plain text records (`text`): the services want `messages` with `role` and `content`",
	dataset.ShapeChosenRejected: "preference pairs as `chosen` and `rejected`: the services want `input`, `preferred_output` and `non_preferred_output`",
	dataset.ShapeChosenMessages: "preference pairs as `chosen_messages` and `rejected_messages`: the services want `input`, `preferred_output` and `non_preferred_output`",
	dataset.ShapeBatchRequest:   "Batch API requests (`custom_id`, `method`, `url`, `body`): these are for the Batch API, not for fine-tuning",
}

var systemOnOwnLine = lint.Rule{
	ID: "FTE015", Name: "system-on-own-line", Since: since,
	Severity: lint.Warning, Evidence: lint.Weak,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The line holds nothing but a system message",
		Why: "Every line is an example of its own: a system message on the first line of the file does not hold for the lines after it, and this line teaches nothing. Users have reported it from their own files. " +
			"This is advice: no service is known to refuse it.",
		Help: "repeat the system message at the start of every example, and remove this line",
		Bad:  []string{chat(sysMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		if m := e.Messages.Items; onlySystem(m) {
			p.Report(e.Messages.Value, "nothing but a system message: it does not hold for the other lines")
		}
	},
}
