package enforcer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

const (
	describeTasks, stop  = "ecs:DescribeTasks", "ecs:StopTask"
	describeServices     = "ecs:DescribeServices"
	deregister, describe = "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition"
	prefix               = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:"
	web7                 = prefix + "task-definition/web:7"
	web6                 = prefix + "task-definition/web:6"
	webService           = prefix + "service/main/web"
)

var (
	covered = guard.Platform{OS: "LINUX", Architecture: "X86_64"}
	arm     = guard.Platform{OS: "LINUX", Architecture: "ARM64"}
	windows = guard.Platform{OS: "WINDOWS_SERVER_2022_CORE", Architecture: "X86_64"}
)

func task(number int, group, status, version string) guard.Task {
	return guard.Task{
		ARN: prefix + fmt.Sprintf("task/main/%032x", number), Cluster: prefix + "cluster/main", Group: group,
		Definition: web7, Fargate: guard.Yes, PlatformVersion: version, LastStatus: status, DesiredStatus: "RUNNING",
	}
}

// workloads is an account whose web:7 runs on a platform, with web:6 as a
// compliant predecessor.
func workloads(platform guard.Platform, tasks ...guard.Task) *guardtest.Account {
	a := guardtest.New(now)
	revision := func(arn string, on guard.Platform) guard.TaskDefinition {
		return guard.TaskDefinition{ARN: arn, Family: "web", Platform: on, Fargate: guard.Yes}
	}
	if platform != covered {
		a.Revisions = append(a.Revisions, revision(web6, covered))
	}
	a.Revisions = append(a.Revisions, revision(web7, platform))
	a.Services = []guard.Service{{
		ARN: webService, Name: "web", Cluster: prefix + "cluster/main", Definition: revision(web7, platform), Fargate: guard.Yes,
		PlatformVersion: "LATEST", Controller: "ECS", DesiredCount: 2, Deployment: "ecs-svc/123",
	}}
	a.Tasks = tasks
	return a
}

// onARM is a task that ECS runs on ARM64, whatever its definition says.
func onARM(t guard.Task) guard.Task {
	t.Platform.Architecture = "ARM64"
	return t
}

// askedForEC2 is an account whose web:7 is not meant for Fargate.
func askedForEC2(a *guardtest.Account) *guardtest.Account {
	a.Revisions[len(a.Revisions)-1].Fargate = guard.DefinitionOnFargate([]string{"EC2"}, []string{"EC2", "FARGATE"})
	return a
}

// ofBatch is an account whose web:7 AWS Batch registered.
func ofBatch(a *guardtest.Account) *guardtest.Account {
	a.Revisions[len(a.Revisions)-1].RegisteredBy = "arn:aws-us-gov:sts::111122223333:assumed-role/AWSServiceRoleForBatch/aws-batch"
	return a
}

// unreadable is an account that does not answer a call.
func unreadable(a *guardtest.Account, call string) *guardtest.Account {
	a.Faults[call] = guardtest.Down
	return a
}

