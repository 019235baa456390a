package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// grant is one statement of the enforcer's policy.
type grant struct {
	sid        string
	actions    []string
	resources  []string
	conditions map[string]any
	write      bool // changes a workload or a setting: not granted in audit mode
}

// grants are the calls that the enforcer makes, no more: a test compares them
// with the code. "*" stands only where ECS knows no resource-level permission.
func grants(stack awscdk.Stack, props enforcerProps) []grant {
	list := []grant{
		{
			sid:     "KeepFIPSModeOn",
			actions: []string{"ecs:PutAccountSettingDefault", "ecs:PutAccountSetting"}, resources: []string{"*"},
			conditions: map[string]any{"StringEquals": map[string]any{"ecs:account-setting": "fargateFIPSMode"}},
			write:      true,
		},
		{
			sid:       "Look",
			actions:   []string{"ecs:ListAccountSettings", "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions", "application-autoscaling:DescribeScalableTargets"},
			resources: []string{"*"},
		},
		{sid: "LookAtTasks", actions: []string{"ecs:DescribeTasks"}, resources: []string{*arnOf(stack, "ecs", "task/*")}},
		{sid: "LookAtServices", actions: []string{"ecs:DescribeServices"}, resources: []string{*arnOf(stack, "ecs", "service/*")}},
		{sid: "WithdrawDefinitions", actions: []string{"ecs:DeregisterTaskDefinition"}, resources: []string{"*"}, write: true},
		{sid: "StopTasks", actions: []string{"ecs:StopTask"}, resources: []string{*arnOf(stack, "ecs", "task/*")}, write: true},
		{sid: "CorrectServices", actions: []string{"ecs:UpdateService"}, resources: []string{*arnOf(stack, "ecs", "service/*")}, write: true},
		{sid: "Alert", actions: []string{"sns:Publish"}, resources: []string{*props.Topic.TopicArn()}},
		{sid: "DeadLetter", actions: []string{"sqs:SendMessage"}, resources: []string{*props.Failed.QueueArn()}},
		{sid: "WriteEncrypted", actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, resources: []string{*props.Key.KeyArn()}},
		{
			sid:       "Log",
			actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			resources: []string{*arnOf(stack, "logs", "log-group:/aws/lambda/"+enforcerName+":*")},
		},
		{sid: "Trace", actions: []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, resources: []string{"*"}},
	}
	if len(props.Options.RollBackRoles) > 0 {
		// UpdateService with a task definition passes that definition's roles
		// (seen in operators' AccessDenied reports). Without this the roll-back
		// of a service whose definition has roles is refused, and reported so.
		list = append(list, grant{
			sid: "RollBackServices", actions: []string{"iam:PassRole"}, resources: props.Options.RollBackRoles,
			conditions: map[string]any{"StringEquals": map[string]any{"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
			write:      true,
		})
	}
	if len(props.Options.Subnets) > 0 {
		list = append(list, grant{
			sid: "LiveInVPC", resources: []string{"*"},
			actions: []string{"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"},
		})
	}
	return list
}

// statements leaves the writes out in audit mode.
func statements(list []grant, audit bool) *[]awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	for _, g := range list {
		if g.write && audit {
			continue
		}
		props := &awsiam.PolicyStatementProps{
			Sid:       jsii.String(g.sid),
			Actions:   jsii.Strings(g.actions...),
			Resources: jsii.Strings(g.resources...),
		}
		if g.conditions != nil {
			props.Conditions = &g.conditions
		}
		statements = append(statements, awsiam.NewPolicyStatement(props))
	}
	return &statements
}
