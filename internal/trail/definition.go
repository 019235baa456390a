package trail

import (
	"slices"
	"strings"

	"fipsguard/internal/guard"
)

const tooLarge = "the record leaves it out"

// taskDefinitionStates decodes RegisterTaskDefinition from the answer, or else
// from the request, in which the revision is not known yet.
func taskDefinitionStates(r *record, cause guard.Cause) ([]guard.State, string) {
	if d := r.ResponseElements.orZero().TaskDefinition; d.present() && d.value.ARN != "" {
		return []guard.State{answeredDefinition(*d.value)}, ""
	}
	asked := r.RequestParameters.orZero()
	if asked.Family == "" {
		return []guard.State{guard.TaskDefinition{Unknown: tooLarge}}, ""
	}
	d := guard.TaskDefinition{
		Family:   string(asked.Family),
		Platform: asked.RuntimePlatform.orZero().normalised(),
		Unknown:  "the record leaves out what ECS computed",
	}
	// Only FARGATE in the request is an answer: ECS may compute it for a
	// caller that did not ask for it.
	if contains(asked.RequiresCompatibilities, "FARGATE") {
		d.Fargate = guard.Yes
	}
	return []guard.State{d}, ""
}

func answeredDefinition(d taskDefinition) guard.TaskDefinition {
	state := guard.TaskDefinition{
		ARN:      string(d.ARN),
		Family:   string(d.Family),
		Platform: d.RuntimePlatform.orZero().normalised(),
	}
	switch {
	case contains(d.Compatibilities, "FARGATE"), contains(d.RequiresCompatibilities, "FARGATE"):
		state.Fargate = guard.Yes
	case len(d.Compatibilities) > 0:
		state.Fargate = guard.No
	default:
		state.Unknown = "the record shows no compatibilities"
	}
	return state
}

// normalised turns omitted members into ECS's defaults.
func (p platform) normalised() guard.Platform {
	return guard.Platform{
		OS:           memberOr(p.OperatingSystemFamily, "LINUX"),
		Architecture: memberOr(p.CPUArchitecture, "X86_64"),
	}
}

func memberOr(member *text, omitted string) string {
	if member == nil {
		return omitted
	}
	return strings.ToUpper(string(*member))
}

func contains(list []text, want string) bool {
	return slices.ContainsFunc(list, func(t text) bool { return strings.EqualFold(string(t), want) })
}
