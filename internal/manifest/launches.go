package manifest

import (
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// resource is a resource as a file states it.
type resource struct {
	name       string
	id         id
	at         syntax.Position
	kind       string // its type
	source     source
	properties value
	destroyed  bool // by a plan
}

// unreadable is the type of a resource that may be anything, also one that
// Fargate runs.
const unreadable = "unreadable"

// decoder is the table of what a file can say about Fargate: how a resource of
// a type is decoded; nil for a type that says nothing.
func decoder(kind string) func(resource) decoded {
	switch kind {
	case "AWS::ECS::TaskDefinition", "aws_ecs_task_definition", unreadable:
		return decodeDefinition
	case "AWS::ECS::Service", "aws_ecs_service":
		return decodeService
	case "aws_ecs_account_setting_default":
		return decodeSetting
	}
	return nil
}

func (r resource) decode() decoded {
	if decode := decoder(r.kind); decode != nil {
		return decode(r)
	}
	return decoded{}
}

// decoded is what a resource says.
type decoded struct {
	definitions []guard.TaskDefinition // what it can be, if it is a task definition
	launches    []launch               // what it asks ECS to launch
	settings    []guard.Setting        // what it sets
}

func (d decoded) nothing() bool {
	return len(d.definitions)+len(d.launches)+len(d.settings) == 0
}

// launch is what a resource asks ECS to launch: of each part, what it can be.
type launch struct {
	module      string   // in which the names of definitions hold
	definitions []string // names of task definitions
	missing     string   // why the definition is unknown when none of the names is one's
	versions    []value  // platform versions
	capacities  []onFargate
}

// onFargate tells whether Fargate runs something, and if that is unknown why.
type onFargate struct {
	answer  guard.Answer
	unknown string
}

// The bounds on combinations of choices: of a definition's, and of all that a
// service's states come from.
const (
	maxPlatforms = 32
	maxStates    = 512
)

const tooMany = "it has too many choices"

// states lists what a resource can be, given the task definitions of its file.
func (d decoded) states(known definitions) []guard.State {
	var all []guard.State
	for _, definition := range d.definitions {
		all = append(all, definition)
	}
	for _, l := range d.launches {
		all = append(all, l.states(known)...)
	}
	for _, setting := range d.settings {
		all = append(all, setting)
	}
	return all
}

func (l launch) states(known definitions) []guard.State {
	runs, ok := l.resolve(known)
	if !ok || len(runs)*len(l.versions)*len(l.capacities) > maxStates {
		return []guard.State{guard.Service{Unknown: tooMany}}
	}
	var all []guard.State
	for _, definition := range runs {
		for _, version := range l.versions {
			for _, capacity := range l.capacities {
				all = append(all, service(definition, version, capacity))
			}
		}
	}
	return all
}

// resolve follows the names of task definitions. It is not ok when there are too
// many of them.
func (l launch) resolve(known definitions) (all []guard.TaskDefinition, ok bool) {
	inModule := known[l.module]
	for _, name := range l.definitions {
		if len(all)+len(inModule[name]) > maxStates {
			return nil, false
		}
		all = append(all, inModule[name]...)
	}
	if len(all) == 0 {
		all = []guard.TaskDefinition{{Unknown: l.missing}}
	}
	return all, true
}

func service(d guard.TaskDefinition, version value, capacity onFargate) guard.Service {
	s := guard.Service{
		Definition:      d,
		Fargate:         capacity.answer,
		PlatformVersion: version.textOrEmpty(),
		VersionUnknown:  version.unknown != "",
		Unknown:         firstText(d.Unknown, version.unknown),
	}
	if s.Fargate == guard.Unknown {
		s.Unknown = capacity.unknown
	}
	return s
}

func decodeDefinition(r resource) decoded {
	var d decoded
	platforms := r.platforms()
	for _, fargate := range r.compatibilities() {
		for _, p := range platforms {
			d.definitions = append(d.definitions, guard.TaskDefinition{
				Platform: p.platform,
				Fargate:  fargate.answer,
				Unknown:  firstText(p.unknown, fargate.unknown),
			})
		}
	}
	return d
}

// compatibilities: before registration, what the author asks for counts: a
// definition for EC2 alone is not Fargate's. ECS may compute more; the
// enforcer evaluates that. Left out, it is unknown.
func (r resource) compatibilities() []onFargate {
	var all []onFargate
	for _, v := range r.property(r.properties, "RequiresCompatibilities", list) {
		all = append(all, r.asksForFargate(v))
	}
	return unique(all)
}

func (r resource) asksForFargate(v value) onFargate {
	const unstated = "it does not say for what it requires compatibility"
	if v.unknown != "" || v.node == nil || len(v.node.Elements) == 0 {
		return onFargate{guard.Unknown, firstText(v.unknown, unstated)}
	}
	unknown := ""
	for _, element := range r.elements(v, "RequiresCompatibilities", plain) {
		for _, e := range element {
			switch {
			case e.unknown != "" || e.node == nil:
				unknown = firstText(unknown, e.unknown, unstated)
			case strings.EqualFold(e.node.Text, "FARGATE"):
				return onFargate{guard.Yes, ""}
			}
		}
	}
	if unknown != "" {
		return onFargate{guard.Unknown, unknown}
	}
	return onFargate{guard.No, ""}
}

// maybePlatform is a platform that a definition can have, and why something in
// it is unknown.
type maybePlatform struct {
	platform guard.Platform
	unknown  string
}

func (r resource) platforms() []maybePlatform {
	var all []maybePlatform
	for _, v := range r.property(r.properties, "RuntimePlatform", object) {
		for _, os := range r.property(v, "OperatingSystemFamily", plain) {
			for _, arch := range r.property(v, "CpuArchitecture", plain) {
				all = append(all, maybePlatform{
					platform: guard.DefinitionPlatform(os.text(), arch.text()),
					unknown:  firstText(os.unknown, arch.unknown),
				})
			}
		}
	}
	if all = unique(all); len(all) > maxPlatforms {
		return []maybePlatform{{unknown: tooMany}}
	}
	return all
}

func decodeService(r resource) decoded {
	names, missing := r.source.definition(r.properties.node)
	return decoded{launches: []launch{{
		module:      r.id.module,
		definitions: names,
		missing:     missing,
		versions:    r.property(r.properties, "PlatformVersion", plain),
		capacities:  r.capacities(),
	}}}
}

func (r resource) capacities() []onFargate {
	var all []onFargate
	for _, launchType := range r.property(r.properties, "LaunchType", plain) {
		for _, strategy := range r.property(r.properties, "CapacityProviderStrategy", list) {
			all = append(all, r.capacity(launchType, strategy))
		}
	}
	return unique(all)
}

func (r resource) capacity(launchType, strategy value) onFargate {
	if unknown := firstText(launchType.unknown, strategy.unknown); unknown != "" {
		return onFargate{guard.Unknown, unknown}
	}
	providers, unknown := r.providers(strategy)
	answer := guard.CapacityOnFargate(launchType.textOrEmpty(), providers, "")
	switch {
	case answer == guard.Yes:
		return onFargate{guard.Yes, ""}
	case unknown != "":
		return onFargate{guard.Unknown, unknown}
	case answer == guard.Unknown:
		return onFargate{guard.Unknown, "the cluster's default decides"}
	}
	return onFargate{answer, ""}
}

// providers lists the capacity providers that a strategy can name, and why
// others may be among them.
func (r resource) providers(strategy value) (names []string, unknown string) {
	for _, element := range r.elements(strategy, "CapacityProviderStrategy", object) {
		for _, e := range element {
			for _, p := range r.property(e, "CapacityProvider", plain) {
				if p.unknown != "" || p.node == nil {
					unknown = firstText(unknown, p.unknown, "it does not name its capacity provider")
					continue
				}
				names = append(names, p.node.Text)
			}
		}
	}
	return names, unknown
}

// decodeSetting: destroying the resource turns FIPS mode off.
func decodeSetting(r resource) decoded {
	var d decoded
	for _, name := range r.property(r.properties, "Name", plain) {
		if name.textOrEmpty() != guard.SettingName {
			continue
		}
		for _, v := range r.property(r.properties, "Value", plain) {
			s := guard.Setting{Scope: guard.ScopeAccount, Mode: guard.ParseMode(v.textOrEmpty()), Unknown: v.unknown}
			if r.destroyed {
				s = guard.Setting{Scope: guard.ScopeAccount, Deleted: true}
			}
			d.settings = append(d.settings, s)
		}
	}
	return d
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func unique[T comparable](all []T) []T {
	seen := map[T]bool{}
	var once []T
	for _, v := range all {
		if !seen[v] {
			seen[v] = true
			once = append(once, v)
		}
	}
	return once
}
