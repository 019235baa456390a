package main

import (
	"strings"

	"fipsguard/internal/drill"
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newDrill is what fipsguard drill needs, if the options want it: a role that may
// make the calls of the drill's plan, and two queues that get the alerts. They
// are of the stack, since a subscription made by hand is a tamper event.
func newDrill(stack awscdk.Stack, key awskms.IKey, topic awssns.ITopic, failed awssqs.IQueue, options Options, p parameters) {
	if !options.Drill {
		return
	}
	scope := constructs.NewConstruct(stack, jsii.String("Drill"))
	newAlertQueue(scope, "Alerts", product.Drill, key, topic, failed, nil)
	newAlertQueue(scope, "Filtered", product.Filtered, key, topic, failed, &map[string]awssns.SubscriptionFilter{
		"severity": awssns.SubscriptionFilter_ExistsFilter(),
	})
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:           jsii.String(product.Drill + "-" + *stack.Region()),
		Description:        jsii.String("fipsguard drill: breaks rules on purpose, and cleans up"),
		AssumedBy:          awsiam.NewAccountRootPrincipal(),
		MaxSessionDuration: awscdk.Duration_Hours(jsii.Number(1)),
	})
	policy := newPolicyOf(scope, "Policy", jsii.String(product.Drill+"-"+*stack.Region()), "The calls of fipsguard drill --plan, no more", role, drillGrants(stack, *key.KeyArn(), p))
	suppress(policy, "AwsSolutions-IAM5",
		"Task definitions and account settings have no resource-level permissions, tasks to come are not known by name. "+
			"It may stop only tasks that it tagged, write only the setting fargateFIPSMode, and delete only its own task definitions.")
}

// newAlertQueue gets what is published on the topic, and keeps it for a day: only a
// drill reads it.
func newAlertQueue(scope constructs.Construct, id, name string, key awskms.IKey, topic awssns.ITopic, failed awssqs.IQueue, filter *map[string]awssns.SubscriptionFilter) {
	queue := newQueue(scope, id, queueProps{name: name, key: key, dead: failed, tries: 1000, hidden: 30, days: 1})
	acceptFromTopic(queue, topic)
	awssns.NewSubscription(scope, jsii.String(id+"Subscription"), &awssns.SubscriptionProps{
		Topic: topic, Protocol: awssns.SubscriptionProtocol_SQS, Endpoint: queue.QueueArn(), RawMessageDelivery: jsii.Bool(true), FilterPolicy: filter,
	})
}

// drillGrants are the permissions of the drill's plan, one for each action. It may
// turn FIPS mode off only where the guard turns it on again.
func drillGrants(stack awscdk.Stack, key string, p parameters) []grant {
	list := []grant{{sid: "ReadEncrypted", actions: []string{"kms:Decrypt"}, resources: []string{key}}}
	for _, c := range drill.Permissions() {
		resource := drillResource(stack, c.On)
		if last := &list[len(list)-1]; last.actions[0] == c.Action {
			last.resources = append(last.resources, resource)
			continue
		}
		made := grant{sid: sidOf(c.Action), actions: []string{c.Action}, resources: []string{resource}, conditions: conditionsOf(c)}
		if c.Action == "ecs:PutAccountSettingDefault" {
			made.when = p.enforcing
		}
		list = append(list, made)
	}
	return list
}

// drillResource is a resource of the plan, SERVICE:NAME or
// SERVICE:REGION:ACCOUNT:NAME, as an ARN.
func drillResource(stack awscdk.Stack, on string) string {
	if on == "*" {
		return on
	}
	service, name, _ := strings.Cut(on, ":")
	if service == "iam" {
		return "arn:" + *stack.Partition() + ":iam::" + *stack.Account() + ":" + strings.Replace(name, "REGION", *stack.Region(), 1)
	}
	if strings.HasPrefix(name, "*:*:") { // a trail of the organization belongs to another account
		return "arn:" + *stack.Partition() + ":" + on
	}
	return *arnOf(stack, service, name)
}

func sidOf(action string) string {
	service, name, _ := strings.Cut(action, ":")
	return strings.ToUpper(service[:1]) + service[1:] + name
}

func conditionsOf(c drill.Call) map[string]any {
	if c.Condition == nil {
		return nil
	}
	all := map[string]any{}
	for operator, keys := range c.Condition {
		all[operator] = keys
	}
	return all
}
