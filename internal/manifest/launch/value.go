package launch

import (
	"fmt"
	"strings"

	"fipsguard/internal/syntax"
)

// Value is what a property is in one world: a node of the file, left out
// (neither), or unknown, with the reason as the end of a sentence "because …".
type Value struct {
	Node    *syntax.Value
	Unknown string
	At      syntax.Position // where it stands, or where it would
	Key     string          // the name that it has in the file
	Cause   Cause           // what a person changes to change it
	From    Source

	Pending *syntax.Value // of a plan: which parts of the node only applying it shows
	Written *syntax.Value // of a plan: the expressions with which it is written
}

// Source reads the values of one kind of file. Names are CloudFormation's.
type Source interface {
	// Member is what a member of an object is.
	Member(of Value, name string) Value
	// Element is what an element of a list is; left out if the list leaves it out.
	Element(of Value, index int) Value
	// Block is the one object in a list that stands for it.
	Block(of Value) Value
	// Spelled is how the file writes a name.
	Spelled(name string) string
	// Called is what the file is.
	Called() string
	// Found lists the resources of the file that a value refers to.
	Found(v Value) []*Resource
	// All lists the resources of the file of a type.
	All(kind string) []*Resource
	// Choose is world.choose.
	Choose(what string, of int) int
}

// get is a member of an object that has one of several names. What is not of the
// shape that the member has is unknown: AWS may refuse it, or read it in a way
// of its own.
func (v Value) get(want shape, names ...string) Value {
	switch {
	case v.Unknown != "" || v.Node == nil:
		return v
	case v.Node.Kind != syntax.Object:
		return v.But("its properties are not an object")
	}
	for _, name := range names {
		if m := v.From.Member(v, name); m.Unknown != "" || m.Node != nil {
			return m.shaped(v.Spelled(name), want)
		}
	}
	return Value{At: v.At, From: v.From, Cause: Cause{Kind: Absent}, Written: v.From.Member(v, names[0]).Written}
}

// list lists the elements of a list; those that are left out are not among them.
func (v Value) list(name string, want shape) []Value {
	if v.Unknown != "" || v.Node == nil {
		return nil
	}
	var all []Value
	for i := range v.Node.Elements {
		if e := v.From.Element(v, i); e.Unknown != "" || e.Node != nil {
			all = append(all, e.shaped("an element of "+v.From.Spelled(name), want))
		}
	}
	return all
}

// But is the value as one that is unknown.
func (v Value) But(why string) Value {
	v.Node, v.Unknown = nil, why
	return v
}

// IsLeftOut reports whether the file has no such value.
func (v Value) IsLeftOut() bool { return v.Node == nil && v.Unknown == "" }

// spelled is how the value's file writes a name.
func (v Value) Spelled(name string) string {
	if v.From == nil {
		return name
	}
	return v.From.Spelled(name)
}

// name is the name that the value has in an object, or would have.
func (v Value) name(in Value, called string) string { return FirstText(v.Key, in.Spelled(called)) }

// text is the text of a value; nil when it is left out; empty, which is unknown,
// when it is not known.
func (v Value) text() *string {
	if v.IsLeftOut() {
		return nil
	}
	text := v.Node.PlainText()
	return &text
}

// Known is the text of a value, or empty.
func (v Value) Known() string { return v.Node.PlainText() }

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

func (v Value) shaped(called string, want shape) Value {
	if want == object && v.Node != nil && v.Node.Kind == syntax.List {
		v = v.From.Block(v)
	}
	switch {
	case v.Node == nil:
		return v
	case !want.has(v.Node):
		return v.But(called + " is not " + want.String())
	case want == list && len(v.Node.Elements) > maxElements:
		return v.But(fmt.Sprintf("%s has more than %d elements", called, maxElements))
	case want == word && IsPlaceholder(v.Node.Text):
		v.Cause.Kind = Placeholder
		return v.But(whyPlaceholder(v.Node.Text))
	}
	return v
}

// A text that a template puts together has marks in it where the deployment
// fills something in: what is between them is a resource, perhaps with an
// attribute, or, behind a question mark, why it is not known.
const (
	MarkBegin = "\uE000"
	markEnd   = "\uE001"
)

func Mark(what string) string { return MarkBegin + what + markEnd }

// Marked is the resource to which a text refers, and nothing but refers.
func Marked(text string) (resource string, ok bool) {
	inside, ok := strings.CutPrefix(text, MarkBegin)
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

// IsPlaceholder reports whether a text is one that something fills in later.
// Nothing that ECS takes where a word stands has other characters than these.
func IsPlaceholder(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-./: ", r)
	})
}

func whyPlaceholder(text string) string {
	inside, begins := strings.CutPrefix(text, MarkBegin)
	inside, ends := strings.CutSuffix(inside, markEnd)
	whole := begins && ends && !strings.Contains(inside, markEnd)
	why, unknown := strings.CutPrefix(inside, "?")
	switch {
	case whole && unknown:
		return why
	case whole:
		return inside + " is known only to the deployment"
	case strings.Contains(text, MarkBegin):
		return "a part of it is known only to the deployment"
	}
	return syntax.Quoted(text) + " is filled in later"
}

func FirstText(texts ...string) string {
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
