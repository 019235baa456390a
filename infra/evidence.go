package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newEvidence is the bucket of the reports. Nobody but the verifier writes to it
// and nobody deletes from it; Object Lock keeps every version for its time, in
// governance mode, and a life cycle follows. The bucket stays when the stack goes
// and cannot be deleted before its time, so that each stack has one of its own: the
// beginning of the stack's ID is in its name.
func newEvidence(stack awscdk.Stack, key awskms.IKey, options Options) awss3.Bucket {
	scope := constructs.NewConstruct(stack, jsii.String("Evidence"))
	bucket := awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		BucketName:                 awscdk.Fn_Sub(jsii.String(product.Evidence+"-${AWS::AccountId}-${AWS::Region}-${Stack}"), &map[string]*string{"Stack": beginningOfID(stack)}),
		Encryption:                 awss3.BucketEncryption_KMS,
		EncryptionKey:              key,
		BucketKeyEnabled:           jsii.Bool(true),
		BlockPublicAccess:          awss3.BlockPublicAccess_BLOCK_ALL(),
		EnforceSSL:                 jsii.Bool(true),
		Versioned:                  jsii.Bool(true),
		ObjectLockEnabled:          jsii.Bool(true),
		ObjectLockDefaultRetention: awss3.ObjectLockRetention_Governance(awscdk.Duration_Days(jsii.Number(options.EvidenceDays))),
		LifecycleRules:             lifeCycle(options),
		RemovalPolicy:              awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	onlyTheVerifierWrites(stack, bucket)
	bucket.Policy().ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE) // evidence stays protected as well
	suppressBucketFindings(bucket)
	awscdk.NewCfnOutput(stack, jsii.String("EvidenceBucket"), &awscdk.CfnOutputProps{
		Description: jsii.String("The bucket of the reports; it stays when the stack goes"), Value: bucket.BucketName(),
	})
	return bucket
}

// statesKept are versions of the state that stay, however old: the verifier compares
// the newest with the one that it replaced.
const statesKept = 10

// lifeCycle is what becomes of objects once their lock is over. Older versions of the
// verifier's state go; reports stay, unless the options say for how long. No policy of
// the bucket stops S3's own life cycle.
func lifeCycle(options Options) *[]*awss3.LifecycleRule {
	rules := []*awss3.LifecycleRule{{
		Id: jsii.String("OlderStates"), Prefix: jsii.String("state/"), NoncurrentVersionsToRetain: jsii.Number(statesKept),
		NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(options.EvidenceDays)),
	}}
	if options.ReportsDays > 0 {
		rules = append(rules, &awss3.LifecycleRule{
			Id: jsii.String("Reports"), Prefix: jsii.String("reports/"), Expiration: awscdk.Duration_Days(jsii.Number(options.ReportsDays)),
			NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(1)),
		})
	}
	return &rules
}

// beginningOfID is the first part of the UUID at the end of the stack's ARN.
func beginningOfID(stack awscdk.Stack) *string {
	uuid := awscdk.Fn_Select(jsii.Number(2), awscdk.Fn_Split(jsii.String("/"), stack.StackId(), nil))
	return awscdk.Fn_Select(jsii.Number(0), awscdk.Fn_Split(jsii.String("-"), uuid, nil))
}

// onlyTheVerifierWrites refuses writes by anybody else, whatever their own
// policies say, and deletions by everybody: a marker would free a key for a new
// first object, which Object Lock does not prevent. AWS's services write nothing
// here. The bucket's policy, which the stack sets, can be changed by who may;
// the tamper rules report that.
func onlyTheVerifierWrites(stack awscdk.Stack, bucket awss3.Bucket) {
	refuse := func(sid string, conditions map[string]any, actions ...string) {
		props := &awsiam.PolicyStatementProps{
			Sid: jsii.String(sid), Effect: awsiam.Effect_DENY, Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
			Actions: jsii.Strings(actions...), Resources: jsii.Strings(*bucket.BucketArn() + "/*"),
		}
		if conditions != nil {
			props.Conditions = &conditions
		}
		bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(props))
	}
	refuse("OnlyTheVerifierWrites", map[string]any{"ArnNotEquals": map[string]any{"aws:PrincipalArn": roleARN(stack, product.Verifier)}},
		"s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging", "s3:PutObjectVersionAcl", "s3:PutObjectVersionTagging", "s3:AbortMultipartUpload")
	refuse("NobodyDeletes", nil,
		"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", "s3:RestoreObject",
		"s3:BypassGovernanceRetention", "s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
}
