package manifest

import "bytes"

// Likeness is how much a file that was found looks like one that Read reads.
type Likeness uint8

const (
	Foreign Likeness = iota // it has nothing that one of the formats has
	Perhaps                 // it has a word that the formats have, and others
	Surely                  // it has what only these formats have
)

// LikenessOf tells files apart without reading them: of a repository's JSON and
// YAML most are about something else.
func LikenessOf(data []byte) Likeness {
	if little, big := isUTF16(data); little || big {
		data = inUTF8(data)
	}
	for _, word := range []string{
		"AWS::", "containerDefinitions", "requiresCompatibilities", "resource_changes", "planned_values", "fargateFIPSMode",
		"capacityProviderStrategy", "EcsParameters", `"launchType"`, "launchType:", `"taskDefinition"`, "taskDefinition:",
	} {
		if bytes.Contains(data, []byte(word)) {
			return Surely
		}
	}
	for _, word := range []string{
		"Resources", "StartAt", "taskDefinition", "taskSets", "launchType", "platformVersion", "networkConfiguration",
		"jobDefinition", "ScheduleExpression", "terraform_version", "services", "taskArn",
		`\u00`, `\x`, // which can hide any of these
	} {
		if bytes.Contains(data, []byte(word)) {
			return Perhaps
		}
	}
	return Foreign
}
