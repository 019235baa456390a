package main

import (
	"strconv"

	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

// parameters are what whoever deploys a template chooses, for each account and
// Region: StackSets can override them, where an option is the same for all.
type parameters struct {
	mode        *string // enforce or audit
	accountName *string
	trailLogs   *string // BUCKET or BUCKET/PREFIX of CloudTrail's log files
	policy      *string // the name of the parameter of Systems Manager

	enforcing  condition
	named      condition
	readsTrail condition
}

// condition is one of the template's.
type condition struct {
	id    string
	holds awscdk.CfnCondition
}

// newParameters declares the parameters of the guard's templates.
func newParameters(stack awscdk.Stack) parameters {
	text := func(id, otherwise, pattern, says string) *string {
		return awscdk.NewCfnParameter(stack, jsii.String(id), &awscdk.CfnParameterProps{
			Description: jsii.String(says), Default: jsii.String(otherwise), AllowedPattern: jsii.String(pattern),
		}).ValueAsString()
	}
	given := func(id string, value *string) condition {
		return newCondition(stack, id, awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(value, "")))
	}
	p := parameters{
		mode: awscdk.NewCfnParameter(stack, jsii.String("Mode"), &awscdk.CfnParameterProps{
			Description: jsii.String("audit reports only: the guard's roles cannot write then"),
			Default:     jsii.String("enforce"), AllowedValues: jsii.Strings("enforce", "audit"),
		}).ValueAsString(),
		accountName: text("AccountName", "", `[A-Za-z0-9 ._-]{0,50}`, "What people call this account; alerts and reports show it beside the number"),
		trailLogs: text("TrailLogs", "", `|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]*)?`,
			"BUCKET or BUCKET/PREFIX of CloudTrail's log files, up to the account, for what is older than 90 days"),
		policy: text("PolicyParameter", product.PolicyParameter, product.Prefix+`[A-Za-z0-9_.-]{1,100}`,
			"The name of the parameter of Systems Manager that this stack makes for the policy document"),
	}
	p.enforcing = newCondition(stack, "Enforcing", awscdk.Fn_ConditionEquals(p.mode, "enforce"))
	p.named = given("Named", p.accountName)
	p.readsTrail = given("ReadsTrailLogs", p.trailLogs)
	return p
}

func newCondition(stack awscdk.Stack, id string, expression awscdk.ICfnConditionExpression) condition {
	return condition{id, awscdk.NewCfnCondition(stack, jsii.String(id), &awscdk.CfnConditionProps{Expression: expression})}
}

// choose is one of two values where the template is deployed.
func (c condition) choose(holds, otherwise *string) string {
	return *awscdk.Token_AsString(awscdk.Fn_ConditionIf(jsii.String(c.id), holds, otherwise), nil)
}

// orNothing leaves a member out unless the condition holds.
func (c condition) orNothing(value *string) string {
	return c.choose(value, awscdk.Aws_NO_VALUE())
}

// only is an item of a list that is left out unless the condition holds; the
// zero condition always does.
func (c condition) only(item any) any {
	if c.holds == nil {
		return item
	}
	return map[string]any{"Fn::If": []any{c.id, item, map[string]any{"Ref": "AWS::NoValue"}}}
}

// behindNumber is the account's name as it is shown behind the number.
func (p parameters) behindNumber() string {
	return p.named.choose(jsii.String(" ("+*p.accountName+")"), jsii.String(""))
}

// trailBucket is the bucket of the log files.
func (p parameters) trailBucket() string {
	return *awscdk.Fn_Select(jsii.Number(0), awscdk.Fn_Split(jsii.String("/"), p.trailLogs, nil))
}

// maxEmails: a template for StackSets takes no transform, so that it cannot loop
// over a list: each address is a parameter of its own.
const maxEmails = 5

// subscribeAtDeployment lets whoever deploys the template name addresses. Where
// the template has no other subscriber, the first may not be empty, unless
// Silent says so.
func subscribeAtDeployment(stack awscdk.Stack, topic awssns.Topic, options Options) {
	var first *string
	for i := range maxEmails {
		id := "Email" + strconv.Itoa(i+1)
		address := awscdk.NewCfnParameter(stack, jsii.String(id), &awscdk.CfnParameterProps{
			Description:    jsii.String("An address that gets alerts; it has to confirm the subscription"),
			Default:        jsii.String(""),
			AllowedPattern: jsii.String(`|[^@\s]+@[^@\s]+`),
		}).ValueAsString()
		if first == nil {
			first = address
		}
		given := newCondition(stack, id+"Given", awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(address, "")))
		subscription := awssns.NewCfnSubscription(stack, jsii.String(id+"Subscription"), &awssns.CfnSubscriptionProps{
			TopicArn: topic.TopicArn(), Protocol: jsii.String("email"), Endpoint: address,
		})
		subscription.CfnOptions().SetCondition(given.holds)
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
				awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(first, "")),
				awscdk.Fn_ConditionEquals(silent.ValueAsString(), "true")),
			AssertDescription: jsii.String("No one would get an alert: give Email1, or set Silent to true"),
		}},
	})
}
