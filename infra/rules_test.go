package main

import (
	"encoding/json"
	"maps"
	"slices"
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
	senders := sendersOfUndelivered(stack)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(stack.resources("AWS::Events::Rule"))), senders); diff != "" {
		t.Errorf("the queue of undelivered events takes from other rules than there are (-rules +queue):\n%s", diff)
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
		if len(rule["Description"].(string)) > 512 {
			t.Errorf("description of %s is longer than EventBridge allows", pattern.Name)
		}
	}
	for name, want := range map[string]string{"look-hourly": "cron(7 * * * ? *)", "look-daily": "cron(37 5 * * ? *)"} {
		if got := rules[product.Prefix+name]["ScheduleExpression"]; got != want {
			t.Errorf("%s is scheduled at %v, want %s", name, got, want)
		}
	}
	if got, want := len(stack.resources("AWS::Lambda::Permission")), len(trail.Patterns())+3; got != want {
		t.Errorf("%d rules may invoke a function, want %d", got, want)
	}
}

// sendersOfUndelivered are the logical names of the rules that a queue takes
// messages from, sorted.
func sendersOfUndelivered(stack synthesized) []string {
	var names []string
	for _, policy := range stack.resources("AWS::SQS::QueuePolicy") {
		for _, s := range policy["Properties"].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
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
