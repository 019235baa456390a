package dedup

import (
	"fmt"
	"time"

	"fipsguard/internal/guard"
)

var (
	at    = time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	cause = guard.Cause{
		EventID: "6afced68-75cd-4d44-8076-0be000000001", Time: at, Account: "111122223333", Region: "us-gov-west-1",
		Actor: guard.Actor{Name: "role Admin, session jane.doe", ARN: "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe"},
	}
	account    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	override   = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/app/checkout", Mode: guard.ModeOff}
	deleted    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Deleted: true}
	unknown    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Unknown: "ECS did not answer"}
	arm        = guard.Platform{OS: "LINUX", Architecture: "ARM64"}
	definition = guard.TaskDefinition{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Platform: arm, Fargate: guard.Yes}
	task       = guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/0123", Cluster: "main", Group: "service:web",
		Fargate: guard.Yes, Platform: arm, PlatformVersion: "1.4.0", LastStatus: "PENDING",
	}
	service = guard.Service{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web", Cluster: "main", Fargate: guard.Yes,
		Definition: definition, PlatformVersion: "LATEST", Controller: "ECS", DesiredCount: 2, Deployment: "ecs-svc/1",
	}
)

// report is what the guard finds about a state after a call, and plans by its
// default policy, with one result for every remediation.
func report(event string, state guard.State, result guard.Result) guard.Report {
	r := guard.Report{Cause: cause, Findings: guard.Check(state)}
	r.Cause.EventName = event
	for _, m := range guard.Plan(r.Findings, guard.DefaultPolicy()) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: m, Result: result})
	}
	return r
}

func both(a, b guard.Report) guard.Report {
	a.Findings = append(a.Findings, b.Findings...)
	a.Outcomes = append(a.Outcomes, b.Outcomes...)
	return a
}

// turnedOff is the account default turned off and back on.
func turnedOff() guard.Report { return report("PutAccountSettingDefault", account, guard.Done) }

func definitionNumber(i int) guard.Report {
	d := definition
	d.ARN = fmt.Sprintf("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:%d", i)
	return report("RegisterTaskDefinition", d, guard.Done)
}

// overrideNumber makes a kind of its own.
func overrideNumber(i int) guard.Report {
	s := override
	s.Principal = fmt.Sprintf("%s-%d", s.Principal, i)
	return report("PutAccountSetting", s, guard.Done)
}

// otherKinds counts twelve overrides, turned off by twelve people.
func otherKinds() tally {
	var counted tally
	for i := range 12 {
		r := overrideNumber(i)
		r.Cause.Actor.Name = fmt.Sprintf("user robot-%d", i)
		counted.add(r, at)
	}
	return counted
}
