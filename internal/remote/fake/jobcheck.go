package fake

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// The members that a job may be created with.
var (
	jobMembers     = []string{"model", "training_file", "validation_file", "hyperparameters", "suffix", "seed"}
	previewMembers = slices.Concat(jobMembers, []string{"method", "integrations", "trainingType"})
	openAIMembers  = slices.Concat(jobMembers, []string{"method", "integrations", "metadata"})
	v1Members      = slices.Concat(openAIMembers, []string{"trainingType"})
)

func (c *call) jobMembers() []string {
	switch {
	case c.dialect == OpenAI:
		return openAIMembers
	case c.dialect == AzureV1:
		return v1Members
	case c.takesTrainingType():
		return previewMembers
	}
	return jobMembers
}

// takesTrainingType tells whether the version of the API knows trainingType.
func (c *call) takesTrainingType() bool {
	return c.dialect == AzureV1 || c.dialect == AzureDated && c.version >= "2025-04-01"
}

// jobRequest is the body that a job is created with.
type jobRequest struct {
	Model           string            `json:"model"`
	TrainingFile    string            `json:"training_file"`
	ValidationFile  *string           `json:"validation_file"`
	Hyperparameters map[string]any    `json:"hyperparameters"`
	Suffix          *string           `json:"suffix"`
	Seed            *int32            `json:"seed"`
	Method          *methodRequest    `json:"method"`
	Metadata        map[string]string `json:"metadata"`
	TrainingType    any               `json:"trainingType"`
}

// methodRequest is the method of a job: its hyperparameters are in the member that is
// named like the method.
type methodRequest struct {
	Type          string         `json:"type"`
	Supervised    *methodOptions `json:"supervised"`
	DPO           *methodOptions `json:"dpo"`
	Reinforcement *methodOptions `json:"reinforcement"`
}

type methodOptions struct {
	Hyperparameters map[string]any `json:"hyperparameters"`
	Grader          any            `json:"grader"`
}

// hyperparameters are those of the method, or those beside it.
func (r *jobRequest) hyperparameters() map[string]any {
	if r.Method != nil {
		for _, options := range []*methodOptions{r.Method.Supervised, r.Method.DPO, r.Method.Reinforcement} {
			if options != nil && options.Hyperparameters != nil {
				return options.Hyperparameters
			}
		}
	}
	return r.Hyperparameters
}

func (c *call) createJob() answer {
	var all object
	if bad := c.decode(&all); bad != nil {
		return *bad
	}
	for name := range all {
		if !slices.Contains(c.jobMembers(), name) {
			return c.bad("Unknown member " + name + ".")
		}
	}
	var wanted jobRequest
	if bad := c.decode(&wanted); bad != nil {
		return *bad
	}
	for _, check := range []func(*jobRequest) string{
		c.checkTrainingType, c.checkModel, c.checkFiles, c.checkSuffix, c.checkNumbers, c.checkMethod, c.checkMetadata,
	} {
		if wrong := check(&wanted); wrong != "" {
			return c.bad(wrong)
		}
	}
	j := &job{
		Job: Job{
			ID: c.newID("ftjob-"), Model: wanted.Model, TrainingFile: wanted.TrainingFile, Request: all,
			State: "created", Created: c.now(),
		},
		dialect: c.dialect,
	}
	if wanted.ValidationFile != nil {
		j.ValidationFile = *wanted.ValidationFile
	}
	j.training = c.plan(&wanted)
	c.jobs = append(c.jobs, j)
	c.tell(j, "info", "Created fine-tuning job: "+j.ID, nil)
	c.tell(j, "info", "Validating training file: "+j.TrainingFile, nil)
	return c.created(c.renderJob(j), j.ID)
}

// checkTrainingType gives the misleading answer of the real service.
func (c *call) checkTrainingType(r *jobRequest) string {
	if r.TrainingType == nil {
		return ""
	}
	name, _ := r.TrainingType.(string)
	switch strings.ToLower(name) {
	case "standard", "globalstandard", "developertier":
		return ""
	}
	return "The fineTuningJob field is required."
}

const notTrainable = "The specified base model does not support fine-tuning."

