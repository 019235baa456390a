package main

import (
	"fipsguard/infra/integrity"
	"fipsguard/internal/product"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

type tamperProps struct {
	Parameters  parameters
	Topic       awssns.ITopic
	Key         awskms.IKey
	Signing     awskms.IKey
	Undelivered awssqs.IQueue
}

// matching are the values that name each part of the guard in a record, once
// it is deployed. A part that has none is watched whatever a call is about.
func matching(stack awscdk.Stack, props tamperProps) map[string][]any {
	ours := []any{startsWith(product.Prefix)}
	topic := *props.Topic.TopicArn()
	functions := *arnOf(stack, "lambda", "function:"+product.Prefix)
	policyNames := []any{props.Parameters.policy, arnOf(stack, "ssm", "parameter/"+*props.Parameters.policy)}
	logs := "log-group:/aws/lambda/" + product.Prefix
	return map[string][]any{
		"rules":       ours,
		"rules-watch": {product.Prefix + "tamper-rules"},
		"targets":     ours,
		"bus":         {"default", *arnOf(stack, "events", "event-bus/default")},
		// The name, an ARN, or ACCOUNT:function:NAME.
		"functions":            {startsWith(product.Prefix), startsWith(functions), startsWith(*stack.Account() + ":function:" + product.Prefix)},
		"sources":              {startsWith(functions)},
		"queues":               {queueURL(stack, "sqs"), queueURL(stack, "sqs-fips")},
		"moves":                {startsWith(*arnOf(stack, "sqs", product.Prefix))},
		"roles":                ours,
		"policies":             {startsWith("arn:" + *stack.Partition() + ":iam::" + *stack.Account() + ":policy/" + product.Prefix)},
		"topic":                {topic},
		"topic-data":           {topic},
		"subscriptions":        {startsWith(topic + ":")},
		"key":                  {props.Key.KeyArn(), props.Signing.KeyArn()},
		"evidence":             {startsWith(product.Evidence + "-")},
		"logs":                 {startsWith("/aws/lambda/" + product.Prefix)},
		"log-contents":         {startsWith("/aws/lambda/" + product.Prefix), startsWith(*arnOf(stack, "logs", logs))},
		"alarms":               ours,
		"alarm-settings":       ours,
		"workload-policy":      policyNames,
		"workload-policy-list": policyNames,
		"witness":              {product.Witness},
		"stack":                {stack.StackName(), stack.StackId()},
		"break-glass":          {"arn:" + *stack.Partition() + ":iam::" + *stack.Account() + ":role/" + integrity.DefaultExempt().BreakGlass},
	}
}

// newTamper reports changes of what the guard depends on, without a function
// that could be changed too: each rule publishes to the topic by itself. It
// tells of the changes that succeeded, a deployment's among them; a denied
// call's record does not say what it was about (docs/facts.md).
func newTamper(stack awscdk.Stack, props tamperProps) []awsevents.CfnRule {
	scope := constructs.NewConstruct(stack, jsii.String("Tamper"))
	var rules []awsevents.CfnRule
	values := matching(stack, props)
	for _, part := range integrity.Parts() {
		rules = append(rules, awsevents.NewCfnRule(scope, jsii.String(logicalName(part.Name)), &awsevents.CfnRuleProps{
			Name:         jsii.String(product.Prefix + "tamper-" + part.Name),
			Description:  jsii.String("Someone " + part.Did),
			EventPattern: tamperPattern(part, values[part.Name]),
			State:        jsii.String("ENABLED"),
			Targets: []awsevents.CfnRule_TargetProperty{{
				Id:               jsii.String("alerts"),
				Arn:              props.Topic.TopicArn(),
				InputTransformer: tamperMessage(part, props.Parameters),
				RetryPolicy:      retries(),
				DeadLetterConfig: awsevents.CfnRule_DeadLetterConfigProperty{Arn: props.Undelivered.QueueArn()},
			}},
		}))
	}
	return rules
}

func tamperPattern(part integrity.Part, values []any) map[string]any {
	var calls []any
	for _, call := range part.Calls {
		if name, versioned := strings.CutSuffix(call, "*"); versioned {
			calls = append(calls, startsWith(name))
		} else {
			calls = append(calls, call)
		}
	}
	detail := map[string]any{
		"eventSource": []any{part.Service + ".amazonaws.com"},
		"eventName":   calls,
		"errorCode":   []any{map[string]any{"exists": false}},
	}
	if holder, member, ok := strings.Cut(part.On, "."); ok {
		detail[holder] = map[string]any{member: values}
	}
	return map[string]any{
		"source":      []any{"aws." + part.Service},
		"detail-type": []any{"AWS API Call via CloudTrail"},
		"detail":      detail,
	}
}

// tamperMessage says who did what, when and from where, with identifiers only. The
// quotation marks are EventBridge's way to write text.
func tamperMessage(part integrity.Part, p parameters) awsevents.CfnRule_InputTransformerProperty {
	severity := ""
	if part.Critical {
		severity = "CRITICAL: "
	}
	return awsevents.CfnRule_InputTransformerProperty{
		InputPathsMap: map[string]*string{
			"account": jsii.String("$.account"),
			"region":  jsii.String("$.region"),
			"call":    jsii.String("$.detail.eventName"),
			"time":    jsii.String("$.detail.eventTime"),
			"type":    jsii.String("$.detail.userIdentity.type"),
			"who":     jsii.String("$.detail.userIdentity.arn"),
			"service": jsii.String("$.detail.userIdentity.invokedBy"),
			"address": jsii.String("$.detail.sourceIPAddress"),
			"event":   jsii.String("$.detail.eventID"),
		},
		InputTemplate: jsii.String(`"fipsguard: ` + severity + `someone ` + part.Did + `."
"What: <call> in account <account>` + p.behindNumber() + `, <region>, at <time>"
"Who: <type> <who> <service>, from <address>"
"CloudTrail event: <event>"
"If nobody planned this: look at what the event changed, and deploy fipsguard again to restore it."`),
	}
}

// queueURL is how the URLs of the guard's queues begin at an endpoint.
func queueURL(stack awscdk.Stack, endpoint string) map[string]any {
	return startsWith("https://" + endpoint + "." + *stack.Region() + "." + *stack.UrlSuffix() + "/" + *stack.Account() + "/" + product.Prefix)
}

func startsWith(text string) map[string]any { return map[string]any{"prefix": text} }
