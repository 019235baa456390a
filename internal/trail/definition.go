package trail

import (
	"cmp"

	"fipsguard/internal/guard"
)

const tooLarge = "the record leaves it out"

// taskDefinitionStates decodes RegisterTaskDefinition from the answer, or else
// from the request, in which the revision is not known yet.
func taskDefinitionStates(r *record, cause guard.Cause) ([]guard.State, string) {
	asked := r.RequestParameters.orZero()
	if d := r.ResponseElements.orZero().TaskDefinition; d.present() && d.value.ARN != "" {
		state := answeredDefinition(*d.value)
		state.RegisteredBy = cmp.Or(state.RegisteredBy, cause.Actor.ARN)
		state.Tags = tagsOf(asked.Tags)
		return []guard.State{state}, ""
	}
	if asked.Family == "" {
		return []guard.State{guard.TaskDefinition{Unknown: tooLarge}}, ""
	}
	d := guard.TaskDefinition{
		Family:       string(asked.Family),
		RegisteredBy: cause.Actor.ARN,
		Tags:         tagsOf(asked.Tags),
		Platform:     asked.RuntimePlatform.orZero().normalised(),
		Unknown:      "the record leaves out what ECS computed",
	}
	d.Fargate = guard.DefinitionOnFargate(texts(asked.RequiresCompatibilities), nil)
	d.Managed = guard.DefinitionOnManaged(texts(asked.RequiresCompatibilities))
	return []guard.State{d}, ""
}

func answeredDefinition(d taskDefinition) guard.TaskDefinition {
	state := guard.TaskDefinition{
		ARN:          string(d.ARN),
		Family:       string(d.Family),
		RegisteredBy: string(d.RegisteredBy),
		Platform:     d.RuntimePlatform.orZero().normalised(),
	}
	state.Fargate = guard.DefinitionOnFargate(texts(d.RequiresCompatibilities), texts(d.Compatibilities))
	state.Managed = guard.DefinitionOnManaged(texts(d.RequiresCompatibilities))
	if state.Fargate == guard.Unknown {
		state.Unknown = "the record shows no compatibilities"
	}
	return state
}

func (p platform) normalised() guard.Platform {
	return guard.DefinitionPlatform((*string)(p.OperatingSystemFamily), (*string)(p.CPUArchitecture))
}

// tagsOf are tags by their keys; nil where there are none.
func tagsOf(list list[object[attribute]]) map[string]string {
	var tags map[string]string
	for _, t := range list {
		if tags == nil {
			tags = map[string]string{}
		}
		tags[string(t.orZero().Key)] = string(t.orZero().Value)
	}
	return tags
}

func texts(list []text) []string {
	plain := make([]string, len(list))
	for i, t := range list {
		plain[i] = string(t)
	}
	return plain
}
