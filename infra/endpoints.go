package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newEndpoints gives a function in a VPC its way to AWS: interface endpoints
// with private DNS, in the function's subnets. Which of a service's names serve
// its FIPS endpoint differs from service to service and is not documented for
// all, so the names are the deployer's to choose.
func newEndpoints(stack awscdk.Stack, options Options) {
	if len(options.Endpoints) == 0 {
		return
	}
	scope := constructs.NewConstruct(stack, jsii.String("Endpoints"))
	for _, name := range options.Endpoints {
		awsec2.NewCfnVPCEndpoint(scope, jsii.String(logicalName(strings.ReplaceAll(name, ".", "-"))), &awsec2.CfnVPCEndpointProps{
			ServiceName:       awscdk.Fn_Sub(jsii.String("com.amazonaws.${AWS::Region}."+name), nil),
			VpcEndpointType:   jsii.String("Interface"),
			VpcId:             jsii.String(options.VPC),
			SubnetIds:         anyOf(options.Subnets),
			SecurityGroupIds:  anyOf(options.SecurityGroups),
			PrivateDnsEnabled: jsii.Bool(true),
		})
	}
}

// anyOf is a list as jsii takes it where CloudFormation takes references, too.
func anyOf(list []string) *[]any {
	items := make([]any, len(list))
	for i, item := range list {
		items[i] = item
	}
	return &items
}
