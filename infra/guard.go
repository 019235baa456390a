package main

import (
	"fipsguard/internal/product"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

// codes are the functions'.
type codes struct{ enforcer, gate, verifier awslambda.Code }

// functions are the guard's.
type functions struct{ enforcer, gate, verifier function }

// newGuard puts the whole guard into a stack, one construct a concern. The
// template fits every Region and partition. The version changes with the code.
func newGuard(stack awscdk.Stack, options Options, code codes, version *string) (awssns.Topic, function, error) {
	awscdk.Tags_Of(stack).Add(jsii.String("application"), jsii.String(product.Name), &awscdk.TagProps{
		ExcludeResourceTypes: jsii.Strings("AWS::Lambda::EventSourceMapping"), // GovCloud does not offer tags on them
	})

	newEndpoints(stack, options)
	newWitness(stack, options)
	key := newKey(stack)
	queues := newQueues(stack, key)
	in := newIntake(stack, key, queues.failed)
	topic := newTopic(stack, key, options)
	props := enforcerProps{
		Options:   options,
		Codes:     code,
		Key:       key,
		Topic:     topic,
		Failed:    queues.failed,
		Workloads: in.workloads,
	}
	enforcer, err := newEnforcer(stack, props)
	if err != nil {
		return nil, function{}, err
	}
	gate, err := newGate(stack, props)
	if err != nil {
		return nil, function{}, err
	}
	evidence, signing := newEvidence(stack, key, options), newSigningKey(stack)
	verifier, err := newVerifier(stack, verifierProps{
		Options:  options,
		Code:     code.verifier,
		Key:      key,
		Topic:    topic,
		Queues:   queues,
		Intake:   in,
		Enforcer: enforcer,
		Evidence: evidence,
		Signing:  signing,
		Reported: newReported(stack, key, topic, queues.failed),
	})
	if err != nil {
		return nil, function{}, err
	}
	in.work(stack, gate, verifier)
	newDrill(stack, key, topic, queues.failed, options)
	settings, workloads, err := newRules(stack, enforcer, in, queues.undelivered, options)
	if err != nil {
		return nil, function{}, err
	}
	scans := newSchedules(stack, in, queues.undelivered, options)
	tampering := tamperProps{
		Topic:       topic,
		Key:         key,
		Signing:     signing,
		Undelivered: queues.undelivered,
	}
	watching := newTamper(stack, tampering)
	if err := newSecurityChannel(stack, tampering, options); err != nil {
		return nil, function{}, err
	}
	in.acceptFrom(workloads, scans)
	queues.acceptFrom(slices.Concat(settings, workloads, scans, watching))
	functions := functions{enforcer, gate, verifier}
	leaveExistingLogs(stack, enforcer, gate, verifier)
	alarms := newAlarms(stack, functions, topic, queues, in, options)
	newDashboard(stack, functions, queues, in, alarms)
	checkOnDeploy(stack, enforcer, slices.Concat(settings, workloads), version, options.Audit, alarms)
	return topic, verifier, nil
}
