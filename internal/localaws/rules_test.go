package localaws

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/google/go-cmp/cmp"
)

func eventsOf(a *Account, p Principal, region string) *eventbridge.Client {
	return eventbridge.NewFromConfig(config(a, p, region))
}

func ignore(context.Context, []byte) error { return nil }

// targets are the ARNs that a rule of the west invokes.
func targets(t *testing.T, a *Account, rule string) []string {
	t.Helper()
	out, err := eventsOf(a, Everyone().Guard, west).ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: &rule})
	if err != nil {
		t.Fatalf("targets of %s: %v", rule, err)
	}
	arns := []string{}
	for _, target := range out.Targets {
		arns = append(arns, aws.ToString(target.Arn))
	}
	return arns
}

func TestRulesShowWhatTheyMatchAndInvoke(t *testing.T) {
	a := start(t, Options{})
	attach(t, a, west, ignore)
	if err := a.Attach(Rule{Name: "tasks", Region: west, Pattern: settingPattern, Invoke: ignore, Disabled: true, TargetARN: "arn:aws-us-gov:lambda:x:y:function:z"}); err != nil {
		t.Fatal(err)
	}
	client := eventsOf(a, Everyone().Guard, west)
	for name, want := range map[string]struct {
		state  types.RuleState
		target string
	}{
		"settings": {types.RuleStateEnabled, "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-enforcer"},
		"tasks":    {types.RuleStateDisabled, "arn:aws-us-gov:lambda:x:y:function:z"},
	} {
		rule, err := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: &name, EventBusName: aws.String("default")})
		if err != nil {
			t.Fatal(err)
		}
		if rule.State != want.state || aws.ToString(rule.EventPattern) != settingPattern ||
			aws.ToString(rule.Arn) != "arn:aws-us-gov:events:us-gov-west-1:111122223333:rule/"+name {
			t.Errorf("rule %s is %+v", name, rule)
		}
		if diff := cmp.Diff([]string{want.target}, targets(t, a, name)); diff != "" {
			t.Errorf("targets of %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDisabledRulesGetNoEvents(t *testing.T) {
	a := start(t, Options{Concurrency: 1})
	var r recorder
	attach(t, a, west, r.invoke)
	admin := ecsOf(a, Everyone().Admin, west)
	if err := putDefault(t, admin, "enabled"); err != nil {
		t.Fatal(err)
	}
	if err := a.DisableRule(west, "settings"); err != nil {
		t.Fatal(err)
	}
	if err := putDefault(t, admin, "disabled"); err != nil {
		t.Fatal(err)
	}
	drain(t, a)
	if diff := cmp.Diff([]string{"enabled"}, r.got()); diff != "" {
		t.Errorf("events before the rule was disabled, and none after (-want +got):\n%s", diff)
	}
	rule, err := eventsOf(a, Everyone().Guard, west).DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("settings")})
	if err != nil || rule.State != types.RuleStateDisabled {
		t.Errorf("the disabled rule is %+v, %v", rule, err)
	}
	if a.DisableRule(west, "none") == nil || a.DisableRule(east, "settings") == nil || a.DisableRule("us-east-1", "settings") == nil {
		t.Error("a rule was disabled that is not there")
	}
}

func TestListsOfRulesArePaged(t *testing.T) {
	a := start(t, Options{})
	want := []string{}
	for n := range rulesPage + 1 {
		name := fmt.Sprintf("guard-%03d", n)
		want = append(want, name)
		if err := a.Attach(Rule{Name: name, Region: west, Pattern: settingPattern, Invoke: ignore}); err != nil {
			t.Fatal(err)
		}
	}
	attach(t, a, west, ignore)
	client := eventsOf(a, Everyone().Guard, west)
	got, pages := []string{}, 0
	for in := (&eventbridge.ListRulesInput{NamePrefix: aws.String("guard-")}); ; pages++ {
		out, err := client.ListRules(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range out.Rules {
			got = append(got, aws.ToString(rule.Name))
		}
		if in.NextToken = out.NextToken; out.NextToken == nil {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 1 {
		t.Errorf("rules on %d pages (-want +got):\n%s", pages+1, diff)
	}
}

func TestRulesThatAreNotThere(t *testing.T) {
	a := start(t, Options{})
	attach(t, a, east, ignore)
	client := eventsOf(a, Everyone().Guard, west)
	name, bus := aws.String("settings"), aws.String("other")
	_, described := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: name})
	_, listed := client.ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: name})
	_, describedElsewhere := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: name, EventBusName: bus})
	_, listedElsewhere := client.ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: name, EventBusName: bus})
	_, rulesElsewhere := client.ListRules(t.Context(), &eventbridge.ListRulesInput{EventBusName: bus})
	for what, err := range map[string]error{
		"a rule of another Region": described, "its targets": listed,
		"a rule of another bus": describedElsewhere, "its targets there": listedElsewhere, "all rules there": rulesElsewhere,
	} {
		if code(err) != "ResourceNotFoundException" {
			t.Errorf("%s: got %q", what, code(err))
		}
	}
	if _, err := client.ListRules(t.Context(), &eventbridge.ListRulesInput{NextToken: aws.String("*")}); code(err) != "ValidationException" {
		t.Errorf("a token of its own: got %q", code(err))
	}
}
