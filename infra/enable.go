package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/jsii-runtime-go"
)

// enableOnDeploy has the enforcer turn FIPS mode on when the stack is created
// and when the version says that it has new code: CloudFormation invokes the
// function with a request for a custom resource and waits for the answer.
// Deleting the stack never turns FIPS mode off: CloudFormation retains the
// resource, and the enforcer answers a Delete without a call.
func enableOnDeploy(stack awscdk.Stack, by function, after []awsevents.CfnRule, version *string) {
	mode := awscdk.NewCustomResource(stack, jsii.String("FargateFIPSMode"), &awscdk.CustomResourceProps{
		ServiceToken:   by.FunctionArn(),
		ResourceType:   jsii.String("Custom::FargateFIPSMode"),
		Properties:     &map[string]any{"Code": version},
		ServiceTimeout: awscdk.Duration_Minutes(jsii.Number(5)),
		RemovalPolicy:  awscdk.RemovalPolicy_RETAIN,
	})
	mode.Node().AddDependency(by.policy)
	for _, rule := range after {
		mode.Node().AddDependency(rule)
	}
}
