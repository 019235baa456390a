package main

import (
	"fipsguard/internal/config"
	"fipsguard/internal/product"

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
	settings := settingsOf(props.Options, props.Topic)
	return newFunction(stack, "Enforcer", functionProps{
		Name:        product.Enforcer,
		Description: "Turns FIPS-140 mode of AWS Fargate back on and corrects what runs without it",
		Code:        props.Code,
		MemorySize:  256,
		Timeout:     60,
		Concurrency: props.Options.ReservedConcurrency,
		Environment: settings.Environment(),
		Grants:      enforcerGrants(stack, props),
		Options:     props.Options,
		Key:         props.Key,
		Failed:      props.Failed,
	})
}

// settingsOf are the settings that both functions have.
func settingsOf(options Options, topic awssns.ITopic) config.Enforcer {
	settings := config.Enforcer{
		TopicARN: *topic.TopicArn(),
		Mode:     "enforce",
		LogLevel: options.LogLevel,
		Policy:   options.Policy,
	}
	if options.Audit {
		settings.Mode = "audit"
	}
	return settings
}
