package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// missing are the resource types that GovCloud's Regions do not have
// (docs/facts.md, "GovCloud limits that break ordinary stacks").
var missing = regexp.MustCompile(`^AWS::(Lambda::Url|Pipes::.*|Events::(ApiDestination|Connection)|Chatbot::.*|AuditManager::.*` +
	`|SNS::TopicInlinePolicy|SQS::QueueInlinePolicy|IAM::RolePolicy|Config::RemediationConfiguration` +
	`|CloudFormation::(Stack|Macro|LambdaHook|GuardHook|CustomResource))$`)

// checkGovCloud refuses what CloudFormation in GovCloud would, and what ties a
// template to one partition, Region or account. It refuses nested stacks and
// macros too, which StackSets do not take. What people chose may be an ARN.
func checkGovCloud(t *testing.T, stack synthesized, chosen ...string) {
	t.Helper()
	if stack.template["Transform"] != nil {
		t.Error("the template has a transform")
	}
	for name, r := range stack.template["Resources"].(map[string]any) {
		resource := r.(map[string]any)
		kind := resource["Type"].(string)
		if missing.MatchString(kind) {
			t.Errorf("%s is a %s", name, kind)
		}
		properties, _ := resource["Properties"].(map[string]any)
		for kinds, names := range map[string][]string{
			"AWS::Lambda::Function":           {"LoggingConfig", "SnapStart"},
			"AWS::Lambda::EventSourceMapping": {"Tags", "MetricsConfig", "ProvisionedPollerConfig"},
		} {
			for _, property := range names {
				if kind == kinds && properties[property] != nil {
					t.Errorf("%s has %s", name, property)
				}
			}
		}
	}
	everyText(stack.template["Resources"], "", func(path, text string) {
		for _, choice := range chosen {
			text = strings.ReplaceAll(text, choice, "")
		}
		switch {
		case fixedPartition.MatchString(text):
			t.Errorf("%s names a partition: %q", path, text)
		case fixedRegion.MatchString(text):
			t.Errorf("%s names a Region: %q", path, text)
		}
	})
}

var (
	fixedPartition = regexp.MustCompile(`arn:aws[a-z-]*:(?:events|ecs|sns|sqs|kms|lambda|logs|iam::(?:aws|\d{12}):policy)`)
	fixedRegion    = regexp.MustCompile(`\b(us|us-gov|eu|ap)-(east|west|central)-\d\b`)
)

// everyText visits all texts below a value. Options that people gave as ARNs
// of their own are none of the app's.
func everyText(value any, path string, visit func(path, text string)) {
	switch value := value.(type) {
	case string:
		visit(path, value)
	case []any:
		for i, item := range value {
			everyText(item, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case map[string]any:
		if value["Type"] == "AWS::SNS::Subscription" || value["Sid"] == "EncryptSessionsAndReadLogs" {
			return
		}
		for name, item := range value {
			everyText(item, path+"/"+name, visit)
		}
	}
}

// TestChecksOfGovCloud shows that the expressions find what they look for.
func TestChecksOfGovCloud(t *testing.T) {
	for _, kind := range []string{"AWS::Lambda::Url", "AWS::Pipes::Pipe", "AWS::SNS::TopicInlinePolicy", "AWS::CloudFormation::Stack"} {
		if !missing.MatchString(kind) {
			t.Errorf("%s passes", kind)
		}
	}
	if !fixedPartition.MatchString("arn:aws:sns:us-east-1:1:x") || !fixedRegion.MatchString("x.us-gov-west-1.y") {
		t.Error("a fixed partition or Region passes")
	}
}
