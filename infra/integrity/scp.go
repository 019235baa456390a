package integrity

import (
	"slices"

	"fipsguard/internal/product"
)

// SettingSCP keeps everyone but the guard from the setting, and from whatever
// acts as the guard: its roles, its functions, its stack.
func SettingSCP(e Exempt) Policy {
	roles := append([]string{role(product.Prefix + "*"), partition + "iam::*:policy/" + product.Prefix + "*"}, e.otherwiseNamed()...)
	return Policy{Version: "2012-10-17", Statement: []Statement{
		deny("OnlyTheGuardSetsFargateFIPSMode",
			actions("ecs", "PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting"), []string{"*"},
			unless(append(guards(product.Enforcer, product.Verifier), role(e.BreakGlass))...).
				and("StringEqualsIgnoreCase", "ecs:account-setting", "fargateFIPSMode")),
		deny("Roles",
			actions("iam", "Add*", "Attach*", "Create*", "Delete*", "Detach*", "PassRole", "Put*", "Set*", "Tag*", "Untag*", "Update*"),
			roles, unless(e.changers()...)),
		deny("Functions",
			actions("lambda", "Add*", "Create*", "Delete*", "Invoke*", "Publish*", "Put*", "Remove*", "Update*"),
			within("lambda", "function:"+product.Prefix+"*"), unless(e.changers()...)),
		deny("Sources",
			actions("lambda", "CreateEventSourceMapping", "DeleteEventSourceMapping", "UpdateEventSourceMapping"), []string{"*"},
			unless(e.changers()...).and("ArnLike", "lambda:FunctionArn", within("lambda", "function:"+product.Prefix+"*")...)),
		deny("Stack",
			actions("cloudformation", "Cancel*", "Continue*", "Create*", "Delete*", "Execute*", "Rollback*", "Set*", "Signal*", "Update*"),
			within("cloudformation", "stack/"+product.Name+"*/*", "stack/StackSet-"+product.Name+"*/*", "stackset/"+product.Name+"*"),
			unless(e.changers()...)),
		deny("ThesePoliciesStay", actions("organizations", "LeaveOrganization"), []string{"*"}, nil),
	}}
}

// IntegritySCP keeps everyone but a deployment from what the guard hears with
// and speaks through.
func IntegritySCP(e Exempt) Policy {
	own := e.guardAndChangers()
	return Policy{Version: "2012-10-17", Statement: []Statement{
		deny("OnlyDeploymentsChangeTheGuard",
			slices.Concat(ruleSettings(), topicSettings(), queueSettings(), bucketSettings(), logSettings(), alarmSettings(), actions("ecr", "BatchDeleteImage", "DeleteRepository")),
			slices.Concat(rules(), topics(), within("sqs", product.Prefix+"*"), evidence(""), logGroups(), within("cloudwatch", "alarm:"+product.Prefix+"*"), within("ecr", "repository/"+product.Witness)),
			unless(e.changers()...)),
		keyStays(e),
		deny("OnlyTheGuardSpeaksAndWorks",
			slices.Concat(actions("sns", "Publish"), messages(), actions("logs", "CreateLogStream", "PutLogEvents")),
			slices.Concat(topics(), workQueues(), logGroups()),
			unless(own...)),
		deny("Policy", actions("ssm", "AddTagsToResource", "DeleteParameter", "DeleteParameters", "LabelParameterVersion", "PutParameter", "UnlabelParameterVersion"),
			within("ssm", "parameter/"+product.Prefix+"*"), unless(append(e.changers(), role(e.Approver))...)),
		deny("Metrics", actions("cloudwatch", "PutMetricData"), []string{"*"},
			unless(own...).and("StringEquals", "cloudwatch:namespace", product.Name)),
		reportsStay(e),
	}}
}

func ruleSettings() []string {
	return actions("events", "DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets", "UpdateEventBus")
}

func rules() []string { return within("events", "rule/"+product.Prefix+"*", "event-bus/default") }

func topicSettings() []string {
	return actions("sns", "AddPermission", "DeleteTopic", "PutDataProtectionPolicy", "RemovePermission", "Set*", "Subscribe", "Unsubscribe")
}

func topics() []string { return within("sns", product.Prefix+"*") }

func alarmSettings() []string {
	return actions("cloudwatch", "DeleteAlarms", "DisableAlarmActions", "PutAlarmMuteRule", "PutCompositeAlarm", "PutMetricAlarm", "SetAlarmState")
}

func queueSettings() []string {
	return actions("sqs", "AddPermission", "CreateQueue", "DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes", "StartMessageMoveTask")
}

// workQueues hold the guard's work and its memory of what it reported. The
// failure queues are for the on-call to read.
func workQueues() []string { return within("sqs", product.Workloads, product.Scans, product.Reported) }

// messages are the calls with which someone takes the guard's work away or
// hands it other work.
func messages() []string {
	return actions("sqs", "ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage", "SendMessage")
}

func keySettings() []string {
	return actions("kms", "CreateGrant", "DeleteAlias", "Disable*", "PutKeyPolicy", "RetireGrant", "RevokeGrant", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias")
}

// tagged tells the guard's keys from others: the stack puts this tag on all it
// deploys, and a key's ARN has no name.
func tagged(c Condition) Condition {
	return c.and("StringEquals", "aws:ResourceTag/application", product.Name)
}

func bucketSettings() []string {
	return actions("s3", "DeleteBucket*", "PutBucket*", "PutEncryptionConfiguration", "PutLifecycleConfiguration", "PutReplicationConfiguration")
}

func reports() []string {
	return actions("s3", "BypassGovernanceRetention", "DeleteObject*", "PutObject*", "Replicate*")
}

// evidence are the buckets, with what stands behind their names.
func evidence(behind string) []string {
	return []string{partition + "s3:::" + product.Evidence + "-*" + behind}
}

// keyStays and reportsStay are the same in a service control policy and in a
// resource control policy.
func keyStays(e Exempt) Statement {
	return deny("Key", keySettings(), within("kms", "key/*"), tagged(unless(e.changers()...)))
}

func reportsStay(e Exempt) Statement {
	return deny("Reports", reports(), evidence("/*"), unless(append(guards(product.Verifier), e.changers()...)...))
}

func logSettings() []string {
	return actions("logs", "AssociateKmsKey", "Delete*", "DisassociateKmsKey", "PutDataProtectionPolicy", "PutLogGroupDeletionProtection",
		"PutRetentionPolicy", "PutSubscriptionFilter", "PutTransformer")
}

func logGroups() []string { return within("logs", "log-group:/aws/lambda/"+product.Prefix+"*") }
