package guardtest

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/guard"
)

// World is an account, what CloudTrail knows of it and the guard's own
// components: all that a scan reads.
type World struct {
	*Account
	Events []guard.Event // CloudTrail's
	Prompt bool          // CloudTrail records fixes at once
	Guard  []guard.Component
}

// NewWorld is an account with one cluster, FIPS mode on, and nothing in it.
func NewWorld(now time.Time) *World {
	w := &World{Account: New(now)}
	w.Cluster = ClusterARN
	return w
}

// The ARNs of a World's cluster and of the service of OfService.
const (
	ClusterARN = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main"
	ServiceARN = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web"
)

// Observe returns the guard's own components.
func (w *World) Observe(context.Context) []guard.Component { return w.Guard }

// Apply makes a remediation's call.
func (w *World) Apply(ctx context.Context, r guard.Remediation) guard.Outcome {
	outcome := w.Account.Apply(ctx, r)
	if _, ok := r.Call.(guard.PutAccountSettingDefault); ok && w.Prompt {
		w.Events = append(w.Events, Put("repair", outcome.At.Truncate(time.Second), guard.ModeOn))
	}
	return outcome
}

// Changes returns CloudTrail's events.
func (w *World) Changes(ctx context.Context, _, _ string, since time.Time) ([]guard.Event, time.Time, error) {
	if err := w.fault("cloudtrail:LookupEvents").Happen(ctx); err != nil {
		return nil, w.Now(), err
	}
	return w.Events, since, nil
}

// Run answers as a container would.
func (w *World) Run(ctx context.Context, t guard.Task, c guard.Container, command string) (string, error) {
	if command != "cat /proc/sys/crypto/fips_enabled" {
		return "", fmt.Errorf("asked for %q", command)
	}
	return w.AskKernel(ctx, t.ARN, c.Name)
}

// RunningTask is a task on a platform with FIPS mode and with ECS Exec in its
// containers: one named main if no names are given.
func RunningTask(name string, created time.Time, containers ...string) guard.Task {
	t := guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/" + name, Cluster: ClusterARN, Group: "family:" + name,
		Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/" + name + ":1",
		Fargate:    guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "X86_64"}, PlatformVersion: "1.4.0",
		LastStatus: "RUNNING", DesiredStatus: "RUNNING", Created: created,
	}
	if len(containers) == 0 {
		containers = []string{"main"}
	}
	for _, c := range containers {
		t.Containers = append(t.Containers, guard.Container{Name: c, RuntimeID: name + "-1"})
	}
	return t
}

// OfService makes a task one that its service can replace.
func OfService(t guard.Task) guard.Task {
	t.Group, t.Deployment, t.Redeployable = "service:web", "ecs-svc/1", ServiceARN
	return t
}

// Put is CloudTrail's event of a call that set the account default.
func Put(id string, at time.Time, mode guard.Mode) guard.Event {
	return guard.Event{
		Cause:  guard.Cause{EventID: id, EventName: "PutAccountSettingDefault", Time: at, Account: AccountID, Region: Region, Actor: guard.Actor{Name: "role Admin, session jane.doe"}},
		States: []guard.State{guard.Setting{Account: AccountID, Region: Region, Scope: guard.ScopeAccount, Mode: mode}},
	}
}
