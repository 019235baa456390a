package main

import (
	"fipsguard/internal/config"
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
)

type verifierProps struct {
	Options    Options
	Parameters parameters
	Code       awslambda.Code
	Key        awskms.IKey
	Topic      awssns.ITopic
	Queues     queues
	Intake     intake
	Enforcer   function
	Evidence   awss3.IBucket
	Signing    awskms.IKey
	Reported   awssqs.IQueue
}

// newVerifier makes the function that scans. Its queue has it run one scan at a
// time.
func newVerifier(stack awscdk.Stack, props verifierProps) function {
	settings := config.Verifier{
		Gate:           gateSettings(props.Options, props.Parameters, props.Topic),
		EvidenceBucket: *props.Evidence.BucketName(),
		SigningKey:     *props.Signing.KeyArn(),
		TrailLogs:      props.Parameters.readsTrail.orNothing(props.Parameters.trailLogs),
		Sample:         props.Options.Sample,
		Class:          props.Options.Class,
		FunctionARN:    *props.Enforcer.FunctionArn(),
		Queues:         []string{*props.Queues.undelivered.QueueUrl(), *props.Queues.failed.QueueUrl()},
		Reported:       *props.Reported.QueueUrl(),
		SecurityHub:    props.Options.SecurityHub,
		SecurityBus:    props.Options.SecurityBus,
		WitnessSubnets: props.Options.WitnessSubnets,
		WitnessGroup:   props.Options.WitnessGroup,
	}
	return newFunction(stack, "Verifier", functionProps{
		Name:        product.Verifier,
		Description: "Proves FIPS-140 mode of AWS Fargate in running tasks, corrects drift and keeps evidence",
		Code:        props.Code,
		MemorySize:  512,
		Timeout:     verifierSeconds,
		Concurrency: someWhereAnyAreKept(props.Options, 1),
		Environment: settings.Environment(),
		Grants:      verifierGrants(stack, props),
		Reads:       readBack(stack, *props.Topic.TopicArn(), *props.Evidence.BucketArn(), *props.Key.KeyArn(), *props.Signing.KeyArn()),
		Options:     props.Options,
		Parameters:  props.Parameters,
		Key:         props.Key,
		Failed:      props.Queues.failed,
	})
}
