package manifest

import (
	"strings"
	"unicode"

	"fipsguard/internal/syntax"
)

// planResources are those of a saved plan as `terraform show -json` prints it,
// format version 1.
func planResources(root *syntax.Value) []resource {
	changes := root.Get("resource_changes")
	if changes == nil {
		return nil
	}
	expressions := map[written]*syntax.Value{}
	collect(root.Get("configuration").Get("root_module"), "", expressions)
	var all []resource
	for _, c := range changes.Elements {
		if r, ok := planResource(c, expressions); ok {
			all = append(all, r)
		}
	}
	return all
}

// planResource is what a resource is after the plan. Of those that the plan
// destroys only a setting matters, which then falls back.
func planResource(c *syntax.Value, expressions map[written]*syntax.Value) (r resource, ok bool) {
	kind, name, module := c.Get("type").PlainText(), c.Get("name").PlainText(), c.Get("module_address").PlainText()
	if decoder(kind) == nil {
		return r, false
	}
	change := c.Get("change")
	source := planned{
		values:      change.Get("after"),
		unknown:     change.Get("after_unknown"),
		expressions: expressions[written{modulePath(module), kind, name}],
	}
	destroyed := isDestroyed(change.Get("actions"))
	if destroyed {
		if kind != "aws_ecs_account_setting_default" {
			return r, false
		}
		source.values = change.Get("before")
	}
	return resource{
		name: c.Get("address").PlainText(), id: id{module, kind + "." + name}, at: c.Position,
		kind: kind, source: source, properties: value{node: source.values}, destroyed: destroyed,
	}, true
}

// isDestroyed reports whether nothing of the resource is left after the plan.
func isDestroyed(actions *syntax.Value) bool {
	if actions == nil || len(actions.Elements) != 1 {
		return false
	}
	action := actions.Elements[0].PlainText()
	return action == "delete" || action == "forget"
}

// written is a resource's place in the configuration of a plan.
type written struct{ modulePath, kind, name string }

// collect lists the expressions with which resources are written, by module.
func collect(module *syntax.Value, path string, into map[written]*syntax.Value) {
	if resources := module.Get("resources"); resources != nil {
		for _, r := range resources.Elements {
			key := written{path, r.Get("type").PlainText(), r.Get("name").PlainText()}
			if _, again := into[key]; !again {
				into[key] = r.Get("expressions")
			}
		}
	}
	if calls := module.Get("module_calls"); calls != nil {
		for _, call := range calls.Members {
			collect(call.Value.Get("module"), path+"."+call.Name, into)
		}
	}
}

// modulePath turns an address such as module.a["x"].module.b into the calls
// that lead there, .a.b.
func modulePath(address string) string {
	var path, step strings.Builder
	end := func() {
		if s := step.String(); s != "" && s != "module" {
			path.WriteString("." + s)
		}
		step.Reset()
	}
	depth := 0
	for _, r := range address {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth > 0:
		case r == '.':
			end()
		default:
			step.WriteRune(r)
		}
	}
	end()
	return path.String()
}

// planned is what a plan says of one resource.
type planned struct {
	values      *syntax.Value // its attributes after the plan
	unknown     *syntax.Value // which of them only applying the plan tells
	expressions *syntax.Value // how they are written
}

// property: Terraform writes null or an empty text for what is left out, and a
// block as a list.
func (p planned) property(of *syntax.Value, name string) []value {
	attribute := snakeCase(name)
	if of == p.values && (isUnknown(p.unknown.Get(attribute)) || p.unknown.PlainText() == "true") {
		if isComputed(name) && p.expressions.Get(attribute) == nil {
			return []value{{}}
		}
		return []value{{unknown: "Terraform knows it only after applying the plan"}}
	}
	n := of.Get(attribute)
	switch {
	case n == nil, n.Kind == syntax.String && n.Text == "", n.Kind == syntax.List && len(n.Elements) == 0:
		return []value{{}}
	case name == "RuntimePlatform" && n.Kind == syntax.List:
		return []value{{node: n.Elements[0]}}
	}
	return []value{{node: n}}
}

// isComputed: of a service, Terraform computes what is left out, and so prints
// it as unknown.
func isComputed(name string) bool {
	switch name {
	case "PlatformVersion", "LaunchType", "CapacityProviderStrategy":
		return true
	}
	return false
}

func (p planned) elements(of *syntax.Value) [][]value {
	if of == nil {
		return nil
	}
	var all [][]value
	for _, element := range of.Elements {
		all = append(all, []value{{node: element}})
	}
	return all
}

// definition lists what the configuration refers to.
func (p planned) definition(*syntax.Value) (names []string, missing string) {
	if references := p.expressions.Get("task_definition").Get("references"); references != nil {
		for _, r := range references.Elements {
			names = append(names, r.PlainText())
		}
	}
	return names, "its task definition is not in this plan"
}

// isUnknown looks for a true anywhere: a block is marked by its members.
func isUnknown(n *syntax.Value) bool {
	if n == nil {
		return false
	}
	for _, m := range n.Members {
		if isUnknown(m.Value) {
			return true
		}
	}
	for _, e := range n.Elements {
		if isUnknown(e) {
			return true
		}
	}
	return n.PlainText() == "true"
}

// snakeCase is Terraform's spelling of a property's name.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
