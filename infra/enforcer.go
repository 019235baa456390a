package main

import (
	"fmt"

	"fipsguard/internal/config"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

type enforcerProps struct {
	Options Options
	Code    awslambda.Code
	Key     awskms.IKey
	Topic   awssns.ITopic
	Failed  awssqs.IQueue
}

// enforcer is the function that corrects, with what it may do.
type enforcer struct {
	function awslambda.Function
	policy   awsiam.ManagedPolicy
}

func newEnforcer(stack awscdk.Stack, props enforcerProps) (enforcer, error) {
	scope := constructs.NewConstruct(stack, jsii.String("Enforcer"))
	environment, err := enforcerEnvironment(props)
	if err != nil {
		return enforcer{}, err
	}
	role, policy := enforcerRole(stack, scope, props)
	// The function finds its log group by name: GovCloud does not offer
	// Lambda's logging configuration.
	logs := awslogs.NewLogGroup(scope, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/lambda/" + enforcerName),
		EncryptionKey: props.Key,
		Retention:     props.Options.LogRetention,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	function := awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName:                 jsii.String(enforcerName),
		Description:                  jsii.String("Turns FIPS-140 mode of AWS Fargate back on and corrects what runs without it"),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 architecture(props.Options.Architecture),
		Handler:                      jsii.String("bootstrap"),
		Code:                         props.Code,
		MemorySize:                   jsii.Number(256),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(60)),
		ReservedConcurrentExecutions: props.Options.ReservedConcurrency,
		Environment:                  environment,
		Role:                         role.WithoutPolicyUpdates(nil), // grants are said in permissions.go, once
		Tracing:                      awslambda.Tracing_ACTIVE,
		DeadLetterQueue:              props.Failed,
		RetryAttempts:                jsii.Number(2),
		MaxEventAge:                  awscdk.Duration_Hours(jsii.Number(6)),
	})
	function.Node().AddDependency(logs, policy)
	if len(props.Options.Subnets) > 0 {
		function.Node().DefaultChild().(awslambda.CfnFunction).SetVpcConfig(awslambda.CfnFunction_VpcConfigProperty{
			SubnetIds:        jsii.Strings(props.Options.Subnets...),
			SecurityGroupIds: jsii.Strings(props.Options.SecurityGroups...),
		})
	}
	suppressFindings(function, policy, props.Options)
	return enforcer{function, policy}, nil
}

// enforcerEnvironment is what internal/config reads back, and FIPS endpoints.
func enforcerEnvironment(props enforcerProps) (*map[string]*string, error) {
	settings := config.Enforcer{
		TopicARN: *props.Topic.TopicArn(),
		Mode:     "enforce",
		LogLevel: props.Options.LogLevel,
		Policy:   props.Options.Policy,
	}
	if props.Options.Audit {
		settings.Mode = "audit"
	}
	variables := settings.Environment()
	variables["AWS_USE_FIPS_ENDPOINT"] = "true"
	if err := config.CheckEnvironment(variables); err != nil {
		return nil, fmt.Errorf("the enforcer: %w", err)
	}
	environment := map[string]*string{}
	for name, value := range variables {
		environment[name] = jsii.String(value)
	}
	return &environment, nil
}

// enforcerRole is of a name that an SCP can know. Roles are global, hence the
// Region in it.
func enforcerRole(stack awscdk.Stack, scope constructs.Construct, props enforcerProps) (awsiam.Role, awsiam.ManagedPolicy) {
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:    awscdk.Fn_Sub(jsii.String(enforcerName+"-${AWS::Region}"), nil),
		Description: jsii.String("What fipsguard's enforcer may do in this Region"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	policy := awsiam.NewManagedPolicy(scope, jsii.String("Policy"), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: awscdk.Fn_Sub(jsii.String(enforcerName+"-${AWS::Region}"), nil),
		Description:       jsii.String("The calls of fipsguard's enforcer in this Region"),
		Statements:        statements(grants(stack, props), props.Options.Audit),
		Roles:             &[]awsiam.IRole{role},
	})
	return role, policy
}

// enforcerRoleARN is known before the role is there.
func enforcerRoleARN(stack awscdk.Stack) *string {
	return jsii.String("arn:" + *stack.Partition() + ":iam::" + *stack.Account() + ":role/" + enforcerName + "-" + *stack.Region())
}

func architecture(name string) awslambda.Architecture {
	if name == "arm64" {
		return awslambda.Architecture_ARM_64()
	}
	return awslambda.Architecture_X86_64()
}
