package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
)

// newAccountStack is the guard for the account and Region that it is deployed
// to; `cdk deploy` uploads the code.
func newAccountStack(app awscdk.App, options Options, code zips) (deployment, error) {
	stack := awscdk.NewStack(app, jsii.String(accountStack), &awscdk.StackProps{
		Description:           jsii.String("fipsguard: keeps FIPS-140 mode of AWS Fargate on in this account and Region"),
		TerminationProtection: jsii.Bool(true),
	})
	verifier, err := newGuard(stack, options, codes{
		enforcer: awslambda.Code_FromAsset(jsii.String(code.enforcer.file), nil),
		gate:     awslambda.Code_FromAsset(jsii.String(code.gate.file), nil),
		verifier: awslambda.Code_FromAsset(jsii.String(code.verifier.file), nil),
	}, jsii.String(code.enforcer.sha256))
	return deployment{stack, verifier, code}, err
}

// newOrganizationStack is the same guard as a template for StackSets: it needs
// no bootstrapped account and takes the code from a bucket in its own Region
// (docs/organization.md).
func newOrganizationStack(app awscdk.App, options Options, code zips) (deployment, error) {
	stack := awscdk.NewStack(app, jsii.String(organizationStack), &awscdk.StackProps{
		Description: jsii.String("fipsguard for StackSets: keeps FIPS-140 mode of AWS Fargate on in this account and Region"),
		Synthesizer: awscdk.NewBootstraplessSynthesizer(nil),
	})
	awscdk.NewCfnParameter(stack, jsii.String("CodeBucketPrefix"), &awscdk.CfnParameterProps{
		Description:    jsii.String("The code's bucket is called PREFIX-REGION; every account of the organization can read it"),
		AllowedPattern: jsii.String("[a-z0-9][a-z0-9-]{1,47}"),
	})
	keyOf := func(parameter, name string, code zip) *string {
		return awscdk.NewCfnParameter(stack, jsii.String(parameter), &awscdk.CfnParameterProps{
			Description: jsii.String("The key of the " + name + "'s zip; it holds the zip's SHA-256, so that new code is a new key"),
			Default:     jsii.String("fipsguard/" + name + "-" + options.Architecture + "-" + code.sha256 + ".zip"),
		}).ValueAsString()
	}
	enforcer := keyOf("EnforcerKey", "enforcer", code.enforcer)
	gate := keyOf("GateKey", "gate", code.gate)
	verifier := keyOf("VerifierKey", "verifier", code.verifier)
	bucket := awss3.Bucket_FromBucketName(stack, jsii.String("Code"),
		awscdk.Fn_Sub(jsii.String("${CodeBucketPrefix}-${AWS::Region}"), nil))
	working, err := newGuard(stack, options, codes{
		enforcer: awslambda.Code_FromBucketV2(bucket, enforcer, nil),
		gate:     awslambda.Code_FromBucketV2(bucket, gate, nil),
		verifier: awslambda.Code_FromBucketV2(bucket, verifier, nil),
	}, enforcer)
	if err != nil {
		return deployment{}, err
	}
	awscdk.Annotations_Of(stack).AcknowledgeWarning(jsii.String("@aws-cdk/aws-lambda:codeFromBucketObjectVersionNotSpecified"),
		jsii.String("The key names the code's hash, so that new code is seen without a version"))
	return deployment{stack, working, code}, nil
}
