package manifest

import (
	"strings"

	"fipsguard/internal/syntax"
)

// decodeRule reads the targets of an EventBridge rule. In Terraform each target
// is a resource of its own.
func decodeRule(r resource) []statement {
	if targets := r.properties.get(list, "Targets"); !targets.isLeftOut() {
		if targets.unknown != "" {
			return []statement{unknown(aboutTask, "targets", targets.at, targets)}
		}
		var all []statement
		for _, t := range targets.list("Targets", object) {
			all = append(all, r.target(t)...)
		}
		return all
	}
	return r.target(r.properties)
}

// target reads what an EventBridge rule, a schedule or a pipe starts.
func (r resource) target(t value) []statement {
	part := ""
	if id := t.get(name, "Id", "TargetId").known(); id != "" && t.at != r.properties.at {
		part = "target " + id
	}
	if t.unknown != "" {
		return []statement{unknown(aboutTask, firstText(part, "target"), t.at, t)}
	}
	arn := t.get(name, "Arn")
	if service, action, ok := apiTarget(arn.known()); ok {
		return r.call(part, service, action, embedded(t.get(anything, "Input")))
	}
	var all []statement
	if ecs := t.get(object, "EcsParameters", "EcsTarget"); !ecs.isLeftOut() {
		all = append(all, r.launch(aboutTask, part, ecs, arn))
	}
	if batch := t.get(object, "BatchParameters", "BatchTarget"); !batch.isLeftOut() {
		all = append(all, r.submit(part, batch.get(name, "JobDefinition"))...)
	}
	return all
}

// apiTarget is the API call of one of the Scheduler's universal targets, such as
// arn:aws-us-gov:scheduler:::aws-sdk:ecs:runTask.
func apiTarget(arn string) (service, action string, ok bool) {
	_, call, ok := strings.Cut(arn, ":aws-sdk:")
	if !ok {
		return "", "", false
	}
	service, action, _ = strings.Cut(call, ":")
	return service, action, true
}

func decodeSchedule(r resource) []statement {
	return r.target(r.properties.get(object, "Target"))
}

func decodePipe(r resource) []statement {
	target := r.properties.get(object, "TargetParameters")
	if target.unknown != "" {
		return []statement{unknown(aboutTask, "target", target.at, target)}
	}
	var all []statement
	if ecs := target.get(object, "EcsTaskParameters"); !ecs.isLeftOut() {
		all = append(all, r.launch(aboutTask, "", ecs, r.properties.get(name, "Target")))
	}
	if batch := target.get(object, "BatchJobParameters"); !batch.isLeftOut() {
		all = append(all, r.submit("", batch.get(name, "JobDefinition"))...)
	}
	return all
}

// decodeStateMachine reads the states of a machine in Amazon States Language,
// given as an object or as its text.
func decodeStateMachine(r resource) []statement {
	for _, called := range []string{"Definition", "DefinitionString"} {
		v := r.properties.get(anything, called)
		if v.isLeftOut() {
			continue
		}
		machine := embeddedWith(v, r.properties.get(object, "DefinitionSubstitutions"))
		if machine.unknown != "" {
			return []statement{unknown(aboutTask, "", v.at, machine)}
		}
		return r.states(machine, 0)
	}
	stored := r.properties.get(anything, "DefinitionS3Location", "DefinitionUri")
	missing := stored.but(firstText(stored.unknown, "its definition is not in this file"))
	missing.cause = cause{kind: elsewhere, name: "its definition"}
	return []statement{unknown(aboutTask, "", firstPosition(stored.at, r.at), missing)}
}

func firstPosition(all ...syntax.Position) syntax.Position {
	for _, p := range all {
		if p.Line > 0 {
			return p
		}
	}
	return syntax.Position{}
}

// states reads the states of a machine, and those within them.
func (r resource) states(machine value, depth int) []statement {
	var all []statement
	states := machine.get(object, "States")
	if states.unknown != "" {
		return []statement{unknown(aboutTask, "", states.at, states)}
	}
	if states.node == nil || depth > syntax.MaxDepth {
		return nil
	}
	for _, m := range states.node.Members {
		state := states.get(object, m.Name)
		all = append(all, r.task("state "+m.Name, state)...)
		for _, branch := range state.get(list, "Branches").list("Branches", object) {
			all = append(all, r.states(branch, depth+1)...)
		}
		for _, inner := range []value{state.get(object, "Iterator"), state.get(object, "ItemProcessor")} {
			if inner.node != nil {
				all = append(all, r.states(inner, depth+1)...)
			}
		}
	}
	return all
}

// task reads a state that calls an AWS service. One whose service is not known
// is taken for ECS if it has a task definition.
func (r resource) task(part string, state value) []statement {
	if state.unknown != "" {
		return []statement{unknown(aboutTask, part, state.at, state)}
	}
	arguments := state.get(anything, "Parameters", "Arguments")
	called := state.get(name, "Resource")
	_, integration, ok := strings.Cut(called.known(), ":states:::")
	integration, _, _ = strings.Cut(integration, ".")
	integration = strings.TrimPrefix(integration, "aws-sdk:")
	service, action, _ := strings.Cut(integration, ":")
	switch {
	case ok:
		return r.call(part, service, action, arguments)
	case arguments.node != nil && arguments.node.Get("TaskDefinition", "TaskDefinition.$") != nil:
		return r.call(part, "ecs", "runTask", arguments)
	}
	return nil
}
