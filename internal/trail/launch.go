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
	batch := batchTags(asked.Tags)
	if batch == nil && guard.IsBatch(cause.Actor.ARN) {
		batch = &guard.Batch{}
	}
	if answer.Tasks == nil {
		return []guard.State{guard.Task{
			Cluster:         string(asked.Cluster),
			Group:           string(asked.Group),
			StartedBy:       string(asked.StartedBy),
			Definition:      string(asked.TaskDefinition),
			Batch:           batch,
			Fargate:         guard.CapacityOnFargate(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), string(asked.PlatformVersion)),
			Providers:       guard.ProvidersOf(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), string(asked.Cluster)),
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
		state := t.orZero().state()
		// What the answer leaves out, the request says of all its tasks.
		state.Definition = cmp.Or(state.Definition, string(asked.TaskDefinition))
		state.Cluster = cmp.Or(state.Cluster, string(asked.Cluster))
		if state.Fargate == guard.Unknown && state.Providers == nil {
			state.Fargate = guard.CapacityOnFargate(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), "")
			state.Providers = guard.ProvidersOf(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), state.Cluster)
		}
		if state.Batch == nil {
			state.Batch = batch
		}
		states = append(states, state)
	}
	return states, ""
}

// taskChangeEvent decodes an ECS task state change, the only signal for the
// tasks that a service's scheduler starts.
func (d *document) taskChangeEvent(body *detail) guard.Event {
	if d.Region != "" && !guard.InScope(d.Region) {
		return d.notGuarded("Fargate has no FIPS-140 mode in Region " + d.Region + ".")
	}
	state := body.task.state()
	event := guard.Event{Cause: d.cause(taskChangeDetail), States: []guard.State{state}}
	event.Cause.Actor.Name = scheduler(state)
	return event
}

// scheduler is who a task was started for, as far as the task itself tells: the
// person is in the record of RunTask, and of a service's tasks there is none.
func scheduler(t guard.Task) string {
	switch {
	case t.Service() != "":
		return "ECS, for service " + t.Service()
	case t.Batch != nil && t.Batch.JobQueue != "":
		return "AWS Batch, for job queue " + t.Batch.JobQueue
	case t.Batch != nil:
		return "AWS Batch"
	case t.StartedBy != "":
		return "ECS, task started by " + t.StartedBy
	case t.Group != "":
		return "ECS, task of group " + t.Group
	}
	return "ECS, task started by unknown"
}

// state is what a task's own members say. The operating system is in a task
// that the API shows, never in a state change.
func (t task) state() guard.Task {
	state := guard.Task{
		ARN:             string(t.TaskARN),
		Cluster:         string(t.ClusterARN),
		Group:           string(t.Group),
		StartedBy:       string(t.StartedBy),
		Batch:           t.batch(),
		Definition:      string(t.TaskDefinitionARN),
		Fargate:         guard.TaskOnFargate(string(t.LaunchType), string(t.CapacityProviderName), string(t.PlatformVersion)),
		Providers:       guard.ProvidersOf(string(t.LaunchType), one(t.CapacityProviderName), string(t.ClusterARN)),
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

// one is a list of a name, or of none where it is left out.
func one(name text) []string {
	if name == "" {
		return nil
	}
	return []string{string(name)}
}

func providers(strategy list[object[capacityUse]]) []string {
	names := make([]string, len(strategy))
	for i, use := range strategy {
		names[i] = string(use.orZero().CapacityProvider)
	}
	return names
}
