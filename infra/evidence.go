package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newEvidence is the bucket of the reports. Nobody changes or deletes one
// before its time: Object Lock keeps every version, in governance mode, which
// whoever has s3:BypassGovernanceRetention can still lift. The bucket stays
// when the stack goes.
func newEvidence(stack awscdk.Stack, key awskms.IKey, options Options) awss3.Bucket {
	scope := constructs.NewConstruct(stack, jsii.String("Evidence"))
	bucket := awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		BucketName:                 awscdk.Fn_Sub(jsii.String(product.Evidence+"-${AWS::AccountId}-${AWS::Region}"), nil),
		Encryption:                 awss3.BucketEncryption_KMS,
		EncryptionKey:              key,
		BucketKeyEnabled:           jsii.Bool(true),
		BlockPublicAccess:          awss3.BlockPublicAccess_BLOCK_ALL(),
		EnforceSSL:                 jsii.Bool(true),
		Versioned:                  jsii.Bool(true),
		ObjectLockEnabled:          jsii.Bool(true),
		ObjectLockDefaultRetention: awss3.ObjectLockRetention_Governance(awscdk.Duration_Days(jsii.Number(options.EvidenceDays))),
		RemovalPolicy:              awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	suppressBucketFindings(bucket)
	return bucket
}
