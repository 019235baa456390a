package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newEndpoints gives the functions in a VPC without a way out their way to AWS:
// an interface endpoint with private DNS for each service, which the functions'
// security groups may reach, and S3's gateway for CloudFormation's answers.
func newEndpoints(stack awscdk.Stack, options Options) {
	if options.VPC == "" {
		return
	}
	scope := constructs.NewConstruct(stack, jsii.String("Endpoints"))
	group := newEndpointGroup(scope, options)
	chosen, _ := options.endpoints()
	names := slices.Sorted(maps.Values(chosen))
	for _, name := range slices.Compact(names) { // one may serve two services
		props := &awsec2.CfnVPCEndpointProps{
			ServiceName:       endpointService(name),
			VpcEndpointType:   jsii.String("Interface"),
			VpcId:             jsii.String(options.VPC),
			SubnetIds:         anyOf(options.Subnets),
			SecurityGroupIds:  &[]any{group.AttrGroupId()},
			PrivateDnsEnabled: jsii.Bool(true),
		}
		if chosen["s3"] == name { // else S3's names would resolve for callers from outside the VPC only
			props.DnsOptions = &awsec2.CfnVPCEndpoint_DnsOptionsSpecificationProperty{
				PrivateDnsOnlyForInboundResolverEndpoint: jsii.String("AllResolvers"),
			}
		}
		awsec2.NewCfnVPCEndpoint(scope, jsii.String(logicalName(strings.ReplaceAll(name, ".", "-"))), props)
	}
	if len(options.RouteTables) == 0 {
		return // the VPC has it
	}
	awsec2.NewCfnVPCEndpoint(scope, jsii.String("Answers"), &awsec2.CfnVPCEndpointProps{
		ServiceName:     endpointService("s3"),
		VpcEndpointType: jsii.String("Gateway"),
		VpcId:           jsii.String(options.VPC),
		RouteTableIds:   anyOf(options.RouteTables),
	})
}

// newEndpointGroup lets the functions in, and nobody else.
func newEndpointGroup(scope constructs.Construct, options Options) awsec2.CfnSecurityGroup {
	rules := make([]any, len(options.SecurityGroups))
	for i, from := range options.SecurityGroups {
		rules[i] = &awsec2.CfnSecurityGroup_IngressProperty{
			Description:           jsii.String("HTTPS from the functions"),
			IpProtocol:            jsii.String("tcp"),
			FromPort:              jsii.Number(443),
			ToPort:                jsii.Number(443),
			SourceSecurityGroupId: jsii.String(from),
		}
	}
	return awsec2.NewCfnSecurityGroup(scope, jsii.String("Group"), &awsec2.CfnSecurityGroupProps{
		GroupDescription:     jsii.String("Endpoints of fipsguard: HTTPS from its functions"),
		VpcId:                jsii.String(options.VPC),
		SecurityGroupIngress: &rules,
	})
}

// endpointService is a whole name, or one after this Region's beginning.
func endpointService(name string) *string {
	if strings.HasPrefix(name, "com.amazonaws.") {
		return jsii.String(name)
	}
	return awscdk.Fn_Sub(jsii.String("com.amazonaws.${AWS::Region}."+name), nil)
}

// anyOf is a list as jsii takes it where CloudFormation takes references, too.
func anyOf(list []string) *[]any {
	items := make([]any, len(list))
	for i, item := range list {
		items[i] = item
	}
	return &items
}
