package eventbridge_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/google/go-cmp/cmp"
)

func eventsOf(a *localaws.Account, p localaws.Principal, region string) *eventbridge.Client {
	return eventbridge.NewFromConfig(localtest.Config(a, p, region))
}

// targets are the ARNs that a rule of the west invokes.
func targets(t *testing.T, a *localaws.Account, rule string) []string {
	t.Helper()
	out, err := eventsOf(a, localaws.Everyone().Guard, localtest.West).ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: &rule})
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
	a := localtest.Start(t, localaws.Options{})
	localtest.Attach(t, a, localtest.West, localtest.Ignore)
	if err := a.Attach(localaws.Rule{Name: "tasks", Region: localtest.West, Pattern: localtest.SettingPattern, Invoke: localtest.Ignore, Disabled: true, TargetARN: "arn:aws-us-gov:lambda:x:y:function:z"}); err != nil {
		t.Fatal(err)
	}
	client := eventsOf(a, localaws.Everyone().Guard, localtest.West)
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
		if rule.State != want.state || aws.ToString(rule.EventPattern) != localtest.SettingPattern ||
			aws.ToString(rule.Arn) != "arn:aws-us-gov:events:us-gov-west-1:111122223333:rule/"+name {
			t.Errorf("rule %s is %+v", name, rule)
		}
		if diff := cmp.Diff([]string{want.target}, targets(t, a, name)); diff != "" {
			t.Errorf("targets of %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDisabledRulesGetNoEvents(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Concurrency: 1})
	var r localtest.Recorder
	localtest.Attach(t, a, localtest.West, r.Invoke)
	admin := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	if err := localtest.PutDefault(t, admin, "enabled"); err != nil {
		t.Fatal(err)
	}
	if err := a.DisableRule(localtest.West, "settings"); err != nil {
		t.Fatal(err)
	}
	if err := localtest.PutDefault(t, admin, "disabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Drain(t, a)
	if diff := cmp.Diff([]string{"enabled"}, r.Got()); diff != "" {
		t.Errorf("events before the rule was disabled, and none after (-want +got):\n%s", diff)
	}
	rule, err := eventsOf(a, localaws.Everyone().Guard, localtest.West).DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("settings")})
	if err != nil || rule.State != types.RuleStateDisabled {
		t.Errorf("the disabled rule is %+v, %v", rule, err)
	}
	if a.DisableRule(localtest.West, "none") == nil || a.DisableRule(localtest.East, "settings") == nil || a.DisableRule("us-east-1", "settings") == nil {
		t.Error("a rule was disabled that is not there")
	}
}

func TestListsOfRulesArePaged(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	want := []string{}
	for n := range 101 {
		name := fmt.Sprintf("guard-%03d", n)
		want = append(want, name)
		if err := a.Attach(localaws.Rule{Name: name, Region: localtest.West, Pattern: localtest.SettingPattern, Invoke: localtest.Ignore}); err != nil {
			t.Fatal(err)
		}
	}
	localtest.Attach(t, a, localtest.West, localtest.Ignore)
	client := eventsOf(a, localaws.Everyone().Guard, localtest.West)
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
	a := localtest.Start(t, localaws.Options{})
	localtest.Attach(t, a, localtest.East, localtest.Ignore)
	client := eventsOf(a, localaws.Everyone().Guard, localtest.West)
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
		if localtest.Code(err) != "ResourceNotFoundException" {
			t.Errorf("%s: got %q", what, localtest.Code(err))
		}
	}
	if _, err := client.ListRules(t.Context(), &eventbridge.ListRulesInput{NextToken: aws.String("*")}); localtest.Code(err) != "ValidationException" {
		t.Errorf("a token of its own: got %q", localtest.Code(err))
	}
}

// TestAScheduleComesAgainAndAgain with its input, unless it is disabled, and
// shows as what it is.
func TestAScheduleComesAgainAndAgain(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Concurrency: 1})
	var got []string
	err := a.Attach(localaws.Rule{
		Name: "minute", Region: localtest.West, Every: time.Minute, Input: `{"check":"setting"}`,
		Invoke: func(_ context.Context, event []byte) error { got = append(got, string(event)); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	advance := func(d time.Duration) {
		t.Helper()
		if err := a.Advance(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if advance(59 * time.Second); len(got) != 0 {
		t.Errorf("it came at once: %q", got)
	}
	if advance(2 * time.Minute); len(got) != 2 || got[1] != `{"check":"setting"}` {
		t.Errorf("in three minutes came %q, want the input twice", got)
	}
	client := eventbridge.NewFromConfig(localtest.Config(a, localaws.Everyone().Guard, localtest.West))
	rule, err := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("minute")})
	if err != nil || aws.ToString(rule.ScheduleExpression) != "rate(1 minute)" || rule.EventPattern != nil {
		t.Errorf("it shows as %q with pattern %v, error %v", aws.ToString(rule.ScheduleExpression), rule.EventPattern, err)
	}
	if err := a.DisableRule(localtest.West, "minute"); err != nil {
		t.Fatal(err)
	}
	if advance(5 * time.Minute); len(got) != 2 {
		t.Errorf("it came %d times though it is disabled", len(got)-2)
	}
}
