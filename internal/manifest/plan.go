package manifest

import (
	"strings"

	"fipsguard/internal/syntax"
)

// plan is what `terraform show -json` prints of a plan or a state, format version
// 1: of a plan the changes and how they are written, of a state, or where only
// the values of a plan were kept, these.
type plan struct {
	*world
	file      *file
	resources []*planned
	instances map[written][]*planned // by where they are written
	byARN     map[string][]*planned  // also by family and revision
	config    configuration
	partial   bool                   // an attribute that is not there may be one that is not known yet
	byType    map[string][]*planned  // by the type in CloudFormation
	meant     map[string][]*resource // what references mean, by who refers and how
}

// isPlan knows a plan or a state by its members.
func isPlan(names map[string]bool) bool {
	return names["resource_changes"] || names["planned_values"] || names["format_version"] ||
		names["values"] && names["terraform_version"]
}

func (f *file) plan(members []syntax.Part) error {
	p := &plan{world: &world{}, file: f, instances: map[written][]*planned{}, byARN: map[string][]*planned{}, byType: map[string][]*planned{}, meant: map[string][]*resource{}}
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
		r.properties.written = r.written.Get("expressions")
		p.instances[r.place()] = append(p.instances[r.place()], r)
		if row, ok := typeOf(r.kind); ok {
			p.byType[row.CloudFormation] = append(p.byType[row.CloudFormation], r)
		}
		for _, key := range r.keys() {
			p.byARN[key] = append(p.byARN[key], r)
		}
	}
	f.later = append(f.later, func() {
		for _, r := range p.resources {
			f.gather(p.world).each(r.name, r.name, r.statements)
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
		if !matters(kind) {
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

// matters reports whether a type is in the launch model, or should be.
func matters(kind string) bool {
	row, ok := typeOf(kind)
	if !ok {
		return reaches(kind)
	}
	return row.decode != nil || row.CloudFormation == "AWS::ECS::Cluster" || row.CloudFormation == "AWS::ECS::ClusterCapacityProviderAssociations" ||
		row.CloudFormation == "AWS::ECS::CapacityProvider"
}

// change is what a resource is after the plan. Of those that the plan takes away
// only a setting matters: what is deleted falls back.
func (p *plan) change(kind string, c *syntax.Value) {
	change := c.Get("change")
	r := p.resource(kind, c)
	r.gone = fateOf(change.Get("actions"))
	after, pending := change.Get("after"), change.Get("after_unknown")
	if r.gone != kept {
		if kind != "aws_ecs_account_setting_default" {
			return
		}
		after, pending = change.Get("before"), nil
	}
	r.holds(after, pending)
	p.resources = append(p.resources, r)
}

// fateOf: what is forgotten stays in the account.
func fateOf(actions *syntax.Value) fate {
	if actions == nil || len(actions.Elements) != 1 {
		return kept
	}
	switch actions.Elements[0].PlainText() {
	case "delete":
		return destroyed
	case "forget":
		return forgotten
	}
	return kept
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
	if err != nil || !matters(kind) {
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
	resource
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
	address := firstText(n.Get("address").PlainText(), kind+"."+r.label)
	r.resource = resource{name: address, id: address, kind: kind, at: n.Position, options: p.file.options, world: p.world}
	return r
}

func (r *planned) holds(values, pending *syntax.Value) {
	r.properties = value{node: values, at: r.at, from: r, pending: pending}
	if values == nil {
		r.properties.node = &syntax.Value{Position: r.at, Kind: syntax.Object}
	}
	if pending.PlainText() == "true" {
		r.properties = r.properties.but(afterApply)
		r.properties.cause.kind = applied
	}
}

const afterApply = "Terraform knows it only after applying the plan"

func (r *planned) place() written { return written{modulePath(r.module), r.kind, r.label} }

// keys are texts by which others may refer to the resource.
func (r *planned) keys() []string {
	var all []string
	for _, attribute := range []string{"arn", "id"} {
		if text := r.properties.node.Get(attribute).PlainText(); text != "" {
			all = append(all, text)
		}
	}
	family, revision := r.properties.node.Get("family").PlainText(), r.properties.node.Get("revision").PlainText()
	if family != "" && revision != "" {
		all = append(all, family+":"+revision)
	}
	return all
}

// member: Terraform writes null or an empty text for what is left out.
func (r *planned) member(of value, name string) value {
	attribute := snakeCase(name)
	n := of.node.Get(attribute)
	v := value{node: n, at: of.at, from: r, pending: of.pending.Get(attribute), written: of.written.Get(attribute)}
	if v.written == nil && of.written.Get("references") != nil {
		v.written = of.written // one expression for all that is in an attribute
	}
	if n != nil {
		v.at = n.Position
	}
	pending := v.pending.PlainText() == "true" || n == nil && (r.plan.partial && !of.node.Has(attribute) || isPending(v.pending))
	switch {
	case pending && isComputed(name) && r.plan.leavesOut(r, v.written):
		v.node = nil
		v.cause.kind = absent
		return v
	case pending:
		v.cause.kind = applied
		return v.but(afterApply)
	case n == nil, n.Kind == syntax.String && n.Text == "", n.Kind == syntax.List && len(n.Elements) == 0:
		v.node = nil
		v.cause.kind = absent
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

func (r *planned) element(of value, index int) value {
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
	n := of.node.Elements[index]
	v := value{node: n, at: n.Position, from: r, pending: at(of.pending), written: at(of.written)}
	if of.written != nil && of.written.Kind == syntax.Object {
		v.written = of.written
	}
	if v.pending.PlainText() == "true" {
		v.cause.kind = applied
		return v.but(afterApply)
	}
	return v
}

// block: Terraform writes a block as a list.
func (r *planned) block(of value) value {
	if len(of.node.Elements) != 1 {
		return of
	}
	return r.element(of, 0)
}

func (r *planned) spelled(name string) string     { return snakeCase(name) }
func (r *planned) called() string                 { return "plan" }
func (r *planned) choose(what string, of int) int { return r.plan.world.choose(what, of) }

func (r *planned) all(kind string) []*resource {
	var all []*resource
	for _, other := range r.plan.byType[kind] {
		all = append(all, &other.resource)
	}
	return all
}

// modulePath turns an address such as module.a["x"].module.b into the calls
// that lead there, .a.b.
func modulePath(address string) string {
	var path strings.Builder
	for _, s := range steps(address) {
		path.WriteString("." + s.name)
	}
	return path.String()
}

// moduleStep is a step of an address, such as module.a["x"].
type moduleStep struct{ name, whole string }

func steps(address string) []moduleStep {
	var all []moduleStep
	var name, whole strings.Builder
	depth := 0
	end := func() {
		if s := name.String(); s != "" && s != "module" {
			all = append(all, moduleStep{s, whole.String()})
		}
		name.Reset()
		whole.Reset()
	}
	for _, r := range address {
		switch {
		case r == '.' && depth == 0:
			end()
			continue
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			name.WriteRune(r)
		}
		whole.WriteRune(r)
	}
	end()
	return all
}
