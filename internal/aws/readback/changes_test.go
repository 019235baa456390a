package readback

import (
	"strings"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// change is what someone may do to a resource. The component is the resource, or
// the one that it belongs to.
type change struct {
	does string // what someone did
	says string // what the finding says of it
	do   func(w *world, id string, meant component.Meant) error
}

// everyone is a policy by which everyone may do everything.
const everyone = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`

const missing = " does not exist"

// changes are the removal, first, and alterations of each type of resource in the
// template.
func changes() map[string][]change {
	return map[string][]change{
		"AWS::CloudWatch::Alarm":          alarmChanges(),
		"AWS::CloudWatch::Dashboard":      dashboardChanges(),
		"AWS::ECR::Repository":            repositoryChanges(),
		"AWS::ECS::Cluster":               clusterChanges(),
		"AWS::ECS::TaskDefinition":        definitionChanges(),
		"AWS::Events::Rule":               ruleChanges(),
		"AWS::IAM::ManagedPolicy":         policyChanges(),
		"AWS::IAM::Role":                  roleChanges(),
		"AWS::KMS::Alias":                 aliasChanges(),
		"AWS::KMS::Key":                   keyChanges(),
		"AWS::Lambda::EventInvokeConfig":  invokeChanges(),
		"AWS::Lambda::EventSourceMapping": sourceChanges(),
		"AWS::Lambda::Function":           functionChanges(),
		"AWS::Lambda::Permission":         permissionChanges(),
		"AWS::Logs::LogGroup":             logChanges(),
		"AWS::S3::Bucket":                 bucketChanges(),
		"AWS::S3::BucketPolicy":           bucketPolicyChanges(),
		"AWS::SNS::Subscription":          subscriptionChanges(),
		"AWS::SNS::Topic":                 topicChanges(),
		"AWS::SNS::TopicPolicy":           topicPolicyChanges(),
		"AWS::SQS::Queue":                 queueChanges(),
		"AWS::SQS::QueuePolicy":           queuePolicyChanges(),
		"AWS::SSM::Parameter":             parameterChanges(),
	}
}

// only is the error of a call whose answer does not matter.
func only[T any](_ T, err error) error { return err }

func alarmChanges() []change {
	put := func(alter func(*cloudwatch.PutMetricAlarmInput)) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			in := into[cloudwatch.PutMetricAlarmInput](w.t, m.Properties)
			in.AlarmName = &m.Name
			alter(in)
			return only(w.Alarms.PutMetricAlarm(w.t.Context(), in))
		}
	}
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Alarms.DeleteAlarms(w.t.Context(), &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{m.Name}}))
		}},
		{"disables its actions", "ActionsEnabled is false instead of true", put(func(in *cloudwatch.PutMetricAlarmInput) { in.ActionsEnabled = aws.Bool(false) })},
		{"takes its actions away", "AlarmActions is missing", put(func(in *cloudwatch.PutMetricAlarmInput) { in.AlarmActions = nil })},
		{"raises its threshold", "Threshold is 1000000000 instead of", put(func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = aws.Float64(1e9) })},
		{"takes silence for fine", "TreatMissingData is", put(func(in *cloudwatch.PutMetricAlarmInput) { in.TreatMissingData = aws.String("missing") })},
		{"lets it count another metric", "MetricName is Other instead of", put(func(in *cloudwatch.PutMetricAlarmInput) { in.MetricName = aws.String("Other") })},
	}
}

func dashboardChanges() []change {
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Alarms.DeleteDashboards(w.t.Context(), &cloudwatch.DeleteDashboardsInput{DashboardNames: []string{m.Name}}))
		}},
		{"shows something else", "DashboardBody", func(w *world, _ string, m component.Meant) error {
			return only(w.Alarms.PutDashboard(w.t.Context(), &cloudwatch.PutDashboardInput{DashboardName: &m.Name, DashboardBody: aws.String(`{"widgets":[]}`)}))
		}},
	}
}

func ruleChanges() []change {
	target := func(alter func(*eventtypes.Target)) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			targets := *into[[]eventtypes.Target](w.t, m.Properties["Targets"])
			alter(&targets[0])
			return only(w.Rules.PutTargets(w.t.Context(), &eventbridge.PutTargetsInput{Rule: &m.Name, Targets: targets}))
		}
	}
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			all, err := w.Rules.ListTargetsByRule(w.t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: &m.Name})
			if err != nil {
				return err
			}
			for _, target := range all.Targets {
				if _, err := w.Rules.RemoveTargets(w.t.Context(), &eventbridge.RemoveTargetsInput{Rule: &m.Name, Ids: []string{*target.Id}}); err != nil {
					return err
				}
			}
			return only(w.Rules.DeleteRule(w.t.Context(), &eventbridge.DeleteRuleInput{Name: &m.Name}))
		}},
		{"disables it", "State is DISABLED instead of ENABLED", func(w *world, _ string, m component.Meant) error {
			return only(w.Rules.DisableRule(w.t.Context(), &eventbridge.DisableRuleInput{Name: &m.Name}))
		}},
		{"narrows its pattern, or gives it one", "EventPattern", func(w *world, _ string, m component.Meant) error {
			return only(w.Rules.PutRule(w.t.Context(), &eventbridge.PutRuleInput{Name: &m.Name, EventPattern: aws.String(`{"source":["none"]}`)}))
		}},
		{"removes its target", "Targets is missing", func(w *world, _ string, m component.Meant) error {
			targets := *into[[]eventtypes.Target](w.t, m.Properties["Targets"])
			return only(w.Rules.RemoveTargets(w.t.Context(), &eventbridge.RemoveTargetsInput{Rule: &m.Name, Ids: []string{*targets[0].Id}}))
		}},
		{"points its target elsewhere", "Targets.Arn is arn:aws-us-gov:sqs:us-gov-west-1:999999999999:mine instead of", target(func(t *eventtypes.Target) { t.Arn = aws.String("arn:aws-us-gov:sqs:us-gov-west-1:999999999999:mine") })},
		{"adds a target", "Targets also has", target(func(t *eventtypes.Target) {
			t.Id, t.Arn = aws.String("mine"), aws.String("arn:aws-us-gov:sqs:us-gov-west-1:999999999999:mine")
		})},
		{"hands over a constant", "Targets.Input", target(func(t *eventtypes.Target) { t.Input, t.InputTransformer = aws.String(`{"check":"nothing"}`), nil })},
		{"takes its dead-letter queue away", "Targets.DeadLetterConfig is missing", target(func(t *eventtypes.Target) { t.DeadLetterConfig = nil })},
	}
}

func policyChanges() []change {
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			if _, err := w.Roles.DetachRolePolicy(w.t.Context(), &iam.DetachRolePolicyInput{RoleName: w.roleWith(m), PolicyArn: &m.Name}); err != nil {
				return err
			}
			return only(w.Roles.DeletePolicy(w.t.Context(), &iam.DeletePolicyInput{PolicyArn: &m.Name}))
		}},
		{"makes another version the default", "PolicyDocument.Statement", func(w *world, _ string, m component.Meant) error {
			return only(w.Roles.CreatePolicyVersion(w.t.Context(), &iam.CreatePolicyVersionInput{
				PolicyArn: &m.Name, SetAsDefault: true, PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
			}))
		}},
	}
}

func roleChanges() []change {
	return []change{
		{"deletes it", missing, removeRole},
		{"lets others assume it", "AssumeRolePolicyDocument.Statement", func(w *world, _ string, m component.Meant) error {
			return only(w.Roles.UpdateAssumeRolePolicy(w.t.Context(), &iam.UpdateAssumeRolePolicyInput{
				RoleName: &m.Name, PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws-us-gov:iam::999999999999:root"}}]}`),
			}))
		}},
		{"gives it a policy of its own", "InlinePolicies is mine, and was not deployed", func(w *world, _ string, m component.Meant) error {
			return only(w.Roles.PutRolePolicy(w.t.Context(), &iam.PutRolePolicyInput{
				RoleName: &m.Name, PolicyName: aws.String("mine"), PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`),
			}))
		}},
		{"takes its policy away", "AttachedPolicies", func(w *world, _ string, m component.Meant) error {
			return only(w.Roles.DetachRolePolicy(w.t.Context(), &iam.DetachRolePolicyInput{RoleName: &m.Name, PolicyArn: policyOf(m)}))
		}},
		{"bounds it", "PermissionsBoundary is", func(w *world, _ string, m component.Meant) error {
			return only(w.Roles.PutRolePermissionsBoundary(w.t.Context(), &iam.PutRolePermissionsBoundaryInput{RoleName: &m.Name, PermissionsBoundary: policyOf(m)}))
		}},
	}
}

// policyOf is one policy of a role: it has the role's name.
func policyOf(role component.Meant) *string {
	return aws.String("arn:aws-us-gov:iam::" + motoAccount + ":policy/" + role.Name)
}

func removeRole(w *world, _ string, m component.Meant) error {
	ctx := w.t.Context()
	// What an alteration before left is in the way.
	_, _ = w.Roles.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &m.Name, PolicyName: aws.String("mine")})
	for _, policy := range m.Properties["AttachedPolicies"].([]any) {
		_, _ = w.Roles.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &m.Name, PolicyArn: aws.String("arn:aws-us-gov:iam::" + motoAccount + ":policy/" + policy.(string))})
	}
	return only(w.Roles.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &m.Name}))
}

func keyChanges() []change {
	return []change{
		{"schedules its deletion", "KeyState is PendingDeletion instead of Enabled", func(w *world, _ string, m component.Meant) error {
			return only(w.Keys.ScheduleKeyDeletion(w.t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &m.Name}))
		}},
		{"disables it", "KeyState is Disabled instead of Enabled", func(w *world, _ string, m component.Meant) error {
			return only(w.Keys.DisableKey(w.t.Context(), &kms.DisableKeyInput{KeyId: &m.Name}))
		}},
		{"opens its policy", "KeyPolicy.Statement", func(w *world, _ string, m component.Meant) error {
			return only(w.Keys.PutKeyPolicy(w.t.Context(), &kms.PutKeyPolicyInput{KeyId: &m.Name, PolicyName: aws.String("default"), Policy: aws.String(everyone)}))
		}},
		{"stops or starts its rotation", "EnableKeyRotation is", func(w *world, _ string, m component.Meant) error {
			if m.Properties["EnableKeyRotation"] != true {
				return errNotThis // a key that signs does not rotate
			}
			return only(w.Keys.DisableKeyRotation(w.t.Context(), &kms.DisableKeyRotationInput{KeyId: &m.Name}))
		}},
	}
}

func aliasChanges() []change {
	name := func(w *world, id string) *string { return aws.String(w.objects[id].Properties["AliasName"].(string)) }
	return []change{
		{"deletes it", "Aliases is missing", func(w *world, id string, _ component.Meant) error {
			return only(w.Keys.DeleteAlias(w.t.Context(), &kms.DeleteAliasInput{AliasName: name(w, id)}))
		}},
		{"points it at another key", "Aliases is missing", func(w *world, id string, m component.Meant) error {
			other, err := w.Keys.CreateKey(w.t.Context(), &kms.CreateKeyInput{})
			if err != nil {
				return err
			}
			return only(w.Keys.UpdateAlias(w.t.Context(), &kms.UpdateAliasInput{AliasName: name(w, id), TargetKeyId: other.KeyMetadata.KeyId}))
		}},
	}
}

func functionChanges() []change {
	configure := func(alter func(*lambda.UpdateFunctionConfigurationInput)) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			in := into[lambda.UpdateFunctionConfigurationInput](w.t, m.Properties)
			in.FunctionName = &m.Name
			alter(in)
			return only(w.Functions.UpdateFunctionConfiguration(w.t.Context(), in))
		}
	}
	return []change{
		{"deletes it", missing, removeFunction},
		{"changes its code", "CodeSha256 is", func(w *world, _ string, m component.Meant) error {
			return only(w.Functions.UpdateFunctionCode(w.t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: &m.Name, ZipFile: append(w.code, 0)}))
		}},
		{"changes its environment", "Environment.Variables.FIPSGUARD_MODE is audit instead of enforce", configure(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.Environment.Variables["FIPSGUARD_MODE"] = "audit"
		})},
		{"adds a variable", "Environment.Variables.AWS_ENDPOINT_URL is http://mine, and was not deployed", configure(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.Environment.Variables["AWS_ENDPOINT_URL"] = "http://mine"
		})},
		{"gives it another role", "Role is", configure(func(in *lambda.UpdateFunctionConfigurationInput) {
			in.Role = aws.String("arn:aws-us-gov:iam::" + motoAccount + ":role/mine")
		})},
		{"gives it less time", "Timeout is 1 instead of", configure(func(in *lambda.UpdateFunctionConfigurationInput) { in.Timeout = aws.Int32(1) })},
		{"gives it less memory", "MemorySize is 128 instead of", configure(func(in *lambda.UpdateFunctionConfigurationInput) { in.MemorySize = aws.Int32(128) })},
		{"adds a layer", "Layers is arn:aws-us-gov:lambda:us-gov-west-1:" + motoAccount + ":layer:mine:1, and was not deployed", func(w *world, id string, m component.Meant) error {
			layer, err := w.Functions.PublishLayerVersion(w.t.Context(), &lambda.PublishLayerVersionInput{LayerName: aws.String("mine"), Content: &lambdatypes.LayerVersionContentInput{ZipFile: w.code}})
			if err != nil {
				return err
			}
			first := strings.TrimRight(*layer.LayerVersionArn, "0123456789") + "1"
			return configure(func(in *lambda.UpdateFunctionConfigurationInput) { in.Layers = []string{first} })(w, id, m)
		}},
		{"lets it never run", "ReservedConcurrentExecutions is 0, and was not deployed", func(w *world, _ string, m component.Meant) error {
			return only(w.Functions.PutFunctionConcurrency(w.t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: &m.Name, ReservedConcurrentExecutions: aws.Int32(0)}))
		}},
		{"lets anyone invoke it", "Permissions", func(w *world, _ string, m component.Meant) error {
			return only(w.Functions.AddPermission(w.t.Context(), &lambda.AddPermissionInput{
				FunctionName: &m.Name, StatementId: aws.String("mine"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("999999999999"),
			}))
		}},
		{"feeds it from a queue of theirs", "EventSources", func(w *world, _ string, m component.Meant) error {
			mine := "arn:aws-us-gov:sqs:us-gov-west-1:" + motoAccount + ":mine"
			if _, err := w.Queues.CreateQueue(w.t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("mine")}); err != nil {
				return err
			}
			return only(w.Functions.CreateEventSourceMapping(w.t.Context(), &lambda.CreateEventSourceMappingInput{FunctionName: &m.Name, EventSourceArn: &mine}))
		}},
	}
}

func removeFunction(w *world, _ string, m component.Meant) error {
	ctx := w.t.Context()
	mappings, err := w.Functions.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{FunctionName: &m.Name})
	if err != nil {
		return err
	}
	for _, mapping := range mappings.EventSourceMappings {
		if _, err := w.Functions.DeleteEventSourceMapping(ctx, &lambda.DeleteEventSourceMappingInput{UUID: mapping.UUID}); err != nil {
			return err
		}
	}
	return only(w.Functions.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &m.Name}))
}

func invokeChanges() []change {
	return []change{
		{"deletes it", "EventInvokeConfig is missing", func(w *world, _ string, m component.Meant) error {
			return only(w.Functions.DeleteFunctionEventInvokeConfig(w.t.Context(), &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &m.Name}))
		}},
		{"takes a retry away", "EventInvokeConfig.MaximumRetryAttempts is 1 instead of 2", func(w *world, _ string, m component.Meant) error {
			// moto answers the first one that was put.
			if _, err := w.Functions.DeleteFunctionEventInvokeConfig(w.t.Context(), &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &m.Name}); err != nil {
				return err
			}
			return only(w.Functions.PutFunctionEventInvokeConfig(w.t.Context(), &lambda.PutFunctionEventInvokeConfigInput{
				FunctionName: &m.Name, MaximumRetryAttempts: aws.Int32(1), MaximumEventAgeInSeconds: aws.Int32(21600),
			}))
		}},
	}
}

func sourceChanges() []change {
	on := func(do func(w *world, uuid *string) error) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			all, err := w.Functions.ListEventSourceMappings(w.t.Context(), &lambda.ListEventSourceMappingsInput{FunctionName: &m.Name})
			if err != nil {
				return err
			}
			return do(w, all.EventSourceMappings[0].UUID)
		}
	}
	return []change{
		{"deletes it", "EventSources is missing", on(func(w *world, uuid *string) error {
			return only(w.Functions.DeleteEventSourceMapping(w.t.Context(), &lambda.DeleteEventSourceMappingInput{UUID: uuid}))
		})},
		{"disables it", "EventSources.Enabled is false", on(func(w *world, uuid *string) error {
			return only(w.Functions.UpdateEventSourceMapping(w.t.Context(), &lambda.UpdateEventSourceMappingInput{UUID: uuid, Enabled: aws.Bool(false)}))
		})},
		{"makes its batches smaller", "EventSources.BatchSize is 1 instead of", on(func(w *world, uuid *string) error {
			return only(w.Functions.UpdateEventSourceMapping(w.t.Context(), &lambda.UpdateEventSourceMappingInput{UUID: uuid, BatchSize: aws.Int32(1)}))
		})},
	}
}

func permissionChanges() []change {
	statement := func(w *world, id string) *string {
		rule := target(w, id, "SourceArn")
		return aws.String("of-" + w.means[rule].Name)
	}
	return []change{
		{"removes it", "Permissions lacks", func(w *world, id string, m component.Meant) error {
			return only(w.Functions.RemovePermission(w.t.Context(), &lambda.RemovePermissionInput{FunctionName: &m.Name, StatementId: statement(w, id)}))
		}},
		{"gives it to another rule", "Permissions.SourceArn is arn:aws-us-gov:events:us-gov-west-1:" + motoAccount + ":rule/mine instead of", func(w *world, id string, m component.Meant) error {
			if _, err := w.Functions.RemovePermission(w.t.Context(), &lambda.RemovePermissionInput{FunctionName: &m.Name, StatementId: statement(w, id)}); err != nil {
				return err
			}
			return only(w.Functions.AddPermission(w.t.Context(), &lambda.AddPermissionInput{
				FunctionName: &m.Name, StatementId: aws.String("mine"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("events.amazonaws.com"),
				SourceArn: aws.String("arn:aws-us-gov:events:us-gov-west-1:" + motoAccount + ":rule/mine"),
			}))
		}},
	}
}

func logChanges() []change {
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Logs.DeleteLogGroup(w.t.Context(), &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &m.Name}))
		}},
		{"keeps it for a day", "RetentionInDays is 1 instead of 365", func(w *world, _ string, m component.Meant) error {
			return only(w.Logs.PutRetentionPolicy(w.t.Context(), &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: &m.Name, RetentionInDays: aws.Int32(1)}))
		}},
		{"hides what it says", "DataProtectionPolicy is", func(w *world, _ string, m component.Meant) error {
			w.protection.policies = map[string]string{m.Name: `{"Name":"mine"}`}
			return nil
		}},
	}
}

func bucketChanges() []change {
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.DeleteBucket(w.t.Context(), &s3.DeleteBucketInput{Bucket: &m.Name}))
		}},
		{"suspends its versions", "VersioningConfiguration.Status is Suspended instead of Enabled", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.PutBucketVersioning(w.t.Context(), &s3.PutBucketVersioningInput{
				Bucket: &m.Name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusSuspended},
			}))
		}},
		{"locks reports for a day", "ObjectLockConfiguration.Rule.DefaultRetention.Days is 1 instead of", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.PutObjectLockConfiguration(w.t.Context(), &s3.PutObjectLockConfigurationInput{Bucket: &m.Name, ObjectLockConfiguration: &s3types.ObjectLockConfiguration{
				ObjectLockEnabled: s3types.ObjectLockEnabledEnabled,
				Rule:              &s3types.ObjectLockRule{DefaultRetention: &s3types.DefaultRetention{Mode: s3types.ObjectLockRetentionModeGovernance, Days: aws.Int32(1)}},
			}}))
		}},
		{"takes its key away", "BucketEncryption", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.DeleteBucketEncryption(w.t.Context(), &s3.DeleteBucketEncryptionInput{Bucket: &m.Name}))
		}},
		{"opens it to the public", "PublicAccessBlockConfiguration is missing", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.DeletePublicAccessBlock(w.t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: &m.Name}))
		}},
		{"ends its life cycle", "LifecycleConfiguration is missing", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.DeleteBucketLifecycle(w.t.Context(), &s3.DeleteBucketLifecycleInput{Bucket: &m.Name}))
		}},
		{"lets reports expire", "LifecycleConfiguration.Rules", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.PutBucketLifecycleConfiguration(w.t.Context(), &s3.PutBucketLifecycleConfigurationInput{Bucket: &m.Name, LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{
				Rules: []s3types.LifecycleRule{{ID: aws.String("mine"), Status: s3types.ExpirationStatusEnabled, Filter: &s3types.LifecycleRuleFilter{Prefix: aws.String("")}, Expiration: &s3types.LifecycleExpiration{Days: aws.Int32(1)}}},
			}}))
		}},
	}
}

func bucketPolicyChanges() []change {
	return []change{
		{"deletes it", "Policy is missing", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.DeleteBucketPolicy(w.t.Context(), &s3.DeleteBucketPolicyInput{Bucket: &m.Name}))
		}},
		{"opens it", "Policy.Statement", func(w *world, _ string, m component.Meant) error {
			return only(w.Buckets.PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{Bucket: &m.Name, Policy: aws.String(everyone)}))
		}},
	}
}

func topicChanges() []change {
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Topics.DeleteTopic(w.t.Context(), &sns.DeleteTopicInput{TopicArn: &m.Name}))
		}},
		{"encrypts it by another key", "KmsMasterKeyId is alias/mine instead of", func(w *world, _ string, m component.Meant) error {
			return only(w.Topics.SetTopicAttributes(w.t.Context(), &sns.SetTopicAttributesInput{TopicArn: &m.Name, AttributeName: aws.String("KmsMasterKeyId"), AttributeValue: aws.String("alias/mine")}))
		}},
		{"subscribes a mailbox", `Subscriptions also has {"Endpoint":"mallory@example.com","Protocol":"email"}`, func(w *world, _ string, m component.Meant) error {
			return only(w.Topics.Subscribe(w.t.Context(), &sns.SubscribeInput{TopicArn: &m.Name, Protocol: aws.String("email"), Endpoint: aws.String("mallory@example.com")}))
		}},
		{"hides what it says", "DataProtectionPolicy is", func(w *world, _ string, m component.Meant) error {
			w.protection.policies = map[string]string{m.Name: `{"Name":"mine"}`}
			return nil
		}},
	}
}

func topicPolicyChanges() []change {
	return []change{{"opens it", "Policy.Statement", func(w *world, _ string, m component.Meant) error {
		return only(w.Topics.SetTopicAttributes(w.t.Context(), &sns.SetTopicAttributesInput{TopicArn: &m.Name, AttributeName: aws.String("Policy"), AttributeValue: aws.String(everyone)}))
	}}}
}

func subscriptionChanges() []change {
	on := func(do func(w *world, arn *string) error) func(*world, string, component.Meant) error {
		return func(w *world, id string, m component.Meant) error {
			all, err := w.Topics.ListSubscriptionsByTopic(w.t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &m.Name})
			if err != nil {
				return err
			}
			ours := subscriber
			if queue := target(w, id, "Endpoint"); w.objects[queue].Type == "AWS::SQS::Queue" {
				ours = w.means[queue].Name[strings.LastIndexByte(w.means[queue].Name, '/')+1:]
			}
			for _, s := range all.Subscriptions {
				if strings.HasSuffix(*s.Endpoint, ours) {
					return do(w, s.SubscriptionArn)
				}
			}
			return errNotThis
		}
	}
	return []change{
		{"unsubscribes it", "Subscriptions lacks", on(func(w *world, arn *string) error {
			return only(w.Topics.Unsubscribe(w.t.Context(), &sns.UnsubscribeInput{SubscriptionArn: arn}))
		})},
		{"filters what it gets", "Subscriptions.FilterPolicy is", on(func(w *world, arn *string) error {
			return only(w.Topics.SetSubscriptionAttributes(w.t.Context(), &sns.SetSubscriptionAttributesInput{
				SubscriptionArn: arn, AttributeName: aws.String("FilterPolicy"), AttributeValue: aws.String(`{"severity":["INFO"]}`),
			}))
		})},
	}
}

func queueChanges() []change {
	set := func(name, value string) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			return only(w.Queues.SetQueueAttributes(w.t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &m.Name, Attributes: map[string]string{name: value}}))
		}
	}
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Queues.DeleteQueue(w.t.Context(), &sqs.DeleteQueueInput{QueueUrl: &m.Name}))
		}},
		{"keeps messages for a minute", "MessageRetentionPeriod is 60 instead of", set("MessageRetentionPeriod", "60")},
		{"hides messages for hours", "VisibilityTimeout is 43200 instead of", set("VisibilityTimeout", "43200")},
		{"delays messages", "DelaySeconds is 900 instead of", set("DelaySeconds", "900")},
		{"encrypts it by another key", "KmsMasterKeyId is alias/mine instead of", set("KmsMasterKeyId", "alias/mine")},
		{"takes small messages only", "MaximumMessageSize is 1024, and was not deployed", set("MaximumMessageSize", "1024")},
	}
}

func queuePolicyChanges() []change {
	set := func(policy string) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			return only(w.Queues.SetQueueAttributes(w.t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: &m.Name, Attributes: map[string]string{"Policy": policy}}))
		}
	}
	return []change{
		{"removes it", "Policy is missing", set("")},
		{"opens it", "Policy.Statement", set(everyone)},
	}
}
