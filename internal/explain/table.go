package explain

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// pattern is one error text that is known.
type pattern struct {
	title string
	// expr finds the text in a plain message, case aside. Named groups: line,
	// line2 (better than line), col, msg and key (of a message, from 1) go into
	// the answer; others are for refine.
	expr string
	// sample is the text as the service writes it.
	sample   string
	rules    []string
	meaning  string
	do       []string
	run      []string // nil: made from the rules
	evidence string
	source   string
	generic  bool // a frame or code around other texts
	once     bool // one fault, however many of its texts are there
	// refine fits the answer to what the groups hold.
	refine func(*Answer, groups)

	compiled func() *regexp.Regexp
}

// The kinds of evidence of an answer.
const (
	seen       = "seen"
	documented = "documented"
	reported   = "reported"
	inferred   = "inferred"
)

// patterns returns the table, the most specific texts first.
var patterns = sync.OnceValue(func() []*pattern {
	list := append(serviceTable(), table()...)
	for _, p := range list {
		p.compiled = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?i)" + p.expr) })
	}
	return list
})

const (
	// hint is the beginning of a line as the service quotes it, with … after it.
	hint = `\(? ?HINT: line starts with: (?P<hint>.{0,80}?)(?:\.\.\.["']? ?\)?|["'] ?\)|$)`
	// where is a reason and place as Python's json module gives them.
	where = `(?P<reason>[^:]{1,80}?): line \d+ column (?P<col>\d+)(?: \(char \d+\))?(?: \(line (?P<line2>\d+)\))?`
	// list is line numbers with commas.
	list = `(?P<lines>\d+(?:(?:,| and|, and) ?\d+)*)`
)

