package main

import (
	"maps"

	"fipsguard/infra/integrity"
	"fipsguard/internal/product"
	"fipsguard/internal/trail"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newSecurityChannel sends tamper events and writes of the setting to another
// account's event bus, as CloudTrail recorded them. It shares nothing with the
// alert topic: rules, role, queue and key are its own, so that what silences one
// channel is reported on the other.
func newSecurityChannel(stack awscdk.Stack, props tamperProps, options Options) error {
	if options.SecurityBus == "" {
		return nil
	}
	scope := constructs.NewConstruct(stack, jsii.String("SecurityChannel"))
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:  awscdk.Fn_Sub(jsii.String(product.Prefix+"security-channel-${AWS::Region}"), nil),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
	})
	awsiam.NewManagedPolicy(scope, jsii.String("Policy"), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: awscdk.Fn_Sub(jsii.String(product.Prefix+"security-channel-${AWS::Region}"), nil),
		Roles:             &[]awsiam.IRole{role},
		Statements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("events:PutEvents"), Resources: jsii.Strings(options.SecurityBus),
		})},
	})
	undelivered := awssqs.NewQueue(scope, jsii.String("Undelivered"), &awssqs.QueueProps{
		QueueName:       jsii.String(product.Prefix + "security-undelivered"),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED, // not the key of the other channel
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
	suppress(undelivered, "AwsSolutions-SQS3", "It is a queue of undelivered events itself.")
	suppress(undelivered, "NIST.800.53.R5-SQSQueueKMSEncryption", "Its key is SQS's own, so that a change of the guard's key does not reach it.")

	var rules []awsevents.CfnRule
	forward := func(name, about string, pattern map[string]any) {
		rules = append(rules, awsevents.NewCfnRule(scope, jsii.String(logicalName(name)), &awsevents.CfnRuleProps{
			Name:         jsii.String(product.Prefix + "security-" + name),
			Description:  jsii.String("To the security account: someone " + about),
			EventPattern: pattern,
			State:        jsii.String("ENABLED"),
			Targets: []awsevents.CfnRule_TargetProperty{{
				Id:               jsii.String("security"),
				Arn:              jsii.String(options.SecurityBus),
				RoleArn:          role.RoleArn(),
				RetryPolicy:      retries(),
				DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
			}},
		}))
	}
	values := matching(stack, props)
	for _, part := range integrity.Parts() {
		forward(part.Name, part.Did, tamperPattern(part, values[part.Name]))
	}
	for _, pattern := range trail.Patterns() {
		if pattern.Name != trail.Settings {
			continue
		}
		events, err := eventPattern(pattern)
		if err != nil {
			return err
		}
		forward(pattern.Name, "wrote the setting", withCaller(events, isNo("userAgent", map[string]any{"wildcard": canaryAgent})))
		// The canary comes every hour. What says that it is the canary, and is not the
		// verifier's, is someone's.
		impostor := issuedTo(isNo("arn", []any{roleARN(stack, product.Verifier)}))
		impostor["userAgent"] = []any{map[string]any{"wildcard": canaryAgent}}
		forward(pattern.Name+"-impostor", "wrote the setting and calls it the guard's canary", withCaller(events, impostor))
	}
	accept(undelivered, rules)
	return nil
}

// canaryAgent is in the user agent of the verifier's canary, and of whoever says so.
const canaryAgent = "*app/" + product.Canary + "*"

// withCaller is an event pattern with conditions on who called, and how.
func withCaller(events map[string]any, caller map[string]any) map[string]any {
	narrowed := maps.Clone(events)
	detail, _ := events["detail"].(map[string]any)
	both := maps.Clone(detail)
	maps.Copy(both, caller)
	narrowed["detail"] = both
	return narrowed
}

// isNo is a condition on a member that it holds none of these, or is missing.
func isNo(member string, these any) map[string]any {
	return map[string]any{member: []any{map[string]any{"exists": false}, map[string]any{"anything-but": these}}}
}

// issuedTo is a condition on the role of a caller's session.
func issuedTo(issuer map[string]any) map[string]any {
	return map[string]any{"userIdentity": map[string]any{"sessionContext": map[string]any{"sessionIssuer": issuer}}}
}
