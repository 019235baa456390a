package manifest

import (
	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// planned is a resource of a plan.
type planned struct {
	launch.Resource
	plan    *plan
	module  string // address of the module's instance
	label   string // the resource's name in its module
	index   string // of the instance, as it is written; empty is the only one
	written *syntax.Value
}

func (p *plan) resource(kind string, n *syntax.Value) *planned {
	r := &planned{plan: p, module: n.Get("module_address").PlainText(), label: n.Get("name").PlainText()}
	if index := n.Get("index"); index != nil {
		r.index = index.Text
	}
	address := launch.FirstText(n.Get("address").PlainText(), kind+"."+r.label)
	r.Resource = launch.Resource{Name: address, ID: address, Kind: kind, At: n.Position, Options: p.file.options, Template: templateIn(p.world, p.file.options, address)}
	return r
}

func (r *planned) holds(values, pending *syntax.Value) {
	r.Properties = launch.Value{Node: values, At: r.At, From: r, Pending: pending}
	switch {
	case pending.PlainText() == "true":
		r.Properties = r.Properties.But(afterApply)
	case values == nil:
		r.Properties = r.Properties.But("the plan does not show its values")
	default:
		return
	}
	r.Properties.Cause.Kind = launch.Applied
}

const afterApply = "Terraform knows it only after applying the plan"

func (r *planned) place() written { return written{modulePath(r.module), r.Kind, r.label} }

// keys are texts by which others may refer to the resource.
func (r *planned) keys() []string {
	var all []string
	for _, attribute := range []string{"arn", "id"} {
		if text := r.Properties.Node.Get(attribute).PlainText(); text != "" {
			all = append(all, text)
		}
	}
	family, revision := r.Properties.Node.Get("family").PlainText(), r.Properties.Node.Get("revision").PlainText()
	if family != "" && revision != "" {
		all = append(all, family+":"+revision)
	}
	return all
}

// member: Terraform writes null or an empty text for what is left out.
func (r *planned) Member(of launch.Value, name string) launch.Value {
	attribute := launch.SnakeCase(name)
	n := of.Node.Get(attribute)
	v := launch.Value{Node: n, At: of.At, From: r, Pending: of.Pending.Get(attribute), Written: of.Written.Get(attribute)}
	if v.Written == nil && of.Written.Get("references") != nil {
		v.Written = of.Written // one expression for all that is in an attribute
	}
	if n != nil {
		v.At = n.Position
	}
	pending := v.Pending.PlainText() == "true" || n == nil && (r.plan.partial && !of.Node.Has(attribute) || isPending(v.Pending))
	switch {
	case pending && isComputed(name) && r.plan.leavesOut(r, v.Written):
		v.Node = nil
		v.Cause.Kind = launch.Absent
		return v
	case pending:
		v.Cause.Kind = launch.Applied
		return v.But(afterApply)
	case n == nil, n.Kind == syntax.String && n.Text == "", n.Kind == syntax.List && len(n.Elements) == 0:
		v.Node = nil
		v.Cause.Kind = launch.Absent
	}
	return v
}

// isPending looks for a true anywhere: a block is marked by its members.
func isPending(n *syntax.Value) bool {
	if n == nil {
		return false
	}
	for _, m := range n.Members {
		if isPending(m.Value) {
			return true
		}
	}
	for _, e := range n.Elements {
		if isPending(e) {
			return true
		}
	}
	return n.PlainText() == "true"
}

// isComputed: of a service, Terraform computes what is left out, and so prints
// it as unknown.
func isComputed(name string) bool {
	switch name {
	case "PlatformVersion", "LaunchType", "CapacityProviderStrategy":
		return true
	}
	return false
}

func (r *planned) Element(of launch.Value, index int) launch.Value {
	at := func(n *syntax.Value) *syntax.Value {
		switch {
		case n == nil || n.Kind != syntax.List:
			return nil
		case index < len(n.Elements):
			return n.Elements[index]
		case len(n.Elements) == 1:
			return n.Elements[0] // a dynamic block is written once
		}
		return nil
	}
	n := of.Node.Elements[index]
	v := launch.Value{Node: n, At: n.Position, From: r, Pending: at(of.Pending), Written: at(of.Written)}
	if of.Written != nil && of.Written.Kind == syntax.Object {
		v.Written = of.Written
	}
	if v.Pending.PlainText() == "true" {
		v.Cause.Kind = launch.Applied
		return v.But(afterApply)
	}
	return v
}

// block: Terraform writes a block as a list.
func (r *planned) Block(of launch.Value) launch.Value {
	if len(of.Node.Elements) != 1 {
		return of
	}
	return r.Element(of, 0)
}

func (r *planned) Spelled(name string) string     { return launch.SnakeCase(name) }
func (r *planned) Called() string                 { return "plan" }
func (r *planned) Choose(what string, of int) int { return r.plan.world.Choose(what, of) }

func (r *planned) All(kind string) []*launch.Resource {
	var all []*launch.Resource
	for _, other := range r.plan.byType[kind] {
		all = append(all, &other.Resource)
	}
	return all
}
