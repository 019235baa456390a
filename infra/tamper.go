package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

type tamperProps struct {
	Topic       awssns.ITopic
	Key         awskms.IKey
	Undelivered awssqs.IQueue
}

// watch is one thing that the guard depends on and the calls that weaken it.
type watch struct {
	name    string
	about   string // completes "someone changed …"
	service string // of the event source, SERVICE.amazonaws.com
	calls   []any
	on      map[string]any // what the call is about; nil is anything
}

// watches are the guard's own parts and CloudTrail, from which its events
// come. Where a call names its object in another place than others do, it has
// a watch of its own, since simulators of EventBridge do not know "$or". Calls
// on roles and policies are recorded in us-gov-west-1 only.
func watches(stack awscdk.Stack, props tamperProps) []watch {
	ours := []any{startsWith(product.Prefix)}
	topic := props.Topic.TopicArn()
	request := func(member string, values ...any) map[string]any {
		return map[string]any{"requestParameters": map[string]any{member: values}}
	}
	return []watch{
		{
			name: "trails", about: "a CloudTrail trail, from which the guard hears of calls", service: "cloudtrail",
			calls: []any{"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"},
		},
		{
			name: "rules", about: "a rule of the guard", service: "events",
			calls: []any{"DisableRule", "DeleteRule", "PutRule"}, on: request("name", ours...),
		},
		{
			name: "targets", about: "the target of a rule of the guard", service: "events",
			calls: []any{"PutTargets", "RemoveTargets"}, on: request("rule", ours...),
		},
		{
			// The watch on the watch of rules: whoever disables either is seen
			// by the other.
			name: "rules-watch", about: "the rule that watches the rules of the guard", service: "events",
			calls: []any{"DisableRule", "DeleteRule", "PutRule"}, on: request("name", product.Prefix+"tamper-rules"),
		},
		{
			name: "functions", about: "a function of the guard", service: "lambda",
			// CloudTrail puts the API's version behind the names.
			calls: []any{
				startsWith("DeleteFunction"), startsWith("UpdateFunction"), startsWith("PutFunction"),
				startsWith("AddPermission"), startsWith("RemovePermission"), startsWith("PutRuntimeManagementConfig"),
			},
			on: request("functionName", append(ours, // the name, an ARN, or ACCOUNT:function:NAME
				startsWith(*arnOf(stack, "lambda", "function:"+product.Prefix)),
				startsWith(*stack.Account()+":function:"+product.Prefix))...),
		},
		{
			// The record names the mapping by its UUID; the answer has the function.
			name: "sources", about: "the event source mapping of a function of the guard", service: "lambda",
			calls: []any{startsWith("UpdateEventSourceMapping"), startsWith("DeleteEventSourceMapping")},
			on: map[string]any{"responseElements": map[string]any{"functionArn": []any{
				startsWith(*arnOf(stack, "lambda", "function:"+product.Prefix)),
			}}},
		},
		{
			name: "queues", about: "a queue of the guard", service: "sqs",
			calls: []any{"DeleteQueue", "PurgeQueue", "SetQueueAttributes", "AddPermission", "RemovePermission"},
			on:    request("queueUrl", queueURL(stack, "sqs"), queueURL(stack, "sqs-fips")),
		},
		{
			name: "roles", about: "a role of the guard", service: "iam",
			calls: []any{
				"DeleteRole", "UpdateRole", "UpdateAssumeRolePolicy", "AttachRolePolicy", "DetachRolePolicy",
				"PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
			},
			on: request("roleName", ours...),
		},
		{
			name: "policies", about: "a policy of the guard's roles", service: "iam",
			calls: []any{"DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"},
			on:    request("policyArn", startsWith("arn:"+*stack.Partition()+":iam::"+*stack.Account()+":policy/"+product.Prefix)),
		},
		{
			name: "topic", about: "the topic of the guard's alerts", service: "sns",
			calls: []any{"DeleteTopic", "SetTopicAttributes", "AddPermission", "RemovePermission", "Subscribe"},
			on:    request("topicArn", topic),
		},
		{
			name: "subscriptions", about: "a subscription to the guard's alerts", service: "sns",
			calls: []any{"Unsubscribe", "SetSubscriptionAttributes"},
			on:    request("subscriptionArn", startsWith(*topic+":")),
		},
		{
			name: "key", about: "the key of the guard's alerts", service: "kms",
			calls: []any{"DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "DisableKeyRotation", "RevokeGrant"},
			on:    map[string]any{"resources": map[string]any{"ARN": []any{props.Key.KeyArn()}}},
		},
		{
			name: "evidence", about: "the bucket of the guard's evidence", service: "s3",
			calls: []any{
				"DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketEncryption", "DeleteBucketEncryption", "PutBucketVersioning",
				"PutBucketObjectLockConfiguration", "PutBucketLifecycle", "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock",
			},
			on: request("bucketName", startsWith(product.Evidence+"-")),
		},
		{
			name: "alarms", about: "an alarm on the guard", service: "monitoring",
			calls: []any{"DeleteAlarms", "DisableAlarmActions"}, on: request("alarmNames", ours...),
		},
		{
			name: "alarm-settings", about: "an alarm on the guard", service: "monitoring",
			calls: []any{"PutMetricAlarm", "SetAlarmState"}, on: request("alarmName", ours...),
		},
	}
}

// newTamper reports changes of what the guard depends on, without a function
// that could be changed too: each rule publishes to the topic by itself. It
// tells of the changes that succeeded, a deployment's among them; a denied
// call's record does not say what it was about (docs/facts.md).
func newTamper(stack awscdk.Stack, props tamperProps) []awsevents.CfnRule {
	scope := constructs.NewConstruct(stack, jsii.String("Tamper"))
	var rules []awsevents.CfnRule
	for _, w := range watches(stack, props) {
		rules = append(rules, awsevents.NewCfnRule(scope, jsii.String(logicalName(w.name)), &awsevents.CfnRuleProps{
			Name:         jsii.String(product.Prefix + "tamper-" + w.name),
			Description:  jsii.String("Somebody changed " + w.about),
			EventPattern: w.pattern(),
			State:        jsii.String("ENABLED"),
			Targets: []awsevents.CfnRule_TargetProperty{{
				Id:               jsii.String("alerts"),
				Arn:              props.Topic.TopicArn(),
				InputTransformer: w.message(),
				RetryPolicy:      retries(),
				DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: props.Undelivered.QueueArn()},
			}},
		}))
	}
	return rules
}

