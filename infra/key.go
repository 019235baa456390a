package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
)

// newKey is the one customer-managed key of the topic, the queues, the
// logs and the evidence. Rules may use it without a condition, since EventBridge
// tells KMS neither for which rule nor for which account it publishes
// (docs/facts.md); what they may write to is said by the policies of the topic and
// the queues.
func newKey(stack awscdk.Stack) awskms.Key {
	key := awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{
		Alias:             jsii.String("alias/fipsguard"),
		Description:       jsii.String("fipsguard: alerts, undelivered events and logs"),
		EnableKeyRotation: jsii.Bool(true),
		PendingWindow:     awscdk.Duration_Days(jsii.Number(30)),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, // logs outlive the stack and stay readable
	})
	for _, use := range []struct {
		sid, service string
		only         *map[string]any
	}{
		{"AlarmsPublish", "cloudwatch.amazonaws.com", &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()}}},
		{"RulesPublishAndDeadLetter", "events.amazonaws.com", nil},
	} {
		key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String(use.sid),
			Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(use.service), nil)},
			Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey*"),
			Resources:  jsii.Strings("*"), // in a key's policy: this key
			Conditions: use.only,
		}), nil)
	}
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("TopicSendsToQueue"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("sns.amazonaws.com"), nil)},
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey*"),
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": arnOf(stack, "sns", product.Alerts)}},
	}), nil)
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("LogsOfTheGuard"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(awscdk.Fn_Sub(jsii.String("logs.${AWS::Region}.amazonaws.com"), nil), nil)},
		Actions:    jsii.Strings("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": arnOf(stack, "logs", "log-group:/aws/lambda/"+product.Prefix+"*"),
		}},
	}), nil)
	return key
}

// arnOf is the ARN of a thing in the stack's partition, Region and account.
func arnOf(stack awscdk.Stack, service, resource string) *string {
	return jsii.String("arn:" + *stack.Partition() + ":" + service + ":" + *stack.Region() + ":" + *stack.Account() + ":" + resource)
}