func table() []*pattern {
	return []*pattern{
		// At upload: is it JSONL at all?
		{
			title:    "a line is no JSON object",
			expr:     `(?:Expected file to have JSONL format,? where every line is a (?:valid )?JSON dictionary\.? ?)?Line (?P<line>\d+) is not a (?:valid )?(?:JSON )?dictionary\.?(?: ?` + hint + `)?`,
			sample:   `Expected file to have JSONL format, where every line is a JSON dictionary. Line 1 is not a dictionary (HINT: line starts with: "{...").`,
			evidence: seen, source: "openai-python#426; OkGoDoIt/OpenAI-API-dotnet#59; chatgpt-java#168",
			refine: refineHint,
		},
		{
			title:    "a line is no JSON object",
			expr:     hint,
			sample:   `(HINT: line starts with: "{...")`,
			evidence: seen, source: "openai-python#426",
			refine: refineHint,
		},
		{
			title:    "a line is no JSON object",
			expr:     `Expected file to have JSONL format|every line is a (?:valid )?JSON dictionary`,
			sample:   `Expected file to have JSONL format, where every line is a valid JSON dictionary.`,
			evidence: seen, source: "several reports",
			refine: refineHint,
		},
		{
			title:    "a line is broken JSON",
			expr:     `(?:Example (?P<line>\d+) cannot be parsed\.? ?)?(?:Error: )?line contains invalid json:? ` + where,
			sample:   `Invalid file format. Example 1273 cannot be parsed. Error: line contains invalid json: Expecting ',' delimiter: line 1 column 79 (char 78) (line 1273)`,
			evidence: seen, source: "openai-php fixture",
			refine: refineJSON,
		},
		{
			title:    "a line is broken JSON",
			expr:     `(?P<reason>Expecting (?:value|property name enclosed in double quotes|'.' delimiter)|Extra data|Unterminated string starting at|Invalid control character at|Invalid \\?(?:\\u)?[uX]*escape)(?:: line \d+ column (?P<col>\d+)(?: \(char \d+\))?(?: \(line (?P<line2>\d+)\))?)?`,
			sample:   `Expecting ',' delimiter: line 1 column 79 (char 78) (line 1273)`,
			evidence: seen, source: "openai-php fixture; wording of Python's json module",
			refine: refineJSON,
		},
		{
			title:    "a line is broken JSON",
			expr:     `Example (?P<line>\d+) cannot be parsed|line contains invalid json`,
			sample:   `Invalid file format. Example 1273 cannot be parsed.`,
			evidence: seen, source: "openai-php fixture",
			refine: refineJSON,
		},
		{
			title:  "no line has the form that the service expects",
			expr:   `(?:Validation of jsonl file failed: ?)?No valid json line found in file\.?(?: ?Each line'?s json may only contain two properties:.{0,60}?completion["']?\.?)?|json may only contain two properties`,
			sample: `Validation of jsonl file failed: No valid json line found in file. Each line's json may only contain two properties: ("context" or "prompt") and "completion".`,
			rules:  []string{"FTC003", "FTC001", "FTE014", "FTF001"},
			meaning: "Azure read the file as prompt and completion pairs and kept no line. The lines have other keys, or an empty prompt (the cause in the report where this text comes from), " +
				"or the file is a chat file for a model that only takes completions.",
			do:       []string{"give every line the two keys prompt and completion, neither of them empty", "for a chat model, use chat lines: {\"messages\": [...]}"},
			evidence: seen, source: "azure-docs#107548, #110314",
		},

		// Too few.
		{
			title:    "too few examples",
			expr:     `(?:(?P<file>Training|Validation) )?file has (?P<count>\d+) examples?(?:\(s\))?,? but must have at least (?P<min>\d+)(?: examples?)?`,
			sample:   `Training file has 7 example(s), but must have at least 10 examples`,
			rules:    []string{"FTF018"},
			meaning:  "The file has fewer lines than a job needs. Examples are counted, not tokens: an example is one line.",
			do:       []string{"add examples until there are 10 at the least; 50 and more give results worth the money"},
			evidence: seen, source: "community 762836",
			refine: func(a *Answer, g groups) {
				if g["count"] != "" {
					a.Meaning = fmt.Sprintf("The file has %s examples and a job needs %s. Examples are counted, not tokens: an example is one line.", g["count"], g["min"])
				}
			},
		},

		// Invalid training file.
		{
			title:    "the lines have no known form",
			expr:     `Unexpected file format,? expected either prompt/completion pairs or chat messages`,
			sample:   `The job failed due to an invalid training file. Unexpected file format, expected either prompt/completion pairs or chat messages.`,
			rules:    []string{"FTF020", "FTE014", "FTE001", "FTF021"},
			meaning:  "The lines are neither all chat ({\"messages\": [...]}) nor all prompt and completion pairs: lines of several kinds are mixed, or they have the form of another tool.",
			do:       []string{"bring all lines into one form; ftlint names the form that it finds, and the lines that differ"},
			evidence: seen, source: "OpenAI, invalid_training_file",
		},
		{
			title:    "a message has no role",
			expr:     `(?:(?:Example|Line) (?P<line>\d+),? message (?P<msg>\d+):? ?)?Discriminator '?"?role'?"? is missing(?: in value)?`,
			sample:   `Invalid file format. Example 100, message 2 Discriminator 'role' is missing in value`,
			rules:    []string{"FTM001", "FTM026", "FTE014"},
			meaning:  "A message has no key role, so the service cannot tell what it is. The number of the message is taken to count from 1, as in other texts of the service.",
			do:       []string{"give the message a role: system, user, assistant or tool", "if the messages have from and value (ShareGPT), convert them"},
			evidence: seen, source: "OpenAI, invalid_training_file",
		},
		{
			title:    "a value has the wrong type",
			expr:     `(?:(?:Line|Example) (?P<line>\d+),? message (?P<msg>\d+),? key ["']?(?P<key>[\w.\[\]-]+)["']?: ?)(?P<reason>(?:Input should|Input tag|Field required|Extra inputs|Value error|String should)[^.;}]{0,100})`,
			sample:   `Invalid file format. Line 1, message 3, key "content": Input should be a valid string`,
			evidence: seen, source: "community 965584",
			refine: refineKey,
		},
		{
			title:    "a value has the wrong type",
			expr:     `Input should be a valid string`,
			sample:   `Input should be a valid string`,
			evidence: seen, source: "community 965584",
			refine: refineKey,
		},
		{
			title:    "an example or message has a key too many",
			expr:     `(?:(?:Example|Line) (?P<line>\d+)(?:,? message (?P<msg>\d+))?:? )?contains? an extra (?:key |field )?["']?(?P<extra>[\w.$-]*\w)["']?`,
			sample:   `Invalid file format. Example 1 contains an extra "weight".`,
			evidence: seen, source: "OpenAI, invalid_file_format; community 966285",
			refine: refineExtra,
		},
		{
			title:   "content is a list of strings",
			expr:    `'?"?(?P<type>str|list|NoneType|int)'?"? object has no attribute '?"?get'?"?`,
			sample:  `'str' object has no attribute 'get'`,
			rules:   []string{"FTM010", "FTM026", "FTE002"},
			meaning: "The service found a string where it looks for an object. In the report where this text comes from, content was a list of plain strings; a message or a part that is a string does the same.",
			do: []string{
				"write content as one string, or as parts: [{\"type\": \"text\", \"text\": \"...\"}]",
				"see that every message and every part is an object",
			},
			evidence: seen, source: "community 1151915",
		},
		{
			title:    "the file is for another method than the job",
			expr:     `(?:is in the (?P<format>[\w-]+) format,? but )?the specified fine-?tuning job is not using '?"?(?P<want>\w+)'?"? as the training method(?: ?\(provided method=(?P<given>\w+)\))?|is in the (?P<format2>[\w-]+) format,? but`,
			sample:   `Input file file-abc123 is in the fine-tune-chat format, but the specified fine-tuning job is not using 'supervised' as the training method (provided method=dpo).`,
			rules:    []string{"FTF021", "FTP001"},
			meaning:  "The lines have the form of one training method and the job asks for another.",
			do:       []string{"create the job with the method of the file, or bring the lines into the form of the method: messages (supervised, reinforcement), or input, preferred_output and non_preferred_output (dpo)"},
			evidence: seen, source: "OpenAI, invalid_training_file",
			refine: func(a *Answer, g groups) {
				if g["want"] != "" && g["given"] != "" {
					a.Meaning = fmt.Sprintf("The lines have the form of the method %s and the job asks for %s.", g["want"], g["given"])
				}
				switch m := methodName(g["given"]); {
				case m != "":
					a.Run = []string{"ftlint check train.jsonl --method " + m}
				case methodName(g["want"]) == "sft": // the job is for something else
					a.Run = []string{"ftlint check train.jsonl --method dpo"}
				default:
					a.Run = []string{"ftlint check train.jsonl --method sft"}
				}
			},
		},
		{
			title:    "an example lacks a key",
			expr:     `(?:(?:Example|Line) (?:(?P<line>\d+)|X)(?:,? message (?P<msg>\d+))? )?is missing (?:the )?(?:required )?key '?"?(?P<missing>\w+)'?"?`,
			sample:   `Invalid file format. Example 1 is missing key 'input'.`,
			evidence: seen, source: "OpenAI, invalid_training_file",
			refine: refineMissing,
		},
		{
			title:   "text holds a special token",
			expr:    `(?:(?:Example|Line) (?P<line>\d+)(?:,? message (?P<msg>\d+))? ?)?(?:message )?contains an invalid token:? ?(?P<token><\|?\w+\|?>)?`,
			sample:  `The job failed due to a file format error in the training file. Invalid file format. Example 6174 message contains an invalid token: <|fim_suffix|>.`,
			rules:   []string{"FTM019"},
			meaning: "The text of a message holds a token that the model keeps for itself. It gets there with scraped code and with the output of models.",
			do:      []string{"take it out of the text, or write it in another way (with blanks inside, for instance)"},

			evidence: seen, source: "johny-b/llmcomp#59",
		},

		// Moderation.
		{
			title:   "the examples look like an extraction of a model's reasoning",
			expr:    `too many examples were flagged by our moderation.{0,200}?reasoning extraction|(?:policies|usage policies) with respect to model reasoning extraction`,
			sample:  `unsafe_file: The job failed due to an unsafe training file. This training file was blocked because too many examples were flagged by our moderation for content that violates Azure OpenAI's usage policies with respect to model reasoning extraction.`,
			rules:   []string{"FTR008"},
			meaning: "The service takes the examples for an attempt to copy the hidden reasoning of a model: prompts that ask for a chain of thought, or answers that consist of one.",
			do:      []string{"look at the lines that FTR008 reports, and at answers that think aloud before they answer", "train on answers, not on the thinking of another model"},

			evidence: seen, source: "Azure, July 2026",
		},
		moderation(`failed moderation safety checks.{0,600}?Flagged lines: ?`+list, `This file failed moderation safety checks. Flagged lines: 4, 13, 14`),
		moderation(`Flagged lines: ?`+list, `Flagged lines: 4, 13, 14`),
		moderation(`(?:This )?(?:(?P<file>training|validation) )?file was blocked because too many examples were flagged by our moderation(?:.{0,120}?in the following categories: (?P<types>[\w/, -]+\w))?|(?:file was )?blocked by our moderation system because it contains too many examples|failed moderation safety checks|too many examples that violate OpenAI'?s usage policies`,
			`This training file was blocked because too many examples were flagged by our moderation API for containing content that violates OpenAI's usage policies in the following categories: hate.`),
		{
			title:   "the training data failed Azure's safety checks",
			expr:    `failed RAI checks(?: for harm types: ?\[?(?P<types>[\w, ]+)\]?)?`,
			sample:  `The provided training data failed RAI checks for harm types: [hate_fairness, self_harm, violence]. Please fix the data and try again.`,
			meaning: "Azure's safety evaluation of the training data found harmful content of the kinds that it names. It names no lines, and no rule of ftlint judges content. Nothing is charged for the job.",
			do: []string{
				"look for such examples yourself, with a moderation or content-safety service, and take them out",
				"halve the file and submit the halves to find the part with the trouble",
			},
			evidence: documented, source: "Azure how-to page on fine-tuning",
			refine: kinds,
		},
		{
			title:    "the fine-tuned model failed Azure's safety evaluation",
			expr:     `(?:This model is unable to be deployed\.? ?)?Model evaluation identified that this fine[ -]tuned model scores above acceptable thresholds(?: for \[?(?P<types>[\w, ]+)\]?)?|This model is unable to be deployed`,
			sample:   `This model is unable to be deployed. Model evaluation identified that this fine tuned model scores above acceptable thresholds for [Violence, Self Harm]. Please review your training data set and resubmit the job.`,
			meaning:  "The job ran, and then the model was tested and gave harmful answers of the kinds that the text names. No rule of ftlint judges content. Nothing is charged for the job.",
			do:       []string{"take examples with such content out of the training data, or add examples of refusals", "train again"},
			evidence: documented, source: "Azure how-to page on fine-tuning",
			refine: kinds,
		},

		// Azure only.
		{
			title:  "some lines break the schema, and the service does not say which",
			expr:   `contains? invalid schema(?: ?\((?P<count>\d+)\))?`,
			sample: `contains invalid schema (20)`,
			rules:  []string{"FTM012", "FTM014", "FTE004", "FTT001", "FTM026", "FTM020"},
			meaning: "Lines of the file do not have the form that Azure expects. The text names neither lines nor keys, and what the number counts is not known. " +
				"Causes to look for first: content of tool messages that is no string, unknown keys in messages or examples, tool calls that lack a part, messages that are no objects. " +
				"The one public report suspected two assistant messages in a row (FTM020), which other jobs had without harm.",
			do:       []string{"check the whole file by the letter of the documentation, and mend what it reports as errors first", "if nothing is left, train on the first half and on the second half to find the lines"},
			run:      []string{"ftlint check train.jsonl --profile azure-strict", "ftlint rule FTM012"},
			evidence: seen, source: "microsoft-foundry/fine-tuning#23",
		},
		{
			title:    "system messages in reinforcement examples",
			expr:     `System messages are not supported in '?"?reinforcement`,
			sample:   `System messages are not supported in 'reinforcement' examples`,
			rules:    []string{"FTM004"},
			meaning:  "Reinforcement fine-tuning takes developer, user, assistant and tool messages, but no system messages.",
			do:       []string{"change the role system to developer"},
			run:      []string{"ftlint check train.jsonl --method rft --select FTM004", "ftlint rule FTM004"},
			evidence: seen, source: "Azure; akshata29/finetuning",
		},
		{
			title:    "the model is trained by another method",
			expr:     `(?:Fine-?tuning with (?P<model>[\w.:-]+) )?requires the (?P<want>\w+) method of fine-?tuning`,
			sample:   `Finetuning with o4-mini-2025-04-16 requires the reinforcement method of finetuning.`,
			rules:    []string{"FTF022", "FTF021"},
			meaning:  "The model can only be trained by the method that the text names, and the job asks for another. A job without a method is a supervised one.",
			do:       []string{"create the job with that method, and bring the file into its form; or choose a model that supports the method of your file"},
			evidence: seen, source: "Azure",
			refine: func(a *Answer, g groups) {
				model := g["model"]
				if model == "" {
					model = "o4-mini"
				}
				method := methodName(g["want"])
				if method == "" {
					method = "rft"
				}
				a.Run = []string{"ftlint models " + model, "ftlint check train.jsonl --model " + model + " --method " + method}
			},
		},
		{
			title:    "the file is not ready yet",
			expr:     `(?:specified file reference )?must point to a completed file import`,
			sample:   `The specified file reference must point to a completed file import.`,
			meaning:  "Azure checks a file after its upload, and a job can only use one whose state is processed. The job was created too early, or the file has the state error.",
			do:       []string{"wait until the state of the file is processed, then create the job: ftlint upload waits for it", "if the state is error, ftlint files show tells why"},
			run:      []string{"ftlint files show file-abc123"},
			evidence: seen, source: "learn Q&A 2118156; openai-dotnet#312",
		},

		// Jobs.
		{
			title:    "the service failed",
			once:     true,
			expr:     `\bserver_error\b|The job failed due to an internal error`,
			sample:   `server_error: The job failed due to an internal error`,
			meaning:  "The fault lies with the service; nothing is known of a cause in the file.",
			do:       []string{"try again; if a job failed, create the job again with the same file", "if it fails again, check the file for what the service may stumble over, and ask the provider's support with the id of the job"},
			run:      []string{"ftlint check train.jsonl", "ftlint job events ftjob-abc123"},
			evidence: seen, source: "community 415162",
		},
		{
			title:    "a quota is used up",
			once:     true,
			expr:     `\bexceeded_quota\b|\bquotaExceeded\b|\binsufficient_quota\b`,
			sample:   `exceeded_quota`,
			meaning:  "The account or resource has no quota or credit left: for jobs, files, or money. The file is not the cause.",
			do:       []string{"delete files and jobs that are not needed, or ask for more quota; ftlint models --output json lists the limits that are known"},
			run:      []string{"ftlint models --output json"},
			evidence: documented, source: "OpenAI error codes; Azure REST 2024-10-21",
		},
		{
			title:    "OpenAI does not offer fine-tuning to this organisation",
			once:     true,
			expr:     `\btraining_not_available\b`,
			sample:   `403 training_not_available`,
			meaning:  "OpenAI is winding self-serve fine-tuning down: organisations that had not used it before cannot create jobs, and later nobody can. The file is not the cause.",
			do:       []string{"train with Azure or another host: the same file goes there with few changes; ftlint check --profile azure says which"},
			run:      []string{"ftlint models --provider openai", "ftlint check train.jsonl --profile azure"},
			evidence: documented, source: "OpenAI deprecations",
		},
		{
			title:    "Azure could not read the request for the job",
			expr:     `The fineTuningJob field is required`,
			sample:   `invalidPayload: The fineTuningJob field is required`,
			meaning:  "Misleading: a value in the request is one that this api-version cannot read, most often trainingType. The file is not the cause.",
			do:       []string{"write trainingType as globalStandard, developerTier or standard, and use an api-version that has it (2025-04-01-preview)", "2024-10-21 knows neither method nor trainingType nor \"auto\""},
			run:      []string{"ftlint models --provider azure"},
			evidence: reported, source: "BerriAI/litellm#24687",
		},
		{
			title:    "the base model cannot be trained like this",
			expr:     `(?:specified )?base model does not support fine-?tuning`,
			sample:   `The specified base model does not support fine-tuning`,
			rules:    []string{"FTF022", "FTH003"},
			meaning:  "The model is misspelt (Azure writes gpt-35-turbo, without a dot), is retired, is not offered in the region, or needs a trainingType that the request does not have: without one the older API takes Standard, which models such as gpt-4.1 refuse.",
			do:       []string{"compare the name with the catalogue", "set trainingType (globalStandard)", "try a region that offers the model"},
			run:      []string{"ftlint models --provider azure", "ftlint rule FTF022"},
			evidence: reported, source: "BerriAI/litellm#24687",
		},
		{
			title:    "the upload has no content type",
			expr:     `The file has no or an empty content type specified`,
			sample:   `The file has no or an empty content type specified.`,
			meaning:  "The file's part of the multipart request has no Content-Type header. The file is not the cause.",
			do:       []string{"send the part with Content-Type: application/octet-stream; ftlint upload sends one"},
			run:      []string{"ftlint upload train.jsonl"},
			evidence: seen, source: "azure-sdk-for-net#44710",
		},
		{
			title:    "the SKU is not offered for the model in the region",
			expr:     `The specified SKU '?"?(?P<sku>\w+)'?"?(?: for model '?"?(?P<model>[\w.:-]+)'?"?)? is not supported in this region`,
			sample:   `InvalidResourceProperties: The specified SKU 'Standard' for model 'gpt-4o' is not supported in this region`,
			meaning:  "A deployment of this SKU cannot be made in the region of the resource. The file is not the cause.",
			do:       []string{"choose another SKU, or a region that offers it"},
			run:      []string{"ftlint models --provider azure"},
			evidence: seen, source: "contoso-creative-writer#10",
			refine: func(a *Answer, g groups) {
				if g["model"] != "" {
					a.Run = []string{"ftlint models " + strings.TrimRight(g["model"], ".")}
				}
			},
		},
		{
			title:    "not enough capacity is left for the deployment",
			once:     true,
			expr:     `The specified capacity '?"?\d+'?"?.{0,80}?bigger than (?:the )?available capacity(?: '?"?(?P<left>\d+)'?"?)?|\bInsufficientQuota\b`,
			sample:   `InsufficientQuota: The specified capacity '120' is bigger than available capacity '118' for UsageName`,
			meaning:  "The subscription has less quota left in this region than the deployment asks for. The file is not the cause.",
			do:       []string{"ask for less, delete deployments that are not needed, or request more quota"},
			run:      []string{"ftlint deploy list"},
			evidence: seen, source: "azure-search-openai-demo#313",
			refine: func(a *Answer, g groups) {
				if g["left"] != "" {
					a.Do[0] = "ask for " + g["left"] + " at most, delete deployments that are not needed, or request more quota"
				}
			},
		},
		{
			title:    "another change of the resource is under way",
			once:     true,
			expr:     `Another operation is being performed on the parent resource`,
			sample:   `RequestConflict: Another operation is being performed on the parent resource`,
			meaning:  "Azure makes one change of a resource at a time, and there is one under way. The file is not the cause.",
			do:       []string{"wait a minute and try again; make deployments one after the other"},
			run:      []string{"ftlint deploy list"},
			evidence: seen, source: "azurerm#22607, #22939; bicep-types-az#1730",
		},
		{
			title:    "the deployment does not answer yet",
			once:     true,
			expr:     `\bDeploymentNotFound\b|\bDeploymentNotReady\b|please wait a moment and try again|created.{0,20}within the last 5 minutes`,
			sample:   `DeploymentNotFound: The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.`,
			meaning:  "The deployment is not there, or not ready: minutes can pass between the state Succeeded and the first answer. The file is not the cause.",
			do:       []string{"try again for ten minutes; then delete the deployment, wait and make it anew", "compare the name with the deployments of the resource"},
			run:      []string{"ftlint deploy list"},
			evidence: seen, source: "azure-docs#114013; chat-copilot#682",
		},

		// Codes and frames: worth a word only where nothing else is recognised.
		{
			title:   "too few examples",
			expr:    `\binvalid_n_examples\b`,
			sample:  `invalid_n_examples`,
			rules:   []string{"FTF018"},
			meaning: "The file has fewer than 10 examples. Examples are counted, not tokens.", generic: true,
			do:       []string{"add examples"},
			evidence: seen, source: "community 762836",
		},
		{
			title:   "the examples break the usage policies",
			expr:    `\bunsafe_file\b|The job failed due to an unsafe training file`,
			sample:  `unsafe_file: The job failed due to an unsafe training file.`,
			rules:   []string{"FTR008"},
			meaning: "The service's moderation refused the file. What follows this text says for which policy.", generic: true,
			do:       []string{"give the whole text to ftlint explain"},
			evidence: seen, source: "Azure, July 2026",
		},
		{
			title:   "the service could not use the training or validation file",
			expr:    `\binvalid_(?:training|validation)_file\b|\binvalid_file_format\b|The job failed due to an? (?:invalid (?:training|validation) file|file format error(?: in the (?:training|validation) file)?)|\bjsonlValidationFailed\b|Validation of jsonl (?:data|file) failed|\bInvalid file format\b`,
			sample:  `invalid_training_file: The job failed due to an invalid training file. invalid_file_format: a file format error in the training file. jsonlValidationFailed: Validation of jsonl data failed.`,
			meaning: "The file does not have the form that the service expects. The text that follows this one says more.", generic: true,
			do:       []string{"check the file", "give the whole text, or the file's status_details, to ftlint explain"},
			evidence: documented, source: "OpenAI and Azure error codes",
		},
		{
			title:   "the file could not be imported",
			expr:    `\bfileImportFailed\b`,
			sample:  `fileImportFailed`,
			meaning: "Azure could not fetch the file from the address given: it is not public, its SAS has run out, or it has no such file.", generic: true,
			do:       []string{"open the address without signing in; make a new SAS with read permission"},
			evidence: documented, source: "Azure REST 2024-10-21",
		},
		{
			title:   "content was refused",
			expr:    `\bcontentFilter\b|\bcontent_filter\b`,
			sample:  `contentFilter`,
			meaning: "Azure's content filter refused the data. No rule of ftlint judges content.", generic: true,
			do:       []string{"take examples with harmful content out"},
			evidence: documented, source: "Azure REST 2024-10-21",
		},
		{
			title:   "the request was not understood",
			expr:    `\binvalidPayload\b`,
			sample:  `invalidPayload`,
			meaning: "Azure could not use the request. The text beside this code says why.", generic: true,
			do:       []string{"give the whole answer to ftlint explain"},
			evidence: documented, source: "Azure REST 2024-10-21",
		},
	}
}

