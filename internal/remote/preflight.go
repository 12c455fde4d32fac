package remote

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/cognitiveservices/armcognitiveservices/v2"

	"github.com/ftlint/ftlint/internal/catalog"
)

// Preflight looks whether a deployment can be made before it is asked for: whether the
// name is free, whether the SKU takes fine-tunes of the model in the region, and whether
// there is quota. What the service does not answer, or not to everybody, is a word at
// most; where it does not tell of the SKU the dated table of the catalogue does.
// trained says that the model is made already, and is not what one is to be made of.
func (c *Control) Preflight(ctx context.Context, spec *DeploymentSpec, trained bool) ([]Problem, error) {
	if list := spec.Check(); len(list) > 0 {
		return list, nil
	}
	p := &preflight{c: c, spec: spec, trained: trained}
	for _, step := range []func(context.Context) error{p.names, p.region, p.sku, p.quota} {
		if err := step(ctx); err != nil {
			return p.list, err
		}
	}
	if c.DryRun != nil {
		return nil, nil // the answers were made up
	}
	return p.list, nil
}

// preflight is what was found.
type preflight struct {
	c    *Control
	spec *DeploymentSpec
	list []Problem

	trained bool // else the model is one that is yet to be trained

	location       string // "": not known
	model, version string // of the base model, as the service names them; "": not known
	reused         bool   // the deployment is there already
}

func (p *preflight) add(isError bool, text string, args ...any) {
	p.list = append(p.list, Problem{"FTH004", isError, fmt.Sprintf(text, args...)})
}

// unanswered tells what the service does not answer: whoever may deploy need not be
// allowed to ask. Other errors are returned.
func (p *preflight) unanswered(what string, err error) error {
	switch Status(err) {
	case http.StatusForbidden:
		p.add(false, "%s was not looked at: the right to ask for it is missing", what)
		return nil
	case http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed:
		p.add(false, "%s was not looked at: the service does not answer that here", what)
		return nil
	}
	return err
}

// names looks at the deployments that there are.
func (p *preflight) names(ctx context.Context) error {
	list, err := p.c.Deployments(ctx)
	if err != nil {
		return p.unanswered("whether the name is free", err)
	}
	for i := range list {
		d := &list[i]
		switch {
		case p.trained && strings.EqualFold(d.Name, p.spec.Name) && p.spec.fits(d):
			p.reused = true
			p.add(false, "deployment %s is there already, as it is to be (%s)", d.Name, d.State)
		case strings.EqualFold(d.Name, p.spec.Name) && d.State != stateDeleting:
			p.add(true, "%v", &TakenError{*d})
		case p.trained && strings.EqualFold(d.Model, p.spec.Model) && d.State != stateDeleting:
			p.add(false, "the model is deployed as %s already: some of Azure's pages say that a model can have one deployment", d.Name)
		}
	}
	return nil
}

// region asks where the account is.
func (p *preflight) region(ctx context.Context) error {
	location, err := ask(ctx, p.c, "asking for account "+p.c.Name, func(clients *controlClients) (string, error) {
		answer, err := clients.accounts.Get(ctx, p.c.ResourceGroup, p.c.Name, nil)
		return value(answer.Location), err
	})
	switch {
	case Status(err) == http.StatusNotFound: // which the deployment needs, too
		return err
	case err != nil:
		return p.unanswered("the region of the account", err)
	}
	p.location = strings.ToLower(strings.ReplaceAll(location, " ", ""))
	p.model, p.version = baseModel(p.spec.Model)
	return nil
}

var (
	datedModel   = regexp.MustCompile(`^(.+)-(\d{4}-\d{2}-\d{2})$`)
	monthedModel = regexp.MustCompile(`^(gpt-.+)-(\d{4})$`)
)

// baseModel is the name and the version of the base of a fine-tuned model. Of a
// checkpoint's id nothing is known.
func baseModel(model string) (name, version string) {
	if strings.HasPrefix(model, "ftchkpt-") {
		return "", ""
	}
	base := catalog.BaseName(model)
	for _, pattern := range []*regexp.Regexp{datedModel, monthedModel} {
		if match := pattern.FindStringSubmatch(base); match != nil {
			return match[1], match[2]
		}
	}
	return base, "1"
}

