package manifest

import (
	"strings"
)

// template is a CloudFormation template, as far as values in it can be known
// without deploying it.
type template struct {
	parameters, mappings, resources *node
}

func templateResources(root *node) []resource {
	t := template{parameters: root.get("Parameters"), mappings: root.get("Mappings"), resources: root.get("Resources")}
	var all []resource
	for _, m := range t.resources.members {
		if r, ok := t.resource(m.name, m.value); ok {
			all = append(all, r)
		}
	}
	return all
}

func (t template) resource(name string, n *node) (r resource, ok bool) {
	r = resource{name: name, id: id{name: name}, line: n.line, column: n.column, kind: unreadable, source: t}
	typed := n.get("Type")
	call, _ := intrinsic(n)
	switch {
	case strings.HasPrefix(name, "Fn::"):
		r.properties.unknown = name + " makes resources that only a deployment shows"
	case call != "":
		r.properties.unknown = call + " is not resolved"
	case typed == nil:
		return r, false
	case typed.kind != scalar:
		r.properties.unknown = "its type is not a plain text"
	default:
		r.kind, r.properties = typed.text, t.properties(n.get("Properties"))
	}
	return r, true
}

func (t template) properties(n *node) value {
	if call, _ := intrinsic(n); call != "" {
		return value{unknown: call + " is not resolved"}
	}
	return value{node: n}
}

// property also takes the spelling of the ECS API, which task definitions in
// files of their own have.
func (t template) property(of *node, name string) []value {
	if of.get("Fn::Transform") != nil {
		return []value{{unknown: "Fn::Transform is not resolved"}}
	}
	return t.resolve(of.get(name, strings.ToLower(name[:1])+name[1:]))
}

func (t template) elements(of *node) [][]value {
	if of == nil {
		return nil
	}
	var all [][]value
	for _, element := range of.elements {
		all = append(all, t.resolve(element))
	}
	return all
}

// definition follows a reference by Ref or Fn::GetAtt.
func (t template) definition(of *node) (names []string, missing string) {
	missing = "its task definition is not in this file"
	call, argument := intrinsic(of.get("TaskDefinition"))
	switch {
	case call == "Ref":
		return []string{argument.text}, missing
	case call == "Fn::GetAtt" && argument.kind == list && len(argument.elements) > 0:
		return []string{argument.elements[0].text}, missing
	case call == "Fn::GetAtt":
		name, _, _ := strings.Cut(argument.text, ".")
		return []string{name}, missing
	}
	return nil, missing
}

// typeOf is a resource's type, or empty.
func (t template) typeOf(name string) string {
	if typed := t.resources.get(name).get("Type"); typed != nil {
		return typed.text
	}
	return ""
}
