package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/jsii-runtime-go"
)

// checkOnDeploy has the enforcer check the account setting, and turn FIPS mode on
// unless it only audits, when the stack is created and when its code or its mode
// changes: CloudFormation invokes the function with a request for a custom
// resource and waits for the answer.
// Deleting the stack never turns FIPS mode off: CloudFormation retains the
// resource, and the enforcer answers a Delete without a call.
//
// The alarms come after it: one that takes silence for bad news would go off
// before the guard was first heard.
func checkOnDeploy(stack awscdk.Stack, by function, after []awsevents.CfnRule, version *string, p parameters, before []awscloudwatch.Alarm) {
	check := awscdk.NewCustomResource(stack, jsii.String("FargateFIPSMode"), &awscdk.CustomResourceProps{
		ServiceToken:   by.FunctionArn(),
		ResourceType:   jsii.String("Custom::FargateFIPSMode"),
		Properties:     &map[string]any{"Code": version, "Mode": p.mode},
		ServiceTimeout: awscdk.Duration_Minutes(jsii.Number(5)),
		RemovalPolicy:  awscdk.RemovalPolicy_RETAIN,
	})
	check.Node().AddDependency(by.policy)
	for _, rule := range after {
		check.Node().AddDependency(rule)
	}
	for _, alarm := range before {
		alarm.Node().AddDependency(check)
	}
}
