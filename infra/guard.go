package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// newGuard puts the whole guard into a stack, one construct a concern. The
// template fits every Region and partition. The version changes with the code.
func newGuard(stack awscdk.Stack, options Options, code awslambda.Code, version *string) error {
	awscdk.Tags_Of(stack).Add(jsii.String("application"), jsii.String(namespace), nil)

	newEndpoints(stack, options)
	key := newKey(stack)
	queues := newQueues(stack, key)
	topic := newTopic(stack, key, options)
	enforcer, err := newEnforcer(stack, enforcerProps{
		Options: options,
		Code:    code,
		Key:     key,
		Topic:   topic,
		Failed:  queues.failed,
	})
	if err != nil {
		return err
	}
	feeding, err := newRules(stack, enforcer, queues.undelivered)
	if err != nil {
		return err
	}
	watching := newTamper(stack, tamperProps{
		Enforcer:    enforcer,
		Topic:       topic,
		Key:         key,
		Undelivered: queues.undelivered,
	})
	queues.acceptFrom(append(feeding, watching...))
	alarms := newAlarms(stack, enforcer.function, topic, queues)
	newDashboard(stack, enforcer.function, queues, alarms)
	if !options.Audit {
		enableOnDeploy(stack, enforcer, feeding, version)
	}
	return nil
}
