package main

import (
	"fipsguard/internal/product"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// codes are the functions'.
type codes struct{ enforcer, gate, verifier awslambda.Code }

// functions are the guard's.
type functions struct{ enforcer, gate, verifier function }

// newGuard puts the whole guard into a stack, one construct a concern. The
// template fits every Region and partition. The version changes with the code.
func newGuard(stack awscdk.Stack, options Options, code codes, version *string) (function, error) {
	awscdk.Tags_Of(stack).Add(jsii.String("application"), jsii.String(product.Name), &awscdk.TagProps{
		ExcludeResourceTypes: jsii.Strings("AWS::Lambda::EventSourceMapping"), // GovCloud does not offer tags on them
	})

	p := newParameters(stack)
	newEndpoints(stack, options)
	newPolicy(stack, p, options)
	newWitness(stack, options)
	key := newKey(stack)
	queues := newQueues(stack, key)
	in := newIntake(stack, key, queues.failed)
	topic := newTopic(stack, key, options)
	subscribeAtDeployment(stack, topic, options)
	props := enforcerProps{
		Options:    options,
		Parameters: p,
		Codes:      code,
		Key:        key,
		Topic:      topic,
		Failed:     queues.failed,
		Workloads:  in.workloads,
	}
	enforcer, gate := newEnforcer(stack, props), newGate(stack, props)
	evidence, signing := newEvidence(stack, key, options), newSigningKey(stack)
	verifier := newVerifier(stack, verifierProps{
		Options:    options,
		Parameters: p,
		Code:       code.verifier,
		Key:        key,
		Topic:      topic,
		Queues:     queues,
		Intake:     in,
		Enforcer:   enforcer,
		Evidence:   evidence,
		Signing:    signing,
		Reported:   newReported(stack, key, topic, queues.failed),
	})
	in.work(stack, gate, verifier)
	newDrill(stack, key, topic, queues.failed, options, p)
	settings, workloads, err := newRules(stack, enforcer, in, queues.undelivered, options)
	if err != nil {
		return function{}, err
	}
	scans := newSchedules(stack, in, queues.undelivered, options)
	tampering := tamperProps{
		Parameters:  p,
		Topic:       topic,
		Key:         key,
		Signing:     signing,
		Undelivered: queues.undelivered,
	}
	watching := newTamper(stack, tampering)
	if err := newSecurityChannel(stack, tampering, options); err != nil {
		return function{}, err
	}
	in.acceptFrom(workloads, scans)
	queues.acceptFrom(slices.Concat(settings, workloads, scans, watching))
	functions := functions{enforcer, gate, verifier}
	leaveExistingLogs(stack, enforcer, gate, verifier)
	alarms, canary := newAlarms(stack, functions, topic, queues, in, p)
	if options.Dashboard {
		newDashboard(stack, functions, queues, in, alarms)
	}
	checkOnDeploy(stack, enforcer, slices.Concat(settings, workloads), version, p, append(slices.Clone(alarms), canary))
	return verifier, nil
}
