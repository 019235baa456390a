package manifest

import (
	"slices"
	"strings"

	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// written is a resource's place in the configuration of a plan.
type written struct{ modulePath, kind, name string }

// configuration is how the resources of a plan are written, as far as it tells
// what refers to what. The values of locals are not in a plan.
type configuration struct {
	resources map[written]*syntax.Value
	calls     map[string]*syntax.Value // by module path: the arguments of the call
	outputs   map[string]*syntax.Value // by module path
	variables map[string]*syntax.Value // by module path
	children  map[string][]string      // by module path: those of the modules that it calls
}

// read reads what the launch model is about, and how modules hand on values.
func (c *configuration) read(part syntax.Part) error {
	*c = configuration{map[written]*syntax.Value{}, map[string]*syntax.Value{}, map[string]*syntax.Value{}, map[string]*syntax.Value{}, map[string][]string{}}
	members, faults := part.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	for _, m := range members {
		if m.Name == "root_module" {
			return c.module(m, "")
		}
	}
	return nil
}

func (c *configuration) module(part syntax.Part, path string) error {
	members, faults := part.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	for _, m := range members {
		var err error
		switch m.Name {
		case "resources":
			err = c.resource(m, path)
		case "outputs":
			err = readInto(c.outputs, path, m)
		case "variables":
			err = readInto(c.variables, path, m)
		case "module_calls":
			err = c.moduleCalls(m, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readInto(all map[string]*syntax.Value, path string, part syntax.Part) error {
	v, faults := part.Read()
	if len(faults) > 0 {
		return faults[0]
	}
	all[path] = v
	return nil
}

func (c *configuration) resource(list syntax.Part, path string) error {
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
		v, faults := e.Read()
		if len(faults) > 0 {
			return faults[0]
		}
		key := written{path, kind, v.Get("name").PlainText()}
		if _, again := c.resources[key]; !again {
			c.resources[key] = v
		}
	}
	return nil
}

func (c *configuration) moduleCalls(part syntax.Part, path string) error {
	calls, faults := part.Parts()
	if len(faults) > 0 {
		return faults[0]
	}
	for _, call := range calls {
		inner := path + "." + call.Name
		c.children[path] = append(c.children[path], inner)
		members, faults := call.Parts()
		if len(faults) > 0 {
			return faults[0]
		}
		for _, m := range members {
			var err error
			switch m.Name {
			case "expressions":
				err = readInto(c.calls, inner, m)
			case "module":
				err = c.module(m, inner)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// references lists what an expression, or anything within it, refers to.
func references(expression *syntax.Value) []string {
	if expression == nil {
		return nil
	}
	var all []string
	for _, m := range expression.Members {
		if m.Name == "references" {
			for _, r := range m.Value.Elements {
				all = append(all, r.PlainText())
			}
			continue
		}
		all = append(all, references(m.Value)...)
	}
	for _, e := range expression.Elements {
		all = append(all, references(e)...)
	}
	return all
}

// maxTargets bounds what is followed from one reference.
const maxTargets = 1000

// follower finds the resources that references in a module can mean: through
// variables to what the caller of the module hands over, through outputs into the
// modules that it calls. What a local is made of is not in a plan; it can only be
// of the module's own resources, its variables and the outputs of modules that it
// calls.
type follower struct {
	plan  *plan
	seen  map[string]bool
	found []written
}

func (f *follower) follow(path string, all []string) {
	for _, reference := range all {
		if key := path + " " + reference; f.seen[key] || len(f.seen) > maxTargets {
			continue
		} else {
			f.seen[key] = true
		}
		s := steps(reference)
		kind, rest, _ := strings.Cut(reference, ".")
		switch kind {
		case "var":
			name, _, _ := strings.Cut(rest, ".")
			name, _, _ = strings.Cut(name, "[")
			f.follow(parentOf(path), references(f.plan.config.calls[path].Get(name)))
		case "module":
			if len(s) > 0 {
				f.module(path+"."+s[0].name, s[1:])
			}
		case "local":
			f.into(path)
		case "each", "count", "path", "terraform", "self", "data":
		default:
			if len(s) > 1 {
				f.resource(written{path, s[0].name, s[1].name})
			}
		}
	}
}

func (f *follower) resource(w written) {
	if len(f.plan.instances[w]) > 0 && !slices.Contains(f.found, w) {
		f.found = append(f.found, w)
	}
}

// module follows an output; a module without one stands before its outputs in
// a plan's lists, and says nothing more.
func (f *follower) module(path string, rest []moduleStep) {
	if len(rest) == 0 {
		return
	}
	f.follow(path, references(f.plan.config.outputs[path].Get(rest[0].name)))
}

// into follows all that a local of a module can be made of.
func (f *follower) into(path string) {
	for _, w := range f.plan.definitions(path) {
		f.resource(w)
	}
	f.follow(parentOf(path), references(f.plan.config.calls[path]))
	for _, child := range f.plan.config.children[path] {
		f.follow(child, references(f.plan.config.outputs[child]))
	}
}

func parentOf(path string) string {
	if i := strings.LastIndex(path, "."); i >= 0 {
		return path[:i]
	}
	return ""
}

// leavesOut reports whether an attribute that Terraform computes was left out,
// although it may be written as an expression, such as
// local.is_fargate ? var.platform_version : null: if all variables in it are null.
func (p *plan) leavesOut(r *planned, expression *syntax.Value) bool {
	if expression == nil {
		return !p.partial || len(p.config.resources) > 0
	}
	variables := 0
	for _, reference := range references(expression) {
		kind, name, _ := strings.Cut(reference, ".")
		switch kind {
		case "local", "each", "count", "path", "terraform":
		case "var":
			if !p.config.isNull(modulePath(r.module), name) {
				return false
			}
			variables++
		default:
			return false
		}
	}
	return variables > 0
}

// isNull reports whether a variable of a module is known to be null: null is
// handed over, or nothing, and it has no other default. What whoever runs
// Terraform gives to the root module is not known.
func (c *configuration) isNull(path, name string) bool {
	if argument := c.calls[path].Get(name); argument != nil {
		return argument.Has("constant_value") && argument.Get("constant_value") == nil
	}
	return path != "" && c.variables[path].Get(name).Get("default") == nil
}

// found lists the resources that a value means: the one with the ARN or the ID
// that it is, or those that its expression refers to.
func (r *planned) Found(v launch.Value) []*launch.Resource {
	if known := r.plan.byARN[v.Known()]; len(known) > 0 {
		return resources(known)
	}
	all := references(v.Written)
	if len(all) == 0 {
		return nil
	}
	key := r.module + " " + strings.Join(all, " ")
	if slices.ContainsFunc(all, func(reference string) bool {
		return strings.HasPrefix(reference, "each.") || strings.HasPrefix(reference, "count.")
	}) {
		key = r.Name + " " + key
	}
	if found, ok := r.plan.meant[key]; ok {
		return found
	}
	found := resources(r.meant(all))
	r.plan.meant[key] = found
	return found
}

func resources(all []*planned) []*launch.Resource {
	some := make([]*launch.Resource, len(all))
	for i, r := range all {
		some[i] = &r.Resource
	}
	return some
}

func (r *planned) meant(all []string) []*planned {
	path := modulePath(r.module)
	f := follower{plan: r.plan, seen: map[string]bool{}}
	f.follow(path, all)
	if slices.ContainsFunc(all, func(reference string) bool { return strings.HasPrefix(reference, "each.value") }) {
		f.follow(path, references(r.plan.config.resources[r.place()].Get("for_each_expression")))
	}
	var found []*planned
	for _, w := range f.found {
		found = append(found, r.near(r.plan.instances[w], w.modulePath)...)
	}
	return r.sameIndex(found, all)
}

// definitions are the task definitions that a module has.
func (p *plan) definitions(path string) []written {
	var all []written
	for _, r := range p.byType["AWS::ECS::TaskDefinition"] {
		if w := r.place(); w.modulePath == path && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

// near leaves out instances in another instance of a module that both are in.
func (r *planned) near(all []*planned, path string) []*planned {
	own := steps(r.module)
	var some []*planned
	for _, other := range all {
		same := true
		for i, s := range steps(other.module) {
			if i >= len(own) || own[i].name != s.name {
				break
			}
			same = same && own[i].whole == s.whole
		}
		if same {
			some = append(some, other)
		}
	}
	return some
}

// sameIndex: an expression of nothing but a resource and each.key means the
// instance with the same key.
func (r *planned) sameIndex(found []*planned, all []string) []*planned {
	if r.index == "" || len(found) < 2 {
		return found
	}
	for _, reference := range all {
		kind, _, _ := strings.Cut(reference, ".")
		if reference != "each.key" && reference != "count.index" && !strings.HasPrefix(kind, "aws") {
			return found
		}
	}
	if !slices.Contains(all, "each.key") && !slices.Contains(all, "count.index") {
		return found
	}
	for _, other := range found {
		if other.index == r.index && other.Kind == found[0].Kind && other.label == found[0].label {
			return []*planned{other}
		}
	}
	return found
}
