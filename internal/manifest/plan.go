package manifest

import (
	"errors"

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
	f.contents.Plan = true
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
	case of("resource_changes").Is('['), of("deferred_changes").Is('['):
		read = func() error {
			return errors.Join(p.changes(of("resource_changes")), p.deferred(of("deferred_changes")))
		}
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
	if failed := of("errored"); string(failed.Text) == "true" {
		p.resources = append(p.resources, p.missing(failed.Position))
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
		if err := p.aChange(e); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) aChange(part syntax.Part) error {
	kind, err := managedType(part)
	if err != nil || !launch.Matters(kind) {
		return err
	}
	change, faults := part.Read()
	if len(faults) > 0 {
		return faults[0]
	}
	p.change(kind, change)
	return nil
}

// deferred reads the changes that Terraform leaves to a later run.
func (p *plan) deferred(list syntax.Part) error {
	elements, faults := list.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	for _, e := range elements {
		members, faults := e.Parts()
		if len(faults) > 0 {
			return faults[0]
		}
		for _, m := range members {
			if m.Name != "resource_change" {
				continue
			}
			if err := p.aChange(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// missing stands for the resources that a failed run did not come to.
func (p *plan) missing(at syntax.Position) *planned {
	r := &planned{plan: p}
	r.Resource = launch.Resource{Name: "the plan", ID: "the plan", Kind: launch.Unreadable, At: at, Options: p.file.options}
	r.Properties = launch.Value{At: at, From: r, Unknown: "the run of this plan failed, so that resources may be missing", Cause: launch.Cause{Kind: launch.Applied}}
	return r
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