// methodName returns the method as flags have it for the service's name of it.
func methodName(service string) string {
	switch strings.ToLower(service) {
	case "supervised", "sft":
		return "sft"
	case "dpo", "preference":
		return "dpo"
	case "reinforcement", "rft":
		return "rft"
	}
	return ""
}

func moderation(expr, sample string) *pattern {
	return &pattern{
		title:    "moderation refused examples",
		expr:     expr,
		sample:   sample,
		meaning:  "The service's moderation found content in the examples that its usage policies do not allow. No rule of ftlint judges content.",
		evidence: seen, source: "OpenAI, invalid_training_file, invalid_validation_file",
		do: []string{"read the flagged examples and take them out or rewrite them", "run the rest through the provider's moderation service before the next upload"},
		refine: func(a *Answer, g groups) {
			a.Lines = numbers(g["lines"])
			if len(a.Lines) > 0 {
				a.Line = a.Lines[0]
				return
			}
			a.Do[0] = "the text names no lines: find such examples with the provider's moderation service, and take them out or rewrite them"
			kinds(a, g)
		},
	}
}

// kinds adds the kinds of harm that the text names.
func kinds(a *Answer, g groups) {
	if types := strings.Trim(g["types"], " ,."); types != "" {
		a.Meaning += " Named here: " + types + "."
	}
}

