package main

import (
	"cmp"

	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// queues keep what was not dealt with, for 14 days. There are two since the
// hand-over to the function and its work fail apart (docs/facts.md,
// "EventBridge and Lambda").
type queues struct {
	undelivered awssqs.Queue // EventBridge could not hand the event over
	failed      awssqs.Queue // the function failed with it, repeatedly
}

func newQueues(stack awscdk.Stack, key awskms.IKey) queues {
	scope := constructs.NewConstruct(stack, jsii.String("Queues"))
	failed := newQueue(scope, "Failed", queueProps{name: product.Failed, key: key})
	return queues{
		failed: failed,
		// The redrive policy is never used, since nobody receives from the
		// queue; it says where a message goes that a person's attempts at
		// redriving did not get rid of.
		undelivered: newQueue(scope, "Undelivered", queueProps{name: product.Undelivered, key: key, dead: failed, tries: 1000}),
	}
}

type queueProps struct {
	name    string
	key     awskms.IKey
	dead    awssqs.IQueue // where a message goes that was received tries times; nil is nowhere
	tries   float64
	ordered bool    // a FIFO queue; it tells messages apart by their bodies
	delay   float64 // seconds until a message is handed over
	hidden  float64 // seconds for which a message that was handed over is hidden
	days    float64 // that messages are kept; 14 unless said otherwise
}

func newQueue(scope constructs.Construct, id string, props queueProps) awssqs.Queue {
	of := &awssqs.QueueProps{
		QueueName:           jsii.String(props.name),
		Encryption:          awssqs.QueueEncryption_KMS,
		EncryptionMasterKey: props.key,
		EnforceSSL:          jsii.Bool(true),
		RetentionPeriod:     awscdk.Duration_Days(jsii.Number(cmp.Or(props.days, 14))),
	}
	if props.dead != nil {
		of.DeadLetterQueue = &awssqs.DeadLetterQueue{Queue: props.dead, MaxReceiveCount: jsii.Number(props.tries)}
	}
	if props.ordered {
		of.Fifo = jsii.Bool(true)
		of.ContentBasedDeduplication = jsii.Bool(true) // EventBridge sends no ID for it
	}
	if props.delay > 0 {
		of.DeliveryDelay = awscdk.Duration_Seconds(jsii.Number(props.delay))
	}
	if props.hidden > 0 {
		of.VisibilityTimeout = awscdk.Duration_Seconds(jsii.Number(props.hidden))
	}
	return awssqs.NewQueue(scope, jsii.String(id), of)
}

// acceptFrom lets these rules, and no others, leave events in the queue of
// undelivered ones.
func (q queues) acceptFrom(rules []awsevents.CfnRule) { accept(q.undelivered, rules) }

// accept lets rules, and no others, send to a queue.
func accept(queue awssqs.Queue, rules []awsevents.CfnRule) {
	var arns []*string
	for _, rule := range rules {
		arns = append(arns, rule.AttrArn())
	}
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("RulesOfTheGuard"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{queue.QueueArn()},
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": arns}},
	}))
}

// age is how long the oldest message of a queue has waited, in seconds.
func age(queue awssqs.IQueue) awscloudwatch.Metric {
	return queue.MetricApproximateAgeOfOldestMessage(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
}

// depth is how many messages a queue holds.
func depth(queue awssqs.IQueue) awscloudwatch.Metric {
	return queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
}
