package component

// kind is what is known of a type of resource: how its template's references
// resolve, and what of it is compared.
type kind struct {
	words    string   // what people call it, before its name
	named    string   // the property with its name
	ref      string   // what Ref answers; NAME, ACCOUNT and so on stand for its own
	arn      string   // what GetAtt Arn answers
	compared []string // its properties, with those of the resources that belong to it
	defaults map[string]any
}

// kinds are the types that are compared. Where neither ref nor arn is given, only
// CloudFormation knows the answer.
func kinds() map[string]kind {
	return map[string]kind{
		"AWS::CloudWatch::Alarm": {
			words: "alarm", named: "AlarmName", ref: "NAME", arn: "arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME",
			compared: []string{
				"ActionsEnabled", "AlarmActions", "ComparisonOperator", "DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile",
				"EvaluationPeriods", "ExtendedStatistic", "InsufficientDataActions", "MetricName", "Metrics", "Namespace", "OKActions", "Period",
				"Statistic", "Threshold", "ThresholdMetricId", "TreatMissingData", "Unit",
			},
			defaults: map[string]any{"ActionsEnabled": true},
		},
		"AWS::CloudWatch::Dashboard": {words: "dashboard", named: "DashboardName", ref: "NAME", compared: []string{"DashboardBody"}},
		"AWS::ECR::Repository": {
			words: "image repository", named: "RepositoryName", ref: "NAME", arn: "arn:PARTITION:ecr:REGION:ACCOUNT:repository/NAME",
			compared: []string{"ImageTagMutability", "LifecyclePolicy", "RepositoryPolicyText"},
		},
		"AWS::ECS::Cluster": {
			words: "cluster", named: "ClusterName", ref: "NAME", arn: "arn:PARTITION:ecs:REGION:ACCOUNT:cluster/NAME",
			compared: []string{"CapacityProviders", "DefaultCapacityProviderStrategy"},
		},
		"AWS::ECS::TaskDefinition": {
			// Ref answers a revision, to which nothing refers. What runs is the newest of
			// the family.
			words: "task definition", named: "Family", ref: "NAME",
			compared: []string{
				"ContainerDefinitions", "Cpu", "EphemeralStorage", "ExecutionRoleArn", "IpcMode", "Memory", "NetworkMode", "PidMode", "ProxyConfiguration",
				"RequiresCompatibilities", "RuntimePlatform", "TaskRoleArn", "Volumes",
			},
		},
		"AWS::Events::Rule": {
			words: "EventBridge rule", named: "Name", ref: "NAME", arn: "arn:PARTITION:events:REGION:ACCOUNT:rule/NAME",
			compared: []string{"EventPattern", "RoleArn", "ScheduleExpression", "State", "Targets"},
			defaults: map[string]any{"State": "ENABLED"},
		},
		"AWS::IAM::ManagedPolicy": {
			words: "policy", named: "ManagedPolicyName", ref: "arn:PARTITION:iam::ACCOUNT:policy/NAME",
			compared: []string{"PolicyDocument"},
		},
		"AWS::IAM::Role": {
			words: "role", named: "RoleName", ref: "NAME", arn: "arn:PARTITION:iam::ACCOUNT:role/NAME",
			compared: []string{"AssumeRolePolicyDocument", "AttachedPolicies", "InlinePolicies", "ManagedPolicyArns", "MaxSessionDuration", "PermissionsBoundary"},
			defaults: map[string]any{"MaxSessionDuration": 3600},
		},
		"AWS::KMS::Key": {
			words: "KMS key", compared: []string{"Aliases", "EnableKeyRotation", "KeyPolicy", "KeySpec", "KeyState", "KeyUsage", "Origin"},
			defaults: map[string]any{"EnableKeyRotation": false, "KeySpec": "SYMMETRIC_DEFAULT", "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS"},
		},
		"AWS::Lambda::Function": {
			words: "function", named: "FunctionName", ref: "NAME", arn: "arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME",
			compared: []string{
				"Architectures", "CodeSha256", "DeadLetterConfig", "Environment", "EventInvokeConfig", "EventSources", "FileSystemConfigs", "Handler", "KmsKeyArn",
				"Layers", "MemorySize", "Permissions", "ReservedConcurrentExecutions", "Role", "Runtime", "Timeout", "TracingConfig", "VpcConfig",
			},
			defaults: map[string]any{"TracingConfig": map[string]any{"Mode": "PassThrough"}},
		},
		"AWS::Logs::LogGroup": {
			words: "log group", named: "LogGroupName", ref: "NAME", arn: "arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME:*",
			compared: []string{"DataProtectionPolicy", "KmsKeyId", "LogGroupClass", "RetentionInDays"},
			defaults: map[string]any{"LogGroupClass": "STANDARD"},
		},
		"AWS::S3::Bucket": {
			words: "bucket", named: "BucketName", ref: "NAME", arn: "arn:PARTITION:s3:::NAME",
			compared: []string{
				"BucketEncryption", "LifecycleConfiguration", "ObjectLockConfiguration", "Policy", "PublicAccessBlockConfiguration",
				"ReplicationConfiguration", "VersioningConfiguration",
			},
		},
		"AWS::SNS::Topic": {
			words: "topic", named: "TopicName", ref: "arn:PARTITION:sns:REGION:ACCOUNT:NAME", arn: "arn:PARTITION:sns:REGION:ACCOUNT:NAME",
			compared: []string{"DataProtectionPolicy", "DeliveryPolicy", "KmsMasterKeyId", "Policy", "Subscriptions"},
		},
		"AWS::SQS::Queue": {
			words: "queue", named: "QueueName", ref: "https://sqs.REGION.SUFFIX/ACCOUNT/NAME", arn: "arn:PARTITION:sqs:REGION:ACCOUNT:NAME",
			compared: []string{
				"ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue", "FifoThroughputLimit", "KmsMasterKeyId", "MaximumMessageSize",
				"MessageRetentionPeriod", "Policy", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout",
			},
			defaults: map[string]any{"DelaySeconds": 0, "VisibilityTimeout": 30},
		},
		"AWS::SSM::Parameter": {
			words: "parameter", named: "Name", ref: "NAME", compared: []string{"Policies", "Tier", "Type"},
			defaults: map[string]any{"Tier": "Standard"},
		},
	}
}

