package drills_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation"
	"fipsguard/internal/trail"
)

// TestADeafGuard: in each way in which the guard can be deaf or mute, the drill
// misses what it waits for and names the broken link first.
func TestADeafGuard(t *testing.T) {
	const region = simulation.Region
	topic := "arn:aws-us-gov:sns:" + region + ":" + localaws.AccountID + ":" + product.Alerts
	queueURL := func(name string) string {
		return "https://sqs." + region + ".amazonaws.com/" + localaws.AccountID + "/" + name
	}
	trailOf := func(change func(*localaws.Trail)) func(*simulation.Account) error {
		return func(a *simulation.Account) error {
			on := localaws.Trail{Name: "organization", Bucket: "b", Logging: true, ReadWriteType: "All", Management: true}
			change(&on)
			return a.AWS.SetTrail(region, on)
		}
	}
	settings := product.Prefix + trail.Settings
	definitions := product.Prefix + "definitions-architecture"
	for name, c := range map[string]struct {
		breaks func(*simulation.Account) error
		step   drill.StepID // that misses its effect
		says   string       // the first link that it names
	}{
		"the trail is off":          {trailOf(func(t *localaws.Trail) { t.Logging = false }), drill.DefinitionStep, "trail: trail arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/organization is not logging"},
		"the trail only logs reads": {trailOf(func(t *localaws.Trail) { t.ReadWriteType = "ReadOnly" }), drill.OverrideStep, "trail: trail arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/organization does not log management events that write"},
		"there is no trail":         {func(a *simulation.Account) error { return a.AWS.DeleteTrail(region, "organization") }, drill.DefinitionStep, "trail: there is no trail in this Region"},
		"the rule of settings is off": {func(a *simulation.Account) error { return a.AWS.DisableRule(region, settings) }, drill.OverrideStep,
			"rule: rule " + settings + " is disabled"},
		"the rule of definitions is off": {func(a *simulation.Account) error { return a.AWS.DisableRule(region, definitions) }, drill.DefinitionStep,
			"rule: rule " + definitions + " is disabled"},
		"the rule of definitions is gone": {func(a *simulation.Account) error { return a.AWS.DeleteRule(region, definitions) }, drill.DefinitionStep,
			"rule: rule " + definitions + " does not exist"},
		"the rule is narrowed": {func(a *simulation.Account) error {
			if err := a.AWS.DeleteRule(region, definitions); err != nil {
				return err
			}
			return a.AWS.Attach(localaws.Rule{
				Name: definitions, Region: region, Pattern: `{"source":["nothing"]}`, TargetARN: queueARN(product.Workloads),
				Send: func(group, body string) error { return a.AWS.Send(queueURL(product.Workloads), group, body) },
			})
		}, drill.DefinitionStep, "rule: rule " + definitions + " has another event pattern than the guard's"},
		"EventBridge may not invoke the enforcer": {func(a *simulation.Account) error {
			if err := a.AWS.DeleteRule(region, settings); err != nil {
				return err
			}
			for _, p := range trail.Patterns() {
				if p.Name != trail.Settings {
					continue
				}
				return a.AWS.Attach(localaws.Rule{
					Name: settings, Region: region, Pattern: p.JSON, TargetARN: "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:" + product.Enforcer,
					Invoke: func(_ context.Context, event []byte) error {
						return a.AWS.Send(queueURL(product.Undelivered), "", string(event))
					},
				})
			}
			return nil
		}, drill.OverrideStep, "permission: queue fipsguard-undelivered has about"},
		"the queue is stuck": {func(a *simulation.Account) error { return a.AWS.DisableSources(queueURL(product.Workloads)) }, drill.DefinitionStep, "queue: it has about 1 event waiting for the gate"},
		"the guard may not fix": {func(a *simulation.Account) error {
			a.AWS.Deny(a.People.Guard, "ecs:DeregisterTaskDefinition")
			return nil
		}, drill.DefinitionStep, "permission: the guard received the event and called ecs:DeregisterTaskDefinition"},
		"the guard may not publish": {func(a *simulation.Account) error {
			a.AWS.Deny(a.People.Guard, "sns:Publish")
			return nil
		}, drill.DefinitionStep, "function: the gate took about 1 event and does not finish"},
		"nobody has a subscription": {func(a *simulation.Account) error {
			return errors.Join(a.AWS.Unsubscribe(topic, "soc@example.gov"), a.AWS.Unsubscribe(topic, queueARN(product.Drill)))
		}, drill.DefinitionStep, "topic: nobody has a confirmed subscription"},
		"the drill's queue is not subscribed": {func(a *simulation.Account) error {
			return a.AWS.Unsubscribe(topic, queueARN(product.Drill))
		}, drill.OverrideStep, "topic: queue fipsguard-drill is not subscribed to topic fipsguard-alerts"},
		"events are lost on their way": {func(a *simulation.Account) error {
			a.AWS.Inject(localaws.Fault{Effect: localaws.LoseEvent})
			return nil
		}, drill.DefinitionStep, "event: every link that can be read is whole; CloudTrail's history has the call"},
	} {
		t.Run(name, func(t *testing.T) {
			a := deployed(t, guard.DefaultPolicy())
			before := state(t, a)
			if err := c.breaks(a); err != nil {
				t.Fatal(err)
			}
			out := run(t, a, drill.Options{})
			said := false
			for _, s := range out.Steps {
				if s.ID != c.step {
					continue
				}
				said = s.Result == drill.Missing && len(s.Broken) > 0 && strings.HasPrefix(s.Broken[0], c.says)
				if !said {
					t.Errorf("step %s: %s, broken %q, want first %q", s.ID, s.Result, s.Broken, c.says)
				}
				if s.Ended.Sub(s.Violated) > s.Within+time.Minute {
					t.Errorf("step %s waited %s", s.ID, s.Ended.Sub(s.Violated))
				}
			}
			forget(t, a)
			if after := state(t, a); after != before {
				t.Errorf("the account is not as it was, but\n%s", after)
			}
		})
	}
}

func queueARN(name string) string {
	return "arn:aws-us-gov:sqs:" + simulation.Region + ":" + localaws.AccountID + ":" + name
}

// TestNoCanary: a drill makes no call of its own for that step, so that it does not
// say what became of one.
func TestNoCanary(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	pass(t, a, 3*time.Hour) // in which no scan sends one
	s := stepOf(t, run(t, a, drill.Options{}), drill.CanaryStep)
	if s.Result != drill.Missing || len(s.Broken) != 1 || !strings.HasPrefix(s.Broken[0], "canary: every link that can be read is whole; the verifier sent none, or it was lost") {
		t.Errorf("%s (%s), broken %q", s.Result, s.Why, s.Broken)
	}
}

// TestLinksThatMayNotBeRead come last, with what AWS answered.
func TestLinksThatMayNotBeRead(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	a.AWS.Deny(a.People.Drill, "sns:ListSubscriptionsByTopic")
	a.AWS.Inject(localaws.Fault{Effect: localaws.LoseEvent})
	s := stepOf(t, run(t, a, drill.Options{}), drill.DefinitionStep)
	const want = "not examined: the drill's queue, because AWS answered ListSubscriptionsByTopic with AuthorizationError"
	if s.Result != drill.Missing || len(s.Broken) == 0 || s.Broken[len(s.Broken)-1] != want {
		t.Errorf("%s, broken %q, want last %q", s.Result, s.Broken, want)
	}
}
