package manifest

import (
	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// plan is what `terraform show -json` prints of a plan or a state, format version
// 1: of a plan the changes and how they are written, of a state, or where only
// the values of a plan were kept, these.
type plan struct {
	world     *launch.World
	file      *file
	resources []*planned
	instances map[written][]*planned // by where they are written
	byARN     map[string][]*planned  // also by family and revision
	config    configuration
	partial   bool                          // an attribute that is not there may be one that is not known yet
	byType    map[string][]*planned         // by the type in CloudFormation
	meant     map[string][]*launch.Resource // what references mean, by who refers and how
}

// isPlan knows a plan or a state by its members.
func isPlan(names map[string]bool) bool {
	return names["resource_changes"] || names["planned_values"] || names["format_version"] ||
		names["values"] && names["terraform_version"]
}

func (f *file) plan(members []syntax.Part) error {
	p := &plan{world: &launch.World{}, file: f, instances: map[written][]*planned{}, byARN: map[string][]*planned{}, byType: map[string][]*planned{}, meant: map[string][]*launch.Resource{}}
	of := func(name string) syntax.Part {
		for _, m := range members {
			if m.Name == name {
				return m
			}
		}
		return syntax.Part{}
	}
	read := func() error { return p.values(of("values")) }
	switch {
	case of("resource_changes").Is('['):
		read = func() error { return p.changes(of("resource_changes")) }
	case of("planned_values").Is('{'):
		p.partial = true
		read = func() error { return p.values(of("planned_values")) }
	}
	if err := read(); err != nil {
		return err
	}
	if len(p.resources) > 0 {
		if err := p.config.read(of("configuration")); err != nil {
			return err
		}
	}
	for _, r := range p.resources {
		r.written = p.config.resources[r.place()]
		r.Properties.Written = r.written.Get("expressions")
		p.instances[r.place()] = append(p.instances[r.place()], r)
		if row, ok := launch.TypeOf(r.Kind); ok {
			p.byType[row.CloudFormation] = append(p.byType[row.CloudFormation], r)
		}
		for _, key := range r.keys() {
			p.byARN[key] = append(p.byARN[key], r)
		}
	}
	f.later = append(f.later, func() {
		for _, r := range p.resources {
			f.gather(p.world).each(r.Name, r.Name, r.Statements)
		}
	})
	return nil
}

// changes reads those of the changes that the launch model is about.
func (p *plan) changes(list syntax.Part) error {
	elements, faults := list.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	for _, e := range elements {
		kind, err := managedType(e)
		if err != nil {
			return err
		}
		if !launch.Matters(kind) {
			continue
		}
		change, faults := e.Read()
		if len(faults) > 0 {
			return faults[0]
		}
		p.change(kind, change)
	}
	return nil
}

// managedType is the type of a resource, without reading all of it; empty for a
// data source, which is only read.
func managedType(resource syntax.Part) (string, error) {
	members, faults := resource.Parts()
	if len(faults) > 0 {
		return "", faults[0]
	}
	kind := ""
	for _, m := range members {
		switch {
		case m.Name == "mode" && string(m.Text) == `"data"`:
			return "", nil
		case m.Name == "type":
			v, faults := m.Read()
			if len(faults) > 0 {
				return "", faults[0]
			}
			kind = v.PlainText()
		}
	}
	return kind, nil
}

// change is what a resource is after the plan. Of those that the plan takes away
// only a setting matters: what is deleted falls back.
func (p *plan) change(kind string, c *syntax.Value) {
	change := c.Get("change")
	r := p.resource(kind, c)
	r.Gone = fateOf(change.Get("actions"))
	after, pending := change.Get("after"), change.Get("after_unknown")
	if r.Gone != launch.Kept {
		if kind != "aws_ecs_account_setting_default" {
			return
		}
		after, pending = change.Get("before"), nil
	}
	r.holds(after, pending)
	p.resources = append(p.resources, r)
}

// fateOf: what is forgotten stays in the account.
func fateOf(actions *syntax.Value) launch.Fate {
	if actions == nil || len(actions.Elements) != 1 {
		return launch.Kept
	}
	switch actions.Elements[0].PlainText() {
	case "delete":
		return launch.Destroyed
	case "forget":
		return launch.Forgotten
	}
	return launch.Kept
}

// values reads the resources of a state, and those of a plan of which only the
// values are there.
func (p *plan) values(part syntax.Part) error {
	members, faults := part.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	for _, m := range members {
		if m.Name == "root_module" {
			return p.module(m)
		}
	}
	return nil
}

func (p *plan) module(part syntax.Part) error {
	members, faults := part.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	address := ""
	for _, m := range members {
		if m.Name == "address" {
			v, _ := m.Read()
			address = v.PlainText()
		}
	}
	for _, m := range members {
		if m.Name != "resources" && m.Name != "child_modules" {
			continue
		}
		elements, faults := m.Parts()
		if len(faults) > 0 {
			return faults[0]
		}
		for _, e := range elements {
			read := p.module
			if m.Name == "resources" {
				read = func(e syntax.Part) error { return p.valuesOf(address, e) }
			}
			if err := read(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *plan) valuesOf(module string, part syntax.Part) error {
	kind, err := managedType(part)
	if err != nil || !launch.Matters(kind) {
		return err
	}
	n, faults := part.Read()
	if len(faults) > 0 {
		return faults[0]
	}
	r := p.resource(kind, n)
	r.module = module
	r.holds(n.Get("values"), nil)
	p.resources = append(p.resources, r)
	return nil
}

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
	if values == nil {
		r.Properties.Node = &syntax.Value{Position: r.At, Kind: syntax.Object}
	}
	if pending.PlainText() == "true" {
		r.Properties = r.Properties.But(afterApply)
		r.Properties.Cause.Kind = launch.Applied
	}
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
