package trail

import (
	"cmp"
	"strings"

	"fipsguard/internal/guard"
)

// serviceStates decodes what a service or one of its task sets asks for. The
// definition's architecture is in no such record: only its ARN is.
func serviceStates(r *record, cause guard.Cause) ([]guard.State, string) {
	answer := r.ResponseElements.orZero()
	switch {
	case answer.Service.present():
		return []guard.State{answer.Service.value.state()}, ""
	case answer.TaskSet.present():
		state := answer.TaskSet.value.state()
		// Task sets of their own exist with the external controller alone.
		state.Controller = "EXTERNAL"
		state.Deployment = string(answer.TaskSet.value.ID)
		return []guard.State{state}, ""
	}
	asked := r.RequestParameters.orZero()
	return []guard.State{guard.Service{
		Name:            cmp.Or(string(asked.Service), string(asked.ServiceName)),
		Cluster:         string(asked.Cluster),
		Definition:      guard.TaskDefinition{ARN: string(asked.TaskDefinition)},
		Fargate:         guard.CapacityOnFargate(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), string(asked.PlatformVersion)),
		Providers:       guard.ProvidersOf(string(asked.LaunchType), providers(asked.CapacityProviderStrategy), string(asked.Cluster)),
		PlatformVersion: string(asked.PlatformVersion),
		VersionUnknown:  asked.PlatformVersion == "",
		Unknown:         tooLarge,
	}}, ""
}

func (s service) state() guard.Service {
	state := guard.Service{
		ARN:            string(s.ServiceARN),
		Cluster:        string(s.ClusterARN),
		Definition:     guard.TaskDefinition{ARN: string(s.TaskDefinition)},
		Controller:     strings.ToUpper(string(s.DeploymentController.orZero().Type)),
		DesiredCount:   int(s.DesiredCount),
		VersionUnknown: s.PlatformVersion != nil && *s.PlatformVersion == "",
		Unknown:        "the record does not show the task definition",
	}
	if s.PlatformVersion != nil {
		state.PlatformVersion = string(*s.PlatformVersion)
	}
	if state.Controller == "" {
		state.Controller = "ECS" // the API's default, which answers leave out
	}
	state.Definition.Platform.OS = strings.ToUpper(string(s.PlatformFamily))
	state.Fargate = guard.CapacityOnFargate(string(s.LaunchType), providers(s.CapacityProviderStrategy), state.PlatformVersion)
	state.Providers = guard.ProvidersOf(string(s.LaunchType), providers(s.CapacityProviderStrategy), state.Cluster)
	for _, d := range s.Deployments {
		if d.orZero().Status == "PRIMARY" {
			state.Deployment = string(d.value.ID)
		}
	}
	return state
}
