package main

import (
	"fipsguard/internal/component"
	"fipsguard/internal/product"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"
)

// checkCareful holds what must not get lost when the stack changes.
func checkCareful(t *testing.T, stack synthesized) {
	t.Helper()
	template := assertions.Template_FromString(jsii.String(string(stack.text)), nil)
	has := func(kind string, properties map[string]any) {
		t.Helper()
		template.HasResourceProperties(jsii.String(kind), assertions.Match_ObjectLike(&properties))
	}
	has("AWS::Lambda::Function", map[string]any{
		"FunctionName":     product.Enforcer,
		"Runtime":          "provided.al2023",
		"Architectures":    []any{"x86_64"},
		"TracingConfig":    assertions.Match_Absent(),
		"DeadLetterConfig": map[string]any{"TargetArn": assertions.Match_AnyValue()},
		"Environment": map[string]any{"Variables": map[string]any{
			"AWS_USE_FIPS_ENDPOINT":      "true",
			"FIPSGUARD_MODE":             map[string]any{"Ref": "Mode"},
			"FIPSGUARD_POLICY_PARAMETER": assertions.Match_Absent(),
			"FIPSGUARD_TOPIC_ARN":        assertions.Match_AnyValue(),
		}},
	})
	has("AWS::SSM::Parameter", map[string]any{"Name": map[string]any{"Ref": "PolicyParameter"}, "Tier": "Advanced", "Type": "String", "Value": `{"version": 1}`})
	has("AWS::Lambda::EventInvokeConfig", map[string]any{"MaximumRetryAttempts": 2})
	has("AWS::Lambda::Function", map[string]any{
		"FunctionName": product.Verifier, "Timeout": 900,
		"Environment": map[string]any{"Variables": map[string]any{
			"AWS_USE_FIPS_ENDPOINT": "true", "FIPSGUARD_EVIDENCE_BUCKET": assertions.Match_AnyValue(), "FIPSGUARD_QUEUES": assertions.Match_AnyValue(),
		}},
	})
	// A request that failed is of no use for long, and no finding.
	for _, verifier := range stack.resources("AWS::Lambda::Function") {
		properties := verifier["Properties"].(map[string]any)
		watched := fmt.Sprint(properties["Environment"].(map[string]any)["Variables"].(map[string]any)["FIPSGUARD_QUEUES"])
		if properties["FunctionName"] == product.Verifier && (strings.Contains(watched, "FailedScans") || !strings.Contains(watched, "Failed")) {
			t.Errorf("the queues whose messages are findings are %s", watched)
		}
	}
	has("AWS::Lambda::Function", map[string]any{
		"FunctionName": product.Gate, "Timeout": 120, "Environment": map[string]any{"Variables": map[string]any{"FIPSGUARD_POLICY_PARAMETER": map[string]any{"Ref": "PolicyParameter"}}},
	})
	// A batch of workloads is answered message by message, two at once at most.
	has("AWS::Lambda::EventSourceMapping", map[string]any{
		"BatchSize": 5, "FunctionResponseTypes": []any{"ReportBatchItemFailures"}, "ScalingConfig": map[string]any{"MaximumConcurrency": 2},
	})
	has("AWS::SQS::Queue", map[string]any{
		"QueueName": product.Workloads, "VisibilityTimeout": 180, "RedrivePolicy": map[string]any{"maxReceiveCount": 10, "deadLetterTargetArn": assertions.Match_AnyValue()},
	})
	// One scan at a time, a burst is one scan, and one that crashed blocks the
	// next for little more than its time.
	has("AWS::Lambda::EventSourceMapping", map[string]any{"BatchSize": 10, "ScalingConfig": assertions.Match_Absent()})
	has("AWS::SQS::Queue", map[string]any{
		"QueueName": product.Scans, "FifoQueue": true, "ContentBasedDeduplication": true, "DelaySeconds": 60, "VisibilityTimeout": 910,
		"RedrivePolicy": map[string]any{"maxReceiveCount": 2, "deadLetterTargetArn": assertions.Match_AnyValue()},
	})
	has("AWS::SQS::Queue", map[string]any{"QueueName": product.FailedScans, "FifoQueue": true, "MessageRetentionPeriod": 24 * 60 * 60})
	// What people were told comes back as it was sent, from the topic alone.
	has("AWS::SNS::Subscription", map[string]any{"Protocol": "sqs", "RawMessageDelivery": true, "FilterPolicy": assertions.Match_Absent()})
	has("AWS::SQS::QueuePolicy", map[string]any{"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
		assertions.Match_ObjectLike(&map[string]any{
			"Sid": "TopicOfTheGuard", "Principal": map[string]any{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
			"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": map[string]any{"Ref": assertions.Match_StringLikeRegexp(jsii.String("AlertsTopic"))}}},
		}),
	})}})
	has("AWS::KMS::Key", map[string]any{"KeyPolicy": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
		assertions.Match_ObjectLike(&map[string]any{"Sid": "TopicSendsToQueue", "Condition": assertions.Match_AnyValue()}),
	})}})
	template.ResourceCountIs(jsii.String("AWS::SQS::Queue"), jsii.Number(6))
	has("AWS::S3::Bucket", map[string]any{
		"ObjectLockEnabled":       true,
		"ObjectLockConfiguration": map[string]any{"Rule": map[string]any{"DefaultRetention": map[string]any{"Days": 365, "Mode": "GOVERNANCE"}}},
		"VersioningConfiguration": map[string]any{"Status": "Enabled"},
		"LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{
			"Id": "OlderStates", "Status": "Enabled", "Prefix": "state/", "NoncurrentVersionExpiration": map[string]any{"NoncurrentDays": 365, "NewerNoncurrentVersions": 10},
		}}},
		"PublicAccessBlockConfiguration": map[string]any{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
		},
		"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{map[string]any{
			"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": assertions.Match_AnyValue()},
		}}},
	})
	template.HasResource(jsii.String("AWS::S3::Bucket"), map[string]any{"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"})
	has("AWS::KMS::Key", map[string]any{"EnableKeyRotation": true})
	has("AWS::Logs::LogGroup", map[string]any{
		"RetentionInDays": 365, "KmsKeyId": assertions.Match_AnyValue(), "LogGroupName": "/aws/lambda/" + product.Enforcer,
	})
	has("AWS::SNS::Topic", map[string]any{"KmsMasterKeyId": assertions.Match_AnyValue()})
	has("AWS::SNS::TopicPolicy", map[string]any{"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
		assertions.Match_ObjectLike(&map[string]any{
			"Effect": "Deny", "Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		}),
		assertions.Match_ObjectLike(&map[string]any{"Sid": "OnlyTheGuardPublishes", "Effect": "Deny"}),
	})}})
	checkAlarmsPublish(t, stack)
	has("AWS::KMS::Key", map[string]any{"KeyPolicy": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
		assertions.Match_ObjectLike(&map[string]any{
			"Sid": "AlarmsPublish", "Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": map[string]any{"Ref": "AWS::AccountId"}}},
		}),
	})}})
	template.AllResourcesProperties(jsii.String("AWS::SQS::Queue"), &map[string]any{"KmsMasterKeyId": assertions.Match_AnyValue()})
	template.ResourcePropertiesCountIs(jsii.String("AWS::SQS::Queue"), &map[string]any{"MessageRetentionPeriod": 14 * 24 * 60 * 60}, jsii.Number(5))
	template.AllResourcesProperties(jsii.String("AWS::CloudWatch::Alarm"), &map[string]any{
		"AlarmActions": assertions.Match_AnyValue(), "TreatMissingData": assertions.Match_AnyValue(),
	})
	has("AWS::CloudWatch::Alarm", map[string]any{"MetricName": "Looks", "TreatMissingData": "breaching", "ComparisonOperator": "LessThanThreshold"})
	has("AWS::CloudWatch::Alarm", map[string]any{"MetricName": "Invocations", "TreatMissingData": "breaching", "ComparisonOperator": "LessThanThreshold"})
	has("AWS::CloudWatch::Alarm", map[string]any{"MetricName": "CanaryReceived", "Statistic": "SampleCount", "TreatMissingData": "breaching", "ComparisonOperator": "LessThanThreshold", "Period": 3600, "EvaluationPeriods": 2})
	template.ResourceCountIs(jsii.String("AWS::CloudWatch::Alarm"), jsii.Number(17))
	template.ResourceCountIs(jsii.String("AWS::CloudWatch::Dashboard"), jsii.Number(1))
	// Nothing but the enforcer's own answer stands behind this resource, and it
	// stays when the stack goes.
	template.HasResource(jsii.String("Custom::FargateFIPSMode"), map[string]any{"DeletionPolicy": "Retain"})
	template.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(3))
}

// checkAlarmsPublish: the topic takes messages of each of the guard's alarms, by its
// name, and of no other.
func checkAlarmsPublish(t *testing.T, stack synthesized) {
	t.Helper()
	list, err := component.Of(stack.text)
	if err != nil {
		t.Fatal(err)
	}
	place := component.Place{Partition: "aws-us-gov", Account: "111122223333", Region: "us-gov-west-1", Known: map[string]string{}}
	for _, name := range list.Unknown() {
		place.Known[name] = "arn:a/b/c-d"
	}
	place.Known["Mode"] = "enforce"
	var want, got []string
	for _, meant := range list.At(place) {
		if meant.Type == "AWS::CloudWatch::Alarm" {
			want = append(want, "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:"+meant.Name)
		}
		policy, _ := meant.Properties["Policy"].(map[string]any)
		if meant.Type != "AWS::SNS::Topic" || policy == nil {
			continue
		}
		for _, s := range policy["Statement"].([]any) {
			statement := s.(map[string]any)
			if statement["Sid"] == "AlarmsOfTheGuard" {
				got = texts(statement["Condition"].(map[string]any)["ArnEquals"].(map[string]any)["aws:SourceArn"])
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-stack +those that may publish):\n%s", diff)
	}
}
