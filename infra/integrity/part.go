package integrity

import (
	"cmp"
	"strings"
)

// Part is a kind of component of the guard, or something that it depends on.
type Part struct {
	Name    string // of the tamper rule, behind its prefix
	Did     string // completes "someone …"
	Service string // which records the calls: SERVICE.amazonaws.com
	Prefix  string // of its IAM actions; empty is Service
	// On is the member of a record that names the part, as requestParameters.name.
	// Empty: every call counts, whatever it is about.
	On       string
	Critical bool
	Calls    []string // as CloudTrail names them; a * at the end stands for the API's version
}

// Parts are all of them. Where calls name the part in another member than
// others do, the part is listed again, since simulators of EventBridge do not
// know "$or". Calls on roles and policies are recorded in us-gov-west-1 only.
func Parts() []Part {
	return []Part{
		{
			Name: "trails", Did: "changed a CloudTrail trail, from which the guard receives calls", Service: "cloudtrail",
			Calls: []string{"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"},
		},
		{
			Name: "rules", Did: "changed a rule of the guard", Service: "events", On: "requestParameters.name",
			Calls: []string{"DisableRule", "DeleteRule", "PutRule"},
		},
		{
			// The watch on the watch of rules: whoever disables either is seen by
			// the other.
			Name: "rules-watch", Did: "changed the rule that watches the rules of the guard", Service: "events", On: "requestParameters.name",
			Calls: []string{"DisableRule", "DeleteRule", "PutRule"},
		},
		{
			Name: "targets", Did: "changed the target of a rule of the guard", Service: "events", On: "requestParameters.rule",
			Calls: []string{"PutTargets", "RemoveTargets"},
		},
		{
			Name: "bus", Did: "changed the event bus on which the guard receives calls", Service: "events", On: "requestParameters.name",
			Calls: []string{"UpdateEventBus"},
		},
		{
			Name: "functions", Did: "changed a function of the guard", Service: "lambda", On: "requestParameters.functionName",
			Calls: []string{
				"AddPermission*", "CreateEventSourceMapping*", "CreateFunctionUrlConfig*", "DeleteFunction*", "DeleteFunctionCodeSigningConfig*",
				"DeleteFunctionConcurrency*", "DeleteFunctionEventInvokeConfig*", "PutFunctionCodeSigningConfig*", "PutFunctionConcurrency*",
				"PutFunctionEventInvokeConfig*", "PutFunctionRecursionConfig*", "PutFunctionScalingConfig*", "PutRuntimeManagementConfig*",
				"RemovePermission*", "UpdateFunctionCode*", "UpdateFunctionConfiguration*", "UpdateFunctionEventInvokeConfig*", "UpdateFunctionUrlConfig*",
			},
		},
		{
			// The record names the mapping by its UUID; the answer has the function.
			Name: "sources", Did: "changed the event source mapping of a function of the guard", Service: "lambda", On: "responseElements.functionArn",
			Calls: []string{"UpdateEventSourceMapping*", "DeleteEventSourceMapping*"},
		},
		{
			Name: "queues", Did: "changed a queue of the guard", Service: "sqs", On: "requestParameters.queueUrl",
			Calls: []string{"AddPermission", "DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes"},
		},
		{
			Name: "moves", Did: "changed where the messages of a queue of the guard go", Service: "sqs", On: "requestParameters.sourceArn",
			Calls: []string{"StartMessageMoveTask"},
		},
		{
			Name: "roles", Did: "changed a role of the guard", Service: "iam", On: "requestParameters.roleName",
			Calls: []string{
				"AddRoleToInstanceProfile", "AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy",
				"DetachRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole",
			},
		},
		{
			Name: "policies", Did: "changed a policy of the guard's roles", Service: "iam", On: "requestParameters.policyArn",
			Calls: []string{"CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"},
		},
		{
			Name: "topic", Did: "changed the topic of the guard's alerts", Service: "sns", On: "requestParameters.topicArn",
			Calls: []string{"AddPermission", "DeleteTopic", "RemovePermission", "SetTopicAttributes", "Subscribe"},
		},
		{
			Name: "topic-data", Did: "changed what the topic of the guard's alerts lets through", Service: "sns", On: "requestParameters.resourceArn",
			Calls: []string{"PutDataProtectionPolicy"},
		},
		{
			Name: "subscriptions", Did: "changed a subscription to the guard's alerts", Service: "sns", On: "requestParameters.subscriptionArn",
			Calls: []string{"SetSubscriptionAttributes", "Unsubscribe"},
		},
		{
			Name: "key", Did: "changed a key of the guard", Service: "kms", On: "resources.ARN",
			Calls: []string{
				"CreateGrant", "DeleteAlias", "DisableKey", "DisableKeyRotation", "PutKeyPolicy", "RetireGrant", "RevokeGrant",
				"ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias",
			},
		},
		{
			Name: "evidence", Did: "changed the bucket of the guard's evidence", Service: "s3", On: "requestParameters.bucketName",
			Calls: []string{
				"DeleteBucket", "DeleteBucketEncryption", "DeleteBucketLifecycle", "DeleteBucketPolicy", "DeleteBucketPublicAccessBlock",
				"PutBucketAcl", "PutBucketEncryption", "PutBucketLifecycle", "PutBucketNotification", "PutBucketObjectLockConfiguration",
				"PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketPublicAccessBlock", "PutBucketReplication", "PutBucketVersioning",
			},
		},
		{
			Name: "logs", Did: "changed a log group of the guard", Service: "logs", On: "requestParameters.logGroupName",
			Calls: []string{
				"DeleteLogGroup", "DeleteLogStream", "DeleteRetentionPolicy", "DeleteSubscriptionFilter", "PutRetentionPolicy", "PutSubscriptionFilter",
				"AssociateKmsKey", "DisassociateKmsKey",
			},
		},
		{
			Name: "log-contents", Did: "changed what a log group of the guard shows", Service: "logs", On: "requestParameters.logGroupIdentifier",
			Calls: []string{"DeleteTransformer", "PutDataProtectionPolicy", "PutLogGroupDeletionProtection", "PutTransformer"},
		},
		{
			Name: "log-account", Did: "changed a policy for all log groups of the account", Service: "logs",
			Calls: []string{"PutAccountPolicy"},
		},
		{
			Name: "alarms", Did: "changed an alarm on the guard", Service: "monitoring", Prefix: "cloudwatch", On: "requestParameters.alarmNames",
			Calls: []string{"DeleteAlarms", "DisableAlarmActions"},
		},
		{
			Name: "alarm-settings", Did: "changed an alarm on the guard", Service: "monitoring", Prefix: "cloudwatch", On: "requestParameters.alarmName",
			Calls: []string{"PutCompositeAlarm", "PutMetricAlarm", "SetAlarmState"},
		},
		{
			Name: "mutes", Did: "muted alarms", Service: "monitoring", Prefix: "cloudwatch",
			Calls: []string{"PutAlarmMuteRule"},
		},
		{
			// A push is no change: the task definition names the image by its digest.
			Name: "witness", Did: "changed the repository of the witness's image", Service: "ecr", On: "requestParameters.repositoryName",
			Calls: []string{"BatchDeleteImage", "DeleteRepository"},
		},
		{
			Name: "workload-policy", Did: "changed the policy of the guard", Service: "ssm", On: "requestParameters.name",
			Calls: []string{"DeleteParameter", "LabelParameterVersion", "PutParameter", "UnlabelParameterVersion"},
		},
		{
			Name: "workload-policy-list", Did: "deleted the policy of the guard", Service: "ssm", On: "requestParameters.names",
			Calls: []string{"DeleteParameters"},
		},
		{
			Name: "stack", Did: "changed the stack that the guard was deployed with", Service: "cloudformation", On: "requestParameters.stackName",
			Calls: []string{
				"ContinueUpdateRollback", "CreateChangeSet", "DeleteStack", "ExecuteChangeSet", "RollbackStack", "SetStackPolicy",
				"UpdateStack", "UpdateTerminationProtection",
			},
		},
		{
			Name: "break-glass", Critical: true, Did: "assumed the break-glass role, which may change the guard", Service: "sts", On: "requestParameters.roleArn",
			Calls: []string{"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"},
		},
	}
}

// Actions are the calls as IAM names them.
func (p Part) Actions() []string {
	var all []string
	for _, call := range p.Calls {
		name := strings.TrimSuffix(call, "*")
		if p.Service == "s3" {
			name = bucketAction(name)
		}
		all = append(all, cmp.Or(p.Prefix, p.Service)+":"+name)
	}
	return all
}

// bucketAction: S3's actions are not named after its calls.
func bucketAction(call string) string {
	switch call {
	case "PutBucketEncryption", "DeleteBucketEncryption":
		return "PutEncryptionConfiguration"
	case "PutBucketLifecycle", "DeleteBucketLifecycle":
		return "PutLifecycleConfiguration"
	case "PutBucketReplication":
		return "PutReplicationConfiguration"
	case "DeleteBucketPublicAccessBlock":
		return "PutBucketPublicAccessBlock"
	}
	return call
}
