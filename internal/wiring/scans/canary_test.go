package scans

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/infra/template"
	"fipsguard/internal/component"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"
	"fipsguard/internal/product"
	"fipsguard/internal/scan"
	"fipsguard/internal/trail"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

var home = guard.Location{Account: localaws.AccountID, Region: localtest.West}

// listening is a deployed guard whose canaries fly: an account, the enforcer
// behind its rule, and the verifier's scanner.
type listening struct {
	*localaws.Account
	scanner              *scan.Scanner
	enforcer             wiring.Function
	undelivered, failed  string // queues
	known                scan.Known
	settings             localaws.Rule
	withoutRule, noGroup bool
}

// deploy attaches the guard after change.
func deploy(t *testing.T, change func(*listening)) *listening {
	t.Helper()
	a := localtest.Start(t, localaws.Options{Concurrency: 1})
	people := localaws.Everyone()
	l := &listening{Account: a}
	topic := must(a.CreateTopic(home.Region, product.Alerts))(t)
	l.undelivered = must(a.CreateQueue(home.Region, product.Undelivered))(t)
	l.failed = must(a.CreateQueue(home.Region, product.Failed))(t)
	enforcerARN := arn.ARN{Partition: "aws-us-gov", Service: "lambda", Region: home.Region, AccountID: home.Account, Resource: "function:" + product.Enforcer}
	patterns, targets := rules(enforcerARN)
	name := product.Prefix + trail.Settings
	l.settings = localaws.Rule{Name: name, Region: home.Region, Pattern: patterns[name], TargetARN: targets[name], Invoke: l.invoke}
	change(l)
	group := "/aws/lambda/" + product.Enforcer
	if l.noGroup {
		group += "-2"
	}
	out := a.LogGroup(home.Region, group)
	l.enforcer = wiring.Handler(wiring.Enforcer(wiring.EnforcerOptions{
		Config: localtest.Config(a, people.Guard, home.Region), TopicARN: topic, Policy: guard.DefaultPolicy(), Workloads: policydoc.Fixed(guard.DefaultPolicy()),
		Log: slog.New(slog.NewJSONHandler(out, nil)), Metrics: metric.NewWriter(out), Now: a.Now, Sleep: a.Sleep,
	}))
	if !l.withoutRule {
		if err := a.Attach(l.settings); err != nil {
			t.Fatal(err)
		}
	}
	config := localtest.Config(a, people.Verifier, home.Region)
	l.scanner = Scanner(Options{Config: config, Policy: guard.DefaultPolicy(), Workloads: policydoc.Fixed(guard.DefaultPolicy()), Canary: true, Now: a.Now, Sleep: a.Sleep})
	l.scanner.Components = Components(config, Guard{
		Patterns: map[string]string{name: patterns[name]}, Targets: targets, TopicARN: topic, QueueURLs: []string{l.undelivered, l.failed},
	})
	if err := localtest.PutDefault(t, localtest.ECS(a, people.Admin, home.Region), "enabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Advance(t, a, 10*time.Minute)
	return l
}

// invoke invokes the enforcer as Lambda does.
func (l *listening) invoke(ctx context.Context, event []byte) error {
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{InvokedFunctionArn: l.settings.TargetARN})
	_, err := l.enforcer.Invoke(ctx, event)
	return err
}

// scan scans as the schedule does, at the hour.
func (l *listening) scan(t *testing.T) guard.Report {
	t.Helper()
	result, err := l.scanner.Scan(t.Context(), home, scan.Request{Why: "hourly scan", Canary: true, Known: l.known})
	if err != nil {
		t.Fatal(err)
	}
	l.known = result.Known
	localtest.Drain(t, l.Account)
	return result.Report
}

// hours scans at each of the next hours, and once more.
func (l *listening) hours(t *testing.T, n int) guard.Report {
	t.Helper()
	for range n {
		l.scan(t)
		localtest.Advance(t, l.Account, time.Hour)
	}
	return l.scan(t)
}

// said is what a report says under a rule; empty where it says nothing.
func said(r guard.Report, rule guard.RuleID) string {
	var all []string
	for _, f := range r.Findings {
		if f.Rule == rule {
			all = append(all, f.Verdict.String()+": "+f.Reason)
		}
	}
	return strings.Join(all, "\n")
}

// TestCanary: it is heard, it makes nobody do anything, and the report says how
// long it took.
func TestCanary(t *testing.T) {
	l := deploy(t, func(*listening) {})
	report := l.hours(t, 3)
	if got := said(report, guard.GuardCanary); !strings.HasPrefix(got, "COMPLIANT: The enforcer received the canary of ") || !strings.Contains(got, "Received in the last day: 4") {
		t.Errorf("the report says %q", got)
	}
	facts := map[guard.Question]string{}
	for _, f := range report.Facts {
		facts[f.Question] = f.Answer
	}
	if !strings.HasPrefix(facts[guard.AskLatency], "canaries received in the last day: 4, ") || !strings.HasPrefix(facts[guard.AskLookup], "the canary of this scan was there at most ") {
		t.Errorf("of open questions it says %q", facts)
	}
	writes := 0
	for _, call := range l.Calls() {
		if !strings.Contains(call.Operation, "PutAccountSetting") || call.Principal.ARN == localaws.Everyone().Admin.ARN {
			continue
		}
		if writes++; call.Principal.ARN != localaws.Everyone().Verifier.ARN || !strings.Contains(call.UserAgent, "app/"+product.Canary) {
			t.Errorf("%s was called by %s, as %s", call.Operation, call.Principal.ARN, call.UserAgent)
		}
	}
	if writes != 4 {
		t.Errorf("in four scans %d calls wrote the setting", writes)
	}
	if sent := l.Published(); len(sent) != 0 {
		t.Errorf("people got %+v", sent)
	}
	if lines := report.Timelines[0].Spans; len(lines) > 2 {
		t.Errorf("canaries are in the account's history: %+v", lines)
	}
}

