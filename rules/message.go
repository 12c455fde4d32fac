package rules

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on messages (FTM), but for weights.

// known reports whether a message is an object with a role of the schema. The
// rules on what a role may have look at no other.
func known(m *dataset.Message) bool {
	return m.Role != dataset.RoleNone && m.Role != dataset.RoleOther
}

// messages returns the messages of an example. Of a chat line these are its
// messages only: reinforcement data may hold others in fields of their own,
// which are the grader's business.
func messages(e *dataset.Example) []dataset.Message {
	if e.Shape == dataset.ShapeChat {
		return e.Messages.Items
	}
	return e.All
}

// output reports whether a message is an output of a preference pair.
func output(m *dataset.Message) bool {
	return m.List == dataset.ListPreferred || m.List == dataset.ListNonPreferred
}

// hasCalls reports whether a message calls a tool or a function. A tool_calls
// that is not an array counts: that is FTT019's to tell.
func hasCalls(m *dataset.Message) bool {
	return m.FunctionCall.Filled() || m.ToolCalls.Filled() && (m.ToolCalls.Kind != dataset.Array || len(m.Calls) > 0)
}

// contentOptional reports whether a message says something without content.
func contentOptional(m *dataset.Message) bool {
	return m.Role == dataset.RoleAssistant && (hasCalls(m) || m.Refusal.Filled())
}

