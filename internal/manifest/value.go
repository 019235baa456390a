package manifest

import (
	"fmt"
	"strings"

	"fipsguard/internal/syntax"
)

// value is what a property is in one world: a node of the file, left out
// (neither), or unknown, with the reason as the end of a sentence "because …".
type value struct {
	node    *syntax.Value
	unknown string
	at      syntax.Position // where it stands, or where it would
	key     string          // the name that it has in the file
	cause   cause           // what a person changes to change it
	from    source

	pending *syntax.Value // of a plan: which parts of the node only applying it shows
	written *syntax.Value // of a plan: the expressions with which it is written
}

// source reads the values of one kind of file. Names are CloudFormation's.
type source interface {
	// member is what a member of an object is.
	member(of value, name string) value
	// element is what an element of a list is; left out if the list leaves it out.
	element(of value, index int) value
	// block is the one object in a list that stands for it.
	block(of value) value
	// spelled is how the file writes a name.
	spelled(name string) string
	// called is what the file is.
	called() string
	// found lists the resources of the file that a value refers to.
	found(v value) []*resource
	// all lists the resources of the file of a type.
	all(kind string) []*resource
	// choose is world.choose.
	choose(what string, of int) int
}

// get is a member of an object that has one of several names. What is not of the
// shape that the member has is unknown: AWS may refuse it, or read it in a way
// of its own.
func (v value) get(want shape, names ...string) value {
	switch {
	case v.unknown != "" || v.node == nil:
		return v
	case v.node.Kind != syntax.Object:
		return v.but("its properties are not an object")
	}
	for _, name := range names {
		if m := v.from.member(v, name); m.unknown != "" || m.node != nil {
			return m.shaped(v.spelled(name), want)
		}
	}
	return value{at: v.at, from: v.from, cause: cause{kind: absent}, written: v.from.member(v, names[0]).written}
}

// list lists the elements of a list; those that are left out are not among them.
func (v value) list(name string, want shape) []value {
	if v.unknown != "" || v.node == nil {
		return nil
	}
	var all []value
	for i := range v.node.Elements {
		if e := v.from.element(v, i); e.unknown != "" || e.node != nil {
			all = append(all, e.shaped("an element of "+v.from.spelled(name), want))
		}
	}
	return all
}

// but is the value as one that is unknown.
func (v value) but(why string) value {
	v.node, v.unknown = nil, why
	return v
}

// isLeftOut reports whether the file has no such value.
func (v value) isLeftOut() bool { return v.node == nil && v.unknown == "" }

// spelled is how the value's file writes a name.
func (v value) spelled(name string) string {
	if v.from == nil {
		return name
	}
	return v.from.spelled(name)
}

// name is the name that the value has in an object, or would have.
func (v value) name(in value, called string) string { return firstText(v.key, in.spelled(called)) }

// text is the text of a value; nil when it is left out; empty, which is unknown,
// when it is not known.
func (v value) text() *string {
	if v.isLeftOut() {
		return nil
	}
	text := v.node.PlainText()
	return &text
}

// known is the text of a value, or empty.
func (v value) known() string { return v.node.PlainText() }

// shape is what a property's value has to be.
type shape uint8

const (
	word     shape = iota // one of a list of words, a version or a number
	name                  // a text that may refer to a resource
	list                  // any list
	object                // an object
	anything              // whatever it is
)

func (s shape) String() string {
	switch s {
	case list:
		return "a list"
	case object:
		return "an object"
	case word, name, anything:
	}
	return "a plain value"
}

func (s shape) has(n *syntax.Value) bool {
	switch s {
	case list:
		return n.Kind == syntax.List
	case object:
		return n.Kind == syntax.Object
	case anything:
		return true
	case word, name:
	}
	return n.IsPlain()
}

// maxElements is more than AWS allows in any list that is read here.
const maxElements = 100

func (v value) shaped(called string, want shape) value {
	if want == object && v.node != nil && v.node.Kind == syntax.List {
		v = v.from.block(v)
	}
	switch {
	case v.node == nil:
		return v
	case !want.has(v.node):
		return v.but(called + " is not " + want.String())
	case want == list && len(v.node.Elements) > maxElements:
		return v.but(fmt.Sprintf("%s has more than %d elements", called, maxElements))
	case want == word && isPlaceholder(v.node.Text):
		v.cause.kind = placeholder
		return v.but(whyPlaceholder(v.node.Text))
	}
	return v
}

// A text that a template puts together has marks in it where the deployment
// fills something in: what is between them is a resource, perhaps with an
// attribute, or, behind a question mark, why it is not known.
const (
	markBegin = "\uE000"
	markEnd   = "\uE001"
)

func mark(what string) string { return markBegin + what + markEnd }

// marked is the resource to which a text refers, and nothing but refers.
func marked(text string) (resource string, ok bool) {
	inside, ok := strings.CutPrefix(text, markBegin)
	if !ok || strings.HasPrefix(inside, "?") {
		return "", false
	}
	inside, ok = strings.CutSuffix(inside, markEnd)
	if !ok || strings.Contains(inside, markEnd) {
		return "", false
	}
	resource, _, _ = strings.Cut(inside, ".")
	return resource, true
}

// isPlaceholder reports whether a text is one that something fills in later.
// Nothing that ECS takes where a word stands has other characters than these.
func isPlaceholder(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-./: ", r)
	})
}

func whyPlaceholder(text string) string {
	inside, begins := strings.CutPrefix(text, markBegin)
	inside, ends := strings.CutSuffix(inside, markEnd)
	whole := begins && ends && !strings.Contains(inside, markEnd)
	why, unknown := strings.CutPrefix(inside, "?")
	switch {
	case whole && unknown:
		return why
	case whole:
		return inside + " is known only to the deployment"
	case strings.Contains(text, markBegin):
		return "a part of it is known only to the deployment"
	}
	return syntax.Quoted(text) + " is filled in later"
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// lowerFirst is a name as AWS's API writes it.
func lowerFirst(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToLower(name[:1]) + name[1:]
}
