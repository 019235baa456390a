package main

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"
)

// newPolicy is the policy document, which the gate and the verifier read while
// they run. CloudFormation writes it when it makes the stack, and again only
// when the document in the template changes: what an approver wrote since stays.
// The advanced tier holds 8 KB.
func newPolicy(stack awscdk.Stack, p parameters, options Options) {
	awsssm.NewCfnParameter(stack, jsii.String("PolicyDocument"), &awsssm.CfnParameterProps{
		Name:        p.policy,
		Description: jsii.String("fipsguard: what the guard may do about workloads (docs/policy.md)"),
		Type:        jsii.String("String"),
		Tier:        jsii.String("Advanced"),
		Value:       jsii.String(cmp.Or(options.Policy, `{"version": 1}`)),
	})
}