// refineHint tells from the beginning of a line that the service quotes what is
// wrong with it.
func refineHint(a *Answer, g groups) {
	h := strings.TrimSpace(g["hint"])
	if len(h) > 0 && (h[0] == '"' || h[0] == '\'') {
		h = h[1:]
	}
	h = strings.TrimSpace(h)
	lower := strings.ToLower(h)
	raw := strings.HasPrefix(lower, "b'") || strings.HasPrefix(lower, `b"`) || strings.Contains(lower, `\x`)
	if raw {
		lower = strings.Trim(strings.TrimPrefix(lower, "b"), `"'`)
	}
	switch {
	case strings.HasPrefix(lower, `\xef\xbb\xbf`), strings.HasPrefix(h, "\ufeff"), strings.HasPrefix(h, "ï»¿"):
		a.byteOrderMark(seen)
	case strings.HasPrefix(lower, `\xff\xfe`), strings.HasPrefix(lower, `\xfe\xff`), strings.Contains(lower, `\x00`):
		a.Title = "the file is UTF-16, not UTF-8"
		a.Rules = []string{"FTF011"}
		a.Meaning = "The line begins with bytes of UTF-16, which Windows calls Unicode."
		a.Do = []string{"save the file as UTF-8"}
	case raw:
		a.Title = "the file is not UTF-8"
		a.Rules = []string{"FTF011", "FTF010"}
		a.Meaning = "The line begins with bytes that are not UTF-8: the file is in another encoding, such as GBK (as in the report where this text comes from), Shift-JIS or Latin-1."
		a.Do = []string{"convert the file to UTF-8: iconv -f GBK -t UTF-8 old.jsonl > train.jsonl, with the encoding that it has"}
	case strings.HasPrefix(h, "["):
		a.Title = "the file is one JSON array"
		a.Rules = []string{"FTJ001", "FTJ004"}
		a.Meaning = "The line begins with [: the file is a JSON array, where one object on each line is wanted."
		a.Do = []string{"write one object per line, without the brackets and the commas between them: jq -c '.[]' old.json > train.jsonl"}
	case h == "{":
		a.Title = "the JSON is spread over several lines"
		a.Rules = []string{"FTJ002"}
		a.Meaning = "The line holds only {: the JSON is pretty-printed, where each object has to stand on one line."
		a.Do = []string{"write each object on one line: jq -c . old.jsonl > train.jsonl"}
	case strings.HasPrefix(h, "{'"):
		a.Title = "the lines are Python, not JSON"
		a.Rules = []string{"FTF025", "FTJ003"}
		a.Meaning = "The line begins with {': it is a Python dict as str() writes it, with single quotes."
		a.Do = []string{"write the lines with json.dumps"}
	case strings.HasPrefix(h, `{"`) && len(h) < 4:
		// The hint holds four characters: one of them cannot be seen.
		a.byteOrderMark(inferred)
	case strings.HasPrefix(h, `"`):
		a.Title = "a line is a string"
		a.Rules = []string{"FTJ004"}
		a.Meaning = "The line begins with a quotation mark: it is a JSON string, perhaps an object that was encoded twice."
		a.Do = []string{"write the object itself, not its text"}
	default:
		a.Rules = []string{"FTJ004", "FTJ003", "FTJ002", "FTJ001", "FTF025"}
		a.Meaning = "Every line has to be one whole JSON object. Seen causes: pretty-printed JSON, a byte-order mark, a file that is not UTF-8, a JSON array."
		a.Do = []string{"check the file: ftlint names what it is"}
	}
}