func TestWorkloadEvents(t *testing.T) {
	with := func(rule guard.RuleID, mode guard.PolicyMode) guard.Policy {
		p := guard.DefaultPolicy()
		p.Modes[rule] = mode
		return p
	}
	rollback := with(guard.ServicePlatform, guard.Enforce)
	rollback.ServiceRemedy = guard.RollBack
	zero := with(guard.ServicePlatform, guard.Enforce)
	zero.ServiceRemedy = guard.ScaleToZero

	cases := []struct {
		name    string
		event   string
		account *guardtest.Account
		policy  guard.Policy
		calls   []string
		rules   []guard.RuleID // of the alert's violations and doubts; none means no alert
		fails   bool
	}{
		{name: "a bad definition is read and rejected", event: "definition-arm64", account: workloads(arm),
			calls: []string{describe, deregister}, rules: []guard.RuleID{guard.TaskDefinitionPlatform}},
		{name: "a record that calls a compliant definition bad", event: "definition-arm64", account: workloads(covered),
			calls: []string{describe}},
		{name: "a bad definition that cannot be read is reported and left alone", event: "definition-arm64", account: unreadable(workloads(arm), describe),
			calls: []string{describe}, rules: []guard.RuleID{guard.TaskDefinitionPlatform}, fails: true},
		{name: "a bad launch that cannot be read is reported and left alone", event: "launch-platform-1.3.0", account: unreadable(workloads(covered, task(1, "family:web", "PROVISIONING", "1.3.0")), describeTasks),
			calls: []string{describeTasks}, rules: []guard.RuleID{guard.TaskLaunchPlatform}, fails: true},
		{name: "what the record leaves out is asked for", event: "definition-arm64-response-omitted", account: workloads(arm),
			calls: []string{describe, deregister},
			// The second delivery finds another newest revision and cannot know that this is the same news.
			rules: []guard.RuleID{guard.TaskDefinitionPlatform, guard.TaskDefinitionPlatform}},
		{name: "the newest revision is another one: nothing is rejected, people hear", event: "definition-arm64-response-omitted", account: workloads(covered),
			calls: []string{describe}, rules: []guard.RuleID{guard.TaskDefinitionPlatform}},
		{name: "nothing can be known: a doubt, nothing rejected", event: "definition-all-omitted", account: workloads(arm),
			calls: []string{describe}, rules: []guard.RuleID{guard.TaskDefinitionPlatform}, fails: true},
		{name: "a definition only EC2 can run", event: "definition-arm64-ec2-only", account: workloads(arm)},
		{name: "a bad definition, audited", event: "definition-arm64", account: workloads(arm), policy: guard.DefaultPolicy().Audited(),
			calls: []string{describe}, rules: []guard.RuleID{guard.TaskDefinitionPlatform}},
		{name: "a rule that is off", event: "definition-arm64", account: workloads(arm), policy: with(guard.TaskDefinitionPlatform, guard.Off),
			calls: []string{describe}},

		{name: "a compliant task costs no call once its definition is known", event: "change-system-unseen", account: workloads(covered)},
		{name: "a Windows task, though the event does not show it", event: "change-system-unseen", account: workloads(windows, task(15, "family:web", "PENDING", "1.4.0")),
			calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskLaunchPlatform}},
		{name: "a launch of a rejected revision", event: "launch-arm64", account: workloads(arm, task(4, "family:web", "PROVISIONING", "1.4.0")),
			calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskLaunchPlatform}},
		{name: "a task on x86 of a definition that says ARM", event: "launch-compliant-but-for-the-unseen-system", account: workloads(arm)},
		{name: "a task on ARM of a definition that says x86", event: "launch-arm64", account: workloads(covered, onARM(task(4, "family:web", "PROVISIONING", "1.4.0"))),
			calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskLaunchPlatform}},
		{name: "a launch on Fargate of a definition that asked for EC2", event: "launch-arm64", account: askedForEC2(workloads(arm, task(4, "family:web", "PROVISIONING", "1.4.0"))),
			calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskLaunchPlatform}},
		{name: "a definition that asked for EC2, which ECS says Fargate could run", event: "definition-arm64", account: askedForEC2(workloads(arm)),
			calls: []string{describe}},
		{name: "a definition of AWS Batch's is reported, the job definition is what to change", event: "definition-arm64", account: ofBatch(workloads(arm)),
			calls: []string{describe}, rules: []guard.RuleID{guard.TaskDefinitionPlatform}},
		{name: "an old platform version", event: "launch-platform-1.3.0", account: workloads(covered, task(1, "family:web", "PROVISIONING", "1.3.0")),
			calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskLaunchPlatform}},
		{name: "a service's task before RUNNING", event: "change-service-task-arm64-pending", account: workloads(arm, task(11, "service:web", "PENDING", "1.4.0")),
			calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskLaunchPlatform}},
		{name: "the event is late, the service's task runs by now: it is never stopped", event: "change-service-task-arm64-pending", account: workloads(arm, task(11, "service:web", "RUNNING", "1.4.0")),
			calls: []string{describeTasks, describeServices}, rules: []guard.RuleID{guard.ServicePlatform}},
		{name: "a service's running task, policy enforcing", event: "change-service-task-arm64-running", account: workloads(arm, task(12, "service:web", "RUNNING", "1.4.0")),
			policy: with(guard.TaskRunningPlatform, guard.Enforce), calls: []string{describeTasks, describeServices}, rules: []guard.RuleID{guard.ServicePlatform}},
		{name: "a running standalone task is reported", event: "change-standalone-arm64-running", account: workloads(arm, task(13, "family:web", "RUNNING", "1.4.0")),
			calls: []string{describeTasks}, rules: []guard.RuleID{guard.TaskRunningPlatform}},
		{name: "a running standalone task is stopped if policy says so", event: "change-standalone-arm64-running", account: workloads(arm, task(13, "family:web", "RUNNING", "1.4.0")),
			policy: with(guard.TaskRunningPlatform, guard.Enforce), calls: []string{describeTasks, stop}, rules: []guard.RuleID{guard.TaskRunningPlatform}},
		{name: "a task that is stopping", event: "change-already-stopping", account: workloads(arm)},

		{name: "a bad service is reported", event: "service-created-latest", account: workloads(arm),
			calls: []string{describeServices}, rules: []guard.RuleID{guard.ServicePlatform}},
		{name: "a bad service is rolled back", event: "service-created-latest", account: workloads(arm), policy: rollback,
			calls: []string{describeServices, "ecs:UpdateService"}, rules: []guard.RuleID{guard.ServicePlatform}},
		{name: "a bad service is scaled to zero", event: "service-created-latest", account: workloads(arm), policy: zero,
			calls: []string{describeServices, "ecs:UpdateService"}, rules: []guard.RuleID{guard.ServicePlatform}},
		{name: "a service that is fine by now", event: "service-created-platform-1.3.0", account: workloads(covered),
			calls: []string{describeServices}},
		{name: "a service that cannot be read", event: "service-created-latest", account: accountWith(guard.ModeUnknown, map[string]guardtest.Fault{guardtest.EveryRead: guardtest.Down}),
			calls: []string{describeServices}, rules: []guard.RuleID{guard.ServicePlatform}, fails: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e, in, out := newGuard(c.account)
			if c.policy.Modes != nil {
				e.Policy = c.policy
			}
			for range 2 { // the same event twice: one effective correction, one alert
				err := e.Respond(context.Background(), location, recorded(t, c.event))
				if (err != nil) != c.fails {
					t.Errorf("the handler returns %v, want an error: %t", err, c.fails)
				}
				c.account.Clock = c.account.Clock.Add(joined)
			}
			if diff := cmp.Diff(c.calls, once(c.account.APIs())); diff != "" {
				t.Errorf("other calls were made (-want +got):\n%s", diff)
			}
			var rules []guard.RuleID
			for _, r := range in.alerts {
				for _, f := range r.Findings {
					if f.Severity > guard.Info {
						rules = append(rules, f.Rule)
					}
				}
			}
			if diff := cmp.Diff(c.rules, rules); diff != "" {
				t.Errorf("people were told otherwise (-want +got):\n%s", diff)
			}
			if strings.Contains(out.String(), "PLANTED") {
				t.Errorf("a container's environment or command reached the log:\n%s", out)
			}
			for _, a := range in.alerts {
				if strings.Contains(a.whole, "PLANTED") {
					t.Errorf("a container's environment or command reached an alert:\n%s", a.whole)
				}
			}
		})
	}
}

