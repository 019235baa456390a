package manifest

import (
	"strings"
	"unicode"
)

// planResources are those of a saved plan as `terraform show -json` prints it,
// format version 1.
func planResources(root *node) []resource {
	changes := root.get("resource_changes")
	if changes == nil {
		return nil
	}
	written := map[written]*node{}
	collect(root.get("configuration").get("root_module"), "", written)
	var all []resource
	for _, c := range changes.elements {
		if r, ok := planResource(c, written); ok {
			all = append(all, r)
		}
	}
	return all
}

// planResource is what a resource is after the plan. Of those that the plan
// destroys only a setting matters, which then falls back.
func planResource(c *node, expressions map[written]*node) (r resource, ok bool) {
	kind, name, module := textOf(c.get("type")), textOf(c.get("name")), textOf(c.get("module_address"))
	if decoder(kind) == nil {
		return r, false
	}
	change := c.get("change")
	planned := planned{
		values:      change.get("after"),
		unknown:     change.get("after_unknown"),
		expressions: expressions[written{modulePath(module), kind, name}],
	}
	destroyed := isDestroyed(change.get("actions"))
	if destroyed {
		if kind != "aws_ecs_account_setting_default" {
			return r, false
		}
		planned.values = change.get("before")
	}
	return resource{
		name: textOf(c.get("address")), id: id{module, kind + "." + name}, line: c.line, column: c.column,
		kind: kind, source: planned, properties: value{node: planned.values}, destroyed: destroyed,
	}, true
}

// isDestroyed reports whether nothing of the resource is left after the plan.
func isDestroyed(actions *node) bool {
	return actions != nil && len(actions.elements) == 1 && (actions.elements[0].text == "delete" || actions.elements[0].text == "forget")
}

// written is a resource's place in the configuration of a plan.
type written struct{ modulePath, kind, name string }

// collect lists the expressions with which resources are written, by module.
func collect(module *node, path string, into map[written]*node) {
	if resources := module.get("resources"); resources != nil {
		for _, r := range resources.elements {
			key := written{path, textOf(r.get("type")), textOf(r.get("name"))}
			if _, again := into[key]; !again {
				into[key] = r.get("expressions")
			}
		}
	}
	if calls := module.get("module_calls"); calls != nil {
		for _, call := range calls.members {
			collect(call.value.get("module"), path+"."+call.name, into)
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
	values      *node // its attributes after the plan
	unknown     *node // which of them only applying the plan tells
	expressions *node // how they are written
}

// property: Terraform writes null or an empty text for what is left out, and a
// block as a list.
func (p planned) property(of *node, name string) []value {
	attribute := snakeCase(name)
	if of == p.values && isUnknown(p.unknown.get(attribute)) {
		if isComputed(name) && p.expressions.get(attribute) == nil {
			return []value{{}}
		}
		return []value{{unknown: "Terraform knows it only after applying the plan"}}
	}
	n := of.get(attribute)
	switch {
	case n == nil, n.kind == scalar && n.text == "", n.kind == list && len(n.elements) == 0:
		return []value{{}}
	case name == "RuntimePlatform" && n.kind == list:
		return []value{{node: n.elements[0]}}
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

func (p planned) elements(of *node) [][]value {
	if of == nil {
		return nil
	}
	var all [][]value
	for _, element := range of.elements {
		all = append(all, []value{{node: element}})
	}
	return all
}

// definition lists what the configuration refers to.
func (p planned) definition(*node) (names []string, missing string) {
	if references := p.expressions.get("task_definition").get("references"); references != nil {
		for _, r := range references.elements {
			names = append(names, r.text)
		}
	}
	return names, "its task definition is not in this plan"
}

// isUnknown looks for a true anywhere: a block is marked by its members.
func isUnknown(n *node) bool {
	if n == nil {
		return false
	}
	for _, m := range n.members {
		if isUnknown(m.value) {
			return true
		}
	}
	for _, e := range n.elements {
		if isUnknown(e) {
			return true
		}
	}
	return n.kind == scalar && n.text == "true"
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

func textOf(n *node) string {
	if n == nil || n.kind != scalar {
		return ""
	}
	return n.text
}
