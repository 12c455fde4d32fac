package fake

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// madeModel is a model that a job made.
type madeModel struct {
	name, base, job string
	created         time.Time
}

// modelsThere lists the models, those that jobs made at the end.
func (c *call) modelsThere() []madeModel {
	var all []madeModel
	for _, name := range c.Trainable {
		all = append(all, madeModel{name: name})
	}
	return append(all, c.made...)
}

// completesOnly tells whether a model knows no chat.
func completesOnly(model string) bool {
	model = strings.TrimPrefix(model, "ft:")
	return strings.HasPrefix(model, "babbage-002") || strings.HasPrefix(model, "davinci-002")
}

// renderModel is a model in the words of the dialect.
func (c *call) renderModel(m madeModel) object {
	created := m.created
	if m.job == "" {
		created = time.Date(2025, 4, 14, 0, 0, 0, 0, time.UTC)
	}
	if c.dialect == OpenAI {
		owner := "system"
		if m.job != "" {
			owner = "fake-org"
		}
		return object{"object": "model", "id": m.name, "created": unix(created), "owned_by": owner}
	}
	o := object{
		"object": "model", "id": m.name, "created_at": unix(created), "status": "succeeded",
		"capabilities": object{
			"fine_tune": true, "inference": true, "completion": completesOnly(m.name),
			"chat_completion": !completesOnly(m.name), "embeddings": false,
		},
		"lifecycle_status": "generally-available",
		"deprecation":      object{"inference": unix(created.AddDate(3, 0, 0)), "fine_tune": unix(created.AddDate(2, 0, 0))},
	}
	if m.job != "" {
		o["model"], o["fine_tune"] = m.base, m.job
	}
	return o
}

func (c *call) listModels() answer {
	rendered := []object{}
	for _, m := range c.modelsThere() {
		rendered = append(rendered, c.renderModel(m))
	}
	return ok(object{"object": "list", "data": rendered})
}

func (c *call) showModel() answer {
	for _, m := range c.modelsThere() {
		if m.name == c.id {
			return ok(c.renderModel(m))
		}
	}
	return c.missing("model", c.id)
}

func (c *call) deleteModel() answer {
	at := slices.IndexFunc(c.made, func(m madeModel) bool { return m.name == c.id })
	if at < 0 {
		if slices.Contains(c.Trainable, c.id) {
			return c.failure(http.StatusForbidden, "forbidden", "The model is not yours.")
		}
		return c.missing("model", c.id)
	}
	c.made = slices.Delete(c.made, at, at+1)
	return ok(object{"object": "model", "id": c.id, "deleted": true})
}