func (a *Answer) byteOrderMark(evidence string) {
	a.Title = "the file begins with a byte-order mark"
	a.Rules = []string{"FTF008", "FTF007"}
	// The default profile looks for the opposite.
	a.Run = []string{checkFor("--profile openai", "FTF008"), "ftlint rule FTF008"}
	a.Evidence = evidence
	a.Meaning = "The line begins as JSON does, but the text quoted is short of a character: probably there is a byte-order mark (EF BB BF) before it, which cannot be seen. " +
		"OpenAI stumbles over it. Azure's documentation asked for one until 2026, and takes files without."
	a.Do = []string{"for OpenAI save the file as UTF-8 without BOM: tail -c +4 old.jsonl > train.jsonl takes the three bytes off"}
}

// refineJSON tells from the reason that Python's JSON parser gives what is wrong.
func refineJSON(a *Answer, g groups) {
	a.Rules = []string{"FTJ003"}
	a.Meaning = "The line is not valid JSON. The column counts characters of that line from 1."
	a.Do = []string{"mend the line; ftlint shows it around the place, and all other broken lines too"}
	switch reason := strings.ToLower(g["reason"]); {
	case reason == "":
	case strings.Contains(reason, "extra data"):
		a.Rules = []string{"FTJ005", "FTJ003"}
		a.Meaning = "The line has something after its object: a second object, or a comma."
	case strings.Contains(reason, "control character"):
		a.Rules = []string{"FTF016", "FTJ003"}
		a.Meaning = "A string holds a raw control character, such as a tab or a line break, which JSON wants as an escape (\\t, \\n)."
	case strings.Contains(reason, "property name"):
		a.Rules = []string{"FTJ003", "FTF025", "FTJ002"}
		a.Meaning = "After { or a comma there is no key in double quotes: a comma too many, single quotes (Python), or an object that goes on in the next line."
	case strings.Contains(reason, "unterminated string"):
		a.Rules = []string{"FTJ003", "FTJ002"}
		a.Meaning = "A string does not end on its line: a line break or a quotation mark in the text is not escaped, or the line was cut off."
	case strings.Contains(reason, "expecting value"):
		a.Rules = []string{"FTJ003", "FTJ008", "FTF014"}
		a.Meaning = "There is no value where one has to be: a comma too many, None or True of Python, or an empty line."
	case strings.Contains(reason, "delimiter"):
		a.Meaning = "A comma or colon is missing: most often a quotation mark within a text is not escaped (\\\")."
	case strings.Contains(reason, "escape"):
		a.Meaning = "A backslash stands before a character that JSON knows no escape for: write \\\\ for a backslash."
	}
}

