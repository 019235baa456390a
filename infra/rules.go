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

// newRules send events on: one rule on the default bus for every pattern of
// internal/trail, unchanged. Events of settings invoke the enforcer, and so does
// a schedule; events of workloads wait in the gate's queue.
func newRules(stack awscdk.Stack, enforcer function, in intake, undelivered awssqs.IQueue, options Options) (settings, workloads []awsevents.CfnRule, err error) {
	scope := constructs.NewConstruct(stack, jsii.String("Rules"))
	for _, pattern := range trail.Patterns() {
		events, err := eventPattern(pattern)
		if err != nil {
			return nil, nil, err
		}
		props := &awsevents.CfnRuleProps{
			Name:         jsii.String(product.Prefix + pattern.Name),
			Description:  jsii.String(pattern.About),
			EventPattern: events,
		}
		if pattern.Name == trail.Settings {
			settings = append(settings, invoke(scope, enforcer, undelivered, logicalName(pattern.Name), retries(), nil, props))
			continue
		}
		workloads = append(workloads, enqueue(scope, in.workloads, undelivered, logicalName(pattern.Name), target{}, props))
	}
	// The next check makes up for one that could not be handed over.
	settings = append(settings, invoke(scope, enforcer, undelivered, "Minute", atOnce(), jsii.String(`{"check":"setting"}`), &awsevents.CfnRuleProps{
		Name:               jsii.String(product.Prefix + "check-setting"),
		Description:        jsii.String("The account setting is checked, with or without an event"),
		ScheduleExpression: jsii.String(options.Check),
	}))
	return settings, workloads, nil
}

// eventPattern is a pattern as a rule of the template has it.
func eventPattern(p trail.Pattern) (map[string]any, error) {
	var events map[string]any
	if err := json.Unmarshal([]byte(p.JSON), &events); err != nil {
		return nil, fmt.Errorf("pattern %s: %w", p.Name, err)
	}
	return events, nil
}

// newSchedules ask the verifier for scans: every hour, since events can be lost,
// every day of everything, and after the enforcer turned FIPS mode back on.
// Every request has the event's ID in it, since the queue swallows what has the
// same body as a message of the last five minutes.
func newSchedules(stack awscdk.Stack, in intake, undelivered awssqs.IQueue, options Options) []awsevents.CfnRule {
	scope := constructs.NewConstruct(stack, jsii.String(product.Looks))
	ask := func(id, look string, props *awsevents.CfnRuleProps) awsevents.CfnRule {
		return enqueue(scope, in.scans, undelivered, id, target{group: scanGroup, look: look}, props)
	}
	return []awsevents.CfnRule{
		ask("Hourly", "hourly", &awsevents.CfnRuleProps{
			Name:               jsii.String(product.Prefix + "look-hourly"),
			Description:        jsii.String("The scan of everything, with kernel checks of a sample of the tasks"),
			ScheduleExpression: jsii.String(options.Hourly),
		}),
		ask("Daily", "daily", &awsevents.CfnRuleProps{
			Name:               jsii.String(product.Prefix + "look-daily"),
			Description:        jsii.String("The scan of everything, with kernel checks of every task, and a summary"),
			ScheduleExpression: jsii.String(options.Daily),
		}),
		ask("AfterRepair", "", &awsevents.CfnRuleProps{
			Name:        jsii.String(product.Prefix + "look-after-repair"),
			Description: jsii.String("The enforcer turned FIPS mode back on: who is exposed?"),
			EventPattern: map[string]any{
				"source":      []any{"aws.ecs"},
				"detail-type": []any{"AWS API Call via CloudTrail"},
				"detail": map[string]any{
					"eventSource": []any{"ecs.amazonaws.com"},
					"eventName":   []any{"PutAccountSettingDefault"},
					"errorCode":   []any{map[string]any{"exists": false}},
					// A write that nothing showed to be needed exposed nobody.
					"userAgent":    []any{map[string]any{"anything-but": map[string]any{"wildcard": "*app/" + product.Unseen + "*"}}},
					"userIdentity": map[string]any{"sessionContext": map[string]any{"sessionIssuer": map[string]any{"arn": []any{roleARN(stack, product.Enforcer)}}}},
				},
			},
		}),
	}
}

// target is how a rule sends to a queue.
type target struct {
	group string // of a FIFO queue
	look  string // which scan is asked for; empty sends the event as it is
}

// enqueue makes a rule that sends to a queue.
func enqueue(scope constructs.Construct, to, undelivered awssqs.IQueue, id string, by target, props *awsevents.CfnRuleProps) awsevents.CfnRule {
	of := awsevents.CfnRule_TargetProperty{
		Id:               jsii.String("queue"),
		Arn:              to.QueueArn(),
		RetryPolicy:      retries(),
		DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
	}
	if by.group != "" {
		of.SqsParameters = awsevents.CfnRule_SqsParametersProperty{MessageGroupId: jsii.String(by.group)}
	}
	if by.look != "" {
		of.InputTransformer = awsevents.CfnRule_InputTransformerProperty{
			InputPathsMap: map[string]*string{"id": jsii.String("$.id"), "time": jsii.String("$.time")},
			InputTemplate: jsii.String(`{"look":"` + by.look + `","id":"<id>","time":"<time>"}`),
		}
	}
	props.State = jsii.String("ENABLED")
	props.Targets = []awsevents.CfnRule_TargetProperty{of}
	return awsevents.NewCfnRule(scope, jsii.String(id), props)
}

// invoke makes a rule that invokes a function, with the event or with a constant.
func invoke(scope constructs.Construct, to function, undelivered awssqs.IQueue, id string, retry awsevents.CfnRule_RetryPolicyProperty, input *string, props *awsevents.CfnRuleProps) awsevents.CfnRule {
	props.State = jsii.String("ENABLED")
	props.Targets = []awsevents.CfnRule_TargetProperty{{
		Id:               jsii.String("function"),
		Arn:              to.FunctionArn(),
		Input:            input,
		RetryPolicy:      retry,
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

// atOnce is the least that EventBridge offers.
func atOnce() awsevents.CfnRule_RetryPolicyProperty {
	return awsevents.CfnRule_RetryPolicyProperty{
		MaximumEventAgeInSeconds: jsii.Number(60),
		MaximumRetryAttempts:     jsii.Number(2),
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
