package manifest

import (
	"fmt"
	"strings"
)

// maxChoices bounds the combinations of what a deployment can choose.
const maxChoices = 8

// resolve lists what a property can be, following the intrinsic functions
// whose result the template holds.
func (t template) resolve(n *node) []value {
	all := t.choices(n, 0)
	if len(all) > maxChoices {
		return []value{{unknown: "it has too many choices"}}
	}
	return all
}

func (t template) choices(n *node, depth int) []value {
	name, argument := intrinsic(n)
	switch {
	case n == nil:
		return []value{{}}
	case depth > maxDepth:
		return []value{{unknown: "it is nested too deeply"}}
	case name == "":
		return []value{{node: n}}
	case name == "Ref" && argument.text == "AWS::NoValue":
		return []value{{}}
	case name == "Ref" && t.parameters.get(argument.text) != nil:
		return t.parameter(argument.text)
	case name == "Ref" && t.typeOf(argument.text) == "AWS::ECS::CapacityProvider":
		// Its name, whatever it is, is not one of Fargate's, which are reserved.
		return []value{{node: argument}}
	case name == "Fn::If" && len(argument.elements) == 3:
		all := t.choices(argument.elements[1], depth+1)
		if len(all) > maxChoices {
			return all
		}
		return append(all, t.choices(argument.elements[2], depth+1)...)
	case name == "Fn::FindInMap" && len(argument.elements) == 3:
		return t.findInMap(argument, depth)
	case name == "Fn::Sub" && argument.kind == scalar && !strings.Contains(argument.text, "${"):
		return []value{{node: argument}}
	}
	return []value{{unknown: fmt.Sprintf("%s is known only to the deployment", described(name, argument))}}
}

// parameter: a default can be overridden by whoever deploys, so only the
// allowed values say what a parameter can be.
func (t template) parameter(name string) []value {
	allowed := t.parameters.get(name).get("AllowedValues")
	if allowed == nil || len(allowed.elements) == 0 {
		return []value{{unknown: fmt.Sprintf("parameter %s has no AllowedValues", name)}}
	}
	var all []value
	for _, a := range allowed.elements {
		all = append(all, value{node: a})
	}
	return all
}

func (t template) findInMap(argument *node, depth int) []value {
	maps := t.choices(argument.elements[0], depth+1)
	tops := t.choices(argument.elements[1], depth+1)
	seconds := t.choices(argument.elements[2], depth+1)
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
	found := t.mappings.get(m.textOrEmpty()).get(top.textOrEmpty()).get(second.textOrEmpty())
	if found == nil {
		return value{unknown: "Fn::FindInMap finds nothing for these keys"}
	}
	return value{node: found}
}

// intrinsic is the function that an object with one member calls.
func intrinsic(n *node) (name string, argument *node) {
	if n == nil || n.kind != object || len(n.members) != 1 {
		return "", nil
	}
	m := n.members[0]
	if m.name == "Ref" || strings.HasPrefix(m.name, "Fn::") {
		return m.name, m.value
	}
	return "", nil
}

func described(name string, argument *node) string {
	if argument.kind == scalar {
		return name + " " + argument.text
	}
	return name
}