// once drops the calls of the second delivery: those that repeat.
func once(calls []string) []string {
	var seen []string
	for _, c := range calls {
		if !slices.Contains(seen, c) {
			seen = append(seen, c)
		}
	}
	return seen
}

func TestAServiceIsTouchedOncePerDeployment(t *testing.T) {
	account := workloads(arm)
	e, in, _ := newGuard(account)
	e.Policy.Modes[guard.ServicePlatform] = guard.Enforce
	e.Policy.ServiceRemedy = guard.RollBack
	for range 5 {
		if err := e.Respond(context.Background(), location, recorded(t, "service-created-latest")); err != nil {
			t.Fatal(err)
		}
		account.Clock = account.Clock.Add(joined)
	}
	updates := 0
	for _, c := range account.APIs() {
		if c == "ecs:UpdateService" {
			updates++
		}
	}
	if updates != 1 || len(in.alerts) != 1 {
		t.Errorf("five deliveries made %d updates and %d alerts", updates, len(in.alerts))
	}
	if got := account.Services[0].Definition.ARN; got != web6 {
		t.Errorf("the service is on %s", got)
	}
}

// TestAnyDeliveryEndsInTheSameState plays a morning's events in random orders,
// with repeats and with losses that leave one event of each thing, and compares
// the account with clean delivery.
func TestAnyDeliveryEndsInTheSameState(t *testing.T) {
	// Each row is the events that one thing causes; any one of them suffices.
	things := [][]string{
		{"setting-default-off"},
		{"setting-override-off"},
		{"definition-arm64"},
		{"launch-arm64"},
		{"change-service-task-arm64-pending"},
		{"change-platform-1.3.0-activating"},
		{"service-created-latest", "service-created-platform-1.3.0", "change-service-task-arm64-running"},
	}
	start := func() *guardtest.Account {
		f := workloads(arm,
			task(4, "family:web", "PROVISIONING", "1.4.0"),
			task(11, "service:web", "PENDING", "1.4.0"),
			task(12, "service:web", "RUNNING", "1.4.0"),
			task(14, "family:web", "ACTIVATING", "1.3.0"))
		f.Default = guard.ModeOff
		f.Overrides["arn:aws-us-gov:iam::111122223333:role/app/checkout"] = guard.ModeOff
		return f
	}
	play := func(t *testing.T, events []string) string {
		f := start()
		e, _, _ := newGuard(f)
		e.Policy.Modes[guard.ServicePlatform] = guard.Enforce
		e.Policy.ServiceRemedy = guard.RollBack
		for _, event := range events {
			if err := e.Respond(context.Background(), location, recorded(t, event)); err != nil {
				t.Fatalf("%s: %v", event, err)
			}
		}
		return f.State()
	}
	clean := play(t, slices.Concat(things...))
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		var events []string
		for _, of := range things {
			delivered := append([]string{of[random.IntN(len(of))]}, of[:random.IntN(len(of)+1)]...)
			for range random.IntN(3) {
				delivered = append(delivered, delivered[random.IntN(len(delivered))])
			}
			events = append(events, delivered...)
		}
		random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		if got := play(t, events); got != clean {
			t.Fatalf("seed %d: delivered as %v the account ends as\n%s\nand cleanly as\n%s", seed, events, got, clean)
		}
	}
}