// refineKey answers what is wrong with one key of a message.
func refineKey(a *Answer, g groups) {
	key, reason := strings.ToLower(g["key"]), strings.ToLower(g["reason"])
	if strings.Contains(reason, "extra inputs") {
		g["extra"] = g["key"]
		a.Title = "a message has a key too many"
		a.Evidence = inferred
		refineExtra(a, g)
		return
	}
	missing := strings.Contains(reason, "field required")
	a.Meaning = fmt.Sprintf("The key %q of a message does not have the type that the service wants. The number of the message counts from 1.", g["key"])
	a.Do = []string{"look at the message and give the key the type that its rule describes"}
	a.Evidence = inferred
	switch {
	case key == "", key == "content" && !missing:
		a.Rules = []string{"FTM012", "FTM007", "FTM010"}
		a.Evidence = seen
		a.Meaning = "The content of a message is not a string. In the report where this text comes from it was a tool message whose content was a list of parts. The number of the message counts from 1."
		a.Do = []string{"write the content of tool messages as one string", "null is only allowed beside tool_calls"}
		if key == "" {
			a.Rules = append(a.Rules, "FTM026", "FTT002")
			a.Meaning = "A value that has to be a string is none. The text does not name the key; it was seen for the content of tool messages that was a list of parts."
		}
	case key == "content":
		a.Rules = []string{"FTM006"}
	case key == "role" && missing:
		a.Rules = []string{"FTM001"}
	case key == "role":
		a.Rules = []string{"FTM002", "FTM026"}
	case key == "weight":
		a.Rules = []string{"FTM015", "FTM016", "FTM017"}
		a.Do = []string{"write weight as the integer 0 or 1, in assistant messages only"}
	case key == "tool_call_id":
		a.Rules = []string{"FTT008"}
	case strings.Contains(key, "arguments"):
		a.Rules = []string{"FTT002", "FTT001"}
		a.Do = []string{"write arguments as a string that holds JSON, not as an object"}
	case strings.HasPrefix(key, "tool_calls"):
		a.Rules = []string{"FTT001", "FTT019"}
	case strings.HasPrefix(key, "function_call"):
		a.Rules = []string{"FTT020"}
	case key == "name":
		a.Rules = []string{"FTM018"}
	default:
		a.Rules = []string{"FTM014", "FTM026"}
	}
}

