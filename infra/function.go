package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

type functionProps struct {
	Name        string // of the function; its role and policy have the Region behind it
	Description string
	Code        awslambda.Code
	MemorySize  float64  // MB
	Timeout     float64  // seconds
	Concurrency *float64 // executions kept for it; nil keeps none
	Environment map[string]string
	Grants      []grant
	Reads       []grant // of the self-check, in a policy of their own: IAM's policies are short
	Options     Options
	Parameters  parameters
	Key         awskms.IKey
	Failed      awssqs.IQueue
}

// function is one of the guard's, with the only policy of its role.
type function struct {
	awslambda.Function
	policy constructs.Construct
	logs   awslogs.LogGroup
}

// newFunction makes a function with its role and logs.
func newFunction(stack awscdk.Stack, id string, props functionProps) function {
	scope := constructs.NewConstruct(stack, jsii.String(id))
	role, policy := newRole(scope, props)
	if len(props.Reads) > 0 {
		name := awscdk.Fn_Sub(jsii.String(props.Name+"-selfcheck-${AWS::Region}"), nil)
		reading := newPolicyOf(scope, "SelfCheck", name, "What "+props.Name+" reads of the guard in this Region", role, props.Reads)
		suppress(reading, "AwsSolutions-IAM5", "It only reads: the guard's own resources by the beginning of their names, and lists that take no resource.")
	}
	// The function finds its log group by name: GovCloud does not offer
	// Lambda's logging configuration.
	logs := awslogs.NewLogGroup(scope, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/lambda/" + props.Name),
		EncryptionKey: props.Key,
		Retention:     props.Options.LogRetention,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	made := awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName:                 jsii.String(props.Name),
		Description:                  jsii.String(props.Description),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 architecture(props.Options.Architecture),
		Handler:                      jsii.String("bootstrap"),
		Code:                         props.Code,
		MemorySize:                   jsii.Number(props.MemorySize),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(props.Timeout)),
		ReservedConcurrentExecutions: props.Concurrency,
		Environment:                  environmentOf(props),
		Role:                         role.WithoutPolicyUpdates(nil), // grants are said in permissions.go, once
		Tracing:                      tracing(props.Options),
		DeadLetterQueue:              props.Failed,
		RetryAttempts:                jsii.Number(2),
		MaxEventAge:                  awscdk.Duration_Hours(jsii.Number(6)),
	})
	made.Node().AddDependency(policy)
	if len(props.Options.Subnets) > 0 {
		made.Node().DefaultChild().(awslambda.CfnFunction).SetVpcConfig(awslambda.CfnFunction_VpcConfigProperty{
			SubnetIds:        jsii.Strings(props.Options.Subnets...),
			SecurityGroupIds: jsii.Strings(props.Options.SecurityGroups...),
		})
	}
	suppressFindings(made, policy, props)
	return function{made, policy, logs}
}

// environmentOf is what internal/config reads back, and FIPS endpoints.
func environmentOf(props functionProps) *map[string]*string {
	environment := map[string]*string{"AWS_USE_FIPS_ENDPOINT": jsii.String("true")}
	for name, value := range props.Environment {
		environment[name] = jsii.String(value)
	}
	return &environment
}

// newRole is of a name that an SCP can know. Roles are global, hence the Region
// in it.
func newRole(scope constructs.Construct, props functionProps) (awsiam.Role, constructs.Construct) {
	name := awscdk.Fn_Sub(jsii.String(props.Name+"-${AWS::Region}"), nil)
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:    name,
		Description: jsii.String("What " + props.Name + " may do in this Region"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	return role, newPolicyOf(scope, "Policy", name, "The calls of "+props.Name+" in this Region", role, props.Grants)
}

// newPolicyOf is a policy of a role. The CDK's own policies know no
// statement with a condition of the template.
func newPolicyOf(scope constructs.Construct, id string, name *string, about string, role awsiam.Role, grants []grant) constructs.Construct {
	policy := constructs.NewConstruct(scope, jsii.String(id))
	awsiam.NewCfnManagedPolicy(policy, jsii.String("Resource"), &awsiam.CfnManagedPolicyProps{
		ManagedPolicyName: name,
		Description:       jsii.String(about),
		Path:              jsii.String("/"), // another one would replace it
		PolicyDocument:    map[string]any{"Version": "2012-10-17", "Statement": statements(grants)},
		Roles:             &[]any{role.RoleName()},
	})
	return policy
}

// roleARN is known before the role is there.
func roleARN(stack awscdk.Stack, function string) *string {
	return jsii.String("arn:" + *stack.Partition() + ":iam::" + *stack.Account() + ":role/" + function + "-" + *stack.Region())
}

// tracing is off unless somebody wants it: the check of each minute is below
// X-Ray's sampling reservoir, so that every one would be traced.
func tracing(options Options) awslambda.Tracing {
	if options.Tracing {
		return awslambda.Tracing_ACTIVE
	}
	return awslambda.Tracing_DISABLED
}

func architecture(name string) awslambda.Architecture {
	if name == "arm64" {
		return awslambda.Architecture_ARM_64()
	}
	return awslambda.Architecture_X86_64()
}
