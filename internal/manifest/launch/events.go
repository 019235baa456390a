package launch

import (
	"strings"

	"fipsguard/internal/syntax"
)

// decodeRule reads the targets of an EventBridge rule. In Terraform each target
// is a resource of its own.
func decodeRule(r Resource) []Statement {
	if targets := r.Properties.get(list, "Targets"); !targets.IsLeftOut() {
		if targets.Unknown != "" {
			return []Statement{unknown(aboutTask, "targets", targets.At, targets)}
		}
		var all []Statement
		for _, t := range targets.list("Targets", object) {
			all = append(all, r.target(t)...)
		}
		return all
	}
	return r.target(r.Properties)
}

// target reads what an EventBridge rule, a schedule or a pipe starts.
func (r Resource) target(t Value) []Statement {
	part := ""
	if id := t.get(name, "Id", "TargetId").Known(); id != "" && t.At != r.Properties.At {
		part = "target " + id
	}
	if t.Unknown != "" {
		return []Statement{unknown(aboutTask, FirstText(part, "target"), t.At, t)}
	}
	arn := t.get(name, "Arn")
	if service, action, ok := apiTarget(arn.Known()); ok {
		return r.call(part, service, action, embedded(t.get(anything, "Input")))
	}
	var all []Statement
	if ecs := t.get(object, "EcsParameters", "EcsTarget"); !ecs.IsLeftOut() {
		all = append(all, r.launch(aboutTask, part, ecs, arn))
	}
	if batch := t.get(object, "BatchParameters", "BatchTarget"); !batch.IsLeftOut() {
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

func decodeSchedule(r Resource) []Statement {
	return r.target(r.Properties.get(object, "Target"))
}

func decodePipe(r Resource) []Statement {
	target := r.Properties.get(object, "TargetParameters")
	if target.Unknown != "" {
		return []Statement{unknown(aboutTask, "target", target.At, target)}
	}
	var all []Statement
	if ecs := target.get(object, "EcsTaskParameters"); !ecs.IsLeftOut() {
		all = append(all, r.launch(aboutTask, "", ecs, r.Properties.get(name, "Target")))
	}
	if batch := target.get(object, "BatchJobParameters"); !batch.IsLeftOut() {
		all = append(all, r.submit("", batch.get(name, "JobDefinition"))...)
	}
	return all
}

// decodeStateMachine reads the states of a machine in Amazon States Language,
// given as an object or as its text.
func decodeStateMachine(r Resource) []Statement {
	for _, called := range []string{"Definition", "DefinitionString"} {
		v := r.Properties.get(anything, called)
		if v.IsLeftOut() {
			continue
		}
		machine := embeddedWith(v, r.Properties.get(object, "DefinitionSubstitutions"))
		if machine.Unknown != "" {
			return []Statement{unknown(aboutTask, "", v.At, machine)}
		}
		return r.states(machine, 0)
	}
	stored := r.Properties.get(anything, "DefinitionS3Location", "DefinitionUri")
	missing := stored.But(FirstText(stored.Unknown, "its definition is not in this file"))
	missing.Cause = Cause{Kind: elsewhere, Name: "its definition"}
	return []Statement{unknown(aboutTask, "", firstPosition(stored.At, r.At), missing)}
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
func (r Resource) states(machine Value, depth int) []Statement {
	var all []Statement
	states := machine.get(object, "States")
	if states.Unknown != "" {
		return []Statement{unknown(aboutTask, "", states.At, states)}
	}
	if states.Node == nil || depth > syntax.MaxDepth {
		return nil
	}
	for _, m := range states.Node.Members {
		state := states.get(object, m.Name)
		all = append(all, r.task("state "+m.Name, state)...)
		for _, branch := range state.get(list, "Branches").list("Branches", object) {
			all = append(all, r.states(branch, depth+1)...)
		}
		for _, inner := range []Value{state.get(object, "Iterator"), state.get(object, "ItemProcessor")} {
			if inner.Node != nil {
				all = append(all, r.states(inner, depth+1)...)
			}
		}
	}
	return all
}

// task reads a state that calls an AWS service. One whose service is not known
// is taken for ECS if it has a task definition.
func (r Resource) task(part string, state Value) []Statement {
	if state.Unknown != "" {
		return []Statement{unknown(aboutTask, part, state.At, state)}
	}
	arguments := state.get(anything, "Parameters", "Arguments")
	called := state.get(name, "Resource")
	_, integration, ok := strings.Cut(called.Known(), ":states:::")
	integration, _, _ = strings.Cut(integration, ".")
	integration = strings.TrimPrefix(integration, "aws-sdk:")
	service, action, _ := strings.Cut(integration, ":")
	switch {
	case ok:
		return r.call(part, service, action, arguments)
	case arguments.Node != nil && arguments.Node.Get("TaskDefinition", "TaskDefinition.$") != nil:
		return r.call(part, "ecs", "runTask", arguments)
	}
	return nil
}
