package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// suppressFindings says why a function may break rules of cdk-nag. A test counts
// all suppressions.
func suppressFindings(function awslambda.Function, policy constructs.Construct, props functionProps) {
	suppress(policy, "AwsSolutions-IAM5",
		"Tasks, services and log streams to come are not known by name, and for account settings, task definitions, scalable targets "+
			"and traces AWS has no resource-level permissions. The writes of settings are limited to fargateFIPSMode by a condition, "+
			"and reports are written below one bucket.")
	if props.Concurrency == nil {
		suppress(function, "NIST.800.53.R5-LambdaConcurrency",
			"An account whose quota is small refuses to reserve executions, and then the whole stack; the context reservedConcurrency reserves some.")
	}
	if len(props.Options.Subnets) == 0 {
		suppress(function, "NIST.800.53.R5-LambdaInsideVPC",
			"The function calls AWS's FIPS endpoints only and accepts no connections; the contexts subnets and securityGroups put it into a VPC.")
	}
}

// suppressBucketFindings says why the bucket of evidence may.
func suppressBucketFindings(bucket awss3.Bucket) {
	const access = "Who reads or writes evidence is for a trail's data events, which CloudTrail keeps with who and from where; " +
		"server access logs would need a second bucket that nobody watches."
	suppress(bucket, "AwsSolutions-S1", access)
	suppress(bucket, "NIST.800.53.R5-S3BucketLoggingEnabled", access)
	suppress(bucket, "NIST.800.53.R5-S3BucketReplicationEnabled",
		"To which account and Region evidence is copied is the deployer's decision, and may not leave the authorization boundary by default.")
}

func suppress(construct constructs.IConstruct, rule, reason string) {
	suppressOn(construct.Node().DefaultChild(), rule, reason)
}

// suppressOn is suppress of a construct that is a resource itself.
func suppressOn(resource constructs.IConstruct, rule, reason string) {
	cdknag.NagSuppressions_AddResourceSuppressions(resource, &[]*cdknag.NagPackSuppression{{
		Id: jsii.String(rule), Reason: jsii.String(reason),
	}}, nil)
}
