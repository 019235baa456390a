package trail

// Pattern is an EventBridge rule's event pattern. Patterns let through every
// event that can hold a violation, and as little else as can be told without
// missing one. They use what EventBridge and its local matcher both know:
// exact values, exists, anything-but with a list, prefix, equals-ignore-case;
// and several patterns where one would need $or.
type Pattern struct {
	Name  string // of the rule
	About string // what the rule lets through, for its description
	JSON  string
}

// Settings is the name of the pattern for calls that change a setting. Every
// other pattern is about workloads.
const Settings = "settings"

// Patterns are the rules that feed the enforcer and the gate.
func Patterns() []Pattern {
	return []Pattern{
		{
			Name:  Settings,
			About: "Calls that change an ECS account setting",
			// The setting's name is no part of it: an omitted member may hide it.
			JSON: callPattern(`"PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting"`, ``),
		},
		{
			Name:  "definitions-architecture",
			About: "Task definitions registered with a CPU architecture other than X86_64",
			JSON: callPattern(`"RegisterTaskDefinition"`,
				`"responseElements": {"taskDefinition": {"runtimePlatform": {"cpuArchitecture": [{"anything-but": ["X86_64"]}]}}}`),
		},
		{
			Name:  "definitions-system",
			About: "Task definitions registered with an operating system family other than LINUX",
			JSON: callPattern(`"RegisterTaskDefinition"`,
				`"responseElements": {"taskDefinition": {"runtimePlatform": {"operatingSystemFamily": [{"anything-but": ["LINUX"]}]}}}`),
		},
		{
			Name:  "definitions-unseen",
			About: "Task definitions registered by calls whose record leaves out the answer",
			JSON: callPattern(`"RegisterTaskDefinition"`,
				`"responseElements": {"taskDefinition": {"taskDefinitionArn": [{"exists": false}]}}`),
		},
		{
			Name:  "launches",
			About: "Tasks launched and services changed",
			// What they launch is in the definition, which no record shows.
			JSON: callPattern(`"RunTask", "StartTask", "CreateService", "UpdateService", "CreateTaskSet", "UpdateServicePrimaryTaskSet"`, ``),
		},
		{
			Name:  "capacity-providers",
			About: "Capacity providers created",
			// Whether one of Managed Instances has FIPS mode off is in either part of
			// the record.
			JSON: callPattern(`"CreateCapacityProvider"`, ``),
		},
		{
			Name:  "tasks",
			About: "State changes of tasks that may be on Fargate or on ECS Managed Instances and have not ended",
			JSON:  taskPattern(`{"anything-but": ["EC2", "EXTERNAL"]}`),
		},
		{
			Name:  "tasks-of-providers",
			About: "State changes of tasks of capacity providers, which may show no launch type",
			JSON:  taskPattern(`{"exists": false}`),
		},
	}
}

// callPattern lets through successful ECS calls of some names, with a further
// condition on the detail.
func callPattern(names, condition string) string {
	if condition != "" {
		condition = ",\n    " + condition
	}
	return `{
  "source": ["aws.ecs"],
  "detail-type": ["AWS API Call via CloudTrail"],
  "detail": {
    "eventSource": ["ecs.amazonaws.com"],
    "eventName": [` + names + `],
    "errorCode": [{"exists": false}]` + condition + `
  }
}`
}

func taskPattern(launchType string) string {
	return `{
  "source": ["aws.ecs"],
  "detail-type": ["ECS Task State Change"],
  "detail": {
    "launchType": [` + launchType + `],
    "lastStatus": [{"anything-but": ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]}]
  }
}`
}
