package main

import (
	"slices"

	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
)

// grant is one statement of a function's policy.
type grant struct {
	sid        string
	actions    []string
	resources  []string
	conditions map[string]any
	when       condition // in which it is granted; the zero value is always
}

// enforcerGrants are the calls that the enforcer makes, no more: a test compares
// them with the code. "*" stands only where AWS knows no resource-level
// permission.
func enforcerGrants(stack awscdk.Stack, props enforcerProps) []grant {
	return append(common(stack, product.Enforcer, props.Options, *props.Topic.TopicArn(), *props.Failed.QueueArn(), *props.Key.KeyArn()),
		keepFIPSModeOn(props.Parameters),
		grant{sid: "Look", actions: []string{"ecs:ListAccountSettings"}, resources: []string{"*"}})
}

// gateGrants are the calls that the gate makes.
func gateGrants(stack awscdk.Stack, props enforcerProps) []grant {
	list := append(common(stack, product.Gate, props.Options, *props.Topic.TopicArn(), *props.Failed.QueueArn(), *props.Key.KeyArn()),
		grant{sid: "Look", actions: looks(), resources: []string{"*"}},
		readPolicy(stack, props.Parameters),
		receive(props.Workloads))
	return append(list, workloads(stack, props.Options, props.Parameters)...)
}

// keepFIPSModeOn is the write of one setting.
func keepFIPSModeOn(p parameters) grant {
	return grant{
		sid:     "KeepFIPSModeOn",
		actions: []string{"ecs:PutAccountSettingDefault", "ecs:PutAccountSetting"}, resources: []string{"*"},
		conditions: map[string]any{"StringEquals": map[string]any{"ecs:account-setting": "fargateFIPSMode"}},
		when:       p.enforcing,
	}
}

// readPolicy reads the policy document, and its versions. Whether IAM sees a
// version's number in the ARN is not documented.
func readPolicy(stack awscdk.Stack, p parameters) grant {
	arn := *arnOf(stack, "ssm", "parameter/"+*p.policy)
	return grant{sid: "ReadPolicy", actions: []string{"ssm:GetParameter"}, resources: []string{arn, arn + ":*"}}
}

// receive is what Lambda needs to work off a function's queue.
func receive(queue awssqs.IQueue) grant {
	return grant{
		sid: "ReceiveFromQueue", actions: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
		resources: []string{*queue.QueueArn()},
	}
}

// looks are the reads of workloads for which AWS has no resource-level
// permissions.
func looks() []string {
	return []string{"ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions", "ecs:DescribeCapacityProviders", "application-autoscaling:DescribeScalableTargets"}
}