// refineExtra answers what to do with a key that is not allowed.
func refineExtra(a *Answer, g groups) {
	key := g["extra"]
	inMessage := g["msg"] != ""
	if inMessage {
		a.Path += "." + key
		if g["key"] != "" {
			a.Path = g.path()
		}
	} else {
		a.Path = key
	}
	switch {
	case key == "weight" && inMessage:
		a.Rules = []string{"FTM017", "FTM014"}
		a.Meaning = "weight is only allowed in assistant messages."
		a.Do = []string{"move weight into the assistant message that it is meant for, or drop it"}
	case inMessage:
		a.Rules = []string{"FTM014"}
		a.Meaning = fmt.Sprintf("Messages must not have the key %q: the service takes only the keys of the role.", key)
		a.Do = []string{"drop the key from all messages"}
	case key == "weight":
		a.Rules = []string{"FTE004", "FTM017"}
		a.Meaning = "weight stands beside messages, at the top of the line. It belongs into assistant messages, where 0 keeps an answer from being trained and 1 is the default."
		a.Do = []string{"move weight into the assistant message that it is meant for: {\"role\": \"assistant\", \"content\": \"...\", \"weight\": 0}; as 1 it can be dropped"}
	case key == "tools", key == "parallel_tool_calls", key == "functions":
		a.Rules = []string{"FTE004", "FTF021", "FTF022", "FTT010"}
		a.Evidence = reported
		a.Source = "community 966285, which shows no resolution"
		a.Meaning = fmt.Sprintf("%q is a legal key of supervised chat lines, so the key alone is not the fault. What is known: in preference lines it belongs into input, completion lines must not have it, "+
			"and a model that does not support tools refuses it. Whether one of these was the cause of the report is not known.", key)
		a.Do = []string{
			"compare the line that the service names with lines before it: it is the first one that was refused",
			"see that the file's form, the job's method and the model go together",
			"look for faults within " + key + " of that line",
		}
	case isRequestParameter(key):
		a.Rules = []string{"FTE005", "FTE004"}
		a.Meaning = fmt.Sprintf("%q is a parameter of a chat request. Training lines hold only the conversation.", key)
		a.Do = []string{"drop the key from all lines"}
		if key == "response_format" {
			a.Do = append(a.Do, "for reinforcement fine-tuning, response_format belongs to the job")
		}
	case key == "role", key == "content", key == "name", key == "tool_calls", key == "tool_call_id", key == "function_call":
		a.Rules = []string{"FTE004", "FTE001"}
		a.Meaning = fmt.Sprintf("%q is a key of messages, but stands at the top of the line.", key)
		a.Do = []string{"wrap the messages of each conversation into one line: {\"messages\": [{\"role\": ..., \"content\": ...}, ...]}"}
	case key == "input", key == "preferred_output", key == "non_preferred_output", key == "preferred_completion", key == "non_preferred_completion":
		a.Rules = []string{"FTF021", "FTP002", "FTF020"}
		a.Meaning = fmt.Sprintf("%q belongs to preference lines (DPO), and the job or the rest of the file is of another kind.", key)
		a.Do = []string{"create the job with the method dpo, or leave these lines out"}
	case key == "prompt", key == "completion", key == "messages":
		a.Rules = []string{"FTF020", "FTF021", "FTE004"}
		a.Meaning = fmt.Sprintf("%q does not belong to lines of the kind that the service took the file for: kinds are mixed, or the job is for another kind.", key)
		a.Do = []string{"bring all lines into the form of the job's method"}
	case key == "conversations", key == "instruction", key == "output", key == "chosen", key == "rejected", key == "custom_id", key == "text":
		a.Rules = []string{"FTE014", "FTE004"}
		a.Meaning = fmt.Sprintf("%q belongs to the form of another tool.", key)
		a.Do = []string{"convert the lines to {\"messages\": [...]}"}
	default:
		a.Rules = []string{"FTE004"}
		a.Meaning = fmt.Sprintf("Lines must not have the key %q at their top: only messages, tools, parallel_tool_calls and functions are allowed in supervised chat lines. Only reinforcement lines may have keys of their own.", key)
		a.Do = []string{"drop the key from all lines"}
	}
}

