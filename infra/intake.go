package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// intake are the queues in front of the gate and the verifier. The enforcer has
// none: nothing stands before the setting (docs/adr/0011).
type intake struct {
	workloads   awssqs.Queue
	scans       awssqs.Queue
	failedScans awssqs.Queue // the queue of failed events is a standard one, which a FIFO queue cannot use
}

const (
	gateSeconds     = 120 // of one batch of the gate
	verifierSeconds = 900 // of one scan
	gateBatch       = 5
	scanBatch       = 10 // the most that a FIFO queue hands over: what waits together is one scan
	scanDelay       = 60 // seconds in which requests gather
	workloadTries   = 10
	scanTries       = 2
	scanGroup       = "scans" // one group: one scan at a time
)

func newIntake(stack awscdk.Stack, key awskms.IKey, failed awssqs.IQueue) intake {
	scope := constructs.NewConstruct(stack, jsii.String("Intake"))
	// The next scan makes up for one that failed, so that its request is of no
	// use for long; the alarm on this queue tells of it.
	failedScans := newQueue(scope, "FailedScans", queueProps{name: product.FailedScans, key: key, ordered: true, days: 1})
	return intake{
		workloads: newQueue(scope, "Workloads", queueProps{
			name: product.Workloads, key: key, dead: failed, tries: workloadTries,
			// An event that has to wait comes again after this, instead of
			// sleeping in the function.
			hidden: gateSeconds + 60,
		}),
		scans: newQueue(scope, "Scans", queueProps{
			name: product.Scans, key: key, dead: failedScans, tries: scanTries, ordered: true, delay: scanDelay,
			// A scan that crashed blocks the group for as long, and Lambda wants
			// no less than the function's time.
			hidden: verifierSeconds + 10,
		}),
		failedScans: failedScans,
	}
}

// work has a function work a queue off. A batch of the gate is answered message
// by message; one of the verifier's is one scan, which succeeds or fails.
func (i intake) work(stack awscdk.Stack, gate, verifier function) {
	scope := constructs.NewConstruct(stack, jsii.String("Sources"))
	source := func(id string, of function, props *awslambda.CfnEventSourceMappingProps) {
		props.FunctionName = of.FunctionName()
		awslambda.NewCfnEventSourceMapping(scope, jsii.String(id), props).Node().AddDependency(of.policy)
	}
	source("Gate", gate, &awslambda.CfnEventSourceMappingProps{
		EventSourceArn:        i.workloads.QueueArn(),
		BatchSize:             jsii.Number(gateBatch),
		FunctionResponseTypes: jsii.Strings("ReportBatchItemFailures"),
		ScalingConfig:         awslambda.CfnEventSourceMapping_ScalingConfigProperty{MaximumConcurrency: jsii.Number(product.GateExecutions)},
	})
	source("Verifier", verifier, &awslambda.CfnEventSourceMappingProps{
		EventSourceArn: i.scans.QueueArn(),
		BatchSize:      jsii.Number(scanBatch),
	})
}

// acceptFrom lets these rules, and no others, send to the queues.
func (i intake) acceptFrom(workloads, scans []awsevents.CfnRule) {
	accept(i.workloads, workloads)
	accept(i.scans, scans)
}