var roleMissing = lint.Rule{
	ID: "FTM001", Name: "role-missing", Since: since,
	Severity: lint.Error, Evidence: lint.Seen,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactOddMessage,
	Doc: lint.Doc{
		Title: "A message has no role",
		Why:   "The role decides how a message is read, and the service refuses the file without it: \"Example 100, message 2 Discriminator 'role' is missing in value\".",
		Help:  "give the message its role: system, user, assistant or tool",
		Bad:   []string{chat(sysMsg, `{"content":"What is the capital of Peru?"}`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Kind != dataset.Object || m.RoleValue.Present() {
				continue
			}
			if from := fieldNamed(e, m.Other, "from"); from.Value.Present() {
				p.Report(m.Value, "`role` is missing: ShareGPT's `from` and `value` are `role` and `content` here")
			} else {
				p.Report(m.Value, "`role` is missing")
			}
		}
	},
}

// fieldNamed returns the field with the key, or a field whose value is absent.
func fieldNamed(e *dataset.Example, fields []dataset.Field, key string) dataset.Field {
	for _, f := range fields {
		if string(e.Text(f.Key)) == key {
			return f
		}
	}
	return dataset.Field{}
}

var roleUnknown = lint.Rule{
	ID: "FTM002", Name: "role-unknown", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactOddMessage,
	Doc: lint.Doc{
		Title: "A message has a role that does not exist",
		Why:   "The documented schema knows the roles system, developer, user, assistant, tool and (deprecated) function, in small letters and without spaces. It refuses others, such as ShareGPT's human and gpt.",
		Help:  "use the role that is meant",
		Bad:   []string{chat(sysMsg, `{"role":"human","content":"What is the capital of Peru?"}`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Role != dataset.RoleOther {
				continue
			}
			if meant := meantRole(e.Text(m.RoleValue)); meant != "" {
				told := p.Report(m.RoleValue, `%s is not a role; did you mean "%s"?`, lint.JSON(m.RoleValue), lint.Text(meant))
				if onlyRole(e, m, meant) {
					told.Fix(lint.UnsafeFix, func(ed *lint.Editor) { ed.Replace(m.RoleValue, quote([]byte(meant))) })
				}
			} else {
				p.Report(m.RoleValue, "%s is not a role: use system, user, assistant or tool", lint.JSON(m.RoleValue))
			}
		}
	},
}

// wordBuffer has room for the words that are compared without regard to case:
// a million lines can have the same wrong one.
type wordBuffer [20]byte

// fold returns word in lower case and without white space around it, or
// nothing where it is too long.
func (b *wordBuffer) fold(word []byte) []byte {
	word = bytes.TrimSpace(word)
	if len(word) > len(b) {
		return nil
	}
	for i, c := range word {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b[i] = c
	}
	return b[:len(word)]
}

// meantRole guesses which role was meant by a name that is none.
func meantRole(role []byte) string {
	var buf wordBuffer
	switch name := buf.fold(role); string(name) {
	case "system", "developer", "user", "assistant", "tool", "function":
		return string(name)
	case "human", "customer", "client", "question", "prompter", "person", "usr", "users", "visitor", "prompt", "input":
		return "user"
	case "bot", "gpt", "ai", "model", "chatgpt", "chatbot", "agent", "answer", "response", "completion", "output",
		"function_call", "function-call", "assistent", "asistant", "assisstant", "assistants", "bing", "bard", "claude", "llm":
		return "assistant"
	case "sys", "context", "instruction", "instructions", "systems":
		return "system"
	case "observation", "tool_response", "tool_result", "tool-response", "tools", "ipython", "function_response", "environment":
		return "tool"
	}
	return ""
}

var developerRole = lint.Rule{
	ID: "FTM003", Name: "developer-role", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.DPO,
	Needs: lint.NeedMessages, When: dataset.FactDeveloper,
	Doc: lint.Doc{
		Title: "A developer message outside of reinforcement data",
		Why:   "The schemas for supervised and preference training of July 2025 have system messages and no developer messages; only reinforcement has them. What the service answers to one has not been verified, hence a warning.",
		Help:  "use the role system",
		Bad:   []string{chat(`{"role":"developer","content":"You answer in one sentence."}`, userMsg, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			if m := &all[i]; m.Role == dataset.RoleDeveloper && !output(m) {
				p.Report(m.RoleValue, `%s messages are documented for reinforcement only: use "system"`, lint.JSON(m.RoleValue)).Fix(lint.UnsafeFix, replace(m.RoleValue, `"system"`))
			}
		}
	},
}

var systemInRFT = lint.Rule{
	ID: "FTM004", Name: "system-in-rft", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.Azure, Methods: dataset.RFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "A system message in reinforcement data",
		Why:   "Azure refuses it: \"System messages are not supported in 'reinforcement' examples\". Reasoning models take their instructions as developer messages.",
		Help:  "use the role developer",
		Bad:   []string{`{"messages":[` + sysMsg + `,` + userMsg + `],"reference_answer":"Lima"}`},
		Good:  []string{`{"messages":[{"role":"developer","content":"You answer in one word."},` + userMsg + `],"reference_answer":"Lima"}`},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			if m := &all[i]; m.Role == dataset.RoleSystem {
				p.Report(m.RoleValue, `%s messages are refused in reinforcement data: use "developer"`, lint.JSON(m.RoleValue)).Fix(lint.SafeFix, replace(m.RoleValue, `"developer"`))
			}
		}
	},
}

var functionRole = lint.Rule{
	ID: "FTM005", Name: "function-role", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactFunction,
	Doc: lint.Doc{
		Title: "A message has the deprecated role function",
		Why:   "Function messages are documented as deprecated in favour of tool messages, and current models are trained on these. The schema for reinforcement has no function messages at all, so there it is an error.",
		Help:  "use tool_calls and tool messages",
		Bad: []string{chat(sysMsg, `{"role":"user","content":"How warm is it in Lima?"}`, `{"role":"function","name":"weather","content":"19 C"}`,
			`{"role":"assistant","content":"It is 19 degrees in Lima."}`)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		old := findOldCalls(e, all)
		renewed := false
		for i := range all {
			m := &all[i]
			var told lint.Reported
			switch {
			case m.Role != dataset.RoleFunction:
				continue
			case p.Method == dataset.RFT:
				told = p.ReportAs(lint.Error, m.RoleValue, `%s messages do not exist in reinforcement data: use "tool"`, lint.JSON(m.RoleValue))
			default:
				told = p.Report(m.RoleValue, `%s messages are deprecated: use "tool"`, lint.JSON(m.RoleValue))
			}
			switch {
			case isOrphan(all, i): // as the result of a tool that answers no call: FTT006
				if removable(e, m) {
					told.Fix(lint.UnsafeFix, remove(m.Value))
				}
			case old.plain && renewed: // with the first one
				told.Fix(lint.UnsafeFix, nil)
			case old.plain:
				told.Fix(lint.UnsafeFix, func(ed *lint.Editor) { old.renew(e, ed) })
				renewed = true
			}
		}
	},
}

// contentMissing reports whether a message lacks the content that it needs.
func contentMissing(m *dataset.Message) bool {
	return known(m) && !m.Content.Present() && !contentOptional(m)
}

var contentAbsent = lint.Rule{
	ID: "FTM006", Name: "content-missing", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactContentOdd,
	Doc: lint.Doc{
		Title: "A message has no content",
		Why:   "The documented schema requires content in every message. Only an assistant message may go without, if it has tool_calls, function_call or refusal.",
		Help:  "give the message its content, or remove it",
		Bad:   []string{chat(sysMsg, `{"role":"user","text":"What is the capital of Peru?"}`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			switch {
			case !contentMissing(m):
			case m.Role == dataset.RoleAssistant:
				p.Report(m.Value, "`content` is missing, and there are no tool calls in its place")
			default:
				p.Report(m.Value, "`content` is missing")
			}
		}
	},
}

var contentType = lint.Rule{
	ID: "FTM007", Name: "content-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactContentOdd | dataset.FactFunction,
	Doc: lint.Doc{
		Title: "content is neither text nor an array of parts",
		Why:   "The documented schema allows a string or an array of content parts (a function message: a string). Numbers, booleans and objects are refused: an answer that is JSON must be written as a string.",
		Help:  "write the content as a string; an object must be encoded as JSON text",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":"What is 2 plus 5?"}`, `{"role":"assistant","content":7}`)},
		Good:  []string{chat(sysMsg, `{"role":"user","content":"What is 2 plus 5?"}`, `{"role":"assistant","content":"7"}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			switch m.Content.Kind {
			case dataset.Absent, dataset.Null, dataset.String:
			case dataset.Array:
				if m.Role == dataset.RoleFunction {
					p.Report(m.Content, "is an array, but the content of a function message must be a string")
				}
			default:
				p.Report(m.Content, "is %s, but content must be a string or an array of parts", lint.Text(m.Content.Kind.String()))
			}
		}
	},
}

var contentNull = lint.Rule{
	ID: "FTM008", Name: "content-null", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactContentOdd,
	Doc: lint.Doc{
		Title: "content is null and nothing stands in its place",
		Why:   "The documented schema allows null only in an assistant message with tool_calls, function_call or refusal (and in the deprecated function messages). Otherwise the message says nothing.",
		Help:  "give the message its content, or remove it",
		Bad:   []string{chat(sysMsg, userMsg, `{"role":"assistant","content":null}`)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			switch {
			case m.Content.Kind != dataset.Null || !known(m) || m.Role == dataset.RoleFunction || contentOptional(m):
			case m.Role == dataset.RoleAssistant:
				p.Report(m.Content, "is null, and there are no tool calls in its place")
			default:
				p.Report(m.Content, "is null, but %s messages must have content", lint.Text(m.Role.String()))
			}
		}
	},
}

// blankContent reports whether the content of a message is text that is empty
// or nothing but white space.
func blankContent(e *dataset.Example, m *dataset.Message) bool {
	switch m.Content.Kind {
	case dataset.String:
		return e.Blank(m.Content)
	case dataset.Array:
		for i := range m.Parts {
			if p := &m.Parts[i]; p.Text.Kind != dataset.String || !e.Blank(p.Text) {
				return false
			}
		}
		return len(m.Parts) > 0
	}
	return false
}

// trained reports whether a message of a supervised example is learnt.
func trained(e *dataset.Example, m *dataset.Message) bool {
	return m.Role == dataset.RoleAssistant && !e.ZeroWeight(m)
}

var contentEmpty = lint.Rule{
	ID: "FTM009", Name: "content-empty", Since: since,
	Severity: lint.Warning, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactContentOdd | dataset.FactParts,
	Doc: lint.Doc{
		Title: "A message's content is empty",
		Why: "An empty or blank message usually means that text got lost on the way. As a trained answer it teaches the model to say nothing. Microsoft's checklist for datasets forbids it, its own script lets it pass. " +
			"This is advice: no service is known to refuse it. Assistant messages with tool calls are not meant.",
		Help: "restore the text or remove the example",
		Bad:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":" "}`)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			switch {
			case contentOptional(m) || output(m) || !blankContent(e, m): // outputs: FTP012
			case p.Method == dataset.SFT && trained(e, m):
				p.Report(m.Content, "is empty: the model would be trained to answer nothing")
			default:
				p.Report(m.Content, "is empty")
			}
		}
	},
}

// parts reports whether the parts of a message are to be looked at: a function
// message has none (FTM007).
func parts(m *dataset.Message) bool {
	return m.Content.Kind == dataset.Array && m.Role != dataset.RoleFunction
}

// hasStringPart reports whether an item of a content array is a plain string.
func hasStringPart(m *dataset.Message) bool {
	for i := range m.Parts {
		if m.Parts[i].Kind == dataset.String {
			return true
		}
	}
	return false
}

var contentStringList = lint.Rule{
	ID: "FTM010", Name: "content-string-list", Since: since,
	Severity: lint.Error, Evidence: lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "A content array holds plain strings",
		Why:   "Each item of a content array must be an object with a type. With strings in their place a job failed with \"'str' object has no attribute 'get'\", which names neither line nor field.",
		Help:  "write the content as one string, or each item as {\"type\": \"text\", \"text\": ...}",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":["What is the capital of Peru?"]}`, botMsg)},
		Good:  []string{chat(sysMsg, `{"role":"user","content":[{"type":"text","text":"What is the capital of Peru?"}]}`, botMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			if m := &all[i]; parts(m) && hasStringPart(m) {
				p.Report(m.Content, `holds plain strings: each item must be a part such as {"type": "text", "text": "..."}`).Fix(lint.SafeFix, stringPartsToText(m))
			}
		}
	},
}

// partKind is the type of a content part.
type partKind uint8

const (
	partNoType  partKind = iota // no type, or not a string
	partText                    // text
	partRefusal                 // refusal
	partImage                   // image_url
	partMedia                   // audio, video or a file
	partOther
)

func kindOfPart(e *dataset.Example, p *dataset.Part) partKind {
	switch string(e.Text(p.Type)) {
	case "":
		if p.Type.Kind == dataset.String {
			return partOther
		}
		return partNoType
	case "text":
		return partText
	case "refusal":
		return partRefusal
	case "image_url":
		return partImage
	case "input_audio", "audio", "audio_url", "output_audio", "file", "input_file", "document", "video", "video_url", "input_video":
		return partMedia
	}
	return partOther
}

// partAllowed reports whether messages of the role may have parts of the kind.
// Images in wrong places are FTV001's and FTP008's to tell.
func partAllowed(role dataset.Role, kind partKind) bool {
	switch kind {
	case partText, partMedia, partImage: // media: FTM013
		return true
	case partRefusal:
		return role == dataset.RoleAssistant
	}
	return false
}

var partType = lint.Rule{
	ID: "FTM011", Name: "part-type", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "A content part has a type that its message cannot have",
		Why:   "The documented schemas allow parts of the types text and image_url in user messages, text in system, developer and tool messages, and text and refusal in assistant messages. Types of other APIs (input_text, output_text, input_image) are not among them.",
		Help:  "use a type that the role allows",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":[{"type":"input_text","text":"What is the capital of Peru?"}]}`, botMsg)},
		Good:  []string{chat(sysMsg, `{"role":"user","content":[{"type":"text","text":"What is the capital of Peru?"}]}`, botMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if !parts(m) || !known(m) {
				continue
			}
			for j := range m.Parts {
				part := &m.Parts[j]
				if part.Kind != dataset.Object {
					continue // FTM010, FTM027
				}
				switch kind := kindOfPart(e, part); {
				case partAllowed(m.Role, kind):
				case !part.Type.Present():
					p.Report(part.Value, "`type` is missing: a part must say what it is")
				case kind == partNoType:
					p.Report(part.Type, "is %s, but the type of a part must be a string", lint.Text(part.Type.Kind.String()))
				default:
					if meant := meantPart(e.Text(part.Type)); meant != "" {
						p.Report(part.Type, `%s is not a type of part; did you mean "%s"?`, lint.JSON(part.Type), lint.Text(meant))
					} else {
						p.Report(part.Type, "%s parts are not allowed in %s messages", lint.JSON(part.Type), lint.Text(m.Role.String()))
					}
				}
			}
		}
	},
}

// meantPart guesses which type of part was meant.
func meantPart(kind []byte) string {
	var buf wordBuffer
	switch name := buf.fold(kind); string(name) {
	case "text", "image_url":
		return string(name)
	case "input_text", "output_text", "string":
		return "text"
	case "image", "input_image", "image-url", "imageurl", "img":
		return "image_url"
	}
	return ""
}

// onlyTextParts reports whether a content array is as the schema wants it, with
// nothing but text.
func onlyTextParts(e *dataset.Example, m *dataset.Message) bool {
	for i := range m.Parts {
		p := &m.Parts[i]
		if p.Kind != dataset.Object || kindOfPart(e, p) != partText || p.Text.Kind != dataset.String {
			return false
		}
	}
	return len(m.Parts) > 0
}

var toolContentParts = lint.Rule{
	ID: "FTM012", Name: "tool-content-parts", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Seen, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "The content of a tool message is an array of parts",
		Why:   "In 2024 the service refused it: \"Line 1, message 3, key \"content\": Input should be a valid string\". The schema of 2025 allows text parts, so it is a warning, and an error in azure-strict. A string is accepted either way.",
		Help:  "join the parts in one string",
		Bad: []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"How warm is it in Lima?"},` +
			`{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Lima\"}"}}]},` +
			`{"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"19 C"}]},{"role":"assistant","content":"It is 19 degrees in Lima."}],` +
			`"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`},
		Good: []string{`{"messages":[` + sysMsg + `,{"role":"user","content":"How warm is it in Lima?"},` +
			`{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Lima\"}"}}]},` +
			`{"role":"tool","tool_call_id":"call_1","content":"19 C"},{"role":"assistant","content":"It is 19 degrees in Lima."}],` +
			`"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}`},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Role == dataset.RoleTool && m.Content.Kind == dataset.Array && onlyTextParts(e, m) {
				p.Report(m.Content, "is an array of parts, which was refused in 2024: in a tool message a string is safe").Fix(lint.SafeFix, joinParts(e, m))
			}
		}
	},
}

