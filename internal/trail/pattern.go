package trail

// Pattern is an EventBridge rule's event pattern. Patterns let through every
// event that can hold a violation, and as little else as can be told without
// missing one. They use what EventBridge and its local matcher both know:
// exact values, exists, anything-but with a list, prefix, equals-ignore-case.
type Pattern struct {
	Name  string // of the rule
	About string // what the rule lets through, for its description
	JSON  string
}

// Patterns are the rules that feed the enforcer.
func Patterns() []Pattern {
	return []Pattern{
		{
			Name:  "settings",
			About: "Calls that change an ECS account setting",
			// The setting's name is no part of it: an omitted member may hide it.
			JSON: `{
  "source": ["aws.ecs"],
  "detail-type": ["AWS API Call via CloudTrail"],
  "detail": {
    "eventSource": ["ecs.amazonaws.com"],
    "eventName": ["PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting"],
    "errorCode": [{"exists": false}]
  }
}`,
		},
	}
}
