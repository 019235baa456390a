package trail

import (
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
			Fargate:         onFargate(string(asked.LaunchType), asked.CapacityProviderStrategy, string(asked.PlatformVersion)),
			PlatformVersion: resolved(string(asked.PlatformVersion)),
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
func (d *document) taskChangeEvent(body *detail) (Event, error) {
	event := Event{Cause: d.cause(taskChangeDetail)}
	if _, err := parseTime("time", d.Time); err != nil {
		return Event{}, err
	}
	if d.Region != "" && !guard.InScope(d.Region) {
		event.NotGuarded = "Fargate has no FIPS-140 mode in Region " + d.Region + "."
		return event, nil
	}
	if body.TaskARN == "" {
		return Event{}, ErrNotAnEvent
	}
	state := body.task.state()
	if at, err := parseTime("createdAt", string(body.CreatedAt)); err == nil {
		state.CreatedAt = at
	}
	event.Cause.Actor.Name = "ECS, task started by " + first(string(body.StartedBy), "unknown")
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
		Fargate:         taskOnFargate(t),
		PlatformVersion: resolved(string(t.PlatformVersion)),
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

// resolved is a platform version that says something: LATEST does not, of a
// task.
func resolved(version string) string {
	if strings.EqualFold(version, "LATEST") {
		return ""
	}
	return version
}

func taskOnFargate(t task) guard.Answer {
	if isFargateProvider(string(t.CapacityProviderName)) {
		return guard.Yes
	}
	fargate := launchedOn(string(t.LaunchType), string(t.PlatformVersion))
	if fargate == guard.Unknown && t.CapacityProviderName != "" {
		return guard.No
	}
	return fargate
}

// launchedOn: a platform version is Fargate's alone.
func launchedOn(launchType, platformVersion string) guard.Answer {
	switch {
	case strings.EqualFold(launchType, "FARGATE"), platformVersion != "":
		return guard.Yes
	case launchType != "":
		return guard.No
	}
	return guard.Unknown
}

// onFargate decides for what asks for capacity, where neither a launch type
// nor a strategy leaves it to the cluster's default.
func onFargate(launchType string, strategy list[object[capacityUse]], platformVersion string) guard.Answer {
	for _, use := range strategy {
		if isFargateProvider(string(use.orZero().CapacityProvider)) {
			return guard.Yes
		}
	}
	fargate := launchedOn(launchType, platformVersion)
	if fargate == guard.Unknown && len(strategy) > 0 {
		return guard.No
	}
	return fargate
}

func isFargateProvider(name string) bool {
	return strings.EqualFold(name, "FARGATE") || strings.EqualFold(name, "FARGATE_SPOT")
}
