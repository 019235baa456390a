package manifest

import (
	"strings"

	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// template is a CloudFormation template, as far as values in it can be known
// without deploying it.
type template struct {
	world      *launch.World
	options    launch.Options
	parameters *syntax.Value
	mappings   *syntax.Value
	conditions *syntax.Value
	resources  *syntax.Value
	macro      launch.Value // unknown if a macro may rewrite everything
	scope      string       // apart from the templates in which it is
	byType     map[string][]syntax.Member
	values     map[string]string // of parameters, as they are known
}

// newTemplate reads a template's outline. values are those of its parameters
// that are known.
func newTemplate(root *syntax.Value, w *launch.World, o launch.Options, values map[string]string) *template {
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
		t.macro = launch.Value{Unknown: "the macro " + name + " may rewrite it", At: at, From: t, Cause: launch.Cause{Kind: launch.Transform, At: at}}
	}
	return t
}

// macroOf is the first of a template's transforms that may rewrite what it finds.
// Of AWS's own these do not: they add what an AWS::Serverless resource, a secret
// or a blue-green deployment needs, or resolve functions.
func macroOf(root *syntax.Value) string {
	if included := root.Get("Fn::Transform"); included != nil {
		return launch.FirstText(nameOfTransform(included), "Fn::Transform")
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
			return launch.FirstText(called, "in Transform")
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
func (t *template) read(each launch.Each) {
	if t.macro.Unknown != "" {
		added := launch.Resource{Kind: launch.Unreadable, At: t.macro.At, Properties: t.macro}
		added.Properties.Unknown = strings.Replace(t.macro.Unknown, "rewrite it", "add resources", 1)
		each("Transform", "", added.Statements)
	}
	members := t.resources.Members
	if t.resources.Kind == syntax.Tagged {
		call, _ := intrinsic(t.resources)
		members = []syntax.Member{{Position: t.resources.Position, Name: call, Value: t.resources}}
	}
	for _, m := range members {
		each(m.Name, m.Name, func() []launch.Statement {
			if r, ok := t.resource(m.Name, m.Value); ok {
				return r.Statements()
			}
			return nil
		})
	}
}

// resource is a resource in the world that the template is in; in some there may
// be none.
func (t *template) resource(name string, n *syntax.Value) (r launch.Resource, ok bool) {
	r = launch.Resource{Name: name, ID: name, At: n.Position, Kind: launch.Unreadable, Options: t.options, Template: t.inner(name), Metadata: n.Get("Metadata")}
	typed := n.Get("Type")
	call, _ := intrinsic(n)
	opaque := func(why string, because launch.CauseKind) {
		r.Properties = launch.Value{Unknown: why, At: n.Position, From: t, Cause: launch.Cause{Kind: because, Name: launch.FirstText(call, name)}}
	}
	switch {
	case strings.HasPrefix(name, "Fn::"):
		if loopsOverHarmless(n) {
			return r, false
		}
		opaque(name+" makes resources that only a deployment shows", launch.Transform)
	case call != "":
		opaque(call+" is not resolved", launch.Transform)
	case n.Get("Fn::Transform") != nil:
		opaque("Fn::Transform is not resolved", launch.Transform)
	case typed == nil:
		return r, false
	case !typed.IsPlain():
		opaque("its type is not a plain text", launch.Function)
	case launch.IsPlaceholder(typed.Text) && n.Get("Properties") != nil:
		opaque("its type is filled in later", launch.Placeholder)
	case n.Get("Condition").IsPlain() && !t.holds(n.Get("Condition").Text):
		return r, false
	default:
		r.Kind, r.Properties = typed.Text, t.properties(n)
	}
	return r, true
}

func (t *template) properties(of *syntax.Value) launch.Value {
	if t.macro.Unknown != "" {
		return t.macro
	}
	n := of.Get("Properties")
	if call, _ := intrinsic(n); call != "" {
		return launch.Value{Unknown: call + " is not resolved", At: n.Position, From: t, Cause: launch.Cause{Kind: launch.Transform}}
	}
	v := launch.Value{Node: n, At: of.Position, From: t}
	if n != nil {
		v.At = n.Position
	}
	if n == nil {
		v.Node = &syntax.Value{Position: of.Position, Kind: syntax.Object}
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
		if strings.HasPrefix(m.Name, "Fn::ForEach::") {
			if !loopsOverHarmless(m.Value) {
				return false
			}
			continue
		}
		kind := m.Value.Get("Type")
		if !kind.IsPlain() || strings.HasPrefix(m.Name, "Fn::") || launch.IsPlaceholder(kind.Text) || launch.MayLaunch(kind.Text) {
			return false
		}
	}
	return true
}

// member also takes the spelling of AWS's API, which task definitions in files
// of their own have.
func (t *template) Member(of launch.Value, name string) launch.Value {
	n, key := launch.Find(of.Node, name)
	for _, m := range of.Node.Members {
		if m.Name == "Fn::Transform" || n == nil && strings.HasPrefix(m.Name, "Fn::ForEach::") {
			return launch.Value{Unknown: m.Name + " is not resolved", At: of.At, From: t, Cause: launch.Cause{Kind: launch.Transform}}
		}
	}
	v := t.resolve(n, 0)
	v.Key = key
	if v.At.Line == 0 {
		v.At = of.At
	}
	return v
}

func (t *template) Element(of launch.Value, index int) launch.Value {
	return t.resolve(of.Node.Elements[index], 0)
}

func (t *template) Block(of launch.Value) launch.Value { return of }
func (t *template) Spelled(name string) string         { return name }
func (t *template) Called() string                     { return "file" }

// found follows a reference by logical ID.
func (t *template) Found(v launch.Value) []*launch.Resource {
	called, ok := launch.Marked(v.Known())
	if !ok {
		return nil
	}
	n := t.resources.Get(called)
	if n == nil {
		return nil
	}
	if r, ok := t.resource(called, n); ok {
		return []*launch.Resource{&r}
	}
	return nil
}

func (t *template) All(kind string) []*launch.Resource {
	var all []*launch.Resource
	for _, m := range t.byType[kind] {
		if r, ok := t.resource(m.Name, m.Value); ok {
			all = append(all, &r)
		}
	}
	return all
}

// choose keeps apart what templates in templates choose.
func (t *template) Choose(what string, of int) int { return t.world.Choose(t.scope+what, of) }

// inner reads a template that a resource of this one has.
func (t *template) inner(scope string) func(*syntax.Value, map[string]string, launch.Each) {
	return templateIn(t.world, t.options, t.scope+scope)
}

func templateIn(w *launch.World, o launch.Options, scope string) func(*syntax.Value, map[string]string, launch.Each) {
	return func(root *syntax.Value, values map[string]string, read launch.Each) {
		t := newTemplate(root, w, o, values)
		t.scope = scope + "/"
		t.read(read)
	}
}
