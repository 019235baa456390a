package main

import (
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
	failed := newQueue(scope, "Failed", product.Failed, key, nil)
	return queues{
		failed: failed,
		// The redrive policy is never used, since nobody receives from the
		// queue; it says where a message goes that a person's attempts at
		// redriving did not get rid of.
		undelivered: newQueue(scope, "Undelivered", product.Undelivered, key, &awssqs.DeadLetterQueue{
			Queue: failed, MaxReceiveCount: jsii.Number(1000),
		}),
	}
}

func newQueue(scope constructs.Construct, id, name string, key awskms.IKey, dead *awssqs.DeadLetterQueue) awssqs.Queue {
	return awssqs.NewQueue(scope, jsii.String(id), &awssqs.QueueProps{
		QueueName:           jsii.String(name),
		Encryption:          awssqs.QueueEncryption_KMS,
		EncryptionMasterKey: key,
		EnforceSSL:          jsii.Bool(true),
		RetentionPeriod:     awscdk.Duration_Days(jsii.Number(14)),
		DeadLetterQueue:     dead,
	})
}

// acceptFrom lets these rules, and no others, leave events in the queue of
// undelivered ones.
func (q queues) acceptFrom(rules []awsevents.CfnRule) {
	var arns []*string
	for _, rule := range rules {
		arns = append(arns, rule.AttrArn())
	}
	q.undelivered.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("RulesOfTheGuard"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{q.undelivered.QueueArn()},
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": arns}},
	}))
}

// depth is how many messages a queue holds.
func depth(queue awssqs.IQueue) awscloudwatch.Metric {
	return queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
}