var unsupportedMedia = lint.Rule{
	ID: "FTM013", Name: "unsupported-media", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactParts | dataset.FactAudio,
	Doc: lint.Doc{
		Title: "A message holds audio or a file",
		Why:   "The schema of July 2025 says that input messages may hold text and images only: \"Audio and file input messages are not currently supported for fine-tuning\".",
		Help:  "remove the part, or put a transcript in its place",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":[{"type":"text","text":"What is said?"},{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Audio.Filled() {
				p.Report(m.Audio, "`audio` is not supported for fine-tuning")
			}
			if !parts(m) {
				continue
			}
			for j := range m.Parts {
				if part := &m.Parts[j]; part.Kind == dataset.Object && kindOfPart(e, part) == partMedia {
					p.Report(part.Type, "%s parts are not supported for fine-tuning", lint.JSON(part.Type))
				}
			}
		}
	},
}

// messageKeys are the keys that messages of each role may have. A weight has
// rules of its own, and so has audio with something in it.
var messageKeys = [dataset.NumRoles]dataset.Keys{
	dataset.RoleSystem:    commonKeys,
	dataset.RoleDeveloper: commonKeys,
	dataset.RoleUser:      commonKeys,
	dataset.RoleFunction:  commonKeys,
	dataset.RoleTool:      commonKeys | dataset.KeySet(dataset.KeyToolCallID),
	dataset.RoleAssistant: commonKeys | dataset.KeySet(dataset.KeyRefusal, dataset.KeyToolCalls, dataset.KeyFunctionCall, dataset.KeyAudio),
}

