package main

import (
	"fipsguard/internal/product"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// codes are the functions'.
type codes struct{ enforcer, verifier awslambda.Code }

// newGuard puts the whole guard into a stack, one construct a concern. The
// template fits every Region and partition. The version changes with the code.
func newGuard(stack awscdk.Stack, options Options, code codes, version *string) error {
	awscdk.Tags_Of(stack).Add(jsii.String("application"), jsii.String(product.Name), nil)

	newEndpoints(stack, options)
	key := newKey(stack)
	queues := newQueues(stack, key)
	topic := newTopic(stack, key, options)
	enforcer, err := newEnforcer(stack, enforcerProps{
		Options: options,
		Code:    code.enforcer,
		Key:     key,
		Topic:   topic,
		Failed:  queues.failed,
	})
	if err != nil {
		return err
	}
	evidence := newEvidence(stack, key, options)
	verifier, err := newVerifier(stack, verifierProps{
		Options:  options,
		Code:     code.verifier,
		Key:      key,
		Topic:    topic,
		Queues:   queues,
		Enforcer: enforcer,
		Evidence: evidence,
	})
	if err != nil {
		return err
	}
	feeding, err := newRules(stack, enforcer, queues.undelivered)
	if err != nil {
		return err
	}
	looking := newSchedules(stack, verifier, queues.undelivered, options)
	watching := newTamper(stack, tamperProps{
		Topic:       topic,
		Key:         key,
		Undelivered: queues.undelivered,
	})
	queues.acceptFrom(slices.Concat(feeding, looking, watching))
	alarms := newAlarms(stack, enforcer, verifier, topic, queues)
	newDashboard(stack, enforcer, verifier, queues, alarms)
	checkOnDeploy(stack, enforcer, feeding, version, options.Audit, alarms)
	return nil
}
