package manifest

import (
	"fmt"

	"fipsguard/internal/syntax"
)

// value is one thing that a property can be once it is deployed: a node of the
// file, left out (neither), or unknown, with the reason as the end of a
// sentence "because …".
type value struct {
	node    *syntax.Value
	unknown string
}

// text is the text of a plain value; nil when the property is left out; empty,
// which is unknown, for any other value.
func (v value) text() *string {
	switch {
	case v.node == nil && v.unknown == "":
		return nil
	case !v.node.IsPlain():
		return new(string)
	}
	return &v.node.Text
}

// textOrEmpty is the text where it does not matter whether it is left out.
func (v value) textOrEmpty() string {
	if text := v.text(); text != nil {
		return *text
	}
	return ""
}

// source reads what resources state in one of the formats of files. Names are
// CloudFormation's.
type source interface {
	// property lists what a property of an object can be: at least one value.
	property(of *syntax.Value, name string) []value
	// elements lists what each element of a list can be.
	elements(of *syntax.Value) [][]value
	// definition names the task definitions of the file that a resource's
	// property TaskDefinition refers to, and says what if none is found.
	definition(of *syntax.Value) (names []string, missing string)
}

// property lists what a property can be. What is not of the kind that the
// property has is unknown: AWS may refuse it, or read it in a way of its own.
func (r resource) property(of value, name string, want shape) []value {
	switch {
	case of.unknown != "":
		return []value{{unknown: of.unknown}}
	case of.node != nil && of.node.Kind != syntax.Object:
		return []value{{unknown: "its properties are not an object"}}
	}
	return inShape(r.source.property(of.node, name), name, want)
}

// elements lists what each element of a list can be.
func (r resource) elements(of value, name string, want shape) [][]value {
	all := r.source.elements(of.node)
	for i := range all {
		all[i] = inShape(all[i], "an element of "+name, want)
	}
	return all
}

// shape is what a property's value has to be.
type shape uint8

const (
	plain shape = iota
	list
	object
)

func (s shape) String() string {
	switch s {
	case list:
		return "a list"
	case object:
		return "an object"
	case plain:
	}
	return "a plain value"
}

func (s shape) has(n *syntax.Value) bool {
	switch s {
	case list:
		return n.Kind == syntax.List
	case object:
		return n.Kind == syntax.Object
	case plain:
	}
	return n.IsPlain()
}

// maxElements is more than AWS allows in any list that is read here.
const maxElements = 64

func inShape(all []value, name string, want shape) []value {
	checked := make([]value, len(all))
	for i, v := range all {
		switch {
		case v.node == nil:
		case !want.has(v.node):
			v = value{unknown: name + " is not " + want.String()}
		case want == list && len(v.node.Elements) > maxElements:
			v = value{unknown: fmt.Sprintf("%s has more than %d elements", name, maxElements)}
		}
		checked[i] = v
	}
	return checked
}
