package main

import (
	"fipsguard/internal/config"
	"fipsguard/internal/guard"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
)

type enforcerProps struct {
	Options Options
	Code    awslambda.Code
	Key     awskms.IKey
	Topic   awssns.ITopic
	Failed  awssqs.IQueue
}

// newEnforcer makes the function that answers events.
func newEnforcer(stack awscdk.Stack, props enforcerProps) (function, error) {
	settings := config.Enforcer{
		TopicARN: *props.Topic.TopicArn(),
		Mode:     guard.PolicyMode(props.Options.mode()),
		LogLevel: props.Options.LogLevel,
		Policy:   props.Options.Policy,
	}
	return newFunction(stack, "Enforcer", functionProps{
		Name:        enforcerName,
		Description: "Turns FIPS-140 mode of AWS Fargate back on and corrects what runs without it",
		Code:        props.Code,
		MemorySize:  256,
		Timeout:     60,
		Environment: settings.Environment(),
		Grants:      enforcerGrants(stack, props),
		Options:     props.Options,
		Key:         props.Key,
		Failed:      props.Failed,
	})
}