var commonKeys = dataset.KeySet(dataset.KeyRole, dataset.KeyContent, dataset.KeyName, dataset.KeyWeight)

var unknownMessageKey = lint.Rule{
	ID: "FTM014", Name: "unknown-message-key", Since: since,
	Severity: lint.Warning, Strict: lint.Error, Evidence: lint.Inferred, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactKeys,
	Doc: lint.Doc{
		Title: "A message has a key that its role does not have",
		Why: "The service refuses additional keys at the top level of a line, and the documented schema of each message is as closed. " +
			"But no refusal inside of a message has been seen, so this is advice inferred from that one (an error in azure-strict).",
		Help: "remove the key",
		Bad:  []string{chat(sysMsg, `{"role":"user","content":"What is the capital of Peru?","timestamp":"2026-03-01"}`, botMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			// Fast path: nearly every message.
			if m.Keys&^messageKeys[m.Role] == 0 && len(m.Other) == 0 || !known(m) {
				continue
			}
			keys := messageKeys[m.Role]
			role := lint.Text(m.Role.String())
			for _, v := range [...]struct {
				key   dataset.Key
				value dataset.Value
			}{
				{dataset.KeyRefusal, m.Refusal}, {dataset.KeyToolCalls, m.ToolCalls}, {dataset.KeyFunctionCall, m.FunctionCall},
			} {
				if m.Keys.Has(v.key) && !keys.Has(v.key) {
					p.Report(v.value, "this key belongs to assistant messages, not to %s messages", role).Fix(lint.UnsafeFix, remove(v.value))
				}
			}
			if m.Keys.Has(dataset.KeyToolCallID) && !keys.Has(dataset.KeyToolCallID) {
				p.Report(m.ToolCallID, "this key belongs to tool messages, not to %s messages", role).Fix(lint.UnsafeFix, remove(m.ToolCallID))
			}
			if m.Audio.Kind == dataset.Null && !keys.Has(dataset.KeyAudio) { // with audio in it: FTM013
				p.Report(m.Audio, "this key belongs to assistant messages, not to %s messages", role).Fix(lint.UnsafeFix, remove(m.Audio))
			}
			if contentMissing(m) {
				continue // FTM006: the key may stand for content
			}
			for _, f := range m.Other {
				p.ReportField(f, "%s is not a key of %s messages", lint.JSON(f.Key), role).Fix(lint.UnsafeFix, remove(f.Value))
			}
		}
	},
}

// maxName is the greatest length of a name.
const maxName = 64

var nameFormat = lint.Rule{
	ID: "FTM018", Name: "name-format", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented | lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactName,
	Doc: lint.Doc{
		Title: "A message's name is not well formed",
		Why:   "The chat API documents names as a string of at most 64 letters, digits, underscores and dashes. That training wants the same is inferred from it, hence a warning.",
		Help:  "use letters, digits, _ and - only, at most 64 of them, or leave the name out",
		Bad:   []string{chat(sysMsg, `{"role":"user","name":"Ana María","content":"What is the capital of Peru?"}`, botMsg)},
		Good:  []string{chat(sysMsg, `{"role":"user","name":"ana_maria","content":"What is the capital of Peru?"}`, botMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if !m.Name.Present() {
				continue
			}
			name := e.Text(m.Name)
			switch {
			case m.Name.Kind != dataset.String:
				p.Report(m.Name, "is %s, but a name must be a string", lint.Text(m.Name.Kind.String()))
			case len(name) == 0:
				p.Report(m.Name, "is empty: leave the name out")
			case !nameChars(name):
				p.Report(m.Name, "%s has characters other than letters, digits, _ and -", lint.JSON(m.Name))
			case len(name) > maxName:
				p.Report(m.Name, "has %s characters: a name may have 64", lint.Int(int64(len(name))))
			}
		}
	},
}

func nameChars(name []byte) bool {
	for _, c := range name {
		if c != '_' && c != '-' && (c < '0' || '9' < c) && (c|0x20 < 'a' || 'z' < c|0x20) {
			return false
		}
	}
	return true
}

var specialToken = lint.Rule{
	ID: "FTM019", Name: "special-token", Since: since,
	Severity: lint.Error, Evidence: lint.Seen | lint.Inferred, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedExample | lint.NeedMessages | lint.NeedMarkers, When: dataset.FactMarker,
	Doc: lint.Doc{
		Title: "The text holds a special token",
		Why: "Texts such as <|endoftext|> are control signals to the tokenizer. The service has refused a file for one: \"message contains an invalid token: <|fim_suffix|>\"; that it does so for the others is inferred. " +
			"The chat markers <|im_start|>, <|im_end|> and <|im_sep|> are a warning: they are no tokens of the public encodings, and usually left over from a chat template.",
		Help: "remove the token from the text, or break it up, as in < |endoftext| >",
		Bad:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Lima.<|endoftext|>"}`)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			reportTokens(p, e, m.Content)
			reportTokens(p, e, m.Refusal)
			for j := range m.Parts {
				reportTokens(p, e, m.Parts[j].Text)
				reportTokens(p, e, m.Parts[j].Refusal)
			}
			for j := range m.Calls {
				reportTokens(p, e, m.Calls[j].Arguments)
			}
			reportTokens(p, e, functionArguments(e, m.FunctionCall))
		}
		if p.Method == dataset.Completion {
			reportTokens(p, e, e.Prompt)
			reportTokens(p, e, e.Completion)
		}
	},
}

// functionArguments returns the arguments of a function_call, which the record
// model does not look into.
func functionArguments(e *dataset.Example, call dataset.Value) dataset.Value {
	if call.Kind != dataset.Object {
		return dataset.Value{}
	}
	inner := dataset.NewDecoder(dataset.Options{}).Decode(e.Raw(call))
	for _, f := range inner.Fields {
		if v := f.Value; string(inner.Text(f.Key)) == "arguments" {
			v.Start, v.End, v.Place = v.Start+call.Start, v.End+call.Start, call.Place
			return v
		}
	}
	return dataset.Value{}
}

// specialTokens are the texts that FTM019 looks for, beside those of fimToken.
// Each is reported once per string.
var specialTokens = [...]struct {
	text   string
	milder bool
}{
	{"<|endoftext|>", false},
	{"<|endofprompt|>", false},
	{"<|im_start|>", true},
	{"<|im_end|>", true},
	{"<|im_sep|>", true},
}

func reportTokens(p *lint.Pass, e *dataset.Example, v dataset.Value) {
	if v.Kind != dataset.String {
		return
	}
	text := e.Text(v)
	if !bytes.Contains(text, []byte("<|")) {
		return
	}
	const refused = "the text holds the special token %s: a file has been refused for such a one"
	for _, t := range specialTokens {
		if !bytes.Contains(text, []byte(t.text)) {
			continue
		}
		at := within(e, v, t.text)
		if t.milder {
			p.ReportAs(lint.Warning, at, "the text holds the chat marker %s", lint.Text(t.text)).Fix(lint.UnsafeFix, removeToken(e, v, t.text))
		} else {
			p.Report(at, refused, lint.Text(t.text)).Fix(lint.UnsafeFix, removeToken(e, v, t.text))
		}
	}
	var told []string
	for _, found := range fimToken.FindAll(text, -1) {
		if token := string(found); !slices.Contains(told, token) && len(told) < maxTokens {
			told = append(told, token)
			p.Report(within(e, v, token), refused, lint.Text(token)).Fix(lint.UnsafeFix, removeToken(e, v, token))
		}
	}
}

// fimToken is a token of filling in the middle, such as <|fim_prefix|>.
var fimToken = regexp.MustCompile(`<\|fim_[a-z0-9_]{1,20}\|>`)

// maxTokens bounds how many of them are told of one string.
const maxTokens = 10

// within narrows a string down to the first place where text stands in it as it
// is; where it is written with escapes, the whole string is returned.
func within(e *dataset.Example, v dataset.Value, text string) dataset.Value {
	if i := bytes.Index(e.Raw(v), []byte(text)); i >= 0 {
		v.Start += uint32(i)
		v.End = v.Start + uint32(len(text))
	}
	return v
}

var consecutiveAssistant = lint.Rule{
	ID: "FTM020", Name: "consecutive-assistant", Since: since,
	Severity: lint.Info, Evidence: lint.Weak | lint.Measured,
	Providers: dataset.Azure, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "Two assistant messages follow each other",
		Why:   "It is accepted: Microsoft's own sample data have it in a third of their examples. One report blames it for a job that failed, without proof. It is only worth a look where you did not mean it.",
		Help:  "nothing need be done; join the messages if they are one answer",
		Bad:   []string{chat(sysMsg, userMsg, `{"role":"assistant","content":"Let me think."}`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) { reportRepeated(p, e, dataset.RoleAssistant) },
}

var consecutiveUser = lint.Rule{
	ID: "FTM021", Name: "consecutive-user", Since: since,
	Severity: lint.Off, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages,
	Doc: lint.Doc{
		Title: "Two user messages follow each other",
		Why:   "It is accepted, and OpenAI's documentation has it in a sample of its own (a question and then an image). The rule is for those who want strict turns, and is off unless you name it.",
		Help:  "nothing need be done; join the messages if you want strict turns",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":"Hello."}`, userMsg, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) { reportRepeated(p, e, dataset.RoleUser) },
}

func reportRepeated(p *lint.Pass, e *dataset.Example, role dataset.Role) {
	m := e.Messages.Items
	for i := 1; i < len(m); i++ {
		if m[i].Role == role && m[i-1].Role == role {
			p.Report(m[i].Value, "follows another %s message, which is accepted", lint.Text(role.String()))
		}
	}
}

var assistantFirst = lint.Rule{
	ID: "FTM022", Name: "assistant-first", Since: since,
	Severity: lint.Info, Evidence: lint.Peers,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactTurns,
	Doc: lint.Doc{
		Title: "The assistant speaks first",
		Why: "A greeting before the user's first message is trained like every answer. Some validators of other tools want the user to begin. " +
			"This is advice: no service is known to refuse it.",
		Help: "give the greeting weight 0 or remove it, unless you want it learnt",
		Bad:  []string{chat(sysMsg, `{"role":"assistant","content":"Hello, what can I do for you?"}`, userMsg, botMsg)},
		Good: []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		m := e.Messages.Items
		if n := leadingSystem(m); n < len(m) && m[n].Role == dataset.RoleAssistant && has(m, dataset.RoleUser) { // without user: FTE008
			p.Report(m[n].Value, "the assistant speaks before the user")
		}
	},
}

var partsEmpty = lint.Rule{
	ID: "FTM023", Name: "parts-empty", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "A content array is empty",
		Why:   "The documented schema wants at least one part in a content array.",
		Help:  "write the content as a string, or give the array its parts",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":[]}`, botMsg)},
		Good:  []string{chat(sysMsg, `{"role":"user","content":[{"type":"text","text":"What is the capital of Peru?"}]}`, botMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			if m := &all[i]; parts(m) && len(m.Parts) == 0 {
				p.Report(m.Content, "is an empty array: content has at least one part")
			}
		}
	},
}

var refusalParts = lint.Rule{
	ID: "FTM024", Name: "refusal-parts", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "A refusal part does not stand alone",
		Why:   "The documented schema allows in an assistant message either text parts or exactly one refusal part.",
		Help:  "keep the refusal alone, or write it as text",
		Bad:   []string{chat(sysMsg, userMsg, `{"role":"assistant","content":[{"type":"refusal","refusal":"I cannot say."},{"type":"text","text":"It is Lima."}]}`)},
		Good:  []string{chat(sysMsg, userMsg, `{"role":"assistant","content":[{"type":"refusal","refusal":"I cannot say."}]}`)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if m.Role != dataset.RoleAssistant || len(m.Parts) < 2 {
				continue
			}
			for j := range m.Parts {
				if kindOfPart(e, &m.Parts[j]) == partRefusal {
					p.Report(m.Content, "a refusal part must be the only part")
					break
				}
			}
		}
	},
}

var messageShape = lint.Rule{
	ID: "FTM026", Name: "message-shape", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactOddMessage,
	Doc: lint.Doc{
		Title: "A message is not an object, or its role is not a string",
		Why:   "The documented schema wants objects such as {\"role\": \"user\", \"content\": \"...\"}.",
		Help:  "write the message as an object with role and content",
		Bad:   []string{chat(sysMsg, `"What is the capital of Peru?"`, botMsg)},
		Good:  []string{goodChat},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			switch {
			case m.Kind != dataset.Object:
				p.Report(m.Value, "is %s, but a message must be an object with `role` and `content`", lint.Text(m.Kind.String()))
			case m.RoleValue.Present() && m.RoleValue.Kind != dataset.String:
				p.Report(m.RoleValue, "is %s, but a role must be a string", lint.Text(m.RoleValue.Kind.String()))
			}
		}
	},
}

var partShape = lint.Rule{
	ID: "FTM027", Name: "part-shape", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "A content part is not an object, or lacks what its type names",
		Why:   "The documented schemas want {\"type\": \"text\", \"text\": \"...\"} and {\"type\": \"image_url\", \"image_url\": {\"url\": \"...\"}}. Parts of other tools often carry a value in place of it.",
		Help:  "write the part with the field of its type",
		Bad:   []string{chat(sysMsg, `{"role":"user","content":[{"type":"text","value":"What is the capital of Peru?"}]}`, botMsg)},
		Good:  []string{chat(sysMsg, `{"role":"user","content":[{"type":"text","text":"What is the capital of Peru?"}]}`, botMsg)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if !parts(m) {
				continue
			}
			for j := range m.Parts {
				checkPartShape(p, e, m, &m.Parts[j])
			}
		}
	},
}

func checkPartShape(p *lint.Pass, e *dataset.Example, m *dataset.Message, part *dataset.Part) {
	switch part.Kind {
	case dataset.Object:
	case dataset.String:
		return // FTM010
	default:
		p.Report(part.Value, "is %s, but a part must be an object with `type`", lint.Text(part.Kind.String()))
		return
	}
	var v dataset.Value
	var field string
	switch kindOfPart(e, part) {
	case partText:
		v, field = part.Text, "text"
	case partRefusal:
		if m.Role != dataset.RoleAssistant {
			return // FTM011
		}
		v, field = part.Refusal, "refusal"
	case partImage:
		// Other forms of image_url are FTV018's; an image that must not be here
		// at all is FTV001's or FTP008's.
		if !part.ImageURL.Filled() && m.Role == dataset.RoleUser && p.Method != dataset.DPO {
			p.Report(part.Value, "an image_url part without `image_url`")
		}
		return
	default:
		return
	}
	switch {
	case !v.Present():
		p.Report(part.Value, "a %s part without `%s`", lint.Text(field), lint.Text(field))
	case v.Kind != dataset.String:
		p.Report(v, "is %s, but must be a string", lint.Text(v.Kind.String()))
	}
}
