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
// internal/trail, unchanged.
func newRules(stack awscdk.Stack, to enforcer, undelivered awssqs.IQueue) ([]awsevents.CfnRule, error) {
	scope := constructs.NewConstruct(stack, jsii.String("Rules"))
	var rules []awsevents.CfnRule
	for _, pattern := range trail.Patterns() {
		var events map[string]any
		if err := json.Unmarshal([]byte(pattern.JSON), &events); err != nil {
			return nil, fmt.Errorf("pattern %s: %w", pattern.Name, err)
		}
		id := logicalName(pattern.Name)
		rule := awsevents.NewCfnRule(scope, jsii.String(id), &awsevents.CfnRuleProps{
			Name:         jsii.String(prefix + pattern.Name),
			Description:  jsii.String(pattern.About),
			EventPattern: events,
			State:        jsii.String("ENABLED"),
			Targets: []awsevents.CfnRule_TargetProperty{{
				Id:               jsii.String("enforcer"),
				Arn:              to.function.FunctionArn(),
				RetryPolicy:      retries(),
				DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
			}},
		})
		awslambda.NewCfnPermission(scope, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
			Action:       jsii.String("lambda:InvokeFunction"),
			FunctionName: to.function.FunctionArn(),
			Principal:    jsii.String("events.amazonaws.com"),
			SourceArn:    rule.AttrArn(),
		})
		rules = append(rules, rule)
	}
	return rules, nil
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
