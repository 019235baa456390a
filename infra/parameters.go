package main

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

// maxEmails: a template for StackSets takes no transform, so that it cannot loop
// over a list: each address is a parameter of its own.
const maxEmails = 5

// subscribeAtDeployment lets whoever deploys the template name addresses, for
// each account and Region. Where the template has no other subscriber, the first
// may not be empty, unless Silent says so.
func subscribeAtDeployment(stack awscdk.Stack, topic awssns.Topic, options Options) {
	var first awscdk.CfnParameter
	for i := range maxEmails {
		id := "Email" + strconv.Itoa(i+1)
		address := awscdk.NewCfnParameter(stack, jsii.String(id), &awscdk.CfnParameterProps{
			Description:    jsii.String("An address that gets alerts; it has to confirm the subscription"),
			Default:        jsii.String(""),
			AllowedPattern: jsii.String(`|[^@\s]+@[^@\s]+`),
		})
		if first == nil {
			first = address
		}
		given := awscdk.NewCfnCondition(stack, jsii.String(id+"Given"), &awscdk.CfnConditionProps{
			Expression: awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(address.ValueAsString(), "")),
		})
		subscription := awssns.NewCfnSubscription(stack, jsii.String(id+"Subscription"), &awssns.CfnSubscriptionProps{
			TopicArn: topic.TopicArn(), Protocol: jsii.String("email"), Endpoint: address.ValueAsString(),
		})
		subscription.CfnOptions().SetCondition(given)
	}
	if options.hasSubscriber() {
		return
	}
	silent := awscdk.NewCfnParameter(stack, jsii.String("Silent"), &awscdk.CfnParameterProps{
		Description: jsii.String("true deploys a guard that alerts no one yet: you add a subscriber yourself"),
		Default:     jsii.String("false"), AllowedValues: jsii.Strings("true", "false"),
	})
	awscdk.NewCfnRule(stack, jsii.String("SomeoneGetsAlerts"), &awscdk.CfnRuleProps{
		Assertions: &[]*awscdk.CfnRuleAssertion{{
			Assert: awscdk.Fn_ConditionOr(
				awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(first.ValueAsString(), "")),
				awscdk.Fn_ConditionEquals(silent.ValueAsString(), "true")),
			AssertDescription: jsii.String("No one would get an alert: give Email1, or set Silent to true"),
		}},
	})
}
