package selfcheck

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

const (
	region   = "us-gov-west-1"
	function = "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:fipsguard-enforcer"

	reportedARN = "arn:aws-us-gov:sqs:" + region + ":" + localaws.AccountID + ":fipsguard-reported"
)

// deployed is a guard in a local account, as it should be.
func deployed(t *testing.T) (*localaws.Account, Guard) {
	t.Helper()
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	config := local.Config(localaws.Everyone().Guard, region)
	topic, err := local.CreateTopic(region, "fipsguard-alerts")
	if err != nil {
		t.Fatal(err)
	}
	if err := local.Subscribe(topic, "email", "soc@example.gov", true); err != nil {
		t.Fatal(err)
	}
	if err := local.SubscribeQueue(topic, reportedARN); err != nil {
		t.Fatal(err)
	}
	queue, err := local.CreateQueue(region, "fipsguard-failed")
	if err != nil {
		t.Fatal(err)
	}
	err = local.Attach(localaws.Rule{
		Name: "fipsguard-settings", Region: region, Pattern: `{"source":["aws.ecs"],"detail-type":["x"]}`,
		Invoke: func(context.Context, []byte) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	err = local.Attach(localaws.Rule{
		Name: "fipsguard-check-setting", Region: region, Every: time.Minute, Input: `{"check":"setting"}`, TargetARN: function,
		Invoke: func(context.Context, []byte) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return local, Guard{
		Schedules: map[string]Schedule{"fipsguard-check-setting": {Target: function, Asks: `{"check":"setting"}`}},
		Trails:    cloudtrail.NewFromConfig(config), Rules: eventbridge.NewFromConfig(config),
		Subscriptions: sns.NewFromConfig(config), Queues: sqs.NewFromConfig(config),
		Patterns: map[string]string{"fipsguard-settings": `{ "detail-type": ["x"], "source": ["aws.ecs"] }`}, Targets: map[string]string{"fipsguard-settings": function}, TopicARN: topic, ReportedARN: reportedARN, QueueURLs: []string{queue},
	}
}

// verdicts are what the rule book says of the parts. The module is that of the
// test's own binary, which is no matter here.
func verdicts(t *testing.T, g Guard) map[guard.RuleID]guard.Finding {
	t.Helper()
	found := map[guard.RuleID]guard.Finding{}
	for _, part := range g.Observe(t.Context()) {
		f := guard.Check(part)[0]
		if before, ok := found[part.Rule]; part.Rule != guard.GuardModule && (!ok || before.Verdict == guard.Compliant) {
			found[part.Rule] = f
		}
	}
	return found
}

func TestAGuardThatIsWell(t *testing.T) {
	_, g := deployed(t)
	found := verdicts(t, g)
	if len(found) != 4 {
		t.Errorf("%d rules were looked at, want 4", len(found))
	}
	for rule, f := range found {
		if f.Verdict != guard.Compliant {
			t.Errorf("%s is %s: %s", rule, f.Verdict, f.Reason)
		}
	}
}

func TestWhatIsWrongWithAGuard(t *testing.T) {
	trail := func(change func(*localaws.Trail)) func(*localaws.Account, *Guard) error {
		return func(a *localaws.Account, _ *Guard) error {
			t := localaws.Trail{Name: "organization", Bucket: "b", Logging: true, ReadWriteType: "All", Management: true}
			change(&t)
			return a.SetTrail(region, t)
		}
	}
	for name, c := range map[string]struct {
		change func(*localaws.Account, *Guard) error
		rule   guard.RuleID
		reason string
	}{
		"the trail is off":             {trail(func(t *localaws.Trail) { t.Logging = false }), guard.GuardTrail, "is not logging"},
		"the trail only reads":         {trail(func(t *localaws.Trail) { t.ReadWriteType = "ReadOnly" }), guard.GuardTrail, "does not log management events that write"},
		"the trail has data only":      {trail(func(t *localaws.Trail) { t.Management = false }), guard.GuardTrail, "does not log management events that write"},
		"an advanced trail only reads": {trail(func(t *localaws.Trail) { t.ReadWriteType, t.Advanced = "ReadOnly", true }), guard.GuardTrail, "does not log management events that write"},
		"there is no trail":            {func(a *localaws.Account, _ *Guard) error { return a.DeleteTrail(region, "organization") }, guard.GuardTrail, "There is no trail"},
		"a rule is disabled":           {func(a *localaws.Account, _ *Guard) error { return a.DisableRule(region, "fipsguard-settings") }, guard.GuardEvents, "is disabled"},
		"a rule is gone": {func(_ *localaws.Account, g *Guard) error {
			g.Patterns = map[string]string{"fipsguard-launches": "{}"}
			return nil
		}, guard.GuardEvents, "does not exist"},
		"a rule lets less through": {func(_ *localaws.Account, g *Guard) error {
			g.Patterns["fipsguard-settings"] = `{"source":["aws.ecs"]}`
			return nil
		}, guard.GuardEvents, "has another event pattern"},
		"a rule points elsewhere": {func(_ *localaws.Account, g *Guard) error { g.Targets["fipsguard-settings"] += "-2"; return nil }, guard.GuardEvents, "does not send its events"},
		"a schedule is disabled":  {func(a *localaws.Account, _ *Guard) error { return a.DisableRule(region, "fipsguard-check-setting") }, guard.GuardEvents, "rule fipsguard-check-setting is disabled"},
		"a schedule is gone": {func(_ *localaws.Account, g *Guard) error {
			g.Schedules = map[string]Schedule{"fipsguard-look-hourly": {}}
			return nil
		}, guard.GuardEvents, "rule fipsguard-look-hourly does not exist"},
		"a schedule asks somebody else": {func(_ *localaws.Account, g *Guard) error {
			g.Schedules = map[string]Schedule{"fipsguard-check-setting": {Target: function + "-2", Asks: `{"check":"setting"}`}}
			return nil
		}, guard.GuardEvents, "does not send"},
		"a schedule asks something else": {func(_ *localaws.Account, g *Guard) error {
			g.Schedules = map[string]Schedule{"fipsguard-check-setting": {Target: function, Asks: `"look":"daily"`}}
			return nil
		}, guard.GuardEvents, "does not send"},
		"a rule with a pattern is no schedule": {func(_ *localaws.Account, g *Guard) error {
			g.Schedules = map[string]Schedule{"fipsguard-settings": {Target: function}}
			return nil
		}, guard.GuardEvents, "has no schedule"},
		"somebody has not confirmed": {func(a *localaws.Account, g *Guard) error {
			return a.Subscribe(g.TopicARN, "email", "isso@example.gov", false)
		}, guard.GuardAlerts, "a subscription by email is not confirmed"},
		"nothing notes what was reported": {func(_ *localaws.Account, g *Guard) error { g.ReportedARN += "-2"; return nil }, guard.GuardAlerts, "fipsguard-reported-2 is not subscribed"},
		"events wait":                     {func(a *localaws.Account, g *Guard) error { return a.SetQueueDepth(g.QueueURLs[0], 3) }, guard.GuardQueues, "about 3 messages wait in queue fipsguard-failed"},
	} {
		t.Run(name, func(t *testing.T) {
			local, g := deployed(t)
			if err := c.change(local, &g); err != nil {
				t.Fatal(err)
			}
			found := verdicts(t, g)
			if f := found[c.rule]; f.Verdict != guard.NonCompliant || !strings.Contains(strings.ToLower(f.Reason), strings.ToLower(c.reason)) {
				t.Errorf("%s is %s: %s; want a violation: %s", c.rule, f.Verdict, f.Reason, c.reason)
			}
			for rule, f := range found {
				if rule != c.rule && f.Verdict != guard.Compliant {
					t.Errorf("%s is %s: %s", rule, f.Verdict, f.Reason)
				}
			}
		})
	}
	t.Run("nobody is subscribed", func(t *testing.T) {
		local, g := deployed(t)
		var err error
		if g.TopicARN, err = local.CreateTopic(region, "lonely"); err != nil {
			t.Fatal(err)
		}
		if err := local.SubscribeQueue(g.TopicARN, reportedARN); err != nil { // the guard's queue is nobody
			t.Fatal(err)
		}
		if f := verdicts(t, g)[guard.GuardAlerts]; f.Verdict != guard.NonCompliant || !strings.Contains(f.Reason, "Nobody has a confirmed subscription") {
			t.Errorf("%s: %s", f.Verdict, f.Reason)
		}
	})
}

// TestWhatMayNotBeLookedAt is a doubt, never fine.
func TestWhatMayNotBeLookedAt(t *testing.T) {
	for action, rule := range map[string]guard.RuleID{
		"cloudtrail:DescribeTrails": guard.GuardTrail, "cloudtrail:GetTrailStatus": guard.GuardTrail, "cloudtrail:GetEventSelectors": guard.GuardTrail,
		"events:DescribeRule": guard.GuardEvents, "events:ListTargetsByRule": guard.GuardEvents,
		"sns:ListSubscriptionsByTopic": guard.GuardAlerts, "sqs:GetQueueAttributes": guard.GuardQueues,
	} {
		t.Run(action, func(t *testing.T) {
			local, g := deployed(t)
			local.Deny(localaws.Everyone().Guard, action)
			_, call, _ := strings.Cut(action, ":")
			if f := verdicts(t, g)[rule]; f.Verdict != guard.InsufficientData || !strings.Contains(f.Reason, call) {
				t.Errorf("%s is %s: %s", rule, f.Verdict, f.Reason)
			}
		})
	}
}

// TestWhatTargetsGet: a target that is sent something else than the events has
// none of them.
func TestWhatTargetsGet(t *testing.T) {
	at := func(change func(*eventtypes.Target)) []eventtypes.Target {
		t := eventtypes.Target{Arn: aws.String(function)}
		change(&t)
		return []eventtypes.Target{{Arn: aws.String("another")}, t}
	}
	for name, c := range map[string]struct {
		targets []eventtypes.Target
		want    bool
	}{
		"the events":     {at(func(*eventtypes.Target) {}), true},
		"a constant":     {at(func(t *eventtypes.Target) { t.Input = aws.String("{}") }), false},
		"a part of them": {at(func(t *eventtypes.Target) { t.InputPath = aws.String("$.detail") }), false},
		"a rewriting":    {at(func(t *eventtypes.Target) { t.InputTransformer = &eventtypes.InputTransformer{} }), false},
		"nothing":        {nil, false},
	} {
		if got := pointsAt(c.targets, function); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

func TestASubscriptionThatWasDeletedIsNone(t *testing.T) {
	part := subscribed(guard.Component{Rule: guard.GuardAlerts}, []snstypes.Subscription{{SubscriptionArn: aws.String("Deleted"), Protocol: aws.String("email")}}, "")
	if f := guard.Check(part)[0]; f.Verdict != guard.NonCompliant {
		t.Errorf("%s: %s", f.Verdict, f.Reason)
	}
}

// TestAdvancedSelectors are judged as selecting only where that is sure.
func TestAdvancedSelectors(t *testing.T) {
	field := func(name string, equals ...string) types.AdvancedFieldSelector {
		return types.AdvancedFieldSelector{Field: aws.String(name), Equals: equals}
	}
	not := func(name string, values ...string) types.AdvancedFieldSelector {
		return types.AdvancedFieldSelector{Field: aws.String(name), NotEquals: values}
	}
	for name, c := range map[string]struct {
		fields []types.AdvancedFieldSelector
		want   bool
	}{
		"management":                   {[]types.AdvancedFieldSelector{field("eventCategory", "Management")}, true},
		"management that writes":       {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), field("readOnly", "false")}, true},
		"management that reads":        {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), field("readOnly", "true")}, false},
		"data":                         {[]types.AdvancedFieldSelector{field("eventCategory", "Data")}, false},
		"management without KMS":       {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), not("eventSource", "kms.amazonaws.com")}, true},
		"management without ECS":       {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), not("eventSource", "ecs.amazonaws.com")}, false},
		"ECS alone":                    {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), field("eventSource", "ecs.amazonaws.com")}, true},
		"another service alone":        {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), field("eventSource", "s3.amazonaws.com")}, false},
		"what nobody here understands": {[]types.AdvancedFieldSelector{field("eventCategory", "Management"), field("userIdentity.arn", "x")}, false},
		"nothing":                      {nil, false},
	} {
		if got := selectsAdvanced(types.AdvancedEventSelector{FieldSelectors: c.fields}); got != c.want {
			t.Errorf("%s: selects %t, want %t", name, got, c.want)
		}
	}
}
