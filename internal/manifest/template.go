package manifest

import (
	"strings"

	"fipsguard/internal/syntax"
)

// template is a CloudFormation template, as far as values in it can be known
// without deploying it.
type template struct {
	*world
	options    Options
	parameters *syntax.Value
	mappings   *syntax.Value
	conditions *syntax.Value
	resources  *syntax.Value
	macro      value  // unknown if a macro may rewrite everything
	scope      string // apart from the templates in which it is
	byType     map[string][]syntax.Member
	values     map[string]string // of parameters, as they are known
}

// newTemplate reads a template's outline. values are those of its parameters
// that are known.
func newTemplate(root *syntax.Value, w *world, o Options, values map[string]string) *template {
	t := &template{
		world: w, options: o, values: values,
		parameters: root.Get("Parameters"), mappings: root.Get("Mappings"), conditions: root.Get("Conditions"), resources: root.Get("Resources"),
		byType: map[string][]syntax.Member{},
	}
	for _, m := range t.resources.Members {
		kind := m.Value.Get("Type").PlainText()
		t.byType[kind] = append(t.byType[kind], m)
	}
	if name := macroOf(root); name != "" {
		at := root.Position
		if transform := root.Get("Transform", "Fn::Transform"); transform != nil {
			at = transform.Position
		}
		t.macro = value{unknown: "the macro " + name + " may rewrite it", at: at, from: t, cause: cause{kind: transform, at: at}}
	}
	return t
}

// macroOf is the first of a template's transforms that may rewrite what it finds.
// Of AWS's own these do not: they add what an AWS::Serverless resource, a secret
// or a blue-green deployment needs, or resolve functions.
func macroOf(root *syntax.Value) string {
	if included := root.Get("Fn::Transform"); included != nil {
		return firstText(nameOfTransform(included), "Fn::Transform")
	}
	transform := root.Get("Transform")
	if transform == nil {
		return ""
	}
	all := []*syntax.Value{transform}
	if transform.Kind == syntax.List {
		all = transform.Elements
	}
	for _, one := range all {
		switch called := nameOfTransform(one); {
		case called == "AWS::Serverless-2016-10-31", called == "AWS::LanguageExtensions", called == "AWS::CodeDeployBlueGreen", strings.HasPrefix(called, "AWS::SecretsManager-"):
		default:
			return firstText(called, "in Transform")
		}
	}
	return ""
}

func nameOfTransform(n *syntax.Value) string {
	if n.Kind == syntax.Object {
		return n.Get("Name").PlainText()
	}
	return n.PlainText()
}

// statements are those of the template's resources, by the resource that makes
// them.
func (t *template) read(each func(of, id string, read func() []statement)) {
	if t.macro.unknown != "" {
		each("Transform", "", func() []statement {
			because := t.macro
			because.unknown = strings.Replace(because.unknown, "rewrite it", "add resources", 1)
			return []statement{unknown(aboutDefinition, "", t.macro.at, because)}
		})
	}
	members := t.resources.Members
	if t.resources.Kind == syntax.Tagged {
		call, _ := intrinsic(t.resources)
		members = []syntax.Member{{Position: t.resources.Position, Name: call, Value: t.resources}}
	}
	for _, m := range members {
		each(m.Name, m.Name, func() []statement {
			if r, ok := t.resource(m.Name, m.Value); ok {
				return r.statements()
			}
			return nil
		})
	}
}

// resource is a resource in the world that the template is in; in some there may
// be none.
func (t *template) resource(name string, n *syntax.Value) (r resource, ok bool) {
	r = resource{name: name, id: name, at: n.Position, kind: unreadable, options: t.options, world: t.world, metadata: n.Get("Metadata")}
	typed := n.Get("Type")
	call, _ := intrinsic(n)
	opaque := func(why string, because causeKind) {
		r.properties = value{unknown: why, at: n.Position, from: t, cause: cause{kind: because, name: firstText(call, name)}}
	}
	switch {
	case strings.HasPrefix(name, "Fn::"):
		if loopsOverHarmless(n) {
			return r, false
		}
		opaque(name+" makes resources that only a deployment shows", transform)
	case call != "":
		opaque(call+" is not resolved", transform)
	case n.Get("Fn::Transform") != nil:
		opaque("Fn::Transform is not resolved", transform)
	case typed == nil:
		return r, false
	case !typed.IsPlain():
		opaque("its type is not a plain text", function)
	case n.Get("Condition").IsPlain() && !t.holds(n.Get("Condition").Text):
		return r, false
	default:
		r.kind, r.properties = typed.Text, t.properties(n)
	}
	return r, true
}

func (t *template) properties(of *syntax.Value) value {
	if t.macro.unknown != "" {
		return t.macro
	}
	n := of.Get("Properties")
	if call, _ := intrinsic(n); call != "" {
		return value{unknown: call + " is not resolved", at: n.Position, from: t, cause: cause{kind: transform}}
	}
	v := value{node: n, at: of.Position, from: t}
	if n != nil {
		v.at = n.Position
	}
	if n == nil {
		v.node = &syntax.Value{Position: of.Position, Kind: syntax.Object}
	}
	return v
}

// loopsOverHarmless reports whether all resources that Fn::ForEach makes are of
// types that launch nothing.
func loopsOverHarmless(n *syntax.Value) bool {
	if n.Kind != syntax.List || len(n.Elements) != 3 || n.Elements[2].Kind != syntax.Object || len(n.Elements[2].Members) == 0 {
		return false
	}
	for _, m := range n.Elements[2].Members {
		kind := m.Value.Get("Type")
		if row, known := typeOf(kind.PlainText()); !kind.IsPlain() || strings.HasPrefix(m.Name, "Fn::") ||
			strings.Contains(kind.Text, "${") || known && row.decode != nil || !known && reaches(kind.Text) {
			return false
		}
	}
	return true
}

// member also takes the spelling of AWS's API, which task definitions in files
// of their own have.
func (t *template) member(of value, name string) value {
	n, key := find(of.node, name)
	for _, m := range of.node.Members {
		if m.Name == "Fn::Transform" || n == nil && strings.HasPrefix(m.Name, "Fn::ForEach::") {
			return value{unknown: m.Name + " is not resolved", at: of.at, from: t, cause: cause{kind: transform}}
		}
	}
	v := t.resolve(n, 0)
	v.key = key
	if v.at.Line == 0 {
		v.at = of.at
	}
	return v
}

// find is a member in CloudFormation's or the API's spelling.
func find(n *syntax.Value, name string) (member *syntax.Value, key string) {
	if member := n.Get(name); member != nil {
		return member, name
	}
	if member := n.Get(lowerFirst(name)); member != nil {
		return member, lowerFirst(name)
	}
	return nil, ""
}

func (t *template) element(of value, index int) value { return t.resolve(of.node.Elements[index], 0) }

func (t *template) block(of value) value       { return of }
func (t *template) spelled(name string) string { return name }
func (t *template) called() string             { return "file" }

// found follows a reference by logical ID.
func (t *template) found(v value) []*resource {
	called, ok := marked(v.known())
	if !ok {
		return nil
	}
	n := t.resources.Get(called)
	if n == nil {
		return nil
	}
	if r, ok := t.resource(called, n); ok {
		return []*resource{&r}
	}
	return nil
}

func (t *template) all(kind string) []*resource {
	var all []*resource
	for _, m := range t.byType[kind] {
		if r, ok := t.resource(m.Name, m.Value); ok {
			all = append(all, &r)
		}
	}
	return all
}

// choose keeps apart what templates in templates choose.
func (t *template) choose(what string, of int) int { return t.world.choose(t.scope+what, of) }
