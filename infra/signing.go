package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
)

// newSigningKey is the key with which the verifier signs what it keeps, one in
// an account and Region. The account administers it without kms:Sign and
// without grants: nobody but the verifier's role signs, unless somebody changes
// the key's policy, which the tamper rules report. Whoever may by their own
// policy reads the public key. The key stays when the stack goes, and what it
// signed can be verified.
func newSigningKey(stack awscdk.Stack) awskms.Key {
	role := roleARN(stack, product.Verifier)
	account := &[]awsiam.IPrincipal{awsiam.NewAccountRootPrincipal()}
	this := jsii.Strings("*") // in a key's policy: this key
	return awskms.NewKey(stack, jsii.String("SigningKey"), &awskms.KeyProps{
		Alias:         jsii.String("alias/" + product.SigningKey),
		Description:   jsii.String("fipsguard: signatures of reports"),
		KeySpec:       awskms.KeySpec_ECC_NIST_P384,
		KeyUsage:      awskms.KeyUsage_SIGN_VERIFY,
		PendingWindow: awscdk.Duration_Days(jsii.Number(30)),
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		Policy: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &[]awsiam.PolicyStatement{
			awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid: jsii.String("AdministerWithoutSigning"), Principals: account, Resources: this,
				Actions: jsii.Strings(
					"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
					"kms:GetKeyPolicy", "kms:GetPublicKey", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy",
					"kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias",
					"kms:UpdateKeyDescription", "kms:Verify",
				),
			}),
			awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid: jsii.String("TheVerifierSigns"), Principals: account, Resources: this, Actions: jsii.Strings("kms:Sign"),
				Conditions: &map[string]any{
					"ArnEquals":    map[string]any{"aws:PrincipalArn": role},
					"StringEquals": map[string]any{"kms:SigningAlgorithm": "ECDSA_SHA_384", "kms:MessageType": "DIGEST"},
				},
			}),
			awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid: jsii.String("NobodyElseSigns"), Effect: awsiam.Effect_DENY, Resources: this,
				Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
				Actions:    jsii.Strings("kms:Sign", "kms:CreateGrant"),
				Conditions: &map[string]any{"ArnNotEquals": map[string]any{"aws:PrincipalArn": role}},
			}),
		}}),
	})
}