// belonging is a resource that is compared with the one that it belongs to: a
// queue's policy with the queue.
type belonging struct {
	owner string // the property that refers to it
	as    string // the owner's property that it is compared as
	value string // its property that says it all; empty is all of them but the owner
	only  bool   // there is at most one
	also  bool   // it is compared by itself as well
}

func belongings() map[string]belonging {
	return map[string]belonging{
		"AWS::IAM::ManagedPolicy":         {owner: "Roles", as: "AttachedPolicies", value: "ManagedPolicyName", also: true},
		"AWS::KMS::Alias":                 {owner: "TargetKeyId", as: "Aliases", value: "AliasName"},
		"AWS::Lambda::EventInvokeConfig":  {owner: "FunctionName", as: "EventInvokeConfig", only: true},
		"AWS::Lambda::EventSourceMapping": {owner: "FunctionName", as: "EventSources"},
		"AWS::Lambda::Permission":         {owner: "FunctionName", as: "Permissions"},
		"AWS::S3::BucketPolicy":           {owner: "Bucket", as: "Policy", value: "PolicyDocument", only: true},
		"AWS::SNS::Subscription":          {owner: "TopicArn", as: "Subscriptions"},
		"AWS::SNS::TopicPolicy":           {owner: "Topics", as: "Policy", value: "PolicyDocument", only: true},
		"AWS::SQS::QueuePolicy":           {owner: "Queues", as: "Policy", value: "PolicyDocument", only: true},
	}
}

// unread are the types that have nothing to be compared, with the reason.
func unread() map[string]string {
	return map[string]string{
		"Custom::FargateFIPSMode": "every scan reads the setting itself",
		"AWS::EC2::SecurityGroup": "of the endpoints: without it calls fail, which alarms and scans report",
		"AWS::EC2::VPCEndpoint":   "without it calls fail, which alarms and scans report",
		"AWS::CDK::Metadata":      "it deploys nothing",
	}
}

// leftOut are properties that are not compared: what only describes, what AWS does
// not answer, and what is compared under another name.
func leftOut() []string {
	return []string{
		"AlarmDescription", "Description", "Tags",
		"ObjectLockEnabled",   // as the lock's configuration
		"Path",                // a role and its policies are known by their names
		"PendingWindowInDays", // AWS says it of a key that is to be deleted only
		"Roles",               // as the role's policies
		"Code",                // as its SHA-256
		"EmptyOnDelete",       // CloudFormation's own
		"Value",               // of the policy document: it is written while the guard runs, and each change is an alert
	}
}
