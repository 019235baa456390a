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
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		data = inUTF8(data)
	}
	for _, word := range []string{"AWS::", "containerDefinitions", "requiresCompatibilities", "resource_changes", "planned_values", "fargateFIPSMode"} {
		if bytes.Contains(data, []byte(word)) {
			return Surely
		}
	}
	for _, word := range []string{
		"Resources", "StartAt", "taskDefinition", "taskSets", "launchType", "platformVersion", "capacityProviderStrategy", "networkConfiguration",
		"jobDefinition", "ScheduleExpression", "EcsParameters", "terraform_version", "services",
		`\u00`, `\x`, // which can hide any of these
	} {
		if bytes.Contains(data, []byte(word)) {
			return Perhaps
		}
	}
	return Foreign
}
