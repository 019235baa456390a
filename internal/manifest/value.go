package manifest

// value is one thing that a property can be once it is deployed: a node of the
// file, left out (neither), or unknown, with the reason as the end of a
// sentence "because …".
type value struct {
	node    *node
	unknown string
}

// text is a scalar's text; nil when the property is left out; empty, which is
// unknown, when it is not a scalar.
func (v value) text() *string {
	switch {
	case v.node == nil && v.unknown == "":
		return nil
	case v.node == nil || v.node.kind != scalar:
		return new(string)
	}
	return &v.node.text
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
	property(of *node, name string) []value
	// elements lists what each element of a list can be.
	elements(of *node) [][]value
	// definition names the task definitions of the file that a resource's
	// property TaskDefinition refers to, and says what if none is found.
	definition(of *node) (names []string, missing string)
}

// property lists what a property can be. What is not of the kind that the
// property has is unknown: AWS may refuse it, or read it in a way of its own.
func (r resource) property(of value, name string, want kind) []value {
	if of.unknown != "" {
		return []value{{unknown: of.unknown}}
	}
	return asKind(r.source.property(of.node, name), name, want)
}

// elements lists what each element of a list can be.
func (r resource) elements(of value, name string, want kind) [][]value {
	all := r.source.elements(of.node)
	for i := range all {
		all[i] = asKind(all[i], "an element of "+name, want)
	}
	return all
}

func asKind(all []value, name string, want kind) []value {
	checked := make([]value, len(all))
	for i, v := range all {
		if v.node != nil && v.node.kind != want {
			v = value{unknown: name + " is not " + want.String()}
		}
		checked[i] = v
	}
	return checked
}
