package main

import (
	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

type enforcerProps struct {
	Options    Options
	Parameters parameters
	Codes      codes
	Key        awskms.IKey
	Topic      awssns.ITopic
	Failed     awssqs.IQueue
	Workloads  awssqs.IQueue // of the gate
}

// newEnforcer makes the function that keeps the setting on. Its role can write
// that one setting and publish, and nothing in it waits for its turn.
func newEnforcer(stack awscdk.Stack, props enforcerProps) function {
	settings := settingsOf(props.Options, props.Parameters, props.Topic)
	return newFunction(stack, "Enforcer", functionProps{
		Name:        product.Enforcer,
		Description: "Keeps FIPS-140 mode of AWS Fargate on",
		Code:        props.Codes.enforcer,
		MemorySize:  256,
		Timeout:     60,
		Concurrency: props.Options.ReservedConcurrency,
		Environment: settings.Environment(),
		Grants:      enforcerGrants(stack, props),
		Options:     props.Options,
		Parameters:  props.Parameters,
		Key:         props.Key,
		Failed:      props.Failed,
	})
}

// newGate makes the function that rejects workloads, behind a queue and with a
// role of its own.
func newGate(stack awscdk.Stack, props enforcerProps) function {
	settings := gateSettings(props.Options, props.Parameters, props.Topic)
	return newFunction(stack, "Gate", functionProps{
		Name:        product.Gate,
		Description: "Rejects task definitions, tasks and services that FIPS-140 mode of AWS Fargate does not cover",
		Code:        props.Codes.gate,
		MemorySize:  256,
		Timeout:     gateSeconds,
		Concurrency: someWhereAnyAreKept(props.Options, product.GateExecutions),
		Environment: settings.Environment(),
		Grants:      gateGrants(stack, props),
		Options:     props.Options,
		Parameters:  props.Parameters,
		Key:         props.Key,
		Failed:      props.Failed,
	})
}

// someWhereAnyAreKept keeps executions for a function where the options keep
// any. A queue never starts more of them.
func someWhereAnyAreKept(options Options, executions float64) *float64 {
	if options.ReservedConcurrency == nil {
		return nil
	}
	return jsii.Number(executions)
}

// settingsOf are the settings that all functions have.
func settingsOf(options Options, p parameters, topic awssns.ITopic) config.Enforcer {
	return config.Enforcer{
		TopicARN:    *topic.TopicArn(),
		Mode:        guard.PolicyMode(*p.mode),
		LogLevel:    options.LogLevel,
		AccountName: p.named.orNothing(p.accountName),
	}
}

// gateSettings are the settings that the gate and the verifier have.
func gateSettings(options Options, p parameters, topic awssns.ITopic) config.Gate {
	return config.Gate{Enforcer: settingsOf(options, p, topic), PolicyParameter: *p.policy}
}
