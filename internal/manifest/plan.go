package manifest

import (
	"strings"

	"fipsguard/internal/guard"
)

// plan is what `terraform show -json` prints of a saved plan, format version 1.
type plan struct {
	changes []*node
	root    *node // the configuration's root module
}

func readPlan(root *node) []Item {
	p := plan{root: root.get("configuration").get("root_module")}
	if changes := root.get("resource_changes"); changes != nil {
		p.changes = changes.elements
	}
	var items []Item
	for _, c := range p.changes {
		item := Item{Name: textOf(c.get("address")), Line: c.line, Column: c.column}
		gone := deleted(c)
		switch textOf(c.get("type")) {
		case "aws_ecs_task_definition":
			if gone {
				continue
			}
			item.States = []guard.State{planDefinition(c)}
		case "aws_ecs_service":
			if gone {
				continue
			}
			item.States = p.services(c)
		case "aws_ecs_account_setting_default":
			setting, ok := planSetting(c, gone)
			if !ok {
				continue
			}
			item.States = []guard.State{setting}
		default:
			continue
		}
		items = append(items, item)
	}
	return items
}

// deleted reports whether nothing of the resource is left after the plan.
func deleted(change *node) bool {
	actions := change.get("change").get("actions")
	return actions != nil && len(actions.elements) == 1 && (actions.elements[0].text == "delete" || actions.elements[0].text == "forget")
}

// attribute is what an attribute is after the plan; unknown when only applying
// it tells.
func attribute(change *node, name string) (after *node, unknown bool) {
	c := change.get("change")
	return c.get("after").get(name), isUnknown(c.get("after_unknown").get(name))
}

// isUnknown looks for a true anywhere: a block is marked by its members.
func isUnknown(n *node) bool {
	if n == nil {
		return false
	}
	for _, m := range n.members {
		if isUnknown(m.value) {
			return true
		}
	}
	for _, e := range n.elements {
		if isUnknown(e) {
			return true
		}
	}
	return n.kind == scalar && n.text == "true"
}

const afterApply = "Terraform knows it only after applying the plan"

func planDefinition(change *node) guard.TaskDefinition {
	compatibilities, unknown := attribute(change, "requires_compatibilities")
	d := guard.TaskDefinition{}
	if !unknown && compatibilities != nil && len(compatibilities.elements) > 0 {
		d.Fargate = guard.No
		for _, c := range compatibilities.elements {
			if strings.EqualFold(c.text, "FARGATE") {
				d.Fargate = guard.Yes
			}
		}
	}
	platform, unknown := attribute(change, "runtime_platform")
	if unknown {
		d.Unknown = afterApply
		return d
	}
	var block *node
	if platform != nil && len(platform.elements) > 0 {
		block = platform.elements[0]
	}
	d.Platform = guard.DefinitionPlatform(blockText(block, "operating_system_family"), blockText(block, "cpu_architecture"))
	return d
}

// blockText is nil for what a block leaves out: Terraform writes that as null
// or as an empty text.
func blockText(block *node, name string) *string {
	text := textOf(block.get(name))
	if text == "" {
		return nil
	}
	return &text
}

func (p plan) services(change *node) []guard.State {
	version, versionUnknown := attribute(change, "platform_version")
	launchType, launchUnknown := attribute(change, "launch_type")
	strategy, strategyUnknown := attribute(change, "capacity_provider_strategy")
	s := guard.Service{PlatformVersion: textOf(version)}
	// Terraform computes LATEST for what is left out.
	s.VersionUnknown = versionUnknown && p.configured(change, "platform_version") != nil
	if !launchUnknown || p.configured(change, "launch_type") == nil {
		var providers []string
		if strategy != nil && !strategyUnknown {
			for _, use := range strategy.elements {
				providers = append(providers, textOf(use.get("capacity_provider")))
			}
		}
		s.Fargate = guard.CapacityOnFargate(textOf(launchType), providers, "")
	}
	if s.Fargate == guard.Unknown {
		s.Unknown = "the cluster's default or the applied plan decides"
	}
	var states []guard.State
	for _, d := range p.definitionsOf(change) {
		one := s
		one.Definition = d
		one.Unknown = firstText(one.Unknown, d.Unknown)
		states = append(states, one)
	}
	return states
}

// definitionsOf are the planned definitions that a service's configuration
// refers to, in its own module.
func (p plan) definitionsOf(change *node) []guard.TaskDefinition {
	module := textOf(change.get("module_address"))
	var all []guard.TaskDefinition
	if references := p.configured(change, "task_definition").get("references"); references != nil {
		for _, reference := range references.elements {
			for _, c := range p.changes {
				if textOf(c.get("type")) == "aws_ecs_task_definition" && !deleted(c) && textOf(c.get("module_address")) == module &&
					reference.text == "aws_ecs_task_definition."+textOf(c.get("name")) {
					all = append(all, planDefinition(c))
				}
			}
		}
	}
	if len(all) == 0 {
		return []guard.TaskDefinition{{Unknown: "its task definition is not in this plan"}}
	}
	return all
}

// configured is the expression with which an attribute was written, or nil.
func (p plan) configured(change *node, name string) *node {
	module := p.root
	for _, call := range moduleNames(textOf(change.get("module_address"))) {
		module = module.get("module_calls").get(call).get("module")
	}
	resources := module.get("resources")
	if resources == nil {
		return nil
	}
	for _, r := range resources.elements {
		if textOf(r.get("type")) == textOf(change.get("type")) && textOf(r.get("name")) == textOf(change.get("name")) {
			return r.get("expressions").get(name)
		}
	}
	return nil
}

// moduleNames are the calls in an address such as module.a["x"].module.b.
func moduleNames(address string) []string {
	var names []string
	inIndex := 0
	word := strings.Builder{}
	flush := func() {
		if w := word.String(); w != "" && w != "module" {
			names = append(names, w)
		}
		word.Reset()
	}
	for _, r := range address {
		switch {
		case r == '[':
			inIndex++
		case r == ']':
			inIndex--
		case inIndex > 0:
		case r == '.':
			flush()
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return names
}

// planSetting: destroying the resource turns FIPS mode off.
func planSetting(change *node, gone bool) (guard.Setting, bool) {
	values := change.get("change").get("after")
	if gone {
		values = change.get("change").get("before")
	}
	if textOf(values.get("name")) != guard.SettingName {
		return guard.Setting{}, false
	}
	s := guard.Setting{Scope: guard.ScopeAccount}
	if gone {
		s.Deleted = true
		return s, true
	}
	s.Mode = guard.ParseMode(textOf(values.get("value")))
	if _, unknown := attribute(change, "value"); unknown {
		s.Mode, s.Unknown = guard.ModeUnknown, afterApply
	}
	return s, true
}

func textOf(n *node) string {
	if n == nil || n.kind != scalar {
		return ""
	}
	return n.text
}
