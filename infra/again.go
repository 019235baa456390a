package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// leaveExistingLogs lets a guard be deployed where one has been. Of what stays
// when a stack goes only the log groups have names that the next stack needs,
// since Lambda makes the names: with LogGroups=existing the stack creates none
// and writes to those that are there. StackSets cannot import, but can set a
// parameter for one account.
//
// A function is to be created after its log group. DependsOn takes no condition,
// but what a resource's metadata refers to is created before it, too.
func leaveExistingLogs(stack awscdk.Stack, functions ...function) {
	parameter := awscdk.NewCfnParameter(stack, jsii.String("LogGroups"), &awscdk.CfnParameterProps{
		Description:   jsii.String("existing where the log groups of an earlier guard are still there; the stack then creates none"),
		Default:       jsii.String("create"),
		AllowedValues: jsii.Strings("create", "existing"),
	})
	create := awscdk.NewCfnCondition(stack, jsii.String("CreateLogGroups"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionEquals(parameter.ValueAsString(), "create"),
	})
	for _, f := range functions {
		logs := f.logs.Node().DefaultChild().(awslogs.CfnLogGroup)
		logs.CfnOptions().SetCondition(create)
		f.Node().DefaultChild().(awslambda.CfnFunction).AddMetadata(jsii.String("Logs"),
			awscdk.Fn_ConditionIf(create.LogicalId(), logs.Ref(), awscdk.Aws_NO_VALUE()))
	}
}
