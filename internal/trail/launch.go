package trail

import (
	"cmp"
	"strings"

	"fipsguard/internal/guard"
)

// launchStates decodes RunTask and StartTask: one state for each task that was
// started. A call that only failed to place tasks started none.
func launchStates(r *record, cause guard.Cause) ([]guard.State, string) {
	asked := r.RequestParameters.orZero()
	answer := r.ResponseElements.orZero()
	if answer.Tasks == nil {
		return []guard.State{guard.Task{
			Cluster:         string(asked.Cluster),
			Definition:      string(asked.TaskDefinition),
			Fargate:         guard.CapacityOnFargate(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), string(asked.PlatformVersion)),
			PlatformVersion: guard.ResolvedVersion(string(asked.PlatformVersion)),
			LastStatus:      "PROVISIONING",
			Unknown:         tooLarge,
		}}, ""
	}
	if len(answer.Tasks) == 0 {
		return nil, "The call started no task."
	}
	var states []guard.State
	for _, t := range answer.Tasks {
		states = append(states, t.orZero().state())
	}
	return states, ""
}

// taskChangeEvent decodes an ECS task state change, the only signal for the
// tasks that a service's scheduler starts.
func (d *document) taskChangeEvent(body *detail) (guard.Event, error) {
	event := guard.Event{Cause: d.cause(taskChangeDetail)}
	if _, err := parseTime("time", d.Time); err != nil {
		return guard.Event{}, err
	}
	if d.Region != "" && !guard.InScope(d.Region) {
		event.NotGuarded = "Fargate has no FIPS-140 mode in Region " + d.Region + "."
		return event, nil
	}
	if body.TaskARN == "" {
		return guard.Event{}, ErrNotAnEvent
	}
	state := body.task.state()
	event.Cause.Actor.Name = "ECS, task started by " + cmp.Or(string(body.StartedBy), "unknown")
	event.States = []guard.State{state}
	return event, nil
}

// state is what a task's own members say. The operating system is in a task
// that the API shows, never in a state change.
func (t task) state() guard.Task {
	state := guard.Task{
		ARN:             string(t.TaskARN),
		Cluster:         string(t.ClusterARN),
		Group:           string(t.Group),
		Definition:      string(t.TaskDefinitionARN),
		Fargate:         guard.TaskOnFargate(string(t.LaunchType), string(t.CapacityProviderName), string(t.PlatformVersion)),
		PlatformVersion: guard.ResolvedVersion(string(t.PlatformVersion)),
		LastStatus:      strings.ToUpper(string(t.LastStatus)),
		DesiredStatus:   strings.ToUpper(string(t.DesiredStatus)),
	}
	state.Platform.OS = strings.ToUpper(string(t.PlatformFamily))
	for _, a := range t.Attributes {
		if a.orZero().Name == "ecs.cpu-architecture" {
			state.Platform.Architecture = strings.ToUpper(string(a.value.Value))
		}
	}
	if state.Platform.OS == "" {
		state.Unknown = "the record does not show it"
	}
	return state
}

func providers(strategy list[object[capacityUse]]) []string {
	names := make([]string, len(strategy))
	for i, use := range strategy {
		names[i] = string(use.orZero().CapacityProvider)
	}
	return names
}
