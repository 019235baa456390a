package main

import (
	"fipsguard/internal/product"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newTopic is the encrypted topic on which people hear of findings, of
// tampering and of alarms, with the subscriptions that the options name.
func newTopic(stack awscdk.Stack, key awskms.IKey, options Options) awssns.Topic {
	scope := constructs.NewConstruct(stack, jsii.String("Alerts"))
	topic := awssns.NewTopic(scope, jsii.String("Topic"), &awssns.TopicProps{
		TopicName:  jsii.String(product.Alerts),
		MasterKey:  key,
		EnforceSSL: jsii.Bool(true),
	})
	publishForTheGuardOnly(stack, topic)
	if options.SecurityAccount != "" {
		subscribeFrom(topic, options.SecurityAccount)
	}
	subscribe(scope, topic, options)
	return topic
}

// subscribe adds the subscribers that the options name.
func subscribe(scope constructs.Construct, topic awssns.Topic, options Options) {
	add := func(id string, protocol awssns.SubscriptionProtocol, endpoints []string) {
		for i, endpoint := range endpoints {
			awssns.NewSubscription(scope, jsii.String(id+strconv.Itoa(i+1)), &awssns.SubscriptionProps{
				Topic: topic, Protocol: protocol, Endpoint: jsii.String(endpoint),
			})
		}
	}
	add("Queue", awssns.SubscriptionProtocol_SQS, options.Queues)
	add("Https", awssns.SubscriptionProtocol_HTTPS, options.HTTPSEndpoints)
}

// newReported is the queue that the verifier empties into its memory: it tells
// what people were told by any of the functions. It takes messages of the
// topic alone.
func newReported(stack awscdk.Stack, key awskms.IKey, topic awssns.ITopic, failed awssqs.IQueue) awssqs.Queue {
	scope := constructs.NewConstruct(stack, jsii.String("Reported"))
	// A scan that could not write its memory leaves messages for the next one,
	// which comes in an hour; it takes years to try a message so often.
	queue := newQueue(scope, "Queue", queueProps{name: product.Reported, key: key, dead: failed, tries: 1000, hidden: 60})
	acceptFromTopic(queue, topic)
	awssns.NewSubscription(scope, jsii.String("Subscription"), &awssns.SubscriptionProps{
		Topic: topic, Protocol: awssns.SubscriptionProtocol_SQS, Endpoint: queue.QueueArn(), RawMessageDelivery: jsii.Bool(true),
	})
	return queue
}

// acceptFromTopic lets the topic, and nothing else, send to a queue.
func acceptFromTopic(queue awssqs.Queue, topic awssns.ITopic) {
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("TopicOfTheGuard"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("sns.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{queue.QueueArn()},
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": topic.TopicArn()}},
	}))
}

// publishForTheGuardOnly lets rules publish, and of all the account's principals
// only the functions' roles, whatever else they may do by their own policies.
// EventBridge publishes to SNS without telling for which rule, so its statement has
// no condition.
func publishForTheGuardOnly(stack awscdk.Stack, topic awssns.Topic) {
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("OnlyTheGuardPublishes"),
		Effect:     awsiam.Effect_DENY,
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{
			"ArnNotEquals": map[string]any{"aws:PrincipalArn": []any{roleARN(stack, product.Enforcer), roleARN(stack, product.Gate), roleARN(stack, product.Verifier)}},
			"Bool":         map[string]any{"aws:PrincipalIsAWSService": "false"},
		},
	}))
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("TamperRules"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
	}))
}

// publishForAlarms lets these alarms publish, and no others.
func publishForAlarms(stack awscdk.Stack, topic awssns.ITopic, names []string) {
	var arns []*string
	for _, name := range names {
		arns = append(arns, arnOf(stack, "cloudwatch", "alarm:"+name))
	}
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("AlarmsOfTheGuard"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{
			"ArnEquals":    map[string]any{"aws:SourceArn": arns},
			"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()},
		},
	}))
}

// subscribeFrom lets a security account subscribe its queues, functions and
// HTTPS endpoints.
func subscribeFrom(topic awssns.Topic, account string) {
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("SecurityAccountSubscribes"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewAccountPrincipal(jsii.String(account))},
		Actions:    jsii.Strings("sns:Subscribe", "sns:GetTopicAttributes"),
		Resources:  &[]*string{topic.TopicArn()},
	}))
}