func (w watch) pattern() map[string]any {
	detail := map[string]any{
		"eventSource": []any{w.service + ".amazonaws.com"},
		"eventName":   w.calls,
		"errorCode":   []any{map[string]any{"exists": false}},
	}
	for member, value := range w.on {
		detail[member] = value
	}
	return map[string]any{
		"source":      []any{"aws." + w.service},
		"detail-type": []any{"AWS API Call via CloudTrail"},
		"detail":      detail,
	}
}

// message says who did what, when and from where, with identifiers only. The
// quotation marks are EventBridge's way to write text.
func (w watch) message() awsevents.CfnRule_InputTransformerProperty {
	return awsevents.CfnRule_InputTransformerProperty{
		InputPathsMap: map[string]*string{
			"account": jsii.String("$.account"),
			"region":  jsii.String("$.region"),
			"call":    jsii.String("$.detail.eventName"),
			"time":    jsii.String("$.detail.eventTime"),
			"type":    jsii.String("$.detail.userIdentity.type"),
			"who":     jsii.String("$.detail.userIdentity.arn"),
			"service": jsii.String("$.detail.userIdentity.invokedBy"),
			"address": jsii.String("$.detail.sourceIPAddress"),
			"event":   jsii.String("$.detail.eventID"),
		},
		InputTemplate: jsii.String(`"fipsguard: somebody changed ` + w.about + `."
"What: <call> in account <account>, <region>, at <time>"
"Who: <type> <who> <service>, from <address>"
"CloudTrail event: <event>"
"If nobody planned this: look at what the event changed, and deploy fipsguard anew to put it back."`),
	}
}

// queueURL is how the URLs of the guard's queues begin at an endpoint.
func queueURL(stack awscdk.Stack, endpoint string) map[string]any {
	return startsWith("https://" + endpoint + "." + *stack.Region() + "." + *stack.UrlSuffix() + "/" + *stack.Account() + "/" + product.Prefix)
}

func startsWith(text string) map[string]any { return map[string]any{"prefix": text} }
