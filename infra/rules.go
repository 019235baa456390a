package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"fipsguard/internal/trail"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newRules feed the enforcer: one rule on the default bus for every pattern of
// internal/trail, unchanged, and a schedule.
func newRules(stack awscdk.Stack, to enforcer, undelivered awssqs.IQueue) ([]awsevents.CfnRule, error) {
	scope := constructs.NewConstruct(stack, jsii.String("Rules"))
	var rules []awsevents.CfnRule
	for _, pattern := range trail.Patterns() {
		var events map[string]any
		if err := json.Unmarshal([]byte(pattern.JSON), &events); err != nil {
			return nil, fmt.Errorf("pattern %s: %w", pattern.Name, err)
		}
		id := logicalName(pattern.Name)
		rules = append(rules, feed(scope, to, undelivered, id, &awsevents.CfnRuleProps{
			Name:         jsii.String(prefix + pattern.Name),
			Description:  jsii.String(pattern.About),
			EventPattern: events,
		}))
	}
	// Events can be lost: once an hour the enforcer looks without one.
	rules = append(rules, feed(scope, to, undelivered, "Schedule", &awsevents.CfnRuleProps{
		Name:               jsii.String(prefix + "schedule"),
		Description:        jsii.String("The hourly look at the account setting"),
		ScheduleExpression: jsii.String("rate(1 hour)"),
	}))
	return rules, nil
}

// feed makes a rule that invokes the enforcer.
func feed(scope constructs.Construct, to enforcer, undelivered awssqs.IQueue, id string, props *awsevents.CfnRuleProps) awsevents.CfnRule {
	props.State = jsii.String("ENABLED")
	props.Targets = []awsevents.CfnRule_TargetProperty{{
		Id:               jsii.String("enforcer"),
		Arn:              to.function.FunctionArn(),
		RetryPolicy:      retries(),
		DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
	}}
	rule := awsevents.NewCfnRule(scope, jsii.String(id), props)
	awslambda.NewCfnPermission(scope, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
		Action:       jsii.String("lambda:InvokeFunction"),
		FunctionName: to.function.FunctionArn(),
		Principal:    jsii.String("events.amazonaws.com"),
		SourceArn:    rule.AttrArn(),
	})
	return rule
}

// retries are all that EventBridge offers: 24 hours, 185 attempts.
func retries() awsevents.CfnRule_RetryPolicyProperty {
	return awsevents.CfnRule_RetryPolicyProperty{
		MaximumEventAgeInSeconds: jsii.Number(86400),
		MaximumRetryAttempts:     jsii.Number(185),
	}
}

// logicalName makes TaskDefinitions of task-definitions.
func logicalName(name string) string {
	var id strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		id.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return id.String()
}
