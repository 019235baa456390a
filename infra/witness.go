package main

import (
	"fipsguard/internal/product"
	"fipsguard/internal/witness"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newWitness makes what a witness takes, where someone names subnets for it: a
// repository, to which `fipsguard witness push` uploads the image, a cluster, and a
// task definition that names the image by its digest. It has no task role, no log
// and no way in.
func newWitness(stack awscdk.Stack, options Options) {
	if len(options.WitnessSubnets) == 0 {
		return
	}
	scope := constructs.NewConstruct(stack, jsii.String("Witness"))
	repository := awsecr.NewCfnRepository(scope, jsii.String("Repository"), &awsecr.CfnRepositoryProps{
		RepositoryName:     jsii.String(product.Witness),
		ImageTagMutability: jsii.String("IMMUTABLE"),
		EmptyOnDelete:      jsii.Bool(true), // the image can be pushed again
	})
	cluster := awsecs.NewCfnCluster(scope, jsii.String("Cluster"), &awsecs.CfnClusterProps{ClusterName: jsii.String(product.Witness)})
	suppressOn(cluster, "AwsSolutions-ECS4",
		"Container Insights would charge for metrics of one task a day that ends at once; its exit code is the result.")
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:    awscdk.Fn_Sub(jsii.String(product.Witness+"-${AWS::Region}"), nil),
		Description: jsii.String("Lets ECS pull the witness's image"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
	policy := newPolicyOf(scope, "Policy", awscdk.Fn_Sub(jsii.String(product.Witness+"-${AWS::Region}"), nil), "Lets ECS pull the witness's image", role, []grant{
		{sid: "SignIn", actions: []string{"ecr:GetAuthorizationToken"}, resources: []string{"*"}}, // AWS knows no resource for it
		{
			sid: "Pull", actions: []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
			resources: []string{*repository.AttrArn()},
		},
	})
	suppress(policy, "AwsSolutions-IAM5", "AWS has no resource-level permission for ecr:GetAuthorizationToken; what it signs in for, the other statement limits to one repository.")
	definition := awsecs.NewCfnTaskDefinition(scope, jsii.String("Definition"), &awsecs.CfnTaskDefinitionProps{
		Family:                  jsii.String(product.Witness),
		RequiresCompatibilities: jsii.Strings("FARGATE"),
		NetworkMode:             jsii.String("awsvpc"),
		Cpu:                     jsii.String("256"),
		Memory:                  jsii.String("512"), // the least that Fargate offers
		RuntimePlatform:         awsecs.CfnTaskDefinition_RuntimePlatformProperty{CpuArchitecture: jsii.String("X86_64"), OperatingSystemFamily: jsii.String("LINUX")},
		ExecutionRoleArn:        role.RoleArn(),
		ContainerDefinitions: []any{awsecs.CfnTaskDefinition_ContainerDefinitionProperty{
			Name:                   jsii.String("witness"),
			Image:                  jsii.String(*repository.AttrRepositoryUri() + "@" + witness.Digest),
			Essential:              jsii.Bool(true),
			ReadonlyRootFilesystem: jsii.Bool(true),
			User:                   jsii.String("65534"),
		}},
	})
	suppressOn(definition, "AwsSolutions-ECS7", "The witness's result is its exit code; it needs no log, and so no permission to write one.")
	definition.Node().AddDependency(policy)
}

// witnessGrants are the calls with which the verifier launches a witness, and reads
// back what was deployed for it. A witness is a test that someone asked for, so
// audit mode has it, too.
func witnessGrants(stack awscdk.Stack) []grant {
	return []grant{
		{sid: "LookAtWitnessesCluster", actions: []string{"ecs:DescribeClusters"}, resources: []string{*arnOf(stack, "ecs", "cluster/"+product.Witness)}},
		{
			sid: "LookAtWitnessesRepository", resources: []string{*arnOf(stack, "ecr", "repository/"+product.Witness)},
			actions: []string{"ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy"},
		},
		{
			sid: "LaunchWitnesses", actions: []string{"ecs:RunTask"}, resources: []string{*arnOf(stack, "ecs", "task-definition/"+product.Witness+":*")},
			conditions: map[string]any{"ArnEquals": map[string]any{"ecs:cluster": *arnOf(stack, "ecs", "cluster/"+product.Witness)}},
		},
		{
			sid: "PassTheWitnessItsRole", actions: []string{"iam:PassRole"}, resources: []string{*roleARN(stack, product.Witness)},
			conditions: map[string]any{"StringEquals": map[string]any{"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
		},
	}
}
