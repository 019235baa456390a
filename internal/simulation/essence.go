package simulation

import (
	"encoding/json"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// parameters are those of ECS's calls that matter in a story.
type parameters struct {
	Name, Value, PrincipalARN, Family, TaskDefinition, ServiceName, Service, Task, PlatformVersion, Command string
	RuntimePlatform                                                                                         struct{ CPUArchitecture, OperatingSystemFamily string }
	DesiredCount                                                                                            int
	ForceNewDeployment                                                                                      bool
}

// essence is what matters of a call's parameters.
func essence(operation string, data json.RawMessage) string {
	var p parameters
	if json.Unmarshal(data, &p) != nil {
		return ""
	}
	var words []string
	add := func(format string, text string) {
		if text != "" {
			words = append(words, fmt.Sprintf(format, text))
		}
	}
	if p.Name == guard.SettingName {
		add("%s", p.Value)
		add("for %s", lastOf(p.PrincipalARN))
		if operation == "ListAccountSettings" {
			add("%s", "FIPS mode")
		}
		return strings.Join(words, " ")
	}
	add("%s", p.Family)
	add("%s", p.RuntimePlatform.CPUArchitecture)
	add("%s", p.RuntimePlatform.OperatingSystemFamily)
	add("%s", p.ServiceName)
	if p.ServiceName == "" {
		add("%s", lastOf(p.TaskDefinition))
	}
	add("%s", lastOf(p.Service))
	add("%s", shortID(lastOf(p.Task)))
	if p.DesiredCount > 0 {
		add("×%s", fmt.Sprint(p.DesiredCount))
	}
	add("on platform %s", p.PlatformVersion)
	add("%s", p.Command)
	if p.ForceNewDeployment {
		add("%s", "redeployed")
	}
	return strings.Join(words, " ")
}

// lastOf is the last part of an ARN.
func lastOf(arn string) string { return arn[strings.LastIndexAny(arn, "/")+1:] }

// shortID is the beginning of a task's ID, by which a story's tasks are told
// apart.
func shortID(id string) string {
	if len(id) == 32 {
		return id[:8]
	}
	return id
}
