package selfcheck

import (
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

const (
	region      = "us-gov-west-1"
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
	return local, Guard{
		Trails: cloudtrail.NewFromConfig(config), Subscriptions: sns.NewFromConfig(config), Queues: sqs.NewFromConfig(config),
		TopicARN: topic, ReportedARN: reportedARN, QueueURLs: []string{queue},
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
	if len(found) != 3 {
		t.Errorf("%d rules were looked at, want 3", len(found))
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
		"somebody has not confirmed": {func(a *localaws.Account, g *Guard) error {
			return a.Subscribe(g.TopicARN, "email", "isso@example.gov", false)
		}, guard.GuardAlerts, "a subscription by email is not confirmed"},
		"nothing notes what was reported": {func(_ *localaws.Account, g *Guard) error { g.ReportedARN += "-2"; return nil }, guard.GuardAlerts, "fipsguard-reported-2 is not subscribed"},
		"events wait":                     {func(a *localaws.Account, g *Guard) error { return a.SetQueueDepth(g.QueueURLs[0], 3) }, guard.GuardQueues, "Queue fipsguard-failed has about 3 messages waiting"},
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

// TestAMemberOfAnOrganization has a trail of another account, which does not show
// its selectors. Without selectors of its own it is no doubt; with some, it is one
// until a canary came through.
func TestAMemberOfAnOrganization(t *testing.T) {
	const name = "arn:aws-us-gov:cloudtrail:us-gov-west-1:999988887777:trail/organization"
	for what, c := range map[string]struct {
		change func(*localaws.Trail)
		deny   string
		want   guard.Verdict
		says   string
	}{
		"all management events": {func(*localaws.Trail) {}, "", guard.Compliant, "Trail " + name + " is logging"},
		"selectors of its own": {
			func(t *localaws.Trail) { t.ReadWriteType = "WriteOnly" }, "", guard.InsufficientData,
			"trail " + name + " belongs to another account and is not visible from here: it has event selectors of its own.",
		},
		"switched off": {func(t *localaws.Trail) { t.Logging = false }, "", guard.NonCompliant, "is not logging"},
		"its status is refused": {
			func(*localaws.Trail) {}, "cloudtrail:GetTrailStatus", guard.InsufficientData,
			"trail " + name + " belongs to another account and is not visible from here: AWS answered GetTrailStatus with AccessDenied",
		},
		"all trails are refused": {func(*localaws.Trail) {}, "cloudtrail:DescribeTrails", guard.InsufficientData, "AWS answered DescribeTrails"},
	} {
		t.Run(what, func(t *testing.T) {
			local, g := deployed(t)
			trail := localaws.Trail{Name: "organization", Bucket: "b", Logging: true, ReadWriteType: "All", Management: true, Owner: "999988887777"}
			c.change(&trail)
			if err := local.SetTrail(region, trail); err != nil {
				t.Fatal(err)
			}
			local.Deny(localaws.Everyone().Guard, "cloudtrail:GetEventSelectors")
			if c.deny != "" {
				local.Deny(localaws.Everyone().Guard, c.deny)
			}
			seen := g.trail(t.Context())
			if f := guard.Check(seen)[0]; f.Verdict != c.want || !strings.Contains(f.Reason, c.says) {
				t.Errorf("%s: %s; want %s: %s", f.Verdict, f.Reason, c.want, c.says)
			}
		})
	}
}

// TestWhatMayNotBeLookedAt is a doubt, never fine.
func TestWhatMayNotBeLookedAt(t *testing.T) {
	for action, rule := range map[string]guard.RuleID{
		"cloudtrail:DescribeTrails": guard.GuardTrail, "cloudtrail:GetTrailStatus": guard.GuardTrail, "cloudtrail:GetEventSelectors": guard.GuardTrail,
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