// sku looks whether the SKU takes the model in the region.
func (p *preflight) sku(ctx context.Context) error {
	if p.reused || p.location == "" || p.model == "" {
		p.table()
		return nil
	}
	type capacity struct {
		sku  string
		free float64 // not a number: not told
	}
	list, err := ask(ctx, p.c, "asking for capacities", func(clients *controlClients) (list []capacity, err error) {
		pages := clients.capacities.NewListPager(p.location, "OpenAI", p.model, p.version, nil)
		for pages.More() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, item := range page.Value {
				if item.Properties == nil {
					continue
				}
				free := math.NaN()
				if n := item.Properties.AvailableFinetuneCapacity; n != nil {
					free = float64(*n)
				}
				list = append(list, capacity{value(item.Properties.SKUName), free})
			}
		}
		return list, nil
	})
	if err != nil {
		p.table()
		return p.unanswered("whether the region has room for the model", err)
	}
	at := slices.IndexFunc(list, func(k capacity) bool { return strings.EqualFold(k.sku, p.spec.SKU) })
	// What the service does not tell of fine-tunes it does not say no to.
	tells := slices.ContainsFunc(list, func(k capacity) bool { return !math.IsNaN(k.free) })
	switch {
	case at < 0 && !tells || at >= 0 && math.IsNaN(list[at].free):
		p.table()
	case at < 0:
		var others []string
		for _, k := range list {
			if k.free > 0 && !slices.Contains(others, k.sku) {
				others = append(others, k.sku)
			}
		}
		instead := "it offers no other SKU"
		if len(others) > 0 {
			slices.Sort(others)
			instead = "it offers " + strings.Join(others, ", ")
		}
		p.add(true, "the service has no SKU %s for fine-tunes of %s in %s: %s", p.spec.SKU, p.base(), p.location, instead)
	case list[at].free < float64(p.spec.Capacity):
		p.tooMuch("the region has room", list[at].free)
	}
	return nil
}

func (p *preflight) base() string { return catalog.BaseName(p.spec.Model) }

// tooMuch tells that more is asked for than there is.
func (p *preflight) tooMuch(what string, free float64) {
	if free < 1 {
		p.add(true, "%s for nothing more of SKU %s: delete deployments that are not needed, or choose another SKU or region", what, p.spec.SKU)
		return
	}
	p.add(true, "%s for a capacity of %.0f, and %d is asked for: --capacity %.0f would do", what, math.Floor(free), p.spec.Capacity, math.Floor(free))
}

// table looks the SKU up in the catalogue. What is in there has a date, and is no reason
// to refuse.
func (p *preflight) table() {
	known, err := catalog.Load()
	if err != nil || p.reused {
		return
	}
	if offered, told := known.Deployable(p.spec.Model, p.spec.SKU, p.location); told && !offered {
		where := "in no region that is known"
		if p.location != "" {
			where = "not in " + p.location
		}
		p.add(false, "as of %s, %s took fine-tunes of %s %s (%s)", known.AsOf("skus"), p.spec.SKU, p.base(), where, known.Source("skus").Text)
	}
}

// quota looks whether the subscription may have what is asked for.
func (p *preflight) quota(ctx context.Context) error {
	if p.reused || p.location == "" || p.model == "" {
		return nil
	}
	list, err := ask(ctx, p.c, "asking for quota", func(clients *controlClients) (list []*armcognitiveservices.Usage, err error) {
		pages := clients.usages.NewListPager(p.location, nil)
		for pages.More() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			list = append(list, page.Value...)
		}
		return list, nil
	})
	if err != nil {
		return p.unanswered("the quota of the subscription", err)
	}
	if usage := usageOf(list, p.spec.SKU, p.model); usage != nil {
		if free := value(usage.Limit) - value(usage.CurrentValue); free < float64(p.spec.Capacity) {
			p.tooMuch(fmt.Sprintf("the subscription has quota (%s: %.0f of %.0f used)", value(usage.Name.Value), value(usage.CurrentValue), value(usage.Limit)), free)
		}
	}
	return nil
}

// usageOf finds the quota of fine-tunes of a model: OpenAI.Standard.gpt-4o-mini-finetune,
// or that of the model if fine-tunes have none of their own.
func usageOf(list []*armcognitiveservices.Usage, sku, model string) *armcognitiveservices.Usage {
	simple := strings.NewReplacer("-", "", ".", "", "_", "", " ", "")
	fold := func(s string) string { return simple.Replace(strings.ToLower(s)) }
	for _, want := range []string{model + "-finetune", model + "-ft", model} {
		for _, u := range list {
			if u.Name == nil || u.Limit == nil || u.CurrentValue == nil {
				continue
			}
			parts := strings.SplitN(value(u.Name.Value), ".", 3)
			if len(parts) == 3 && strings.EqualFold(parts[0], "OpenAI") && strings.EqualFold(parts[1], sku) && fold(parts[2]) == fold(want) {
				return u
			}
		}
	}
	return nil
}
