package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fipsguard/infra/template"
	"fipsguard/internal/product"

	"quamina.net/go/quamina"
)

// TestTamperRules matches calls against the committed template's rules as they
// are once deployed.
func TestTamperRules(t *testing.T) {
	matcher := deployedTamperRules(t)
	const (
		function = "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-enforcer"
		gate     = "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-gate"
		policy   = "arn:aws-us-gov:x:us-gov-west-1:111122223333:PolicyParameter" // the parameter's value here
		topic    = "arn:aws-us-gov:x:us-gov-west-1:111122223333:AlertsTopicCF7C81C9"
	)
	for _, call := range []struct {
		service, name, detail string
		rules                 string // the ones that tell, sorted
	}{
		{"cloudtrail", "StopLogging", `"requestParameters":{"name":"any"}`, "trails"},
		{"cloudtrail", "PutEventSelectors", `"requestParameters":{"trailName":"any"}`, "trails"},
		{"cloudtrail", "StartLogging", `"requestParameters":{"name":"any"}`, ""},
		{"cloudtrail", "StopLogging", `"errorCode":"AccessDenied"`, ""},
		{"events", "DisableRule", `"requestParameters":{"name":"fipsguard-settings"}`, "rules"},
		{"events", "DisableRule", `"requestParameters":{"name":"fipsguard-tamper-rules"}`, "rules rules-watch"},
		{"events", "DisableRule", `"requestParameters":{"name":"fipsguard-tamper-rules-watch"}`, "rules"},
		{"events", "DeleteRule", `"requestParameters":{"name":"other"}`, ""},
		{"events", "RemoveTargets", `"requestParameters":{"rule":"fipsguard-launches","ids":["enforcer"]}`, "targets"},
		{"lambda", "UpdateFunctionCode20150331v2", `"requestParameters":{"functionName":"fipsguard-enforcer"}`, "functions"},
		{"lambda", "UpdateFunctionConfiguration20150331v2", `"requestParameters":{"functionName":"` + function + `:1"}`, "functions"},
		{"lambda", "DeleteFunction20150331", `"requestParameters":{"functionName":"111122223333:function:fipsguard-enforcer"}`, "functions"},
		{"lambda", "PutFunctionConcurrency20171031", `"requestParameters":{"functionName":"fipsguard-enforcer","reservedConcurrentExecutions":0}`, "functions"},
		{"lambda", "UpdateFunctionCode20150331v2", `"requestParameters":{"functionName":"other"}`, ""},
		{"lambda", "UpdateEventSourceMapping20150331", `"requestParameters":{"uUID":"u","enabled":false},"responseElements":{"functionArn":"` + gate + `"}`, "sources"},
		{"lambda", "DeleteEventSourceMapping20150331", `"requestParameters":{"uUID":"u"},"responseElements":{"functionArn":"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:other"}`, ""},
		{"sqs", "PurgeQueue", `"requestParameters":{"queueUrl":"https://sqs.us-gov-west-1.amazonaws.com/111122223333/fipsguard-workloads"}`, "queues"},
		{"sqs", "SetQueueAttributes", `"requestParameters":{"queueUrl":"https://sqs-fips.us-gov-west-1.amazonaws.com/111122223333/fipsguard-scans.fifo"}`, "queues"},
		{"sqs", "DeleteQueue", `"requestParameters":{"queueUrl":"https://sqs.us-gov-west-1.amazonaws.com/111122223333/other"}`, ""},
		{"iam", "AttachRolePolicy", `"requestParameters":{"roleName":"fipsguard-enforcer-us-gov-east-1"}`, "roles"},
		{"iam", "DeleteRole", `"requestParameters":{"roleName":"other"}`, ""},
		{"iam", "CreatePolicyVersion", `"requestParameters":{"policyArn":"arn:aws-us-gov:iam::111122223333:policy/fipsguard-enforcer-us-gov-west-1"}`, "policies"},
		{"sns", "DeleteTopic", `"requestParameters":{"topicArn":"` + topic + `"}`, "topic"},
		{"sns", "Unsubscribe", `"requestParameters":{"subscriptionArn":"` + topic + `:0a1b"}`, "subscriptions"},
		{"sns", "Unsubscribe", `"requestParameters":{"subscriptionArn":"` + topic + `-other:0a1b"}`, ""},
		{"kms", "ScheduleKeyDeletion", `"resources":[{"type":"AWS::KMS::Key","ARN":"arn:aws-us-gov:x:us-gov-west-1:111122223333:Key961B73FD"}]`, "key"},
		{"kms", "DisableKey", `"resources":[{"type":"AWS::KMS::Key","ARN":"arn:aws-us-gov:x:us-gov-west-1:111122223333:other"}]`, ""},
		{"s3", "PutBucketPolicy", `"requestParameters":{"bucketName":"fipsguard-evidence-111122223333-us-gov-west-1"}`, "evidence"},
		{"s3", "PutBucketPolicy", `"requestParameters":{"bucketName":"other"}`, ""},
		{"events", "UpdateEventBus", `"requestParameters":{"name":"default"}`, "bus"},
		{"events", "UpdateEventBus", `"requestParameters":{"name":"shop"}`, ""},
		{"lambda", "CreateEventSourceMapping20150331", `"requestParameters":{"functionName":"fipsguard-gate"}`, "functions"},
		{"sqs", "StartMessageMoveTask", `"requestParameters":{"sourceArn":"arn:aws-us-gov:sqs:us-gov-west-1:111122223333:fipsguard-failed"}`, "moves"},
		{"sns", "PutDataProtectionPolicy", `"requestParameters":{"resourceArn":"` + topic + `"}`, "topic-data"},
		{"kms", "CreateGrant", `"resources":[{"type":"AWS::KMS::Key","ARN":"arn:aws-us-gov:x:us-gov-west-1:111122223333:Key961B73FD"}]`, "key"},
		{"logs", "DeleteLogGroup", `"requestParameters":{"logGroupName":"/aws/lambda/fipsguard-enforcer"}`, "logs"},
		{"logs", "PutTransformer", `"requestParameters":{"logGroupIdentifier":"arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/aws/lambda/fipsguard-gate"}`, "log-contents"},
		{"logs", "DeleteLogGroup", `"requestParameters":{"logGroupName":"/aws/lambda/other"}`, ""},
		{"logs", "PutAccountPolicy", `"requestParameters":{"policyName":"any"}`, "log-account"},
		{"monitoring", "PutAlarmMuteRule", `"requestParameters":{"name":"any"}`, "mutes"},
		{"cloudformation", "UpdateStack", `"requestParameters":{"stackName":"arn:aws-us-gov:x:us-gov-west-1:111122223333:AWS::StackId"}`, "stack"},
		{"cloudformation", "DeleteStack", `"requestParameters":{"stackName":"shop"}`, ""},
		{"sts", "AssumeRole", `"requestParameters":{"roleArn":"arn:aws-us-gov:iam::111122223333:role/fipsguard-break-glass"}`, "break-glass"},
		{"sts", "AssumeRole", `"requestParameters":{"roleArn":"arn:aws-us-gov:iam::111122223333:role/Admin"}`, ""},
		{"ssm", "PutParameter", `"requestParameters":{"name":"` + policy + `","overwrite":true}`, "workload-policy"},
		{"ssm", "DeleteParameter", `"requestParameters":{"name":"` + policy + `"}`, "workload-policy"},
		{"ssm", "DeleteParameters", `"requestParameters":{"names":["other","` + policy + `"]}`, "workload-policy-list"},
		{"ssm", "PutParameter", `"requestParameters":{"name":"other"}`, ""},
		{"monitoring", "DeleteAlarms", `"requestParameters":{"alarmNames":["other","fipsguard-errors"]}`, "alarms"},
		{"monitoring", "PutMetricAlarm", `"requestParameters":{"alarmName":"fipsguard-errors"}`, "alarm-settings"},
	} {
		event := fmt.Sprintf(`{"source":"aws.%s","detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":"%s.amazonaws.com","eventName":%q,%s}}`,
			call.service, call.service, call.name, call.detail)
		matches, err := matcher.MatchesForEvent([]byte(event))
		if err != nil {
			t.Fatalf("%s: %v", event, err)
		}
		var rules []string
		for _, match := range matches {
			rules = append(rules, match.(string))
		}
		slices.Sort(rules)
		if got := strings.Join(rules, " "); got != call.rules {
			t.Errorf("%s of %s, %s: rules %q, want %q", call.name, call.service, call.detail, got, call.rules)
		}
	}
}

