package verifier

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

const (
	accountID = guardtest.AccountID
	region    = guardtest.Region
	cluster   = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main"
	service   = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web"

	listSettings, listTasks, lookupEvents = "ecs:ListAccountSettings", "ecs:ListTasks", "cloudtrail:LookupEvents"
)

var (
	location = guard.Location{Account: accountID, Region: region}
	start    = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
)

// world is one account, what CloudTrail knows of it and the guard's own parts.
type world struct {
	*guardtest.Account
	events []guard.Event
	prompt bool // CloudTrail tells of repairs at once
	parts  []guard.Component
}

func newWorld() *world {
	w := &world{Account: guardtest.New(start)}
	w.Cluster = cluster
	return w
}

func (w *world) verifier(policy guard.Policy) *Verifier {
	return &Verifier{Account: w, Exec: w, History: w, Parts: w, Policy: policy, Now: w.Now}
}

func (w *world) Observe(context.Context) []guard.Component { return w.parts }

func (w *world) Apply(ctx context.Context, a guard.Remediation) guard.Outcome {
	outcome := w.Account.Apply(ctx, a)
	if _, ok := a.Call.(guard.PutAccountSettingDefault); ok && w.prompt {
		w.events = append(w.events, put("repair", outcome.At.Truncate(time.Second), guard.ModeOn))
	}
	return outcome
}

func (w *world) Changes(ctx context.Context, _, _ string, since time.Time) ([]guard.Event, time.Time, error) {
	if err := w.Faults[lookupEvents].Happen(ctx); err != nil {
		return nil, w.Now(), err
	}
	return w.events, since, nil
}

// Run answers as a container would.
func (w *world) Run(ctx context.Context, target ecsexec.Target, command string) (string, error) {
	if command != "cat /proc/sys/crypto/fips_enabled" {
		return "", fmt.Errorf("asked for %q", command)
	}
	return w.AskKernel(ctx, target.Task, target.Container)
}

// task is a running task of FIPS mode's platform, with ECS Exec.
func task(name string, containers ...string) guard.Task {
	t := guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/" + name, Cluster: cluster, Group: "family:" + name,
		Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/" + name + ":1",
		Fargate:    guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "X86_64"}, PlatformVersion: "1.4.0",
		LastStatus: "RUNNING", DesiredStatus: "RUNNING", Created: start.Add(-time.Hour),
	}
	if len(containers) == 0 {
		containers = []string{"main"}
	}
	for _, c := range containers {
		t.Containers = append(t.Containers, guard.Container{Name: c, RuntimeID: name + "-1"})
	}
	return t
}

// ofService makes a task one that its service can redeploy.
func ofService(t guard.Task) guard.Task {
	t.Group, t.Deployment, t.Redeployable = "service:web", "ecs-svc/1", service
	return t
}

func put(id string, at time.Time, mode guard.Mode) guard.Event {
	return guard.Event{
		Cause:  guard.Cause{EventID: id, EventName: "PutAccountSettingDefault", Time: at, Account: accountID, Region: region, Actor: guard.Actor{Name: "role Admin, session jane.doe"}},
		States: []guard.State{guard.Setting{Account: accountID, Region: region, Scope: guard.ScopeAccount, Mode: mode}},
	}
}

func (w *world) look(t *testing.T, policy guard.Policy, ask Request) Seen {
	t.Helper()
	ask.Why = "scheduled look"
	seen, err := w.verifier(policy).Look(t.Context(), location, ask)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// verdicts are the findings of a rule, by the last part of their subjects.
func verdicts(r guard.Report, rule guard.RuleID) map[string]string {
	found := map[string]string{}
	for _, f := range r.Findings {
		if f.Rule == rule {
			found[f.Subject[strings.LastIndex(f.Subject, "/")+1:]] = f.Verdict.String() + ": " + f.Reason
		}
	}
	return found
}
