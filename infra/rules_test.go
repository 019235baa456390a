package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/product"
	"fipsguard/internal/trail"

	"github.com/google/go-cmp/cmp"
)

// checkRules: the patterns of internal/trail are the rules' unchanged, each
// target has retries and a queue, and the queue takes from every rule.
func checkRules(t *testing.T, stack synthesized) {
	t.Helper()
	rules := map[string]map[string]any{}
	for _, rule := range stack.resources("AWS::Events::Rule") {
		properties := rule["Properties"].(map[string]any)
		name := properties["Name"].(string)
		rules[name] = properties
		if properties["State"] != "ENABLED" {
			t.Errorf("%s is %v", name, properties["State"])
		}
		if properties["EventBusName"] != nil {
			t.Errorf("%s is not on the default bus", name)
		}
		for _, target := range properties["Targets"].([]any) {
			target := target.(map[string]any)
			if target["DeadLetterConfig"] == nil || target["RetryPolicy"] == nil {
				t.Errorf("%s has a target without queue or retries", name)
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(stack.resources("AWS::Events::Rule"))), senders(stack, "QueuesUndelivered")); diff != "" {
		t.Errorf("the queue of undelivered events takes from other rules than there are (-rules +queue):\n%s", diff)
	}
	for queue, want := range targetsOf(stack) {
		if diff := cmp.Diff(want, senders(stack, queue)); diff != "" {
			t.Errorf("queue %s takes from other rules than send to it (-rules +queue):\n%s", queue, diff)
		}
	}
	for _, pattern := range trail.Patterns() {
		var want any
		if err := json.Unmarshal([]byte(pattern.JSON), &want); err != nil {
			t.Fatal(err)
		}
		rule := rules[product.Prefix+pattern.Name]
		if diff := cmp.Diff(want, rule["EventPattern"]); diff != "" {
			t.Errorf("rule of pattern %s (-trail +rule):\n%s", pattern.Name, diff)
		}
		want = "GateQueue"
		if pattern.Name == trail.Settings {
			want = "Enforcer"
		}
		if got := wayOf(rule); got != want {
			t.Errorf("the events of %s go to the %s, want the %s: a storm of workloads never delays the setting", pattern.Name, got, want)
		}
		if len(rule["Description"].(string)) > 512 {
			t.Errorf("description of %s is longer than EventBridge allows", pattern.Name)
		}
	}
	for name, want := range map[string]string{"check-setting": "rate(1 minute)", "look-hourly": "cron(7 * * * ? *)", "look-daily": "cron(37 5 * * ? *)"} {
		if got := rules[product.Prefix+name]["ScheduleExpression"]; got != want {
			t.Errorf("%s is scheduled at %v, want %s", name, got, want)
		}
	}
	if got := wayOf(rules[product.Prefix+"check-setting"]); got != "Enforcer" {
		t.Errorf("the check of each minute goes to the %s", got)
	}
	for _, name := range []string{"look-hourly", "look-daily", "look-after-repair"} {
		checkScanTarget(t, name, rules[product.Prefix+name])
	}
	if got, want := len(stack.resources("AWS::Lambda::Permission")), 2; got != want {
		t.Errorf("%d rules may invoke a function, want %d", got, want)
	}
}

// checkScanTarget: requests for scans are of one group, and each has its own
// body. The queue swallows what has the body of a message of the last five
// minutes, the last request of a burst among them.
func checkScanTarget(t *testing.T, name string, rule map[string]any) {
	t.Helper()
	if got := wayOf(rule); got != "ScanQueue" {
		t.Errorf("%s goes to the %s", name, got)
	}
	target := rule["Targets"].([]any)[0].(map[string]any)
	if diff := cmp.Diff(map[string]any{"MessageGroupId": "scans"}, target["SqsParameters"]); diff != "" {
		t.Errorf("%s: the group of its requests (-want +got):\n%s", name, diff)
	}
	if target["Input"] != nil || target["InputPath"] != nil {
		t.Errorf("%s sends the same body each time", name)
	}
	if transformer, ok := target["InputTransformer"].(map[string]any); ok {
		paths := transformer["InputPathsMap"].(map[string]any)
		if paths["id"] != "$.id" || !strings.Contains(transformer["InputTemplate"].(string), "<id>") {
			t.Errorf("%s sends bodies without the event's ID", name)
		}
	}
}

// wayOf is where a rule's events go.
func wayOf(rule map[string]any) string {
	name := logicalTarget(rule)
	for prefix, way := range map[string]string{"EnforcerFunction": "Enforcer", "IntakeWorkloads": "GateQueue", "IntakeScans": "ScanQueue"} {
		if strings.HasPrefix(name, prefix) {
			return way
		}
	}
	return name
}

func logicalTarget(rule map[string]any) string {
	arn, ok := rule["Targets"].([]any)[0].(map[string]any)["Arn"].(map[string]any)["Fn::GetAtt"].([]any)
	if !ok {
		return ""
	}
	return arn[0].(string)
}

// targetsOf are the logical names of the rules that send to each queue, sorted.
func targetsOf(stack synthesized) map[string][]string {
	of := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(stack.resources("AWS::Events::Rule"))) {
		if queue := logicalTarget(stack.resources("AWS::Events::Rule")[name]["Properties"].(map[string]any)); strings.HasPrefix(queue, "Intake") {
			of[queue] = append(of[queue], name)
		}
	}
	return of
}

// senders are the logical names of the rules that a queue takes messages from,
// sorted. The queue's name may have the CDK's suffix.
func senders(stack synthesized, queue string) []string {
	var names []string
	for _, policy := range stack.resources("AWS::SQS::QueuePolicy") {
		properties := policy["Properties"].(map[string]any)
		if !strings.HasPrefix(properties["Queues"].([]any)[0].(map[string]any)["Ref"].(string), queue) {
			continue
		}
		for _, s := range properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			statement := s.(map[string]any)
			if statement["Sid"] != "RulesOfTheGuard" {
				continue
			}
			arns := statement["Condition"].(map[string]any)["ArnEquals"].(map[string]any)["aws:SourceArn"].([]any)
			for _, arn := range arns {
				names = append(names, arn.(map[string]any)["Fn::GetAtt"].([]any)[0].(string))
			}
		}
	}
	slices.Sort(names)
	return names
}
