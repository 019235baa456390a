package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"fipsguard/internal/product"
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
func newRules(stack awscdk.Stack, to function, undelivered awssqs.IQueue) ([]awsevents.CfnRule, error) {
	scope := constructs.NewConstruct(stack, jsii.String("Rules"))
	var rules []awsevents.CfnRule
	for _, pattern := range trail.Patterns() {
		var events map[string]any
		if err := json.Unmarshal([]byte(pattern.JSON), &events); err != nil {
			return nil, fmt.Errorf("pattern %s: %w", pattern.Name, err)
		}
		id := logicalName(pattern.Name)
		rules = append(rules, feed(scope, to, undelivered, id, nil, &awsevents.CfnRuleProps{
			Name:         jsii.String(product.Prefix + pattern.Name),
			Description:  jsii.String(pattern.About),
			EventPattern: events,
		}))
	}
	return rules, nil
}

// newSchedules make the verifier look: every hour, since events can be lost,
// every day at everything, and after the enforcer turned FIPS mode back on.
func newSchedules(stack awscdk.Stack, to function, undelivered awssqs.IQueue, options Options) []awsevents.CfnRule {
	scope := constructs.NewConstruct(stack, jsii.String(product.Looks))
	return []awsevents.CfnRule{
		feed(scope, to, undelivered, "Hourly", jsii.String(`{"look":"hourly"}`), &awsevents.CfnRuleProps{
			Name:               jsii.String(product.Prefix + "look-hourly"),
			Description:        jsii.String("The look at everything, with proof from a sample of the tasks"),
			ScheduleExpression: jsii.String(options.Hourly),
		}),
		feed(scope, to, undelivered, "Daily", jsii.String(`{"look":"daily"}`), &awsevents.CfnRuleProps{
			Name:               jsii.String(product.Prefix + "look-daily"),
			Description:        jsii.String("The look at everything, with proof from every task, and a summary"),
			ScheduleExpression: jsii.String(options.Daily),
		}),
		feed(scope, to, undelivered, "AfterRepair", nil, &awsevents.CfnRuleProps{
			Name:        jsii.String(product.Prefix + "look-after-repair"),
			Description: jsii.String("The enforcer turned FIPS mode back on: who is exposed?"),
			EventPattern: map[string]any{
				"source":      []any{"aws.ecs"},
				"detail-type": []any{"AWS API Call via CloudTrail"},
				"detail": map[string]any{
					"eventSource":  []any{"ecs.amazonaws.com"},
					"eventName":    []any{"PutAccountSettingDefault"},
					"errorCode":    []any{map[string]any{"exists": false}},
					"userIdentity": map[string]any{"sessionContext": map[string]any{"sessionIssuer": map[string]any{"arn": []any{roleARN(stack, product.Enforcer)}}}},
				},
			},
		}),
	}
}

// feed makes a rule that invokes a function, with the event or with a constant.
func feed(scope constructs.Construct, to function, undelivered awssqs.IQueue, id string, input *string, props *awsevents.CfnRuleProps) awsevents.CfnRule {
	props.State = jsii.String("ENABLED")
	props.Targets = []awsevents.CfnRule_TargetProperty{{
		Id:               jsii.String("function"),
		Arn:              to.FunctionArn(),
		Input:            input,
		RetryPolicy:      retries(),
		DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
	}}
	rule := awsevents.NewCfnRule(scope, jsii.String(id), props)
	awslambda.NewCfnPermission(scope, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
		Action:       jsii.String("lambda:InvokeFunction"),
		FunctionName: to.FunctionArn(),
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
