package manifest

import (
	"strings"

	"fipsguard/internal/syntax"
)

// template is a CloudFormation template, as far as values in it can be known
// without deploying it.
type template struct {
	parameters, mappings, resources *syntax.Value
}

func templateResources(root *syntax.Value) []resource {
	t := template{parameters: root.Get("Parameters"), mappings: root.Get("Mappings"), resources: root.Get("Resources")}
	members := t.resources.Members
	if t.resources.Kind == syntax.Tagged {
		call, _ := intrinsic(t.resources)
		members = []syntax.Member{{Name: call, Value: t.resources}}
	}
	var all []resource
	for _, m := range members {
		if r, ok := t.resource(m.Name, m.Value); ok {
			all = append(all, r)
		}
	}
	return all
}

func (t template) resource(name string, n *syntax.Value) (r resource, ok bool) {
	r = resource{name: name, id: id{name: name}, at: n.Position, kind: unreadable, source: t}
	typed := n.Get("Type")
	call, _ := intrinsic(n)
	switch {
	case strings.HasPrefix(name, "Fn::"):
		r.properties.unknown = name + " makes resources that only a deployment shows"
	case call != "":
		r.properties.unknown = call + " is not resolved"
	case n.Get("Fn::Transform") != nil:
		r.properties.unknown = "Fn::Transform is not resolved"
	case typed == nil:
		return r, false
	case !typed.IsPlain():
		r.properties.unknown = "its type is not a plain text"
	default:
		r.kind, r.properties = typed.Text, t.properties(n.Get("Properties"))
	}
	return r, true
}

func (t template) properties(n *syntax.Value) value {
	if call, _ := intrinsic(n); call != "" {
		return value{unknown: call + " is not resolved"}
	}
	return value{node: n}
}

// property also takes the spelling of the ECS API, which task definitions in
// files of their own have.
func (t template) property(of *syntax.Value, name string) []value {
	if of.Get("Fn::Transform") != nil {
		return []value{{unknown: "Fn::Transform is not resolved"}}
	}
	return t.resolve(of.Get(name, strings.ToLower(name[:1])+name[1:]))
}

func (t template) elements(of *syntax.Value) [][]value {
	if of == nil {
		return nil
	}
	var all [][]value
	for _, element := range of.Elements {
		all = append(all, t.resolve(element))
	}
	return all
}

// definition follows a reference by Ref or Fn::GetAtt.
func (t template) definition(of *syntax.Value) (names []string, missing string) {
	missing = "its task definition is not in this file"
	call, argument := intrinsic(of.Get("TaskDefinition"))
	switch {
	case call == "Ref":
		return []string{argument.PlainText()}, missing
	case call == "Fn::GetAtt" && argument.Kind == syntax.List && len(argument.Elements) > 0:
		return []string{argument.Elements[0].PlainText()}, missing
	case call == "Fn::GetAtt":
		name, _, _ := strings.Cut(argument.PlainText(), ".")
		return []string{name}, missing
	}
	return nil, missing
}

// typeOf is a resource's type, or empty.
func (t template) typeOf(name string) string {
	return t.resources.Get(name).Get("Type").PlainText()
}
