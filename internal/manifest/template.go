package manifest

import (
	"strings"

	"fipsguard/internal/guard"
)

// template is a CloudFormation template, as far as values in it can be known
// without deploying it.
type template struct {
	parameters, mappings, resources *node
}

func readTemplate(root *node) []Item {
	t := template{parameters: root.get("Parameters"), mappings: root.get("Mappings"), resources: root.get("Resources")}
	var items []Item
	for _, m := range t.resources.members {
		item := Item{Name: m.name, Line: m.value.line, Column: m.value.column}
		properties := m.value.get("Properties")
		switch {
		case strings.HasPrefix(m.name, "Fn::"):
			item.States = []guard.State{guard.TaskDefinition{Unknown: m.name + " makes resources that only a deployment shows"}}
		case typeOf(m.value) == "AWS::ECS::TaskDefinition":
			item.States = t.definitions(properties)
		case typeOf(m.value) == "AWS::ECS::Service":
			item.States = t.services(properties)
		default:
			continue
		}
		items = append(items, item)
	}
	return items
}

func typeOf(resource *node) string {
	if t := resource.get("Type"); t != nil {
		return t.text
	}
	return ""
}

// definitions are the states that a task definition can have.
func (t template) definitions(n *node) []guard.State {
	var states []guard.State
	if n.get("Fn::Transform") != nil {
		return []guard.State{guard.TaskDefinition{Unknown: "Fn::Transform is not resolved"}}
	}
	for _, fargate := range t.compatibilities(n.get("RequiresCompatibilities", "requiresCompatibilities")) {
		for _, p := range t.platforms(n.get("RuntimePlatform", "runtimePlatform")) {
			d := guard.TaskDefinition{Platform: p.platform, Fargate: fargate, Unknown: p.unknown}
			if fargate == guard.Unknown && d.Unknown == "" {
				d.Unknown = "it does not say for what it requires compatibility"
			}
			states = append(states, d)
		}
	}
	return states
}

// compatibilities: before registration, what the author asks for counts: a
// definition for EC2 alone is not Fargate's. ECS may compute more; the
// enforcer judges that. Left out, it is unknown.
func (t template) compatibilities(n *node) []guard.Answer {
	var answers []guard.Answer
	for _, v := range t.resolve(n) {
		answers = append(answers, t.asksForFargate(v))
	}
	return unique(answers)
}

func (t template) asksForFargate(v value) guard.Answer {
	if v.node == nil || v.node.kind != list || len(v.node.elements) == 0 {
		return guard.Unknown
	}
	for _, element := range v.node.elements {
		for _, e := range t.resolve(element) {
			switch {
			case e.node == nil:
				return guard.Unknown
			case strings.EqualFold(e.node.text, "FARGATE"):
				return guard.Yes
			}
		}
	}
	return guard.No
}

// maybePlatform is a platform that a definition can have, and why something in
// it is unknown.
type maybePlatform struct {
	platform guard.Platform
	unknown  string
}

func (t template) platforms(n *node) []maybePlatform {
	var all []maybePlatform
	for _, v := range t.resolve(n) {
		if v.node == nil && v.unknown != "" {
			all = append(all, maybePlatform{unknown: v.unknown})
			continue
		}
		for _, os := range t.resolve(v.node.get("OperatingSystemFamily", "operatingSystemFamily")) {
			for _, arch := range t.resolve(v.node.get("CpuArchitecture", "cpuArchitecture")) {
				all = append(all, maybePlatform{
					platform: guard.DefinitionPlatform(os.text(), arch.text()),
					unknown:  firstText(os.unknown, arch.unknown),
				})
			}
		}
	}
	return unique(all)
}

// maxStates bounds the combinations of choices that are judged.
const maxStates = 4096

// services are the states that a service can have.
func (t template) services(n *node) []guard.State {
	var states []guard.State
	definitions, versions, capacities := t.definitionOf(n.get("TaskDefinition")), t.resolve(n.get("PlatformVersion")), t.capacity(n)
	if len(definitions)*len(versions)*len(capacities) > maxStates {
		return []guard.State{guard.Service{Unknown: "it has too many choices"}}
	}
	for _, d := range definitions {
		for _, version := range versions {
			for _, c := range capacities {
				s := guard.Service{
					Definition: d, Fargate: c.fargate, VersionUnknown: version.unknown != "",
					Unknown: firstText(d.Unknown, version.unknown, c.unknown),
				}
				if text := version.text(); text != nil {
					s.PlatformVersion = *text
				}
				states = append(states, s)
			}
		}
	}
	return states
}

// definitionOf follows a service's reference to a definition of the template.
func (t template) definitionOf(n *node) []guard.TaskDefinition {
	name := ""
	if ref := n.get("Ref"); ref != nil {
		name = ref.text
	}
	if att := n.get("Fn::GetAtt"); att != nil {
		name, _, _ = strings.Cut(att.text, ".")
		if att.kind == list && len(att.elements) > 0 {
			name = att.elements[0].text
		}
	}
	resource := t.resources.get(name)
	if typeOf(resource) != "AWS::ECS::TaskDefinition" {
		return []guard.TaskDefinition{{Unknown: "its task definition is not in this file"}}
	}
	var all []guard.TaskDefinition
	for _, s := range t.definitions(resource.get("Properties")) {
		if d, ok := s.(guard.TaskDefinition); ok {
			all = append(all, d)
		}
	}
	return all
}

type maybeFargate struct {
	fargate guard.Answer
	unknown string
}

func (t template) capacity(n *node) []maybeFargate {
	var all []maybeFargate
	for _, launchType := range t.resolve(n.get("LaunchType")) {
		for _, strategy := range t.resolve(n.get("CapacityProviderStrategy")) {
			c := maybeFargate{unknown: firstText(launchType.unknown, strategy.unknown)}
			providers := t.providers(strategy.node)
			if c.unknown == "" {
				c.fargate = guard.CapacityOnFargate(deref(launchType.text()), providers, "")
			}
			if c.fargate == guard.Unknown && c.unknown == "" {
				c.unknown = "the cluster's default decides"
			}
			all = append(all, c)
		}
	}
	return unique(all)
}

func (t template) providers(n *node) []string {
	if n == nil {
		return nil
	}
	var names []string
	for _, element := range n.elements {
		for _, v := range t.resolve(element.get("CapacityProvider")) {
			names = append(names, deref(v.text()))
		}
	}
	return names
}
