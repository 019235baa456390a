package main

import (
	"strings"

	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newSecurityStack is for the security account, in each Region where guards
// run: the bus of their second channel, a topic for what arrives on it, and an
// alarm for each guard that has not reported for two hours, or never.
func newSecurityStack(app awscdk.App, options Options) {
	if len(options.Guarded) == 0 {
		return
	}
	stack := awscdk.NewStack(app, jsii.String(securityStack), &awscdk.StackProps{
		Description: jsii.String("fipsguard in the security account: what guards of other accounts send, and an alarm for each that is silent"),
		Synthesizer: awscdk.NewBootstraplessSynthesizer(nil),
	})
	scope := constructs.NewConstruct(stack, jsii.String("Security"))
	bus := awsevents.NewCfnEventBus(scope, jsii.String("Bus"), &awsevents.CfnEventBusProps{
		Name: jsii.String(product.SecurityBus),
	})
	awsevents.NewCfnEventBusPolicy(scope, jsii.String("Senders"), &awsevents.CfnEventBusPolicyProps{
		EventBusName: bus.AttrName(), StatementId: jsii.String("Guards"),
		Statement: map[string]any{
			"Sid": "Guards", "Effect": "Allow", "Action": "events:PutEvents", "Resource": bus.AttrArn(),
			"Principal": map[string]any{"AWS": rootsOf(stack, options.Guarded)},
		},
	})
	topic := newSecurityTopic(scope, options)
	subscribeAtDeployment(stack, topic, options)
	on := func(id, name, about string, pattern map[string]any, targets ...awsevents.CfnRule_TargetProperty) {
		props := &awsevents.CfnRuleProps{
			Name: jsii.String(name), Description: jsii.String(about), EventBusName: bus.AttrName(), EventPattern: pattern, State: jsii.String("ENABLED"),
		}
		if len(targets) > 0 { // without any, a rule only counts
			props.Targets = targets
		}
		awsevents.NewCfnRule(scope, jsii.String(id), props)
	}
	on("Tampering", product.Prefix+"tampering", "Tamper events of guarded accounts", map[string]any{"detail-type": []any{"AWS API Call via CloudTrail"}},
		awsevents.CfnRule_TargetProperty{Id: jsii.String("alerts"), Arn: topic.TopicArn(), InputTransformer: forwarded(), RetryPolicy: retries()})
	on("Critical", product.Prefix+"critical", "Reports of guarded accounts with CRITICAL findings",
		map[string]any{"source": []any{product.Name}, "detail": map[string]any{"critical": []any{map[string]any{"numeric": []any{">", 0}}}}},
		awsevents.CfnRule_TargetProperty{Id: jsii.String("alerts"), Arn: topic.TopicArn(), InputTransformer: reported(), RetryPolicy: retries()})
	action := awscloudwatchactions.NewSnsAction(topic)
	for _, account := range options.Guarded {
		name := product.Prefix + "reports-" + account
		on("Reports"+account, name, "Reports of the guard in account "+account, map[string]any{"source": []any{product.Name}, "account": []any{account}})
		reports := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
			Namespace: jsii.String("AWS/Events"), MetricName: jsii.String("TriggeredRules"),
			DimensionsMap: &map[string]*string{"EventBusName": bus.AttrName(), "RuleName": jsii.String(name)},
		})
		silence(scope, action, "silent-"+account, "fipsguard in account "+account+" has not reported for two hours, or never did.", reports, 60, 2)
	}
}

// newSecurityTopic has a key of its own.
func newSecurityTopic(scope constructs.Construct, options Options) awssns.Topic {
	key := awskms.NewKey(scope, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("fipsguard: alerts of the security account"),
		EnableKeyRotation: jsii.Bool(true),
		PendingWindow:     awscdk.Duration_Days(jsii.Number(30)),
	})
	topic := awssns.NewTopic(scope, jsii.String("Topic"), &awssns.TopicProps{
		TopicName: jsii.String(product.Prefix + "security-alerts"), MasterKey: key, EnforceSSL: jsii.Bool(true),
	})
	for _, service := range []string{"cloudwatch.amazonaws.com", "events.amazonaws.com"} {
		principals := &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(service), nil)}
		key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Principals: principals, Actions: jsii.Strings("kms:Decrypt", "kms:GenerateDataKey*"), Resources: jsii.Strings("*"),
		}), nil)
		topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Principals: principals, Actions: jsii.Strings("sns:Publish"), Resources: &[]*string{topic.TopicArn()},
		}))
	}
	subscribe(scope, topic, options)
	return topic
}

func rootsOf(stack awscdk.Stack, accounts []string) []any {
	var all []any
	for _, account := range accounts {
		all = append(all, "arn:"+*stack.Partition()+":iam::"+account+":root")
	}
	return all
}

// forwarded says what happened in the other account, with identifiers only.
func forwarded() awsevents.CfnRule_InputTransformerProperty {
	return awsevents.CfnRule_InputTransformerProperty{
		InputPathsMap: paths("account", "region", "detail.eventName", "detail.eventTime", "detail.userIdentity.arn", "detail.sourceIPAddress", "detail.eventID"),
		InputTemplate: jsii.String(`"fipsguard, second channel: someone changed the guard, or wrote the setting, in account <account>."
"What: <eventName> in <region>, at <eventTime>"
"Who: <arn>, from <sourceIPAddress>"
"CloudTrail event: <eventID>"
"If you heard of this only here, the guard's own alerts do not arrive: see docs/runbook.md."`),
	}
}

// reported says that a guard's scan found something critical.
func reported() awsevents.CfnRule_InputTransformerProperty {
	return awsevents.CfnRule_InputTransformerProperty{
		InputPathsMap: paths("account", "region", "detail.critical", "detail.report"),
		InputTemplate: jsii.String(`"fipsguard, second channel: <critical> CRITICAL findings are open in account <account>, <region>."
"Report: <report>"
"If you heard of this only here, the guard's own alerts do not arrive: see docs/runbook.md."`),
	}
}

// paths are members of an event, each by its last name.
func paths(members ...string) map[string]*string {
	all := map[string]*string{}
	for _, member := range members {
		all[member[strings.LastIndex(member, ".")+1:]] = jsii.String("$." + member)
	}
	return all
}