// TestAMemberAccount: what an organization's trail records cannot be read there;
// a canary that came through it settles it.
func TestAMemberAccount(t *testing.T) {
	l := deploy(t, func(l *listening) {
		l.Deny(localaws.Everyone().Verifier, "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors")
	})
	before, err := l.scanner.Scan(t.Context(), home, scan.Request{Why: "scan after a fix"})
	if got := said(before.Report, guard.GuardTrail); err != nil || !strings.HasPrefix(got, "INSUFFICIENT_DATA") {
		t.Errorf("before any canary came, the trail is %s, error %v", got, err)
	}
	l.scan(t)
	localtest.Advance(t, l.Account, time.Hour)
	if got := said(l.scan(t), guard.GuardTrail); !strings.HasPrefix(got, "COMPLIANT: A trail records writes in ECS: the canary of ") {
		t.Errorf("a canary came, and the trail is %s", got)
	}
}

// TestDeafGuard: whatever keeps the enforcer from receiving events, the report
// says so after two hours, and what is broken as far as it can be said.
func TestDeafGuard(t *testing.T) {
	organization := func(change func(*localaws.Trail)) func(*listening) {
		return func(l *listening) {
			trail := localaws.Trail{Name: "organization", Bucket: "b", Logging: true, ReadWriteType: "All", Management: true}
			change(&trail)
			_ = l.SetTrail(home.Region, trail)
		}
	}
	rule := func(change func(*localaws.Rule)) func(*listening) {
		return func(l *listening) { change(&l.settings) }
	}
	for name, c := range map[string]struct {
		broken func(*listening)
		says   string
	}{
		"the trail is off":               {organization(func(t *localaws.Trail) { t.Logging = false }), "is not logging"},
		"the trail is deleted":           {func(l *listening) { _ = l.DeleteTrail(home.Region, "organization") }, "there is no trail in this Region"},
		"the trail records reads only":   {organization(func(t *localaws.Trail) { t.ReadWriteType = "ReadOnly" }), "does not log management events that write"},
		"the trail records no calls":     {organization(func(t *localaws.Trail) { t.Management = false }), "does not log management events that write"},
		"the rule is disabled":           {rule(func(r *localaws.Rule) { r.Disabled = true }), "rule fipsguard-settings is disabled"},
		"the rule is deleted":            {func(l *listening) { l.withoutRule = true }, "rule fipsguard-settings does not exist"},
		"the rule lets less through":     {rule(func(r *localaws.Rule) { r.Pattern = `{"source":["aws.ecs"],"detail-type":["x"]}` }), "another event pattern"},
		"the rule has another target":    {rule(func(r *localaws.Rule) { r.TargetARN += "-2"; r.Invoke = nowhere }), "does not send its events to"},
		"EventBridge may not invoke it":  {func(l *listening) { l.settings.Invoke = leaving(l, &l.undelivered) }, "queue fipsguard-undelivered has"},
		"the enforcer fails":             {func(l *listening) { l.settings.Invoke = leaving(l, &l.failed) }, "queue fipsguard-failed has"},
		"CloudTrail delivers nothing":    {rule(func(r *localaws.Rule) { r.Invoke = nowhere }), "What it cannot check: the delivery from CloudTrail to EventBridge, and"},
		"nobody can read what came":      {func(l *listening) { l.noGroup = true }, "FilterLogEvents of the enforcer's log with ResourceNotFoundException"},
		"the enforcer's log is withheld": {func(l *listening) { l.Deny(localaws.Everyone().Verifier, "logs:FilterLogEvents") }, "with AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			l := deploy(t, c.broken)
			got := said(l.hours(t, 2), guard.GuardCanary)
			if strings.HasPrefix(got, "COMPLIANT") || !strings.Contains(got, c.says) {
				t.Errorf("the report says %q, want %q", got, c.says)
			}
		})
	}
}

func nowhere(context.Context, []byte) error { return nil }

// leaving leaves an event in a queue instead of having it answered.
func leaving(l *listening, queue *string) func(context.Context, []byte) error {
	return func(_ context.Context, event []byte) error {
		return l.Send(*queue, "", string(event))
	}
}

// TestTheWayOfACanaryIsDeployed: the rule, the function and the log on its way are
// components of the stack, under the names by which a finding knows them.
func TestTheWayOfACanaryIsDeployed(t *testing.T) {
	list, err := component.Of(template.OrganizationJSON())
	if err != nil {
		t.Fatal(err)
	}
	var way []string
	for _, meant := range list.At(component.Place{Partition: "aws-us-gov", Account: home.Account, Region: home.Region}) {
		for _, rule := range []guard.RuleID{guard.GuardEvents, guard.GuardComponents} {
			if scan.OnTheWay(guard.Component{Rule: rule, Name: meant.Words}) {
				way = append(way, meant.Words)
			}
		}
	}
	slices.Sort(way)
	if got := strings.Join(way, ", "); got != "EventBridge rule fipsguard-settings, function fipsguard-enforcer, log group /aws/lambda/fipsguard-enforcer" {
		t.Errorf("on the way of a canary are %s", got)
	}
}