func isRequestParameter(key string) bool {
	switch key {
	case "model", "max_tokens", "max_completion_tokens", "temperature", "top_p", "n", "stop", "stream", "seed", "user",
		"response_format", "tool_choice", "metadata", "store", "logprobs", "top_logprobs", "logit_bias",
		"presence_penalty", "frequency_penalty", "reasoning_effort", "service_tier":
		return true
	}
	return false
}

// refineMissing answers what a key stands for that is not there.
func refineMissing(a *Answer, g groups) {
	key := g["missing"]
	a.Do = []string{"give every line the keys of the job's method, or change the method"}
	switch key {
	case "input", "preferred_output", "non_preferred_output", "preferred_completion", "non_preferred_completion":
		a.Rules = []string{"FTP001", "FTP002", "FTF021"}
		a.Meaning = fmt.Sprintf("A preference line (DPO) has the keys input, preferred_output and non_preferred_output, and this one lacks %q: an older or other name was used, or the file is for another method.", key)
		a.Run = []string{checkFor("--method dpo", a.Rules...), "ftlint rule FTP001"}
	case "messages":
		a.Rules = []string{"FTE001", "FTE014", "FTF021"}
		a.Run = []string{checkFor("--method sft", a.Rules...), "ftlint rule FTE001"}
		a.Meaning = "A chat line has to have the key messages. Lines without it are of another kind, or have the form of another tool."
	case "prompt", "completion":
		a.Rules = []string{"FTC001", "FTF021"}
		a.Run = []string{checkFor("--method completion", a.Rules...), "ftlint rule FTC001"}
		a.Meaning = fmt.Sprintf("A completion line has the keys prompt and completion, and this one lacks %q.", key)
	case "role":
		a.Rules = []string{"FTM001"}
		a.Meaning = "A message has no role."
	case "content":
		a.Rules = []string{"FTM006"}
		a.Meaning = "A message has no content."
	default:
		a.Rules = []string{"FTE001", "FTP001", "FTF021"}
		a.Meaning = fmt.Sprintf("A line lacks the key %q, which the job's method needs.", key)
	}
	if key != "role" && key != "content" {
		return
	}
	if a.Path != "" {
		a.Path += "." + key
	}
}