// verifierGrants are the calls that the verifier makes.
func verifierGrants(stack awscdk.Stack, props verifierProps) []grant {
	sessions := *arnOf(stack, "ssm", "session/ecs-execute-command-*")
	list := append(common(stack, product.Verifier, props.Options, *props.Topic.TopicArn(), *props.Queues.failed.QueueArn(), *props.Key.KeyArn()),
		keepFIPSModeOn(props.Parameters),
		readPolicy(stack, props.Parameters),
		receive(props.Intake.scans),
		grant{
			sid: "ReadWhatWasReported", actions: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage"},
			resources: []string{*props.Reported.QueueArn()},
		},
		grant{
			sid: "ReadWhichCanariesCame", actions: []string{"logs:FilterLogEvents"},
			resources: []string{*arnOf(stack, "logs", "log-group:/aws/lambda/"+product.Enforcer+":*")},
		},
		grant{
			sid: "Look", resources: []string{"*"},
			actions: append(looks(), "ecs:ListAccountSettings", "ecs:ListClusters", "ecs:ListServices", "ecs:ListTasks", "cloudtrail:LookupEvents", "cloudtrail:DescribeTrails"),
		},
		grant{sid: "AskKernels", actions: []string{"ecs:ExecuteCommand"}, resources: []string{*arnOf(stack, "ecs", "cluster/*"), *arnOf(stack, "ecs", "task/*")}},
		// The authorization reference knows no resource for it.
		grant{sid: "TalkInSessions", actions: []string{"ssmmessages:OpenDataChannel"}, resources: []string{"*"}},
		grant{sid: "EndSessions", actions: []string{"ssm:TerminateSession"}, resources: []string{sessions}},
		grant{
			sid: "LookAtTrails", actions: []string{"cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"},
			// A trail of the organization belongs to another account.
			resources: []string{"arn:" + *stack.Partition() + ":cloudtrail:*:*:trail/*"},
		},
		grant{sid: "KeepEvidence", actions: []string{"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}, resources: []string{*props.Evidence.BucketArn() + "/*"}},
		grant{sid: "SignEvidence", actions: []string{"kms:Sign", "kms:GetPublicKey"}, resources: []string{*props.Signing.KeyArn()}},
		// Without it, S3 answers AccessDenied for an object that is not there yet.
		grant{sid: "SeeWhatIsKept", actions: []string{"s3:ListBucket", "s3:ListBucketVersions"}, resources: []string{*props.Evidence.BucketArn()}},
	)
	list = append(list, workloads(stack, props.Options, props.Parameters)...)
	logs, given := "arn:"+*stack.Partition()+":s3:::"+props.Parameters.trailBucket(), props.Parameters.readsTrail
	list = append(list,
		grant{sid: "ReadTrailLogs", actions: []string{"s3:GetObject"}, resources: []string{logs + "/*"}, when: given},
		grant{sid: "ListTrailLogs", actions: []string{"s3:ListBucket"}, resources: []string{logs}, when: given})
	if len(props.Options.KeysToRead) > 0 {
		list = append(list, grant{sid: "EncryptSessionsAndReadLogs", actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, resources: props.Options.KeysToRead})
	}
	if len(props.Options.WitnessSubnets) > 0 {
		list = append(list, witnessGrants(stack)...)
	}
	if props.Options.SecurityBus != "" {
		list = append(list, grant{sid: "ReportToSecurity", actions: []string{"events:PutEvents"}, resources: []string{props.Options.SecurityBus}})
	}
	if props.Options.SecurityHub {
		list = append(list, grant{
			sid: "ImportFindings", actions: []string{"securityhub:BatchImportFindings"},
			resources: []string{*arnOf(stack, "securityhub", "product/"+*stack.Account()+"/default")},
		}, grant{sid: "LookAtFindings", actions: []string{"securityhub:GetFindings"}, resources: []string{"*"}})
	}
	return list
}

// readBack are the reads of what the stack deployed.
func readBack(stack awscdk.Stack, topic, bucket string, keys ...string) []grant {
	ours := func(service, resource string) []string {
		return []string{*arnOf(stack, service, resource+product.Prefix+"*")}
	}
	global := func(kind string) string {
		return "arn:" + *stack.Partition() + ":iam::" + *stack.Account() + ":" + kind + "/" + product.Prefix + "*"
	}
	return []grant{
		{sid: "LookAtRules", actions: []string{"events:DescribeRule", "events:ListTargetsByRule"}, resources: ours("events", "rule/")},
		{sid: "LookAtTopic", actions: []string{"sns:GetDataProtectionPolicy", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"}, resources: []string{topic}},
		{sid: "LookAtQueues", actions: []string{"sqs:GetQueueAttributes"}, resources: ours("sqs", "")},
		{sid: "LookAtKeys", actions: []string{"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"}, resources: keys},
		{
			sid: "LookAtFunctions", resources: ours("lambda", "function:"),
			actions: []string{"lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration", "lambda:GetFunctionEventInvokeConfig", "lambda:GetPolicy"},
		},
		{
			sid: "LookAtBucket", resources: []string{bucket},
			actions: []string{
				"s3:GetBucketObjectLockConfiguration", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketVersioning",
				"s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
			},
		},
		{sid: "LookAtRoles", actions: []string{"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"}, resources: []string{global("role")}},
		{sid: "LookAtPolicies", actions: []string{"iam:GetPolicy", "iam:GetPolicyVersion"}, resources: []string{global("policy")}},
		{sid: "LookAtDashboard", actions: []string{"cloudwatch:GetDashboard"}, resources: []string{"arn:" + *stack.Partition() + ":cloudwatch::" + *stack.Account() + ":dashboard/" + product.Name + "*"}},
		// These take no part of the guard as their resource.
		{
			sid: "LookAtAll", resources: []string{"*"},
			actions: []string{
				"cloudwatch:DescribeAlarms", "kms:ListAliases", "lambda:ListEventSourceMappings", "logs:DescribeLogGroups", "logs:GetDataProtectionPolicy",
				"sns:GetSubscriptionAttributes", "ssm:DescribeParameters",
			},
		},
	}
}

// common are the grants of all functions.
func common(stack awscdk.Stack, name string, options Options, topic, failed, key string) []grant {
	list := []grant{
		{sid: "Alert", actions: []string{"sns:Publish"}, resources: []string{topic}},
		{sid: "DeadLetter", actions: []string{"sqs:SendMessage"}, resources: []string{failed}},
		{sid: "WriteEncrypted", actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, resources: []string{key}},
		{
			sid:       "Log",
			actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			resources: []string{*arnOf(stack, "logs", "log-group:/aws/lambda/"+name+":*")},
		},
	}
	if options.Tracing {
		list = append(list, grant{sid: "Trace", actions: []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, resources: []string{"*"}})
	}
	if len(options.Subnets) > 0 {
		list = append(list, grant{
			sid: "LiveInVPC", resources: []string{"*"},
			actions: []string{
				"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
				"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
			},
		})
	}
	return list
}

// workloads are the grants of the gate and the verifier: they fix what runs by
// the same calls.
func workloads(stack awscdk.Stack, options Options, p parameters) []grant {
	list := []grant{
		{sid: "LookAtTasks", actions: []string{"ecs:DescribeTasks"}, resources: []string{*arnOf(stack, "ecs", "task/*")}},
		{sid: "LookAtServices", actions: []string{"ecs:DescribeServices"}, resources: []string{*arnOf(stack, "ecs", "service/*")}},
		{sid: "WithdrawDefinitions", actions: []string{"ecs:DeregisterTaskDefinition"}, resources: []string{"*"}, when: p.enforcing},
		{sid: "StopTasks", actions: []string{"ecs:StopTask"}, resources: []string{*arnOf(stack, "ecs", "task/*")}, when: p.enforcing},
		{sid: "CorrectServices", actions: []string{"ecs:UpdateService"}, resources: []string{*arnOf(stack, "ecs", "service/*")}, when: p.enforcing},
	}
	if len(options.RollBackRoles) > 0 {
		// UpdateService with a task definition passes that definition's roles
		// (seen in operators' AccessDenied reports). Without this the roll-back
		// of a service whose definition has roles is refused, and reported so.
		list = append(list, grant{
			sid: "RollBackServices", actions: []string{"iam:PassRole"}, resources: options.RollBackRoles,
			conditions: map[string]any{"StringEquals": map[string]any{"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
			when:       p.enforcing,
		})
	}
	return list
}

// statements are of a policy. What is granted in a condition is left out where
// that does not hold.
func statements(list []grant) []any {
	var all []any
	for _, g := range joined(list) {
		statement := map[string]any{"Sid": g.sid, "Effect": "Allow", "Action": g.actions, "Resource": g.resources}
		if g.conditions != nil {
			statement["Condition"] = g.conditions
		}
		all = append(all, g.when.only(statement))
	}
	return all
}

// joined makes one grant of those on the same resources: IAM takes 6144
// characters in a policy.
func joined(list []grant) []grant {
	var all []grant
	for _, g := range list {
		i := slices.IndexFunc(all, func(other grant) bool {
			return g.conditions == nil && other.conditions == nil && g.when.id == other.when.id && slices.Equal(g.resources, other.resources)
		})
		if i < 0 {
			all = append(all, g)
			continue
		}
		all[i].actions = slices.Concat(all[i].actions, g.actions)
	}
	return all
}