func deployedTamperRules(t *testing.T) *quamina.Quamina {
	t.Helper()
	var stack synthesized
	if err := json.Unmarshal(template.JSON(), &stack.template); err != nil {
		t.Fatal(err)
	}
	matcher, err := quamina.New()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, rule := range stack.resources("AWS::Events::Rule") {
		properties := rule["Properties"].(map[string]any)
		name, tamper := strings.CutPrefix(properties["Name"].(string), product.Prefix+"tamper-")
		if !tamper {
			continue
		}
		pattern, err := json.Marshal(deployed(properties["EventPattern"]))
		if err != nil {
			t.Fatal(err)
		}
		if err := matcher.AddPattern(name, string(pattern)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		count++
	}
	if count == 0 {
		t.Fatal("the template has no tamper rules")
	}
	return matcher
}

// deployed replaces a template's functions by what they give in one account. A
// resource's Ref or Arn becomes a made-up ARN with its logical name. Every
// condition holds.
func deployed(value any) any {
	switch value := value.(type) {
	case []any:
		var list []any
		for _, item := range value {
			list = append(list, deployed(item))
		}
		return list
	case map[string]any:
		if name, ok := value["Ref"].(string); ok {
			pseudo := map[string]string{"AWS::Partition": "aws-us-gov", "AWS::Region": "us-gov-west-1", "AWS::AccountId": "111122223333", "AWS::URLSuffix": "amazonaws.com"}
			if known, ok := pseudo[name]; ok {
				return known
			}
			return "arn:aws-us-gov:x:us-gov-west-1:111122223333:" + name
		}
		if attribute, ok := value["Fn::GetAtt"].([]any); ok {
			return deployed(map[string]any{"Ref": attribute[0]})
		}
		if either, ok := value["Fn::If"].([]any); ok {
			return deployed(either[1])
		}
		if of, ok := value["Fn::Select"].([]any); ok {
			first, _, _ := strings.Cut(deployed(of[1].(map[string]any)["Fn::Split"].([]any)[1]).(string), "/")
			return first
		}
		if join, ok := value["Fn::Join"].([]any); ok {
			var text strings.Builder
			for _, part := range join[1].([]any) {
				text.WriteString(deployed(part).(string))
			}
			return text.String()
		}
		fields := map[string]any{}
		for name, item := range value {
			fields[name] = deployed(item)
		}
		return fields
	}
	return value
}