func (c *call) checkModel(r *jobRequest) string {
	if slices.ContainsFunc(c.made, func(m madeModel) bool { return m.name == r.Model }) {
		return ""
	}
	if !slices.Contains(c.Trainable, r.Model) {
		return notTrainable
	}
	kind, _ := r.TrainingType.(string)
	if c.dialect != OpenAI && (kind == "" || strings.EqualFold(kind, "standard")) && slices.Contains(c.NotStandard, r.Model) {
		return notTrainable
	}
	return ""
}

func (c *call) checkFiles(r *jobRequest) string {
	ids := []string{r.TrainingFile}
	if r.ValidationFile != nil {
		ids = append(ids, *r.ValidationFile)
	}
	for _, id := range ids {
		f := c.fileNamed(id)
		switch {
		case f == nil:
			return "The specified file " + id + " does not exist."
		case f.Purpose != "fine-tune":
			return "The specified file " + id + " has the purpose " + f.Purpose + "."
		case f.State != "processed" && c.dialect == OpenAI:
			return "File '" + id + "' is still being processed and is not ready to be used for fine-tuning. Please try again later."
		case f.State != "processed":
			return "The specified file reference must point to a completed file import."
		}
	}
	return ""
}

var suffixLetters = regexp.MustCompile(`^[a-zA-Z0-9_-]*$`)

func (c *call) checkSuffix(r *jobRequest) string {
	limit := 64
	if c.dialect == AzureDated {
		limit = 40
	}
	switch {
	case r.Suffix == nil:
		return ""
	case len(*r.Suffix) > limit:
		return fmt.Sprintf("The suffix may have at most %d characters.", limit)
	case c.dialect != OpenAI && !suffixLetters.MatchString(*r.Suffix):
		return "The suffix may have the characters a-z, A-Z, 0-9, - and _ only."
	}
	return ""
}

// numberOf lists the hyperparameters, and whether they are whole numbers.
var numberOf = map[string]bool{
	"n_epochs": true, "batch_size": true, "learning_rate_multiplier": false, "beta": false, "l2_multiplier": false,
	"compute_multiplier": false, "eval_interval": true, "eval_samples": true,
}

func (c *call) checkNumbers(r *jobRequest) string {
	noAuto := c.dialect == AzureDated && c.version == gaVersion
	for name, value := range r.hyperparameters() {
		whole, known := numberOf[name]
		switch value := value.(type) {
		case string:
			if name == "reasoning_effort" || known && value == "auto" && !noAuto {
				continue
			}
			return fmt.Sprintf("The hyperparameter %s may not be %q.", name, value)
		case float64:
			if !known || value < 0 || whole && (value != math.Trunc(value) || value < 1) {
				return fmt.Sprintf("The hyperparameter %s may not be %v.", name, value)
			}
		default:
			return "The hyperparameter " + name + " is neither a number nor auto."
		}
	}
	return ""
}

func (c *call) checkMethod(r *jobRequest) string {
	if r.Method == nil {
		return ""
	}
	options, known := map[string]*methodOptions{
		"supervised": r.Method.Supervised, "dpo": r.Method.DPO, "reinforcement": r.Method.Reinforcement,
	}[r.Method.Type]
	switch {
	case !known:
		return "The method " + r.Method.Type + " does not exist."
	case r.Method.Type == "reinforcement" && (options == nil || options.Grader == nil):
		return "The method reinforcement needs a grader."
	}
	return ""
}

func (c *call) checkMetadata(r *jobRequest) string {
	if len(r.Metadata) > 16 {
		return "metadata may have at most 16 members."
	}
	for key, value := range r.Metadata {
		if len(key) > 64 || len(value) > 512 {
			return "A key of metadata may have at most 64 characters, a value 512."
		}
	}
	return ""
}

// number reads a hyperparameter that may be auto or missing.
func (r *jobRequest) number(name string, auto float64) float64 {
	if n, ok := r.hyperparameters()[name].(float64); ok {
		return n
	}
	return auto
}

// asJSON is a value as the service would hand it on.
func asJSON(value any) json.RawMessage {
	text, _ := json.Marshal(value) // plain numbers and texts
	return text
}
