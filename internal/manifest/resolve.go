package manifest

import (
	"fmt"
	"strings"

	"fipsguard/internal/syntax"
)

// maxChoices bounds the combinations of what a deployment can choose.
const maxChoices = 8

// resolve lists what a property can be, following the intrinsic functions
// whose result the template holds.
func (t template) resolve(n *syntax.Value) []value {
	all := t.choices(n, 0)
	if len(all) > maxChoices {
		return []value{{unknown: tooMany}}
	}
	return all
}

func (t template) choices(n *syntax.Value, depth int) []value {
	name, argument := intrinsic(n)
	switch {
	case n == nil:
		return []value{{}}
	case depth > syntax.MaxDepth:
		return []value{{unknown: "it is nested too deeply"}}
	case name == "":
		return []value{{node: n}}
	case name == "Ref" && argument.PlainText() == "AWS::NoValue":
		return []value{{}}
	case name == "Ref" && t.parameters.Get(argument.PlainText()) != nil:
		return t.parameter(argument.PlainText())
	case name == "Ref" && t.typeOf(argument.PlainText()) == "AWS::ECS::CapacityProvider":
		// Its name, whatever it is, is not one of Fargate's, which are reserved.
		return []value{{node: argument}}
	case name == "Fn::If" && len(argument.Elements) == 3:
		all := t.choices(argument.Elements[1], depth+1)
		if len(all) > maxChoices {
			return all
		}
		return append(all, t.choices(argument.Elements[2], depth+1)...)
	case name == "Fn::FindInMap" && len(argument.Elements) == 3:
		return t.findInMap(argument, depth)
	case name == "Fn::Sub" && argument.IsPlain() && !strings.Contains(argument.Text, "${"):
		return []value{{node: argument}}
	}
	return []value{{unknown: fmt.Sprintf("%s is known only to the deployment", described(name, argument))}}
}

// parameter: a default can be overridden by whoever deploys, so only the
// allowed values say what a parameter can be.
func (t template) parameter(name string) []value {
	allowed := t.parameters.Get(name).Get("AllowedValues")
	if allowed == nil || len(allowed.Elements) == 0 {
		return []value{{unknown: fmt.Sprintf("parameter %s has no AllowedValues", name)}}
	}
	var all []value
	for _, a := range allowed.Elements[:min(len(allowed.Elements), maxChoices+1)] {
		all = append(all, value{node: a})
	}
	return all
}

func (t template) findInMap(argument *syntax.Value, depth int) []value {
	maps := t.choices(argument.Elements[0], depth+1)
	tops := t.choices(argument.Elements[1], depth+1)
	seconds := t.choices(argument.Elements[2], depth+1)
	var all []value
	for _, m := range maps {
		for _, top := range tops {
			for _, second := range seconds {
				all = append(all, t.lookUp(m, top, second))
				if len(all) > maxChoices {
					return all
				}
			}
		}
	}
	return all
}

func (t template) lookUp(m, top, second value) value {
	if unknown := firstText(m.unknown, top.unknown, second.unknown); unknown != "" {
		return value{unknown: unknown}
	}
	found := t.mappings.Get(m.textOrEmpty()).Get(top.textOrEmpty()).Get(second.textOrEmpty())
	if found == nil {
		return value{unknown: "Fn::FindInMap finds nothing for these keys"}
	}
	return value{node: found}
}

// intrinsic is the function that a value calls: in its long form an object with
// one member, in its short form a tag. A tag that CloudFormation does not have is
// taken for a function, too.
func intrinsic(n *syntax.Value) (name string, argument *syntax.Value) {
	switch {
	case n == nil:
	case n.Kind == syntax.Tagged:
		name = strings.TrimPrefix(n.Text, "!")
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		return name, n.Elements[0]
	case n.Kind == syntax.Object && len(n.Members) == 1:
		if m := n.Members[0]; m.Name == "Ref" || strings.HasPrefix(m.Name, "Fn::") {
			return m.Name, m.Value
		}
	}
	return "", nil
}

func described(name string, argument *syntax.Value) string {
	if argument.IsPlain() {
		return name + " " + argument.Text
	}
	return name
}
